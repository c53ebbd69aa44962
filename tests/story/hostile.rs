//! A mail in which every part that could be read as something else is an attack: names, subjects, ids, texts, file names.
//! It goes the whole way, through every letter that comes of it, and nothing of it becomes a header, markup, a command of
//! SMTP, a template, a path or a recipient.

use crate::letter::{Letter, Written};
use crate::support::smtp::{Delivery, Setup, SmtpServer};
use crate::world::{DESK, World};
use std::collections::BTreeSet;

const HANDLER: &str = "j.devries@lease.example";
/// All headers that a letter of ours may have.
const HEADERS: &[&str] = &[
    "From",
    "To",
    "Subject",
    "Thread-Topic",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Reply-To",
    "X-Loop",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
];
/// Encoded as a mail client would, so that all of it arrives.
const EVIL: &str = "X\r\nBcc: mallory@klant.example\r\n\r\n{{ 7777 * 7777 }}{% raw %}<script>alert(1)</script>\
                    <img src=x onerror=alert(1)>\u{202e}fdp.exe\u{2066}\0\"><a href=\"http://evil.example\">klik</a>";
const TEXT: &str = "Er is schade. {{ 7777 * 7777 }} {% for x in y %} <script>alert(1)</script> <b>vet</b>\r\n.\r\n\
                    MAIL FROM:<mallory@klant.example>\r\nRCPT TO:<mallory@klant.example>\r\nDATA\r\n\
                    Bcc: mallory@klant.example\n.\nQUIT\r\n=cmd|'/c calc'!A1\r\n\
                    --=_klachtpost-a-aaaaaaaaaaaa--\r\n\u{202e}omgekeerd\u{0}";

fn encoded(text: &str) -> String {
    use base64::Engine;
    format!("=?utf-8?b?{}?=", base64::engine::general_purpose::STANDARD.encode(text))
}

/// A complaint of that address, evil in every place. `head` are further lines of its header.
fn evil_mail(from: &str, id: &str, head: &str) -> Vec<u8> {
    let word = encoded(EVIL);
    let packed = crate::letter::base64_lines(TEXT.as_bytes());
    let file = "..%2F..%5C..%2Fetc%2Fcron.d%2Fx%0D%0ABcc%3A%20mallory%40klant.example%E2%80%AEfdp.exe";
    format!(
        "From: {word} <{from}>\r\nTo: {DESK}\r\nReply-To: {word} <mallory@klant.example>\r\nSubject: {word}\r\n\
         Message-ID: <{id}\"><b>{{{{7777*7777}}}}@klant.example>\r\nReferences: <a\r\n b@x> <c\rBcc:mallory@klant.example>\r\n\
         {head}MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=g\r\n\r\n\
         --g\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{packed}\
         --g\r\nContent-Type: text/html; x=\"{word}\"\r\nContent-Disposition: attachment; filename*=utf-8''{file}\r\n\r\n\
         <script>alert(1)</script>\r\n--g--\r\n"
    )
    .into_bytes()
}

/// The letter is ours in every line and names nobody but its recipient.
fn is_sound(bytes: &[u8], to: &str) {
    let whole = std::str::from_utf8(bytes).expect("plain text");
    for line in whole.split("\r\n") {
        assert!(line.len() <= 998 && !line.contains(['\r', '\n', '\0', '\u{202e}']), "{line:?}");
    }
    let (head, _) = whole.split_once("\r\n\r\n").unwrap();
    let names: Vec<&str> =
        head.split("\r\n").filter(|l| !l.starts_with([' ', '\t'])).map(|l| l.split(':').next().unwrap()).collect();
    assert!(names.iter().all(|name| HEADERS.contains(name)), "{head}");
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{head}");
    let letter = Letter::of(bytes.to_vec());
    assert_eq!((letter.to.as_str(), letter.from.as_str()), (to, DESK), "{head}");
    assert!(!letter.subject.chars().any(|c| c.is_control() || c == '\u{202e}'), "{:?}", letter.subject);
    let html = letter.html.to_lowercase();
    for markup in ["<script", "<img src=x", "href=\"http://evil", "onerror=alert(1)>", "<b>vet"] {
        assert!(!html.contains(markup), "{markup} in {html}");
    }
    for link in html.split("href=\"mailto:").skip(1).filter_map(|rest| rest.split('"').next()) {
        let (address, query) = link.split_once('?').unwrap_or((link, ""));
        let keys = query.replace("&amp;", "&");
        let keys: Vec<&str> = keys.split('&').filter_map(|pair| pair.split('=').next()).collect();
        let known = ["subject", "body", "in-reply-to", ""];
        assert!(!address.contains("mallory") && keys.iter().all(|key| known.contains(key)), "{link}");
    }
    for (name, _) in &letter.attachments {
        let is_path = name.contains(['/', '\\', '\u{202e}', '\r', '\n', '\0']) || name.starts_with('.');
        assert!(!is_path, "{name:?}");
    }
}

#[tokio::test]
async fn nothing_of_a_hostile_mail_becomes_more_than_text_in_any_letter() {
    let world = World::start();
    let smtp = SmtpServer::start(Setup { delivery: Delivery::HomesBelow(world.homes()), ..Setup::default() }).await;
    world.settle(smtp.port());
    world.deliver(&evil_mail("jan.jansen@klant.example", "een", ""));
    world.deliver(&evil_mail("emma.brown@klant.example", "spam", "X-Spam-Flag: YES\r\n"));
    world.work().await;
    let acknowledgement = world.letters_once("jan.jansen", 1).await.remove(0);
    let notification = world.letters_once("schade", 1).await.remove(0);
    // A product that no hour and no code can hold by chance.
    assert!(
        notification.text.contains("{{ 7777 * 7777 }}") && !notification.text.contains("60481729"),
        "{}",
        notification.text
    );
    // The customer goes on, somebody else holds his letter, and a colleague uses what gives letters of every kind.
    let thread = format!("In-Reply-To: <{}>\r\n", acknowledgement.id);
    world.deliver(&evil_mail("jan.jansen@klant.example", "twee", &thread));
    world.deliver(&evil_mail("mallory@klant.example", "drie", &thread));
    for text in [
        &format!("#intern\n{TEXT}"),
        "#dossier",
        "#zoek {{ <script>",
        "#interm {{ 7777 * 7777 }}<script>alert(1)</script>",
        "#agenda vr 14:00 bel\\, {{ 7777 * 7777 }};<script>alert(1)</script>",
        "#escaleren {{ 7777 * 7777 }}<script>alert(1)</script>",
        "#afgehandeld\nWij betalen {{ 9 * 9 }}<script>alert(9)</script>\n.\nRSET\nHELP",
    ] {
        world.deliver(&Written::reply(HANDLER, &notification, text).bytes());
    }
    world.work().await;

    let letters = smtp.letters();
    assert!(letters.len() >= 10, "{}", letters.len());
    for letter in &letters {
        is_sound(&letter.bytes, &letter.to);
    }
    assert!(world.letters("mallory").is_empty());
    let closing = world.letters_once("jan.jansen", 2).await.remove(1);
    assert!(
        closing.text.replace("\r\n", "\n").contains("{{ 9 * 9 }}<script>alert(9)</script>\n.\nRSET"),
        "what a colleague typed stands there as typed: {}",
        closing.text
    );
    let told =
        world.letters("h.vandijk").into_iter().chain(world.letters("e.hendriks")).chain(world.letters("directie"));
    assert!(told.count() > 0, "the notice of what was put aside");
    // Nor does it steer the operator's terminal, or its log.
    let number = &notification.number();
    let reports: [&[&str]; 5] = [
        &["case", "export", number],
        &["case", "show", number],
        &["case", "list"],
        &["outbox", "list"],
        &["run", "--once"],
    ];
    for report in reports {
        let ran = world.run(report).await;
        assert_eq!(ran.code, 0, "{report:?}: {}", ran.log);
        let steers = |c: char| c.is_control() && !matches!(c, '\n' | '\t') || c == '\u{202e}';
        let found = ran.out.chars().chain(ran.log.chars()).find(|c| steers(*c));
        assert_eq!(found, None, "{report:?}: {}{}", ran.out, ran.log);
    }
    world.verify().await;
}
