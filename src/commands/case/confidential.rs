//! What the operator sees of a confidential case: that it is there, and its terms.

use super::super::{Exit, failed};
use crate::case::{Case, CaseNumber, Customer};

/// A confidential case as the operator's list shows it: that it is there, and its terms; nothing of who complains of what.
pub(super) fn without_secrets(case: Case) -> Case {
    if case.confidential.is_none() {
        return case;
    }
    let (subject, text) = ("(confidential)".to_owned(), String::new());
    Case {
        customer: Customer::default(),
        representative: None,
        subject,
        text,
        references: Vec::new(),
        handler: None,
        ..case
    }
}

/// Its file is for its readers, by mail. Whoever must have it all the same says so.
pub(super) fn is_withheld(case: &Case, shown: Shown) -> bool {
    case.confidential.is_some() && !shown.confidential
}

pub(super) fn withheld(number: CaseNumber) -> Exit {
    let why = format!(
        "{number} is confidential: its readers ask for it by mail with `#dossier {number}`; next: only on a lawful request, give --confidential"
    );
    failed(&why, Exit::FoundProblems)
}

/// What the operator asks to see.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Shown {
    /// A confidential case, too: only on a lawful request
    #[arg(long)]
    confidential: bool,
}
