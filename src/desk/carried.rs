//! What of a mail's attachments goes along with a letter, and why the rest stays here (invariant 7). Pure.

use super::deciding::Deciding;
use super::draft::{Carried, Source, Stays};
use super::originals::of_unread;
use crate::case::{Keys, Side};
use crate::mail::{Attachment, MARKER, Standing};
use sha2::{Digest, Sha256};

impl Deciding<'_> {
    /// All attachments go along, and the mail itself where not all of it was read; the writing room leaves out what would make
    /// the letter too large, and says so in it.
    pub fn carry(&self) -> Vec<Carried> {
        let attached =
            self.mail.mail.attachments.iter().enumerate().map(|(index, a)| carried_of(self.mail.id, index, a));
        attached.chain(of_unread(self.mail, self.rules)).collect()
    }

    /// What staff attached for the customer: what goes along, and what stays here with the reason.
    pub fn carry_to_customer(&self) -> (Vec<Carried>, Vec<(String, Stays)>) {
        let (mut along, mut stays) = (Vec::new(), Vec::new());
        for (index, attachment) in self.mail.mail.attachments.iter().enumerate() {
            match why_it_stays(attachment, &self.rules.keys) {
                None => along.push(carried_of(self.mail.id, index, attachment)),
                Some(why) => stays.push((attachment.name.clone(), why)),
            }
        }
        (along, stays)
    }
}

/// Only what a person attached goes along (invariant 7). No mails, by type, by name or by what is in them: they may hold the
/// notification, and the door reads no attachments. No other form of the text, in which verbs and notes stand, no pictures of
/// a signature or pieces of text that a client shows with it, and no seals over the mail as staff sent it, which nobody could
/// check on ours.
fn why_it_stays(attachment: &Attachment, keys: &Keys) -> Option<Stays> {
    const MAILS: [&str; 4] =
        ["application/ms-tnef", "application/vnd.ms-tnef", "application/vnd.ms-outlook", "application/mbox"];
    const MAIL_FILES: [&str; 9] = [".eml", ".msg", ".oft", ".mht", ".mhtml", ".emlx", ".mbox", ".tnef", "winmail.dat"];
    const SEALS: [&str; 7] = [
        "application/pkcs7-",
        "application/x-pkcs7-",
        "application/pgp-",
        "application/x-pgp",
        "multipart/",
        "text/pgp",
        "application/cms",
    ];
    const SEAL_FILES: [&str; 4] = [".p7m", ".p7s", ".p7c", ".pgp"];
    let (name, kind) = (attachment.name.to_lowercase(), attachment.media_type.as_str());
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    let is_pgp = || attachment.content.trim_ascii_start().starts_with(b"-----BEGIN PGP ");
    match attachment.standing {
        Standing::Alternative => Some(Stays::OtherForm),
        Standing::Decoration => Some(Stays::Decoration),
        _ if kind.starts_with("message/") || MAILS.contains(&kind) || ends(&MAIL_FILES) => Some(Stays::Mail),
        _ if SEALS.iter().any(|start| kind.starts_with(start)) || ends(&SEAL_FILES) || is_pgp() => Some(Stays::Seal),
        _ if attachment.inline && kind.starts_with("text/") => Some(Stays::OtherForm),
        _ if holds_notification(&attachment.content, keys) => Some(Stays::Internal),
        Standing::Attached => None,
    }
}

/// Whether a letter to staff was saved in it, as a text, a page or a mail by whatever name; also in Outlook's own files,
/// which have a zero after each letter (UTF-16). What is packed shows nothing.
fn holds_notification(content: &[u8], keys: &Keys) -> bool {
    let letters: Vec<u8> = content.iter().filter(|byte| **byte != 0).map(u8::to_ascii_lowercase).collect();
    let text = String::from_utf8_lossy(&letters);
    let tells = |text: &str| text.contains(MARKER) || keys.find_all(text).any(|token| token.side == Side::Staff);
    // A saved page may write any character as a number, or put tags between two of them.
    tells(&text) || text.contains(['<', '&']) && tells(&crate::mail::shown(&text))
}

fn carried_of(mail: i64, index: usize, attachment: &Attachment) -> Carried {
    Carried {
        source: Source::Attachment { mail, index },
        name: attachment.name.clone(),
        media_type: attachment.media_type.clone(),
        size: attachment.content.len(),
        sha256: Sha256::digest(&attachment.content).iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}
