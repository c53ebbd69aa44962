//! The guarding of the terms (§2.4.1): staff are warned before a clock runs out and told when it did, each once per
//! round; and of the agenda, whose items come back as reminders at their hour. Pure; the tick and the cases come in.

use super::deciding::Pen;
use super::draft::{AgendaStage, Content, OtherClock, Status, Term, Waiting};
use super::sight::{handler_address, may, supervisor};
use super::{Decision, Fresh, Rules};
use crate::case::{
    Actor, Address, AgendaItem, Case, CaseState, Clock, CustomerLetter, Event, LetterKind, Moment, Round, TermStage,
    What,
};
use crate::digest::May;
use chrono::TimeDelta;

/// So long a letter may take to its mail server before anybody is told that it is not there.
const ON_ITS_WAY: TimeDelta = TimeDelta::minutes(30);

/// What is due for a case now; None: nothing.
pub fn on_terms(case: &Case, rules: &Rules, now: Moment, fresh: &mut Fresh) -> Option<Decision> {
    // A closed case has no running clocks, and may still have something on the agenda (a ruling to carry out).
    let clocks = match case.state {
        CaseState::Open => Clock::ALL.as_slice(),
        CaseState::Closed => &[],
        CaseState::Dismissed | CaseState::Merged => return None,
    };
    let mut due: Vec<(Clock, TermStage)> = clocks.iter().filter_map(|clock| stage(case, *clock, rules, now)).collect();
    // Beside another clock it is told of, since it is late all the same.
    if due.iter().all(|(clock, _)| *clock == Clock::Acknowledge) && is_on_its_way(case, now) {
        due.clear();
    }
    let reminders: Vec<&AgendaItem> = case.agenda.iter().filter(|item| item.at <= now && !item.reminded).collect();
    let status = status(case, rules, now);
    if due.is_empty() && reminders.is_empty() && status.is_none() {
        return None;
    }
    let pen = Pen { rules, fresh };
    let event = |what| Event { at: now, case: Some(case.number), actor: Actor::Desk, mail: None, what };
    let told = due.iter().map(|(clock, stage)| event(What::TermTold { clock: *clock, stage: *stage }));
    let mut decision = Decision { events: told.collect(), letters: Vec::new() };
    for (to, told) in by_reader(case, due, rules) {
        let letter = term(case, told, &to, rules).map(|term| pen.to_staff(case, to, Content::Term(term)));
        decision.letters.extend(letter);
    }
    if let Some((to, letter)) = status {
        decision.events.push(event(What::StatusAsked { to: to.clone() }));
        decision.letters.push(pen.to_staff(case, to, Content::Status(letter)));
    }
    for item in reminders {
        decision.events.push(event(What::AgendaReminded { id: item.id.clone() }));
        decision.letters.push(pen.agenda_letter(case, item, AgendaStage::Due));
    }
    Some(decision)
}

/// A complaint that never closes never tells of the committee: after so many days the supervisor is asked, once, for a letter
/// that does. Who had a closing letter in an earlier round knows.
fn status(case: &Case, rules: &Rules, now: Moment) -> Option<(Address, Status)> {
    let word = &case.committee;
    let knows = word.given.is_some() || case.reopened > 0 && word.owed_since.is_none();
    let due = rules.status_due(case)?;
    if case.state != CaseState::Open || knows || word.asked_at.is_some() || now < due {
        return None;
    }
    let day = |at| rules.calendar.local(at).date_naive();
    let letter = Status {
        customer: case.customer.clone(),
        subject: case.subject.clone(),
        lodged_at: case.lodged_at,
        days: (day(now) - day(case.lodged_at)).num_days(),
        department_title: rules.title(&case.department).to_owned(),
        handler: case.handler.clone(),
    };
    Some((supervisor(case, rules)?, letter))
}

/// Who is told what. A late acknowledgement is told of with the reaction that is late with it, as one matter; what is to be
/// solved is another, with a letter of its own.
fn by_reader(case: &Case, due: Vec<(Clock, TermStage)>, rules: &Rules) -> Vec<(Address, Vec<(Clock, TermStage)>)> {
    let mut by_reader: Vec<(Address, Vec<(Clock, TermStage)>)> = Vec::new();
    for (clock, stage) in due {
        for to in readers(case, clock, stage, rules) {
            let is_solving = |told: &[(Clock, TermStage)]| told.iter().any(|(clock, _)| *clock == Clock::Resolve);
            let is_same = |told: &[(Clock, TermStage)]| is_solving(told) == (clock == Clock::Resolve);
            match by_reader.iter_mut().find(|(reader, told)| *reader == to && is_same(told)) {
                Some((_, told)) => told.push((clock, stage)),
                None => by_reader.push((to, vec![(clock, stage)])),
            }
        }
    }
    by_reader
}

/// An acknowledgement that was only just written is on its way: nobody need call the customer for it.
fn is_on_its_way(case: &Case, now: Moment) -> bool {
    let on_its_way = |written: &CustomerLetter| {
        let is_new = now - written.at < ON_ITS_WAY && written.round == Round::Present;
        is_new && written.letter_kind == LetterKind::Acknowledgement && !case.failed_letters.contains(&written.letter)
    };
    case.letters.iter().any(on_its_way)
}

/// How far a running clock is, if staff were not told of that yet. What ran out is not warned about any more.
fn stage(case: &Case, clock: Clock, rules: &Rules, now: Moment) -> Option<(Clock, TermStage)> {
    let (due, stopped) = case.clock(clock);
    let warn_from = due - TimeDelta::hours(i64::from(rules.deadlines.warn_before_hours));
    let stage = match stopped {
        Some(_) => return None,
        None if now >= due => TermStage::After,
        None if now >= warn_from => TermStage::Before,
        None => return None,
    };
    (!case.told.contains(&(clock, stage))).then_some((clock, stage))
}

/// Before: the handler; an acknowledgement that no server took, which the handler cannot mend, the supervisor while
/// there is still time (§2.1.2). After: both.
fn readers(case: &Case, clock: Clock, stage: TermStage, rules: &Rules) -> Vec<Address> {
    let handler = handler_address(case, rules);
    let supervisor = supervisor(case, rules);
    let can_post = case.to_post().next().is_some();
    let mut readers: Vec<Address> = match (clock, stage) {
        // The handler can post it, or call.
        (Clock::Acknowledge, TermStage::Before) if can_post => handler.into_iter().chain(supervisor).collect(),
        (Clock::Acknowledge, TermStage::Before) => supervisor.into_iter().collect(),
        (_, TermStage::Before) => handler.into_iter().collect(),
        (_, TermStage::After) => handler.into_iter().chain(supervisor).collect(),
    };
    readers.dedup();
    readers
}

/// Who handles it answers; who watches over it may take it over or give it to somebody.
fn may_of_supervisor(case: &Case, reader: &Address, rules: &Rules) -> May {
    if supervisor(case, rules).as_ref() == Some(reader) { may(case, reader, rules) } else { May::Look }
}

/// What is late comes before what is not yet, and the customer who waits for a word before everything.
pub(super) fn term(case: &Case, mut told: Vec<(Clock, TermStage)>, reader: &Address, rules: &Rules) -> Option<Term> {
    let rank = |clock| match clock {
        Clock::FirstResponse => 0,
        Clock::Promised => 1,
        Clock::Resolve => 2,
        Clock::Acknowledge => 3,
    };
    told.sort_by_key(|(clock, stage)| (*stage == TermStage::Before, rank(*clock)));
    let mut told = told.into_iter();
    let (clock, stage) = told.next()?;
    Some(Term {
        also: told.map(|(clock, stage)| OtherClock { clock, stage, due: case.clock(clock).0 }).collect(),
        customer: case.customer.clone(),
        clock,
        stage,
        due: case.clock(clock).0,
        received_at: case.received_at,
        department_title: rules.title(&case.department).to_owned(),
        handler: case.handler.clone(),
        text: case.text.clone(),
        may: may_of_supervisor(case, reader, rules),
        failed_letters: case.failed_letters.len(),
        to_post: case.to_post().map(|p| Waiting { kind: p.letter_kind, written_at: p.written_at }).collect(),
    })
}
