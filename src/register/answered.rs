//! Rows of `outbox` that a mail answers or tells the fate of: what each is, what a reply to it may quote, and what became of it.
//! Only SQL.

use super::sets::{numbered, rows_of};
use super::within::{Condition, of_letter};
use super::{RegisterError, Tx, millis, outbox};
use crate::case::{CaseNumber, Event, LetterId, MailboxName};
use crate::desk::{BouncedLetter, Lookup, Within};
use sqlx::Row;
use std::collections::HashMap;

/// A letter of ours, and what it is about.
#[derive(Clone)]
pub(super) struct KnownLetter {
    pub letter: BouncedLetter,
    pub case: Option<CaseNumber>,
    pub department: String,
    /// Through which mailbox it was written; None: the first.
    pub mailbox: Option<MailboxName>,
}

impl Tx {
    /// Those of these letters that are on file, whosever they are.
    pub(super) async fn letters_of(
        &mut self,
        letters: &[&LetterId],
    ) -> Result<HashMap<String, KnownLetter>, RegisterError> {
        let mut found = HashMap::new();
        for some in letters.chunks(rows_of(1)) {
            let text = format!(
                "SELECT id, kind, recipient, case_number, department, outbox.mailbox FROM outbox WHERE id IN ({})",
                numbered(1, some.len())
            );
            let query = sqlx::query(sqlx::AssertSqlSafe(text));
            let query = some.iter().fold(query, |query, letter| query.bind(letter.as_str()));
            for row in query.fetch_all(&mut *self.inner).await? {
                let id: String = row.try_get(0)?;
                let letter = BouncedLetter {
                    id: LetterId::from_stored(id.as_str()),
                    kind: outbox::kind(&row, 1)?,
                    to: outbox::address(&row, 2)?,
                    bundled: Vec::new(),
                    reported_at: None,
                };
                let case = row.try_get::<String, _>(3)?.parse().ok();
                let mailbox = outbox::through(&row, 5)?;
                found.insert(id, KnownLetter { letter, case, department: row.try_get(4)?, mailbox });
            }
        }
        Ok(found)
    }

    /// What a reply to each may quote; none of one that is gone or was blanked.
    pub(super) async fn letter_bytes(
        &mut self,
        letters: &[&LetterId],
    ) -> Result<HashMap<String, Vec<u8>>, RegisterError> {
        let mut found = HashMap::new();
        for some in letters.chunks(rows_of(1)) {
            let text = format!("SELECT id, bytes FROM letter WHERE id IN ({})", numbered(1, some.len()));
            let query = sqlx::query(sqlx::AssertSqlSafe(text));
            let query = some.iter().fold(query, |query, letter| query.bind(letter.as_str()));
            for row in query.fetch_all(&mut *self.inner).await? {
                let bytes: Vec<u8> = row.try_get(1)?;
                found.extend((!bytes.is_empty()).then_some((row.try_get(0)?, bytes)));
            }
        }
        Ok(found)
    }

    /// The last letter of the company's that a server took for one of the addresses that another one names.
    pub(super) async fn last_letter_to(
        &mut self,
        lookup: &Lookup,
        within: &Within,
    ) -> Result<Option<LetterId>, RegisterError> {
        let Condition { text: own, values } = of_letter(within, 3);
        let text = format!(
            "SELECT id, created_at FROM outbox WHERE recipient_key = $1 AND created_at >= $2 AND state = 'accepted' \
             AND {own} ORDER BY created_at DESC, id DESC LIMIT 1"
        );
        let mut last: Option<(i64, LetterId)> = None;
        for address in &lookup.failed {
            let query = sqlx::query(sqlx::AssertSqlSafe(text.clone()));
            let query = query.bind(address.key()).bind(millis(lookup.failed_since));
            let query = values.iter().fold(query, |query, value| query.bind(value));
            let row = query.fetch_optional(&mut *self.inner).await?;
            let Some(row) = row else { continue };
            let (id, at): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
            if last.as_ref().is_none_or(|(latest, _)| *latest < at) {
                last = Some((at, LetterId::from_stored(id)));
            }
        }
        Ok(last.map(|(_, id)| id))
    }

    /// What was recorded of a letter's fate, oldest first. Its case may go on in another one since.
    pub(super) async fn fates_of(
        &mut self,
        letter: &LetterId,
        case: Option<CaseNumber>,
    ) -> Result<Vec<Event>, RegisterError> {
        let going_on = match case {
            Some(number) => self.case_going_on(number).await?.map(|case| case.number),
            None => None,
        };
        let named = |number: Option<CaseNumber>| number.map(|number| number.to_string()).unwrap_or_default();
        let rows = sqlx::query(
            "SELECT body FROM event JOIN event_payload ON event_payload.seq = event.seq \
             WHERE case_number IN ($1, $2) AND kind = 'letter_fate' AND body LIKE $3 ORDER BY event.seq",
        )
        .bind(named(case))
        .bind(named(going_on.or(case)))
        .bind(format!("%{}%", letter.as_str()))
        .fetch_all(&mut *self.inner)
        .await?;
        let mut events = Vec::with_capacity(rows.len());
        for row in &rows {
            events.extend(serde_json::from_str::<Event>(&row.try_get::<String, _>(0)?).ok());
        }
        Ok(events)
    }
}
