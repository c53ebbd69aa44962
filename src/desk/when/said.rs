//! What somebody said about a moment: words like `volgende week dinsdag 10.30` taken apart, not yet made a moment.
//! Dutch first, English beside it. Pure, and it never fails: what it does not know stays in the rest of the text.

use super::vocabulary::{FILLERS, NO_TIME_BEFORE, count_word, day_number, month, part, weekday};
use crate::text::fold;
use chrono::{NaiveTime, Weekday};

/// The longest way to say a moment ("op dinsdag a.s. 24 november 2026 om 10.30 uur") has nine words.
const WORDS_MAX: usize = 16;
/// No word of a moment is longer; a longer one is not looked at.
const WORD_CHARS_MAX: usize = 24;

/// What a day was said by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    /// `24-11`, `24 november 2026`; as typed, perhaps no date at all.
    Date { year: Option<i32>, month: u32, day: u32 },
    /// `vandaag` 0, `morgen` 1, `gisteren` -1.
    Away(i64),
    /// `deze week` 0, `volgende week` 1, `vorige week` -1.
    Week(i64),
    /// `over 2 dagen`.
    Ahead(u32, Unit),
    /// `2 dagen geleden`.
    Ago(u32, Unit),
    /// `nu`, `net`.
    Now,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Minutes,
    Hours,
    Days,
    WorkingDays,
    Weeks,
    Months,
}

/// Which of the days of that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// `vrijdag`: the nearest one, today included.
    Nearest,
    /// `aanstaande vrijdag`, `next friday`: not today.
    Coming,
    /// `afgelopen vrijdag`, `last friday`: not today.
    Gone,
}

/// Part of a day, where no hour was said or the hour was said as on a dial (`vanmiddag 3 uur`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Morning,
    Afternoon,
    Evening,
}

/// Everything that was said, each thing at most once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub base: Option<Base>,
    pub weekday: Option<(Weekday, Which)>,
    pub time: Option<NaiveTime>,
    pub part: Option<Part>,
    /// What follows is meant as an hour, and is none that could be read: `half drie`, `25:00`.
    pub unclear: bool,
    /// Where the rest of the text begins, in bytes.
    pub end: usize,
}

/// One word of the text, folded and without the marks around it.
struct Word {
    folded: String,
    start: usize,
}

/// Takes apart how `text` begins.
pub(super) fn read(text: &str) -> Said {
    let words = words(text);
    let mut said = Said { end: text.len(), ..Said::default() };
    let mut at = 0;
    loop {
        let fillers = words.iter().skip(at).take_while(|word| FILLERS.contains(&word.folded.as_str())).count();
        let (before, ahead) = words.split_at((at + fillers).min(words.len()));
        let ahead: Vec<&str> = ahead.iter().map(|word| word.folded.as_str()).collect();
        let announced = before.last().is_some_and(|word| matches!(word.folded.as_str(), "om" | "at"));
        let taken = take(&mut said, &ahead, announced);
        if taken == 0 {
            break;
        }
        at += fillers + taken;
    }
    at += words.iter().skip(at).take_while(|word| word.folded.is_empty()).count();
    let left: Vec<&str> = words.iter().skip(at).map(|word| word.folded.as_str()).collect();
    said.unclear = said.time.is_none() && is_meant_as_time(&left);
    said.end = words.get(at).map_or(text.len(), |word| word.start);
    said
}

/// Fills the first slot of `said` that the next words belong to; how many words that were.
fn take(said: &mut Said, words: &[&str], announced: bool) -> usize {
    let has_day = said.base.is_some() || said.weekday.is_some();
    // After a day `morgen` is the morning.
    if let (true, None, Some(part)) = (has_day, said.part, words.first().and_then(|word| part(word))) {
        said.part = Some(part);
        return 1;
    }
    // What follows a whole moment is the text: `vr 14:00 vandaag nog bevestigen`.
    let names_week_or_date = |base: &Base| matches!(base, Base::Week(_) | Base::Date { .. });
    let base = base(words).filter(|(base, _)| said.weekday.is_none() || names_week_or_date(base));
    if let (None, Some((base, taken))) = (said.base, base) {
        said.base = Some(base);
        return taken;
    }
    let day_is_open = said.time.is_none() || said.base.is_none_or(|base| names_week_or_date(&base));
    if let (None, true, Some((weekday, taken))) = (said.weekday, day_is_open, named_day(words)) {
        said.weekday = Some(weekday);
        return taken;
    }
    if let (None, Some((time, taken))) = (said.time, time(words, announced)) {
        said.time = Some(time);
        return taken;
    }
    0
}

fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut rest = text;
    for _ in 0..WORDS_MAX {
        rest = rest.trim_start();
        let (word, after) = rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len()));
        if word.is_empty() {
            break;
        }
        let start = text.len() - rest.len();
        let folded = if word.chars().nth(WORD_CHARS_MAX).is_some() { String::new() } else { fold(word) };
        let plain = folded.trim_matches(|c: char| !c.is_alphanumeric());
        // A lone dash or comma is a filler; another sign, or a word too long to be looked at, is text.
        let is_mark = word.chars().all(|c| "-–—:,;.".contains(c));
        let plain = if plain.is_empty() && !is_mark { "…" } else { plain };
        words.extend(uncompounded(plain).map(|folded| Word { folded: folded.to_owned(), start }));
        rest = after;
    }
    words
}

/// `morgenmiddag` as `morgen`, `middag`; `vanavond` as `vandaag`, `avond`; `2026-11-24T14:00` as date and hour.
fn uncompounded(word: &str) -> impl Iterator<Item = &str> {
    const PARTS: [&str; 7] = ["ochtend", "morgen", "voormiddag", "namiddag", "middag", "avond", "vroeg"];
    let stem = PARTS.iter().find_map(|part| Some((word.strip_suffix(part)?, *part)));
    let stamp = word.split_once('t').filter(|(date, _)| date_in_figures(date).is_some());
    let (first, second) = match (word, stem.or(stamp)) {
        ("tonight", _) => ("today", Some("evening")),
        (_, Some(("van", part))) => ("vandaag", Some(part)),
        (_, Some((date, hour))) if stamp.is_some() => (date, Some(hour)),
        (_, Some((stem, part))) if away(stem).is_some() || (stem.len() > 3 && weekday(stem).is_some()) => {
            (stem, Some(part))
        }
        _ => (word, None),
    };
    std::iter::once(first).chain(second)
}

fn base(words: &[&str]) -> Option<(Base, usize)> {
    let pair = words.get(..2);
    match words.first().copied()? {
        "nu" | "net" | "zojuist" | "zonet" | "daarnet" | "now" => return Some((Base::Now, 1)),
        "just" if pair == Some(&["just", "now"]) => return Some((Base::Now, 2)),
        "last" if pair == Some(&["last", "night"]) => return Some((Base::Away(-1), 1)),
        // The part of the day is read after it.
        "this" if words.get(1).is_some_and(|word| part(word).is_some()) => return Some((Base::Away(0), 1)),
        word => {
            if let Some(days) = away(word) {
                return Some((Base::Away(days), 1));
            }
        }
    }
    week(words).or_else(|| count(words)).or_else(|| date(words))
}

fn away(word: &str) -> Option<i64> {
    match word {
        "vandaag" | "vndg" | "today" => Some(0),
        "morgen" | "tomorrow" => Some(1),
        "overmorgen" => Some(2),
        "gisteren" | "gister" | "yesterday" => Some(-1),
        "eergisteren" | "eergister" => Some(-2),
        _ => None,
    }
}

fn week(words: &[&str]) -> Option<(Base, usize)> {
    if words.get(1) != Some(&"week") {
        return None;
    }
    match which(words.first()?)? {
        Which::Coming => Some((Base::Week(1), 2)),
        Which::Gone => Some((Base::Week(-1), 2)),
        Which::Nearest => Some((Base::Week(0), 2)),
    }
}

fn which(word: &str) -> Option<Which> {
    match word {
        "aanstaande" | "a.s" | "komende" | "volgende" | "next" | "coming" => Some(Which::Coming),
        "afgelopen" | "vorige" | "last" => Some(Which::Gone),
        "deze" | "this" => Some(Which::Nearest),
        _ => None,
    }
}

/// `over 2 dagen`, `in 3 working days`, `een uur geleden`, `2 days ago`.
fn count(words: &[&str]) -> Option<(Base, usize)> {
    let ahead = matches!(*words.first()?, "over" | "in");
    let skip = usize::from(ahead);
    let number = count_word(words.get(skip)?)?;
    let (unit, taken) = unit(words.get(skip + 1..)?)?;
    let end = skip + 1 + taken;
    match (ahead, words.get(end)) {
        (true, _) => Some((Base::Ahead(number, unit), end)),
        (false, Some(&("geleden" | "ago"))) => Some((Base::Ago(number, unit), end + 1)),
        (false, _) => None,
    }
}

fn unit(words: &[&str]) -> Option<(Unit, usize)> {
    match *words.first()? {
        "minuut" | "minuten" | "min" | "minute" | "minutes" => Some((Unit::Minutes, 1)),
        "uur" | "uren" | "u" | "hour" | "hours" => Some((Unit::Hours, 1)),
        "dag" | "dagen" | "dgn" | "day" | "days" => Some((Unit::Days, 1)),
        "werkdag" | "werkdagen" | "wd" => Some((Unit::WorkingDays, 1)),
        "working" | "business" if matches!(words.get(1), Some(&("day" | "days"))) => Some((Unit::WorkingDays, 2)),
        "week" | "weken" | "weeks" => Some((Unit::Weeks, 1)),
        "maand" | "maanden" | "month" | "months" => Some((Unit::Months, 1)),
        _ => None,
    }
}

/// `vrijdag`, `aanstaande vrijdag`, `vrijdag jl.`; `zo snel mogelijk` and the English `do` are no days.
fn named_day(words: &[&str]) -> Option<((Weekday, Which), usize)> {
    let first = *words.first()?;
    let before = which(first);
    let skip = usize::from(before.is_some());
    let name = *words.get(skip)?;
    let day = weekday(name)?;
    let after = words.get(skip + 1..).unwrap_or_default();
    let stands_alone = after.is_empty() || starts_with_moment(after);
    if matches!(name, "zo" | "do") && skip == 0 && !stands_alone {
        return None;
    }
    match after.first().copied() {
        Some("a.s" | "aanstaande") => Some(((day, Which::Coming), skip + 2)),
        Some("jl" | "j.l") => Some(((day, Which::Gone), skip + 2)),
        _ => Some(((day, before.unwrap_or(Which::Nearest)), skip + 1)),
    }
}

fn starts_with_moment(words: &[&str]) -> bool {
    let fillers = words.iter().take_while(|word| FILLERS.contains(word)).count();
    let ahead = words.get(fillers..).unwrap_or_default();
    let suffix = matches!(ahead.first(), Some(&("a.s" | "jl" | "j.l")));
    suffix || ahead.first().is_some_and(|w| part(w).is_some()) || base(ahead).is_some() || time(ahead, true).is_some()
}

fn date(words: &[&str]) -> Option<(Base, usize)> {
    let first = *words.first()?;
    if let Some(base) = date_in_figures(first) {
        return Some((base, 1));
    }
    let second = words.get(1)?;
    let (day, month) = match (day_number(first), month(second)) {
        (Some(day), Some(month)) => (day, month),
        _ => (day_number(second)?, month(first)?),
    };
    let year = words.get(2).and_then(|word| year(word)).filter(|_| words.get(2).is_some_and(|word| word.len() == 4));
    Some((Base::Date { year, month, day }, 2 + usize::from(year.is_some())))
}

/// `24-11`, `24/11/26`, `24.11.2026`, `2026-11-24`. Day before month, as in both languages here.
fn date_in_figures(word: &str) -> Option<Base> {
    let separator = word.chars().find(|c| !c.is_ascii_digit()).filter(|c| "-/.".contains(*c))?;
    let figures: Vec<&str> = word.split(separator).collect();
    let two = |text: &str| (1..=2).contains(&text.len()).then(|| text.parse().ok()).flatten();
    match figures[..] {
        // `24.11` may be an hour as well as a day, so it is no date.
        [day, month] if separator != '.' => Some(Base::Date { year: None, month: two(month)?, day: two(day)? }),
        [y, month, day] if y.len() == 4 => {
            Some(Base::Date { year: Some(year(y)?), month: two(month)?, day: two(day)? })
        }
        [day, month, y] => Some(Base::Date { year: Some(year(y)?), month: two(month)?, day: two(day)? }),
        _ => None,
    }
}

/// `2026` or `26`, of this century.
fn year(word: &str) -> Option<i32> {
    let figures: i32 = word.chars().all(|c| c.is_ascii_digit()).then(|| word.parse().ok()).flatten()?;
    match word.len() {
        2 => Some(2000 + figures),
        4 => (2000..2100).contains(&figures).then_some(figures),
        _ => None,
    }
}

/// `14:00`, `14.00`, `14u30`, `9u`, `14 uur`, `2pm`, `2:30 p.m.`; a bare `14` only where it was announced (`om 14`).
fn time(words: &[&str], announced: bool) -> Option<(NaiveTime, usize)> {
    let first = *words.first()?;
    let digits = first.len() - first.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (hour, rest) = first.split_at(digits);
    let hour: u32 = (1..=2).contains(&digits).then(|| hour.parse().ok()).flatten()?;
    let (minute, tail) = minutes(rest)?;
    let next = words.get(1).copied();
    if rest.starts_with('.') && tail.is_empty() && next.is_some_and(|word| NO_TIME_BEFORE.contains(&word)) {
        return None;
    }
    let (suffix, taken) = match (tail, next.filter(|word| is_hour_word(word))) {
        ("", Some(word)) => (word, 2),
        (_, Some("uur")) => (tail, 2),
        _ => (tail, 1),
    };
    let unmarked = rest.is_empty() && suffix.is_empty();
    if (unmarked && !announced) || !(suffix.is_empty() || is_hour_word(suffix)) {
        return None;
    }
    let hour = match suffix {
        "am" | "a.m" => (1..=12).contains(&hour).then_some(hour % 12)?,
        "pm" | "p.m" => (1..=12).contains(&hour).then_some(hour % 12 + 12)?,
        _ => hour,
    };
    NaiveTime::from_hms_opt(hour, minute, 0).map(|time| (time, taken))
}

/// What follows the hour within its word: the minutes, and what is left (`u`, `pm`, nothing).
fn minutes(rest: &str) -> Option<(u32, &str)> {
    let Some(after) = rest.strip_prefix([':', '.', 'u', 'h']) else { return Some((0, rest)) };
    let digits = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    match (digits, after.split_at_checked(2)) {
        // Seconds, as in `14:00:00`, are dropped.
        (2, Some((minute, tail))) => {
            let seconds = |tail: &str| tail.len() == 3 && tail.starts_with(':') && rest.starts_with(':');
            Some((minute.parse().ok()?, if seconds(tail) { "" } else { tail }))
        }
        (0, _) => Some((0, rest)),
        _ => None,
    }
}

fn is_hour_word(word: &str) -> bool {
    matches!(word, "u" | "uur" | "h" | "hrs" | "am" | "pm" | "a.m" | "p.m" | "o'clock")
}

/// Said as an hour in a way that leaves doubt, so that it is asked instead of guessed.
fn is_meant_as_time(words: &[&str]) -> bool {
    let Some(first) = words.first() else { return false };
    let next = words.get(1).copied().unwrap_or_default();
    let with_colon = first.split_once(':').is_some_and(|(hour, minute)| {
        !hour.is_empty() && (hour.to_owned() + minute).chars().all(|c| c.is_ascii_digit())
    });
    let spoken = matches!(*first, "half" | "kwart" | "quarter" | "tussen" | "between" | "vijf" | "tien")
        && (count_word(next).is_some() || matches!(next, "voor" | "over" | "past" | "to"));
    with_colon || spoken || (count_word(first).is_some() && is_hour_word(next))
}
