//! A case with everything that is kept beside it: events, mails, letters. Only SQL.

use super::mails::{self, MailRow};
use super::{Register, RegisterError, Tx, moment, outbox, unreadable};
use crate::case::{CaseNumber, Event, LetterId};
use crate::desk::{CaseFile, Disposition, FiledLetter, FiledMail};
use crate::letters;
use sqlx::Row;
use sqlx::any::AnyRow;

impl Tx {
    /// A case and what is kept beside it, but for the bytes. The number of a case that goes on in another leads to that
    /// one, whose file holds both.
    ///
    /// # Errors
    /// The database refused.
    pub async fn case_file(&mut self, number: CaseNumber) -> Result<Option<CaseFile>, RegisterError> {
        let Some(case) = self.case_going_on(number).await? else { return Ok(None) };
        let (mut events, mut mails, mut letters) = (Vec::new(), Vec::new(), Vec::new());
        for number in case.absorbed.iter().chain([&case.number]) {
            events.extend(self.filed_events(*number).await?);
            mails.extend(self.filed_mails(*number).await?);
            letters.extend(self.filed_letters(*number).await?);
        }
        events.sort_by_key(|(seq, _)| *seq);
        mails.sort_by_key(|mail: &FiledMail| mail.id);
        letters.sort_by_key(|letter: &FiledLetter| letter.written_at);
        let events: Vec<Event> = events.into_iter().map(|(_, event)| event).collect();
        let notes = events.iter().filter_map(|event| event.what.internal_text()).map(str::to_owned).collect();
        Ok(Some(CaseFile { case, notes, events, mails, letters }))
    }

    async fn filed_events(&mut self, number: CaseNumber) -> Result<Vec<(i64, Event)>, RegisterError> {
        let rows = sqlx::query(
            "SELECT event.seq, body FROM event JOIN event_payload ON event_payload.seq = event.seq \
             WHERE case_number = $1 ORDER BY event.seq",
        )
        .bind(number.to_string())
        .fetch_all(&mut *self.inner)
        .await?;
        let mut events = Vec::with_capacity(rows.len());
        for row in rows {
            let (seq, body): (i64, String) = (row.try_get(0)?, row.try_get(1)?);
            events.extend(serde_json::from_str::<Event>(&body).ok().map(|event| (seq, event)));
        }
        Ok(events)
    }

    async fn filed_mails(&mut self, number: CaseNumber) -> Result<Vec<FiledMail>, RegisterError> {
        let rows = sqlx::query(
            "SELECT id, received_at, disposition, size, whole, sha256 FROM mail \
             LEFT JOIN mail_raw ON mail_id = mail.id WHERE case_number = $1 ORDER BY id",
        )
        .bind(number.to_string())
        .fetch_all(&mut *self.inner)
        .await?;
        rows.iter().map(filed_mail).collect()
    }

    async fn filed_letters(&mut self, number: CaseNumber) -> Result<Vec<FiledLetter>, RegisterError> {
        let rows = sqlx::query(
            "SELECT outbox.id, kind, created_at, light_size, light_sha256 FROM outbox \
             LEFT JOIN letter ON letter.id = outbox.id WHERE case_number = $1 ORDER BY created_at, outbox.id",
        )
        .bind(number.to_string())
        .fetch_all(&mut *self.inner)
        .await?;
        rows.iter().map(filed_letter).collect()
    }
}

impl Register {
    /// The mails that are filed on a case, oldest first.
    ///
    /// # Errors
    /// The database refused.
    pub async fn mails_of_case(&self, number: CaseNumber) -> Result<Vec<MailRow>, RegisterError> {
        let rows = sqlx::query(
            "SELECT id, received_at, disposition, reason, case_number, size FROM mail WHERE case_number = $1 ORDER BY id",
        )
        .bind(number.to_string())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(mails::mail_row).collect()
    }

    /// The bytes of a letter with its attachments only named; None where they were blanked.
    ///
    /// # Errors
    /// The database refused.
    pub async fn light_letter(&self, id: &LetterId) -> Result<Option<Vec<u8>>, RegisterError> {
        let letter =
            sqlx::query("SELECT bytes FROM letter WHERE id = $1").bind(id.as_str()).fetch_optional(&self.pool).await?;
        let Some(letter) = letter else { return Ok(None) };
        let carried = sqlx::query(outbox::CARRIED).bind(id.as_str()).fetch_all(&self.pool).await?;
        let carried: Vec<_> = carried.iter().map(outbox::carried_row).collect::<Result<_, _>>()?;
        let bytes: Vec<u8> = letter.try_get(0)?;
        Ok(Some(letters::lighten(&bytes, &carried, letters::Apart::InItsMail)))
    }
}

fn filed_mail(row: &AnyRow) -> Result<FiledMail, RegisterError> {
    let disposition: String = row.try_get(2)?;
    let whole = row.try_get::<i64, _>(4)? != 0;
    Ok(FiledMail {
        id: row.try_get(0)?,
        received_at: moment(row.try_get(1)?),
        disposition: Disposition::from_name(&disposition)
            .ok_or_else(|| unreadable(format!("disposition `{disposition}`")))?,
        size: usize::try_from(row.try_get::<i64, _>(3)?).unwrap_or_default(),
        sha256: row.try_get::<Option<String>, _>(5)?.filter(|_| whole),
    })
}

fn filed_letter(row: &AnyRow) -> Result<FiledLetter, RegisterError> {
    Ok(FiledLetter {
        id: LetterId::from_stored(row.try_get::<String, _>(0)?),
        kind: outbox::kind(row, 1)?,
        written_at: moment(row.try_get(2)?),
        light_size: usize::try_from(row.try_get::<Option<i64>, _>(3)?.unwrap_or_default()).unwrap_or_default(),
        light_sha256: row.try_get(4)?,
    })
}
