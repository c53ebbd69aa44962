//! What commands answer people and programs who look into the register: the full text of each is a reviewed snapshot. The
//! register must be there, no secret is needed, and each answer for people names the file it is from.

use super::printing::command;
use super::*;
use klachtpost::case::{Closed, Confidential, Judgement, Outcome, TermStage, Tie};
use serde_json::Value;
use std::process::Output;

/// Every command that only looks, as it is called.
const LOOKING: &[&[&str]] = &[
    &["case", "list"],
    &["case", "list", "--json"],
    &["case", "show", "K-2026-000001"],
    &["case", "export", "K-2026-000001"],
    &["outbox", "list"],
    &["outbox", "hold", "x"],
    &["outbox", "release", "x"],
    &["outbox", "resend", "x"],
    &["digest"],
    &["verify"],
];

/// Two cases, one of them closed, and a letter.
async fn desk() -> Desk {
    let desk = Desk::new().await;
    let colleague = Actor::Staff(address("bram@lease.example"));
    let by = |actor: &Actor, minutes: i64, serial: u32, what: What| Event {
        at: at(minutes),
        actor: actor.clone(),
        ..event(serial, what)
    };
    let text = "Wij hebben de deur\n\nlaten  uitdeuken. ".repeat(4);
    let again = What::FollowedUp {
        message_id: None,
        from: "jan@klant.example".into(),
        text: "En de lak?".into(),
        references: Vec::new(),
        tie: Tie::NamedUnproven,
    };
    let refused = What::LetterFate {
        letter: id("closing2"),
        letter_kind: LetterKind::Closing,
        to: "jan@klant.example".into(),
        fate: LetterFate::Refused { reply: "550 no such \u{1b}[31muser".into() },
    };
    let judged = Judgement { outcome: Some(Outcome::Founded), cause: Some("planning".into()), compensation: None };
    let events = vec![
        by(&Actor::Customer, 1, 1, opened(1).what),
        written(1, "ack1"),
        accepted(1, "ack1"),
        by(&colleague, 1, 1, What::Noted { text: "Zie dossier.".into() }),
        by(&Actor::Customer, 1, 2, opened(2).what),
        by(&Actor::Server, 2, 2, accepted(2, "ack2").what),
        by(&colleague, 3, 2, What::HandlerSet { handler: address("bram@lease.example") }),
        by(&Actor::Customer, 5, 2, again),
        by(
            &Actor::Desk,
            6,
            2,
            What::TermTold { clock: klachtpost::case::Clock::FirstResponse, stage: TermStage::Before },
        ),
        by(&colleague, 7, 2, What::Judged(judged)),
        by(&colleague, 8, 2, What::Closed(Closed { settlement: text, letter: id("closing2") })),
        by(&Actor::Server, 9, 2, refused),
    ];
    let events = events.into_iter().map(years_ago).collect();
    desk.record(events, &[outgoing("letter", "jan@klant.example")]).await.unwrap();
    write_settings(&desk, &settings(&desk, &maildir(&desk, "in"), &maildir(&desk, "out")).replace("overig", "schade"));
    desk
}

/// What is late by the host's clock is late whenever the test is run.
fn years_ago(event: Event) -> Event {
    let before = |at: Moment| at - chrono::TimeDelta::days(6 * 365 + 1);
    let what = match event.what {
        What::Opened(mut opened) => {
            let Due { acknowledge, first_response, resolve } = opened.due;
            opened.due = Due {
                acknowledge: before(acknowledge),
                first_response: before(first_response),
                resolve: before(resolve),
            };
            opened.received_at = before(opened.received_at);
            What::Opened(opened)
        }
        other => other,
    };
    Event { at: before(event.at), what, ..event }
}

fn write_settings(desk: &Desk, settings: &str) {
    std::fs::write(desk._dir.path().join("klachtpost.toml"), settings).unwrap();
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// What it prints, with exit code 0; the folder of the test left out.
fn answer(desk: &Desk, arguments: &[&str]) -> String {
    let output = command(desk, arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", said(&output));
    let out = String::from_utf8(output.stdout).unwrap();
    let out = out.replace(&postgres::shown(&desk._dir.path().join("register.db")), "DIR/register.db");
    let out = out.replace(&desk._dir.path().display().to_string(), "DIR");
    // How late it is grows each day.
    let lines = out.lines().map(|line| match line.strip_prefix("K-2026-000001   open") {
        Some(_) if line.len() > 90 => {
            line.chars().enumerate().map(|(at, c)| if (80..84).contains(&at) { '~' } else { c }).collect()
        }
        _ => line.to_owned(),
    });
    lines.collect::<Vec<String>>().join("\n")
}

#[tokio::test]
async fn lists_and_files_are_for_people() {
    let desk = desk().await;
    let commands: [&[&str]; 7] = [
        &["case", "list"],
        &[
            "case",
            "list",
            "--open",
            "--overdue",
            "--department",
            "schade",
            "--customer",
            "JAN@",
            "--since",
            "23-11-2020",
        ],
        &["case", "list", "--department", "shade"],
        &["case", "show", "K-2026-000001"],
        &["case", "show", "K-2026-000002"],
        &["case", "export", "K-2026-000002"],
        &["outbox", "list"],
    ];
    let answers =
        commands.map(|arguments| format!("$ klachtpost {}\n{}", arguments.join(" "), answer(&desk, arguments)));
    insta::assert_snapshot!(answers.join("\n\n"));
}

#[tokio::test]
async fn filters_keep_what_is_asked_for() {
    let desk = desk().await;
    for (filter, numbers) in [
        (&[][..], &["K-2026-000001", "K-2026-000002"][..]),
        (&["--open"], &["K-2026-000001"]),
        (&["--overdue"], &["K-2026-000001"]),
        (&["--department", "SCHADE", "--customer", "jan"], &["K-2026-000001", "K-2026-000002"]),
        (&["--department", "overig"], &[]),
        (&["--customer", "piet"], &[]),
        (&["--since", "2020-11-23"], &["K-2026-000001", "K-2026-000002"]),
        (&["--since", "24 november 2020"], &[]),
    ] {
        let listed = answer(&desk, &[&["case", "list", "--json"], filter].concat());
        let found: Vec<String> = listed
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["number"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(found, numbers, "{filter:?}");
    }
    let wrong = command(&desk, &["case", "list", "--since", "31-02-2026"]).output().unwrap();
    assert!(wrong.status.code() == Some(2) && said(&wrong).contains("23-11-2026"), "{}", said(&wrong));
}

/// Who finds a case by its customer's name knows whose it is.
#[tokio::test]
async fn a_confidential_case_is_found_by_nobodys_name() {
    let desk = desk().await;
    let confidential = Confidential { readers: vec![address("chef@lease.example")], without: Vec::new() };
    desk.record(vec![event(1, What::ConfidentialSet(confidential))], &[]).await.unwrap();
    let found = answer(&desk, &["case", "list", "--customer", "jan", "--json"]);
    assert!(found.lines().count() == 1 && found.contains("K-2026-000002"), "{found}");
    let listed = answer(&desk, &["case", "list", "--open"]);
    assert!(listed.contains("(confidential)") && !listed.contains("Deuk") && !listed.contains("klant"), "{listed}");
    let shown = command(&desk, &["case", "show", "K-2026-000001"]).output().unwrap();
    assert!(shown.status.code() == Some(1) && !said(&shown).contains("Jan"), "{}", said(&shown));
    answer(&desk, &["case", "show", "K-2026-000001", "--confidential"]);
}

#[tokio::test]
async fn a_register_that_is_not_there_is_not_made() {
    if engines::is_about_the_other("a_register_that_is_not_there_is_not_made") {
        return;
    }
    let desk = desk().await;
    let folder = desk._dir.path();
    let nowhere = folder.join("elsewhere").join("register.db");
    let settings = settings(&desk, &maildir(&desk, "in"), &maildir(&desk, "out"));
    write_settings(&desk, &settings.replace(&desk.url, &format!("sqlite:{}", nowhere.display())));
    for make in [false, true] {
        if make {
            // The folder is there, and what is left of a start that was killed at once.
            std::fs::create_dir(nowhere.parent().unwrap()).unwrap();
            std::fs::write(&nowhere, "").unwrap();
        }
        for arguments in LOOKING {
            let output = command(&desk, arguments).output().unwrap();
            let expected = format!("klachtpost: no register at {}\n  hint: ", nowhere.display());
            assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), &b""[..]), "{arguments:?}");
            assert!(said(&output).starts_with(&expected), "{arguments:?}: {}", said(&output));
        }
        let files = std::fs::read_dir(nowhere.parent().unwrap()).map_or(0, Iterator::count);
        assert_eq!(files, usize::from(make), "nothing was made beside it");
    }
}

#[tokio::test]
async fn who_looks_needs_no_secret_and_makes_none() {
    let desk = desk().await;
    let imap = "host = \"mail.lease.example\"\nusername = \"klachten\"\npassword_file = \"/none/password\"";
    let smtp = "host = \"mail.lease.example\"\nusername = \"klachten\"";
    write_settings(&desk, &settings(&desk, imap, smtp));
    for arguments in LOOKING.iter().filter(|arguments| !arguments.contains(&"x")) {
        answer(&desk, arguments);
    }
    for id in ["hold", "release", "hold"] {
        assert_eq!(answer(&desk, &["outbox", id, "letter"]).lines().count(), 1);
    }
    for (verb, state) in [("release", "queued"), ("hold", "held")] {
        let done: serde_json::Value =
            serde_json::from_str(&answer(&desk, &["outbox", verb, "--json", "letter"])).unwrap();
        assert_eq!((&done["id"], &done["state"]), (&"letter".into(), &state.into()));
    }
    assert!(!desk._dir.path().join("register.db.secret").exists());
    let run = command(&desk, &["run", "--once"]).output().unwrap();
    assert!(run.status.code() == Some(1) && said(&run).contains("mailbox.password_file"), "{}", said(&run));
}

#[tokio::test]
async fn where_nothing_is_set_a_register_in_this_folder_is_used_and_said() {
    if engines::is_about_the_other("where_nothing_is_set_a_register_in_this_folder_is_used_and_said") {
        return;
    }
    let desk = desk().await;
    let folder = desk._dir.path();
    let settings = settings(&desk, &maildir(&desk, "in"), &maildir(&desk, "out"));
    write_settings(&desk, &settings.replace(&format!("url = \"{}\"", desk.url), ""));
    let none = command(&desk, &["case", "list"]).output().unwrap();
    assert_eq!(none.status.code(), Some(1));
    assert!(said(&none).contains("no register at /var/lib/klachtpost/klachtpost.db"), "{}", said(&none));
    desk.register.close().await;
    std::fs::rename(folder.join("register.db"), folder.join("klachtpost.db")).unwrap();
    let list = answer(&desk, &["case", "list"]);
    assert!(list.ends_with("in DIR/klachtpost.db (found in this folder; register.url is not set)"), "{list}");
}

#[tokio::test]
async fn programs_get_json() {
    let desk = desk().await;
    let of = |arguments: &[&str]| -> Vec<Value> {
        let output = command(&desk, arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let verified = of(&["verify", "--json"]).remove(0);
    assert_eq!((&verified["problems"], &verified["cases"]), (&0.into(), &2.into()), "{verified}");
    assert!(verified["head"]["hash"].is_string() && verified["digest"].is_null(), "{verified}");
    desk.by_hand("UPDATE cases SET department = 'elders' WHERE number = 'K-2026-000002'").await;
    assert_eq!(of(&["verify", "--json"])[0]["findings"].as_array().map(Vec::len), Some(1));
    let digest = of(&["digest", "--json", "--day", "24-11-2026"]).remove(0);
    assert!(digest["to"] == "chef@lease.example" && digest["text"].is_string(), "{digest}");
    let checked = of(&["check", "--json"]);
    let ok = |about: &str| checked.iter().any(|line| line["finding"] == "ok" && line["about"] == about);
    assert!(ok("settings") && ok("mailbox") && checked.iter().all(|line| line["said"].is_string()), "{checked:?}");
    write_settings(&desk, "[desk]\nnaam = \"Voorbeeld\"\n");
    let checked = of(&["check", "--json"]);
    assert!(checked.len() > 3 && checked.iter().all(|line| line["finding"] == "problem"), "{checked:?}");
}

#[tokio::test]
async fn a_digest_is_a_page_to_look_at() {
    let desk = desk().await;
    let wrote = answer(&desk, &["digest", "--day", "24-11-2026", "--html", "digest.html"]);
    assert_eq!(wrote, "1 digest written to digest.html, from DIR/register.db");
    let page = std::fs::read_to_string(desk._dir.path().join("digest.html")).unwrap();
    for part in ["<h2>chef@lease.example</h2>", "K-2026-000001", "data:image/png;base64,"] {
        assert!(page.contains(part), "{part} is not in the page");
    }
    assert!(!page.contains("cid:"), "a picture is not shown");
    let output = command(&desk, &["digest", "--html", "none/digest.html"]).output().unwrap();
    assert!(output.status.code() == Some(1) && said(&output).contains("none/digest.html"), "{}", said(&output));
}

/// Each says what each argument is, and gives an example.
#[tokio::test]
async fn help_says_what_each_argument_is() {
    let desk = Desk::new().await;
    let commands: [&[&str]; 24] = [
        &[],
        &["run"],
        &["demo"],
        &["login"],
        &["init"],
        &["check"],
        &["explain"],
        &["ingest"],
        &["adopt"],
        &["case"],
        &["case", "list"],
        &["case", "show"],
        &["case", "export"],
        &["case", "redact"],
        &["person", "find"],
        &["retention", "apply"],
        &["route", "try"],
        &["outbox", "list"],
        &["outbox", "hold"],
        &["outbox", "resend"],
        &["digest"],
        &["report"],
        &["verify"],
        &["completions"],
    ];
    let helps = commands.map(|arguments| {
        let help = answer(&desk, &[arguments, &["--help"]].concat());
        format!("$ klachtpost {} --help\n{help}", arguments.join(" "))
    });
    insta::assert_snapshot!(helps.join("\n\n"));
}
