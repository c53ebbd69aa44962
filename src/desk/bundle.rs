//! What a cap of one address held back goes out together, and nothing of it is lost (invariant 5): to a customer one
//! acknowledgement of all complaints, to staff one letter with what waited attached. Pure; the tick, the letters and the
//! cases come in.

use super::deciding::Pen;
use super::draft::{Acknowledged, Acknowledgements, Bundle, Carried, Content, Draft, ListedCase, Source};
use super::letters_out::listed;
use super::originals::as_file;
use super::{Bundled, Decision, Fresh, Rules};
use crate::case::{
    Actor, Address, Case, CaseNumber, CaseState, Due, Event, Language, LetterFate, LetterKind, Moment, Side, What,
};
use chrono::TimeDelta;

/// The first letters that are held wait this long; staff's later ones too.
const FIRST_WAIT: TimeDelta = TimeDelta::hours(1);
/// A customer's wait is doubled by each bundle of the day, up to this part of the term for acknowledging: two machines
/// that answer each other come to a few letters a day, and a person waits past the term only where the mail itself came in
/// late, after an outage: then the term's warning tells of it.
const PARTS_OF_TERM: i32 = 3;
/// Letters of one bundle: bounds the transaction that records its fate. More make another one.
pub const BUNDLE_MAX: usize = 2_500;
/// Letters attached to one bundle, as to any other letter to staff.
const ATTACHED_MAX: usize = 100;

/// Letters to one address that a cap holds back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub to: Address,
    pub side: Side,
    /// When the first of them was written.
    pub oldest: Moment,
    /// Bundles that were written to its mailbox in the last day, and the last of them.
    pub bundles_today: u32,
    pub last_bundle: Option<Moment>,
}

/// Whether these have waited long enough.
pub fn is_bundle_due(waiting: &Waiting, rules: &Rules, now: Moment) -> bool {
    let wait = match waiting.side {
        Side::Staff => FIRST_WAIT,
        Side::Customer => {
            let term = TimeDelta::hours(i64::from(rules.deadlines.acknowledge_hours)) / PARTS_OF_TERM;
            let doubled = FIRST_WAIT.checked_mul(1 << waiting.bundles_today.min(10)).unwrap_or(term);
            doubled.min(term)
        }
    };
    // A mailbox with many names gets no letter for each of them at once.
    now - waiting.last_bundle.map_or(waiting.oldest, |last| last.max(waiting.oldest)) >= wait
}

/// Bundles letters, oldest first. `cases` are theirs as they stand. None: there is nothing to send.
pub fn on_bundle(
    waiting: &Waiting,
    letters: &[Bundled],
    cases: &[Case],
    rules: &Rules,
    now: Moment,
    fresh: &mut Fresh,
) -> Option<Decision> {
    let pen = Pen { rules, fresh };
    let bundle = match waiting.side {
        Side::Customer => acknowledgements(&waiting.to, cases, pen)?,
        Side::Staff if letters.is_empty() => return None,
        Side::Staff => to_colleague(&waiting.to, letters, cases, pen),
    };
    let what =
        What::Bundled { letters: letters.iter().map(|letter| letter.id.clone()).collect(), into: bundle.id.clone() };
    let event = Event { at: now, case: None, actor: Actor::Desk, mail: None, what };
    Some(Decision { events: vec![event], letters: vec![bundle] })
}

/// A reply to it comes to the newest of the complaints.
fn acknowledgements(to: &Address, cases: &[Case], pen: Pen<'_>) -> Option<Draft> {
    let open: Vec<&Case> = cases.iter().filter(|case| case.state == CaseState::Open).collect();
    // All over by now: they are confirmed all the same, and nothing is promised.
    let is_over = open.is_empty();
    let mut cases = if is_over { cases.iter().collect() } else { open };
    cases.sort_by_key(|case| case.number);
    let newest = *cases.last()?;
    let last = |moment: fn(&Due) -> Moment| cases.iter().map(|case| moment(&case.due)).max();
    let due = Due {
        acknowledge: last(|due| due.acknowledge)?,
        first_response: last(|due| due.first_response)?,
        resolve: last(|due| due.resolve)?,
    };
    let acknowledged = |case: &&Case| Acknowledged {
        number: case.number,
        received_at: case.received_at,
        department_title: pen.rules.title_in(&case.department, case.language),
    };
    let content = Content::Acknowledgements(Acknowledgements {
        customer_name: newest.customer.name.clone(),
        complaints: cases.iter().map(acknowledged).collect(),
        due: (!is_over).then_some(due),
    });
    Some(pen.to_customer(newest, to.clone(), content))
}

fn to_colleague(to: &Address, letters: &[Bundled], cases: &[Case], pen: Pen<'_>) -> Draft {
    let of = |kinds: &[LetterKind]| -> Vec<ListedCase> {
        let mut numbers: Vec<CaseNumber> =
            letters.iter().filter(|letter| kinds.contains(&letter.kind)).filter_map(|letter| letter.case).collect();
        numbers.sort();
        numbers.dedup();
        let known = numbers.iter().filter_map(|number| cases.iter().find(|case| case.number == *number));
        known.map(|case| listed(case, to, pen.rules)).collect()
    };
    let told = [LetterKind::Notification, LetterKind::FollowUp, LetterKind::Term];
    let content = Content::Bundle(Box::new(Bundle {
        letters: letters.len(),
        complaints: of(&[LetterKind::Notification]),
        messages: of(&[LetterKind::FollowUp]),
        terms: of(&[LetterKind::Term]),
        answers: letters.iter().filter(|letter| !told.contains(&letter.kind)).count(),
    }));
    // What stands nowhere else goes first.
    let (named, answers): (Vec<&Bundled>, Vec<&Bundled>) =
        letters.iter().partition(|letter| told.contains(&letter.kind));
    let carried = attachments(answers.into_iter().chain(named), pen.rules.language);
    Draft { carried, ..pen.caseless(to.clone(), content) }
}

/// The first of these letters as files; one whose bytes were blanked is none.
pub(super) fn attachments<'a>(letters: impl Iterator<Item = &'a Bundled>, language: Language) -> Vec<Carried> {
    let whole = letters.filter(|letter| !letter.light_sha256.is_empty()).take(ATTACHED_MAX);
    (1..).zip(whole).map(|(place, letter)| attached(place, letter, language)).collect()
}

fn attached(place: usize, letter: &Bundled, language: Language) -> Carried {
    let about = letter.case.map_or_else(String::new, |number| format!(" {number}"));
    let what = language.pick("melding", "notice");
    let name = format!("{place:03} {what}{about}.eml");
    as_file(Source::Letter(letter.id.clone()), name, letter.light_size, &letter.light_sha256)
}

/// What became of the letters that a bundle stands for: what became of it.
pub(super) fn fates(
    bundled: &[Bundled],
    to: &Address,
    fate: &LetterFate,
    mail: Option<i64>,
    now: Moment,
) -> Vec<Event> {
    let event = |letter: &Bundled| {
        let what = What::LetterFate {
            letter: letter.id.clone(),
            letter_kind: letter.kind,
            to: to.to_string(),
            fate: fate.clone(),
        };
        Event { at: now, case: letter.case, actor: Actor::Server, mail, what }
    };
    bundled.iter().map(event).collect()
}
