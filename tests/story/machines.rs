//! No letter answers a machine, and no mail makes two cases (invariants 2 and 5).

use crate::letter::{Letter, Written};
use crate::support::smtp::{Delivery, Setup, SmtpServer};
use crate::world::{Differs, World};

const JAN: &str = "jan.jansen@klant.example";
/// Automatic letters to one address in an hour.
const CAP: usize = 10;

async fn with_homes() -> (World, SmtpServer) {
    let world = World::start();
    let smtp = SmtpServer::start(Setup { delivery: Delivery::HomesBelow(world.homes()), ..Setup::default() }).await;
    world.settle(smtp.port());
    (world, smtp)
}

fn complaint() -> Written {
    Written::new(JAN, "Schade", "Er zit een deuk in de bumper.")
}

#[tokio::test]
async fn an_absence_note_to_our_acknowledgement_is_filed_and_not_answered() {
    let (world, smtp) = with_homes().await;
    world.deliver(&complaint().bytes());
    world.work().await;
    let acknowledgement = world.letters_once("jan.jansen", 1).await.remove(0);
    let sent = smtp.letters().len();
    let to_supervisor = |letter: &crate::support::smtp::Received| letter.to == "e.hendriks@lease.example";
    let absent = Written::reply(JAN, &acknowledgement, "Ik ben tot maandag afwezig.");
    let automatic = [b"Auto-Submitted: auto-replied\r\n", &absent.bytes()[..]].concat();
    world.deliver(&automatic);
    // And our own letter, forwarded back by a rule of somebody's.
    world.deliver(&acknowledgement.raw);
    world.work().await;
    assert_eq!((world.cases().await.len(), world.left_in_inbox()), (1, 0));
    // Nobody is answered; the fallback department's supervisor hears of the loop, once.
    let since = smtp.letters_from(sent);
    assert!(since.len() == 1 && to_supervisor(&since[0]), "{:?}", since.iter().map(|l| &l.to).collect::<Vec<_>>());
    assert_eq!(world.dovecot.mails("klachten", ".Terzijde").len(), 1, "the loop is set aside");
}

#[tokio::test]
async fn a_flood_from_one_address_is_registered_whole_and_acknowledged_up_to_the_cap() {
    let (world, _smtp) = with_homes().await;
    for number in 0..CAP + 3 {
        world.deliver(&Written::new(JAN, &format!("Schade {number}"), "Er zit een deuk in de bumper.").bytes());
    }
    world.work().await;
    assert_eq!(world.cases().await.len(), CAP + 3);
    world.letters_once("jan.jansen", CAP).await;
    let held = world.outbox().await.into_iter().filter(|letter| letter["state"] == "held").count();
    assert_eq!(held, 3, "held, not dropped");
    world.work().await;
    world.letters_once("jan.jansen", CAP).await;
}

#[tokio::test]
async fn the_same_mail_by_two_routes_and_in_a_restored_mailbox_is_one_case() {
    let (world, smtp) = with_homes().await;
    let mail = complaint().bytes();
    let by_another_route =
        [b"Received: from mx2.lease.example by imap.lease.example; Mon, 23 Nov 2026 10:12:03 +0100\r\n", &mail[..]]
            .concat();
    let same_id = Written { text: "Dit is een heel andere klacht over mijn factuur.".into(), ..complaint() };
    let id = Letter::of(mail.clone()).id;
    world.deliver(&mail);
    world.deliver(&by_another_route);
    world.deliver(&Written { id, ..same_id }.bytes());
    world.work().await;
    assert_eq!(world.cases().await.len(), 2, "the duplicate is none; the same id with another text is");
    let sent = smtp.letters().len();

    // Restored from nothing: every mail is new to the server, with new UIDs.
    let handled = world.dovecot.mails("klachten", ".Verwerkt");
    assert_eq!(handled.len(), 3);
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await; // UIDVALIDITY counts seconds.
    world.dovecot.wipe("klachten");
    handled.iter().for_each(|mail| world.deliver(mail));
    world.work().await;
    assert_eq!((world.cases().await.len(), smtp.letters().len(), world.left_in_inbox()), (2, sent, 0));
    world.verify().await;
}

#[tokio::test]
async fn of_a_mail_over_the_limit_the_beginning_is_registered_and_the_customer_acknowledged() {
    let (world, smtp) = with_homes().await;
    let mailbox = format!(
        "host = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\nmax_message_bytes = 100000\n",
        world.dovecot.imap_port
    );
    world.settle_with(smtp.port(), Differs { mailbox: Some(mailbox), ..Differs::default() });
    let mail = Written { attached: Some(("film.mp4".to_owned(), vec![9; 400_000])), ..complaint() }.bytes();
    world.deliver(&mail);
    world.work().await;
    world.letters_once("jan.jansen", 1).await;
    let notification = world.letters_once("schade", 1).await.remove(0);
    assert!(notification.text.contains("Er zit een deuk in de bumper."), "{}", notification.text);
    assert_eq!(world.dovecot.mails("klachten", ".Verwerkt"), [mail], "the rest is kept in the mailbox");
}
