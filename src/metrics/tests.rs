//! What a monitoring system reads, and that the manual, the alerts and the dashboard speak of the same figures.

use super::*;
use chrono::{TimeZone, Utc};

fn moment(text: &str) -> Moment {
    format!("{text}Z").parse().unwrap()
}

fn snapshot() -> Snapshot {
    let now = moment("2026-11-23T08:30:00");
    let area = |name, failing_since, good_at| AreaNow { name, mailbox: None, failing_since, good_at };
    Snapshot {
        now,
        started_at: moment("2026-11-20T06:00:00"),
        areas: vec![
            area("intake", None, Some(moment("2026-11-23T08:29:30"))),
            area("sending", Some(moment("2026-11-23T07:55:00")), Some(moment("2026-11-23T07:50:00"))),
        ],
        loops: vec![("intake", true), ("sending", true)],
        settings: SettingsNow { read_at: moment("2026-11-20T06:00:00"), refused_at: None, needs_restart: false },
        counted: Some(Counted {
            at: moment("2026-11-23T08:29:45"),
            mails: 1_204,
            undecided: 0,
            cases: 311,
            letters: vec![("queued", 3), ("leased", 1), ("held", 0), ("refused", 2)],
            letters_wait_since: Some(moment("2026-11-23T07:56:00")),
            departments: vec![
                DepartmentNow { name: "schade".into(), open: 9, overdue: 2 },
                DepartmentNow { name: "ruit \"1\"\\".into(), open: 1, overdue: 0 },
            ],
        }),
    }
}

#[test]
fn what_prometheus_reads() {
    insta::assert_snapshot!(text(&snapshot()));
}

#[test]
fn an_area_of_several_mailboxes_says_which() {
    let mut now = snapshot();
    let zakelijk = AreaNow {
        name: "intake",
        mailbox: Some(MailboxName::new("zakelijk")),
        failing_since: Some(moment("2026-11-23T08:00:00")),
        good_at: None,
    };
    now.areas.push(zakelijk);
    assert!(text(&now).contains("klachtpost_area_works{area=\"intake\",mailbox=\"zakelijk\"} 0"));
    assert!(health(&now).1.contains("fails: intake of zakelijk since 2026-11-23T08:00:00Z"));
    assert!(status(&now, chrono_tz::UTC).contains("intake of zakelijk fails since 08:00; no mail fetched yet"));
}

#[test]
fn before_the_first_count_nothing_is_made_up() {
    let text = text(&Snapshot { counted: None, areas: Vec::new(), ..snapshot() });
    assert!(!text.lines().any(|line| line.starts_with("klachtpost_cases") || line.starts_with("klachtpost_area")));
    assert!(text.contains("klachtpost_settings_refused 0"));
}

/// The rules of Prometheus: <https://prometheus.io/docs/practices/naming/>.
#[test]
fn each_name_stands_once_and_says_what_it_is() {
    for (index, figure) in TABLE.iter().enumerate() {
        let name = figure.name;
        assert!(TABLE[..index].iter().all(|other| other.name != name), "{name}");
        assert!(name.starts_with("klachtpost_") && name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{name}");
        assert_eq!(figure.kind == Kind::Counter, name.ends_with("_total"), "{name}");
        assert!(!figure.says.contains(['\n', '\\']) && figure.says.ends_with('.'), "{name}");
    }
}

#[test]
fn the_operators_manual_lists_each_figure() {
    let manual = include_str!("../../docs/operating.md");
    for figure in TABLE {
        let row = format!("| `{}` | {} | {} |", figure.name, figure.kind.name(), figure.says);
        assert!(manual.contains(&row), "docs/operating.md should have the line\n{row}");
    }
    let listed = manual.lines().filter(|line| line.starts_with("| `klachtpost_")).count();
    assert_eq!(listed, TABLE.len(), "docs/operating.md lists a figure that is not given");
}

/// Alerts and the dashboard ask for nothing that is not given.
#[test]
fn alerts_and_dashboard_ask_for_what_there_is() {
    for asked in [include_str!("../../packaging/alerts.yml"), include_str!("../../packaging/grafana.json")] {
        let names =
            asked.split(|c: char| !(c.is_ascii_lowercase() || c == '_')).filter(|w| w.starts_with("klachtpost_"));
        let unknown: Vec<&str> = names.filter(|name| TABLE.iter().all(|figure| figure.name != *name)).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}

#[test]
fn a_server_that_is_away_is_said_and_restarts_nothing() {
    let (health, said) = health(&snapshot());
    assert_eq!((health, said.as_str()), (Health::Well, "fails: sending since 2026-11-23T07:55:00Z\n"));
}

#[test]
fn a_loop_that_hangs_is_no_health() {
    let (health, said) = health(&Snapshot { loops: vec![("ticking", false)], areas: Vec::new(), ..snapshot() });
    assert_eq!((health, said.as_str()), (Health::Hangs, "hangs: ticking\n"));
}

#[test]
fn the_service_managers_line() {
    let zone = chrono_tz::Europe::Amsterdam;
    assert_eq!(
        status(&snapshot(), zone),
        "sending fails since 08:55; last poll 09:29; 4 letters wait; 10 cases open, 2 overdue"
    );
    let settings = SettingsNow {
        read_at: Utc.timestamp_opt(0, 0).unwrap(),
        refused_at: Some(moment("2026-11-23T08:00:00")),
        needs_restart: true,
    };
    let begun = Snapshot { settings, areas: Vec::new(), counted: None, ..snapshot() };
    assert_eq!(
        status(&begun, zone),
        "settings of 09:00 refused, see the log; new settings need a restart; no mail fetched yet"
    );
}
