//! A backup that is taken while the desk works, and what comes of restoring it: it is whole, nobody is answered twice, and what
//! it does not know is told of.

use crate::letter::Written;
use crate::support::engines;
use crate::support::postgres;
use crate::support::smtp::{Received, Setup, SmtpServer};
use crate::world::World;
use std::collections::BTreeSet;
use std::path::Path;

async fn world() -> (World, SmtpServer) {
    let world = World::start();
    let smtp = SmtpServer::start(Setup::default()).await;
    world.settle(smtp.port());
    (world, smtp)
}

fn complain(world: &World, customers: std::ops::Range<usize>) {
    for customer in customers {
        let from = format!("klant{customer}@klant.example");
        world.deliver(
            &Written::new(&from, "Schade", &format!("Er zit schade aan mijn auto, zeg ik {customer}.")).bytes(),
        );
    }
}

async fn cases(world: &World, count: usize) {
    for _ in 0..300 {
        if world.cases().await.len() >= count {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("not {count} cases");
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// As an operator does it while the desk works: `klachtpost register backup`, or PostgreSQL's own `pg_dump`.
async fn back_up(world: &World, backup: &Path) {
    if postgres::is_on() {
        return postgres::dump_into(&world.file("klachtpost.db"), backup);
    }
    let ran = world.run(&["register", "backup", backup.to_str().unwrap(), "--json"]).await;
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.log);
    let told: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((told["problems"].as_i64(), told["size"].as_u64()), (Some(0), backup.metadata().ok().map(|m| m.len())));
    assert_eq!((mode(backup), mode(&world.file("nacht.db.secret"))), (0o600, 0o600));
}

/// As an operator does it: the register and what was copied along, in the places of then.
fn restore(world: &World, backup: &Path) {
    let database = world.file("klachtpost.db");
    if postgres::is_on() {
        return postgres::copy_database(backup, &database);
    }
    for beside in ["", "-wal", "-shm", ".secret"] {
        let _ = std::fs::remove_file(format!("{}{beside}", database.display()));
    }
    for beside in ["", ".secret"] {
        std::fs::copy(format!("{}{beside}", backup.display()), format!("{}{beside}", database.display())).unwrap();
    }
}

#[tokio::test]
async fn a_backup_is_taken_while_mail_pours_in_and_a_restored_one_answers_nobody_twice() {
    let (world, smtp) = world().await;
    complain(&world, 0..1);
    world.work().await;
    let daemon = world.daemon();
    complain(&world, 1..10);
    cases(&world, 10).await;
    complain(&world, 10..40);
    let backup = world.file("nacht.db");
    back_up(&world, &backup).await;
    cases(&world, 40).await;
    assert_eq!(daemon.stop().await, 0);
    world.work().await;
    let sent = told_customers(&smtp);

    restore(&world, &backup);
    world.verify().await;
    let known = world.cases().await.len();
    assert!((10..=40).contains(&known), "{known} cases in the backup");
    world.work().await;
    assert_eq!(told_customers(&smtp), sent, "a letter of then may come again, byte for byte; no other does");
    assert_eq!(world.cases().await.len(), known, "what is not on file waits for a person");
    let adopted = world.run(&["adopt", "--yes"]).await;
    assert_eq!(adopted.code, 0, "{}{}", adopted.out, adopted.log);
    assert_eq!(world.cases().await.len(), 40, "all are on file again");
}

/// Who got which letter: a repeat has the Message-ID of the first.
fn told_customers(smtp: &SmtpServer) -> BTreeSet<(String, String)> {
    let letters = smtp.letters();
    let to_customers = letters.iter().filter(|letter| letter.to.ends_with("klant.example"));
    let id = |letter: &Received| {
        let text = letter.text();
        text.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap().to_owned()
    };
    to_customers.map(|letter| (letter.to.clone(), id(letter))).collect()
}

#[tokio::test]
async fn a_backup_takes_no_others_place_and_one_that_was_cut_off_is_taken_again() {
    if engines::is_about_the_other("a_backup_takes_no_others_place_and_one_that_was_cut_off_is_taken_again") {
        return;
    }
    let (world, _smtp) = world().await;
    complain(&world, 0..1);
    world.work().await;
    let backup = world.file("nacht.db");
    let arguments = ["register", "backup", backup.to_str().unwrap()];
    std::fs::write(world.file("nacht.db.part"), b"what a killed one left").unwrap();
    let first = world.run(&arguments).await;
    assert_eq!(first.code, 0, "{}{}", first.out, first.log);
    assert!(first.out.contains("1 cases") && first.out.contains("0 problems"), "{}", first.out);
    assert!(!world.file("nacht.db.part").exists());
    let kept = std::fs::read(&backup).unwrap();

    let second = world.run(&arguments).await;
    assert_eq!(second.code, 1, "{}", second.out);
    assert!(second.log.contains("there is a file of that name already"), "{}", second.log);
    assert_eq!(std::fs::read(&backup).unwrap(), kept);

    let nowhere = world.file("geen/nacht.db");
    let third = world.run(&["register", "backup", nowhere.to_str().unwrap()]).await;
    assert_eq!(third.code, 1, "{}", third.out);
    assert!(third.log.contains("No such file") && third.log.contains("hint: "), "{}", third.log);
}

#[tokio::test]
async fn where_a_dump_is_taken_is_said() {
    if engines::is_about_the_other("where_a_dump_is_taken_is_said") {
        return;
    }
    let (world, _smtp) = world().await;
    world.work().await;
    let backup = world.file("nacht.db");
    let ran = world.run(&["register", "backup", backup.to_str().unwrap()]).await;
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert!(ran.log.contains("pg_dump") && ran.log.contains("docs/postgresql.md"), "{}", ran.log);
    assert!(!backup.exists());
}
