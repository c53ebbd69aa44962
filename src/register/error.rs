//! Why the register did not do what it was asked: what was tried, expected and found, and the next step. Holds no
//! path of a database URL beyond the file's, no SQL values and no mail text.

use super::sqlstate::{self, Refusal};
use sqlx::postgres::PgDatabaseError;
use std::io::ErrorKind;

/// Why the register did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    #[error(
        "failed to open the register at `{path}`: expected a SQLite file that can be read and written, found: {why}\n  hint: check that the folder exists and belongs to the user that runs klachtpost"
    )]
    Open { path: String, why: String },
    #[error(
        "no register at {path}\n  hint: `klachtpost run` makes it; where it lies elsewhere, name it with register.url in the settings, or other settings with --config"
    )]
    Absent { path: String },
    #[error(
        "failed to start: another klachtpost already runs on `{path}`\n  hint: stop that one first (systemctl stop klachtpost), or give this one its own register.url"
    )]
    InUse { path: String },
    #[error(
        "failed to use register.url: expected `sqlite:FILE` or `postgres://USER@HOST/DATABASE`, found `{found}`\n  hint: write url = \"sqlite:/var/lib/klachtpost/klachtpost.db\"; databases in memory are not supported"
    )]
    Unsupported { found: String },
    #[error(
        "failed to open the register at `{place}`: expected a PostgreSQL server that klachtpost can use, found that {refusal} ({why})\n  hint: {hint}",
        hint = .refusal.hint()
    )]
    Server { place: String, refusal: Refusal, why: String },
    #[error(
        "failed to open the register: expected tables that this version knows, found version {version} of them, written by a newer klachtpost\n  hint: run that version, or restore a backup from before it"
    )]
    Newer { version: i64 },
    #[error(
        "failed to look into the register at `{place}`: expected the tables of this version, found those of version {version}, which an older klachtpost may work with\n  hint: `klachtpost run` of this version brings them up to date, once every instance of the older one is stopped; until then look with the older one"
    )]
    Older { version: i64, place: String },
    #[error(
        "failed to bring the tables of the register at `{place}` up to date: expected that nobody works with them, found these instances of an older klachtpost: {instances}\n  hint: stop each of them (systemctl stop klachtpost on its machine); the first that is started in this version then does it"
    )]
    OlderAtWork { place: String, instances: String },
    #[error(
        "failed to register this instance: expected that the register can be worked on, found its table `instance` locked for long, as `klachtpost register copy` does while it copies\n  hint: start klachtpost when the copy has ended, and with the settings that name the right register; pg_locks says who holds it"
    )]
    BeingCopied,
    #[error("failed to bring the register's tables up to date: {0}\n  hint: restore a backup, or report this")]
    Migrate(sqlx::migrate::MigrateError),
    #[error(
        "failed to use the register: expected a database that can be read and written, found that {trouble} ({why})\n  hint: {hint}",
        hint = .trouble.hint(.why)
    )]
    Unavailable { trouble: Trouble, why: sqlx::Error },
    #[error("failed to write to the register: its database refused: {0}")]
    Sql(sqlx::Error),
    #[error(
        "failed to use the list of redactions `{path}`: {why}\n  hint: it belongs beside the register, for the user that runs klachtpost; what stands in it is redacted again after a restore"
    )]
    List { path: String, why: std::io::Error },
    #[error(
        "failed to copy the register: expected one to copy into that is empty, found {rows} rows of `{table}`\n  hint: name a new database, or empty that one first; nothing was changed"
    )]
    NotEmpty { rows: i64, table: &'static str },
    #[error(
        "failed to back the register up to `{path}`: {why}\n  hint: name a new file in a folder with room that the user who runs klachtpost can write, say one of today's date"
    )]
    Backup { path: String, why: std::io::Error },
    #[error(
        "what was blanked still stands in the log beside the register, because somebody reads from it; it is tried again"
    )]
    LogInUse,
    #[error(
        "what one instance does alone ({lease}) is another's by now, or this one was not heard of for too long: nothing of this step was done; it goes on by itself"
    )]
    Lapsed { lease: String },
    #[error("mail {mail} was decided on already, by another klachtpost: nothing is done twice")]
    Decided { mail: i64 },
    #[error(
        "failed to read the register: expected values that this version knows, found {what}\n  hint: run `klachtpost verify`; if a newer klachtpost wrote it, run that version"
    )]
    Unreadable { what: String },
}

/// What is wrong with the database as a whole: nothing that the mail or letter in hand can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    Full,
    ReadOnly,
    Locked,
    Disk,
    Damaged,
    Closed,
    /// PostgreSQL's server is not there any more, or not the one it was.
    Lost,
    MayNot,
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Full => "the disk is full",
            Self::ReadOnly => "it can only be read",
            Self::Locked => "another program keeps it locked",
            Self::Disk => "its disk fails",
            Self::Damaged => "its data are damaged, or no database of its kind",
            Self::Closed => "no connection to it is free",
            Self::Lost => "its server cannot be reached",
            Self::MayNot => "this user may not do that",
        })
    }
}

impl Trouble {
    fn hint(self, why: &sqlx::Error) -> &'static str {
        let is_server = why.as_database_error().is_some_and(|e| e.try_downcast_ref::<PgDatabaseError>().is_some());
        match (self, is_server) {
            (Self::Full, false) => "make room on the disk of register.url; klachtpost goes on by itself",
            (Self::Full, true) => "make room on the disk of the PostgreSQL server; klachtpost goes on by itself",
            (Self::ReadOnly, false) => {
                "let the user that runs klachtpost write the file and its folder, and mount the disk for writing"
            }
            (Self::ReadOnly, true) => {
                "name the primary in register.url, or all servers with commas between them; klachtpost goes on by itself"
            }
            (Self::Locked, false) => {
                "close the program that has the file open for writing; klachtpost goes on by itself"
            }
            (Self::Locked, true) => {
                "end what holds its tables (pg_stat_activity, pg_locks name it); klachtpost goes on by itself"
            }
            (Self::Disk, _) => "look at the system's log for errors of the disk",
            (Self::Damaged, false) => "stop klachtpost and restore a backup; keep the damaged file",
            (Self::Damaged, true) => "stop klachtpost, restore a backup of the database, and keep the damaged one",
            (Self::Closed, _) => {
                "none, it is tried again; if it stays, look at the machine's load, and of PostgreSQL whether it runs and takes \
                 more connections (max_connections)"
            }
            (Self::Lost, _) => "see that PostgreSQL runs and can be reached; klachtpost goes on by itself",
            (Self::MayNot, _) => "make the user of register.url the database's owner; klachtpost goes on by itself",
        }
    }

    /// From PostgreSQL's codes, or SQLite's, whose low byte is the class (sqlite.org/rescode.html).
    pub(super) fn of(error: &sqlx::Error) -> Option<Self> {
        match error {
            sqlx::Error::Io(why) => Some(Self::of_connection(why.kind())),
            sqlx::Error::WorkerCrashed => Some(Self::Disk),
            // Half an answer of a server that went away.
            sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) | sqlx::Error::BeginFailed => Some(Self::Lost),
            sqlx::Error::Database(database) if let Some(error) = database.try_downcast_ref::<PgDatabaseError>() => {
                sqlstate::trouble(error)
            }
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => Some(Self::Closed),
            sqlx::Error::Database(database) => match database.code()?.parse::<i64>().ok()? & 0xff {
                13 => Some(Self::Full),
                8 => Some(Self::ReadOnly),
                5 | 6 => Some(Self::Locked),
                10 | 14 => Some(Self::Disk),
                11 | 26 => Some(Self::Damaged),
                _ => None,
            },
            _ => None,
        }
    }

    /// Only a server is reached over a connection.
    fn of_connection(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            ErrorKind::ConnectionRefused
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::NotConnected
            | ErrorKind::BrokenPipe
            | ErrorKind::UnexpectedEof
            | ErrorKind::TimedOut
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable => Self::Lost,
            _ => Self::Disk,
        }
    }
}

impl RegisterError {
    /// Somebody else got there first (another number, another daemon): decide again on what is there now.
    pub fn is_conflict(&self) -> bool {
        match self {
            Self::Decided { .. } => true,
            Self::Sql(error) => error.as_database_error().is_some_and(|e| e.is_unique_violation()),
            _ => false,
        }
    }

    /// The database as a whole cannot be used now: no mail or letter is to blame, and none is set apart for it.
    pub fn is_unavailable(&self) -> bool {
        matches!(
            self,
            Self::Unavailable { .. }
                | Self::Open { .. }
                | Self::Server { .. }
                | Self::Lapsed { .. }
                | Self::OlderAtWork { .. }
                | Self::BeingCopied
        )
    }

    /// Whether it may be another in a moment without anybody's doing anything about the settings.
    pub fn passes_by_itself(&self) -> bool {
        match self {
            Self::Unavailable { .. } => true,
            Self::Server { refusal, .. } => matches!(refusal, Refusal::Away | Refusal::NoRoom | Refusal::ReadOnly),
            _ => false,
        }
    }
}

impl From<sqlx::Error> for RegisterError {
    fn from(why: sqlx::Error) -> Self {
        match Trouble::of(&why) {
            Some(trouble) => Self::Unavailable { trouble, why },
            None => Self::Sql(why),
        }
    }
}

impl From<sqlx::migrate::MigrateError> for RegisterError {
    fn from(why: sqlx::migrate::MigrateError) -> Self {
        use sqlx::migrate::MigrateError::{Execute, ExecuteMigration, VersionMissing};
        match why {
            VersionMissing(version) => Self::Newer { version },
            Execute(error) | ExecuteMigration(error, _) if Trouble::of(&error).is_some() => error.into(),
            other => Self::Migrate(other),
        }
    }
}
