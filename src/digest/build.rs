//! Sorts cases into the sections of a digest (§2.4.1). Pure: which cases, since when and what day it is come in.

#[cfg(test)]
mod tests;

use super::chart::is_overdue;
use super::{Before, Digest, DisputeStands, Goes, Mark, May, OfDepartment, Row, Section};
use crate::case::{Address, AgendaItem, Case, CaseNumber, CaseState, Moment};
use chrono::NaiveDate;
use chrono_tz::Tz;
use std::collections::{BTreeMap, BTreeSet};

/// Agenda items of one case that are named: a case with more to do on one day needs its file, not a list.
const TO_DO_MAX: usize = 3;

/// A department as a digest names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The short name that cases carry.
    pub name: String,
    pub title: String,
    pub address: Address,
}

/// What a digest is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The departments' short names; none: the whole company.
    pub of: &'a [String],
    /// All departments of the settings.
    pub departments: &'a [Named],
    /// When the last digest was made.
    pub since: Moment,
    /// The cases that were registered since, whenever their complaint was lodged.
    pub registered: &'a BTreeSet<CaseNumber>,
    pub now: Moment,
    /// The desk's zone: it says which day `now` is.
    pub zone: Tz,
    /// Hash of the last event of the register's chain.
    pub chain_head: &'a str,
}

/// The digest of these cases, without its picture and its spreadsheet.
pub fn build(cases: &[Case], asked: &Asked<'_>) -> Digest {
    let mut sections: BTreeMap<Section, Vec<Row>> = BTreeMap::new();
    for (section, case) in placed(cases, asked) {
        sections.entry(section).or_default().push(asked.row(case));
    }
    let count = |is_one: &dyn Fn(&Case) -> bool| asked.own(cases).filter(|case| is_one(case)).count();
    let is_open = |case: &Case| case.state == CaseState::Open;
    Digest {
        day: asked.day(),
        departments: asked.of.to_vec(),
        titles: asked.of.iter().map(|name| asked.title(name)).collect(),
        since: asked.since,
        now: asked.now,
        sections,
        received_since: count(&|case| is_complaint(case) && asked.registered.contains(&case.number)),
        open: count(&is_open),
        closed_since: count(&|case| asked.was_closed(case)),
        before: Before {
            open: count(&|case| asked.was_open(case)),
            overdue: count(&|case| asked.was_open(case) && is_overdue(case, asked.since)),
        },
        by_department: asked.by_department(cases),
        questions: count(&|case| is_open(case) && case.escalation.is_some()),
        picture: None,
        sheet: Goes::Nothing,
        mail: None,
        chain_head: asked.chain_head.to_owned(),
    }
}

/// The cases a digest shows, each with its section, in the order in which they stand there.
pub fn placed<'a>(cases: &'a [Case], asked: &Asked<'_>) -> Vec<(Section, &'a Case)> {
    let own = asked.own(cases).filter_map(|case| asked.section(case).map(|section| (section, case)));
    let mut placed: Vec<(Section, &Case)> = own.collect();
    placed.sort_by_key(|(section, case)| (*section, asked.urgency(*section, case), case.number));
    placed
}

/// Neither dismissed nor going on under another number.
fn is_complaint(case: &Case) -> bool {
    matches!(case.state, CaseState::Open | CaseState::Closed)
}

/// Where a dispute with the committee stands (the procedure's end).
fn dispute(case: &Case) -> Option<Mark> {
    match (&case.disputed, &case.ruling) {
        (_, Some(_)) => Some(Mark::Dispute(DisputeStands::Ruled)),
        (Some(_), None) => Some(Mark::Dispute(DisputeStands::WithCommittee)),
        (None, None) => None,
    }
}

impl Asked<'_> {
    fn own<'a>(&self, cases: &'a [Case]) -> impl Iterator<Item = &'a Case> {
        cases.iter().filter(|case| self.shows(case))
    }

    /// Whether it belongs here. Of confidential cases only those come in that the reader may see, of whatever department.
    pub fn shows(&self, case: &Case) -> bool {
        case.confidential.is_some() || self.of.is_empty() || self.of.contains(&case.department)
    }

    fn day(&self) -> NaiveDate {
        self.now.with_timezone(&self.zone).date_naive()
    }

    fn is_by_today(&self, at: Moment) -> bool {
        at.with_timezone(&self.zone).date_naive() <= self.day()
    }

    /// After the last digest and not after this one, so that two digests never count the same thing.
    fn is_since(&self, at: Moment) -> bool {
        self.since < at && at <= self.now
    }

    fn was_closed(&self, case: &Case) -> bool {
        case.state == CaseState::Closed && case.closed_at.is_some_and(|at| self.is_since(at))
    }

    /// Known and open when the last digest was made. What was reopened since counts as closed then.
    fn was_open(&self, case: &Case) -> bool {
        let was_known = case.received_at <= self.since && !self.registered.contains(&case.number);
        was_known && is_complaint(case) && case.closed_at.is_none_or(|closed| closed > self.since)
    }

    /// The figures of each department that has any; none where there is one department alone.
    fn by_department(&self, cases: &[Case]) -> Vec<OfDepartment> {
        let gone = cases.iter().map(|case| case.department.as_str()).filter(|name| self.named(name).is_none());
        let mut names: Vec<&str> = self.departments.iter().map(|named| named.name.as_str()).collect();
        names.extend(gone.collect::<BTreeSet<_>>());
        let figures = |name: &str| {
            let own = || self.own(cases).filter(|case| case.department == name);
            OfDepartment {
                title: self.title(name),
                received: own().filter(|case| is_complaint(case) && self.registered.contains(&case.number)).count(),
                open: own().filter(|case| case.state == CaseState::Open).count(),
                overdue: own().filter(|case| !case.overdue(self.now).is_empty()).count(),
                closed: own().filter(|case| self.was_closed(case)).count(),
            }
        };
        let all: Vec<OfDepartment> = names.into_iter().map(figures).collect();
        let some: Vec<OfDepartment> =
            all.into_iter().filter(|of| of.received + of.open + of.overdue + of.closed > 0).collect();
        if some.len() > 1 { some } else { Vec::new() }
    }

    /// The first section that fits; each open case has one.
    fn section(&self, case: &Case) -> Option<Section> {
        match case.state {
            CaseState::Open => Some(self.section_of_open(case)),
            CaseState::Closed | CaseState::Dismissed if !case.duties.is_empty() => Some(Section::Duty),
            CaseState::Closed
                if !case.failed_letters.is_empty() || case.owes_confirmation() || case.owes_committee() =>
            {
                Some(Section::Undelivered)
            }
            CaseState::Closed => self.was_closed(case).then_some(Section::Closed),
            CaseState::Dismissed | CaseState::Merged => None,
        }
    }

    fn section_of_open(&self, case: &Case) -> Section {
        match case.next_clock() {
            _ if case.urgent.is_some() => Section::Urgent,
            Some((_, due)) if due < self.now => Section::Overdue,
            Some((_, due)) if self.is_by_today(due) => Section::DueToday,
            _ if case.escalation.is_some() => Section::Escalated,
            _ if !case.duties.is_empty() => Section::Duty,
            _ if !case.failed_letters.is_empty() => Section::Undelivered,
            _ if case.agenda.iter().any(|item| self.is_by_today(item.at)) => Section::Agenda,
            _ if case.reopened > 0 => Section::Reopened,
            _ if case.first_response_at().is_none() => Section::Waiting,
            _ if case.agenda.is_empty() => Section::Idle,
            _ => Section::Planned,
        }
    }

    /// What stands first within a section: what waits longest, or is to be done first.
    fn urgency(&self, section: Section, case: &Case) -> Option<Moment> {
        match section {
            Section::Escalated => case.escalation.as_ref().map(|escalation| escalation.at),
            Section::Duty => case.duties.first().map(|duty| duty.due),
            Section::Agenda | Section::Planned => case.agenda.first().map(|item| item.at),
            Section::Closed => case.closed_at,
            _ => case.next_clock().map(|(_, due)| due),
        }
    }

    fn named(&self, name: &str) -> Option<&Named> {
        self.departments.iter().find(|department| department.name == name)
    }

    /// A department that was taken out of the settings keeps its short name.
    fn title(&self, name: &str) -> String {
        self.named(name).map_or_else(|| name.to_owned(), |department| department.title.clone())
    }

    fn row(&self, case: &Case) -> Row {
        let address = case.customer.address.as_ref().map_or("", Address::as_str);
        let customer = if case.customer.name.trim().is_empty() { address } else { case.customer.name.as_str() };
        Row {
            number: case.number,
            subject: case.subject.clone(),
            customer: customer.to_owned(),
            department_title: self.title(&case.department),
            handler: case.handler.as_ref().map_or_else(String::new, ToString::to_string),
            received_at: case.received_at,
            next: case.next_clock(),
            closed_at: case.closed_at,
            marks: self.marks(case),
            reply_address: self.named(&case.department).map_or_else(String::new, |named| named.address.to_string()),
            may: May::Look,
        }
    }

    fn marks(&self, case: &Case) -> Vec<Mark> {
        let undelivered = (!case.failed_letters.is_empty()).then_some(Mark::Undelivered);
        let duties = case.duties.iter().cloned().map(Mark::Duty);
        let to_post = Some(case.to_post().count()).filter(|count| *count > 0).map(Mark::ToPost);
        if case.state != CaseState::Open {
            let committee = case.owes_committee().then_some(Mark::CommitteeOwed);
            // The letter that confirms the settlement says both.
            let unconfirmed = case.owes_confirmation().then_some(Mark::Unconfirmed).or(committee);
            let owed = undelivered.into_iter().chain(to_post).chain(unconfirmed);
            return duties.chain(owed).chain(dispute(case)).collect();
        }
        let urgent = case.urgent.as_ref().map(|urgent| Mark::Urgent(urgent.words.clone()));
        let question = case.escalation.clone().map(Mark::Question);
        let unanswered = case.first_response_at().is_none().then_some(Mark::Unanswered);
        let reopened = (case.reopened > 0).then_some(Mark::Reopened);
        let to_do = self.do_next(case).into_iter().map(Mark::ToDo);
        urgent
            .into_iter()
            .chain(question)
            .chain(duties)
            .chain(undelivered)
            .chain(to_post)
            .chain(reopened)
            .chain(dispute(case))
            .chain(to_do)
            .chain(unanswered)
            .collect()
    }

    /// What is to be done by the end of today; where there is nothing, the next thing.
    fn do_next(&self, case: &Case) -> Vec<AgendaItem> {
        let by_today = case.agenda.iter().filter(|item| self.is_by_today(item.at)).take(TO_DO_MAX);
        let by_today: Vec<AgendaItem> = by_today.cloned().collect();
        if by_today.is_empty() { case.agenda.first().cloned().into_iter().collect() } else { by_today }
    }
}
