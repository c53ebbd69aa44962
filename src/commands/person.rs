//! `klachtpost person find`: all that is on file of somebody, by address, telephone number, plate or name, what was put aside
//! and what names them in copy too (GDPR art. 15). Reads every mail, so that nothing is left out.

use super::case::{printable, short_time, time};
use super::looking::{self, ended_by, register_at};
use super::printing::{Form, counted, say};
use super::{Exit, failed};
use crate::case::Case;
use crate::config::Config;
use crate::desk::{Disposition, FoundIn, Sought};
use crate::mail;
use crate::register::{MailRow, Register, RegisterError};
use clap::Subcommand;
use serde_json::json;

/// What to do about somebody.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Find the cases and mails that name somebody
    #[command(
        after_help = "Examples:\n  klachtpost person find jan@klant.example\n  klachtpost person find 06-12345678\n  \
                            klachtpost person find XK-123-B --json"
    )]
    Find {
        /// An address, a telephone number, a plate or a name
        #[arg(value_name = "WHO")]
        who: String,
        #[command(flatten)]
        form: Form,
    },
}

/// All that names somebody.
pub(super) struct Person {
    pub cases: Vec<Case>,
    pub mails: Vec<(MailRow, Vec<FoundIn>)>,
    pub letters: i64,
}

/// Carries the command out.
pub async fn run(config: Config, command: Command) -> Exit {
    let Command::Find { who, form } = command;
    let Some(sought) = Sought::parse(&who) else { return failed(&"nothing to look for", Exit::WrongUsage) };
    match find(&config, &sought, form).await {
        Ok(()) => Exit::Done,
        Err(error) => ended_by(&error),
    }
}

/// What is on file of somebody.
pub(super) async fn on_file(register: &Register, sought: &Sought) -> Result<Person, RegisterError> {
    let cases = register.cases_perhaps_about(sought).await?;
    let cases = cases.into_iter().filter(|case| sought.is_about(case)).collect();
    let (mut mails, mut after) = (Vec::new(), 0);
    while let Some((row, raw)) = register.next_mail(after).await? {
        after = row.id;
        let Some(raw) = raw else { continue };
        // What reading did not survive is not read here either.
        let found = match row.disposition {
            None | Some(Disposition::Unreadable) => {
                let is_in = sought.is_in(&String::from_utf8_lossy(&raw));
                is_in.then_some(FoundIn::Text).into_iter().collect()
            }
            Some(_) => sought.found_in(&mail::read(&raw, "")),
        };
        if !found.is_empty() {
            mails.push((row, found));
        }
    }
    Ok(Person { cases, mails, letters: register.letters_to(&sought.text).await? })
}

async fn find(config: &Config, sought: &Sought, form: Form) -> Result<(), RegisterError> {
    let register = looking::register(config).await?;
    let person = on_file(&register, sought).await?;
    for case in &person.cases {
        let number = case.number;
        if form.is_json() {
            say!(
                "{}",
                json!({ "case": number, "state": case.state, "received_at": time(config, case.received_at),
                "confidential": case.confidential.is_some() })
            );
            continue;
        }
        let subject = if case.confidential.is_some() { "(confidential)".to_owned() } else { printable(&case.subject) };
        say!("{}  {}  {number}  {:<9}  {subject}", "case", short_time(config, case.received_at), case.state.name());
    }
    for (mail, found) in &person.mails {
        let (kind, places) = (kind(mail), found.iter().map(|place| place.name()).collect::<Vec<_>>());
        if form.is_json() {
            say!(
                "{}",
                json!({ "mail": mail.id, "disposition": kind, "received_at": time(config, mail.received_at),
                "case": mail.case, "found_in": places })
            );
            continue;
        }
        let of_case = mail.case.map_or("no case".to_owned(), |number| number.to_string());
        let (at, places) = (short_time(config, mail.received_at), places.join(", "));
        say!("mail  {at}  {of_case:<13}  {kind:<9}  no. {}, in {places}", mail.id);
    }
    if !form.is_json() {
        let letters = usize::try_from(person.letters).unwrap_or_default();
        say!(
            "{}, {} and {} to that address, in {}",
            counted(person.cases.len(), "case"),
            counted(person.mails.len(), "mail"),
            counted(letters, "letter"),
            register_at(config)
        );
    }
    Ok(())
}

fn kind(mail: &MailRow) -> &'static str {
    mail.disposition.map_or("undecided", Disposition::name)
}
