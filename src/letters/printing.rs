//! How templates print values: what a reader sees of a moment, a size, a name, and that nothing of a stranger is printed as it
//! came. Whatever text is printed is one clean line, unless the template asks for more of it (`text`); what is no text, number or
//! truth is an error. Pure.

use super::language::Words;
use super::mailto::{self, Button, Replies};
use super::{blocks, clean, mime, salutation};
use crate::case::{Address, Amount, CaseNumber, Moment, Solved};
use crate::desk::after_closing::solved_typed;
use chrono::{DateTime, DurationRound, NaiveDate, TimeDelta};
use minijinja::value::{Object, Serde, Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, context};
use serde::Serialize;
use std::borrow::Cow;
use std::sync::Arc;

/// Of a text that is printed without asking for more: several lines on a screen. What stands in a letter in full asks for it.
const PRINTED_CHARS_MAX: usize = 4_000;
/// One line of an answer of a server, a reason and the like.
const LINE_CHARS_MAX: usize = 300;
/// A letter on paper is printed, signed, posted and delivered within this time: a moment before that is past when it is read
/// (invariant 11).
const ON_ITS_WAY: TimeDelta = TimeDelta::days(2);
/// Minutes up to which a span is told in hours, and up to which an outage is still talked about in minutes.
const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// What a template is filled in for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Text and page alike.
    Mail,
    Paper,
}

impl Form {
    pub fn name(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Paper => "paper",
        }
    }
}

/// The page around a letter is HTML and escapes what it prints; in all others `print` cleans, and what draws the blocks escapes.
pub(super) fn escaping(template: &str) -> AutoEscape {
    if template.ends_with(".html") { AutoEscape::Html } else { AutoEscape::Custom("where blocks are drawn".into()) }
}

/// For whom a template prints, and when: what filters and tests need to know.
#[derive(Debug)]
pub(super) struct Reading {
    pub words: Words,
    pub now: Moment,
    pub form: Form,
    /// The reader's address.
    pub me: Address,
    /// Where buttons write to.
    pub replies: Replies,
    /// The words of the reader's language.
    pub vocabulary: Value,
}

impl Object for Reading {}

/// What a template can ask for beside what a draft says.
pub(super) fn equip(engine: &mut Environment<'static>) {
    engine.set_formatter(print);
    // Each template begins with it: filters, also within macros, know the reader by it.
    engine.add_function("read_as", |state: &mut State, reading: Value| {
        let reading = reading.downcast_object::<Reading>().ok_or_else(|| wrong("a reader"))?;
        state.get_or_insert_extension(reading);
        Ok(Value::from(""))
    });
    engine.add_function("unknown", |what: Value| -> Result<Value, Error> {
        Err(Error::new(ErrorKind::InvalidOperation, format!("no words for `{what}`")))
    });
    // What is never cleaned is not printed.
    engine.remove_filter("safe");
    moments(engine);
    texts(engine);
    buttons(engine);
}

fn moments(engine: &mut Environment<'static>) {
    engine.add_filter("moment", |state: &State, at: &Value| Ok(words(state)?.moment(moment(at)?)));
    engine.add_filter("short", |state: &State, at: &Value| Ok(words(state)?.short(moment(at)?)));
    engine.add_filter("time", |state: &State, at: &Value| Ok(words(state)?.time(moment(at)?)));
    engine.add_filter("day", |state: &State, at: &Value| Ok(words(state)?.day(day(state, at)?)));
    engine.add_filter("month", |state: &State, first: String| {
        let first = NaiveDate::parse_from_str(&format!("{first}-01"), "%Y-%m-%d").map_err(|_| wrong("a month"))?;
        Ok(words(state)?.month(first))
    });
    engine.add_filter("span", |state: &State, at: &Value| {
        let reading = reading(state)?;
        Ok(reading.words.span(moment(at)? - reading.now, HOUR))
    });
    // In hours, however many: what is late is counted so.
    engine.add_filter("hours", |state: &State, at: &Value| {
        let reading = reading(state)?;
        Ok(reading.words.hours(moment(at)? - reading.now))
    });
    engine.add_filter("lasted", |state: &State, since: &Value, until: &Value| {
        Ok(words(state)?.span(moment(until)? - moment(since)?, DAY))
    });
    engine.add_filter("size", |state: &State, bytes: usize| Ok(words(state)?.size(bytes)));
    engine.add_filter("number", |state: &State, number: f64| Ok(words(state)?.number(number)));
    engine.add_filter("amount", |state: &State, cents: u64| Ok(words(state)?.amount(Amount::of_cents(cents))));
    engine.add_test("past", |state: &State, at: &Value| Ok::<_, Error>(is_past(moment(at)?, reading(state)?.now)));
    // Of a moment on paper: when it is read. Of a day: today counts.
    engine.add_test("ahead", |state: &State, at: &Value| {
        let reading = reading(state)?;
        if at.as_str().is_some_and(|written| written.len() == DAY_CHARS) {
            return Ok(day(state, at)? >= reading.words.local(reading.now).date_naive());
        }
        let on_its_way = if reading.form == Form::Paper { ON_ITS_WAY } else { TimeDelta::zero() };
        Ok::<_, Error>(!is_past(moment(at)?, reading.now + on_its_way))
    });
}

fn texts(engine: &mut Environment<'static>) {
    engine
        .add_filter("line", |text: Cow<'_, str>, max: Option<usize>| clean::line(&text, max.unwrap_or(LINE_CHARS_MAX)));
    engine.add_filter("name", |name: String| clean::line(&name, clean::NAME_CHARS_MAX));
    engine.add_filter("subject", |subject: String| clean::line(&subject, clean::SUBJECT_CHARS_MAX));
    engine.add_filter("capital", |text: String| {
        let mut letters = text.chars();
        let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
        format!("{first}{}", letters.as_str())
    });
    engine.add_filter("file_name", |name: String| mime::file_name(&name));
    // Several lines, as they came; with a number at most so many characters.
    engine.add_filter("text", |text: &Value, max: Option<usize>| lines(text, max));
    engine.add_filter("below", |text: String| {
        Value::from_safe_string(blocks::below(&clean::line(&text, PRINTED_CHARS_MAX)))
    });
    engine.add_test("longer_than", |text: &Value, max: usize| match text.as_str() {
        Some(text) => Ok(clean::end_of(text, max).is_some()),
        None => Err(wrong("a text")),
    });
    // A letter within a sentence, with its article.
    engine.add_filter("letter_name", |state: &State, kind: String| {
        let words = &reading(state)?.vocabulary;
        Ok::<_, Error>(find_word(words, "letters", &kind).unwrap_or_else(|| said(words, "a_letter")))
    });
    engine.add_filter("salutation", |state: &State, name: String| Ok(words(state)?.salutation(&name)));
    // What a phone dials (RFC 3966); empty where it is no number.
    engine.add_filter("dial", |phone: String| dial(&phone));
    engine.add_filter("full_name", |name: String| salutation::full_name(&name));
    engine.add_filter("person", |name: String| clean::person(&name).unwrap_or_default());
    // Name and address, as far as they are known.
    engine.add_filter("who", |customer: &Value| {
        let name = clean::line(&text_of(customer, "name")?, clean::NAME_CHARS_MAX);
        let address = text_of(customer, "address")?;
        Ok::<_, Error>(match (name.is_empty(), address.is_empty()) {
            (_, true) => name,
            (true, false) => address,
            (false, false) => format!("{name} ({address})"),
        })
    });
    // E-mail or paper; else only a call is left.
    engine.add_test("reachable", |customer: &Value| {
        Ok::<_, Error>(!customer.get_attr("address")?.is_none() || customer.get_attr("postal")?.is_true())
    });
    engine.add_test("me", |state: &State, address: String| {
        let me = &reading(state)?.me;
        Ok::<_, Error>(Address::parse(&address).is_ok_and(|address| address == *me))
    });
    // Of a list, where it is cut: a slice would not be seen by a block that is called within a macro.
    engine.add_filter("at_most", |all: Vec<Value>, most: usize| all.into_iter().take(most).collect::<Vec<_>>());
    engine.add_filter("after", |all: Vec<Value>, first: usize| all.into_iter().skip(first).collect::<Vec<_>>());
    engine.add_filter("the_last", |all: Vec<Value>, most: usize| {
        let earlier = all.len().saturating_sub(most);
        all.into_iter().skip(earlier).collect::<Vec<_>>()
    });
    engine.add_filter("ranges", |numbers: Vec<String>| ranges(&numbers));
}

/// Each number is named: those that follow on each other as the first and the last of them.
fn ranges(numbers: &[String]) -> Vec<Value> {
    let numbers: Vec<CaseNumber> = numbers.iter().filter_map(|number| number.parse().ok()).collect();
    let runs = numbers.chunk_by(|one, next| one.year == next.year && one.serial + 1 == next.serial);
    let ends = |run: &[CaseNumber]| {
        let last = run.last().filter(|_| run.len() > 1).map(ToString::to_string);
        context! { first => run.first().map(ToString::to_string), last }
    };
    runs.map(ends).collect()
}

/// Digits of a number that can be dialled.
const DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

pub(super) fn dial(phone: &str) -> String {
    // `+31 (0)6 12345678`: the zero is for who calls from within the country.
    let phone = phone.trim().replace("(0)", "");
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let is_number = phone.chars().all(|c| c.is_ascii_digit() || " +-./()\u{a0}".contains(c));
    let plus = if phone.starts_with('+') { "+" } else { "" };
    if is_number && DIGITS.contains(&digits.len()) { format!("{plus}{digits}") } else { String::new() }
}

fn buttons(engine: &mut Environment<'static>) {
    // A customer's answer to the question below the closing.
    engine.add_function("says_solved", |state: &State, solved: String, number: String, label: String| {
        let solved = match solved.as_str() {
            "yes" => Solved::Yes,
            "no" => Solved::No,
            _ => return Err(wrong("yes or no")),
        };
        let replies = &reading(state)?.replies;
        Ok(seen(&replies.customers(&number, solved_typed(solved, replies.words.language), label)))
    });
    // A reply to this letter with this typed; none where mail clients would cut it.
    engine.add_function("prefilled", |state: &State, typed: String, label: String| {
        Ok::<_, Error>(reading(state)?.replies.prefilled(&typed, label).as_ref().map(seen))
    });
    // A mail of its own to the desk that asks for something.
    engine.add_function("mail_to_desk", |state: &State, typed: String, label: String| {
        let url = mailto::typed(reading(state)?.replies.desk.as_str(), &typed);
        Ok::<_, Error>(seen(&Button { label, url }))
    });
    // What is done with a mail on file.
    engine.add_function("reply_about", |state: &State, verb: String, mail: i64, label: String| {
        Ok::<_, Error>(seen(&reading(state)?.replies.about(&verb, mail, label)))
    });
    engine.add_filter("local_part", |address: String| {
        Address::parse(&address).map(|address| address.local().to_owned()).unwrap_or(address)
    });
}

/// A value as it serialises itself.
pub(super) fn plain(value: impl Serialize) -> Value {
    Value::from(Serde(value))
}

/// A button as templates see it.
pub(super) fn seen(button: &Button) -> Value {
    context! { label => button.label.as_str(), url => button.url.as_str() }
}

/// The word of the vocabulary under that name.
pub(super) fn find_word(vocabulary: &Value, of: &str, name: &str) -> Option<String> {
    let word = vocabulary.get_attr(of).and_then(|words| words.get_attr(name)).ok()?;
    word.as_str().map(str::to_owned)
}

/// The same; what has none is called by its name, which the tests would find.
pub(super) fn word(vocabulary: &Value, of: &str, name: &str) -> String {
    find_word(vocabulary, of, name).unwrap_or_else(|| name.to_owned())
}

/// A word of the vocabulary that stands alone.
pub(super) fn said(vocabulary: &Value, name: &str) -> String {
    let word = vocabulary.get_attr(name).unwrap_or_default();
    word.as_str().unwrap_or_default().to_owned()
}

/// Prints a value.
fn print(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    let printed = printed(value)?;
    if value.is_safe() || !matches!(state.auto_escape(), AutoEscape::Html) {
        return Ok(out.write_str(&printed)?);
    }
    let mut escaped = String::with_capacity(printed.len());
    escape_to(&printed, &mut escaped);
    Ok(out.write_str(&escaped)?)
}

/// A value as it is printed: what blocks made as it is, text as a clean line.
pub(super) fn printed(value: &Value) -> Result<Cow<'_, str>, Error> {
    match value.as_str() {
        Some(made) if value.is_safe() => Ok(Cow::Borrowed(made)),
        Some(text) => Ok(clean::within_line(text, PRINTED_CHARS_MAX)),
        None => match value.kind() {
            ValueKind::Number | ValueKind::Bool => Ok(Cow::Owned(value.to_string())),
            ValueKind::Undefined => Err(Error::from(ErrorKind::UndefinedError)),
            kind => Err(Error::new(ErrorKind::InvalidOperation, format!("expected text or a number, found {kind}"))),
        },
    }
}

/// Text of several lines, with a number at most so many characters; what blocks made stays.
pub(super) fn lines(text: &Value, max: Option<usize>) -> Result<Value, Error> {
    if text.is_safe() {
        return Ok(text.clone());
    }
    let text = match text.as_str() {
        Some(text) => text,
        None if text.is_undefined() => return Err(Error::from(ErrorKind::UndefinedError)),
        None => return Err(wrong("a text")),
    };
    let text = max.map_or_else(|| clean::text(text), |max| clean::shortened(text, max).0);
    Ok(Value::from_safe_string(blocks::marked_lines(&text)))
}

/// Text as HTML, in elements and in attributes. The engine's own escaping would also take the slashes out of addresses.
pub(super) fn escape_to(text: &str, html: &mut String) {
    // Looked at to its end, whatever is found: so many octets are looked at in one step.
    let has_any = |found, byte| found | matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'');
    if !text.bytes().fold(false, has_any) {
        return html.push_str(text);
    }
    let mut begun = 0;
    for (at, byte) in text.bytes().enumerate() {
        let sign = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\'' => "&#x27;",
            _ => continue,
        };
        html.push_str(&text[begun..at]);
        html.push_str(sign);
        begun = at + 1;
    }
    html.push_str(&text[begun..]);
}

/// Who reads what is made.
pub(super) fn reading(state: &State<'_, '_>) -> Result<Arc<Reading>, Error> {
    state.get_extension::<Arc<Reading>>().cloned().ok_or_else(|| wrong("a template that knows its reader"))
}

fn words(state: &State<'_, '_>) -> Result<Words, Error> {
    Ok(reading(state)?.words)
}

/// Characters of a day as drafts write it.
const DAY_CHARS: usize = "2026-11-24".len();

fn moment(at: &Value) -> Result<Moment, Error> {
    let written = at.as_str().ok_or_else(|| wrong("a moment"))?;
    DateTime::parse_from_rfc3339(written).map(|at| at.to_utc()).map_err(|_| wrong("a moment"))
}

/// A day, or the day of a moment in the desk's zone.
fn day(state: &State<'_, '_>, at: &Value) -> Result<NaiveDate, Error> {
    match at.as_str() {
        Some(written) if written.len() == DAY_CHARS => written.parse().map_err(|_| wrong("a day")),
        _ => Ok(words(state)?.local(moment(at)?).date_naive()),
    }
}

/// Whether it has passed in the minute that is shown.
fn is_past(due: Moment, now: Moment) -> bool {
    due.duration_trunc(TimeDelta::minutes(1)).unwrap_or(due) <= now
}

fn text_of(value: &Value, field: &str) -> Result<String, Error> {
    let text = value.get_attr(field)?;
    Ok(text.as_str().unwrap_or_default().to_owned())
}

fn wrong(expected: &str) -> Error {
    Error::new(ErrorKind::InvalidOperation, format!("expected {expected}, found something else"))
}
