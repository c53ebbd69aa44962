//! The buttons of a letter to staff: `mailto:` links (RFC 6068) that open a reply with the verb already typed. Such a
//! reply has no In-Reply-To, so that the token stands in its body, below the marker line. Pure.

use super::words::Words;
use super::{MARKER, clean};
use crate::desk::ReplyGoes;
use crate::desk::verbs::{Value, Verb};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Mail clients on Windows cut a link at about 2,000 octets; a character takes up to twelve here.
const SUBJECT_CHARS_MAX: usize = 80;

/// A longer link would be cut; then the reader copies the text instead.
const URL_OCTETS_MAX: usize = 1_900;

/// What a button in a letter does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Press {
    /// A reply to the customer: plain where that is where it goes, else with the verb.
    Answer,
    /// A plain reply to a question of a colleague: it goes to the handler.
    Advise,
    /// A reply that begins with this verb.
    Verb(Verb),
    /// A disowned complaint is real: its acknowledgement goes out.
    IsReal,
}

impl Press {
    /// All that templates can show, by the name they have there.
    pub const ALL: [(&'static str, Self); 13] = [
        ("answer", Self::Answer),
        ("advise", Self::Advise),
        ("note", Self::Verb(Verb::Note)),
        ("close", Self::Verb(Verb::Close)),
        ("phoned", Self::Verb(Verb::Phoned)),
        ("interim", Self::Verb(Verb::Interim)),
        ("sent", Self::Verb(Verb::Sent)),
        ("take_over", Self::Verb(Verb::TakeOver)),
        ("reply_to_customer", Self::Verb(Verb::Answer)),
        ("reopen", Self::Verb(Verb::Reopen)),
        ("restore", Self::Verb(Verb::Restore)),
        ("real", Self::IsReal),
        ("dismiss", Self::Verb(Verb::Dismiss)),
    ];

    pub fn label(self, words: Words) -> &'static str {
        match self {
            Self::Answer => words.pick("Antwoorden", "Answer"),
            Self::Advise => words.pick("Advies geven", "Give advice"),
            Self::Verb(Verb::Note) => words.pick("Notitie", "Note"),
            Self::Verb(Verb::Close) => words.pick("Afgehandeld", "Close"),
            Self::Verb(Verb::Phoned) => words.pick("Klant gesproken", "Spoke to customer"),
            Self::Verb(Verb::Outcome(outcome)) => words.outcome(outcome),
            Self::Verb(Verb::Interim) => words.pick("Tussenbericht", "Interim letter"),
            Self::Verb(Verb::Sent) => words.pick("Verstuurd", "Sent"),
            Self::Verb(Verb::TakeOver) => words.pick("Overnemen", "Take over"),
            Self::Verb(Verb::Assign) => words.pick("Toewijzen", "Assign"),
            Self::Verb(Verb::Advise) => words.pick("Advies geven", "Give advice"),
            Self::Verb(Verb::Answer) => words.pick("Antwoord aan klant", "Answer customer"),
            Self::Verb(Verb::Reopen) => words.pick("Heropenen", "Reopen"),
            Self::Verb(Verb::Restore) => words.pick("Toch een klacht", "Complaint after all"),
            Self::Verb(Verb::Dismiss) => words.pick("Geen klacht", "No complaint"),
            Self::IsReal => words.pick("Dit is een klacht", "This is a complaint"),
            Self::Verb(verb) => words.pick(verb.row().dutch, verb.row().english),
        }
    }

    fn wants_value(self) -> bool {
        matches!(self, Self::Verb(verb) if matches!(verb.row().value, Value::Address | Value::Customer | Value::Department | Value::Moment | Value::Promise | Value::Cause | Value::Amount))
    }

    fn typed(self, words: Words, goes: ReplyGoes) -> &'static str {
        match self {
            Self::Answer if goes != ReplyGoes::Customer => Self::Verb(Verb::Answer).typed(words, goes),
            Self::Answer | Self::Advise => "",
            Self::IsReal => words.pick(Verb::Restore.row().dutch, Verb::Restore.row().english),
            Self::Verb(verb) => words.pick(verb.row().dutch, verb.row().english),
        }
    }
}

/// What a button does with a mail that was put aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    Complaint,
    Show,
}

/// One button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Button {
    pub label: String,
    pub url: String,
}

/// Where the replies of one letter go, and under what subject.
#[derive(Debug, Clone, Copy)]
pub(super) struct Replies<'a> {
    pub address: &'a str,
    pub subject: &'a str,
    pub token: &'a str,
    pub words: Words,
    /// Where a plain reply to the letter goes.
    pub goes: ReplyGoes,
}

impl Replies<'_> {
    pub fn button(self, press: Press) -> Button {
        let verb = press.typed(self.words, self.goes);
        // What belongs behind the verb is typed there at once.
        let room = if press.wants_value() { " " } else { "" };
        let verb = if verb.is_empty() { String::new() } else { format!("{verb}{room}\r\n") };
        Button { label: press.label(self.words).to_owned(), url: self.url(&format!("{verb}\r\n\r\n\r\n")) }
    }

    /// A mail that asks for something to be done with that mail on file.
    pub fn about(self, about: About, mail: i64) -> Button {
        let (verb, label) = match about {
            About::Complaint => (Verb::Restore, self.words.pick("Dit is een klacht", "This is a complaint")),
            About::Show => (Verb::Show, self.words.pick("Tonen", "Show")),
        };
        let verb = self.words.pick(verb.row().dutch, verb.row().english);
        Button { label: label.to_owned(), url: self.url(&format!("{verb} {mail}\r\n\r\n\r\n")) }
    }

    /// A reply with this text typed already; None where mail clients would cut it.
    pub fn prefilled(self, text: &str, label: impl Into<String>) -> Option<Button> {
        let lines: Vec<&str> = text.lines().collect();
        let url = self.url(&format!("{}\r\n\r\n", lines.join("\r\n")));
        (url.len() <= URL_OCTETS_MAX).then(|| Button { label: label.into(), url })
    }

    /// The link that opens the reply: `above` is the new text, the token stands below the marker.
    fn url(self, above: &str) -> String {
        let subject = clean::line(self.subject.strip_prefix("Re: ").unwrap_or(self.subject), SUBJECT_CHARS_MAX);
        let reference = format!("{MARKER}\r\n{}: {}\r\n", self.words.pick("Kenmerk", "Reference"), self.token);
        format!(
            "mailto:{}?subject={}&body={}",
            percent(self.address, ADDRESS),
            percent(&format!("Re: {subject}"), UNRESERVED),
            percent(&format!("{above}{reference}"), UNRESERVED)
        )
    }
}

/// A plain link that opens a mail to `address`.
pub(super) fn plain(address: &str, subject: &str) -> String {
    let subject = clean::line(subject, SUBJECT_CHARS_MAX);
    format!("mailto:{}?subject={}", percent(address, ADDRESS), percent(&subject, UNRESERVED))
}

/// A link that opens a new mail to `address` with this text; None where mail clients would cut it.
pub(super) fn new_mail(address: &str, text: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let subject = lines.first().copied().unwrap_or_default();
    let url = format!("{}&body={}", plain(address, subject), percent(&lines.join("\r\n"), UNRESERVED));
    (url.len() <= URL_OCTETS_MAX).then_some(url)
}

/// A link that opens a new mail to `address` with this on its first line; the subject says the same.
pub(super) fn typed(address: &str, line: &str) -> String {
    format!("{}&body={}", plain(address, line), percent(line, UNRESERVED))
}

/// What stands as it is (RFC 3986 §2.3); a `+` does not, because some clients read it as a blank.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// And in an address its sign.
const ADDRESS: &AsciiSet = &UNRESERVED.remove(b'@');

fn percent(text: &str, encoded: &'static AsciiSet) -> String {
    utf8_percent_encode(text, encoded).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Language;

    #[test]
    fn a_button_writes_the_verb_above_the_marker_and_the_token_below() {
        let replies = Replies {
            address: "klachten+kp.1@x.nl",
            subject: "Re: [K-2026-000123] Één & ander? 100% (J)",
            token: "kp.2026-123.s",
            words: Words { language: Language::Dutch, zone: chrono_tz::Europe::Amsterdam },
            goes: ReplyGoes::Customer,
        };
        let close = replies.button(Press::Verb(Verb::Close));
        assert_eq!(close.label, "Afgehandeld");
        assert_eq!(
            close.url,
            "mailto:klachten%2Bkp.1@x.nl?subject=Re%3A%20%5BK-2026-000123%5D%20%C3%89%C3%A9n%20%26%20ander%3F%20100%25%20%28J%29\
             &body=%23afgehandeld%0D%0A%0D%0A%0D%0A%0D%0A%23%23-%20klachtpost%20-%23%23%0D%0AKenmerk%3A%20kp.2026-123.s%0D%0A"
        );
        for press in [Press::Answer, Press::Advise] {
            let url = replies.button(press).url;
            assert!(url.contains("body=%0D%0A") && !url.contains("%23antwoord"), "{url}");
        }
    }

    #[test]
    fn a_prefilled_reply_has_the_text_above_the_marker_or_is_left_out_when_it_would_be_cut() {
        let words = Words { language: Language::Dutch, zone: chrono_tz::UTC };
        let replies =
            Replies { address: "klachten@x.nl", subject: "Kras", token: "kp.s", words, goes: ReplyGoes::Nowhere };
        let url =
            replies.prefilled("#telefoon\nKlant: Zoë & Co", "Versturen").map(|button| button.url).unwrap_or_default();
        assert!(
            url.contains("body=%23telefoon%0D%0AKlant%3A%20Zo%C3%AB%20%26%20Co%0D%0A%0D%0A%23%23-%20klachtpost"),
            "{url}"
        );
        assert_eq!(replies.prefilled(&"é".repeat(400), "Versturen"), None);
    }

    #[test]
    fn a_link_stays_short_enough_for_every_client() {
        let words = Words { language: Language::English, zone: chrono_tz::UTC };
        let (subject, token) = ("é".repeat(300_000), "k".repeat(48));
        let replies = Replies {
            address: "klachten@voorbeeld.nl",
            subject: &subject,
            token: &token,
            words,
            goes: ReplyGoes::Nowhere,
        };
        assert!(Press::ALL.iter().all(|(_, press)| replies.button(*press).url.len() < 1_000));
    }
}
