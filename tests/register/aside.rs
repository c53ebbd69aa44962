//! Mails put aside, on a real register: told of once and bundled, looked at, a complaint after all exactly once, and put
//! back into the inbox by a person.

use super::support::dovecot::{Dovecot, PASSWORD, USER};
use super::*;
use klachtpost::config;
use klachtpost::daemon::{Step, decide_batch, take_in, tick};
use klachtpost::mailbox::{Destination, Folder, Mailbox};
use std::time::{Duration, SystemTime};

fn spam(number: u32) -> Vec<u8> {
    format!(
        "X-Spam-Flag: YES\r\nFrom: karin{number}@klant.example\r\nTo: klachten@lease.example\r\n\
         Message-ID: <{number}@klant.example>\r\nSubject: Klacht {number}\r\n\r\nMijn auto is kapot.\r\n"
    )
    .into_bytes()
}

/// A mail of the supervisor's.
fn asks(uid: i64, text: &str) -> NewMail {
    let raw = format!(
        "From: chef@lease.example\r\nTo: klachten@lease.example\r\nMessage-ID: <v{uid}@lease.example>\r\n\
         Subject: Re: Terzijde gelegd\r\n\r\n{text}\r\n"
    );
    NewMail { raw: raw.into_bytes(), ..new_mail(uid) }
}

async fn decide(office: &Arc<Office>) {
    while decide_batch(office).await.unwrap() == Step::Worked {}
}

async fn notices(desk: &Desk) -> i64 {
    desk.number("SELECT count(*) FROM outbox WHERE kind = 'set_aside'").await
}

async fn plain_office(desk: &Desk) -> Arc<Office> {
    office(desk, &maildir(desk, "in"), &maildir(desk, "out")).await
}

async fn on_file(office: &Arc<Office>, mails: &[NewMail]) {
    office.register.store_mails(mails).await.unwrap();
    decide(office).await;
}

#[tokio::test]
async fn all_new_ones_are_told_in_one_letter_an_hour() {
    let desk = Desk::new().await;
    let office = plain_office(&desk).await;
    let mail = |uid: i64| NewMail { raw: spam(u32::try_from(uid).unwrap()), ..new_mail(uid) };
    on_file(&office, &[mail(1), mail(2)]).await;
    assert_eq!(notices(&desk).await, 0);
    tick(&office).await.unwrap();
    assert_eq!(notices(&desk).await, 1, "at once, since nothing was told lately");
    on_file(&office, &[mail(3)]).await;
    tick(&office).await.unwrap();
    office.clock.set(at(59));
    on_file(&office, &[mail(4)]).await;
    tick(&office).await.unwrap();
    assert_eq!(notices(&desk).await, 1, "the hour is not over");
    office.clock.set(at(60));
    tick(&office).await.unwrap();
    assert_eq!(notices(&desk).await, 2);
    let untold = "SELECT count(*) FROM mail WHERE disposition = 'set_aside' AND told_in IS NULL";
    assert_eq!(desk.number(untold).await, 0);
    assert_eq!(desk.number("SELECT count(DISTINCT told_in) FROM mail WHERE disposition = 'set_aside'").await, 2);
    office.clock.set(at(600));
    tick(&office).await.unwrap();
    assert_eq!(notices(&desk).await, 2, "nothing new, no letter");
}

#[tokio::test]
async fn a_complaint_after_all_is_one_once_and_the_chain_stays_whole() {
    let desk = Desk::new().await;
    let office = plain_office(&desk).await;
    on_file(&office, &[NewMail { raw: spam(1), received_at: at(-600), ..new_mail(1) }]).await;
    on_file(&office, &[asks(2, "#klacht 1"), asks(3, "#klacht 1"), asks(4, "#klacht 99")]).await;
    assert_eq!(desk.number("SELECT count(*) FROM cases").await, 1);
    assert_eq!(desk.number("SELECT received_at FROM cases").await, at(-600).timestamp_millis());
    assert_eq!(found(&office, Disposition::Complaint).await.len(), 1);
    let (id, reason) = found(&office, Disposition::Complaint).await.remove(0);
    assert!(id == 1 && reason.contains("before: marked as spam"), "{reason}");
    let asked = desk.number("SELECT count(*) FROM outbox WHERE kind = 'question' AND recipient = 'chef@lease.example'");
    assert_eq!(asked.await, 2, "what it became, and that there is no 99");
    assert_eq!(desk.number("SELECT count(*) FROM outbox WHERE kind = 'acknowledgement'").await, 1);
    assert_eq!(office.register.verify().await.unwrap().findings, []);
    tick(&office).await.unwrap();
    assert_eq!(notices(&desk).await, 0, "what is a complaint by now is not told of as put aside");
}

#[tokio::test]
async fn a_mail_that_nothing_could_read_becomes_a_complaint_with_its_original() {
    let desk = Desk::new().await;
    let office = plain_office(&desk).await;
    let never = NewMail { raw: spam(1), unreadable_because: Some("reading it failed".into()), ..new_mail(1) };
    on_file(&office, &[never]).await;
    // As after two processes of its own that died over it: it is not read once more.
    desk.by_hand("INSERT INTO trial (mail_id, reading) VALUES (1, 2)").await;
    on_file(&office, &[asks(2, "#toon 1"), asks(3, "#klacht 1")]).await;
    assert_eq!(desk.number("SELECT count(*) FROM letter_carried WHERE mail_id = 1 AND part IS NULL").await, 1);
    assert_eq!(desk.number("SELECT count(*) FROM cases WHERE customer_address = ''").await, 1);
    assert_eq!(office.register.verify().await.unwrap().findings, []);
}

#[tokio::test]
async fn an_answer_to_the_notice_means_its_only_mail() {
    let desk = Desk::new().await;
    let office = plain_office(&desk).await;
    on_file(&office, &[NewMail { raw: spam(1), ..new_mail(1) }]).await;
    tick(&office).await.unwrap();
    let notice =
        office.register.claim(at(1), at(2), 10).await.unwrap().into_iter().find(|l| l.kind == LetterKind::SetAside);
    let id = klachtpost::mail::read(&notice.unwrap().bytes, "").message_id.unwrap();
    let answering = |uid| {
        let asked = asks(uid, "#klacht");
        let raw = [format!("In-Reply-To: <{id}>\r\n").as_bytes(), &asked.raw].concat();
        NewMail { raw, ..asked }
    };
    on_file(&office, &[answering(2)]).await;
    assert_eq!(desk.number("SELECT count(*) FROM cases").await, 1);
}

#[tokio::test]
async fn a_reader_who_sends_our_letters_back_is_not_written_to_about_it() {
    let desk = Desk::new().await;
    let office = plain_office(&desk).await;
    on_file(&office, &[NewMail { raw: spam(1), ..new_mail(1) }]).await;
    tick(&office).await.unwrap();
    let notice =
        office.register.claim(at(1), at(2), 10).await.unwrap().into_iter().find(|l| l.kind == LetterKind::SetAside);
    let bytes = notice.unwrap().bytes;
    // By a rule that redirects it as it is, and by a gateway that gives it an id of its own.
    let redirected = NewMail { raw: bytes.clone(), ..new_mail(2) };
    let text = String::from_utf8(bytes).unwrap();
    let rewritten = text.replacen("Message-ID: <kp.", "Message-ID: <other.kp.", 1);
    assert_ne!(rewritten, text);
    let rewritten = NewMail { raw: rewritten.into_bytes(), ..new_mail(3) };
    for (hour, returned) in [(1, redirected), (2, rewritten)] {
        on_file(&office, &[returned]).await;
        office.clock.set(at(hour * 61));
        tick(&office).await.unwrap();
        assert_eq!(notices(&desk).await, 1, "hour {hour}");
    }
    assert_eq!(found(&office, Disposition::SetAside).await.len(), 3);
    assert_eq!(desk.number("SELECT count(*) FROM mail WHERE told_in = ''").await, 2, "the digest tells of them");
    // A mail that is no loop is told to that reader all the same.
    office.clock.set(at(200));
    on_file(&office, &[NewMail { raw: spam(4), ..new_mail(4) }]).await;
    tick(&office).await.unwrap();
    assert_eq!(notices(&desk).await, 2);
}

/// A desk on a real server, with a junk folder that it watches.
async fn on_dovecot(desk: &Desk, dovecot: &Dovecot) -> Arc<Office> {
    let mailbox = format!(
        "kind = \"imap\"\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\nusername = \"{USER}\"\n\
         password = \"{PASSWORD}\"\njunk = \"Junk\"",
        dovecot.imap_port
    );
    office(desk, &mailbox, &maildir(desk, "out")).await
}

async fn poll(office: &Arc<Office>) {
    let mut mailbox = Mailbox::open(&office.config.mailbox).await.unwrap();
    take_in(office, &mut mailbox).await.unwrap();
    mailbox.close().await;
}

/// Somebody drags everything from one folder to another, in a mail client.
async fn drag(dovecot: &Dovecot, from: &str, to: &str) {
    let settings = config::Mailbox { inbox: from.to_owned(), processed: to.to_owned(), ..dovecot.settings() };
    let mut client = Mailbox::open(&settings).await.unwrap();
    let uids: Vec<_> = client.list(Folder::Inbox).await.unwrap().entries.iter().map(|entry| entry.uid).collect();
    assert!(!uids.is_empty(), "nothing in {from}");
    client.file_away(&uids, Destination::Processed).await.unwrap();
    client.close().await;
}

#[tokio::test]
async fn what_is_dragged_back_from_aside_or_junk_is_a_complaint_once_of_its_first_receipt() {
    for by_header in [true, false] {
        let (desk, dovecot) = (Desk::new().await, Dovecot::start());
        // The junk folder is the server's own, and is there before we look.
        drag_ready(&dovecot).await;
        let office = on_dovecot(&desk, &dovecot).await;
        let received = SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(at(-300).timestamp()).unwrap());
        dovecot.deliver_at(USER, &spam(1), received);
        if !by_header {
            drag(&dovecot, "INBOX", "Junk").await;
        }
        poll(&office).await;
        assert_eq!(found(&office, Disposition::SetAside).await.len(), 1);
        drag(&dovecot, if by_header { "Terzijde" } else { "Junk" }, "INBOX").await;
        poll(&office).await;
        assert_eq!(desk.number("SELECT count(*) FROM cases").await, 1, "by header: {by_header}");
        assert_eq!(desk.number("SELECT received_at FROM cases").await, at(-300).timestamp_millis());
        // Once more, and by number: it is one already.
        drag(&dovecot, "Verwerkt", "INBOX").await;
        poll(&office).await;
        on_file(&office, &[NewMail { mailbox: "elders".into(), ..asks(1, "#klacht 1") }]).await;
        assert_eq!(desk.number("SELECT count(*) FROM cases").await, 1);
        assert_eq!(found(&office, Disposition::Duplicate).await.len(), 1);
        assert_eq!(office.register.verify().await.unwrap().findings, []);
    }
}

/// Makes the junk folder.
async fn drag_ready(dovecot: &Dovecot) {
    let settings = config::Mailbox { processed: "Junk".into(), ..dovecot.settings() };
    Mailbox::open(&settings).await.unwrap().close().await;
}

#[tokio::test]
async fn spam_that_comes_twice_is_no_complaint() {
    let (desk, dovecot) = (Desk::new().await, Dovecot::start());
    drag_ready(&dovecot).await;
    let office = on_dovecot(&desk, &dovecot).await;
    let by = |relay: &str| [format!("Received: from {relay} by mx.lease.example\r\n").as_bytes(), &spam(1)].concat();
    dovecot.deliver(USER, &by("een.example"));
    poll(&office).await;
    dovecot.deliver(USER, &by("twee.example"));
    poll(&office).await;
    assert_eq!(desk.number("SELECT count(*) FROM cases").await, 0);
    assert_eq!(found(&office, Disposition::Duplicate).await.len(), 1);
    // Nor where the mailbox is restored, under another UIDVALIDITY.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    dovecot.wipe(USER);
    drag_ready(&dovecot).await;
    dovecot.deliver(USER, &by("een.example"));
    poll(&office).await;
    assert_eq!(desk.number("SELECT count(*) FROM cases").await, 0);
}
