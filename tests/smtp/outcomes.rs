//! What a reply, a cut and a silence mean at each stage (invariant 4).

use super::support::smtp::{Act, At, Fault, Setup, SmtpServer};
use super::{ENVELOPE, LETTER, impatient, kind, settings, smtp_to};
use klachtpost::outbox::smtp::Smtp;
use klachtpost::outbox::{Envelope, Outcome, Stage};
use std::time::Duration;

const REPLY_STAGES: [At; 6] = [At::Greeting, At::Ehlo, At::Mail, At::Rcpt, At::Data, At::Dot];

/// Rows are replies, columns the stages of `REPLY_STAGES`. Whatever was answered, the letter goes through as soon as
/// the server behaves, and it is there once.
#[tokio::test]
async fn a_reply_means_what_its_stage_says() {
    for (reply, expected) in [
        ("421 4.3.2 Closing", "qqllll"),
        ("450 4.7.1 Greylisted", "qqllll"),
        ("451 4.3.0 Try later", "qqllll"),
        ("452 4.3.1 Disk full", "qqllll"),
        ("535 5.7.8 Wrong password", "qqqqqq"),
        ("550 5.1.1 User unknown", "qqlrrr"),
        ("552 5.3.4 Too big", "qqssss"),
        ("552 5.2.2 Mailbox full", "qqlrrr"),
        ("554 5.7.1 Not from you", "qqlrrr"),
    ] {
        let mut found = String::new();
        for at in REPLY_STAGES {
            let server = SmtpServer::start(Setup::default()).await;
            server.fault(Fault::at(at, Act::reply(reply)));
            let mut smtp = smtp_to(&server).await;
            found.push(kind(&smtp.send(ENVELOPE, LETTER).await));
            assert!(server.letters().is_empty(), "{reply} {at:?}");
            server.clear_faults();
            assert_eq!(kind(&smtp.send(ENVELOPE, LETTER).await), 'a', "after {reply} {at:?}");
            assert_eq!(server.letters().len(), 1);
        }
        assert_eq!(found, expected, "{reply}");
    }
}

/// Each moment, what a cut there means for a letter, and how many copies the server then has.
const CUTS: [(At, char, usize); 9] = [
    (At::Greeting, 'q', 0),
    (At::Ehlo, 'q', 0),
    (At::Mail, 'l', 0),
    (At::Rcpt, 'l', 0),
    (At::Data, 'l', 0),
    (At::Content, 'u', 0),
    (At::Dot, 'u', 0),
    (At::Taken, 'u', 1),
    (At::Replied, 'a', 1),
];

#[tokio::test]
async fn a_cut_connection_is_unknown_only_once_the_letter_was_handed_over() {
    for (at, expected, copies) in CUTS {
        let server = SmtpServer::start(Setup::default()).await;
        server.fault(Fault::at(at, Act::Drop));
        let mut smtp = smtp_to(&server).await;
        let outcome = smtp.send(ENVELOPE, LETTER).await;
        assert_eq!(kind(&outcome), expected, "{at:?}: {outcome:?}");
        assert_eq!(server.letters().len(), copies, "{at:?}");
        server.clear_faults();
        assert_eq!(kind(&smtp.send(ENVELOPE, LETTER).await), 'a', "after a cut at {at:?}");
    }
}

#[tokio::test]
async fn a_silent_server_is_waited_for_only_so_long() {
    for (at, expected, copies) in CUTS {
        let server = SmtpServer::start(Setup::default()).await;
        server.fault(Fault::at(at, Act::Stall));
        let mut smtp = Smtp::open_with(&settings(server.port()), impatient()).await.unwrap();
        let sending = smtp.send(ENVELOPE, LETTER);
        let longest = impatient().whole_send(LETTER.len());
        let outcome = tokio::time::timeout(longest, sending).await.expect("a deadline of its own");
        assert_eq!(kind(&outcome), expected, "{at:?}: {outcome:?}");
        assert_eq!(server.letters().len(), copies, "{at:?}");
    }
}

#[tokio::test]
async fn a_late_reply_within_the_deadline_is_a_reply() {
    let server = SmtpServer::start(Setup::default()).await;
    server.fault(Fault::at(At::Taken, Act::Late(Duration::from_millis(150))));
    let mut smtp = Smtp::open_with(&settings(server.port()), impatient()).await.unwrap();
    assert_eq!(kind(&smtp.send(ENVELOPE, LETTER).await), 'a');
}

#[tokio::test]
async fn nobody_there_makes_the_queue_wait() {
    let server = SmtpServer::start(Setup::default()).await;
    let mut smtp = smtp_to(&server).await;
    server.stop().await;
    let outcome = smtp.send(ENVELOPE, LETTER).await;
    assert!(matches!(outcome, Outcome::TryAgain { stage: Stage::Connect, .. }), "{outcome:?}");
    assert_eq!(kind(&outcome), 'q');
}

#[tokio::test]
async fn the_reply_is_kept_as_proof_with_the_servers_name() {
    let server = SmtpServer::start(Setup::default()).await;
    let outcome = smtp_to(&server).await.send(ENVELOPE, LETTER).await;
    let (reply, name) = ("250 2.0.0 Ok: queued as TEST1".to_owned(), "mx.test.example".to_owned());
    assert_eq!(outcome, Outcome::Accepted { reply, server: name });
}

#[tokio::test]
async fn a_refusal_says_who_where_and_why_on_one_line() {
    let server = SmtpServer::start(Setup::default()).await;
    server.fault(Fault::at(At::Rcpt, Act::reply("550-5.1.1 No such user\r\n550 5.1.1 See our site")));
    let Outcome::Refused { reply, stage, .. } = smtp_to(&server).await.send(ENVELOPE, LETTER).await else {
        panic!("expected a refusal");
    };
    assert_eq!((reply.as_str(), stage), ("550 5.1.1 No such user See our site", Stage::RcptTo));
}

#[tokio::test]
async fn one_recipients_refusal_is_not_the_next_ones() {
    let server = SmtpServer::start(Setup::default()).await;
    server.fault(Fault::at(At::Rcpt, Act::reply("550 5.1.1 No")).for_recipient("weg@klant.example"));
    let mut smtp = smtp_to(&server).await;
    let mut found = String::new();
    for to in ["weg@klant.example", "jan@klant.example", "weg@klant.example", "piet@klant.example"] {
        found.push(kind(&smtp.send(Envelope { to, ..ENVELOPE }, LETTER).await));
    }
    assert_eq!((found.as_str(), server.connections()), ("rara", 1));
}

/// A reply that lettre cannot read would make a letter unknown, and an unknown letter is sent again.
#[tokio::test]
async fn odd_replies_are_still_replies() {
    for reply in [
        b"250 2.0.0 Geaccepteerd \xeb\r\n".as_slice(),
        b"250\r\n",
        b"250 Ok\n",
        b"250-one\r\n250 two\r\n",
        &[b"250 ".as_slice(), &[b'x'; 3_000], b"\r\n"].concat(),
    ] {
        let server = SmtpServer::start(Setup::default()).await;
        server.fault(Fault::at(At::Taken, Act::Reply(reply.to_vec())));
        let outcome = smtp_to(&server).await.send(ENVELOPE, LETTER).await;
        assert_eq!(kind(&outcome), 'a', "{:?}: {outcome:?}", String::from_utf8_lossy(reply));
    }
}

#[tokio::test]
async fn half_a_reply_and_nonsense_after_the_letter_are_unknown() {
    for reply in [b"25".as_slice(), b"250 Ok", b"354 more?\r\n", b"hello\r\n", b"250-a\r\n550 b\r\n"] {
        let server = SmtpServer::start(Setup::default()).await;
        server.fault(Fault::at(At::Taken, Act::ReplyAndDrop(reply.to_vec())));
        let outcome = smtp_to(&server).await.send(ENVELOPE, LETTER).await;
        assert_eq!(kind(&outcome), 'u', "{:?}: {outcome:?}", String::from_utf8_lossy(reply));
    }
}

#[tokio::test]
async fn data_not_answered_by_354_hands_nothing_over() {
    let server = SmtpServer::start(Setup::default()).await;
    server.fault(Fault::at(At::Data, Act::reply("250 Ok")).times(1));
    let mut smtp = smtp_to(&server).await;
    assert_eq!(kind(&smtp.send(ENVELOPE, LETTER).await), 'l');
    assert_eq!(kind(&smtp.send(ENVELOPE, LETTER).await), 'a');
    assert_eq!((server.letters().len(), server.connections()), (1, 2));
}

/// A reply too many shifts all that follow: what is read at DATA is then no 354, and nothing is taken for accepted.
#[tokio::test]
async fn a_reply_nobody_asked_for_accepts_no_letter() {
    // Behind a letter that was taken it is felt on a kept connection, and the next letter goes over a new one.
    for (at, taken) in [(At::Mail, 3), (At::Rcpt, 3), (At::Taken, 4)] {
        let server = SmtpServer::start(Setup::default()).await;
        server.fault(Fault::at(at, Act::behind("250 2.0.0 Ok: queued as OLD")).times(1));
        let mut smtp = smtp_to(&server).await;
        let mut accepted = 0;
        for _ in 0..4 {
            accepted += usize::from(kind(&smtp.send(ENVELOPE, LETTER).await) == 'a');
        }
        assert_eq!((accepted, server.letters().len()), (taken, taken), "{at:?}");
    }
}

/// Large enough that the server's buffers do not take all of it: the cut is felt before the ending dot.
#[tokio::test]
async fn cut_off_in_mid_text_is_surely_not_taken_and_the_last_words_are_heard() {
    let letter = [LETTER, &b"0123456789abcdef0123456789abcdef\r\n".repeat(1_000_000)].concat();
    for (act, expected) in [(Act::Drop, 'l'), (Act::reply_and_drop("552 5.3.4 Too big"), 's')] {
        let server = SmtpServer::start(Setup::default()).await;
        server.fault(Fault::at(At::Content, act));
        let outcome = smtp_to(&server).await.send(ENVELOPE, &letter).await;
        assert_eq!(kind(&outcome), expected, "{outcome:?}");
    }
}
