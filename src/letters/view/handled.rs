//! What the templates of the receipt and the question can print: what was done with a staff mail, or why nothing was. Pure.

use super::staff::{LISTED_MAX, TEXT_CHARS_MAX};
use super::{Seen, paper};
use crate::case::Address;
use crate::desk::draft::{Done, NoMerge, Problem, Question, Receipt, Unsure};
use crate::desk::verbs::{Row, TABLE, TextGoes, Verb};
use crate::letters::{clean, mailto};
use minijinja::context;
use minijinja::value::Value;

impl Seen<'_> {
    pub(super) fn receipt(&self, letter: &Receipt) -> Value {
        let has = |wanted: fn(&Done) -> bool| letter.done.iter().any(wanted);
        let over = has(|done| {
            let closed = matches!(done, Done::Closed { .. } | Done::ClosedOnPaper { .. });
            closed || matches!(done, Done::Dismissed | Done::Help | Done::AdoptionAsked { .. })
        }) || letter.case_closed;
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
            manual => self.manual(),
            sent => self.verb(Verb::Sent),
        }
    }

    pub(super) fn question(&self, letter: &Question) -> Value {
        let why = &letter.why;
        let prefilled = self.prefilled(why);
        let is_typed_again = prefilled.is_some() && !confirms(why);
        context! {
            why => self.problem(why),
            verbs => self.meant(why),
            help => self.verb(Verb::Help),
            // What the sender typed stands in the prefilled reply already.
            text => if is_typed_again { String::new() } else { clean::shortened(&letter.text, TEXT_CHARS_MAX).0 },
            colleague => self.colleague(why),
            prefilled,
        }
    }

    /// The reply that only has to be completed or sent: its text, and a button for each way to send it.
    fn prefilled(&self, why: &Problem) -> Option<Value> {
        let sent = self.verb(Verb::Sent);
        let label = |dutch: &str, english: &str| self.words.pick(dutch, english).to_owned();
        let replies: Vec<(String, String)> = match why {
            Problem::FormIncomplete { prefilled, .. } | Problem::WhoIsTheCustomer { prefilled } => {
                vec![(prefilled.clone(), label("Aanvullen en versturen", "Complete and send"))]
            }
            Problem::AnsweredAlready { prefilled, .. } | Problem::ManyAnswers { prefilled, .. } => {
                vec![(prefilled.clone(), label("Toch versturen", "Send it anyway"))]
            }
            Problem::SentByYou { .. } => {
                vec![(sent.to_owned(), label("Ja, dit was mijn antwoord", "Yes, this was my answer"))]
            }
            Problem::WhichCase { choices, .. } => {
                let choices = choices.iter().take(LISTED_MAX);
                choices.map(|(number, _)| (format!("{sent} {number}"), number.to_string())).collect()
            }
            _ => return None,
        };
        let buttons = replies.iter().filter_map(|(text, label)| self.replies().prefilled(text, label));
        let buttons: Vec<Value> = buttons.map(|button| view(&button)).collect();
        let text = replies.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join("\n");
        Some(context! { text => clean::text(&text), buttons })
    }

    /// What a colleague wrote to the customer before, and when.
    fn colleague(&self, why: &Problem) -> Option<Value> {
        let Problem::AnsweredAlready { at, text, .. } = why else { return None };
        let (text, shortened) = clean::shortened(text, TEXT_CHARS_MAX);
        Some(context! { when => self.words.moment(*at), text, shortened })
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
            Done::AnsweredDirectly { text, .. } => ("answered_directly", text.as_str()),
            Done::AlsoWithCustomer { .. } => ("also_with_customer", ""),
            Done::LeftUndone { .. } => ("left_undone", ""),
            Done::HandlerSet { .. } => ("handler_set", ""),
            Done::DepartmentSet { .. } => ("department_set", ""),
            Done::Reopened => ("reopened", ""),
            Done::Dismissed => ("dismissed", ""),
            Done::Restored => ("restored", ""),
            Done::Acknowledged { .. } => ("acknowledged", ""),
            Done::Registered { .. } => ("registered", ""),
            Done::Escalated { text, .. } => ("escalated", text.as_str()),
            Done::Advised { text, .. } => ("advised", text.as_str()),
            Done::AgendaSet { text, .. } => ("agenda_set", text.as_str()),
            Done::AgendaCleared => ("agenda_cleared", ""),
            Done::Disputed { text, .. } => ("disputed", text.as_str()),
            Done::Ruled { text, .. } => ("ruled", text.as_str()),
            Done::Merged { .. } => ("merged", ""),
            Done::Unused { text } => ("unused", text.as_str()),
            Done::AdoptionAsked { .. } => ("adoption_asked", ""),
            Done::Help => ("help", ""),
        };
        let to = match done {
            Done::Relayed { to, .. } | Done::OnPaper { to, .. } | Done::ClosedOnPaper { to, .. } => Some(to),
            Done::Closed { to, .. } | Done::AnsweredDirectly { to, .. } => to.as_ref(),
            Done::AlsoWithCustomer { to } => Some(to),
            Done::HandlerSet { handler } => Some(handler),
            Done::Acknowledged { to } => Some(to),
            Done::Escalated { to, .. } | Done::Advised { to, .. } => Some(to),
            Done::Disputed { told, .. } | Done::Ruled { told, .. } => told.as_ref(),
            Done::Registered { acknowledged, .. } => acknowledged.as_ref(),
            _ => None,
        };
        let name = match done {
            Done::DepartmentSet { title } | Done::Registered { department_title: title, .. } => self.line(title),
            Done::AgendaSet { at, .. } | Done::Posted { at, .. } | Done::AnsweredDirectly { received_at: at, .. } => {
                self.words.moment(*at)
            }
            Done::AdoptionAsked { mails } => mails.to_string(),
            Done::LeftUndone { written } => self.line(&written.join(", ")),
            _ => String::new(),
        };
        let outside_hours = matches!(done, Done::AgendaSet { outside_hours: true, .. });
        let filing = if let Done::Disputed { filing, .. } = done { Some(self.filing(*filing)) } else { None };
        let merged = if let Done::Merged { .. } = done { Some(merged(done)) } else { None };
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
            kind, sheet, is_you, name, outside_hours, opened, filing, merged, text, shortened, attachments,
            to => to.map(ToString::to_string),
        }
    }

    /// The problem's name in the templates, the word it is about, what was probably meant and what there is to choose.
    fn problem(&self, problem: &Problem) -> Value {
        let (kind, written, choices) = match problem {
            Problem::UnknownVerb { written, .. } => ("unknown_verb", written.clone(), Vec::new()),
            Problem::VerbLowerDown { written } => ("verb_lower_down", written.clone(), Vec::new()),
            Problem::SettlementMissing => ("settlement_missing", String::new(), Vec::new()),
            Problem::RulingMissing => ("ruling_missing", String::new(), Vec::new()),
            Problem::NotMerged { written, .. } => ("not_merged", written.clone(), Vec::new()),
            Problem::NothingTyped => ("nothing_typed", String::new(), Vec::new()),
            Problem::ColleagueInCopy { address } => ("colleague_in_copy", address.clone(), Vec::new()),
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
            Problem::AskAlone { verb } => ("ask_alone", verb.clone(), Vec::new()),
            Problem::CaseUnknown { written } => ("case_unknown", written.clone(), Vec::new()),
            Problem::AskTheDepartment => ("ask_the_department", String::new(), Vec::new()),
            Problem::SentByYou { customer, .. } => ("sent_by_you", customer.to_string(), Vec::new()),
            Problem::WhichCase { customer, choices } => (
                "which_case",
                customer.to_string(),
                choices.iter().map(|(n, subject)| format!("{n} {subject}")).collect(),
            ),
            Problem::AnsweredAlready { by, .. } => ("answered_already", by.to_string(), Vec::new()),
            Problem::ManyAnswers { count, .. } => ("many_answers", count.to_string(), Vec::new()),
            Problem::NoSuchMail => ("no_such_mail", String::new(), Vec::new()),
            Problem::IsComplaint { mail, case } => ("is_complaint", mail.to_string(), vec![case.to_string()]),
            Problem::NoCase => ("no_case", String::new(), Vec::new()),
            Problem::NothingToAdopt => ("nothing_to_adopt", String::new(), Vec::new()),
            Problem::LetterUnknown { case } => {
                ("letter_unknown", case.map(|case| case.to_string()).unwrap_or_default(), Vec::new())
            }
            Problem::FromDigest => ("from_digest", String::new(), Vec::new()),
            Problem::NotYourCase { department } => ("not_your_case", department.clone(), Vec::new()),
        };
        let nearest = match problem {
            Problem::UnknownVerb { nearest, .. } => nearest.as_deref(),
            Problem::TwoTexts { second, .. } => Some(second.as_str()),
            Problem::SentByYou { why: Unsure::AlsoTo(other), .. } => Some(other.as_str()),
            _ => None,
        };
        context! {
            kind,
            written => self.line(&written),
            nearest => nearest.map(|verb| self.line(verb)),
            choices => choices.iter().take(LISTED_MAX).map(|choice| self.line(choice)).collect::<Vec<_>>(),
            not_merged => if let Problem::NotMerged { why, .. } = problem { not_merged(*why) } else { "" },
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
    context! { label => button.label.as_str(), url => button.url.as_str() }
}

/// The reader only says yes: what the mail said stands in the letter, not in the reply.
fn confirms(problem: &Problem) -> bool {
    matches!(problem, Problem::SentByYou { .. } | Problem::WhichCase { .. })
}

/// Which case stays, and who hears of it.
fn merged(done: &Done) -> Value {
    let Done::Merged { stays, gone, state, told } = done else { return Value::UNDEFINED };
    let told: Vec<String> = told.iter().map(ToString::to_string).collect();
    context! { stays => stays.to_string(), gone => gone.to_string(), state => state.name(), told => told.join(", ") }
}

/// Why two cases cannot be made one.
fn not_merged(why: NoMerge) -> &'static str {
    match why {
        NoMerge::Unknown => "unknown",
        NoMerge::Same => "same",
        NoMerge::OtherCustomer => "other_customer",
        NoMerge::Merged => "merged",
        NoMerge::Dismissed => "dismissed",
    }
}

/// Why a verb cannot be done on the case as it is.
fn not_now(verb: &str) -> &'static str {
    match Verb::named(verb.trim_start_matches('#')) {
        Some(Verb::Reopen) => "is_open",
        Some(Verb::Restore) => "is_complaint",
        Some(Verb::Sent) => "nothing_waits",
        _ => "is_over",
    }
}
