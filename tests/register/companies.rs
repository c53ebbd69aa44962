//! Several mailboxes and two companies on one register: who reads a mailbox decides on its mails and no others, and what one
//! company has, the other never meets, whatever the question. On PostgreSQL the mailboxes are read by two instances.

use super::two_companies::*;
use super::*;
use klachtpost::daemon::{Salts, Step, ToRedact, decide_batch, finish, past_terms_of, redact, scope_of};
use klachtpost::desk::{ClickedOn, FiledBy, Lookup, LostMail, Said, Snapshot};
use klachtpost::register::{Missing, Probe, Recorded};
use std::time::Duration;

fn missing(mailbox: &str, uid: i64) -> (Missing, i32) {
    let mail = LostMail { from: JAN.into(), subject: format!("deuk {uid}"), received_at: at(-5) };
    let mailbox = format!("{mailbox}/Verwerkt");
    (Missing { mailbox, uid_validity: 1, uid, size: 9, filed_by: FiledBy::Ours, mail }, 2026)
}

/// Undecided mails by folder, and how often they were tried together.
const LEFT: &str = "SELECT mailbox || ' ' || count(*) || ' ' || SUM(attempts) FROM mail WHERE disposition IS NULL \
                    GROUP BY mailbox ORDER BY mailbox";

#[tokio::test]
async fn who_reads_a_mailbox_decides_on_its_mails_and_tries_no_other() {
    let both = Both::new().await;
    let folders = [LEASE, "zakelijk", RENTAL, "verhuur/pipe", "verhuurder", "weg"];
    let mails = folders.map(|folder| complaint(folder, 1));
    both.whole.register.store_mails(&mails).await.unwrap();
    let decide = async |mailbox: &str| {
        while decide_batch(&both.at(mailbox)).await.unwrap() == Step::Worked {}
        both.texts(LEFT).await
    };
    assert_eq!(decide(RENTAL).await, ["klachten 1 0", "verhuurder 1 0", "weg 1 0", "zakelijk 1 0"]);
    assert_eq!(decide("zakelijk").await, ["klachten 1 0", "verhuurder 1 0", "weg 1 0"]);
    // What came by a mailbox that is no longer in the settings is for who reads the first.
    assert!(decide(LEASE).await.is_empty());
}

#[tokio::test]
async fn two_instances_with_a_mailbox_each_decide_on_no_mail_of_the_others() {
    if engines::is_about_the_other("two_instances_with_a_mailbox_each_decide_on_no_mail_of_the_others") {
        return;
    }
    const MAILS: i64 = 30;
    let both = Both::new().await;
    let mut instances = Vec::new();
    for (id, mailbox) in [("een", LEASE), ("twee", RENTAL)] {
        let register = Register::open(&both.desk.url).await.unwrap();
        let clock = both.whole.clock.clone();
        let register = register.join(id.into(), id, None, Duration::from_secs(20), clock).await.unwrap();
        let held = register.hold(&format!("mailbox {mailbox}")).await.unwrap().expect("it is free");
        let Office { mailboxes, .. } = &*both.at(mailbox);
        let office = both.whole.at(mailboxes.named(Some(&mailbox.into())));
        instances.push(Arc::new(as_program(Office { register: held, ..office })));
    }
    assert!(instances[1].register.hold("mailbox klachten").await.unwrap().is_none(), "the other reads it");
    let mails: Vec<NewMail> =
        (1..=MAILS).flat_map(|uid| [LEASE, RENTAL].map(|mailbox| complaint(mailbox, uid))).collect();
    both.whole.register.store_mails(&mails).await.unwrap();
    // One of them alone leaves the other's untouched.
    while decide_batch(&instances[1]).await.unwrap() == Step::Worked {}
    assert_eq!(both.texts(LEFT).await, [format!("klachten {MAILS} 0")]);
    let more: Vec<NewMail> = (1..=MAILS).map(|uid| complaint(RENTAL, MAILS + uid)).collect();
    both.whole.register.store_mails(&more).await.unwrap();
    let all = async |office: &Arc<Office>| {
        while decide_batch(office).await.unwrap() == Step::Worked {}
    };
    tokio::join!(all(&instances[0]), all(&instances[1]));
    assert!(both.texts(LEFT).await.is_empty());
    let tried = "SELECT mailbox || ' ' || count(*) || ' ' || MIN(attempts) || ' ' || MAX(attempts) FROM mail \
                 GROUP BY mailbox ORDER BY mailbox";
    assert_eq!(both.texts(tried).await, [format!("klachten {MAILS} 1 1"), format!("verhuur {} 1 1", 2 * MAILS)]);
    assert_eq!(both.desk.number("SELECT count(*) FROM trial").await, 0, "none was tried alone");
    assert_eq!(both.whole.register.verify().await.unwrap().findings, []);
    for instance in instances {
        instance.register.leave().await.unwrap();
    }
}

#[tokio::test]
async fn a_digests_reader_takes_in_what_is_missing_at_the_own_company_alone() {
    let both = Both::new().await;
    both.tick().await;
    let mut tx = both.whole.register.begin().await.unwrap();
    tx.note_missing(&[missing(LEASE, 1), missing("zakelijk", 2), missing(RENTAL, 3)], at(1)).await.unwrap();
    tx.commit().await.unwrap();
    both.tick().await;
    both.whole.clock.set(at(24 * 60));
    both.tick().await;
    let asked = async || both.texts("SELECT mailbox FROM not_on_file WHERE asked_at IS NOT NULL ORDER BY 1").await;
    let answers = async |uid: i64, by: &str, digest_of: &str, to: &str| {
        let digest = both.letter("digest", by, digest_of).await;
        let answer = format!("In-Reply-To: <{digest}>\r\n");
        both.takes_in(&[mail(to, uid, by, &answer, "#opnemen")]).await;
        asked().await
    };
    // Who reads both companies' digests, and sends the answer to one to the other's mailbox, has said nothing clear.
    assert_eq!(answers(1, OWNER, RENTAL, LEASE).await, [""; 0]);
    assert_eq!(answers(2, OWNER, LEASE, RENTAL).await, [""; 0]);
    assert_eq!(answers(3, "chef@verhuur.example", RENTAL, RENTAL).await, ["verhuur/Verwerkt"]);
    let all = ["klachten/Verwerkt", "verhuur/Verwerkt", "zakelijk/Verwerkt"];
    assert_eq!(answers(4, OWNER, LEASE, LEASE).await, all);
    assert_eq!(both.whole.register.verify().await.unwrap().findings, []);
}

/// A letter to a colleague about no case, through that mailbox.
fn caseless(letter: &str, to: &str, mailbox: &str) -> Outgoing {
    let new = outgoing(letter, to);
    let letter = Letter { kind: LetterKind::CaseList, case: None, side: Side::Staff, ..new.letter };
    Outgoing { letter, counted_as: String::new(), mailbox: Some(mailbox.into()), ..new }
}

#[tokio::test]
async fn held_letters_about_no_case_go_out_from_where_they_were_written() {
    let both = Both::new().await;
    let held = |letter: &str, to: &str, mailbox: &str| Outgoing {
        held_because: Some("cap".into()),
        ..caseless(letter, to, mailbox)
    };
    let letters = [
        held("v1", "anna@verhuur.example", RENTAL),
        held("v2", "anna@verhuur.example", RENTAL),
        held("z1", "anna@lease.example", "zakelijk"),
        held("z2", OWNER, "zakelijk"),
        held("v3", OWNER, RENTAL),
    ];
    both.desk.record(vec![], &letters).await.unwrap();
    both.whole.clock.set(at(120));
    both.tick().await;
    let bundles = both
        .texts(
            "SELECT recipient || ' ' || mailbox || ' ' || envelope_from FROM outbox WHERE kind = 'bundle' ORDER BY 1",
        )
        .await;
    assert_eq!(
        bundles,
        [
            "anna@lease.example zakelijk zakelijk@lease.example",
            "anna@verhuur.example verhuur klachten@verhuur.example",
            "directie@groep.example verhuur klachten@verhuur.example",
            "directie@groep.example zakelijk zakelijk@lease.example",
        ],
        "a reader of both gets one of each"
    );
    let said = both.written(RENTAL).await;
    assert!(!said.contains("Lease") && !said.contains("lease.example"), "{said}");
    assert_eq!(both.whole.register.verify().await.unwrap().findings, []);
}

#[tokio::test]
async fn a_refused_letter_about_no_case_is_sent_again_to_a_colleague_of_its_own_company() {
    let both = Both::new().await;
    let refused = [caseless("een", "anna@verhuur.example", RENTAL), caseless("twee", "anna@verhuur.example", LEASE)];
    both.desk.record(vec![], &refused).await.unwrap();
    both.desk.by_hand("UPDATE outbox SET state = 'refused'").await;
    let mut said = Vec::new();
    for letter in ["een", "twee"] {
        let mut tx = both.whole.register.begin().await.unwrap();
        let letter = tx.refused_letter(&id(letter)).await.unwrap().unwrap();
        let mailbox = both.whole.mailboxes.of_letter(None, letter.mailbox.as_ref());
        said.push(klachtpost::desk::barred(&letter, None, &mailbox.rules, at(9)));
    }
    assert_eq!(said, [None, Some(klachtpost::desk::Barred::NotStaff)], "neither overtakes the other");
}

/// The lease company has one complaint of Jan's, the rental company many newer ones.
async fn with_many_of_the_other() -> Both {
    let both = Both::new().await;
    both.takes_in(&[complaint(LEASE, 1)]).await;
    let many: Vec<NewMail> = (2..=25).map(|uid| NewMail { received_at: at(1), ..complaint(RENTAL, uid) }).collect();
    both.takes_in(&many).await;
    both
}

#[tokio::test]
async fn a_customers_complaints_at_one_company_neither_show_nor_hide_those_at_the_other() {
    let both = with_many_of_the_other().await;
    let own = both.cases_of(LEASE).await;
    let numbers = |cases: &[klachtpost::case::Case]| -> Vec<String> {
        cases.iter().map(|case| case.number.to_string()).collect()
    };
    let jan = address(JAN);
    let lookup = Lookup {
        year: 2026,
        earlier: Some(jan.clone()),
        said: Said::new(jan.clone(), "Kras 1", "Er zit een kras op deur 1."),
        topic: ClickedOn::new(jan.clone(), "Kras 1"),
        mailed: vec![jan],
        named: (1..=25).map(number).collect(),
        ..Lookup::default()
    };
    let lease = both.known(LEASE, 1, &lookup).await;
    assert_eq!(numbers(&lease.earlier), own, "the notification's earlier cases");
    for (what, file) in [("the same words", &lease.twice), ("a click", &lease.topic)] {
        assert_eq!(file.as_ref().map(|file| file.case.number.to_string()).as_ref(), own.first(), "{what}");
    }
    let of = |files: &[klachtpost::desk::CaseFile]| -> Vec<String> {
        files.iter().map(|file| file.case.number.to_string()).collect()
    };
    assert_eq!((of(&lease.mailed), of(&lease.named)), (own.clone(), own.clone()), "whom a colleague mailed, numbers");
    let rental = both.known(RENTAL, 1, &lookup).await;
    assert!(
        !numbers(&rental.earlier).contains(&own[0]) && rental.earlier.len() == 20,
        "{:?}",
        numbers(&rental.earlier)
    );
    assert!(rental.twice.is_none() && rental.topic.is_none(), "the same words at another company are two complaints");
    assert!(!of(&rental.mailed).contains(&own[0]) && of(&rental.named).len() == 24);

    // And in the letter itself.
    both.takes_in(&[complaint(LEASE, 30)]).await;
    let said = both.written(LEASE).await;
    let others = both.cases_of(RENTAL).await;
    assert!(said.contains(&own[0]) && others.iter().all(|number| !said.contains(number)), "{said}");
}

#[tokio::test]
async fn what_answers_or_returns_a_letter_of_one_company_is_no_answer_at_the_other() {
    let both = with_many_of_the_other().await;
    let token = |message_id: &str| both.whole.rules.keys.read(message_id);
    let told = both.letter("notification", "balie@verhuur.example", RENTAL).await;
    both.desk.record(vec![], &[caseless("lijst", "anna@verhuur.example", RENTAL)]).await.unwrap();
    let list = klachtpost::case::Token { case: None, side: Side::Staff, letter: id("lijst") };
    both.desk.by_hand("UPDATE outbox SET state = 'accepted'").await;
    let acknowledged = both.letter("acknowledgement", JAN, RENTAL).await;
    let lookups = [
        Lookup { token: token(&told), ..Lookup::default() },
        Lookup { token: Some(list), ..Lookup::default() },
        Lookup { bounced: token(&acknowledged).map(|token| token.letter), ..Lookup::default() },
        Lookup { bounced: Some(id("lijst")), ..Lookup::default() },
        Lookup { failed: vec![address("anna@verhuur.example")], failed_since: at(-60), ..Lookup::default() },
        Lookup { answered: vec!["verhuur2@klant.example".into()], ..Lookup::default() },
    ];
    for (place, lookup) in lookups.iter().enumerate() {
        let lookup = Lookup { year: 2026, ..lookup.clone() };
        let (own, other) = (both.known(RENTAL, 9, &lookup).await, both.known(LEASE, 9, &lookup).await);
        let is_met = |known: &Snapshot| {
            known.letter_kind.is_some() || known.bounced.is_some() || known.file.is_some() || !known.answered.is_empty()
        };
        assert!(is_met(&own) && !is_met(&other), "{place}: {lookup:?}");
        assert!(other.letter_bytes.is_none() && other.letter_department.is_none() && other.unknown_letter.is_none());
    }
    // The last letter to an address that both write to is the own company's.
    let lookup = Lookup { failed: vec![address(JAN)], failed_since: at(-60), ..Lookup::default() };
    let bounced = both.known(LEASE, 9, &lookup).await.bounced.unwrap();
    let acknowledged = token(&both.letter("acknowledgement", JAN, LEASE).await).unwrap();
    assert_eq!(bounced.id, acknowledged.letter);
}

#[tokio::test]
async fn a_mail_put_aside_at_one_company_says_nothing_at_the_other() {
    let both = Both::new().await;
    let spam = |mailbox: &str, uid: i64, from_junk: bool| {
        let raw = format!(
            "X-Spam-Flag: YES\r\nFrom: {JAN}\r\nTo: klachten@lease.example, klachten@verhuur.example\r\n\
             Message-ID: <beide@klant.example>\r\nSubject: Kras\r\n\r\nEr zit een kras op de deur.\r\n"
        );
        NewMail { raw: raw.into_bytes(), from_junk, mailbox: mailbox.into(), ..new_mail(uid) }
    };
    // In one company's junk, and then in the other's inbox: nobody took it out of there.
    both.takes_in(&[spam("verhuur/Junk", 1, true)]).await;
    both.takes_in(&[spam(LEASE, 2, false)]).await;
    let aside = "SELECT mailbox FROM mail WHERE disposition = 'set_aside' ORDER BY id";
    assert_eq!(both.texts(aside).await, ["verhuur/Junk", LEASE]);
    // The notices are each company's own, and none waits for the other's.
    both.tick().await;
    let notices = "SELECT recipient || ' ' || mailbox FROM outbox WHERE kind = 'set_aside' ORDER BY 1";
    assert_eq!(both.texts(notices).await, ["chef@lease.example klachten", "chef@verhuur.example verhuur"]);
    // A complaint after all at one company: of that the other hears nothing.
    both.takes_in(&[mail(RENTAL, 3, "chef@verhuur.example", "", "#klacht 1")]).await;
    let number = both.cases_of(RENTAL).await.remove(0);
    both.takes_in(&[mail(LEASE, 4, "chef@lease.example", "", "#toon 2")]).await;
    both.takes_in(&[mail(LEASE, 5, "chef@lease.example", "", "#toon 1")]).await;
    let said = both.written(LEASE).await;
    assert!(said.contains("kras") && !said.contains(&number) && !said.contains("verhuur"), "{said}");
}

#[tokio::test]
async fn the_route_and_the_terms_of_one_company_tell_nothing_of_the_other() {
    let both = Both::new().await;
    let machine = |mailbox: &str, uid: i64, minutes: i64| NewMail { received_at: at(minutes), ..absent(mailbox, uid) };
    both.takes_in(&[machine(LEASE, 1, -30), machine(RENTAL, 2, -20), machine(RENTAL, 3, -10)]).await;
    both.desk.record(vec![], &[caseless("een", "anna@verhuur.example", RENTAL)]).await.unwrap();
    let route = async |mailbox: &str| {
        let office = both.at(mailbox);
        office.register.route(&office.within, at(60)).await.unwrap()
    };
    let (lease, rental) = (route(LEASE).await, route(RENTAL).await);
    assert_eq!((lease.mail_at, rental.mail_at), (Some(at(-30)), Some(at(-10))));
    assert_eq!((lease.waiting.map(|one| one.letters), rental.waiting.map(|one| one.letters)), (None, Some(1)));
    both.whole.clock.set(at(60 * 24 * 60));
    let past = async |mailbox: &str| {
        let office = both.at(mailbox);
        past_terms_of(&office, &office.within).await.unwrap().mails.len()
    };
    assert_eq!((past(LEASE).await, past("zakelijk").await, past(RENTAL).await), (1, 1, 2));
}

#[tokio::test]
async fn what_one_company_redacts_stays_with_the_other() {
    let both = Both::new().await;
    // The same mail to all three mailboxes: a case and a duplicate at the lease company, a case at the other, and there again.
    let same = |mailbox: &str, uid: i64| {
        let raw = format!(
            "From: {JAN}\r\nTo: alle@lease.example\r\nMessage-ID: <zelfde@klant.example>\r\nSubject: Kras\r\n\r\nEr zit een kras op.\r\n"
        );
        NewMail { raw: raw.into_bytes(), mailbox: mailbox.into(), ..new_mail(uid) }
    };
    both.takes_in(&[same(LEASE, 1), same("zakelijk", 2)]).await;
    both.takes_in(&[same(RENTAL, 3), same(RENTAL, 4)]).await;
    both.takes_in(&[absent(LEASE, 5), absent(RENTAL, 6)]).await;
    let mut tx = both.whole.register.begin().await.unwrap();
    tx.note_missing(&[missing(LEASE, 7), missing(RENTAL, 8)], at(1)).await.unwrap();
    tx.commit().await.unwrap();
    let dispositions = "SELECT id || ' ' || disposition FROM mail ORDER BY id";
    let all = both.texts(dispositions).await;
    let expected = ["1 complaint", "2 duplicate", "3 complaint", "4 duplicate", "5 automatic", "6 automatic"];
    assert_eq!(all, expected);
    let office = both.at(RENTAL);
    let asked = ToRedact {
        cases: [both.cases_of(LEASE).await[0].parse().unwrap()].into(),
        mails: Vec::new(),
        reason: "art. 17".into(),
        ground: Some("asked".into()),
    };
    let scope = scope_of(&office, &asked).await.unwrap();
    redact(&office, &asked, &scope).await.unwrap();
    let left = both.texts("SELECT CAST(mail_id AS TEXT) FROM mail_raw ORDER BY mail_id").await;
    assert_eq!(left, ["3", "4", "6"], "what the other company has is there");
    let whole = both.texts("SELECT DISTINCT mailbox FROM outbox JOIN letter ON letter.id = outbox.id WHERE recipient = 'jan@klant.example'").await;
    assert_eq!(whole, [RENTAL]);
    assert_eq!(both.texts("SELECT mailbox FROM not_on_file WHERE sender <> ''").await, ["verhuur/Verwerkt"]);
    assert_eq!(both.whole.register.verify().await.unwrap().findings, []);
}

/// The list is all that says whose a mail is that concerns no case, or whose case a restored register has not.
#[tokio::test]
async fn what_one_company_redacted_stays_with_the_other_also_when_its_case_is_gone() {
    let both = Both::new().await;
    let same = |mailbox: &str, uid: i64, like: NewMail| {
        let raw = String::from_utf8(like.raw).unwrap().replace("<klachten", "<zelfde").replace("<verhuur", "<zelfde");
        let raw = raw.replace("klachten@verhuur.example", "klachten@lease.example");
        NewMail { raw: raw.into_bytes(), mailbox: mailbox.into(), ..new_mail(uid) }
    };
    both.takes_in(&[same(LEASE, 1, complaint(LEASE, 1)), same(LEASE, 2, absent(LEASE, 2))]).await;
    both.takes_in(&[same(RENTAL, 3, complaint(LEASE, 1)), same(RENTAL, 4, absent(LEASE, 2))]).await;
    let ids = both.texts("SELECT message_id FROM mail ORDER BY id").await;
    assert_eq!((&ids[0], &ids[1]), (&ids[2], &ids[3]), "the same two mails to each company");
    let dispositions = "SELECT mailbox || ' ' || disposition FROM mail ORDER BY id";
    let all = ["klachten complaint", "klachten automatic", "verhuur complaint", "verhuur automatic"];
    assert_eq!(both.texts(dispositions).await, all);
    let cases = both.cases_of(LEASE).await;
    let requests = [(vec![cases[0].parse().unwrap()], vec![]), (vec![], vec![2])];
    for (cases, mails) in requests {
        let asked = ToRedact {
            cases: cases.into_iter().collect(),
            mails,
            reason: "art. 17".into(),
            ground: Some("asked".into()),
        };
        let scope = scope_of(&both.whole, &asked).await.unwrap();
        redact(&both.whole, &asked, &scope).await.unwrap();
    }
    let left = "SELECT CAST(mail_id AS TEXT) FROM mail_raw ORDER BY mail_id";
    assert_eq!(both.texts(left).await, ["3", "4"]);
    // A backup of before the first complaint was decided on: its number is another's.
    both.desk.by_hand("DELETE FROM redaction").await;
    both.desk.by_hand(&format!("UPDATE event SET at = at + 60000 WHERE case_number = '{}'", cases[0])).await;
    for (mail, id) in [(1, &ids[0]), (2, &ids[1])] {
        both.desk.by_hand(&format!("UPDATE mail SET message_id = '{id}' WHERE id = {mail}")).await;
        // The other company's bytes are the same.
        let bytes = "INSERT INTO mail_raw (mail_id, raw, sha256) SELECT MAIL, raw, sha256 FROM mail_raw WHERE mail_id = MAIL + 2"
            .replace("MAIL", &mail.to_string());
        both.desk.by_hand(&bytes).await;
    }
    finish(&both.whole, None).await.unwrap();
    assert_eq!(both.texts(left).await, ["3", "4"], "the company's own are blanked again, and no other's");
}

#[tokio::test]
async fn what_is_recorded_of_a_company_takes_in_nothing_of_another() {
    let both = Both::new().await;
    let mut tx = both.whole.register.begin().await.unwrap();
    tx.note_missing(&[missing(LEASE, 1), missing(RENTAL, 2)], at(1)).await.unwrap();
    tx.told_not_on_file(&id("told"), &Within::All).await.unwrap();
    let what = What::AdoptionAsked { adopts: klachtpost::case::Adopts::ToldIn(id("told")), mails: 1 };
    let decision = decision(vec![Event { case: None, ..event(1, what) }]);
    let within = &both.at(RENTAL).within;
    let recorded = Recorded { mail: None, decision: &decision, letters: &[], within };
    let mut salts = Salts::new().unwrap();
    tx.record_all(&[recorded], at(2), &mut || salts.draw()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(both.texts("SELECT mailbox FROM not_on_file WHERE asked_at IS NOT NULL").await, ["verhuur/Verwerkt"]);
}

#[tokio::test]
async fn a_mail_of_ones_own_folder_that_only_the_other_company_has_on_file_is_missing() {
    let both = Both::new().await;
    both.takes_in(&[complaint(RENTAL, 1)]).await;
    both.whole.register.store_mails(&[complaint(RENTAL, 2)]).await.unwrap();
    let known = async |mailbox: &str| {
        let office = both.at(mailbox);
        let probe = |id: &str| Probe { message_id: id.into(), received_at: Some(at(0)), size: 9 };
        let probes = [probe("verhuur1@klant.example"), probe("")];
        office.register.on_file(&office.within, &probes).await.unwrap().len()
    };
    assert_eq!((known(LEASE).await, known(RENTAL).await), (0, 2));
}
