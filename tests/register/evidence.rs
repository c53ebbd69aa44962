//! Every column of every row that is proven (invariant 8), changed by plain SQL behind the daemon's back: `verify` finds
//! each change. The tables' own columns are asked for, so that one that is added later is either proven or named here
//! with the reason why not (invariant 8).

use super::support::smtp::{Act, At, Fault, Setup, SmtpServer};
use super::*;
use klachtpost::daemon::{Sender, decide_batch, tick};

/// Columns that no chain holds, and why.
const NOT_PROVEN: &[(&str, &str, &str)] = &[
    ("mail", "attempts", "counts readings, before each one"),
    ("mail", "moved", "follows the mailbox"),
    ("outbox", "held_because", "a person or the hour lets a letter go"),
    ("outbox", "attempts", "counts tries"),
    ("outbox", "created_at", "the hour of the cap it counts for; the event of its writing has the moment"),
    ("outbox", "not_before", "when it is tried next"),
    ("outbox", "lease_until", "who is sending it now"),
    ("outbox", "leased_by", "who is sending it now"),
    ("outbox", "light", "how it is tried next"),
    ("outbox", "mailbox", "from which address it is: the letter itself, which is proven, says so"),
];
/// Every other table, and why nothing of it is proven.
const TABLES_NOT_PROVEN: &[(&str, &str)] = &[
    ("given_out", "the server's own numbers, which every digest holds against the mails on file"),
    ("refused_first", "since when a letter waits for a server; it is tried again, and its end is an event"),
    ("connections_taken", "how a server is used; less only tries again"),
    ("round_trips", "when test mails went and came back; a test mail that came is a mail on file, which is proven"),
    ("outage", "what the operator was told of servers, so that a restart does not repeat it"),
    (
        "number_seen",
        "numbers of letters that are not on file, so that none is given out again; a lower one is outdone by what is on file",
    ),
    ("identity", "names this register to the mailbox; another name makes its mails another's, which is told"),
    ("compared", "how far the mailbox's folders were looked at; less only looks again"),
    ("not_on_file", "what the mailbox has and the register has not, found anew at each comparison"),
    ("trial", "counts what mails did to processes; an unreadable mail's reason, which says so, is proven"),
    ("withheld", "counts fetches in vain; gone once the mail is on file"),
    ("job_run", "keeps a digest from being written twice; that it was written is an event"),
    ("redaction", "how far the list beside the register was carried out; that something was blanked is an event"),
    ("redaction_removed", "of which mailboxes the originals are gone; that something was blanked is an event"),
    ("instance", "who works here now; that one is alive is for himself to say, again and again"),
    ("lease", "who does what only one may; each who takes it over has a new token, and no event is of it"),
    ("_sqlx_migrations", "the library's own list of migrations"),
];

/// A desk with mails of several kinds, letters that were accepted, refused and wait, and an attachment that goes along.
async fn desk_at_work() -> Desk {
    let desk = Desk::new().await;
    let server = SmtpServer::start(Setup::default()).await;
    let sender = format!("kind = \"smtp\"\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"", server.port());
    let office = office(&desk, &maildir(&desk, "in"), &sender).await;
    let photo = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nZie de foto.\r\n--b\r\n\
                 Content-Type: image/jpeg\r\nContent-Disposition: attachment; filename=\"kras.jpg\"\r\n\r\nnot a photo\r\n--b--\r\n";
    let mails = [("Kras", photo), ("Factuur", "\r\nDe factuur klopt niet.\r\n")].into_iter().zip(1..).map(|((subject, rest), uid)| {
        let head = format!("From: Klant {uid} <k{uid}@klant.example>\r\nMessage-ID: <{uid}@klant.example>\r\nSubject: {subject}\r\n");
        NewMail { raw: format!("{head}{rest}").into_bytes(), ..new_mail(uid) }
    });
    let unreadable = NewMail { raw: Vec::new(), unreadable_because: Some("never given".into()), ..new_mail(3) };
    office.register.store_mails(&mails.chain([unreadable]).collect::<Vec<_>>()).await.unwrap();
    decide_batch(&office).await.unwrap();
    server.fault(Fault::at(At::Rcpt, Act::reply("550 5.1.1 no such user")).for_recipient("k2@klant.example"));
    Sender::new(&office).await.unwrap().send_due(&office).await.unwrap();
    // Letters that nobody sends any more, the digest's among them, wait.
    tick(&office).await.unwrap();
    office.clock.set(at(24 * 60));
    tick(&office).await.unwrap();
    bundled(&desk).await;
    desk
}

/// Two letters that a cap held back, and the one that goes out in their stead.
async fn bundled(desk: &Desk) {
    let held = |letter: &str| Outgoing { held_because: Some("cap".into()), ..outgoing(letter, "robot@klant.example") };
    desk.record(vec![], &[held("b1"), held("b2")]).await.unwrap();
    let what = What::Bundled { letters: vec![id("b1"), id("b2")], into: id("b3") };
    let event = Event { at: at(0), case: None, actor: Actor::Desk, mail: None, what };
    desk.record(vec![event], &[outgoing("b3", "robot@klant.example")]).await.unwrap();
}

async fn text(desk: &Desk, sql: &str) -> Vec<String> {
    let mut connection = AnyConnection::connect(&desk.url).await.unwrap();
    let rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// The proven tables, and the column that names a row.
const PROVEN: &[(&str, &str)] = &[
    ("event", "seq"),
    ("event_payload", "seq"),
    ("cases", "number"),
    ("mail", "id"),
    ("mail_raw", "mail_id"),
    ("outbox", "id"),
    ("letter", "id"),
    ("letter_carried", "letter_id"),
];

#[tokio::test]
async fn every_column_of_every_table_is_proven_or_named_with_the_reason_why_not() {
    let desk = desk_at_work().await;
    let before = desk.register.verify().await.unwrap();
    assert_eq!(before.findings, []);
    let tables = text(&desk, tables()).await;
    let mut hand = Hand::on(desk).await;
    let mut tried = 0;
    for table in &tables {
        if TABLES_NOT_PROVEN.iter().any(|(name, _)| name == table) {
            continue;
        }
        let (_, key) = PROVEN.iter().find(|(name, _)| name == table).unwrap_or_else(|| panic!("{table} is in no list"));
        let rows = text(&hand.desk, &format!("SELECT CAST({key} AS TEXT) FROM {table}")).await;
        assert!(!rows.is_empty(), "{table} has rows");
        let ended = "SELECT id FROM outbox WHERE state IN ('accepted', 'refused')";
        let ended = text(&hand.desk, ended).await;
        for column in text(&hand.desk, &columns(table)).await {
            let named = NOT_PROVEN.iter().any(|(t, c, _)| t == table && *c == column);
            for row in rows.iter().step_by(1 + rows.len() / 12) {
                // Of a letter on its way the reply is the last try's.
                let is_proven = !named && (column != "reply" || ended.contains(row));
                tried += 1;
                flipped(&mut hand, table, key, row, &column, is_proven).await;
            }
        }
        for row in &rows {
            // Blanking is a row of contents removed, on a lawful request; then it is told, and no finding.
            if !["event_payload", "mail_raw", "letter"].contains(&table.as_str()) {
                let removed = format!("DELETE FROM {table} WHERE {key} = '{row}'");
                hand.is_found(table, &removed, &format!("{table} {row} removed"), true).await;
            }
        }
    }
    println!("evidence: {tried} values changed");
    assert!(tried > 300, "{tried}");
}

/// The tables there are.
fn tables() -> &'static str {
    if postgres::is_on() {
        "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = 'public'"
    } else {
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    }
}

/// The columns of one.
fn columns(table: &str) -> String {
    if postgres::is_on() {
        format!("SELECT CAST(column_name AS TEXT) FROM information_schema.columns WHERE table_name = '{table}'")
    } else {
        format!("SELECT name FROM pragma_table_info('{table}')")
    }
}

/// Another value of the same kind.
async fn another(hand: &Hand, table: &str, column: &str) -> String {
    if !postgres::is_on() {
        return format!(
            "CASE typeof({column}) WHEN 'integer' THEN {column} + 1 WHEN 'blob' THEN CAST({column} || x'30' AS BLOB) \
             WHEN 'null' THEN (CASE '{column}' WHEN 'case_number' THEN 'K-2026-000009' ELSE 7 END) ELSE {column} || '0' END"
        );
    }
    let kind = format!(
        "SELECT CAST(data_type AS TEXT) FROM information_schema.columns \
         WHERE table_name = '{table}' AND column_name = '{column}'"
    );
    let kind = text(&hand.desk, &kind).await;
    let nothing = if column == "case_number" { "K-2026-000009" } else { "7" };
    match kind[0].as_str() {
        "bigint" => format!("COALESCE({column} + 1, 7)"),
        "bytea" => format!("{column} || '\\x30'"),
        _ => format!("COALESCE({column} || '0', '{nothing}')"),
    }
}

/// One value changed to another, and to nothing.
async fn flipped(hand: &mut Hand, table: &str, key: &str, row: &str, column: &str, is_proven: bool) {
    let what = format!("{table}.{column} of {row}");
    let differs = if postgres::is_on() { "IS DISTINCT FROM" } else { "IS NOT" };
    for value in [another(hand, table, column).await, "NULL".to_owned()] {
        let change =
            format!("UPDATE {table} SET {column} = {value} WHERE {key} = '{row}' AND {column} {differs} {value}");
        hand.is_found(table, &change, &what, is_proven).await;
    }
}

/// The hand behind the daemon's back, on a register that it puts right again after each change.
struct Hand {
    desk: Desk,
    connection: AnyConnection,
}

impl Hand {
    async fn on(desk: Desk) -> Self {
        let mut connection = AnyConnection::connect(&desk.url).await.unwrap();
        let setup = if postgres::is_on() {
            "SET session_replication_role = replica"
        } else {
            "PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF"
        };
        sqlx::raw_sql(setup).execute(&mut connection).await.unwrap();
        for (table, _) in PROVEN {
            let copy = format!("CREATE TABLE before_{table} AS SELECT * FROM {table}");
            sqlx::raw_sql(AssertSqlSafe(copy)).execute(&mut connection).await.unwrap();
        }
        Self { desk, connection }
    }

    /// Changes something in this table and asks for a finding, or for none.
    async fn is_found(&mut self, table: &str, change: &str, what: &str, is_proven: bool) {
        let changed = sqlx::raw_sql(AssertSqlSafe(change.to_owned())).execute(&mut self.connection).await;
        // The table may refuse it (NOT NULL, a number where text belongs), or it changes nothing.
        if changed.map_or(0, |done| done.rows_affected()) == 0 {
            return;
        }
        let verified = self.desk.register.verify().await.unwrap();
        assert_eq!(!verified.findings.is_empty(), is_proven, "{what}: {change}\n{:?}", verified.findings);
        let put_right = format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM before_{table}");
        sqlx::raw_sql(AssertSqlSafe(put_right)).execute(&mut self.connection).await.unwrap();
        if postgres::is_on() {
            // Else thousands of rows that are gone are read through each time.
            let tidy = format!("VACUUM {table}");
            sqlx::raw_sql(AssertSqlSafe(tidy)).execute(&mut self.connection).await.unwrap();
        }
    }
}

#[tokio::test]
async fn two_mails_or_letters_swapped_are_found() {
    let desk = desk_at_work().await;
    let swap = |table: &str, key: &str, column: &str, one: &str, other: &str| {
        format!(
            "UPDATE {table} SET {column} = (SELECT {column} FROM {table} t WHERE CAST(t.{key} AS TEXT) = CASE CAST({table}.{key} AS TEXT) \
             WHEN '{one}' THEN '{other}' ELSE '{one}' END) WHERE {key} IN ('{one}', '{other}')"
        )
    };
    let mut hand = Hand::on(desk).await;
    hand.is_found("mail_raw", &swap("mail_raw", "mail_id", "raw", "1", "2"), "the mails' bytes", true).await;
    // Two that differ: the two that a cap held back are the same letter twice.
    let letters = text(&hand.desk, "SELECT min(id) FROM letter GROUP BY bytes LIMIT 2").await;
    hand.is_found("letter", &swap("letter", "id", "bytes", &letters[0], &letters[1]), "the letters' bytes", true).await;
    hand.is_found("event_payload", &swap("event_payload", "seq", "body", "1", "2"), "the events' contents", true).await;
}

#[tokio::test]
async fn rows_that_no_decision_made_are_found() {
    let mut hand = Hand::on(desk_at_work().await).await;
    let columns = "mailbox, uid_validity, from_junk, received_at, fetched_at, size, whole, disposition, reason";
    let mail = format!("INSERT INTO mail ({columns}, uid) SELECT {columns}, 99 FROM mail WHERE id = 1");
    hand.is_found("mail", &mail, "a mail put in", true).await;
    let columns = "kind, case_number, side, department, envelope_from, recipient, recipient_key, automatic, domain, counted_as, state, \
                   created_at, not_before";
    let letter = format!(
        "INSERT INTO outbox ({columns}, id, message_id) SELECT {columns}, 'x', 'x@lease.example' FROM outbox LIMIT 1"
    );
    hand.is_found("outbox", &letter, "a letter put in", true).await;
    // A letter that waits called accepted, and the other way round.
    hand.is_found("outbox", "UPDATE outbox SET state = 'accepted' WHERE state = 'queued'", "accepted", true).await;
    hand.is_found("outbox", "UPDATE outbox SET state = 'queued' WHERE state = 'accepted'", "queued", true).await;
    // Held or due again is a person's or the hour's to say.
    hand.is_found("outbox", "UPDATE outbox SET state = 'held' WHERE state = 'queued'", "held", false).await;
}

#[tokio::test]
async fn blanked_mails_and_letters_are_no_findings() {
    let mut hand = Hand::on(desk_at_work().await).await;
    hand.is_found("mail_raw", "DELETE FROM mail_raw", "blanked mails", false).await;
    hand.is_found("letter", "DELETE FROM letter", "blanked letters", false).await;
}
