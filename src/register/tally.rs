//! How many rows wait, for who watches the daemon. Each statement is answered by an index, because it is asked every half
//! minute. Only SQL.

use super::{LetterState, Register, RegisterError, moment};
use crate::case::Moment;
use sqlx::Row;

/// Counts of one moment.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Mails on file, ever.
    pub mails: i64,
    /// Mails on file that are not decided on.
    pub undecided: i64,
    /// Complaints registered, ever.
    pub cases: i64,
    /// Letters that are not gone, by state.
    pub letters: Vec<(LetterState, i64)>,
    /// When the oldest letter was written that waits to be sent.
    pub waits_since: Option<Moment>,
}

impl Tally {
    /// The states that are counted: the others only grow.
    pub const STATES: [LetterState; 4] =
        [LetterState::Queued, LetterState::Leased, LetterState::Held, LetterState::Refused];
}

impl Register {
    /// Counts.
    ///
    /// # Errors
    /// The database refused.
    pub async fn tally(&self) -> Result<Tally, RegisterError> {
        let counts = "SELECT (SELECT CAST(COALESCE(MAX(id), 0) AS BIGINT) FROM mail), \
                      (SELECT CAST(count(*) AS BIGINT) FROM mail WHERE disposition IS NULL), \
                      (SELECT CAST(count(*) AS BIGINT) FROM cases), \
                      (SELECT MIN(created_at) FROM outbox WHERE state IN ('queued', 'leased'))";
        let row = sqlx::query(counts).fetch_one(&self.pool).await?;
        let mut letters = Vec::new();
        for state in Tally::STATES {
            letters.push((state, self.count_letters(state).await?));
        }
        Ok(Tally {
            mails: row.try_get(0)?,
            undecided: row.try_get(1)?,
            cases: row.try_get(2)?,
            letters,
            waits_since: row.try_get::<Option<i64>, _>(3)?.map(moment),
        })
    }
}
