//! What the templates of the receipt and the question can print: what was done with a staff mail, or why nothing was. Pure.

use super::staff::{LISTED_MAX, TEXT_CHARS_MAX};
use super::{Seen, paper};
use crate::case::Address;
use crate::desk::draft::{Done, Problem, Question, Receipt};
use crate::desk::verbs::{Row, TABLE, TextGoes, Verb};
use crate::letters::{clean, mailto};
use minijinja::context;
use minijinja::value::Value;

impl Seen<'_> {
    pub(super) fn receipt(&self, letter: &Receipt) -> Value {
        let has = |wanted: fn(&Done) -> bool| letter.done.iter().any(wanted);
        let over = has(|done| {
            let closed = matches!(done, Done::Closed { .. } | Done::ClosedOnPaper { .. });
            closed || matches!(done, Done::Dismissed | Done::Help)
        });
        let told = has(|done| matches!(done, Done::Phoned { .. }));
        // Who registers a complaint need not be who handles it: that one gets the notice.
        let elsewhere = has(|done| matches!(done, Done::Registered { .. } | Done::DepartmentSet { .. }));
        context! {
            done => letter.done.iter().map(|done| self.done(done)).collect::<Vec<_>>(),
            still_open => self.draft.case.is_some() && !over,
            goes_on_here => !elsewhere,
            dismissed => has(|done| matches!(done, Done::Dismissed)),
            first_response => Some(letter.due.first_response).filter(|_| !letter.first_response_done).map(|due| self.term(due)),
            resolve => self.term(letter.due.resolve),
            customer => self.customer(&letter.customer),
            posting => has(|done| matches!(done, Done::OnPaper { .. } | Done::ClosedOnPaper { .. })),
            told,
            owes_call => !told && has(|done| matches!(done, Done::Closed { to: None, .. })),
            posted => self.verb(Verb::Posted),
            manual => self.manual(),
        }
    }

    pub(super) fn question(&self, letter: &Question) -> Value {
        let why = &letter.why;
        let prefilled = prefilled(why).map(|text| {
            let button = self.replies().prefilled(text);
            context! { text => clean::text(text), buttons => button.iter().map(view).collect::<Vec<_>>() }
        });
        context! {
            why => self.problem(why),
            verbs => self.meant(why),
            help => self.verb(Verb::Help),
            // What the sender typed stands in the prefilled reply already.
            text => if prefilled.is_some() { String::new() } else { clean::shortened(&letter.text, TEXT_CHARS_MAX).0 },
            prefilled,
        }
    }

    /// The verb that was probably meant with what it does; all of them where nobody can tell.
    fn meant(&self, why: &Problem) -> Vec<Value> {
        let probably = match why {
            Problem::UnknownVerb { nearest: None, .. } => return TABLE.iter().map(|row| self.row_of(row)).collect(),
            Problem::UnknownVerb { nearest: Some(verb), .. } | Problem::VerbLowerDown { written: verb } => verb,
            _ => return Vec::new(),
        };
        let verb = Verb::named(probably.trim_start_matches('#'));
        verb.into_iter().map(|verb| self.row_of(verb.row())).collect()
    }

    /// One step with who got what: `to` is an address, `text` what was typed, `name` a department.
    fn done(&self, done: &Done) -> Value {
        let (kind, text) = match done {
            Done::Relayed { text, .. } => ("relayed", text.as_str()),
            Done::Noted { text } => ("noted", text.as_str()),
            Done::Closed { settlement, .. } => ("closed", settlement.as_str()),
            Done::OnPaper { text, .. } => ("on_paper", text.as_str()),
            Done::ClosedOnPaper { settlement, .. } => ("closed_on_paper", settlement.as_str()),
            Done::Posted { .. } => ("posted", ""),
            Done::Phoned { text } => ("phoned", text.as_str()),
            Done::HandlerSet { .. } => ("handler_set", ""),
            Done::DepartmentSet { .. } => ("department_set", ""),
            Done::Reopened => ("reopened", ""),
            Done::Dismissed => ("dismissed", ""),
            Done::Restored => ("restored", ""),
            Done::Registered { .. } => ("registered", ""),
            Done::Escalated { text, .. } => ("escalated", text.as_str()),
            Done::Advised { text, .. } => ("advised", text.as_str()),
            Done::AgendaSet { text, .. } => ("agenda_set", text.as_str()),
            Done::AgendaCleared => ("agenda_cleared", ""),
            Done::Help => ("help", ""),
        };
        let to = match done {
            Done::Relayed { to, .. } | Done::OnPaper { to, .. } | Done::ClosedOnPaper { to, .. } => Some(to),
            Done::Closed { to, .. } => to.as_ref(),
            Done::HandlerSet { handler } => Some(handler),
            Done::Escalated { to, .. } | Done::Advised { to, .. } => Some(to),
            Done::Registered { acknowledged, .. } => acknowledged.as_ref(),
            _ => None,
        };
        let name = match done {
            Done::DepartmentSet { title } | Done::Registered { department_title: title, .. } => self.line(title),
            Done::AgendaSet { at, .. } | Done::Posted { at, .. } => self.words.moment(*at),
            _ => String::new(),
        };
        let outside_hours = matches!(done, Done::AgendaSet { outside_hours: true, .. });
        let opened = if let Done::Registered { number, .. } = done { number.to_string() } else { String::new() };
        let attachments = match done {
            Done::Relayed { attachments, .. }
            | Done::OnPaper { attachments, .. }
            | Done::ClosedOnPaper { attachments, .. } => *attachments,
            _ => 0,
        };
        let sheet = match done {
            Done::OnPaper { letter_kind, .. } | Done::Posted { letter_kind, .. } => paper::name(*letter_kind),
            _ => "",
        };
        let (text, shortened) = clean::shortened(text, TEXT_CHARS_MAX);
        let is_you = to == Some(&self.draft.to);
        context! {
            kind, sheet, is_you, name, outside_hours, opened, text, shortened, attachments,
            to => to.map(ToString::to_string),
        }
    }

    /// The problem's name in the templates, the word it is about, what was probably meant and what there is to choose.
    fn problem(&self, problem: &Problem) -> Value {
        let (kind, written, choices) = match problem {
            Problem::UnknownVerb { written, .. } => ("unknown_verb", written.clone(), Vec::new()),
            Problem::VerbLowerDown { written } => ("verb_lower_down", written.clone(), Vec::new()),
            Problem::SettlementMissing => ("settlement_missing", String::new(), Vec::new()),
            Problem::NothingTyped => ("nothing_typed", String::new(), Vec::new()),
            Problem::ColleagueInCopy { address } => ("colleague_in_copy", address.to_string(), Vec::new()),
            Problem::Unproven => ("unproven", String::new(), Vec::new()),
            Problem::NoCustomerAddress => ("no_customer_address", String::new(), Vec::new()),
            Problem::TooLongForPaper => ("too_long_for_paper", String::new(), Vec::new()),
            Problem::NothingToPost => ("nothing_to_post", String::new(), Vec::new()),
            Problem::UnclearPosting { found, nearest } => ("unclear_posting", found.clone(), vec![nearest.clone()]),
            Problem::PostedBeforeWritten { said, written_at } => {
                ("posted_before_written", self.words.moment(*said), vec![self.words.moment(*written_at)])
            }
            Problem::CaseClosed => ("case_closed", String::new(), Vec::new()),
            Problem::TwoTexts { first, .. } => ("two_texts", first.clone(), Vec::new()),
            Problem::NotAColleague { written, colleagues } => {
                ("not_a_colleague", written.clone(), colleagues.iter().map(Address::to_string).collect())
            }
            Problem::UnknownDepartment { written, departments } => {
                ("unknown_department", written.clone(), departments.clone())
            }
            Problem::UnclearMoment { found, nearest } => ("unclear_moment", found.clone(), vec![nearest.clone()]),
            Problem::NotNow { verb } => ("not_now", verb.clone(), Vec::new()),
            Problem::FormIncomplete { missing, .. } => ("form_incomplete", String::new(), missing.clone()),
            Problem::WhoIsTheCustomer { .. } => ("who_is_the_customer", String::new(), Vec::new()),
            Problem::NoCase => ("no_case", String::new(), Vec::new()),
            Problem::NotYourCase { department } => ("not_your_case", department.clone(), Vec::new()),
        };
        let nearest = match problem {
            Problem::UnknownVerb { nearest, .. } => nearest.as_deref(),
            Problem::TwoTexts { second, .. } => Some(second.as_str()),
            _ => None,
        };
        context! {
            kind,
            written => self.line(&written),
            nearest => nearest.map(|verb| self.line(verb)),
            choices => choices.iter().take(LISTED_MAX).map(|choice| self.line(choice)).collect::<Vec<_>>(),
            not_now => if let Problem::NotNow { verb } = problem { not_now(verb) } else { "" },
        }
    }

    /// All verbs, those first whose text leaves the house.
    fn manual(&self) -> Value {
        let of = |wanted: fn(TextGoes) -> bool| {
            TABLE.iter().filter(|row| wanted(row.text)).map(|row| self.row_of(row)).collect::<Vec<_>>()
        };
        context! {
            leaves => of(|text| matches!(text, TextGoes::Customer | TextGoes::Settlement)),
            stays => of(|text| matches!(text, TextGoes::CaseFile)),
            opens => of(|text| matches!(text, TextGoes::Complaint)),
            asks => of(|text| matches!(text, TextGoes::Nowhere)),
        }
    }

    pub(super) fn rows(&self, verbs: &[Verb]) -> Vec<Value> {
        verbs.iter().map(|verb| self.row_of(verb.row())).collect()
    }

    fn row_of(&self, row: &Row) -> Value {
        let (name, meaning) = self.words.pick((row.dutch, row.means_dutch), (row.english, row.means_english));
        context! { name, meaning }
    }

    /// A verb's name in the reader's language.
    pub(super) fn verb(&self, verb: Verb) -> &'static str {
        self.words.pick(verb.row().dutch, verb.row().english)
    }
}

/// A button as templates see it.
pub(super) fn view(button: &mailto::Button) -> Value {
    context! { label => button.label, url => button.url.as_str() }
}

/// The reply that only has to be completed.
fn prefilled(problem: &Problem) -> Option<&str> {
    match problem {
        Problem::FormIncomplete { prefilled, .. } | Problem::WhoIsTheCustomer { prefilled } => Some(prefilled),
        _ => None,
    }
}

/// Why a verb cannot be done on the case as it is.
fn not_now(verb: &str) -> &'static str {
    match Verb::named(verb.trim_start_matches('#')) {
        Some(Verb::Reopen) => "is_open",
        Some(Verb::Restore) => "is_complaint",
        _ => "is_over",
    }
}
