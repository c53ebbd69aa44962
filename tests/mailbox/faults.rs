//! A server that goes silent, refuses, hangs up or talks nonsense at each step: an error that says so, in time, and
//! never an empty inbox that is taken for the truth.

use crate::connecting::fake_settings;
use crate::support::fake_imap::{Answer, FakeImap, Script};
use klachtpost::config::Security;
use klachtpost::mailbox::{Deadlines, Destination, Fetched, Folder, Mailbox, MailboxError, Uid, Woken};
use std::time::{Duration, Instant};

/// Short, so that a test of silence takes no minute.
const SHORT: Deadlines = Deadlines {
    connect: Duration::from_millis(500),
    command: Duration::from_millis(500),
    transfer: Duration::from_millis(500),
    idle: Duration::from_millis(200),
    goodbye: Duration::from_millis(100),
};

async fn open(server: &FakeImap) -> Result<Mailbox, MailboxError> {
    Mailbox::open_within(&fake_settings(server.port, Security::None), SHORT).await
}

async fn opened(script: Script) -> (FakeImap, Mailbox) {
    let server = FakeImap::start(script).await;
    let mailbox = open(&server).await.unwrap();
    (server, mailbox)
}

fn say(text: &str) -> Option<Answer> {
    Some(Answer::Say(text.to_owned()))
}

#[tokio::test]
async fn the_honest_script_is_understood() {
    let (_server, mut mailbox) = opened(|_| None).await;
    let listing = mailbox.list(Folder::Inbox).await.unwrap();
    assert_eq!((listing.uid_validity, listing.uid_next), (17, Some(8)));
    assert_eq!(listing.entries.iter().map(|entry| entry.uid).collect::<Vec<_>>(), [Uid(4), Uid(7)]);
    let fetched = mailbox.fetch_many(&listing.entries, 1_000).await.unwrap();
    assert_eq!(fetched[0], (Uid(4), Fetched::Whole(b"first".to_vec())));
    assert_eq!(fetched[1], (Uid(7), Fetched::Whole(b"other".to_vec())));
}

#[tokio::test]
async fn silence_ends_in_a_timeout_at_every_step() {
    const STEPS: [Script; 6] = [
        |command| command.starts_with("LOGIN").then(|| Answer::SayAndFallSilent(String::new())),
        |command| command.starts_with("CAPABILITY").then(|| Answer::SayAndFallSilent(String::new())),
        |command| command.starts_with("LIST").then(|| Answer::SayAndFallSilent(String::new())),
        |command| command.starts_with("SELECT").then(|| Answer::SayAndFallSilent("* 2 EXISTS\r\n".into())),
        |command| command.starts_with("UID FETCH 1:*").then(|| Answer::SayAndFallSilent("* 1 FETCH (UID 4".into())),
        |command| {
            command.contains("BODY").then(|| Answer::SayAndFallSilent("* 1 FETCH (UID 4 BODY[] {5}\r\nfi".into()))
        },
    ];
    for (step, script) in STEPS.into_iter().enumerate() {
        let server = FakeImap::start(script).await;
        let started = Instant::now();
        let error = all_steps(&server).await.unwrap_err();
        assert!(matches!(error, MailboxError::Timeout { .. }), "step {step}: {error:?}");
        assert!(started.elapsed() < Duration::from_secs(5), "step {step}: {:?}", started.elapsed());
    }
    let mute = FakeImap::start_greeting(Answer::SayAndFallSilent(String::new()), |_| None).await;
    assert!(matches!(open(&mute).await, Err(MailboxError::Timeout { .. })));
}

#[tokio::test]
async fn hanging_up_is_an_error_at_every_step_also_in_mid_literal_and_after_bye() {
    const STEPS: [Script; 7] = [
        |command| command.starts_with("LOGIN").then(|| Answer::SayAndHangUp(String::new())),
        |command| command.starts_with("CAPABILITY").then(|| Answer::SayAndHangUp(String::new())),
        |command| command.starts_with("SELECT").then(|| Answer::SayAndHangUp("* 2 EXISTS\r\n".into())),
        |command| command.starts_with("UID FETCH 1:*").then(|| Answer::SayAndHangUp("* BYE shutting down\r\n".into())),
        |command| command.starts_with("UID FETCH 1:*").then(|| Answer::SayAndHangUp(String::new())),
        |command| command.contains("BODY").then(|| Answer::SayAndHangUp("* 1 FETCH (UID 4 BODY[] {5}\r\nfi".into())),
        |command| command.contains("MOVE").then(|| Answer::SayAndHangUp("* 1 EXPUNGE\r\n".into())),
    ];
    for (step, script) in STEPS.into_iter().enumerate() {
        let server = FakeImap::start(script).await;
        let error = all_steps(&server).await.unwrap_err();
        assert!(matches!(error, MailboxError::Unreachable { .. }), "step {step}: {error:?}");
    }
}

#[tokio::test]
async fn nonsense_is_an_error_that_shows_no_mail_text() {
    const STEPS: [Script; 5] = [
        |command| command.contains("BODY").then(|| Answer::Say("HTTP/1.1 400 Bad Request\r\nGEHEIM\r\n".into())),
        |command| command.contains("BODY").then(|| Answer::Say("* 1 FETCH (BODY[] {400000000}\r\nGEHEIM".into())),
        |command| command.contains("BODY").then(|| Answer::Say("A9999 OK GEHEIM\r\n".into())),
        |command| command.contains("BODY").then(|| Answer::Say("+ GEHEIM\r\n".into())),
        |command| {
            let nested = || Answer::Say("* 1 FETCH (BODYSTRUCTURE ".to_owned() + &"(".repeat(60_000));
            command.contains("BODY").then(nested)
        },
    ];
    for (step, script) in STEPS.into_iter().enumerate() {
        let server = FakeImap::start(script).await;
        let error = all_steps(&server).await.unwrap_err();
        assert!(matches!(error, MailboxError::Protocol { .. }), "step {step}: {error:?}");
        assert!(!format!("{error} {error:?}").contains("GEHEIM"), "step {step}: {error:?}");
    }
}

#[tokio::test]
async fn a_refusal_is_never_taken_for_an_empty_inbox() {
    let (_server, mut mailbox) =
        opened(|command| command.starts_with("UID FETCH 1:*").then(|| Answer::Say("TAG NO not now\r\n".into()))).await;
    mailbox.list(Folder::Inbox).await.unwrap_err();
    let (_server, mut mailbox) = opened(|command| {
        let one_of_two = "* 1 FETCH (UID 4 RFC822.SIZE 5 FLAGS ())\r\nTAG OK done\r\n";
        command.starts_with("UID FETCH 1:*").then(|| Answer::Say(one_of_two.into()))
    })
    .await;
    // One mail of which the server says nothing hides no other; it is counted, and not gone.
    let listing = mailbox.list(Folder::Inbox).await.unwrap();
    assert_eq!((listing.entries.len(), listing.unlisted), (1, 1));
    let (_server, mut mailbox) =
        opened(|command| command.starts_with("UID FETCH 1:*").then(|| Answer::Say("TAG OK done\r\n".into()))).await;
    // Also where there is no other: the connection goes on, and they are counted.
    let listing = mailbox.list(Folder::Inbox).await.unwrap();
    assert_eq!((listing.entries.len(), listing.unlisted), (0, 2));
    let (_server, mut mailbox) = opened(|command| {
        let gone = "* 2 EXISTS\r\nTAG OK but no UIDVALIDITY\r\n";
        (command == "SELECT \"INBOX\"" && opened_before()).then(|| Answer::Say(gone.into()))
    })
    .await;
    assert!(matches!(mailbox.list(Folder::Inbox).await, Err(MailboxError::Protocol { .. })));
}

/// Whether the inbox was opened before on this thread: each test has its own.
fn opened_before() -> bool {
    thread_local!(static OPENED: std::cell::Cell<u32> = const { std::cell::Cell::new(0) });
    OPENED.replace(OPENED.get() + 1) > 0
}

#[tokio::test]
async fn a_mail_that_makes_listing_fail_does_not_hide_the_others() {
    let (_server, mut mailbox) = opened(|command| match command {
        "UID FETCH 1:* (UID RFC822.SIZE INTERNALDATE FLAGS)" => {
            say("* 1 FETCH (UID 4 RFC822.SIZE 5 FLAGS ())\r\nTAG NO message 2 is corrupt\r\n")
        }
        "UID FETCH 1:* (UID INTERNALDATE FLAGS)" => say("TAG NO message 2 is corrupt\r\n"),
        "UID FETCH 1:* (UID FLAGS)" => say("* 1 FETCH (UID 4 FLAGS ())\r\n* 2 FETCH (UID 7 FLAGS ())\r\nTAG OK\r\n"),
        command if command.starts_with("UID FETCH 7 ") => say("TAG NO message 2 is corrupt\r\n"),
        _ => None,
    })
    .await;
    let entries = mailbox.list(Folder::Inbox).await.unwrap().entries;
    assert_eq!(entries.iter().map(|entry| entry.size).collect::<Vec<_>>(), [Some(5), None]);
    assert_eq!(mailbox.fetch(Uid(4), 1_000).await.unwrap(), Fetched::Whole(b"first".to_vec()));
    let Fetched::Withheld { reason } = mailbox.fetch(Uid(7), 1_000).await.unwrap() else { panic!("given after all") };
    assert_eq!(reason, "NO: message 2 is corrupt");
}

#[tokio::test]
async fn a_batch_that_is_refused_is_done_again_mail_by_mail() {
    let (_server, mut mailbox) = opened(|command| match command {
        "UID FETCH 4,7 (UID BODY.PEEK[])" => say("* 1 FETCH (UID 4 BODY[] {5}\r\nfirst)\r\nTAG NO one is corrupt\r\n"),
        "UID FETCH 7 (UID BODY.PEEK[]<0.1048576>)" => say("* 2 FETCH (UID 7 BODY[]<0> NIL)\r\nTAG OK done\r\n"),
        _ => None,
    })
    .await;
    let entries = mailbox.list(Folder::Inbox).await.unwrap().entries;
    let fetched = mailbox.fetch_many(&entries, 1_000).await.unwrap();
    assert_eq!(fetched[0], (Uid(4), Fetched::Whole(b"first".to_vec())));
    assert!(matches!(fetched[1], (Uid(7), Fetched::Withheld { .. })), "{:?}", fetched[1]);
}

#[tokio::test]
async fn a_move_that_is_refused_or_half_done_is_told_truthfully() {
    let (_server, mut mailbox) = opened(|command| match command {
        "UID MOVE 4,7 \"Verwerkt\"" => say("* 1 EXPUNGE\r\nTAG OK done, says the server\r\n"),
        "UID FETCH 4,7 (UID FLAGS)" => say("* 1 FETCH (UID 7 FLAGS ())\r\nTAG OK done\r\n"),
        "UID MOVE 4,7 \"Terzijde\"" => say("TAG NO [OVERQUOTA] quota is full\r\n"),
        _ => None,
    })
    .await;
    mailbox.list(Folder::Inbox).await.unwrap();
    assert_eq!(mailbox.file_away(&[Uid(4), Uid(7)], Destination::Processed).await.unwrap(), [Uid(4)]);
    let error = mailbox.file_away(&[Uid(4), Uid(7)], Destination::SetAside).await.unwrap_err();
    assert!(matches!(&error, MailboxError::Server { text, .. } if text.contains("quota is full")), "{error:?}");
    // A refusal leaves the connection as good as it was.
    mailbox.list(Folder::Inbox).await.unwrap();
}

#[tokio::test]
async fn idle_that_is_refused_becomes_plain_waiting() {
    let (server, mut mailbox) = opened(|command| (command == "IDLE").then(|| Answer::Say("TAG NO\r\n".into()))).await;
    let started = Instant::now();
    assert_eq!(mailbox.wait(Duration::from_millis(300)).await.unwrap(), Woken::Timeout);
    assert!(started.elapsed() >= Duration::from_millis(300));
    mailbox.wait(Duration::from_millis(10)).await.unwrap();
    assert_eq!(server.heard().iter().filter(|line| line.ends_with("IDLE")).count(), 1);
}

#[tokio::test]
async fn a_chatty_server_does_not_keep_idle_open_for_ever() {
    let chatter = |command: &str| match command {
        "IDLE" => Some(Answer::Say("+ idling\r\n* OK Still here\r\n".into())),
        "DONE" => Some(Answer::Say("TAG OK done\r\n".into())),
        _ => None,
    };
    let (server, mut mailbox) = opened(chatter).await;
    mailbox.wait(Duration::from_millis(100)).await.unwrap();
    assert!(server.heard().iter().any(|line| line == "DONE"), "{:?}", server.heard());
}

#[tokio::test]
async fn news_that_comes_before_idle_starts_or_a_hang_up_during_it_is_noticed() {
    let (_server, mut mailbox) = opened(|command| match command {
        "IDLE" => say("* 3 EXISTS\r\n+ idling\r\n"),
        "DONE" => say("TAG OK done\r\n"),
        _ => None,
    })
    .await;
    assert_eq!(mailbox.wait(Duration::from_secs(20)).await.unwrap(), Woken::News);
    let (_server, mut mailbox) =
        opened(|command| (command == "IDLE").then(|| Answer::SayAndHangUp("+ idling\r\n".into()))).await;
    assert!(matches!(mailbox.wait(Duration::from_secs(20)).await, Err(MailboxError::Unreachable { .. })));
}

#[tokio::test]
async fn the_mailbox_can_live_in_a_task_of_its_own() {
    let (_server, mut mailbox) = opened(|_| None).await;
    let task = tokio::spawn(async move {
        let listing = mailbox.list(Folder::Inbox).await?;
        mailbox.fetch_many(&listing.entries, 1_000).await?;
        mailbox.wait(Duration::ZERO).await
    });
    assert_eq!(task.await.unwrap().unwrap(), Woken::Timeout);
}

/// From the greeting to filing away.
async fn all_steps(server: &FakeImap) -> Result<(), MailboxError> {
    let mut mailbox = open(server).await?;
    let listing = mailbox.list(Folder::Inbox).await?;
    mailbox.fetch_many(&listing.entries, 1_000).await?;
    mailbox.file_away(&[Uid(4), Uid(7)], Destination::Processed).await?;
    Ok(())
}
