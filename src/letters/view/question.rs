//! What the template of a question can print: why nothing was done with a staff mail, and the ways to go on. Pure.

use super::Seen;
use super::handled::view;
use super::staff::{LISTED_MAX, TEXT_CHARS_MAX};
use crate::case::Address;
use crate::desk::draft::{
    Choice, Does, InPart, Misjudged, NoMerge, NoReader, NoRight, Often, Problem, Question, Unsure, Way,
};
use crate::desk::verbs::{TABLE, Verb};
use crate::letters::clean;
use crate::letters::mailto::{self, Button};
use crate::mail::Place;
use minijinja::context;
use minijinja::value::Value;

impl Seen<'_> {
    pub(super) fn question(&self, letter: &Question) -> Value {
        let why = &letter.why;
        let ways = self.ways(&letter.choices);
        let halves = self.halves(why);
        // What the sender typed stands in the ways to go on already.
        let is_shown = halves.is_some() || letter.choices.iter().any(|choice| !choice.text.is_empty());
        context! {
            why => self.problem(why),
            verbs => self.meant(why),
            help => self.verb(Verb::Help),
            sent => self.verb(Verb::Sent),
            text => if is_shown { String::new() } else { clean::shortened(&letter.text, TEXT_CHARS_MAX).0 },
            colleague => self.colleague(why),
            halves,
            ways,
        }
    }

    /// The replies that only have to be completed or sent: a button for each, and the same to be copied.
    fn ways(&self, choices: &[Choice]) -> Option<Value> {
        let buttons: Vec<Value> =
            choices.iter().filter_map(|choice| self.button(choice)).map(|button| view(&button)).collect();
        let all: Vec<Value> = choices
            .iter()
            .map(|choice| {
                let verbs: Vec<String> = choice.verbs.iter().map(|verb| self.line(verb)).collect();
                context! { label => self.label(&choice.does), verbs }
            })
            .collect();
        let several = choices.len() > 1;
        let text = match choices {
            [] => return None,
            [only] => typed(only),
            [first, ..] => first.text.clone(),
        };
        Some(context! { buttons, all, several, text => clean::text(&text) })
    }

    fn button(&self, choice: &Choice) -> Option<Button> {
        let label = self.label(&choice.does);
        match choice.way {
            Way::Reply => self.replies().prefilled(&typed(choice), label),
            Way::NewMail => {
                let url = mailto::new_mail(self.house.desk_address.as_str(), &typed(choice))?;
                Some(Button { label, url })
            }
        }
    }

    fn label(&self, does: &Does) -> String {
        let label = |dutch: &str, english: &str| self.words.pick(dutch, english).to_owned();
        match does {
            Does::Verb(verb) => mailto::Press::Verb(*verb).label(self.words).to_owned(),
            Does::ToCustomer => label("Naar de klant", "To the customer"),
            Does::Whole => label("Alles versturen", "Send all of it"),
            Does::UpperHalf => label("Alleen het bovenste", "Only the upper part"),
            Does::Again => label("Toch versturen", "Send it anyway"),
            Does::Confirm => label("Ja, dit was mijn antwoord", "Yes, this was my answer"),
            Does::OnCase(number) => number.to_string(),
            // A phone has no room for whole addresses.
            Does::To(colleague) => format!("{} {}", self.words.pick("Aan", "To"), colleague.local()),
            Does::ToDepartment(name) => format!("{} {}", self.words.pick("Naar", "To"), self.line(name)),
            Does::Complete => label("Aanvullen en versturen", "Complete and send"),
            Does::Undated => label("Zonder datum", "Without a day"),
            Does::Now => label("Nu gepost", "Posted now"),
            Does::At(moment) => self.line(moment),
        }
    }

    /// What a colleague wrote to the customer before, and when.
    fn colleague(&self, why: &Problem) -> Option<Value> {
        let Problem::AnsweredAlready { at, text, .. } = why else { return None };
        let (text, shortened) = clean::shortened(text, TEXT_CHARS_MAX);
        Some(context! { when => self.words.moment(*at), text, shortened })
    }

    /// The new text, and what stands apart from it.
    fn halves(&self, why: &Problem) -> Option<Value> {
        let Problem::TextApart { upper, lower, .. } = why else { return None };
        let (upper, cut) = clean::shortened(upper, TEXT_CHARS_MAX);
        let (lower, cut_too) = clean::shortened(lower, TEXT_CHARS_MAX);
        Some(context! { upper, lower, shortened => cut || cut_too })
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

    /// The problem's name in the templates, the word it is about, what was probably meant and what there is to choose.
    fn problem(&self, problem: &Problem) -> Value {
        let (kind, written, choices) = match problem {
            Problem::UnknownVerb { written, .. } => ("unknown_verb", written.clone(), Vec::new()),
            Problem::VerbLowerDown { written } => ("verb_lower_down", written.clone(), Vec::new()),
            Problem::SettlementMissing => ("settlement_missing", String::new(), Vec::new()),
            Problem::Misjudged(why) => self.misjudged(why),
            Problem::RulingMissing => ("ruling_missing", String::new(), Vec::new()),
            Problem::NotMerged { written, .. } => ("not_merged", written.clone(), Vec::new()),
            Problem::NothingTyped => ("nothing_typed", String::new(), Vec::new()),
            Problem::Encrypted => ("encrypted", String::new(), Vec::new()),
            Problem::TextsDiffer => ("texts_differ", String::new(), Vec::new()),
            Problem::ReadInPart(part) => ("read_in_part", in_part(*part).to_owned(), Vec::new()),
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
            Problem::Readers(NoReader::NotAColleague { written, colleagues }) => {
                ("no_reader", written.clone(), colleagues.iter().map(Address::to_string).collect())
            }
            Problem::Readers(NoReader::NobodyLeft) => ("nobody_left", String::new(), Vec::new()),
            Problem::NoRepresentative { written } => ("no_representative", written.clone(), Vec::new()),
            Problem::NoGround { written } => ("no_ground", written.clone(), Vec::new()),
            Problem::Privacy(NoRight::Unclear { written }) => ("which_right", written.clone(), Vec::new()),
            Problem::Privacy(NoRight::HowMissing) => ("how_missing", String::new(), Vec::new()),
            Problem::Privacy(NoRight::IdentityUnknown) => ("identity_unknown", String::new(), Vec::new()),
            Problem::Privacy(NoRight::BreachNotWhole(breach)) => ("breach_not_whole", self.missing(breach), Vec::new()),
            Problem::Hidden => ("hidden", String::new(), Vec::new()),
            Problem::NotACustomer { written } => ("not_a_customer", written.clone(), Vec::new()),
            Problem::UnknownDepartment { written, departments } => {
                ("unknown_department", written.clone(), departments.clone())
            }
            Problem::UnclearPromise { found, nearest } => ("unclear_promise", found.clone(), vec![nearest.clone()]),
            Problem::UnclearLastDay { verb, found, nearest } => {
                ("unclear_last_day", found.clone(), vec![format!("{verb} {nearest}")])
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
            Problem::HandledBefore { case, received_at, .. } => (
                "handled_before",
                case.map(|case| case.to_string()).unwrap_or_default(),
                vec![self.words.moment(*received_at)],
            ),
            Problem::NothingToAdopt => ("nothing_to_adopt", String::new(), Vec::new()),
            Problem::LetterUnknown { case } => {
                ("letter_unknown", case.map(|case| case.to_string()).unwrap_or_default(), Vec::new())
            }
            Problem::NoCase => ("no_case", String::new(), Vec::new()),
            Problem::ForWhom => ("for_whom", String::new(), Vec::new()),
            Problem::TextApart { .. } => ("text_apart", String::new(), Vec::new()),
            Problem::NewMailWanted { verb } => ("new_mail_wanted", verb.clone(), Vec::new()),
            Problem::AskedYourself => ("asked_yourself", String::new(), Vec::new()),
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
            resent => matches!(problem, Problem::SentByYou { why: Unsure::Resent, .. }),
            choices => choices.iter().take(LISTED_MAX).map(|choice| self.line(choice)).collect::<Vec<_>>(),
            often => if let Problem::ManyAnswers { often: Often::InARow, .. } = problem { "in_a_row" } else { "in_a_day" },
            place => if let Problem::TextApart { place, .. } = problem { named(*place) } else { "" },
            not_merged => if let Problem::NotMerged { why, .. } = problem { not_merged(*why) } else { "" },
            not_now => if let Problem::NotNow { verb } = problem { not_now(verb) } else { "" },
        }
    }
}

impl Seen<'_> {
    /// What is not right about what came of the complaint.
    fn misjudged(&self, why: &Misjudged) -> (&'static str, String, Vec<String>) {
        match why {
            Misjudged::Missing => ("outcome_missing", String::new(), Vec::new()),
            Misjudged::ReasonMissing(outcome) => {
                ("reason_missing", self.words.outcome(*outcome).to_owned(), Vec::new())
            }
            Misjudged::Several(said) => {
                let named: Vec<&str> = said.iter().map(|outcome| self.words.outcome(*outcome)).collect();
                ("several_outcomes", named.join(", "), Vec::new())
            }
            Misjudged::UnknownCause { written, causes } => ("unknown_cause", written.clone(), causes.clone()),
            Misjudged::UnclearAmount { written } => ("unclear_amount", written.clone(), Vec::new()),
            Misjudged::AnswerFirst => ("answer_first", String::new(), Vec::new()),
        }
    }
}

/// What the reply of a choice has in it.
fn typed(choice: &Choice) -> String {
    let text = Some(choice.text.clone()).filter(|text| !text.is_empty());
    choice.verbs.iter().cloned().chain(text).collect::<Vec<_>>().join("\n")
}

fn named(place: Place) -> &'static str {
    match place {
        Place::Above => "above",
        Place::Below => "below",
        Place::Between => "between",
    }
}

/// Why only a part was read.
fn in_part(part: InPart) -> &'static str {
    match part {
        InPart::TooLarge => "too_large",
        InPart::TooMuch => "too_much",
        InPart::Damaged => "damaged",
    }
}

/// Why two cases cannot be made one.
fn not_merged(why: NoMerge) -> &'static str {
    match why {
        NoMerge::Unknown => "unknown",
        NoMerge::Same => "same",
        NoMerge::OtherCustomer => "other_customer",
        NoMerge::Merged => "merged",
        NoMerge::Dismissed => "dismissed",
        NoMerge::Readers => "readers",
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
