//! The whole story of one complaint, on Dovecot and Postfix: registered, routed, acknowledged, answered from two mail
//! clients, talked about inside, followed up, closed with a settlement.

use crate::letter::{Letter, Written};
use crate::world::{DESK, World};
use serde_json::Value;

const JAN: &str = "jan.jansen@klant.example";
const HANDLER: &str = "j.devries@lease.example";
const DEPARTMENT: &str = "schade@lease.example";

fn complaint(photo: &[u8]) -> Written {
    let text =
        "Goedemorgen,\n\nMijn auto kwam met een kras terug van de schadehersteller. Niemand belt terug!\n\nJan Jansen";
    Written {
        attached: Some(("kras.jpg".into(), photo.to_vec())),
        ..Written::new("Jan Jansen <jan.jansen@klant.example>", "Kras op het portier", text)
    }
}

/// Nothing that is for staff only stands in it.
fn assert_nothing_internal(letter: &Letter) {
    let all = format!("{}{}{}", letter.subject, letter.text, letter.html);
    for internal in ["#intern", "#afgehandeld", "klachtpost", ".s.", "Bij Schade en verzekering omdat", "schade@lease"]
    {
        assert!(!all.contains(internal), "{internal} in {all}");
    }
}

#[tokio::test]
async fn from_complaint_to_settlement() {
    let world = World::with_postfix();
    let photo: Vec<u8> = (0..60_000_u32).map(|n| (n * n % 251) as u8).collect();
    let complaint = complaint(&photo);
    world.deliver(&complaint.bytes());
    world.work().await;

    let acknowledgement = world.letters_once("jan.jansen", 1).await.remove(0);
    let notification = world.letters_once("schade", 1).await.remove(0);
    let number = acknowledgement.number();
    acknowledged(&complaint, &acknowledgement);
    notified(&complaint, &notification, &number, &photo);
    assert_eq!((world.left_in_inbox(), world.dovecot.mails("klachten", ".Verwerkt").len()), (0, 1));
    let case = world.case(&number).await;
    assert_eq!(
        (&case["state"], &case["department"], &case["channel"]),
        (&"open".into(), &"schade".into(), &"email".into())
    );
    assert_eq!((&case["customer"]["address"], &case["customer"]["name"]), (&JAN.into(), &"Jan Jansen".into()));
    assert!(case["acknowledged_at"].is_string() && case["first_response_at"].is_null(), "{case}");

    let answer = answered_by_handler(&world, &notification, &acknowledgement).await;
    answered_from_outlook(&world, &notification).await;
    kept_inside(&world, &notification).await;
    followed_up(&world, &answer).await;
    closed(&world, &number).await;
    reports_agree(&world, &number).await;
}

fn acknowledged(complaint: &Written, letter: &Letter) {
    assert_eq!((letter.from.as_str(), letter.to.as_str()), (DESK, JAN));
    assert_eq!(letter.header("Auto-Submitted").as_deref(), Some("auto-replied"));
    assert_eq!(letter.header("X-Loop").as_deref(), Some(DESK));
    assert_eq!(letter.header("Content-Language").as_deref(), Some("nl"));
    assert_eq!((&letter.in_reply_to, &letter.references), (&complaint.id, &vec![complaint.id.clone()]));
    assert!(letter.text.contains(&letter.number()) && letter.text.contains("Schade en verzekering"), "{}", letter.text);
    // The customer's server proves who wrote it, so that these are the reader's own words.
    assert!(
        letter.text.contains("Dit schreef u ons") && letter.text.contains("Niemand belt terug!"),
        "{}",
        letter.text
    );
    assert_nothing_internal(letter);
}

fn notified(complaint: &Written, letter: &Letter, number: &str, photo: &[u8]) {
    assert_eq!(letter.to, DEPARTMENT);
    assert!(letter.subject.contains(number) && letter.subject.contains(&complaint.subject), "{}", letter.subject);
    assert_eq!(letter.header("Auto-Submitted").as_deref(), Some("auto-generated"));
    assert!(letter.text.contains("Niemand belt terug!") && letter.text.contains("kras"), "{}", letter.text);
    assert!(letter.html.contains("mailto:"), "buttons for the verbs");
    assert_eq!(letter.attachments, [("kras.jpg".to_owned(), photo.to_vec())]);
}

async fn answered_by_handler(world: &World, notification: &Letter, acknowledgement: &Letter) -> Letter {
    let text = "Beste heer Jansen,\n\nWij herstellen de kras woensdag.\n\nJ. de Vries";
    let offer = ("afspraak.pdf".to_owned(), b"%PDF-1.4 woensdag 10.00 uur".to_vec());
    let reply = Written { attached: Some(offer.clone()), ..Written::reply(HANDLER, notification, text) };
    world.deliver(&reply.bytes());
    world.work().await;
    let answer = world.letters_once("jan.jansen", 2).await.remove(1);
    assert!(
        answer.text.starts_with("Beste heer Jansen,") && answer.text.contains("de kras woensdag."),
        "{}",
        answer.text
    );
    assert!(!answer.text.contains("schreef") && !answer.text.contains('>'), "{}", answer.text);
    assert_nothing_internal(&answer);
    assert_eq!(answer.header("Auto-Submitted"), None);
    assert_eq!(answer.attachments, [offer], "what the handler attached, and not the customer's own photo");
    assert!(answer.references.contains(&acknowledgement.id), "in the customer's thread: {:?}", answer.references);
    let receipt = world.letters_once("j.devries", 1).await.remove(0);
    assert!(receipt.text.contains("Wij herstellen de kras woensdag."), "{}", receipt.text);
    assert_eq!(receipt.in_reply_to, reply.id);
    let case = world.case(&answer.number()).await;
    assert_eq!(case["handler"], HANDLER);
    let letters = case["letters"].as_array().unwrap();
    let sent = letters.iter().find(|letter| letter["kind"] == "answer").unwrap();
    assert_eq!((&sent["message_id"], &sent["accepted_at"]), (&answer.id.as_str().into(), &case["first_response_at"]));
    assert!(sent["reply"].as_str().unwrap().starts_with("250 2.0.0 Ok: queued as"), "{sent}");
    answer
}

async fn answered_from_outlook(world: &World, notification: &Letter) {
    // The handler answered a moment ago: so that it goes all the same.
    let typed =
        ["#antwoord", "Beste heer Jansen,", "U krijgt een leenauto &amp; een volle tank.", "Groet, afdeling Schade"];
    world.deliver(&Written::outlook_reply(DEPARTMENT, notification, &typed).bytes());
    world.work().await;
    let answer = world.letters_once("jan.jansen", 3).await.remove(2);
    assert!(answer.text.contains("U krijgt een leenauto & een volle tank."), "{}", answer.text);
    assert!(!answer.text.contains("Verzonden:") && !answer.text.contains("Niemand belt"), "{}", answer.text);
    assert_nothing_internal(&answer);
    world.letters_once("schade", 2).await;
}

/// A note, and a verb nobody knows: the customer gets neither.
async fn kept_inside(world: &World, notification: &Letter) {
    world.deliver(
        &Written::reply(HANDLER, notification, "#intern\nDeze klant belt elke dag. Hersteller is aansprakelijk.")
            .bytes(),
    );
    world.deliver(&Written::reply(HANDLER, notification, "#vakantie\nIk ben er morgen niet.").bytes());
    world.work().await;
    let told = world.letters_once("j.devries", 3).await;
    let note = told.iter().find(|letter| letter.text.contains("Hersteller is aansprakelijk")).expect("a receipt");
    assert_eq!(note.header("Auto-Submitted").as_deref(), Some("auto-generated"));
    let question = told.iter().find(|letter| letter.text.contains("#vakantie")).expect("a question");
    for verb in ["#intern", "#afgehandeld"] {
        assert!(question.text.contains(verb), "{verb} is in the list: {}", question.text);
    }
    world.letters_once("jan.jansen", 3).await;
}

async fn followed_up(world: &World, answer: &Letter) {
    world.deliver(&Written::reply(JAN, answer, "Woensdag past mij. Hoe laat?").bytes());
    world.work().await;
    let letters = world.letters_once("j.devries", 4).await;
    let follow_up = letters.iter().find(|letter| letter.text.contains("Woensdag past mij. Hoe laat?")).expect("it");
    assert_eq!(follow_up.number(), answer.number());
    world.letters_once("jan.jansen", 3).await;
    let settlement = "#afgehandeld\n\nDe kras is kosteloos hersteld en u kreeg een volle tank.";
    world.deliver(&Written::reply(HANDLER, follow_up, settlement).bytes());
    world.work().await;
}

async fn closed(world: &World, number: &str) {
    let closing = world.letters_once("jan.jansen", 4).await.remove(3);
    for said in [
        number,
        "Kras op het portier",
        "De kras is kosteloos hersteld",
        "Geschillencommissie",
        "https://commissie.example",
    ] {
        assert!(closing.text.contains(said), "{said}: {}", closing.text);
    }
    assert_nothing_internal(&closing);
    world.letters_once("j.devries", 5).await;
    let case = world.case(number).await;
    assert_eq!(case["state"], "closed");
    assert!(case["closed_at"].is_string());
}

/// What the program reports is what people have in their mailboxes.
async fn reports_agree(world: &World, number: &str) {
    assert_eq!(world.cases().await.len(), 1);
    let case = world.case(number).await;
    let kinds: Vec<&str> = case["timeline"].as_array().unwrap().iter().filter_map(|e| e["kind"].as_str()).collect();
    for kind in ["opened", "answered", "noted", "followed_up", "closed", "letter_fate"] {
        assert!(kinds.contains(&kind), "{kind} in {kinds:?}");
    }
    let outbox = world.outbox().await;
    assert!(outbox.iter().all(|letter| letter["state"] == "accepted" && letter["accepted_at"].is_string()));
    let sent = |to: &str| -> Vec<String> {
        let theirs = outbox.iter().filter(|letter| letter["to"] == to);
        sorted(theirs.map(|letter| letter["message_id"].as_str().unwrap().to_owned()))
    };
    for (user, address) in [("jan.jansen", JAN), ("schade", DEPARTMENT), ("j.devries", HANDLER)] {
        assert_eq!(sorted(world.letters(user).into_iter().map(|letter| letter.id)), sent(address));
    }
    assert_eq!(case["letters"].as_array().map(Vec::len), Some(outbox.len()));
    world.verify().await;
    assert_eq!(world.left_in_inbox(), 0);
    assert_eq!(Value::Null, case["overdue"][0], "nothing is overdue");
}

fn sorted(ids: impl Iterator<Item = String>) -> Vec<String> {
    let mut ids: Vec<String> = ids.collect();
    ids.sort();
    ids
}

#[tokio::test]
async fn an_english_customer_is_written_to_in_english_and_the_fallback_takes_what_fits_nobody() {
    let world = World::with_postfix();
    let text = "Dear all,\n\nI am very unhappy with how I was treated by your company. Please let me know what you will do.\n\nEmma";
    world.deliver(&Written::new("Emma Brown <emma.brown@klant.example>", "Complaint", text).bytes());
    world.work().await;
    let acknowledgement = world.letters_once("emma.brown", 1).await.remove(0);
    assert_eq!(acknowledgement.header("Content-Language").as_deref(), Some("en"));
    assert!(acknowledgement.subject.starts_with("Your complaint K-"), "{}", acknowledgement.subject);
    let notification = world.letters_once("klantenservice", 1).await.remove(0);
    assert_eq!(notification.header("Content-Language").as_deref(), Some("nl"));
}
