//! Which items of the program a source names, by their full paths: `desk::verbs::parse`. Works on text.

use super::Source;
use std::collections::{BTreeMap, BTreeSet};

/// Full path of what a name stands for.
type Names = BTreeMap<String, Vec<String>>;

impl Source {
    /// The module this file is: `desk::intent` for `desk/intent/mod.rs`.
    pub fn module(&self) -> Vec<String> {
        let path = self.path.trim_end_matches(".rs").trim_end_matches("/mod");
        path.split('/').map(ToOwned::to_owned).collect()
    }

    /// Every path in its code, from the crate's root; those that lead out of the crate are left out.
    pub fn paths(&self, modules: &BTreeSet<Vec<String>>) -> BTreeSet<Vec<String>> {
        let code = self.code().join("\n");
        let (mut names, home) = (Names::new(), self.module());
        let mut found = BTreeSet::new();
        for (name, path) in uses(&code) {
            if let Some(path) = resolved(&path, &home, &names, modules) {
                found.insert(path.clone());
                names.insert(name, path);
            }
        }
        let part = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        let written = code.split(|c| !part(c)).filter(|word| word.contains("::"));
        let written = written.map(|word| word.trim_matches(':').split("::").map(ToOwned::to_owned).collect::<Vec<_>>());
        found.extend(written.filter_map(|path| resolved(&path, &home, &names, modules)));
        found
    }

    /// What it calls others' items by its own path, for everybody: `pub use intent::Intent`.
    pub fn passes_on(&self, modules: &BTreeSet<Vec<String>>) -> BTreeMap<Vec<String>, Vec<String>> {
        let home = self.module();
        let own = |name: String| home.iter().cloned().chain([name]).collect();
        let uses = uses(&self.code().join("\n"));
        let known = uses
            .into_iter()
            .filter_map(|(name, path)| Some((own(name), resolved(&path, &home, &Names::new(), modules)?)));
        known.collect()
    }
}

/// Each name that a `use` brings in, with the path as written.
fn uses(code: &str) -> Vec<(String, Vec<String>)> {
    let statements = code.split(';').filter_map(|statement| {
        let (before, tree) = statement.trim().split_once("use ")?;
        (before.is_empty() || before.starts_with("pub") && !before.contains('\n')).then_some(tree)
    });
    statements.flat_map(|tree| leaves(&[], tree)).collect()
}

/// `a::{b, c::d as e}` taken apart.
fn leaves(above: &[String], tree: &str) -> Vec<(String, Vec<String>)> {
    let with = |path: &str| -> Vec<String> {
        let own = path.split("::").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty() && part != "self");
        above.iter().cloned().chain(own).collect()
    };
    match tree.split_once('{') {
        Some((path, inside)) => {
            let inside = inside.trim_end().strip_suffix('}').unwrap_or(inside);
            branches(inside).into_iter().flat_map(|branch| leaves(&with(path), branch)).collect()
        }
        None => {
            let (path, name) = tree.split_once(" as ").unwrap_or((tree, ""));
            let path = with(path);
            let last = path.last().cloned().unwrap_or_default();
            vec![(if name.is_empty() { last } else { name.trim().to_owned() }, path)]
        }
    }
}

/// Split at the commas outside all brackets.
fn branches(list: &str) -> Vec<&str> {
    let (mut depth, mut from, mut parts) = (0, 0, Vec::new());
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&list[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&list[from..]);
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

fn resolved(path: &[String], home: &[String], names: &Names, modules: &BTreeSet<Vec<String>>) -> Option<Vec<String>> {
    let first = path.first()?;
    let below = |above: &[String], count: usize| above.iter().chain(&path[count..]).cloned().collect::<Vec<_>>();
    match first.as_str() {
        "crate" => Some(below(&[], 1)),
        "super" => {
            let up = path.iter().take_while(|part| *part == "super").count();
            Some(below(home.get(..home.len().checked_sub(up)?)?, up))
        }
        name if modules.contains(&below(home, 0)[..=home.len()]) && !names.contains_key(name) => Some(below(home, 0)),
        name => names.get(name).map(|known| below(known, 1)),
    }
}
