//! Killed while the register is backed up or copied: what was begun has no name that anybody takes for a whole one, and the
//! same command once more comes to its end.

use crate::letter::Written;
use crate::scene::{Scene, end_of, mail_host};
use crate::support::dovecot::Dovecot;
use crate::support::engines;
use crate::support::postgres;
use std::path::Path;

/// The crash points of copies: no round of the daemon passes them.
pub const POINTS: [&str; 2] = ["after copying the register", "before ending a copy of the register"];

async fn with_a_complaint(host: &Dovecot) -> Scene {
    let scene = Scene::new(host, 0).await;
    host.deliver(&scene.user, &Written::new("jan.jansen@klant.example", "Schade", "Er zit een deuk in.").bytes());
    assert_eq!(scene.work(&[]).await, 0);
    scene
}

async fn killed_then_done(scene: &Scene, words: &[&str], point: &str) {
    let mut command = scene.command(words);
    command.env("KLACHTPOST_CRASH_LEDGER", scene.ledger()).env("KLACHTPOST_CRASH_AT", point);
    assert!(end_of(command).await.is_killed(), "{point}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_has_its_name_when_it_is_whole() {
    if engines::is_about_the_other("a_backup_has_its_name_when_it_is_whole") {
        return;
    }
    let host = mail_host(1);
    let scene = with_a_complaint(&host).await;
    let file = scene.dir.path().join("nacht.db");
    let words = ["register", "backup", file.to_str().unwrap()];
    killed_then_done(&scene, &words, POINTS[0]).await;
    assert!(!file.exists());
    let said = scene.said(&words).await;
    assert!(said.contains("1 cases") && said.contains(" 0 problems"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_is_whole_or_nothing() {
    let host = mail_host(1);
    let scene = with_a_complaint(&host).await;
    let (from, elsewhere) = (scene.url(), scene.dir.path().join("elders.db"));
    // Of this database, and to the other kind.
    for to in [format!("sqlite:{}", elsewhere.display()), postgres::database_of(&elsewhere)] {
        let words = ["register", "copy", "--from", &from, "--to", &to];
        killed_then_done(&scene, &words, POINTS[1]).await;
        // Refused were there anything in it.
        let said = scene.said(&words).await;
        assert!(said.contains("1 cases") && said.contains(" 0 problems"), "{said}");
    }
}

/// The register's file and its log as they stand, or the database.
fn copy_register(from: &Path, to: &Path) {
    if postgres::is_on() {
        return postgres::copy_database(from, to);
    }
    for beside in ["", "-wal", "-shm"] {
        let of = |file: &Path| format!("{}{beside}", file.display());
        let _ = std::fs::remove_file(of(to));
        if Path::new(&of(from)).exists() && beside != "-shm" {
            std::fs::copy(of(from), of(to)).unwrap();
        }
    }
}

/// A backup that was taken when a mail was on file and not yet decided on: the customer has his acknowledgement, and the number.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_restored_register_knows_only_as_waiting_is_not_answered_twice() {
    let host = mail_host(1);
    let scene = with_a_complaint(&host).await;
    let to_emma = || scene.smtp.letters().iter().filter(|letter| letter.to == "emma@klant.example").count();
    host.deliver(&scene.user, &Written::new("emma@klant.example", "Schade", "Er zit een kras op de deur.").bytes());
    killed_then_done(&scene, &["run", "--once"], "after counting an attempt").await;
    let backup = scene.dir.path().join("nacht.db");
    copy_register(&scene.register(), &backup);
    assert_eq!((scene.work(&[]).await, to_emma()), (0, 1));

    copy_register(&backup, &scene.register());
    assert_eq!((scene.work(&[]).await, to_emma()), (0, 1), "her mail lies in our folder: it was answered");
    assert_eq!(scene.said(&["case", "list", "--json"]).await.lines().count(), 1);
    let told = scene.smtp.letters().iter().filter(|letter| letter.text().contains("niet in het register")).count();
    assert!(told > 0, "a person is told");
    scene.said(&["adopt", "--yes"]).await;
    assert_eq!(scene.said(&["case", "list", "--json"]).await.lines().count(), 2);
    scene.said(&["verify"]).await;
}
