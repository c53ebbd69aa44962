//! From settings to a connection that is logged in: TCP, TLS or STARTTLS, greeting, login. STARTTLS never falls back:
//! without it no password is sent. Every stage has a deadline. Touches the network.

use super::super::error::{MailboxError, Step, Verdict, shortened};
use super::super::guard::Guarded;
use super::super::tls;
use super::wire::{Channel, Deadlines, Duplex, Wire, io_fault};
use crate::config::{Mailbox as Settings, Security};
use async_imap::{Client, Session, error::Error};
use imap_proto::{Response, Status};
use secrecy::ExposeSecret;
use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::BufStream;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Read buffer of a connection: one system call brings 16 of the library's reads.
const READ_BUFFER_BYTES: usize = 64 * 1024;
/// Write buffer: our longest command fits.
const WRITE_BUFFER_BYTES: usize = 4 * 1024;

/// Response codes of a NO to a login that say the server, not the password, is the trouble (RFC 5530).
const PASSING_TROUBLE: [&str; 5] = ["[UNAVAILABLE]", "[INUSE]", "[SERVERBUG]", "[CONTACTADMIN]", "[LIMIT]"];

/// Connects and logs in.
pub(super) async fn connect(settings: &Settings, deadlines: Deadlines) -> Result<Wire, MailboxError> {
    let attempt = Attempt { settings, server: format!("{}:{}", settings.host, settings.port), deadlines };
    let tcp = attempt.tcp().await?;
    let client = match settings.security {
        Security::None => {
            let peer = tcp.peer_addr().map_err(|error| attempt.unreachable(Step::Connect, error.to_string()))?;
            insist_on_loopback(peer)?;
            attempt.greeted(channel(Box::new(tcp))).await?
        }
        Security::Tls => attempt.greeted(channel(attempt.tls(Box::new(tcp)).await?)).await?,
        Security::StartTls => {
            let plain = attempt.greeted(channel(Box::new(tcp))).await?;
            attempt.start_tls(plain).await?
        }
    };
    let session = attempt.login(client).await?;
    Ok(Wire::new(session, attempt.server, deadlines))
}

/// A host name may lead anywhere; the settings' promise of "loopback only" is kept on the address itself.
fn insist_on_loopback(peer: SocketAddr) -> Result<(), MailboxError> {
    if peer.ip().is_loopback() {
        return Ok(());
    }
    Err(MailboxError::Setting {
        key: "security",
        expected: "\"tls\" or \"starttls\" for a server that is not on this machine",
        found: format!("\"none\" with {peer}"),
    })
}

fn channel(stream: Box<dyn Duplex>) -> Channel {
    Guarded::new(BufStream::with_capacity(READ_BUFFER_BYTES, WRITE_BUFFER_BYTES, stream))
}

struct Attempt<'a> {
    settings: &'a Settings,
    server: String,
    deadlines: Deadlines,
}

impl Attempt<'_> {
    async fn tcp(&self) -> Result<TcpStream, MailboxError> {
        let address = (self.settings.host.as_str(), self.settings.port);
        let tcp = self.within(Step::Connect, self.deadlines.connect, TcpStream::connect(address)).await?;
        let tcp = tcp.map_err(|error| self.unreachable(Step::Connect, error.to_string()))?;
        // Commands are short and their answers waited for; Nagle's algorithm would only add delay.
        tcp.set_nodelay(true).map_err(|error| self.unreachable(Step::Connect, error.to_string()))?;
        Ok(tcp)
    }

    async fn tls(&self, stream: Box<dyn Duplex>) -> Result<Box<dyn Duplex>, MailboxError> {
        let connector = tls::connector(self.settings.ca_file.as_deref()).await?;
        let name = tls::server_name(&self.settings.host)?;
        let handshake = self.within(Step::Tls, self.deadlines.connect, connector.connect(name, stream)).await?;
        match handshake {
            Ok(stream) => Ok(Box::new(stream)),
            Err(error) => Err(io_fault(&self.server, &Step::Tls, &error)),
        }
    }

    async fn greeted(&self, channel: Channel) -> Result<Client<Channel>, MailboxError> {
        let mut client = Client::new(channel);
        let greeting = self.within(Step::Greeting, self.deadlines.connect, client.read_response()).await?;
        let greeting = greeting.map_err(|error| io_fault(&self.server, &Step::Greeting, &error))?;
        let Some(greeting) = greeting else {
            return Err(self.unreachable(Step::Greeting, "the server closed the connection".into()));
        };
        match greeting.parsed() {
            Response::Data { status: Status::Ok, .. } => Ok(client),
            Response::Data { status: Status::Bye, outcome } => {
                let text = shortened(outcome.information.as_deref().unwrap_or_default());
                Err(self.unreachable(Step::Greeting, format!("the server said BYE: {text}")))
            }
            // PREAUTH too: it would skip STARTTLS and the login, and with that the proof that this is our account.
            _ => Err(self.protocol(Step::Greeting, "another greeting than OK")),
        }
    }

    async fn start_tls(&self, mut client: Client<Channel>) -> Result<Client<Channel>, MailboxError> {
        let command = client.run_command_and_check_ok("STARTTLS", None);
        let answer = self.within(Step::StartTls, self.deadlines.connect, command).await?;
        answer.map_err(|error| match error {
            Error::No(text) | Error::Bad(text) => MailboxError::Tls {
                server: self.server.clone(),
                found: format!("the server turned STARTTLS down: {}", server_words(&text)),
            },
            other => self.fault(Step::StartTls, other),
        })?;
        // What was read ahead in plain text is dropped with the buffers, so that nothing injected before the
        // handshake is taken for the server's word.
        let plain = client.into_inner().into_inner().into_inner();
        Ok(Client::new(channel(self.tls(plain).await?)))
    }

    async fn login(&self, client: Client<Channel>) -> Result<Session<Channel>, MailboxError> {
        let (user, password) = (self.settings.username.as_str(), self.settings.password.expose_secret());
        let within = self.deadlines.command;
        let answer = if user.is_ascii() && password.is_ascii() {
            self.within(Step::Login, within, client.login(user, password)).await?
        } else {
            // LOGIN's quoted strings are 7-bit; SASL PLAIN (RFC 4616) is UTF-8.
            let plain = PlainLogin { message: format!("\0{user}\0{password}") };
            self.within(Step::Login, within, client.authenticate("PLAIN", plain)).await?
        };
        answer.map_err(|(error, _client)| match error {
            Error::No(text) => self.refusal(&server_words(&text)),
            other => self.fault(Step::Login, other),
        })
    }

    fn refusal(&self, text: &str) -> MailboxError {
        let text = self.without_password(text);
        let upper = text.to_ascii_uppercase();
        if PASSING_TROUBLE.iter().any(|code| upper.contains(code)) {
            return MailboxError::Server {
                server: self.server.clone(),
                step: Step::Login,
                verdict: Verdict::No,
                text: shortened(&text),
            };
        }
        MailboxError::Refused { server: self.server.clone(), text: shortened(&text) }
    }

    /// Some servers repeat the command they did not like.
    fn without_password(&self, text: &str) -> String {
        match self.settings.password.expose_secret() {
            "" => text.to_owned(),
            password => text.replace(password, "…"),
        }
    }

    async fn within<F: Future>(&self, step: Step, within: Duration, work: F) -> Result<F::Output, MailboxError> {
        timeout(within, work).await.map_err(|_| MailboxError::Timeout {
            server: self.server.clone(),
            step,
            after: within,
        })
    }

    fn fault(&self, step: Step, error: Error) -> MailboxError {
        match error {
            Error::Io(error) => io_fault(&self.server, &step, &error),
            Error::ConnectionLost => self.unreachable(step, "the server closed the connection".into()),
            Error::No(text) | Error::Bad(text) => MailboxError::Server {
                server: self.server.clone(),
                step,
                verdict: Verdict::Bad,
                text: shortened(&self.without_password(&server_words(&text))),
            },
            Error::Validate(_) => MailboxError::Setting {
                key: "password",
                expected: "a user name and a password without line breaks",
                found: "a line break".into(),
            },
            _ => self.protocol(step, "an answer that is not IMAP"),
        }
    }

    fn unreachable(&self, step: Step, found: String) -> MailboxError {
        MailboxError::Unreachable { server: self.server.clone(), step, found: found.into() }
    }

    fn protocol(&self, step: Step, found: &'static str) -> MailboxError {
        MailboxError::Protocol { server: self.server.clone(), step, found: found.into() }
    }
}

/// The library hands on a NO as `code: …, info: Some("…")`; this is the part the server wrote.
fn server_words(text: &str) -> String {
    let words = text.split_once("info: Some(\"").and_then(|(_, rest)| rest.strip_suffix("\")"));
    words.unwrap_or(text).replace("\\\"", "\"")
}

/// SASL PLAIN: one message, whatever the challenge.
struct PlainLogin {
    message: String,
}

impl async_imap::Authenticator for PlainLogin {
    type Response = String;

    fn process(&mut self, _challenge: &[u8]) -> String {
        self.message.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_goes_over_a_network_in_plain_text() {
        assert!(insist_on_loopback("127.0.0.1:143".parse().unwrap()).is_ok());
        assert!(insist_on_loopback("[::1]:143".parse().unwrap()).is_ok());
        let error = insist_on_loopback("192.0.2.7:143".parse().unwrap()).unwrap_err().to_string();
        assert!(error.contains("mailbox.security") && error.contains("192.0.2.7"), "{error}");
    }

    #[test]
    fn the_servers_words_are_taken_out_of_the_librarys() {
        let text = r#"code: None, info: Some("[AUTHENTICATIONFAILED] Wrong \"name\"")"#;
        assert_eq!(server_words(text), "[AUTHENTICATIONFAILED] Wrong \"name\"");
        assert_eq!(server_words("plain"), "plain");
    }
}
