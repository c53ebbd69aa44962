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

use super::deciding::Deciding;
use super::intent::is_click;
use super::{CaseFile, Snapshot};
use crate::case::{Address, CaseNumber, CaseState, Tie};
use crate::mail::{Forwarded, Mail, SenderProof};

/// Where a mail belongs that answers no letter of ours.
pub(super) enum Belongs<'a> {
    To(&'a CaseFile, Tie),
    /// It is the complaint of this case, sent again.
    Again(&'a CaseFile),
    /// To a case of its own, linked with these.
    Apart(Vec<CaseNumber>),
}

/// The case of the sender's own that a click is about. It does nothing there, so that nothing need be proven.
pub(super) fn clicked<'a>(on: &Deciding<'a>) -> Option<&'a CaseFile> {
    let (mail, from, known) = (on.mail.mail, on.intent.from.as_ref(), on.known);
    let related = known.answered.iter().chain(&known.named).chain(&known.topic);
    let is_own = |file: &&CaseFile| from.is_some() && file.case.customer.address.as_ref() == from;
    related.filter(|_| is_click(mail)).find(is_own)
}

/// Where the mail belongs.
pub(super) fn belongs<'a>(on: &Deciding<'a>) -> Belongs<'a> {
    let (mail, from, known) = (on.mail.mail, on.intent.from.as_ref(), on.known);
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
