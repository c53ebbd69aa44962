//! One step of sending: letters are claimed, sent over a few kept connections, and what became of each is recorded
//! at once, so that a kill repeats at most the letters in flight (invariant 4). No transaction is open while a
//! letter is under way. What an outcome means is the desk's word.

use self::between::put_back;
use super::assembling::assemble;
use super::looking_back::{counted, remembered};
use super::noting::{note, note_server};
use super::office::Office;
use super::pulse::Loop;
use super::recording::{Attempted, Recorder};
use super::verdicts::{Ended, Ruling, rule, said_of_the_recipient};
use super::watching::News;
use super::{WorkError, of_access};
use crate::access::AccessError;
use crate::case::Moment;
use crate::clock;
use crate::crash;
use crate::desk::outage::Area;
use crate::outbox::backoff::{Jitter, server_wait};
use crate::outbox::judge::Judge;
use crate::outbox::quota::{Quota, Room};
use crate::outbox::smtp::Deadlines;
use crate::outbox::{Envelope, Leave, Outcome, RefusedFor, Scope, Stage, Transport};
use crate::register::{Claimed, First, Term};
use chrono::TimeDelta;
use futures_util::future::join_all;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

mod between;

/// Letters claimed at a time.
const BATCH: i64 = 64;
/// How long a claimed letter is ours: longer than a batch with the slowest allowed server takes, after which another
/// instance may take it. On SQLite a restart ends leases at once.
const LEASE: TimeDelta = TimeDelta::hours(2);
/// After this long a server that took fewer connections than the settings open is tried with all of them again.
const LEARN_AGAIN: TimeDelta = TimeDelta::hours(1);

/// The connections to the sending server, kept open between letters.
pub struct Sender {
    transports: Vec<Transport>,
    /// Letters that were sent while the register could not be written: what became of them is recorded before
    /// anything else is sent, so that none goes twice for that.
    unrecorded: Vec<(Arc<Claimed>, Outcome)>,
    /// Letters claimed and not sent because of that: they are given back.
    stranded: Vec<Claimed>,
    /// Until when letters were claimed by claims that failed: one may have been committed, or be so later, and only its answer lost.
    lost_claims: Vec<Moment>,
    /// Times in a row that the server could not be reached or logged in to, or took nothing.
    failures: u32,
    /// What it refused since it last took a letter.
    judge: Judge,
    /// What the last round came to.
    last: Round,
    /// Connections that it takes at once, as far as is known, and since when that is.
    taken: Option<(usize, Moment)>,
    /// What the settings let go in a minute and a day.
    quota: Quota,
    /// Before then it is not tried again whether letters would go.
    try_after: Option<Instant>,
}

/// What a round of sending came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Round {
    Idle,
    Worked,
    /// The server is away: the whole queue waits this long.
    ServerAway(Duration),
    /// The server takes nothing from us now, as far as was tried: the whole queue waits this long.
    ServerRefuses(Duration),
    /// It takes no more in this minute, or this day: what is due waits this long.
    Full(Duration),
}

/// One round's work, as its connections share it.
struct Work<'a> {
    office: &'a Arc<Office>,
    /// When its letters were claimed.
    term: Term,
    queue: Mutex<VecDeque<Claimed>>,
    unrecorded: Mutex<Vec<(Arc<Claimed>, Outcome)>>,
    recorder: Recorder,
    judge: Mutex<&'a mut Judge>,
    /// Letters that the server answered, in whatever way.
    answered: AtomicUsize,
    /// The server takes nothing now: no letter more is begun.
    halted: AtomicBool,
    /// The queue is empty: who still tries to connect need not.
    emptied: CancellationToken,
}

impl Work<'_> {
    fn next(&self) -> Option<Claimed> {
        locked(&self.queue).pop_front()
    }

    /// Whether no other instance can have these letters by now.
    fn is_ours(&self) -> bool {
        self.office.register.is_still(self.term)
    }

    /// Leave for the next letter: given by what is sent, and only as long as it is ours.
    fn leave(&self) -> (watch::Sender<Option<bool>>, Leave) {
        let (register, term) = (self.office.register.clone(), self.term);
        Leave::awaited(move || register.is_still(term))
    }

    fn give_back(&self, letter: Claimed) {
        locked(&self.queue).push_back(letter);
    }

    /// Rules on an attempt. Where the server says of several recipients alike that it does not know them, it is asked about
    /// one that it must know, the desk: else two colleagues who left would hold up all.
    async fn rule(&self, transport: &mut Transport, letter: &Claimed, outcome: &Outcome) -> Result<Ruling, WorkError> {
        let now = self.office.clock.now();
        let ruling = rule(&mut locked(&self.judge), letter, outcome.clone(), now, jitter()?);
        let desk = self.office.house.desk_address.to_string();
        let Some(answer) = said_of_the_recipient(outcome).filter(|_| ruling.halts && letter.to.as_str() != desk) else {
            return Ok(ruling);
        };
        if !transport.takes(Envelope { from: &desk, to: &desk }).await {
            return Ok(ruling);
        }
        let mut judge = locked(&self.judge);
        judge.takes_others(&answer);
        Ok(rule(&mut judge, letter, outcome.clone(), now, jitter()?))
    }

    /// Writes down what became of a letter; where that cannot be done now, it is kept to be done first.
    async fn record(&self, answered: Option<Answered>) -> Result<(), WorkError> {
        let Some(Answered { letter, outcome, ruling }) = answered else { return Ok(()) };
        let recorded = self.recorder.record(self.office, Attempted::new(letter.clone(), ruling)).await;
        if recorded.is_err() {
            locked(&self.unrecorded).push((letter, outcome));
        }
        recorded
    }
}

fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Sender {
    /// Makes the connections' settings ready; nothing is connected yet.
    ///
    /// # Errors
    /// A CA file that cannot be read, TLS off on a host that is not loopback.
    pub async fn new(office: &Office) -> Result<Self, WorkError> {
        Self::new_within(office, Deadlines::default()).await
    }

    /// As [`Sender::new`], with other waits for the server than the usual ones.
    ///
    /// # Errors
    /// As [`Sender::new`].
    pub async fn new_within(office: &Office, deadlines: Deadlines) -> Result<Self, WorkError> {
        let mut transports = Vec::new();
        for _ in 0..office.config.sender.connections.max(1) {
            transports.push(Transport::open_within(&office.config.sender, deadlines).await?);
        }
        let judge = remembered(office).await?;
        let taken = office.register.connections_taken(&server_name(office)).await?;
        let quota = counted(office).await?;
        Ok(Self {
            transports,
            unrecorded: Vec::new(),
            stranded: Vec::new(),
            lost_claims: Vec::new(),
            failures: 0,
            judge,
            last: Round::Idle,
            taken,
            quota,
            try_after: None,
        })
    }

    /// Sends what is due.
    ///
    /// # Errors
    /// The register refused.
    pub async fn send_due(&mut self, office: &Arc<Office>) -> Result<Round, WorkError> {
        self.catch_up(office).await?;
        let settings = match office.sender_now().await {
            Ok(settings) => settings,
            Err(error) => return self.without_token(office, &error),
        };
        let now = office.clock.now();
        if office.register.look_every().is_some() {
            // Others send too: the limits are of all together.
            self.quota = counted(office).await?;
        }
        let (first, limit) = match self.quota.room(now) {
            Room::Unlimited => (First::Oldest, BATCH),
            Room::For(room) => (First::Customers, i64::try_from(room).unwrap_or(BATCH).min(BATCH)),
            Room::None { until } => return self.full(office, until, now).await,
        };
        crash::point("before claiming letters");
        let (term, until) = (office.register.term(), self.lease_end(now));
        self.lost_claims.push(until);
        let claimed = office.register.within(office.register.claim_first(first, now, until, limit)).await?;
        self.lost_claims.pop();
        crash::point("after claiming letters");
        if claimed.is_empty() {
            return Ok(Round::Idle);
        }
        self.transports.iter_mut().for_each(|transport| transport.log_in_as(&settings));
        let connections = self.connections(now).min(claimed.len()).max(1);
        let work = Work {
            office,
            term,
            queue: Mutex::new(VecDeque::from(claimed)),
            unrecorded: Mutex::default(),
            recorder: Recorder::default(),
            judge: Mutex::new(&mut self.judge),
            answered: AtomicUsize::new(0),
            halted: AtomicBool::new(false),
            emptied: CancellationToken::new(),
        };
        let workers = self.transports.iter_mut().take(connections).map(|transport| work_off(&work, transport));
        let ended: Result<Vec<Ended>, _> = join_all(workers).await.into_iter().collect();
        let answered = work.answered.load(Ordering::Relaxed);
        self.quota.took(answered, office.clock.now());
        let Work { queue, unrecorded, .. } = work;
        self.unrecorded.extend(unrecorded.into_inner().unwrap_or_else(PoisonError::into_inner));
        self.stranded.extend(queue.into_inner().unwrap_or_else(PoisonError::into_inner));
        self.conclude(office, ended?, answered).await
    }

    /// No letter is begun: the whole queue waits.
    fn without_token(&mut self, office: &Office, error: &AccessError) -> Result<Round, WorkError> {
        if office.watch.failed(Area::Sending, of_access(error), error.to_string(), office.clock.now()) == News::Yes {
            tracing::warn!(%error, "sending fails; the letters wait and are tried again");
        }
        self.failures = self.failures.saturating_add(1);
        self.last = Round::ServerAway(server_wait(self.failures, jitter()?));
        Ok(self.last)
    }

    /// No letter is begun before that moment, where one is due.
    async fn full(&mut self, office: &Office, until: Moment, now: Moment) -> Result<Round, WorkError> {
        if office.register.next_letter_due().await?.is_none_or(|due| due > now) {
            return Ok(Round::Idle);
        }
        if !matches!(self.last, Round::Full(_)) {
            tracing::info!(%until, "as many letters went as [sender] per_minute and per_day allow; the others wait");
        }
        self.last = Round::Full((until - now).to_std().unwrap_or_default());
        Ok(self.last)
    }

    /// How many connections to open: those that the server takes, and one while it is only tried whether it does.
    fn connections(&self, now: Moment) -> usize {
        let taken = self.taken.filter(|(_, at)| now - *at < LEARN_AGAIN).map(|(count, _)| count);
        let is_refused = matches!(self.last, Round::ServerRefuses(_));
        if is_refused { 1 } else { taken.unwrap_or(usize::MAX).min(self.transports.len()) }
    }

    /// What a round came to, by what its connections met.
    async fn conclude(&mut self, office: &Office, ended: Vec<Ended>, answered: usize) -> Result<Round, WorkError> {
        let refuses = ended.contains(&Ended::ServerRefuses);
        let turned_away: Vec<&Outcome> = ended.iter().filter_map(Ended::turned_away).collect();
        let worked = ended.len() - turned_away.len();
        // Where others worked, the server is there and takes no more of us at once.
        let away = if worked == 0 || answered == 0 { turned_away.first() } else { None };
        if let Some(outcome) = away {
            if matches!(outcome, Outcome::TryAgain { stage: Stage::Login, .. }) {
                office.access.forget().await;
            }
            note_server(office, outcome);
        } else if !turned_away.is_empty() {
            self.learn(office, worked).await?;
        }
        let away = away.is_some();
        self.failures = if away || refuses { self.failures.saturating_add(1) } else { 0 };
        let wait = if away || refuses { server_wait(self.failures, jitter()?) } else { Duration::ZERO };
        put_back(office, &self.stranded, wait).await?;
        self.stranded.clear();
        self.last = match (away, refuses) {
            (true, _) => Round::ServerAway(wait),
            (false, true) => Round::ServerRefuses(wait),
            (false, false) => Round::Worked,
        };
        Ok(self.last)
    }

    /// Keeps how many connections the server takes.
    async fn learn(&mut self, office: &Office, count: usize) -> Result<(), WorkError> {
        let now = office.clock.now();
        if self.taken.is_none_or(|(known, _)| known != count) {
            tracing::info!(connections = count, "the sending server takes no more connections at once; these are used");
        }
        self.taken = Some((count, now));
        Ok(office.register.note_connections_taken(&server_name(office), count, now).await?)
    }

    /// Records what an earlier round could not.
    async fn catch_up(&mut self, office: &Arc<Office>) -> Result<(), WorkError> {
        while let Some((letter, outcome)) = self.unrecorded.last() {
            let ruling = rule(&mut self.judge, letter, outcome.clone(), office.clock.now(), jitter()?);
            match Recorder::default().record(office, Attempted::new(letter.clone(), ruling)).await {
                Err(error) if error.is_unavailable() => return Err(error),
                Err(error) => {
                    tracing::error!(letter.id = %letter.id, %error, "what became of this letter cannot be recorded");
                }
                Ok(()) => {}
            }
            self.unrecorded.pop();
        }
        self.give_back(office).await
    }

    /// Says goodbye to the server.
    pub async fn close(self) {
        for transport in self.transports {
            transport.close().await;
        }
    }
}

/// One connection works the queue off: while what became of a letter is written down, the server is asked about the next,
/// whose text goes only when that is done. So one letter of a connection is in flight at most, and those of all
/// connections are written down together.
async fn work_off(work: &Work<'_>, transport: &mut Transport) -> Result<Ended, WorkError> {
    let mut sent: Option<Answered> = None;
    loop {
        let (gives, leave) = work.leave();
        let recorded = async {
            let recorded = work.record(sent.take()).await;
            work.recorder.goes();
            gives.send_replace(Some(recorded.is_ok()));
            recorded
        };
        let (recorded, next) = tokio::join!(recorded, send_next(work, transport, &leave));
        work.recorder.is_back();
        match next {
            Ok(Next::Sent(answered)) if recorded.is_err() => {
                locked(&work.unrecorded).push((answered.letter, answered.outcome));
            }
            Ok(Next::Sent(answered)) if answered.ruling.halts => {
                work.halted.store(true, Ordering::Relaxed);
                work.emptied.cancel();
                return work.record(Some(answered)).await.map(|()| Ended::ServerRefuses);
            }
            Ok(Next::Sent(answered)) => sent = Some(answered),
            ended => return recorded.and_then(|()| ended.map(Next::into_ended)),
        }
        recorded?;
    }
}

/// A letter that the server answered; what became of it is not written down yet.
struct Answered {
    letter: Arc<Claimed>,
    outcome: Outcome,
    ruling: Ruling,
}

/// What a connection did next.
enum Next {
    Sent(Answered),
    Ended(Ended),
}

impl Next {
    fn into_ended(self) -> Ended {
        match self {
            Self::Sent(_) => Ended::Done,
            Self::Ended(ended) => ended,
        }
    }
}

/// The next letter. The connection is made before it is taken: while that fails, no letter waits in it.
async fn send_next(work: &Work<'_>, transport: &mut Transport, leave: &Leave) -> Result<Next, WorkError> {
    let office = work.office;
    // Asked to stop: the letter in hand is finished, the others wait for the next start.
    if office.stop.is_cancelled() || work.halted.load(Ordering::Relaxed) {
        return Ok(Next::Ended(Ended::Done));
    }
    office.pulse.beat(Loop::Sending);
    let connected = tokio::select! {
        biased;
        connected = transport.prepare() => connected,
        () = work.emptied.cancelled() => return Ok(Next::Ended(Ended::Done)),
        () = office.stop.cancelled() => return Ok(Next::Ended(Ended::Done)),
    };
    if let Err(outcome) = connected {
        return Ok(Next::Ended(Ended::TurnedAway(outcome)));
    }
    let Some(letter) = work.next() else {
        work.emptied.cancel();
        return Ok(Next::Ended(Ended::Done));
    };
    let outcome = match assemble(office, &letter).await {
        // Another instance may have it in hand by now.
        Ok(_) if !work.is_ours() => {
            work.give_back(letter);
            return Ok(Next::Ended(Ended::Done));
        }
        Ok(bytes) => {
            let envelope = Envelope { from: &letter.envelope_from, to: letter.to.as_str() };
            crash::point("before sending a letter");
            let outcome = transport.send_with(envelope, &bytes, leave).await;
            crash::point("after the server's answer to a letter");
            outcome
        }
        Err(error) if error.is_unavailable() => {
            work.give_back(letter);
            return Err(error);
        }
        Err(error) => Outcome::Refused { reply: error.to_string(), stage: Stage::Letter, cause: RefusedFor::Size },
    };
    if let Outcome::TryAgain { scope, .. } = &outcome
        && (*scope == Scope::Server || !work.is_ours())
    {
        work.give_back(letter);
        let is_away = *scope == Scope::Server;
        return Ok(Next::Ended(if is_away { Ended::TurnedAway(outcome) } else { Ended::Done }));
    }
    work.answered.fetch_add(1, Ordering::Relaxed);
    let (ruling, letter) = (work.rule(transport, &letter, &outcome).await, Arc::new(letter));
    if ruling.is_err() {
        // It may have been taken: what became of it is written down before anything else goes.
        locked(&work.unrecorded).push((letter.clone(), outcome.clone()));
    }
    let ruling = ruling?;
    note(office, &letter, &outcome, &ruling);
    Ok(Next::Sent(Answered { letter, outcome, ruling }))
}

fn server_name(office: &Office) -> String {
    let sender = &office.config.sender;
    format!("{}:{}", sender.host, sender.port)
}

fn jitter() -> Result<Jitter, WorkError> {
    Ok(Jitter(clock::random::<1>().map_err(super::OfficeError::from)?[0]))
}
