//! What a mail server writes about a letter of ours where no report names that letter (RFC 3464): a notice in words only,
//! a report that lost its ids on the way. Pure.
//!
//! That a letter did not arrive is never filed unseen (invariants 1 and 4). But anybody can write in a mail server's name: a
//! null sender proves nothing (invariant 6). So what ties the notice to a letter says what it does:
//!
//! | the notice holds | the letter |
//! |---|---|
//! | its id, or its token | did not arrive: the clock runs, and its writer sees the server's words |
//! | its reader's address, and its case's number, as the subject of the letter does | the same, if it has the null sender, or comes from the reader's domain or ours, and the mail server does not disown it |
//! | its reader's address alone | stays as it is; the notice is put aside, and the department hears of it, once an hour |
//! | nothing | the notice is put aside and told of |
//!
//! A letter is undone once: further reports about it are filed.

use super::intake::{answered_letter, plus_address};
use super::machine::SentBy;
use super::may_reply::{is_machine, sender};
use super::{BouncedLetter, Lookup, Role, Rules, Snapshot};
use crate::case::{Address, CaseNumber, LetterFate, LetterId, Moment};
use crate::mail::{AutomaticKind, Bounce, Mail, SenderProof};
use chrono::TimeDelta;

/// Mail servers give up after four or five days (RFC 5321 §4.5.4.1).
const SERVERS_TRY: TimeDelta = TimeDelta::days(6);
/// Addresses in a notice that are looked up: it names who did not get the letter, and perhaps itself.
const ADDRESSES_MAX: usize = 10;
/// Characters of a notice in which addresses are looked for; below stands the letter itself.
const SEARCHED_CHARS: usize = 8_000;
/// Characters of a notice that people are shown.
const SHOWN_CHARS: usize = 300;

/// Whether a mail server wrote it: by the null sender (RFC 5321 §4.5.5), or from a mailbox of one. Whoever else says that a
/// letter did not arrive says it of himself, and undoes nothing (invariant 6).
fn is_from_server(mail: &Mail) -> bool {
    let is_server = |from: Address| is_machine(&from) || from.local().to_lowercase().starts_with("microsoftexchange");
    mail.return_path.as_deref() == Some("") || sender(mail).is_none_or(is_server)
}

/// What a notice knows of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Knows {
    /// Its id or its token, which nobody can guess.
    Letter,
    /// Its reader's address, and the number of its case.
    Number,
    /// Its reader's address.
    Address,
}

/// What this notice knows of the letter it is about.
pub(super) fn knows(mail: &Mail, letter: &BouncedLetter, known: &Snapshot, rules: &Rules) -> Knows {
    let named = match mail.bounce {
        Some(_) => letter_reported(mail, rules),
        None => letter_named(mail, rules),
    };
    let case = known.file.as_ref().map(|file| &file.case);
    let is_of_case =
        |number: CaseNumber| case.is_some_and(|case| case.number == number || case.absorbed.contains(&number));
    let searched: String = mail.text.chars().take(SEARCHED_CHARS).collect();
    let mut numbers = [&mail.subject, &searched].into_iter().flat_map(|text| CaseNumber::find_all(text));
    if named.as_ref() == Some(&letter.id) {
        Knows::Letter
    } else if mail.proof != SenderProof::Failed && may_know(mail, letter, rules) && numbers.any(is_of_case) {
        Knows::Number
    } else {
        Knows::Address
    }
}

/// Whether its sender can have had the letter in hand: a mail server on its way, which answers with the null sender
/// (RFC 5321 §4.5.5), or one of either end. A number can be guessed, and an address is known.
fn may_know(mail: &Mail, letter: &BouncedLetter, rules: &Rules) -> bool {
    let is_of_an_end = |from: Address| {
        let ends = [letter.to.domain(), rules.desk_address.domain()];
        ends.iter().any(|end| end.eq_ignore_ascii_case(from.domain()))
    };
    mail.return_path.as_deref() == Some("") || sender(mail).is_none_or(is_of_an_end)
}

/// The letter that a report says it is about.
pub(super) fn letter_reported(mail: &Mail, rules: &Rules) -> Option<LetterId> {
    let stated = mail.bounce.as_ref()?.original_message_id.as_deref().and_then(|id| rules.keys.read(id));
    stated.or_else(|| plus_address(mail, rules)).or_else(|| rules.keys.find(&mail.text)).map(|token| token.letter)
}

/// A report that counts: a server's, or one that holds the id of a letter of ours.
pub(super) fn reports(mail: &Mail, rules: &Rules) -> bool {
    let names_ours = |id: &String| rules.keys.read(id).is_some();
    let of_ours = |bounce: &Bounce| bounce.original_message_id.as_ref().is_some_and(names_ours);
    mail.bounce.as_ref().is_some_and(|bounce| of_ours(bounce) || is_from_server(mail))
}

/// A mail that may be a server's words about a letter, without being a report that was read.
pub(super) fn is_notice(mail: &Mail, rules: &Rules) -> bool {
    // A colleague's machine is none: what follows would be told to it (invariant 5).
    let is_outsiders = sender(mail).is_none_or(|from| rules.role(&from) == Role::Outsider);
    if mail.bounce.is_some() || !is_outsiders {
        return false;
    }
    match SentBy::of(mail, rules) {
        SentBy::Machine(AutomaticKind::MailSystem) => true,
        // Some servers write under a person's name; with the customer's letter in hand it is shown to the handler anyway.
        SentBy::Machine(AutomaticKind::AutoReply) => {
            mail.return_path.as_deref() == Some("") && answered_letter(mail, rules).is_none()
        }
        _ => false,
    }
}

/// Adds to what is looked up the letter that did not arrive.
pub(super) fn look_up(wanted: &mut Lookup, mail: &Mail, rules: &Rules, now: Moment) {
    wanted.failed_since = now - SERVERS_TRY;
    if let Some(bounce) = mail.bounce.as_ref().filter(|_| reports(mail, rules)) {
        wanted.failed = failed(bounce, mail, rules);
    } else if is_notice(mail, rules) && !tells_of_success(&mail.subject) {
        wanted.bounced = letter_named(mail, rules);
        wanted.failed = addresses(&format!("{}\n{}", mail.subject, mail.text), mail, rules);
    }
}

/// The recipients a report names; without any the addresses that stand in it.
fn failed(bounce: &Bounce, mail: &Mail, rules: &Rules) -> Vec<Address> {
    match bounce.recipients.as_slice() {
        [] => addresses(&mail.text, mail, rules),
        named => addresses(&named.join("\n"), mail, rules),
    }
}

/// The letter whose id or token stands in the notice.
fn letter_named(mail: &Mail, rules: &Rules) -> Option<LetterId> {
    let mut ids = mail.in_reply_to.iter().chain(mail.references.iter().rev());
    let by_id = ids.find_map(|id| rules.keys.read(id));
    by_id.or_else(|| rules.keys.find(&mail.text)).map(|token| token.letter)
}

/// Who did not get it: not the desk, and not the one who reports.
fn addresses(text: &str, mail: &Mail, rules: &Rules) -> Vec<Address> {
    let reporter = sender(mail);
    let is_part = |c: char| c.is_alphanumeric() || "@.!#$%&*+-/=?^_`{|}~".contains(c);
    let searched: String = text.chars().take(SEARCHED_CHARS).collect();
    let pieces = searched.split(|c: char| !is_part(c)).map(|piece| piece.trim_matches(['.', '-', '*', '=']));
    let mut found: Vec<Address> = Vec::new();
    for address in pieces.filter(|piece| piece.contains('@')).filter_map(|piece| Address::parse(piece).ok()) {
        let is_other = !rules.is_desk(&address) && reporter.as_ref() != Some(&address);
        if is_other && found.len() < ADDRESSES_MAX && !found.contains(&address) {
            found.push(address);
        }
    }
    found
}

/// Exchange reports a delivery that succeeded under such a subject.
fn tells_of_success(subject: &str) -> bool {
    const SUBJECTS: [&str; 12] = [
        "delivered:",
        "relayed:",
        "expanded:",
        "bezorgd:",
        "afgeleverd:",
        "doorgestuurd:",
        "zugestellt:",
        "übermittelt:",
        "remis :",
        "relayé :",
        "entregado:",
        "consegnato:",
    ];
    let subject = subject.trim().to_lowercase();
    SUBJECTS.iter().any(|prefix| subject.starts_with(prefix))
}

/// What became of the letter, in the server's own words.
pub(super) fn fate(mail: &Mail) -> LetterFate {
    let words: Vec<&str> = mail.text.split_whitespace().collect();
    let shown: String = words.join(" ").chars().take(SHOWN_CHARS).collect();
    LetterFate::Bounced {
        permanent: mail.text.split(|c: char| !(c.is_ascii_digit() || c == '.')).any(is_permanent),
        status: shown,
    }
}

/// An enhanced status code of the class 5 (RFC 3463 §2).
fn is_permanent(code: &str) -> bool {
    let parts: Vec<&str> = code.split('.').collect();
    matches!(parts.as_slice(), ["5", subject, detail] if [subject, detail].iter().all(|part| (1..=3).contains(&part.len())))
}

/// The letter that such a notice is about.
pub(super) fn letter<'a>(mail: &Mail, bounced: Option<&'a BouncedLetter>, rules: &Rules) -> Option<&'a BouncedLetter> {
    bounced.filter(|_| is_notice(mail, rules))
}
