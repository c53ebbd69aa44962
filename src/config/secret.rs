//! Reads a secret from a file of its own, and only from one that nobody else can read.

use secrecy::{ExposeSecret, SecretString};
use std::fs::{File, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Largest secret file, in bytes: a list of long keys fits.
const MAX_SECRET_BYTES: u64 = 64 * 1024;
/// Permission bits of group and others.
#[cfg(unix)]
const OTHERS: u32 = 0o077;

/// Who sees to it that nobody else reads a secret file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SecretFile {
    /// The operator, by its permissions, which are checked.
    Own,
    /// systemd, by the folder it lies in; it sets group bits for the access list it puts on the file.
    SystemdCredential,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum SecretError {
    #[error("a file that can't be read ({0})")]
    Unreadable(#[from] std::io::Error),
    #[error("no regular file there")]
    NotAFile,
    #[error("a file that others than its owner can get at (mode {0:04o})")]
    #[cfg_attr(not(unix), expect(dead_code, reason = "only unix has permission bits"))]
    Open(u32),
    #[error("an empty file")]
    Empty,
    #[error("a file of more than {MAX_SECRET_BYTES} bytes")]
    TooLarge,
}

impl SecretError {
    /// What the operator can do about it.
    pub(super) fn next_step(&self, path: &Path) -> String {
        match self {
            Self::Open(_) => format!("run `chmod 600 {}`", path.display()),
            _ => format!("write the secret into {} and let only klachtpost's user read it", path.display()),
        }
    }
}

/// The file of a secret that is read anew when it is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretSource {
    pub(super) path: PathBuf,
    pub(super) guard: SecretFile,
}

impl SecretSource {
    /// A file that a command names.
    pub fn named(path: PathBuf) -> Self {
        Self { path, guard: SecretFile::Own }
    }

    /// All of it as it is now: a key has several lines.
    ///
    /// # Errors
    /// What is wrong with the file, and the next step.
    pub fn text(&self) -> Result<SecretString, String> {
        let said = |error: SecretError| format!("{}: {error}; {}", self.path.display(), error.next_step(&self.path));
        read_secret_file(&self.path, self.guard).map_err(said)
    }

    /// The secret as it is now, if it is there and one line.
    pub fn read(&self) -> Option<SecretString> {
        let secret = read_secret_file(&self.path, self.guard).ok()?;
        Some(secret).filter(|secret| !secret.expose_secret().chars().any(char::is_control))
    }
}

/// The secret in the file at `path`, without line ends at its end.
pub(super) fn read_secret_file(path: &Path, guard: SecretFile) -> Result<SecretString, SecretError> {
    // Asked before it is opened: opening a pipe would wait for a writer.
    if !std::fs::metadata(path)?.is_file() {
        return Err(SecretError::NotAFile);
    }
    let file = File::open(path)?;
    if guard == SecretFile::Own {
        check_permissions(&file.metadata()?)?;
    }
    let mut text = String::new();
    file.take(MAX_SECRET_BYTES + 1).read_to_string(&mut text)?;
    if u64::try_from(text.len()).is_ok_and(|bytes| bytes > MAX_SECRET_BYTES) {
        return Err(SecretError::TooLarge);
    }
    let secret = text.trim_end_matches(['\r', '\n']);
    if secret.is_empty() { Err(SecretError::Empty) } else { Ok(SecretString::from(secret)) }
}

#[cfg(unix)]
fn check_permissions(metadata: &Metadata) -> Result<(), SecretError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = metadata.permissions().mode();
    if mode & OTHERS == 0 { Ok(()) } else { Err(SecretError::Open(mode & 0o7777)) }
}

/// Without permission bits there is nothing to check.
#[cfg(not(unix))]
fn check_permissions(_: &Metadata) -> Result<(), SecretError> {
    Ok(())
}

#[cfg(test)]
#[path = "secret_tests.rs"]
mod tests;
