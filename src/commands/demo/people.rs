//! The demo's people: their mailboxes on disk, the mails they write, the letters they find. Touches only the demo's
//! own folder.

use super::super::page::{Shown, html_of};
use crate::case::Moment;
use crate::mail::{self, Mail};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The complaints address of the sample settings.
pub const DESK: &str = "klachten@lease.example";
/// The desk's own Maildir.
pub const INBOX: &str = "klachten-inbox";
/// Everybody's Maildirs, as the sender writes them.
pub const MAILBOXES: &str = "mailboxes";
/// Everybody's letters, to read.
const READABLE: &str = "letters";

/// The demo's folder.
pub struct World {
    dir: PathBuf,
}

/// One person's letters, in the order in which they came.
pub(super) struct Person {
    pub address: String,
    pub folder: PathBuf,
    pub letters: Vec<(Moment, Shown)>,
}

impl World {
    pub fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned() }
    }

    /// A mail arrives at the complaints address at that moment.
    pub fn deliver_to_desk(&self, raw: &[u8], at: Moment) -> io::Result<()> {
        let new = self.dir.join(INBOX).join("new");
        fs::create_dir_all(&new)?;
        let mut file = File::create(new.join(format!("{}.{}.demo", at.timestamp_millis(), raw.len())))?;
        file.write_all(raw)?;
        file.set_modified(at.into())
    }

    /// The last letter in somebody's mailbox with that text in its subject or body.
    pub fn find_letter(&self, address: &str, about: &str) -> io::Result<Option<Mail>> {
        let found = self.letters_of(&self.dir.join(MAILBOXES).join(address))?;
        let about_it = |mail: &Mail| mail.subject.contains(about) || mail.text.contains(about);
        Ok(found.into_iter().map(|(_, mail)| mail).rfind(about_it))
    }

    /// Writes every letter as `.eml` under its reader's name, and returns them.
    pub(super) fn write_out(&self) -> io::Result<Vec<Person>> {
        let mut people = Vec::new();
        let mut folders: Vec<PathBuf> =
            fs::read_dir(self.dir.join(MAILBOXES))?.filter_map(|entry| Some(entry.ok()?.path())).collect();
        folders.sort();
        for maildir in folders.into_iter().filter(|path| path.is_dir()) {
            let address = maildir.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let folder = self.dir.join(READABLE).join(&address);
            fs::create_dir_all(&folder)?;
            let mut letters = Vec::new();
            for (number, (raw, mail)) in self.letters_of(&maildir)?.into_iter().enumerate() {
                fs::write(folder.join(format!("{:02}.eml", number + 1)), &raw)?;
                let Some(at) = mail.date else { continue };
                let date = at.format("%a %d %b %H:%M").to_string();
                letters.push((at.to_utc(), Shown { subject: mail.subject, date, html: html_of(&raw) }));
            }
            people.push(Person { address, folder, letters });
        }
        Ok(people)
    }

    fn letters_of(&self, maildir: &Path) -> io::Result<Vec<(Vec<u8>, Mail)>> {
        let Ok(entries) = fs::read_dir(maildir.join("new")) else { return Ok(Vec::new()) };
        let mut letters = Vec::new();
        for entry in entries {
            let raw = fs::read(entry?.path())?;
            let mail = mail::read(&raw, "");
            letters.push((raw, mail));
        }
        letters.sort_by_key(|(_, mail)| mail.date);
        Ok(letters)
    }
}
