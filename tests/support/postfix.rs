//! A Postfix of the test's own, on a high port, delivering into Maildirs by virtual(8). Needs root, and the Debian
//! package `postfix`; nothing of the system's Postfix is read or changed. Its master.cf has no `smtp` client and its
//! default transport is `error:`, so that no mail of a test can leave the machine.

use std::fmt::Write as _;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Starting takes about a second; on a busy machine more.
const START_WITHIN: Duration = Duration::from_secs(30);

/// The services, none of them in a chroot, none that goes out.
const SERVICES: &str = "\
pickup    unix  n  -  n  60    1  pickup
cleanup   unix  n  -  n  -     0  cleanup
qmgr      unix  n  -  n  300   1  qmgr
rewrite   unix  -  -  n  -     -  trivial-rewrite
bounce    unix  -  -  n  -     0  bounce
defer     unix  -  -  n  -     0  bounce
trace     unix  -  -  n  -     0  bounce
proxymap  unix  -  -  n  -     -  proxymap
error     unix  -  -  n  -     -  error
retry     unix  -  -  n  -     -  error
virtual   unix  -  n  n  -     -  virtual
anvil     unix  -  -  n  -     1  anvil
postlog   unix-dgram n - n  -  1  postlogd
";

/// Runs until dropped.
pub struct Postfix {
    folder: TempDir,
    port: u16,
}

impl Postfix {
    /// Takes mail for these addresses, `jan@any.example` into `<homes>/jan/Maildir/new` as the owner of `<homes>/jan`
    /// (a uid from 100 up); refuses every other recipient. All folders above must be open to that owner.
    pub fn start(homes: &Path, addresses: &[&str]) -> Self {
        Self::start_with(homes, addresses, "")
    }

    /// The same, doing this to the header lines of what it takes in: a table of `header_checks(5)` in regexp form.
    pub fn start_with(homes: &Path, addresses: &[&str], header_checks: &str) -> Self {
        let folder = tempfile::Builder::new().permissions(PermissionsExt::from_mode(0o755)).tempdir().unwrap();
        let port = free_port();
        let postfix = Self { folder, port };
        postfix.write_settings(homes, addresses);
        std::fs::write(postfix.file("header_checks"), header_checks).unwrap();
        postfix.run("start");
        postfix.wait_until_it_answers();
        postfix
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Letters it took and did not deliver yet.
    pub fn queued(&self) -> usize {
        let queues = ["maildrop", "incoming", "active", "deferred"].map(|name| self.file("queue").join(name));
        let mut folders = queues.to_vec();
        let mut files = 0;
        while let Some(folder) = folders.pop() {
            let Ok(entries) = std::fs::read_dir(folder) else { continue };
            for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
                if path.is_dir() { folders.push(path) } else { files += 1 }
            }
        }
        files
    }

    /// Its log so far, for the message of a failing test.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.file("mail.log")).unwrap_or_default()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write_settings(&self, homes: &Path, addresses: &[&str]) {
        let (mut boxes, mut uids, mut gids, mut domains) = (String::new(), String::new(), String::new(), Vec::new());
        for address in addresses {
            let (name, domain) = address.split_once('@').expect("an address");
            let home = homes.join(name);
            let owner = std::fs::metadata(&home).expect("the recipient's home");
            writeln!(boxes, "{address} {}/Maildir/", home.display()).unwrap();
            writeln!(uids, "{address} {}", owner.uid()).unwrap();
            writeln!(gids, "{address} {}", owner.gid()).unwrap();
            domains.push(domain);
        }
        let here = self.folder.path().display();
        let settings = format!(
            "compatibility_level = 3.6\nmail_owner = postfix\nsetgid_group = postdrop\n\
             queue_directory = {here}/queue\ndata_directory = {here}/data\n\
             maillog_file = {here}/mail.log\nmaillog_file_prefixes = {here}\n\
             myhostname = mx.test.example\nmydestination =\ninet_interfaces = 127.0.0.1\ninet_protocols = ipv4\n\
             mynetworks = 127.0.0.0/8\nalias_maps =\nalias_database =\n\
             default_transport = error:no mail leaves a test\nrelay_transport = error:no mail leaves a test\n\
             local_transport = error:no mail leaves a test\n\
             virtual_mailbox_domains = {}\nvirtual_mailbox_base = /\nvirtual_mailbox_limit = 0\n\
             virtual_mailbox_maps = texthash:{here}/boxes\nvirtual_uid_maps = texthash:{here}/uids\n\
             virtual_gid_maps = texthash:{here}/gids\nvirtual_minimum_uid = 100\n\
             smtpd_relay_restrictions = reject_unauth_destination\nmessage_size_limit = 26214400\n\
             header_checks = regexp:{here}/header_checks\n",
            domains.join(", ")
        );
        let services = format!("127.0.0.1:{} inet n - n - - smtpd\n{SERVICES}", self.port);
        for (name, text) in
            [("main.cf", settings), ("master.cf", services), ("boxes", boxes), ("uids", uids), ("gids", gids)]
        {
            std::fs::write(self.file(name), text).unwrap();
        }
        for folder in ["queue", "data"] {
            std::fs::create_dir(self.file(folder)).unwrap();
        }
        chown(self.file("data"), Some(uid_of("postfix")), None).unwrap();
    }

    /// With all streams away: the daemons keep what they are given.
    fn run(&self, command: &str) {
        let mut postfix = Command::new("/usr/sbin/postfix");
        postfix.arg("-c").arg(self.folder.path()).arg(command);
        postfix.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        postfix.status().expect("the Debian package postfix; run ./tests/run, which installs it");
    }

    fn wait_until_it_answers(&self) {
        let until = Instant::now() + START_WITHIN;
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(Instant::now() < until, "postfix does not answer (it needs root); its log:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        // At once, without waiting for deliveries: the queue goes with the folder.
        self.run("abort");
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn uid_of(user: &str) -> u32 {
    let passwd = std::fs::read_to_string("/etc/passwd").unwrap();
    let line = passwd.lines().find(|line| line.starts_with(&format!("{user}:")));
    let uid = line.and_then(|line| line.split(':').nth(2)).and_then(|uid| uid.parse().ok());
    uid.unwrap_or_else(|| panic!("no user {user}: is the Debian package postfix installed?"))
}
