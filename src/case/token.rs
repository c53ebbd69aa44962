//! The reply token: what ties a reply to a case and a party, and cannot be guessed (invariant 6).
//! It is the local part of the Message-ID of each letter, and stands in a line of its text:
//! `kp.2026-123.c.<letter>.<key>.<mac>`. The MAC (HMAC-SHA-256, 80 bits) is over all that stands before it;
//! `<key>` names the secret, so that secrets can be changed. Pure; all lower case, because some servers fold
//! local parts, and short enough for a plus-address (64 octets, RFC 5321 §4.5.3.1.1).

use super::{CaseNumber, Moment};
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// 16 characters of 5 bits: 80 bits cannot be guessed over mail.
const MAC_CHARS: usize = 16;
/// 12 characters of 5 bits: 60 random bits name a letter.
const LETTER_CHARS: usize = 12;
/// Enough to tell a few secrets apart.
const KEY_CHARS: usize = 3;
const PREFIX: &str = "kp.";
const STAMP: &str = "kw.";
/// Texts that look like a stamp, of which one is sought: a test mail has one.
const STAMPS_MAX: usize = 4;
/// No token is longer (48 octets with the largest numbers); text that only looks like one is not read further, so that
/// searching stays linear.
const TOKEN_MAX: usize = 64;

/// Names one letter: random, so that nobody can count our letters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LetterId(String);

impl LetterId {
    /// From eight fresh random bytes.
    pub fn from_random(bytes: [u8; 8]) -> Self {
        Self(base32(&bytes, LETTER_CHARS))
    }

    /// As the register keeps it.
    pub fn from_stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LetterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who may use a token: the side of the case its letter went to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Side {
    Customer,
    Staff,
}

/// A token whose MAC was right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// None for letters that belong to no case (a digest).
    pub case: Option<CaseNumber>,
    pub side: Side,
    pub letter: LetterId,
}

/// The secrets tokens are made and checked with; the first makes, all check. `Debug` shows no secret; serialised it is handed
/// to a process of its own in which a mail is tried, through a pipe.
#[derive(Clone, Serialize, Deserialize)]
pub struct Keys(Vec<Vec<u8>>);

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keys({} kept secret)", self.0.len())
    }
}

impl Keys {
    /// The present secret and those before it.
    pub fn new(present: &[u8], previous: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Self(std::iter::once(present.to_vec()).chain(previous).collect())
    }

    /// The token's text: the local part of the letter's Message-ID.
    pub fn write(&self, token: &Token) -> String {
        let Some(key) = self.0.first() else { return String::new() };
        let side = match token.side {
            Side::Customer => 'c',
            Side::Staff => 's',
        };
        let case = token.case.map_or_else(|| "0".to_owned(), |n| format!("{}-{}", n.year, n.serial));
        let signed = format!("{PREFIX}{case}.{side}.{}.{}", token.letter, key_name(key));
        format!("{signed}.{}", mac(key, &signed))
    }

    /// The token, if one of our secrets made this text. Case and a surrounding `<…@domain>` do not matter.
    pub fn read(&self, text: &str) -> Option<Token> {
        let text = text.trim().trim_start_matches('<').to_ascii_lowercase();
        let local = text.split('@').next()?;
        let (signed, stated_mac) = local.rsplit_once('.')?;
        let (rest, stated_key) = signed.rsplit_once('.')?;
        let key = self.0.iter().find(|key| key_name(key) == stated_key && same(&mac(key, signed), stated_mac));
        key?;
        let mut fields = rest.strip_prefix(PREFIX)?.split('.');
        let (case, side, letter) = (fields.next()?, fields.next()?, fields.next()?);
        let case = match case {
            "0" => None,
            number => Some(format!("K-{number}").parse().ok()?),
        };
        let side = match side {
            "c" => Side::Customer,
            "s" => Side::Staff,
            _ => return None,
        };
        Some(Token { case, side, letter: LetterId::from_stored(letter) })
    }

    /// What a test mail of the watch is known by, that is sent at this moment: `kw.<milliseconds>.<key>.<mac>`.
    pub fn stamp(&self, at: Moment) -> String {
        let Some(key) = self.0.first() else { return String::new() };
        let signed = format!("{STAMP}{}.{}", at.timestamp_millis(), key_name(key));
        format!("{signed}.{}", mac(key, &signed))
    }

    /// When the test mail was sent whose stamp stands in this text, if one of our secrets made it.
    pub fn stamped_at(&self, text: &str) -> Option<Moment> {
        let lower = text.to_ascii_lowercase();
        let words = lower.match_indices(STAMP).filter_map(|(start, _)| lower.get(start..)?.split_whitespace().next());
        words.take(STAMPS_MAX).find_map(|word| {
            let (signed, stated_mac) = word.rsplit_once('.')?;
            let (rest, stated_key) = signed.rsplit_once('.')?;
            self.0.iter().find(|key| key_name(key) == stated_key && same(&mac(key, signed), stated_mac))?;
            Moment::from_timestamp_millis(rest.strip_prefix(STAMP)?.parse().ok()?)
        })
    }

    /// The first text in `text` that is a right token: for the line in a quoted letter.
    pub fn find(&self, text: &str) -> Option<Token> {
        self.find_all(text).next()
    }

    /// Every right token in `text`, in order: for the check at the door.
    pub fn find_all<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Token> + 'a {
        text.match_indices(PREFIX).filter_map(|(start, _)| self.read(token_at(&text[start..])?))
    }
}

impl Token {
    /// Whether one may stand in `text`, right or wrong.
    pub fn may_be_in(text: &str) -> bool {
        text.contains(PREFIX)
    }
}

/// What is as long as a token, and has its dots where one has them; whatever is glued behind it is left out.
fn token_at(text: &str) -> Option<&str> {
    let mut dots = text.bytes().take(TOKEN_MAX).enumerate().filter(|(_, byte)| *byte == b'.').map(|(at, _)| at);
    let [_, _, side, letter, key] = [dots.next()?, dots.next()?, dots.next()?, dots.next()?, dots.next()?];
    let has_its_lengths = letter - side == LETTER_CHARS + 1 && key - letter == KEY_CHARS + 1;
    text.get(..=key + MAC_CHARS).filter(|_| has_its_lengths)
}

fn key_name(key: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(b"klachtpost key name");
    hash.update(key);
    base32(&hash.finalize(), KEY_CHARS)
}

fn mac(key: &[u8], signed: &str) -> String {
    // HMAC takes a key of any length, so this cannot fail; an empty MAC would match nothing.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return String::new() };
    mac.update(signed.as_bytes());
    base32(&mac.finalize().into_bytes(), MAC_CHARS)
}

/// Equal, in time that does not depend on where they differ.
fn same(ours: &str, stated: &str) -> bool {
    ours.len() == MAC_CHARS
        && ours.len() == stated.len()
        && ours.bytes().zip(stated.bytes()).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

fn base32(bytes: &[u8], chars: usize) -> String {
    let bit = |n: usize| bytes.get(n / 8).map_or(0, |byte| (byte >> (7 - n % 8)) & 1);
    (0..chars).map(|c| ALPHABET[(0..5).fold(0, |value, n| value << 1 | usize::from(bit(c * 5 + n)))] as char).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn keys() -> Keys {
        Keys::new(b"een geheim van de proef", [])
    }

    fn token() -> Token {
        Token {
            case: Some(CaseNumber { year: 2026, serial: 123 }),
            side: Side::Staff,
            letter: LetterId::from_random([1, 2, 3, 4, 5, 6, 7, 8]),
        }
    }

    #[test]
    fn a_token_is_read_back_from_a_message_id_and_from_a_quoted_line() {
        let text = keys().write(&token());
        assert!(text.len() <= 48, "{} octets leave no room in a plus-address", text.len());
        assert_eq!(keys().read(&format!("<{}@x.nl>", text.to_uppercase())), Some(token()));
        assert_eq!(keys().find(&format!("> Kenmerk: {text}.\n> groet")), Some(token()));
    }

    #[test]
    fn a_token_is_found_whatever_is_glued_to_it() {
        let text = keys().write(&token());
        for glued in
            [format!("{text}x"), format!("{text}.nl"), format!("kp.{text}-9"), text.repeat(3), format!("{text}é")]
        {
            assert_eq!(keys().find(&glued), Some(token()), "{glued}");
        }
        assert_eq!(keys().find_all(&text.repeat(3)).count(), 3);
        assert_eq!(keys().find(&text[..text.len() - 1]), None);
    }

    #[test]
    fn an_older_secret_still_reads_and_a_strange_one_does_not() {
        let text = keys().write(&token());
        assert!(Keys::new(b"nieuw", [b"een geheim van de proef".to_vec()]).read(&text).is_some());
        assert_eq!(Keys::new(b"nieuw", []).read(&text), None);
    }

    #[test]
    fn a_stamp_is_read_back_from_a_subject_and_is_no_token() {
        let at = Moment::from_timestamp_millis(1_772_445_600_123).unwrap();
        let stamp = keys().stamp(at);
        assert_eq!(keys().stamped_at(&format!("[EXTERN] klachtpost test {}", stamp.to_uppercase())), Some(at));
        assert_eq!(Keys::new(b"nieuw", [b"een geheim van de proef".to_vec()]).stamped_at(&stamp), Some(at));
        assert_eq!(Keys::new(b"nieuw", []).stamped_at(&stamp), None);
        assert_eq!((keys().read(&stamp), keys().stamped_at(&keys().write(&token()))), (None, None));
        let other = stamp.replace("123.", "124.");
        assert_eq!(keys().stamped_at(&other), None, "the moment is signed");
    }

    #[test]
    fn the_secret_is_not_in_debug() {
        assert!(!format!("{:?}", keys()).contains("geheim"));
    }

    #[test]
    fn a_text_full_of_what_looks_like_tokens_is_searched_in_no_time() {
        let text = "kp.".repeat(350_000);
        let begun = std::time::Instant::now();
        assert_eq!(keys().find(&text), None);
        assert!(begun.elapsed() < std::time::Duration::from_secs(5), "{:?}", begun.elapsed());
    }

    proptest! {
        #[test]
        fn a_token_altered_anywhere_is_none(place in 0usize..48, with in "[a-z0-9.]") {
            let text = keys().write(&token());
            prop_assume!(place < text.len() && &text[place..=place] != with.as_str());
            let altered = format!("{}{with}{}", &text[..place], &text[place + 1..]);
            prop_assert_eq!(keys().read(&altered), None);
        }

        #[test]
        fn any_text_is_searched_without_harm(text in "(kp\\.|[a-z0-9.@<é-]){0,40}") {
            prop_assert_eq!(keys().find(&text), None);
        }
    }
}
