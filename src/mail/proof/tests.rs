//! Proof of the sender: what counts, and what a forger may try.

use super::*;
use crate::mail::parse;

const TRUSTED: &str = "mx.example.nl";
const FROM: (&str, &str) = ("from", "Jan <jan@klant.nl>");
const OURS: (&str, &str) = ("received", "from mail.klant.nl (mail.klant.nl [192.0.2.1]) by mx.example.nl with ESMTPS");

fn mail(headers: &[(&str, &str)]) -> Parsed {
    let header = |(name, raw): &(&str, &str)| Header { name: (*name).into(), raw: (*raw).into(), text: (*raw).into() };
    Parsed { headers: headers.iter().map(header).collect(), ..Parsed::default() }
}

fn of(parsed: &Parsed, trusted: &str) -> SenderProof {
    super::of(parsed, &parse::author(parsed), Witness::Results(trusted)).0
}

fn judged(results: &str) -> SenderProof {
    of(&mail(&[OURS, ("authentication-results", results), FROM]), TRUSTED)
}

#[test]
fn aligned_passes_prove_and_a_dmarc_fail_disproves() {
    for (results, expected) in [
        ("mx.example.nl; dmarc=pass header.from=klant.nl", SenderProof::Proven),
        (
            "MX.Example.NL 1; spf=pass smtp.mailfrom=x.nl; dmarc=pass (p=reject; sp=none) header.from=Klant.nl",
            SenderProof::Proven,
        ),
        ("mx.example.nl; dmarc=pass(p=none dis=none) header.from=\"klant.nl\"", SenderProof::Proven),
        (
            "mx.example.nl; dkim=pass (2048-bit key; unprotected) header.d=klant.nl header.i=@klant.nl",
            SenderProof::Proven,
        ),
        (
            "mx.example.nl; spf=none smtp.mailfrom=\"\"; dkim=fail (\"body hash\") header.d=x.nl; dmarc=pass header.from=klant.nl",
            SenderProof::Proven,
        ),
        (
            "mx.example.nl; auth=pass smtp.auth=a=b=c@klant.nl x-bits=2048; dmarc=pass header.from=klant.nl",
            SenderProof::Proven,
        ),
        ("mx.example.nl; dkim=pass header.d=klant.nl header.s=a header.b=\"x=;y\"", SenderProof::Proven),
        ("mx.example.nl; dkim/1=pass header.i=@klant.nl", SenderProof::Proven),
        ("mx.example.nl; dkim=fail header.d=klant.nl; dkim=pass header.d=klant.nl", SenderProof::Proven),
        ("mx.example.nl; dmarc=fail header.from=klant.nl; dkim=pass header.d=klant.nl", SenderProof::Failed),
        ("mx.example.nl; none", SenderProof::None),
        ("mx.example.nl; dmarc=pass header.from=klant.nl; dmarc=none header.from=klant.nl", SenderProof::None),
        ("mx.example.nl; dkim=none; dkim=pass header.d=klant.nl", SenderProof::None),
        ("mx.example.nl; spf=pass smtp.mailfrom=klant.nl", SenderProof::None),
        ("mx.example.nl; dkim=fail header.d=klant.nl", SenderProof::None),
        ("mx.example.nl; dmarc=none header.from=klant.nl", SenderProof::None),
    ] {
        assert_eq!(judged(results), expected, "{results}");
    }
}

#[test]
fn results_for_another_domain_or_by_another_host_prove_nothing() {
    for results in [
        "mx.example.nl; dmarc=pass header.from=ander.nl",
        "mx.example.nl; dmarc=pass",
        "mx.example.nl; dkim=pass header.d=eenklant.nl",
        "mx.example.nl; dkim=pass header.d=nl",
        // Whoever has a name below the company's, or sells names above it, is somebody else.
        "mx.example.nl; dkim=pass header.d=nieuws.klant.nl",
        "mx.example.nl; dkim=pass header.i=@nieuws.klant.nl",
        "mx.example.nl; dmarc=pass header.from=mail.klant.nl",
        "mx.example.nl; dmarc=pass header.from=klant.nl header.from=ander.nl",
        "mx.example.nl; dkim=pass (header.d=klant.nl)",
        "mx.example.nl; dkim=pass reason=\"header.d=klant.nl\"",
        "mx.example.nl; x=\"; dmarc=pass header.from=klant.nl",
        "mx.example.nl; x=1 (; dmarc=pass header.from=klant.nl",
        "mx.ander.nl; dmarc=pass header.from=klant.nl",
        "dmarc=pass header.from=klant.nl",
        "mx.example.nl.evil.com; dmarc=pass header.from=klant.nl",
        "",
    ] {
        assert_eq!(judged(results), SenderProof::None, "{results}");
    }
    let proven = mail(&[OURS, ("authentication-results", "mx.example.nl; dmarc=pass header.from=klant.nl"), FROM]);
    assert_eq!(of(&proven, ""), SenderProof::None);
}

/// Each is a field that a mail server may overlook when it removes those under its own name.
#[test]
fn what_is_not_quite_a_field_of_the_trusted_host_is_none() {
    let pass = "dmarc=pass header.from=klant.nl";
    for head in [
        "mx.example.nl.",
        "mx.example.nl\u{a0}",
        "\u{a0}mx.example.nl",
        "mx.example.nl\u{2003}",
        "\u{feff}mx.example.nl",
        "mx.example.nl(c)",
        "mx.example.nl (c)",
        "(c) mx.example.nl",
        "(c)mx.example.nl",
        "mx.example.nl ",
        "mx.example.nl\t",
        "\"mx.example.nl\"",
        "<mx.example.nl>",
        "mx.example.nl,",
        "mx.example.nl/1",
        "mx.example.nl 1.0",
        "mx.example.nl v1",
        "mx.example.nl 1 ",
        "mx.example.nl 1 1",
        "mx.example.nl x",
        "x mx.example.nl",
        "mx.example.nl\u{0}",
        "mx.example.nl\u{b}",
        "mx.example.nl\u{c}",
        "mx.example.nl\u{85}",
        "mx.example\u{ff0e}nl",
        "mx\u{3002}example.nl",
        "mx.example.n\u{ff4c}",
        "mx.example.nl\u{200b}",
        "mx .example.nl",
        "mx. example.nl",
        ";mx.example.nl",
        "mx.example.nl;;",
    ] {
        let field = format!("{head}; {pass}");
        assert_eq!(judged(&field), SenderProof::None, "{field:?}");
        // Nor does one below it count: whose the upper one is cannot be told.
        let own = format!("mx.example.nl; {pass}");
        let below = mail(&[OURS, ("authentication-results", &field), ("authentication-results", &own), FROM]);
        let is_anothers = head.contains(['\u{ff0e}', '\u{3002}', '\u{ff4c}'])
            || head.starts_with(';')
            || head.starts_with("mx .")
            || head.starts_with("mx. ");
        if !is_anothers {
            assert_eq!(of(&below, TRUSTED), SenderProof::None, "{field:?}");
        }
    }
}

#[test]
fn one_result_that_is_none_voids_the_field() {
    let pass = "dmarc=pass header.from=klant.nl";
    for results in [
        "dmarc = pass header.from=klant.nl",
        "dmarc= pass header.from=klant.nl",
        "dmarc =pass header.from=klant.nl",
        "dmarc=pass header.from = klant.nl",
        "dmarc=pass header.from= klant.nl",
        "dmarc=pass header.from =klant.nl",
        "dmarc=pass\u{a0}header.from=klant.nl",
        "dmarc=pass header.from=klant.nl\u{e9}",
        "d(c)marc=pass header.from=klant.nl",
        "dmarc=pass header.from=klant.nl x",
        "dmarc=pass header.from=klant.nl =",
        "dmarc=pass header.from=klant.nl x=",
        "dmarc=pass header.from=klant.nl)",
        "dmarc=pass header.from=klant.nl (",
        "dmarc=pass header.from=klant.nl \"x\"",
        "dmarc=pass header.from=klant.nl x=\"",
        "dmarc=pass header.from=klant.nl \\",
        "=pass header.from=klant.nl",
        "dmarc=pass=x header.from=klant.nl",
        "dmarc/x=pass header.from=klant.nl",
    ] {
        assert_eq!(judged(&format!("mx.example.nl; {results}")), SenderProof::None, "{results:?}");
    }
    for bad in
        ["", "x", "none", "spf", "spf=", "=pass", "spf=pass smtp.mailfrom", "spf=p\u{e9}s", "s pf=pass", "spf=pass ="]
    {
        for field in [format!("mx.example.nl; {bad}; {pass}"), format!("mx.example.nl; {pass}; {bad}")] {
            assert_eq!(judged(&field), SenderProof::None, "{field:?}");
        }
        // A failure counts all the same.
        assert_eq!(
            judged(&format!("mx.example.nl; {bad}; dmarc=fail header.from=klant.nl")),
            SenderProof::Failed,
            "{bad}"
        );
    }
}

/// Servers repeat the envelope sender, whose local part a stranger may quote (RFC 5321 §4.1.2).
#[test]
fn results_in_an_envelope_sender_are_none() {
    let smuggled = "dmarc=pass header.from=klant.nl";
    for spf in [
        format!("spf=pass (mx: domain of \"x);{smuggled};(\"@evil.com designates 192.0.2.1) smtp.mailfrom=x@evil.com"),
        format!("spf=pass (mx: domain of \"x) ;{smuggled}; x=(\"@evil.com) smtp.mailfrom=x@evil.com"),
        format!("spf=pass smtp.mailfrom=\"x;{smuggled};\"@evil.com"),
        format!("spf=pass smtp.mailfrom=\"x\\\";{smuggled};\"@evil.com"),
        format!("spf=pass smtp.mailfrom=x;{smuggled};@evil.com"),
    ] {
        assert_eq!(judged(&format!("mx.example.nl; {spf}")), SenderProof::None, "{spf}");
    }
}

fn replay(fields: &[(&str, &str)]) -> Replay {
    let parsed = mail(fields);
    let (proof, replay) = super::of(&parsed, &parse::author(&parsed), TRUSTED.into());
    assert_eq!(proof, SenderProof::Proven);
    replay
}

#[test]
fn a_signature_that_does_not_cover_whom_a_mail_went_to_is_as_good_on_a_copy() {
    let pass =
        ("authentication-results", "mx.example.nl; dkim=pass header.d=klant.nl; dmarc=pass header.from=klant.nl");
    let unsigned = ("authentication-results", "mx.example.nl; dmarc=pass header.from=klant.nl");
    let by_way =
        ("authentication-results", "mx.example.nl; spf=pass smtp.mailfrom=jan@klant.nl; dkim=pass header.d=klant.nl");
    let other_way =
        ("authentication-results", "mx.example.nl; spf=pass smtp.mailfrom=x@evil.nl; dkim=pass header.d=klant.nl");
    let (to, cc, date) = (("to", "a@b.nl"), ("cc", "c@d.nl"), ("date", "Mon, 2 Mar 2026 10:00:00 +0100"));
    let whole = ("dkim-signature", "v=1; a=rsa-sha256; d=Klant.nl; s=x; h=From : To:\r\n Cc:Subject:Date; bh=a; b=b");
    let part = ("dkim-signature", "v=1; d=klant.nl; s=x; h=from:subject:date:message-id; b=b");
    let dateless = ("dkim-signature", "v=1; d=klant.nl; s=x; h=from:to:cc; b=b");
    let shortened = ("dkim-signature", "v=1; d=klant.nl; s=x; h=from:to:cc:date; l=100; b=b");
    let child = ("dkim-signature", "v=1; d=nieuws.klant.nl; s=x; h=from; b=b");
    let strangers = ("dkim-signature", "v=1; d=lijst.nl; s=x; h=from; b=b");
    for (signatures, results, expected) in [
        (vec![], unsigned, Replay::Excluded),
        (vec![strangers], unsigned, Replay::Excluded),
        (vec![], pass, Replay::ShownByDate),
        (vec![whole], pass, Replay::ShownByDate),
        (vec![whole, strangers], pass, Replay::ShownByDate),
        (vec![part], unsigned, Replay::Possible),
        (vec![part], pass, Replay::Possible),
        (vec![dateless], pass, Replay::Possible),
        (vec![shortened], pass, Replay::Possible),
        (vec![child], pass, Replay::Possible),
        // A forger can add what looks like a better one, and take none off.
        (vec![whole, part], pass, Replay::Possible),
        (vec![part], by_way, Replay::Excluded),
        (vec![part], other_way, Replay::Possible),
    ] {
        let fields: Vec<_> =
            [OURS, results].into_iter().chain(signatures.clone()).chain([FROM, to, cc, date]).collect();
        assert_eq!(replay(&fields), expected, "{signatures:?}");
    }
    // A signature covers one field of each name, and a reader may look at the other.
    for again in [to, cc, date] {
        assert_eq!(replay(&[OURS, by_way, FROM, to, cc, date, again]), Replay::Possible, "{again:?}");
    }
    // What is not there need not be covered; what was added must.
    let no_cc = ("dkim-signature", "v=1; d=klant.nl; s=x; h=from:to:date; b=b");
    assert_eq!(replay(&[OURS, pass, no_cc, FROM, to, date]), Replay::ShownByDate);
    assert_eq!(replay(&[OURS, pass, no_cc, FROM, to, cc, date]), Replay::Possible);
}

#[test]
fn of_a_header_that_was_not_read_to_its_end_nothing_is_proven() {
    let pass = ("authentication-results", "mx.example.nl; dmarc=pass header.from=klant.nl");
    for kind in [FindingKind::TooManyHeaders, FindingKind::HeaderTooLong] {
        let findings = vec![Finding { kind, detail: String::new() }];
        assert_eq!(of(&Parsed { findings, ..mail(&[OURS, pass, FROM]) }, TRUSTED), SenderProof::None);
    }
}

#[test]
fn a_field_that_came_in_with_the_mail_does_not_count() {
    let forged = ("authentication-results", "mx.example.nl; dmarc=pass header.from=klant.nl");
    let foreign = ("received", "from x by mail.evil.com with ESMTP");
    assert_eq!(of(&mail(&[OURS, foreign, forged, FROM]), TRUSTED), SenderProof::None);
    // Our server's own word stands above it, whatever it says.
    let own = ("authentication-results", "mx.example.nl; dmarc=fail header.from=klant.nl");
    assert_eq!(of(&mail(&[own, OURS, forged, FROM]), TRUSTED), SenderProof::Failed);
    let silent = ("authentication-results", "mx.example.nl; dmarc=none; dkim=none");
    assert_eq!(of(&mail(&[silent, OURS, forged, FROM]), TRUSTED), SenderProof::None);
    // Even directly below it, the first statement of a method holds.
    assert_eq!(of(&mail(&[OURS, silent, forged, FROM]), TRUSTED), SenderProof::None);
    assert_eq!(of(&mail(&[OURS, forged, own, FROM]), TRUSTED), SenderProof::Failed);
}

#[test]
fn our_own_inner_hops_and_filter_marks_do_not_end_the_walk() {
    let inner = ("received", "from mx.example.nl by imap.example.nl with LMTP");
    let local = ("received", "from localhost (localhost [127.0.0.1]) by localhost (amavisd-new)");
    let dkim = ("authentication-results", "mx.example.nl; dkim=pass header.d=other.nl");
    let mark = ("dkim-filter", "OpenDKIM Filter v2.11.0 mx.example.nl ABC");
    let dmarc = ("authentication-results", "mx.example.nl; dmarc=pass (p=none dis=none) header.from=klant.nl");
    assert_eq!(of(&mail(&[inner, local, OURS, dkim, mark, dmarc, FROM]), TRUSTED), SenderProof::Proven);
}

#[test]
fn an_author_that_is_not_one_is_never_proven() {
    let pass =
        ("authentication-results", "mx.example.nl; dmarc=pass header.from=klant.nl; dkim=pass header.d=klant.nl");
    for from in [
        "jan@klant.nl, piet@example.nl",
        "<jan@klant.nl> <piet@example.nl>",
        "piet@example.nl <jan@klant.nl>",
        "\"piet@example.nl <jan@klant.nl>",
        "Group: jan@klant.nl;",
        "jan@klant.nl <>",
        "<jan@klant.nl> evil",
        "jan",
        "",
    ] {
        let proof = of(&mail(&[OURS, pass, ("from", from)]), TRUSTED);
        assert!(matches!(proof, SenderProof::None | SenderProof::Unclear), "{from}");
    }
    assert_eq!(of(&mail(&[OURS, pass, FROM, FROM]), TRUSTED), SenderProof::Unclear);
    assert_eq!(of(&mail(&[OURS, pass]), TRUSTED), SenderProof::None);
    for from in ["jan@klant.nl", "\"Jan, \\\"de\\\" Vries\" <jan@klant.nl>", "jan@klant.nl (Jan (de) Vries)"] {
        assert_eq!(of(&mail(&[OURS, pass, ("from", from)]), TRUSTED), SenderProof::Proven, "{from}");
    }
}

#[test]
fn alignment_never_reaches_a_suffix_that_strangers_share() {
    assert!(is_aligned("mail.klant.nl", "klant.nl") && is_aligned("klant.nl", "mail.klant.nl"));
    for (a, b) in [
        ("klant.co.uk", "co.uk"),
        ("a.github.io", "github.io"),
        ("klant.nl", "nl"),
        ("xklant.nl", "klant.nl"),
        ("a.klant.nl", "b.klant.nl"),
    ] {
        assert!(!is_aligned(a, b), "{a} {b}");
    }
}

#[test]
fn a_name_that_shows_another_address_is_reported() {
    let told = |name: &str| {
        let from = Party { name: name.into(), address: "x@evil.com".into() };
        findings(&mail(&[]), Some(&from)).len()
    };
    assert_eq!(told("baas@example.nl"), 1);
    assert_eq!(told("De Baas <baas\u{ff20}example.nl>"), 1);
    assert_eq!(told("X@Evil.com"), 0);
    assert_eq!(told("De Baas @ werk"), 0);
    assert_eq!(findings(&mail(&[]), None).len(), 0);
}

proptest::proptest! {
    #[test]
    fn no_field_ever_panics(results in "\\PC*", from in "\\PC*", received in "\\PC*") {
        let fields = [
            ("received", received.as_str()),
            ("authentication-results", results.as_str()),
            ("dkim-signature", results.as_str()),
            ("from", from.as_str()),
        ];
        of(&mail(&fields), TRUSTED);
    }
}

#[test]
fn the_server_that_wrote_uppermost_is_named() {
    let id = |headers: &str| authserv_id(format!("{headers}Subject: x\r\n\r\nx\r\n").as_bytes());
    assert_eq!(id("Authentication-Results: mx.example.nl 1;\r\n dmarc=pass\r\n").as_deref(), Some("mx.example.nl"));
    let two =
        "Authentication-Results: (own) mx.example.nl; none\r\nAuthentication-Results: elsewhere.example; none\r\n";
    assert_eq!(id(two).as_deref(), Some("mx.example.nl"));
    assert_eq!(id("Authentication-Results:\r\n"), None);
    assert_eq!(id(""), None);
}

/// What a test mail of our own is asked: only results above all that came in with it are a server's word here, and a line that
/// it brought along is found wherever it stands.
#[test]
fn a_test_mail_tells_whose_word_counts_and_whether_its_own_line_stayed() {
    let own = "Authentication-Results: mx.lease.nl; dmarc=pass header.from=lease.nl\r\n";
    let delivered = "Received: from out.example by mx.lease.nl\r\n";
    let sent = "Received: from desk.lease.nl by out.example\r\n";
    let of_sender = "Authentication-Results: out.example; dkim=pass header.d=lease.nl policy.test=abc\r\n";
    let mail = |lines: &[&str]| format!("{}Subject: x\r\n\r\npolicy.test=def\r\n", lines.concat()).into_bytes();
    let id = |lines: &[&str]| delivering_servers_id(&mail(lines));
    assert_eq!(id(&[own, delivered, sent, of_sender]).as_deref(), Some("mx.lease.nl"));
    assert_eq!(id(&[delivered, own, sent, of_sender]).as_deref(), Some("mx.lease.nl"));
    // What the sending server found out about us is not what a colleague is proven by.
    assert_eq!(id(&[delivered, sent, of_sender]), None);
    assert_eq!(id(&[delivered]), None);
    // Exchange names no server: there is no id to trust.
    assert_eq!(id(&[delivered, "Authentication-Results: spf=pass smtp.mailfrom=lease.nl; dmarc=pass\r\n"]), None);
    let all = mail(&[own, delivered, sent, of_sender]);
    assert!(results_hold(&all, "policy.test=abc") && !results_hold(&all, "policy.test=def"));
}
