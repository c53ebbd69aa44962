//! The pages for people are true where a machine can tell: the README is short, each link leads to a file, and each
//! command that is named exists, with its options.

use clap::{Command, CommandFactory};
use std::path::{Path, PathBuf};

/// Ten minutes of reading.
const README_CHARS_MAX: usize = 16_000;
/// What stands behind the program's name in a page and is no command: the subject of a test mail.
const NO_COMMANDS: &[&str] = &["test"];
/// Fewer than this were never all: then the test looks in the wrong place.
const FOUND_MIN: usize = 20;

/// Where pages stand.
const FOLDERS: [&str; 4] = ["", "docs", "docs/decisions", "tests/protections"];

/// Every page: its path below the root, and its text.
fn pages() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = Vec::new();
    for folder in FOLDERS.map(Path::new) {
        let files = std::fs::read_dir(root.join(folder)).into_iter().flatten().flatten();
        for name in files.map(|file| file.file_name()).filter(|name| Path::new(name).extension() == Some("md".as_ref()))
        {
            let page = folder.join(name);
            let text = std::fs::read_to_string(root.join(&page));
            let text = text.unwrap_or_else(|error| panic!("{}: {error}", page.display()));
            pages.push((page, text));
        }
    }
    pages
}

#[test]
fn the_readme_is_read_in_ten_minutes() {
    let readme = include_str!("../README.md");
    assert!(readme.chars().count() < README_CHARS_MAX, "README.md has {} characters", readme.chars().count());
}

#[test]
fn every_link_leads_to_a_file_and_to_a_heading_in_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut found, mut wrong) = (0, Vec::new());
    for (page, text) in pages() {
        let links = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link);
        for link in links.filter(|link| !link.contains("://") && !link.starts_with("mailto:")) {
            found += 1;
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let to = if file.is_empty() { page.clone() } else { page.with_file_name(file) };
            let to = root.join(to);
            let has_heading = || std::fs::read_to_string(&to).is_ok_and(|text| anchors(&text).any(|a| a == heading));
            if !to.exists() || !heading.is_empty() && !has_heading() {
                wrong.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(found >= FOUND_MIN, "{found} links were found");
    assert!(wrong.is_empty(), "links that lead nowhere:\n{}", wrong.join("\n"));
}

/// What a page calls a file that its reader is about to make.
const TO_BE_MADE: [&str; 1] = ["src/languages/es.rs"];
/// Where sources stand.
const SOURCES: [&str; 7] = ["src", "templates", "tests", "benches", "docs", "packaging", "migrations"];

#[test]
fn every_source_that_a_page_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut found, mut wrong) = (0, Vec::new());
    for (page, text) in pages() {
        for name in text.split('`').skip(1).step_by(2) {
            let is_path = name.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
            let is_source = name.split_once('/').is_some_and(|(folder, _)| SOURCES.contains(&folder));
            if is_path && is_source && !TO_BE_MADE.contains(&name) {
                found += 1;
                if !root.join(name).exists() {
                    wrong.push(format!("{}: {name}", page.display()));
                }
            }
        }
    }
    assert!(found >= FOUND_MIN, "{found} sources were found");
    assert!(wrong.is_empty(), "sources that are not there:\n{}", wrong.join("\n"));
}

/// The headings of a page, as links name them.
fn anchors(text: &str) -> impl Iterator<Item = String> {
    let headings = text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_matches(['#', ' ']));
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-');
    headings.map(move |line| line.to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-"))
}

#[test]
fn every_command_of_the_pages_exists_with_its_options() {
    let program = klachtpost::commands::Arguments::command();
    let (mut found, mut wrong) = (0, Vec::new());
    for (page, text) in pages().into_iter().filter(|(page, _)| !page.ends_with("CHANGELOG.md")) {
        for command in commands(&text) {
            found += 1;
            if let Err(why) = is_known(&program, command) {
                wrong.push(format!("{}: klachtpost {command}: {why}", page.display()));
            }
        }
    }
    assert!(found >= FOUND_MIN, "{found} commands were found");
    assert!(wrong.is_empty(), "commands that do not exist:\n{}", wrong.join("\n"));
}

/// What stands behind the program's name, in code within a line and in lines of code.
fn commands(text: &str) -> Vec<&str> {
    let (mut within, mut found) = (false, Vec::new());
    for line in text.lines() {
        if line.starts_with("```") {
            within = !within;
        } else if within {
            found.extend(line.strip_prefix("$ "));
        } else {
            found.extend(line.split('`').skip(1).step_by(2));
        }
    }
    let of_ours = found.into_iter().filter_map(|code| code.rsplit_once("klachtpost "));
    let called = of_ours.filter(|(before, _)| before.is_empty() || before.ends_with([' ', '/']));
    // Before a path it is a user or a file that another program gets.
    called.map(|(_, command)| command).filter(|command| !command.starts_with('/')).collect()
}

/// Whether each word of a command, up to its first value, is a subcommand, and each long option one of theirs.
fn is_known(program: &Command, words: &str) -> Result<(), String> {
    let (mut command, mut values) = (program, false);
    let mut words = words.split_whitespace().take_while(|word| !word.starts_with(['#', '|', '<', '\\']));
    while let Some(word) = words.next() {
        if let Some(option) = word.strip_prefix("--") {
            let name = option.split('=').next().unwrap_or_default();
            let all = command.get_arguments().chain(program.get_arguments().filter(|it| it.is_global_set()));
            let known = all.into_iter().find(|it| it.get_long() == Some(name));
            match known {
                None if matches!(name, "help" | "version") => {}
                None => return Err(format!("has no --{name}")),
                Some(known) if known.get_action().takes_values() && !option.contains('=') => drop(words.next()),
                Some(_) => {}
            }
        } else if let Some(below) = command.find_subcommand(word).filter(|_| !values) {
            command = below;
        } else if command.has_subcommands() && !NO_COMMANDS.contains(&word) {
            return Err(format!("has no {word}"));
        } else {
            values = true;
        }
    }
    Ok(())
}
