//! Taking in from a server that misbehaves about one mail: the others come in, and the one goes on file after some hours,
//! so that a person hears of it (invariant 1). It stays in the inbox, and is registered when it comes after all.

use super::support::fake_imap::{Answer, FakeImap, Script};
use super::*;
use klachtpost::daemon::{WorkError, take_in};
use klachtpost::mailbox::Mailbox;

/// Polls after which anything must have ended.
const POLLS_MAX: usize = 60;
/// The clock goes on by this between two polls.
const BETWEEN: chrono::TimeDelta = chrono::TimeDelta::minutes(30);

async fn office_on(desk: &Desk, server: &FakeImap) -> Arc<Office> {
    let mailbox = format!(
        "kind = \"imap\"\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\nusername = \"u\"\npassword = \"p\"",
        server.port
    );
    office(desk, &mailbox, &maildir(desk, "out")).await
}

/// What it took until both mails of the server were decided on.
struct Polled {
    office: Arc<Office>,
    server: FakeImap,
    /// Polls that ended in an error.
    failed: usize,
    hours: i64,
}

/// Polls on new connections, half an hour apart, until both mails of the server are decided on.
async fn polled(desk: &Desk, script: Script) -> Polled {
    let server = FakeImap::start(script).await;
    let office = office_on(desk, &server).await;
    let (mut failed, began) = (0, office.clock.now());
    for _ in 0..POLLS_MAX {
        failed += usize::from(poll(&office).await.is_err());
        let hours = (office.clock.now() - began).num_hours();
        if desk.number("SELECT count(*) FROM mail WHERE disposition IS NOT NULL").await == 2 {
            return Polled { office, server, failed, hours };
        }
        office.clock.set(office.clock.now() + BETWEEN);
    }
    panic!("the mailbox is stuck");
}

async fn poll(office: &Arc<Office>) -> Result<(), WorkError> {
    let mut mailbox = Mailbox::open(&office.config.mailbox).await.unwrap();
    take_in(office, &mut mailbox).await.map(drop)
}

async fn is_set_apart(office: &Office, desk: &Desk, because: &str) {
    let apart = found(office, Disposition::Unreadable).await;
    let uid = desk.number("SELECT uid FROM mail WHERE id = (SELECT MAX(id) FROM mail)").await;
    let (_, reason) = apart.last().unwrap();
    assert!(uid == 7 && reason.contains("did not give it in") && reason.contains(because), "{uid}: {reason}");
    assert_eq!(desk.number("SELECT whole FROM mail WHERE uid = 7").await, 0);
    assert_eq!(desk.number("SELECT moved FROM mail WHERE uid = 7").await, 0);
}

fn says(text: &str) -> Option<Answer> {
    Some(Answer::Say(text.to_owned()))
}

#[tokio::test]
async fn a_mail_that_the_server_refuses_to_give_goes_on_file_after_hours_and_not_after_polls() {
    let desk = Desk::new().await;
    let server = FakeImap::start(refuses_one).await;
    let office = office_on(&desk, &server).await;
    for _ in 0..POLLS_MAX {
        poll(&office).await.unwrap();
    }
    assert_eq!(desk.number("SELECT count(*) FROM mail").await, 1, "many polls in no time blame nobody");

    let desk = Desk::new().await;
    let polled = polled(&desk, refuses_one).await;
    assert_eq!((polled.failed, polled.hours), (0, 6));
    is_set_apart(&polled.office, &desk, "message 2 is corrupt").await;
}

fn refuses_one(command: &str) -> Option<Answer> {
    match command {
        "UID FETCH 4,7 (UID BODY.PEEK[])" => says("* 1 FETCH (UID 4 BODY[] {5}\r\nfirst)\r\nTAG NO one is corrupt\r\n"),
        "UID FETCH 7 (UID BODY.PEEK[]<0.1048576>)" => says("TAG NO message 2 is corrupt\r\n"),
        _ => None,
    }
}

#[tokio::test]
async fn a_mail_at_which_the_server_hangs_up_stops_neither_the_others_nor_the_desk() {
    let desk = Desk::new().await;
    let polled = polled(&desk, |command| {
        let about_it = ["UID FETCH 7 (UID RFC822", "UID FETCH 7 (UID BODY", "UID FETCH 4,7 (UID BODY"];
        let about_it = about_it.iter().any(|start| command.starts_with(start));
        about_it.then(|| Answer::SayAndHangUp(String::new()))
    })
    .await;
    assert_eq!((polled.failed, polled.hours), (0, 6), "it is found out which mail it is");
    is_set_apart(&polled.office, &desk, "").await;
    assert_eq!(polled.office.register.raw_mail(1).await.unwrap().unwrap(), b"first");
}

#[tokio::test]
async fn mails_that_cannot_be_moved_are_on_file_all_the_same() {
    let desk = Desk::new().await;
    let polled = polled(&desk, |command| {
        command.starts_with("UID MOVE").then(|| Answer::Say("TAG NO [OVERQUOTA] quota is full\r\n".to_owned()))
    })
    .await;
    assert_eq!(polled.failed, 0);
    assert_eq!(desk.number("SELECT count(*) FROM mail WHERE moved = 1").await, 0);
}

#[tokio::test]
async fn what_is_not_on_file_is_not_moved() {
    let desk = Desk::new().await;
    let polled = polled(&desk, refuses_one).await;
    let heard = polled.server.heard();
    let moved: Vec<&String> = heard.iter().filter(|line| line.contains("UID MOVE")).collect();
    assert!(!moved.is_empty() && moved.iter().all(|line| line.contains("UID MOVE 4 ")), "{moved:?}");
}
