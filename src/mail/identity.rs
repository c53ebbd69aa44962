//! What makes two mails the same mail (invariant 2): the same Message-ID and the same content by two routes is a
//! duplicate; the same Message-ID with other content is a mail of its own. Pure.

use super::Mail;
use crate::text::hex;
use sha2::{Digest, Sha256};

/// Hash of the normalised content (author, date, subject, text, attachments), which does not change on the way as
/// trace headers do; without a Message-ID, of the raw bytes. Hexadecimal.
pub fn content_hash(mail: &Mail, raw: &[u8]) -> String {
    let mut hash = Sha256::new();
    if mail.message_id.is_none() {
        hash.update(raw);
        return hex(&hash.finalize());
    }
    let author = mail.from.as_ref().map(|from| from.address.to_lowercase()).unwrap_or_default();
    let date = mail.date.map(|date| date.timestamp().to_string()).unwrap_or_default();
    let text = mail.text.split_whitespace().collect::<Vec<_>>().join(" ");
    for field in [author.as_bytes(), date.as_bytes(), mail.subject.as_bytes(), text.as_bytes()] {
        add(&mut hash, field);
    }
    for attachment in &mail.attachments {
        add(&mut hash, &attachment.content);
    }
    hex(&hash.finalize())
}

fn add(hash: &mut Sha256, field: &[u8]) {
    hash.update((field.len() as u64).to_be_bytes());
    hash.update(field);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::read;

    fn hash(raw: &str) -> String {
        content_hash(&read(raw.as_bytes(), ""), raw.as_bytes())
    }

    #[test]
    fn one_mail_by_two_routes_is_the_same_mail() {
        let mail = "Message-ID: <a@x.nl>\r\nFrom: Jan <jan@x.nl>\r\nSubject: Klacht\r\n\r\nDe auto is kapot.\r\n";
        let other_route = format!("Received: from elsewhere\r\n{}", mail.replace("kapot.", "kapot. "));
        assert_eq!(hash(mail), hash(&other_route));
        assert_ne!(hash(mail), hash(&mail.replace("kapot", "heel")));
    }

    #[test]
    fn without_a_message_id_every_byte_counts() {
        let mail = "From: Jan <jan@x.nl>\r\nSubject: Klacht\r\n\r\nDe auto is kapot.\r\n";
        assert_ne!(hash(mail), hash(&format!("Received: from elsewhere\r\n{mail}")));
    }
}
