//! What letters tell staff: what was done, what is missing, whom a reply reaches.

use super::*;
use crate::desk::draft::{Content, Done, Escalation, Happened, HappenedWhat, Problem, Question};
use crate::desk::verbs::TABLE;

fn all(kind: LetterKind, language: Language) -> impl Iterator<Item = Draft> {
    DRAFTS.iter().filter(move |draft| draft.content.kind() == kind && draft.language == language).cloned()
}

fn receipt_of(language: Language, wanted: fn(&Done) -> bool) -> Read {
    let has = |draft: &Draft| matches!(&draft.content, Content::Receipt(receipt) if receipt.done.iter().any(wanted));
    read(&all(LetterKind::Receipt, language).find(has).unwrap())
}

fn question_of(language: Language, wanted: fn(&Problem) -> bool) -> (Draft, Read) {
    let has = |draft: &Draft| matches!(&draft.content, Content::Question(question) if wanted(&question.why));
    let draft = all(LetterKind::Question, language).find(has).unwrap();
    let read = read(&draft);
    (draft, read)
}

#[test]
fn the_manual_has_every_verb_with_its_meaning() {
    for (language, _) in LANGUAGES {
        let manual = receipt_of(language, |done| matches!(done, Done::StandardTexts { .. }));
        let vocabulary = LETTERS.templates.vocabulary(language::Words { language, zone: chrono_tz::UTC });
        // Where the company has no texts of its own, nobody is told of them.
        let verb = language.pick("#tekst", "#text");
        assert!(!receipt_of(language, |done| *done == Done::Help).text.contains(verb), "{verb}");
        for row in TABLE {
            let meaning = printing::find_word(&vocabulary, "means", row.verb.name()).unwrap();
            let line = format!("- {} {meaning}.", row.name_in(language));
            assert_eq!(manual.text.matches(&line).count(), 1, "{line}");
        }
        assert!(!manual.html.contains("mailto:"));
    }
}

/// The Dutch manual, with what each verb does word by word.
const MANUAL: &str = include_str!("../../../docs/handleiding.md");

#[test]
fn the_manual_on_file_says_of_each_verb_what_the_letter_says() {
    let letter = receipt_of(Language::Dutch, |done| matches!(done, Done::StandardTexts { .. })).text;
    for row in TABLE {
        let (_, meant) = MANUAL.split_once(&format!("| `{}` | ", row.dutch)).unwrap();
        let (meaning, _) = meant.split_once(" |").unwrap();
        assert!(letter.contains(&format!("- {} {meaning}.", row.dutch)), "{} {meaning}", row.dutch);
    }
}

#[test]
fn a_notification_shows_a_few_verbs_and_where_the_others_are() {
    for (language, help) in [(Language::Dutch, "#hulp"), (Language::English, "#help")] {
        let text = read(&first(LetterKind::Notification, language)).text;
        assert_eq!(text.matches("\n- #").count(), 4);
        assert!(text.contains(&format!("- {help} ")), "{text}");
    }
}

#[test]
fn a_receipt_for_what_stays_inside_says_that_the_customer_gets_nothing() {
    let inside: [fn(&Done) -> bool; 7] = [
        |done| matches!(done, Done::Noted { .. }),
        |done| matches!(done, Done::Phoned { .. }),
        |done| matches!(done, Done::HandlerSet { .. }),
        |done| matches!(done, Done::DepartmentSet { .. }),
        |done| *done == Done::Reopened,
        |done| *done == Done::Dismissed,
        |done| *done == Done::Restored,
    ];
    for wanted in inside {
        let dutch = receipt_of(Language::Dutch, wanted).text;
        assert!(
            dutch.contains("de klant krijgt dit niet")
                || dutch.to_lowercase().contains("de klant krijgt hier niets van"),
            "{dutch}"
        );
        let english = receipt_of(Language::English, wanted).text;
        assert!(
            english.contains("the customer does not get this")
                || english.to_lowercase().contains("customer gets nothing of this"),
            "{english}"
        );
    }
}

#[test]
fn a_form_that_lacks_something_can_be_completed_by_button_or_by_copying() {
    let (draft, Read { text, html, .. }) =
        question_of(Language::Dutch, |why| matches!(why, Problem::FormIncomplete { .. }));
    let Content::Question(Question { why: Problem::FormIncomplete { prefilled, .. }, .. }) = draft.content else {
        unreachable!()
    };
    for line in ["de naam van de klant", "een e-mailadres dat klopt: jan@gmail", "bijvoorbeeld 23-11-2026 16:30"] {
        assert!(text.contains(line) && html.contains(line), "{text}");
    }
    // Copied from the plain text, its lines begin as they must: without a mark of quotation.
    let lines: Vec<_> = prefilled.trim_end().lines().map(str::trim_end).collect();
    assert!(text.contains(&format!("\n{}\n", lines.join("\n"))), "{text}");
    assert!(
        html.contains("mailto:klachten@voorbeeld.example?subject=")
            && html.contains("&amp;body=%23telefoon%0D%0AKlant%3A")
    );
}

#[test]
fn a_form_too_long_for_a_link_is_copied() {
    let long = |why: &Problem| matches!(why, Problem::WhoIsTheCustomer { prefilled } if prefilled.len() > 1_000);
    let (_, Read { text, html, .. }) = question_of(Language::English, long);
    assert!(!html.contains("mailto:") && text.contains("Reply to this e-mail and put this at the top"), "{text}");
}

#[test]
fn the_supervisor_is_told_whom_a_reply_reaches() {
    let Read { text, html, .. } = read(&first(LetterKind::Escalation, Language::Dutch));
    let order = ["Mag ik meer dan", "nooit naar de klant", "Termijnen", "De klant schrijft", "Wat er tot nu toe"];
    let places: Vec<_> = order.iter().map(|words| text.find(words).unwrap()).collect();
    assert!(places.is_sorted(), "{text}");
    let bodies: Vec<_> = html.split("&amp;body=").skip(1).map(|rest| &rest[..12]).collect();
    // A plain reply first, then the verbs.
    assert_eq!(bodies, ["%0D%0A%0D%0A", "%23overnemen", "%23antwoord%"]);
}

#[test]
fn of_a_long_history_the_last_steps_are_shown() {
    let Content::Escalation(sample) = first(LetterKind::Escalation, Language::Dutch).content else { unreachable!() };
    let step =
        |n| Happened { at: sample::now(), what: HappenedWhat::Noted, text: format!("stap {n}."), by: String::new() };
    let timeline = (1..=1_000).map(step).collect();
    let content = Content::Escalation(Box::new(Escalation { timeline, ..*sample }));
    let text = read(&sample::draft(Language::Dutch, content)).text;
    assert!(text.contains("De laatste 40 stappen; 960 eerdere"), "{text}");
    assert!(text.contains("stap 961.") && text.contains("stap 1000.") && !text.contains("stap 960."));
}

#[test]
fn what_must_be_done_now_stands_in_the_subject_before_the_number() {
    let subjects = |kind| {
        let subjects =
            all(kind, Language::Dutch).map(|draft| parsed(&write(&draft).bytes).subject().unwrap().to_owned());
        subjects
            .map(|subject| subject.split(": [K-2026-000123] Kras op mijn").next().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let terms = subjects(LetterKind::Term);
    assert_eq!(terms[..2], ["Bijna te laat (eerste reactie)", "Te laat (eerste reactie)"]);
    assert_eq!(terms[5], "Bijna te laat (ontvangstbevestiging)");
    let agenda = ["Agenda do 26 nov, 15.00", "Nu te doen", "Nu te doen", "Van de agenda"];
    assert_eq!(subjects(LetterKind::Agenda), agenda);
}

#[test]
fn a_letter_to_staff_that_goes_to_the_customer_is_held_at_the_door() {
    for mut draft in DRAFTS.iter().filter(|draft| !draft.content.kind().is_for_customer()).cloned() {
        let internal = Internal { keys: &sample::keys(), notes: &[], customers: &[] };
        assert_eq!(door(&write(&draft), &internal), Ok(()));
        draft.side = Side::Customer;
        // The buttons of a digest have tokens of their own.
        let buttons = matches!(&draft.content, Content::Digest(digest) if !digest.is_of_company() && digest.open > 0);
        let because = if buttons { HeldBecause::StaffToken } else { HeldBecause::Marker };
        assert_eq!(door(&write(&draft), &internal), Err(because), "{:?}", draft.content.kind());
    }
}

#[test]
fn text_of_a_note_in_a_file_made_for_the_customer_is_held_at_the_door() {
    let note = "Klant dreigt met advocaat, niet meer dan € 300 bieden.".to_owned();
    let mut draft = first(LetterKind::Answer, Language::Dutch);
    let content = note.clone().into_bytes();
    let media_type = "text/plain; charset=utf-8".to_owned();
    draft.enclosed = vec![crate::desk::draft::Enclosed { name: "brief.txt".to_owned(), media_type, content }];
    let internal = Internal { keys: &sample::keys(), notes: &[note], customers: &[] };
    assert_eq!(door(&write(&draft), &internal), Err(HeldBecause::Note));
}
