//! Lines of mail servers, made fit for the IMAP library. It ends a connection at the first line that its grammar does not
//! know, and servers say much that is beside our questions: words of extensions, blank lines, a space too many. Each
//! line is tried on the library's parser first; what does not pass is put into the words it knows, or left out where it is
//! untagged and so an answer to nothing. Mail text (literals) passes untouched. Touches nothing but the stream it wraps.

use super::error::shortened;
use imap_proto::{Response, Status};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Stands in a CAPABILITY line for what the library's grammar cannot say: IMAP4rev2 (RFC 9051) and no IMAP4rev1.
pub(super) const REV2_ALONE: &str = "X-IMAP4REV2-ALONE";
/// Marks the LIST line into which the personal namespace (RFC 2342) is put.
pub(super) const PERSONAL: &str = "\\X-Personal";
/// Bytes read at a time.
const READ_BYTES: usize = 16 * 1024;

/// Where in a response the stream is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// At its first line.
    First,
    /// After a literal of it.
    Later,
    /// After a literal of one that is left out.
    Skipped,
}

/// Follows the stream line by line, however it is cut into reads. Its lines are bounded by the guard before it.
#[derive(Debug)]
struct Tidier {
    line: Vec<u8>,
    /// Bytes of the present literal that are still to come.
    literal_left: usize,
    part: Part,
    /// The server took leave, with these words.
    bye: Option<String>,
}

impl Tidier {
    fn new() -> Self {
        Self { line: Vec::new(), literal_left: 0, part: Part::First, bye: None }
    }

    fn take(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) {
        while !bytes.is_empty() {
            let (now, later) = match self.literal_left {
                0 => bytes.split_at(bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1)),
                left => bytes.split_at(left.min(bytes.len())),
            };
            bytes = later;
            if self.literal_left > 0 {
                self.literal_left -= now.len();
                if self.part == Part::Skipped {
                    continue;
                }
                out.extend_from_slice(now);
                continue;
            }
            self.line.extend_from_slice(now);
            if now.ends_with(b"\n") {
                let line = std::mem::take(&mut self.line);
                self.end_of_line(&line, out);
            }
        }
    }

    /// The stream has ended: what there is of a line is handed on, for the library to say so.
    fn end(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(&after_brackets(&std::mem::take(&mut self.line)));
    }

    fn end_of_line(&mut self, line: &[u8], out: &mut Vec<u8>) {
        let announced = announced(line);
        if self.part == Part::First && announced.is_some() && is_unknown_data(line) {
            tracing::debug!("a response of the mail server says nothing that we know; it is skipped with its literals");
            self.part = Part::Skipped;
        }
        match (self.part, announced) {
            (Part::Skipped, _) => {}
            (Part::First, None) => {
                let tidy = tidied(line);
                if let Some(Ok((_, Response::Data { status: Status::Bye, outcome }))) =
                    tidy.as_deref().map(Response::parse)
                {
                    self.bye = Some(shortened(outcome.information.as_deref().unwrap_or_default()));
                }
                out.extend_from_slice(&tidy.unwrap_or_default());
            }
            _ => out.extend_from_slice(&whole_offsets(&after_brackets(line))),
        }
        self.literal_left = announced.unwrap_or_default();
        self.part = match (self.part, announced) {
            (_, None) => Part::First,
            (Part::Skipped, Some(_)) => Part::Skipped,
            (_, Some(_)) => Part::Later,
        };
    }
}

/// Whether a line begins untagged data in which the library knows no literals.
fn is_unknown_data(line: &[u8]) -> bool {
    let mut words = line.split(|byte| *byte == b' ');
    let (star, first, second) = (words.next(), words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let is_list = [b"LIST", b"LSUB"].iter().any(|known| first.eq_ignore_ascii_case(*known));
    let is_fetch = first.iter().all(u8::is_ascii_digit) && second.eq_ignore_ascii_case(b"FETCH");
    star == Some(b"*") && !is_list && !is_fetch
}

/// The length of the literal that `{123}` at the end of a line announces.
fn announced(line: &[u8]) -> Option<usize> {
    let line = line.strip_suffix(b"}\r\n")?;
    let digits = line.rsplit(|byte| *byte == b'{').next().filter(|digits| digits.len() < line.len())?;
    std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()
}

/// A line as the library takes it; `None` for one that is left out.
fn tidied(line: &[u8]) -> Option<Vec<u8>> {
    let text = line.trim_ascii_end();
    if text.is_empty() {
        return None;
    }
    let spaced = after_brackets(text);
    let plain = [spaced.as_slice(), b"\r\n"].concat();
    if is_response(&plain) {
        return Some(plain);
    }
    if let Some(known) = reworded(&spaced).filter(|known| is_response(known)) {
        return Some(known);
    }
    if text.starts_with(b"*") {
        tracing::debug!(octets = line.len(), "a line of the mail server says nothing that we know; it is skipped");
        return None;
    }
    Some(plain)
}

fn is_response(line: &[u8]) -> bool {
    matches!(Response::parse(line), Ok(([], _)))
}

/// In other words the library knows.
fn reworded(text: &[u8]) -> Option<Vec<u8>> {
    let single = single_spaces(text);
    let upper = single.to_ascii_uppercase();
    let mut words = match () {
        () if upper.starts_with(b"* CAPABILITY") => capabilities(&single, &upper),
        () if upper.starts_with(b"* NAMESPACE ") => namespace(&single)?,
        () => whole_offsets(&single),
    };
    words.extend_from_slice(b"\r\n");
    Some(words)
}

/// The library cuts one byte off the text after a response code: there must be one, or it cuts a character in two.
fn after_brackets(line: &[u8]) -> Vec<u8> {
    let mut spaced = Vec::with_capacity(line.len() + 2);
    for (at, byte) in line.iter().enumerate() {
        if !byte.is_ascii() && at.checked_sub(1).and_then(|before| line.get(before)) == Some(&b']') {
            spaced.push(b' ');
        }
        spaced.push(*byte);
    }
    spaced
}

/// One space where there are several, outside quoted strings.
fn single_spaces(text: &[u8]) -> Vec<u8> {
    let (mut single, mut quoted) = (Vec::with_capacity(text.len()), false);
    for byte in text.iter().map(|byte| if *byte == b'\t' { b' ' } else { *byte }) {
        quoted ^= byte == b'"' && single.last() != Some(&b'\\');
        if quoted || byte != b' ' || single.last() != Some(&b' ') {
            single.push(byte);
        }
    }
    single
}

/// The library wants IMAP4rev1 among them.
fn capabilities(single: &[u8], upper: &[u8]) -> Vec<u8> {
    let offers = |name: &[u8]| upper.split(|byte| *byte == b' ').any(|word| word == name);
    let mut line = single.to_vec();
    if !offers(b"IMAP4REV1") {
        line.extend_from_slice(b" IMAP4rev1");
        if offers(b"IMAP4REV2") {
            line.push(b' ');
            line.extend_from_slice(REV2_ALONE.as_bytes());
        }
    }
    line
}

/// `* NAMESPACE (("INBOX." ".")) NIL NIL` as a line of LIST with an attribute of our own: the first personal one.
fn namespace(single: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(single).ok()?;
    let personal = text.get("* NAMESPACE ".len()..)?.trim_start().strip_prefix("((\"")?;
    let (prefix, rest) = personal.split_once("\" ")?;
    let delimiter = rest.split(')').next()?.trim();
    Some(format!("* LIST ({PERSONAL}) {delimiter} \"{prefix}\"").into_bytes())
}

/// `BODY[]<0.1048576>`, which repeats the question, as `BODY[]<0>` (RFC 3501 §7.4.2).
fn whole_offsets(line: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.windows(2).position(|two| two == b"]<") {
        let (before, from) = rest.split_at(at + 2);
        plain.extend_from_slice(before);
        let digits = |bytes: &[u8]| bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let first = digits(from);
        let (offset, after) = from.split_at(first);
        plain.extend_from_slice(offset);
        rest = match after.strip_prefix(b".") {
            Some(length) => length.get(digits(length)..).unwrap_or_default(),
            None => after,
        };
    }
    plain.extend_from_slice(rest);
    plain
}

/// A stream whose incoming lines are tidied; what goes out passes untouched.
#[derive(Debug)]
pub(super) struct Tidied<S> {
    inner: S,
    tidier: Tidier,
    scratch: Box<[u8]>,
    out: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<S> Tidied<S> {
    pub(super) fn new(inner: S) -> Self {
        let scratch = vec![0; READ_BYTES].into_boxed_slice();
        Self { inner, tidier: Tidier::new(), scratch, out: Vec::new(), given: 0, ended: false }
    }

    pub(super) fn into_inner(self) -> S {
        self.inner
    }

    /// The words with which the server took leave.
    pub(super) fn bye(&self) -> Option<&str> {
        self.tidier.bye.as_deref()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Tidied<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            let waiting = this.out.get(this.given..).unwrap_or_default();
            if !waiting.is_empty() {
                let some = waiting.get(..buf.remaining().min(waiting.len())).unwrap_or_default();
                buf.put_slice(some);
                this.given += some.len();
                return Poll::Ready(Ok(()));
            }
            this.out.clear();
            this.given = 0;
            if this.ended {
                return Poll::Ready(Ok(()));
            }
            let mut read = ReadBuf::new(&mut this.scratch);
            match Pin::new(&mut this.inner).poll_read(cx, &mut read) {
                // After BYE the server hangs up (RFC 9051 §7.1.5); one that does not is not waited for.
                Poll::Pending if this.tidier.bye.is_some() => this.ended = true,
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Ready(Ok(())) if read.filled().is_empty() => {
                    this.ended = true;
                    this.tidier.end(&mut this.out);
                }
                Poll::Ready(Ok(())) => this.tidier.take(read.filled(), &mut this.out),
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Tidied<S> {
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
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What comes out of the whole stream, read in one piece.
    pub(in super::super) fn tidy(stream: &[u8]) -> Vec<u8> {
        let (mut tidier, mut out) = (Tidier::new(), Vec::new());
        tidier.take(stream, &mut out);
        tidier.end(&mut out);
        out
    }

    /// One line each: what a server says, and what the library is given.
    const LINES: [(&str, &str); 20] = [
        ("* 23 EXISTS\r\n", "* 23 EXISTS\r\n"),
        ("* 23 EXISTS \r\n", "* 23 EXISTS\r\n"),
        ("\r\n", ""),
        ("  \r\n", ""),
        ("* XYZZY nothing happens\r\n", ""),
        ("* JMAPACCESS\r\n", ""),
        ("* XYZZY (foo {3}\r\nabc) bar {5}\r\n{9}\r\n)\r\n* 2 EXISTS\r\n", "* 2 EXISTS\r\n"),
        ("* 7 XYZZY ~{4}\r\n\r\n\r\n\r\n", ""),
        ("* LIST () \".\" {3}\r\nabc\r\n", "* LIST () \".\" {3}\r\nabc\r\n"),
        ("* ESEARCH (TAG \"A1\") UID ALL 4,7\r\n", ""),
        ("* 1 FETCH nonsense\r\n", ""),
        ("* NAMESPACE NIL NIL NIL\r\n", ""),
        ("* NAMESPACE ((\"INBOX.\" \".\")) NIL NIL\r\n", "* LIST (\\X-Personal) \".\" \"INBOX.\"\r\n"),
        ("* NAMESPACE ((\"\" \"/\")(\"#mh/\" \"/\")) NIL NIL\r\n", "* LIST (\\X-Personal) \"/\" \"\"\r\n"),
        ("* CAPABILITY  IMAP4rev1   IDLE \r\n", "* CAPABILITY IMAP4rev1 IDLE\r\n"),
        ("* CAPABILITY IMAP4rev2 IDLE\r\n", "* CAPABILITY IMAP4rev2 IDLE IMAP4rev1 X-IMAP4REV2-ALONE\r\n"),
        ("* OK [ALERT]é\r\n", "* OK [ALERT] é\r\n"),
        ("+\r\n", "+\r\n"),
        ("HTTP/1.1 400 Bad Request\r\n", "HTTP/1.1 400 Bad Request\r\n"),
        (
            "* 1 FETCH (UID 4 BODY[]<0.1048576> {13}\r\n* XYZZY <9.9>)\r\n* 2 EXISTS\r\n",
            "* 1 FETCH (UID 4 BODY[]<0> {13}\r\n* XYZZY <9.9>)\r\n* 2 EXISTS\r\n",
        ),
    ];

    #[test]
    fn what_the_library_does_not_know_is_reworded_or_left_out() {
        for (said, given) in LINES {
            assert_eq!(String::from_utf8(tidy(said.as_bytes())).unwrap(), given, "{said}");
        }
    }

    #[tokio::test]
    async fn nothing_is_waited_for_after_a_bye() {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let (near, mut far) = tokio::io::duplex(1_000);
        far.write_all(b"* BYE no such mailbox\r\n").await.unwrap();
        let mut stream = Tidied::new(near);
        let mut all = String::new();
        let read = tokio::time::timeout(std::time::Duration::from_secs(20), stream.read_to_string(&mut all));
        read.await.expect("the far side is open, and nothing more comes").unwrap();
        assert_eq!((all.as_str(), stream.bye()), ("* BYE no such mailbox\r\n", Some("no such mailbox")));
    }

    proptest! {
        #[test]
        fn reads_may_be_cut_anywhere(pieces in proptest::collection::vec(1usize..30, 1..200)) {
            let stream: String = LINES.iter().map(|(said, _)| *said).collect();
            let (mut tidier, mut out, mut rest) = (Tidier::new(), Vec::new(), stream.as_bytes());
            for piece in pieces.into_iter().chain([stream.len()]) {
                let (now, later) = rest.split_at(piece.min(rest.len()));
                tidier.take(now, &mut out);
                rest = later;
            }
            prop_assert_eq!(out, tidy(stream.as_bytes()));
        }
    }
}
