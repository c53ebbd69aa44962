//! What the notification tells of the customer's earlier cases, to whom, and when the manual gets short.

use super::*;
use crate::case::{CaseState, Confidential};
use crate::desk::draft::{Earlier, Manual, Notification};

fn notification(decision: &MailDecision) -> &Notification {
    let found = decision.letters.iter().find_map(|draft| match &draft.content {
        Content::Notification(notification) => Some(&**notification),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("{decision:?}"))
}

/// A new complaint of that sender, whose earlier cases the register gives.
fn told(company: &Company, from: &str, earlier: Vec<Case>, practised: &[&str]) -> Notification {
    let mail = mail::read(&post(from, "De deur is stuk.").raw(), "mx.lease.example");
    assert_eq!(lookup(&mail, &company.rules, now()).earlier, Some(address(from)));
    let practised = practised.iter().map(|one| address(one)).collect();
    let known = Snapshot { earlier, practised, ..company.known(&mail) };
    notification(&on_mail(&came_in(&mail), &known, &company.rules, now(), &mut Fresh::new([3; 32]))).clone()
}

fn earlier(serial: u32, department: &str, change: impl FnOnce(&mut Case)) -> Case {
    let mut case = Company::new().files[0].case.clone();
    (case.number, case.department) = (number(serial), department.into());
    change(&mut case);
    case
}

fn serials(earlier: &Earlier) -> Vec<u32> {
    earlier.cases.iter().map(|case| case.number.serial).collect()
}

#[test]
fn those_of_departments_its_reader_sees_are_named_and_the_others_counted() {
    let company = Company::new();
    let known = vec![
        earlier(3, "schade", |_| {}),
        earlier(6, "schade", |case| case.state = CaseState::Closed),
        earlier(5, "service", |_| {}),
        earlier(4, "schade", |case| case.state = CaseState::Merged),
        earlier(2, "schade", |case| {
            case.confidential = Some(Confidential { readers: vec![address(CHEF)], without: Vec::new() });
        }),
    ];
    let mail = mail::read(&post(KLANT, "Er zit schade aan de deur.").raw(), "mx.lease.example");
    let known = Snapshot { earlier: known, ..company.known(&mail) };
    let decision = on_mail(&came_in(&mail), &known, &company.rules, now(), &mut Fresh::new([3; 32]));
    assert_eq!(sent(&decision)[1], (LetterKind::Notification, "schade@lease.example"));
    let told = &notification(&decision).earlier;
    assert_eq!((serials(told), told.others), (vec![6, 3], 1), "the hidden one is not even counted");
}

#[test]
fn an_address_that_many_write_from_says_nothing_alone() {
    let company = Company::new();
    let of = |serial, from: &str, name: &str| {
        let (from, name) = (address(from), name.to_owned());
        earlier(serial, "service", move |case| {
            case.customer.address = Some(from);
            case.customer.name = name;
        })
    };
    for local in
        ["info", "info2", "info.nl", "Info-verkoop", "info+x", "algemeen", "hallo", "klachten", "bureau", "welkom"]
            .into_iter()
            .chain(["reception", "buchhaltung", "accueil", "compta"])
    {
        let from = format!("{local}@klant.example");
        let nameless = told(&company, &from, vec![of(3, &from, ""), of(4, &from, "Karin Klant")], &[]);
        assert_eq!(nameless.earlier, Earlier::default(), "{from}");
    }
    let own = "informa@klant.example";
    assert_eq!(told(&company, own, vec![of(3, own, "")], &[]).earlier.cases.len(), 1);
}

#[test]
fn who_had_many_notifications_gets_a_short_manual() {
    let company = Company::new();
    let fallback = company.rules.fallback().unwrap().address.to_string();
    assert_eq!(told(&company, KLANT, Vec::new(), &[]).manual, Manual::Whole);
    assert_eq!(told(&company, KLANT, Vec::new(), &[&fallback]).manual, Manual::Short);
}
