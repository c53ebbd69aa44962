//! What klachtpost believes after the month, held against the town's book: one function for each promise, which names every
//! difference it finds.

use crate::colleagues::is_internal;
use crate::figures;
use crate::ledger::{Complaint, TERMS, Term};
use crate::month::{Month, digest_days};
use crate::slow::{self, Moment, a_day_later, day_in_words, in_words, third_working_day, wall};
use crate::support::chance::{asked_seed, is_long_at_speed};
use crate::town::Got;
use chrono::{Months, TimeDelta};
use klachtpost::case::{Case, CaseState, LetterKind};
use klachtpost::desk::Disposition;
use klachtpost::mail;
use klachtpost::register::CaseQuery;
use std::collections::HashMap;

/// Complaints of a month: as many as a large lease company gets.
const COMPLAINTS: usize = 200;

type Differences = Vec<String>;

/// Everything that is not as it should be.
pub async fn differences(month: &Month) -> Differences {
    let cases = month.town.office.register.cases(CaseQuery::All).all().await.unwrap();
    let cases: HashMap<String, Case> = cases.into_iter().map(|case| (case.number.to_string(), case)).collect();
    let mut found = Differences::new();
    if cases.len() != month.complaints.len() {
        found.push(format!("{} complaints made {} cases", month.complaints.len(), cases.len()));
    }
    for complaint in &month.complaints {
        match cases.get(&complaint.number) {
            None => found.push(format!("{} has no case", complaint.customer)),
            Some(case) => found.extend(case_differs(complaint, case)),
        }
        found.extend(alarms_differ(complaint, month));
    }
    found.extend(
        month.to_customers.iter().flat_map(|(which, letter)| letter_differs(&month.complaints[*which], letter)),
    );
    found.extend(balance_differs(month).await);
    found.extend(digests_differ(month).await);
    found.extend(received_differs(month).await);
    found.extend(figures::differ(month).await);
    let verified = month.town.office.register.verify().await.unwrap();
    found.extend(verified.findings.iter().map(|finding| format!("verify: {finding:?}")));
    found
}

/// Parties, clocks and state (§1, §2.1, §2.4).
fn case_differs(book: &Complaint, case: &Case) -> Differences {
    let state = match (book.dismissed.is_some(), book.closed) {
        (true, _) => CaseState::Dismissed,
        (false, Some(_)) => CaseState::Closed,
        (false, None) => CaseState::Open,
    };
    // Of what is closed, and of nothing else.
    let owes = |is_untold: bool| (state == CaseState::Closed && is_untold).to_string();
    let compared = [
        ("customer", book.customer.clone(), case.customer.address.as_ref().map_or(String::new(), ToString::to_string)),
        ("channel", book.channel.replace("passed on", "email"), format!("{:?}", case.channel).to_lowercase()),
        ("department", book.department.to_owned(), case.department.clone()),
        ("state", format!("{state:?}"), format!("{:?}", case.state)),
        ("lodged", book.lodged.to_string(), case.lodged_at.to_string()),
        ("received", book.received.to_string(), case.received_at.to_string()),
        ("due for acknowledging", a_day_later(book.received).to_string(), case.due.acknowledge.to_string()),
        ("due for reacting", a_day_later(book.received).to_string(), case.due.first_response.to_string()),
        ("due for solving", third_working_day(book.received).to_string(), case.due.resolve.to_string()),
        ("acknowledged", format!("{:?}", book.acknowledged), format!("{:?}", case.acknowledged_at())),
        ("first response", format!("{:?}", book.first_response()), format!("{:?}", case.first_response_at())),
        ("closed", format!("{:?}", book.closed), format!("{:?}", case.closed_at)),
        (
            "promised",
            format!("{:?}", book.promise),
            format!("{:?}", case.promise.as_ref().map(|p| (p.made_at, p.until))),
        ),
        ("owes a confirmation", owes(book.confirmed.is_none()), case.owes_confirmation().to_string()),
        ("owes the committee", owes(book.told_of_committee.is_none()), case.owes_committee().to_string()),
        ("reopened", book.reopened.to_string(), case.reopened.to_string()),
    ];
    let differs = compared.into_iter().filter(|(_, truth, believed)| truth != believed);
    differs.map(|(what, truth, believed)| format!("{}: {what} is {truth}, not {believed}", book.number)).collect()
}

/// Every complaint acknowledged in time or alarmed, every other term too: each alarm once to the supervisor, and to nobody
/// more often or without a reason (§2.1.2, §2.4.1).
fn alarms_differ(book: &Complaint, month: &Month) -> Differences {
    let mut found = Differences::new();
    for term in TERMS {
        let count = |list: &[Term]| list.iter().filter(|late| **late == term).count();
        let least = count(&book.late) + count(&book.late_before);
        let most = count(&book.perhaps_late) + count(&book.perhaps_before);
        let alarms =
            month.alarms.iter().filter(|((number, alarm, _), _)| *number == book.number && *alarm == term.alarm());
        let told: HashMap<&str, usize> = alarms.map(|((_, _, to), times)| (to.as_str(), *times)).collect();
        let supervisor = month.town.office.rules.department(book.department).expect("a department").supervisor.clone();
        let of_supervisor = told.get(supervisor.as_str()).copied().unwrap_or(0);
        if of_supervisor < least || told.values().any(|times| *times > most) {
            found.push(format!("{}: {term:?} was late {least} to {most} times, alarms: {told:?}", book.number));
        }
    }
    let in_time = book.acknowledged.is_some_and(|at| at <= a_day_later(book.lodged));
    let alarmed =
        month.alarms.keys().any(|(number, alarm, _)| *number == book.number && *alarm == Term::Acknowledge.alarm());
    if !in_time && !alarmed {
        found.push(format!("{}: neither acknowledged in time nor alarmed", book.number));
    }
    found
}

/// What a customer reads: the own case only, nothing internal, and only promises that are true (invariants 7, 11).
fn letter_differs(book: &Complaint, letter: &Got) -> Differences {
    let text = &letter.mail.text;
    let whole = format!("{}\n{text}", letter.mail.subject);
    let mut found = Differences::new();
    if is_internal(&whole) {
        found.push(format!("{}: an internal text reached the customer", book.number));
    }
    let others = whole.match_indices("K-2026-").filter(|(at, _)| !whole[*at..].starts_with(&book.number)).count();
    if others > 0 || letter.to != book.customer {
        found.push(format!("{}: a letter of somebody else's case", book.number));
    }
    if let Some(round) = promised_in(book, letter) {
        for due in [a_day_later(round), third_working_day(round)] {
            let shown = in_words(due, book.english);
            let ahead = due - TimeDelta::seconds(due.timestamp() % 60) > letter.at;
            if text.contains(&shown) != ahead {
                found.push(format!("{}: at {} it should promise `{shown}`: {ahead}\n{text}", book.number, letter.at));
            }
        }
    }
    if text.contains("Geschillencommissie") {
        let last = wall(book.lodged).date_naive().checked_add_months(Months::new(12)).expect("a day");
        // A year later is beyond the calendar on the wall: only the figures are compared.
        let (day, year) = (format!(" {} ", chrono::Datelike::day(&last)), chrono::Datelike::year(&last).to_string());
        let line = text.lines().find(|line| line.contains("Geschillencommissie")).unwrap_or_default();
        if !line.contains(&day) || !line.contains(&year) {
            found.push(format!("{}: the last day should be {last}: {line}", book.number));
        }
    }
    found
}

/// The receipt that an acknowledgement promises from; None for other letters.
fn promised_in(book: &Complaint, letter: &Got) -> Option<Moment> {
    let mark = if book.english { "Your complaint has number" } else { "Uw klacht heeft nummer" };
    letter.mail.text.contains(mark).then_some(book.lodged)
}

/// Every mail that arrived has one row with the disposition it should have (invariant 1).
async fn balance_differs(month: &Month) -> Differences {
    let counted = month.town.office.register.dispositions(Moment::UNIX_EPOCH).await.unwrap();
    let mut found = Differences::new();
    for disposition in Disposition::ALL {
        let believed = counted.get(&Some(disposition)).copied().unwrap_or(0);
        let truth = month.expected.get(&disposition).copied().unwrap_or(0);
        if truth != believed {
            found.push(format!("{} mails were {}, not {believed}", truth, disposition.name()));
        }
    }
    let total: i64 = counted.values().sum();
    if usize::try_from(total).ok() != Some(month.town.delivered()) {
        found.push(format!("{} mails arrived, {total} are on file", month.town.delivered()));
    }
    found
}

/// One digest on each working day to each supervisor and to the management, at the first work after 07:30 (§2.4.1).
async fn digests_differ(month: &Month) -> Differences {
    let letters = month.town.office.register.letters(None, &[]).await.unwrap();
    let mut came: HashMap<String, Vec<Moment>> = HashMap::new();
    for letter in letters.into_iter().filter(|letter| letter.kind == LetterKind::Digest) {
        came.entry(letter.to).or_default().push(letter.created_at);
    }
    let expected = digest_days(month);
    let readers = month.town.office.rules.departments.iter().map(|department| department.supervisor.to_string());
    let readers = readers.chain(["directie@lease.example".to_owned()]);
    readers
        .filter(|reader| came.get(reader) != Some(&expected))
        .map(|reader| format!("{reader} got digests at {:?}, not at {expected:?}", came.get(&reader)))
        .collect()
}

/// What each digest of the whole company says was received is what the desk came to know since the one before, whenever it
/// was lodged; but for what somebody said is no complaint, of which the book does not know when.
async fn received_differs(month: &Month) -> Differences {
    let register = &month.town.office.register;
    let letters = register.letters(None, &[]).await.unwrap();
    let mut since = month.worked[0];
    let mut found = Differences::new();
    for digest in letters.iter().filter(|one| one.kind == LetterKind::Digest && one.to == "directie@lease.example") {
        let letter = register.light_letter(&digest.id).await.unwrap().unwrap();
        let text = mail::read(&letter, "").text.split_whitespace().collect::<Vec<_>>().join(" ");
        let said =
            text.split(" ontvangen, ").next().and_then(|before| before.rsplit(' ').next()?.parse::<usize>().ok());
        let is_new = |one: &&Complaint| one.known.is_some_and(|known| since < known && known <= digest.created_at);
        let new: Vec<&Complaint> = month.complaints.iter().filter(is_new).collect();
        let dismissed = new.iter().filter(|one| one.dismissed.is_some()).count();
        if said.is_none_or(|said| !(new.len() - dismissed..=new.len()).contains(&said)) {
            let at = digest.created_at;
            found.push(format!(
                "the digest of {at} says {said:?} were received, {} were ({dismissed} dismissed)",
                new.len()
            ));
        }
        since = digest.created_at;
    }
    found
}

/// A calendar that agrees with itself, before anything is held against it.
#[test]
fn the_slow_calendar_is_right_by_hand() {
    let at = |text: &str| text.parse::<Moment>().unwrap();
    // Thursday before Easter: Friday, Tuesday, Wednesday.
    assert_eq!(third_working_day(at("2026-04-02T09:00:00Z")), at("2026-04-08T15:30:00Z"));
    // Saturday evening before the clocks change: Monday to Wednesday, already in summer time.
    assert_eq!(third_working_day(at("2026-03-28T20:00:00Z")), at("2026-04-01T15:30:00Z"));
    assert_eq!(a_day_later(at("2026-03-28T20:00:00Z")), at("2026-03-29T20:00:00Z"));
    assert_eq!(in_words(at("2026-03-29T20:00:00Z"), false), "zondag 29 maart 2026 om 22.00 uur");
    assert_eq!(day_in_words(wall(at("2026-04-27T22:30:00Z")).date_naive(), true), "Tuesday 28 April 2026");
    assert!(!slow::works(wall(at("2026-04-06T10:00:00Z")).date_naive()));
}

/// The seeds of a plain run; one more from `KLACHTPOST_TESTS_SEED`, many in a long run.
fn seeds() -> Vec<u64> {
    match asked_seed() {
        Some(seed) => vec![seed],
        None if is_long_at_speed() => (1..=20).collect(),
        None => vec![2026],
    }
}

#[tokio::test]
async fn a_month_of_complaints_comes_out_as_the_towns_own_book_says() {
    for seed in seeds() {
        let mut month = Month::of(seed, COMPLAINTS).await;
        month.pass().await;
        let found = differences(&month).await;
        let shown: Vec<&String> = found.iter().take(20).collect();
        assert!(found.is_empty(), "KLACHTPOST_TESTS_SEED={seed}: {} differences, among them:\n{shown:#?}", found.len());
        // A month in which nothing went wrong would prove nothing.
        let (bounced, reopened) =
            (month.expected[&Disposition::Bounce], month.complaints.iter().filter(|c| c.reopened > 0));
        assert!(bounced > 3 && reopened.count() > 3 && !month.alarms.is_empty(), "seed {seed} is too quiet");
        let rounds = month.complaints.iter().flat_map(Complaint::rounds);
        let judged = rounds.filter(|round| round.verdict.is_some()).count();
        let interims: usize = month.complaints.iter().map(|one| one.interims.len()).sum();
        let owed =
            month.complaints.iter().filter(|one| one.closed.is_some() && one.told_of_committee.is_none()).count();
        assert!(
            judged > 10 && interims > 3 && owed > 0,
            "seed {seed}: {judged} judged, {interims} interims, {owed} owed"
        );
        let broken = month.alarms.keys().filter(|(_, term, _)| *term == Term::Promised.alarm()).count();
        assert!(broken > 0, "seed {seed}: each promise was kept");
        assert!(month.complaints.iter().any(|one| !one.rulings.is_empty()), "seed {seed}: the committee never ruled");
        println!(
            "seed {seed}: {} mails, {} complaints, {} letters to customers, {} alarms, all as the book says",
            month.town.delivered(),
            month.complaints.len(),
            month.to_customers.len(),
            month.alarms.values().sum::<usize>(),
        );
    }
}
