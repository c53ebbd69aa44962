//! The company's written procedure, paragraph by paragraph, by mail only, on Dovecot and Postfix: what customers, staff and
//! supervisors write, and what each of them then finds in the mailbox.

use crate::letter::{Letter, Written};
use crate::world::{PATIENCE, World, until};
use serde_json::Value;
use std::time::{Duration, Instant, SystemTime};

pub const JAN: &str = "jan.jansen@klant.example";
pub const HANDLER: &str = "j.devries@lease.example";
pub const SUPERVISOR: &str = "s.bakker@lease.example";
pub const HOUR: Duration = Duration::from_secs(3_600);

fn complaint() -> Written {
    Written::new("Jan Jansen <jan.jansen@klant.example>", "Kras op het portier", "Mijn auto kwam met een kras terug.")
}

pub fn ago(duration: Duration) -> SystemTime {
    SystemTime::now() - duration
}

/// A complaint that the company's server received that long ago, taken in now: the case's number and the notification.
pub async fn received(world: &World, long_ago: Duration) -> (String, Letter) {
    world.deliver_at(&complaint().bytes(), ago(long_ago));
    world.work().await;
    let is_it = |letter: &Letter| !letter.subject.starts_with("Te laat");
    let notification = until("the notification", || world.letters("schade").into_iter().find(is_it)).await;
    (notification.number(), notification)
}

pub async fn writes(world: &World, mail: Written) {
    world.deliver(&mail.bytes());
    world.work().await;
}

/// The one letter of that reader which holds those words; Postfix delivers in its own time.
pub fn one(world: &World, reader: &str, words: &str) -> Letter {
    let deadline = Instant::now() + PATIENCE;
    while !has(world, reader, words) && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(50));
    }
    let mut fitting = world.letters(reader).into_iter().filter(|l| l.subject.contains(words) || l.text.contains(words));
    let found = fitting.next();
    assert!(fitting.next().is_none(), "{reader} got `{words}` more than once");
    found.unwrap_or_else(|| {
        let all: Vec<String> = world.letters(reader).iter().map(|l| format!("{}\n{}", l.subject, l.text)).collect();
        panic!("{reader} never got `{words}`, but {all:#?}")
    })
}

pub fn has(world: &World, reader: &str, words: &str) -> bool {
    world.letters(reader).iter().any(|letter| letter.subject.contains(words) || letter.text.contains(words))
}

fn moment(value: &Value) -> chrono::DateTime<chrono::FixedOffset> {
    chrono::DateTime::parse_from_rfc3339(value.as_str().unwrap_or_default()).unwrap_or_else(|e| panic!("{e}: {value}"))
}

#[tokio::test]
async fn section_1_a_first_substantive_reaction_within_24_hours() {
    let world = World::with_postfix();
    // Received 21 hours before we look: the clock began then, and the acknowledgement does not stop it.
    let (number, notification) = received(&world, 21 * HOUR).await;
    one(&world, "jan.jansen", "Ons doel is u uiterlijk");
    let case = world.case(&number).await;
    assert!(case["acknowledged_at"].is_string() && case["first_response_at"].is_null(), "{case}");
    assert_eq!(moment(&case["due"]["first_response"]) - moment(&case["received_at"]), chrono::TimeDelta::hours(24));
    one(&world, "schade", "Bijna te laat (eerste reactie)");

    writes(&world, Written::reply(HANDLER, &notification, "Beste heer Jansen, wij herstellen het vandaag.")).await;
    let answer = one(&world, "jan.jansen", "wij herstellen het vandaag");
    assert!(world.case(&number).await["first_response_at"].is_string(), "a person's answer, accepted by the server");

    // The answer comes back: the clock runs again, to its first last moment, and the handler hears of it at once.
    let report = format!(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: klachten@lease.example\r\nSubject: Undelivered\r\n\
         Message-ID: <bounce-1@mx.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; \
         report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nNot delivered.\r\n--b\r\n\
         Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; {JAN}\r\n\
         Action: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{}>\r\n\r\n--b--\r\n",
        answer.id
    );
    world.deliver(report.as_bytes());
    world.work().await;
    let failed = world.case(&number).await;
    assert!(failed["first_response_at"].is_null() && failed["due"] == case["due"], "{failed}");
    let told = one(&world, "j.devries", "niet gekregen");
    writes(&world, Written::reply(HANDLER, &told, "#gebeld Alles doorgenomen aan de telefoon.")).await;
    assert!(world.case(&number).await["first_response_at"].is_string(), "a conversation is a reaction too");
}

#[tokio::test]
async fn section_1_solved_within_three_working_days_of_receipt() {
    let world = World::with_postfix();
    // Thursday 2 April 2026: Friday, the Tuesday after Easter Monday, and Wednesday 8 April.
    let thursday: chrono::DateTime<chrono::Utc> = "2026-04-02T09:00:00Z".parse().unwrap();
    world.deliver_at(&complaint().bytes(), thursday.into());
    world.work().await;
    for reader in ["schade", "s.bakker"] {
        let alarm = one(&world, reader, "Te laat (oplossen)");
        assert!(
            alarm.text.contains("wo 8 apr, 17.30") || alarm.text.contains("8 april 2026 om 17.30"),
            "{}",
            alarm.text
        );
    }
    assert!(!one(&world, "jan.jansen", "Uw klacht").text.contains("april 2026 om 17.30"), "nothing past is promised");
    let number = one(&world, "schade", "Nieuwe klacht").number();
    assert_eq!(world.case(&number).await["overdue"], serde_json::json!(["first_response", "resolve"]));
    world.work().await;
    one(&world, "s.bakker", "Te laat (oplossen)");
}

#[tokio::test]
async fn section_2_1_1_an_oral_complaint_is_registered_digitally() {
    let world = World::with_postfix();
    let call = "#telefoon\nKlant: Jan Jansen\nE-mail: jan.jansen@klant.example\nTelefoon: 06 12345678\n\
                Ontvangen: gisteren 16:30\n\nNa het schadeherstel zit er een nieuwe kras op.";
    writes(&world, Written::new(HANDLER, "gesprek", call)).await;
    let acknowledgement = one(&world, "jan.jansen", "Wij hebben uw klacht ontvangen op");
    assert!(acknowledgement.text.contains("om 16.30 uur"), "{}", acknowledgement.text);
    let case = world.case(&acknowledgement.number()).await;
    assert_eq!(
        (&case["channel"], &case["handler"]),
        (&"phone".into(), &HANDLER.into()),
        "who took the call handles it"
    );
    assert_eq!(moment(&case["received_at"]).format("%H:%M").to_string(), "16:30");
    // Beside it, depending on the hour, a warning that the first reaction is nearly due.
    let receipt = one(&world, "j.devries", "[Gedaan] [K-");
    assert!(receipt.text.contains(&acknowledgement.number()), "{}", receipt.text);

    // What is missing is asked for by a form that needs only filling in.
    writes(&world, Written::new(HANDLER, "nog een", "#telefoon\nKlant: Mevrouw De Wit\n\nDe auto is niet geleverd."))
        .await;
    let question = one(&world, "j.devries", "De auto is niet geleverd.");
    assert!(question.text.contains("#telefoon") && question.text.contains("E-mail:"), "{}", question.text);
    assert_eq!(world.cases().await.len(), 1, "nothing is registered halfway");
}

#[tokio::test]
async fn section_2_1_2_the_department_is_responsible_and_the_customer_gets_a_confirmation() {
    let world = World::with_postfix();
    let (number, _) = received(&world, Duration::ZERO).await;
    let confirmed = one(&world, "jan.jansen", "in behandeling bij de afdeling");
    assert!(confirmed.text.contains("Schade en verzekering"), "{}", confirmed.text);
    let case = world.case(&number).await;
    assert_eq!(case["department"], "schade");
    let proof = case["letters"].as_array().unwrap().iter().find(|letter| letter["kind"] == "acknowledgement").unwrap();
    assert!(proof["reply"].as_str().unwrap().starts_with("250") && proof["accepted_at"].is_string(), "{proof}");

    // A confirmation that no server takes: the supervisor is told while there is still time.
    let unknown = Written::new("Onbekend <niemand@klant.example>", "Kras", "Er zit een kras op mijn auto.");
    world.deliver_at(&unknown.bytes(), ago(21 * HOUR));
    world.work().await;
    one(&world, "schade", "niet gekregen");
    world.work().await;
    one(&world, "s.bakker", "Bijna te laat (ontvangstbevestiging)");
}

#[tokio::test]
async fn section_2_1_3_who_cannot_solve_it_asks_the_supervisor_who_can_take_it_over() {
    let world = World::with_postfix();
    let (number, notification) = received(&world, Duration::ZERO).await;
    writes(&world, Written::reply(HANDLER, &notification, "#escaleren\nMag ik een nieuw portier vergoeden?")).await;
    let asked = one(&world, "s.bakker", "Mag ik een nieuw portier vergoeden?");
    assert!(asked.text.contains("Mijn auto kwam met een kras terug."), "the whole file: {}", asked.text);
    assert_eq!(world.case(&number).await["escalated"], true);

    writes(&world, Written::reply(SUPERVISOR, &asked, "Ja, tot 800 euro. De garantie dekt het.")).await;
    one(&world, "j.devries", "Ja, tot 800 euro.");
    assert!(!has(&world, "jan.jansen", "800 euro"), "advice stays in the house");
    assert_eq!(world.case(&number).await["escalated"], false);

    writes(&world, Written::reply(SUPERVISOR, &asked, "#overnemen")).await;
    assert_eq!(world.case(&number).await["handler"], SUPERVISOR);
}

#[tokio::test]
async fn section_2_2_a_complaint_mailed_to_an_employee_is_handled_the_same_way() {
    let world = World::with_postfix();
    let inline = "\n---------- Forwarded message ---------\nVan: Jan Jansen <jan.jansen@klant.example>\n\
                  Date: ma 16 nov 2026 om 09:10\nSubject: Kras op het portier\nTo: <n.peters@lease.example>\n\n\n\
                  Mijn auto kwam met een kras terug van de schadehersteller.";
    let passed_on = Written::new("n.peters@lease.example", "Fwd: Kras op het portier", inline);
    world.deliver(&passed_on.bytes());
    world.work().await;
    let acknowledgement =
        one(&world, "jan.jansen", "Wij hebben uw klacht ontvangen op maandag 16 november 2026 om 09.10");
    let case = world.case(&acknowledgement.number()).await;
    assert_eq!((&case["customer"]["address"], &case["department"]), (&JAN.into(), &"schade".into()));
    assert!(case["handler"].is_null(), "a colleague of another department passes it on: the department handles it");
    one(&world, "schade", "Mijn auto kwam met een kras terug");
}

#[tokio::test]
async fn section_2_3_a_letter_from_reception_is_registered_and_answered_on_paper() {
    let world = World::with_postfix();
    let letter = "#brief\nKlant: Mevrouw De Wit\nAdres: Dorpsstraat 1, 1234 AB Utrecht\nOntvangen: gisteren 10:00\n\n\
                  De kras op mijn auto is nog niet hersteld.";
    let scan = Some(("scan.pdf".to_owned(), b"%PDF-1.4 een brief".to_vec()));
    writes(&world, Written { attached: scan, ..Written::new(HANDLER, "brief", letter) }).await;
    let notification = one(&world, "schade", "Nieuwe klacht");
    assert!(notification.attachments.iter().any(|(name, _)| name == "scan.pdf"), "the scan goes along");
    let to_post = one(&world, "schade", "Te posten");
    assert!(to_post.attachments.iter().any(|(name, pdf)| name.ends_with(".pdf") && pdf.starts_with(b"%PDF")));
    let number = notification.number();
    assert!(world.case(&number).await["acknowledged_at"].is_null(), "a letter that lies on a desk confirms nothing");
    writes(&world, Written::reply(HANDLER, &to_post, "#verstuurd")).await;
    let case = world.case(&number).await;
    assert!(case["acknowledged_at"].is_string() && case["channel"] == "letter", "{case}");
}

#[tokio::test]
async fn section_2_4_1_settled_with_a_text_guarded_by_an_agenda_and_a_daily_overview() {
    let world = World::with_postfix();
    world.set("digest", "at = \"23:59\"\nworking_days_only = false");
    let (number, notification) = received(&world, Duration::ZERO).await;
    writes(&world, Written::reply(HANDLER, &notification, "#agenda morgen 14:00 garage bellen")).await;
    let entry = one(&world, "j.devries", "Agenda ");
    let (_, calendar) = entry.attachments.iter().find(|(name, _)| name.ends_with(".ics")).expect("a calendar entry");
    let calendar = String::from_utf8_lossy(calendar);
    assert!(calendar.contains("METHOD:REQUEST") && calendar.contains("BEGIN:VALARM"), "{calendar}");

    world.set("digest", "");
    let settings = std::fs::read_to_string(world.settings_file()).unwrap().replace("at = \"23:59\"", "at = \"00:00\"");
    std::fs::write(world.settings_file(), settings).unwrap();
    world.work().await;
    let digest = one(&world, "s.bakker", "Kras op het portier");
    assert!(digest.text.contains(&number) && digest.text.contains("Stand van het register"), "{}", digest.text);
    assert!(has(&world, "directie", &number), "and the management's");

    writes(&world, Written::reply(HANDLER, &notification, "#afgehandeld")).await;
    assert_eq!(world.case(&number).await["state"], "open", "no settlement, no closing");
    assert!(!has(&world, "jan.jansen", "Dit is de uitkomst"));
    writes(&world, Written::reply(HANDLER, &notification, "#afgehandeld\nDe kras is hersteld.")).await;
    assert_eq!(world.case(&number).await["state"], "closed");
    let cancelled = one(&world, "j.devries", "Van de agenda");
    assert!(cancelled.attachments.iter().any(|(_, ics)| String::from_utf8_lossy(ics).contains("METHOD:CANCEL")));
}

#[tokio::test]
async fn section_2_4_2_and_2_4_3_confirmed_in_writing_and_kept() {
    let world = World::with_postfix();
    let (number, notification) = received(&world, Duration::ZERO).await;
    writes(&world, Written::reply(HANDLER, &notification, "#afgehandeld\nDe kras is kosteloos hersteld.")).await;
    let closing = one(&world, "jan.jansen", "De kras is kosteloos hersteld.");
    assert_eq!(closing.number(), number);
    let case = world.case(&number).await;
    let letters = case["letters"].as_array().unwrap();
    let proof = letters.iter().find(|letter| letter["kind"] == "closing").expect("it is on file");
    assert!(proof["accepted_at"].is_string() && proof["message_id"] == closing.id.as_str(), "{proof}");
    // §2.4.3: it stays registered, and nobody changed what happened.
    writes(&world, Written::reply(JAN, &closing, "Bedankt!")).await;
    assert_eq!((world.cases().await.len(), &world.case(&number).await["state"]), (1, &"closed".into()));
    world.verify().await;
}

#[tokio::test]
async fn the_end_who_still_disagrees_can_go_to_the_committee() {
    let world = World::with_postfix();
    let (number, notification) = received(&world, Duration::ZERO).await;
    writes(&world, Written::reply(HANDLER, &notification, "#afgehandeld\nWij vergoeden niets.")).await;
    let closing = one(&world, "jan.jansen", "Wij vergoeden niets.");
    assert!(closing.text.contains("Geschillencommissie Keurmerk Private Lease"), "{}", closing.text);
    assert!(closing.text.contains("https://commissie.example/klacht") && closing.text.contains("tot en met"));

    writes(&world, Written::reply(JAN, &closing, "Hier ben ik het niet mee eens, de kras zat er eerst niet op.")).await;
    let case = world.case(&number).await;
    assert_eq!((&case["state"], &case["reopened"]), (&"open".into(), &1.into()));
    assert!(has(&world, "s.bakker", "Hier ben ik het niet mee eens"), "the supervisor is told");
    assert!(has(&world, "j.devries", "Hier ben ik het niet mee eens"), "and the handler");
    one(&world, "jan.jansen", "heropend");

    // The committee: the last day is told, the ruling binds, and both are on file.
    let asked = world.letters("j.devries").into_iter().find(|l| l.text.contains("niet mee eens")).expect("it");
    writes(&world, Written::reply(HANDLER, &asked, "#geschil De klant stuurde een kopie van het formulier.")).await;
    one(&world, "s.bakker", "kopie van het formulier");
    writes(&world, Written::reply(HANDLER, &asked, "#uitspraak De klant krijgt gelijk; wij betalen 240 euro.")).await;
    let case = world.case(&number).await;
    assert!(case["dispute"]["last_day"].is_string() && case["dispute"]["ruled_at"].is_string(), "{case}");
    assert!(!has(&world, "jan.jansen", "240 euro"), "what we do about it is told by whoever answers the customer");
    world.verify().await;
}
