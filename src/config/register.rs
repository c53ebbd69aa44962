//! Reads `[register]`: where complaints are registered. Looks whether a register is in the folder klachtpost is started in.

use super::database::{BadUrl, DatabaseUrl, Postgres};
use super::section::{Reading, Section};
use super::{Config, Desk};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The register's file as it was called where nothing was set.
const REGISTER_HERE: &str = "klachtpost.db";
/// What can be written.
const WRITE_REGISTER: &str =
    "write `url = \"sqlite:/var/lib/klachtpost/klachtpost.db\"`, or `url = \"postgres://USER@HOST/DATABASE\"`";

/// Where the register is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Register {
    /// `sqlite:FILE` or `postgres://…`, with the password where there is one.
    #[serde(skip)]
    pub url: DatabaseUrl,
    #[serde(skip)]
    pub place: RegisterPlace,
    /// The list of redactions, where it is not beside a register that is a file.
    pub redactions: Option<PathBuf>,
}

impl Default for Register {
    fn default() -> Self {
        Self { url: "sqlite:/var/lib/klachtpost/klachtpost.db".into(), place: RegisterPlace::Usual, redactions: None }
    }
}

/// Who said where the register is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RegisterPlace {
    /// Nobody: it is where a packaged klachtpost keeps it.
    #[default]
    Usual,
    /// The settings.
    Set,
    /// Nobody, and one was found in the folder that klachtpost was started in.
    Here,
}

/// Where nothing is set, a register in the folder that klachtpost is started in goes on: there it was kept before.
pub(super) fn register(s: &mut Section) -> Register {
    let (url, password) = (s.text("url"), s.secret_file("password_file"));
    let redactions = s.path("redactions");
    let Some(url) = url else {
        if password.is_some() {
            s.refuse("password_file", "a password and no PostgreSQL database", WRITE_REGISTER);
        }
        let here = Path::new(REGISTER_HERE).is_file();
        let usual = Register { redactions, ..Register::default() };
        return if here {
            Register { url: format!("sqlite:{REGISTER_HERE}").into(), place: RegisterPlace::Here, ..usual }
        } else {
            usual
        };
    };
    let url = DatabaseUrl::from(url);
    let url = if url.is_postgres() {
        match postgres(s, &url, password, redactions.as_deref()) {
            Ok(whole) => whole,
            Err(bad) => {
                s.refuse("url", bad.found, bad.write);
                url
            }
        }
    } else {
        sqlite(s, &url);
        if password.is_some() {
            s.refuse("password_file", "a password for a SQLite file, which has none", "take it out");
        }
        url
    };
    Register { url, place: RegisterPlace::Set, redactions }
}

/// The database's URL can hold a password, so no more than its kind is shown.
fn sqlite(s: &mut Section, url: &DatabaseUrl) {
    match url.split_once(':') {
        Some(("sqlite", file)) if file.contains(":memory:") || file.contains("mode=memory") => {
            s.refuse("url", "a database in memory", "write a file: complaints must outlive the program");
        }
        Some(("sqlite", file)) if !file.trim_matches('/').is_empty() => {}
        _ => s.refuse("url", "no database klachtpost knows", WRITE_REGISTER),
    }
}

/// With the password from its file.
fn postgres(
    s: &mut Section,
    url: &DatabaseUrl,
    password: Option<SecretString>,
    redactions: Option<&Path>,
) -> Result<DatabaseUrl, BadUrl> {
    let mut database = Postgres::parse(url)?;
    if let Some(password) = password {
        database = database.with_password(password)?;
    }
    if database.lacks_password() {
        s.refuse_for_work(
            "password_file",
            "no password for a database on another machine",
            "name a file with the password in it: `password_file = \"/etc/klachtpost/register.password\"`",
        );
    }
    if redactions.is_none() {
        s.refuse(
            "redactions",
            "no place for the list of redactions",
            "name a file that no backup of the database brings back: `redactions = \"/var/lib/klachtpost/redacted\"`",
        );
    }
    Ok(database.url())
}

/// Beside a file klachtpost makes a key itself; several machines on one database could not agree on one.
pub(super) fn postgres_needs_a_secret(config: &Config, reading: &mut Reading) {
    if config.register.url.is_postgres() && matches!(config.desk, Desk { secret: None, .. }) {
        reading.refuse_for_work(
            "desk.secret",
            "none, with a register on PostgreSQL",
            "write one into a file of its own (openssl rand -hex 32) and name it: `secret_file = \"/etc/klachtpost/secret\"`, the \
             same on each machine",
        );
    }
}
