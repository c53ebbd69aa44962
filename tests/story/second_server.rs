//! The desk's story on another IMAP server than Dovecot: Courier, real. It has no MOVE, wants its folders below INBOX, and
//! gives a text of its own in the place of a mail that it cannot open.

use crate::letter::Written;
use crate::support::courier::Courier;
use crate::support::smtp::{Delivery, Setup, SmtpServer};
use crate::world::{Differs, World, until};
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

async fn on_courier() -> (World, Courier, SmtpServer) {
    let (world, courier) = (World::start(), Courier::start());
    let smtp = SmtpServer::start(Setup { delivery: Delivery::HomesBelow(world.homes()), ..Setup::default() }).await;
    let mailbox = format!("host = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\n", courier.port);
    world.settle_with(smtp.port(), Differs { mailbox: Some(mailbox), ..Differs::default() });
    (world, courier, smtp)
}

fn complaint(of: &str) -> Vec<u8> {
    Written::new(of, "Schade", &format!("Er zit een deuk in de auto van {of}.")).bytes()
}

#[tokio::test]
async fn a_complaint_is_registered_moved_and_acknowledged_on_courier() {
    let (world, courier, _smtp) = on_courier().await;
    let mail = complaint("jan.jansen@klant.example");
    courier.deliver(&mail);
    world.work().await;
    let letter = world.letters_once("jan.jansen", 1).await.remove(0);
    assert_eq!(world.cases().await[0]["number"], letter.number().as_str());
    world.letters_once("schade", 1).await;
    assert_eq!((courier.mails(""), courier.mails(".Verwerkt")), (Vec::new(), vec![mail]));
    world.work().await;
    assert_eq!(world.cases().await.len(), 1, "a second look finds nothing new");
    world.verify().await;
}

#[tokio::test]
async fn the_daemon_hears_of_mail_on_courier_and_stops_at_once() {
    let (world, courier, _smtp) = on_courier().await;
    world.set("mailbox", "idle = true");
    let daemon = world.daemon();
    until("the folders", || courier.maildir().join(".Onleesbaar").exists().then_some(())).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let began = Instant::now();
    assert_eq!(daemon.stop().await, 0);
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}

/// Unread as long as the server gives its own text for them, and nothing moved; read when they can be.
#[tokio::test]
async fn couriers_own_text_is_not_taken_for_complaints_that_it_cannot_open() {
    let (world, courier, _smtp) = on_courier().await;
    let customers = ["jan.jansen@klant.example", "emma.brown@klant.example"];
    let mails = customers.map(complaint);
    let lie: Vec<PathBuf> = mails.iter().map(|mail| courier.deliver(mail)).collect();
    let open_to_all = |mode| {
        for file in courier.files("").iter().chain(lie.iter().filter(|file| file.exists())) {
            std::fs::set_permissions(file, Permissions::from_mode(mode)).unwrap();
        }
    };
    open_to_all(0o000);
    for _ in 0..6 {
        let ran = world.run(&["run", "--once"]).await;
        assert_eq!(ran.code, 0, "{}", ran.log);
    }
    assert_eq!(world.cases().await.len(), 0, "nobody complained that a message is unavailable");
    assert_eq!((courier.files("").len(), courier.files(".Verwerkt").len()), (2, 0), "nothing moved");
    open_to_all(0o644);
    world.work().await;
    assert_eq!(world.cases().await.len(), 2);
    assert_eq!((courier.mails(""), courier.mails(".Verwerkt")), (Vec::new(), mails.to_vec()));
    for customer in ["jan.jansen", "emma.brown"] {
        world.letters_once(customer, 1).await;
    }
    assert!(courier.files(".Onleesbaar").is_empty());
}
