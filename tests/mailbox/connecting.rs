//! Whom we talk to, and how: TLS with a private authority, STARTTLS without a way back, passwords, a server that is away.

use crate::support::certs::{PrivateCa, ServerCertificate};
use crate::support::dovecot::{Dovecot, PASSWORD, Setup, USER, imap_settings};
use crate::support::fake_imap::{Answer, FakeImap};
use crate::{inbox, mail};
use klachtpost::config::{Mailbox as Settings, Security};
use klachtpost::mailbox::{Folder, Mailbox, MailboxError, Remedy};
use std::time::Duration;

/// A Dovecot with a certificate, and the authority that signed it.
struct Secured {
    dovecot: Dovecot,
    authority: PrivateCa,
}

fn secured(certificate: impl Fn(&PrivateCa) -> ServerCertificate) -> Secured {
    let authority = PrivateCa::new();
    let dovecot = Dovecot::start_with(Setup { certificate: Some(certificate(&authority)), ..Setup::default() });
    dovecot.deliver(USER, &mail("veilig"));
    Secured { dovecot, authority }
}

impl Secured {
    fn settings(&self, security: Security) -> Settings {
        let port = if security == Security::Tls { self.dovecot.imaps_port } else { self.dovecot.imap_port };
        Settings { port, security, ca_file: Some(self.authority.ca_file()), ..self.dovecot.settings() }
    }
}

/// The error of an attempt that must fail, with the promise of every error text.
async fn refused(settings: &Settings) -> MailboxError {
    let error = Mailbox::open(settings).await.expect_err("this must not be let in");
    let text = format!("{error} {error:?}");
    assert!(!text.contains(PASSWORD), "{text}");
    error
}

#[tokio::test]
async fn tls_and_starttls_work_with_a_private_authority() {
    for host in ["localhost", "127.0.0.1"] {
        let server = secured(|authority| authority.certificate_for(host));
        for security in [Security::Tls, Security::StartTls] {
            let settings = Settings { host: host.into(), ..server.settings(security) };
            let mut mailbox = Mailbox::open(&settings).await.unwrap();
            assert_eq!(inbox(&mut mailbox).await.len(), 1, "{security:?} {host}");
        }
    }
}

/// Somebody is there: nobody logs in for that, and only a certificate of that name will do.
#[tokio::test]
async fn a_server_is_met_without_a_login() {
    let within = Duration::from_secs(10);
    let server = secured(|authority| authority.certificate_for("127.0.0.1"));
    for security in [Security::Tls, Security::StartTls] {
        let nobody = Settings { password: "fout".to_owned().into(), ..server.settings(security) };
        Mailbox::greets(&nobody, within).await.unwrap();
        let unknown = Settings { ca_file: None, ..nobody };
        assert!(Mailbox::greets(&unknown, within).await.is_err(), "{security:?}");
    }
}

#[tokio::test]
async fn a_certificate_of_a_stranger_or_for_another_host_or_expired_is_refused() {
    let good = secured(|authority| authority.certificate_for("127.0.0.1"));
    let elsewhere = secured(|authority| authority.certificate_for("mail.example.org"));
    let expired = secured(|authority| authority.expired_certificate_for("127.0.0.1"));
    for security in [Security::Tls, Security::StartTls] {
        let stranger = Settings { ca_file: Some(elsewhere.authority.ca_file()), ..good.settings(security) };
        let unknown = Settings { ca_file: None, ..good.settings(security) };
        for settings in [stranger, unknown, elsewhere.settings(security), expired.settings(security)] {
            let error = refused(&settings).await;
            assert!(matches!(error, MailboxError::Tls { .. }), "{error:?}");
            assert_eq!(error.remedy(), Remedy::Operator);
        }
    }
    assert_eq!(good.dovecot.commands(USER).matches("SELECT").count(), 0);
}

#[tokio::test]
async fn starttls_never_falls_back_to_plain_text() {
    let refusing =
        FakeImap::start(|command| (command == "STARTTLS").then(|| Answer::Say("TAG BAD unknown command\r\n".into())));
    let preauth = FakeImap::start_greeting(Answer::Say("* PREAUTH welcome\r\n".into()), |_| None);
    let (refusing, preauth) = (refusing.await, preauth.await);
    for server in [&refusing, &preauth] {
        refused(&fake_settings(server.port, Security::StartTls)).await;
    }
    assert_eq!(refusing.heard(), ["A0001 STARTTLS"]);
    assert!(preauth.heard().is_empty(), "{:?}", preauth.heard());
    let dovecot = Dovecot::start();
    let error = refused(&Settings { security: Security::StartTls, ..dovecot.settings() }).await;
    assert!(matches!(error, MailboxError::Tls { .. }), "{error:?}");
}

/// Each of the two mistakes with a port is told at once, with what to set.
#[tokio::test]
async fn a_port_that_is_of_the_other_kind_is_told_at_once() {
    let server = secured(|authority| authority.certificate_for("127.0.0.1"));
    let settings = |security, port| Settings { port, ..server.settings(security) };
    for (settings, word) in [
        (settings(Security::Tls, server.dovecot.imap_port), "starttls"),
        (settings(Security::None, server.dovecot.imaps_port), "\"tls\""),
        (settings(Security::StartTls, server.dovecot.imaps_port), "\"tls\""),
    ] {
        let began = std::time::Instant::now();
        let error = refused(&settings).await;
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
        assert_eq!(error.remedy(), Remedy::Operator, "{error}");
        let error = error.to_string();
        assert!(error.contains("mailbox.security") && error.contains(word), "{error}");
        assert!(!error.contains("renew"), "{error}");
    }
}

/// A renewed authority needs no restart.
#[tokio::test]
async fn the_authority_is_read_anew_at_each_connection() {
    let server = secured(|authority| authority.certificate_for("127.0.0.1"));
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("ca.pem");
    std::fs::copy(PrivateCa::new().ca_file(), &file).unwrap();
    let settings = Settings { ca_file: Some(file.clone()), ..server.settings(Security::Tls) };
    refused(&settings).await;
    std::fs::copy(server.authority.ca_file(), &file).unwrap();
    Mailbox::open(&settings).await.unwrap();
}

#[tokio::test]
async fn text_injected_before_the_handshake_is_not_believed() {
    let server = FakeImap::start(|command| {
        (command == "STARTTLS").then(|| Answer::Say("TAG OK go\r\nA0001 OK logged in\r\n".into()))
    });
    let server = server.await;
    refused(&fake_settings(server.port, Security::StartTls)).await;
    assert!(!server.heard().iter().any(|line| line.contains("LOGIN")));
}

#[tokio::test]
async fn a_wrong_password_is_told_from_a_server_in_trouble() {
    let dovecot = Dovecot::start();
    let settings = Settings { password: "verkeerd wachtwoord".to_owned().into(), ..dovecot.settings() };
    let error = refused(&settings).await;
    assert!(matches!(error, MailboxError::Refused { .. }), "{error:?}");
    assert_eq!(error.remedy(), Remedy::Operator);
    let text = error.to_string();
    assert!(text.contains("AUTHENTICATIONFAILED") && text.contains("mailbox.password"), "{text}");
    assert!(!text.contains("verkeerd"), "{text}");
    let busy = FakeImap::start(|command| {
        let no = || Answer::Say("TAG NO [UNAVAILABLE] Temporary authentication failure\r\n".into());
        command.starts_with("LOGIN").then(no)
    });
    let error = refused(&fake_settings(busy.await.port, Security::None)).await;
    assert!(matches!(error, MailboxError::Server { .. }), "{error:?}");
    assert_eq!(error.remedy(), Remedy::TryAgain);
}

#[tokio::test]
async fn a_server_that_repeats_the_password_does_not_bring_it_into_the_log() {
    let echo = FakeImap::start(|command| {
        let no = || Answer::Say(format!("TAG NO cannot do {command}\r\n"));
        command.starts_with("LOGIN").then(no)
    });
    refused(&fake_settings(echo.await.port, Security::None)).await;
}

#[tokio::test]
async fn names_and_passwords_may_be_more_than_ascii() {
    let name = "klachten@cliënt.example";
    let dovecot = Dovecot::start();
    let wrong = Settings { username: name.into(), password: "ge\"heim é".to_owned().into(), ..dovecot.settings() };
    assert!(matches!(refused(&wrong).await, MailboxError::Refused { .. }));
    // By the other way of logging in, the right password is right.
    let settings = Settings { username: format!("{USER}@cliënt.example"), ..dovecot.settings() };
    let mut mailbox = Mailbox::open(&settings).await.unwrap();
    assert_eq!(inbox(&mut mailbox).await, []);
}

#[tokio::test]
async fn a_server_that_is_away_is_found_again_when_it_is_back() {
    let mut dovecot = Dovecot::start();
    let settings = dovecot.settings();
    let mut mailbox = Mailbox::open(&settings).await.unwrap();
    dovecot.stop();
    // The process of an open session outlives the server for a moment.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let lost = mailbox.list(Folder::Inbox).await.unwrap_err();
    assert!(matches!(lost, MailboxError::Unreachable { .. }), "{lost:?}");
    // A spent connection says so at once, however often it is asked.
    assert!(matches!(mailbox.list(Folder::Inbox).await, Err(MailboxError::Unreachable { .. })));
    let error = refused(&settings).await;
    assert!(matches!(error, MailboxError::Unreachable { .. }), "{error:?}");
    assert_eq!(error.remedy(), Remedy::TryAgain);
    dovecot.restart();
    dovecot.deliver(USER, &mail("terug"));
    let mut mailbox = Mailbox::open(&settings).await.unwrap();
    assert_eq!(inbox(&mut mailbox).await.len(), 1);
}

/// Settings for a scripted server.
pub fn fake_settings(port: u16, security: Security) -> Settings {
    Settings { security, ..imap_settings(port) }
}
