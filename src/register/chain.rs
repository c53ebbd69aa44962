//! The chain of events (invariant 8): append-only, each row hashed over all its columns and the row before it.
//! The payload is hashed with a salt and kept in a table of its own, so that it can be blanked on a lawful request
//! without breaking the chain, and cannot be guessed back from its hash. Only SQL and hashing.

use super::sets::{rows_of, tuples};
use super::{Register, RegisterError, Tx, millis, moment, unreadable};
use crate::case::{CaseNumber, Event, Moment};
pub(super) use crate::text::hex;
use sha2::{Digest, Sha256};
use sqlx::Row;
use sqlx::any::AnyRow;

/// The hash before the first event.
pub(super) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Columns of an event.
const LINK_COLUMNS: usize = 9;

const LAST: &str = "SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1";

/// The last row of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainHead {
    /// Number of events.
    pub seq: i64,
    pub hash: String,
}

/// One event as the register keeps it.
#[derive(Debug, Clone)]
pub struct StoredEvent {
    pub seq: i64,
    /// None where the payload was blanked.
    pub event: Option<Event>,
    pub kind: String,
    pub at: i64,
}

/// The columns of an event row, as they are hashed; borrowed where they only are looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link<T = String> {
    pub seq: i64,
    pub at: i64,
    pub case_number: T,
    pub kind: T,
    pub actor: T,
    pub mail_id: Option<i64>,
    pub payload_hash: T,
    pub previous_hash: T,
}

impl Link {
    fn behind(head: &ChainHead, event: &Event, payload_hash: String) -> Result<Self, RegisterError> {
        Ok(Self {
            seq: head.seq + 1,
            at: millis(event.at),
            case_number: event.case.map(|n| n.to_string()).unwrap_or_default(),
            kind: event.what.name().to_owned(),
            actor: serde_json::to_string(&event.actor).map_err(|e| unreadable(format!("actor: {e}")))?,
            mail_id: event.mail,
            payload_hash,
            previous_hash: head.hash.clone(),
        })
    }
}

impl<T: AsRef<str>> Link<T> {
    /// SHA-256 over all columns, each with its length, so that no two rows read the same.
    pub fn hash(&self) -> String {
        let mut hash = Sha256::new();
        let fields = [
            self.previous_hash.as_ref(),
            &self.seq.to_string(),
            &self.at.to_string(),
            self.case_number.as_ref(),
            self.kind.as_ref(),
            self.actor.as_ref(),
            &self.mail_id.map(|id| id.to_string()).unwrap_or_default(),
            self.payload_hash.as_ref(),
        ];
        for field in fields {
            hash.update((field.len() as u64).to_be_bytes());
            hash.update(field.as_bytes());
        }
        hex(&hash.finalize())
    }
}

/// The hash that stands in the chain for a payload.
pub(super) fn payload_hash(salt: &str, body: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(salt.as_bytes());
    hash.update([0]);
    hash.update(body.as_bytes());
    hex(&hash.finalize())
}

impl Register {
    /// The head of the chain; every digest prints it.
    ///
    /// # Errors
    /// The database refused.
    pub async fn chain_head(&self) -> Result<ChainHead, RegisterError> {
        let row = sqlx::query(LAST).fetch_optional(&self.pool).await?;
        head(row.as_ref())
    }

    /// When the last thing was written down, by the clock of that time.
    ///
    /// # Errors
    /// The database refused.
    pub async fn last_event_at(&self) -> Result<Option<Moment>, RegisterError> {
        let row = sqlx::query("SELECT at FROM event ORDER BY seq DESC LIMIT 1").fetch_optional(&self.pool).await?;
        row.map(|row| Ok(moment(row.try_get(0)?))).transpose()
    }

    /// Where in the chain an event with this hash stands: the head that a digest printed. None: in this register the
    /// past that the digest saw never happened.
    ///
    /// # Errors
    /// The database refused.
    pub async fn find_head(&self, hash: &str) -> Result<Option<i64>, RegisterError> {
        if hash == GENESIS {
            return Ok(Some(0));
        }
        let row = sqlx::query("SELECT seq FROM event WHERE hash = $1").bind(hash).fetch_optional(&self.pool).await?;
        row.map(|row| Ok(row.try_get(0)?)).transpose()
    }

    /// The events of a case, oldest first.
    ///
    /// # Errors
    /// The database refused, or holds an event of a newer version.
    pub async fn events(&self, case: CaseNumber) -> Result<Vec<StoredEvent>, RegisterError> {
        let rows = sqlx::query(
            "SELECT event.seq, at, kind, body FROM event LEFT JOIN event_payload ON event_payload.seq = event.seq \
             WHERE case_number = $1 ORDER BY event.seq",
        )
        .bind(case.to_string())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(stored).collect()
    }
}

impl Tx {
    /// Adds events to the chain.
    pub(super) async fn append(
        &mut self,
        events: &[Event],
        salts: &mut (dyn FnMut() -> String + Send),
    ) -> Result<(), RegisterError> {
        for some in events.chunks(rows_of(LINK_COLUMNS)) {
            let mut head = self.head().await?;
            let mut links = Vec::with_capacity(some.len());
            for event in some {
                let (salt, body) = (salts(), json(event)?);
                let link = Link::behind(&head, event, payload_hash(&salt, &body))?;
                head = ChainHead { seq: link.seq, hash: link.hash() };
                links.push((link, head.hash.clone(), salt, body));
            }
            self.put_links(&links).await?;
            self.head = Some(head);
        }
        Ok(())
    }

    /// Each with its hash, and the salt and the text of its payload.
    async fn put_links(&mut self, links: &[(Link, String, String, String)]) -> Result<(), RegisterError> {
        let text = format!(
            "INSERT INTO event (seq, at, case_number, kind, actor, mail_id, payload_hash, previous_hash, hash) VALUES {}",
            tuples(self.engine, LINK_COLUMNS, links.len())
        );
        let query = links.iter().fold(sqlx::query(sqlx::AssertSqlSafe(text)), |query, (link, hash, ..)| {
            query
                .bind(link.seq)
                .bind(link.at)
                .bind(&link.case_number)
                .bind(&link.kind)
                .bind(&link.actor)
                .bind(link.mail_id)
                .bind(&link.payload_hash)
                .bind(&link.previous_hash)
                .bind(hash)
        });
        query.execute(&mut *self.inner).await?;
        let text =
            format!("INSERT INTO event_payload (seq, salt, body) VALUES {}", tuples(self.engine, 3, links.len()));
        let query = links.iter().fold(sqlx::query(sqlx::AssertSqlSafe(text)), |query, (link, _, salt, body)| {
            query.bind(link.seq).bind(salt).bind(body)
        });
        query.execute(&mut *self.inner).await?;
        Ok(())
    }

    async fn head(&mut self) -> Result<ChainHead, RegisterError> {
        if let Some(head) = self.head.take() {
            return Ok(head);
        }
        let row = sqlx::query(LAST).fetch_optional(&mut *self.inner).await?;
        head(row.as_ref())
    }
}

fn head(row: Option<&AnyRow>) -> Result<ChainHead, RegisterError> {
    match row {
        None => Ok(ChainHead { seq: 0, hash: GENESIS.to_owned() }),
        Some(row) => Ok(ChainHead { seq: row.try_get(0)?, hash: row.try_get(1)? }),
    }
}

fn stored(row: &AnyRow) -> Result<StoredEvent, RegisterError> {
    let (seq, body): (i64, Option<String>) = (row.try_get(0)?, row.try_get(3)?);
    let event = body.map(|body| serde_json::from_str(&body)).transpose();
    let event = event.map_err(|e| unreadable(format!("event {seq}: {e}")))?;
    Ok(StoredEvent { seq, at: row.try_get(1)?, kind: row.try_get(2)?, event })
}

/// The payload: the event as JSON (where a NUL stands escaped, so that PostgreSQL takes it too).
fn json(event: &Event) -> Result<String, RegisterError> {
    serde_json::to_string(event).map_err(|e| unreadable(format!("event {}: {e}", event.what.name())))
}
