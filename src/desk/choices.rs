//! The ways on from a question: replies that are typed already and do what the question asks. Each holds what was typed;
//! none of them, sent as it stands or completed, leads to the same question again. Pure.

mod judged;
mod standard;
use super::draft::{Choice, Does, NoMerge, NoReader, NoRight, Problem, Stands, Way};
use super::form;
use super::verbs::{Again, Line, Taken, TextGoes, Value, Verb, again, harmless, harmless_but_texts};
use crate::case::Language;
use crate::mail::reads_whole;

/// Colleagues or departments to choose from: more than a screen of buttons helps nobody.
const CHOICES_MAX: usize = 20;

/// What a question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// A case: a reply reaches it.
    Case,
    Nothing,
}

/// What the sender of a mail with that problem can answer; `typed` is all that was typed in it.
pub fn choices(why: &Problem, typed: &str, subject: About, language: Language) -> Vec<Choice> {
    let mistaken = match why {
        Problem::UnknownVerb { written, .. } | Problem::VerbLowerDown { written } => Some(written.as_str()),
        _ => None,
    };
    let own: Vec<&str> = typed.lines().filter(|line| !line.trim_start().starts_with('>')).collect();
    let mut typed = again(&own.join("\n"), mistaken);
    typed.lines.retain(|line| line.verb != Verb::Everything);
    let ways = Ways { typed, language };
    match subject {
        About::Case => ways.on_case(why),
        About::Nothing => ways.on_none(why),
    }
}

struct Ways {
    typed: Again,
    language: Language,
}

impl Ways {
    /// About a case: a reply reaches it.
    fn on_case(&self, why: &Problem) -> Vec<Choice> {
        let text = self.typed.text.as_str();
        match why {
            Problem::UnknownVerb { nearest, .. } => {
                nearest.iter().filter_map(|verb| self.meant(verb)).chain(self.outward(nearest.as_deref())).collect()
            }
            Problem::VerbLowerDown { written } => {
                self.meant(written).into_iter().chain(self.outward(Some(written.as_str()))).collect()
            }
            Problem::SettlementMissing => vec![self.completed(Verb::Close)],
            Problem::Misjudged(why) => self.misjudged(why),
            Problem::RulingMissing => vec![self.completed(Verb::Ruling)],
            Problem::NotMerged { why: NoMerge::Unknown | NoMerge::Same | NoMerge::Merged, .. } => {
                vec![self.of(Does::Verb(Verb::Merge), vec![format!("{} ", self.name(Verb::Merge))], text).completing()]
            }
            Problem::NotMerged { .. } | Problem::NothingToPost => self.note(text).into_iter().collect(),
            Problem::NothingTyped | Problem::Encrypted => self.to_type(),
            Problem::TextsDiffer => self.for_whom(&self.all()),
            // What was read may end in the middle: the sender adds what is missing.
            Problem::ReadInPart(_) => self.for_whom(&self.all()).into_iter().map(Choice::completing).collect(),
            Problem::ColleagueInCopy { .. } | Problem::ForWhom if self.typed.lines.is_empty() => self.for_whom(text),
            Problem::ColleagueInCopy { .. } | Problem::ForWhom => {
                std::iter::once(self.of(Does::Again, self.lines(|_| true), text))
                    .chain(self.note(&self.all()))
                    .collect()
            }
            Problem::NoCustomerAddress => {
                [self.with(Verb::Phoned, &self.all())].into_iter().chain(self.note(&self.all())).collect()
            }
            Problem::TooLongForPaper => vec![
                self.with(Verb::Note, &self.all()),
                self.of(Does::ToCustomer, vec![self.name(Verb::Answer)], "").completing(),
            ],
            Problem::UnclearPosting { nearest, .. } => vec![
                self.of(Does::Now, vec![self.name(Verb::Sent)], text),
                self.of(Does::At(nearest.clone()), vec![format!("{} {nearest}", self.name(Verb::Sent))], text),
            ],
            Problem::PostedBeforeWritten { .. } => vec![self.of(Does::Now, vec![self.name(Verb::Sent)], text)],
            Problem::CaseClosed => {
                [self.with(Verb::Reopen, &self.all())].into_iter().chain(self.note(&self.all())).collect()
            }
            Problem::TwoTexts { first, second } => {
                let named = [first, second].into_iter().filter_map(|name| Verb::named(name.trim_start_matches('#')));
                named.map(|verb| self.with(verb, &self.all())).collect()
            }
            Problem::NotAColleague { colleagues, .. } => {
                let colleagues = colleagues.iter().take(CHOICES_MAX);
                colleagues.map(|one| self.instead(Verb::Assign, one.as_str(), Does::To(one.clone()))).collect()
            }
            Problem::NotACustomer { .. } => {
                vec![self.instead(Verb::Customer, "", Does::Verb(Verb::Customer)).completing()]
            }
            Problem::Privacy(NoRight::HowMissing | NoRight::IdentityUnknown) => vec![self.known_beside()],
            Problem::Privacy(NoRight::Unclear { .. }) => {
                vec![self.instead(Verb::Right, "", Does::Verb(Verb::Right)).completing()]
            }
            Problem::Privacy(NoRight::BreachNotWhole(_)) => {
                vec![self.instead(Verb::Breach, "", Does::Verb(Verb::Breach)).completing()]
            }
            Problem::NoRepresentative { .. } => {
                vec![self.instead(Verb::Representative, "", Does::Verb(Verb::Representative)).completing()]
            }
            Problem::NoGround { written } => {
                vec![self.instead(Verb::Representative, written, Does::Verb(Verb::Representative)).completing()]
            }
            // Who is meant is kept out of what only waits for another's name.
            Problem::Readers(NoReader::NobodyLeft) => {
                let without = self.language.pick("zonder leidinggevende", "without supervisor");
                vec![self.instead(Verb::Confidential, without, Does::Verb(Verb::Confidential)).completing()]
            }
            Problem::Readers(NoReader::NotAColleague { .. }) => {
                vec![self.instead(Verb::Confidential, "", Does::Verb(Verb::Confidential)).completing()]
            }
            Problem::UnknownDepartment { departments, .. } => {
                let departments = departments.iter().take(CHOICES_MAX);
                departments.map(|one| self.instead(Verb::Department, one, Does::ToDepartment(one.clone()))).collect()
            }
            Problem::UnknownText { written, names } => self.standard_texts(written, names),
            Problem::TextLacks { name, .. } => self.without_text(name),
            Problem::UnclearMoment { found, nearest } => {
                let typed =
                    self.typed.lines.iter().find(|line| line.verb == Verb::Agenda).map_or("", |line| &line.value);
                let rest = if found.is_empty() { typed } else { typed.strip_prefix(found.as_str()).unwrap_or(typed) };
                let value = format!("{nearest} {}", rest.trim());
                vec![self.instead(Verb::Agenda, value.trim(), Does::At(nearest.clone()))]
            }
            Problem::UnclearLastDay { found, nearest, .. } => {
                let asked = |line: &&Line| matches!(line.verb, Verb::Dispute | Verb::Ruling);
                let line = self.typed.lines.iter().find(asked);
                let right = |line: &Line| line.value.replacen(found.as_str(), nearest, 1);
                line.map(|line| self.instead(line.verb, &right(line), Does::At(nearest.clone()))).into_iter().collect()
            }
            Problem::UnclearPromise { found, nearest } => {
                let typed =
                    self.typed.lines.iter().find(|line| line.verb == Verb::Interim).map_or("", |line| &line.value);
                // What was no day may be the reason.
                let rest = typed.strip_prefix(found.as_str()).filter(|_| !found.is_empty()).unwrap_or(typed);
                let text = joined(&harmless(rest.trim()), text);
                let verb = self.name(Verb::Interim);
                let dated = self.of(Does::At(nearest.clone()), vec![format!("{verb} {nearest}")], &text);
                [self.of(Does::Undated, vec![verb], &joined(&harmless(typed), &self.typed.text)), dated]
                    .map(|choice| if choice.text.trim().is_empty() { choice.completing() } else { choice })
                    .to_vec()
            }
            Problem::NotNow { verb } => self.not_now(verb),
            Problem::AskedYourself => vec![self.with(Verb::TakeOver, &self.all()), self.with(Verb::Note, &self.all())],
            Problem::NewMailWanted { .. } => {
                vec![Choice { way: Way::NewMail, ..self.of(Does::Complete, self.lines(|_| true), text).completing() }]
            }
            Problem::TextApart { upper, lower, .. } => self.halves(upper, lower),
            _ => self.anywhere(why),
        }
    }

    /// About no case: a reply to the question is read as a new mail.
    fn on_none(&self, why: &Problem) -> Vec<Choice> {
        match why {
            Problem::UnknownVerb { nearest, .. } => {
                nearest.iter().filter_map(|verb| self.meant(verb)).map(Choice::completing).collect()
            }
            Problem::NoCase => {
                let form = |taken| {
                    let form = form::to_fill_in(&harmless(&self.all()), self.language);
                    let verb = Verb::Register(taken);
                    self.of(Does::Verb(verb), vec![self.name(verb)], &form).completing()
                };
                [Taken::ByPhone, Taken::ByLetter, Taken::AtDesk].map(form).to_vec()
            }
            Problem::UnknownDepartment { written, departments } => {
                let departments = departments.iter().take(CHOICES_MAX);
                let instead = |one: &String| {
                    let text = self.typed.text.replacen(written.as_str(), one, 1);
                    self.of(Does::ToDepartment(one.clone()), self.lines(|_| true), &text)
                };
                departments.filter(|_| !written.is_empty()).map(instead).collect()
            }
            Problem::NoSuchMail => {
                let verbs = self
                    .typed
                    .lines
                    .iter()
                    .map(|line| line.verb)
                    .filter(|verb| matches!(verb, Verb::Show | Verb::Restore));
                verbs
                    .map(|verb| self.of(Does::Verb(verb), vec![format!("{} ", self.name(verb))], "").completing())
                    .collect()
            }
            _ => self.anywhere(why),
        }
    }

    /// What is the same with a case and without.
    fn anywhere(&self, why: &Problem) -> Vec<Choice> {
        let sent = self.name(Verb::Sent);
        let prefilled = |does, text: &str| {
            let (verb, rest) = text.split_once('\n').unwrap_or((text, ""));
            self.of(does, vec![verb.to_owned()], rest)
        };
        match why {
            Problem::FormIncomplete { prefilled: form, .. } | Problem::WhoIsTheCustomer { prefilled: form } => {
                vec![prefilled(Does::Complete, form).completing()]
            }
            Problem::AnsweredAlready { prefilled: text, .. } | Problem::ManyAnswers { prefilled: text, .. } => {
                let choice = prefilled(Does::Again, text);
                vec![if choice.text.trim().is_empty() { choice.completing() } else { choice }]
            }
            Problem::SentByYou { .. } => vec![self.of(Does::Confirm, vec![sent], "")],
            Problem::HandledBefore { case: Some(_), prefilled: text, .. } => {
                let confirms = self.of(Does::Confirm, vec![sent], "");
                let sends = prefilled(Does::Again, text);
                vec![confirms, if sends.text.trim().is_empty() { sends.completing() } else { sends }]
            }
            Problem::WhichCase { choices, .. } => {
                let choices = choices.iter().take(CHOICES_MAX);
                choices
                    .map(|(number, _)| self.of(Does::OnCase(*number), vec![format!("{sent} {number}")], ""))
                    .collect()
            }
            Problem::AskAlone { verb } => {
                let asks = |line: &Line| Verb::named(verb.trim_start_matches('#')) == Some(line.verb);
                let alone = Verb::named(verb.trim_start_matches('#'))
                    .map(|verb| self.of(Does::Verb(verb), self.lines(asks), ""));
                alone.into_iter().filter(|choice| !choice.verbs.is_empty()).collect()
            }
            Problem::CaseUnknown { .. } | Problem::LetterUnknown { .. } | Problem::HandledBefore { case: None, .. } => {
                [Verb::Dossier, Verb::Search]
                    .map(|verb| self.of(Does::Verb(verb), vec![format!("{} ", self.name(verb))], "").completing())
                    .to_vec()
            }
            Problem::IsComplaint { case, .. } => {
                vec![self.of(Does::Verb(Verb::Dossier), vec![format!("{} {case}", self.name(Verb::Dossier))], "")]
            }
            // Only the colleague's own mailbox, or another colleague, can go on from there.
            _ => Vec::new(),
        }
    }

    /// The verb that was meant, with what stood beside it and below.
    fn meant(&self, written: &str) -> Option<Choice> {
        let verb = first_verb(written)?;
        let beside = self.typed.mistaken.as_deref().unwrap_or_default();
        let choice = if verb.row().value.is_text() {
            self.with(verb, &joined(&harmless(beside), &self.typed.text))
        } else {
            self.instead(verb, beside, Does::Verb(verb))
        };
        Some(Choice {
            verbs: self.lines(|line| line.verb != verb).into_iter().chain(choice.verbs.clone()).collect(),
            ..choice
        })
    }

    /// Verbs that cannot be done on the case as it is.
    fn not_now(&self, verb: &str) -> Vec<Choice> {
        let all = self.all();
        match Verb::named(verb.trim_start_matches('#')) {
            Some(Verb::Reopen | Verb::Restore) if all.is_empty() => self.to_type(),
            Some(Verb::Reopen | Verb::Restore) => self.for_whom(&all),
            Some(Verb::Sent) => [self.with(Verb::Phoned, &all)].into_iter().chain(self.note(&all)).collect(),
            _ => {
                let verbs =
                    std::iter::once(self.name(Verb::Reopen)).chain(self.lines(|line| line.verb != Verb::Reopen));
                let reopened = self.of(Does::Verb(Verb::Reopen), verbs.collect(), &self.typed.text);
                std::iter::once(reopened).chain(self.note(&all)).collect()
            }
        }
    }

    /// Both halves, or the upper one alone.
    fn halves(&self, upper: &str, lower: &str) -> Vec<Choice> {
        let mut verbs = self.lines(|_| true);
        if verbs.is_empty() {
            verbs.push(self.name(Verb::Answer));
        }
        let whole = joined(&harmless_but_texts(upper), &harmless_but_texts(lower));
        let mut choices = vec![self.of(Does::Whole, verbs.clone(), &whole)];
        if !upper.trim().is_empty() {
            choices.push(self.of(Does::UpperHalf, verbs, &harmless_but_texts(upper)));
        }
        choices.extend(self.note(&whole));
        choices
    }

    fn for_whom(&self, text: &str) -> Vec<Choice> {
        if text.trim().is_empty() {
            return self.to_type();
        }
        vec![self.of(Does::ToCustomer, vec![self.name(Verb::Answer)], text), self.with(Verb::Note, text)]
    }

    /// To the customer, or for the file. What stands beside a verb whose text stays in the house is not for the customer.
    fn outward(&self, verb: Option<&str>) -> Vec<Choice> {
        let verb = verb.and_then(first_verb);
        let goes_out = verb.is_some_and(is_outward);
        let all = self.all();
        let text = if goes_out { all.as_str() } else { self.typed.text.as_str() };
        let note = self.note(&all).filter(|_| verb != Some(Verb::Note));
        let customer = self.for_whom(text).into_iter().take(1).filter(|_| !text.trim().is_empty());
        let ways: Vec<Choice> = customer.chain(note).collect();
        if ways.is_empty() { self.to_type() } else { ways }
    }

    fn to_type(&self) -> Vec<Choice> {
        let verbs = [
            (Does::ToCustomer, Verb::Answer),
            (Does::Verb(Verb::Note), Verb::Note),
            (Does::Verb(Verb::Close), Verb::Close),
        ];
        verbs.map(|(does, verb)| self.of(does, vec![self.name(verb)], "").completing()).to_vec()
    }

    fn note(&self, text: &str) -> Option<Choice> {
        (!text.trim().is_empty()).then(|| self.with(Verb::Note, text))
    }

    /// That verb alone with a text; without one it waits for it, if it is nothing without.
    fn with(&self, verb: Verb, text: &str) -> Choice {
        let row = verb.row();
        // What stays in the house has no use for a sentence to the customer.
        let text = if is_outward(verb) { text.to_owned() } else { harmless(text) };
        let text = text.as_str();
        let choice = self.of(Does::Verb(verb), vec![self.name(verb)], text);
        let wants = row.wants_text || verb == Verb::Close || verb == Verb::Answer;
        if wants && text.trim().is_empty() { choice.completing() } else { choice }
    }

    /// How it is known who asks, above what was typed.
    fn known_beside(&self) -> Choice {
        let known = self.language.pick("bekend", "known");
        let line = format!("{} {known}", self.name(Verb::Right));
        let mut verbs = self.lines(|line| line.verb != Verb::Right);
        if verbs.is_empty() && !self.typed.text.is_empty() {
            verbs.push(self.name(Verb::Answer));
        }
        verbs.insert(0, line);
        self.of(Does::Verb(Verb::Right), verbs, &self.typed.text).completing()
    }

    /// All verbs as they were typed, but that one with another value.
    fn instead(&self, verb: Verb, value: &str, does: Does) -> Choice {
        let line = format!("{} {value}", self.name(verb)).trim_end().to_owned();
        let verbs = self.lines(|line| line.verb != verb).into_iter().chain([line]).collect();
        let choice = self.of(does, verbs, &self.typed.text);
        let waits = value.is_empty() && !matches!(verb.row().value, Value::Text | Value::None | Value::Past);
        if waits { choice.completing() } else { choice }
    }

    /// The verbs that only wait for their text.
    fn completed(&self, verb: Verb) -> Choice {
        let mut verbs = self.lines(|line| line.verb != verb);
        verbs.push(self.name(verb));
        self.of(Does::Verb(verb), verbs, "").completing()
    }

    fn of(&self, does: Does, mut verbs: Vec<String>, text: &str) -> Choice {
        // What was typed may look like a quoted mail, or a signature: it is read whole where the sender says so.
        if !reads_whole(text) {
            verbs.insert(0, self.name(Verb::Everything));
        }
        Choice { does, verbs, text: text.trim().to_owned(), stands: Stands::Finished, way: Way::Reply }
    }

    fn lines(&self, wanted: impl Fn(&Line) -> bool) -> Vec<String> {
        let lines = self.typed.lines.iter().filter(|line| wanted(line));
        lines.map(|line| format!("{} {}", line.written, line.value).trim_end().to_owned()).collect()
    }

    /// What was typed beside the verbs, and below them.
    fn all(&self) -> String {
        let beside =
            self.typed.lines.iter().filter(|line| line.verb.row().value.is_text()).map(|line| harmless(&line.value));
        let mistaken = self.typed.mistaken.as_deref().map(harmless);
        let parts = beside.chain(mistaken).filter(|part| !part.is_empty());
        let above = parts.collect::<Vec<_>>().join("\n");
        joined(&above, &self.typed.text)
    }

    fn name(&self, verb: Verb) -> String {
        verb.row().name_in(self.language).to_owned()
    }
}

impl Choice {
    fn completing(self) -> Self {
        Self { stands: Stands::ToComplete, ..self }
    }
}

fn is_outward(verb: Verb) -> bool {
    matches!(verb.row().text, TextGoes::Customer | TextGoes::Settlement)
}

/// The verb that a line begins with, whatever marks stand before it.
fn first_verb(written: &str) -> Option<Verb> {
    let named = written.trim_start_matches(|c: char| !c.is_alphanumeric());
    let word: String = named.chars().take_while(|c| c.is_alphanumeric()).collect();
    Verb::named(&super::fold(&word))
}

fn joined(above: &str, below: &str) -> String {
    [above, below].into_iter().filter(|part| !part.trim().is_empty()).collect::<Vec<_>>().join("\n\n")
}
