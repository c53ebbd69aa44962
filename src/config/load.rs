//! Finds the settings file, lays the environment over it and has the outcome read and checked.
//! Reads files; the environment comes in as an argument.

use super::problems::{ConfigError, Problems};
use super::section::{Purpose, Reading};
use super::{Config, check, doubts, sections};
use config::{Environment, File, FileFormat, Map, Value, ValueKind};
use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Where a packaged klachtpost keeps its settings.
const DEFAULT_FILE: &str = "/etc/klachtpost/klachtpost.toml";
/// Names the settings file where `--config` does not.
const FILE_VARIABLE: &str = "KLACHTPOST_CONFIG";
/// Where systemd puts the credentials of a unit; only the unit's user can get there.
const CREDENTIALS_VARIABLE: &str = "CREDENTIALS_DIRECTORY";
/// Prefix of variables that are settings; `KLACHTPOST_CONFIG` and `KLACHTPOST_LOG` are none.
const PREFIX: &str = "KLACHTPOST";
/// Between prefix, section and key.
const SEPARATOR: &str = "__";
/// Largest settings file, in bytes: a thousand departments fit, a mail folder named by mistake does not.
const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// Loads the settings: of `explicit`, else of `$KLACHTPOST_CONFIG`, else of `/etc/klachtpost/klachtpost.toml`, and
/// over that the `KLACHTPOST__SECTION__KEY` variables of `environment`.
///
/// # Errors
/// The file can't be read, is no TOML, or holds what can't be started with: then all that is wrong is named.
pub fn load(
    explicit: Option<&Path>,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Config, ConfigError> {
    load_for(explicit, environment, Purpose::Work)
}

/// As [`load`], for who only looks into the register: no secret needs to be there or to be readable.
///
/// # Errors
/// As [`load`].
pub fn load_to_look(
    explicit: Option<&Path>,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Config, ConfigError> {
    load_for(explicit, environment, Purpose::Look)
}

fn load_for(
    explicit: Option<&Path>,
    environment: impl Iterator<Item = (String, String)>,
    purpose: Purpose,
) -> Result<Config, ConfigError> {
    let environment: Map<String, String> = environment.collect();
    let path = file(explicit, &environment);
    let text = read_file(&path).map_err(|error| ConfigError::Unreadable { path: path.clone(), error })?;
    let mut config = read(&text, &path.display().to_string(), environment, purpose)?;
    if let Ok(file) = layered(&text, Map::new()) {
        config.doubts.extend(doubts::exposed(&path, &file));
    }
    Ok(config)
}

/// The settings file: `explicit`, else that of `$KLACHTPOST_CONFIG`, else `/etc/klachtpost/klachtpost.toml`.
pub fn settings_file(explicit: Option<&Path>, environment: impl Iterator<Item = (String, String)>) -> PathBuf {
    file(explicit, &environment.collect())
}

fn file(explicit: Option<&Path>, environment: &Map<String, String>) -> PathBuf {
    let named = || environment.get(FILE_VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from);
    explicit.map(Path::to_owned).or_else(named).unwrap_or_else(|| DEFAULT_FILE.into())
}

/// Reads settings from `text` alone, with the same checks; `name` stands for the file in problems.
///
/// # Errors
/// As [`load`].
pub fn from_toml(text: &str, name: &str) -> Result<Config, ConfigError> {
    read(text, name, Map::new(), Purpose::Work)
}

fn read(text: &str, name: &str, environment: Map<String, String>, purpose: Purpose) -> Result<Config, ConfigError> {
    let credentials = environment.get(CREDENTIALS_VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from);
    let mistyped = mistyped_variables(&environment);
    let of_mailbox: BTreeSet<String> = environment.keys().filter(|name| is_of_mailbox(name)).cloned().collect();
    let tree = tree(text, name, environment)?;
    let unread = if has_several(&tree) { of_mailbox } else { BTreeSet::new() };
    let mut reading = Reading::new(name, credentials, purpose);
    let mut config = sections::config(tree, &mut reading);
    check::across_sections(&config, &mut reading);
    for variable in mistyped {
        reading.refuse_variable(&variable, "a name klachtpost does not read", "write two underscores after KLACHTPOST");
    }
    for variable in unread {
        let write = "write it in the file: a password in `password_file` of its [[mailbox]]";
        reading.refuse_variable(&variable, "a setting of one mailbox where there are several", write);
    }
    config.doubts = doubts::doubts(&config, &reading);
    let problems = reading.into_problems();
    if problems.is_empty() { Ok(config) } else { Err(ConfigError::Invalid(Problems(problems))) }
}

/// What the file and the environment say, unread.
pub(super) fn tree(
    text: &str,
    name: &str,
    environment: Map<String, String>,
) -> Result<Map<String, Value>, ConfigError> {
    layered(text, environment)
        .map_err(|error| ConfigError::Syntax { name: name.to_owned(), detail: without_quoted_lines(&error) })
}

/// Variables meant as settings, but with one underscore after the prefix (`KLACHTPOST_MAILBOX__PASSWORD`), in order.
fn mistyped_variables(environment: &Map<String, String>) -> BTreeSet<String> {
    let after_prefix = |name: &str| name.strip_prefix(PREFIX)?.strip_prefix('_').map(str::to_owned);
    let is_mistyped = |name: &&String| {
        after_prefix(name.as_str()).is_some_and(|rest| !rest.starts_with('_') && rest.contains(SEPARATOR))
    };
    environment.keys().filter(is_mistyped).cloned().collect()
}

/// The file's values with the environment's over them. The environment's stay text: what they must be is known only
/// where they are read (a password `007` is no number).
fn layered(text: &str, environment: Map<String, String>) -> Result<Map<String, Value>, config::ConfigError> {
    let mut file = config::Config::builder().add_source(File::from_str(text, FileFormat::Toml)).build()?;
    let mut environment = environment;
    if let ValueKind::Table(sections) = &mut file.cache.kind {
        single_mailbox(sections);
        if has_several(sections) {
            environment.retain(|name, _| !is_of_mailbox(name));
        }
    }
    let variables =
        Environment::with_prefix(PREFIX).prefix_separator(SEPARATOR).separator(SEPARATOR).source(Some(environment));
    let both = config::Config::builder().add_source(file).add_source(variables).build()?;
    both.cache.into_table()
}

/// One `[[mailbox]]` is read as `[mailbox]`, so that the environment can add to it.
fn single_mailbox(sections: &mut Map<String, Value>) {
    let Some(mailbox) = sections.get_mut("mailbox") else { return };
    if let ValueKind::Array(several) = &mut mailbox.kind
        && several.len() == 1
        && let Some(one) = several.pop()
    {
        *mailbox = one;
    }
}

fn has_several(sections: &Map<String, Value>) -> bool {
    matches!(sections.get("mailbox").map(|mailbox| &mailbox.kind), Some(ValueKind::Array(_)))
}

/// Whether a variable is a setting of the mailbox; of several, none of them is meant.
fn is_of_mailbox(variable: &str) -> bool {
    let rest = variable.strip_prefix(PREFIX).and_then(|rest| rest.strip_prefix(SEPARATOR));
    rest.is_some_and(|rest| rest.to_ascii_uppercase().starts_with("MAILBOX__"))
}

pub(super) fn read_file(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    std::fs::File::open(path)?.take(MAX_FILE_BYTES + 1).read_to_string(&mut text)?;
    if u64::try_from(text.len()).is_ok_and(|bytes| bytes > MAX_FILE_BYTES) {
        return Err(std::io::Error::other(format!("it is larger than {MAX_FILE_BYTES} bytes")));
    }
    Ok(text)
}

/// The library's message without the lines it quotes (`3 | password = "…`): they may hold a secret.
fn without_quoted_lines(error: &config::ConfigError) -> String {
    let text = match error {
        config::ConfigError::FileParse { cause, .. } => cause.to_string(),
        other => other.to_string(),
    };
    let quoted =
        |line: &&str| line.trim_start().trim_start_matches(|c: char| c.is_ascii_digit()).trim_start().starts_with('|');
    text.lines().filter(|line| !quoted(line)).collect::<Vec<_>>().join("; ")
}
