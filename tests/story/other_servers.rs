//! The desk's story through other servers that send: a complaint comes in, its acknowledgement goes out, a reply reaches the
//! customer.

use crate::letter::Written;
use crate::support::other_smtp::Kind;
use crate::world::{DESK, World};

const JAN: &str = "Jan Jansen <jan.jansen@klant.example>";
const HANDLER: &str = "j.devries@lease.example";

async fn from_complaint_to_answer(kind: Kind) {
    let world = World::with_other(kind);
    let checked = world.run(&["check"]).await;
    assert!(checked.out.contains("takes letters from the desk"), "{}{}", checked.out, checked.log);
    world
        .deliver(&Written::new(JAN, "Kras op het portier", "Mijn auto kwam met een kras terug van de schade.").bytes());
    world.work().await;
    let acknowledgement = world.letters_once("jan.jansen", 1).await.remove(0);
    assert_eq!(acknowledgement.from, DESK);
    let notification = world.letters_once("schade", 1).await.remove(0);
    let text = "Beste heer Jansen,\n\nWij herstellen de kras woensdag.\n\nJ. de Vries";
    world.deliver(&Written::reply(HANDLER, &notification, text).bytes());
    world.work().await;
    let answer = world.letters_once("jan.jansen", 2).await.remove(1);
    assert!(answer.text.contains("Wij herstellen de kras woensdag."), "{}", answer.text);
    let case = world.case(&acknowledgement.number()).await;
    assert!(case["first_response_at"].is_string() && case["acknowledged_at"].is_string(), "{case}");
    world.verify().await;
}

#[tokio::test]
async fn from_complaint_to_answer_through_opensmtpd() {
    from_complaint_to_answer(Kind::OpenSmtpd).await;
}

#[tokio::test]
async fn from_complaint_to_answer_through_exim() {
    from_complaint_to_answer(Kind::Exim).await;
}
