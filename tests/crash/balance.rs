//! The balance of a desk after whatever befell it: every mail one row and one place, every letter accepted, repeats
//! byte for byte the same, the chain right, the cases what they would have been.

use crate::letter::Letter;
use crate::scene::Scene;
use crate::support::dovecot::Dovecot;
use crate::support::smtp::Received;
use klachtpost::case::Case;
use klachtpost::register::{CaseQuery, Register};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Row};
use std::collections::{BTreeMap, BTreeSet};

/// Letters that are sent themselves: neither waiting for the hour of a cap, nor in another letter's shape.
const GOES_OUT: &str = "bundled_in IS NULL AND NOT (state = 'held' AND held_because = 'cap')";

/// What a desk came to, without the moments at which the test happened to run.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// By number: state, department, handler, customer, subject, clocks, and the kinds of its events.
    pub cases: BTreeMap<String, Value>,
    /// What each mail turned out to be, by UID.
    pub mails: BTreeMap<i64, String>,
    /// Kind and recipient of all letters, all accepted.
    pub letters: Vec<(String, String)>,
}

impl Outcome {
    /// Of a desk at rest.
    pub async fn of(scene: &Scene) -> Self {
        let register = Register::open(&scene.url()).await.unwrap();
        let verified = register.verify().await.unwrap();
        assert_eq!(verified.findings, [], "{}: the past is unchanged", scene.user);
        let mut cases = BTreeMap::new();
        for case in register.cases(CaseQuery::All).all().await.unwrap() {
            let mut kinds: Vec<String> =
                register.events(case.number).await.unwrap().into_iter().map(|e| e.kind).collect();
            kinds.sort();
            cases.insert(case.number.to_string(), timeless(&case, kinds));
        }
        register.close().await;
        let mut connection = scene.open().await;
        let rows = sqlx::query("SELECT uid, disposition, reason FROM mail").fetch_all(&mut connection).await.unwrap();
        let mails = rows.iter().map(|row| (row.get(0), row.get::<String, _>(1))).collect();
        let rows = sqlx::query("SELECT kind, recipient FROM outbox").fetch_all(&mut connection).await.unwrap();
        let mut letters: Vec<(String, String)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        letters.sort();
        Self { cases, mails, letters }
    }

    /// The same, where two kills may have changed the order of registering: cases by customer and subject.
    pub fn unordered(&self) -> Self {
        let renamed =
            |(_, case): (&String, &Value)| (format!("{} {}", case["customer"], case["subject"]), case.clone());
        let cases = self.cases.iter().map(renamed).collect();
        Self { cases, ..self.clone() }
    }
}

/// All of a case but its number and the moments at which servers happened to take its letters.
fn timeless(case: &Case, kinds: Vec<String>) -> Value {
    serde_json::json!({
        "state": case.state.name(),
        "department": case.department,
        "handler": case.handler.as_ref().map(ToString::to_string),
        "customer": case.customer.address.as_ref().map(ToString::to_string),
        "subject": case.subject,
        "text": case.text,
        "received_at": case.received_at,
        "lodged_at": case.lodged_at,
        "due": case.due,
        "is_acknowledged": case.acknowledged_at().is_some(),
        "is_answered": case.first_response_at().is_some(),
        "responses": case.responses.len(),
        "is_closed": case.closed_at.is_some(),
        "is_confirmed": case.closing_confirmed.is_some(),
        "settlement": case.settlement,
        "told": case.told,
        "failed_letters": case.failed_letters.len(),
        "events": kinds,
    })
}

/// Asserts that every mail of the mailbox is one row, decided on and in one folder.
pub async fn every_mail_is_one_row(scene: &Scene, host: &Dovecot, delivered: usize) {
    let folders = ["", ".Verwerkt", ".Terzijde", ".Onleesbaar"].map(|folder| host.mails(&scene.user, folder).len());
    let (inbox, all) = (folders[0], folders.iter().sum::<usize>());
    assert_eq!((inbox, all), (0, delivered), "{}: mails in the folders {folders:?}", scene.user);
    let mut connection = scene.open().await;
    let row = sqlx::query(
        "SELECT count(*), count(DISTINCT uid_validity || '/' || uid), count(disposition), CAST(SUM(moved) AS BIGINT), \
         (SELECT count(*) FROM mail_raw WHERE length(raw) > 0) FROM mail",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    let counts: Vec<i64> = (0..5).map(|column| row.get(column)).collect();
    assert_eq!(counts, [delivered as i64; 5], "{}: rows, UIDs, decided, moved, with bytes", scene.user);
}

/// Asserts that all letters are accepted, that the server has each of them, and that a repeat is the same byte for byte.
/// `before`: letters that were accepted earlier and must not come again. Returns how many repeats there were.
pub async fn every_letter_is_accepted(scene: &Scene, before: &BTreeSet<String>, received: &[Received]) -> usize {
    let mut connection = scene.open().await;
    let rows = sqlx::query(AssertSqlSafe(format!("SELECT message_id, state, recipient FROM outbox WHERE {GOES_OUT}")));
    let rows = rows.fetch_all(&mut connection).await.unwrap();
    let bundled = "SELECT count(*) FROM outbox WHERE bundled_in IS NOT NULL AND state <> 'accepted'";
    let unsettled: i64 = sqlx::query(bundled).fetch_one(&mut connection).await.unwrap().get(0);
    assert_eq!(unsettled, 0, "{}: letters whose bundle was accepted are accepted with it", scene.user);
    let mut by_id: BTreeMap<String, Vec<&Received>> = BTreeMap::new();
    for letter in received {
        by_id.entry(Letter::of(letter.bytes.clone()).id).or_default().push(letter);
    }
    for row in &rows {
        let (id, state, to): (String, String, String) = (row.get(0), row.get(1), row.get(2));
        let id = id.trim_matches(['<', '>']).to_owned();
        assert_eq!(state, "accepted", "{}: the letter {id} to {to}", scene.user);
        let copies = by_id.remove(&id).unwrap_or_default();
        assert_eq!(
            copies.is_empty(),
            before.contains(&id),
            "{}: the letter {id} to {to} is missing, or came again",
            scene.user
        );
        for copy in &copies {
            assert_eq!((&copy.to, &copy.bytes), (&to, &copies[0].bytes), "{}: the copies of {id} differ", scene.user);
        }
    }
    assert!(by_id.is_empty(), "{}: letters that are not in the outbox: {:?}", scene.user, by_id.keys());
    received.len() + before.len() - rows.len()
}

/// The Message-IDs of all letters in the outbox.
pub async fn letters_so_far(scene: &Scene) -> BTreeSet<String> {
    let mut connection = scene.open().await;
    let rows = sqlx::query(AssertSqlSafe(format!("SELECT message_id FROM outbox WHERE {GOES_OUT}")));
    let rows = rows.fetch_all(&mut connection).await.unwrap();
    rows.iter().map(|row| row.get::<String, _>(0).trim_matches(['<', '>']).to_owned()).collect()
}
