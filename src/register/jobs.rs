//! Rows of `job_run`: what is done once a day, whatever restarts and however many instances run. Only SQL.

use super::{Register, RegisterError, Tx, millis, moment};
use crate::case::Moment;
use chrono::NaiveDate;
use sqlx::Row;

impl Tx {
    /// Claims a day's run of a job. False: it was done already.
    ///
    /// # Errors
    /// The database refused.
    pub async fn claim_run(&mut self, job: &str, day: NaiveDate, now: Moment) -> Result<bool, RegisterError> {
        let result = sqlx::query("INSERT INTO job_run (job, day, run_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
            .bind(job)
            .bind(day.to_string())
            .bind(millis(now))
            .execute(&mut *self.inner)
            .await?;
        Ok(result.rows_affected() > 0)
    }
}

impl Register {
    /// The last run of a job: its day and when it ran.
    ///
    /// # Errors
    /// The database refused.
    pub async fn last_run(&self, job: &str) -> Result<Option<(NaiveDate, Moment)>, RegisterError> {
        let row = sqlx::query("SELECT day, run_at FROM job_run WHERE job = $1 ORDER BY day DESC LIMIT 1")
            .bind(job)
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let day: String = row.try_get(0)?;
        Ok(day.parse().ok().map(|day| (day, moment(row.try_get(1).unwrap_or_default()))))
    }
}
