//! What is sent for each kind of grant (RFC 6749 §4.4 and §6, RFC 7523), what comes back, and what a token is for. Reads the
//! key files that the settings name; beside that pure.

use super::assertion::{self, Claim};
use super::post::Reply;
use super::{Refusal, kept};
use crate::case::Moment;
use crate::config::{Grant, OAuth2, Provider};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::fmt;

/// What Microsoft gives an application by itself: everything an administrator consented to.
const MICROSOFT_APPLICATION: &str = "https://outlook.office365.com/.default";
/// What a person consents to there: their mailbox, sending, and a login that lasts.
pub(super) const MICROSOFT_PERSON: &str =
    "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access";
pub(super) const GOOGLE: &str = "https://mail.google.com/";

/// A signed claim as a grant of its own (RFC 7523 §2.1), and as who asks (§2.2).
const CLAIM_AS_GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const CLAIM_AS_CLIENT: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Where an answer says nothing of its life (RFC 6749 §5.1); as short as any provider's.
const LIFE_UNSTATED: TimeDelta = TimeDelta::minutes(10);
/// No provider's lives longer; a larger figure is a mistake.
const LIFE_SECONDS_MAX: i64 = 7 * 24 * 3_600;

/// What a token is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Mailbox,
    Sender,
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mailbox => "mailbox",
            Self::Sender => "sender",
        })
    }
}

/// Whom a token is for: of a Google service account one mailbox, of the others whatever they may open.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Subject(Option<String>);

impl Subject {
    pub fn of(grant: &Grant, user: &str) -> Self {
        Self(matches!(grant, Grant::ServiceAccount(_)).then(|| user.to_owned()))
    }
}

/// One request for a token.
pub(super) struct Request {
    pub url: String,
    pub fields: Vec<(&'static str, SecretString)>,
}

pub(super) fn request(settings: &OAuth2, subject: &Subject, now: Moment) -> Result<Request, Refusal> {
    let (url, id) = (settings.token_url.clone(), settings.client_id.as_str());
    let plain = |name: &'static str, value: &str| (name, SecretString::from(value));
    let fields = match &settings.grant {
        Grant::ClientSecret(secret) => vec![
            plain("grant_type", "client_credentials"),
            plain("client_id", id),
            ("client_secret", secret.now()),
            plain("scope", MICROSOFT_APPLICATION),
        ],
        Grant::Certificate { certificate, key } => {
            let claim = Claim { issuer: id, subject: id, audience: &url, scope: None };
            let thumbprint = assertion::thumbprint(certificate)?;
            let key = key.text().map_err(|found| Refusal::Key { found })?;
            vec![
                plain("grant_type", "client_credentials"),
                plain("client_id", id),
                plain("client_assertion_type", CLAIM_AS_CLIENT),
                ("client_assertion", assertion::sign(&claim, Some(&thumbprint), &key, now)?),
                plain("scope", MICROSOFT_APPLICATION),
            ]
        }
        Grant::ServiceAccount(file) => {
            let account = ServiceAccount::read(&file.text().map_err(|found| Refusal::Key { found })?)?;
            let mailbox = subject.0.as_deref().unwrap_or_default();
            let claim = Claim { issuer: &account.client_email, subject: mailbox, audience: &url, scope: Some(GOOGLE) };
            let signed = assertion::sign(&claim, None, &account.private_key, now)?;
            vec![plain("grant_type", CLAIM_AS_GRANT), ("assertion", signed)]
        }
        Grant::Person { token_file, secret } => {
            let mut fields = vec![
                plain("grant_type", "refresh_token"),
                plain("client_id", id),
                ("refresh_token", kept::read(token_file)?),
            ];
            fields.extend(secret.as_ref().map(|secret| ("client_secret", secret.now())));
            if settings.provider == Provider::Microsoft {
                fields.push(plain("scope", MICROSOFT_PERSON));
            }
            fields
        }
    };
    Ok(Request { url, fields })
}

/// The file that Google gives for a service account, as far as it is read.
#[derive(Deserialize)]
struct ServiceAccount {
    client_email: String,
    private_key: SecretString,
}

impl ServiceAccount {
    fn read(text: &SecretString) -> Result<Self, Refusal> {
        serde_json::from_str(text.expose_secret()).map_err(|_| Refusal::Key {
            found:
                "service_account_file: expected the JSON of a service account's key, with client_email and private_key"
                    .to_owned(),
        })
    }
}

/// A token, and what came with it.
#[derive(Debug)]
pub(super) struct Given {
    pub token: SecretString,
    pub lives: TimeDelta,
    /// What the next one is asked for with, where it changed.
    pub login: Option<SecretString>,
}

/// A successful answer (RFC 6749 §5.1).
#[derive(Deserialize)]
struct Success {
    access_token: SecretString,
    #[serde(default)]
    expires_in: Option<Seconds>,
    #[serde(default)]
    refresh_token: Option<SecretString>,
}

/// A number; some servers write it as text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Seconds {
    Number(i64),
    Text(String),
}

pub(super) fn given(reply: &Reply) -> Result<Given, Refusal> {
    if reply.status != 200 {
        return Err(Refusal::read(reply));
    }
    let success: Success = serde_json::from_slice(&reply.body)
        .map_err(|_| Refusal::Other { status: reply.status, code: "no token in it".to_owned() })?;
    let stated = success.expires_in.and_then(|seconds| match seconds {
        Seconds::Number(number) => Some(number),
        Seconds::Text(text) => text.trim().parse().ok(),
    });
    let lives = stated.filter(|seconds| (1..=LIFE_SECONDS_MAX).contains(seconds));
    // It becomes part of a command: a line break in it would be another one.
    if success.access_token.expose_secret().chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(Refusal::Other { status: reply.status, code: "a token with blanks in it".to_owned() });
    }
    Ok(Given {
        token: success.access_token,
        lives: lives.map_or(LIFE_UNSTATED, TimeDelta::seconds),
        login: success.refresh_token,
    })
}

/// The parts of Microsoft's token that say what it is for.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Claims {
    aud: String,
    roles: Vec<String>,
}

/// The permission that an application's token lacks for this purpose, by what it says of itself. It is not proven here: the
/// server does that; a token that cannot be read is not judged.
pub(super) fn missing_permission(token: &str, purpose: Purpose) -> Option<&'static str> {
    let payload = token.split('.').nth(1)?;
    let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?).ok()?;
    let permission = match purpose {
        Purpose::Mailbox => "IMAP.AccessAsApp",
        Purpose::Sender => "SMTP.SendAsApp",
    };
    let is_exchange = claims.aud.contains("outlook.office");
    (is_exchange && !claims.roles.iter().any(|role| role == permission)).then_some(permission)
}
