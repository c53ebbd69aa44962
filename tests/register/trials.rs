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
    for does in ["kill -KILL $$", "kill -TERM $$", "exit 0", "exit 75", "exit 1", "echo begun"] {
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

/// A colleague's mail, or a customer's.
fn mail_of(uid: i64, from: &str, head: &str, text: &str) -> NewMail {
    let raw = format!(
        "From: {from}\r\nTo: klachten@lease.example\r\nMessage-ID: <n{uid}@x.example>\r\n{head}Subject: Re: Klacht\r\n\r\n{text}\r\n"
    );
    NewMail { raw: raw.into_bytes(), ..new_mail(uid) }
}

#[tokio::test]
async fn whatever_the_desk_is_shown_reaches_the_process_and_the_mail_ends_as_without_a_trial() {
    let desk = Desk::new().await;
    let office = office(&desk, &maildir(&desk, "in"), &maildir(&desk, "out")).await;
    let path = desk._dir.path().join("program");
    let script = format!(
        "#!/bin/sh\n{} \"$@\"\nended=$?\necho $ended >> $0.runs\nexit $ended\n",
        env!("CARGO_BIN_EXE_klachtpost")
    );
    let written =
        Command::new("sh").args(["-c", "printf %s \"$1\" > $0 && chmod +x $0"]).arg(&path).arg(script).status();
    assert!(written.unwrap().success());
    let office = Arc::new(Office { program: path.clone(), ..Arc::into_inner(office).unwrap() });
    let spam = NewMail { raw: [b"X-Spam-Flag: YES\r\n", &mails()[1].raw[..]].concat(), ..new_mail(2) };
    office.register.store_mails(&[mails().remove(0), spam]).await.unwrap();
    decide_all(&office).await;
    let mut connection = AnyConnection::connect(&desk.url).await.unwrap();
    let letters =
        sqlx::query("SELECT message_id FROM outbox WHERE kind IN ('acknowledgement', 'notification') ORDER BY kind");
    let letters = letters.fetch_all(&mut connection).await.unwrap();
    let [customers, staffs] = [0, 1].map(|n| format!("In-Reply-To: <{}>\r\n", letters[n].get::<String, _>(0)));
    let anna = "anna@lease.example";
    let asked = [
        mail_of(3, "k1@klant.example", &customers, "En nog een kras."),
        mail_of(4, anna, &staffs, "#intern Even gebeld."),
        mail_of(5, anna, &staffs, "We bellen u morgen."),
        mail_of(6, anna, "", "#toon 2"),
        mail_of(7, anna, "", "#zoek kapot"),
        mail_of(8, anna, "", "#stand"),
        mail_of(9, anna, "", "#dossier K-2026-000001"),
        mail_of(10, "k1@klant.example", "", "Over K-2026-000001: nog niets gehoord."),
        NewMail { uid: 11, ..mails().remove(0) },
    ];
    office.register.store_mails(&asked).await.unwrap();
    office.register.count_attempt(&(3..=11).collect::<Vec<_>>(), at(0)).await.unwrap();
    decide_all(&office).await;
    assert_eq!(std::fs::read_to_string(path.with_extension("runs")).unwrap(), "0\n".repeat(2 * asked.len()));
    assert_eq!(ids(&office, Disposition::Staff).await, [4, 5, 6, 7, 8, 9]);
    assert_eq!(ids(&office, Disposition::FollowUp).await, [3, 10]);
    assert_eq!(ids(&office, Disposition::Duplicate).await, [11]);
    assert_eq!(
        desk.number("SELECT CAST(COALESCE(SUM(reading + deciding + failures), 0) AS BIGINT) FROM trial").await,
        0
    );
}
