//! Who may act: a name in From proves nothing, a number in the subject proves nothing, a token alone is not enough
//! (invariant 6); and what came back as undeliverable (invariant 9).

use crate::letter::{Letter, Written};
use crate::support::smtp::{Delivery, Setup, SmtpServer};
use crate::world::{AUTHSERV, DESK, World};

const JAN: &str = "jan.jansen@klant.example";
const HANDLER: &str = "j.devries@lease.example";

/// A world with one complaint of Jan's, acknowledged and told to the department.
async fn with_a_complaint() -> (World, SmtpServer, Letter) {
    let world = World::start();
    let smtp = SmtpServer::start(Setup { delivery: Delivery::HomesBelow(world.homes()), ..Setup::default() }).await;
    world.settle(smtp.port());
    world.deliver(&Written::new(JAN, "Schade aan de bumper", "Er zit een deuk in de bumper.").bytes());
    world.work().await;
    world.letters_once("jan.jansen", 1).await;
    let notification = world.letters_once("schade", 1).await.remove(0);
    (world, smtp, notification)
}

#[tokio::test]
async fn a_forged_colleague_closes_nothing() {
    let (world, _smtp, notification) = with_a_complaint().await;
    let close = "#afgehandeld\nU krijgt niets.";
    let failed = format!("Authentication-Results: {AUTHSERV}; dmarc=fail header.from=lease.example\r\n");
    let unchecked = String::new();
    let strangers = "Authentication-Results: mx.elsewhere.example; dmarc=pass header.from=lease.example\r\n".to_owned();
    for proof in [failed, unchecked, strangers] {
        world.deliver(&Written { proof, ..Written::reply(HANDLER, &notification, close) }.bytes());
    }
    // The right letter's id in the hands of somebody else, and a colleague's name and the number without the token.
    world.deliver(&Written::reply("mallory@klant.example", &notification, close).bytes());
    world.deliver(&Written::new(HANDLER, &format!("Re: {}", notification.subject), close).bytes());
    world.work().await;
    let number = notification.number();
    let case = world.case(&number).await;
    assert_eq!((&case["state"], &case["first_response_at"]), (&"open".into(), &serde_json::Value::Null));
    world.letters_once("jan.jansen", 1).await;
    assert!(world.letters("mallory").is_empty(), "that address is told nothing");
    assert_eq!(world.left_in_inbox(), 0);
    assert_eq!(world.dovecot.mails("klachten", ".Terzijde").len(), 3, "the unproven ones wait for a person");
    let told = world.letters("schade");
    assert!(told.iter().any(|letter| letter.text.contains("mallory@klant.example")), "the department sees who wrote");
}

/// As Exchange Online delivers mail: it says of each whether somebody of the organisation wrote it.
#[tokio::test]
async fn exchanges_word_proves_a_colleague_and_one_that_came_along_or_twice_does_not() {
    let (world, _smtp, notification) = with_a_complaint().await;
    let settings = std::fs::read_to_string(world.settings_file()).unwrap();
    let exchange = settings.replace(&format!("trusted_authserv_id = \"{AUTHSERV}\""), "staff_proof = \"microsoft365\"");
    assert_ne!(settings, exchange);
    std::fs::write(world.settings_file(), exchange).unwrap();
    let field = |says: &str| format!("X-MS-Exchange-Organization-AuthAs: {says}\r\n");
    let close = "#afgehandeld\nU krijgt 240 euro terug.";
    let says = |proof: String| Written { proof, ..Written::reply(HANDLER, &notification, close) };
    for proof in [
        field("Anonymous"),
        format!("{}{}", field("Anonymous"), field("Internal")),
        field("Internal").to_lowercase(),
        format!("Authentication-Results: {AUTHSERV}; dmarc=pass header.from=lease.example\r\n"),
    ] {
        world.deliver(&says(proof).bytes());
    }
    world.work().await;
    let number = notification.number();
    assert_eq!(world.case(&number).await["state"], "open");
    assert_eq!(world.dovecot.mails("klachten", ".Terzijde").len(), 4, "they wait for a person");
    let check = world.check().await;
    assert!(check.out.contains("proof of senders: looked at the last 1 mails for X-MS"), "{}", check.out);

    world.deliver(&says(field("Internal")).bytes());
    world.work().await;
    assert_eq!(world.case(&number).await["state"], "closed");
    assert!(world.letters_once("jan.jansen", 2).await[1].text.contains("240 euro"));
    let check = world.check().await;
    let expected = "ok       proof of senders: Exchange says of the last 2 mails: \"Internal\" in 1, none at all in 1";
    assert!(check.out.contains(expected), "{}", check.out);
}

#[tokio::test]
async fn with_a_colleague_in_copy_or_a_verb_lower_down_nothing_is_relayed() {
    let (world, _smtp, notification) = with_a_complaint().await;
    let reply = |text: &str| Written::reply(HANDLER, &notification, text);
    world.deliver(&Written { cc: "garage@reparatie.example".into(), ..reply("Wat vind jij van deze klant?") }.bytes());
    world.deliver(&reply("Beste collega, zie hieronder.\n#intern\nDeze klant zeurt.").bytes());
    world.work().await;
    world.letters_once("jan.jansen", 1).await;
    let asked = world.letters_once("j.devries", 2).await;
    assert!(asked.iter().any(|letter| letter.text.contains("garage@reparatie.example")), "{asked:?}");
    assert!(asked.iter().any(|letter| letter.text.contains("#intern")), "{asked:?}");
}

#[tokio::test]
async fn the_customers_letter_answered_from_another_address_is_filed_and_told_nothing() {
    let (world, _smtp, notification) = with_a_complaint().await;
    let acknowledgement = world.letters("jan.jansen").remove(0);
    world.deliver(&Written::reply("emma.brown@klant.example", &acknowledgement, "Ik ben zijn vrouw.").bytes());
    world.work().await;
    let told = world.letters_once("schade", 2).await.remove(1);
    assert!(
        told.text.contains("Ik ben zijn vrouw.") && told.text.contains("emma.brown@klant.example"),
        "{}",
        told.text
    );
    assert_eq!(told.number(), notification.number());
    assert!(world.letters("emma.brown").is_empty());
    assert_eq!((world.letters("jan.jansen").len(), world.cases().await.len()), (1, 1));
}

#[tokio::test]
async fn an_answer_that_bounces_restarts_the_clock_and_the_handler_hears_of_it() {
    let (world, _smtp, notification) = with_a_complaint().await;
    world.deliver(&Written::reply(HANDLER, &notification, "Wij bellen u morgen.").bytes());
    world.work().await;
    let answer = world.letters_once("jan.jansen", 2).await.remove(1);
    let number = notification.number();
    let answered = world.case(&number).await;
    assert!(answered["first_response_at"].is_string());

    world.deliver(&delivery_report(&answer));
    world.work().await;
    let bounced = world.case(&number).await;
    assert_eq!((&bounced["first_response_at"], &bounced["due"]), (&serde_json::Value::Null, &answered["due"]));
    let told = world.letters_once("j.devries", 2).await.remove(1);
    assert!(told.text.contains("5.1.1") && told.text.contains(JAN) && told.number() == number, "{}", told.text);
    assert_eq!(world.letters_once("jan.jansen", 2).await.len(), 2, "a machine is not answered");

    world.deliver(&Written::reply(HANDLER, &notification, "Nogmaals: wij bellen u morgen.").bytes());
    world.work().await;
    assert!(world.case(&number).await["first_response_at"].is_string());
    world.verify().await;
}

/// What a Postfix sends back when a mailbox does not exist (RFC 3464).
fn delivery_report(letter: &Letter) -> Vec<u8> {
    format!(
        "Return-Path: <>\r\nFrom: Mail Delivery System <MAILER-DAEMON@mx.klant.example>\r\nTo: {DESK}\r\n\
         Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: <dsn-1@mx.klant.example>\r\n\
         Auto-Submitted: auto-replied\r\nDate: Mon, 23 Nov 2026 10:15:00 +0100\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"dsn\"\r\n\r\n\
         --dsn\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n\
         This is the mail system. Your message could not be delivered.\r\n\
         --dsn\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.klant.example\r\n\r\n\
         Final-Recipient: rfc822; {JAN}\r\nAction: failed\r\nStatus: 5.1.1\r\n\
         Diagnostic-Code: smtp; 550 5.1.1 <{JAN}>: Recipient address rejected\r\n\r\n\
         --dsn\r\nContent-Type: text/rfc822-headers\r\n\r\n\
         From: {DESK}\r\nTo: {JAN}\r\nSubject: {}\r\nMessage-ID: <{}>\r\n\r\n--dsn--\r\n",
        letter.subject, letter.id
    )
    .into_bytes()
}

#[tokio::test]
async fn what_only_looks_like_a_colleague_acts_on_nothing_and_what_only_looks_like_our_own_is_seen() {
    let (world, _smtp, notification) = with_a_complaint().await;
    let close = "#afgehandeld\nU krijgt niets.";
    // Each proven by the server, for the forger's own domain; one who left; the customer himself.
    for from in [
        "j.devries@lease.example.klant.example",
        "j.devries@mail.lease.example",
        "j.devries@l\u{435}ase.example",
        "\"j.devries@lease.example\" <mallory@klant.example>",
        // One that two programs read as two senders: the server asked about the last domain.
        "<\">:<j.devries@lease.example>;\".x@klant.example>",
        "vertrokken@lease.example",
        JAN,
    ] {
        world.deliver(&Written::reply(from, &notification, close).bytes());
    }
    // A colleague's name, over a result that came in with the mail.
    let forged = format!("Authentication-Results: {AUTHSERV}; dmarc=pass header.from=lease.example\r\n");
    let ours =
        format!("Received: from mail.klant.example by {AUTHSERV} with ESMTPS; Mon, 23 Nov 2026 10:12:01 +0100\r\n");
    let theirs = "Received: from pc by mail.klant.example with ESMTP; Mon, 23 Nov 2026 10:12:00 +0100\r\n";
    let silent = format!("Authentication-Results: {AUTHSERV}; dkim=none; dmarc=none\r\n");
    for proof in [format!("{ours}{theirs}{forged}"), format!("{silent}{ours}{forged}")] {
        world.deliver(&Written { proof, ..Written::reply(HANDLER, &notification, close) }.bytes());
    }
    // Our own mark on a complaint, and a stranger who knows the number.
    let marked = Written::new("emma.brown@klant.example", "Schade", "Er zit een deuk in mijn dak.");
    let marked = Written { proof: format!("X-Loop: {DESK}\r\n{}", marked.proof), ..marked };
    world.deliver(&marked.bytes());
    let number = notification.number();
    let guessed = Written::new("mallory@klant.example", &format!("Re: Uw klacht {number}"), "Hoe staat het ermee?");
    world.deliver(&guessed.bytes());
    world.work().await;

    let case = world.case(&number).await;
    assert_eq!((&case["state"], &case["first_response_at"]), (&"open".into(), &serde_json::Value::Null));
    let kinds: Vec<_> = case["timeline"].as_array().unwrap().iter().map(|event| event["kind"].clone()).collect();
    assert!(kinds.iter().all(|kind| kind != "closed" && kind != "answered" && kind != "noted"), "{kinds:?}");
    world.letters_once("jan.jansen", 1).await;
    let acknowledged = world.letters_once("mallory", 1).await.remove(0);
    assert!(!acknowledged.text.contains(&number) && !acknowledged.text.contains("Jansen"), "{}", acknowledged.text);
    assert_ne!(acknowledged.number(), number);
    // Set aside and seen: the three unproven ones by the department's supervisor, the marked one in the notice.
    assert_eq!(world.dovecot.mails("klachten", ".Terzijde").len(), 4);
    assert_eq!(world.left_in_inbox(), 0);
    let all = ["h.vandijk", "e.hendriks", "a.dekker", "k.smit", "r.jansen", "s.bakker", "directie"];
    let told =
        all.iter().flat_map(|reader| world.letters(reader)).any(|letter| letter.text.contains("deuk in mijn dak"));
    assert!(told, "nobody was told of the complaint with our mark");
    world.verify().await;
}
