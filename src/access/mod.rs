//! Tokens for mail servers that take no password (RFC 6749): asked for at the provider, kept in memory, renewed before they
//! end. Touches the network, and the file of a person's login; knows no mail, no SQL and decides nothing about complaints.
//!
//! | file | what |
//! |---|---|
//! | `asking.rs` | what is sent for each kind of grant, and what a token is for |
//! | `assertion.rs` | the signed claim of who asks (RFC 7523) |
//! | `refusal.rs` | why there is no token, with the next step |
//! | `post.rs` | one request over HTTPS |
//! | `kept.rs` | the file of a login |
//! | `sasl.rs` | how a server is told one |
//! | `login.rs` | a person's consent: `klachtpost login` |

mod asking;
mod assertion;
mod kept;
mod login;
mod post;
mod refusal;
mod sasl;

pub use asking::Purpose;
pub use login::{Code, Consent, LoginError, begin_device, consent, poll_device};
pub use refusal::Refusal;
pub use sasl::Way;

use crate::case::Moment;
use crate::config::{Auth, Config, Grant, Mailbox, OAuth2, Sender};
use asking::{Given, Subject, given, request};
use chrono::{NaiveDate, TimeDelta};
use secrecy::{ExposeSecret, SecretString};
use std::collections::HashMap;
use tokio::sync::Mutex;

/// A token is renewed once so many quarters of its life are over, long before a server could turn it down.
const RENEWED_AFTER_QUARTERS: i32 = 3;
/// A token that ends sooner than this is not used while its renewal fails.
const LEFT_AT_LEAST: TimeDelta = TimeDelta::minutes(1);

/// Longest wait that a provider's word is believed for.
const WAIT_SECONDS_MAX: i64 = 3_600;

/// The provider refused a token, or could not be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("[oauth2]: tried to get a token for the {purpose}, expected one, found: {why}; next: {}", why.next_step())]
pub struct AccessError {
    pub purpose: Purpose,
    pub why: Refusal,
}

/// What is kept of a token.
struct Held {
    token: SecretString,
    since: Moment,
    until: Moment,
}

/// Tokens of one desk.
#[derive(Default)]
pub struct Access {
    settings: Option<OAuth2>,
    /// Two logins at once ask once.
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    /// By whom they are for.
    held: HashMap<Subject, Held>,
    /// The provider wants not to be asked before this.
    not_before: Option<Moment>,
}

impl Access {
    pub fn new(config: &Config) -> Self {
        Self { settings: config.oauth2.clone(), kept: Mutex::default() }
    }

    /// The mailbox as it is logged in to now: with a token, where the settings want one.
    ///
    /// # Errors
    /// There is none now.
    pub async fn mailbox(&self, settings: Mailbox, now: Moment) -> Result<Mailbox, AccessError> {
        match settings.auth {
            Auth::Password => Ok(settings),
            Auth::OAuth2 => {
                let password = self.token(Purpose::Mailbox, &settings.username, now).await?;
                Ok(Mailbox { password, ..settings })
            }
        }
    }

    /// The sender, as [`Access::mailbox`].
    ///
    /// # Errors
    /// There is no token now.
    pub async fn sender(&self, settings: Sender, now: Moment) -> Result<Sender, AccessError> {
        match (settings.auth, &settings.username) {
            (Auth::OAuth2, Some(username)) => {
                let password = Some(self.token(Purpose::Sender, username, now).await?);
                Ok(Sender { password, ..settings })
            }
            _ => Ok(settings),
        }
    }

    /// Renews what is due of this mailbox and this sender, so that a failure is known while the old token still works.
    ///
    /// # Errors
    /// What failed, where the old token still works.
    pub async fn renew(&self, mailbox: &Mailbox, sender: &Sender, now: Moment) -> Result<(), AccessError> {
        let users = [(mailbox.auth, Some(&mailbox.username)), (sender.auth, sender.username.as_ref())];
        for ((auth, user), purpose) in users.into_iter().zip([Purpose::Mailbox, Purpose::Sender]) {
            let (Auth::OAuth2, Some(user), Some(settings)) = (auth, user, &self.settings) else { continue };
            let refused = |why| AccessError { purpose, why };
            let subject = Subject::of(&settings.grant, user);
            let mut kept = self.kept.lock().await;
            let held = kept.held.get(&subject);
            if held.is_some_and(|held| !held.is_due(now)) {
                continue;
            }
            let still_works = held.is_some_and(|held| held.is_good(now));
            // Where it does not, whoever logs in next meets it, and says so.
            if let Err(why) = kept.renew(settings, &subject, now).await
                && still_works
            {
                return Err(refused(why));
            }
        }
        Ok(())
    }

    /// The last day of what tokens are asked for with, where the settings say it.
    pub fn secret_expires(&self) -> Option<NaiveDate> {
        self.settings.as_ref()?.secret_expires
    }

    async fn token(&self, purpose: Purpose, user: &str, now: Moment) -> Result<SecretString, AccessError> {
        let refused = |why| AccessError { purpose, why };
        let settings = self.settings.as_ref().ok_or_else(|| refused(Refusal::NotSetUp))?;
        let subject = Subject::of(&settings.grant, user);
        let mut kept = self.kept.lock().await;
        if kept.held.get(&subject).is_none_or(|held| !held.is_good(now) || held.is_due(now)) {
            let renewed = kept.renew(settings, &subject, now).await;
            // The old one still works for a while.
            if !kept.held.get(&subject).is_some_and(|held| held.is_good(now)) {
                renewed.map_err(refused)?;
            }
        }
        let token = kept.held.get(&subject).map(|held| held.token.clone()).unwrap_or_default();
        match permitted(settings, purpose, &token) {
            Ok(()) => Ok(token),
            Err(why) => {
                // The permission may be given meanwhile: the next try asks for another one.
                kept.held.remove(&subject);
                Err(refused(why))
            }
        }
    }

    /// A server turned a token down: the next login asks for another one.
    pub async fn forget(&self) {
        self.kept.lock().await.held.clear();
    }
}

impl Kept {
    /// Asks for another token, unless the provider wants to be left alone.
    async fn renew(&mut self, settings: &OAuth2, subject: &Subject, now: Moment) -> Result<(), Refusal> {
        if let Some(wait) = self.not_before.map(|at| (at - now).num_seconds()).filter(|wait| *wait > 0) {
            return Err(Refusal::Throttled { after: u64::try_from(wait).ok() });
        }
        let asked = ask(settings, subject, now).await;
        if let Err(Refusal::Throttled { after: Some(seconds) }) = &asked {
            let wait = i64::try_from(*seconds).unwrap_or(WAIT_SECONDS_MAX).min(WAIT_SECONDS_MAX);
            self.not_before = Some(now + TimeDelta::seconds(wait));
        }
        self.held.insert(subject.clone(), asked?);
        Ok(())
    }
}

impl Held {
    fn is_good(&self, now: Moment) -> bool {
        self.until - now > LEFT_AT_LEAST && self.since <= now
    }

    fn is_due(&self, now: Moment) -> bool {
        (now - self.since) * 4 >= (self.until - self.since) * RENEWED_AFTER_QUARTERS
    }
}

/// A token that says itself what it is not for (an application's, of Microsoft's) is not tried: the server would say nothing.
fn permitted(settings: &OAuth2, purpose: Purpose, token: &SecretString) -> Result<(), Refusal> {
    let is_applications = matches!(settings.grant, Grant::ClientSecret(_) | Grant::Certificate { .. });
    match asking::missing_permission(token.expose_secret(), purpose).filter(|_| is_applications) {
        Some(permission) => Err(Refusal::NoPermission { permission }),
        None => Ok(()),
    }
}

async fn ask(settings: &OAuth2, subject: &Subject, now: Moment) -> Result<Held, Refusal> {
    let asked = request(settings, subject, now)?;
    let reply = post::form(&asked.url, asked.fields, settings.ca_file.clone()).await?;
    let Given { token, lives, login } = given(&reply)?;
    if let (Grant::Person { token_file, .. }, Some(login)) = (&settings.grant, login) {
        kept::replace(token_file, &login).map_err(|error| Refusal::file(token_file, error))?;
    }
    Ok(Held { token, since: now, until: now + lives })
}
