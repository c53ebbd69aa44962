//! `klachtpost verify --digest`: a digest that went out is the witness of the past it saw.

use super::*;
use klachtpost::daemon::tick;
use std::path::Path;
use std::process::{Command, Output};

/// The digest of the test's second day, as its reader saved it.
async fn digest_letter(desk: &Desk) -> std::path::PathBuf {
    let office = office(desk, &maildir(desk, "in"), &maildir(desk, "out")).await;
    tick(&office).await.unwrap();
    office.clock.set(at(24 * 60));
    tick(&office).await.unwrap();
    let letters = office.register.claim(at(24 * 60), at(25 * 60), 10).await.unwrap();
    let digest = letters.iter().find(|letter| letter.kind == LetterKind::Digest).expect("a digest");
    let path = desk._dir.path().join("overzicht.eml");
    std::fs::write(&path, &digest.bytes).unwrap();
    path
}

fn verify(desk: &Desk, digest: &Path) -> Output {
    let config = desk._dir.path().join("klachtpost.toml");
    std::fs::write(&config, settings(desk, &maildir(desk, "in"), &maildir(desk, "out"))).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_klachtpost"));
    command.arg("--config").arg(config).arg("verify").arg("--digest").arg(digest);
    command.output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[tokio::test]
async fn a_digest_bears_witness_to_the_past_it_saw() {
    let desk = Desk::new().await;
    desk.with_cases().await;
    let digest = digest_letter(&desk).await;
    let head = desk.number("SELECT seq FROM event WHERE kind = 'digest_written'").await - 1;
    // Later events change nothing about it.
    desk.record(vec![event(1, What::Noted { text: "later".into() })], &[]).await.unwrap();
    let kept = verify(&desk, &digest);
    let there = format!("up to event {head}, and it is still there");
    assert!(kept.status.success() && said(&kept).contains(&there), "{}", said(&kept));

    // Another file in its place, right in itself.
    let other = Desk::new().await;
    other.record(vec![opened(1), opened(2)], &[]).await.unwrap();
    let replaced = verify(&other, &digest);
    assert_eq!(replaced.status.code(), Some(1), "{}", said(&replaced));
    assert!(said(&replaced).contains("0 problems") && said(&replaced).contains("is not in this register"));
}

#[tokio::test]
async fn a_tail_cut_off_together_with_the_digest_is_shown_by_the_digest_alone() {
    let desk = Desk::new().await;
    desk.with_cases().await;
    let digest = digest_letter(&desk).await;
    let head = desk.number("SELECT seq FROM event WHERE kind = 'digest_written'").await - 1;
    let cut = |table: &str| format!("DELETE FROM {table} WHERE seq >= {head}");
    desk.by_hand(&cut("event_payload")).await;
    desk.by_hand(&cut("event")).await;
    let output = verify(&desk, &digest);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("is not in this register"), "{}", said(&output));
}

#[tokio::test]
async fn what_is_no_digest_is_wrong_usage() {
    let desk = Desk::new().await;
    let letter = desk._dir.path().join("other.eml");
    std::fs::write(&letter, "Subject: Hallo\r\n\r\nGeen overzicht.\r\n").unwrap();
    for (file, words) in
        [(letter, "expected a digest"), (desk._dir.path().join("none.eml"), "failed to read the digest")]
    {
        let output = verify(&desk, &file);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains(words) && said(&output).contains("hint:"), "{}", said(&output));
    }
}
