//! The register: all SQL, and nothing but SQL. SQLite and PostgreSQL through `sqlx::Any`; one SQL text that both
//! take (numbered parameters, whole numbers for times and yes/no, no dialect functions).
//!
//! Who writes takes a [`Tx`]; whoever commits takes it by value, so that nobody writes afterwards. Business rules
//! are not here: the desk decides, [`Tx::record`] writes down what it decided, in one transaction (invariant 3).
//!
//! | file | rows |
//! |---|---|
//! | `engine.rs`, `postgres.rs`, `sqlstate.rs` | in what the two databases differ; a PostgreSQL server, and what its errors mean |
//! | `instances.rs`, `waking.rs` | several instances on one register: who is alive, who holds what, and waking each other |
//! | `mails.rs` | mails: on file, decided on, moved |
//! | `same.rs` | mails that are the same as others |
//! | `known.rs` | what is known of the mails that UIDs stand for |
//! | `withheld.rs` | mails the server has and does not give |
//! | `trials.rs` | mails that were tried alone |
//! | `answered.rs` | letters that a mail answers or tells the fate of |
//! | `aside.rs` | mails put aside: not told of, asked about, reconsidered |
//! | `balance.rs` | the UIDs that the server gave out, against what is on file |
//! | `not_on_file.rs` | what lies in our own folders and is not on file |
//! | `cases.rs` | cases: what their events made of them |
//! | `chain.rs` | events and their hashes |
//! | `outbox.rs` | letters: claimed, sent, held |
//! | `refusals.rs` | letters that a server refused, connections it takes |
//! | `file.rs` | a case with all that is kept beside it |
//! | `search.rs` | what a colleague asks for by mail |
//! | `snapshot.rs` | what the desk is shown before it decides |
//! | `record.rs` | a decision, written down |
//! | `sets.rs` | statements about many rows at once |
//! | `packed.rs` | many values in one |
//! | `within.rs` | the rows of one company alone |
//! | `redact.rs`, `redact_scope.rs`, `redactions.rs` | what is blanked on a lawful request, what that reaches, and the list of it beside the register |
//! | `beside.rs` | mails, letters and cases, looked through for somebody |
//! | `seal.rs` | hashes of mails and letters, in the chain |
//! | `tally.rs` | how many wait |
//! | `jobs.rs` | what is done once a day |
//! | `outages.rs` | what the operator was told |
//! | `verify.rs`, `verify_cases.rs`, `verify_rows.rs` | proof that nobody changed the past |
//! | `backup.rs` | a copy of all of them, taken meanwhile |
//! | `copying.rs` | all of them into another database |
//! | `error.rs` | why something was not done |

mod answered;
mod aside;
mod backup;
mod balance;
mod beside;
mod caps;
mod cases;
mod chain;
mod claiming;
mod copying;
mod earlier;
mod engine;
mod error;
mod file;
mod instances;
mod jobs;
mod known;
mod mails;
mod not_on_file;
mod outages;
mod outbox;
mod packed;
mod postgres;
mod record;
mod redact;
mod redact_scope;
mod redactions;
mod refusals;
mod round_trip;
mod same;
mod seal;
mod search;
mod sets;
mod snapshot;
mod sqlstate;
mod tally;
mod trials;
mod verify;
mod verify_cases;
mod verify_rows;
mod waking;
mod withheld;
mod within;

pub use backup::Backup;
pub use balance::{DealtWith, Numbering};
pub use cases::{CaseQuery, Cases};
pub use chain::{ChainHead, StoredEvent};
pub use claiming::{Claimed, First};
pub use error::{RegisterError, Trouble};
pub use instances::{APART_MAX, AT_ANY_HOUR, Held, Home, InstanceRow, SendingThere, Term, ahead};
pub use known::{Known, OnFile};
pub use mails::{Identity, MailRow, NewMail, Pending};
pub use not_on_file::{ComparedFolder, Missing, Probe};
pub use outages::OutageRow;
pub use outbox::{LetterRow, LetterState, Sent};
pub use record::{Outgoing, Recorded};
pub use round_trip::RoundTrips;
pub use sqlstate::Refusal;

pub use redact::{Purged, RedactionStage};
pub use redact_scope::{Beside, Scope, ScopedMail};
pub use redactions::{RedactedCase, RedactionEntry, RedactionList};
pub use refusals::RefusedBefore;
pub use snapshot::Wanted;
pub use tally::Tally;
pub use trials::Failure;
pub use verify::{Finding, RedactedParts, Verified};
pub use waking::Waker;
pub use withheld::{NEVER_GIVEN, Text, Withheld};

use crate::case::{Case, CaseNumber, Moment};
use crate::config::DatabaseUrl;
use crate::crash;
use chrono::TimeZone;
use engine::{BUSY_TIMEOUT, Begin, Engine, SILENT_MAX};
use instances::{Fence, Presence};
use postgres::{Absent, Follower};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::Migrator;
use sqlx::{Any, AnyConnection, AnyPool, Connection, Transaction};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use tokio::sync::{Mutex, OwnedMutexGuard};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");

/// Connections that read beside the one that writes; the commands read while the daemon writes.
const READERS_MAX: u32 = 3;

/// A statement with its values.
type Statement<'q> = sqlx::query::Query<'q, Any, sqlx::any::AnyArguments>;

/// The database, open.
#[derive(Debug, Clone)]
pub struct Register {
    engine: Engine,
    pool: AnyPool,
    /// SQLite: one connection does all the writing; what it has in memory stays true, while another's is read anew after each
    /// commit. PostgreSQL: several.
    writer: AnyPool,
    /// Whose turn it is to write, among this program's tasks. SQLite lets whoever asks at the right moment go first:
    /// with several senders at work and a slow disk one of them waited longer than the busy timeout. PostgreSQL keeps the order
    /// of those who ask it; here nobody takes a connection only to wait with it.
    turn: Arc<Mutex<()>>,
    _follower: Option<Arc<Follower>>,
    /// As which instance we work here; None: as nobody, or on SQLite.
    presence: Option<Arc<Presence>>,
    /// What each transaction is under.
    fence: Option<Arc<Fence>>,
}

/// The one daemon of a SQLite file; given back when dropped. On PostgreSQL nothing is held: several may work there.
#[derive(Debug)]
pub struct OnlyDaemon {
    _lock: Option<File>,
}

/// One transaction that writes.
#[derive(Debug)]
pub struct Tx {
    inner: Transaction<'static, Any>,
    engine: Engine,
    /// As which instance we work; None: as nobody.
    instance: Option<String>,
    /// The chain's last row, once it was looked up: nobody else adds to it meanwhile.
    head: Option<ChainHead>,
    /// The cases that were read and not changed since: nobody else changes them meanwhile.
    cases: BTreeMap<CaseNumber, Case>,
    /// After `inner`, so that the turn ends with the transaction.
    _turn: Option<OwnedMutexGuard<()>>,
}

impl Register {
    fn of(engine: Engine, pool: AnyPool, writer: AnyPool, follower: Option<Follower>) -> Self {
        let follower = follower.map(Arc::new);
        Self { engine, pool, writer, turn: Arc::default(), _follower: follower, presence: None, fence: None }
    }

    /// Opens the database and brings its tables up to date; a file is made when absent.
    ///
    /// # Errors
    /// The file or the server cannot be used, or a newer version wrote there.
    pub async fn open(url: &str) -> Result<Self, RegisterError> {
        if is_postgres(url) { postgres::open(url, Absent::Make).await } else { Self::open_file(url).await }
    }

    async fn open_file(url: &str) -> Result<Self, RegisterError> {
        let path = sqlite_path(url)?;
        let failed = |why: String| RegisterError::Open { path: path.display().to_string(), why };
        sqlx::any::install_default_drivers();
        crash::point("before making the register's file");
        make_private(&path).map_err(|e| failed(e.to_string()))?;
        crash::point("after making the register's file");
        let options = AnyConnectOptions::from_str(&format!("sqlite:{}?mode=rwc", path.display()))
            .map_err(|e| failed(e.to_string()))?;
        // A pool that cannot connect tries on and then says only that it timed out: a first connection says why.
        let mut first = AnyConnection::connect_with(&options).await.map_err(|e| failed(e.to_string()))?;
        sqlx::raw_sql(Engine::Sqlite.setup()).execute(&mut first).await.map_err(|e| failed(e.to_string()))?;
        let connections = |max| {
            AnyPoolOptions::new().max_connections(max).acquire_timeout(BUSY_TIMEOUT * 3).after_connect(
                |connection, _| {
                    Box::pin(async move { sqlx::raw_sql(Engine::Sqlite.setup()).execute(connection).await.map(|_| ()) })
                },
            )
        };
        let writer = connections(1).connect_with(options.clone()).await.map_err(|e| failed(e.to_string()))?;
        let pool = connections(READERS_MAX).connect_lazy_with(options);
        if lacks_tables(&mut first).await? && is_worked_on(&path) {
            let instances = "the one that runs on this file".to_owned();
            return Err(RegisterError::OlderAtWork { place: path.display().to_string(), instances });
        }
        first.close().await?;
        crash::point("before bringing the tables up to date");
        SQLITE.run(&writer).await?;
        crash::point("after bringing the tables up to date");
        Ok(Self::of(Engine::Sqlite, pool, writer, None))
    }

    /// As [`Register::open`], where there is one already: who only looks makes none.
    ///
    /// # Errors
    /// As there, or there is none.
    pub async fn open_existing(url: &str) -> Result<Self, RegisterError> {
        if is_postgres(url) {
            return postgres::open(url, Absent::Refuse).await;
        }
        let path = sqlite_path(url)?;
        let is_there = match std::fs::metadata(&path) {
            // What is left of a start that was killed before it made the tables.
            Ok(file) => file.len() > 0,
            Err(error) => error.kind() != std::io::ErrorKind::NotFound,
        };
        if is_there { Self::open(url).await } else { Err(RegisterError::Absent { path: shown(&path) }) }
    }

    /// Makes sure that this is the only daemon on the file. Letters a killed one was sending are due again:
    /// whether they went out is unknown, so they go with the same Message-ID (invariant 4).
    ///
    /// # Errors
    /// Another daemon runs on it.
    pub async fn only_daemon(&self, url: &str) -> Result<OnlyDaemon, RegisterError> {
        if self.engine == Engine::Postgres {
            let at_work = self.instances().await?.into_iter().any(|one| one.is_alive);
            let in_use = RegisterError::InUse { path: postgres::place(url) };
            return if at_work { Err(in_use) } else { Ok(OnlyDaemon { _lock: None }) };
        }
        // The file itself, whatever links lead to it: two names must not give two locks.
        let path = sqlite_path(url)?;
        let path = path.canonicalize().unwrap_or(path);
        let lock_path = lock_of(&path);
        let failed =
            |why: std::io::Error| RegisterError::Open { path: lock_path.display().to_string(), why: why.to_string() };
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&lock_path).map_err(failed)?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => RegisterError::InUse { path: path.display().to_string() },
            TryLockError::Error(why) => failed(why),
        })?;
        sqlx::query("UPDATE outbox SET state = 'queued', lease_until = NULL WHERE state = 'leased'")
            .execute(&self.writer)
            .await?;
        crash::point("after taking back the letters of a killed daemon");
        Ok(OnlyDaemon { _lock: Some(lock) })
    }

    /// Waits for its turn to write, in the order of asking.
    async fn turn(&self, begin: Begin) -> Option<OwnedMutexGuard<()>> {
        match (self.engine, begin) {
            (Engine::Sqlite, _) | (Engine::Postgres, Begin::InTurn) => Some(self.turn.clone().lock_owned().await),
            (Engine::Postgres, Begin::Apart) => None,
        }
    }

    /// Begins to write what nobody else may change meanwhile: events, numbers, what is counted.
    ///
    /// # Errors
    /// Another program holds the lock for longer than the busy timeout.
    pub async fn begin(&self) -> Result<Tx, RegisterError> {
        self.begin_as(Begin::InTurn).await
    }

    async fn begin_as(&self, begin: Begin) -> Result<Tx, RegisterError> {
        let turn = self.turn(begin).await;
        let mut inner = self.writer.begin_with(self.engine.begin()).await?;
        let fence = self.fence.as_ref().map(|fence| fence.check());
        let first: Vec<&str> = self.engine.take_turn(begin).into_iter().chain(fence.as_deref()).collect();
        if !first.is_empty() {
            let rows = sqlx::raw_sql(sqlx::AssertSqlSafe(first.join("; "))).fetch_all(&mut *inner).await?;
            if let Some(fence) = self.fence.as_ref().filter(|_| rows.is_empty()) {
                return Err(fence.lapsed());
            }
        }
        let instance = self.presence.as_ref().map(|presence| presence.id.clone());
        Ok(Tx { inner, engine: self.engine, instance, head: None, cases: BTreeMap::new(), _turn: turn })
    }

    /// One statement that writes by itself, under what we hold. How many rows it changed.
    async fn alone<'q>(&self, statement: Statement<'q>) -> Result<u64, RegisterError> {
        self.within(async {
            let mut tx = self.begin_as(Begin::Apart).await?;
            let done = statement.execute(&mut *tx.inner).await?;
            tx.commit().await?;
            Ok(done.rows_affected())
        })
        .await
    }

    /// A piece of work, given up where a PostgreSQL server has gone silent without ending its connections: nobody else says so,
    /// and what waits for its answer keeps the turn. What was not committed by then never happened; what may have been is found
    /// when it is begun again.
    ///
    /// # Errors
    /// The work's own, or that the server said nothing.
    pub async fn within<T, E: From<RegisterError>>(&self, work: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        match self.engine {
            Engine::Sqlite => work.await,
            Engine::Postgres => tokio::time::timeout(SILENT_MAX, work).await.unwrap_or_else(|_| {
                let silent = std::io::Error::new(ErrorKind::TimedOut, "the server said nothing any more");
                Err(RegisterError::from(sqlx::Error::Io(silent)).into())
            }),
        }
    }

    /// Begins to read all of it as it stands at one moment.
    async fn begin_moment(&self) -> Result<Transaction<'static, Any>, RegisterError> {
        Ok(self.pool.begin_with(self.engine.begin_moment()).await?)
    }

    /// Closes all connections; SQLite's write-ahead log is folded into the file. One that hangs is not waited for: the next
    /// start finds the log and goes on from there.
    pub async fn close(&self) {
        let all = async { tokio::join!(self.pool.close(), self.writer.close()) };
        let _ = tokio::time::timeout(self.engine.closing_max(), all).await;
    }
}

impl Tx {
    /// Makes it so.
    ///
    /// # Errors
    /// The disk is full, the file is read-only: nothing of the transaction happened.
    pub async fn commit(self) -> Result<(), RegisterError> {
        Ok(self.inner.commit().await?)
    }
}

/// The file behind `sqlite:FILE` (also `sqlite://FILE`).
///
/// # Errors
/// Another kind of database, or one in memory: each connection would have its own.
pub fn sqlite_path(url: &str) -> Result<PathBuf, RegisterError> {
    // Only the scheme is repeated: a database URL may hold a password.
    let unsupported = || RegisterError::Unsupported { found: url.split(':').next().unwrap_or_default().to_owned() };
    let rest = url.strip_prefix("sqlite:").ok_or_else(unsupported)?;
    let path = rest.strip_prefix("//").unwrap_or(rest);
    match path.split('?').next().unwrap_or(path) {
        "" => Err(RegisterError::Unsupported { found: "sqlite: without a file".to_owned() }),
        ":memory:" => Err(RegisterError::Unsupported { found: "sqlite::memory:".to_owned() }),
        file => Ok(Path::new(file).to_owned()),
    }
}

/// Whether a SQLite file has tables of an earlier version.
async fn lacks_tables(connection: &mut AnyConnection) -> Result<bool, RegisterError> {
    let made = "SELECT count(*) FROM sqlite_master WHERE name = '_sqlx_migrations'";
    if sqlx::query_scalar::<_, i64>(made).fetch_one(&mut *connection).await? == 0 {
        return Ok(false);
    }
    let done: i64 = sqlx::query_scalar("SELECT count(*) FROM _sqlx_migrations").fetch_one(connection).await?;
    Ok(usize::try_from(done).is_ok_and(|done| done < SQLITE.iter().count()))
}

/// Whether a daemon runs on that file; one of an older version writes what newer tables may not take.
fn is_worked_on(path: &Path) -> bool {
    let lock = File::open(lock_of(&path.canonicalize().unwrap_or_else(|_| path.to_owned())));
    lock.is_ok_and(|lock| matches!(lock.try_lock(), Err(TryLockError::WouldBlock)))
}

/// What the one daemon on that file holds.
fn lock_of(path: &Path) -> PathBuf {
    PathBuf::from(format!("{}.lock", path.display()))
}

/// Whether a URL names a PostgreSQL database.
fn is_postgres(url: &str) -> bool {
    DatabaseUrl::from(url).is_postgres()
}

/// The file or server that a URL names, as an operator finds it from anywhere; without a password.
///
/// # Errors
/// As [`sqlite_path`].
pub fn place(url: &str) -> Result<String, RegisterError> {
    if is_postgres(url) {
        return Ok(postgres::place(url));
    }
    Ok(shown(&sqlite_path(url)?))
}

fn shown(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}

/// Makes the file when it is absent, for its owner's eyes only: it holds people's complaints. SQLite gives the files
/// beside it the same mode.
fn make_private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn millis(at: Moment) -> i64 {
    at.timestamp_millis()
}

fn moment(millis: i64) -> Moment {
    chrono::Utc.timestamp_millis_opt(millis).single().unwrap_or_default()
}

fn unreadable(what: impl Into<String>) -> RegisterError {
    RegisterError::Unreadable { what: what.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_connection_waits_for_the_disk_before_it_says_that_something_is_on_file() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("klachtpost.db").display());
        let register = Register::open(&url).await.unwrap();
        let mut connections = Vec::new();
        let readers = (0..READERS_MAX).map(|_| &register.pool);
        for pool in readers.chain([&register.writer]) {
            let mut connection = pool.acquire().await.unwrap();
            let level: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut *connection).await.unwrap();
            assert_eq!(level, 2, "FULL: of 1, NORMAL, a power cut may take back what was committed");
            connections.push(connection);
        }
    }
}
