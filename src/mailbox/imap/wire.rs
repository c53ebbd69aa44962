//! One IMAP connection, command by command: our own thin layer over the library's `run_command` and `read_response`,
//! because its higher calls report NO, BAD and a lost connection as success. Here every command has a deadline, its
//! tagged status is looked at, and the end of the stream is an error. Touches the network only.

use super::super::error::{MailboxError, Step, Verdict, shortened};
use super::super::guard::{Guarded, Violation};
use super::super::tidy::Tidied;
use super::super::tls;
use async_imap::Session;
use imap_proto::{MailboxDatum, Outcome, Response, Status};
use std::fmt;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, BufStream};
use tokio::time::{Instant, timeout, timeout_at};

/// Bytes of a connection, plain or TLS.
pub(super) trait Duplex: AsyncRead + AsyncWrite + Unpin + Send + fmt::Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + fmt::Debug> Duplex for T {}

/// Bounded, tidied and buffered: the library writes a command in four pieces and reads 4 KiB at a time.
pub(super) type Channel = Tidied<Guarded<BufStream<Box<dyn Duplex>>>>;

/// How long we wait for a server. Absolute per command, so that a slow drip does not stretch them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// Name lookup, TCP, TLS handshake, greeting: each.
    pub connect: Duration,
    /// A command with a short answer. Servers may take their time over a move of many mails.
    pub command: Duration,
    /// A command that brings mail: at most 4 MiB.
    pub transfer: Duration,
    /// One IDLE; servers may hang up after 30 minutes (RFC 2177), and many firewalls sooner.
    pub idle: Duration,
    /// A polite goodbye; nothing depends on it.
    pub goodbye: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(20),
            command: Duration::from_secs(60),
            transfer: Duration::from_secs(180),
            idle: Duration::from_secs(25 * 60),
            goodbye: Duration::from_secs(3),
        }
    }
}

/// The tagged end of a command.
#[derive(Debug)]
pub(super) enum Completion {
    Ok,
    Denied(Denial),
}

/// NO or BAD, with the server's words shortened.
#[derive(Debug)]
pub(super) struct Denial {
    pub verdict: Verdict,
    pub text: String,
}

/// How an IDLE ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Idled {
    News,
    Quiet,
    /// The server turned the command down.
    Denied,
}

/// Where in the conversation we are. Set before each wait, so that it holds too when the caller drops the wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    /// Nothing is under way.
    Up,
    /// IDLE was said, and the server has not said `+` yet: DONE before that is out of turn, and some never hear it.
    Asking,
    /// The server idles: DONE comes before anything else.
    Idling,
    /// DONE was said, and its end is still to come.
    Leaving,
    /// An unknown place: an error, or a command whose caller did not wait for its end.
    Spent,
}

/// Called with each untagged response of a command.
pub(super) type OnData<'a> = &'a mut (dyn FnMut(&Response<'_>) + Send);

/// A connection that is logged in.
#[derive(Debug)]
pub(super) struct Wire {
    session: Session<Channel>,
    server: String,
    deadlines: Deadlines,
    line: Line,
    /// Mails in the selected folder, as the server last said.
    exists: Option<u32>,
    /// Mails came in since the folder was last opened.
    news: bool,
}

impl Wire {
    pub(super) fn new(session: Session<Channel>, server: String, deadlines: Deadlines) -> Self {
        Self { session, server, deadlines, line: Line::Up, exists: None, news: false }
    }

    pub(super) fn deadlines(&self) -> Deadlines {
        self.deadlines
    }

    /// `None` where the server has not said it of the selected folder.
    pub(super) fn exists(&self) -> Option<u32> {
        self.exists
    }

    /// Another folder is about to be opened: what is known is of the one before.
    pub(super) fn forget_count(&mut self) {
        self.exists = None;
    }

    pub(super) fn has_news(&self) -> bool {
        self.news
    }

    /// The folder was just opened: what it holds now is known.
    pub(super) fn start_counting(&mut self) {
        self.news = false;
    }

    /// Runs one command to its tagged end. NO and BAD are a [`Completion`]; any error spends the connection.
    pub(super) async fn run(
        &mut self,
        step: Step,
        command: &str,
        within: Duration,
        on_data: OnData<'_>,
    ) -> Result<Completion, MailboxError> {
        self.settle(&step).await?;
        self.line = Line::Spent;
        let outcome = timeout(within, self.exchange(&step, command, on_data)).await;
        let completion = outcome.map_err(|_| self.silence(step, within))??;
        self.line = Line::Up;
        Ok(completion)
    }

    /// Like [`Wire::run`], and NO or BAD is an error too.
    pub(super) async fn run_ok(
        &mut self,
        step: Step,
        command: &str,
        within: Duration,
        on_data: OnData<'_>,
    ) -> Result<(), MailboxError> {
        match self.run(step.clone(), command, within, on_data).await? {
            Completion::Ok => Ok(()),
            Completion::Denied(denial) => Err(self.denied(step, denial)),
        }
    }

    /// A command that hands over a mail (APPEND): the text goes once the server asks for it. NO and BAD are a
    /// [`Completion`]; any error spends the connection.
    pub(super) async fn append(
        &mut self,
        step: Step,
        command: &str,
        mail: &str,
        within: Duration,
    ) -> Result<Completion, MailboxError> {
        self.settle(&step).await?;
        self.line = Line::Spent;
        let outcome = timeout(within, self.hand_over(&step, command, mail)).await;
        let completion = outcome.map_err(|_| self.silence(step, within))??;
        self.line = Line::Up;
        Ok(completion)
    }

    async fn hand_over(&mut self, step: &Step, command: &str, mail: &str) -> Result<Completion, MailboxError> {
        let command = format!("{command} {{{}}}", mail.len());
        let id = self.session.run_command(command).await.map_err(|error| self.lost(step, error))?;
        loop {
            match self.read(step, &mut |_| {}).await? {
                None => {}
                Some(End::Continue) => {
                    self.session.run_command_untagged(mail).await.map_err(|error| self.lost(step, error))?;
                }
                Some(End::Tagged(tag, completion)) if tag == id.0 => return Ok(completion),
                Some(end) => return Err(self.protocol(step.clone(), end.unexpected())),
            }
        }
    }

    pub(super) fn denied(&self, step: Step, denial: Denial) -> MailboxError {
        MailboxError::Server { server: self.server.clone(), step, verdict: denial.verdict, text: denial.text }
    }

    pub(super) fn protocol(&self, step: Step, found: &'static str) -> MailboxError {
        MailboxError::Protocol { server: self.server.clone(), step, found: found.into() }
    }

    /// IDLE (RFC 2177) until mail comes or `until`. The deadline is absolute: a chatty server does not push it back.
    /// May be dropped at any moment; the next command ends what is left of it.
    pub(super) async fn idle(&mut self, until: Instant) -> Result<Idled, MailboxError> {
        self.settle(&Step::Wait).await?;
        self.line = Line::Asking;
        let outcome = self.idle_until(until).await;
        match outcome {
            Ok(Idled::Denied) => self.line = Line::Up,
            Ok(Idled::News | Idled::Quiet) => self.settle(&Step::Wait).await?,
            Err(_) => self.line = Line::Spent,
        }
        outcome
    }

    async fn idle_until(&mut self, until: Instant) -> Result<Idled, MailboxError> {
        let within = self.deadlines.command;
        let started = timeout(within, self.start_idle()).await.map_err(|_| self.silence(Step::Wait, within))??;
        if started == Idled::Denied {
            return Ok(Idled::Denied);
        }
        self.line = Line::Idling;
        while !self.news {
            // Reading may be cut off anywhere: what has come so far stays in the library's buffer.
            let Ok(response) = timeout_at(until, self.read(&Step::Wait, &mut |_| {})).await else { break };
            if let Some(end) = response? {
                return Err(self.protocol(Step::Wait, end.unexpected()));
            }
        }
        Ok(if self.news { Idled::News } else { Idled::Quiet })
    }

    async fn start_idle(&mut self) -> Result<Idled, MailboxError> {
        self.session.run_command("IDLE").await.map_err(|error| self.lost(&Step::Wait, error))?;
        loop {
            match self.read(&Step::Wait, &mut |_| {}).await? {
                None => {}
                Some(End::Continue) => return Ok(Idled::Quiet),
                Some(End::Tagged(_, Completion::Denied(_))) => return Ok(Idled::Denied),
                Some(end) => return Err(self.protocol(Step::Wait, end.unexpected())),
            }
        }
    }

    /// Makes the connection ready for a command: ends an IDLE, refuses one that is spent.
    async fn settle(&mut self, step: &Step) -> Result<(), MailboxError> {
        let within = self.deadlines.command;
        let ended = match self.line {
            Line::Up => return Ok(()),
            Line::Spent => return Err(self.unreachable(step, "a connection that an earlier error has spent")),
            Line::Asking | Line::Idling | Line::Leaving => timeout(within, self.leave_idle()).await,
        };
        let ended = ended.unwrap_or_else(|_| Err(self.silence(Step::Wait, within)));
        self.line = if ended.is_ok() { Line::Up } else { Line::Spent };
        ended
    }

    async fn leave_idle(&mut self) -> Result<(), MailboxError> {
        loop {
            if self.line == Line::Idling {
                self.line = Line::Leaving;
                self.session.run_command_untagged("DONE").await.map_err(|error| self.lost(&Step::Wait, error))?;
            }
            match self.read(&Step::Wait, &mut |_| {}).await? {
                None => {}
                Some(End::Continue) if self.line == Line::Asking => self.line = Line::Idling,
                Some(End::Continue) => {}
                // Turned down before it began: nothing is under way.
                Some(End::Tagged(_, Completion::Denied(_))) if self.line == Line::Asking => return Ok(()),
                Some(End::Tagged(_, Completion::Ok)) => return Ok(()),
                Some(End::Tagged(_, Completion::Denied(denial))) => return Err(self.denied(Step::Wait, denial)),
            }
        }
    }

    /// Takes leave: the end of an IDLE and LOGOUT, all within the one deadline for goodbyes.
    pub(super) async fn goodbye(mut self) {
        let within = self.deadlines.goodbye;
        match timeout(within, self.run(Step::Logout, "LOGOUT", within, &mut |_| {})).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::debug!(%error, "the mailbox was left without a goodbye"),
            Err(_) => tracing::debug!("the mail server did not answer our goodbye in time"),
        }
    }

    async fn exchange(&mut self, step: &Step, command: &str, on_data: OnData<'_>) -> Result<Completion, MailboxError> {
        let id = self.session.run_command(command).await.map_err(|error| self.lost(step, error))?;
        loop {
            match self.read(step, on_data).await? {
                None => {}
                Some(End::Tagged(tag, completion)) if tag == id.0 => return Ok(completion),
                Some(end) => return Err(self.protocol(step.clone(), end.unexpected())),
            }
        }
    }

    /// Reads one response. Untagged data goes to `on_data`; what ends a wait is returned.
    async fn read(&mut self, step: &Step, on_data: OnData<'_>) -> Result<Option<End>, MailboxError> {
        let read = self.session.read_response().await;
        let response = match read {
            Ok(Some(response)) => response,
            Ok(None) => return Err(self.unreachable(step, "the server closed the connection")),
            Err(error) => return Err(io_fault(&self.server, step, &error)),
        };
        match response.parsed() {
            Response::Done { tag, status, outcome } => {
                Ok(Some(End::Tagged(tag.0.clone(), completion(status, outcome))))
            }
            Response::Continue(_) => Ok(Some(End::Continue)),
            Response::Data { status: Status::Bye, outcome } if *step != Step::Logout => {
                let text = shortened(outcome.information.as_deref().unwrap_or_default());
                Err(self.unreachable(step, format!("the server said BYE: {text}")))
            }
            data => {
                self.count(data);
                on_data(data);
                Ok(None)
            }
        }
    }

    /// Keeps the count of mails, and notices when one came in.
    fn count(&mut self, data: &Response<'_>) {
        match data {
            Response::MailboxData(MailboxDatum::Exists(now)) => {
                self.news |= self.exists.is_none_or(|before| *now > before);
                self.exists = Some(*now);
            }
            Response::Expunge(_) => self.exists = self.exists.map(|before| before.saturating_sub(1)),
            _ => {}
        }
    }

    fn silence(&self, step: Step, after: Duration) -> MailboxError {
        MailboxError::Timeout { server: self.server.clone(), step, after }
    }

    fn unreachable(&self, step: &Step, found: impl Into<std::borrow::Cow<'static, str>>) -> MailboxError {
        MailboxError::Unreachable { server: self.server.clone(), step: step.clone(), found: found.into() }
    }

    /// What became of a command that could not even be sent.
    fn lost(&self, step: &Step, error: async_imap::error::Error) -> MailboxError {
        match error {
            async_imap::error::Error::Io(error) => io_fault(&self.server, step, &error),
            _ => self.unreachable(step, "a connection that takes no command"),
        }
    }
}

/// What ends the wait for a server.
#[derive(Debug)]
enum End {
    Tagged(String, Completion),
    /// The server asks for more (`+`).
    Continue,
}

impl End {
    /// What it is called where it does not belong.
    fn unexpected(&self) -> &'static str {
        match self {
            Self::Tagged(..) => "the end of a command that was not given",
            Self::Continue => "a request for more text than we have",
        }
    }
}

fn completion(status: &Status, outcome: &Outcome<'_>) -> Completion {
    let verdict = match status {
        Status::Ok => return Completion::Ok,
        Status::Bad => Verdict::Bad,
        _ => Verdict::No,
    };
    let text = shortened(outcome.information.as_deref().unwrap_or("(no reason given)"));
    Completion::Denied(Denial { verdict, text })
}

/// Names what went wrong below IMAP. The text of a parse error is left out: it holds the whole buffer, so mail.
pub(super) fn io_fault(server: &str, step: &Step, error: &io::Error) -> MailboxError {
    if let Some(found) = tls::tls_fault(error) {
        return MailboxError::Tls { server: server.to_owned(), found };
    }
    if let Some(violation) = error.get_ref().and_then(|inner| inner.downcast_ref::<Violation>()) {
        let found = violation.to_string().into();
        return MailboxError::Protocol { server: server.to_owned(), step: step.clone(), found };
    }
    match error.kind() {
        io::ErrorKind::Other | io::ErrorKind::InvalidData => MailboxError::Protocol {
            server: server.to_owned(),
            step: step.clone(),
            found: "an answer that is not IMAP".into(),
        },
        kind => MailboxError::Unreachable {
            server: server.to_owned(),
            step: step.clone(),
            found: format!("{kind} (connection lost)").into(),
        },
    }
}
