//! Redaction at a person's word (§2.4.3): nothing of the person is left in the register's file, the chain and the timeline
//! stand, a restored backup is redacted again, and what was redacted is never taken in again.

use super::support::engines;
use super::*;
use klachtpost::case::{Case, CaseState};
use klachtpost::daemon::{Sender, Step, ToRedact, compare, decide_batch, finish, redact, scope_of, take_in, tick};
use klachtpost::mail;
use klachtpost::mailbox::Mailbox;
use klachtpost::register::{Purged, Verified};
use proptest::prelude::*;
use std::path::{Path, PathBuf};

/// Who complains, in words that stand nowhere else.
#[derive(Debug, Clone)]
pub(super) struct Person {
    name: String,
    address: String,
    text: String,
}

impl Person {
    pub(super) fn karin() -> Self {
        Self {
            name: "Karin Wöllstoncroft".into(),
            address: "karinwolls@klantdomein.example".into(),
            text: "zeepaardjesblauwe achterklep".into(),
        }
    }

    /// What must be found nowhere: in small letters, and without accents as a search looks for it.
    fn traces(&self) -> Vec<String> {
        let local = self.address.split('@').next().unwrap().to_owned();
        let words = self.name.split(' ').chain(self.text.split(' ')).filter(|word| word.len() > 6);
        let all = words.map(str::to_lowercase).chain([local, "klantdomein".to_owned()]);
        all.flat_map(|word| [klachtpost::desk::fold(&word), word]).collect()
    }
}

fn folder(desk: &Desk) -> PathBuf {
    desk._dir.path().join("in")
}

pub(super) fn deliver(desk: &Desk, name: &str, raw: &str) {
    let new = folder(desk).join("new");
    std::fs::create_dir_all(&new).unwrap();
    std::fs::write(new.join(name), raw.replace('\n', "\r\n")).unwrap();
}

/// Takes in what is there, decides, ticks and sends.
pub(super) async fn round(office: &Arc<Office>) {
    let mut mailbox = Mailbox::open(&office.config.mailbox).await.unwrap();
    take_in(office, &mut mailbox).await.unwrap();
    while decide_batch(office).await.unwrap() == Step::Worked {}
    tick(office).await.unwrap();
    let mut sender = Sender::new(office).await.unwrap();
    while !matches!(sender.send_due(office).await.unwrap(), klachtpost::daemon::Round::Idle) {}
    take_in(office, &mut mailbox).await.unwrap();
}

async fn text_of(desk: &Desk, sql: &str) -> String {
    let mut connection = AnyConnection::connect(&desk.url).await.unwrap();
    let row = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_one(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    row.try_get(0).unwrap()
}

/// A complaint from its first mail to its settlement, with all that is written about it.
pub(super) async fn settled(desk: &Desk, person: &Person) -> Arc<Office> {
    let office = office(desk, &maildir(desk, "in"), &maildir(desk, "out")).await;
    let Person { name, address, text } = person;
    let head =
        format!("From: {name} <{address}>\nTo: klachten@lease.example\nContent-Type: text/plain; charset=utf-8\n");
    deliver(
        desk,
        "1",
        &format!(
            "{head}Message-ID: <een.{address}>\nSubject: Klacht over {text}\n\nDe {text} is stuk. Bel 06-87654321. {name}\n"
        ),
    );
    round(&office).await;
    let notified = text_of(desk, "SELECT message_id FROM outbox WHERE kind = 'notification'").await;
    let acknowledged = text_of(desk, "SELECT message_id FROM outbox WHERE kind = 'acknowledgement'").await;
    let thread = |id: &str| format!("In-Reply-To: <{id}>\nReferences: <{id}>\n");
    deliver(
        desk,
        "2",
        &format!(
            "{head}Message-ID: <twee.{address}>\n{}Subject: Re: nog iets\n\nDe {text} ook nog.\n",
            thread(&acknowledged)
        ),
    );
    round(&office).await;
    let staff = "From: anna@lease.example\nTo: klachten@lease.example\n";
    let said = [
        format!("#intern {name} belde over de {text}."),
        format!("Beste {name}, wij kijken naar de {text}."),
        format!("#afgehandeld\nDe {text} van {name} is gemaakt."),
    ];
    for (place, said) in said.iter().enumerate() {
        let thread = thread(&notified);
        deliver(
            desk,
            &format!("{}", place + 3),
            &format!(
                "{staff}Content-Type: text/plain; charset=utf-8\nMessage-ID: <s{place}@lease.example>\n{thread}Subject: Re: klacht\n\n{said}\n"
            ),
        );
        round(&office).await;
    }
    deliver(desk, "9", &format!("{staff}Message-ID: <z@lease.example>\nSubject: zoek\n\n#zoek {address}\n"));
    round(&office).await;
    office.clock.set(at(3 * 24 * 60));
    round(&office).await;
    office
}

pub(super) fn asked(cases: &[u32]) -> ToRedact {
    let cases = cases.iter().map(|serial| number(*serial)).collect();
    ToRedact { cases, mails: Vec::new(), reason: "art. 17".into(), ground: None }
}

pub(super) async fn redacted(office: &Office, asked: &ToRedact) {
    let scope = scope_of(office, asked).await.unwrap();
    redact(office, asked, &scope).await.unwrap();
    let mut mailbox = Mailbox::open(&office.config.mailbox).await.unwrap();
    let told = finish(office, Some(&mut mailbox)).await.unwrap();
    assert_eq!((told.not_purged, told.not_removed), (None, None));
}

fn database(desk: &Desk) -> PathBuf {
    desk._dir.path().join("register.db")
}

/// Every file beside the register whose name begins with its own.
fn files_of_register(desk: &Desk) -> Vec<PathBuf> {
    let all = std::fs::read_dir(desk._dir.path()).unwrap().map(|entry| entry.unwrap().path());
    all.filter(|path| path.is_file() && path.file_name().unwrap().to_string_lossy().starts_with("register.db"))
        .collect()
}

/// Where a trace of the person is still to be found: byte for byte in the files, and in what is in them once it is decoded.
pub(super) async fn left_of(desk: &Desk, person: &Person) -> Vec<String> {
    let mut texts: Vec<(String, String)> = files_of_register(desk)
        .into_iter()
        .map(|path| (path.display().to_string(), String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned()))
        .collect();
    let mut connection = AnyConnection::connect(&desk.url).await.unwrap();
    for (of, sql) in [("letter", "SELECT bytes FROM letter"), ("mail", "SELECT raw FROM mail_raw")] {
        for row in sqlx::query(sql).fetch_all(&mut connection).await.unwrap() {
            let read = mail::read(&row.try_get::<Vec<u8>, _>(0).unwrap(), "");
            texts.push((of.to_owned(), format!("{} {} {:?}", read.subject, read.text, read.from)));
        }
    }
    connection.close().await.unwrap();
    let texts: Vec<_> = texts.into_iter().map(|(of, text)| (of, text.to_lowercase())).collect();
    let found = person.traces().into_iter().flat_map(|trace| {
        let of = texts.iter().filter(|(_, text)| text.contains(&trace)).map(|(of, _)| format!("{trace} in {of}"));
        of.collect::<Vec<_>>()
    });
    found.collect()
}

fn in_mailbox(desk: &Desk, person: &Person) -> usize {
    let mut found = 0;
    let mut folders = vec![folder(desk)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else {
                found += usize::from(std::fs::read_to_string(&entry).unwrap().contains(&person.address));
            }
        }
    }
    found
}

pub(super) fn is_sound(verified: &Verified) {
    assert_eq!(verified.findings, []);
    assert_eq!((verified.blanked, verified.unproven.len()), (0, 0));
}

#[tokio::test]
async fn nothing_of_the_person_is_left_and_the_chain_and_the_timeline_stand() {
    let (desk, karin) = (Desk::new().await, Person::karin());
    let office = settled(&desk, &karin).await;
    let before = office.register.case(number(1)).await.unwrap().unwrap();
    let events = office.register.events(number(1)).await.unwrap();
    let head = office.register.chain_head().await.unwrap();
    assert_eq!(before.state, CaseState::Closed);
    assert!(left_of(&desk, &karin).await.len() > 10, "the test looks in the wrong place");
    assert!(in_mailbox(&desk, &karin) >= 2);
    is_sound(&office.register.verify().await.unwrap());

    redacted(&office, &asked(&[1])).await;
    assert_eq!(left_of(&desk, &karin).await, Vec::<String>::new());
    assert_eq!(in_mailbox(&desk, &karin), 0);
    let verified = office.register.verify().await.unwrap();
    is_sound(&verified);
    assert_eq!(verified.redacted.cases.iter().copied().collect::<Vec<_>>(), [number(1)]);
    assert!(office.register.find_head(&head.hash).await.unwrap().is_some(), "a digest's head is still in the chain");
    let after = office.register.case(number(1)).await.unwrap().unwrap();
    let clocks = |case: &Case| {
        (case.state, case.received_at, case.due, case.acknowledged.clone(), case.responses.clone(), case.closed_at)
    };
    assert_eq!(clocks(&after), clocks(&before));
    let kinds = |events: &[klachtpost::register::StoredEvent]| {
        events.iter().map(|e| (e.seq, e.kind.clone(), e.at)).collect::<Vec<_>>()
    };
    let now = office.register.events(number(1)).await.unwrap();
    assert_eq!(kinds(&now[..events.len()]), kinds(&events));
    assert!(now.iter().all(|stored| stored.event.is_some()), "each can still be told");

    // Once more is the same end.
    finish(&office, None).await.unwrap();
    assert_eq!(office.register.chain_head().await.unwrap(), verified.head);
}

#[tokio::test]
async fn what_was_redacted_cannot_be_changed_unseen_nor_put_back() {
    let (desk, karin) = (Desk::new().await, Person::karin());
    let office = settled(&desk, &karin).await;
    let copy = "CREATE TABLE kept AS SELECT * FROM event_payload; CREATE TABLE kept_raw AS SELECT * FROM mail_raw";
    desk.by_hand(copy).await;
    redacted(&office, &asked(&[1])).await;
    is_sound(&office.register.verify().await.unwrap());
    for (change, place) in [
        ("UPDATE event_payload SET body = replace(body, 'overig', 'schade') WHERE seq = 1", "event 1"),
        (
            "UPDATE event_payload SET body = (SELECT body FROM kept WHERE kept.seq = 1), \
          salt = (SELECT salt FROM kept WHERE kept.seq = 1) WHERE seq = 1",
            "event 1",
        ),
        ("DELETE FROM event_payload WHERE seq = 1", "event 1"),
        ("INSERT INTO mail_raw SELECT * FROM kept_raw WHERE mail_id = 1", "mail 1"),
        ("UPDATE mail SET message_id = 'een' WHERE id = 1", "mail 1"),
        ("UPDATE outbox SET recipient = 'x@y.example' WHERE kind = 'acknowledgement'", "letter"),
        ("UPDATE cases SET words = 'karin'", "K-2026-000001"),
    ] {
        let desk = copy_of(&desk).await;
        desk.by_hand(change).await;
        let verified = desk.register.verify().await.unwrap();
        assert!(verified.findings.iter().any(|found| found.place.starts_with(place)), "{change}: {verified:?}");
    }
}

/// Another desk with the register as it stands, and the list beside it.
async fn copy_of(desk: &Desk) -> Desk {
    let other = Desk::new().await;
    other.register.close().await;
    let into = database(&other);
    let list = |of: &Path| of.with_extension("db.redacted");
    if list(&database(desk)).exists() {
        std::fs::copy(list(&database(desk)), list(&into)).unwrap();
    }
    if postgres::is_on() {
        postgres::dump_into(&database(desk), &into);
        return Desk { register: Register::open(&other.url).await.unwrap(), ..other };
    }
    let _ = (std::fs::remove_file(&into), std::fs::remove_file(into.with_extension("db-wal")));
    desk.by_hand("PRAGMA user_version = 0").await;
    let mut connection = AnyConnection::connect(&desk.url).await.unwrap();
    let text = format!("VACUUM INTO '{}'", into.display());
    sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    Desk { register: Register::open(&other.url).await.unwrap(), ..other }
}

#[tokio::test]
async fn a_restored_backup_is_redacted_again_and_the_mails_are_never_taken_in() {
    let (desk, karin) = (Desk::new().await, Person::karin());
    let office_before = settled(&desk, &karin).await;
    let backup = copy_of(&desk).await;
    // The mailbox is restored too.
    let kept = desk._dir.path().join("kept");
    copy_folder(&folder(&desk), &kept);
    redacted(&office_before, &asked(&[1])).await;
    std::fs::copy(database(&desk).with_extension("db.redacted"), database(&backup).with_extension("db.redacted"))
        .unwrap();
    let restored =
        office(&backup, &format!("kind = \"maildir\"\npath = \"{}\"", kept.display()), &maildir(&backup, "out")).await;
    assert!(!left_of(&backup, &karin).await.is_empty());
    let mut mailbox = Mailbox::open(&restored.config.mailbox).await.unwrap();
    finish(&restored, Some(&mut mailbox)).await.unwrap();
    assert_eq!(left_of(&backup, &karin).await, Vec::<String>::new());
    is_sound(&restored.register.verify().await.unwrap());

    // And one from before there was a complaint: its mails are in the folder, and nobody's to take in.
    let (empty, kept) = (Desk::new().await, desk._dir.path().join("again"));
    copy_folder(&folder(&desk), &kept);
    deliver_into(&kept.join(".Verwerkt"), &karin);
    std::fs::copy(database(&desk).with_extension("db.redacted"), database(&empty).with_extension("db.redacted"))
        .unwrap();
    let fresh =
        office(&empty, &format!("kind = \"maildir\"\npath = \"{}\"", kept.display()), &maildir(&empty, "out")).await;
    assert_eq!(fresh.register.began_at(at(-600)).await.unwrap(), at(-600));
    finish(&fresh, None).await.unwrap();
    let mut mailbox = Mailbox::open(&fresh.config.mailbox).await.unwrap();
    compare(&fresh, &mut mailbox).await.unwrap();
    let missing = fresh.register.missing_in("klachten/Verwerkt").await.unwrap();
    assert!(missing.iter().all(|one| !one.mail.from.contains("karin")), "{missing:?}");
    let mut tx = fresh.register.begin().await.unwrap();
    let lookup = klachtpost::desk::Lookup { year: 2026, ..Default::default() };
    let next = tx.snapshot(1, &identity("", "h"), &lookup).await.unwrap().next_serial;
    assert!(next >= 2, "its number is not given out again");
}

/// The complaint's first mail as it lay there before.
fn deliver_into(folder: &Path, person: &Person) {
    let Person { name, address, text } = person;
    let raw = format!(
        "From: {name} <{address}>\nTo: klachten@lease.example\nContent-Type: text/plain; charset=utf-8\n\
         Message-ID: <een.{address}>\nSubject: Klacht over {text}\n\nDe {text} is stuk. Bel 06-87654321. {name}\n"
    );
    std::fs::write(folder.join("cur/back:2,S"), raw.replace('\n', "\r\n")).unwrap();
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(|entry| entry.unwrap()) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).unwrap();
            let modified = entry.metadata().unwrap().modified().unwrap();
            std::fs::File::options().write(true).open(&target).unwrap().set_modified(modified).unwrap();
        }
    }
}

#[tokio::test]
async fn what_stands_beside_the_case_and_is_somebody_elses_stays() {
    let (desk, karin) = (Desk::new().await, Person::karin());
    let office = settled(&desk, &karin).await;
    let piet = "From: Piet <piet@ander.example>\nTo: klachten@lease.example\nMessage-ID: <p@ander.example>\nSubject: Ruitschade\n\nMijn ruit is stuk.\n";
    deliver(&desk, "20", piet);
    round(&office).await;
    redacted(&office, &asked(&[1])).await;
    let other = office.register.case(number(2)).await.unwrap().unwrap();
    assert_eq!((other.subject.as_str(), other.redacted_at), ("Ruitschade", None));
    let holds = if postgres::is_on() { "position('piet@ander'::bytea IN raw) > 0" } else { "instr(raw, 'piet@ander')" };
    assert_eq!(desk.number(&format!("SELECT count(*) FROM mail_raw WHERE {holds}")).await, 1);
    assert_eq!(office.register.not_on_file().await.unwrap(), None, "what was blanked is no mail that is missing");
}

fn word() -> impl Strategy<Value = String> {
    "[a-zéëïöü]{9,14}"
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whoever_it_is_no_byte_is_left((first, last, local, text, other) in (word(), word(), "[a-z]{9,12}", word(), word())) {
        let person = Person {
            name: format!("{first} {last}"),
            address: format!("{local}@klantdomein.example"),
            text: format!("{text} {other}"),
        };
        let left = tokio::runtime::Runtime::new().unwrap().block_on(async {
            let desk = Desk::new().await;
            let office = settled(&desk, &person).await;
            redacted(&office, &asked(&[1])).await;
            is_sound(&office.register.verify().await.unwrap());
            left_of(&desk, &person).await
        });
        prop_assert_eq!(left, Vec::<String>::new());
    }
}

/// Each is read by another instance: what one took away the other knows from the register.
#[tokio::test]
async fn originals_of_two_mailboxes_are_noted_as_taken_away_whoever_reads_which() {
    let (desk, karin) = (Desk::new().await, Person::karin());
    let whole = settled(&desk, &karin).await;
    let scope = scope_of(&whole, &asked(&[1])).await.unwrap();
    redact(&whole, &asked(&[1]), &scope).await.unwrap();
    let own = settings(&desk, &maildir(&desk, "in"), &maildir(&desk, "out"));
    let two = own.replacen("[mailbox]\n", "[[mailbox]]\nname = \"klachten\"\n", 1).replacen(
        "[sender]\n",
        &format!(
            "[[mailbox]]\nname = \"zakelijk\"\naddress = \"zakelijk@lease.example\"\naccept_unproven_staff = true\n{}\n[sender]\n",
            maildir(&desk, "in2")
        ),
        1,
    );
    let removed = "SELECT count(*) FROM redaction WHERE removed_at IS NOT NULL";
    for (place, expected) in [(0, 0), (1, 1)] {
        let config = klachtpost::config::from_toml(&two, "the test's settings").unwrap();
        let office = Office::open(config, Clock::at(at(4 * 24 * 60))).await.unwrap();
        let its = office.at(office.mailboxes.all().nth(place).unwrap());
        let mut mailbox = Mailbox::open(&its.config.mailbox).await.unwrap();
        let told = finish(&its, Some(&mut mailbox)).await.unwrap();
        assert_eq!(told.not_removed.is_none(), expected == 1, "{told:?}");
        assert_eq!(desk.number(removed).await, expected, "after mailbox {place}");
    }
    assert_eq!(in_mailbox(&desk, &karin), 0);
}

/// Of several on PostgreSQL only one holds the tables, and what another is at is not called done.
#[tokio::test]
async fn tables_are_written_anew_by_one_at_a_time() {
    if engines::is_about_the_other("tables_are_written_anew_by_one_at_a_time") {
        return;
    }
    let (desk, karin) = (Desk::new().await, Person::karin());
    let office = settled(&desk, &karin).await;
    let scope = scope_of(&office, &asked(&[1])).await.unwrap();
    redact(&office, &asked(&[1]), &scope).await.unwrap();
    let mut other = AnyConnection::connect(&desk.url).await.unwrap();
    let lock = "SELECT 1 FROM pg_advisory_lock(hashtext('klachtpost writes its tables anew'))";
    sqlx::raw_sql(lock).execute(&mut other).await.unwrap();
    assert_eq!(office.register.purge(at(9000)).await.unwrap(), Purged::Elsewhere);
    let purged = "SELECT count(*) FROM redaction WHERE purged_at IS NOT NULL";
    assert_eq!(desk.number(purged).await, 0);
    sqlx::raw_sql("SELECT pg_advisory_unlock_all()").execute(&mut other).await.unwrap();
    assert_eq!(office.register.purge(at(9000)).await.unwrap(), Purged::Here);
    assert_eq!(desk.number(purged).await, 1);
}
