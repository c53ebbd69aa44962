//! What somebody wrote, whichever way it came in, as far as a case keeps it. Pure.

use super::draft::{Cover, Writer};
use super::{Incoming, Rules};
use crate::case::{Moment, Reference};
use crate::mail::{Attachment, Forwarded, Mail, Standing, without_banner};

/// Characters of a mail's text that a case keeps in its events; the whole mail stays in the register.
pub(super) const TEXT_MAX: usize = 100_000;

/// What somebody wrote, whichever way it came in.
pub(super) struct Words {
    pub by: Writer,
    /// The id of the mail it stands in.
    pub message_id: Option<String>,
    pub subject: String,
    /// Only what is new.
    pub text: String,
    /// What stands below it.
    pub quoted: String,
    /// When the company had it (invariant 9).
    pub received_at: Moment,
    /// Files that came with it; of a mail passed on, without that mail itself.
    pub files: usize,
    /// What the colleague who passed it on wrote beside it.
    pub cover: Option<Cover>,
}

impl Words {
    /// The mail's own.
    pub fn of(mail: &Incoming<'_>, by: Writer) -> Self {
        Self {
            by,
            message_id: mail.mail.message_id.clone(),
            subject: mail.mail.subject.clone(),
            text: mail.mail.reply.clone(),
            quoted: mail.mail.quoted.clone(),
            received_at: mail.received_at,
            files: attached(mail.mail).count(),
            cover: None,
        }
    }

    /// Those of the mail that was passed on.
    pub fn passed_on(mail: &Mail, forwarded: &Forwarded, received_at: Moment, cover: Option<Cover>) -> Self {
        // A mail of nothing but quotes says what it quotes.
        let says_nothing = forwarded.said.trim().is_empty();
        let (text, quoted) =
            if says_nothing { (&forwarded.body, String::new()) } else { (&forwarded.said, forwarded.quoted.clone()) };
        Self {
            by: Writer::Customer,
            message_id: forwarded.message_id.clone(),
            subject: forwarded.subject.clone(),
            quoted,
            text: without_banner(text),
            received_at,
            files: attached(mail).filter(|file| !file.media_type.starts_with("message/")).count(),
            cover,
        }
    }

    /// As the case keeps it, with the plates and contract numbers in it.
    pub fn kept(&self, rules: &Rules) -> (String, Vec<Reference>) {
        let references = rules.references.find(&format!("{}\n{}", self.subject, self.text));
        (self.text.chars().take(TEXT_MAX).collect(), references)
    }
}

/// The complaint in the customer's words.
pub(super) fn complaint(mail: &Mail) -> String {
    let words = if mail.reply.trim().is_empty() { &mail.text } else { &mail.reply };
    words.chars().take(TEXT_MAX).collect()
}

/// What a person attached.
fn attached(mail: &Mail) -> impl Iterator<Item = &Attachment> {
    mail.attachments.iter().filter(|attachment| attachment.standing == Standing::Attached)
}
