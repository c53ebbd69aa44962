//! `klachtpost register copy`: the whole register in another database, proven there, or nothing of it.

use super::support::postgres::{OWNER, PASSWORD, PROVEN};
use super::*;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

/// Where a register is copied to.
fn elsewhere(desk: &Desk) -> String {
    register_url(&desk._dir.path().join("elsewhere.db"))
}

fn copy(desk: &Desk, from: &str, to: &str) -> Output {
    let config = desk._dir.path().join("klachtpost.toml");
    std::fs::write(&config, settings(desk, &maildir(desk, "in"), &maildir(desk, "out"))).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_klachtpost"));
    command.arg("--config").arg(config).args(["register", "copy", "--from", from, "--to", to]);
    command.output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[tokio::test]
async fn a_register_is_copied_with_its_chain_and_goes_on_in_the_other_place() {
    let desk = Desk::new().await;
    desk.with_cases().await;
    let to = elsewhere(&desk);
    let copied = copy(&desk, &desk.url, &to);
    assert!(copied.status.success(), "{}", said(&copied));
    let there = Register::open(&to).await.unwrap();
    assert_eq!(there.chain_head().await.unwrap(), desk.register.chain_head().await.unwrap());
    assert_eq!(there.rows().await.unwrap(), desk.register.rows().await.unwrap());
    assert_eq!(there.verify().await.unwrap(), desk.register.verify().await.unwrap());
    there.close().await;

    // Twice is refused: what is there is not mixed with anything.
    let again = copy(&desk, &desk.url, &to);
    assert_eq!(again.status.code(), Some(1), "{}", said(&again));
    assert!(said(&again).contains("one to copy into that is empty"), "{}", said(&again));
}

#[tokio::test]
async fn nothing_is_copied_while_a_daemon_runs_on_either_side() {
    if !postgres::has_file() {
        return;
    }
    let desk = Desk::new().await;
    desk.with_cases().await;
    let to = elsewhere(&desk);
    let runs = desk.register.only_daemon(&desk.url).await.unwrap();
    let refused = copy(&desk, &desk.url, &to);
    assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
    assert!(said(&refused).contains("another klachtpost already runs"), "{}", said(&refused));
    drop(runs);
    let there = Register::open(&to).await.unwrap();
    let _runs = there.only_daemon(&to).await.unwrap();
    let refused = copy(&desk, &desk.url, &to);
    assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
    assert_eq!(there.verify().await.unwrap().events, 0);
}

/// But for who works there at this moment.
#[tokio::test]
async fn every_table_is_copied() {
    if !postgres::has_file() {
        return;
    }
    let desk = Desk::new().await;
    let mut connection = AnyConnection::connect(&desk.url).await.unwrap();
    let text = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\' \
                AND name NOT IN ('instance', 'lease')";
    let tables = sqlx::query(text).fetch_all(&mut connection).await.unwrap();
    let mut rows = 0;
    for table in &tables {
        let table: String = table.try_get(0).unwrap();
        let columns = format!("SELECT name FROM pragma_table_info('{table}')");
        assert!(!sqlx::query(AssertSqlSafe(columns)).fetch_all(&mut connection).await.unwrap().is_empty());
        rows += desk.number(&format!("SELECT count(*) FROM {table}")).await;
    }
    assert_eq!((tables.len(), rows), (22, desk.register.rows().await.unwrap()));
}

#[tokio::test]
async fn a_copy_of_a_changed_register_says_so() {
    let desk = Desk::new().await;
    desk.with_cases().await;
    desk.by_hand("UPDATE event SET actor = '\"desk\"x' WHERE seq = 1").await;
    let copied = copy(&desk, &desk.url, &elsewhere(&desk));
    assert_eq!(copied.status.code(), Some(1), "{}", said(&copied));
    assert!(said(&copied).contains("event 1: a column was changed"), "{}", said(&copied));
}

/// Not on the command line: from a file that is named there, or from that of the settings for their own user and server.
#[tokio::test]
async fn a_password_for_a_copy_stands_in_a_file() {
    let desk = Desk::new().await;
    desk.with_cases().await;
    let server = postgres::instance();
    let new = |name: &str| {
        let url = postgres::database_of(&desk._dir.path().join(name));
        let name = url.rsplit_once('/').unwrap().1.split('?').next().unwrap();
        server.sql("postgres", &format!("ALTER DATABASE {name} OWNER TO {PROVEN}"));
        url.replacen(OWNER, PROVEN, 1)
    };
    let (first, second) = (new("een.db"), new("twee.db"));
    let file = desk._dir.path().join("password");
    std::fs::write(&file, format!("{PASSWORD}\n")).unwrap();
    let mode = |mode| std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
    let own = settings(&desk, &maildir(&desk, "in"), &maildir(&desk, "out"));
    let config = desk._dir.path().join("klachtpost.toml");
    let run = |settings: &str, arguments: &[&str]| {
        std::fs::write(&config, settings).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_klachtpost"));
        command.arg("--config").arg(&config).args(["register", "copy", "--from", &desk.url]).args(arguments);
        command.output().unwrap()
    };
    let named = ["--to", &first, "--to-password-file", file.to_str().unwrap()];
    mode(0o644);
    let open = run(&own, &named);
    assert_eq!(open.status.code(), Some(2), "{}", said(&open));
    assert!(said(&open).contains("--to-password-file") && said(&open).contains("chmod 600"), "{}", said(&open));
    mode(0o600);
    let none = run(&own, &["--to", &first]);
    assert!(!none.status.success() && said(&none).contains("does not let this user in"), "{}", said(&none));
    let copied = run(&own, &named);
    assert!(copied.status.success(), "{}", said(&copied));
    assert!(!said(&copied).contains(PASSWORD));
    let needless = run(&own, &["--to", &desk.url, "--to-password-file", file.to_str().unwrap()]);
    let is_sqlite = !postgres::is_on();
    assert!(!needless.status.success() && (!is_sqlite || needless.status.code() == Some(2)), "{}", said(&needless));

    let start = own.find("[register]").unwrap();
    let end = own.find("[[department]]").unwrap();
    let register = format!(
        "[register]\nurl = \"{first}\"\npassword_file = \"{}\"\nredactions = \"{}.redacted\"\n",
        file.display(),
        file.display()
    );
    let of_server = postgres::with_secret(format!("{}{register}{}", &own[..start], &own[end..]));
    let copied = run(&of_server, &["--to", &second]);
    assert!(copied.status.success(), "{}", said(&copied));
    let typed = run(&own, &["--to", &second.replacen(PROVEN, &format!("{PROVEN}:{PASSWORD}"), 1)]);
    assert!(said(&typed).contains("next time use --to-password-file"), "{}", said(&typed));
}
