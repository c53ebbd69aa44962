//! The date that a client states in a forwarded header block, in the writing of a dozen languages, made a moment
//! where that is safe. Refuses rather than guesses: no year, day and month that could be swapped, or a zone that
//! several countries call by one name give nothing. Pure.

use crate::mail::words::fold;
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime};

/// Stated dates are shorter ("Donnerstag, 28. Oktober 2021 um 12:46:08 Mitteleuropäische Sommerzeit" is 68).
const DATE_CHARS_MAX: usize = 160;

/// Mail is no older than this; an earlier year is no date of a mail.
const YEAR_MIN: i32 = 1990;
const YEAR_MAX: i32 = 2100;

/// Beginnings of month names (folded; the longest that fits wins), by month. Clients cut them off anywhere, so the
/// shortest unmistakable beginnings stand here.
#[rustfmt::skip]
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene", "gen", "ian", "sty", "led", "tammi", "янв", "січ", "sij", "oca", "ιαν"],
    &["feb", "fev", "lut", "uno", "helmi", "фев", "лют", "velj", "subat", "φεβ"],
    &["mrt", "maart", "mar", "maer", "mrz", "brez", "maalis", "мар", "бер", "ozu", "μαρ"],
    &["apr", "avr", "abr", "kwi", "dub", "huhti", "апр", "кві", "travan", "travnja", "nis", "απρ"],
    &["mei", "mai", "may", "mag", "maj", "kve", "touko", "мая", "май", "тра", "svib", "μαι"],
    &["jun", "juin", "giu", "iun", "cze", "cerven", "cervna", "kesa", "июн", "чер", "lipanj", "lipnja", "haz", "ιουν"],
    &[
        "jul", "juil", "lug", "iul", "lipi", "lipc", "cervenc", "cervenec", "heina", "июл", "лип", "srpanj", "srpnja",
        "tem", "ιουλ",
    ],
    &["aug", "aou", "ago", "elo", "sier", "srpen", "srpna", "авг", "сер", "kolov", "αυγ"],
    &["sep", "szept", "set", "wrz", "zar", "syys", "сен", "вер", "ruj", "eyl", "σεπ"],
    &["okt", "oct", "ott", "out", "paz", "rij", "loka", "окт", "жов", "eki", "οκτ"],
    // "listopad" is November in Polish and Czech, October in Croatian: it is in no row.
    &["nov", "noi", "marras", "ноя", "лис", "kas", "νοε"],
    &["dec", "dez", "dic", "des", "gru", "pros", "joulu", "дек", "гру", "ara", "δεκ"],
];

/// Names of zones that mean one offset only (RFC 5322 section 4.3, and the Central European names), in minutes.
#[rustfmt::skip]
const ZONES: &[(&str, i32)] = &[
    ("gmt", 0), ("utc", 0), ("ut", 0), ("z", 0), ("cet", 60), ("cest", 120), ("mez", 60), ("mesz", 120), ("eet", 120),
    ("eest", 180), ("oez", 120), ("oesz", 180), ("sec", 60), ("selc", 120), ("wet", 0), ("west", 60), ("est", -300),
    ("edt", -240), ("cst", -360), ("cdt", -300), ("mst", -420), ("mdt", -360), ("pst", -480), ("pdt", -420),
];

/// What a stated date says, as far as it is certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Stated {
    /// With an offset that is written there.
    pub moment: Option<DateTime<FixedOffset>>,
    /// Without any zone: in whose zone, the reader must know.
    pub local: Option<NaiveDateTime>,
}

/// Reads a stated date.
pub(super) fn read(text: &str) -> Stated {
    if text.chars().nth(DATE_CHARS_MAX).is_some() {
        return Stated::default();
    }
    if let Ok(moment) = DateTime::parse_from_rfc2822(text.trim()).or_else(|_| DateTime::parse_from_rfc3339(text.trim()))
    {
        return Stated { moment: Some(moment), local: None };
    }
    let tokens = tokens(&fold(text));
    let Some((time_at, time_end, time)) = time(&tokens) else { return Stated::default() };
    let Some(day) = date(&tokens, time_at, time_end) else { return Stated::default() };
    let local = day.and_time(time);
    match zone(&tokens, time_end) {
        Zone::None => Stated { moment: None, local: Some(local) },
        Zone::Unknown => Stated::default(),
        Zone::Offset(minutes) => {
            let offset = FixedOffset::east_opt(minutes * 60);
            Stated { moment: offset.and_then(|o| local.and_local_timezone(o).single()), local: None }
        }
    }
}

/// A run of digits, a word, or one sign.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Number { value: i32, digits: usize },
    Word(String),
    Sign(char),
}

impl Token {
    fn number(&self) -> Option<(i32, usize)> {
        match self {
            Self::Number { value, digits } => Some((*value, *digits)),
            _ => None,
        }
    }

    fn word(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            _ => None,
        }
    }

    fn is_sign(&self, signs: &str) -> bool {
        matches!(self, Self::Sign(c) if signs.contains(*c))
    }
}

/// Blanks count for nothing, except that they end a run.
fn tokens(folded: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = folded;
    while let Some(first) = rest.chars().next() {
        let end = |same: fn(char) -> bool| rest.find(|c| !same(c)).unwrap_or(rest.len());
        let taken =
            if first.is_ascii_digit() { end(|c| c.is_ascii_digit()) } else { end(is_letter).max(first.len_utf8()) };
        let (run, behind) = rest.split_at(taken);
        rest = behind;
        if first.is_ascii_digit() {
            // A number too large for any date stays in as one, so that nothing moves into its place.
            tokens.push(Token::Number { value: run.parse().unwrap_or(i32::MAX), digits: run.len() });
        } else if is_letter(first) {
            tokens.push(Token::Word(run.to_owned()));
        } else if !first.is_whitespace() {
            tokens.push(Token::Sign(first));
        }
    }
    tokens
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic()
}

/// The time of day: where it starts, where it ends (behind am or pm), and what it is.
fn time(tokens: &[Token]) -> Option<(usize, usize, NaiveTime)> {
    // A colon tells a time for sure; "kl. 09.31" and "10h12" only count where no colon is.
    clock(tokens, |separator| separator.is_sign(":"))
        .or_else(|| clock(tokens, |separator| separator.word() == Some("h")))
        .or_else(|| dotted_clock(tokens))
}

fn clock(tokens: &[Token], separates: impl Fn(&Token) -> bool) -> Option<(usize, usize, NaiveTime)> {
    let at = tokens
        .windows(3)
        .position(|w| matches!((w[0].number(), w[2].number()), (Some((_, 1..=2)), Some((_, 2)))) && separates(&w[1]))?;
    clock_at(tokens, at, separates)
}

/// Nordic clocks have dots, as have dates: the last dotted pair that no third number follows or precedes as a year.
fn dotted_clock(tokens: &[Token]) -> Option<(usize, usize, NaiveTime)> {
    let at = tokens.iter().position(|t| matches!(t.word(), Some("kl" | "klo" | "kello" | "om" | "um")))?;
    let at = at + 1 + usize::from(tokens.get(at + 1).is_some_and(|t| t.is_sign(".")));
    clock_at(tokens, at, |separator| separator.is_sign("."))
}

fn clock_at(tokens: &[Token], at: usize, separates: impl Fn(&Token) -> bool) -> Option<(usize, usize, NaiveTime)> {
    let (hour, _) = tokens.get(at)?.number()?;
    tokens.get(at + 1).filter(|t| separates(t))?;
    let (minute, _) = tokens.get(at + 2)?.number()?;
    let second = tokens.get(at + 3).filter(|t| separates(t)).and(tokens.get(at + 4)).and_then(Token::number);
    let mut end = if second.is_some() { at + 5 } else { at + 3 };
    let hour = match (half_of_day(tokens, &mut end), hour) {
        (None, hour) => hour,
        (Some(_), hour) if !(1..=12).contains(&hour) => return None,
        (Some(Half::Morning), hour) => hour % 12,
        (Some(Half::Afternoon), hour) => hour % 12 + 12,
    };
    let second = second.map_or(0, |(second, _)| second);
    let time =
        NaiveTime::from_hms_opt(u32::try_from(hour).ok()?, u32::try_from(minute).ok()?, u32::try_from(second).ok()?)?;
    Some((at, end, time))
}

#[derive(Debug, Clone, Copy)]
enum Half {
    Morning,
    Afternoon,
}

/// "AM", "p.m." and the like behind the time.
fn half_of_day(tokens: &[Token], end: &mut usize) -> Option<Half> {
    let word = tokens.get(*end)?.word()?;
    let half = |first: &str| if first == "a" { Half::Morning } else { Half::Afternoon };
    match word {
        "am" | "pm" => {
            *end += 1;
            Some(half(word.get(..1)?))
        }
        "a" | "p" if tokens.get(*end + 2).and_then(Token::word) == Some("m") => {
            *end += 4;
            Some(half(word))
        }
        _ => None,
    }
}

/// The day, from what stands outside the time.
fn date(tokens: &[Token], time_at: usize, time_end: usize) -> Option<NaiveDate> {
    let after = tokens.get(time_end.min(tokens.len())..).unwrap_or_default();
    let before = tokens.get(..time_at)?;
    named_day(before)
        .or_else(|| named_day(after))
        .or_else(|| numeric_day(before, tokens, time_end))
        .or_else(|| numeric_day(after, tokens, time_end))
}

/// A day with the month as a word, or with the signs of East Asia.
fn named_day(tokens: &[Token]) -> Option<NaiveDate> {
    let numbers: Vec<(usize, i32, usize)> =
        tokens.iter().enumerate().filter_map(|(i, t)| t.number().map(|(value, digits)| (i, value, digits))).collect();
    let (_, year, _) = *numbers.iter().find(|(_, _, digits)| *digits == 4)?;
    let days: Vec<(usize, i32)> =
        numbers.iter().filter(|(_, _, digits)| *digits <= 2).map(|(i, value, _)| (*i, *value)).collect();
    if let [(month_at, month), (_, day)] = days[..]
        && matches!(tokens.get(month_at + 1).and_then(Token::word), Some("月" | "월"))
    {
        return valid_day(year, month, day);
    }
    let [(day_at, day)] = days[..] else { return None };
    let months: Vec<(usize, i32)> =
        tokens.iter().enumerate().filter_map(|(i, t)| Some((i, month(t.word()?)?))).collect();
    // "mar. 2 nov. 2021": a day of the week can look like a month; the nearest one behind the day wins, then before it.
    let behind = months.iter().find(|(i, _)| *i > day_at);
    let (_, month) = *behind.or_else(|| months.iter().rev().find(|(i, _)| *i < day_at))?;
    valid_day(year, month, day)
}

/// The month whose longest beginning fits the word.
fn month(word: &str) -> Option<i32> {
    MONTHS
        .iter()
        .zip(1..)
        .flat_map(|(names, month)| names.iter().map(move |name| (name.len(), month, *name)))
        .filter(|(_, _, name)| word.starts_with(&fold(name)))
        .max_by_key(|(length, _, _)| *length)
        .map(|(_, month, _)| month)
}

/// `2026-11-23`, `23-11-2026`, `23.11.2026`, `11/23/2026 4:52 PM`.
fn numeric_day(part: &[Token], all: &[Token], time_end: usize) -> Option<NaiveDate> {
    let numbers: Vec<(i32, usize)> = part.iter().filter_map(Token::number).collect();
    let [first, second, third] = numbers[..] else { return None };
    if first.1 == 4 {
        return valid_day(first.0, second.0, third.0);
    }
    let slashes = part.iter().any(|t| t.is_sign("/"));
    let american =
        time_end.checked_sub(1).and_then(|i| all.get(i)).is_some_and(|t| matches!(t.word(), Some("am" | "pm")));
    match (first.0, second.0) {
        (_, _) if third.1 != 4 => None,
        (day, month) if !slashes || day > 12 || day == month => valid_day(third.0, month, day),
        (month, day) if american || day > 12 => valid_day(third.0, month, day),
        // 02/10/2023 on a 24-hour clock: Europe says October, others February.
        _ => None,
    }
}

fn valid_day(year: i32, month: i32, day: i32) -> Option<NaiveDate> {
    if !(YEAR_MIN..=YEAR_MAX).contains(&year) {
        return None;
    }
    NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
}

enum Zone {
    None,
    /// Something is written there, but what it means is not certain.
    Unknown,
    /// Minutes east of Greenwich.
    Offset(i32),
}

/// What zone stands behind the time.
fn zone(tokens: &[Token], time_end: usize) -> Zone {
    let mut rest = tokens.get(time_end.min(tokens.len())..).unwrap_or_default();
    while let Some((first, behind)) = rest.split_first() {
        if matches!(first.word(), Some("uhr" | "h" | "hod" | "r" | "г")) || first.is_sign(".,()[]") {
            rest = behind;
        } else {
            break;
        }
    }
    let named = rest.first().and_then(Token::word).map(|word| ZONES.iter().find(|(name, _)| *name == word));
    match named {
        // A date or a name may follow the time ("9:31, 23 Nov 2026"): no zone then.
        Some(None) if rest.first().and_then(Token::word).and_then(month).is_some() => Zone::None,
        Some(None) => Zone::Unknown,
        Some(Some((_, minutes))) => match signed_offset(rest.get(1..).unwrap_or_default()) {
            Some(more) => Zone::Offset(minutes + more),
            None => Zone::Offset(*minutes),
        },
        None => match (rest.first(), signed_offset(rest)) {
            (_, Some(minutes)) => Zone::Offset(minutes),
            (Some(first), None) if first.is_sign("+-−") => Zone::Unknown,
            _ => Zone::None,
        },
    }
}

/// `+1`, `+0100`, `-04:30`, in minutes.
fn signed_offset(tokens: &[Token]) -> Option<i32> {
    let sign = match tokens.first()? {
        Token::Sign('+') => 1,
        Token::Sign('-' | '−') => -1,
        _ => return None,
    };
    let (value, digits) = tokens.get(1)?.number()?;
    let minutes = match digits {
        1 | 2 => {
            let minutes = tokens.get(2).filter(|t| t.is_sign(":")).and(tokens.get(3)).and_then(Token::number);
            value * 60 + minutes.map_or(0, |(minutes, _)| minutes)
        }
        3 | 4 => value / 100 * 60 + value % 100,
        _ => return None,
    };
    (minutes <= 14 * 60).then_some(sign * minutes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_date_without_zone_is_local() {
        for text in [
            "maandag 23 november 2026 10:12",
            "ma 23 nov. 2026 om 10:12",
            "23-11-2026 10:12",
            "23.11.2026 10:12",
            "23/11/2026 10:12:00",
            "2026-11-23 10:12",
            "Monday, November 23, 2026 10:12 AM",
            "Mon, Nov 23, 2026 at 10:12 a.m.",
            "November 23, 2026 at 10:12 AM",
            "11/23/2026 10:12 AM",
            "Montag, 23. November 2026 um 10:12 Uhr",
            "lundi 23 novembre 2026 à 10:12",
            "lun. 23 nov. 2026 à 10h12",
            "lunes, 23 de noviembre de 2026 10:12",
            "man. 23. nov. 2026 kl. 10.12",
            "ma 23. marrask. 2026 klo 10.12",
            "2026. nov. 23., H, 10:12",
            "2026年11月23日月曜日 10:12",
            "пн, 23 нояб. 2026 г. в 10:12",
        ] {
            let local = read(text).local.map(|local| local.to_string());
            assert_eq!(local.as_deref(), Some("2026-11-23 10:12:00"), "{text}");
        }
        let afternoon = read("mar. 2 juin 2026 à 16:52").local.map(|local| local.to_string());
        assert_eq!(afternoon.as_deref(), Some("2026-06-02 16:52:00"));
    }

    #[test]
    fn a_written_offset_makes_it_a_moment() {
        for text in [
            "Mon, 23 Nov 2026 10:12:00 +0100",
            "2026-11-23T10:12:00+01:00",
            "maandag 23 november 2026 10:12 CET",
            "23 november 2026 om 10:12 GMT+1",
            "Monday, November 23, 2026, 10:12:00 AM UTC+01:00",
            "lundi 23 novembre 2026 à 10:12:00 +0100",
            "úterý 23. prosince 2026 10:12 +0100",
            "23 November 2026 at 9:12 UTC",
        ] {
            let stated = read(text);
            let moment = stated.moment.map(|moment| moment.to_utc().format("%H:%M").to_string());
            assert_eq!((moment.as_deref(), stated.local), (Some("09:12"), None), "{text}");
        }
    }

    #[test]
    fn what_could_mean_two_moments_means_none() {
        for text in [
            "02/10/2023 16:52",
            "23 november 2026 10:12 IST",
            "23 november 10:12",
            "maandag",
            "23-11-26 10:12",
            "31-02-2026 10:12",
            "25:12 23-11-2026",
            "23 listopada 2026 10:12",
            "23-11-1926 10:12",
            "99999999999999999999-11-2026 10:12",
            "",
        ] {
            assert_eq!(read(text), Stated::default(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_text_is_survived(text in "[0-9a-z:/.,+ -]{0,60}|\\PC{0,60}") {
            let _ = read(&text);
        }
    }
}
