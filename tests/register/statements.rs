//! How many statements a batch of mails takes on PostgreSQL, where each is a round trip to the server: the same number for five
//! mails as for fifty.

use super::redaction::deliver;
use super::*;
use crate::support::postgres::{instance, name_of};
use klachtpost::daemon::take_in;
use klachtpost::mailbox::Mailbox;

/// Of a batch: putting on file, counting the attempt, looking up, deciding, recording, filing away. A statement more is a
/// reason to think again.
const OF_A_BATCH_MAX: i64 = 60;

/// What the server counted in the register's database since the last time, but for what is said on a new connection.
fn counted(desk: &Desk) -> (i64, String) {
    let name = name_of(&desk._dir.path().join("register.db"));
    let of = format!(
        "FROM pg_stat_statements JOIN pg_database ON pg_database.oid = dbid WHERE datname = '{name}' \
                      AND query NOT LIKE 'SET %' AND query NOT LIKE '%set_config%' AND query NOT LIKE '%pg_is_in_recovery%'"
    );
    let calls = instance().sql("postgres", &format!("SELECT COALESCE(sum(calls), 0) {of}"));
    let each =
        format!("SELECT calls || ' x ' || left(regexp_replace(query, '\\s+', ' ', 'g'), 150) {of} ORDER BY query");
    let each = instance().sql("postgres", &each);
    instance().sql(
        "postgres",
        &format!("SELECT pg_stat_statements_reset(0, oid, 0) FROM pg_database WHERE datname = '{name}'"),
    );
    (calls.parse().unwrap(), each)
}

#[tokio::test]
async fn a_batch_of_fifty_mails_takes_as_many_statements_as_one_of_five() {
    if engines::is_about_the_other("a_batch_of_fifty_mails_takes_as_many_statements_as_one_of_five") {
        return;
    }
    let mut statements = Vec::new();
    for mails in [5, 50] {
        let desk = Desk::new().await;
        let office = office(&desk, &maildir(&desk, "in"), &maildir(&desk, "out")).await;
        let mut mailbox = Mailbox::open(&office.config.mailbox).await.unwrap();
        // Once before, so that all that is made once is there.
        for (round, count) in [("een", 1), ("twee", mails)] {
            for mail in 0..count {
                let head = format!("From: Klant <k{mail}@klant{round}.example>\nTo: klachten@lease.example\n");
                let text = format!(
                    "Message-ID: <{mail}.{round}@klant.example>\nSubject: Deuk {mail}\n\nEr zit deuk {mail} in.\n"
                );
                deliver(&desk, &format!("{round}{mail}"), &format!("{head}{text}"));
            }
            counted(&desk);
            take_in(&office, &mut mailbox).await.unwrap();
        }
        assert_eq!(desk.number("SELECT count(*) FROM cases").await, 1 + mails);
        statements.push(counted(&desk));
    }
    let forgotten = instance().sql("postgres", "SELECT dealloc FROM pg_stat_statements_info");
    assert_eq!(forgotten, "0", "the server forgot some of what it counted; next: a greater pg_stat_statements.max");
    let [(few, of_few), (many, of_many)] = statements.try_into().unwrap();
    assert_eq!(few, many, "== five\n{of_few}\n\n== fifty\n{of_many}");
    assert!(few <= OF_A_BATCH_MAX, "{few} statements:\n{of_few}");
    println!("statements of a batch: {few}");
}
