//! What a letter says for the customer's sake, and whether one of one's own says it too: its number, its terms, all that staff typed,
//! and what the law wants said of the committee. Pure.

use crate::case::{CaseNumber, LetterKind, Moment};
use crate::desk::draft::{Content, Draft};
use crate::letters::language::Words;
use crate::letters::printing::Form;
use crate::letters::templates::ByName;
use crate::letters::{House, Letters, Signed, clean, sample, view};
use std::sync::Arc;

/// Lines of one text that are quoted.
const LINES_QUOTED_MAX: usize = 2;
/// Characters of a line that a mistake quotes.
const QUOTED_CHARS_MAX: usize = 160;

/// Something that such a letter says.
pub(super) enum Said {
    /// Somewhere, in these words.
    Words(String),
    /// All of a text that staff typed.
    Text(String),
}

/// What the law, the procedure and staff want said in it.
pub(super) fn must_say(draft: &Draft, house: &House, ours: &Letters) -> Vec<Said> {
    let words = Words { language: draft.language, zone: house.zone };
    let number = |number: CaseNumber| Said::Words(number.to_string());
    let moment = |at: Moment| Said::Words(words.moment(at));
    let own = draft.case.into_iter().filter(|_| draft.content.kind() != LetterKind::Acknowledgements).map(number);
    let about = || committee(draft, house, ours).into_iter().map(Said::Words);
    let said: Vec<Said> = match &draft.content {
        Content::Acknowledgement(letter) => [letter.due.first_response, letter.due.resolve].map(moment).into(),
        Content::Acknowledgements(letter) => {
            let due = letter.due.iter().flat_map(|due| [due.first_response, due.resolve]).map(moment);
            letter.complaints.iter().map(|one| number(one.number)).chain(due).collect()
        }
        Content::Interim(letter) => {
            let promised = letter.promised.into_iter().map(moment);
            promised.chain([Said::Text(letter.text.clone())]).chain(about()).collect()
        }
        Content::Closing(letter) => [Said::Text(letter.settlement.clone())].into_iter().chain(about()).collect(),
        Content::Answer(letter) => vec![Said::Text(letter.text.clone())],
        _ => Vec::new(),
    };
    own.chain(said).collect()
}

/// What ours says and an own one leaves out, with what to do.
pub(super) fn left_out(
    must: &[Said],
    usual: &[(Shown, String)],
    own: &[(Shown, String)],
) -> Vec<(String, &'static str)> {
    let mut left_out = Vec::new();
    for ((form, body), (_, usual)) in own.iter().zip(usual) {
        let (body, usual) = (Body::of(*form, body), Body::of(*form, usual));
        for said in must {
            let (missing, next) = match said {
                Said::Words(words) if usual.says(words) && !body.says(words) => {
                    (vec![words.as_str()], "a letter to a customer says it in every form: add it")
                }
                Said::Text(text) if usual.missing(text).is_empty() => {
                    (body.missing(text), "print the text with `text`, which keeps all of it and its lines")
                }
                _ => continue,
            };
            let quoted = missing.into_iter().take(LINES_QUOTED_MAX).map(|line| clean::line(line, QUOTED_CHARS_MAX));
            left_out.extend(quoted.map(|line| (format!("no `{line}` {}", in_form(*form)), next)));
        }
    }
    left_out
}

/// In which form a reader gets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    Text,
    Page,
    Paper,
}

fn in_form(form: Shown) -> &'static str {
    match form {
        Shown::Text => "as text",
        Shown::Page => "as a page",
        Shown::Paper => "on paper",
    }
}

/// What a reader reads, as it is compared.
struct Body {
    whole: String,
    /// None: white space says nothing of where a line ends.
    lines: Option<Vec<String>>,
}

impl Body {
    fn of(form: Shown, body: &str) -> Self {
        match form {
            Shown::Page => Self { whole: one_line(&without_tags(body)), lines: None },
            Shown::Text | Shown::Paper => {
                Self { whole: one_line(body), lines: Some(body.lines().map(one_line).collect()) }
            }
        }
    }

    fn says(&self, words: &str) -> bool {
        self.whole.contains(&one_line(words))
    }

    /// The lines of the text that are not there, or that go on with the next one.
    fn missing<'a>(&self, text: &'a str) -> Vec<&'a str> {
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        let is_missing = |(at, line): &(usize, &&str)| {
            let wanted = one_line(line);
            let is_last = at + 1 == lines.len();
            let ends = |found: &Vec<String>| is_last || found.iter().any(|found| found.ends_with(&wanted));
            !self.whole.contains(&wanted) || !self.lines.as_ref().is_none_or(ends)
        };
        lines.iter().enumerate().filter(is_missing).map(|(_, line)| *line).collect()
    }
}

/// The sentences about the committee, each with its links.
fn committee(draft: &Draft, house: &House, ours: &Letters) -> Vec<String> {
    let keys = sample::keys();
    let vocabulary = ours.templates.vocabulary(view::words(draft, house));
    let reading = Arc::new(view::reading(draft, house, "", vocabulary, Form::Mail, sample::now()));
    let signed = Signed { token: "", keys: &keys, lacks_characters: false };
    let seen = view::Seen { draft, carried: &[], left_out: &[], house, signed, reading: &reading };
    let said =
        ours.templates.committee(&ours.templates.filling(&reading, ByName::of(&seen.view()))).unwrap_or_default();
    let around = |line: &str| line.split("https://").next().unwrap_or_default().trim().to_owned();
    let links = said.split_whitespace().filter(|word| word.starts_with("https://")).map(str::to_owned);
    said.lines().map(around).filter(|line| !line.is_empty()).chain(links).collect()
}

/// As it is compared: whatever wraps it.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What can be read of a page.
fn without_tags(page: &str) -> String {
    let mut bare = String::with_capacity(page.len());
    let mut in_tag = false;
    for c in page.chars() {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            c if !in_tag => bare.push(c),
            _ => {}
        }
    }
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&amp;", "&")]
        .iter()
        .fold(bare, |bare, (entity, c)| bare.replace(entity, c))
}
