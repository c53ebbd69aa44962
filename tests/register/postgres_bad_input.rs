//! PostgreSQL servers that klachtpost cannot use, each told with the next step and without a password, and servers that fail
//! while it works. On a real server, in every run.

use super::*;
use crate::support::certs::PrivateCa;
use crate::support::postgres::{OWNER, PASSWORD, PROVEN, Postgres, database_of, instance};
use klachtpost::register::{Refusal, Trouble};
use std::path::Path;

/// A database of the test's own that was never opened.
fn database(dir: &Path) -> (String, String) {
    let url = database_of(&dir.join("register.db"));
    let name = url.rsplit_once('/').unwrap().1.split('?').next().unwrap().to_owned();
    (url, name)
}

/// Why it cannot be opened, with the test's own places left out.
async fn refused(url: &str) -> (Option<Refusal>, String) {
    let error = Register::open(url).await.unwrap_err();
    let refusal = if let RegisterError::Server { refusal, .. } = &error { Some(*refusal) } else { None };
    let shown = format!("{error:?} {error}");
    assert!(!shown.contains(PASSWORD) && !shown.contains("verkeerd"), "{shown}");
    assert!(error.is_unavailable() || matches!(error, RegisterError::Newer { .. }), "{error}");
    let name = url.rsplit_once('/').unwrap().1.split('?').next().unwrap();
    let port = url.split("127.0.0.1:").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or("none");
    (refusal, error.to_string().replace(name, "DATABASE").replace(port, "PORT"))
}

#[tokio::test]
async fn each_server_that_cannot_be_used_says_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let (url, name) = database(dir.path());
    let server = instance();
    let sql = |text: &str| server.sql(&name, text);
    let as_other = |account: &str| url.replacen(OWNER, account, 1);
    let mut told = Vec::new();
    let mut tell = async |what: &str, url: &str, expected: Refusal| {
        let (refusal, text) = refused(url).await;
        assert_eq!(refusal, Some(expected), "{what}: {text}");
        told.push(format!("== {what}\n{text}"));
    };
    tell("wrong password", &as_other(&format!("{PROVEN}:verkeerd")), Refusal::Login).await;
    tell("no password", &as_other(PROVEN), Refusal::Login).await;
    tell("no such database", &url.replace(&name, "nergens"), Refusal::NoDatabase).await;
    let closed =
        format!("127.0.0.1:{}", std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port());
    let away = url.replace(&format!("127.0.0.1:{}", server.port), &closed);
    tell("nobody listens", &away, Refusal::Away).await;
    tell("no TLS", &url.replace("sslmode=disable", "sslmode=verify-full"), Refusal::Tls).await;
    tell("may make no tables", &as_other(&format!("{PROVEN}:{PASSWORD}")), Refusal::MayNot).await;
    sql(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on"));
    tell("read only", &url, Refusal::ReadOnly).await;
    server.sql("postgres", &format!("ALTER DATABASE {name} RESET default_transaction_read_only"));
    sql("CREATE TABLE somebody_elses (n int)");
    tell("somebody else's tables", &url, Refusal::Foreign).await;
    sql("DROP TABLE somebody_elses; CREATE TABLE _sqlx_migrations (version bigint, checksum bytea)");
    sql("INSERT INTO _sqlx_migrations VALUES (20250101, '\\x00')");
    tell("another program's migrations", &url, Refusal::Foreign).await;
    sql("DROP TABLE _sqlx_migrations");
    sql(&format!("ALTER ROLE {PROVEN} CONNECTION LIMIT 0"));
    tell("no more connections", &as_other(&format!("{PROVEN}:{PASSWORD}")), Refusal::NoRoom).await;
    sql(&format!("ALTER ROLE {PROVEN} CONNECTION LIMIT -1"));
    server.sql("postgres", "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0");
    tell("another encoding", &server.url("latin"), Refusal::Encoding).await;
    insta::assert_snapshot!(told.join("\n\n"));

    let absent = Register::open_existing(&url).await.unwrap_err();
    assert!(matches!(absent, RegisterError::Absent { .. }) && absent.to_string().contains(&name), "{absent}");
    assert_eq!(sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), "0", "who looks makes nothing");
    Register::open(&url).await.unwrap().close().await;
    sql("UPDATE _sqlx_migrations SET version = 9000 WHERE version = (SELECT max(version) FROM _sqlx_migrations)");
    let (_, text) = refused(&url).await;
    assert!(text.contains("version 9000") || text.contains("somebody") || text.contains("klachtpost's"), "{text}");
}

/// The error of a statement on a connection of its own.
async fn trouble_of(connection: &mut AnyConnection, statement: &str) -> RegisterError {
    let done = sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(connection).await;
    done.map(|_| ()).unwrap_err().into()
}

#[tokio::test]
async fn a_server_that_cannot_be_used_now_blames_no_mail_and_says_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let (url, _) = database(dir.path());
    let register = Register::open(&url).await.unwrap();
    let mut told = Vec::new();
    for (code, trouble) in [
        ("53100", Trouble::Full),
        ("25006", Trouble::ReadOnly),
        ("55P03", Trouble::Locked),
        ("58030", Trouble::Disk),
        ("XX001", Trouble::Damaged),
        ("53300", Trouble::Closed),
        ("57P01", Trouble::Lost),
        ("42501", Trouble::MayNot),
    ] {
        let mut connection = AnyConnection::connect(&url).await.unwrap();
        let statement = format!("DO $$ BEGIN RAISE EXCEPTION 'said so' USING ERRCODE = '{code}'; END $$");
        let error = trouble_of(&mut connection, &statement).await;
        assert!(error.is_unavailable() && !error.is_conflict(), "{error}");
        assert!(matches!(error, RegisterError::Unavailable { trouble: t, .. } if t == trouble), "{error:?}");
        told.push(error.to_string());
    }
    insta::assert_snapshot!(told.join("\n"));
    let mut connection = AnyConnection::connect(&url).await.unwrap();
    let twice = "INSERT INTO job_run VALUES ('digest', '2026-11-23', 0), ('digest', '2026-11-23', 0)";
    let conflict = trouble_of(&mut connection, twice).await;
    assert!(conflict.is_conflict() && !conflict.is_unavailable(), "{conflict}");
    // One that waits too long for another program's turn goes on afterwards.
    let other = Register::open(&url).await.unwrap();
    let held = other.begin().await.unwrap();
    let error = register.begin().await.map(|_| ()).unwrap_err();
    assert!(matches!(error, RegisterError::Unavailable { trouble: Trouble::Locked, .. }), "{error}");
    drop(held);
    register.begin().await.unwrap().commit().await.unwrap();
}

#[tokio::test]
async fn a_certificate_is_believed_of_the_named_ca_and_for_the_named_host_alone() {
    let ca = PrivateCa::new();
    let server = Postgres::with_certificate(&ca.certificate_for("localhost"));
    let url = |host: &str, more: &str| format!("postgres://{OWNER}@{host}:{}/postgres{more}", server.port);
    let with_ca = format!("?sslrootcert={}", ca.ca_file().display());
    Register::open(&url("localhost", &with_ca)).await.unwrap().close().await;
    for (host, more) in [("localhost", ""), ("127.0.0.1", &with_ca)] {
        let (refusal, text) = refused(&url(host, more)).await;
        assert_eq!(refusal, Some(Refusal::Tls), "{host}{more}: {text}");
    }
}
