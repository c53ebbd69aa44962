//! What belongs together where no letter of ours is answered (invariant 6). Pure.
//!
//! A case's number can be guessed, and the id of a mail on file is known to whoever was in copy: neither proves anything. Both
//! say something only in a mail from the address of the case's own customer.
//!
//! | a mail that names a case, or answers a mail on file | the case is open | it is closed |
//! |---|---|---|
//! | from its customer, proven | as an answer to a letter of ours | the same: thanks are filed, anything else reopens it |
//! | from its customer's address, not proven | filed and marked; it reopens, confirms and stops nothing | a case of its own, linked |
//! | from anybody else: a partner who replies to all, a lawyer | a case of its own, linked | the same |
//! | passed on by a colleague, who says that its customer wrote it | as an answer to a letter of ours | the same |
//!
//! Linked means: staff are shown the other number, with a button that joins the two. The same words from the same address
//! within the hour, with another Message-ID, were sent twice: one complaint (invariant 2).

use super::may_reply::{is_machine, sender};
use super::opening::TEXT_MAX;
use super::web_form::form_of;
use super::{CaseFile, ClickedOn, Role, Rules, Said, Snapshot};
use crate::case::{Address, CaseNumber, CaseState, Tie};
use crate::mail::{Cut, CutSign, FindingKind, Forwarded, ForwardedHow, Mail, NoAnswer, SenderProof};

/// Cases named in one mail that are looked up; more is no reference but noise.
const NAMED_MAX: usize = 5;
/// Ids of one thread that are looked up, the nearest first: an id further up says little of what the mail is about.
const ANSWERED_MAX: usize = 10;

/// Where a mail belongs that answers no letter of ours.
pub(super) enum Belongs<'a> {
    To(&'a CaseFile, Tie),
    /// It is the complaint of this case, sent again.
    Again(&'a CaseFile),
    /// To a case of its own, linked with these.
    Apart(Vec<CaseNumber>),
}

/// Cases that the mail names: in its subject, in its new text, or by the id of an older letter of ours in its thread, which
/// says no more than a number does.
pub(super) fn named(mail: &Mail, rules: &Rules) -> Vec<CaseNumber> {
    let passed_on = passed_on_by_colleague(mail, rules);
    let inside = passed_on.iter().flat_map(|forwarded| [&forwarded.subject, &forwarded.said]);
    let typed = [&mail.subject, &mail.reply].into_iter().chain(inside).flat_map(|text| CaseNumber::find_all(text));
    let older = passed_on.iter().flat_map(|forwarded| &forwarded.answers).chain(&mail.references);
    let older = older.filter_map(|id| rules.keys.read(id)?.case);
    let mut named = Vec::new();
    for number in typed.chain(older) {
        if named.len() < NAMED_MAX && !named.contains(&number) {
            named.push(number);
        }
    }
    named
}

/// Ids of mails that this one answers, its direct parent first. An empty id answers nothing: it would meet every mail that
/// has none.
pub(super) fn answered(mail: &Mail, rules: &Rules) -> Vec<String> {
    let passed_on = passed_on_by_colleague(mail, rules);
    // The mail that is passed on may be on file itself.
    let inside = passed_on.iter().flat_map(|forwarded| forwarded.message_id.iter().chain(&forwarded.answers));
    let ids = mail.in_reply_to.iter().chain(inside).chain(mail.references.iter().rev());
    let mut answered: Vec<String> = Vec::new();
    for id in ids.filter(|id| !id.trim().is_empty()) {
        if answered.len() < ANSWERED_MAX && !answered.contains(id) {
            answered.push(id.clone());
        }
    }
    answered
}

/// What is said, by whom, where it may have been sent twice. Not by a machine: two callers leave the same words with a
/// voicemail box, and two customers with a web form. For the same reason not where the answer is to go to somebody else.
pub(super) fn said(mail: &Mail, rules: &Rules) -> Option<Said> {
    if let Some(form) = form_of(mail, rules) {
        let filled = form.read(mail, rules);
        return Said::new(filled.customer.address?, &filled.subject, &filled.text);
    }
    if let Some(forwarded) = passed_on_by_colleague(mail, rules) {
        let customer = Address::parse(&forwarded.from.address).ok()?;
        return Said::new(customer, &forwarded.subject, &forwarded.said);
    }
    let from = sender(mail).filter(|from| rules.role(from) == Role::Outsider && !is_machine(from))?;
    let elsewhere = mail.findings.iter().any(|finding| finding.kind == FindingKind::ReplyToElsewhere);
    // What was cut off as a quote, or is too long to be kept, may differ.
    let is_signature = |cut: &Cut| {
        matches!(cut.sign, CutSign::SignatureDelimiter | CutSign::AppLine | CutSign::Disclaimer | CutSign::Banner)
    };
    let is_whole = mail.cuts.iter().all(is_signature)
        && mail.forwarded.is_none()
        && words(mail).chars().nth(TEXT_MAX - 1).is_none();
    let is_someones = mail.automatic.is_none() && !elsewhere && is_whole;
    is_someones.then(|| Said::new(from, &mail.subject, &words(mail))).flatten()
}

/// What a click in a mail program is about, where the program names it by its subject alone: "Intrekken: Kras op de deur".
pub(super) fn topic(mail: &Mail, rules: &Rules) -> Option<ClickedOn> {
    let from = sender(mail).filter(|from| is_click(mail) && rules.role(from) == Role::Outsider)?;
    let (_, subject) = mail.subject.split_once(':')?;
    ClickedOn::new(from, subject)
}

/// The case of the sender's own that a click is about. It does nothing there, so that nothing need be proven.
pub(super) fn clicked<'a>(mail: &Mail, from: Option<&Address>, known: &'a Snapshot) -> Option<&'a CaseFile> {
    let related = known.answered.iter().chain(&known.named).chain(&known.topic);
    let is_own = |file: &&CaseFile| from.is_some() && file.case.customer.address.as_ref() == from;
    related.filter(|_| is_click(mail)).find(is_own)
}

fn is_click(mail: &Mail) -> bool {
    matches!(mail.no_answer, Some(NoAnswer::Recall | NoAnswer::Reaction(_) | NoAnswer::ReadReceipt))
}

/// The complaint in the customer's words.
pub(super) fn words(mail: &Mail) -> String {
    let words = if mail.reply.trim().is_empty() { &mail.text } else { &mail.reply };
    words.chars().take(TEXT_MAX).collect()
}

/// Where the mail belongs.
pub(super) fn belongs<'a>(mail: &Mail, from: Option<&Address>, known: &'a Snapshot) -> Belongs<'a> {
    let proven = is_proven(mail);
    let tie = if proven { Tie::Named } else { Tie::NamedUnproven };
    let is_open = |file: &&CaseFile| file.case.state == CaseState::Open;
    if let Some(first) = &known.twice {
        // Whoever says it again after an answer or a decision says that it is not settled.
        let untouched = is_open(&first) && first.case.first_response_at().is_none();
        if mail.attachments.is_empty() && untouched {
            return Belongs::Again(first);
        }
        if is_open(&first) {
            return Belongs::To(first, tie);
        }
    }
    let related = || known.answered.iter().chain(&known.named);
    let is_own = |file: &&CaseFile| from.is_some() && file.case.customer.address.as_ref() == from;
    let mut own = related().filter(is_own);
    let own = if proven { own.next() } else { own.find(is_open) };
    match own {
        Some(file) => Belongs::To(file, tie),
        None => Belongs::Apart(numbers(related())),
    }
}

/// A customer's mail that a colleague passed on.
fn passed_on_by_colleague<'a>(mail: &'a Mail, rules: &Rules) -> Option<&'a Forwarded> {
    let forwarded = mail.forwarded.as_ref().filter(|forwarded| forwarded.how != ForwardedHow::Rewritten)?;
    sender(mail).is_some_and(|from| rules.role(&from) != Role::Outsider).then_some(forwarded)
}

/// Where a customer's mail belongs that a colleague passed on, who says so who wrote it: in a case of that customer which it
/// answers or names. What is on file already, or came in twice, says nothing new.
pub(super) fn passed_on<'a>(forwarded: &Forwarded, customer: &Address, known: &'a Snapshot) -> Belongs<'a> {
    let related = || known.file.iter().chain(&known.answered).chain(&known.named);
    let is_own = |file: &&CaseFile| file.case.customer.address.as_ref() == Some(customer);
    let is_on_file = |file: &&CaseFile| {
        forwarded.message_id.as_ref().is_some_and(|id| file.case.customer_thread.iter().any(|known| known == id))
    };
    let again = related().filter(is_own).find(is_on_file).or(known.twice.as_ref());
    match (again, related().find(is_own)) {
        (Some(file), _) => Belongs::Again(file),
        (None, Some(file)) => Belongs::To(file, Tie::Named),
        (None, None) => Belongs::Apart(numbers(related())),
    }
}

/// A machine in the customer's mailbox proves that mailbox, and says nothing in the customer's stead.
fn is_proven(mail: &Mail) -> bool {
    mail.proof == SenderProof::Proven && mail.automatic.is_none()
}

/// Each once.
pub(super) fn numbers<'a>(files: impl IntoIterator<Item = &'a CaseFile>) -> Vec<CaseNumber> {
    let mut numbers = Vec::new();
    for file in files {
        if !numbers.contains(&file.case.number) {
            numbers.push(file.case.number);
        }
    }
    numbers
}
