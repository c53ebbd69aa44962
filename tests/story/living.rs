//! The daemon over time: pushed by IDLE, stopped, killed, started again; and only one of them on a register.

use crate::letter::Written;
use crate::support::engines;
use crate::support::smtp::{Act, At, Delivery, Fault, Setup, SmtpServer};
use crate::world::{Daemon, World, until};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// Mails of a story in which the daemon is stopped in the middle.
const MAILS: usize = 40;
/// Longest that "within seconds" may be; the settings poll once an hour, so that only IDLE can bring it.
const SECONDS: Duration = Duration::from_secs(15);

/// A world whose letters end in the server's memory.
async fn with_memory() -> (World, SmtpServer) {
    let world = World::start();
    let smtp = SmtpServer::start(Setup::default()).await;
    world.settle(smtp.port());
    (world, smtp)
}

fn complaint_of(number: usize) -> Vec<u8> {
    Written::new(&format!("klant{number}@klant.example"), "Klacht", &format!("De auto start niet, nummer {number}."))
        .bytes()
}

/// Acknowledgements by customer, as Message-IDs.
fn acknowledged(smtp: &SmtpServer) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for letter in smtp
        .letters()
        .into_iter()
        .filter(|letter| letter.to.starts_with("klant") && letter.to.ends_with("klant.example"))
    {
        let text = letter.text();
        let id = text.lines().find_map(|line| line.strip_prefix("Message-ID: ")).expect("an id").to_owned();
        found.entry(letter.to).or_default().push(id);
    }
    found
}

#[tokio::test]
async fn a_complaint_is_acknowledged_within_seconds_of_its_arrival() {
    let world = World::start();
    let smtp = SmtpServer::start(Setup { delivery: Delivery::HomesBelow(world.homes()), ..Setup::default() }).await;
    world.settle(smtp.port());
    let daemon = world.daemon();
    until("IDLE", || world.dovecot.commands("klachten").contains("IDLE").then_some(())).await;
    let arrived = Instant::now();
    world.deliver(&Written::new("jan.jansen@klant.example", "Klacht", "De auto start niet.").bytes());
    world.letters_once("jan.jansen", 1).await;
    assert!(arrived.elapsed() < SECONDS, "it took {:?}\n{}", arrived.elapsed(), daemon.log());
    world.letters_once("klantenservice", 1).await;
    until("the mail's move", || (world.left_in_inbox() == 0).then_some(())).await;
    let log = daemon.log();
    assert_eq!(daemon.stop().await, 0, "{log}");
    assert!(!log.contains("jan.jansen@klant.example") && !log.contains("De auto start niet"), "{log}");
    let outbox = world.outbox().await;
    assert!(outbox.iter().all(|letter| letter["state"] == "accepted"), "nothing is half done: {outbox:?}");
    world.verify().await;
}

/// Delivers the mails to a daemon on a slow mail host, ends it in the middle, and lets another one finish.
async fn interrupted(world: &World, smtp: &SmtpServer, end: impl AsyncFnOnce(Daemon)) {
    smtp.fault(Fault::at(At::Mail, Act::Late(Duration::from_millis(50))));
    for number in 0..MAILS {
        world.deliver(&complaint_of(number));
    }
    let daemon = world.daemon();
    until("some letters", || (smtp.letters().len() > 5).then_some(())).await;
    end(daemon).await;
    assert!(smtp.letters().len() < 2 * MAILS, "it was not in the middle");
    smtp.clear_faults();
    let daemon = world.daemon();
    until("all letters", || (smtp.letters().len() >= 2 * MAILS && acknowledged(smtp).len() == MAILS).then_some(()))
        .await;
    until("all mails moved", || (world.left_in_inbox() == 0).then_some(())).await;
    assert_eq!(daemon.stop().await, 0);
    assert_eq!(world.cases().await.len(), MAILS);
    assert!(world.outbox().await.iter().all(|letter| letter["state"] == "accepted"));
    world.verify().await;
}

#[tokio::test]
async fn stopped_in_the_middle_of_work_nothing_is_lost_and_nothing_doubled() {
    let (world, smtp) = with_memory().await;
    interrupted(&world, &smtp, async |daemon| assert_eq!(daemon.stop().await, 0)).await;
    let doubled: Vec<_> = acknowledged(&smtp).into_iter().filter(|(_, ids)| ids.len() != 1).collect();
    assert!(doubled.is_empty(), "{doubled:?}");
    assert_eq!(smtp.letters().len(), 2 * MAILS);
}

#[tokio::test]
async fn killed_in_the_middle_of_work_only_letters_in_flight_repeat_and_with_the_same_id() {
    let (world, smtp) = with_memory().await;
    interrupted(&world, &smtp, Daemon::kill).await;
    for (customer, ids) in acknowledged(&smtp) {
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 1, "{customer} got {ids:?}");
    }
    // At most one on each of the four connections.
    assert!(smtp.letters().len() <= 2 * MAILS + 4, "{}", smtp.letters().len());
}

#[tokio::test]
async fn the_daemon_has_one_heap_for_all_its_threads() {
    let (world, _smtp) = with_memory().await;
    let daemon = world.daemon();
    until("its start", || daemon.log().contains("klachtpost runs").then_some(())).await;
    assert!(daemon.environment().split('\0').any(|one| one == "MALLOC_ARENA_MAX=1"), "{}", daemon.environment());
    assert_eq!(daemon.stop().await, 0);
}

#[tokio::test]
async fn a_second_daemon_on_the_register_is_refused() {
    if engines::is_about_the_other("a_second_daemon_on_the_register_is_refused") {
        return;
    }
    let (world, _smtp) = with_memory().await;
    let daemon = world.daemon();
    until("the first one's start", || daemon.log().contains("klachtpost runs").then_some(())).await;
    for arguments in [&["run"][..], &["run", "--once"]] {
        let second = world.run(arguments).await;
        assert_eq!(second.code, 75, "{}", second.log);
        assert!(
            second.log.contains("another klachtpost already runs on") && second.log.contains("hint:"),
            "{}",
            second.log
        );
    }
    assert_eq!(daemon.stop().await, 0);
    world.work().await;
}

#[tokio::test]
async fn a_stop_waits_for_the_letter_in_hand_and_not_for_the_whole_queue() {
    let (world, smtp) = with_memory().await;
    smtp.fault(Fault::at(At::Mail, Act::Late(Duration::from_secs(2))));
    for number in 0..MAILS {
        world.deliver(&complaint_of(number));
    }
    let daemon = world.daemon();
    until("some letters", || (!smtp.letters().is_empty()).then_some(())).await;
    let asked = Instant::now();
    assert_eq!(daemon.stop().await, 0);
    // All of them would take 40 seconds on the four connections.
    assert!(asked.elapsed() < SECONDS, "{:?}", asked.elapsed());
    assert!(smtp.letters().len() < MAILS, "it was not in the middle");
    smtp.clear_faults();
    world.work().await;
    assert_eq!((smtp.letters().len(), acknowledged(&smtp).len()), (2 * MAILS, MAILS));
}
