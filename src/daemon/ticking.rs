//! One step of the clock: what is due by the hour is decided on like a mail: terms, the overviews of `overviews.rs`, mails put aside, and
//! letters that a cap held back. The register says what was done already, so that a restart, a second instance or an outage
//! changes nothing.

use super::aside::tell_of_aside;
use super::bundling::bundle;
use super::clerk::{self, Known};
use super::comparing::tell_of_missing;
use super::deciding::Salts;
use super::office::Office;
use super::{Step, WorkError, hour, overviews};
use crate::crash;
use crate::desk::caps::to_count;
use crate::desk::on_terms;
use crate::register::CaseQuery;
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

/// Warns of clocks that run out, and tells of those that did (§2.4.1).
async fn terms(office: &Office) -> Result<Step, WorkError> {
    let now = office.clock.now();
    let mut step = Step::Idle;
    let mut guarded = office.register.cases(CaseQuery::Guarded);
    while let Some(case) = guarded.next().await? {
        if on_terms(&case, &office.rules, now, &mut office.fresh()?).is_none() {
            continue;
        }
        // Decided again on what the register holds inside the transaction: an answer may just have gone out.
        let mut tx = office.register.begin().await?;
        let Some(file) = tx.case_file(case.number).await? else { continue };
        let mut fresh = office.fresh()?;
        let Some(mut decision) = on_terms(&file.case, &office.rules, now, &mut fresh) else { continue };
        let counts = tx.counts(&to_count(&decision.letters, None), office.rules.caps, now).await?;
        let known = Known { file: Some(&file), counts, about: None };
        let letters = clerk::write(&mut decision, &known, office, now, &mut fresh);
        let mut salts = Salts::new()?;
        tx.record(None, &decision, &letters, now, &mut || salts.draw()).await?;
        crash::point("before recording that a clock runs out");
        tx.commit().await?;
        crash::point("after recording that a clock runs out");
        step = Step::Worked;
    }
    Ok(step)
}
