//! Reads `[templates]`: the folder with letters of one's own. Which letters there are, and whether one can be used, the letters'
//! room says. Touches the folder.

use super::section::{Section, clipped};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// How a template ends.
const ENDING: &str = "j2";
/// There are fewer letters, in all languages together.
const FILES_MAX: usize = 500;
/// Octets of one: the longest of ours is a fifth of that.
const OCTETS_MAX: u64 = 128 << 10;

/// Letters of one's own; by default none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Templates {
    pub folder: Option<PathBuf>,
    pub files: Vec<TemplateFile>,
}

/// One letter in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateFile {
    /// Below the folder: `closing/nl.j2`.
    pub name: String,
    pub text: String,
}

pub(super) fn templates(s: &mut Section) -> Templates {
    let Some(folder) = s.path("folder") else { return Templates::default() };
    let mut files = Vec::new();
    if let Err(error) = read(&folder, "", &mut files) {
        let found = format!("\"{}\": {error}", clipped(&folder.display().to_string()));
        s.refuse("folder", found, "name a folder that klachtpost's user can read, with files like closing/nl.j2");
    }
    files.sort_by(|one, other| one.name.cmp(&other.name));
    Templates { folder: Some(folder), files }
}

/// What lies below the folder; other files than templates are left alone.
fn read(folder: &Path, above: &str, files: &mut Vec<TemplateFile>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()).filter(|name| !name.starts_with('.')) else {
            continue;
        };
        let name = if above.is_empty() { name.to_owned() } else { format!("{above}/{name}") };
        if path.is_dir() && above.is_empty() {
            read(&path, &name, files)?;
        } else if path.extension().is_some_and(|ending| ending == ENDING) {
            files.push(TemplateFile { text: text(&path, &name)?, name });
        }
        if files.len() > FILES_MAX {
            return Err(io::Error::other(format!("more than {FILES_MAX} templates")));
        }
    }
    Ok(())
}

fn text(path: &Path, name: &str) -> io::Result<String> {
    if fs::metadata(path)?.len() > OCTETS_MAX {
        return Err(io::Error::other(format!("{name} is larger than {OCTETS_MAX} octets")));
    }
    fs::read_to_string(path).map_err(|error| io::Error::other(format!("{name}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_like_a_template_is_one_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("closing")).unwrap();
        for name in ["closing/nl.j2", "closing/nl.j2~", "closing/.en.j2", "README.md"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        let mut files = Vec::new();
        read(folder.path(), "", &mut files).unwrap();
        assert_eq!(files, [TemplateFile { name: "closing/nl.j2".to_owned(), text: "x".to_owned() }]);
        fs::write(folder.path().join("closing/en.j2"), "x".repeat(200_000)).unwrap();
        let error = read(folder.path(), "", &mut files).unwrap_err().to_string();
        assert!(error.contains("closing/en.j2 is larger than"), "{error}");
    }
}
