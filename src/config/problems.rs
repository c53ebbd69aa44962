//! What is wrong with the settings, said so that the operator can put it right at once (invariant 12): where it
//! stands, its key, what was found and what to write. No secret is ever part of it.

use std::fmt;
use std::path::PathBuf;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, or the environment variable.
    pub place: String,
    /// `section.key`.
    pub key: String,
    pub found: String,
    /// The next step.
    pub write: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: found {}; {}", self.place, self.key, self.found, self.write)
    }
}

/// The environment variable that gives `section.key`, as a place.
pub(super) fn variable(key: &str) -> String {
    format!("environment variable KLACHTPOST__{}", key.to_uppercase().replace('.', "__"))
}

/// All that is wrong, in the order of the manual. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let things = if self.0.len() == 1 { "thing" } else { "things" };
        write!(f, "{} {things} to put right", self.0.len())?;
        self.0.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

/// Why the settings can't be used. Nothing was started.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error(
        "can't read the settings file {}: {error}; let `klachtpost init` write one (config/klachtpost.toml is \
         the manual), or name another with --config FILE or KLACHTPOST_CONFIG", path.display()
    )]
    Unreadable { path: PathBuf, error: std::io::Error },
    /// `detail` says line and column, but does not quote the line: it may hold a password.
    #[error("{name} is not TOML: {detail}")]
    Syntax { name: String, detail: String },
    #[error("the settings can't be used: {0}")]
    Invalid(Problems),
}
