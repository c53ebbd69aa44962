//! What a mail server says of a letter of ours, as far as the mail alone tells (see `servers_words.rs`). Pure.

use super::{Intent, token};
use crate::case::{Address, LetterId, Moment};
use crate::desk::sent_by::{SentBy, is_machine};
use crate::desk::{Lookup, Role, Rules};
use crate::mail::{AutomaticKind, Bounce, Mail};
use chrono::TimeDelta;

/// Mail servers give up after four or five days (RFC 5321 §4.5.4.1).
const SERVERS_TRY: TimeDelta = TimeDelta::days(6);
/// Addresses in a notice that are looked up: it names who did not get the letter, and perhaps itself.
const ADDRESSES_MAX: usize = 10;
/// Characters of a notice in which addresses are looked for; below stands the letter itself.
pub(in crate::desk) const SEARCHED_CHARS: usize = 8_000;

/// Whether a mail server speaks of a letter of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::desk) enum ServersWord {
    None,
    /// A report that counts: a server's, or one that holds the id of a letter of ours.
    Report,
    /// It may be a server's words about a letter, without being a report that was read.
    Notice,
}

impl Intent {
    pub(super) fn servers_word(&self, mail: &Mail, rules: &Rules) -> ServersWord {
        if self.reports(mail, rules) {
            ServersWord::Report
        } else if self.is_notice(mail) {
            ServersWord::Notice
        } else {
            ServersWord::None
        }
    }

    /// Whether a mail server wrote it: by the null sender (RFC 5321 §4.5.5), or from a mailbox of one. Whoever else says that
    /// a letter did not arrive says it of himself, and undoes nothing (invariant 6).
    fn is_from_server(&self, mail: &Mail) -> bool {
        let is_server =
            |from: &Address| is_machine(from) || from.local().to_lowercase().starts_with("microsoftexchange");
        mail.return_path.as_deref() == Some("") || self.from.as_ref().is_none_or(is_server)
    }

    fn reports(&self, mail: &Mail, rules: &Rules) -> bool {
        let names_ours = |id: &String| rules.keys.read(id).is_some();
        let of_ours = |bounce: &Bounce| bounce.original_message_id.as_ref().is_some_and(names_ours);
        mail.bounce.as_ref().is_some_and(|bounce| of_ours(bounce) || self.is_from_server(mail))
    }

    fn is_notice(&self, mail: &Mail) -> bool {
        // A colleague's machine is none: what follows would be told to it (invariant 5).
        if mail.bounce.is_some() || self.role != Role::Outsider {
            return false;
        }
        match self.sent_by {
            SentBy::Machine(AutomaticKind::MailSystem) => true,
            // Some servers write under a person's name; with the customer's letter in hand it is shown to the handler anyway.
            SentBy::Machine(AutomaticKind::AutoReply) => {
                mail.return_path.as_deref() == Some("") && self.answers.is_none()
            }
            _ => false,
        }
    }

    /// Adds to what is looked up the letter that did not arrive.
    pub(super) fn look_up_failed(&self, wanted: &mut Lookup, mail: &Mail, rules: &Rules, now: Moment) {
        wanted.failed_since = now - SERVERS_TRY;
        match (self.server, &mail.bounce) {
            (ServersWord::Report, Some(bounce)) => {
                wanted.bounced = letter_reported(bounce, mail, rules);
                // The recipients that it names; without any the addresses that stand in it.
                let named = bounce.recipients.join("\n");
                let named = if bounce.recipients.is_empty() { &mail.text } else { &named };
                wanted.failed = self.addresses(named, rules);
            }
            (ServersWord::Notice, _) if !tells_of_success(&mail.subject) => {
                wanted.bounced = letter_named(mail, rules);
                wanted.failed = self.addresses(&format!("{}\n{}", mail.subject, mail.text), rules);
            }
            _ => {}
        }
    }

    /// Who did not get it: not the desk, and not the one who reports.
    fn addresses(&self, text: &str, rules: &Rules) -> Vec<Address> {
        let is_part = |c: char| c.is_alphanumeric() || "@.!#$%&*+-/=?^_`{|}~".contains(c);
        let searched: String = text.chars().take(SEARCHED_CHARS).collect();
        let pieces = searched.split(|c: char| !is_part(c)).map(|piece| piece.trim_matches(['.', '-', '*', '=']));
        let mut found: Vec<Address> = Vec::new();
        for address in pieces.filter(|piece| piece.contains('@')).filter_map(|piece| Address::parse(piece).ok()) {
            let is_other = !rules.is_desk(&address) && self.from.as_ref() != Some(&address);
            if is_other && found.len() < ADDRESSES_MAX && !found.contains(&address) {
                found.push(address);
            }
        }
        found
    }
}

/// The letter that a report says it is about.
fn letter_reported(bounce: &Bounce, mail: &Mail, rules: &Rules) -> Option<LetterId> {
    let stated = bounce.original_message_id.as_deref().and_then(|id| rules.keys.read(id));
    let stated = stated.or_else(|| token::plus_address(mail, rules));
    stated.or_else(|| rules.keys.find(&mail.text)).map(|token| token.letter)
}

/// The letter whose id or token stands in the notice.
fn letter_named(mail: &Mail, rules: &Rules) -> Option<LetterId> {
    let mut ids = mail.in_reply_to.iter().chain(mail.references.iter().rev());
    let by_id = ids.find_map(|id| rules.keys.read(id));
    by_id.or_else(|| rules.keys.find(&mail.text)).map(|token| token.letter)
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
