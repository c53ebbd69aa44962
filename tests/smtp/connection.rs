//! One connection for many letters: kept, replaced when it died, given up when a letter broke it.

use super::support::smtp::{Act, At, Delivery, Fault, Setup, SmtpServer};
use super::{ASKED, ENVELOPE, LETTER, impatient, kind, settings, smtp_to};
use klachtpost::outbox::smtp::{Deadlines, Smtp};
use klachtpost::outbox::{Envelope, Transport};
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_hundred_letters_go_over_one_connection() {
    let server = SmtpServer::start(Setup::default()).await;
    let mut smtp = smtp_to(&server).await;
    for _ in 0..100 {
        assert_eq!(kind(&smtp.send(ENVELOPE, LETTER).await), 'a');
    }
    smtp.close().await;
    assert_eq!((server.connections(), server.letters().len()), (1, 100));
    // Nothing is said but what carries a letter: EHLO, three commands a letter, QUIT.
    let commands = server.commands();
    assert_eq!(commands.len(), 1 + 3 * 100 + 1, "{commands:?}");
    assert_eq!(commands.last().map(String::as_str), Some("QUIT"));
}

/// To see whether somebody is there nothing is asked, and nobody logs in.
#[tokio::test]
async fn a_server_is_met_without_asking_anything() {
    let server = SmtpServer::start(Setup::default()).await;
    Transport::greets(&settings(server.port()), Deadlines::default()).await.unwrap();
    let verbs: Vec<String> = server.commands().iter().map(|line| line.chars().take(4).collect()).collect();
    assert_eq!(verbs, ["EHLO", "QUIT"]);
    server.fault(Fault::at(At::Greeting, Act::reply("554 5.7.1 No service")).times(1));
    assert!(Transport::greets(&settings(server.port()), Deadlines::default()).await.is_err());
}

/// Without TCP_NODELAY every letter waits some 40 ms for an acknowledgement: 500 of them take 20 s, whatever the
/// machine. With it they take well below one second; the bound leaves room for a busy machine.
#[tokio::test]
async fn letters_do_not_wait_for_delayed_acknowledgements() {
    let server = SmtpServer::start(Setup::default()).await;
    let mut smtp = smtp_to(&server).await;
    let start = Instant::now();
    for _ in 0..500 {
        assert_eq!(kind(&smtp.send(ENVELOPE, LETTER).await), 'a');
    }
    let took = start.elapsed();
    assert!(took < Duration::from_secs(10), "500 letters took {took:?}");
}

/// Restarted, timed out, or full after so many letters: the letter at hand does not notice.
#[tokio::test]
async fn a_kept_connection_that_died_is_replaced_once() {
    for act in [Act::Drop, Act::reply("421 4.4.2 Timeout"), Act::reply_and_drop("421 4.7.0 Enough")] {
        let server = SmtpServer::start(Setup::default()).await;
        server.fault(Fault::at(At::Mail, act.clone()).after(1).times(1));
        let mut smtp = smtp_to(&server).await;
        for _ in 0..3 {
            assert_eq!(kind(&smtp.send(ENVELOPE, LETTER).await), 'a', "{act:?}");
        }
        assert_eq!((server.connections(), server.letters().len()), (2, 3), "{act:?}");
    }
}

#[tokio::test]
async fn a_restarted_server_is_found_again() {
    let server = SmtpServer::start(Setup::default()).await;
    let port = server.port();
    let mut smtp = smtp_to(&server).await;
    assert_eq!(kind(&smtp.send(ENVELOPE, LETTER).await), 'a');
    server.stop().await;
    assert_eq!(kind(&smtp.send(ENVELOPE, LETTER).await), 'q');
    let server = SmtpServer::start(Setup { port, ..Setup::default() }).await;
    assert_eq!(kind(&smtp.send(ENVELOPE, LETTER).await), 'a');
    assert_eq!(server.letters().len(), 1);
}

/// Dead only once, not again and again: the second death is the letter's outcome.
#[tokio::test]
async fn a_server_that_always_hangs_up_at_mail_is_not_called_for_ever() {
    let server = SmtpServer::start(Setup::default()).await;
    let mut smtp = smtp_to(&server).await;
    assert_eq!(kind(&smtp.send(ENVELOPE, LETTER).await), 'a');
    server.fault(Fault::at(At::Mail, Act::Drop));
    assert_eq!(kind(&smtp.send(ENVELOPE, LETTER).await), 'l');
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_refused_reset_costs_the_connection_only() {
    let server = SmtpServer::start(Setup::default()).await;
    server.fault(Fault::at(At::Rcpt, Act::reply("450 4.2.0 Later")).times(1));
    server.fault(Fault::at(At::Rset, Act::Drop));
    let mut smtp = smtp_to(&server).await;
    assert_eq!(kind(&smtp.send(ENVELOPE, LETTER).await), 'l');
    assert_eq!(kind(&smtp.send(ENVELOPE, LETTER).await), 'a');
    assert_eq!(server.connections(), 2);
}

/// A send dropped midway (shutdown, a lease that lapsed) must not leave its half to the next letter.
#[tokio::test]
async fn a_cancelled_send_takes_its_connection_along() {
    let server = SmtpServer::start(Setup::default()).await;
    server.fault(Fault::at(At::Taken, Act::Stall).times(1));
    let mut smtp = smtp_to(&server).await;
    assert!(tokio::time::timeout(Duration::from_millis(300), smtp.send(ENVELOPE, LETTER)).await.is_err());
    assert_eq!(kind(&smtp.send(ENVELOPE, LETTER).await), 'a');
    let connections: Vec<_> = server.letters().iter().map(|letter| letter.connection).collect();
    assert_eq!(connections, [1, 2]);
}

#[tokio::test]
async fn the_check_tells_what_it_found() {
    let server = SmtpServer::start(Setup { size: Some(1_000), ..Setup::default() }).await;
    let found = Transport::check(&settings(server.port()), &ASKED).await.unwrap();
    let expected = format!(
        "localhost:{} (mx.test.example): not encrypted (this machine itself), no login, takes letters from the desk, letters up to 1000 bytes",
        server.port()
    );
    assert_eq!(found, expected);
    assert_eq!(server.commands().last().map(String::as_str), Some("QUIT"));

    for (at, expected) in [(At::Greeting, "the greeting"), (At::Mail, "MAIL FROM"), (At::Rcpt, "RCPT TO")] {
        server.clear_faults();
        server.fault(Fault::at(at, Act::reply("554 5.7.1 No")));
        let error = Transport::check(&settings(server.port()), &ASKED).await.unwrap_err().to_string();
        assert!(error.contains(expected) && error.contains("554"), "{error}");
    }
    let port = server.port();
    server.stop().await;
    let error = Transport::check(&settings(port), &ASKED).await.unwrap_err().to_string();
    assert!(error.contains("check host, port"), "{error}");
}

#[tokio::test]
async fn the_tests_own_server_delivers_into_homes() {
    let homes = tempfile::tempdir().unwrap();
    std::fs::create_dir(homes.path().join("jan")).unwrap();
    let delivery = Delivery::HomesBelow(homes.path().to_owned());
    let server = SmtpServer::start(Setup { delivery, ..Setup::default() }).await;
    let mut smtp = smtp_to(&server).await;
    let found: String = [
        kind(&smtp.send(Envelope { to: "Jan+k1@klant.example", ..ENVELOPE }, LETTER).await),
        kind(&smtp.send(Envelope { to: "weg@klant.example", ..ENVELOPE }, LETTER).await),
    ]
    .iter()
    .collect();
    assert_eq!(found, "ar");
    assert_eq!(std::fs::read_dir(homes.path().join("jan/Maildir/new")).unwrap().count(), 1);
}

/// A letter's commands come in one piece only where that is offered, and not any more where the first ones broke the
/// connection: whoever stands in between may not bear them.
#[tokio::test]
async fn commands_come_together_where_that_is_offered_and_borne() {
    for (extensions, expected, connections) in
        [(vec!["8BITMIME", "PIPELINING"], "laa", 2), (vec!["8BITMIME"], "aaa", 1)]
    {
        let server = SmtpServer::start(Setup { extensions, ..Setup::default() }).await;
        server.fault(Fault::at(At::Mail, Act::DropUnlessAlone));
        let mut smtp = smtp_to(&server).await;
        let mut found = String::new();
        for _ in 0..3 {
            found.push(kind(&smtp.send(ENVELOPE, LETTER).await));
        }
        assert_eq!((found.as_str(), server.connections()), (expected, connections));
        assert_eq!(server.letters().len(), found.matches('a').count());
    }
}

/// That a connection ends at the third letter says nothing against commands that were borne twice.
#[tokio::test]
async fn a_session_that_ends_later_does_not_part_the_commands() {
    let server = SmtpServer::start(Setup::default()).await;
    server.fault(Fault::at(At::Mail, Act::Drop).after(2).times(1));
    let mut smtp = smtp_to(&server).await;
    for _ in 0..4 {
        assert_eq!(kind(&smtp.send(ENVELOPE, LETTER).await), 'a');
    }
    assert_eq!(server.connections(), 2);
    server.fault(Fault::at(At::Mail, Act::DropUnlessAlone).times(1));
    assert_eq!(kind(&smtp.send(ENVELOPE, LETTER).await), 'a', "over a third connection");
    assert_eq!(server.connections(), 3, "the fault met commands that came together");
}

/// Refused, and yet the server waits for the text: the standard's single dot could be taken for an empty letter.
#[tokio::test]
async fn a_server_that_waits_for_a_refused_letter_is_left() {
    for at in [At::Mail, At::Rcpt] {
        let server = SmtpServer::start(Setup::default()).await;
        server.fault(Fault::at(at, Act::reply("550 5.1.1 Unknown")).times(1));
        server.fault(Fault::at(At::Data, Act::reply("354 Go ahead")).times(1));
        let mut smtp = smtp_to(&server).await;
        let outcome = smtp.send(ENVELOPE, LETTER).await;
        assert_eq!(kind(&outcome), if at == At::Mail { 'l' } else { 'r' }, "{outcome:?}");
        assert!(server.letters().is_empty(), "{at:?}");
        let commands = server.commands();
        assert_eq!(commands.last().map(String::as_str), Some("DATA"), "{commands:?}");
        assert!(smtp.takes(ENVELOPE).await, "a lost connection says nothing about the desk");
        assert_eq!(kind(&smtp.send(ENVELOPE, LETTER).await), 'a');
        assert_eq!((server.letters().len(), server.connections()), (1, 2), "{at:?}");
    }
}

/// A reply that is still to come would be taken for the next command's: the connection is not used again.
#[tokio::test]
async fn a_refusal_whose_followers_never_come_ends_the_connection() {
    let server = SmtpServer::start(Setup::default()).await;
    server.fault(Fault::at(At::Rcpt, Act::reply("550 5.1.1 Unknown")).times(1));
    server.fault(Fault::at(At::Data, Act::Stall).times(1));
    let mut smtp = Smtp::open_with(&settings(server.port()), impatient()).await.unwrap();
    let outcome = smtp.send(ENVELOPE, LETTER).await;
    assert_eq!(kind(&outcome), 'r', "{outcome:?}");
    assert_eq!(kind(&smtp.send(ENVELOPE, LETTER).await), 'a');
    assert_eq!(server.connections(), 2);
}

/// Also where only a question was asked.
#[tokio::test]
async fn a_question_that_is_answered_too_late_ends_the_connection() {
    let server = SmtpServer::start(Setup::default()).await;
    let mut smtp = Smtp::open_with(&settings(server.port()), impatient()).await.unwrap();
    assert_eq!(kind(&smtp.send(ENVELOPE, LETTER).await), 'a');
    server.fault(Fault::at(At::Rcpt, Act::Late(Duration::from_millis(600))).times(1));
    assert!(!smtp.takes(ENVELOPE).await);
    let commands = server.commands();
    assert!(commands.last().is_some_and(|last| last.starts_with("RCPT")), "{commands:?}");
    assert_eq!(kind(&smtp.send(ENVELOPE, LETTER).await), 'a');
    assert_eq!((server.letters().len(), server.connections()), (2, 2));
}
