//! `klachtpost outbox resend`, as an operator uses it after a bad day: it lists, asks, and sends again what still holds.

use crate::letter::Written;
use crate::support::smtp::{Act, At, Delivery, Fault, Setup, SmtpServer};
use crate::world::World;

const JAN: &str = "jan.jansen@klant.example";

#[tokio::test]
async fn refused_letters_are_listed_asked_about_and_sent_again() {
    let world = World::start();
    let smtp = SmtpServer::start(Setup { delivery: Delivery::HomesBelow(world.homes()), ..Setup::default() }).await;
    world.settle(smtp.port());
    smtp.fault(Fault::at(At::Rcpt, Act::reply("550 5.1.1 no such user")).for_recipient(JAN));
    world.deliver(&Written::new(&format!("Jan Jansen <{JAN}>"), "Schade", "Er zit een deuk in.").bytes());
    world.work().await;
    let refused = |letters: Vec<serde_json::Value>| -> Vec<serde_json::Value> {
        letters.into_iter().filter(|letter| letter["state"] == "refused").collect()
    };
    let letter = refused(world.outbox().await).remove(0);
    let (id, message_id) = (letter["id"].as_str().unwrap(), letter["message_id"].as_str().unwrap());

    let since = ["outbox", "resend", "--refused-since", "2020-01-01"];
    let unanswered = world.run_with_input(&since, b"").await;
    assert!(
        unanswered.code == 1 && unanswered.out.contains("Nothing was done"),
        "{}{}",
        unanswered.out,
        unanswered.log
    );
    assert!(unanswered.out.contains(id) && unanswered.out.contains("to send again"), "{}", unanswered.out);
    assert_eq!(world.run_with_input(&since, b"nee\n").await.code, 1);
    assert_eq!(refused(world.outbox().await).len(), 1);
    let unknown = world.run(&["outbox", "resend", "aaaaaaaaaaaa"]).await;
    assert!(unknown.code == 1 && unknown.out.contains("no refused letter has that id"), "{}", unknown.out);
    assert_eq!(world.run(&["outbox", "resend", "--refused-since", "gisteren"]).await.code, 2);
    assert_eq!(world.run(&["outbox", "resend"]).await.code, 2);

    // A program is not asked: without its word nothing goes.
    let listed = world.run(&["outbox", "resend", "--json", id, "aaaaaaaaaaaa"]).await;
    let listed: Vec<serde_json::Value> = listed.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&listed[0]["to"], &listed[0]["sent"], &listed[0]["why_not"]), (&JAN.into(), &false.into(), &().into()));
    assert_eq!(
        listed[1],
        serde_json::json!({ "id": "aaaaaaaaaaaa", "sent": false, "why_not": "no refused letter has that id" })
    );
    assert_eq!(refused(world.outbox().await).len(), 1);

    let done = world.run_with_input(&["outbox", "resend", id], b"ja\n").await;
    assert!(done.code == 0 && done.out.contains("1 letters are in the queue again"), "{}{}", done.out, done.log);
    smtp.clear_faults();
    world.work().await;
    let arrived = world.letters_once("jan.jansen", 1).await.remove(0);
    assert_eq!(arrived.id, message_id);
    let case = world.case(&arrived.number()).await;
    assert!(case["acknowledged_at"].is_string(), "{case}");
    world.verify().await;
    let again = world.run(&["outbox", "resend", "--yes", id]).await;
    assert!(again.code == 1 && again.out.contains("No letter to send again"), "{}", again.out);
}
