//! What the loops see of the servers: what is new goes to the log, once and not once a second, and what lasts goes to
//! the operator by mail. When that is, the desk decides (`desk::outage`).
//!
//! The letter to the operator is the one that does not go through the outbox (invariant 3): the outbox, its database or
//! its server may be what is broken. It goes straight to `[sender]`, or to `[second_sender]`; what was told is on file, so
//! that a restart does not repeat it. It is told first and noted then: a process killed in between tells it once more,
//! which is better than never.

use super::conditions::{began, over_all, since_before};
use super::office::Office;
use super::{Step, WorkError, paging};
use crate::case::Moment;
use crate::config;
use crate::crash;
use crate::desk::draft::{Outage, OutageStage};
use crate::desk::on_outage;
use crate::desk::outage::{Area, Condition, Spot, Told, Trouble, Word, word};
use crate::letters::Letter;
use crate::metrics::AreaNow;
use crate::outbox::{Envelope, Outcome, Transport};
use crate::register::{OutageRow, SendingThere};
use chrono::TimeDelta;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What the loops saw last.
#[derive(Debug, Default)]
pub struct Watch {
    seen: Mutex<BTreeMap<Area, Seen>>,
    /// Where what is no mailbox's own is noted; none: here.
    desk: Option<Arc<Watch>>,
    said: Mutex<BTreeSet<Complaint>>,
}

/// What the log says once, though it is met at every look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Complaint {
    /// An own folder cannot be compared with the register.
    Comparing,
    /// What became of letters cannot be written down.
    Recording,
    /// What is due by the hour is not done.
    Ticking,
    /// The operator cannot be told.
    Telling,
    /// Test mails are not looked after.
    Watching,
    /// What was redacted is not gone from everywhere.
    Redacting,
    /// What is listed as redacted cannot be blanked.
    Blanking,
    /// What another machine listed as redacted cannot be listed here.
    Listing,
}

/// One area, as its loop sees it.
#[derive(Debug, Clone)]
struct Seen {
    condition: Condition,
    /// The error, as in the log.
    found: String,
    /// The last sign of life.
    heard_at: Moment,
    /// When it worked last.
    good_at: Option<Moment>,
}

/// Whether the log should say it: it is another trouble than before, or the end of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    Yes,
    No,
}

impl Watch {
    /// For another mailbox of the same desk.
    pub(super) fn beside(desk: &Arc<Self>) -> Self {
        Self { desk: Some(desk.clone()), ..Self::default() }
    }

    /// What was seen of an area and of those beside it.
    fn seen(&self, area: Area) -> MutexGuard<'_, BTreeMap<Area, Seen>> {
        let of = self.desk.as_deref().filter(|_| !area.is_of_mailbox()).unwrap_or(self);
        of.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It goes on: an end is not in sight yet, but something was done.
    pub fn alive(&self, area: Area, now: Moment) {
        if let Some(seen) = self.seen(area).get_mut(&area) {
            seen.heard_at = now;
        }
    }

    /// A complaint that is said once, until [`Watch::mended`] is said of the same thing.
    pub fn first(&self, complaint: Complaint) -> News {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if said.insert(complaint) { News::Yes } else { News::No }
    }

    /// What was complained of is over.
    pub fn mended(&self, complaint: Complaint) {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).remove(&complaint);
    }

    /// It worked. News where it did not before.
    pub fn good(&self, area: Area, now: Moment) -> News {
        let mut seen = self.seen(area);
        let before = seen
            .insert(area, Seen { condition: Condition::Good, found: String::new(), heard_at: now, good_at: Some(now) });
        match before.map(|before| before.condition) {
            Some(Condition::Failing { .. }) => News::Yes,
            _ => News::No,
        }
    }

    /// Nobody looks after it any more.
    fn forget(&self, area: Area) {
        self.seen(area).remove(&area);
    }

    /// Another instance looks after the mailbox: how it goes there is not seen here.
    pub(super) fn forget_mailbox(&self) {
        Area::ALL.into_iter().filter(|area| area.is_of_mailbox()).for_each(|area| self.forget(area));
    }

    /// Whether something of the mailbox does not work, as far as it was tried here.
    pub(super) fn is_mailbox_failing(&self) -> bool {
        Area::ALL.into_iter().any(|area| area.is_of_mailbox() && self.is_failing(area))
    }

    fn is_failing(&self, area: Area) -> bool {
        self.condition_of(area).and_then(began).is_some()
    }

    /// How an area was met last; None: it was not tried.
    pub(super) fn condition_of(&self, area: Area) -> Option<Condition> {
        self.seen(area).get(&area).map(|seen| seen.condition)
    }

    /// It worked when it was tried last.
    pub fn is_good(&self, area: Area) -> bool {
        let seen = self.seen(area);
        seen.get(&area).is_some_and(|seen| seen.condition == Condition::Good)
    }

    /// It failed. News where it worked before, or failed in another way.
    pub fn failed(&self, area: Area, trouble: Trouble, found: String, now: Moment) -> News {
        let mut seen = self.seen(area);
        let before = seen.get(&area).map(|before| before.condition);
        let (since, news) = match before {
            Some(Condition::Failing { since, trouble: earlier }) if earlier == trouble => (since, News::No),
            Some(Condition::Failing { since, .. }) => (since, News::Yes),
            _ => (now, News::Yes),
        };
        let good_at = seen.get(&area).and_then(|before| before.good_at);
        seen.insert(area, Seen { condition: Condition::Failing { since, trouble }, found, heard_at: now, good_at });
        news
    }

    /// How it goes with each area that was tried.
    pub(super) fn areas(&self) -> Vec<(Area, AreaNow)> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let now = |(area, seen): (&Area, &Seen)| {
            let (name, failing_since) = (area.name(), began(seen.condition));
            (*area, AreaNow { name, mailbox: None, failing_since, good_at: seen.good_at })
        };
        seen.iter().map(now).collect()
    }

    /// How it goes with an area; `None` as long as nobody has tried. What has worked and then was not heard of for so
    /// long is stuck.
    fn look(&self, area: Area, silence_max: TimeDelta, now: Moment) -> Option<(Condition, String)> {
        let seen = self.seen(area);
        let seen = seen.get(&area)?;
        let is_stuck = area == Area::Intake && seen.condition == Condition::Good && now - seen.heard_at > silence_max;
        if is_stuck {
            let found = "taking in was begun and neither ended nor failed".to_owned();
            return Some((Condition::Failing { since: seen.heard_at, trouble: Trouble::Stuck }, found));
        }
        Some((seen.condition, seen.found.clone()))
    }
}

/// Tells the operator; keeps what must be said again in the same words.
#[derive(Debug, Default)]
pub struct Teller {
    /// What the register had of an area at the start, brought up to date since.
    known: BTreeMap<Spot, OutageRow>,
    /// What could not be written down because the register is away: it is tried again.
    unwritten: BTreeMap<Spot, OutageRow>,
    /// How sending goes at other instances, as it was heard last; None: not yet.
    elsewhere: Option<Vec<SendingThere>>,
    /// A letter of which nobody knows whether it was taken: a repeat has the same Message-ID (invariant 4).
    unsure: BTreeMap<Spot, (Word, Letter)>,
}

impl Teller {
    /// Tells the operator what is to be told now, of the desk and of each mailbox. Nothing where the settings name nobody.
    ///
    /// # Errors
    /// No random numbers, or a letter that cannot be rendered.
    pub async fn tell(&mut self, office: &Office) -> Result<Step, WorkError> {
        let mut step = self.tell_of_desk(office).await?;
        for mailbox in office.each() {
            if self.tell_of_mailbox(&mailbox).await? == Step::Worked {
                step = Step::Worked;
            }
        }
        Ok(step)
    }

    /// What is no mailbox's own.
    ///
    /// # Errors
    /// As [`Teller::tell`].
    pub(super) async fn tell_of_desk(&mut self, office: &Office) -> Result<Step, WorkError> {
        let first = office.at(office.mailboxes.first());
        if let Ok(elsewhere) = office.register.sending_elsewhere().await {
            self.elsewhere = Some(elsewhere);
        }
        let of_desk = Area::ALL.into_iter().filter(|area| !area.is_of_mailbox());
        self.tell_of_all(&first, of_desk.map(Spot::from)).await
    }

    /// What is the own of the mailbox in hand.
    ///
    /// # Errors
    /// As [`Teller::tell`].
    pub(super) async fn tell_of_mailbox(&mut self, office: &Office) -> Result<Step, WorkError> {
        let is_first = office.mailboxes.first().name() == office.mailbox_name();
        let mailbox = (!is_first).then(|| office.mailbox_name().clone());
        let of_mailbox = Area::ALL.into_iter().filter(|area| area.is_of_mailbox());
        self.tell_of_all(office, of_mailbox.map(|area| Spot { area, mailbox: mailbox.clone() })).await
    }

    async fn tell_of_all(&mut self, office: &Office, spots: impl Iterator<Item = Spot>) -> Result<Step, WorkError> {
        let mut step = Step::Idle;
        for spot in spots {
            if self.tell_of(office, &spot).await? == Step::Worked {
                step = Step::Worked;
            }
        }
        Ok(step)
    }

    /// Another may have told meanwhile: what is on file counts, and not what was known here.
    pub(super) fn forget_all(&mut self) {
        self.known.clear();
        self.unwritten.clear();
    }

    async fn tell_of(&mut self, office: &Office, spot: &Spot) -> Result<Step, WorkError> {
        if spot.area == Area::Route && office.config.watch.is_none() {
            self.forget(office, spot).await;
        }
        let Some(operator) = &office.config.operator else { return Ok(Step::Idle) };
        let alarm_after = TimeDelta::minutes(i64::from(operator.alarm_after_minutes));
        let poll = TimeDelta::seconds(i64::try_from(office.config.mailbox.poll_seconds).unwrap_or(i64::MAX));
        let now = office.clock.now();
        let seen = office.watch.look(spot.area, alarm_after + poll, now);
        let Some((condition, found)) = over_all(spot.area, seen, self.elsewhere.as_deref()) else {
            return Ok(Step::Idle);
        };
        let row = self.row(office, spot).await;
        let condition = since_before(condition, row.failing_since);
        let mut next = OutageRow { failing_since: began(condition), ..row };
        let (say, mut step) = (word(condition, row.told, alarm_after, now), Step::Idle);
        if say != Word::Nothing && self.say(office, spot, say, found, now).await? {
            next.told = match say {
                Word::Failing { trouble, since } => Some(Told { trouble, since, at: now }),
                Word::Over { .. } | Word::Nothing => None,
            };
            step = Step::Worked;
        }
        self.keep(office, spot, next).await;
        Ok(step)
    }

    /// The settings do not ask for it any more: whether it works is not known, and nobody is told that it does not.
    async fn forget(&mut self, office: &Office, spot: &Spot) {
        office.watch.forget(spot.area);
        self.unsure.remove(spot);
        if self.row(office, spot).await != OutageRow::default() || self.unwritten.contains_key(spot) {
            self.keep(office, spot, OutageRow::default()).await;
        }
    }

    /// From the register once, from memory after that: the register may be what is away.
    async fn row(&mut self, office: &Office, spot: &Spot) -> OutageRow {
        if let Some(row) = self.known.get(spot) {
            return *row;
        }
        match office.register.outage(spot.clone()).await {
            Ok(row) => *self.known.entry(spot.clone()).or_insert(row),
            Err(_) => OutageRow::default(),
        }
    }

    async fn keep(&mut self, office: &Office, spot: &Spot, row: OutageRow) {
        if self.known.insert(spot.clone(), row) == Some(row) && !self.unwritten.contains_key(spot) {
            return;
        }
        crash::point("before noting an outage");
        match office.register.note_outage(spot.clone(), &row).await {
            Ok(()) => {
                crash::point("after noting an outage");
                self.unwritten.remove(spot);
            }
            Err(error) => {
                tracing::debug!(%error, "what the operator was told is not on file yet; it is tried again");
                self.unwritten.insert(spot.clone(), row);
            }
        }
    }

    /// Whether the operator has been told.
    async fn say(
        &mut self,
        office: &Office,
        spot: &Spot,
        say: Word,
        found: String,
        now: Moment,
    ) -> Result<bool, WorkError> {
        let letter = match self.unsure.remove(spot).filter(|(unsure, _)| *unsure == say) {
            Some((_, letter)) => letter,
            None => match write(office, spot.area, say, found, now)? {
                Some(letter) => letter,
                None => return Ok(false),
            },
        };
        for way in ways(office, spot.area, say).await {
            crash::point("before telling the operator");
            match way.tell(spot, say, &letter).await {
                Reached::Yes => {
                    crash::point("after telling the operator");
                    office.watch.mended(Complaint::Telling);
                    self.unsure.remove(spot);
                    return Ok(true);
                }
                Reached::Perhaps => {
                    self.unsure.insert(spot.clone(), (say, letter.clone()));
                }
                Reached::No => {}
            }
        }
        if office.watch.first(Complaint::Telling) == News::Yes {
            tracing::error!(
                area = spot.name(),
                "the operator could not be told by mail; it is tried every minute; next: repair [sender], or add a [second_sender] or [operator] command"
            );
        }
        Ok(false)
    }
}

/// How the operator can be told.
enum Way {
    Letter(config::Sender),
    Command(Vec<String>),
}

/// Whether that way reached the operator.
enum Reached {
    Yes,
    /// Nobody knows whether the letter was taken.
    Perhaps,
    No,
}

impl Way {
    async fn tell(&self, spot: &Spot, say: Word, letter: &Letter) -> Reached {
        match self {
            Self::Letter(settings) => {
                let envelope = Envelope { from: &letter.envelope_from, to: letter.to.as_str() };
                match send(settings, envelope, &letter.bytes).await {
                    Outcome::Accepted { .. } => {
                        tracing::info!(area = spot.name(), "the operator was told by mail");
                        return Reached::Yes;
                    }
                    Outcome::Unknown { .. } => return Reached::Perhaps,
                    Outcome::Refused { reply, .. } => tracing::debug!(%reply, "the letter to the operator was refused"),
                    Outcome::TryAgain { reason, .. } => {
                        tracing::debug!(%reason, "the operator could not be written to")
                    }
                }
            }
            Self::Command(command) => match paging::call(command, &paging::line_of(spot, say)).await {
                Ok(()) => {
                    tracing::info!(area = spot.name(), "the operator was told by [operator] command");
                    return Reached::Yes;
                }
                Err(error) => tracing::warn!("{error}"),
            },
        }
        Reached::No
    }
}

/// The ways out, in the order they are tried. That sending fails is not told by the way that fails; that letters do not arrive,
/// by that way only where there is no other. A way that wants a token and has none is no way.
async fn ways(office: &Office, area: Area, say: Word) -> Vec<Way> {
    let fails = matches!(say, Word::Failing { .. });
    let first = office.sender_now().await.ok().map(Way::Letter);
    let second = office.second_sender_now().await.ok().flatten().map(Way::Letter);
    let command = office.config.operator.as_ref().map(|operator| operator.command.clone());
    let command = command.filter(|command| fails && !command.is_empty()).map(Way::Command);
    let in_order = match area {
        Area::Sending if fails && office.watch.is_failing(area) => [second, command, None],
        Area::Route if fails => [second, command, first],
        _ => [first, second, command],
    };
    in_order.into_iter().flatten().collect()
}

/// Hands one over beside the outbox.
pub(super) async fn send(settings: &config::Sender, envelope: Envelope<'_>, bytes: &[u8]) -> Outcome {
    let mut transport = match Transport::open(settings).await {
        Ok(transport) => transport,
        Err(error) => {
            let (stage, scope) = (crate::outbox::Stage::Letter, crate::outbox::Scope::Server);
            return Outcome::TryAgain { reason: error.to_string(), stage, scope, said: None };
        }
    };
    let outcome = transport.send(envelope, bytes).await;
    transport.close().await;
    outcome
}

fn write(office: &Office, area: Area, say: Word, found: String, now: Moment) -> Result<Option<Letter>, WorkError> {
    let (since, stage) = match say {
        Word::Nothing => return Ok(None),
        Word::Failing { trouble, since } => (since, OutageStage::Failing { trouble, found }),
        Word::Over { since } => (since, OutageStage::Over),
    };
    let mailbox = (office.mailboxes.are_several() && area.is_of_mailbox()).then(|| office.mailbox_name().clone());
    let outage = Outage { area, mailbox, since, now, stage };
    // From the first mailbox's address: whoever keeps klachtpost running is of no company.
    let first = office.mailboxes.first();
    let Some(draft) = on_outage(outage, &first.rules, &mut office.fresh()?) else { return Ok(None) };
    Ok(Some(office.letters.render(&draft, &first.house, &first.rules.keys, now)?))
}
