//! How sending goes at each instance, as it says itself: each has a way of its own to the sending server, and one of them tells the
//! operator. Kept as long as the instance is. Only SQL.

use super::NOW;
use crate::desk::outage::{Condition, Trouble};
use crate::register::{Register, RegisterError, millis, moment};
use sqlx::Row;

/// In the place of a trouble.
const GOOD: &str = "good";

/// How it goes at another instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendingThere {
    pub instance: String,
    /// None: nobody knows; it was not tried, or it failed there and nobody tries it any more.
    pub condition: Option<Condition>,
}

/// One that failed and was not heard of for so long is gone: it keeps nobody from saying that it is over. An hour, in milliseconds.
const GONE_AFTER: i64 = 3_600_000;

impl Register {
    /// Says how it goes here; None: it was not tried. Nothing where nobody else works here.
    ///
    /// # Errors
    /// The database refused.
    pub async fn say_sending(&self, seen: Option<Condition>) -> Result<(), RegisterError> {
        let Some(presence) = &self.presence else { return Ok(()) };
        // The error is in the log there: what a server answers may name a recipient.
        let (name, since) = match seen {
            None => ("", None),
            Some(Condition::Good) => (GOOD, None),
            Some(Condition::Failing { since, trouble }) => (trouble.name(), Some(since)),
        };
        let say = sqlx::query("UPDATE instance SET sending = $2, sending_since = $3 WHERE id = $1");
        say.bind(&presence.id).bind(name).bind(since.map(millis)).execute(&self.writer).await?;
        Ok(())
    }

    /// How it goes at the others, by their names. Of who does not send now, being away or by a wrong clock, it is only known that it
    /// has not been seen to work since it failed.
    ///
    /// # Errors
    /// The database refused.
    pub async fn sending_elsewhere(&self) -> Result<Vec<SendingThere>, RegisterError> {
        let Some(presence) = &self.presence else { return Ok(Vec::new()) };
        let text = format!(
            "SELECT name, sending, sending_since, CASE WHEN until > {NOW} AND clock_off = 0 THEN 1 ELSE 0 END FROM instance \
             WHERE id <> $1 AND until > {NOW} - {GONE_AFTER} ORDER BY name, id"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(text)).bind(&presence.id).fetch_all(&self.pool).await?;
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            let said: String = row.try_get(1)?;
            let condition = match (Trouble::from_name(&said), row.try_get::<Option<i64>, _>(2)?) {
                (Some(trouble), Some(since)) => Some(Condition::Failing { trouble, since: moment(since) }),
                _ => Some(Condition::Good).filter(|_| said == GOOD),
            };
            let failed = matches!(condition, Some(Condition::Failing { .. }));
            match row.try_get::<i64, _>(3)? {
                1 => all.push(SendingThere { instance: row.try_get(0)?, condition }),
                _ if failed => all.push(SendingThere { instance: row.try_get(0)?, condition: None }),
                _ => {}
            }
        }
        Ok(all)
    }
}
