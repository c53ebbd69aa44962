//! The way out by SMTP against servers: our own that misbehaves on demand, and a real Postfix.
//! Every outcome of invariant 4 at every stage; a connection kept; TLS that is verified or not used at all.

// So that helpers outside the test functions count as tests for the lints too.
#![cfg(test)]

#[path = "../support/mod.rs"]
mod support;

mod connection;
mod content;
mod dialects;
mod other_servers;
mod outcomes;
mod security;
mod with_postfix;

use klachtpost::config::{Security, Sender, SenderKind};
use klachtpost::outbox::smtp::{Deadlines, Smtp};
use klachtpost::outbox::{Asked, Envelope, Outcome, RefusedFor, Scope};
use std::path::PathBuf;
use std::time::Duration;
use support::smtp::SmtpServer;

const LETTER: &[u8] =
    b"From: klachten@desk.example\r\nMessage-ID: <1@desk.example>\r\nSubject: Uw klacht\r\n\r\nDank u.\r\n";
const ENVELOPE: Envelope<'_> = Envelope { from: "klachten@desk.example", to: "jan@klant.example" };

const ASKED: Asked<'_> =
    Asked { desk: "klachten@desk.example", with_token: Some("klachten+kp.2026-1.c.a.b.c@desk.example") };

/// Settings for a server on this machine, in the clear and without login.
fn settings(port: u16) -> Sender {
    Sender {
        kind: SenderKind::Smtp,
        host: "localhost".to_owned(),
        port,
        security: Security::None,
        ca_file: None,
        username: None,
        auth: klachtpost::config::Auth::Password,
        password: None,
        connections: 1,
        per_minute: None,
        per_day: None,
        max_message_bytes: 26_214_400,
        path: PathBuf::new(),
    }
}

/// Waits short enough for a test that lets each of them pass.
fn impatient() -> Deadlines {
    let short = Duration::from_millis(400);
    Deadlines {
        connect: short,
        tls: short,
        greeting: short,
        login: short,
        command: short,
        data: short,
        final_dot: short,
        slowest_line: 1_000_000,
    }
}

async fn smtp_to(server: &SmtpServer) -> Smtp {
    Smtp::open(&settings(server.port())).await.unwrap()
}

/// One letter for an outcome: a accepted, r refused, s refused for its size, l the letter waits, q the queue waits,
/// u unknown.
fn kind(outcome: &Outcome) -> char {
    match outcome {
        Outcome::Accepted { .. } => 'a',
        Outcome::Refused { cause: RefusedFor::Other, .. } => 'r',
        Outcome::Refused { cause: RefusedFor::Size, .. } => 's',
        Outcome::TryAgain { scope: Scope::Letter, .. } => 'l',
        Outcome::TryAgain { scope: Scope::Server, .. } => 'q',
        Outcome::Unknown { .. } => 'u',
    }
}
