//! `#vertrouwelijk`: a complaint about a colleague is its readers' alone, whatever way somebody else may come to it: an older
//! letter's token, a list, a search, an overview, a merged case, a letter that fails. And nothing of it is forgotten.

use super::draft::{Done, NoMerge, NoReader, Problem};
use super::*;
use crate::case::{Closed, Confidential, LetterFate, Tie};
use crate::digest::month::{Again, Life, Month};
use std::collections::BTreeSet;

const MIA: &str = "mia@lease.example";
const BAAS: &str = "baas@lease.example";
const DIRECTIE: &str = "directie@lease.example";
const SECRET: &str = "Gedrag van Mia";

/// Case 7, seen by the supervisor alone.
fn hidden() -> Company {
    hidden_from(&[CHEF], &[])
}

fn hidden_from(readers: &[&str], without: &[&str]) -> Company {
    let mut company = Company::new();
    company.case().subject = SECRET.to_owned();
    let all = |list: &[&str]| list.iter().map(|one| address(one)).collect();
    company.after(What::ConfidentialSet(Confidential { readers: all(readers), without: all(without) }));
    company
}

fn readers(decision: &MailDecision) -> Option<(Vec<&str>, Vec<&str>)> {
    decision.events.iter().find_map(|event| match &event.what {
        What::ConfidentialSet(set) => {
            Some((set.readers.iter().map(Address::as_str).collect(), set.without.iter().map(Address::as_str).collect()))
        }
        _ => None,
    })
}

/// Nothing that goes to anybody but these says what the case is about, whose it is, or its number.
fn tells_nobody_but(decision: &impl Either, may: &[&str], what: &str) {
    for draft in decision.letters().iter().filter(|draft| !may.contains(&draft.to.as_str())) {
        let shown = format!("{draft:?}");
        for secret in [SECRET, "Karin", KLANT, "serial: 7", "kras op de deur"] {
            assert!(!shown.contains(secret), "{what}: {} learns {secret}: {shown}", draft.to);
        }
    }
}

#[test]
fn anybody_who_handles_it_can_hide_it_and_its_readers_get_the_file() {
    let decision = does(&Company::new(), JAN, "#vertrouwelijk directie@lease.example\nGaat over Mia.");
    assert_eq!(kinds(&decision), ["noted", "confidential_set"]);
    assert_eq!(readers(&decision), Some((vec![CHEF, DIRECTIE], vec![])));
    let told: Vec<_> = sent(&decision);
    let letters = [(LetterKind::Notification, CHEF), (LetterKind::Notification, DIRECTIE), (LetterKind::Receipt, JAN)];
    assert_eq!(told, letters);
    assert!(done(&decision).contains(&Done::ConfidentialSet { readers: vec![address(CHEF), address(DIRECTIE)] }));
    assert_eq!(readers(&does(&Company::new(), CHEF, "#confidential")), Some((vec![CHEF], vec![])));
}

#[test]
fn where_the_supervisor_is_meant_another_is_named_first() {
    let company = Company::new();
    for text in ["#vertrouwelijk zonder leidinggevende", "#vertrouwelijk zonder chef@lease.example"] {
        assert_eq!(*asked(&does(&company, JAN, text), JAN, text), Problem::Readers(NoReader::NobodyLeft));
    }
    for text in [
        "#vertrouwelijk baas@lease.example zonder leidinggevende",
        "#vertrouwelijk zonder chef@lease.example met baas@lease.example",
        "#confidential baas@lease.example, without supervisor",
    ] {
        let decision = does(&company, JAN, text);
        assert_eq!(readers(&decision), Some((vec![BAAS], vec![CHEF])), "{text}");
        tells_nobody_but(&decision, &[BAAS, JAN], text);
    }
    for wrong in ["schade@lease.example", "vreemde@elders.example", "receptie@lease.example", KLANT, "iedereen"] {
        let decision = does(&company, JAN, &format!("#vertrouwelijk {wrong}"));
        let Problem::Readers(NoReader::NotAColleague { written, .. }) = asked(&decision, JAN, wrong) else {
            panic!("{wrong}: {decision:?}")
        };
        assert_eq!(written, wrong);
    }
}

#[test]
fn an_older_letter_proves_nothing_any_more() {
    for from in [JAN, MIA, "schade@lease.example", BAAS, DIRECTIE] {
        for text in
            ["Opgelost, groet.", "#dossier", "#intern kijk", "#afgehandeld\nKlaar", "#overnemen", "#vertrouwelijk uit"]
        {
            for kind in [LetterKind::Notification, LetterKind::Receipt, LetterKind::Digest] {
                let mut company = hidden();
                company.letter_kind = Some(kind);
                let decision = does(&company, from, text);
                tells_nobody_but(&decision, &[CHEF], &format!("{from} {text}"));
                assert!(to_customers(&decision).next().is_none(), "{from} {text}");
                let case = decision.events.iter().filter(|e| e.case == Some(number(7)));
                assert!(case.map(|e| e.what.name()).all(|name| name == "mail_filed"), "{from} {text}: {decision:?}");
            }
        }
    }
    // Not in a name that nothing proves either: only its reader hears of it.
    let forged = post(JAN, "Hallo daar").answering(&hidden().token(Side::Staff));
    tells_nobody_but(&hidden().decide(&forged), &[CHEF], "forged");
}

#[test]
fn its_readers_go_on_with_it() {
    let company = hidden_from(&[CHEF, DIRECTIE], &[]);
    for from in [CHEF, DIRECTIE] {
        assert_eq!(
            answer(&does(&company, from, "Beste Karin, wij zoeken het uit.")),
            Some("Beste Karin, wij zoeken het uit.")
        );
    }
    assert_eq!(kinds(&does(&company, CHEF, "#toewijzen directie@lease.example")), ["handler_set"]);
    let Problem::NotAColleague { colleagues, .. } = why(&does(&company, CHEF, "#toewijzen mia@lease.example")).clone()
    else {
        panic!()
    };
    assert_eq!(colleagues, [address(CHEF)]);
    let moved = does(&company, CHEF, "#afdeling service");
    tells_nobody_but(&moved, &[CHEF, DIRECTIE], "another department");
    let lifted = does(&company, CHEF, "#vertrouwelijk uit");
    assert_eq!(sent(&lifted), [(LetterKind::Notification, "schade@lease.example"), (LetterKind::Receipt, CHEF)]);
    assert_eq!(
        *asked(&does(&Company::new(), CHEF, "#vertrouwelijk uit"), CHEF, ""),
        Problem::NotNow { verb: "#vertrouwelijk".into() }
    );
}

#[test]
fn what_comes_in_on_it_goes_to_who_watches_over_it_and_to_nobody_else() {
    for handler in [None, Some(JAN)] {
        let mut company = hidden_from(&[BAAS], &[CHEF]);
        if let Some(handler) = handler {
            company.after(What::HandlerSet { handler: address(handler) });
        }
        let token = company.token(Side::Customer);
        let mails = [
            post(KLANT, "Hij deed het weer.").answering(&token),
            post(KLANT, "Hij deed het weer, zie K-2026-000007.").dmarc("pass"),
            post("els@elders.example", "Ik ben haar zus.").answering(&token),
            post(JAN, "Even meelezen?").answering(&token).dmarc("pass"),
        ];
        for mail in mails {
            let decision = company.decide(&mail);
            tells_nobody_but(&decision, &[BAAS, KLANT], &format!("{mail:?}"));
            assert!(decision.letters.iter().any(|draft| draft.to.as_str() == BAAS), "{mail:?}: {decision:?}");
        }
    }
}

#[test]
fn a_colleague_who_mails_the_customer_learns_of_no_hidden_case() {
    let decision =
        hidden().decide(&post(JAN, "Alles goed?").to("klant@prive.example, klachten@lease.example").dmarc("pass"));
    tells_nobody_but(&decision, &[CHEF], "direct mail");
    assert!(decision.events.iter().all(|event| event.case.is_none()), "{decision:?}");
}

#[test]
fn who_passes_on_the_customers_mail_learns_only_that_it_was_passed_on() {
    let text = "Zie onder.\n\n---------- Forwarded message ---------\nVan: Karin Klant <klant@prive.example>\n\
                Date: ma 2 mrt 2026 om 09:10\nSubject: Re: Uw klacht K-2026-000007\nTo: <fien@lease.example>\n\n\nHij deed het weer.";
    let decision = hidden().decide(&post("fien@lease.example", text).subject("Fwd: Re: Uw klacht").dmarc("pass"));
    tells_nobody_but(&decision, &[CHEF], "passed on");
    assert_eq!(done(&decision), [Done::PassedOnUnseen]);
    assert!(kinds(&decision).contains(&"followed_up"));
}

#[test]
fn a_case_that_answers_its_mails_is_hidden_with_it() {
    let company = hidden();
    let partner = post("els@elders.example", "Ik zag het ook.").header("In-Reply-To: <eerste@prive.example>");
    let decision = company.decide(&partner);
    assert!(kinds(&decision).contains(&"confidential_set"));
    let letters = [(LetterKind::Acknowledgement, "els@elders.example"), (LetterKind::Notification, CHEF)];
    assert_eq!(sent(&decision), letters);
}

#[test]
fn neither_a_list_nor_a_search_nor_a_file_shows_it() {
    let company = hidden();
    let ask = |from: &str, text: &str, found: Option<Found>| {
        let mail = mail::read(&post(from, text).dmarc("pass").raw(), "mx.lease.example");
        let known = Snapshot { found, ..company.known(&mail) };
        on_mail(&came_in(&mail), &known, &company.rules, now(), &mut Fresh::new([3; 32]))
    };
    let cases = || Found::Cases { cases: vec![company.files[0].case.clone()], more: false };
    for from in [JAN, DIRECTIE, BAAS] {
        for text in ["#zoek kras", "#stand"] {
            tells_nobody_but(&ask(from, text, Some(cases())), &[], text);
        }
        let file = Found::Case(Some(Box::new(company.files[0].clone())));
        let decision = ask(from, "#dossier K-2026-000007", Some(file));
        assert_eq!(
            *why(&decision),
            Problem::CaseUnknown { written: "K-2026-000007".into() },
            "as if it were not there"
        );
        assert!(decision.verdict.case.is_none());
    }
    let shown = format!("{:?}", ask(CHEF, "#zoek kras", Some(cases())));
    assert!(shown.contains(SECRET), "its reader finds it");
    let named = hidden_from(&["fien@lease.example"], &[]);
    let mail =
        mail::read(&post("fien@lease.example", "#dossier K-2026-000007").dmarc("pass").raw(), "mx.lease.example");
    let decision = on_mail(&came_in(&mail), &named.known(&mail), &named.rules, now(), &mut Fresh::new([3; 32]));
    assert_eq!(sent(&decision), [(LetterKind::Dossier, "fien@lease.example")], "of whatever department");
}

#[test]
fn overviews_and_their_spreadsheets_are_as_if_it_were_not_there() {
    let month = Month::of("2026-03-01".parse().unwrap());
    let written = |company: &Company| {
        let back = LookBack { since: now() - chrono::TimeDelta::days(1), registered: BTreeSet::from([number(7)]) };
        let cases: Vec<Case> = company.files.iter().map(|file| file.case.clone()).collect();
        let (day, rules) = ("2026-03-05".parse().unwrap(), &company.rules);
        let digests = on_digest(day, &back, &cases, "hoofd", rules, now(), &mut Fresh::new([3; 32]));
        let lives: Vec<Life> = cases.iter().map(|case| Life::of_case(case, Again::default())).collect();
        let months = on_month(month, &lives, rules, now(), &mut Fresh::new([4; 32]));
        (digests, months)
    };
    let mut empty = Company::new();
    empty.files.clear();
    let mut long_closed = hidden_from(&[BAAS], &[CHEF]);
    long_closed.after(What::Closed(Closed { settlement: "Klaar".into(), letter: letter_id(9) }));
    for (company, reader) in [(hidden(), CHEF), (hidden_from(&[BAAS], &[CHEF]), BAAS), (long_closed, BAAS)] {
        let (digests, months) = written(&company);
        let (no_digests, no_months) = written(&empty);
        for (decision, nothing) in [(digests, no_digests), (months, no_months)] {
            tells_nobody_but(&decision, &[reader], "overview");
            for draft in decision.letters.iter().filter(|draft| draft.to.as_str() != reader) {
                let same = nothing.letters.iter().find(|other| other.to == draft.to).unwrap();
                assert_eq!(draft.enclosed, same.enclosed, "no spreadsheet, and none that is longer");
                match (&draft.content, &same.content) {
                    (Content::Digest(mine), Content::Digest(none)) => assert_eq!(mine, none, "{}", draft.to),
                    (Content::Month(mine), Content::Month(none)) => assert_eq!(mine, none, "{}", draft.to),
                    other => panic!("{other:?}"),
                }
            }
        }
    }
    // Who watches over it sees it every day, also where no overview would come otherwise.
    for keeper in [CHEF, BAAS, MIA, DIRECTIE] {
        let (digests, _) = written(&hidden_from(&[keeper], &[]));
        let own = digests.letters.iter().filter(|draft| draft.to.as_str() == keeper);
        assert!(own.map(|draft| format!("{draft:?}")).any(|shown| shown.contains(SECRET)), "{keeper}");
    }
}

#[test]
fn its_clocks_are_guarded_by_who_watches_over_it() {
    let mut company = hidden_from(&[BAAS], &[CHEF]);
    company.after(What::HandlerSet { handler: address(JAN) });
    let late = now() + chrono::TimeDelta::days(9);
    let decision = on_terms(&company.files[0].case, &company.rules, late, &mut Fresh::new([3; 32])).unwrap();
    assert!(decision.letters.iter().all(|draft| draft.to.as_str() == BAAS) && !decision.letters.is_empty());
    let asked = does(&company, BAAS, "#escaleren Mag dit?");
    assert_eq!(
        *super::asked(&asked, BAAS, "x"),
        Problem::AskedYourself,
        "who watches over it is asked, not the supervisor"
    );
}

#[test]
fn a_letter_that_fails_tells_the_next_person_up_nothing() {
    let settings = format!("{SETTINGS}\n[operator]\naddress = \"beheer@lease.example\"\n");
    let mut company = Company::of(&settings);
    company.after(What::ConfidentialSet(Confidential { readers: vec![address(CHEF)], without: Vec::new() }));
    for (kind, to) in [
        (LetterKind::Notification, CHEF),
        (LetterKind::FollowUp, CHEF),
        (LetterKind::Answer, KLANT),
        (LetterKind::Term, JAN),
    ] {
        let fate = LetterFate::Refused { reply: "550 no".into() };
        let fated =
            Fated { letter: letter_id(4), kind, to: address(to), fate, text: String::new(), bundled: Vec::new() };
        let decision = on_fate(&fated, Some(&company.files[0].case), &company.rules, now(), &mut Fresh::new([3; 32]));
        tells_nobody_but(&decision, &[CHEF, KLANT], &format!("{kind:?}"));
        assert!(!decision.letters.is_empty(), "{kind:?}: somebody hears of it");
    }
}

#[test]
fn merged_with_another_it_stays_hidden() {
    let mut company = hidden();
    let mut other = company.files[0].clone();
    other.case = Case { number: number(6), confidential: None, handler: Some(address(MIA)), ..other.case };
    company.files.push(other);
    let decision = does(&company, CHEF, "#samenvoegen K-2026-000006");
    assert!(kinds(&decision).contains(&"absorbed"), "{decision:?}");
    tells_nobody_but(&decision, &[CHEF], "merged");
    let mut stays = company.files[1].case.clone();
    decision.events.iter().filter(|event| event.case == Some(number(6))).for_each(|event| stays.apply(event));
    assert!(stays.confidential.is_some(), "the older one is hidden too from now on");
    // From the other's side it is as if there were no such case.
    company.letter_kind = Some(LetterKind::Notification);
    let token = company.rules.keys.write(&Token { case: Some(number(6)), side: Side::Staff, letter: letter_id(1) });
    let from_mia = company.decide(&post(MIA, "#samenvoegen K-2026-000007").answering(&token).dmarc("pass"));
    let Problem::NotMerged { why, .. } = why(&from_mia) else { panic!("{from_mia:?}") };
    assert_eq!(*why, NoMerge::Unknown);
    company.files[1].case.confidential =
        Some(Confidential { readers: vec![address(CHEF), address(BAAS)], without: vec![] });
    let Problem::NotMerged { why, .. } = super::why(&does(&company, CHEF, "#samenvoegen K-2026-000006")).clone() else {
        panic!()
    };
    assert_eq!(why, NoMerge::Readers);
}

#[test]
fn a_mail_put_aside_that_is_filed_on_it_is_shown_to_its_readers_alone() {
    let mut company = hidden();
    let mail = mail::read(&post("els@elders.example", "Zij is Karin.").subject(SECRET).raw(), "mx.lease.example");
    let mut stored = Stored::of(&came_in(&mail), "marked as spam by the mail server");
    stored.id = 17;
    stored.case = Some(number(7));
    stored.department = Some("schade".into());
    stored.filed_on = Some(Box::new(company.files[0].case.clone()));
    let told = super::super::aside::put_aside(&stored);
    assert!(!format!("{told:?}").contains(SECRET) && told.excerpt.is_empty() && told.from.is_empty());
    company.stored = Some(stored);
    for from in [JAN, BAAS, DIRECTIE] {
        assert_eq!(*why(&company.decide(&post(from, "#toon 17").dmarc("pass"))), Problem::NoSuchMail, "{from}");
    }
    assert_eq!(sent(&company.decide(&post(CHEF, "#toon 17").dmarc("pass"))), [(LetterKind::Shown, CHEF)]);
}

#[test]
fn who_left_sees_it_no_more_and_somebody_watches_over_it_all_the_same() {
    let company = hidden_from(&["weg@lease.example"], &[]);
    let token = company.token(Side::Customer);
    let decision = company.decide(&post(KLANT, "Hallo?").answering(&token));
    assert_eq!(sent(&decision), [(LetterKind::FollowUp, CHEF)]);
    let company = hidden_from(&["weg@lease.example"], &[CHEF]);
    let decision = company.decide(&post(KLANT, "Hallo?").answering(&token));
    assert_eq!(sent(&decision), [(LetterKind::FollowUp, BAAS)], "never whom it is about");
    assert!(decision.events.iter().any(|e| matches!(e.what, What::FollowedUp { tie: Tie::Letter, .. })));
}

#[test]
fn nobody_becomes_the_only_one_to_see_it_by_his_own_word() {
    let company = Company::new();
    for (from, named) in [(JAN, JAN), (JAN, MIA), (CHEF, JAN)] {
        let text = format!("#vertrouwelijk {named} zonder leidinggevende");
        let refused = *asked(&does(&company, from, &text), from, &text) == Problem::Readers(NoReader::NobodyLeft);
        assert!(refused, "{text}: neither a supervisor nor of the management");
    }
    let two = does(&company, JAN, "#vertrouwelijk jan@lease.example directie@lease.example zonder leidinggevende");
    assert_eq!(readers(&two), Some((vec![DIRECTIE, JAN], vec![CHEF])), "who stands above watches over it");
    assert_eq!(sent(&two)[0], (LetterKind::Notification, DIRECTIE));
    // Who watches over it cannot be taken off by who only reads along.
    let company = hidden_from(&[BAAS, JAN], &[CHEF]);
    assert_eq!(
        *asked(&does(&company, JAN, "#vertrouwelijk zonder baas@lease.example"), JAN, ""),
        Problem::Readers(NoReader::NobodyLeft)
    );
    let less = does(&company, BAAS, "#vertrouwelijk zonder jan@lease.example");
    assert_eq!(readers(&less), Some((vec![BAAS], vec![CHEF, JAN])));
}

#[test]
fn it_is_never_watched_by_nobody_and_who_was_kept_out_can_be_let_in() {
    let everybody = [CHEF, BAAS, DIRECTIE];
    let company = hidden_from(&["weg@lease.example"], &everybody);
    let decision = company.decide(&post(KLANT, "Hallo?").answering(&company.token(Side::Customer)));
    assert_eq!(sent(&decision), [(LetterKind::FollowUp, CHEF)], "better the supervisor than nobody");
    let let_in = does(&hidden_from(&[BAAS], &[CHEF]), BAAS, "#vertrouwelijk met chef@lease.example");
    assert_eq!(readers(&let_in), Some((vec![BAAS, CHEF], vec![])));
}

#[test]
fn the_number_of_a_case_that_goes_on_in_it_shows_nothing_either() {
    let is_of_six = |event: &&Event| event.case == Some(number(6));
    let mut company = hidden();
    let mut six = company.files[0].clone();
    six.case =
        Case { number: number(6), confidential: None, lodged_at: now() + chrono::TimeDelta::hours(1), ..six.case };
    company.files.push(six);
    let merged = does(&company, CHEF, "#samenvoegen K-2026-000006");
    merged.events.iter().filter(is_of_six).for_each(|event| company.files[1].case.apply(event));
    assert_eq!(company.files[1].case.state, CaseState::Merged);
    assert!(company.files[1].case.confidential.is_some());
    // Hidden later, or for all again: the same.
    let mut company = Company::new();
    company.case().absorbed = vec![number(6)];
    let set = does(&company, JAN, "#vertrouwelijk");
    assert!(set.events.iter().filter(is_of_six).any(|event| event.what.name() == "confidential_set"));
    let mut company = hidden();
    company.case().absorbed = vec![number(6)];
    let lifted = does(&company, CHEF, "#vertrouwelijk uit");
    assert!(lifted.events.iter().filter(is_of_six).any(|event| event.what.name() == "confidential_lifted"));
}

#[test]
fn a_complaint_made_of_a_mail_that_is_filed_on_it_is_hidden_with_it() {
    let mut company = hidden();
    let mail = mail::read(&post("els@elders.example", "Zij is Karin.").subject(SECRET).raw(), "mx.lease.example");
    let mut stored = Stored::of(&came_in(&mail), "marked as spam by the mail server");
    stored.id = 17;
    stored.case = Some(number(7));
    stored.filed_on = Some(Box::new(company.files[0].case.clone()));
    company.stored = Some(stored);
    let decision = company.decide(&post(CHEF, "#klacht 17").dmarc("pass"));
    let of_new = decision.events.iter().filter(|event| event.case == Some(number(8)));
    let names: Vec<_> = of_new.map(|event| event.what.name()).collect();
    assert!(names.contains(&"confidential_set") && names.contains(&"linked"), "{names:?}");
    tells_nobody_but(&decision, &[CHEF, "els@elders.example"], "made a complaint");
}

#[test]
fn an_authority_that_may_write_about_it_is_read_by_its_readers_alone() {
    let mut company = Company::of(&format!(
        "{SETTINGS}\n[[authority]]\nname = \"De Commissie\"\ndomains = [\"commissie.example\"]\n"
    ));
    let mut open = company.files[0].clone();
    open.case.number = number(6);
    open.case.subject = "Iets anders".into();
    company.files.insert(0, open);
    let set = Confidential { readers: vec![address(DIRECTIE)], without: vec![address(CHEF), address(BAAS)] };
    company.files[1].case.confidential = Some(set);
    let mail = |text: &str| post("dossiers@commissie.example", text).subject("Dossier 12345").dmarc("pass");
    let by_name = company.decide(&mail("Geschil van Karin Klant over de heer Chef."));
    assert_eq!((by_name.verdict.case, sent(&by_name)), (Some(number(7)), vec![(LetterKind::Authority, DIRECTIE)]));
    let both = company.decide(&mail("Geschil K-2026-000006, en K-2026-000007 over de heer Chef."));
    assert_eq!((both.verdict.case, sent(&both)), (Some(number(7)), vec![(LetterKind::Authority, DIRECTIE)]));
    let text = "Zie onder.\n\n---------- Forwarded message ---------\nVan: Commissie <dossiers@commissie.example>\n\
                Date: ma 2 mrt 2026 om 09:10\nSubject: Dossier\nTo: <fien@lease.example>\n\n\nGeschil van Karin Klant.";
    let passed_on = company.decide(&post("fien@lease.example", text).subject("Fwd: Dossier").dmarc("pass"));
    tells_nobody_but(&passed_on, &[DIRECTIE], "passed on");
    assert!(sent(&passed_on).contains(&(LetterKind::Authority, DIRECTIE)), "{passed_on:?}");
}
