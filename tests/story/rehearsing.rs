//! New keywords, tried by an operator on the complaints there are: what moves, what was right, what never fires.

use crate::letter::Written;
use crate::support::smtp::{Delivery, Setup, SmtpServer};
use crate::world::World;
use serde_json::Value;

const JAN: &str = "jan.jansen@klant.example";

#[tokio::test]
async fn new_keywords_are_tried_on_the_complaints_there_are() {
    let world = World::start();
    let smtp = SmtpServer::start(Setup { delivery: Delivery::HomesBelow(world.homes()), ..Setup::default() }).await;
    world.settle(smtp.port());
    for (subject, text) in [("Hagel", "De zonnekap is stuk."), ("Weer hagel", "De zonnekap is nog steeds stuk.")] {
        world.deliver(&Written::new(JAN, subject, text).bytes());
        world.work().await;
        let notified = world.letters("klantenservice").pop().unwrap();
        world.deliver(&Written::reply("e.hendriks@lease.example", &notified, "#afdeling schade").bytes());
        world.work().await;
    }
    let file = world.file("new.toml");
    let tried = "[[department]]\nname = \"schade\"\nkeywords = [\"subject:hagel\", \"niet … terug\"]\n\
                 [[department]]\nname = \"klantenservice\"\nkeywords = [\"bejegening\"]\n";
    std::fs::write(&file, tried).unwrap();
    let words = ["route", "try", file.to_str().unwrap()];
    let found = world.run(&words).await;
    assert!(found.code == 0 && found.out.contains("Would move: 2"), "{}{}", found.out, found.log);
    assert!(found.out.contains("klantenservice -> schade, ended in schade (right)"), "{}", found.out);
    let found = &world.json(&[&words[..], &["--json"]].concat()).await[0];
    let schade = |found: &Value| {
        found["departments"].as_array().unwrap().iter().find(|one| one["name"] == "schade").cloned().unwrap()
    };
    let schade = schade(found);
    assert_eq!((&schade["now"]["recall"], &schade["new"]["recall"]), (&0.into(), &100.into()), "{found}");
    let silent: Vec<&str> =
        found["never_fired"].as_array().unwrap().iter().map(|one| one["keyword"].as_str().unwrap()).collect();
    assert_eq!(silent, ["niet … terug", "bejegening"]);
    std::fs::write(&file, tried.replace("subject:hagel", "h*gel")).unwrap();
    let bad = world.run(&words).await;
    assert!(bad.code == 2 && bad.log.contains("a star within it"), "{}{}", bad.out, bad.log);
    world.verify().await;
}
