//! AUTH, by what the server offers: PLAIN (RFC 4616), else LOGIN; with a token XOAUTH2, else OAUTHBEARER (RFC 7628). Touches the network.
//! Not by lettre's own: that knows a challenge of LOGIN only by a few spellings, and calls a server that offers neither
//! way an "internal client error".

use super::failure::Failure;
use super::session::within;
use crate::access;
use crate::config::Auth;
use crate::outbox::transport::Stage;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::response::Response;
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::time::Duration;

/// "The server asks on" (RFC 4954 §4).
const CHALLENGE: u16 = 334;
/// That way is not known, or not allowed so: another one may be (RFC 4954 §6, RFC 5321 §4.2.2).
const NOT_THIS_WAY: [u16; 3] = [501, 504, 534];

/// Who we are to the server.
pub(super) struct Login {
    pub username: String,
    pub auth: Auth,
    /// Or the token.
    pub password: SecretString,
    pub host: String,
    pub port: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Plain,
    Login,
    Token(access::Way),
}

/// A line that is said and never shown.
struct Line(String);

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\r\n", self.0)
    }
}

/// Logs in, by the first way that the server offers and knows.
pub(super) async fn log_in(
    smtp: &mut AsyncSmtpConnection,
    offered: &[String],
    login: &Login,
    wait: Duration,
) -> Result<(), Failure> {
    let ways = ways(offered, login.auth)?;
    let mut refused = None;
    for way in ways {
        match by(smtp, way, login, wait).await {
            Err(failure) if failure.code().is_some_and(|code| NOT_THIS_WAY.contains(&code)) => refused = Some(failure),
            done => return done,
        }
    }
    refused.map_or(Ok(()), Err)
}

/// Those of ours that the server offers, the better one first.
fn ways(offered: &[String], auth: Auth) -> Result<Vec<Way>, Failure> {
    let is_offered = |name: &str| offered.iter().any(|way| way == name);
    let ways: Vec<Way> = match auth {
        Auth::Password => {
            let known = [("PLAIN", Way::Plain), ("LOGIN", Way::Login)];
            known.into_iter().filter(|(name, _)| is_offered(name)).map(|(_, way)| way).collect()
        }
        Auth::OAuth2 => access::Way::offered(is_offered).map(Way::Token).into_iter().collect(),
    };
    if !ways.is_empty() {
        return Ok(ways);
    }
    let found = if offered.is_empty() {
        "the server offers no login here (no AUTH in its answer to EHLO), and the settings have a username".to_owned()
    } else {
        let ours = match auth {
            Auth::Password => "we know PLAIN and LOGIN",
            Auth::OAuth2 => "with a token we know the token's ways",
        };
        format!("the server offers login by {} only, and {ours}", offered.join(", "))
    };
    Err(Failure::lacking(Stage::Login, found))
}

async fn by(smtp: &mut AsyncSmtpConnection, way: Way, login: &Login, wait: Duration) -> Result<(), Failure> {
    let (name, password) = (&login.username, login.password.expose_secret());
    let (first, answers) = match way {
        Way::Plain => {
            let both = STANDARD.encode(format!("\0{name}\0{password}"));
            (format!("AUTH PLAIN {both}"), vec![both])
        }
        Way::Token(way) => {
            let message = STANDARD.encode(way.message(name, password, &login.host, login.port));
            (format!("AUTH {way} {message}"), vec![STANDARD.encode(way.heard())])
        }
        // Whatever the challenges say, in whatever language: the name is asked first.
        Way::Login => ("AUTH LOGIN".to_owned(), vec![STANDARD.encode(name), STANDARD.encode(password)]),
    };
    let mut reply = say(smtp, first, wait).await?;
    for answer in answers {
        if u16::from(reply.code()) != CHALLENGE {
            break;
        }
        reply = say(smtp, answer, wait).await?;
    }
    if u16::from(reply.code()) == CHALLENGE {
        return Err(Failure::lacking(Stage::Login, "the server asks for more than a name and a password".to_owned()));
    }
    Ok(())
}

async fn say(smtp: &mut AsyncSmtpConnection, line: String, wait: Duration) -> Result<Response, Failure> {
    within(Stage::Login, wait, smtp.command(Line(line))).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_is_one_that_the_server_offers() {
        let ways =
            |offered: &[&str]| ways(&offered.iter().map(ToString::to_string).collect::<Vec<_>>(), Auth::Password);
        assert_eq!(ways(&["LOGIN", "PLAIN"]).unwrap(), [Way::Plain, Way::Login]);
        assert_eq!(ways(&["GSSAPI", "LOGIN"]).unwrap(), [Way::Login]);
        for (offered, expected) in [(&["CRAM-MD5", "XOAUTH2"][..], "CRAM-MD5, XOAUTH2 only"), (&[], "no login here")] {
            let said = ways(offered).unwrap_err().to_string();
            assert!(said.contains(expected), "{said}");
        }
    }
}
