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
use super::sets::numbered;
use super::{RegisterError, Tx, millis};
use crate::case::{Actor, Event, LetterFate, LetterId, LetterSeal, Moment, Seal, Sealed, What};
use sha2::{Digest, Sha256};
use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, AssertSqlSafe, Decode, Encode, Row, Type};
use std::collections::HashMap;
use std::hash::Hash;

/// Values of one IN list.
const LIST_MAX: usize = 200;
/// Octets of a mail or letter that comes together with its row; larger ones are asked for afterwards.
const SMALL: i64 = 16 * 1024;
/// Octets of those that are hashed at a time.
const CONTENTS_MAX: i64 = 4 * 1024 * 1024;

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

/// The mails as they stand in the database now, as far as there are rows of them.
pub(super) async fn mail_rows(
    connection: &mut AnyConnection,
    mails: &[i64],
) -> Result<HashMap<i64, MailRow>, RegisterError> {
    let mut found = HashMap::new();
    for some in mails.chunks(LIST_MAX) {
        let text = format!(
            "SELECT id, mailbox, uid_validity, uid, from_junk, received_at, fetched_at, size, whole, disposition, reason, \
             case_number, message_id, content_hash, decided_at, CAST(length(raw) AS BIGINT), sha256, told_in, \
             CASE WHEN length(raw) <= {SMALL} THEN raw END FROM mail \
             LEFT JOIN mail_raw ON mail_id = mail.id WHERE mail.id IN ({})",
            numbered(1, some.len())
        );
        let query = some.iter().fold(sqlx::query(AssertSqlSafe(text)), |query, mail| query.bind(*mail));
        let rows = query.fetch_all(&mut *connection).await?;
        let bytes = "SELECT mail_id, raw FROM mail_raw WHERE mail_id IN";
        let digests: HashMap<i64, Digested> = digests(connection, bytes, &rows, [0, 15, 18]).await?;
        for row in &rows {
            let mut print = Fingerprint::default();
            for number in [0, 2, 3, 4, 5, 6, 7, 8, 14] {
                print.number(row, number)?;
            }
            for text in [1, 9, 10, 11, 12, 13] {
                print.text(row, text)?;
            }
            let id = row.try_get(0)?;
            let seal = Seal { row: print.end(), content: content(digests.get(&id), row, &[16])? };
            found.insert(id, MailRow { is_whole: digests.contains_key(&id), seal, told_in: row.try_get(17)? });
        }
    }
    Ok(found)
}

/// These letters as they stand in the database now, with the attachments they carry along; one that is not there has no
/// row.
pub(super) async fn letter_rows(
    connection: &mut AnyConnection,
    letters: &[String],
) -> Result<HashMap<String, LetterRow>, RegisterError> {
    let mut found = HashMap::new();
    for some in letters.chunks(LIST_MAX) {
        let text = format!(
            "SELECT automatic, outbox.id, kind, case_number, side, department, message_id, envelope_from, recipient, \
             recipient_key, CAST(length(bytes) AS BIGINT), state, accepted_at, server, reply, light_sha256, \
             CAST(light_size AS TEXT), domain, counted_as, bundled_in, \
             CASE WHEN length(bytes) <= {SMALL} THEN bytes END FROM outbox \
             LEFT JOIN letter ON letter.id = outbox.id WHERE outbox.id IN ({})",
            numbered(1, some.len())
        );
        let query = some.iter().fold(sqlx::query(AssertSqlSafe(text)), |query, letter| query.bind(letter));
        let rows = query.fetch_all(&mut *connection).await?;
        let carried = carried(connection, some).await?;
        let bytes = "SELECT id, bytes FROM letter WHERE id IN";
        let digests: HashMap<String, Digested> = digests(connection, bytes, &rows, [1, 10, 20]).await?;
        for row in &rows {
            let id: String = row.try_get(1)?;
            let mut print = Fingerprint::default();
            print.number(row, 0)?;
            for text in (1..=9).chain([17, 18]) {
                print.text(row, text)?;
            }
            for attachment in carried.get(&id).into_iter().flatten() {
                for number in 0..=3 {
                    print.number(attachment, number)?;
                }
                for text in 4..=7 {
                    print.text(attachment, text)?;
                }
            }
            let seal = Seal { row: print.end(), content: content(digests.get(&id), row, &[15, 16])? };
            let fate = Fate { accepted_at: row.try_get(12)?, server: row.try_get(13)?, reply: row.try_get(14)? };
            let is_whole = digests.contains_key(&id);
            let (state, bundled_in) = (row.try_get(11)?, row.try_get(19)?);
            found.insert(id, LetterRow { is_whole, seal, state, bundled_in, fate });
        }
    }
    Ok(found)
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

/// SHA-256 of bytes.
type Digested = [u8; 32];

/// The digests of the contents of rows that say in these columns whose it is, how many octets it has, and what it is where
/// it is small. Few of the others are in memory at a time; one may be larger.
async fn digests<K>(
    connection: &mut AnyConnection,
    query: &str,
    rows: &[AnyRow],
    [id, size, small]: [usize; 3],
) -> Result<HashMap<K, Digested>, RegisterError>
where
    K: Clone + Eq + Hash + Send + for<'q> Encode<'q, Any> + for<'r> Decode<'r, Any> + Type<Any> + 'static,
{
    let (mut found, mut large): (HashMap<K, Digested>, Vec<(K, i64)>) = (HashMap::new(), Vec::new());
    for row in rows {
        match (row.try_get::<Option<&[u8]>, _>(small)?, row.try_get::<Option<i64>, _>(size)?) {
            (Some(bytes), _) => drop(found.insert(row.try_get(id)?, Sha256::digest(bytes).into())),
            (None, Some(octets)) => large.push((row.try_get(id)?, octets)),
            (None, None) => {}
        }
    }
    let mut rest = large.as_slice();
    while !rest.is_empty() {
        let mut octets = 0;
        let fit = rest.iter().take_while(|(_, size)| {
            octets += size;
            octets <= CONTENTS_MAX
        });
        let (together, after) = rest.split_at(fit.count().max(1));
        rest = after;
        let text = format!("{query} ({})", numbered(1, together.len()));
        let query = together.iter().fold(sqlx::query(AssertSqlSafe(text)), |query, (id, _)| query.bind(id.clone()));
        for row in query.fetch_all(&mut *connection).await? {
            let bytes: &[u8] = row.try_get(1)?;
            found.insert(row.try_get(0)?, Sha256::digest(bytes).into());
        }
    }
    Ok(found)
}

/// Over the bytes and what stands beside them about them; empty where they were blanked.
fn content(bytes: Option<&Digested>, row: &AnyRow, beside: &[usize]) -> Result<String, RegisterError> {
    let Some(digest) = bytes else { return Ok(String::new()) };
    let mut print = Fingerprint::default();
    print.0.update(digest);
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
