//! What the templates of terms, escalations, advice and the agenda can print (§2.1.3, §2.4.1). Pure.

use super::Seen;
use super::handled::view;
use super::staff::words_of;
use crate::case::{Address, Clock, LetterKind, TermStage};
use crate::desk::draft::{
    Advice, Agenda, AgendaStage, Away, Escalation, Happened, HappenedWhat, OtherClock, Term, Urgent, Waiting,
};
use crate::desk::verbs::Verb;
use crate::letters::clean;
use minijinja::context;
use minijinja::value::Value;

/// Steps of a case shown to a supervisor: the last ones say how it stands; the export has all.
const STEPS_MAX: usize = 40;
/// The text of one step; the whole is on file.
const STEP_CHARS_MAX: usize = 1_500;
/// A question or an advice is a page at most; nobody reads more, and the register has it.
const ASKED_CHARS_MAX: usize = 10_000;

impl Seen<'_> {
    pub(super) fn term_notice(&self, letter: &Term) -> Value {
        let (late, left) = (letter.stage == TermStage::After, letter.due - self.now);
        context! {
            clock => clock_name(letter.clock),
            late,
            due => self.words.short(letter.due),
            also => letter.also.iter().map(|other| self.other_clock(other)).collect::<Vec<_>>(),
            span => self.words.span(left),
            customer => self.customer(&letter.customer),
            subject_line => self.subject_line(&self.draft.topic.subject),
            received => self.words.short(letter.received_at),
            department => self.line(&letter.department_title),
            handler => letter.handler.as_ref().map(ToString::to_string),
            failed_letters => letter.failed_letters,
            to_post => self.to_post(&running(letter)),
        }
    }

    fn other_clock(&self, other: &OtherClock) -> Value {
        context! { clock => clock_name(other.clock), term => self.term(other.due) }
    }

    pub(super) fn urgent(&self, letter: &Urgent) -> Value {
        context! {
            met => self.line(&letter.words.join(", ")),
            customer => self.customer(&letter.customer),
            subject_line => self.subject_line(&letter.subject),
            received => self.words.short(letter.received_at),
            department => self.line(&letter.department_title),
            handler => letter.handler.as_ref().map(ToString::to_string),
            first_response => Some(letter.due.first_response).filter(|_| !letter.first_response_done).map(|due| self.term(due)),
            resolve => self.term(letter.due.resolve),
            words => words_of(&letter.text, ""),
        }
    }

    pub(super) fn escalation(&self, letter: &Escalation) -> Value {
        let (question, question_shortened) = clean::shortened(&letter.question, ASKED_CHARS_MAX);
        let earlier = letter.timeline.len().saturating_sub(STEPS_MAX);
        let steps = letter.timeline.iter().skip(earlier);
        context! {
            question,
            question_shortened,
            by => letter.by.to_string(),
            take_over => self.verb(Verb::TakeOver),
            answer => self.verb(Verb::Answer),
            phoned => self.verb(Verb::Phoned),
            customer => self.customer(&letter.customer),
            subject_line => self.subject_line(&letter.subject),
            words => words_of(&letter.text, ""),
            received => self.words.short(letter.received_at),
            first_response => Some(letter.due.first_response).filter(|_| !letter.first_response_done).map(|due| self.term(due)),
            resolve => self.term(letter.due.resolve),
            steps => steps.map(|step| self.step(step, &letter.text)).collect::<Vec<_>>(),
            earlier,
            attached => self.attached(),
            listed => self.listed(&[]),
        }
    }

    pub(super) fn advice(&self, letter: &Advice) -> Value {
        let (text, shortened) = clean::shortened(&letter.text, ASKED_CHARS_MAX);
        context! {
            text,
            text_shortened => shortened,
            by => letter.by.to_string(),
            note => self.verb(Verb::Note),
            customer => self.customer(&letter.customer),
            first_response => Some(letter.due.first_response).filter(|_| !letter.first_response_done).map(|due| self.term(due)),
            resolve => self.term(letter.due.resolve),
        }
    }

    pub(super) fn agenda(&self, letter: &Agenda) -> Value {
        context! {
            stage => match letter.stage {
                AgendaStage::Set => "set",
                AgendaStage::Due => "due",
                AgendaStage::Cancelled => "cancelled",
            },
            at => self.words.moment(letter.at),
            short => self.words.short(letter.at),
            text => clean::shortened(&letter.text, ASKED_CHARS_MAX).0,
            customer => self.customer(&letter.customer),
            subject_line => self.subject_line(&self.draft.topic.subject),
            note => self.verb(Verb::Note),
            has_entry => !self.draft.enclosed.is_empty(),
        }
    }

    pub(super) fn away(&self, letter: &Away) -> Value {
        let assign = |colleague: &Address| {
            // A phone has no room for whole addresses.
            let label = format!("{} {}", self.words.pick("Aan", "To"), colleague.local());
            self.replies().prefilled(&format!("{} {colleague}", self.verb(Verb::Assign)), label)
        };
        context! {
            who => letter.who.to_string(),
            notice => clean::shortened(&letter.notice, STEP_CHARS_MAX).0,
            customer => self.customer(&letter.customer),
            subject_line => self.subject_line(&self.draft.topic.subject),
            first_response => Some(letter.due.first_response).filter(|_| !letter.first_response_done).map(|due| self.term(due)),
            resolve => self.term(letter.due.resolve),
            take_over => self.verb(Verb::TakeOver),
            assign => self.verb(Verb::Assign),
            others => letter.colleagues.iter().filter_map(assign).map(|one| view(&one)).collect::<Vec<_>>(),
        }
    }

    /// One line of the timeline. The complaint itself stands above it in full.
    fn step(&self, step: &Happened, complaint: &str) -> Value {
        let text = if step.what == HappenedWhat::Received && step.text == complaint { "" } else { step.text.as_str() };
        let (text, shortened) = clean::shortened(text, STEP_CHARS_MAX);
        context! {
            when => self.words.short(step.at),
            what => self.words.happened(step.what),
            by => self.line(&step.by),
            text,
            shortened,
        }
    }
}

/// The letters on paper whose posting would stop this clock.
fn running(letter: &Term) -> Vec<Waiting> {
    let clocks = || std::iter::once(letter.clock).chain(letter.also.iter().map(|other| other.clock));
    let stops = |clock: Clock, kind: LetterKind| match clock {
        Clock::Acknowledge => kind == LetterKind::Acknowledgement,
        Clock::FirstResponse | Clock::Promised => matches!(kind, LetterKind::Answer | LetterKind::Closing),
        Clock::Resolve => false,
    };
    letter.to_post.iter().copied().filter(|one| clocks().any(|clock| stops(clock, one.kind))).collect()
}

fn clock_name(clock: Clock) -> &'static str {
    match clock {
        Clock::Acknowledge => "acknowledge",
        Clock::FirstResponse => "first_response",
        Clock::Resolve => "resolve",
        Clock::Promised => "promised",
    }
}
