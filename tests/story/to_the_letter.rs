//! What a reader who knows complaint handling expects of the procedure, by mail only, on Dovecot and Postfix: a first reaction of
//! substance, an outcome on file, what the closing must say, and nobody left without it.

use crate::letter::Written;
use crate::procedure::{HANDLER, HOUR, JAN, SUPERVISOR, has, one, received, writes};
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

/// What came of it is on file, and in the customer's letter only what the settlement says.
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

/// Dutch act on out-of-court settlement of consumer disputes, art. 12, and the procedure's last sentence.
#[tokio::test]
async fn the_closing_says_of_the_committee_what_it_must() {
    let world = World::with_postfix();
    world.set("committee", "own_url = \"https://eigen.commissie.example/\"\nfee = \"€ 52,50\"\nlanguage = \"nl\"");
    let (_, notification) = received(&world, Duration::ZERO).await;
    writes(&world, Written::reply(HANDLER, &notification, "#afgehandeld\nDe kras is kosteloos hersteld.")).await;
    let closing = one(&world, "jan.jansen", "De kras is kosteloos hersteld.");
    for said in [
        "Geschillencommissie Keurmerk Private Lease",
        "https://commissie.example/klacht",
        "https://eigen.commissie.example/",
        "Wij werken mee aan de behandeling; de uitspraak is bindend.",
        "€ 52,50",
        "in het Nederlands",
    ] {
        assert!(closing.text.contains(said), "{said} is not in {}", closing.text);
    }
    assert_eq!(world.case(&closing.number()).await["committee_owed"], false);
}

/// §2.4.2 "schriftelijke": a conversation confirms the settlement, and not that there is a committee.
#[tokio::test]
async fn a_closing_by_telephone_owes_the_committee_in_writing_until_a_letter_says_it() {
    let world = World::with_postfix();
    let call = "#telefoon\nKlant: Jan Jansen\nTelefoon: 06 12345678\n\nNa het schadeherstel zit er een nieuwe kras op.";
    writes(&world, Written::new(HANDLER, "gesprek", call)).await;
    let notification = one(&world, "schade", "Nieuwe klacht");
    let number = notification.number();
    let closes = "#gebeld Alles verteld.\n#afgehandeld\nDe kras is kosteloos hersteld.";
    writes(&world, Written::reply(HANDLER, &notification, closes)).await;
    one(&world, "j.devries", "Er is geen adres om die brief naartoe te sturen");
    let case = world.case(&number).await;
    assert_eq!(
        (&case["state"], &case["confirmation_owed"], &case["committee_owed"]),
        (&"closed".into(), &false.into(), &true.into())
    );

    writes(&world, Written::reply(HANDLER, &notification, "#klant jan.jansen@klant.example Jan Jansen")).await;
    one(&world, "j.devries", "op schrift krijgen dat er een commissie is");
    writes(&world, Written::reply(HANDLER, &notification, "#afgehandeld\nDe kras is kosteloos hersteld.")).await;
    assert!(one(&world, "jan.jansen", "kosteloos hersteld").text.contains("Geschillencommissie"));
    assert_eq!(world.case(&number).await["committee_owed"], false);
    world.verify().await;
}

/// A complaint that never closes never told of the committee.
#[tokio::test]
async fn who_waits_for_four_weeks_hears_of_the_committee() {
    let world = World::with_postfix();
    let (number, _) = received(&world, 29 * 24 * HOUR).await;
    let asked = one(&world, "s.bakker", "moet van de commissie horen");
    assert!(asked.subject.starts_with("Tussenbericht nodig: "), "{}", asked.subject);
    world.work().await;
    one(&world, "s.bakker", "moet van de commissie horen");
    let typed = "#tussenbericht over 3 dagen\nHet portier is nog niet binnen; de garage verwacht het woensdag.";
    writes(&world, Written::reply(SUPERVISOR, &asked, typed)).await;
    let word = one(&world, "jan.jansen", "Het portier is nog niet binnen");
    assert!(word.text.contains("Geschillencommissie") && word.text.contains("Wij werken mee"), "{}", word.text);
    let case = world.case(&number).await;
    let kinds: Vec<&str> = case["timeline"].as_array().unwrap().iter().filter_map(|l| l["kind"].as_str()).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "status_asked").count(), 1);
    assert!(case["first_response_at"].is_null() && case["state"] == "open", "{case}");
    world.verify().await;
}

/// §2.2: "door de medewerker die de klacht ontvangt".
#[tokio::test]
async fn what_no_keyword_claims_stays_with_the_department_of_who_received_it() {
    let world = World::with_postfix();
    let call = "#telefoon\nKlant: Jan Jansen\nE-mail: jan.jansen@klant.example\n\nIk ben hier niet blij mee.";
    writes(&world, Written::new("n.peters@lease.example", "gesprek", call)).await;
    let notification = one(&world, "contract", "Nieuwe klacht");
    assert!(notification.text.contains("een collega van deze afdeling het ontving"), "{}", notification.text);
    let case = world.case(&notification.number()).await;
    assert_eq!((&case["department"], &case["handler"]), (&"contract".into(), &"n.peters@lease.example".into()));
    // Reception is of no department: the one for what remains has it.
    writes(&world, Written::new("receptie@lease.example", "gesprek", &call.replace("hier", "echt"))).await;
    one(&world, "klantenservice", "Nieuwe klacht");
}

/// §2.4.1, as a manager reads it: each round counts, what came of it, the committee, and what was no complaint.
#[tokio::test]
async fn the_months_report_counts_each_round_what_came_of_it_and_the_committee() {
    let world = World::with_postfix();
    world.set("closing", "causes = [\"planning\", \"garage\"]");
    let (number, notification) = received(&world, Duration::ZERO).await;
    let says = |text: &str| writes(&world, Written::reply(HANDLER, &notification, text));
    let reason = "Wij betalen de helft, omdat de kras er deels al op zat bij de inname.";
    says(&format!("#deels\n#oorzaak garage\n#vergoeding 389,00\n#afgehandeld\n{reason}")).await;
    let closing = one(&world, "jan.jansen", reason);
    writes(&world, Written::reply(JAN, &closing, "Hier ben ik het niet mee eens.")).await;
    says("#tussenbericht over 2 dagen\nWij zoeken het opnieuw uit.").await;
    says("#gegrond\n#oorzaak garage\n#vergoeding 111,50\n#afgehandeld\nU krijgt ook de andere helft.").await;
    says("#geschil De klant vindt het te laat.").await;
    says("#ongegrond\n#uitspraak De commissie wijst de klacht af; wij hoeven niets te doen.").await;
    one(&world, "j.devries", "De commissie wijst de klacht af");
    // The same customer asks something.
    let jan = "Jan Jansen <jan.jansen@klant.example>";
    writes(&world, Written::new(jan, "Nog iets over schade", "Wat doet die knop naast de schade?")).await;
    let second = one(&world, "schade", "Wat doet die knop");
    let drops = "#geenklacht Een vraag over een knop.\n#antwoord\nDie knop zet de koplampen aan.";
    writes(&world, Written::reply(HANDLER, &second, drops)).await;

    let month = world.case(&number).await["received_at"].as_str().unwrap()[..7].to_owned();
    let [told] = world.json(&["report", "--month", &month, "--json"]).await.try_into().unwrap();
    let total = &told["report"]["total"];
    let counted = ["received", "closed", "reopened", "open_at_end", "interims", "disputes", "dismissed"];
    assert_eq!(counted.map(|figure| total[figure].as_u64().unwrap()), [1, 2, 1, 0, 1, 1, 1], "{told}");
    assert_eq!((&total["rulings"]["unfounded"], &total["rulings"]["founded"]), (&1.into(), &0.into()));
    assert_eq!((&total["compensation"]["rounds"], &total["compensation"]["cents"]), (&2.into(), &50_050.into()));
    assert_eq!((&total["causes"][0]["name"], &total["causes"][0]["count"]), (&"garage".into(), &2.into()));
    assert_eq!(total["outcomes"]["partly"], 1, "{told}");
    assert_eq!(total["first_response_in_time"]["of"], 0, "no term ended yet");
    assert_eq!(told["report"]["dismissals"][0]["reason"], "Een vraag over een knop.");
    assert_eq!(
        (&told["month_before"]["total"]["received"], &told["report"]["month"]),
        (&0.into(), &month.as_str().into())
    );
    let letters = world.run(&["report", "--month", &month]).await.out;
    for said in [
        "To: s.bakker@lease.example",
        "Vergoed: € 500,50, bij 2 klachten.",
        "Uitspraken: 0 voor de klant, 0 deels, 1 voor ons",
    ] {
        assert!(letters.contains(said), "{said} is not in {letters}");
    }
    assert_eq!(world.run(&["report", "--month", "2026-13"]).await.code, 2);
    world.verify().await;
}
