//! One step of the clock: what is due by the hour is decided on like a mail: the day's digest, and letters that a
//! cap held back. The register says what was done already, so that a restart, a second instance or an outage
//! changes nothing.

use super::clerk::{self, AUTOMATIC_LETTERS_PER_HOUR_MAX, Known};
use super::deciding::Salts;
use super::office::Office;
use super::{Step, WorkError};
use crate::crash;
use crate::desk::{DigestDue, digest_due, on_digest, on_terms};
use crate::register::CaseQuery;

/// The name of the digest's runs in the register.
const DIGEST: &str = "digest";

/// Does what is due now.
///
/// # Errors
/// The register refused: the next tick tries again.
pub async fn tick(office: &Office) -> Result<Step, WorkError> {
    let now = office.clock.now();
    let per_hour = i64::try_from(AUTOMATIC_LETTERS_PER_HOUR_MAX).unwrap_or(i64::MAX);
    let released = office.register.release_capped(now, per_hour).await?;
    crash::point("after letting held letters go");
    let steps = [terms(office).await?, digest(office).await?];
    let worked = released > 0 || steps.contains(&Step::Worked);
    Ok(if worked { Step::Worked } else { Step::Idle })
}

/// Warns of clocks that run out, and tells of those that did (§2.4.1).
async fn terms(office: &Office) -> Result<Step, WorkError> {
    let now = office.clock.now();
    let mut step = Step::Idle;
    for case in office.register.cases(CaseQuery::Open).await? {
        if on_terms(&case, &office.rules, now, &mut office.fresh()?).is_none() {
            continue;
        }
        // Decided again on what the register holds inside the transaction: an answer may just have gone out.
        let mut tx = office.register.begin().await?;
        let Some(file) = tx.case_file(case.number).await? else { continue };
        let mut fresh = office.fresh()?;
        let Some(mut decision) = on_terms(&file.case, &office.rules, now, &mut fresh) else { continue };
        let known = Known { file: Some(&file), ..Known::default() };
        let letters = clerk::write(&mut decision, &known, office, now, &mut fresh);
        let mut salts = Salts::new()?;
        tx.record(None, &decision, &letters, now, &mut || salts.next()).await?;
        crash::point("before recording that a clock runs out");
        tx.commit().await?;
        crash::point("after recording that a clock runs out");
        step = Step::Worked;
    }
    Ok(step)
}

async fn digest(office: &Office) -> Result<Step, WorkError> {
    let now = office.clock.now();
    let last = office.register.last_run(DIGEST).await?;
    let (day, since) = match digest_due(last, &office.rules, now) {
        DigestDue::Nothing => return Ok(Step::Idle),
        // The very first start makes up for nothing: only the day is noted.
        DigestDue::NoteOnly { day } => {
            let mut tx = office.register.begin().await?;
            tx.claim_run(DIGEST, day, now).await?;
            crash::point("before noting the first day");
            tx.commit().await?;
            crash::point("after noting the first day");
            return Ok(Step::Idle);
        }
        DigestDue::Write { day, since } => (day, since),
    };
    let mut fresh = office.fresh()?;
    let mut salts = Salts::new()?;
    let cases = office.register.cases(CaseQuery::OpenOrClosedSince(since)).await?;
    let head = office.register.chain_head().await?;
    let mut tx = office.register.begin().await?;
    if !tx.claim_run(DIGEST, day, now).await? {
        return Ok(Step::Idle);
    }
    let mut decision = on_digest(day, since, &cases, &head.hash, &office.rules, now, &mut fresh);
    let letters = clerk::write(&mut decision, &Known::default(), office, now, &mut fresh);
    tx.record(None, &decision, &letters, now, &mut || salts.next()).await?;
    crash::point("before recording a digest");
    tx.commit().await?;
    crash::point("after recording a digest");
    tracing::info!(digest.day = %day, letters = letters.len(), "digest written");
    Ok(Step::Worked)
}
