//! What the spreadsheet promises, read from its own XML.

use super::*;
use crate::case::{CaseNumber, Customer, Due, Opened, Why};
use chrono::{TimeDelta, TimeZone, Utc};
use proptest::prelude::*;
use std::io::Read;

fn now() -> Moment {
    Utc.with_ymd_and_hms(2026, 11, 23, 6, 30, 0).unwrap()
}

fn case(serial: u32, subject: &str, name: &str) -> Case {
    let opened = Opened {
        channel: Channel::Letter,
        customer: Customer {
            name: name.to_owned(),
            address: Address::parse("a@x.nl").ok(),
            phone: None,
            postal: Vec::new(),
        },
        subject: subject.to_owned(),
        text: String::new(),
        language: Language::Dutch,
        department: "schade".to_owned(),
        routing: Why::Fallback,
        received_at: now() - TimeDelta::hours(30),
        due: Due {
            acknowledge: now() + TimeDelta::hours(1),
            first_response: now() - TimeDelta::hours(6),
            resolve: now() + TimeDelta::hours(40),
        },
        message_id: None,
        references: Vec::new(),
        mailbox: None,
    };
    Case::open(CaseNumber { year: 2026, serial }, now(), &opened)
}

fn asked() -> SheetAsked<'static> {
    SheetAsked {
        departments: &[],
        now: now(),
        zone: chrono_tz::Europe::Amsterdam,
        language: Language::Dutch,
        pages: &[],
    }
}

/// A file of the zip, as text.
fn part(sheet: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(sheet)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn what_looks_like_a_formula_stays_text() {
    let hostile =
        ["=1+1", "+31612345678", "-5", "@SUM(A1)", "\t=1+1", "=HYPERLINK(\"http://x\")", "{=1}", "http://x.nl"];
    let cases: Vec<Case> = (1..).zip(hostile).map(|(serial, text)| case(serial, text, text)).collect();
    let bytes = sheet(&cases, &asked()).unwrap();
    let page = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(!page.contains("<f>") && !page.contains("<f ") && !page.contains("hyperlink"), "{page}");
    let strings = part(&bytes, "xl/sharedStrings.xml");
    for text in ["=1+1", "+31612345678", "-5", "@SUM(A1)", "{=1}", "http://x.nl"] {
        assert!(strings.contains(&format!("<t>{text}</t>")), "{text} is not in {strings}");
    }
    // Edited in Excel, it still is no formula.
    assert!(part(&bytes, "xl/styles.xml").contains("quotePrefix=\"1\""));
}

#[test]
fn moments_are_real_dates_on_the_desks_clock() {
    let bytes = sheet(&[case(1, "kras", "A. Jansen")], &asked()).unwrap();
    let page = part(&bytes, "xl/worksheets/sheet1.xml");
    // 22 November 2026 00:30 UTC is 01:30 in Amsterdam: day 46348 of the format's calendar, and 1.5 of 24 hours.
    assert!(page.contains("<c r=\"I2\" s=\"") && page.contains("<v>46348.0625</v>"), "{page}");
    assert!(part(&bytes, "xl/styles.xml").contains("dd-mm-yyyy hh:mm"));
}

#[test]
fn the_first_row_stays_in_sight_and_filters() {
    let bytes = sheet(&[case(1, "kras", "A"), case(2, "deuk", "B")], &asked()).unwrap();
    let page = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(page.contains("<autoFilter ref=\"A1:Y3\"") && page.contains("state=\"frozen\""), "{page}");
    let strings = part(&bytes, "xl/sharedStrings.xml");
    for shown in ["Nummer", "K-2026-000002", "brief", "eerste reactie", "schade", "a@x.nl"] {
        assert!(strings.contains(&format!("<t>{shown}</t>")), "{shown} is not in {strings}");
    }
}

#[test]
fn an_empty_list_is_a_sheet_with_headings_in_the_readers_language() {
    let english = SheetAsked { language: Language::English, ..asked() };
    let strings = part(&sheet(&[], &english).unwrap(), "xl/sharedStrings.xml");
    assert!(strings.contains("<t>First response due</t>") && !strings.contains("Ontvangen"), "{strings}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_text_makes_a_sheet_and_the_same_one_twice(texts in prop::collection::vec((".{0,60}", "\\PC{0,60}"), 0..6)) {
        let cases: Vec<Case> = (1..).zip(&texts).map(|(serial, (a, b))| case(serial, a, b)).collect();
        let bytes = sheet(&cases, &asked()).unwrap();
        prop_assert!(!part(&bytes, "xl/worksheets/sheet1.xml").contains("<f>"));
        prop_assert!(!part(&bytes, "xl/worksheets/sheet1.xml").contains("<hyperlink"));
        prop_assert_eq!(bytes, sheet(&cases, &asked()).unwrap());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn what_begins_as_a_formula_is_a_text_that_stays_one(start in "[=+@\\-\t\r]", rest in "[A-Za-z0-9()!|'\"]{1,30}") {
        let text = format!("{start}{rest}");
        let bytes = sheet(&[case(1, &text, &text)], &asked()).unwrap();
        let page = part(&bytes, "xl/worksheets/sheet1.xml");
        prop_assert!(!page.contains("<f>") && !page.contains("<f "), "{}", page);
        // Customer and subject: shared strings, in the format that keeps them text when they are edited.
        let quoted = |cell: &str| {
            let of = page.split(&format!("<c r=\"{cell}\"")).nth(1).and_then(|rest| rest.split('>').next());
            of.map(|attributes| attributes.to_owned())
        };
        let expected = quoted("A2");
        prop_assert!(expected.as_ref().is_some_and(|attributes| attributes.contains("t=\"s\"")), "{}", page);
        prop_assert_eq!(&quoted("D2"), &expected);
        prop_assert_eq!(&quoted("G2"), &expected);
    }
}

#[test]
fn how_long_it_took_what_is_planned_and_what_was_settled_stand_in_it() {
    let mut case = case(1, "kras", "A");
    case.responses.push(crate::case::Stamp { letter: None, at: now() - TimeDelta::minutes(28 * 60 + 30) });
    case.due.first_response = now() + TimeDelta::hours(1);
    case.due.resolve = now() - TimeDelta::minutes(150);
    case.agenda.push(AgendaItem {
        id: "1".into(),
        at: now(),
        text: "garage bellen".into(),
        whose: Address::parse("a@x.nl").unwrap(),
        sequence: 0,
        reminded: false,
    });
    case.settlement = Some("=Wij vergoeden de kras.".into());
    case.routing = Why::Keywords {
        matched: vec![crate::case::Match {
            keyword: "schade*".into(),
            place: crate::case::Place::Text,
            found: "schade".into(),
        }],
    };
    let bytes = sheet(&[case], &asked()).unwrap();
    let page = part(&bytes, "xl/worksheets/sheet1.xml");
    for (cell, hours) in [("U2", "1.5"), ("W2", "2.5")] {
        assert!(page.contains(&format!("<c r=\"{cell}\"><v>{hours}</v>")), "{cell}: {page}");
    }
    let strings = part(&bytes, "xl/sharedStrings.xml");
    for text in ["schade", "23-11-2026 07:30 garage bellen", "=Wij vergoeden de kras."] {
        assert!(strings.contains(&format!("<t>{text}</t>")), "{text} is not in {strings}");
    }
}

#[test]
fn a_long_subject_is_cut_visibly() {
    let bytes = sheet(&[case(1, &"x".repeat(40_000), "A")], &asked()).unwrap();
    let strings = part(&bytes, "xl/sharedStrings.xml");
    assert!(strings.contains(&format!("<t>{}…</t>", "x".repeat(CELL_CHARS_MAX))));
}
