//! Staff ask the register by mail: `#zoek`, `#stand`, `#dossier`. Pure.
//!
//! These verbs change nothing, so a registered staff address is enough, and the answer goes to that address only
//! (invariant 6). Staff see their departments' cases, supervisors theirs, `digest.recipients` all, other employees none.

use super::authority::Act;
use super::deciding::{Deciding, decides_on_mail};
use super::draft::{Asked, CaseList, Content, ListedCase, Problem};
use super::duty::named;
use super::letters_out::listed;
use super::sight::{is_hidden, may_see};
use super::verbs::{Instruction, Line, Verb};
use super::wants::{Scope, Standing, Want};
use super::{CaseFile, Disposition, Found, MailDecision};
use crate::case::{Actor, Address, Case, CaseState};
use crate::digest::{Section, WhyAside, placed};
use std::collections::BTreeSet;

impl Deciding<'_> {
    /// Decides on a mail that only asks; `file` is that of the letter it answers. None: it does more, and is decided on like
    /// any other.
    pub fn on_query(&self, file: Option<&CaseFile>) -> Option<MailDecision> {
        let from = self.intent.from.as_ref().filter(|_| Act::Speak.is_for(self.intent.role, None))?;
        // A customer's mail that was passed on is more than a question, and a machine asks nothing.
        if self.mail.mail.forwarded.is_some() || !self.intent.sent_by.is_read_as_persons() {
            return None;
        }
        let typed = self.intent.typed.reply.as_ref()?;
        let [line] = typed.lines.as_slice() else { return None };
        if !line.verb.asks() {
            return None;
        }
        if !Act::Ask.believes(self.mail.mail.proof, self.rules) {
            return Some(self.set_aside(file.map(|file| &file.case), WhyAside::Unproven));
        }
        let query = Query { on: *self, file, from };
        Some(query.answer(line, typed).unwrap_or_else(|why| {
            let asked = self.question(None, from.clone(), why);
            self.answered("asked for something that there is not", self.answering(asked))
        }))
    }
}

struct Query<'a> {
    on: Deciding<'a>,
    /// Of the letter that it answers.
    file: Option<&'a CaseFile>,
    from: &'a Address,
}

decides_on_mail!(Query);

impl Query<'_> {
    fn answer(&self, line: &Line, typed: &Instruction) -> Result<MailDecision, Problem> {
        if !Act::Ask.is_for(self.intent.role, None) {
            return Err(Problem::AskTheDepartment);
        }
        match line.verb {
            Verb::Standing => Ok(self.standing(typed)),
            Verb::Search => Ok(self.search(typed)),
            _ => self.dossier_of(line, typed),
        }
    }

    fn search(&self, typed: &Instruction) -> MailDecision {
        let (cases, more) = self.cases();
        let search = match &self.intent.lookup().want {
            Some(Want::Search(search)) => Some(search),
            _ => None,
        };
        let words = search.map_or_else(Vec::new, |search| match search.number {
            Some(number) => vec![number.to_string()],
            None => search.words.iter().map(|word| word.folded.clone()).collect(),
        });
        let listed = cases.iter().map(|case| listed(case, self.from, self.rules)).collect();
        // What was searched for may stand below the verb.
        let unused = if typed.lines.iter().any(|line| line.value.is_empty()) { "" } else { typed.text.as_str() };
        let list = CaseList { asked: Asked::Search { words }, cases: listed, more, unused: unused.to_owned() };
        self.list(list)
    }

    /// What this person handles, then what nobody does, each by what runs out first. A handler who left the department
    /// is nobody.
    fn standing(&self, typed: &Instruction) -> MailDecision {
        let (cases, more) = self.cases();
        if let Some(Want::Standing(Standing { section: Some(section), .. })) = &self.intent.lookup().want {
            return self.of_section(*section, &cases, more);
        }
        let open =
            cases.iter().filter(|case| case.state == CaseState::Open).map(|case| listed(case, self.from, self.rules));
        let mut listed: Vec<ListedCase> =
            open.filter(|case| case.handler.as_ref().is_none_or(|handler| handler == self.from)).collect();
        listed.sort_by_key(|case| (case.handler.is_none(), case.next.map(|(_, due)| due), case.number));
        let named = typed.lines.iter().map(|line| line.value.as_str()).chain([typed.text.as_str()]);
        let unused = named.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n");
        self.list(CaseList { asked: Asked::Standing, cases: listed, more, unused })
    }

    /// All that the digest would hold in that section now, in its order.
    fn of_section(&self, section: Section, cases: &[&Case], more: bool) -> MailDecision {
        let cases: Vec<Case> = cases.iter().map(|case| (*case).clone()).collect();
        let (departments, registered) = (named(self.rules), BTreeSet::new());
        let asked = crate::digest::Asked {
            of: &[],
            departments: &departments,
            since: self.now,
            registered: &registered,
            now: self.now,
            zone: self.rules.calendar.zone(),
            chain_head: "",
        };
        let of_it = placed(&cases, &asked).into_iter().filter(|(found, _)| *found == section);
        let cases = of_it.map(|(_, case)| listed(case, self.from, self.rules)).collect();
        self.list(CaseList { asked: Asked::Section { section }, cases, more, unused: String::new() })
    }

    fn cases(&self) -> (Vec<&Case>, bool) {
        match &self.known.found {
            Some(Found::Cases { cases, more }) => {
                (cases.iter().filter(|case| may_see(case, self.from, self.rules)).collect(), *more)
            }
            _ => (Vec::new(), false),
        }
    }

    fn list(&self, list: CaseList) -> MailDecision {
        let letter = self.caseless(self.from.clone(), Content::CaseList(list));
        self.answered("asked for a list of cases", self.answering(letter))
    }

    /// The file of the case that is named, or of the letter that is answered.
    fn dossier_of(&self, line: &Line, typed: &Instruction) -> Result<MailDecision, Problem> {
        let named = match &self.known.found {
            Some(Found::Case(file)) => file.as_deref(),
            _ => None,
        };
        let file = if line.value.is_empty() { self.file } else { named };
        let file = file.ok_or_else(|| Problem::CaseUnknown { written: line.value.clone() })?;
        let case = &file.case;
        // To whom it is hidden there is no such case.
        if is_hidden(case, self.from, self.rules) {
            return Err(Problem::CaseUnknown { written: line.value.clone() });
        }
        if !may_see(case, self.from, self.rules) {
            return Err(Problem::NotYourCase { department: self.rules.title(&case.department).to_owned() });
        }
        let letter = self.dossier(file, self.from.clone(), &typed.text);
        let reason = "asked for the file of this case".to_owned();
        let mut decision = self.filed(Disposition::Staff, Some(case.number), reason);
        decision.events.iter_mut().for_each(|event| event.actor = Actor::Staff(self.from.clone()));
        decision.letters.push(self.answering(letter));
        Ok(decision)
    }
}

impl Scope {
    /// Whether a case of that department is within it.
    pub(super) fn holds(&self, department: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.iter().any(|name| name == department),
            Self::AllBut(names) => names.iter().all(|name| name != department),
        }
    }
}
