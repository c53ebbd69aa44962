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
use super::packed::{Packed, there};
use super::sets::{numbered, portions};
use super::{RegisterError, Tx, millis};
use crate::case::{Actor, Event, LetterFate, LetterId, LetterSeal, Moment, Seal, Sealed, What};
use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};
use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, AssertSqlSafe, Decode, Encode, Row, Type};
use std::collections::HashMap;
use std::hash::Hash;

/// Values of one IN list.
const LIST_MAX: usize = 200;
/// Octets of a mail or letter that comes together with its row; larger ones are asked for afterwards.
const SMALL: i64 = 16 * 1024;

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
            LetterFate::Bounced { .. } | LetterFate::Held { .. } | LetterFate::Unwritten { .. } => None,
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
        let letters: Vec<String> =
            wanted().flat_map(|one| &one.letters).map(|letter| letter.as_str().to_owned()).collect();
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

/// A mail's row as it is sealed, with the octets of its bytes.
const MAIL: Packed<10, 8> = Packed {
    numbers: [
        "id",
        "uid_validity",
        "uid",
        "from_junk",
        "received_at",
        "fetched_at",
        "size",
        "whole",
        "decided_at",
        "length(raw)",
    ],
    texts: ["mailbox", "disposition", "reason", "case_number", "message_id", "content_hash", "sha256", "told_in"],
};

/// The mails as they stand in the database now, as far as there are rows of them.
pub(super) async fn mail_rows(
    connection: &mut AnyConnection,
    mails: &[i64],
) -> Result<HashMap<i64, MailRow>, RegisterError> {
    let mut found = HashMap::new();
    for some in mails.chunks(LIST_MAX) {
        let text = format!(
            "SELECT {}, CASE WHEN length(raw) <= {SMALL} THEN raw END FROM mail \
             LEFT JOIN mail_raw ON mail_id = mail.id WHERE mail.id IN ({})",
            MAIL.sql(),
            numbered(1, some.len())
        );
        let query = some.iter().fold(sqlx::query(AssertSqlSafe(text)), |query, mail| query.bind(*mail));
        let (mut large, mut rows) = (Vec::new(), query.fetch(&mut *connection));
        while let Some(row) = rows.try_next().await? {
            let (id, row) = mail_row(&row, &mut large)?;
            found.insert(id, row);
        }
        drop(rows);
        let bytes = "SELECT mail_id, raw FROM mail_raw WHERE mail_id IN";
        for (id, content) in contents(connection, bytes, large).await? {
            found.entry(id).and_modify(|row| (row.is_whole, row.seal.content) = (true, content));
        }
    }
    Ok(found)
}

/// From a row of [`MAIL`] and the bytes, where these are small; `large` gets those that are not.
fn mail_row(row: &AnyRow, large: &mut Vec<Large<i64>>) -> Result<(i64, MailRow), RegisterError> {
    let (packed, bytes) = (MAIL.take(&mut row.try_get(0)?)?, row.try_get(1)?);
    let [id, uid_validity, uid, from_junk, received_at, fetched_at, size, whole, decided_at, octets] = packed.numbers;
    let [mailbox, disposition, reason, case_number, message_id, content_hash, sha256, told_in] = packed.texts;
    let mut print = Fingerprint::default();
    for number in [id, uid_validity, uid, from_junk, received_at, fetched_at, size, whole, decided_at] {
        print.number(number);
    }
    for text in [mailbox, disposition, reason, case_number, message_id, content_hash] {
        print.text(text);
    }
    let id = there(id)?;
    let content = small(&id, bytes, octets, &[sha256], large);
    let is_whole = content.is_some();
    let seal = Seal { row: print.end(), content: content.unwrap_or_default() };
    Ok((id, MailRow { is_whole, seal, told_in: told_in.map(ToOwned::to_owned) }))
}

/// A letter's row as it is sealed, with its fate and the octets of its bytes.
const LETTER: Packed<3, 17> = Packed {
    numbers: ["automatic", "accepted_at", "length(bytes)"],
    texts: [
        "outbox.id",
        "kind",
        "case_number",
        "side",
        "department",
        "message_id",
        "envelope_from",
        "recipient",
        "recipient_key",
        "domain",
        "counted_as",
        "state",
        "server",
        "reply",
        "light_sha256",
        "CAST(light_size AS TEXT)",
        "bundled_in",
    ],
};
/// So many of its texts, from the first, are of the row's fingerprint.
const LETTER_PRINTED: usize = 11;

/// These letters as they stand in the database now, with the attachments they carry along; one that is not there has no
/// row.
pub(super) async fn letter_rows(
    connection: &mut AnyConnection,
    letters: &[String],
) -> Result<HashMap<String, LetterRow>, RegisterError> {
    let mut found = HashMap::new();
    for some in letters.chunks(LIST_MAX) {
        let text = format!(
            "SELECT {}, CASE WHEN length(bytes) <= {SMALL} THEN bytes END FROM outbox \
             LEFT JOIN letter ON letter.id = outbox.id WHERE outbox.id IN ({})",
            LETTER.sql(),
            numbered(1, some.len())
        );
        let query = some.iter().fold(sqlx::query(AssertSqlSafe(text)), |query, letter| query.bind(letter));
        let carried = carried(connection, some).await?;
        let (mut large, mut rows) = (Vec::new(), query.fetch(&mut *connection));
        while let Some(row) = rows.try_next().await? {
            let (id, row) = letter_row(&row, &carried, &mut large)?;
            found.insert(id, row);
        }
        drop(rows);
        let bytes = "SELECT id, bytes FROM letter WHERE id IN";
        for (id, content) in contents(connection, bytes, large).await? {
            found.entry(id).and_modify(|row| (row.is_whole, row.seal.content) = (true, content));
        }
    }
    Ok(found)
}

/// As [`mail_row`].
fn letter_row(
    row: &AnyRow,
    carried: &HashMap<String, Vec<AnyRow>>,
    large: &mut Vec<Large<String>>,
) -> Result<(String, LetterRow), RegisterError> {
    let (packed, bytes) = (LETTER.take(&mut row.try_get(0)?)?, row.try_get(1)?);
    let [automatic, accepted_at, octets] = packed.numbers;
    let [id, .., state, server, reply, light_sha256, light_size, bundled_in] = packed.texts;
    let text = |text: Option<&str>| there(text).map(ToOwned::to_owned);
    let id = text(id)?;
    let mut print = Fingerprint::default();
    print.number(automatic);
    packed.texts.into_iter().take(LETTER_PRINTED).for_each(|text| print.text(text));
    for attachment in carried.get(&id).into_iter().flatten() {
        for number in 0..=3 {
            print.number(attachment.try_get(number)?);
        }
        for text in 4..=7 {
            print.text(attachment.try_get(text)?);
        }
    }
    let content = small(&id, bytes, octets, &[light_sha256, light_size], large);
    let is_whole = content.is_some();
    let seal = Seal { row: print.end(), content: content.unwrap_or_default() };
    let fate = Fate { accepted_at, server: text(server)?, reply: text(reply)? };
    Ok((id, LetterRow { is_whole, seal, state: text(state)?, bundled_in: bundled_in.map(ToOwned::to_owned), fate }))
}

/// What these letters carry along, in order.
async fn carried(
    connection: &mut AnyConnection,
    letters: &[String],
) -> Result<HashMap<String, Vec<AnyRow>>, RegisterError> {
    let text = format!(
        "SELECT position, mail_id, part, size, name, media_type, sha256, of_letter, letter_id FROM letter_carried \
         WHERE letter_id IN ({}) ORDER BY letter_id, position",
        numbered(1, letters.len())
    );
    let query = letters.iter().fold(sqlx::query(AssertSqlSafe(text)), |query, letter| query.bind(letter));
    let mut carried: HashMap<String, Vec<AnyRow>> = HashMap::new();
    for row in query.fetch_all(connection).await? {
        carried.entry(row.try_get(8)?).or_default().push(row);
    }
    Ok(carried)
}

/// A content that is asked for by itself, and what stands beside it about it.
struct Large<K> {
    id: K,
    octets: i64,
    beside: Vec<Option<String>>,
}

/// The seal of bytes that came with their row; those that did not are put with the `large`.
fn small<K: Clone>(
    id: &K,
    bytes: Option<&[u8]>,
    octets: Option<i64>,
    beside: &[Option<&str>],
    large: &mut Vec<Large<K>>,
) -> Option<String> {
    match (bytes, octets) {
        (Some(bytes), _) => return Some(content(bytes, beside)),
        (None, Some(octets)) => {
            let beside = beside.iter().map(|text| text.map(ToOwned::to_owned)).collect();
            large.push(Large { id: id.clone(), octets, beside });
        }
        (None, None) => {}
    }
    None
}

/// Seals of large contents, few of which are in memory at a time.
async fn contents<K>(
    connection: &mut AnyConnection,
    query: &str,
    large: Vec<Large<K>>,
) -> Result<Vec<(K, String)>, RegisterError>
where
    K: Clone + Eq + Hash + Send + for<'q> Encode<'q, Any> + for<'r> Decode<'r, Any> + Type<Any> + 'static,
{
    let mut found = Vec::new();
    for together in portions(&large, 1, |one| usize::try_from(one.octets).unwrap_or_default()) {
        let known: HashMap<&K, &Large<K>> = together.iter().map(|one| (&one.id, one)).collect();
        let text = format!("{query} ({})", numbered(1, together.len()));
        let query = together.iter().fold(sqlx::query(AssertSqlSafe(text)), |query, one| query.bind(one.id.clone()));
        for row in query.fetch_all(&mut *connection).await? {
            let id: K = row.try_get(0)?;
            let Some(one) = known.get(&id) else { continue };
            let beside: Vec<Option<&str>> = one.beside.iter().map(Option::as_deref).collect();
            let content = content(row.try_get(1)?, &beside);
            found.push((id, content));
        }
    }
    Ok(found)
}

/// Over the bytes and what stands beside them about them.
fn content(bytes: &[u8], beside: &[Option<&str>]) -> String {
    let mut print = Fingerprint::default();
    print.0.update(Sha256::digest(bytes));
    beside.iter().for_each(|text| print.text(*text));
    print.end()
}

/// SHA-256 over columns, each with its length, an absent value apart from an empty one.
#[derive(Default)]
struct Fingerprint(Sha256);

impl Fingerprint {
    fn number(&mut self, value: Option<i64>) {
        self.text(value.map(|value| value.to_string()).as_deref());
    }

    fn text(&mut self, value: Option<&str>) {
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
