//! Who keeps klachtpost running is told by mail when it has been cut off for long: once, in plain words, also over
//! another way when the usual one is what fails, and not again after a restart.

use crate::desk::{Desk, MAILS};
use crate::support::dovecot::PASSWORD;
use crate::support::proxy::Act;
use crate::support::smtp::{Act as SmtpAct, At, Fault, Setup, SmtpServer};
use chrono::TimeDelta;
use klachtpost::daemon::{run, run_once};
use klachtpost::register::LetterState;
use mail_parser::MessageParser;
use std::time::Duration;

const OPERATOR: &str = "beheer@lease.example";
const REFUSED: Act = Act::Say("TAG NO [AUTHENTICATIONFAILED] Authentication failed.\r\n");

fn settings(second: Option<&SmtpServer>) -> String {
    let second = second.map_or_else(String::new, |server| {
        format!("[second_sender]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\n", server.port())
    });
    format!("{second}[operator]\naddress = \"{OPERATOR}\"\n")
}

/// A run from a timetable: each is a process of its own as far as what is remembered goes.
async fn run_after(desk: &Desk, minutes: i64) {
    desk.clock.set(desk.clock.now() + TimeDelta::minutes(minutes));
    let _ = run_once(desk.office.clone()).await;
}

/// Subject and text of the letters to the operator.
fn told(server: &SmtpServer) -> Vec<(String, String)> {
    let letters = server.letters();
    let letters = letters.iter().filter(|letter| letter.to == OPERATOR);
    letters
        .map(|letter| {
            let message = MessageParser::default().parse(&letter.bytes).unwrap();
            let (subject, text) = (message.subject().unwrap(), message.body_text(0).unwrap());
            (subject.to_owned(), text.into_owned())
        })
        .collect()
}

fn subjects(server: &SmtpServer) -> Vec<String> {
    told(server).into_iter().map(|(subject, _)| subject).collect()
}

const BLIND: &str = "Storing: klachtpost ontvangt geen klachten";
const SEES_AGAIN: &str = "Hersteld: klachtpost ontvangt weer klachten";

#[tokio::test]
async fn blind_for_half_an_hour_is_told_once_and_its_end_too() {
    let desk = Desk::open_with(&settings(None)).await;
    run_after(&desk, 0).await;
    desk.imap.always("LOGIN", REFUSED);
    run_after(&desk, 5).await;
    run_after(&desk, 29).await;
    assert_eq!(subjects(&desk.smtp), [""; 0], "not for less than half an hour");
    run_after(&desk, 6).await;
    let letter = told(&desk.smtp).remove(0);
    assert_eq!(letter.0, BLIND);
    for part in
        ["Al 35 minuten, sinds ", "Geprobeerd: inloggen", "gebruikersnaam of het wachtwoord", "Wat u kunt doen:"]
    {
        assert!(letter.1.contains(part), "{part} is missing in {}", letter.1);
    }
    assert!(!letter.1.contains(PASSWORD), "{}", letter.1);
    for _ in 0..5 {
        run_after(&desk, 20).await;
    }
    assert_eq!(subjects(&desk.smtp), [BLIND], "once, whatever restarts");
    // Another trouble is another letter.
    desk.imap.always("LOGIN", Act::SayAndHangUp("* BYE out of order\r\n"));
    run_after(&desk, 20).await;
    assert_eq!(subjects(&desk.smtp), [BLIND; 2]);
    assert!(told(&desk.smtp)[1].1.contains("niet te bereiken"), "{:?}", told(&desk.smtp)[1]);
    // And daily while it lasts.
    run_after(&desk, 24 * 60).await;
    assert_eq!(subjects(&desk.smtp).len(), 3);
    desk.imap.behave();
    run_after(&desk, 5).await;
    run_after(&desk, 5).await;
    assert_eq!(subjects(&desk.smtp).last().map(String::as_str), Some(SEES_AGAIN));
    assert_eq!(subjects(&desk.smtp).len(), 4, "and its end once");
}

#[tokio::test]
async fn what_mends_itself_soon_is_not_told() {
    let desk = Desk::open_with(&settings(None)).await;
    for _ in 0..3 {
        desk.imap.always("LOGIN", REFUSED);
        run_after(&desk, 20).await;
        run_after(&desk, 20).await;
        desk.imap.behave();
        run_after(&desk, 5).await;
    }
    assert_eq!(subjects(&desk.smtp), [""; 0]);
}

#[tokio::test]
async fn where_sending_fails_the_second_way_is_taken() {
    let second = SmtpServer::start(Setup::default()).await;
    let desk = Desk::open_with(&settings(Some(&second))).await;
    desk.deliver();
    desk.smtp.fault(Fault::at(At::Greeting, SmtpAct::reply_and_drop("421 4.3.2 closed for today")));
    run_after(&desk, 0).await;
    run_after(&desk, 31).await;
    assert_eq!(subjects(&second), ["Storing: klachtpost verstuurt geen e-mail"]);
    assert!(told(&second)[0].1.contains("421 4.3.2 closed for today"), "{:?}", told(&second)[0]);
    run_after(&desk, 31).await;
    assert_eq!(second.letters().len(), 1, "and no other letter goes that way");
    // Blind as well, and the first way is still closed.
    desk.imap.always("LOGIN", REFUSED);
    run_after(&desk, 1).await;
    run_after(&desk, 31).await;
    assert_eq!(subjects(&second).last().map(String::as_str), Some(BLIND));
    desk.smtp.clear_faults();
    desk.imap.behave();
    run_after(&desk, 5).await;
    let over = subjects(&desk.smtp);
    assert_eq!(over, [SEES_AGAIN, "Hersteld: klachtpost verstuurt weer e-mail"]);
}

#[tokio::test]
async fn an_answer_that_got_lost_repeats_the_alarm_with_the_same_id() {
    let desk = Desk::open_with(&settings(None)).await;
    desk.imap.always("LOGIN", REFUSED);
    run_after(&desk, 0).await;
    desk.clock.set(desk.clock.now() + TimeDelta::minutes(31));
    desk.smtp.fault(Fault::at(At::Taken, SmtpAct::Drop).times(1));
    let mut teller = klachtpost::daemon::Teller::default();
    for _ in 0..3 {
        teller.tell(&desk.office).await.unwrap();
    }
    let letters = desk.smtp.letters();
    assert_eq!(letters.len(), 2);
    assert_eq!(letters[0].bytes, letters[1].bytes);
}

#[tokio::test]
async fn taking_in_that_neither_ends_nor_fails_is_told() {
    let desk = Desk::open_with(&settings(None)).await;
    run_after(&desk, 0).await;
    // From here on the loop is not heard of: no error, and no end.
    let mut teller = klachtpost::daemon::Teller::default();
    for (minutes, letters) in [(30, 0), (2, 1), (60, 1)] {
        desk.clock.set(desk.clock.now() + TimeDelta::minutes(minutes));
        teller.tell(&desk.office).await.unwrap();
        assert_eq!(told(&desk.smtp).len(), letters, "{minutes} minutes later");
    }
    let (subject, text) = told(&desk.smtp).remove(0);
    assert!(subject == BLIND && text.contains("komt niet tot een einde"), "{subject}: {text}");
}

#[tokio::test]
async fn a_refused_login_is_not_repeated_without_a_pause() {
    let desk = Desk::open_with(&settings(None)).await;
    desk.imap.always("LOGIN", REFUSED);
    let (office, as_they_were) = (desk.office.clone(), (*desk.office.mailboxes.whole).clone());
    let daemon = tokio::spawn(async move { run(office, &move || Ok(as_they_were.clone())).await });
    tokio::time::sleep(Duration::from_secs(3)).await;
    // Each attempt is a connection, and the server greets each.
    let tried = desk.imap.heard().iter().filter(|heard| heard.line.starts_with("* OK")).count();
    desk.office.stop.cancel();
    daemon.await.unwrap().unwrap();
    // At once, then after a second, two and four, of which chance takes off at most half.
    assert!((2..=4).contains(&tried), "{tried} logins in three seconds");
}

#[tokio::test]
async fn a_server_that_takes_nobody_is_not_tried_at_each_mail_that_comes() {
    let desk = Desk::open_with(&settings(None)).await;
    desk.smtp.fault(Fault::at(At::Ehlo, SmtpAct::reply_and_drop("421 4.3.2 not now")));
    let (office, as_they_were) = (desk.office.clone(), (*desk.office.mailboxes.whole).clone());
    let daemon = tokio::spawn(async move { run(office, &move || Ok(as_they_were.clone())).await });
    let (begun, mut mails) = (std::time::Instant::now(), 0);
    while begun.elapsed() < Duration::from_secs(4) {
        mails += desk.deliver().len();
        tokio::time::sleep(Duration::from_millis(400)).await;
    }
    let tried = desk.smtp.connections();
    let on_file = desk.office.register.count_letters(LetterState::Queued).await.unwrap();
    desk.office.stop.cancel();
    daemon.await.unwrap().unwrap();
    assert!(on_file > 4 * MAILS as i64, "letters were written meanwhile: {on_file} after {mails} mails");
    // One round, with as many connections as letters waited; the next one five seconds later.
    assert!((1..=2 * MAILS).contains(&tried), "{tried} connections in four seconds");
}

#[tokio::test]
async fn a_register_that_is_away_is_told_without_it() {
    let desk = Desk::open_with(&settings(None)).await;
    run_after(&desk, 0).await;
    desk.office.register.close().await;
    let mut teller = klachtpost::daemon::Teller::default();
    for minutes in [0, 31, 1, 1] {
        run_after(&desk, minutes).await;
        teller.tell(&desk.office).await.unwrap();
    }
    let told = told(&desk.smtp);
    assert!(told[0].1.contains("database van klachtpost"), "{}", told[0].1);
}

/// Each way in which mail stays in the inbox: the complaints are registered at once, and the operator hears why they stay.
#[tokio::test]
async fn mail_that_cannot_be_moved_is_told_while_complaints_are_registered() {
    for says in [
        "TAG NO [OVERQUOTA] Quota exceeded\r\n",
        "TAG NO [NOPERM] Mailbox is read-only\r\n",
        // It says yes, and does nothing: no right to expunge.
        "TAG OK Completed\r\n",
    ] {
        let desk = Desk::open_with(&settings(None)).await;
        desk.imap.always("UID MOVE", Act::Say(says));
        let subjects_of_mails = desk.deliver();
        for minutes in [0, 10, 19] {
            run_after(&desk, minutes).await;
        }
        let cases = desk.office.register.cases(klachtpost::register::CaseQuery::All).all().await.unwrap();
        assert_eq!(cases.len(), subjects_of_mails.len(), "{says}: registered all the same");
        assert_eq!(subjects(&desk.smtp), [""; 0], "{says}: not for less than half an hour");
        run_after(&desk, 6).await;
        run_after(&desk, 20).await;
        let letters = told(&desk.smtp);
        assert_eq!(letters.len(), 1, "{says}: {letters:?}");
        assert_eq!(letters[0].0, "Storing: de klachtenmailbox werkt niet helemaal");
        for part in ["blijft in de inbox", "mag wissen", "haalt klachten op en registreert ze"] {
            assert!(letters[0].1.contains(part), "{part} is missing in {}", letters[0].1);
        }
        desk.imap.behave();
        run_after(&desk, 5).await;
        run_after(&desk, 5).await;
        let over = subjects(&desk.smtp);
        assert_eq!(over.last().map(String::as_str), Some("Hersteld: de klachtenmailbox werkt weer helemaal"), "{says}");
        assert_eq!(over.len(), 2, "{says}");
    }
}
