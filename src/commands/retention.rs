//! `klachtpost retention apply`: what is past the terms of the settings, shown first, and redacted at a person's word.

use super::case::redact::{RedactError, finish_in_mailboxes, tell_left};
use super::looking::{self, ended_by, register_at};
use super::printing::{Form, counted, say};
use super::{Exit, failed};
use crate::clock::Clock;
use crate::config::Config;
use crate::daemon::{Office, Past, apply_terms, catch_up, past_terms};
use crate::register::RegisterError;
use clap::Subcommand;
use serde_json::json;

/// Cases named in one line.
const NAMED_MAX: usize = 20;

/// What to do about the terms.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show what is past the terms of `[retention]`, and blank it when that is asked for: it cannot be undone
    #[command(after_help = "Examples:\n  klachtpost retention apply\n  klachtpost retention apply --yes")]
    Apply {
        /// Blank it, and take its mails out of the mailbox
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        form: Form,
    },
}

/// Carries the command out.
pub async fn run(config: Config, command: Command) -> Exit {
    let Command::Apply { yes, form } = command;
    if let Err(error @ RegisterError::Absent { .. }) = looking::register(&config).await {
        return ended_by(&error);
    }
    match apply(config, yes, form).await {
        Ok(exit) => exit,
        Err(error) => failed(&error, Exit::TryAgainLater),
    }
}

async fn apply(config: Config, yes: bool, form: Form) -> Result<Exit, RedactError> {
    let place = register_at(&config);
    let office = Office::open(config, Clock::System).await?;
    catch_up(&office).await?;
    let of_companies = past_terms(&office).await?;
    let past = Past::together(&of_companies);
    let is_nothing = past.cases.is_empty() && past.mails.is_empty();
    if form.is_json() {
        say!("{}", json!({ "cases": past.cases, "mails": past.mails }));
    } else {
        tell(&past, &place, office.rules.retention.is_none());
    }
    let exit = match (is_nothing, yes) {
        (true, _) => Exit::Done,
        (false, false) => {
            if !form.is_json() {
                say!("Nothing was done: add --yes to blank it. It cannot be undone.");
            }
            Exit::FoundProblems
        }
        (false, true) => {
            let mut skipped = Vec::new();
            for past in &of_companies {
                skipped.push(apply_terms(&office, past).await?);
            }
            let skipped = Past::together(&skipped);
            if !form.is_json() {
                say!("Blanked.");
                tell_skipped(&skipped);
            }
            let left = tell_left(&finish_in_mailboxes(&office).await?);
            let is_all = skipped.cases.is_empty() && skipped.mails.is_empty();
            if is_all { left } else { Exit::TryAgainLater }
        }
    };
    office.register.close().await;
    Ok(exit)
}

fn tell_skipped(skipped: &Past) {
    let cases = skipped.cases.iter().map(ToString::to_string);
    let mails = (!skipped.mails.is_empty()).then(|| counted(skipped.mails.len(), "mail"));
    let what: Vec<String> = cases.chain(mails).collect();
    if !what.is_empty() {
        say!("Not yet, because letters that carry them wait: {}.", what.join(", "));
        say!("Next: the same again when they went: klachtpost outbox list");
    }
}

fn tell(past: &Past, place: &str, is_without_terms: bool) {
    if is_without_terms {
        say!("The settings name no term ([retention]): all is kept.");
        return;
    }
    let (cases, mails) = (counted(past.cases.len(), "case"), counted(past.mails.len(), "mail"));
    say!("Past their term in {place}: {cases}, and {mails} that concern none.");
    let named: Vec<String> = past.cases.iter().take(NAMED_MAX).map(ToString::to_string).collect();
    let more = past.cases.len() - named.len();
    if !named.is_empty() {
        let more = if more > 0 { format!(" and {more} more (--json names all)") } else { String::new() };
        say!("  {}{more}", named.join(", "));
    }
}
