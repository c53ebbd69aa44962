//! The world of one story: a Dovecot with everybody's mailbox, the settings file, the SQLite file, and the real program
//! run on them. The server that sends is the story's own choice.

use crate::letter::Letter;
use crate::support::dovecot::{Dovecot, PASSWORD, Setup, USER};
use crate::support::imap_reader;
use crate::support::other_smtp::{Kind, OtherSmtp};
use crate::support::postfix::Postfix;
use crate::support::postgres;
use crate::support::signals::{hang_up, terminate};
use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::{Duration, Instant, SystemTime};
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// The complaints address, and the server whose word on senders counts.
pub const DESK: &str = "klachten@lease.example";
pub const AUTHSERV: &str = "mx.post.example";
/// Everybody with a mailbox beside the desk: departments, supervisors, a handler, the management, the operator, customers.
pub const PEOPLE: &[&str] = &[
    "schade",
    "onderhoud",
    "facturatie",
    "contract",
    "levering",
    "klantenservice",
    "s.bakker",
    "r.jansen",
    "k.smit",
    "a.dekker",
    "h.vandijk",
    "e.hendriks",
    "j.devries",
    "receptie",
    "directie",
    "beheer",
    "privacy",
    "advocaat",
    "jan.jansen",
    "emma.brown",
    "mallory",
    // Further complaints addresses, where there are several.
    "zakelijk",
    "verhuur",
];
/// Longest wait for something that must happen, on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// The longest any subcommand may take.
const COMMAND_PATIENCE: Duration = Duration::from_secs(300);

/// A running mail host and the desk's settings.
pub struct World {
    pub dovecot: Dovecot,
    dir: TempDir,
    /// The server that letters go through, where it is not the test's own.
    postfix: Option<Postfix>,
    other: Option<OtherSmtp>,
}

/// What differs from the plain settings of a story: lines for `[mailbox]` and `[sender]`, in place of the plain ones.
#[derive(Default)]
pub struct Differs {
    pub mailbox: Option<String>,
    pub sender: Option<String>,
}

/// What a subcommand came to.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub log: String,
}

/// Everybody's address.
fn addresses() -> Vec<String> {
    let address = |name: &&str| match *name {
        "jan.jansen" | "emma.brown" | "mallory" | "advocaat" => format!("{name}@klant.example"),
        _ => format!("{name}@lease.example"),
    };
    PEOPLE.iter().map(address).collect()
}

impl World {
    /// A mail host without TLS.
    pub fn start() -> Self {
        Self::start_with(Setup::default())
    }

    pub fn start_with(setup: Setup) -> Self {
        let users = PEOPLE.iter().map(ToString::to_string).collect();
        Self {
            dovecot: Dovecot::start_with(Setup { users, ..setup }),
            dir: tempfile::tempdir().unwrap(),
            postfix: None,
            other: None,
        }
    }

    /// A mail host whose letters go through Postfix into the mailboxes that Dovecot serves.
    pub fn with_postfix() -> Self {
        let mut world = Self::start();
        let addresses = addresses();
        let postfix = Postfix::start(&world.homes(), &addresses.iter().map(String::as_str).collect::<Vec<_>>());
        world.settle(postfix.port());
        world.postfix = Some(postfix);
        world
    }

    /// As [`World::with_postfix`], through another server.
    pub fn with_other(kind: Kind) -> Self {
        let mut world = Self::start();
        let mut addresses = addresses();
        addresses.push(DESK.to_owned());
        let other = OtherSmtp::start(kind, &world.homes(), &addresses.iter().map(String::as_str).collect::<Vec<_>>());
        world.settle(other.port());
        world.other = Some(other);
        world
    }

    /// The folder above everybody's home, for a server that delivers.
    pub fn homes(&self) -> PathBuf {
        self.dovecot.maildir(USER).parent().and_then(Path::parent).unwrap().to_owned()
    }

    pub fn settings_file(&self) -> PathBuf {
        self.dir.path().join("klachtpost.toml")
    }

    pub fn register_url(&self) -> String {
        postgres::register_url(&self.dir.path().join("klachtpost.db"))
    }

    /// A file of the story's own.
    pub fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes the settings file; letters go to the SMTP server at that port.
    pub fn settle(&self, smtp_port: u16) {
        self.settle_with(smtp_port, Differs::default());
    }

    pub fn settle_with(&self, smtp_port: u16, differs: Differs) {
        let manual = include_str!("../../config/klachtpost.toml");
        let departments = &manual[manual.find("[[department]]").unwrap()..];
        let plain_mailbox =
            || format!("host = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\n", self.dovecot.imap_port);
        let plain_sender = || format!("host = \"localhost\"\nport = {smtp_port}\nsecurity = \"none\"\n");
        let (mailbox, sender) =
            (differs.mailbox.unwrap_or_else(plain_mailbox), differs.sender.unwrap_or_else(plain_sender));
        let settings = format!(
            "[desk]\nname = \"Voorbeeld Lease\"\naddress = \"{DESK}\"\nemployees = [\"receptie@lease.example\"]\n\
             [paper]\naddress = [\"Postbus 100\"]\npostcode_and_place = \"3800 AC  Amersfoort\"\n\
             [mailbox]\n{mailbox}username = \"{USER}\"\npassword = \"{PASSWORD}\"\npoll_seconds = 3600\n\
             trusted_authserv_id = \"{AUTHSERV}\"\n\
             [sender]\n{sender}\
             [register]\nurl = \"sqlite:{}\"\n\
             [digest]\nrecipients = [\"directie@lease.example\"]\n\
             [closing]\n\
             [committee]\nname = \"Geschillencommissie Keurmerk Private Lease\"\nurl = \"https://commissie.example/klacht\"\n\n\
             {departments}",
            self.dir.path().join("klachtpost.db").display()
        );
        write_private(&self.settings_file(), &postgres::adapted(settings));
    }

    /// A mail arrives at the complaints address.
    pub fn deliver(&self, mail: &[u8]) {
        self.dovecot.deliver(USER, mail);
    }

    /// A mail that the company's server received at that moment.
    pub fn deliver_at(&self, mail: &[u8], received: SystemTime) {
        self.dovecot.deliver_at(USER, mail, received);
    }

    /// Puts lines into a section of the settings.
    pub fn set(&self, section: &str, lines: &str) {
        let settings = std::fs::read_to_string(self.settings_file()).unwrap();
        let header = format!("[{section}]\n");
        assert!(settings.contains(&header), "{section}");
        std::fs::write(self.settings_file(), settings.replacen(&header, &format!("{header}{lines}\n"), 1)).unwrap();
    }

    /// A subcommand that is yet to be started, with nothing of klachtpost's in its environment but the settings file.
    pub fn command(&self, arguments: &[&str]) -> Command {
        self.command_of(Path::new(env!("CARGO_BIN_EXE_klachtpost")), arguments)
    }

    /// The same of another build of the program.
    pub fn command_of(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.dir.path()).kill_on_drop(true);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("KLACHTPOST")) {
            command.env_remove(name);
        }
        command.env("KLACHTPOST_CONFIG", self.settings_file());
        command
    }

    /// Runs a subcommand to its end.
    pub async fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with_input(arguments, b"").await
    }

    /// `check` with [`World::own_settings`].
    pub async fn check(&self) -> Ran {
        self.run(&["--config", &self.own_settings(), "check"]).await
    }

    /// The settings as they are, in a file of a company whose names are its own and not the sample's.
    pub fn own_settings(&self) -> String {
        let settings = std::fs::read_to_string(self.settings_file()).unwrap();
        let own = settings.replace("lease.example", "eigen.example").replace("Voorbeeld Lease", "Eigen Lease");
        let file = self.file("own.toml");
        write_private(&file, &own);
        file.display().to_string()
    }

    /// The same, with bytes on standard input.
    pub async fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Ran {
        let input_file = self.file("input");
        std::fs::write(&input_file, input).unwrap();
        let mut command = self.command(arguments);
        command.stdin(std::fs::File::open(input_file).unwrap());
        let ended = tokio::time::timeout(COMMAND_PATIENCE, command.output()).await;
        let Output { status, stdout, stderr } = ended.expect("the command ends in time").unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ran { code: status.code().unwrap_or(-1), out: text(stdout), log: text(stderr) }
    }

    /// One round of the daemon's work, which must end well.
    pub async fn work(&self) {
        let ran = self.run(&["run", "--once"]).await;
        assert_eq!(ran.code, 0, "{}", ran.log);
        self.delivered().await;
    }

    /// Waits until all that Postfix took lies in the mailboxes: it says 250 before that.
    pub async fn delivered(&self) {
        if let Some(postfix) = &self.postfix {
            until("an empty queue", || (postfix.queued() == 0).then_some(())).await;
        }
    }

    /// Starts the daemon.
    pub fn daemon(&self) -> Daemon {
        let log = self.file("daemon.log");
        let file = std::fs::File::options().create(true).append(true).open(&log).unwrap();
        let mut command = self.command(&["run"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(file);
        Daemon { process: command.spawn().unwrap(), log }
    }

    /// What a subcommand prints, one JSON object a line.
    pub async fn json(&self, arguments: &[&str]) -> Vec<Value> {
        let ran = self.run(arguments).await;
        assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.log);
        ran.out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
    }

    pub async fn cases(&self) -> Vec<Value> {
        self.json(&["case", "list", "--json"]).await
    }

    pub async fn case(&self, number: &str) -> Value {
        self.json(&["case", "show", number, "--json"]).await.remove(0)
    }

    pub async fn outbox(&self) -> Vec<Value> {
        self.json(&["outbox", "list", "--json"]).await
    }

    /// Asserts that `verify` finds the past unchanged.
    pub async fn verify(&self) {
        let ran = self.run(&["verify"]).await;
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.log);
    }

    /// Somebody's inbox over IMAP, oldest first.
    pub fn letters(&self, user: &str) -> Vec<Letter> {
        imap_reader::inbox(self.dovecot.imap_port, user).into_iter().map(Letter::of).collect()
    }

    /// The same, once there are that many: a server delivers in its own time.
    pub async fn letters_once(&self, user: &str, count: usize) -> Vec<Letter> {
        let what = format!("{count} letters for {user}");
        until(&what, || Some(self.letters(user)).filter(|letters| letters.len() >= count)).await;
        let letters = self.letters(user);
        let subjects: Vec<_> = letters.iter().map(|letter| letter.subject.clone()).collect();
        assert_eq!(letters.len(), count, "{user} got {subjects:?}");
        letters
    }

    /// Mails left in the complaints inbox.
    pub fn left_in_inbox(&self) -> usize {
        self.dovecot.mails(USER, "").len()
    }
}

/// Settings hold a password.
fn write_private(file: &Path, settings: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(file, settings).unwrap();
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).unwrap();
}

/// Looks again and again until it is there.
pub async fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "in vain waited for {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A running daemon; killed when dropped.
pub struct Daemon {
    process: Child,
    log: PathBuf,
}

impl Daemon {
    /// SIGTERM, and its exit code.
    pub async fn stop(mut self) -> i32 {
        terminate(self.process.id().expect("it runs"));
        let ended = tokio::time::timeout(PATIENCE, self.process.wait()).await;
        ended.unwrap_or_else(|_| panic!("it does not stop:\n{}", self.log())).unwrap().code().unwrap_or(-1)
    }

    /// SIGHUP: the settings are read anew.
    pub fn reload(&self) {
        hang_up(self.process.id().expect("it runs"));
    }

    /// So many files may be open from now on; how many it was before.
    pub fn limit_files(&self, files: Option<u64>) -> Option<u64> {
        let limits = |current| Rlimit { current, maximum: getrlimit(Resource::Nofile).maximum };
        let process = self.process.id().and_then(|id| Pid::from_raw(i32::try_from(id).unwrap()));
        prlimit(process, Resource::Nofile, limits(files)).unwrap().current
    }

    /// What it was started with.
    pub fn environment(&self) -> String {
        let process = self.process.id().expect("it runs");
        String::from_utf8_lossy(&std::fs::read(format!("/proc/{process}/environ")).unwrap()).into_owned()
    }

    /// SIGKILL, as a power cut would.
    pub async fn kill(mut self) {
        self.process.kill().await.unwrap();
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}
