//! `klachtpost ingest`: one mail from an MTA's pipe onto the register; the running daemon, or the next `run --once`,
//! decides on it. Exits 0 or 75 only and prints nothing, because MTAs bounce on anything else.

use super::Exit;
use crate::clock::Clock;
use crate::config;
use crate::register::{DealtWith, NewMail, Numbering, Register};
use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::Path;

/// Puts the mail on file.
pub async fn run(explicit: Option<&Path>, file: &Path) -> Exit {
    if store(explicit, file).await.is_some() { Exit::Done } else { Exit::TryAgainLater }
}

async fn store(explicit: Option<&Path>, file: &Path) -> Option<()> {
    let config = config::load(explicit, super::environment()).ok()?;
    let limit = config.mailbox.max_message_bytes;
    let (raw, size) = read(file, limit).ok()?;
    let now = Clock::System.now();
    let mail = NewMail {
        mailbox: format!("{}/pipe", config.mailbox.name),
        // A pipe gives no UIDs: the bytes name the mail, so that an MTA's second try is the same mail.
        uid_validity: 0,
        uid: name(&raw),
        from_junk: false,
        received_at: now,
        fetched_at: now,
        size: i64::try_from(size).unwrap_or(i64::MAX),
        whole: size <= limit,
        raw,
        unreadable_because: None,
    };
    let register = Register::open(&config.register.url).await.ok()?;
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

/// At most `limit` bytes of the mail, and how many there were.
fn read(file: &Path, limit: u64) -> std::io::Result<(Vec<u8>, u64)> {
    let mut input: Box<dyn Read> =
        if file == Path::new("-") { Box::new(std::io::stdin()) } else { Box::new(std::fs::File::open(file)?) };
    let mut raw = Vec::new();
    input.by_ref().take(limit).read_to_end(&mut raw)?;
    let rest = std::io::copy(&mut input, &mut std::io::sink())?;
    let size = raw.len() as u64 + rest;
    Ok((raw, size))
}

fn name(raw: &[u8]) -> i64 {
    let digest = Sha256::digest(raw);
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&digest[..8]);
    i64::from_be_bytes(bytes) & i64::MAX
}
