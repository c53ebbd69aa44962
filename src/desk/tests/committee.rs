//! What the customer must have in writing: that there is a committee (the procedure's end). A conversation confirms a settlement,
//! not this; and who waits for long hears of it before the complaint is closed.

use super::draft::{Done, Owed, OwedInWriting, Problem};
use super::*;
use crate::case::{LetterFate, Reopened};
use chrono::{Days, NaiveDate, TimeDelta};
use proptest::prelude::*;

fn with_committee() -> Company {
    let committee = "[committee]\nname = \"Commissie\"\nurl = \"https://commissie.example/\"\n[closing]";
    Company::of(&SETTINGS.replacen("[closing]", committee, 1))
}

fn by_phone() -> Customer {
    Customer { name: "Karin".into(), address: None, phone: Some("030-1234567".into()), postal: Vec::new() }
}

/// What Jan's mail did is on file.
fn did(company: &mut Company, text: &str) -> MailDecision {
    let decision = does(company, JAN, text);
    let written = decision.letters.iter().filter(|draft| draft.content.kind().is_for_customer()).map(|draft| {
        let (letter, letter_kind) = (draft.id.clone(), draft.content.kind());
        What::LetterWritten { letter, letter_kind, to: draft.to.to_string(), message_id: String::new() }
    });
    let written: Vec<What> = written.collect();
    decision.events.iter().for_each(|event| company.case().apply(event));
    written.into_iter().for_each(|what| company.after(what));
    decision
}

fn fate(company: &mut Company, decision: &MailDecision, fate: LetterFate) {
    let draft = to_customers(decision).next().unwrap();
    let (letter, letter_kind) = (draft.id.clone(), draft.content.kind());
    company.after(What::LetterFate { letter, letter_kind, to: draft.to.to_string(), fate });
}

fn accepted() -> LetterFate {
    LetterFate::Accepted { server: "mx".into(), reply: "250".into() }
}

fn refused() -> LetterFate {
    LetterFate::Refused { reply: "550".into() }
}

fn owed(decision: &MailDecision) -> Vec<OwedInWriting> {
    done(decision)
        .iter()
        .filter_map(|done| if let Done::CommitteeOwed(owed) = done { Some(*owed) } else { None })
        .collect()
}

#[test]
fn a_closing_letter_that_arrives_says_it_and_one_that_comes_back_does_not() {
    let mut company = with_committee();
    let closed = did(&mut company, "#afgehandeld\nBetaald.");
    assert_eq!(kinds(&closed), ["handler_set", "closed", "committee_owed"]);
    assert!(company.case().owes_committee(), "under way");
    fate(&mut company, &closed, accepted());
    assert!(!company.case().owes_committee());
    fate(&mut company, &closed, LetterFate::Bounced { permanent: true, status: "5.1.1".into() });
    assert!(company.case().owes_committee(), "it came back");
    // The conversation confirms the settlement, and not this.
    let called = did(&mut company, "#gebeld Verteld.");
    assert_eq!(owed(&called), [OwedInWriting::SendAgain]);
    let case = company.case();
    assert_eq!((case.owes_confirmation(), case.owes_committee()), (false, true));
    let again = did(&mut company, "#afgehandeld\nBetaald.");
    fate(&mut company, &again, accepted());
    assert!(!company.case().owes_committee());
}

#[test]
fn who_calls_while_the_letter_is_on_its_way_hears_nothing_of_it() {
    let mut company = with_committee();
    let both = did(&mut company, "#gebeld Verteld.\n#afgehandeld\nBetaald.");
    assert_eq!((owed(&both), company.case().owes_confirmation()), (vec![], false));
    assert_eq!(owed(&did(&mut company, "#gebeld Nog eens.")), []);
}

#[test]
fn with_no_address_at_all_the_receipt_says_so_and_an_address_settles_it() {
    let mut company = with_committee();
    company.case().customer = by_phone();
    let closed = did(&mut company, "#gebeld Verteld.\n#afgehandeld\nBetaald.");
    assert_eq!(owed(&closed), [OwedInWriting::NoAddress]);
    assert!(company.case().owes_committee() && company.case().committee_guarded_since().is_none());
    let known = did(&mut company, "#klant karin@prive.example");
    let Some(Done::CustomerSet { owed, .. }) = done(&known).first() else { panic!("{known:?}") };
    assert_eq!(*owed, [Owed::Committee]);
    assert!(company.case().committee_guarded_since().is_some(), "guarded however long it takes");
    let again = did(&mut company, "#afgehandeld\nBetaald.");
    assert_eq!(sent(&again), [(LetterKind::Closing, "karin@prive.example"), (LetterKind::Receipt, JAN)]);
    fate(&mut company, &again, accepted());
    assert!(!company.case().owes_committee());
    assert_eq!(*why(&does(&company, JAN, "#afgehandeld\nBetaald.")), Problem::CaseClosed);
}

#[test]
fn a_letter_on_paper_says_it_once_it_is_posted() {
    let mut company = with_committee();
    company.case().customer = Customer { postal: vec!["Hof 12-b".into()], phone: None, ..by_phone() };
    let closed = did(&mut company, "#afgehandeld\nBetaald.");
    assert_eq!(kinds(&closed), ["handler_set", "closed", "committee_owed", "paper_written"]);
    assert_eq!(owed(&did(&mut company, "#gebeld Verteld.")), [OwedInWriting::ToPost]);
    did(&mut company, "#verstuurd");
    assert!(!company.case().owes_committee() && !company.case().owes_confirmation());
}

#[test]
fn where_no_committee_takes_it_nothing_is_owed() {
    let mut company = Company::new();
    assert_eq!(kinds(&did(&mut company, "#afgehandeld\nBetaald.")), ["handler_set", "closed"]);
    let mut company = with_committee();
    company.rules.departments[0].committee = false;
    assert_eq!(kinds(&did(&mut company, "#afgehandeld\nBetaald.")), ["handler_set", "closed"]);
    assert!(!company.case().owes_committee());
}

/// What the tick decides at that moment.
fn tick(company: &mut Company, at: Moment) -> Vec<(LetterKind, String)> {
    let rules = company.rules.clone();
    let Some(decision) = on_terms(company.case(), &rules, at, &mut Fresh::new([4; 32])) else { return Vec::new() };
    decision.events.iter().for_each(|event| company.case().apply(event));
    let letters = decision.letters.iter().filter(|draft| draft.content.kind() == LetterKind::Status);
    letters.map(|draft| (draft.content.kind(), draft.to.to_string())).collect()
}

#[test]
fn a_complaint_that_stays_open_asks_the_supervisor_once_for_a_letter_that_names_it() {
    let mut company = with_committee();
    // 28 days after 5 March; the clock went forward on the 29th.
    let due: Moment = "2026-04-02T05:30:00Z".parse().unwrap();
    assert_eq!(tick(&mut company, due - TimeDelta::minutes(1)), []);
    assert_eq!(tick(&mut company, due), [(LetterKind::Status, CHEF.to_owned())]);
    assert_eq!(tick(&mut company, due + TimeDelta::days(30)), [], "once");
    assert!(!company.case().owes_committee(), "an open complaint stands in the overview anyway");
    // Mails here are of 5 March.
    company.case().committee.owed_since = Some(now());
    let word = did(&mut company, "#tussenbericht\nWij wachten op de garage.");
    let named = to_customers(&word)
        .any(|draft| matches!(&draft.content, Content::Interim(letter) if letter.committee_last_day.is_some()));
    assert!(named, "{word:?}");
    fate(&mut company, &word, accepted());
    assert!(company.case().committee.given.is_some());
    let next = did(&mut company, "#tussenbericht\nNog steeds.");
    assert!(
        to_customers(&next)
            .all(|draft| matches!(&draft.content, Content::Interim(letter) if letter.committee_last_day.is_none()))
    );
}

#[test]
fn who_knows_of_it_is_not_written_to_again_and_who_does_not_is() {
    let later = now() + TimeDelta::days(40);
    let reopened = |company: &mut Company| {
        let due = company.rules.due(now());
        company.after(What::Reopened(Reopened { received_at: now(), due }));
    };
    for (reaches, asked) in [(accepted(), 0), (refused(), 1)] {
        let mut company = with_committee();
        let closed = did(&mut company, "#afgehandeld\nBetaald.");
        fate(&mut company, &closed, reaches);
        assert_eq!(tick(&mut company, later), [], "closed");
        reopened(&mut company);
        assert_eq!(tick(&mut company, later).len(), asked);
    }
    // Of a register of before, the closing letter is taken to have said it.
    let mut company = with_committee();
    company.after(What::Closed(crate::case::Closed { settlement: "Betaald".into(), letter: letter_id(9) }));
    reopened(&mut company);
    assert_eq!(tick(&mut company, later), []);
    let mut company = Company::new();
    assert_eq!(tick(&mut company, later), [], "there is no committee");
}

/// Midnights and half hours counted one by one, in Amsterdam's own time.
fn slowly(lodged: Moment, days: usize) -> Moment {
    let zone = chrono_tz::Europe::Amsterdam;
    let mut day: NaiveDate = lodged.with_timezone(&zone).date_naive();
    (0..days).for_each(|_| day = day.succ_opt().unwrap());
    let noon = (day - Days::new(1)).and_hms_opt(12, 0, 0).unwrap().and_utc();
    let is_it = |at: &Moment| at.with_timezone(&zone).naive_local() == day.and_hms_opt(7, 30, 0).unwrap();
    (0..4_000).map(|minutes| noon + TimeDelta::minutes(minutes)).find(is_it).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_day_comes_right_over_both_changes_of_the_clock(hours in 0_i64..20_000) {
        let rules = with_committee().rules;
        let lodged = now() + TimeDelta::hours(hours);
        let case = Case { lodged_at: lodged, ..case(&rules) };
        prop_assert_eq!(rules.status_due(&case), Some(slowly(lodged, 28)));
    }
}

#[test]
fn what_is_said_beside_klaar_ends_it_all_the_same() {
    let mut company = with_committee();
    did(&mut company, "#geschil 15-1-2027");
    let done = did(&mut company, "#geschil klaar, verweer verstuurd");
    assert_eq!(kinds(&done), ["duty_done", "noted"]);
    did(&mut company, "#uitspraak 1-6-2026 Wij betalen 389 euro.");
    assert_eq!(kinds(&did(&mut company, "#uitspraak klaar 389 betaald")), ["duty_done", "noted"]);
    assert!(company.case().duties.is_empty());
}

#[test]
fn a_last_day_is_read_wherever_it_stands_on_the_line_and_asked_about_where_it_is_none() {
    let due = |text: &str| {
        let decision = does(&with_committee(), JAN, text);
        decision.events.iter().find_map(|event| match &event.what {
            What::DutySet(duty) => Some(duty.due.date_naive().to_string()),
            _ => None,
        })
    };
    for (text, day) in [
        ("#geschil 15-1-2027", "2027-01-15"),
        ("#geschil verweer voor 15-1-2027", "2027-01-15"),
        ("#geschil verweer 15-1-2027 naar de commissie", "2027-01-15"),
        ("#uitspraak betalen voor 1 juni", "2026-06-01"),
        ("#uitspraak 389 euro betalen uiterlijk vrijdag", "2026-03-06"),
        ("#dispute file the defence before 15 January 2027", "2027-01-15"),
    ] {
        assert_eq!(due(text).as_deref(), Some(day), "{text}");
    }
    for text in
        ["#geschil", "#geschil zij diende het in", "#geschil ingediend op 3-3-2026", "#uitspraak wij betalen 1/3 ervan"]
    {
        assert_eq!(due(text), None, "{text}");
    }
    for (text, found) in [
        ("#geschil verweer voor 15-1-2025", "15-1-2025"),
        ("#geschil 15-1-2025", "15-1-2025"),
        ("#geschil verweer voor donderdag 15-1-2027", "donderdag 15-1-2027"),
        ("#uitspraak betalen voor 31 juni", "31 juni"),
    ] {
        let decision = does(&with_committee(), JAN, text);
        let wanted = Problem::UnclearLastDay { verb: String::new(), found: found.into(), nearest: "06-03-2026".into() };
        let Problem::UnclearLastDay { found, nearest, .. } = asked(&decision, JAN, text).clone() else {
            panic!("{text}")
        };
        assert_eq!(Problem::UnclearLastDay { verb: String::new(), found, nearest }, wanted, "{text}");
    }
}
