//! Whether a letter that a server refused may go out again, at an operator's word. Pure.
//! What it says must still hold, and whoever it is for must still be the one: a letter that was overtaken misleads, and
//! one to somebody who left the case leaks (invariant 7). Terms are not touched: they ran on while it was refused.

use super::sight::{acts_on, is_hidden};
use super::{CaseFile, Role, Rules};
use crate::case::{Actor, Address, CaseNumber, CaseState, Due, Event, LetterId, LetterKind, MailboxName, Moment, What};

/// A letter that was refused, as the register has it.
#[derive(Debug, Clone)]
pub struct RefusedLetter {
    pub id: LetterId,
    pub kind: LetterKind,
    pub case: Option<CaseNumber>,
    /// Through which mailbox it was written; None: the first.
    pub mailbox: Option<MailboxName>,
    pub to: Address,
    pub written_at: Moment,
    pub bytes: Kept,
    /// Whether a later letter of its kind went to the same recipient, on the same case or, like this one, on none.
    pub later: Later,
    /// The letter it goes out in, together with others.
    pub bundled_in: Option<LetterId>,
}

/// Whether its text is still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    Whole,
    Blanked,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Later {
    None,
    One,
}

/// Why a letter is not sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Barred {
    #[error("its text was blanked")]
    Blanked,
    #[error("it goes out in another letter: send that one again")]
    InAnother,
    #[error("a newer letter has taken its place")]
    Newer,
    #[error("a letter on paper has taken its place")]
    Paper,
    #[error("a term that stands in it has passed")]
    TermPassed,
    #[error("its case went on: closed, opened again, no complaint, or part of another")]
    WentOn,
    #[error("its recipient is not the customer of the case any more")]
    NotTheCustomer,
    #[error("its recipient is not staff of the case's department any more")]
    NotStaff,
}

/// None: it may go. `file` is its case's, where it has one.
pub fn barred(letter: &RefusedLetter, file: Option<&CaseFile>, rules: &Rules, now: Moment) -> Option<Barred> {
    if letter.bytes == Kept::Blanked {
        return Some(Barred::Blanked);
    }
    if letter.bundled_in.is_some() {
        return Some(Barred::InAnother);
    }
    let party = if letter.kind.is_for_customer() { customer(letter, file) } else { staff(letter, file, rules) };
    if party.is_some() {
        return party;
    }
    if letter.later == Later::One {
        return Some(Barred::Newer);
    }
    let file = file?;
    overtaken(letter, file).or_else(|| {
        let passed =
            terms_in(letter.kind, file.case.due).into_iter().any(|term| letter.written_at < term && term <= now);
        passed.then_some(Barred::TermPassed)
    })
}

/// The letter goes out again: on file, like all that happens to it.
pub fn on_sent_again(letter: &RefusedLetter, now: Moment) -> Event {
    let what = What::LetterResent { letter: letter.id.clone(), letter_kind: letter.kind, to: letter.to.to_string() };
    Event { at: now, case: letter.case, actor: Actor::Desk, mail: None, what }
}

fn customer(letter: &RefusedLetter, file: Option<&CaseFile>) -> Option<Barred> {
    let is_customer = file.is_some_and(|file| file.case.speaks_for_customer(&letter.to));
    (!is_customer).then_some(Barred::NotTheCustomer)
}

/// Whoever keeps klachtpost running hears of any; a colleague of the department that has the case now, or, of what
/// concerns no case, anybody on the staff.
fn staff(letter: &RefusedLetter, file: Option<&CaseFile>, rules: &Rules) -> Option<Barred> {
    let is_hidden = file.is_some_and(|file| is_hidden(&file.case, &letter.to, rules));
    let is_operator = rules.operator.as_ref() == Some(&letter.to) && !is_hidden;
    let is_staff = match file {
        None => rules.role(&letter.to) == Role::Staff,
        Some(file) => acts_on(&file.case, &letter.to, rules),
    };
    (!is_operator && !is_staff).then_some(Barred::NotStaff)
}

/// What was written, printed or decided on the case after it.
fn overtaken(letter: &RefusedLetter, file: &CaseFile) -> Option<Barred> {
    let after = file.events.iter().filter(|event| event.at > letter.written_at);
    let mut found = None;
    for event in after {
        found = found.or(match &event.what {
            What::Closed(_) if letter.kind != LetterKind::Closing => Some(Barred::WentOn),
            What::Reopened(_) | What::Dismissed { .. } | What::Merged { .. } => Some(Barred::WentOn),
            // What was written to the customer before went to somebody else.
            What::LetterWritten { letter_kind: LetterKind::Misdirected, letter: other, .. }
                if *other != letter.id && letter.kind.is_for_customer() =>
            {
                Some(Barred::NotTheCustomer)
            }
            What::PaperWritten { letter_kind, .. } | What::Posted { letter_kind, .. }
                if letter.kind.is_for_customer() && letter_kind.row().says >= letter.kind.row().says =>
            {
                Some(Barred::Paper)
            }
            What::LetterWritten { letter: other, letter_kind, .. }
                if *other != letter.id
                    && letter.kind.is_for_customer()
                    && letter_kind.is_for_customer()
                    && letter_kind.row().says >= letter.kind.row().says =>
            {
                Some(Barred::Newer)
            }
            What::AnsweredDirectly(_) if letter.kind.is_for_customer() => Some(Barred::Newer),
            _ => None,
        });
    }
    let is_closed = file.case.state != CaseState::Open && letter.kind != LetterKind::Closing;
    found.or_else(|| is_closed.then_some(Barred::WentOn))
}

/// The terms that a letter of this kind names: to the customer what is still promised, to staff each.
fn terms_in(kind: LetterKind, due: Due) -> Vec<Moment> {
    match kind {
        LetterKind::Acknowledgement | LetterKind::Acknowledgements => vec![due.first_response, due.resolve],
        LetterKind::Notification | LetterKind::FollowUp | LetterKind::Term | LetterKind::Escalation => {
            vec![due.acknowledge, due.first_response, due.resolve]
        }
        _ => Vec::new(),
    }
}
