//! What a reload takes, and what it keeps and names.

use super::super::{Config, from_toml};
use super::*;

const PLAIN: &str = r#"
[desk]
name = "Voorbeeld Lease"
address = "klachten@lease.example"
secret = "0123456789abcdef0123456789abcdef"
[mailbox]
host = "imap.lease.example"
username = "klachten"
password = "geheim"
trusted_authserv_id = "mx.lease.example"
[sender]
host = "smtp.lease.example"
[[department]]
name = "schade"
title = "Schade"
address = "schade@lease.example"
supervisor = "s.bakker@lease.example"
fallback = true
"#;

fn settings(text: &str) -> Config {
    from_toml(text, "test").unwrap()
}

fn reloaded(from: &str, to: &str) -> Reloaded {
    settings(to).for_running(&settings(from)).unwrap()
}

#[test]
fn departments_and_texts_are_taken_and_nothing_needs_a_restart() {
    let new = PLAIN.replace("Voorbeeld Lease", "Andere Lease").replace("title = \"Schade\"", "title = \"Ruit\"");
    let reloaded = reloaded(PLAIN, &new);
    assert_eq!(reloaded.needs_restart, Vec::<String>::new());
    assert_eq!(reloaded.config.desk.name, "Andere Lease");
    assert_eq!(reloaded.config.department[0].title, "Ruit");
}

#[test]
fn what_is_made_once_is_kept_and_named() {
    let new = PLAIN
        .replace("geheim", "anders")
        .replace("smtp.lease", "mail.lease")
        .replace("0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210")
        + "[register]\nurl = \"sqlite:elders.db\"\n[metrics]\nlisten = \"127.0.0.1:9187\"\n";
    let reloaded = reloaded(PLAIN, &new);
    assert_eq!(reloaded.needs_restart, ["desk.secret", "mailbox", "metrics", "register", "sender"]);
    let config = &reloaded.config;
    assert_eq!(config.mailbox.password.expose_secret(), "geheim");
    assert_eq!(config.sender.host, "smtp.lease.example");
    assert_eq!(config.register.url, settings(PLAIN).register.url);
    assert!(config.metrics.listen.is_none());
    assert_eq!(config.desk.secret.as_ref().unwrap().expose_secret(), "0123456789abcdef0123456789abcdef");
    // It says so again as long as it is so, and no longer.
    let again = settings(&new).for_running(config).unwrap();
    assert_eq!(again.needs_restart, reloaded.needs_restart);
    assert!(settings(PLAIN).for_running(&again.config).unwrap().needs_restart.is_empty());
}

#[test]
fn a_secret_that_was_rotated_in_its_file_needs_a_restart_and_one_that_moved_does_not() {
    use std::os::unix::fs::PermissionsExt;
    let (old, new) = ("0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210");
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, secret: &str| {
        let file = folder.path().join(name);
        std::fs::write(&file, secret).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        file.display().to_string()
    };
    let files = format!(
        "secret_file = \"{}\"\nprevious_secrets_file = \"{}\"",
        write("secret", old),
        write("previous", "een oud geheim van de vorige keer")
    );
    let text = PLAIN.replace(&format!("secret = \"{old}\""), &files);
    let running = settings(&text);
    assert!(settings(&text).for_running(&running).unwrap().needs_restart.is_empty());
    write("secret", new);
    write("previous", old);
    let reloaded = settings(&text).for_running(&running).unwrap();
    assert_eq!(reloaded.needs_restart, ["desk.previous_secrets", "desk.secret"]);
    assert_eq!(reloaded.config.desk.secret.as_ref().unwrap().expose_secret(), old);
    // Said again as long as it is so, and no longer.
    assert_eq!(settings(&text).for_running(&reloaded.config).unwrap().needs_restart.len(), 2);
    write("secret", old);
    write("previous", "een oud geheim van de vorige keer");
    assert!(settings(&text).for_running(&reloaded.config).unwrap().needs_restart.is_empty());
}

/// Invariant 5: a department at an alias that the running daemon still has would be written to as the desk itself.
#[test]
fn new_settings_that_do_not_go_with_what_is_kept_are_refused() {
    let alias = "aliases = [\"ruit@lease.example\"]\nhost = \"imap.lease.example\"";
    let old = PLAIN.replace("host = \"imap.lease.example\"", alias);
    let new = PLAIN.replace("schade@lease.example", "ruit@lease.example");
    let refused = settings(&new).for_running(&settings(&old)).unwrap_err().to_string();
    assert!(refused.contains("department \"schade\".address"), "{refused}");
}

#[test]
fn nothing_secret_is_in_what_a_debugger_prints() {
    let printed = format!("{:?}", settings(PLAIN));
    assert!(!printed.contains("geheim") && !printed.contains("0123456789abcdef"), "{printed}");
}

#[test]
fn mailboxes_are_kept_all_together_and_named() {
    let mailbox = "[mailbox]\nhost = \"imap.lease.example\"\nusername = \"klachten\"\npassword = \"geheim\"\n\
                   trusted_authserv_id = \"mx.lease.example\"\n";
    let first = mailbox.replace("[mailbox]", "[[mailbox]]\nname = \"klachten\"");
    let second = first.replace("\"klachten\"", "\"zakelijk\"");
    let two = PLAIN.replace(mailbox, &format!("{first}{second}address = \"zakelijk@lease.example\"\n"));
    let new = two.replace("zakelijk@lease", "wagenpark@lease").replace("title = \"Schade\"", "title = \"Ruit\"");
    let reloaded = reloaded(&two, &new);
    assert_eq!(reloaded.needs_restart, ["mailbox"]);
    let addresses: Vec<&str> = reloaded.config.mailboxes().map(|one| reloaded.config.address_of(one)).collect();
    assert_eq!(addresses, ["klachten@lease.example", "zakelijk@lease.example"]);
    assert_eq!(reloaded.config.department[0].title, "Ruit");
}
