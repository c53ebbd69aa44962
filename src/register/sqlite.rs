//! A register in a SQLite file: the file is made, opened, and worked on by one daemon; the files that SQLite keeps beside it. It
//! touches files, of the register alone.

use super::engine::{BUSY_TIMEOUT, Engine};
use super::{READERS_MAX, Register, RegisterError, Trouble};
use crate::crash;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::Migrator;
use sqlx::{AnyConnection, Connection};
use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::str::FromStr;

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// The one daemon of a SQLite file; given back when dropped. On PostgreSQL nothing is held: several may work there.
#[derive(Debug, Default)]
pub struct OnlyDaemon {
    _lock: Option<File>,
}

/// Opens the file's register and brings its tables up to date; makes it when absent.
pub(super) async fn open(url: &str) -> Result<Register, RegisterError> {
    let path = sqlite_path(url)?;
    sqlx::any::install_default_drivers();
    crash::point("before making the register's file");
    make_private(&path).map_err(|why| unopened(&path, why.to_string()))?;
    crash::point("after making the register's file");
    give_back_mode(&path);
    let failed = |why| match Trouble::of(&why) {
        // What passes is tried again; with all else the file is named.
        Some(Trouble::Full | Trouble::ReadOnly | Trouble::Locked) => RegisterError::from(why),
        _ => unopened(&path, why.to_string()),
    };
    let options = AnyConnectOptions::from_str(&format!("sqlite:{}?mode=rwc", path.display())).map_err(failed)?;
    // A pool that cannot connect tries on and then says only that it timed out: a first connection says why.
    let mut first = AnyConnection::connect_with(&options).await.map_err(failed)?;
    sqlx::raw_sql(Engine::Sqlite.setup()).execute(&mut first).await.map_err(failed)?;
    // A connection is a thread of this process: nothing on the way is lost while it waits, so it is not asked whether it is there.
    let connections = |max| {
        let options = AnyPoolOptions::new().max_connections(max).acquire_timeout(BUSY_TIMEOUT * 3);
        options.test_before_acquire(false).after_connect(|connection, _| {
            Box::pin(async move { sqlx::raw_sql(Engine::Sqlite.setup()).execute(connection).await.map(|_| ()) })
        })
    };
    let writer = connections(1).connect_with(options.clone()).await.map_err(failed)?;
    let pool = connections(READERS_MAX).connect_lazy_with(options);
    if lacks_tables(&mut first).await? && is_worked_on(&path) {
        let instances = "the one that runs on this file".to_owned();
        return Err(RegisterError::OlderAtWork { place: path.display().to_string(), instances });
    }
    first.close().await?;
    crash::point("before bringing the tables up to date");
    MIGRATIONS.run(&writer).await?;
    crash::point("after bringing the tables up to date");
    Ok(Register::of(Engine::Sqlite, pool, writer, None))
}

fn unopened(path: &Path, why: String) -> RegisterError {
    RegisterError::Open { path: path.display().to_string(), why }
}

/// As [`open`], where there is a register.
pub(super) async fn open_existing(url: &str) -> Result<Register, RegisterError> {
    let path = sqlite_path(url)?;
    let is_there = match std::fs::metadata(&path) {
        // What is left of a start that was killed before it made the tables.
        Ok(file) => file.len() > 0,
        Err(error) => error.kind() != std::io::ErrorKind::NotFound,
    };
    if is_there { open(url).await } else { Err(RegisterError::Absent { path: shown(&path) }) }
}

/// Makes sure that no other daemon works on the file.
pub(super) fn lock(path: &Path) -> Result<OnlyDaemon, RegisterError> {
    // The file itself, whatever links lead to it: two names must not give two locks.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let lock_path = lock_of(&path);
    let failed = |why: std::io::Error| unopened(&lock_path, why.to_string());
    let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&lock_path).map_err(failed)?;
    lock.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => RegisterError::InUse { path: path.display().to_string() },
        TryLockError::Error(why) => failed(why),
    })?;
    Ok(OnlyDaemon { _lock: Some(lock) })
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
    Ok(usize::try_from(done).is_ok_and(|done| done < MIGRATIONS.iter().count()))
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

pub(super) fn shown(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}

/// Makes the file when it is absent, for its owner's eyes only: it holds people's complaints. SQLite gives the files
/// beside it the same mode.
fn make_private(path: &Path) -> std::io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// What SQLite keeps beside a file that could only be read can only be read itself, and stays: once the file may be written again,
/// so may these. One that is not ours is left as it is, and SQLite says why.
fn give_back_mode(path: &Path) {
    const OWNER_WRITES: u32 = 0o200;
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let Ok(file) = std::fs::metadata(&path) else { return };
    for beside in ["-wal", "-shm"].map(|end| format!("{}{end}", path.display())) {
        let Ok(found) = std::fs::symlink_metadata(&beside) else { continue };
        let lacks = file.permissions().mode() & !found.permissions().mode() & OWNER_WRITES;
        if found.is_file() && lacks != 0 {
            let _ = std::fs::set_permissions(&beside, file.permissions());
        }
    }
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
