//! `klachtpost templates`: the letters there are, one of ours to begin with, whether one's own can be used, and how all of them look.

use super::page::{self, Head, Shown};
use super::printing::{counted, say};
use super::{Exit, failed};
use crate::case::AddressError;
use crate::config::Config;
use crate::daemon::house;
use crate::letters::{self, Letters, Own, RenderError, TemplateError};
use clap::Subcommand;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What to do about letters of one's own.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the letters, and which of them are your own
    #[command(after_help = "Example:\n  klachtpost templates list")]
    List,
    /// Print one of ours, or write it into a folder, to begin with
    #[command(
        after_help = "Examples:\n  klachtpost templates export closing/nl\n  klachtpost templates export closing/nl --to /etc/klachtpost/templates"
    )]
    Export {
        /// Its name in the list, e.g. closing/nl
        #[arg(value_name = "LETTER")]
        name: String,
        /// The folder to write it into; a file that is there stays as it is
        #[arg(long, value_name = "DIR")]
        to: Option<PathBuf>,
    },
    /// Fill your own letters in with samples, and say what is wrong with them
    #[command(after_help = "Example:\n  klachtpost templates check")]
    Check,
    /// Write a page with all letters, as wide as a phone and as a desk shows them
    #[command(after_help = "Example:\n  klachtpost templates preview --out letters.html")]
    Preview {
        /// The page to write
        #[arg(long, value_name = "FILE", default_value = "letters.html")]
        out: PathBuf,
    },
}

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Templates(#[from] TemplateError),
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error(transparent)]
    Address(#[from] AddressError),
    #[error("expected the name of a letter, found `{0}`; next: `klachtpost templates list` has them")]
    Unknown(String),
    #[error("tried to write {}, found: {why}; next: name another place with --to or --out", .path.display())]
    File { path: PathBuf, why: io::Error },
}

/// Carries the command out.
pub fn run(config: &Config, command: Command) -> Exit {
    let done = match command {
        Command::List => {
            list(config);
            Ok(())
        }
        Command::Export { name, to } => export(&name, to.as_deref()),
        Command::Check => check(config),
        Command::Preview { out } => preview(config, &out),
    };
    match done {
        Ok(()) => Exit::Done,
        Err(error @ Trouble::Unknown(_)) => failed(&error, Exit::WrongUsage),
        Err(error) => failed(&error, Exit::FoundProblems),
    }
}

fn own(config: &Config) -> Vec<Own<'_>> {
    config.templates.files.iter().map(|file| Own { name: &file.name, text: &file.text }).collect()
}

fn list(config: &Config) {
    for letter in letters::list() {
        let whose =
            if config.templates.files.iter().any(|file| file.name == letter.name) { "your own" } else { "ours" };
        let reader = if letter.for_customer { "customer" } else { "staff" };
        say!("{:<24} {reader:<9} {whose}", letter.name.trim_end_matches(".j2"));
    }
}

fn export(name: &str, to: Option<&Path>) -> Result<(), Trouble> {
    let file = if name.ends_with(".j2") { name.to_owned() } else { format!("{name}.j2") };
    let text = letters::ours(&file).ok_or_else(|| Trouble::Unknown(name.to_owned()))?;
    let Some(folder) = to else {
        say!("{}", text.trim_end());
        return Ok(());
    };
    let path = folder.join(&file);
    let failed = |why| Trouble::File { path: path.clone(), why };
    fs::create_dir_all(path.parent().unwrap_or(folder)).map_err(failed)?;
    let mut new = fs::OpenOptions::new().write(true).create_new(true).open(&path).map_err(failed)?;
    io::Write::write_all(&mut new, text.as_bytes()).map_err(failed)?;
    say!("{} written; `[templates] folder` in the settings names {}", path.display(), folder.display());
    Ok(())
}

fn check(config: &Config) -> Result<(), Trouble> {
    let own = own(config);
    Letters::with(&own)?;
    let place = config
        .templates
        .folder
        .as_ref()
        .map_or_else(|| "`[templates] folder` is not set".to_owned(), |folder| format!("in {}", folder.display()));
    say!("{} of your own can be used; {place}", counted(own.len(), "letter"));
    Ok(())
}

fn preview(config: &Config, out: &Path) -> Result<(), Trouble> {
    let shown = Letters::with(&own(config))?.preview(&house(config)?)?;
    let all: Vec<Shown> = shown
        .into_iter()
        .map(|one| Shown { subject: one.subject, date: one.name.trim_end_matches(".j2").to_owned(), html: one.html })
        .collect();
    let lead = "Filled in with samples, as your company looks: invented people, nothing of your register.".to_owned();
    let head = Head { title: format!("{}: letters", config.desk.name), lead };
    fs::write(out, page::widths(&head, &all)).map_err(|why| Trouble::File { path: out.to_owned(), why })?;
    say!("{} written to {}", counted(all.len(), "letter"), out.display());
    Ok(())
}
