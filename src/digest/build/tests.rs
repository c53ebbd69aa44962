//! What the sections of a digest promise: by example, and against the cases themselves.

use super::*;
use crate::case::{
    Address, CaseNumber, Channel, Clock, Customer, Due, Duty, DutyKind, Escalation, Language, LetterId, LetterKind,
    Opened, Paper, PaperStage, Stamp, Urgent, Why,
};
use chrono::{TimeDelta, TimeZone, Utc};
use proptest::prelude::*;

fn now() -> Moment {
    Utc.with_ymd_and_hms(2026, 11, 23, 6, 30, 0).unwrap()
}

fn after(hours: i64) -> Moment {
    now() + TimeDelta::hours(hours)
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
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
        due: Due { acknowledge: after(first_response), first_response: after(first_response), resolve: after(resolve) },
        message_id: None,
        references: Vec::new(),
        mailbox: None,
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
    case.closing_confirmed = Some(stamp());
    case
}

fn escalated(mut case: Case, hours: i64) -> Case {
    case.escalation = Some(Escalation { question: "Mag dit?".into(), to: address("chef@x.nl"), at: after(hours) });
    case
}

fn failed(mut case: Case) -> Case {
    case.failed_letters.push(LetterId::from_stored("b"));
    case
}

fn guarded(mut case: Case, hours: i64) -> Case {
    case.duties.push(Duty { kind: DutyKind::Defence, due: after(hours) });
    case
}

fn urgent(mut case: Case) -> Case {
    case.urgent = Some(Urgent { words: vec!["brand".into()], at: after(-5) });
    case
}

fn reopened(mut case: Case) -> Case {
    case.reopened = 1;
    case
}

fn to_do(mut case: Case, hours: &[i64]) -> Case {
    let item = |hours: &i64| AgendaItem {
        id: hours.to_string(),
        at: after(*hours),
        text: "bellen".into(),
        whose: address("jan@x.nl"),
        sequence: 0,
        reminded: false,
    };
    case.agenda = hours.iter().map(item).collect();
    case
}

static NOTHING: BTreeSet<CaseNumber> = BTreeSet::new();

fn asked<'a>(department: Option<&'a str>, departments: &'a [Named]) -> Asked<'a> {
    Asked {
        of: department.map_or(&[], |name| Box::leak(Box::new([name.to_owned()]))),
        departments,
        since: after(-24),
        registered: &NOTHING,
        now: now(),
        zone: chrono_tz::Europe::Amsterdam,
        chain_head: "h",
    }
}

fn serials(digest: &Digest, section: Section) -> Vec<u32> {
    digest.rows(section).iter().map(|row| row.number.serial).collect()
}

#[test]
fn a_case_stands_in_its_most_urgent_section_and_the_most_urgent_first() {
    let cases = [
        case(1, "schade", 20, 60),
        answered(case(2, "schade", -5, 60)),
        case(3, "schade", -1, 60),
        answered(case(4, "schade", -9, -2)),
        case(5, "factuur", 10, 60),
        escalated(answered(case(6, "factuur", -5, 40)), -1),
        escalated(failed(answered(case(7, "factuur", -5, 40))), -9),
        failed(case(8, "factuur", 20, 60)),
        failed(closed(case(9, "factuur", 20, 60), -90)),
        to_do(reopened(answered(case(10, "factuur", 20, 60))), &[2, 90]),
        to_do(case(11, "factuur", 20, 60), &[-4]),
        reopened(case(12, "factuur", 20, 60)),
        to_do(answered(case(13, "factuur", 20, 60)), &[48]),
        to_do(answered(case(14, "factuur", 20, 60)), &[25]),
        closed(case(15, "factuur", 20, 60), -3),
        failed(closed(case(16, "factuur", 20, 60), -3)),
        guarded(closed(case(17, "factuur", 20, 60), -900), 50),
        guarded(answered(case(18, "factuur", 20, 60)), -2),
        guarded(case(19, "factuur", -5, 60), 2),
        urgent(case(20, "factuur", -5, 60)),
    ];
    let digest = build(&cases, &asked(None, &[]));
    let found = Section::ALL.map(|section| serials(&digest, section));
    let expected: [&[u32]; 12] =
        [&[20], &[19, 4, 3], &[5], &[7, 6], &[18, 17], &[9, 16, 8], &[11, 10], &[12], &[1], &[2], &[14, 13], &[15]];
    assert_eq!(found.each_ref().map(Vec::as_slice), expected);
    assert_eq!((digest.open, digest.closed_since, digest.questions), (16, 2, 2));
    assert_eq!(digest.overdue(), 4, "what is urgent and late is late");
    assert_eq!(digest.rows(Section::Overdue)[2].next, Some((Clock::FirstResponse, after(-1))));
}

#[test]
fn a_row_tells_what_its_section_does_not() {
    let busy = to_do(reopened(escalated(failed(case(1, "schade", -1, 60)), -3)), &[-3, -2, 2, 3]);
    let later = to_do(answered(case(2, "schade", 20, 60)), &[48, 72]);
    let digest = build(&[busy.clone(), later], &asked(None, &[]));
    let marks = &digest.rows(Section::Overdue)[0].marks;
    let items = |marks: &[Mark]| {
        let hours = |mark: &Mark| if let Mark::ToDo(item) = mark { Some(item.id.clone()) } else { None };
        marks.iter().filter_map(hours).collect::<Vec<_>>()
    };
    assert_eq!(marks[0], Mark::Question(busy.escalation.unwrap()));
    assert!([Mark::Undelivered, Mark::Reopened, Mark::Unanswered].iter().all(|mark| marks.contains(mark)));
    assert_eq!(items(marks), ["-3", "-2", "2"], "the first few of today");
    assert_eq!(items(&digest.rows(Section::Planned)[0].marks), ["48"], "the next one");
}

#[test]
fn what_waits_to_be_posted_and_who_was_not_told_of_the_settlement_is_shown() {
    let waits = |mut case: Case, letter_kind| {
        let letter = LetterId::from_stored("p");
        case.papers.push(Paper { letter, letter_kind, written_at: after(-3), stage: PaperStage::ToPost });
        case
    };
    let open = waits(case(1, "schade", 20, 60), LetterKind::Answer);
    let untold = |serial, hours| Case { closing_confirmed: None, ..closed(case(serial, "schade", 20, 60), hours) };
    let cases =
        [open, waits(untold(2, -90), LetterKind::Closing), untold(3, -3), closed(case(4, "schade", 20, 60), -3)];
    let digest = build(&cases, &asked(None, &[]));
    assert_eq!(digest.rows(Section::Waiting)[0].marks, [Mark::ToPost(1), Mark::Unanswered]);
    assert_eq!((serials(&digest, Section::Undelivered), serials(&digest, Section::Closed)), (vec![2, 3], vec![4]));
    let marks: Vec<_> = digest.rows(Section::Undelivered).iter().map(|row| row.marks.clone()).collect();
    assert_eq!(marks, [vec![Mark::ToPost(1), Mark::Unconfirmed], vec![Mark::Unconfirmed]]);
    assert_eq!(digest.closed_since, 2);
}

#[test]
fn closed_is_counted_once_between_two_digests() {
    let cases = [closed(case(1, "schade", 1, 1), -23), closed(case(2, "schade", 1, 1), -24)];
    let digest = build(&cases, &asked(None, &[]));
    assert_eq!((serials(&digest, Section::Closed), digest.closed_since), (vec![1], 1));
    let earlier = Asked { since: after(-48), now: after(-24), ..asked(None, &[]) };
    let before = build(&cases, &earlier);
    assert_eq!((serials(&before, Section::Closed), before.closed_since), (vec![2], 1));
}

/// Six that waited in the mailbox before the first start and three that came after it: nine were received, as the list
/// and the mail balance say.
#[test]
fn received_is_what_was_registered_whenever_it_was_lodged() {
    let mut cases: Vec<Case> = (1..=9).map(|serial| case(serial, "schade", 20, 60)).collect();
    for (case, days) in cases.iter_mut().zip([60, 9, 5, 4, 3, 2]) {
        case.lodged_at = after(-24 * days);
    }
    let registered: BTreeSet<CaseNumber> = cases.iter().map(|case| case.number).collect();
    let first = Asked { registered: &registered, ..asked(None, &[]) };
    assert_eq!((build(&cases, &first).received_since, build(&cases, &first).open), (9, 9));
    assert_eq!(build(&cases, &asked(None, &[])).received_since, 0, "told of before");
    // Of what was received some turned out to be no complaint, or to be one of the others.
    cases[0].state = CaseState::Dismissed;
    cases[1].state = CaseState::Merged;
    cases[2].state = CaseState::Closed;
    assert_eq!(build(&cases, &first).received_since, 7);
    let own = ["factuur".to_owned()];
    let elsewhere = Asked { of: &own, ..first };
    assert_eq!(build(&cases, &elsewhere).received_since, 0);
}

#[test]
fn a_supervisor_sees_the_own_department_with_its_title() {
    let titled = [Named { name: "factuur".into(), title: "Facturen".into(), address: address("f@x.nl") }];
    let cases = [case(1, "schade", 20, 60), case(2, "factuur", 20, 60)];
    let digest = build(&cases, &asked(Some("factuur"), &titled));
    assert_eq!(
        (digest.departments.as_slice(), digest.titles.as_slice()),
        (["factuur".into()].as_slice(), ["Facturen".into()].as_slice())
    );
    assert_eq!((serials(&digest, Section::Waiting), digest.open), (vec![2], 1));
    let row = &digest.rows(Section::Waiting)[0];
    assert_eq!((row.reply_address.as_str(), row.customer.as_str()), ("f@x.nl", "a@x.nl"));
}

#[test]
fn how_it_stood_when_the_last_one_was_made_is_told_beside_today() {
    // Late since an hour, late for a day and more, closed in between, and registered since.
    let mut late = case(2, "schade", -26, 60);
    late.received_at = after(-50);
    let mut gone = closed(case(3, "schade", -26, 60), -2);
    gone.received_at = after(-50);
    gone.acknowledged = None;
    gone.closing_confirmed = None;
    let new = case(4, "schade", 20, 60);
    let registered = BTreeSet::from([new.number]);
    let cases = [case(1, "schade", -1, 60), late, gone, new];
    let digest = build(&cases, &Asked { registered: &registered, ..asked(None, &[]) });
    assert_eq!((digest.open, digest.overdue()), (3, 2));
    assert_eq!(digest.before, Before { open: 3, overdue: 2 });
}

#[test]
fn an_overview_of_several_departments_has_the_figures_of_each() {
    let titled = [Named { name: "factuur".into(), title: "Facturen".into(), address: address("f@x.nl") }];
    let cases = [case(1, "weg", -1, 60), case(2, "factuur", 20, 60), closed(case(3, "factuur", 1, 1), -2)];
    let of = build(&cases, &asked(None, &titled)).by_department;
    let figures: Vec<_> = of.iter().map(|of| (of.title.as_str(), of.open, of.overdue, of.closed)).collect();
    assert_eq!(figures, [("Facturen", 1, 0, 1), ("weg", 1, 1, 0)]);
    assert_eq!(build(&cases, &asked(Some("factuur"), &titled)).by_department, []);
}

#[test]
fn today_is_the_day_of_the_desk_not_of_utc() {
    // 23:30 UTC is half past midnight of the next day in Amsterdam: a term of 08:00 UTC is due today.
    let late = Utc.with_ymd_and_hms(2026, 11, 23, 23, 30, 0).unwrap();
    let mut one = case(1, "schade", 20, 60);
    one.due.first_response = Utc.with_ymd_and_hms(2026, 11, 24, 8, 0, 0).unwrap();
    one.acknowledged = Some(stamp());
    let digest = build(&[one], &Asked { now: late, ..asked(None, &[]) });
    assert_eq!(serials(&digest, Section::DueToday), [1]);
    assert_eq!(digest.day, NaiveDate::from_ymd_opt(2026, 11, 24).unwrap());
}

/// Something that happens to a case.
type Turn = fn(Case) -> Case;

/// Hours to the first clock, and bits that say what else is the matter.
fn told(serial: u32, (hours, bits): (i64, u16)) -> Case {
    let is = |bit: u16| bits & (1 << bit) != 0;
    let mut told = case(serial, if is(0) { "schade" } else { "factuur" }, hours, hours + 40);
    let turns: [(u16, Turn); 6] = [
        (1, answered),
        (2, |case| escalated(case, -2)),
        (3, failed),
        (4, reopened),
        (5, |case| to_do(case, &[3])),
        (6, |case| to_do(case, &[70])),
    ];
    for (_, turn) in turns.into_iter().filter(|(bit, _)| is(*bit)) {
        told = turn(told);
    }
    match bits >> 7 {
        0 => closed(told, -5),
        1 => closed(told, -50),
        2 => Case { state: CaseState::Dismissed, ..told },
        3 => Case { state: CaseState::Merged, ..told },
        _ => told,
    }
}

proptest! {
    #[test]
    fn each_open_case_stands_in_one_section_and_the_counts_are_the_truth(
        all in prop::collection::vec((-60i64..60, 0u16..1_280), 0..40),
    ) {
        let cases: Vec<Case> = (1..).zip(all).map(|(serial, one)| told(serial, one)).collect();
        let digest = build(&cases, &asked(None, &[]));
        let open: Vec<&Case> = cases.iter().filter(|case| case.state == CaseState::Open).collect();
        let mut listed: Vec<u32> = Section::ALL.iter().flat_map(|section| serials(&digest, *section)).collect();
        listed.sort_unstable();
        let count = listed.len();
        listed.dedup();
        prop_assert_eq!(listed.len(), count, "a case stands in two sections");
        for case in &open {
            prop_assert!(listed.contains(&case.number.serial), "{} is open and not listed", case.number);
        }
        prop_assert_eq!(digest.open, open.len());
        let mut overdue: Vec<u32> =
            open.iter().filter(|case| !case.overdue(now()).is_empty()).map(|case| case.number.serial).collect();
        overdue.sort_unstable();
        let mut shown = serials(&digest, Section::Overdue);
        shown.sort_unstable();
        prop_assert_eq!(shown, overdue);
        prop_assert_eq!(digest.questions, open.iter().filter(|case| case.escalation.is_some()).count());
        let questions = digest.sections.values().flatten().flat_map(|row| &row.marks);
        prop_assert_eq!(questions.filter(|mark| matches!(mark, Mark::Question(_))).count(), digest.questions);
        // Whatever did not arrive is told, wherever its case stands.
        let undelivered = cases.iter().filter(|case| is_complaint(case) && !case.failed_letters.is_empty()).count();
        let told = digest.sections.values().flatten().filter(|row| row.marks.contains(&Mark::Undelivered)).count();
        prop_assert_eq!(told, undelivered);
        let closed = open.len() + digest.rows(Section::Closed).len();
        let closed_undelivered =
            digest.rows(Section::Undelivered).iter().filter(|row| row.closed_at.is_some()).count();
        prop_assert_eq!(count, closed + closed_undelivered);
        // Two departments' digests together are the company's.
        let parts = ["schade", "factuur"].map(|name| build(&cases, &asked(Some(name), &[])));
        for section in Section::ALL {
            let sum: usize = parts.iter().map(|part| part.rows(section).len()).sum();
            prop_assert_eq!(sum, digest.rows(section).len());
        }
    }
}
