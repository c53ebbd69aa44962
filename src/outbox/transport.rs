//! What takes a letter out of the house, and the four outcomes it can have (invariant 4).
//! A closed choice of two ways: SMTP, and Maildir for `demo` and trials. Touches network or files through them;
//! no SQL, no clock of the desk, and no deciding: what follows from an outcome is the outbox's business.

use super::answer::Answer;
use super::maildir::Maildir;
use super::smtp::{Deadlines, Smtp};
use crate::config::{Sender, SenderKind};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::watch;

/// From whom and to whom, as the server is told (RFC 5321 §2.3.1); the letter's headers may say otherwise.
#[derive(Clone, Copy)]
pub struct Envelope<'a> {
    /// Where bounces go; "" is the null sender `<>`.
    pub from: &'a str,
    /// The one recipient: a letter to two people is two transactions, so that one refusal stays one refusal.
    pub to: &'a str,
}

/// Leave to give a letter out of hand: while what became of the one before it is being written down, the server is asked
/// about sender and recipient already, but nothing that it could take over goes over the line.
#[derive(Clone)]
pub struct Leave(Option<Asks>);

/// What leave depends on.
#[derive(Clone)]
struct Asks {
    given: watch::Receiver<Option<bool>>,
    /// Whether the letter is still ours to give.
    is_ours: Arc<dyn Fn() -> bool + Send + Sync>,
}

impl Leave {
    /// There is nothing to wait for.
    pub fn given() -> Self {
        Self(None)
    }

    /// To be given (true) or refused (false); refused as well where nobody can give it any more, or the letter is not ours by
    /// then.
    pub fn awaited(is_ours: impl Fn() -> bool + Send + Sync + 'static) -> (watch::Sender<Option<bool>>, Self) {
        let (gives, given) = watch::channel(None);
        (gives, Self(Some(Asks { given, is_ours: Arc::new(is_ours) })))
    }

    pub(super) async fn is_given(&self) -> bool {
        let Some(asks) = &self.0 else { return true };
        let is_given = matches!(asks.given.clone().wait_for(Option::is_some).await.as_deref(), Ok(Some(true)));
        is_given && (asks.is_ours)()
    }
}

/// The addresses that `klachtpost check` asks the server about; nothing is sent to them.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The desk's own address: sender and recipient.
    pub desk: &'a str,
    /// The desk's address with a token behind a plus, as letters are sent from; None where the settings want none.
    pub with_token: Option<&'a str>,
}

/// What became of one attempt. Texts are the server's or ours, on one line, printable, at most
/// [`MAX_REASON_CHARS`] long; they may name the recipient, so they belong in the register and not in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The server took the letter over. Its reply is the proof; whether it arrives is another matter.
    Accepted {
        /// Code and text, e.g. `250 2.0.0 Ok: queued as ABC`.
        reply: String,
        /// The name the server gave itself in its answer to EHLO.
        server: String,
    },
    /// No for good, says the server, or we: whether it is this letter's end, the [`super::judge`] says.
    Refused { reply: String, stage: Stage, cause: RefusedFor },
    /// Surely not taken over: it may be sent again without risk of a double. `said`: the server's own words, where it
    /// said something.
    TryAgain { reason: String, stage: Stage, scope: Scope, said: Option<Answer> },
    /// The whole letter was handed over and no reply came: taken or not, nobody knows.
    Unknown { reason: String },
}

/// Why a letter was refused: what makes a difference for what follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusedFor {
    /// Too many bytes: a smaller letter (attachments listed, not carried along) may pass.
    Size,
    /// Recipient, content or policy: the reply says.
    Other,
}

/// Whom the trouble concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// This letter waits; the others go on. Every trouble within a transaction is of this kind, so that no letter
    /// can hold up the rest: where the server itself is the cause, the next connection shows it.
    Letter,
    /// Connection or login failed before any letter came into it: the whole queue waits, and no letter is to blame.
    Server,
}

/// Where in the conversation something happened, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Our own look at the letter, before the server was asked.
    Letter,
    Connect,
    /// STARTTLS, or the TLS handshake.
    Tls,
    /// The server's greeting and its answer to EHLO.
    Greeting,
    Login,
    MailFrom,
    RcptTo,
    Data,
    /// The text, up to but not including the dot that ends it: cut off here, a server drops what it has.
    Content,
    /// From the ending dot on: the server may have taken the letter over.
    FinalDot,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Stage::Letter => "looking at the letter",
            Stage::Connect => "connecting",
            Stage::Tls => "TLS",
            Stage::Greeting => "the greeting",
            Stage::Login => "logging in",
            Stage::MailFrom => "MAIL FROM",
            Stage::RcptTo => "RCPT TO",
            Stage::Data => "DATA",
            Stage::Content => "the letter's text",
            Stage::FinalDot => "the end of the letter",
        })
    }
}

/// Why a transport cannot be opened or does not pass its check.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    #[error(
        "[sender] security = \"none\" is for this machine itself only, found host \"{host}\"; write \"tls\" or \"starttls\""
    )]
    PlainText { host: String },
    #[error("[sender] host: expected a host name or address, found \"{host}\"; write the name the mail server goes by")]
    Host { host: String },
    #[error(
        "[sender] ca_file {}: expected certificates in PEM, found: {found}; write the authority's certificate there",
        path.display()
    )]
    CaFile { path: PathBuf, found: String },
    #[error("TLS settings: {0}")]
    Tls(String),
    #[error("[sender] {server}: {reason}")]
    Server { server: String, reason: String },
    #[error("[sender] path {}: expected a folder to write in, found: {source}; make it, or give it to our user", path.display())]
    Maildir { path: PathBuf, source: std::io::Error },
}

/// Why a letter was not given out of hand.
pub(super) const NO_LEAVE: &str = "what became of the letter before it cannot be written down";

/// Longest text kept of a reply or a reason: replies of real servers stay below 512 octets (RFC 5321 §4.5.3.1.5).
pub const MAX_REASON_CHARS: usize = 1_000;

/// One way out. One value is one connection at most: for several side by side, open several.
pub enum Transport {
    Smtp(Box<Smtp>),
    Maildir(Maildir),
}

impl Transport {
    /// Reads what the settings point at (the certificate file); connects only when the first letter goes.
    pub async fn open(settings: &Sender) -> Result<Self, SendError> {
        Self::open_within(settings, Deadlines::default()).await
    }

    /// As [`Transport::open`], with other waits than the usual ones.
    pub async fn open_within(settings: &Sender, deadlines: Deadlines) -> Result<Self, SendError> {
        Ok(match settings.kind {
            SenderKind::Smtp => Self::Smtp(Box::new(Smtp::open_with(settings, deadlines).await?)),
            SenderKind::Maildir => Self::Maildir(Maildir::open(&settings.path)),
        })
    }

    /// Tries to hand over one letter; `bytes` are final (invariant 3) and only their line ends are put right.
    /// Dropping the future midway is safe: the connection goes with it, and the attempt counts as unknown.
    pub async fn send(&mut self, envelope: Envelope<'_>, bytes: &[u8]) -> Outcome {
        self.send_with(envelope, bytes, &Leave::given()).await
    }

    /// As [`Transport::send`], but the text goes out of hand only with leave.
    pub async fn send_with(&mut self, envelope: Envelope<'_>, bytes: &[u8], leave: &Leave) -> Outcome {
        match self {
            Self::Smtp(smtp) => smtp.send_with(envelope, bytes, leave).await,
            Self::Maildir(maildir) if leave.is_given().await => maildir.send(envelope, bytes).await,
            Self::Maildir(_) => Outcome::TryAgain {
                reason: NO_LEAVE.to_owned(),
                stage: Stage::Letter,
                scope: Scope::Server,
                said: None,
            },
        }
    }

    /// From the next connection on, this login: a password that was changed needs no restart.
    pub fn log_in_as(&mut self, settings: &Sender) {
        if let Self::Smtp(smtp) = self {
            smtp.log_in_as(settings);
        }
    }

    /// Connects where there is no connection that can be used: so that no letter is in hand while it fails.
    ///
    /// # Errors
    /// What a letter would have met: [`Outcome::TryAgain`] for the whole queue.
    pub async fn prepare(&mut self) -> Result<(), Outcome> {
        match self {
            Self::Smtp(smtp) => smtp.prepare().await,
            Self::Maildir(_) => Ok(()),
        }
    }

    /// Whether the server would take a letter to this recipient now, as far as RCPT TO tells. Nothing is sent; false where
    /// there is no connection to ask over.
    pub async fn takes(&mut self, envelope: Envelope<'_>) -> bool {
        match self {
            Self::Smtp(smtp) => smtp.takes(envelope).await,
            Self::Maildir(_) => false,
        }
    }

    /// Whether an SMTP server of this name and protection is there: up to its answer to EHLO, without a login.
    pub async fn greets(settings: &Sender, deadlines: Deadlines) -> Result<(), SendError> {
        let nobody = Sender { username: None, password: None, ..settings.clone() };
        Smtp::open_with(&nobody, deadlines).await?.greets().await
    }

    /// Goes through everything short of sending, for `klachtpost check`; a line that says what was found.
    pub async fn check(settings: &Sender, asked: &Asked<'_>) -> Result<String, SendError> {
        Self::check_within(settings, asked, Deadlines::default()).await
    }

    /// As [`Transport::check`], with other waits than the usual ones.
    pub async fn check_within(settings: &Sender, asked: &Asked<'_>, deadlines: Deadlines) -> Result<String, SendError> {
        match Self::open_within(settings, deadlines).await? {
            Self::Smtp(smtp) => smtp.check(asked).await,
            Self::Maildir(maildir) => maildir.check().await,
        }
    }

    /// Says goodbye where there is somebody to say it to.
    pub async fn close(self) {
        match self {
            Self::Smtp(smtp) => smtp.close().await,
            Self::Maildir(_) => {}
        }
    }
}

/// `text` on one line, without control characters, at most [`MAX_REASON_CHARS`] long.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_REASON_CHARS).collect()
}
