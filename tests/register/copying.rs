//! `klachtpost register copy`: the whole register in another database, proven there, or nothing of it.

use super::*;
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
    assert_eq!((tables.len(), rows), (21, desk.register.rows().await.unwrap()));
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
