//! A sender whose connection to a real PostgreSQL is cut: before each piece of what the server answers in a round of sending,
//! one after the other. What the cut answer was about may have been done or not; either way every letter goes out, once, and
//! none waits for its lease to end.

use super::support::postgres::{database_of, with_secret};
use super::support::proxy::{Act, Dialect, Proxy, Spot};
use super::support::smtp::Setup;
use super::*;
use klachtpost::daemon::Sender;
use klachtpost::register::LetterState;

const LETTERS: i64 = 3;
/// Rounds within which all must be out; each begins a second after the one before, by the office's clock.
const ROUNDS: i64 = 12;

/// An instance that sends to this server, and whose database is behind that port.
async fn instance(desk: &Desk, server: &SmtpServer, database: u16) -> Arc<Office> {
    let sender = format!("kind = \"smtp\"\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"", server.port());
    let behind = desk.url.replace(&format!(":{}/", port_of(desk)), &format!(":{database}/"));
    let register = format!("[register]\nurl = \"{behind}\"\nredactions = \"{}.redacted\"", desk._dir.path().display());
    let others = settings(desk, &maildir(desk, "in"), &sender);
    let others = others.lines().filter(|line| !line.starts_with("url = ") && !line.starts_with("redactions = "));
    let settings = others.collect::<Vec<_>>().join("\n").replace("[register]", &register);
    let config = klachtpost::config::from_toml(&with_secret(settings), "the test's settings").unwrap();
    let office = Office::open(config, Clock::at(at(0))).await.unwrap().join().await.unwrap();
    Arc::new(as_program(office))
}

fn port_of(desk: &Desk) -> u16 {
    let authority = desk.url.rsplit_once('/').unwrap().0;
    authority.rsplit_once(':').unwrap().1.parse().unwrap()
}

/// Rounds until as many letters are on file as accepted; how many are in the end.
async fn accepted(desk: &Desk, office: &Arc<Office>, sender: &mut Sender, expected: i64) -> i64 {
    let mut accepted = 0;
    for _ in 0..ROUNDS {
        office.clock.set(office.clock.now() + chrono::TimeDelta::seconds(1));
        // What failed is tried again in the next round.
        let _ = sender.send_due(office).await;
        accepted = desk.register.count_letters(LetterState::Accepted).await.unwrap();
        if accepted == expected {
            break;
        }
    }
    accepted
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whichever_answer_of_the_database_is_cut_every_letter_goes_out_once_and_soon() {
    let dir = tempfile::tempdir().unwrap();
    let url = database_of(&dir.path().join("register.db"));
    let desk = Desk { register: Register::open(&url).await.unwrap(), url, _dir: dir };
    let (server, proxy) =
        (SmtpServer::start(Setup::default()).await, Proxy::start(Dialect::Opaque, port_of(&desk)).await);
    let office = instance(&desk, &server, proxy.port).await;
    desk.with_cases().await;
    let (mut sender, mut cut, mut sent) = (Sender::new(&office).await.unwrap(), 0, 0);
    loop {
        cut += 1;
        let letter = |n| outgoing(&format!("l{cut}x{n}"), &format!("k{n}@klant.example"));
        desk.record(vec![], &(0..LETTERS).map(letter).collect::<Vec<_>>()).await.unwrap();
        sent += LETTERS;
        proxy.arm(Spot::Reply(cut), Act::Cut);
        let accepted = accepted(&desk, &office, &mut sender, sent).await;
        let went = i64::try_from(server.letters().len()).unwrap();
        assert_eq!((accepted, went), (sent, sent), "cut before answer {cut} of the database's server");
        if !proxy.fired() {
            break;
        }
    }
    println!("figures of cuts: {cut} answers");
    assert!(cut > 10, "a round of sending has answers to be cut: {cut}");
}
