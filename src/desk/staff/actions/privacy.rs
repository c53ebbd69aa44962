//! `#avg` and `#datalek`: people's rights over their data, and breaches of these, arrive at this desk too. A request is guarded for
//! a month from its receipt (GDPR art. 12(3)), a breach for 72 hours from when a colleague calls it one (art. 33(1)); what must be
//! kept of it is (art. 33(5)). Nothing is disclosed before it is known who asks, and how that is known stays on file. Pure.

use super::Work;
use super::committee::{DONE, LAST_MINUTE};
use crate::case::{Actor, Address, Breach, CaseState, Duty, DutyKind, Event, Moment, What};
use crate::desk::draft::{Content, Done, NoRight, Privacy, PrivacyStage, Problem};
use crate::desk::sight::{is_hidden, supervisor};
use crate::desk::verbs::Verb;
use crate::desk::when;
use crate::text::fold;

/// Months that the answer to a request may take (GDPR art. 12(3)).
const MONTHS: u32 = 1;
/// Hours in which a breach is notified (GDPR art. 33(1)).
const BREACH_HOURS: u32 = 72;

const KNOWN: [&str; 4] = ["bekend", "identiteit", "known", "identity"];
const RIGHTS: [(DutyKind, &[&str]); 4] = [
    (DutyKind::Access, &["inzage", "inzien", "access"]),
    (DutyKind::Erasure, &["wissen", "verwijderen", "verwijdering", "erasure", "erase", "delete"]),
    (DutyKind::Rectification, &["rectificatie", "correctie", "corrigeren", "rectification", "rectify", "correct"]),
    (DutyKind::Objection, &["bezwaar", "objection", "object"]),
];
/// Labels of what must be kept of a breach.
const FACTS: [&str; 2] = ["feiten", "facts"];
const EFFECTS: [&str; 2] = ["gevolgen", "effects"];
const REMEDY: [&str; 4] = ["maatregelen", "maatregel", "remedy", "measures"];

impl Work<'_> {
    pub(super) fn right(&mut self, value: &str, text: &str) -> Result<(), Problem> {
        self.is_on_file(Verb::Right)?;
        let (word, beside) = first_word(value);
        let said = joined(beside, text);
        if DONE.contains(&word.as_str()) {
            return self.rights_done(&said);
        }
        if KNOWN.contains(&word.as_str()) {
            return self.identified(&said);
        }
        let right =
            right_named(value).ok_or_else(|| Problem::Privacy(NoRight::Unclear { written: value.to_owned() }))?;
        let calendar = &self.reply.rules.calendar;
        let typed = when::asked(beside, self.reply.now, calendar).map(|(at, _)| at);
        let day = calendar.local(typed.unwrap_or_else(|| self.asked_at(right))).date_naive();
        let due = calendar.at(calendar.month_later(day, MONTHS), LAST_MINUTE);
        // Said again it is no new request; only a day that is typed can put the old one right.
        let known = self.case.duties.iter().find(|duty| duty.kind == right && typed.is_none());
        let duty = Duty { kind: right, due: known.map_or(due, |known| known.due.min(due)) };
        self.record(What::RightUsed { right, text: said.clone() });
        self.tell_privacy(PrivacyStage::Begins(duty.clone()), &said);
        self.guard(duty);
        if self.case.identity.is_none() {
            self.tell(Done::IdentityWanted);
        }
        Ok(())
    }

    /// How it is known who asks: a word of staff, recorded and not proven.
    fn identified(&mut self, how: &str) -> Result<(), Problem> {
        if how.is_empty() {
            return Err(Problem::Privacy(NoRight::HowMissing));
        }
        self.record(What::IdentityKnown { how: how.to_owned() });
        self.tell(Done::IdentityKnown { how: how.to_owned() });
        Ok(())
    }

    fn rights_done(&mut self, said: &str) -> Result<(), Problem> {
        let open: Vec<DutyKind> = DutyKind::RIGHTS.into_iter().filter(|right| self.has_duty(*right)).collect();
        if open.is_empty() {
            return Err(self.not_now(Verb::Right));
        }
        if self.case.identity.is_none() {
            return Err(Problem::Privacy(NoRight::IdentityUnknown));
        }
        for right in open {
            self.duty_done(Verb::Right, right, "")?;
            self.tell_privacy(PrivacyStage::Ended(right), said);
        }
        self.keep(said);
        Ok(())
    }

    pub(super) fn breach(&mut self, value: &str, text: &str) -> Result<(), Problem> {
        self.is_on_file(Verb::Breach)?;
        let (word, beside) = first_word(value);
        let is_done = DONE.contains(&word.as_str());
        let said = if is_done { joined(beside, text) } else { joined(value, text) };
        let breach = read(&said);
        if !said.is_empty() {
            self.record(What::BreachFound { text: said.clone(), breach });
        }
        let known = self.case.breach.clone().unwrap_or_default();
        if is_done {
            return self.breach_done(&known, &said);
        }
        if !self.has_duty(DutyKind::Breach) {
            let aware = self.reply.mail.received_at.min(self.reply.now);
            let due = self.reply.rules.calendar.due_after_hours(aware, BREACH_HOURS);
            let duty = Duty { kind: DutyKind::Breach, due };
            self.tell_privacy(PrivacyStage::Begins(duty.clone()), &said);
            self.guard(duty);
        }
        self.tell(Done::BreachKept { breach: known });
        Ok(())
    }

    fn breach_done(&mut self, known: &Breach, said: &str) -> Result<(), Problem> {
        if !self.has_duty(DutyKind::Breach) {
            return Err(self.not_now(Verb::Breach));
        }
        if !known.is_whole() {
            return Err(Problem::Privacy(NoRight::BreachNotWhole(known.clone())));
        }
        self.duty_done(Verb::Breach, DutyKind::Breach, "")?;
        self.tell_privacy(PrivacyStage::Ended(DutyKind::Breach), said);
        Ok(())
    }

    /// Of whatever came of the complaint.
    fn is_on_file(&self, verb: Verb) -> Result<(), Problem> {
        if self.case.state == CaseState::Merged { Err(self.not_now(verb)) } else { Ok(()) }
    }

    /// When the company may have had the request, rather too early than too late: with the complaint; where such a request was
    /// settled before, with the first that the customer wrote after that.
    fn asked_at(&self, right: DutyKind) -> Moment {
        let file = self.reply.file;
        let settled = file.events.iter().rposition(|event| event.what == What::DutyDone { duty: right });
        let Some((settled, after)) = settled.and_then(|at| file.events.get(at..)?.split_first()) else {
            return self.case.lodged_at;
        };
        let is_customers = |event: &&Event| event.actor == Actor::Customer && event.mail.is_some();
        let first = after.iter().find(is_customers).and_then(|event| event.mail);
        let received = file.mails.iter().find(|mail| Some(mail.id) == first).map(|mail| mail.received_at);
        received.unwrap_or(settled.at)
    }

    /// Who guards personal data hears of it; of a confidential case only that there is something, and whom to ask.
    fn tell_privacy(&mut self, stage: PrivacyStage, text: &str) {
        let rules = self.reply.rules;
        let to = rules.privacy_contact_of(&self.case).cloned().or_else(|| supervisor(&self.case, rules));
        let Some(to) = to.filter(|to| to != self.reply.from) else { return };
        let is_hidden = is_hidden(&self.case, &to, rules);
        let ask: Option<Address> = supervisor(&self.case, rules).filter(|_| is_hidden);
        let content = Content::Privacy(Box::new(Privacy {
            stage,
            by: self.reply.from.clone(),
            ask: ask.clone(),
            text: if is_hidden { String::new() } else { text.to_owned() },
            customer: if is_hidden { Default::default() } else { self.case.customer.clone() },
            subject: if is_hidden { String::new() } else { self.case.subject.clone() },
            lodged_at: self.case.lodged_at,
            identity: self.case.identity.clone().filter(|_| !is_hidden),
            breach: self.case.breach.clone().filter(|_| !is_hidden),
        }));
        self.letters.push(self.reply.to_anybody(&self.case, to.clone(), content));
        self.tell(Done::PrivacyTold { to });
    }
}

/// The right that is named behind the verb.
pub(in crate::desk::staff) fn right_named(value: &str) -> Option<DutyKind> {
    let (word, _) = first_word(value);
    RIGHTS.iter().find(|(_, names)| names.contains(&word.as_str())).map(|(right, _)| *right)
}

/// Whether what is typed behind the verb says how it is known who asks.
pub(in crate::desk::staff) fn notes_identity(value: &str) -> bool {
    KNOWN.contains(&first_word(value).0.as_str())
}

/// The word that says what it is, folded, and the rest.
pub(super) fn first_word(value: &str) -> (String, &str) {
    let value = value.trim();
    let (word, rest) = value.split_once(char::is_whitespace).unwrap_or((value, ""));
    (fold(word).trim_end_matches([':', ',', '.']).to_owned(), rest.trim())
}

pub(super) fn joined(beside: &str, below: &str) -> String {
    let parts = [beside.trim(), below.trim()].into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("\n\n")
}

/// What stands behind the labels; what stands behind none is the facts.
fn read(said: &str) -> Breach {
    let mut parts: [Vec<&str>; 3] = Default::default();
    let mut at = 0;
    for line in said.lines() {
        let label = line.split_once(':').map(|(label, rest)| (fold(label), rest));
        let place = label.as_ref().and_then(|(label, _)| {
            [&FACTS[..], &EFFECTS, &REMEDY].iter().position(|names| names.contains(&label.as_str()))
        });
        let text = match (place, label) {
            (Some(place), Some((_, rest))) => {
                at = place;
                rest
            }
            _ => line,
        };
        if let Some(part) = parts.get_mut(at) {
            part.push(text.trim());
        }
    }
    let [facts, effects, remedy] = parts.map(|lines| lines.join("\n").trim().to_owned());
    Breach { facts, effects, remedy }
}
