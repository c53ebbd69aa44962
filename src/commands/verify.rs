//! `klachtpost verify`: proves that nobody changed the past; with `--digest` also against replacing the whole file, by the
//! head of the chain that a digest printed when it went out.

use super::printing::say;
use super::{Exit, failed};
use crate::config::Config;
use crate::mail;
use crate::register::{Register, RegisterError, Verified};
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
pub async fn run(config: Config, digest: Option<&Path>) -> Exit {
    match verify(&config, digest).await {
        Ok(exit) => exit,
        Err(error @ VerifyError::Register(_)) => failed(&error, Exit::TryAgainLater),
        Err(error) => failed(&error, Exit::WrongUsage),
    }
}

async fn verify(config: &Config, digest: Option<&Path>) -> Result<Exit, VerifyError> {
    let heads = digest.map(printed_heads).transpose()?;
    let register = Register::open(&config.register.url).await?;
    let verified = register.verify().await?;
    for finding in &verified.findings {
        say!("{}: {}", finding.place, finding.what);
    }
    summary(&verified);
    let mut problems = verified.findings.len();
    match heads {
        None => say!(
            "This proves the register against itself. Against replacing the whole file, add --digest with a digest's letter."
        ),
        Some(heads) => problems += witnessed(&register, &heads).await?,
    }
    register.close().await;
    Ok(if problems == 0 { Exit::Done } else { Exit::FoundProblems })
}

fn summary(verified: &Verified) {
    say!(
        "{} events, {} cases, {} blanked, {} problems; head of the chain: {} {}",
        verified.events,
        verified.cases,
        verified.blanked,
        verified.findings.len(),
        verified.head.seq,
        verified.head.hash
    );
    if !verified.unproven.is_empty() {
        let named: Vec<String> = verified.unproven.iter().take(NAMED_MAX).map(ToString::to_string).collect();
        let more = verified.unproven.len().saturating_sub(named.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        say!("Content was blanked, so that the case cannot be held against its events: {}{more}", named.join(", "));
    }
}

/// Says for each printed head whether the chain still holds it. Returns how many it does not.
async fn witnessed(register: &Register, heads: &[String]) -> Result<usize, RegisterError> {
    let mut lost = 0;
    for head in heads {
        match register.find_head(head).await? {
            Some(seq) => say!("The digest saw the chain up to event {seq}, and it is still there: {head}"),
            None => {
                lost += 1;
                say!(
                    "digest: the chain it saw is not in this register: events were removed or the file replaced ({head})"
                );
            }
        }
    }
    Ok(lost)
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
