//! The list of what was redacted: a file beside the register, so that a restored register is redacted again, and a mail that
//! was is known again. Several machines have a list each, and tell each other by way of the register. It holds numbers, moments and hashes, and nothing of what was blanked. Touches that file only.

use super::chain::hex;
use super::not_on_file::Probe;
use super::{RegisterError, millis, sqlite_path};
use crate::case::{CaseNumber, MailboxName, Moment};
use crate::crash;
use crate::desk::Within;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// One thing that a person asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedactionEntry {
    pub id: String,
    pub at: Moment,
    pub reason: String,
    #[serde(default)]
    pub ground: Option<String>,
    pub cases: Vec<RedactedCase>,
    pub mails: Vec<RedactedMail>,
    /// All of each company that it is of, so that one of them may get another name: what another company has of the same person is
    /// not touched. None: it was listed before this was, and may be anybody's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mailboxes: Vec<MailboxName>,
    /// That of the list it was made for; empty: of the one it stands in.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub salt: String,
}

impl RedactionEntry {
    /// Whether it may be of that company. Of one that names none, the mails are known well enough by themselves: what a person
    /// wanted gone must not stay for that.
    fn is_of(&self, within: &Within) -> bool {
        self.mailboxes.is_empty() || self.mailboxes.iter().any(|name| within.has_mailbox(Some(name)))
    }
}

/// A case, told from another that got its number after a restore.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedactedCase {
    pub number: CaseNumber,
    /// Of its first event.
    pub opened_at: Moment,
}

/// A mail, for who has it in hand; nobody gets it back from this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedactedMail {
    /// Epoch milliseconds.
    pub received_at: i64,
    pub size: i64,
    /// Salted hash of the Message-ID; empty where it has none.
    pub id: String,
}

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    salt: String,
}

/// The list as it stands.
#[derive(Debug)]
pub struct RedactionList {
    path: PathBuf,
    /// Empty: there is no list yet.
    salt: String,
    /// Those of other machines' lists, of whose entries this one has some.
    others: BTreeSet<String>,
    pub entries: Vec<RedactionEntry>,
    /// Receipt and size of the mails by their ids, and the places of their entries.
    mails: HashMap<String, Vec<(i64, i64, usize)>>,
    /// Whole seconds.
    seconds: HashSet<i64>,
    sizes: HashSet<i64>,
}

impl RedactionList {
    /// Reads the list: the named file, or the one beside the register's; there need be none. A last line that a crash cut off
    /// was never acted on.
    ///
    /// # Errors
    /// It cannot be read, or a line of it is none of ours.
    pub fn read(url: &str, named: Option<&Path>) -> Result<Self, RegisterError> {
        let path = match named {
            Some(path) => path.to_owned(),
            None => PathBuf::from(format!("{}.redacted", sqlite_path(url)?.display())),
        };
        let mut list = Self {
            path,
            salt: String::new(),
            others: BTreeSet::new(),
            entries: Vec::new(),
            mails: HashMap::new(),
            seconds: HashSet::new(),
            sizes: HashSet::new(),
        };
        let mut text = String::new();
        match File::open(&list.path) {
            Ok(mut file) => file.read_to_string(&mut text).map_err(|why| list.failed(why))?,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(list),
            Err(why) => return Err(list.failed(why)),
        };
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        let mut lines = whole.lines().filter(|line| !line.is_empty());
        let broken = |line: &str| {
            std::io::Error::new(ErrorKind::InvalidData, format!("a line that is none of ours: {line:.40}"))
        };
        if let Some(first) = lines.next() {
            list.salt = serde_json::from_str::<Head>(first).map_err(|_| list.failed(broken(first)))?.salt;
        }
        for line in lines {
            let entry = serde_json::from_str(line).map_err(|_| list.failed(broken(line)))?;
            list.take(entry);
        }
        Ok(list)
    }

    /// Adds an entry; on disk before anything is blanked. `salt` is drawn for a new list.
    ///
    /// # Errors
    /// It cannot be written: nothing may be blanked.
    pub fn add(&mut self, entry: RedactionEntry) -> Result<(), RegisterError> {
        self.write(&entry).map_err(|why| self.failed(why))?;
        crash::point("after listing a redaction");
        self.take(entry);
        Ok(())
    }

    /// What others are told of an entry.
    ///
    /// # Errors
    /// It cannot be written as JSON.
    pub fn told(&self, entry: &RedactionEntry) -> Result<String, RegisterError> {
        let salt = if entry.salt.is_empty() { self.salt.clone() } else { entry.salt.clone() };
        let told = serde_json::to_string(&RedactionEntry { salt, ..entry.clone() });
        told.map_err(|why| self.failed(std::io::Error::other(why)))
    }

    /// Takes over what others told. How many entries are new here.
    ///
    /// # Errors
    /// It cannot be written, or is none of ours.
    pub fn learn<'a>(&mut self, told: impl Iterator<Item = &'a String>) -> Result<usize, RegisterError> {
        let known: HashSet<String> = self.entries.iter().map(|entry| entry.id.clone()).collect();
        let mut new = 0;
        for told in told {
            let entry: RedactionEntry = serde_json::from_str(told)
                .map_err(|why| self.failed(std::io::Error::new(ErrorKind::InvalidData, why)))?;
            if known.contains(&entry.id) {
                continue;
            }
            self.begin(entry.salt.clone())?;
            let salt = if entry.salt == self.salt { String::new() } else { entry.salt.clone() };
            self.add(RedactionEntry { salt, ..entry })?;
            new += 1;
        }
        Ok(new)
    }

    /// A new list begins with a salt of its own.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn begin(&mut self, salt: String) -> Result<(), RegisterError> {
        if self.salt.is_empty() {
            self.write(&Head { salt: salt.clone() }).map_err(|why| self.failed(why))?;
            self.salt = salt;
        }
        Ok(())
    }

    fn write(&self, line: &impl Serialize) -> std::io::Result<()> {
        use std::os::unix::fs::OpenOptionsExt;
        let mut file = OpenOptions::new().create(true).read(true).append(true).mode(0o600).open(&self.path)?;
        // A command and the daemon may add at once.
        file.lock()?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        // Behind a line that a crash cut off another begins: nobody reads the two as one.
        if !text.is_empty() && !text.ends_with('\n') {
            file.set_len(text.rfind('\n').map_or(0, |end| end as u64 + 1))?;
        }
        let json = serde_json::to_string(line).map_err(std::io::Error::other)?;
        crash::point("before listing a redaction");
        file.write_all(format!("{json}\n").as_bytes())?;
        file.sync_all()?;
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()
    }

    fn take(&mut self, entry: RedactionEntry) {
        for mail in &entry.mails {
            let place = self.entries.len();
            self.mails.entry(mail.id.clone()).or_default().push((mail.received_at, mail.size, place));
            self.seconds.insert(mail.received_at / 1000);
            self.sizes.insert(mail.size);
        }
        self.others.extend(Some(entry.salt.clone()).filter(|salt| !salt.is_empty()));
        self.entries.push(entry);
    }

    fn failed(&self, why: std::io::Error) -> RegisterError {
        RegisterError::List { path: self.path.display().to_string(), why }
    }

    /// How the list knows that mail.
    pub fn mark(&self, message_id: &str, received_at: i64, size: i64) -> RedactedMail {
        RedactedMail { received_at, size, id: hashed(&self.salt, message_id) }
    }

    /// Whether that entry of the list names the mail.
    pub fn names(&self, entry: &RedactionEntry, message_id: &str, received_at: i64, size: i64) -> bool {
        let salt = if entry.salt.is_empty() { &self.salt } else { &entry.salt };
        entry.mails.contains(&RedactedMail { received_at, size, id: hashed(salt, message_id) })
    }

    /// Whether a mail of an own folder of the company was redacted: as [`super::Register::on_file`] knows those that are on file.
    pub fn knows(&self, within: &Within, probe: &Probe) -> bool {
        let received = probe.received_at.map(millis);
        let is_of =
            |(.., place): &&(i64, i64, usize)| self.entries.get(*place).is_some_and(|entry| entry.is_of(within));
        let of_id = |id: &str| self.mails.get(id).into_iter().flatten().filter(is_of);
        let same = |(at, size, _): &(i64, i64, usize)| {
            *size == probe.size || received.is_some_and(|received| received / 1000 == *at / 1000)
        };
        let salts = self.others.iter().chain([&self.salt]);
        let mut ids = salts.map(|salt| hashed(salt, &probe.message_id));
        let by_id = !probe.message_id.is_empty() && ids.any(|id| of_id(&id).any(same));
        by_id || of_id("").any(|(at, size, _)| *size == probe.size && received == Some(*at))
    }

    /// Whether it is worth asking for the header of a mail.
    pub fn may_know(&self, received_at: Option<Moment>, size: i64) -> bool {
        self.sizes.contains(&size) || received_at.is_some_and(|at| self.seconds.contains(&(millis(at) / 1000)))
    }
}

/// Salted; empty for none.
fn hashed(salt: &str, message_id: &str) -> String {
    if message_id.is_empty() {
        return String::new();
    }
    hex(&Sha256::digest(format!("{salt}\0{message_id}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_two_machines_come_to_hold_the_same_and_know_each_others_mails() {
        let folder = tempfile::tempdir().unwrap();
        let list = |name: &str| RedactionList::read("", Some(&folder.path().join(name))).unwrap();
        let (mut one, mut two) = (list("one"), list("two"));
        for (list, salt, id, mail) in [(&mut one, "salt", "a", "a@x"), (&mut two, "other", "b", "b@x")] {
            list.begin(salt.into()).unwrap();
            let mails = vec![list.mark(mail, 5_000, 70)];
            list.add(entry(id, mails)).unwrap();
        }
        let told =
            |list: &RedactionList| list.entries.iter().map(|entry| list.told(entry).unwrap()).collect::<Vec<_>>();
        let of_one = told(&one);
        assert_eq!((two.learn(of_one.iter()).unwrap(), two.learn(of_one.iter()).unwrap()), (1, 0));
        let of_two = told(&two);
        one.learn(of_two.iter()).unwrap();
        // A machine that has no list yet takes all of it over.
        list("new").learn(of_two.iter()).unwrap();
        for name in ["one", "two", "new"] {
            let list = list(name);
            let mut ids: Vec<&str> = list.entries.iter().map(|entry| entry.id.as_str()).collect();
            ids.sort();
            assert_eq!(ids, ["a", "b"], "{name}");
            let at = chrono::DateTime::from_timestamp_millis(5_000);
            for mail in ["a@x", "b@x"] {
                assert!(
                    list.knows(&Within::All, &Probe { message_id: mail.into(), received_at: at, size: 1 }),
                    "{name} {mail}"
                );
                let named = list.entries.iter().filter(|entry| list.names(entry, mail, 5_000, 70)).count();
                assert_eq!(named, 1, "{name} {mail}");
            }
        }
    }

    fn entry(id: &str, mails: Vec<RedactedMail>) -> RedactionEntry {
        let at = "2026-11-23T09:00:00Z".parse().unwrap();
        RedactionEntry {
            id: id.into(),
            at,
            reason: "art. 17".into(),
            ground: None,
            cases: Vec::new(),
            mails,
            mailboxes: Vec::new(),
            salt: String::new(),
        }
    }

    #[test]
    fn a_mail_is_known_again_and_a_line_cut_off_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("klachtpost.db").display());
        let mut list = RedactionList::read(&url, None).unwrap();
        assert!(list.entries.is_empty());
        list.begin("salt".into()).unwrap();
        let mails = vec![list.mark("a@b", 5_000, 70), list.mark("", 9_000, 80)];
        list.add(entry("one", mails)).unwrap();
        let path = folder.path().join("klachtpost.db.redacted");
        let mut text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains("a@b"), "{text}");
        text.push_str("{\"id\":\"tw");
        std::fs::write(&path, text).unwrap();
        let mut list = RedactionList::read(&url, None).unwrap();
        list.begin("other".into()).unwrap();
        list.add(entry("three", Vec::new())).unwrap();
        let list = RedactionList::read(&url, None).unwrap();
        let ids: Vec<&str> = list.entries.iter().map(|entry| entry.id.as_str()).collect();
        assert_eq!(ids, ["one", "three"]);
        let at = |millis: i64| chrono::DateTime::from_timestamp_millis(millis);
        let probe = |id: &str, received_at, size| Probe { message_id: id.into(), received_at: at(received_at), size };
        assert!(
            list.knows(&Within::All, &probe("a@b", 5_400, 1))
                && list.knows(&Within::All, &probe("a@b", 1, 70))
                && list.knows(&Within::All, &probe("", 9_000, 80))
        );
        assert!(!list.knows(&Within::All, &probe("a@b", 1, 1)) && !list.knows(&Within::All, &probe("c@b", 5_000, 70)));
        assert!(!list.knows(&Within::All, &probe("", 9_001, 80)) && !list.knows(&Within::All, &probe("", 9_000, 81)));
        assert!(list.may_know(at(5_999), 1) && !list.may_know(at(1_000), 1));
    }
    #[test]
    fn a_mail_of_one_company_is_not_known_at_another() {
        let folder = tempfile::tempdir().unwrap();
        let mut list = RedactionList::read("", Some(&folder.path().join("list"))).unwrap();
        list.begin("salt".into()).unwrap();
        let rental = MailboxName::from("verhuur");
        for (id, mail, mailboxes) in [("new", "a@b", vec![rental.clone()]), ("old", "c@d", vec![])] {
            let mails = vec![list.mark(mail, 5_000, 70)];
            list.add(RedactionEntry { mailboxes, ..entry(id, mails) }).unwrap();
        }
        let list = RedactionList::read("", Some(&folder.path().join("list"))).unwrap();
        let probe = |id: &str| Probe { message_id: id.into(), received_at: None, size: 70 };
        let (first, other) = (Within::AllBut(vec![rental.clone()]), Within::Only(vec![rental]));
        let known = |within: &Within| ["a@b", "c@d"].map(|id| list.knows(within, &probe(id)));
        assert_eq!((known(&first), known(&other), known(&Within::All)), ([false, true], [true, true], [true, true]));
    }
}
