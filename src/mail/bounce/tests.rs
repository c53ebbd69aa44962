//! What the room promises about bounces, on small mails of our own.

use super::super::parse::take_apart;
use super::*;

fn read(raw: &str) -> Option<Bounce> {
    let crlf = of(&take_apart(raw.replace('\n', "\r\n").as_bytes()));
    let lf = of(&take_apart(raw.as_bytes()));
    assert_eq!(crlf, lf, "line ends change nothing");
    lf
}

fn report(action: &str, status: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.example.net\nTo: klachten@example.nl\nSubject: Report\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: text/plain\n\n\
         About your letter.\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n\
         Final-Recipient: rfc822; jan@example.org\nAction: {action}\nStatus: {status}\n\n\
         --b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <token.1@example.nl>\nSubject: Uw klacht\n\n--b--\n"
    )
}

#[test]
fn a_report_tells_who_why_and_which_letter() {
    let bounce = read(&report("failed", "5.1.1")).expect("a bounce");
    assert_eq!((bounce.action, bounce.permanent), (BounceAction::Failed, Some(true)));
    assert_eq!((bounce.recipients, bounce.status), (vec!["jan@example.org".to_owned()], vec!["5.1.1".to_owned()]));
    assert_eq!(bounce.original_message_id.as_deref(), Some("token.1@example.nl"));
}

#[test]
fn a_full_mailbox_is_temporary_and_a_delay_no_failure() {
    assert_eq!(read(&report("failed", "4.2.2")).expect("a bounce").permanent, Some(false));
    let delay = read(&report("delayed", "4.4.1")).expect("a delay");
    assert_eq!((delay.action, delay.permanent), (BounceAction::Delayed, Some(false)));
}

#[test]
fn reports_of_success_are_no_bounce() {
    for action in ["delivered", "relayed", "expanded", "deliverable"] {
        assert_eq!(read(&report(action, "2.1.5")), None, "{action}");
    }
}

#[test]
fn other_reports_are_no_bounce() {
    for kind in ["feedback-report", "disposition-notification"] {
        let raw = report("failed", "5.1.1").replace("report-type=delivery-status", &format!("report-type={kind}"));
        assert_eq!(read(&raw), None, "{kind}");
    }
}

const QMAIL: &str = "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nTo: klachten@example.nl\n\
    Subject: failure notice\n\nHi. This is the qmail-send program.\nI wasn't able to deliver your message.\n\n\
    <jan@example.org>:\nRemote host said: 550-5.2.1 Disabled\n550 5.2.1 since May\n\n\
    --- Below this line is a copy of the message.\n\nReturn-Path: <klachten@example.nl>\n\
    Received: (qmail 1 invoked by uid 0)\nMessage-ID: <token.2@example.nl>\nTo: jan@example.org\n\nDag Jan\n";

#[test]
fn a_free_text_notice_tells_the_same() {
    let bounce = read(QMAIL).expect("a bounce");
    assert_eq!((bounce.permanent, bounce.recipients), (Some(true), vec!["jan@example.org".to_owned()]));
    assert_eq!(bounce.status, ["5.2.1"]);
    assert_eq!(bounce.original_message_id.as_deref(), Some("token.2@example.nl"));
}

#[test]
fn a_notice_whose_sender_has_no_address_is_one() {
    for from in ["Mail Delivery Service", "\"Postkantoor\"", "<>", "Systeem <>", "unknown"] {
        let raw = QMAIL.replace("Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net", &format!("From: {from}"));
        let raw = raw.replace("Subject: failure notice", "Subject: Uw bericht");
        assert_eq!(read(&raw).expect(from).recipients, ["jan@example.org"], "{from}");
    }
    assert_eq!(read("From: Jan\nSubject: Uw bericht\n\nDe auto is niet bezorgd.\n"), None);
}

#[test]
fn who_sent_the_letter_is_not_who_it_failed_for() {
    for (notice, to) in [
        (
            "Message from <dienst@example.nl>\n\n<dienst@example.nl>\n  RCPT TO:<jan@example.org>: 550 no such user\n",
            "klachten@example.nl",
        ),
        ("dienst@example.nl\nwrote to\n\njan@example.org\n  550 5.1.1 no\n", "klachten@example.nl"),
        ("Sender: dienst@example.nl\nRecipient: jan@example.org\nReason: 550 5.1.1 no such user\n", "undisclosed"),
    ] {
        let raw = format!(
            "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nTo: {to}\nSubject: Undelivered Mail\n\nIt could not be \
             delivered.\n\n{notice}\nReturn-Path: <dienst@example.nl>\nFrom: dienst@example.nl\nTo: jan@example.org\n\
             Message-ID: <t.1@example.nl>\nSubject: x\n\nDag\n"
        );
        assert_eq!(read(&raw).expect(notice).recipients, ["jan@example.org"], "{notice}");
    }
}

#[test]
fn a_report_that_a_gateway_wrapped_anew_tells_the_same() {
    let inner = report("failed", "5.1.1");
    let outer = |from: &str| {
        format!(
            "{from}\nTo: klachten@example.nl\nSubject: [gateway] bericht\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=o\n\n--o\n\nThis mail was checked.\n--o\nContent-Type: message/rfc822\n\n{inner}\n--o--\n"
        )
    };
    let bounce = read(&outer("Return-Path: <>\nFrom: gateway@example.nl")).expect("a bounce");
    assert_eq!((bounce.recipients, bounce.status), (vec!["jan@example.org".to_owned()], vec!["5.1.1".to_owned()]));
    assert_eq!(bounce.original_message_id.as_deref(), Some("token.1@example.nl"));
    assert_eq!(read(&outer("From: Jan <jan@example.org>")), None);
    for part in [
        "Final-Recipient: rfc822;\njan@example.org\nAction: failed\nStatus: 5.1.1\n",
        "> Final-Recipient:\n>  rfc822; jan@example.org\n> Action: failed\n> Status: 5.1.1\n",
    ] {
        let raw = report("failed", "5.1.1")
            .replace("Final-Recipient: rfc822; jan@example.org\nAction: failed\nStatus: 5.1.1\n", part);
        assert_eq!(read(&raw).expect(part).recipients, ["jan@example.org"], "{part}");
    }
}

#[test]
fn a_person_who_passes_a_notice_on_writes_no_bounce() {
    let passed_on = QMAIL
        .replace(
            "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net",
            "Return-Path: <jan@example.org>\nFrom: Jan <jan@example.org>",
        )
        .replace("Hi. This is", "Uw adres werkt niet, zie hieronder!\n\nHi. This is");
    assert_eq!(read(&passed_on), None);
    assert_eq!(read(&passed_on.replace("Subject: failure", "Subject: Fwd: failure")), None);
    let with_parts = report("failed", "5.1.1")
        .replace("MAILER-DAEMON@mx.example.net", "Jan <jan@example.org>")
        .replace("multipart/report; report-type=delivery-status", "multipart/mixed")
        .replace("Subject: Report", "Subject: Fwd: Undelivered Mail");
    assert_eq!(read(&with_parts), None);
}

#[test]
fn an_absence_notice_with_a_null_sender_is_no_bounce() {
    let raw = "Return-Path: <>\nFrom: Jan <jan@example.org>\nSubject: Automatisch antwoord: Uw klacht\n\
        Auto-Submitted: auto-replied\n\nIk ben afwezig tot 550 augustus.\n";
    assert_eq!(read(raw), None);
}

#[test]
fn a_warning_in_free_text_is_a_delay_and_names_no_sender() {
    let raw = "Return-Path: <>\nFrom: Mail Delivery System <Mailer-Daemon@mx.example.net>\nTo: klachten@example.nl\n\
        Subject: Warning: message 1x delayed 24 hours\n\nA message that you sent has not yet been delivered to:\n\n  \
        jan@example.org\n    Delay reason: SMTP error after MAIL FROM:<klachten@example.nl>: 450 later\n";
    let delay = read(raw).expect("a delay");
    assert_eq!((delay.action, delay.recipients), (BounceAction::Delayed, vec!["jan@example.org".to_owned()]));
}

#[test]
fn the_header_of_exim_and_gmail_names_who_failed() {
    let raw = "From: Mail Delivery Subsystem <mailer-daemon@example.net>\nX-Failed-Recipients: jan@example.org,\n \
        piet@example.org\nSubject: Delivery Status Notification (Failure)\n\nThe group may not exist.\n";
    assert_eq!(read(raw).expect("a bounce").recipients, ["jan@example.org", "piet@example.org"]);
}

#[test]
fn a_remote_server_s_words_in_the_text_refine_an_empty_status() {
    let raw = report("failed", "5.0.0").replace("About your letter.", "jan@example.org: 550 5.7.26 not proven");
    assert_eq!(read(&raw).expect("a bounce").status, ["5.7.26"]);
}

#[test]
fn a_mailing_list_that_refuses_is_a_bounce() {
    let raw = "From: lijst-owner@example.org\nSubject: Your message\n\nYou are not allowed to post to this list.\n";
    assert_eq!(read(raw).expect("a bounce").permanent, Some(true));
}

#[test]
fn a_report_on_a_hundred_thousand_recipients_names_each_once() {
    let group = |i: usize| format!("Final-Recipient: rfc822;u{}@x.nl\nAction: failed\nStatus: 5.0.0\n\n", i % 100_000);
    let many: String = (0..100_100).map(group).collect();
    let notice: String = (0..20_000).map(|i| format!("u{i}@x.nl: 550 5.1.1 no\n")).collect();
    let raw = report("failed", "5.1.1")
        .replace("Final-Recipient: rfc822; jan@example.org\nAction: failed\nStatus: 5.1.1\n", &many)
        .replace("About your letter.", &notice);
    let bounce = of(&take_apart(raw.as_bytes())).expect("a bounce");
    assert_eq!(bounce.recipients.len(), 100_000);
    assert_eq!(bounce.status, ["5.1.1", "5.0.0"]);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn a_damaged_report_never_panics(at in 0_usize..900, junk in proptest::collection::vec(0_u8..255, 0..40)) {
        for sound in [report("failed", "5.1.1"), QMAIL.to_owned()] {
            let mut raw = sound.into_bytes();
            let at = at.min(raw.len());
            raw.splice(at..(at + junk.len()).min(raw.len()), junk.iter().copied());
            of(&take_apart(&raw));
        }
    }

    #[test]
    fn no_text_panics(text in "\\PC*") {
        let (notice, returned) = notice::split(&text);
        proptest::prop_assert!(notice.len() + returned.len() == text.len());
        notice::fates(notice, &[], Action::Failed);
        report::fates(&text);
        sns::bounce(&text);
    }
}
