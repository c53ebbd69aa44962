//! The settings of benches that need no server. Pure.

use klachtpost::config::{self, Config};
use std::error::Error;

/// A desk with the departments of the sample settings, and neither a server nor a password.
pub fn sample() -> Result<Config, Box<dyn Error>> {
    with_departments("")
}

/// The same with more departments.
pub fn with_departments(more: &str) -> Result<Config, Box<dyn Error>> {
    let manual = include_str!("../../config/klachtpost.toml");
    let departments = manual.find("[[department]]").and_then(|at| manual.get(at..)).unwrap_or_default();
    let settings = format!(
        "[desk]\nname = \"Voorbeeld Lease\"\naddress = \"klachten@lease.example\"\n[mailbox]\nkind = \"maildir\"\n\
         path = \"in\"\naccept_unproven_staff = true\n[sender]\nkind = \"maildir\"\npath = \"out\"\n\
         [digest]\nrecipients = [\"directie@lease.example\"]\n{departments}\n{more}"
    );
    Ok(config::from_toml(&settings, "bench")?)
}
