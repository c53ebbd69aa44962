//! A reply of staff to a letter about a case (§2.4): who may act on it, and what of it is carried out. Pure.
//!
//! Who may: invariant 6. What reaches the customer: invariant 7. Whatever is not clear comes back to the sender
//! with the nearest right form, and nothing of that mail is relayed: a mail is carried out whole or not at all.

mod actions;
mod again;
mod already;
mod direct;
mod plan;
mod timeline;

use super::after_closing::is_signature_alone;
use super::aside::{Aside, set_aside};
use super::authority::{Act, binds};
use super::direct as direct_mail;
use super::draft::{InPart, Problem, Unsure};
use super::intake::answered_letter;
use super::letters_out::{question, question_about};
use super::replies::{ReplyGoes, shows_typed};
use super::verbs::{self, Mistake, Reply};
use super::{Arrival, CaseFile, Decision, Disposition, Fresh, Incoming, Rules, Snapshot};
use crate::case::{Actor, Address, Case, DirectAnswer, Event, Moment, Token, What};
use crate::mail::{
    Extent, FindingKind, Mail, NoAnswer, OurLetter, OwnWords, is_forward, own_words, same_words, stands_in,
};
use actions::Work;
use plan::{Plan, may_leave, plan};
pub(super) use timeline::timeline;

/// Decides on a reply that holds a staff token and comes from a staff address.
pub(super) fn on_reply(
    mail: &Incoming<'_>,
    file: &CaseFile,
    from: &Address,
    known: &Snapshot,
    rules: &Rules,
    now: Moment,
    fresh: &mut Fresh,
) -> Decision {
    let own = held_against_the_letter(mail.mail, known, rules);
    let reply = StaffReply { mail, file, from, known, rules, now, own };
    if !Act::Handle.believes(mail.mail.proof, rules) {
        return match reply.customer_in_copy().filter(|_| reply.may_act().is_ok()) {
            Some(customer) => reply.ask_whether(&customer, Unsure::Sender, fresh),
            None => reply.unproven(fresh),
        };
    }
    match reply.carry_out(fresh) {
        Ok(decision) if mail.arrival == Arrival::TakenIn && again::reaches_customer(&decision) => {
            reply.handled_before(fresh)
        }
        Err(_) if mail.arrival == Arrival::TakenIn && reply.may_act().is_ok() => reply.handled_before(fresh),
        Ok(decision) => decision,
        Err(why) => reply.refuse(why, fresh),
    }
}

/// Decides on a mail of staff that the customer of this case had from them, and that holds no token of staff.
pub(super) fn on_direct(
    mail: &Incoming<'_>,
    file: &CaseFile,
    from: &Address,
    known: &Snapshot,
    rules: &Rules,
    now: Moment,
    fresh: &mut Fresh,
) -> Decision {
    let Mail { relayable, reply, .. } = mail.mail;
    let own = OwnWords { new: relayable.clone(), noted: reply.clone(), apart: None };
    let reply = StaffReply { mail, file, from, known, rules, now, own };
    if let Some(why) = direct_mail::doubt(mail, known, rules) {
        let customer = reply.customer_in_copy().unwrap_or_else(|| from.clone());
        return reply.ask_whether(&customer, why, fresh);
    }
    match reply.only_recorded(fresh) {
        Ok(decision) => decision,
        Err(why) => reply.refuse(why, fresh),
    }
}

/// From a reading's mistake to what the sender is asked.
pub(super) fn mistaken(mistake: Mistake) -> Problem {
    match mistake {
        Mistake::Unknown { written, nearest } => Problem::UnknownVerb { written, nearest },
        Mistake::LowerDown { written } => Problem::VerbLowerDown { written },
    }
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
    mail: &'a Incoming<'a>,
    file: &'a CaseFile,
    from: &'a Address,
    known: &'a Snapshot,
    rules: &'a Rules,
    now: Moment,
    /// What the sender typed.
    own: OwnWords,
}

/// What was typed in a reply to a letter of ours, as far as it is certain (invariant 7).
fn held_against_the_letter(mail: &Mail, known: &Snapshot, rules: &Rules) -> OwnWords {
    let letter = OurLetter::read(known.letter_bytes.as_deref(), rules.desk_address.as_str());
    let letter = letter.repeating(shows_typed(known.letter_kind));
    let everything = verbs::asks_for_everything(&mail.relayable);
    own_words(mail, &letter, if everything { Extent::All } else { Extent::AsRead })
}

impl StaffReply<'_> {
    /// Everything the mail asks for, or the first thing that stands in its way.
    fn carry_out(&self, fresh: &mut Fresh) -> Result<Decision, Problem> {
        self.may_act()?;
        if let Some(customer) = self.customer_in_copy() {
            return self.carry_out_direct(&customer, fresh);
        }
        self.is_read_whole()?;
        let typed = self.typed().map_err(mistaken)?;
        self.asks_one_thing(&typed)?;
        let plainly = self.goes_plainly();
        if let Some(why) = self.half(&typed, plainly) {
            return Err(why);
        }
        let plan = plan(&typed, plainly)?;
        self.holds_an_answer(&plan)?;
        if plan.reaches_customer() {
            self.is_meant_for_the_customer()?;
        }
        if let Some(why) = self.answered_already(&plan, &typed).or_else(|| self.answers_in_a_row(&plan, &typed)) {
            return Err(why);
        }
        let mut work = Work::new(self, fresh);
        for step in &plan.steps {
            work.act(step)?;
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
        let subject = &self.mail.mail.subject;
        match verbs::named_in(subject).filter(|written| !self.file.case.subject.contains(written.as_str())) {
            Some(written) => Err(Problem::VerbLowerDown { written }),
            None => Ok(()),
        }
    }

    /// A colleague is written to, and the desk only reads along.
    fn written_to_somebody(&self) -> Option<String> {
        let to = || self.mail.mail.to.iter().filter_map(|party| Address::parse(&party.address).ok());
        to().find(|address| address != self.from)
            .filter(|_| !to().any(|address| self.rules.is_desk(&address)))
            .map(|a| a.to_string())
    }

    fn typed(&self) -> Result<verbs::Reply, Mistake> {
        Ok(verbs::of_reply(&self.own.new, &self.own.noted)?.without_extent())
    }

    /// A cut is doubted where words would leave the house: what falls away may be the half of them (invariant 7).
    fn half(&self, typed: &verbs::Reply, plainly: ReplyGoes) -> Option<Problem> {
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
        match plan.outward().find(|step| empty(step)).map(|step| step.verb) {
            Some(verbs::Verb::Close) => Err(Problem::SettlementMissing),
            Some(_) if brings_nothing => Err(Problem::NothingTyped),
            _ => Ok(()),
        }
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
        match found(locked).or_else(|| found(too_large)).or_else(|| found(not_read)) {
            Some(why) => Err(why),
            None => Ok(()),
        }
    }

    /// The plain text and the page beside it say the same: a client shows the one, and the desk reads the other.
    fn asks_one_thing(&self, typed: &Reply) -> Result<(), Problem> {
        let mail = self.mail.mail;
        let Some(other) = mail.other.as_ref().map(|other| other.as_mail(mail.from.as_ref())) else { return Ok(()) };
        let read = held_against_the_letter(&other, self.known, self.rules);
        let verbs = |lines: &[verbs::Line]| lines.iter().map(|line| line.verb).collect::<Vec<_>>();
        let other = verbs::of_reply(&read.new, &read.noted).map(Reply::without_extent);
        let asked = other.is_ok_and(|other| verbs(&other.instruction.lines) == verbs(&typed.instruction.lines));
        // What stands apart in both is asked about with its halves.
        let elsewhere = read.apart.is_none_or(|apart| stands_in(&apart.text, mail.own_text()));
        let same = asked && elsewhere && same_words(&self.own.new, &read.new, mail.from.as_ref());
        if same { Ok(()) } else { Err(Problem::TextsDiffer) }
    }

    /// The department the answered letter was sent to binds the sender, and so does the one the case is with now.
    fn may_act(&self) -> Result<(), Problem> {
        let case = &self.file.case;
        let held = self.known.letter_department.as_deref().unwrap_or(&case.department);
        match [held, case.department.as_str()].into_iter().find(|name| !binds(name, self.from, self.rules)) {
            None => Ok(()),
            Some(name) => Err(Problem::NotYourCase { department: self.rules.title(name).to_owned() }),
        }
    }

    /// Another case that is to be acted on binds the sender too.
    fn may_act_on(&self, case: &Case) -> Result<(), Problem> {
        let department = || self.rules.title(&case.department).to_owned();
        let binds = binds(&case.department, self.from, self.rules);
        if binds { Ok(()) } else { Err(Problem::NotYourCase { department: department() }) }
    }

    /// Somebody else in To or Cc: another department, a garage. What is typed may be meant for them and not for the
    /// customer (invariant 7). The case's own department and its people may read along: Reply All puts them there.
    fn somebody_in_copy(&self) -> Option<String> {
        let mail = self.mail.mail;
        let mut written = mail.to.iter().chain(&mail.cc).map(|party| &party.address);
        // What is no address to us may be one to the colleague's own server.
        let odd = written.find(|address| Address::parse(address).is_err()).cloned();
        let other = self.mailed().find(|address| !binds(&self.file.case.department, address, self.rules));
        other.map(|address| address.to_string()).or(odd)
    }

    fn mailed(&self) -> impl Iterator<Item = Address> + '_ {
        direct_mail::mailed(self.mail.mail, self.from, self.rules)
    }

    /// The letter that is answered.
    fn token(&self) -> Option<Token> {
        answered_letter(self.mail.mail, self.rules)
    }

    /// What that letter asked to be confirmed.
    fn asked_about(&self) -> Option<&DirectAnswer> {
        direct_mail::to_confirm(self.file, &self.token()?.letter)
    }

    fn event(&self, what: What) -> Event {
        let actor = Actor::Staff(self.from.clone());
        Event { at: self.now, case: Some(self.file.case.number), actor, mail: Some(self.mail.id), what }
    }

    /// Nothing was done: the sender hears why.
    fn refuse(&self, why: Problem, fresh: &mut Fresh) -> Decision {
        let reason = "asked the sender what is meant; nothing was relayed";
        let filed = What::MailFiled { disposition: Disposition::Staff.name().to_owned(), reason: reason.to_owned() };
        let shown = match &why {
            Problem::AnsweredAlready { at, .. } => {
                Some(self.event(What::AnswerShown { to: self.from.clone(), answered_at: *at }))
            }
            _ => None,
        };
        let (case, typed) = (Some(&self.file.case), self.own.whole());
        let asked = question_about(case, self.from.clone(), why, &typed, self.mail.mail, self.rules, fresh);
        Decision {
            disposition: Disposition::Staff,
            reason: reason.to_owned(),
            case: Some(self.file.case.number),
            events: std::iter::once(self.event(filed)).chain(shown).collect(),
            letters: vec![asked],
        }
    }

    /// Perhaps not this colleague at all: set aside, and the registered address is told (invariant 6).
    fn unproven(&self, fresh: &mut Fresh) -> Decision {
        let case = Some(&self.file.case);
        let asked = question(case, self.from.clone(), Problem::Unproven, self.mail.mail, self.rules, fresh);
        let mut decision = set_aside(self.mail, case, Aside::Unproven, self.rules, self.now, fresh);
        decision.letters.push(asked);
        decision
    }
}
