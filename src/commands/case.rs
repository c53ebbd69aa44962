//! `klachtpost case`: the cases, and one case's file; for people, and as the contract's JSON.

mod confidential;
mod folder;
mod list;
pub(super) mod redact;
mod timeline;

use super::export::export;
use super::looking::{self, ended_by, register_at};
use super::printing::{Form, say};
use super::{Exit, failed};
use crate::case::{Actor, Case, CaseNumber, CaseState, Clock, Moment, Outcome, Paper};
use crate::clock;
use crate::config::Config;
use crate::mail::turns_direction;
use crate::register::{LetterRow, StoredEvent};
use clap::Subcommand;
use confidential::{Shown, is_withheld, withheld};
use folder::FolderError;
use serde_json::{Value, json};
use std::path::PathBuf;
pub(super) use timeline::{moment_of, sentence, words};

/// Characters of what was written, on an event's one line; `case export` has all of it.
const DETAIL_CHARS_MAX: usize = 100;

/// What to show.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the cases, oldest first: what each waits for, when that is due and how late it is
    #[command(after_help = "Examples:\n  klachtpost case list --open --department schade\n  \
                            klachtpost case list --overdue\n  klachtpost case list --customer jansen --since 1-11-2026 --json")]
    List {
        #[command(flatten)]
        filter: list::Filter,
        #[command(flatten)]
        form: Form,
    },
    /// Show a case with its terms, what happened, and its letters
    #[command(after_help = "Example:\n  klachtpost case show K-2026-000123")]
    Show {
        /// The case's number, as it stands in the subject of its letters
        #[arg(value_name = "NUMBER")]
        number: CaseNumber,
        #[command(flatten)]
        form: Form,
        #[command(flatten)]
        shown: Shown,
    },
    /// Write a case's whole file to standard output, as JSON with its mails and letters (base64), or into a folder
    #[command(after_help = "Examples:\n  klachtpost case export K-2026-000123 --json > K-2026-000123.json\n  \
                            klachtpost case export K-2026-000123 --folder K-2026-000123")]
    Export {
        /// The case's number, as it stands in the subject of its letters
        #[arg(value_name = "NUMBER")]
        number: CaseNumber,
        /// A new folder: a page, mails and letters (.eml) and JSON; what is the customer's own apart from the rest
        #[arg(long, value_name = "DIR", conflicts_with = "json")]
        folder: Option<PathBuf>,
        #[command(flatten)]
        form: Form,
        #[command(flatten)]
        shown: Shown,
    },
    /// Blank what is on file of a case at a person's word, and take its mails out of the mailbox: it cannot be undone
    #[command(after_help = "Example:\n  klachtpost case redact K-2026-000123 --reason \"art. 17, asked on 3-11-2027\"")]
    Redact {
        /// The case's number, as it stands in the subject of its letters
        #[arg(value_name = "NUMBER")]
        number: CaseNumber,
        #[command(flatten)]
        word: redact::Word,
    },
}

/// Carries the command out.
pub async fn run(config: Config, command: Command) -> Exit {
    if let Command::Redact { number, word } = command {
        return redact::run(config, number, word).await;
    }
    match carry_out(&config, command).await {
        Ok(exit) => exit,
        Err(FolderError::Register(error)) => ended_by(&error),
        Err(error) => failed(&error, Exit::FoundProblems),
    }
}

async fn carry_out(config: &Config, command: Command) -> Result<Exit, FolderError> {
    let register = looking::register(config).await?;
    let now = clock::Clock::System.now();
    match command {
        Command::List { filter, form } if form.is_json() => list::print_json(config, &register, &filter, now).await?,
        Command::List { filter, .. } => list::print(config, &register, &filter, now).await?,
        Command::Show { number, form, shown } => {
            let Some(case) = register.case(number).await? else { return Ok(no_case(number)) };
            if is_withheld(&case, shown) {
                return Ok(withheld(number));
            }
            let (mut events, mut letters) = (Vec::new(), Vec::new());
            // The file of a case in which others go on holds theirs.
            for number in case.absorbed.iter().chain([&number]) {
                events.extend(register.events(*number).await?);
                letters.extend(register.letters(Some(*number), &[]).await?);
            }
            events.sort_by_key(|stored| stored.seq);
            letters.sort_by_key(|letter| letter.created_at);
            if form.is_json() {
                say!("{}", file_json(config, &case, &events, &letters, now));
            } else {
                print_file(config, &case, &events, &letters, now);
            }
        }
        Command::Export { number, folder, form, shown } => {
            let case = register.case(number).await?;
            if case.is_some_and(|case| is_withheld(&case, shown)) {
                return Ok(withheld(number));
            }
            let is_there = match folder {
                Some(folder) => folder::write(config, &register, number, &folder, now).await?,
                None => export(config, &register, number, form, now).await?,
            };
            if !is_there {
                return Ok(no_case(number));
            }
        }
        // It writes, and is carried out above.
        Command::Redact { .. } => {}
    }
    Ok(Exit::Done)
}

fn no_case(number: CaseNumber) -> Exit {
    failed(&format!("there is no case {number}; see `klachtpost case list`"), Exit::FoundProblems)
}

fn clock_name(clock: Clock) -> &'static str {
    match clock {
        Clock::Acknowledge => "acknowledge",
        Clock::FirstResponse => "first_response",
        Clock::Resolve => "resolve",
        Clock::Promised => "promised",
    }
}

/// The same for people.
fn clock_words(clock: Clock) -> &'static str {
    match clock {
        Clock::Acknowledge => "acknowledgement",
        Clock::FirstResponse => "first response",
        Clock::Resolve => "resolution",
        Clock::Promised => "promised answer",
    }
}

/// To the minute, in the desk's zone.
pub(super) fn short_time(config: &Config, at: Moment) -> String {
    at.with_timezone(&config.desk.time_zone).format("%Y-%m-%d %H:%M").to_string()
}

/// RFC 3339 in the desk's zone.
pub(super) fn time(config: &Config, at: Moment) -> String {
    at.with_timezone(&config.desk.time_zone).to_rfc3339_opts(chrono::SecondsFormat::Secs, false)
}

fn case_json(config: &Config, case: &Case, now: Moment) -> Value {
    let at = |moment: Moment| time(config, moment);
    json!({
        "number": case.number,
        "state": case.state,
        "department": case.department,
        "handler": case.handler,
        "channel": case.channel,
        "customer": { "name": case.customer.name, "address": case.customer.address, "phone": case.customer.phone,
            "postal": case.customer.postal },
        "subject": case.subject,
        "references": case.references,
        "received_at": at(case.received_at),
        "acknowledged_at": case.acknowledged_at().map(at),
        "first_response_at": case.first_response_at().map(at),
        "closed_at": case.closed_at.map(at),
        "outcome": case.judgement.outcome.map(Outcome::name),
        "cause": case.judgement.cause,
        "compensation": case.judgement.compensation.map(|amount| amount.to_string()),
        "promised_until": case.promise.as_ref().map(|promise| at(promise.until)),
        "due": {
            "acknowledge": at(case.due.acknowledge),
            "first_response": at(case.due.first_response),
            "resolve": at(case.due.resolve),
        },
        "overdue": case.overdue(now).into_iter().map(clock_name).collect::<Vec<_>>(),
        "escalated": case.escalation.is_some(),
        "reopened": case.reopened,
        "dispute": case.disputed.as_ref().map(|dispute| json!({
            "at": at(dispute.at),
            "last_day": dispute.last_day,
            "ruled_at": case.ruling.as_ref().map(|ruling| at(ruling.at)),
        })),
        "merged_into": case.merged_into,
        "representative": case.representative.as_ref().map(|acts| &acts.address),
        "redacted_at": case.redacted_at.map(at),
        "confidential": case.confidential.is_some(),
        "urgent": case.urgent.is_some(),
        "guarded": case.duties.iter().map(|duty| json!({ "what": duty.kind, "due": at(duty.due) })).collect::<Vec<_>>(),
    })
}

pub(super) fn file_json(
    config: &Config,
    case: &Case,
    events: &[StoredEvent],
    letters: &[LetterRow],
    now: Moment,
) -> Value {
    let mut file = case_json(config, case, now);
    file["timeline"] = events.iter().map(|stored| event_json(config, stored)).collect();
    file["to_post"] = case.to_post().map(|paper| paper_json(config, paper)).collect();
    file["committee_owed"] = json!(case.owes_committee());
    file["confirmation_owed"] = json!(case.owes_confirmation());
    file["letters"] = letters.iter().map(|letter| letter_json(config, letter)).collect();
    file
}

/// A letter on paper that waits to be posted.
fn paper_json(config: &Config, paper: &Paper) -> Value {
    json!({ "kind": paper.letter_kind, "letter": paper.letter, "written_at": time(config, paper.written_at) })
}

pub(super) fn event_json(config: &Config, stored: &StoredEvent) -> Value {
    let Some(event) = &stored.event else {
        return json!({ "seq": stored.seq, "kind": stored.kind, "blanked": true });
    };
    let mut line = serde_json::to_value(&event.what).unwrap_or_default();
    line["at"] = json!(time(config, event.at));
    line["actor"] = json!(actor(&event.actor));
    line["seq"] = json!(stored.seq);
    line["case"] = json!(event.case);
    line
}

/// One letter as the contract's JSON.
pub fn letter_json(config: &Config, letter: &LetterRow) -> Value {
    json!({
        "id": letter.id,
        "kind": letter.kind,
        "case": letter.case,
        "to": letter.to,
        "state": letter.state.name(),
        "held_because": letter.held_because,
        "message_id": letter.message_id,
        "attempts": letter.attempts,
        "not_before": time(config, letter.not_before),
        "accepted_at": letter.accepted_at.map(|at| time(config, at)),
        "reply": letter.reply,
    })
}

fn actor(actor: &Actor) -> String {
    match actor {
        Actor::Customer => "customer".to_owned(),
        Actor::Staff(address) => address.to_string(),
        Actor::Other(address) => format!("other: {address}"),
        Actor::Desk => "klachtpost".to_owned(),
        Actor::Server => "mail server".to_owned(),
    }
}

/// Whose it is, what it is about, and how its terms stand.
pub(super) fn print_heading(config: &Config, case: &Case, now: Moment) {
    let customer = &case.customer;
    let address = customer.address.as_ref().map(|address| format!("<{address}>"));
    let who = [Some(customer.name.clone()), address, customer.phone.clone()].into_iter().flatten();
    let who: Vec<String> = who.filter(|part| !part.is_empty()).collect();
    let urgent = if case.urgent.is_some() { ", urgent" } else { "" };
    let confidential = if case.confidential.is_some() { ", confidential" } else { "" };
    let redacted = if case.redacted_at.is_some() { ", redacted" } else { "" };
    say!("{}  {}, {}{urgent}{confidential}{redacted}", case.number, case.state.name(), case.department);
    let line = |label: &str, text: &str| say!("  {label:<16} {}", printable(text));
    line("subject", &case.subject);
    line("customer", &who.join(" "));
    if let Some(acts) = &case.representative {
        line("represented by", &format!("{} <{}>", acts.name, acts.address));
    }
    if let Some(handler) = &case.handler {
        line("handled by", handler.as_str());
    }
    line("received", &short_time(config, case.received_at));
    let clocks = Clock::ALL.into_iter().filter(|clock| *clock != Clock::Promised || case.promise.is_some());
    for clock in clocks {
        let (due, stopped) = case.clock(clock);
        let how = match stopped {
            Some(at) if at > due => format!(", done late, {}", short_time(config, at)),
            Some(at) => format!(", done {}", short_time(config, at)),
            None if case.overdue(now).contains(&clock) => ", LATE".to_owned(),
            None if case.state != CaseState::Open => ", not done".to_owned(),
            None => String::new(),
        };
        line(clock_words(clock), &format!("due {}{how}", short_time(config, due)));
    }
    for duty in &case.duties {
        line("guarded", &format!("{}, due {}", timeline::duty(duty.kind), short_time(config, duty.due)));
    }
    for reference in &case.references {
        line(&reference.name, &reference.written);
    }
}

fn print_file(config: &Config, case: &Case, events: &[StoredEvent], letters: &[LetterRow], now: Moment) {
    print_heading(config, case, now);
    say!("\nTimeline");
    for stored in events {
        let detail = stored.event.as_ref().map(|event| one_line(words(&event.what))).unwrap_or_default();
        let detail = if detail.is_empty() { detail } else { format!(" | {detail}") };
        say!("  {:<16}  {}{detail}", moment_of(config, stored), sentence(config, stored));
    }
    for paper in case.to_post() {
        let written = short_time(config, paper.written_at);
        say!("\nTo be posted: {} (written {written})", paper.letter_kind.name().replace('_', " "));
    }
    if case.owes_confirmation() {
        say!("\nOwed: the confirmation of the settlement (#verstuurd or #gebeld)");
    }
    if case.owes_committee() {
        say!("\nOwed: that there is a committee, in writing (#afgehandeld, once there is an address)");
    }
    say!("\nLetters");
    for letter in letters {
        let kind = letter.kind.name().replace('_', " ");
        let line = format!("  {kind:<16} {:<9} {:<32} {}", letter.state.name(), letter.to, printable(&letter.reply));
        say!("{}", line.trim_end());
    }
    say!("\nFrom {}", register_at(config));
}

/// A stranger's words must not steer the operator's terminal, nor read another way than they were written.
pub(super) fn printable(line: &str) -> String {
    line.chars().filter(|c| (!c.is_control() || *c == '\t') && !turns_direction(*c)).collect()
}

fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut = line.chars().nth(DETAIL_CHARS_MAX).is_some();
    let line: String = line.chars().take(DETAIL_CHARS_MAX).collect();
    printable(&if cut { format!("{line}…") } else { line })
}
