//! Filing away on Dovecot: where mails end up, by each way a server may offer, and below its prefix.

use crate::support::dovecot::{Dovecot, Setup, USER};
use crate::support::proxy::{Act, Dialect, Proxy};
use crate::{fetch_all, inbox, mail};
use klachtpost::config::Mailbox as Settings;
use klachtpost::mailbox::{Destination, Folder, Mailbox, Mark, Uid};

const WITHOUT_MOVE: &str = "IMAP4rev1 LITERAL+ IDLE UIDPLUS";
const WITHOUT_MOVE_AND_UIDPLUS: &str = "IMAP4rev1 LITERAL+ IDLE";

async fn uids(mailbox: &mut Mailbox) -> Vec<Uid> {
    inbox(mailbox).await.iter().map(|entry| entry.uid).collect()
}

#[tokio::test]
async fn each_mail_goes_to_the_folder_it_belongs_in() {
    let dovecot = Dovecot::start();
    for subject in ["klacht", "spam", "stuk", "blijft"] {
        dovecot.deliver(USER, &mail(subject));
    }
    let mut mailbox = Mailbox::open(&dovecot.settings()).await.unwrap();
    let uids = uids(&mut mailbox).await;
    for (uid, to) in uids.iter().zip([Destination::Processed, Destination::SetAside, Destination::Unreadable]) {
        assert_eq!(mailbox.file_away(&[*uid], to).await.unwrap(), [*uid]);
    }
    assert_eq!(dovecot.mails(USER, ".Verwerkt"), [mail("klacht")]);
    assert_eq!(dovecot.mails(USER, ".Terzijde"), [mail("spam")]);
    assert_eq!(dovecot.mails(USER, ".Onleesbaar"), [mail("stuk")]);
    assert_eq!(dovecot.mails(USER, ""), [mail("blijft")]);
    let subscribed = std::fs::read_to_string(dovecot.maildir(USER).join("subscriptions")).unwrap();
    assert!(subscribed.contains("Verwerkt") && subscribed.contains("Onleesbaar"), "{subscribed}");
    // A second time is nothing: they are gone, whoever took them.
    assert_eq!(mailbox.file_away(&uids[..1], Destination::Processed).await.unwrap(), uids[..1]);
    assert_eq!(dovecot.mails(USER, ".Verwerkt").len(), 1);
    assert_eq!(mailbox.file_away(&[], Destination::Processed).await.unwrap(), []);
}

#[tokio::test]
async fn a_thousand_mails_are_moved_in_few_commands() {
    let dovecot = Dovecot::start();
    (0..1_000).for_each(|number| dovecot.deliver(USER, &mail(&number.to_string())));
    let mut mailbox = Mailbox::open(&dovecot.settings()).await.unwrap();
    let uids = uids(&mut mailbox).await;
    assert_eq!(mailbox.file_away(&uids, Destination::Processed).await.unwrap(), uids);
    assert_eq!(inbox(&mut mailbox).await, []);
    assert_eq!(dovecot.mails(USER, ".Verwerkt").len(), 1_000);
    assert!(dovecot.commands(USER).matches("UID MOVE").count() <= 2);
}

#[tokio::test]
async fn a_server_without_move_gets_copy_and_expunge_of_just_our_mails() {
    let dovecot = Dovecot::start_with(Setup { capability: Some(WITHOUT_MOVE), ..Setup::default() });
    for subject in ["ons", "van een ander"] {
        dovecot.deliver(USER, &mail(subject));
    }
    let mut mailbox = Mailbox::open(&dovecot.settings()).await.unwrap();
    let uids = uids(&mut mailbox).await;
    assert_eq!(mailbox.file_away(&uids[..1], Destination::Processed).await.unwrap(), uids[..1]);
    assert_eq!(dovecot.mails(USER, ".Verwerkt"), [mail("ons")]);
    assert_eq!(dovecot.mails(USER, ""), [mail("van een ander")]);
    let commands = dovecot.commands(USER);
    assert!(!commands.contains("UID MOVE") && commands.contains("UID EXPUNGE 1\r\n"), "{commands}");
}

#[tokio::test]
async fn what_was_copied_before_a_cut_is_not_copied_again() {
    let dovecot = Dovecot::start_with(Setup { capability: Some(WITHOUT_MOVE), ..Setup::default() });
    dovecot.deliver(USER, &mail("op dossier"));
    let proxy = Proxy::start(Dialect::Imap, dovecot.imap_port).await;
    proxy.always("UID EXPUNGE", Act::SayAndHangUp("* BYE not now\r\n"));
    let settings = Settings { port: proxy.port, ..dovecot.settings() };
    let mut mailbox = Mailbox::open(&settings).await.unwrap();
    let uids = uids(&mut mailbox).await;
    mailbox.file_away(&uids, Destination::Processed).await.unwrap_err();
    assert_eq!((dovecot.mails(USER, "").len(), dovecot.mails(USER, ".Verwerkt").len()), (1, 1), "copied, and no more");

    let mut mailbox = Mailbox::open(&dovecot.settings()).await.unwrap();
    inbox(&mut mailbox).await;
    assert_eq!(mailbox.file_away(&uids, Destination::Processed).await.unwrap(), uids);
    assert_eq!((dovecot.mails(USER, "").len(), dovecot.mails(USER, ".Verwerkt").len()), (0, 1));
}

#[tokio::test]
async fn a_server_without_move_and_uidplus_keeps_the_mail_with_our_keyword() {
    let dovecot = Dovecot::start_with(Setup { capability: Some(WITHOUT_MOVE_AND_UIDPLUS), ..Setup::default() });
    dovecot.deliver(USER, &mail("op dossier"));
    dovecot.deliver(USER, &mail("nog niet"));
    let mut mailbox = Mailbox::open(&dovecot.settings()).await.unwrap();
    let uids = uids(&mut mailbox).await;
    assert_eq!(mailbox.file_away(&uids[..1], Destination::Processed).await.unwrap(), []);
    let marks: Vec<bool> = inbox(&mut mailbox).await.iter().map(|entry| entry.marked_done).collect();
    assert_eq!(marks, [true, false]);
    assert_eq!(dovecot.mails(USER, "").len(), 2);
    assert!(!dovecot.commands(USER).contains("EXPUNGE"));
}

#[tokio::test]
async fn folders_are_made_below_the_servers_prefix() {
    let dovecot = Dovecot::start_with(Setup { prefix: "INBOX.", ..Setup::default() });
    dovecot.deliver(USER, &mail("klacht"));
    // Twice: the second start finds what the first has made.
    for _ in 0..2 {
        let mut mailbox = Mailbox::open(&dovecot.settings()).await.unwrap();
        let uids = uids(&mut mailbox).await;
        assert_eq!(mailbox.file_away(&uids, Destination::Processed).await.unwrap(), uids);
    }
    assert_eq!(dovecot.mails(USER, ".Verwerkt"), [mail("klacht")]);
    assert_eq!(dovecot.commands(USER).matches("CREATE \"INBOX.Verwerkt\"").count(), 1);
}

#[tokio::test]
async fn folder_names_may_have_accents_and_quotes() {
    let dovecot = Dovecot::start();
    dovecot.deliver(USER, &mail("klacht"));
    let name = "Één & \"ander\" – klaar";
    let settings = Settings { processed: name.into(), ..dovecot.settings() };
    for _ in 0..2 {
        let mut mailbox = Mailbox::open(&settings).await.unwrap();
        let uids = uids(&mut mailbox).await;
        mailbox.file_away(&uids, Destination::Processed).await.unwrap();
    }
    assert_eq!(dovecot.commands(USER).matches("CREATE \"&AMk").count(), 1);
    // The inbox setting reads that very folder back: both spell it alike.
    let mut filed = Mailbox::open(&Settings { inbox: name.into(), ..settings }).await.unwrap();
    let entries = inbox(&mut filed).await;
    assert_eq!(fetch_all(&mut filed, &entries).await, [mail("klacht")]);
}

#[tokio::test]
async fn a_destination_that_vanished_is_made_again() {
    for capability in [None, Some(WITHOUT_MOVE)] {
        let dovecot = Dovecot::start_with(Setup { capability, ..Setup::default() });
        dovecot.deliver(USER, &mail("klacht"));
        let mut mailbox = Mailbox::open(&dovecot.settings()).await.unwrap();
        let uids = uids(&mut mailbox).await;
        std::fs::remove_dir_all(dovecot.maildir(USER).join(".Verwerkt")).unwrap();
        assert_eq!(mailbox.file_away(&uids, Destination::Processed).await.unwrap(), uids);
        assert_eq!(dovecot.mails(USER, ".Verwerkt"), [mail("klacht")]);
    }
}

/// A keyword goes along with a move or a copy, and says later whose the mail is; it takes no command more for more mails.
#[tokio::test]
async fn what_is_filed_away_bears_the_mark_of_its_register_and_is_listed_with_it() {
    for capability in [None, Some(WITHOUT_MOVE)] {
        let dovecot = Dovecot::start_with(Setup { capability, ..Setup::default() });
        let mut mailbox = Mailbox::open(&dovecot.settings()).await.unwrap();
        for (subject, mark) in [("niemand", None), ("ander", Some("0a1b2c")), ("ons", Some("ffeedd"))] {
            dovecot.deliver(USER, &mail(subject));
            if let Some(mark) = mark {
                mailbox.sign(mark);
            }
            let uids = uids(&mut mailbox).await;
            assert_eq!(mailbox.file_away(&uids, Destination::Processed).await.unwrap(), uids);
        }
        let opened = mailbox.open_folder(Folder::Filed(Destination::Processed)).await.unwrap();
        assert_eq!(opened.uid_next, Some(4));
        let filed = mailbox.filed_from(Uid(1)).await.unwrap();
        let marks: Vec<Mark> = filed.iter().map(|filed| filed.mark).collect();
        assert_eq!(marks, [Mark::None, Mark::Others, Mark::Ours], "{capability:?}");
        assert!(filed.iter().all(|filed| filed.entry.size.is_some() && filed.entry.received_at.is_some()));
        let all: Vec<Uid> = filed.iter().map(|filed| filed.entry.uid).collect();
        let headers = mailbox.headers(&all).await.unwrap();
        let of = |at: usize| String::from_utf8(headers[&all[at]].clone()).unwrap();
        assert!(
            headers.len() == 3 && of(0).contains("Subject: niemand") && of(2).contains("Subject: ons"),
            "{}",
            of(0)
        );
        assert!(!of(0).to_lowercase().contains("content-type"), "only what tells mails apart: {}", of(0));
        let later = mailbox.filed_from(all[2]).await.unwrap();
        assert_eq!(later.iter().map(|filed| filed.entry.uid).collect::<Vec<_>>(), all[2..]);
        assert_eq!(mailbox.filed_from(Uid(all[2].0 + 1)).await.unwrap(), [], "`n:*` names the last one too");
        let asked = [all[0], Uid(77), all[2]];
        assert_eq!(mailbox.present(&asked).await.unwrap(), [all[0], all[2]].into());
        // The other calls go on as ever.
        assert_eq!(inbox(&mut mailbox).await, []);
    }
}

#[tokio::test]
async fn a_server_that_keeps_no_marks_files_away_all_the_same() {
    let dovecot = Dovecot::start();
    let proxy = Proxy::start(Dialect::Imap, dovecot.imap_port).await;
    dovecot.deliver(USER, &mail("klacht"));
    proxy.always("UID STORE", Act::Say("TAG NO [CANNOT] No keywords here\r\n"));
    let mut mailbox = Mailbox::open(&Settings { port: proxy.port, ..dovecot.settings() }).await.unwrap();
    mailbox.sign("ffeedd");
    let uids = uids(&mut mailbox).await;
    assert_eq!(mailbox.file_away(&uids, Destination::Processed).await.unwrap(), uids);
    assert!(proxy.fired());
    mailbox.open_folder(Folder::Filed(Destination::Processed)).await.unwrap();
    let filed = mailbox.filed_from(Uid(1)).await.unwrap();
    assert_eq!(filed.iter().map(|filed| filed.mark).collect::<Vec<_>>(), [Mark::None]);
}
