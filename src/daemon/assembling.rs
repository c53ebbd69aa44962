//! A letter's final bytes: those on file, and the attachments it refers to (invariant 3). Reads the register.

use super::WorkError;
use super::office::Office;
use crate::desk::draft::Source;
use crate::letters;
use crate::mail;
use crate::register::Claimed;

/// The letter as it goes out, with the attachments it carries along.
pub(super) async fn assemble(office: &Office, letter: &Claimed) -> Result<Vec<u8>, WorkError> {
    if letter.weight == letters::Weight::Light {
        return Ok(letters::lighten(&letter.bytes, &letter.carried, letters::Apart::TooLarge));
    }
    let mut contents = Vec::with_capacity(letter.carried.len());
    let mut read: Option<(i64, Vec<mail::Attachment>)> = None;
    for carried in &letter.carried {
        // What was blanked meanwhile is not what the letter was written with: assembling says so.
        let content = match &carried.source {
            Source::Mail(mail) => office.register.raw_mail(*mail).await?.unwrap_or_default(),
            Source::Letter(id) => office.register.light_letter(id).await?.unwrap_or_default(),
            Source::Attachment { mail: id, index } => {
                if read.as_ref().is_none_or(|(known, _)| known != id) {
                    let raw = office.register.raw_mail(*id).await?.unwrap_or_default();
                    let files = tokio::task::spawn_blocking(move || mail::attachments(&raw)).await;
                    read = Some((*id, files.map_err(|_| WorkError::Reading)?));
                }
                let attachment = read.as_ref().and_then(|(_, files)| files.get(*index));
                attachment.map(|attachment| attachment.content.clone()).unwrap_or_default()
            }
        };
        contents.push((carried.clone(), content));
    }
    Ok(letters::assemble(&letter.bytes, &contents)?)
}
