//! The two databases a register can be on, and all in which they differ beyond their tables: how a transaction begins, how a
//! connection is set up, what a disk's room is given back with. Where one text cannot serve both, two stand here side by side.
//!
//! SQLite has one writer at a time, who takes the file's lock when he begins. On PostgreSQL many write at once; who adds to the
//! chain of events, gives out a number or counts letters begins with one lock, so that all of these happen one
//! after the other, in the order of asking, over all instances. Who does none of that begins without it ([`Begin::Apart`]).

use std::time::Duration;

/// Which database a register is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Engine {
    Sqlite,
    Postgres,
}

/// What a transaction that writes is going to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begin {
    /// It adds to the chain, or decides on what nobody else may change meanwhile.
    InTurn,
    /// It changes rows of its own and no event tells of it: mails put on file, letters claimed, what is counted.
    Apart,
}

/// How long a write waits for another program's, before it is tried again later.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Longer than a step of work takes at a PostgreSQL server that answers, with its wait for the turn (`lock_timeout`): whoever holds
/// the turn for longer makes the others give up.
pub(super) const SILENT_MAX: Duration = Duration::from_secs(25);

/// FULL: a letter or mail that we said is on file survives a power cut. Pages of a new file hold a letter in two or three. Each
/// connection has a cache of a megabyte: more was no faster with 100,000 cases, as the system keeps the file in memory too.
const SQLITE_SETUP: &str = "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                            PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 10000; PRAGMA cache_size = -1000";

/// A commit survives the server's crash, and where a synchronous standby is set, its loss; a stronger setting is left. Locks of
/// an instance that was stopped in the middle, or is cut off, are free again before half a minute has passed, and no
/// statement runs for ever.
const POSTGRES_SETUP: &str = "SET application_name = 'klachtpost'; SET default_transaction_isolation = 'read committed'; \
     SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') \
     NOT IN ('on', 'remote_apply'); \
     SET lock_timeout = '10s'; SET statement_timeout = '5min'; SET idle_in_transaction_session_timeout = '12s'; \
     SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 2; \
     SET tcp_user_timeout = '20s'";

impl Engine {
    /// What is said on each new connection.
    pub fn setup(self) -> &'static str {
        match self {
            Self::Sqlite => SQLITE_SETUP,
            Self::Postgres => POSTGRES_SETUP,
        }
    }

    /// How a transaction that writes begins. SQLite: with the write lock at once, because a transaction that first reads and
    /// then writes is refused when another wrote in between.
    pub fn begin(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN",
        }
    }

    /// What takes the turn of all who write, inside the transaction: SQLite has it already. A lock of a table, because those
    /// who wait for a row are not served in the order of asking; a statement of its own, because one that waited too long must
    /// be rolled back.
    pub fn take_turn(self, begin: Begin) -> Option<&'static str> {
        match (self, begin) {
            (Self::Sqlite, _) | (Self::Postgres, Begin::Apart) => None,
            (Self::Postgres, Begin::InTurn) => Some("LOCK TABLE identity IN SHARE ROW EXCLUSIVE MODE"),
        }
    }

    /// How long connections are waited for at the end; one that never comes back must not keep the process. Folding SQLite's log
    /// into the file takes well under a second; at a PostgreSQL server a closed connection leaves nothing undone.
    pub fn closing_max(self) -> Duration {
        match self {
            Self::Sqlite => Duration::from_secs(10),
            Self::Postgres => Duration::from_secs(2),
        }
    }

    /// What is said in a transaction that goes through the whole register: its limits are for steps of work.
    pub fn takes_long(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => {
                Some("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
            }
        }
    }

    /// What keeps others from beginning to work on the register until the transaction ends, where no lock of a file does.
    pub fn keep_others_away(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some("LOCK TABLE instance IN SHARE MODE"),
        }
    }

    /// How one begins that reads, and sees all of it as it stands at one moment.
    pub fn begin_moment(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN",
            Self::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }
}
