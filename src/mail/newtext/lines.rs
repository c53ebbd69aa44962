//! The lines of a text with what can be seen of each at a glance; every later question is answered from these, so that
//! the cost stays in proportion to the length. Pure.

use super::phrases::OWN_WORDS;
use crate::mail::words::{self, Field};
use crate::mail::work::{Steps, Work};
use crate::text;

/// Longer lines are prose, never something a client wrote around a quote.
const CLIENT_LINE_MAX: usize = 400;

/// One line.
#[derive(Debug)]
pub(super) struct Line<'a> {
    /// As it is shown.
    pub text: &'a str,
    /// Lower case, straight apostrophes, single blanks; empty for a line too long to be a client's.
    pub low: String,
    /// Starts with a quote mark: `>`, or initials and `>` (`JD> `).
    pub quoted: bool,
    /// A word for "wrote".
    pub wrote: bool,
    pub address: bool,
    /// A year, or a date in figures.
    pub date: bool,
    /// Hours and minutes.
    pub time: bool,
    pub colon: bool,
    /// A header label in front.
    pub label: Option<Field>,
    /// What looking at it is counted in.
    work: Option<&'a Work>,
}

impl<'a> Line<'a> {
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Goes over something that stands for lines, each step counted in the budget of this one.
    pub fn counting<I>(&self, over: I) -> Steps<'a, I> {
        Steps::over(over, self.work)
    }
}

/// Cuts a text into lines and looks at each once; looking at them again is counted in `work`.
pub(super) fn counted<'a>(text: &'a str, work: &'a Work) -> Vec<Line<'a>> {
    text::lines(text).map(|line| Line { work: Some(work), ..look(line) }).collect()
}

/// The same for a text that is small or no mail's, with nothing counted.
pub(super) fn of(text: &str) -> Vec<Line<'_>> {
    text::lines(text).map(look).collect()
}

/// The lines from this one on, each look at one counted: the only way to look at more lines than one.
pub(super) fn from<'s, 'a>(lines: &'s [Line<'a>], at: usize) -> Steps<'a, std::slice::Iter<'s, Line<'a>>> {
    let rest = lines.get(at..).unwrap_or_default();
    Steps::over(rest.iter(), rest.first().and_then(|line| line.work))
}

/// Looks at one line.
pub(super) fn look(text: &str) -> Line<'_> {
    let low = if text.len() <= CLIENT_LINE_MAX { fold(text) } else { String::new() };
    // A verb's line is a colleague's, whatever it says ("#gemachtigde p@x.nl klant schreef het zelf").
    let is_own = |low: &str| low.starts_with('#') || OWN_WORDS.iter().any(|words| low.contains(words));
    // Most lines have none.
    let has_figures = low.bytes().fold(false, |found, byte| found | byte.is_ascii_digit());
    Line {
        text,
        quoted: is_quoted(text),
        wrote: words::says_wrote(&low) && !is_own(&low),
        address: has_address(&low),
        date: has_figures && has_date(&low),
        time: has_figures && has_time(&low),
        colon: low.trim_end_matches([' ', '*', '_', '-']).ends_with([':', '：']),
        label: if low.is_empty() { None } else { words::label_line(text).map(|(field, _)| field) },
        low,
        work: None,
    }
}

/// Lower case with straight apostrophes, and every kind of blank as one blank.
pub(super) fn fold(text: &str) -> String {
    if text.is_ascii() {
        let mut low = String::with_capacity(text.len());
        for word in text.split_ascii_whitespace() {
            if !low.is_empty() {
                low.push(' ');
            }
            low.push_str(word);
        }
        low.make_ascii_lowercase();
        return if low.contains('`') { low.replace('`', "'") } else { low };
    }
    let straight = text.replace(['\u{2019}', '\u{2018}', '`', '´'], "'");
    let visible: String = straight.chars().filter(|c| !words::is_invisible(*c)).collect();
    let low = visible.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    low.chars().map(western_figure).collect()
}

/// Arabic-Indic figures as the ones dates are told by.
fn western_figure(c: char) -> char {
    match c {
        '\u{660}'..='\u{669}' => u32::from(c).checked_sub(0x660).and_then(|d| char::from_digit(d, 10)).unwrap_or(c),
        _ => c,
    }
}

/// Whether a mark of quotation stands in front.
fn is_quoted(text: &str) -> bool {
    let line = text.trim_start();
    if let Some(after) = line.strip_prefix('>') {
        // Text that was cut out of a letter to a list: ">From" is how mbox escapes a line.
        return !after.starts_with("From ");
    }
    // Initials, as old clients of the BBS days and some lists still write them.
    let initials = line.bytes().take_while(u8::is_ascii_uppercase).count();
    (1..=3).contains(&initials) && line.get(initials..).is_some_and(|rest| rest == ">" || rest.starts_with("> "))
}

fn has_address(low: &str) -> bool {
    low.match_indices('@').any(|(at, _)| {
        let before = low.get(..at).and_then(|s| s.chars().next_back());
        let after = low.get(at + 1..).and_then(|s| s.chars().next());
        before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '"'))
            && after.is_some_and(char::is_alphanumeric)
    })
}

/// Runs of figures with where they start.
fn figures(low: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut end = 0;
    low.split(|c: char| !c.is_ascii_digit()).filter_map(move |run| {
        let start = end;
        end = start + run.len();
        // Every separator is as long as its character.
        end += low.get(end..).and_then(|s| s.chars().next()).map_or(0, char::len_utf8);
        (!run.is_empty()).then_some((start, run))
    })
}

fn has_date(low: &str) -> bool {
    let year = |run: &str| run.len() == 4 && (run.starts_with("19") || run.starts_with("20"));
    figures(low).any(|(start, run)| {
        if year(run) {
            return true;
        }
        // 23-11-26, 23/11/26, 23.11.26
        let rest = low.get(start + run.len()..).unwrap_or_default();
        let mut parts = rest.get(1..).unwrap_or_default().splitn(3, |c: char| !c.is_ascii_digit());
        let separator = rest.chars().next().filter(|c| matches!(c, '/' | '-' | '.'));
        let small = |part: Option<&str>| part.is_some_and(|p| (1..=2).contains(&p.len()));
        run.len() <= 2 && separator.is_some() && small(parts.next()) && small(parts.next())
    })
}

fn has_time(low: &str) -> bool {
    figures(low).any(|(start, run)| {
        let rest = low.get(start + run.len()..).unwrap_or_default();
        let minutes = rest.strip_prefix([':', 'h']).unwrap_or_default();
        let count = minutes.bytes().take_while(u8::is_ascii_digit).count();
        run.len() <= 2 && count == 2
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_shows_what_it_has() {
        let line = look("Op ma 23 nov. 2026 om 10:12 schreef Jan <jan@x.nl>:");
        assert!(line.wrote && line.address && line.date && line.time && line.colon && !line.quoted);
        let line = look("Ik betaal € 1.200 en 10 procent");
        assert!(!(line.wrote || line.address || line.date || line.time || line.colon || line.quoted));
        assert!(look("op 3-5-26 om 9h30").date && look("om 9h30").time);
        assert!(!look("voorgeschreven medicijn").wrote && look("在 2016年12月12日，写道：").wrote);
        assert!(!look("op 3 mei om 10:15 schreef ik u:").wrote);
    }

    #[test]
    fn quote_marks() {
        for quoted in ["> ja", ">ja", "  > ja", ">> ja", "JD> ja", ">"] {
            assert!(look(quoted).quoted, "{quoted}");
        }
        for plain in ["ja", "a > b", ">From huis", "-> ja", "HTML> ja", ""] {
            assert!(!look(plain).quoted, "{plain}");
        }
    }
}
