//! What `klachtpost check` says of each mistake that operators make in a set-up, word for word.

use crate::letter::Written;
use crate::support::engines;
use crate::support::smtp::{Delivery, Setup, SmtpServer};
use crate::world::{Differs, Ran, World};
use std::os::unix::fs::PermissionsExt;

async fn with_homes() -> (World, SmtpServer) {
    let world = World::start();
    let smtp = SmtpServer::start(Setup { delivery: Delivery::HomesBelow(world.homes()), ..Setup::default() }).await;
    world.settle(smtp.port());
    (world, smtp)
}

/// Its problems, the same at each run.
fn problems(world: &World, smtp_port: u16, ran: &Ran) -> String {
    let folder = world.file("").display().to_string();
    let is_said = |line: &&str| !line.starts_with("ok ") && !line.starts_with("note ");
    let said: Vec<&str> = ran.out.lines().filter(is_said).collect();
    let said = said.join("\n").replace(folder.trim_end_matches('/'), "FOLDER");
    said.replace(&world.dovecot.imap_port.to_string(), "IMAP").replace(&smtp_port.to_string(), "SMTP")
}

#[tokio::test]
async fn ports_and_protections_that_do_not_fit_are_told_with_the_next_step() {
    let (world, smtp) = with_homes().await;
    let server =
        |port: u16, security: &str| Some(format!("host = \"localhost\"\nport = {port}\nsecurity = \"{security}\"\n"));
    let (imap_port, smtp_port) = (world.dovecot.imap_port, smtp.port());
    let mut all = String::new();
    for (what, mailbox, sender) in [
        ("TLS to plain ports", server(imap_port, "tls"), server(smtp_port, "tls")),
        ("STARTTLS where there is none", server(imap_port, "starttls"), server(smtp_port, "starttls")),
        ("each at the other's port", server(smtp_port, "none"), server(imap_port, "none")),
        ("nobody there", server(1, "none"), server(1, "none")),
    ] {
        world.settle_with(smtp_port, Differs { mailbox, sender });
        let ran = world.check().await;
        assert_eq!(ran.code, 1, "{what}: {}", ran.out);
        all += &format!("== {what}\n{}\n", problems(&world, smtp_port, &ran));
    }
    insta::assert_snapshot!(all);
}

#[tokio::test]
async fn settings_that_are_wrong_or_doubtful_are_told_all_at_once() {
    // Of the settings alone: with PostgreSQL they hold a secret more, which a file for all to read is told of too.
    if engines::is_about_the_other("settings_that_are_wrong_or_doubtful_are_told_all_at_once") {
        return;
    }
    let (world, smtp) = with_homes().await;
    let own = world.own_settings();
    let right = std::fs::read_to_string(&own).unwrap();
    let check_of = async |text: &str, mode: u32| {
        std::fs::write(&own, text).unwrap();
        std::fs::set_permissions(&own, std::fs::Permissions::from_mode(mode)).unwrap();
        let ran = world.run(&["--config", &own, "check"]).await;
        assert_eq!(ran.code, 1, "{}", ran.out);
        problems(&world, smtp.port(), &ran)
    };
    let doubtful = right
        .replace("poll_seconds = 3600", "poll_seconds = 3600\naccept_unproven_staff = true")
        .replace("https://commissie", "http://commissie")
        .replacen("keywords = [", "keywords = [\"*factuur*\", ", 1);
    let doubtful = check_of(&doubtful, 0o644).await;
    let wrong = right
        .replacen("keywords = [", "keywords = [\"a*b\", \"x\", ", 1)
        .replace("poll_seconds", "pol_seconds")
        .replace("[closing]\n", "[closings]\n");
    let wrong = check_of(&wrong, 0o600).await;
    let one_bracket =
        check_of(&right[..right.find("[[department]]").unwrap()].replace("[closing]", "[department]"), 0o600).await;
    insta::assert_snapshot!(format!("== doubtful\n{doubtful}\n== wrong\n{wrong}\n== one bracket\n{one_bracket}"));
}

/// `check --send` leaves nothing behind: no mail, no case, no gap in the balance.
#[tokio::test]
async fn a_round_trip_leaves_nothing_behind() {
    let (world, smtp) = with_homes().await;
    world.deliver(&Written::new("jan.jansen@klant.example", "Klacht", "Er zit een deuk in de bumper.").bytes());
    world.work().await;
    let sent = smtp.letters().len();
    // The settings as they stand are the sample's, so that it finds problems; the trip is right.
    let ran = world.run(&["check", "--send"]).await;
    assert!(ran.out.contains("ok       round trip: a test mail came back after"), "{}", ran.out);
    assert!(
        ran.out.contains("note     round trip: \"mx.post.example\" says who sent a mail, but a line"),
        "{}",
        ran.out
    );
    assert_eq!(smtp.letters().len(), sent + 2);
    assert_eq!((world.left_in_inbox(), world.dovecot.mails(crate::support::dovecot::USER, ".Terzijde").len()), (0, 0));
    world.work().await;
    assert_eq!(world.cases().await.len(), 1);
    let digest = world.run(&["digest"]).await;
    assert!(!digest.out.contains("verdwenen") && digest.code == 0, "{}{}", digest.out, digest.log);
    world.verify().await;
}

/// A daemon that has a test mail first knows it for our own.
#[tokio::test]
async fn a_test_mail_that_is_left_is_no_complaint() {
    let (world, smtp) = with_homes().await;
    // It does not come back to where it is looked for: it went to another mailbox.
    let ran = world.run(&["check", "--send"]).await;
    assert!(ran.out.contains("ok       round trip"), "{}", ran.out);
    for letter in smtp.letters() {
        assert!(letter.text().contains("klachtpost: a test mail"), "{}", letter.text());
        world.deliver(&letter.bytes);
    }
    world.work().await;
    assert_eq!((world.cases().await.len(), world.left_in_inbox()), (0, 0));
}
