//! Reads `[register]`: where complaints are registered. Looks whether a register is in the folder klachtpost is started in.

use super::section::Section;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The register's file as it was called where nothing was set.
const REGISTER_HERE: &str = "klachtpost.db";
/// What can be written.
const WRITE_REGISTER: &str = "write `url = \"sqlite:/var/lib/klachtpost/klachtpost.db\"`";

/// Where the register is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Register {
    /// `sqlite:FILE`.
    #[serde(skip)]
    pub url: String,
    #[serde(skip)]
    pub place: RegisterPlace,
}

impl Default for Register {
    fn default() -> Self {
        Self { url: "sqlite:/var/lib/klachtpost/klachtpost.db".to_owned(), place: RegisterPlace::Usual }
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
    let usual = Register::default();
    match register_url(s) {
        Some(url) => Register { url, place: RegisterPlace::Set },
        None if Path::new(REGISTER_HERE).is_file() => {
            Register { url: format!("sqlite:{REGISTER_HERE}"), place: RegisterPlace::Here }
        }
        None => usual,
    }
}

/// The database's URL, if one is given. It can hold a password, so no more than its kind is shown.
fn register_url(s: &mut Section) -> Option<String> {
    let url = s.text("url")?;
    match url.split_once(':') {
        Some(("sqlite", file)) if file.contains(":memory:") || file.contains("mode=memory") => {
            s.refuse("url", "a database in memory", "write a file: complaints must outlive the program");
        }
        Some(("sqlite", file)) if !file.trim_matches('/').is_empty() => {}
        Some(("postgres" | "postgresql", _)) => {
            let write = format!("{WRITE_REGISTER}; this version does not run on PostgreSQL yet");
            s.refuse("url", "a PostgreSQL database", write);
        }
        _ => s.refuse("url", "no database klachtpost knows", WRITE_REGISTER),
    }
    Some(url)
}
