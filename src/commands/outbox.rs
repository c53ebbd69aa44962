//! `klachtpost outbox`: which letters wait, went, or are held; hold one back, or let it go.

mod resend;

use super::case::printable;
use super::looking::{self, ended_by, register_at};
use super::printing::{Form, counted, say};
use super::{Exit, failed};
use crate::case::LetterId;
use crate::clock::Clock;
use crate::config::Config;
use crate::desk::caps::Cap;
use crate::register::{LetterRow, LetterState, RegisterError};
use clap::Subcommand;
use futures_util::TryStreamExt;
use serde_json::json;

/// In the place of a customer's address.
const CONFIDENTIAL: &str = "(confidential)";

/// What to do with letters.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List letters, oldest first: to whom, and why they wait or what the server said
    #[command(after_help = "Example:\n  klachtpost outbox list | grep held")]
    List {
        #[command(flatten)]
        form: Form,
    },
    /// Hold a queued letter back
    #[command(after_help = "Example:\n  klachtpost outbox hold f3k2m9q7tz4a")]
    Hold {
        /// The letter's id, as `klachtpost outbox list` shows it
        #[arg(value_name = "ID")]
        letter: String,
        #[command(flatten)]
        form: Form,
    },
    /// Let a held letter go
    #[command(after_help = "Example:\n  klachtpost outbox release f3k2m9q7tz4a")]
    Release {
        /// The letter's id, as `klachtpost outbox list` shows it
        #[arg(value_name = "ID")]
        letter: String,
        #[command(flatten)]
        form: Form,
    },
    /// Send refused letters again, once their recipients' server takes them: lists them and asks
    #[command(after_help = "Examples:\n  klachtpost outbox resend f3k2m9q7tz4a\n  \
                            klachtpost outbox resend --refused-since 23-11-2026")]
    Resend {
        #[command(flatten)]
        which: resend::Which,
        /// Without asking
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        form: Form,
    },
}

/// Carries the command out.
pub async fn run(config: Config, command: Command) -> Exit {
    let done = match command {
        Command::List { form } => list(&config, form).await,
        Command::Hold { letter, form } => hold(&config, letter, form).await,
        Command::Release { letter, form } => release(&config, letter, form).await,
        Command::Resend { which, yes, form } => {
            let consent = if yes { resend::Consent::Given } else { resend::Consent::Ask };
            return resend::run(config, which, consent, form).await.unwrap_or_else(|error| error.ended());
        }
    };
    done.unwrap_or_else(|error| ended_by(&error))
}

async fn list(config: &Config, form: Form) -> Result<Exit, RegisterError> {
    let register = looking::register(config).await?;
    let confidential = register.confidential().await?;
    let mut letters = register.all_letters();
    let mut count = 0_usize;
    while let Some(mut letter) = letters.try_next().await? {
        // Who complains is seen by the readers of such a case alone.
        if letter.case.is_some_and(|number| confidential.contains(&number)) && letter.kind.is_for_customer() {
            letter.to = CONFIDENTIAL.to_owned();
            letter.reply.clear();
        }
        if form.is_json() {
            say!("{}", super::case::letter_json(config, &letter));
            continue;
        }
        if count == 0 {
            let id = letter.id.as_str().chars().count();
            say!("{:<id$}  {:<9} {:<16} {:<14} {:<32} WHY", "ID", "STATE", "KIND", "CASE", "TO");
        }
        count += 1;
        print_letter(&letter);
    }
    drop(letters);
    if !form.is_json() {
        say!("{}{} in {}", if count == 0 { "" } else { "\n" }, counted(count, "letter"), register_at(config));
    }
    Ok(Exit::Done)
}

async fn hold(config: &Config, letter: String, form: Form) -> Result<Exit, RegisterError> {
    let register = looking::register(config).await?;
    let found = register.hold_letter(&LetterId::from_stored(letter.clone()), "held by the operator").await?;
    Ok(changed(config, found, (&letter, LetterState::Held), form))
}

async fn release(config: &Config, letter: String, form: Form) -> Result<Exit, RegisterError> {
    let register = looking::register(config).await?;
    let found = register.release_letter(&LetterId::from_stored(letter.clone()), Clock::System.now()).await?;
    Ok(changed(config, found, (&letter, LetterState::Queued), form))
}

/// What was done, or that there was no such letter.
fn changed(config: &Config, found: bool, (letter, now): (&str, LetterState), form: Form) -> Exit {
    let register = register_at(config);
    if found && form.is_json() {
        say!("{}", json!({ "register": register, "id": letter, "state": now.name() }));
        return Exit::Done;
    }
    if found {
        let done = if now == LetterState::Held { "is held" } else { "goes out" };
        say!("letter {} {done}, in {register}", printable(letter));
        return Exit::Done;
    }
    let none = format!("no letter with that id is in a state for this, in {register}; see `klachtpost outbox list`");
    failed(&none, Exit::FoundProblems)
}

fn print_letter(letter: &LetterRow) {
    let case = letter.case.map(|n| n.to_string()).unwrap_or_else(|| "-".to_owned());
    let line = format!(
        "{}  {:<9} {:<16} {:<14} {:<32} {}",
        letter.id,
        letter.state.name(),
        letter.kind.name().replace('_', " "),
        case,
        letter.to,
        printable(why(letter)).chars().take(80).collect::<String>()
    );
    say!("{}", line.trim_end());
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
