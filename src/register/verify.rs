//! Proof that nobody changed the past behind the daemon's back (invariant 8): every hash of the chain is computed
//! again, every case is made again from its events and held against its row (`verify_cases.rs`), and mails and letters are
//! held against their seals (`verify_rows.rs`). It cannot see that the whole file was replaced by an older one: for that, a
//! digest's printed chain head is the witness. Nothing is held in memory but what is amiss or not settled yet. Only SQL.

use super::chain::{ChainHead, GENESIS, Link, payload_hash};
use super::packed::{Packed, PackedRow, all_of, there};
use super::verify_cases::Cases;
use super::verify_rows::Rows;
use super::{Register, RegisterError, unreadable};
use crate::case::{CaseNumber, Event, Redacted, What};
use sqlx::{AnyConnection, AssertSqlSafe, Row};
use std::collections::{BTreeMap, BTreeSet};
use tokio::task::JoinSet;

/// Events that come, and whose mails and letters are looked up, together.
pub(super) const PAGE: i64 = 400;
/// Octets of a payload that comes together with others; a larger one is asked for by itself, so that few of them are in memory.
pub(super) const SMALL: &str = "CASE WHEN octet_length(body) <= 8192 THEN body END";

/// An event as verifying reads it: its row, and its payload with the octets of it.
const EVENT: Packed<4, 8> = Packed {
    numbers: ["event.seq", "at", "mail_id", "octet_length(body)"],
    texts: ["case_number", "kind", "actor", "payload_hash", "previous_hash", "hash", "salt", SMALL],
};

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
    pub cases: i64,
    /// Payloads that were blanked on a lawful request.
    pub blanked: usize,
    /// Cases whose personal data were blanked at a person's word, and what else was: the chain says so.
    pub redacted: RedactedParts,
    /// Cases that cannot be made again from their events, because content of theirs was blanked.
    pub unproven: Vec<CaseNumber>,
    pub head: ChainHead,
    pub findings: Vec<Finding>,
}

/// What the chain tells of redactions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RedactedParts {
    pub cases: BTreeSet<CaseNumber>,
    pub events: usize,
    pub mails: usize,
    pub letters: usize,
}

impl Register {
    /// Checks the whole chain, and at the same time every case, each as it stands at one moment: a daemon may go on writing
    /// meanwhile.
    ///
    /// # Errors
    /// The database refused.
    pub async fn verify(&self) -> Result<Verified, RegisterError> {
        self.verify_telling(&mut |_| {}).await
    }

    /// The same, and tells after each page how many events were checked.
    ///
    /// # Errors
    /// The database refused.
    pub async fn verify_telling(&self, told: &mut (dyn FnMut(i64) + Send)) -> Result<Verified, RegisterError> {
        // On a core of its own; ended with this one.
        let mut beside = JoinSet::new();
        let own = self.clone();
        beside.spawn(async move {
            let mut moment = own.begin_moment().await?;
            let mut cases = Cases::default();
            cases.walk(&mut moment).await?;
            moment.rollback().await?;
            Ok::<_, RegisterError>(cases)
        });
        let mut moment = self.begin_moment().await?;
        let mut walk = Walk::default();
        let mut page = Walk::fetch(&mut moment, 0).await?;
        while let Some(own) = page.take() {
            let rows = in_order(&EVENT, &own, |row| row.numbers[0])?;
            let mut larges = Vec::with_capacity(rows.len());
            for row in &rows {
                larges.push(large(&mut moment, row.numbers, row.texts[7]).await?);
            }
            let last = rows.last().and_then(|row| row.numbers[0]).unwrap_or(i64::MAX);
            let step = async { rows.iter().zip(&larges).try_for_each(|(row, large)| walk.step(row, large.as_deref())) };
            // The database reads on while this page is looked at.
            let (next, stepped) = tokio::join!(biased; Walk::fetch(&mut moment, last), step);
            stepped?;
            page = next?;
            walk.rows.settle(&mut moment).await?;
            told(walk.events);
        }
        let cases = beside.join_next().await.and_then(Result::ok);
        let mut cases = cases.ok_or_else(|| unreadable("cases whose reading ended before it was done"))??;
        let Walk { events, head, blanked, rewritten, redacted, rows, findings: mut of_events } = walk;
        of_events.append(&mut cases.of_events);
        of_events.extend(
            rewritten.into_iter().flat_map(|(seq, row)| row.found.into_iter().map(move |what| (seq, what.to_owned()))),
        );
        // What was found of one event stands together, as it was found.
        of_events.sort_by_key(|(seq, _)| *seq);
        let found = of_events.into_iter().map(|(seq, what)| Finding { place: format!("event {seq}"), what });
        let mut findings: Vec<Finding> = found.chain(cases.of_cases).collect();
        rows.end(&mut moment, &mut findings).await?;
        moment.rollback().await?;
        Ok(Verified { events, cases: cases.rows, blanked, redacted, unproven: cases.unproven, head, findings })
    }
}

/// The chain, from its first event to its last.
struct Walk {
    events: i64,
    /// The last event.
    head: ChainHead,
    blanked: usize,
    /// Events that are not as they were written, by their place; what a later event says it blanked is none of them.
    rewritten: BTreeMap<i64, Rewritten>,
    redacted: RedactedParts,
    /// What the chain says about mails and letters.
    rows: Rows,
    /// Of which event, and what.
    findings: Vec<(i64, String)>,
}

/// An event that is not as it was written.
struct Rewritten {
    /// Of its row and its content as they stand.
    hash: String,
    found: Vec<&'static str>,
}

impl Default for Walk {
    fn default() -> Self {
        let head = ChainHead { seq: 0, hash: GENESIS.to_owned() };
        let (rewritten, redacted) = (BTreeMap::new(), RedactedParts::default());
        Self { events: 0, head, blanked: 0, rewritten, redacted, rows: Rows::default(), findings: Vec::new() }
    }
}

impl Walk {
    /// The page of events behind that one; None: there is none.
    async fn fetch(connection: &mut AnyConnection, after: i64) -> Result<Option<String>, RegisterError> {
        let text = all_of(&format!(
            "SELECT {} AS packed FROM event LEFT JOIN event_payload ON event_payload.seq = event.seq \
             WHERE event.seq > $1 ORDER BY event.seq LIMIT $2",
            EVENT.sql()
        ));
        let page = sqlx::query(AssertSqlSafe(text)).bind(after).bind(PAGE).fetch_one(connection).await?;
        Ok(page.try_get(0)?)
    }

    fn find(&mut self, seq: i64, what: &str) {
        self.findings.push((seq, what.to_owned()));
    }

    /// Events that were blanked are what this one says they are. One that is as it was before came back with a backup, or by
    /// a hand.
    fn redacted(&mut self, case: Option<CaseNumber>, told: &Redacted) {
        self.redacted.cases.extend(case);
        self.redacted.events += told.events.len();
        self.redacted.mails += told.mails;
        self.redacted.letters += told.letters;
        for event in &told.events {
            match self.rewritten.get(&event.seq) {
                Some(row) if row.hash == event.hash => drop(self.rewritten.remove(&event.seq)),
                Some(_) => {}
                None => self.find(event.seq, "its content was redacted, and is not as it was left"),
            }
        }
    }

    /// `large`: its payload, where that was asked for by itself.
    fn step(&mut self, row: &PackedRow<'_, 4, 8>, large: Option<&str>) -> Result<(), RegisterError> {
        let [seq, at, mail_id, _] = row.numbers;
        let [case_number, kind, actor, stated_hash, previous_hash, stored_hash, salt, small] = row.texts;
        let link = Link {
            seq: there(seq)?,
            at: there(at)?,
            case_number: there(case_number)?,
            kind: there(kind)?,
            actor: there(actor)?,
            mail_id,
            payload_hash: there(stated_hash)?,
            previous_hash: there(previous_hash)?,
        };
        if link.seq != self.head.seq + 1 {
            self.find(link.seq, "events before it were removed");
        }
        if link.previous_hash != self.head.hash {
            self.find(link.seq, "it does not follow on the event before it");
        }
        let stored_hash = there(stored_hash)?;
        let mut found = Vec::new();
        if link.hash() != stored_hash {
            found.push("a column was changed: its hash is not right");
        }
        self.events += 1;
        self.head = ChainHead { seq: link.seq, hash: stored_hash.to_owned() };
        let (Some(salt), Some(body)) = (salt, small.or(large)) else {
            self.blanked += 1;
            self.rows.blanked(link.kind);
            found.into_iter().for_each(|what| self.find(link.seq, what));
            return Ok(());
        };
        let content = payload_hash(salt, body);
        if content != link.payload_hash {
            found.push("its content was changed");
        }
        if !found.is_empty() {
            let hash = Link { payload_hash: content.as_str(), ..link.clone() }.hash();
            self.rewritten.insert(link.seq, Rewritten { hash, found });
        }
        // What is a case's alone is read where that case is made.
        let is_cases = !link.case_number.is_empty();
        if is_cases && !Rows::are_in(link.kind) && link.kind != REDACTED {
            return Ok(());
        }
        match serde_json::from_str::<Event>(body) {
            Ok(event) => {
                if !is_cases && !says_the_same(&link, &event) {
                    self.find(link.seq, DIFFERENT);
                }
                self.rows.take(&event);
                if let What::Redacted(told) = &event.what {
                    self.redacted(event.case, told);
                }
            }
            Err(_) if !is_cases => self.find(link.seq, UNKNOWN),
            Err(_) => {}
        }
        Ok(())
    }
}

/// The rows of a page, in that order.
pub(super) fn in_order<'a, const N: usize, const T: usize, K: Ord>(
    packed: &Packed<N, T>,
    mut page: &'a str,
    order: impl FnMut(&PackedRow<'a, N, T>) -> K,
) -> Result<Vec<PackedRow<'a, N, T>>, RegisterError> {
    let mut rows = Vec::new();
    while !page.is_empty() {
        rows.push(packed.take(&mut page)?);
    }
    rows.sort_by_key(order);
    Ok(rows)
}

/// The payload of an event, where it is there and was too large to come with it.
pub(super) async fn large(
    connection: &mut AnyConnection,
    [seq, _, _, octets]: [Option<i64>; 4],
    small: Option<&str>,
) -> Result<Option<String>, RegisterError> {
    if octets.is_none() || small.is_some() {
        return Ok(None);
    }
    let row = sqlx::query("SELECT body FROM event_payload WHERE seq = $1").bind(seq).fetch_one(connection).await?;
    Ok(Some(row.try_get(0)?))
}

/// The kind of event that tells of a redaction.
const REDACTED: &str = "redacted";

/// Changed by hand, or written by a newer version: either way nothing can be made from it.
pub(super) const UNKNOWN: &str = "its content is no event that this version knows";
pub(super) const DIFFERENT: &str = "its columns and its content say different things";

/// Whether an event's columns are made of its content.
pub(super) fn says_the_same(link: &Link<&str>, event: &Event) -> bool {
    event.what.name() == link.kind
        && super::millis(event.at) == link.at
        && event.mail == link.mail_id
        && serde_json::to_string(&event.actor).is_ok_and(|actor| actor == link.actor)
        && event.case.map(|n| n.to_string()).unwrap_or_default() == link.case_number
}
