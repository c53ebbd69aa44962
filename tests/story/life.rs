//! The rest of a case's life, by mail only: two cases of one customer become one, and whatever was sent about either
//! leads to it; then closing, disagreement, the committee and its ruling (the procedure's end).

use crate::letter::{Letter, Written};
use crate::support::smtp::{Delivery, Setup, SmtpServer};
use crate::world::World;
use serde_json::Value;

const JAN: &str = "jan.jansen@klant.example";
const HANDLER: &str = "j.devries@lease.example";

/// What somebody got last.
fn last(world: &World, user: &str) -> Letter {
    world.letters(user).pop().unwrap_or_else(|| panic!("{user} got nothing"))
}

async fn arrives(world: &World, mail: Written) {
    world.deliver(&mail.bytes());
    world.work().await;
}

async fn complains(world: &World, subject: &str, text: &str) -> (Letter, Letter) {
    arrives(world, Written::new(JAN, subject, text)).await;
    (last(world, "jan.jansen"), last(world, "schade"))
}

fn happened(case: &Value) -> Vec<(&str, &str)> {
    let lines = case["timeline"].as_array().unwrap().iter();
    lines.map(|line| (line["kind"].as_str().unwrap(), line["case"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn two_cases_become_one_and_it_ends_with_the_committee() {
    let world = World::start();
    let smtp = SmtpServer::start(Setup { delivery: Delivery::HomesBelow(world.homes()), ..Setup::default() }).await;
    world.settle(smtp.port());
    let (first, notified) = complains(&world, "Kras door schade", "Er zit een kras op het portier.").await;
    let (second, notified_again) = complains(&world, "Nog steeds schade", "Niemand belt mij terug.").await;
    let (stays, gone) = (first.number(), second.number());
    assert_ne!(stays, gone);

    merged(&world, &notified_again, &stays, &gone).await;
    both_lead_to_it(&world, &second, &notified_again, &stays).await;
    ends_with_the_committee(&world, &notified, &stays).await;
    world.verify().await;
}

async fn merged(world: &World, notification: &Letter, stays: &str, gone: &str) {
    let letters_before = world.letters("jan.jansen").len();
    arrives(world, Written::reply(HANDLER, notification, &format!("#samenvoegen {stays}\nZelfde kras."))).await;
    let receipt = last(world, "j.devries");
    assert!(receipt.subject.contains(stays), "{}", receipt.subject);
    assert!(receipt.text.contains(gone) && receipt.text.contains("niet ongedaan"), "{}", receipt.text);
    assert_eq!(world.letters("jan.jansen").len(), letters_before, "the customer notices nothing");
    let case = world.case(gone).await;
    assert_eq!((&case["state"], &case["merged_into"]), (&"merged".into(), &stays.into()));
    let case = world.case(stays).await;
    assert_eq!(case["state"], "open");
    let timeline = happened(&case);
    assert!(timeline.contains(&("opened", gone)) && timeline.contains(&("absorbed", stays)), "{timeline:?}");
}

/// The customer answers the acknowledgement of the case that is no more, and the handler its notification.
async fn both_lead_to_it(world: &World, acknowledgement: &Letter, notification: &Letter, stays: &str) {
    arrives(world, Written::reply(JAN, acknowledgement, "Hierbij nog het kenteken.")).await;
    let told = last(world, "schade");
    assert!(told.subject.contains(stays) && told.text.contains("Hierbij nog het kenteken."), "{}", told.text);
    arrives(world, Written::reply(HANDLER, notification, "Beste heer Jansen, wij herstellen de kras woensdag.")).await;
    let answer = last(world, "jan.jansen");
    assert!(answer.subject.contains(stays) && answer.text.contains("de kras woensdag."), "{}", answer.text);
    let case = world.case(stays).await;
    assert_eq!(case["handler"], HANDLER);
    assert!(case["first_response_at"].is_string(), "the answer's acceptance stops the clock: {case}");
    let timeline = happened(&case);
    assert!(timeline.contains(&("followed_up", stays)) && timeline.contains(&("answered", stays)), "{timeline:?}");
    assert_eq!(world.cases().await.len(), 2, "no third case");
}

async fn ends_with_the_committee(world: &World, notification: &Letter, stays: &str) {
    arrives(world, Written::reply(HANDLER, notification, "#afgehandeld\nWij hebben de kras hersteld.")).await;
    let closing = last(world, "jan.jansen");
    assert!(closing.text.contains("Geschillencommissie"), "{}", closing.text);
    assert_eq!(world.case(stays).await["state"], "closed");
    arrives(world, Written::reply(JAN, &closing, "Daar ben ik het niet mee eens. De kras zit er nog.")).await;
    assert_eq!(world.case(stays).await["state"], "open");

    arrives(world, Written::reply(HANDLER, notification, "#geschil\nDe klant stuurde een kopie van het formulier."))
        .await;
    let told = last(world, "s.bakker");
    assert!(told.subject.contains(stays) && told.text.contains("kopie van het formulier"), "{}", told.text);
    let dispute = world.case(stays).await["dispute"].clone();
    let last_day = dispute["last_day"].as_str().unwrap();
    let year: i32 = last_day[..4].parse().unwrap();
    let receipt = last(world, "j.devries");
    assert!(receipt.text.contains("tot en met") && receipt.text.contains(&year.to_string()), "{}", receipt.text);
    assert_eq!(dispute["ruled_at"], Value::Null);

    arrives(world, Written::reply(HANDLER, notification, "#uitspraak\nKlant krijgt gelijk. Wij spuiten opnieuw."))
        .await;
    assert!(last(world, "s.bakker").text.contains("Wij spuiten opnieuw."));
    assert!(world.case(stays).await["dispute"]["ruled_at"].is_string());
    let texts: String = world.letters("jan.jansen").iter().map(|letter| letter.text.clone()).collect();
    for internal in ["Zelfde kras.", "kopie van het formulier", "spuiten opnieuw"] {
        assert!(!texts.contains(internal), "{internal} reached the customer");
    }
}
