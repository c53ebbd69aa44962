//! The mailbox's part of `klachtpost check`: the login, what is in the inbox, and whether what is registered can be filed
//! away. That is tried with a mail of its own, which is taken away again; no other mail is touched.

use super::super::own_mail::OwnMail;
use super::super::printing::counted;
use super::proof::{self, Seen};
use super::report::Report;
use crate::access::{Access, AccessError};
use crate::clock::{self, Clock};
use crate::config::{self, StaffProof};
use crate::daemon::Office;
use crate::mailbox::{Mailbox, MailboxError, Trial, Tried};
use crate::register::RegisterError;
use std::fmt::Display;

/// Tries it all; whether all is right.
pub(super) async fn check(
    report: Report<'_>,
    access: &Access,
    settings: &config::Mailbox,
    office: Option<&Office>,
) -> bool {
    let opened = open(access, settings).await;
    let mut all_right = report.line("mailbox", opened.as_ref().map(|(_, found)| found));
    let Ok((mut mailbox, _)) = opened else { return all_right };
    if settings.staff_proof != StaffProof::Nothing {
        let about = "proof of senders";
        match proof::look(&mut mailbox, settings).await.transpose() {
            None => report.note(about, "there is no mail yet to look at; try again when there is"),
            Some(looked) => {
                all_right &= report.line(about, looked.as_ref().map(|seen| &seen.found));
                if let Ok(Seen { note: Some(note), .. }) = &looked {
                    report.note(about, note);
                }
            }
        }
    }
    if let Some(office) = office {
        all_right &= say(report, try_filing(office, &mut mailbox).await);
    }
    mailbox.close().await;
    all_right
}

/// A mailbox that is open, its folders made, and what is to be said of it.
pub(in crate::commands) async fn open(
    access: &Access,
    settings: &config::Mailbox,
) -> Result<(Mailbox, String), Failed> {
    let settings = access.mailbox(settings.clone(), Clock::System.now()).await?;
    let mut mailbox = Mailbox::open(&settings).await?;
    let (mut waiting, mut unlisted) = (0, 0);
    for folder in mailbox.folders() {
        let listing = mailbox.list(*folder).await?;
        waiting += listing.entries.len();
        unlisted += listing.unlisted;
    }
    let more = match unlisted {
        0 => String::new(),
        unlisted => format!(", and {unlisted} that the server counts and does not list"),
    };
    Ok((mailbox, format!("login and folders are right; {} in the inbox{more}", counted(waiting, "mail"))))
}

/// Why it does not work.
#[derive(Debug, thiserror::Error)]
pub(in crate::commands) enum Failed {
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error(transparent)]
    Register(#[from] RegisterError),
    #[error(transparent)]
    Random(#[from] clock::NoRandom),
}

async fn try_filing(office: &Office, mailbox: &mut Mailbox) -> Result<Trial, Failed> {
    mailbox.sign(&office.register.mark().await?);
    let trial = mailbox.try_filing(&OwnMail::new(&office.house.desk_address, &office.clock, "")?.text).await?;
    let uids: Vec<i64> = trial.spent.iter().map(|uid| uid.0).collect();
    office.register.take_back(office.mailbox_name().as_str(), trial.uid_validity, &uids, office.clock.now()).await?;
    Ok(trial)
}

fn say(report: Report<'_>, trial: Result<Trial, impl Display>) -> bool {
    let trial = match trial {
        Ok(trial) => trial,
        Err(error) => return report.problem("filing away", error),
    };
    for hindrance in &trial.hindrances {
        report.problem("filing away", hindrance);
    }
    if trial.hindrances.is_empty() {
        let found = match &trial.tried {
            Tried::Moved => "a mail of our own was moved out of the inbox and taken away again".to_owned(),
            Tried::Hindered => "the folders and rights are right".to_owned(),
            Tried::Not(why) => format!("the folders are there; a move could not be tried ({why})"),
        };
        report.line("filing away", Ok::<_, &str>(found));
    }
    trial.hindrances.is_empty()
}
