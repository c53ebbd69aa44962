//! Values that are nobody's: what still stands as in the sample settings, and names below domains that are kept for
//! examples and tests (RFC 2606). A desk starts with them, so that it can be tried; no customer should ever be shown one.
//! Pure.

use super::problems::{Problem, variable};
use super::section::{clipped, is_from_environment, section_name};
use config::{File, FileFormat, Map, Value, ValueKind};
use std::collections::BTreeSet;

/// The settings' manual, which is a sample too.
pub const SAMPLE: &str = include_str!("../../config/klachtpost.toml");
/// What stands before a value that may be left out.
const FOR_EXAMPLE: &str = "# e.g. ";
/// Top-level domains and domains in which nobody has a name (RFC 2606 §2 and §3).
const RESERVED: &[&str] = &["example", "test", "invalid", "example.com", "example.net", "example.org"];
/// Keys whose value is never repeated.
const SECRET: &[&str] = &["password", "secret", "client_secret", "previous_secrets"];

/// What can be started with and is no company's own, in the order of the keys, departments last.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Borrowed {
    /// Values of the sample.
    pub sample: Vec<Problem>,
    /// Other names that no mail gets to.
    pub reserved: Vec<Problem>,
}

/// One text of the settings.
struct Text {
    section: String,
    /// `department "schade".address`.
    path: String,
    key: String,
    text: String,
    from_environment: bool,
}

impl Text {
    /// Departments come last: there are many, and what is about the whole desk matters most.
    fn order(&self) -> (bool, &str) {
        (self.section == "department", &self.path)
    }
}

/// Looks for them in settings as they were read; `file` is where those come from that no variable gave.
pub(super) fn borrowed(tree: &Map<String, Value>, file: &str) -> Borrowed {
    let sample = own_values();
    let mut borrowed = Borrowed::default();
    for text in texts(tree).into_iter().filter(|text| !is_anyones(&text.section, &text.key)) {
        let problem = |found: &str, write: &str| Problem {
            place: if text.from_environment { variable(&text.path) } else { file.to_owned() },
            key: text.path.clone(),
            found: format!("\"{}\", {found}", clipped(&text.text)),
            write: write.to_owned(),
        };
        if sample.contains(&folded(&text.text)) {
            borrowed.sample.push(problem("as it stands in the sample", "write your own, or take it out"));
        } else if !SECRET.contains(&text.key.as_str()) && is_reserved(&text.text) {
            let found = "a name below a domain that is kept for examples";
            borrowed.reserved.push(problem(found, "good for a trial; no mail gets there"));
        }
    }
    borrowed
}

/// The keys of these settings under which a secret stands.
pub(super) fn secrets(tree: &Map<String, Value>) -> Vec<String> {
    let mut keys: Vec<String> =
        texts(tree).into_iter().filter(|text| SECRET.contains(&text.key.as_str())).map(|text| text.path).collect();
    keys.dedup();
    keys
}

/// The values of the sample that are nobody's: all it gives, written or for example, but for what is anyone's.
fn own_values() -> BTreeSet<String> {
    let texts = read(&written_out(SAMPLE)).map(|tree| texts(&tree)).unwrap_or_default();
    texts.into_iter().filter(|text| !is_anyones(&text.section, &text.key)).map(|text| folded(&text.text)).collect()
}

/// The sample with every section and every example in it, the defaults left out.
pub(super) fn written_out(sample: &str) -> String {
    let lines = sample.lines().map(|line| {
        let is_key = |rest: &&str| rest.split_once(" = ").is_some_and(|(key, _)| is_key(key));
        let section = line.strip_prefix('#').filter(|rest| rest.starts_with('[') && rest.ends_with(']'));
        section.or_else(|| line.strip_prefix(FOR_EXAMPLE).filter(is_key)).unwrap_or(line)
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn is_key(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c == '_')
}

fn read(text: &str) -> Result<Map<String, Value>, config::ConfigError> {
    config::Config::builder().add_source(File::from_str(text, FileFormat::Toml)).build()?.cache.into_table()
}

/// What is good for any company as the sample has it: the words of the trade, and places on the own machine.
fn is_anyones(section: &str, key: &str) -> bool {
    matches!((section, key), ("department", "name" | "keywords") | ("reference" | "text", _) | ("oauth2", "provider"))
        || matches!(
            (section, key),
            ("closing", "causes" | "ask_languages")
                | ("committee", "language")
                | ("brand", "logo" | "colour")
                | ("desk", "languages")
        )
        || matches!(section, "department" | "committee" | "brand")
            && ["title", "fee", "opening_hours"].iter().any(|said| key.starts_with(said))
        || matches!(key, "path" | "redactions")
        || key.ends_with("_file")
}

/// Every text of every section, those of lists among them.
fn texts(tree: &Map<String, Value>) -> Vec<Text> {
    let mut all = Vec::new();
    for (section, value) in tree {
        match &value.kind {
            ValueKind::Table(table) => in_section(section, section, table, &mut all),
            ValueKind::Array(several) => {
                for (index, one) in several.iter().enumerate() {
                    if let ValueKind::Table(table) = &one.kind {
                        in_section(section, &section_name(section, index, table), table, &mut all);
                    }
                }
            }
            _ => {}
        }
    }
    all.sort_by(|one, other| one.order().cmp(&other.order()));
    all
}

fn in_section(section: &str, label: &str, table: &Map<String, Value>, all: &mut Vec<Text>) {
    for (key, value) in table {
        if let ValueKind::Table(below) = &value.kind {
            in_section(key, &format!("{label}.{key}"), below, all);
        }
        let from_environment = is_from_environment(value);
        let texts: Vec<&str> = match &value.kind {
            // A list is written with commas there.
            ValueKind::String(text) if from_environment => text.split(',').collect(),
            ValueKind::String(text) => vec![text],
            ValueKind::Array(values) => values.iter().filter_map(text_of).collect(),
            _ => Vec::new(),
        };
        all.extend(texts.into_iter().filter(|text| !text.trim().is_empty()).map(|text| Text {
            section: section.to_owned(),
            path: format!("{label}.{key}"),
            key: key.clone(),
            text: text.trim().to_owned(),
            from_environment,
        }));
    }
}

fn text_of(value: &Value) -> Option<&str> {
    if let ValueKind::String(text) = &value.kind { Some(text) } else { None }
}

fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}

/// Whether a name in it (of an address, a server, a web page) is below a reserved domain. What stands before an `@` is no
/// name of a domain.
fn is_reserved(text: &str) -> bool {
    let lower = text.to_lowercase();
    let is_apart = |c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-'));
    let after_at = lower.split('@').skip(1).filter_map(|after| after.split(is_apart).next());
    let mut names: Vec<&str> = after_at.collect();
    if names.is_empty() {
        names = lower.split(is_apart).collect();
    }
    names.into_iter().map(|name| name.trim_matches('.')).any(|name| {
        RESERVED.iter().any(|domain| {
            let host = name.strip_suffix(domain);
            host.is_some_and(|host| host.ends_with('.') || host.is_empty() && domain.contains('.'))
        })
    })
}

#[cfg(test)]
mod tests;
