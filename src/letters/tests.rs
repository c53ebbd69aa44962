//! What letters promise, seen in the bytes that leave. The full texts stand in `snapshots/`, to be read.

mod brand;
mod bytes;
mod enclosed;
mod hostile;
mod languages;
mod layout;
mod on_paper;
mod overviews;
mod staff;

use super::*;
use crate::case::{Due, Language};
use crate::desk::draft::{Acknowledgement, Answer, Closing, Content};
use chrono::TimeDelta;
use mail_parser::{Message, MessageParser};
use std::sync::LazyLock;

/// A letter and what a mail client reads in it.
struct Read {
    letter: Letter,
    headers: String,
    text: String,
    html: String,
}

fn write(draft: &Draft) -> Letter {
    write_for(draft, &sample::house())
}

/// Compiled once: the proptests render thousands of letters.
static LETTERS: LazyLock<Letters> = LazyLock::new(|| Letters::new().unwrap());

fn write_for(draft: &Draft, house: &House) -> Letter {
    LETTERS.render(draft, house, &sample::keys(), sample::now()).unwrap()
}

fn parsed(bytes: &[u8]) -> Message<'_> {
    MessageParser::default().parse(bytes).unwrap()
}

fn read(draft: &Draft) -> Read {
    let letter = write(draft);
    let whole = String::from_utf8(letter.bytes.clone()).unwrap();
    let headers = whole.split("\r\n\r\n").next().unwrap().replace("\r\n", "\n");
    let message = parsed(&letter.bytes);
    let lines = |text: std::borrow::Cow<str>| text.replace("\r\n", "\n");
    let page = message.body_html(0).unwrap();
    let (text, html) = (lines(message.body_text(0).unwrap()), lines(seven_bit::read(&page)));
    Read { letter, headers, text, html }
}

/// Decided once: each test, and each case of a property, would decide all of them anew.
static DRAFTS: LazyLock<Vec<Draft>> = LazyLock::new(sample::drafts);

fn first(kind: LetterKind, language: Language) -> Draft {
    let mut drafts = DRAFTS.iter();
    drafts.find(|draft| draft.content.kind() == kind && draft.language == language).unwrap().clone()
}

const LANGUAGES: [(Language, &str); 2] = [(Language::Dutch, "nl"), (Language::English, "en")];

/// Each kind in the languages that its readers are written to in.
fn kinds_and_languages() -> impl Iterator<Item = (LetterKind, Language)> {
    let each = LetterKind::ALL.iter().copied().flat_map(|kind| Language::ALL.map(|language| (kind, language)));
    each.filter(|(kind, language)| kind.is_for_customer() || language::FOR_STAFF.contains(language))
}

#[test]
fn an_inbox_shows_how_a_letter_of_one_paragraph_begins() {
    let text = "Wij hebben het bedrag teruggestort.";
    let content = Content::Answer(Answer { text: text.to_owned(), signed_by: None });
    let html = read(&sample::draft(Language::Dutch, content)).html;
    assert!(html.contains(&format!("mso-hide:all\">{text}")), "{html}");
}

#[test]
fn the_texts_of_all_letters() {
    for (kind, language) in kinds_and_languages() {
        let tag = language.tag();
        let of_kind = DRAFTS.iter().filter(|draft| draft.content.kind() == kind && draft.language == language);
        let texts: Vec<_> = of_kind.map(read).map(|read| format!("{}\n\n{}", read.headers, read.text)).collect();
        assert!(!texts.is_empty(), "no sample of {kind:?} in {language:?}");
        insta::assert_snapshot!(format!("{}-{tag}.txt", kind.name()), texts.join("\n==========\n"));
    }
}

#[test]
fn the_html_of_all_letters() {
    for (kind, language) in kinds_and_languages() {
        let tag = language.tag();
        insta::assert_snapshot!(format!("{}-{tag}.html", kind.name()), read(&first(kind, language)).html);
    }
}

#[test]
fn a_moment_that_has_passed_is_not_promised() {
    let now = sample::now();
    let acknowledge = |first_response: i64, resolve: i64| {
        let at = |seconds| now + TimeDelta::seconds(seconds);
        let due = Due { acknowledge: now, first_response: at(first_response), resolve: at(resolve) };
        let content = Content::Acknowledgement(Acknowledgement {
            customer_name: String::new(),
            department_title: sample::title(Language::Dutch),
            received_at: now - TimeDelta::days(9),
            due,
            reopened: false,
            own_words: None,
        });
        read(&sample::draft(Language::Dutch, content)).text
    };
    let both = acknowledge(120, 240);
    assert!(both.contains("09.32 uur een eerste") && both.contains("09.34 uur op te lossen"), "{both}");
    // 09.30 and 59 seconds is shown as 09.30, and that is now.
    let resolve_only = acknowledge(59, 240);
    assert!(!resolve_only.contains("eerste inhoudelijke") && resolve_only.contains("09.34"), "{resolve_only}");
    let neither = acknowledge(-60, -1);
    assert!(neither.contains("U hoort zo snel mogelijk van ons.") && !neither.contains("doel"), "{neither}");
}

#[test]
fn a_last_day_that_has_passed_is_not_named_but_the_committee_is() {
    let Content::Closing(closing) = first(LetterKind::Closing, Language::Dutch).content else { unreachable!() };
    let text = |day: Option<&str>| {
        let committee_last_day = day.map(|day| day.parse().unwrap());
        let content = Content::Closing(Closing { committee_last_day, ..closing.clone() });
        read(&sample::draft(Language::Dutch, content)).text
    };
    let named = |text: &str| (text.contains("Geschillencommissie"), text.contains("tot en met"));
    assert_eq!(named(&text(Some("2026-11-23"))), (true, true));
    assert_eq!(named(&text(Some("2026-11-22"))), (true, false));
    assert_eq!(named(&text(None)), (false, false));
}

#[test]
fn the_closing_confirmation_says_all_it_must() {
    for language in Language::ALL {
        let Read { text, html, .. } = read(&first(LetterKind::Closing, language));
        for wanted in ["K-2026-000123", "Geschillencommissie", "https://www.keurmerkprivatelease.nl/", "240", "2027"] {
            assert!(text.contains(wanted) && html.contains(wanted), "{wanted} in {language:?}");
        }
    }
}

/// Dutch act on out-of-court settlement of consumer disputes, art. 12: the committee's own address, and whether the company
/// takes part; the procedure's last sentence. In letter and on paper; never the European platform, which is closed.
#[test]
fn whether_the_company_takes_part_stands_in_letter_and_on_paper() {
    for kind in [LetterKind::Closing, LetterKind::Interim] {
        let Read { text, html, .. } = read(&first(kind, Language::Dutch));
        for wanted in
            ["Wij werken mee aan de behandeling; de uitspraak is bindend", "degeschillencommissie.nl", "€ 52,50"]
        {
            assert!(text.contains(wanted) && html.contains(wanted), "{wanted} in {kind:?}");
        }
        assert!(text.contains("in het Nederlands") && !html.contains("ec.europa.eu"), "{text}");
    }
    for (takes_part, binding, said, not_said) in
        [(true, false, "de uitspraak is niet bindend", "is bindend"), (false, true, "Wij werken niet mee", "bindend")]
    {
        let mut house = sample::house();
        let committee = house.committee.as_mut().unwrap();
        (committee.takes_part, committee.binding) = (takes_part, binding);
        (committee.own_url, committee.fee, committee.language) = (None, None, None);
        let letter = write_for(&first(LetterKind::Closing, Language::Dutch), &house);
        let message = parsed(&letter.bytes);
        let text = message.body_text(0).unwrap();
        assert!(text.contains(said) && !text.contains(not_said) && !text.contains("kosten voor u"), "{text}");
    }
}

#[test]
fn a_letter_to_staff_begins_with_the_marker_and_its_own_token() {
    for draft in DRAFTS.iter().filter(|draft| !draft.content.kind().is_for_customer()) {
        let Read { letter, text, html, .. } = read(draft);
        assert_eq!(text.lines().next(), Some(MARKER));
        assert!(html.contains(&format!(">{MARKER}</div>")));
        let token = sample::keys().find(&text).unwrap();
        assert_eq!((token.side, token.case, token.letter), (Side::Staff, draft.case, draft.id.clone()));
        assert_eq!(sample::keys().read(&letter.message_id), sample::keys().find(&html));
    }
}

#[test]
fn a_customer_gets_the_own_token_and_nothing_of_staffs() {
    for draft in DRAFTS.iter().filter(|draft| draft.content.kind().is_for_customer()) {
        let Read { letter, text, html, .. } = read(draft);
        for body in [&text, &html] {
            assert_eq!(sample::keys().find(body).map(|token| token.side), Some(Side::Customer));
            // Whether it was solved is asked with links, which hold the customer's own token.
            let asks = matches!(&draft.content, Content::Closing(closing) if closing.asks);
            assert!(asks || !body.contains("mailto:"), "{body}");
            assert!(!body.contains("#intern") && !body.contains(MARKER));
        }
        let internal = Internal { keys: &sample::keys(), notes: &[], customers: &[] };
        assert_eq!(door(&letter, &internal), Ok(()));
    }
}

/// The line that an inbox shows stands hidden before everything else of the page, and in no plain text: there it could not be
/// hidden, and a reply would carry it above the marker.
#[test]
fn an_inbox_shows_what_matters_before_the_marker() {
    for draft in DRAFTS.iter() {
        let Read { html, text, letter, .. } = read(draft);
        let (above, below) = html.split_once("&#847;&zwnj;&nbsp;").unwrap();
        let shown = above.rsplit_once('>').unwrap().1;
        assert!(above.contains("display:none") && !above.contains(MARKER) && !above.contains("<table"), "{above}");
        assert!(!shown.trim().is_empty() && shown.chars().count() < 200, "{shown:?} of {:?}", letter.kind);
        assert!(letter.kind.is_for_customer() || below.contains(MARKER));
        assert!(!text.contains(crate::mail::FILLER) && !text.contains("&#847;"), "{text}");
    }
    let shown = |kind| {
        let html = read(&first(kind, Language::Dutch)).html;
        html.split_once("&#847;").unwrap().0.rsplit_once('>').unwrap().1.to_owned()
    };
    let notified = shown(LetterKind::Notification);
    assert!(
        notified.starts_with("Antwoord uiterlijk ") && notified.contains(" · Goedemorgen, Mijn leaseauto"),
        "{notified}"
    );
    assert!(shown(LetterKind::Acknowledgement).starts_with("Nummer K-2026-000123 · "));
}

#[test]
fn nothing_is_fetched_from_afar_when_a_letter_is_opened() {
    for draft in DRAFTS.iter() {
        let html = read(draft).html.to_lowercase();
        // A picture that came with the letter is not fetched.
        let html = html.replace("src=\"cid:", "");
        for fetching in ["src=", "<link", "<script", "@import", "url(", "background="] {
            assert!(!html.contains(fetching), "{fetching} in {:?}", draft.content.kind());
        }
    }
}

#[test]
fn staff_letters_of_a_case_thread_by_subject() {
    let subject_of = |draft: &Draft| parsed(&write(draft).bytes).subject().unwrap().to_owned();
    let whole = "[K-2026-000123] Kras op mijn leaseauto na reparatie (Jan Jansen)";
    assert_eq!(subject_of(&first(LetterKind::Notification, Language::Dutch)), whole);
    assert_eq!(subject_of(&first(LetterKind::FollowUp, Language::Dutch)), format!("Re: {whole}"));
    // What it is stands before, in brackets, which Gmail leaves out of account; Outlook goes by the topic.
    let mut begun = std::collections::HashSet::new();
    for (kind, said) in [
        (LetterKind::Receipt, "[Gedaan]"),
        (LetterKind::Question, "[Vraag]"),
        (LetterKind::DeliveryFailed, "[Niet aangekomen]"),
        (LetterKind::Escalation, "[Advies gevraagd]"),
        (LetterKind::Advice, "[Advies]"),
        (LetterKind::Dispute, "[Geschil]"),
        (LetterKind::Dossier, "[Dossier]"),
        (LetterKind::Privacy, "[AVG]"),
    ] {
        assert_eq!(subject_of(&first(kind, Language::Dutch)), format!("{said} {whole}"));
        assert!(begun.insert(said));
    }
    for draft in DRAFTS.iter().filter(|draft| !draft.content.kind().is_for_customer()) {
        let letter = write(draft);
        let message = parsed(&letter.bytes);
        let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let topic = message.header_raw("Thread-Topic").map(one_line).filter(|topic| !topic.contains("=?"));
        assert_eq!(message.header_raw("Thread-Topic").is_some(), draft.case.is_some(), "{:?}", letter.kind);
        assert!(topic.is_none_or(|topic| message.subject().unwrap().contains(&topic)), "{:?}", letter.kind);
        assert_eq!(message.in_reply_to().as_text(), draft.in_reply_to.as_deref());
    }
    assert_eq!(subject_of(&first(LetterKind::Acknowledgement, Language::Dutch)), "Uw klacht K-2026-000123");
    assert_eq!(subject_of(&first(LetterKind::Closing, Language::English)), "Re: Your complaint K-2026-000123");
}
