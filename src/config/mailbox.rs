//! Reads a `[mailbox]`: where complaints come in, and what is its own beside the others'. Reads secret files.

use super::check::{addresses, folder_names, given_address};
use super::closing::{Committee, committee};
use super::oauth2::auth;
use super::outside::{Privacy, privacy};
use super::proof::{StaffProof, proven_or_accepted, staff_proof};
use super::secret::SecretSource;
use super::section::Section;
use super::sections::{maildir, paper, server};
use super::taking::read_given;
use super::{Auth, DeskLanguage, Paper, Security};
use crate::case::MailboxName;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Seconds between two looks into a mailbox: not so often that a server refuses, not so seldom that a term suffers.
const POLL_SECONDS: std::ops::RangeInclusive<u64> = 5..=3_600;
/// Bytes of one mail in or out: at least what a plain mail with a photo has, at most what memory holds.
pub(super) const MESSAGE_BYTES: std::ops::RangeInclusive<u64> = 65_536..=1_073_741_824;

/// Where mail comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MailboxKind {
    /// A server; `host`, `username` and `password` are there.
    Imap,
    /// A folder on this machine; `path` is there.
    Maildir,
}

/// Where complaints come in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Mailbox {
    /// Part of the identity of every mail (invariant 2).
    pub name: MailboxName,
    pub kind: MailboxKind,
    /// Empty for a Maildir, as `username` and `password`.
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// PEM file with the certificate authority of a private server.
    pub ca_file: Option<PathBuf>,
    pub username: String,
    pub auth: Auth,
    /// Of [`Auth::OAuth2`] the token, once there is one.
    #[serde(skip)]
    pub password: SecretString,
    /// Where the password came from, if from a file of its own: see [`super::Config::mailbox_now`].
    #[serde(skip)]
    pub password_source: Option<SecretSource>,
    /// The folder with new mail.
    pub inbox: String,
    /// Where mail goes that was acted on; like the next two below the server's own prefix.
    pub processed: String,
    /// Where spam, loops and automatic mail go.
    pub set_aside: String,
    /// Where mail goes that could not be read.
    pub unreadable: String,
    /// A folder to watch too; "" for none.
    pub junk: String,
    pub poll_seconds: u64,
    /// Whether the server is asked to tell of new mail at once.
    pub idle: bool,
    /// Of a larger mail the headers and a first slice are registered (invariant 1).
    pub max_message_bytes: u64,
    pub staff_proof: StaffProof,
    /// The operator's word that no server proves senders here (invariant 6).
    pub accept_unproven_staff: bool,
    /// Other addresses by which mail reaches this mailbox: a group, a forwarding.
    pub aliases: Vec<String>,
    /// Whether mail to `local+anything@` arrives here.
    pub sub_addressing: bool,
    /// Folder of a Maildir; empty for IMAP.
    pub path: PathBuf,
    pub own: OwnWay,
}

/// What a mailbox has of its own; what is left out is the desk's.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct OwnWay {
    /// Letters of its cases are written from it.
    pub address: Option<String>,
    /// Of its letters to customers whose mail does not say which.
    pub language: Option<DeskLanguage>,
    /// The departments that its complaints go to; empty: all.
    pub departments: Vec<String>,
    /// Which of these gets what no keyword meets.
    pub fallback: Option<String>,
    /// The company it is of; none: the desk's.
    pub company: Option<String>,
    /// Colleagues of that company outside the departments; beside the desk's where it is the desk's company.
    pub employees: Vec<String>,
    pub committee: Option<Committee>,
    pub privacy: Option<Privacy>,
    /// Its letterhead.
    pub paper: Option<Paper>,
    /// Who gets the overview of that company; beside `[digest] recipients` where it is the desk's.
    pub digest_recipients: Vec<String>,
}

pub(super) fn mailbox(s: &mut Section) -> Mailbox {
    let kind = s.choice("kind", MailboxKind::Imap, &[("imap", MailboxKind::Imap), ("maildir", MailboxKind::Maildir)]);
    let is_imap = kind == Some(MailboxKind::Imap);
    let name = s.text_or("name", "klachten");
    if name.is_empty() {
        s.refuse("name", "nothing", "write a short name, e.g. `name = \"klachten\"`");
    }
    let server = server(s, is_imap, |security| if security == Security::Tls { 993 } else { 143 });
    let username = s.text_or("username", "");
    if is_imap && username.is_empty() {
        s.refuse("username", "nothing", "write the name klachtpost logs in with, often the complaints address");
    }
    // Looked at first: the key is taken out of the section below.
    let password_source = s.source_of("password_file");
    let password = s.secret("password", "password_file");
    let auth = auth(s, password.as_ref());
    if is_imap && auth == Auth::Password && password.is_none() && !s.is_refused("password_file") {
        s.refuse_for_work(
            "password",
            "nothing",
            "write `password_file = \"…\"`, or give KLACHTPOST__MAILBOX__PASSWORD",
        );
    }
    let mailbox = Mailbox {
        name: MailboxName::new(name),
        kind: kind.unwrap_or(MailboxKind::Imap),
        host: server.host,
        port: server.port,
        security: server.security,
        ca_file: server.ca_file,
        username,
        auth,
        password: password.unwrap_or_default(),
        password_source,
        inbox: s.text_or("inbox", "INBOX"),
        processed: s.text_or("processed", "Verwerkt"),
        set_aside: s.text_or("set_aside", "Terzijde"),
        unreadable: s.text_or("unreadable", "Onleesbaar"),
        junk: s.text_or("junk", ""),
        poll_seconds: s.number("poll_seconds", 60, POLL_SECONDS, "seconds"),
        idle: s.flag("idle", true),
        max_message_bytes: s.number("max_message_bytes", 67_108_864, MESSAGE_BYTES, "bytes"),
        staff_proof: staff_proof(s),
        accept_unproven_staff: s.flag("accept_unproven_staff", false),
        aliases: addresses(s, "aliases"),
        sub_addressing: s.flag("sub_addressing", false),
        path: maildir(s, kind == Some(MailboxKind::Maildir)),
        own: own_way(s),
    };
    folder_names(s, &mailbox);
    proven_or_accepted(s, &mailbox);
    mailbox
}

fn own_way(s: &mut Section) -> OwnWay {
    let languages = [("nl", Some(DeskLanguage::Dutch)), ("en", Some(DeskLanguage::English))];
    OwnWay {
        address: given_address(s, "address"),
        language: s.choice("language", None, &languages).flatten(),
        departments: s.list("departments"),
        fallback: s.text("fallback").filter(|name| !name.is_empty()),
        company: s.text("company").filter(|name| !name.is_empty()),
        employees: addresses(s, "employees"),
        committee: read_given(s, "committee", committee),
        privacy: read_given(s, "privacy", privacy),
        paper: read_given(s, "paper", paper),
        digest_recipients: read_given(s, "digest", |s| addresses(s, "recipients")).unwrap_or_default(),
    }
}
