//! Proof that nobody changed the past behind the daemon's back (invariant 8): every hash of the chain is computed
//! again, every case is made again from its events and held against its row, and mails and letters are held against
//! their seals (`verify_rows.rs`). It cannot see that the whole
//! file was replaced by an older one: for that, a digest's printed chain head is the witness. Only SQL and `apply`.

use super::cases::{COLUMNS, Columns, body};
use super::chain::{ChainHead, GENESIS, Link, payload_hash};
use super::verify_rows::Sealings;
use super::{Register, RegisterError};
use crate::case::{Case, CaseNumber, Event};
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::{BTreeMap, BTreeSet};

/// Events read at a time: bounds the memory of verifying a long chain.
const PAGE: i64 = 1_000;

/// Something that is not as klachtpost wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where: an event's number, a case's, a mail's or a letter's.
    pub place: String,
    pub what: String,
}

/// What verifying found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    pub events: i64,
    pub cases: usize,
    /// Payloads that were blanked on a lawful request.
    pub blanked: usize,
    /// Cases that cannot be made again from their events, because content of theirs was blanked.
    pub unproven: Vec<CaseNumber>,
    pub head: ChainHead,
    pub findings: Vec<Finding>,
}

impl Register {
    /// Checks the whole chain and every case, as they stand at one moment: a daemon may go on writing meanwhile.
    ///
    /// # Errors
    /// The database refused.
    pub async fn verify(&self) -> Result<Verified, RegisterError> {
        let mut moment = self.pool.begin().await?;
        let mut walk = Walk::default();
        loop {
            let rows = sqlx::query(
                "SELECT event.seq, at, case_number, kind, actor, mail_id, payload_hash, previous_hash, hash, salt, body \
                 FROM event LEFT JOIN event_payload ON event_payload.seq = event.seq WHERE event.seq > $1 \
                 ORDER BY event.seq LIMIT $2",
            )
            .bind(walk.last)
            .bind(PAGE)
            .fetch_all(&mut *moment)
            .await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                walk.step(row)?;
            }
        }
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM cases ORDER BY year, serial")))
            .fetch_all(&mut *moment)
            .await?;
        for row in &rows {
            walk.case(row)?;
        }
        let sealings = std::mem::take(&mut walk.sealings);
        let mut verified = walk.end(rows.len());
        sealings.hold(&mut moment, &mut verified.findings).await?;
        moment.rollback().await?;
        Ok(verified)
    }
}

struct Walk {
    events: i64,
    /// The last event's number and hash.
    last: i64,
    previous: String,
    blanked: usize,
    cases: BTreeMap<CaseNumber, Case>,
    /// Cases whose row was seen.
    seen: BTreeSet<CaseNumber>,
    /// Cases with a blanked payload: they cannot be made again.
    incomplete: BTreeSet<CaseNumber>,
    /// What the chain says about mails and letters.
    sealings: Sealings,
    findings: Vec<Finding>,
}

impl Default for Walk {
    fn default() -> Self {
        Self {
            events: 0,
            last: 0,
            previous: GENESIS.to_owned(),
            blanked: 0,
            cases: BTreeMap::new(),
            seen: BTreeSet::new(),
            incomplete: BTreeSet::new(),
            sealings: Sealings::default(),
            findings: Vec::new(),
        }
    }
}

impl Walk {
    fn find(&mut self, place: impl Into<String>, what: &str) {
        self.findings.push(Finding { place: place.into(), what: what.to_owned() });
    }

    fn step(&mut self, row: &AnyRow) -> Result<(), RegisterError> {
        let link = Link {
            seq: row.try_get(0)?,
            at: row.try_get(1)?,
            case_number: row.try_get(2)?,
            kind: row.try_get(3)?,
            actor: row.try_get(4)?,
            mail_id: row.try_get(5)?,
            payload_hash: row.try_get(6)?,
            previous_hash: row.try_get(7)?,
        };
        let place = format!("event {}", link.seq);
        if link.seq != self.last + 1 {
            self.find(&place, "events before it were removed");
        }
        if link.previous_hash != self.previous {
            self.find(&place, "it does not follow on the event before it");
        }
        let stored_hash: String = row.try_get(8)?;
        if link.hash() != stored_hash {
            self.find(&place, "a column was changed: its hash is not right");
        }
        self.events += 1;
        self.last = link.seq;
        self.previous = stored_hash;
        let number: Option<CaseNumber> = link.case_number.parse().ok();
        let (salt, body): (Option<String>, Option<String>) = (row.try_get(9)?, row.try_get(10)?);
        let (Some(salt), Some(body)) = (salt, body) else {
            self.blanked += 1;
            self.sealings.blanked(&link.kind);
            self.incomplete.extend(number);
            return Ok(());
        };
        if payload_hash(&salt, &body) != link.payload_hash {
            self.find(&place, "its content was changed");
        }
        match serde_json::from_str::<Event>(&body) {
            Ok(event) => self.apply(&place, &link, &event),
            // Changed by hand, or written by a newer version: either way its case cannot be made from it.
            Err(_) => self.find(&place, "its content is no event that this version knows"),
        }
        Ok(())
    }

    fn apply(&mut self, place: &str, link: &Link, event: &Event) {
        let same = event.what.name() == link.kind
            && super::millis(event.at) == link.at
            && event.mail == link.mail_id
            && serde_json::to_string(&event.actor).is_ok_and(|actor| actor == link.actor)
            && event.case.map(|n| n.to_string()).unwrap_or_default() == link.case_number;
        if !same {
            self.find(place, "its columns and its content say different things");
        }
        self.sealings.take(event);
        let Some(number) = event.case else { return };
        if let crate::case::What::Opened(opened) = &event.what {
            if self.cases.insert(number, Case::open(number, event.at, opened)).is_some() {
                self.find(place, "it opens a case that was open already");
            }
        } else if let Some(case) = self.cases.get_mut(&number) {
            case.apply(event);
        } else if !self.incomplete.contains(&number) {
            self.find(place, "it is about a case that was never opened");
        }
    }

    /// Holds a case's row against what its events make.
    fn case(&mut self, row: &AnyRow) -> Result<(), RegisterError> {
        let columns = Columns::read(row)?;
        let place = columns.number.clone();
        let Ok(number) = columns.number.parse::<CaseNumber>() else {
            self.find(place, "it is no case number");
            return Ok(());
        };
        self.seen.insert(number);
        if self.incomplete.contains(&number) {
            return Ok(());
        }
        let stored = body(row).ok();
        let made = self.cases.get(&number);
        if made.is_none() || made != stored.as_ref() || made.map(Columns::of) != Some(columns) {
            self.find(place, "the case is not what its events make of it");
        }
        Ok(())
    }

    fn end(mut self, rows: usize) -> Verified {
        let missing: Vec<CaseNumber> = self.cases.keys().filter(|n| !self.seen.contains(n)).copied().collect();
        for number in missing {
            self.find(number.to_string(), "its events are there, the case is not");
        }
        Verified {
            events: self.events,
            cases: rows,
            blanked: self.blanked,
            unproven: self.incomplete.into_iter().collect(),
            head: ChainHead { seq: self.last, hash: self.previous },
            findings: self.findings,
        }
    }
}
