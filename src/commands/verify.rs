//! `klachtpost verify`: proves that nobody changed the past; with `--digest` also against replacing the whole file, by the
//! head of the chain that a digest printed when it went out.

use super::looking::{self, ended_by, register_at};
use super::printing::{Form, progress, say};
use super::{Exit, failed};
use crate::case::CaseNumber;
use crate::config::Config;
use crate::mail;
use crate::register::{Register, RegisterError, Verified};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Hexadecimal characters of a chain head (SHA-256).
const HEAD_CHARS: usize = 64;
/// Cases named in one line of the summary.
const NAMED_MAX: usize = 20;

#[derive(Debug, thiserror::Error)]
enum VerifyError {
    #[error("failed to read the digest {path}: {why}\n  hint: save the letter from the mail client as a file (.eml)", path = .path.display())]
    File { path: PathBuf, why: std::io::Error },
    #[error(
        "failed to check against {path}: expected a digest with the state of the register in its last lines, found none\n  hint: save the whole letter from the mail client as a file (.eml)",
        path = .path.display()
    )]
    NoHead { path: PathBuf },
    #[error(transparent)]
    Register(#[from] RegisterError),
}

/// Checks the whole register; one line per finding.
pub async fn run(config: Config, digest: Option<&Path>, form: Form) -> Exit {
    match verify(&config, digest, form).await {
        Ok(exit) => exit,
        Err(VerifyError::Register(error)) => ended_by(&error),
        Err(error) => failed(&error, Exit::WrongUsage),
    }
}

async fn verify(config: &Config, digest: Option<&Path>, form: Form) -> Result<Exit, VerifyError> {
    let heads = digest.map(printed_heads).transpose()?;
    let register = looking::register(config).await?;
    let looked = Looked {
        verified: verified(&register).await?,
        not_on_file: register.not_on_file().await?.map(|missing| missing.count),
        witnesses: witnesses(&register, heads).await?,
    };
    register.close().await;
    if form.is_json() {
        say!("{}", looked.json(config))
    } else {
        looked.print(config)
    }
    Ok(if looked.problems() == 0 { Exit::Done } else { Exit::FoundProblems })
}

/// With how far it is, for who waits at a terminal.
pub(super) async fn verified(register: &Register) -> Result<Verified, RegisterError> {
    let bar = progress(register.chain_head().await?.seq, "events");
    let verified =
        register.verify_telling(&mut |events| bar.set_position(u64::try_from(events).unwrap_or_default())).await;
    bar.finish_and_clear();
    verified
}

/// All that was looked at.
struct Looked {
    verified: Verified,
    /// What the last look into our own folders found; this one looks at the register alone.
    not_on_file: Option<usize>,
    /// Each head that the digest printed, and where in the chain it still is. None: no digest was given.
    witnesses: Option<Vec<(String, Option<i64>)>>,
}

async fn witnesses(
    register: &Register,
    heads: Option<Vec<String>>,
) -> Result<Option<Vec<(String, Option<i64>)>>, RegisterError> {
    let Some(heads) = heads else { return Ok(None) };
    let mut found = Vec::with_capacity(heads.len());
    for head in heads {
        let seq = register.find_head(&head).await?;
        found.push((head, seq));
    }
    Ok(Some(found))
}

impl Looked {
    fn problems(&self) -> usize {
        let lost = self.witnesses.iter().flatten().filter(|(_, seq)| seq.is_none()).count();
        self.verified.findings.len() + self.not_on_file.unwrap_or(0) + lost
    }

    fn json(&self, config: &Config) -> Value {
        let verified = &self.verified;
        let findings = verified.findings.iter().map(|finding| json!({ "place": finding.place, "what": finding.what }));
        let witnesses = self.witnesses.as_ref().map(|witnesses| {
            witnesses.iter().map(|(head, seq)| json!({ "hash": head, "seq": seq })).collect::<Vec<_>>()
        });
        json!({
            "register": register_at(config),
            "problems": self.problems(),
            "findings": findings.collect::<Vec<_>>(),
            "events": verified.events,
            "cases": verified.cases,
            "blanked": verified.blanked,
            "redacted": {
                "cases": verified.redacted.cases,
                "events": verified.redacted.events,
                "mails": verified.redacted.mails,
                "letters": verified.redacted.letters,
            },
            "unproven": verified.unproven,
            "head": { "seq": verified.head.seq, "hash": verified.head.hash },
            "not_on_file": self.not_on_file,
            "digest": witnesses,
        })
    }

    fn print(&self, config: &Config) {
        for finding in &self.verified.findings {
            say!("{}: {}", finding.place, finding.what);
        }
        summary(&self.verified, config);
        match self.not_on_file {
            None => say!(
                "Whether the mailbox's own folders hold mail that is not in this register was not looked at: `klachtpost check` does."
            ),
            Some(count) => say!(
                "own folders: {count} mails lie in them that are not in this register; `klachtpost adopt` lists them and takes them in"
            ),
        }
        if self.witnesses.is_none() {
            say!(
                "This proves the register against itself. Against replacing the whole file, add --digest with a digest's letter."
            );
        }
        for (head, seq) in self.witnesses.iter().flatten() {
            match seq {
                Some(seq) => say!("The digest saw the chain up to event {seq}, and it is still there: {head}"),
                None => say!(
                    "digest: the chain it saw is not in this register: events were removed or the file replaced ({head})"
                ),
            }
        }
    }
}

fn summary(verified: &Verified, config: &Config) {
    say!(
        "{} events, {} cases, {} blanked, {} problems in {}",
        verified.events,
        verified.cases,
        verified.blanked,
        verified.findings.len(),
        register_at(config)
    );
    say!("Head of the chain: {} {}", verified.head.seq, verified.head.hash);
    let redacted = &verified.redacted;
    if redacted.events + redacted.mails > 0 {
        let cases = match redacted.cases.len() {
            0 => String::new(),
            _ => format!(" in {}", named(redacted.cases.iter())),
        };
        say!(
            "Redacted at a person's word{cases}: {} events, {} mails, {} letters; that they are as they were left is proven, what stood in them is gone",
            redacted.events,
            redacted.mails,
            redacted.letters
        );
    }
    if !verified.unproven.is_empty() {
        let cases = named(verified.unproven.iter());
        say!("Content was blanked, so that the case cannot be held against its events: {cases}");
    }
}

fn named<'a>(cases: impl ExactSizeIterator<Item = &'a CaseNumber>) -> String {
    let more = cases.len().saturating_sub(NAMED_MAX);
    let named: Vec<String> = cases.take(NAMED_MAX).map(ToString::to_string).collect();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    named.join(", ") + &more
}

/// The chain heads in a digest's letter; a forwarded thread may hold several.
fn printed_heads(path: &Path) -> Result<Vec<String>, VerifyError> {
    let raw = std::fs::read(path).map_err(|why| VerifyError::File { path: path.to_owned(), why })?;
    let heads = heads_in(&mail::read(&raw, "").text);
    if heads.is_empty() { Err(VerifyError::NoHead { path: path.to_owned() }) } else { Ok(heads) }
}

fn heads_in(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let mut heads: Vec<String> = Vec::new();
    for word in words.filter(|word| word.len() == HEAD_CHARS && word.bytes().all(|b| b.is_ascii_hexdigit())) {
        let head = word.to_ascii_lowercase();
        if !heads.contains(&head) {
            heads.push(head);
        }
    }
    heads
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_found_as_mail_clients_leave_it() {
        let head = "3f5a9c0b7d1e2f4a6b8c9d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c";
        let twice = format!("> Stand van het register: {head}. Bewaar\n> {}\nx{head}y", head.to_uppercase());
        assert_eq!(heads_in(&twice), [head]);
        assert!(heads_in("Stand van het register: 3f5a9c0b").is_empty());
    }
}
