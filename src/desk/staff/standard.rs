//! `#tekst NAME`: a sentence of the company's own comes where the line stands, in the customer's language, with what is known of
//! the complaint filled in. What cannot be filled in is asked about: a letter never names a moment that is past. Pure.

use super::StaffReply;
use super::plan::{Plan, Step, is_outward};
use crate::case::{Blank, Case, Language, Moment, Piece, Reach, StandardText};
use crate::desk::draft::Problem;
use crate::desk::verbs::{Verb, standard_text, with_standard_texts};
use crate::desk::when;
use crate::speech::Words;
use crate::speech::salutation::full_name;
use crate::text::fold;

impl StaffReply<'_> {
    /// The plan as the case in hand would have it, to be judged before anything is done.
    pub(super) fn worded(&self, plan: &Plan) -> Result<Plan, Problem> {
        let steps = plan.steps.iter().map(|step| self.worded_on(&self.file.case, step));
        Ok(Plan { steps: steps.collect::<Result<_, _>>()? })
    }

    /// What goes to the customer by that step, with the company's sentences in it.
    ///
    /// # Errors
    /// A name that no text has, and something in one that is not known of this case.
    pub(super) fn worded_on(&self, case: &Case, step: &Step) -> Result<Step, Problem> {
        if !is_outward(&step.verb) {
            return Ok(step.clone());
        }
        let promised = self.promised(case, step);
        let text = with_standard_texts(&step.text, |name| {
            let text = self.standard_text(name)?;
            Filling { reply: self, case, promised }.fill(text)
        })?;
        Ok(Step { text, ..step.clone() })
    }

    /// Whether the mail asks for one.
    pub(super) fn asks_for_standard_text(&self) -> bool {
        let lines = |typed: &super::Reply| typed.instruction.text.lines().any(|line| standard_text(line).is_some());
        self.typed.as_ref().is_ok_and(lines)
    }

    fn standard_text(&self, written: &str) -> Result<&StandardText, Problem> {
        let wanted = fold(written);
        let found = self.rules.texts.iter().find(|text| fold(&text.name) == wanted);
        let unknown = || Problem::UnknownText { written: written.to_owned(), names: self.rules.text_names() };
        found.ok_or_else(unknown)
    }

    /// The day that this very mail names, else the one that was named before.
    fn promised(&self, case: &Case, step: &Step) -> Option<Moment> {
        let named = (step.verb == Verb::Interim && !step.value.trim().is_empty())
            .then(|| when::promised(&step.value, self.now, &self.rules.calendar).ok());
        named.flatten().map(|(until, _)| until).or_else(|| case.promise.as_ref().map(|promise| promise.until))
    }
}

/// What is known.
struct Filling<'a> {
    reply: &'a StaffReply<'a>,
    case: &'a Case,
    promised: Option<Moment>,
}

impl Filling<'_> {
    fn fill(&self, text: &StandardText) -> Result<String, Problem> {
        let Some((language, pieces)) = text.for_reader(self.case.language, self.reply.rules.language) else {
            return Ok(String::new());
        };
        let said = pieces.iter().map(|piece| match piece {
            Piece::Words(words) => Ok(words.clone()),
            Piece::Blank(blank) => {
                self.said(*blank, language).ok_or_else(|| Problem::TextLacks { name: text.name.clone(), lacks: *blank })
            }
        });
        said.collect()
    }

    fn said(&self, blank: Blank, language: Language) -> Option<String> {
        let calendar = &self.reply.rules.calendar;
        let words = Words { language, zone: calendar.zone() };
        let day = |moment| words.day(calendar.local(moment).date_naive());
        let ahead = |moment: &Moment| *moment > self.reply.now;
        match blank {
            Blank::Salutation => Some(words.salutation(&self.name())),
            Blank::Name => Some(full_name(&self.name())).filter(|name| !name.is_empty()),
            Blank::Number => Some(self.case.number.to_string()),
            Blank::Received => Some(day(self.case.lodged_at)),
            Blank::Today => Some(day(self.reply.now)),
            Blank::AnswerBy => Some(self.case.due.first_response).filter(ahead).map(|at| words.moment(at)),
            Blank::SolveBy => Some(self.case.due.resolve).filter(ahead).map(|at| words.moment(at)),
            Blank::Promised => self.promised.filter(ahead).map(|at| words.moment(at)),
        }
    }

    /// Of whom the letter goes to.
    fn name(&self) -> String {
        match self.case.reach() {
            Reach::Mail(to) => self.case.addressee(to).name,
            Reach::Post | Reach::Phone => self.case.customer.name.clone(),
        }
    }
}
