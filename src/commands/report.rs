//! `klachtpost report`: the report of a month as it would go out now, or the company's figures as JSON, beside those of the
//! month before and of the same month of the year before; nothing is sent or noted.

use super::digest::{PreviewError, print, shown as seen};
use super::looking::ended_by;
use super::printing::{Form, say};
use super::{Exit, failed};
use crate::clock::Clock;
use crate::config::Config;
use crate::daemon::{Office, OfficeError, lives_of, past_terms_of};
use crate::desk::{Within, month_figures, on_month, with_past_terms};
use crate::digest::month::Month;
use serde_json::json;

/// Prints the report of that month; else of the one before this.
pub async fn run(config: Config, month: Option<Month>, form: Form) -> Exit {
    match shown(config, month, form).await {
        Ok(()) => Exit::Done,
        Err(PreviewError::Register(error) | PreviewError::Office(OfficeError::Register(error))) => ended_by(&error),
        Err(error) => failed(&error, Exit::TryAgainLater),
    }
}

async fn shown(config: Config, month: Option<Month>, form: Form) -> Result<(), PreviewError> {
    let office = Office::look(config, Clock::System).await?;
    let now = office.clock.now();
    let local = office.rules.calendar.local(now);
    let month = month.unwrap_or_else(|| Month::of(local.date_naive()).before());
    let mut letters = Vec::new();
    // A report of each company: as JSON, a line each.
    for company in office.mailboxes.of_companies() {
        let office = office.at(company);
        let lives = seen(&office, lives_of(&office, month, now).await?, |life| &life.case);
        if form.is_json() {
            let figures = month_figures(month, &lives, &office.rules, now);
            let (report, before, year) = (&figures.report, &figures.month_before, &figures.year_before);
            let made_at = local.to_rfc3339();
            let mut line = json!({ "made_at": made_at, "report": report, "month_before": before, "year_before": year });
            if office.within != Within::All {
                line["company"] = json!(office.house.company);
            }
            say!("{line}");
            continue;
        }
        let decision = on_month(month, &lives, &office.rules, now, &mut office.fresh()?);
        for draft in with_past_terms(decision, past_terms_of(&office, &office.within).await?.counted()).letters {
            letters.push(office.letters.render(&draft, &office.house, &office.rules.keys, now)?);
        }
    }
    if !form.is_json() {
        print(&office, &letters, form);
    }
    Ok(())
}
