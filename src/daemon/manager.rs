//! What the service manager hears (sd_notify(3)): ready, reloading, that every loop moves, and a line for whoever asks how
//! it goes. Elsewhere than under a service manager this does nothing. Counts what the line and the figures say.

use super::WorkError;
use super::current::Current;
use super::office::Office;
use crate::case::CaseState;
use crate::metrics::{self, Counted, DepartmentNow};
use crate::register::CaseQuery;
use sd_notify::NotifyState;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;

/// How often the register is counted, and the line written anew.
const COUNT_EVERY: Duration = Duration::from_secs(30);

/// The daemon works.
pub(super) fn ready(current: &Current) {
    let _ = sd_notify::notify(&[NotifyState::Ready, NotifyState::Status(&line(current))]);
}

/// The settings are read anew; [`ready`] ends it.
pub(super) fn reloading() {
    // The moment is what `Type=notify-reload` tells this reload from an earlier one by.
    match NotifyState::monotonic_usec_now() {
        Ok(moment) => drop(sd_notify::notify(&[NotifyState::Reloading, moment])),
        Err(error) => tracing::debug!(%error, "the service manager is not told of the reload"),
    }
}

/// The daemon was asked to stop.
pub(super) fn stopping() {
    let _ = sd_notify::notify(&[NotifyState::Stopping]);
}

fn line(current: &Current) -> String {
    metrics::status(&current.snapshot(), current.now().config.desk.time_zone)
}

/// Counts, and says how it goes where that is another thing than before.
pub(super) async fn counting_loop(current: &Current) {
    let mut said = String::new();
    while let Some(office) = current.open() {
        match count(&office).await {
            Ok(counted) => current.counted(counted),
            // The loops say so, who need the register more; the figures show when it was counted last.
            Err(error) => tracing::debug!(%error, "the register was not counted"),
        }
        let line = line(current);
        if line != said {
            let _ = sd_notify::notify(&[NotifyState::Status(&line)]);
            said = line;
        }
        tokio::select! { () = current.stopped() => break, () = tokio::time::sleep(COUNT_EVERY) => {} }
    }
    stopping();
}

async fn count(office: &Office) -> Result<Counted, WorkError> {
    let now = office.clock.now();
    let tally = office.register.tally().await?;
    let mut departments: BTreeMap<String, DepartmentNow> = BTreeMap::new();
    let department = |name: &str| DepartmentNow { name: name.to_owned(), open: 0, overdue: 0 };
    for one in &office.mailboxes.whole.department {
        departments.insert(one.name.to_lowercase(), department(&one.name));
    }
    let mut cases = office.register.cases(CaseQuery::Guarded);
    while let Some(case) = cases.next().await? {
        if case.state == CaseState::Open {
            let its = departments.entry(case.department.to_lowercase()).or_insert_with(|| department(&case.department));
            its.open += 1;
            its.overdue += i64::from(!case.overdue(now).is_empty());
        }
    }
    Ok(Counted {
        at: now,
        mails: tally.mails,
        undecided: tally.undecided,
        cases: tally.cases,
        letters: tally.letters.into_iter().map(|(state, count)| (state.name(), count)).collect(),
        letters_wait_since: tally.waits_since,
        departments: departments.into_values().collect(),
    })
}

/// Tells the service manager that all is well, as long as every loop moves. It is polled by the task that polls the
/// loops, so that one that holds up the thread holds up this as well.
pub(super) async fn watchdog_loop(current: &Current) {
    let Some(limit) = sd_notify::watchdog_enabled() else { return };
    let mut told = false;
    while let Some(office) = current.open() {
        let now = Instant::now();
        let hanging: Vec<_> = office.mailboxes.all().flat_map(|one| one.pulse.hanging(now)).collect();
        if hanging.is_empty() {
            let _ = sd_notify::notify(&[NotifyState::Watchdog]);
        } else if !std::mem::replace(&mut told, true) {
            tracing::error!(
                ?hanging,
                "a loop hangs; the service manager's watchdog is no longer told that all is well"
            );
        }
        tokio::select! { () = current.stopped() => break, () = tokio::time::sleep(limit / 2) => {} }
    }
}
