//! The customer's own mails as files, for whoever goes on with a case that somebody else began: the supervisor who is
//! asked (§2.1.3), the department it is handed to. Referred to, not stored twice (invariant 3). Pure.

use super::draft::{Carried, Content, Draft, Source};
use super::{CaseFile, Disposition, FiledMail, Incoming, Rules, Stored};
use crate::case::Language;

/// How a mail goes along as a file: as it came, headers and all.
const MAIL: &str = "message/rfc822";

/// The letter with the case's original mails, the complaint first; what the register has not whole is only named.
pub(super) fn with_originals(letter: Draft, file: &CaseFile, rules: &Rules) -> Draft {
    let of_customer = |mail: &&FiledMail| matches!(mail.disposition, Disposition::Complaint | Disposition::FollowUp);
    let (mut carried, mut missing) = (letter.carried.clone(), Vec::new());
    for (place, mail) in file.mails.iter().filter(of_customer).enumerate() {
        let name = name(mail, place + 1, rules.language);
        match &mail.sha256 {
            Some(sha256) => carried.push(as_file(Source::Mail(mail.id), name, mail.size, sha256)),
            None => missing.push((name, mail.size)),
        }
    }
    let content = match letter.content {
        Content::Notification(mut notification) => {
            notification.listed.extend(missing);
            Content::Notification(notification)
        }
        other => other,
    };
    Draft { carried, content, ..letter }
}

/// One mail on file, as it came; none where the register has not all of it.
pub(super) fn original(stored: &Stored, rules: &Rules) -> Option<Carried> {
    let sha256 = stored.sha256.as_ref().filter(|_| stored.whole && !stored.raw.is_empty())?;
    Some(as_file(Source::Mail(stored.id), whole(stored.id, rules), stored.raw.len(), sha256))
}

/// The mail at hand, as it came, where not all of it was read.
pub(super) fn of_unread(mail: &Incoming<'_>, rules: &Rules) -> Option<Carried> {
    let original = mail.mail.original.as_ref()?;
    Some(as_file(Source::Mail(mail.id), whole(mail.id, rules), original.size, &original.sha256))
}

fn whole(id: i64, rules: &Rules) -> String {
    rules.language.pick(format!("bericht {id}.eml"), format!("message {id}.eml"))
}

/// A mail or a letter as a file.
pub(super) fn as_file(source: Source, name: String, size: usize, sha256: &str) -> Carried {
    Carried { source, name, media_type: MAIL.to_owned(), size, sha256: sha256.to_owned() }
}

fn name(mail: &FiledMail, place: usize, language: Language) -> String {
    let (complaint, later) = language.pick(("klacht", "vervolg"), ("complaint", "follow-up"));
    let what = if mail.disposition == Disposition::Complaint { complaint } else { later };
    format!("{place} {what}.eml")
}
