//! What a reader who knows complaint handling expects of the procedure, by mail only, on Dovecot and Postfix: a first reaction of
//! substance, an outcome on file, what the closing must say, and nobody left without it.

use crate::letter::Written;
use crate::procedure::{HANDLER, HOUR, has, one, received, writes};
use crate::world::World;
use std::time::Duration;

/// §1: "a first substantive reaction". A friendly word in the meantime is none.
#[tokio::test]
async fn a_word_in_the_meantime_stops_no_clock_and_its_day_is_guarded() {
    let world = World::with_postfix();
    let (number, notification) = received(&world, 21 * HOUR).await;
    let typed =
        "#tussenbericht over 2 uur\nBinnen drie werkdagen lukt niet: de garage wacht op een portier.\n\nJ. de Vries";
    writes(&world, Written::reply(HANDLER, &notification, typed)).await;
    let word = one(&world, "jan.jansen", "de garage wacht op een portier");
    assert!(word.text.contains("U hoort uiterlijk") && word.text.contains(&number), "{}", word.text);
    assert!(!word.text.contains("#tussenbericht"), "{}", word.text);
    one(&world, "j.devries", "Het telt niet als reactie");
    let case = world.case(&number).await;
    assert!(case["first_response_at"].is_null() && case["promised_until"].is_string(), "{case}");
    one(&world, "schade", "Bijna te laat (eerste reactie)");

    // Two hours are less than the hours of a warning: the handler hears of the promise at once, and an answer keeps it.
    world.work().await;
    let warned = one(&world, "j.devries", "beloofd bericht");
    writes(&world, Written::reply(HANDLER, &warned, "#antwoord\nHet portier is er; wij spuiten het morgen.")).await;
    one(&world, "jan.jansen", "wij spuiten het morgen");
    let case = world.case(&number).await;
    assert!(case["first_response_at"].is_string(), "{case}");
    assert!(!has(&world, "s.bakker", "Te laat (beloofd bericht)"));
    world.verify().await;
}

/// ISO 10002 §8.2: what came of it is on file, and in the customer's letter only what the settlement says.
#[tokio::test]
async fn what_came_of_it_is_asked_for_and_stays_in_the_house() {
    let world = World::with_postfix();
    world.set("closing", "outcome = \"required\"\ncauses = [\"planning\", \"garage\"]");
    let (number, notification) = received(&world, Duration::ZERO).await;
    let says = |text: &str| writes(&world, Written::reply(HANDLER, &notification, text));
    says("#afgehandeld\nWij vergoeden niets.").await;
    one(&world, "j.devries", "ontbreekt of de klacht terecht was");
    says("#ongegrond\n#afgehandeld\nWij vergoeden niets.").await;
    one(&world, "j.devries", "de uitkomst zegt nauwelijks waarom");
    assert_eq!(world.case(&number).await["state"], "open");
    let reason = "Wij betalen de helft, omdat de kras er deels al op zat bij de inname.";
    says(&format!("#deels\n#oorzaak garage\n#vergoeding 389,00\n#afgehandeld\n{reason}")).await;
    let closing = one(&world, "jan.jansen", reason);
    for internal in ["deels gegrond", "389", "garage", "#"] {
        assert!(!closing.text.contains(internal), "{internal} in {}", closing.text);
    }
    one(&world, "j.devries", "deels gegrond; oorzaak: garage; vergoeding: € 389,00");
    let case = world.case(&number).await;
    assert_eq!(
        (&case["outcome"], &case["cause"], &case["compensation"]),
        (&"partly".into(), &"garage".into(), &"389.00".into())
    );
    world.verify().await;
}

/// §2.1.2: who was told that the complaint is being handled is not dropped in silence.
#[tokio::test]
async fn an_acknowledged_customer_is_answered_before_it_is_no_complaint() {
    let world = World::with_postfix();
    let (number, notification) = received(&world, Duration::ZERO).await;
    one(&world, "jan.jansen", "in behandeling bij de afdeling");
    writes(&world, Written::reply(HANDLER, &notification, "#geenklacht Vraag over de app.")).await;
    one(&world, "j.devries", "wacht op antwoord");
    assert_eq!(world.case(&number).await["state"], "open");
    let both = "#geenklacht Vraag over de app.\n#antwoord\nDe app is van de autofabrikant; die helpt u verder.";
    writes(&world, Written::reply(HANDLER, &notification, both)).await;
    assert!(!one(&world, "jan.jansen", "die helpt u verder").text.contains("Vraag over de app"));
    assert_eq!(world.case(&number).await["state"], "dismissed");
}
