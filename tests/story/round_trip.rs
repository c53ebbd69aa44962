//! The watch over real servers: a test mail goes out by SMTP, is delivered into the mailbox, and is gone again.

use crate::letter::Written;
use crate::support::dovecot::USER;
use crate::support::smtp::{Delivery, Setup, SmtpServer};
use crate::world::World;

const JAN: &str = "jan.jansen@klant.example";

#[tokio::test]
async fn a_test_mail_comes_back_among_complaints_and_is_nobodys() {
    let world = World::start();
    let delivery = Delivery::HomesBelow(world.homes());
    let smtp = SmtpServer::start(Setup { delivery, ..Setup::default() }).await;
    world.settle(smtp.port());
    world.set("closing", "[watch]\n[operator]\naddress = \"beheer@lease.example\"");
    world.deliver(&Written::new(JAN, "Schade", "Er zit een deuk in de auto.").bytes());
    world.work().await;
    assert_eq!(world.left_in_inbox(), 1, "the test mail");
    let check = world.check().await;
    assert!(check.out.contains("watch: a test mail every 60 minutes; none came back yet"), "{}", check.out);
    world.work().await;
    assert_eq!(world.left_in_inbox(), 0);
    assert_eq!(world.dovecot.mails(USER, ".Verwerkt").len(), 1, "the complaint");
    assert_eq!(world.dovecot.mails(USER, ".Terzijde").len(), 0);
    assert_eq!((world.cases().await.len(), world.outbox().await.len()), (1, 2), "its letters are the complaint's");
    let check = world.check().await;
    assert!(check.out.contains("watch: a test mail every 60 minutes; the last came back at 20"), "{}", check.out);
    world.verify().await;
    // The next is not due: nothing goes, and the mailbox stays as it is.
    world.work().await;
    assert_eq!(world.left_in_inbox(), 0);
}
