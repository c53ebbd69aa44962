//! What is known of the mails that UIDs of a mailbox stand for. Only SQL.

use super::mails::disposition;
use super::sets::{numbered, rows_of};
use super::withheld::Text;
use super::{Register, RegisterError, moment};
use crate::case::Moment;
use crate::desk::Disposition;
use sqlx::Row;
use std::collections::HashMap;

/// What a UID in the mailbox is known as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// On file, not decided on yet.
    Undecided,
    Decided(Disposition),
}

/// What is known of the mail that has a UID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnFile {
    pub known: Known,
    pub received_at: Moment,
    pub size: i64,
    /// Moved out of the inbox, or gone from it.
    pub moved: bool,
    pub text: Text,
}

impl Register {
    /// Which of these UIDs of a mailbox are on file.
    ///
    /// # Errors
    /// The database refused.
    pub async fn known_uids(
        &self,
        mailbox: &str,
        uid_validity: i64,
        uids: &[i64],
    ) -> Result<HashMap<i64, OnFile>, RegisterError> {
        let mut found = HashMap::with_capacity(uids.len());
        for some in uids.chunks(rows_of(1)) {
            let text = format!(
                "SELECT uid, disposition, received_at, size, moved, reason FROM mail WHERE mailbox = $1 AND uid_validity = $2 AND uid IN ({})",
                numbered(3, some.len())
            );
            let query = sqlx::query(sqlx::AssertSqlSafe(text)).bind(mailbox).bind(uid_validity);
            for row in some.iter().fold(query, |query, uid| query.bind(*uid)).fetch_all(&self.pool).await? {
                let known = disposition(&row, 1)?.map_or(Known::Undecided, Known::Decided);
                let on_file = OnFile {
                    known,
                    received_at: moment(row.try_get(2)?),
                    size: row.try_get(3)?,
                    moved: row.try_get::<i64, _>(4)? != 0,
                    text: Text::unless(&row.try_get::<String, _>(5)?),
                };
                found.insert(row.try_get(0)?, on_file);
            }
        }
        Ok(found)
    }
}
