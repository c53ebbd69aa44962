//! What a forger may try: senders that look like a colleague, authors that read two ways, results of checks that nobody
//! trusted made, our own marks, numbers guessed. Nothing of it acts on a case or tells anybody of one (invariant 6).

use super::*;
use crate::mail::SenderProof;
use proptest::prelude::*;

/// An `Authentication-Results` field of our own server for mail that really comes from that domain.
fn passes_for(domain: &str) -> String {
    format!("Authentication-Results: mx.lease.example; dmarc=pass header.from={domain}; dkim=pass header.d={domain}")
}

/// Nothing was done on the case: filed on it at most, and told to nobody but the house.
fn nothing_done(decision: &MailDecision, what: &str) {
    let harmless = ["mail_filed", "aside_told", "other_wrote", "opened", "linked"];
    assert!(kinds(decision).iter().all(|kind| harmless.contains(kind)), "{what}: {:?}", kinds(decision));
    assert!(to_customers(decision).all(|draft| draft.to != address(KLANT)), "{what}: {:?}", sent(decision));
}

/// Each is a mail that the forger's own domain proves, in answer to a letter to staff.
#[test]
fn an_address_that_only_looks_like_a_colleagues_does_nothing() {
    let company = Company::new();
    for (from, domain) in [
        ("jan@lease.example.evil.example", "lease.example.evil.example"),
        ("jan@evil-lease.example", "evil-lease.example"),
        ("jan@lease.example-evil.example", "lease.example-evil.example"),
        ("jan@mail.lease.example", "mail.lease.example"),
        ("jan@example", "example"),
        ("jan@lease.exampl\u{0435}", "lease.exampl\u{0435}"),
        ("j\u{0430}n@evil.example", "evil.example"),
        ("jan@lea\u{017f}e.example", "lea\u{017f}e.example"),
        ("jan@lease\u{3002}example", "evil.example"),
        ("jan@lease.example.", "lease.example"),
        ("jan@.lease.example", "lease.example"),
        ("jan.@lease.example", "lease.example"),
        ("jan+x@lease.example", "lease.example"),
        ("\"jan\"@lease.example", "lease.example"),
        ("jan\u{200b}@lease.example", "lease.example"),
        ("\"jan@lease.example\"@evil.example", "evil.example"),
        ("jan%lease.example@evil.example", "evil.example"),
        ("\"jan@lease.example\" <dief@evil.example>", "evil.example"),
        ("jan@lease.example <dief@evil.example>", "evil.example"),
        ("dief@evil.example, jan@lease.example", "evil.example"),
        ("jan@lease.example, dief@evil.example", "evil.example"),
        ("Bende: jan@lease.example, dief@evil.example;", "evil.example"),
        ("<@evil.example:jan@lease.example>", "evil.example"),
        ("<\">:<jan@lease.example>;\".x@evil.example>", "evil.example"),
        ("\"x\" <\">:<jan@lease.example>;\".x@evil.example>", "evil.example"),
        ("\">:<jan@lease.example>;\".x@evil.example", "evil.example"),
        ("x:<jan@lease.example>;<dief@evil.example>", "evil.example"),
        ("jan@lease.example (<dief@evil.example>)", "evil.example"),
        ("=?utf-8?q?=3Cjan=40lease.example=3E?= <dief@evil.example>", "evil.example"),
        ("\"\"jan@lease.example<dief@evil.example>", "evil.example"),
        ("jan@nieuws.lease.example", "lease.example"),
        ("jan@lease.example\r\nFrom: dief@evil.example", "evil.example"),
        ("dief@evil.example\r\nFrom: jan@lease.example", "evil.example"),
        ("dief@evil.example\r\nSender: jan@lease.example\r\nReply-To: jan@lease.example", "evil.example"),
        ("dief@evil.example\r\nResent-From: jan@lease.example\r\nX-Original-From: jan@lease.example", "evil.example"),
    ] {
        for text in ["Wij betalen niets.", "#afgehandeld\nU krijgt niets.", "#toewijzen mia@lease.example"] {
            let mail = post(from, text).answering(&company.token(Side::Staff)).header(&passes_for(domain));
            nothing_done(&company.decide(&mail), from);
        }
    }
}

/// An odd From: the server asked about one domain, and another reader finds the customer of another.
#[test]
fn to_whom_an_odd_from_may_belong_no_acknowledgement_goes_before_a_person_looked() {
    for settings in
        [SETTINGS.to_owned(), SETTINGS.replace("trusted_auth", "accept_unproven_staff = true\ntrusted_auth")]
    {
        let company = Company::of(&settings);
        for from in [
            "<\">:<slachtoffer@elders.example>;\".x@evil.example>",
            "slachtoffer@elders.example, dief@evil.example",
            "slachtoffer@elders.example <dief@evil.example>",
            "<@evil.example:slachtoffer@elders.example>",
        ] {
            let decision = company.decide(&post(from, "Mijn auto is kapot.").header(&passes_for("evil.example")));
            assert_eq!(decision.verdict.disposition, Disposition::Complaint, "{from}");
            assert_eq!(to_customers(&decision).count(), 0, "{from}");
            assert!(kinds(&decision).contains(&"acknowledgement_held"), "{from}: {:?}", kinds(&decision));
            let told = decision.letters.iter().find_map(|draft| match &draft.content {
                Content::Notification(told) => Some(&told.remarks),
                _ => None,
            });
            let is_odd = |remark: &draft::Remark| matches!(remark, draft::Remark::SenderOdd(_));
            assert!(told.is_some_and(|remarks| remarks.iter().any(is_odd)), "{from}: {told:?}");
        }
        // A colleague's name in one acts on nothing, also where the operator accepts what nobody proves.
        let from = "<\">:<jan@lease.example>;\".x@evil.example>";
        let mail = post(from, "#afgehandeld\nU krijgt niets.").answering(&company.token(Side::Staff));
        let decision = company.decide(&mail.header(&passes_for("evil.example")));
        nothing_done(&decision, from);
        assert_eq!(decision.verdict.disposition, Disposition::SetAside);
        // Sloppy, but with no other address: the customer hears that the complaint came in.
        let sloppy = company.decide(&post("Vries, Jan de <jan@elders.example>", "Mijn auto is kapot."));
        assert_eq!(to_customers(&sloppy).map(|draft| draft.to.as_str()).collect::<Vec<_>>(), ["jan@elders.example"]);
    }
}

/// Whoever writes a list's fields names whom he likes as the author: what is proven is his own domain.
#[test]
fn a_group_proves_nothing_of_whom_it_names() {
    let named = post("\"Karin via Bende\" <dief@evil.example>", "Ik ben tevreden.")
        .header("List-Id: <bende.evil.example>")
        .header(&format!("Reply-To: {KLANT}"))
        .header(&passes_for("evil.example"));
    let read = mail::read(&named.raw(), "mx.lease.example");
    assert_eq!(crate::desk::intent::sender(&read), Some(address(KLANT)));
    assert_eq!(read.proof, SenderProof::None);
}

#[test]
fn a_check_that_our_own_server_did_not_make_proves_nothing() {
    let company = Company::new();
    let ours = "Received: from mail.evil.example by mx.lease.example with ESMTPS; Thu, 5 Mar 2026 10:00:00 +0100";
    let foreign = "Received: from pc.evil.example by mail.evil.example with ESMTP; Thu, 5 Mar 2026 09:59:00 +0100";
    let forged = passes_for("lease.example");
    let silent = "Authentication-Results: mx.lease.example; dkim=none; dmarc=none";
    let failed = "Authentication-Results: mx.lease.example; dmarc=fail header.from=lease.example";
    let named = |id: &str| format!("Authentication-Results: {id}; dmarc=pass header.from=lease.example");
    let (other, longer, sub) =
        (named("mx.evil.example"), named("mx.lease.example.evil.example"), named("x.mx.lease.example"));
    // A server that checks nothing but where it came from ends its word with the next line of anybody's.
    let spf = "Authentication-Results: mx.lease.example; spf=pass smtp.mailfrom=evil.example";
    let cases: [&[&str]; 12] = [
        &[ours, foreign, &forged],
        &[silent, ours, foreign, &forged],
        &[silent, ours, &forged],
        &[ours, silent, foreign, &forged],
        &[failed, ours, foreign, &forged],
        &[ours, silent, "X-Evil: 1", &forged],
        &[ours, spf, "X-Evil: 1", &forged],
        &[spf, ours, &forged],
        &[ours, silent, &forged],
        &[ours, &forged, failed],
        &[&other, &longer, &sub, ours, foreign, &forged],
        &[ours, "ARC-Authentication-Results: i=1; mx.lease.example; dmarc=pass header.from=lease.example"],
    ];
    for headers in cases {
        let mut mail = post(JAN, "#afgehandeld\nU krijgt niets.");
        mail.headers = headers.iter().map(ToString::to_string).collect();
        let decision = company.decide(&mail.answering(&company.token(Side::Staff)));
        nothing_done(&decision, &format!("{headers:?}"));
        assert_eq!(decision.verdict.disposition, Disposition::SetAside, "{headers:?}");
    }
    // The same mail with our server's own word does it.
    let mut mail = post(JAN, "#afgehandeld\nU krijgt alles.");
    mail.headers = [&*forged, ours, foreign].map(str::to_owned).to_vec();
    assert!(kinds(&company.decide(&mail.answering(&company.token(Side::Staff)))).contains(&"closed"));
}

#[test]
fn our_own_marks_sent_from_outside_act_on_nothing_and_hide_nothing() {
    let company = Company::new();
    let id = company.token(Side::Staff);
    let loops: [(&str, String); 3] = [
        ("the loop mark", "X-Loop: klachten@lease.example".into()),
        ("the loop mark with a tag", format!("X-Loop: KLACHTEN+{id}@lease.example")),
        ("a letter's id", String::new()),
    ];
    for (what, mark) in loops {
        for from in [KLANT, "vreemde@elders.example", JAN] {
            let mut mail = post(from, "#afgehandeld\nU krijgt niets.").answering(&id).dmarc("pass");
            if mark.is_empty() {
                mail.subject = format!("Kras\r\nMessage-ID: <{id}@lease.example>");
            } else {
                mail = mail.header(&mark);
            }
            let decision = company.decide(&mail);
            nothing_done(&decision, what);
            // What is set aside stands in the next notice to a person.
            assert_eq!(
                (decision.verdict.disposition, decision.letters.len()),
                (Disposition::SetAside, 0),
                "{what} of {from}"
            );
        }
    }
    // Nobody else's marks are ours, and we have none that would give anybody anything.
    for mark in [
        "X-Loop: klachten@lease.example.evil.example",
        "X-Klachtpost-Case: K-2026-000007",
        "X-Klachtpost-Side: staff",
        "X-Original-Sender: jan@lease.example",
        "X-Loop: klachten",
        "X-Envelope-From: jan@lease.example",
        "Authenticated-Sender: jan@lease.example",
    ] {
        let plain = post("vreemde@elders.example", "#afgehandeld\nU krijgt niets.");
        let (marked, plain) = (company.decide(&plain.clone().header(mark)), company.decide(&plain));
        assert_eq!((kinds(&marked), sent(&marked)), (kinds(&plain), sent(&plain)), "{mark}");
    }
}

/// What a stranger is told does not depend on whether the numbers he guesses are cases.
#[test]
fn guessing_numbers_teaches_nothing() {
    let company = Company::new();
    let letters = |subject: &str| {
        let decision = company.decide(&post("vreemde@elders.example", "Hoe staat het ermee?").subject(subject));
        assert_eq!(decision.verdict.case, Some(number(8)), "{subject}");
        to_customers(&decision).map(|draft| format!("{draft:?}")).collect::<Vec<_>>()
    };
    let known = letters("Re: Uw klacht K-2026-000007");
    assert_eq!(known.len(), 1);
    for other in ["Re: Uw klacht K-2026-000006", "Re: Uw klacht K-2026-999999", "K-2026-000007 K-2026-000006"] {
        // The subject itself is never in that letter; the topic of the draft is for staff.
        let without =
            |letters: Vec<String>| letters.join("").replace(other, "").replace("Re: Uw klacht K-2026-000007", "");
        assert_eq!(without(letters(other)), without(known.clone()), "{other}");
    }
}

#[test]
fn a_token_of_another_case_acts_on_that_case_only() {
    let mut company = Company::new();
    let mut other = company.files[0].clone();
    (other.case.number, other.case.department) = (number(6), "service".into());
    other.case.customer.address = Some(address("ander@prive.example"));
    company.files.push(other);
    let keys = &company.rules.keys;
    let sixth = |side| keys.write(&Token { case: Some(number(6)), side, letter: letter_id(2) });
    // Jan may not act on a case of another department, whatever number he names.
    let mail = post(JAN, "#afgehandeld\nWij betalen.").answering(&sixth(Side::Staff)).dmarc("pass");
    let decision = company.decide(&mail.subject("Re: [K-2026-000007] Kras"));
    assert_eq!((decision.verdict.case, kinds(&decision)), (Some(number(6)), vec!["mail_filed"]));
    // The customer of one case, with the letter of another, is a stranger there.
    let decision = company.decide(&post(KLANT, "Hoe staat het?").answering(&sixth(Side::Customer)).dmarc("pass"));
    assert_eq!((decision.verdict.case, kinds(&decision)), (Some(number(6)), vec!["other_wrote"]));
    assert!(decision.letters.iter().all(|draft| draft.to == address("service@lease.example")), "{:?}", sent(&decision));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]
    /// Two readings of one From: the one that is proven and the one that is acted on. Whatever the field, and whichever
    /// domain the server asked about, a proof is for the very domain of the address that is acted on.
    #[test]
    fn the_author_that_is_proven_is_the_author_that_is_acted_on(from in crate::mail::hostile_from()) {
        for domain in ["evil.example", "lease.example"] {
            let mail = Post { from: from.replace('\t', " "), ..post("", "Wij betalen.").header(&passes_for(domain)) };
            let read = mail::read(&mail.raw(), "mx.lease.example");
            let acted_on = crate::desk::intent::sender(&read);
            if let (SenderProof::Proven, Some(address)) = (read.proof, acted_on) {
                prop_assert_eq!(address.domain().to_lowercase(), domain, "{:?}", from);
            }
        }
    }
}
