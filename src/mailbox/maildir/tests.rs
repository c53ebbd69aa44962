//! The Maildir on a real folder: what is listed, fetched, filed away, and what is left alone.

use super::*;
use crate::config::{MailboxKind, Security, StaffProof};

fn settings(path: &Path) -> Settings {
    Settings {
        name: "klachten".into(),
        kind: MailboxKind::Maildir,
        host: String::new(),
        port: 0,
        security: Security::None,
        ca_file: None,
        username: String::new(),
        auth: crate::config::Auth::Password,
        password: String::new().into(),
        inbox: "INBOX".into(),
        processed: "Verwerkt".into(),
        set_aside: "Terzijde".into(),
        unreadable: "Onleesbaar".into(),
        junk: String::new(),
        poll_seconds: 60,
        idle: true,
        max_message_bytes: 1000,
        staff_proof: StaffProof::Nothing,
        accept_unproven_staff: true,
        aliases: Vec::new(),
        sub_addressing: false,
        path: path.to_owned(),
        password_source: None,
        own: crate::config::OwnWay::default(),
    }
}

fn drop_mail(root: &Path, name: &str, text: &str, seconds: u64) {
    let path = root.join(name);
    std::fs::write(&path, text).unwrap();
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)).unwrap();
}

async fn opened() -> (tempfile::TempDir, Maildir) {
    let dir = tempfile::tempdir().unwrap();
    let maildir = Maildir::open(&settings(dir.path())).await.unwrap();
    (dir, maildir)
}

#[tokio::test]
async fn mails_come_in_the_order_of_delivery() {
    let (dir, mut maildir) = opened().await;
    drop_mail(dir.path(), "new/2.b.host", "second", 2_000);
    drop_mail(dir.path(), "cur/1.a.host:2,S", "first", 1_000);
    drop_mail(dir.path(), "new/.hidden", "no", 1);
    drop_mail(dir.path(), "tmp/3.c.host", "not yet delivered", 1);
    std::os::unix::fs::symlink("/etc/hostname", dir.path().join("new/4.d.host")).unwrap();
    let listing = maildir.list(Folder::Inbox).await.unwrap();
    let moments: Vec<_> = listing.entries.iter().map(|entry| entry.received_at.unwrap().timestamp()).collect();
    assert_eq!(moments, [1_000, 2_000]);
    assert!(listing.entries.iter().all(|entry| entry.uid.0 >= 0));
    let fetched = maildir.fetch_many(&listing.entries, 100).await.unwrap();
    let texts: Vec<_> = fetched.into_iter().map(|(_, mail)| mail).collect();
    assert_eq!(texts, [Fetched::Whole(b"first".to_vec()), Fetched::Whole(b"second".to_vec())]);
}

#[tokio::test]
async fn a_mail_keeps_its_number_when_another_program_flags_it() {
    let (dir, mut maildir) = opened().await;
    drop_mail(dir.path(), "new/1.a.host", "text", 1_000);
    let before = maildir.list(Folder::Inbox).await.unwrap().entries;
    std::fs::rename(dir.path().join("new/1.a.host"), dir.path().join("cur/1.a.host:2,S")).unwrap();
    assert_eq!(maildir.fetch(before[0].uid, 100).await.unwrap(), Fetched::Whole(b"text".to_vec()));
    assert_eq!(maildir.list(Folder::Inbox).await.unwrap().entries[0].uid, before[0].uid);
}

#[tokio::test]
async fn over_the_limit_only_the_start_is_read() {
    let (dir, mut maildir) = opened().await;
    drop_mail(dir.path(), "new/1.a.host", "0123456789", 1_000);
    let uid = maildir.list(Folder::Inbox).await.unwrap().entries[0].uid;
    let expected = Fetched::Slice { headers_and_start: b"01234".to_vec(), size: Some(10) };
    assert_eq!(maildir.fetch(uid, 5).await.unwrap(), expected);
    assert_eq!(maildir.fetch(uid, 10).await.unwrap(), Fetched::Whole(b"0123456789".to_vec()));
    assert_eq!(maildir.fetch(Uid(1), 10).await.unwrap(), Fetched::Vanished);
}

#[tokio::test]
async fn filing_away_keeps_flags_and_never_overwrites() {
    let (dir, mut maildir) = opened().await;
    std::fs::remove_dir_all(dir.path().join(".Verwerkt")).unwrap();
    drop_mail(dir.path(), "cur/1.a.host:2,FS", "one", 1_000);
    drop_mail(dir.path(), "new/2.b.host", "two", 2_000);
    let uids: Vec<Uid> = maildir.list(Folder::Inbox).await.unwrap().entries.iter().map(|entry| entry.uid).collect();
    assert_eq!(maildir.file_away(&uids, Destination::Processed).await.unwrap(), uids);
    let filed = dir.path().join(".Verwerkt/cur");
    assert_eq!(std::fs::read_to_string(filed.join("1.a.host:2,FS")).unwrap(), "one");
    assert_eq!(std::fs::read_to_string(filed.join("2.b.host:2,")).unwrap(), "two");
    drop_mail(dir.path(), "new/2.b.host", "another two", 3_000);
    assert_eq!(maildir.file_away(&uids, Destination::Processed).await.unwrap(), uids);
    assert_eq!(std::fs::read_to_string(filed.join("2.b.host:2,")).unwrap(), "two");
    assert_eq!(std::fs::read_to_string(filed.join("2.b.host_1:2,")).unwrap(), "another two");
    assert_eq!(maildir.list(Folder::Inbox).await.unwrap().entries, []);
}

#[tokio::test]
async fn waiting_ends_when_a_mail_is_delivered() {
    let (dir, mut maildir) = opened().await;
    maildir.list(Folder::Inbox).await.unwrap();
    assert_eq!(maildir.wait(Duration::from_millis(20)).await.unwrap(), Woken::Timeout);
    drop_mail(dir.path(), "new/1.a.host", "text", 1_000);
    assert_eq!(maildir.wait(Duration::from_secs(10)).await.unwrap(), Woken::News);
}

#[tokio::test]
async fn a_folder_name_cannot_lead_out_of_the_maildir() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["../elders", "a/b", "", ".", "a..b", "a\nb"] {
        let settings = Settings { processed: name.into(), ..settings(dir.path()) };
        let error = Maildir::open(&settings).await.unwrap_err();
        assert!(error.to_string().contains("mailbox.processed"), "{error}");
    }
}

#[tokio::test]
async fn an_own_folder_is_listed_with_the_headers_of_its_mails_and_says_of_none_whose_it_is() {
    let (dir, mut maildir) = opened().await;
    let folder = dir.path().join(".Verwerkt/cur");
    drop_mail(&folder, "a:2,S", "Subject: een\r\nMessage-ID: <a@x>\r\n\r\nTekst\r\n", 100);
    drop_mail(&folder, "b:2,S", "Subject: twee\n\nTekst\n", 200);
    let opened = maildir.open_folder(Folder::Filed(Destination::Processed)).await.unwrap();
    assert_eq!((opened.uid_validity, opened.uid_next), (1, None));
    let filed = maildir.filed().await.unwrap();
    assert!(filed.iter().all(|filed| filed.mark == Mark::None));
    let uids: Vec<Uid> = filed.iter().map(|filed| filed.entry.uid).collect();
    let headers = maildir.headers(&uids).await.unwrap();
    assert_eq!(headers[&uids[0]], b"Subject: een\r\nMessage-ID: <a@x>\r\n\r\n");
    assert_eq!(headers[&uids[1]], b"Subject: twee\n\n");
    std::fs::remove_file(folder.join("a:2,S")).unwrap();
    assert_eq!(maildir.present(&uids).await.unwrap(), [uids[1]].into());
    assert!(matches!(maildir.fetch(uids[1], 1_000).await.unwrap(), Fetched::Whole(_)));
}
