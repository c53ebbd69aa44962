//! Which tests are about one database alone is said in one place (`tests/support/engines.rs`) and asked for in one way, so that
//! none passes unseen on the other. Reads the tests as text.

use super::files_below;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// How a test asks.
const ASKS: &str = "engines::is_about_the_other(\"";
/// What would pass a test over without being in a list.
const UNSEEN: [&str; 2] = ["if postgres::is_on() {\n        return;", "if !postgres::is_on() {\n        return;"];

#[test]
fn every_test_of_one_database_alone_is_in_the_list_and_has_its_counterpart() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let lists = std::fs::read_to_string(root.join("tests/support/engines.rs")).unwrap();
    let (of_sqlite, of_postgres) = lists.split_once("pub const POSTGRES_ALONE").unwrap();
    let of_sqlite = of_sqlite.split_once("pub const SQLITE_ALONE").unwrap().1;
    let of_postgres = of_postgres.split_once("];").unwrap().0;
    let (mut tests, mut ask) = (BTreeSet::new(), BTreeSet::new());
    let is_rust = |path: &PathBuf| path.extension().is_some_and(|end| end == "rs");
    for file in files_below(&root.join("tests")).into_iter().filter(is_rust) {
        let text = std::fs::read_to_string(&file).unwrap();
        if file.ends_with("architecture/both_databases.rs") || file.ends_with("support/engines.rs") {
            continue;
        }
        for unseen in UNSEEN {
            assert!(!text.contains(unseen), "{}: a test passes unseen; next: tests/support/engines.rs", file.display());
        }
        for function in text.split("\n#[tokio::test").skip(1).chain(text.split("\n#[test]").skip(1)) {
            let Some((_, function)) = function.split_once("fn ") else { continue };
            let name = function.split('(').next().unwrap_or_default();
            tests.insert(name.to_owned());
            let body = function.split("\n}\n").next().unwrap_or_default();
            if let Some((_, rest)) = body.split_once(ASKS) {
                assert_eq!(rest.split('"').next(), Some(name), "{}: it asks for itself", file.display());
                ask.insert(name.to_owned());
            }
        }
    }
    let quoted = |text: &str| text.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let (pairs, of_postgres) = (quoted(of_sqlite), quoted(of_postgres));
    let listed: BTreeSet<String> = pairs.iter().step_by(2).chain(&of_postgres).cloned().collect();
    assert_eq!(listed, ask, "those in the lists, and those that ask");
    println!("of SQLite alone: {}; of PostgreSQL alone: {}", pairs.len() / 2, of_postgres.len());
    for instead in pairs.iter().skip(1).step_by(2).filter(|instead| !instead.contains(' ')) {
        assert!(tests.contains(instead), "{instead} is no test any more");
    }
}
