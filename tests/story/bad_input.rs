//! Mail as nobody should write it, all delivered together: each is on file with a disposition, the inbox is empty, and
//! the ordinary complaint behind them is acknowledged (invariant 1).

use crate::letter::{Written, base64_lines};
use crate::support::smtp::{Delivery, Setup, SmtpServer};
use crate::world::World;
use klachtpost::register::Register;
use std::collections::BTreeMap;
use std::fmt::Write as _;

const MANY_PARTS: usize = 10_000;
const NESTED_MAILS: usize = 64_000;
const LONG_SUBJECT: usize = 300_000;
const LARGE_ATTACHMENT: usize = 30_000_000;

/// The bad mails, by what is bad about them.
fn bad_mails() -> Vec<(&'static str, Vec<u8>)> {
    let head = |name: &str| {
        format!("From: {name}@klant.example\r\nTo: klachten@lease.example\r\nMessage-ID: <{name}@klant.example>\r\n")
    };
    let plain = |name: &str, rest: &str| format!("{}{rest}", head(name)).into_bytes();
    vec![
        ("empty", Vec::new()),
        ("no From", b"Subject: Klacht\r\nMessage-ID: <van@niemand>\r\n\r\nDe auto start niet.\r\n".to_vec()),
        ("no Message-ID", b"From: zonder.id@klant.example\r\nSubject: Klacht\r\n\r\nDe auto start niet.\r\n".to_vec()),
        ("no Date", plain("zonder.datum", "Subject: Klacht\r\n\r\nDe auto start niet.\r\n")),
        ("a large attachment", large_attachment(&head("groot"))),
        (
            "raw 8-bit",
            [&plain("acht.bit", "Subject: Klacht\r\n\r\nDe cli")[..], b"\xebnt is ontevreden \xe9n boos.\r\n"].concat(),
        ),
        ("NUL bytes", [&plain("nul", "Subject: Kla")[..], b"\0cht\r\n\r\nDe auto\0 start niet.\r\n"].concat()),
        ("line breaks in a name and a subject", line_breaks()),
        (
            "a long subject",
            plain("lang", &format!("Subject: {}\r\n\r\nHallo.\r\n", "klacht ".repeat(LONG_SUBJECT / 7))),
        ),
        ("many parts", many_parts(&head("delen"))),
        ("nested mails", nested_mails(&head("nest"))),
        ("only line ends", b"\r\n\r\n\r\n".to_vec()),
        ("no text at all", (0..=255_u8).cycle().take(50_000).collect()),
    ]
}

fn large_attachment(head: &str) -> Vec<u8> {
    // In base64 it is a third more on the wire; what counts is what arrives.
    let content = base64_lines(&vec![0x5a; LARGE_ATTACHMENT / 4 * 3]);
    format!(
        "{head}Subject: Foto\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=g\r\n\r\n--g\r\n\
         Content-Type: text/plain\r\n\r\nZie de film van de schade.\r\n--g\r\nContent-Type: video/mp4; name=film.mp4\r\n\
         Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=film.mp4\r\n\r\n{content}--g--\r\n"
    )
    .into_bytes()
}

/// `=0D=0A` decoded in a name and a subject would begin a header of the sender's own in our letters.
fn line_breaks() -> Vec<u8> {
    b"From: =?utf-8?q?Jan=0D=0ABcc=3A_mallory=40klant.example?= <regels@klant.example>\r\n\
      Subject: =?utf-8?q?Klacht=0D=0ABcc=3A_mallory=40klant.example=0D=0A=0D=0Atekst?=\r\n\
      Message-ID: <regels@klant.example>\r\n\r\nDe auto start niet.\r\n"
        .to_vec()
}

fn many_parts(head: &str) -> Vec<u8> {
    let mut mail =
        format!("{head}Subject: Delen\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=g\r\n\r\n");
    for number in 0..MANY_PARTS {
        let _ = write!(
            mail,
            "--g\r\nContent-Type: text/plain; name=deel{number}.txt\r\nContent-Disposition: attachment\r\n\r\nx\r\n"
        );
    }
    (mail + "--g--\r\n").into_bytes()
}

fn nested_mails(head: &str) -> Vec<u8> {
    let nested = "Content-Type: message/rfc822\r\n\r\n".repeat(NESTED_MAILS);
    format!("{head}Subject: Nest\r\nMIME-Version: 1.0\r\n{nested}Subject: binnenste\r\n\r\nHallo.\r\n").into_bytes()
}

#[tokio::test]
async fn none_is_lost_and_none_stops_the_next_one() {
    let world = World::start();
    let delivery = Delivery::HomesBelow(world.homes());
    let smtp = SmtpServer::start(Setup { delivery, ..Setup::default() }).await;
    world.settle(smtp.port());
    let bad = bad_mails();
    for (_, mail) in &bad {
        world.deliver(mail);
    }
    world.deliver(&Written::new("jan.jansen@klant.example", "Klacht", "De auto start niet.").bytes());
    world.work().await;

    assert_eq!(world.left_in_inbox(), 0);
    let acknowledgement = world.letters_once("jan.jansen", 1).await.remove(0);
    assert!(acknowledgement.text.contains(&acknowledgement.number()));
    let dispositions = dispositions(&world).await;
    assert_eq!(dispositions.values().sum::<i64>(), i64::try_from(bad.len()).unwrap() + 1, "{dispositions:?}");
    assert!(!dispositions.contains_key("undecided"), "{dispositions:?}");

    let from = |name: &str| format!("{name}@klant.example");
    let cases = world.cases().await;
    for name in ["zonder.id", "zonder.datum", "groot", "acht.bit", "nul", "regels", "lang", "delen", "nest"] {
        assert!(cases.iter().any(|case| case["customer"]["address"] == from(name)), "a case of {name}");
    }
    for letter in smtp.letters() {
        assert!(!letter.to.starts_with("mallory"), "a line break became a header");
        assert!(!letter.text().lines().any(|line| line.starts_with("Bcc:")), "{}", letter.text());
    }
    world.verify().await;
    world.work().await;
    assert_eq!(self::dispositions(&world).await, dispositions, "a second round changes nothing");
}

async fn dispositions(world: &World) -> BTreeMap<String, i64> {
    let register = Register::open(&world.register_url()).await.unwrap();
    let counted = register.dispositions(chrono::DateTime::UNIX_EPOCH).await.unwrap();
    register.close().await;
    let name = |disposition: Option<klachtpost::desk::Disposition>| disposition.map_or("undecided", |d| d.name());
    counted.into_iter().map(|(disposition, count)| (name(disposition).to_owned(), count)).collect()
}
