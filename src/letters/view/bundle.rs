//! What the templates can print of letters that stand for many: one acknowledgement of several complaints, one letter to
//! staff in the stead of a pile. Pure.

use super::Seen;
use crate::case::CaseNumber;
use crate::desk::draft::{Acknowledged, Acknowledgements, Bundle, ListedCase};
use crate::desk::verbs::Verb;
use crate::letters::clean;
use minijinja::context;
use minijinja::value::Value;

/// Complaints named each with its moment: one screen of a phone. Of more the numbers are named.
const IN_FULL_MAX: usize = 12;

impl Seen<'_> {
    pub(super) fn acknowledgements(&self, letter: &Acknowledgements) -> Value {
        let in_full = letter.complaints.len() <= IN_FULL_MAX;
        let one_by_one = letter.complaints.iter().filter(|_| in_full).map(|one| self.acknowledged(one));
        let (first, last) = (
            letter.complaints.iter().map(|one| one.received_at).min(),
            letter.complaints.iter().map(|one| one.received_at).max(),
        );
        let numbers: Vec<CaseNumber> = letter.complaints.iter().map(|one| one.number).collect();
        context! {
            salutation => self.words.salutation(&letter.customer_name),
            count => letter.complaints.len(),
            complaints => one_by_one.collect::<Vec<_>>(),
            ranges => if in_full { Vec::new() } else { self.ranges(&numbers) },
            since => first.map(|at| self.words.moment(at)),
            until => last.map(|at| self.words.moment(at)),
            example => numbers.last().map(ToString::to_string),
            open => letter.due.is_some(),
            first_response => letter.due.and_then(|due| self.still_ahead(due.first_response)),
            resolve => letter.due.and_then(|due| self.still_ahead(due.resolve)),
        }
    }

    fn acknowledged(&self, complaint: &Acknowledged) -> Value {
        context! {
            number => complaint.number.to_string(),
            received => self.words.moment(complaint.received_at),
            department => clean::line(&complaint.department_title, clean::NAME_CHARS_MAX),
        }
    }

    /// Each number is named: those that follow on each other as the first and the last of them.
    fn ranges(&self, numbers: &[CaseNumber]) -> Vec<String> {
        let runs = numbers.chunk_by(|one, next| one.year == next.year && one.serial + 1 == next.serial);
        let range = |run: &[CaseNumber]| match run {
            [] => String::new(),
            [only] => only.to_string(),
            [first, .., last] => format!("{first} {} {last}", self.words.pick("tot en met", "to")),
        };
        runs.map(range).collect()
    }

    pub(super) fn bundle(&self, letter: &Bundle) -> Value {
        let list = |cases: &[ListedCase]| self.cases(&cases.iter().collect::<Vec<_>>(), true);
        let all =
            |cases: &[ListedCase]| self.ranges(&cases.iter().map(|case| case.number).collect::<Vec<_>>()).join(", ");
        context! {
            all_complaints => all(&letter.complaints),
            all_messages => all(&letter.messages),
            all_terms => all(&letter.terms),
            letters => letter.letters,
            complaints => list(&letter.complaints),
            messages => list(&letter.messages),
            terms => list(&letter.terms),
            answers => letter.answers,
            attached => self.attached().len(),
            standing => self.verb(Verb::Standing),
            search => self.verb(Verb::Search),
        }
    }
}
