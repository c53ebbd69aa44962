//! Staff look things up with nothing but their mail client, on Dovecot and a real SMTP server: a search by a plate typed
//! differently, the file it leads to, and a reply to that file, which goes to the customer.

use crate::letter::{Letter, Written};
use crate::support::smtp::{Delivery, Setup, SmtpServer};
use crate::world::World;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

const HANDLER: &str = "j.devries@lease.example";

/// Letters of the kind that name this in their subject.
fn about(world: &World, user: &str, subject: &str) -> Vec<Letter> {
    world.letters(user).into_iter().filter(|letter| letter.subject.contains(subject)).collect()
}

#[tokio::test]
async fn staff_search_by_plate_open_the_file_and_answer_from_it() {
    let world = World::start();
    let smtp = SmtpServer::start(Setup { delivery: Delivery::HomesBelow(world.homes()), ..Setup::default() }).await;
    world.settle(smtp.port());
    let complaint = Written {
        attached: Some(("kras.jpg".into(), b"een foto".to_vec())),
        ..Written::new(
            "Jan Jansen <jan.jansen@klant.example>",
            "Schade",
            "Er zit een kras op mijn auto, kenteken XK-123-B. De schade is groot.",
        )
    };
    world.deliver(&complaint.bytes());
    world.work().await;
    let notification = world.letters_once("schade", 1).await.remove(0);
    let number = notification.number();
    assert!(notification.text.contains("Kenteken: XK-123-B"), "{}", notification.text);

    // A colleague of another department finds nothing, the handler does.
    world.deliver(&Written::new("r.jansen@lease.example", "Vraag", "#zoek xk123b").bytes());
    world.deliver(&Written::new(HANDLER, "Vraag", "#zoek xk 123 b kras").bytes());
    world.deliver(&Written::new("mallory@klant.example", "#zoek xk123b", "#zoek xk123b").bytes());
    world.work().await;
    let elsewhere = world.letters_once("r.jansen", 1).await.remove(0);
    assert!(elsewhere.text.contains("Niets gevonden") && !elsewhere.text.contains(&number), "{}", elsewhere.text);
    let list = world.letters_once("j.devries", 1).await.remove(0);
    assert!(list.text.contains(&number) && list.text.contains("Jan Jansen"), "{}", list.text);
    assert!(list.html.contains(&format!("body=%23dossier%20{number}")), "{}", list.html);
    let stranger = world.letters_once("mallory", 1).await.remove(0);
    assert!(!stranger.text.contains(&number) && !stranger.text.contains("XK"), "{}", stranger.text);

    // The button opens the file.
    world.deliver(&Written::new(HANDLER, &format!("#dossier {number}"), &format!("#dossier {number}")).bytes());
    world.work().await;
    let file = about(&world, "j.devries", &number).remove(0);
    assert!(file.text.contains("Dossier van klacht") && file.text.contains("kenteken XK-123-B"), "{}", file.text);
    let named =
        |end: &str| file.attachments.iter().find(|(name, _)| name.ends_with(end)).expect("the original").1.clone();
    let original = String::from_utf8(named("klant.eml")).unwrap();
    assert!(original.contains("Subject: Schade") && original.contains(&complaint.id), "{original}");
    let acknowledgement = Letter::of(named("ontvangstbevestiging.eml"));
    assert_eq!(acknowledgement.to, "jan.jansen@klant.example");

    // A plain reply to it is an answer to the customer.
    world.deliver(
        &Written::reply(HANDLER, &file, "#antwoord\r\nBeste heer Jansen,\r\n\r\nWij bellen u morgen.").bytes(),
    );
    world.work().await;
    let answer = world.letters_once("jan.jansen", 2).await.remove(1);
    assert!(answer.text.contains("Wij bellen u morgen.") && !answer.text.contains("Dossier"), "{}", answer.text);

    let exported = world.json(&["case", "export", &number, "--json"]).await.remove(0);
    let raw = exported["mails"][0]["raw"].as_str().unwrap();
    assert!(String::from_utf8(STANDARD.decode(raw).unwrap()).unwrap().contains(&complaint.id));
    assert!(exported["letters"].as_array().unwrap().iter().all(|letter| letter["raw"].is_string()));
    assert_eq!(exported["references"][0]["written"], "XK-123-B");
    let text = world.run(&["case", "export", &number]).await;
    assert!(text.code == 0 && text.out.contains("Wij bellen u morgen."), "{}", text.out);
    assert_eq!(world.run(&["case", "export", "K-2026-999999"]).await.code, 1);
    world.verify().await;
}
