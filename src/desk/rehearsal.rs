//! Keywords, tried on complaints whose end is known: which would move, which keywords never fire, how often each department is
//! met, and which words of complaints that went wrong would have routed them right (§2.1.2). Pure.

use super::routing::{Routes, Written};
use crate::case::{Case, CaseNumber, Why};
use crate::text::fold;
use std::collections::{BTreeMap, BTreeSet};

/// Letters of a word that is proposed: shorter ones meet everything.
const WORD_LETTERS: std::ops::RangeInclusive<usize> = 5..=24;
/// Complaints a word must have routed right: one is chance.
const RIGHT_MIN: usize = 2;
/// So many times as many as it would route wrong.
const RIGHT_PER_WRONG: usize = 4;
/// Words proposed for one department.
const PROPOSED_MAX: usize = 5;
/// Characters of a text that are looked through for words.
const TEXT_CHARS: usize = 20_000;

/// A complaint, and the department in which it ended.
#[derive(Debug, Clone)]
pub struct Ended {
    pub number: CaseNumber,
    pub subject: String,
    pub text: String,
    /// Name and address of who wrote.
    pub from: String,
    pub to: String,
    pub department: String,
}

impl Ended {
    /// What the case itself tells; not whom its mail went to.
    pub fn of(case: &Case) -> Self {
        Self {
            number: case.number,
            subject: case.subject.clone(),
            text: case.text.clone(),
            from: case.customer.named(),
            to: String::new(),
            department: case.department.clone(),
        }
    }

    fn written(&self) -> Written<'_> {
        Written { subject: &self.subject, text: &self.text, from: &self.from, to: &self.to }
    }
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rehearsal {
    pub moved: Vec<Moved>,
    /// Complaints that several departments have an equal claim to: the first of the settings gets them.
    pub ties: Vec<Tied>,
    /// Department and keyword, in the order of the settings.
    pub never_fired: Vec<(String, String)>,
    /// By department.
    pub met: BTreeMap<String, Compared>,
    pub proposed: Vec<Proposed>,
}

/// Would go elsewhere than by the present keywords.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    pub number: CaseNumber,
    pub from: String,
    pub to: String,
    pub ended: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tied {
    pub number: CaseNumber,
    pub first: String,
    pub others: Vec<String>,
}

/// By the present keywords, and by those that are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Compared {
    pub now: Met,
    pub tried: Met,
}

/// How well a department's complaints are met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Met {
    /// Routed to it, and ended there.
    pub right: usize,
    /// Routed to it.
    pub routed: usize,
    /// Ended there.
    pub ended: usize,
}

impl Met {
    /// Of what was routed to it, how much belonged there; in whole percents.
    pub fn precision(self) -> Option<usize> {
        (self.routed > 0).then(|| self.right * 100 / self.routed)
    }

    /// Of what belonged there, how much was routed to it.
    pub fn recall(self) -> Option<usize> {
        (self.ended > 0).then(|| self.right * 100 / self.ended)
    }
}

/// A word that would have routed complaints right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposed {
    pub department: String,
    pub word: String,
    /// Complaints that went wrong and hold it.
    pub right: usize,
    /// Complaints that ended elsewhere and hold it.
    pub wrong: usize,
}

/// Tries keywords on complaints.
pub fn rehearse(cases: &[Ended], now: &Routes, tried: &Routes) -> Rehearsal {
    let mut rehearsal = Rehearsal::default();
    let (mut fired, mut misrouted) = (BTreeSet::new(), BTreeSet::new());
    for case in cases {
        let (before, after) = (now.route_all(case.written()), tried.route_all(case.written()));
        fired.extend(tried.fired(case.written()));
        for (name, of) in [(&before.department, 0), (&after.department, 1)] {
            let compared = rehearsal.met.entry(name.clone()).or_default();
            let met = if of == 0 { &mut compared.now } else { &mut compared.tried };
            met.routed += 1;
            met.right += usize::from(*name == case.department);
        }
        let ended = rehearsal.met.entry(case.department.clone()).or_default();
        ended.now.ended += 1;
        ended.tried.ended += 1;
        if after.department != case.department {
            misrouted.insert(case.number);
        }
        if let Why::Tie { others, .. } = after.why {
            rehearsal.ties.push(Tied { number: case.number, first: after.department.clone(), others });
        }
        if before.department != after.department {
            let (from, to, ended) = (before.department, after.department, case.department.clone());
            rehearsal.moved.push(Moved { number: case.number, from, to, ended });
        }
    }
    rehearsal.never_fired = tried.keywords_but(&fired);
    rehearsal.proposed = proposed(cases, &misrouted);
    rehearsal
}

/// Words of the complaints that went wrong, which would have told where they belong.
pub fn proposed(cases: &[Ended], misrouted: &BTreeSet<CaseNumber>) -> Vec<Proposed> {
    // Of each word the complaints that hold it, by where they ended; apart those that went wrong.
    let mut words: BTreeMap<String, BTreeMap<&str, (usize, usize)>> = BTreeMap::new();
    for case in cases {
        for word in words_of(case) {
            let (all, wrong) = words.entry(word).or_default().entry(&case.department).or_default();
            *all += 1;
            *wrong += usize::from(misrouted.contains(&case.number));
        }
    }
    let mut found: Vec<Proposed> = Vec::new();
    for (word, by_department) in &words {
        for (department, (_, right)) in by_department {
            let elsewhere = by_department.iter().filter(|(other, _)| *other != department);
            let wrong: usize = elsewhere.map(|(_, (all, _))| all).sum();
            if *right >= RIGHT_MIN && *right >= wrong * RIGHT_PER_WRONG {
                let (department, word) = ((*department).to_owned(), word.clone());
                found.push(Proposed { department, word, right: *right, wrong });
            }
        }
    }
    found.sort_by(|a, b| a.department.cmp(&b.department).then(b.right.cmp(&a.right)).then(a.wrong.cmp(&b.wrong)));
    let mut given: BTreeMap<String, usize> = BTreeMap::new();
    found.retain(|one| {
        let count = given.entry(one.department.clone()).or_default();
        *count += 1;
        *count <= PROPOSED_MAX
    });
    found
}

/// Each once.
fn words_of(case: &Ended) -> BTreeSet<String> {
    let text: String = case.text.chars().take(TEXT_CHARS).collect();
    let folded = fold(&format!("{} {text}", case.subject));
    let words = folded.split(|c: char| !c.is_alphabetic());
    words.filter(|word| WORD_LETTERS.contains(&word.chars().count())).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Department;

    fn routes(schade: &[&str], factuur: &[&str]) -> Routes {
        let department = |name: &str, keywords: &[&str]| Department {
            name: name.to_owned(),
            title: name.to_owned(),
            address: String::new(),
            supervisor: String::new(),
            staff: Vec::new(),
            keywords: keywords.iter().map(ToString::to_string).collect(),
            fallback: name == "overig",
            committee: true,
        };
        Routes::compile(&[department("schade", schade), department("factuur", factuur), department("overig", &[])])
            .unwrap()
    }

    fn ended(serial: u32, subject: &str, department: &str) -> Ended {
        let number = CaseNumber { year: 2026, serial };
        let (text, from, to) = (String::new(), String::new(), String::new());
        Ended { number, subject: subject.to_owned(), text, from, to, department: department.to_owned() }
    }

    #[test]
    fn it_says_what_moves_what_never_fires_and_what_would_have_been_right() {
        let cases = [
            ended(1, "deuk in de bumper", "schade"),
            ended(2, "kras op de bumper", "schade"),
            ended(3, "factuur te hoog", "factuur"),
            ended(4, "factuur over een deuk", "factuur"),
        ];
        let (now, tried) =
            (routes(&["deuk"], &["factuur"]), routes(&["deuk", "hagel"], &["factuur", "subject:te hoog"]));
        let found = rehearse(&cases, &now, &tried);
        assert_eq!(found.moved, []);
        assert_eq!(found.never_fired, [("schade".to_owned(), "hagel".to_owned())]);
        assert_eq!(found.ties.len(), 1);
        assert_eq!(
            (found.ties[0].first.as_str(), found.ties[0].others.as_slice()),
            ("schade", &["factuur".to_owned()][..])
        );
        let schade = found.met["schade"].tried;
        assert_eq!((schade.precision(), schade.recall()), (Some(50), Some(50)));
        let better = rehearse(&cases, &now, &routes(&["deuk", "bumper", "-factuur"], &["factuur"]));
        let moved: Vec<_> = better.moved.iter().map(|one| (one.number.serial, one.to.as_str())).collect();
        assert_eq!(moved, [(2, "schade"), (4, "factuur")]);
        assert!(better.met.values().all(|met| met.tried.recall() != Some(0) && met.tried.right == met.tried.ended));
    }

    #[test]
    fn a_word_is_proposed_that_only_the_misrouted_hold() {
        let cases = [
            ended(1, "trekhaak mist", "levering"),
            ended(2, "mijn trekhaak mist nog steeds", "levering"),
            ended(3, "nog steeds geen geld", "factuur"),
            ended(4, "steeds bellen", "overig"),
        ];
        let misrouted = cases[..2].iter().map(|case| case.number).collect();
        let found = proposed(&cases, &misrouted);
        let words: Vec<_> =
            found.iter().map(|one| (one.department.as_str(), one.word.as_str(), one.right, one.wrong)).collect();
        assert_eq!(words, [("levering", "trekhaak", 2, 0)]);
    }
}
