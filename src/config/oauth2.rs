//! `[oauth2]`: how klachtpost gets tokens for servers that take no password: Microsoft 365 and Google.

use super::Auth;
use super::secret::SecretSource;
use super::section::{Section, clipped};
use super::sections::readable;
use chrono::NaiveDate;
use secrecy::SecretString;
use std::path::PathBuf;

/// Where Microsoft's tenants are, by id or domain.
const MICROSOFT: &str = "https://login.microsoftonline.com";
const GOOGLE_TOKENS: &str = "https://oauth2.googleapis.com/token";
const GOOGLE_CONSENT: &str = "https://accounts.google.com/o/oauth2/v2/auth";

/// What klachtpost proves to a mail server, and with what.
#[derive(Debug, Clone)]
pub struct OAuth2 {
    pub provider: Provider,
    /// The application's own id; of a Google service account its file says who it is.
    pub client_id: String,
    pub grant: Grant,
    /// Where tokens are asked for.
    pub token_url: String,
    /// Where `klachtpost login` begins: Microsoft's device codes, Google's page of consent.
    pub login_url: String,
    /// PEM file with a certificate authority of one's own.
    pub ca_file: Option<PathBuf>,
    /// The last day on which the secret or the certificate works.
    pub secret_expires: Option<NaiveDate>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    Microsoft,
    Google,
}

/// What a token is given for.
#[derive(Debug, Clone)]
pub enum Grant {
    /// The application's secret.
    ClientSecret(Secret),
    /// A certificate of the application, and its private key, both in PEM.
    Certificate { certificate: PathBuf, key: SecretSource },
    /// The key file of a Google service account that acts for the mailbox.
    ServiceAccount(SecretSource),
    /// What a person agreed to once, with `klachtpost login`; kept in this file. Google wants the application's secret too.
    Person { token_file: PathBuf, secret: Option<Secret> },
}

/// A secret of the settings, and its file where it has one: read anew when it is needed.
#[derive(Debug, Clone)]
pub struct Secret {
    written: SecretString,
    source: Option<SecretSource>,
}

impl Secret {
    /// As it is now; where the file cannot be read, as it was.
    pub fn now(&self) -> SecretString {
        self.source.as_ref().and_then(SecretSource::read).unwrap_or_else(|| self.written.clone())
    }
}

/// The ways to a token, as the settings name them.
const WAYS: &str = "`client_secret_file` (an application of Microsoft's), `certificate_file` with `key_file` (the same, with a \
                    certificate), `service_account_file` (Google), or `token_file` (made by `klachtpost login`)";

pub(super) fn oauth2(s: &mut Section) -> OAuth2 {
    let options = [("microsoft", Provider::Microsoft), ("google", Provider::Google)];
    let provider = s.required_choice("provider", &options).unwrap_or(Provider::Microsoft);
    let service_account = s.source("service_account_file");
    let client_id = s.text_or("client_id", "");
    if client_id.is_empty() && service_account.is_none() {
        s.refuse("client_id", "nothing", "write the application's id, as the provider's page shows it");
    }
    let tenant = s.text_or("tenant", "");
    if provider == Provider::Microsoft && !is_tenant(&tenant) {
        let write = "write the directory's (tenant's) id or its domain, e.g. `tenant = \"lease.example\"`";
        s.refuse("tenant", if tenant.is_empty() { "nothing" } else { "what is neither" }, write);
    }
    let (token_url, login_url) = match provider {
        Provider::Microsoft => {
            (format!("{MICROSOFT}/{tenant}/oauth2/v2.0/token"), format!("{MICROSOFT}/{tenant}/oauth2/v2.0/devicecode"))
        }
        Provider::Google => (GOOGLE_TOKENS.to_owned(), GOOGLE_CONSENT.to_owned()),
    };
    OAuth2 {
        provider,
        client_id,
        grant: grant(s, provider, service_account),
        token_url: web_address(s, "token_url", token_url),
        login_url: web_address(s, "login_url", login_url),
        ca_file: readable(s, "ca_file"),
        secret_expires: last_day(s, "secret_expires"),
    }
}

/// A page that tokens or secrets are sent to: nothing but HTTPS.
fn web_address(s: &mut Section, key: &'static str, default: String) -> String {
    let url = s.text_or(key, &default);
    if !url.strip_prefix("https://").is_some_and(|rest| rest.starts_with(char::is_alphanumeric)) {
        s.refuse(key, format!("\"{}\"", clipped(&url)), "write an address that begins with https://");
    }
    url
}

/// The day from which on nothing of it works any more is the next one.
fn last_day(s: &mut Section, key: &'static str) -> Option<NaiveDate> {
    let day = s.text(key).filter(|day| !day.is_empty())?;
    let read = day.parse().ok();
    if read.is_none() {
        s.refuse(key, format!("\"{}\"", clipped(&day)), format!("write a day, e.g. `{key} = \"2027-05-01\"`"));
    }
    read
}

/// How the login is proven; a token beside a password is one too many.
pub(super) fn auth(s: &mut Section, password: Option<&SecretString>) -> Auth {
    let auth = s.choice("auth", Auth::Password, &[("password", Auth::Password), ("oauth2", Auth::OAuth2)]);
    let auth = auth.unwrap_or_default();
    if auth == Auth::OAuth2 && password.is_some() {
        s.refuse("auth", "\"oauth2\" beside a password", "take out the password, or write `auth = \"password\"`");
    }
    auth
}

fn is_tenant(tenant: &str) -> bool {
    !tenant.is_empty() && tenant.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
}

/// Exactly one way, and one that the provider knows.
fn grant(s: &mut Section, provider: Provider, service_account: Option<SecretSource>) -> Grant {
    let source = s.source_of("client_secret_file");
    let secret = s.secret("client_secret", "client_secret_file").map(|written| Secret { written, source });
    let certificate = readable(s, "certificate_file").zip(s.source("key_file"));
    let token_file = s.path("token_file");
    let mut ways = Vec::new();
    if let Some(token_file) = token_file {
        ways.push(Grant::Person { token_file, secret });
    } else if let Some(secret) = secret {
        ways.push(Grant::ClientSecret(secret));
    }
    ways.extend(certificate.map(|(certificate, key)| Grant::Certificate { certificate, key }));
    ways.extend(service_account.map(Grant::ServiceAccount));
    let count = ways.len();
    let Some(grant) = ways.pop().filter(|_| count == 1) else {
        s.refuse_for_work("provider", format!("{count} ways to get a token below it"), format!("write one of {WAYS}"));
        return Grant::Person { token_file: PathBuf::new(), secret: None };
    };
    let is_known = match grant {
        Grant::ClientSecret(_) | Grant::Certificate { .. } => provider == Provider::Microsoft,
        Grant::ServiceAccount(_) => provider == Provider::Google,
        Grant::Person { .. } => true,
    };
    if !is_known {
        let write =
            "write `service_account_file` or `token_file` for \"google\", and one of the others for \"microsoft\"";
        s.refuse("provider", "another provider than the key below it is for", write);
    }
    grant
}
