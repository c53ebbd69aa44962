//! What `[sender] per_minute` and `per_day` do: so many letters go and no more, to customers first, and what waits is said.

use super::support::smtp::{Act, At, Fault, Setup, SmtpServer};
use super::*;
use klachtpost::daemon::{Round, Sender, WorkError, run_once};
use std::time::Duration;

async fn limited(desk: &Desk, server: &SmtpServer, limits: &str) -> Arc<Office> {
    let port = server.port();
    let sender = format!("kind = \"smtp\"\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"\n{limits}");
    office(desk, &maildir(desk, "in"), &sender).await
}

fn to_staff(letter: &str) -> Outgoing {
    let mut outgoing = outgoing(letter, &format!("{letter}@lease.example"));
    (outgoing.letter.kind, outgoing.letter.side) = (LetterKind::Notification, Side::Staff);
    outgoing
}

async fn rounds(sender: &mut Sender, office: &Arc<Office>) -> Round {
    loop {
        match sender.send_due(office).await.unwrap() {
            Round::Worked => {}
            round => return round,
        }
    }
}

#[tokio::test]
async fn a_minutes_letters_go_to_customers_first_and_the_rest_in_the_next_minutes() {
    let desk = Desk::new().await;
    let server = SmtpServer::start(Setup::default()).await;
    let office = limited(&desk, &server, "per_minute = 5").await;
    desk.with_cases().await;
    let staff: Vec<_> = (0..4).map(|n| to_staff(&format!("s{n}"))).collect();
    desk.record(vec![], &staff).await.unwrap();
    let customers: Vec<_> = (0..7).map(|n| outgoing(&format!("l{n}"), &format!("k{n}@klant.example"))).collect();
    desk.record(vec![], &customers).await.unwrap();
    let mut sender = Sender::new(&office).await.unwrap();
    let to_customers =
        |from: usize| server.letters_from(from).iter().filter(|letter| letter.to.ends_with("klant.example")).count();
    assert_eq!(rounds(&mut sender, &office).await, Round::Full(Duration::from_secs(60)));
    assert_eq!((server.letters().len(), to_customers(0)), (5, 5));
    office.clock.set(at(1));
    // A restart has not forgotten what went in this minute.
    drop(sender);
    let mut sender = Sender::new(&office).await.unwrap();
    assert!(matches!(rounds(&mut sender, &office).await, Round::Full(_)));
    let mut again = Sender::new(&office).await.unwrap();
    assert!(matches!(rounds(&mut again, &office).await, Round::Full(_)));
    assert_eq!((server.letters().len(), to_customers(5)), (10, 2));
    office.clock.set(at(2));
    assert_eq!(rounds(&mut sender, &office).await, Round::Idle);
    assert_eq!(server.letters().len(), 11);
}

#[tokio::test]
async fn what_has_waited_for_an_hour_is_not_passed_any_more() {
    let desk = Desk::new().await;
    let server = SmtpServer::start(Setup::default()).await;
    let office = limited(&desk, &server, "per_minute = 1").await;
    desk.with_cases().await;
    desk.record(vec![], &[to_staff("s0")]).await.unwrap();
    office.clock.set(at(61));
    desk.by_hand("UPDATE outbox SET created_at = created_at - 3660000, not_before = not_before - 3660000").await;
    desk.record(vec![], &[outgoing("l0", "k0@klant.example")]).await.unwrap();
    rounds(&mut Sender::new(&office).await.unwrap(), &office).await;
    assert_eq!(server.letters()[0].to, "s0@lease.example");
}

#[tokio::test]
async fn run_once_sends_what_a_day_allows_and_says_that_letters_wait() {
    let desk = Desk::new().await;
    let server = SmtpServer::start(Setup::default()).await;
    let office = limited(&desk, &server, "per_day = 3").await;
    with_letters(&desk, 5).await;
    let error = run_once(office.clone()).await.unwrap_err();
    assert!(matches!(error, WorkError::LettersOverLimit), "{error}");
    assert_eq!(
        error.to_string(),
        "letters wait: as many went as [sender] per_minute and per_day allow\n  hint: the next run sends more of them; of a \
         provider that takes more, raise these"
    );
    assert!(run_once(office.clone()).await.is_err());
    assert_eq!(server.letters().len(), 3);
    office.clock.set(at(24 * 60 + 1));
    let _ = run_once(office.clone()).await;
    assert!(server.letters().iter().filter(|letter| letter.to.starts_with('k')).count() >= 5);
}

#[tokio::test]
async fn what_the_server_refused_in_this_minute_is_not_forgotten_by_a_restart() {
    let desk = Desk::new().await;
    let server = SmtpServer::start(Setup::default()).await;
    let nobody = Act::reply("550 5.1.1 no such user");
    server.fault(Fault::at(At::Rcpt, nobody).for_recipient("k0@klant.example"));
    let office = limited(&desk, &server, "per_minute = 3").await;
    with_letters(&desk, 2).await;
    let mut sender = Sender::new(&office).await.unwrap();
    rounds(&mut sender, &office).await;
    assert_eq!(desk.number("SELECT count(*) FROM outbox WHERE state = 'refused' OR reply LIKE '550%'").await, 1);
    drop(sender);
    let more: Vec<_> = (3..6).map(|n| outgoing(&format!("l{n}"), &format!("k{n}@klant.example"))).collect();
    desk.record(vec![], &more).await.unwrap();
    let mut sender = Sender::new(&office).await.unwrap();
    assert!(matches!(rounds(&mut sender, &office).await, Round::Full(_)));
    assert_eq!(server.letters().len(), 2, "one before, and one more beside the refusal");
}
