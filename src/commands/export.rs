//! `klachtpost case export`: the whole file of a case, for an auditor, a committee or a customer who asks for it. As
//! text, or as one line of JSON that holds everything, the mails and letters themselves included.

use super::case::{event_json, file_json, moment_of, print_heading, printable, sentence, words};
use super::looking::register_at;
use super::printing::{Form, say};
use crate::case::{Case, CaseNumber, Moment};
use crate::config::Config;
use crate::register::{LetterRow, MailRow, Register, RegisterError, StoredEvent};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// A case with all that belongs to it, but for the bytes of mails and letters.
pub(super) struct File {
    pub case: Case,
    pub events: Vec<StoredEvent>,
    pub letters: Vec<LetterRow>,
    pub mails: Vec<MailRow>,
}

/// The file of a case; that of one in which others go on holds theirs. None: there is no such case.
pub(super) async fn gathered(register: &Register, number: CaseNumber) -> Result<Option<File>, RegisterError> {
    let Some(case) = register.case(number).await? else { return Ok(None) };
    let mut file = File { case, events: Vec::new(), letters: Vec::new(), mails: Vec::new() };
    for number in file.case.absorbed.clone().iter().chain([&number]) {
        file.events.extend(register.events(*number).await?);
        file.letters.extend(register.letters(Some(*number), &[]).await?);
        file.mails.extend(register.mails_of_case(*number).await?);
    }
    file.events.sort_by_key(|stored| stored.seq);
    file.letters.sort_by_key(|letter| letter.created_at);
    file.mails.sort_by_key(|mail| mail.id);
    Ok(Some(file))
}

/// Prints the file. False: there is no such case.
pub(super) async fn export(
    config: &Config,
    register: &Register,
    number: CaseNumber,
    form: Form,
    now: Moment,
) -> Result<bool, RegisterError> {
    let Some(file) = gathered(register, number).await? else { return Ok(false) };
    if form.is_json() {
        say!("{}", whole(config, register, &file, now).await?);
    } else {
        print(config, &file, now);
    }
    Ok(true)
}

/// Everything: what `case show --json` says, the events as they are chained, and the bytes. A letter's attachments are
/// those of the mails they came with; in the letter they are named.
async fn whole(config: &Config, register: &Register, file: &File, now: Moment) -> Result<Value, RegisterError> {
    let mut whole = file_json(config, &file.case, &file.events, &file.letters, now);
    whole["case"] = serde_json::to_value(&file.case).unwrap_or_default();
    whole["events"] = file.events.iter().map(|stored| chained(config, stored)).collect();
    let mut mails = Vec::with_capacity(file.mails.len());
    for mail in &file.mails {
        let raw = register.raw_mail(mail.id).await?;
        mails.push(json!({
            "id": mail.id,
            "received_at": super::case::time(config, mail.received_at),
            "disposition": mail.disposition.map(|disposition| disposition.name()),
            "reason": mail.reason,
            "size": mail.size,
            "raw": raw.map(|raw| STANDARD.encode(raw)),
        }));
    }
    whole["mails"] = mails.into();
    for (place, letter) in file.letters.iter().enumerate() {
        let raw = register.light_letter(&letter.id).await?;
        whole["letters"][place]["raw"] = json!(raw.map(|raw| STANDARD.encode(raw)));
    }
    Ok(whole)
}

/// An event with what the chain says of it.
fn chained(config: &Config, stored: &StoredEvent) -> Value {
    let mut line = event_json(config, stored);
    line["mail"] = json!(stored.event.as_ref().and_then(|event| event.mail));
    line
}

fn print(config: &Config, file: &File, now: Moment) {
    print_heading(config, &file.case, now);
    say!("\nTimeline");
    for stored in &file.events {
        say!("\n{:<16}  {}", moment_of(config, stored), sentence(config, stored));
        let text = stored.event.as_ref().map(|event| words(&event.what)).unwrap_or_default();
        text.lines().for_each(|line| say!("{}", format!("    {}", printable(line)).trim_end()));
    }
    say!("\nMails");
    for mail in &file.mails {
        let at = mail.received_at.with_timezone(&config.desk.time_zone).format("%Y-%m-%d %H:%M");
        let kind = mail.disposition.map_or("undecided", |disposition| disposition.name());
        say!("  {:<8} {at}  {kind:<12} {} bytes  {}", mail.id, mail.size, mail.reason);
    }
    say!("\nLetters");
    for letter in &file.letters {
        let (kind, state, reply) = (letter.kind.name(), letter.state.name(), printable(&letter.reply));
        let line = format!("  {:<16} {state:<9} {:<32} {reply}", kind.replace('_', " "), letter.to);
        say!("{}", line.trim_end());
    }
    say!("\nFrom {}", register_at(config));
}
