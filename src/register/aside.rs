//! Mails that were put aside: which ones nobody was told of yet, what a person asks about by its number, and what such a
//! mail turned out to be after all. Only SQL.

use super::mails::{Identity, disposition, without_nul};
use super::sets::{numbered, rows_of};
use super::within::{Condition, of_folder, of_letter};
use super::{Register, RegisterError, Tx, millis, moment, unreadable};
use crate::case::{Address, Case, CaseNumber, LetterId, Moment};
use crate::desk::{Asked, Disposition, PutBack, Stored, Within};
use sqlx::Row;
use sqlx::any::AnyRow;

/// What [`Stored`] is made of, of a company's mails, with its parameters from `first` on; `became` is the case of the company that
/// another copy of the mail became.
fn stored_of(within: &Within, first: usize) -> Condition {
    let Condition { text: own, values } = of_folder(within, "mail.mailbox", first);
    let copies = of_folder(within, "other.mailbox", first).text;
    let text = format!(
        "SELECT mail.id, mail.disposition, mail.reason, mail.case_number, cases.department, \
         mail.received_at, mail.from_junk, (SELECT reading FROM trial WHERE trial.mail_id = mail.id), mail.whole, raw, sha256, \
         (SELECT MIN(other.case_number) FROM mail AS other \
         WHERE other.content_hash = mail.content_hash AND other.message_id = mail.message_id AND other.id <> mail.id \
         AND mail.content_hash <> '' AND other.disposition = 'complaint' AND {copies}), cases.body FROM mail \
         LEFT JOIN mail_raw ON mail_raw.mail_id = mail.id LEFT JOIN cases ON cases.number = mail.case_number WHERE {own}"
    );
    Condition { text, values }
}

const ASIDE: &str = "mail.disposition IN ('set_aside', 'unreadable')";

impl Register {
    /// Mails put aside that nobody was told of, oldest first, at most `limit`.
    ///
    /// # Errors
    /// The database refused.
    pub async fn untold_aside(&self, within: &Within, limit: i64) -> Result<Vec<Stored>, RegisterError> {
        let Condition { text: stored_mails, values } = stored_of(within, 2);
        let text = format!("{stored_mails} AND {ASIDE} AND mail.told_in IS NULL ORDER BY mail.id LIMIT $1");
        let query = sqlx::query(sqlx::AssertSqlSafe(text)).bind(limit);
        let rows = values.iter().fold(query, |query, value| query.bind(value)).fetch_all(&self.pool).await?;
        rows.iter().map(stored).collect()
    }

    /// How many of them there are.
    ///
    /// # Errors
    /// The database refused.
    pub async fn count_untold_aside(&self, within: &Within) -> Result<i64, RegisterError> {
        let Condition { text: own, values } = of_folder(within, "mail.mailbox", 1);
        let text = format!("SELECT CAST(count(*) AS BIGINT) FROM mail WHERE {ASIDE} AND told_in IS NULL AND {own}");
        let query = sqlx::query(sqlx::AssertSqlSafe(text));
        Ok(values.iter().fold(query, |query, value| query.bind(value)).fetch_one(&self.pool).await?.try_get(0)?)
    }

    /// Mails put aside after `since` and not after `until`, oldest first, at most `limit`; and how many there are.
    ///
    /// # Errors
    /// The database refused.
    pub async fn aside_between(
        &self,
        within: &Within,
        since: Moment,
        until: Moment,
        limit: i64,
    ) -> Result<(Vec<Stored>, i64), RegisterError> {
        let Condition { text: stored_mails, values } = stored_of(within, 3);
        let which = format!("{ASIDE} AND mail.decided_at > $1 AND mail.decided_at <= $2");
        let text = format!("{stored_mails} AND {which} ORDER BY mail.id LIMIT ${}", values.len() + 3);
        let query = sqlx::query(sqlx::AssertSqlSafe(text)).bind(millis(since)).bind(millis(until));
        let query = values.iter().fold(query, |query, value| query.bind(value)).bind(limit);
        let rows = query.fetch_all(&self.pool).await?;
        let own = of_folder(within, "mail.mailbox", 3).text;
        let text = format!("SELECT CAST(count(*) AS BIGINT) FROM mail WHERE {which} AND {own}");
        let count = sqlx::query(sqlx::AssertSqlSafe(text)).bind(millis(since)).bind(millis(until));
        let count = values.iter().fold(count, |count, value| count.bind(value));
        let count = count.fetch_one(&self.pool).await?.try_get(0)?;
        Ok((rows.iter().map(stored).collect::<Result<_, _>>()?, count))
    }

    /// When a notice about a company's mails put aside was last written, but for those about a case.
    ///
    /// # Errors
    /// The database refused.
    pub async fn last_aside_notice(&self, within: &Within) -> Result<Option<Moment>, RegisterError> {
        let Condition { text: own, values } = of_letter(within, 1);
        let text =
            format!("SELECT MAX(created_at) FROM outbox WHERE kind = 'set_aside' AND case_number = '' AND {own}");
        let query = sqlx::query(sqlx::AssertSqlSafe(text));
        let row = values.iter().fold(query, |query, value| query.bind(value)).fetch_one(&self.pool).await?;
        Ok(row.try_get::<Option<i64>, _>(0)?.map(moment))
    }

    /// Whom a letter went to.
    ///
    /// # Errors
    /// The database refused.
    pub async fn reader_of(&self, letter: &LetterId) -> Result<Option<Address>, RegisterError> {
        let row = sqlx::query("SELECT recipient FROM outbox WHERE id = $1")
            .bind(letter.as_str())
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| super::outbox::address(&row, 0)).transpose()
    }
}

impl Tx {
    /// The mail that somebody asks about; none where the number is nobody's, or a notice tells of several.
    pub(super) async fn stored(&mut self, asked: &Asked, within: &Within) -> Result<Option<Stored>, RegisterError> {
        let Condition { text: stored_mails, values } = stored_of(within, 2);
        let rows = match asked {
            Asked::Number(id) => {
                let text = format!("{stored_mails} AND mail.id = $1");
                let query = sqlx::query(sqlx::AssertSqlSafe(text)).bind(*id);
                values.iter().fold(query, |query, value| query.bind(value)).fetch_all(&mut *self.inner).await?
            }
            Asked::ToldIn(letter) => {
                // Two are as good as many: then it is not clear which one is meant.
                let text = format!("{stored_mails} AND mail.told_in = $1 ORDER BY mail.id LIMIT 2");
                let query = sqlx::query(sqlx::AssertSqlSafe(text)).bind(letter.as_str());
                values.iter().fold(query, |query, value| query.bind(value)).fetch_all(&mut *self.inner).await?
            }
        };
        match rows.as_slice() {
            [only] => stored(only).map(Some),
            _ => Ok(None),
        }
    }

    /// A mail that was set aside and that a person put back into the inbox: another UID, and the same bytes to the last
    /// of its Received lines, which a second delivery never has.
    pub(super) async fn put_back(
        &mut self,
        mail: i64,
        identity: &Identity,
        within: &Within,
    ) -> Result<Option<PutBack>, RegisterError> {
        let Condition { text: own, values } = of_folder(within, "first.mailbox", 4);
        let text = format!(
            "SELECT first.id, first.received_at, first.reason FROM mail AS first \
             JOIN mail_raw AS bytes ON bytes.mail_id = first.id \
             JOIN mail AS again ON again.id = $3 JOIN mail_raw AS same ON same.mail_id = again.id \
             WHERE first.content_hash = $1 AND first.message_id = $2 AND first.id <> $3 \
             AND first.disposition = 'set_aside' AND first.case_number IS NULL AND bytes.raw = same.raw \
             AND again.from_junk = 0 AND (first.from_junk = 1 \
             OR first.moved = 1 AND first.mailbox = again.mailbox AND first.uid_validity = again.uid_validity) \
             AND {own} ORDER BY first.id LIMIT 1"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(text))
            .bind(&identity.content_hash)
            .bind(without_nul(&identity.message_id))
            .bind(mail);
        let row = values.iter().fold(query, |query, value| query.bind(value)).fetch_optional(&mut *self.inner).await?;
        row.map(|row| {
            Ok(PutBack { mail: row.try_get(0)?, received_at: moment(row.try_get(1)?), reason: row.try_get(2)? })
        })
        .transpose()
    }

    /// Somebody was told of these mails, in that letter or, without one, by the digest.
    pub(super) async fn note_told(&mut self, mails: &[i64], letter: Option<&LetterId>) -> Result<(), RegisterError> {
        for some in mails.chunks(rows_of(1)) {
            let text = format!("UPDATE mail SET told_in = $1 WHERE id IN ({})", numbered(2, some.len()));
            let query = sqlx::query(sqlx::AssertSqlSafe(text)).bind(letter.map(LetterId::as_str).unwrap_or_default());
            some.iter().fold(query, |query, mail| query.bind(*mail)).execute(&mut *self.inner).await?;
        }
        Ok(())
    }

    /// A mail that was put aside is something else after all; once only.
    pub(super) async fn reconsider(
        &mut self,
        mail: i64,
        to: &str,
        case: Option<CaseNumber>,
        reason: &str,
    ) -> Result<(), RegisterError> {
        let done = sqlx::query(
            "UPDATE mail SET disposition = $2, case_number = $3, reason = $4 \
             WHERE id = $1 AND disposition IN ('set_aside', 'unreadable', 'automatic')",
        )
        .bind(mail)
        .bind(to)
        .bind(case.map(|number| number.to_string()))
        .bind(without_nul(reason))
        .execute(&mut *self.inner)
        .await?;
        if done.rows_affected() == 0 {
            return Err(RegisterError::Decided { mail });
        }
        Ok(())
    }
}

fn case_of(json: &str) -> Result<Box<Case>, RegisterError> {
    serde_json::from_str(json).map(Box::new).map_err(|e| unreadable(format!("case: {e}")))
}

fn stored(row: &AnyRow) -> Result<Stored, RegisterError> {
    let number = |column: usize| -> Result<Option<CaseNumber>, RegisterError> {
        Ok(row.try_get::<Option<String>, _>(column)?.and_then(|number| number.parse().ok()))
    };
    Ok(Stored {
        id: row.try_get(0)?,
        disposition: disposition(row, 1)?.unwrap_or(Disposition::Unreadable),
        reason: row.try_get(2)?,
        case: number(3)?,
        department: row.try_get(4)?,
        received_at: moment(row.try_get(5)?),
        from_junk: row.try_get::<i64, _>(6)? != 0,
        failed_readings: row.try_get::<Option<i64>, _>(7)?.unwrap_or_default(),
        whole: row.try_get::<i64, _>(8)? != 0,
        raw: row.try_get::<Option<Vec<u8>>, _>(9)?.unwrap_or_default(),
        sha256: row.try_get(10)?,
        became: number(11)?,
        filed_on: row.try_get::<Option<String>, _>(12)?.as_deref().map(case_of).transpose()?,
        mail: None,
    })
}
