//! What became of a letter, as the sender or a delivery report told it, and what that changes (invariant 4). Pure.

use super::bundle;
use super::deciding::{Deciding, Pen};
use super::draft::{Alarm, AlarmAbout, Content, DeliveryFailed, Draft, Outage, Undelivered};
use super::letters_out::Beside;
use super::limits::Cap;
use super::paper::written;
use super::servers_words::{self, Knows};
use super::sight::{handler_address, is_hidden, supervisor};
use super::{BouncedLetter, Bundled, Decision, Disposition, Fresh, MailDecision, Role, Rules, Sight, Verdict};
use crate::case::{
    Actor, Address, Case, Clock, Event, LetterFate, LetterId, LetterKind, Moment, Stamp, Unwritable, What,
};
use crate::digest::WhyAside;
use crate::mail::BounceAction;
use chrono::TimeDelta;

/// Characters of a server's reply that are shown to people.
const REPLY_MAX: usize = 300;

const HOUR: TimeDelta = TimeDelta::hours(1);
/// Notices about one case, of letters that they do not know, that its department is told of at once.
const TOLD_AN_HOUR_MAX: usize = 1;
/// Letters of one case that come back within an hour and are told of one by one.
const LOST_TOLD_AN_HOUR_MAX: usize = 5;

/// A letter and its fate.
#[derive(Debug, Clone)]
pub struct Fated {
    pub letter: LetterId,
    pub kind: LetterKind,
    pub to: Address,
    pub fate: LetterFate,
    /// What staff typed in it, where that is known.
    pub text: String,
    /// The letters it stood for: their fate is its own.
    pub bundled: Vec<Bundled>,
}

impl Fated {
    fn stood_for(&self, letter: &LetterId) -> bool {
        self.bundled.iter().any(|bundled| bundled.id == *letter)
    }
}

/// Decides on the fate of a letter. `case` is the letter's case as it stands.
pub fn on_fate(fated: &Fated, case: Option<&Case>, rules: &Rules, now: Moment, fresh: &mut Fresh) -> Decision {
    let letters = consequences(fated, case, Pen { rules, fresh });
    let events = events(fated, case, None, &letters, now);
    Decision { events, letters }
}

impl Deciding<'_> {
    /// A delivery report came in: the letter it is about did not arrive after all.
    pub fn on_bounce(&self) -> MailDecision {
        let reported = self.mail.mail.bounce.clone().unwrap_or_default();
        if reported.action == BounceAction::Delayed {
            let case = self.known.file.as_ref().map(|file| file.case.number);
            return self.filed(Disposition::Automatic, case, "a letter of ours is delayed, not lost".to_owned());
        }
        let Some(letter) = &self.known.bounced else {
            // Neither whom nor what it is about: a person must look (invariant 1).
            if reported.recipients.is_empty() && reported.original_message_id.is_none() {
                return self.set_aside(None, WhyAside::MailSystem);
            }
            let reason = "a delivery report about no letter of ours that is known".to_owned();
            return self.filed(Disposition::Bounce, None, reason);
        };
        let status = reported.status.first().cloned().unwrap_or_default();
        let fate = LetterFate::Bounced { permanent: reported.permanent.unwrap_or(true), status };
        self.undo(letter, fate)
    }

    /// A mail server wrote, in words that are no report, about this letter: in doubt it did not arrive.
    pub fn on_servers_words(&self, letter: &BouncedLetter) -> MailDecision {
        self.undo(letter, servers_words::fate(self.mail.mail))
    }

    /// Once for each letter, and only by a notice that knows it (see `servers_words.rs`).
    fn undo(&self, letter: &BouncedLetter, fate: LetterFate) -> MailDecision {
        let file = self.known.file.as_ref();
        if letter.reported_at.is_some() {
            let reason = "a further report about a letter that is known not to have arrived".to_owned();
            return self.filed(Disposition::Bounce, file.map(|file| file.case.number), reason);
        }
        if self.knows(letter) == Knows::Address {
            let is_told = |event: &&Event| matches!(event.what, What::AsideTold { .. }) && self.now - event.at < HOUR;
            let told = file.map_or(0, |file| file.events.iter().filter(is_told).count());
            let case = file.map(|file| &file.case);
            // The next notice of what was put aside has it.
            if told >= TOLD_AN_HOUR_MAX {
                let reason = WhyAside::NoLetterNamed.english().to_owned();
                return self.filed(Disposition::SetAside, case.map(|case| case.number), reason);
            }
            return self.set_aside(case, WhyAside::NoLetterNamed);
        }
        self.came_back(letter, fate)
    }

    fn came_back(&self, letter: &BouncedLetter, fate: LetterFate) -> MailDecision {
        let BouncedLetter { id, kind, to, bundled, reported_at: _ } = letter.clone();
        let file = self.known.file.as_ref();
        let text = file.map_or_else(String::new, |file| typed_in(&id, &file.events));
        let fated = Fated { letter: id, kind, to, fate, text, bundled };
        let case = file.map(|file| &file.case);
        let is_loss = |event: &&Event| {
            matches!(event.what, What::LetterFate { fate: LetterFate::Bounced { .. }, .. })
                && self.now - event.at < HOUR
        };
        let lost = file.map_or(0, |file| file.events.iter().filter(is_loss).count());
        // Each is on file, and in the digest; its reader knows by now that nothing arrives there.
        let letters = if lost < LOST_TOLD_AN_HOUR_MAX { consequences(&fated, case, self.pen) } else { Vec::new() };
        let (disposition, reason) = (Disposition::Bounce, "a letter of ours came back".to_owned());
        MailDecision {
            verdict: Verdict { disposition, reason, case: case.map(|case| case.number) },
            events: events(&fated, case, Some(self.mail.id), &letters, self.now),
            letters,
        }
    }
}

/// What became of it, and the sheets that are made again because of that.
fn events(fated: &Fated, case: Option<&Case>, mail: Option<i64>, letters: &[Draft], now: Moment) -> Vec<Event> {
    let number = case.map(|case| case.number);
    let again = |what| Event { at: now, case: number, actor: Actor::Desk, mail, what };
    let sheets = letters.iter().filter_map(written).map(again);
    let bundled = bundle::fates(&fated.bundled, &fated.to, &fated.fate, mail, now);
    std::iter::once(fate_event(fated, case, mail, now)).chain(bundled).chain(sheets).collect()
}

fn fate_event(fated: &Fated, case: Option<&Case>, mail: Option<i64>, now: Moment) -> Event {
    let what = What::LetterFate {
        letter: fated.letter.clone(),
        letter_kind: fated.kind,
        to: fated.to.to_string(),
        fate: fated.fate.clone(),
    };
    let actor = if matches!(fated.fate, LetterFate::Unwritten { .. }) { Actor::Desk } else { Actor::Server };
    Event { at: now, case: case.map(|c| c.number), actor, mail, what }
}

/// Who must hear of it: the handler for a customer's letter, the next person up for a colleague's.
fn consequences(fated: &Fated, case: Option<&Case>, pen: Pen<'_>) -> Vec<Draft> {
    let (reply, how) = match &fated.fate {
        LetterFate::Accepted { .. } => return Vec::new(),
        LetterFate::Refused { reply } => (reply, Undelivered::Refused),
        LetterFate::Bounced { permanent: true, status } => (status, Undelivered::Refused),
        LetterFate::Bounced { permanent: false, status } => (status, Undelivered::NotYet),
        LetterFate::Held { reason } => return held_at_door(fated, reason, case, pen),
        LetterFate::Unwritten { because, detail } => return unwritten(fated, *because, &shown(detail), case, pen),
    };
    if !fated.kind.is_for_customer() {
        return staff_letter_lost(fated, &shown(reply), case, pen);
    }
    not_delivered(fated, how, shown(reply), case, pen)
}

fn shown(reply: &str) -> String {
    reply.chars().take(REPLY_MAX).collect()
}

/// To who handles the case: the customer did not get this.
fn not_delivered(fated: &Fated, how: Undelivered, reply: String, case: Option<&Case>, pen: Pen<'_>) -> Vec<Draft> {
    let Some(case) = case else { return Vec::new() };
    let content = Content::DeliveryFailed(DeliveryFailed {
        customer: case.customer.clone(),
        letter_kind: fated.kind,
        to: fated.to.to_string(),
        text: fated.text.clone(),
        how,
        reply,
        runs_again: runs_again(fated, case),
    });
    let to = handler_address(case, pen.rules);
    to.map(|to| pen.to_staff(case, to, content)).into_iter().collect()
}

/// What staff typed in a letter, by what is on file of it; empty where nobody typed anything.
pub fn typed_in(letter: &LetterId, events: &[Event]) -> String {
    let typed = events.iter().find_map(|event| match &event.what {
        What::Answered { letter: of, text } | What::Interim { letter: of, text, .. } if of == letter => Some(text),
        What::Closed(closed) if closed.letter == *letter => Some(&closed.settlement),
        _ => None,
    });
    typed.cloned().unwrap_or_default()
}

/// The clock that this letter had stopped, with its original last moment (invariant 9).
fn runs_again(fated: &Fated, case: &Case) -> Option<(Clock, Moment)> {
    match fated.kind {
        LetterKind::Acknowledgement => {
            let other = case.acknowledged.as_ref().is_some_and(|stamp| stamp.letter.as_ref() != Some(&fated.letter));
            (!other).then_some((Clock::Acknowledge, case.due.acknowledge))
        }
        LetterKind::Acknowledgements => {
            let stood_for = |stamp: &Stamp| stamp.letter.as_ref().is_some_and(|letter| fated.stood_for(letter));
            let other = case.acknowledged.as_ref().is_some_and(|stamp| !stood_for(stamp));
            (!other).then_some((Clock::Acknowledge, case.due.acknowledge))
        }
        LetterKind::Answer | LetterKind::Closing => {
            let others = case.responses.iter().any(|stamp| stamp.letter.as_ref() != Some(&fated.letter));
            (!others).then_some((Clock::FirstResponse, case.due.first_response))
        }
        _ => None,
    }
}

/// Who hears of what does not arrive, from the first to the last: the supervisor, then the operator; where the settings
/// name none, the fallback's supervisor.
fn ladder(case: Option<&Case>, rules: &Rules) -> Vec<Address> {
    let fallback = rules.fallback();
    let of_fallback = || fallback.map(|d| d.supervisor.clone());
    let supervisor = case.map_or_else(of_fallback, |case| supervisor(case, rules));
    let last = rules.operator.clone().or_else(of_fallback);
    let mut steps: Vec<Address> = supervisor.into_iter().chain(last).collect();
    steps.dedup();
    steps
}

/// The next one up from whom the letter was for.
fn next_step(fated: &Fated, case: Option<&Case>, rules: &Rules) -> Option<Address> {
    let steps = ladder(case, rules);
    let above = steps.iter().position(|step| *step == fated.to).map_or(0, |step| step + 1);
    steps.get(above).cloned()
}

/// A letter to staff that no server takes goes one step up, alarms too: never down again, so that it ends. Where there is
/// no step left, the log has it.
fn staff_letter_lost(fated: &Fated, reply: &str, case: Option<&Case>, pen: Pen<'_>) -> Vec<Draft> {
    let Some(to) = next_step(fated, case, pen.rules) else { return Vec::new() };
    let content = Content::Alarm(Alarm {
        about: AlarmAbout::StaffLetterRefused {
            to: fated.to.to_string(),
            letter_kind: fated.kind,
            reply: reply.to_owned(),
        },
    });
    // What was to be told together goes along, but for what only its readers may see: the digest tells them.
    let carried = bundle::attachments(fated.bundled.iter().filter(|one| one.sight == Sight::Usual), pen.rules.language);
    match case {
        None => vec![Draft { carried, ..pen.caseless(to, content) }],
        Some(case) => {
            let mut letters = vec![Draft { carried, ..pen.to_anybody(case, to.clone(), content) }];
            if is_hidden(case, &to, pen.rules) {
                return letters;
            }
            // The operator puts an address right; the complaint itself is the departments' business.
            let is_told = matches!(fated.kind, LetterKind::Notification | LetterKind::FollowUp);
            if is_told && pen.rules.role(&to) == Role::Staff {
                letters.push(pen.notification(case, to, Beside::default()));
            } else if let Some(lost) = case.papers.iter().find(|paper| paper.letter == fated.letter) {
                letters.extend(pen.paper_again(case, lost.letter_kind, to));
            }
            letters
        }
    }
}

/// klachtpost itself could not write it: the next one up would find it no better. So who writes to the customer hears of it, or
/// the supervisor of who was to be told; and the operator of what only the operator can mend.
fn unwritten(fated: &Fated, because: Unwritable, detail: &str, case: Option<&Case>, pen: Pen<'_>) -> Vec<Draft> {
    let alarm = |to: Address| {
        let about = AlarmAbout::Unwritten {
            to: fated.to.to_string(),
            letter_kind: fated.kind,
            because,
            detail: detail.to_owned(),
        };
        let content = Content::Alarm(Alarm { about });
        match case {
            Some(case) => pen.to_anybody(case, to, content),
            None => pen.caseless(to, content),
        }
    };
    let mut letters = match fated.kind {
        kind if kind.is_for_customer() => {
            not_delivered(fated, Undelivered::Unwritten { because }, detail.to_owned(), case, pen)
        }
        LetterKind::Paper => case.and_then(|case| handler_address(case, pen.rules)).map(alarm).into_iter().collect(),
        _ => next_step(fated, case, pen.rules).map(alarm).into_iter().collect(),
    };
    let operator = pen.rules.operator.clone().filter(|_| matches!(because, Unwritable::Template | Unwritable::Other));
    let is_told = |operator: &Address| *operator == fated.to || letters.iter().any(|draft| draft.to == *operator);
    letters.extend(operator.filter(|operator| !is_told(operator)).map(alarm));
    letters
}

/// A cap holds letters back: a person must look at what writes so much (invariant 5). Nobody is told by a letter to that
/// very address.
pub fn on_cap(
    cap: Cap,
    held: &Draft,
    other_end: &str,
    case: Option<&Case>,
    rules: &Rules,
    fresh: &mut Fresh,
) -> Option<Draft> {
    let reader = ladder(case, rules).into_iter().find(|reader| *reader != held.to)?;
    let about = AlarmAbout::CapReached { cap, desk: rules.desk_address.clone(), other_end: other_end.to_owned() };
    let (content, pen) = (Content::Alarm(Alarm { about }), Pen { rules, fresh });
    Some(match case {
        Some(case) => pen.to_anybody(case, reader, content),
        None => pen.caseless(reader, content),
    })
}

/// The letter to the operator about servers that cannot be reached; none where the settings name nobody.
pub fn on_outage(outage: Outage, rules: &Rules, fresh: &mut Fresh) -> Option<Draft> {
    let operator = rules.operator.clone()?;
    Some(Pen { rules, fresh }.caseless(operator, Content::Outage(outage)))
}

fn held_at_door(fated: &Fated, reason: &str, case: Option<&Case>, pen: Pen<'_>) -> Vec<Draft> {
    let Some(case) = case else { return Vec::new() };
    let (to, reason) = (fated.to.to_string(), reason.to_owned());
    let about = match fated.kind {
        LetterKind::Paper => AlarmAbout::PaperHeld { reason },
        _ => AlarmAbout::HeldAtDoor { to, reason },
    };
    let to = handler_address(case, pen.rules);
    to.map(|to| pen.to_staff(case, to, Content::Alarm(Alarm { about }))).into_iter().collect()
}
