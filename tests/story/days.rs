//! The daily digest and the month's report over days on a test clock, in-process and on Maildirs: once each, none made up
//! for, the desk's own hour on both sides of the clock's change, and buttons that work (§2.4.1).

use crate::letter::{Letter, Written};
use crate::support::postgres;
use klachtpost::case::Moment;
use klachtpost::clock::Clock;
use klachtpost::config;
use klachtpost::daemon::{Office, Round, Sender, Step, take_in, tick};
use klachtpost::mailbox::Mailbox;
use klachtpost::register::CaseQuery;
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
        self.arrives(at, &Written::new("jan.jansen@klant.example", subject, "Er zit een deuk in.")).await;
    }

    /// A mail arrives and is decided on at that time.
    async fn arrives(&self, at: &str, mail: &Written) {
        self.clock.set(moment(at));
        let new = self.dir.path().join("in").join("new");
        std::fs::create_dir_all(&new).unwrap();
        let file = new.join(format!("{}.test", moment(at).timestamp()));
        std::fs::write(&file, mail.bytes()).unwrap();
        std::fs::File::options().write(true).open(&file).unwrap().set_modified(moment(at).into()).unwrap();
        let mut mailbox = Mailbox::open(&self.office.config.mailbox).await.unwrap();
        take_in(&self.office, &mut mailbox).await.unwrap();
        mailbox.close().await;
    }

    /// The digests somebody got, oldest first; terms that run out bring letters of their own.
    fn digests(&self, address: &str) -> Vec<Letter> {
        self.letters(address, |letter| letter.text.contains("Stand van het register"))
    }

    /// The reports of months somebody got, oldest first.
    fn reports(&self, address: &str) -> Vec<Letter> {
        self.letters(address, |letter| letter.text.contains("telt in de maand waarin"))
    }

    fn letters(&self, address: &str, is_wanted: fn(&Letter) -> bool) -> Vec<Letter> {
        let Ok(files) = std::fs::read_dir(self.dir.path().join("out").join(address).join("new")) else {
            return Vec::new();
        };
        let mut letters: Vec<Letter> =
            files.map(|file| Letter::of(std::fs::read(file.unwrap().path()).unwrap())).collect();
        letters.retain(is_wanted);
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
    let office =
        Office::open(config::from_toml(&postgres::adapted(settings), "test").unwrap(), clock.clone()).await.unwrap();
    Office { program: env!("CARGO_BIN_EXE_klachtpost").into(), ..office }
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
    days.at("2026-11-20T07:29:59+01:00").await;
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
    days.at("2026-11-21T09:00:00+01:00").await;
    days.at("2026-11-22T09:00:00+01:00").await;
    assert_eq!(days.digests(SUPERVISOR).len(), 1, "none at the weekend");
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

/// The subject and the text that a button of that verb opens in a mail client, by the first such link (RFC 6068).
fn button(letter: &Letter, verb: &str) -> (String, String) {
    let verb = format!("&body=%23{verb}").replace('&', "&amp;");
    let hrefs = letter.html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let found = hrefs.into_iter().find(|href| href.contains(&verb));
    let link = found.unwrap_or_else(|| panic!("no {verb} in {}", letter.html)).replace("&amp;", "&");
    let link = link.strip_prefix("mailto:klachten@lease.example?subject=").expect("to the desk");
    let (subject, body) = link.split_once("&body=").expect("a body");
    (decoded(subject), decoded(body))
}

fn decoded(text: &str) -> String {
    let mut pieces = text.split('%');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        bytes.push(u8::from_str_radix(&piece[..2], 16).unwrap());
        bytes.extend(piece[2..].bytes());
    }
    String::from_utf8(bytes).unwrap()
}

/// Who handles the only case there is.
async fn handler(days: &Days) -> Option<String> {
    let cases = days.office.register.cases(CaseQuery::All).all().await.unwrap();
    assert_eq!(cases.len(), 1);
    cases[0].handler.as_ref().map(ToString::to_string)
}

#[tokio::test]
async fn a_button_of_the_digest_does_what_it_says_for_the_supervisor_and_for_nobody_else() {
    let days = Days::begin("2026-11-19T10:00:00+01:00").await;
    days.at("2026-11-19T10:00:00+01:00").await;
    days.complaint("2026-11-19T11:00:00+01:00", "Schade aan de deur").await;
    days.at("2026-11-23T07:30:00+01:00").await;
    let digest = days.digests(SUPERVISOR).remove(0);
    assert!(digest.attachments.iter().any(|(name, content)| name.ends_with(".xlsx") && content.starts_with(b"PK")));
    assert!(digest.attachments.iter().any(|(name, content)| name.ends_with(".png") && content.starts_with(b"\x89PNG")));
    let (subject, text) = button(&digest, "overnemen");
    assert!(subject.starts_with("Re: [K-2026-000001]"), "{subject}");
    // The digest was passed on: another department's supervisor, a stranger, and who reads the whole company's.
    for (minute, from) in ["k.smit@lease.example", "x@elders.example", MANAGEMENT].into_iter().enumerate() {
        let at = format!("2026-11-23T08:0{minute}:00+01:00");
        days.arrives(&at, &Written::new(from, &subject, &text)).await;
        assert_eq!(handler(&days).await, None, "{from}");
    }
    // A reply to the digest as a whole is about no case, though it quotes one.
    days.arrives("2026-11-23T08:10:00+01:00", &Written::reply(SUPERVISOR, &digest, "#overnemen")).await;
    days.at("2026-11-23T08:11:00+01:00").await;
    assert_eq!(handler(&days).await, None);
    let asked = days.letters(SUPERVISOR, |letter| letter.text.contains("Bij welke klacht hoort dit bericht?"));
    assert_eq!(asked.len(), 1);
    days.arrives("2026-11-23T08:20:00+01:00", &Written::new(SUPERVISOR, &subject, &text)).await;
    assert_eq!(handler(&days).await.as_deref(), Some(SUPERVISOR));
    // Nothing of all this reached the customer.
    days.at("2026-11-23T08:21:00+01:00").await;
    assert_eq!(days.letters("jan.jansen@klant.example", |_| true).len(), 1, "the acknowledgement");
    // The same button tomorrow is no harm, and yesterday's digest is the witness of the register it saw.
    assert!(days.office.register.verify().await.unwrap().findings.is_empty());
}

#[tokio::test]
async fn each_month_is_reported_once_across_restarts_an_outage_and_new_year() {
    let mut days = Days::begin("2026-11-19T10:00:00+01:00").await;
    days.at("2026-11-19T10:00:00+01:00").await;
    days.complaint("2026-11-19T11:00:00+01:00", "Schade aan de deur").await;
    days.at("2026-11-30T07:30:00+01:00").await;
    days.at("2026-12-01T07:29:00+01:00").await;
    assert_eq!(days.reports(SUPERVISOR).len(), 0);
    for at in ["2026-12-01T07:30:00+01:00", "2026-12-01T07:31:00+01:00", "2026-12-02T07:30:00+01:00"] {
        days.at(at).await;
        days.restart().await;
    }
    for reader in [SUPERVISOR, "k.smit@lease.example", MANAGEMENT] {
        assert_eq!(days.reports(reader).len(), 1, "{reader}");
    }
    let report = days.reports(SUPERVISOR).remove(0);
    assert!(report.subject.ends_with("in november 2026"), "{}", report.subject);
    assert!(report.text.contains("1 ontvangen · 0 gesloten · 1 nog open"), "{}", report.text);
    assert!(report.attachments.iter().any(|(name, _)| name == "klachten-2026-11.xlsx"));
    // Off from before Christmas until after New Year, which is a Friday: Monday the 4th is the first working day.
    days.restart().await;
    days.at("2027-01-03T12:00:00+01:00").await;
    assert_eq!(days.reports(MANAGEMENT).len(), 1);
    days.at("2027-01-04T09:00:00+01:00").await;
    days.at("2027-01-04T09:01:00+01:00").await;
    let reports = days.reports(MANAGEMENT);
    assert_eq!(reports.len(), 2);
    assert!(reports[1].subject.ends_with("in december 2026"), "{}", reports[1].subject);
    // Off for a quarter: each month's own report, oldest first, none twice.
    days.restart().await;
    for minute in 10..16 {
        days.at(&format!("2027-04-20T09:{minute}:00+02:00")).await;
    }
    let subjects: Vec<String> =
        days.reports(MANAGEMENT).split_off(2).into_iter().map(|report| report.subject).collect();
    assert_eq!(subjects, ["Klachten in januari 2027", "Klachten in februari 2027", "Klachten in maart 2027"]);
}
