//! What the desk is shown before it decides, read inside the transaction that will record the decision: so each
//! mail of a batch is decided on what the one before it made. Only SQL.

use super::mails::{Identity, numbered, without_nul};
use super::{RegisterError, Tx, cases, millis, outbox};
use crate::case::{Address, CaseNumber, CaseState, Event, LetterId, Side};
use crate::desk::{BouncedLetter, CaseFile, ClickedOn, Lookup, Said, Snapshot};
use sqlx::Row;

/// Mails on file with one of the ids that a mail answers: whoever sends many with the same id gains nothing.
const ANSWERED_MAX: usize = 20;
/// How long after the first a second copy of a complaint is known as one, in milliseconds; whose servers' clocks differ.
const TWICE_WITHIN: i64 = 3_600_000;
/// Cases of one address that are looked at, the newest: a person does not open more.
const TWICE_MAX: i64 = 20;
/// Open cases of the people a colleague mailed: beyond that the list to choose from helps nobody.
const MAILED_MAX: usize = 20;

impl Tx {
    /// Everything the desk must know about a mail.
    ///
    /// # Errors
    /// The database refused.
    pub async fn snapshot(
        &mut self,
        mail: i64,
        identity: &Identity,
        lookup: &Lookup,
    ) -> Result<Snapshot, RegisterError> {
        let mut known = Snapshot {
            next_serial: self.next_serial(lookup.year).await?,
            duplicate_of: self.duplicate_of(mail, identity).await?,
            ..Snapshot::default()
        };
        if known.duplicate_of.is_none() {
            known.put_back = self.put_back(mail, identity).await?;
        }
        if known.duplicate_of.is_none() && known.put_back.is_none() {
            known.duplicate_of = self.duplicate_aside(mail, identity).await?;
        }
        if !lookup.mailed.is_empty() {
            known.same_id = self.same_id(mail, identity).await?;
        }
        if let Some(asked) = &lookup.asked {
            known.stored = self.stored(asked).await?;
        }
        if let Some(token) = &lookup.token {
            known.letter = Some(token.letter.clone());
            match self.letter_of(&token.letter).await? {
                Some(letter) => {
                    known.letter_kind = Some(letter.letter.kind);
                    if token.side == Side::Staff {
                        known.letter_bytes = self.letter_bytes(&token.letter).await?;
                    }
                    known.letter_department = Some(letter.department).filter(|d| !d.is_empty());
                    // A digest's buttons hold tokens of the cases in it.
                    if let Some(number) = letter.case.or(token.case) {
                        known.file = self.case_file(number).await?;
                    }
                }
                // Gone with a restored backup, or another register's: under its number there may be somebody else's
                // case by now (invariant 6).
                None => {
                    known.unknown_letter = Some(token.clone());
                    if let Some(number) = token.case {
                        known.unknown_case = self.case_going_on(number).await?.map(|case| case.number);
                    }
                }
            }
        }
        let named = match &lookup.bounced {
            Some(letter) => Some(letter.clone()),
            None => self.last_letter_to(lookup).await?,
        };
        if let Some(letter) = &named
            && let Some(found) = self.letter_of(letter).await?
        {
            if let Some(number) = found.case {
                known.file = self.case_file(number).await?;
            }
            let bundled = self.bundled_in(letter).await?;
            if let (None, Some(number)) = (&known.file, bundled.iter().find_map(|letter| letter.case)) {
                known.file = self.case_file(number).await?;
            }
            let fates = self.fates_of(letter, found.case).await?;
            known.bounced = Some(BouncedLetter { bundled, ..found.letter }.with_fates(&fates));
        }
        for number in self.open_cases_of(&lookup.mailed).await? {
            known.mailed.extend(self.case_file(number).await?);
        }
        if let Some(number) = lookup.confirms {
            known.confirms = self.case_file(number).await?;
        }
        let answered = self.cases_of_mails(&lookup.answered).await?;
        known.answered = self.files(&answered).await?;
        known.named = self.files(&lookup.named).await?;
        if let Some(said) = &lookup.said {
            known.twice = self.said_before(mail, said).await?;
        }
        if let Some(letter) = &lookup.adopts {
            known.to_adopt = self.waiting_to_adopt(letter).await?;
        }
        if let Some(topic) = &lookup.topic {
            known.topic = self.clicked_on(topic).await?;
        }
        if let Some(want) = &lookup.want {
            known.found = Some(self.find(want).await?);
        }
        Ok(known)
    }

    /// The open cases of these customers, oldest first.
    async fn open_cases_of(&mut self, customers: &[Address]) -> Result<Vec<CaseNumber>, RegisterError> {
        if customers.is_empty() {
            return Ok(Vec::new());
        }
        let text = format!(
            "SELECT number FROM cases WHERE state = $1 AND customer_address IN ({}) ORDER BY year, serial LIMIT {MAILED_MAX}",
            numbered(2, customers.len())
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(text)).bind(CaseState::Open.name());
        let rows = customers.iter().fold(query, |query, one| query.bind(one.key())).fetch_all(&mut *self.inner).await?;
        rows.iter().map(|row| Ok(row.try_get::<String, _>(0)?.parse().ok())).filter_map(Result::transpose).collect()
    }

    /// The files that these numbers lead to, each once.
    async fn files(&mut self, numbers: &[CaseNumber]) -> Result<Vec<CaseFile>, RegisterError> {
        let mut files: Vec<CaseFile> = Vec::new();
        for number in numbers {
            let file = self.case_file(*number).await?;
            files.extend(file.filter(|file| files.iter().all(|known| known.case.number != file.case.number)));
        }
        Ok(files)
    }

    /// The cases of the mails with these ids, in the order of the ids. Never by an empty one, which many mails share.
    async fn cases_of_mails(&mut self, ids: &[String]) -> Result<Vec<CaseNumber>, RegisterError> {
        let ids: Vec<String> = ids.iter().map(|id| without_nul(id)).filter(|id| !id.is_empty()).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let text = format!(
            "SELECT message_id, case_number FROM mail WHERE message_id IN ({}) AND message_id <> '' \
             AND case_number IS NOT NULL ORDER BY id LIMIT {ANSWERED_MAX}",
            numbered(1, ids.len())
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(text));
        let rows = ids.iter().fold(query, |query, id| query.bind(id.as_str())).fetch_all(&mut *self.inner).await?;
        let mut found: Vec<(usize, CaseNumber)> = Vec::with_capacity(rows.len());
        for row in &rows {
            let (id, number): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            let place = ids.iter().position(|known| *known == id);
            found.extend(place.zip(number.parse().ok()));
        }
        found.sort_by_key(|(place, _)| *place);
        Ok(found.into_iter().map(|(_, number)| number).collect())
    }

    /// The sender's newest case of that subject.
    async fn clicked_on(&mut self, topic: &ClickedOn) -> Result<Option<CaseFile>, RegisterError> {
        let rows = sqlx::query("SELECT body FROM cases WHERE customer_address = $1 ORDER BY received_at DESC LIMIT $2")
            .bind(topic.from.key())
            .bind(TWICE_MAX)
            .fetch_all(&mut *self.inner)
            .await?;
        for row in &rows {
            let case = cases::body(row)?;
            if topic.is_of(&case) {
                return self.case_file(case.number).await;
            }
        }
        Ok(None)
    }

    /// A case opened with the same words within an hour of this mail's receipt.
    async fn said_before(&mut self, mail: i64, said: &Said) -> Result<Option<CaseFile>, RegisterError> {
        let rows = sqlx::query(
            "SELECT cases.body FROM cases JOIN mail ON mail.id = $1 WHERE customer_address = $2 \
             AND cases.received_at BETWEEN mail.received_at - $3 AND mail.received_at + $3 \
             ORDER BY cases.received_at DESC LIMIT $4",
        )
        .bind(mail)
        .bind(said.from.key())
        .bind(TWICE_WITHIN)
        .bind(TWICE_MAX)
        .fetch_all(&mut *self.inner)
        .await?;
        for row in &rows {
            let case = cases::body(row)?;
            if said.is_of(&case) {
                return self.case_file(case.number).await;
            }
        }
        Ok(None)
    }

    /// What a reply to it may quote; None where it is gone or was blanked.
    async fn letter_bytes(&mut self, letter: &LetterId) -> Result<Option<Vec<u8>>, RegisterError> {
        let row = sqlx::query("SELECT bytes FROM letter WHERE id = $1")
            .bind(letter.as_str())
            .fetch_optional(&mut *self.inner)
            .await?;
        let bytes = row.map(|row| row.try_get::<Vec<u8>, _>(0)).transpose()?;
        Ok(bytes.filter(|bytes| !bytes.is_empty()))
    }

    /// The last letter that a server took for one of the addresses that another one names.
    async fn last_letter_to(&mut self, lookup: &Lookup) -> Result<Option<LetterId>, RegisterError> {
        let mut last: Option<(i64, LetterId)> = None;
        for address in &lookup.failed {
            let row = sqlx::query(
                "SELECT id, created_at FROM outbox WHERE recipient_key = $1 AND created_at >= $2 AND state = 'accepted' \
                 ORDER BY created_at DESC, id DESC LIMIT 1",
            )
            .bind(address.key())
            .bind(millis(lookup.failed_since))
            .fetch_optional(&mut *self.inner)
            .await?;
            let Some(row) = row else { continue };
            let (id, at): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
            if last.as_ref().is_none_or(|(latest, _)| *latest < at) {
                last = Some((at, LetterId::from_stored(id)));
            }
        }
        Ok(last.map(|(_, id)| id))
    }

    /// What was recorded of a letter's fate, oldest first. Its case may go on in another one since.
    async fn fates_of(&mut self, letter: &LetterId, case: Option<CaseNumber>) -> Result<Vec<Event>, RegisterError> {
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

    async fn letter_of(&mut self, letter: &LetterId) -> Result<Option<KnownLetter>, RegisterError> {
        let row = sqlx::query("SELECT id, kind, recipient, case_number, department FROM outbox WHERE id = $1")
            .bind(letter.as_str())
            .fetch_optional(&mut *self.inner)
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(KnownLetter {
            letter: BouncedLetter {
                id: letter.clone(),
                kind: outbox::kind(&row, 1)?,
                to: outbox::address(&row, 2)?,
                bundled: Vec::new(),
                reported_at: None,
            },
            case: row.try_get::<String, _>(3)?.parse().ok(),
            department: row.try_get(4)?,
        }))
    }
}

struct KnownLetter {
    letter: BouncedLetter,
    case: Option<CaseNumber>,
    department: String,
}
