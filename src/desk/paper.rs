//! Letters on paper for customers without an e-mail address (§2.3): what goes to whoever prints them. Pure.

use super::deciding::Pen;
use super::draft::{Content, Draft, Paper, Sheet};
use super::letters_out::{acknowledgement_text, closing_text};
use crate::case::{Address, Case, LetterKind, Moment, What};

/// Lines of text that are printed as a letter, some twenty sheets: a longer text is a document, and goes beside a short
/// letter.
const LINES_MAX: usize = 800;
/// Characters that a printed line holds of whatever letters.
const LINE_CHARS_MIN: usize = 35;

/// Whether a text can be printed as a letter: counted so carefully that what passes here always fits.
pub(super) fn fits(text: &str) -> bool {
    let lines = text.lines().map(|line| line.chars().count() / LINE_CHARS_MIN + 1);
    lines.take(LINES_MAX + 1).sum::<usize>() <= LINES_MAX
}

impl Pen<'_> {
    /// The letter that brings a sheet to the colleague who prints it.
    pub fn paper(self, case: &Case, to: Address, sheet: Sheet) -> Draft {
        let content = Content::Paper(Box::new(Paper {
            due: due(case, sheet.kind()),
            sheet,
            language: case.language,
            customer: case.customer.clone(),
            department_title: self.rules.title_in(&case.department, case.language),
        }));
        self.to_staff(case, to, content)
    }

    /// A sheet that did not reach who was to print it, made again from the case for the next reader. What staff typed is
    /// not made again: they hear of it and type it again.
    pub fn paper_again(self, case: &Case, kind: LetterKind, to: Address) -> Option<Draft> {
        let sheet = match kind {
            LetterKind::Acknowledgement => Sheet::Acknowledgement(acknowledgement_text(case, self.rules)),
            LetterKind::Closing => Sheet::Closing(closing_text(case, case.settlement.as_deref()?, self.rules)),
            _ => return None,
        };
        Some(self.paper(case, to, sheet))
    }
}

/// What the register keeps of it; None of a letter that brings no sheet.
pub(super) fn written(draft: &Draft) -> Option<What> {
    let Content::Paper(paper) = &draft.content else { return None };
    Some(What::PaperWritten { letter: draft.id.clone(), letter_kind: paper.sheet.kind() })
}

/// The last moment of the clock that runs until this letter is posted.
fn due(case: &Case, kind: LetterKind) -> Option<Moment> {
    match kind {
        LetterKind::Acknowledgement => Some(case.due.acknowledge).filter(|_| case.acknowledged.is_none()),
        LetterKind::Interim => None,
        _ => Some(case.due.first_response).filter(|_| case.first_response_at().is_none()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_fits_and_a_document_does_not() {
        assert!(fits("") && fits(&"Beste mevrouw, dit is een regel van een gewone brief.\n".repeat(300)));
        assert!(!fits(&"x\n".repeat(LINES_MAX + 1)) && !fits(&"x".repeat(LINES_MAX * LINE_CHARS_MIN)));
    }
}
