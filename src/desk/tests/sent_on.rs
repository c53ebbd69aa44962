//! A customer's mail that a colleague redirected: whose it is, when it was received, who hears of it, and what a forged
//! Resent-From can do.

use super::*;
use crate::desk::draft::{Done, Remark};

/// Klant's mail to Jan, sent on to the desk by whoever the Resent fields name.
fn redirected(by: &str, proof: &str) -> Post {
    let results = format!("Authentication-Results: mx.lease.example; {proof}");
    let before = [
        "Received: from lease.example by mx.lease.example; Thu, 5 Mar 2026 10:00:00 +0100",
        &format!("Resent-From: Jan <{by}>"),
        "Resent-To: klachten@lease.example",
        "Resent-Date: Thu, 5 Mar 2026 09:59:00 +0100",
        "Received: from prive.example by mail.lease.example; Tue, 3 Mar 2026 14:00:00 +0100",
        "Received: from huis by prive.example; Tue, 3 Mar 2026 08:00:00 +0100",
    ];
    let mail = post(KLANT, "Er zit een deuk in het portier.").to(JAN);
    std::iter::once(results.as_str()).chain(before).fold(mail, Post::header)
}

fn opened(decision: &MailDecision) -> &Opened {
    let opened = decision.events.iter().find_map(|event| match &event.what {
        What::Opened(opened) => Some(opened.as_ref()),
        _ => None,
    });
    opened.unwrap_or_else(|| panic!("no case: {decision:?}"))
}

fn remarks(decision: &MailDecision) -> Vec<Remark> {
    let notified = decision.letters.iter().find_map(|draft| match &draft.content {
        Content::Notification(letter) => Some(letter.remarks.clone()),
        _ => None,
    });
    notified.unwrap_or_default()
}

#[test]
fn a_redirected_mail_is_the_customers_received_when_the_colleague_had_it() {
    let company = Company::new();
    for proof in ["dkim=pass header.d=lease.example", "spf=pass smtp.mailfrom=jan@lease.example"] {
        let decision = company.decide(&redirected(JAN, proof));
        let opened = opened(&decision);
        assert_eq!(opened.customer.address, Some(address(KLANT)), "{proof}");
        assert_eq!(opened.received_at, "2026-03-03T13:00:00Z".parse::<Moment>().unwrap(), "{proof}");
        assert!(matches!(done(&decision), [Done::Registered { acknowledged: Some(to), .. }] if *to == address(KLANT)));
        assert!(sent(&decision).contains(&(LetterKind::Receipt, JAN)) && remarks(&decision).is_empty());
    }
}

#[test]
fn a_forged_resent_from_does_no_more_than_any_mail_of_that_sender() {
    let company = Company::new();
    for proof in [
        "none",
        "dmarc=pass header.from=prive.example",
        "dkim=pass header.d=prive.example",
        "spf=pass smtp.mailfrom=klant@prive.example",
        "spf=fail smtp.mailfrom=jan@lease.example",
        "spf=pass smtp.mailfrom=jan@lease.example.evil.example",
    ] {
        let decision = company.decide(&redirected(JAN, proof));
        assert_eq!(opened(&decision).received_at, now(), "{proof}");
        assert_eq!(remarks(&decision), [Remark::ResentUnproven(JAN.into())], "{proof}");
        assert!(sent(&decision).iter().all(|(kind, _)| *kind != LetterKind::Receipt), "{proof}");
    }
    // Nor does it make a colleague of a stranger, or a case's customer.
    let verbs = post("dief@elders.example", "#zoek Karin\n#intern x").header(&format!("Resent-From: {JAN}"));
    let decision = company.decide(&verbs.dmarc("pass"));
    assert_eq!(opened(&decision).customer.address, Some(address("dief@elders.example")));
    let stranger = company.decide(&redirected("dief@elders.example", "dkim=pass header.d=elders.example"));
    assert_eq!((opened(&stranger).received_at, remarks(&stranger)), (now(), vec![]));
}

#[test]
fn a_moment_that_cannot_be_true_is_not_believed() {
    let company = Company::new();
    for at in ["Tue, 3 Mar 2020 14:00:00 +0100", "Tue, 3 Mar 2037 14:00:00 +0100", "onzin"] {
        let mut mail = redirected(JAN, "dkim=pass header.d=lease.example");
        mail.headers[5] = format!("Received: from prive.example by mail.lease.example; {at}");
        assert_eq!(opened(&company.decide(&mail)).received_at, now(), "{at}");
    }
}
