//! Reads each section of the settings into its type. The defaults are here and in the `Default`s of the types;
//! `config/klachtpost.toml` says the same ones, and a test holds the two against each other.

use super::brand::brand;
use super::check::{
    address, addresses, host, keywords, one_word, printed_line, printed_lines, printed_place, reference, reply_secret,
};
use super::closing::{closing, committee};
use super::instance::instance;
use super::mailbox::MESSAGE_BYTES;
use super::mailboxes::{OtherMailboxes, mailboxes};
use super::metrics::metrics;
use super::oauth2::{auth, oauth2};
use super::operator::{operator, watch};
use super::outside::{authority, privacy, retention, urgent};
use super::providers::takes;
use super::register::register;
use super::reload::Kept;
use super::sample::borrowed;
use super::section::{Reading, Section, clipped};
use super::taking::{read_table, read_with, several, table};
use super::templates::templates;
use super::text::text;
use super::web_form::form;
use super::wording::keys;
use super::{
    Auth, Config, Deadlines, Department, Desk, DeskLanguage, Digest, Holidays, LiberationDay, Limits, Paper, Reference,
    Security, Sender, SenderKind,
};
use crate::case::Language;
use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;
use config::{Map, Value};
use secrecy::{ExposeSecret, SecretString};
use std::path::PathBuf;

/// Departments of one company; each has a column in the digest and its keywords in the search table.
pub(super) const MAX_DEPARTMENTS: usize = 200;
/// Web forms and voicemail boxes of one company.
const MAX_FORMS: usize = 50;
/// The committee, a court, a few regulators.
const MAX_AUTHORITIES: usize = 20;
/// Sentences of a company's own: more than anybody remembers the names of.
const MAX_TEXTS: usize = 100;
/// Kinds of numbers that are recognised: more than any company keeps.
const MAX_REFERENCES: usize = 32;
/// Hours a term can have: a month of them.
const MAX_TERM_HOURS: u64 = 31 * 24;
/// Working days a term can have: about a year.
const MAX_TERM_WORKING_DAYS: u64 = 260;
/// Letters an hour: below the first figure an ordinary morning would be held, above the second there is no cap.
const LETTERS_PER_HOUR: std::ops::RangeInclusive<u64> = 10..=1_000_000;
/// Letters to the sending server in a minute, and in a day: 0 for no limit.
const LETTERS_SENT: std::ops::RangeInclusive<u64> = 0..=1_000_000;
/// Connections to the sending server at once; providers allow some ten.
const MAX_CONNECTIONS: u64 = 50;

/// Reads all sections; what is wrong goes into `reading`.
pub(super) fn config(tree: Map<String, Value>, reading: &mut Reading) -> Config {
    let borrowed = borrowed(&tree, reading.file());
    let kept = Kept::of(&tree);
    let mut file = Section::new(reading, "", tree);
    let desk = read_with(&mut file, "desk", desk);
    let (mailbox, others) = mailboxes(&mut file);
    let config = Config {
        desk,
        mailbox,
        other_mailboxes: OtherMailboxes::after_the_first(others),
        // Asked for first: the section is taken out of the file below.
        sender_password: file.source_within("sender", "password_file"),
        second_sender_password: file.source_within("second_sender", "password_file"),
        sender: read_with(&mut file, "sender", sender),
        second_sender: table(&mut file, "second_sender")
            .map(|table| read_table(&mut file, "second_sender", table, sender)),
        oauth2: table(&mut file, "oauth2").map(|table| read_table(&mut file, "oauth2", table, oauth2)),
        operator: table(&mut file, "operator").map(|table| read_table(&mut file, "operator", table, operator)),
        watch: table(&mut file, "watch").map(|table| read_table(&mut file, "watch", table, watch)),
        register: read_with(&mut file, "register", register),
        instance: read_with(&mut file, "instance", instance),
        metrics: read_with(&mut file, "metrics", metrics),
        deadlines: read_with(&mut file, "deadlines", deadlines),
        digest: read_with(&mut file, "digest", digest),
        limits: read_with(&mut file, "limits", limits),
        closing: read_with(&mut file, "closing", closing),
        committee: table(&mut file, "committee").map(|table| read_table(&mut file, "committee", table, committee)),
        privacy: read_with(&mut file, "privacy", privacy),
        retention: read_with(&mut file, "retention", retention),
        templates: read_with(&mut file, "templates", templates),
        urgent: read_with(&mut file, "urgent", urgent),
        paper: table(&mut file, "paper").map(|table| read_table(&mut file, "paper", table, paper)),
        brand: table(&mut file, "brand").map(|table| read_table(&mut file, "brand", table, brand)),
        department: several(&mut file, "department", MAX_DEPARTMENTS, department).unwrap_or_default(),
        form: several(&mut file, "form", MAX_FORMS, form).unwrap_or_default(),
        reference: several(&mut file, "reference", MAX_REFERENCES, reference)
            .unwrap_or_else(|| vec![Reference::plate()]),
        text: several(&mut file, "text", MAX_TEXTS, text).unwrap_or_default(),
        authority: several(&mut file, "authority", MAX_AUTHORITIES, authority).unwrap_or_default(),
        kept,
        borrowed,
        doubts: Vec::new(),
    };
    file.finish();
    config
}

fn desk(s: &mut Section) -> Desk {
    Desk {
        name: s.required("name", "the company's name as customers know it, e.g. `name = \"Voorbeeld Lease\"`"),
        address: address(s, "address", "the complaints address, e.g. `address = \"klachten@lease.example\"`"),
        language: s
            .choice("language", DeskLanguage::Dutch, &[("nl", DeskLanguage::Dutch), ("en", DeskLanguage::English)])
            .unwrap_or_default(),
        languages: languages(s),
        time_zone: s.parsed(
            "time_zone",
            Tz::Europe__Amsterdam,
            "a zone of the tz database, e.g. \"Europe/Amsterdam\"",
            |z| z.parse().ok(),
        ),
        employees: addresses(s, "employees"),
        secret: reply_secret(s),
        previous_secrets: previous_secrets(s),
    }
}

/// All that letters are written in, unless the settings name fewer.
fn languages(s: &mut Section) -> Vec<Language> {
    let names = s.list("languages");
    let named = |name: &String| Language::ALL.into_iter().find(|language| language.tag() == name);
    if let Some(bad) = names.iter().find(|name| named(name).is_none()) {
        let tags = Language::ALL.map(|language| format!("\"{}\"", language.tag())).join(", ");
        s.refuse("languages", format!("\"{}\"", clipped(bad)), format!("write some of {tags}"));
    }
    if names.is_empty() { Language::ALL.to_vec() } else { names.iter().filter_map(named).collect() }
}

/// `previous_secrets`, a list or one text, and the lines of `previous_secrets_file`.
fn previous_secrets(s: &mut Section) -> Vec<SecretString> {
    let mut secrets = s.secrets("previous_secrets");
    if let Some(file) = s.secret_file("previous_secrets_file") {
        if !secrets.is_empty() {
            s.refuse("previous_secrets_file", "`previous_secrets` given as well", "take out one of the two");
        }
        let lines = file.expose_secret().lines().map(str::trim).filter(|line| !line.is_empty());
        secrets.extend(lines.map(SecretString::from));
    }
    secrets
}

/// What a connection to a server needs.
pub(super) struct Server {
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub ca_file: Option<PathBuf>,
}

/// `needed`: whether the kind of mailbox or sender has a server at all. `port` gives the usual port.
pub(super) fn server(s: &mut Section, needed: bool, port: fn(Security) -> u16) -> Server {
    let host = host(s, needed);
    let options = [("tls", Security::Tls), ("starttls", Security::StartTls), ("none", Security::None)];
    let chosen = s.choice("security", Security::Tls, &options);
    let security = chosen.unwrap_or(Security::Tls);
    let usual = port(security);
    let number = s.number("port", u64::from(usual), 1..=u64::from(u16::MAX), "the server's port");
    if needed && security == Security::None && !s.is_refused("host") && !is_loopback(&host) {
        s.refuse(
            "security",
            format!("\"none\" for {host}, which is another machine"),
            "write \"tls\" or \"starttls\"; without protection only localhost can be used",
        );
    }
    Server { host, port: u16::try_from(number).unwrap_or(usual), security, ca_file: readable(s, "ca_file") }
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// A file that the daemon will read: it must be there now, not fail at the first connection.
pub(super) fn readable(s: &mut Section, key: &'static str) -> Option<PathBuf> {
    let path = s.path(key)?;
    if let Err(error) = std::fs::File::open(&path) {
        let write = format!("make {} readable", path.display());
        s.refuse_for_work(key, format!("a file that can't be read ({error})"), write);
    }
    Some(path)
}

pub(super) fn maildir(s: &mut Section, needed: bool) -> PathBuf {
    let path = s.path("path").unwrap_or_default();
    if needed && path.as_os_str().is_empty() {
        s.refuse("path", "nothing", "write the folder of the Maildir, e.g. `path = \"/var/mail/klachten\"`");
    }
    path
}

fn sender(s: &mut Section) -> Sender {
    let kind = s.choice("kind", SenderKind::Smtp, &[("smtp", SenderKind::Smtp), ("maildir", SenderKind::Maildir)]);
    let server = server(s, kind == Some(SenderKind::Smtp), |security| match security {
        Security::Tls => 465,
        Security::StartTls => 587,
        Security::None => 25,
    });
    let username = s.text("username").filter(|name| !name.is_empty());
    let password = s.secret("password", "password_file");
    let auth = auth(s, password.as_ref());
    match (&username, &password) {
        (None, None) if auth == Auth::OAuth2 => {
            s.refuse("username", "nothing", "write the mailbox's address: a token is given for it");
        }
        (Some(_), None) if auth == Auth::Password && !s.is_refused("password_file") => {
            s.refuse_for_work(
                "password",
                "nothing beside a username",
                "write `password_file = \"…\"`, or take out `username`",
            );
        }
        (None, Some(_)) => {
            s.refuse("username", "nothing beside a password", "write `username`, or take out the password")
        }
        _ => {}
    }
    let takes = takes(&server.host);
    let connections = s.number("connections", takes.connections, 1..=MAX_CONNECTIONS, "connections at once");
    let mut at_most = |key, usual: Option<u64>, unit| {
        let most = s.number(key, usual.unwrap_or(0), LETTERS_SENT, unit);
        u32::try_from(most).ok().filter(|most| *most > 0)
    };
    let per_minute = at_most("per_minute", takes.per_minute, "letters a minute; 0 for no limit");
    let per_day = at_most("per_day", takes.per_day, "letters a day; 0 for no limit");
    Sender {
        kind: kind.unwrap_or(SenderKind::Smtp),
        host: server.host,
        port: server.port,
        security: server.security,
        ca_file: server.ca_file,
        username,
        auth,
        password,
        connections: usize::try_from(connections).unwrap_or(1),
        per_minute,
        per_day,
        max_message_bytes: s.number("max_message_bytes", 26_214_400, MESSAGE_BYTES, "bytes"),
        path: maildir(s, kind == Some(SenderKind::Maildir)),
    }
}

fn deadlines(s: &mut Section) -> Deadlines {
    let usual = Deadlines::default();
    let hours = 1..=MAX_TERM_HOURS;
    let deadlines = Deadlines {
        acknowledge_hours: small(s, "acknowledge_hours", usual.acknowledge_hours, hours.clone(), "hours"),
        first_response_hours: small(s, "first_response_hours", usual.first_response_hours, hours.clone(), "hours"),
        resolve_working_days: small(
            s,
            "resolve_working_days",
            usual.resolve_working_days,
            1..=MAX_TERM_WORKING_DAYS,
            "working days",
        ),
        end_of_day: time(s, "end_of_day", usual.end_of_day),
        warn_before_hours: small(s, "warn_before_hours", usual.warn_before_hours, hours, "hours"),
        holidays: s
            .choice("holidays", usual.holidays, &[("NL", Holidays::Netherlands), ("none", Holidays::None)])
            .unwrap_or(usual.holidays),
        good_friday: s.flag("good_friday", usual.good_friday),
        liberation_day: s
            .choice(
                "liberation_day",
                usual.liberation_day,
                &[
                    ("never", LiberationDay::Never),
                    ("lustrum", LiberationDay::Lustrum),
                    ("yearly", LiberationDay::Yearly),
                ],
            )
            .unwrap_or(usual.liberation_day),
        closed_days: closed_days(s),
    };
    let shortest = deadlines.acknowledge_hours.min(deadlines.first_response_hours);
    if deadlines.warn_before_hours >= shortest {
        s.refuse(
            "warn_before_hours",
            format!("{}, not less than the shortest term of {shortest} hours", deadlines.warn_before_hours),
            format!("write less than {shortest}, or every complaint would begin with a warning"),
        );
    }
    deadlines
}

pub(super) fn small(
    s: &mut Section,
    key: &'static str,
    default: u32,
    allowed: std::ops::RangeInclusive<u64>,
    unit: &str,
) -> u32 {
    u32::try_from(s.number(key, u64::from(default), allowed, unit)).unwrap_or(default)
}

/// A time of day as `17:30`; TOML's own local times have seconds.
fn time(s: &mut Section, key: &'static str, default: NaiveTime) -> NaiveTime {
    s.parsed(key, default, "a time of day in the desk's zone, e.g. \"17:30\"", |text| {
        ["%H:%M", "%H:%M:%S"].iter().find_map(|form| NaiveTime::parse_from_str(text, form).ok())
    })
}

fn closed_days(s: &mut Section) -> Vec<NaiveDate> {
    let texts = s.list("closed_days");
    let days: Vec<NaiveDate> = texts.iter().filter_map(|text| text.parse().ok()).collect();
    if let Some(bad) = texts.iter().find(|text| text.parse::<NaiveDate>().is_err()) {
        s.refuse("closed_days", format!("\"{bad}\""), "write days as year-month-day, e.g. `[\"2026-12-24\"]`");
    }
    days
}

fn digest(s: &mut Section) -> Digest {
    let usual = Digest::default();
    Digest {
        at: time(s, "at", usual.at),
        working_days_only: s.flag("working_days_only", usual.working_days_only),
        skip_empty: s.flag("skip_empty", usual.skip_empty),
        recipients: addresses(s, "recipients"),
    }
}

fn limits(s: &mut Section) -> Limits {
    let usual = Limits::default();
    let mut letters = |key, default: usize| {
        let default = u64::try_from(default).unwrap_or(u64::MAX);
        usize::try_from(s.number(key, default, LETTERS_PER_HOUR, "letters an hour")).unwrap_or(usize::MAX)
    };
    Limits {
        automatic_per_hour: letters("automatic_per_hour", usual.automatic_per_hour),
        automatic_per_domain_per_hour: letters("automatic_per_domain_per_hour", usual.automatic_per_domain_per_hour),
        unproven_per_domain_per_hour: letters("unproven_per_domain_per_hour", usual.unproven_per_domain_per_hour),
    }
}

pub(super) fn paper(s: &mut Section) -> Paper {
    Paper {
        address: printed_lines(s, "address"),
        postcode_and_place: printed_place(s, "postcode_and_place"),
        phone: printed_line(s, "phone"),
        website: printed_line(s, "website"),
    }
}

fn department(s: &mut Section) -> Department {
    Department {
        name: one_word(s, "name", "a short name, e.g. `name = \"schade\"`", "the long one is `title`"),
        title: s.required("title", "its name for people, e.g. `title = \"Schade en verzekering\"`"),
        title_in: keys!("title").others(s),
        address: address(s, "address", "where its notifications go, e.g. `address = \"schade@lease.example\"`"),
        supervisor: address(s, "supervisor", "the address of who watches its terms (§2.4.1)"),
        staff: addresses(s, "staff"),
        keywords: keywords(s, "keywords"),
        fallback: s.flag("fallback", false),
        committee: s.flag("committee", true),
    }
}
