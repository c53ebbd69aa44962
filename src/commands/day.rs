//! A day as people write it on a command line: 2026-11-23, 23-11-2026, or 23 november 2026. Pure.

use crate::case::Moment;
use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;

/// As numbers.
const NUMBERS: [&str; 3] = ["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"];
/// The first three letters of the months, Dutch and English.
const MONTHS: [&[&str]; 12] = [
    &["jan"],
    &["feb"],
    &["maa", "mrt", "mar"],
    &["apr"],
    &["mei", "may"],
    &["jun"],
    &["jul"],
    &["aug"],
    &["sep"],
    &["okt", "oct"],
    &["nov"],
    &["dec"],
];

/// Reads it; a year is never guessed.
pub(super) fn parse(text: &str) -> Result<NaiveDate, String> {
    let text = text.trim();
    let in_numbers = NUMBERS.iter().find_map(|form| NaiveDate::parse_from_str(text, form).ok());
    // `%Y` takes two figures for a year of the Romans.
    let read = in_numbers.or_else(|| in_words(text)).filter(|day| chrono::Datelike::year(day) >= 1000);
    read.ok_or_else(|| "expected a day like 2026-11-23, 23-11-2026 or \"23 november 2026\"".to_owned())
}

fn in_words(text: &str) -> Option<NaiveDate> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [day, month, year] = words.as_slice() else { return None };
    let begins: String = month.to_lowercase().chars().take(3).collect();
    let month = MONTHS.iter().position(|names| names.contains(&begins.as_str()))?;
    NaiveDate::from_ymd_opt(year.parse().ok()?, u32::try_from(month).ok()? + 1, day.parse().ok()?)
}

/// When it begins where the desk is.
pub(super) fn beginning(day: NaiveDate, zone: Tz) -> Option<Moment> {
    day.and_time(NaiveTime::MIN).and_local_timezone(zone).earliest().map(|at| at.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_as_people_write_it() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 5).unwrap();
        for text in [
            "2026-03-05",
            "05-03-2026",
            "5-3-2026",
            "5/3/2026",
            "5 maart 2026",
            "5 mrt 2026",
            "5 March 2026",
            " 5 mar. 2026",
        ] {
            assert_eq!(parse(text), Ok(day), "{text}");
        }
        for text in ["", "5-3", "31-02-2026", "5-3-26", "maart 2026", "5 kwartaal 2026", "2026-03-05T10:00:00Z"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
