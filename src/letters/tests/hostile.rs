//! Mail of people who mean harm: nothing of it becomes a header, markup, a template or a story of ours.

use super::*;
use crate::case::Customer;
use crate::desk::draft::{Answer, Notification, Topic};
use proptest::prelude::*;

const ATTACKS: [&str; 9] = [
    "x\r\nBcc: victim@x.example\r\n\r\nbody",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "{{ 7 * 7 }}{% for x in range(9) %}boo{% endfor %}{# gone #}",
    "\u{202e}fdp.exe\u{2066}\0\u{7}",
    "=?utf-8?q?=0D=0ABcc:_y@x.example?=",
    "\"><a href=\"http://evil.example\">klik</a>",
    "##- klachtpost -##",
    "--=_klachtpost-a-a4dakbadaiaq--",
    ".\r\nMAIL FROM:<x@x.example>\r\n.",
];

fn notification(name: &str, subject: &str, text: &str) -> Draft {
    let plain = first(LetterKind::Notification, Language::Dutch);
    let Content::Notification(sample) = plain.content else { unreachable!() };
    let customer = Customer { name: name.to_owned(), phone: Some(name.to_owned()), ..sample.customer.clone() };
    let content = Notification { customer, subject: subject.to_owned(), text: text.to_owned(), ..*sample };
    Draft {
        to_name: name.to_owned(),
        topic: Topic { subject: subject.to_owned(), customer: name.to_owned() },
        content: Content::Notification(Box::new(content)),
        ..plain
    }
}

/// The header lines' names and the tags of the HTML, which no text may change.
fn bones(read: &Read) -> (Vec<String>, usize, usize) {
    let names = read
        .headers
        .lines()
        .filter(|line| !line.starts_with(' '))
        .map(|line| line.split(':').next().unwrap().to_owned());
    (
        names.collect(),
        read.html.matches('<').count() - read.html.matches("<br>").count(),
        parsed(&read.letter.bytes).parts.len(),
    )
}

#[test]
fn an_attack_changes_neither_headers_nor_markup_nor_parts() {
    let plain = bones(&read(&notification("Jan", "Kras", "Goedemorgen")));
    for attack in ATTACKS {
        let hit = read(&notification(attack, attack, attack));
        assert_eq!(bones(&hit), plain, "{attack:?}");
        assert!(!hit.headers.contains('\u{202e}') && !hit.headers.contains("\nBcc"));
        // What stood there as text still stands there as text.
        let first_word = clean::text(attack).split_whitespace().next().unwrap().to_owned();
        assert!(hit.text.contains(&first_word), "{attack:?} in {}", hit.text);
    }
}

/// What every kind of letter has from a mail: a name, a subject, ids, files that go along.
fn hit(plain: &Draft, attack: &str) -> Draft {
    let file = |name: &str| super::bytes::carried(name, name, b"x").0;
    let room = matches!(plain.content.kind(), LetterKind::Answer | LetterKind::Notification | LetterKind::FollowUp);
    Draft {
        to_name: attack.to_owned(),
        topic: Topic { subject: attack.to_owned(), customer: attack.to_owned() },
        in_reply_to: Some(attack.to_owned()),
        references: vec![attack.to_owned(), format!("<{attack}@x.example>"), "heel@x.example".to_owned()],
        carried: if room { vec![file(attack)] } else { Vec::new() },
        ..plain.clone()
    }
}

#[test]
fn an_attack_changes_no_kind_of_letter() {
    let mut kinds = std::collections::HashSet::new();
    for draft in DRAFTS.iter() {
        kinds.insert(draft.content.kind().name());
        let (plain, tags, parts) = bones(&read(&hit(draft, "Jan")));
        for attack in ATTACKS {
            let read = read(&hit(draft, attack));
            let found = bones(&read);
            let what = format!("{attack:?} in {}:\n{}", draft.content.kind().name(), read.headers);
            assert!(found.0.iter().all(|name| plain.contains(name)) && found.0.len() <= plain.len(), "{what}");
            assert_eq!((found.1, found.2), (tags, parts), "{what}");
            let whole = String::from_utf8(read.letter.bytes).unwrap();
            assert!(whole.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n', '\0'])), "{what}");
        }
    }
    assert_eq!(kinds.len(), LetterKind::ALL.len());
}

#[test]
fn template_syntax_in_mail_stays_text() {
    let hit = read(&notification("{{ token }}", "{{ 7 * 7 }}", "{% raw %}{{ company }}"));
    assert!(hit.text.contains("{{ 7 * 7 }}") && hit.text.contains("> {% raw %}{{ company }}"), "{}", hit.text);
    assert!(!hit.text.contains("49"));
}

#[test]
fn an_acknowledgement_has_no_text_of_a_stranger() {
    for attack in ATTACKS.into_iter().chain(["Klik www.evil.example", "U hebt gewonnen bel nu even"]) {
        let mut draft = first(LetterKind::Acknowledgement, Language::Dutch);
        draft.to_name = attack.to_owned();
        draft.topic = Topic { subject: attack.to_owned(), customer: attack.to_owned() };
        let Content::Acknowledgement(content) = &mut draft.content else { unreachable!() };
        content.customer_name = attack.to_owned();
        let hit = read(&draft);
        let plain = read(&first(LetterKind::Acknowledgement, Language::Dutch));
        assert_eq!(hit.text, plain.text.replace("Beste Jan Jansen,", "Geachte heer, mevrouw,"), "{attack:?}");
        assert_eq!(
            hit.headers,
            plain.headers.replace("\"Jan Jansen\" <jan.jansen@klant.example>", "jan.jansen@klant.example")
        );
    }
}

#[test]
fn endless_text_is_shortened_and_says_so() {
    let endless = "é".repeat(300_000);
    let hit = read(&notification(&endless, &endless, &endless));
    assert!(hit.letter.bytes.len() < 400_000, "{} octets", hit.letter.bytes.len());
    assert!(hit.text.contains("Ingekort: de hele tekst staat in het register."));
    assert!(parsed(&hit.letter.bytes).subject().unwrap().chars().count() <= 200);
}

#[test]
fn an_answer_of_staff_is_never_shortened() {
    let long = "Regel van een antwoord.\n".repeat(20_000);
    let draft = sample::draft(Language::Dutch, Content::Answer(Answer { text: long.clone(), signed_by: None }));
    assert!(read(&draft).text.contains(long.trim_end()));
}

#[test]
fn the_customers_own_token_in_a_complaint_does_not_hide_staffs() {
    let customers = write(&first(LetterKind::Acknowledgement, Language::Dutch)).message_id;
    let hit = read(&notification("Jan", "Kras", &format!("Kenmerk: {customers}")));
    assert_eq!(sample::keys().find(&hit.text).map(|token| token.side), Some(Side::Staff));
    assert_eq!(sample::keys().find(&hit.html).map(|token| token.side), Some(Side::Staff));
}

proptest! {
    #[test]
    fn any_text_makes_a_letter_that_reads_back(name in any::<String>(), subject in any::<String>(), text in any::<String>()) {
        let hit = read(&notification(&name, &subject, &text));
        prop_assert_eq!(hit.text.lines().next(), Some(MARKER));
        prop_assert_eq!(bones(&hit).2, 3);
        let whole = String::from_utf8(hit.letter.bytes).unwrap();
        prop_assert!(whole.split("\r\n").all(|line| line.len() <= 998 && line.is_ascii() && !line.contains(['\r', '\n', '\0'])));
    }
}
