//! A reply of staff to a letter about a case (§2.4): who may act on it, and what of it is carried out. Pure.
//!
//! Who may: invariant 6. What reaches the customer: invariant 7. Whatever is not clear comes back to the sender
//! with the nearest right form, and nothing of that mail is relayed: a mail is carried out whole or not at all.

mod actions;
mod again;
mod already;
mod direct;
mod plan;
mod standard;

use super::after_closing::is_signature_alone;
use super::answered::to_confirm;
use super::authority::{Act, binds};
use super::deciding::{Deciding, decides_on_mail};
use super::draft::{Draft, InPart, Misjudged, NoRight, Problem, Unsure};
use super::intent::{TypedReply, mailed, mistaken};
use super::replies::ReplyGoes;
use super::sight::{acts_on, is_hidden};
use super::verbs::{self, Mistake, Reply};
use super::{Arrival, CaseFile, Disposition, MailDecision, Verdict};
use crate::case::{Actor, Address, Case, DirectAnswer, DutyKind, Event, LetterKind, What};
use crate::digest::WhyAside;
use crate::mail::{FindingKind, NoAnswer, OwnWords, is_forward, same_words, stands_in};
use actions::{Work, notes_identity, right_named};
use plan::{Plan, may_leave, plan};

impl Deciding<'_> {
    /// Decides on a reply that holds a staff token and comes from a staff address.
    pub fn on_reply(&self, file: &CaseFile, from: &Address) -> MailDecision {
        let read = TypedReply::to_letter(self.mail.mail, self.known, self.rules);
        let reply = StaffReply::of(self, file, from, read);
        let is_taken_in = self.mail.arrival == Arrival::TakenIn;
        if !Act::Handle.believes(self.mail.mail.proof, self.rules) {
            return match reply.customer_in_copy().filter(|_| reply.may_act().is_ok()) {
                Some(customer) => reply.ask_whether(&customer, Unsure::Sender),
                None => reply.unproven(),
            };
        }
        match reply.carry_out() {
            Ok(decision) if is_taken_in && again::reaches_customer(&decision) => reply.handled_before(),
            Err(_) if is_taken_in && reply.may_act().is_ok() => reply.handled_before(),
            Ok(decision) => decision,
            Err(why) => reply.refuse(why),
        }
    }

    /// Decides on a mail of staff that the customer of this case had from them, and that holds no token of staff.
    pub fn on_direct(&self, file: &CaseFile, from: &Address) -> MailDecision {
        let reply = StaffReply::of(self, file, from, TypedReply::to_customer(self.mail.mail));
        if let Some(why) = self.doubt() {
            let customer = reply.customer_in_copy().unwrap_or_else(|| from.clone());
            return reply.ask_whether(&customer, why);
        }
        reply.only_recorded().unwrap_or_else(|why| reply.refuse(why))
    }
}

impl Deciding<'_> {
    /// Whoever guards personal data, in answer to what that one was told of them.
    pub fn guards_privacy(&self, from: &Address) -> bool {
        self.rules.is_privacy_contact(from) && self.known.letter_kind == Some(LetterKind::Privacy)
    }

    /// The same, who does what that letter is about, and nothing else.
    pub fn acts_on_privacy(&self, from: &Address) -> bool {
        let typed = || TypedReply::to_letter(self.mail.mail, self.known, self.rules).read;
        self.guards_privacy(from) && typed().is_ok_and(|typed| is_of_privacy(&typed))
    }
}

fn is_of_privacy(typed: &Reply) -> bool {
    let lines = &typed.instruction.lines;
    !lines.is_empty() && lines.iter().all(|line| matches!(line.verb, verbs::Verb::Right | verbs::Verb::Breach))
}

/// What a finding says about a staff mail that was not read as it was typed.
fn not_read(kind: FindingKind) -> Option<Problem> {
    use FindingKind as Kind;
    match kind {
        Kind::Encrypted => Some(Problem::Encrypted),
        Kind::TextInTwoPlaces => Some(Problem::TextsDiffer),
        Kind::OnlyTheBeginning => Some(Problem::ReadInPart(InPart::TooLarge)),
        Kind::ReadAsFar | Kind::TextTooLong | Kind::TooManyParts | Kind::NestedTooDeep => {
            Some(Problem::ReadInPart(InPart::TooMuch))
        }
        Kind::Winmail | Kind::Unreadable => Some(Problem::ReadInPart(InPart::Damaged)),
        // About who wrote, or about headers: the words are whole.
        Kind::Empty
        | Kind::NoFrom
        | Kind::SeveralFrom
        | Kind::FromUnclear
        | Kind::ReplyToElsewhere
        | Kind::NameImitatesAddress
        | Kind::TooManyHeaders
        | Kind::HeaderTooLong
        | Kind::CharsetGuessed => None,
    }
}

/// One reply and all that is known about it.
struct StaffReply<'a> {
    on: Deciding<'a>,
    file: &'a CaseFile,
    from: &'a Address,
    /// What the sender typed, as far as it is certain (invariant 7).
    own: OwnWords,
    /// The same, taken apart.
    typed: Result<Reply, Mistake>,
}

decides_on_mail!(StaffReply);

impl<'a> StaffReply<'a> {
    fn of(on: &Deciding<'a>, file: &'a CaseFile, from: &'a Address, typed: TypedReply) -> Self {
        Self { on: *on, file, from, own: typed.own, typed: typed.read }
    }

    /// Everything the mail asks for, or the first thing that stands in its way.
    fn carry_out(&self) -> Result<MailDecision, Problem> {
        self.may_act()?;
        if let Some(customer) = self.customer_in_copy() {
            return self.carry_out_direct(&customer);
        }
        self.is_read_whole()?;
        let typed = self.typed.as_ref().map_err(mistaken)?;
        self.asks_one_thing(typed)?;
        let plainly = self.goes_plainly();
        if let Some(why) = self.half(typed, plainly) {
            return Err(why);
        }
        let plan = plan(typed, plainly)?;
        self.holds_an_answer(&plan)?;
        if plan.reaches_customer() {
            self.is_meant_for_the_customer()?;
        }
        self.discloses_nothing(&plan)?;
        self.is_well_judged(&self.worded(&plan)?)?;
        if let Some(why) = self.answered_already(&plan, typed).or_else(|| self.answers_in_a_row(&plan, typed)) {
            return Err(why);
        }
        let mut work = Work::new(self);
        for step in &plan.steps {
            let step = self.worded_on(&work.case, step)?;
            work.act(&step)?;
        }
        Ok(work.finish())
    }

    /// Where the text goes without a verb. Who forwards our letter instead of answering it shows it to somebody.
    fn goes_plainly(&self) -> ReplyGoes {
        if is_forward(&self.mail.mail.subject) {
            return ReplyGoes::Nowhere;
        }
        ReplyGoes::of_answered(self.known.letter_kind)
    }

    /// Somebody else is written to, or the verb stands where it is none: what was typed may not be for the customer.
    fn is_meant_for_the_customer(&self) -> Result<(), Problem> {
        if let Some(address) = self.somebody_in_copy().or_else(|| self.written_to_somebody()) {
            return Err(Problem::ColleagueInCopy { address });
        }
        // The subject is the complaint's, and a customer may write anything there.
        let named = self.intent.typed.in_subject.clone();
        let named = named.filter(|written| !self.file.case.subject.contains(written.as_str()));
        named.map_or(Ok(()), |written| Err(Problem::VerbLowerDown { written }))
    }

    /// A colleague is written to, and the desk only reads along.
    fn written_to_somebody(&self) -> Option<String> {
        let to = || self.mail.mail.to.iter().filter_map(|party| Address::parse(&party.address).ok());
        to().find(|address| address != self.from)
            .filter(|_| !to().any(|address| self.rules.is_desk(&address)))
            .map(|a| a.to_string())
    }

    /// A cut is doubted where words would leave the house: what falls away may be the half of them (invariant 7).
    fn half(&self, typed: &Reply, plainly: ReplyGoes) -> Option<Problem> {
        let apart = self.own.apart.as_ref().filter(|_| may_leave(typed, plainly))?;
        let upper = typed.instruction.text.clone();
        Some(Problem::TextApart { place: apart.place, upper, lower: apart.text.clone() })
    }

    /// A click in a mail program, or a signature alone, is no answer: it neither goes to the customer nor stops a clock (§1).
    fn holds_an_answer(&self, plan: &Plan) -> Result<(), Problem> {
        if self.is_click() {
            return Err(Problem::NothingTyped);
        }
        let name = self.mail.mail.from.as_ref().map_or("", |party| party.name.as_str());
        let brings_nothing = self.mail.mail.attachments.iter().all(|attachment| attachment.inline);
        let empty = |step: &plan::Step| is_signature_alone(&step.text, &[name]);
        // A word in the meantime may stand beside its day, on the verb's own line: that is looked at when it is written.
        let answers = plan.outward().filter(|step| step.verb != verbs::Verb::Interim);
        match answers.into_iter().find(|step| empty(step)).map(|step| step.verb) {
            Some(verbs::Verb::Close) => Err(Problem::SettlementMissing),
            Some(_) if brings_nothing => Err(Problem::NothingTyped),
            _ => Ok(()),
        }
    }

    /// Who asks to see the personal data there are gets no files before it is known who that is (GDPR art. 12(6)).
    fn discloses_nothing(&self, plan: &Plan) -> Result<(), Problem> {
        let case = &self.file.case;
        let typed = || plan.steps.iter().filter(|step| step.verb == verbs::Verb::Right).map(|step| &step.value);
        let is_open = case.duties.iter().any(|duty| duty.kind == DutyKind::Access);
        let asks = is_open || typed().any(|value| right_named(value) == Some(DutyKind::Access));
        // Another customer is somebody else, of whom nothing is known.
        let is_same = plan.steps.iter().all(|step| step.verb != verbs::Verb::Customer);
        let is_noted = case.identity.is_some() && is_same || typed().any(|value| notes_identity(value));
        let brings = plan.reaches_customer() && !self.carry_to_customer().0.is_empty();
        if asks && brings && !is_noted { Err(Problem::Privacy(NoRight::IdentityUnknown)) } else { Ok(()) }
    }

    fn is_click(&self) -> bool {
        matches!(self.mail.mail.no_answer, Some(NoAnswer::Reaction(_) | NoAnswer::Recall))
    }

    /// Of a mail that is locked, that holds its text twice, or of which only a part was read, nobody can say what it asks
    /// for, and what went out would be cut (invariant 7).
    fn is_read_whole(&self) -> Result<(), Problem> {
        let found = |wanted: fn(FindingKind) -> Option<Problem>| {
            self.mail.mail.findings.iter().find_map(|finding| wanted(finding.kind))
        };
        let locked = |kind| (kind == FindingKind::Encrypted).then_some(Problem::Encrypted);
        // What is too large is the first cause of whatever else is missing in it.
        let too_large = |kind| (kind == FindingKind::OnlyTheBeginning).then_some(Problem::ReadInPart(InPart::TooLarge));
        found(locked).or_else(|| found(too_large)).or_else(|| found(not_read)).map_or(Ok(()), Err)
    }

    /// The plain text and the page beside it say the same: a client shows the one, and the desk reads the other.
    fn asks_one_thing(&self, typed: &Reply) -> Result<(), Problem> {
        let mail = self.mail.mail;
        let Some(other) = mail.other.as_ref().map(|other| other.as_mail(mail.from.as_ref())) else { return Ok(()) };
        let TypedReply { own: read, read: other } = TypedReply::to_letter(&other, self.known, self.rules);
        let verbs = |lines: &[verbs::Line]| lines.iter().map(|line| line.verb).collect::<Vec<_>>();
        let asked = other.is_ok_and(|other| verbs(&other.instruction.lines) == verbs(&typed.instruction.lines));
        // What stands apart in both is asked about with its halves.
        let elsewhere = read.apart.is_none_or(|apart| stands_in(&apart.text, mail.own_text()));
        let same = asked && elsewhere && same_words(&self.own.new, &read.new, mail.from.as_ref());
        if same { Ok(()) } else { Err(Problem::TextsDiffer) }
    }

    /// The department the answered letter was sent to binds the sender, and so does the one the case is with now.
    fn may_act(&self) -> Result<(), Problem> {
        let case = &self.file.case;
        let is_privacy = self.guards_privacy(self.from) && case.confidential.is_none();
        if is_privacy && self.typed.as_ref().is_ok_and(is_of_privacy) {
            return Ok(());
        }
        // Whatever department the answered letter went to, and however long ago.
        if case.confidential.is_some() {
            return if acts_on(case, self.from, self.rules) { Ok(()) } else { Err(Problem::Hidden) };
        }
        let held = self.known.letter_department.as_deref().unwrap_or(&case.department);
        // A digest went to the supervisor of one department or of several.
        let mut several = held.split(',');
        let bound = several.clone().find(|name| self.is_bound_by(name).is_ok()).or_else(|| several.next());
        self.is_bound_by(bound.unwrap_or(held)).and_then(|()| self.is_bound_by(&case.department))
    }

    fn is_bound_by(&self, department: &str) -> Result<(), Problem> {
        let title = || self.rules.title(department).to_owned();
        if binds(department, self.from, self.rules) {
            Ok(())
        } else {
            Err(Problem::NotYourCase { department: title() })
        }
    }

    /// Somebody else in To or Cc: another department, a garage. What is typed may be meant for them and not for the
    /// customer (invariant 7). The case's own department and its people may read along: Reply All puts them there.
    fn somebody_in_copy(&self) -> Option<String> {
        let mail = self.mail.mail;
        let mut written = mail.to.iter().chain(&mail.cc).map(|party| &party.address);
        // What is no address to us may be one to the colleague's own server.
        let odd = written.find(|address| Address::parse(address).is_err()).cloned();
        let other = self.mailed().find(|address| !acts_on(&self.file.case, address, self.rules));
        other.map(|address| address.to_string()).or(odd)
    }

    fn mailed(&self) -> impl Iterator<Item = Address> + '_ {
        mailed(self.mail.mail, self.from, self.rules)
    }

    /// What that letter asked to be confirmed.
    fn asked_about(&self) -> Option<&DirectAnswer> {
        to_confirm(self.file, &self.intent.answers.as_ref()?.letter)
    }

    /// What this colleague did on the case.
    fn happened(&self, what: What) -> Event {
        self.event(Some(self.file.case.number), Actor::Staff(self.from.clone()), what)
    }

    fn of_staff(&self, reason: &str, events: Vec<Event>, letters: Vec<Draft>) -> MailDecision {
        let (reason, case) = (reason.to_owned(), Some(self.file.case.number));
        MailDecision { verdict: Verdict { disposition: Disposition::Staff, reason, case }, events, letters }
    }

    /// The case, where the sender may be shown it.
    fn shown(&self) -> Option<&Case> {
        Some(&self.file.case).filter(|case| !is_hidden(case, self.from, self.rules))
    }

    /// Nothing was done: the sender hears why.
    fn refuse(&self, why: Problem) -> MailDecision {
        let reason = "asked the sender what is meant; nothing was relayed";
        let filed = What::MailFiled { disposition: Disposition::Staff.name().to_owned(), reason: reason.to_owned() };
        let shown = match &why {
            Problem::AnsweredAlready { at, .. } => {
                Some(self.happened(What::AnswerShown { to: self.from.clone(), answered_at: *at }))
            }
            Problem::Misjudged(Misjudged::AnswerFirst) => {
                Some(self.happened(What::AnswerAsked { to: self.from.clone() }))
            }
            _ => None,
        };
        let (case, typed) = (self.shown(), self.own.whole());
        let asked = self.question_about(case, self.from.clone(), why, &typed);
        self.of_staff(reason, std::iter::once(self.happened(filed)).chain(shown).collect(), vec![asked])
    }

    /// Perhaps not this colleague at all: set aside, and the registered address is told (invariant 6).
    fn unproven(&self) -> MailDecision {
        let asked = self.question(self.shown(), self.from.clone(), Problem::Unproven);
        let mut decision = self.set_aside(Some(&self.file.case), WhyAside::Unproven);
        decision.letters.push(asked);
        decision
    }
}
