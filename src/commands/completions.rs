//! `klachtpost completions SHELL`, and the manual pages that a package takes along: both made of the command line itself, so
//! that they say what it does.

use super::printing::say;
use super::{Arguments, Exit, failed};
use clap::CommandFactory;
use clap_complete::Shell;
use std::path::Path;

const NAME: &str = "klachtpost";

/// Prints what makes the shell complete our commands.
pub(super) fn print(shell: Shell) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), NAME, &mut script);
    say!("{}", String::from_utf8_lossy(&script).trim_end());
    super::printing::ended(Exit::Done)
}

/// Writes a page for the program, and one for each command.
pub(super) fn manual(folder: &Path) -> Exit {
    let written = std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(Arguments::command(), folder));
    match written {
        Ok(()) => Exit::Done,
        Err(error) => {
            failed(&format!("cannot write manual pages into {}: {error}", folder.display()), Exit::FoundProblems)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_command_has_its_page_and_what_is_hidden_has_none() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(manual(folder.path()), Exit::Done);
        let command = Arguments::command();
        for sub in command.get_subcommands() {
            let page = folder.path().join(format!("{NAME}-{}.1", sub.get_name()));
            assert_eq!(page.exists(), !sub.is_hide_set(), "{}", page.display());
        }
        let page = std::fs::read_to_string(folder.path().join("klachtpost.1")).unwrap();
        assert!(page.contains("Exit codes: 0 done") && page.contains("klachtpost\\-outbox(1)"), "{page}");
    }

    #[test]
    fn shells_complete_commands_and_their_options() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), NAME, &mut script);
            let script = String::from_utf8(script).unwrap();
            assert!(script.contains("trust-clock") && script.contains("outbox"), "{shell}");
        }
    }
}
