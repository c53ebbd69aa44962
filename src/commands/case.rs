//! `klachtpost case`: the cases, and one case's file; for people, and as the contract's JSON.

use super::export::export;
use super::printing::say;
use super::{Exit, failed};
use crate::case::{Actor, Case, CaseNumber, Clock, Customer, Moment, Outcome, Paper, What};
use crate::clock;
use crate::config::Config;
use crate::mail::turns_direction;
use crate::register::{CaseQuery, LetterRow, Register, RegisterError, StoredEvent};
use clap::Subcommand;
use serde_json::{Value, json};

/// Characters of an event on its one line; `case export` has all of it.
const DETAIL_CHARS_MAX: usize = 100;

/// What to show.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the cases
    List {
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Show a case with its timeline and letters
    Show {
        number: CaseNumber,
        /// As one line of JSON
        #[arg(long)]
        json: bool,
        /// A confidential case, too: only on a lawful request
        #[arg(long)]
        confidential: bool,
    },
    /// Write a case's whole file to standard output
    Export {
        number: CaseNumber,
        /// As one line of JSON with everything, mails and letters included (base64)
        #[arg(long)]
        json: bool,
        /// A confidential case, too: only on a lawful request
        #[arg(long)]
        confidential: bool,
    },
}

/// Carries the command out.
pub async fn run(config: Config, command: Command) -> Exit {
    match carry_out(&config, command).await {
        Ok(exit) => exit,
        Err(error) => failed(&error, Exit::TryAgainLater),
    }
}

async fn carry_out(config: &Config, command: Command) -> Result<Exit, RegisterError> {
    let register = Register::open(&config.register.url).await?;
    let now = clock::Clock::System.now();
    match command {
        Command::List { json } => {
            let mut cases = register.cases(CaseQuery::All);
            while let Some(case) = cases.next().await? {
                let case = without_secrets(case);
                if json { say!("{}", case_json(config, &case, now)) } else { print_case(config, &case, now) }
            }
        }
        Command::Show { number, json, confidential } => {
            let Some(case) = register.case(number).await? else { return Ok(no_case(number)) };
            if is_withheld(&case, confidential.into()) {
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
            if json {
                say!("{}", file_json(config, &case, &events, &letters, now));
            } else {
                print_file(config, &case, &events, &letters, now);
            }
        }
        Command::Export { number, json, confidential } => {
            let case = register.case(number).await?;
            if case.is_some_and(|case| is_withheld(&case, confidential.into())) {
                return Ok(withheld(number));
            }
            if !export(config, &register, number, json, now).await? {
                return Ok(no_case(number));
            }
        }
    }
    Ok(Exit::Done)
}

/// A confidential case as the operator's list shows it: that it is there, and its terms; nothing of who complains of what.
fn without_secrets(case: Case) -> Case {
    if case.confidential.is_none() {
        return case;
    }
    let (subject, text) = ("(confidential)".to_owned(), String::new());
    Case {
        customer: Customer::default(),
        representative: None,
        subject,
        text,
        references: Vec::new(),
        handler: None,
        ..case
    }
}

/// Its file is for its readers, by mail. Whoever must have it all the same says so.
fn is_withheld(case: &Case, shown: Shown) -> bool {
    case.confidential.is_some() && shown == Shown::Usual
}

fn withheld(number: CaseNumber) -> Exit {
    let why = format!(
        "{number} is confidential: its readers ask for it by mail with `#dossier {number}`; next: only on a lawful request, give --confidential"
    );
    failed(&why, Exit::FoundProblems)
}

/// What the operator asks to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    Usual,
    /// A confidential case, too.
    Confidential,
}

impl From<bool> for Shown {
    fn from(given: bool) -> Self {
        if given { Self::Confidential } else { Self::Usual }
    }
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

pub(super) fn print_case(config: &Config, case: &Case, now: Moment) {
    let overdue: Vec<_> = case.overdue(now).into_iter().map(clock_name).collect();
    say!(
        "{}  {:<9} {:<15} {}  {:<28} {}{}",
        case.number,
        case.state.name(),
        case.department,
        case.received_at.with_timezone(&config.desk.time_zone).format("%Y-%m-%d %H:%M"),
        case.customer.address.as_ref().map_or(case.customer.name.as_str(), |a| a.as_str()),
        case.subject.chars().take(60).collect::<String>(),
        if overdue.is_empty() { String::new() } else { format!("  OVERDUE: {}", overdue.join(", ")) },
    );
}

fn print_file(config: &Config, case: &Case, events: &[StoredEvent], letters: &[LetterRow], now: Moment) {
    print_case(config, case, now);
    for reference in &case.references {
        say!("{}: {}", reference.name, reference.written);
    }
    say!("\nTimeline");
    for stored in events {
        let at = moment_of(config, stored);
        let (kind, who) = who(stored);
        let detail = stored.event.as_ref().map(|event| detail(&event.what)).unwrap_or_default();
        say!("  {at}  {kind:<15} {who:<32} {}", printable(&detail));
    }
    for paper in case.to_post() {
        let written = paper.written_at.with_timezone(&config.desk.time_zone).format("%Y-%m-%d %H:%M");
        say!("\nTo be posted: {} (written {written})", paper.letter_kind.name());
    }
    if case.owes_confirmation() {
        say!("\nOwed: the confirmation of the settlement (#verstuurd or #gebeld)");
    }
    if case.owes_committee() {
        say!("\nOwed: that there is a committee, in writing (#afgehandeld, once there is an address)");
    }
    say!("\nLetters");
    for letter in letters {
        say!("  {:<16} {:<9} {:<32} {}", letter.kind.name(), letter.state.name(), letter.to, printable(&letter.reply));
    }
}

/// A stranger's words must not steer the operator's terminal, nor read another way than they were written.
pub(super) fn printable(line: &str) -> String {
    line.chars().filter(|c| (!c.is_control() || *c == '\t') && !turns_direction(*c)).collect()
}

pub(super) fn moment_of(config: &Config, stored: &StoredEvent) -> String {
    let at = stored.event.as_ref().map(|event| event.at);
    at.map(|at| at.with_timezone(&config.desk.time_zone).format("%Y-%m-%d %H:%M").to_string()).unwrap_or_default()
}

/// What happened, and who did it.
pub(super) fn who(stored: &StoredEvent) -> (&str, String) {
    let known = stored.event.as_ref().map(|event| (event.what.name(), actor(&event.actor)));
    known.unwrap_or_else(|| (stored.kind.as_str(), "(blanked)".to_owned()))
}

fn detail(what: &What) -> String {
    words(what).split_whitespace().collect::<Vec<_>>().join(" ").chars().take(DETAIL_CHARS_MAX).collect()
}

/// All that an event says, for people.
pub(super) fn words(what: &What) -> String {
    match what {
        What::Opened(opened) => format!("{}\n\n{}", opened.subject, opened.text),
        What::Answered { text, .. }
        | What::Interim { text, .. }
        | What::Noted { text }
        | What::PhoneContact { text }
        | What::Advised { text }
        | What::Disputed { text, .. }
        | What::AuthorityWrote { text, .. }
        | What::Ruled { text } => text.clone(),
        What::RepresentativeSet(acts) => format!("{} {} ({:?})", acts.name, acts.address, acts.ground),
        What::RepresentativeEnded => String::new(),
        What::RightUsed { text, .. } | What::IdentityKnown { how: text } | What::BreachFound { text, .. } => {
            text.clone()
        }
        What::UrgentTold { words, .. } => words.join(", "),
        What::ConfidentialSet(confidential) => {
            confidential.readers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        }
        What::ConfidentialLifted => String::new(),
        What::DutySet(duty) => format!("{:?} until {}", duty.kind, duty.due),
        What::DutyDone { duty } => format!("{duty:?}"),
        What::AnsweredDirectly(answer) | What::AnswerToConfirm { answer, .. } => answer.text.clone(),
        What::AnswerShown { to, .. } | What::AnswerAsked { to } => to.to_string(),
        What::Judged(judgement) => {
            let outcome = judgement.outcome.map(|outcome| outcome.name().to_owned());
            let amount = judgement.compensation.map(|amount| amount.to_string());
            outcome.into_iter().chain(judgement.cause.clone()).chain(amount).collect::<Vec<_>>().join(", ")
        }
        What::AwayTold { who, to } => format!("{who}, to {to}"),
        What::Closed(closed) => closed.settlement.clone(),
        What::LetterWritten { letter_kind, to, .. } => format!("{} to {to}", letter_kind.name()),
        What::LetterResent { letter_kind, to, .. } => format!("{} to {to}", letter_kind.name()),
        What::LetterFate { letter_kind, fate, .. } => format!("{}: {fate:?}", letter_kind.name()),
        What::HandlerSet { handler } => handler.to_string(),
        What::PaperWritten { letter_kind, .. } | What::Posted { letter_kind, .. } => letter_kind.name().to_owned(),
        What::Bundled { letters, into } => format!("{} letters, in {into}", letters.len()),
        What::Linked { other } | What::Merged { into: other } => other.to_string(),
        What::CustomerUnknown { from, .. } => from.clone(),
        What::CustomerSet { customer } => {
            let address = customer.address.as_ref().map(ToString::to_string).unwrap_or_default();
            format!("{} {address}", customer.name).trim().to_owned()
        }
        What::StatusAsked { to } => to.to_string(),
        What::Absorbed(absorbed) => absorbed.other.to_string(),
        What::MailFiled { reason, .. } | What::Reconsidered { reason, .. } | What::Dismissed { reason } => {
            reason.clone()
        }
        What::AsideTold { mails, .. } => format!("{} mails", mails.len()),
        What::AdoptionAsked { mails, .. } => format!("{mails} mails"),
        What::AcknowledgementHeld | What::AcknowledgementReleased => String::new(),
        What::FollowedUp { from, text, .. } | What::OtherWrote { from, text, .. } => format!("{from}\n\n{text}"),
        What::DepartmentSet { department, .. } => department.clone(),
        What::Escalated { question, to } => format!("{to}: {question}"),
        What::AgendaSet(item) => format!("{}: {}", item.id, item.text),
        What::AgendaCleared { id } | What::AgendaReminded { id } => id.clone(),
        What::TermTold { clock, .. } => clock_name(*clock).to_owned(),
        What::CommitteeOwed | What::Reopened(_) | What::EscalationSettled | What::Restored => String::new(),
        What::DigestWritten { .. } | What::MonthWritten { .. } | What::Sealed(_) => String::new(),
    }
}
