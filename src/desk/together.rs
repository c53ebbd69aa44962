//! Which mails of a batch can be decided on by what was known before the first of them. Each must be decided on what the one
//! before it made: so one that has to do with what was just decided is looked up again first. In doubt it is. Pure.

use super::{CaseFile, Intent, Lookup, MailDecision, Snapshot};
use crate::case::{Address, CaseNumber, LetterId, What};
use std::collections::{HashMap, HashSet};

/// What makes two mails the same, and what later ones answer.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// May be empty.
    pub message_id: &'a str,
    pub content_hash: &'a str,
    pub intent: &'a Intent,
}

impl Named<'_> {
    /// What it asks is looked for in the whole register, or is about mails: it is seldom, and always asked anew.
    fn is_wide(&self) -> bool {
        let Lookup { want, asked, adopts, failed, mailed, .. } = self.intent.lookup();
        want.is_some() || asked.is_some() || adopts.is_some() || !failed.is_empty() || !mailed.is_empty()
    }
}

/// How many of these, from the first, have nothing to do with each other as far as can be seen before anything is looked
/// up: at least one.
pub fn apart(mails: &[Named<'_>]) -> usize {
    let mut seen = HashSet::new();
    let is_new = |(place, mail): &(usize, &Named<'_>)| {
        let of_letter = mail.intent.lookup().token.as_ref().map(|token| token.letter.as_str().to_owned());
        let keys = [
            mail.intent.from.as_ref().map(|from| format!("from {}", from.key())),
            (!mail.message_id.is_empty()).then(|| format!("id {}", mail.message_id)),
            Some(format!("hash {}", mail.content_hash)),
            of_letter.map(|letter| format!("letter {letter}")),
        ];
        // Each is noted, whether or not another is known already.
        let known = keys.into_iter().flatten().filter(|key| !seen.insert(key.clone())).count();
        known == 0 && (*place == 0 || !mail.is_wide())
    };
    mails.iter().enumerate().take_while(is_new).count().max(1)
}

/// What was decided since the others were looked up.
#[derive(Debug, Default)]
pub struct Changed {
    cases: HashSet<CaseNumber>,
    customers: HashSet<String>,
    message_ids: HashSet<String>,
    content_hashes: HashSet<String>,
    letters: HashSet<LetterId>,
    /// Rows of mails that are not in hand: what any mail answers, or is a copy of, may be another's now.
    rows_of_mails: bool,
    /// By year, the serial that the next case gets.
    serials: HashMap<i32, u32>,
}

impl Changed {
    /// The serial of the next case, where the register said it was this one.
    pub fn next_serial(&self, year: i32, looked_up: u32) -> u32 {
        self.serials.get(&year).copied().unwrap_or_default().max(looked_up)
    }

    /// Takes in what was decided on a mail.
    pub fn take(&mut self, mail: &Named<'_>, decision: &MailDecision) {
        self.message_ids.insert(mail.message_id.to_owned());
        self.content_hashes.insert(mail.content_hash.to_owned());
        self.cases.extend(decision.verdict.case);
        for event in &decision.events {
            self.cases.extend(event.case);
            match &event.what {
                What::Opened(opened) => {
                    self.customers.extend(opened.customer.address.as_ref().map(Address::key));
                    if let Some(number) = event.case {
                        let next = self.serials.entry(number.year).or_default();
                        *next = number.serial.saturating_add(1).max(*next);
                    }
                }
                What::CustomerSet { customer } => self.customers.extend(customer.address.as_ref().map(Address::key)),
                What::LetterFate { letter, .. } => drop(self.letters.insert(letter.clone())),
                What::Reconsidered { .. } | What::AsideTold { .. } | What::AdoptionAsked { .. } => {
                    self.rows_of_mails = true;
                }
                _ => {}
            }
        }
    }

    /// Whether a mail that was looked up before has to do with any of it.
    pub fn concerns(&self, mail: &Named<'_>, known: &Snapshot) -> bool {
        let lookup = mail.intent.lookup();
        let is_same = self.content_hashes.contains(mail.content_hash) || self.message_ids.contains(mail.message_id);
        let answers = lookup.answered.iter().any(|id| self.message_ids.contains(id));
        let is_of_letter = lookup.bounced.as_ref().is_some_and(|letter| self.letters.contains(letter));
        let addresses = lookup.said.iter().map(|said| &said.from).chain(lookup.topic.iter().map(|topic| &topic.from));
        let is_of_customer = addresses.chain(&mail.intent.from).any(|address| self.customers.contains(&address.key()));
        let numbers = lookup.named.iter().chain(&lookup.confirms).chain(&lookup.numbers).chain(&known.unknown_case);
        let is_of_case = numbers.copied().chain(known.numbers()).any(|number| self.cases.contains(&number));
        self.rows_of_mails || is_same || answers || is_of_letter || is_of_customer || is_of_case
    }
}

impl Snapshot {
    /// The cases in it.
    fn numbers(&self) -> impl Iterator<Item = CaseNumber> {
        let single = [&self.file, &self.topic, &self.twice, &self.confirms].into_iter().flatten();
        let several = self.named.iter().chain(&self.answered).chain(&self.mailed);
        let absorbed = |file: &CaseFile| file.case.absorbed.clone().into_iter().chain([file.case.number]);
        single.chain(several).flat_map(absorbed).collect::<Vec<_>>().into_iter()
    }
}
