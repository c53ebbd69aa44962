//! `klachtpost outbox`: which letters wait, went, or are held; hold one back, or let it go.

mod resend;

use super::case::printable;
use super::printing::say;
use super::{Exit, failed};
use crate::case::LetterId;
use crate::clock::Clock;
use crate::config::Config;
use crate::desk::caps::Cap;
use crate::register::{LetterRow, LetterState, Register, RegisterError};
use clap::Subcommand;
use futures_util::TryStreamExt;

/// In the place of a customer's address.
const CONFIDENTIAL: &str = "(confidential)";

/// What to do with letters.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List letters, oldest first
    List {
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Hold a queued letter back
    Hold { letter: String },
    /// Let a held letter go
    Release { letter: String },
    /// Send refused letters again, once their recipients' server takes them: lists them and asks
    Resend {
        #[command(flatten)]
        which: resend::Which,
        /// Without asking
        #[arg(long)]
        yes: bool,
    },
}

/// Carries the command out.
pub async fn run(config: Config, command: Command) -> Exit {
    let done = match command {
        Command::List { json } => list(&config, json).await,
        Command::Hold { letter } => hold(&config, letter).await,
        Command::Release { letter } => release(&config, letter).await,
        Command::Resend { which, yes } => {
            let consent = if yes { resend::Consent::Given } else { resend::Consent::Ask };
            return resend::run(config, which, consent)
                .await
                .unwrap_or_else(|error| failed(&error, Exit::TryAgainLater));
        }
    };
    done.unwrap_or_else(|error| failed(&error, Exit::TryAgainLater))
}

async fn list(config: &Config, json: bool) -> Result<Exit, RegisterError> {
    let register = Register::open(&config.register.url).await?;
    let confidential = register.confidential().await?;
    let mut letters = register.all_letters();
    while let Some(mut letter) = letters.try_next().await? {
        // Who complains is seen by the readers of such a case alone.
        if letter.case.is_some_and(|number| confidential.contains(&number)) && letter.kind.is_for_customer() {
            letter.to = CONFIDENTIAL.to_owned();
            letter.reply.clear();
        }
        print_letter(config, &letter, json);
    }
    drop(letters);
    Ok(Exit::Done)
}

async fn hold(config: &Config, letter: String) -> Result<Exit, RegisterError> {
    let register = Register::open(&config.register.url).await?;
    Ok(changed(register.hold_letter(&LetterId::from_stored(letter), "held by the operator").await?))
}

async fn release(config: &Config, letter: String) -> Result<Exit, RegisterError> {
    let register = Register::open(&config.register.url).await?;
    Ok(changed(register.release_letter(&LetterId::from_stored(letter), Clock::System.now()).await?))
}

/// Whether there was such a letter.
fn changed(found: bool) -> Exit {
    const NONE: &str = "no letter with that id is in a state for this; see `klachtpost outbox list`";
    if found { Exit::Done } else { failed(&NONE, Exit::FoundProblems) }
}

fn print_letter(config: &Config, letter: &LetterRow, json: bool) {
    if json {
        say!("{}", super::case::letter_json(config, letter));
        return;
    }
    let case = letter.case.map(|n| n.to_string()).unwrap_or_else(|| "-".to_owned());
    say!(
        "{}  {:<9} {:<16} {:<14} {:<32} {}",
        letter.id,
        letter.state.name(),
        letter.kind.name(),
        case,
        letter.to,
        printable(why(letter)).chars().take(80).collect::<String>()
    );
}

/// Why it waits, or what the server said last.
fn why(letter: &LetterRow) -> &str {
    let held_by = |cap: Cap| letter.state == LetterState::Held && letter.held_because == cap.name();
    match letter.state {
        _ if held_by(Cap::Address) => "too many to this address: goes out with others, in one letter",
        _ if held_by(Cap::Unproven) => "too many unproven senders of this domain: goes out when the hour has passed",
        _ if held_by(Cap::Domain) => "too many to this domain: goes out when the hour has passed",
        _ if held_by(Cap::Desk) => "too many in an hour: goes out when the hour has passed",
        LetterState::Bundled => "goes out with others, in one letter",
        LetterState::Held => &letter.held_because,
        LetterState::Queued | LetterState::Leased | LetterState::Accepted | LetterState::Refused => &letter.reply,
    }
}
