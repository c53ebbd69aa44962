//! The clerk: turns a decision's drafts into finished letters, checks those for customers at the door
//! (invariant 7), and adds what was written to the decision's events. A plain function of its arguments.

use super::settle::Decided;
use crate::case::{Actor, Address, Case, Event, LetterFate, LetterKind, Moment, Side, What};
use crate::desk::caps::{Cap, Counts, alarm_of, counted_as, held_by};
use crate::desk::draft::{Content, Done, Draft};
use crate::desk::{Decision, Fated, Fresh, Rules, on_cap, on_fate};
use crate::letters::{self, House, Letter, Letters};
use crate::register::Outgoing;

/// What letters are written with.
pub struct Stationery<'a> {
    pub rules: &'a Rules,
    pub house: &'a House,
    pub letters: &'a Letters,
    pub now: Moment,
}

/// A draft's letter, as it leaves the door.
pub(super) type Rendered = Result<Outgoing, letters::RenderError>;

/// Renders a decision's drafts, in their order: the long part, which knows of no other decision.
pub(super) fn render(decided: &Decided, stationery: &Stationery<'_>) -> Vec<Rendered> {
    let desk = Desk::of(decided, stationery);
    decided.decision.letters.iter().map(|draft| desk.finish(draft)).collect()
}

/// Finishes the decision's letters, and what follows where one of them does not go out; counts them.
pub(super) fn write(
    decided: &mut Decided,
    rendered: Vec<Rendered>,
    counts: &mut Counts,
    stationery: &Stationery<'_>,
    fresh: &mut Fresh,
) -> Vec<Outgoing> {
    log_untold(&decided.decision);
    let drafts = std::mem::take(&mut decided.decision.letters);
    let clerk = Clerk { desk: Desk::of(decided, stationery), counts };
    let case = case_after(decided);
    let done = clerk.finish_all(drafts, rendered, case.as_ref());
    let mut events: Vec<Event> =
        done.outgoing.iter().map(|finished| written(&finished.letter, stationery.now)).collect();

    let mut follow_ups = Vec::new();
    if let Some((cap, held)) = &done.capped {
        follow_ups.extend(clerk.alarm(*cap, held, case.as_ref(), fresh));
    }
    for fated in &done.stopped {
        let follows = on_fate(fated, case.as_ref(), stationery.rules, stationery.now, fresh);
        log_untold(&follows);
        events.extend(follows.events);
        follow_ups.extend(also_to(done.untold.as_ref(), &follows.letters, fresh).map(uncounted));
        follow_ups.extend(follows.letters.into_iter().map(uncounted));
    }
    let mut outgoing = done.outgoing;
    for (draft, counted_as) in follow_ups {
        match clerk.desk.finish(&draft) {
            Ok(finished) => {
                let finished = Outgoing { counted_as, ..finished };
                events.push(written(&finished.letter, stationery.now));
                outgoing.push(finished);
            }
            Err(error) => tracing::error!(
                letter.kind = draft.content.kind().name(),
                %error,
                "a letter that tells of a letter that did not go out could not be written either; see `outbox list`"
            ),
        }
    }
    let department = case.map(|case| case.department).unwrap_or_default();
    for finished in outgoing.iter_mut().filter(|o| o.letter.side == Side::Staff && o.letter.case.is_some()) {
        finished.department.clone_from(&department);
    }
    for Outgoing { letter, counted_as, held_because, .. } in &outgoing {
        counts.add(counted_as, letter.kind, &letter.to, letter.side, held_because.as_deref());
    }
    decided.decision.events.extend(events);
    outgoing
}

/// The last word where a letter to staff did not arrive and nobody is left to tell (invariants 4 and 12).
fn log_untold(decision: &Decision) {
    let lost = decision.events.iter().find_map(|event| match &event.what {
        What::LetterFate { letter, letter_kind, fate, .. }
            if !letter_kind.is_for_customer() && !matches!(fate, LetterFate::Accepted { .. }) =>
        {
            Some((letter, letter_kind))
        }
        _ => None,
    });
    if let Some((letter, kind)) = lost.filter(|_| decision.letters.is_empty()) {
        tracing::error!(
            letter.id = %letter,
            letter.kind = kind.name(),
            "a letter to staff did not arrive and nobody is left to tell; next: find it with `klachtpost outbox list`, put \
             the address right, and name somebody in [operator] address"
        );
    }
}

/// What became of a decision's drafts.
#[derive(Default)]
struct Finished {
    outgoing: Vec<Outgoing>,
    /// Letters held at the door, and letters that could not be written: as if every server refused them.
    stopped: Vec<Fated>,
    /// The sender whose receipt had nothing true left to say.
    untold: Option<Address>,
    /// The first letter that a cap holds.
    capped: Option<(Cap, Draft)>,
}

/// One decision's letters, and what none of them may tell a customer.
struct Desk<'a> {
    decided: &'a Decided,
    stationery: &'a Stationery<'a>,
    /// What no customer may read: the notes on file and those of this very mail.
    notes: Vec<String>,
    /// What the customer wrote on the case.
    customers: Vec<String>,
}

impl<'a> Desk<'a> {
    fn of(decided: &'a Decided, stationery: &'a Stationery<'a>) -> Self {
        Self { decided, stationery, notes: notes(decided), customers: customers_words(decided) }
    }

    fn finish(&self, draft: &Draft) -> Rendered {
        let Stationery { rules, house, letters, now } = *self.stationery;
        let letter = letters.render(draft, house, &rules.keys, now)?;
        let internal = letters::Internal { keys: &rules.keys, notes: &self.notes, customers: &self.customers };
        let held_because = letters::door(&letter, &internal).err();
        let held_because = held_because.map(|held| letters.held_words(held, rules.language));
        let counted_as = counted_as(letter.kind, &letter.to, self.decided.about.as_ref());
        let mailbox = Some(rules.mailbox.clone());
        Ok(Outgoing { letter, department: bound_to(draft), held_because, counted_as, mailbox })
    }
}

struct Clerk<'a> {
    desk: Desk<'a>,
    counts: &'a Counts,
}

impl Clerk<'_> {
    fn finish_all(&self, drafts: Vec<Draft>, rendered: Vec<Rendered>, case: Option<&Case>) -> Finished {
        let mut done = Finished::default();
        for (mut draft, mut rendered) in drafts.into_iter().zip(rendered) {
            // A receipt stands behind the letters it tells of.
            if done.stopped.iter().any(|fated| fated.kind.reaches_customer()) {
                if !keep_true(&mut draft, case) {
                    done.untold = Some(draft.to);
                    continue;
                }
                rendered = self.desk.finish(&draft);
            }
            match rendered {
                Ok(finished) => done.take(self.under_the_caps(finished, &draft), &draft),
                Err(error) => {
                    let fate = LetterFate::Unwritten { because: error.because(), detail: error.to_string() };
                    done.stopped.push(fated(&draft, fate));
                }
            }
        }
        done
    }

    /// The third of the layers against loops (invariant 5).
    fn under_the_caps(&self, finished: Outgoing, draft: &Draft) -> (Outgoing, Option<Cap>) {
        if finished.held_because.is_some() {
            return (finished, None);
        }
        let about = self.desk.decided.about.as_ref();
        let cap = held_by(draft, about, self.counts, self.desk.stationery.rules.caps);
        (Outgoing { held_because: cap.map(|cap| cap.name().to_owned()), ..finished }, cap)
    }

    /// Tells of a cap, once a day for each. Letters about terms are many at a time by themselves: no loop.
    fn alarm(&self, cap: Cap, held: &Draft, case: Option<&Case>, fresh: &mut Fresh) -> Option<(Draft, String)> {
        let alarm = alarm_of(cap, held, self.desk.decided.about.as_ref());
        let is_told = self.counts.of.get(&alarm).is_some_and(|count| count.last_day > 0);
        if is_told || cap == Cap::Address && held.content.kind() == LetterKind::Term {
            return None;
        }
        let other_end = alarm.rsplit_once(' ').map_or("", |(_, other_end)| other_end);
        tracing::warn!(cap = cap.name(), "a cap holds automatic letters back; a supervisor is told");
        let letter = on_cap(cap, held, other_end, case, self.desk.stationery.rules, fresh)?;
        Some((letter, alarm))
    }
}

impl Finished {
    fn take(&mut self, (finished, cap): (Outgoing, Option<Cap>), draft: &Draft) {
        match (cap, &finished.held_because) {
            (Some(cap), _) => drop(self.capped.get_or_insert_with(|| (cap, draft.clone()))),
            (None, Some(reason)) => self.stopped.push(fated(draft, LetterFate::Held { reason: reason.clone() })),
            (None, None) => {}
        }
        self.outgoing.push(finished);
    }
}

/// A letter that tells of another one counts as nothing.
fn uncounted(draft: Draft) -> (Draft, String) {
    (draft, String::new())
}

/// A digest binds the departments whose supervisor reads it: its buttons hold tokens of that department's cases, and none
/// works for somebody else's (invariant 6). A letter of a case binds the case's, which is known once all are written.
fn bound_to(draft: &Draft) -> String {
    match &draft.content {
        Content::Digest(digest) => digest.departments.join(","),
        _ => String::new(),
    }
}

/// Takes out of a receipt what did not happen. False: nothing is left of it.
fn keep_true(draft: &mut Draft, case: Option<&Case>) -> bool {
    let Content::Receipt(receipt) = &mut draft.content else { return true };
    receipt.done.retain(|done| matches!(done, Done::Noted { .. } | Done::AnsweredDirectly { .. }));
    receipt.first_response_done = case.is_some_and(|case| case.first_response_at().is_some());
    !receipt.done.is_empty()
}

/// The sender hears of it too where the handler is somebody else.
fn also_to(untold: Option<&Address>, letters: &[Draft], fresh: &mut Fresh) -> Option<Draft> {
    let to = untold.filter(|to| letters.iter().all(|draft| draft.to != **to))?;
    letters.first().map(|draft| Draft { id: fresh.letter(), to: to.clone(), ..draft.clone() })
}

/// What staff typed as notes, on file or in this very mail. A note keeps the quotes it answers; those are not staff's
/// words, and with them in between the note would never be met whole.
fn notes(Decided { decision, file, .. }: &Decided) -> Vec<String> {
    let of_this_mail = decision.events.iter().filter_map(|event| event.what.internal_text()).map(str::to_owned);
    let on_file = file.iter().flat_map(|file| file.notes.iter().cloned());
    on_file.chain(of_this_mail).flat_map(|note| typed(&note)).collect()
}

/// What the customer wrote, on file or in this very mail.
fn customers_words(Decided { decision, file, .. }: &Decided) -> Vec<String> {
    let on_file = file.iter().flat_map(|file| &file.events);
    on_file.chain(&decision.events).filter_map(|event| event.what.customers_words()).map(str::to_owned).collect()
}

/// The runs of lines that are no quote.
fn typed(note: &str) -> Vec<String> {
    let lines: Vec<&str> = note.lines().collect();
    let runs = lines.split(|line| line.trim_start().starts_with('>'));
    runs.filter(|run| !run.is_empty()).map(|run| run.join("\n")).collect()
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
    Fated {
        letter: draft.id.clone(),
        kind: draft.content.kind(),
        to: draft.to.clone(),
        fate,
        text: String::new(),
        bundled: Vec::new(),
    }
}

/// The decision's case as its events leave it.
fn case_after(decided: &Decided) -> Option<Case> {
    let number = decided.case();
    let mut case = decided.file.as_ref().map(|file| file.case.clone()).filter(|case| Some(case.number) == number);
    for event in decided.decision.events.iter().filter(|event| event.case == number) {
        match (&mut case, &event.what, event.case) {
            (None, What::Opened(opened), Some(number)) => case = Some(Case::open(number, event.at, opened)),
            (None, ..) => {}
            (Some(case), ..) => case.apply(event),
        }
    }
    case
}

#[cfg(test)]
mod tests;
