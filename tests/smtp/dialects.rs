//! Servers that speak SMTP in their own way: one line each, what it says and what must come of it.

use super::support::certs::PrivateCa;
use super::support::smtp::{Act, At, Fault, Login, Protection, Setup, SmtpServer};
use super::{ASKED, ENVELOPE, LETTER, impatient, kind, settings, smtp_to};
use klachtpost::config::{Security, Sender};
use klachtpost::outbox::smtp::{Deadlines, Smtp};
use klachtpost::outbox::{Envelope, Transport};
use std::time::{Duration, Instant};

/// What one does, on top of a well-behaved server; and the outcomes of four letters in a row (see `kind`), with the number
/// of connections that took.
const DIALECTS: &[(&str, &[Deviation], &str, usize)] = &[
    ("a second EHLO is refused (OpenSMTPD)", &[(At::Ehlo, Way::Says("503 5.5.1 Already identified"), 1, 1)], "aaaa", 1),
    ("NOOP is not known", &[(At::Noop, Way::Says("502 5.5.1 No"), 0, 99)], "aaaa", 1),
    ("RSET is not known", &[(At::Rset, Way::Says("502 5.5.1 No"), 0, 99)], "aaaa", 1),
    ("three letters a session: 452", &[(At::Mail, Way::Says("452 4.5.3 Too many messages"), 3, 1)], "aaaa", 2),
    ("three letters a session: 452 at RCPT", &[(At::Rcpt, Way::Says("452 Too many recipients"), 3, 1)], "aaaa", 2),
    ("three letters a session: 550", &[(At::Mail, Way::Says("550 5.7.0 Too many in this session"), 3, 1)], "aaaa", 2),
    ("two letters a session: 421 and closes", &[(At::Mail, Way::SaysAndGoes("421 4.7.0 Enough"), 2, 1)], "aaaa", 2),
    ("two letters a session: 421 after RCPT", &[(At::Rcpt, Way::SaysAndGoes("421 4.7.0 Enough"), 2, 1)], "aaaa", 2),
    ("two letters a session: 421 after DATA", &[(At::Data, Way::SaysAndGoes("421 4.7.0 Enough"), 2, 1)], "aaaa", 2),
    ("two letters a session: 451 after the text", &[(At::Dot, Way::Says("452 4.3.1 Session full"), 2, 1)], "aaaa", 2),
    ("two letters a session: closes silently", &[(At::Mail, Way::Goes, 2, 1)], "aaaa", 2),
    ("two letters a session: closes at RCPT", &[(At::Rcpt, Way::Goes, 2, 1)], "aaaa", 2),
    ("closes after each letter", &[(At::Replied, Way::Goes, 0, 99)], "aaaa", 4),
    (
        "puts off the third letter, whatever the connection",
        &[(At::Rcpt, Way::Says("451 4.3.0 Not now"), 2, 2)],
        "aala",
        2,
    ),
    ("does not know the third recipient", &[(At::Rcpt, Way::Says("550 5.1.1 Unknown"), 2, 1)], "aara", 1),
    ("the size is refused at MAIL FROM, in words", &[(At::Mail, Way::Says("550 Message too large"), 1, 1)], "asaa", 1),
    ("the size is refused at MAIL FROM, in code", &[(At::Mail, Way::Says("552 5.3.4 Too big"), 1, 1)], "asaa", 1),
    ("a limit in words, for good", &[(At::Rcpt, Way::Says("550 5.4.5 Daily limit"), 0, 99)], "rrrr", 2),
];

/// When, what, how many pass before, and how often.
type Deviation = (At, Way, usize, usize);

#[derive(Clone, Copy)]
enum Way {
    Says(&'static str),
    SaysAndGoes(&'static str),
    Goes,
}

impl Way {
    fn act(self) -> Act {
        match self {
            Self::Says(line) => Act::reply(line),
            Self::SaysAndGoes(line) => Act::reply_and_drop(line),
            Self::Goes => Act::Drop,
        }
    }
}

#[tokio::test]
async fn each_dialect_comes_to_what_its_line_says() {
    for (without, (name, deviations, expected, connections)) in
        ["", "PIPELINING"].into_iter().flat_map(|without| DIALECTS.iter().map(move |dialect| (without, dialect)))
    {
        let mut setup = Setup::default();
        setup.extensions.retain(|extension| *extension != without);
        let server = SmtpServer::start(setup).await;
        for (at, way, after, times) in *deviations {
            server.fault(Fault::at(*at, way.act()).after(*after).times(*times));
        }
        let mut smtp = smtp_to(&server).await;
        let mut found = String::new();
        for to in ["a@klant.example", "b@klant.example", "c@klant.example", "d@klant.example"] {
            found.push(kind(&smtp.send(Envelope { to, ..ENVELOPE }, LETTER).await));
        }
        assert_eq!((found.as_str(), server.connections()), (*expected, *connections), "{name} {without}");
        let taken = expected.chars().filter(|outcome| *outcome == 'a').count();
        assert_eq!(server.letters().len(), taken, "{name} {without}");
    }
}

/// What a new connection did not mend is not tried over a new one each time.
#[tokio::test]
async fn who_puts_off_each_letter_gets_one_connection_more() {
    let server = SmtpServer::start(Setup::default()).await;
    let mut smtp = smtp_to(&server).await;
    assert_eq!(kind(&smtp.send(ENVELOPE, LETTER).await), 'a');
    server.fault(Fault::at(At::Rcpt, Act::reply("450 4.7.1 Greylisted")));
    for _ in 0..10 {
        assert_eq!(kind(&smtp.send(ENVELOPE, LETTER).await), 'l');
    }
    assert_eq!(server.connections(), 2);
}

/// How a set-up is wrong, and what the check says of it: what is found, and the next step.
#[tokio::test]
async fn the_check_says_the_next_step_of_each_broken_set_up() {
    let login = |mechanisms| Some(Login { username: "klachtpost", password: "s3cret", mechanisms });
    let mut said = Vec::new();
    for (name, setup, fault) in [
        ("login by CRAM-MD5 and XOAUTH2 only", Setup { login: login("CRAM-MD5 XOAUTH2"), ..Setup::default() }, None),
        ("no login offered", Setup::default(), None),
        ("a wrong password", wrong_password(), None),
        (
            "an app password is wanted",
            logged_in(),
            refuses(At::Auth, "534 5.7.9 Application-specific password required"),
        ),
        (
            "the login is switched off",
            logged_in(),
            refuses(At::Auth, "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled"),
        ),
        ("TLS first", logged_in(), refuses(At::Auth, "538 5.7.11 Encryption required")),
        ("logins cannot be checked", logged_in(), refuses(At::Auth, "454 4.7.0 Temporary authentication failure")),
        ("a login is needed", logged_in(), refuses(At::Mail, "530 5.7.0 Authentication required")),
        (
            "another sender is wanted",
            logged_in(),
            refuses(At::Mail, "553 5.7.1 Sender address rejected: not owned by user"),
        ),
        (
            "no plus-address as sender",
            logged_in(),
            Some(Fault::at(At::Mail, Act::reply("550 5.7.1 Not your address")).after(1)),
        ),
        ("no relaying", logged_in(), refuses(At::Rcpt, "554 5.7.1 Relay access denied")),
        ("strangers are turned away", logged_in(), refuses(At::Greeting, "554 5.7.1 No service for you")),
        ("too many connections", logged_in(), refuses(At::Greeting, "421 4.7.0 Too many connections")),
    ] {
        let server = SmtpServer::start(setup).await;
        fault.into_iter().for_each(|fault| server.fault(fault));
        let sender = with_login(&server);
        let error = Transport::check(&sender, &ASKED).await.expect_err(name).to_string();
        said.push(format!("{name}:\n  {}", error.replace(&server.port().to_string(), "PORT")));
        assert!(server.letters().is_empty() && !server.commands().iter().any(|line| line == "DATA"), "{name}");
    }
    insta::assert_snapshot!(said.join("\n"));
}

fn logged_in() -> Setup {
    Setup {
        login: Some(Login { username: "klachtpost", password: "s3cret", mechanisms: "PLAIN LOGIN" }),
        ..Setup::default()
    }
}

fn wrong_password() -> Setup {
    Setup {
        login: Some(Login { username: "klachtpost", password: "other", mechanisms: "PLAIN LOGIN" }),
        ..Setup::default()
    }
}

fn refuses(at: At, line: &str) -> Option<Fault> {
    Some(Fault::at(at, Act::reply(line)))
}

fn with_login(server: &SmtpServer) -> Sender {
    let (username, password) = (Some("klachtpost".to_owned()), Some("s3cret".to_owned().into()));
    Sender { username, password, ..settings(server.port()) }
}

#[tokio::test]
async fn the_check_asks_from_both_addresses_and_takes_back_what_it_asked() {
    let server = SmtpServer::start(Setup::default()).await;
    Transport::check(&settings(server.port()), &ASKED).await.unwrap();
    let commands = server.commands();
    let asked: Vec<&str> = commands.iter().skip(1).map(String::as_str).collect();
    assert_eq!(
        asked,
        [
            "MAIL FROM:<klachten@desk.example>",
            "RCPT TO:<klachten@desk.example>",
            "RSET",
            "MAIL FROM:<klachten+kp.2026-1.c.a.b.c@desk.example>",
            "RCPT TO:<klachten@desk.example>",
            "RSET",
            "QUIT"
        ]
    );
}

/// TLS where plain text is spoken, and plain text where TLS is: said at once, with the setting to change.
#[tokio::test]
async fn the_wrong_kind_of_port_is_said_at_once() {
    let ca = PrivateCa::new();
    let tls = ca.certificate_for("localhost").server_config();
    for (protection, security, found, next) in [
        (Protection::None, Security::Tls, "at TLS", "begins in plain text: write security = \"starttls\""),
        (Protection::Tls(tls.clone()), Security::StartTls, "the port speaks TLS", "write security = \"tls\""),
        (Protection::Tls(tls), Security::None, "the port speaks TLS", "write security = \"tls\""),
    ] {
        let server = SmtpServer::start(Setup { protection, ..Setup::default() }).await;
        let sender = Sender { security, ca_file: Some(ca.ca_file()), ..settings(server.port()) };
        let begun = Instant::now();
        let error = Transport::check(&sender, &ASKED).await.unwrap_err().to_string();
        assert!(begun.elapsed() < Duration::from_secs(10), "{error}");
        assert!(error.contains(found) && error.contains(next), "{error}");
    }
}

/// Whoever greets late, and speaks plain text, is waited for.
#[tokio::test]
async fn a_late_greeting_in_plain_text_is_waited_for() {
    let server = SmtpServer::start(Setup::default()).await;
    server.fault(Fault::at(At::Greeting, Act::Late(Duration::from_millis(3_500))).times(1));
    assert_eq!(kind(&smtp_to(&server).await.send(ENVELOPE, LETTER).await), 'a');
    assert!(Deadlines::default().greeting > impatient().greeting);
}

/// A certificate authority that is renewed on the disk is used from the next connection on.
#[tokio::test]
async fn a_renewed_ca_file_needs_no_restart() {
    let (old, new) = (PrivateCa::new(), PrivateCa::new());
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    std::fs::copy(old.ca_file(), &ca_file).unwrap();
    let protection = Protection::Tls(new.certificate_for("localhost").server_config());
    let server = SmtpServer::start(Setup { protection, ..Setup::default() }).await;
    let sender = Sender { security: Security::Tls, ca_file: Some(ca_file.clone()), ..settings(server.port()) };
    let mut smtp = Smtp::open(&sender).await.unwrap();
    assert_eq!(kind(&smtp.send(ENVELOPE, LETTER).await), 'q');
    std::fs::copy(new.ca_file(), &ca_file).unwrap();
    assert_eq!(kind(&smtp.send(ENVELOPE, LETTER).await), 'a');
    std::fs::write(&ca_file, "half a file").unwrap();
    let fresh = Smtp::open(&sender).await.err().expect("told at the start").to_string();
    assert!(fresh.contains("expected certificates in PEM"), "{fresh}");
}

/// A password that was changed is used from the next connection on.
#[tokio::test]
async fn a_changed_password_needs_no_restart() {
    let server = SmtpServer::start(logged_in()).await;
    let right = with_login(&server);
    let wrong = Sender { password: Some("0ld".to_owned().into()), ..right.clone() };
    let mut transport = Transport::open(&wrong).await.unwrap();
    assert_eq!(kind(&transport.send(ENVELOPE, LETTER).await), 'q');
    transport.log_in_as(&right);
    assert_eq!(kind(&transport.send(ENVELOPE, LETTER).await), 'a');
}
