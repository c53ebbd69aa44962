//! Why there is no token, in words an operator can act on. What a provider writes in its own words may name people and
//! traces: of those only the code is kept. Pure.

use super::post::Reply;
use serde::Deserialize;
use std::fmt;
use std::path::Path;

/// Longest piece of a provider's code that is repeated.
const CODE_CHARS_MAX: usize = 60;
/// How Microsoft's codes begin.
const AADSTS: &str = "AADSTS";

/// Why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("no section [oauth2]")]
    NotSetUp,
    #[error("that the application's secret is wrong ({code})")]
    WrongSecret { code: String },
    #[error("that the application's secret or certificate has expired ({code})")]
    ExpiredSecret { code: String },
    #[error("that the application is not known ({code})")]
    UnknownApplication { code: String },
    #[error("that the directory (tenant) is not known ({code})")]
    UnknownTenant { code: String },
    #[error("that nobody has given the application consent ({code})")]
    NoConsent { code: String },
    #[error("a token without the permission {permission}")]
    NoPermission { permission: &'static str },
    #[error("that there is no such user ({code})")]
    NoSuchUser { code: String },
    #[error("that a rule of conditional access forbids it ({code})")]
    ConditionalAccess { code: String },
    #[error("that a second factor is asked for ({code})")]
    SecondFactor { code: String },
    #[error("that the login has ended ({code})")]
    LoginEnded { code: String },
    #[error("no login yet: there is no {file}")]
    NoLogin { file: String },
    #[error("that the service account may not act for this mailbox ({code})")]
    NoDelegation { code: String },
    #[error("that the signed claim is not taken ({code})")]
    ClaimRefused { code: String },
    /// With the seconds after which it wants to be asked again, where it says so.
    #[error("that it is asked too often{}", seconds(*after))]
    Throttled { after: Option<u64> },
    #[error("the provider out of order (HTTP {status})")]
    Down { status: u16 },
    #[error("{found}")]
    Unreachable { found: String },
    /// A key, a certificate or the login's file cannot be used.
    #[error("{found}")]
    Key { found: String },
    #[error("an answer that is no token (HTTP {status}, {code})")]
    Other { status: u16, code: String },
}

fn seconds(after: Option<u64>) -> String {
    after.map_or_else(String::new, |seconds| format!(" (again after {seconds} s)"))
}

impl Refusal {
    /// Of a file that cannot be used.
    pub(super) fn file(path: &Path, error: impl fmt::Display) -> Self {
        Self::Key { found: format!("{} cannot be used: {error}", path.display()) }
    }

    /// Whether time may heal it.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Throttled { .. } | Self::Down { .. } | Self::Unreachable { .. })
    }

    /// What the operator does.
    pub fn next_step(&self) -> &'static str {
        match self {
            Self::NotSetUp => "write [oauth2] in the settings",
            Self::WrongSecret { .. } => {
                "write the secret's value (not its id) into client_secret_file; the provider shows it only when it is made"
            }
            Self::ExpiredSecret { .. } => {
                "make a new secret or certificate in the application's registration, write it into its file, and its last day \
                 into oauth2.secret_expires; no restart is needed"
            }
            Self::UnknownApplication { .. } => {
                "check oauth2.client_id, and that the application is registered in oauth2.tenant"
            }
            Self::UnknownTenant { .. } => "check oauth2.tenant: the directory's id or one of its domains",
            Self::NoConsent { .. } => {
                "let an administrator grant consent to the application's permissions, or run `klachtpost login` again"
            }
            Self::NoPermission { .. } => {
                "give the application this permission of \"Office 365 Exchange Online\" (application, not delegated), and let an \
                 administrator grant consent; it may take an hour to count"
            }
            Self::NoSuchUser { .. } => "check mailbox.username and sender.username",
            Self::ConditionalAccess { .. } => {
                "let the administrator exempt this application, or this machine's address, from the rule"
            }
            Self::SecondFactor { .. } => "run `klachtpost login` again: a person answers it there",
            Self::LoginEnded { .. } => {
                "run `klachtpost login` again; a changed password or months without use end a login"
            }
            Self::NoLogin { .. } => "run `klachtpost login` once, as the user that klachtpost runs as",
            Self::NoDelegation { .. } => {
                "give the service account domain-wide delegation for the scope https://mail.google.com/ in the admin console"
            }
            Self::ClaimRefused { .. } => {
                "check this machine's clock, that the key belongs to the certificate or account, and that the mailbox exists"
            }
            Self::Throttled { .. } | Self::Down { .. } => "none, it is tried again",
            Self::Unreachable { .. } => {
                "check the network, and oauth2.ca_file and oauth2.token_url where they are set; it is tried again"
            }
            Self::Key { .. } => "put the file right; it is read anew at the next try",
            Self::Other { .. } => "look the code up in the provider's documentation; `klachtpost check` tries it again",
        }
    }

    /// What an answer without a token says (RFC 6749 §5.2).
    pub(super) fn read(reply: &Reply) -> Self {
        let Reply { status, retry_after, body } = reply;
        match status {
            429 => return Self::Throttled { after: *retry_after },
            503 if retry_after.is_some() => return Self::Throttled { after: *retry_after },
            500.. => return Self::Down { status: *status },
            _ => {}
        }
        let said: Said = serde_json::from_slice(body).unwrap_or_default();
        let code = said.code();
        let number = code.strip_prefix(AADSTS).unwrap_or_default();
        match (number, said.error.as_str()) {
            ("7000215" | "7000216", _) => Self::WrongSecret { code },
            ("7000222", _) => Self::ExpiredSecret { code },
            ("700016" | "700038", _) => Self::UnknownApplication { code },
            ("90002" | "900023" | "900021", _) => Self::UnknownTenant { code },
            ("65001" | "650052", _) => Self::NoConsent { code },
            ("50034", _) => Self::NoSuchUser { code },
            ("53000" | "53001" | "53003", _) => Self::ConditionalAccess { code },
            ("50076" | "50079" | "50158", _) => Self::SecondFactor { code },
            ("700082" | "70043" | "50173" | "70000", _) => Self::LoginEnded { code },
            ("700024" | "700027", _) => Self::ClaimRefused { code },
            ("", "invalid_client") => Self::WrongSecret { code },
            ("", "unauthorized_client") => Self::NoDelegation { code },
            ("", "invalid_grant") => said.of_google(code),
            _ => Self::Other { status: *status, code },
        }
    }
}

/// The parts of a refusal that are read.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    pub error: String,
    error_description: String,
}

impl Said {
    /// Microsoft's number, else the standard's word: nothing that names anybody.
    fn code(&self) -> String {
        let number = self.error_description.split(|c: char| !c.is_ascii_alphanumeric()).find(|word| {
            word.strip_prefix(AADSTS)
                .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
        });
        let word = number.unwrap_or(&self.error);
        let plain: String =
            word.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(CODE_CHARS_MAX).collect();
        if plain.is_empty() { "no code".to_owned() } else { plain }
    }

    /// Google says with one word that a login has ended, and that a claim is not taken.
    fn of_google(&self, code: String) -> Refusal {
        let description = self.error_description.to_ascii_lowercase();
        if description.contains("expired or revoked") {
            Refusal::LoginEnded { code }
        } else {
            Refusal::ClaimRefused { code }
        }
    }
}
