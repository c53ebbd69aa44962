//! The register: all SQL, and nothing but SQL. SQLite and PostgreSQL through `sqlx::Any`; one SQL text that both
//! take (numbered parameters, whole numbers for times and yes/no, no dialect functions).
//!
//! Who writes takes a [`Tx`]; whoever commits takes it by value, so that nobody writes afterwards. Business rules
//! are not here: the desk decides, [`Tx::record`] writes down what it decided, in one transaction (invariant 3).
//!
//! | file | rows |
//! |---|---|
//! | `engine.rs`, `sqlite.rs`, `postgres.rs`, `sqlstate.rs` | in what the two databases differ; a file; a PostgreSQL server, and what its errors mean |
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
//! | `cases.rs`, `case_row.rs` | cases: what their events made of them; their rows, written |
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
mod case_row;
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
mod sqlite;
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
pub use record::{DecidedMail, Outgoing, Recorded};
pub use round_trip::RoundTrips;
pub use sqlite::{OnlyDaemon, sqlite_path};
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
use engine::{Begin, Engine, SILENT_MAX};
use instances::{Fence, Presence};
use postgres::{Absent, Follower};
use sqlx::{Any, AnyPool, Transaction};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::sync::Arc;
use tokio::sync::{Mutex, OwnedMutexGuard};

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
        if is_postgres(url) { postgres::open(url, Absent::Make).await } else { sqlite::open(url).await }
    }

    /// As [`Register::open`], where there is one already: who only looks makes none.
    ///
    /// # Errors
    /// As there, or there is none.
    pub async fn open_existing(url: &str) -> Result<Self, RegisterError> {
        if is_postgres(url) {
            return postgres::open(url, Absent::Refuse).await;
        }
        sqlite::open_existing(url).await
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
            return if at_work { Err(in_use) } else { Ok(OnlyDaemon::default()) };
        }
        let only = sqlite::lock(&sqlite_path(url)?)?;
        sqlx::query("UPDATE outbox SET state = 'queued', lease_until = NULL WHERE state = 'leased'")
            .execute(&self.writer)
            .await?;
        crash::point("after taking back the letters of a killed daemon");
        Ok(only)
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

    /// Closes all connections; SQLite's write-ahead log is folded into the file, by the last one: of two that close at once each
    /// takes the other for it. One that hangs is not waited for: the next start finds the log and goes on from there.
    pub async fn close(&self) {
        let all = async {
            self.pool.close().await;
            self.writer.close().await;
        };
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
    Ok(sqlite::shown(&sqlite_path(url)?))
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
