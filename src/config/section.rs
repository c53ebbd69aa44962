//! Reads one section of the settings key by key, and notes whatever is wrong with it. Reads secret files.
//!
//! Serde would stop at the first mistake and could not say what to write; an operator wants all of them at once.
//! A value that is wrong is noted and gives a stand-in, so that reading goes on; the stand-in is never used, because
//! settings with a problem never become a started daemon.

use super::nearest::{belongs_to, nearest};
use super::problems::{Problem, variable};
use super::secret::{SecretFile, SecretSource, read_secret_file};
use config::{Map, Value, ValueKind};
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// Values in one list: more addresses or keywords than a company has, fewer than a mistake brings.
const MAX_LIST: usize = 1_000;
/// Characters of one text: longer than any name, address, folder or sentence a letter prints.
const MAX_TEXT_CHARS: usize = 1_000;
/// Characters of a text of several paragraphs: a page.
const MAX_PARAGRAPHS_CHARS: usize = 4_000;
/// Characters of a wrong value that are shown.
const MAX_SHOWN_CHARS: usize = 60;
/// What the `config` crate calls the origin of a variable.
const ENVIRONMENT: &str = "the environment";

/// What the settings are read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// All of it: servers and secrets too.
    Work,
    /// To look into the register, as somebody who may not read the secrets: what is for servers alone may be missing.
    Look,
}

/// What is known while the settings are read: where they come from, and what is wrong so far.
#[derive(Debug)]
pub(super) struct Reading {
    file: String,
    purpose: Purpose,
    /// systemd's folder of credentials: what lies there is guarded by systemd.
    credentials: Option<PathBuf>,
    /// Keys (`section.key`) whose value an environment variable gave.
    from_environment: BTreeSet<String>,
    problems: Vec<Problem>,
    /// Every `section.key` that was asked for.
    known: BTreeSet<String>,
}

impl Reading {
    pub(super) fn new(file: &str, credentials: Option<PathBuf>, purpose: Purpose) -> Self {
        Self {
            file: file.to_owned(),
            purpose,
            credentials,
            from_environment: BTreeSet::new(),
            problems: Vec::new(),
            known: BTreeSet::new(),
        }
    }

    /// Where settings come from that no variable gave.
    pub(super) fn file(&self) -> &str {
        &self.file
    }

    /// Notes that `key` can't be used. Only the first problem of a key or its section is kept: the next would come of
    /// a stand-in.
    pub(super) fn refuse(&mut self, key: &str, found: impl Into<String>, write: impl Into<String>) {
        if self.is_refused(key) || key.split_once('.').is_some_and(|(section, _)| self.is_refused(section)) {
            return;
        }
        let problem = self.problem(key, found, write);
        self.problems.push(problem);
    }

    /// The same of what only work needs.
    pub(super) fn refuse_for_work(&mut self, key: &str, found: impl Into<String>, write: impl Into<String>) {
        if self.purpose == Purpose::Work {
            self.refuse(key, found, write);
        }
    }

    /// What is wrong with `key`, and where it stands.
    pub(super) fn problem(&self, key: &str, found: impl Into<String>, write: impl Into<String>) -> Problem {
        let place = if self.from_environment.contains(key) { variable(key) } else { self.file.clone() };
        Problem { place, key: key.to_owned(), found: found.into(), write: write.into() }
    }

    /// Notes that the environment variable `name`, which is no key at all, can't be used.
    pub(super) fn refuse_variable(&mut self, name: &str, found: &str, write: &str) {
        let place = "environment".to_owned();
        self.problems.push(Problem { place, key: name.to_owned(), found: found.to_owned(), write: write.to_owned() });
    }

    pub(super) fn is_refused(&self, key: &str) -> bool {
        self.problems.iter().any(|problem| problem.key == key)
    }

    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    /// Every `section.key` that was asked for.
    #[cfg(test)]
    pub(super) fn known(&self) -> &BTreeSet<String> {
        &self.known
    }
}

/// One section, or the whole file as the section without a name.
#[derive(Debug)]
pub(super) struct Section<'r> {
    reading: &'r mut Reading,
    /// `mailbox`, or `department "schade"`; empty for the whole file.
    label: String,
    table: Map<String, Value>,
    asked: Vec<&'static str>,
}

impl<'r> Section<'r> {
    pub(super) fn new(reading: &'r mut Reading, label: impl Into<String>, table: Map<String, Value>) -> Self {
        Self { reading, label: label.into(), table, asked: Vec::new() }
    }

    /// `section.key` as problems name it.
    pub(super) fn key(&self, key: &str) -> String {
        if self.label.is_empty() { key.to_owned() } else { format!("{}.{key}", self.label) }
    }

    pub(super) fn refuse(&mut self, key: &str, found: impl Into<String>, write: impl Into<String>) {
        let key = self.key(key);
        self.reading.refuse(&key, found, write);
    }

    /// The same of what only work with servers needs.
    pub(super) fn refuse_for_work(&mut self, key: &str, found: impl Into<String>, write: impl Into<String>) {
        let key = self.key(key);
        self.reading.refuse_for_work(&key, found, write);
    }

    pub(super) fn is_refused(&self, key: &str) -> bool {
        self.reading.is_refused(&self.key(key))
    }

    pub(super) fn reading(&mut self) -> &mut Reading {
        self.reading
    }

    /// Takes the value out, so that what is left at the end is unknown.
    pub(super) fn take(&mut self, key: &'static str) -> Option<Value> {
        self.asked.push(key);
        let name = self.key(key);
        self.reading.known.insert(name.clone());
        let value = self.table.remove(key)?;
        if is_from_environment(&value) {
            self.reading.from_environment.insert(name);
        }
        Some(value)
    }

    /// The `[[name]]` sections, where there are several; one alone is left where it is.
    pub(super) fn take_several(&mut self, name: &'static str) -> Option<Vec<Value>> {
        if !matches!(self.table.get(name)?.kind, ValueKind::Array(_)) {
            return None;
        }
        match self.take(name)?.kind {
            ValueKind::Array(several) => Some(several),
            _ => None,
        }
    }

    /// Notes every key that nobody asked for. Its value is not shown: it may be a secret with a misspelt name.
    pub(super) fn finish(mut self) {
        let mut unknown: Vec<(String, Value)> = std::mem::take(&mut self.table).into_iter().collect();
        unknown.sort_by(|one, other| one.0.cmp(&other.0));
        for (key, value) in unknown {
            if is_from_environment(&value) {
                let name = self.key(&key);
                self.reading.from_environment.insert(name);
            }
            let is_section = self.label.is_empty() && matches!(value.kind, ValueKind::Table(_) | ValueKind::Array(_));
            let write = match (nearest(&key, &self.asked), belongs_to(&key)) {
                (Some(known), _) if is_section => format!("did you mean [{known}]? Else take it out"),
                (Some(known), _) => format!("did you mean `{known}`? Else take it out"),
                (None, Some(sections)) => format!("did you mean that of {sections}? Write it there"),
                (None, None) => format!("take it out; known here are {}", self.asked.join(", ")),
            };
            self.refuse(&key, if is_section { "an unknown section" } else { "an unknown key" }, write);
        }
    }

    /// A text on one line, without white space at its ends. Control characters would end up in mail headers.
    pub(super) fn text(&mut self, key: &'static str) -> Option<String> {
        let value = self.take(key)?;
        let ValueKind::String(text) = &value.kind else {
            self.refuse(key, shown(&value), format!("write a text in quotes: `{key} = \"…\"`"));
            return None;
        };
        if text.chars().any(char::is_control) || text.chars().count() > MAX_TEXT_CHARS {
            self.refuse(key, shown(&value), format!("write one line of at most {MAX_TEXT_CHARS} characters"));
            return None;
        }
        Some(text.trim().to_owned())
    }

    /// A text of several lines and paragraphs, without blank lines at its ends.
    pub(super) fn paragraphs(&mut self, key: &'static str) -> Option<String> {
        let value = self.take(key)?;
        let ValueKind::String(text) = &value.kind else {
            self.refuse(key, shown(&value), format!("write a text in quotes: `{key} = \"\"\"…\"\"\"`"));
            return None;
        };
        let text = text.replace("\r\n", "\n");
        if text.chars().any(|c| c.is_control() && c != '\n') || text.chars().count() > MAX_PARAGRAPHS_CHARS {
            let write = format!("write a text of at most {MAX_PARAGRAPHS_CHARS} characters, without tabs");
            self.refuse(key, shown(&value), write);
            return None;
        }
        Some(text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim().to_owned())
    }

    pub(super) fn text_or(&mut self, key: &'static str, default: &str) -> String {
        self.text(key).unwrap_or_else(|| default.to_owned())
    }

    /// A text that must be there; `write` says what to write where it isn't.
    pub(super) fn required(&mut self, key: &'static str, write: &str) -> String {
        let text = self.text(key).unwrap_or_default();
        if text.is_empty() {
            self.refuse(key, "nothing", format!("write {write}"));
        }
        text
    }

    /// A whole number; text that is one will do, because the environment has only text.
    pub(super) fn number(&mut self, key: &'static str, default: u64, allowed: RangeInclusive<u64>, unit: &str) -> u64 {
        let Some(value) = self.take(key) else { return default };
        let number = match &value.kind {
            ValueKind::I64(number) => u64::try_from(*number).ok(),
            ValueKind::U64(number) => Some(*number),
            ValueKind::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        number.filter(|number| allowed.contains(number)).unwrap_or_else(|| {
            let (least, most) = (allowed.start(), allowed.end());
            self.refuse(key, shown(&value), format!("write a whole number from {least} to {most} ({unit})"));
            default
        })
    }

    pub(super) fn flag(&mut self, key: &'static str, default: bool) -> bool {
        let Some(value) = self.take(key) else { return default };
        match &value.kind {
            ValueKind::Boolean(flag) => *flag,
            ValueKind::String(text) if text.trim() == "true" => true,
            ValueKind::String(text) if text.trim() == "false" => false,
            _ => {
                self.refuse(key, shown(&value), "write true or false, without quotes");
                default
            }
        }
    }

    /// One of `options`; `None` where something else was written, which is noted.
    pub(super) fn choice<T: Clone>(&mut self, key: &'static str, default: T, options: &[(&str, T)]) -> Option<T> {
        let Some(text) = self.text(key) else { return if self.is_refused(key) { None } else { Some(default) } };
        let chosen = options.iter().find(|(name, _)| *name == text).map(|(_, option)| option.clone());
        if chosen.is_none() {
            let names: Vec<String> = options.iter().map(|(name, _)| format!("\"{name}\"")).collect();
            self.refuse(key, format!("\"{}\"", clipped(&text)), format!("write {}", names.join(" or ")));
        }
        chosen
    }

    /// One of `options` that must be there.
    pub(super) fn required_choice<T: Copy>(&mut self, key: &'static str, options: &[(&str, T)]) -> Option<T> {
        let names: Vec<String> = options.iter().map(|(name, _)| format!("`{key} = \"{name}\"`")).collect();
        let text = self.required(key, &names.join(" or "));
        let chosen = options.iter().find(|(name, _)| *name == text).map(|(_, option)| *option);
        if chosen.is_none() {
            self.refuse(key, format!("\"{}\"", clipped(&text)), format!("write {}", names.join(" or ")));
        }
        chosen
    }

    /// What `read` makes of the text; `write` says what to write where it makes nothing of it.
    pub(super) fn parsed<T>(
        &mut self,
        key: &'static str,
        default: T,
        write: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> T {
        let Some(text) = self.text(key) else { return default };
        read(&text).unwrap_or_else(|| {
            self.refuse(key, format!("\"{}\"", clipped(&text)), format!("write {write}"));
            default
        })
    }

    /// A list of texts; from the environment, texts with commas between them.
    pub(super) fn list(&mut self, key: &'static str) -> Vec<String> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let given: Option<Vec<String>> = match &value.kind {
            ValueKind::Array(values) => values.iter().map(one_line).collect(),
            ValueKind::String(text) if is_from_environment(&value) => {
                Some(text.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect())
            }
            _ => None,
        };
        let Some(texts) = given else {
            self.refuse(key, shown(&value), format!("write a list of texts: `{key} = [\"…\", \"…\"]`"));
            return Vec::new();
        };
        if texts.len() > MAX_LIST {
            self.refuse(key, format!("{} values", texts.len()), format!("write at most {MAX_LIST}"));
        }
        texts
    }

    pub(super) fn path(&mut self, key: &'static str) -> Option<PathBuf> {
        self.text(key).filter(|path| !path.is_empty()).map(PathBuf::from)
    }

    /// A secret given as `key`, or as the content of the file that `file_key` names.
    pub(super) fn secret(&mut self, key: &'static str, file_key: &'static str) -> Option<SecretString> {
        let written = self.take(key).and_then(|value| match value.kind {
            ValueKind::String(text) if text.is_empty() => None,
            ValueKind::String(text) => Some(SecretString::from(text)),
            _ => {
                self.refuse(key, "something that is no text", format!("write it in quotes: `{key} = \"…\"`"));
                None
            }
        });
        let read = self.secret_file(file_key);
        if written.is_some() && read.is_some() {
            self.refuse(file_key, format!("`{key}` given as well"), format!("take out `{key}` or `{file_key}`"));
        }
        let secret = written.or(read)?;
        // A line break in a login would be a command of its own.
        if secret.expose_secret().chars().any(char::is_control) {
            self.refuse(key, "a secret of several lines or with control characters", "write one line");
        }
        Some(secret)
    }

    /// Secrets: a list of texts, or one.
    pub(super) fn secrets(&mut self, key: &'static str) -> Vec<SecretString> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let texts: Option<Vec<String>> = match value.kind {
            ValueKind::String(text) => Some(vec![text]),
            ValueKind::Array(values) => values.into_iter().map(|value| value.into_string().ok()).collect(),
            _ => None,
        };
        let Some(texts) = texts else {
            self.refuse(key, "something that is no text", format!("write a list of texts: `{key} = [\"…\"]`"));
            return Vec::new();
        };
        texts.into_iter().filter(|text| !text.is_empty()).map(SecretString::from).collect()
    }

    /// The content of the file that `file_key` names, without the line end at its end.
    pub(super) fn secret_file(&mut self, file_key: &'static str) -> Option<SecretString> {
        let path = self.path(file_key)?;
        match read_secret_file(&path, self.guard(&path)) {
            Ok(secret) => Some(secret),
            Err(error) => {
                self.refuse_for_work(file_key, error.to_string(), error.next_step(&path));
                None
            }
        }
    }

    /// The file that a key of a section below this one names.
    pub(super) fn source_within(&self, section: &str, file_key: &str) -> Option<SecretSource> {
        let ValueKind::Table(table) = &self.table.get(section)?.kind else { return None };
        let path = PathBuf::from(table.get(file_key)?.clone().into_string().ok().filter(|path| !path.is_empty())?);
        let guard = self.guard(&path);
        Some(SecretSource { path, guard })
    }

    /// The file that a key of this section names, which is asked for elsewhere.
    pub(super) fn source_of(&self, file_key: &str) -> Option<SecretSource> {
        let path = PathBuf::from(self.table.get(file_key)?.clone().into_string().ok().filter(|path| !path.is_empty())?);
        let guard = self.guard(&path);
        Some(SecretSource { path, guard })
    }

    /// A secret file that is read when it is needed: it must be there and guarded now.
    pub(super) fn source(&mut self, file_key: &'static str) -> Option<SecretSource> {
        let source = self.source_of(file_key);
        self.secret_file(file_key)?;
        source
    }

    fn guard(&self, path: &Path) -> SecretFile {
        let is_credential = self.reading.credentials.as_ref().is_some_and(|folder| path.starts_with(folder));
        if is_credential { SecretFile::SystemdCredential } else { SecretFile::Own }
    }
}

/// Whether an environment variable gave it.
pub(super) fn is_from_environment(value: &Value) -> bool {
    value.origin() == Some(ENVIRONMENT)
}

/// How problems name one of several `[[name]]` sections.
pub(super) fn section_name(name: &str, index: usize, table: &Map<String, Value>) -> String {
    match table.get("name").map(|name| &name.kind) {
        Some(ValueKind::String(own)) if !own.is_empty() => format!("{name} \"{}\"", own.escape_debug()),
        _ => format!("{name} no. {}", index + 1),
    }
}

fn one_line(value: &Value) -> Option<String> {
    match &value.kind {
        ValueKind::String(text) if !text.chars().any(char::is_control) && text.chars().count() <= MAX_TEXT_CHARS => {
            Some(text.trim().to_owned())
        }
        _ => None,
    }
}

/// A wrong value, so that the operator recognises it.
fn shown(value: &Value) -> String {
    match &value.kind {
        ValueKind::String(text) => format!("\"{}\"", clipped(text)),
        ValueKind::Array(_) => "a list".to_owned(),
        ValueKind::Table(_) => "a section".to_owned(),
        ValueKind::Nil => "nothing".to_owned(),
        _ => clipped(&value.to_string()),
    }
}

/// The beginning of `text`, control characters made visible.
pub(super) fn clipped(text: &str) -> String {
    let mut beginning: String = text.chars().take(MAX_SHOWN_CHARS).flat_map(char::escape_debug).collect();
    if text.chars().nth(MAX_SHOWN_CHARS).is_some() {
        beginning.push('…');
    }
    beginning
}
