//! What is past its term (§2.4.3), looked up; and redacted at a person's word.

use super::WorkError;
use super::office::Office;
use super::redacting::{ToRedact, redact, scope_of};
use crate::case::CaseNumber;
use crate::desk::{Within, is_past_term, mail_terms};
use crate::digest::month::PastTerms;
use crate::register::CaseQuery;
use std::collections::BTreeSet;

/// Cases and mails of one entry in the list of redactions: a crash repeats no more than that.
const CASES_TOGETHER: usize = 100;
const MAILS_TOGETHER: usize = 1_000;
/// Why, in the chain.
const REASON: &str = "retention term";

/// What is past its term.
#[derive(Debug, Clone, Default)]
pub struct Past {
    pub cases: Vec<CaseNumber>,
    pub mails: Vec<i64>,
}

impl Past {
    pub fn counted(&self) -> PastTerms {
        PastTerms { cases: self.cases.len(), mails: self.mails.len() }
    }

    /// Of all companies.
    #[must_use]
    pub fn together(all: &[Self]) -> Self {
        Self {
            cases: all.iter().flat_map(|past| past.cases.iter().copied()).collect(),
            mails: all.iter().flat_map(|past| past.mails.iter().copied()).collect(),
        }
    }

    fn halves(&self) -> [Self; 2] {
        let (cases, more_cases) = self.cases.split_at(self.cases.len() / 2);
        let (mails, more_mails) = self.mails.split_at(self.mails.len() / 2);
        [(cases, mails), (more_cases, more_mails)]
            .map(|(cases, mails)| Self { cases: cases.to_vec(), mails: mails.to_vec() })
    }
}

/// Looks what is past its term now, of each company apart: what is redacted together is of one.
///
/// # Errors
/// The register refused.
pub async fn past_terms(office: &Office) -> Result<Vec<Past>, WorkError> {
    let mut all = Vec::new();
    for company in office.mailboxes.of_companies() {
        all.push(past_terms_of(&office.at(company), &company.within).await?);
    }
    Ok(all)
}

/// The same of one company.
///
/// # Errors
/// The register refused.
pub async fn past_terms_of(office: &Office, within: &Within) -> Result<Past, WorkError> {
    let (now, rules) = (office.clock.now(), &office.rules);
    let mut past = Past::default();
    if rules.retention.cases_months + rules.retention.no_complaint_months > 0 {
        let mut all = office.register.cases(CaseQuery::All);
        while let Some(case) = all.next().await? {
            let is_past = within.has(&case) && is_past_term(&case, rules, now);
            past.cases.extend(is_past.then_some(case.number));
        }
    }
    for term in mail_terms(rules, now) {
        past.mails.extend(office.register.caseless_mails_before(within, term.kinds, term.before).await?);
    }
    Ok(past)
}

/// Redacts it; what is left is for [`super::finish`]. Returns what is not redacted yet, because letters of it wait.
///
/// # Errors
/// The list or the register refused: what was listed by then is redacted.
pub async fn apply_terms(office: &Office, past: &Past) -> Result<Past, WorkError> {
    let cases = past.cases.chunks(CASES_TOGETHER).map(|some| Past { cases: some.to_vec(), mails: Vec::new() });
    let mails = past.mails.chunks(MAILS_TOGETHER).map(|some| Past { cases: Vec::new(), mails: some.to_vec() });
    let (mut all, mut skipped): (Vec<Past>, Past) = (cases.chain(mails).collect(), Past::default());
    while let Some(some) = all.pop() {
        let asked = to_redact(office, &some).await?;
        let scope = scope_of(office, &asked).await?;
        if scope.waiting + scope.waiting_for_others == 0 {
            redact(office, &asked, &scope).await?;
        } else if some.cases.len() + some.mails.len() > 1 {
            all.extend(some.halves());
        } else {
            skipped.cases.extend(some.cases);
            skipped.mails.extend(some.mails);
        }
    }
    Ok(skipped)
}

async fn to_redact(office: &Office, some: &Past) -> Result<ToRedact, WorkError> {
    let known = office.register.begin().await?.load_cases(&some.cases).await?;
    let halves = known.into_values().flat_map(|case| case.absorbed);
    let cases: BTreeSet<CaseNumber> = halves.chain(some.cases.iter().copied()).collect();
    Ok(ToRedact { cases, mails: some.mails.clone(), reason: REASON.to_owned(), ground: None })
}
