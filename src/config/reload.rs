//! Which settings a running daemon takes anew, and which it keeps until it is started again. Pure.

use super::check::across_sections;
use super::problems::{ConfigError, Problems};
use super::section::{Purpose, Reading};
use super::{Config, Desk};
use config::{Map, Value};
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use std::fmt;

/// Connections, the register's lock and the port are made of them once, at start.
const KEPT_SECTIONS: [&str; 7] = ["mailbox", "sender", "second_sender", "oauth2", "register", "instance", "metrics"];
/// Where a setting stands that no file gives alone.
const BOTH: &str = "the new settings beside what is kept until a restart";

/// What was written of each thing that is kept: to be compared, and never shown.
#[derive(Clone, Default)]
pub struct Kept(BTreeMap<String, SecretString>);

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kept")
    }
}

impl Kept {
    pub(super) fn of(tree: &Map<String, Value>) -> Self {
        let sections = KEPT_SECTIONS.iter().filter_map(|name| Some(((*name).to_owned(), tree.get(*name)?)));
        Self(sections.map(|(name, value)| (name, written(value))).collect())
    }

    /// The names of what differs, in order.
    fn differing(&self, other: &Self) -> Vec<String> {
        let text = |kept: &Self, name: &str| kept.0.get(name).map(|text| text.expose_secret().to_owned());
        let mut names: Vec<&String> = self.0.keys().chain(other.0.keys()).collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter().filter(|name| text(self, name) != text(other, name)).cloned().collect()
    }
}

/// Which secrets of the desk differ, wherever they are written: a file keeps its name when what stands in it is rotated.
/// Replies are recognised by them; a daemon that changes them under way would take half its mail for strangers'.
fn other_secrets(new: &Desk, old: &Desk) -> Vec<String> {
    let of = |secrets: &[SecretString]| secrets.iter().map(|one| one.expose_secret().to_owned()).collect::<Vec<_>>();
    let own = of(new.secret.as_slice()) != of(old.secret.as_slice());
    let previous = of(&new.previous_secrets) != of(&old.previous_secrets);
    let names = [("desk.previous_secrets", previous), ("desk.secret", own)];
    names.into_iter().filter(|(_, differ)| *differ).map(|(name, _)| name.to_owned()).collect()
}

/// With its keys in order, so that the same settings are the same text.
fn written(value: &Value) -> SecretString {
    let plain: Result<serde_json::Value, _> = value.clone().try_deserialize();
    plain.map(|plain| plain.to_string()).unwrap_or_default().into()
}

/// What a running daemon goes on with.
#[derive(Debug, Clone)]
pub struct Reloaded {
    pub config: Config,
    /// What was changed and needs a restart: its sections, and keys of `[desk]`.
    pub needs_restart: Vec<String>,
}

impl Config {
    /// These settings for a daemon that runs with `running`: what it keeps stays as it is, and is checked with the rest.
    ///
    /// # Errors
    /// The new settings do not go together with what is kept.
    pub fn for_running(self, running: &Self) -> Result<Reloaded, ConfigError> {
        let mut needs_restart = other_secrets(&self.desk, &running.desk);
        needs_restart.extend(self.kept.differing(&running.kept));
        let old = running.clone();
        let config = Self {
            mailbox: old.mailbox,
            other_mailboxes: old.other_mailboxes,
            sender: old.sender,
            sender_password: old.sender_password,
            second_sender: old.second_sender,
            second_sender_password: old.second_sender_password,
            oauth2: old.oauth2,
            register: old.register,
            instance: old.instance,
            metrics: old.metrics,
            desk: Desk { secret: old.desk.secret, previous_secrets: old.desk.previous_secrets, ..self.desk },
            kept: old.kept,
            ..self
        };
        let mut reading = Reading::new(BOTH, None, Purpose::Work);
        across_sections(&config, &mut reading);
        let problems = reading.into_problems();
        if problems.is_empty() {
            Ok(Reloaded { config, needs_restart })
        } else {
            Err(ConfigError::Invalid(Problems(problems)))
        }
    }
}

#[cfg(test)]
mod tests;
