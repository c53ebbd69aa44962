//! SMTP out: one connection to one server, kept open between letters, one recipient a transaction.
//! Touches the network. What a reply means is decided by the stage it came at, never by the code alone: a refused
//! password (535) says nothing about the letter that happened to be next.
//!
//! lettre speaks SMTP over a stream of our own (`wire`), for three reasons: its own socket waits 40 ms a letter for
//! want of TCP_NODELAY, it has no deadlines beyond connecting, and its high level cannot tell a letter surely not taken
//! from one perhaps taken.

mod advice;
mod content;
mod failure;
mod hello;
mod login;
mod session;
mod tls;
mod wire;

pub use content::normalise_line_ends;
pub use session::Deadlines;

use super::address;
use super::transport::{Asked, Envelope, Leave, Outcome, RefusedFor, SendError, Stage};
use crate::config::{Security, Sender};
use content::Parcel;
use failure::Failure;
use login::Login;
use session::{Commands, Route, Session};
use std::net::IpAddr;
use tls::Tls;

/// Kinds of refusals that a new connection did not mend: that many different ones no server has.
const NOT_THE_SESSION_MAX: usize = 16;

/// The way to one server, with at most one connection.
pub struct Smtp {
    route: Route,
    /// The connection of the last letter, where it is still good. Taken out while in use, so that a `send` that is
    /// dropped midway takes it along instead of leaving it in the middle of a conversation.
    kept: Option<Session>,
    /// Refusals on a kept connection that a new one met as well: they are the letter's, or the server's.
    not_the_session: Vec<(u16, Option<(u16, u16)>)>,
}

impl Smtp {
    /// Reads the certificate file and refuses settings that would send in the clear; does not connect.
    pub async fn open(settings: &Sender) -> Result<Self, SendError> {
        Self::open_with(settings, Deadlines::default()).await
    }

    /// As [`Smtp::open`], with waits of one's own.
    pub async fn open_with(settings: &Sender, deadlines: Deadlines) -> Result<Self, SendError> {
        let host = settings.host.clone();
        let tls = match settings.security {
            Security::None if is_loopback(&host) => None,
            Security::None => return Err(SendError::PlainText { host }),
            Security::Tls | Security::StartTls => Some(Tls::new(&host, settings.ca_file.as_deref())?),
        };
        if let Some(tls) = &tls {
            // Read once now, so that a file that cannot be used is told at the start.
            tls.read().await?;
        }
        let login = login(settings);
        let (port, security, commands) = (settings.port, settings.security, Commands::Together);
        let route = Route { host, port, security, tls, login, deadlines, commands };
        Ok(Self { route, kept: None, not_the_session: Vec::new() })
    }

    /// From the next connection on, this login.
    pub fn log_in_as(&mut self, settings: &Sender) {
        self.route.login = login(settings);
    }

    /// Connects where no connection is kept that can be used.
    ///
    /// # Errors
    /// What a letter would have met.
    pub async fn prepare(&mut self) -> Result<(), Outcome> {
        self.kept = self.kept.take().filter(Session::is_fresh);
        if self.kept.is_none() {
            self.kept = Some(Session::open(&self.route).await.map_err(Failure::into_outcome)?);
        }
        Ok(())
    }

    /// Hands over one letter. A kept connection that turns out dead, or takes no more in one session, is replaced once,
    /// as long as the letter is surely not taken: it is not to blame.
    pub async fn send(&mut self, envelope: Envelope<'_>, bytes: &[u8]) -> Outcome {
        self.send_with(envelope, bytes, &Leave::given()).await
    }

    /// As [`Smtp::send`], but the text goes over the line only with leave.
    pub async fn send_with(&mut self, envelope: Envelope<'_>, bytes: &[u8], leave: &Leave) -> Outcome {
        let parcel = match Parcel::new(envelope, bytes) {
            Ok(parcel) => parcel,
            Err(error) => {
                return Outcome::Refused { reply: error.to_string(), stage: Stage::Letter, cause: RefusedFor::Other };
            }
        };
        let mut before = None;
        if let Some(session) = self.kept.take().filter(Session::is_fresh) {
            let has_worked = session.has_worked();
            match self.transact(session, &parcel, leave).await {
                Err(failure) if has_worked && self.may_be_the_session(&failure) => before = Some(failure),
                result => return result.unwrap_or_else(Failure::into_outcome),
            }
        }
        // The one that takes no more would count against the next.
        if let Some(session) = self.kept.take() {
            session.quit().await;
        }
        let result = match Session::open(&self.route).await {
            Ok(session) => self.transact(session, &parcel, leave).await,
            Err(failure) => Err(failure),
        };
        self.learn(before, result.as_ref().err());
        result.unwrap_or_else(Failure::into_outcome)
    }

    /// Asks whether a letter would be taken, and takes it back; false, too, where nobody could be asked.
    pub async fn takes(&mut self, envelope: Envelope<'_>) -> bool {
        let (Ok(from), Ok(to)) = (address::for_smtp(envelope.from), address::for_smtp(envelope.to)) else {
            return false;
        };
        // What was refused before may have cost the connection.
        if self.prepare().await.is_err() {
            return false;
        }
        let Some(mut session) = self.kept.take() else { return false };
        let taken = session.ask(&from, &to, &self.route.deadlines).await.is_ok();
        if session.reset(&self.route.deadlines).await {
            self.kept = Some(session);
        }
        taken
    }

    fn may_be_the_session(&self, failure: &Failure) -> bool {
        let known = failure.answer().is_some_and(|answer| self.not_the_session.contains(&answer.kind()));
        failure.may_be_the_session() && !known
    }

    /// What a new connection met as well was not the old one's: next time none is made for it.
    fn learn(&mut self, before: Option<Failure>, after: Option<&Failure>) {
        let kind = |failure: &Failure| failure.answer().map(|answer| answer.kind());
        let (Some(before), Some(after)) = (before.as_ref().and_then(kind), after.and_then(kind)) else { return };
        if before == after && self.not_the_session.len() < NOT_THE_SESSION_MAX {
            self.not_the_session.push(before);
        }
    }

    /// One transaction; the connection is kept where it is fit for another.
    async fn transact(&mut self, mut session: Session, parcel: &Parcel<'_>, leave: &Leave) -> Result<Outcome, Failure> {
        let result = session.deliver(parcel, &self.route.deadlines, leave).await;
        let server = session.server().to_owned();
        if result.as_ref().is_err_and(|failure| session.did_not_bear(failure)) {
            self.route.commands = Commands::OneByOne;
            tracing::debug!(server, "the server broke off at commands sent together; the next ones go one by one");
        }
        let reusable = match &result {
            Ok(_) => true,
            Err(failure) => failure.leaves_the_connection_usable() && session.reset(&self.route.deadlines).await,
        };
        if reusable {
            self.kept = Some(session);
        }
        result.map(|reply| Outcome::Accepted { reply, server })
    }

    /// Connects, greets, protects, logs in, and asks whether a letter of the desk would be taken, from its own address and
    /// from the one with a token: all that can be known without sending.
    pub async fn check(&self, asked: &Asked<'_>) -> Result<String, SendError> {
        let server = format!("{}:{}", self.route.host, self.route.port);
        let unfit = |failure: Failure| SendError::Server { server: server.clone(), reason: failure.advice() };
        let mut session = Session::open(&self.route).await.map_err(&unfit)?;
        let to =
            address::for_smtp(asked.desk).map_err(|error| unfit(Failure::lacking(Stage::Letter, error.to_string())))?;
        for (from, which) in
            [(Some(asked.desk), " of the desk's address"), (asked.with_token, " of the desk's address with a token")]
        {
            let Some(from) = from else { continue };
            let from =
                address::for_smtp(from).map_err(|error| unfit(Failure::lacking(Stage::Letter, error.to_string())))?;
            let answer = session.ask(&from, &to, &self.route.deadlines).await;
            answer.map_err(|failure| unfit(failure.asked_of(which)))?;
            if !session.reset(&self.route.deadlines).await {
                // An answer that does not matter: the next is asked over a new connection.
                session = Session::open(&self.route).await.map_err(&unfit)?;
            }
        }
        let found = format!(
            "{server} ({}): {}, {}, takes letters from the desk, {}",
            session.server(),
            match self.route.security {
                Security::Tls => "TLS",
                Security::StartTls => "STARTTLS",
                Security::None => "not encrypted (this machine itself)",
            },
            if self.route.login.is_some() { "logged in" } else { "no login" },
            session
                .size_limit()
                .map_or("no size limit told".to_owned(), |bytes| format!("letters up to {bytes} bytes")),
        );
        session.quit().await;
        Ok(found)
    }

    /// Connects and greets; nothing is asked.
    pub async fn greets(&self) -> Result<(), SendError> {
        let server = format!("{}:{}", self.route.host, self.route.port);
        let session = Session::open(&self.route).await;
        let session = session.map_err(|failure| SendError::Server { server, reason: failure.advice() })?;
        session.quit().await;
        Ok(())
    }

    /// QUIT, where there is a connection.
    pub async fn close(self) {
        if let Some(session) = self.kept {
            session.quit().await;
        }
    }
}

fn login(settings: &Sender) -> Option<Login> {
    let (username, password) = (settings.username.clone()?, settings.password.clone()?);
    Some(Login { username, auth: settings.auth, password, host: settings.host.clone(), port: settings.port })
}

/// Whether nobody can listen in between: this machine itself.
fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_loopback() {
        for host in ["localhost", "LocalHost", "127.0.0.1", "127.9.9.9", "::1"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["localhost.example", "mail.example", "10.0.0.1", "0.0.0.0", "127.0.0.1.example", ""] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
