//! Mails that staff sent to the customer themselves, with the desk in To or Cc. The customer has them, so nothing goes out
//! again: a mail of a proven sender is recorded as the answer, and stops the first-reaction clock at its receipt (§1). Pure.
//!
//! Two ways lead here. (a) A reply to a letter of ours, with the customer added: it holds a staff token. (b) A reply to the
//! customer's own mail, or a new one: without a token, so that the case is found by the customer in To or Cc, among the
//! open cases of departments the sender may act for; where there are several, by the ids of the customer's thread. One is
//! acted on; of several the sender is asked which; with none it is a mail without a case, as any other.
//!
//! | the mail | (a) with a token | (b) without |
//! |---|---|---|
//! | no verb, or `#antwoord` | recorded | recorded |
//! | `#afgehandeld` and a settlement | recorded, and closed with the written confirmation (§2.4.2) | recorded; a verb needs a token, so the receipt says what was left undone |
//! | the same beside verbs that stay in the house | all of it, or recorded and the verbs left undone where one cannot be done | recorded, verbs left undone |
//! | only verbs whose text is internal (`#intern`, `#gebeld` …) | carried out as ever and no answer; the receipt warns that the customer has it, and `#verstuurd` makes it one | asked which case, as any mail without a token |
//! | a verb that is none, lower down, or two that want the text | recorded, left undone | recorded, left undone |
//! | neither text nor attachment | asked | asked |
//! | somebody else in To or Cc as well | asked: was it the answer? | recorded: nothing is relayed, so a colleague may read along |
//! | sender not proven | not recorded; the registered address is asked, and so nobody else is told of it | the same, also where the operator accepts unproven staff: whoever knows two addresses could write it, and has no letter of ours in hand |
//! | proven, but perhaps an older mail that somebody sent on | its token says which case it is about | not recorded; the registered address is asked |
//! | a complaint taken down, or a mail passed on | as any reply | a new complaint (§2.1.1, §2.2) |
//!
//! Who is asked answers with `#verstuurd`: then the mail is recorded at its own receipt. What it said waits in the event
//! `answer_to_confirm` on each case it may belong to, under the id of the letter that asks.

use super::answered::answer;
use super::deciding::Deciding;
use super::draft::Problem;
use super::sight::acts_on;
use super::verbs::TextGoes;
use super::{CaseFile, Disposition, MailDecision, Verdict};
use crate::case::{Actor, Address, CaseNumber, CaseState, What};

impl Deciding<'_> {
    /// Decides on a mail of staff without a token of theirs (b); None: it is no mail to a customer of an open case. `quoted`
    /// is the case of a letter to the customer that stands quoted in it.
    pub fn on_direct_mail(&self, from: &Address, quoted: Option<CaseNumber>) -> Option<MailDecision> {
        let is_theirs = |file: &&CaseFile| file.case.state == CaseState::Open && acts_on(&file.case, from, self.rules);
        let theirs: Vec<&CaseFile> = self.known.mailed.iter().filter(is_theirs).collect();
        let in_thread = |file: &&CaseFile| {
            let ids = self.mail.mail.in_reply_to.iter().chain(&self.mail.mail.references);
            Some(file.case.number) == quoted || ids.into_iter().any(|id| file.case.customer_thread.contains(id))
        };
        let threaded: Vec<&CaseFile> = theirs.iter().copied().filter(in_thread).collect();
        if self.is_something_else(&threaded) {
            return None;
        }
        let candidates = if threaded.is_empty() { theirs } else { threaded };
        match candidates.as_slice() {
            [] => None,
            [file] => Some(self.on_direct(file, from)),
            several => Some(self.which(from, several)),
        }
    }

    /// A complaint that was taken down, a mail passed on, or words that the sender says are internal.
    fn is_something_else(&self, threaded: &[&CaseFile]) -> bool {
        let Some(typed) = &self.intent.typed.relayable else { return false };
        let goes = |wanted: fn(TextGoes) -> bool| typed.lines.iter().any(|line| wanted(line.verb.row().text));
        let outward = goes(|text| matches!(text, TextGoes::Customer | TextGoes::Settlement));
        let registers = goes(|text| text == TextGoes::Complaint);
        let passed_on = self.mail.mail.forwarded.is_some() && threaded.is_empty();
        registers || passed_on || !typed.lines.is_empty() && !outward
    }

    /// Several cases of that customer: nothing counts until the sender says which.
    fn which(&self, from: &Address, cases: &[&CaseFile]) -> MailDecision {
        let customer = cases.iter().find_map(|file| file.case.customer.address.clone()).unwrap_or_else(|| from.clone());
        let choices = cases.iter().map(|file| (file.case.number, file.case.subject.clone())).collect();
        let asked = self.question(None, from.clone(), Problem::WhichCase { customer, choices });
        let answer = answer(self.mail, from, &self.mail.mail.reply);
        let waits = || What::AnswerToConfirm { question: asked.id.clone(), answer: answer.clone() };
        let reason = "staff answered a customer with several open cases: asked which";
        let reason = self.doubt().map_or(reason, |why| why.english()).to_owned();
        MailDecision {
            verdict: Verdict { disposition: Disposition::Staff, reason, case: None },
            events: cases.iter().map(|file| self.event(Some(file.case.number), Actor::Desk, waits())).collect(),
            letters: vec![asked],
        }
    }
}
