//! What `check` tries with a mail of its own: it finds what keeps mail in the inbox, takes its own mail away again, touches
//! no other, and the daemon never sees it.

use crate::support::courier::Courier;
use crate::support::dovecot::{Dovecot, Setup, USER, imap_settings};
use crate::support::proxy::{Act, Dialect, Proxy};
use crate::{inbox, mail};
use klachtpost::config::Mailbox as Settings;
use klachtpost::mailbox::{Destination, Folder, Mailbox, Tried, Uid};

const WITHOUT_MOVE: &str = "IMAP4rev1 LITERAL+ IDLE UIDPLUS";
const WITHOUT_BOTH: &str = "IMAP4rev1 LITERAL+ IDLE";
const OURS: &str = "From: klachten@lease.example\r\nSubject: proef\r\nMessage-ID: <proef.1@lease.example>\r\nX-Loop: klachten@lease.example\r\n\r\nProef.\r\n";

#[tokio::test]
async fn a_mail_of_our_own_goes_and_comes_back_and_no_other_is_touched() {
    for capability in [None, Some(WITHOUT_MOVE)] {
        let dovecot = Dovecot::start_with(Setup { capability, ..Setup::default() });
        dovecot.deliver(USER, &mail("van een ander"));
        let mut mailbox = Mailbox::open(&dovecot.settings()).await.unwrap();
        let trial = mailbox.try_filing(OURS).await.unwrap();
        assert_eq!((trial.hindrances.as_slice(), &trial.tried), ([].as_slice(), &Tried::Moved), "{capability:?}");
        assert!(trial.spent.contains(&Uid(2)) && trial.uid_validity > 0, "{trial:?}");
        assert_eq!(dovecot.mails(USER, ""), [mail("van een ander")]);
        assert_eq!(dovecot.mails(USER, ".Verwerkt").len(), 0);
        // The connection goes on as ever.
        assert_eq!(inbox(&mut mailbox).await.len(), 1);
    }
}

#[tokio::test]
async fn it_works_on_courier_too() {
    let courier = Courier::start();
    courier.deliver(&mail("van een ander"));
    let mut mailbox = Mailbox::open(&imap_settings(courier.port)).await.unwrap();
    let trial = mailbox.try_filing(OURS).await.unwrap();
    assert_eq!((trial.hindrances.as_slice(), &trial.tried), ([].as_slice(), &Tried::Moved));
    assert_eq!((courier.files("").len(), courier.files(".Verwerkt").len()), (1, 0));
}

/// What the server turns down, and the words an operator reads.
#[tokio::test]
async fn what_keeps_mail_in_the_inbox_is_found() {
    for (capability, command, says, words) in [
        (None, "UID MOVE", "TAG NO [OVERQUOTA] Quota exceeded\r\n", "the mailbox is full"),
        (None, "APPEND", "TAG NO [OVERQUOTA] Quota exceeded\r\n", "make room"),
        (None, "APPEND", "TAG NO [LIMIT] Too many messages\r\n", "make room"),
        (None, "UID MOVE", "TAG NO [NOPERM] Permission denied\r\n", "rights"),
        (None, "UID MOVE", "TAG OK as you say\r\n", "it stays there"),
        (Some(WITHOUT_MOVE), "UID EXPUNGE", "TAG NO [NOPERM] Permission denied\r\n", "rights"),
        (None, "MYRIGHTS \"INBOX\"", "* MYRIGHTS INBOX lrs\r\nTAG OK x\r\n", "\"te\""),
        (None, "MYRIGHTS \"Verwerkt\"", "* MYRIGHTS Verwerkt lr\r\nTAG OK x\r\n", "\"i\""),
        (None, "GETQUOTAROOT", "* QUOTAROOT INBOX Q\r\n* QUOTA Q (STORAGE 990 1000)\r\nTAG OK x\r\n", "990 of 1000"),
    ] {
        let dovecot = Dovecot::start_with(Setup { capability, ..Setup::default() });
        dovecot.deliver(USER, &mail("van een ander"));
        let proxy = Proxy::start(Dialect::Imap, dovecot.imap_port).await;
        proxy.always(command, Act::Say(says));
        let settings = Settings { port: proxy.port, ..dovecot.settings() };
        let mut mailbox = Mailbox::open(&settings).await.unwrap();
        let trial = mailbox.try_filing(OURS).await.unwrap();
        assert!(trial.hindrances.iter().any(|found| found.contains(words)), "{command}: {trial:?}");
        assert!(trial.hindrances.iter().all(|found| found.contains("next:")), "{command}: {trial:?}");
        assert!(proxy.fired(), "{command}");
        // And without what was in the way, nothing of it is left.
        proxy.behave();
        let again = Mailbox::open(&settings).await.unwrap().try_filing(OURS).await.unwrap();
        assert_eq!((again.hindrances.len(), &again.tried), (0, &Tried::Moved), "{command}: {again:?}");
        assert_eq!((dovecot.mails(USER, "").len(), dovecot.mails(USER, ".Verwerkt").len()), (1, 0), "{command}");
    }
    let dovecot = Dovecot::start_with(Setup { capability: Some(WITHOUT_BOTH), ..Setup::default() });
    let trial = Mailbox::open(&dovecot.settings()).await.unwrap().try_filing(OURS).await.unwrap();
    assert!(trial.hindrances[0].contains("neither MOVE nor UIDPLUS"), "{trial:?}");
    assert!(matches!(trial.tried, Tried::Not(_)) && dovecot.mails(USER, "").is_empty(), "{trial:?}");
}

#[tokio::test]
async fn a_trial_that_broke_off_is_seen_by_nobody_and_cleared_away_by_the_next() {
    let dovecot = Dovecot::start();
    let proxy = Proxy::start(Dialect::Imap, dovecot.imap_port).await;
    let settings = Settings { port: proxy.port, ..dovecot.settings() };
    let mut mailbox = Mailbox::open(&settings).await.unwrap();
    proxy.always("UID MOVE", Act::SayAndHangUp("* BYE not now\r\n"));
    mailbox.try_filing(OURS).await.unwrap_err();
    proxy.behave();
    assert_eq!(dovecot.mails(USER, "").len(), 1, "it is still there");
    let mut daemon = Mailbox::open(&dovecot.settings()).await.unwrap();
    let listing = daemon.list(Folder::Inbox).await.unwrap();
    assert_eq!((listing.entries.len(), listing.unlisted), (0, 0));
    daemon.open_folder(Folder::Filed(Destination::Processed)).await.unwrap();
    let trial = Mailbox::open(&settings).await.unwrap().try_filing(OURS).await.unwrap();
    assert_eq!((trial.hindrances.len(), &trial.tried), (0, &Tried::Moved), "{trial:?}");
    assert!(trial.spent.contains(&Uid(1)) && trial.spent.contains(&Uid(2)), "{trial:?}");
    assert_eq!((dovecot.mails(USER, "").len(), dovecot.mails(USER, ".Verwerkt").len()), (0, 0));
}
