//! What arrives is what was sent: bytes, dots, line ends, addresses; and nothing gets out of its place.

use super::support::smtp::{Act, At, Fault, Setup, SmtpServer};
use super::{ENVELOPE, LETTER, kind, smtp_to};
use klachtpost::outbox::{Envelope, Outcome, Stage};
use std::time::SystemTime;

/// Sends `bytes` to a well-behaved server; what it has then.
async fn arrived(bytes: &[u8]) -> Vec<u8> {
    let server = SmtpServer::start(Setup::default()).await;
    assert_eq!(kind(&smtp_to(&server).await.send(ENVELOPE, bytes).await), 'a');
    let letters = server.letters();
    assert_eq!(letters.len(), 1, "one letter and nothing smuggled in");
    assert!(letters[0].at <= SystemTime::now());
    letters[0].bytes.clone()
}

#[tokio::test]
async fn a_letter_arrives_byte_for_byte() {
    let long_line = [LETTER, &[b'x'; 2_000], b"\r\n"].concat();
    let with_dots = [LETTER, b".\r\n..\r\n.x\r\n\r\n.\r\n"].concat();
    let large = [LETTER, &b"line of a larger letter\r\n.\r\n".repeat(100_000)].concat();
    for bytes in [LETTER, &long_line, &with_dots, &large, b"\r\n", b".\r\n"] {
        assert!(arrived(bytes).await == bytes, "{} bytes", bytes.len());
    }
}

#[tokio::test]
async fn bare_line_ends_cannot_end_the_letter() {
    for smuggled in ["\n.\r\n", "\r\n.\n", "\n.\n", "\r.\r", "\r\n.\r"] {
        let bytes = [LETTER, format!("a{smuggled}MAIL FROM:<x@evil.example>\r\n").as_bytes()].concat();
        let text = arrived(&bytes).await;
        let expected = [LETTER, b"a\r\n.\r\nMAIL FROM:<x@evil.example>\r\n"].concat();
        assert_eq!(String::from_utf8(text).unwrap(), String::from_utf8(expected).unwrap(), "{smuggled:?}");
    }
}

#[tokio::test]
async fn the_server_is_told_what_the_letter_needs() {
    let eight_bit = [LETTER, "caf\u{e9}\r\n".as_bytes()].concat();
    for (to, bytes, expected) in [
        ("jan@klant.example", LETTER, "MAIL FROM:<klachten@desk.example>".to_owned()),
        ("jan@klant.example", &eight_bit, "MAIL FROM:<klachten@desk.example> BODY=8BITMIME".to_owned()),
        ("jos\u{e9}@klant.example", LETTER, "MAIL FROM:<klachten@desk.example> SMTPUTF8".to_owned()),
    ] {
        let server = SmtpServer::start(Setup::default()).await;
        assert_eq!(kind(&smtp_to(&server).await.send(Envelope { to, ..ENVELOPE }, bytes).await), 'a');
        assert_eq!(server.commands()[1], expected);
        assert_eq!(server.letters()[0].to, to);
    }
}

#[tokio::test]
async fn a_server_that_lacks_what_is_needed_refuses_with_a_reason() {
    let eight_bit = [LETTER, "caf\u{e9}\r\n".as_bytes()].concat();
    let server = SmtpServer::start(Setup { extensions: Vec::new(), ..Setup::default() }).await;
    let mut smtp = smtp_to(&server).await;
    for (to, bytes, expected) in
        [("jan@klant.example", eight_bit.as_slice(), "8BITMIME"), ("jos\u{e9}@klant.example", LETTER, "SMTPUTF8")]
    {
        let outcome = smtp.send(Envelope { to, ..ENVELOPE }, bytes).await;
        let Outcome::Refused { reply, stage: Stage::Letter, .. } = outcome else { panic!("{outcome:?}") };
        assert!(reply.contains(expected), "{reply}");
    }
    // A domain beyond ASCII needs nothing of the server.
    let outcome = smtp.send(Envelope { to: "jan@m\u{fc}ller.example", ..ENVELOPE }, LETTER).await;
    assert_eq!((kind(&outcome), server.letters()[0].to.as_str()), ('a', "jan@xn--mller-kva.example"));
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_letter_over_the_servers_size_is_not_even_offered() {
    let server = SmtpServer::start(Setup { size: Some(LETTER.len()), ..Setup::default() }).await;
    let mut smtp = smtp_to(&server).await;
    let large = [LETTER, b"x"].concat();
    assert_eq!(kind(&smtp.send(ENVELOPE, &large).await), 's');
    assert!(!server.commands().iter().any(|command| command.starts_with("MAIL")));
    assert_eq!(kind(&smtp.send(ENVELOPE, LETTER).await), 'a');
    assert!(server.commands().contains(&format!("MAIL FROM:<klachten@desk.example> SIZE={}", LETTER.len())));
}

#[tokio::test]
async fn the_null_sender_is_written_as_such() {
    let server = SmtpServer::start(Setup::default()).await;
    let mut smtp = smtp_to(&server).await;
    assert_eq!(kind(&smtp.send(Envelope { from: "", ..ENVELOPE }, LETTER).await), 'a');
    assert_eq!(server.commands()[1], "MAIL FROM:<>");
    assert_eq!((server.letters()[0].from.as_str(), server.letters()[0].text().len()), ("", LETTER.len()));
}

#[tokio::test]
async fn an_address_cannot_carry_a_command() {
    let server = SmtpServer::start(Setup::default()).await;
    let mut smtp = smtp_to(&server).await;
    for (from, to) in [
        ("klachten@desk.example", "jan@klant.example>\r\nRCPT TO:<piet@klant.example"),
        ("a@desk.example>\nDATA", "jan@klant.example"),
        ("klachten@desk.example", "jan> NOTIFY=NEVER@klant.example"),
        ("klachten@desk.example", "jan"),
        ("klachten@desk.example", ""),
    ] {
        let outcome = smtp.send(Envelope { from, to }, LETTER).await;
        assert!(matches!(outcome, Outcome::Refused { stage: Stage::Letter, .. }), "{outcome:?}");
    }
    assert_eq!(server.connections(), 0);
}

/// lettre 0.11.23 panics on a line of blanks in an answer to EHLO.
#[tokio::test]
async fn blank_lines_in_the_answer_to_ehlo_do_no_harm() {
    let server = SmtpServer::start(Setup::default()).await;
    server.fault(Fault::at(At::Ehlo, Act::reply("250-mx.test.example\r\n250-   \r\n250- \t\r\n250    ")));
    assert_eq!(kind(&smtp_to(&server).await.send(ENVELOPE, LETTER).await), 'a');
}
