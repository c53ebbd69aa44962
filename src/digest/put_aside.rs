//! A mail that was put aside, for the person who looks at it. Plain values.

use crate::case::Moment;
use serde::Serialize;

/// What is told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PutAside {
    /// Its row in the register: `#toon` and `#klacht` name it.
    pub mail: i64,
    /// The sender as the mail names it; empty where it could not be read, or is not shown.
    pub from: String,
    pub subject: String,
    pub received_at: Moment,
    pub why: WhyAside,
    /// First lines of the text, if any could be read.
    pub excerpt: String,
    pub tells: Tells,
}

/// How much its reader is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tells {
    All,
    /// That it is there: it is filed on a complaint that is confidential.
    ThatItIsThere,
}

/// Why a mail was put aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "said", rename_all = "snake_case")]
pub enum WhyAside {
    /// The mail server says so, in a header or by the folder it put it in.
    Spam,
    /// A letter of ours came back.
    OurOwn,
    /// Its sender is the complaints address, but it is no letter of ours.
    InOurName,
    /// It names a colleague as its sender, and the mail server does not confirm that.
    Unproven,
    /// It is a colleague's mail to a customer, and perhaps an older one that somebody sent on.
    Resent,
    /// A colleague's mailbox sent it by machine.
    MachineOfStaff,
    /// A list or newsletter sent it on.
    Bulk,
    /// A click in a mail program that belongs to no letter of ours.
    Click,
    /// A mail server's own words, about no letter that is known.
    MailSystem,
    /// A mail server's report about an address, that names no letter of ours.
    NoLetterNamed,
    /// An authority wrote, about no case that is known.
    Authority,
    /// Neither a sender nor any text was found.
    Nothing,
    /// Reading it failed; and what it ended with, where that says more.
    Unread(Option<String>),
}
