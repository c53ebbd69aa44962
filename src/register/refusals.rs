//! What a sending server refused, kept over a restart: letters that wait for it, and the connections it takes. Only SQL.

use super::{Register, RegisterError, Tx, millis, moment};
use crate::case::{LetterId, Moment};
use sqlx::Row;

/// Refusals that are looked back at: two tell that it is the server.
const LOOKED_BACK_AT: i64 = 16;

/// A letter that was refused, as the register keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedBefore {
    pub id: LetterId,
    pub to: String,
    /// The server's reply.
    pub reply: String,
}

impl Register {
    /// When a server last took a letter.
    ///
    /// # Errors
    /// The database refused.
    pub async fn last_accepted(&self) -> Result<Option<Moment>, RegisterError> {
        let row = sqlx::query("SELECT MAX(accepted_at) FROM outbox").fetch_one(&self.pool).await?;
        Ok(row.try_get::<Option<i64>, _>(0)?.map(moment))
    }

    /// Letters that were refused first at this moment or later, the latest first; a bounded number.
    ///
    /// # Errors
    /// The database refused.
    pub async fn refused_since(&self, since: Moment) -> Result<Vec<RefusedBefore>, RegisterError> {
        let text = "SELECT id, recipient, reply FROM outbox WHERE refused_at >= $1 ORDER BY refused_at DESC LIMIT $2";
        let rows = sqlx::query(text).bind(millis(since)).bind(LOOKED_BACK_AT).fetch_all(&self.pool).await?;
        let read = |row: &sqlx::any::AnyRow| {
            Ok(RefusedBefore {
                id: LetterId::from_stored(row.try_get::<String, _>(0)?),
                to: row.try_get(1)?,
                reply: row.try_get(2)?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// How many connections this server took, and when that was seen; None: never fewer than were opened.
    ///
    /// # Errors
    /// The database refused.
    pub async fn connections_taken(&self, server: &str) -> Result<Option<(usize, Moment)>, RegisterError> {
        let text = "SELECT count, learnt_at FROM connections_taken WHERE server = $1";
        let Some(row) = sqlx::query(text).bind(server).fetch_optional(&self.pool).await? else { return Ok(None) };
        let count = usize::try_from(row.try_get::<i64, _>(0)?).unwrap_or(1);
        Ok(Some((count.max(1), moment(row.try_get(1)?))))
    }

    /// Keeps how many connections this server took.
    ///
    /// # Errors
    /// The database refused.
    pub async fn note_connections_taken(&self, server: &str, count: usize, now: Moment) -> Result<(), RegisterError> {
        let _turn = self.turn().await;
        sqlx::query(
            "INSERT INTO connections_taken (server, count, learnt_at) VALUES ($1, $2, $3) \
             ON CONFLICT (server) DO UPDATE SET count = $2, learnt_at = $3",
        )
        .bind(server)
        .bind(i64::try_from(count).unwrap_or(i64::MAX))
        .bind(millis(now))
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

impl Tx {
    /// Keeps when a letter was refused first: the first moment that is given since it was last put in the queue.
    ///
    /// # Errors
    /// The database refused.
    pub async fn note_refused(&mut self, id: &LetterId, now: Moment) -> Result<(), RegisterError> {
        sqlx::query("UPDATE outbox SET refused_at = COALESCE(refused_at, $2) WHERE id = $1")
            .bind(id.as_str())
            .bind(millis(now))
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }
}
