//! A Courier of the test's own: Debian's `imapd`, unpacked by tests/prepare into a folder of the project and installed
//! nowhere. Its login needs a service of the whole machine, so a few lines of ours greet and check the password, and
//! from there on Courier itself talks, as it does after its own login. Mails are dropped into and read from the Maildir
//! directly, so that what the product did is judged without its own code.

use super::dovecot::{PASSWORD, USER};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// Who owns the mail when the test runs as root: no account with this number is needed.
const MAIL_UID: u32 = 5000;
/// What Debian's settings offer.
const CAPABILITY: &str = "IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE";

/// A running server.
pub struct Courier {
    dir: TempDir,
    pub port: u16,
    delivered: AtomicU64,
    sessions: Arc<Mutex<Vec<std::process::Child>>>,
}

impl Courier {
    pub fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::set_permissions(dir.path(), PermissionsExt::from_mode(0o755)).unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let courier = Self { dir, port, delivered: AtomicU64::new(0), sessions: Arc::default() };
        for part in ["", "Maildir", "Maildir/tmp", "Maildir/new", "Maildir/cur"] {
            let folder = courier.home().join(part);
            std::fs::create_dir_all(&folder).unwrap();
            courier.give_to_mail(&folder);
        }
        let (home, sessions) = (courier.home(), Arc::clone(&courier.sessions));
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let (home, sessions) = (home.clone(), Arc::clone(&sessions));
                std::thread::spawn(move || {
                    if let Some(session) = welcome(client, &home) {
                        sessions.lock().unwrap().push(session);
                    }
                });
            }
        });
        courier
    }

    fn home(&self) -> PathBuf {
        self.dir.path().join("home")
    }

    pub fn maildir(&self) -> PathBuf {
        self.home().join("Maildir")
    }

    /// A mail arrives; where it lies.
    pub fn deliver(&self, mail: &[u8]) -> PathBuf {
        let number = self.delivered.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}.M{number}.test", 1_700_000_000 + number);
        let (draft, delivered) = (self.maildir().join("tmp").join(&name), self.maildir().join("new").join(&name));
        std::fs::write(&draft, mail).unwrap();
        self.give_to_mail(&draft);
        std::fs::rename(draft, &delivered).unwrap();
        delivered
    }

    /// The files of a folder: `""` is the inbox, `.Verwerkt` a Maildir++ folder. In order of their names.
    pub fn files(&self, folder: &str) -> Vec<PathBuf> {
        let mut files = Vec::new();
        for part in ["new", "cur"] {
            let Ok(entries) = std::fs::read_dir(self.maildir().join(folder).join(part)) else { continue };
            files.extend(entries.map(|entry| entry.unwrap().path()));
        }
        files.sort_by_key(|file| file.file_name().map(ToOwned::to_owned));
        files
    }

    /// Its mails.
    pub fn mails(&self, folder: &str) -> Vec<Vec<u8>> {
        self.files(folder).iter().map(|file| std::fs::read(file).unwrap()).collect()
    }

    fn give_to_mail(&self, path: &Path) {
        if self.dir.path().metadata().unwrap().uid() == 0 {
            chown(path, Some(MAIL_UID), Some(MAIL_UID)).unwrap();
        }
    }
}

impl Drop for Courier {
    fn drop(&mut self) {
        for session in self.sessions.lock().unwrap().iter_mut() {
            let _ = session.kill();
            let _ = session.wait();
        }
    }
}

/// Greets, and hands the line to Courier once the password is right.
fn welcome(mut client: TcpStream, home: &Path) -> Option<std::process::Child> {
    client.write_all(format!("* OK [CAPABILITY {CAPABILITY} STARTTLS] Courier-IMAP ready.\r\n").as_bytes()).ok()?;
    loop {
        let line = line(&mut client)?;
        let (tag, command) = line.split_once(' ')?;
        let answer = match command {
            "CAPABILITY" => format!("* CAPABILITY {CAPABILITY} STARTTLS\r\n{tag} OK CAPABILITY completed\r\n"),
            _ if command == format!("LOGIN \"{USER}\" \"{PASSWORD}\"") => return Some(imapd(client, home, tag)),
            _ if command.starts_with("LOGIN") => format!("{tag} NO Login failed.\r\n"),
            _ => format!("{tag} NO Error in IMAP command\r\n"),
        };
        client.write_all(answer.as_bytes()).ok()?;
    }
}

/// One byte at a time: what follows the login is Courier's to read.
fn line(client: &mut TcpStream) -> Option<String> {
    let (mut line, mut byte) = (Vec::new(), [0]);
    while byte != *b"\n" {
        client.read_exact(&mut byte).ok()?;
        line.push(byte[0]);
    }
    Some(String::from_utf8_lossy(&line).trim_end().to_owned())
}

fn imapd(client: TcpStream, home: &Path, tag: &str) -> std::process::Child {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/servers/courier");
    let program = root.join("usr/bin/imapd");
    assert!(program.exists(), "Courier is not there; tests/prepare unpacks it");
    let libraries = ["usr/lib", "usr/lib/courier-authlib", "usr/lib/x86_64-linux-gnu", "usr/lib/aarch64-linux-gnu"];
    let libraries = libraries.map(|folder| root.join(folder).display().to_string()).join(":");
    let output = client.try_clone().unwrap();
    let mut command = Command::new(program);
    command
        .arg("Maildir")
        .current_dir(home)
        .env("LD_LIBRARY_PATH", libraries)
        .env("HOME", home)
        .env("AUTHENTICATED", USER)
        .env("IMAPLOGINTAG", tag)
        .env("TCPREMOTEIP", "127.0.0.1")
        .env("TCPREMOTEPORT", "1")
        .env("PROTOCOL", "imap")
        .env("IMAP_CAPABILITY", CAPABILITY)
        .env("IMAP_KEYWORDS", "1")
        .env("IMAP_USELOCKS", "1")
        .env("IMAP_IDLE_TIMEOUT", "1")
        .stdin(Stdio::from(OwnedFd::from(client)))
        .stdout(Stdio::from(OwnedFd::from(output)))
        .stderr(Stdio::null());
    if home.metadata().unwrap().uid() == MAIL_UID {
        command.uid(MAIL_UID).gid(MAIL_UID);
    }
    command.spawn().unwrap()
}
