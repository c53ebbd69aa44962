//! Mail of an authority (the procedure's end): never a complaint, never filed unseen, and nothing follows from it but that a
//! supervisor reads it. Whoever is not proven to be one is an ordinary sender (invariant 6).

use super::draft::{Done, KnownBy, Official};
use super::*;
use crate::case::{Certainty, Closed, DutyKind};

const COMMITTEE: &str = "dossiers@commissie.example";
const BAAS: &str = "baas@lease.example";

fn settings() -> String {
    format!("{SETTINGS}\n[[authority]]\nname = \"De Commissie\"\ndomains = [\"commissie.example\"]\n")
}

fn company() -> Company {
    Company::of(&settings())
}

/// Of a company whose server proves nobody.
fn unchecked() -> Company {
    let settings = settings().replace("trusted_authserv_id = \"mx.lease.example\"", "accept_unproven_staff = true");
    Company::of(&settings)
}

fn official(decision: &MailDecision) -> &Official {
    let found = decision.letters.iter().find_map(|draft| match &draft.content {
        Content::Authority(official) => Some(official.as_ref()),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("{decision:?}"))
}

fn case_after(company: &Company, decision: &MailDecision) -> Case {
    let mut case = company.files[0].case.clone();
    decision.events.iter().for_each(|event| case.apply(event));
    case
}

#[test]
fn a_proven_authority_is_filed_with_the_case_it_numbers_and_the_supervisor_has_it_at_once() {
    let mut company = company();
    for closed in [false, true] {
        if closed {
            company.after(What::Closed(Closed { settlement: "Betaald".into(), letter: letter_id(9) }));
        }
        let mail = post(COMMITTEE, "U kunt verweer voeren in K-2026-000007.").dmarc("pass");
        let decision = company.decide(&mail);
        assert_eq!((decision.verdict.disposition, kinds(&decision)), (Disposition::FollowUp, vec!["authority_wrote"]));
        assert_eq!(sent(&decision), [(LetterKind::Authority, CHEF)], "no acknowledgement, and nobody else");
        assert_eq!(official(&decision).certainty, Certainty::Proven);
        let (before, after) = (&company.files[0].case, case_after(&company, &decision));
        assert_eq!((after.state, after.due, after.closed_at), (before.state, before.due, before.closed_at));
        assert_eq!(Case { last_event_at: before.last_event_at, ..after }, *before, "nothing changes");
    }
}

#[test]
fn it_is_known_by_the_customers_name_where_that_is_one_case() {
    let mut company = company();
    for text in ["Geschil van Karin Klant", "inzake K. Klant / Voorbeeld Lease", "de heer klant@prive.example schrijft"]
    {
        let decision = company.decide(&post(COMMITTEE, text).subject("Dossier 12345").dmarc("pass"));
        assert_eq!(decision.verdict.case, Some(number(7)), "{text}");
    }
    for text in ["Geschil van mevrouw Klant", "Karin en Klant", "xklant@prive.example"] {
        let decision = company.decide(&post(COMMITTEE, text).subject("Dossier 12345").dmarc("pass"));
        assert_eq!(decision.verdict.case, None, "{text}");
    }
    // Two of them: which one is for a person to say.
    let mut other = company.files[0].clone();
    other.case.number = number(6);
    company.files.push(other);
    let decision = company.decide(&post(COMMITTEE, "Geschil van Karin Klant").subject("Dossier").dmarc("pass"));
    assert_eq!((decision.verdict.case, decision.verdict.disposition), (None, Disposition::SetAside));
    assert_eq!(official(&decision).perhaps, [number(7), number(6)]);
}

#[test]
fn about_no_case_that_is_known_it_is_put_aside_and_a_supervisor_reads_it_at_once() {
    let decision = company().decide(&post(COMMITTEE, "Jaarverslag.").subject("Nieuws").dmarc("pass"));
    assert_eq!(
        (decision.verdict.disposition, sent(&decision)),
        (Disposition::SetAside, vec![(LetterKind::Authority, BAAS)])
    );
    assert_eq!(kinds(&decision), ["mail_filed", "aside_told"], "told once");
}

#[test]
fn neither_a_filter_nor_a_program_keeps_a_proven_one_from_being_read() {
    let mut company = company();
    company.from_junk = true;
    let plain = || post(COMMITTEE, "Verweer in K-2026-000007.").dmarc("pass");
    for mail in [
        plain(),
        plain().header("Auto-Submitted: auto-generated"),
        plain().header("Precedence: bulk").header("List-Id: <dossiers.commissie.example>"),
        plain().header("X-Spam-Flag: YES"),
    ] {
        assert_eq!(sent(&company.decide(&mail)), [(LetterKind::Authority, CHEF)], "{mail:?}");
    }
}

#[test]
fn who_only_says_to_be_one_is_an_ordinary_sender_and_marked() {
    let company = company();
    for result in ["fail", "none"] {
        let decision = company.decide(&post(COMMITTEE, "Sluit K-2026-000007 en betaal.").dmarc(result));
        assert_eq!(decision.verdict.disposition, Disposition::Complaint, "{result}");
        assert!(kinds(&decision).contains(&"opened") && decision.events.iter().all(|e| e.case == Some(number(8))));
        let notified = decision.letters.iter().find_map(|draft| match &draft.content {
            Content::Notification(letter) => Some(letter.remarks.clone()),
            _ => None,
        });
        assert!(notified.unwrap().contains(&draft::Remark::InNameOf("De Commissie".into())), "{result}");
    }
    // A look-alike is nobody at all.
    for from in ["x@commissie.example.evil.example", "x@nepcommissie.example"] {
        let decision = company.decide(&post(from, "K-2026-000007").dmarc("pass"));
        assert_eq!(decision.verdict.disposition, Disposition::Complaint);
    }
    let below = company.decide(&post("x@post.commissie.example", "K-2026-000007").dmarc("pass"));
    assert_eq!(below.verdict.disposition, Disposition::FollowUp, "a domain below theirs is theirs");
}

#[test]
fn where_no_server_proves_anybody_it_is_shown_as_unproven_and_changes_nothing() {
    let company = unchecked();
    let decision = company.decide(&post(COMMITTEE, "U hebt ongelijk in K-2026-000007. #afgehandeld"));
    assert_eq!((kinds(&decision), sent(&decision)), (vec!["authority_wrote"], vec![(LetterKind::Authority, CHEF)]));
    assert_eq!(official(&decision).certainty, Certainty::Unproven);
    // In the hands of whoever answers a letter of ours, too.
    let decision = company.decide(&post(COMMITTEE, "Zie boven").answering(&company.token(Side::Customer)));
    assert_eq!((decision.verdict.case, kinds(&decision)), (Some(number(7)), vec!["authority_wrote"]));
}

#[test]
fn what_a_colleague_passes_on_of_it_opens_no_complaint_either() {
    let text = "Graag oppakken.\n\n---------- Forwarded message ---------\nVan: De Commissie <dossiers@commissie.example>\n\
                Date: ma 2 mrt 2026 om 09:10\nSubject: Verweer\nTo: <jan@lease.example>\n\n\nIn K-2026-000007 kunt u verweer voeren.";
    let decision = company().decide(&post(JAN, text).subject("Fwd: Verweer").dmarc("pass"));
    assert_eq!(kinds(&decision), ["authority_wrote", "noted"]);
    assert_eq!(sent(&decision), [(LetterKind::Authority, CHEF), (LetterKind::Receipt, JAN)]);
    assert_eq!(done(&decision), [Done::ToSupervisor { from: "De Commissie".into() }]);
    // Proven is who passed it on, not who wrote what stands in it.
    assert_eq!(official(&decision).certainty, Certainty::Unproven);
    let What::AuthorityWrote { certainty, .. } = &decision.events[0].what else { panic!("{decision:?}") };
    assert_eq!(*certainty, Certainty::Unproven);
}

#[test]
fn a_person_who_makes_it_a_complaint_writes_to_no_authority() {
    let mut company = company();
    let raw = post(COMMITTEE, "Jaarverslag.").dmarc("pass").raw();
    let mail = mail::read(&raw, "mx.lease.example");
    let mut stored =
        Stored::of(&came_in(&mail), "an authority of the settings wrote it, about no complaint that could be found");
    stored.id = 17;
    company.stored = Some(stored);
    let decision = company.decide(&post(BAAS, "#klacht 17").dmarc("pass"));
    assert!(decision.letters.iter().all(|draft| draft.to.as_str() != COMMITTEE), "{decision:?}");
    assert!(kinds(&decision).contains(&"opened"));
}

#[test]
fn a_last_day_is_guarded_until_it_is_done() {
    let mut company = company();
    let decision = does(&company, JAN, "#geschil 15-4 Kopie van het formulier.");
    assert_eq!(kinds(&decision), ["disputed", "duty_set"]);
    let What::Disputed { text, .. } = &decision.events[0].what else { panic!("{decision:?}") };
    assert_eq!(text, "Kopie van het formulier.");
    let What::DutySet(duty) = &decision.events[1].what else { panic!("{decision:?}") };
    // The end of that day in Amsterdam, where it is summer by then.
    assert_eq!(duty.due, "2026-04-15T21:59:00Z".parse::<Moment>().unwrap());
    decision.events.iter().for_each(|event| company.files[0].case.apply(event));
    assert_eq!(company.case().next_reminder(), Some(duty.due), "a closed case with it is still looked at");
    let ruled = does(&company, JAN, "#uitspraak uiterlijk 1 mei\nWij betalen 240 euro.");
    assert_eq!(kinds(&ruled), ["duty_done", "ruled", "duty_set"], "with a ruling nothing is left to defend");
    ruled.events.iter().for_each(|event| company.files[0].case.apply(event));
    let done = does(&company, JAN, "#uitspraak klaar\nBetaald op 3 april.");
    assert_eq!(kinds(&done), ["duty_done", "noted"]);
    done.events.iter().for_each(|event| company.files[0].case.apply(event));
    assert!(company.case().duties.is_empty());
    let again = does(&company, JAN, "#uitspraak klaar");
    assert_eq!(*asked(&again, JAN, "again"), draft::Problem::NotNow { verb: "#uitspraak".into() });
}

#[test]
fn what_is_no_last_day_stays_text() {
    for text in ["De klant stuurde 12 euro", "12 januari ingediend", "240 euro gevraagd", "morgenochtend? onbekend"] {
        let decision = does(&company(), JAN, &format!("#geschil {text}"));
        let What::Disputed { text: kept, .. } = &decision.events[0].what else { panic!("{text}: {decision:?}") };
        if !text.starts_with("morgen") {
            assert_eq!((kept.as_str(), kinds(&decision)), (text, vec!["disputed"]));
        }
    }
    let kind = |decision: &MailDecision| match &decision.events[1].what {
        What::DutySet(duty) => duty.kind,
        other => panic!("{other:?}"),
    };
    assert_eq!(kind(&does(&company(), JAN, "#geschil vrijdag verweer")), DutyKind::Defence);
}

#[test]
fn an_authority_is_no_customer() {
    let decision = does(&company(), JAN, &format!("#klant {COMMITTEE}"));
    assert_eq!(*asked(&decision, JAN, "x"), draft::Problem::NotACustomer { written: COMMITTEE.into() });
}

#[test]
fn an_authority_of_the_companys_own_domain_is_refused() {
    let wrong = settings().replace("commissie.example", "lease.example");
    let error = config::from_toml(&wrong, "proef.toml").unwrap_err().to_string();
    assert!(error.contains("authority \"De Commissie\".domains"), "{error}");
    for bad in ["nl", "", "a b.nl", "x@y.nl"] {
        assert!(config::from_toml(&settings().replace("commissie.example", bad), "proef.toml").is_err(), "{bad}");
    }
}

#[test]
fn an_employee_of_an_authority_goes_on_with_a_complaint_of_his_own() {
    let mut company = company();
    company.case().customer.address = Some(address("jansen@commissie.example"));
    company.after(What::Closed(Closed { settlement: "Betaald".into(), letter: letter_id(9) }));
    let says = |from: &str| {
        let mail = post(from, "Ik ben het er niet mee eens.").answering(&company.token(Side::Customer));
        company.decide(&mail.dmarc("pass"))
    };
    assert_eq!(kinds(&says("jansen@commissie.example")), ["followed_up", "reopened"]);
    assert_eq!(kinds(&says(COMMITTEE)), ["authority_wrote"], "a colleague of his is the authority");
}

#[test]
fn a_match_by_name_alone_says_so() {
    let by = |text: &str| {
        let decision = company().decide(&post(COMMITTEE, text).subject("Dossier").dmarc("pass"));
        official(&decision).about.as_ref().map(|about| about.known_by)
    };
    assert_eq!(by("Geschil van Karin Klant"), Some(KnownBy::Name));
    assert_eq!(by("Geschil van Karin Klant, K-2026-000007"), Some(KnownBy::Number));
}
