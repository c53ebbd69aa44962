//! The settings: what the operator wrote, read at start, and anew when the daemon is asked to. With `clock.rs` the only reader of files and
//! environment at start-up. Every other room gets these values as arguments.
//!
//! Order: defaults in code, then the settings file, then `KLACHTPOST__SECTION__KEY` variables.
//! `config/klachtpost.toml` is the manual; a test holds it against the code. What is here has been checked: a
//! [`Config`] that exists can be started with.

use crate::case::{Language, Worded};
use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

mod brand;
mod check;
mod closing;
mod database;
mod doubts;
mod instance;
mod keyword;
mod load;
mod mailbox;
mod mailboxes;
mod metrics;
mod nearest;
mod oauth2;
mod operator;
mod outside;
mod problems;
mod proof;
mod providers;
mod register;
mod reload;
mod sample;
mod secret;
mod section;
mod sections;
mod taking;
mod templates;
mod web_form;
mod wording;

pub use brand::{Brand, Logo};
pub use closing::{AskOutcome, Closing, Committee};
pub use database::{BadUrl, DatabaseUrl, Postgres};
pub use instance::Instance;
pub use keyword::{Effect, Keyword, KeywordPlace, tried_departments};
pub use load::{from_toml, load, load_to_look, settings_file};
pub use mailbox::{Mailbox, MailboxKind, OwnWay};
pub use mailboxes::OtherMailboxes;
pub use metrics::Metrics;
pub use oauth2::{Grant, OAuth2, Provider, Secret};
pub use operator::{Operator, Watch};
pub use outside::{Authority, Privacy, Retention, Urgent};
pub use problems::{ConfigError, Problem, Problems};
pub use proof::StaffProof;
pub use register::{Register, RegisterPlace};
pub use reload::{Kept, Reloaded};
pub use sample::{Borrowed, SAMPLE};
pub use secret::SecretSource;
pub use templates::{TemplateFile, Templates};
pub use wording::{DeskLanguage, Wording};

/// All settings, as written in the file. Handed to a process of its own in which a mail is tried, without any secret.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Config {
    pub desk: Desk,
    /// Of several the first; of the settings of one of them (see [`Config::of_mailbox`]) that one.
    pub mailbox: Mailbox,
    /// The others, in their order.
    pub other_mailboxes: OtherMailboxes,
    pub sender: Sender,
    /// Where `sender.password` came from, if from a file of its own: see [`Config::sender_now`].
    #[serde(skip)]
    pub sender_password: Option<SecretSource>,
    /// Another way out, for letters to the operator where the first does not take them.
    pub second_sender: Option<Sender>,
    /// As `sender_password`.
    #[serde(skip)]
    pub second_sender_password: Option<SecretSource>,
    /// For servers that take tokens.
    #[serde(skip)]
    pub oauth2: Option<OAuth2>,
    pub operator: Option<Operator>,
    /// None: no test mails.
    pub watch: Option<Watch>,
    pub register: Register,
    pub instance: Instance,
    #[serde(skip)]
    pub metrics: Metrics,
    pub deadlines: Deadlines,
    pub digest: Digest,
    pub limits: Limits,
    pub closing: Closing,
    pub committee: Option<Committee>,
    pub paper: Option<Paper>,
    pub brand: Option<Brand>,
    pub department: Vec<Department>,
    /// Numbers that complaints are found by.
    pub form: Vec<WebForm>,
    pub reference: Vec<Reference>,
    pub authority: Vec<Authority>,
    pub urgent: Urgent,
    pub privacy: Privacy,
    pub retention: Retention,
    /// Letters of one's own.
    pub templates: Templates,
    /// What a running daemon goes on with until it is started again.
    #[serde(skip)]
    pub kept: Kept,
    /// What is no company's own.
    #[serde(skip)]
    pub borrowed: Borrowed,
    /// What can be started with and is probably a mistake.
    #[serde(skip)]
    pub doubts: Vec<Problem>,
}

impl Config {
    /// How letters go out now: as [`Config::mailbox_now`].
    pub fn sender_now(&self) -> Sender {
        with_password_now(&self.sender, self.sender_password.as_ref())
    }

    /// The second way out, now.
    pub fn second_sender_now(&self) -> Option<Sender> {
        Some(with_password_now(self.second_sender.as_ref()?, self.second_sender_password.as_ref()))
    }

    /// The mailbox for a new connection: a password that was changed in its file needs no restart. Where the file cannot
    /// be read now, the password is the one it had before.
    pub fn mailbox_now(&self) -> Mailbox {
        let password = self.mailbox.password_source.as_ref().and_then(SecretSource::read);
        Mailbox { password: password.unwrap_or_else(|| self.mailbox.password.clone()), ..self.mailbox.clone() }
    }
}

fn with_password_now(sender: &Sender, source: Option<&SecretSource>) -> Sender {
    let password = source.and_then(SecretSource::read).or_else(|| sender.password.clone());
    Sender { password, ..sender.clone() }
}

/// How a connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Security {
    /// TLS from the first byte.
    Tls,
    /// STARTTLS, never falling back to plain text.
    StartTls,
    /// No protection; loopback hosts only.
    None,
}

/// What a login is proven with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Auth {
    #[default]
    Password,
    /// A token (XOAUTH2, or OAUTHBEARER of RFC 7628), which stands where else the password does.
    OAuth2,
}

/// The complaints desk: who the letters come from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Desk {
    /// The company's name as customers know it.
    pub name: String,
    /// The complaints address.
    pub address: String,
    pub language: DeskLanguage,
    /// Those that customers are written to in; the desk's own is always one.
    pub languages: Vec<Language>,
    /// The zone of every day, term and date (invariant 9).
    pub time_zone: Tz,
    /// Colleagues who may register and pass on complaints, but not act on them.
    pub employees: Vec<String>,
    /// Key of the reply tokens; none given: made on first start beside the SQLite file.
    #[serde(skip)]
    pub secret: Option<SecretString>,
    /// Keys of before a change: tokens made with them stay valid.
    #[serde(skip)]
    pub previous_secrets: Vec<SecretString>,
}

/// How letters go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SenderKind {
    /// A server; `host` is there.
    Smtp,
    /// A folder on this machine; `path` is there.
    Maildir,
}

/// How letters go out, and to which server.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sender {
    pub kind: SenderKind,
    /// Empty for a Maildir.
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// PEM file with the certificate authority of a private server.
    pub ca_file: Option<PathBuf>,
    /// Given together with `password`, or neither.
    pub username: Option<String>,
    pub auth: Auth,
    #[serde(skip)]
    pub password: Option<SecretString>,
    /// Connections at once.
    pub connections: usize,
    /// Letters in any minute that the server takes; None: as many as there are.
    pub per_minute: Option<u32>,
    /// Letters in any 24 hours.
    pub per_day: Option<u32>,
    /// Largest letter the server takes.
    pub max_message_bytes: u64,
    /// Folder of a Maildir; empty for SMTP.
    pub path: PathBuf,
}

/// What the company promises (§1, §2.1.2), and how its days are counted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Deadlines {
    /// Elapsed hours from receipt (§2.1.2).
    pub acknowledge_hours: u32,
    /// Elapsed hours from receipt until a person has answered (§1, clock A).
    pub first_response_hours: u32,
    /// Working days, the day of receipt being day 0 (§1, clock B).
    pub resolve_working_days: u32,
    /// When a working day ends, in the desk's zone.
    pub end_of_day: NaiveTime,
    /// Less than the two terms in hours.
    pub warn_before_hours: u32,
    pub holidays: Holidays,
    /// Whether it is a day off.
    pub good_friday: bool,
    pub liberation_day: LiberationDay,
    /// Days the company does not work, beside weekends and holidays.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Holidays {
    Netherlands,
    None,
}

/// 5 May: whether it is a day off is the employer's policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LiberationDay {
    Never,
    /// Every five years (2025, 2030 …).
    Lustrum,
    Yearly,
}

/// The supervisors' overview (§2.4.1).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Digest {
    /// In the desk's zone.
    pub at: NaiveTime,
    pub working_days_only: bool,
    /// An overview with nothing in it is not sent.
    pub skip_empty: bool,
    /// Who gets the overview of the whole company.
    pub recipients: Vec<String>,
}

impl Default for Digest {
    fn default() -> Self {
        Self {
            at: NaiveTime::from_hms_opt(7, 30, 0).unwrap_or_default(),
            working_days_only: true,
            skip_empty: false,
            recipients: Vec::new(),
        }
    }
}

/// How many letters go out of themselves before they are held (invariant 5).
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Limits {
    /// Automatic letters of the whole desk in an hour.
    pub automatic_per_hour: usize,
    /// Those to customers of one domain.
    pub automatic_per_domain_per_hour: usize,
    /// Acknowledgements to addresses of one domain whose mails nothing proves; counts where `trusted_authserv_id` is set.
    pub unproven_per_domain_per_hour: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { automatic_per_hour: 5_000, automatic_per_domain_per_hour: 2_500, unproven_per_domain_per_hour: 200 }
    }
}

/// The company as it stands on letters on paper, for customers without e-mail (§2.3).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Paper {
    /// Street and number, or post office box; one a line.
    pub address: Vec<String>,
    /// `1234 AB  Plaats`.
    pub postcode_and_place: String,
    pub phone: Option<String>,
    pub website: Option<String>,
}

/// A department, responsible for the complaints that concern it (§2.1.2).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Department {
    /// Short name used in verbs and lists, e.g. `schade`.
    pub name: String,
    /// Name for people, e.g. `Schade en verzekering`.
    pub title: String,
    /// The same in other languages, for customers' letters.
    pub title_in: Vec<Worded>,
    /// Where notifications go.
    pub address: String,
    /// Who watches its terms (§2.4.1).
    pub supervisor: String,
    /// Who may act on its complaints, beside `address` and `supervisor`.
    pub staff: Vec<String>,
    /// See [`crate::desk::routing`]; a star only at an end.
    pub keywords: Vec<String>,
    /// True for exactly one: it gets what no keyword meets.
    pub fallback: bool,
    /// Whether the closing confirmation names the committee.
    pub committee: bool,
}

/// A web form of the company's, or a voicemail box that sends mail: its mails are complaints of the customer they name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebForm {
    /// Whom its mails come from.
    pub from: String,
    pub customer: FormCustomer,
    pub fields: FormFields,
}

/// Where such a mail names the customer's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FormCustomer {
    /// In Reply-To.
    ReplyTo,
    /// In the field `email`.
    Field,
}

/// The labels of its fields, as they stand in the mail.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormFields {
    pub email: Option<String>,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub subject: Option<String>,
    /// The complaint: runs to the end of the mail.
    pub text: Option<String>,
}

/// The reference that needs no pattern in the settings: Dutch number plates.
pub const PLATE: &str = "kenteken";

/// A kind of number by which people know a car or a contract, so that `#zoek` finds its complaints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// What it is called in letters.
    pub name: String,
    /// A regular expression (see [`crate::desk::references`]); empty: the built-in one of [`PLATE`].
    pub pattern: String,
}

impl Reference {
    /// What is recognised where the settings name nothing.
    pub fn plate() -> Self {
        Self { name: PLATE.to_owned(), pattern: String::new() }
    }
}

#[cfg(test)]
mod closing_tests;
#[cfg(test)]
mod form_tests;
#[cfg(test)]
mod tests;
