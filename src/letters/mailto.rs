//! The buttons of a letter to staff: `mailto:` links (RFC 6068) that open a reply with the verb already typed. Such a
//! reply has no In-Reply-To, so that the token stands in its body, below the marker line. Pure.

use super::language::Words;
use super::{MARKER, clean, printing};
use crate::desk::ReplyGoes;
use crate::desk::verbs::{Value, Verb};
use minijinja::value::Value as Printed;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::sync::OnceLock;

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

    /// By what its label stands in the words of a language.
    pub fn label(self) -> &'static str {
        match self {
            Self::Answer => "plain_answer",
            Self::Advise => Verb::Advise.name(),
            Self::IsReal => "real",
            Self::Verb(verb) => verb.name(),
        }
    }

    fn verb(self, goes: ReplyGoes) -> Option<Verb> {
        match self {
            Self::Answer if goes != ReplyGoes::Customer => Some(Verb::Answer),
            Self::Answer | Self::Advise => None,
            Self::IsReal => Some(Verb::Restore),
            Self::Verb(verb) => Some(verb),
        }
    }
}

/// Whether something belongs behind the verb that nobody can know yet: it is typed there at once.
fn wants_value(verb: Verb) -> bool {
    matches!(
        verb.row().value,
        Value::Address
            | Value::Customer
            | Value::Department
            | Value::Moment
            | Value::Promise
            | Value::Cause
            | Value::Amount
    )
}

/// One button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Button {
    pub label: String,
    pub url: String,
}

/// Where the replies of one letter go, and under what subject.
#[derive(Debug, Clone)]
pub(super) struct Replies {
    pub address: String,
    /// The complaints address, for a mail of its own.
    pub desk: String,
    pub subject: String,
    pub token: String,
    pub words: Words,
    /// The words of the reader's language.
    pub vocabulary: Printed,
    /// Where a plain reply to the letter goes.
    pub goes: ReplyGoes,
    /// What stands before and behind what is typed; written when the first button is.
    pub link: OnceLock<[String; 2]>,
}

impl Replies {
    pub fn button(&self, press: Press) -> Button {
        let typed = press.verb(self.goes).map_or_else(String::new, |verb| {
            let room = if wants_value(verb) && press != Press::IsReal { " " } else { "" };
            format!("{}{room}\r\n", verb.row().name_in(self.words.language))
        });
        Button { label: self.label(press), url: self.url(&format!("{typed}\r\n\r\n\r\n")) }
    }

    /// What stands on a button; a verb that has no words of its own is called by its name.
    pub fn label(&self, press: Press) -> String {
        let label = printing::find_word(&self.vocabulary, "labels", press.label());
        label.unwrap_or_else(|| match press {
            Press::Verb(verb) => verb.row().name_in(self.words.language).to_owned(),
            _ => press.label().to_owned(),
        })
    }

    /// A mail that asks for something to be done with that mail on file.
    pub fn about(&self, verb: &str, mail: i64, label: String) -> Button {
        Button { label, url: self.url(&format!("{verb} {mail}\r\n\r\n\r\n")) }
    }

    /// A reply with this text typed already; None where mail clients would cut it.
    pub fn prefilled(&self, text: &str, label: impl Into<String>) -> Option<Button> {
        let lines: Vec<&str> = text.lines().collect();
        let url = self.url(&format!("{}\r\n\r\n", lines.join("\r\n")));
        (url.len() <= URL_OCTETS_MAX).then(|| Button { label: label.into(), url })
    }

    /// A customer's mail with this typed already. No marker: it is ours for staff. The token stands below.
    pub fn customers(&self, number: &str, typed: &str, label: String) -> Button {
        let (yours, reference) = ("your_complaint", "reference");
        let subject = format!("{} {number}", printing::said(&self.vocabulary, yours));
        let body = format!("{typed}\r\n\r\n\r\n{}: {}\r\n", printing::said(&self.vocabulary, reference), self.token);
        let url = format!("{}&body={}", plain(&self.address, &format!("Re: {subject}")), percent(&body, UNRESERVED));
        Button { label, url }
    }

    /// The link that opens the reply: `above` is the new text, the token stands below the marker.
    fn url(&self, above: &str) -> String {
        let [before, behind] = self.link.get_or_init(|| self.around_typed());
        [before, percent(above, UNRESERVED).as_str(), behind].concat()
    }

    /// The same link for all buttons of a letter, but for what is typed.
    fn around_typed(&self) -> [String; 2] {
        let subject = clean::line(self.subject.strip_prefix("Re: ").unwrap_or(&self.subject), SUBJECT_CHARS_MAX);
        let (address, subject) = (percent(&self.address, ADDRESS), percent(&format!("Re: {subject}"), UNRESERVED));
        let reference = format!("{MARKER}\r\n{}: {}\r\n", printing::said(&self.vocabulary, "reference"), self.token);
        [format!("mailto:{address}?subject={subject}&body="), percent(&reference, UNRESERVED)]
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
    let mut url = String::with_capacity(text.len() * 2);
    url.extend(utf8_percent_encode(text, encoded));
    url
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Language;
    use crate::letters::templates::Templates;

    fn replies(language: Language) -> Replies {
        let words = Words { language, zone: chrono_tz::UTC };
        Replies {
            address: "klachten@x.nl".to_owned(),
            desk: "klachten@x.nl".to_owned(),
            subject: "Kras".to_owned(),
            token: "kp.s".to_owned(),
            words,
            vocabulary: Templates::new(&[]).unwrap().vocabulary(words),
            goes: ReplyGoes::Nowhere,
            link: OnceLock::new(),
        }
    }

    #[test]
    fn a_button_writes_the_verb_above_the_marker_and_the_token_below() {
        let replies = Replies {
            address: "klachten+kp.1@x.nl".to_owned(),
            subject: "Re: [K-2026-000123] Één & ander? 100% (J)".to_owned(),
            token: "kp.2026-123.s".to_owned(),
            goes: ReplyGoes::Customer,
            ..replies(Language::Dutch)
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
    fn the_token_stands_behind_its_name_as_each_language_writes_a_colon() {
        for (language, line) in [(Language::Dutch, "Kenmerk: kp.s"), (Language::French, "Référence : kp.s")] {
            let url = replies(language).customers("K-2026-000123", "Ja", "Ja".to_owned()).url;
            let line = percent(line, UNRESERVED);
            assert!(url.contains(&line), "{line} in {url}");
        }
    }

    #[test]
    fn a_prefilled_reply_has_the_text_above_the_marker_or_is_left_out_when_it_would_be_cut() {
        let replies = replies(Language::Dutch);
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
        let (subject, token) = ("é".repeat(300_000), "k".repeat(48));
        let address = "klachten@voorbeeld.nl".to_owned();
        let replies = Replies { address, subject, token, ..replies(Language::English) };
        assert!(Press::ALL.iter().all(|(_, press)| replies.button(*press).url.len() < 1_000));
    }
}
