//! Letters into folders instead of to a server: each recipient's Maildir below one folder. For `demo` and for trying
//! things out. Touches files below its own folder only.
//!
//! A file is named after the letter's bytes. They are final and hold the Message-ID (invariant 3), so a
//! letter that is sent again after a crash takes the place of the first instead of standing beside it.

use super::address;
use super::transport::{Envelope, Outcome, RefusedFor, Scope, SendError, Stage};
use crate::text::hex;
use sha2::{Digest, Sha256};
use std::io;
use std::path::{Path, PathBuf};
use tokio::fs;
use tokio::io::AsyncWriteExt;

/// File systems take 255 bytes in a name; an address can be longer when every byte of it is written as `%XX`.
const MAX_FOLDER_BYTES: usize = 200;
/// What we call ourselves where a server's name is asked.
const SERVER: &str = "maildir";

/// The folder in which every recipient has a Maildir.
pub struct Maildir {
    path: PathBuf,
}

impl Maildir {
    /// Nothing is made until the first letter.
    pub fn open(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Writes the letter with `Return-Path` and `Delivered-To` on top, as a delivering server does (RFC 5321 §4.4).
    pub async fn send(&self, envelope: Envelope<'_>, bytes: &[u8]) -> Outcome {
        for address in [envelope.from, envelope.to].into_iter().filter(|a| !a.is_empty()) {
            if let Err(error) = address::for_smtp(address) {
                return Outcome::Refused { reply: error.to_string(), stage: Stage::Letter, cause: RefusedFor::Other };
            }
        }
        let mut content = format!("Return-Path: <{}>\r\nDelivered-To: {}\r\n", envelope.from, envelope.to).into_bytes();
        content.extend_from_slice(bytes);
        let name = format!("{}.klachtpost", hex(&Sha256::digest(&content)));
        let maildir = self.path.join(folder_name(envelope.to));
        match deliver(&maildir, &name, &content).await {
            Ok(()) => Outcome::Accepted { reply: format!("written as {name}"), server: SERVER.to_owned() },
            // Nothing is in `new` before the rename, and a second try writes the very same file.
            Err(error) => Outcome::TryAgain {
                reason: format!("writing below {}: {error}", self.path.display()),
                stage: Stage::Content,
                scope: Scope::Server,
                said: None,
            },
        }
    }

    /// Makes the folder when missing and tries to write in it.
    pub async fn check(&self) -> Result<String, SendError> {
        let probe = self.path.join(".klachtpost-check");
        let tried = async {
            fs::create_dir_all(&self.path).await?;
            fs::write(&probe, b"").await?;
            fs::remove_file(&probe).await
        };
        tried.await.map_err(|source| SendError::Maildir { path: self.path.clone(), source })?;
        Ok(format!("letters go into Maildirs below {}, not to a server", self.path.display()))
    }
}

/// The Maildir way: written whole under `tmp`, then renamed into `new`, each made durable before the next step.
async fn deliver(maildir: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    for folder in ["tmp", "new", "cur"] {
        fs::create_dir_all(maildir.join(folder)).await?;
    }
    let (unfinished, finished) = (maildir.join("tmp").join(name), maildir.join("new").join(name));
    let mut file = fs::File::create(&unfinished).await?;
    file.write_all(content).await?;
    file.sync_all().await?;
    fs::rename(&unfinished, &finished).await?;
    fs::File::open(maildir.join("new")).await?.sync_all().await
}

/// A folder name for an address: readable where it can be, without a way out of the folder it stands in. Upper and
/// lower case are one mailbox.
fn folder_name(address: &str) -> String {
    let mut name = String::new();
    for (at, c) in address.to_lowercase().char_indices() {
        if c.is_ascii_alphanumeric() || "@-_+=".contains(c) || (c == '.' && at > 0) {
            name.push(c);
        } else {
            let mut utf8 = [0; 4];
            name.extend(c.encode_utf8(&mut utf8).bytes().map(|byte| format!("%{byte:02X}")));
        }
    }
    if name.len() > MAX_FOLDER_BYTES { hex(&Sha256::digest(name.as_bytes())) } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LETTER: &[u8] = b"Message-ID: <1@desk.example>\r\nSubject: Uw klacht\r\n\r\nDank u.\r\n";

    fn files(folder: &Path) -> Vec<PathBuf> {
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
    }

    #[tokio::test]
    async fn a_repeat_takes_the_place_of_the_first() {
        let root = tempfile::tempdir().unwrap();
        let maildir = Maildir::open(root.path());
        let envelope = Envelope { from: "klachten@desk.example", to: "Jan@Klant.example" };
        for _ in 0..2 {
            assert!(matches!(maildir.send(envelope, LETTER).await, Outcome::Accepted { .. }));
        }
        let jan = root.path().join("jan@klant.example");
        let new = files(&jan.join("new"));
        assert_eq!(new.len(), 1);
        assert!(files(&jan.join("tmp")).is_empty());
        let expected =
            [b"Return-Path: <klachten@desk.example>\r\nDelivered-To: Jan@Klant.example\r\n", LETTER].concat();
        assert_eq!(std::fs::read(&new[0]).unwrap(), expected);
    }

    #[tokio::test]
    async fn another_letter_and_another_recipient_stand_beside_it() {
        let root = tempfile::tempdir().unwrap();
        let maildir = Maildir::open(root.path());
        for (to, letter) in [("a@x.example", LETTER), ("a@x.example", b"Subject: 2\r\n\r\n"), ("b@x.example", LETTER)] {
            assert!(matches!(maildir.send(Envelope { from: "", to }, letter).await, Outcome::Accepted { .. }));
        }
        assert_eq!(files(&root.path().join("a@x.example/new")).len(), 2);
        assert_eq!(files(&root.path().join("b@x.example/new")).len(), 1);
    }

    #[tokio::test]
    async fn an_address_with_a_line_break_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let envelope = Envelope { from: "", to: "a@x.example\r\nX-Evil: 1" };
        let outcome = Maildir::open(root.path()).send(envelope, LETTER).await;
        assert!(matches!(outcome, Outcome::Refused { stage: Stage::Letter, .. }), "{outcome:?}");
        assert!(files(root.path()).is_empty());
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_made_waits_and_fails_the_check() {
        let root = tempfile::tempdir().unwrap();
        let blocked = root.path().join("file");
        std::fs::write(&blocked, b"").unwrap();
        let maildir = Maildir::open(&blocked);
        let outcome = maildir.send(Envelope { from: "", to: "a@x.example" }, LETTER).await;
        assert!(matches!(outcome, Outcome::TryAgain { scope: Scope::Server, .. }), "{outcome:?}");
        assert!(matches!(maildir.check().await, Err(SendError::Maildir { .. })));
        assert!(Maildir::open(&root.path().join("made/here")).check().await.is_ok());
    }

    proptest! {
        #[test]
        fn a_folder_name_is_one_harmless_path_part(address in "\\PC{1,40}@\\PC{1,40}") {
            let name = folder_name(&address);
            prop_assert!(name.len() <= MAX_FOLDER_BYTES && !name.starts_with('.'));
            prop_assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b"@-_+=.%".contains(&b)), "{name}");
        }
    }

    #[test]
    fn different_addresses_have_different_folders() {
        for (a, b) in [("a/b@x", "a%2Fb@x"), ("../a@x", "a@x"), ("é@x", "e@x")] {
            assert_ne!(folder_name(a), folder_name(b));
        }
        assert_ne!(folder_name(&format!("{}1@x", "é".repeat(99))), folder_name(&format!("{}2@x", "é".repeat(99))));
    }
}
