//! A Dovecot of the test's own: fresh folder, own ports, up in under a second, ended on drop. Works as root and as an
//! ordinary user. Mails are dropped into and read from the Maildirs directly, so that what the product did is judged
//! without its own code.

use super::certs::ServerCertificate;
use super::signals::signal_group;
use klachtpost::config::{Mailbox as Settings, MailboxKind, Security, StaffProof};
use rustix::process::Signal;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};
use tempfile::TempDir;

/// The user whose mailbox most tests use, and the password of every user.
pub const USER: &str = "klachten";
pub const PASSWORD: &str = "geheim van de test";

/// Where Debian puts it; not on an ordinary user's path.
const DOVECOT: &str = "/usr/sbin/dovecot";
/// Who owns the mail when the test runs as root: no account with this number is needed.
const MAIL_UID: u32 = 5000;
/// Longest wait for a server to start or stop on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);
/// A port found free may be taken before the server has it.
const START_ATTEMPTS: usize = 5;

/// What is out of the ordinary about an instance.
#[derive(Default)]
pub struct Setup {
    /// Further users beside [`USER`].
    pub users: Vec<String>,
    /// What the server says it can do after login, instead of all it can.
    pub capability: Option<&'static str>,
    /// Prefix of the personal namespace, e.g. `INBOX.`.
    pub prefix: &'static str,
    /// With it, both IMAPS and STARTTLS are offered.
    pub certificate: Option<ServerCertificate>,
    /// Further lines of its settings.
    pub more: String,
}

/// A running server.
pub struct Dovecot {
    dir: TempDir,
    setup: Setup,
    process: Option<Child>,
    pub imap_port: u16,
    pub imaps_port: u16,
}

impl Dovecot {
    pub fn start() -> Self {
        Self::start_with(Setup::default())
    }

    pub fn start_with(setup: Setup) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::set_permissions(dir.path(), PermissionsExt::from_mode(0o755)).unwrap();
        let mut dovecot = Self { dir, setup, process: None, imap_port: 0, imaps_port: 0 };
        for user in dovecot.users() {
            dovecot.make_home(&user);
        }
        for _ in 0..START_ATTEMPTS {
            (dovecot.imap_port, dovecot.imaps_port) = free_ports();
            if dovecot.try_launch() {
                return dovecot;
            }
        }
        panic!("Dovecot did not start: {}", dovecot.log());
    }

    /// Starts the server again, on the ports it had.
    pub fn restart(&mut self) {
        assert!(self.try_launch(), "Dovecot did not start again: {}", self.log());
    }

    /// Starts it again with other lines in [`Setup::more`].
    pub fn change(&mut self, more: String) {
        self.stop();
        self.setup.more = more;
        self.restart();
    }

    /// Ends the server, as `systemctl stop` would.
    pub fn stop(&mut self) {
        let Some(mut process) = self.process.take() else { return };
        if let Ok(Some(_)) = process.try_wait() {
            return;
        }
        // The whole group: a process with an open session would outlive the server.
        let asked = signal_group(process.id(), Signal::TERM);
        let deadline = Instant::now() + PATIENCE;
        while asked.is_ok() && Instant::now() < deadline {
            if let Ok(Some(_)) = process.try_wait() {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = signal_group(process.id(), Signal::KILL);
        let _ = process.wait();
        // A server that was killed did not end as the test says it does; a test that failed already says why itself.
        assert!(
            std::thread::panicking(),
            "Dovecot did not stop within {PATIENCE:?} (asked: {asked:?}): {}",
            self.log()
        );
    }

    /// Settings for the mailbox of [`USER`], without TLS.
    pub fn settings(&self) -> Settings {
        imap_settings(self.imap_port)
    }

    /// The Maildir of a user: to deliver into, or to look at.
    pub fn maildir(&self, user: &str) -> PathBuf {
        self.dir.path().join("home").join(user).join("Maildir")
    }

    /// Delivers a mail as an MTA does. Mails are served byte for byte if their lines end in CR LF.
    pub fn deliver(&self, user: &str, mail: &[u8]) {
        self.deliver_at(user, mail, SystemTime::now());
    }

    /// Delivers a mail that the server received at that moment.
    pub fn deliver_at(&self, user: &str, mail: &[u8], received: SystemTime) {
        static DELIVERED: AtomicU64 = AtomicU64::new(1_000_000);
        let number = DELIVERED.fetch_add(1, Ordering::Relaxed);
        let (maildir, name) = (self.maildir(user), format!("{number}.M{number}.test"));
        let (draft, delivered) = (maildir.join("tmp").join(&name), maildir.join("new").join(&name));
        std::fs::write(&draft, mail).unwrap();
        std::fs::File::options().write(true).open(&draft).unwrap().set_modified(received).unwrap();
        self.give_to_mail(&draft);
        std::fs::rename(draft, delivered).unwrap();
    }

    /// The mails in a folder: `""` is the inbox, `.Verwerkt` a Maildir++ folder. In order of their file names.
    pub fn mails(&self, user: &str, folder: &str) -> Vec<Vec<u8>> {
        loop {
            match self.mails_now(user, folder) {
                // One was moved between the list and its turn.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                mails => return mails.unwrap(),
            }
        }
    }

    fn mails_now(&self, user: &str, folder: &str) -> std::io::Result<Vec<Vec<u8>>> {
        let mut files = Vec::new();
        for part in ["new", "cur"] {
            let Ok(entries) = std::fs::read_dir(self.maildir(user).join(folder).join(part)) else { continue };
            files.extend(entries.map(|entry| entry.unwrap().path()));
        }
        files.sort_by_key(|file| file.file_name().map(ToOwned::to_owned));
        files.iter().map(std::fs::read).collect()
    }

    /// Empties a mailbox, indexes and all, as a restore from nothing would. No session may be open.
    pub fn wipe(&self, user: &str) {
        std::fs::remove_dir_all(self.maildir(user)).unwrap();
        self.make_home(user);
    }

    /// What clients said after login, all sessions.
    pub fn commands(&self, user: &str) -> String {
        let logs = std::fs::read_dir(self.dir.path().join("home").join(user).join("dovecot.rawlog")).unwrap();
        let inputs = logs.map(|log| log.unwrap().path()).filter(|log| log.extension().is_some_and(|end| end == "in"));
        inputs.map(|log| String::from_utf8_lossy(&std::fs::read(log).unwrap()).into_owned()).collect()
    }

    fn users(&self) -> Vec<String> {
        std::iter::once(USER.to_owned()).chain(self.setup.users.iter().cloned()).collect()
    }

    fn make_home(&self, user: &str) {
        let home = self.dir.path().join("home").join(user);
        for part in ["", "dovecot.rawlog", "Maildir", "Maildir/tmp", "Maildir/new", "Maildir/cur"] {
            std::fs::create_dir_all(home.join(part)).unwrap();
            self.give_to_mail(&home.join(part));
        }
    }

    /// Root may not serve mail, so there it belongs to somebody else.
    fn give_to_mail(&self, path: &Path) {
        if self.runs_as_root() {
            chown(path, Some(MAIL_UID), Some(MAIL_UID)).unwrap();
        }
    }

    fn runs_as_root(&self) -> bool {
        self.dir.path().metadata().unwrap().uid() == 0
    }

    fn try_launch(&mut self) -> bool {
        let file = self.dir.path().join("dovecot.conf");
        std::fs::write(self.dir.path().join("users"), self.passwd()).unwrap();
        std::fs::write(&file, self.configuration()).unwrap();
        if let Some(certificate) = &self.setup.certificate {
            std::fs::write(self.dir.path().join("server.pem"), &certificate.certificate_pem).unwrap();
            std::fs::write(self.dir.path().join("server.key"), &certificate.key_pem).unwrap();
        }
        // It keeps what it is given as output, and a pipe held on to never ends.
        let output = std::fs::File::create(self.dir.path().join("output")).unwrap();
        let process = Command::new(DOVECOT)
            .args(["-F", "-c"])
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .process_group(0)
            .spawn();
        self.process = Some(process.expect("dovecot could not be run; tests/prepare installs it"));
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            // The port answers before logins work.
            if self.login_works().unwrap_or(false) {
                return true;
            }
            if let Some(Ok(Some(_))) = self.process.as_mut().map(Child::try_wait) {
                return false;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.stop();
        false
    }

    fn login_works(&self) -> std::io::Result<bool> {
        let stream = TcpStream::connect(("127.0.0.1", self.imap_port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        let mut lines = BufReader::new(stream.try_clone()?).lines();
        lines.next().transpose()?;
        writeln!(&stream, "a LOGIN {USER} \"{PASSWORD}\"\r")?;
        Ok(lines.next().transpose()?.is_some_and(|line| line.starts_with("a OK")))
    }

    fn log(&self) -> String {
        let read = |name: &str| std::fs::read_to_string(self.dir.path().join(name)).unwrap_or_default();
        read("output") + &read("log")
    }

    fn passwd(&self) -> String {
        let owner = self.dir.path().metadata().unwrap();
        let (uid, gid) = if self.runs_as_root() { (MAIL_UID, MAIL_UID) } else { (owner.uid(), owner.gid()) };
        let home = self.dir.path().join("home");
        let line = |user: &String| format!("{user}:{{PLAIN}}{PASSWORD}:{uid}:{gid}::{}/{user}\n", home.display());
        self.users().iter().map(line).collect()
    }

    fn configuration(&self) -> String {
        let dir = self.dir.path().display();
        let (imap, imaps) = (self.imap_port, self.imaps_port);
        let tls = match &self.setup.certificate {
            Some(_) => format!("ssl = yes\nssl_cert = <{dir}/server.pem\nssl_key = <{dir}/server.key\n"),
            None => "ssl = no\n".to_owned(),
        };
        let accounts = if self.runs_as_root() {
            "default_internal_user = dovecot\ndefault_login_user = dovenull\n".to_owned()
        } else {
            let (user, group) = (id("-un"), id("-gn"));
            format!("default_internal_user = {user}\ndefault_login_user = {user}\ndefault_internal_group = {group}\n")
        };
        let capability = self.setup.capability.map(|list| format!("imap_capability = {list}\n")).unwrap_or_default();
        let (prefix, more) = (self.setup.prefix, &self.setup.more);
        format!(
            "base_dir = {dir}/run\nstate_dir = {dir}/state\nlog_path = {dir}/log\ninfo_log_path = {dir}/log\n\
             instance_name = test-{imap}\nprotocols = imap\nlisten = 127.0.0.1\ndisable_plaintext_auth = no\n\
             first_valid_uid = 0\nmail_location = maildir:~/Maildir\nrawlog_dir = %h/dovecot.rawlog\n\
             mail_max_userip_connections = 100\nauth_failure_delay = 0\nauth_username_chars =\n{accounts}{tls}{capability}\
             service anvil {{\n  chroot =\n}}\nservice stats {{\n  chroot =\n}}\n\
             service imap-login {{\n  chroot =\n  inet_listener imap {{\n    port = {imap}\n  }}\n  \
             inet_listener imaps {{\n    port = {imaps}\n    ssl = yes\n  }}\n}}\n\
             passdb {{\n  driver = passwd-file\n  args = username_format=%n {dir}/users\n}}\n\
             userdb {{\n  driver = passwd-file\n  args = username_format=%n {dir}/users\n}}\n\
             namespace inbox {{\n  inbox = yes\n  separator = .\n  prefix = {prefix}\n}}\n{more}"
        )
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Settings for the mailbox of [`USER`] on a server without TLS.
pub fn imap_settings(port: u16) -> Settings {
    Settings {
        name: "klachten".into(),
        kind: MailboxKind::Imap,
        host: "127.0.0.1".into(),
        port,
        security: Security::None,
        ca_file: None,
        username: USER.into(),
        auth: klachtpost::config::Auth::Password,
        password: PASSWORD.to_owned().into(),
        inbox: "INBOX".into(),
        processed: "Verwerkt".into(),
        set_aside: "Terzijde".into(),
        unreadable: "Onleesbaar".into(),
        junk: String::new(),
        poll_seconds: 60,
        idle: true,
        max_message_bytes: 67_108_864,
        staff_proof: StaffProof::Nothing,
        accept_unproven_staff: true,
        aliases: Vec::new(),
        sub_addressing: false,
        path: PathBuf::new(),
        password_source: None,
        own: klachtpost::config::OwnWay::default(),
    }
}

fn id(what: &str) -> String {
    let output = Command::new("id").arg(what).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Two ports nobody listens on at the moment.
fn free_ports() -> (u16, u16) {
    let listeners = [0, 0].map(|port| TcpListener::bind(("127.0.0.1", port)).unwrap());
    let [imap, imaps] = listeners.map(|listener| listener.local_addr().unwrap().port());
    (imap, imaps)
}
