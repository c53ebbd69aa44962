//! Customers, strangers and web forms: whose mail is it, on which case, and what do they get to know.

use super::draft::{Remark, Unacknowledged};
use super::*;

fn notification(decision: &MailDecision) -> &draft::Notification {
    let found = decision.letters.iter().find_map(|draft| match &draft.content {
        Content::Notification(notification) => Some(notification),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no notification: {decision:?}"))
}

fn follow_up(decision: &MailDecision) -> &draft::FollowUp {
    let found = decision.letters.iter().find_map(|draft| match &draft.content {
        Content::FollowUp(follow_up) => Some(follow_up),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no follow-up: {decision:?}"))
}

#[test]
fn a_complaint_is_registered_routed_acknowledged_and_told_to_its_department() {
    let decision = Company::new().decide(&post("Piet <piet@prive.example>", "Er is schade aan mijn auto."));
    assert_eq!((decision.verdict.disposition, decision.verdict.case), (Disposition::Complaint, Some(number(8))));
    assert_eq!(kinds(&decision), ["opened"]);
    let letters =
        [(LetterKind::Acknowledgement, "piet@prive.example"), (LetterKind::Notification, "schade@lease.example")];
    assert_eq!(sent(&decision), letters);
    assert_eq!(decision.letters[0].in_reply_to.as_deref(), Some("dit@elders.example"));
    assert_eq!(decision.letters[1].in_reply_to, None);
    assert!(decision.letters[1].references.is_empty(), "staff do not see the customer's thread");
}

#[test]
fn the_acknowledgement_holds_no_word_of_the_complaint() {
    let post = post("Piet <piet@prive.example>", "KOOP NU schade").subject("GRATIS geld");
    let decision = Company::new().decide(&post);
    let draft::Acknowledgement { customer_name, department_title, .. } = match &decision.letters[0].content {
        Content::Acknowledgement(letter) => letter.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!((customer_name.as_str(), department_title.text.as_str()), ("Piet", "Schade en verzekering"));
}

#[test]
fn the_customers_answer_goes_to_the_handler_as_long_as_that_is_a_colleague() {
    let mut company = Company::new();
    let post = post(KLANT, "Weet u al iets?").answering(&company.token(Side::Customer));
    let decision = company.decide(&post);
    assert_eq!((decision.verdict.disposition, decision.verdict.case), (Disposition::FollowUp, Some(number(7))));
    assert_eq!(kinds(&decision), ["followed_up"]);
    assert_eq!(sent(&decision), [(LetterKind::FollowUp, "schade@lease.example")]);
    assert_eq!(decision.letters[0].in_reply_to.as_deref(), Some("melding@lease.example"));
    company.case().handler = Some(address(JAN));
    assert_eq!(sent(&company.decide(&post)), [(LetterKind::FollowUp, JAN)]);
    company.case().handler = Some(address("oud@lease.example"));
    assert_eq!(sent(&company.decide(&post)), [(LetterKind::FollowUp, "schade@lease.example")], "left the company");
    company.case().handler = Some(address("fien@lease.example"));
    assert_eq!(sent(&company.decide(&post)), [(LetterKind::FollowUp, "schade@lease.example")], "left the department");
}

#[test]
fn a_case_of_a_department_that_is_gone_is_the_fallbacks() {
    let mut company = Company::new();
    company.case().department = "opgeheven".into();
    let decision = company.decide(&post(KLANT, "Hallo?").answering(&company.token(Side::Customer)));
    assert_eq!(sent(&decision), [(LetterKind::FollowUp, "service@lease.example")]);
    let decision = company.decide(&reply_of(&company, "fien@lease.example", "Wij pakken het op."));
    assert_eq!(answer(&decision), Some("Wij pakken het op."));
}

#[test]
fn thanks_after_closing_reopen_nothing_and_any_real_text_does() {
    let mut company = Company::new();
    company.after(What::Closed(crate::case::Closed { settlement: "Betaald".into(), letter: letter_id(9) }));
    let decision = company.decide(&post(KLANT, "Bedankt!").answering(&company.token(Side::Customer)));
    assert_eq!((kinds(&decision), sent(&decision)), (vec!["followed_up"], vec![]));
    let decision =
        company.decide(&post(KLANT, "Ik ben het er niet mee eens.").answering(&company.token(Side::Customer)));
    assert_eq!(kinds(&decision), ["followed_up", "reopened"]);
    let letters = [
        (LetterKind::Acknowledgement, KLANT),
        (LetterKind::FollowUp, "schade@lease.example"),
        (LetterKind::FollowUp, "chef@lease.example"),
    ];
    assert_eq!(sent(&decision), letters);
    assert!(
        follow_up(&decision).state == CaseState::Open
            && follow_up(&decision).remarks.contains(&draft::Remark::Reopened)
    );
}

#[test]
fn the_kenmerk_line_ties_an_answer_whose_in_reply_to_a_server_rewrote() {
    let company = Company::new();
    let text = format!("Weet u al iets?\n\nOp 5 maart schreef u:\n> Kenmerk: {}\n", company.token(Side::Customer));
    let decision = company.decide(&post(KLANT, &text).header("In-Reply-To: <anders@outlook.example>"));
    assert_eq!((decision.verdict.disposition, decision.verdict.case), (Disposition::FollowUp, Some(number(7))));
}

#[test]
fn a_plus_address_ties_an_answer_and_reaches_the_desk() {
    let company = Company::new();
    let plus = format!("klachten+{}@lease.example", company.token(Side::Customer));
    assert_eq!(company.decide(&post(KLANT, "Hallo?").to(&plus)).verdict.disposition, Disposition::FollowUp);
    let tagged = Company::of(&SETTINGS.replace("klachten@lease", "post+klacht@lease"));
    let plus = format!("post+klacht+{}@lease.example", tagged.token(Side::Customer));
    assert_eq!(tagged.decide(&post(KLANT, "Hallo?").to(&plus)).verdict.disposition, Disposition::FollowUp);
    for (own, is_own) in
        [("post+klacht@lease.example", true), ("POST+Klacht+x@lease.example", true), ("post@lease.example", false)]
    {
        assert_eq!(tagged.rules.is_desk(&address(own)), is_own, "{own}");
    }
}

#[test]
fn the_direct_parent_counts_and_no_older_letter_of_the_thread() {
    let company = Company::new();
    let old = format!("References: <{}@lease.example> <nieuw@elders.example>", company.token(Side::Customer));
    let post =
        post("vreemde@elders.example", "Iets anders.").header(&old).header("In-Reply-To: <nieuw@elders.example>");
    assert_eq!(company.decide(&post).verdict.disposition, Disposition::Complaint);
}

#[test]
fn the_topmost_quoted_letter_counts() {
    let mut company = Company::new();
    let mut other = company.files[0].clone();
    other.case.number = number(6);
    company.files.push(other);
    let older = company.rules.keys.write(&Token { case: Some(number(6)), side: Side::Customer, letter: letter_id(2) });
    let text = format!("Zie onder.\n> Kenmerk: {}\n>> Kenmerk: {older}", company.token(Side::Customer));
    assert_eq!(company.decide(&post(KLANT, &text)).verdict.case, Some(number(7)));
}

#[test]
fn a_stranger_with_the_customers_letter_is_filed_marked_and_told_nothing() {
    let company = Company::new();
    let decision = company
        .decide(&post("advocaat@kantoor.example", "Ik neem het over.").answering(&company.token(Side::Customer)));
    assert_eq!((decision.verdict.disposition, decision.verdict.case), (Disposition::FollowUp, Some(number(7))));
    assert_eq!(kinds(&decision), ["other_wrote"]);
    assert_eq!(sent(&decision), [(LetterKind::FollowUp, "schade@lease.example")]);
    assert_eq!(follow_up(&decision).remarks, [Remark::FromOther("advocaat@kantoor.example".into())]);
}

#[test]
fn a_letter_of_ours_without_a_sender_is_filed_and_marked() {
    let company = Company::new();
    let decision = company.decide(&post("", "Hallo?").answering(&company.token(Side::Customer)));
    assert_eq!(kinds(&decision), ["other_wrote"]);
    assert_eq!(follow_up(&decision).remarks, [Remark::FromOther(String::new())]);
}

#[test]
fn the_customer_who_got_hold_of_a_letter_to_staff_is_still_only_the_customer() {
    let company = Company::new();
    let text = "#afgehandeld\nU krijgt een nieuwe auto.";
    let decision = company.decide(&post(KLANT, text).answering(&company.token(Side::Staff)).dmarc("pass"));
    assert_eq!(kinds(&decision), ["followed_up"]);
    assert_eq!(sent(&decision), [(LetterKind::FollowUp, "schade@lease.example")]);
}

#[test]
fn a_number_alone_opens_a_case_of_its_own_linked_for_staff_only() {
    let company = Company::new();
    let decision = company.decide(&post("vreemde@elders.example", "Hoe staat het?").subject("Re: K-2026-000007"));
    assert_eq!((decision.verdict.disposition, decision.verdict.case), (Disposition::Complaint, Some(number(8))));
    assert_eq!(kinds(&decision), ["opened", "linked"]);
    assert_eq!(notification(&decision).remarks, [Remark::MayBelongTo(number(7))]);
    let acknowledged = format!("{:?}", to_customers(&decision).collect::<Vec<_>>());
    assert!(!acknowledged.contains("serial: 7") && !acknowledged.contains("Karin"), "{acknowledged}");
}

#[test]
fn a_disowned_sender_opens_a_case_without_acknowledgement() {
    let decision = Company::new().decide(&post("piet@prive.example", "Schade!").dmarc("fail"));
    assert_eq!(sent(&decision), [(LetterKind::Notification, "schade@lease.example")]);
    assert_eq!(notification(&decision).unacknowledged, Some(Unacknowledged::Disowned));
    assert!(notification(&decision).remarks.contains(&Remark::SenderDisowned));
}

#[test]
fn nobody_to_answer_is_told_to_the_department() {
    for (from, why) in [("", Unacknowledged::NoAddress), ("noreply@formulier.example", Unacknowledged::Automatic)] {
        let decision = Company::new().decide(&post(from, "Er is schade aan mijn auto, bel mij op 06-12345678."));
        assert_eq!(decision.verdict.disposition, Disposition::Complaint, "{from}");
        assert_eq!(sent(&decision), [(LetterKind::Notification, "schade@lease.example")], "{from}");
        assert_eq!(notification(&decision).unacknowledged, Some(why), "{from}");
    }
}

#[test]
fn reply_to_is_shown_and_gives_nothing() {
    let decision =
        Company::new().decide(&post("piet@kantoor.example", "Er is schade.").header("Reply-To: piet@prive.example"));
    assert_eq!(decision.letters[0].to.as_str(), "piet@kantoor.example");
    assert_eq!(notification(&decision).remarks, [Remark::ReplyToElsewhere("piet@prive.example".into())]);
    let company = Company::new();
    let forged = post("dief@elders.example", "Antwoord aan mij").header(&format!("Reply-To: {KLANT}"));
    assert_eq!(kinds(&company.decide(&forged.answering(&company.token(Side::Customer)))), ["other_wrote"]);
}

#[test]
fn a_name_that_shows_another_address_is_pointed_out() {
    let decision = Company::new().decide(&post("\"jan@lease.example\" <dief@elders.example>", "Er is schade."));
    assert!(matches!(notification(&decision).remarks.as_slice(), [Remark::SenderOdd(_)]), "{decision:?}");
}

#[test]
fn a_winmail_dat_is_pointed_out_and_goes_along() {
    // As Outlook sends it: what the customer typed may be in that file and nowhere else.
    let text = "--b\nContent-Type: text/plain\n\n\n--b\nContent-Type: application/ms-tnef; name=winmail.dat\n\
                Content-Transfer-Encoding: base64\n\neJ8+IgAA\n--b--\n";
    let decision = Company::new().decide(&post(KLANT, text).header("Content-Type: multipart/mixed; boundary=b"));
    assert_eq!(decision.verdict.disposition, Disposition::Complaint);
    assert_eq!(notification(&decision).remarks, [Remark::NotAllRead(draft::Unread::Winmail)]);
    let told = decision.letters.iter().find(|draft| draft.content.kind() == LetterKind::Notification).unwrap();
    let along: Vec<&str> = told.carried.iter().map(|carried| carried.name.as_str()).collect();
    assert_eq!(along, ["winmail.dat", "bericht 42.eml"]);
}

#[test]
fn spam_is_set_aside_unless_it_answers_a_letter_of_ours() {
    let mut company = Company::new();
    let spam = post(KLANT, "Weet u al iets?").header("X-Spam-Flag: YES");
    let decision = company.decide(&spam);
    assert_eq!((decision.verdict.disposition, sent(&decision)), (Disposition::SetAside, vec![]));
    let answering = spam.answering(&company.token(Side::Customer));
    assert_eq!(company.decide(&answering).verdict.disposition, Disposition::FollowUp);
    company.from_junk = true;
    assert_eq!(company.decide(&post(KLANT, "Schade")).verdict.disposition, Disposition::SetAside);
    let answering = post(KLANT, "Weet u al iets?").answering(&company.token(Side::Customer));
    assert_eq!(company.decide(&answering).verdict.disposition, Disposition::FollowUp);
}

#[test]
fn a_duplicate_changes_nothing() {
    let mut company = Company::new();
    company.duplicate_of = Some(12);
    let decision = company.decide(&reply_of(&company, JAN, "Wij betalen."));
    assert_eq!(
        (decision.verdict.disposition, kinds(&decision), sent(&decision)),
        (Disposition::Duplicate, vec!["mail_filed"], vec![])
    );
}

#[test]
fn a_mail_that_says_nothing_is_shown_to_a_person() {
    let decision = Company::new().decide(&post("", "").subject(""));
    assert_eq!(
        (decision.verdict.disposition, sent(&decision)),
        (Disposition::Unreadable, vec![]),
        "the next notice tells of it"
    );
    let decision = on_unreadable(42, "reading it failed", now());
    assert_eq!((decision.verdict.disposition, sent(&decision)), (Disposition::Unreadable, vec![]));
    assert_eq!(decision.events[0].mail, Some(42));
}

#[test]
fn an_empty_mail_of_somebody_is_a_complaint_all_the_same() {
    assert_eq!(Company::new().decide(&post(KLANT, "").subject("")).verdict.disposition, Disposition::Complaint);
}
