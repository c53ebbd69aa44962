//! What the templates can print of a dispute with the committee, and of what an authority writes (the procedure's end). Pure.

use super::staff::{TEXT_CHARS_MAX, cover_of, words_of};
use super::{Seen, handled};
use crate::case::{Certainty, DutyKind};
use crate::desk::draft::{
    Dispute, DisputeStage, Filing, KnownBy, Official, Privacy, PrivacyStage, Represented, RepresentedStage, Status,
};
use crate::desk::verbs::Verb;
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
            by_day => letter.by_day.map(|day| self.words.day(day)),
            binding => self.house.committee.as_ref().is_none_or(|committee| committee.binding),
            by => letter.by.to_string(),
            text,
            shortened,
            customer => self.customer(&letter.customer),
            subject_line => self.subject_line(&letter.subject),
            lodged => self.words.day(self.words.local(letter.lodged_at).date_naive()),
        }
    }

    /// What an authority wrote, with buttons that record what it comes to.
    pub(super) fn official(&self, letter: &Official) -> Value {
        let numbers: Vec<String> = letter.perhaps.iter().map(ToString::to_string).collect();
        let record = |verb: Verb, label: (&str, &str)| {
            let label = self.words.pick(label.0, label.1);
            self.replies().prefilled(&format!("{} ", self.verb(verb)), label).map(|button| handled::view(&button))
        };
        let buttons = [(Verb::Dispute, ("Geschil", "Dispute")), (Verb::Ruling, ("Uitspraak", "Ruling"))];
        let shown = letter.about.iter().flat_map(|_| buttons).filter_map(|(verb, label)| record(verb, label));
        context! {
            authority => self.line(&letter.authority),
            from => self.line(&letter.from),
            unproven => letter.certainty == Certainty::Unproven,
            subject_line => self.subject_line(&letter.subject),
            received => self.words.short(letter.received_at),
            about => letter.about.as_ref().map(|about| context! {
                customer => self.customer(&about.customer),
                subject_line => self.subject_line(&about.subject),
                state => about.state.name(),
                by_name => about.known_by == KnownBy::Name,
                lodged => self.words.day(self.words.local(about.lodged_at).date_naive()),
            }),
            perhaps => numbers.join(", "),
            record => shown.collect::<Vec<_>>(),
            words => words_of(&letter.text, &letter.quoted),
            cover => letter.cover.as_ref().map(cover_of),
            attached => self.attached(),
            listed => self.listed(&[]),
        }
    }

    /// A right over personal data that somebody uses, or a breach of these.
    pub(super) fn privacy(&self, letter: &Privacy) -> Value {
        let (kind, due) = match &letter.stage {
            PrivacyStage::Begins(duty) => (duty.kind, Some(duty.due)),
            PrivacyStage::Ended(kind) => (*kind, None),
        };
        let (text, shortened) = clean::shortened(&letter.text, TEXT_CHARS_MAX);
        let verb = self.verb(if kind == DutyKind::Breach { Verb::Breach } else { Verb::Right });
        context! {
            what => self.words.duty(kind),
            begins => due.is_some(),
            due => due.map(|due| self.words.moment(due)),
            done => format!("{verb} {}", self.words.pick("klaar", "done")),
            ask => letter.ask.as_ref().map(ToString::to_string),
            by => letter.by.to_string(),
            text,
            shortened,
            customer => self.customer(&letter.customer),
            subject_line => self.subject_line(&letter.subject),
            lodged => self.words.day(self.words.local(letter.lodged_at).date_naive()),
            is_right => kind != DutyKind::Breach,
            identity => letter.identity.as_deref().map(|how| self.line(how)),
            missing => self.missing(&letter.breach.clone().unwrap_or_default()),
        }
    }

    /// Whom we write to from now on.
    pub(super) fn represented(&self, letter: &Represented) -> Value {
        let person = |name: &str, or: String| clean::person(name).map_or(or, |name| name.to_string());
        let customer = self.words.pick("de klant", "the customer").to_owned();
        context! {
            stage => match letter.stage {
                RepresentedStage::Begins => "begins",
                RepresentedStage::Ends => "ends",
                RepresentedStage::RepresentativeBegins => "representative_begins",
                RepresentedStage::RepresentativeEnds => "representative_ends",
            },
            salutation => self.words.salutation(&letter.name),
            customer => person(&letter.customer_name, customer),
            representative => person(&letter.representative_name, letter.representative.to_string()),
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
