//! What reaches the customer when a colleague answers the file of a case, with a note in it, from every mail client there
//! is: the words that were typed above it, or nothing and a question (invariant 7).

use crate::letter::{Letter, Written};
use crate::support::smtp::{Delivery, Setup, SmtpServer};
use crate::world::{DESK, World};

const HANDLER: &str = "j.devries@lease.example";
const NOTE: &str = "Klant dreigt met een advocaat, wij gaan niet verder dan 300 euro en geen cent meer dan dat";
const MARKER: &str = "##- klachtpost -##";

/// What was typed into one of the replies, so that each can be told from the others.
fn typed(number: usize) -> String {
    format!("Antwoord nummer {number}: wij herstellen de bumper.")
}

/// A reply to the file in some client. `None` for the text: it must be asked what is meant.
struct Reply {
    client: &'static str,
    text: String,
    html: bool,
    may_ask: bool,
}

fn quoted(text: &str, mark: &str) -> String {
    text.lines().map(|line| format!("{mark}{line}\n")).collect()
}

/// Wrapped again by the client, in the middle of notes and all.
fn wrapped(text: &str, mark: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.chunks(7).map(|line| format!("{mark}{}\n", line.join(" "))).collect()
}

/// The letter's text without the line above which one should type.
fn without_marker(text: &str) -> String {
    text.lines().filter(|line| !line.contains(MARKER)).map(|line| format!("{line}\n")).collect()
}

fn body(html: &str) -> &str {
    html.split_once("<body").and_then(|(_, rest)| rest.split_once('>')).map_or(html, |(_, body)| body)
}

/// The lines with which clients begin a quote.
struct Heads {
    /// Gmail, Thunderbird.
    wrote: String,
    /// Apple.
    has_written: String,
    /// Outlook and whoever imitates it.
    block: String,
    block_in_html: String,
}

fn heads(subject: &str) -> Heads {
    let desk = format!("Voorbeeld Lease – klachten <{DESK}>");
    let sent = "maandag 23 november 2026 10:12";
    Heads {
        wrote: format!("Op ma 23 nov. 2026 om 10:12 schreef {desk}:\n\n"),
        has_written: format!("> Op 23 nov 2026, om 10:12 heeft {desk} het volgende geschreven:\n> \n"),
        block: format!("Van: {desk}\nVerzonden: {sent}\nAan: j.devries\nOnderwerp: {subject}\n\n"),
        block_in_html: format!(
            "<b>Van:</b> Voorbeeld Lease &lt;{DESK}&gt;<br><b>Verzonden:</b> {sent}<br><b>Aan:</b> j.devries<br>\
             <b>Onderwerp:</b> x<br><br>"
        ),
    }
}

/// As plain text, by the clients' own ways of quoting; and whether a question may come of it instead of an answer.
fn plain(file: &Letter) -> Vec<(&'static str, String, bool)> {
    let (text, bare) = (&file.text, without_marker(&file.text));
    let Heads { wrote, has_written, block, .. } = heads(&file.subject);
    let marked = quoted(&bare, "> ");
    let (rule, half) = ("_".repeat(32), NOTE.split_once(", ").unwrap().1);
    vec![
        ("Gmail", format!("TYPED\n\n{wrote}{}", quoted(text, "> ")), false),
        ("Gmail, marker cut off", format!("TYPED\n\n{wrote}{marked}"), false),
        ("Gmail, wrapped again", format!("TYPED\n\n{wrote}{}", wrapped(&bare, "> ")), false),
        ("Thunderbird, below", format!("{wrote}{marked}\nTYPED"), false),
        ("Thunderbird, between", format!("{wrote}{marked}\nTYPED\n\n{marked}"), false),
        ("Apple Mail", format!("TYPED\n\n{has_written}{marked}"), false),
        ("Outlook", format!("TYPED\n\n{block}{text}"), false),
        ("Outlook, marker cut off", format!("TYPED\n\n{block}{bare}"), false),
        ("Outlook, below a rule", format!("TYPED\n\n{rule}\n{block}{bare}"), false),
        ("Outlook 2010", format!("TYPED\n\n-----Oorspronkelijk bericht-----\n{block}{bare}"), false),
        ("iPhone", format!("TYPED\n\nVerstuurd vanaf mijn iPhone\n\n{has_written}{marked}"), false),
        (
            "Android",
            format!("TYPED\n\nVerzonden vanaf mijn Galaxy\n\n-------- Oorspronkelijk bericht --------\n{block}{bare}"),
            false,
        ),
        ("all signs of a quote cut off", format!("TYPED\n\n{bare}"), true),
        ("all signs cut off, wrapped again", format!("TYPED\n\n{}", wrapped(&bare, "")), true),
        ("only the note left of it", format!("TYPED\n\n{NOTE}"), true),
        ("half of the note left of it", format!("TYPED\n\n{half}"), true),
    ]
}

/// As HTML only.
fn pages(file: &Letter) -> Vec<(&'static str, String, bool)> {
    let page = body(&file.html).replace(MARKER, "");
    let Heads { wrote, has_written, block_in_html: block, .. } = heads(&file.subject);
    let escaped = |text: &str| text.trim().trim_start_matches("> ").replace('<', "&lt;").replace("\n> ", "");
    let (wrote, has_written) = (escaped(&wrote), escaped(&has_written));
    let typed = "<div>TYPED</div>";
    vec![
        (
            "Gmail",
            format!(
                "<div dir=\"ltr\">TYPED</div><br><div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">\
                 {wrote}<br></div><blockquote class=\"gmail_quote\">{page}</blockquote></div>"
            ),
            false,
        ),
        (
            "Apple Mail",
            format!("{typed}<br><blockquote type=\"cite\"><div>{has_written}</div>{page}</blockquote>"),
            false,
        ),
        (
            "Thunderbird",
            format!(
                "<p>TYPED</p><div class=\"moz-cite-prefix\">{wrote}<br></div>\
                 <blockquote type=\"cite\" cite=\"mid:x\">{page}</blockquote>"
            ),
            false,
        ),
        (
            "Thunderbird, below",
            format!(
                "<div class=\"moz-cite-prefix\">{wrote}<br></div><blockquote type=\"cite\">{page}</blockquote><p>TYPED</p>"
            ),
            false,
        ),
        (
            "Outlook",
            format!(
                "<p class=MsoNormal>TYPED</p><div style='border:none;border-top:solid #E1E1E1 1.0pt'>\
                 <p class=MsoNormal>{block}</p></div>{page}"
            ),
            false,
        ),
        (
            "Outlook on the web",
            format!("{typed}<hr style=\"width:98%\"><div id=\"divRplyFwdMsg\" dir=\"ltr\">{block}</div>{page}"),
            false,
        ),
        (
            "Outlook for phones",
            format!(
                "{typed}<div id=\"ms-outlook-mobile-signature\">Outlook voor iOS downloaden</div><hr>\
                 <div id=\"divRplyFwdMsg\">{block}</div>{page}"
            ),
            false,
        ),
        ("all signs of a quote cut off", format!("{typed}{page}"), true),
    ]
}

fn replies(file: &Letter) -> Vec<Reply> {
    let of =
        |html: bool| move |(client, text, may_ask): (&'static str, String, bool)| Reply { client, text, html, may_ask };
    plain(file).into_iter().map(of(false)).chain(pages(file).into_iter().map(of(true))).collect()
}

/// Cases with a note, the notification of each and its file, as the handler has them.
async fn with_files(world: &World, count: usize) -> Vec<(Letter, Letter)> {
    for number in 0..count {
        let complaint =
            Written::new("jan.jansen@klant.example", &format!("Schade {number}"), "Er zit een deuk in de bumper.");
        world.deliver(&complaint.bytes());
    }
    world.work().await;
    let notifications = world.letters_once("schade", count).await;
    for notification in &notifications {
        world.deliver(&Written::reply(HANDLER, notification, &format!("#intern\n{NOTE}")).bytes());
        world.deliver(&Written::reply(HANDLER, notification, "#dossier").bytes());
    }
    world.work().await;
    let letters = world.letters("j.devries");
    let file_of = |notification: &Letter| {
        let is_file = |letter: &&Letter| letter.text.contains(NOTE) && letter.text.contains("Dossier");
        let file = letters.iter().filter(is_file).find(|letter| letter.number() == notification.number());
        file.unwrap_or_else(|| panic!("no file with the note: {letters:#?}")).clone()
    };
    notifications.iter().map(|notification| (notification.clone(), file_of(notification))).collect()
}

/// Nothing that is internal, in whatever form.
fn shows_nothing(letter: &Letter, tokens: &[&str]) {
    let raw = String::from_utf8_lossy(&letter.raw).into_owned();
    let forms = [&raw, &letter.text, &letter.html].map(|text| text.to_lowercase());
    for secret in tokens.iter().chain(&[MARKER]) {
        assert!(forms.iter().all(|text| !text.contains(secret)), "{secret}:\n{}", letter.text);
    }
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in ["dreigt met een advocaat", "niet verder dan 300 euro", "geen cent meer"] {
        assert!(forms.iter().all(|text| !words(text).contains(part)), "{part}:\n{}", letter.text);
    }
}

#[tokio::test]
async fn whatever_client_a_colleague_answers_with_no_customer_reads_the_file() {
    let world = World::start();
    let smtp = SmtpServer::start(Setup { delivery: Delivery::HomesBelow(world.homes()), ..Setup::default() }).await;
    world.settle(smtp.port());
    // Three answers to each: of more in a row the colleague would be asked.
    let count = replies(&Letter::default()).len();
    let files = with_files(&world, (count + 1).div_ceil(3)).await;
    let replies: Vec<Reply> = (0..count).map(|number| replies(&files[number / 3].1).remove(number)).collect();
    for (number, reply) in replies.iter().enumerate() {
        // The file of a case does not say that a reply goes to the customer: the verb does.
        let verb = if reply.html { "#antwoord<br>" } else { "#antwoord\n" };
        let text = reply.text.replace("TYPED", &format!("{verb}{}", typed(number)));
        let mail = Written::reply(HANDLER, &files[number / 3].1, "");
        let mail = if reply.html { Written { html: Some(text), ..mail } } else { Written { text, ..mail } };
        world.deliver(&mail.bytes());
    }
    // The file itself, saved as a page.
    let (_, file) = &files[count / 3];
    let saved = Some(("Klacht van Jansen.html".to_owned(), file.html.clone().into_bytes()));
    let with_page = Written::reply(HANDLER, file, &format!("#antwoord\n{}", typed(count)));
    world.deliver(&Written { attached: saved, ..with_page }.bytes());
    world.work().await;

    let letters = smtp.letters();
    let to_jan = letters.iter().filter(|letter| letter.to.starts_with("jan.jansen"));
    let to_jan: Vec<Letter> = to_jan.map(|letter| Letter::of(letter.bytes.clone())).collect();
    let token = |letter: &Letter| letter.id.split('@').next().unwrap_or_default().to_owned();
    let tokens: Vec<String> =
        files.iter().flat_map(|(notification, file)| [token(notification), token(file)]).collect();
    let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
    to_jan.iter().for_each(|letter| shows_nothing(letter, &tokens));
    for (number, reply) in replies.iter().enumerate() {
        let answers = to_jan.iter().filter(|letter| letter.text.contains(&typed(number))).count();
        let expected = if reply.may_ask { 0..=1 } else { 1..=1 };
        let asked: Vec<String> = world.letters("j.devries").into_iter().map(|letter| letter.text).collect();
        let asked: Vec<&String> = asked.iter().filter(|text| text.contains(&typed(number))).collect();
        assert!(expected.contains(&answers), "{} (html: {}): {answers}: {asked:#?}", reply.client, reply.html);
    }
    assert!(to_jan.iter().any(|letter| letter.text.contains(&typed(count))));
    assert!(to_jan.iter().all(|letter| letter.attachments.is_empty()));
    // What had no sign of a quote about it any more was stopped at the door, and its sender told.
    let outbox = world.outbox().await;
    let held =
        outbox.iter().filter(|letter| letter["held_because"].as_str().is_some_and(|why| why.contains("notitie")));
    assert_eq!(held.count(), 2, "{outbox:?}");
    assert!(world.letters("j.devries").iter().any(|letter| letter.subject.contains("tegengehouden")));
    world.verify().await;
}
