//! What may stand under a colleague's words without being said in them: a signature, an app's line, a disclaimer. Asked where
//! a cut is doubted (invariant 7): what could be a sentence is none of them. Pure.

use super::blocks::is_rule;
use super::lines::{self, Line};
use super::phrases::{ADDED_OPENS, CLOSINGS, DISCLAIMER, DISCLAIMER_OPENS, FOOTERS, LEGAL_FORMS};
use super::signature::{disclaimer_from, is_sent_from};
use crate::mail::words::{self, Field};

/// The longest company signatures with their disclaimers have some twenty lines.
const LINES_MAX: usize = 25;
/// Words of a line that may be a name, a role or a slogan without being a sentence.
const SENTENCE_WORDS_MIN: usize = 4;
const LONG_WORDS_MIN: usize = 12;
/// Figures of a telephone number.
const PHONE_FIGURES_MIN: usize = 8;

/// Words of a company's name with its form, or of its number.
const COMPANY_WORDS_MAX: usize = 6;
/// Figures of a company's number in a register.
const NUMBER_FIGURES_MIN: usize = 5;

/// How sure it is that a signature begins here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begins {
    /// `-- ` (RFC 3676 §4.3), or where the client says so: a slogan in it is a slogan.
    Marked,
    /// `--` without its blank.
    Drawn,
    /// Nothing says so but what stands there.
    Unsaid,
}

/// Whether these lines are a signature, or what a server puts under a mail. `sender` is whoever wrote, by name and address.
pub(super) fn is_footer(lines: &[&Line<'_>], begins: Begins, sender: &[&str]) -> bool {
    let paragraphs: Vec<&[&Line<'_>]> =
        lines.split(|line| line.is_blank()).filter(|paragraph| !paragraph.is_empty()).collect();
    let said = |p: &[&Line<'_>]| if is_added(p) { 0 } else { disclaimer_from(p).unwrap_or(p.len()) };
    let own: Vec<&Line<'_>> = paragraphs.into_iter().flat_map(|p| p.iter().take(said(p)).copied()).collect();
    let own: Vec<&Line<'_>> = own.into_iter().filter(|line| !is_drawn(line) && !is_sent_from(line)).collect();
    let Some(first) = own.first() else { return true };
    if own.len() > LINES_MAX || own.iter().any(|line| is_said(line)) {
        return false;
    }
    let is_sentence = |line: &&Line<'_>| is_sentence(line) && !names_contact(line) && !is_closing(line);
    let ends_as_one = |line: &&Line<'_>| ends_as_one(line) && !is_companys(line.text);
    match begins {
        Begins::Marked => !is_sentence(first),
        Begins::Drawn => !own.iter().any(is_sentence),
        // "Akkoord.", and the name below it, is an answer: the first line must be a signature's.
        Begins::Unsaid => {
            let told = is_closing(first) || names_contact(first) || is_named(first, sender) || is_companys(first.text);
            told && !own.iter().any(|line| is_sentence(line) || ends_as_one(line))
        }
    }
}

/// What a server puts under every mail, however it is wrapped: sentences of a disclaimer, between a company's name, numbers
/// and pages. Each of its sentences must be one of these, for a person may have typed what is none.
fn is_added(paragraph: &[&Line<'_>]) -> bool {
    if paragraph.iter().any(|line| is_said(line)) {
        return false;
    }
    let is_card = |text: &str| parts(text).all(is_companys);
    // What is no line of its own was perhaps wrapped.
    let text: Vec<&str> = paragraph.iter().map(|line| line.text).filter(|text| !is_card(text)).collect();
    let text = text.join(" ");
    parts(&text).any(is_disclaiming) && parts(&text).all(|part| is_disclaiming(part) || is_companys(part))
}

/// Sentences, and what stands between the bars and dots of a card.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(['|', '\u{b7}']).flat_map(sentences).filter(|part| part.contains(char::is_alphanumeric))
}

/// Cut where one ends, by its mark and the blank behind it.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut mark = false;
    text.split(move |c: char| {
        let ends = mark && c.is_whitespace();
        mark = matches!(c, '.' | '!' | '?');
        ends
    })
}

/// A sentence about the mail itself: it begins like one of a disclaimer and has a word of it, or has two.
fn is_disclaiming(sentence: &str) -> bool {
    let sentence = lines::fold(sentence);
    let said = sentence.trim_start_matches(|c: char| !c.is_alphanumeric());
    let signs = DISCLAIMER.iter().filter(|sign| sentence.contains(**sign)).count();
    let opens = DISCLAIMER_OPENS.iter().chain(ADDED_OPENS).any(|start| said.starts_with(start));
    signs >= 2 || opens && signs > 0
}

/// A company's name with its form, its number in a register, its page: no sentence.
fn is_companys(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).collect();
    let low = lines::fold(text);
    let form: String =
        low.split_whitespace().last().unwrap_or_default().chars().filter(|c| c.is_alphanumeric()).collect();
    let figures = text.chars().filter(char::is_ascii_digit).count();
    let capitals = words.iter().all(|word| !word.starts_with(char::is_lowercase));
    let named = words.len() > 1 && capitals && LEGAL_FORMS.contains(&form.as_str());
    let registered = figures >= NUMBER_FIGURES_MIN && FOOTERS.iter().any(|word| low.contains(word));
    let page = ["www.", "http"].iter().any(|start| words.last().is_some_and(|word| word.starts_with(start)));
    words.len() <= COMPANY_WORDS_MAX && (named || registered || page && words.len() <= 2)
}

/// What no signature says: a verb, a postscript, a point of a list, a sum, a line of a mail's head, a quote.
fn is_said(line: &Line<'_>) -> bool {
    let low = line.low.trim_start_matches(['*', '_', ' ']);
    let listed = low.strip_prefix(|c: char| c.is_ascii_digit()).is_some_and(|rest| rest.starts_with(['.', ')']))
        || line.text.trim_start().starts_with("- ");
    let headed = words::label_line(line.text)
        .is_some_and(|(field, _)| matches!(field, Field::From | Field::To | Field::Subject | Field::Date));
    let sum = ["€", "euro", "eur ", "%"].iter().any(|sign| low.contains(sign));
    let postscript = ["ps", "p.s", "nb", "n.b"]
        .iter()
        .any(|start| low.strip_prefix(start).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)));
    low.starts_with(['#', '＃']) || listed || headed || sum || postscript || line.quoted || line.text.starts_with('|')
}

pub(super) fn is_sentence(line: &Line<'_>) -> bool {
    let words = line.text.split_whitespace().count();
    let ends = line.text.trim_end().ends_with(['.', '!', '?', ':', ';']);
    words >= SENTENCE_WORDS_MIN && ends || words >= LONG_WORDS_MIN || line.low.is_empty()
}

/// Even two words with a full stop say something, unless it is that of an abbreviation ("B.V.").
fn ends_as_one(line: &Line<'_>) -> bool {
    const ABBREVIATION_MAX: usize = 5;
    let last = line.text.split_whitespace().last().unwrap_or_default();
    line.text.trim_end().ends_with(['.', '!', '?']) && last.chars().count() > ABBREVIATION_MAX
}

/// A rule, a delimiter, or the place of a picture.
fn is_drawn(line: &Line<'_>) -> bool {
    let bare = line.text.trim();
    let bracketed = bare.starts_with(['[', '<']) && bare.ends_with([']', '>']);
    let pictured = bracketed && ["cid:", "image", ".png", ".jpg", ".gif"].iter().any(|sign| line.low.contains(sign));
    is_rule(line) || pictured || !bare.contains(char::is_alphanumeric)
}

fn is_closing(line: &Line<'_>) -> bool {
    let low = line.low.trim_start_matches(|c: char| !c.is_alphanumeric());
    let starts = |phrase: &&str| low.strip_prefix(*phrase).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
    low.len() <= 60 && CLOSINGS.iter().any(starts)
}

fn names_contact(line: &Line<'_>) -> bool {
    let figures = line.text.chars().filter(char::is_ascii_digit).count();
    let phone = figures >= PHONE_FIGURES_MIN && !line.date;
    phone || line.address || line.low.contains("http") || line.low.contains("www.")
}

/// Nothing but the sender's name, or a part of it.
fn is_named(line: &Line<'_>, sender: &[&str]) -> bool {
    let parts = |text: &str| -> Vec<String> {
        let folded = words::fold(text);
        folded.split(|c: char| !c.is_alphanumeric()).filter(|part| part.len() > 1).map(str::to_owned).collect()
    };
    let known: Vec<String> = sender.iter().flat_map(|name| parts(name)).collect();
    let said = parts(line.text);
    !said.is_empty() && said.iter().all(|part| known.contains(part))
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::*;

    fn footer(text: &str, begins: Begins) -> bool {
        let lines = lines::of(text);
        is_footer(&lines.iter().collect::<Vec<_>>(), begins, &["Anna Bakker", "a.bakker@bedrijf.example"])
    }

    #[test]
    fn what_a_server_puts_under_every_mail_is_told_from_words() {
        for text in [
            "Voorbeeld Lease BV. KvK 12345678. Aan dit bericht kunnen geen rechten worden ontleend.",
            "Voorbeeld Lease B.V. | KvK 12345678 | www.lease.example\nAan deze e-mail kunnen geen rechten\nworden ontleend.",
            "Denk aan het milieu voordat u deze e-mail afdrukt.",
            "________________\n\nVoorbeeld Lease B.V.\nKvK 12345678\n\nDit bericht is vertrouwelijk.",
            "Example Lease Ltd. Registered in England, company number 1234567. If you are not the addressee, please notify the sender.",
            "Beispiel GmbH\nAmtsgericht Köln HRB 12345\n\nDiese E-Mail ist vertraulich.",
        ] {
            assert!(footer(text, Begins::Unsaid), "{text}");
        }
        for text in [
            "Voorbeeld Lease BV. Wij betalen 310 euro. Aan dit bericht kunnen geen rechten worden ontleend.",
            "Voorbeeld Lease BV betaalt. Aan deze toezegging kunnen geen rechten worden ontleend.",
            "Aan deze toezegging kunnen geen rechten worden ontleend.",
            "Wij betalen. Aan dit bericht kunnen geen rechten worden ontleend.",
            "Volgens de KvK bestaat u niet.",
            "Denk aan de huurauto.",
            "Wij betalen via Garage Smit BV",
        ] {
            assert!(!footer(text, Begins::Unsaid), "{text}");
        }
    }

    #[test]
    fn signatures_and_what_servers_add_are_told_from_words() {
        for text in [
            "Anna Bakker\nKlachtenafdeling | Bedrijf BV\nT 030 123 45 67\nwww.bedrijf.example",
            "Met vriendelijke groet,\n\nAnna Bakker",
            "Anna",
            "[cid:image001.png@01D]\n\nDit bericht is vertrouwelijk en alleen bestemd voor de geadresseerde. Bent u dat niet?",
            "Verstuurd vanaf mijn iPhone",
        ] {
            assert!(footer(text, Begins::Unsaid) && footer(text, Begins::Drawn), "{text}");
        }
        assert!(footer("Anna Bakker\nWij helpen u graag verder met al uw vragen!", Begins::Marked));
        for text in [
            "Wij vergoeden 310 euro.\n\nAnna",
            "PS de huurauto ook\nAnna",
            "Akkoord",
            "Van: Utrecht\nNaar: Zwolle",
            "#intern zij overdrijft",
            "- de bumper\n- de deur",
            "Anna\nHet bedrag staat morgen op uw rekening.",
            "Wij betalen.\n\nAnna Bakker",
            "Bel 030-1234567 voor de afspraak.",
        ] {
            assert!(!footer(text, Begins::Unsaid), "{text}");
        }
        assert!(!footer("Wij betalen ook de huurauto.\nAnna", Begins::Marked));
    }
}
