//! Staff by reply: who may, what reaches the customer, and what comes back to the sender (invariants 6 and 7).

use super::draft::{Done, InPart, Problem};
use super::*;
use crate::mail::{MARKER, Place};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

/// Of a mail over `max_message_bytes` only the beginning is on file; of one that reading gave up on, what was read.
#[test]
fn what_was_read_only_in_part_is_asked_about_and_nothing_of_it_goes_out() {
    use crate::mail::{Finding, FindingKind};
    let company = Company::new();
    for (kind, part) in [
        (FindingKind::OnlyTheBeginning, InPart::TooLarge),
        (FindingKind::ReadAsFar, InPart::TooMuch),
        (FindingKind::TextTooLong, InPart::TooMuch),
        (FindingKind::TooManyParts, InPart::TooMuch),
        (FindingKind::NestedTooDeep, InPart::TooMuch),
        (FindingKind::Unreadable, InPart::Damaged),
        (FindingKind::Winmail, InPart::Damaged),
    ] {
        for text in ["Wij betalen.", "#afgehandeld\nWij betalen.", "#antwoord Wij betalen.", "#intern Bel haar.", ""] {
            let mut mail = mail::read(&reply_of(&company, JAN, text).raw(), "mx.lease.example");
            mail.findings.push(Finding { kind, detail: String::new() });
            let decision = company.decide_read(&mail);
            assert_eq!(*asked(&decision, JAN, text), Problem::ReadInPart(part), "{kind:?} {text}");
        }
    }
    // The customer has the whole of it: it is on file as the answer, and no settlement is confirmed in writing.
    let text = "#afgehandeld\nWij betalen.";
    let to_both = reply_of(&company, JAN, text).to(&format!("{KLANT}, klachten@lease.example"));
    let mut mail = mail::read(&to_both.raw(), "mx.lease.example");
    mail.findings.push(Finding { kind: FindingKind::OnlyTheBeginning, detail: String::new() });
    let decision = company.decide_read(&mail);
    assert!(kinds(&decision).contains(&"answered_directly") && !kinds(&decision).contains(&"closed"), "{decision:?}");
    assert_eq!(to_customers(&decision).count(), 0);
}

#[test]
fn an_answer_goes_to_the_customer_and_the_receipt_says_exactly_what() {
    let company = Company::new();
    let text = format!(
        "Wij betalen de schade.\n\nOp 5 maart schreef klachten@lease.example:\n> {MARKER}\n> {NOTE}\n> Kenmerk: {}\n",
        company.token(Side::Staff)
    );
    let decision = company.decide(&reply_of(&company, JAN, &text));
    assert_eq!(kinds(&decision), ["handler_set", "answered"]);
    assert_eq!(sent(&decision), [(LetterKind::Answer, KLANT), (LetterKind::Receipt, JAN)]);
    assert_eq!(answer(&decision), Some("Wij betalen de schade."));
    let [letter, receipt] = decision.letters.as_slice() else { panic!() };
    assert_eq!(letter.in_reply_to.as_deref(), Some("eerste@prive.example"));
    assert_eq!(letter.references, ["eerste@prive.example"], "no id of staff's thread");
    assert_eq!(receipt.in_reply_to.as_deref(), Some("dit@elders.example"));
    let Content::Receipt(told) = &receipt.content else { panic!("{receipt:?}") };
    let relayed = Done::Relayed { to: address(KLANT), text: "Wij betalen de schade.".into(), attachments: 0 };
    assert_eq!(told.done, [relayed]);
}

#[test]
fn the_department_mailbox_answers_without_becoming_the_handler() {
    let company = Company::new();
    assert_eq!(kinds(&company.decide(&reply_of(&company, "schade@lease.example", "Wij betalen."))), ["answered"]);
}

#[test]
fn a_note_goes_to_nobody_and_keeps_every_word() {
    let company = Company::new();
    let text = "#intern Let op\nKlant belde.\n> Er zit een kras op de deur.\nDat was er al.";
    let decision = company.decide(&reply_of(&company, JAN, text));
    assert_eq!(sent(&decision), [(LetterKind::Receipt, JAN)]);
    let What::Noted { text } = &decision.events[0].what else { panic!("{decision:?}") };
    for words in ["Let op", "Klant belde.", "Dat was er al."] {
        assert!(text.contains(words), "{text}");
    }
    assert!(!text.contains("#intern"));
}

#[test]
fn closing_sends_the_settlement_and_the_note_stays_here() {
    let company = Company::new();
    let decision = company.decide(&reply_of(&company, JAN, "#intern Coulance\n#afgehandeld\nWij betalen."));
    assert_eq!(kinds(&decision), ["noted", "handler_set", "closed"]);
    assert_eq!(sent(&decision), [(LetterKind::Closing, KLANT), (LetterKind::Receipt, JAN)]);
    let shown = format!("{:?}", decision.letters[0]);
    assert!(shown.contains("Wij betalen.") && !shown.contains("Coulance"), "{shown}");
}

#[test]
fn what_is_not_clear_comes_back_and_nothing_goes_out() {
    let company = Company::new();
    let lower = |written: &str| Problem::VerbLowerDown { written: written.into() };
    for (text, problem) in [
        ("#afgehandeld", Problem::SettlementMissing),
        ("#afgehandeld #intern zij overdrijft", lower("#afgehandeld #intern zij overdrijft")),
        ("Beste Karin,\n#escaleren", lower("#escaleren")),
        ("#afgehandeld\n\n#afgehandeld", Problem::SettlementMissing),
        (
            "#intern\n#afgehandeld\nWij betalen.",
            Problem::TwoTexts { first: "#afgehandeld".to_owned(), second: "#intern".to_owned() },
        ),
        ("", Problem::NothingTyped),
        ("Beste Karin,\n#intern zij overdrijft", lower("#intern zij overdrijft")),
        ("Beste Karin,\n> u schreef\n#intern zij overdrijft", lower("#intern zij overdrijft")),
        ("> u schreef\n\n#intern zij overdrijft", lower("#intern")),
        ("Beste Karin,\n\nIntern: zij overdrijft", lower("Intern: zij overdrijft")),
        (
            "Intern: zij overdrijft",
            Problem::UnknownVerb { written: "Intern: zij overdrijft".into(), nearest: Some("#intern".into()) },
        ),
        (
            "#interm zij overdrijft",
            Problem::UnknownVerb { written: "#interm zij overdrijft".into(), nearest: Some("#intern".into()) },
        ),
        (
            "> u schreef dit\n\nMijn antwoord staat hieronder.",
            Problem::TextApart {
                place: Place::Above,
                upper: String::new(),
                lower: "> u schreef dit\n\nMijn antwoord staat hieronder.".into(),
            },
        ),
    ] {
        let decision = company.decide(&reply_of(&company, JAN, text));
        assert_eq!(sent(&decision), [(LetterKind::Question, JAN)], "{text}");
        assert_eq!(kinds(&decision), ["mail_filed"], "{text}");
        assert_eq!(*why(&decision), problem, "{text}");
    }
}

#[test]
fn verbs_in_the_quoted_notification_are_nobodys() {
    let company = Company::new();
    let text = "Wij betalen.\n\nOp 5 maart schreef klachten@lease.example:\n> Antwoord met #intern of\n> #afgehandeld op de eerste regel";
    assert_eq!(answer(&company.decide(&reply_of(&company, JAN, text))), Some("Wij betalen."));
}

#[test]
fn a_settled_case_is_not_closed_twice_unless_the_confirmation_failed() {
    let mut company = Company::new();
    company.after(What::Closed(crate::case::Closed { settlement: "Betaald".into(), letter: letter_id(9) }));
    let again = reply_of(&company, JAN, "#afgehandeld\nWij betalen.");
    assert_eq!(*why(&company.decide(&again)), Problem::CaseClosed);
    company.case().failed_letters = vec![letter_id(9)];
    assert_eq!(sent(&company.decide(&again))[0], (LetterKind::Closing, KLANT));
}

#[test]
fn what_is_written_to_a_colleague_with_the_desk_in_copy_is_asked_about() {
    let company = Company::new();
    for to in [JAN.replace("jan", "mia"), CHEF.to_owned(), format!("Mia <mia@lease.example>, {CHEF}")] {
        let mail = reply_of(&company, JAN, "Klopt dit wel?").to(&to).header("Cc: klachten@lease.example");
        let decision = company.decide(&mail);
        assert!(matches!(why(&decision), Problem::ColleagueInCopy { .. }), "{to}: {decision:?}");
        assert_eq!(sent(&decision), [(LetterKind::Question, JAN)], "{to}");
        let all = reply_of(&company, JAN, "Wij betalen.").to(&format!("klachten@lease.example, {to}"));
        assert_eq!(answer(&company.decide(&all)), Some("Wij betalen."), "reply all");
    }
    let to_self = reply_of(&company, JAN, "Wij betalen.").to(JAN).header("Bcc: klachten@lease.example");
    assert_eq!(answer(&company.decide(&to_self)), Some("Wij betalen."));
}

#[test]
fn a_verb_in_the_subject_is_asked_about_unless_the_complaint_has_it() {
    let mut company = Company::new();
    let subject = "Re: #intern [K-2026-000007] Kras op de deur";
    let mail = reply_of(&company, JAN, "De klant overdrijft.").subject(subject);
    assert_eq!(*why(&company.decide(&mail)), Problem::VerbLowerDown { written: "#intern".into() });
    company.case().subject = "Klacht #intern nummer 3".into();
    assert_eq!(answer(&company.decide(&mail)), Some("De klant overdrijft."));
}

#[test]
fn a_letter_of_ours_that_is_forwarded_to_the_desk_is_no_answer() {
    let company = Company::new();
    for subject in ["Fwd: [K-2026-000007] Kras op de deur", "FW: Kras", "Doorgestuurd: Kras"] {
        let decision = company.decide(&reply_of(&company, JAN, "Voor het dossier.").subject(subject));
        assert_eq!(*why(&decision), Problem::ForWhom, "{subject}");
    }
    let noted = reply_of(&company, JAN, "#intern Voor het dossier.").subject("FW: Kras");
    assert_eq!(kinds(&company.decide(&noted)), ["noted"]);
}

#[test]
fn somebody_in_copy_stops_what_is_for_the_customer_but_no_note() {
    let company = Company::new();
    for other in ["fien@lease.example", "service@lease.example", "receptie@lease.example", "garage@werkplaats.example"]
    {
        for text in ["Kijk jij hier eens naar?", "#afgehandeld\nWij betalen."] {
            let in_cc = reply_of(&company, JAN, text).header(&format!("Cc: {other}"));
            let in_to = reply_of(&company, JAN, text).to(&format!("klachten@lease.example, {other}"));
            for mail in [in_cc, in_to] {
                let decision = company.decide(&mail);
                assert_eq!(*why(&decision), Problem::ColleagueInCopy { address: other.to_owned() }, "{other}");
                assert_eq!(sent(&decision), [(LetterKind::Question, JAN)], "{other}");
            }
        }
        let note = reply_of(&company, JAN, "#intern Kijk jij hier eens naar?").header(&format!("Cc: {other}"));
        assert_eq!(kinds(&company.decide(&note)), ["noted"], "{other}");
    }
    // Whoever it is, it is somebody.
    for odd in
        ["\"fien.bakker\"@lease.example", "Mia <mia@lease.example.>", "mia@[10.0.0.1]", "mia..b@lease.example", "mia@"]
    {
        let decision =
            company.decide(&reply_of(&company, JAN, "Kijk jij hier eens naar?").header(&format!("Cc: {odd}")));
        assert!(matches!(why(&decision), Problem::ColleagueInCopy { .. }), "{odd}: {decision:?}");
        assert_eq!(sent(&decision), [(LetterKind::Question, JAN)], "{odd}");
    }
    let plus = reply_of(&company, JAN, "Wij betalen.").to("klachten+iets@lease.example").header(&format!("Cc: {JAN}"));
    assert_eq!(answer(&company.decide(&plus)), Some("Wij betalen."));
}

#[test]
fn a_customer_without_an_address_cannot_be_answered_by_mail() {
    let mut company = Company::new();
    company.case().customer.address = None;
    for text in ["Wij betalen.", "#antwoord\nWij betalen."] {
        assert_eq!(*why(&company.decide(&reply_of(&company, JAN, text))), Problem::NoCustomerAddress);
    }
}

#[test]
fn a_colleague_whose_reply_has_only_the_quoted_kenmerk_answers_that_notification() {
    let mut company = Company::new();
    let mut other = company.files[0].clone();
    other.case.number = number(6);
    company.files.push(other);
    // The customer's words, with a letter of another case quoted in them, stand above the notification's own line.
    let theirs = company.rules.keys.write(&Token { case: Some(number(6)), side: Side::Customer, letter: letter_id(2) });
    let letter = format!("From: klachten@lease.example\r\n\r\nDe klant schrijft: Kenmerk: {theirs}\r\n");
    company.letter_bytes = Some(letter.into_bytes());
    let text =
        format!("Wij betalen.\n\n> De klant schrijft: Kenmerk: {theirs}\n> Kenmerk: {}", company.token(Side::Staff));
    let decision = company.decide(&post(JAN, &text).header("In-Reply-To: <anders@outlook.example>").dmarc("pass"));
    assert_eq!((answer(&decision), decision.verdict.case), (Some("Wij betalen."), Some(number(7))));
}

#[test]
fn a_case_that_moved_is_acted_on_by_the_department_it_is_with_and_by_its_own_letter() {
    let mut company = Company::new();
    company.letter_department = Some("service".into());
    let decision = company.decide(&reply_of(&company, "fien@lease.example", "Wij betalen."));
    assert_eq!(*why(&decision), Problem::NotYourCase { department: "Schade en verzekering".into() });
    let decision = company.decide(&reply_of(&company, JAN, "Wij betalen."));
    assert_eq!(*why(&decision), Problem::NotYourCase { department: "Klantenservice".into() });
}

#[test]
fn staff_who_complain_are_customers_of_their_case() {
    let mut company = Company::new();
    company.case().customer.address = Some(address("fien@lease.example"));
    let decision =
        company.decide(&post("fien@lease.example", "Weet u al iets?").answering(&company.token(Side::Customer)));
    assert_eq!(kinds(&decision), ["followed_up"]);
}

/// A mail with attachments: (type, disposition, name).
fn with_attachments(company: &Company, text: &str, files: &[(&str, &str, &str)]) -> Post {
    let part = |(kind, disposition, name): &(&str, &str, &str)| {
        format!(
            "--grens\nContent-Type: {kind}; name=\"{name}\"\nContent-Disposition: {disposition}; filename=\"{name}\"\n\nSubject: x\n\ninhoud\n"
        )
    };
    let files: String = files.iter().map(part).collect();
    reply_of(company, JAN, &format!("--grens\nContent-Type: text/plain\n\n{text}\n{files}--grens--\n"))
        .header("MIME-Version: 1.0")
        .header("Content-Type: multipart/mixed; boundary=\"grens\"")
}

#[test]
fn attachments_go_along_but_no_mails_seals_or_logos() {
    let company = Company::new();
    let files = [
        ("application/pdf", "attachment", "offerte.pdf"),
        ("message/rfc822", "attachment", "melding.eml"),
        ("application/octet-stream", "attachment", "Melding.MSG"),
        ("application/vnd.ms-outlook", "attachment", "melding"),
        ("application/pkcs7-signature", "attachment", "smime.p7s"),
        ("text/plain", "inline", "voettekst.txt"),
        // Apple Mail calls a document that it can show so.
        ("application/pdf", "inline", "foto's.pdf"),
    ];
    let decision = company.decide(&with_attachments(&company, "Zie de bijlage.", &files));
    assert_eq!((answer(&decision), carried(&decision)), (Some("Zie de bijlage."), vec!["offerte.pdf", "foto's.pdf"]));
}

fn carried(decision: &MailDecision) -> Vec<&str> {
    decision.letters[0].carried.iter().map(|carried| carried.name.as_str()).collect()
}

#[test]
fn a_notification_saved_as_a_file_does_not_go_along_by_whatever_name_and_type() {
    let company = Company::new();
    let token = company.token(Side::Staff);
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let contents = [
        format!("Kenmerk: {token}").into_bytes(),
        format!("<p>{MARKER}</p><p>{NOTE}</p>").into_bytes(),
        format!("Message-ID: <{}@lease.example>\n\n{NOTE}", token.to_uppercase()).into_bytes(),
        wide(&format!("Kenmerk: {token}")),
        wide(MARKER),
    ];
    let names = ["melding.txt", "melding.html", "melding", "melding.rtf", "Nieuwe klacht.bin"];
    for (content, name) in contents.iter().zip(names).chain([(&b"{}".to_vec(), "x.mht"), (&b"{}".to_vec(), "x.OFT")]) {
        let packed = STANDARD.encode(content);
        for (kind, disposition) in [("application/octet-stream", "attachment"), ("text/plain", "attachment")] {
            let part = format!(
                "--grens\nContent-Type: {kind}\nContent-Transfer-Encoding: base64\nContent-Disposition: {disposition}; \
                 filename=\"{name}\"\n\n{packed}\n"
            );
            let file = ("application/pdf", "attachment", "offerte.pdf");
            let mut mail = with_attachments(&company, "Zie de bijlage.", &[file]);
            mail.text = mail.text.replace("--grens--", &format!("{part}--grens--"));
            let decision = company.decide(&mail);
            assert_eq!(
                (answer(&decision), carried(&decision)),
                (Some("Zie de bijlage."), vec!["offerte.pdf"]),
                "{name}"
            );
        }
    }
    // The reference of a letter to the customer is the customer's own.
    let own = format!("Kenmerk: {}", company.token(Side::Customer));
    let mut mail = with_attachments(&company, "Zie de bijlage.", &[("text/plain", "attachment", "brief.txt")]);
    mail.text = mail.text.replace("inhoud", &own);
    assert_eq!(carried(&company.decide(&mail)), ["brief.txt"]);
}

#[test]
fn an_attachment_alone_is_an_answer_but_not_with_words_below_the_quote() {
    let company = Company::new();
    let file = [("application/pdf", "attachment", "offerte.pdf")];
    assert_eq!(answer(&company.decide(&with_attachments(&company, "", &file))), Some(""));
    for text in ["> u schreef\n\nCollega, is dit wat?", "> u schreef\n\n#intern is dit wat?"] {
        let decision = company.decide(&with_attachments(&company, text, &file));
        assert_eq!(sent(&decision), [(LetterKind::Question, JAN)], "{text}");
    }
}

#[test]
fn an_answer_in_html_only_is_relayed_without_the_notification() {
    let company = Company::new();
    let html = format!("<p>Wij betalen.</p><blockquote type=\"cite\"><p>{MARKER}</p><p>{NOTE}</p></blockquote>");
    let mail = reply_of(&company, JAN, &html).header("Content-Type: text/html; charset=utf-8");
    assert_eq!(answer(&company.decide(&mail)), Some("Wij betalen."));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn nothing_internal_is_written_to_a_customer_whatever_is_typed_and_however_it_is_quoted(
        typed in "(#intern|#afgehandeld|#antwoord|Intern:|intern|Beste Karin,|Wij betalen\\.|\n|\n\n| |> ja|é){0,9}",
        quoting in 0..4usize,
        from in prop::sample::select(vec![JAN, "chef@lease.example", "schade@lease.example"]),
    ) {
        let company = Company::new();
        let told = format!("{MARKER}\nNotitie: {NOTE}\n#intern bewaart uw tekst\nKenmerk: {}", company.token(Side::Staff));
        let quote = |mark: &str| told.lines().map(|line| format!("{mark}{line}\n")).collect::<String>();
        let below = match quoting {
            0 => format!("Op do 5 mrt 2026 om 10:00 schreef Klachten <klachten@lease.example>:\n{}", quote("> ")),
            1 => format!("Van: Klachten <klachten@lease.example>\nVerzonden: donderdag 5 maart 2026 10:00\nAan: Jan\nOnderwerp: Klacht\n\n{told}"),
            2 => format!("-----Oorspronkelijk bericht-----\n{told}"),
            _ => quote("> "),
        };
        let decision = company.decide(&reply_of(&company, from, &format!("{typed}\n\n{below}")));
        for draft in to_customers(&decision) {
            let shown = format!("{:?}", (&draft.content, &draft.references, &draft.in_reply_to));
            prop_assert!(!shown.contains(NOTE) && !shown.contains(&company.token(Side::Staff)) && !shown.contains(MARKER), "{shown}");
            for verb in ["#intern", "#afgehandeld", "#antwoord"] {
                prop_assert!(!shown.contains(verb), "{shown}");
            }
            prop_assert!(draft.to == address(KLANT));
        }
        if let Some(relayed) = answer(&decision) {
            let receipt = format!("{:?}", decision.letters.last());
            prop_assert!(receipt.contains(&format!("{relayed:?}")), "the receipt does not show what was sent: {receipt}");
        }
    }

    #[test]
    fn nobody_but_the_house_and_the_customer_hears_of_a_case(
        from in prop::sample::select(vec!["vreemde@elders.example", "vertrokken@lease.example", "receptie@lease.example", ""]),
        side in prop::sample::select(vec![Side::Customer, Side::Staff]),
        text in "\\PC{0,60}(\n\\PC{0,60}){0,3}",
        quoted in any::<bool>(),
    ) {
        let company = Company::new();
        let token = company.token(side);
        let mail = if quoted { post(from, &format!("{text}\n> Kenmerk: {token}")) } else { post(from, &text).answering(&token) };
        let decision = company.decide(&mail);
        for draft in &decision.letters {
            prop_assert!(draft.to == address("schade@lease.example"), "{decision:?}");
        }
    }
}
