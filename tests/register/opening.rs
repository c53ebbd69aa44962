//! Opening the file: made when absent and private, never by two daemons, never written by an older version, and every
//! trouble of the whole database told in words an operator can act on.

use super::*;
use klachtpost::desk::Lookup;
use klachtpost::register::Trouble;
use sha2::{Digest, Sha256};
use sqlx::migrate::Migrator;
use std::os::unix::fs::PermissionsExt;

fn path(desk: &Desk) -> std::path::PathBuf {
    desk.url.strip_prefix("sqlite:").unwrap().into()
}

#[tokio::test]
async fn the_file_is_made_for_its_owner_only_and_opens_again() {
    if engines::is_about_the_other("the_file_is_made_for_its_owner_only_and_opens_again") {
        return;
    }
    let desk = Desk::new().await;
    desk.with_cases().await;
    for file in [path(&desk), format!("{}-wal", path(&desk).display()).into()] {
        let mode = std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", file.display());
    }
    desk.register.close().await;
    let again = Register::open(&desk.url).await.unwrap();
    assert_eq!(again.verify().await.unwrap().events, 7);
}

#[tokio::test]
async fn a_register_of_a_newer_version_is_refused_and_left_alone() {
    let desk = Desk::new().await;
    desk.register.close().await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 VALUES (9000, 'of next year', TRUE, BYTES, 0)";
    let newer = newer.replace("BYTES", if postgres::is_on() { "'\\x00'" } else { "x'00'" });
    assert_eq!(desk.by_hand(&newer).await, 1);
    let error = Register::open(&desk.url).await.unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, RegisterError::Newer { version: 9000 }), "{text}");
    for part in ["expected tables that this version knows", "version 9000", "hint: run that version"] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
}

#[tokio::test]
async fn what_is_no_database_is_said_to_be_none() {
    if engines::is_about_the_other("what_is_no_database_is_said_to_be_none") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("letter.txt");
    std::fs::write(&file, "Geachte heer, ".repeat(200)).unwrap();
    let text = Register::open(&format!("sqlite:{}", file.display())).await.unwrap_err().to_string();
    assert!(text.contains("letter.txt") && text.contains("not a database"), "{text}");
    let text = Register::open(&format!("sqlite:{}/no/such/r.db", dir.path().display())).await.unwrap_err().to_string();
    assert!(text.contains("/no/such/r.db") && text.contains("hint: check that the folder exists"), "{text}");
}

#[tokio::test]
async fn other_databases_are_refused_without_repeating_a_password() {
    for url in
        ["postgres://desk:hunter2@db", "mysql://desk:hunter2@db/k", "sqlite::memory:", "sqlite:", "klachtpost.db"]
    {
        let error = Register::open(url).await.unwrap_err();
        assert!(matches!(error, RegisterError::Unsupported { .. }), "{url}: {error}");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
}

#[tokio::test]
async fn a_second_daemon_on_the_same_file_is_refused_whatever_name_it_uses() {
    if engines::is_about_the_other("a_second_daemon_on_the_same_file_is_refused_whatever_name_it_uses") {
        return;
    }
    let desk = Desk::new().await;
    let only = desk.register.only_daemon(&desk.url).await.unwrap();
    let link = path(&desk).with_file_name("link.db");
    std::os::unix::fs::symlink(path(&desk), &link).unwrap();
    for url in [desk.url.clone(), format!("sqlite:{}", link.display())] {
        let second = Register::open(&url).await.unwrap();
        let error = second.only_daemon(&url).await.unwrap_err();
        assert!(matches!(error, RegisterError::InUse { .. }), "{error}");
        assert!(error.to_string().contains("another klachtpost already runs"), "{error}");
    }
    drop(only);
    desk.register.only_daemon(&desk.url).await.unwrap();
}

/// The error of a statement on a connection of its own.
async fn trouble_of(url: &str, statements: &[&'static str]) -> RegisterError {
    let mut connection = AnyConnection::connect(url).await.unwrap();
    for statement in statements {
        if let Err(error) = sqlx::raw_sql(*statement).execute(&mut connection).await {
            return error.into();
        }
    }
    panic!("{statements:?} passed");
}

#[tokio::test]
async fn a_database_that_cannot_be_used_blames_no_mail_and_says_what_to_do() {
    if engines::is_about_the_other("a_database_that_cannot_be_used_blames_no_mail_and_says_what_to_do") {
        return;
    }
    let desk = Desk::new().await;
    let insert = "INSERT INTO job_run VALUES (hex(randomblob(200000)), 'x', 0)";
    let full = trouble_of(&desk.url, &["PRAGMA max_page_count = 1", insert]).await;
    let read_only = trouble_of(&desk.url, &["PRAGMA query_only = 1", insert]).await;
    let held = desk.register.begin().await.unwrap();
    let locked = trouble_of(&desk.url, &["PRAGMA busy_timeout = 0", insert]).await;
    drop(held);
    for (error, trouble, next) in [
        (full, Trouble::Full, "make room"),
        (read_only, Trouble::ReadOnly, "let the user that runs klachtpost write"),
        (locked, Trouble::Locked, "close the program"),
    ] {
        assert!(error.is_unavailable() && !error.is_conflict(), "{error}");
        assert!(matches!(error, RegisterError::Unavailable { trouble: t, .. } if t == trouble), "{error:?}");
        assert!(error.to_string().contains(next), "{error}");
    }
    let twice = "INSERT INTO job_run VALUES ('digest', '2026-11-23', 0)";
    let conflict = trouble_of(&desk.url, &[twice, twice]).await;
    assert!(conflict.is_conflict() && !conflict.is_unavailable(), "{conflict}");
}

/// PostgreSQL's tables begin where SQLite's nine files had come to; from then on each number is in both folders.
#[test]
fn each_migration_is_there_for_both_databases() {
    let numbers = |folder: &str| -> Vec<String> {
        let files = std::fs::read_dir(format!("{}/migrations/{folder}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        let mut numbers: Vec<String> =
            names.map(|name| name[..4].to_owned()).filter(|n| n.as_str() >= "0009").collect();
        numbers.sort();
        numbers
    };
    assert_eq!(numbers("postgres"), numbers("sqlite"));
}

/// From now on a change of the tables is a new file: a register of an older version is brought up to date by what it has not
/// had yet, and is refused where what it has had was edited.
#[test]
fn a_migration_is_never_edited() {
    const KNOWN: usize = 16;
    let known: [(&str, &str); KNOWN] = [
        ("0001_register.sql", "805359d048584dcde40212abcb491579db15a5d5b35ff023f36eb7fe9869ab8f"),
        ("0002_memory.sql", "68bb2e7b197d3989481654acbd4eb03b277d59bf3e870d12998e48106813eeb5"),
        ("0003_belonging.sql", "bc3eab37c447e4ce22b2b4fa21c5a83b5495f24db76ca683e5e028ce3aa1812a"),
        ("0004_letters_by_recipient.sql", "b78d8d68803e4a322814d4e79c27c144557995f0cac1a67656f00d5f834728ac"),
        ("0005_refusals.sql", "b3c38a2b360c6addc006771046ca5c24c83bdf6e27d44a83928176836d5718cf"),
        ("0006_trials.sql", "5f9f659397068307ac96783ef37afc1209796271c03ea7b883c7d44be5ddc917"),
        ("0007_owed_in_writing.sql", "f56f3ae67e59fdc6f160bda05d32a862e5643c06f6497d88eb1874746358a516"),
        ("0008_redaction.sql", "7d57610074db03204109ee7cf92fcd318ddd1932e8fb8dbf8e134cf55673ffbe"),
        ("0009_round_trip.sql", "1429cb5443ea3f34ed623d4c6b8431c5520031c9249faed46a5e9f8fa80f2f77"),
        ("0010_instances.sql", "11161e8ca3b88a772bd1849955ecbba103066104855638ef7ccae7cbd5e3928e"),
        ("0011_mailboxes.sql", "5f397ae77711065c5efe39ac253ac15ea99b22be501fa2ac74a8b6d871f03a23"),
        ("0012_several_machines.sql", "a332bab674db5a32a3d5a7f9cb86e7f4c2f5ca29ab85a14e866ab5e5976cd8b0"),
        ("0013_what_instances_say.sql", "3a04b977a9377db8a3bb7cccf9f0c1d861e446dea744b028de061b00a8e7b725"),
        ("0014_found_at_once.sql", "77ad2c4bb50556c3c9b71c6ca651d1f9153cca0a74b7ccadcd017609ca35c7ea"),
        ("0015_fewer_indexes.sql", "7f40f7683e340b209e6aeca6a34068ffbccd67226b3548f09ff7af5eea5af264"),
        ("0016_written_less.sql", "0d60473cc1397aea7a0154df3a60e4ebbc48994daf08effc893a93714dcf217e"),
    ];
    for (file, sha256) in known {
        let path = format!("{}/migrations/sqlite/{file}", env!("CARGO_MANIFEST_DIR"));
        let sum: String =
            Sha256::digest(std::fs::read(path).unwrap()).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(sum, sha256, "{file} was edited; next: put it back, and write a new file");
    }
    let files = std::fs::read_dir(format!("{}/migrations/sqlite", env!("CARGO_MANIFEST_DIR"))).unwrap();
    assert_eq!(files.count(), KNOWN, "a new file is named here with its checksum");
}

/// A register as the first version made it, holding what this one holds.
async fn of_the_first_version(desk: &Desk) -> String {
    let folder = desk._dir.path().join("migrations");
    std::fs::create_dir(&folder).unwrap();
    let first = format!("{}/migrations/sqlite/0001_register.sql", env!("CARGO_MANIFEST_DIR"));
    std::fs::copy(first, folder.join("0001_register.sql")).unwrap();
    let url = format!("sqlite:{}", desk._dir.path().join("first.db").display());
    let mut connection = AnyConnection::connect(&format!("{url}?mode=rwc")).await.unwrap();
    Migrator::new(folder.as_path()).await.unwrap().run(&mut connection).await.unwrap();
    let attach = format!("PRAGMA foreign_keys = OFF; ATTACH '{}' AS other", path(desk).display());
    sqlx::raw_sql(AssertSqlSafe(attach)).execute(&mut connection).await.unwrap();
    let tables = "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE '%sqlx%'";
    for table in sqlx::query(tables).fetch_all(&mut connection).await.unwrap() {
        let table: String = table.try_get(0).unwrap();
        // What the first version had no column for, it does not hold.
        let named = format!("SELECT group_concat(name) FROM pragma_table_info('{table}', 'main')");
        let row = sqlx::query(AssertSqlSafe(named)).fetch_one(&mut connection).await.unwrap();
        let columns: String = row.try_get(0).unwrap();
        let copy = format!("INSERT INTO main.{table} ({columns}) SELECT {columns} FROM other.{table}");
        sqlx::raw_sql(AssertSqlSafe(copy)).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
    url
}

/// PostgreSQL's tables as the first version that had them made them. On a real server, in every run.
#[tokio::test]
async fn the_first_tables_there_are_brought_up_to_date() {
    let dir = tempfile::tempdir().unwrap();
    let first = format!("{}/migrations/postgres/0009_register.sql", env!("CARGO_MANIFEST_DIR"));
    let folder = dir.path().join("migrations");
    std::fs::create_dir(&folder).unwrap();
    std::fs::copy(first, folder.join("0009_register.sql")).unwrap();
    let url = postgres::database_of(&dir.path().join("register.db"));
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(&url).await.unwrap();
    Migrator::new(folder.as_path()).await.unwrap().run(&mut connection).await.unwrap();
    let mail = "INSERT INTO mail (mailbox, uid_validity, uid, from_junk, received_at, fetched_at, size, whole) \
                VALUES ('klachten', 1, 1, 0, 0, 0, 3, 1) RETURNING id";
    let id: i64 = sqlx::query_scalar(mail).fetch_one(&mut connection).await.unwrap();
    let raw = format!("INSERT INTO mail_raw VALUES ({id}, encode(sha256('abc'), 'hex'), 'abc')");
    sqlx::raw_sql(AssertSqlSafe(raw)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let desk = Desk { register: Register::open(&url).await.unwrap(), url, _dir: dir };
    assert_eq!(desk.register.pending(&Within::All, 10, 1_000, at(0)).await.unwrap()[0].raw, b"abc");
    desk.with_cases().await;
    let verified = desk.register.verify().await.unwrap();
    assert_eq!((verified.events, verified.cases, verified.findings), (7, 2, vec![]));
}

#[tokio::test]
async fn a_register_of_the_first_version_opens_with_all_that_it_holds() {
    if engines::is_about_the_other("a_register_of_the_first_version_opens_with_all_that_it_holds") {
        return;
    }
    let desk = Desk::new().await;
    desk.with_cases().await;
    desk.register.store_mails(&[new_mail(1), new_mail(2)]).await.unwrap();
    desk.register.close().await;
    let first = Register::open(&of_the_first_version(&desk).await).await.unwrap();
    let verified = first.verify().await.unwrap();
    assert_eq!((verified.events, verified.cases, verified.findings), (7, 2, vec![]));
    assert_eq!(first.pending(&Within::All, 10, 1_000, at(0)).await.unwrap().len(), 2);
    let mut tx = first.begin().await.unwrap();
    let lookup = Lookup { year: 2026, ..Lookup::default() };
    assert_eq!(tx.snapshot(1, &identity("", "h"), &lookup).await.unwrap().next_serial, 3);
}
