//! Killed at each step of a redaction: done again it comes to the same end, and what was listed is done by the next round of
//! the daemon too.

use crate::letter::{Letter, Written};
use crate::scene::{Scene, end_of, mail_host};
use crate::support::dovecot::Dovecot;
use crate::support::postgres;
use sqlx::{Connection, Row};

/// The crash points of redacting: no round of the daemon passes them where nothing is listed.
pub const POINTS: [&str; 6] = [
    "before listing a redaction",
    "after listing a redaction",
    "before blanking",
    "after blanking",
    "before purging what was redacted",
    "after taking originals out of a folder",
];
const JAN: &str = "jan.jansen@klant.example";

/// What is left of him in register, list and mailbox.
fn left(scene: &Scene, host: &Dovecot) -> usize {
    let files = std::fs::read_dir(scene.dir.path()).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("klachtpost.db"));
    let found = files.filter(|path| holds(&std::fs::read(path).unwrap())).count();
    let found = found + usize::from(postgres::is_on() && postgres::holds(&scene.register(), "jan.jansen"));
    found + host.mails(&scene.user, ".Verwerkt").iter().filter(|raw| holds(raw)).count()
}

fn holds(bytes: &[u8]) -> bool {
    bytes.windows(10).any(|part| part == b"jan.jansen")
}

async fn redacted(scene: &Scene) -> i64 {
    let mut connection = scene.open().await;
    let text = "SELECT count(*) FROM event WHERE kind = 'redacted'";
    let count = sqlx::query(text).fetch_one(&mut connection).await.unwrap().try_get(0).unwrap();
    connection.close().await.unwrap();
    count
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_each_step_a_redaction_comes_to_the_same_end() {
    let host = mail_host(2 * POINTS.len() + 2);
    let before = Scene::new(&host, 0).await;
    host.deliver(&before.user, &Written::new(JAN, "Schade", "Er zit een deuk in.").bytes());
    assert_eq!(before.work(&[]).await, 0);
    let letters = before.smtp.letters();
    let notified =
        letters.iter().map(|sent| Letter::of(sent.bytes.clone())).find(|letter| letter.subject.contains("K-"));
    let number = notified.unwrap().number();
    let words = ["case", "redact", number.as_str(), "--reason", "art. 17", "--ground", "asked"];
    for (desk, point) in (1..).zip(POINTS) {
        for (desk, repeated) in [(2 * desk - 1, &words[..]), (2 * desk, &["run", "--once"][..])] {
            let scene = before.copy(&host, desk).await;
            assert!(left(&scene, &host) >= 2, "the test looks in the wrong place");
            let mut command = scene.command(&words);
            command.env("KLACHTPOST_CRASH_LEDGER", scene.ledger()).env("KLACHTPOST_CRASH_AT", point);
            assert!(end_of(command).await.is_killed(), "{point}");
            let ended = end_of(scene.command(repeated)).await;
            assert_eq!(ended.status.code(), Some(0), "{point}: {}", ended.log);
            scene.said(&["verify"]).await;
            // What was not listed yet was not asked for.
            let is_listed = point != POINTS[0] || repeated == words;
            assert_eq!(redacted(&scene).await, i64::from(is_listed), "{point}, then {repeated:?}");
            assert_eq!(left(&scene, &host) == 0, is_listed, "{point}, then {repeated:?}");
        }
    }
}
