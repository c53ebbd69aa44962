//! Seals: the hashes of a decision's mail and letters, which stand in the chain behind its events, so that those rows
//! and bytes cannot be changed unseen either (invariant 8). Computed of the rows as they stand in the database, when
//! they are written and again when they are verified. Only SQL and hashing.
//!
//! Not sealed is what goes on changing while klachtpost works: of a mail `attempts` and `moved` (`told_in` is held against
//! the event that says so); of a letter when and how
//! often it is tried (`attempts`, `created_at`, which a cap's hour moves, `not_before`, `lease_until`, `light`,
//! `held_because`), and in which other letter it goes out (`bundled_in` is held against the event that says so). Its fate (`state`, `accepted_at`, `server`, `reply`) is held against the events that tell of it.

use super::chain::hex;
use super::mails::without_nul;
use super::sets::{numbered, rows_of};
use super::{RegisterError, Tx, millis};
use crate::case::{Actor, Event, LetterFate, LetterId, LetterSeal, Moment, Seal, Sealed, What};
use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};
use std::collections::HashMap;

/// What a row of `outbox` says about the end of its letter's way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Fate {
    pub accepted_at: Option<i64>,
    pub server: String,
    pub reply: String,
}

impl Fate {
    /// The state and the fate that an event leaves a letter's row in; None: this one leaves it as it is.
    pub fn told_by(event: &Event) -> Option<(&LetterId, &'static str, Self)> {
        let What::LetterFate { letter, fate, .. } = &event.what else { return None };
        match fate {
            LetterFate::Accepted { server, reply } => {
                let (server, reply) = (without_nul(server), without_nul(reply));
                Some((letter, "accepted", Self { accepted_at: Some(millis(event.at)), server, reply }))
            }
            LetterFate::Refused { reply } => {
                Some((letter, "refused", Self { reply: without_nul(reply), ..Self::default() }))
            }
            LetterFate::Bounced { .. } | LetterFate::Held { .. } => None,
        }
    }
}

/// A letter's row, as far as it is proven.
pub(super) struct LetterRow {
    pub seal: Seal,
    /// Whether its bytes are there; they can be blanked on a lawful request.
    pub is_whole: bool,
    pub state: String,
    /// The letter it goes out in; held against the event that says so.
    pub bundled_in: Option<String>,
    pub fate: Fate,
}

/// A mail's row, as far as it is proven.
pub(super) struct MailRow {
    pub seal: Seal,
    /// Whether its bytes are there; they can be blanked on a lawful request.
    pub is_whole: bool,
    /// The letter that told of it; held against the event that says so.
    pub told_in: Option<String>,
}

/// What one seal is about.
pub(super) struct Reseal<'a> {
    pub mail: Option<i64>,
    pub letters: Vec<&'a LetterId>,
}

impl Tx {
    /// The seals of mails and letters, as events for the chain: as many as the lists hold, in their order.
    pub(super) async fn seals(&mut self, wanted: &[Vec<Reseal<'_>>], now: Moment) -> Result<Vec<Event>, RegisterError> {
        let wanted = || wanted.iter().flatten();
        let mails: Vec<i64> = wanted().filter_map(|one| one.mail).collect();
        let letters: Vec<&LetterId> = wanted().flat_map(|one| one.letters.iter().copied()).collect();
        let mails = mail_rows(&mut self.inner, &mails).await?;
        let letters = letter_rows(&mut self.inner, &letters).await?;
        let sealed = wanted().map(|one| {
            let of_letter = |letter: &&LetterId| {
                let row = letters.get(letter.as_str())?;
                Some(LetterSeal { letter: (*letter).clone(), seal: row.seal.clone() })
            };
            let mail = one.mail.and_then(|mail| mails.get(&mail)).map(|row| row.seal.clone());
            let sealed = Sealed { mail, letters: one.letters.iter().filter_map(of_letter).collect() };
            Event { at: now, case: None, actor: Actor::Desk, mail: one.mail, what: What::Sealed(sealed) }
        });
        Ok(sealed.collect())
    }
}

/// The mails as they stand in the database now, as far as there are rows of them.
pub(super) async fn mail_rows(
    connection: &mut AnyConnection,
    mails: &[i64],
) -> Result<HashMap<i64, MailRow>, RegisterError> {
    let mut found = HashMap::with_capacity(mails.len());
    for some in mails.chunks(rows_of(1)) {
        let text = format!(
            "SELECT id, mailbox, uid_validity, uid, from_junk, received_at, fetched_at, size, whole, disposition, reason, \
             case_number, message_id, content_hash, decided_at, raw, sha256, told_in FROM mail \
             LEFT JOIN mail_raw ON mail_id = mail.id WHERE mail.id IN ({})",
            numbered(1, some.len())
        );
        let query = some.iter().fold(sqlx::query(sqlx::AssertSqlSafe(text)), |query, mail| query.bind(*mail));
        let mut rows = query.fetch(&mut *connection);
        while let Some(row) = rows.try_next().await? {
            found.insert(row.try_get(0)?, mail_row(&row)?);
        }
    }
    Ok(found)
}

fn mail_row(row: &AnyRow) -> Result<MailRow, RegisterError> {
    let mut print = Fingerprint::default();
    for number in [0, 2, 3, 4, 5, 6, 7, 8, 14] {
        print.number(row, number)?;
    }
    for text in [1, 9, 10, 11, 12, 13] {
        print.text(row, text)?;
    }
    let raw: Option<Vec<u8>> = row.try_get(15)?;
    let seal = Seal { row: print.end(), content: content(raw.as_deref(), row, &[16])? };
    Ok(MailRow { is_whole: raw.is_some(), seal, told_in: row.try_get(17)? })
}

/// The letters as they stand in the database now, with the attachments they carry along, as far as there are rows of them.
pub(super) async fn letter_rows(
    connection: &mut AnyConnection,
    letters: &[&LetterId],
) -> Result<HashMap<String, LetterRow>, RegisterError> {
    let mut found = HashMap::with_capacity(letters.len());
    for some in letters.chunks(rows_of(1)) {
        let text = format!(
            "SELECT letter_id, position, mail_id, part, size, name, media_type, sha256, of_letter FROM letter_carried \
             WHERE letter_id IN ({}) ORDER BY letter_id, position",
            numbered(1, some.len())
        );
        let query = some.iter().fold(sqlx::query(sqlx::AssertSqlSafe(text)), |query, id| query.bind(id.as_str()));
        let mut carried: HashMap<String, Vec<AnyRow>> = HashMap::new();
        for row in query.fetch_all(&mut *connection).await? {
            carried.entry(row.try_get(0)?).or_default().push(row);
        }
        let text = format!(
            "SELECT automatic, outbox.id, kind, case_number, side, department, message_id, envelope_from, recipient, \
             recipient_key, bytes, state, accepted_at, server, reply, light_sha256, CAST(light_size AS TEXT), domain, \
             counted_as, bundled_in FROM outbox LEFT JOIN letter ON letter.id = outbox.id WHERE outbox.id IN ({})",
            numbered(1, some.len())
        );
        let query = some.iter().fold(sqlx::query(sqlx::AssertSqlSafe(text)), |query, id| query.bind(id.as_str()));
        let mut rows = query.fetch(&mut *connection);
        while let Some(row) = rows.try_next().await? {
            let id: String = row.try_get(1)?;
            let letter = letter_row(&row, carried.get(&id).map_or(&[], Vec::as_slice))?;
            found.insert(id, letter);
        }
    }
    Ok(found)
}

fn letter_row(row: &AnyRow, carried: &[AnyRow]) -> Result<LetterRow, RegisterError> {
    let mut print = Fingerprint::default();
    print.number(row, 0)?;
    for text in (1..=9).chain([17, 18]) {
        print.text(row, text)?;
    }
    for attachment in carried {
        for number in 1..=4 {
            print.number(attachment, number)?;
        }
        for text in 5..=8 {
            print.text(attachment, text)?;
        }
    }
    let bytes: Option<Vec<u8>> = row.try_get(10)?;
    Ok(LetterRow {
        is_whole: bytes.is_some(),
        seal: Seal { row: print.end(), content: content(bytes.as_deref(), row, &[15, 16])? },
        state: row.try_get(11)?,
        bundled_in: row.try_get(19)?,
        fate: Fate { accepted_at: row.try_get(12)?, server: row.try_get(13)?, reply: row.try_get(14)? },
    })
}

/// Over the bytes and what stands beside them about them; empty where they were blanked.
fn content(bytes: Option<&[u8]>, row: &AnyRow, beside: &[usize]) -> Result<String, RegisterError> {
    let Some(bytes) = bytes else { return Ok(String::new()) };
    let mut print = Fingerprint::default();
    print.0.update(Sha256::digest(bytes));
    for column in beside {
        print.text(row, *column)?;
    }
    Ok(print.end())
}

/// SHA-256 over columns, each with its length, an absent value apart from an empty one.
#[derive(Default)]
struct Fingerprint(Sha256);

impl Fingerprint {
    fn number(&mut self, row: &AnyRow, column: usize) -> Result<(), RegisterError> {
        let value: Option<i64> = row.try_get(column)?;
        self.field(value.map(|value| value.to_string()));
        Ok(())
    }

    fn text(&mut self, row: &AnyRow, column: usize) -> Result<(), RegisterError> {
        let value = row.try_get(column)?;
        self.field(value);
        Ok(())
    }

    fn field(&mut self, value: Option<String>) {
        match value {
            None => self.0.update([0]),
            Some(value) => {
                self.0.update([1]);
                self.0.update((value.len() as u64).to_be_bytes());
                self.0.update(value);
            }
        }
    }

    fn end(self) -> String {
        hex(&self.0.finalize())
    }
}
