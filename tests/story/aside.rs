//! Nothing that is put aside goes unseen: told of in one letter, looked at and made a complaint with one tap each, and on
//! the digest's balance (invariant 1).

use crate::letter::{Letter, Written};
use crate::support::dovecot::USER;
use crate::support::smtp::{Delivery, Setup, SmtpServer};
use crate::world::{DESK, World};
use chrono::{DateTime, Utc};
use std::time::{Duration, SystemTime};

/// The supervisor of the department for what no keyword claims.
const SUPERVISOR: &str = "e.hendriks@lease.example";
/// What spam filters know (GTUBE), so that nobody takes it for a complaint but a person.
const GTUBE: &str = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X";

/// What a tap on a button writes: the text of its `mailto:` link.
fn tapped(letter: &Letter, verb: &str) -> Vec<String> {
    let links = letter.html.split("href=\"mailto:").skip(1).filter_map(|rest| rest.split('"').next());
    let links: Vec<&str> = links.filter(|link| link.contains(&verb.replace('#', "%23"))).collect();
    assert!(links.iter().all(|link| link.starts_with(DESK)), "{links:?}");
    links.iter().map(|link| decoded(link.split("body=").nth(1).unwrap())).collect()
}

fn decoded(percent: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = percent.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = (*first == b'%').then(|| std::str::from_utf8(&after[..2]).unwrap());
        bytes.push(hex.map_or(*first, |hex| u8::from_str_radix(hex, 16).unwrap()));
        rest = &after[if hex.is_some() { 2 } else { 0 }..];
    }
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn spam_a_loop_and_an_unreadable_mail_are_told_of_in_one_letter_and_seen_and_answered_with_a_tap() {
    let world = World::start();
    let smtp = SmtpServer::start(Setup { delivery: Delivery::HomesBelow(world.homes()), ..Setup::default() }).await;
    world.settle(smtp.port());
    world.deliver(&Written::new("jan.jansen@klant.example", "Schade", "Er zit een deuk in de bumper.").bytes());
    world.work().await;
    let ours = world.letters_once("jan.jansen", 1).await.remove(0).raw;

    let text = format!("Waar blijft mijn geld? Ik wacht al weken op de factuur.\n\n{GTUBE}");
    let complaint = Written::new("emma.brown@klant.example", "Vierde keer", &text).bytes();
    let spam = [b"X-Spam-Flag: YES\r\n", &complaint[..]].concat();
    let received = SystemTime::now() - Duration::from_secs(30 * 3_600);
    world.dovecot.deliver_at(USER, &spam, received);
    world.deliver(&ours);
    world.deliver(b"X-Mailer: kapot\r\n\r\n");
    world.work().await;
    let notice = world.letters_once("e.hendriks", 1).await.remove(0);
    assert_eq!(notice.subject, "Terzijde gelegd: 3 berichten");
    for said in ["Vierde keer", "houdt het voor spam", "brief van onszelf", "geen afzender en geen tekst"] {
        assert!(notice.text.contains(said), "{said}: {}", notice.text);
    }
    world.work().await;
    world.letters_once("e.hendriks", 1).await;
    world.letters_once("emma.brown", 0).await;

    let (show, complain) = (tapped(&notice, "#toon"), tapped(&notice, "#klacht"));
    assert_eq!((show.len(), complain.len()), (3, 3));
    world.deliver(&Written::new(SUPERVISOR, "Re: Terzijde gelegd", &show[0]).bytes());
    world.work().await;
    let shown = world.letters_once("e.hendriks", 2).await.remove(1);
    assert!(shown.text.contains("Waar blijft mijn geld?"), "{}", shown.text);
    let [(name, original)] = shown.attachments.as_slice() else { panic!("{:?}", shown.attachments.len()) };
    assert!(name.ends_with(".eml") && *original == spam, "{name}");

    for _ in 0..2 {
        world.deliver(&Written::new(SUPERVISOR, "Re: Terzijde gelegd", &complain[0]).bytes());
        world.work().await;
    }
    world.letters_once("emma.brown", 1).await;
    let answers = world.letters_once("e.hendriks", 4).await;
    let cases = world.cases().await;
    assert_eq!(cases.len(), 2);
    let case = &cases[1];
    let at: DateTime<Utc> = case["received_at"].as_str().unwrap().parse().unwrap();
    let seconds = received.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    assert_eq!((at.timestamp(), &case["department"]), (i64::try_from(seconds).unwrap(), &"facturatie".into()));
    let number = case["number"].as_str().unwrap();
    assert!(answers[2].text.contains(number) && answers[3].text.contains("al een klacht"), "{}", answers[3].text);

    let digest = world.run(&["digest"]).await;
    assert!(digest.out.contains("Verschil: 0, alles is verantwoord"), "{}", digest.out);
    assert!(digest.out.contains("Terzijde gelegd (2)"), "the spam is a complaint by now: {}", digest.out);
    assert_eq!((digest.out.contains("balans klopt niet"), world.left_in_inbox()), (false, 0));
    world.verify().await;
}
