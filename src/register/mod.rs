//! The register: all SQL, and nothing but SQL. SQLite through `sqlx::Any`; one SQL text that PostgreSQL
//! takes too (numbered parameters, whole numbers for times and yes/no, no dialect functions).
//!
//! Who writes takes a [`Tx`]; whoever commits takes it by value, so that nobody writes afterwards. Business rules
//! are not here: the desk decides, [`Tx::record`] writes down what it decided, in one transaction (invariant 3).
//!
//! | file | rows |
//! |---|---|
//! | `mails.rs` | mails: on file, decided on, moved |
//! | `cases.rs` | cases: what their events made of them |
//! | `chain.rs` | events and their hashes |
//! | `outbox.rs` | letters: claimed, sent, held |
//! | `snapshot.rs` | what the desk is shown before it decides |
//! | `record.rs` | a decision, written down |
//! | `jobs.rs` | what is done once a day |
//! | `verify.rs` | proof that nobody changed the past |

mod cases;
mod chain;
mod jobs;
mod mails;
mod outbox;
mod record;
mod snapshot;
mod verify;

pub use cases::CaseQuery;
pub use chain::{ChainHead, StoredEvent};
pub use mails::{Identity, Known, MailRow, NewMail, Pending};
pub use outbox::{Claimed, LetterRow, LetterState, Sent};
pub use record::Outgoing;
pub use verify::{Finding, Verified};

use crate::case::Moment;
use chrono::TimeZone;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{Any, AnyPool, Transaction};
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

/// Readers beside the one writer; the commands read while the daemon writes.
const CONNECTIONS_MAX: u32 = 4;
/// How long a write waits for another program's, before it is tried again later.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// The database, open.
#[derive(Debug, Clone)]
pub struct Register {
    pool: AnyPool,
}

/// The one daemon of a SQLite file; given back when dropped.
#[derive(Debug)]
pub struct OnlyDaemon {
    _lock: File,
}

/// One transaction that writes.
#[derive(Debug)]
pub struct Tx {
    inner: Transaction<'static, Any>,
}

/// Why the register did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    #[error(
        "failed to open the register at `{path}`: expected a SQLite file that can be read and written, found: {why}\n  hint: check that the folder exists and belongs to the user that runs klachtpost"
    )]
    Open { path: String, why: String },
    #[error(
        "failed to start: another klachtpost already runs on `{path}`\n  hint: stop that one first (systemctl stop klachtpost), or give this one its own register.url"
    )]
    InUse { path: String },
    #[error(
        "failed to use register.url: expected `sqlite:FILE`, found `{scheme}`\n  hint: PostgreSQL is not supported yet; write url = \"sqlite:klachtpost.db\""
    )]
    Unsupported { scheme: String },
    #[error(
        "failed to bring the register up to date: {0}\n  hint: a newer klachtpost may have written it; run that version, or restore a backup"
    )]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("the register's database refused: {0}")]
    Sql(#[from] sqlx::Error),
    #[error("the register holds a value that this version does not know: {what}")]
    Unreadable { what: String },
}

impl RegisterError {
    /// Somebody else got there first (another number, another daemon): decide again on what is there now.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Sql(error) if error.as_database_error().is_some_and(|e| e.is_unique_violation()))
    }
}

impl Register {
    /// Opens the database and brings its tables up to date; the file is made when absent.
    ///
    /// # Errors
    /// The file cannot be used, or a newer version wrote it.
    pub async fn open(url: &str) -> Result<Self, RegisterError> {
        let path = sqlite_path(url)?;
        let failed = |why: String| RegisterError::Open { path: path.display().to_string(), why };
        sqlx::any::install_default_drivers();
        let options = AnyConnectOptions::from_str(&format!("sqlite:{}?mode=rwc", path.display()))
            .map_err(|e| failed(e.to_string()))?;
        let pool = AnyPoolOptions::new()
            .max_connections(CONNECTIONS_MAX)
            .acquire_timeout(BUSY_TIMEOUT * 3)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    // FULL: a letter or mail that we said is on file survives a power cut.
                    let setup = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                                 PRAGMA busy_timeout = 10000; PRAGMA cache_size = -16000";
                    sqlx::raw_sql(setup).execute(connection).await.map(|_| ())
                })
            })
            .connect_with(options)
            .await
            .map_err(|e| failed(e.to_string()))?;
        sqlx::migrate!("migrations/sqlite").run(&pool).await?;
        Ok(Self { pool })
    }

    /// Makes sure that this is the only daemon on the file. Letters a killed one was sending are due again:
    /// whether they went out is unknown, so they go with the same Message-ID (invariant 4).
    ///
    /// # Errors
    /// Another daemon runs on it.
    pub async fn only_daemon(&self, url: &str) -> Result<OnlyDaemon, RegisterError> {
        let path = sqlite_path(url)?;
        let lock_path = PathBuf::from(format!("{}.lock", path.display()));
        let failed =
            |why: std::io::Error| RegisterError::Open { path: lock_path.display().to_string(), why: why.to_string() };
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&lock_path).map_err(failed)?;
        if lock.try_lock().is_err() {
            return Err(RegisterError::InUse { path: path.display().to_string() });
        }
        sqlx::query("UPDATE outbox SET state = 'queued', lease_until = NULL WHERE state = 'leased'")
            .execute(&self.pool)
            .await?;
        Ok(OnlyDaemon { _lock: lock })
    }

    /// Begins to write: takes the write lock at once, because a transaction that first reads and then writes is
    /// refused when another wrote in between.
    ///
    /// # Errors
    /// Another program holds the lock for longer than the busy timeout.
    pub async fn begin(&self) -> Result<Tx, RegisterError> {
        Ok(Tx { inner: self.pool.begin_with("BEGIN IMMEDIATE").await? })
    }

    /// Closes all connections; the write-ahead log is folded into the file.
    pub async fn close(&self) {
        self.pool.close().await;
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
/// Another kind of database.
pub fn sqlite_path(url: &str) -> Result<PathBuf, RegisterError> {
    let rest = url.strip_prefix("sqlite:").ok_or_else(|| RegisterError::Unsupported {
        // Only the scheme: a database URL may hold a password.
        scheme: url.split(':').next().unwrap_or_default().to_owned(),
    })?;
    let path = rest.strip_prefix("//").unwrap_or(rest);
    Ok(Path::new(path.split('?').next().unwrap_or(path)).to_owned())
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
