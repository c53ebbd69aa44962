//! The clerk: turns a decision's drafts into finished letters, checks those for customers at the door
//! (invariant 7), and adds what was written to the decision's events. A plain function of its arguments.

use super::office::Office;
use crate::case::{Actor, Case, Event, LetterFate, Moment, What};
use crate::desk::draft::Draft;
use crate::desk::{CaseFile, Decision, Fated, Fresh, on_fate};
use crate::letters::{self, Letter};
use crate::register::Outgoing;

/// Why a letter waits for the hour to pass (invariant 5); the register lets it go by this name.
pub const HELD_BY_CAP: &str = "cap";
/// Automatic letters to one address in an hour before they are held: a person does not write more complaints than
/// this, a machine does.
pub const AUTOMATIC_LETTERS_PER_HOUR_MAX: usize = 10;

/// What the clerk must know beside the decision.
#[derive(Debug, Default)]
pub struct Known<'a> {
    /// The case as it was before the decision.
    pub file: Option<&'a CaseFile>,
    /// Automatic letters the sender got in the last hour.
    pub automatic_letters: usize,
}

/// Finishes the decision's letters.
pub fn write(
    decision: &mut Decision,
    known: &Known<'_>,
    office: &Office,
    now: Moment,
    fresh: &mut Fresh,
) -> Vec<Outgoing> {
    let case = case_after(decision, known.file);
    let mut outgoing = Vec::new();
    let mut consequences = Vec::new();
    for draft in std::mem::take(&mut decision.letters) {
        match finish(&draft, known, office, now) {
            Ok(finished) => {
                decision.events.push(written(&finished.letter, now));
                if let Some(reason) = finished.held_because.as_ref().filter(|reason| *reason != HELD_BY_CAP) {
                    consequences.push(fated(&draft, LetterFate::Held { reason: reason.clone() }));
                }
                outgoing.push(finished);
            }
            // A letter that cannot be written is as one that every server refuses; the mail stays registered.
            Err(error) => consequences.push(fated(&draft, LetterFate::Refused { reply: error.to_string() })),
        }
    }
    for fated in consequences {
        let follows = on_fate(&fated, case.as_ref(), &office.rules, now, fresh);
        decision.events.extend(follows.events);
        for draft in follows.letters {
            if let Ok(finished) = finish(&draft, known, office, now) {
                decision.events.push(written(&finished.letter, now));
                outgoing.push(finished);
            }
        }
    }
    let department = case.map(|case| case.department).unwrap_or_default();
    for finished in outgoing.iter_mut().filter(|o| o.letter.side == crate::case::Side::Staff && o.letter.case.is_some())
    {
        finished.department.clone_from(&department);
    }
    outgoing
}

fn finish(draft: &Draft, known: &Known<'_>, office: &Office, now: Moment) -> Result<Outgoing, letters::RenderError> {
    let letter = office.letters.render(draft, &office.house, &office.rules.keys, now)?;
    let mut held_because = None;
    if letter.kind.is_for_customer() {
        let notes: &[String] = known.file.map_or(&[], |file| &file.notes);
        let internal = letters::Internal { keys: &office.rules.keys, notes };
        held_because = letters::door(&letter, &internal).err().map(|held| held.words(office.rules.language).to_owned());
        if letter.kind.is_automatic() && known.automatic_letters >= AUTOMATIC_LETTERS_PER_HOUR_MAX {
            held_because.get_or_insert_with(|| HELD_BY_CAP.to_owned());
        }
    }
    Ok(Outgoing { letter, department: String::new(), held_because })
}

fn written(letter: &Letter, now: Moment) -> Event {
    let what = What::LetterWritten {
        letter: letter.id.clone(),
        letter_kind: letter.kind,
        to: letter.to.to_string(),
        message_id: letter.message_id.clone(),
    };
    Event { at: now, case: letter.case, actor: Actor::Desk, mail: None, what }
}

fn fated(draft: &Draft, fate: LetterFate) -> Fated {
    Fated { letter: draft.id.clone(), kind: draft.content.kind(), to: draft.to.clone(), fate }
}

/// The decision's case as its events leave it.
fn case_after(decision: &Decision, file: Option<&CaseFile>) -> Option<Case> {
    let mut case = file.map(|file| file.case.clone()).filter(|case| Some(case.number) == decision.case);
    for event in decision.events.iter().filter(|event| event.case == decision.case) {
        match (&mut case, &event.what, event.case) {
            (None, What::Opened(opened), Some(number)) => case = Some(Case::open(number, event.at, opened)),
            (None, ..) => {}
            (Some(case), ..) => case.apply(event),
        }
    }
    case
}
