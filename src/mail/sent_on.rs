//! What a mail says of another one that somebody passed on or sent on with it. Plain values.

use super::{Party, SenderProof};
use chrono::{DateTime, FixedOffset, NaiveDateTime};
use serde::Serialize;

/// Somebody passed on a mail of somebody else.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Forwarded {
    /// Original sender; the address may be empty when the client gave only a name.
    pub from: Party,
    pub subject: String,
    /// The original mail's text.
    pub body: String,
    /// What is new in it: `body` without what that quotes and signs.
    #[serde(skip)]
    pub said: String,
    /// What was cut off for that.
    #[serde(skip)]
    pub quoted: String,
    /// Of the original; only an attached one shows it. Without angle brackets.
    #[serde(skip)]
    pub message_id: Option<String>,
    /// Ids of the mails which the original answers, the nearest first.
    #[serde(skip)]
    pub answers: Vec<String>,
    /// What the forwarder wrote above it.
    pub above: String,
    /// When the original was received: attached → its topmost Received; inline → the date stated.
    #[serde(skip)]
    pub received: Option<DateTime<FixedOffset>>,
    /// The date stated inline without an offset: a moment only in the zone of the desk, which this room doesn't know.
    #[serde(skip)]
    pub stated_local: Option<NaiveDateTime>,
    /// What `received` or `stated_local` was told by.
    pub told_by: ToldBy,
    /// The date as stated in the forward's header block.
    pub date: String,
    pub how: ForwardedHow,
    /// Sure enough that the desk may act on `from` without asking.
    pub certain: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ForwardedHow {
    /// As `message/rfc822`.
    Attached,
    /// As text with a header block.
    #[default]
    Inline,
    /// Sent on by a mailing group that put its own address into From (X-Original-Sender). Never gives authority.
    Rewritten,
}

/// What a moment of receipt was told by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ToldBy {
    /// A mail server, in its Received field.
    Server,
    /// The mail itself, in its Date or in a line of a client's.
    #[default]
    Date,
}

/// Somebody sent a mail of somebody else on as it was (RFC 5322 §3.6.6): mutt's bounce, Thunderbird's "Redirect". Anybody
/// can write such fields, so they give no authority.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Resent {
    /// Who says to have done so last.
    pub from: Party,
    /// When the mail had reached that person's mailbox: the topmost Received below these fields.
    pub received: Option<DateTime<FixedOffset>>,
    /// What the trusted server found about that person.
    pub proof: SenderProof,
}
