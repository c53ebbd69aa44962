//! Colleagues on real servers: who answers the customer directly, two who answer at once, a handler who is away, and
//! letters to them that no server takes.

use crate::letter::{Letter, Written};
use crate::support::smtp::{Act, At, Delivery, Fault, Setup, SmtpServer};
use crate::world::{DESK, Differs, World};
use serde_json::Value;

const JAN: &str = "jan.jansen@klant.example";
const HANDLER: &str = "j.devries@lease.example";
const SUPERVISOR: &str = "s.bakker@lease.example";
const TEXT: &str = "Beste Jan,\n\nWij vergoeden de schade.";

/// A world with one complaint of Jan's, and its notification.
async fn with_a_complaint() -> (World, SmtpServer, Letter) {
    let world = World::start();
    let smtp = SmtpServer::start(Setup { delivery: Delivery::HomesBelow(world.homes()), ..Setup::default() }).await;
    world.settle(smtp.port());
    world.deliver(&complaint().bytes());
    world.work().await;
    world.letters_once("jan.jansen", 1).await;
    let notification = world.letters_once("schade", 1).await.remove(0);
    (world, smtp, notification)
}

fn complaint() -> Written {
    Written { id: "klacht-1@klant.example".into(), ..Written::new(JAN, "Schade aan de bumper", "Er zit een deuk in.") }
}

/// From the colleague to the customer, with the desk in Cc.
fn directly(written: Written) -> Written {
    Written { to: JAN.into(), cc: DESK.into(), ..written }
}

fn kinds(case: &Value) -> Vec<String> {
    let timeline = case["timeline"].as_array().unwrap();
    timeline.iter().map(|event| event["kind"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn an_answer_with_the_desk_in_copy_is_recorded_and_not_sent_again() {
    let (world, _smtp, notification) = with_a_complaint().await;
    let number = notification.number();
    // A reply to the customer's own mail: no token of ours anywhere in it.
    let own = directly(Written {
        in_reply_to: "klacht-1@klant.example".into(),
        references: vec!["klacht-1@klant.example".into()],
        ..Written::new(HANDLER, "Re: Schade aan de bumper", TEXT)
    });
    world.deliver(&own.bytes());
    world.work().await;
    let case = world.case(&number).await;
    assert!(case["first_response_at"].is_string() && case["handler"] == HANDLER, "{case}");
    let receipt = world.letters_once("j.devries", 1).await.remove(0);
    assert!(
        receipt.text.contains("Uw antwoord is vastgelegd") && receipt.text.contains("Wij vergoeden"),
        "{}",
        receipt.text
    );
    world.letters_once("jan.jansen", 1).await;

    // And a reply to the notification, to the customer too: its verb counts.
    world.deliver(&directly(Written::reply(HANDLER, &notification, &format!("#afgehandeld\n{TEXT}"))).bytes());
    world.work().await;
    let closing = world.letters_once("jan.jansen", 2).await.remove(1);
    assert!(
        closing.references.contains(&own.id),
        "the customer's client knows the colleague's mail: {:?}",
        closing.references
    );
    let case = world.case(&number).await;
    assert_eq!(case["state"], "closed");
    assert_eq!(kinds(&case).iter().filter(|kind| *kind == "answered_directly").count(), 2);
    world.letters_once("schade", 1).await;
    world.verify().await;
}

#[tokio::test]
async fn an_unproven_answer_counts_when_the_registered_address_confirms_it() {
    let (world, _smtp, notification) = with_a_complaint().await;
    let number = notification.number();
    let unproven = Written { proof: String::new(), ..directly(Written::new(HANDLER, "Uw klacht", TEXT)) };
    world.deliver(&unproven.bytes());
    world.work().await;
    assert_eq!(world.case(&number).await["first_response_at"], Value::Null);
    let asked = world.letters_once("j.devries", 1).await.remove(0);
    assert!(asked.text.contains("Was dit uw antwoord aan de klant?"), "{}", asked.text);
    assert!(world.letters("s.bakker").is_empty(), "nobody else is mailed");
    world.deliver(&Written::reply(HANDLER, &asked, "#verstuurd").bytes());
    world.work().await;
    let case = world.case(&number).await;
    assert!(case["first_response_at"].is_string(), "{case}");
    world.letters_once("jan.jansen", 1).await;
    world.verify().await;
}

/// A signature is as good on a copy: Jan has the colleague's mail, and sends it on in the colleague's name.
#[tokio::test]
async fn a_genuine_mail_sent_on_to_another_customer_is_asked_about() {
    const EMMA: &str = "emma.brown@klant.example";
    let (world, _smtp, _) = with_a_complaint().await;
    world.deliver(&Written::new(EMMA, "Schade aan het dak", "Er zit een deuk in het dak.").bytes());
    world.work().await;
    let second = world.letters_once("schade", 2).await.remove(1).number();
    let own = directly(Written::new(HANDLER, "Re: Schade", TEXT));
    world.deliver(&own.bytes());
    world.work().await;
    world.letters_once("j.devries", 1).await;

    let resent = String::from_utf8(Written { to: EMMA.into(), ..own }.bytes()).unwrap();
    let date = "Date: Mon, 23 Nov 2026 10:12:00 +0100\r\n";
    assert!(resent.contains(date));
    let other_id = |mail: &str| mail.replace("Message-ID: <", "Message-ID: <x");
    let redated = resent.replace(date, "Date: Mon, 23 Nov 2026 11:00:00 +0100\r\n");
    for mail in [redated, other_id(&resent.replace(date, "")), resent.replace(date, "")] {
        world.deliver(mail.as_bytes());
    }
    world.work().await;
    let asked = world.letters_once("j.devries", 4).await;
    assert!(asked[1..].iter().all(|letter| letter.text.contains(EMMA) && letter.text.contains("oudere")), "{asked:?}");
    assert_eq!(world.case(&second).await["first_response_at"], Value::Null);
    // The colleague was asked, so that nobody else is told of them.
    assert_eq!(world.dovecot.mails("klachten", ".Terzijde").len(), 0);
    assert_eq!(world.dovecot.mails("klachten", ".Verwerkt").len(), 6);
    world.verify().await;
}

#[tokio::test]
async fn of_two_open_cases_the_colleague_says_which() {
    let (world, _smtp, notification) = with_a_complaint().await;
    world.deliver(&Written::new(JAN, "Nog een schade", "Er zit ook een kras op.").bytes());
    world.work().await;
    let second = world.letters_once("schade", 2).await.remove(1).number();
    world.deliver(&directly(Written::new(HANDLER, "Uw auto", TEXT)).bytes());
    world.work().await;
    let asked = world.letters_once("j.devries", 1).await.remove(0);
    assert!(asked.text.contains(&notification.number()) && asked.text.contains(&second), "{}", asked.text);
    for case in world.cases().await {
        assert_eq!(case["first_response_at"], Value::Null, "nothing counts yet");
    }
    world.deliver(&Written::reply(HANDLER, &asked, &format!("#verstuurd {second}")).bytes());
    world.work().await;
    assert!(world.case(&second).await["first_response_at"].is_string());
    assert_eq!(world.case(&notification.number()).await["first_response_at"], Value::Null);
    let receipt = world.letters_once("j.devries", 2).await.remove(1);
    assert_eq!(receipt.number(), second);
    world.letters_once("jan.jansen", 2).await;
    world.verify().await;
}

#[tokio::test]
async fn the_second_of_two_colleagues_is_shown_what_the_first_wrote() {
    let (world, _smtp, notification) = with_a_complaint().await;
    world.deliver(&Written::reply(HANDLER, &notification, "Wij bellen u morgen.").bytes());
    world.work().await;
    world.letters_once("jan.jansen", 2).await;
    world.deliver(&Written::reply(SUPERVISOR, &notification, TEXT).bytes());
    world.work().await;
    world.letters_once("jan.jansen", 2).await;
    let told = world.letters_once("s.bakker", 1).await.remove(0);
    for words in [HANDLER, "Wij bellen u morgen.", "#antwoord", "Wij vergoeden de schade."] {
        assert!(told.text.contains(words), "{words} in {}", told.text);
    }
    world.deliver(&Written::reply(SUPERVISOR, &told, &format!("#antwoord\n{TEXT}")).bytes());
    world.work().await;
    let answer = world.letters_once("jan.jansen", 3).await.remove(2);
    assert!(answer.text.contains("Wij vergoeden de schade.") && !answer.text.contains("#antwoord"), "{}", answer.text);
    world.verify().await;
}

#[tokio::test]
async fn the_supervisor_hears_that_a_handler_is_away_and_gives_the_case_to_another() {
    let (world, smtp, notification) = with_a_complaint().await;
    world.deliver(&Written::reply(HANDLER, &notification, "#overnemen").bytes());
    world.work().await;
    let acknowledgement = world.letters("jan.jansen").remove(0);
    world.deliver(&Written::reply(JAN, &acknowledgement, "Weet u al meer?").bytes());
    world.work().await;
    let follow_up = world.letters_once("j.devries", 2).await.remove(1);
    assert_eq!(follow_up.header("X-Auto-Response-Suppress").as_deref(), Some("DR, RN, NRN, AutoReply"));
    let absence = |text: &str| {
        let written = Written::reply(HANDLER, &follow_up, text);
        [b"Auto-Submitted: auto-replied\r\n", &written.bytes()[..]].concat()
    };
    world.deliver(&absence("Ik ben tot maandag 30 november met vakantie."));
    world.work().await;
    let told = world.letters_once("s.bakker", 1).await.remove(0);
    for words in [HANDLER, "met vakantie", "Oplossen: uiterlijk", "#toewijzen"] {
        assert!(told.text.contains(words), "{words} in {}", told.text);
    }
    assert_eq!(told.header("X-Auto-Response-Suppress").as_deref(), Some("All"));

    // Again, and the supervisor's own notice: no more letters, to anybody.
    let sent = smtp.letters().len();
    world.deliver(&absence("Ik ben er nog steeds niet."));
    let supervisors = Written::reply(SUPERVISOR, &told, "Ik ben afwezig.");
    world.deliver(&[b"Auto-Submitted: auto-replied\r\n", &supervisors.bytes()[..]].concat());
    world.work().await;
    assert_eq!(smtp.letters().len(), sent);

    world.deliver(&Written::reply(SUPERVISOR, &told, "#toewijzen m.yilmaz@lease.example").bytes());
    world.work().await;
    assert_eq!(world.case(&notification.number()).await["handler"], "m.yilmaz@lease.example");
    world.letters_once("jan.jansen", 1).await;
    world.verify().await;
}

#[tokio::test]
async fn what_no_server_takes_climbs_to_the_supervisor_and_the_operator() {
    let world = World::start();
    let smtp = SmtpServer::start(Setup { delivery: Delivery::HomesBelow(world.homes()), ..Setup::default() }).await;
    let sender = format!(
        "host = \"localhost\"\nport = {}\nsecurity = \"none\"\n[operator]\naddress = \"beheer@lease.example\"\n",
        smtp.port()
    );
    world.settle_with(smtp.port(), Differs { sender: Some(sender), ..Differs::default() });
    for refused in ["schade@lease.example", SUPERVISOR] {
        smtp.fault(Fault::at(At::Rcpt, Act::reply("550 5.2.1 mailbox disabled")).for_recipient(refused));
    }
    world.deliver(&complaint().bytes());
    world.work().await;
    let alarms = world.letters_once("beheer", 2).await;
    assert!(alarms.iter().all(|alarm| alarm.text.contains(SUPERVISOR)), "{alarms:?}");
    assert!(
        alarms.iter().all(|alarm| !alarm.text.contains("Er zit een deuk in.")),
        "no complaint to read for the operator"
    );
    world.letters_once("jan.jansen", 1).await;

    // The operator's mailbox is gone too: nobody is left, and the log says so.
    smtp.fault(Fault::at(At::Rcpt, Act::reply("550 5.2.1 mailbox disabled")).for_recipient("beheer@lease.example"));
    let second = Written { id: "klacht-2@klant.example".into(), text: "Nu ook in de deur.".into(), ..complaint() };
    world.deliver(&second.bytes());
    let ran = world.run(&["run", "--once"]).await;
    assert!(ran.code == 0 && ran.log.contains("nobody is left to tell"), "{}", ran.log);
    world.verify().await;
}
