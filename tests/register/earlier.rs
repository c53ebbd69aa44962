//! Registers that earlier versions left, one of each: they open, nothing of them changed, and work goes on in them. A version
//! that is released leaves one more in `earlier/`, as the statements that make it.

use super::*;
use sqlx::Connection;
use std::path::PathBuf;

/// The versions that left one.
fn versions() -> Vec<PathBuf> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/register/earlier");
    let mut versions: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    versions.sort();
    versions
}

/// The register of then, in a folder of its own.
async fn left_by(version: &std::path::Path) -> (String, tempfile::TempDir) {
    sqlx::any::install_default_drivers();
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", dir.path().join("register.db").display());
    let statements = std::fs::read_to_string(version).unwrap();
    let mut connection = AnyConnection::connect(&format!("{url}?mode=rwc")).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(format!("PRAGMA foreign_keys = OFF;\n{statements}")))
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    (url, dir)
}

#[tokio::test]
async fn a_register_of_each_earlier_version_opens_unchanged_and_goes_on() {
    let versions = versions();
    assert!(!versions.is_empty());
    for version in versions {
        let (url, dir) = left_by(&version).await;
        let mut before = AnyConnection::connect(&url).await.unwrap();
        let text = "SELECT hash FROM event ORDER BY seq DESC LIMIT 1";
        let head: String = sqlx::query_scalar(text).fetch_one(&mut before).await.unwrap();
        before.close().await.unwrap();

        let desk = Desk { register: Register::open(&url).await.unwrap(), url, _dir: dir };
        let verified = desk.register.verify().await.unwrap();
        assert_eq!((&verified.findings, &verified.head.hash), (&Vec::new(), &head), "{}", version.display());
        assert_eq!(verified.cases, 3, "{}", version.display());
        desk.record(vec![event(1, What::Noted { text: "Later.".into() })], &[]).await.unwrap();
        assert_eq!(desk.register.verify().await.unwrap().findings, [], "{}", version.display());
    }
}

/// A command of the newer version leaves it alone then, as the newer daemon does.
#[tokio::test]
async fn tables_stay_as_they_are_while_an_older_klachtpost_runs_on_them() {
    let (url, dir) = left_by(versions().last().unwrap()).await;
    let lock = std::fs::File::create(dir.path().join("register.db.lock")).unwrap();
    lock.try_lock().unwrap();
    for opened in [Register::open(&url).await, Register::open_existing(&url).await] {
        let error = opened.unwrap_err();
        assert!(matches!(error, RegisterError::OlderAtWork { .. }) && error.is_unavailable(), "{error}");
        assert!(error.to_string().contains("hint: stop each of them"), "{error}");
    }
    drop(lock);
    Register::open_existing(&url).await.unwrap().close().await;
}
