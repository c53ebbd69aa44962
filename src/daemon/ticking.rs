//! One step of the clock: what is due by the hour is decided on like a mail: terms, the overviews of `overviews.rs`, mails put aside, and
//! letters that a cap held back. The register says what was done already, so that a restart, a second instance or an outage
//! changes nothing.

use super::aside::tell_of_aside;
use super::bundling::bundle;
use super::comparing::tell_of_missing;
use super::office::Office;
use super::settle::{Decided, Desk, Happening, settle_each};
use super::{Step, WorkError, hour, overviews};
use crate::case::CaseNumber;
use crate::crash;
use crate::desk::{CaseFile, on_terms};
use crate::register::{CaseQuery, Tx};
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Does what is due now.
///
/// # Errors
/// The register refused: the next tick tries again.
pub async fn tick(office: &Arc<Office>) -> Result<Step, WorkError> {
    hour::believe(office).await?;
    let now = office.clock.now();
    let released = office.register.release_capped(office.rules.caps, now).await?;
    crash::point("after letting held letters go");
    let aside = tell_of_aside(office).await?;
    let missing = tell_of_missing(office).await?;
    let steps = [
        missing,
        bundle(office).await?,
        terms(office).await?,
        aside,
        overviews::digest(office).await?,
        overviews::month(office).await?,
    ];
    let worked = released > 0 || steps.contains(&Step::Worked);
    Ok(if worked { Step::Worked } else { Step::Idle })
}

/// Cases settled in one transaction: few enough that mails need not wait for it.
const BATCH: usize = 50;

/// Warns of clocks that run out, and tells of those that did (§2.4.1).
async fn terms(office: &Arc<Office>) -> Result<Step, WorkError> {
    let now = office.clock.now();
    let mut steps = Vec::new();
    let mut guarded = office.register.cases(CaseQuery::Guarded);
    let mut due = Vec::new();
    while let Some(case) = guarded.next().await? {
        if on_terms(&case, &office.mailboxes.of_case(&case).rules, now, &mut office.fresh()?).is_none() {
            continue;
        }
        due.push(RunsOut(case.number));
        if due.len() == BATCH {
            steps.push(settle_each(office, &std::mem::take(&mut due)).await?.step);
        }
    }
    steps.push(settle_each(office, &due).await?.step);
    Ok(if steps.contains(&Step::Worked) { Step::Worked } else { Step::Idle })
}

/// A case with a clock that runs out, as it seemed: decided again on what the register holds inside the transaction, for an
/// answer may just have gone out.
struct RunsOut(CaseNumber);

impl Happening for RunsOut {
    type Known = Option<CaseFile>;
    /// The cases that were told of: two numbers may lead to one by now.
    type Working = BTreeSet<CaseNumber>;
    const POINTS: [&'static str; 2] =
        ["before recording that a clock runs out", "after recording that a clock runs out"];

    async fn load(tx: &mut Tx, _office: &Office, all: &[Self]) -> Result<Vec<Self::Known>, WorkError> {
        let numbers: Vec<CaseNumber> = all.iter().map(|one| one.0).collect();
        let mut files = tx.case_files(&numbers).await?;
        Ok(numbers.iter().map(|number| files.remove(number)).collect())
    }

    fn decide(&self, known: Self::Known, told: &mut Self::Working, desk: &mut Desk<'_>) -> Option<Decided> {
        let file = known.filter(|file| told.insert(file.case.number))?;
        let rules = &desk.office.mailboxes.of_case(&file.case).rules;
        let decision = on_terms(&file.case, rules, desk.now, &mut desk.fresh)?;
        Some(Decided { file: Some(file), ..Decided::from(decision) })
    }

    /// One case must not keep the others' clocks from being guarded.
    async fn failed(&self, _office: &Arc<Office>, error: WorkError) -> Result<ControlFlow<()>, WorkError> {
        tracing::error!(case.number = %self.0, %error, "a clock could not be told of; every minute tries again");
        Ok(ControlFlow::Continue(()))
    }
}
