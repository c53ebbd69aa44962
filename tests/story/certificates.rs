//! TLS with a company's own authority on both sides; with a stranger's certificate nothing is said and nothing done.

use crate::letter::Written;
use crate::support::certs::PrivateCa;
use crate::support::dovecot;
use crate::support::smtp::{Delivery, Protection, Setup, SmtpServer};
use crate::world::{Differs, World};
use std::path::Path;

/// A mail host that shows certificates of this authority.
async fn secured(authority: &PrivateCa, protection: impl Fn(&PrivateCa) -> Protection) -> (World, SmtpServer) {
    let certificate = Some(authority.certificate_for("localhost"));
    let world = World::start_with(dovecot::Setup { certificate, ..dovecot::Setup::default() });
    let delivery = Delivery::HomesBelow(world.homes());
    let smtp = SmtpServer::start(Setup { protection: protection(authority), delivery, ..Setup::default() }).await;
    (world, smtp)
}

fn tls(authority: &PrivateCa) -> Protection {
    Protection::Tls(authority.certificate_for("localhost").server_config())
}

fn starttls(authority: &PrivateCa) -> Protection {
    Protection::StartTls(authority.certificate_for("localhost").server_config())
}

/// Settings that trust what stands in these files.
fn settle(world: &World, smtp: &SmtpServer, security: &str, imap_ca: &Path, smtp_ca: &Path) {
    let imap_port = if security == "tls" { world.dovecot.imaps_port } else { world.dovecot.imap_port };
    let section = |port: u16, ca: &Path| {
        format!("host = \"localhost\"\nport = {port}\nsecurity = \"{security}\"\nca_file = \"{}\"\n", ca.display())
    };
    let (mailbox, sender) = (Some(section(imap_port, imap_ca)), Some(section(smtp.port(), smtp_ca)));
    world.settle_with(smtp.port(), Differs { mailbox, sender });
}

fn complaint() -> Vec<u8> {
    Written::new("jan.jansen@klant.example", "Klacht", "De auto start niet.").bytes()
}

#[tokio::test]
async fn a_private_authority_is_trusted_when_named() {
    for (security, protection) in [("tls", tls as fn(&PrivateCa) -> Protection), ("starttls", starttls)] {
        let authority = PrivateCa::new();
        let (world, smtp) = secured(&authority, protection).await;
        settle(&world, &smtp, security, &authority.ca_file(), &authority.ca_file());
        let check = world.check().await;
        assert_eq!(check.code, 0, "{}", check.out);
        world.deliver(&complaint());
        world.work().await;
        world.letters_once("jan.jansen", 1).await;
    }
}

#[tokio::test]
async fn a_strangers_certificate_is_refused_and_nothing_is_lost() {
    let (authority, stranger) = (PrivateCa::new(), PrivateCa::new());
    let (world, smtp) = secured(&authority, tls).await;
    world.deliver(&complaint());

    settle(&world, &smtp, "tls", &stranger.ca_file(), &authority.ca_file());
    let check = world.check().await;
    assert_eq!(check.code, 1);
    assert!(check.out.contains("PROBLEM  mailbox: ") && check.out.contains("ok       sender: "), "{}", check.out);
    assert_eq!(world.run(&["run", "--once"]).await.code, 75);
    assert_eq!((world.left_in_inbox(), world.cases().await.len()), (1, 0));

    settle(&world, &smtp, "tls", &authority.ca_file(), &stranger.ca_file());
    let before = smtp.commands().len();
    let check = world.check().await;
    assert_eq!(check.code, 1);
    assert!(check.out.contains("ok       mailbox: ") && check.out.contains("PROBLEM  sender: "), "{}", check.out);
    assert_eq!(world.run(&["run", "--once"]).await.code, 75, "registered, but the letters are left");
    assert_eq!((world.cases().await.len(), smtp.letters().len()), (1, 0));
    assert!(smtp.commands()[before..].iter().all(|line| !line.starts_with("MAIL")), "{:?}", smtp.commands());

    settle(&world, &smtp, "tls", &authority.ca_file(), &authority.ca_file());
    world.work().await;
    world.letters_once("jan.jansen", 1).await;
}
