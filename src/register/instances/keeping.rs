//! The task that says again and again that this instance is alive, and steps back where a newer klachtpost changed the tables. Only
//! SQL.

use super::clocks::Compared;
use super::{BEATS, Engine, NOW, Presence, since_boot};
use crate::register::postgres::newest;
use sqlx::{AnyConnection, AnyPool, Connection};
use std::sync::Weak;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// A connection of the keeper's own: it must not wait for one of those that work.
pub(super) async fn connect(pool: &AnyPool) -> Result<AnyConnection, sqlx::Error> {
    let options = pool.connect_options();
    let mut connection = AnyConnection::connect_with(&options).await?;
    sqlx::raw_sql(Engine::Postgres.setup()).execute(&mut connection).await?;
    Ok(connection)
}

/// What the register answers to "we are alive".
pub(super) enum Heard {
    Well,
    /// Its tables are of a version that this program does not know.
    Newer(i64),
}

/// Registers the instance; one that was here before on the same machine is gone.
pub(super) async fn first_beat(connection: &mut AnyConnection, presence: &Presence) -> Result<Heard, sqlx::Error> {
    if let Some(home) = &presence.home {
        // A restart waits for nobody.
        let gone = sqlx::query("DELETE FROM instance WHERE home = $1").bind(&home.name);
        gone.execute(&mut *connection).await?;
    }
    beat(connection, presence).await
}

/// Says that we are alive, unless the tables are newer than we know. Counted from before it was asked: so we never think so for
/// longer than the others do.
async fn beat(connection: &mut AnyConnection, presence: &Presence) -> Result<Heard, sqlx::Error> {
    let clock = presence.compare(connection).await?;
    let asked_at = since_boot();
    let lease = i64::try_from(presence.lease.as_millis()).unwrap_or(i64::MAX / 2);
    let text = format!(
        "INSERT INTO instance (id, name, home, started_at, seen_at, until, clock_off) SELECT $1, $2, $4, {NOW}, {NOW}, {NOW} + $3, $6 \
         WHERE NOT EXISTS (SELECT 1 FROM _sqlx_migrations WHERE version > $5) ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, \
         until = excluded.until, clock_off = excluded.clock_off"
    );
    let query = sqlx::query(sqlx::AssertSqlSafe(text)).bind(&presence.id).bind(&presence.name).bind(lease);
    let query = query.bind(presence.home.as_ref().map(|home| home.name.as_str()).unwrap_or_default());
    let off = presence.off().map_or(0, |off| off.num_milliseconds());
    if query.bind(newest()).bind(off).execute(&mut *connection).await?.rows_affected() == 0 {
        let newest = sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(connection).await?;
        return Ok(Heard::Newer(newest));
    }
    presence.said_alive(asked_at);
    // Last: what is in hand under a lease holds this up, and we are alive meanwhile.
    if clock == Compared::Doubted {
        presence.give_way(connection).await?;
    }
    Ok(Heard::Well)
}

/// What this program would still write may be wrong in newer tables: from now on nothing of what it does alone is committed.
async fn step_back(connection: &mut AnyConnection, presence: &Presence, version: i64) {
    presence.alive().until = Duration::ZERO;
    tracing::error!(
        version,
        "a newer klachtpost brought the register's tables up to date: this one stops; next: start the newer one here"
    );
    let gone = sqlx::query("DELETE FROM instance WHERE id = $1").bind(&presence.id).execute(connection);
    if !matches!(timeout(presence.lease / BEATS, gone).await, Ok(Ok(_))) {
        tracing::debug!("what this instance held was not given back; it lapses");
    }
    // The process may end at once now.
    presence.newer.send_replace(Some(version));
}

/// Says it again and again, on a new connection where one failed or hangs.
pub(super) async fn keep(presence: Weak<Presence>, pool: AnyPool, connection: AnyConnection) {
    let mut connection = Some(connection);
    while let Some(presence) = presence.upgrade() {
        let pause = presence.lease / BEATS;
        let said = async {
            if connection.is_none() {
                connection = Some(connect(&pool).await?);
            }
            match &mut connection {
                Some(connection) => beat(connection, &presence).await,
                None => Ok(Heard::Well),
            }
        };
        match timeout(pause, said).await {
            Ok(Ok(Heard::Well)) => {}
            Ok(Ok(Heard::Newer(version))) => {
                if let Some(connection) = &mut connection {
                    step_back(connection, &presence, version).await;
                }
                return;
            }
            Ok(Err(_)) | Err(_) => connection = None,
        }
        drop(presence);
        sleep(pause).await;
    }
}
