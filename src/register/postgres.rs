//! A register on PostgreSQL: which of the servers can be written to, whether it can be used, its tables, and the pools. Of
//! several servers the first that takes writes is used, and another one as soon as it does not any more.

use super::engine::{BUSY_TIMEOUT, Engine};
use super::instances::NOW;
use super::sqlstate::Refusal;
use super::{READERS_MAX, Register, RegisterError};
use crate::config::Postgres;
use crate::crash;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::Migrator;
use sqlx::{AnyConnection, AnyPool, Connection, Row};
use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;
use tokio::time::timeout;
use tokio_util::task::AbortOnDropHandle;

/// The oldest server: the first whose own `gen_random_uuid` marks a register.
const OLDEST: i64 = 130_000;
/// Transactions of one instance that write at once: intake, sending, the hour and a command's.
const WRITERS_MAX: u32 = 4;
/// How long a server may take to answer before the next is tried.
const ANSWER_MAX: Duration = Duration::from_secs(5);
/// How often it is asked whether the server in use still takes writes, where there are several.
const FOLLOW_EVERY: Duration = Duration::from_secs(1);
/// A connection that was idle for longer is tried before it is used.
const TRUSTED_IDLE: Duration = Duration::from_secs(1);

/// How often the log says that a migration goes on.
const SAID_EVERY: Duration = Duration::from_secs(30);
/// What a connection is set up with that brings the tables up to date.
const UNLIMITED: &str = "SET application_name = 'klachtpost migrating'; SET lock_timeout = 0; SET statement_timeout = 0; \
                         SET idle_in_transaction_session_timeout = 0";

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// Whether a register is made where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Absent {
    Make,
    Refuse,
}

/// One server of the database.
struct Server {
    /// How it is called: without a password.
    name: String,
    options: AnyConnectOptions,
}

/// Follows the server that can be written to; ends with the last clone of its register.
pub(super) type Follower = AbortOnDropHandle<()>;

/// Opens the register there and brings its tables up to date.
pub(super) async fn open(url: &str, absent: Absent) -> Result<Register, RegisterError> {
    let database = Postgres::parse(url).map_err(|bad| RegisterError::Unsupported { found: bad.found })?;
    sqlx::any::install_default_drivers();
    let servers = servers(&database)?;
    let (server, mut connection) = first_writable(&servers).await?;
    check_server(server, &mut connection).await?;
    if lacks_tables(server, &mut connection, absent).await? {
        make_tables(server).await?;
    }
    let _ = connection.close().await;
    let (pool, writer) = (pool(READERS_MAX, server), pool(WRITERS_MAX, server));
    let (used, pools) = (server.name.clone(), [pool.clone(), writer.clone()]);
    let follower = (servers.len() > 1).then(move || follow(used, servers, pools));
    Ok(Register::of(Engine::Postgres, pool, writer, follower))
}

/// Where it is, without a password.
pub(super) fn place(url: &str) -> String {
    Postgres::parse(url).map(|database| database.to_string()).unwrap_or_default()
}

fn servers(database: &Postgres) -> Result<Vec<Server>, RegisterError> {
    let of = |(name, url): (String, crate::config::DatabaseUrl)| {
        // The URL's error would be of a URL with a password.
        let options = AnyConnectOptions::from_str(&url);
        let options = options.map_err(|_| RegisterError::Unsupported { found: name.clone() })?;
        Ok(Server { name, options })
    };
    database.servers().into_iter().map(of).collect()
}

fn refused(server: &Server, refusal: Refusal, why: impl Into<String>) -> RegisterError {
    RegisterError::Server { place: server.name.clone(), refusal, why: why.into() }
}

fn refused_with(server: &Server, error: &sqlx::Error) -> RegisterError {
    refused(server, Refusal::of(error), said(error))
}

/// The driver's words; those about a URL would repeat a part of it.
fn said(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Configuration(_) => {
            "its settings cannot be used: see the files that register.url names".to_owned()
        }
        sqlx::Error::Database(error) => error.message().to_owned(),
        other => other.to_string(),
    }
}

/// The first that can be written to; else why the first cannot be used.
async fn first_writable(servers: &[Server]) -> Result<(&Server, AnyConnection), RegisterError> {
    let mut first = None;
    for server in servers {
        match writable(server).await {
            Ok(connection) => return Ok((server, connection)),
            Err(error) => drop(first.get_or_insert(error)),
        }
    }
    Err(first.unwrap_or_else(|| RegisterError::Unsupported { found: "postgres: without a host".to_owned() }))
}

async fn writable(server: &Server) -> Result<AnyConnection, RegisterError> {
    let asked = async {
        let mut connection = AnyConnection::connect_with(&server.options).await?;
        let writable = takes_writes(&mut connection).await?;
        Ok::<_, sqlx::Error>((connection, writable))
    };
    match timeout(ANSWER_MAX, asked).await {
        Ok(Ok((connection, true))) => Ok(connection),
        Ok(Ok((_, false))) => Err(refused(server, Refusal::ReadOnly, "transaction_read_only is on")),
        Ok(Err(error)) => Err(refused_with(server, &error)),
        Err(_) => Err(refused(server, Refusal::Away, format!("no answer within {} s", ANSWER_MAX.as_secs()))),
    }
}

async fn takes_writes(connection: &mut AnyConnection) -> Result<bool, sqlx::Error> {
    let text =
        "SELECT CASE WHEN pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' THEN 0 ELSE 1 END";
    Ok(sqlx::query(text).fetch_one(connection).await?.try_get::<i64, _>(0)? == 1)
}

/// Its version, and what its texts can hold.
async fn check_server(server: &Server, connection: &mut AnyConnection) -> Result<(), RegisterError> {
    let text = "SELECT CAST(current_setting('server_version_num') AS BIGINT), current_setting('server_version'), \
                current_setting('server_encoding')";
    let row = sqlx::query(text).fetch_one(connection).await.map_err(|error| refused_with(server, &error))?;
    let (version, shown, encoding): (i64, String, String) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    suits(version, &shown, &encoding).map_err(|(refusal, why)| refused(server, refusal, why))
}

/// Whether a server of that version and encoding will do.
fn suits(version: i64, shown: &str, encoding: &str) -> Result<(), (Refusal, String)> {
    if version < OLDEST {
        return Err((Refusal::TooOld, format!("expected PostgreSQL {} or newer, found {shown}", OLDEST / 10_000)));
    }
    if encoding != "UTF8" {
        return Err((Refusal::Encoding, format!("expected the encoding UTF8, found {encoding}")));
    }
    Ok(())
}

/// Whether the tables are to be brought up to date. Nothing is written where they are.
async fn lacks_tables(server: &Server, connection: &mut AnyConnection, absent: Absent) -> Result<bool, RegisterError> {
    let failed = |error: sqlx::Error| refused_with(server, &error);
    let text = "SELECT CASE WHEN to_regclass('_sqlx_migrations') IS NULL THEN 0 ELSE 1 END, \
                (SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace \
                 WHERE nspname = current_schema() AND relkind IN ('r', 'p', 'v', 'm', 'f'))";
    let row = sqlx::query(text).fetch_one(&mut *connection).await.map_err(failed)?;
    let (is_migrated, tables): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
    if is_migrated == 0 && tables > 0 {
        return Err(refused(server, Refusal::Foreign, format!("tables that klachtpost did not make: {tables}")));
    }
    if is_migrated == 1 {
        let text = "SELECT version, checksum FROM _sqlx_migrations ORDER BY version";
        let rows = sqlx::query(text).fetch_all(&mut *connection).await.map_err(failed)?;
        let done = rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
        let done = done.collect::<Result<BTreeMap<i64, Vec<u8>>, sqlx::Error>>().map_err(failed)?;
        let is = is_up_to_date(&done).map_err(|error| error.unwrap_or_else(|| foreign(server)))?;
        if !is && absent == Absent::Refuse {
            let version = done.keys().next_back().copied().unwrap_or_default();
            return Err(RegisterError::Older { version, place: server.name.clone() });
        }
        if !is {
            nobody_works(server, connection).await?;
        }
        return Ok(!is);
    }
    if absent == Absent::Refuse {
        return Err(RegisterError::Absent { path: server.name.clone() });
    }
    Ok(true)
}

/// An instance of an older version writes what these tables may not take any more: its tables stay as they are while it is alive.
async fn nobody_works(server: &Server, connection: &mut AnyConnection) -> Result<(), RegisterError> {
    let failed = |error: sqlx::Error| refused_with(server, &error);
    let there = "SELECT CASE WHEN to_regclass('instance') IS NULL THEN 0 ELSE 1 END";
    if sqlx::query_scalar::<_, i64>(there).fetch_one(&mut *connection).await.map_err(failed)? == 0 {
        return Ok(());
    }
    let alive = format!("SELECT name FROM instance WHERE until > {NOW} ORDER BY started_at, id");
    let alive: Vec<String> =
        sqlx::query_scalar(sqlx::AssertSqlSafe(alive)).fetch_all(connection).await.map_err(failed)?;
    if alive.is_empty() {
        return Ok(());
    }
    Err(RegisterError::OlderAtWork { place: server.name.clone(), instances: alive.join(", ") })
}

/// Several instances may do so at once: one waits for the other. On a connection without the limits that are for steps of work:
/// a large table takes its time, and one that was broken off in the middle would be begun anew for ever.
async fn make_tables(server: &Server) -> Result<(), RegisterError> {
    let alone =
        AnyPoolOptions::new().max_connections(1).acquire_timeout(BUSY_TIMEOUT).after_connect(|connection, _| {
            Box::pin(async move { sqlx::raw_sql(UNLIMITED).execute(connection).await.map(|_| ()) })
        });
    let alone = alone.connect_lazy_with(server.options.clone());
    crash::point("before bringing the tables up to date");
    let migrating = MIGRATIONS.run(&alone);
    tokio::pin!(migrating);
    let migrated = loop {
        match timeout(SAID_EVERY, &mut migrating).await {
            Ok(migrated) => break migrated.map_err(RegisterError::from),
            Err(_) => tracing::info!(
                register = server.name,
                "the register's tables are brought up to date, or another klachtpost does so; nothing is broken off, however long it takes"
            ),
        }
    };
    crash::point("after bringing the tables up to date");
    alone.close().await;
    migrated.map_err(|error| match error {
        RegisterError::Unavailable { trouble: super::Trouble::MayNot, why } => {
            refused(server, Refusal::MayNot, said(&why))
        }
        other => other,
    })
}

/// The newest version of the tables that this program knows.
pub(super) fn newest() -> i64 {
    MIGRATIONS.iter().map(|one| one.version).max().unwrap_or_default()
}

fn foreign(server: &Server) -> RegisterError {
    refused(server, Refusal::Foreign, "a table _sqlx_migrations with other contents than klachtpost's")
}

/// Whether all migrations were done, by their numbers and checksums. No error: they are another program's.
fn is_up_to_date(done: &BTreeMap<i64, Vec<u8>>) -> Result<bool, Option<RegisterError>> {
    let known: BTreeMap<i64, &[u8]> = MIGRATIONS.iter().map(|one| (one.version, &*one.checksum)).collect();
    if done.iter().any(|(version, sum)| known.get(version).is_some_and(|known| *known != sum)) {
        return Err(None);
    }
    let newer = done.keys().find(|version| !known.contains_key(version));
    match newer {
        Some(version) if known.keys().next().is_some_and(|first| done.contains_key(first)) => {
            Err(Some(RegisterError::Newer { version: *version }))
        }
        Some(_) => Err(None),
        None => Ok(done.len() == known.len()),
    }
}

/// Connections are made when they are needed, and only to a server that takes writes.
fn pool(max: u32, server: &Server) -> AnyPool {
    AnyPoolOptions::new()
        .max_connections(max)
        .acquire_timeout(BUSY_TIMEOUT)
        .test_before_acquire(false)
        .before_acquire(|connection, known| {
            Box::pin(async move {
                if known.idle_for > TRUSTED_IDLE {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .after_connect(|connection, _| {
            Box::pin(async move {
                if !takes_writes(connection).await? {
                    let why = "the server of the register can only be read";
                    return Err(sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::ReadOnlyFilesystem, why)));
                }
                sqlx::raw_sql(Engine::Postgres.setup()).execute(connection).await.map(|_| ())
            })
        })
        .connect_lazy_with(server.options.clone())
}

/// Asks the server in use again and again whether it takes writes, on a connection of its own. Where it does not any more,
/// the pools go to the first that does; what is connected to the old one fails there and is made anew.
fn follow(first: String, servers: Vec<Server>, pools: [AnyPool; 2]) -> Follower {
    let follows = async move {
        let (mut used, mut asking) = (first, None);
        loop {
            tokio::time::sleep(FOLLOW_EVERY).await;
            if let Some(connection) = asking.as_mut()
                && matches!(timeout(ANSWER_MAX, takes_writes(connection)).await, Ok(Ok(true)))
            {
                continue;
            }
            asking = None;
            let Ok((server, connection)) = first_writable(&servers).await else { continue };
            if server.name != used {
                tracing::warn!(from = used, to = server.name, "the register goes on at another server");
                pools.iter().for_each(|pool| pool.set_connect_options(server.options.clone()));
                used = server.name.clone();
            }
            asking = Some(connection);
        }
    };
    Follower::new(tokio::spawn(follows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_is_too_old_or_cannot_hold_every_letter_is_refused() {
        assert_eq!(suits(150_014, "15.14", "UTF8"), Ok(()));
        assert_eq!(suits(130_000, "13.0", "UTF8"), Ok(()));
        let (refusal, why) = suits(120_022, "12.22", "UTF8").unwrap_err();
        assert_eq!((refusal, why.as_str()), (Refusal::TooOld, "expected PostgreSQL 13 or newer, found 12.22"));
        assert_eq!(suits(150_014, "15.14", "LATIN1").unwrap_err().0, Refusal::Encoding);
    }

    #[test]
    fn tables_are_ours_by_their_numbers_and_checksums() {
        let all: BTreeMap<i64, Vec<u8>> = MIGRATIONS.iter().map(|one| (one.version, one.checksum.to_vec())).collect();
        assert!(is_up_to_date(&all).unwrap() && !is_up_to_date(&BTreeMap::new()).unwrap());
        let with = |version, sum: &[u8]| {
            let mut some = all.clone();
            some.insert(version, sum.to_vec());
            some
        };
        assert!(matches!(is_up_to_date(&with(9_000, b"x")), Err(Some(RegisterError::Newer { version: 9_000 }))));
        assert!(matches!(is_up_to_date(&with(9, b"x")), Err(None)));
        assert!(matches!(is_up_to_date(&BTreeMap::from([(1, vec![1])])), Err(None)));
    }
}
