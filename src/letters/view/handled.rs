//! What the template of the receipt can print: what was done with a staff mail. Pure.

use super::staff::LISTED_MAX;
use super::staff::TEXT_CHARS_MAX;
use super::{Seen, paper};
use crate::case::{Breach, CaseState, DutyKind, Ground, Judgement};
use crate::desk::draft::{Became, Done, Owed, OwedInWriting, Receipt};
use crate::desk::verbs::{Row, TABLE, TextGoes, Verb};
use crate::letters::{clean, mailto};
use minijinja::context;
use minijinja::value::Value;

impl Seen<'_> {
    pub(super) fn receipt(&self, letter: &Receipt) -> Value {
        let has = |wanted: fn(&Done) -> bool| letter.done.iter().any(wanted);
        let over = has(|done| {
            let closed = matches!(done, Done::Closed { .. } | Done::ClosedOnPaper { .. });
            closed || matches!(done, Done::Dismissed | Done::Help | Done::AdoptionAsked { .. })
        }) || letter.case_closed;
        // Who does not see the case any more has nothing left to do about it.
        let hidden = letter.done.iter().any(|done| match done {
            Done::ConfidentialSet { readers } => !readers.contains(&self.draft.to),
            _ => false,
        });
        let over = over || hidden;
        let told = has(|done| matches!(done, Done::Phoned { .. }));
        // Who registers a complaint need not be who handles it: that one gets the notice.
        let elsewhere =
            has(|done| matches!(done, Done::Registered { .. } | Done::PassedOn { .. } | Done::DepartmentSet { .. }));
        context! {
            done => letter.done.iter().map(|done| self.done(done)).collect::<Vec<_>>(),
            still_open => self.draft.case.is_some() && !over,
            goes_on_here => !elsewhere,
            dismissed => has(|done| matches!(done, Done::Dismissed)),
            first_response => Some(letter.due.first_response).filter(|_| !letter.first_response_done).map(|due| self.term(due)),
            resolve => self.term(letter.due.resolve),
            customer => self.customer(&letter.customer),
            posting => has(|done| matches!(done, Done::OnPaper { .. } | Done::ClosedOnPaper { .. })),
            told,
            owes_call => !told && has(|done| matches!(done, Done::Closed { to: None, .. })),
            committee_name => self.committee_name(),
            manual => self.manual(),
            sent => self.verb(Verb::Sent),
        }
    }

    /// One step with who got what: `to` is an address, `text` what was typed, `name` a department.
    fn done(&self, done: &Done) -> Value {
        let (kind, text) = match done {
            Done::Relayed { text, .. } => ("relayed", text.as_str()),
            Done::Interim { text, .. } => ("interim", text.as_str()),
            Done::InterimHad { text, .. } => ("interim_had", text.as_str()),
            Done::Promised { .. } => ("promised", ""),
            Done::Judged(_) => ("judged", ""),
            Done::CommitteeOwed(_) => ("committee_owed", ""),
            Done::Noted { text } => ("noted", text.as_str()),
            Done::Closed { settlement, .. } => ("closed", settlement.as_str()),
            Done::OnPaper { text, .. } => ("on_paper", text.as_str()),
            Done::ClosedOnPaper { settlement, .. } => ("closed_on_paper", settlement.as_str()),
            Done::Posted { .. } => ("posted", ""),
            Done::Phoned { text } => ("phoned", text.as_str()),
            Done::AnsweredDirectly { text, .. } => ("answered_directly", text.as_str()),
            Done::AlsoWithCustomer { .. } => ("also_with_customer", ""),
            Done::LeftUndone { .. } => ("left_undone", ""),
            Done::HandlerSet { .. } => ("handler_set", ""),
            Done::DepartmentSet { .. } => ("department_set", ""),
            Done::Reopened => ("reopened", ""),
            Done::Dismissed => ("dismissed", ""),
            Done::Restored => ("restored", ""),
            Done::Acknowledged { .. } => ("acknowledged", ""),
            Done::Registered { .. } => ("registered", ""),
            Done::PassedOn { .. } => ("passed_on", ""),
            Done::Escalated { text, .. } => ("escalated", text.as_str()),
            Done::Advised { text, .. } => ("advised", text.as_str()),
            Done::AgendaSet { text, .. } => ("agenda_set", text.as_str()),
            Done::AgendaCleared => ("agenda_cleared", ""),
            Done::Disputed { text, .. } => ("disputed", text.as_str()),
            Done::Ruled { text, .. } => ("ruled", text.as_str()),
            Done::Guarded(_) => ("guarded", ""),
            Done::DutyDone(_) => ("duty_done", ""),
            Done::RepresentativeSet { .. } => ("representative_set", ""),
            Done::RepresentativeEnded { .. } => ("representative_ended", ""),
            Done::ClosedToCustomer { .. } => ("closed_to_customer", ""),
            Done::PrivacyTold { .. } => ("privacy_told", ""),
            Done::IdentityWanted => ("identity_wanted", ""),
            Done::IdentityKnown { how } => ("identity_known", how.as_str()),
            Done::BreachKept { .. } => ("breach_kept", ""),
            Done::ConfidentialSet { .. } => ("confidential_set", ""),
            Done::ConfidentialLifted => ("confidential_lifted", ""),
            Done::PassedOnUnseen => ("passed_on_unseen", ""),
            Done::ToSupervisor { .. } => ("to_supervisor", ""),
            Done::Merged { .. } => ("merged", ""),
            Done::OthersNotTold { .. } => ("others_not_told", ""),
            Done::CustomerSet { .. } => ("customer_set", ""),
            Done::Unused { text } => ("unused", text.as_str()),
            Done::StayedHere { .. } => ("stayed_here", ""),
            Done::AdoptionAsked { .. } => ("adoption_asked", ""),
            Done::Help => ("help", ""),
        };
        let to = match done {
            Done::Relayed { to, .. } | Done::Interim { to, .. } | Done::InterimHad { to, .. } => Some(to),
            Done::OnPaper { to, .. } | Done::ClosedOnPaper { to, .. } => Some(to),
            Done::Closed { to, .. } | Done::AnsweredDirectly { to, .. } => to.as_ref(),
            Done::AlsoWithCustomer { to } => Some(to),
            Done::HandlerSet { handler } => Some(handler),
            Done::Acknowledged { to } | Done::CustomerSet { to, .. } | Done::PrivacyTold { to } => Some(to),
            Done::ClosedToCustomer { to } => Some(to),
            Done::RepresentativeSet { told, .. } | Done::RepresentativeEnded { told, .. } => told.as_ref(),
            Done::Escalated { to, .. } | Done::Advised { to, .. } => Some(to),
            Done::Disputed { told, .. } | Done::Ruled { told, .. } => told.as_ref(),
            Done::Registered { acknowledged, .. } => acknowledged.as_ref(),
            _ => None,
        };
        let name = match done {
            Done::DepartmentSet { title } | Done::Registered { department_title: title, .. } => self.line(title),
            Done::AgendaSet { at, .. } | Done::Posted { at, .. } | Done::AnsweredDirectly { received_at: at, .. } => {
                self.words.moment(*at)
            }
            Done::Judged(judgement) => self.judged(judgement),
            Done::CommitteeOwed(owed) => in_writing(*owed).to_owned(),
            Done::Promised { until } => self.words.moment(*until),
            Done::AdoptionAsked { mails } => mails.to_string(),
            Done::Guarded(duty) => self.words.moment(duty.due),
            Done::ToSupervisor { from } => self.line(from),
            Done::RepresentativeSet { acts, .. } => self.line(format!("{} {}", acts.name, acts.address).trim()),
            Done::RepresentativeEnded { was, .. } => was.to_string(),
            Done::ConfidentialSet { readers } => {
                self.line(&readers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
            }
            Done::LeftUndone { written } => self.line(&written.join(", ")),
            Done::OthersNotTold { others } => {
                let named = others.iter().take(LISTED_MAX).map(ToString::to_string);
                self.line(&named.collect::<Vec<_>>().join(", "))
            }
            Done::StayedHere { files } => {
                let named =
                    files.iter().take(LISTED_MAX).map(|(name, why)| format!("{name} ({})", self.words.stays(*why)));
                self.line(&named.collect::<Vec<_>>().join(", "))
            }
            _ => String::new(),
        };
        let outside_hours = matches!(done, Done::AgendaSet { outside_hours: true, .. });
        let filing = if let Done::Disputed { filing, .. } = done { Some(self.filing(*filing)) } else { None };
        let merged = if let Done::Merged { .. } = done { Some(merged(done)) } else { None };
        let customer = if let Done::CustomerSet { .. } = done { Some(self.customer_set(done)) } else { None };
        let opened = match done {
            Done::Registered { number, .. } | Done::PassedOn { number, .. } => number.to_string(),
            _ => String::new(),
        };
        let passed_on =
            if let Done::PassedOn { state, became, .. } = done { Some(passed_on(*state, *became)) } else { None };
        let attachments = match done {
            Done::Relayed { attachments, .. }
            | Done::Interim { attachments, .. }
            | Done::OnPaper { attachments, .. }
            | Done::ClosedOnPaper { attachments, .. } => *attachments,
            _ => 0,
        };
        let sheet = match done {
            Done::OnPaper { letter_kind, .. } | Done::Posted { letter_kind, .. } => paper::name(*letter_kind),
            _ => "",
        };
        let ground = match done {
            Done::RepresentativeSet { acts, .. } => self.ground(acts.ground),
            _ => String::new(),
        };
        let missing = match done {
            Done::BreachKept { breach } => self.missing(breach),
            _ => String::new(),
        };
        let duty = match done {
            Done::Guarded(duty) => self.duty(duty.kind),
            Done::DutyDone(kind) => self.duty(*kind),
            _ => Value::UNDEFINED,
        };
        let (text, shortened) = clean::shortened(text, TEXT_CHARS_MAX);
        let is_you = match done {
            Done::ConfidentialSet { readers } => readers.contains(&self.draft.to),
            _ => to == Some(&self.draft.to),
        };
        context! {
            kind, sheet, is_you, name, outside_hours, opened, filing, merged, passed_on, customer, duty, missing, ground, text, shortened, attachments,
            to => to.map(ToString::to_string),
        }
    }

    /// What came of the complaint, in one line.
    fn judged(&self, judgement: &Judgement) -> String {
        let Judgement { outcome, cause, compensation } = judgement;
        let outcome = outcome.map(|outcome| self.words.outcome(outcome).to_owned());
        let label = |dutch, english, text: String| format!("{} {text}", self.words.pick::<&str>(dutch, english));
        let cause = cause.as_ref().map(|cause| label("oorzaak:", "cause:", self.line(cause)));
        let amount = compensation.map(|amount| label("vergoeding:", "compensation:", self.words.amount(amount)));
        outcome.into_iter().chain(cause).chain(amount).collect::<Vec<_>>().join("; ")
    }

    /// Who the customer is now, and what follows.
    fn customer_set(&self, done: &Done) -> Value {
        let Done::CustomerSet { name, owed, told, .. } = done else { return Value::UNDEFINED };
        context! {
            name => clean::line(name, clean::NAME_CHARS_MAX),
            acknowledged => owed.contains(&Owed::Acknowledgement),
            owes_answer => owed.contains(&Owed::Answer),
            owes_confirmation => owed.contains(&Owed::Confirmation),
            owes_committee => owed.contains(&Owed::Committee),
            told => told.as_ref().map(ToString::to_string),
        }
    }

    /// Why somebody acts for the customer.
    fn ground(&self, ground: Ground) -> String {
        match ground {
            Ground::Lawyer => self.words.pick("advocaat", "lawyer").to_owned(),
            Ground::Customer => self.words.pick("de klant schreef het zelf", "the customer wrote it").to_owned(),
            Ground::Authorisation(day) => {
                let day = self.words.day(day);
                self.words.pick(format!("volmacht van {day}"), format!("authorisation of {day}"))
            }
        }
    }

    /// What must still be kept of a breach.
    pub(super) fn missing(&self, breach: &Breach) -> String {
        let parts = [
            (&breach.facts, self.words.pick("Feiten:", "Facts:")),
            (&breach.effects, self.words.pick("Gevolgen:", "Effects:")),
            (&breach.remedy, self.words.pick("Maatregelen:", "Remedy:")),
        ];
        parts.into_iter().filter(|(part, _)| part.is_empty()).map(|(_, label)| label).collect::<Vec<_>>().join(", ")
    }

    /// What is guarded, and what is typed when it is done.
    fn duty(&self, kind: DutyKind) -> Value {
        let verb = match kind {
            DutyKind::Defence => Verb::Dispute,
            DutyKind::Ruling => Verb::Ruling,
            DutyKind::Breach => Verb::Breach,
            DutyKind::Access | DutyKind::Erasure | DutyKind::Rectification | DutyKind::Objection => Verb::Right,
        };
        context! { name => self.words.duty(kind), done => format!("{} {}", self.verb(verb), self.words.pick("klaar", "done")) }
    }

    /// All verbs, those first whose text leaves the house.
    fn manual(&self) -> Value {
        let of = |wanted: fn(TextGoes) -> bool| {
            TABLE.iter().filter(|row| wanted(row.text)).map(|row| self.row_of(row)).collect::<Vec<_>>()
        };
        context! {
            leaves => of(|text| matches!(text, TextGoes::Customer | TextGoes::Settlement)),
            stays => of(|text| matches!(text, TextGoes::CaseFile)),
            opens => of(|text| matches!(text, TextGoes::Complaint)),
            asks => of(|text| matches!(text, TextGoes::Nowhere)),
        }
    }

    pub(super) fn rows(&self, verbs: &[Verb]) -> Vec<Value> {
        verbs.iter().map(|verb| self.row_of(verb.row())).collect()
    }

    pub(super) fn row_of(&self, row: &Row) -> Value {
        let (name, meaning) = self.words.pick((row.dutch, row.means_dutch), (row.english, row.means_english));
        context! { name, meaning }
    }

    /// A verb's name in the reader's language.
    pub(super) fn verb(&self, verb: Verb) -> &'static str {
        self.words.pick(verb.row().dutch, verb.row().english)
    }
}

/// A button as templates see it.
pub(super) fn view(button: &mailto::Button) -> Value {
    context! { label => button.label.as_str(), url => button.url.as_str() }
}

/// How the customer can still get it in writing that there is a committee.
fn in_writing(owed: OwedInWriting) -> &'static str {
    match owed {
        OwedInWriting::NoAddress => "no_address",
        OwedInWriting::ToPost => "to_post",
        OwedInWriting::SendAgain => "send_again",
    }
}

/// What it came to, and how the case stands.
fn passed_on(state: CaseState, became: Became) -> Value {
    let became = match became {
        Became::FollowUp => "follow_up",
        Became::Reopened => "reopened",
        Became::Nothing => "nothing",
    };
    context! { became, state => state.name() }
}

/// Which case stays, and who hears of it.
fn merged(done: &Done) -> Value {
    let Done::Merged { stays, gone, state, told, not_told } = done else { return Value::UNDEFINED };
    let told: Vec<String> = told.iter().map(ToString::to_string).collect();
    context! {
        stays => stays.to_string(),
        gone => gone.to_string(),
        state => state.name(),
        told => told.join(", "),
        not_told => not_told.as_ref().map(ToString::to_string),
    }
}
