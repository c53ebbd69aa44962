//! The watch: a test mail goes out and comes back by the real way, is nobody's complaint, and leaves nothing behind; where it
//! does not come back, somebody is told by a way that works.

use crate::desk::Desk;
use crate::support::dovecot::USER;
use crate::support::proxy::Act;
use crate::support::smtp::{Act as SmtpAct, At, Fault, Received, Setup, SmtpServer};
use chrono::TimeDelta;
use klachtpost::daemon::run_once;
use klachtpost::desk::Disposition;
use klachtpost::desk::outage::Area;
use klachtpost::register::{CaseQuery, OutageRow};
use mail_parser::MessageParser;
use std::sync::Arc;

const OPERATOR: &str = "beheer@lease.example";
const DESK: &str = "klachten@lease.example";
const SUPERVISOR: &str = "s.bakker@lease.example";
const LOST: &str = "Storing: testberichten van klachtpost komen niet aan";
const ARRIVES: &str = "Hersteld: testberichten van klachtpost komen weer aan";

fn settings(more: &str) -> String {
    format!("[operator]\naddress = \"{OPERATOR}\"\n{more}\n[watch]\nevery_minutes = 60\n")
}

async fn run_after(desk: &Desk, minutes: i64) {
    desk.clock.set(desk.clock.now() + TimeDelta::minutes(minutes));
    let _ = run_once(desk.office.clone()).await;
}

fn tests_sent(desk: &Desk) -> Vec<Received> {
    desk.smtp.letters().into_iter().filter(|letter| letter.to == DESK).collect()
}

/// The mail server delivers the last of them.
fn come_back(desk: &Desk) {
    desk.dovecot.deliver(USER, &tests_sent(desk).last().expect("a test mail").bytes);
}

fn subjects(server: &SmtpServer) -> Vec<String> {
    let letters = server.letters();
    let to_operator = letters.iter().filter(|letter| letter.to == OPERATOR);
    to_operator
        .map(|letter| MessageParser::default().parse(&letter.bytes).unwrap().subject().unwrap().to_owned())
        .collect()
}

/// One row of its own kind, no case, nothing in any folder, a balance without a difference, and a chain that holds.
async fn leaves_nothing_but_rows(desk: &Desk, rows: usize) {
    let register = &desk.office.register;
    assert!(register.cases(CaseQuery::All).all().await.unwrap().is_empty());
    for folder in ["", ".Verwerkt", ".Terzijde", ".Onleesbaar"] {
        assert_eq!(desk.dovecot.mails(USER, folder).len(), 0, "{folder}");
    }
    let now = desk.clock.now();
    let of_kind = register.mails_of(Disposition::RoundTrip, now - TimeDelta::days(30), 100).await.unwrap();
    assert_eq!(of_kind.len(), rows);
    let balance = register.balance(now - TimeDelta::days(30), now).await.unwrap();
    for folder in balance {
        let accounted: u64 = folder.mails.values().sum();
        assert_eq!((folder.given_out, folder.vanished), (accounted, 0), "{folder:?}");
    }
    assert_eq!(register.verify().await.unwrap().findings, []);
}

#[tokio::test]
async fn it_goes_out_comes_back_and_leaves_nothing_behind() {
    let desk = Desk::open_with(&settings("")).await;
    run_after(&desk, 0).await;
    assert_eq!(tests_sent(&desk).len(), 1, "at once");
    come_back(&desk);
    run_after(&desk, 59).await;
    assert_eq!(tests_sent(&desk).len(), 1, "and then every hour");
    run_after(&desk, 1).await;
    leaves_nothing_but_rows(&desk, 1).await;
    assert_eq!(tests_sent(&desk).len(), 2);
    for _ in 0..3 {
        come_back(&desk);
        run_after(&desk, 60).await;
    }
    leaves_nothing_but_rows(&desk, 4).await;
    // Supervisors get their overviews meanwhile.
    let others = desk.smtp.letters().into_iter().filter(|letter| letter.to != DESK && letter.to != SUPERVISOR);
    assert_eq!(others.map(|letter| letter.to).collect::<Vec<_>>(), [""; 0], "nobody is written to");
}

#[tokio::test]
async fn one_that_does_not_come_back_is_told_by_the_second_way_and_its_end_too() {
    let second = SmtpServer::start(Setup::default()).await;
    let way = format!("[second_sender]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"", second.port());
    let desk = Desk::open_with(&settings(&way)).await;
    run_after(&desk, 0).await;
    run_after(&desk, 30).await;
    assert_eq!(subjects(&second), [""; 0], "it may be under way for as long as a trouble may last, and a look more");
    run_after(&desk, 2).await;
    assert_eq!((subjects(&second), subjects(&desk.smtp)), (vec![LOST.to_owned()], vec![]));
    for _ in 0..4 {
        run_after(&desk, 60).await;
    }
    assert_eq!(subjects(&second).len(), 1, "once; and it goes on trying");
    assert!(tests_sent(&desk).len() >= 4);
    run_after(&desk, 24 * 60).await;
    assert_eq!(subjects(&second), [LOST, LOST], "and daily");
    // Whichever comes back shows that the way is open, an older one too.
    come_back(&desk);
    run_after(&desk, 1).await;
    run_after(&desk, 1).await;
    assert_eq!(subjects(&desk.smtp), [ARRIVES]);
    assert_eq!(subjects(&second).len(), 2);
    leaves_nothing_but_rows(&desk, 1).await;
}

#[tokio::test]
async fn without_a_second_way_the_operators_command_is_run_and_else_the_first_way_is_better_than_none() {
    let dir = tempfile::tempdir().unwrap();
    let called = dir.path().join("called");
    let script = format!("cat >> {}", called.display());
    for command in [format!("command = [\"/bin/sh\", \"-c\", \"{script}\"]"), "command = [\"/bin/false\"]".to_owned()] {
        let desk = Desk::open_with(&settings(&command)).await;
        run_after(&desk, 0).await;
        run_after(&desk, 32).await;
        run_after(&desk, 32).await;
        if command.contains("false") {
            assert_eq!(subjects(&desk.smtp), [LOST]);
        } else {
            let line = std::fs::read_to_string(&called).unwrap();
            assert!(line.starts_with("klachtpost: route fails (not_back) since 20"), "{line}");
            assert_eq!((line.lines().count(), subjects(&desk.smtp).len()), (1, 0), "once, and no letter besides");
        }
    }
}

#[tokio::test]
async fn where_no_mail_can_be_taken_in_that_is_told_and_no_test_mail_is_missed() {
    let desk = Desk::open_with(&settings("")).await;
    run_after(&desk, 0).await;
    come_back(&desk);
    desk.imap.always("LOGIN", Act::Say("TAG NO [AUTHENTICATIONFAILED] Authentication failed.\r\n"));
    run_after(&desk, 10).await;
    run_after(&desk, 120).await;
    assert_eq!(subjects(&desk.smtp), ["Storing: klachtpost ontvangt geen klachten"]);
    assert_eq!(tests_sent(&desk).len(), 1, "and none is sent that could not be seen to come back");
    desk.imap.behave();
    run_after(&desk, 10).await;
    assert_eq!(subjects(&desk.smtp).last().unwrap(), "Hersteld: klachtpost ontvangt weer klachten");
    leaves_nothing_but_rows(&desk, 1).await;
}

#[tokio::test]
async fn a_server_that_takes_nothing_any_more_is_noticed_though_no_letter_waits() {
    let second = SmtpServer::start(Setup::default()).await;
    let way = format!("[second_sender]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"", second.port());
    let desk = Desk::open_with(&settings(&way)).await;
    run_after(&desk, 0).await;
    come_back(&desk);
    run_after(&desk, 30).await;
    desk.smtp.fault(Fault::at(At::Greeting, SmtpAct::reply_and_drop("421 4.3.2 closed for today")));
    run_after(&desk, 31).await;
    run_after(&desk, 31).await;
    assert_eq!(subjects(&second), ["Storing: klachtpost verstuurt geen e-mail"]);
    desk.smtp.clear_faults();
    run_after(&desk, 11).await;
    run_after(&desk, 1).await;
    assert_eq!(subjects(&desk.smtp), ["Hersteld: klachtpost verstuurt weer e-mail"]);
}

/// Greylisting is no trouble; what lasts is told as what it is, and not as a test mail that went astray.
#[tokio::test]
async fn one_that_is_not_taken_is_sent_again_soon_and_told_as_a_refusal_where_that_lasts() {
    let second = SmtpServer::start(Setup::default()).await;
    let way = format!("[second_sender]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"", second.port());
    let desk = Desk::open_with(&settings(&way)).await;
    let refuse = |reply| desk.smtp.fault(Fault::at(At::Rcpt, SmtpAct::reply(reply)).for_recipient(DESK));
    refuse("451 4.7.1 Greylisted, please try again");
    run_after(&desk, 0).await;
    assert_eq!(desk.office.register.round_trips().await.unwrap().sent_at, None, "it is not on its way");
    desk.smtp.clear_faults();
    run_after(&desk, 10).await;
    assert_eq!(tests_sent(&desk).len(), 1);
    come_back(&desk);
    run_after(&desk, 1).await;
    run_after(&desk, 31).await;
    assert_eq!((subjects(&second), subjects(&desk.smtp)), (vec![], vec![]), "nobody is told of it");
    for reply in ["550 5.7.1 Not allowed", "451 4.7.1 Later"] {
        refuse(reply);
        let before = subjects(&second).len();
        run_after(&desk, 61).await;
        run_after(&desk, 31).await;
        assert_eq!(subjects(&second).len(), before + 1, "{reply}");
        let told = second.letters().pop().unwrap();
        let told = MessageParser::default().parse(&told.bytes).unwrap().body_text(0).unwrap().into_owned();
        assert!(told.contains("weigert de opdracht") && told.contains(&reply[..9]), "{told}");
        desk.smtp.clear_faults();
        run_after(&desk, 10).await;
        come_back(&desk);
        run_after(&desk, 1).await;
        run_after(&desk, 1).await;
    }
}

/// Invariant 12: what nobody looks after is not told of, and is no figure.
#[tokio::test]
async fn without_the_watch_a_test_mail_that_was_missed_is_forgotten() {
    let desk = Desk::open_with(&settings("")).await;
    run_after(&desk, 0).await;
    run_after(&desk, 32).await;
    assert_eq!(subjects(&desk.smtp), [LOST]);
    let row = || desk.office.register.outage(Area::Route);
    assert_ne!(row().await.unwrap(), OutageRow::default());
    let config = klachtpost::config::Config { watch: None, ..(*desk.office.mailboxes.whole).clone() };
    let office = Arc::new(desk.office.with(config).unwrap());
    for _ in 0..3 {
        desk.clock.set(desk.clock.now() + TimeDelta::hours(25));
        run_once(office.clone()).await.unwrap();
    }
    assert_eq!(row().await.unwrap(), OutageRow::default());
    assert_eq!(subjects(&desk.smtp), [LOST], "and not daily, and not that they arrive");
}
