//! Redaction on several machines: each has a list of its own beside the program, and whichever is left has all of it; what is
//! left to do in the mailboxes is done by whoever reads each.

use super::two_companies::{Both, LEASE, RENTAL, absent};
use super::*;
use klachtpost::daemon::{ToRedact, finish, redact, scope_of};
use klachtpost::mailbox::Mailbox;

/// The office of another machine: the same settings and register, a list of its own.
async fn machine(both: &Both, list: &str) -> Office {
    let settings = both.settings.replace(".redacted\"", &format!(".{list}\""));
    let config = klachtpost::config::from_toml(&settings, "the test's settings").unwrap();
    as_program(Office::open(config, Clock::at(at(60))).await.unwrap())
}

async fn redacts(office: &Office, mail: i64) {
    let asked = ToRedact { cases: [].into(), mails: vec![mail], reason: "art. 17".into(), ground: None };
    let scope = scope_of(office, &asked).await.unwrap();
    redact(office, &asked, &scope).await.unwrap();
}

fn listed(both: &Both, list: &str) -> usize {
    let path = both.desk._dir.path().join(format!("register.db.{list}"));
    std::fs::read_to_string(path).map_or(0, |text| text.lines().filter(|line| line.contains("\"mails\"")).count())
}

#[tokio::test]
async fn what_one_machine_redacts_another_redacts_again_in_a_restored_register() {
    if engines::is_about_the_other("what_one_machine_redacts_another_redacts_again_in_a_restored_register") {
        return;
    }
    let both = Both::new().await;
    both.takes_in(&[absent("klachten", 1), absent("verhuur", 2)]).await;
    let (one, two) = (machine(&both, "een").await, machine(&both, "twee").await);
    redacts(&one, 1).await;
    redacts(&two, 2).await;
    assert_eq!((listed(&both, "een"), listed(&both, "twee")), (1, 1));
    for office in [&one, &two] {
        finish(office, None).await.unwrap();
    }
    assert_eq!((listed(&both, "een"), listed(&both, "twee")), (2, 2), "each has what the other listed");
    // A backup of before is restored, and of the machines the first is lost.
    both.desk.by_hand("DELETE FROM redaction").await;
    for mail in [1, 2] {
        let bytes = "INSERT INTO mail_raw (mail_id, raw, sha256) VALUES (MAIL, 'From: jan@klant.example', '')";
        both.desk.by_hand(&bytes.replace("MAIL", &mail.to_string())).await;
    }
    by_hand_message_ids(&both).await;
    finish(&two, None).await.unwrap();
    assert_eq!(both.desk.number("SELECT count(*) FROM mail_raw").await, 0, "both are blanked again");
    // A machine that is new has the whole list at once.
    finish(&machine(&both, "drie").await, None).await.unwrap();
    assert_eq!(listed(&both, "drie"), 2);
}

/// As the backup has them.
async fn by_hand_message_ids(both: &Both) {
    for (mail, mailbox) in [(1, "klachten"), (2, "verhuur")] {
        let text = format!("UPDATE mail SET message_id = '{mailbox}{mail}@klant.example' WHERE id = {mail}");
        both.desk.by_hand(&text).await;
    }
}

#[tokio::test]
async fn the_originals_are_gone_when_each_mailbox_was_looked_into_by_whoever_reads_it() {
    let both = Both::new().await;
    both.takes_in(&[absent("klachten", 1)]).await;
    let names: Vec<String> = both.whole.each().map(|office| office.mailbox_name().to_string()).collect();
    redacts(&both.whole, 1).await;
    let removed = async || both.desk.number("SELECT count(*) FROM redaction WHERE removed_at IS NOT NULL").await;
    for (place, name) in names.iter().enumerate() {
        assert_eq!(removed().await, 0, "{name} was not looked into");
        // Each by another program: nothing of it is in memory.
        let config = klachtpost::config::from_toml(&both.settings, "the test's settings").unwrap();
        let whole = as_program(Office::open(config, Clock::at(at(60))).await.unwrap());
        let office = whole.at(whole.mailboxes.named(Some(&name.as_str().into())));
        let mut mailbox = Mailbox::open(&office.mailbox_now().await.unwrap()).await.unwrap();
        let left = finish(&office, Some(&mut mailbox)).await.unwrap().not_removed;
        mailbox.close().await;
        assert_eq!(left.is_none(), place + 1 == names.len(), "{left:?}");
    }
    assert_eq!(removed().await, 1);
    assert_eq!(both.desk.number("SELECT count(*) FROM redaction_removed").await, 0);
}

/// Lies in the folder for handled mail of that mailbox.
fn is_filed(both: &Both, mailbox: &str) -> bool {
    both.desk._dir.path().join(mailbox).join(".Verwerkt/cur/back:2,S").exists()
}

async fn looks_into(both: &Both, mailbox: &str) {
    let office = both.at(mailbox);
    let mut opened = Mailbox::open(&office.mailbox_now().await.unwrap()).await.unwrap();
    let raw = absent(RENTAL, 1).raw;
    std::fs::write(both.desk._dir.path().join(mailbox).join(".Verwerkt/cur/back:2,S"), raw).unwrap();
    both.desk.by_hand("UPDATE redaction SET removed_at = NULL").await;
    finish(&office, Some(&mut opened)).await.unwrap();
    opened.close().await;
}

#[tokio::test]
async fn originals_are_taken_from_their_own_company_and_an_entry_of_before_there_were_several_from_whoever_has_them() {
    let both = Both::new().await;
    let mail = absent(RENTAL, 1);
    let mail = NewMail { size: i64::try_from(mail.raw.len()).unwrap(), ..mail };
    both.takes_in(&[mail, absent(LEASE, 2)]).await;
    redacts(&both.whole, 1).await;
    looks_into(&both, LEASE).await;
    looks_into(&both, RENTAL).await;
    assert_eq!((is_filed(&both, LEASE), is_filed(&both, RENTAL)), (true, false));

    // As a klachtpost listed it that knew one company.
    let list = both.desk._dir.path().join("register.db.redacted");
    let listed = std::fs::read_to_string(&list).unwrap();
    let old = listed.replace(",\"mailboxes\":[\"verhuur\"]", "");
    assert_ne!(old, listed);
    std::fs::write(&list, old).unwrap();
    looks_into(&both, RENTAL).await;
    assert!(!is_filed(&both, RENTAL), "it is the second company's all the same");
    // And so in a backup of before.
    both.desk.by_hand("DELETE FROM redaction").await;
    let bytes = "INSERT INTO mail_raw (mail_id, raw, sha256) SELECT 1, raw, sha256 FROM mail_raw WHERE mail_id = 2";
    both.desk.by_hand(bytes).await;
    both.desk.by_hand("UPDATE mail SET message_id = 'verhuur1@klant.example' WHERE id = 1").await;
    finish(&both.whole, None).await.unwrap();
    assert_eq!(both.desk.number("SELECT MIN(mail_id) FROM mail_raw").await, 2, "the first is blanked again");
}

#[tokio::test]
async fn an_entry_names_all_mailboxes_of_its_company() {
    let both = Both::new().await;
    both.takes_in(&[absent(LEASE, 1)]).await;
    redacts(&both.whole, 1).await;
    let list = std::fs::read_to_string(both.desk._dir.path().join("register.db.redacted")).unwrap();
    assert!(list.contains("\"mailboxes\":[\"klachten\",\"zakelijk\"]"), "{list}");
}
