//! One desk of many on the same Dovecot: a user's mailbox, a folder with settings and register, and an SMTP server that
//! remembers all it took. A desk can be copied as it stands, so that each kill begins from the same moment.

use crate::support::dovecot::{Dovecot, PASSWORD, Setup};
use crate::support::postgres;
use crate::support::smtp::{self, SmtpServer};
use crate::world::{AUTHSERV, DESK, PATIENCE};
use sqlx::{AnyConnection, Connection};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use tempfile::TempDir;
use tokio::process::Command;

/// Letters in flight at most: a kill repeats no more than these.
pub const CONNECTIONS: usize = 2;
/// Starts of one piece of work: the kills asked for, the attempts at poisonous mails, and the one that ends it.
const STARTS_MAX: usize = 30;

/// A Dovecot with a mailbox for each desk.
pub fn mail_host(desks: usize) -> Dovecot {
    Dovecot::start_with(Setup { users: (0..desks).map(user_of).collect(), ..Setup::default() })
}

fn user_of(desk: usize) -> String {
    format!("desk{desk}")
}

pub struct Scene {
    pub user: String,
    pub dir: TempDir,
    pub smtp: SmtpServer,
    /// Where letters go, if not there.
    other_server: Option<u16>,
    /// Where the register is, if not there.
    other_register: Option<String>,
}

/// How a process of the program ended.
pub struct Ended {
    pub status: ExitStatus,
    pub log: String,
}

impl Ended {
    pub fn is_killed(&self) -> bool {
        self.status.signal() == Some(9)
    }

    pub fn is_aborted(&self) -> bool {
        self.status.signal() == Some(6)
    }
}

impl Scene {
    /// A desk that was never opened.
    pub async fn new(host: &Dovecot, desk: usize) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let scene = Self {
            user: user_of(desk),
            dir,
            smtp: SmtpServer::start(smtp::Setup::default()).await,
            other_server: None,
            other_register: None,
        };
        scene.settle(host);
        scene
    }

    /// Another desk that stands where this one stands; its SMTP server has taken nothing yet.
    pub async fn copy(&self, host: &Dovecot, desk: usize) -> Self {
        let copy = Self {
            user: user_of(desk),
            dir: tempfile::tempdir().unwrap(),
            smtp: SmtpServer::start(smtp::Setup::default()).await,
            other_server: None,
            other_register: None,
        };
        copy_folder(self.dir.path(), copy.dir.path()).await;
        // With moments and owners: the moment is when the mail was received.
        copy_folder(&host.maildir(&self.user), &host.maildir(&copy.user)).await;
        if postgres::is_on() {
            postgres::copy_database(&self.register(), &copy.register());
        }
        let _ = std::fs::remove_file(copy.ledger());
        copy.settle(host);
        copy
    }

    pub fn register(&self) -> PathBuf {
        self.dir.path().join("klachtpost.db")
    }

    pub fn url(&self) -> String {
        self.other_register.clone().unwrap_or_else(|| postgres::register_url(&self.register()))
    }

    /// The same desk with its register elsewhere.
    pub fn at(self, url: String) -> Self {
        let file = self.dir.path().join("klachtpost.toml");
        let settings = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, settings.replace(&self.url(), &url)).unwrap();
        Self { other_register: Some(url), ..self }
    }

    pub fn ledger(&self) -> PathBuf {
        self.dir.path().join("passages")
    }

    /// The crash points passed so far.
    pub fn passages(&self) -> Vec<String> {
        std::fs::read_to_string(self.ledger()).unwrap_or_default().lines().map(str::to_owned).collect()
    }

    /// From now on letters go to the server at that port.
    pub fn sends_to(&mut self, port: u16, host: &Dovecot) {
        self.other_server = Some(port);
        self.settle(host);
    }

    fn settle(&self, host: &Dovecot) {
        let manual = include_str!("../../config/klachtpost.toml");
        let departments = &manual[manual.find("[[department]]").unwrap()..];
        let settings = format!(
            "[desk]\nname = \"Voorbeeld Lease\"\naddress = \"{DESK}\"\n\
             [mailbox]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\nusername = \"{}\"\n\
             password = \"{PASSWORD}\"\ntrusted_authserv_id = \"{AUTHSERV}\"\n\
             [sender]\nhost = \"localhost\"\nport = {}\nsecurity = \"none\"\nconnections = {CONNECTIONS}\n\
             [register]\nurl = \"sqlite:{}\"\n\
             [digest]\nat = \"00:00\"\nworking_days_only = false\nrecipients = [\"directie@lease.example\"]\n\n\
             {departments}",
            host.imap_port,
            self.user,
            self.other_server.unwrap_or(self.smtp.port()),
            self.register().display()
        );
        std::fs::write(self.dir.path().join("klachtpost.toml"), postgres::adapted(settings)).unwrap();
    }

    /// The program, with no settings but the desk's.
    pub fn command(&self, arguments: &[&str]) -> Command {
        self.command_of(Path::new(env!("CARGO_BIN_EXE_klachtpost")), arguments)
    }

    pub fn command_of(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("KLACHTPOST")) {
            command.env_remove(name);
        }
        command.env("KLACHTPOST_CONFIG", self.dir.path().join("klachtpost.toml"));
        command.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    /// One round of work, killed at these passages.
    pub async fn once(&self, fatal: &[usize]) -> Ended {
        let mut command = self.command(&["run", "--once"]);
        let fatal: Vec<String> = fatal.iter().map(ToString::to_string).collect();
        command.env("KLACHTPOST_CRASH_LEDGER", self.ledger()).env("KLACHTPOST_CRASH_AT", fatal.join(","));
        end_of(command).await
    }

    /// Starts again and again until a round ends well. Returns how often it was killed.
    pub async fn work(&self, fatal: &[usize]) -> usize {
        let mut kills = 0;
        for _ in 0..STARTS_MAX {
            let ended = self.once(fatal).await;
            match ended.status.code() {
                Some(0) => return kills,
                Some(code) => panic!("{}: exit {code} at {fatal:?}\n{}", self.user, ended.log),
                None if ended.is_killed() => kills += 1,
                None => assert!(ended.is_aborted(), "{}: {}\n{}", self.user, ended.status, ended.log),
            }
        }
        panic!("{}: {STARTS_MAX} starts and no end at {fatal:?}", self.user)
    }

    /// What a subcommand prints; it must end well.
    pub async fn said(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().await.unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{arguments:?}: {text}{}", String::from_utf8_lossy(&output.stderr));
        text
    }

    /// A connection of the test's own to the register.
    pub async fn open(&self) -> AnyConnection {
        sqlx::any::install_default_drivers();
        AnyConnection::connect(&self.url()).await.unwrap()
    }
}

/// Runs a command of the program to its end.
pub async fn end_of(mut command: Command) -> Ended {
    let log = tempfile::NamedTempFile::new().unwrap();
    let said = || String::from_utf8_lossy(&std::fs::read(log.path()).unwrap()).into_owned();
    let mut program = command.stdout(Stdio::null()).stderr(log.reopen().unwrap()).spawn().unwrap();
    let ended = tokio::time::timeout(PATIENCE, program.wait()).await;
    let status = ended.unwrap_or_else(|_| panic!("the program does not end:\n{}", said())).unwrap();
    Ended { status, log: said() }
}

/// `<from>/.` into the folder that is there, as it is.
async fn copy_folder(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").arg(from.join(".")).arg(to).status().await.unwrap();
    assert!(copied.success(), "cp -a {} {}", from.display(), to.display());
}
