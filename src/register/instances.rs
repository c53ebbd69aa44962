//! Rows of `instance` and `lease`: which instances of the same settings work on a PostgreSQL register, and who of them does what
//! only one may. An instance is alive as long as it says so often enough, by the database's clock; what it holds is another's to
//! take when it is not. Who takes a lease over gets a new token, and each transaction of a holder asks for its own: one that was
//! stopped, or cut off, and goes on, commits nothing. On SQLite the file's lock stands for all of this. Only SQL, and the
//! task that says that we are alive.

use super::engine::Engine;
use super::{Register, RegisterError, Trouble, moment};
use crate::case::Moment;
use crate::clock::Clock;
use chrono::TimeDelta;
use sqlx::Row;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep;

mod clocks;
mod keeping;
mod said;

pub use clocks::{APART_MAX, ahead};
pub use said::SendingThere;

use keeping::{Heard, connect, first_beat, keep};

/// The database's clock, in milliseconds: those of the machines may differ.
pub(super) const NOW: &str = "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";
/// How the leases begin that go not by the hour: a wrong clock takes them from nobody.
pub const AT_ANY_HOUR: &str = "alarms of ";
/// Whether the row of `instance` is of one that may hold that `lease`.
fn may_hold() -> String {
    format!("instance.until > {NOW} AND (instance.clock_off = 0 OR lease.name LIKE '{AT_ANY_HOUR}%')")
}

/// How many times within a lease it is said that we are alive.
const BEATS: u32 = 3;
/// Instances that were not seen for so long are forgotten: a week, in milliseconds.
const FORGOTTEN_AFTER: i64 = 7 * 24 * 3_600_000;

/// A lock on the instance's own machine: while it is held nobody else there works as the one that had it before.
#[derive(Debug)]
pub struct Home {
    _lock: File,
    /// Names this very lock among those of all machines.
    name: String,
}

/// Names this start of the machine.
const BOOT: &str = "/proc/sys/kernel/random/boot_id";

impl Home {
    /// Takes the lock beside that file; None: another process has it, or there can be none.
    pub fn take(beside: &Path) -> Option<Self> {
        let path = PathBuf::from(format!("{}.lock", beside.display()));
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&path).ok()?;
        lock.try_lock().ok()?;
        let known = lock.metadata().ok()?;
        let boot = std::fs::read_to_string(BOOT).ok()?;
        Some(Self { _lock: lock, name: format!("{} {} {}", boot.trim(), known.dev(), known.ino()) })
    }
}

/// What an instance that works here knows of itself.
#[derive(Debug)]
pub(super) struct Presence {
    /// Of this start.
    pub id: String,
    name: String,
    home: Option<Home>,
    lease: Duration,
    clock: Clock,
    /// By how many milliseconds it is ahead of the database's; 0: it is believed.
    clock_off: AtomicI64,
    alive: Mutex<Alive>,
    /// The version of the tables, once it is a newer one than this program knows.
    newer: watch::Sender<Option<i64>>,
    keeper: Mutex<Option<JoinHandle<()>>>,
    /// The tokens of the leases it held last.
    tokens: Mutex<BTreeMap<String, i64>>,
}

/// How long nobody else takes what we hold, and since which time that is so without a gap.
#[derive(Debug)]
struct Alive {
    until: Duration,
    term: Term,
}

/// A time during which we were alive without a gap. What was taken in an earlier one may be another's by now, also when we have
/// said since that we are alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term(u64);

/// Since the machine's start, the time included that it slept: the others' clocks go on meanwhile.
fn since_boot() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Duration::try_from(now).unwrap_or_default()
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.stop_keeper();
    }
}

impl Presence {
    fn alive(&self) -> MutexGuard<'_, Alive> {
        self.alive.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It was said at that moment that we are alive.
    fn said_alive(&self, at: Duration) {
        let mut alive = self.alive();
        if since_boot() >= alive.until {
            alive.term.0 += 1;
        }
        alive.until = at + self.lease;
    }

    /// Notes that a lease was taken; whether anybody else had it since it was ours.
    fn takes(&self, lease: &str, token: i64) -> bool {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.insert(lease.to_owned(), token).is_none_or(|last| token != last + 1)
    }

    fn stop_keeper(&self) {
        let keeper = self.keeper.lock().unwrap_or_else(PoisonError::into_inner).take();
        keeper.into_iter().for_each(|keeper| keeper.abort());
    }
}

/// What its holder alone may do, as each transaction asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fence {
    lease: String,
    holder: String,
    token: i64,
}

impl Fence {
    /// Has a row while the lease is held, and keeps it until the transaction ends.
    pub fn check(&self) -> String {
        format!(
            "SELECT token FROM lease JOIN instance ON instance.id = lease.holder WHERE lease.name = '{}' \
             AND lease.holder = '{}' AND lease.token = {} AND {} FOR SHARE OF lease",
            self.lease.replace('\'', "''"),
            self.holder,
            self.token,
            may_hold()
        )
    }

    pub fn lapsed(&self) -> RegisterError {
        RegisterError::Lapsed { lease: self.lease.clone() }
    }
}

/// Who has a lease.
#[derive(Debug, Clone)]
pub enum Held {
    /// This instance: the register for what its holder alone may do.
    Here(Register),
    /// Nobody who is alive.
    Nowhere,
    Elsewhere,
}

/// An instance, as the register knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceRow {
    pub name: String,
    pub started_at: Moment,
    pub seen_at: Moment,
    pub is_alive: bool,
    /// What it holds, and since when.
    pub holds: BTreeMap<String, Moment>,
    /// Letters that it is sending.
    pub letters: i64,
    /// How far its clock is ahead of the database's, where that is too much.
    pub clock_off: Option<TimeDelta>,
}

impl Register {
    /// Whether several instances may work on it.
    pub fn is_shared(&self) -> bool {
        self.engine == Engine::Postgres
    }

    /// Begins to work here as an instance of that name; `id` is of this start alone. What it holds is another's once it was not
    /// heard of for a `lease`, or at once where it comes back to its `home`. Nothing of this on SQLite.
    ///
    /// # Errors
    /// The database refused.
    pub async fn join(
        self,
        id: String,
        name: &str,
        home: Option<Home>,
        lease: Duration,
        clock: Clock,
    ) -> Result<Self, RegisterError> {
        if !self.is_shared() {
            return Ok(self);
        }
        let presence = Arc::new(Presence {
            id,
            name: name.to_owned(),
            home,
            lease,
            clock,
            clock_off: AtomicI64::new(0),
            alive: Mutex::new(Alive { until: since_boot() + lease, term: Term(0) }),
            newer: watch::Sender::new(None),
            keeper: Mutex::default(),
            tokens: Mutex::default(),
        });
        let mut connection = connect(&self.writer).await?;
        let registered = first_beat(&mut connection, &presence).await.map_err(|error| match error.into() {
            RegisterError::Unavailable { trouble: Trouble::Locked, .. } => RegisterError::BeingCopied,
            other => other,
        })?;
        if let Heard::Newer(version) = registered {
            return Err(RegisterError::Newer { version });
        }
        let forget = format!("DELETE FROM instance WHERE until < {NOW} - {FORGOTTEN_AFTER}");
        sqlx::query(sqlx::AssertSqlSafe(forget)).execute(&mut connection).await?;
        let keeper = tokio::spawn(keep(Arc::downgrade(&presence), self.writer.clone(), connection));
        *presence.keeper.lock().unwrap_or_else(PoisonError::into_inner) = Some(keeper);
        Ok(Self { presence: Some(presence), ..self })
    }

    /// The register for what only the holder of that lease may do; None: another holds it.
    ///
    /// # Errors
    /// The database refused.
    pub async fn hold(&self, lease: &str) -> Result<Option<Self>, RegisterError> {
        let Some(presence) = &self.presence else { return Ok(Some(self.clone())) };
        let take = format!(
            "INSERT INTO lease (name, holder, token, since) VALUES ($1, $2, 1, {NOW}) \
             ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, token = lease.token + 1, since = excluded.since \
             WHERE lease.holder <> excluded.holder \
             AND NOT EXISTS (SELECT 1 FROM instance WHERE instance.id = lease.holder AND {}) RETURNING token",
            may_hold()
        );
        let taken = sqlx::query(sqlx::AssertSqlSafe(take)).bind(lease).bind(&presence.id);
        let row = match taken.fetch_optional(&self.writer).await? {
            Some(row) => {
                // One that is given back at each failure and taken again is no news.
                if presence.takes(lease, row.try_get(0)?) {
                    tracing::info!(lease, instance = presence.name, "holds what only one instance does");
                }
                Some(row)
            }
            None => {
                let own = sqlx::query("SELECT token FROM lease WHERE name = $1 AND holder = $2");
                own.bind(lease).bind(&presence.id).fetch_optional(&self.writer).await?
            }
        };
        let Some(row) = row else { return Ok(None) };
        let fence = Fence { lease: lease.to_owned(), holder: presence.id.clone(), token: row.try_get(0)? };
        Ok(Some(self.under(fence)))
    }

    /// Who has that lease; nobody takes it for that.
    ///
    /// # Errors
    /// The database refused.
    pub async fn held(&self, lease: &str) -> Result<Held, RegisterError> {
        let Some(presence) = &self.presence else { return Ok(Held::Here(self.clone())) };
        let text = format!(
            "SELECT holder, token, CASE WHEN EXISTS (SELECT 1 FROM instance WHERE instance.id = lease.holder AND {}) \
             THEN 1 ELSE 0 END FROM lease WHERE name = $1",
            may_hold()
        );
        let row = sqlx::query(sqlx::AssertSqlSafe(text)).bind(lease).fetch_optional(&self.pool).await?;
        let Some(row) = row else { return Ok(Held::Nowhere) };
        let holder: String = row.try_get(0)?;
        if holder == presence.id {
            return Ok(Held::Here(self.under(Fence { lease: lease.to_owned(), holder, token: row.try_get(1)? })));
        }
        Ok(if row.try_get::<i64, _>(2)? == 1 { Held::Elsewhere } else { Held::Nowhere })
    }

    fn under(&self, fence: Fence) -> Self {
        Self { fence: Some(Arc::new(fence)), ..self.clone() }
    }

    /// Lets others take that lease.
    ///
    /// # Errors
    /// The database refused: then it lapses when we do.
    pub async fn release(&self, lease: &str) -> Result<(), RegisterError> {
        let Some(presence) = &self.presence else { return Ok(()) };
        let release = sqlx::query("UPDATE lease SET holder = '' WHERE name = $1 AND holder = $2");
        release.bind(lease).bind(&presence.id).execute(&self.writer).await?;
        Ok(())
    }

    /// Gives back all that this instance holds, and its letters.
    ///
    /// # Errors
    /// The database refused: then all of it lapses.
    pub async fn leave(&self) -> Result<(), RegisterError> {
        let Some(presence) = &self.presence else { return Ok(()) };
        presence.stop_keeper();
        for statement in [
            "UPDATE outbox SET state = 'queued', lease_until = NULL, leased_by = NULL WHERE state = 'leased' AND leased_by = $1",
            "UPDATE lease SET holder = '' WHERE holder = $1",
            "DELETE FROM instance WHERE id = $1",
        ] {
            sqlx::query(statement).bind(&presence.id).execute(&self.writer).await?;
        }
        Ok(())
    }

    /// Whether both are under the same lease, of the same holder.
    pub fn is_held_as(&self, other: &Self) -> bool {
        self.fence == other.fence
    }

    /// Why something was broken off that stands on a lease.
    pub fn is_lapsed(&self) -> RegisterError {
        let lease = self.fence.as_ref().map(|fence| fence.lease.clone());
        RegisterError::Lapsed { lease: lease.unwrap_or_else(|| "letters".to_owned()) }
    }

    /// The time that we are in: what is taken now is ours as long as it lasts.
    pub fn term(&self) -> Term {
        self.presence.as_ref().map_or(Term(0), |presence| presence.alive().term)
    }

    /// Whether what was taken in that time is certainly still ours, and may be worked on by our clock.
    pub fn is_still(&self, term: Term) -> bool {
        let lasts = |alive: MutexGuard<'_, Alive>| alive.term == term && since_boot() < alive.until;
        self.presence.as_ref().is_none_or(|presence| presence.off().is_none() && lasts(presence.alive()))
    }

    /// Ends when what we hold may be another's; never where there is nothing to lapse.
    pub async fn lapsed(&self) {
        let Some(presence) = &self.presence else { return std::future::pending().await };
        let term = presence.alive().term;
        loop {
            let alive_for = presence.alive().until.saturating_sub(since_boot());
            if alive_for.is_zero() || presence.alive().term != term {
                return;
            }
            sleep(alive_for).await;
        }
    }

    /// Ends when a newer klachtpost brought the tables up to date: this one must not work with them any more.
    pub async fn outdated(&self) {
        let Some(presence) = &self.presence else { return std::future::pending().await };
        // The sender lives as long as the presence.
        let _ = presence.newer.subscribe().wait_for(Option::is_some).await;
    }

    /// Why this program must not go on; None: it may.
    pub fn is_outdated(&self) -> Option<RegisterError> {
        let version = (*self.presence.as_ref()?.newer.borrow())?;
        Some(RegisterError::Newer { version })
    }

    /// How often it is looked whether there is something to take over; None: nobody else works here.
    pub fn look_every(&self) -> Option<Duration> {
        self.presence.as_ref().map(|presence| presence.lease / BEATS)
    }

    /// All instances that are known, the longest at work first.
    ///
    /// # Errors
    /// The database refused.
    pub async fn instances(&self) -> Result<Vec<InstanceRow>, RegisterError> {
        if !self.is_shared() {
            return Ok(Vec::new());
        }
        let text = format!(
            "SELECT id, name, started_at, seen_at, CASE WHEN until > {NOW} THEN 1 ELSE 0 END, \
             (SELECT count(*) FROM outbox WHERE state = 'leased' AND leased_by = instance.id), clock_off \
             FROM instance ORDER BY started_at, id"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(text)).fetch_all(&self.pool).await?;
        let leases = sqlx::query("SELECT name, holder, since FROM lease").fetch_all(&self.pool).await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let id: String = row.try_get(0)?;
            let mut holds = BTreeMap::new();
            for lease in &leases {
                if lease.try_get::<String, _>(1)? == id {
                    holds.insert(lease.try_get(0)?, moment(lease.try_get(2)?));
                }
            }
            found.push(InstanceRow {
                name: row.try_get(1)?,
                started_at: moment(row.try_get(2)?),
                seen_at: moment(row.try_get(3)?),
                is_alive: row.try_get::<i64, _>(4)? == 1,
                holds,
                letters: row.try_get(5)?,
                clock_off: Some(row.try_get(6)?).filter(|off| *off != 0).map(TimeDelta::milliseconds),
            });
        }
        Ok(found)
    }
}
