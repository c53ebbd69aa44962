//! The stream lettre talks over: a TCP socket of ours with TCP_NODELAY, bare or under TLS.
//! Touches the network. What the server says is put in order before lettre reads it, because lettre is strict where
//! mail servers are not, and after the ending dot a reply that cannot be read means a letter sent twice.

use lettre::transport::smtp::client::AsyncTokioStream;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Longest line of a reply that is kept; RFC 5321 §4.5.3.1.5 allows 512, lettre gives up over 1000.
const MAX_LINE_BYTES: usize = 900;
/// Read from the socket at a time: replies are short.
const READ_BYTES: usize = 1024;

/// A socket, bare or under TLS.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Sync + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Stream for T {}

/// A [`Stream`] whose replies are tidied.
pub(super) struct Wire {
    stream: Box<dyn Stream>,
    peer: SocketAddr,
    replies: Replies,
    /// Whoever wants to hear what the server says besides lettre, which keeps little of the answer to EHLO.
    listener: Weak<Overheard>,
}

/// What was said while somebody listened: dropped, it is kept no longer.
#[derive(Debug, Default)]
pub(super) struct Overheard(Mutex<Vec<u8>>);

impl Overheard {
    /// All so far. Printable ASCII and line ends only, so that nothing is lost here.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl Wire {
    pub fn new(stream: impl Stream + 'static, peer: SocketAddr) -> Self {
        Self { stream: Box::new(stream), peer, replies: Replies::default(), listener: Weak::new() }
    }

    /// From here on, until what is returned is dropped.
    pub fn overhear(&mut self) -> Arc<Overheard> {
        let overheard = Arc::default();
        self.listener = Arc::downgrade(&overheard);
        overheard
    }

    /// After STARTTLS no greeting comes any more (RFC 3207 §4.2), but lettre waits for one: it is given this.
    pub fn already_greeted(stream: impl Stream + 'static, peer: SocketAddr) -> Self {
        let mut wire = Self::new(stream, peer);
        wire.replies.take_in(b"220 secured\r\n");
        wire
    }
}

/// Says with whom, never what went over it.
impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Wire({})", self.peer)
    }
}

impl AsyncTokioStream for Wire {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = out.filled().len();
        // Ends when a line is whole or the server has said all it will for now; the caller's deadline bounds both.
        while !self.replies.give_out(out) {
            let mut bytes = [0; READ_BYTES];
            let mut raw = ReadBuf::new(&mut bytes);
            ready!(Pin::new(&mut self.stream).poll_read(cx, &mut raw))?;
            if raw.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            self.replies.take_in(raw.filled());
        }
        if let Some(overheard) = self.listener.upgrade() {
            let given = out.filled().get(before..).unwrap_or_default();
            overheard.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(given);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Reply lines on their way from the socket to lettre. What is put right:
/// - bytes beyond printable ASCII become `?`: lettre takes a reply that is not UTF-8 for a broken connection;
/// - a bare LF ends a line too, and `250` alone is a line (RFC 5321 §4.2): lettre would wait, or give up;
/// - white space at the end goes: lettre panics on a line of an EHLO reply that is nothing but blanks;
/// - the rest of an overlong line goes: it is still a reply.
#[derive(Default)]
pub(super) struct Replies {
    /// The line that is not whole yet.
    line: Vec<u8>,
    /// Whole lines, of which `given` bytes are out already.
    ready: Vec<u8>,
    given: usize,
}

impl Replies {
    pub fn take_in(&mut self, raw: &[u8]) {
        for &byte in raw {
            match byte {
                b'\n' => self.end_line(),
                _ if self.line.len() < MAX_LINE_BYTES => self.line.push(byte),
                _ => {}
            }
        }
    }

    /// Whether the line that just ended is the last of its reply: no hyphen after the code (RFC 5321 §4.2.1).
    pub fn is_last_line(&self) -> bool {
        let last = self.ready.strip_suffix(b"\r\n").and_then(|lines| lines.rsplit(|&byte| byte == b'\n').next());
        last.and_then(|line| line.get(3)) != Some(&b'-')
    }

    /// All that came, tidied.
    pub fn into_text(self) -> String {
        // Printable ASCII only, so that nothing is lost here.
        String::from_utf8_lossy(&self.ready).into_owned()
    }

    fn end_line(&mut self) {
        let text = self.line.trim_ascii_end();
        self.ready.extend(text.iter().map(|&byte| if matches!(byte, b' '..=b'~') { byte } else { b'?' }));
        if text.len() == 3 {
            self.ready.push(b' ');
        }
        self.ready.extend_from_slice(b"\r\n");
        self.line.clear();
    }

    /// Moves what fits into `out`; false when there was nothing to move.
    fn give_out(&mut self, out: &mut ReadBuf<'_>) -> bool {
        let waiting = self.ready.get(self.given..).unwrap_or_default();
        if waiting.is_empty() {
            return false;
        }
        let fitting = waiting.get(..out.remaining()).unwrap_or(waiting);
        out.put_slice(fitting);
        self.given += fitting.len();
        if self.given == self.ready.len() {
            self.ready.clear();
            self.given = 0;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tidied(pieces: &[&[u8]], room: usize) -> Vec<u8> {
        let mut replies = Replies::default();
        let mut all = Vec::new();
        for piece in pieces {
            replies.take_in(piece);
            loop {
                let mut bytes = vec![0; room];
                let mut out = ReadBuf::new(&mut bytes);
                if !replies.give_out(&mut out) {
                    break;
                }
                all.extend_from_slice(out.filled());
            }
        }
        all
    }

    #[test]
    fn replies_are_put_in_order() {
        let long = [b"250 ".as_slice(), &[b'x'; 5_000], b"\r\n"].concat();
        let long_kept = [b"250 ".as_slice(), &[b'x'; MAX_LINE_BYTES - 4], b"\r\n"].concat();
        for (raw, expected) in [
            (b"250 2.0.0 Ok\r\n".as_slice(), b"250 2.0.0 Ok\r\n".as_slice()),
            (b"250 2.0.0 Ok\n", b"250 2.0.0 Ok\r\n"),
            (b"250\r\n", b"250 \r\n"),
            (b"250-a\r\n250-   \r\n250 \t\r\n", b"250-a\r\n250-\r\n250 \r\n"),
            (b"250 caf\xe9 \xc3\xa9\0\r\n", b"250 caf? ???\r\n"),
            (b"250 a\rb\r\n", b"250 a?b\r\n"),
            (b"250 half", b""),
            (&long, &long_kept),
        ] {
            assert_eq!(tidied(&[raw], 4_096), expected, "{}", String::from_utf8_lossy(raw));
        }
    }

    proptest! {
        #[test]
        fn pieces_and_room_make_no_difference(raw: Vec<u8>, cut in 0usize..64, room in 1usize..64) {
            let (a, b) = raw.split_at(cut.min(raw.len()));
            prop_assert_eq!(tidied(&[a, b], room), tidied(&[&raw], 4_096));
        }
    }
}
