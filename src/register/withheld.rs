//! Rows of `withheld`: mails that the server has and did not give, or broke off at, with how often. They are counted here
//! and not in memory, so that runs from a timetable count too. Only SQL.

use super::engine::Begin;
use super::mails::{NewMail, without_nul};
use super::sets::{numbered, rows_of, tuples};
use super::{Register, RegisterError, Tx, moment};
use crate::case::Moment;
use sqlx::Row;
use std::collections::{HashMap, HashSet};

/// How the reason begins for which a mail is unreadable that the server has and did not give.
pub const NEVER_GIVEN: &str = "the mail server did not give it";

/// Whether the text of a mail came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Text {
    There,
    /// The server had it and did not give it ([`NEVER_GIVEN`]).
    NeverGiven,
}

impl Text {
    /// By the reason for which a mail is unreadable.
    pub(super) fn unless(reason: &str) -> Self {
        if reason.starts_with(NEVER_GIVEN) { Self::NeverGiven } else { Self::There }
    }
}

/// Fetches of one mail that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withheld {
    pub attempts: i64,
    /// What the server or the connection said last.
    pub reason: String,
}

impl Register {
    /// Those of these UIDs that were asked for in vain.
    ///
    /// # Errors
    /// The database refused.
    pub async fn withheld(
        &self,
        mailbox: &str,
        uid_validity: i64,
        uids: &[i64],
    ) -> Result<HashMap<i64, Withheld>, RegisterError> {
        let mut found = HashMap::new();
        for some in uids.chunks(rows_of(1)) {
            let text = format!(
                "SELECT uid, attempts, reason FROM withheld WHERE mailbox = $1 AND uid_validity = $2 AND uid IN ({})",
                numbered(3, some.len())
            );
            let query = sqlx::query(sqlx::AssertSqlSafe(text)).bind(mailbox).bind(uid_validity);
            for row in some.iter().fold(query, |query, uid| query.bind(*uid)).fetch_all(&self.pool).await? {
                found.insert(row.try_get(0)?, Withheld { attempts: row.try_get(1)?, reason: row.try_get(2)? });
            }
        }
        Ok(found)
    }

    /// Those of these UIDs that are on file without their text because the server did not give it, and still there.
    ///
    /// # Errors
    /// The database refused.
    pub async fn never_given(
        &self,
        mailbox: &str,
        uid_validity: i64,
        uids: &[i64],
    ) -> Result<HashSet<i64>, RegisterError> {
        let mut found = HashSet::new();
        for some in uids.chunks(rows_of(1)) {
            let text = format!(
                "SELECT uid, reason FROM mail WHERE mailbox = $1 AND uid_validity = $2 AND moved = 0 AND uid IN ({})",
                numbered(3, some.len())
            );
            let query = sqlx::query(sqlx::AssertSqlSafe(text)).bind(mailbox).bind(uid_validity);
            for row in some.iter().fold(query, |query, uid| query.bind(*uid)).fetch_all(&self.pool).await? {
                if Text::unless(&row.try_get::<String, _>(1)?) == Text::NeverGiven {
                    found.insert(row.try_get(0)?);
                }
            }
        }
        Ok(found)
    }

    /// When the listing that first showed a UID was dealt with; `None` where it was not yet.
    ///
    /// # Errors
    /// The database refused.
    pub async fn first_listed(
        &self,
        mailbox: &str,
        uid_validity: i64,
        uid: i64,
    ) -> Result<Option<Moment>, RegisterError> {
        let row = sqlx::query(
            "SELECT MIN(dealt_with_at) FROM given_out \
             WHERE mailbox = $1 AND uid_validity = $2 AND first_uid <= $3 AND next_uid > $3",
        )
        .bind(mailbox)
        .bind(uid_validity)
        .bind(uid)
        .fetch_one(&self.pool)
        .await?;
        Ok(row.try_get::<Option<i64>, _>(0)?.map(moment))
    }

    /// Counts one more fetch in vain for each.
    ///
    /// # Errors
    /// The database refused.
    pub async fn count_withheld(
        &self,
        mailbox: &str,
        uid_validity: i64,
        failed: &[(i64, String)],
    ) -> Result<(), RegisterError> {
        let mut tx = self.begin_as(Begin::Apart).await?;
        for (uid, reason) in failed {
            sqlx::query(
                "INSERT INTO withheld (mailbox, uid_validity, uid, attempts, reason) VALUES ($1, $2, $3, 1, $4) \
                 ON CONFLICT (mailbox, uid_validity, uid) DO UPDATE SET attempts = withheld.attempts + 1, reason = $4",
            )
            .bind(mailbox)
            .bind(uid_validity)
            .bind(uid)
            .bind(without_nul(reason))
            .execute(&mut *tx.inner)
            .await?;
        }
        tx.commit().await
    }
}

impl Tx {
    /// These mails are on file: nothing is counted of them any more.
    pub(super) async fn forget_withheld(&mut self, mails: &[(i64, &NewMail)]) -> Result<(), RegisterError> {
        let text = format!(
            "DELETE FROM withheld WHERE (mailbox, uid_validity, uid) IN (VALUES {})",
            tuples(self.engine, 3, mails.len())
        );
        let query = mails.iter().fold(sqlx::query(sqlx::AssertSqlSafe(text)), |query, (_, mail)| {
            query.bind(&mail.mailbox).bind(mail.uid_validity).bind(mail.uid)
        });
        query.execute(&mut *self.inner).await?;
        Ok(())
    }
}
