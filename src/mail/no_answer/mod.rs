//! Mail that holds no answer, though somebody's hand may have caused it: a reaction, a recall, a receipt or an absence told
//! in words, a calendar's answer. Pure.
//!
//! Told by the form of the *whole* text, never by a subject or a sentence alone (invariant 1): a word more than the form has,
//! and the mail is a person's. What is done about each is the desk's to say.

use super::parse::Parsed;
use super::{Mail, Mood, NoAnswer};

mod absence;
mod absence_words;
mod calendar;
mod clicks;
#[cfg(test)]
mod tests;

/// What the mail is instead of an answer; `mail` has its texts already.
pub(crate) fn of(parsed: &Parsed, mail: &Mail) -> Option<NoAnswer> {
    if mail.attachments.iter().any(|file| !file.inline && !is_of_form(&file.media_type)) {
        return None;
    }
    let reply = mail.reply.trim();
    if calendar::is_answer(parsed, reply) {
        return Some(NoAnswer::Calendar);
    }
    if let Some(mood) = clicks::reaction(parsed, reply) {
        return Some(NoAnswer::Reaction(mood));
    }
    if clicks::is_recall(&mail.subject, mail.text.trim()) {
        return Some(NoAnswer::Recall);
    }
    if clicks::is_receipt(&mail.subject, mail.text.trim()) {
        return Some(NoAnswer::ReadReceipt);
    }
    // Who answers by a rule quotes nothing; who types an answer hardly ever takes the quote out.
    (mail.quoted.lines().all(|line| !line.starts_with('>')) && absence::is_throughout(reply))
        .then_some(NoAnswer::Absence)
}

/// Whether words tell of an absence and of nothing else.
pub(super) fn is_absence(text: &str) -> bool {
    absence::is_throughout(text)
}

/// A part that such a mail has beside its text.
fn is_of_form(media_type: &str) -> bool {
    matches!(media_type, "text/calendar" | "application/ics" | clicks::REACTION_PART)
}

impl Mood {
    /// A sign that may say no is not taken for a friendly one.
    fn of(signs: &str) -> Self {
        const FRIENDLY: &str = "👍🙏😊🙂😀😃😄😁☺❤💐🎉👌🤗👏💯✅🥰😍💪🙌🫶💙💚💛🧡💜🤝⭐🌟😉🎊";
        let is_part = |c: char| matches!(c, '\u{fe0e}' | '\u{fe0f}' | '\u{200d}' | '\u{1f3fb}'..='\u{1f3ff}');
        let mut shown = signs.chars().filter(|c| !is_part(*c) && !c.is_whitespace()).peekable();
        if shown.peek().is_some() && shown.all(|c| FRIENDLY.contains(c)) { Self::Friendly } else { Self::Other }
    }
}
