//! `klachtpost case list`: one line a case, with when something is due next and how late that is. Cases are read one after
//! the other, so that columns have a width of their own.

use super::super::day;
use super::super::looking::register_at;
use super::super::printing::{counted, say};
use super::confidential::without_secrets;
use super::{case_json, clock_words, printable, short_time};
use crate::case::{Case, CaseState, Moment};
use crate::config::Config;
use crate::desk::fold;
use crate::register::{CaseQuery, Register, RegisterError};
use chrono::{NaiveDate, TimeDelta};

/// Which cases; all of what is asked for must hold.
#[derive(Debug, Default, clap::Args)]
pub struct Filter {
    /// Only open ones
    #[arg(long)]
    open: bool,
    /// Only those with something that is late
    #[arg(long)]
    overdue: bool,
    /// Only those of this department, by its short name in the settings
    #[arg(long, value_name = "NAME")]
    department: Option<String>,
    /// Only those of customers with this in their name, address or telephone number
    #[arg(long, value_name = "TEXT")]
    customer: Option<String>,
    /// Only those received on this day or later (2026-11-23 or 23-11-2026)
    #[arg(long, value_name = "DAY", value_parser = day::parse)]
    since: Option<NaiveDate>,
}

impl Filter {
    /// The least that must be read for it: only an open case can be late.
    fn query(&self) -> CaseQuery {
        if self.open || self.overdue { CaseQuery::Guarded } else { CaseQuery::All }
    }

    /// What the operator sees of a case that is asked for. Its secrets are taken out before it is looked for: who finds a
    /// customer's case by a name knows whose it is.
    fn shown(&self, case: Case, config: &Config, now: Moment) -> Option<Case> {
        Some(without_secrets(case)).filter(|case| self.keeps(case, config, now))
    }

    fn keeps(&self, case: &Case, config: &Config, now: Moment) -> bool {
        let since = self.since.and_then(|since| day::beginning(since, config.desk.time_zone));
        (!self.open || case.state == CaseState::Open)
            && (!self.overdue || !case.overdue(now).is_empty())
            && self.department.as_ref().is_none_or(|name| case.department.eq_ignore_ascii_case(name))
            && self.customer.as_ref().is_none_or(|text| is_of(case, text))
            && since.is_none_or(|since| case.received_at >= since)
    }

    /// Where nothing was found: a department that does not exist is probably misspelt.
    fn hint(&self, config: &Config) -> Option<String> {
        let asked = self.department.as_ref()?;
        let names: Vec<&str> = config.department.iter().map(|department| department.name.as_str()).collect();
        let is_known = names.iter().any(|name| name.eq_ignore_ascii_case(asked));
        (!is_known)
            .then(|| format!("no department in the settings is called {}; they have {}", asked, names.join(", ")))
    }
}

fn is_of(case: &Case, text: &str) -> bool {
    let customer = &case.customer;
    let address = customer.address.as_ref().map_or("", |address| address.as_str());
    let phone = customer.phone.as_deref().unwrap_or_default();
    fold(&format!("{} {address} {phone}", customer.name)).contains(&fold(text))
}

/// For people.
pub(super) async fn print(
    config: &Config,
    register: &Register,
    filter: &Filter,
    now: Moment,
) -> Result<(), RegisterError> {
    let mut cases = register.cases(filter.query());
    let (mut count, mut late) = (0_usize, 0_usize);
    while let Some(case) = cases.next().await? {
        let Some(case) = filter.shown(case, config, now) else { continue };
        if count == 0 {
            say!("{}", line(HEADERS));
        }
        count += 1;
        late += usize::from(!case.overdue(now).is_empty());
        say!("{}", row(config, &case, now));
    }
    let space = if count == 0 { "" } else { "\n" };
    let late = if late == 0 { String::new() } else { format!(", {late} late") };
    say!("{space}{}{late} in {}", counted(count, "case"), register_at(config));
    if let Some(hint) = filter.hint(config).filter(|_| count == 0) {
        say!("{}", printable(&hint));
    }
    Ok(())
}

/// One JSON object a line.
pub(super) async fn print_json(
    config: &Config,
    register: &Register,
    filter: &Filter,
    now: Moment,
) -> Result<(), RegisterError> {
    let mut cases = register.cases(filter.query());
    while let Some(case) = cases.next().await? {
        if let Some(case) = filter.shown(case, config, now) {
            say!("{}", case_json(config, &case, now));
        }
    }
    Ok(())
}

const HEADERS: [&str; 10] =
    ["NUMBER", "STATE", "DEPARTMENT", "RECEIVED", "DUE", "LATE", "WAITS FOR", "CUSTOMER", "ADDRESS", "SUBJECT"];
/// Characters of each; the last one ends the line.
const WIDTHS: [usize; 10] = [14, 9, 15, 16, 16, 4, 15, 22, 30, 48];

fn row(config: &Config, case: &Case, now: Moment) -> String {
    let (due, late, awaited) = match case.next_clock() {
        None => (String::new(), String::new(), ""),
        Some((clock, due)) => {
            let late = if due < now { how_long(now - due) } else { String::new() };
            (short_time(config, due), late, clock_words(clock))
        }
    };
    let number = case.number.to_string();
    let address = case.customer.address.as_ref().map_or("", |address| address.as_str());
    let received = short_time(config, case.received_at);
    let cells = [&number, case.state.name(), &case.department, &received, &due, &late, awaited];
    let [number, state, department, received, due, late, awaited] = cells;
    let (name, subject) = (printable(&case.customer.name), printable(&case.subject));
    line([number, state, department, received, due, late, awaited, &name, address, &subject])
}

/// The cells at their widths; what is too long is cut, but for addresses, which are copied.
fn line(cells: [&str; 10]) -> String {
    const ADDRESS: usize = 8;
    let padded = cells.iter().zip(WIDTHS).enumerate().map(|(column, (cell, width))| {
        let is_long = cell.chars().count() > width && column != ADDRESS;
        let cut = || cell.chars().take(width - 1).chain(['…']).collect();
        let cell: String = if is_long { cut() } else { (*cell).to_owned() };
        format!("{cell:<width$}")
    });
    padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
}

/// In the largest unit of which there are two.
fn how_long(late: TimeDelta) -> String {
    match (late.num_minutes(), late.num_hours(), late.num_days()) {
        (_, _, days) if days >= 2 => format!("{days}d"),
        (_, hours, _) if hours >= 2 => format!("{hours}h"),
        (minutes, _, _) => format!("{}m", minutes.max(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_late_it_is_fits_its_column() {
        for (minutes, told) in
            [(0, "1m"), (119, "119m"), (120, "2h"), (2_879, "47h"), (2_880, "2d"), (1_440_000, "1000d")]
        {
            assert_eq!(how_long(TimeDelta::minutes(minutes)), told);
        }
    }

    #[test]
    fn a_long_cell_is_cut_and_an_address_is_not() {
        let long = "x".repeat(60);
        let cells = line(["K-2026-000001", "open", &long, "", "", "", "", "", &long, &long]);
        let words: Vec<&str> = cells.split_whitespace().collect();
        assert_eq!(words.iter().map(|word| word.chars().count()).collect::<Vec<_>>(), [13, 4, 15, 60, 48]);
    }
}
