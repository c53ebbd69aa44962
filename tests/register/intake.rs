//! Taking in from a server that misbehaves about one mail: the others come in, and the one goes on file after some
//! fetches in vain, so that a person hears of it (invariant 1).

use super::support::fake_imap::{Answer, FakeImap, Script};
use super::*;
use klachtpost::daemon::{WorkError, take_in};
use klachtpost::mailbox::Mailbox;

/// Polls after which anything must have ended.
const POLLS_MAX: usize = 20;

async fn office_on(desk: &Desk, server: &FakeImap) -> Arc<Office> {
    let mailbox = format!(
        "kind = \"imap\"\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\nusername = \"u\"\npassword = \"p\"",
        server.port
    );
    office(desk, &mailbox, &maildir(desk, "out")).await
}

/// Polls on new connections until both mails of the server are decided on; says how often that failed on the way.
async fn polled(desk: &Desk, script: Script) -> (Arc<Office>, FakeImap, usize) {
    let server = FakeImap::start(script).await;
    let office = office_on(desk, &server).await;
    let mut failed = 0;
    for _ in 0..POLLS_MAX {
        let mut mailbox = Mailbox::open(&office.config.mailbox).await.unwrap();
        let taken: Result<_, WorkError> = take_in(&office, &mut mailbox).await;
        failed += usize::from(taken.is_err());
        if desk.number("SELECT count(*) FROM mail WHERE disposition IS NOT NULL").await == 2 {
            return (office, server, failed);
        }
        let others = desk.number("SELECT count(*) FROM mail WHERE uid = 7").await;
        assert_eq!(others, 0, "on file before it was asked for often enough");
    }
    panic!("the mailbox is stuck");
}

async fn is_set_apart(office: &Office, desk: &Desk, because: &str) {
    let apart = found(office, Disposition::Unreadable).await;
    let uid = desk.number("SELECT uid FROM mail WHERE id = (SELECT MAX(id) FROM mail)").await;
    let (_, reason) = apart.last().unwrap();
    assert!(uid == 7 && reason.contains("in 5 attempts") && reason.contains(because), "{uid}: {reason}");
    assert_eq!(desk.number("SELECT count(*) FROM withheld").await, 0);
    assert_eq!(desk.number("SELECT whole FROM mail WHERE uid = 7").await, 0);
}

fn says(text: &str) -> Option<Answer> {
    Some(Answer::Say(text.to_owned()))
}

#[tokio::test]
async fn a_mail_that_the_server_refuses_to_give_goes_on_file_after_five_polls() {
    let desk = Desk::new().await;
    let (office, server, failed) = polled(&desk, |command| match command {
        "UID FETCH 4,7 (UID BODY.PEEK[])" => says("* 1 FETCH (UID 4 BODY[] {5}\r\nfirst)\r\nTAG NO one is corrupt\r\n"),
        "UID FETCH 7 (UID BODY.PEEK[]<0.1048576>)" => says("TAG NO message 2 is corrupt\r\n"),
        _ => None,
    })
    .await;
    assert_eq!(failed, 0);
    is_set_apart(&office, &desk, "message 2 is corrupt").await;
    let asked = server.heard().iter().filter(|line| line.contains("UID FETCH 7 (UID BODY")).count();
    assert_eq!(asked, 5);
}

#[tokio::test]
async fn a_mail_at_which_the_server_hangs_up_stops_neither_the_others_nor_the_desk() {
    let desk = Desk::new().await;
    let (office, _server, failed) = polled(&desk, |command| {
        let about_it = ["UID FETCH 7 (UID RFC822", "UID FETCH 7 (UID BODY", "UID FETCH 4,7 (UID BODY"];
        let about_it = about_it.iter().any(|start| command.starts_with(start));
        about_it.then(|| Answer::SayAndHangUp(String::new()))
    })
    .await;
    assert_eq!(failed, 5);
    is_set_apart(&office, &desk, "").await;
    assert_eq!(office.register.raw_mail(1).await.unwrap().unwrap(), b"first");
}

#[tokio::test]
async fn mails_that_cannot_be_moved_are_on_file_all_the_same() {
    let desk = Desk::new().await;
    let (_office, _server, failed) = polled(&desk, |command| {
        command.starts_with("UID MOVE").then(|| Answer::Say("TAG NO [OVERQUOTA] quota is full\r\n".to_owned()))
    })
    .await;
    assert_eq!(failed, 0);
    assert_eq!(desk.number("SELECT count(*) FROM mail WHERE moved = 1").await, 0);
}

#[tokio::test]
async fn what_is_not_on_file_is_not_moved() {
    let desk = Desk::new().await;
    let (_office, server, _) = polled(&desk, |command| match command {
        "UID FETCH 4,7 (UID BODY.PEEK[])" => says("* 1 FETCH (UID 4 BODY[] {5}\r\nfirst)\r\nTAG NO one is corrupt\r\n"),
        "UID FETCH 7 (UID BODY.PEEK[]<0.1048576>)" => says("TAG NO message 2 is corrupt\r\n"),
        _ => None,
    })
    .await;
    let heard = server.heard();
    let place = |of: fn(&str) -> bool| heard.iter().rposition(|line| of(line)).unwrap();
    let asked_last = place(|line| line.contains("UID FETCH 7 (UID BODY"));
    let moved = heard.iter().position(|line| line.contains("UID MOVE") && line.contains('7')).unwrap();
    assert!(moved > asked_last, "moved while it was still asked for: {heard:?}");
}
