//! What the templates can print of a dispute with the committee (the procedure's end). Pure.

use super::Seen;
use super::staff::TEXT_CHARS_MAX;
use crate::desk::draft::{Dispute, DisputeStage, Filing, Status};
use crate::letters::clean;
use chrono::NaiveDate;
use minijinja::context;
use minijinja::value::Value;

impl Seen<'_> {
    pub(super) fn dispute(&self, letter: &Dispute) -> Value {
        let (text, shortened) = clean::shortened(&letter.text, TEXT_CHARS_MAX);
        context! {
            filing => match letter.stage {
                DisputeStage::Filed(filing) => Some(self.filing(filing)),
                DisputeStage::Ruled => None,
            },
            binding => self.house.committee.as_ref().is_none_or(|committee| committee.binding),
            by => letter.by.to_string(),
            text,
            shortened,
            customer => self.customer(&letter.customer),
            subject_line => self.subject_line(&letter.subject),
            lodged => self.words.day(self.words.local(letter.lodged_at).date_naive()),
        }
    }

    pub(super) fn status(&self, letter: &Status) -> Value {
        context! {
            customer => self.customer(&letter.customer),
            subject_line => self.subject_line(&letter.subject),
            lodged => self.words.day(self.words.local(letter.lodged_at).date_naive()),
            days => letter.days,
            department => self.line(&letter.department_title),
            handler => letter.handler.as_ref().map(ToString::to_string),
            committee_name => self.committee_name(),
        }
    }

    /// The committee's name; where the settings name none by now, the word for one.
    pub(super) fn committee_name(&self) -> String {
        let named = self.house.committee.as_ref().map(|committee| committee.name.clone());
        named.unwrap_or_else(|| self.words.pick("geschillencommissie", "disputes committee").to_owned())
    }

    /// What a customer is told of the committee (the act of art. 12): nothing where it does not take such complaints.
    pub(super) fn committee(&self, last_day: Option<NaiveDate>) -> Option<Value> {
        let committee = self.house.committee.as_ref().filter(|_| last_day.is_some())?;
        let today = self.words.local(self.now).date_naive();
        Some(context! {
            name => committee.name.as_str(),
            url => committee.url.as_str(),
            own_url => committee.own_url.as_deref(),
            takes_part => committee.takes_part,
            binding => committee.binding,
            fee => committee.fee.as_deref(),
            language => committee.language.map(|language| self.words.language(language)),
            applies_to => committee.applies_to.as_str(),
            last_day => last_day.filter(|day| *day >= today).map(|day| self.words.day(day)),
        })
    }

    /// Until when it can be filed, or since when not any more.
    pub(super) fn filing(&self, filing: Filing) -> Value {
        let (state, day) = match filing {
            Filing::Until(day) => ("until", Some(day)),
            Filing::Past(day) => ("past", Some(day)),
            Filing::NotTaken => ("not_taken", None),
        };
        context! { state, day => day.map(|day| self.words.day(day)) }
    }
}
