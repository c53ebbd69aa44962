//! What a reader who knows complaint handling expects of the procedure, by mail only, on Dovecot and Postfix: a first reaction of
//! substance, an outcome on file, what the closing must say, and nobody left without it.

use crate::letter::Written;
use crate::procedure::{HANDLER, HOUR, has, one, received, writes};
use crate::world::World;

/// §1: "a first substantive reaction". A friendly word in the meantime is none.
#[tokio::test]
async fn a_word_in_the_meantime_stops_no_clock_and_its_day_is_guarded() {
    let world = World::with_postfix();
    let (number, notification) = received(&world, 21 * HOUR).await;
    let typed = "#tussenbericht over 2 uur\nBinnen drie werkdagen lukt niet: de garage wacht op een portier.\n\nJ. de Vries";
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
