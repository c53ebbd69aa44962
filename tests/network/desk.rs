//! A desk in this process, with proxies before its two servers: a round in which something goes wrong, a round in which
//! nothing does, and what must be true after both.

use crate::support::certs::PrivateCa;
use crate::support::dovecot::{self, Dovecot, PASSWORD, USER};
use crate::support::postgres;
use crate::support::proxy::{Dialect, Proxy};
use crate::support::smtp::{Protection, Setup, SmtpServer};
use chrono::TimeDelta;
use klachtpost::clock::Clock;
use klachtpost::config;
use klachtpost::daemon::{Office, Round, Sender, WorkError, take_in};
use klachtpost::mailbox::{self, Mailbox};
use klachtpost::outbox::smtp;
use klachtpost::register::{CaseQuery, LetterState};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tempfile::TempDir;

/// No round may take longer, whatever happens in it: each wait of it is far shorter.
const HANGS: Duration = Duration::from_secs(60);
/// Mails of one round: two, because what goes for the first must not go for the second.
pub const MAILS: usize = 2;
/// A wait that servers on this machine keep by far, and a test can let pass.
const SHORT: Duration = Duration::from_millis(300);
/// Rounds of sending after which a queue that goes on is not going to end.
const ROUNDS: usize = 50;

/// A desk with its servers.
pub struct Desk {
    pub dovecot: Dovecot,
    pub imap: Proxy,
    pub smtp: SmtpServer,
    pub out: Proxy,
    pub office: Arc<Office>,
    pub clock: Clock,
    _dir: TempDir,
    delivered: AtomicU64,
}

/// How a letter may have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeats {
    None,
    /// One letter came twice, byte for byte the same: nobody knew whether the server had taken it.
    One,
}

/// How often each letter arrived at the server, by its Message-ID; where what was armed left letters refused.
pub struct Before {
    letters: usize,
    cases: usize,
    filed: usize,
}

impl Desk {
    pub async fn open() -> Self {
        Self::open_with("").await
    }

    /// With further settings.
    pub async fn open_with(more: &str) -> Self {
        let dovecot = Dovecot::start();
        let smtp = SmtpServer::start(Setup::default()).await;
        let imap = Proxy::start(Dialect::Imap, dovecot.imap_port).await;
        let out = Proxy::start(Dialect::Smtp, smtp.port()).await;
        let dir = tempfile::tempdir().unwrap();
        let clock = Clock::at(Clock::System.now());
        let servers =
            [imap.port, out.port].map(|port| format!("host = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\""));
        let office = office(&dir, &clock, &servers, more).await;
        Self { dovecot, imap, smtp, out, office, clock, _dir: dir, delivered: AtomicU64::new(0) }
    }

    /// Both servers under TLS, so that the proxies see bytes only.
    pub async fn open_secured() -> Self {
        let authority = PrivateCa::new();
        let certificate = || authority.certificate_for("localhost");
        let dovecot = Dovecot::start_with(dovecot::Setup { certificate: Some(certificate()), ..Default::default() });
        let protection = Protection::Tls(certificate().server_config());
        let smtp = SmtpServer::start(Setup { protection, ..Setup::default() }).await;
        let imap = Proxy::start(Dialect::Opaque, dovecot.imaps_port).await;
        let out = Proxy::start(Dialect::Opaque, smtp.port()).await;
        let dir = tempfile::tempdir().unwrap();
        let ca_file = dir.path().join("ca.pem");
        std::fs::copy(authority.ca_file(), &ca_file).unwrap();
        let clock = Clock::at(Clock::System.now());
        let servers = [imap.port, out.port].map(|port| {
            format!("host = \"localhost\"\nport = {port}\nsecurity = \"tls\"\nca_file = \"{}\"", ca_file.display())
        });
        let office = office(&dir, &clock, &servers, "").await;
        Self { dovecot, imap, smtp, out, office, clock, _dir: dir, delivered: AtomicU64::new(0) }
    }

    /// Mails arrive, each of another customer; their subjects.
    pub fn deliver(&self) -> Vec<String> {
        let subjects = (0..MAILS).map(|_| {
            let number = self.delivered.fetch_add(1, Ordering::Relaxed);
            let mail = format!(
                "From: Klant {number} <klant{number}@klant{number}.example>\r\nTo: klachten@lease.example\r\n\
                 Message-ID: <m{number}@klant.example>\r\nDate: Mon, 23 Nov 2026 09:00:00 +0100\r\n\
                 Subject: Schade {number}\r\n\r\nEr zit een deuk in de deur.\r\nWie betaalt dat?\r\n"
            );
            self.dovecot.deliver(USER, mail.as_bytes());
            format!("Schade {number}")
        });
        subjects.collect()
    }

    /// Takes in and sends with short waits. What goes wrong comes back; that it comes back at all is the first thing.
    pub async fn round(&self, imap: mailbox::Deadlines, smtp: smtp::Deadlines) -> (Result<(), WorkError>, Vec<Round>) {
        let work = async {
            let taken_in = take_in_within(&self.office, imap).await;
            (taken_in, send_within(&self.office, smtp).await)
        };
        let done = tokio::time::timeout(HANGS, work).await.expect("the round ends");
        // Whatever waits for the next attempt is due by then.
        self.clock.set(self.clock.now() + TimeDelta::hours(3));
        done
    }

    /// Whatever comes of it; with the short waits so many times as long.
    pub async fn faulty_round_with(&self, patience: u32) {
        let _ = self.round(short_imap_times(patience), short_smtp_times(patience)).await;
    }

    /// A round on servers that behave; it must do everything that is left.
    pub async fn clean_round(&self) {
        self.imap.behave();
        self.out.behave();
        self.smtp.clear_faults();
        let (taken_in, rounds) = self.round(mailbox::Deadlines::default(), smtp::Deadlines::default()).await;
        taken_in.unwrap();
        assert_eq!(rounds.last(), Some(&Round::Idle), "{rounds:?}");
    }

    pub async fn before(&self) -> Before {
        Before {
            letters: self.smtp.letters().len(),
            cases: self.office.register.cases(CaseQuery::All).all().await.unwrap().len(),
            filed: self.dovecot.mails(USER, ".Verwerkt").len(),
        }
    }

    /// Each mail is one case and is filed away once.
    pub async fn assert_registered(&self, before: &Before, subjects: &[String], what: &str) {
        let cases = self.office.register.cases(CaseQuery::All).all().await.unwrap();
        assert_eq!(cases.len(), before.cases + subjects.len(), "{what}: cases");
        for subject in subjects {
            assert_eq!(cases.iter().filter(|case| case.subject == *subject).count(), 1, "{what}: {subject}");
        }
        assert!(self.dovecot.mails(USER, "").is_empty(), "{what}: mails are left in the inbox");
        let filed = self.dovecot.mails(USER, ".Verwerkt").len();
        assert_eq!(filed, before.filed + subjects.len(), "{what}: mails in the folder for handled mail");
    }

    /// Each letter came, at most one of them twice and then the same: what was in flight when the connection broke.
    pub async fn assert_sent_at_least_once(&self, before: &Before, what: &str) {
        let twice = self.came(before, what).values().any(|copies| copies.len() > 1);
        self.assert_sent(before, if twice { Repeats::One } else { Repeats::None }, what).await;
    }

    /// The letters that came since, by Message-ID: an acknowledgement and a notification for each mail.
    fn came(&self, before: &Before, what: &str) -> BTreeMap<String, Vec<Vec<u8>>> {
        let mut came: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
        for letter in &self.smtp.letters()[before.letters..] {
            came.entry(message_id(&letter.text())).or_default().push(letter.bytes.clone());
        }
        assert_eq!(came.len(), 2 * MAILS, "{what}: letters");
        came
    }

    /// Each letter was accepted, and came once but for what is expected.
    pub async fn assert_sent(&self, before: &Before, repeats: Repeats, what: &str) {
        for state in [LetterState::Queued, LetterState::Leased, LetterState::Refused, LetterState::Held] {
            assert_eq!(self.office.register.count_letters(state).await.unwrap(), 0, "{what}: {state:?}");
        }
        let came = self.came(before, what);
        let repeated: Vec<_> = came.values().filter(|copies| copies.len() > 1).collect();
        let expected = usize::from(repeats == Repeats::One);
        assert_eq!(repeated.len(), expected, "{what}: letters that came more than once");
        for copies in repeated {
            assert_eq!(copies.len(), 2, "{what}");
            assert_eq!(copies[0], copies[1], "{what}: a repeat is the same, byte for byte");
        }
    }
}

pub fn message_id(letter: &str) -> String {
    let line = letter.lines().find(|line| line.starts_with("Message-ID:"));
    line.unwrap_or_else(|| panic!("no Message-ID in {letter}")).to_owned()
}

/// One look into the mailbox with these waits.
pub async fn take_in_within(office: &Arc<Office>, waits: mailbox::Deadlines) -> Result<(), WorkError> {
    let mut mailbox = Mailbox::open_within(&office.config.mailbox, waits).await?;
    take_in(office, &mut mailbox).await?;
    mailbox.close().await;
    Ok(())
}

/// Empties the outbox with these waits; what each round came to.
pub async fn send_within(office: &Arc<Office>, waits: smtp::Deadlines) -> Vec<Round> {
    office.register.hurry(office.clock.now()).await.unwrap();
    let mut sender = Sender::new_within(office, waits).await.unwrap();
    let mut rounds = Vec::new();
    while rounds.len() < ROUNDS {
        let round = sender.send_due(office).await.unwrap();
        rounds.push(round);
        if round != Round::Worked {
            break;
        }
    }
    sender.close().await;
    rounds
}

/// Waits that a test can let pass.
pub fn short_imap() -> mailbox::Deadlines {
    short_imap_times(1)
}

pub fn short_smtp() -> smtp::Deadlines {
    short_smtp_times(1)
}

pub fn short_imap_times(patience: u32) -> mailbox::Deadlines {
    let short = SHORT * patience;
    let (idle, goodbye) = (short, Duration::from_millis(50));
    mailbox::Deadlines { connect: short, command: short, transfer: short, idle, goodbye }
}

pub fn short_smtp_times(patience: u32) -> smtp::Deadlines {
    let short = SHORT * patience;
    // Longer: on a busy machine a reply that comes late would be taken for none, and that letter for perhaps taken.
    let final_dot = short * 5;
    smtp::Deadlines {
        connect: short,
        tls: short,
        greeting: short,
        login: short,
        command: short,
        data: short,
        final_dot,
        slowest_line: 1_000_000,
    }
}

/// Settings and register in that folder; lines of the two servers, and further ones.
pub async fn office(dir: &TempDir, clock: &Clock, [imap, smtp]: &[String; 2], more: &str) -> Arc<Office> {
    let settings = format!(
        "[desk]\nname = \"Voorbeeld Lease\"\naddress = \"klachten@lease.example\"\n\
         [mailbox]\n{imap}\nusername = \"{USER}\"\n\
         password = \"{PASSWORD}\"\naccept_unproven_staff = true\n\
         [sender]\n{smtp}\nconnections = 1\n\
         [register]\nurl = \"sqlite:{}\"\n{more}\n\
         [[department]]\nname = \"schade\"\ntitle = \"Schade\"\naddress = \"schade@lease.example\"\n\
         supervisor = \"s.bakker@lease.example\"\nfallback = true\n",
        dir.path().join("klachtpost.db").display()
    );
    let config = config::from_toml(&postgres::adapted(settings), "test").unwrap();
    let office = Office::open(config, clock.clone()).await.unwrap();
    Arc::new(Office { program: env!("CARGO_BIN_EXE_klachtpost").into(), ..office })
}
