//! `klachtpost adopt`: lists the mails that lie in our own folders and are not in the register, after a backup of it was
//! restored, and takes them in when that is asked for.

use super::looking::register_at;
use super::printing::{Form, say};
use super::{Exit, failed};
use crate::access::AccessError;
use crate::case::{Actor, Adopts, Event, What};
use crate::clock::Clock;
use crate::config::Config;
use crate::daemon::{Office, OfficeError, Salts, WorkError, adopt_asked, compare, own_folders};
use crate::desk::{Decision, FiledBy};
use crate::mailbox::{Mailbox, MailboxError};
use crate::register::{Missing, RegisterError};
use std::sync::Arc;

#[derive(Debug, thiserror::Error)]
enum AdoptError {
    #[error(transparent)]
    Office(#[from] OfficeError),
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
    #[error(transparent)]
    Register(#[from] RegisterError),
    #[error(transparent)]
    Work(#[from] WorkError),
}

/// Lists them; with `yes` takes them in, with `others` also what bears another register's mark.
pub async fn run(config: Config, form: Form, yes: bool, others: bool) -> Exit {
    match adopt(config, form, yes, others).await {
        Ok(exit) => exit,
        Err(error) => failed(&error, Exit::TryAgainLater),
    }
}

async fn adopt(config: Config, form: Form, yes: bool, others: bool) -> Result<Exit, AdoptError> {
    let (url, place) = (config.register.url.clone(), register_at(&config));
    let office = Arc::new(Office::open(config, Clock::System).await?);
    let (mut missing, mut opened) = (Vec::new(), Vec::new());
    for office in office.each().map(Arc::new) {
        let mut mailbox = Mailbox::open(&office.mailbox_now().await?).await?;
        mailbox.sign(&office.register.mark().await?);
        compare(&office, &mut mailbox).await?;
        for (name, _) in own_folders(&office.config.mailbox) {
            missing.extend(office.register.missing_in(&name).await?);
        }
        opened.push((office, mailbox));
    }
    for one in &missing {
        if form.is_json() { say!("{}", json(one)) } else { say!("{}", line(one)) }
    }
    let wanted = missing.iter().filter(|one| others || one.filed_by != FiledBy::Others).count();
    let exit = match (wanted, yes) {
        (0, _) if missing.is_empty() => {
            tell(form, &format!("Nothing to take in: all that lies in our own folders since {place} began is in it."));
            Exit::Done
        }
        (0, _) => {
            let all = missing.len();
            tell(
                form,
                &format!("Nothing taken in: all {all} bear another register's mark. Add --others to take them in."),
            );
            Exit::FoundProblems
        }
        (_, false) => {
            tell(form, &format!("{wanted} mails are not in {place}. Nothing was done: add --yes to take them in."));
            Exit::FoundProblems
        }
        (_, true) => {
            let adopts = if others { Adopts::OthersToo } else { Adopts::OwnAndUnmarked };
            ask(&office, adopts, wanted).await?;
            match office.register.only_daemon(&url).await {
                Ok(_only) => {
                    for (office, mailbox) in &mut opened {
                        adopt_asked(office, mailbox).await?;
                    }
                    let next = "the letters about them go out with the next `klachtpost run`";
                    tell(form, &format!("{wanted} mails taken into {place}; {next}."));
                }
                Err(RegisterError::InUse { .. }) => {
                    let polls = office.mailboxes.all().map(|one| one.config.mailbox.poll_seconds);
                    let seconds = polls.max().unwrap_or_default();
                    tell(
                        form,
                        &format!(
                            "{wanted} mails: the klachtpost that runs takes them in, in at most {seconds} seconds."
                        ),
                    );
                }
                Err(error) => return Err(error.into()),
            }
            Exit::Done
        }
    };
    for (_, mailbox) in opened {
        mailbox.close().await;
    }
    office.register.close().await;
    Ok(exit)
}

/// A person's word, on file like every other.
async fn ask(office: &Office, adopts: Adopts, mails: usize) -> Result<(), AdoptError> {
    let what = What::AdoptionAsked { adopts, mails };
    let event = Event { at: office.clock.now(), case: None, actor: Actor::Desk, mail: None, what };
    let decision = Decision { events: vec![event], letters: Vec::new() };
    let mut salts = Salts::new()?;
    let mut tx = office.register.begin().await?;
    tx.record(None, &decision, &[], office.clock.now(), &mut || salts.draw()).await?;
    Ok(tx.commit().await?)
}

/// What it came to, for people; programs see it by the exit code.
fn tell(form: Form, text: &str) {
    if !form.is_json() {
        say!("{text}");
    }
}

fn mark(missing: &Missing) -> &'static str {
    match missing.filed_by {
        FiledBy::Ours => "ours",
        FiledBy::Unmarked => "no mark",
        FiledBy::Others => "another register's",
    }
}

fn json(missing: &Missing) -> serde_json::Value {
    let mail = &missing.mail;
    serde_json::json!({
        "folder": missing.mailbox,
        "mark": mark(missing),
        "received_at": mail.received_at,
        "from": mail.from,
        "subject": mail.subject,
    })
}

fn line(missing: &Missing) -> String {
    let (mark, mail) = (mark(missing), &missing.mail);
    format!(
        "{}  {:<18}  {:<20}  {}  {}",
        mail.received_at.format("%Y-%m-%d %H:%M UTC"),
        mark,
        missing.mailbox,
        mail.from.escape_debug(),
        mail.subject.escape_debug()
    )
}
