//! A customer's mail on a case that is there, passed on by a colleague (§2.2): the customer's word, as if it had come here,
//! and the colleague's beside it a note for colleagues.

use super::draft::{Became, Cover, Done, Remark, Writer};
use super::*;

const RECEPTIE: &str = "receptie@lease.example";
const ABOVE: &str = "Deze kwam bij mij binnen, hij is boos.";
const SAID: &str = "Ik ben het er niet mee eens, er zit nog steeds een kras op.";

/// The customer's answer to the desk's letter, in a colleague's mailbox, passed on with what stands quoted in it.
fn inline(quoted: &str, subject: &str) -> Post {
    let text = format!(
        "{ABOVE}\n\n-----Oorspronkelijk bericht-----\nVan: Karin Klant <{KLANT}>\n\
         Verzonden: woensdag 4 maart 2026 09:15\nAan: Jan\nOnderwerp: {subject}\n\n{SAID}\n\n{quoted}"
    );
    post(RECEPTIE, &text).subject(&format!("FW: {subject}")).dmarc("pass")
}

fn attached(headers: &str) -> Post {
    let text = format!(
        "--grens\nContent-Type: text/plain\n\n{ABOVE}\n--grens\nContent-Type: message/rfc822\n\n\
         Received: from a.example by mx.lease.example; Wed, 4 Mar 2026 09:15:00 +0100\nFrom: Karin Klant <{KLANT}>\n\
         {headers}Subject: Re: Kras\nContent-Type: text/plain\n\n{SAID}\n--grens--\n"
    );
    post(RECEPTIE, &text)
        .subject("FW: Re: Kras")
        .dmarc("pass")
        .header("MIME-Version: 1.0")
        .header("Content-Type: multipart/mixed; boundary=\"grens\"")
}

/// Every way in which the mail itself shows its case.
fn all(company: &Company) -> [Post; 5] {
    let token = company.token(Side::Customer);
    [
        inline(
            &format!(
                "Op di 3 mrt. 2026 om 10:00 schreef Voorbeeld Lease <klachten@lease.example>:\n> Wij kijken ernaar.\n> Kenmerk: {token}"
            ),
            "Re: Kras op de deur",
        ),
        inline("", "Re: Uw klacht K-2026-000007"),
        attached(&format!("In-Reply-To: <{token}@lease.example>\n")),
        attached("In-Reply-To: <eerste@prive.example>\n"),
        attached("References: <eerste@prive.example> <ander@elders.example>\nIn-Reply-To: <ander@elders.example>\n"),
    ]
}

fn shown(decision: &MailDecision) -> &draft::FollowUp {
    let found = decision.letters.iter().find_map(|draft| match &draft.content {
        Content::FollowUp(follow_up) => Some(follow_up),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no follow-up: {decision:?}"))
}

#[test]
fn it_is_the_customers_word_on_that_case() {
    let company = Company::new();
    for post in all(&company) {
        let decision = company.decide(&post);
        assert_eq!(kinds(&decision), ["followed_up", "noted"], "{post:?}");
        assert_eq!((decision.verdict.disposition, decision.verdict.case), (Disposition::FollowUp, Some(number(7))));
        let letters = [(LetterKind::FollowUp, "schade@lease.example"), (LetterKind::Receipt, RECEPTIE)];
        assert_eq!(sent(&decision), letters);
        let shown = shown(&decision);
        assert_eq!((shown.text.as_str(), &shown.by), (SAID, &Writer::Customer), "{post:?}");
        assert_eq!(shown.cover, Some(Cover { by: address(RECEPTIE), text: ABOVE.to_owned() }));
        assert_eq!(shown.received_at, "2026-03-04T08:15:00Z".parse::<Moment>().unwrap());
        let told = Done::PassedOn { number: number(7), state: CaseState::Open, became: Became::FollowUp };
        assert_eq!(done(&decision), [told, Done::Noted { text: ABOVE.to_owned() }]);
        assert_ne!(shown.quoted.lines().next(), Some(SAID), "{post:?}");
    }
}

#[test]
fn it_opens_a_closed_case_again_from_when_the_colleague_had_it() {
    let mut company = Company::new();
    company.after(What::Closed(crate::case::Closed { settlement: "Betaald".into(), letter: letter_id(9) }));
    for post in all(&company) {
        let decision = company.decide(&post);
        assert_eq!(kinds(&decision), ["followed_up", "noted", "reopened"], "{post:?}");
        assert_eq!(sent(&decision)[0], (LetterKind::Acknowledgement, KLANT));
        let readers = [(LetterKind::FollowUp, "schade@lease.example"), (LetterKind::FollowUp, CHEF)];
        assert_eq!(sent(&decision)[1..3], readers);
        assert!(shown(&decision).remarks.contains(&Remark::Reopened));
        let reopened = decision.events.iter().find_map(|event| match &event.what {
            What::Reopened(reopened) => Some(reopened.received_at),
            _ => None,
        });
        assert_eq!(reopened, Some("2026-03-04T08:15:00Z".parse().unwrap()));
        let told = Done::PassedOn { number: number(7), state: CaseState::Open, became: Became::Reopened };
        assert_eq!(done(&decision)[0], told);
    }
}

#[test]
fn thanks_that_are_passed_on_reopen_nothing() {
    let mut company = Company::new();
    company.after(What::Closed(crate::case::Closed { settlement: "Betaald".into(), letter: letter_id(9) }));
    let mut post = inline("", "Re: Uw klacht K-2026-000007");
    post.text = post.text.replace(SAID, "Hartelijk dank!");
    let decision = company.decide(&post);
    assert_eq!(kinds(&decision), ["followed_up", "noted"]);
    let told = Done::PassedOn { number: number(7), state: CaseState::Closed, became: Became::FollowUp };
    assert_eq!((sent(&decision), &done(&decision)[0]), (vec![(LetterKind::Receipt, RECEPTIE)], &told));
}

#[test]
fn what_is_on_file_already_is_not_registered_twice() {
    let company = Company::new();
    let first = attached("Message-ID: <eerste@prive.example>\n");
    let mut same_words = inline("", "Kras op de deur");
    same_words.text = same_words.text.replace(SAID, "Er zit een kras op de deur.");
    for post in [first, same_words] {
        let decision = company.decide(&post);
        assert_eq!(
            (decision.verdict.disposition, kinds(&decision)),
            (Disposition::Duplicate, vec!["mail_filed", "noted"])
        );
        let told = Done::PassedOn { number: number(7), state: CaseState::Open, became: Became::Nothing };
        assert_eq!((sent(&decision), &done(&decision)[0]), (vec![(LetterKind::Receipt, RECEPTIE)], &told));
    }
}

#[test]
fn what_somebody_else_wrote_is_a_case_of_its_own_linked_with_that_one() {
    let company = Company::new();
    for mut post in all(&company) {
        post.text = post.text.replace(KLANT, "partner@elders.example");
        let decision = company.decide(&post);
        assert_eq!(
            (decision.verdict.disposition, decision.verdict.case),
            (Disposition::Complaint, Some(number(8))),
            "{post:?}"
        );
        assert_eq!(kinds(&decision), ["opened", "linked", "noted"]);
        let notification = decision.letters.iter().find_map(|draft| match &draft.content {
            Content::Notification(notification) => Some(notification),
            _ => None,
        });
        let notification = notification.unwrap_or_else(|| panic!("no notification: {decision:?}"));
        assert!(notification.remarks.contains(&Remark::MayBelongTo(number(7))));
        assert_eq!(notification.cover, Some(Cover { by: address(RECEPTIE), text: ABOVE.to_owned() }));
    }
}

#[test]
fn nobody_unproven_passes_anything_on() {
    let company = Company::new();
    for post in all(&company) {
        let forged =
            Post { headers: post.headers.into_iter().filter(|line| !line.contains("dmarc")).collect(), ..post };
        let decision = company.decide(&forged);
        assert_eq!((kinds(&decision), sent(&decision)), (vec!["mail_filed"], vec![(LetterKind::Question, RECEPTIE)]));
    }
}

#[test]
fn what_is_written_beside_a_transfer_reaches_the_next_reader() {
    let company = Company::new();
    for verb in ["#toewijzen mia@lease.example", "#afdeling service"] {
        let decision = does(&company, JAN, &format!("{verb}\n{ABOVE}"));
        let notification = decision.letters.iter().find_map(|draft| match &draft.content {
            Content::Notification(notification) => Some(notification),
            _ => None,
        });
        let cover = notification.and_then(|notification| notification.cover.clone());
        assert_eq!(cover, Some(Cover { by: address(JAN), text: ABOVE.to_owned() }), "{verb}");
    }
}
