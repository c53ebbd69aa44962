//! What goes in comes out equal from both databases: bytes, texts with whatever people and machines write in them, numbers
//! and moments. Both are asked in every run.

use super::*;
use crate::support::postgres::database_of;
use klachtpost::register::MailRow;
use proptest::prelude::*;
use std::path::Path;

/// A register of each kind.
async fn both(dir: &Path) -> [Register; 2] {
    let file = dir.join("alike.db");
    let sqlite = Register::open(&format!("sqlite:{}", file.display())).await.unwrap();
    [sqlite, Register::open(&database_of(&file)).await.unwrap()]
}

#[derive(Debug, Clone)]
struct Written {
    mailbox: String,
    reason: String,
    raw: Vec<u8>,
    text: String,
    subject: String,
    uid: i64,
    received_at: i64,
}

/// Text with NUL, controls, marks that combine, signs beyond the first plane, quotes and backslashes.
fn text() -> impl Strategy<Value = String> {
    let sign = prop_oneof![
        any::<char>(),
        Just('\0'),
        Just('\\'),
        Just('\''),
        Just('%'),
        Just('\u{feff}'),
        Just('\u{fffd}'),
        Just('\u{10ffff}'),
    ];
    proptest::collection::vec(sign, 0..40).prop_map(String::from_iter)
}

fn written() -> impl Strategy<Value = Written> {
    let moments = prop_oneof![0..4_102_444_800_000_i64, Just(0), Just(1_774_746_000_000), Just(1_792_890_000_000)];
    let bytes = proptest::collection::vec(any::<u8>(), 0..600);
    ("[a-z/é]{1,12}", text(), bytes, text(), text(), 1..i64::MAX, moments).prop_map(
        |(mailbox, reason, raw, text, subject, uid, received_at)| Written {
            mailbox,
            reason,
            raw,
            text,
            subject,
            uid,
            received_at,
        },
    )
}

/// What a register shows of it.
async fn shown(register: &Register, written: &Written) -> String {
    let received_at = chrono::DateTime::from_timestamp_millis(written.received_at).unwrap();
    let mail = NewMail {
        mailbox: written.mailbox.clone(),
        uid: written.uid,
        received_at,
        raw: written.raw.clone(),
        unreadable_because: Some(written.reason.clone()),
        ..new_mail(1)
    };
    register.store_mails(&[mail]).await.unwrap();
    let pending = register.pending(&Within::All, 10, i64::MAX, at(0)).await.unwrap().pop().unwrap();
    assert_eq!(pending.raw, written.raw, "bytes stay what they are");
    let serial = 1 + register.cases(klachtpost::register::CaseQuery::All).all().await.unwrap().len();
    let mut event = opened(u32::try_from(serial).unwrap());
    if let What::Opened(opened) = &mut event.what {
        opened.text.clone_from(&written.text);
        opened.subject.clone_from(&written.subject);
        opened.received_at = received_at;
    }
    let number = event.case.unwrap();
    let noted = Event { at: received_at, case: Some(number), ..event_of(&written.text) };
    let mut judged = judged(pending.id, &identity(&written.subject, "h"), Disposition::Complaint);
    judged.verdict.case = Some(number);
    let decision = decision(vec![event, noted]);
    let mut tx = register.begin().await.unwrap();
    tx.record(Some(&judged), &decision, &[], at(0), &mut salt).await.unwrap();
    tx.commit().await.unwrap();
    let case = register.case(number).await.unwrap().unwrap();
    assert_eq!((&case.text, &case.subject), (&written.text, &written.subject));
    assert_eq!(case.received_at, received_at);
    let rows: Vec<MailRow> = register.mails_of_case(number).await.unwrap();
    let events = register.events(number).await.unwrap();
    let head = register.chain_head().await.unwrap();
    format!("{:?} {case:?} {events:?} {rows:?} {head:?}", pending.unreadable_because)
}

fn event_of(text: &str) -> Event {
    event(1, What::Noted { text: text.into() })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn what_goes_in_comes_out_equal_from_both(all in proptest::collection::vec(written(), 1..4)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let dir = tempfile::tempdir().unwrap();
            let [sqlite, postgres] = both(dir.path()).await;
            for written in &all {
                assert_eq!(shown(&sqlite, written).await, shown(&postgres, written).await, "{written:?}");
            }
            for register in [sqlite, postgres] {
                assert_eq!(register.verify().await.unwrap().findings, []);
                register.close().await;
            }
        });
    }
}
