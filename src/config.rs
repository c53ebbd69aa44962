//! The settings: what the operator wrote, read once at start. With `clock.rs` the only reader of files and
//! environment at start-up. Every other room gets these values as arguments.
//!
//! Order: defaults in code, then the settings file, then `KLACHTPOST__SECTION__KEY` variables.
//! `config/klachtpost.toml` is the manual; a test holds it against the code. What is here has been checked: a
//! [`Config`] that exists can be started with.

use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;
use secrecy::SecretString;
use std::path::PathBuf;

mod check;
mod load;
mod problems;
mod secret;
mod section;
mod sections;

pub use load::{from_toml, load};
pub use problems::{ConfigError, Problem, Problems};

/// All settings, as written in the file.
#[derive(Debug, Clone)]
pub struct Config {
    pub desk: Desk,
    pub mailbox: Mailbox,
    pub sender: Sender,
    pub register: Register,
    pub deadlines: Deadlines,
    pub digest: Digest,
    pub committee: Option<Committee>,
    pub department: Vec<Department>,
}

/// How a connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte.
    Tls,
    /// STARTTLS, never falling back to plain text.
    StartTls,
    /// No protection; loopback hosts only.
    None,
}

/// The language letters are written in unless the customer writes the other one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DeskLanguage {
    #[default]
    Dutch,
    English,
}

#[derive(Debug, Clone)]
pub struct Desk {
    /// The company's name as customers know it.
    pub name: String,
    /// The complaints address.
    pub address: String,
    pub language: DeskLanguage,
    pub time_zone: Tz,
    /// Colleagues who may register and pass on complaints, but not act on them.
    pub employees: Vec<String>,
    /// Key of the reply tokens; none given: made on first start beside the SQLite file.
    pub secret: Option<SecretString>,
    /// Keys of before a change: tokens made with them stay valid.
    pub previous_secrets: Vec<SecretString>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailboxKind {
    Imap,
    Maildir,
}

#[derive(Debug, Clone)]
pub struct Mailbox {
    pub name: String,
    pub kind: MailboxKind,
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// PEM file with the certificate authority of a private server.
    pub ca_file: Option<PathBuf>,
    pub username: String,
    pub password: SecretString,
    pub inbox: String,
    pub processed: String,
    pub set_aside: String,
    pub unreadable: String,
    /// A folder to watch too; "" for none.
    pub junk: String,
    pub poll_seconds: u64,
    pub idle: bool,
    pub max_message_bytes: u64,
    /// Host whose Authentication-Results are believed; "" for none.
    pub trusted_authserv_id: String,
    pub accept_unproven_staff: bool,
    pub sub_addressing: bool,
    /// Folder of a Maildir.
    pub path: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SenderKind {
    Smtp,
    Maildir,
}

#[derive(Debug, Clone)]
pub struct Sender {
    pub kind: SenderKind,
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub ca_file: Option<PathBuf>,
    pub username: Option<String>,
    pub password: Option<SecretString>,
    pub connections: usize,
    pub max_message_bytes: u64,
    pub path: PathBuf,
}

/// Where the register is kept.
#[derive(Debug, Clone)]
pub struct Register {
    /// `sqlite:FILE`.
    pub url: String,
}

impl Default for Register {
    fn default() -> Self {
        Self { url: "sqlite:klachtpost.db".to_owned() }
    }
}

#[derive(Debug, Clone)]
pub struct Deadlines {
    pub acknowledge_hours: u32,
    pub first_response_hours: u32,
    pub resolve_working_days: u32,
    pub end_of_day: NaiveTime,
    pub warn_before_hours: u32,
    pub holidays: Holidays,
    pub good_friday: bool,
    pub liberation_day: LiberationDay,
    pub closed_days: Vec<NaiveDate>,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            acknowledge_hours: 24,
            first_response_hours: 24,
            resolve_working_days: 3,
            end_of_day: NaiveTime::from_hms_opt(17, 30, 0).unwrap_or_default(),
            warn_before_hours: 4,
            holidays: Holidays::Netherlands,
            good_friday: false,
            liberation_day: LiberationDay::Lustrum,
            closed_days: Vec::new(),
        }
    }
}

/// Whose public holidays are no working days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holidays {
    Netherlands,
    None,
}

/// 5 May: whether it is a day off is the employer's policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LiberationDay {
    Never,
    /// Every five years (2025, 2030 …).
    Lustrum,
    Yearly,
}

#[derive(Debug, Clone)]
pub struct Digest {
    pub at: NaiveTime,
    pub working_days_only: bool,
    pub recipients: Vec<String>,
}

impl Default for Digest {
    fn default() -> Self {
        Self {
            at: NaiveTime::from_hms_opt(7, 30, 0).unwrap_or_default(),
            working_days_only: true,
            recipients: Vec::new(),
        }
    }
}

#[derive(Debug, Clone)]
pub struct Committee {
    pub name: String,
    pub url: String,
    /// A dispute is taken until this many months after the complaint was lodged.
    pub months: u32,
    /// A sentence the letter prints: for whom the committee is there.
    pub applies_to: String,
}

#[derive(Debug, Clone)]
pub struct Department {
    /// Short name used in verbs and lists, e.g. `schade`.
    pub name: String,
    /// Name for people, e.g. `Schade en verzekering`.
    pub title: String,
    /// Where notifications go.
    pub address: String,
    pub supervisor: String,
    pub staff: Vec<String>,
    pub keywords: Vec<String>,
    pub fallback: bool,
    /// Whether the closing confirmation names the committee.
    pub committee: bool,
}

#[cfg(test)]
mod tests;
