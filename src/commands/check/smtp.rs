//! The part of `klachtpost check` that is about sending: whether the server would take a letter of the desk.

use crate::access::{Access, AccessError};
use crate::case::AddressError;
use crate::clock::Clock;
use crate::config::{Config, Sender};
use crate::daemon::house;
use crate::outbox::{Asked, SendError, Transport};

/// As long as a token is, and none: what a server says of it, it says of every letter's.
const LIKE_A_TOKEN: &str = "kp.2026-99999.c.aaaaaaaaaaaa.aaa.aaaaaaaaaaaaaaaa";

#[derive(Debug, thiserror::Error)]
pub(in crate::commands) enum SenderProblem {
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error(transparent)]
    Send(#[from] SendError),
    #[error(transparent)]
    Address(#[from] AddressError),
}

/// Asks the server all but to send; nothing is sent.
pub(in crate::commands) async fn sender(
    config: &Config,
    access: &Access,
    settings: &Sender,
) -> Result<String, SenderProblem> {
    let house = house(config)?;
    let (desk, with_token) = (house.desk_address.to_string(), house.reply_address(LIKE_A_TOKEN).to_string());
    let with_token = Some(with_token.as_str()).filter(|address| *address != desk);
    let settings = access.sender(settings.clone(), Clock::System.now()).await?;
    Ok(Transport::check(&settings, &Asked { desk: &desk, with_token }).await?)
}
