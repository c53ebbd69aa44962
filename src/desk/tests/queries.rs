//! Staff ask the register by mail: who sees what, cell by cell; what is looked up; where the answer goes.

use super::*;
use crate::case::CaseState;
use crate::desk::draft::{Asked, CaseList, Dossier, MayAnswer, Problem, Source};
use crate::desk::{Found, Scope, Want};
use crate::digest::{May, Section};

const BAAS: &str = "baas@lease.example";
const FIEN: &str = "fien@lease.example";
const DIRECTIE: &str = "directie@lease.example";
const RECEPTIE: &str = "receptie@lease.example";

fn want(company: &Company, post: &Post) -> Option<Want> {
    lookup(&mail::read(&post.raw(), "mx.lease.example"), &company.rules, now()).want
}

/// Decides with what a register of case 7 would find.
fn ask(company: &Company, post: &Post) -> MailDecision {
    let mail = mail::read(&post.raw(), "mx.lease.example");
    let mut known = company.known(&mail);
    known.found = want(company, post).map(|want| match want {
        Want::Case(number) => {
            Found::Case(company.files.iter().find(|file| file.case.number == number).cloned().map(Box::new))
        }
        Want::Search(_) | Want::Standing(_) => {
            let cases = company.files.iter().map(|file| file.case.clone()).collect();
            Found::Cases { cases, more: false }
        }
    });
    let incoming = Incoming { id: 42, mail: &mail, received_at: now(), from_junk: false, arrival: Arrival::New };
    on_mail(&incoming, &known, &company.rules, now(), &mut Fresh::new([3; 32]))
}

fn list(decision: &MailDecision) -> &CaseList {
    match &decision.letters[0].content {
        Content::CaseList(list) => list,
        other => panic!("no list: {other:?}"),
    }
}

fn file_of(decision: &MailDecision) -> &Dossier {
    match &decision.letters[0].content {
        Content::Dossier(file) => file,
        other => panic!("no file: {other:?}"),
    }
}

fn scope_of(from: &str) -> Option<Scope> {
    match want(&Company::new(), &post(from, "#zoek kras").dmarc("pass")) {
        Some(Want::Search(search)) => Some(search.scope),
        _ => None,
    }
}

#[test]
fn everybody_searches_what_they_may_see_and_strangers_nothing() {
    let schade = Some(Scope::Only(vec!["schade".into()]));
    for from in [JAN, CHEF, "schade@lease.example"] {
        assert_eq!(scope_of(from), schade, "{from}");
    }
    // The fallback's people also see cases of departments that are no longer there.
    for from in [FIEN, BAAS, "service@lease.example"] {
        assert_eq!(scope_of(from), Some(Scope::AllBut(vec!["schade".into()])), "{from}");
    }
    assert_eq!(scope_of(DIRECTIE), Some(Scope::All));
    for from in [RECEPTIE, KLANT, "klachten@lease.example"] {
        assert_eq!(scope_of(from), None, "{from}");
    }
}

#[test]
fn the_file_of_a_case_of_schade_goes_to_whoever_may_see_it() {
    let company = Company::new();
    let cells = [
        (JAN, Some(MayAnswer::Yes)),
        (CHEF, Some(MayAnswer::Yes)),
        ("schade@lease.example", Some(MayAnswer::Yes)),
        (DIRECTIE, Some(MayAnswer::OnlyTheDepartment)),
        (FIEN, None),
        (BAAS, None),
    ];
    for (from, may_answer) in cells {
        for asked in [post(from, "#dossier K-2026-000007").dmarc("pass"), reply_of(&company, from, "#dossier")] {
            let decision = ask(&company, &asked);
            assert_eq!(decision.verdict.disposition, Disposition::Staff, "{from}");
            assert_eq!(decision.letters.len(), 1, "{from}");
            assert_eq!(decision.letters[0].to.as_str(), from);
            match may_answer {
                Some(may_answer) => {
                    assert_eq!(file_of(&decision).may_answer, may_answer, "{from}");
                    assert_eq!((decision.verdict.case, decision.letters[0].case), (Some(number(7)), Some(number(7))));
                    assert_eq!(decision.letters[0].side, Side::Staff);
                }
                None => assert!(matches!(why(&decision), Problem::NotYourCase { .. }), "{from}"),
            }
        }
    }
}

#[test]
fn a_section_of_the_digest_comes_whole_with_what_its_reader_may_do() {
    let mut company = Company::new();
    company.case().due.first_response = now() - chrono::TimeDelta::hours(1);
    for (typed, section, count) in [
        ("#stand te laat", Section::Overdue, 1),
        ("#mycases overdue", Section::Overdue, 1),
        ("#stand\nvandaag", Section::DueToday, 0),
    ] {
        let asked = ask(&company, &post(CHEF, typed).dmarc("pass"));
        assert_eq!(sent(&asked), [(LetterKind::CaseList, CHEF)]);
        let list = list(&asked);
        assert_eq!((&list.asked, list.cases.len()), (&Asked::Section { section }, count), "{typed}");
        assert!(list.cases.iter().all(|case| matches!(&case.may, May::Act { colleagues } if !colleagues.is_empty())));
    }
    // What names no section is said to have been of no use.
    let asked = ask(&company, &post(CHEF, "#stand alles").dmarc("pass"));
    assert_eq!((&list(&asked).asked, list(&asked).unused.as_str()), (&Asked::Standing, "alles"));
    // The directors see it, and may not act.
    let asked = ask(&company, &post(DIRECTIE, "#stand te laat").dmarc("pass"));
    assert_eq!(list(&asked).cases[0].may, May::Look);
}

#[test]
fn reception_is_asked_to_turn_to_the_department() {
    let company = Company::new();
    for text in ["#zoek kras", "#stand", "#dossier K-2026-000007"] {
        for asked in [post(RECEPTIE, text).dmarc("pass"), reply_of(&company, RECEPTIE, text)] {
            let decision = ask(&company, &asked);
            assert_eq!(why(&decision), &Problem::AskTheDepartment, "{text}");
            assert_eq!(sent(&decision), [(LetterKind::Question, RECEPTIE)]);
        }
    }
}

#[test]
fn a_disowned_sender_gets_nothing_and_nothing_is_looked_up() {
    let company = Company::new();
    for text in ["#zoek kras", "#stand", "#dossier K-2026-000007"] {
        let reply = post(JAN, text).answering(&company.token(Side::Staff)).dmarc("fail");
        for asked in [post(JAN, text).dmarc("fail"), reply] {
            assert_eq!(want(&company, &asked), None);
            let decision = ask(&company, &asked);
            assert_eq!(decision.verdict.disposition, Disposition::SetAside, "{text}");
            assert!(sent(&decision).iter().all(|(kind, to)| *kind == LetterKind::SetAside && *to != JAN), "{text}");
        }
    }
}

#[test]
fn an_unproven_sender_is_answered_at_the_registered_address() {
    let company = Company::new();
    let decision = ask(&company, &post(JAN, "#stand").header("Reply-To: mallory@elders.example"));
    assert_eq!(sent(&decision), [(LetterKind::CaseList, JAN)]);
}

#[test]
fn what_a_stranger_or_a_customer_asks_is_a_complaint_like_any_other() {
    let company = Company::new();
    for (from, text) in [(KLANT, "#zoek jansen"), ("mallory@elders.example", "#dossier K-2026-000007")] {
        let asked = post(from, text).subject("#dossier K-2026-000007").dmarc("pass");
        assert_eq!(want(&company, &asked), None);
        let decision = ask(&company, &asked);
        // The case's own customer names it: on the case, as any words of the customer's.
        let wanted = if from == KLANT { Disposition::FollowUp } else { Disposition::Complaint };
        assert_eq!(decision.verdict.disposition, wanted);
        assert!(sent(&decision).iter().all(|(kind, _)| *kind != LetterKind::Dossier && *kind != LetterKind::CaseList));
    }
    // Holding the customer's letter changes nothing about that.
    let asked = post(KLANT, "#dossier").answering(&company.token(Side::Customer)).dmarc("pass");
    assert_eq!(ask(&company, &asked).verdict.disposition, Disposition::FollowUp);
}

#[test]
fn a_question_works_as_a_new_mail_and_as_a_reply_to_any_letter() {
    let company = Company::new();
    let of_no_case = company.rules.keys.write(&Token { case: None, side: Side::Staff, letter: letter_id(9) });
    for asked in [
        post(JAN, "#zoek kras").dmarc("pass"),
        reply_of(&company, JAN, "#zoek kras"),
        post(JAN, "#zoek kras").answering(&of_no_case).dmarc("pass"),
        post(JAN, "#zoek\nkras").dmarc("pass"),
    ] {
        let decision = ask(&company, &asked);
        assert_eq!(sent(&decision), [(LetterKind::CaseList, JAN)]);
        assert_eq!(list(&decision).asked, Asked::Search { words: vec!["kras".into()] });
        assert_eq!((decision.verdict.case, kinds(&decision)), (None, vec!["mail_filed"]));
    }
}

#[test]
fn text_below_a_question_is_shown_and_goes_nowhere() {
    let company = Company::new();
    for text in ["#dossier\nBeste Karin, wij betalen.", "#zoek kras\nBeste Karin, wij betalen."] {
        let decision = ask(&company, &reply_of(&company, JAN, text));
        assert_eq!(to_customers(&decision).count(), 0);
        let unused = match &decision.letters[0].content {
            Content::Dossier(file) => &file.unused,
            Content::CaseList(list) => &list.unused,
            other => panic!("{other:?}"),
        };
        assert_eq!(unused, "Beste Karin, wij betalen.");
    }
}

#[test]
fn a_question_beside_another_verb_or_above_a_mail_passed_on_is_asked_about() {
    let company = Company::new();
    for asked in [
        reply_of(&company, JAN, "#dossier\n#intern klant belde"),
        reply_of(&company, JAN, "#afgehandeld\n#stand\nWij betalen."),
        post(JAN, "#zoek kras\n#telefoon\nKlant: Piet").dmarc("pass"),
    ] {
        let decision = ask(&company, &asked);
        assert!(matches!(why(&decision), Problem::AskAlone { .. }), "{:?}", why(&decision));
        assert_eq!(to_customers(&decision).count(), 0);
    }
}

#[test]
fn a_file_that_there_is_not_is_asked_about() {
    let company = Company::new();
    for (text, shown) in [("#dossier K-2026-000099", "K-2026-000099"), ("#dossier kras", "kras"), ("#dossier", "")] {
        let decision = ask(&company, &post(JAN, text).dmarc("pass"));
        assert_eq!(why(&decision), &Problem::CaseUnknown { written: shown.into() });
    }
}

#[test]
fn my_open_cases_are_mine_and_nobodys_the_most_urgent_first() {
    let mut company = Company::new();
    let mut add = |serial: u32, handler: Option<&str>, hours: i64, state: CaseState| {
        let mut case = case(&company.rules);
        case.number = number(serial);
        case.handler = handler.map(address);
        case.due.acknowledge += chrono::TimeDelta::hours(hours);
        case.due.first_response += chrono::TimeDelta::hours(hours);
        case.due.resolve += chrono::TimeDelta::hours(hours);
        case.state = state;
        company.files.push(CaseFile::of(case));
    };
    add(8, Some(JAN), 5, CaseState::Open);
    add(9, Some(JAN), 2, CaseState::Open);
    add(10, Some("mia@lease.example"), 0, CaseState::Open);
    // She left: nobody handles it any more.
    add(11, Some("weg@lease.example"), 1, CaseState::Open);
    add(12, Some(JAN), 0, CaseState::Closed);
    let decision = ask(&company, &post(JAN, "#stand").dmarc("pass"));
    let shown: Vec<_> = list(&decision).cases.iter().map(|case| case.number.serial).collect();
    assert_eq!(shown, [9, 8, 7, 11]);
    assert_eq!(list(&decision).cases[3].handler, None);
}

#[test]
fn a_file_carries_the_mails_and_the_letters_to_the_customer_the_small_ones_first() {
    let mut company = Company::new();
    let at = now();
    let mail = |id, size, sha256: Option<&str>| FiledMail {
        id,
        received_at: at,
        disposition: Disposition::Complaint,
        size,
        sha256: sha256.map(str::to_owned),
    };
    company.files[0].mails = vec![mail(1, 9_000, Some("a")), mail(2, 500, Some("b")), mail(3, 70 << 20, None)];
    let letter = |n, kind| FiledLetter {
        id: letter_id(n),
        kind,
        written_at: at,
        light_size: 800,
        light_sha256: Some("c".into()),
    };
    company.files[0].letters = vec![letter(1, LetterKind::Acknowledgement), letter(2, LetterKind::Notification)];
    let opened = Event { at, case: Some(number(7)), actor: Actor::Customer, mail: Some(1), what: What::Restored };
    company.files[0].events = vec![opened];
    let decision = ask(&company, &reply_of(&company, JAN, "#dossier"));
    let carried: Vec<_> =
        decision.letters[0].carried.iter().map(|one| (one.source.clone(), one.name.as_str())).collect();
    assert_eq!(
        carried,
        [
            (Source::Mail(2), "02 2026-03-05 ander.eml"),
            (Source::Letter(letter_id(1)), "04 2026-03-05 ontvangstbevestiging.eml"),
            (Source::Mail(1), "01 2026-03-05 klant.eml"),
        ]
    );
    assert_eq!(file_of(&decision).listed, [("03 2026-03-05 ander.eml".to_owned(), 70 << 20)]);
}

#[test]
fn plates_in_a_complaint_and_in_what_follows_are_kept_and_shown() {
    let mut company = Company::new();
    let decision = company.decide(&post(KLANT, "Mijn auto XK-123-B is stuk.").subject("Auto gb-001-b"));
    let shown = decision.letters.iter().find_map(|draft| match &draft.content {
        Content::Notification(letter) => Some(letter.references.clone()),
        _ => None,
    });
    let written: Vec<_> = shown.unwrap().into_iter().map(|one| (one.name, one.written)).collect();
    assert_eq!(written, [("kenteken".into(), "gb-001-b".into()), ("kenteken".to_owned(), "XK-123-B".to_owned())]);

    let token = company.token(Side::Customer);
    let decision = company.decide(&post(KLANT, "Het is de 1-KBB-12, niet de XK-123-B.").answering(&token));
    for event in &decision.events {
        company.case().apply(event);
    }
    let keys: Vec<_> = company.case().references.iter().map(crate::case::Reference::key).collect();
    assert_eq!(keys, ["1KBB12", "XK123B"]);
}

#[test]
fn a_search_is_taken_apart_within_limits() {
    let search = |typed: &str| match want(&Company::new(), &post(JAN, &format!("#zoek {typed}")).dmarc("pass")) {
        Some(Want::Search(search)) => search,
        other => panic!("{typed}: {other:?}"),
    };
    let words = |typed: &str| search(typed).words.into_iter().map(|word| word.folded).collect::<Vec<_>>();
    assert_eq!(words("  Één,  \"Jansen\" één 50% _x_ 😀"), ["een", "jansen", "50", "x"]);
    assert_eq!(search("xk-123-b").words[0].key, "XK123B");
    assert_eq!(search("de klacht k-2026-7").number, Some(number(7)));
    assert_eq!(search("K 2026 7").number, Some(number(7)));
    let many: String = (0..3_000).map(|n| format!("w{n} ")).collect();
    assert_eq!(words(&many).len(), 8);
    assert_eq!(words(&"x".repeat(10_000))[0].chars().count(), 64);
}
