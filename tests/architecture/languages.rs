//! The table of languages is the one place in the sources that knows a language of customers.

use super::{Source, has_word, none_of, sources};

/// Letters to colleagues are in these two; the program may name them.
const OF_COLLEAGUES: [&str; 2] = ["Dutch", "English"];

/// A further language for customers touches its table and `templates/` only: nothing else in the program names one.
#[test]
fn a_language_for_customers_is_named_in_its_table_only() {
    let sources = sources();
    let table = sources.iter().find(|source| source.path == "languages/mod.rs").unwrap();
    // `German = "de" in de,`
    let row = |line: &&str| {
        let (name, rest) = line.trim().split_once(" = \"")?;
        let (tag, file) = rest.strip_suffix(',')?.split_once("\" in ")?;
        (tag == file).then(|| (name.to_owned(), tag.to_owned()))
    };
    let rows: Vec<(String, String)> = table.code().iter().filter_map(row).collect();
    for colleagues in OF_COLLEAGUES {
        assert!(rows.iter().any(|(name, _)| name == colleagues), "{colleagues} is not found in the table: {rows:?}");
    }
    let customers: Vec<_> = rows.iter().filter(|(name, _)| !OF_COLLEAGUES.contains(&name.as_str())).collect();
    assert!(customers.len() >= 2, "{rows:?}");
    let is_apart = |source: &&Source| source.room() == "languages" || source.path.starts_with("letters/sample");
    let mut wrong = Vec::new();
    for source in sources.iter().filter(|source| !source.is_test() && !is_apart(source)) {
        for line in source.code() {
            let names = |(name, tag): &&&(String, String)| {
                has_word(line, &format!("Language::{name}")) || line.contains(&format!("_{tag}\""))
            };
            let found = customers.iter().find(names);
            wrong.extend(found.map(|(name, _)| format!("src/{}: {name} is for its row: {}", source.path, line.trim())));
        }
    }
    none_of(&wrong);
}
