//! Says what the build depends on beside the sources. The migrations are embedded by a macro, which is not run again
//! for a new file in their folder unless that is said here. Lists the templates, so that a letter's words need only be put
//! into their folder. And notes when it was done: a clock that stands before that is wrong.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=templates");
    println!("cargo:rerun-if-changed=Cargo.toml");
    // Who wants the same bytes from each build says when it was (reproducible-builds.org).
    println!("cargo:rerun-if-env-changed=SOURCE_DATE_EPOCH");
    let stated = env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse().ok());
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    println!("cargo:rustc-env=KLACHTPOST_BUILT_AT={}", stated.unwrap_or_else(now));
    list_templates()
}

/// A list of (name below `templates/`, text) for the program to include.
fn list_templates() -> io::Result<()> {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("templates");
    let mut files = Vec::new();
    files_below(&folder, &mut files)?;
    files.sort();
    let rows = files.iter().filter_map(|file| {
        let name = file.strip_prefix(&folder).ok()?.to_string_lossy().replace('\\', "/");
        Some(format!("    ({name:?}, include_str!({:?})),\n", file.to_string_lossy()))
    });
    let list = format!("&[\n{}]\n", rows.collect::<String>());
    fs::write(Path::new(&env::var("OUT_DIR").unwrap_or_default()).join("templates.rs"), list)
}

fn files_below(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { files_below(&path, files)? } else { files.push(path) }
    }
    Ok(())
}
