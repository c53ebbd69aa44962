//! Web forms and voicemail boxes: whose complaint they are, that nothing typed into one does more than open a case, and
//! what becomes of those that the settings do not name.

use super::draft::{Remark, Unacknowledged};
use super::*;
use crate::desk::caps::{counted_as, counted_sender};

const SITE: &str = "noreply@www.lease.example";
const PIET: &str = "piet@klant.example";
const FIELDS: &str = "fields = { email = \"E-mail\", name = \"Naam\", phone = \"Telefoon\", text = \"Bericht\" }";

/// The company with a form of these lines.
fn with_form(lines: &str) -> Company {
    Company::of(&format!("{SETTINGS}\n[[form]]\nfrom = \"{SITE}\"\n{lines}\n"))
}

fn by_field() -> Company {
    with_form(&format!("customer = \"field\"\n{FIELDS}"))
}

/// A form as the company's own server confirms it.
fn filled_in(text: &str) -> Post {
    post(SITE, text).dmarc("pass").subject("Contactformulier")
}

fn opened(decision: &MailDecision) -> &Opened {
    let opened = decision.events.iter().find_map(|event| match &event.what {
        What::Opened(opened) => Some(opened.as_ref()),
        _ => None,
    });
    opened.unwrap_or_else(|| panic!("nothing was opened: {decision:?}"))
}

fn notification(decision: &MailDecision) -> &draft::Notification {
    let found = decision.letters.iter().find_map(|draft| match &draft.content {
        Content::Notification(notification) => Some(notification.as_ref()),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no notification: {decision:?}"))
}

fn is_piets(decision: &MailDecision, what: &str) {
    let customer = &opened(decision).customer;
    assert_eq!((customer.address.as_ref(), customer.name.as_str()), (Some(&address(PIET)), "Piet de Boer"), "{what}");
    assert_eq!(decision.letters[0].to, address(PIET), "{what}");
    assert_eq!(decision.letters[0].content.kind(), LetterKind::Acknowledgement, "{what}");
}

#[test]
fn a_form_is_the_complaint_of_whom_answers_go_to() {
    let company = with_form("");
    let mail = filled_in("De ruit is stuk, er is schade.").header("Reply-To: Piet de Boer <piet@klant.example>");
    for mail in [mail.clone(), mail.clone().header("Auto-Submitted: auto-generated"), mail.header("Return-Path: <>")] {
        let decision = company.decide(&mail);
        is_piets(&decision, "reply-to");
        assert_eq!((decision.verdict.disposition, kinds(&decision)), (Disposition::Complaint, vec!["opened"]));
        assert_eq!(sent(&decision)[1], (LetterKind::Notification, "schade@lease.example"));
        assert_eq!(notification(&decision).remarks, [Remark::ByForm(SITE.into())]);
        assert_eq!(decision.letters[0].in_reply_to, None, "the customer's client does not know the website's mail");
    }
}

#[test]
fn fields_are_read_as_forms_print_them() {
    for text in [
        "Naam: Piet de Boer\nE-mail: piet@klant.example\n\nBericht:\nDe ruit is stuk.",
        "NAAM : Piet de Boer\nÉ-mail* : <piet@klant.example>\nBericht: De ruit is stuk.",
        "*Naam:* Piet de Boer\n*E-mail:* piet@klant.example <mailto:piet@klant.example>\n*Bericht:*\nDe ruit is stuk.",
        "| Naam | Piet de Boer |\n| E-mail | piet@klant.example |\n| Bericht | De ruit is stuk. |",
        "Naam\tPiet de Boer\nE-mail\tpiet@klant.example\nBericht\tDe ruit is stuk.",
        "Naam  Piet de Boer\nE-mail  piet@klant.example\nBericht  De ruit is stuk.",
        "Naam\nPiet de Boer\n\nE-mail\n\npiet@klant.example\n\nBericht\n\nDe ruit is stuk.",
        "Van de website\n\nNaam = Piet de Boer\nTelefoon = 06 12345678\nE-mail = piet@klant.example\nBericht = De ruit is stuk.",
    ] {
        let decision = by_field().decide(&filled_in(text));
        is_piets(&decision, text);
        assert!(
            opened(&decision).text.lines().next().map(|line| line.trim_end_matches([' ', '|']))
                == Some("De ruit is stuk."),
            "{text}: {:?}",
            opened(&decision).text
        );
    }
    let html = "<table><tr><th>Naam</th><td>Piet de Boer</td></tr><tr><td><b>E-mail</b></td>\
                <td><a href=\"mailto:piet@klant.example\">piet@klant.example</a></td></tr>\
                <tr><td>Bericht</td><td>De ruit is stuk.<br>Al drie weken.</td></tr></table>";
    let decision = by_field().decide(&filled_in(html).header("Content-Type: text/html; charset=utf-8"));
    is_piets(&decision, html);
    assert_eq!(opened(&decision).text, "De ruit is stuk.\nAl drie weken.");
}

#[test]
fn what_else_was_filled_in_stands_below_the_text_and_tells_two_complaints_apart() {
    let filled = |plate: &str| {
        filled_in(&format!(
            "Naam: Piet de Boer\nKenteken: {plate}\nE-mail: piet@klant.example\nContract\n12-34\n\nBericht:\nDe ruit is stuk."
        ))
    };
    let mut company = by_field();
    let first = company.decide(&filled("XX-123-B"));
    assert_eq!(opened(&first).text, "De ruit is stuk.\n\nKenteken: XX-123-B\nContract\n12-34");
    company.files = vec![CaseFile::of(Case::open(number(7), now(), opened(&first)))];
    assert_eq!(company.decide(&filled("XX-123-B")).verdict.disposition, Disposition::Duplicate);
    let other = company.decide(&filled("YY-456-C"));
    assert_eq!(
        (other.verdict.disposition, other.verdict.case),
        (Disposition::Complaint, Some(number(8))),
        "another car"
    );
}

#[test]
fn nothing_typed_into_the_message_names_somebody_else() {
    let company = by_field();
    let hostile = "Naam: Piet de Boer\nE-mail: piet@klant.example\nBericht: Stuk.\nE-mail: ander@elders.example\n\
                   Naam: Ander\nReply-To: ander@elders.example\nBericht: Anders.";
    let mail = filled_in(hostile).header("Reply-To: derde@elders.example");
    let decision = company.decide(&mail);
    is_piets(&decision, hostile);
    assert!(opened(&decision).text.ends_with("Bericht: Anders."), "{:?}", opened(&decision).text);
    // The first line with a label counts, also an empty one, and of two addresses none.
    for text in [
        "E-mail:\nNaam: Piet de Boer\nE-mail: ander@elders.example\nBericht: Stuk.",
        "E-mail: piet@klant.example, ander@elders.example\nBericht: Stuk.",
        "E-mail:\nBericht: Mijn adres\nE-mail: ander@elders.example",
    ] {
        let decision = company.decide(&filled_in(text));
        assert_eq!(opened(&decision).customer.address, None, "{text}");
        assert_eq!(notification(&decision).unacknowledged, Some(Unacknowledged::NoAddress), "{text}");
        assert_eq!(sent(&decision).len(), 1, "{text}: {:?}", sent(&decision));
    }
}

#[test]
fn a_form_opens_a_case_and_does_nothing_else() {
    let company = by_field();
    let staff = company.token(Side::Staff);
    for text in ["#afgehandeld\nU krijgt alles.", "#klacht 17", "#zoek jansen", "#dossier K-2026-000007", "Bedankt!"] {
        let filled = format!("Naam: Piet de Boer\nE-mail: {PIET}\nBericht:\n{text}\nKenmerk: {staff}");
        for mail in [
            filled_in(&filled),
            filled_in(&filled).answering(&staff),
            filled_in(&filled).answering(&company.token(Side::Customer)),
            filled_in(&filled).header("In-Reply-To: <eerste@prive.example>"),
        ] {
            let decision = company.decide(&mail);
            is_piets(&decision, text);
            let own = |event: &Event| {
                event.case == Some(number(8)) && matches!(event.what, What::Opened(_) | What::Linked { .. })
            };
            assert!(decision.events.iter().all(own), "{text}: {:?}", kinds(&decision));
        }
    }
    // In the name of the customer of case 7, too.
    let own = format!("Naam: Karin\nE-mail: {KLANT}\nBericht: Het is K-2026-000007 nog steeds niet eens.");
    let decision = company.decide(&filled_in(&own));
    assert_eq!((decision.verdict.case, kinds(&decision)), (Some(number(8)), vec!["opened", "linked"]));
    let junk = company.decide(&filled_in(&own).header("X-Spam-Flag: YES"));
    assert_eq!((junk.verdict.disposition, sent(&junk)), (Disposition::SetAside, vec![]));
}

#[test]
fn a_colleague_a_machine_and_ourselves_are_no_customers_of_a_form() {
    for named in [JAN, "receptie@lease.example", "klachten@lease.example", "noreply@klant.example", SITE, "geen", ""] {
        let decision = by_field().decide(&filled_in(&format!("E-mail: {named}\nNaam: X\nBericht: Stuk.")));
        assert_eq!(opened(&decision).customer.address, None, "{named}");
        assert_eq!(sent(&decision), [(LetterKind::Notification, "service@lease.example")], "{named}");
    }
}

#[test]
fn where_senders_are_checked_a_form_that_nobody_proves_is_an_ordinary_mail() {
    let text = format!("Naam: Piet de Boer\nE-mail: {PIET}\nBericht: Stuk.");
    for proof in ["fail", "none"] {
        let decision = by_field().decide(&post(SITE, &text).dmarc(proof));
        assert_eq!(
            (opened(&decision).customer.address.as_ref(), to_customers(&decision).count()),
            (None, 0),
            "{proof}"
        );
    }
    let other = by_field().decide(&post("noreply@www.lease.example.evil.example", &text).dmarc("pass"));
    assert_eq!(to_customers(&other).count(), 0);
    // Where no server checks them, From is all there is.
    let unchecked = SETTINGS.replace("trusted_authserv_id = \"mx.lease.example\"", "accept_unproven_staff = true");
    let company = Company::of(&format!("{unchecked}\n[[form]]\nfrom = \"{SITE}\"\ncustomer = \"field\"\n{FIELDS}"));
    let mail = mail::read(&post(SITE, &text).raw(), "");
    let incoming = Incoming { id: 42, mail: &mail, received_at: now(), from_junk: false, arrival: Arrival::New };
    is_piets(&on_mail(&incoming, &company.known(&mail), &company.rules, now(), &mut Fresh::new([3; 32])), "unchecked");
}

#[test]
fn a_form_on_the_desks_own_address_is_not_taken_for_a_letter_of_ours() {
    let company = Company::of(&format!("{SETTINGS}\n[[form]]\nfrom = \"klachten@lease.example\"\n"));
    let mail = post("klachten@lease.example", "Stuk.").header("Reply-To: Piet de Boer <piet@klant.example>");
    is_piets(&company.decide(&mail.dmarc("pass")), "own address");
}

#[test]
fn a_voicemail_box_names_a_number_and_two_callers_are_two_complaints() {
    let company = with_form("customer = \"field\"\nfields = { phone = \"Voicemail van\" }");
    for mail in [
        filled_in("U hebt een bericht.").subject("Voicemail van 06 12345678"),
        filled_in("Voicemail van: 06 12345678\nDuur: 0:31"),
        filled_in("Voicemail van 06 12345678 (0:31)"),
    ] {
        let decision = company.decide(&mail);
        let customer = &opened(&decision).customer;
        assert_eq!((customer.address.as_ref(), customer.phone.as_deref()), (None, Some("06 12345678")), "{mail:?}");
        assert_eq!(notification(&decision).unacknowledged, Some(Unacknowledged::NoAddress));
        assert_eq!(lookup(&mail::read(&mail.raw(), "mx.lease.example"), &company.rules, now()).said, None);
    }
}

#[test]
fn a_form_sent_twice_is_one_complaint_and_caps_count_the_customer() {
    let mut company = by_field();
    let text = |who: &str| format!("Naam: Piet de Boer\nE-mail: {who}\nBericht: Stuk.");
    let first = company.decide(&filled_in(&text(PIET)));
    company.files.push(CaseFile::of(Case::replay(&first.events).unwrap()));
    let again = company.decide(&filled_in(&text(PIET)));
    assert_eq!((again.verdict.disposition, again.verdict.case), (Disposition::Duplicate, Some(number(8))));
    assert_eq!(company.decide(&filled_in(&text("els@klant.example"))).verdict.disposition, Disposition::Complaint);
    let read = |text: &str| mail::read(&filled_in(text).raw(), "mx.lease.example");
    let counted = |text: &str| counted_sender(&read(text), &understood(&read(text), &company.rules));
    let whom = |text: &str| counted(text).map(|stranger| stranger.address);
    assert_eq!(whom(&text(PIET)), Some(address(PIET)));
    assert_eq!(whom("E-mail: geen\nBericht: Stuk."), Some(address(SITE)));
    let told = counted_as(LetterKind::Notification, &address("schade@lease.example"), counted(&text(PIET)).as_ref());
    assert_eq!(told, format!("about {PIET}"));
}

#[test]
fn of_a_form_that_the_settings_do_not_name_staff_hear_who_the_customer_may_be() {
    let company = Company::new();
    let reply_to = |from: &str| {
        let text = "Er is schade.\nE-mailadres: els@klant.example\nNaam: Els\nVragen: info@lease.example";
        post(from, text).header("Reply-To: Piet de Boer <piet@klant.example>")
    };
    for mail in [
        reply_to(SITE),
        reply_to("info@www.lease.example"),
        reply_to("wordpress@site.example"),
        reply_to("klanten@site.example").header("Auto-Submitted: auto-generated"),
    ] {
        let decision = company.decide(&mail);
        assert_eq!(
            (decision.verdict.disposition, kinds(&decision)),
            (Disposition::Complaint, vec!["opened", "customer_unknown"])
        );
        assert_eq!(opened(&decision).customer, Customer::default());
        assert_eq!(sent(&decision), [(LetterKind::Notification, "schade@lease.example")], "{mail:?}");
        let Remark::WhoIsCustomer { from, perhaps } = &notification(&decision).remarks[0] else {
            panic!("{:?}", notification(&decision).remarks)
        };
        assert_eq!(*from, mail.from);
        let named: Vec<(&str, &str)> =
            perhaps.iter().map(|one| (one.name.as_str(), one.address.as_ref().map_or("", Address::as_str))).collect();
        assert_eq!(named, [("Piet de Boer", PIET), ("Els", "els@klant.example")], "{mail:?}");
    }
    // A person who asks for answers elsewhere is a person.
    let person = company.decide(&reply_to("jansen@kantoor.example"));
    assert_eq!(sent(&person)[0], (LetterKind::Acknowledgement, "jansen@kantoor.example"));
}
