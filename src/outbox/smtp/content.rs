//! What goes over the line for one letter: its addresses and its bytes, fit for SMTP. Pure.

use crate::outbox::address::{self, AddressError};
use crate::outbox::transport::Envelope;
use lettre::Address;
use memchr::memchr2_iter;
use std::borrow::Cow;

/// One letter, looked at once before the server is asked anything.
pub(super) struct Parcel<'a> {
    /// None is the null sender.
    pub from: Option<Address>,
    pub to: Address,
    /// With CRLF line ends, dots not yet doubled.
    pub content: Cow<'a, [u8]>,
}

impl<'a> Parcel<'a> {
    pub fn new(envelope: Envelope<'_>, bytes: &'a [u8]) -> Result<Self, AddressError> {
        let from = match envelope.from {
            "" => None,
            from => Some(address::for_smtp(from)?),
        };
        Ok(Self { from, to: address::for_smtp(envelope.to)?, content: normalise_line_ends(bytes) })
    }

    /// Whether the server must know SMTPUTF8 (RFC 6531): a name before the @ beyond ASCII.
    pub fn needs_smtputf8(&self) -> bool {
        self.from.iter().chain([&self.to]).any(|address| !AsRef::<str>::as_ref(address).is_ascii())
    }

    /// Whether the server must know 8BITMIME (RFC 6152).
    pub fn needs_8bitmime(&self) -> bool {
        !self.content.is_ascii()
    }

    /// The content without its last line end: lettre puts one before the ending dot, and a letter arrives as it was.
    pub fn content_before_dot(&self) -> &[u8] {
        self.content.strip_suffix(b"\r\n").unwrap_or(&self.content)
    }
}

/// Every line end as CRLF, bare CR and bare LF included (RFC 5321 §2.3.8).
///
/// A server that takes a bare LF for a line end sees the letter's end in `\n.\r\n`, and what follows as commands
/// (SMTP smuggling): so none leaves the house.
pub fn normalise_line_ends(bytes: &[u8]) -> Cow<'_, [u8]> {
    let bare = memchr2_iter(b'\r', b'\n', bytes).filter(|&at| is_bare(bytes, at)).count();
    if bare == 0 {
        return Cow::Borrowed(bytes);
    }
    let mut normal = Vec::with_capacity(bytes.len() + bare);
    for (at, &byte) in bytes.iter().enumerate() {
        if is_bare(bytes, at) { normal.extend_from_slice(b"\r\n") } else { normal.push(byte) }
    }
    Cow::Owned(normal)
}

/// Whether at this place stands a CR without LF after it, or an LF without CR before it.
fn is_bare(bytes: &[u8], at: usize) -> bool {
    match bytes.get(at) {
        Some(b'\r') => bytes.get(at + 1) != Some(&b'\n'),
        Some(b'\n') => at.checked_sub(1).and_then(|before| bytes.get(before)) != Some(&b'\r'),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bare_line_ends_become_crlf() {
        for (bytes, expected) in [
            (&b"a\r\nb\r\n"[..], &b"a\r\nb\r\n"[..]),
            (b"a\nb", b"a\r\nb"),
            (b"a\rb", b"a\r\nb"),
            (b"\n.\r\nMAIL", b"\r\n.\r\nMAIL"),
            (b"a\r\r\nb\n\n", b"a\r\n\r\nb\r\n\r\n"),
            (b"\n\r", b"\r\n\r\n"),
            (b"", b""),
        ] {
            assert_eq!(normalise_line_ends(bytes).as_ref(), expected, "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn a_sound_letter_is_not_copied() {
        assert!(matches!(normalise_line_ends(b"a\r\n\r\nb\r\n"), Cow::Borrowed(_)));
    }

    #[test]
    fn the_domain_is_written_in_ascii_and_the_name_asks_smtputf8() {
        let parcel = |to| Parcel::new(Envelope { from: "", to }, b"x").unwrap();
        assert!(!parcel("jan@müller.example").needs_smtputf8());
        assert!(parcel("josé@klant.example").needs_smtputf8());
    }

    proptest! {
        #[test]
        fn only_line_ends_change(bytes in proptest::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), Just(b'.'), Just(b'a'), Just(0xe9)], 0..60)) {
            let normal = normalise_line_ends(&bytes);
            prop_assert!((0..normal.len()).all(|at| !is_bare(&normal, at)));
            let text = |b: &[u8]| b.iter().copied().filter(|b| !b"\r\n".contains(b)).collect::<Vec<_>>();
            prop_assert_eq!(text(&normal), text(&bytes));
            prop_assert!(matches!(normalise_line_ends(&normal), Cow::Borrowed(_)));
        }
    }
}
