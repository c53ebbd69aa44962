//! A register that forgot: last night's backup is restored, or another register works on the same mailbox. Nobody's answer
//! goes to somebody else, no number is given out twice, and what was forgotten is told of and taken in at a person's word
//! (invariants 1, 2, 6 and 9).

use crate::letter::{Letter, Written};
use crate::support::dovecot::USER;
use crate::support::postgres;
use crate::support::smtp::{Delivery, Setup, SmtpServer};
use crate::world::World;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

const SUPERVISOR: &str = "e.hendriks@lease.example";
const SCHADE: &str = "schade@lease.example";

async fn world() -> (World, SmtpServer) {
    let world = World::start();
    let smtp = SmtpServer::start(Setup { delivery: Delivery::HomesBelow(world.homes()), ..Setup::default() }).await;
    world.settle(smtp.port());
    let settings = std::fs::read_to_string(world.settings_file()).unwrap();
    let operator = "[operator]\naddress = \"beheer@lease.example\"\n[digest]";
    std::fs::write(world.settings_file(), settings.replacen("[digest]", operator, 1)).unwrap();
    (world, smtp)
}

fn database(world: &World) -> PathBuf {
    world.file("klachtpost.db")
}

/// What a restored backup leaves: the file of then, and nothing beside it.
fn restore(world: &World, backup: &Path) {
    if postgres::is_on() {
        return postgres::copy_database(backup, &database(world));
    }
    for beside in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{beside}", database(world).display()));
    }
    std::fs::copy(backup, database(world)).unwrap();
}

/// The register as it stands, while nobody writes to it.
fn back_up(world: &World, backup: &Path) {
    if postgres::is_on() {
        return postgres::copy_database(&database(world), backup);
    }
    std::fs::copy(database(world), backup).unwrap();
}

/// The register as it stands, elsewhere: in its own place there is none.
fn put_away(world: &World, backup: &Path) {
    if postgres::is_on() {
        postgres::copy_database(&database(world), backup);
        return postgres::empty(&database(world));
    }
    std::fs::rename(database(world), backup).unwrap();
}

fn complaint(from: &str, what: &str) -> Vec<u8> {
    Written::new(from, what, &format!("Er is schade aan mijn auto: {what}.")).bytes()
}

fn ago(minutes: u64) -> SystemTime {
    SystemTime::now() - Duration::from_secs(minutes * 60)
}

fn second(received: SystemTime) -> i64 {
    i64::try_from(received.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

fn numbers(cases: &[Value]) -> BTreeSet<String> {
    cases.iter().map(|case| case["number"].as_str().unwrap().to_owned()).collect()
}

fn said(letters: &[Letter], words: &str) -> usize {
    letters.iter().filter(|letter| letter.text.contains(words)).count()
}

#[tokio::test]
async fn after_a_backup_is_restored_no_number_and_no_answer_goes_to_somebody_else_and_what_was_forgotten_is_taken_in() {
    let (world, _smtp) = world().await;
    for what in ["een", "twee"] {
        world.deliver_at(&complaint("jan.jansen@klant.example", what), ago(60 * 30));
        world.work().await;
    }
    let backup = world.file("backup.db");
    back_up(&world, &backup);

    let lost: Vec<SystemTime> = (0..6).map(|n| ago(600 - n * 10)).collect();
    for (n, received) in lost.iter().enumerate() {
        world.deliver_at(&complaint("emma.brown@klant.example", &format!("verloren {n}")), *received);
    }
    world.work().await;
    let given_out = numbers(&world.cases().await);
    assert_eq!(given_out.len(), 8);
    let of_emma = world.letters("schade").into_iter().find(|letter| letter.text.contains("verloren 0")).unwrap();
    let emmas = world.letters_once("emma.brown", 6).await;

    restore(&world, &backup);
    world.deliver(&complaint("mallory@klant.example", "nieuw"));
    world.work().await;
    let cases = world.cases().await;
    assert_eq!(cases.len(), 3);
    let new = cases[2]["number"].as_str().unwrap();
    assert!(!given_out.contains(new), "{new} was somebody else's");

    // A colleague answers a notice of before, and the customer a letter of before.
    world.deliver(&Written::reply(SCHADE, &of_emma, "Wij betalen u 300 euro, mevrouw Brown.").bytes());
    world.deliver(&Written::reply("emma.brown@klant.example", &emmas[0], "Hebt u al nieuws?").bytes());
    world.work().await;
    for customer in ["jan.jansen", "emma.brown", "mallory"] {
        assert_eq!(said(&world.letters(customer), "300 euro"), 0, "{customer} got what was another's");
    }
    let asked = world.letters("schade").into_iter().find(|letter| letter.text.contains("niet in het register staat"));
    assert!(asked.unwrap().text.contains(&of_emma.number()));
    let cases = world.cases().await;
    assert_eq!(cases.len(), 4, "what the customer wrote is a case of its own");
    assert!(numbers(&cases[2..]).is_disjoint(&given_out));

    forgotten_mail_is_told_and_taken_in(&world, &lost, &given_out).await;
}

async fn forgotten_mail_is_told_and_taken_in(world: &World, lost: &[SystemTime], given_out: &BTreeSet<String>) {
    let is_alarm = |letter: &Letter| letter.subject.contains("niet in het register");
    let alarm = world.letters("e.hendriks").into_iter().find(is_alarm).expect("the supervisor is told");
    assert!(alarm.text.contains("6 berichten") && alarm.text.contains("verloren 0"), "{}", alarm.text);
    assert!(world.letters("beheer").iter().any(is_alarm), "the operator is told");
    world.work().await;
    assert_eq!(world.letters("e.hendriks").iter().filter(|letter| is_alarm(letter)).count(), 1, "once");
    let digest = world.run(&["digest"]).await.out;
    assert!(digest.contains("6 berichten staan niet in het register"), "{digest}");
    assert!(!digest.contains("alles is verantwoord"), "{digest}");
    let (check, verify) = (world.check().await, world.run(&["verify"]).await);
    assert_eq!((check.code, verify.code), (1, 1));
    assert!(check.out.contains("PROBLEM  own folders") && check.out.contains("found 6"), "{}", check.out);
    assert!(verify.out.contains("own folders: 6 mails"), "{}", verify.out);
    let listed = world.run(&["adopt"]).await;
    assert_eq!((listed.code, world.cases().await.len()), (1, 4), "{}", listed.out);
    assert!(listed.out.contains("ours") && listed.out.contains("add --yes"), "{}", listed.out);

    // A colleague who is not told of them has nothing to say about them.
    world.deliver(&Written::reply(SCHADE, &alarm, "#opnemen").bytes());
    world.work().await;
    assert_eq!(world.cases().await.len(), 4);
    world.deliver(&Written::reply(SUPERVISOR, &alarm, "#opnemen").bytes());
    world.work().await;
    let cases = world.cases().await;
    assert_eq!(cases.len(), 10);
    let taken_in = &cases[4..];
    assert!(numbers(taken_in).is_disjoint(given_out));
    let received: Vec<i64> = taken_in
        .iter()
        .map(|case| chrono::DateTime::parse_from_rfc3339(case["received_at"].as_str().unwrap()).unwrap().timestamp())
        .collect();
    assert_eq!(received, lost.iter().map(|at| second(*at)).collect::<Vec<_>>(), "received when the mail server did");
    assert!(said(&world.letters("e.hendriks"), "6 berichten worden") > 0, "a receipt");

    for _ in 0..2 {
        world.work().await;
        assert_eq!((world.cases().await.len(), world.left_in_inbox()), (10, 0));
    }
    let digest = world.run(&["digest"]).await.out;
    assert!(digest.contains("alles is verantwoord") && !digest.contains("niet in het register"), "{digest}");
    assert_eq!(world.check().await.code, 0);
    world.verify().await;
}

/// A company's old folder of the same name was there before the register, and is nobody's to take in.
#[tokio::test]
async fn what_is_older_than_the_register_is_left_alone_and_what_a_person_put_there_is_asked_about() {
    let (world, _smtp) = world().await;
    let folder = world.dovecot.maildir(USER).join(".Verwerkt");
    world.deliver(&complaint("jan.jansen@klant.example", "een"));
    world.work().await;
    let put = |mail: &[u8], received: SystemTime| {
        world.dovecot.deliver_at(USER, mail, received);
        let new = world.dovecot.maildir(USER).join("new");
        let file = std::fs::read_dir(&new).unwrap().next().unwrap().unwrap();
        std::fs::rename(file.path(), folder.join("cur").join(format!("{}:2,S", file.file_name().to_string_lossy())))
            .unwrap();
    };
    put(&complaint("emma.brown@klant.example", "oud"), ago(60 * 24 * 400));
    world.work().await;
    let ran = world.run(&["adopt"]).await;
    assert_eq!((ran.code, ran.out.contains("Nothing to take in")), (0, true), "{}", ran.out);
    put(&complaint("emma.brown@klant.example", "gesleept"), SystemTime::now());
    let ran = world.run(&["adopt"]).await;
    assert!(ran.code == 1 && ran.out.contains("no mark") && ran.out.contains("gesleept"), "{}", ran.out);
    assert_eq!(world.cases().await.len(), 1, "unasked nothing is taken in");
    let ran = world.run(&["adopt", "--yes"]).await;
    assert_eq!((ran.code, world.cases().await.len()), (0, 2), "{}", ran.out);
    world.work().await;
    world.letters_once("emma.brown", 1).await;
    assert_eq!(world.check().await.code, 0);
}

#[tokio::test]
async fn what_another_register_handled_on_the_same_mailbox_is_told_and_never_taken_in_unasked() {
    let (world, _smtp) = world().await;
    world.deliver(&complaint("jan.jansen@klant.example", "een"));
    world.work().await;
    // The second host: another register, the same secret.
    let (first, second) = (world.file("first.db"), world.file("second.db"));
    put_away(&world, &first);
    world.deliver(&complaint("mallory@klant.example", "twee"));
    world.work().await;
    put_away(&world, &second);
    restore(&world, &first);
    world.work().await;
    let ran = world.run(&["adopt", "--yes"]).await;
    assert!(ran.code == 1 && ran.out.contains("another register's"), "{}", ran.out);
    assert_eq!(world.cases().await.len(), 1);
    assert!(world.letters("e.hendriks").iter().any(|letter| letter.text.contains("merk van een ander register")));
    let ran = world.run(&["adopt", "--yes", "--others"]).await;
    assert_eq!((ran.code, world.cases().await.len()), (0, 2), "{}", ran.out);
}
