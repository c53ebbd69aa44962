//! A complaint that came by post, of a customer without e-mail, on Dovecot and Postfix: reception mails the scan, the
//! department prints, posts and says so, and the clocks stop then (§2.3, §2.4.2).

use crate::letter::{Letter, Written};
use crate::world::World;
use serde_json::Value;
use std::io::Write;
use std::process::{Command, Stdio};

const RECEPTION: &str = "receptie@lease.example";
const DEPARTMENT: &str = "schade@lease.example";
const HANDLER: &str = "j.devries@lease.example";

/// What a reader of the sheet that came with the letter reads.
fn sheet(letter: &Letter) -> String {
    let found = letter.attachments.iter().find(|(name, _)| name.ends_with(".pdf") && name.starts_with("K-"));
    let (_, pdf) = found.unwrap_or_else(|| panic!("no sheet with {}", letter.subject));
    let mut tool = Command::new("pdftotext");
    tool.args(["-enc", "UTF-8", "-", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut running = tool.spawn().expect("pdftotext is needed: install poppler-utils");
    running.stdin.take().unwrap().write_all(pdf).unwrap();
    let done = running.wait_with_output().unwrap();
    assert!(done.status.success());
    let text = String::from_utf8(done.stdout).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    for internal in ["kp.", "klachtpost", "#", "schade@lease"] {
        assert!(!text.contains(internal), "{internal} in {text}");
    }
    text
}

/// Somebody says something, and the desk acts on it.
async fn says(world: &World, from: &str, letter: &Letter, text: &str) {
    world.deliver(&Written::reply(from, letter, text).bytes());
    world.work().await;
}

fn kinds(case: &Value) -> Vec<&str> {
    case["timeline"].as_array().unwrap().iter().filter_map(|line| line["kind"].as_str()).collect()
}

#[tokio::test]
async fn a_customer_without_e_mail_gets_letters_on_paper() {
    let world = World::with_postfix();
    let scan = ("brief.pdf".to_owned(), b"%PDF-1.4 de brief van de klant".to_vec());
    let form = "#brief\nKlant: \u{15e}irin \u{d6}zg\u{fc}r\nAdres: Hof 12-b, 3512 JK Utrecht\nOntvangen: 1 uur geleden\n\n\
                Er is schade aan mijn auto, zie de brief.";
    world.deliver(&Written { attached: Some(scan.clone()), ..Written::new(RECEPTION, "brief", form) }.bytes());
    world.work().await;

    let letters = world.letters_once("schade", 2).await;
    let (papers, others): (Vec<&Letter>, Vec<&Letter>) =
        letters.iter().partition(|l| l.subject.starts_with("Te posten: "));
    let (notification, paper) = (others[0], papers[0]);
    assert_eq!((notification.to.as_str(), &notification.attachments), (DEPARTMENT, &vec![scan]));
    let number = notification.number();
    assert!(paper.to == DEPARTMENT && paper.text.contains("#verstuurd"), "{}", paper.text);
    let acknowledgement = sheet(paper);
    for shown in
        ["\u{15e}irin \u{d6}zg\u{fc}r", "3512 JK Utrecht", "Postbus 100", &number, "Wij hebben uw klacht ontvangen"]
    {
        assert!(acknowledgement.contains(shown), "{shown} is not in {acknowledgement}");
    }
    let receipt = world.letters_once("receptie", 1).await.remove(0);
    assert!(receipt.text.contains(DEPARTMENT) && receipt.text.contains("gaat per post"), "{}", receipt.text);
    let case = world.case(&number).await;
    assert_eq!((&case["channel"], &case["customer"]["postal"][1]), (&"letter".into(), &"3512 JK Utrecht".into()));
    assert!(case["acknowledged_at"].is_null() && case["to_post"][0]["kind"] == "acknowledgement", "{case}");

    says(&world, DEPARTMENT, paper, "#verstuurd").await;
    let case = world.case(&number).await;
    assert!(case["acknowledged_at"].is_string() && case["first_response_at"].is_null(), "{case}");
    assert_eq!(case["to_post"], Value::Array(vec![]));

    answered(&world, notification, &number).await;
    closed(&world, notification, &number).await;
    world.verify().await;
    assert!(world.letters("jan.jansen").is_empty() && world.letters("emma.brown").is_empty());
}

async fn answered(world: &World, notification: &Letter, number: &str) {
    says(world, HANDLER, notification, "Beste mevrouw \u{d6}zg\u{fc}r,\n\nWij herstellen de kras.\n\nJ. de Vries")
        .await;
    let letters = world.letters_once("j.devries", 2).await;
    let paper = letters.iter().find(|letter| letter.subject.starts_with("Te posten: ")).unwrap();
    let receipt = letters.iter().find(|letter| letter.text.contains("Uw antwoord is een brief om te posten")).unwrap();
    assert!(receipt.text.contains("Wij herstellen de kras."), "{}", receipt.text);
    assert!(sheet(paper).contains("Beste mevrouw \u{d6}zg\u{fc}r, Wij herstellen de kras. J. de Vries"));
    assert!(world.case(number).await["first_response_at"].is_null());
    says(world, HANDLER, paper, "#verstuurd").await;
    let receipt = world.letters_once("j.devries", 3).await.remove(2);
    assert!(receipt.text.contains("is gepost op") && receipt.text.contains("telt als reactie"), "{}", receipt.text);
    let case = world.case(number).await;
    let posted = case["timeline"].as_array().unwrap().iter().rfind(|line| line["kind"] == "posted").unwrap();
    let at = |text: &Value| chrono::DateTime::parse_from_rfc3339(text.as_str().unwrap()).unwrap().timestamp();
    assert_eq!(at(&posted["posted_at"]), at(&case["first_response_at"]));
    assert_eq!(case["handler"], HANDLER);
}

async fn closed(world: &World, notification: &Letter, number: &str) {
    says(world, HANDLER, notification, "#afgehandeld\nWij betalen 240 euro.").await;
    let letters = world.letters_once("j.devries", 5).await;
    let paper = letters.iter().rfind(|letter| letter.subject.starts_with("Te posten: ")).unwrap();
    let confirmation = sheet(paper);
    for shown in ["Wij betalen 240 euro.", "Geschillencommissie Keurmerk Private Lease", "tot en met", number] {
        assert!(confirmation.contains(shown), "{shown} is not in {confirmation}");
    }
    let case = world.case(number).await;
    assert_eq!((&case["state"], &case["to_post"][0]["kind"]), (&"closed".into(), &"closing".into()));
    says(world, HANDLER, paper, "#verstuurd").await;
    let case = world.case(number).await;
    assert_eq!(case["to_post"], Value::Array(vec![]));
    assert_eq!(kinds(&case).iter().filter(|kind| **kind == "posted").count(), 3, "{case}");
    // Told twice, the desk says that nothing is left to post.
    says(world, HANDLER, paper, "#verstuurd").await;
    let asked = world.letters_once("j.devries", 7).await.remove(6);
    assert!(asked.text.contains("ligt geen brief klaar om te posten"), "{}", asked.text);
}
