//! Proof that nobody changed the past behind the daemon's back (invariant 8): every hash of the chain is computed
//! again, and every case is made again from its events and held against its row. It cannot see that the whole
//! file was replaced by an older one: for that, a digest's printed chain head is the witness. Only SQL and `apply`.

use super::chain::{ChainHead, GENESIS, Link, payload_hash};
use super::{Register, RegisterError, unreadable};
use crate::case::{Case, CaseNumber, Event};
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::{BTreeMap, BTreeSet};

/// Events read at a time: bounds the memory of verifying a long chain.
const PAGE: i64 = 1_000;

/// Something that is not as klachtpost wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where: an event's number, or a case's.
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
    pub head: ChainHead,
    pub findings: Vec<Finding>,
}

impl Register {
    /// Checks the whole chain and every case.
    ///
    /// # Errors
    /// The database refused.
    pub async fn verify(&self) -> Result<Verified, RegisterError> {
        let mut walk = Walk::default();
        loop {
            let rows = sqlx::query(
                "SELECT event.seq, at, case_number, kind, actor, mail_id, payload_hash, previous_hash, hash, salt, body \
                 FROM event LEFT JOIN event_payload ON event_payload.seq = event.seq WHERE event.seq > $1 \
                 ORDER BY event.seq LIMIT $2",
            )
            .bind(walk.seq)
            .bind(PAGE)
            .fetch_all(&self.pool)
            .await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                walk.step(row)?;
            }
        }
        let cases = self.verify_cases(&mut walk).await?;
        let head = ChainHead { seq: walk.seq, hash: walk.previous };
        Ok(Verified { events: walk.seq, cases, blanked: walk.blanked, head, findings: walk.findings })
    }

    async fn verify_cases(&self, walk: &mut Walk) -> Result<usize, RegisterError> {
        let rows = sqlx::query("SELECT number, state, department, closed_at, body FROM cases ORDER BY year, serial")
            .fetch_all(&self.pool)
            .await?;
        let mut seen = BTreeSet::new();
        for row in &rows {
            let number: String = row.try_get(0)?;
            let stored: Option<Case> = super::cases::body(row).ok();
            let parsed: Option<CaseNumber> = number.parse().ok();
            seen.extend(parsed);
            let made = parsed.and_then(|n| walk.cases.get(&n));
            if parsed.is_some_and(|n| walk.incomplete.contains(&n)) {
                continue;
            }
            let state: String = row.try_get(1)?;
            let department: String = row.try_get(2)?;
            let closed_at: Option<i64> = row.try_get(3)?;
            let columns_right = made.is_some_and(|case| {
                case.state.name() == state
                    && case.department == department
                    && case.closed_at.map(super::millis) == closed_at
            });
            if made.is_none() || made != stored.as_ref() || !columns_right {
                walk.find(number, "the case is not what its events make of it");
            }
        }
        let missing: Vec<CaseNumber> = walk.cases.keys().filter(|n| !seen.contains(n)).copied().collect();
        for number in missing {
            walk.find(number.to_string(), "its events are there, the case is not");
        }
        Ok(rows.len())
    }
}

struct Walk {
    seq: i64,
    previous: String,
    blanked: usize,
    cases: BTreeMap<CaseNumber, Case>,
    /// Cases with a blanked payload: they cannot be made again.
    incomplete: BTreeSet<CaseNumber>,
    findings: Vec<Finding>,
}

impl Default for Walk {
    fn default() -> Self {
        Self {
            seq: 0,
            previous: GENESIS.to_owned(),
            blanked: 0,
            cases: BTreeMap::new(),
            incomplete: BTreeSet::new(),
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
        if link.seq != self.seq + 1 {
            self.find(&place, "events before it were removed");
        }
        if link.previous_hash != self.previous {
            self.find(&place, "it does not follow on the event before it");
        }
        let stored_hash: String = row.try_get(8)?;
        if link.hash() != stored_hash {
            self.find(&place, "a column was changed: its hash is not right");
        }
        self.seq = link.seq;
        self.previous = stored_hash;
        let number: Option<CaseNumber> = link.case_number.parse().ok();
        let (salt, body): (Option<String>, Option<String>) = (row.try_get(9)?, row.try_get(10)?);
        let (Some(salt), Some(body)) = (salt, body) else {
            self.blanked += 1;
            self.incomplete.extend(number);
            return Ok(());
        };
        if payload_hash(&salt, &body) != link.payload_hash {
            self.find(&place, "its content was changed");
        }
        let event: Event = serde_json::from_str(&body).map_err(|e| unreadable(format!("{place}: {e}")))?;
        self.apply(&place, &link, &event);
        Ok(())
    }

    fn apply(&mut self, place: &str, link: &Link, event: &Event) {
        let same = event.what.name() == link.kind
            && super::millis(event.at) == link.at
            && event.mail == link.mail_id
            && event.case.map(|n| n.to_string()).unwrap_or_default() == link.case_number;
        if !same {
            self.find(place, "its columns and its content say different things");
        }
        let Some(number) = event.case else { return };
        if let crate::case::What::Opened(opened) = &event.what {
            self.cases.insert(number, Case::open(number, event.at, opened));
        } else if let Some(case) = self.cases.get_mut(&number) {
            case.apply(event);
        } else if !self.incomplete.contains(&number) {
            self.find(place, "it is about a case that was never opened");
        }
    }
}
