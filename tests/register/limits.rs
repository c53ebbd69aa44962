//! What a provider's limits do to letters: they wait, none ends, nobody is written to about them, and all go once it is over.

use super::support::smtp::{Act, At, Crowd, Fault, Setup, SmtpServer};
use super::*;
use klachtpost::daemon::{Round, Sender, WorkError, run_once};
use klachtpost::register::LetterState;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

async fn count(office: &Office, state: LetterState) -> i64 {
    office.register.count_letters(state).await.unwrap()
}

/// As if each letter's wait were over.
async fn hurry(office: &Office) {
    office.register.hurry(office.clock.now()).await.unwrap();
}

async fn refused_before(office: &Office) -> usize {
    office.register.refused_since(Moment::default()).await.unwrap().len()
}

fn recipients(server: &SmtpServer) -> BTreeSet<String> {
    server.letters().into_iter().map(|letter| letter.to).collect()
}

/// Where a limit is met, and in which words.
const LIMITS: &[(At, &str)] = &[
    (At::Rcpt, "550 5.4.5 Daily limit"),
    (At::Dot, "554 Transaction failed"),
    (At::Dot, "554 5.7.1 Refused"),
    (At::Rcpt, "550 5.7.1 Relaying denied"),
    (At::Rcpt, "550 No"),
    (At::Data, "550 Daily quota exceeded"),
    (At::Rcpt, "552 Hourly quota exceeded"),
    (At::Mail, "550 5.7.1 Sender blocked"),
    (At::Rcpt, "450 4.3.2 Over limit, try again later"),
];

#[tokio::test]
async fn a_limit_ends_no_letter_and_all_go_once_it_is_over() {
    let mut looked_back_at = 0;
    for (at, reply) in LIMITS {
        let desk = Desk::new().await;
        let server = SmtpServer::start(Setup::default()).await;
        let office = office_sending_to(&desk, &server).await;
        with_letters(&desk, 12).await;
        server.fault(Fault::at(*at, Act::reply(reply)));
        let mut sender = Sender::new(&office).await.unwrap();
        let mut halted = 0;
        for _ in 0..6 {
            halted += usize::from(matches!(sender.send_due(&office).await.unwrap(), Round::ServerRefuses(_)));
            hurry(&office).await;
        }
        assert!(halted >= 4, "{at:?} {reply}: the queue waits");
        assert_eq!(count(&office, LetterState::Refused).await, 0, "{at:?} {reply}");
        assert_eq!(count(&office, LetterState::Queued).await, 12, "{at:?} {reply}: and no letter about letters");
        looked_back_at += refused_before(&office).await;
        server.clear_faults();
        for _ in 0..4 {
            hurry(&office).await;
            sender.send_due(&office).await.unwrap();
        }
        assert_eq!((server.letters().len(), recipients(&server).len()), (12, 12), "{at:?} {reply}");
        assert_eq!(count(&office, LetterState::Accepted).await, 12, "{at:?} {reply}");
        assert_eq!(
            refused_before(&office).await,
            0,
            "{at:?} {reply}: what was accepted says nothing of the server any more"
        );
    }
    assert!(looked_back_at > 0, "while they are refused, a run that begins looks back at them");
}

/// A directory that is broken knows nobody: the first answer is believed, no other.
#[tokio::test]
async fn a_server_that_knows_nobody_ends_one_letter_at_most() {
    let desk = Desk::new().await;
    let server = SmtpServer::start(Setup::default()).await;
    let office = office_sending_to(&desk, &server).await;
    with_letters(&desk, 12).await;
    server.fault(Fault::at(At::Rcpt, Act::reply("550 5.1.1 User unknown")));
    for _ in 0..6 {
        // Each as a run of its own: what was refused before is on file.
        let mut sender = Sender::new(&office).await.unwrap();
        sender.send_due(&office).await.unwrap();
        hurry(&office).await;
    }
    assert!(count(&office, LetterState::Refused).await <= 1);
}

/// What the server says of a letter or its reader, to each letter alike, is not so of each: one ends at most, the others go.
#[tokio::test]
async fn what_is_said_of_every_letter_alike_ends_one_at_most() {
    for (at, reply) in [
        (At::Dot, "554 5.1.1 No"),
        (At::Dot, "550 5.2.1 No"),
        (At::Dot, "552 5.2.2 Full"),
        (At::Dot, "552 5.3.4 Too big"),
        (At::Rcpt, "554 5.2.3 Too long"),
        (At::Mail, "552 5.3.4 Too big"),
        (At::Dot, "554 5.6.0 Bad content"),
    ] {
        let desk = Desk::new().await;
        let server = SmtpServer::start(Setup::default()).await;
        let office = office_sending_to(&desk, &server).await;
        with_letters(&desk, 8).await;
        server.fault(Fault::at(at, Act::reply(reply)));
        let mut sender = Sender::new(&office).await.unwrap();
        for _ in 0..5 {
            sender.send_due(&office).await.unwrap();
            hurry(&office).await;
        }
        let ended = count(&office, LetterState::Refused).await;
        assert!(ended <= 1, "{at:?} {reply}: {ended} ended");
        server.clear_faults();
        for _ in 0..4 {
            hurry(&office).await;
            sender.send_due(&office).await.unwrap();
        }
        assert_eq!(
            recipients(&server).iter().filter(|to| to.starts_with('k')).count() as i64,
            8 - ended,
            "{at:?} {reply}"
        );
    }
}

/// Of a recipient that is refused while others are accepted it is the end, whatever the words, and it is told.
#[tokio::test]
async fn refused_while_others_are_accepted_is_the_letters_fate() {
    for reply in ["554 5.7.1 Refused", "550 No", "550 5.1.1 User unknown", "550 5.2.1 Disabled"] {
        let desk = Desk::new().await;
        let server = SmtpServer::start(Setup::default()).await;
        let office = office_sending_to(&desk, &server).await;
        with_letters(&desk, 12).await;
        for to in ["k2@klant.example", "k5@klant.example"] {
            server.fault(Fault::at(At::Rcpt, Act::reply(reply)).for_recipient(to));
        }
        let mut sender = Sender::new(&office).await.unwrap();
        for _ in 0..8 {
            sender.send_due(&office).await.unwrap();
            hurry(&office).await;
        }
        assert_eq!(count(&office, LetterState::Refused).await, 2, "{reply}");
        assert_eq!(recipients(&server).iter().filter(|to| to.starts_with('k')).count(), 10, "{reply}");
    }
}

/// One run tries others before it leaves it at that, says by its exit that letters wait, and the next one probes at once.
#[tokio::test]
async fn run_once_probes_at_once_and_says_that_letters_wait() {
    let desk = Desk::new().await;
    let server = SmtpServer::start(Setup::default()).await;
    let office = office_sending_to(&desk, &server).await;
    with_letters(&desk, 10).await;
    server.fault(Fault::at(At::Rcpt, Act::reply("550 5.4.5 Daily limit")));
    assert!(matches!(run_once(office.clone()).await, Err(WorkError::LettersWait)));
    server.clear_faults();
    run_once(office.clone()).await.unwrap();
    assert_eq!(recipients(&server).len(), 10);
    assert_eq!(count(&office, LetterState::Accepted).await, 10);
}

/// Letters that are refused each time, in front of the others, hold up nothing: not over many short runs either.
#[tokio::test]
async fn refused_letters_are_not_in_the_way_of_others() {
    let desk = Desk::new().await;
    let server = SmtpServer::start(Setup::default()).await;
    let office = office_sending_to(&desk, &server).await;
    with_letters(&desk, 16).await;
    for n in 0..6 {
        let to = format!("k{n}@klant.example");
        server.fault(Fault::at(At::Rcpt, Act::reply("550 5.4.5 Not this one")).for_recipient(&to));
    }
    for _ in 0..3 {
        let _ = run_once(office.clone()).await;
    }
    assert_eq!(recipients(&server).len(), 10);
}

/// Fewer connections than the settings open: those that work do the work, and how many that is is on file.
#[tokio::test]
async fn the_connections_that_work_do_the_work() {
    for crowd in [Crowd::TurnedAwayOver(2), Crowd::SilentOver(2), Crowd::TurnedAwayOver(1)] {
        let desk = Desk::new().await;
        let server = SmtpServer::start(Setup { crowd, ..Setup::default() }).await;
        let office = office_sending_to(&desk, &server).await;
        with_letters(&desk, 150).await;
        let begun = Instant::now();
        run_once(office.clone()).await.unwrap_or_else(|error| panic!("{crowd:?}: {error}"));
        assert!(begun.elapsed() < Duration::from_secs(30), "{crowd:?}");
        assert_eq!((server.letters().len(), recipients(&server).len()), (150, 150), "{crowd:?}");
        let known = office.register.connections_taken(&format!("127.0.0.1:{}", server.port())).await.unwrap();
        match crowd {
            Crowd::TurnedAwayOver(room) => assert_eq!(known.map(|(count, _)| count), Some(room)),
            Crowd::SilentOver(_) | Crowd::Any => assert_eq!(known, None),
        }
        let before = server.connections();
        let later: Vec<_> = (0..20).map(|n| outgoing(&format!("m{n}"), &format!("m{n}@klant.example"))).collect();
        desk.record(vec![], &later).await.unwrap();
        run_once(office.clone()).await.unwrap();
        if let Crowd::TurnedAwayOver(room) = crowd {
            assert!(server.connections() - before <= room, "{crowd:?}: what was learnt is remembered");
        }
    }
}

/// A limit per session under many letters: each goes once, and one run is enough.
#[tokio::test]
async fn a_limit_per_session_leaves_nothing_behind() {
    for act in [Act::reply("452 4.5.3 Too many messages"), Act::reply_and_drop("421 4.7.0 Enough"), Act::Drop] {
        let desk = Desk::new().await;
        let server = SmtpServer::start(Setup::default()).await;
        let office = office_sending_to(&desk, &server).await;
        with_letters(&desk, 60).await;
        for n in 1..=5 {
            server.fault(Fault::at(At::Mail, act.clone()).after(n * 9).times(1));
        }
        run_once(office.clone()).await.unwrap();
        assert_eq!((server.letters().len(), recipients(&server).len()), (60, 60), "{act:?}");
        assert_eq!(count(&office, LetterState::Queued).await, 0, "{act:?}");
    }
}

/// A letter that told of letters ends without another one, where it is the server that takes nothing: the operator was told
/// of that, and each end would be two letters more.
#[tokio::test]
async fn after_a_day_it_is_told_once_and_alarms_breed_none() {
    let desk = Desk::new().await;
    let server = SmtpServer::start(Setup::default()).await;
    let office = office_sending_to(&desk, &server).await;
    with_letters(&desk, 4).await;
    let failed = |n: u32| {
        let mut outgoing = outgoing(&format!("f{n}"), "schade@lease.example");
        outgoing.letter.kind = LetterKind::DeliveryFailed;
        outgoing.letter.side = Side::Staff;
        outgoing
    };
    desk.record(vec![], &[failed(1), failed(2)]).await.unwrap();
    server.fault(Fault::at(At::Rcpt, Act::reply("550 5.4.5 Daily limit")));
    let mut sender = Sender::new(&office).await.unwrap();
    for _ in 0..12 {
        sender.send_due(&office).await.unwrap();
        hurry(&office).await;
    }
    assert_eq!((count(&office, LetterState::Refused).await, count(&office, LetterState::Queued).await), (0, 6));
    office.clock.set(at(25 * 60));
    let mut before = office.register.letters(None, &[]).await.unwrap().len();
    for _ in 0..12 {
        hurry(&office).await;
        sender.send_due(&office).await.unwrap();
    }
    let letters = office.register.letters(None, &[]).await.unwrap();
    let ended: Vec<_> = letters.iter().filter(|letter| letter.state == LetterState::Refused).collect();
    assert_eq!(ended.len(), 6, "{letters:?}");
    assert!(ended.iter().all(|letter| letter.reply.contains("given up after 25 hours")), "{ended:?}");
    // One for each of the customer's letters, none for the two that told of letters.
    before += 4;
    assert_eq!(letters.len(), before, "{letters:?}");
}

/// What was refused goes out again at a word: the same Message-ID, an event, and the chain still proves it.
#[tokio::test]
async fn a_refused_letter_goes_out_again_with_its_message_id() {
    let desk = Desk::new().await;
    let server = SmtpServer::start(Setup::default()).await;
    let office = office_sending_to(&desk, &server).await;
    with_letters(&desk, 1).await;
    server.fault(Fault::at(At::Rcpt, Act::reply("550 5.1.1 Unknown")).for_recipient("k0@klant.example"));
    let mut sender = Sender::new(&office).await.unwrap();
    while sender.send_due(&office).await.unwrap() == Round::Worked {}
    assert_eq!(count(&office, LetterState::Refused).await, 1);
    assert_eq!(office.register.letters_refused_since(at(0)).await.unwrap(), [id("l0")]);
    assert_eq!(office.register.letters_refused_since(at(1)).await.unwrap(), []);

    let mut tx = office.register.begin().await.unwrap();
    let letter = tx.refused_letter(&id("l0")).await.unwrap().unwrap();
    tx.queue_again(&letter.id, at(2)).await.unwrap();
    let decision = decision(vec![klachtpost::desk::on_sent_again(&letter, at(2))]);
    tx.record(None, &decision, &[], at(2), &mut salt).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(office.register.verify().await.unwrap().findings, []);
    server.clear_faults();
    office.clock.set(at(3));
    while sender.send_due(&office).await.unwrap() == Round::Worked {}
    let row = office.register.letters(None, &[]).await.unwrap().into_iter().find(|row| row.id == id("l0")).unwrap();
    assert_eq!((row.state, row.message_id.as_str()), (LetterState::Accepted, "l0@lease.example"));
    assert_eq!(office.register.verify().await.unwrap().findings, []);
}

/// The row of a letter and the event of its fate say the same moment, on a clock that goes on meanwhile.
#[tokio::test]
async fn the_row_and_the_event_say_the_same_moment() {
    let desk = Desk::new().await;
    let server = SmtpServer::start(Setup::default()).await;
    let sender = format!("kind = \"smtp\"\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"", server.port());
    let config = klachtpost::config::from_toml(&settings(&desk, &maildir(&desk, "in"), &sender), "the test's").unwrap();
    let office = Arc::new(as_program(Office::open(config, Clock::System).await.unwrap()));
    with_letters(&desk, 40).await;
    server.fault(Fault::at(At::Rcpt, Act::reply("550 5.1.1 Unknown")).for_recipient("k7@klant.example"));
    Sender::new(&office).await.unwrap().send_due(&office).await.unwrap();
    assert_eq!(count(&office, LetterState::Accepted).await, 39);
    assert_eq!(office.register.verify().await.unwrap().findings, []);
}
