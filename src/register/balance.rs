//! Rows of `given_out`: the UIDs that each watched folder gave out, the one side of the mail balance (invariant 1); and the
//! other side, counted from the mails on file. Only SQL.

use super::engine::Begin;
use super::mails::disposition;
use super::sets::{numbered, rows_of, tuples};
use super::{Register, RegisterError, Tx, millis};
use crate::case::Moment;
use crate::desk::FolderCount;
use sqlx::Row;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Columns of a span of UIDs.
const SPAN_COLUMNS: usize = 7;

/// How a folder numbers its mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbering {
    /// Ascending (IMAP): below `next` each number was given out.
    Ascending { next: i64 },
    /// Each mail has a number, in no order (Maildir, a pipe): what was there is what was given out.
    Unordered,
}

/// A listing of a folder whose mails are on file now.
#[derive(Debug, Clone, Copy)]
pub struct DealtWith<'a> {
    pub mailbox: &'a str,
    pub uid_validity: i64,
    pub numbering: Numbering,
    /// UIDs that were listed; their mails are on file, withheld by the server, or among `vanished`.
    pub listed: &'a [i64],
    /// UIDs that were listed and gone when they were fetched.
    pub vanished: &'a [i64],
    pub at: Moment,
}

impl DealtWith<'_> {
    /// The first UID that was not given out yet: a mail may have come after the server said what comes next.
    fn next_after(&self, stated: i64) -> i64 {
        self.listed.iter().max().map_or(stated, |last| stated.max(last.saturating_add(1)))
    }
}

/// A run of UIDs.
struct Span {
    first: i64,
    next: i64,
    uids: usize,
    vanished: usize,
}

impl Register {
    /// Notes the UIDs that a folder gave out since it was last listed.
    ///
    /// # Errors
    /// The database refused: the next listing notes them.
    pub async fn deal_with(&self, dealt: &DealtWith<'_>) -> Result<(), RegisterError> {
        if !self.has_news(dealt).await? {
            return Ok(());
        }
        let mut tx = self.begin_as(Begin::Apart).await?;
        tx.settle_withheld(dealt).await?;
        let spans = match dealt.numbering {
            Numbering::Ascending { next } => tx.ascending(dealt, next).await?.into_iter().collect(),
            Numbering::Unordered => tx.unordered(dealt).await?,
        };
        tx.note_spans(dealt, &spans).await?;
        tx.commit().await
    }

    /// UIDs of mails that were our own (`check` tries filing away with one): they are on neither side of the balance,
    /// whether a listing sees their gap before or after. Nothing where the folder was never listed.
    ///
    /// # Errors
    /// The database refused.
    pub async fn take_back(
        &self,
        mailbox: &str,
        uid_validity: i64,
        uids: &[i64],
        at: Moment,
    ) -> Result<(), RegisterError> {
        let mut tx = self.begin_as(Begin::Apart).await?;
        for uid in uids {
            let noted = sqlx::query(
                "UPDATE given_out SET uids = uids - 1, vanished = vanished - 1 WHERE mailbox = $1 \
                 AND uid_validity = $2 AND first_uid <= $3 AND next_uid > $3 AND vanished > 0",
            );
            let noted = noted.bind(mailbox).bind(uid_validity).bind(uid).execute(&mut *tx.inner).await?;
            if noted.rows_affected() > 0 {
                continue;
            }
            // For the listing that will see the gap: an empty span below zero, where no UID is.
            sqlx::query(
                "INSERT INTO given_out (mailbox, uid_validity, first_uid, next_uid, uids, vanished, dealt_with_at) \
                 SELECT $1, $2, -$3, -$3, 0, 0, $4 \
                 WHERE EXISTS (SELECT 1 FROM given_out WHERE mailbox = $1 AND uid_validity = $2) ON CONFLICT DO NOTHING",
            )
            .bind(mailbox)
            .bind(uid_validity)
            .bind(uid)
            .bind(millis(at))
            .execute(&mut *tx.inner)
            .await?;
        }
        tx.commit().await
    }

    /// Whether there may be anything to note: most polls find nothing, and write nothing.
    async fn has_news(&self, dealt: &DealtWith<'_>) -> Result<bool, RegisterError> {
        let row = sqlx::query(
            "SELECT (SELECT MAX(next_uid) FROM given_out WHERE mailbox = $1 AND uid_validity = $2), \
             (SELECT CAST(count(*) AS BIGINT) FROM withheld WHERE mailbox = $1 AND uid_validity = $2)",
        )
        .bind(dealt.mailbox)
        .bind(dealt.uid_validity)
        .fetch_one(&self.pool)
        .await?;
        let (seen, withheld): (Option<i64>, i64) = (row.try_get(0)?, row.try_get(1)?);
        let grown = match dealt.numbering {
            Numbering::Ascending { next } => seen.is_none_or(|seen| seen < dealt.next_after(next)),
            Numbering::Unordered => !dealt.listed.is_empty(),
        };
        Ok(grown || withheld > 0)
    }

    /// Both sides of the balance for what was dealt with after `since` and not after `until`, folder by folder.
    ///
    /// # Errors
    /// The database refused.
    pub async fn balance(&self, since: Moment, until: Moment) -> Result<Vec<FolderCount>, RegisterError> {
        // One moment of the register: a mail that is put on file meanwhile is on both sides or on none.
        let mut moment = self.begin_moment().await?;
        let mut folders: BTreeMap<String, FolderCount> = BTreeMap::new();
        let given = "SELECT mailbox, CAST(SUM(uids) AS BIGINT), CAST(SUM(vanished) AS BIGINT) FROM given_out \
                     WHERE dealt_with_at > $1 AND dealt_with_at <= $2 GROUP BY mailbox";
        for row in sqlx::query(given).bind(millis(since)).bind(millis(until)).fetch_all(&mut *moment).await? {
            let folder: String = row.try_get(0)?;
            let count =
                FolderCount { given_out: count(&row, 1)?, vanished: count(&row, 2)?, ..FolderCount::of(&folder) };
            folders.insert(folder, count);
        }
        let within = "given_out JOIN mail ON mail.mailbox = given_out.mailbox \
                      AND mail.uid_validity = given_out.uid_validity AND mail.uid >= first_uid AND mail.uid < next_uid";
        for (table, column) in [("mail", "mail.disposition"), ("withheld", "CAST(NULL AS TEXT)")] {
            let joined = within.replace("JOIN mail ", &format!("JOIN {table} AS mail "));
            let text = format!(
                "SELECT given_out.mailbox, {column}, CAST(count(*) AS BIGINT) FROM {joined} \
                 WHERE dealt_with_at > $1 AND dealt_with_at <= $2 GROUP BY 1, 2"
            );
            let rows = sqlx::query(sqlx::AssertSqlSafe(text)).bind(millis(since)).bind(millis(until));
            for row in rows.fetch_all(&mut *moment).await? {
                let Some(folder) = folders.get_mut(&row.try_get::<String, _>(0)?) else { continue };
                let found = if table == "mail" { disposition(&row, 1)? } else { None };
                *folder.mails.entry(found).or_default() += count(&row, 2)?;
            }
        }
        moment.rollback().await?;
        Ok(folders.into_values().collect())
    }
}

fn count(row: &sqlx::any::AnyRow, column: usize) -> Result<u64, RegisterError> {
    Ok(u64::try_from(row.try_get::<i64, _>(column)?).unwrap_or_default())
}

impl Tx {
    /// From where the last listing ended up to what the server says comes next. A folder (or UIDVALIDITY) that is seen for
    /// the first time gave us what is in it, not what others took out of it before.
    async fn ascending(&mut self, dealt: &DealtWith<'_>, next: i64) -> Result<Option<Span>, RegisterError> {
        let listed: BTreeSet<i64> = dealt.listed.iter().copied().collect();
        let next = dealt.next_after(next);
        let row = sqlx::query("SELECT MAX(next_uid) FROM given_out WHERE mailbox = $1 AND uid_validity = $2")
            .bind(dealt.mailbox)
            .bind(dealt.uid_validity)
            .fetch_one(&mut *self.inner)
            .await?;
        let seen: Option<i64> = row.try_get(0)?;
        if seen.is_some_and(|seen| next <= seen) {
            return Ok(None);
        }
        // Also those that an earlier run put on file and moved, and did not live to note.
        let on_file = self.uids_between(dealt, seen.unwrap_or(0), next).await?;
        let in_span = |uid: &&i64| seen.is_none_or(|seen| **uid >= seen);
        let known: BTreeSet<i64> = listed.iter().filter(in_span).chain(&on_file).copied().collect();
        let gone = dealt.vanished.iter().filter(|uid| known.contains(uid) && !on_file.contains(uid)).count();
        let (first, uids) = match seen {
            Some(seen) => (seen, usize::try_from(next - seen).unwrap_or_default()),
            None => (known.first().copied().unwrap_or(next), known.len()),
        };
        let vanished = uids - known.len().min(uids) + gone;
        let ours = self.taken_back(dealt, first, next).await?.min(vanished);
        Ok(Some(Span { first, next, uids: uids - ours, vanished: vanished - ours }))
    }

    /// How many of these UIDs were of mails of our own: see [`Register::take_back`].
    async fn taken_back(&mut self, dealt: &DealtWith<'_>, first: i64, next: i64) -> Result<usize, RegisterError> {
        let row = sqlx::query(
            "SELECT CAST(count(*) AS BIGINT) FROM given_out \
             WHERE mailbox = $1 AND uid_validity = $2 AND next_uid < 0 AND -next_uid >= $3 AND -next_uid < $4",
        )
        .bind(dealt.mailbox)
        .bind(dealt.uid_validity)
        .bind(first)
        .bind(next)
        .fetch_one(&mut *self.inner)
        .await?;
        Ok(usize::try_from(row.try_get::<i64, _>(0)?).unwrap_or_default())
    }

    /// Mails that the server had and did not give, and that are gone now: nobody waits for them any more.
    async fn settle_withheld(&mut self, dealt: &DealtWith<'_>) -> Result<(), RegisterError> {
        let rows = sqlx::query("SELECT uid FROM withheld WHERE mailbox = $1 AND uid_validity = $2")
            .bind(dealt.mailbox)
            .bind(dealt.uid_validity)
            .fetch_all(&mut *self.inner)
            .await?;
        // As sets: a mailbox may list a hundred thousand, and the server withhold as many.
        let [listed, vanished] =
            [dealt.listed, dealt.vanished].map(|uids| uids.iter().copied().collect::<HashSet<_>>());
        for row in rows {
            let uid: i64 = row.try_get(0)?;
            if listed.contains(&uid) && !vanished.contains(&uid) {
                continue;
            }
            for statement in [
                "DELETE FROM withheld WHERE mailbox = $1 AND uid_validity = $2 AND uid = $3",
                "UPDATE given_out SET vanished = vanished + 1 \
                 WHERE mailbox = $1 AND uid_validity = $2 AND first_uid <= $3 AND next_uid > $3",
            ] {
                let query = sqlx::query(statement).bind(dealt.mailbox).bind(dealt.uid_validity).bind(uid);
                query.execute(&mut *self.inner).await?;
            }
        }
        Ok(())
    }

    async fn uids_between(
        &mut self,
        dealt: &DealtWith<'_>,
        first: i64,
        next: i64,
    ) -> Result<BTreeSet<i64>, RegisterError> {
        let rows =
            sqlx::query("SELECT uid FROM mail WHERE mailbox = $1 AND uid_validity = $2 AND uid >= $3 AND uid < $4")
                .bind(dealt.mailbox)
                .bind(dealt.uid_validity)
                .bind(first)
                .bind(next)
                .fetch_all(&mut *self.inner)
                .await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    /// Each mail that was not noted yet, for itself.
    async fn unordered(&mut self, dealt: &DealtWith<'_>) -> Result<Vec<Span>, RegisterError> {
        let mut noted = BTreeSet::new();
        for some in dealt.listed.chunks(rows_of(1)) {
            let text = format!(
                "SELECT first_uid FROM given_out WHERE mailbox = $1 AND uid_validity = $2 AND next_uid IN ({})",
                numbered(3, some.len())
            );
            let query = sqlx::query(sqlx::AssertSqlSafe(text)).bind(dealt.mailbox).bind(dealt.uid_validity);
            for row in some
                .iter()
                .fold(query, |query, uid| query.bind(uid.saturating_add(1)))
                .fetch_all(&mut *self.inner)
                .await?
            {
                noted.insert(row.try_get::<i64, _>(0)?);
            }
        }
        let vanished: HashSet<&i64> = dealt.vanished.iter().collect();
        let new = dealt.listed.iter().filter(|uid| !noted.contains(uid));
        Ok(new
            .map(|uid| Span {
                first: *uid,
                next: uid.saturating_add(1),
                uids: 1,
                vanished: usize::from(vanished.contains(uid)),
            })
            .collect())
    }

    async fn note_spans(&mut self, dealt: &DealtWith<'_>, spans: &[Span]) -> Result<(), RegisterError> {
        for some in spans.chunks(rows_of(SPAN_COLUMNS)) {
            let text = format!(
                "INSERT INTO given_out (mailbox, uid_validity, first_uid, next_uid, uids, vanished, dealt_with_at) VALUES {}",
                tuples(self.engine, SPAN_COLUMNS, some.len())
            );
            let query = some.iter().fold(sqlx::query(sqlx::AssertSqlSafe(text)), |query, span| {
                query
                    .bind(dealt.mailbox)
                    .bind(dealt.uid_validity)
                    .bind(span.first)
                    .bind(span.next)
                    .bind(i64::try_from(span.uids).unwrap_or(i64::MAX))
                    .bind(i64::try_from(span.vanished).unwrap_or(i64::MAX))
                    .bind(millis(dealt.at))
            });
            query.execute(&mut *self.inner).await?;
        }
        Ok(())
    }
}
