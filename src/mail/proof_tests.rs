//! Proof of the sender: what counts, and what a forger may try.

use super::*;

const TRUSTED: &str = "mx.example.nl";
const FROM: (&str, &str) = ("from", "Jan <jan@klant.nl>");
const OURS: (&str, &str) = ("received", "from mail.klant.nl (mail.klant.nl [192.0.2.1]) by mx.example.nl with ESMTPS");

fn mail(headers: &[(&str, &str)]) -> Parsed {
    let header = |(name, raw): &(&str, &str)| Header { name: (*name).into(), raw: (*raw).into(), text: (*raw).into() };
    Parsed { headers: headers.iter().map(header).collect(), ..Parsed::default() }
}

fn judged(results: &str) -> SenderProof {
    of(&mail(&[OURS, ("authentication-results", results), FROM]), TRUSTED)
}

#[test]
fn aligned_passes_prove_and_a_dmarc_fail_disproves() {
    for (results, expected) in [
        ("mx.example.nl; dmarc=pass header.from=klant.nl", SenderProof::Proven),
        (
            "MX.Example.NL 1; spf=pass smtp.mailfrom=x.nl; dmarc = pass (p=reject; sp=none) header.from=Klant.nl",
            SenderProof::Proven,
        ),
        ("\"mx.example.nl\"; dmarc=pass header.from=\"klant.nl\"", SenderProof::Proven),
        ("mx.example.nl; dkim=pass header.d=klant.nl header.s=a header.b=\"x=;y\"", SenderProof::Proven),
        ("mx.example.nl; dkim/1=pass header.i=@mail.klant.nl", SenderProof::Proven),
        ("mx.example.nl; dkim=fail header.d=klant.nl; dkim=pass header.d=klant.nl", SenderProof::Proven),
        ("mx.example.nl; dmarc=fail header.from=klant.nl; dkim=pass header.d=klant.nl", SenderProof::Failed),
        ("mx.example.nl; none", SenderProof::None),
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
        assert_eq!(of(&mail(&[OURS, pass, ("from", from)]), TRUSTED), SenderProof::None, "{from}");
    }
    assert_eq!(of(&mail(&[OURS, pass, FROM, FROM]), TRUSTED), SenderProof::None);
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
        let fields = [("received", received.as_str()), ("authentication-results", results.as_str()), ("from", from.as_str())];
        of(&mail(&fields), TRUSTED);
    }
}
