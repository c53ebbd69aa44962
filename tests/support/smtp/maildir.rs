//! Delivery of the test's SMTP server into Maildirs, so that a Dovecot of the same test shows the letters.

use std::io;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

static COUNT: AtomicU64 = AtomicU64::new(0);

/// The home of an address: its name before `+` and `@`, in lower case. None: no such user.
pub fn home(homes: &Path, address: &str) -> Option<PathBuf> {
    let name = address.split(['+', '@']).next().unwrap_or_default().to_lowercase();
    let is_plain = !name.is_empty() && !name.starts_with('.') && !name.contains('/');
    is_plain.then(|| homes.join(name)).filter(|home| home.is_dir())
}

/// Writes one mail, with the headers of a delivering server, as the home's owner.
pub fn deliver(home: &Path, from: &str, to: &str, bytes: &[u8]) -> io::Result<()> {
    let owner = std::fs::metadata(home)?;
    let maildir = home.join("Maildir");
    for folder in [maildir.clone(), maildir.join("tmp"), maildir.join("new"), maildir.join("cur")] {
        if !folder.is_dir() {
            std::fs::create_dir(&folder)?;
            chown(&folder, Some(owner.uid()), Some(owner.gid()))?;
        }
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("{}.M{}P{}Q{count}.test", now.as_secs(), now.subsec_micros(), std::process::id());
    let mut mail = format!("Return-Path: <{from}>\r\nDelivered-To: {to}\r\n").into_bytes();
    mail.extend_from_slice(bytes);
    let unfinished = maildir.join("tmp").join(&name);
    std::fs::write(&unfinished, mail)?;
    chown(&unfinished, Some(owner.uid()), Some(owner.gid()))?;
    std::fs::rename(unfinished, maildir.join("new").join(name))
}
