//! Conditions by which a statement sees the rows of one company alone. Where there is only one, they ask nothing. Pure.

use super::search::containing;
use crate::case::MailboxName;
use crate::desk::Within;

/// A condition and the values of its parameters, in their order.
pub(super) struct Condition {
    pub text: String,
    pub values: Vec<String>,
}

impl Condition {
    /// One without values.
    pub fn of(text: &str) -> Self {
        Self { text: text.to_owned(), values: Vec::new() }
    }

    fn nothing_asked() -> Self {
        Self::of("1 = 1")
    }
}

/// Of mails and what is counted of them, by the column that names their folder; parameters from `first` on.
pub(super) fn of_folder(within: &Within, column: &str, first: usize) -> Condition {
    let Some((names, not)) = named(within) else { return Condition::nothing_asked() };
    let one = |place: usize| {
        let [inbox, folder] = [first + 2 * place, first + 2 * place + 1];
        format!("{column} = ${inbox} OR {column} LIKE ${folder} ESCAPE '!'")
    };
    let any = (0..names.len()).map(one).collect::<Vec<_>>().join(" OR ");
    // A pattern that begins with the name: `containing` marks what would be read as a wildcard.
    let folder = |name: &MailboxName| containing(&name.folder("")).trim_start_matches('%').to_owned();
    let values = names.iter().flat_map(|name| [name.as_str().to_owned(), folder(name)]).collect();
    Condition { text: format!("{not}({any})"), values }
}

/// Of cases, by their column; parameters from `first` on.
pub(super) fn of_case(within: &Within, first: usize) -> Condition {
    of_column(within, "cases.mailbox", first)
}

/// Of letters, by the mailbox that they were written through; parameters from `first` on.
pub(super) fn of_letter(within: &Within, first: usize) -> Condition {
    of_column(within, "outbox.mailbox", first)
}

fn of_column(within: &Within, column: &str, first: usize) -> Condition {
    let Some((names, not)) = named(within) else { return Condition::nothing_asked() };
    let text = format!("{column} {not}IN ({})", super::sets::numbered(first, names.len()));
    Condition { text, values: names.iter().map(|name| name.as_str().to_owned()).collect() }
}

fn named(within: &Within) -> Option<(&[MailboxName], &'static str)> {
    match within {
        Within::All => None,
        Within::Only(names) => Some((names, "")),
        Within::AllBut(names) => Some((names, "NOT ")),
    }
}
