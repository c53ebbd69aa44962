//! How moments, sizes and amounts are written, by what the table of languages says of each. Pure: the desk's zone comes in as an
//! argument.

use super::salutation;
use crate::case::{Amount, Language, Moment};
use crate::languages::Written;
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike};
use chrono_tz::Tz;

/// What staff read where nobody wrote their letters in the customer's language.
pub(crate) const FOR_STAFF: [Language; 2] = [Language::Dutch, Language::English];

/// The language that a letter to staff is written in, for who reads another one.
pub(crate) fn for_staff(language: Language) -> Language {
    if FOR_STAFF.contains(&language) { language } else { Language::English }
}

/// How one reader reads: language and the desk's zone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words {
    pub language: Language,
    pub zone: Tz,
}

impl Words {
    /// The language's tag.
    pub fn tag(self) -> &'static str {
        self.language.tag()
    }

    fn written(self) -> &'static Written {
        &self.language.tongue().written
    }

    /// `dinsdag 24 november 2026`.
    pub fn day(self, date: NaiveDate) -> String {
        let Written { behind_weekday, behind_day, .. } = self.written();
        let day = date.day();
        format!("{}{behind_weekday} {day}{} {}", self.weekday(date), behind_day(day), self.month(date))
    }

    /// `november 2026`.
    pub fn month(self, date: NaiveDate) -> String {
        let Written { months, before_year, .. } = self.written();
        format!("{}{before_year}{}", of_month(months, date), date.year())
    }

    fn weekday(self, date: NaiveDate) -> &'static str {
        self.written().days.get(date.weekday().num_days_from_monday() as usize).copied().unwrap_or_default()
    }

    /// `dinsdag 24 november 2026 om 10.12 uur`.
    pub fn moment(self, at: Moment) -> String {
        let Written { at: between, oclock, .. } = self.written();
        format!("{}{between}{}{oclock}", self.day(self.local(at).date_naive()), self.time(at))
    }

    /// `di 24 nov, 10.12`: for lists, where the eye looks for the hour.
    pub fn short(self, at: Moment) -> String {
        let date = self.local(at).date_naive();
        let written = self.written();
        let Written { behind_short_day, behind_weekday, behind_day, short_oclock, .. } = *written;
        let weekday: String = self.weekday(date).chars().take(written.short_day).collect();
        let (day, month) = (date.day(), of_month(&written.short_months, date));
        let day = format!("{weekday}{behind_short_day}{behind_weekday} {day}{} {month}", behind_day(day));
        format!("{day}, {}{short_oclock}", self.time(at))
    }

    /// `09.12` in Dutch, `09:12` in English, `9.12` in German, `9 h 12` in French.
    pub fn time(self, at: Moment) -> String {
        let local = self.local(at);
        let Written { hour_digits, hour_mark, .. } = *self.written();
        format!("{:0hour_digits$}{hour_mark}{:02}", local.hour(), local.minute())
    }

    pub fn local(self, at: Moment) -> DateTime<Tz> {
        at.with_timezone(&self.zone)
    }

    /// `820 bytes`, `34 kB`, `1,2 MB`: decimal units, as mail clients show them.
    pub fn size(self, bytes: usize) -> String {
        let tenths = bytes / 100_000;
        match bytes {
            0..1_000 => format!("{bytes} bytes"),
            1_000..1_000_000 => format!("{} kB", bytes / 1_000),
            _ => format!("{}{}{} MB", tenths / 10, self.written().decimal, tenths % 10),
        }
    }

    /// `3,5`: a number with at most one decimal.
    pub fn number(self, number: f64) -> String {
        let shown = format!("{number:.1}");
        let shown = shown.strip_suffix(".0").unwrap_or(&shown);
        shown.replace('.', &self.written().decimal.to_string())
    }

    /// How long until or since: `25 minuten`, `3 uur`, `2 dagen`; rounded down. In minutes below so many.
    pub fn span(self, span: TimeDelta, minutes_below: i64) -> String {
        let span = span.abs();
        let (minutes, hours) = (span.num_minutes(), span.num_hours());
        let Written { minutes: in_minutes, hours: in_hours, spans: in_days, .. } = self.written();
        let (count, [one, several]) = match (minutes, hours) {
            (minutes, _) if minutes < minutes_below => (minutes, in_minutes),
            (_, hours @ ..48) => (hours, in_hours),
            _ => (span.num_days(), in_days),
        };
        format!("{count} {}", if count == 1 { one } else { several })
    }

    /// `25 minuten`, `61 uur`: in hours, however many.
    pub fn hours(self, span: TimeDelta) -> String {
        let (minutes, hours) = (span.abs().num_minutes(), span.abs().num_hours());
        let Written { minutes: in_minutes, hours: in_hours, .. } = self.written();
        let (count, [one, several]) = if hours == 0 { (minutes, in_minutes) } else { (hours, in_hours) };
        format!("{count} {}", if count == 1 { one } else { several })
    }

    /// `€ 1.234,56`, `€ 1,234.56`.
    pub fn amount(self, amount: Amount) -> String {
        let (euros, cents) = ((amount.cents() / 100).to_string(), amount.cents() % 100);
        let Written { thousands, decimal, .. } = self.written();
        let groups: Vec<&str> =
            euros.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
        format!("€ {}{decimal}{cents:02}", groups.join(&thousands.to_string()))
    }

    /// How a letter to whoever bears the name begins.
    pub fn salutation(self, name: &str) -> String {
        salutation::salutation(name, self.language)
    }
}

fn of_month(months: &[&'static str; 12], date: NaiveDate) -> &'static str {
    months.get(date.month0() as usize).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    fn words(language: Language) -> Words {
        Words { language, zone: chrono_tz::Europe::Amsterdam }
    }

    #[test]
    fn a_moment_is_told_in_the_zone_and_the_language() {
        let at = chrono::Utc.with_ymd_and_hms(2026, 11, 24, 9, 12, 59).unwrap();
        assert_eq!(words(Language::Dutch).moment(at), "dinsdag 24 november 2026 om 10.12 uur");
        assert_eq!(words(Language::English).moment(at), "Tuesday 24 November 2026 at 10:12");
        assert_eq!(words(Language::German).moment(at), "Dienstag, 24. November 2026 um 10.12 Uhr");
        assert_eq!(words(Language::French).moment(at), "mardi 24 novembre 2026 à 10 h 12");
        let early = chrono::Utc.with_ymd_and_hms(2026, 12, 1, 8, 5, 0).unwrap();
        assert_eq!(words(Language::German).moment(early), "Dienstag, 1. Dezember 2026 um 9.05 Uhr");
        assert_eq!(words(Language::French).moment(early), "mardi 1er décembre 2026 à 9 h 05");
        assert_eq!(words(Language::Dutch).short(at), "di 24 nov, 10.12");
        assert_eq!(words(Language::English).short(at), "Tue 24 Nov, 10:12");
        assert_eq!(words(Language::German).short(at), "Di., 24. Nov., 10.12 Uhr");
        assert_eq!(words(Language::French).short(at), "mar. 24 nov., 10 h 12");
        assert_eq!(words(Language::French).short(early), "mar. 1er déc., 9 h 05");
    }

    #[test]
    fn late_in_the_evening_it_is_already_tomorrow_in_the_zone() {
        let at = chrono::Utc.with_ymd_and_hms(2026, 7, 31, 22, 30, 0).unwrap();
        assert_eq!(words(Language::Dutch).moment(at), "zaterdag 1 augustus 2026 om 00.30 uur");
    }

    #[test]
    fn a_span_is_told_in_one_unit() {
        let spans = [0, 1, 59, 60, 119, 47 * 60, 48 * 60, -200].map(TimeDelta::minutes);
        let told = spans.map(|span| words(Language::Dutch).span(span, 60));
        assert_eq!(told, ["0 minuten", "1 minuut", "59 minuten", "1 uur", "1 uur", "47 uur", "2 dagen", "3 uur"]);
    }

    #[test]
    fn sizes_are_read_at_a_glance() {
        let dutch = words(Language::Dutch);
        let sizes = [0, 999, 1_000, 999_999, 1_250_000].map(|bytes| dutch.size(bytes));
        assert_eq!(sizes, ["0 bytes", "999 bytes", "1 kB", "999 kB", "1,2 MB"]);
    }
}
