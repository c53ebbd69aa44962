//! The reading room: raw bytes in, what the mail says out.
//!
//! Pure and total: `read` never fails, never hangs and never aborts the
//! process, whatever the bytes are. What could not be read is a [`Finding`]
//! beside as much as was read. It knows nothing of cases, staff or settings
//! (the one trusted `authserv-id` comes in as an argument), and touches no
//! network, clock, file or database.
//!
//! | file | answers |
//! |---|---|
//! | `limits.rs`, `work.rs` | how much of a mail is looked at, each limit with its reason |
//! | `parse.rs` | bytes → headers, parts, attachments (behind the nesting guard) |
//! | `charset.rs`, `html.rs` | bytes and HTML → readable text |
//! | `words.rs` | what mail clients write around quotes, in 20-odd languages |
//! | `newtext/` | what this person typed now, without quotes and signature |
//! | `automatic/` | did a machine send it, and which kind |
//! | `bounce/` | does it report a failed delivery, of whom and of what |
//! | `forwarded/` | is it a customer's mail that somebody passed on |
//! | `proof.rs` | is the sender proven, does anything imitate a sender |
//! | `language.rs` | Dutch, English, or not sure |

use chrono::{DateTime, FixedOffset, NaiveDateTime};
use serde::Serialize;

mod automatic;
mod bounce;
mod charset;
mod forwarded;
mod html;
mod identity;
mod language;
mod limits;
mod newtext;
mod parse;
mod proof;
mod words;
mod work;

pub use identity::content_hash;
pub use language::of as language_of;
pub use language::reason as language_reason;
pub use newtext::{Apart, Extent, MARKER, OurLetter, OwnWords, Place, own_words, reads_whole, without_banner};
pub use parse::read;
pub(crate) use parse::turns_direction;

/// The moment in the topmost Received header, for a mailbox that states no time of receipt.
pub fn topmost_received(raw: &[u8]) -> Option<chrono::DateTime<chrono::Utc>> {
    let end = raw.windows(4).position(|window| window == b"\r\n\r\n").map_or(raw.len(), |at| at + 4);
    read(&raw[..end], "").received.map(|at| at.to_utc())
}

/// Somebody in an address header, as written there: nothing is proven by it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Party {
    /// The display name, decoded and freed of control characters; may be empty.
    pub name: String,
    /// The bare address as written (`local@domain`); may be empty or invalid.
    pub address: String,
}

/// What one mail says. Every field is what was found, with no judgement on it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mail {
    /// Decoded subject, on one line; empty when there is none.
    pub subject: String,
    /// The author. With several From headers the first one, and a finding.
    pub from: Option<Party>,
    pub reply_to: Vec<Party>,
    pub to: Vec<Party>,
    pub cc: Vec<Party>,
    /// Addresses the servers delivered it to (Delivered-To, X-Original-To,
    /// Envelope-To, X-Envelope-To): a plus-address shows up here.
    pub delivered_to: Vec<String>,
    /// Envelope sender (Return-Path); `Some("")` is the null sender.
    pub return_path: Option<String>,
    /// The Date header when it is a valid moment. Never used for deadlines.
    pub date: Option<DateTime<FixedOffset>>,
    /// The moment in the topmost Received header (our own server's).
    pub received: Option<DateTime<FixedOffset>>,
    /// Without angle brackets, as are all ids here.
    pub message_id: Option<String>,
    /// Ids of In-Reply-To, in order.
    pub in_reply_to: Vec<String>,
    /// Ids of References, oldest first.
    pub references: Vec<String>,
    /// Values of our own loop mark header `X-Loop`.
    pub loop_marks: Vec<String>,
    /// The whole readable text (of HTML-only mail too).
    pub text: String,
    /// What this person typed now: `text` without quotes and signature. When in doubt it keeps more.
    pub reply: String,
    /// The part of the new text that may safely be relayed to the other side: as `reply`, but when in
    /// doubt it keeps less (anything at or below a sign of a quoted mail is out). Never longer than `reply`.
    pub relayable: String,
    /// What was cut off `text` to make `reply` (quotes, then signature).
    pub quoted: String,
    /// Why that was cut: the first line of each piece, with the sign it was told by.
    pub cuts: Vec<Cut>,
    pub language: Language,
    pub attachments: Vec<Attachment>,
    pub automatic: Option<Automatic>,
    pub bounce: Option<Bounce>,
    pub forwarded: Option<Forwarded>,
    pub proof: SenderProof,
    /// The mail server marked it as spam (X-Spam-Flag: YES and the like).
    pub marked_spam: bool,
    /// What was odd, over a limit or unreadable.
    pub findings: Vec<Finding>,
}

/// A place where something was cut off the new text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cut {
    pub sign: CutSign,
    /// The line at which it begins, shortened.
    pub line: String,
}

/// What a quote or a signature was told by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CutSign {
    /// "Op ma 23 nov. 2026 om 10:12 schreef …:".
    Attribution,
    /// "-----Oorspronkelijk bericht-----".
    Separator,
    /// "Van: / Verzonden: / Aan:", or the head that Notes writes.
    HeaderBlock,
    /// The line of our letters, or of another desk's, above which one is asked to type.
    Marker,
    /// What the client that made the HTML says about itself.
    ClientMark,
    /// `>` in front of each line.
    QuoteMarks,
    /// `-- `, or a line like it.
    SignatureDelimiter,
    /// "Verstuurd vanaf mijn iPhone".
    AppLine,
    Disclaimer,
    /// "[EXTERN]", or what else a gateway writes above a mail from outside.
    Banner,
}

/// The language of the new text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    #[serde(rename = "nl")]
    Dutch,
    #[serde(rename = "en")]
    English,
    #[default]
    Unsure,
}

/// A part that is no readable text of the mail itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Safe file name: no path, no control characters, never empty.
    pub name: String,
    /// Media type in lower case, `type/subtype`.
    pub media_type: String,
    /// Decoded content.
    pub content: Vec<u8>,
    /// Shown inside the text (Content-ID and inline), e.g. a logo in a signature.
    pub inline: bool,
}

/// A machine sent it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Automatic {
    pub kind: AutomaticKind,
    /// For a person: the header or sign that says so.
    pub reason: String,
}

/// Which kind of machine: the desk treats a web form as a person's complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AutomaticKind {
    OutOfOffice,
    /// A read or delivery receipt (RFC 8098), or a delivery report (RFC 3464).
    Receipt,
    /// A feedback report (RFC 5965), DMARC report or the like.
    Report,
    List,
    /// Answer of a machine that is no absence notice (ticket system, auto-reply).
    AutoReply,
    /// Made by a machine, but possibly on behalf of a person (a web form, a system mail).
    Generated,
}

/// A mail server's report on a letter that did not arrive, or not yet: see [`BounceAction`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Bounce {
    /// For a person: the form in which it was told.
    pub reason: &'static str,
    /// Only `Failed` is a failure.
    pub action: BounceAction,
    /// `Some(true)` gave up for good; `Some(false)` may be tried again by a person; `None` not stated.
    pub permanent: Option<bool>,
    /// Failed recipients, in order, without duplicates.
    pub recipients: Vec<String>,
    /// Enhanced status codes (RFC 3463) as stated, e.g. `5.1.1`.
    pub status: Vec<String>,
    /// Message-ID of the returned letter.
    pub original_message_id: Option<String>,
}

/// What the server did (RFC 3464 §2.3.3). Reports of success are no [`Bounce`] at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum BounceAction {
    /// It will not be delivered.
    #[default]
    Failed,
    /// It is still being tried: no failure, nothing to undo.
    Delayed,
}

/// Somebody passed on a mail of somebody else.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Forwarded {
    /// Original sender; the address may be empty when the client gave only a name.
    pub from: Party,
    pub subject: String,
    /// The original mail's text.
    pub body: String,
    /// What the forwarder wrote above it.
    pub above: String,
    /// When the original was received: attached → its topmost Received; inline → the date stated.
    #[serde(skip)]
    pub received: Option<DateTime<FixedOffset>>,
    /// The date stated inline without an offset: a moment only in the zone of the desk, which this room doesn't know.
    #[serde(skip)]
    pub stated_local: Option<NaiveDateTime>,
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

/// What the trusted mail server found about the sender (RFC 8601).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SenderProof {
    /// dmarc=pass, or a dkim=pass whose domain is aligned with From.
    Proven,
    /// dmarc=fail by the trusted server.
    Failed,
    /// Nothing said by a host we trust.
    #[default]
    None,
}

/// Something a person should know about a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub kind: FindingKind,
    pub detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingKind {
    Empty,
    NoFrom,
    SeveralFrom,
    ReplyToElsewhere,
    /// The display name holds an e-mail address that is not the sender's.
    NameImitatesAddress,
    NestedTooDeep,
    TooManyParts,
    TooManyHeaders,
    HeaderTooLong,
    TextTooLong,
    /// Only the beginning of a very large mail was given to read.
    OnlyTheBeginning,
    /// Taking the text apart would have cost too much: what is below was kept as it is.
    ReadAsFar,
    CharsetGuessed,
    Winmail,
    Unreadable,
}
