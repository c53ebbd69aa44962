//! Staff who answer the customer themselves with the desk in copy: nothing goes out twice, and nothing counts that is
//! not proven.

use super::draft::{Done, Problem, Unsure};
use super::*;
use crate::case::{Closed, DirectAnswer};
use chrono::TimeDelta;

const TO_BOTH: &str = "klant@prive.example, klachten@lease.example";
const TEXT: &str = "Beste Karin,\n\nWij betalen de schade.";
/// Our mail server had it before we looked.
const EARLIER: TimeDelta = TimeDelta::minutes(40);

fn received() -> Moment {
    now() - EARLIER
}

impl Company {
    /// With a second open case of the same customer.
    fn with_two_cases() -> Self {
        let mut company = Self::new();
        let mut other = company.files[0].clone();
        other.case.number = number(6);
        other.case.customer_thread = vec!["tweede@prive.example".into()];
        company.files.push(other);
        company
    }

    fn decide_received(&self, post: &Post) -> MailDecision {
        let mail = mail::read(&post.raw(), "mx.lease.example");
        let incoming =
            Incoming { id: 42, mail: &mail, received_at: received(), from_junk: false, arrival: Arrival::New };
        on_mail(&incoming, &self.known(&mail), &self.rules, now(), &mut Fresh::new([3; 32]))
    }

    /// What was decided becomes the past.
    pub(super) fn lives_through(&mut self, decision: &MailDecision) {
        for file in &mut self.files {
            let number = file.case.number;
            for event in decision.events.iter().filter(|event| event.case == Some(number)) {
                file.case.apply(event);
                file.events.push(event.clone());
            }
        }
    }

    /// A reply to a letter that this decision wrote.
    fn reply_to(&self, draft: &Draft, from: &str, text: &str) -> Post {
        let token = self.rules.keys.write(&Token { case: draft.case, side: draft.side, letter: draft.id.clone() });
        post(from, text).answering(&token).dmarc("pass")
    }
}

/// (a): a reply to the notification, with the customer added.
fn with_token(company: &Company, text: &str) -> Post {
    reply_of(company, JAN, text).to(TO_BOTH)
}

/// (b): a mail to the customer, with the desk in Cc and without a token.
fn without(text: &str) -> Post {
    post(JAN, text).to(KLANT).header("Cc: klachten@lease.example").dmarc("pass")
}

fn told(decision: &MailDecision) -> &[Done] {
    let receipt = decision.letters.iter().find_map(|draft| match &draft.content {
        Content::Receipt(receipt) => Some(receipt.done.as_slice()),
        _ => None,
    });
    receipt.unwrap_or_default()
}

fn recorded(decision: &MailDecision) -> Option<&DirectAnswer> {
    decision.events.iter().find_map(|event| match &event.what {
        What::AnsweredDirectly(answer) => Some(answer),
        _ => None,
    })
}

/// What comes of a mail the customer has: in the words of the module's table.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Came {
    /// On file as the answer; these verbs were left undone.
    Recorded(Vec<&'static str>),
    /// On file, and the case is closed with its confirmation.
    RecordedAndClosed,
    /// A note, and the sender is told that the customer has read it.
    Internal,
    /// The sender is asked whether it was the answer.
    Asked,
    /// Nothing of it can be used: the sender is asked something else.
    Refused,
}

fn came(decision: &MailDecision) -> Came {
    let names = kinds(decision);
    let left = told(decision).iter().find_map(|done| match done {
        Done::LeftUndone { written } => Some(written.clone()),
        _ => None,
    });
    let read = told(decision).iter().any(|done| matches!(done, Done::AlsoWithCustomer { .. }));
    match (recorded(decision), names.contains(&"closed"), read, names.contains(&"answer_to_confirm")) {
        (Some(_), true, false, false) => Came::RecordedAndClosed,
        (Some(_), false, false, false) => {
            Came::Recorded(left.unwrap_or_default().into_iter().map(|verb| &*verb.leak()).collect())
        }
        (None, false, true, true) => Came::Internal,
        (None, false, false, true) => Came::Asked,
        (None, false, false, false) => Came::Refused,
        _ => panic!("{decision:?}"),
    }
}

#[test]
fn the_table_of_mails_the_customer_has_already() {
    use Came::{Asked, Internal, Recorded, RecordedAndClosed, Refused};
    let plain = || Recorded(vec![]);
    for (text, with, bare) in [
        (TEXT.to_owned(), plain(), plain()),
        (format!("#antwoord\n{TEXT}"), plain(), plain()),
        (format!("#afgehandeld\n{TEXT}"), RecordedAndClosed, Recorded(vec!["#afgehandeld"])),
        (
            format!("#intern coulance\n#afgehandeld\n{TEXT}"),
            RecordedAndClosed,
            Recorded(vec!["#intern", "#afgehandeld"]),
        ),
        (
            format!("#toewijzen niemand@lease.example\n#antwoord\n{TEXT}"),
            Recorded(vec!["#toewijzen"]),
            Recorded(vec!["#toewijzen"]),
        ),
        (
            format!("#intern\n#afgehandeld\n{TEXT}"),
            Recorded(vec!["#intern", "#afgehandeld"]),
            Recorded(vec!["#intern", "#afgehandeld"]),
        ),
        ("#intern zij belde net".to_owned(), Internal, Refused),
        (format!("#overnemen\n{TEXT}"), Internal, Refused),
        (format!("#afgehandelt\n{TEXT}"), Recorded(vec!["#afgehandelt"]), Recorded(vec!["#afgehandelt"])),
        (
            format!("{TEXT}\n#intern zij zeurt"),
            Recorded(vec!["#intern zij zeurt"]),
            Recorded(vec!["#intern zij zeurt"]),
        ),
        (String::new(), Refused, Refused),
        ("#afgehandeld".to_owned(), Refused, Refused),
    ] {
        let company = Company::new();
        for (route, mail, outcome) in [("a", with_token(&company, &text), with), ("b", without(&text), bare)] {
            let decision = company.decide_received(&mail);
            assert_eq!(came(&decision), outcome, "{route}: {text}");
            // What the customer has is never sent again; only a confirmation of closing is another letter.
            let confirmations = usize::from(outcome == RecordedAndClosed);
            assert_eq!(to_customers(&decision).count(), confirmations, "{route}: {text}");
            assert!(decision.letters.iter().all(|draft| draft.to == address(JAN) || draft.to == address(KLANT)));
        }
        // Not proven: nothing of it counts, whatever it says, and only the registered address hears of it.
        for proof in ["fail", "none"] {
            for mut mail in [with_token(&company, &text), without(&text)] {
                mail.headers.retain(|line| !line.starts_with("Authentication-Results"));
                let decision = company.decide_received(&mail.dmarc(proof));
                assert!(matches!(came(&decision), Asked | Refused), "{text}");
                assert_eq!(to_customers(&decision).count(), 0);
            }
        }
    }
}

#[test]
fn the_answer_counts_from_its_receipt_and_joins_the_customers_thread() {
    let company = Company::new();
    for mail in [with_token(&company, TEXT), without(TEXT)] {
        let mut company = Company::new();
        company.case().received_at = received() - TimeDelta::hours(1);
        let decision = company.decide_received(&mail);
        assert_eq!((decision.verdict.disposition, decision.verdict.case), (Disposition::Staff, Some(number(7))));
        assert_eq!(
            (kinds(&decision), sent(&decision)),
            (vec!["handler_set", "answered_directly"], vec![(LetterKind::Receipt, JAN)])
        );
        let answer = recorded(&decision).unwrap();
        assert_eq!((answer.text.as_str(), &answer.from, answer.received_at), (TEXT, &address(JAN), received()));
        company.lives_through(&decision);
        assert_eq!(company.case().first_response_at(), Some(received()));
        assert_eq!(company.case().customer_thread, ["eerste@prive.example", "dit@elders.example"]);
    }
}

#[test]
fn a_closing_mail_repeats_no_attachments() {
    let company = Company::new();
    let body = "--grens\nContent-Type: text/plain\n\n#afgehandeld\nWij betalen.\n--grens\nContent-Type: application/pdf; \
                name=\"offerte.pdf\"\nContent-Disposition: attachment; filename=\"offerte.pdf\"\n\ninhoud\n--grens--\n";
    let mail = with_token(&company, body)
        .header("MIME-Version: 1.0")
        .header("Content-Type: multipart/mixed; boundary=\"grens\"");
    let decision = company.decide_received(&mail);
    assert_eq!(came(&decision), Came::RecordedAndClosed);
    assert!(to_customers(&decision).all(|draft| draft.carried.is_empty()), "{:?}", decision.letters);
}

#[test]
fn somebody_else_beside_the_customer_is_asked_about_and_confirmed() {
    let mut company = Company::new();
    for other in ["garage@werkplaats.example", "mia@lease.example"] {
        let mail = with_token(&company, TEXT).header(&format!("Cc: {other}"));
        let decision = company.decide_received(&mail);
        let asked = Problem::SentByYou { customer: address(KLANT), why: Unsure::AlsoTo(address(other)) };
        assert_eq!((why(&decision), sent(&decision)), (&asked, vec![(LetterKind::Question, JAN)]));
        // Without a token nothing could be relayed, so a colleague may read along.
        let read_along = without(TEXT).to(&format!("{KLANT}, {other}"));
        assert_eq!(came(&company.decide_received(&read_along)), Came::Recorded(vec![]));
    }
    let decision = company.decide_received(&with_token(&company, TEXT).header("Cc: garage@werkplaats.example"));
    company.lives_through(&decision);
    let yes = company.decide(&company.reply_to(&decision.letters[0], JAN, "#verstuurd"));
    assert_eq!(recorded(&yes).map(|answer| answer.received_at), Some(received()));
}

#[test]
fn an_unproven_mail_counts_once_the_registered_address_says_so() {
    for route in ["a", "b"] {
        let mut company = Company::new();
        let mut mail = if route == "a" { with_token(&company, TEXT) } else { without(TEXT) };
        mail.headers.retain(|line| !line.starts_with("Authentication-Results"));
        let decision = company.decide_received(&mail);
        assert_eq!((decision.verdict.disposition, kinds(&decision)), (Disposition::Staff, vec!["answer_to_confirm"]));
        assert_eq!(*why(&decision), Problem::SentByYou { customer: address(KLANT), why: Unsure::Sender });
        company.lives_through(&decision);
        assert_eq!(company.case().first_response_at(), None);
        let asked = decision.letters[0].clone();
        // Not by a forger who holds the question, and not by a word to another letter.
        let forged = Post { headers: vec![], ..company.reply_to(&asked, JAN, "#verstuurd") };
        let token = company.rules.keys.write(&Token { case: asked.case, side: Side::Staff, letter: asked.id.clone() });
        assert_eq!(recorded(&company.decide(&forged.answering(&token))), None);
        let elsewhere = company.decide(&reply_of(&company, JAN, "#verstuurd"));
        assert_eq!(*why(&elsewhere), Problem::NotNow { verb: "#verstuurd".into() });

        let yes = company.decide(&company.reply_to(&asked, JAN, "#verstuurd"));
        assert_eq!(recorded(&yes).map(|a| (a.text.as_str(), a.received_at)), Some((TEXT, received())), "{route}");
        assert_eq!(sent(&yes), [(LetterKind::Receipt, JAN)]);
        company.lives_through(&yes);
        // Pressed twice it changes nothing.
        let again = company.decide(&company.reply_to(&asked, JAN, "#sent"));
        assert_eq!((recorded(&again), sent(&again)), (None, vec![(LetterKind::Receipt, JAN)]));
    }
}

#[test]
fn of_several_cases_the_sender_is_asked_which() {
    let mut company = Company::with_two_cases();
    let decision = company.decide_received(&without(TEXT));
    let Problem::WhichCase { customer, choices } = why(&decision) else { panic!("{decision:?}") };
    assert_eq!(
        (customer, choices.iter().map(|choice| choice.0).collect::<Vec<_>>()),
        (&address(KLANT), vec![number(7), number(6)])
    );
    assert_eq!((sent(&decision), recorded(&decision)), (vec![(LetterKind::Question, JAN)], None));
    company.lives_through(&decision);
    let asked = decision.letters[0].clone();
    let none_named = company.decide(&company.reply_to(&asked, JAN, "#verstuurd"));
    assert_eq!((why(&none_named), recorded(&none_named)), (&Problem::NoCase, None));
    // A number opens nothing but what that very question asked about, and for nobody but its reader.
    let words = company.decide(&company.reply_to(&asked, JAN, "Het hoort bij K-2026-000006"));
    assert_eq!((to_customers(&words).count(), recorded(&words)), (0, None));
    let stranger = company.decide(&company.reply_to(&asked, "fien@lease.example", "#verstuurd K-2026-000006"));
    assert_eq!(recorded(&stranger), None);
    let other_letter = company.decide(&company.reply_to(
        &Draft { id: letter_id(9), ..asked.clone() },
        JAN,
        "#verstuurd K-2026-000006",
    ));
    assert_eq!(recorded(&other_letter), None);

    let yes = company.decide(&company.reply_to(&asked, JAN, "#verstuurd K-2026-000006"));
    assert_eq!((yes.verdict.case, recorded(&yes).map(|answer| answer.text.as_str())), (Some(number(6)), Some(TEXT)));
    assert_eq!(kinds(&yes), ["handler_set", "answered_directly"]);
}

#[test]
fn the_customers_thread_says_which_of_several_cases() {
    let company = Company::with_two_cases();
    for (id, serial) in [("eerste@prive.example", 7), ("tweede@prive.example", 6)] {
        let in_reply = without(TEXT).header(&format!("In-Reply-To: <{id}>"));
        let in_references = without(TEXT).header(&format!("References: <iets@prive.example> <{id}>"));
        for mail in [in_reply, in_references] {
            let decision = company.decide_received(&mail);
            assert_eq!((decision.verdict.case, came(&decision)), (Some(number(serial)), Came::Recorded(vec![])));
        }
    }
    // Our acknowledgement stands quoted in the customer's mail that the colleague answers.
    let quoted = format!("{TEXT}\n\n> Kenmerk: {}", company.token(Side::Customer));
    assert_eq!(company.decide_received(&without(&quoted)).verdict.case, Some(number(7)));
}

#[test]
fn an_outlook_reply_to_the_customers_own_mail_is_no_mail_passed_on() {
    let company = Company::new();
    let text = format!(
        "{TEXT}\n\nVan: Karin Klant <{KLANT}>\nVerzonden: donderdag 5 maart 2026 09:00\nAan: Jan\nOnderwerp: Kras op de deur\n\n\
         Er zit een kras op de deur."
    );
    let mail = without(&text).subject("RE: Kras op de deur").header("In-Reply-To: <eerste@prive.example>");
    let decision = company.decide_received(&mail);
    assert_eq!(recorded(&decision).map(|answer| answer.text.as_str()), Some(TEXT), "{decision:?}");
}

#[test]
fn who_may_not_act_records_nothing_and_learns_no_number() {
    let company = Company::new();
    for from in ["fien@lease.example", "directie@lease.example", "receptie@lease.example"] {
        let mail = Post { from: from.into(), ..without(TEXT) };
        let mail = Post { headers: vec!["Cc: klachten@lease.example".into()], ..mail }.dmarc("pass");
        let decision = company.decide_received(&mail);
        assert_eq!((why(&decision), sent(&decision)), (&Problem::NoCase, vec![(LetterKind::Question, from)]));
    }
    // A closed case, another customer: a mail without a case, as ever.
    let mut closed = Company::new();
    closed.after(What::Closed(Closed { settlement: "Betaald".into(), letter: letter_id(9) }));
    assert_eq!(*why(&closed.decide_received(&without(TEXT))), Problem::NoCase);
    let strangers = without(TEXT).to("iemand@elders.example");
    assert_eq!(*why(&company.decide_received(&strangers)), Problem::NoCase);
}

#[test]
fn a_complaint_taken_down_with_the_customer_in_copy_is_a_new_complaint() {
    let company = Company::new();
    let form = "#telefoon\nKlant: Karin Klant\nE-mail: klant@prive.example\n\nDe auto start niet.";
    assert_eq!(company.decide_received(&without(form)).verdict.disposition, Disposition::Complaint);
}

/// Whoever knows two addresses can write such a mail: where nothing is proven it needs a letter of ours in hand.
#[test]
fn without_proof_or_our_letter_in_hand_an_answer_is_asked_about_whatever_the_operator_accepts() {
    for settings in [
        SETTINGS.replace("trusted_auth", "accept_unproven_staff = true\ntrusted_auth"),
        SETTINGS.replace("trusted_authserv_id = \"mx.lease.example\"", "accept_unproven_staff = true"),
    ] {
        let company = Company::of(&settings);
        let quoted = format!("{TEXT}\n\n> Kenmerk: {}", company.token(Side::Customer));
        let customers = without(TEXT).answering(&company.token(Side::Customer));
        let threaded = without(TEXT).header("In-Reply-To: <eerste@prive.example>");
        for mut mail in
            [without(TEXT), without(&quoted), customers, threaded, without(&format!("#afgehandeld\n{TEXT}"))]
        {
            mail.headers.retain(|line| !line.starts_with("Authentication-Results"));
            let decision = company.decide_received(&mail);
            assert_eq!((recorded(&decision), sent(&decision)), (None, vec![(LetterKind::Question, JAN)]), "{mail:?}");
            assert_eq!(*why(&decision), Problem::SentByYou { customer: address(KLANT), why: Unsure::Sender });
            assert_eq!(decision.verdict.disposition, Disposition::Staff);
        }
        // With the notification in hand it is as the operator accepted.
        let mut mail = with_token(&company, TEXT);
        mail.headers.retain(|line| !line.starts_with("Authentication-Results"));
        assert_eq!(came(&company.decide_received(&mail)), Came::Recorded(vec![]));
    }
}

/// A genuine mail of a colleague, signed by the company's server, in the hands of somebody who sends it on.
fn signed(covered: &str) -> Post {
    let mut mail = post(JAN, TEXT).to(KLANT);
    mail.headers = [
        "Authentication-Results: mx.lease.example; dkim=pass header.d=lease.example; dmarc=pass header.from=lease.example",
        &format!("DKIM-Signature: v=1; a=rsa-sha256; d=lease.example; s=a; h={covered}; bh=x; b=y"),
        "Cc: klachten@lease.example",
    ]
    .map(str::to_owned)
    .to_vec();
    mail
}

#[test]
fn a_genuine_mail_that_was_sent_on_is_no_answer_to_this_customer() {
    let company = Company::new();
    let whole = "from:to:cc:subject:date:message-id";
    let dated = |date: &str| signed(whole).header(&format!("Date: {date}"));
    let fresh = [
        signed(whole),
        dated("Wed, 4 Mar 2026 10:00:00 +0100"),
        dated("Thu, 5 Mar 2026 11:00:00 +0100"),
        signed("from:subject").header("X-Other: 1"),
    ];
    let [whole_one, late, ahead, mut by_way] = fresh;
    by_way.headers[0] =
        "Authentication-Results: mx.lease.example; spf=pass smtp.mailfrom=jan@lease.example; dmarc=pass header.from=lease.example"
            .to_owned();
    for mail in [whole_one, late, ahead, by_way] {
        assert_eq!(came(&company.decide_received(&mail)), Came::Recorded(vec![]), "{mail:?}");
    }
    let resent = [
        // Its signature covers neither to whom nor when.
        signed("from:subject:date:message-id"),
        signed("from:to:subject:date:message-id"),
        signed("from:to:cc:subject:message-id"),
        signed("from:to:cc:date; l=20"),
        // It covers one field of two.
        signed(whole).header("To: iemand@elders.example"),
        signed(whole).header("Cc: iemand@elders.example"),
        // It is an older one, or one of tomorrow.
        dated("Mon, 2 Mar 2026 10:00:00 +0100"),
        dated("Fri, 6 Mar 2026 10:00:00 +0100"),
        // It has no date, or none that is one.
        dated("gisteren"),
        without(TEXT).header("Date: "),
    ];
    for mail in resent {
        let decision = company.decide_received(&mail);
        assert_eq!((recorded(&decision), sent(&decision)), (None, vec![(LetterKind::Question, JAN)]), "{mail:?}");
        assert_eq!(*why(&decision), Problem::SentByYou { customer: address(KLANT), why: Unsure::Resent }, "{mail:?}");
        assert_eq!((decision.verdict.disposition, to_customers(&decision).count()), (Disposition::Staff, 0));
    }
    // It was on file before, and its date or text was added since.
    let mut company = Company { same_id: Some(12), ..Company::new() };
    let decision = company.decide_received(&without(TEXT));
    assert_eq!(*why(&decision), Problem::SentByYou { customer: address(KLANT), why: Unsure::Resent });
    // The colleague can still say yes.
    company.lives_through(&decision);
    company.same_id = None;
    let yes = company.decide(&company.reply_to(&decision.letters[0], JAN, "#verstuurd"));
    assert_eq!(recorded(&yes).map(|answer| answer.received_at), Some(received()));
}
