//! What a sending server refused, kept over a restart: letters that wait for it, and the connections it takes. Only SQL.

use super::outbox::{address, kind, through};
use super::sets::{numbered, rows_of};
use super::{Register, RegisterError, Tx, millis, moment, unreadable};
use crate::case::{Event, LetterFate, LetterId, Moment, What};
use crate::desk::{Kept, Later, RefusedLetter};
use sqlx::Row;
use std::collections::HashSet;

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
        let row = sqlx::query("SELECT MAX(accepted_at) FROM outbox WHERE accepted_at IS NOT NULL")
            .fetch_one(&self.pool)
            .await?;
        Ok(row.try_get::<Option<i64>, _>(0)?.map(moment))
    }

    /// When servers answered to letters after this moment, the earliest first: accepted, or refused for the first time. One that
    /// stands for others is one.
    ///
    /// # Errors
    /// The database refused.
    pub async fn answered_after(&self, since: Moment) -> Result<Vec<Moment>, RegisterError> {
        let text = "SELECT accepted_at FROM outbox WHERE accepted_at > $1 AND bundled_in IS NULL \
                    UNION ALL SELECT at FROM refused_first WHERE at > $1 ORDER BY 1";
        let rows = sqlx::query(text).bind(millis(since)).fetch_all(&self.pool).await?;
        rows.iter().map(|row| Ok(moment(row.try_get(0)?))).collect()
    }

    /// Letters that were refused first after this moment, the latest first; a bounded number.
    ///
    /// # Errors
    /// The database refused.
    pub async fn refused_since(&self, since: Moment) -> Result<Vec<RefusedBefore>, RegisterError> {
        let text = "SELECT id, recipient, reply FROM refused_first JOIN outbox ON id = letter_id \
                    WHERE at > $1 ORDER BY at DESC LIMIT $2";
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

    /// The letters whose refusal was recorded at this moment or later, in that order; what became of them since is not
    /// looked at.
    ///
    /// # Errors
    /// The database refused, or holds an event of a newer version.
    pub async fn letters_refused_since(&self, since: Moment) -> Result<Vec<LetterId>, RegisterError> {
        let text = "SELECT body FROM event JOIN event_payload ON event_payload.seq = event.seq \
                    WHERE at >= $1 AND kind = 'letter_fate' ORDER BY event.seq";
        let rows = sqlx::query(text).bind(millis(since)).fetch_all(&self.pool).await?;
        let (mut letters, mut seen) = (Vec::new(), HashSet::new());
        for row in &rows {
            let event: Event =
                serde_json::from_str(&row.try_get::<String, _>(0)?).map_err(|e| unreadable(format!("event: {e}")))?;
            if let What::LetterFate { letter, fate: LetterFate::Refused { .. }, .. } = event.what
                && seen.insert(letter.clone())
            {
                letters.push(letter);
            }
        }
        Ok(letters)
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
        let keep = sqlx::query(
            "INSERT INTO connections_taken (server, count, learnt_at) VALUES ($1, $2, $3) \
             ON CONFLICT (server) DO UPDATE SET count = $2, learnt_at = $3",
        )
        .bind(server)
        .bind(i64::try_from(count).unwrap_or(i64::MAX))
        .bind(millis(now));
        self.alone(keep).await?;
        Ok(())
    }
}

impl Tx {
    /// Keeps when a letter was refused first: the first moment that is given since it was last put in the queue.
    ///
    /// # Errors
    /// The database refused.
    pub async fn note_refused(&mut self, id: &LetterId, now: Moment) -> Result<(), RegisterError> {
        sqlx::query("INSERT INTO refused_first (letter_id, at) VALUES ($1, $2) ON CONFLICT (letter_id) DO NOTHING")
            .bind(id.as_str())
            .bind(millis(now))
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// They were taken, or begin anew.
    ///
    /// # Errors
    /// The database refused.
    pub async fn forget_refused(&mut self, letters: &[&LetterId]) -> Result<(), RegisterError> {
        for some in letters.chunks(rows_of(1)) {
            let text = format!("DELETE FROM refused_first WHERE letter_id IN ({})", numbered(1, some.len()));
            let query = sqlx::query(sqlx::AssertSqlSafe(text));
            some.iter().fold(query, |query, letter| query.bind(letter.as_str())).execute(&mut *self.inner).await?;
        }
        Ok(())
    }

    /// A letter that is refused now, as sending it again is decided on; None: there is none of that id.
    ///
    /// # Errors
    /// The database refused.
    pub async fn refused_letter(&mut self, id: &LetterId) -> Result<Option<RefusedLetter>, RegisterError> {
        let row = sqlx::query(
            "SELECT outbox.id, kind, case_number, recipient, created_at, bundled_in, bytes, \
             (SELECT CAST(count(*) AS BIGINT) FROM outbox AS other WHERE other.kind = outbox.kind \
              AND other.case_number = outbox.case_number AND other.recipient_key = outbox.recipient_key \
              AND (other.case_number <> '' OR '' IN (other.mailbox, outbox.mailbox) OR other.mailbox = outbox.mailbox) \
              AND other.created_at > outbox.created_at AND other.state <> 'refused'), outbox.mailbox \
             FROM outbox LEFT JOIN letter ON letter.id = outbox.id WHERE outbox.id = $1 AND state = 'refused'",
        )
        .bind(id.as_str())
        .fetch_optional(&mut *self.inner)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let case = row.try_get::<String, _>(2)?.parse().ok();
        let going_on = match case {
            Some(number) => self.case_going_on(number).await?.map(|case| case.number),
            None => None,
        };
        let whole = row.try_get::<Option<Vec<u8>>, _>(6)?.is_some();
        Ok(Some(RefusedLetter {
            id: id.clone(),
            kind: kind(&row, 1)?,
            case: going_on,
            mailbox: through(&row, 8)?,
            to: address(&row, 3)?,
            written_at: moment(row.try_get(4)?),
            bytes: if whole { Kept::Whole } else { Kept::Blanked },
            later: if row.try_get::<i64, _>(7)? > 0 { Later::One } else { Later::None },
            bundled_in: row.try_get::<Option<String>, _>(5)?.map(LetterId::from_stored),
        }))
    }

    /// Puts a refused letter, and those it stands for, back where they were before it was tried. Its age begins anew.
    ///
    /// # Errors
    /// The database refused.
    pub async fn queue_again(&mut self, id: &LetterId, now: Moment) -> Result<(), RegisterError> {
        for text in [
            "UPDATE outbox SET state = 'queued', reply = '', attempts = 0, created_at = $2, not_before = $2 \
             WHERE id = $1 AND state = 'refused'",
            "UPDATE outbox SET state = 'bundled', reply = '', not_before = $2 WHERE bundled_in = $1 AND state = 'refused'",
        ] {
            sqlx::query(text).bind(id.as_str()).bind(millis(now)).execute(&mut *self.inner).await?;
        }
        self.forget_refused(&[id]).await
    }
}
