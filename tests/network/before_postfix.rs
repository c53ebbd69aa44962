//! The proxy before a real Postfix: cut and silent at each command, in the middle of a letter, after the final dot. What came
//! of it is counted where Postfix delivers, in the readers' Maildirs: no letter is missing, and one comes twice only where
//! nobody could know whether the server had taken it, with the same Message-ID (invariant 4). Needs root, as Postfix does.

use crate::desk::{message_id, office, send_within, short_imap_times, short_smtp_times, take_in_within};
use crate::every_position::is_about_a_letter;
use crate::support::chance::is_long;
use crate::support::dovecot::{Dovecot, Setup, USER};
use crate::support::postfix::Postfix;
use crate::support::proxy::{Act, Dialect, Heard, Proxy, Spot};
use chrono::TimeDelta;
use klachtpost::clock::Clock;
use klachtpost::daemon::{Office, Round};
use klachtpost::register::{CaseQuery, LetterState};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Who gets letters: the customers of a round, and the department.
const READERS: [&str; 3] = ["klant0", "klant1", "schade"];
const CUSTOMERS: usize = 2;
/// Letters of a round: each customer's acknowledgement, and a notification of each complaint.
const LETTERS: usize = 2 * CUSTOMERS;
/// Of the lines of letters one of so many is tried.
const OF_TEXTS: usize = 40;
/// Postfix delivers within this on the busiest machine.
const DELIVERED_WITHIN: Duration = Duration::from_secs(60);
/// How much longer than the short waits of other tests those are that have to pass: Postfix syncs a letter to the disk
/// before it answers.
const PATIENCE: u32 = 5;
/// Where nothing is silent the waits cost nothing.
const LONG_PATIENCE: u32 = 100;

struct Behind {
    dovecot: Dovecot,
    postfix: Postfix,
    out: Proxy,
    office: Arc<Office>,
    clock: Clock,
    _dir: TempDir,
    rounds: Cell<usize>,
    /// The letters of earlier rounds, and how often each came.
    seen: RefCell<BTreeMap<String, usize>>,
}

impl Behind {
    async fn open() -> Self {
        let users = READERS.iter().map(ToString::to_string).collect();
        let dovecot = Dovecot::start_with(Setup { users, ..Setup::default() });
        let homes = dovecot.maildir(USER).parent().unwrap().parent().unwrap().to_owned();
        let addresses = ["klant0@klant.example", "klant1@klant.example", "schade@lease.example"];
        let postfix = Postfix::start(&homes, &addresses);
        let out = Proxy::start(Dialect::Smtp, postfix.port()).await;
        let dir = tempfile::tempdir().unwrap();
        let clock = Clock::at(Clock::System.now());
        let servers = [dovecot.imap_port, out.port]
            .map(|port| format!("host = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\""));
        let office = office(&dir, &clock, &servers, "").await;
        Self { dovecot, postfix, out, office, clock, _dir: dir, rounds: Default::default(), seen: Default::default() }
    }

    /// Each customer complains once.
    fn deliver(&self) {
        let round = self.rounds.replace(self.rounds.get() + 1);
        for customer in 0..CUSTOMERS {
            let mail = format!(
                "From: klant{customer}@klant.example\r\nTo: klachten@lease.example\r\n\
                 Message-ID: <m{round}.{customer}@klant.example>\r\nSubject: Schade {round}\r\n\r\nEr zit een deuk in.\r\n"
            );
            self.dovecot.deliver(USER, mail.as_bytes());
        }
    }

    /// Takes in what came and sends; whatever waits is due at the next one.
    async fn round(&self, patience: u32) -> Vec<Round> {
        take_in_within(&self.office, short_imap_times(LONG_PATIENCE)).await.unwrap();
        let rounds = send_within(&self.office, short_smtp_times(patience)).await;
        self.clock.set(self.clock.now() + TimeDelta::hours(3));
        rounds
    }

    /// How often each letter of the round came, once Postfix has delivered all it took.
    async fn came(&self, what: &str) -> BTreeMap<String, usize> {
        let deadline = Instant::now() + DELIVERED_WITHIN;
        loop {
            let is_delivered = self.postfix.queued() == 0;
            let mut came = self.copies();
            let new = came.len() - self.seen.borrow().len();
            if is_delivered && new >= LETTERS {
                let before = self.seen.replace(came.clone());
                came.retain(|id, copies| before.get(id).is_none_or(|known| known != copies));
                assert_eq!(came.len(), LETTERS, "{what}: letters");
                return came;
            }
            assert!(Instant::now() < deadline, "{what}: {new} letters came\n{}", self.postfix.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// How often each letter is in its reader's Maildir.
    fn copies(&self) -> BTreeMap<String, usize> {
        let mut copies = BTreeMap::new();
        for letter in READERS.iter().flat_map(|reader| self.dovecot.mails(reader, "")) {
            *copies.entry(message_id(&String::from_utf8_lossy(&letter))).or_default() += 1;
        }
        copies
    }

    async fn assert_nothing_waits(&self, what: &str) {
        for state in [LetterState::Queued, LetterState::Leased, LetterState::Refused, LetterState::Held] {
            assert_eq!(self.office.register.count_letters(state).await.unwrap(), 0, "{what}: {state:?}");
        }
        let cases = self.office.register.cases(CaseQuery::All).all().await.unwrap().len();
        assert_eq!(cases, self.rounds.get() * CUSTOMERS, "{what}");
    }

    /// What passes in a round without faults.
    async fn heard(&self) -> Vec<Heard> {
        self.deliver();
        self.out.behave();
        assert_eq!(self.round(LONG_PATIENCE).await.last(), Some(&Round::Idle));
        assert!(self.came("a clean round").await.values().all(|copies| *copies == 1));
        self.out.heard()
    }

    /// Does `act` there, once; true: a letter came twice.
    async fn at(&self, place: Spot, act: Act, is_open: bool, what: &str) -> bool {
        self.deliver();
        let patience = if act == Act::Stall { PATIENCE } else { LONG_PATIENCE };
        self.out.arm(place, act);
        self.round(patience).await;
        let fired = self.out.fired();
        assert!(fired, "{what}: it never came to that");
        self.out.behave();
        let rounds = self.round(LONG_PATIENCE).await;
        assert_eq!(rounds.last(), Some(&Round::Idle), "{what}: {rounds:?}");
        self.assert_nothing_waits(what).await;
        let came = self.came(what).await;
        let repeats: Vec<&usize> = came.values().filter(|copies| **copies > 1).collect();
        let expected = if is_open { vec![&2] } else { Vec::new() };
        assert_eq!(repeats, expected, "{what}: letters that came more than once");
        is_open
    }
}

/// Outside the long run: some places in the second letter, so that the first is already through.
fn is_tried(heard: &[Heard], at: usize, act: &Act) -> bool {
    let (line, is_text) = (heard[at].line.as_str(), matches!(heard[at].spot, Spot::Text(_)));
    if is_long() {
        return !is_text || at % OF_TEXTS == 1;
    }
    let dots = heard[..at].iter().filter(|heard| heard.line == ".").count();
    let texts = heard[..at].iter().rev().take_while(|heard| matches!(heard.spot, Spot::Text(_))).count();
    let begins_with = |words: &[&str]| words.iter().any(|word| line.starts_with(word));
    let is_one = match act {
        Act::Cut => !is_text && (begins_with(&["MAIL", "RCPT", "DATA", "354"]) || line == "."),
        Act::CutMid => is_text && texts == OF_TEXTS,
        _ => begins_with(&["354"]),
    };
    dots == 1 && is_one || dots == 2 && is_about_a_letter(heard, at)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_breaks_before_postfix_no_letter_is_missing_and_only_open_ones_come_twice() {
    let began = Instant::now();
    let desk = Behind::open().await;
    desk.heard().await;
    let heard = desk.heard().await;
    let (mut places, mut repeats) = (0, 0);
    for act in [Act::Cut, Act::CutMid, Act::Stall] {
        for (at, place) in heard.iter().enumerate().filter(|(at, _)| is_tried(&heard, *at, &act)) {
            let what = format!("{act:?} at {:?} ({})", place.spot, place.line);
            let twice = desk.at(place.spot, act.clone(), is_about_a_letter(&heard, at), &what).await;
            (places, repeats) = (places + 1, repeats + usize::from(twice));
        }
    }
    assert!(repeats >= 3 && places >= 9, "{places} places, {repeats} repeats");
    println!(
        "network before Postfix: {places} places, {} letters, {repeats} came twice, {:.0} s",
        desk.seen.borrow().len(),
        began.elapsed().as_secs_f32()
    );
}
