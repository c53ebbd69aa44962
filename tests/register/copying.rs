//! `klachtpost register copy`: the whole register in another database, proven there, or nothing of it.

use super::redaction::{Person, asked, is_sound, left_of, redacted, settled};
use super::support::postgres::{OWNER, PASSWORD, PROVEN};
use super::*;
use klachtpost::register::Verified;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};
use std::time::Duration;

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
    let desk = Desk::new().await;
    desk.with_cases().await;
    let to = elsewhere(&desk);
    let runs = at_work(&desk.register, &desk.url).await;
    let refused = copy(&desk, &desk.url, &to);
    assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
    assert!(said(&refused).contains("another klachtpost already runs"), "{}", said(&refused));
    runs.end().await;
    let there = Register::open(&to).await.unwrap();
    let runs = at_work(&there, &to).await;
    let refused = copy(&desk, &desk.url, &to);
    assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
    assert_eq!(there.verify().await.unwrap().events, 0);
    runs.end().await;
    let copied = copy(&desk, &desk.url, &to);
    assert!(copied.status.success(), "{}", said(&copied));
}

/// A daemon there: it holds the file's lock, or is an instance that is alive.
struct AtWork {
    only: klachtpost::register::OnlyDaemon,
    joined: Register,
}

impl AtWork {
    async fn end(self) {
        self.joined.leave().await.unwrap();
        drop(self.only);
    }
}

async fn at_work(register: &Register, url: &str) -> AtWork {
    let only = register.only_daemon(url).await.unwrap();
    let joined =
        register.clone().join("start".into(), "een", None, Duration::from_secs(15), Clock::System).await.unwrap();
    AtWork { only, joined }
}

/// Every row of every table but of who works there at this moment, as text, by the table.
async fn contents(url: &str) -> Vec<(String, Vec<String>)> {
    let mut connection = AnyConnection::connect(url).await.unwrap();
    let mut all = Vec::new();
    for table in tables(url).await {
        let rows = sqlx::query(AssertSqlSafe(format!("SELECT * FROM {table}")));
        let rows = rows.fetch_all(&mut connection).await.unwrap();
        let mut shown: Vec<String> = rows.iter().map(shown).collect();
        shown.sort();
        all.push((table, shown));
    }
    connection.close().await.unwrap();
    all
}

/// A row's values, each by the name of its column: the order of columns may differ.
fn shown(row: &sqlx::any::AnyRow) -> String {
    use sqlx::Column;
    let mut values: Vec<String> = Vec::new();
    for column in row.columns() {
        let at = column.ordinal();
        let value = match (row.try_get::<Option<i64>, _>(at), row.try_get::<Option<String>, _>(at)) {
            (Ok(number), _) => format!("{number:?}"),
            (_, Ok(text)) => format!("{text:?}"),
            _ => format!("{:02x?}", row.try_get::<Option<Vec<u8>>, _>(at).unwrap()),
        };
        values.push(format!("{}: {value}", column.name()));
    }
    values.sort();
    values.join(", ")
}

async fn tables(url: &str) -> Vec<String> {
    let text = if url.starts_with("sqlite:") {
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\' \
         AND name NOT IN ('instance', 'lease') ORDER BY name"
    } else {
        "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = current_schema() AND tablename NOT LIKE '\\_%' \
         AND tablename NOT IN ('instance', 'lease') ORDER BY tablename"
    };
    let mut connection = AnyConnection::connect(url).await.unwrap();
    let rows = sqlx::query(text).fetch_all(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// A whole life of a register: mails, a case from complaint to settlement, letters, another case, and one that was redacted.
#[tokio::test]
async fn to_the_other_database_and_back_every_row_is_the_same_and_the_chain_is_proven_at_both() {
    let (desk, karin) = (Desk::new().await, Person::karin());
    let office = settled(&desk, &karin).await;
    redacted(&office, &asked(&[1])).await;
    desk.record(vec![opened(2), written(2, "later")], &[outgoing("later", "jan@klant.example")]).await.unwrap();
    let before: Verified = desk.register.verify().await.unwrap();
    is_sound(&before);
    assert!(before.events > 12 && !before.redacted.cases.is_empty(), "{before:?}");
    let file = desk._dir.path().join("other.db");
    let there = if postgres::is_on() { format!("sqlite:{}", file.display()) } else { postgres::database_of(&file) };
    let mut from = desk.url.clone();
    for to in [there, elsewhere(&desk)] {
        let copied = copy(&desk, &from, &to);
        assert!(copied.status.success(), "{}", said(&copied));
        assert!(said(&copied).contains(" 0 problems"), "{}", said(&copied));
        assert_eq!(contents(&to).await, contents(&desk.url).await, "{to}");
        let register = Register::open(&to).await.unwrap();
        assert_eq!(register.verify().await.unwrap(), before, "{to}");
        register.close().await;
        from = to;
    }

    // It goes on where it was: the next mail has the next id, the next event the next place in the chain.
    let register = Register::open(&from).await.unwrap();
    let back = Desk { register, url: from, _dir: tempfile::tempdir().unwrap() };
    back.record(vec![event(2, What::Noted { text: "Verhuisd.".into() })], &[]).await.unwrap();
    assert_eq!(back.register.store_mails(&[new_mail(901)]).await.unwrap(), 1);
    let verified = back.register.verify().await.unwrap();
    assert_eq!((verified.events, verified.findings), (before.events + 1, vec![]));
    assert_eq!(left_of(&back, &karin).await, Vec::<String>::new());
}

/// But for who works there at this moment.
#[tokio::test]
async fn every_table_is_copied() {
    let desk = Desk::new().await;
    let (tables, mut rows) = (tables(&desk.url).await, 0);
    for table in &tables {
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
