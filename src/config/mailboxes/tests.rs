//! Several mailboxes: what each has of its own, what companies keep from each other, and what is refused.

use super::super::tests::LEAST;
use crate::case::MailboxName;
use crate::config::{Config, Department, from_toml};

/// Two mailboxes of one company, and a third of another.
fn three() -> String {
    let mailboxes = r#"
[[mailbox]]
name = "klachten"
kind = "maildir"
path = "in"
accept_unproven_staff = true
departments = ["schade", "contract"]
[[mailbox]]
name = "zakelijk"
kind = "maildir"
path = "in-zakelijk"
accept_unproven_staff = true
address = "zakelijk@lease.example"
language = "en"
departments = ["contract"]
fallback = "contract"
[mailbox.committee]
name = "Commissie Zakelijk"
url = "https://zakelijk.example"
[[mailbox]]
name = "verhuur"
kind = "maildir"
path = "in-verhuur"
trusted_authserv_id = "mx.verhuur.example"
address = "klachten@verhuur.example"
company = "Voorbeeld Verhuur"
departments = ["balie"]
fallback = "balie"
employees = ["receptie@verhuur.example"]
[mailbox.digest]
recipients = ["directie@verhuur.example"]
[sender]"#;
    let more = r#"
[[department]]
name = "contract"
title = "Contract"
address = "contract@lease.example"
supervisor = "chef@lease.example"
[[department]]
name = "balie"
title = "Balie"
address = "balie@verhuur.example"
supervisor = "chef@verhuur.example"
[committee]
name = "De Commissie"
url = "https://commissie.example"
[privacy]
contact = "privacy@lease.example"
[digest]
recipients = ["directie@lease.example"]
"#;
    let (before, after) = LEAST.split_once("[mailbox]").unwrap();
    let (_, sender) = after.split_once("[sender]").unwrap();
    format!("{before}{mailboxes}{sender}{more}").replace("[desk]", "[desk]\nemployees = [\"receptie@lease.example\"]")
}

fn of(name: &str) -> Config {
    from_toml(&three(), "k.toml").unwrap().of_mailbox(&MailboxName::new(name))
}

fn names(departments: &[Department]) -> Vec<(&str, bool)> {
    departments.iter().map(|one| (one.name.as_str(), one.fallback)).collect()
}

#[test]
fn each_mailbox_has_its_own_and_the_rest_of_its_company() {
    let (klachten, zakelijk, verhuur) = (of("klachten"), of("zakelijk"), of("verhuur"));
    assert_eq!(
        (klachten.desk.address.as_str(), klachten.desk.name.as_str()),
        ("klachten@lease.example", "Voorbeeld Lease")
    );
    assert_eq!(
        (zakelijk.desk.address.as_str(), zakelijk.desk.name.as_str()),
        ("zakelijk@lease.example", "Voorbeeld Lease")
    );
    assert_eq!(klachten.committee.unwrap().name, "De Commissie");
    assert_eq!(zakelijk.committee.as_ref().unwrap().name, "Commissie Zakelijk");
    assert_eq!(zakelijk.privacy.contact.as_deref(), Some("privacy@lease.example"));
    // A company's people are those of all its mailboxes; only routing is the mailbox's own.
    assert_eq!(names(&zakelijk.department), [("schade", true), ("contract", false)]);
    assert_eq!(names(&zakelijk.fed_departments()), [("contract", true)]);
    assert_eq!(verhuur.desk.name, "Voorbeeld Verhuur");
}

#[test]
fn what_tells_of_one_company_is_no_other_companys() {
    let verhuur = of("verhuur");
    assert_eq!(names(&verhuur.department), [("balie", true)]);
    assert!(verhuur.committee.is_none() && verhuur.privacy.contact.is_none() && verhuur.paper.is_none());
    assert_eq!(verhuur.desk.employees, ["receptie@verhuur.example"]);
    assert_eq!(verhuur.digest.recipients, ["directie@verhuur.example"]);
    assert_eq!(of("klachten").digest.recipients, ["directie@lease.example"]);
    assert_eq!(of("klachten").desk.employees, ["receptie@lease.example"]);
    let in_order: Vec<String> = verhuur.mailboxes().map(|one| one.name.to_string()).collect();
    assert_eq!(in_order, ["klachten", "zakelijk", "verhuur"]);
}

#[test]
fn what_would_mix_them_is_refused() {
    let changed = |from: &str, to: &str| {
        let three = three();
        assert!(three.contains(from), "{from}");
        from_toml(&three.replace(from, to), "k.toml").map(|_| ()).unwrap_err().to_string()
    };
    let refused = [
        changed("departments = [\"schade\", \"contract\"]\n", ""),
        changed("fallback = \"contract\"\n", ""),
        changed("fallback = \"contract\"", "fallback = \"schade\""),
        changed("departments = [\"contract\"]", "departments = [\"kontract\"]"),
        changed(
            "departments = [\"balie\"]\nfallback = \"balie\"",
            "departments = [\"contract\"]\nfallback = \"contract\"",
        ),
        changed("address = \"klachten@verhuur.example\"\n", ""),
        changed("name = \"zakelijk\"\nkind", "name = \"Klachten\"\nkind"),
        changed("name = \"zakelijk\"\nkind", "name = \"klachten/zakelijk\"\nkind"),
        changed("name = \"zakelijk\"\nkind", "kind"),
        changed(
            "path = \"in-zakelijk\"\naccept_unproven_staff = true",
            "path = \"in-zakelijk\"\ntrusted_authserv_id = \"mx.lease.example\"",
        ),
        changed("path = \"in-zakelijk\"", "path = \"in\""),
        changed("supervisor = \"chef@verhuur.example\"", "supervisor = \"zakelijk+x@lease.example\""),
    ];
    insta::assert_snapshot!(refused.join("\n--\n"));
}

#[test]
fn the_environment_has_no_settings_of_one_of_several() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("k.toml");
    std::fs::write(&file, three()).unwrap();
    let variable = [("KLACHTPOST__MAILBOX__PASSWORD".to_owned(), "geheim".to_owned())];
    insta::assert_snapshot!(
        crate::config::load(Some(&file), variable.into_iter())
            .unwrap_err()
            .to_string()
            .replace(&file.display().to_string(), "k.toml")
    );
}
