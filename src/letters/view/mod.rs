//! What a template can print: a draft's values as text in the reader's language, cleaned of tricks. Pure.
//! `aside.rs` has what was put aside, `staff.rs` the notices to staff, `handled.rs` what became of their mails,
//! `procedure.rs` terms, escalations and the agenda, `committee.rs` disputes, `asked.rs` lists and files that colleagues
//! ask for, `bundle.rs` letters that stand for many, `overview.rs` the digest, `month.rs` the month's report, `paper.rs` letters on paper; the letters to customers are here.

mod aside;
mod asked;
mod bundle;
mod committee;
mod handled;
mod month;
mod outage;
mod overview;
mod paper;
mod procedure;
mod question;
mod staff;

use super::words::Words;
use super::{House, MARKER, clean, mailto};
use crate::case::{Address, Due, Keys, Moment, Reach};
use crate::desk::ReplyGoes;
use crate::desk::draft::{Acknowledgement, Answer, Carried, Closing, Content, Draft, MayAnswer};
use chrono::{DurationRound, TimeDelta};
use minijinja::context;
use minijinja::value::Value;
use std::collections::BTreeMap;

/// One line of an answer of a server, a reason and the like.
const LINE_CHARS_MAX: usize = 300;

/// All that a letter is made of.
pub(super) struct Seen<'a> {
    pub draft: &'a Draft,
    /// Attachments that go along, and those that do not fit.
    pub carried: &'a [Carried],
    pub left_out: &'a [Carried],
    pub house: &'a House,
    pub token: &'a str,
    /// For the tokens of buttons that are about another case than the letter.
    pub keys: &'a Keys,
    pub reply_address: &'a Address,
    /// Of the replies that buttons open.
    pub button_subject: String,
    pub words: Words,
    pub now: Moment,
}

impl Seen<'_> {
    /// The variables of the letter's template and of the page around it.
    pub fn view(&self, subject: &str) -> Value {
        let own = match &self.draft.content {
            Content::Acknowledgement(acknowledgement) => self.acknowledgement(acknowledgement),
            Content::Answer(Answer { text }) => context! { text => clean::text(text) },
            Content::Interim(letter) => context! {
                text => clean::text(&letter.text),
                promised => letter.promised.map(|until| self.words.moment(until)),
                committee => self.committee(letter.committee_last_day),
            },
            Content::Closing(closing) => self.closing(closing),
            Content::Notification(notification) => self.notification(notification),
            Content::FollowUp(follow_up) => self.follow_up(follow_up),
            Content::Receipt(receipt) => self.receipt(receipt),
            Content::Question(question) => self.question(question),
            Content::DeliveryFailed(failed) => self.delivery_failed(failed),
            Content::SetAside(set_aside) => self.set_aside(set_aside),
            Content::Alarm(alarm) => self.alarm(&alarm.about),
            Content::Term(term) => self.term_notice(term),
            Content::Escalation(escalation) => self.escalation(escalation),
            Content::Advice(advice) => self.advice(advice),
            Content::Agenda(agenda) => self.agenda(agenda),
            Content::Dispute(dispute) => self.dispute(dispute),
            Content::Status(status) => self.status(status),
            Content::CaseList(list) => self.case_list(list),
            Content::Dossier(file) => self.dossier(file),
            Content::Away(away) => self.away(away),
            Content::Shown(shown) => self.shown(shown),
            Content::Digest(digest) => self.digest(digest),
            Content::Paper(paper) => self.paper(paper),
            Content::Month(month) => self.month(month),
            Content::Outage(outage) => self.outage(outage),
            Content::Acknowledgements(several) => self.acknowledgements(several),
            Content::Bundle(bundle) => self.bundle(bundle),
            Content::Represented(letter) => self.represented(letter),
            Content::Privacy(privacy) => self.privacy(privacy),
            Content::Urgent(urgent) => self.urgent(urgent),
            Content::Authority(official) => self.official(official),
            Content::Misdirected(letter) => context! { salutation => self.words.salutation(&letter.customer_name) },
        };
        context! { ..own, ..self.page(subject) }
    }

    /// How what is typed reaches the customer, if at all.
    fn to_customer(&self) -> &'static str {
        let customer = match &self.draft.content {
            Content::Notification(letter) => &letter.customer,
            Content::FollowUp(letter) => &letter.customer,
            _ => return "customer",
        };
        match customer.reach() {
            Reach::Mail(_) => "customer",
            Reach::Post => "paper",
            Reach::Phone => "no_customer",
        }
    }

    fn page(&self, subject: &str) -> Value {
        let kind = self.draft.content.kind();
        let for_customer = kind.is_for_customer();
        let to_read = matches!(&self.draft.content, Content::Dossier(file) if file.may_answer != MayAnswer::Yes);
        // A customer gets no verbs and no buttons.
        let has_buttons = !for_customer && self.draft.case.is_some();
        let presses = mailto::Press::ALL.into_iter().filter(|_| has_buttons);
        let press = |(name, press)| (name, handled::view(&self.replies().button(press)));
        context! {
            lang => self.words.tag(),
            subject,
            for_customer,
            reply_goes => match ReplyGoes::of(kind) {
                ReplyGoes::Customer => self.to_customer(),
                ReplyGoes::Handler => "handler",
                ReplyGoes::Nowhere if self.draft.case.is_some() && !to_read => "case",
                ReplyGoes::Nowhere => "none",
            },
            marker => MARKER,
            token => self.token,
            // Of several complaints each has its own.
            number => match self.draft.content {
                Content::Acknowledgements(_) => String::new(),
                _ => self.draft.case.map_or_else(String::new, |number| number.to_string()),
            },
            company => self.house.company.as_str(),
            desk_address => self.house.desk_address.as_str(),
            buttons => presses.map(press).collect::<BTreeMap<_, _>>(),
        }
    }

    fn acknowledgement(&self, letter: &Acknowledgement) -> Value {
        let Due { first_response, resolve, .. } = letter.due;
        context! {
            salutation => self.words.salutation(&letter.customer_name),
            received => self.words.moment(letter.received_at),
            department => clean::line(&letter.department_title, clean::NAME_CHARS_MAX),
            first_response => self.still_ahead(first_response),
            resolve => self.still_ahead(resolve),
            reopened => letter.reopened,
            privacy => self.house.privacy_url.as_deref().filter(|_| !letter.reopened),
        }
    }

    fn closing(&self, letter: &Closing) -> Value {
        context! {
            salutation => self.words.salutation(&letter.customer_name),
            subject_line => clean::line(&letter.subject, clean::SUBJECT_CHARS_MAX),
            received_day => self.words.day(self.words.local(letter.received_at).date_naive()),
            settlement => clean::text(&letter.settlement),
            committee => self.committee(letter.committee_last_day),
        }
    }

    /// The moment, unless it has passed in the minute that is shown (invariant 11).
    fn still_ahead(&self, due: Moment) -> Option<String> {
        (!self.is_past(due)).then(|| self.words.moment(due))
    }

    fn is_past(&self, due: Moment) -> bool {
        due.duration_trunc(TimeDelta::minutes(1)).unwrap_or(due) <= self.now
    }

    /// Where the buttons of this letter write to.
    fn replies(&self) -> mailto::Replies<'_> {
        let (address, token) = (self.reply_address.as_str(), self.token);
        let goes = ReplyGoes::of(self.draft.content.kind());
        mailto::Replies { address, subject: &self.button_subject, token, words: self.words, goes }
    }

    /// Text of a server or a stranger on one line.
    fn line(&self, text: &str) -> String {
        clean::line(text, LINE_CHARS_MAX)
    }
}
