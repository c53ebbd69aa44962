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
//! | `parse.rs` | bytes → headers, parts, attachments (behind the nesting guard), also of Outlook's own files |
//! | `charset.rs`, `html.rs` | bytes and HTML → readable text |
//! | `words.rs` | what mail clients write around quotes, in 20-odd languages |
//! | `newtext/` | what this person typed now, without quotes and signature |
//! | `automatic/` | did a machine send it, and which kind |
//! | `no_answer/` | is it a click or an absence told in words, and nothing else |
//! | `bounce/` | does it report a failed delivery, of whom and of what |
//! | `forwarded/` | is it a customer's mail that somebody passed on |
//! | `proof.rs` | is the sender proven, does anything imitate a sender |
//! | `language.rs` | which of our letters' languages it is written in, or not sure |

use crate::languages::Language;
use chrono::{DateTime, FixedOffset};
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
mod no_answer;
mod parse;
mod proof;
mod sent_on;
mod words;
mod work;

pub use identity::content_hash;
pub use language::of as language_of;
pub use language::reason as language_reason;
pub use newtext::{
    Apart, Extent, FILLER, MARKER, OtherForm, OurLetter, OwnWords, Place, own_words, reads_whole, same_words,
    stands_in, without_banner,
};
#[cfg(test)]
pub(crate) use parse::hostile_from;
pub(crate) use parse::turns_direction;
pub use parse::{attachments, read};
pub use proof::organisation::{WrittenAs, written_as};
pub use proof::{Witness, authserv_id, delivering_servers_id, results_hold};
pub use sent_on::{Forwarded, ForwardedHow, Resent, ToldBy};

/// Whether a subject says that a mail is passed on, in whatever language.
pub(crate) fn is_forward(subject: &str) -> bool {
    words::subject_prefix(subject).0 == words::Prefix::Forward
}

/// What a page shows: its words without markup.
pub(crate) fn shown(page: &str) -> String {
    html::to_text(page).text
}

/// The moment in the topmost Received header, for a mailbox that states no time of receipt.
pub fn topmost_received(raw: &[u8]) -> Option<chrono::DateTime<chrono::Utc>> {
    let end = raw.windows(4).position(|window| window == b"\r\n\r\n").map_or(raw.len(), |at| at + 4);
    read(&raw[..end], "").received.map(|at| at.to_utc())
}

impl Mail {
    /// All addresses it went to, as far as it says so.
    pub fn receivers(&self) -> String {
        let named = self.to.iter().chain(&self.cc).map(|party| party.address.as_str());
        named.chain(self.delivered_to.iter().map(String::as_str)).collect::<Vec<_>>().join(" ")
    }
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
    /// The author, by the one reading of From (`parse/author.rs`). Of several the first one, and a finding.
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
    /// How much of `text` (octets) stands in the mail itself; what is below comes from a mail or file that is attached. None:
    /// all of it does.
    pub own_text_ends: Option<usize>,
    /// What this person typed now: `text` without quotes and signature. When in doubt it keeps more.
    pub reply: String,
    /// The part of the new text that may safely be relayed to the other side: as `reply`, but when in
    /// doubt it keeps less (anything at or below a sign of a quoted mail is out). Never longer than `reply`.
    pub relayable: String,
    /// The form of the text that was not read (the page beside the plain text, or the plain text beside the page), where
    /// the two differ.
    pub other: Option<OtherForm>,
    /// What was cut off `text` to make `reply` (quotes, then signature).
    pub quoted: String,
    /// Why that was cut: the first line of each piece, with the sign it was told by.
    pub cuts: Vec<Cut>,
    /// That of the new text, where one of those that letters are in is clearly it.
    pub language: Option<Language>,
    pub attachments: Vec<Attachment>,
    pub automatic: Option<Automatic>,
    /// It is that, from end to end, and no answer of anybody.
    pub no_answer: Option<NoAnswer>,
    /// What the fields of list servers name: addresses of lists, and ids (RFC 2919). They say how a mail was sent on, and
    /// nothing about who wrote it.
    pub lists: Vec<String>,
    /// Whom a mailing group names as the author where it put its own address into From. Proves nothing.
    pub written_by: Option<Party>,
    pub bounce: Option<Bounce>,
    pub forwarded: Option<Forwarded>,
    pub resent: Option<Resent>,
    pub proof: SenderProof,
    /// Of a proven mail: whether anybody could have sent it once more, to others.
    pub replay: Replay,
    /// The mail server marked it as spam (X-Spam-Flag: YES and the like).
    pub marked_spam: bool,
    /// What was odd, over a limit or unreadable.
    pub findings: Vec<Finding>,
    /// The mail as it came, where not all of it was read: a person may want to look.
    pub original: Option<Original>,
}

/// The bytes of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    pub size: usize,
    /// SHA-256, hexadecimal.
    pub sha256: String,
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
    /// `[EXTERN]`, or what else a gateway writes above a mail from outside.
    Banner,
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
    pub standing: Standing,
}

/// What a part is to the text of its mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Standing {
    /// A person put it there: a file, or a picture among the words.
    #[default]
    Attached,
    /// A picture that the page shows in a signature, in a quote, or as small as a sign.
    Decoration,
    /// Another form of the mail's own text.
    Alternative,
}

/// A machine sent it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Automatic {
    pub kind: AutomaticKind,
    pub certainty: Certainty,
    /// For a person: the header or sign that says so.
    pub reason: String,
}

/// How sure it is that a machine wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// By its form, its sender or a field of its own.
    Stated,
    /// By the fields of lists and bulk mail, which a person's mail has too when a list or a customer system sends it on.
    Distributed,
    /// By a field that people's mails have too, beside the words of an absence.
    Signs,
    /// By words only: a person may have written them.
    Words,
}

/// What a mail is that holds no answer: see `no_answer/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoAnswer {
    /// A sign set under a mail of ours, with one click.
    Reaction(Mood),
    /// A mail program asks to take an earlier mail back.
    Recall,
    /// "Read: your letter", in words.
    ReadReceipt,
    /// Its writer is away, and says nothing else.
    Absence,
    /// A calendar's answer to an appointment.
    Calendar,
}

/// Of a reaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mood {
    Friendly,
    /// Thumbs down, or a sign that may mean anything.
    Other,
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
    /// A mail server's own words that are no report we can read: what it says of a letter, a person must see.
    MailSystem,
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

/// What the trusted mail server says about the sender (RFC 8601, or Exchange's own word).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SenderProof {
    /// dmarc=pass for the very domain of From, or a dkim=pass of it.
    Proven,
    /// Exchange says that somebody of the organisation wrote it, logged in: a proof of colleagues, and of nobody else.
    Inside,
    /// dmarc=fail by the trusted server.
    Failed,
    /// From can be read as more than one sender, so that whatever was found may be about somebody else.
    Unclear,
    /// Nothing said by a host we trust.
    #[default]
    None,
}

/// Whether what proves the author also shows that the mail was sent now, and to those it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Replay {
    /// The domain's own server handed it over, just now.
    Excluded,
    /// It is signed with its date and those it was written to: an older one says so.
    ShownByDate,
    /// Not shown: a genuine mail would look the same if a stranger had sent it on.
    #[default]
    Possible,
}

/// Something a person should know about a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub kind: FindingKind,
    pub detail: String,
}

impl FindingKind {
    /// Something in the mail was not read: its original goes to staff.
    pub fn leaves_out(self) -> bool {
        use FindingKind as Kind;
        matches!(
            self,
            Kind::NestedTooDeep
                | Kind::TooManyParts
                | Kind::TextTooLong
                | Kind::ReadAsFar
                | Kind::Winmail
                | Kind::Encrypted
                | Kind::TextInTwoPlaces
                | Kind::Unreadable
        )
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingKind {
    Empty,
    NoFrom,
    SeveralFrom,
    /// From is not written as RFC 5322 asks: nobody is proven by it.
    FromUnclear,
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
    /// It can be opened only with a key we have not.
    Encrypted,
    /// Two parts hold the text, and say different things.
    TextInTwoPlaces,
    Unreadable,
}
