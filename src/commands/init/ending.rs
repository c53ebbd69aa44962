//! What `klachtpost init` says at its end: where the settings are, what only people can add, and which commands come next.

use super::super::printing::say;
use super::written::{Proof, Said};
use std::path::Path;

/// Prints it; `waiting` mails lie in the inbox.
pub(super) fn say_what_is_left(file: &Path, said: &Said, waiting: usize) {
    say!("\nWritten: {} (only its owner can read it)", file.display());
    say!("\nLeft to do, in that file; config/klachtpost.toml is its manual:");
    for left in left(said) {
        say!("  - {left}");
    }
    if waiting > 0 {
        say!(
            "\nBEFORE YOU RUN IT: {} in the inbox. The first run takes each for a new complaint and acknowledges it.\n\
             Move what is none, or was answered, into another folder first.",
            if waiting == 1 { "1 mail lies".to_owned() } else { format!("{waiting} mails lie") }
        );
    }
    let file = file.display();
    say!(
        "\nThen, as the user that klachtpost will run as (chown it the settings and the password's file first):\n  \
         klachtpost --config {file} check\n  klachtpost --config {file} run --once     one round, to try\n  \
         klachtpost --config {file} run"
    );
}

/// Each in a line.
fn left(said: &Said) -> Vec<String> {
    let name = &said.department.name;
    let mut left = vec![
        format!(
            "the other departments, each a [[department]] with its keywords: until then {name} gets every complaint"
        ),
        format!("staff = [\"…\"] of {name}: the colleagues who may answer its complaints from addresses of their own"),
    ];
    if said.operator.is_none() {
        left.push("[operator]: who is told by mail when klachtpost is cut off".to_owned());
    }
    left.push("[committee]: where customers can go who still disagree, so that closings name it".to_owned());
    left.push("[digest] recipients, [deadlines] closed_days, [paper] for letters on paper".to_owned());
    if said.proof == Proof::Microsoft365 {
        left.push("docs/microsoft365.md, \"When not to use it\": see that no connector lets mail in as if it were your own; `klachtpost check` shows what the last mails bear".to_owned());
    }
    if said.proof == Proof::Nothing {
        left.push("a mail server that proves senders (trusted_authserv_id): as it is, whoever gets hold of a notification can act as staff".to_owned());
    }
    left
}
