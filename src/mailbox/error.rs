//! What can go wrong between us and a mailbox, in words an operator can act on: tried, expected, found, next step.
//! Holds no secrets and no mail text: what a server says is shortened, and parse errors are named by class only
//! (the IMAP library puts its whole buffer into them).

use super::words;
use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// Longest piece of a server's own words that is repeated in an error.
const MAX_SERVER_TEXT: usize = 200;

/// What we were doing when it went wrong. Folder names are the server's (modified UTF-7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Connect,
    Greeting,
    Tls,
    StartTls,
    Login,
    Capabilities,
    FindFolder(String),
    MakeFolder(String),
    OpenFolder(String),
    ListMails,
    FetchMails,
    MoveMails,
    MarkMails,
    Wait,
    Logout,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect => f.write_str("connect"),
            Self::Greeting => f.write_str("read the greeting"),
            Self::Tls => f.write_str("start TLS"),
            Self::StartTls => f.write_str("STARTTLS"),
            Self::Login => f.write_str("log in"),
            Self::Capabilities => f.write_str("ask what the server can do"),
            Self::FindFolder(name) => write!(f, "look for the folder {name:?}"),
            Self::MakeFolder(name) => write!(f, "make the folder {name:?}"),
            Self::OpenFolder(name) => write!(f, "open the folder {name:?}"),
            Self::ListMails => f.write_str("list the mails"),
            Self::FetchMails => f.write_str("fetch mails"),
            Self::MoveMails => f.write_str("file mails away"),
            Self::MarkMails => f.write_str("mark mails"),
            Self::Wait => f.write_str("wait for mail"),
            Self::Logout => f.write_str("log out"),
        }
    }
}

/// The two ways a server turns a command down (RFC 9051 §7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    No,
    Bad,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::No => "NO",
            Self::Bad => "BAD",
        })
    }
}

/// Who has to do something before it can work again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Time and a new connection may be enough.
    TryAgain,
    /// Trying again is harmless, but a person has to look: password, certificate, settings.
    Operator,
}

/// Why a mailbox could not do what was asked. After any of these but [`MailboxError::Server`] and
/// [`MailboxError::Setting`] the connection is spent: open a new one.
#[derive(Debug, thiserror::Error)]
pub enum MailboxError {
    #[error(
        "mailbox {server}: tried to {step}, expected a working connection, found: {found}; next: {}",
        words::next_when_away(found)
    )]
    Unreachable { server: String, step: Step, found: Cow<'static, str> },
    #[error(
        "mailbox {server}: tried to start TLS, expected a certificate that is valid for this host, found: {found}; next: {}",
        words::next_without_tls(found)
    )]
    Tls { server: String, found: String },
    #[error(
        "mailbox {server}: tried to log in, expected to be let in, found: {text}; next: {}",
        words::next_at_login(text)
    )]
    Refused { server: String, text: String },
    #[error(
        "mailbox {server}: tried to {step}, expected an answer within {} s, found silence; next: none, it is tried again; if it stays, look at the server's load and the network",
        after.as_secs_f32()
    )]
    Timeout { server: String, step: Step, after: Duration },
    #[error(
        "mailbox {server}: tried to {step}, expected an IMAP answer, found: {found}; next: {}",
        words::next_when_garbled(found)
    )]
    Protocol { server: String, step: Step, found: Cow<'static, str> },
    #[error("mailbox {server}: tried to {step}, expected OK, found {verdict}: {text}; next: {}", step.advice(text))]
    Server { server: String, step: Step, verdict: Verdict, text: String },
    #[error("mailbox: mailbox.{key}: expected {expected}, found {found}; next: correct the settings")]
    Setting { key: &'static str, expected: &'static str, found: String },
    #[error(
        "mailbox {}: tried to {step}, expected a Maildir that can be read and written, found: {source}; next: check mailbox.path, its owner and free space",
        path.display()
    )]
    Files { path: PathBuf, step: Step, source: std::io::Error },
}

impl MailboxError {
    /// Whether time may heal it, or a person is needed.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Unreachable { .. } | Self::Timeout { .. } | Self::Protocol { .. } => Remedy::TryAgain,
            Self::Server { step: Step::FindFolder(_) | Step::MakeFolder(_) | Step::OpenFolder(_), .. } => {
                Remedy::Operator
            }
            Self::Server { .. } => Remedy::TryAgain,
            Self::Tls { .. } | Self::Refused { .. } | Self::Setting { .. } => Remedy::Operator,
            Self::Files { source, .. } => match source.kind() {
                std::io::ErrorKind::NotFound
                | std::io::ErrorKind::PermissionDenied
                | std::io::ErrorKind::NotADirectory => Remedy::Operator,
                _ => Remedy::TryAgain,
            },
        }
    }
}

impl Step {
    /// What an operator does when the server turns this step down.
    fn advice(&self, text: &str) -> &'static str {
        let by_words = match self {
            Self::FindFolder(_) | Self::MakeFolder(_) | Self::OpenFolder(_) | Self::MoveMails | Self::MarkMails => {
                words::next_at_work(text)
            }
            Self::Login if words::is_about_connections(text) => Some(words::next_at_login(text)),
            _ => None,
        };
        by_words.unwrap_or(match self {
            Self::Login => "none, it is tried again; if it stays, read the server's log",
            Self::FindFolder(_) | Self::OpenFolder(_) => {
                "check the folder names under [mailbox] and the account's rights"
            }
            Self::MakeFolder(_) => "make the folder by hand, or choose a name under [mailbox] that the server allows",
            Self::MoveMails | Self::MarkMails => "check the account's quota and its rights on the folder",
            _ => "none, it is tried again; if it stays, read the server's log",
        })
    }
}

/// A server's own words, fit for one line of a log: short, and without control characters.
pub(super) fn shortened(text: &str) -> String {
    let mut line: String = text.chars().take(MAX_SERVER_TEXT).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().count() > MAX_SERVER_TEXT {
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_words_become_one_short_line() {
        let long = format!("quota\r\nexceeded {}", "x".repeat(1000));
        let line = shortened(&long);
        assert!(line.starts_with("quota  exceeded xxx"));
        assert_eq!(line.chars().count(), MAX_SERVER_TEXT + 1);
        assert!(line.ends_with('…'));
        assert_eq!(shortened("fine"), "fine");
    }

    #[test]
    fn a_person_is_asked_for_only_when_time_does_not_help() {
        let server = String::from("mail.example:993");
        let busy = MailboxError::Server {
            server: server.clone(),
            step: Step::MoveMails,
            verdict: Verdict::No,
            text: "in use".into(),
        };
        assert_eq!(busy.remedy(), Remedy::TryAgain);
        let password = MailboxError::Refused { server: server.clone(), text: "wrong".into() };
        assert_eq!(password.remedy(), Remedy::Operator);
        let away = MailboxError::Unreachable { server, step: Step::Connect, found: "refused".into() };
        assert_eq!(away.remedy(), Remedy::TryAgain);
        let text = away.to_string();
        for part in ["tried to connect", "expected", "found: refused", "next:"] {
            assert!(text.contains(part), "{part} is missing in {text}");
        }
    }
}
