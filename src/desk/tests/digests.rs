//! The digests of a day and the reports of a month: once, for whom, what an outage changes (§2.4.1), and what a digest's
//! buttons and a reply to it do.

use super::*;
use crate::digest::month::{Again, Life, Month};
use crate::digest::{Goes, MailDay, May, PutAside, Section, Tells, WhyAside};
use chrono::{Datelike, Days, NaiveDate, TimeDelta};
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> Moment {
    text.parse().unwrap()
}

/// Nothing was registered since.
fn back(since: Moment) -> LookBack {
    LookBack { since, registered: Default::default() }
}

#[test]
fn each_supervisor_and_each_recipient_gets_one_and_one_event_says_so() {
    let mut company = Company::new();
    let cases = [company.case().clone()];
    let today = day("2026-03-05");
    let decision = on_digest(today, &back(now()), &cases, "kop", &company.rules, now(), &mut Fresh::new([0; 32]));
    let readers: Vec<&str> = decision.letters.iter().map(|draft| draft.to.as_str()).collect();
    for reader in ["chef@lease.example", "baas@lease.example", "directie@lease.example"] {
        assert_eq!(readers.iter().filter(|to| **to == reader).count(), 1, "{reader}");
    }
    assert!(decision.letters.iter().all(|draft| draft.side == Side::Staff && draft.case.is_none()));
    let recipients = decision.letters.len();
    assert_eq!(decision.events[0].what, What::DigestWritten { day: today, recipients });
}

#[test]
fn the_first_start_makes_nothing_up_and_an_outage_gives_one() {
    let rules = Company::new().rules;
    // Friday 6 March 2026: 07:30 in Amsterdam is 06:30 UTC.
    assert_eq!(digest_due(None, &rules, at("2026-03-06T06:31:00Z")), DigestDue::NoteOnly { day: day("2026-03-06") });
    let written = at("2026-03-02T06:30:00Z");
    let last = Some((day("2026-03-02"), written));
    let due = DigestDue::Write { day: day("2026-03-06"), since: written };
    assert_eq!(digest_due(last, &rules, at("2026-03-06T06:31:00Z")), due);
    assert_eq!(digest_due(Some((day("2026-03-06"), written)), &rules, at("2026-03-06T23:00:00Z")), DigestDue::Nothing);
    // Not yet, and not on Saturday.
    let thursdays = Some((day("2026-03-05"), written));
    assert_eq!(digest_due(thursdays, &rules, at("2026-03-06T06:29:00Z")), DigestDue::Nothing);
    assert_eq!(digest_due(Some((day("2026-03-06"), written)), &rules, at("2026-03-07T12:00:00Z")), DigestDue::Nothing);
}

fn digests(company: &mut Company) -> Vec<crate::digest::Digest> {
    let cases = [company.case().clone()];
    let since = now() - TimeDelta::days(1);
    let decision =
        on_digest(day("2026-03-05"), &back(since), &cases, "kop", &company.rules, now(), &mut Fresh::new([0; 32]));
    let digests = decision.letters.into_iter().map(|draft| match draft.content {
        Content::Digest(digest) => {
            assert_eq!(draft.enclosed.is_empty(), digest.sheet == Goes::Nothing);
            *digest
        }
        other => panic!("{other:?}"),
    });
    digests.collect()
}

#[test]
fn a_digest_with_cases_has_a_picture_and_a_spreadsheet_and_an_empty_one_is_short() {
    let digests = digests(&mut Company::new());
    let [own, other, company] = digests.as_slice() else { panic!("{digests:?}") };
    // Who may act on it may give it to the others of the department.
    let may = |digest: &crate::digest::Digest| digest.rows(Section::Waiting)[0].may.clone();
    assert!(matches!(may(own), May::Act { colleagues } if !colleagues.is_empty()));
    assert_eq!(may(company), May::Look);
    for full in [own, company] {
        assert_eq!((full.rows(Section::Waiting).len(), full.sheet), (1, Goes::Along));
        let picture = full.picture.as_ref().unwrap();
        assert!(picture.png.as_ref().is_some_and(|png| png.starts_with(b"\x89PNG")), "{}", picture.alt);
        assert!(picture.alt.contains("1 ontvangen"), "{}", picture.alt);
    }
    assert_eq!((own.departments.as_slice(), company.is_of_company()), (["schade".into()].as_slice(), true));
    assert!(other.sections.is_empty() && other.picture.is_none() && other.sheet == Goes::Nothing);
}

#[test]
fn who_supervises_two_departments_gets_one_mail_and_its_buttons_work_for_both() {
    let mut company = Company::new();
    let service = company.rules.departments.iter_mut().find(|department| department.name == "service").unwrap();
    service.supervisor = address("chef@lease.example");
    let all = digests(&mut company);
    let [both, _company] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!(
        (both.departments.as_slice(), both.titles.len()),
        (["schade".to_owned(), "service".to_owned()].as_slice(), 2)
    );
    company.letter_kind = Some(LetterKind::Digest);
    company.letter_department = Some("schade,service".into());
    for department in ["schade", "service"] {
        company.case().department = department.into();
        let done = company.decide(&pressed(&company, "chef@lease.example", "#overnemen"));
        assert!(kinds(&done).contains(&"handler_set"), "{department}: {done:?}");
    }
}

#[test]
fn where_the_settings_say_so_an_overview_without_anything_in_it_is_left_out() {
    let mut company = Company::new();
    company.rules.digest.skip_empty = true;
    let write = |company: &mut Company, day: &MailDay| {
        let cases = [company.case().clone()];
        let since = now() - TimeDelta::days(1);
        let fresh = &mut Fresh::new([0; 32]);
        let decision = on_digest(today(), &back(since), &cases, "kop", &company.rules, now(), fresh);
        let decision = with_mail_day(decision, day, &company.rules);
        let recipients = decision.letters.len();
        assert_eq!(decision.events[0].what, What::DigestWritten { day: today(), recipients });
        decision.letters.into_iter().map(|letter| letter.to.to_string()).collect::<Vec<_>>()
    };
    let quiet = MailDay::default();
    assert_eq!(write(&mut company, &quiet), ["chef@lease.example", "directie@lease.example"]);
    // What was put aside is told to who watches over such mails.
    let aside = PutAside {
        mail: 1,
        from: String::new(),
        subject: String::new(),
        received_at: now(),
        why: WhyAside::Spam,
        excerpt: String::new(),
        tells: Tells::All,
    };
    let day = MailDay { aside: vec![aside], ..quiet };
    assert!(write(&mut company, &day).contains(&"baas@lease.example".to_owned()));
    company.rules.digest.skip_empty = false;
    assert_eq!(write(&mut company, &MailDay::default()).len(), 3);
}

fn today() -> NaiveDate {
    day("2026-03-05")
}

/// A mail of that sender that a button of a digest opened: a new mail, with the token of the case in its text.
fn pressed(company: &Company, from: &str, verb: &str) -> Post {
    let token = company.token(Side::Staff);
    post(from, &format!("{verb}\n\n\n##- klachtpost -##\nKenmerk: {token}\n")).dmarc("pass")
}

fn with_digest(department: Option<&str>) -> Company {
    let mut company = Company::new();
    company.letter_kind = Some(LetterKind::Digest);
    company.letter_department = department.map(str::to_owned);
    company
}

#[test]
fn a_button_of_a_digest_works_for_the_department_it_was_written_for() {
    let company = with_digest(Some("schade"));
    let done = company.decide(&pressed(&company, "chef@lease.example", "#overnemen"));
    assert!(kinds(&done).contains(&"handler_set"), "{done:?}");
    assert!(to_customers(&done).next().is_none());
    let note = company.decide(&pressed(&company, "chef@lease.example", "#intern\nMorgen bellen."));
    assert!(kinds(&note).contains(&"noted"), "{note:?}");
    // Whom it is given to is asked, with the names to choose from.
    let assign = company.decide(&pressed(&company, "chef@lease.example", "#toewijzen "));
    assert!(matches!(why(&assign), draft::Problem::NotAColleague { colleagues, .. } if !colleagues.is_empty()));
}

#[test]
fn a_button_of_a_digest_works_for_nobody_else() {
    // Passed on to the supervisor of another department, who is known and proven.
    let company = with_digest(Some("schade"));
    let asked = company.decide(&pressed(&company, "baas@lease.example", "#overnemen"));
    assert!(matches!(why(&asked), draft::Problem::NotYourCase { .. }));
    // The case went to another department since: the old digest does not reach it.
    let mut moved = with_digest(Some("schade"));
    moved.case().department = "service".into();
    for from in ["chef@lease.example", "baas@lease.example"] {
        let asked = moved.decide(&pressed(&moved, from, "#overnemen"));
        assert!(matches!(why(&asked), draft::Problem::NotYourCase { .. }), "{from}");
    }
    // Who reads the company's digest sees everything and acts on nothing.
    let whole = with_digest(None);
    let asked = whole.decide(&pressed(&whole, "directie@lease.example", "#overnemen"));
    assert!(matches!(why(&asked), draft::Problem::NotYourCase { .. }));
    // A stranger who got hold of it is told nothing.
    let stranger = company.decide(&pressed(&company, "x@elders.example", "#overnemen"));
    assert!(!kinds(&stranger).contains(&"handler_set"));
    assert!(stranger.letters.iter().all(|letter| letter.to.as_str() != "x@elders.example"));
}

#[test]
fn text_without_a_verb_from_a_digest_reaches_no_customer_but_is_asked_about() {
    let company = with_digest(Some("schade"));
    let asked = company.decide(&pressed(&company, "chef@lease.example", "Jan, wil jij dit oppakken?"));
    assert_eq!(*why(&asked), draft::Problem::ForWhom);
    assert!(to_customers(&asked).next().is_none());
}

#[test]
fn a_reply_to_the_digest_itself_is_about_no_case_and_asked_about() {
    let company = with_digest(Some("schade"));
    let own = company.rules.keys.write(&Token { case: None, side: Side::Staff, letter: letter_id(1) });
    // Below the new text the client quotes the digest; its buttons' tokens count for nothing here.
    let quoted = format!("> Kenmerk: {own}\n> Overnemen {}\n", company.token(Side::Staff));
    for typed in ["Mooi overzicht.", "#overnemen", "#afgehandeld\nBetaald."] {
        let reply = post("chef@lease.example", &format!("{typed}\n\n{quoted}")).dmarc("pass");
        for reply in [reply.clone().answering(&own), reply] {
            let asked = company.decide(&reply);
            assert_eq!(*why(&asked), draft::Problem::NoCase, "{typed}");
            assert!(asked.verdict.case.is_none() && to_customers(&asked).next().is_none());
        }
    }
}

#[test]
fn each_supervisor_and_each_recipient_gets_the_report_of_the_month() {
    let mut company = Company::new();
    let lives = [Life::of_case(company.case(), Again::default())];
    let march = Month::of(day("2026-03-01"));
    let decision = on_month(march, &lives, &company.rules, at("2026-04-01T05:30:00Z"), &mut Fresh::new([0; 32]));
    let shown: Vec<(&str, Option<&str>, usize, usize)> = decision
        .letters
        .iter()
        .map(|draft| match &draft.content {
            Content::Month(month) => {
                let received = month.compared.report.total.received;
                (draft.to.as_str(), month.department_title.as_deref(), received, draft.enclosed.len())
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("chef@lease.example", Some("Schade en verzekering"), 1, 1),
            ("baas@lease.example", Some("Klantenservice"), 0, 0),
            ("directie@lease.example", None, 1, 1),
        ]
    );
    assert_eq!(decision.events[0].what, What::MonthWritten { month: day("2026-03-01"), recipients: 3 });
    assert!(decision.letters.iter().all(|draft| draft.side == Side::Staff && draft.case.is_none()));
}

#[test]
fn the_report_is_due_on_the_first_working_day_at_the_digests_hour() {
    let rules = Company::new().rules;
    let due = |last: &str, now: &str| month_due(Some(day(last)), &rules, at(now));
    let write = |run: &str, month: &str| MonthDue::Write { run: day(run), month: Month::of(day(month)) };
    // The first start makes nothing up.
    assert_eq!(month_due(None, &rules, at("2026-03-17T09:00:00Z")), MonthDue::NoteOnly { run: day("2026-03-01") });
    // Wednesday 1 April 2026: 07:30 in Amsterdam is 05:30 UTC.
    assert_eq!(due("2026-03-01", "2026-04-01T05:29:59Z"), MonthDue::Nothing);
    assert_eq!(due("2026-03-01", "2026-04-01T05:30:00Z"), write("2026-04-01", "2026-03-01"));
    assert_eq!(due("2026-04-01", "2026-04-01T05:31:00Z"), MonthDue::Nothing);
    // New Year's Day 2027 is a Friday: the first working day is Monday the 4th.
    assert_eq!(due("2026-12-01", "2027-01-03T12:00:00Z"), MonthDue::Nothing);
    assert_eq!(due("2026-12-01", "2027-01-04T06:30:00Z"), write("2027-01-01", "2026-12-01"));
    // After an outage the oldest missing one first, and none twice.
    assert_eq!(due("2026-11-01", "2027-01-04T06:30:00Z"), write("2026-12-01", "2026-11-01"));
    assert_eq!(due("2026-12-01", "2027-01-28T06:30:00Z"), write("2027-01-01", "2026-12-01"));
    // A year is made up for, not ten.
    assert_eq!(due("2016-01-01", "2027-01-28T06:30:00Z"), write("2026-02-01", "2026-01-01"));
}

#[test]
fn a_month_that_is_closed_altogether_is_reported_on_the_month_after() {
    let mut company = Company::new();
    let august = (0..31).filter_map(|ahead| day("2026-08-01").checked_add_days(Days::new(ahead)));
    let deadlines = crate::config::Deadlines { closed_days: august.collect(), ..company.rules.deadlines.clone() };
    company.rules.calendar = crate::calendar::Calendar::new(company.rules.calendar.zone(), &deadlines);
    let due = |last: &str, now: &str| month_due(Some(day(last)), &company.rules, at(now));
    assert_eq!(due("2026-07-01", "2026-08-31T12:00:00Z"), MonthDue::Nothing);
    let write = |run: &str, month: &str| MonthDue::Write { run: day(run), month: Month::of(day(month)) };
    assert_eq!(due("2026-07-01", "2026-09-01T12:00:00Z"), write("2026-08-01", "2026-07-01"));
    assert_eq!(due("2026-08-01", "2026-09-01T12:00:00Z"), write("2026-09-01", "2026-08-01"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    /// The daemon looks at any hours, with outages between: each month that ended is reported once, in order.
    #[test]
    fn each_month_is_reported_once_whenever_the_daemon_looks(hours in prop::collection::vec(1i64..2_000, 1..60)) {
        let rules = Company::new().rules;
        let mut now = at("2026-03-17T09:00:00Z");
        let mut last = match month_due(None, &rules, now) {
            MonthDue::NoteOnly { run } => run,
            other => panic!("{other:?}"),
        };
        let mut reported = Vec::new();
        for hours in hours {
            now += TimeDelta::hours(hours);
            while let MonthDue::Write { run, month } = month_due(Some(last), &rules, now) {
                prop_assert!(run > last);
                prop_assert_eq!(month, Month::of(run).before());
                last = run;
                reported.push(month.first_day());
            }
        }
        let months = (day("2026-03-01").iter_days()).filter(|day| day.day() == 1);
        let expected: Vec<NaiveDate> = months.take(reported.len()).collect();
        prop_assert_eq!(&reported, &expected);
        // None is missing: the month before this one, unless its day has not come.
        let this = Month::of(rules.calendar.local(now).date_naive());
        let first = first_working_day(this, &rules).unwrap();
        let up_to = if rules.calendar.at(first, rules.digest.at) <= now { this } else { this.before() };
        prop_assert_eq!(last, up_to.first_day());
    }
}
