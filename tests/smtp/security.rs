//! TLS is verified or nothing is sent; a password goes only where it should and is never shown.

use super::support::certs::PrivateCa;
use super::support::smtp::{Act, At, Fault, Login, Protection, Setup, SmtpServer};
use super::{ASKED, ENVELOPE, LETTER, kind, settings};
use klachtpost::config::{Security, Sender};
use klachtpost::outbox::smtp::Smtp;
use klachtpost::outbox::{Outcome, SendError, Stage, Transport};

const LOGIN: Login = Login { username: "klachtpost", password: "s3cret-w0rd", mechanisms: "PLAIN LOGIN" };

fn with_login(port: u16, password: &str) -> Sender {
    Sender { username: Some(LOGIN.username.to_owned()), password: Some(password.to_owned().into()), ..settings(port) }
}

/// A server with a certificate for `host` by `ca`, in both ways of protection, and the settings for it.
async fn protected(ca: &PrivateCa, host: &str, security: Security, login: Option<Login>) -> (SmtpServer, Sender) {
    let config = ca.certificate_for(host).server_config();
    let protection = match security {
        Security::Tls => Protection::Tls(config),
        Security::StartTls => Protection::StartTls(config),
        Security::None => Protection::None,
    };
    let server = SmtpServer::start(Setup { protection, login, ..Setup::default() }).await;
    let sender = Sender { security, ca_file: Some(ca.ca_file()), ..with_login(server.port(), LOGIN.password) };
    (server, sender)
}

/// Nothing but greetings may have gone over the line.
fn assert_nothing_was_told(server: &SmtpServer) {
    let told = server.commands();
    assert!(told.iter().all(|line| line.starts_with("EHLO") || line == "STARTTLS" || line == "QUIT"), "{told:?}");
}

async fn assert_refuses(server: &SmtpServer, sender: &Sender, expected: &str) {
    let outcome = Smtp::open(sender).await.unwrap().send(ENVELOPE, LETTER).await;
    let Outcome::TryAgain { reason, stage: Stage::Tls, .. } = &outcome else { panic!("{outcome:?}") };
    assert_eq!(kind(&outcome), 'q');
    assert!(reason.contains(expected), "{reason}");
    assert_nothing_was_told(server);
}

#[tokio::test]
async fn a_private_authority_named_in_the_settings_is_trusted() {
    let ca = PrivateCa::new();
    for (security, way) in [(Security::Tls, "TLS"), (Security::StartTls, "STARTTLS")] {
        let (server, sender) = protected(&ca, "localhost", security, Some(LOGIN)).await;
        let mut smtp = Smtp::open(&sender).await.unwrap();
        for _ in 0..3 {
            assert_eq!(kind(&smtp.send(ENVELOPE, LETTER).await), 'a', "{way}");
        }
        assert_eq!((server.connections(), server.letters().len()), (1, 3));
        let found = Transport::check(&sender, &ASKED).await.unwrap();
        assert!(found.contains(&format!(": {way}, logged in")), "{found}");
    }
}

#[tokio::test]
async fn an_unknown_authority_is_refused() {
    let (ca, other) = (PrivateCa::new(), PrivateCa::new());
    for security in [Security::Tls, Security::StartTls] {
        let (server, sender) = protected(&ca, "localhost", security, Some(LOGIN)).await;
        assert_refuses(&server, &Sender { ca_file: Some(other.ca_file()), ..sender.clone() }, "UnknownIssuer").await;
        assert_refuses(&server, &Sender { ca_file: None, ..sender }, "UnknownIssuer").await;
    }
}

#[tokio::test]
async fn a_certificate_of_another_host_is_refused() {
    let ca = PrivateCa::new();
    for security in [Security::Tls, Security::StartTls] {
        let (server, sender) = protected(&ca, "other.example", security, Some(LOGIN)).await;
        assert_refuses(&server, &sender, "not valid for name").await;
    }
}

#[tokio::test]
async fn without_starttls_nothing_is_sent() {
    let ca = PrivateCa::new();
    let (server, sender) = protected(&ca, "localhost", Security::None, Some(LOGIN)).await;
    assert_refuses(&server, &Sender { security: Security::StartTls, ..sender }, "does not offer STARTTLS").await;
}

#[tokio::test]
async fn a_refused_starttls_does_not_fall_back() {
    let ca = PrivateCa::new();
    let (server, sender) = protected(&ca, "localhost", Security::StartTls, Some(LOGIN)).await;
    server.fault(Fault::at(At::StartTls, Act::reply("454 4.7.0 TLS not available")));
    assert_refuses(&server, &sender, "454 4.7.0").await;
}

/// Somebody in between adds an answer to the EHLO that has yet to come: it must not be believed.
#[tokio::test]
async fn what_follows_the_reply_to_starttls_in_the_clear_is_not_believed() {
    let ca = PrivateCa::new();
    let (server, sender) = protected(&ca, "localhost", Security::StartTls, Some(LOGIN)).await;
    server.fault(Fault::at(At::StartTls, Act::behind("250-evil.example\r\n250 AUTH PLAIN")));
    assert_refuses(&server, &sender, "TLS").await;
}

#[tokio::test]
async fn settings_that_would_send_in_the_clear_or_cannot_verify_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "no certificate here").unwrap();
    let clear = Sender { host: "mail.example".to_owned(), ..settings(25) };
    assert!(matches!(Transport::open(&clear).await, Err(SendError::PlainText { .. })));
    let tls = Sender { security: Security::Tls, ..settings(465) };
    for ca_file in [empty, folder.path().join("missing.pem")] {
        let error = Transport::open(&Sender { ca_file: Some(ca_file), ..tls.clone() }).await.err();
        assert!(matches!(error, Some(SendError::CaFile { .. })), "{error:?}");
    }
    let nowhere = Sender { host: "not a host".to_owned(), ..tls };
    assert!(matches!(Transport::open(&nowhere).await, Err(SendError::Host { .. })));
}

#[tokio::test]
async fn both_ways_to_log_in_work() {
    for mechanisms in ["PLAIN", "LOGIN", "PLAIN LOGIN", "GSSAPI LOGIN"] {
        let login = Some(Login { mechanisms, ..LOGIN });
        let server = SmtpServer::start(Setup { login, ..Setup::default() }).await;
        let mut smtp = Smtp::open(&with_login(server.port(), LOGIN.password)).await.unwrap();
        assert_eq!(kind(&smtp.send(ENVELOPE, LETTER).await), 'a', "{mechanisms}");
    }
}

#[tokio::test]
async fn a_wrong_password_makes_the_queue_wait_and_ends_no_letter() {
    let server = SmtpServer::start(Setup { login: Some(LOGIN), ..Setup::default() }).await;
    let wrong = with_login(server.port(), "wr0ng-s3cret");
    let outcome = Smtp::open(&wrong).await.unwrap().send(ENVELOPE, LETTER).await;
    assert!(matches!(&outcome, Outcome::TryAgain { stage: Stage::Login, .. }), "{outcome:?}");
    assert_eq!(kind(&outcome), 'q');
    let error = Transport::check(&wrong, &ASKED).await.unwrap_err();
    assert!(error.to_string().contains("check username and password"), "{error}");
    for shown in [format!("{outcome:?}"), format!("{error:?} {error}"), format!("{wrong:?}")] {
        assert!(!shown.contains("wr0ng-s3cret"), "{shown}");
    }
}

#[tokio::test]
async fn a_server_without_login_or_a_missing_login_makes_the_queue_wait() {
    let server = SmtpServer::start(Setup::default()).await;
    let mut smtp = Smtp::open(&with_login(server.port(), LOGIN.password)).await.unwrap();
    assert_eq!(kind(&smtp.send(ENVELOPE, LETTER).await), 'q');
    let server = SmtpServer::start(Setup { login: Some(LOGIN), ..Setup::default() }).await;
    let mut smtp = Smtp::open(&settings(server.port())).await.unwrap();
    assert_eq!(kind(&smtp.send(ENVELOPE, LETTER).await), 'q');
}
