//! One step of the clock: a person is told of the mails that were put aside since the last notice; and what the digest
//! says about mail. The mails are read again from the register, where reading survives them.

use super::office::Office;
use super::processors::beside;
use super::settle::{Decided, Desk, Happening, Written, settle};
use super::trial::FAILED_MAX;
use super::{Step, WorkError};
use crate::case::Moment;
use crate::config::StaffProof;
use crate::desk::{
    DAY_ASIDE_MAX, NOTICE_MAILS_MAX, Stored, Untold, Within, came_back, mail_day, may_tell, on_aside, witness,
};
use crate::digest::MailDay;
use crate::mail::{self, Witness};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

/// Reading the mails of one notice takes a second; what takes longer hangs, and is told of unread.
const READING_MAX: Duration = Duration::from_secs(60);

/// Tells of mails that were put aside, at most once an hour; each company of its own.
pub(super) async fn tell_of_aside(office: &Arc<Office>) -> Result<Step, WorkError> {
    if office.register.count_untold_aside(&Within::All).await? == 0 {
        return Ok(Step::Idle);
    }
    let mut step = Step::Idle;
    for company in office.mailboxes.of_companies() {
        if tell_company(&Arc::new(office.at(company))).await? == Step::Worked {
            step = Step::Worked;
        }
    }
    Ok(step)
}

async fn tell_company(office: &Arc<Office>) -> Result<Step, WorkError> {
    let count = office.register.count_untold_aside(&office.within).await?;
    let last = office.register.last_aside_notice(&office.within).await?;
    // Asked before the mails are read: most minutes of an hour have nothing to tell yet.
    if count == 0 || !may_tell(last, office.clock.now()) {
        return Ok(Step::Idle);
    }
    let limit = i64::try_from(NOTICE_MAILS_MAX).unwrap_or(i64::MAX);
    let mut untold = Vec::new();
    for stored in read_all(proof(office), office.register.untold_aside(&office.within, limit).await?).await {
        let letter = came_back(&stored, &office.rules);
        let came_back_from = match &letter {
            Some(letter) => office.register.reader_of(letter).await?,
            None => None,
        };
        untold.push(Untold { stored, came_back_from });
    }
    let waiting = usize::try_from(count).unwrap_or_default().saturating_sub(untold.len());
    settle(office, &[PutAside { untold, waiting, last }]).await
}

/// Mails that were put aside and that nobody was told of.
struct PutAside {
    untold: Vec<Untold>,
    /// How many more there are.
    waiting: usize,
    /// When a notice was last written.
    last: Option<Moment>,
}

impl Happening for PutAside {
    type Known = ();
    type Working = ();
    const POINTS: [&'static str; 2] = ["before recording a notice", "after recording a notice"];

    fn decide(&self, (): (), _working: &mut (), desk: &mut Desk<'_>) -> Option<Decided> {
        let rules = &desk.office.rules;
        let decision = on_aside(&self.untold, self.waiting, self.last, rules, desk.now, &mut desk.fresh)?;
        if decision.letters.is_empty() {
            tracing::error!(
                mails = self.untold.len(),
                "nobody can be told by letter of mails put aside: every reader's mailbox sends our letters back; see the digest"
            );
        }
        Some(Decided::through(decision, desk.office.mailbox_name()))
    }

    fn told(&self, _written: &Written) {
        tracing::info!(mails = self.untold.len(), waiting = self.waiting, "mails put aside were told of");
    }
}

/// What became of the company's mail since then, for the digest.
///
/// # Errors
/// The register refused.
pub async fn day_of_mail(office: &Office, since: Moment, until: Moment) -> Result<MailDay, WorkError> {
    let mut counts = office.register.balance(since, until).await?;
    counts.retain(|count| office.within.has_folder(&count.folder));
    let limit = i64::try_from(DAY_ASIDE_MAX).unwrap_or(i64::MAX);
    let (stored, count) = office.register.aside_between(&office.within, since, until, limit).await?;
    let stored = read_all(proof(office), stored).await;
    let count = usize::try_from(count).unwrap_or_default();
    Ok(MailDay {
        not_on_file: office.register.not_on_file_of(&office.within).await?,
        route: office.register.route(&office.within, until).await?,
        ..mail_day(&counts, &stored, count)
    })
}

/// By what senders are proven to the company.
fn proof(office: &Office) -> &StaffProof {
    &office.config.mailbox.staff_proof
}

/// The same mails, read; on a thread of its own, because one of them may be why it was put aside.
pub(super) async fn read_all(proof: &StaffProof, stored: Vec<Stored>) -> Vec<Stored> {
    let proof = proof.clone();
    let unread = stored.clone();
    let reading = beside(move || stored.into_iter().map(|one| read_again(one, witness(&proof))).collect::<Vec<_>>());
    match tokio::time::timeout(READING_MAX, reading).await {
        Ok(Ok(read)) => read,
        _ => {
            tracing::error!(
                mails = unread.len(),
                "reading mails that were put aside did not end; they are told of unread"
            );
            unread
        }
    }
}

/// A mail that ended processes of its own is not read once more: it would take this one with it.
pub(super) fn read_again(stored: Stored, witness: Witness<'_>) -> Stored {
    if stored.raw.is_empty() || stored.failed_readings >= FAILED_MAX {
        return stored;
    }
    let read = catch_unwind(AssertUnwindSafe(|| mail::read(&stored.raw, witness)));
    Stored { mail: read.ok().map(Box::new), ..stored }
}
