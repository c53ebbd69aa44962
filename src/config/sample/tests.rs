//! Which values are nobody's: every one of the sample, and whatever stands below a reserved domain.

use super::*;
use crate::config::{Config, load};

/// What must be filled in, filled in by nobody: the sample and a password.
fn as_it_is() -> Config {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("k.toml");
    std::fs::write(&file, SAMPLE).unwrap();
    load(Some(&file), std::iter::once(("KLACHTPOST__MAILBOX__PASSWORD".to_owned(), "geheim".to_owned()))).unwrap()
}

fn keys(problems: &[Problem]) -> Vec<&str> {
    problems.iter().map(|problem| problem.key.as_str()).collect()
}

fn found(text: &str) -> Borrowed {
    borrowed(&read(text).unwrap(), "k.toml")
}

#[test]
fn optional_sections_of_the_sample_are_left_out() {
    let config = as_it_is();
    assert!(config.committee.is_none() && config.paper.is_none());
    assert!(config.operator.is_none() && config.second_sender.is_none());
}

#[test]
fn every_value_that_the_sample_gives_is_found_where_it_is_left() {
    let config = as_it_is();
    let found = keys(&config.borrowed.sample);
    for key in ["desk.name", "desk.address", "mailbox.host", "mailbox.username", "mailbox.trusted_authserv_id"] {
        assert!(found.contains(&key), "{key} in {found:?}");
    }
    for department in &config.department {
        for key in ["address", "supervisor", "staff"] {
            let path = format!("department \"{}\".{key}", department.name);
            assert!(found.contains(&path.as_str()), "{path} in {found:?}");
        }
    }
    assert!(!found.iter().any(|key| key.contains("keywords") || key.contains("title")), "{found:?}");
    assert!(config.borrowed.reserved.is_empty(), "{:?}", config.borrowed.reserved);
}

/// Also of the sections and keys that stand commented out, alone or in a list, however it is written.
#[test]
fn each_value_of_the_sample_is_found_alone() {
    let tree = read(&written_out(SAMPLE)).unwrap();
    let all: Vec<Text> = texts(&tree).into_iter().filter(|text| !is_anyones(&text.section, &text.key)).collect();
    for expected in ["committee.url", "paper.address", "paper.phone", "operator.address", "second_sender.host"] {
        assert!(all.iter().any(|text| text.path == expected), "{expected} is not looked for");
    }
    for Text { section, key, text, .. } in all {
        for written in [text.clone(), text.to_uppercase(), format!(" {text} ")] {
            let written = written.replace('\\', "\\\\");
            for value in [format!("\"{written}\""), format!("[\"eigen\", \"{written}\"]")] {
                let one = found(&format!("[{section}]\n{key} = {value}\n"));
                assert_eq!(keys(&one.sample), [format!("{section}.{key}")], "{value}");
            }
        }
    }
}

#[test]
fn what_is_the_companys_own_or_anyones_is_no_matter() {
    let own = r#"
[desk]
name = "Bakker Lease"
address = "klachten@bakkerlease.nl"
[mailbox]
host = "imap.bakkerlease.nl"
password_file = "/etc/klachtpost/mailbox.password"
[sender]
host = "localhost"
kind = "smtp"
[committee]
name = "Geschillencommissie Keurmerk Private Lease"
url = "https://www.keurmerkprivatelease.nl/test.html"
[[reference]]
name = "kenteken"
[[department]]
name = "schade"
title = "Schade en verzekering"
address = "schade@example-lease.nl"
supervisor = "j.test@contest.nl"
keywords = ["*schade*"]
"#;
    assert_eq!(found(own), Borrowed::default());
}

#[test]
fn a_name_below_a_reserved_domain_is_noted_and_no_problem() {
    for text in [
        "a@bedrijf.example",
        "imap.bedrijf.TEST",
        "mx.bedrijf.invalid.",
        "https://www.bedrijf.example/klacht",
        "jan@example.com",
        "mail.example.net",
        "EXAMPLE.ORG",
    ] {
        let found = found(&format!("[mailbox]\nhost = \"{text}\"\npassword = \"{text}\"\n"));
        assert_eq!((keys(&found.reserved), found.sample.len()), (vec!["mailbox.host"], 0), "{text}");
    }
    for text in ["example", "test", "jan@myexample.com", "www.example.nl", "a.exampled", "Test en invalid"] {
        assert_eq!(found(&format!("[desk]\nname = \"{text}\"\n")), Borrowed::default(), "{text}");
    }
}

#[test]
fn a_variable_is_named_and_a_list_in_it_is_looked_through() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("k.toml");
    std::fs::write(&file, SAMPLE).unwrap();
    let variables = [
        ("KLACHTPOST__MAILBOX__PASSWORD", "geheim"),
        ("KLACHTPOST__MAILBOX__HOST", "imap.lease.example"),
        ("KLACHTPOST__DIGEST__RECIPIENTS", "baas@bakkerlease.nl, baas@bedrijf.example"),
    ];
    let config =
        load(Some(&file), variables.map(|(key, value)| (key.to_owned(), value.to_owned())).into_iter()).unwrap();
    let host = config.borrowed.sample.iter().find(|problem| problem.key == "mailbox.host").unwrap();
    assert_eq!(host.place, "environment variable KLACHTPOST__MAILBOX__HOST");
    let [recipients] = config.borrowed.reserved.as_slice() else { panic!("{:?}", config.borrowed.reserved) };
    assert!(recipients.found.contains("baas@bedrijf.example") && recipients.place.ends_with("DIGEST__RECIPIENTS"));
}
