//! What happened to one case, round by round, as its events tell it: a case that was reopened shows its present round only,
//! and the one before it was late or not all the same. Pure: events in, plain values out.

use crate::case::{Case, Due, Event, Judgement, Moment, Outcome, Solved, What};
use crate::digest::sheet::CELL_CHARS_MAX;

/// A case, and what the report of a month counts of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Life {
    /// Without the texts: many are in memory together.
    pub case: Case,
    /// Oldest first; the last is the present one.
    pub rounds: Vec<Round>,
    /// When the customer was told something in the meantime (§1).
    pub interims: Vec<Moment>,
    /// It is no complaint, since when and why.
    pub dismissed: Option<(Moment, String)>,
    /// When the customer went to the committee.
    pub disputes: Vec<Moment>,
    pub rulings: Vec<Ruling>,
    pub again: Again,
}

/// From a receipt to its closing.
#[derive(Debug, Clone, PartialEq)]
pub struct Round {
    /// How often the case had been reopened when it began.
    pub reopened: u32,
    pub received_at: Moment,
    pub due: Due,
    pub first_response_at: Option<Moment>,
    pub closed_at: Option<Moment>,
    pub judgement: Judgement,
    /// What the customer said of the settlement, and when.
    pub solved: Option<(Moment, Solved)>,
}

/// A ruling of the committee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ruling {
    pub at: Moment,
    /// Whose favour it was in: what the colleague said of the complaint in the mail that recorded it.
    pub outcome: Option<Outcome>,
}

/// What was complained about before, by the same customer or of the same car or contract.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Again {
    /// Complaints of this customer up to this one, each within a year of the one before it.
    pub of_customer: usize,
    /// The same of each reference, as typed.
    pub of_references: Vec<(String, usize)>,
}

impl Round {
    fn of(case: &Case) -> Self {
        Self {
            reopened: case.reopened,
            received_at: case.received_at,
            due: case.due,
            first_response_at: case.first_response_at(),
            closed_at: case.closed_at,
            judgement: case.judgement.clone(),
            solved: case.solved,
        }
    }
}

impl Life {
    /// Of a case whose events are not on file any more, what its row still says.
    pub fn of_case(case: &Case, again: Again) -> Self {
        let disputes = case.disputed.iter().map(|dispute| dispute.at).collect();
        let rulings = case.ruling.iter().map(|ruling| Ruling { at: ruling.at, outcome: None }).collect();
        Self {
            rounds: vec![Round::of(case)],
            interims: Vec::new(),
            dismissed: None,
            disputes,
            rulings,
            again,
            case: without_texts(case.clone()),
        }
    }

    /// Of a case with all its events; None where they do not begin with its registration.
    pub fn of_events(events: &[Event], again: Again) -> Option<Self> {
        let (first, rest) = events.split_first()?;
        let mut case = Case::replay([first])?;
        let mut told = Told::default();
        for event in rest {
            let before = Round::of(&case);
            case.apply(event);
            if case.reopened > before.reopened {
                told.rounds.push(before);
            }
            told.take(event, &case);
        }
        let Told { mut rounds, interims, dismissed, disputes, rulings, judged } = told;
        rounds.push(Round::of(&case));
        // Said beside the ruling: before it or behind it in the same mail.
        let outcome = |mail: Option<i64>| judged.iter().rfind(|(of, _)| Some(*of) == mail).map(|(_, outcome)| *outcome);
        let rulings = rulings.into_iter().map(|(at, mail)| Ruling { at, outcome: outcome(mail) }).collect();
        Some(Self { case: without_texts(case), rounds, interims, dismissed, disputes, rulings, again })
    }

    /// The first moment after the closing of that round at which it was open again.
    pub fn reopened_at(&self, round: usize) -> Option<Moment> {
        self.rounds.get(round + 1).map(|next| next.received_at)
    }
}

/// What is kept while events are read.
#[derive(Default)]
struct Told {
    rounds: Vec<Round>,
    interims: Vec<Moment>,
    dismissed: Option<(Moment, String)>,
    disputes: Vec<Moment>,
    /// With the mail that recorded each.
    rulings: Vec<(Moment, Option<i64>)>,
    /// What was said of the complaint, by mail.
    judged: Vec<(i64, Outcome)>,
}

impl Told {
    fn take(&mut self, event: &Event, case: &Case) {
        match &event.what {
            What::Interim { .. } => self.interims.push(event.at),
            What::Dismissed { reason } => self.dismissed = Some((event.at, reason.clone())),
            What::Restored => self.dismissed = None,
            What::Judged(judgement) => self.judged.extend(event.mail.zip(judgement.outcome)),
            _ => {}
        }
        // Another case that goes on in this one may bring them along.
        let dispute = case.disputed.as_ref().map(|dispute| dispute.at);
        self.disputes.extend(dispute.filter(|at| !self.disputes.contains(at)));
        let ruling = case.ruling.as_ref().map(|ruling| ruling.at);
        let is_new = |at: &Moment| !self.rulings.iter().any(|(known, _)| known == at);
        self.rulings.extend(ruling.filter(is_new).map(|at| (at, event.mail)));
    }
}

/// Without what no figure and no column is made of.
fn without_texts(case: Case) -> Case {
    Case {
        text: String::new(),
        // What the spreadsheet shows of it.
        settlement: case.settlement.map(|text| text.chars().take(CELL_CHARS_MAX + 1).collect()),
        letters: Vec::new(),
        customer_thread: Vec::new(),
        staff_thread: Vec::new(),
        ..case
    }
}
