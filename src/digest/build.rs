//! Sorts cases into the lists of a digest (§2.4.1). Pure: which cases, since when and what day it is come in.

use super::{Digest, Row};
use crate::case::{Address, Case, CaseState, Clock, Moment};
use chrono_tz::Tz;

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
    /// The department's short name; None: the whole company.
    pub department: Option<&'a str>,
    /// All departments of the settings.
    pub departments: &'a [Named],
    /// When the last digest was made.
    pub since: Moment,
    pub now: Moment,
    /// The desk's zone: it says which day `now` is.
    pub zone: Tz,
    /// Hash of the last event of the register's chain.
    pub chain_head: &'a str,
}

/// The digest of these cases. Each open case stands in one list: overdue, due today or open, whichever is most urgent.
pub fn build(cases: &[Case], asked: &Asked<'_>) -> Digest {
    let day = asked.now.with_timezone(&asked.zone).date_naive();
    let mut digest = Digest {
        day,
        department_title: asked.department.map(|name| asked.title(name)),
        since: asked.since,
        now: asked.now,
        overdue: Vec::new(),
        due_today: Vec::new(),
        open: Vec::new(),
        closed: Vec::new(),
        received_since: 0,
        failed_letters: Vec::new(),
        chain_head: asked.chain_head.to_owned(),
    };
    for case in cases.iter().filter(|case| asked.department.is_none_or(|name| name == case.department)) {
        let row = asked.row(case);
        digest.received_since += usize::from(is_within(case.lodged_at, asked));
        if !case.failed_letters.is_empty() {
            digest.failed_letters.push(row.clone());
        }
        let is_due_today = |(_, due): (Clock, Moment)| due.with_timezone(&asked.zone).date_naive() <= day;
        match (case.state, row.next) {
            (CaseState::Open, Some((_, due))) if due < asked.now => digest.overdue.push(row),
            (CaseState::Open, Some(next)) if is_due_today(next) => digest.due_today.push(row),
            (CaseState::Open, _) => digest.open.push(row),
            (CaseState::Closed, _) if case.closed_at.is_some_and(|at| is_within(at, asked)) => digest.closed.push(row),
            (CaseState::Closed | CaseState::Dismissed | CaseState::Merged, _) => {}
        }
    }
    for list in [&mut digest.overdue, &mut digest.due_today, &mut digest.open] {
        // What runs out first stands first; without a clock, the oldest number.
        list.sort_by_key(|row| (row.next.map(|(_, due)| due), row.number));
    }
    digest.closed.sort_by_key(|row| (row.closed_at, row.number));
    digest.failed_letters.sort_by_key(|row| row.number);
    digest
}

/// After the last digest and not after this one, so that two digests never count the same thing.
fn is_within(at: Moment, asked: &Asked<'_>) -> bool {
    asked.since < at && at <= asked.now
}

/// The clock that runs out first; None when all have stopped.
fn next_clock(case: &Case) -> Option<(Clock, Moment)> {
    if case.state != CaseState::Open {
        return None;
    }
    let clocks = [Clock::Acknowledge, Clock::FirstResponse, Clock::Resolve];
    let running = clocks.into_iter().filter_map(|clock| match case.clock(clock) {
        (due, None) => Some((clock, due)),
        (_, Some(_)) => None,
    });
    // Of two that run out together the later one of the procedure counts more: an answer also confirms.
    running.min_by_key(|(clock, due)| (*due, std::cmp::Reverse(*clock)))
}

impl Asked<'_> {
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
            next: next_clock(case),
            closed_at: case.closed_at,
            unanswered: case.state == CaseState::Open && case.first_response_at().is_none(),
            reply_address: self.named(&case.department).map_or_else(String::new, |named| named.address.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{CaseNumber, Channel, Customer, Due, Language, LetterId, Opened, Stamp, Why};
    use chrono::{TimeDelta, TimeZone, Utc};

    fn now() -> Moment {
        Utc.with_ymd_and_hms(2026, 11, 23, 6, 30, 0).unwrap()
    }

    fn after(hours: i64) -> Moment {
        now() + TimeDelta::hours(hours)
    }

    /// A case whose terms end so many hours from now.
    fn case(serial: u32, department: &str, first_response: i64, resolve: i64) -> Case {
        let opened = Opened {
            channel: Channel::Email,
            customer: Customer {
                name: String::new(),
                address: Address::parse("a@x.nl").ok(),
                phone: None,
                postal: Vec::new(),
            },
            subject: format!("klacht {serial}"),
            text: String::new(),
            language: Language::Dutch,
            department: department.to_owned(),
            routing: Why::Fallback,
            received_at: after(-30),
            due: Due {
                acknowledge: after(first_response),
                first_response: after(first_response),
                resolve: after(resolve),
            },
            message_id: None,
        };
        Case::open(CaseNumber { year: 2026, serial }, after(-30), &opened)
    }

    fn stamp() -> Stamp {
        Stamp { letter: Some(LetterId::from_stored("a")), at: after(-2) }
    }

    fn answered(mut case: Case) -> Case {
        case.acknowledged = Some(stamp());
        case.responses.push(stamp());
        case
    }

    fn closed(mut case: Case, hours: i64) -> Case {
        case.state = CaseState::Closed;
        case.closed_at = Some(after(hours));
        case
    }

    fn asked<'a>(department: Option<&'a str>, departments: &'a [Named]) -> Asked<'a> {
        Asked {
            department,
            departments,
            since: after(-24),
            now: now(),
            zone: chrono_tz::Europe::Amsterdam,
            chain_head: "h",
        }
    }

    fn serials(rows: &[Row]) -> Vec<u32> {
        rows.iter().map(|row| row.number.serial).collect()
    }

    #[test]
    fn each_open_case_stands_in_its_most_urgent_list_and_the_most_urgent_first() {
        let cases = [
            case(1, "schade", 20, 60),
            answered(case(2, "schade", -5, 60)),
            case(3, "schade", -1, 60),
            answered(case(4, "schade", -9, -2)),
            case(5, "factuur", 10, 60),
            answered(case(6, "factuur", -5, 40)),
        ];
        let digest = build(&cases, &asked(None, &[]));
        assert_eq!(serials(&digest.overdue), [4, 3]);
        assert_eq!(serials(&digest.due_today), [5]);
        assert_eq!(serials(&digest.open), [1, 6, 2]);
        assert_eq!(digest.overdue[1].next, Some((Clock::FirstResponse, after(-1))));
        assert!(digest.overdue[1].unanswered && !digest.overdue[0].unanswered);
    }

    #[test]
    fn closed_and_received_are_counted_once_between_two_digests() {
        let mut fresh = case(3, "schade", 20, 60);
        fresh.lodged_at = after(-24);
        let cases = [closed(case(1, "schade", 1, 1), -23), closed(case(2, "schade", 1, 1), -24), fresh.clone()];
        let digest = build(&cases, &asked(None, &[]));
        assert_eq!((serials(&digest.closed), digest.received_since), (vec![1], 0));
        let earlier = Asked { since: after(-48), now: after(-24), ..asked(None, &[]) };
        let before = build(&cases, &earlier);
        assert_eq!((serials(&before.closed), before.received_since), (vec![2], 3));
    }

    #[test]
    fn a_supervisor_sees_the_own_department_with_its_title() {
        let mut failed = case(2, "factuur", 20, 60);
        failed.failed_letters.push(LetterId::from_stored("b"));
        let titled =
            [Named { name: "factuur".into(), title: "Facturen".into(), address: Address::parse("f@x.nl").unwrap() }];
        let cases = [case(1, "schade", 20, 60), failed];
        let digest = build(&cases, &asked(Some("factuur"), &titled));
        assert_eq!(digest.department_title.as_deref(), Some("Facturen"));
        assert_eq!((serials(&digest.open), serials(&digest.failed_letters)), (vec![2], vec![2]));
        assert_eq!((digest.open[0].reply_address.as_str(), digest.open[0].customer.as_str()), ("f@x.nl", "a@x.nl"));
    }

    #[test]
    fn today_is_the_day_of_the_desk_not_of_utc() {
        // 23:30 UTC is half past midnight of the next day in Amsterdam: a term of 08:00 UTC is due today.
        let late = Utc.with_ymd_and_hms(2026, 11, 23, 23, 30, 0).unwrap();
        let mut one = case(1, "schade", 20, 60);
        one.due.first_response = Utc.with_ymd_and_hms(2026, 11, 24, 8, 0, 0).unwrap();
        one.acknowledged = Some(stamp());
        let digest = build(&[one], &Asked { now: late, ..asked(None, &[]) });
        assert_eq!(serials(&digest.due_today), [1]);
        assert_eq!(digest.day, chrono::NaiveDate::from_ymd_opt(2026, 11, 24).unwrap());
    }
}
