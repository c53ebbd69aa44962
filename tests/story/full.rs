//! A mailbox without room, on a Dovecot that keeps count: handled mail cannot be moved, and all else goes on (invariants 1
//! and 2). What Dovecot 2.3 does was found by trying: a MOVE within one quota is never refused, however full the mailbox
//! is; a MOVE into a folder with a quota of its own is, and so is a COPY, which is what klachtpost falls back on where a
//! server has no MOVE.

use crate::letter::Written;
use crate::support::dovecot::{Setup, USER};
use crate::support::smtp::{self, Delivery, SmtpServer};
use crate::world::{Daemon, Differs, World, until};

const JAN: &str = "jan.jansen@klant.example";
const EMMA: &str = "emma.brown@klant.example";
const MALLORY: &str = "mallory@klant.example";
/// What the log says when mail on file cannot be moved.
const NOT_MOVED: &str = "could not be moved";

/// The whole mailbox has one quota.
fn one_quota(storage: &str) -> String {
    format!(
        "mail_plugins = quota\nprotocol imap {{\n  mail_plugins = $mail_plugins imap_quota\n}}\n\
         plugin {{\n  quota = maildir:User quota\n  quota_rule = *:storage={storage}\n}}\n"
    )
}

/// The archive has a quota of its own, as where old mail lies on cheaper disks.
fn archive_quota(storage: &str) -> String {
    format!(
        "mail_plugins = quota\nprotocol imap {{\n  mail_plugins = $mail_plugins imap_quota\n}}\n\
         plugin {{\n  quota = maildir:User quota:ns=\n  quota_rule = *:storage=100M\n  \
         quota2 = maildir:Archive quota:ns=Archief.\n  quota2_rule = *:storage={storage}\n}}\n\
         namespace archive {{\n  prefix = Archief.\n  separator = .\n  location = maildir:~/Archief\n}}\n"
    )
}

async fn world_with(setup: Setup, folder: &str) -> (World, SmtpServer) {
    let world = World::start_with(setup);
    let delivery = Delivery::HomesBelow(world.homes());
    let smtp = SmtpServer::start(smtp::Setup { delivery, ..smtp::Setup::default() }).await;
    let mailbox = format!("host = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\n{folder}", world.dovecot.imap_port);
    world.settle_with(smtp.port(), Differs { mailbox: Some(mailbox), sender: None });
    (world, smtp)
}

/// Larger than the small quotas here.
fn complaint(from: &str) -> Vec<u8> {
    let attached = Some(("kras.jpg".to_owned(), vec![7; 20_000]));
    Written { attached, ..Written::new(from, "Schade", "Er zit een kras op de auto.") }.bytes()
}

/// Each complaint wakes the daemon, which tries to move all that is there; the customer has an answer each time.
async fn three_complaints_while_it_is_full(world: &World) -> Daemon {
    let daemon = world.daemon();
    for (complaints, customer) in (1..).zip([JAN, EMMA, MALLORY]) {
        world.deliver(&complaint(customer));
        world.letters_once(customer.split('@').next().unwrap(), 1).await;
        let tries = || refusals(world);
        until("an attempt to move it", || (tries() >= complaints).then_some(())).await;
        assert_eq!(world.left_in_inbox(), complaints, "they stay");
    }
    let log = daemon.log();
    assert_eq!(log.lines().filter(|line| line.contains(NOT_MOVED)).count(), 1, "said once:\n{log}");
    assert!(log.contains("OVERQUOTA") || log.contains("full"), "and why:\n{log}");
    assert_eq!(world.cases().await.len(), 3);
    daemon
}

/// Commands that were sent to move mail into the folder that is full.
fn refusals(world: &World) -> usize {
    let commands = world.dovecot.commands(USER);
    commands.lines().filter(|line| line.contains("UID MOVE") || line.contains("UID COPY")).count()
}

/// With room again the next look moves them all; nobody hears a second time.
async fn with_room_again(world: &World, daemon: Daemon) {
    until("the folder", || (world.left_in_inbox() == 0).then_some(())).await;
    assert_eq!(daemon.stop().await, 0);
    for customer in ["jan.jansen", "emma.brown", "mallory"] {
        assert_eq!(world.letters(customer).len(), 1, "{customer}");
    }
    assert_eq!(world.letters("schade").len(), 3);
    assert_eq!(world.cases().await.len(), 3);
    world.verify().await;
    world.work().await;
    assert_eq!(world.letters("schade").len(), 3, "and a later round changes nothing");
}

#[tokio::test]
async fn a_full_archive_keeps_handled_mail_in_the_inbox_until_there_is_room() {
    let setup = Setup { more: archive_quota("1K"), ..Setup::default() };
    let (mut world, _smtp) = world_with(setup, "processed = \"Archief.Verwerkt\"\n").await;
    let daemon = three_complaints_while_it_is_full(&world).await;
    world.dovecot.change(archive_quota("100M"));
    with_room_again(&world, daemon).await;
    let archive = world.homes().join(USER).join("Archief/.Verwerkt");
    let count = |part: &str| std::fs::read_dir(archive.join(part)).unwrap().count();
    assert_eq!(count("cur") + count("new"), 3);
}

#[tokio::test]
async fn a_full_mailbox_on_a_server_without_move_keeps_handled_mail_until_there_is_room() {
    let capability = Some("IMAP4rev1 IDLE UIDPLUS NAMESPACE LITERAL+");
    let setup = Setup { more: one_quota("1K"), capability, ..Setup::default() };
    let (mut world, _smtp) = world_with(setup, "").await;
    let daemon = three_complaints_while_it_is_full(&world).await;
    world.dovecot.change(one_quota("100M"));
    with_room_again(&world, daemon).await;
    assert_eq!(world.dovecot.mails(USER, ".Verwerkt").len(), 3);
}

#[tokio::test]
async fn a_full_mailbox_is_emptied_by_move_all_the_same() {
    let (world, _smtp) = world_with(Setup { more: one_quota("1K"), ..Setup::default() }, "").await;
    world.deliver(&complaint(JAN));
    world.work().await;
    assert_eq!((world.left_in_inbox(), world.dovecot.mails(USER, ".Verwerkt").len()), (0, 1));
    world.letters_once("jan.jansen", 1).await;
}
