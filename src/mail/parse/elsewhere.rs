//! Text that is only elsewhere: inside an opaque signature, in what Outlook wrapped, in a mail that is attached and nothing is
//! said about. What is read from there is never relayed, and proves nothing. Pure.

use super::headers::clean;
use super::{Leaf, Parsed, body, finding, outlook, signed};
use crate::mail::limits::{ELSEWHERE_MAX, SUBJECT_CHARS_MAX, TEXT_BYTES_MAX};
use crate::mail::{FindingKind, Mail};

/// Words with which a mail says no more than that there is another one in it ("Zie de bijgevoegde mail van de garage").
const POINTING_WORDS_MAX: usize = 20;
/// How words begin that point to another mail.
const POINTING: [&str; 16] = [
    "bijl",
    "bijge",
    "bijgaand",
    "hierbij",
    "hieronder",
    "doorge",
    "zie",
    "mail",
    "attach",
    "enclos",
    "below",
    "forward",
    "fwd",
    "anbei",
    "anhang",
    "joint",
];

/// What an opaque signature among these parts wraps (`application/pkcs7-mime`).
pub(super) fn signed(leaves: &[Leaf]) -> Option<Vec<u8>> {
    let wrapping = leaves.iter().rfind(|leaf| is_sealed(leaf))?;
    signed::content(&wrapping.content)
}

fn is_sealed(leaf: &Leaf) -> bool {
    let named = leaf.name.as_deref().is_some_and(|name| name.to_ascii_lowercase().ends_with(".p7m"));
    named || matches!(&*leaf.media_type, "application/pkcs7-mime" | "application/x-pkcs7-mime")
}

/// Adds what a wrapping part held to the mail it came in. A gateway may have put a line of its own beside that part.
pub(super) fn join(parsed: &mut Parsed, inner: Parsed) {
    parsed.leaves.extend(inner.leaves);
    parsed.findings.extend(inner.findings);
    if inner.text.trim().is_empty() {
        return;
    }
    if parsed.text.trim().is_empty() {
        (parsed.text, parsed.marks, parsed.html) = (inner.text, inner.marks, inner.html);
        (parsed.other, parsed.stub) = (inner.other, inner.stub);
    } else if !body::says_the_same(&parsed.text, &inner.text) {
        body::append_lines(&mut parsed.text, &mut parsed.marks, &inner.text, &inner.marks);
        parsed
            .findings
            .push(finding(FindingKind::TextInTwoPlaces, "the text stands in two parts of the mail, which differ"));
    }
}

/// Opens each `winmail.dat`, and says what is encrypted and so cannot be opened.
pub(super) fn unwrap(parsed: &mut Parsed) {
    let wrapped: Vec<_> = parsed.leaves.iter().filter(|leaf| outlook::is_winmail(leaf)).collect();
    let opened: Vec<_> = wrapped.iter().take(ELSEWHERE_MAX).map(|leaf| outlook::open(&leaf.content)).collect();
    let is_unread = |one: &Option<outlook::Opened>| {
        let is_empty = |inside: &Parsed| inside.text.trim().is_empty() && inside.leaves.is_empty();
        one.as_ref().is_none_or(|one| one.is_part_unread || is_empty(&one.inside))
    };
    if opened.len() < wrapped.len() || opened.iter().any(is_unread) {
        parsed
            .findings
            .push(finding(FindingKind::Winmail, "Outlook packed the mail into winmail.dat, not all of which was read"));
    }
    opened.into_iter().flatten().for_each(|one| join(parsed, one.inside));
    let is_locked = |leaf: &Leaf| is_sealed(leaf) && signed::content(&leaf.content).is_none();
    let pgp = |leaf: &Leaf| leaf.media_type == "application/pgp-encrypted";
    if parsed.leaves.iter().any(|leaf| is_locked(leaf) || pgp(leaf))
        || parsed.text.contains("-----BEGIN PGP MESSAGE-----")
    {
        parsed.findings.push(finding(FindingKind::Encrypted, "it is encrypted, and only its reader has the key"));
    }
}

/// Sets the mail's text, and adds the text of a mail that is attached where the sender wrote hardly more than that it is.
/// What somebody passes on stays apart as well: `forwarded` has it.
pub(super) fn add(parsed: &Parsed, mail: &mut Mail) {
    mail.text.clone_from(&parsed.text);
    if mail.bounce.is_some() || !only_points(&mail.reply) {
        return;
    }
    let own_text = !mail.reply.trim().is_empty();
    let attached = parsed.leaves.iter().filter(|leaf| leaf.attachment && super::is_mail(leaf));
    let texts = attached.take(ELSEWHERE_MAX).filter_map(|leaf| {
        let inner = leaf.message();
        let subject = clean(inner.header("subject").unwrap_or_default(), SUBJECT_CHARS_MAX);
        let text = [subject.as_str(), inner.text.trim()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("\n\n");
        (!text.is_empty()).then_some(text)
    });
    let mut texts: Vec<String> = texts.collect();
    if texts.is_empty() && !own_text && parsed.text.trim().is_empty() {
        texts.extend(only_text_file(parsed));
    }
    mail.own_text_ends = Some(mail.text.trim_end().len()).filter(|_| !texts.is_empty());
    for text in texts {
        let room = TEXT_BYTES_MAX.saturating_sub(mail.text.len() + mail.reply.len());
        let end = (0..=room.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
        for whole in [&mut mail.text, &mut mail.reply] {
            let gap = if whole.trim().is_empty() { "" } else { "\n\n" };
            *whole = format!("{}{gap}{}", whole.trim_end(), text.get(..end).unwrap_or_default());
        }
    }
}

impl Mail {
    /// The readable text that stands in the mail itself, and in no mail or file that is attached.
    pub fn own_text(&self) -> &str {
        self.own_text_ends.and_then(|end| self.text.get(..end)).unwrap_or(&self.text)
    }
}

/// Whether these words say nothing, or nothing but that one should look elsewhere.
fn only_points(text: &str) -> bool {
    let low = text.to_lowercase();
    let words: Vec<&str> = low.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let points = |word: &&str| POINTING.iter().any(|start| word.starts_with(start));
    words.is_empty() || words.len() <= POINTING_WORDS_MAX && words.iter().any(points)
}

/// The one file of text in a mail without a word of its own.
fn only_text_file(parsed: &Parsed) -> Option<String> {
    let is_text = |leaf: &&Leaf| matches!(&*leaf.media_type, "text/plain" | "text/html");
    let mut files = parsed.leaves.iter().filter(|leaf| leaf.attachment).filter(is_text);
    let text = files.next().filter(|_| files.next().is_none())?;
    Some(body::as_text(text).trim().to_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests;
