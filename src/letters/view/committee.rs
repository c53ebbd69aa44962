//! What the templates can print of a dispute with the committee, and of what an authority writes (the procedure's end). Pure.

use super::staff::{TEXT_CHARS_MAX, cover_of, words_of};
use super::{Seen, handled};
use crate::case::{Certainty, DutyKind};
use crate::desk::draft::{
    Dispute, DisputeStage, Filing, Official, Privacy, PrivacyStage, Represented, RepresentedStage,
};
use crate::desk::verbs::Verb;
use crate::letters::clean;
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
