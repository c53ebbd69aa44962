//! The terms of `[retention]` (§2.4.3): nothing goes by itself, what is still needed is never past, and at a person's word what
//! is past goes as a redaction does.

use super::redaction::{Person, deliver, is_sound, left_of, round, settled};
use super::*;
use klachtpost::daemon::{apply_terms, finish, past_terms_of};
use klachtpost::mailbox::Mailbox;

const TERMS: &str = "[retention]\ncases_months = 1\nno_complaint_months = 1\nset_aside_days = 7\n";

/// The same desk, so many days after the test's first, with these terms.
async fn after_days(desk: &Desk, days: i64, terms: &str) -> Arc<Office> {
    let settings = settings(desk, &maildir(desk, "in"), &maildir(desk, "out")) + terms;
    let config = klachtpost::config::from_toml(&settings, "the test's settings").unwrap();
    Arc::new(as_program(Office::open(config, Clock::at(at(days * 24 * 60))).await.unwrap()))
}

async fn past(office: &Office) -> (usize, usize) {
    let past = past_terms_of(office, &Within::All).await.unwrap().counted();
    (past.cases, past.mails)
}

#[tokio::test]
async fn what_is_past_its_term_goes_at_a_persons_word_and_nothing_before() {
    let (desk, karin) = (Desk::new().await, Person::karin());
    let office = settled(&desk, &karin).await;
    let spam = "X-Spam-Flag: YES\nFrom: spam@ander.example\nTo: klachten@lease.example\nMessage-ID: <s@ander.example>\nSubject: Win\n\nKlik hier.\n";
    deliver(&desk, "30", spam);
    round(&office).await;
    let open = "From: piet@ander.example\nTo: klachten@lease.example\nMessage-ID: <p@ander.example>\nSubject: Ruit\n\nMijn ruit is stuk.\n";
    deliver(&desk, "31", open);
    round(&office).await;

    assert_eq!(past(&*after_days(&desk, 4_000, "").await).await, (0, 0), "without a term all is kept");
    let mails_of_no_case = desk.number("SELECT count(*) FROM mail WHERE case_number IS NULL").await;
    assert!(mails_of_no_case >= 2);
    assert_eq!(past(&*after_days(&desk, 5, TERMS).await).await, (0, 0));
    let aside = after_days(&desk, 12, TERMS).await;
    assert_eq!(past(&aside).await, (0, 1), "what was put aside goes first");
    let later = after_days(&desk, 60, TERMS).await;
    assert_eq!(past(&later).await, (1, usize::try_from(mails_of_no_case).unwrap()), "the open one is still needed");

    apply_terms(&later, &past_terms_of(&later, &Within::All).await.unwrap()).await.unwrap();
    let mut mailbox = Mailbox::open(&later.config.mailbox).await.unwrap();
    let told = finish(&later, Some(&mut mailbox)).await.unwrap();
    assert_eq!((told.not_purged, told.not_removed), (None, None));
    assert_eq!(past(&later).await, (0, 0));
    assert_eq!(left_of(&desk, &karin).await, Vec::<String>::new());
    assert_eq!(desk.number("SELECT count(*) FROM mail_raw").await, 1, "that of the open case");
    is_sound(&later.register.verify().await.unwrap());
    assert_eq!(later.register.not_on_file().await.unwrap(), None);
}

#[tokio::test]
async fn a_case_that_its_customer_can_take_to_the_committee_is_kept() {
    let (desk, karin) = (Desk::new().await, Person::karin());
    let _ = settled(&desk, &karin).await;
    let committee =
        format!("{TERMS}[committee]\nname = \"Commissie\"\nurl = \"https://www.commissie.example\"\nmonths = 12\n");
    assert_eq!(past(&*after_days(&desk, 300, &committee).await).await.0, 0);
    assert_eq!(past(&*after_days(&desk, 370, &committee).await).await.0, 1);
}
