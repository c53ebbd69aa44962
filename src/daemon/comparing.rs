//! Our own folders, compared with the register at start, once a day and by `check` (invariant 1): after a backup was
//! restored they hold mails that the register has forgotten, whose customers have an acknowledgement and whose numbers
//! must not be given out again. Only what is new in a folder is looked at: the server numbers its mails.
//!
//! What it cannot see: a mail that a person deleted from those folders, a complaint that came by a pipe or was taken down
//! from a letter on paper, and whose a mail is where the server keeps no marks on mails.

use super::intake::folder_name;
use super::office::Office;
use super::redacting::{probe, take_away_redacted};
use super::settle::{Decided, Desk, Happening, Written, settle};
use super::watching::{Complaint, News};
use super::{Step, WorkError, hour};
use crate::case::{CaseNumber, Moment};
use crate::config;
use crate::desk::on_not_on_file;
use crate::digest::{FiledBy, LostMail, NotOnFile};
use crate::mail;
use crate::mailbox::{Destination, Entry, Filed, Folder, Mailbox, MailboxError, Mark, Uid};
use crate::register::{ComparedFolder, Missing, Probe, RedactionList, Tx};
use chrono::{Datelike, TimeDelta};
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

/// Once a day: what goes missing then is seen the next day.
pub(super) const COMPARE_EVERY: Duration = Duration::from_secs(24 * 60 * 60);
/// Mails whose headers are asked for at a time.
const PAGE: usize = 500;
/// A number is of the year in which the mail was registered: within a day of its receipt, but after an outage.
const REGISTERED_WITHIN: TimeDelta = TimeDelta::days(1);

/// Compares all own folders; how many more mails are missing than were known to be.
///
/// # Errors
/// The mailbox or the register failed. A folder that the server does not open is left out, and the log says so.
pub async fn compare(office: &Office, mailbox: &mut Mailbox) -> Result<usize, WorkError> {
    hour::believe(office).await?;
    let redacted = office.redactions()?;
    let mut new = 0;
    for (name, destination) in own_folders(&office.config.mailbox) {
        match compare_folder(office, mailbox, (&name, destination), &redacted).await {
            Ok(found) => new += found,
            Err(WorkError::Mailbox(error @ MailboxError::Server { .. })) => {
                if office.watch.first(Complaint::Comparing) == News::Yes {
                    tracing::warn!(%error, folder = name, "an own folder could not be compared with the register");
                }
            }
            Err(error) => return Err(error),
        }
    }
    if new > 0 {
        tracing::error!(
            mails = new,
            "mails lie in our own folders that are not in the register; next: `klachtpost adopt` lists them and takes them in"
        );
    }
    Ok(new)
}

/// Each once, though the settings may name one for several uses.
pub fn own_folders(settings: &config::Mailbox) -> Vec<(String, Destination)> {
    let mut seen = HashSet::new();
    let all = [Destination::Processed, Destination::SetAside, Destination::Unreadable];
    let named = all.map(|destination| (folder_name(settings, Folder::Filed(destination)), destination));
    named.into_iter().filter(|(name, _)| seen.insert(name.clone())).collect()
}

async fn compare_folder(
    office: &Office,
    mailbox: &mut Mailbox,
    (name, destination): (&str, Destination),
    redacted: &RedactionList,
) -> Result<usize, WorkError> {
    let now = office.clock.now();
    let began = office.register.began_at(now).await?;
    let opened = mailbox.open_folder(Folder::Filed(destination)).await?;
    let seen = office.register.compared_up_to(name, opened.uid_validity).await?;
    // A folder that gives out less than before was restored itself: it is looked through anew.
    let first = seen.filter(|seen| opened.uid_next.is_some_and(|next| *seen <= next)).unwrap_or(1);
    let filed = mailbox.filed_from(Uid(first)).await?;
    let mut new = 0;
    for page in filed.chunks(PAGE) {
        let place = Place { office, name, uid_validity: opened.uid_validity, began, redacted };
        new += place.compare_page(mailbox, page).await?;
    }
    let highest = filed.iter().map(|filed| filed.entry.uid.0.saturating_add(1)).max();
    let next_uid = highest.into_iter().chain(opened.uid_next).chain([first]).max().unwrap_or(first);
    let known: Vec<i64> = office.register.missing_in(name).await?.into_iter().map(|missing| missing.uid).collect();
    let there = mailbox.present(&known.iter().map(|uid| Uid(*uid)).collect::<Vec<_>>()).await?;
    let gone: Vec<i64> = known.into_iter().filter(|uid| !there.contains(&Uid(*uid))).collect();
    let uid_validity = opened.uid_validity;
    let compared = ComparedFolder { mailbox: name, uid_validity, next_uid, gone: &gone, at: now };
    let mut tx = office.register.begin().await?;
    tx.note_compared(&compared).await?;
    tx.commit().await?;
    Ok(new)
}

struct Place<'a> {
    office: &'a Office,
    name: &'a str,
    uid_validity: i64,
    began: Moment,
    redacted: &'a RedactionList,
}

impl Place<'_> {
    async fn compare_page(&self, mailbox: &mut Mailbox, page: &[Filed]) -> Result<usize, WorkError> {
        let counted: Vec<&Filed> = page.iter().filter(|filed| self.filed_by(filed).is_some()).collect();
        let uids: Vec<Uid> = counted.iter().map(|filed| filed.entry.uid).collect();
        let headers = mailbox.headers(&uids).await?;
        let read: Vec<mail::Mail> = counted
            .iter()
            .map(|filed| headers.get(&filed.entry.uid).map(|raw| mail::read(raw, "")).unwrap_or_default())
            .collect();
        let probes: Vec<Probe> = counted.iter().zip(&read).map(|(filed, mail)| probe(filed, mail)).collect();
        // What was redacted came back with a restored mailbox, or was never taken away: it is nobody's to take in.
        let gone = take_away_redacted(self.office, mailbox, self.redacted, &uids, &probes).await?;
        let (on_file, forgotten) = (
            self.office.register.on_file(&self.office.within, &probes).await?,
            self.forgotten(&counted, &probes).await?,
        );
        let (mut missing, mut numbers) = (Vec::new(), BTreeSet::new());
        for (place, (filed, mail)) in counted.iter().zip(&read).enumerate() {
            let is_on_file = on_file.contains(&place) && !forgotten.contains(&place);
            let is_known = is_on_file || gone.redacted.contains(&filed.entry.uid);
            let Some(filed_by) = self.filed_by(filed).filter(|_| !is_known) else { continue };
            numbers.extend(self.numbers(mail));
            missing.push(self.missing(filed, filed_by, mail));
        }
        if missing.is_empty() {
            return Ok(0);
        }
        let numbers: Vec<CaseNumber> = numbers.into_iter().collect();
        let mut tx = self.office.register.begin().await?;
        tx.take_off_file(
            self.office.mails(),
            &forgotten.iter().filter_map(|place| probes.get(*place)).collect::<Vec<_>>(),
        )
        .await?;
        tx.note_numbers(&numbers).await?;
        let new = tx.note_missing(&missing, self.office.clock.now()).await?;
        tx.commit().await?;
        Ok(new)
    }

    /// Those that the register filed away and knows only as waiting, by their places: a backup was taken between. What it decided
    /// then it has forgotten, and deciding once more would answer twice.
    async fn forgotten(&self, counted: &[&Filed], probes: &[Probe]) -> Result<HashSet<usize>, WorkError> {
        let register = &self.office.register;
        let (waiting, read) = (
            register.undecided(self.office.mails(), probes).await?,
            register.on_file_by_id(&self.office.within, probes).await?,
        );
        let is_ours = |place: &usize| counted.get(*place).is_some_and(|filed| matches!(filed.mark, Mark::Ours));
        Ok(waiting.into_iter().filter(|place| is_ours(place) && !read.contains(place)).collect())
    }

    /// None: it is older than the register and not its own, as a company's old folder is.
    fn filed_by(&self, filed: &Filed) -> Option<FiledBy> {
        // Mail servers state whole seconds.
        let began = self.began.timestamp();
        let is_ours_to_ask = filed.entry.received_at.is_some_and(|at| at.timestamp() >= began);
        match filed.mark {
            Mark::Ours => Some(FiledBy::Ours),
            Mark::None if is_ours_to_ask => Some(FiledBy::Unmarked),
            Mark::Others if is_ours_to_ask => Some(FiledBy::Others),
            Mark::None | Mark::Others => None,
        }
    }

    /// The numbers that its header shows were given out.
    fn numbers<'m>(&'m self, mail: &'m mail::Mail) -> impl Iterator<Item = CaseNumber> + 'm {
        let ids = mail.message_id.iter().chain(&mail.in_reply_to).chain(&mail.references);
        ids.filter_map(|id| self.office.rules.keys.read(id)?.case)
    }

    /// The mail, and the year whose numbers it may have had one of.
    fn missing(&self, filed: &Filed, filed_by: FiledBy, mail: &mail::Mail) -> (Missing, i32) {
        let now = self.office.clock.now();
        let received_at = filed.entry.received_at.filter(|at| *at <= now).unwrap_or(now);
        let year = |at: Moment| self.office.rules.calendar.local(at).year();
        let from = mail.from.as_ref().map(|party| party.address.clone()).unwrap_or_default();
        let missing = Missing {
            mailbox: self.name.to_owned(),
            uid_validity: self.uid_validity,
            uid: filed.entry.uid.0,
            size: size(&filed.entry),
            filed_by,
            mail: LostMail { from, subject: mail.subject.clone(), received_at },
        };
        (missing, year((received_at + REGISTERED_WITHIN).min(now)))
    }
}

pub(super) fn size(entry: &Entry) -> i64 {
    entry.size.and_then(|size| i64::try_from(size).ok()).unwrap_or_default()
}

/// Tells the supervisor of each company's fallback department and the operator of what is missing, each mail once; the digest goes on
/// telling.
///
/// # Errors
/// The register refused: the next tick tries again.
pub(super) async fn tell_of_missing(office: &Arc<Office>) -> Result<Step, WorkError> {
    let mut step = Step::Idle;
    for company in office.mailboxes.of_companies() {
        let office = Arc::new(office.at(company));
        if let Some(missing) = office.register.untold_not_on_file(&office.within).await?
            && settle(&office, &[missing]).await? == Step::Worked
        {
            step = Step::Worked;
        }
    }
    Ok(step)
}

impl Happening for NotOnFile {
    type Known = ();
    type Working = ();
    const POINTS: [&'static str; 2] = ["before recording a notice", "after recording a notice"];

    fn decide(&self, (): (), _working: &mut (), desk: &mut Desk<'_>) -> Option<Decided> {
        let through = |decision| Decided::through(decision, desk.office.mailbox_name());
        on_not_on_file(self, &desk.office.rules, &mut desk.fresh).map(through)
    }

    /// The first letter is the one whose answer counts.
    async fn mark(&self, tx: &mut Tx, office: &Office, written: &Written) -> Result<(), WorkError> {
        match written.letters.first() {
            Some(told_in) => Ok(tx.told_not_on_file(&told_in.letter.id, &office.within).await?),
            None => Ok(()),
        }
    }
}
