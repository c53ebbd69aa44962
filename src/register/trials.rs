//! Rows of `trial`: what mails did to processes of their own, and decisions that failed. Only SQL.

use super::engine::Begin;
use super::{Register, RegisterError, Tx, millis};
use crate::case::Moment;
use sqlx::Row;

/// What failed with a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// A process of its own that read it.
    Reading,
    /// A process of its own that decided on it.
    Deciding,
    /// A decision that could not be made or recorded, and ended no process.
    Decision,
}

impl Register {
    /// Notes one more; how many there are of that kind now.
    ///
    /// # Errors
    /// The database refused.
    pub async fn count_failure(&self, mail: i64, failure: Failure) -> Result<i64, RegisterError> {
        let text = match failure {
            Failure::Reading => {
                "INSERT INTO trial (mail_id, reading) VALUES ($1, 1) \
                 ON CONFLICT (mail_id) DO UPDATE SET reading = trial.reading + 1 RETURNING reading"
            }
            Failure::Deciding => {
                "INSERT INTO trial (mail_id, deciding) VALUES ($1, 1) \
                 ON CONFLICT (mail_id) DO UPDATE SET deciding = trial.deciding + 1 RETURNING deciding"
            }
            Failure::Decision => {
                "INSERT INTO trial (mail_id, failures) VALUES ($1, 1) \
                 ON CONFLICT (mail_id) DO UPDATE SET failures = trial.failures + 1 RETURNING failures"
            }
        };
        let mut tx = self.begin_as(Begin::Apart).await?;
        let times = sqlx::query(text).bind(mail).fetch_one(&mut *tx.inner).await?.try_get(0)?;
        tx.commit().await?;
        Ok(times)
    }
}

impl Tx {
    /// A mail was taken in hand alone.
    pub(super) async fn note_tried(&mut self, mail: i64, now: Moment) -> Result<(), RegisterError> {
        sqlx::query(
            "INSERT INTO trial (mail_id, tried_at) SELECT id, $2 FROM mail WHERE id = $1 AND attempts > 1 \
             ON CONFLICT (mail_id) DO UPDATE SET tried_at = excluded.tried_at",
        )
        .bind(mail)
        .bind(millis(now))
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }
}
