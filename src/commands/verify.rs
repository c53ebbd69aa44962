//! `klachtpost verify`: proves that nobody changed the past.

use super::{Exit, failed};
use crate::config::Config;
use crate::register::Register;

/// Checks the whole register; one line per finding.
pub async fn run(config: Config) -> Exit {
    let verified = match Register::open(&config.register.url).await {
        Ok(register) => register.verify().await,
        Err(error) => Err(error),
    };
    let verified = match verified {
        Ok(verified) => verified,
        Err(error) => return failed(&error, Exit::TryAgainLater),
    };
    for finding in &verified.findings {
        println!("{}: {}", finding.place, finding.what);
    }
    println!(
        "{} events, {} cases, {} blanked, {} problems; head of the chain: {} {}",
        verified.events,
        verified.cases,
        verified.blanked,
        verified.findings.len(),
        verified.head.seq,
        verified.head.hash
    );
    println!(
        "This proves the register against itself. Against replacing the whole file, compare the head with a digest's."
    );
    if verified.findings.is_empty() { Exit::Done } else { Exit::FoundProblems }
}
