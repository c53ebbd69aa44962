//! What commands print goes to whoever reads it: a pipe that was closed (`case list | head`) ends nothing and changes no
//! exit code, and what cannot be written for another reason is told. Through real pipes, with the program itself.

use super::*;
use std::fs::File;
use std::io::{PipeWriter, Read, pipe};
use std::process::{Command, Output, Stdio};

/// Every command that prints, and how it ends on the test's desk.
const PRINTING: &[(&[&str], i32)] = &[
    (&["--help"], 0),
    (&["--version"], 0),
    (&["case", "--help"], 0),
    (&["help", "outbox"], 0),
    (&["case", "list"], 0),
    (&["case", "list", "--json"], 0),
    (&["case", "list", "--open", "--since", "23-11-2026"], 0),
    (&["case", "show", "K-2026-000001"], 0),
    (&["case", "show", "K-2026-000001", "--json"], 0),
    (&["case", "export", "K-2026-000001"], 0),
    (&["case", "export", "K-2026-000001", "--json"], 0),
    (&["outbox", "list"], 0),
    (&["outbox", "list", "--json"], 0),
    (&["digest"], 0),
    (&["digest", "--json"], 0),
    (&["digest", "--html", "digest.html"], 0),
    (&["verify"], 1),
    (&["verify", "--json"], 1),
    (&["check"], 1),
    (&["check", "--json"], 1),
    (&["explain", "mail.eml"], 0),
    (&["explain", "--json", "mail.eml", "mail.eml"], 0),
    (&["demo", "--dir", "demo"], 0),
];

/// Those that only complain, or write a log.
const COMPLAINING: &[&[&str]] = &[
    &["case", "show", "K-2026-000009"],
    &["outbox", "hold", "none"],
    &["verify", "--digest", "none.eml"],
    &["explain", "none.eml"],
    &["--config", "none.toml", "case", "list"],
    &["nonsense"],
    &[],
    &["run", "--once"],
];

/// A desk with two cases and a letter, one of its rows changed by hand, and a mail to explain.
async fn desk() -> Desk {
    let desk = Desk::new().await;
    desk.with_cases().await;
    desk.record(Vec::new(), &[outgoing("letter", "jan@klant.example")]).await.unwrap();
    desk.by_hand("UPDATE cases SET department = 'elders' WHERE number = 'K-2026-000002'").await;
    let folder = desk._dir.path();
    std::fs::write(folder.join("klachtpost.toml"), settings(&desk, &maildir(&desk, "in"), &maildir(&desk, "out")))
        .unwrap();
    std::fs::write(folder.join("mail.eml"), "From: jan@klant.example\r\nSubject: Deuk\r\n\r\nEen deuk.\r\n").unwrap();
    desk
}

/// The program in the desk's folder.
pub(super) fn command(desk: &Desk, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_klachtpost"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("KLACHTPOST")) {
        command.env_remove(name);
    }
    command.env("KLACHTPOST_CONFIG", "klachtpost.toml").env("KLACHTPOST_LOG", "off").current_dir(desk._dir.path());
    command.args(arguments).stdin(Stdio::null());
    command
}

/// The end of a pipe that nobody reads any more.
fn closed() -> PipeWriter {
    pipe().unwrap().1
}

fn complaint(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test]
async fn a_closed_pipe_ends_every_command_quietly_and_as_it_would_have_ended() {
    let desk = desk().await;
    for (arguments, code) in PRINTING {
        let read = command(&desk, arguments).output().unwrap();
        assert_eq!(read.status.code(), Some(*code), "{arguments:?}: {}", complaint(&read));
        assert!(!read.stdout.is_empty(), "{arguments:?} prints nothing, so that it shows nothing here");

        let unread = command(&desk, arguments).stdout(closed()).output().unwrap();
        assert_eq!(unread.status.code(), Some(*code), "{arguments:?}: {}", complaint(&unread));
        assert_eq!(complaint(&unread), complaint(&read), "{arguments:?}");
    }
}

#[tokio::test]
async fn where_nobody_reads_the_complaints_either_the_exit_code_says_it() {
    let desk = desk().await;
    for arguments in PRINTING.iter().map(|(arguments, _)| arguments).chain(COMPLAINING) {
        let read = command(&desk, arguments).output().unwrap();
        let mut unread = command(&desk, arguments);
        let status = unread.env("KLACHTPOST_LOG", "debug").stdout(closed()).stderr(closed()).status().unwrap();
        assert_eq!(status.code(), read.status.code(), "{arguments:?}: {}", complaint(&read));
    }
}

/// `| head -c 1`: the pipe is closed while the command prints.
#[tokio::test]
async fn a_pipe_that_is_closed_halfway_is_a_closed_pipe() {
    let desk = desk().await;
    let note = What::Noted { text: "Een lange notitie. ".repeat(20_000) };
    desk.record(vec![event(1, note)], &[]).await.unwrap();
    for arguments in [&["case", "export", "K-2026-000001"][..], &["case", "export", "K-2026-000001", "--json"]] {
        let (mut reader, writer) = pipe().unwrap();
        let running = command(&desk, arguments).stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
        reader.read_exact(&mut [0]).unwrap();
        drop(reader);
        let ended = running.wait_with_output().unwrap();
        assert_eq!((ended.status.code(), complaint(&ended).as_str()), (Some(0), ""), "{arguments:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_written_for_another_reason_is_told() {
    let desk = desk().await;
    for arguments in
        [&["case", "list"][..], &["verify"], &["explain", "mail.eml"], &["case", "export", "K-2026-000001"]]
    {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let ended = command(&desk, arguments).stdout(full).output().unwrap();
        assert_eq!(ended.status.code(), Some(75), "{arguments:?}");
        let complaint = complaint(&ended);
        assert!(complaint.contains("failed to print") && complaint.contains("hint:"), "{arguments:?}: {complaint}");
    }
}
