//! SMTP out: one connection to one server, kept open between letters, one recipient a transaction.
//! Touches the network. What a reply means is decided by the stage it came at, never by the code alone: a refused
//! password (535) says nothing about the letter that happened to be next.
//!
//! lettre speaks SMTP over a stream of our own (`wire`), for three reasons: its own socket waits 40 ms a letter for
//! want of TCP_NODELAY, it has no deadlines beyond connecting, and its high level cannot tell a letter surely not taken
//! from one perhaps taken.

mod content;
mod failure;
mod session;
mod tls;
mod wire;

pub use content::normalise_line_ends;
pub use session::Deadlines;

use super::transport::{Envelope, Outcome, RefusedFor, SendError, Stage};
use crate::config::{Security, Sender};
use content::Parcel;
use failure::Failure;
use session::{Login, Route, Session};
use std::net::IpAddr;

/// The way to one server, with at most one connection.
pub struct Smtp {
    route: Route,
    /// The connection of the last letter, where it is still good. Taken out while in use, so that a `send` that is
    /// dropped midway takes it along instead of leaving it in the middle of a conversation.
    kept: Option<Session>,
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
            Security::Tls | Security::StartTls => Some(tls::Verified::new(&host, settings.ca_file.as_deref()).await?),
        };
        let login = match (&settings.username, &settings.password) {
            (Some(username), Some(password)) => Some(Login { username: username.clone(), password: password.clone() }),
            _ => None,
        };
        let route = Route { host, port: settings.port, security: settings.security, tls, login, deadlines };
        Ok(Self { route, kept: None })
    }

    /// Hands over one letter. A kept connection that turns out dead before the server took the sender is replaced
    /// once: the letter was not in it yet.
    pub async fn send(&mut self, envelope: Envelope<'_>, bytes: &[u8]) -> Outcome {
        let parcel = match Parcel::new(envelope, bytes) {
            Ok(parcel) => parcel,
            Err(error) => {
                return Outcome::Refused { reply: error.to_string(), stage: Stage::Letter, cause: RefusedFor::Other };
            }
        };
        if let Some(session) = self.kept.take().filter(Session::is_fresh) {
            match self.transact(session, &parcel).await {
                Err(failure) if failure.died_before_the_letter() => {}
                result => return result.unwrap_or_else(Failure::into_outcome),
            }
        }
        let result = match Session::open(&self.route).await {
            Ok(session) => self.transact(session, &parcel).await,
            Err(failure) => Err(failure),
        };
        result.unwrap_or_else(Failure::into_outcome)
    }

    /// One transaction; the connection is kept where it is fit for another.
    async fn transact(&mut self, mut session: Session, parcel: &Parcel<'_>) -> Result<Outcome, Failure> {
        let result = session.deliver(parcel, &self.route.deadlines).await;
        let server = session.server().to_owned();
        let reusable = match &result {
            Ok(_) => true,
            Err(failure) => failure.leaves_the_connection_usable() && session.reset(&self.route.deadlines).await,
        };
        if reusable {
            self.kept = Some(session);
        }
        result.map(|reply| Outcome::Accepted { reply, server })
    }

    /// Connects, greets, protects, logs in, and says NOOP: all that can be known without sending.
    pub async fn check(&self) -> Result<String, SendError> {
        let server = format!("{}:{}", self.route.host, self.route.port);
        let unfit = |failure: Failure| SendError::Server { server: server.clone(), reason: failure.advice() };
        let mut session = Session::open(&self.route).await.map_err(&unfit)?;
        session.noop(&self.route.deadlines).await.map_err(&unfit)?;
        let found = format!(
            "{server} ({}): {}, {}, {}",
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

    /// QUIT, where there is a connection.
    pub async fn close(self) {
        if let Some(session) = self.kept {
            session.quit().await;
        }
    }
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
