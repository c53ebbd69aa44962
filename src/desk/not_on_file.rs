//! Mails that lie in our own folders and are not in the register (invariant 1): who is told, and who may have them taken in
//! (`#opnemen`, in answer to that letter or to a digest that tells of them). Pure.

use super::deciding::{Deciding, Pen};
use super::draft::{Alarm, AlarmAbout, Content, Done, Problem, Remark};
use super::{Arrival, Decision, Disposition, Fresh, Incoming, MailDecision, Rules, Snapshot};
use crate::case::{Actor, Address, Adopts, Token, What};
use crate::digest::NotOnFile;

/// Tells the supervisor of the fallback department and the operator; the letter to the first of them is the one whose
/// answer counts.
pub fn on_not_on_file(missing: &NotOnFile, rules: &Rules, fresh: &mut Fresh) -> Option<Decision> {
    let supervisor = rules.fallback().map(|department| department.supervisor.clone())?;
    let operator = rules.operator.clone().filter(|operator| *operator != supervisor);
    let pen = Pen { rules, fresh };
    let content = || Content::Alarm(Alarm { about: AlarmAbout::NotOnFile(Box::new(missing.clone())) });
    let letters = std::iter::once(supervisor).chain(operator).map(|to| pen.caseless(to, content())).collect();
    Some(Decision { events: Vec::new(), letters })
}

/// Why nothing is done with a colleague's answer to a letter that is not on file.
pub(super) fn answers_forgotten(mail: &Incoming<'_>, token: &Token) -> Problem {
    match mail.arrival {
        Arrival::New => Problem::LetterUnknown { case: token.case },
        Arrival::TakenIn => {
            Problem::HandledBefore { case: None, received_at: mail.received_at, prefilled: String::new() }
        }
    }
}

/// What staff are told of a mail that answers a letter which is not on file: whether there is a case of its number.
pub(super) fn remark(known: &Snapshot) -> Option<Remark> {
    let number = known.unknown_letter.as_ref().and_then(|token| token.case)?;
    Some(known.unknown_case.map_or(Remark::AnswersUnknown(number), Remark::AnswersForgotten))
}

/// The same on what goes to the handler of the case that the mail was filed on all the same.
pub(super) fn marked(mut decision: MailDecision, known: &Snapshot) -> MailDecision {
    for letter in &mut decision.letters {
        if let Content::FollowUp(told) = &mut letter.content {
            told.remarks.extend(remark(known));
        }
    }
    decision
}

impl Deciding<'_> {
    /// A proven colleague asks to take them in: only who is told of them may.
    ///
    /// # Errors
    /// Nothing waits there for this person.
    pub fn adopt(&self, from: &Address) -> Result<MailDecision, Problem> {
        let (known, rules) = (self.known, self.rules);
        let is_told = rules.fallback().is_some_and(|department| department.supervisor == *from)
            || rules.digest_recipients.contains(from);
        let letter = known.letter.clone().filter(|_| is_told && known.unknown_letter.is_none() && known.to_adopt > 0);
        let letter = letter.ok_or(Problem::NothingToAdopt)?;
        let what = What::AdoptionAsked { adopts: Adopts::ToldIn(letter), mails: known.to_adopt };
        let done = vec![Done::AdoptionAsked { mails: known.to_adopt }];
        let receipt = self.receipt_of_no_case(from.clone(), done);
        let reason = "asked to take in mails of our own folders".to_owned();
        let mut decision = self.filed(Disposition::Staff, None, reason);
        decision.events.push(self.event(None, Actor::Staff(from.clone()), what));
        decision.letters.push(receipt);
        Ok(decision)
    }
}
