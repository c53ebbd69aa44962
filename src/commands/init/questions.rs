//! What `klachtpost init` wants to know: one row for each question, which is its flag, its prompt and its help. Pure.

use crate::config::Security;
use std::fmt;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Company,
    Address,
    Imap,
    Smtp,
    AcceptHost,
    CaFile,
    Username,
    PasswordFile,
    SmtpUsername,
    SmtpPasswordFile,
    Tenant,
    ClientId,
    ClientSecretFile,
    ServiceAccountFile,
    Department,
    Title,
    DepartmentAddress,
    Supervisor,
    Operator,
    Register,
    TrustedId,
    StaffProof,
    AcceptUnproven,
    Wait,
}

/// What holds where nothing is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Without {
    /// It must be given.
    Needed,
    /// What was found or follows from other answers is proposed; where nothing was, it must be given.
    Found,
    /// It may be left out; a person is asked all the same.
    LeftOut,
    /// It may be left out, and nobody is asked.
    Unasked(&'static str),
}

/// One question.
pub(super) struct Question {
    pub key: Key,
    /// Behind two dashes.
    pub flag: &'static str,
    /// What stands behind the flag in the help.
    pub value: &'static str,
    pub asks: &'static str,
    pub without: Without,
    /// Whether it is an answer.
    pub fits: fn(&str) -> bool,
    /// What an answer is.
    pub expected: &'static str,
}

const fn row(
    (key, flag, value): (Key, &'static str, &'static str),
    asks: &'static str,
    without: Without,
    (fits, expected): (fn(&str) -> bool, &'static str),
) -> Question {
    Question { key, flag, value, asks, without, fits, expected }
}

const TEXT: (fn(&str) -> bool, &str) = (is_text, "one line");
const ADDRESS: (fn(&str) -> bool, &str) = (is_address, "a bare address, as name@company.nl");
const FILE: (fn(&str) -> bool, &str) = (is_text, "the name of a file");

/// All of them, in the order in which they are asked.
pub(super) const QUESTIONS: &[Question] = {
    use Without::{Found, LeftOut, Needed, Unasked};
    &[
        row((Key::Company, "company", "NAME"), "The company's name, as customers know it", Needed, TEXT),
        row((Key::Address, "address", "ADDRESS"), "The complaints address", Needed, ADDRESS),
        row(
            (Key::Imap, "imap", "SERVER"),
            "The server that mail is fetched from (HOST, HOST:PORT or HOST:PORT/tls|starttls|none)",
            Found,
            (|text| Place::read(text, Protocol::Imap).is_some(), "a server, as imap.company.nl:993/tls"),
        ),
        row(
            (Key::Smtp, "smtp", "SERVER"),
            "The server that mail is sent through (HOST, HOST:PORT or HOST:PORT/tls|starttls|none)",
            Found,
            (|text| Place::read(text, Protocol::Smtp).is_some(), "a server, as smtp.company.nl:465/tls"),
        ),
        row(
            (Key::AcceptHost, "accept-host", "HOST[,HOST]"),
            "Hosts outside the address's own domain that the password may go to",
            Unasked(""),
            TEXT,
        ),
        row(
            (Key::CaFile, "ca-file", "FILE"),
            "The certificate authority (PEM) of a server with a private one",
            Unasked(""),
            FILE,
        ),
        row((Key::Username, "username", "NAME"), "The name to log in with", Found, TEXT),
        row(
            (Key::PasswordFile, "password-file", "FILE"),
            "A file with the password alone, that nobody else can read",
            Needed,
            FILE,
        ),
        row(
            (Key::SmtpUsername, "smtp-username", "NAME"),
            "The name to log in with at the sending server, where it is another one; \"none\": without a login",
            Unasked(""),
            TEXT,
        ),
        row(
            (Key::SmtpPasswordFile, "smtp-password-file", "FILE"),
            "A file with the password for that name",
            Unasked(""),
            FILE,
        ),
        row((Key::Tenant, "tenant", "DOMAIN"), "Microsoft 365: the directory (tenant), by id or domain", Found, TEXT),
        row((Key::ClientId, "client-id", "ID"), "Microsoft 365: the application's id", Needed, TEXT),
        row(
            (Key::ClientSecretFile, "client-secret-file", "FILE"),
            "Microsoft 365: a file with the application's secret alone",
            Needed,
            FILE,
        ),
        row(
            (Key::ServiceAccountFile, "service-account-file", "FILE"),
            "Google: the key (JSON) of a service account; without one an app password is used",
            LeftOut,
            FILE,
        ),
        row(
            (Key::Department, "department", "WORD"),
            "The department that gets the complaints, in one word (others can follow later)",
            Needed,
            (is_word, "one word of letters and digits"),
        ),
        row((Key::Title, "department-title", "NAME"), "Its name for people", Found, TEXT),
        row((Key::DepartmentAddress, "department-address", "ADDRESS"), "Where its mail goes", Needed, ADDRESS),
        row((Key::Supervisor, "supervisor", "ADDRESS"), "Who watches its terms", Needed, ADDRESS),
        row(
            (Key::Operator, "operator", "ADDRESS"),
            "Who is told when klachtpost itself is in trouble",
            LeftOut,
            ADDRESS,
        ),
        row(
            (Key::Register, "register", "FILE"),
            "Where complaints are registered, if not in /var/lib/klachtpost/klachtpost.db",
            Unasked(""),
            FILE,
        ),
        row(
            (Key::TrustedId, "trusted-authserv-id", "ID"),
            "The mail server whose word on senders counts",
            LeftOut,
            (|text| is_text(text) && !text.contains([';', ' ', '=']), "the first word of its Authentication-Results"),
        ),
        row(
            (Key::StaffProof, "staff-proof", "microsoft365|no"),
            "Microsoft 365: does Exchange's own word (\"Internal\") prove colleagues (microsoft365, or no)? Not with a hybrid, or a connector that makes mail internal; docs/microsoft365.md says when not",
            LeftOut,
            (|text| matches!(text, "microsoft365" | "no"), "microsoft365 or no"),
        ),
        row(
            (Key::AcceptUnproven, "accept-unproven-staff", "yes|no"),
            "No server proves senders: may whoever gets hold of a notification act as staff?",
            Needed,
            (|text| matches!(text, "yes" | "no"), "yes or no"),
        ),
        row(
            (Key::Wait, "wait", "SECONDS"),
            "How long the test mails may take, each",
            Unasked("120"),
            (|text| text.parse::<u16>().is_ok_and(|seconds| seconds > 0), "a number of seconds"),
        ),
    ]
};

/// The row of a question.
pub(super) fn question(key: Key) -> &'static Question {
    // Each key has a row: a test sees to it.
    QUESTIONS.iter().find(|question| question.key == key).unwrap_or(&QUESTIONS[0])
}

/// What a server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    Imap,
    Smtp,
}

/// A server, and how it is spoken to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub host: String,
    pub port: u16,
    pub security: Security,
}

impl Place {
    pub fn new(host: impl Into<String>, port: u16, security: Security) -> Self {
        Self { host: host.into(), port, security }
    }

    /// `HOST[:PORT][/SECURITY]`; what is left out is what is usual.
    pub fn read(text: &str, protocol: Protocol) -> Option<Self> {
        let (server, security) = match text.trim().split_once('/') {
            Some((server, word)) => (server, Some(SECURITIES.iter().find(|(name, _)| *name == word)?.1)),
            None => (text.trim(), None),
        };
        let (host, port) = match server.split_once(':') {
            Some((host, port)) => (host, Some(port.parse::<u16>().ok().filter(|port| *port > 0)?)),
            None => (server, None),
        };
        let is_host = !host.is_empty() && host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
        let security = security.unwrap_or(match port {
            Some(25 | 143 | 587) => Security::StartTls,
            _ => Security::Tls,
        });
        is_host.then(|| Self::new(host.to_lowercase(), port.unwrap_or(protocol.port(security)), security))
    }

    /// Whether it is of this domain, or this very machine: where the address's password may go unasked.
    pub fn belongs_to(&self, domain: &str) -> bool {
        let below = self.host.strip_suffix(&domain.to_lowercase());
        let is_here =
            self.host == "localhost" || self.host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
        is_here || below.is_some_and(|host| host.is_empty() || host.ends_with('.'))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}/{}", self.host, self.port, security_word(self.security))
    }
}

impl Protocol {
    pub fn port(self, security: Security) -> u16 {
        match (self, security) {
            (Self::Imap, Security::Tls) => 993,
            (Self::Imap, _) => 143,
            (Self::Smtp, Security::Tls) => 465,
            (Self::Smtp, Security::StartTls) => 587,
            (Self::Smtp, Security::None) => 25,
        }
    }
}

/// As the settings name them.
const SECURITIES: [(&str, Security); 3] =
    [("tls", Security::Tls), ("starttls", Security::StartTls), ("none", Security::None)];

pub(super) fn security_word(security: Security) -> &'static str {
    SECURITIES.iter().find(|(_, one)| *one == security).map_or("tls", |(name, _)| name)
}

fn is_text(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= 1_000 && !text.contains(char::is_control)
}

/// What it must be beyond this the settings say when they are read.
fn is_address(text: &str) -> bool {
    is_text(text) && crate::case::Address::parse(text).is_ok() && !text.contains(char::is_whitespace)
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_question_has_one_row_and_a_flag_of_its_own() {
        for (at, question) in QUESTIONS.iter().enumerate() {
            assert_eq!(super::question(question.key).flag, question.flag);
            assert!(QUESTIONS[..at].iter().all(|other| other.flag != question.flag && other.key < question.key));
        }
    }

    #[test]
    fn servers_are_read_as_people_write_them() {
        for (text, protocol, read) in [
            ("Imap.Lease.nl", Protocol::Imap, "imap.lease.nl:993/tls"),
            ("imap.lease.nl:143", Protocol::Imap, "imap.lease.nl:143/starttls"),
            ("imap.lease.nl/starttls", Protocol::Imap, "imap.lease.nl:143/starttls"),
            ("smtp.lease.nl", Protocol::Smtp, "smtp.lease.nl:465/tls"),
            ("smtp.lease.nl:587", Protocol::Smtp, "smtp.lease.nl:587/starttls"),
            ("127.0.0.1:2525/none", Protocol::Smtp, "127.0.0.1:2525/none"),
            ("localhost/none", Protocol::Smtp, "localhost:25/none"),
        ] {
            let place = Place::read(text, protocol).unwrap();
            assert_eq!(place.to_string(), read);
            assert_eq!(Place::read(read, protocol), Some(place));
        }
        for text in ["", ":993", "a b", "x:0", "x:99999", "x:993/ssl", "https://x", "user@x"] {
            assert_eq!(Place::read(text, Protocol::Imap), None, "{text}");
        }
    }

    #[test]
    fn a_password_goes_unasked_to_the_own_domain_and_this_machine_alone() {
        let at = |host: &str| Place::new(host, 993, Security::Tls);
        for host in ["lease.nl", "imap.lease.nl", "a.b.lease.nl", "localhost", "127.0.0.1"] {
            assert!(at(host).belongs_to("Lease.nl"), "{host}");
        }
        for host in ["evillease.nl", "lease.nl.evil.example", "imap.gmail.com", "nl", "10.0.0.1", "localhost.nl"] {
            assert!(!at(host).belongs_to("lease.nl"), "{host}");
        }
    }
}
