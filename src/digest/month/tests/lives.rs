//! What the report counts of a case's events: rounds, outcomes, words in the meantime, dismissals, rulings, and who comes back;
//! by example, and held against a slow second count that walks the events itself.

use super::*;
use crate::case::{
    Actor, Amount, Closed, Confidential, Event, Judgement, LetterFate, LetterKind, Outcome, Reference, Reopened,
    Ruling as CaseRuling, Solved, What,
};

/// Of the first of October, in days and hours.
fn day(days: i64, hours: i64) -> Moment {
    utc(10, 1, 8, 0) + TimeDelta::days(days) + TimeDelta::hours(hours)
}

fn due(received_at: Moment) -> Due {
    let after = |hours| received_at + TimeDelta::hours(hours);
    Due { acknowledge: after(24), first_response: after(24), resolve: after(72) }
}

fn opened(serial: u32, received_at: Moment, address: Option<&str>, plates: &[&str]) -> Event {
    let reference = |plate: &&str| Reference { name: "kenteken".into(), written: (*plate).to_owned() };
    let opened = Opened {
        channel: Channel::Email,
        customer: Customer { address: address.and_then(|a| Address::parse(a).ok()), ..Customer::default() },
        subject: String::new(),
        text: "Lang verhaal.".into(),
        language: Language::Dutch,
        department: "schade".into(),
        routing: Why::Fallback,
        received_at,
        due: due(received_at),
        message_id: None,
        references: plates.iter().map(reference).collect(),
        mailbox: None,
    };
    of(serial, received_at, What::Opened(Box::new(opened)))
}

fn of(serial: u32, at: Moment, what: What) -> Event {
    let case = Some(CaseNumber { year: 2026, serial });
    Event { at, case, actor: Actor::Desk, mail: None, what }
}

fn in_mail(mail: i64, event: Event) -> Event {
    Event { mail: Some(mail), ..event }
}

fn answered(at: Moment) -> Event {
    let (letter, to) = (LetterId::from_stored(format!("a{at}")), String::new());
    let fate = LetterFate::Accepted { server: String::new(), reply: String::new() };
    of(1, at, What::LetterFate { letter, letter_kind: LetterKind::Answer, to, fate })
}

fn closed(at: Moment) -> Event {
    of(1, at, What::Closed(Closed { settlement: "Betaald.".into(), letter: LetterId::from_stored("c") }))
}

fn reopened(at: Moment) -> Event {
    of(1, at, What::Reopened(Reopened { received_at: at, due: due(at) }))
}

fn judged(at: Moment, outcome: Option<Outcome>, cause: Option<&str>, cents: Option<u64>) -> Event {
    let (cause, compensation) = (cause.map(str::to_owned), cents.map(Amount::of_cents));
    of(1, at, What::Judged(Judgement { outcome, cause, compensation }))
}

fn life(events: &[Event]) -> Life {
    Life::of_events(events, Again::default()).unwrap()
}

fn in_month(month: Month, lives: &[Life]) -> MonthReport {
    report(lives, &MonthAsked { month, ..asked(&calendar(), &[]) })
}

fn total(events: &[Event]) -> Figures {
    in_month(october(), &[life(events)]).total
}

#[test]
fn the_round_before_a_case_was_reopened_is_counted_late_or_not() {
    // The first round: answered after two days, closed after five. The second: at once.
    let events = [
        opened(1, day(0, 0), None, &[]),
        answered(day(2, 0)),
        closed(day(5, 0)),
        reopened(day(9, 0)),
        answered(day(9, 2)),
        closed(day(10, 0)),
    ];
    let total = total(&events);
    assert_eq!((total.received, total.closed, total.reopened, total.open_at_end), (1, 2, 1, 0));
    assert_eq!(total.first_response_in_time, Share { kept: 1, of: 2 });
    assert_eq!(total.resolved_in_time, Share { kept: 1, of: 2 });
    assert_eq!(total.first_response_hours, Some(Spread { median: 25.0, percentile_90: 48.0, count: 2 }));
    // From the first day to the last closing, once.
    assert_eq!(total.lodged_to_closed_days, Some(Spread { median: 10.0, percentile_90: 10.0, count: 1 }));
}

#[test]
fn a_round_that_was_open_over_the_end_of_a_month_was_open_then_whatever_came_after() {
    let events = [opened(1, day(0, 0), None, &[]), closed(day(33, 0)), reopened(day(64, 0)), closed(day(65, 0))];
    let lives = [life(&events)];
    let of = |day| in_month(Month::of(NaiveDate::parse_from_str(day, "%F").unwrap()), &lives).total;
    let open = ["2026-09-30", "2026-10-01", "2026-11-01", "2026-12-01"].map(|day| of(day).open_at_end);
    assert_eq!(open, [0, 1, 0, 0]);
    let reopened = ["2026-10-01", "2026-11-01", "2026-12-01"].map(|day| of(day).reopened);
    assert_eq!(reopened, [0, 0, 1]);
}

#[test]
fn a_closing_lasts_that_nobody_reopened_for_thirty_days_and_counts_when_they_are_over() {
    let lasted = life(&[opened(1, day(-10, 0), None, &[]), closed(day(-2, 0))]);
    let on_the_last_day = life(&[opened(1, day(-10, 0), None, &[]), closed(day(-2, 0)), reopened(day(27, 23))]);
    let after_it = life(&[opened(1, day(-10, 0), None, &[]), closed(day(-2, 0)), reopened(day(28, 0))]);
    let not_yet = life(&[opened(1, day(-10, 0), None, &[]), closed(day(10, 0))]);
    let total = in_month(october(), &[lasted, on_the_last_day, after_it, not_yet]).total;
    assert_eq!(total.stayed_closed, Share { kept: 2, of: 3 });
}

#[test]
fn what_came_of_each_round_its_causes_and_what_was_paid() {
    let events = [
        opened(1, day(0, 0), None, &[]),
        judged(day(1, 0), Some(Outcome::Unfounded), Some("levertijd"), None),
        closed(day(1, 0)),
        reopened(day(4, 0)),
        closed(day(5, 0)),
        // Said afterwards: the last word counts.
        judged(day(6, 0), Some(Outcome::Partly), Some("levertijd"), Some(5_000)),
        judged(day(7, 0), Some(Outcome::Founded), None, Some(38_900)),
    ];
    let nothing_said =
        life(&[opened(2, day(0, 0), None, &[]), closed(day(1, 0)), judged(day(2, 0), None, None, Some(0))]);
    let total = in_month(october(), &[life(&events), nothing_said]).total;
    assert_eq!(total.outcomes, Outcomes { founded: 1, partly: 0, unfounded: 1, unsaid: 1 });
    assert_eq!(total.causes, [Frequency { name: "levertijd".into(), count: 2 }]);
    assert_eq!(total.compensation, Compensation { rounds: 1, cents: 38_900 });
}

#[test]
fn words_in_the_meantime_and_what_was_no_complaint_with_the_reason() {
    let interim =
        |at| of(1, at, What::Interim { letter: LetterId::from_stored("i"), text: String::new(), promised: None });
    let told = life(&[opened(1, day(0, 0), None, &[]), interim(day(1, 0)), interim(day(2, 0)), interim(day(40, 0))]);
    let dismissed = |at| of(1, at, What::Dismissed { reason: "een vraag".into() });
    let dropped = life(&[opened(2, day(0, 0), None, &[]), dismissed(day(3, 0))]);
    let restored = life(&[opened(3, day(0, 0), None, &[]), dismissed(day(3, 0)), of(3, day(4, 0), What::Restored)]);
    let in_october = in_month(october(), &[told.clone(), dropped.clone(), restored]);
    let total = &in_october.total;
    assert_eq!((total.interims, total.dismissed, total.received), (2, 1, 2));
    let reasons: Vec<(u32, &str)> =
        in_october.dismissals.iter().map(|one| (one.number.serial, one.reason.as_str())).collect();
    assert_eq!(reasons, [(2, "een vraag")]);
    let november = in_month(Month::of(october().end_day()), &[told, dropped]);
    assert_eq!((november.total.interims, november.total.dismissed), (1, 0));
    assert!(november.dismissals.is_empty());
}

#[test]
fn of_those_who_said_whether_it_was_solved_the_share_of_yes() {
    let said = |at, solved| of(1, at, What::SolvedSaid { solved });
    let begun = || opened(1, day(0, 0), None, &[]);
    let yes = life(&[begun(), closed(day(1, 0)), said(day(2, 0), Solved::Yes)]);
    // Changed one's mind before it was opened again; and another round, which was solved.
    let events =
        [begun(), closed(day(1, 0)), said(day(2, 0), Solved::Yes), said(day(3, 0), Solved::No), reopened(day(3, 0))];
    let no = life(&events);
    let later = [closed(day(4, 0)), said(day(40, 0), Solved::Yes)];
    let both = life(&events.iter().cloned().chain(later).collect::<Vec<_>>());
    let share = |month, lives: &[Life]| in_month(month, lives).total.solved;
    assert_eq!(share(october(), &[yes.clone(), no, both.clone()]), Share { kept: 1, of: 3 });
    assert_eq!(share(Month::of(october().end_day()), &[yes, both]), Share { kept: 1, of: 1 });
}

#[test]
fn disputes_and_rulings_for_whom_the_same_mail_says() {
    let disputed = |at| of(1, at, What::Disputed { text: String::new(), last_day: None });
    let ruled = |at| of(1, at, What::Ruled { text: "Betalen.".into() });
    let events = [
        opened(1, day(-40, 0), None, &[]),
        closed(day(-30, 0)),
        disputed(day(1, 0)),
        // More about the same one.
        disputed(day(2, 0)),
        in_mail(7, ruled(day(5, 0))),
        in_mail(7, judged(day(5, 0), Some(Outcome::Founded), None, None)),
        disputed(day(8, 0)),
        in_mail(8, judged(day(9, 0), Some(Outcome::Unfounded), None, None)),
        in_mail(8, ruled(day(9, 0))),
        disputed(day(10, 0)),
        in_mail(9, ruled(day(11, 0))),
    ];
    let total = total(&events);
    assert_eq!(total.disputes, 3);
    assert_eq!(total.rulings, Outcomes { founded: 1, partly: 0, unfounded: 1, unsaid: 1 });
}

/// The cases as the register would show them, with their events.
fn gathered(month: Month, histories: &[Vec<Event>], now: Moment) -> Vec<Life> {
    let calendar = calendar();
    let mut gathered = Gathered::new(month, &calendar, now);
    for events in histories {
        let wanted = Case::replay(events).and_then(|case| gathered.look_at(case));
        if let Some(wanted) = wanted {
            gathered.take(wanted, Some(events));
        }
    }
    gathered.lives
}

#[test]
fn who_and_what_comes_back_within_a_year_is_counted_and_the_car_is_named() {
    let history = |serial, days, address, plate| vec![opened(serial, day(days, 0), Some(address), &[plate])];
    let lives = gathered(
        october(),
        &[
            history(1, -500, "oud@klant.example", "OU-01-DD"),
            history(2, -300, "jan@klant.example", "XK-123-B"),
            history(3, 1, "JAN@klant.example", "ZZ-99-Z"),
            history(4, 2, "piet@klant.example", "xk 123 b"),
            history(5, 3, "oud@klant.example", "OU-01-DD"),
            history(6, 4, "piet@klant.example", "XK123B"),
        ],
        later(),
    );
    let total = in_month(october(), &lives).total;
    assert_eq!((total.received, total.repeat_customers, total.repeat_references), (4, 2, 2));
    assert_eq!(total.references, [Frequency { name: "xk 123 b".into(), count: 3 }]);
}

#[test]
fn nothing_of_a_confidential_case_shows_in_what_is_said_of_another() {
    let confidential =
        of(1, day(1, 0), What::ConfidentialSet(Confidential { readers: Vec::new(), without: Vec::new() }));
    let hidden = vec![opened(1, day(0, 0), Some("jan@klant.example"), &["XK-123-B"]), confidential];
    let other = vec![opened(2, day(2, 0), Some("jan@klant.example"), &["XK-123-B"])];
    let lives = gathered(october(), &[hidden, other], later());
    let total = in_month(october(), &lives[1..]).total;
    assert_eq!((total.received, total.repeat_customers, total.repeat_references), (1, 0, 0));
}

#[test]
fn of_a_month_that_is_not_over_what_has_passed_is_counted() {
    let lives = [life(&[opened(1, day(0, 0), None, &[])])];
    let at = |now| report(&lives, &MonthAsked { now, ..asked(&calendar(), &[]) }).total;
    // Open, and neither term is over.
    let total = at(day(0, 5));
    assert_eq!((total.received, total.open_at_end), (1, 1));
    assert_eq!((total.first_response_in_time.of, total.resolved_in_time.of), (0, 0));
    assert_eq!(at(day(0, 30)).first_response_in_time, Share { kept: 0, of: 1 });
    // Nothing is known of what is to come.
    assert_eq!(at(day(-60, 0)), Figures::default());
}

#[test]
fn without_its_events_a_case_counts_by_its_row() {
    let mut case = case(1, "schade", day(0, 0));
    case.ruling = Some(CaseRuling { at: day(3, 0), text: String::new() });
    let lives = [Life::of_case(&case, Again::default())];
    let total = in_month(october(), &lives).total;
    assert_eq!((total.received, total.open_at_end, total.rulings.unsaid), (1, 1, 1));
    assert_eq!(Life::of_events(&[closed(day(0, 0))], Again::default()), None);
    assert_eq!(Life::of_events(&[], Again::default()), None);
}

/// What happens to a case, one step after a wait in hours: 0 answers, 1 closes, 2 reopens, 3 writes in the meantime, 4 drops
/// it, 5 takes it up again, 6 says what came of it.
fn history(serial: u32, begin: i64, steps: &[(u8, i64)]) -> Vec<Event> {
    let mut at = utc(10, 1, 0, 0) + TimeDelta::hours(begin);
    let mut events = vec![opened(serial, at, None, &[])];
    let mut state = CaseState::Open;
    for (step, wait) in steps {
        at += TimeDelta::hours(*wait);
        let what = match (step, state) {
            (0, CaseState::Open) => answered(at),
            (1, CaseState::Open) => closed(at),
            (2, CaseState::Closed) => reopened(at),
            (3, CaseState::Open) => {
                of(1, at, What::Interim { letter: LetterId::from_stored("i"), text: String::new(), promised: None })
            }
            (4, CaseState::Open) => of(1, at, What::Dismissed { reason: "vraag".into() }),
            (5, CaseState::Dismissed) => of(1, at, What::Restored),
            (6, CaseState::Closed) => judged(at, Some(Outcome::Founded), None, Some(100)),
            _ => continue,
        };
        state = match step {
            1 => CaseState::Closed,
            2 | 5 => CaseState::Open,
            4 => CaseState::Dismissed,
            _ => state,
        };
        events.push(Event { case: Some(CaseNumber { year: 2026, serial }), ..what });
    }
    events
}

/// A second count, straight from the events: closings, reopenings, words in the meantime, and terms with those kept.
fn slow(histories: &[Vec<Event>], is_in: &dyn Fn(Moment) -> bool) -> [usize; 8] {
    let mut counts = [0; 8];
    for events in histories {
        let last = |wanted: fn(&What) -> bool| events.iter().rposition(|event| wanted(&event.what));
        let dropped = last(|what| matches!(what, What::Dismissed { .. }));
        if dropped.is_some() && dropped > last(|what| matches!(what, What::Restored)) {
            continue;
        }
        let begins = |what: &What| matches!(what, What::Opened(_) | What::Reopened(_));
        let starts: Vec<usize> = (0..events.len()).filter(|n| begins(&events[*n].what)).collect();
        for (n, start) in starts.iter().enumerate() {
            let round = &events[*start..starts.get(n + 1).copied().unwrap_or(events.len())];
            let first = |wanted: fn(&What) -> bool| round.iter().find(|e| wanted(&e.what)).map(|event| event.at);
            let (from, answer) = (round[0].at, first(|what| matches!(what, What::LetterFate { .. })));
            let end = first(|what| matches!(what, What::Closed(_)));
            counts[0] += usize::from(end.is_some_and(is_in));
            counts[1] += usize::from(n > 0 && is_in(from));
            counts[2] += round.iter().filter(|e| matches!(e.what, What::Interim { .. }) && is_in(e.at)).count();
            for (place, hours, stopped) in [(3, 24, answer), (5, 72, end)] {
                let due = from + TimeDelta::hours(hours);
                counts[place] += usize::from(is_in(due));
                counts[place + 1] += usize::from(is_in(due) && stopped.is_some_and(|at| at <= due));
            }
            let is_paid = round.iter().any(|event| matches!(event.what, What::Judged(_)));
            counts[7] += usize::from(end.is_some_and(is_in) && is_paid);
        }
    }
    counts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn the_rounds_are_as_the_events_tell_and_those_picked_say_the_same_as_all(
        told in prop::collection::vec(
            (-11_000i64..1_500, prop::collection::vec((0u8..7, 0i64..400), 0..14)), 0..25,
        ),
    ) {
        let calendar = calendar();
        let histories: Vec<Vec<Event>> =
            (1..).zip(&told).map(|(serial, (begin, steps))| history(serial, *begin, steps)).collect();
        let all: Vec<Life> = histories.iter().map(|events| life(events)).collect();
        let picked = gathered(october(), &histories, later());
        let asked = asked(&calendar, &[]);
        prop_assert_eq!(compared(&picked, &asked), compared(&all, &asked));
        prop_assert_eq!(cases_of(&picked, &asked), cases_of(&all, &asked));
        for month in [october(), october().before(), october().year_before()] {
            let total = in_month(month, &picked).total;
            let is_in = |at: Moment| calendar.local(at).format("%Y-%m").to_string() == month.to_string();
            let found = [
                total.closed,
                total.reopened,
                total.interims,
                total.first_response_in_time.of,
                total.first_response_in_time.kept,
                total.resolved_in_time.of,
                total.resolved_in_time.kept,
                total.compensation.rounds,
            ];
            prop_assert_eq!(found, slow(&histories, &is_in), "{}", month);
        }
    }
}
