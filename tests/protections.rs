//! Keeps `tests/protections` from going stale: each patch there still finds the one place it takes a protection out of,
//! the test it names is there, and the table of what happened to others is whole. That the tests do notice, the slow
//! script beside the patches shows. Reads the project's own files.

// So that helpers outside the test functions count as tests for the lints too.
#![cfg(test)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Rows of the table: what happened to others, and above [`OTHERS`] what happened to klachtpost itself.
const ROWS: u32 = 37;
const OTHERS: u32 = 30;

/// One protection, taken out.
struct Patch {
    /// `12a`.
    number: String,
    name: String,
    text: String,
}

/// A run of changed lines, with what stands around it.
struct Hunk {
    file: String,
    before: String,
    after: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn patches() -> Vec<Patch> {
    let folder = std::fs::read_dir(root().join("tests/protections")).unwrap();
    let files = folder.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == "patch"));
    let patch = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let number = name.split('-').next().unwrap().to_owned();
        Patch { number, text: std::fs::read_to_string(&path).unwrap(), name }
    };
    let mut patches: Vec<Patch> = files.map(patch).collect();
    patches.sort_by(|a, b| a.name.cmp(&b.name));
    patches
}

impl Patch {
    fn header(&self, name: &str) -> &str {
        let mut head = self.text.lines().take_while(|line| !line.starts_with("--- "));
        let found = head.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        found.filter(|text| !text.is_empty()).unwrap_or_else(|| panic!("{}: no line `{name}: …`", self.name))
    }

    fn row(&self) -> u32 {
        let digits = self.number.trim_end_matches(|c: char| c.is_ascii_lowercase());
        digits.parse().unwrap_or_else(|_| panic!("{}: no number in front", self.name))
    }

    /// The target of cargo's that holds the test, and the test's path in it.
    fn test(&self) -> (&str, &str) {
        self.header("Test").rsplit_once(' ').unwrap_or_else(|| panic!("{}: no target before the test", self.name))
    }

    fn function(&self) -> &str {
        self.test().1.rsplit("::").next().unwrap()
    }

    /// Where a test of that path may stand: in its module's file, or in that of the module around it.
    fn places(&self) -> Vec<PathBuf> {
        let (target, path) = self.test();
        let base = target.strip_prefix("--test ").map_or_else(|| "src".to_owned(), |name| format!("tests/{name}"));
        let mut modules: Vec<&str> = std::iter::once(base.as_str()).chain(path.split("::")).collect();
        modules.pop();
        let whole = modules.join("/");
        let last = modules.pop().unwrap();
        let above = modules.join("/");
        let names =
            [format!("{whole}.rs"), format!("{whole}/mod.rs"), format!("{above}.rs"), format!("{above}/mod.rs")];
        names.into_iter().chain([format!("{above}_{last}.rs")]).map(|name| root().join(name)).collect()
    }

    fn hunks(&self) -> Vec<Hunk> {
        let mut hunks: Vec<Hunk> = Vec::new();
        let mut file = "";
        for line in self.text.lines().skip_while(|line| !line.starts_with("--- ")) {
            match (line.strip_prefix("+++ b/"), line.split_at_checked(1)) {
                (Some(named), _) => file = named,
                (None, _) if line.starts_with("--- ") => {}
                (None, _) if line.starts_with("@@ ") => {
                    hunks.push(Hunk { file: file.to_owned(), before: String::new(), after: String::new() });
                }
                (None, Some((kind, rest))) => {
                    let hunk = hunks.last_mut().unwrap();
                    for (other, side) in [("+", &mut hunk.before), ("-", &mut hunk.after)] {
                        if kind != other {
                            *side += &format!("{rest}\n");
                        }
                    }
                }
                (None, None) => {}
            }
        }
        hunks
    }
}

#[test]
fn each_patch_takes_one_thing_out_of_one_place_in_the_sources() {
    for patch in patches() {
        let hunks = patch.hunks();
        assert!(!hunks.is_empty(), "{}: changes nothing", patch.name);
        for Hunk { file, before, after } in hunks {
            // What a letter says, and does not say, stands in its template.
            let is_product = file.starts_with("src/") || file.starts_with("templates/");
            assert!(is_product, "{}: protections are in src or templates, this changes {file}", patch.name);
            assert_ne!(before, after, "{}: changes nothing", patch.name);
            let places = read(&file).match_indices(&before).count();
            assert_eq!(places, 1, "{}: expected this once in {file}:\n{before}\nnext: make the patch anew", patch.name);
        }
    }
}

#[test]
fn each_patch_says_what_happened_what_stands_against_it_and_which_test_notices() {
    for patch in patches() {
        assert!((1..=ROWS).contains(&patch.row()), "{}: no such row", patch.name);
        for header in ["Bug", "Protection"] {
            assert!(patch.header(header).len() > 20, "{}: {header} says too little", patch.name);
        }
        let (target, path) = patch.test();
        let wanted = format!("fn {}(", patch.function());
        let named = patch.places().into_iter().filter_map(|file| std::fs::read_to_string(file).ok());
        assert!(
            named.into_iter().any(|text| text.contains(&wanted)),
            "{}: there is no test {target} {path}",
            patch.name
        );
    }
}

#[test]
fn the_table_has_every_row_and_names_every_patch_with_its_test() {
    let table = read("tests/protections/README.md");
    let row = |number: u32| table.lines().find(|line| line.starts_with(&format!("| {number} |")));
    let mut named: BTreeSet<String> = BTreeSet::new();
    for number in (1..=ROWS).filter(|number| *number <= OTHERS || row(*number).is_some()) {
        let row = row(number).unwrap_or_else(|| panic!("row {number} is missing"));
        assert_eq!(row.matches(" | ").count(), 3, "row {number}: number, bug, what stands against it, tests");
        named.extend(row.split("<br>").flat_map(|part| part.split(" | ")).filter_map(patch_named));
    }
    let patches = patches();
    for patch in &patches {
        let row = row(patch.row()).unwrap();
        let entry = format!("{}: `{}`", patch.number, patch.function());
        assert!(row.contains(&entry), "{}: row {} does not say {entry}", patch.name, patch.row());
    }
    let rows: BTreeSet<u32> = patches.iter().map(Patch::row).collect();
    assert!((1..=OTHERS).all(|row| rows.contains(&row)), "a row without a patch; there are {rows:?}");
    let there: BTreeSet<String> = patches.into_iter().map(|patch| patch.number).collect();
    assert_eq!(named, there, "the patches that the table names, and those there are");
}

/// `12a` of "12a: `a_test`".
fn patch_named(part: &str) -> Option<String> {
    let (number, test) = part.trim().split_once(": `")?;
    let is_number = number.starts_with(|c: char| c.is_ascii_digit()) && number.len() <= 3;
    (is_number && test.contains('`')).then(|| number.to_owned())
}
