//! Two instances on one PostgreSQL that each reach one of two mailboxes: who reads a mailbox alone has its mails in hand. Run with
//! the registers on PostgreSQL alone, as `instances.rs` is.

use crate::instances::{CASES, Instance, LEASE, UNDONE, at_last, complaint, number, tail};
use crate::scene::{Scene, mail_host};
use crate::support::dovecot::Dovecot;
use crate::support::engines;
use rustix::process::Signal;
use std::time::Duration;

/// Where nobody answers.
const DEAD_PORT: u16 = 9;

/// The desk with a second mailbox, of the next user; of the two, one is out of reach.
fn reaches_one(instance: &Instance, host: &Dovecot, name: &str) {
    let file = instance.dir.path().join("klachtpost.toml");
    let settings = std::fs::read_to_string(&file).unwrap();
    let port = |of: &str| if of == name { host.imap_port } else { DEAD_PORT };
    let first = format!("[[mailbox]]\nname = \"klachten\"\nhost = \"127.0.0.1\"\nport = {}\n", port("klachten"));
    let (_, own) = settings.split_once("[mailbox]\n").unwrap();
    let (own, _) = own.split_once("[sender]").unwrap();
    let own = own.lines().filter(|line| !line.starts_with("host") && !line.starts_with("port")).collect::<Vec<_>>();
    let second = format!(
        "[[mailbox]]\nname = \"zakelijk\"\naddress = \"zakelijk@lease.example\"\nhost = \"127.0.0.1\"\nport = {}\n{}\n",
        port("zakelijk"),
        own.join("\n").replace("\"desk0\"", "\"desk1\"")
    );
    let (head, rest) = settings.split_once("[mailbox]\n").unwrap();
    let (_, rest) = rest.split_once("[sender]").unwrap();
    std::fs::write(file, format!("{head}{first}{}\n{second}[sender]{rest}", own.join("\n"))).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_reads_one_mailbox_alone_neither_decides_on_nor_tries_the_mails_of_another() {
    if engines::is_about_the_other("who_reads_one_mailbox_alone_neither_decides_on_nor_tries_the_mails_of_another") {
        return;
    }
    const MAILS: usize = 12;
    let host = mail_host(2);
    let scene = Scene::new(&host, 0).await;
    let mut both = [Instance::new(&scene, "een", LEASE).await, Instance::new(&scene, "twee", LEASE).await];
    for (instance, mailbox) in both.iter().zip(["klachten", "zakelijk"]) {
        reaches_one(instance, &host, mailbox);
    }
    for n in 0..MAILS {
        host.deliver(["desk0", "desk1"][n % 2], &complaint(n));
    }
    both.iter_mut().for_each(|instance| instance.start(&scene));
    let inboxes = || host.mails("desk0", "").len() + host.mails("desk1", "").len();
    let cases = async || number(&scene.url(), CASES).await;
    at_last("both mailboxes", &both, async || {
        inboxes() == 0 && cases().await == MAILS as i64 && number(&scene.url(), UNDONE).await == 0
    })
    .await;
    let held = both[0].command(&scene, &["instances"]).output().await.unwrap();
    let held = String::from_utf8(held.stdout).unwrap();
    let line = |name: &str| held.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
    assert!(line("een").contains("mailbox klachten since") && !line("een").contains("zakelijk"), "{held}");
    assert!(line("twee").contains("mailbox zakelijk since") && !line("twee").contains("klachten"), "{held}");

    // The reader of one hangs; what is on file of it waits untouched, also once its lease lapsed, while the other works on.
    both[1].signal(Signal::STOP);
    let file = both[1].dir.path().join("pipe.eml");
    std::fs::write(&file, complaint(MAILS)).unwrap();
    let ingest = ["ingest", "--mailbox", "zakelijk", file.to_str().unwrap()];
    assert!(both[0].command(&scene, &ingest).status().await.unwrap().success());
    tokio::time::sleep(Duration::from_secs(3 * LEASE)).await;
    host.deliver("desk0", &complaint(MAILS + 1));
    at_last("the other's mail", &both[..1], async || cases().await == MAILS as i64 + 1).await;
    let untouched =
        "SELECT count(*) FROM mail WHERE disposition IS NULL AND attempts = 0 AND mailbox = 'zakelijk/pipe'";
    assert_eq!(number(&scene.url(), untouched).await, 1, "{}", tail(&both[0].said()));
    both[1].signal(Signal::CONT);
    at_last("its own", &both, async || cases().await == MAILS as i64 + 2 && number(&scene.url(), UNDONE).await == 0)
        .await;
    assert_eq!(number(&scene.url(), "SELECT max(attempts) FROM mail").await, 1, "each was in hand once");
    for instance in &mut both {
        instance.stop().await;
    }
    scene.said(&["verify"]).await;
}
