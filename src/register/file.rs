//! A case with everything that is kept beside it: events, mails, letters. Only SQL.

use super::mails::{self, MailRow};
use super::sets::{numbered, rows_of};
use super::{Register, RegisterError, Tx, moment, outbox, unreadable};
use crate::case::{CaseNumber, Event, LetterId};
use crate::desk::{CaseFile, Disposition, FiledLetter, FiledMail};
use crate::letters;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What is kept beside cases, by the number it is filed on.
type Filed<T> = HashMap<String, Vec<T>>;

impl Tx {
    /// A case and what is kept beside it, but for the bytes. The number of a case that goes on in another leads to that
    /// one, whose file holds both.
    ///
    /// # Errors
    /// The database refused.
    pub async fn case_file(&mut self, number: CaseNumber) -> Result<Option<CaseFile>, RegisterError> {
        Ok(self.case_files(&[number]).await?.remove(&number))
    }

    /// By each of these numbers the file that it leads to: see [`Tx::case_file`].
    ///
    /// # Errors
    /// The database refused.
    pub async fn case_files(
        &mut self,
        numbers: &[CaseNumber],
    ) -> Result<BTreeMap<CaseNumber, CaseFile>, RegisterError> {
        let cases = self.cases_going_on(numbers).await?;
        let filed: BTreeSet<CaseNumber> =
            cases.values().flat_map(|case| case.absorbed.iter().copied().chain([case.number])).collect();
        let filed: Vec<String> = filed.iter().map(ToString::to_string).collect();
        let (mut events, mut mails, mut letters) =
            (self.filed_events(&filed).await?, self.filed_mails(&filed).await?, self.filed_letters(&filed).await?);
        let mut files: BTreeMap<CaseNumber, CaseFile> = BTreeMap::new();
        for (asked, case) in cases {
            if let Some(known) = files.values().find(|file| file.case.number == case.number).cloned() {
                files.insert(asked, known);
                continue;
            }
            let mut file = CaseFile::of(case);
            let numbers = file.case.absorbed.iter().chain([&file.case.number]);
            let mut all = Vec::new();
            for number in numbers.map(ToString::to_string) {
                all.extend(events.remove(&number).unwrap_or_default());
                file.mails.extend(mails.remove(&number).unwrap_or_default());
                file.letters.extend(letters.remove(&number).unwrap_or_default());
            }
            all.sort_by_key(|(seq, _)| *seq);
            file.mails.sort_by_key(|mail| mail.id);
            file.letters.sort_by_key(|letter| letter.written_at);
            file.events = all.into_iter().map(|(_, event)| event).collect();
            file.notes = file.events.iter().filter_map(|event| event.what.internal_text()).map(str::to_owned).collect();
            files.insert(asked, file);
        }
        Ok(files)
    }

    async fn filed_events(&mut self, numbers: &[String]) -> Result<Filed<(i64, Event)>, RegisterError> {
        let text = "SELECT case_number, event.seq, body FROM event JOIN event_payload ON event_payload.seq = event.seq \
                    WHERE case_number IN";
        let rows = self.filed(text, "ORDER BY event.seq", numbers).await?;
        let mut filed = Filed::new();
        for row in rows {
            let (number, seq, body): (String, i64, String) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            let event = serde_json::from_str::<Event>(&body).ok().map(|event| (seq, event));
            filed.entry(number).or_default().extend(event);
        }
        Ok(filed)
    }

    async fn filed_mails(&mut self, numbers: &[String]) -> Result<Filed<FiledMail>, RegisterError> {
        let text = "SELECT id, received_at, disposition, size, whole, sha256, case_number FROM mail \
                    LEFT JOIN mail_raw ON mail_id = mail.id WHERE case_number IN";
        let rows = self.filed(text, "ORDER BY id", numbers).await?;
        let mut filed = Filed::new();
        for row in rows {
            filed.entry(row.try_get(6)?).or_default().push(filed_mail(&row)?);
        }
        Ok(filed)
    }

    async fn filed_letters(&mut self, numbers: &[String]) -> Result<Filed<FiledLetter>, RegisterError> {
        let text = "SELECT outbox.id, kind, created_at, light_size, light_sha256, case_number FROM outbox \
                    LEFT JOIN letter ON letter.id = outbox.id WHERE case_number IN";
        let rows = self.filed(text, "ORDER BY created_at, outbox.id", numbers).await?;
        let mut filed = Filed::new();
        for row in rows {
            filed.entry(row.try_get(5)?).or_default().push(filed_letter(&row)?);
        }
        Ok(filed)
    }

    /// Rows of a statement that ends where the list of numbers begins.
    pub(super) async fn filed(
        &mut self,
        text: &str,
        order: &str,
        numbers: &[String],
    ) -> Result<Vec<AnyRow>, RegisterError> {
        let mut rows = Vec::new();
        for some in numbers.chunks(rows_of(1)) {
            let text = format!("{text} ({}) {order}", numbered(1, some.len()));
            let query = sqlx::query(sqlx::AssertSqlSafe(text));
            let query = some.iter().fold(query, |query, number| query.bind(number.as_str()));
            rows.extend(query.fetch_all(&mut *self.inner).await?);
        }
        Ok(rows)
    }
}

impl Register {
    /// By each of these numbers all its events, oldest first; none of a case of which one was blanked, or is of a newer version.
    ///
    /// # Errors
    /// The database refused.
    pub async fn events_of(&self, numbers: &[CaseNumber]) -> Result<BTreeMap<CaseNumber, Vec<Event>>, RegisterError> {
        let mut events: BTreeMap<CaseNumber, Vec<Event>> = BTreeMap::new();
        let mut in_part: BTreeSet<CaseNumber> = BTreeSet::new();
        for some in numbers.chunks(rows_of(1)) {
            let text = format!(
                "SELECT case_number, body FROM event LEFT JOIN event_payload ON event_payload.seq = event.seq \
                 WHERE case_number IN ({}) ORDER BY case_number, event.seq",
                numbered(1, some.len())
            );
            let query = sqlx::query(sqlx::AssertSqlSafe(text));
            let query = some.iter().fold(query, |query, number| query.bind(number.to_string()));
            for row in query.fetch_all(&self.pool).await? {
                let (written, body): (String, Option<String>) = (row.try_get(0)?, row.try_get(1)?);
                let number = written.parse().map_err(|e| unreadable(format!("case {written}: {e}")))?;
                match body.and_then(|body| serde_json::from_str(&body).ok()) {
                    Some(event) => events.entry(number).or_default().push(event),
                    None => in_part.extend([number]),
                }
            }
        }
        events.retain(|number, _| !in_part.contains(number));
        Ok(events)
    }

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
