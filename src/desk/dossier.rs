//! The file of a case as a letter to a colleague: what happened, and the mails and letters themselves as files. It is a
//! staff letter of the case: who replies to it without a verb is asked for whom it is (`replies.rs`). Pure.

use super::deciding::Pen;
use super::draft::{Carried, Content, Dossier, Draft, MayAnswer, Source, WrittenLetter};
use super::originals::as_file;
use super::sight::{department, handler_address};
use super::timeline::timeline;
use super::{CaseFile, Rules};
use crate::case::{Actor, Address, Clock, Event, Language, LetterKind, What};

impl Pen<'_> {
    /// The whole file of the case to that reader.
    pub fn dossier(self, file: &CaseFile, to: Address, unused: &str) -> Draft {
        let rules = self.rules;
        let case = &file.case;
        let originals = originals(file, rules);
        let clock = |clock| {
            let (due, stopped) = case.clock(clock);
            (clock, due, stopped)
        };
        let current = handler_address(case, rules);
        let content = Content::Dossier(Box::new(Dossier {
            customer: case.customer.clone(),
            channel: case.channel,
            subject: case.subject.clone(),
            text: case.text.clone(),
            references: case.references.clone(),
            department_title: rules.title(&case.department).to_owned(),
            handler: case.handler.clone().filter(|handler| current.as_ref() == Some(handler)),
            state: case.state,
            lodged_at: case.lodged_at,
            closed_at: case.closed_at,
            clocks: [clock(Clock::Acknowledge), clock(Clock::FirstResponse), clock(Clock::Resolve)],
            timeline: timeline(&file.events),
            letters: letters(&file.events),
            listed: originals.missing,
            may_answer: match (&case.customer.address, department(case, rules)) {
                (_, department) if !department.is_some_and(|d| d.binds(&to)) => MayAnswer::OnlyTheDepartment,
                (None, _) => MayAnswer::NoAddress,
                (Some(_), _) => MayAnswer::Yes,
            },
            unused: unused.to_owned(),
        }));
        Draft { carried: originals.carried, ..self.to_staff(case, to, content) }
    }
}

/// Every letter that was written, with the last that was heard of it.
fn letters(events: &[Event]) -> Vec<WrittenLetter> {
    let written = events.iter().filter_map(|event| match &event.what {
        What::LetterWritten { letter, letter_kind, to, .. } => Some((event.at, letter, *letter_kind, to)),
        _ => None,
    });
    let fate_of = |wanted| {
        events.iter().rev().find_map(|event| match &event.what {
            What::LetterFate { letter, fate, .. } if letter == wanted => Some((event.at, fate.clone())),
            _ => None,
        })
    };
    written
        .map(|(at, letter, kind, to)| WrittenLetter { kind, to: to.clone(), written_at: at, fate: fate_of(letter) })
        .collect()
}

/// The mails and letters of a file as files.
struct Originals {
    /// The small ones first, so that one film does not keep the others out; the numbers in their names keep the order.
    carried: Vec<Carried>,
    /// Those the register has not whole.
    missing: Vec<(String, usize)>,
}

/// The mails, and the letters to the customer; what klachtpost told colleagues is only listed.
fn originals(file: &CaseFile, rules: &Rules) -> Originals {
    let letters = file.letters.iter().filter(|letter| letter.kind.is_for_customer());
    let letters = letters.map(|letter| {
        let name = kind_name(letter.kind, rules.language);
        let source = Source::Letter(letter.id.clone());
        (letter.written_at, name.to_owned(), source, letter.light_size, &letter.light_sha256)
    });
    let mails = file.mails.iter().map(|mail| {
        let name = author(mail.id, &file.events, rules.language);
        (mail.received_at, name, Source::Mail(mail.id), mail.size, &mail.sha256)
    });
    let mut all: Vec<_> = mails.chain(letters).collect();
    all.sort_by_key(|(at, ..)| *at);
    let mut originals = Originals { carried: Vec::new(), missing: Vec::new() };
    for (place, (at, name, source, size, sha256)) in all.into_iter().enumerate() {
        let day = rules.calendar.local(at).format("%Y-%m-%d");
        let name = format!("{:02} {day} {name}.eml", place + 1);
        match sha256 {
            Some(sha256) => originals.carried.push(as_file(source, name, size, sha256)),
            None => originals.missing.push((name, size)),
        }
    }
    originals.carried.sort_by_key(|one| one.size);
    originals
}

/// Whose mail it is, for its file's name.
fn author(mail: i64, events: &[Event], language: Language) -> String {
    let (customer, other) = language.pick(("klant", "ander"), ("customer", "other"));
    let actor = events.iter().find(|event| event.mail == Some(mail)).map(|event| &event.actor);
    match actor {
        Some(Actor::Customer) => customer.to_owned(),
        Some(Actor::Staff(address)) => address.local().to_owned(),
        Some(Actor::Other(_) | Actor::Desk | Actor::Server) | None => other.to_owned(),
    }
}

fn kind_name(kind: LetterKind, language: Language) -> &'static str {
    let (dutch, english) = match kind {
        LetterKind::Acknowledgement => ("ontvangstbevestiging", "acknowledgement"),
        LetterKind::Interim => ("tussenbericht", "interim"),
        LetterKind::Closing => ("afhandeling", "settlement"),
        _ => ("antwoord", "answer"),
    };
    language.pick(dutch, english)
}
