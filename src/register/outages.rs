//! Rows of `outage`: since when an area fails, and what the operator was told of it. Only SQL.

use super::{Register, RegisterError, millis, moment};
use crate::case::Moment;
use crate::desk::outage::{Spot, Told, Trouble};
use sqlx::Row;

/// What outlives a restart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OutageRow {
    pub failing_since: Option<Moment>,
    pub told: Option<Told>,
}

impl Register {
    /// What is known of an area from before.
    ///
    /// # Errors
    /// The database refused.
    pub async fn outage(&self, spot: impl Into<Spot>) -> Result<OutageRow, RegisterError> {
        let text = "SELECT failing_since, told_trouble, told_since, told_at FROM outage WHERE area = $1";
        let Some(row) = sqlx::query(text).bind(spot.into().name()).fetch_optional(&self.pool).await? else {
            return Ok(OutageRow::default());
        };
        let at = |column: usize| Ok::<_, RegisterError>(row.try_get::<Option<i64>, _>(column)?.map(moment));
        let trouble = Trouble::from_name(&row.try_get::<String, _>(1)?);
        let told = match (trouble, at(2)?, at(3)?) {
            (Some(trouble), Some(since), Some(at)) => Some(Told { trouble, since, at }),
            _ => None,
        };
        Ok(OutageRow { failing_since: at(0)?, told })
    }

    /// Keeps what is known of an area.
    ///
    /// # Errors
    /// The database refused.
    pub async fn note_outage(&self, spot: impl Into<Spot>, row: &OutageRow) -> Result<(), RegisterError> {
        let keep = sqlx::query(
            "INSERT INTO outage (area, failing_since, told_trouble, told_since, told_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (area) DO UPDATE SET failing_since = $2, told_trouble = $3, told_since = $4, told_at = $5",
        )
        .bind(spot.into().name())
        .bind(row.failing_since.map(millis))
        .bind(row.told.map_or("", |told| told.trouble.name()))
        .bind(row.told.map(|told| millis(told.since)))
        .bind(row.told.map(|told| millis(told.at)));
        self.alone(keep).await?;
        Ok(())
    }
}
