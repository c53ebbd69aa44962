//! The daily digest over days on a test clock, in-process and on Maildirs: once a day, none made up for, the desk's own
//! hour on both sides of the clock's change (§2.4.1).

use crate::letter::{Letter, Written};
use klachtpost::case::Moment;
use klachtpost::clock::Clock;
use klachtpost::config;
use klachtpost::daemon::{Office, Round, Sender, Step, take_in, tick};
use klachtpost::mailbox::Mailbox;
use std::sync::Arc;
use tempfile::TempDir;

const SUPERVISOR: &str = "s.bakker@lease.example";
const MANAGEMENT: &str = "directie@lease.example";

/// A desk on Maildirs whose clock is set by hand.
struct Days {
    dir: TempDir,
    clock: Clock,
    office: Arc<Office>,
}

impl Days {
    async fn begin(at: &str) -> Self {
        let (dir, clock) = (tempfile::tempdir().unwrap(), Clock::at(moment(at)));
        let office = Arc::new(open(&dir, &clock).await);
        Self { dir, clock, office }
    }

    /// Ends the process and begins another one on the same register.
    async fn restart(&mut self) {
        self.office.register.close().await;
        self.office = Arc::new(open(&self.dir, &self.clock).await);
    }

    /// A minute of the daemon at that time.
    async fn at(&self, at: &str) -> Step {
        self.clock.set(moment(at));
        let step = tick(&self.office).await.unwrap();
        let mut sender = Sender::new(&self.office).await.unwrap();
        while sender.send_due(&self.office).await.unwrap() == Round::Worked {}
        sender.close().await;
        step
    }

    /// A complaint arrives and is registered at that time.
    async fn complaint(&self, at: &str, subject: &str) {
        self.clock.set(moment(at));
        let new = self.dir.path().join("in").join("new");
        std::fs::create_dir_all(&new).unwrap();
        let file = new.join(format!("{}.test", moment(at).timestamp()));
        std::fs::write(&file, Written::new("jan.jansen@klant.example", subject, "Er zit een deuk in.").bytes())
            .unwrap();
        std::fs::File::options().write(true).open(&file).unwrap().set_modified(moment(at).into()).unwrap();
        let mut mailbox = Mailbox::open(&self.office.config.mailbox).await.unwrap();
        take_in(&self.office, &mut mailbox).await.unwrap();
        mailbox.close().await;
    }

    /// The digests somebody got, oldest first.
    fn digests(&self, address: &str) -> Vec<Letter> {
        let Ok(files) = std::fs::read_dir(self.dir.path().join("out").join(address).join("new")) else {
            return Vec::new();
        };
        let mut letters: Vec<Letter> =
            files.map(|file| Letter::of(std::fs::read(file.unwrap().path()).unwrap())).collect();
        letters.sort_by_key(|letter| {
            mail_parser::DateTime::parse_rfc822(&letter.header("Date").unwrap()).unwrap().to_timestamp()
        });
        letters
    }
}

async fn open(dir: &TempDir, clock: &Clock) -> Office {
    let manual = include_str!("../../config/klachtpost.toml");
    let departments = &manual[manual.find("[[department]]").unwrap()..];
    let path = |name: &str| dir.path().join(name).display().to_string();
    let settings = format!(
        "[desk]\nname = \"Voorbeeld Lease\"\naddress = \"klachten@lease.example\"\n\
         [mailbox]\nkind = \"maildir\"\npath = \"{}\"\naccept_unproven_staff = true\n\
         [sender]\nkind = \"maildir\"\npath = \"{}\"\n[register]\nurl = \"sqlite:{}\"\n\
         [digest]\nrecipients = [\"{MANAGEMENT}\"]\n{departments}",
        path("in"),
        path("out"),
        path("klachtpost.db")
    );
    Office::open(config::from_toml(&settings, "test").unwrap(), clock.clone()).await.unwrap()
}

/// Local time in Amsterdam, with its offset.
fn moment(at: &str) -> Moment {
    chrono::DateTime::parse_from_rfc3339(at).unwrap().to_utc()
}

#[tokio::test]
async fn once_per_working_day_at_its_hour_and_none_on_the_first_start() {
    let mut days = Days::begin("2026-11-19T10:00:00+01:00").await;
    assert_eq!(days.at("2026-11-19T10:00:00+01:00").await, Step::Idle, "nothing is made up for");
    days.complaint("2026-11-19T11:00:00+01:00", "Schade aan de deur").await;
    assert_eq!(days.at("2026-11-20T07:29:59+01:00").await, Step::Idle);
    assert_eq!(days.digests(SUPERVISOR).len(), 0);
    assert_eq!(days.at("2026-11-20T07:30:00+01:00").await, Step::Worked);
    assert_eq!(days.at("2026-11-20T07:31:00+01:00").await, Step::Idle);
    days.restart().await;
    assert_eq!(days.at("2026-11-20T07:32:00+01:00").await, Step::Idle, "nor after a restart");
    for reader in [SUPERVISOR, MANAGEMENT] {
        let digests = days.digests(reader);
        assert_eq!(digests.len(), 1, "{reader}");
        assert!(digests[0].text.contains("Schade aan de deur"), "{}", digests[0].text);
        assert_eq!(digests[0].header("Auto-Submitted").as_deref(), Some("auto-generated"));
    }
    let others = days.digests("k.smit@lease.example");
    assert!(others.len() == 1 && !others[0].text.contains("Schade aan de deur"), "another department's supervisor");
    // Saturday, Sunday; then Monday.
    assert_eq!(days.at("2026-11-21T09:00:00+01:00").await, Step::Idle);
    assert_eq!(days.at("2026-11-22T09:00:00+01:00").await, Step::Idle);
    assert_eq!(days.at("2026-11-23T07:30:00+01:00").await, Step::Worked);
    assert_eq!(days.digests(SUPERVISOR).len(), 2);
}

#[tokio::test]
async fn after_days_of_outage_one_digest_that_says_what_happened_meanwhile() {
    let mut days = Days::begin("2026-11-16T07:30:00+01:00").await;
    days.at("2026-11-16T07:30:00+01:00").await;
    days.at("2026-11-17T07:30:00+01:00").await;
    days.complaint("2026-11-17T09:00:00+01:00", "Schade aan de deur").await;
    days.restart().await;
    assert_eq!(days.at("2026-11-24T14:00:00+01:00").await, Step::Worked);
    assert_eq!(days.at("2026-11-24T14:01:00+01:00").await, Step::Idle);
    let digests = days.digests(SUPERVISOR);
    assert_eq!(digests.len(), 2, "17 November's, and one for all days since");
    let (overdue, open) =
        (digests[1].text.find("Te laat").expect("it is overdue"), digests[1].text.find("Schade aan de deur"));
    assert!(open.is_some_and(|open| open > overdue), "{}", digests[1].text);
    assert_eq!(days.at("2026-11-25T07:30:00+01:00").await, Step::Worked, "and then every day again");
}

#[tokio::test]
async fn the_hour_is_the_desks_on_both_sides_of_the_clocks_change() {
    // Summer time ended on Sunday 25 October 2026 and began on Sunday 29 March 2026.
    for (friday, before, monday) in [
        ("2026-10-23T07:30:00+02:00", "2026-10-26T07:29:59+01:00", "2026-10-26T07:30:00+01:00"),
        ("2026-03-27T07:30:00+01:00", "2026-03-30T07:29:59+02:00", "2026-03-30T07:30:00+02:00"),
    ] {
        let days = Days::begin(friday).await;
        days.at(friday).await;
        assert_eq!(days.at(before).await, Step::Idle, "{before}");
        assert_eq!(days.at(monday).await, Step::Worked, "{monday}");
        assert_eq!(days.digests(MANAGEMENT).len(), 1);
    }
}

#[tokio::test]
async fn holidays_have_no_digest() {
    let days = Days::begin("2026-12-24T08:00:00+01:00").await;
    days.at("2026-12-24T08:00:00+01:00").await;
    // Both Christmas days (a Friday and a Saturday) and the Sunday after.
    for closed in ["2026-12-25T08:00:00+01:00", "2026-12-26T08:00:00+01:00", "2026-12-27T08:00:00+01:00"] {
        assert_eq!(days.at(closed).await, Step::Idle, "{closed}");
    }
    assert_eq!(days.at("2026-12-28T07:30:00+01:00").await, Step::Worked);
}
