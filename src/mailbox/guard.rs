//! A bound on what a mail server can make us hold or do. The IMAP library below reads a response whole, allocates a
//! declared literal at once (up to 512 MiB), recurses on nested parentheses and slices text by bytes; so every byte
//! passes this scanner first, which cuts the connection before any of that can hurt. It parses nothing else.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Most bytes of one response. We ask for at most 1 MiB at a time; a server that misjudges a mail's size
/// (Exchange does) gets some room.
pub(super) const MAX_RESPONSE_BYTES: u64 = 8 * 1024 * 1024;
/// Longest line outside a literal; the longest honest ones are lists of flags or capabilities.
const MAX_LINE_BYTES: u64 = 64 * 1024;
/// Deepest nesting of parentheses; what we ask for nests three deep.
const MAX_DEPTH: u32 = 50;

/// The words of responses whose end is text for people: what looks like a literal there is read so by some only.
const STATUSES: [&[u8]; 5] = [b"OK", b"NO", b"BAD", b"BYE", b"PREAUTH"];
/// As many bytes as tell such a word from all others.
const OPENING_BYTES: usize = b"* PREAUTH ".len();

/// What the server did that we do not take part in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Violation {
    #[error("a response of over 8 MiB")]
    ResponseTooLong,
    #[error("a line of over 64 KiB")]
    LineTooLong,
    #[error("parentheses nested over 50 deep")]
    TooDeep,
    #[error("a literal where none belongs")]
    LiteralMisplaced,
}

/// How far the end of a line looks like `{123}` CR LF, which announces a literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Announcement {
    None,
    Number(u64),
    Closed(u64),
    CarriageReturn(u64),
}

/// Follows the stream byte by byte, however it is cut into reads.
#[derive(Debug)]
struct Scanner {
    announcement: Announcement,
    /// Bytes of the present literal that are still to come.
    literal_left: u64,
    /// Bytes of the present response, announced ones included.
    response_bytes: u64,
    line_bytes: u64,
    depth: u32,
    /// The first bytes of the response, which tell its kind.
    opening: [u8; OPENING_BYTES],
}

impl Scanner {
    fn new() -> Self {
        Self {
            announcement: Announcement::None,
            literal_left: 0,
            response_bytes: 0,
            line_bytes: 0,
            depth: 0,
            opening: [0; OPENING_BYTES],
        }
    }

    fn take(&mut self, mut bytes: &[u8]) -> Result<(), Violation> {
        while let Some((&byte, rest)) = bytes.split_first() {
            if self.literal_left > 0 {
                let skipped = self.literal_left.min(bytes.len() as u64);
                self.literal_left -= skipped;
                bytes = bytes.get(skipped as usize..).unwrap_or_default();
                continue;
            }
            self.take_byte(byte)?;
            bytes = rest;
        }
        Ok(())
    }

    fn take_byte(&mut self, byte: u8) -> Result<(), Violation> {
        if let Some(slot) = self.opening.get_mut(self.response_bytes as usize) {
            *slot = byte;
        }
        self.response_bytes += 1;
        self.line_bytes += 1;
        if self.response_bytes > MAX_RESPONSE_BYTES {
            return Err(Violation::ResponseTooLong);
        }
        if self.line_bytes > MAX_LINE_BYTES {
            return Err(Violation::LineTooLong);
        }
        match byte {
            b'(' => self.depth += 1,
            b')' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        if self.depth > MAX_DEPTH {
            return Err(Violation::TooDeep);
        }
        self.follow_announcement(byte)
    }

    fn follow_announcement(&mut self, byte: u8) -> Result<(), Violation> {
        use Announcement::*;
        self.announcement = match (self.announcement, byte) {
            (_, b'{') => Number(0),
            (Number(n), b'0'..=b'9') => Number(n.saturating_mul(10).saturating_add(u64::from(byte - b'0'))),
            (Number(n), b'}') => Closed(n),
            (Closed(n), b'\r') => CarriageReturn(n),
            (CarriageReturn(n), b'\n') => {
                self.begin_literal(n)?;
                None
            }
            (_, b'\n') => {
                *self = Self::new();
                None
            }
            _ => None,
        };
        Ok(())
    }

    /// Literals belong in untagged data: in `* 12 FETCH …`, `* LIST …`, and what extensions say. At the end of a status the
    /// parser below may or may not see one.
    fn begin_literal(&mut self, length: u64) -> Result<(), Violation> {
        if !self.is_data() {
            return Err(Violation::LiteralMisplaced);
        }
        self.response_bytes = self.response_bytes.saturating_add(length);
        if self.response_bytes > MAX_RESPONSE_BYTES {
            return Err(Violation::ResponseTooLong);
        }
        self.literal_left = length;
        self.line_bytes = 0;
        Ok(())
    }

    fn is_data(&self) -> bool {
        let word = self.opening.strip_prefix(b"* ").and_then(|rest| rest.split(|b| !b.is_ascii_alphanumeric()).next());
        word.is_some_and(|word| !STATUSES.iter().any(|status| word.eq_ignore_ascii_case(status)))
    }
}

/// A stream whose incoming side is bounded; what goes out passes untouched.
#[derive(Debug)]
pub(super) struct Guarded<S> {
    inner: S,
    scanner: Scanner,
}

impl<S> Guarded<S> {
    pub(super) fn new(inner: S) -> Self {
        Self { inner, scanner: Scanner::new() }
    }

    pub(super) fn into_inner(self) -> S {
        self.inner
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Guarded<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, buf))?;
        let fresh = buf.filled().get(before..).unwrap_or_default();
        Poll::Ready(self.scanner.take(fresh).map_err(|violation| io::Error::new(io::ErrorKind::InvalidData, violation)))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scan(stream: &[u8]) -> Result<(), Violation> {
        Scanner::new().take(stream)
    }

    #[test]
    fn an_honest_session_passes() {
        let stream = b"* OK [CAPABILITY IMAP4rev1] ready\r\n* LIST (\\HasNoChildren) \".\" {3}\r\nabc\r\n\
            * 1 FETCH (UID 9 FLAGS (\\Seen) BODY[]<0> {12}\r\n((({9999999})) UID 3)\r\nA0001 OK [READ-WRITE] done {5} x\r\n";
        assert_eq!(scan(stream), Ok(()));
    }

    #[test]
    fn a_literal_is_refused_before_it_comes() {
        assert_eq!(scan(b"* 1 FETCH (BODY[] {200000000}\r\n"), Err(Violation::ResponseTooLong));
        assert_eq!(scan(b"* 1 FETCH (BODY[] {99999999999999999999999}\r\n"), Err(Violation::ResponseTooLong));
        assert_eq!(scan(b"* XYZZY (foo {200000000}\r\n"), Err(Violation::ResponseTooLong));
        for status in ["* NO [BADCHARSET ({5}\r\n", "* preauth {5}\r\n", "* OK {5}\r\n", "A1 OK {5}\r\n", "+ {5}\r\n"] {
            assert_eq!(scan(status.as_bytes()), Err(Violation::LiteralMisplaced), "{status}");
        }
        assert_eq!(scan(b"* XYZZY (foo {3}\r\nabc) bar\r\n* NOTHING {1}\r\n)\r\n"), Ok(()));
    }

    #[test]
    fn many_small_literals_of_one_response_add_up() {
        let mut stream = b"* 1 FETCH (".to_vec();
        for _ in 0..9 {
            stream.extend_from_slice(b"BODY[] {1000000}\r\n");
            stream.resize(stream.len() + 1_000_000, b'x');
        }
        assert_eq!(scan(&stream), Err(Violation::ResponseTooLong));
    }

    #[test]
    fn endless_lines_and_depths_are_refused() {
        assert_eq!(scan(&[b'x'; 70_000]), Err(Violation::LineTooLong));
        assert_eq!(scan(&[b'('; 100]), Err(Violation::TooDeep));
    }

    /// One of each kind of response we can meet.
    const TRANSCRIPT: &[u8] = b"* OK [CAPABILITY IMAP4rev1 IDLE] Dovecot ready.\r\n\
        * FLAGS (\\Answered \\Seen $KlachtpostDone)\r\n\
        * OK [PERMANENTFLAGS (\\Answered \\*)] Flags permitted.\r\n\
        * 23 EXISTS\r\n* 0 RECENT\r\n\
        * OK [UIDVALIDITY 1700000000] UIDs valid\r\n* OK [UIDNEXT 4392] Predicted next UID\r\n\
        * LIST (\\NoSelect \\HasChildren) \".\" \"INBOX.Verwerkt\"\r\n\
        * 12 FETCH (UID 4 RFC822.SIZE 44 INTERNALDATE \"17-Jul-2026 02:44:25 +0200\" FLAGS (\\Seen) BODY[]<0> {5}\r\nhello)\r\n\
        * OK [COPYUID 1700000001 4,6:9 1:5] Moved UIDs.\r\n* 3 EXPUNGE\r\n+ idling\r\n\
        * OK [ALERT]\xc3\xa9\r\n* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n* CAPABILITY IMAP4rev2\r\n\
        A0001 OK [READ-WRITE] Select completed.\r\nA0002 NO [TRYCREATE] No such folder\r\n* BYE bye\r\n";

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        /// What the scanner lets through and is tidied never makes the parser behind it panic.
        #[test]
        fn no_garbled_stream_panics_the_parser(
            changes in proptest::collection::vec((0..TRANSCRIPT.len(), any::<u8>()), 0..8),
            cut in 0..TRANSCRIPT.len(),
        ) {
            let mut stream = TRANSCRIPT.to_vec();
            for (at, byte) in changes {
                stream[at] = byte;
            }
            let stream = &stream[cut..];
            if scan(stream).is_ok() {
                let stream = crate::mailbox::tidy::tests::tidy(stream);
                let mut rest = stream.as_slice();
                while let Ok((left, _)) = imap_proto::Response::parse(rest) {
                    rest = left;
                }
            }
        }

        #[test]
        fn reads_may_be_cut_anywhere(pieces in proptest::collection::vec(1usize..40, 1..200)) {
            let mut scanner = Scanner::new();
            let mut rest = TRANSCRIPT;
            for piece in pieces {
                let (now, later) = rest.split_at(piece.min(rest.len()));
                prop_assert_eq!(scanner.take(now), Ok(()));
                rest = later;
            }
        }
    }
}
