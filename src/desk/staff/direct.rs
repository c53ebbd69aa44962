//! Carrying out a mail that the customer has had from the sender already: recorded as the answer, with the verbs that can
//! be done beside it. The table of cases stands in `desk/direct.rs`. Pure.

use super::StaffReply;
use super::actions::Work;
use super::plan::{Plan, Step, plan};
use crate::case::{Actor, Address, CaseNumber, DirectAnswer, Event, What};
use crate::desk::answered::answer;
use crate::desk::draft::{Done, Problem, Unsure};
use crate::desk::intent::is_verbs_only;
use crate::desk::verbs::{self, Mistake, Verb};
use crate::desk::{MailDecision, ReplyGoes};

impl StaffReply<'_> {
    /// The customer, where this mail went there too.
    pub(super) fn customer_in_copy(&self) -> Option<Address> {
        self.mailed().find(|address| self.file.case.speaks_for_customer(address))
    }

    /// (a): with a token, so that its verbs count.
    pub(super) fn carry_out_direct(&self, customer: &Address) -> Result<MailDecision, Problem> {
        let planned = self.typed.as_ref().ok().map(|typed| plan(typed, ReplyGoes::Customer));
        if let Some(Ok(plan)) = &planned
            && !plan.reaches_customer()
        {
            return self.internal_but_read(plan, customer);
        }
        if let Some(other) = self.mailed().find(|address| address != customer) {
            return Ok(self.ask_whether(customer, Unsure::AlsoTo(other)));
        }
        if let Some(Ok(plan)) = &planned
            && plan.steps.iter().any(|step| step.verb == Verb::Interim)
        {
            return self.interim_had(plan, customer);
        }
        // A settlement of which perhaps only the half was read confirms nothing in writing (invariant 7).
        // And what we would have put into it, the customer did not get.
        let is_whole = self.own.apart.is_none() && self.is_read_whole().is_ok() && !self.asks_for_standard_text();
        let is_right = |plan: &Plan| is_whole && self.is_well_judged(plan).is_ok();
        if let Some(Ok(plan)) = planned.filter(|planned| planned.as_ref().is_ok_and(is_right)) {
            let plan = &plan;
            let mut work = Work::new(self);
            work.answered_directly(self.direct_answer(said(plan))?);
            let beside = plan.steps.iter().filter(|step| step.verb != Verb::Answer);
            if beside.map(|step| work.act(step)).all(|done| done.is_ok()) {
                return Ok(work.finish_direct());
            }
        }
        self.only_recorded()
    }

    /// (b), and whatever of (a) is not clear: the answer is on file, its verbs are left undone.
    pub(super) fn only_recorded(&self) -> Result<MailDecision, Problem> {
        let (text, undone) = match &self.typed {
            Ok(typed) => {
                let others = typed.instruction.lines.iter().filter(|line| line.verb != Verb::Answer);
                let undone: Vec<String> = others.map(|line| line.written.clone()).collect();
                (self.said_in(typed), undone)
            }
            Err(Mistake::Unknown { written, .. } | Mistake::LowerDown { written }) => {
                (self.mail.mail.reply.clone(), vec![written.clone()])
            }
        };
        let answer = self.direct_answer(&text)?;
        let mut work = Work::new(self);
        work.answered_directly(answer);
        if !undone.is_empty() {
            work.tell(Done::LeftUndone { written: undone });
        }
        Ok(work.finish_direct())
    }

    /// The words for the customer, who has all of them: nothing is cut off what is kept.
    fn said_in(&self, typed: &verbs::Reply) -> String {
        if self.own.apart.is_some() {
            return typed.whole.clone();
        }
        plan(typed, ReplyGoes::Customer).map_or_else(|_| typed.instruction.text.clone(), |plan| said(&plan).to_owned())
    }

    /// What the sender calls internal is carried out as ever; whether it was an answer only the sender can say.
    fn internal_but_read(&self, plan: &Plan, customer: &Address) -> Result<MailDecision, Problem> {
        self.is_well_judged(plan)?;
        let mut work = Work::new(self);
        for step in &plan.steps {
            work.act(step)?;
        }
        let confirms = plan.steps.iter().any(|step| step.verb == Verb::Sent);
        if confirms || self.mail.mail.reply.trim().is_empty() {
            return Ok(work.finish());
        }
        work.tell(Done::AlsoWithCustomer { to: customer.clone() });
        let mut decision = work.finish();
        if let Some(receipt) = decision.letters.last() {
            let answer = answer(self.mail, self.from, &self.mail.mail.reply);
            let waits = What::AnswerToConfirm { question: receipt.id.clone(), answer };
            decision.events.push(Event { actor: Actor::Desk, ..self.happened(waits) });
        }
        Ok(decision)
    }

    /// A word in the meantime that the customer has had: it is on file, and no answer (§1).
    fn interim_had(&self, plan: &Plan, customer: &Address) -> Result<MailDecision, Problem> {
        let mut work = Work::new(self);
        for step in &plan.steps {
            match step.verb {
                Verb::Interim => work.interim_had(&step.value, &step.text, customer)?,
                _ => work.act(step)?,
            }
        }
        Ok(work.finish())
    }

    /// Nothing counts yet; the registered address of the colleague is asked, and nobody else is mailed.
    pub(super) fn ask_whether(&self, customer: &Address, why: Unsure) -> MailDecision {
        let reason = why.english();
        let problem = Problem::SentByYou { customer: customer.clone(), why };
        let asked = self.question(self.shown(), self.from.clone(), problem);
        let answer = answer(self.mail, self.from, &self.mail.mail.reply);
        let waits = What::AnswerToConfirm { question: asked.id.clone(), answer };
        self.of_staff(reason, vec![Event { actor: Actor::Desk, ..self.happened(waits) }], vec![asked])
    }

    /// # Errors
    /// Nothing was typed and nothing attached.
    fn direct_answer(&self, text: &str) -> Result<DirectAnswer, Problem> {
        if self.is_click() {
            return Err(Problem::NothingTyped);
        }
        let mail = self.mail.mail;
        let text = if text.trim().is_empty() { mail.reply.trim() } else { text };
        match (is_verbs_only(text), mail.attachments.is_empty()) {
            (true, true) => Err(Problem::NothingTyped),
            (true, false) => Ok(answer(self.mail, self.from, "")),
            (false, _) => Ok(answer(self.mail, self.from, text)),
        }
    }
}

/// The words for the customer.
pub(super) fn said(plan: &Plan) -> &str {
    let outward = |step: &&Step| matches!(step.verb, Verb::Answer | Verb::Close);
    plan.steps.iter().find(outward).map_or("", |step| step.text.as_str())
}

impl Work<'_> {
    /// On file as the answer; whoever gives it first handles the case.
    fn answered_directly(&mut self, answer: DirectAnswer) {
        self.first_handler();
        self.tell(Done::AnsweredDirectly {
            to: self.case.customer.address.clone(),
            text: answer.text.clone(),
            received_at: answer.received_at,
        });
        self.record(What::AnsweredDirectly(answer));
    }

    /// `#verstuurd`: what the answered letter asked about was the sender's answer indeed. A second time changes nothing.
    /// The verb's value is the number of its case where that was asked, else words of the sender.
    pub(super) fn confirm(&mut self, answer: DirectAnswer, value: &str, text: &str) {
        let said = if value.parse::<CaseNumber>().is_ok() { "" } else { value };
        let is_on_file = |event: &Event| event.what == What::AnsweredDirectly(answer.clone());
        if self.reply.file.events.iter().any(is_on_file) {
            self.tell(Done::AnsweredDirectly {
                to: self.case.customer.address.clone(),
                text: answer.text,
                received_at: answer.received_at,
            });
        } else {
            self.answered_directly(answer);
        }
        self.keep([said, text].join("\n").trim());
    }

    /// The customer has the attachments: a confirmation does not bring them again.
    fn finish_direct(self) -> MailDecision {
        let mut decision = self.finish();
        let to_customer = decision.letters.iter_mut().filter(|draft| draft.content.kind().is_for_customer());
        to_customer.for_each(|draft| draft.carried.clear());
        decision
    }
}
