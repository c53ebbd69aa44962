//! Rows of `mail`: every mail the server gave us, from "on file" to "decided on" to "moved". Only SQL.

use super::chain::hex;
use super::engine::Begin;
use super::record::{DecidedMail, Recorded};
use super::seal::Reseal;
use super::sets::{numbered, portions, rows_of, tuples};
use super::within::{Condition, of_folder};
use super::{Register, RegisterError, Tx, millis, moment, unreadable};
use crate::case::{CaseNumber, Moment};
use crate::crash;
use crate::desk::{Disposition, Within};
use chrono::TimeDelta;
use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::HashMap;

/// Columns of a mail that is put on file.
const STORED_COLUMNS: usize = 9;

/// Attempts at a mail for which those behind it wait: more than one, because a power cut is not the mail's fault.
const IN_TURN_MAX: i64 = 3;
/// From then on a mail is left alone for so long after each attempt: what ends the process every time, whatever it is,
/// leaves the others time.
const PUT_OFF: TimeDelta = TimeDelta::minutes(1);

/// A mail as it came from the mailbox.
#[derive(Debug, Clone)]
pub struct NewMail {
    pub mailbox: String,
    pub uid_validity: i64,
    pub uid: i64,
    pub from_junk: bool,
    pub received_at: Moment,
    pub fetched_at: Moment,
    /// Bytes on the server; more than `raw` where only a first slice was taken.
    pub size: i64,
    pub whole: bool,
    /// Empty where the server never gave it; then `unreadable_because` says so.
    pub raw: Vec<u8>,
    /// Why there is nothing to read: it goes on file all the same, and a person is told (invariant 1).
    pub unreadable_because: Option<String>,
}

/// A mail that waits to be decided on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Pending {
    pub id: i64,
    /// The folder it lay in, as the register names it.
    pub mailbox: String,
    /// How often it was taken in hand and not decided on.
    pub attempts: i64,
    pub received_at: Moment,
    pub from_junk: bool,
    pub whole: bool,
    /// See [`NewMail::size`].
    pub size: i64,
    /// Handed on beside the others, where it is handed on.
    #[serde(skip)]
    pub raw: Vec<u8>,
    /// See [`NewMail::unreadable_because`].
    pub unreadable_because: Option<String>,
}

/// What makes two mails the same (invariant 2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Empty when there is none.
    pub message_id: String,
    /// Hash of the normalised content; of the raw bytes where there is no Message-ID.
    pub content_hash: String,
}

/// A mail as lists show it.
#[derive(Debug, Clone)]
pub struct MailRow {
    pub id: i64,
    pub received_at: Moment,
    pub disposition: Option<Disposition>,
    pub reason: String,
    pub case: Option<CaseNumber>,
    pub size: i64,
}

impl Register {
    /// Puts mails on file, raw bytes included, before anything is read in them. Those known already are skipped.
    ///
    /// # Errors
    /// The database refused; none of them is on file.
    pub async fn store_mails(&self, mails: &[NewMail]) -> Result<usize, RegisterError> {
        let mut tx = self.begin_as(Begin::Apart).await?;
        let mut stored = 0;
        for some in mails.chunks(rows_of(STORED_COLUMNS)) {
            stored += tx.store(some).await?;
        }
        tx.commit().await?;
        Ok(stored)
    }

    /// Mails of these mailboxes to decide on, always the first that wait, so that no mail of a case overtakes another: new ones, with
    /// at most `max_bytes` of text but for the first of them; or one that an earlier attempt did not finish, alone, so that
    /// only the mail in hand is counted again. The others wait for its third attempt, and no longer: from then on it is put
    /// off for a while after each, and they go first.
    ///
    /// # Errors
    /// The database refused.
    pub async fn pending(
        &self,
        within: &Within,
        batch: i64,
        max_bytes: i64,
        now: Moment,
    ) -> Result<Vec<Pending>, RegisterError> {
        let Condition { text: own, values } = of_folder(within, "mail.mailbox", 5);
        // What was tried later than now was tried by a clock that was wrong.
        let first = format!(
            "SELECT mail.id, COALESCE(length(raw), 0), attempts FROM mail \
             LEFT JOIN mail_raw ON mail_raw.mail_id = mail.id LEFT JOIN trial ON trial.mail_id = mail.id \
             WHERE disposition IS NULL AND (attempts < $2 OR COALESCE(tried_at, 0) NOT BETWEEN $3 AND $4) \
             AND {own} ORDER BY mail.id LIMIT $1"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(first)).bind(batch).bind(IN_TURN_MAX);
        let query = query.bind(millis(now - crash::pause(PUT_OFF))).bind(millis(now));
        let rows = values.iter().fold(query, |query, value| query.bind(value)).fetch_all(&self.pool).await?;
        let mut mails: Vec<(i64, i64)> = Vec::with_capacity(rows.len());
        let mut bytes = 0;
        for row in rows {
            let (id, octets): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
            bytes += octets;
            let was_tried = row.try_get::<i64, _>(2)? > 0;
            if !mails.is_empty() && (was_tried || bytes > max_bytes) {
                break;
            }
            mails.push((id, octets));
            if was_tried {
                break;
            }
        }
        self.pending_mails(&mails).await
    }

    /// Those, each with its octets.
    async fn pending_mails(&self, mails: &[(i64, i64)]) -> Result<Vec<Pending>, RegisterError> {
        let mut pending = Vec::with_capacity(mails.len());
        for some in portions(mails, 1, |(_, octets)| usize::try_from(*octets).unwrap_or_default()) {
            let text = format!(
                "SELECT mail.id, attempts, received_at, from_junk, whole, raw, reason, size, mailbox FROM mail \
                 LEFT JOIN mail_raw ON mail_id = mail.id WHERE mail.id IN ({}) ORDER BY mail.id",
                numbered(1, some.len())
            );
            let query = some.iter().fold(sqlx::query(sqlx::AssertSqlSafe(text)), |query, (id, _)| query.bind(*id));
            let mut rows = query.fetch(&self.pool);
            while let Some(row) = rows.try_next().await? {
                pending.push(pending_mail(&row)?);
            }
        }
        Ok(pending)
    }

    /// Commits that these mails are about to be read, before they are (invariant 1).
    ///
    /// # Errors
    /// The database refused; then they must not be read.
    pub async fn count_attempt(&self, mails: &[i64], now: Moment) -> Result<(), RegisterError> {
        let mut tx = self.begin_as(Begin::Apart).await?;
        tx.each_mail("UPDATE mail SET attempts = attempts + 1 WHERE id IN", mails).await?;
        if let [alone] = mails {
            tx.note_tried(*alone, now).await?;
        }
        tx.commit().await
    }

    /// Takes back an attempt that ended for no fault of the mails: the database was away.
    ///
    /// # Errors
    /// The database is still away.
    pub async fn uncount_attempt(&self, mails: &[i64]) -> Result<(), RegisterError> {
        let text = "UPDATE mail SET attempts = attempts - 1 WHERE disposition IS NULL AND attempts > 0 AND id IN";
        let mut tx = self.begin_as(Begin::Apart).await?;
        tx.each_mail(text, mails).await?;
        tx.commit().await
    }

    /// The last resort for a mail about which not even a notice can be recorded: unreadable, so that the others go on.
    ///
    /// # Errors
    /// The database refused.
    pub async fn set_apart(&self, mail: i64, reason: &str, now: Moment, salt: &str) -> Result<(), RegisterError> {
        let mut tx = self.begin().await?;
        let apart = sqlx::query(
            "UPDATE mail SET disposition = $2, reason = $3, decided_at = $4 WHERE id = $1 AND disposition IS NULL",
        )
        .bind(mail)
        .bind(Disposition::Unreadable.name())
        .bind(without_nul(reason))
        .bind(millis(now))
        .execute(&mut *tx.inner)
        .await?;
        if apart.rows_affected() > 0 {
            let sealed = tx.seals(&[vec![Reseal { mail: Some(mail), letters: Vec::new() }]], now).await?;
            tx.append(&sealed, &mut || salt.to_owned()).await?;
        }
        tx.commit().await
    }

    /// These are no longer in the inbox.
    ///
    /// # Errors
    /// The database refused.
    pub async fn mark_moved(&self, mailbox: &str, uid_validity: i64, uids: &[i64]) -> Result<(), RegisterError> {
        let mut tx = self.begin_as(Begin::Apart).await?;
        for some in uids.chunks(rows_of(1)) {
            let text = format!(
                "UPDATE mail SET moved = 1 WHERE mailbox = $1 AND uid_validity = $2 AND uid IN ({})",
                numbered(3, some.len())
            );
            let query = sqlx::query(sqlx::AssertSqlSafe(text)).bind(mailbox).bind(uid_validity);
            some.iter().fold(query, |query, uid| query.bind(*uid)).execute(&mut *tx.inner).await?;
        }
        tx.commit().await
    }

    /// Mails that are decided on and were not seen to leave this mailbox.
    ///
    /// # Errors
    /// The database refused.
    pub async fn unmoved(&self, mailbox: &str, uid_validity: i64) -> Result<Vec<i64>, RegisterError> {
        let rows = sqlx::query(
            "SELECT uid FROM mail WHERE mailbox = $1 AND uid_validity = $2 AND moved = 0 AND disposition IS NOT NULL",
        )
        .bind(mailbox)
        .bind(uid_validity)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    /// The newest moment of receipt on file that a mail server stated: what came by a pipe is stamped by our own clock.
    ///
    /// # Errors
    /// The database refused.
    pub async fn last_receipt(&self) -> Result<Option<Moment>, RegisterError> {
        let text = "SELECT received_at FROM mail WHERE uid_validity <> 0 ORDER BY received_at DESC LIMIT 1";
        let row = sqlx::query(text).fetch_optional(&self.pool).await?;
        row.map(|row| Ok(moment(row.try_get(0)?))).transpose()
    }

    /// The bytes of a mail; None where they were blanked.
    ///
    /// # Errors
    /// The database refused.
    pub async fn raw_mail(&self, mail: i64) -> Result<Option<Vec<u8>>, RegisterError> {
        let row =
            sqlx::query("SELECT raw FROM mail_raw WHERE mail_id = $1").bind(mail).fetch_optional(&self.pool).await?;
        row.map(|row| Ok(row.try_get(0)?)).transpose()
    }

    /// How many mails of each disposition were fetched since then; undecided ones under None.
    ///
    /// # Errors
    /// The database refused.
    pub async fn dispositions(&self, since: Moment) -> Result<HashMap<Option<Disposition>, i64>, RegisterError> {
        let rows = sqlx::query(
            "SELECT disposition, CAST(count(*) AS BIGINT) FROM mail WHERE fetched_at >= $1 GROUP BY disposition",
        )
        .bind(millis(since))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| Ok((disposition(row, 0)?, row.try_get(1)?))).collect()
    }

    /// Mails of these dispositions fetched since then, oldest first, at most `limit`.
    ///
    /// # Errors
    /// The database refused.
    pub async fn mails_of(
        &self,
        wanted: Disposition,
        since: Moment,
        limit: i64,
    ) -> Result<Vec<MailRow>, RegisterError> {
        let rows = sqlx::query(
            "SELECT id, received_at, disposition, reason, case_number, size FROM mail \
             WHERE disposition = $1 AND fetched_at >= $2 ORDER BY id LIMIT $3",
        )
        .bind(wanted.name())
        .bind(millis(since))
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(mail_row).collect()
    }
}

impl Tx {
    /// A statement that ends where the list of mails begins.
    pub(super) async fn each_mail(&mut self, text: &str, mails: &[i64]) -> Result<(), RegisterError> {
        for some in mails.chunks(rows_of(1)) {
            let text = format!("{text} ({})", numbered(1, some.len()));
            let query = some.iter().fold(sqlx::query(sqlx::AssertSqlSafe(text)), |query, id| query.bind(*id));
            query.execute(&mut *self.inner).await?;
        }
        Ok(())
    }

    async fn store(&mut self, mails: &[NewMail]) -> Result<usize, RegisterError> {
        let text = format!(
            "INSERT INTO mail (mailbox, uid_validity, uid, from_junk, received_at, fetched_at, size, whole, reason) \
             VALUES {} ON CONFLICT DO NOTHING RETURNING id, mailbox, uid_validity, uid",
            tuples(self.engine, STORED_COLUMNS, mails.len())
        );
        let query = mails.iter().fold(sqlx::query(sqlx::AssertSqlSafe(text)), |query, mail| {
            query
                .bind(&mail.mailbox)
                .bind(mail.uid_validity)
                .bind(mail.uid)
                .bind(i64::from(mail.from_junk))
                .bind(millis(mail.received_at))
                .bind(millis(mail.fetched_at))
                .bind(mail.size)
                .bind(i64::from(mail.whole))
                .bind(without_nul(mail.unreadable_because.as_deref().unwrap_or_default()))
        });
        let mut ids: HashMap<(String, i64, i64), i64> = HashMap::with_capacity(mails.len());
        for row in query.fetch_all(&mut *self.inner).await? {
            ids.insert((row.try_get(1)?, row.try_get(2)?, row.try_get(3)?), row.try_get(0)?);
        }
        let id = |mail: &NewMail| ids.get(&(mail.mailbox.clone(), mail.uid_validity, mail.uid)).copied();
        let new: Vec<(i64, &NewMail)> = mails.iter().filter_map(|mail| Some((id(mail)?, mail))).collect();
        if new.is_empty() {
            return Ok(0);
        }
        for some in portions(&new, 3, |(_, mail)| mail.raw.len()) {
            let values = tuples(self.engine, 3, some.len());
            let text = format!("INSERT INTO mail_raw (mail_id, raw, sha256) VALUES {values}");
            let query = some.iter().fold(sqlx::query(sqlx::AssertSqlSafe(text)), |query, (id, mail)| {
                query.bind(*id).bind(&mail.raw[..]).bind(sha256(&mail.raw))
            });
            query.execute(&mut *self.inner).await?;
        }
        self.forget_withheld(&new).await?;
        Ok(new.len())
    }

    /// These mails have been decided on.
    pub(super) async fn decide_mails(&mut self, all: &[Recorded<'_>], now: Moment) -> Result<(), RegisterError> {
        let decided: Vec<&DecidedMail> = all.iter().filter_map(|one| one.mail).collect();
        for some in decided.chunks(rows_of(7)) {
            let text = format!(
                "UPDATE mail SET disposition = column2, reason = column3, case_number = column4, message_id = column5, \
                 content_hash = column6, decided_at = column7 FROM (VALUES {}) AS decided \
                 WHERE id = column1 AND disposition IS NULL",
                tuples(self.engine, 7, some.len())
            );
            let query = some.iter().fold(sqlx::query(sqlx::AssertSqlSafe(text)), |query, mail| {
                let DecidedMail { id, identity, verdict } = mail;
                query
                    .bind(*id)
                    .bind(verdict.disposition.name())
                    .bind(without_nul(&verdict.reason))
                    .bind(verdict.case.map(|n| n.to_string()))
                    .bind(without_nul(&identity.message_id))
                    .bind(&identity.content_hash)
                    .bind(millis(now))
            });
            let updated = query.execute(&mut *self.inner).await?.rows_affected();
            if updated != some.len() as u64 {
                // Of several, which one does not matter: they are done again one by one.
                let mail = some.first().map_or(0, |mail| mail.id);
                return Err(RegisterError::Decided { mail });
            }
        }
        Ok(())
    }
}

fn pending_mail(row: &AnyRow) -> Result<Pending, RegisterError> {
    let raw: Option<Vec<u8>> = row.try_get(5)?;
    let reason: String = row.try_get(6)?;
    let blanked = raw.is_none().then(|| "its bytes were blanked before it was read".to_owned());
    Ok(Pending {
        id: row.try_get(0)?,
        mailbox: row.try_get(8)?,
        attempts: row.try_get(1)?,
        received_at: moment(row.try_get(2)?),
        from_junk: row.try_get::<i64, _>(3)? != 0,
        whole: row.try_get::<i64, _>(4)? != 0,
        size: row.try_get(7)?,
        raw: raw.unwrap_or_default(),
        unreadable_because: Some(reason).filter(|reason| !reason.is_empty()).or(blanked),
    })
}

/// From a row of id, received_at, disposition, reason, case_number and size.
pub(super) fn mail_row(row: &AnyRow) -> Result<MailRow, RegisterError> {
    Ok(MailRow {
        id: row.try_get(0)?,
        received_at: moment(row.try_get(1)?),
        disposition: disposition(row, 2)?,
        reason: row.try_get(3)?,
        case: row.try_get::<Option<String>, _>(4)?.and_then(|n| n.parse().ok()),
        size: row.try_get(5)?,
    })
}

pub(super) fn disposition(row: &AnyRow, column: usize) -> Result<Option<Disposition>, RegisterError> {
    let name: Option<String> = row.try_get(column)?;
    name.map(|name| Disposition::from_name(&name).ok_or_else(|| unreadable(format!("disposition `{name}`"))))
        .transpose()
}

/// Lower-case hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// PostgreSQL takes no NUL in a text.
pub(super) fn without_nul(text: &str) -> String {
    text.replace('\0', "")
}
