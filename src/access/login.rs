//! A person's consent, once: Microsoft's by a code that is typed on any device (RFC 8628), Google's by a page that leads back to
//! this machine (RFC 8252, with the proof of RFC 7636), because Google gives mail to no device code. Touches the network and
//! the file of the login.

use super::asking::{GOOGLE, MICROSOFT_PERSON, given};
use super::{Refusal, kept, post};
use crate::clock;
use crate::config::{Grant, OAuth2, Secret};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, percent_decode_str, utf8_percent_encode};
use secrecy::SecretString;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::path::Path;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

/// How long a person may take.
const WITHIN: Duration = Duration::from_secs(15 * 60);
/// How often a device code is asked about where the provider does not say.
const INTERVAL: u64 = 5;
/// What RFC 8628 §3.5 adds to that where it is asked too often.
const SLOWER: u64 = 5;
/// What a browser needs for its first line.
const SAYS_WITHIN: Duration = Duration::from_secs(5);
/// Octets of the line a browser asks with.
const LINE_MAX: u64 = 16 * 1024;

/// Why there is no login.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    #[error("[oauth2] has no `token_file`: its way to a token needs no login; next: `klachtpost check` tries it")]
    NotNeeded,
    #[error("tried to log in, expected consent, found: {0}; next: {next}", next = .0.next_step())]
    Refused(Refusal),
    #[error(
        "tried to log in, expected consent within a quarter of an hour, found none; next: run `klachtpost login` again"
    )]
    TooLate,
    #[error(
        "tried to log in, expected consent, found that it was declined; next: run `klachtpost login` again, as somebody who may open the mailbox"
    )]
    Declined,
    #[error("tried to wait for the browser's answer on this machine, found: {0}")]
    Listening(std::io::Error),
    #[error("tried to write {file}, found: {why}; next: let klachtpost's user write there")]
    Writing { file: String, why: std::io::Error },
}

/// What a person types, and where.
#[derive(Debug, Deserialize)]
pub struct Code {
    pub user_code: String,
    #[serde(alias = "verification_url")]
    pub verification_uri: String,
    device_code: SecretString,
    #[serde(default)]
    interval: Option<u64>,
}

/// A page of consent, and the port on which its answer is waited for.
pub struct Consent {
    pub url: String,
    listener: TcpListener,
    redirect: String,
    verifier: String,
    state: String,
}

fn person(settings: &OAuth2) -> Result<(&Path, Option<&Secret>), LoginError> {
    match &settings.grant {
        Grant::Person { token_file, secret } => Ok((token_file, secret.as_ref())),
        _ => Err(LoginError::NotNeeded),
    }
}

fn plain(name: &'static str, value: &str) -> (&'static str, SecretString) {
    (name, SecretString::from(value))
}

/// Asks for a code to be typed.
pub async fn begin_device(settings: &OAuth2) -> Result<Code, LoginError> {
    person(settings)?;
    let fields = vec![plain("client_id", &settings.client_id), plain("scope", MICROSOFT_PERSON)];
    let reply = post::form(&settings.login_url, fields, settings.ca_file.clone()).await.map_err(LoginError::Refused)?;
    match serde_json::from_slice(&reply.body) {
        Ok(code) if reply.status == 200 => Ok(code),
        _ => Err(LoginError::Refused(Refusal::read(&reply))),
    }
}

/// Waits until somebody has typed it, and keeps the login.
pub async fn poll_device(settings: &OAuth2, code: &Code) -> Result<(), LoginError> {
    let waiting = async {
        let mut interval = code.interval.unwrap_or(INTERVAL);
        loop {
            tokio::time::sleep(Duration::from_secs(interval)).await;
            let (_, secret) = person(settings)?;
            let mut fields = vec![
                plain("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
                plain("client_id", &settings.client_id),
                ("device_code", code.device_code.clone()),
            ];
            fields.extend(secret.map(|secret| ("client_secret", secret.now())));
            let asked = post::form(&settings.token_url, fields, settings.ca_file.clone()).await;
            let reply = asked.map_err(LoginError::Refused)?;
            let said: super::refusal::Said = serde_json::from_slice(&reply.body).unwrap_or_default();
            match said.error.as_str() {
                "authorization_pending" => {}
                "slow_down" => interval += SLOWER,
                "authorization_declined" | "access_denied" => return Err(LoginError::Declined),
                "expired_token" => return Err(LoginError::TooLate),
                _ => return keep(settings, &reply),
            }
        }
    };
    tokio::time::timeout(WITHIN, waiting).await.unwrap_or(Err(LoginError::TooLate))
}

/// Opens a port on this machine, and makes the page's address that leads back to it.
pub async fn consent(settings: &OAuth2) -> Result<Consent, LoginError> {
    person(settings)?;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(LoginError::Listening)?;
    let port = listener.local_addr().map_err(LoginError::Listening)?.port();
    let random = || {
        let drawn: [u8; 32] =
            clock::random().map_err(|error| LoginError::Refused(Refusal::Key { found: error.to_string() }))?;
        Ok::<_, LoginError>(URL_SAFE_NO_PAD.encode(drawn))
    };
    let (verifier, state, redirect) = (random()?, random()?, format!("http://127.0.0.1:{port}"));
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
    let url = format!(
        "{}?response_type=code&access_type=offline&prompt=consent&code_challenge_method=S256&client_id={}&scope={}&redirect_uri={}&state={state}&code_challenge={challenge}",
        settings.login_url,
        escaped(&settings.client_id),
        escaped(GOOGLE),
        escaped(&redirect),
    );
    Ok(Consent { url, listener, redirect, verifier, state })
}

impl Consent {
    /// Waits until the browser brings the answer, and keeps the login.
    pub async fn wait(self, settings: &OAuth2) -> Result<(), LoginError> {
        let code = tokio::time::timeout(WITHIN, self.answer()).await.unwrap_or(Err(LoginError::TooLate))?;
        let (_, secret) = person(settings)?;
        let mut fields = vec![
            plain("grant_type", "authorization_code"),
            plain("client_id", &settings.client_id),
            plain("redirect_uri", &self.redirect),
            plain("code_verifier", &self.verifier),
            ("code", code),
        ];
        fields.extend(secret.map(|secret| ("client_secret", secret.now())));
        let reply = post::form(&settings.token_url, fields, settings.ca_file.clone()).await;
        keep(settings, &reply.map_err(LoginError::Refused)?)
    }

    /// The code in the address that the browser comes back with; anything else that asks on this port is told nothing.
    async fn answer(&self) -> Result<SecretString, LoginError> {
        loop {
            let (stream, _) = self.listener.accept().await.map_err(LoginError::Listening)?;
            let mut stream = BufReader::new(tokio::io::AsyncReadExt::take(stream, LINE_MAX));
            let mut line = String::new();
            // Whoever connects and says nothing does not keep the browser waiting for long.
            if !matches!(tokio::time::timeout(SAYS_WITHIN, stream.read_line(&mut line)).await, Ok(Ok(_))) {
                continue;
            }
            let answer = asked_with(&line, &self.state);
            let says =
                if answer.is_some() { "klachtpost has your answer. You can close this page." } else { "Nothing here." };
            let page = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{says}",
                says.len()
            );
            let _ = stream.get_mut().get_mut().write_all(page.as_bytes()).await;
            if let Some(answer) = answer {
                return answer.map(SecretString::from).ok_or(LoginError::Declined);
            }
        }
    }
}

/// What a browser's first line brings: None where it is not our answer, no code where it was declined.
fn asked_with(line: &str, state: &str) -> Option<Option<String>> {
    let query = line.strip_prefix("GET /?")?.split(' ').next()?;
    let value =
        |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).map(unescaped);
    (value("state").as_deref() == Some(state)).then(|| value("code").filter(|code| !code.is_empty()))
}

fn keep(settings: &OAuth2, reply: &post::Reply) -> Result<(), LoginError> {
    let (file, _) = person(settings)?;
    let login = given(reply).map_err(LoginError::Refused)?.login;
    let Some(login) = login else {
        return Err(LoginError::Refused(Refusal::Other {
            status: reply.status,
            code: "no login that lasts".to_owned(),
        }));
    };
    kept::replace(file, &login).map_err(|why| LoginError::Writing { file: file.display().to_string(), why })
}

/// Everything but RFC 3986's unreserved characters as `%XX`.
fn escaped(text: &str) -> PercentEncode<'_> {
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    utf8_percent_encode(text, KEPT)
}

fn unescaped(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
