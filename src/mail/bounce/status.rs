//! Status codes in free text: enhanced ones (RFC 3463, `5.1.1`) and SMTP reply codes (RFC 5321, `550`). Pure, one
//! pass over the text each.
//!
//! A report may state several codes for one recipient: the field says `5.0.0` and the remote server's words say
//! `5.7.1`. [`Status::best`] takes the one that says most.

use std::fmt;

/// Reply codes that servers give when they refuse a mail or put it off. A closed list, because every other number of
/// three digits in a notice is a size, a port or an hour.
const REFUSALS: [u16; 30] = [
    421, 422, 431, 432, 450, 451, 452, 454, 455, 458, 459, 471, 500, 501, 502, 503, 504, 510, 511, 512, 521, 523, 525,
    530, 534, 535, 550, 551, 552, 553,
];
/// Those of the range 554 to 599 that are in use.
const REFUSALS_HIGH: [u16; 5] = [554, 555, 556, 557, 571];

/// An enhanced status code of class 2, 4 or 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Status {
    class: u16,
    subject: u16,
    detail: u16,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

/// Whether the server gave up for good, or the same letter may be tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Delivered,
    Temporary,
    Permanent,
}

impl Class {
    fn of_digit(digit: u16) -> Self {
        match digit {
            2 => Self::Delivered,
            4 => Self::Temporary,
            _ => Self::Permanent,
        }
    }
}

impl Status {
    pub fn class(self) -> Class {
        Class::of_digit(self.class)
    }

    /// How much a code says: 3 a cause; 2 only a kind of cause (`5.1.0`); 1 only that time ran out (`4.4.7`), which
    /// hides why every attempt failed; 0 only that it failed (`5.0.0`).
    pub fn precision(self) -> u8 {
        match (self.subject, self.detail) {
            (0, 0) => 0,
            (4, 7) => 1,
            (0, _) | (_, 0) => 2,
            _ => 3,
        }
    }

    /// The code that says most; of equals the first.
    pub fn best(codes: impl Iterator<Item = Self>) -> Option<Self> {
        codes.fold(None, |best, code| match best {
            Some(best) if best.precision() >= code.precision() => Some(best),
            _ => Some(code),
        })
    }
}

/// Every enhanced status code of a text. Parts of IP addresses, of versions and of host names are none.
pub(super) fn codes(text: &str) -> impl Iterator<Item = Status> + '_ {
    let bytes = text.as_bytes();
    (0..bytes.len()).filter_map(move |at| code_at(bytes, at))
}

fn code_at(bytes: &[u8], at: usize) -> Option<Status> {
    let class = match bytes.get(at)? {
        digit @ (b'2' | b'4' | b'5') => u16::from(digit - b'0'),
        _ => return None,
    };
    if at.checked_sub(1).and_then(|i| bytes.get(i)).is_some_and(|&b| b.is_ascii_alphanumeric() || b".-/_@".contains(&b))
        && !follows_reply_code(bytes, at)
    {
        return None;
    }
    let (subject, next) = number(bytes, after_dot(bytes, at + 1)?)?;
    let (detail, end) = number(bytes, after_dot(bytes, next)?)?;
    // RFC 3463 §3 knows the subjects 0 to 7.
    if subject > 7 {
        return None;
    }
    let ends = match bytes.get(end) {
        Some(b'.') => !bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric),
        Some(b) => !b.is_ascii_alphanumeric() && *b != b'/' && *b != b'@',
        None => true,
    };
    ends.then_some(Status { class, subject, detail })
}

/// `550-5.7.26`: the line of a reply that goes on.
fn follows_reply_code(bytes: &[u8], at: usize) -> bool {
    at >= 4 && bytes.get(at - 1) == Some(&b'-') && reply_at(bytes, at - 4).is_some()
}

fn after_dot(bytes: &[u8], at: usize) -> Option<usize> {
    (bytes.get(at) == Some(&b'.')).then_some(at + 1)
}

/// A number of one to three digits, and where it ends.
fn number(bytes: &[u8], at: usize) -> Option<(u16, usize)> {
    let digits = bytes.iter().skip(at).take(4).take_while(|b| b.is_ascii_digit()).count();
    if !(1..=3).contains(&digits) {
        return None;
    }
    let value = bytes.iter().skip(at).take(digits).fold(0, |sum, b| sum * 10 + u16::from(b - b'0'));
    Some((value, at + digits))
}

/// What the SMTP replies of a text say: permanent if one of them is, else temporary; `None` without a reply code.
pub(super) fn replies(text: &str) -> Option<Class> {
    let bytes = text.as_bytes();
    let mut classes = (0..bytes.len()).filter_map(|at| reply_at(bytes, at)).map(|code| Class::of_digit(code / 100));
    let first = classes.next()?;
    Some(if first == Class::Permanent || classes.any(|c| c == Class::Permanent) { Class::Permanent } else { first })
}

fn reply_at(bytes: &[u8], at: usize) -> Option<u16> {
    if at
        .checked_sub(1)
        .and_then(|i| bytes.get(i))
        .is_some_and(|&b| b.is_ascii_alphanumeric() || b".-/_@$".contains(&b))
    {
        return None;
    }
    let (code, end) = number(bytes, at)?;
    if end != at + 3 || bytes.get(end).is_some_and(|b| !b" \t-:;,<'\")]\r\n".contains(b)) {
        return None;
    }
    (REFUSALS.contains(&code) || REFUSALS_HIGH.contains(&code)).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        codes(text).map(|c| c.to_string()).collect()
    }

    #[test]
    fn enhanced_codes_are_found_where_servers_write_them() {
        assert_eq!(found("550 5.1.1 <a@b.nl> unknown"), ["5.1.1"]);
        assert_eq!(found("550-5.7.26 no\n550 5.7.26 really"), ["5.7.26", "5.7.26"]);
        assert_eq!(found("sorry (#4.4.3)I gave up [#4.1.9]. 550 #5.1.0 x"), ["4.4.3", "4.1.9", "5.1.0"]);
        assert_eq!(found("ERROR_CODE :5.2.2 <x>"), ["5.2.2"]);
        assert_eq!(found("Ended with 5.1.1."), ["5.1.1"]);
    }

    #[test]
    fn addresses_and_versions_are_no_codes() {
        for text in ["192.5.1.1", "5.1.1.4", "Exim 4.80.1x", "8.14.3/8.14.3", "v4.1.1", "4.14.3", "5.65/1.37", "a5.1.1"]
        {
            assert_eq!(found(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn the_code_that_says_most_wins() {
        let best = |text| Status::best(codes(text)).map(|c| c.to_string());
        assert_eq!(best("5.0.0 550 5.7.1 no").as_deref(), Some("5.7.1"));
        assert_eq!(best("554 4.4.7 expired <421 4.4.2 timed out>").as_deref(), Some("4.4.2"));
        assert_eq!(best("5.1.1 then 5.2.2").as_deref(), Some("5.1.1"));
    }

    #[test]
    fn a_permanent_reply_outweighs_a_temporary_one() {
        assert_eq!(replies("421 deferred\n550 no such user"), Some(Class::Permanent));
        assert_eq!(replies("450 later"), Some(Class::Temporary));
        assert_eq!(replies("size 550kB, port 5501, EUR 12.550, 299 days"), None);
    }
}
