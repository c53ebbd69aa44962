//! Staff verbs: lines at the top of a reply, `#verb value`, one a line. Forgiving in
//! case, accents and punctuation; what is nearly a verb is never relayed but asked about. Pure.

mod again;
mod inside;
mod kinds;
mod rows;
mod sections;
mod standard;
mod table;

pub use again::{Again, again, harmless, harmless_but_texts};
pub use kinds::{Row, Taken, TextGoes, Value, Verb};
pub use sections::{section_name, section_named};
pub use standard::{leading, standard_text, with_standard_texts};
pub use table::TABLE;

use crate::text::{is_invisible, slips};
use inside::{NOTE_WORDS, says_internal};

/// Two slips of the finger still point at the verb that was meant.
const SLIPS_MAX: usize = 2;
/// More verb lines than this are no instruction but a text that looks like one.
const VERB_LINES_MAX: usize = 20;

/// Characters of a line that a question shows.
const SHOWN_MAX: usize = 80;
/// A verb at least this long is known with other letters stuck to it; a shorter one begins ordinary words.
const STUCK_MIN: usize = 6;
/// How the mark is called, and how a page writes it that was saved as text.
const MARK_NAMES: [&str; 3] = ["hashtag", "hash", "hekje"];
const MARK_ENTITIES: [&str; 5] = ["&#35;", "&#035;", "&#x23;", "&#X23;", "&num;"];

/// One verb line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub verb: Verb,
    /// As typed, for `explain`.
    pub written: String,
    pub value: String,
}

/// A reply of staff, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Instruction {
    pub lines: Vec<Line>,
    /// The text without the verb lines; those that ask for a sentence of the company's own stay in their place.
    pub text: String,
}

/// A staff mail as its two readings make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// From what may safely be relayed.
    pub instruction: Instruction,
    /// All that was typed, and the quotes it answers, without the verb lines: for a note.
    pub whole: String,
}

/// Why a text is no instruction; nothing of it may be relayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mistake {
    Unknown { written: String, nearest: Option<String> },
    LowerDown { written: String },
}

/// Reads a staff mail: `relayable` says what is done, `reply` (which keeps more) must not say otherwise. A verb below a
/// quote is lower down, and stops the mail.
///
/// # Errors
/// As [`parse`], for either reading.
pub fn of_reply(relayable: &str, reply: &str) -> Result<Reply, Mistake> {
    let instruction = parse(relayable)?;
    let own: Vec<&str> = reply.lines().filter(|line| !visible(line).starts_with('>')).collect();
    let read = parse(&own.join("\n"))?;
    if let Some(line) = read.lines.get(instruction.lines.len()) {
        return Err(Mistake::LowerDown { written: line.written.clone() });
    }
    Ok(Reply { instruction, whole: without_verbs(reply) })
}

fn without_verbs(reply: &str) -> String {
    let is_verb = |line: &&str| known_line(&visible(line)) || visible(line).is_empty();
    reply.lines().skip_while(is_verb).collect::<Vec<_>>().join("\n").trim().to_owned()
}

fn known_line(plain: &str) -> bool {
    verb_line(plain).is_some_and(|(word, _)| Verb::named(&word).is_some())
}

/// Whether the verbs at the top ask for all that stands above our letter.
pub fn asks_for_everything(new_text: &str) -> bool {
    let verbs = new_text
        .lines()
        .map(visible)
        .filter(|plain| !plain.is_empty())
        .map_while(|plain| verb_line(&plain).and_then(|(word, _)| Verb::named(&word)));
    verbs.into_iter().any(|verb| verb == Verb::Everything)
}

impl Reply {
    /// The verb that only says how much is meant has done its work when the mail was read: alone it is an answer.
    #[must_use]
    pub fn without_extent(mut self) -> Self {
        let asked = |line: &Line| line.verb == Verb::Everything;
        let values = self.instruction.lines.iter().filter(|line| asked(line)).map(|line| line.value.clone());
        let values: Vec<String> = values.filter(|value| !value.is_empty()).collect();
        if let Some(at) = self.instruction.lines.iter().position(asked) {
            let written = self.instruction.lines.get(at).map(|line| line.written.clone()).unwrap_or_default();
            self.instruction.lines.retain(|line| !asked(line));
            if self.instruction.lines.is_empty() {
                self.instruction.lines.push(Line { verb: Verb::Answer, written, value: String::new() });
            }
            for text in [&mut self.instruction.text, &mut self.whole] {
                *text =
                    values.iter().chain([&*text]).map(String::as_str).collect::<Vec<_>>().join("\n").trim().to_owned();
            }
        }
        self
    }
}

/// Reads new text of a staff mail.
///
/// # Errors
/// A `#word` at the top that is no verb; a verb, or nearly one, lower down.
pub fn parse(new_text: &str) -> Result<Instruction, Mistake> {
    let mut lines = Vec::new();
    let mut rest = Vec::new();
    let mut text_begun = false;
    // A text that stays in the house anyway may call itself a note.
    let goes_out = |lines: &[Line]| {
        lines.is_empty()
            || lines.iter().any(|line| matches!(line.verb.row().text, TextGoes::Customer | TextGoes::Settlement))
    };
    for line in new_text.lines() {
        let plain = visible(line);
        let may_stand = !text_begun || goes_out(&lines);
        if asks_for_text(&plain, text_begun) && lines.len() < VERB_LINES_MAX && may_stand {
            let (word, value) = verb_line(&plain).unwrap_or_default();
            lines.push(read_line(&plain, &word, value)?);
            rest.push(line);
            continue;
        }
        match (verb_line(&plain), !text_begun && lines.len() < VERB_LINES_MAX) {
            (Some((word, value)), true) => lines.push(read_line(&plain, &word, value)?),
            (Some((word, _)), false) if is_near_verb(&word) => {
                return Err(Mistake::LowerDown { written: shown(&plain) });
            }
            (None, true) if goes_out(&lines) && says_internal(&plain) => {
                return Err(Mistake::Unknown {
                    nearest: Some(Verb::Note.row().dutch.to_owned()),
                    written: shown(&plain),
                });
            }
            (None, true)
                if goes_out(&lines)
                    && let Some(word) = verb_without_mark(&plain).or_else(|| named_mark(&plain)) =>
            {
                return Err(Mistake::Unknown { nearest: nearest(&word), written: shown(&plain) });
            }
            (None, false) if goes_out(&lines) && (begins_a_note(&plain) || named_mark(&plain).is_some()) => {
                return Err(Mistake::LowerDown { written: shown(&plain) });
            }
            _ if names_verb_within(&plain) => return Err(Mistake::LowerDown { written: shown(&plain) }),
            _ => {
                text_begun |= !plain.is_empty();
                rest.push(line);
            }
        }
    }
    Ok(Instruction { lines, text: rest.join("\n").trim().to_owned() })
}

/// Among the words it names a text; at the top it may have been forgotten, and is asked for.
fn asks_for_text(plain: &str, text_begun: bool) -> bool {
    standard_text(plain).is_some_and(|name| !text_begun || !name.is_empty())
}

fn read_line(plain: &str, word: &str, value: String) -> Result<Line, Mistake> {
    let verb = Verb::named(word).ok_or_else(|| Mistake::Unknown { written: shown(plain), nearest: nearest(word) })?;
    // One verb a line: of `#afgehandeld #intern …` nobody can say which text is whose.
    if names_verb_within(&value) {
        return Err(Mistake::LowerDown { written: shown(plain) });
    }
    // A sentence keeps its full stop; an address or a name has none.
    let value =
        if verb.row().value.ends_in_text() { value } else { value.trim_end_matches([':', '.', ',', ';']).to_owned() };
    let written = plain.split_whitespace().next().unwrap_or_default();
    Ok(Line { verb, written: written.trim_end_matches(|c: char| !c.is_alphanumeric()).to_owned(), value })
}

/// Trimmed, without the marks that mail clients slip in (byte order mark, no-break and zero-width spaces).
fn visible(line: &str) -> String {
    let line = MARK_ENTITIES.iter().fold(line.to_owned(), |line, entity| line.replace(entity, "#"));
    line.chars()
        .filter(|c| !is_invisible(*c))
        .map(|c| if c == '\u{a0}' { ' ' } else { c })
        .collect::<String>()
        .trim()
        .to_owned()
}

/// `#word: value` as (folded word, value); None when the line does not begin with `#` and a letter.
fn verb_line(plain: &str) -> Option<(String, String)> {
    let after = plain.trim_start_matches(['*', '_', ' ']).strip_prefix(['#', '＃'])?.trim_start();
    let end = after.find(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_')).unwrap_or(after.len());
    let (word, value) = after.split_at(end);
    let folded = fold_word(word);
    let begins_with_letter = folded.chars().next().is_some_and(char::is_alphabetic);
    begins_with_letter.then(|| (folded, own_words(value)))
}

/// What stands behind a verb, without the marks between the two; its own last full stop stays.
fn own_words(value: &str) -> String {
    let blank = |c: char| c.is_whitespace() || "*_".contains(c);
    value.trim_start_matches(|c: char| blank(c) || ":.,;".contains(c)).trim_end_matches(blank).to_owned()
}

/// A verb's name with the `#` forgotten or another mark in its place: after that mark, alone on its line, or before a
/// colon.
fn verb_without_mark(plain: &str) -> Option<String> {
    let (word, marked) = first_word(plain);
    let is_verb = telling_names().any(|name| name == word);
    (is_verb && (marked || stands_alone(plain))).then_some(word)
}

/// `Intern:` further down: what follows was hardly meant for the customer. Not `Note:`, which English answers have.
fn begins_a_note(plain: &str) -> bool {
    NOTE_WORDS.contains(&first_word(plain).0.as_str()) && stands_alone(plain) || says_internal(plain)
}

/// "hashtag intern", as who dictates a mail says it: the name of the verb.
fn named_mark(plain: &str) -> Option<String> {
    let mut words = plain.split_whitespace().map(|word| fold_word(word.trim_matches(|c: char| !c.is_alphanumeric())));
    let mark = words.next().filter(|word| MARK_NAMES.contains(&word.as_str()));
    mark.and_then(|_| words.next()).filter(|word| is_near_verb(word))
}

/// The first word, folded, and whether something stands before it.
fn first_word(plain: &str) -> (String, bool) {
    let named = plain.trim_start_matches(|c: char| !c.is_alphanumeric());
    let end = named.find(|c: char| !c.is_alphanumeric()).unwrap_or(named.len());
    (fold_word(&named[..end]), named.len() < plain.len())
}

/// Nothing but a colon, and what it announces, follows the first word.
fn stands_alone(plain: &str) -> bool {
    let named = plain.trim_start_matches(|c: char| !c.is_alphanumeric());
    let rest = named.trim_start_matches(char::is_alphanumeric);
    rest.trim_start().starts_with(':') || !rest.contains(char::is_alphanumeric)
}

/// A `#verb`, or nearly one, in the middle of a line.
fn names_verb_within(plain: &str) -> bool {
    named_in(plain).is_some()
}

/// The first `#verb`, or nearly one, that stands in a line, as it was written.
pub fn named_in(line: &str) -> Option<String> {
    line.match_indices(['#', '＃']).find_map(|(at, mark)| {
        let after = &line[at + mark.len()..];
        let end = after.find(|c: char| !c.is_alphanumeric()).unwrap_or(after.len());
        is_near_verb(&fold_word(&after[..end])).then(|| format!("#{}", &after[..end]))
    })
}

/// A line as a question shows it.
fn shown(plain: &str) -> String {
    plain.chars().take(SHOWN_MAX).collect()
}

fn fold_word(word: &str) -> String {
    super::fold(word).chars().filter(|c| c.is_alphanumeric()).collect()
}

fn all_names() -> impl Iterator<Item = &'static str> {
    TABLE.iter().flat_map(Row::names)
}

/// Names that are no ordinary words in an answer: only these are missed without their mark ("Brief:" is no slip).
fn telling_names() -> impl Iterator<Item = &'static str> {
    [Verb::Note, Verb::Close].into_iter().flat_map(|verb| verb.row().names())
}

/// A slip away from a verb, or a verb with the next word stuck to it.
fn is_near_verb(word: &str) -> bool {
    let is_near = |name: &str| {
        slips(word, name, slips_allowed(name)).is_some() || name.len() >= STUCK_MIN && word.starts_with(name)
    };
    all_names().any(is_near)
}

/// The verb that was probably meant.
fn nearest(word: &str) -> Option<String> {
    let near = all_names().filter_map(|name| Some((slips(word, name, slips_allowed(name))?, name)));
    near.min().map(|(_, name)| format!("#{name}"))
}

/// A short name has fewer letters to slip on.
fn slips_allowed(name: &str) -> usize {
    SLIPS_MAX.min(name.len() / 3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(text: &str, value: &str) -> Instruction {
        let line = Line { verb: Verb::Close, written: "#afgehandeld".into(), value: value.into() };
        Instruction { lines: vec![line], text: text.into() }
    }

    #[test]
    fn a_verb_at_the_top_is_read_however_it_is_typed() {
        for typed in
            ["#afgehandeld", "# Afgehandeld", "\u{feff}#AFGEHANDELD:", "\u{a0}#áfgehandeld.", "\n\n  #afgehandeld  "]
        {
            let read = parse(&format!("{typed}\nWij vergoeden de band.")).unwrap();
            assert_eq!((read.lines[0].verb, read.text.as_str()), (Verb::Close, "Wij vergoeden de band."), "{typed}");
        }
        assert_eq!(parse("#afgehandeld: Betaald").unwrap(), close("", "Betaald"));
    }

    #[test]
    fn a_slip_names_the_verb_that_was_meant() {
        let mistake = parse("#afgehandelt\nBetaald").unwrap_err();
        assert_eq!(mistake, Mistake::Unknown { written: "#afgehandelt".into(), nearest: Some("#afgehandeld".into()) });
        assert!(matches!(parse("#vakantie").unwrap_err(), Mistake::Unknown { nearest: None, .. }));
    }

    #[test]
    fn a_verb_lower_down_stops_the_mail() {
        for text in ["Beste klant,\n#intern", "Dag,\n\n#interm nog bellen", "Dag, zie #intern hieronder"] {
            assert!(matches!(parse(text), Err(Mistake::LowerDown { .. })), "{text}");
        }
    }

    #[test]
    fn a_verb_without_its_mark_at_the_top_is_asked_about() {
        assert!(matches!(parse("intern\nde klant overdrijft"), Err(Mistake::Unknown { .. })));
        assert!(matches!(parse("@afgehandeld\nbetaald"), Err(Mistake::Unknown { .. })));
    }

    #[test]
    fn an_ordinary_answer_is_left_alone() {
        for more in [
            "Dit is intern besproken.",
            "We hebben dit intern besproken: u krijgt gelijk.",
            "De hashtag bij uw bericht zagen wij.",
            "Interne dienst: 020-1234567",
            "Let op: alleen op werkdagen",
            "Niet elke klant krijgt dit: u wel.",
            "Dit hebben wij niet aan een klant gevraagd",
            "Intern transport",
            "Korting 100%23",
        ] {
            let text = format!("Beste mevrouw,\n\nUw auto staat klaar op plek #12.\n#1 prioriteit voor ons.\n\n{more}");
            assert_eq!(parse(&text).unwrap(), Instruction { lines: vec![], text }, "{more}");
        }
    }

    #[test]
    fn a_mark_that_is_named_encoded_or_said_in_words_is_asked_about() {
        for line in [
            "hashtag intern",
            "Hashtag intern, klant overdrijft",
            "hekje afgehandeld",
            "Alleen intern: klant overdrijft",
            "ALLEEN INTERN",
            "Voor intern gebruik",
            "Strikt intern: niet doorsturen",
            "Internal only: do not tell",
            "Notitie voor collega: hij zeurt",
            "Niet naar klant:",
            "NIET DOORSTUREN AAN KLANT",
            "Alleen voor collega’s: hij zeurt",
            "Let op: alleen intern",
            "Not for the customer",
            "Do not forward to customer: he complains",
        ] {
            assert!(matches!(parse(&format!("{line}\nwij betalen niets")), Err(Mistake::Unknown { .. })), "{line}");
            assert!(matches!(parse(&format!("Beste klant,\n\n{line}")), Err(Mistake::LowerDown { .. })), "{line}");
        }
        for mark in ["&#35;", "&#x23;", "&num;"] {
            assert_eq!(parse(&format!("{mark}intern\nhij zeurt")).unwrap().lines[0].verb, Verb::Note, "{mark}");
            assert!(matches!(parse(&format!("Beste klant,\n{mark}intern")), Err(Mistake::LowerDown { .. })), "{mark}");
        }
    }

    proptest! {
        #[test]
        fn no_verb_line_is_ever_left_in_the_text(text in "(#intern|#Afgehandeld|hallo|\n| |#|é){0,12}") {
            if let Ok(read) = parse(&text) {
                let left = read.text.to_lowercase();
                prop_assert!(!left.contains("#intern") && !left.contains("#afgehandeld"), "{:?}", left);
            }
        }

        #[test]
        fn any_text_is_read_without_harm(text in "\\PC{0,300}") {
            let _ = parse(&text);
        }
    }
}
