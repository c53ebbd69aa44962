//! A month of a complaints desk: hundreds of complaints by mail, telephone and colleagues, staff who make mistakes, customers
//! who write back, bounces, an outage over the weekend in which the clocks change, holidays. In the end everything klachtpost
//! believes is held against the town's own book.

use crate::colleagues::{self, Does, verdict};
use crate::ledger::{Complaint, TERMS, Term};
use crate::people::{self, TOPICS};
use crate::slow::{self, Moment, at_wall, office_hours, wall};
use crate::support::chance::Chance;
use crate::town::{Got, Proof, Town};
use chrono::TimeDelta;
use klachtpost::desk::Disposition;
use std::collections::{BTreeMap, HashMap};

/// Monday to Friday five weeks later: the change to summer time, Easter and King's Day are in it.
const BEGIN: &str = "2026-03-23T05:00:00Z";
const DAYS: i64 = 37;
/// The last days bring no new complaints, so that most come to an end.
const QUIET_DAYS: i64 = 5;
/// The desk's computer is off from Friday afternoon to Monday morning, over the change of the clocks.
const OUTAGE: (&str, &str) = ("2026-03-27T14:30:00Z", "2026-03-30T07:40:00Z");

/// Something that will happen.
enum Act {
    Tick,
    Complain(usize),
    Noise(Noise),
    /// The very same mail comes once more.
    Again(Vec<u8>),
    Staff(Got, Does),
    Customer(usize, Got, Says),
    Bounce(usize, Got),
}

#[derive(Clone, Copy)]
enum Noise {
    Spam,
    Newsletter,
}

#[derive(Clone, Copy, PartialEq)]
enum Says {
    More,
    Thanks,
    Disagrees,
    OutOfOffice,
}

/// What will be true once the desk has worked.
enum Effect {
    Known(usize),
    Called(usize),
    Disputed(usize),
    Ruled(usize),
    Reopened(usize, Moment),
    Dismissed(usize),
    Bounced(usize, String),
}

pub struct Month {
    pub town: Town,
    pub chance: Chance,
    queue: BTreeMap<(Moment, usize), Act>,
    planned: usize,
    pub complaints: Vec<Complaint>,
    effects: Vec<Effect>,
    pub expected: HashMap<Disposition, i64>,
    /// Alarms by case number, term and reader.
    pub alarms: HashMap<(String, &'static str, String), usize>,
    /// Every letter to a customer.
    pub to_customers: Vec<(usize, Got)>,
    pub worked: Vec<Moment>,
}

impl Month {
    pub async fn of(seed: u64, complaints: usize) -> Self {
        let begin: Moment = BEGIN.parse().unwrap();
        let mut month = Self {
            town: Town::found(begin, Proof::Accepted).await,
            chance: Chance::of(seed),
            queue: BTreeMap::new(),
            planned: 0,
            complaints: Vec::new(),
            effects: Vec::new(),
            expected: HashMap::new(),
            alarms: HashMap::new(),
            to_customers: Vec::new(),
            worked: Vec::new(),
        };
        (0..DAYS * 24).for_each(|hour| month.plan(begin + TimeDelta::hours(hour), Act::Tick));
        (0..complaints).for_each(|_| month.plan_complaint(begin));
        month
    }

    /// Who would answer while the desk is off does so when it is on again, so that the book need not know in which order
    /// a heap of mails is worked off.
    fn plan(&mut self, at: Moment, act: Act) {
        let (off, on): (Moment, Moment) = (OUTAGE.0.parse().unwrap(), OUTAGE.1.parse().unwrap());
        let waits = matches!(act, Act::Staff(..) | Act::Customer(..) | Act::Bounce(..)) && (off..on).contains(&at);
        let at = if waits { on + (at - off) / 10 } else { at };
        self.planned += 1;
        self.queue.insert((at, self.planned), act);
    }

    fn plan_complaint(&mut self, begin: Moment) {
        let at = begin + self.chance.minutes(0, (DAYS - QUIET_DAYS) * 24 * 60) + TimeDelta::seconds(7);
        let topic = self.chance.pick(&TOPICS);
        let english = self.chance.percent(20);
        let channel = match self.chance.below(100) {
            0..72 => "email",
            72..80 => "phone",
            80..86 => "letter",
            86..90 => "desk",
            _ => "passed on",
        };
        let customer = format!("klant{}@klant.example", self.complaints.len() + 1);
        // What reception writes down has no seconds.
        let is_written_down = matches!(channel, "phone" | "letter" | "desk");
        let lodged = if is_written_down { at - TimeDelta::seconds(7) } else { at };
        self.complaints.push(Complaint::new(customer, topic.department, channel, english, lodged));
        let heard = if channel == "email" { at } else { office_hours(at + self.chance.minutes(5, 300)) };
        self.plan(heard, Act::Complain(self.complaints.len() - 1));
        if self.chance.percent(6) {
            let noise = *self.chance.pick(&[Noise::Spam, Noise::Newsletter]);
            self.plan(at + TimeDelta::minutes(3), Act::Noise(noise));
        }
    }

    /// Lets the month pass.
    pub async fn pass(&mut self) {
        let (off, on): (Moment, Moment) = (OUTAGE.0.parse().unwrap(), OUTAGE.1.parse().unwrap());
        let end = BEGIN.parse::<Moment>().unwrap() + TimeDelta::days(DAYS);
        while let Some(((at, _), act)) = self.queue.pop_first() {
            if at >= end {
                break;
            }
            self.perform(at, act);
            if at < off || at >= on {
                self.work(at).await;
            }
        }
    }

    fn deliver(&mut self, raw: &[u8], at: Moment, disposition: Disposition) {
        self.town.deliver(raw, at);
        *self.expected.entry(disposition).or_default() += 1;
    }

    fn id(&mut self) -> String {
        self.planned += 1;
        format!("mail-{}@people.example", self.planned)
    }

    fn perform(&mut self, at: Moment, act: Act) {
        match act {
            Act::Tick => {}
            Act::Complain(which) => self.complain(which, at),
            Act::Noise(noise) => self.noise(noise, at),
            Act::Again(raw) => self.deliver(&raw, at, Disposition::Duplicate),
            Act::Staff(letter, does) => self.staff(&letter, does, at),
            Act::Customer(which, letter, says) => self.customer(which, &letter, says, at),
            Act::Bounce(which, letter) => {
                let raw = people::bounce(&letter, &self.id(), at);
                self.deliver(&raw, at, Disposition::Bounce);
                self.effects.push(Effect::Bounced(which, letter.id()));
            }
        }
    }

    fn complain(&mut self, which: usize, at: Moment) {
        let complaint = self.complaints[which].clone();
        let topic = TOPICS.iter().find(|topic| topic.department == complaint.department).unwrap();
        let (subject, text) = topic.words(complaint.english);
        let from = format!("Klant <{}>", complaint.customer);
        let (id, second) = (self.id(), self.id());
        let original = people::mail(&from, subject, text, &id, complaint.lodged, "");
        let raw = match complaint.channel {
            "phone" => people::written_down("#telefoon", &complaint.customer, complaint.lodged, text, &second, at),
            "letter" => people::written_down("#brief", &complaint.customer, complaint.lodged, text, &second, at),
            "desk" => people::written_down("#balie", &complaint.customer, complaint.lodged, text, &second, at),
            "passed on" => people::passed_on(&original, &second, at),
            _ => original,
        };
        self.deliver(&raw, at, Disposition::Complaint);
        self.effects.push(Effect::Known(which));
        if self.chance.percent(3) {
            let later = at + self.chance.minutes(1, 600);
            self.plan(later, Act::Again(raw));
        }
    }

    fn noise(&mut self, noise: Noise, at: Moment) {
        let id = self.id();
        let (extra, disposition) = match noise {
            Noise::Spam => ("X-Spam-Flag: YES\r\n", Disposition::SetAside),
            Noise::Newsletter => ("List-Id: <nieuws.example>\r\nPrecedence: list\r\n", Disposition::SetAside),
        };
        let raw = people::mail("Nieuws <nieuws@reclame.example>", "Aanbieding", "Koop nu.", &id, at, extra);
        self.deliver(&raw, at, disposition);
    }

    fn staff(&mut self, letter: &Got, does: Does, at: Moment) {
        let which = self.by_number(&letter.number());
        let id = self.id();
        let from = format!("Collega <{}>", letter.to);
        if does == Does::Interim {
            self.complaints[which].promising = Some(colleagues::promises(at));
        }
        let text = does.typed(&id, at);
        let raw = match does {
            Does::CopyToColleague => people::reply_with_copy(&from, "collega@lease.example", letter, &text, &id, at),
            _ => people::reply(&from, letter, &text, &id, at),
        };
        self.deliver(&raw, at, Disposition::Staff);
        if let Does::Dismiss = does {
            // Who was acknowledged is answered first: the colleague is asked, and says it again.
            let id = self.id();
            self.deliver(&people::reply(&from, letter, &text, &id, at), at, Disposition::Staff);
        }
        match does {
            Does::Call => self.effects.push(Effect::Called(which)),
            Does::Dispute => self.effects.push(Effect::Disputed(which)),
            Does::Rule => self.effects.push(Effect::Ruled(which)),
            Does::Dismiss if self.complaints[which].closed.is_none() => self.effects.push(Effect::Dismissed(which)),
            _ => {}
        }
    }

    fn customer(&mut self, which: usize, letter: &Got, says: Says, at: Moment) {
        let id = self.id();
        let from = format!("Klant <{}>", self.complaints[which].customer);
        let text = match says {
            Says::More => "Dank u. Kunt u mij ook zeggen wanneer het klaar is?",
            Says::Thanks => "Bedankt!",
            Says::Disagrees => "Hier ben ik het niet mee eens. Het is nog steeds niet opgelost.",
            Says::OutOfOffice => "Ik ben met vakantie tot volgende week.",
        };
        let mut raw = people::reply(&from, letter, text, &id, at);
        let mut disposition = Disposition::FollowUp;
        if says == Says::OutOfOffice {
            raw = [b"Auto-Submitted: auto-replied\r\n".as_slice(), &raw].concat();
            disposition = Disposition::Automatic;
        }
        self.deliver(&raw, at, disposition);
        if matches!(says, Says::More | Says::Disagrees) {
            self.effects.push(Effect::Reopened(which, at));
        }
    }

    /// The desk works; the book is kept; people plan what they will do about what they got.
    async fn work(&mut self, at: Moment) {
        let before = self.late(at);
        let letters = self.town.work(at).await;
        self.worked.push(at);
        self.settle(at);
        let (mut to_customers, mut to_staff) = (Vec::new(), Vec::new());
        for letter in letters.into_iter().filter(|letter| !letter.number().is_empty()) {
            let kind = self.town.kind(&letter).await;
            if letter.to.ends_with("@klant.example") { &mut to_customers } else { &mut to_staff }.push((kind, letter));
        }
        to_customers.into_iter().for_each(|(kind, letter)| self.customer_got(&kind, letter));
        to_staff.into_iter().for_each(|(kind, letter)| self.staff_got(&kind, letter));
        let after = self.late(at);
        for (which, term) in before.iter().chain(&after).copied() {
            let complaint = &mut self.complaints[which];
            let (was, is) = (before.contains(&(which, term)), after.contains(&(which, term)));
            if was && is && !complaint.late.contains(&term) {
                complaint.late.push(term);
            }
            if (was || is) && !complaint.perhaps_late.contains(&term) {
                complaint.perhaps_late.push(term);
            }
        }
    }

    fn late(&self, at: Moment) -> Vec<(usize, Term)> {
        let all = self.complaints.iter().enumerate();
        all.flat_map(|(which, one)| TERMS.into_iter().filter(|t| one.is_late(*t, at)).map(move |t| (which, t)))
            .collect()
    }

    /// What people did before this moment is true from now on.
    fn settle(&mut self, at: Moment) {
        for effect in std::mem::take(&mut self.effects) {
            match effect {
                Effect::Known(which) => self.complaints[which].heard(at),
                Effect::Called(which) => self.complaints[which].was_called(at),
                Effect::Disputed(which) => self.complaints[which].disputed(at),
                Effect::Ruled(which) => self.complaints[which].ruled(at),
                Effect::Reopened(which, received) if self.complaints[which].closed.is_some() => {
                    self.complaints[which].reopen(received);
                }
                Effect::Reopened(..) => {}
                Effect::Dismissed(which) => self.complaints[which].dismissed = Some(at),
                Effect::Bounced(which, id) => self.complaints[which].came_back(&id),
            }
        }
    }

    fn by_number(&self, number: &str) -> usize {
        let found = self.complaints.iter().position(|complaint| complaint.number == number);
        found.unwrap_or_else(|| panic!("{number} is nobody's complaint"))
    }

    fn customer_got(&mut self, kind: &str, letter: Got) {
        let at = letter.at;
        let which = self.complaints.iter().position(|complaint| complaint.customer == letter.to).expect("a customer");
        let complaint = &mut self.complaints[which];
        if complaint.number.is_empty() {
            complaint.number = letter.number();
        }
        let later = at + self.chance.minutes(20, 2_000);
        let roll = self.chance.below(100);
        match kind {
            "acknowledgement" => {
                if complaint.acknowledged.is_none() {
                    (complaint.acknowledged, complaint.acknowledged_by) = (Some(at), Some(letter.id()));
                }
                if roll < 4 {
                    self.plan(later, Act::Customer(which, letter.clone(), Says::OutOfOffice));
                }
            }
            "answer" | "closing" => {
                complaint.responses.push((at, Some(letter.id())));
                if kind == "closing" {
                    complaint.settled(at, &letter.id(), verdict(&letter));
                }
                match (kind, roll) {
                    (_, 0..5) => self.plan(at + TimeDelta::minutes(2), Act::Bounce(which, letter.clone())),
                    ("answer", 5..20) => self.plan(later, Act::Customer(which, letter.clone(), Says::More)),
                    ("closing", 5..35) => self.plan(later, Act::Customer(which, letter.clone(), Says::Thanks)),
                    ("closing", 35..50) => self.plan(later, Act::Customer(which, letter.clone(), Says::Disagrees)),
                    _ => {}
                }
            }
            "interim" => complaint.had_interim(at, &letter.id()),
            other => panic!("{other} is no letter for a customer"),
        }
        self.to_customers.push((which, letter));
    }

    fn staff_got(&mut self, kind: &str, letter: Got) {
        let which = self.by_number(&letter.number());
        let is_open = self.complaints[which].closed.is_none() && self.complaints[which].dismissed.is_none();
        let soon = office_hours(letter.at + self.chance.minutes(10, 400));
        let roll = self.chance.below(100);
        let does = colleagues::about(kind, roll, is_open, &letter.mail.subject);
        let mut at = soon;
        for one in does {
            self.plan(at, Act::Staff(letter.clone(), *one));
            at = office_hours(at + self.chance.minutes(60, 2_500));
        }
        if kind == "term" {
            for term in alarmed(&letter.mail.subject) {
                *self.alarms.entry((letter.number(), term.alarm(), letter.to.clone())).or_default() += 1;
            }
        }
    }
}

/// The terms that a letter says are past: "Te laat (eerste reactie, oplossen): …".
fn alarmed(subject: &str) -> impl Iterator<Item = Term> {
    let named = subject.strip_prefix("Te laat (").and_then(|rest| rest.split_once(')')).map_or("", |(named, _)| named);
    TERMS.into_iter().filter(move |term| named.split(", ").any(|one| one == term.alarm()))
}

/// A day of the month on which the digest was due, as the town's wall shows it, and when it should have come.
pub fn digest_days(month: &Month) -> Vec<Moment> {
    let mut days: Vec<Moment> = Vec::new();
    let begin: Moment = BEGIN.parse().unwrap();
    let mut day = wall(begin).date_naive();
    for _ in 0..=DAYS {
        let due = at_wall(day, 7, 30);
        // An outage over several days makes one digest, not several.
        let came = month.worked.iter().find(|at| **at >= due).copied();
        if let Some(came) = came.filter(|came| slow::works(day) && !days.contains(came)) {
            days.push(came);
        }
        day = slow::day_after(day);
    }
    days
}
