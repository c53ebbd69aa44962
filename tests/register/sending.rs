//! Sending while the register misbehaves: a letter that a server took is not sent again because of a fault of ours.

use super::support::smtp::{Act, At, Fault, Setup, SmtpServer};
use super::*;
use klachtpost::daemon::{Round, Sender};
use klachtpost::register::LetterState;
use std::time::Duration;

/// Sends until there is nothing to do; more rounds than any fault may take mean that letters go again and again.
async fn send_all(sender: &mut Sender, office: &Arc<Office>) {
    for _ in 0..20 {
        if sender.send_due(office).await.unwrap() == Round::Idle {
            return;
        }
    }
    panic!("letters are sent again and again");
}

#[tokio::test]
async fn a_letter_whose_consequences_cannot_be_recorded_goes_out_once() {
    let desk = Desk::new().await;
    let server = SmtpServer::start(Setup::default()).await;
    let office = office_sending_to(&desk, &server).await;
    with_letters(&desk, 3).await;
    desk.by_hand(
        "CREATE TRIGGER cursed BEFORE INSERT ON event WHEN NEW.kind = 'letter_fate' \
         BEGIN SELECT RAISE(ABORT, 'no fate'); END",
    )
    .await;
    let mut sender = Sender::new(&office).await.unwrap();
    send_all(&mut sender, &office).await;
    assert_eq!(server.letters().len(), 3);
    assert_eq!(office.register.count_letters(LetterState::Accepted).await.unwrap(), 3);
}

#[tokio::test]
async fn what_was_sent_while_the_database_was_locked_is_recorded_later_and_not_sent_again() {
    let desk = Desk::new().await;
    let server = SmtpServer::start(Setup::default()).await;
    let answers = Arc::new(tokio::sync::Semaphore::new(0));
    server.fault(Fault::at(At::Taken, Act::Held(answers.clone())));
    let office = office_sending_to(&desk, &server).await;
    with_letters(&desk, 6).await;
    let mut sender = Sender::new(&office).await.unwrap();
    let sending = {
        let office = office.clone();
        tokio::spawn(async move {
            let round = sender.send_due(&office).await;
            (sender, round)
        })
    };
    while server.letters().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let held = desk.register.begin().await.unwrap();
    answers.close();
    let (mut sender, round) = sending.await.unwrap();
    let error = round.unwrap_err();
    assert!(error.to_string().contains("another program keeps it locked"), "{error}");
    drop(held);
    send_all(&mut sender, &office).await;
    let mut to: Vec<String> = server.letters().into_iter().map(|letter| letter.to).collect();
    to.sort();
    assert_eq!(to, (0..6).map(|n| format!("k{n}@klant.example")).collect::<Vec<_>>());
    assert_eq!(office.register.count_letters(LetterState::Accepted).await.unwrap(), 6);
    let attempts = office.register.letters(None, &[]).await.unwrap();
    assert!(attempts.iter().all(|letter| letter.attempts == 1), "{attempts:?}");
}
