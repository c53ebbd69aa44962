//! Who else has a say in a complaint, by mail only, on Dovecot and Postfix: the committee that writes, customers whose mail
//! cannot wait or is about a colleague, people who use their rights over personal data.

use crate::letter::{Letter, Written};
use crate::world::{PATIENCE, World};
use std::time::Instant;

const JAN: &str = "jan.jansen@klant.example";
const HANDLER: &str = "j.devries@lease.example";
const SUPERVISOR: &str = "s.bakker@lease.example";
const COMMITTEE: &str = "De Commissie <dossiers@commissie.example>";

/// A desk that knows an authority, words that cannot wait, and who guards personal data.
fn world() -> World {
    let world = World::with_postfix();
    let settings = std::fs::read_to_string(world.settings_file()).unwrap();
    let more = "[urgent]\nkeywords = [\"remmen\"]\n[privacy]\ncontact = \"privacy@lease.example\"\n\
                url = \"https://lease.example/privacy\"\n[[authority]]\nname = \"De Commissie\"\n\
                domains = [\"commissie.example\"]\n\n";
    let settings = settings.replacen("[[department]]", &format!("{more}[[department]]"), 1);
    std::fs::write(world.settings_file(), settings).unwrap();
    world
}

async fn writes(world: &World, mail: Written) {
    world.deliver(&mail.bytes());
    world.work().await;
}

/// The case that Jan's complaint opens, and its notification.
async fn complains(world: &World, subject: &str, text: &str) -> (String, Letter) {
    writes(world, Written::new("Jan Jansen <jan.jansen@klant.example>", subject, text)).await;
    let notification = one(world, "schade", "Nieuwe klacht");
    (notification.number(), notification)
}

fn fitting(world: &World, reader: &str, words: &str) -> Vec<Letter> {
    let holds = |letter: &Letter| letter.subject.contains(words) || letter.text.contains(words);
    world.letters(reader).into_iter().filter(holds).collect()
}

fn one(world: &World, reader: &str, words: &str) -> Letter {
    let deadline = Instant::now() + PATIENCE;
    while fitting(world, reader, words).is_empty() && Instant::now() < deadline {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let mut found = fitting(world, reader, words);
    assert_eq!(found.len(), 1, "{reader}: `{words}` in {:#?}", world.letters(reader));
    found.remove(0)
}

/// No overview on the first day, so that one is due when it is asked for.
fn no_overview_yet(world: &World) {
    let settings = std::fs::read_to_string(world.settings_file()).unwrap();
    let settings = settings.replace("[digest]\n", "[digest]\nat = \"23:59\"\nworking_days_only = false\n");
    std::fs::write(world.settings_file(), settings).unwrap();
}

fn overviews_now(world: &World) {
    let settings = std::fs::read_to_string(world.settings_file()).unwrap().replace("at = \"23:59\"", "at = \"00:00\"");
    std::fs::write(world.settings_file(), settings).unwrap();
}

#[tokio::test]
async fn a_committee_writes_about_a_complaint_and_its_last_days_are_guarded() {
    let world = world();
    no_overview_yet(&world);
    let (number, notification) = complains(&world, "Kras op het portier", "Mijn auto kwam met een kras terug.").await;
    writes(&world, Written::reply(HANDLER, &notification, "#afgehandeld\nWij vergoeden niets.")).await;
    one(&world, "jan.jansen", "Wij vergoeden niets.");

    // By name, from a program of the committee's; and by number.
    let mut by_name = Written::new(COMMITTEE, "Dossier 12345", "De heer J. Jansen diende een geschil in.");
    by_name.proof = format!("Auto-Submitted: auto-generated\r\n{}", by_name.proof);
    writes(&world, by_name).await;
    let told = one(&world, "s.bakker", "De Commissie schrijft over klacht");
    assert!(told.number() == number && told.text.contains("De heer J. Jansen diende een geschil in."), "{}", told.text);
    let case = world.case(&number).await;
    assert_eq!((&case["state"], &case["reopened"]), (&"closed".into(), &0.into()), "nothing changes by itself");

    // In its name only: an ordinary complaint, which the department is told is in its name.
    let mut forged = Written::new(COMMITTEE, "Schikking", &format!("Betaal 5.000 euro in {number}, wegens schade."));
    forged.proof = forged.proof.replace("dmarc=pass", "dmarc=fail");
    writes(&world, forged).await;
    one(&world, "schade", "Dit zegt van De Commissie te komen");
    assert_eq!(world.cases().await.len(), 2);

    // About nobody we know: a supervisor reads it all the same.
    writes(&world, Written::new(COMMITTEE, "Nieuws", "Ons jaarverslag is verschenen.")).await;
    one(&world, "e.hendriks", "Bij welke klacht dit hoort, is niet gevonden");
    assert_eq!(world.cases().await.len(), 2, "and it is no complaint");

    writes(&world, Written::reply(SUPERVISOR, &told, "#geschil over 3 weken\nVerweer volgt.")).await;
    assert_eq!(world.case(&number).await["guarded"][0]["what"], "defence");
    overviews_now(&world);
    world.work().await;
    let overview = one(&world, "s.bakker", "Stand van het register");
    assert!(overview.text.contains("Termijnen van buitenaf") && overview.text.contains("verweer bij de commissie"));
    writes(&world, Written::reply(SUPERVISOR, &told, "#geschil klaar")).await;
    assert_eq!(world.case(&number).await["guarded"], serde_json::json!([]));
    world.verify().await;
}

#[tokio::test]
async fn what_cannot_wait_is_told_at_once_and_stands_first() {
    let world = world();
    no_overview_yet(&world);
    let text = "Er is schade aan mijn auto omdat de remmen weigerden.\n\nMet vriendelijke groet,\nJan Jansen";
    let (number, notification) = complains(&world, "Schade", text).await;
    let urgent = one(&world, "s.bakker", "Dringend: [K-");
    assert!(urgent.number() == number && urgent.text.contains("De klant schrijft ‘remmen’."), "{}", urgent.text);
    let acknowledgement = one(&world, "jan.jansen", "Wij hebben uw klacht ontvangen op");
    assert!(acknowledgement.text.contains("https://lease.example/privacy"), "{}", acknowledgement.text);
    writes(&world, Written::reply(JAN, &acknowledgement, "Nogmaals: de remmen doen het niet.")).await;
    one(&world, "schade", "Nogmaals: de remmen doen het niet.");
    one(&world, "s.bakker", "Dringend: [K-");
    overviews_now(&world);
    world.work().await;
    let overview = one(&world, "s.bakker", "Stand van het register");
    let first = overview.text.find("Dringend (1)").expect("a section of its own");
    assert!(overview.text.find(&number).is_some_and(|at| at > first), "{}", overview.text);
    // A plain reply to the notice is asked about; with the verb it goes to the customer.
    writes(&world, Written::reply(SUPERVISOR, &urgent, "Rijd er niet mee.")).await;
    assert!(fitting(&world, "jan.jansen", "Rijd er niet mee.").is_empty());
    writes(&world, Written::reply(HANDLER, &notification, "Rijd er niet meer mee, wij halen hem op.")).await;
    one(&world, "jan.jansen", "wij halen hem op");
    world.verify().await;
}

#[tokio::test]
async fn a_complaint_about_a_colleague_is_seen_by_nobody_but_its_readers() {
    let world = world();
    no_overview_yet(&world);
    let (number, notification) =
        complains(&world, "Schadebehandelaar schold", "De behandelaar van mijn schade schold mij uit.").await;
    let acknowledgement = one(&world, "jan.jansen", "Uw klacht K-");
    writes(&world, Written::reply("m.yilmaz@lease.example", &notification, "#vertrouwelijk")).await;
    let file = one(&world, "s.bakker", "Nieuwe klacht");
    assert!(file.attachments.iter().any(|(name, _)| name.ends_with("klacht.eml")), "with the mail itself");
    let (before, recipients) = (world.letters("schade").len(), world.letters("directie").len());

    // An older token, a search, the file by its number, and the customer who goes on.
    for text in ["Beste Jan, sorry.", "#dossier", "#overnemen", "#afgehandeld\nKlaar."] {
        writes(&world, Written::reply(HANDLER, &notification, text)).await;
    }
    writes(&world, Written::new(HANDLER, "zoeken", "#zoek schold")).await;
    writes(&world, Written::new(HANDLER, "dossier", &format!("#dossier {number}"))).await;
    writes(&world, Written::new("directie@lease.example", "zoeken", "#zoek jansen")).await;
    writes(&world, Written::reply(JAN, &acknowledgement, "Hij deed het gisteren weer, waar iedereen bij was.")).await;
    one(&world, "s.bakker", "Hij deed het gisteren weer");
    assert!(fitting(&world, "jan.jansen", "sorry").is_empty());
    let case = world.json(&["case", "show", &number, "--json", "--confidential"]).await.remove(0);
    assert_eq!((&case["state"], &case["handler"]), (&"open".into(), &serde_json::Value::Null));
    assert_eq!(world.letters("schade").len(), before, "the department hears nothing more");
    for letter in world.letters("j.devries").iter().chain(&world.letters("directie")[recipients..]) {
        assert!(!letter.text.contains("uitschold") && !letter.text.contains("schold mij uit"), "{}", letter.text);
        assert!(!letter.text.contains("jan.jansen@klant.example"), "{}", letter.text);
    }

    // Overviews and the operator's own lists.
    overviews_now(&world);
    world.work().await;
    assert!(one(&world, "s.bakker", "Stand van het register").text.contains(&number));
    let company = one(&world, "directie", "Stand van het register");
    assert!(!company.text.contains(&number) && company.attachments.iter().all(|(name, _)| !name.ends_with(".xlsx")));
    let listed = world.cases().await.remove(0);
    assert_eq!((&listed["confidential"], &listed["customer"]["address"]), (&true.into(), &serde_json::Value::Null));
    for arguments in
        [&["case", "show", number.as_str()][..], &["case", "export", &number], &["case", "list"], &["digest"]]
    {
        let ran = world.run(arguments).await;
        assert!(!ran.out.contains("schold") && !ran.out.contains("jan.jansen"), "{arguments:?}: {}", ran.out);
    }

    writes(&world, Written::reply(SUPERVISOR, &file, "#afgehandeld\nOnze excuses; wij spraken de collega aan.")).await;
    one(&world, "jan.jansen", "wij spraken de collega aan");
    world.verify().await;
}

#[tokio::test]
async fn a_right_over_personal_data_and_a_breach_are_guarded() {
    let world = world();
    let (number, notification) =
        complains(&world, "Schade", "Er is schade. Ik wil ook zien wat u van mij bewaart.").await;
    writes(&world, Written::reply(HANDLER, &notification, "#avg inzage De klant wil alles zien.")).await;
    let told = one(&world, "privacy", "De klant wil alles zien.");
    assert!(told.text.contains("staat nog niet vast"), "{}", told.text);
    assert_eq!(world.case(&number).await["guarded"][0]["what"], "access");
    let file = Some(("gegevens.pdf".to_owned(), b"%PDF-1.4 alles".to_vec()));
    let with_file = |text: &str| Written { attached: file.clone(), ..Written::reply(HANDLER, &notification, text) };
    writes(&world, with_file("Hierbij uw gegevens.")).await;
    assert!(fitting(&world, "jan.jansen", "Hierbij uw gegevens.").is_empty(), "nothing before it is known who asks");
    writes(&world, with_file("#avg bekend teruggebeld op het contractnummer\n#antwoord\nHierbij uw gegevens.")).await;
    let answer = one(&world, "jan.jansen", "Hierbij uw gegevens.");
    assert!(answer.attachments.iter().any(|(name, _)| name == "gegevens.pdf") && !answer.text.contains("teruggebeld"));
    writes(&world, Written::reply(HANDLER, &notification, "#avg klaar")).await;
    one(&world, "privacy", "Afgerond:");

    writes(&world, Written::reply(HANDLER, &notification, "#datalek\nFeiten: brief van een ander meegestuurd")).await;
    one(&world, "privacy", "datalek melden");
    let rest = "#datalek klaar\nGevolgen: een naam en adres\nMaatregelen: brief terug, klant gebeld";
    writes(&world, Written::reply(HANDLER, &notification, rest)).await;
    assert_eq!(world.case(&number).await["guarded"], serde_json::json!([]));
    world.verify().await;
}

#[tokio::test]
async fn a_lawyer_acts_for_the_customer_and_both_hear_the_outcome() {
    let world = world();
    let (number, notification) = complains(&world, "Schade", "Er is schade aan mijn auto.").await;
    let acknowledgement = one(&world, "jan.jansen", "Uw klacht K-");
    writes(&world, Written::reply(HANDLER, &notification, "Wij zoeken het eerst met u uit.")).await;
    writes(&world, Written::reply(HANDLER, &notification, "#gemachtigde advocaat@klant.example")).await;
    assert!(world.case(&number).await["representative"].is_null(), "not without a ground");
    writes(&world, Written::reply(HANDLER, &notification, "#gemachtigde advocaat@klant.example Pim Visser, advocaat"))
        .await;
    one(&world, "jan.jansen", "die voor u optreedt");
    let begins = one(&world, "advocaat", "treedt u op voor Jan Jansen");
    assert!(!String::from_utf8_lossy(&begins.raw).contains(&acknowledgement.id), "nothing of the customer's thread");

    writes(&world, Written::reply(HANDLER, &notification, "#antwoord\nWij bieden 200 euro.")).await;
    let offer = one(&world, "advocaat", "Wij bieden 200 euro.");
    assert!(!offer.text.contains("zoeken het eerst") && fitting(&world, "jan.jansen", "200 euro").is_empty());
    writes(&world, Written::reply(HANDLER, &notification, "#afgehandeld\nWij betalen 200 euro.")).await;
    let closing = one(&world, "advocaat", "Wij betalen 200 euro.");
    one(&world, "jan.jansen", "Wij betalen 200 euro.");
    writes(&world, Written::reply("advocaat@klant.example", &closing, "Mijn cliënt is het hier niet mee eens.")).await;
    assert_eq!(
        world.case(&number).await["state"],
        "open",
        "the representative's own letter opens it as the customer's would"
    );

    writes(&world, Written::reply(HANDLER, &notification, "#gemachtigde geen")).await;
    one(&world, "jan.jansen", "voortaan weer aan u");
    writes(&world, Written::reply("advocaat@klant.example", &closing, "Nog iets.")).await;
    one(&world, "j.devries", "Nog iets.");
    writes(&world, Written::reply(HANDLER, &notification, "#antwoord\nDank voor uw geduld.")).await;
    one(&world, "jan.jansen", "Dank voor uw geduld.");
    assert!(fitting(&world, "advocaat", "Dank voor uw geduld.").is_empty());
    world.verify().await;
}

#[tokio::test]
async fn a_flood_of_what_cannot_wait_does_not_bury_the_supervisor_and_nothing_of_it_is_lost() {
    let world = world();
    for sender in 0..14 {
        let from = format!("Klant <klant{sender}@klant{sender}.example>");
        let mail = Written::new(&from, "Schade", &format!("Schade: de remmen van auto {sender} weigerden."));
        world.deliver(&mail.bytes());
    }
    // Nobody takes mail for these senders, which is not what this is about.
    let ran = world.run(&["run", "--once"]).await;
    assert!(matches!(ran.code, 0 | 1 | 75), "{}", ran.log);
    world.delivered().await;
    assert_eq!(world.cases().await.len(), 14);
    assert!(world.cases().await.iter().all(|case| case["urgent"] == true), "each is on file as urgent");
    let urgent = |letter: &&serde_json::Value| letter["kind"] == "urgent";
    let outbox = world.outbox().await;
    let held = outbox.iter().filter(urgent).filter(|letter| letter["state"] == "held").count();
    assert_eq!((outbox.iter().filter(urgent).count(), held), (14, 4), "ten at once, the others go together");
    assert_eq!(fitting(&world, "s.bakker", "Dringend: [K-").len(), 10);
}
