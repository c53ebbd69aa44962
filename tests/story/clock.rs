//! A host's clock that is wrong: nothing is decided by it, it is said, and it leaves no trace that silences later days
//! (invariants 9 and 12). The clock is put wrong in test builds only (`crash-points`).

use crate::letter::Written;
use crate::support::postgres;
use crate::support::smtp::{Delivery, Setup, SmtpServer};
use crate::world::{Ran, World};
use std::process::Output;

const DAY: i64 = 24 * 3_600;
const YEAR: i64 = 365 * DAY;

async fn world() -> (World, SmtpServer) {
    let world = World::start();
    let smtp = SmtpServer::start(Setup { delivery: Delivery::HomesBelow(world.homes()), ..Setup::default() }).await;
    world.settle(smtp.port());
    (world, smtp)
}

/// A command of a host whose clock is off by so much.
async fn at(world: &World, seconds: i64, arguments: &[&str]) -> Ran {
    let mut command = world.command(arguments);
    command.env("KLACHTPOST_CRASH_CLOCK", seconds.to_string()).stdin(std::process::Stdio::null());
    let Output { status, stdout, stderr } = command.output().await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ran { code: status.code().unwrap_or(-1), out: text(stdout), log: text(stderr) }
}

fn complaint(n: usize) -> Vec<u8> {
    Written::new("jan.jansen@klant.example", &format!("Schade {n}"), "Er zit een deuk in de bumper.").bytes()
}

#[tokio::test]
async fn a_clock_that_cannot_be_right_decides_nothing_and_says_so() {
    let (world, _smtp) = world().await;
    let epoch = -i64::try_from(std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap();
    world.deliver(&complaint(0));
    // A register with nothing in it yet: 1970 is known by the program's own age.
    let ran = at(&world, epoch, &["run", "--once"]).await;
    assert_eq!((ran.code, world.letters("jan.jansen").len()), (75, 0), "{}", ran.log);
    assert_eq!(at(&world, epoch, &["ingest", "-"]).await.code, 75);
    world.work().await;
    assert_eq!((world.cases().await.len(), world.letters("jan.jansen").len()), (1, 1));

    world.deliver(&complaint(1));
    for wrong in [40 * DAY, 3 * YEAR, -2 * DAY, -40 * DAY, epoch] {
        let ran = at(&world, wrong, &["run", "--once"]).await;
        assert_eq!(ran.code, 75, "{wrong}: {}", ran.log);
        for said in ["expected a clock that can be right", "hint: set the host's clock", "--trust-clock"] {
            assert!(ran.log.contains(said), "{said} is missing: {}", ran.log);
        }
        let letters = world.letters("jan.jansen").len();
        assert_eq!((world.cases().await.len(), letters, world.left_in_inbox()), (1, 1, 1), "{wrong}");
    }
    world.work().await;
    let cases = world.cases().await;
    assert_eq!((cases.len(), world.left_in_inbox()), (2, 0));
    world.deliver(&complaint(2));
    assert_eq!(at(&world, 40 * DAY, &["run", "--once", "--trust-clock"]).await.code, 0);
    assert_eq!(world.cases().await.len(), 3, "the operator's word counts");
}

/// Nothing speaks against a clock where no mail came, so that it may write a digest of a day to come: once, and no day
/// after it goes without one.
#[tokio::test]
async fn one_run_at_a_day_to_come_silences_no_digest() {
    let (world, _smtp) = world().await;
    world.work().await;
    // On PostgreSQL its server's clock speaks against ours.
    let run: &[&str] = if postgres::is_on() { &["run", "--once", "--trust-clock"] } else { &["run", "--once"] };
    assert_eq!(at(&world, 40 * DAY, run).await.code, 0);
    let digests = || world.letters("directie").iter().filter(|one| one.text.contains("Stand van het register")).count();
    let before = digests();
    let mut days = 0;
    for day in 1..=7 {
        let ran = at(&world, day * DAY, run).await;
        assert_eq!(ran.code, 0, "{}", ran.log);
        days += usize::from(ran.log.contains("does not count"));
    }
    assert_eq!(days, 1, "said once");
    let written = digests() - before;
    assert!((4..=6).contains(&written), "a digest each working day, not {written}");
}
