//! Tries what was found and said: which server is there, and which host may have the password. No password is sent from here.

use super::asking::{Interview, Unanswered};
use super::questions::{Key, Place};
use super::written::servers_alone;
use crate::config;
use crate::mailbox::Mailbox;
use crate::outbox::Transport;
use crate::outbox::smtp::Deadlines;
use futures_util::future::join_all;
use std::time::Duration;

/// How long a server that was only guessed at may take to connect or greet: one that is slower is named by hand.
const GREETS_WITHIN: Duration = Duration::from_secs(5);

/// The first of these that is there as an IMAP server, with a certificate of its name. All are met at once.
pub(super) async fn imap_server(candidates: &[Place]) -> Option<Place> {
    let met = join_all(candidates.iter().map(|place| async move {
        let config = config::from_toml(&servers_alone(place, place), "init").ok()?;
        Mailbox::greets(&config.mailbox, GREETS_WITHIN).await.ok().map(|()| place.clone())
    }));
    met.await.into_iter().flatten().next()
}

/// The same for sending.
pub(super) async fn smtp_server(candidates: &[Place]) -> Option<Place> {
    let waits =
        Deadlines { connect: GREETS_WITHIN, tls: GREETS_WITHIN, greeting: GREETS_WITHIN, ..Deadlines::default() };
    let met = join_all(candidates.iter().map(|place| async move {
        let config = config::from_toml(&servers_alone(place, place), "init").ok()?;
        Transport::greets(&config.sender, waits).await.ok().map(|()| place.clone())
    }));
    met.await.into_iter().flatten().next()
}

/// A host that is not the company's own and that nobody let have the password.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the password would go to {}, outside {domain}, expected somebody's word that it may, found none; nothing was sent\n  hint: where these are your provider's servers, say --accept-host {}", .hosts.join(" and "), .hosts.join(",")
)]
pub(super) struct Foreign {
    pub domain: String,
    pub hosts: Vec<String>,
}

/// Sees to it that the login goes to no host outside the address's domain unconfirmed.
pub(super) fn confirm(
    interview: &mut Interview<'_>,
    domain: &str,
    places: &[&Place],
) -> Result<Result<(), Foreign>, Unanswered> {
    let accepted = interview.given(Key::AcceptHost).unwrap_or_default().to_lowercase();
    let is_accepted = |host: &str| accepted.split(',').any(|one| one.trim() == host);
    let mut foreign: Vec<String> = Vec::new();
    for place in places.iter().filter(|place| !place.belongs_to(domain) && !is_accepted(&place.host)) {
        if !foreign.contains(&place.host) {
            foreign.push(place.host.clone());
        }
    }
    let mut refused = Vec::new();
    for host in foreign {
        let asked = format!("The login would go to {host}, which is outside {domain}. May it?");
        if interview.confirmed(&asked)? != Some(true) {
            refused.push(host);
        }
    }
    Ok(if refused.is_empty() { Ok(()) } else { Err(Foreign { domain: domain.to_owned(), hosts: refused }) })
}

#[cfg(test)]
mod tests {
    use super::super::asking::Arguments;
    use super::*;
    use crate::config::Security;
    use std::io::Cursor;

    fn at(host: &str) -> Place {
        Place::new(host, 993, Security::Tls)
    }

    #[test]
    fn no_password_goes_to_a_strangers_host_unconfirmed() {
        let places = [&at("imap.lease.nl"), &at("imap.gmail.com"), &at("imap.gmail.com")];
        let mut nobody = Interview::new(Arguments::default(), None);
        let foreign = confirm(&mut nobody, "lease.nl", &places).unwrap().unwrap_err();
        insta::assert_snapshot!(foreign.to_string());
        for (typed, is_right) in [("yes\n", true), ("ja\n", true), ("no\n", false), ("\n", false), ("gmail\n", false)] {
            let mut input = Cursor::new(typed);
            let mut somebody = Interview::new(Arguments::default(), Some(&mut input));
            assert_eq!(confirm(&mut somebody, "lease.nl", &places).unwrap().is_ok(), is_right, "{typed:?}");
        }
    }
}
