//! `klachtpost ingest`: one mail from an MTA's pipe onto the register; the running daemon, or the next `run --once`,
//! decides on it. Exits 0 or 75 only and prints nothing, because MTAs bounce on anything else.

use super::Exit;
use crate::case::MailboxName;
use crate::clock::{Clock, built_at};
use crate::config::{self, Config};
use crate::desk::hour::{Witnesses, doubt};
use crate::register::{DealtWith, NewMail, Numbering, Register};
use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::Path;

/// The largest mail that is taken from a pipe. Nobody else has it, so all of it goes on file, whatever
/// `max_message_bytes` says of a mailbox, whose server keeps the rest. SQLite takes 1,000,000,000 bytes in one value,
/// and two copies are in memory meanwhile.
const BYTES_MAX: u64 = 512 * 1024 * 1024;

/// Puts the mail on file.
pub async fn run(explicit: Option<&Path>, mailbox: Option<&str>, file: &Path, clock: Clock) -> Exit {
    if store(explicit, mailbox, file, &clock).await.is_some() { Exit::Done } else { Exit::TryAgainLater }
}

/// Of which mailbox it is: the first, unless another is named. None: there is none of that name, and the MTA tries again
/// until somebody puts it right.
fn mailbox_of(config: &Config, named: Option<&str>) -> Option<MailboxName> {
    let mut all = config.mailboxes().map(|mailbox| &mailbox.name);
    match named {
        Some(named) => all.find(|name| name.as_str() == named).cloned(),
        None => all.next().cloned(),
    }
}

async fn store(explicit: Option<&Path>, mailbox: Option<&str>, file: &Path, clock: &Clock) -> Option<()> {
    let config = config::load(explicit, super::environment()).ok()?;
    let mailbox = mailbox_of(&config, mailbox)?;
    let raw = read(file).ok()?;
    let now = clock.now();
    // The moment of receipt is this clock's alone: where it cannot be right, the MTA tries again later.
    if clock.is_doubtable() && doubt(now, &Witnesses { built_at: built_at(), ..Witnesses::default() }).is_some() {
        return None;
    }
    let mail = NewMail {
        mailbox: mailbox.folder("pipe"),
        // A pipe gives no UIDs: the bytes name the mail, so that an MTA's second try is the same mail.
        uid_validity: 0,
        uid: name(&raw),
        from_junk: false,
        received_at: now,
        fetched_at: now,
        size: i64::try_from(raw.len()).unwrap_or(i64::MAX),
        whole: true,
        raw,
        unreadable_because: None,
    };
    let register = Register::open(&config.register.url).await.ok()?;
    if clock.is_doubtable() && register.clock_apart(clock).await.ok()?.is_some() {
        return None;
    }
    register.store_mails(std::slice::from_ref(&mail)).await.ok()?;
    // On the balance as given out and registered. Where that cannot be noted now, the MTA's next try does.
    let dealt = DealtWith {
        mailbox: &mail.mailbox,
        uid_validity: mail.uid_validity,
        numbering: Numbering::Unordered,
        listed: &[mail.uid],
        vanished: &[],
        at: now,
    };
    register.deal_with(&dealt).await.ok()?;
    register.close().await;
    Some(())
}

/// The whole mail, or an error: the MTA keeps what we do not take, and says so to the sender in the end.
fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    let input: Box<dyn Read> =
        if file == Path::new("-") { Box::new(std::io::stdin()) } else { Box::new(std::fs::File::open(file)?) };
    let mut raw = Vec::new();
    input.take(BYTES_MAX + 1).read_to_end(&mut raw)?;
    if raw.len() as u64 > BYTES_MAX {
        return Err(std::io::Error::other("larger than klachtpost takes from a pipe"));
    }
    Ok(raw)
}

fn name(raw: &[u8]) -> i64 {
    let digest = Sha256::digest(raw);
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&digest[..8]);
    i64::from_be_bytes(bytes) & i64::MAX
}
