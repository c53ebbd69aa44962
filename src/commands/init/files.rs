//! The files that `klachtpost init` makes: the settings, and secrets that were typed, each for its owner alone. What was made
//! goes again where it comes to no settings. Nothing that is there is written over.

use super::asking::{Interview, Unanswered};
use super::questions::{Key, question};
use super::traces::Traces;
use secrecy::ExposeSecret;
use std::fs::{DirBuilder, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// For its owner alone.
const OWNERS: u32 = 0o600;
/// Whoever runs the daemon must get at what lies in it.
const FOLDER: u32 = 0o755;

#[derive(Debug, thiserror::Error)]
pub(super) enum FileError {
    #[error(
        "expected no {} yet, found one: what stands in it is not written over\n  hint: move it away, or name another settings file with --config", .path.display()
    )]
    There { path: PathBuf },
    #[error("tried to write {}, found: {why}\n  hint: run it as a user who may write there, or name another settings file with --config", .path.display())]
    Unwritten { path: PathBuf, why: std::io::Error },
    #[error("tried to be told of Ctrl-C, so that nothing stays behind, found: {0}")]
    Unguarded(std::io::Error),
    #[error("tried to find out where {path} is, found: {why}")]
    Nowhere { path: String, why: std::io::Error },
}

/// The file's whole path, if nothing is there.
pub(super) fn absent(file: &Path) -> Result<PathBuf, FileError> {
    let path: PathBuf = absolute(&file.display().to_string())?.into();
    if path.exists() { Err(FileError::There { path }) } else { Ok(path) }
}

/// As it is found from anywhere.
pub(super) fn absolute(path: &str) -> Result<String, FileError> {
    let whole = std::path::absolute(path).map_err(|why| FileError::Nowhere { path: path.to_owned(), why })?;
    Ok(whole.display().to_string())
}

/// What was made; it goes when this is dropped, unless it is kept.
pub(super) struct Made {
    folder: PathBuf,
    traces: Traces,
}

impl Made {
    /// Secrets lie beside the settings.
    pub fn beside(settings: &Path, traces: Traces) -> Self {
        Self { folder: settings.parent().map(Path::to_owned).unwrap_or_default(), traces }
    }

    /// The file that a flag names, or one with what a person types.
    pub fn secret(
        &self,
        interview: &mut Interview<'_>,
        key: Key,
        what: &str,
        name: &str,
    ) -> Result<PathBuf, super::InitError> {
        if interview.is_given(key) {
            return Ok(absolute(&interview.answer(key, None)?)?.into());
        }
        let Some(secret) = interview.secret(what)? else { return Err(Unanswered::Missing(vec![question(key)]).into()) };
        let path = self.folder.join(name);
        self.write(&path, &format!("{}\n", secret.expose_secret()))?;
        Ok(path)
    }

    /// Writes a new file, to the disk.
    pub fn write(&self, path: &Path, text: &str) -> Result<(), FileError> {
        let unwritten = |why: std::io::Error| match why.kind() {
            ErrorKind::AlreadyExists => FileError::There { path: path.to_owned() },
            _ => FileError::Unwritten { path: path.to_owned(), why },
        };
        DirBuilder::new().recursive(true).mode(FOLDER).create(&self.folder).map_err(unwritten)?;
        let file = OpenOptions::new().write(true).create_new(true).mode(OWNERS).open(path);
        let mut file = file.map_err(unwritten)?;
        self.traces.made(path.to_owned());
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(unwritten)
    }

    /// It came to settings.
    pub fn keep(&self) {
        self.traces.keep();
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        self.traces.remove();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn what_is_made_is_the_owners_alone_and_goes_where_it_comes_to_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (file, below) = (folder.path().join("a/k.toml"), folder.path().join("a/secret"));
        let made = Made::beside(&file, Traces::default());
        made.write(&below, "geheim").unwrap();
        drop(made);
        assert!(!below.exists());
        let made = Made::beside(&file, Traces::default());
        made.write(&file, "[desk]").unwrap();
        made.keep();
        drop(made);
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o7777, OWNERS);
        // A second time nothing is touched, not even to take it away.
        let again = Made::beside(&file, Traces::default()).write(&file, "other");
        assert!(matches!(again, Err(FileError::There { .. })) && absent(&file).is_err());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "[desk]");
    }
}
