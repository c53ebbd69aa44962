//! The digests of a day: once, for whom, and what an outage changes (§2.4.1).

use super::*;
use chrono::NaiveDate;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> Moment {
    text.parse().unwrap()
}

#[test]
fn each_supervisor_and_each_recipient_gets_one_and_one_event_says_so() {
    let mut company = Company::new();
    let cases = [company.case().clone()];
    let today = day("2026-03-05");
    let decision = on_digest(today, now(), &cases, "kop", &company.rules, now(), &mut Fresh::new([0; 32]));
    let readers: Vec<&str> = decision.letters.iter().map(|draft| draft.to.as_str()).collect();
    for reader in ["chef@lease.example", "baas@lease.example", "directie@lease.example"] {
        assert_eq!(readers.iter().filter(|to| **to == reader).count(), 1, "{reader}");
    }
    assert!(decision.letters.iter().all(|draft| draft.side == Side::Staff && draft.case.is_none()));
    let recipients = decision.letters.len();
    assert_eq!(decision.events[0].what, What::DigestWritten { day: today, recipients });
}

#[test]
fn the_first_start_makes_nothing_up_and_an_outage_gives_one() {
    let rules = Company::new().rules;
    // Friday 6 March 2026: 07:30 in Amsterdam is 06:30 UTC.
    assert_eq!(digest_due(None, &rules, at("2026-03-06T06:31:00Z")), DigestDue::NoteOnly { day: day("2026-03-06") });
    let written = at("2026-03-02T06:30:00Z");
    let last = Some((day("2026-03-02"), written));
    let due = DigestDue::Write { day: day("2026-03-06"), since: written };
    assert_eq!(digest_due(last, &rules, at("2026-03-06T06:31:00Z")), due);
    assert_eq!(digest_due(Some((day("2026-03-06"), written)), &rules, at("2026-03-06T23:00:00Z")), DigestDue::Nothing);
    // Not yet, and not on Saturday.
    let thursdays = Some((day("2026-03-05"), written));
    assert_eq!(digest_due(thursdays, &rules, at("2026-03-06T06:29:00Z")), DigestDue::Nothing);
    assert_eq!(digest_due(Some((day("2026-03-06"), written)), &rules, at("2026-03-07T12:00:00Z")), DigestDue::Nothing);
}
