//! A copy of the register that is taken while a daemon writes to it: as it stands at one moment, whole. Only SQL, and the
//! files that it makes.

use super::{Register, RegisterError, Verified, sqlite_path};
use crate::crash;
use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// What stands beside the register and is of no use without it: the secret of the letters, and what was redacted.
const BESIDE: [&str; 2] = [".secret", ".redacted"];

/// A backup that was taken.
#[derive(Debug)]
pub struct Backup {
    /// Octets.
    pub size: u64,
    /// What the copy says of itself.
    pub verified: Verified,
    /// Files that were copied along.
    pub beside: Vec<PathBuf>,
}

impl Register {
    /// Writes a copy to `to`, and beside it what stands beside the register at `url`. The copy has the name when it is whole,
    /// on disk and read through; whoever is killed before leaves `….part`, which the next one takes for its own.
    ///
    /// # Errors
    /// There is something at `to` already, it cannot be written, or another backup writes it.
    pub async fn back_up(
        &self,
        url: &str,
        to: &Path,
        told: &mut (dyn FnMut(i64) + Send),
    ) -> Result<Backup, RegisterError> {
        let failed = |why: Error| RegisterError::Backup { path: to.display().to_string(), why };
        if self.is_shared() {
            let why = "a PostgreSQL database is backed up by its own pg_dump or pg_basebackup: see docs/postgresql.md";
            return Err(failed(Error::new(ErrorKind::Unsupported, why)));
        }
        if std::fs::symlink_metadata(to).is_ok() {
            return Err(failed(Error::new(ErrorKind::AlreadyExists, "there is a file of that name already")));
        }
        let part = added(to, ".part");
        let lock = begin_file(&part).map_err(failed)?;
        // One statement is one moment: what is written meanwhile goes to the log, and is not waited for.
        let copied = sqlx::query("VACUUM INTO $1").bind(part.display().to_string()).execute(&self.pool).await;
        // Full is the disk that it is written to, not the register's.
        copied.map_err(|why| failed(Error::other(why.to_string())))?;
        crash::point("after copying the register");
        let copy = Self::open(&format!("sqlite:{}", part.display())).await?;
        let verified = copy.verify_telling(told).await;
        copy.close().await;
        let verified = verified?;
        let size = lock.metadata().map_err(failed)?.len();
        lock.sync_all().map_err(failed)?;
        let beside = copy_beside(&sqlite_path(url)?, to).map_err(failed)?;
        std::fs::rename(&part, to).and_then(|()| sync_folder_of(to)).map_err(failed)?;
        Ok(Backup { size, verified, beside })
    }
}

/// An empty file for its owner's eyes, that is ours as long as it is open.
fn begin_file(part: &Path) -> std::io::Result<File> {
    let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(part)?;
    file.try_lock().map_err(|_| Error::new(ErrorKind::ResourceBusy, "another backup is being written there"))?;
    file.set_len(0)?;
    Ok(file)
}

/// Newer ones in place of those of an earlier backup: the list of redactions only grows.
fn copy_beside(register: &Path, to: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut copied = Vec::new();
    for name in BESIDE {
        let bytes = match std::fs::read(added(register, name)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(why) => return Err(why),
        };
        let (part, whole) = (added(to, &format!("{name}.part")), added(to, name));
        let mut file = begin_file(&part)?;
        std::io::Write::write_all(&mut file, &bytes)?;
        file.sync_all()?;
        std::fs::rename(&part, &whole)?;
        copied.push(whole);
    }
    Ok(copied)
}

fn added(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

/// A new name is on disk when its folder is.
fn sync_folder_of(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}
