//! `klachtpost explain`: what a mail says, where it would go, and by when; a dry decision, nothing is stored.
//! Needs no settings; with them, routing and terms are the company's own, as they are for the mailbox that the mail is of.

use super::printing::{Form, say};
use super::{Exit, failed};
use crate::calendar::Calendar;
use crate::case::{Address, Language, MailboxName, Match, Moment, Why};
use crate::clock::Clock;
use crate::config::{self, Config, StaffProof};
use crate::desk::routing::{Routes, Routing, Written};
use crate::desk::{verbs, witness};
use crate::mail::{self, Mail, Party};
use chrono_tz::Tz;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

mod person;
#[cfg(test)]
mod tests;

/// What explaining needs of the settings, for one mailbox.
struct Desk {
    /// None: there are no settings.
    mailbox: Option<MailboxName>,
    /// By which mail reaches it.
    addresses: Vec<Address>,
    /// Whether there are other mailboxes.
    others: Others,
    routes: Option<Routes>,
    calendar: Calendar,
    deadlines: config::Deadlines,
    zone: Tz,
    staff_proof: StaffProof,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Others {
    None,
    Some,
}

/// As what the mails are explained.
#[derive(Debug, Default, clap::Args)]
pub struct As {
    /// When it was received, e.g. 2026-11-23T10:12:00+01:00 (RFC 3339); else now
    #[arg(long, value_name = "TIME")]
    received: Option<String>,
    /// The mailbox it is of, by its name in the settings; else the one it was addressed to, or the first
    #[arg(long, value_name = "NAME")]
    mailbox: Option<String>,
}

/// Explains each file; a file that cannot be read is named, and the others go on.
pub fn run(explicit: Option<&Path>, form: Form, by: &As, files: &[PathBuf]) -> Exit {
    let received = match by.received.as_deref().map(chrono::DateTime::parse_from_rfc3339) {
        None => Clock::System.now(),
        Some(Ok(at)) => at.to_utc(),
        Some(Err(_)) => return failed(&"--received wants a moment like 2026-11-23T10:12:00+01:00", Exit::WrongUsage),
    };
    let desks = match desks(explicit) {
        Ok(desks) => desks,
        Err(error) => return failed(&error, Exit::FoundProblems),
    };
    let named = match by.mailbox.as_deref().map(|name| named(&desks, name)).transpose() {
        Ok(named) => named,
        Err(error) => return failed(&error, Exit::WrongUsage),
    };
    let mut exit = Exit::Done;
    for file in files {
        match std::fs::read(file) {
            Ok(raw) => {
                let Some(desk) = named.or_else(|| reached(&desks, &raw)) else { continue };
                let mail = mail::read(&raw, witness(&desk.staff_proof));
                let file = file.display().to_string();
                let explained = desk.explain(&file, &mail, received);
                if form.is_json() { say!("{}", explained.json()) } else { say!("{}", person::page(&explained)) }
            }
            Err(error) => exit = failed(&format!("failed to read {}: {error}", file.display()), Exit::FoundProblems),
        }
    }
    exit
}

/// That of the mailbox of this name.
fn named<'a>(desks: &'a [Desk], name: &str) -> Result<&'a Desk, String> {
    let is_named = |desk: &&Desk| desk.mailbox.as_ref().is_some_and(|mailbox| mailbox.as_str() == name);
    desks.iter().find(is_named).ok_or_else(|| {
        let names: Vec<&str> = desks.iter().filter_map(|desk| Some(desk.mailbox.as_ref()?.as_str())).collect();
        format!(
            "--mailbox: expected a mailbox of the settings ({}), found \"{}\"",
            names.join(", "),
            name.escape_debug()
        )
    })
}

/// That of the mailbox which the mail says it was delivered to, or else written to; else the first one's.
fn reached<'a>(desks: &'a [Desk], raw: &[u8]) -> Option<&'a Desk> {
    if desks.len() < 2 {
        return desks.first();
    }
    let mail = mail::read(raw, "");
    let written_to = mail.to.iter().chain(&mail.cc).map(|party| party.address.as_str());
    let addresses = mail.delivered_to.iter().map(String::as_str).chain(written_to);
    let addresses: Vec<Address> = addresses.filter_map(|address| Address::parse(address).ok()).collect();
    let of = |address: &Address| desks.iter().find(|desk| desk.addresses.iter().any(|own| address.reaches(own)));
    addresses.iter().find_map(of).or(desks.first())
}

/// One for each mailbox, in their order: by the company's settings where they are named or stand in their usual place; else by
/// the sample's.
fn desks(explicit: Option<&Path>) -> Result<Vec<Desk>, String> {
    let named = explicit.is_some() || std::env::var_os("KLACHTPOST_CONFIG").is_some();
    let found = config::load(explicit, super::environment());
    let config = match found {
        Ok(config) => Some(config),
        Err(error) if named => return Err(error.to_string()),
        // What is explained with where the operator has none yet.
        Err(_) => config::from_toml(&with_secrets(config::SAMPLE), "the sample settings").ok(),
    };
    let Some(config) = config else { return Ok(vec![Desk::new(None)]) };
    Ok(config.mailboxes().map(|mailbox| Desk::new(Some(config.of_mailbox(&mailbox.name)))).collect())
}

/// The sample leaves the mailbox password to the operator; explaining needs none. The sender has none without a name.
fn with_secrets(sample: &str) -> String {
    sample.replacen("# e.g. password = ", "password = ", 1)
}

impl Desk {
    /// By the settings as they are for its mailbox.
    fn new(config: Option<Config>) -> Self {
        let deadlines = config.as_ref().map(|c| c.deadlines.clone()).unwrap_or_default();
        let zone = config.as_ref().map_or(chrono_tz::Europe::Amsterdam, |c| c.desk.time_zone);
        let own = |c: &Config| {
            let own = c.mailbox.aliases.iter().chain([&c.desk.address]);
            own.filter_map(|address| Address::parse(address).ok()).collect()
        };
        let is_one = config.as_ref().is_none_or(|c| c.mailboxes().count() == 1);
        Self {
            mailbox: config.as_ref().map(|c| c.mailbox.name.clone()),
            addresses: config.as_ref().map(own).unwrap_or_default(),
            others: if is_one { Others::None } else { Others::Some },
            routes: config.as_ref().and_then(|c| Routes::compile(&c.fed_departments()).ok()),
            calendar: Calendar::new(zone, &deadlines),
            staff_proof: config.map_or(StaffProof::Nothing, |c| c.mailbox.staff_proof),
            deadlines,
            zone,
        }
    }

    /// One mail's conclusions.
    fn explain<'a>(&'a self, file: &'a str, mail: &'a Mail, received: Moment) -> Explained<'a> {
        let words = if mail.reply.trim().is_empty() { &mail.text } else { &mail.reply };
        let routing = self.routes.as_ref().map(|routes| {
            let from = mail.from.as_ref().map(|party| format!("{} {}", party.name, party.address)).unwrap_or_default();
            let to = mail.receivers();
            routes.route_all(Written { subject: &mail.subject, text: words, from: &from, to: &to })
        });
        let mailbox = self.mailbox.as_ref();
        Explained {
            file,
            mail,
            mailbox,
            others: self.others,
            routing,
            due: self.due(received),
            staff_proof: &self.staff_proof,
        }
    }

    fn due(&self, received: Moment) -> Due {
        let shown = |at: Moment| at.with_timezone(&self.zone).to_rfc3339_opts(chrono::SecondsFormat::Secs, false);
        let (calendar, terms) = (&self.calendar, &self.deadlines);
        Due {
            acknowledge: shown(calendar.due_after_hours(received, terms.acknowledge_hours)),
            first_response: shown(calendar.due_after_hours(received, terms.first_response_hours)),
            resolve: shown(calendar.due_after_working_days(received, terms.resolve_working_days)),
        }
    }
}

/// What is due when, RFC 3339 in the desk's zone.
#[derive(serde::Serialize)]
struct Due {
    acknowledge: String,
    first_response: String,
    resolve: String,
}

/// One mail, and what follows from it.
struct Explained<'a> {
    file: &'a str,
    mail: &'a Mail,
    /// By the settings of which mailbox; None: there are none.
    mailbox: Option<&'a MailboxName>,
    others: Others,
    routing: Option<Routing>,
    due: Due,
    staff_proof: &'a StaffProof,
}

impl Explained<'_> {
    fn matched(&self) -> &[Match] {
        self.routing.as_ref().map_or(&[], |routing| routing.why.matched())
    }

    /// The JSON object of the contract.
    fn json(&self) -> Value {
        let mut explained = mail_json(self.file, self.mail);
        explained["mailbox"] = json!(self.mailbox);
        explained["verbs"] = verbs_json(self.mail);
        explained["department"] = json!(self.routing.as_ref().map(|r| &r.department));
        explained["matched"] = json!(self.matched());
        explained["routed"] = json!(self.routing.as_ref().map(why));
        explained["due"] = json!(self.due);
        explained
    }
}

fn why(routing: &Routing) -> String {
    match &routing.why {
        Why::Keywords { .. } => "its keywords weigh most".to_owned(),
        Why::Tie { others, .. } => {
            format!("as many keywords as {}; it stands first in the settings", others.join(", "))
        }
        Why::Receiver => "no keyword was found; it stays with the department of who received it".to_owned(),
        Why::Fallback => "no keyword was found; it takes what remains".to_owned(),
        Why::Person => "a person said so".to_owned(),
        Why::Thread => "it answers a mail of a case that is there".to_owned(),
    }
}

fn verbs_json(mail: &Mail) -> Value {
    match verbs::parse(&mail.relayable) {
        Ok(read) => read.lines.iter().map(|line| json!({ "verb": line.written, "value": line.value })).collect(),
        Err(verbs::Mistake::Unknown { written, nearest }) => {
            json!([{ "verb": written, "unknown": true, "nearest": nearest }])
        }
        Err(verbs::Mistake::LowerDown { written }) => json!([{ "verb": written, "lower_down": true }]),
    }
}

/// What kind of mail it is, as far as the mail alone tells.
fn kind(mail: &Mail) -> &'static str {
    match mail {
        _ if mail.bounce.is_some() => "bounce",
        _ if mail.automatic.is_some() => "automatic",
        _ if mail.forwarded.is_some() => "forwarded",
        _ if !mail.in_reply_to.is_empty() => "reply",
        _ => "new",
    }
}

fn mail_json(file: &str, mail: &Mail) -> Value {
    json!({
        "file": file,
        "kind": kind(mail),
        "problems": mail.findings,
        "subject": mail.subject,
        "from": mail.from.as_ref().map(party_json),
        "to": mail.to.iter().map(party_json).collect::<Vec<_>>(),
        "date": mail.date.map(|d| d.to_rfc3339()),
        "message_id": mail.message_id,
        "in_reply_to": in_reply_to(mail),
        "references": mail.references,
        "text": mail.text,
        "reply": mail.reply,
        "quoted": mail.quoted,
        "cuts": mail.cuts,
        "language": mail.language.map_or("unsure", Language::tag),
        "attachments": mail.attachments.iter().map(|a| json!({
            "name": a.name, "type": a.media_type, "size": a.content.len(), "sha256": sha256(&a.content),
        })).collect::<Vec<_>>(),
        "automatic": {
            "is": mail.automatic.is_some(),
            "reason": mail.automatic.as_ref().map(|a| &a.reason),
            "kind": mail.automatic.as_ref().map(|a| a.kind),
        },
        "bounce": mail.bounce,
        "forwarded": mail.forwarded,
        "proof": mail.proof,
    })
}

/// All of its ids, as the field has them.
fn in_reply_to(mail: &Mail) -> Option<String> {
    (!mail.in_reply_to.is_empty()).then(|| mail.in_reply_to.join(" "))
}

fn party_json(party: &Party) -> Value {
    json!({ "name": party.name, "address": party.address })
}

fn sha256(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}
