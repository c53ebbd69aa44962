//! What the templates can print of what a colleague asked for: a list of cases, a whole file. Pure.

use super::Seen;
use super::staff::{LISTED_MAX, words_of};
use crate::case::{CaseState, Channel, Clock, LetterFate, Moment, Reference};
use crate::desk::draft::{Asked, CaseList, Dossier, Happened, HappenedWhat, ListedCase, MayAnswer, WrittenLetter};
use crate::desk::verbs::Verb;
use crate::letters::{clean, mailto};
use minijinja::context;
use minijinja::value::Value;

/// Cases shown of one list: two screens of a phone, each with a button.
const CASES_MAX: usize = 20;
/// Steps of a file, the last ones: some hundred pages; the register has all.
const STEPS_MAX: usize = 300;
/// The text of one step; the mail itself is attached.
const STEP_CHARS_MAX: usize = 10_000;
/// Letters named one by one.
const LETTERS_MAX: usize = 100;
/// Of what was typed below the verb: enough to know it again.
const UNUSED_CHARS_MAX: usize = 1_000;

impl Seen<'_> {
    pub(super) fn case_list(&self, list: &CaseList) -> Value {
        let (search, words) = match &list.asked {
            Asked::Search { words } => (true, words.as_slice()),
            Asked::Standing => (false, [].as_slice()),
            Asked::Section(_) => (true, [].as_slice()),
        };
        let (own, nobodys): (Vec<_>, Vec<_>) = list.cases.iter().partition(|case| search || case.handler.is_some());
        let ask = self.verb(Verb::Search);
        context! {
            search,
            words => words.iter().map(|word| self.line(word)).collect::<Vec<_>>(),
            own => self.cases(&own, search),
            nobodys => self.cases(&nobodys, search),
            more => list.more,
            verb => ask,
            examples => [self.draft.case.map_or_else(|| "K-2026-000123".to_owned(), |n| n.to_string()),
                "XK-123-B".to_owned(), self.words.pick("jansen portier", "jansen door").to_owned()],
            again => super::handled::view(&self.ask(&format!("{ask} "), self.words.pick("Opnieuw zoeken", "Search again"))),
            unused => clean::shortened(&list.unused, UNUSED_CHARS_MAX).0,
        }
    }

    pub(super) fn cases(&self, cases: &[&ListedCase], with_handler: bool) -> Value {
        let rows: Vec<_> = cases.iter().take(CASES_MAX).map(|case| self.listed_case(case, with_handler)).collect();
        context! { rows, count => cases.len(), more => cases.len().saturating_sub(CASES_MAX) }
    }

    fn listed_case(&self, case: &ListedCase, with_handler: bool) -> Value {
        let handler = match &case.handler {
            Some(handler) => handler.to_string(),
            None if case.state == CaseState::Open => self.words.pick("nog niemand", "nobody yet").to_owned(),
            None => String::new(),
        };
        let customer = clean::line(&case.customer, clean::NAME_CHARS_MAX);
        let mut below = vec![customer];
        if with_handler {
            below.extend([self.line(&case.department_title), self.line(&handler)]);
        }
        below.retain(|part| !part.is_empty());
        let ask = format!("{} {}", self.verb(Verb::Dossier), case.number);
        context! {
            number => case.number.to_string(),
            line => self.subject_line(&case.subject),
            moment => self.state_of(case),
            late => case.next.is_some_and(|(_, due)| self.is_past(due)),
            below => below.join(" · "),
            who => "",
            url => "",
            marks => Vec::<String>::new(),
            buttons => [super::handled::view(&self.ask(&ask, self.words.pick("Dossier openen", "Open the file")))],
        }
    }

    /// How a case stands, and what is due when.
    fn state_of(&self, case: &ListedCase) -> String {
        match (case.state, case.next, case.closed_at) {
            (CaseState::Open, Some((clock, due)), _) => {
                let (clock, when) = (self.words.clock(clock), self.words.short(due));
                if self.is_past(due) {
                    self.words.pick(format!("{clock} te laat sinds {when}"), format!("{clock} overdue since {when}"))
                } else {
                    self.words.pick(format!("{clock} uiterlijk {when}"), format!("{clock} due {when}"))
                }
            }
            (CaseState::Closed, _, Some(at)) => {
                format!("{} {}", self.words.pick("gesloten", "closed"), self.words.short(at))
            }
            (state, ..) => self.state(state).to_owned(),
        }
    }

    fn state(&self, state: CaseState) -> &'static str {
        match state {
            CaseState::Open => self.words.pick("open", "open"),
            CaseState::Closed => self.words.pick("gesloten", "closed"),
            CaseState::Dismissed => self.words.pick("geen klacht", "no complaint"),
            CaseState::Merged => self.words.pick("samengevoegd", "merged"),
        }
    }

    /// A button that opens a new mail to the desk with this on its first line.
    fn ask(&self, typed: &str, label: &'static str) -> mailto::Button {
        mailto::Button { label: label.to_owned(), url: mailto::typed(self.house.desk_address.as_str(), typed) }
    }

    pub(super) fn dossier(&self, file: &Dossier) -> Value {
        let earlier = file.timeline.len().saturating_sub(STEPS_MAX);
        let steps = file.timeline.iter().skip(earlier);
        let unnamed = file.letters.len().saturating_sub(LETTERS_MAX);
        context! {
            may_answer => match file.may_answer {
                MayAnswer::Yes => "yes",
                MayAnswer::NoAddress => "no_address",
                MayAnswer::OnlyTheDepartment => "only_the_department",
            },
            open => file.state == CaseState::Open,
            customer => self.customer(&file.customer),
            subject_line => self.subject_line(&file.subject),
            references => self.references(&file.references),
            department => self.line(&file.department_title),
            handler => file.handler.as_ref().map(ToString::to_string),
            state => match file.closed_at.filter(|_| file.state == CaseState::Closed) {
                Some(at) => format!("{} {}", self.state(file.state), self.words.short(at)),
                None => self.state(file.state).to_owned(),
            },
            channel => match file.channel {
                Channel::Email => "email",
                Channel::Phone => "phone",
                Channel::Letter => "letter",
                Channel::Desk => "desk",
            },
            received => self.words.short(file.lodged_at),
            clocks => file.clocks.iter().map(|clock| self.clock_of(file, *clock)).collect::<Vec<_>>(),
            words => words_of(&file.text, ""),
            earlier,
            steps => steps.map(|step| self.file_step(step)).collect::<Vec<_>>(),
            letters => file.letters.iter().skip(unnamed).map(|letter| self.written_letter(letter)).collect::<Vec<_>>(),
            attached => self.attached(),
            listed => self.listed(&file.listed),
            unused => clean::shortened(&file.unused, UNUSED_CHARS_MAX).0,
        }
    }

    /// Numbers people know a car or a contract by; all of one kind together.
    pub(super) fn references(&self, references: &[Reference]) -> Vec<Value> {
        let mut kinds: Vec<(&str, Vec<String>)> = Vec::new();
        for one in references.iter().take(LISTED_MAX) {
            let written = self.line(&one.written);
            match kinds.iter_mut().find(|(name, _)| *name == one.name) {
                Some((_, all)) => all.push(written),
                None => kinds.push((&one.name, vec![written])),
            }
        }
        let view = |(name, all): (&str, Vec<String>)| {
            let mut letters = name.chars();
            let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
            context! { name => self.line(&format!("{first}{}", letters.as_str())), written => all.join(", ") }
        };
        kinds.into_iter().map(view).collect()
    }

    fn clock_of(&self, file: &Dossier, (clock, due, stopped): (Clock, Moment, Option<Moment>)) -> Value {
        let label = match clock {
            Clock::Acknowledge => self.words.pick("Bevestigen", "Acknowledge"),
            Clock::FirstResponse => self.words.pick("Reageren", "Respond"),
            Clock::Resolve => self.words.pick("Oplossen", "Resolve"),
            Clock::Promised => self.words.pick("Beloofd", "Promised"),
        };
        let short = |at| self.words.short(at);
        let value = match stopped {
            Some(at) if at > due => self.words.pick(
                format!("gedaan {}; het moest {}", short(at), short(due)),
                format!("done {}; it was due {}", short(at), short(due)),
            ),
            Some(at) => self.words.pick(format!("gedaan {}", short(at)), format!("done {}", short(at))),
            None if file.state != CaseState::Open => self.words.pick("niet gedaan", "not done").to_owned(),
            None if self.is_past(due) => {
                self.words.pick(format!("te laat sinds {}", short(due)), format!("overdue since {}", short(due)))
            }
            None => self.words.pick(format!("uiterlijk {}", short(due)), format!("by {}", short(due))),
        };
        context! { label, value }
    }

    /// One step of a file. The complaint itself stands above in full.
    fn file_step(&self, step: &Happened) -> Value {
        let text = if step.what == HappenedWhat::Received { "" } else { step.text.as_str() };
        let (text, shortened) = clean::shortened(text, STEP_CHARS_MAX);
        let (when, by) = (self.words.short(step.at), self.line(&step.by));
        context! { when, what => self.words.happened(step.what), by, text, shortened }
    }

    fn written_letter(&self, letter: &WrittenLetter) -> Value {
        let fate = match &letter.fate {
            None => self.words.pick("nog onderweg", "still on its way").to_owned(),
            Some((at, LetterFate::Accepted { server, reply })) => {
                let (at, said) = (self.words.short(*at), self.line(&format!("{server}: {reply}")));
                self.words.pick(format!("aangenomen {at} ({said})"), format!("accepted {at} ({said})"))
            }
            Some((at, LetterFate::Refused { reply })) => {
                let (at, said) = (self.words.short(*at), self.line(reply));
                self.words.pick(format!("geweigerd {at} ({said})"), format!("refused {at} ({said})"))
            }
            Some((at, LetterFate::Bounced { status, .. })) => {
                let (at, said) = (self.words.short(*at), self.line(status));
                self.words.pick(format!("teruggekomen {at} ({said})"), format!("came back {at} ({said})"))
            }
            Some((at, LetterFate::Held { reason })) => {
                let (at, said) = (self.words.short(*at), self.line(reason));
                self.words.pick(format!("tegengehouden {at} ({said})"), format!("held back {at} ({said})"))
            }
        };
        context! {
            name => self.words.letter(letter.kind),
            to => self.line(&letter.to),
            when => self.words.short(letter.written_at),
            fate,
        }
    }
}
