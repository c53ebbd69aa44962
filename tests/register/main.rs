//! The register on real SQLite files, and on a real PostgreSQL: what each query promises, that a transaction is all or nothing, that nobody
//! changes the past unseen, and that one bad mail or letter never stops the others. Each test has a file or database of its own;
//! a second, plain connection to it plays the hand that edits rows behind the daemon's back.

// So that helpers outside the test functions count as tests for the lints too.
#![cfg(test)]

mod alike;
mod answers;
mod aside;
mod balance;
mod belonging;
mod caps;
mod chain;
mod companies;
mod copying;
mod cut_off;
mod deciding;
mod earlier;
mod evidence;
mod intake;
mod limits;
mod machines;
mod mails;
mod newer;
mod not_on_file;
mod opening;
mod outbox;
mod postgres_bad_input;
mod printing;
mod quota;
mod redacting;
mod redaction;
mod retention;
mod search;
mod sending;
mod statements;
#[path = "../support/mod.rs"]
mod support;
mod telling;
mod together;
mod trials;
mod two_companies;
mod verify_command;
mod writers;

use klachtpost::case::{
    Actor, Address, CaseNumber, Channel, Customer, Due, Event, Language, LetterFate, LetterId, LetterKind, Moment,
    Opened, Side, What, Why,
};
use klachtpost::clock::Clock;
use klachtpost::daemon::Office;
use klachtpost::desk::{Decision, Disposition, Verdict, Within};
use klachtpost::letters::Letter;
use klachtpost::register::{DecidedMail, Identity, NewMail, Outgoing, Register, RegisterError};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Row};
use std::sync::Arc;
use support::engines;
use support::postgres::{self, register_url};
use support::smtp::SmtpServer;

/// A register of its own; the folder goes with it.
struct Desk {
    register: Register,
    url: String,
    _dir: tempfile::TempDir,
}

impl Desk {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = register_url(&dir.path().join("register.db"));
        Self { register: Register::open(&url).await.unwrap(), url, _dir: dir }
    }

    /// The hand behind the daemon's back.
    async fn by_hand(&self, sql: &str) -> u64 {
        let mut connection = AnyConnection::connect(&self.url).await.unwrap();
        let begin = if postgres::is_on() { "BEGIN" } else { "BEGIN IMMEDIATE" };
        let mut statement = connection.begin_with(begin).await.unwrap();
        let sql = if postgres::is_on() { postgres::by_hand(sql) } else { sql.to_owned() };
        let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *statement).await.unwrap();
        statement.commit().await.unwrap();
        connection.close().await.unwrap();
        done.rows_affected()
    }

    async fn number(&self, sql: &str) -> i64 {
        let mut connection = AnyConnection::connect(&self.url).await.unwrap();
        let row = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_one(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        row.try_get(0).unwrap()
    }

    /// Records a decision that belongs to no mail.
    async fn record(&self, events: Vec<Event>, letters: &[Outgoing]) -> Result<(), RegisterError> {
        let mut tx = self.register.begin().await?;
        tx.record(None, &decision(events), letters, at(0), &mut salt).await?;
        tx.commit().await
    }

    /// Case 1, acknowledged, with a note: seven events with the two of case 2.
    async fn with_cases(&self) {
        let events = vec![
            opened(1),
            written(1, "ack1"),
            accepted(1, "ack1"),
            event(1, What::Noted { text: "Zie dossier.".into() }),
            opened(2),
            event(2, What::HandlerSet { handler: address("bram@lease.example") }),
            accepted(2, "answer2"),
        ];
        self.record(events, &[]).await.unwrap();
    }
}

/// A moment some minutes into the test's day.
fn at(minutes: i64) -> Moment {
    "2026-11-23T09:00:00Z".parse::<Moment>().unwrap() + chrono::TimeDelta::minutes(minutes)
}

fn salt() -> String {
    "00112233445566778899aabbccddeeff".into()
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn number(serial: u32) -> CaseNumber {
    CaseNumber { year: 2026, serial }
}

fn event(serial: u32, what: What) -> Event {
    Event { at: at(1), case: Some(number(serial)), actor: Actor::Desk, mail: Some(7), what }
}

fn opened(serial: u32) -> Event {
    let what = What::Opened(Box::new(Opened {
        channel: Channel::Email,
        customer: Customer {
            name: "Jan".into(),
            address: Some(address("Jan@klant.example")),
            phone: None,
            postal: Vec::new(),
        },
        subject: "Deuk in de deur".into(),
        text: "De auto kwam met een deuk.".into(),
        language: Language::Dutch,
        department: "schade".into(),
        routing: Why::Fallback,
        received_at: at(0),
        due: Due { acknowledge: at(1440), first_response: at(1440), resolve: at(4320) },
        message_id: Some(format!("klacht{serial}@klant.example")),
        references: Vec::new(),
        mailbox: None,
    }));
    event(serial, what)
}

fn written(serial: u32, letter: &str) -> Event {
    let (letter_kind, to) = (LetterKind::Acknowledgement, "jan@klant.example".to_owned());
    event(
        serial,
        What::LetterWritten { letter: id(letter), letter_kind, to, message_id: format!("{letter}@lease.example") },
    )
}

fn accepted(serial: u32, letter: &str) -> Event {
    let (letter_kind, to) = (LetterKind::Acknowledgement, "jan@klant.example".to_owned());
    let fate = LetterFate::Accepted { server: "mx".into(), reply: "250 ok".into() };
    event(serial, What::LetterFate { letter: id(letter), letter_kind, to, fate })
}

fn id(letter: &str) -> LetterId {
    LetterId::from_stored(letter)
}

fn outgoing(letter: &str, to: &str) -> Outgoing {
    Outgoing {
        letter: Letter {
            sheet: None,
            id: id(letter),
            kind: LetterKind::Acknowledgement,
            case: Some(number(1)),
            side: Side::Customer,
            to: address(to),
            message_id: format!("{letter}@lease.example"),
            envelope_from: "klachten@lease.example".into(),
            bytes: b"Subject: Uw klacht\r\n\r\nDank u.\r\n".to_vec(),
            carried: Vec::new(),
        },
        department: String::new(),
        held_because: None,
        counted_as: format!("customer {}", address(to).key()),
        mailbox: None,
    }
}

fn decision(events: Vec<Event>) -> Decision {
    Decision { events, letters: Vec::new() }
}

/// A mail that turned out to be this, and is filed on no case.
fn judged(id: i64, identity: &Identity, disposition: Disposition) -> DecidedMail {
    DecidedMail {
        id,
        identity: identity.clone(),
        verdict: Verdict { disposition, reason: "a test".into(), case: None },
    }
}

fn identity(message_id: &str, content_hash: &str) -> Identity {
    Identity { message_id: message_id.into(), content_hash: content_hash.into() }
}

fn new_mail(uid: i64) -> NewMail {
    NewMail {
        mailbox: "klachten".into(),
        uid_validity: 1,
        uid,
        from_junk: false,
        received_at: at(0),
        fetched_at: at(1),
        size: 9,
        whole: true,
        raw: format!("mail {uid:04}").into_bytes(),
        unreadable_because: None,
    }
}

/// Settings of a desk on this register; `mailbox` and `sender` are the lines of those sections.
fn settings(desk: &Desk, mailbox: &str, sender: &str) -> String {
    postgres::adapted(format!(
        r#"
[desk]
name = "Voorbeeld Lease"
address = "klachten@lease.example"
[mailbox]
accept_unproven_staff = true
{mailbox}
[sender]
{sender}
[register]
url = "sqlite:{file}"
[[department]]
name = "overig"
title = "Klantenservice"
address = "overig@lease.example"
supervisor = "chef@lease.example"
staff = ["anna@lease.example"]
keywords = ["algemeen"]
fallback = true
"#,
        file = desk._dir.path().join("register.db").display()
    ))
}

fn maildir(desk: &Desk, name: &str) -> String {
    format!("kind = \"maildir\"\npath = \"{}\"", desk._dir.path().join(name).display())
}

/// The office of a desk, at the start of the test's day.
async fn office(desk: &Desk, mailbox: &str, sender: &str) -> Arc<Office> {
    let config = klachtpost::config::from_toml(&settings(desk, mailbox, sender), "the test's settings").unwrap();
    Arc::new(as_program(Office::open(config, Clock::at(at(0))).await.unwrap()))
}

/// Its trials are held by the program under test: the test itself is another one.
fn as_program(office: Office) -> Office {
    Office { program: env!("CARGO_BIN_EXE_klachtpost").into(), ..office }
}

/// The mails that turned out to be this, and why.
async fn found(office: &Office, disposition: Disposition) -> Vec<(i64, String)> {
    let rows = office.register.mails_of(disposition, at(-60), 1000).await.unwrap();
    rows.into_iter().map(|row| (row.id, row.reason)).collect()
}

/// The desk's office, which sends to this server and reads an empty Maildir.
async fn office_sending_to(desk: &Desk, server: &SmtpServer) -> Arc<Office> {
    let sender = format!("kind = \"smtp\"\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"", server.port());
    office(desk, &maildir(desk, "in"), &sender).await
}

/// So many letters to as many customers wait to be sent.
async fn with_letters(desk: &Desk, count: usize) {
    desk.with_cases().await;
    let letters: Vec<_> = (0..count).map(|n| outgoing(&format!("l{n}"), &format!("k{n}@klant.example"))).collect();
    desk.record(vec![], &letters).await.unwrap();
}
