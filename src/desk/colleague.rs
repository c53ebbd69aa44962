//! A new mail of a colleague: a complaint taken by telephone, letter or at the desk (§2.1.1, §2.3), or a customer's
//! mail that was passed on (§2.2). The case is the customer's, received when the customer was heard (invariant 9). What
//! is not certain is asked; nobody else is mailed then. Pure.

use super::authority::Act;
use super::belonging::{self, Belongs};
use super::deciding::{Deciding, decides_on_mail};
use super::draft::{Became, Content, Cover, Done, Draft, Lacking, Problem, Receipt, Remark};
use super::form::{Form, Missing, Unclear};
use super::intent::{NewText, mistaken};
use super::may_reply::may_write_to;
use super::opening::{Complaint, NewCase, hidden_with};
use super::second_look::Look;
use super::sight::{is_hidden, supervisor};
use super::terms::term;
use super::verbs::{Instruction, Line, Taken, Verb};
use super::words::Words;
use super::wrote::OnCase;
use super::{CaseFile, Department, Disposition, MailDecision, Role, Rules};
use crate::case::{
    Actor, Address, Case, CaseNumber, Channel, Clock, Customer, LetterKind, Moment, Opened, TermStage, What, Why,
};
use crate::mail::{Forwarded, ForwardedHow, ToldBy, without_banner};
use chrono::TimeDelta;

/// A date stated in a mail passed on inline is believed when it is no older than this: longer ago nobody forwards a
/// complaint, but a client's clock may be wrong.
const STATED_DAYS_MAX: i64 = 60;

impl Deciding<'_> {
    /// Decides on a mail of staff or an employee that answers no letter of ours.
    pub fn on_colleague(&self, from: &Address) -> MailDecision {
        let ask = |why| self.ask(from, why, "a new mail of a colleague: asked what is meant");
        NewMail { on: *self, from }.carry_out().unwrap_or_else(ask)
    }
}

/// The moment known from elsewhere if it can be true, else that of our own receipt.
pub(super) fn plausible(known: Option<Moment>, received_at: Moment) -> Moment {
    let oldest = received_at - TimeDelta::days(STATED_DAYS_MAX);
    known.filter(|at| *at <= received_at && *at >= oldest).unwrap_or(received_at)
}

/// Characters of the complaint's first line that serve as its subject.
const SUBJECT_MAX: usize = 80;

struct NewMail<'a> {
    on: Deciding<'a>,
    from: &'a Address,
}

decides_on_mail!(NewMail);

impl NewMail<'_> {
    fn carry_out(&self) -> Result<MailDecision, Problem> {
        let forwarded = self.mail.mail.forwarded.as_ref();
        let NewText { text: typed, instruction, mistake } = &self.intent.typed.new;
        if let Some(mistake) = mistake {
            return Err(mistaken(mistake));
        }
        let verb = instruction.lines.first().map(|line| line.verb);
        if !Act::of_new(verb, forwarded.is_some()).believes(self.mail.mail.proof, self.rules) {
            return Err(Problem::Unproven);
        }
        match (verb, forwarded) {
            (Some(Verb::Help), _) => Ok(self.help(instruction)),
            (Some(verb @ (Verb::Show | Verb::Restore)), _) => {
                Look { on: self.on, from: self.from }.carry_out(verb, &instruction.text)
            }
            (Some(Verb::Adopt), _) => self.adopt(self.from),
            (Some(Verb::Register(taken)), _) => self.register(taken, &body(instruction)?),
            (None, Some(forwarded)) => self.passed_on(forwarded, typed),
            (Some(Verb::Note), Some(forwarded)) if is_note(instruction) => {
                self.passed_on(forwarded, &beside(instruction))
            }
            (Some(verb), _) if verb.asks() => Err(Problem::AskAlone { verb: verb.row().dutch.to_owned() }),
            (Some(_), _) | (None, None) => Err(Problem::NoCase),
        }
    }

    /// The manual. A text beside it has no case to be kept with: it comes back, and is on file with the mail.
    fn help(&self, instruction: &Instruction) -> MailDecision {
        let text = beside(instruction);
        let unused = Some(Done::Unused { text }).filter(|_| !instruction.text.trim().is_empty());
        let done = unused.into_iter().chain(Done::manual(self.rules)).collect();
        self.answered("asked for the list of verbs", self.receipt_of_no_case(self.from.clone(), done))
    }

    /// §2.1.1, §2.3: what a colleague wrote down.
    fn register(&self, taken: Taken, body: &str) -> Result<MailDecision, Problem> {
        let calendar = &self.rules.calendar;
        let mut form = Form::read(body, self.mail.received_at, calendar);
        // Letters about the case would come to the desk itself (invariant 5).
        if let Some(desk) = form.email.take_if(|address| self.rules.is_desk(address)) {
            form.unclear.push(Unclear::Email { found: desk.to_string() });
        }
        let missing = missing(&form);
        if !missing.is_empty() {
            return Err(Problem::FormIncomplete { missing, prefilled: self.prefilled(taken, &form) });
        }
        // A colleague's own subject says how the complaint came in, not what it is.
        let subject = form.subject.clone().unwrap_or_else(|| first_line(&form.text));
        let (name, postal) = (form.name.unwrap_or_default(), form.postal);
        let customer = Customer { name, address: form.email, phone: form.phone, postal };
        let received_at = form.received.unwrap_or(self.mail.received_at);
        let (channel, text) = (channel(taken), form.text);
        let complaint = Complaint { channel, language: None, customer, subject, text, received_at, message_id: None };
        let mut opened = complaint.opened(self.mail.mail, self.rules);
        if let Some(wanted) = form.department {
            let department = self.rules.find_department(&wanted).ok_or_else(|| self.unknown_department(wanted))?;
            opened.department.clone_from(&department.name);
            opened.routing = Why::Person;
        }
        Ok(self.open(opened, &[], "", Vec::new()))
    }

    fn unknown_department(&self, written: String) -> Problem {
        let departments = self.rules.departments.iter().map(|d| d.name.clone()).collect();
        Problem::UnknownDepartment { written, departments }
    }

    /// §2.2: the customer's own mail, passed on. What the colleague typed above it is a note, with `#intern` or without.
    fn passed_on(&self, forwarded: &Forwarded, above: &str) -> Result<MailDecision, Problem> {
        let address = Address::parse(&forwarded.from.address).ok();
        // A rewritten sender proves nothing; and a colleague or we ourselves are no customer.
        let outsider = address.filter(|address| self.rules.role(address) == Role::Outsider);
        let sure = forwarded.certain && forwarded.how != ForwardedHow::Rewritten;
        let Some(address) = outsider.filter(|_| sure) else {
            return Err(Problem::WhoIsTheCustomer { prefilled: self.who(forwarded) });
        };
        if let Some(decision) = self.official_passed_on(self.from, address.clone(), forwarded, above) {
            return Ok(decision);
        }
        let subject =
            if forwarded.subject.is_empty() { self.mail.mail.subject.clone() } else { forwarded.subject.clone() };
        let received_at = self.received_at(forwarded);
        let is_stated = forwarded.told_by == ToldBy::Date && received_at != self.mail.received_at;
        let marked = if is_stated { vec![Remark::ReceiptStated] } else { Vec::new() };
        let linked = match belonging::passed_on(forwarded, &address, self.known) {
            Belongs::Again(file) => return Ok(self.on_file_already(file, above)),
            Belongs::To(file, _) => return Ok(self.on_case(file, &address, (forwarded, above), marked)),
            Belongs::Apart(linked) => linked,
        };
        let customer =
            Customer { name: forwarded.from.name.clone(), address: Some(address), phone: None, postal: Vec::new() };
        let (channel, text) = (Channel::Email, without_banner(&forwarded.body));
        let complaint = Complaint { channel, language: None, customer, subject, text, received_at, message_id: None };
        Ok(self.open(complaint.opened(self.mail.mail, self.rules), &linked, above, marked))
    }

    /// It says more on a case that is there.
    fn on_case(
        &self,
        file: &CaseFile,
        customer: &Address,
        (forwarded, above): (&Forwarded, &str),
        marked: Vec<Remark>,
    ) -> MailDecision {
        let NewMail { on, from } = *self;
        let cover = Cover::of(from, above);
        let words = Words::passed_on(on.mail.mail, forwarded, self.received_at(forwarded), cover);
        let mut decision = OnCase { on, file }.passed_on(&words, customer, from, marked);
        let mut case = file.case.clone();
        decision.events.iter().for_each(|event| case.apply(event));
        let reopened = case.reopened > file.case.reopened;
        let became = if reopened { Became::Reopened } else { Became::FollowUp };
        let done = Done::PassedOn { number: case.number, state: case.state, became };
        decision.letters.push(self.passed_on_receipt(&case, with_note(done, words.cover)));
        decision
    }

    /// The customer sent it here, too.
    fn on_file_already(&self, file: &CaseFile, above: &str) -> MailDecision {
        let (number, state) = (file.case.number, file.case.state);
        let reason = format!("a mail passed on that is on file as {number} already");
        let mut decision = self.filed(Disposition::Duplicate, Some(number), reason);
        let cover = Cover::of(self.from, above);
        let note = cover.clone().map(|cover| What::Noted { text: cover.text });
        decision.events.extend(note.map(|what| self.event(Some(number), Actor::Staff(self.from.clone()), what)));
        let done = Done::PassedOn { number, state, became: Became::Nothing };
        decision.letters.push(self.passed_on_receipt(&file.case, with_note(done, cover)));
        decision
    }

    /// To the colleague who passed it on; of a case that is hidden from that one not even its number.
    fn passed_on_receipt(&self, case: &Case, done: Vec<Done>) -> Draft {
        if is_hidden(case, self.from, self.rules) {
            return self.receipt_of_no_case(self.from.clone(), vec![Done::PassedOnUnseen]);
        }
        self.receipt(case, self.from.clone(), Receipt::of(case, done))
    }

    /// Attached: its own server's time; inline: the time stated, if plausible; else the forward's (invariant 9).
    fn received_at(&self, forwarded: &Forwarded) -> Moment {
        let calendar = &self.rules.calendar;
        let stated = forwarded.stated_local.map(|at| calendar.at(at.date(), at.time()));
        let known = forwarded.received.map(|at| at.to_utc()).or(stated);
        plausible(known, self.mail.received_at)
    }

    /// A form with what was understood of a mail whose sender is not certain.
    fn who(&self, forwarded: &Forwarded) -> String {
        let form = Form {
            name: Some(forwarded.from.name.clone()).filter(|name| !name.is_empty()),
            subject: Some(forwarded.subject.clone()).filter(|subject| !subject.is_empty()),
            received: Some(self.received_at(forwarded)),
            text: forwarded.body.clone(),
            ..Form::default()
        };
        self.prefilled(Taken::ByMail, &form)
    }

    fn prefilled(&self, taken: Taken, form: &Form) -> String {
        let written = Verb::Register(taken).row().name_in(self.rules.language);
        format!("{written}\n{}", form.prefilled(self.rules.language, &self.rules.calendar))
    }

    /// The case, the colleague as its handler where of the department, and a receipt.
    fn open(&self, opened: Opened, linked: &[CaseNumber], above: &str, marked: Vec<Remark>) -> MailDecision {
        let opened = received_by(self.from, opened, self.rules);
        let department = opened.department.clone();
        let acknowledge = may_write_to(&opened.customer);
        let acknowledged = acknowledge.as_ref().ok().cloned();
        // What was passed on is the complaint: the same once more below it says nothing.
        let beneath = Some(&self.mail.mail.quoted).filter(|_| self.mail.mail.forwarded.is_none());
        let (quoted, cover) = (beneath.cloned().unwrap_or_default(), Cover::of(self.from, above));
        let (actor, confidential) = (Actor::Staff(self.from.clone()), hidden_with(self.known, linked));
        let new = NewCase { opened, actor, acknowledge, own_words: None, named: linked, quoted, cover, confidential };
        let (mut decision, mut case) = self.open_case(new, marked);
        let mut record = |what: What, case: &mut Case| {
            let event = self.event(Some(case.number), Actor::Staff(self.from.clone()), what);
            case.apply(&event);
            decision.events.push(event);
        };
        let is_person = |d: &Department| d.binds(self.from) && d.address != *self.from;
        if self.rules.department(&department).is_some_and(is_person) {
            record(What::HandlerSet { handler: self.from.clone() }, &mut case);
        }
        if !above.trim().is_empty() {
            record(What::Noted { text: above.to_owned() }, &mut case);
        }
        let mut done = vec![Done::registered(&case, acknowledged, self.rules)];
        done.extend(decision.letters.iter().filter_map(on_paper));
        self.tell_what_is_late(&mut decision, &case);
        decision.letters.push(self.passed_on_receipt(&case, done));
        decision
    }
}

impl NewMail<'_> {
    /// A letter, a call or a visit that is registered late may be past its terms already: the notification says so to who handles
    /// it, and one notice to the supervisor tells of all of them. So none of them is told of again by the clock.
    fn tell_what_is_late(&self, decision: &mut MailDecision, case: &Case) {
        let late: Vec<(Clock, TermStage)> =
            case.overdue(self.now).into_iter().map(|clock| (clock, TermStage::After)).collect();
        if case.channel == Channel::Email || late.iter().all(|(clock, _)| *clock == Clock::Acknowledge) {
            return;
        }
        let told = |(clock, stage): &(Clock, TermStage)| What::TermTold { clock: *clock, stage: *stage };
        let told = late.iter().map(|late| self.event(Some(case.number), Actor::Desk, told(late)));
        decision.events.extend(told);
        let to = supervisor(case, self.rules).filter(|to| to != self.from);
        let letter = to.and_then(|to| Some((term(case, late, &to, self.rules)?, to)));
        decision.letters.extend(letter.map(|(term, to)| self.to_staff(case, to, Content::Term(term))));
    }
}

/// §2.2: "by the colleague who receives the complaint". Where no keyword says whose it is, it stays with that colleague's own
/// department; whoever is of none, as reception is, leaves it to the one for what remains.
pub(super) fn received_by(from: &Address, opened: Opened, rules: &Rules) -> Opened {
    let stays = |d: &&Department| d.binds(from);
    let is_theirs = rules.fallback().is_some_and(|fallback| fallback.binds(from));
    match rules.departments.iter().find(stays).filter(|_| opened.routing == Why::Fallback && !is_theirs) {
        Some(own) => Opened { department: own.name.clone(), routing: Why::Receiver, ..opened },
        None => opened,
    }
}

fn with_note(done: Done, cover: Option<Cover>) -> Vec<Done> {
    std::iter::once(done).chain(cover.map(|cover| Done::Noted { text: cover.text })).collect()
}

/// The acknowledgement that somebody must post.
fn on_paper(draft: &Draft) -> Option<Done> {
    let Content::Paper(_) = &draft.content else { return None };
    let (letter_kind, to) = (LetterKind::Acknowledgement, draft.to.clone());
    Some(Done::OnPaper { letter_kind, to, text: String::new(), attachments: 0 })
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(SUBJECT_MAX).collect()
}

/// What was typed below a verb that registers, and behind it on its line. A second verb would have a case that is not
/// there yet, so neither is done.
fn body(instruction: &Instruction) -> Result<String, Problem> {
    let lines = instruction.lines.as_slice();
    if let [first, second, ..] = lines {
        let name = |line: &Line| line.verb.row().dutch.to_owned();
        return Err(Problem::TwoTexts { first: name(first), second: name(second) });
    }
    let beside = lines.first().map(|line| line.value.as_str()).filter(|value| !value.is_empty());
    // Below the form, whose labels are read from the top.
    Ok(std::iter::once(instruction.text.as_str()).chain(beside).collect::<Vec<_>>().join("\n\n"))
}

/// Nothing but notes.
fn is_note(instruction: &Instruction) -> bool {
    instruction.lines.iter().all(|line| line.verb == Verb::Note)
}

/// All that was typed, without the verbs.
fn beside(instruction: &Instruction) -> String {
    let values = instruction.lines.iter().map(|line| line.value.as_str());
    let parts = values.chain([instruction.text.as_str()]).filter(|part| !part.trim().is_empty());
    parts.collect::<Vec<_>>().join("\n\n")
}

fn channel(taken: Taken) -> Channel {
    match taken {
        Taken::ByPhone => Channel::Phone,
        Taken::ByLetter => Channel::Letter,
        Taken::AtDesk => Channel::Desk,
        Taken::ByMail => Channel::Email,
    }
}

/// What is still needed.
fn missing(form: &Form) -> Vec<Lacking> {
    let absent = form.missing().into_iter().map(|missing| match missing {
        Missing::Name => Lacking::Name,
        Missing::Contact => Lacking::Contact,
        Missing::Text => Lacking::Text,
    });
    let unclear = form.unclear.iter().map(|unclear| match unclear {
        Unclear::Email { found } => Lacking::Email { found: found.clone() },
        Unclear::Phone { found } => Lacking::Phone { found: found.clone() },
        Unclear::Received(error) => Lacking::Received { nearest: error.nearest.clone() },
    });
    absent.chain(unclear).collect()
}
