//! Takes sections out of the settings as they are written, `[one]` or `[[several]]`, and has each read. Pure.

use super::section::{Section, section_name};
use config::{Map, Value, ValueKind};

/// A section that may be left out: then each of its keys has its default, or is missed.
pub(super) fn read_with<T>(file: &mut Section, name: &'static str, read: fn(&mut Section) -> T) -> T {
    let given = table(file, name).unwrap_or_default();
    read_table(file, name, given, read)
}

pub(super) fn read_table<T>(
    file: &mut Section,
    label: &str,
    table: Map<String, Value>,
    read: fn(&mut Section) -> T,
) -> T {
    let mut section = Section::new(file.reading(), label, table);
    let value = read(&mut section);
    section.finish();
    value
}

/// A section below this one that may be left out as a whole.
pub(super) fn read_given<T>(s: &mut Section, name: &'static str, read: fn(&mut Section) -> T) -> Option<T> {
    let (label, given) = (s.key(name), table(s, name)?);
    Some(read_table(s, &label, given, read))
}

/// The one section of that name, if there is one.
pub(super) fn table(file: &mut Section, name: &'static str) -> Option<Map<String, Value>> {
    match file.take(name)?.kind {
        ValueKind::Table(table) => Some(table),
        other => {
            let found = match other {
                ValueKind::Array(_) => format!("[[{name}]], with two brackets, or a list"),
                _ => "something else than one section".to_owned(),
            };
            file.refuse(name, found, format!("write [{name}], with one bracket, and its keys below it"));
            None
        }
    }
}

/// The `[[name]]` sections, each read by `read`. None: there are none, or they are refused.
pub(super) fn several<T>(
    file: &mut Section,
    name: &'static str,
    max: usize,
    read: fn(&mut Section) -> T,
) -> Option<Vec<T>> {
    let tables = match file.take(name)?.kind {
        ValueKind::Array(values) if values.len() <= max => values,
        ValueKind::Array(values) => {
            file.refuse(name, format!("{} of them", values.len()), format!("write at most {max}"));
            return None;
        }
        other => {
            let found = match other {
                ValueKind::Table(_) => format!("[{name}], with one bracket"),
                _ => "something else than a list of sections".to_owned(),
            };
            file.refuse(
                name,
                found,
                format!("write [[{name}]], with two brackets, once for each, in the settings file"),
            );
            return None;
        }
    };
    let mut all = Vec::new();
    for (index, value) in tables.into_iter().enumerate() {
        let ValueKind::Table(table) = value.kind else {
            file.refuse(name, "a value in place of a section", format!("write [[{name}]] and its keys below it"));
            continue;
        };
        let label = section_name(name, index, &table);
        all.push(read_table(file, &label, table, read));
    }
    Some(all)
}
