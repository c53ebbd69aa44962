//! `[operator]` and `[watch]`: who hears that klachtpost does not get through, by what way, and how it is noticed where nobody
//! writes (invariant 12). Pure but for what [`Section`] reads and for a look at the command's file.

use super::Config;
use super::check::address;
use super::section::{Reading, Section, clipped};
use super::sections::small;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Minutes a trouble may last before the operator hears of it: not for each restart of a server, not after a day.
const ALARM_MINUTES: std::ops::RangeInclusive<u64> = 5..=1_440;
/// Minutes between two test mails: not so often that a provider minds, not so seldom that a day passes.
const WATCH_MINUTES: std::ops::RangeInclusive<u64> = 10..=1_440;

/// Who keeps klachtpost running, and is told by mail when it does not (invariant 12).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Operator {
    pub address: String,
    /// How long a trouble lasts before the operator is told of it, in minutes.
    pub alarm_after_minutes: u32,
    /// A program and its arguments, run where no letter gets through; empty for none.
    pub command: Vec<String>,
}

/// Test mails from the desk to itself.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Watch {
    pub every_minutes: u32,
}

pub(super) fn operator(s: &mut Section) -> Operator {
    Operator {
        address: address(s, "address", "who keeps klachtpost running, e.g. `address = \"beheer@lease.example\"`"),
        alarm_after_minutes: small(s, "alarm_after_minutes", 30, ALARM_MINUTES, "minutes"),
        command: command(s),
    }
}

/// No shell reads it, and there is no path to look for it in: the program is named where it is.
fn command(s: &mut Section) -> Vec<String> {
    let command = s.list("command");
    if let Some(program) = command.first() {
        let write = "write the program's whole path and each argument by itself, e.g. `command = [\"/usr/local/bin/page\", \"klachtpost\"]`";
        if !Path::new(program).is_absolute() {
            s.refuse("command", format!("\"{}\"", clipped(program)), write);
        } else if !Path::new(program).is_file() {
            s.refuse_for_work("command", format!("\"{}\", where there is no file", clipped(program)), write);
        }
    }
    command
}

pub(super) fn watch(s: &mut Section) -> Watch {
    Watch { every_minutes: small(s, "every_minutes", 60, WATCH_MINUTES, "minutes") }
}

/// Whatever is noticed must be told to somebody.
pub(super) fn watch_is_for_somebody(config: &Config, reading: &mut Reading) {
    if config.watch.is_some() && config.operator.is_none() {
        let write = "write [operator] and its `address` below it: who is told that the test mail does not come back";
        reading.refuse("watch", "no section [operator] beside it", write);
    }
}

#[cfg(test)]
mod tests {
    use crate::config::from_toml;

    fn said(lines: &str) -> String {
        let text = format!(
            "[desk]\nname = \"L\"\naddress = \"k@lease.example\"\n[mailbox]\nkind = \"maildir\"\npath = \"in\"\n\
             accept_unproven_staff = true\n[sender]\nkind = \"maildir\"\npath = \"out\"\n{lines}\n[[department]]\n\
             name = \"a\"\ntitle = \"A\"\naddress = \"a@lease.example\"\nsupervisor = \"b@lease.example\"\nfallback = true\n"
        );
        match from_toml(&text, "k.toml") {
            Ok(config) => format!("{:?} {:?}", config.watch, config.operator.map(|operator| operator.command)),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn test_mails_are_sent_where_the_section_stands_and_somebody_is_told() {
        let operator = "[operator]\naddress = \"beheer@lease.example\"\n";
        assert_eq!(said(operator), "None Some([])", "none of itself");
        let all = [
            said(&format!("{operator}[watch]")),
            said(&format!("{operator}command = [\"/bin/sh\", \"-c\", \"true\"]\n[watch]\nevery_minutes = 10")),
            said("[watch]"),
            said(&format!("{operator}[watch]\nevery_minutes = 1")),
            said(&format!("{operator}command = [\"page\"]")),
            said(&format!("{operator}command = [\"/no/such/program\"]")),
        ];
        insta::assert_snapshot!(all.join("\n"));
    }
}
