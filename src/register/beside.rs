//! Mails, letters and cases, looked through for somebody: whoever calls reads them. Only SQL.

use super::cases::body;
use super::mails::{MailRow, mail_row};
use super::search::containing;
use super::sets::numbered;
use super::within::{Condition, of_folder, of_letter};
use super::{Register, RegisterError, millis, outbox};
use crate::case::{Case, LetterId, LetterKind, Moment};
use crate::desk::{Disposition, Sought, Within};
use sqlx::{AssertSqlSafe, Row};

impl Register {
    /// The first mail of a company's of these kinds behind that one which concerns no case and came since then, with its bytes.
    ///
    /// # Errors
    /// The database refused.
    pub async fn next_caseless_mail(
        &self,
        within: &Within,
        since: Moment,
        after: i64,
        kinds: &[Disposition],
    ) -> Result<Option<(i64, Vec<u8>)>, RegisterError> {
        let Condition { text: own, values } = of_folder(within, "mail.mailbox", 3 + kinds.len());
        let text = format!(
            "SELECT id, raw FROM mail JOIN mail_raw ON mail_id = id WHERE id > $1 AND received_at >= $2 \
             AND case_number IS NULL AND disposition IN ({}) AND {own} ORDER BY id LIMIT 1",
            numbered(3, kinds.len())
        );
        let query = sqlx::query(AssertSqlSafe(text)).bind(after).bind(millis(since));
        let query = kinds.iter().fold(query, |query, kind| query.bind(kind.name()));
        let row = values.iter().fold(query, |query, value| query.bind(value)).fetch_optional(&self.pool).await?;
        row.map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).transpose()
    }

    /// The first letter of a company's behind that one which concerns no case, was written since then, and is not on its way any more.
    ///
    /// # Errors
    /// The database refused.
    pub async fn next_caseless_letter(
        &self,
        within: &Within,
        since: Moment,
        after: &str,
    ) -> Result<Option<(LetterId, LetterKind, Vec<u8>)>, RegisterError> {
        let Condition { text: own, values } = of_letter(within, 3);
        let text = format!(
            "SELECT outbox.id, kind, bytes FROM outbox JOIN letter ON letter.id = outbox.id \
             WHERE outbox.id > $1 AND created_at >= $2 AND case_number = '' \
             AND state IN ('accepted', 'refused', 'bundled') AND {own} ORDER BY outbox.id LIMIT 1"
        );
        let query = sqlx::query(AssertSqlSafe(text)).bind(after).bind(millis(since));
        let row = values.iter().fold(query, |query, value| query.bind(value)).fetch_optional(&self.pool).await?;
        let Some(row) = row else { return Ok(None) };
        let id = LetterId::from_stored(row.try_get::<String, _>(0)?);
        Ok(Some((id, outbox::kind(&row, 1)?, row.try_get(2)?)))
    }

    /// Mails of a company's of these kinds that concern no case, came before that moment and are not blanked yet; of what was put
    /// aside only what a person was told of.
    ///
    /// # Errors
    /// The database refused.
    pub async fn caseless_mails_before(
        &self,
        within: &Within,
        kinds: &[Disposition],
        before: Moment,
    ) -> Result<Vec<i64>, RegisterError> {
        let Condition { text: own, values } = of_folder(within, "mail.mailbox", 2 + kinds.len());
        let text = format!(
            "SELECT id FROM mail JOIN mail_raw ON mail_id = id WHERE received_at < $1 AND case_number IS NULL \
             AND (told_in IS NOT NULL OR disposition NOT IN ('set_aside', 'unreadable')) \
             AND disposition IN ({}) AND {own} ORDER BY id",
            numbered(2, kinds.len())
        );
        let query = sqlx::query(AssertSqlSafe(text)).bind(millis(before));
        let query = kinds.iter().fold(query, |query, kind| query.bind(kind.name()));
        let rows = values.iter().fold(query, |query, value| query.bind(value)).fetch_all(&self.pool).await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    /// The first mail behind that one, with its bytes where they are there.
    ///
    /// # Errors
    /// The database refused.
    pub async fn next_mail(&self, after: i64) -> Result<Option<(MailRow, Option<Vec<u8>>)>, RegisterError> {
        let text = "SELECT id, received_at, disposition, reason, case_number, size, raw FROM mail \
                    LEFT JOIN mail_raw ON mail_id = id WHERE id > $1 ORDER BY id LIMIT 1";
        let row = sqlx::query(text).bind(after).fetch_optional(&self.pool).await?;
        row.map(|row| Ok((mail_row(&row)?, row.try_get(6)?))).transpose()
    }

    /// Cases that may be about somebody; who calls looks closer.
    ///
    /// # Errors
    /// The database refused.
    pub async fn cases_perhaps_about(&self, sought: &Sought) -> Result<Vec<Case>, RegisterError> {
        let text = "SELECT body FROM cases WHERE words LIKE $1 ESCAPE '!' OR lower(body) LIKE $1 ESCAPE '!' \
                    OR ($2 <> '' AND keys LIKE $3 ESCAPE '!') ORDER BY year, serial";
        let rows = sqlx::query(text)
            .bind(containing(&sought.text))
            .bind(&sought.key)
            .bind(containing(&sought.key))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(body).collect()
    }

    /// How many letters went, or are to go, to that address.
    ///
    /// # Errors
    /// The database refused.
    pub async fn letters_to(&self, key: &str) -> Result<i64, RegisterError> {
        let text = "SELECT CAST(count(*) AS BIGINT) FROM outbox WHERE recipient_key = $1";
        Ok(sqlx::query(text).bind(key).fetch_one(&self.pool).await?.try_get(0)?)
    }
}
