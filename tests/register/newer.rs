//! A newer klachtpost beside running older ones, on a real PostgreSQL in every run: tables are brought up to date when nobody works
//! with those of before, by who does the work and not by who looks, and without the limits that are for steps of work.

use super::*;
use crate::support::postgres::{Postgres, database_of, instance, with_secret};
use klachtpost::desk::Lookup;
use sqlx::migrate::Migrator;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Long enough for whatever a busy machine does beside.
const PATIENCE: Duration = Duration::from_secs(60);

struct Database {
    url: String,
    name: String,
    _dir: tempfile::TempDir,
}

impl Database {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = database_of(&dir.path().join("register.db"));
        let name = url.rsplit_once('/').unwrap().1.split('?').next().unwrap().to_owned();
        Self { url, name, _dir: dir }
    }

    /// One as the version before the newest left it.
    async fn older() -> Self {
        sqlx::any::install_default_drivers();
        let database = Self::new();
        let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/postgres");
        let mut files: Vec<_> = std::fs::read_dir(migrations).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files.pop();
        let before = tempfile::tempdir().unwrap();
        for file in files {
            std::fs::copy(&file, before.path().join(file.file_name().unwrap())).unwrap();
        }
        let mut connection = AnyConnection::connect(&database.url).await.unwrap();
        Migrator::new(before.path()).await.unwrap().run(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        database
    }

    fn sql(&self, text: &str) -> String {
        server().sql(&self.name, text)
    }

    fn newest(&self) -> String {
        self.sql("SELECT max(version) FROM _sqlx_migrations")
    }

    /// As a version of next year leaves it.
    fn is_of_next_year(&self) {
        self.sql(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             VALUES (9000, 'of next year', TRUE, '\\x00', 0)",
        );
    }
}

fn server() -> &'static Postgres {
    instance()
}

#[tokio::test]
async fn tables_are_brought_up_to_date_when_no_instance_of_before_is_alive() {
    let database = Database::older().await;
    let before = database.newest();
    let alive = "(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint + 600000";
    database.sql(&format!("INSERT INTO instance VALUES ('1', 'oude-machine', '', 0, 0, {alive})"));
    let error = Register::open(&database.url).await.unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, RegisterError::OlderAtWork { .. }) && error.is_unavailable(), "{text}");
    for part in ["oude-machine", &database.name, "hint: stop each of them"] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    assert_eq!(database.newest(), before);
    database.sql("UPDATE instance SET until = 0");

    let looked = Register::open_existing(&database.url).await.unwrap_err();
    assert!(matches!(looked, RegisterError::Older { .. }), "{looked}");
    assert!(looked.to_string().contains("hint: `klachtpost run` of this version"), "{looked}");
    assert_eq!(database.newest(), before, "who looks changes nothing");

    Register::open(&database.url).await.unwrap().close().await;
    assert_ne!(database.newest(), before);
    Register::open_existing(&database.url).await.unwrap().close().await;
}

#[tokio::test]
async fn a_migration_has_none_of_the_limits_of_a_step_of_work() {
    let database = Database::older().await;
    database.sql(
        "CREATE SCHEMA noted; CREATE TABLE noted.limits (lock TEXT, statement TEXT, idle TEXT); \
         CREATE FUNCTION noted.note() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN \
         INSERT INTO noted.limits VALUES (current_setting('lock_timeout'), current_setting('statement_timeout'), \
         current_setting('idle_in_transaction_session_timeout')); END $$; \
         CREATE EVENT TRIGGER notes ON ddl_command_start EXECUTE FUNCTION noted.note()",
    );
    Register::open(&database.url).await.unwrap().close().await;
    assert_eq!(database.sql("SELECT DISTINCT lock || ' ' || statement || ' ' || idle FROM noted.limits"), "0 0 0");
}

#[tokio::test]
async fn an_instance_stops_when_a_newer_one_changed_the_tables() {
    let database = Database::new();
    let register = Register::open(&database.url).await.unwrap();
    let register = register.join("1".into(), "een", None, Duration::from_secs(2), Clock::System).await.unwrap();
    let held = register.hold("mailbox klachten").await.unwrap().unwrap();
    held.begin().await.unwrap().commit().await.unwrap();
    assert!(register.is_outdated().is_none());
    database.is_of_next_year();
    tokio::time::timeout(PATIENCE, register.outdated()).await.expect("the next beat finds it");
    assert!(matches!(register.is_outdated(), Some(RegisterError::Newer { version: 9000 })));
    let began = Instant::now();
    while held.begin().await.is_ok() {
        assert!(began.elapsed() < PATIENCE, "nothing of what it did alone is committed");
    }
    let again = Register::open(&database.url).await.unwrap_err();
    assert!(matches!(again, RegisterError::Newer { version: 9000 }), "{again}");
}

/// The program itself, until it ended.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn a_running_klachtpost_ends_by_itself_then_and_says_why() {
    let (database, desk) = (Database::new(), Desk::new().await);
    let folder = desk._dir.path();
    let text = settings(&desk, &maildir(&desk, "in"), &maildir(&desk, "out"));
    let start = text.find("[register]").unwrap();
    let end = text.find("[[department]]").unwrap();
    let redactions = folder.join("redacted");
    let register = format!("[register]\nurl = \"{}\"\nredactions = \"{}\"\n", database.url, redactions.display());
    let text = format!("{}{register}[instance]\nname = \"een\"\nlease_seconds = 2\n{}", &text[..start], &text[end..]);
    let config = folder.join("klachtpost.toml");
    std::fs::write(&config, with_secret(text)).unwrap();
    let log = std::fs::File::create(folder.join("log")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_klachtpost"));
    command.arg("--config").arg(&config).arg("run").stdout(Stdio::null()).stderr(log);
    let mut program = Program(command.spawn().unwrap());
    let said = || std::fs::read_to_string(folder.join("log")).unwrap();
    let began = Instant::now();
    while !said().contains("klachtpost runs") {
        assert!(began.elapsed() < PATIENCE && program.0.try_wait().unwrap().is_none(), "{}", said());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    database.is_of_next_year();
    let ended = loop {
        if let Some(ended) = program.0.try_wait().unwrap() {
            break ended;
        }
        assert!(began.elapsed() < PATIENCE * 2, "{}", said());
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!(ended.code(), Some(75), "{}", said());
    assert!(said().contains("written by a newer klachtpost") && said().contains("version 9000"), "{}", said());
    assert_eq!(database.sql("SELECT count(*) FROM instance"), "0");
}

/// Two registers, of which the first holds something.
async fn two() -> (Database, Register, Database, Register) {
    let (from, to) = (Database::new(), Database::new());
    let (source, target) = (Register::open(&from.url).await.unwrap(), Register::open(&to.url).await.unwrap());
    source.store_mails(&(1..=50).map(new_mail).collect::<Vec<_>>()).await.unwrap();
    (from, source, to, target)
}

#[tokio::test]
async fn nothing_is_copied_where_an_instance_is_alive() {
    let (from, source, to, target) = two().await;
    for (at, url) in [("source", &from.url), ("target", &to.url)] {
        let other = Register::open(url).await.unwrap();
        let other = other.join("1".into(), "een", None, Duration::from_secs(20), Clock::System).await.unwrap();
        let error = source.copy_to(&target, &mut |_| {}).await.unwrap_err();
        assert!(matches!(error, RegisterError::InUse { .. }), "{at}: {error}");
        other.leave().await.unwrap();
    }
    source.copy_to(&target, &mut |_| {}).await.unwrap();
    assert_eq!(target.rows().await.unwrap(), source.rows().await.unwrap());
}

/// What beginning to work there comes to, in a thread of its own.
fn joined(url: &str) -> Result<Register, RegisterError> {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let other = Register::open(url).await.unwrap();
        other.join("1".into(), "een", None, Duration::from_secs(2), Clock::System).await
    })
}

#[tokio::test]
async fn no_instance_begins_while_a_register_is_copied() {
    let (from, source, to, target) = two().await;
    let mut joining = Vec::new();
    source
        .copy_to(&target, &mut |_| {
            if !joining.is_empty() {
                return;
            }
            for url in [from.url.clone(), to.url.clone()] {
                joining.push(std::thread::spawn(move || joined(&url)));
            }
            // Longer than one waits for a lock.
            std::thread::sleep(Duration::from_secs(12));
        })
        .await
        .unwrap();
    assert_eq!(joining.len(), 2);
    for joined in joining {
        let error = joined.join().unwrap().unwrap_err();
        assert!(matches!(error, RegisterError::BeingCopied) && error.is_unavailable(), "{error}");
        assert!(error.to_string().contains("hint: start klachtpost when the copy has ended"), "{error}");
    }
    let mut tx = target.begin().await.unwrap();
    assert_eq!(
        tx.snapshot(1, &identity("", "h"), &Lookup { year: 2026, ..Lookup::default() }).await.unwrap().next_serial,
        1
    );
}
