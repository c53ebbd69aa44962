//! Staff ask the register by mail: `#zoek`, `#stand`, `#dossier`. Pure.
//!
//! These verbs change nothing, so a registered staff address is enough, and the answer goes to that address only
//! (invariant 6). Staff see their departments' cases, supervisors theirs, `digest.recipients` all, other employees none.

use super::aside::{Aside, filed, set_aside};
use super::authority::Act;
use super::dossier::dossier;
use super::draft::{Asked, CaseList, Content, Draft, ListedCase, Problem};
use super::letters_out::{answering, caseless, handler_address, question};
use super::machine::SentBy;
use super::verbs::{Instruction, Line, Verb};
use super::wants::{Found, Scope, Want, scope, typed, wanted};
use super::{CaseFile, Decision, Disposition, Fresh, Incoming, Rules, Snapshot};
use crate::case::{Actor, Address, Case, CaseState, Event, Moment, What};

/// Decides on a mail that only asks. None: it does not, and is decided on like any other.
pub(super) fn on_query(
    mail: &Incoming<'_>,
    file: Option<&CaseFile>,
    from: Option<&Address>,
    known: &Snapshot,
    rules: &Rules,
    now: Moment,
    fresh: &mut Fresh,
) -> Option<Decision> {
    let from = from.filter(|from| Act::Speak.is_for(rules.role(from), None))?;
    // A customer's mail that was passed on is more than a question, and a machine asks nothing.
    if mail.mail.forwarded.is_some() || !SentBy::of(mail.mail, rules).is_read_as_persons() {
        return None;
    }
    let typed = typed(mail.mail)?;
    let [line] = typed.lines.as_slice() else { return None };
    if !line.verb.asks() {
        return None;
    }
    if !Act::Ask.believes(mail.mail.proof, rules) {
        return Some(set_aside(mail, file.map(|file| &file.case), Aside::Unproven, rules, now, fresh));
    }
    let query = Query { mail, file, from, known, rules, now };
    Some(query.answer(line, &typed, fresh).unwrap_or_else(|why| {
        let asked = question(None, from.clone(), why, mail.mail, rules, fresh);
        query.answered("asked for something that there is not", asked)
    }))
}

struct Query<'a> {
    mail: &'a Incoming<'a>,
    /// Of the letter that it answers.
    file: Option<&'a CaseFile>,
    from: &'a Address,
    known: &'a Snapshot,
    rules: &'a Rules,
    now: Moment,
}

impl Query<'_> {
    fn answer(&self, line: &Line, typed: &Instruction, fresh: &mut Fresh) -> Result<Decision, Problem> {
        if !Act::Ask.is_for(self.rules.role(self.from), None) {
            return Err(Problem::AskTheDepartment);
        }
        match line.verb {
            Verb::Standing => Ok(self.standing(typed, fresh)),
            Verb::Search => Ok(self.search(typed, fresh)),
            _ => self.dossier(line, typed, fresh),
        }
    }

    fn search(&self, typed: &Instruction, fresh: &mut Fresh) -> Decision {
        let (cases, more) = self.cases();
        let search = match wanted(self.mail.mail, self.rules) {
            Some(Want::Search(search)) => Some(search),
            _ => None,
        };
        let words = search.map_or_else(Vec::new, |search| match search.number {
            Some(number) => vec![number.to_string()],
            None => search.words.into_iter().map(|word| word.folded).collect(),
        });
        let listed = cases.iter().map(|case| listed(case, self.rules)).collect();
        // What was searched for may stand below the verb.
        let unused = if typed.lines.iter().any(|line| line.value.is_empty()) { "" } else { typed.text.as_str() };
        let list = CaseList { asked: Asked::Search { words }, cases: listed, more, unused: unused.to_owned() };
        self.list(list, fresh)
    }

    /// What this person handles, then what nobody does, each by what runs out first. A handler who left the department
    /// is nobody.
    fn standing(&self, typed: &Instruction, fresh: &mut Fresh) -> Decision {
        let (cases, more) = self.cases();
        let open = cases.iter().filter(|case| case.state == CaseState::Open).map(|case| listed(case, self.rules));
        let mut listed: Vec<ListedCase> =
            open.filter(|case| case.handler.as_ref().is_none_or(|handler| handler == self.from)).collect();
        listed.sort_by_key(|case| (case.handler.is_none(), case.next.map(|(_, due)| due), case.number));
        self.list(CaseList { asked: Asked::Standing, cases: listed, more, unused: typed.text.clone() }, fresh)
    }

    fn cases(&self) -> (&[Case], bool) {
        match &self.known.found {
            Some(Found::Cases { cases, more }) => (cases, *more),
            _ => (&[], false),
        }
    }

    fn list(&self, list: CaseList, fresh: &mut Fresh) -> Decision {
        let letter = caseless(self.from.clone(), Content::CaseList(list), self.rules, fresh);
        self.answered("asked for a list of cases", letter)
    }

    /// The file of the case that is named, or of the letter that is answered.
    fn dossier(&self, line: &Line, typed: &Instruction, fresh: &mut Fresh) -> Result<Decision, Problem> {
        let named = match &self.known.found {
            Some(Found::Case(file)) => file.as_deref(),
            _ => None,
        };
        let file = if line.value.is_empty() { self.file } else { named };
        let file = file.ok_or_else(|| Problem::CaseUnknown { written: line.value.clone() })?;
        let case = &file.case;
        if !scope(self.from, self.rules).holds(&case.department) {
            return Err(Problem::NotYourCase { department: self.rules.title(&case.department).to_owned() });
        }
        let letter = dossier(file, self.from.clone(), &typed.text, self.rules, fresh);
        let filed = What::MailFiled {
            disposition: Disposition::Staff.name().to_owned(),
            reason: "asked for the file of this case".to_owned(),
        };
        let actor = Actor::Staff(self.from.clone());
        let event = Event { at: self.now, case: Some(case.number), actor, mail: Some(self.mail.id), what: filed };
        Ok(Decision {
            disposition: Disposition::Staff,
            reason: "asked for the file of this case".to_owned(),
            case: Some(case.number),
            events: vec![event],
            letters: vec![answering(letter, self.mail.mail)],
        })
    }

    fn answered(&self, reason: &str, letter: Draft) -> Decision {
        let letters = vec![answering(letter, self.mail.mail)];
        Decision { letters, ..filed(self.mail, Disposition::Staff, None, reason.to_owned(), self.now) }
    }
}

/// A case as lists show it. A handler who left the department handles it no more.
pub(super) fn listed(case: &Case, rules: &Rules) -> ListedCase {
    let address = case.customer.address.as_ref().map(ToString::to_string).unwrap_or_default();
    let name = case.customer.name.trim();
    let current = handler_address(case, rules);
    ListedCase {
        number: case.number,
        customer: if name.is_empty() { address } else { name.to_owned() },
        subject: case.subject.clone(),
        department_title: rules.title(&case.department).to_owned(),
        handler: case.handler.clone().filter(|handler| current.as_ref() == Some(handler)),
        state: case.state,
        received_at: case.received_at,
        closed_at: case.closed_at,
        next: case.next_clock(),
    }
}

impl Scope {
    /// Whether a case of that department is within it.
    fn holds(&self, department: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.iter().any(|name| name == department),
            Self::AllBut(names) => names.iter().all(|name| name != department),
        }
    }
}
