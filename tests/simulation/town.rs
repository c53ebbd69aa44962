//! A town with one complaints desk: its Maildir, its SMTP server, its register, and a clock that is set by hand. The desk's
//! own steps do the work, one at a time.

use crate::slow::Moment;
use crate::support::postgres;
use crate::support::smtp::{Received, Setup, SmtpServer};
use klachtpost::case::CaseNumber;
use klachtpost::clock::Clock;
use klachtpost::config;
use klachtpost::daemon::{Office, Round, Sender, Step, take_in, tick};
use klachtpost::mail::{self, Mail};
use klachtpost::mailbox::Mailbox;
use klachtpost::register::{OnlyDaemon, Register};
use std::fs::File;
use std::future::Future;
use std::io::Write;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use tempfile::TempDir;

pub const DESK: &str = "klachten@lease.example";
pub const RECEPTION: &str = "receptie@lease.example";
/// Rounds of one step of the clock; more would be a loop.
const ROUNDS_MAX: usize = 1_000;

pub struct Town {
    dir: TempDir,
    clock: Clock,
    pub smtp: SmtpServer,
    taken: usize,
    delivered: usize,
    pub office: Arc<Office>,
    at_work: Option<AtWork>,
}

/// What a running desk holds and a dead one does not.
struct AtWork {
    mailbox: Mailbox,
    sender: Sender,
    _only: OnlyDaemon,
}

/// How staff prove who they are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The mail server says nothing about senders, and the operator accepts that.
    Accepted,
    /// The mail server's own header does.
    Headers,
}

impl AtWork {
    async fn begin(office: &Office) -> Self {
        let only = office.register.only_daemon(&office.config.register.url).await.unwrap();
        let mailbox = Mailbox::open(&office.config.mailbox).await.unwrap();
        Self { mailbox, sender: Sender::new(office).await.unwrap(), _only: only }
    }

    async fn work(&mut self, office: &Arc<Office>) {
        take_in(office, &mut self.mailbox).await.unwrap();
        for round in 0.. {
            assert!(round < ROUNDS_MAX, "it never has enough");
            let ticked = tick(office).await.unwrap();
            let sent = self.sender.send_due(office).await.unwrap();
            if ticked == Step::Idle && sent != Round::Worked {
                break;
            }
        }
    }
}

/// A letter that came to somebody.
#[derive(Clone)]
pub struct Got {
    pub to: String,
    pub at: Moment,
    pub mail: Mail,
}

impl Got {
    /// The case's number in the subject; empty for none.
    pub fn number(&self) -> String {
        let subject = &self.mail.subject;
        let Some(at) = subject.find("K-2026-") else { return String::new() };
        subject[at..].chars().take_while(|c| c.is_alphanumeric() || *c == '-').collect()
    }

    pub fn id(&self) -> String {
        self.mail.message_id.clone().expect("our letters have one")
    }
}

impl Town {
    pub async fn found(at: Moment, proof: Proof) -> Self {
        Self::found_as(DESK, at, proof).await
    }

    /// A town whose desk has that address.
    pub async fn found_as(desk: &str, at: Moment, proof: Proof) -> Self {
        // In memory where there is such a folder: a simulated month is years of waiting for a disk.
        let memory = Path::new("/dev/shm");
        let dir = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
        let smtp = SmtpServer::start(Setup::default()).await;
        let clock = Clock::at(at);
        let office = Office::open(settings(desk, dir.path(), smtp.port(), proof), clock.clone()).await.unwrap();
        let office = Arc::new(Office { program: env!("CARGO_BIN_EXE_klachtpost").into(), ..office });
        let at_work = Some(AtWork::begin(&office).await);
        Self { dir, clock, smtp, taken: 0, delivered: 0, office, at_work }
    }

    /// A mail arrives at the desk's server at that moment, whether the desk is at work or not.
    pub fn deliver(&mut self, raw: &[u8], at: Moment) {
        self.delivered += 1;
        let new = self.dir.path().join("inbox/new");
        std::fs::create_dir_all(&new).unwrap();
        let name = format!("{}.{}.sim", at.timestamp_millis(), self.delivered);
        let mut file = File::create(new.join(name)).unwrap();
        file.write_all(raw).unwrap();
        file.set_modified(at.into()).unwrap();
    }

    /// The desk does all there is to do at that moment; what came out.
    pub async fn work(&mut self, at: Moment) -> Vec<Got> {
        self.work_raw(at).await.into_iter().map(|(letter, _)| letter).collect()
    }

    /// The same, each letter with its bytes.
    pub async fn work_raw(&mut self, at: Moment) -> Vec<(Got, Vec<u8>)> {
        self.clock.set(at);
        let mut at_work = match self.at_work.take() {
            Some(at_work) => at_work,
            None => AtWork::begin(&self.office).await,
        };
        at_work.work(&self.office).await;
        self.at_work = Some(at_work);
        self.came(at)
    }

    /// The desk works and dies after so many awaits, wherever that is; then its register is opened anew.
    pub async fn die_after(&mut self, at: Moment, awaits: u64) -> Vec<(Got, Vec<u8>)> {
        self.clock.set(at);
        let mut at_work = match self.at_work.take() {
            Some(at_work) => at_work,
            None => AtWork::begin(&self.office).await,
        };
        {
            let mut work = pin!(at_work.work(&self.office));
            let mut left = awaits;
            std::future::poll_fn(|context| {
                if left == 0 {
                    return Poll::Ready(());
                }
                left -= 1;
                work.as_mut().poll(context)
            })
            .await;
        }
        drop(at_work);
        self.office.register.close().await;
        let url = self.office.config.register.url.clone();
        let old = Arc::get_mut(&mut self.office).expect("nobody else works here");
        old.register = Register::open(&url).await.unwrap();
        self.came(at)
    }

    fn came(&mut self, at: Moment) -> Vec<(Got, Vec<u8>)> {
        let letters = self.smtp.letters_from(self.taken);
        self.taken += letters.len();
        let got = |letter: Received| {
            let mail = mail::read(&letter.bytes, "");
            (Got { to: letter.to, at, mail }, letter.bytes)
        };
        letters.into_iter().map(got).collect()
    }

    /// Letters that can be in flight at once.
    pub fn connections(&self) -> usize {
        self.office.config.sender.connections
    }

    pub fn delivered(&self) -> usize {
        self.delivered
    }

    /// What a letter of a case is, as the register names it.
    pub async fn kind(&self, letter: &Got) -> String {
        let number: CaseNumber = letter.number().parse().expect("a number");
        let rows = self.office.register.letters(Some(number), &[]).await.unwrap();
        let row = rows.into_iter().find(|row| row.message_id == letter.id());
        row.expect("it came from the outbox").kind.name().to_owned()
    }
}

fn settings(desk: &str, dir: &Path, smtp_port: u16, proof: Proof) -> config::Config {
    let proof = match proof {
        Proof::Accepted => "accept_unproven_staff = true",
        Proof::Headers => "trusted_authserv_id = \"mx.lease.example\"",
    };
    let sample = include_str!("../../config/klachtpost.toml");
    let departments = &sample[sample.find("[[department]]").expect("departments")..];
    let text = format!(
        "[desk]\nname = \"Voorbeeld Lease\"\naddress = \"{desk}\"\nemployees = [\"{RECEPTION}\"]\n\
         [mailbox]\nkind = \"maildir\"\npath = \"{dir}/inbox\"\n{proof}\n\
         [sender]\nhost = \"127.0.0.1\"\nport = {smtp_port}\nsecurity = \"none\"\n\
         [register]\nurl = \"sqlite:{dir}/klachtpost.db\"\n\
         [digest]\nrecipients = [\"directie@lease.example\"]\n\
         [committee]\nname = \"Geschillencommissie\"\nurl = \"https://commissie.example/\"\n\
         [closing]\ncauses = [\"planning\"]\n{departments}",
        dir = dir.display()
    );
    config::from_toml(&postgres::adapted(text), "the simulation's settings").unwrap()
}
