//! One connection: from the socket to the login, then letter after letter. Touches the network.
//! Each step has a deadline of its own and says at which stage it failed; only this file talks to lettre's connection.

use super::content::Parcel;
use super::failure::{FailedAt, Failure};
use super::hello::{Extensions, Offered, SizeExtension};
use super::login::{Login, log_in};
use super::tls::{self, Tls};
use super::wire::{Replies, Wire};
use crate::config::Security;
use crate::outbox::transport::{Leave, NO_LEAVE, RefusedFor, Stage, one_line};
use lettre::Address;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Ehlo, Mail, Rcpt, Rset, Starttls};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::{Response, Severity};
use std::fmt::Display;
use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

/// The text goes out in pieces of this size, so that a large letter is not copied whole to double its dots.
const PIECE_BYTES: usize = 64 * 1024;
/// A connection idle for longer is not used again: servers close theirs after some minutes, firewalls forget silently.
const MAX_IDLE: Duration = Duration::from_secs(60);
/// When the server cuts us off in mid-text it has often said why: this long is listened for it.
const LAST_WORDS: Duration = Duration::from_secs(5);
/// Goodbye is a courtesy: no one waits longer for the answer.
const GOODBYE: Duration = Duration::from_secs(5);
/// Longest reply before TLS; real ones stay below a thousand.
const MAX_REPLY_BYTES: usize = 16 * 1024;

/// How long each step may take. The standard's waits (RFC 5321 §4.5.3.2) are for servers that do all their checking
/// while one waits; we talk to one submission server, and but for the last a wait too short only costs another try.
#[derive(Debug, Clone, Copy)]
pub struct Deadlines {
    /// TCP, all addresses of the name together.
    pub connect: Duration,
    /// The TLS handshake.
    pub tls: Duration,
    /// Greeting, EHLO and STARTTLS, each; spam traps greet late by up to half a minute. The standard says 5 minutes.
    pub greeting: Duration,
    /// AUTH.
    pub login: Duration,
    /// MAIL FROM, RCPT TO, RSET, each; the standard says 5 minutes.
    pub command: Duration,
    /// From DATA to 354: the standard's 2 minutes.
    pub data: Duration,
    /// From the ending dot to the reply: the standard's 10 minutes. Not shorter: a reply missed makes a double.
    pub final_dot: Duration,
    /// Slowest line a letter is sent over, in bytes per second; a server slower than this is taken for stalled.
    pub slowest_line: u32,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(30),
            tls: Duration::from_secs(30),
            greeting: Duration::from_secs(60),
            login: Duration::from_secs(60),
            command: Duration::from_secs(120),
            data: Duration::from_secs(120),
            final_dot: Duration::from_secs(600),
            slowest_line: 16 * 1024,
        }
    }
}

impl Deadlines {
    /// For the text and the reply to its ending dot together: a letter of 25 MB has half an hour.
    fn content(&self, bytes: usize) -> Duration {
        let seconds = bytes as u64 / u64::from(self.slowest_line.max(1));
        self.final_dot + Duration::from_secs(seconds)
    }

    /// Longest time a [`super::Smtp::send`] can take for a letter of this size: what a lease on it must outlast. By
    /// default just under an hour for 25 MB.
    pub fn whole_send(&self, bytes: usize) -> Duration {
        // Greeting, EHLO and STARTTLS in the clear, EHLO under TLS; AUTH in up to three lines, by two ways.
        let opening = self.connect + self.tls + self.greeting * 4 + self.login * 5;
        // MAIL, RCPT and RSET.
        let transaction = self.command * 3 + self.data + self.content(bytes) + LAST_WORDS;
        // Once on a kept connection that takes no more, and once on a new one.
        opening + transaction * 2
    }
}

/// Where the server is and how it is spoken to.
pub(super) struct Route {
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub tls: Option<Tls>,
    pub login: Option<Login>,
    pub deadlines: Deadlines,
    pub commands: Commands,
}

/// How a letter's commands go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Commands {
    /// Together, where the server offers it (RFC 2920).
    Together,
    OneByOne,
}

/// A connection ready for letters.
pub(super) struct Session {
    smtp: AsyncSmtpConnection,
    extensions: Extensions,
    commands: Commands,
    replies: Replied,
    last_used: Instant,
    /// Letters it was asked to take, in vain or not.
    letters: u32,
}

/// Whether each command has had its reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Replied {
    ToAll,
    /// The next reply may be one to an earlier command.
    NotToAll,
}

impl Session {
    /// Connects, protects, greets and logs in. STARTTLS is either done or the connection is given up.
    pub async fn open(route: &Route) -> Result<Self, Failure> {
        let waits = &route.deadlines;
        let tcp = within(Stage::Connect, waits.connect, TcpStream::connect((route.host.as_str(), route.port))).await?;
        // Without this each letter waits some 40 ms for an acknowledgement that the peer delays.
        tcp.set_nodelay(true).map_err(|error| error.failed_at(Stage::Connect))?;
        let hello = client_id(&tcp);
        let mut wire = protect(route, tcp, &hello).await?;
        // lettre keeps neither SIZE nor all ways to log in from the answer to its EHLO. A second one is allowed (RFC 5321
        // §4.1.4), and yet servers refuse it (OpenSMTPD: 503), so the first answer is heard along.
        let overheard = wire.overhear();
        let opening = within(
            Stage::Greeting,
            waits.greeting,
            AsyncSmtpConnection::connect_with_transport(Box::new(wire), &hello),
        );
        let smtp = match route.security {
            Security::None => tls::unless_silent_for_tls(route, opening).await?,
            Security::Tls | Security::StartTls => opening.await?,
        };
        let extensions = Extensions::overheard(&overheard.text());
        drop(overheard);
        let commands = match extensions.pipelining {
            Offered::Yes => route.commands,
            Offered::No => Commands::OneByOne,
        };
        let mut session =
            Self { smtp, extensions, commands, replies: Replied::ToAll, last_used: Instant::now(), letters: 0 };
        if let Some(login) = &route.login {
            log_in(&mut session.smtp, &session.extensions.logins, login, waits.login).await?;
        }
        tracing::debug!(server = session.server(), "connected to the mail server");
        Ok(session)
    }

    /// The name the server gives itself.
    pub fn server(&self) -> &str {
        self.smtp.server_info().name()
    }

    pub fn size_limit(&self) -> Option<u64> {
        match self.extensions.size {
            SizeExtension::Limit(bytes) => Some(bytes),
            SizeExtension::NotOffered | SizeExtension::NoLimit => None,
        }
    }

    pub fn is_fresh(&self) -> bool {
        self.last_used.elapsed() <= MAX_IDLE
    }

    /// One transaction; the server's reply to the ending dot. The text waits for leave; without it the connection is of no
    /// more use, as the server waits for the text.
    pub async fn deliver(&mut self, parcel: &Parcel<'_>, waits: &Deadlines, leave: &Leave) -> Result<String, Failure> {
        let parameters = self.parameters(parcel)?;
        self.letters = self.letters.saturating_add(1);
        let mail = Mail::new(parcel.from.clone(), parameters);
        let rcpt = Rcpt::new(parcel.to.clone(), Vec::new());
        let go_ahead = match self.commands {
            Commands::Together => self.say_together(mail, rcpt, waits).await?,
            Commands::OneByOne => {
                self.say(Stage::MailFrom, waits.command, mail).await?;
                self.say(Stage::RcptTo, waits.command, rcpt).await?;
                self.say(Stage::Data, waits.data, Data).await?
            }
        };
        if go_ahead.code().severity != Severity::PositiveIntermediate {
            return Err(Failure::broken(Stage::Data, format!("expected 354, found {}", in_full(&go_ahead))));
        }
        if !leave.is_given().await {
            return Err(Failure::lacking(Stage::Data, NO_LEAVE.to_owned()));
        }
        let reply = self.content(parcel.content_before_dot(), waits).await?;
        self.last_used = Instant::now();
        Ok(in_full(&reply))
    }

    /// MAIL, RCPT and DATA in one piece and then their replies (RFC 2920 §3.1): one wait for the network instead of three.
    /// The first refusal is the letter's; what comes behind it ("503 need RCPT") only follows from it, but is heard out,
    /// so that the next reply belongs to the next command. The reply to DATA.
    async fn say_together(&mut self, mail: Mail, rcpt: Rcpt, waits: &Deadlines) -> Result<Response, Failure> {
        self.replies = Replied::NotToAll;
        let all = self.smtp.command(format!("{mail}{rcpt}{Data}"));
        let mut reply = within(Stage::MailFrom, waits.command, all).await;
        let mut refusal = None;
        for (stage, wait) in [(Stage::RcptTo, waits.command), (Stage::Data, waits.data)] {
            if let Err(failure) = reply {
                if !failure.leaves_the_connection_usable() {
                    return Err(refusal.unwrap_or(failure));
                }
                refusal.get_or_insert(failure);
            }
            reply = within(stage, wait, self.smtp.read_response()).await;
        }
        match (refusal, self.heard_out(reply)) {
            (None, go_ahead) => go_ahead,
            (Some(refusal), Err(_)) => Err(refusal),
            // It waits for the text of a letter that it has refused. A single dot, as the standard has it, could become an
            // empty letter; the end of the connection cannot.
            (Some(refusal), Ok(_)) => {
                self.replies = Replied::NotToAll;
                Err(refusal)
            }
        }
    }

    /// What the letter asks of the server, or why this server cannot have it.
    fn parameters(&self, parcel: &Parcel<'_>) -> Result<Vec<MailParameter>, Failure> {
        let offers = |extension| self.smtp.server_info().supports_feature(extension);
        let lacking = |what: &str| Failure::unfit(format!("not sent: {what}"), RefusedFor::Other);
        let bytes = parcel.content.len();
        let mut parameters = Vec::new();
        if let Some(limit) = self.size_limit().filter(|&limit| bytes as u64 > limit) {
            let reason = format!("not sent: the letter has {bytes} bytes, the server takes {limit} (SIZE)");
            return Err(Failure::unfit(reason, RefusedFor::Size));
        }
        if self.extensions.size != SizeExtension::NotOffered {
            parameters.push(MailParameter::Size(bytes));
        }
        if parcel.needs_8bitmime() {
            if !offers(Extension::EightBitMime) {
                return Err(lacking("the letter has 8-bit text, and the server does not offer 8BITMIME"));
            }
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        if parcel.needs_smtputf8() {
            if !offers(Extension::SmtpUtfEight) {
                return Err(lacking("the address has letters beyond ASCII, and the server does not offer SMTPUTF8"));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        Ok(parameters)
    }

    /// The text, its ending dot and the reply. Once lettre has been given the last piece it sends the dot next: from
    /// there on the server may have taken the letter over.
    async fn content(&mut self, content: &[u8], waits: &Deadlines) -> Result<Response, Failure> {
        let dot_follows = AtomicBool::new(false);
        let mut pieces = content.chunks(PIECE_BYTES);
        let watched = std::iter::from_fn(|| {
            let piece = pieces.next();
            dot_follows.store(piece.is_none(), Ordering::Relaxed);
            piece
        });
        let result = timeout(waits.content(content.len()), self.smtp.message_iter(watched)).await;
        let stage = if dot_follows.load(Ordering::Relaxed) { Stage::FinalDot } else { Stage::Content };
        match result {
            Ok(Ok(reply)) if reply.code().severity == Severity::PositiveCompletion => Ok(reply),
            Ok(Ok(reply)) => Err(Failure::broken(stage, format!("expected 250, found {}", in_full(&reply)))),
            Ok(Err(error)) if stage == Stage::Content => Err(self.last_words(&error).await),
            Ok(Err(error)) => Err(Failure::from_lettre(stage, &error)),
            Err(_) => Err(Failure::silent(stage, waits.content(content.len()))),
        }
    }

    /// The server's refusal, when it gave one before it cut us off in mid-text.
    async fn last_words(&mut self, cut: &lettre::transport::smtp::Error) -> Failure {
        match timeout(LAST_WORDS, self.smtp.read_response()).await {
            Ok(Err(said)) if said.status().is_some() => Failure::from_lettre(Stage::Content, &said),
            _ => Failure::from_lettre(Stage::Content, cut),
        }
    }

    /// Gives up a transaction that failed halfway; false where the connection does not survive it.
    pub async fn reset(&mut self, waits: &Deadlines) -> bool {
        self.last_used = Instant::now();
        if self.replies == Replied::NotToAll {
            return false;
        }
        let reply = self.say(Stage::MailFrom, waits.command, Rset).await;
        reply.is_ok_and(|reply| reply.code().severity == Severity::PositiveCompletion)
    }

    /// Whether the server would take a letter from and to these: asked and taken back, nothing is sent.
    pub async fn ask(&mut self, from: &Address, to: &Address, waits: &Deadlines) -> Result<(), Failure> {
        self.say(Stage::MailFrom, waits.command, Mail::new(Some(from.clone()), Vec::new())).await?;
        self.say(Stage::RcptTo, waits.command, Rcpt::new(to.clone(), Vec::new())).await.map(drop)
    }

    /// Whether it has been asked to take a letter before: what it refuses then may be one too many for a session.
    pub fn has_worked(&self) -> bool {
        self.letters > 0
    }

    /// Whether it broke off, without a word, at the first commands that came together: somebody in between may not bear
    /// that, whatever the server offers.
    pub fn did_not_bear(&self, failure: &Failure) -> bool {
        self.commands == Commands::Together && self.letters == 1 && failure.is_wordless_before_the_text()
    }

    pub async fn quit(mut self) {
        // Whatever comes, the connection ends here and nothing hangs on the answer.
        let _ = timeout(GOODBYE, self.smtp.quit()).await;
    }

    async fn say(&mut self, stage: Stage, wait: Duration, command: impl Display) -> Result<Response, Failure> {
        self.replies = Replied::NotToAll;
        let reply = within(stage, wait, self.smtp.command(command)).await;
        self.heard_out(reply)
    }

    /// The reply to the last command said: a refusal is one too, silence and a cut are none.
    fn heard_out(&mut self, reply: Result<Response, Failure>) -> Result<Response, Failure> {
        if reply.as_ref().err().is_none_or(Failure::leaves_the_connection_usable) {
            self.replies = Replied::ToAll;
        }
        reply
    }
}

/// Puts TLS under the conversation as the settings want it.
async fn protect(route: &Route, mut tcp: TcpStream, hello: &ClientId) -> Result<Wire, Failure> {
    let waits = &route.deadlines;
    let peer = tcp.peer_addr().map_err(|error| error.failed_at(Stage::Connect))?;
    let Some(tls) = &route.tls else {
        return Ok(Wire::new(tcp, peer));
    };
    // Anew for each connection: a certificate that was renewed needs no restart.
    let verified = tls.read().await.map_err(|error| Failure::lacking(Stage::Tls, error.to_string()))?;
    if route.security == Security::StartTls {
        ask_starttls(route, &mut tcp, hello).await?;
        Ok(Wire::already_greeted(within(Stage::Tls, waits.tls, verified.handshake(tcp)).await?, peer))
    } else {
        Ok(Wire::new(within(Stage::Tls, waits.tls, verified.handshake(tcp)).await?, peer))
    }
}

/// The few lines before TLS. Not by lettre, which reads ahead: what an attacker adds behind the server's `220` would
/// be taken for the reply to the EHLO under TLS (the flaw of CVE-2011-0411, on the client's side). Nothing of what was
/// heard here is believed afterwards (RFC 3207 §4.2).
async fn ask_starttls(route: &Route, tcp: &mut TcpStream, hello: &ClientId) -> Result<(), Failure> {
    let wait = route.deadlines.greeting;
    tls::unless_silent_for_tls(route, converse(tcp, Stage::Greeting, wait, String::new())).await?;
    let answer = converse(tcp, Stage::Greeting, wait, Ehlo::new(hello.clone()).to_string()).await?;
    if Extensions::listed(answer.message()).starttls == Offered::No {
        let found = "the server does not offer STARTTLS, and without it nothing is sent";
        return Err(Failure::lacking(Stage::Tls, found.to_owned()));
    }
    converse(tcp, Stage::Tls, wait, Starttls.to_string()).await.map(drop)
}

/// One command ("" to listen only) and its positive reply.
async fn converse(tcp: &mut TcpStream, stage: Stage, wait: Duration, command: String) -> Result<Response, Failure> {
    let reply = within(stage, wait, async {
        tcp.write_all(command.as_bytes()).await?;
        read_reply(tcp).await
    });
    let response: Response = reply.await?.parse().map_err(|error| Failure::from_lettre(stage, &error))?;
    if response.is_positive() {
        return Ok(response);
    }
    let text = response.message().collect::<Vec<_>>().join(" ");
    Err(Failure::reply(stage, response.code().into(), &text))
}

/// One reply, byte by byte: nothing beyond its end is taken from the socket.
async fn read_reply(tcp: &mut TcpStream) -> io::Result<String> {
    let mut replies = Replies::default();
    for _ in 0..MAX_REPLY_BYTES {
        let byte = tcp.read_u8().await?;
        replies.take_in(&[byte]);
        if byte == b'\n' && replies.is_last_line() {
            return Ok(replies.into_text());
        }
    }
    Err(io::Error::other(format!("a reply of more than {MAX_REPLY_BYTES} bytes")))
}

/// A step of the network under its deadline.
pub(super) async fn within<T, E: FailedAt>(
    stage: Stage,
    wait: Duration,
    step: impl Future<Output = Result<T, E>>,
) -> Result<T, Failure> {
    match timeout(wait, step).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(error.failed_at(stage)),
        Err(_) => Err(Failure::silent(stage, wait)),
    }
}

/// The name we say EHLO with: the machine's full name, else its address (RFC 5321 §4.1.4).
fn client_id(tcp: &TcpStream) -> ClientId {
    let is_full_name = |name: &str| {
        name.contains('.') && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte))
    };
    match (ClientId::default(), tcp.local_addr().map(|address| address.ip())) {
        (ClientId::Domain(name), _) if is_full_name(&name) => ClientId::Domain(name),
        (_, Ok(IpAddr::V4(address))) => ClientId::Ipv4(address),
        (_, Ok(IpAddr::V6(address))) => ClientId::Ipv6(address),
        (machine, Err(_)) => machine,
    }
}

/// Code and text on one line, as proof.
fn in_full(reply: &Response) -> String {
    one_line(&format!("{} {}", reply.code(), reply.message().collect::<Vec<_>>().join(" ")))
}
