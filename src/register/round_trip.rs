//! Rows of `round_trips`: test mails of the watch, on their way and back; and the last signs of life of the whole route, for
//! the digest. Only SQL.

use super::within::{of_folder, of_letter};
use super::{Register, RegisterError, Tx, millis, moment};
use crate::case::Moment;
use crate::desk::{Route, Unsent, Within};
use chrono::TimeDelta;
use sqlx::Row;

/// The first mailbox, whose test mails are also those of before there were several.
const FIRST: &str = "";
/// A letter that waits for less is on its way.
const ON_ITS_WAY: TimeDelta = TimeDelta::minutes(15);

/// How it goes with the test mails.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RoundTrips {
    pub sent_at: Option<Moment>,
    /// The first that was sent since one came back.
    pub waits_since: Option<Moment>,
    pub back_at: Option<Moment>,
}

impl Register {
    /// How it goes with those of the first mailbox.
    ///
    /// # Errors
    /// The database refused.
    pub async fn round_trips(&self) -> Result<RoundTrips, RegisterError> {
        self.round_trips_of(FIRST).await
    }

    /// How it goes with those of a mailbox; the first one's have no name.
    ///
    /// # Errors
    /// The database refused.
    pub async fn round_trips_of(&self, mailbox: &str) -> Result<RoundTrips, RegisterError> {
        let text = "SELECT sent_at, CASE WHEN waits_since > back_for THEN waits_since ELSE 0 END, back_at FROM round_trips \
                    WHERE mailbox = $1";
        let Some(row) = sqlx::query(text).bind(mailbox).fetch_optional(&self.pool).await? else {
            return Ok(RoundTrips::default());
        };
        let at = |column: usize| Ok::<_, RegisterError>(row.try_get::<i64, _>(column)?);
        let some = |at: i64| (at > 0).then(|| moment(at));
        Ok(RoundTrips { sent_at: some(at(0)?), waits_since: some(at(1)?), back_at: some(at(2)?) })
    }

    /// One of that mailbox's went out at that moment. It may be back already: that is noted by itself.
    ///
    /// # Errors
    /// The database refused.
    pub async fn note_round_trip(&self, mailbox: &str, sent_at: Moment) -> Result<(), RegisterError> {
        let keep = sqlx::query(
            "INSERT INTO round_trips (mailbox, sent_at, waits_since) VALUES ($2, $1, $1) ON CONFLICT (mailbox) DO UPDATE \
             SET sent_at = $1, waits_since = CASE WHEN round_trips.waits_since > round_trips.back_for \
             THEN round_trips.waits_since ELSE $1 END",
        )
        .bind(millis(sent_at))
        .bind(mailbox);
        self.alone(keep).await?;
        Ok(())
    }

    /// Of a company: when mail came in last, when a letter was accepted last, what waits to be sent. Test mails are no mail.
    ///
    /// # Errors
    /// The database refused.
    pub async fn route(&self, within: &Within, now: Moment) -> Result<Route, RegisterError> {
        let mails = of_folder(within, "mail.mailbox", 2);
        let letters = of_letter(within, 2 + mails.values.len());
        let (came, went) = (&mails.text, &letters.text);
        let text = format!(
            "SELECT (SELECT received_at FROM mail WHERE disposition <> 'round_trip' AND {came} ORDER BY id DESC LIMIT 1), \
             (SELECT accepted_at FROM outbox WHERE accepted_at IS NOT NULL AND {went} ORDER BY accepted_at DESC LIMIT 1), \
             (SELECT CAST(count(*) AS BIGINT) FROM outbox WHERE state IN ('queued', 'leased') AND created_at <= $1 AND {went}), \
             (SELECT MIN(created_at) FROM outbox WHERE state IN ('queued', 'leased') AND created_at <= $1 AND {went})"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(text)).bind(millis(now - ON_ITS_WAY));
        let values = mails.values.iter().chain(&letters.values);
        let row = values.fold(query, |query, value| query.bind(value)).fetch_one(&self.pool).await?;
        let at = |column: usize| Ok::<_, RegisterError>(row.try_get::<Option<i64>, _>(column)?.map(moment));
        let letters = usize::try_from(row.try_get::<i64, _>(2)?).unwrap_or_default();
        Ok(Route {
            mail_at: at(0)?,
            accepted_at: at(1)?,
            back_at: self.last_back().await?,
            waiting: at(3)?.map(|since| Unsent { letters, since }),
        })
    }

    /// When one came back last, of whichever mailbox.
    async fn last_back(&self) -> Result<Option<Moment>, RegisterError> {
        let row = sqlx::query("SELECT MAX(back_at) FROM round_trips").fetch_one(&self.pool).await?;
        let at: Option<i64> = row.try_get(0)?;
        Ok(at.filter(|at| *at > 0).map(moment))
    }
}

impl Tx {
    /// One of that mailbox's came back, that was sent at that moment.
    ///
    /// # Errors
    /// The database refused.
    pub async fn note_back(
        &mut self,
        mailbox: &str,
        sent_at: Moment,
        received_at: Moment,
    ) -> Result<(), RegisterError> {
        sqlx::query("UPDATE round_trips SET back_for = $1, back_at = $2 WHERE mailbox = $3 AND back_for < $1")
            .bind(millis(sent_at))
            .bind(millis(received_at))
            .bind(mailbox)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }
}
