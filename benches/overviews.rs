//! How long the digests and the month's reports of a large company take: pictures, spreadsheets and letters.
//!
//! `cargo bench --bench overviews` prints the times for a growing number of open cases; `cargo bench --bench overviews --
//! 500` for that number. Touches the clock; judges nothing.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

#[path = "shared/settings.rs"]
mod settings;

use chrono::{DateTime, TimeDelta};
use klachtpost::case::{
    Address, Case, CaseNumber, Channel, Customer, Keys, Language, Match, Moment, Opened, Place, Why,
};
use klachtpost::config::Config;
use klachtpost::daemon::house;
use klachtpost::desk::draft::Draft;
use klachtpost::desk::{Fresh, LookBack, Rules, on_digest, on_month};
use klachtpost::digest::month::{Again, Life, Month};
use klachtpost::letters::Letters;
use std::error::Error;
use std::time::Instant;

/// Open cases of the company.
const COUNTS: [u32; 3] = [100, 1_000, 10_000];

/// Monday 23 November 2026, 07:30 in Amsterdam.
const NOW_SECONDS: i64 = 1_795_415_400;

/// Hours over which the cases came in: four weeks.
const HOURS: i64 = 672;

fn main() -> Result<(), Box<dyn Error>> {
    // `cargo bench` adds `--bench`.
    let stated: Vec<u32> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let settings = settings::sample()?;
    let rules = Rules::new(&settings, Keys::new(b"a secret of the bench", []))?;
    let now: Moment = DateTime::from_timestamp(NOW_SECONDS, 0).unwrap_or_default();
    for count in if stated.is_empty() { COUNTS.to_vec() } else { stated } {
        let cases = cases(count, &rules, now)?;
        let begun = Instant::now();
        let day = now.date_naive();
        let back =
            LookBack { since: now - TimeDelta::days(1), registered: cases.iter().map(|case| case.number).collect() };
        let digests = on_digest(day, &back, &cases, "head", &rules, now, &mut Fresh::new([1; 32]));
        let decided = begun.elapsed();
        let octets = render(&digests.letters, &settings, &rules, now)?;
        println!(
            "{count:6} cases  digests  decided {decided:8.1?}  in all {:8.1?}  {octets:9} octets",
            begun.elapsed()
        );
        let begun = Instant::now();
        let lives: Vec<Life> = cases.iter().map(|case| Life::of_case(case, Again::default())).collect();
        let months = on_month(Month::of(day), &lives, &rules, now, &mut Fresh::new([2; 32]));
        let decided = begun.elapsed();
        let octets = render(&months.letters, &settings, &rules, now)?;
        println!(
            "{count:6} cases  months   decided {decided:8.1?}  in all {:8.1?}  {octets:9} octets",
            begun.elapsed()
        );
    }
    Ok(())
}

fn render(drafts: &[Draft], settings: &Config, rules: &Rules, now: Moment) -> Result<usize, Box<dyn Error>> {
    let (letters, house) = (Letters::new()?, house(settings)?);
    let mut octets = 0;
    for draft in drafts {
        octets += letters.render(draft, &house, &rules.keys, now)?.bytes.len();
    }
    Ok(octets)
}

fn cases(count: u32, rules: &Rules, now: Moment) -> Result<Vec<Case>, Box<dyn Error>> {
    let address = Address::parse("jan.jansen@klant.example")?;
    let departments: Vec<&str> = rules.departments.iter().map(|department| department.name.as_str()).collect();
    let case = |serial: u32| {
        let received_at = now - TimeDelta::hours(i64::from(serial).wrapping_mul(37) % HOURS);
        let department = departments.iter().cycle().nth(serial as usize % departments.len().max(1));
        let matched = Match { keyword: "schade*".to_owned(), place: Place::Text, found: "schade".to_owned() };
        let opened = Opened {
            channel: Channel::Email,
            customer: Customer {
                name: format!("Klant {serial}"),
                address: Some(address.clone()),
                phone: None,
                postal: Vec::new(),
            },
            subject: format!("Kras op het portier na reparatie, dossier {serial}"),
            text: "Er zit een kras op het portier. ".repeat(30),
            language: Language::Dutch,
            department: department.map(ToString::to_string).unwrap_or_default(),
            routing: Why::Keywords { matched: vec![matched] },
            received_at,
            due: rules.due(received_at),
            message_id: None,
            references: Vec::new(),
            mailbox: None,
        };
        Case::open(CaseNumber { year: 2026, serial }, received_at, &opened)
    };
    Ok((1..=count).map(case).collect())
}
