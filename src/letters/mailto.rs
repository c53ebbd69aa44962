//! The buttons of a letter to staff: `mailto:` links (RFC 6068) that open a reply with the verb already typed. Such a
//! reply has no In-Reply-To, so that the token stands in its body, below the marker line. Pure.

use super::words::Words;
use super::{MARKER, clean};
use crate::desk::draft::VERBS;

/// Mail clients on Windows cut a link at about 2,000 octets; a character takes up to twelve here.
const SUBJECT_CHARS_MAX: usize = 80;

/// One button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Button {
    pub label: &'static str,
    pub url: String,
}

/// Answer, note, close.
pub(super) fn buttons(reply_address: &str, subject: &str, token: &str, words: Words) -> Vec<Button> {
    let subject = clean::line(subject.strip_prefix("Re: ").unwrap_or(subject), SUBJECT_CHARS_MAX);
    let reference = format!("{MARKER}\r\n{}: {token}\r\n", words.pick("Kenmerk", "Reference"));
    let button = |label, verb: &str| {
        let verb = if verb.is_empty() { String::new() } else { format!("{verb}\r\n") };
        let body = format!("{verb}\r\n\r\n\r\n{reference}");
        let url = format!(
            "mailto:{}?subject={}&body={}",
            percent(reply_address, b"@"),
            percent(&format!("Re: {subject}"), b""),
            percent(&body, b"")
        );
        Button { label, url }
    };
    let verb = |dutch: &str| {
        VERBS.iter().find(|verb| verb.dutch == dutch).map_or("", |verb| words.pick(verb.dutch, verb.english))
    };
    vec![
        button(words.pick("Antwoorden", "Answer"), ""),
        button(words.pick("Notitie", "Note"), verb("#intern")),
        button(words.pick("Afgehandeld", "Close"), verb("#afgehandeld")),
    ]
}

/// A plain link that opens a mail to `address`.
pub(super) fn plain(address: &str, subject: &str) -> String {
    let subject = clean::line(subject, SUBJECT_CHARS_MAX);
    format!("mailto:{}?subject={}", percent(address, b"@"), percent(&subject, b""))
}

/// Everything but unreserved characters (RFC 3986 §2.3) and those in `kept` as `%XX`; a `+` too, because some
/// clients read it as a blank.
fn percent(text: &str, kept: &[u8]) -> String {
    let mut encoded = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || kept.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Language;

    #[test]
    fn a_button_writes_the_verb_above_the_marker_and_the_token_below() {
        let words = Words { language: Language::Dutch, zone: chrono_tz::Europe::Amsterdam };
        let all = buttons("klachten+kp.1@x.nl", "Re: [K-2026-000123] Één & ander? 100% (J)", "kp.2026-123.s", words);
        let labels: Vec<_> = all.iter().map(|button| button.label).collect();
        assert_eq!(labels, ["Antwoorden", "Notitie", "Afgehandeld"]);
        assert_eq!(
            all[2].url,
            "mailto:klachten%2Bkp.1@x.nl?subject=Re%3A%20%5BK-2026-000123%5D%20%C3%89%C3%A9n%20%26%20ander%3F%20100%25%20%28J%29\
             &body=%23afgehandeld%0D%0A%0D%0A%0D%0A%0D%0A%23%23-%20klachtpost%20-%23%23%0D%0AKenmerk%3A%20kp.2026-123.s%0D%0A"
        );
        assert!(all[0].url.contains("body=%0D%0A"), "{}", all[0].url);
    }

    #[test]
    fn a_link_stays_short_enough_for_every_client() {
        let words = Words { language: Language::English, zone: chrono_tz::UTC };
        let longest = buttons("klachten@voorbeeld.nl", &"é".repeat(300_000), &"k".repeat(48), words);
        assert!(longest.iter().all(|button| button.url.len() < 1_000));
    }
}
