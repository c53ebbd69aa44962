//! What a trial says about a mail, and what it does not: the process of its own is played by a script that ends as the test
//! wants, so that each end is met for sure (invariant 1).

use super::*;
use klachtpost::daemon::{Step, decide_batch};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A program that notes each run beside itself, and then does this.
fn program(folder: &Path, does: &str) -> PathBuf {
    let path = folder.join("program");
    // Written by another process: one that this one begins meanwhile would hold the file open, and it could not be run.
    let script = format!("#!/bin/sh\ncat > /dev/null\necho \"$* $(env | grep -c KLACHTPOST)\" >> $0.runs\n{does}\n");
    let written =
        Command::new("sh").args(["-c", "printf %s \"$1\" > $0 && chmod +x $0"]).arg(&path).arg(script).status();
    assert!(written.unwrap().success());
    path
}

fn runs(program: &Path) -> usize {
    std::fs::read_to_string(program.with_extension("runs")).map_or(0, |runs| runs.lines().count())
}

fn mails() -> Vec<NewMail> {
    let raw = |uid| {
        format!(
            "From: k{uid}@klant.example\r\nMessage-ID: <{uid}@klant.example>\r\nSubject: Klacht\r\n\r\nKapot, {uid}.\r\n"
        )
    };
    (1..=3).map(|uid| NewMail { raw: raw(uid).into_bytes(), ..new_mail(uid) }).collect()
}

/// A desk with three mails of which the second was in hand at a death, and what its trials come to.
async fn desk_with(does: &str) -> (Desk, Arc<Office>, PathBuf) {
    let desk = Desk::new().await;
    let office = office(&desk, &maildir(&desk, "in"), &maildir(&desk, "out")).await;
    let program = program(desk._dir.path(), does);
    let office = Arc::new(Office { program: program.clone(), ..Arc::into_inner(office).unwrap() });
    office.register.store_mails(&mails()).await.unwrap();
    office.register.count_attempt(&[2], at(0)).await.unwrap();
    (desk, office, program)
}

/// Decides until nothing waits that may be taken in hand now.
async fn decide_all(office: &Arc<Office>) {
    for _ in 0..20 {
        if decide_batch(office).await.unwrap() == Step::Idle {
            return;
        }
    }
    panic!("the queue is stuck");
}

async fn ids(office: &Office, disposition: Disposition) -> Vec<i64> {
    found(office, disposition).await.into_iter().map(|(id, _)| id).collect()
}

#[tokio::test]
async fn a_mail_that_ends_two_processes_of_its_own_is_set_apart_with_the_reason() {
    for (signal, named) in [("ABRT", "SIGABRT"), ("SEGV", "SIGSEGV"), ("XCPU", "its limit of time")] {
        let (desk, office, program) = desk_with(&format!("kill -{signal} $$")).await;
        decide_all(&office).await;
        assert_eq!(runs(&program), 2, "{signal}");
        assert_eq!(ids(&office, Disposition::Complaint).await, [1, 3], "{signal}");
        let apart = found(&office, Disposition::Unreadable).await;
        let said = apart[0].1.starts_with("reading it alone in a process of its own ended by ")
            && apart[0].1.ends_with(", twice");
        assert!(apart.len() == 1 && apart[0].0 == 2 && said && apart[0].1.contains(named), "{apart:?}");
        assert_eq!(office.register.raw_mail(2).await.unwrap().unwrap(), mails()[1].raw, "its bytes are kept");
        assert_eq!(office.register.verify().await.unwrap().findings, []);
        assert_eq!(desk.number("SELECT reading FROM trial").await, 2);
    }
}

#[tokio::test]
async fn what_was_killed_or_could_not_be_started_proves_nothing_and_the_others_go_on() {
    for does in ["kill -KILL $$", "kill -TERM $$", "exit 0", "exit 75", "echo begun"] {
        let (desk, office, program) = desk_with(does).await;
        decide_all(&office).await;
        assert_eq!(ids(&office, Disposition::Complaint).await, [1, 3], "{does}");
        assert_eq!((runs(&program), ids(&office, Disposition::Unreadable).await), (2, vec![]), "{does}");
        // However often.
        for minute in (2..20).step_by(2) {
            office.clock.set(at(minute));
            decide_all(&office).await;
        }
        assert_eq!(runs(&program), 11, "{does}: once in a while");
        assert_eq!(desk.number("SELECT count(*) FROM mail WHERE disposition IS NULL").await, 1, "{does}");
        std::fs::remove_file(&program).unwrap();
        office.clock.set(at(30));
        decide_all(&office).await;
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_klachtpost"), &program).unwrap();
        office.clock.set(at(40));
        decide_all(&office).await;
        assert_eq!(ids(&office, Disposition::Complaint).await, [1, 2, 3], "{does}: in the end it is heard");
    }
}

#[tokio::test]
async fn the_process_is_asked_with_an_empty_environment_and_only_for_a_mail_that_was_in_hand() {
    let (_desk, office, program) = desk_with("kill -ABRT $$").await;
    decide_all(&office).await;
    assert_eq!(std::fs::read_to_string(program.with_extension("runs")).unwrap(), "trial 0\n".repeat(2));
}
