//! Rows of `cases`: what their events made of them. Written by one function only. Only SQL.

use super::{Register, RegisterError, Tx, millis, unreadable};
use crate::case::{Case, CaseNumber, CaseState, Moment};
use sqlx::Row;
use sqlx::any::AnyRow;

/// Which cases a list wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseQuery {
    All,
    Open,
    /// Open ones, and those closed since then.
    OpenOrClosedSince(Moment),
}

impl Register {
    /// One case.
    ///
    /// # Errors
    /// The database refused.
    pub async fn case(&self, number: CaseNumber) -> Result<Option<Case>, RegisterError> {
        let row = sqlx::query("SELECT body FROM cases WHERE number = $1")
            .bind(number.to_string())
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(body).transpose()
    }

    /// Cases in the order of their numbers.
    ///
    /// # Errors
    /// The database refused.
    pub async fn cases(&self, query: CaseQuery) -> Result<Vec<Case>, RegisterError> {
        let rows = match query {
            CaseQuery::All => sqlx::query("SELECT body FROM cases ORDER BY year, serial").fetch_all(&self.pool).await?,
            CaseQuery::Open => {
                sqlx::query("SELECT body FROM cases WHERE state = $1 ORDER BY year, serial")
                    .bind(CaseState::Open.name())
                    .fetch_all(&self.pool)
                    .await?
            }
            CaseQuery::OpenOrClosedSince(since) => {
                sqlx::query("SELECT body FROM cases WHERE state = $1 OR closed_at >= $2 ORDER BY year, serial")
                    .bind(CaseState::Open.name())
                    .bind(millis(since))
                    .fetch_all(&self.pool)
                    .await?
            }
        };
        rows.iter().map(body).collect()
    }
}

impl Tx {
    pub(super) async fn load_case(&mut self, number: CaseNumber) -> Result<Option<Case>, RegisterError> {
        let row = sqlx::query("SELECT body FROM cases WHERE number = $1")
            .bind(number.to_string())
            .fetch_optional(&mut *self.inner)
            .await?;
        row.as_ref().map(body).transpose()
    }

    pub(super) async fn save_case(&mut self, case: &Case) -> Result<(), RegisterError> {
        let json = serde_json::to_string(case).map_err(|e| unreadable(format!("case {}: {e}", case.number)))?;
        sqlx::query(
            "INSERT INTO cases (number, year, serial, state, department, handler, customer_address, received_at, closed_at, body) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (number) DO UPDATE SET state = $4, \
             department = $5, handler = $6, customer_address = $7, received_at = $8, closed_at = $9, body = $10",
        )
        .bind(case.number.to_string())
        .bind(i64::from(case.number.year))
        .bind(i64::from(case.number.serial))
        .bind(case.state.name())
        .bind(&case.department)
        .bind(case.handler.as_ref().map(|a| a.key()).unwrap_or_default())
        .bind(case.customer.address.as_ref().map(|a| a.key()).unwrap_or_default())
        .bind(millis(case.received_at))
        .bind(case.closed_at.map(millis))
        .bind(&json)
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// The serial that the next case of that year gets. Nobody else can take it while this transaction writes.
    pub(super) async fn next_serial(&mut self, year: i32) -> Result<u32, RegisterError> {
        let row = sqlx::query("SELECT CAST(COALESCE(MAX(serial), 0) AS BIGINT) FROM cases WHERE year = $1")
            .bind(i64::from(year))
            .fetch_one(&mut *self.inner)
            .await?;
        let last: i64 = row.try_get(0)?;
        u32::try_from(last + 1).map_err(|_| unreadable(format!("serial {last} of year {year}")))
    }
}

pub(super) fn body(row: &AnyRow) -> Result<Case, RegisterError> {
    let json: String = row.try_get("body")?;
    serde_json::from_str(&json).map_err(|e| unreadable(format!("case: {e}")))
}
