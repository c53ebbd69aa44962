//! The file of a person's login: one line that only its owner can read, replaced whole. Touches that file.

use super::Refusal;
use secrecy::{ExposeSecret, SecretString};
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// Permission bits of group and others.
const OTHERS: u32 = 0o077;

/// What the next token is asked for with.
pub(super) fn read(path: &Path) -> Result<SecretString, Refusal> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(Refusal::NoLogin { file: path.display().to_string() });
        }
        Err(error) => return Err(Refusal::file(path, error)),
    };
    let mode = std::fs::metadata(path).map_err(|error| Refusal::file(path, error))?.permissions().mode();
    if mode & OTHERS != 0 {
        return Err(Refusal::file(
            path,
            format!("others than its owner can get at it; run `chmod 600 {}`", path.display()),
        ));
    }
    let login = text.trim();
    if login.is_empty() || login.chars().any(char::is_control) {
        return Err(Refusal::file(path, "it is not what `klachtpost login` wrote"));
    }
    Ok(SecretString::from(login))
}

/// Puts this one in its place, so that there is always one.
pub(super) fn replace(path: &Path, login: &SecretString) -> std::io::Result<()> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(".new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    file.write_all(login.expose_secret().as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    std::fs::rename(&draft, path)
}
