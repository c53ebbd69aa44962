//! From settings to a connection that is logged in: TCP, TLS or STARTTLS, greeting, login. STARTTLS never falls back:
//! without it no password is sent. Every stage has a deadline. Touches the network.

use super::super::error::{MailboxError, Step, Verdict, shortened};
use super::super::guard::Guarded;
use super::super::tidy::Tidied;
use super::super::tls;
use super::super::words::{Ascii, Login, WITH_A_TOKEN, is_about_connections, login_by};
use super::wire::{Channel, Deadlines, Duplex, Wire, io_fault};
use crate::access::Way;
use crate::config::{Auth, Mailbox as Settings, Security};
use async_imap::{Client, Session, error::Error};
use imap_proto::{Capability, Response, ResponseCode, Status};
use secrecy::ExposeSecret;
use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Read buffer of a connection: one system call brings 16 of the library's reads.
const READ_BUFFER_BYTES: usize = 64 * 1024;
/// Write buffer: our longest command fits.
const WRITE_BUFFER_BYTES: usize = 4 * 1024;

/// The tag of our question before the login; the library's own begin with A.
const ASKING: &str = "C0000";
/// A server that speaks first and has not by now may wait for TLS to begin.
const SUSPICIOUS_SILENCE: Duration = Duration::from_secs(2);

/// Response codes of a NO to a login that say the server, not the password, is the trouble (RFC 5530).
const PASSING_TROUBLE: [&str; 5] = ["[UNAVAILABLE]", "[INUSE]", "[SERVERBUG]", "[CONTACTADMIN]", "[LIMIT]"];

/// Connects and logs in.
pub(super) async fn connect(settings: &Settings, deadlines: Deadlines) -> Result<Wire, MailboxError> {
    let attempt = Attempt { settings, server: format!("{}:{}", settings.host, settings.port), deadlines };
    let client = match attempt.met().await {
        Err(error @ MailboxError::Protocol { .. }) => return Err(attempt.of_another_kind().await.unwrap_or(error)),
        met => met?,
    };
    let session = attempt.login(client).await?;
    Ok(Wire::new(session, attempt.server, deadlines))
}

/// Meets the server, without a login.
pub(super) async fn greets(settings: &Settings, deadlines: Deadlines) -> Result<(), MailboxError> {
    let attempt = Attempt { settings, server: format!("{}:{}", settings.host, settings.port), deadlines };
    attempt.met().await.map(drop)
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
    Tidied::new(Guarded::new(BufStream::with_capacity(READ_BUFFER_BYTES, WRITE_BUFFER_BYTES, stream)))
}

/// A server that is there, before the login.
struct Greeted {
    client: Client<Channel>,
    /// What it offers, in capitals, where it has said so already.
    offers: Option<Vec<String>>,
}

/// What the library makes of a login.
type LoggedIn = Result<Session<Channel>, (Error, Client<Channel>)>;

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

    /// To where the login begins.
    async fn met(&self) -> Result<Greeted, MailboxError> {
        let tcp = self.tcp().await?;
        match self.settings.security {
            Security::None => {
                let peer = tcp.peer_addr().map_err(|error| self.unreachable(Step::Connect, error.to_string()))?;
                insist_on_loopback(peer)?;
                self.greeted_in_plain(tcp).await
            }
            Security::Tls => self.greeted(channel(self.tls(Box::new(tcp)).await?)).await,
            Security::StartTls => {
                let plain = self.greeted_in_plain(tcp).await?;
                self.start_tls(plain.client).await
            }
        }
    }

    /// What speaks no IMAP is asked once more, for its first words alone: a mistaken port is named as such.
    async fn of_another_kind(&self) -> Option<MailboxError> {
        let tcp = self.tcp().await.ok()?;
        let mut stream: Box<dyn Duplex> = match self.settings.security {
            Security::Tls => self.tls(Box::new(tcp)).await.ok()?,
            Security::StartTls | Security::None => Box::new(tcp),
        };
        let mut said = [0; 3];
        timeout(SUSPICIOUS_SILENCE, stream.read_exact(&mut said)).await.ok()?.ok()?;
        let kind = match &said {
            // RFC 5321 §4.2; RFC 1939 §3.
            b"220" | b"554" => "a port for sending (SMTP)",
            b"+OK" => "a port of POP3",
            _ => return None,
        };
        let expected = "a port for fetching mail by IMAP (usually 993 with \"tls\", 143 with \"starttls\")";
        Some(MailboxError::Setting { key: "port", expected, found: format!("that {} is {kind}", self.server) })
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

    /// As [`Attempt::greeted`], and a port that waits for TLS is told from a slow server: at once, not after a deadline.
    async fn greeted_in_plain(&self, tcp: TcpStream) -> Result<Greeted, MailboxError> {
        let greeting = self.greeted(channel(Box::new(tcp)));
        tokio::pin!(greeting);
        if let Ok(greeted) = timeout(SUSPICIOUS_SILENCE, &mut greeting).await {
            return greeted;
        }
        tokio::select! {
            greeted = &mut greeting => greeted,
            () = self.speaks_tls() => Err(MailboxError::Setting {
                key: "security",
                expected: "\"tls\" for a port that begins with TLS (usually 993)",
                found: format!("another setting, and {} begins with TLS", self.server),
            }),
        }
    }

    /// Ends once it is known that the server's port begins with TLS, and else never.
    async fn speaks_tls(&self) {
        if let Ok(tcp) = self.tcp().await
            && let Ok(secure) = self.tls(Box::new(tcp)).await.map(drop).or_else(certificate_only)
        {
            return secure;
        }
        std::future::pending().await
    }

    async fn greeted(&self, channel: Channel) -> Result<Greeted, MailboxError> {
        let mut client = Client::new(channel);
        let greeting = self.within(Step::Greeting, self.deadlines.connect, client.read_response()).await?;
        let greeting = greeting.map_err(|error| io_fault(&self.server, &Step::Greeting, &error))?;
        let Some(greeting) = greeting else {
            return Err(self.unreachable(Step::Greeting, "the server closed the connection".into()));
        };
        match greeting.parsed() {
            Response::Data { status: Status::Ok, outcome } => {
                let offers = match &outcome.code {
                    Some(ResponseCode::Capabilities(list)) => Some(list.iter().filter_map(offer).collect()),
                    _ => None,
                };
                Ok(Greeted { client, offers })
            }
            Response::Data { status: Status::Bye, outcome } => {
                let text = shortened(outcome.information.as_deref().unwrap_or_default());
                Err(self.unreachable(Step::Greeting, format!("the server said BYE: {text}")))
            }
            // It would skip STARTTLS and the login, and with that the proof that this is our account.
            Response::Data { status: Status::PreAuth, .. } => {
                Err(self.protocol(Step::Greeting, "PREAUTH: it takes us for somebody who has logged in already"))
            }
            _ => Err(self.protocol(Step::Greeting, "another greeting than OK")),
        }
    }

    async fn start_tls(&self, mut client: Client<Channel>) -> Result<Greeted, MailboxError> {
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
        let plain = client.into_inner().into_inner().into_inner().into_inner();
        // What it offered in plain text is not believed either.
        Ok(Greeted { client: Client::new(channel(self.tls(plain).await?)), offers: None })
    }

    /// What the server offers before the login. It is asked where its greeting did not say; one that does not answer
    /// is taken at the word it gives to the login itself.
    async fn offers(&self, client: &mut Client<Channel>) -> Result<Vec<String>, MailboxError> {
        let (mut offers, within) = (Vec::new(), self.deadlines.command);
        // The library gives out commands only after the login.
        let line = client.get_mut();
        let asked = async {
            line.write_all(format!("{ASKING} CAPABILITY\r\n").as_bytes()).await?;
            line.flush().await
        };
        let asked = self.within(Step::Capabilities, within, asked).await?;
        asked.map_err(|error| io_fault(&self.server, &Step::Capabilities, &error))?;
        loop {
            let answer = self.within(Step::Capabilities, within, client.read_response()).await?;
            let answer = answer.map_err(|error| io_fault(&self.server, &Step::Capabilities, &error))?;
            let Some(answer) = answer else { return Err(self.hung_up(Step::Capabilities, client)) };
            match answer.parsed() {
                Response::Capabilities(list) => offers.extend(list.iter().filter_map(offer)),
                Response::Done { tag, .. } if tag.0 == ASKING => return Ok(offers),
                _ => {}
            }
        }
    }

    async fn login(&self, greeted: Greeted) -> Result<Session<Channel>, MailboxError> {
        let Greeted { mut client, offers } = greeted;
        let offers = match offers {
            Some(offers) => offers,
            None => self.offers(&mut client).await?,
        };
        let answer = match self.settings.auth {
            Auth::Password => self.by_password(client, &offers).await?,
            Auth::OAuth2 => self.by_token(client, &offers).await?,
        };
        answer.map_err(|(error, client)| match error {
            Error::No(text) => self.refusal(&only_tokens(&offers, server_words(&text))),
            Error::Bad(text) => self.refusal(&unprotected(&offers, server_words(&text))),
            Error::ConnectionLost => self.hung_up(Step::Login, &client),
            other => self.fault(Step::Login, other),
        })
    }

    async fn by_password(&self, client: Client<Channel>, offers: &[String]) -> Result<LoggedIn, MailboxError> {
        let (user, password) = (self.settings.username.as_str(), self.settings.password.expose_secret());
        let within = self.deadlines.command;
        let ascii = if user.is_ascii() && password.is_ascii() { Ascii::Yes } else { Ascii::No };
        match login_by(offers, ascii).map_err(|says| self.refusal(says))? {
            Login::Command => self.within(Step::Login, within, client.login(user, password)).await,
            Login::Plain => {
                let plain = PlainLogin { message: format!("\0{user}\0{password}") };
                self.within(Step::Login, within, client.authenticate("PLAIN", plain)).await
            }
        }
    }

    async fn by_token(&self, client: Client<Channel>, offers: &[String]) -> Result<LoggedIn, MailboxError> {
        let Settings { username, password, host, port, .. } = self.settings;
        let Some(way) = Way::offered(|way| offers.iter().any(|offer| offer.strip_prefix("AUTH=") == Some(way))) else {
            return Err(self.refusal("the server offers no login by a token (neither XOAUTH2 nor OAUTHBEARER)"));
        };
        let message = way.message(username, password.expose_secret(), host, *port);
        let told = TokenLogin { messages: [message, way.heard().to_owned()].into_iter() };
        self.within(Step::Login, self.deadlines.command, client.authenticate(way.to_string(), told)).await
    }

    /// The server ended the connection, perhaps with a word.
    fn hung_up(&self, step: Step, client: &Client<Channel>) -> MailboxError {
        match client.get_ref().bye() {
            Some(text) => self.unreachable(step, format!("the server said BYE: {}", self.without_password(text))),
            None => self.unreachable(step, "the server closed the connection".into()),
        }
    }

    fn refusal(&self, text: &str) -> MailboxError {
        let text = self.without_password(text);
        let upper = text.to_ascii_uppercase();
        if PASSING_TROUBLE.iter().any(|code| upper.contains(code)) || is_about_connections(&text) {
            return MailboxError::Server {
                server: self.server.clone(),
                step: Step::Login,
                verdict: Verdict::No,
                text: shortened(&text),
            };
        }
        let text = match self.settings.auth {
            Auth::Password => shortened(&text),
            Auth::OAuth2 => format!("{} {WITH_A_TOKEN}", shortened(&text)),
        };
        MailboxError::Refused { server: self.server.clone(), text }
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

/// That only the certificate is wrong proves TLS as well.
fn certificate_only(error: MailboxError) -> Result<(), MailboxError> {
    match error {
        MailboxError::Tls { ref found, .. } if found.contains("certificate") => Ok(()),
        other => Err(other),
    }
}

/// A capability in capitals.
fn offer(capability: &Capability<'_>) -> Option<String> {
    match capability {
        Capability::Atom(name) => Some(name.to_ascii_uppercase()),
        Capability::Auth(way) => Some(format!("AUTH={}", way.to_ascii_uppercase())),
        Capability::Imap4rev1 => None,
    }
}

/// What the server's NO leaves unsaid: that no password would do.
fn only_tokens(offers: &[String], text: String) -> String {
    let mut ways = offers.iter().filter_map(|offer| offer.strip_prefix("AUTH=")).peekable();
    let tokens_only = ways.peek().is_some() && ways.all(|way| matches!(way, "XOAUTH2" | "OAUTHBEARER"));
    if tokens_only { format!("{text} (it offers OAuth2 only)") } else { text }
}

/// What the server's BAD leaves unsaid: a login is a command for later.
fn unprotected(offers: &[String], text: String) -> String {
    let text = only_tokens(offers, text);
    if offers.iter().any(|offer| offer == "STARTTLS") { format!("{text} (it offers STARTTLS first)") } else { text }
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

/// The token, and then that its refusal was heard: the server says what it holds against it before it says NO.
struct TokenLogin {
    messages: std::array::IntoIter<String, 2>,
}

impl async_imap::Authenticator for TokenLogin {
    type Response = String;

    fn process(&mut self, _challenge: &[u8]) -> String {
        self.messages.next().unwrap_or_default()
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
