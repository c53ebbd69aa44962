//! The words by which moments are said, Dutch and English, folded. Pure tables.

use super::said::Part;
use chrono::Weekday;

/// Words that stand between the parts of a moment and say nothing; the empty one is a lone dash or comma.
pub(super) const FILLERS: [&str; 8] = ["", "om", "op", "at", "on", "rond", "omstreeks", "around"];

/// Before these a figure like `14.50` is an amount.
pub(super) const NO_TIME_BEFORE: [&str; 6] = ["euro", "eur", "€", "km", "procent", "percent"];

pub(super) fn weekday(word: &str) -> Option<Weekday> {
    match word {
        "maandag" | "ma" | "mon" | "monday" => Some(Weekday::Mon),
        "dinsdag" | "di" | "tue" | "tues" | "tuesday" => Some(Weekday::Tue),
        "woensdag" | "wo" | "woe" | "wed" | "wednesday" => Some(Weekday::Wed),
        "donderdag" | "do" | "thu" | "thur" | "thurs" | "thursday" => Some(Weekday::Thu),
        "vrijdag" | "vr" | "vrij" | "fri" | "friday" => Some(Weekday::Fri),
        "zaterdag" | "za" | "zat" | "sat" | "saturday" => Some(Weekday::Sat),
        "zondag" | "zo" | "zon" | "sun" | "sunday" => Some(Weekday::Sun),
        _ => None,
    }
}

/// The month's number, from 1.
pub(super) fn month(word: &str) -> Option<u32> {
    const MONTHS: [&[&str]; 12] = [
        &["januari", "jan", "january"],
        &["februari", "feb", "febr", "february"],
        &["maart", "mrt", "mar", "march"],
        &["april", "apr"],
        &["mei", "may"],
        &["juni", "jun", "june"],
        &["juli", "jul", "july"],
        &["augustus", "aug", "august"],
        &["september", "sep", "sept"],
        &["oktober", "okt", "october", "oct"],
        &["november", "nov"],
        &["december", "dec"],
    ];
    (1..).zip(MONTHS).find(|(_, names)| names.contains(&word)).map(|(number, _)| number)
}

pub(super) fn part(word: &str) -> Option<Part> {
    match word {
        "ochtend" | "morgen" | "voormiddag" | "vroeg" | "morning" => Some(Part::Morning),
        "middag" | "namiddag" | "afternoon" => Some(Part::Afternoon),
        "avond" | "evening" | "night" => Some(Part::Evening),
        _ => None,
    }
}

/// `24`, `24e`, `1ste`, `24th`; as typed, perhaps no day of any month.
pub(super) fn day_number(word: &str) -> Option<u32> {
    let digits = word.trim_end_matches(char::is_alphabetic);
    let ending = word.strip_prefix(digits)?;
    let counted = matches!(ending, "" | "e" | "ste" | "de" | "st" | "nd" | "rd" | "th");
    ((1..=2).contains(&digits.len()) && counted).then(|| digits.parse().ok()).flatten()
}

/// A number of at most three figures or a word up to twelve.
pub(super) fn count_word(word: &str) -> Option<u32> {
    const DUTCH: [&str; 12] =
        ["een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf"];
    const ENGLISH: [&str; 12] =
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    if matches!(word, "a" | "an") {
        return Some(1);
    }
    let named =
        (1..).zip(DUTCH.into_iter().zip(ENGLISH)).find(|(_, (dutch, english))| word == *dutch || word == *english);
    let figures = (1..=3).contains(&word.len()) && word.chars().all(|c| c.is_ascii_digit());
    named.map(|(number, _)| number).or_else(|| figures.then(|| word.parse().ok()).flatten())
}
