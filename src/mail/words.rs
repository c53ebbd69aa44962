//! What mail clients write around a mail that they quote or pass on, in some forty languages: labels of header
//! blocks ("Van:", "Verzonden:"), separators ("Doorgestuurd bericht"), subject prefixes ("Doorst:"), verbs of
//! attribution lines ("schreef"). Plain tables, spelled as the clients spell them, and the look-ups on them; both
//! sides are folded, so that case, accents and odd blanks never matter. Pure.

mod tables;
mod within;

pub(crate) use crate::text::{fold, is_invisible};
use aho_corasick::{AhoCorasick, MatchKind};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;
use tables::{
    CLOSING, FORWARD_PREFIXES, FORWARD_STEMS, HEADER_FAMILIES, LABELS, MESSAGES, ORIGINAL_STEMS, REPLY_PREFIXES,
    VS_IS_REPLY, WROTE,
};
pub(crate) use within::labels_within;

/// A label is not longer than this ("Ilmoitus vastaanottajalle" is 25): a longer start of a line is prose.
pub(crate) const LABEL_CHARS_MAX: usize = 40;

/// A separator is not longer than this, dashes included (Outlook draws 32 underscores, some lists 70 dashes).
const SEPARATOR_CHARS_MAX: usize = 120;

/// A drawn line without words, or one that is not closed, has at least this many dashes.
const RULE_CHARS_MIN: usize = 5;

/// A subject prefix is not longer than this ("Weitergeleitet" is 14, "Přeposlaná zpráva" 17).
const PREFIX_CHARS_MAX: usize = 24;

/// List and warning tags before a subject prefix (`[EXTERN] [klachten] FW:`) that are looked through.
const SUBJECT_TAGS_MAX: usize = 4;

/// What a line of a header block states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Field {
    From,
    To,
    Cc,
    Subject,
    Date,
    /// Reply-To, Bcc, importance, attachments: part of a block, but nothing that we use.
    Other,
}

static LABEL_INDEX: LazyLock<HashMap<String, Field>> = LazyLock::new(|| {
    let fields = [Field::From, Field::To, Field::Cc, Field::Subject, Field::Date, Field::Other];
    let mut index = HashMap::new();
    for language in LABELS {
        for (spellings, field) in language.iter().zip(fields) {
            for label in spellings.split('|') {
                index.entry(fold(label)).or_insert(field);
            }
        }
    }
    index
});
static FORWARD_STEM_INDEX: LazyLock<Vec<String>> = LazyLock::new(|| FORWARD_STEMS.iter().map(|s| fold(s)).collect());
static ORIGINAL_STEM_INDEX: LazyLock<Vec<String>> = LazyLock::new(|| ORIGINAL_STEMS.iter().map(|s| fold(s)).collect());
static FORWARD_PREFIX_INDEX: LazyLock<HashSet<String>> =
    LazyLock::new(|| FORWARD_PREFIXES.iter().map(|s| fold(s)).collect());
static REPLY_PREFIX_INDEX: LazyLock<HashSet<String>> =
    LazyLock::new(|| REPLY_PREFIXES.iter().map(|s| fold(s)).collect());
static MESSAGE_INDEX: LazyLock<Vec<String>> = LazyLock::new(|| MESSAGES.iter().map(|s| fold(s)).collect());
/// With and without accents, because some clients drop them.
static WROTE_INDEX: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let spellings = WROTE.iter().flat_map(|verb| [(*verb).to_owned(), fold(verb)]);
    AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(spellings).ok()
});

/// What kind of line stands between two mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Separator {
    /// Its words say that the mail below was passed on.
    Forward,
    /// "Original message": stands above answered and above passed-on mails.
    Original,
    /// A drawn line, with words that say neither or none; only with a block below it is it the client's.
    Rule,
}

/// What the first prefix of a subject says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prefix {
    Forward,
    /// "VS:", which is Danish and Norwegian for passed on, Finnish and Estonian for an answer.
    ForwardOrReply,
    Reply,
    None,
}

/// How words begin that say "end", in the languages whose clients end a mail passed on with a line.
const END_WORDS: [&str; 14] = [
    "einde", "end", "ende", "fin", "fine", "fim", "final", "slut", "slutt", "loppu", "koniec", "konec", "vege",
    "sfarsit",
];

/// "-----Einde doorgestuurd bericht-----", "--- End forwarded message ---", "End of forwarded message": a short line of which
/// the first word says "end" and the others name a message.
pub(crate) fn ends_forward(line: &str) -> bool {
    const CHARS_MAX: usize = 80;
    let bare = line.trim_matches(|c: char| is_rule(c) || c.is_whitespace() || "*:.<>".contains(c));
    if line.chars().nth(CHARS_MAX).is_some() || bare.is_empty() {
        return false;
    }
    let folded = fold(bare);
    let (first, rest) = folded.split_once(' ').unwrap_or((&folded, ""));
    END_WORDS.contains(&first) && names_message(rest) && !bare.ends_with(['!', '?', ','])
}

/// The field that a label (without its colon) names, in any of the languages.
pub(crate) fn field(label: &str) -> Option<Field> {
    if label.is_empty() || label.chars().nth(LABEL_CHARS_MAX).is_some() {
        return None;
    }
    LABEL_INDEX.get(&fold(label)).copied()
}

/// Cuts `From: value` apart, bold marks of HTML turned to text (`*From:* value`) included.
pub(crate) fn label_line(line: &str) -> Option<(Field, &str)> {
    let (label, value) = split_label(line)?;
    let field = field(label).or_else(|| is_header_name(label).then_some(Field::Other))?;
    Some((field, value))
}

/// Whether a label is a header's name of RFC 5322 or MIME, as in the source of a mail pasted into a text.
fn is_header_name(label: &str) -> bool {
    let family = label.split_once('-').map(|(family, _)| family.to_ascii_lowercase());
    family.is_some_and(|family| HEADER_FAMILIES.contains(&family.as_str()))
        && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

/// Cuts a line at its first colon, if what is before it is short enough for a label; the label may be in no table.
pub(crate) fn split_label(line: &str) -> Option<(&str, &str)> {
    let noise = |c: char| c.is_whitespace() || is_invisible(c) || matches!(c, '*' | '_' | '|');
    let (before, line) = line.split_at_checked(line.len() - line.trim_start_matches(noise).len())?;
    let before = before.trim_end();
    let (at, colon) = line.char_indices().take(LABEL_CHARS_MAX + 1).find(|(_, c)| matches!(c, ':' | '：' | '﹕'))?;
    let label = line.get(..at)?.trim_end_matches(noise);
    let value = line.get(at + colon.len_utf8()..)?.trim_start_matches(noise).trim_end();
    // Where the whole line is bold, or a table's row, the end mark stands behind the value.
    let ends: &[char] = match before.chars().last() {
        Some('*') => &['*', ' '],
        Some('|') => &['|', ' '],
        _ => &[],
    };
    (!label.is_empty()).then(|| (label, value.trim_end_matches(ends)))
}

/// Whether a line stands between two mails, and the rest of the line behind its closing dashes (Yahoo writes the
/// whole header block there).
pub(crate) fn separator(line: &str) -> Option<(Separator, &str)> {
    let line = line.trim_matches(|c: char| c.is_whitespace() || is_invisible(c) || c == '*');
    let inner = line.trim_start_matches(is_rule);
    let dashes = line.chars().count() - inner.chars().count();
    if dashes == 0 {
        return announcement(line).then_some((Separator::Forward, ""));
    }
    if inner.is_empty() {
        let long_enough = (RULE_CHARS_MIN..=SEPARATOR_CHARS_MAX).contains(&dashes);
        return long_enough.then_some((Separator::Rule, ""));
    }
    let end = closing_rule(inner);
    let (words, rest) = end.and_then(|end| inner.split_at_checked(end)).unwrap_or((inner, ""));
    // Two dashes and a word are a signature or a list; a client closes its separator or draws it long.
    let is_drawn = dashes >= RULE_CHARS_MIN || (dashes >= 2 && end.is_some());
    if !is_drawn || words.chars().nth(SEPARATOR_CHARS_MAX).is_some() {
        return None;
    }
    let folded = fold(words);
    if CLOSING.iter().any(|word| folded.trim_start().starts_with(word)) {
        return None;
    }
    let rest = rest.trim_start_matches(is_rule).trim();
    if FORWARD_STEM_INDEX.iter().any(|stem| folded.contains(stem.as_str())) {
        return Some((Separator::Forward, rest));
    }
    if ORIGINAL_STEM_INDEX.iter().any(|stem| folded.contains(stem.as_str())) {
        return Some((Separator::Original, rest));
    }
    end.is_some().then_some((Separator::Rule, rest))
}

/// Where the dashes that close a separator begin.
fn closing_rule(inner: &str) -> Option<usize> {
    let pairs = inner.char_indices().zip(inner.chars().skip(1));
    pairs.take(SEPARATOR_CHARS_MAX).find(|((_, a), b)| is_rule(*a) && is_rule(*b)).map(|((at, _), _)| at)
}

/// "Begin doorgestuurd bericht:" without any dashes: short, ends with a colon, says that something was passed on.
fn announcement(line: &str) -> bool {
    let Some(words) = line.strip_suffix([':', '：']) else { return false };
    if words.chars().nth(SEPARATOR_CHARS_MAX / 2).is_some() || words.contains(['@', ':']) {
        return false;
    }
    let folded = fold(words);
    FORWARD_STEM_INDEX.iter().any(|stem| folded.contains(stem.as_str()))
}

/// What separators and rules are drawn with.
pub(crate) fn is_rule(c: char) -> bool {
    matches!(c, '-' | '_' | '=' | '–' | '—' | '─' | '―')
}

/// Whether the words of a separator name a message: only with one is the line surely the client's.
pub(crate) fn names_message(text: &str) -> bool {
    let folded = fold(text);
    MESSAGE_INDEX.iter().any(|noun| folded.contains(noun.as_str()))
}

/// Whether a text (in lower case) says in any language that somebody wrote something: a whole word for it, save in
/// languages without blanks, where words have no ends to check.
pub(crate) fn says_wrote(low: &str) -> bool {
    let Some(verbs) = WROTE_INDEX.as_ref() else { return false };
    verbs.find_iter(low).any(|hit| {
        let is_letter = |c: char| c.is_alphanumeric() && (c as u32) < 0x2e80;
        let before = low.get(..hit.start()).and_then(|s| s.chars().next_back()).is_some_and(is_letter);
        let after = low.get(hit.end()..).and_then(|s| s.chars().next()).is_some_and(is_letter);
        let cjk = low.get(hit.range()).is_some_and(|word| word.chars().any(|c| c as u32 >= 0x2e80));
        cjk || !before && !after
    })
}

/// Whether the language of this From label uses the subject prefix "VS" for an answer.
pub(crate) fn vs_is_reply(from_label: &str) -> bool {
    let folded = fold(from_label);
    VS_IS_REPLY.iter().any(|label| fold(label) == folded)
}

/// Whether the language of this attribution line uses the subject prefix "VS" for an answer.
pub(crate) fn vs_is_reply_verb(attribution: &str) -> bool {
    let folded = fold(attribution);
    ["kirjoitti", "kirjutas"].iter().any(|verb| folded.contains(verb))
}

/// The first prefix of a subject and the subject without it; tags in brackets or stars before it go with it.
pub(crate) fn subject_prefix(subject: &str) -> (Prefix, &str) {
    let mut rest = subject.trim();
    for _ in 0..SUBJECT_TAGS_MAX {
        let Some(behind) = behind_tag(rest) else { break };
        rest = behind.trim_start();
    }
    let colon = rest.char_indices().take(PREFIX_CHARS_MAX).find(|(_, c)| matches!(c, ':' | '：'));
    let Some((at, colon)) = colon else { return without_colon(subject) };
    let (prefix, rest) = rest.split_at(at);
    let rest = rest.trim_start_matches(colon).trim_start();
    // A count, as in "Re[2]:" or "FW (3):".
    let folded =
        fold(prefix.trim_end_matches(|c: char| c.is_ascii_digit() || "[]() ".contains(c) || c.is_whitespace()));
    if folded == "vs" {
        (Prefix::ForwardOrReply, rest)
    } else if FORWARD_PREFIX_INDEX.contains(&folded) {
        (Prefix::Forward, rest)
    } else if REPLY_PREFIX_INDEX.contains(&folded) {
        (Prefix::Reply, rest)
    } else {
        without_colon(subject)
    }
}

/// `[Fwd: Subject]` of old Netscape and `Subject (fwd)` of Pine; else no prefix.
fn without_colon(subject: &str) -> (Prefix, &str) {
    let subject = subject.trim();
    for (open, close) in [("[Fwd: ", "]"), ("", " (fwd)")] {
        if let Some(inner) = subject.strip_prefix(open).and_then(|s| s.strip_suffix(close)) {
            return (Prefix::Forward, inner);
        }
    }
    (Prefix::None, subject)
}

/// The text behind a leading `[tag]`, `***tag***` or `{tag}`; none where the bracket holds a prefix itself.
fn behind_tag(subject: &str) -> Option<&str> {
    let (close, from) = match subject.chars().next()? {
        '[' if !fold(subject).starts_with("[fwd:") => ("]", 1),
        '{' => ("}", 1),
        '*' if subject.starts_with("***") => ("***", 3),
        _ => return None,
    };
    let at = subject.get(from..)?.find(close)?;
    subject.get(from + at + close.len()..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_label_means_two_things_in_one_language_and_all_are_found() {
        for language in LABELS {
            let mut seen = HashMap::new();
            for (i, spellings) in language.iter().enumerate() {
                for label in spellings.split('|') {
                    assert!(!fold(label).is_empty() && field(label).is_some(), "{label}");
                    assert_eq!(*seen.entry(fold(label)).or_insert(i), i, "{label}");
                }
            }
            assert_eq!(field(language[0].split('|').next().unwrap()), Some(Field::From), "{language:?}");
        }
    }

    #[test]
    fn labels_are_read_whatever_their_spelling() {
        for line in [
            "VAN: x",
            "  *Van:* x",
            "*Van*: x",
            "Van : x",
            "Van\u{a0}: x",
            "\u{feff}Van: x",
            "Van：x",
            "| Van: | x |",
            "*Van: x*",
        ] {
            assert_eq!(label_line(line), Some((Field::From, "x")), "{line}");
        }
        assert_eq!(label_line("Verwacht: x"), None);
        assert_eq!(label_line(&format!("{}: x", "Van ".repeat(20))), None);
        assert_eq!(label_line("X-Mailer: y"), Some((Field::Other, "y")));
    }

    #[test]
    fn separators_are_told_apart() {
        for (line, expected) in [
            ("---------- Forwarded message ---------", Some(Separator::Forward)),
            ("-------- Mensagem reencaminhada --------", Some(Separator::Forward)),
            ("Début du message réexpédié :", Some(Separator::Forward)),
            ("-----Ursprüngliche Nachricht-----", Some(Separator::Original)),
            ("________________________________", Some(Separator::Rule)),
            ("--- foto ---", Some(Separator::Rule)),
            ("----- End forwarded message -----", None),
            ("-- ", None),
            ("-- doorgestuurd door Jan", None),
            ("- doorgestuurd -", None),
            ("Wat ik u eerder doorgestuurd heb, is dit.", None),
        ] {
            assert_eq!(separator(line).map(|(kind, _)| kind), expected, "{line}");
        }
    }

    #[test]
    fn subject_prefixes_are_told_apart() {
        for (subject, expected) in [
            ("Fwd: Klacht", (Prefix::Forward, "Klacht")),
            ("[EXTERN] ***SPAM*** Doorst: Klacht", (Prefix::Forward, "Klacht")),
            ("TR : Klacht", (Prefix::Forward, "Klacht")),
            ("FW[2]: Re: Klacht", (Prefix::Forward, "Re: Klacht")),
            ("İLT: Klacht", (Prefix::Forward, "Klacht")),
            ("转发：Klacht", (Prefix::Forward, "Klacht")),
            ("[Fwd: Klacht]", (Prefix::Forward, "Klacht")),
            ("Klacht (fwd)", (Prefix::Forward, "Klacht")),
            ("Re: Fwd: Klacht", (Prefix::Reply, "Fwd: Klacht")),
            ("Antw: Klacht", (Prefix::Reply, "Klacht")),
            ("VS: Klacht", (Prefix::ForwardOrReply, "Klacht")),
            ("Betreft: Klacht", (Prefix::None, "Betreft: Klacht")),
            ("[K-1] Klacht: auto", (Prefix::None, "[K-1] Klacht: auto")),
        ] {
            assert_eq!(subject_prefix(subject), expected, "{subject}");
        }
    }
}
