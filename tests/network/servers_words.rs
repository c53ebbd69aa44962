//! A server that says no, in each of its ways and at each command, while all the rest of it is in order.

use crate::desk::{Desk, Repeats};
use crate::support::proxy::{Act, Spot};
use crate::support::smtp::{Act as SmtpAct, At, Fault};
use klachtpost::case::LetterKind;
use klachtpost::register::LetterState;

const IMAP_WORDS: [Act; 3] = [
    Act::Say("TAG NO [SERVERBUG] not now\r\n"),
    Act::Say("TAG BAD unknown command\r\n"),
    Act::SayAndHangUp("* BYE shutting down\r\n"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_bad_and_bye_at_every_imap_command() {
    let desk = Desk::open().await;
    let warm_up = desk.deliver();
    desk.clean_round().await;
    assert_eq!(warm_up.len(), crate::desk::MAILS);
    desk.deliver();
    desk.clean_round().await;
    let heard = desk.imap.heard();
    let commands: Vec<_> = heard.iter().filter(|heard| matches!(heard.spot, Spot::Command(_))).collect();
    assert!(commands.len() >= 10, "{commands:?}");
    for (place, act) in commands.iter().flat_map(|place| IMAP_WORDS.iter().map(move |act| (place, act))) {
        let what = format!("{act:?} to {}", place.line);
        let (before, subjects) = (desk.before().await, desk.deliver());
        desk.imap.arm(place.spot, act.clone());
        // No silence in it, so that nothing is gained by short waits.
        desk.faulty_round_with(16).await;
        assert!(desk.imap.fired(), "{what}: it never came to that");
        desk.clean_round().await;
        desk.assert_registered(&before, &subjects, &what).await;
        desk.assert_sent(&before, Repeats::None, &what).await;
    }
}

/// Each reply at each stage, once; `true`: it is the end of that letter, and a person is told.
const SMTP_WORDS: [(&str, [bool; 6]); 6] = [
    ("421 4.3.2 closing", [false; 6]),
    ("451 4.3.0 try later", [false; 6]),
    ("452 4.3.1 disk full", [false; 6]),
    ("552 5.3.4 too big", [false, false, true, true, true, true]),
    // It may be the server: once is not the end, and next time it is taken.
    ("554 5.7.1 not from you", [false; 6]),
    ("550 5.1.1 no such user", [false, false, false, true, true, true]),
];
const STAGES: [At; 6] = [At::Greeting, At::Ehlo, At::Mail, At::Rcpt, At::Data, At::Dot];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_reply_at_every_smtp_stage() {
    for (reply, refuses) in SMTP_WORDS {
        let desk = Desk::open().await;
        let mut refused = 0;
        for (at, refuses) in STAGES.into_iter().zip(refuses) {
            let what = format!("{reply} at {at:?}");
            let (before, subjects) = (desk.before().await, desk.deliver());
            desk.smtp.fault(Fault::at(at, SmtpAct::reply(reply)).times(1));
            desk.faulty_round_with(16).await;
            desk.clean_round().await;
            desk.assert_registered(&before, &subjects, &what).await;
            refused += i64::from(refuses);
            let found = desk.office.register.count_letters(LetterState::Refused).await.unwrap();
            assert_eq!(found, refused, "{what}");
            if refuses {
                let accepted = desk.office.register.letters(None, &[LetterState::Accepted]).await.unwrap();
                let tells = |kind| matches!(kind, LetterKind::DeliveryFailed | LetterKind::Alarm);
                let told = accepted.iter().filter(|letter| tells(letter.kind)).count();
                assert!(i64::try_from(told).unwrap() >= refused, "{what}: nobody was told");
            } else if refused == 0 {
                desk.assert_sent(&before, Repeats::None, &what).await;
            }
        }
    }
}
