//! `klachtpost check`: tries settings, templates, database, IMAP and SMTP, one line per finding. Nothing is sent, unless
//! `--send` asks for test mails to itself; no mail is touched but its own, with which it tries whether mail can be filed away.

pub(super) mod mailbox;
pub(super) mod proof;
pub(super) mod report;
pub(super) mod smtp;
mod trip;

use super::Exit;
use super::looking::register_at;
use super::printing::Form;
use crate::access::{Access, AccessError};
use crate::case::Moment;
use crate::clock::Clock;
use crate::config::{self, Config, Watch};
use crate::daemon::{Office, WorkError, compare};
use crate::desk::Within;
use crate::desk::outage::Trouble;
use crate::mailbox::{Mailbox, MailboxError};
use crate::register::{APART_MAX, RegisterError, ahead};
use chrono::NaiveDate;
use report::Report;
use std::path::Path;

/// Whether test mails go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sends {
    Nothing,
    TestMails,
}

/// Tries everything that can be tried; the first that fails does not hide the others.
pub async fn run(explicit: Option<&Path>, form: Form, sends: Sends) -> Exit {
    let report = Report::new(form);
    let config = match config::load(explicit, super::environment()) {
        Ok(config) => config,
        Err(error) => {
            report.unusable(&error);
            return Exit::FoundProblems;
        }
    };
    let mut all_right = report.line("settings", Ok::<_, String>(format!("{} departments", config.department.len())));
    all_right &= own_values(report, &config);
    let office = Office::open(config.clone(), Clock::System).await;
    all_right &= report.line("templates and register", office.as_ref().map(|_| register_at(&config)));
    if let Ok(office) = &office
        && let Err(error) = clocks_agree(office).await
    {
        all_right = report.problem("clock", error);
    }
    let access = Access::new(&config);
    let several = config.mailboxes().count() > 1;
    for mailbox in config.mailboxes() {
        let report = report.about(several.then_some(&mailbox.name));
        let office = office.as_ref().ok().map(|office| office.at(office.mailboxes.named(Some(&mailbox.name))));
        all_right &= mailbox::check(report, &access, mailbox, office.as_ref()).await;
        if let Some(office) = &office {
            all_right &= report.line("own folders", own_folders(office).await);
        }
    }
    for mailbox in config.mailboxes() {
        let of = report.about(several.then_some(&mailbox.name));
        let sent = smtp::sender(&config.of_mailbox(&mailbox.name), &access, &config.sender).await;
        all_right &= of.line("sender", sent);
    }
    if let Some(office) = office.as_ref().ok().filter(|_| sends == Sends::TestMails) {
        for office in office.each() {
            all_right &= trip::check(report.about(several.then_some(office.mailbox_name())), &office).await;
        }
    }
    if let Some(second) = &config.second_sender {
        all_right &= report.line("second sender", smtp::sender(&config, &access, second).await);
    }
    if let Some(last) = access.secret_expires() {
        all_right &= report
            .line("login", secret_lasts(last, Clock::System.now().with_timezone(&config.desk.time_zone).date_naive()));
    }
    if let Some(operator) = &config.operator {
        let command =
            operator.command.first().map(|program| format!("; where no letter gets through, {program} is run"));
        let told = format!(
            "{} is told after {} minutes{}",
            operator.address,
            operator.alarm_after_minutes,
            command.unwrap_or_default()
        );
        all_right &= report.line("operator", Ok::<_, String>(told));
    }
    if let (Some(watch), Ok(office)) = (&config.watch, &office) {
        all_right &= report.line("watch", last_trip(office, watch).await);
    }
    if all_right { Exit::Done } else { Exit::FoundProblems }
}

#[derive(Debug, thiserror::Error)]
enum Clocks {
    #[error(
        "compared this machine's clock with that of the register's database, expected them within {max} s of each other, found this one {found} it\n  hint: set the clock that is wrong (timedatectl status on both machines); until then klachtpost takes nothing in here, and decides and sends nothing",
        max = APART_MAX.num_seconds()
    )]
    Apart { found: String },
    #[error(transparent)]
    Register(#[from] RegisterError),
}

/// Whether this machine's clock may be that of an instance; on a file there is no other.
async fn clocks_agree(office: &Office) -> Result<(), Clocks> {
    match office.register.clock_apart(&office.clock).await? {
        Some(off) => Err(Clocks::Apart { found: ahead(off) }),
        None => Ok(()),
    }
}

/// How it goes with the watch's test mails, as far as the register knows.
async fn last_trip(office: &Office, watch: &Watch) -> Result<String, RegisterError> {
    let last = match office.register.round_trips().await?.back_at {
        Some(at) => format!("the last came back at {}", office.rules.calendar.local(at).format("%Y-%m-%d %H:%M")),
        None => "none came back yet".to_owned(),
    };
    Ok(format!("a test mail every {} minutes; {last}", watch.every_minutes))
}

/// Whether what tokens are asked for with still works for a while.
fn secret_lasts(last: NaiveDate, today: NaiveDate) -> Result<String, String> {
    match Trouble::of_last_day(last, today) {
        None => Ok(format!("the secret or certificate of [oauth2] works until {last}")),
        Some(_) => Err(format!(
            "the secret or certificate of [oauth2] works until {last}; next: make a new one, write it into its file, and its last day into oauth2.secret_expires"
        )),
    }
}

/// What is left of the sample is a problem, before customers read it, and so is what was probably not meant; a name that is
/// kept for examples is noted alone, because a trial needs some.
fn own_values(report: Report<'_>, config: &Config) -> bool {
    let problems = || config.borrowed.sample.iter().chain(&config.doubts);
    for problem in problems() {
        report.problem("settings", problem);
    }
    for problem in &config.borrowed.reserved {
        report.note("settings", problem);
    }
    problems().next().is_none()
}

#[derive(Debug, thiserror::Error)]
enum OwnFolders {
    #[error(
        "compared our own folders with the register, expected that it has each mail, found {count} that it has not ({others} of them with another register's mark), received {oldest} to {newest}\n  hint: `klachtpost adopt` lists them and takes them in; probably a backup was restored"
    )]
    NotOnFile { count: usize, others: usize, oldest: String, newest: String },
    #[error(transparent)]
    Work(#[from] WorkError),
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error(transparent)]
    Register(#[from] RegisterError),
}

/// Whether the register has what lies in our own folders.
async fn own_folders(office: &Office) -> Result<String, OwnFolders> {
    let mut mailbox = Mailbox::open(&office.mailbox_now().await?).await?;
    mailbox.sign(&office.register.mark().await?);
    compare(office, &mut mailbox).await?;
    mailbox.close().await;
    let written = |at: Moment| at.format("%Y-%m-%d %H:%M UTC").to_string();
    let own = match office.mailboxes.are_several() {
        true => Within::Only(vec![office.mailbox_name().clone()]),
        false => Within::All,
    };
    match office.register.not_on_file_of(&own).await? {
        None => Ok("each mail in them is in the register".to_owned()),
        Some(missing) => Err(OwnFolders::NotOnFile {
            count: missing.count,
            others: missing.others,
            oldest: written(missing.oldest),
            newest: written(missing.newest),
        }),
    }
}
