//! How much of a mail is looked at. Every limit has a name and a reason; over a limit the room reads as much
//! as fits and says so with a [`super::Finding`]. Pure constants, no code.

/// Steps of MIME splitting for one mail: (multipart mentions) × (bytes). mail-parser searches the rest of the mail for the
/// boundary of each multipart, so a mail that declares thousands without one would cost their product. A mail of
/// 64 MiB may still hold 32 multiparts, one of 1 MiB two thousand.
pub(crate) const SPLIT_STEPS_MAX: usize = 2 << 30;

/// Leaves (texts and attachments) taken over. Real mail has tens; a digest of a big list has hundreds.
pub(crate) const LEAVES_MAX: usize = 1_000;

/// Top-level header fields kept. Long relays with ARC and antispam headers reach two hundred.
pub(crate) const HEADERS_MAX: usize = 2_000;

/// Header fields kept of one part: real parts have under ten.
pub(crate) const PART_HEADERS_MAX: usize = 100;

/// Bytes of one top-level header field, folds included. The longest real ones are To lists of about 1 000 people.
pub(crate) const HEADER_BYTES_MAX: usize = 64 * 1024;

/// Bytes of one Content-Type or Content-Disposition field: mail-parser merges the pieces of a continued parameter in
/// quadratic time, so these are kept shorter. A file name of 255 characters takes 3 KiB when escaped.
pub(crate) const CONTENT_HEADER_BYTES_MAX: usize = 8 * 1024;

/// Characters of a subject. RFC 5322 allows 998 on one line; nobody reads more.
pub(crate) const SUBJECT_CHARS_MAX: usize = 1_000;

/// Characters of a display name or a file name; file systems stop at 255 bytes.
pub(crate) const NAME_CHARS_MAX: usize = 120;

/// Addresses kept of one address header: enough for every real To list, small enough to store.
pub(crate) const ADDRESSES_MAX: usize = 1_000;

/// Message-IDs kept of References and In-Reply-To; the newest count, so the oldest go.
pub(crate) const IDS_MAX: usize = 200;

/// Bytes of readable text. A complaint of a megabyte is some 300 pages.
pub(crate) const TEXT_BYTES_MAX: usize = 1024 * 1024;

/// Looks at lines while the new text is told from quotes and signature. A mail of a thousand lines takes some ten thousand,
/// the most costly text of `TEXT_BYTES_MAX` that was found takes a quarter of this.
pub(crate) const WORK_STEPS_MAX: usize = 20_000_000;

/// Bytes of HTML that are converted: styles and tracking links make HTML some ten times its text.
pub(crate) const HTML_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Open HTML elements that are remembered. Reply chains nest a few hundred deep; deeper ones keep their text but lose
/// their layout.
pub(crate) const HTML_DEPTH_MAX: usize = 4_096;

/// Quote marks shown in front of a line of converted HTML. More levels tell a reader nothing, and a chain of thousands
/// of nested quotes would otherwise grow with the square of its depth.
pub(crate) const QUOTE_MARKS_MAX: usize = 10;

/// Events of a calendar part that are put into words: an invitation has one, a series with exceptions a few.
pub(crate) const CALENDAR_EVENTS_MAX: usize = 5;

/// Mails read out of other parts of a mail: attached, or wrapped by Outlook. A person attaches one or two.
pub(crate) const ELSEWHERE_MAX: usize = 3;

/// Opaque signatures opened one inside the other: a mail server may sign what a person signed.
pub(crate) const SIGNATURES_MAX: usize = 2;
