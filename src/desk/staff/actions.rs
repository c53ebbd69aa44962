//! What each verb does, on the case as the verbs before it left it. Pure. `actions/`: closing, the committee, merging, who the
//! customer is, words in the meantime, the agenda, and letters on paper.

mod agenda;
mod closing;
mod committee;
mod confidential;
mod customer;
mod interim;
mod merging;
mod outcome;
mod paper;
mod privacy;
mod representative;

pub(super) use privacy::{notes_identity, right_named};

use super::StaffReply;
use super::plan::Step;
use crate::case::{Address, Case, CaseState, Event, LetterKind, Reach, Reopened, What, Why};
use crate::desk::draft::{Advice, Answer, Content, Cover, Done, Draft, Escalation, Problem, Receipt, Stays};
use crate::desk::letters_out::Beside;
use crate::desk::originals::with_originals;
use crate::desk::sent_by::is_machine;
use crate::desk::sight::{acts_on, handler_address, notified, supervisor};
use crate::desk::signing::unsigned;
use crate::desk::timeline::timeline;
use crate::desk::verbs::Verb;
use crate::desk::{Department, Disposition, MailDecision};
use crate::mail::CutSign;

/// A mail being carried out: the case as it is by now, and what is to be recorded and written.
pub(super) struct Work<'a> {
    pub(super) reply: &'a StaffReply<'a>,
    pub(super) case: Case,
    events: Vec<Event>,
    letters: Vec<Draft>,
    done: Vec<Done>,
}

impl<'a> Work<'a> {
    pub fn new(reply: &'a StaffReply<'a>) -> Self {
        let case = reply.file.case.clone();
        Self { reply, case, events: Vec::new(), letters: Vec::new(), done: Vec::new() }
    }

    /// Does one thing.
    ///
    /// # Errors
    /// What stands in its way: then nothing of the mail is done.
    pub fn act(&mut self, step: &Step) -> Result<(), Problem> {
        match step.verb {
            // What says only how much is meant, or what stands in it, has done its work when the mail was read.
            Verb::Answer | Verb::Everything | Verb::StandardText => self.answer(&step.text),
            Verb::Interim => self.interim(&step.value, &step.text),
            Verb::Note => self.note(&step.text),
            Verb::Close => self.close(&step.text),
            Verb::Outcome(outcome) => self.outcome(outcome, &step.text),
            Verb::Cause => self.cause(&step.value, &step.text),
            Verb::Compensation => self.compensation(&step.value, &step.text),
            Verb::Phoned => self.phoned(&step.text),
            Verb::TakeOver => self.take_over(&step.text),
            Verb::Assign => self.assign(&step.value, &step.text),
            Verb::Department => self.move_to(&step.value, &step.text),
            Verb::Escalate => self.escalate(&step.text),
            Verb::Advise => self.advise(&step.text),
            Verb::Sent => self.sent(&step.value, &step.text),
            Verb::Agenda => self.agenda(&step.value, &step.text),
            Verb::Reopen => self.reopen(&step.text),
            Verb::Dismiss => self.dismiss(&step.text),
            Verb::Restore => self.restore(&step.text),
            Verb::Merge => self.merge(&step.value, &step.text),
            Verb::Customer => self.customer(&step.value, &step.text),
            Verb::Confidential => self.confidential(&step.value, &step.text),
            Verb::Representative => self.representative(&step.value, &step.text),
            Verb::Right => self.right(&step.value, &step.text),
            Verb::Breach => self.breach(&step.value, &step.text),
            Verb::Dispute => self.dispute(&step.value, &step.text),
            Verb::Ruling => self.ruling(&step.value, &step.text),
            Verb::Help => {
                self.keep(&step.text);
                self.done.extend(Done::manual(self.reply.rules));
                Ok(())
            }
            // Alone in a mail they are answered before; with others it is not clear what should come of them.
            Verb::Dossier | Verb::Search | Verb::Standing => {
                Err(Problem::AskAlone { verb: step.verb.row().dutch.to_owned() })
            }
            // A new complaint is a new mail: this one answers a letter of another case.
            Verb::Show => Err(Problem::NoSuchMail),
            Verb::Adopt => Err(Problem::NothingToAdopt),
            Verb::Register(_) => Err(Problem::NewMailWanted { verb: step.verb.row().dutch.to_owned() }),
        }
    }

    /// The decision, with a receipt that says exactly what was done.
    pub fn finish(mut self) -> MailDecision {
        if self.events.is_empty() {
            let filed = What::MailFiled { disposition: Disposition::Staff.name().to_owned(), reason: String::new() };
            self.events.push(self.reply.happened(filed));
        }
        self.ask_if_solved();
        let receipt = Receipt::of(&self.case, std::mem::take(&mut self.done));
        let receipt = Receipt { first_response_done: self.has_answered(), ..receipt };
        self.letters.push(self.reply.receipt(&self.case, self.reply.from.clone(), receipt));
        let mut decision = self.reply.of_staff("a mail of staff, carried out", self.events, self.letters);
        decision.verdict.case = Some(self.case.number);
        decision
    }

    /// An answer accepted before, or one that goes out with this mail.
    pub(super) fn has_answered(&self) -> bool {
        let is_answer = |letter: &Draft| matches!(letter.content, Content::Answer(_) | Content::Closing(_));
        self.letters.iter().any(is_answer) || self.case.first_response_at().is_some()
    }

    pub(super) fn record(&mut self, what: What) {
        let event = Event { case: Some(self.case.number), ..self.reply.happened(what) };
        self.case.apply(&event);
        self.events.push(event);
    }

    /// What this mail did so far.
    pub(super) fn recorded(&self) -> &[Event] {
        &self.events
    }

    /// For the receipt.
    pub(super) fn tell(&mut self, done: Done) {
        self.done.push(done);
    }

    pub(super) fn not_now(&self, verb: Verb) -> Problem {
        Problem::NotNow { verb: verb.row().dutch.to_owned() }
    }

    fn is_open(&self, verb: Verb) -> Result<(), Problem> {
        if self.case.state == CaseState::Open { Ok(()) } else { Err(self.not_now(verb)) }
    }

    /// Open, or handled.
    fn is_a_complaint(&self, verb: Verb) -> Result<(), Problem> {
        let is_one = matches!(self.case.state, CaseState::Open | CaseState::Closed);
        if is_one { Ok(()) } else { Err(self.not_now(verb)) }
    }

    /// A plain reply goes to the customer; the first one is the substantive reaction (§1).
    fn answer(&mut self, text: &str) -> Result<(), Problem> {
        let (carried, stays) = self.reply.carry_to_customer();
        // Words below the quote are not relayed, and an attachment without the words that go with it is half an answer.
        let typed_elsewhere = !self.reply.own.noted.trim().is_empty();
        if text.trim().is_empty() && (carried.is_empty() || typed_elsewhere) {
            return Err(Problem::NothingTyped);
        }
        let to = match self.case.reach() {
            // Where nobody reads it, it would be no answer (§1).
            Reach::Mail(to) if is_machine(to) => return Err(Problem::NoCustomerAddress),
            Reach::Mail(to) => to.clone(),
            Reach::Post => return self.answer_on_paper(text),
            Reach::Phone => return Err(Problem::NoCustomerAddress),
        };
        let attachments = carried.len();
        let signed_by = unsigned(text, self.reply.from, &self.reply.intent.name, self.reply.rules);
        let content = Content::Answer(Answer { text: text.to_owned(), signed_by });
        let letter = Draft { carried, ..self.reply.to_customer(&self.case, to.clone(), content) };
        self.first_handler();
        self.settle_escalation();
        self.record(What::Answered { letter: letter.id.clone(), text: text.to_owned() });
        self.letters.push(letter);
        self.done.push(Done::Relayed { to, text: text.to_owned(), attachments });
        self.tell_what_stays(stays);
        Ok(())
    }

    /// Whatever of the mail does not go along is named (invariant 7), once: its files, and what a gateway wrote above it.
    pub(super) fn tell_what_stays(&mut self, mut files: Vec<(String, Stays)>) {
        let banners = self.reply.mail.mail.cuts.iter().filter(|cut| cut.sign == CutSign::Banner);
        files.extend(banners.map(|cut| (cut.line.clone(), Stays::Banner)));
        let stayed = Done::StayedHere { files };
        if stayed != (Done::StayedHere { files: Vec::new() }) && !self.done.contains(&stayed) {
            self.done.push(stayed);
        }
    }

    fn note(&mut self, text: &str) -> Result<(), Problem> {
        if text.trim().is_empty() && self.reply.mail.mail.attachments.is_empty() {
            return Err(Problem::NothingTyped);
        }
        self.record(What::Noted { text: text.to_owned() });
        self.done.push(Done::Noted { text: text.to_owned() });
        Ok(())
    }

    /// §1: a conversation is a reaction, and confirms what had to be confirmed.
    fn phoned(&mut self, text: &str) -> Result<(), Problem> {
        self.first_handler();
        self.settle_escalation();
        self.record(What::PhoneContact { text: text.to_owned() });
        self.done.push(Done::Phoned { text: text.to_owned() });
        self.tell_what_is_owed();
        Ok(())
    }

    fn assign(&mut self, written: &str, text: &str) -> Result<(), Problem> {
        let handler = Address::parse(written).ok();
        match handler.filter(|handler| acts_on(&self.case, handler, self.reply.rules)) {
            Some(handler) => {
                self.settle_escalation();
                self.set_handler(Verb::Assign, handler.clone(), text)?;
                if handler != *self.reply.from {
                    self.letters.push(self.reply.notification(&self.case, handler, self.cover(text)));
                }
                Ok(())
            }
            None => {
                let department = self.department().into_iter();
                let all = department.flat_map(|d| d.staff.iter().chain([&d.supervisor]));
                let colleagues = all.filter(|one| acts_on(&self.case, one, self.reply.rules)).cloned().collect();
                Err(Problem::NotAColleague { written: written.to_owned(), colleagues })
            }
        }
    }

    fn set_handler(&mut self, verb: Verb, handler: Address, text: &str) -> Result<(), Problem> {
        self.is_open(verb)?;
        self.record(What::HandlerSet { handler: handler.clone() });
        self.keep(text);
        self.done.push(Done::HandlerSet { handler });
        Ok(())
    }

    /// What the next reader should know.
    fn cover(&self, text: &str) -> Beside {
        Beside { cover: Cover::of(self.reply.from, text), ..Beside::default() }
    }

    fn move_to(&mut self, written: &str, text: &str) -> Result<(), Problem> {
        self.is_open(Verb::Department)?;
        let Some(department) = self.reply.rules.find_department(written) else {
            let departments = self.reply.rules.departments.iter().map(|d| d.name.clone()).collect();
            return Err(Problem::UnknownDepartment { written: written.to_owned(), departments });
        };
        let (name, title) = (department.name.clone(), department.title.clone());
        self.record(What::DepartmentSet { department: name, routing: Why::Person });
        self.keep(text);
        let told = notified(&self.case, self.reply.rules)
            .filter(|to| to != self.reply.from || self.case.confidential.is_none());
        self.letters.extend(told.map(|to| {
            let notification = self.reply.notification(&self.case, to, self.cover(text));
            with_originals(notification, self.reply.file, self.reply.rules)
        }));
        self.done.push(Done::DepartmentSet { title });
        Ok(())
    }

    /// §2.1.3: the supervisor can take a case over. A colleague who does so waits for the supervisor's answer in the
    /// handler's place.
    fn take_over(&mut self, text: &str) -> Result<(), Problem> {
        self.settle_escalation();
        self.set_handler(Verb::TakeOver, self.reply.from.clone(), text)
    }

    /// §2.1.3: whoever was asked, or supervises, settles the question by answering the customer, by taking the case over
    /// and by giving it to somebody.
    fn settle_escalation(&mut self) {
        let supervises = self.department().is_some_and(|d| d.supervisor == *self.reply.from);
        if self.case.escalation.as_ref().is_some_and(|asked| supervises || asked.to == *self.reply.from) {
            self.record(What::EscalationSettled);
        }
    }

    /// §2.1.3: the question goes to the supervisor with the whole file.
    fn escalate(&mut self, question: &str) -> Result<(), Problem> {
        let Some(to) = self.supervisor() else {
            return Err(self.not_now(Verb::Escalate));
        };
        if question.trim().is_empty() {
            return Err(Problem::NothingTyped);
        }
        if to == *self.reply.from && self.case.state == CaseState::Open {
            return Err(Problem::AskedYourself);
        }
        self.is_open(Verb::Escalate)?;
        self.first_handler();
        let content = Content::Escalation(Box::new(Escalation {
            question: question.to_owned(),
            by: self.reply.from.clone(),
            customer: self.case.customer.clone(),
            subject: self.case.subject.clone(),
            text: self.case.text.clone(),
            received_at: self.case.received_at,
            due: self.case.due,
            first_response_done: self.case.first_response_at().is_some(),
            timeline: timeline(&self.reply.file.events),
        }));
        self.letters.push(with_originals(
            self.reply.to_staff(&self.case, to.clone(), content),
            self.reply.file,
            self.reply.rules,
        ));
        self.record(What::Escalated { question: question.to_owned(), to: to.clone() });
        self.done.push(Done::Escalated { to, text: question.to_owned() });
        Ok(())
    }

    /// The supervisor's advice goes to the handler only, and hands the case back.
    fn advise(&mut self, text: &str) -> Result<(), Problem> {
        if text.trim().is_empty() {
            return Err(Problem::NothingTyped);
        }
        let Some(to) = handler_address(&self.case, self.reply.rules) else { return Err(self.not_now(Verb::Advise)) };
        let content = Content::Advice(Advice {
            text: text.to_owned(),
            by: self.reply.from.clone(),
            customer: self.case.customer.clone(),
            due: self.case.due,
            first_response_done: self.case.first_response_at().is_some(),
        });
        self.letters.push(self.reply.to_staff(&self.case, to.clone(), content));
        self.record(What::Advised { text: text.to_owned() });
        if self.case.escalation.is_some() {
            self.record(What::EscalationSettled);
        }
        self.done.push(Done::Advised { to, text: text.to_owned() });
        Ok(())
    }

    /// New terms from now (invariant 9); the customer is told by whoever goes on with it.
    fn reopen(&mut self, text: &str) -> Result<(), Problem> {
        if !matches!(self.case.state, CaseState::Closed | CaseState::Dismissed) {
            return Err(self.not_now(Verb::Reopen));
        }
        let now = self.reply.now;
        self.record(What::Reopened(Reopened { received_at: now, due: self.reply.rules.due(now) }));
        self.keep(text);
        self.done.push(Done::Reopened);
        Ok(())
    }

    fn dismiss(&mut self, text: &str) -> Result<(), Problem> {
        self.is_open(Verb::Dismiss)?;
        self.is_answered()?;
        self.clear_agenda();
        self.record(What::Dismissed { reason: text.to_owned() });
        self.done.push(Done::Dismissed);
        Ok(())
    }

    /// It is a complaint: one that was dismissed counts again, and an acknowledgement that was held because the sender's
    /// domain disowns the mail goes out, now that a person has looked.
    fn restore(&mut self, text: &str) -> Result<(), Problem> {
        let held = self.held_acknowledgement();
        if self.case.state != CaseState::Dismissed && held.is_none() {
            return Err(self.not_now(Verb::Restore));
        }
        if self.case.state == CaseState::Dismissed {
            self.record(What::Restored);
            self.done.push(Done::Restored);
        }
        if let Some(to) = held {
            self.record(What::AcknowledgementReleased);
            self.letters.push(self.reply.acknowledgement(&self.case, to.clone()));
            self.done.push(Done::Acknowledged { to });
        }
        self.keep(text);
        Ok(())
    }

    /// Whom the acknowledgement goes to that waits for a person's look.
    fn held_acknowledgement(&self) -> Option<Address> {
        let events = || self.reply.file.events.iter().chain(&self.events).map(|event| &event.what);
        let is_held = events().any(|what| *what == What::AcknowledgementHeld);
        let is_written = events().any(|what| match what {
            What::AcknowledgementReleased => true,
            What::LetterWritten { letter_kind, .. } => *letter_kind == LetterKind::Acknowledgement,
            _ => false,
        });
        let goes_on = matches!(self.case.state, CaseState::Open | CaseState::Dismissed);
        self.case.customer.address.clone().filter(|_| is_held && !is_written && goes_on)
    }

    /// Text beside a verb that is none of its own stays in the file.
    pub(super) fn keep(&mut self, text: &str) {
        if !text.trim().is_empty() {
            self.record(What::Noted { text: text.to_owned() });
            self.done.push(Done::Noted { text: text.to_owned() });
        }
    }

    /// Who answers first handles the case; from a shared mailbox that is the department.
    pub(super) fn first_handler(&mut self) {
        let shared = self.reply.rules.departments.iter().any(|d| d.address == *self.reply.from);
        if self.case.handler.is_none() && !shared {
            self.record(What::HandlerSet { handler: self.reply.from.clone() });
        }
    }

    pub(super) fn supervisor(&self) -> Option<Address> {
        supervisor(&self.case, self.reply.rules)
    }

    pub(super) fn department(&self) -> Option<&Department> {
        self.reply.rules.department_or_fallback(&self.case.department)
    }
}
