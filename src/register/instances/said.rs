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
    pub condition: Condition,
    /// The error, as in its log.
    pub found: String,
}

impl Register {
    /// Says how it goes here; None: it was not tried. Nothing where nobody else works here.
    ///
    /// # Errors
    /// The database refused.
    pub async fn say_sending(&self, seen: Option<&(Condition, String)>) -> Result<(), RegisterError> {
        let Some(presence) = &self.presence else { return Ok(()) };
        let (name, since, found) = match seen {
            None => ("", None, ""),
            Some((Condition::Good, _)) => (GOOD, None, ""),
            Some((Condition::Failing { since, trouble }, found)) => (trouble.name(), Some(*since), found.as_str()),
        };
        let say = sqlx::query("UPDATE instance SET sending = $2, sending_since = $3, sending_found = $4 WHERE id = $1");
        let say = say.bind(&presence.id).bind(name).bind(since.map(millis)).bind(found.replace('\0', ""));
        say.execute(&self.writer).await?;
        Ok(())
    }

    /// How it goes at the others that are alive and tried it, by their names.
    ///
    /// # Errors
    /// The database refused.
    pub async fn sending_elsewhere(&self) -> Result<Vec<SendingThere>, RegisterError> {
        let Some(presence) = &self.presence else { return Ok(Vec::new()) };
        let text = format!(
            "SELECT name, sending, sending_since, sending_found FROM instance \
             WHERE id <> $1 AND until > {NOW} AND sending <> '' ORDER BY name, id"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(text)).bind(&presence.id).fetch_all(&self.pool).await?;
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            let trouble = Trouble::from_name(&row.try_get::<String, _>(1)?);
            let condition = match (trouble, row.try_get::<Option<i64>, _>(2)?) {
                (Some(trouble), Some(since)) => Condition::Failing { trouble, since: moment(since) },
                _ => Condition::Good,
            };
            all.push(SendingThere { instance: row.try_get(0)?, condition, found: row.try_get(3)? });
        }
        Ok(all)
    }
}
