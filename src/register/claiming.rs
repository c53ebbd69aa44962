//! Rows of `outbox` that are taken for sending, by lease, and given back. Only SQL.

use super::engine::{Begin, Engine};
use super::instances::NOW;
use super::outbox::{address, carried_row, kind, through};
use super::sets::{numbered, rows_of};
use super::{Register, RegisterError, Tx, millis, moment, unreadable};
use crate::case::{Address, CaseNumber, LetterId, LetterKind, MailboxName, Moment};
use crate::desk::draft::Carried;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row};
use std::collections::HashMap;

/// A letter taken for sending.
#[derive(Debug, Clone)]
pub struct Claimed {
    pub id: LetterId,
    pub kind: LetterKind,
    pub case: Option<CaseNumber>,
    /// Through which mailbox it was written; None: the first.
    pub mailbox: Option<MailboxName>,
    pub envelope_from: String,
    pub to: Address,
    /// Attempts before this one.
    pub attempts: i64,
    pub created_at: Moment,
    /// When it was refused first, and waited since.
    pub refused_at: Option<Moment>,
    pub weight: crate::letters::Weight,
    pub bytes: Vec<u8>,
    pub carried: Vec<Carried>,
}

/// Which of the letters that are due go first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum First {
    Oldest,
    /// Those to customers, where not all can go; but what has waited for an hour is not passed any more, whosever it is.
    Customers,
}

/// Milliseconds for which letters to customers pass another: an hour.
const PASSED_FOR: i64 = 3_600_000;
/// Milliseconds that no letter waits for its next attempt ([`crate::outbox::backoff::MAX_WAIT`] and its chance are below it). What is
/// put off for longer was so by a clock that was wrong then: it is due.
const PUT_OFF_MAX: i64 = 2 * 3_600_000;

impl Register {
    /// Takes letters that are due, oldest first and of these the least tried, until `lease_until`: after that another may. One that the register
    /// itself cannot show any more is held for a person, so that it does not stop the others.
    ///
    /// # Errors
    /// The database refused; none is taken.
    pub async fn claim(&self, now: Moment, lease_until: Moment, limit: i64) -> Result<Vec<Claimed>, RegisterError> {
        self.claim_first(First::Oldest, now, lease_until, limit).await
    }

    /// The same, with others first.
    ///
    /// # Errors
    /// As [`Register::claim`].
    pub async fn claim_first(
        &self,
        first: First,
        now: Moment,
        lease_until: Moment,
        limit: i64,
    ) -> Result<Vec<Claimed>, RegisterError> {
        let passed = match first {
            First::Oldest => String::new(),
            First::Customers => {
                format!("CASE WHEN side = 'customer' OR created_at <= $1 - {PASSED_FOR} THEN 0 ELSE 1 END, ")
            }
        };
        let mut tx = self.begin_as(Begin::Apart).await?;
        let (due, lock) = tx.due(now).await?;
        let rows = sqlx::query(AssertSqlSafe(format!(
            "SELECT outbox.id, kind, case_number, envelope_from, recipient, attempts, created_at, light, \
             (SELECT at FROM refused_first WHERE letter_id = outbox.id), bytes, outbox.mailbox FROM outbox \
             LEFT JOIN letter ON letter.id = outbox.id \
             WHERE {due} AND (not_before <= $1 OR not_before > $1 + {PUT_OFF_MAX}) ORDER BY {passed}not_before, attempts, created_at LIMIT $2{lock}"
        )))
        .bind(millis(now))
        .bind(limit)
        .fetch_all(&mut *tx.inner)
        .await?;
        let ids: Vec<String> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
        let mut carried = tx.carried_by(&ids).await?;
        let mut claimed = Vec::with_capacity(rows.len());
        for (id, row) in ids.iter().zip(&rows) {
            match claimed_letter(row, carried.remove(id).unwrap_or_default()) {
                Ok(letter) => claimed.push(letter),
                Err(RegisterError::Unreadable { what }) => tx.hold_unreadable(id, &what).await?,
                Err(error) => return Err(error),
            }
        }
        tx.lease(&claimed, now, lease_until).await?;
        tx.commit().await?;
        Ok(claimed)
    }

    /// Gives claimed letters back unsent: no attempt of theirs is counted. None: they are due as they were.
    ///
    /// # Errors
    /// The database refused.
    pub async fn unclaim(&self, letters: &[LetterId], not_before: Option<Moment>) -> Result<(), RegisterError> {
        let mut tx = self.begin_as(Begin::Apart).await?;
        for id in letters {
            let own = tx.instance.as_ref().map(|own| format!(" AND leased_by = '{own}'")).unwrap_or_default();
            let text = format!(
                "UPDATE outbox SET state = 'queued', lease_until = NULL, leased_by = NULL, not_before = COALESCE($2, not_before) \
                 WHERE id = $1 AND state = 'leased'{own}"
            );
            let query = sqlx::query(AssertSqlSafe(text)).bind(id.as_str()).bind(not_before.map(millis));
            query.execute(&mut *tx.inner).await?;
        }
        tx.commit().await
    }

    /// Gives back what claims took whose answers were lost: they may have been committed, and nobody has their letters in hand.
    /// These are known by the moments until which they were taken; those are returned that were found.
    ///
    /// # Errors
    /// The database refused.
    pub async fn unclaim_lost(&self, lease_ends: &[Moment]) -> Result<Vec<Moment>, RegisterError> {
        let mut tx = self.begin_as(Begin::Apart).await?;
        let own = tx.instance.as_ref().map(|own| format!(" AND leased_by = '{own}'")).unwrap_or_default();
        let mut found = Vec::new();
        for until in lease_ends {
            let text = format!(
                "UPDATE outbox SET state = 'queued', lease_until = NULL, leased_by = NULL \
                 WHERE state = 'leased' AND lease_until = $1{own}"
            );
            let given = sqlx::query(AssertSqlSafe(text)).bind(millis(*until)).execute(&mut *tx.inner).await?;
            if given.rows_affected() > 0 {
                found.push(*until);
            }
        }
        tx.commit().await?;
        Ok(found)
    }
}

impl Tx {
    /// Which letters may be taken, and how each is kept from others meanwhile. SQLite has one writer, and one text less to
    /// read through. On PostgreSQL several take letters at once, each passing over what another has in hand, and those of an
    /// instance that is not alive any more are free.
    async fn due(&mut self, now: Moment) -> Result<(String, &'static str), RegisterError> {
        if self.engine == Engine::Postgres {
            let alive = self
                .instance
                .as_ref()
                .map(|own| format!(" AND EXISTS (SELECT 1 FROM instance WHERE id = '{own}' AND until > {NOW})"));
            let due = format!(
                "(state = 'queued' OR state = 'leased' AND (lease_until <= $1 OR leased_by IS NOT NULL AND NOT EXISTS \
                 (SELECT 1 FROM instance WHERE instance.id = outbox.leased_by AND until > {NOW}))){}",
                alive.unwrap_or_default()
            );
            return Ok((due, " FOR UPDATE OF outbox SKIP LOCKED"));
        }
        let lapsed =
            "UPDATE outbox SET state = 'queued', lease_until = NULL WHERE state = 'leased' AND lease_until <= $1";
        sqlx::query(lapsed).bind(millis(now)).execute(&mut *self.inner).await?;
        Ok(("state = 'queued'".to_owned(), ""))
    }

    /// What a wrong clock wrote, or refused first, ages from now on: else it would be tried for ever.
    async fn lease(&mut self, letters: &[Claimed], now: Moment, until: Moment) -> Result<(), RegisterError> {
        let is_ahead = |at: Moment| millis(at) > millis(now) + PUT_OFF_MAX;
        if letters.iter().filter_map(|letter| letter.refused_at).any(is_ahead) {
            let put_right = format!("UPDATE refused_first SET at = $1 WHERE at > $1 + {PUT_OFF_MAX}");
            sqlx::query(AssertSqlSafe(put_right)).bind(millis(now)).execute(&mut *self.inner).await?;
        }
        // Apart from the lease, which each letter gets: its age is in indexes that would be written for each of them.
        for letter in letters.iter().filter(|letter| is_ahead(letter.created_at)) {
            let put_right = sqlx::query("UPDATE outbox SET created_at = $1 WHERE id = $2").bind(millis(now));
            put_right.bind(letter.id.as_str()).execute(&mut *self.inner).await?;
        }
        for some in letters.chunks(rows_of(1)) {
            let text = format!(
                "UPDATE outbox SET state = 'leased', lease_until = $1, leased_by = $2 WHERE id IN ({})",
                numbered(3, some.len())
            );
            let query = sqlx::query(AssertSqlSafe(text)).bind(millis(until)).bind(self.instance.clone());
            some.iter().fold(query, |query, letter| query.bind(letter.id.as_str())).execute(&mut *self.inner).await?;
        }
        Ok(())
    }

    /// What these letters carry along, in order, as [`carried_row`] reads it.
    async fn carried_by(&mut self, letters: &[String]) -> Result<HashMap<String, Vec<AnyRow>>, RegisterError> {
        let mut carried: HashMap<String, Vec<AnyRow>> = HashMap::new();
        for some in letters.chunks(rows_of(1)) {
            let text = format!(
                "SELECT mail_id, part, of_letter, name, media_type, size, sha256, letter_id FROM letter_carried \
                 WHERE letter_id IN ({}) ORDER BY letter_id, position",
                numbered(1, some.len())
            );
            let query = sqlx::query(sqlx::AssertSqlSafe(text));
            let query = some.iter().fold(query, |query, id| query.bind(id.as_str()));
            for row in query.fetch_all(&mut *self.inner).await? {
                carried.entry(row.try_get(7)?).or_default().push(row);
            }
        }
        Ok(carried)
    }

    async fn hold_unreadable(&mut self, id: &str, what: &str) -> Result<(), RegisterError> {
        tracing::error!(letter.id = id, what, "a letter cannot be sent as it stands in the register: it is held");
        sqlx::query("UPDATE outbox SET state = 'held', held_because = $2 WHERE id = $1")
            .bind(id)
            .bind(format!("it cannot be read in the register: {what}"))
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }
}

/// From a row of [`Register::claim`].
fn claimed_letter(row: &AnyRow, carried: Vec<AnyRow>) -> Result<Claimed, RegisterError> {
    let bytes: Option<Vec<u8>> = row.try_get(9)?;
    let light = row.try_get::<i64, _>(7)? != 0;
    Ok(Claimed {
        id: LetterId::from_stored(row.try_get::<String, _>(0)?),
        kind: kind(row, 1)?,
        case: row.try_get::<String, _>(2)?.parse().ok(),
        mailbox: through(row, 10)?,
        envelope_from: row.try_get(3)?,
        to: address(row, 4)?,
        attempts: row.try_get(5)?,
        created_at: moment(row.try_get(6)?),
        refused_at: row.try_get::<Option<i64>, _>(8)?.map(moment),
        weight: if light { crate::letters::Weight::Light } else { crate::letters::Weight::Full },
        bytes: bytes.ok_or_else(|| unreadable("a letter whose bytes were blanked"))?,
        carried: carried.iter().map(carried_row).collect::<Result<_, _>>()?,
    })
}
