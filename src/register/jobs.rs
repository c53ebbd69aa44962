//! Rows of `job_run`: what is done once a day, whatever restarts and however many instances run. Only SQL.

use super::engine::Begin;
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
    /// The last run of a job up to that day: its day and when it ran. A day to come was noted by a clock that was wrong,
    /// and must not keep the days before it from being done: it does not count.
    ///
    /// # Errors
    /// The database refused.
    pub async fn last_run(&self, job: &str, today: NaiveDate) -> Result<Option<(NaiveDate, Moment)>, RegisterError> {
        let text = "SELECT day, run_at FROM job_run WHERE job = $1 AND day <= $2 ORDER BY day DESC LIMIT 1";
        let row = sqlx::query(text).bind(job).bind(today.to_string()).fetch_optional(&self.pool).await?;
        let Some(row) = row else { return Ok(None) };
        let day: String = row.try_get(0)?;
        Ok(day.parse().ok().map(|day| (day, moment(row.try_get(1).unwrap_or_default()))))
    }

    /// Forgets the runs of days to come, so that these are done when they come. The last of them, if there was one.
    ///
    /// # Errors
    /// The database refused.
    pub async fn forget_runs_to_come(&self, job: &str, today: NaiveDate) -> Result<Option<NaiveDate>, RegisterError> {
        let text = "SELECT MAX(day) FROM job_run WHERE job = $1 AND day > $2";
        let row = sqlx::query(text).bind(job).bind(today.to_string()).fetch_one(&self.pool).await?;
        let Some(day) = row.try_get::<Option<String>, _>(0)? else { return Ok(None) };
        let mut tx = self.begin_as(Begin::Apart).await?;
        let forget = sqlx::query("DELETE FROM job_run WHERE job = $1 AND day > $2");
        forget.bind(job).bind(today.to_string()).execute(&mut *tx.inner).await?;
        tx.commit().await?;
        Ok(day.parse().ok())
    }
}
