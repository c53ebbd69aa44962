//! The table of languages: how moments, sizes and amounts are written in each. A language for letters
//! to customers is a row here, a variant of [`Language`] and a file in the folder of each kind; what else letters say stands in
//! `templates/`. Pure: the desk's zone comes in as an argument.
//! Dutch follows the Taalunie: `dinsdag 24 november 2026 om 10.12 uur`, `1,2 MB`.

use super::salutation;
use crate::case::{Amount, Language, Moment};
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike};
use chrono_tz::Tz;

/// What a language writes in its own way.
struct Speech {
    /// Monday first.
    days: [&'static str; 7],
    behind_weekday: &'static str,
    /// Behind the number of the day.
    behind_day: fn(u32) -> &'static str,
    months: [&'static str; 12],
    /// Characters of a day's name in a list.
    short_day: usize,
    behind_short_day: &'static str,
    short_months: [&'static str; 12],
    /// Between day and hour, between hour and minute, behind the minute.
    at: &'static str,
    /// Of the hour, with zeros before it.
    hour_digits: usize,
    hour_mark: &'static str,
    oclock: &'static str,
    /// The same in a list.
    short_oclock: &'static str,
    decimal: char,
    thousands: char,
    /// One and several: minutes, hours, days.
    minutes: [&'static str; 2],
    hours: [&'static str; 2],
    spans: [&'static str; 2],
}

const DUTCH: Speech = Speech {
    days: ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"],
    behind_weekday: "",
    behind_day: |_| "",
    months: [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
    short_day: 2,
    behind_short_day: "",
    short_months: ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"],
    at: " om ",
    hour_digits: 2,
    hour_mark: ".",
    oclock: " uur",
    short_oclock: "",
    decimal: ',',
    thousands: '.',
    minutes: ["minuut", "minuten"],
    hours: ["uur", "uur"],
    spans: ["dag", "dagen"],
};

const ENGLISH: Speech = Speech {
    days: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    behind_weekday: "",
    behind_day: |_| "",
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    short_day: 3,
    behind_short_day: "",
    short_months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    at: " at ",
    hour_digits: 2,
    hour_mark: ":",
    oclock: "",
    short_oclock: "",
    decimal: '.',
    thousands: ',',
    minutes: ["minute", "minutes"],
    hours: ["hour", "hours"],
    spans: ["day", "days"],
};

const GERMAN: Speech = Speech {
    days: ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
    behind_weekday: ",",
    behind_day: |_| ".",
    months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    short_day: 2,
    behind_short_day: ".",
    short_months: ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."],
    at: " um ",
    hour_digits: 1,
    hour_mark: ".",
    oclock: " Uhr",
    short_oclock: " Uhr",
    decimal: ',',
    thousands: '.',
    minutes: ["Minute", "Minuten"],
    hours: ["Stunde", "Stunden"],
    spans: ["Tag", "Tage"],
};

const FRENCH: Speech = Speech {
    days: ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
    behind_weekday: "",
    behind_day: |day| if day == 1 { "er" } else { "" },
    months: [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    short_day: 3,
    behind_short_day: ".",
    short_months: ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juill.", "août", "sept.", "oct.", "nov.", "déc."],
    at: " à ",
    hour_digits: 1,
    hour_mark: " h ",
    oclock: "",
    short_oclock: "",
    decimal: ',',
    thousands: ' ',
    minutes: ["minute", "minutes"],
    hours: ["heure", "heures"],
    spans: ["jour", "jours"],
};

fn speech(language: Language) -> &'static Speech {
    match language {
        Language::Dutch => &DUTCH,
        Language::English => &ENGLISH,
        Language::German => &GERMAN,
        Language::French => &FRENCH,
    }
}

/// What staff read where nobody wrote their letters in the customer's language.
pub(super) const FOR_STAFF: [Language; 2] = [Language::Dutch, Language::English];

/// The language that a letter to staff is written in, for who reads another one.
pub(super) fn for_staff(language: Language) -> Language {
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

    /// `dinsdag 24 november 2026`.
    pub fn day(self, date: NaiveDate) -> String {
        let Speech { behind_weekday, behind_day, .. } = speech(self.language);
        let day = date.day();
        format!("{}{behind_weekday} {day}{} {}", self.weekday(date), behind_day(day), self.month(date))
    }

    /// `november 2026`.
    pub fn month(self, date: NaiveDate) -> String {
        format!("{} {}", of_month(&speech(self.language).months, date), date.year())
    }

    fn weekday(self, date: NaiveDate) -> &'static str {
        speech(self.language).days.get(date.weekday().num_days_from_monday() as usize).copied().unwrap_or_default()
    }

    /// `dinsdag 24 november 2026 om 10.12 uur`.
    pub fn moment(self, at: Moment) -> String {
        let Speech { at: between, oclock, .. } = speech(self.language);
        format!("{}{between}{}{oclock}", self.day(self.local(at).date_naive()), self.time(at))
    }

    /// `di 24 nov, 10.12`: for lists, where the eye looks for the hour.
    pub fn short(self, at: Moment) -> String {
        let date = self.local(at).date_naive();
        let speech = speech(self.language);
        let Speech { behind_short_day, behind_weekday, behind_day, short_oclock, .. } = *speech;
        let weekday: String = self.weekday(date).chars().take(speech.short_day).collect();
        let (day, month) = (date.day(), of_month(&speech.short_months, date));
        let day = format!("{weekday}{behind_short_day}{behind_weekday} {day}{} {month}", behind_day(day));
        format!("{day}, {}{short_oclock}", self.time(at))
    }

    /// `09.12` in Dutch, `09:12` in English, `9.12` in German, `9 h 12` in French.
    pub fn time(self, at: Moment) -> String {
        let local = self.local(at);
        let Speech { hour_digits, hour_mark, .. } = *speech(self.language);
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
            _ => format!("{}{}{} MB", tenths / 10, speech(self.language).decimal, tenths % 10),
        }
    }

    /// `3,5`: a number with at most one decimal.
    pub fn number(self, number: f64) -> String {
        let shown = format!("{number:.1}");
        let shown = shown.strip_suffix(".0").unwrap_or(&shown);
        shown.replace('.', &speech(self.language).decimal.to_string())
    }

    /// How long until or since: `25 minuten`, `3 uur`, `2 dagen`; rounded down. In minutes below so many.
    pub fn span(self, span: TimeDelta, minutes_below: i64) -> String {
        let span = span.abs();
        let (minutes, hours) = (span.num_minutes(), span.num_hours());
        let Speech { minutes: in_minutes, hours: in_hours, spans: in_days, .. } = speech(self.language);
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
        let Speech { minutes: in_minutes, hours: in_hours, .. } = speech(self.language);
        let (count, [one, several]) = if hours == 0 { (minutes, in_minutes) } else { (hours, in_hours) };
        format!("{count} {}", if count == 1 { one } else { several })
    }

    /// `€ 1.234,56`, `€ 1,234.56`.
    pub fn amount(self, amount: Amount) -> String {
        let (euros, cents) = ((amount.cents() / 100).to_string(), amount.cents() % 100);
        let Speech { thousands, decimal, .. } = speech(self.language);
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
