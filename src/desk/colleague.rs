//! A new mail of a colleague: a complaint taken by telephone, letter or at the desk (§2.1.1, §2.3), or a customer's
//! mail that was passed on (§2.2). The case is the customer's, received when the customer was heard (invariant 9). What
//! is not certain is asked; nobody else is mailed then. Pure.

use super::aside::filed;
use super::authority::Act;
use super::belonging::{self, Belongs};
use super::draft::{Became, Content, Cover, Done, Draft, Problem, Receipt, Remark, Unacknowledged};
use super::form::{Form, Missing, Unclear};
use super::letters_out::{answering, caseless, language_of, question, to_staff};
use super::may_reply::is_machine;
use super::opening::{NewCase, TEXT_MAX, open_case};
use super::staff::mistaken;
use super::verbs::{self, Instruction, Line, Taken, Verb};
use super::wrote::{OnCase, Words};
use super::{CaseFile, Decision, Disposition, Fresh, Incoming, Role, Rules, Snapshot, not_on_file, second_look};
use crate::case::{
    Actor, Address, Case, CaseNumber, CaseState, Channel, Customer, Event, Language, LetterKind, Moment, Opened, Reach,
    What, Why,
};
use crate::mail::{Extent, Forwarded, ForwardedHow, OurLetter, ToldBy, own_words, without_banner};
use chrono::TimeDelta;

/// A date stated in a mail passed on inline is believed when it is no older than this: longer ago nobody forwards a
/// complaint, but a client's clock may be wrong.
const STATED_DAYS_MAX: i64 = 60;

/// Decides on a mail of staff or an employee that answers no letter of ours.
pub(super) fn on_colleague(
    mail: &Incoming<'_>,
    from: &Address,
    known: &Snapshot,
    rules: &Rules,
    now: Moment,
    fresh: &mut Fresh,
) -> Decision {
    let new = NewMail { mail, from, known, rules, now };
    match new.carry_out(fresh) {
        Ok(decision) => decision,
        Err(why) => {
            let asked = question(None, from.clone(), why, mail.mail, rules, fresh);
            let reason = "a new mail of a colleague: asked what is meant".to_owned();
            Decision { letters: vec![asked], ..filed(mail, Disposition::Staff, None, reason, now) }
        }
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
    mail: &'a Incoming<'a>,
    from: &'a Address,
    known: &'a Snapshot,
    rules: &'a Rules,
    now: Moment,
}

impl NewMail<'_> {
    fn carry_out(&self, fresh: &mut Fresh) -> Result<Decision, Problem> {
        let forwarded = self.mail.mail.forwarded.as_ref();
        // Above what is passed on a gateway may have written, too.
        let above = forwarded.map(|forwarded| without_banner(&forwarded.above));
        let typed = above.as_deref().unwrap_or(&self.mail.mail.reply);
        let everything = self.everything(typed);
        let typed = everything.as_deref().unwrap_or(typed);
        let mut instruction = verbs::parse(typed).map_err(mistaken)?;
        instruction.lines.retain(|line| line.verb != Verb::Everything);
        let verb = instruction.lines.first().map(|line| line.verb);
        if !Act::of_new(verb, forwarded.is_some()).believes(self.mail.mail.proof, self.rules) {
            return Err(Problem::Unproven);
        }
        match (verb, forwarded) {
            (Some(Verb::Help), _) => Ok(self.help(&instruction, fresh)),
            (Some(verb), _) if let Some(want) = second_look::want(verb) => {
                let NewMail { mail, from, known, rules, now } = *self;
                second_look::Look { mail, from, known, rules, now }.carry_out(want, &instruction.text, fresh)
            }
            (Some(Verb::Adopt), _) => not_on_file::adopt(self.mail, self.from, self.known, self.rules, self.now, fresh),
            (Some(Verb::Register(taken)), _) => self.register(taken, &body(&instruction)?, fresh),
            (None, Some(forwarded)) => self.passed_on(forwarded, typed, fresh),
            (Some(Verb::Note), Some(forwarded)) if is_note(&instruction) => {
                self.passed_on(forwarded, &beside(&instruction), fresh)
            }
            (Some(verb), _) if verb.asks() => Err(Problem::AskAlone { verb: verb.row().dutch.to_owned() }),
            (Some(_), _) | (None, None) => Err(Problem::NoCase),
        }
    }

    /// All that stands above our letter, or the whole mail, where the sender says so.
    fn everything(&self, typed: &str) -> Option<String> {
        let asked = self.mail.mail.forwarded.is_none() && verbs::asks_for_everything(typed);
        let letter = || OurLetter::read(None, self.rules.desk_address.as_str());
        asked.then(|| own_words(self.mail.mail, &letter(), Extent::All).new)
    }

    /// The manual. A text beside it has no case to be kept with: it comes back, and is on file with the mail.
    fn help(&self, instruction: &Instruction, fresh: &mut Fresh) -> Decision {
        let text = beside(instruction);
        let unused = Some(Done::Unused { text }).filter(|_| !instruction.text.trim().is_empty());
        let receipt = Receipt {
            done: unused.into_iter().chain([Done::Help]).collect(),
            customer: Customer::default(),
            due: self.rules.due(self.now),
            first_response_done: true,
            case_closed: false,
        };
        let letter = caseless(self.from.clone(), Content::Receipt(receipt), self.rules, fresh);
        let reason = "asked for the list of verbs".to_owned();
        let letters = vec![answering(letter, self.mail.mail)];
        Decision { letters, ..filed(self.mail, Disposition::Staff, None, reason, self.now) }
    }

    /// §2.1.1, §2.3: what a colleague wrote down.
    fn register(&self, taken: Taken, body: &str, fresh: &mut Fresh) -> Result<Decision, Problem> {
        let calendar = &self.rules.calendar;
        let mut form = Form::read(body, self.mail.received_at, calendar);
        // Letters about the case would come to the desk itself (invariant 5).
        if let Some(desk) = form.email.take_if(|address| self.rules.is_desk(address)) {
            form.unclear.push(Unclear::Email { found: desk.to_string() });
        }
        let missing = missing(&form, self.rules.language);
        if !missing.is_empty() {
            let verb = Verb::Register(taken).row();
            let written = match self.rules.language {
                Language::Dutch => verb.dutch,
                Language::English => verb.english,
            };
            let prefilled = format!("{written}\n{}", form.prefilled(self.rules.language, calendar));
            return Err(Problem::FormIncomplete { missing, prefilled });
        }
        // A colleague's own subject says how the complaint came in, not what it is.
        let subject = form.subject.clone().unwrap_or_else(|| first_line(&form.text));
        let (name, postal) = (form.name.unwrap_or_default(), form.postal);
        let customer = Customer { name, address: form.email, phone: form.phone, postal };
        let received_at = form.received.unwrap_or(self.mail.received_at);
        let mut opened = self.opened(channel(taken), customer, subject, form.text, received_at);
        if let Some(wanted) = form.department {
            let department = self.rules.find_department(&wanted).ok_or_else(|| self.unknown_department(wanted))?;
            opened.department.clone_from(&department.name);
            opened.routing = Why::Person;
        }
        Ok(self.open(opened, &[], "", Vec::new(), fresh))
    }

    fn unknown_department(&self, written: String) -> Problem {
        let departments = self.rules.departments.iter().map(|d| d.name.clone()).collect();
        Problem::UnknownDepartment { written, departments }
    }

    /// §2.2: the customer's own mail, passed on. What the colleague typed above it is a note, with `#intern` or without.
    fn passed_on(&self, forwarded: &Forwarded, above: &str, fresh: &mut Fresh) -> Result<Decision, Problem> {
        let address = Address::parse(&forwarded.from.address).ok();
        // A rewritten sender proves nothing; and a colleague or we ourselves are no customer.
        let outsider = address.filter(|address| self.rules.role(address) == Role::Outsider);
        let sure = forwarded.certain && forwarded.how != ForwardedHow::Rewritten;
        let Some(address) = outsider.filter(|_| sure) else {
            return Err(Problem::WhoIsTheCustomer { prefilled: self.who(forwarded) });
        };
        let subject = if forwarded.subject.is_empty() { self.subject() } else { forwarded.subject.clone() };
        let received_at = self.received_at(forwarded);
        let is_stated = forwarded.told_by == ToldBy::Date && received_at != self.mail.received_at;
        let marked = if is_stated { vec![Remark::ReceiptStated] } else { Vec::new() };
        let linked = match belonging::passed_on(forwarded, &address, self.known) {
            Belongs::Again(file) => return Ok(self.on_file_already(file, above, fresh)),
            Belongs::To(file, _) => return Ok(self.on_case(file, &address, (forwarded, above), marked, fresh)),
            Belongs::Apart(linked) => linked,
        };
        let customer =
            Customer { name: forwarded.from.name.clone(), address: Some(address), phone: None, postal: Vec::new() };
        let opened = self.opened(Channel::Email, customer, subject, without_banner(&forwarded.body), received_at);
        Ok(self.open(opened, &linked, above, marked, fresh))
    }

    /// It says more on a case that is there.
    fn on_case(
        &self,
        file: &CaseFile,
        customer: &Address,
        (forwarded, above): (&Forwarded, &str),
        marked: Vec<Remark>,
        fresh: &mut Fresh,
    ) -> Decision {
        let NewMail { mail, from, rules, now, .. } = *self;
        let cover = Cover::of(from, above);
        let words = Words::passed_on(mail.mail, forwarded, self.received_at(forwarded), cover);
        let mut decision = OnCase { mail, file, rules, now }.passed_on(&words, customer, from, marked, fresh);
        let mut case = file.case.clone();
        decision.events.iter().for_each(|event| case.apply(event));
        let reopened = case.reopened > file.case.reopened;
        let became = if reopened { Became::Reopened } else { Became::FollowUp };
        let done = Done::PassedOn { number: case.number, state: case.state, became };
        decision.letters.push(self.receipt(&case, with_note(done, words.cover), fresh));
        decision
    }

    /// The customer sent it here, too.
    fn on_file_already(&self, file: &CaseFile, above: &str, fresh: &mut Fresh) -> Decision {
        let (number, state) = (file.case.number, file.case.state);
        let reason = format!("a mail passed on that is on file as {number} already");
        let mut decision = filed(self.mail, Disposition::Duplicate, Some(number), reason, self.now);
        let cover = Cover::of(self.from, above);
        let note = cover.clone().map(|cover| What::Noted { text: cover.text });
        let (actor, mail) = (Actor::Staff(self.from.clone()), Some(self.mail.id));
        decision.events.extend(note.map(|what| Event { at: self.now, case: Some(number), actor, mail, what }));
        let done = Done::PassedOn { number, state, became: Became::Nothing };
        decision.letters.push(self.receipt(&file.case, with_note(done, cover), fresh));
        decision
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
        let verb = Verb::Register(Taken::ByMail).row();
        let written = match self.rules.language {
            Language::Dutch => verb.dutch,
            Language::English => verb.english,
        };
        format!("{written}\n{}", form.prefilled(self.rules.language, &self.rules.calendar))
    }

    fn subject(&self) -> String {
        self.mail.mail.subject.clone()
    }

    fn opened(
        &self,
        channel: Channel,
        customer: Customer,
        subject: String,
        text: String,
        received_at: Moment,
    ) -> Opened {
        let routing = self.rules.routes.route(&subject, &text);
        let references = self.rules.references.find(&format!("{subject}\n{text}"));
        Opened {
            channel,
            language: language_of(&text, &subject, self.rules),
            customer,
            subject,
            text: text.chars().take(TEXT_MAX).collect(),
            department: routing.department,
            routing: routing.why,
            received_at,
            due: self.rules.due(received_at),
            message_id: None,
            references,
        }
    }

    /// The case, the colleague as its handler where of the department, and a receipt.
    fn open(
        &self,
        opened: Opened,
        linked: &[CaseNumber],
        above: &str,
        marked: Vec<Remark>,
        fresh: &mut Fresh,
    ) -> Decision {
        let department = opened.department.clone();
        // A mailbox that nobody reads gets no acknowledgement by this way either (invariant 5).
        let acknowledge = match opened.customer.reach() {
            Reach::Phone => Err(Unacknowledged::NoAddress),
            Reach::Post => Err(Unacknowledged::ByPost),
            Reach::Mail(address) if is_machine(address) => Err(Unacknowledged::Automatic),
            Reach::Mail(address) => Ok(address.clone()),
        };
        let acknowledged = acknowledge.as_ref().ok().cloned();
        // What was passed on is the complaint: the same once more below it says nothing.
        let beneath = Some(&self.mail.mail.quoted).filter(|_| self.mail.mail.forwarded.is_none());
        let (quoted, cover) = (beneath.cloned().unwrap_or_default(), Cover::of(self.from, above));
        let new = NewCase { opened, actor: Actor::Staff(self.from.clone()), acknowledge, named: linked, quoted, cover };
        let (mut decision, mut case) = open_case(self.mail, new, marked, self.known, self.rules, self.now, fresh);
        let mut record = |what: What, case: &mut Case| {
            let actor = Actor::Staff(self.from.clone());
            let event = Event { at: self.now, case: Some(case.number), actor, mail: Some(self.mail.id), what };
            case.apply(&event);
            decision.events.push(event);
        };
        let is_person = |d: &super::Department| d.binds(self.from) && d.address != *self.from;
        if self.rules.department(&department).is_some_and(is_person) {
            record(What::HandlerSet { handler: self.from.clone() }, &mut case);
        }
        if !above.trim().is_empty() {
            record(What::Noted { text: above.to_owned() }, &mut case);
        }
        let department_title = self.rules.title(&department).to_owned();
        let mut done = vec![Done::Registered { number: case.number, department_title, acknowledged }];
        done.extend(decision.letters.iter().filter_map(on_paper));
        decision.letters.push(self.receipt(&case, done, fresh));
        decision
    }

    fn receipt(&self, case: &Case, done: Vec<Done>, fresh: &mut Fresh) -> Draft {
        let receipt = Receipt {
            done,
            customer: case.customer.clone(),
            due: case.due,
            first_response_done: case.first_response_at().is_some(),
            case_closed: case.state != CaseState::Open,
        };
        let letter = to_staff(case, self.from.clone(), Content::Receipt(receipt), self.rules, fresh);
        answering(letter, self.mail.mail)
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

/// What is still needed, in words for the one who is asked.
fn missing(form: &Form, language: Language) -> Vec<String> {
    let pick = |dutch: &str, english: &str| match language {
        Language::Dutch => dutch.to_owned(),
        Language::English => english.to_owned(),
    };
    let absent = form.missing().into_iter().map(|missing| match missing {
        Missing::Name => pick("de naam van de klant", "the customer's name"),
        Missing::Contact => pick(
            "een e-mailadres, telefoonnummer of postadres van de klant",
            "an e-mail address, telephone number or postal address of the customer",
        ),
        Missing::Text => pick("wat de klacht is", "what the complaint is"),
    });
    let unclear = form.unclear.iter().map(|unclear| match unclear {
        Unclear::Email { found } => {
            format!("{}: {found}", pick("een e-mailadres dat klopt", "an e-mail address that is one"))
        }
        Unclear::Phone { found } => {
            format!("{}: {found}", pick("een telefoonnummer dat klopt", "a telephone number that is one"))
        }
        Unclear::Received(error) => format!(
            "{} {}",
            pick("wanneer het is ontvangen, bijvoorbeeld", "when it was received, for example"),
            error.nearest
        ),
    });
    absent.chain(unclear).collect()
}
