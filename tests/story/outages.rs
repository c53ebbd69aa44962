//! Servers that are away, refuse, or hang up: letters wait and go later, byte for byte the same (invariant 4).

use crate::letter::Written;
use crate::support::smtp::{Act, At, Delivery, Fault, Setup, SmtpServer};
use crate::world::{World, until};
use serde_json::Value;

const JAN: &str = "jan.jansen@klant.example";

async fn with_homes() -> (World, SmtpServer) {
    let world = World::start();
    let smtp = SmtpServer::start(Setup { delivery: Delivery::HomesBelow(world.homes()), ..Setup::default() }).await;
    world.settle(smtp.port());
    (world, smtp)
}

fn complaint() -> Written {
    Written::new(JAN, "Schade", "Er zit een deuk in de auto.")
}

async fn letter_to(world: &World, to: &str, kind: &str) -> Value {
    let outbox = world.outbox().await;
    let found = outbox.iter().find(|letter| letter["to"] == to && letter["kind"] == kind);
    found.unwrap_or_else(|| panic!("no {kind} to {to} in {outbox:?}")).clone()
}

#[tokio::test]
async fn letters_wait_for_a_server_that_is_away() {
    let (world, smtp) = with_homes().await;
    let port = smtp.port();
    smtp.stop().await;
    world.deliver(&complaint().bytes());
    let ran = world.run(&["run", "--once"]).await;
    assert_eq!(ran.code, 75, "letters are left: {}", ran.log);
    assert_eq!((world.cases().await.len(), world.left_in_inbox()), (1, 0), "registered all the same");
    let waiting = letter_to(&world, JAN, "acknowledgement").await;
    assert_eq!(waiting["state"], "queued");

    // The daemon, too, goes on by itself once the server is back.
    let daemon = world.daemon();
    until("an attempt", || daemon.log().contains("sending fails").then_some(())).await;
    let setup = Setup { port, delivery: Delivery::HomesBelow(world.homes()), ..Setup::default() };
    let _smtp = SmtpServer::start(setup).await;
    let letter = world.letters_once("jan.jansen", 1).await.remove(0);
    assert_eq!(waiting["message_id"], letter.id.as_str());
    world.letters_once("schade", 1).await;
    assert_eq!(daemon.stop().await, 0);
}

#[tokio::test]
async fn the_mailbox_is_found_again_after_its_server_was_away() {
    let (mut world, _smtp) = with_homes().await;
    let daemon = world.daemon();
    until("IDLE", || world.dovecot.commands("klachten").contains("IDLE").then_some(())).await;
    world.dovecot.stop();
    until("the loss", || daemon.log().contains("taking in is interrupted").then_some(())).await;
    world.deliver(&complaint().bytes());
    world.dovecot.restart();
    world.letters_once("jan.jansen", 1).await;
    assert_eq!(daemon.stop().await, 0);
    assert_eq!(world.cases().await.len(), 1);
}

#[tokio::test]
async fn without_the_mailbox_a_round_still_sends_and_says_that_it_is_not_done() {
    let (mut world, smtp) = with_homes().await;
    smtp.fault(Fault::at(At::Rcpt, Act::reply("450 4.7.1 greylisted")).for_recipient(JAN).times(1));
    world.deliver(&complaint().bytes());
    world.work().await;
    assert!(world.letters("jan.jansen").is_empty());
    world.dovecot.stop();
    let ran = world.run(&["run", "--once"]).await;
    assert_eq!(ran.code, 75, "{}", ran.log);
    assert_eq!(letter_to(&world, JAN, "acknowledgement").await["state"], "accepted");
    world.dovecot.restart();
    world.letters_once("jan.jansen", 1).await;
}

#[tokio::test]
async fn not_now_is_tried_again_and_never_is_told_to_the_department() {
    let (world, smtp) = with_homes().await;
    smtp.fault(Fault::at(At::Rcpt, Act::reply("451 4.3.0 later")).for_recipient(JAN).times(1));
    world.deliver(&complaint().bytes());
    world.work().await;
    let waiting = letter_to(&world, JAN, "acknowledgement").await;
    assert_eq!((&waiting["state"], &waiting["attempts"]), (&"queued".into(), &1.into()));
    assert!(waiting["reply"].as_str().unwrap().contains("451 4.3.0 later"), "{waiting}");
    world.work().await;
    assert_eq!(waiting["message_id"], world.letters_once("jan.jansen", 1).await[0].id.as_str());

    smtp.fault(Fault::at(At::Rcpt, Act::reply("550 5.1.1 no such user")).for_recipient("emma.brown@klant.example"));
    world.deliver(&Written::new("emma.brown@klant.example", "Damage", "There is a dent in the car.").bytes());
    world.work().await;
    let refused = letter_to(&world, "emma.brown@klant.example", "acknowledgement").await;
    assert_eq!(refused["state"], "refused");
    let told = world.letters("schade");
    let failure = told.iter().find(|letter| letter.text.contains("550 5.1.1 no such user")).expect("a letter about it");
    let case = world.case(&failure.number()).await;
    assert_eq!(
        (&case["customer"]["address"], &case["acknowledged_at"]),
        (&"emma.brown@klant.example".into(), &Value::Null)
    );
}

#[tokio::test]
async fn too_large_for_the_server_goes_without_its_attachment() {
    let (world, smtp) = with_homes().await;
    let too_large = Act::reply("552 5.3.4 message size exceeds fixed limit");
    smtp.fault(Fault::at(At::Dot, too_large).for_recipient("schade@lease.example").times(1));
    let attached = Some(("film.mp4".to_owned(), vec![7; 200_000]));
    world.deliver(&Written { attached, ..complaint() }.bytes());
    world.work().await;
    let notification = world.letters_once("schade", 1).await.remove(0);
    assert!(notification.attachments.is_empty() && notification.text.contains("film.mp4"), "{}", notification.text);
    assert!(notification.text.contains("Er zit een deuk in de auto."), "{}", notification.text);
    assert_eq!(letter_to(&world, "schade@lease.example", "notification").await["state"], "accepted");
}

#[tokio::test]
async fn a_connection_lost_after_the_final_dot_repeats_the_letter_with_the_same_id() {
    let (world, smtp) = with_homes().await;
    smtp.fault(Fault::at(At::Taken, Act::Drop).for_recipient(JAN).times(1));
    world.deliver(&complaint().bytes());
    world.work().await;
    let unknown = letter_to(&world, JAN, "acknowledgement").await;
    assert_eq!(unknown["state"], "queued", "not known to be accepted: {unknown}");
    world.work().await;
    let letters = world.letters_once("jan.jansen", 2).await;
    assert_eq!((&letters[0].id, &letters[0].text), (&letters[1].id, &letters[1].text));
    let accepted = letter_to(&world, JAN, "acknowledgement").await;
    assert_eq!((&accepted["state"], &accepted["message_id"]), (&"accepted".into(), &letters[0].id.as_str().into()));
    world.work().await;
    assert_eq!(world.letters("jan.jansen").len(), 2, "and no third time");
}

#[tokio::test]
async fn what_comes_by_a_pipe_is_answered_while_the_mailbox_is_away() {
    let (mut world, smtp) = with_homes().await;
    let daemon = world.daemon();
    until("IDLE", || world.dovecot.commands("klachten").contains("IDLE").then_some(())).await;
    world.dovecot.stop();
    until("the loss", || daemon.log().contains("taking in is interrupted").then_some(())).await;
    assert_eq!(world.run_with_input(&["ingest", "-"], &complaint().bytes()).await.code, 0);
    until("its letters", || (smtp.letters().len() >= 2).then_some(())).await;
    assert_eq!(daemon.stop().await, 0);
    assert_eq!(world.cases().await.len(), 1);
}
