//! What a letter on paper promises: read back from the PDF with Debian's `pdftotext` (poppler-utils), and by the
//! places of its text on the sheet.

use super::layout::{PAGE_HEIGHT, PAGE_WIDTH, pages};
use super::*;
use crate::letters::on_paper;
use crate::letters::templates::Templates;
use crate::speech::Words;
use chrono::{TimeZone, Utc};
use proptest::prelude::*;
use std::io::Write;
use std::process::{Command, Stdio};

const MM: f32 = 72.0 / 25.4;

fn letter(body: Vec<Block>) -> PaperLetter {
    PaperLetter {
        sender: Sender {
            name: "Voorbeeld Lease B.V.".into(),
            address: vec!["Postbus 100".into()],
            postcode_and_place: "3800 AC  Amersfoort".into(),
            phone: Some("033 123 45 67".into()),
            website: Some("www.voorbeeldlease.nl".into()),
        },
        recipient: vec!["Mevrouw Ş. Özgür-Łukasz".into(), "Coöperatiehof 12-b".into(), "3512 JK  UTRECHT".into()],
        written_at: Utc.with_ymd_and_hms(2026, 11, 23, 23, 30, 0).unwrap(),
        zone: chrono_tz::Europe::Amsterdam,
        language: Language::Dutch,
        labels: labels(Language::Dutch),
        number: CaseNumber { year: 2026, serial: 123 },
        handled_by: Some("Joris de Wit, Schade".into()),
        subject: "uw klacht over de afrekening van schade".into(),
        body,
    }
}

fn paragraph(text: &str) -> Block {
    Block::Paragraph(text.to_owned())
}

fn sample() -> PaperLetter {
    letter(vec![
        paragraph("Geachte mevrouw Özgür,"),
        paragraph(
            "Op 20 november ontvingen wij uw brief. U bent het niet eens met de afrekening van € 487,50 voor de kras \
             op de achterbumper van uw auto, omdat die er bij het ophalen al zat. Dat begrijpen wij goed, en het spijt \
             ons dat u er zo veel moeite voor moest doen.",
        ),
        Block::Heading("Wat wij hebben gedaan".into()),
        paragraph(
            "Wij hebben de foto’s van het ophalen naast die van het inleveren gelegd. De kras staat inderdaad op beide. \
             De rekening vervalt daarom. Het bedrag van € 487,50 staat binnen vijf werkdagen op uw rekening.",
        ),
        Block::Heading("Bent u het er niet mee eens?".into()),
        paragraph(
            "Schrijf of bel ons dan; wij nemen uw klacht weer op. Komen wij er samen niet uit, dan kunt u tot en met \
             20 november 2027 naar de Geschillencommissie Keurmerk Private Lease:\nPostbus 90600, 2509 LP Den Haag\n\
             www.degeschillencommissie.nl",
        ),
        Block::Signature {
            greeting: "Met vriendelijke groet,".into(),
            signer: vec!["Joris de Wit".into(), "Voorbeeld Lease B.V., afdeling Schade".into()],
        },
    ])
}

fn labels(language: Language) -> Labels {
    let words = Words { language, zone: chrono_tz::UTC };
    on_paper::labels(&Templates::new(&[]).unwrap().vocabulary(words))
}

/// The text as a reader copies it out of the PDF.
pub(in crate::letters) fn text_of(pdf: &[u8]) -> String {
    let mut tool = Command::new("pdftotext");
    tool.args(["-layout", "-enc", "UTF-8", "-", "-"]);
    tool.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = tool.spawn().expect("pdftotext is needed: install poppler-utils");
    running.stdin.take().unwrap().write_all(pdf).unwrap();
    let done = running.wait_with_output().unwrap();
    let complaints = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() && complaints.is_empty(), "pdftotext: {complaints}");
    String::from_utf8(done.stdout).unwrap()
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_letter_reads_back_as_it_was_written() {
    let printed = print(&sample()).unwrap();
    assert_eq!(printed.pages, 1);
    let text = squeezed(&text_of(&printed.bytes));
    for shown in [
        "Mevrouw Ş. Özgür-Łukasz Coöperatiehof 12-b 3512 JK UTRECHT",
        "Retouradres: Postbus 100, 3800 AC Amersfoort",
        // Half past midnight in Amsterdam.
        "24 november 2026 K-2026-000123",
        "Betreft: uw klacht over de afrekening van schade",
        "De kras staat inderdaad op beide. De rekening vervalt daarom.",
        "foto’s",
        "€ 487,50",
        "Pagina 1 van 1",
    ] {
        assert!(text.contains(shown), "{shown:?} is not in {text}");
    }
    // A letter of one sheet with the glyphs it uses, not the whole typeface.
    assert!(printed.bytes.len() < 40_000, "{} octets", printed.bytes.len());
}

#[test]
fn the_same_letter_is_the_same_bytes() {
    assert_eq!(print(&sample()).unwrap(), print(&sample()).unwrap());
    let later = PaperLetter { written_at: Utc.with_ymd_and_hms(2026, 11, 24, 8, 0, 0).unwrap(), ..sample() };
    assert_ne!(print(&sample()).unwrap().bytes, print(&later).unwrap().bytes);
}

#[test]
fn an_english_letter_is_english_all_over() {
    let labels = labels(Language::English);
    let english = PaperLetter { language: Language::English, labels, ..letter(vec![paragraph("Dear Ms Jones,")]) };
    let text = text_of(&print(&english).unwrap().bytes);
    for shown in ["Return to: Postbus 100", "Date", "24 November 2026", "Our reference", "Handled by", "Page 1 of 1"] {
        assert!(text.contains(shown), "{shown:?} is not in {text}");
    }
    assert!(!text.contains("Kenmerk") && !text.contains("Betreft"));
}

#[test]
fn what_cannot_be_printed_is_seen_to_be_missing() {
    let text = text_of(&print(&letter(vec![paragraph("Bedankt 👍 en 日本 einde")])).unwrap().bytes);
    assert!(text.contains("Bedankt \u{FFFD} en \u{FFFD} einde"), "{text}");
}

#[test]
fn the_address_shows_through_the_window_and_nothing_else_does() {
    let long = "Stichting Gemeenschappelijk Wagenparkbeheer Utrechtse Heuvelrug en Omstreken";
    for recipient in [
        vec!["A. Jansen", "Straat 1", "1234 AB  PLAATS"],
        vec![long, "t.a.v. de heer A. Jansen", "Straat 1", "1234 AB  PLAATS", "BELGIË"],
    ] {
        let letter = PaperLetter { recipient: recipient.into_iter().map(String::from).collect(), ..sample() };
        let faces = Faces::load().unwrap();
        let first = pages(&letter, &faces).unwrap().swap_remove(0);
        let place = first.texts.iter().find(|text| text.shown.starts_with("1234 AB")).unwrap();
        assert!(place.y < 79.0 * MM, "at {} mm", place.y / MM);
        for text in &first.texts {
            let right = text.x + faces.of(text.weight).width(&text.shown, text.size);
            let (top, bottom) = (text.y - text.size, text.y);
            if bottom < 49.0 * MM {
                // All that the window can show with the sheet slid down lies between 34 and 94 mm, up to 110 mm.
                assert!(top < 34.0 * MM || text.x > 110.0 * MM, "{:?} in the window", text.shown);
            } else if bottom < 94.0 * MM {
                assert!(text.x >= 20.0 * MM && right <= 91.0 * MM && bottom <= 79.0 * MM, "{:?}", text.shown);
            }
        }
    }
}

#[test]
fn a_return_address_that_is_too_long_is_left_out_and_a_long_subject_cut_visibly() {
    let mut letter = sample();
    letter.sender.address =
        vec!["Burgemeester van Karnebeeklaan 123-A".into(), "Gebouw De Wagenmaker, vierde etage".into()];
    letter.subject = "kras op de bumper ".repeat(40);
    let text = squeezed(&text_of(&print(&letter).unwrap().bytes));
    assert!(!text.contains("Retouradres") && text.contains("Gebouw De Wagenmaker, vierde etage 3800 AC"), "{text}");
    assert!(text.contains(" … Geachte"), "{text}");
}

#[test]
fn an_address_that_does_not_fit_is_refused_with_the_reason() {
    let letter = PaperLetter { recipient: vec!["regel".into(); 12], ..sample() };
    let refused = print(&letter).unwrap_err().to_string();
    assert_eq!(
        refused,
        "tried to place the address in the window, expected at most 7 lines, found 12; next: shorten it"
    );
}

#[test]
fn address_lines_that_are_too_wide_for_the_window_are_cut_visibly() {
    let line = "WWWWWWWWWW ".repeat(18);
    let letter = PaperLetter { recipient: vec![line; 7], ..sample() };
    let faces = Faces::load().unwrap();
    let first = pages(&letter, &faces).unwrap().swap_remove(0);
    let lines: Vec<_> = first.texts.iter().filter(|text| text.shown.starts_with("WWW")).collect();
    assert_eq!(lines.len(), 7);
    for line in lines {
        let right = line.x + faces.of(line.weight).width(&line.shown, line.size);
        assert!(line.shown.ends_with('…') && right <= 91.0 * MM && line.y <= 79.0 * MM, "{line:?}");
    }
}

#[test]
fn a_company_without_an_address_has_no_return_address() {
    let mut letter = sample();
    letter.sender =
        Sender { address: vec![], postcode_and_place: String::new(), phone: None, website: None, ..letter.sender };
    let text = text_of(&print(&letter).unwrap().bytes);
    assert!(text.contains("Voorbeeld Lease B.V.") && !text.contains("Retouradres"), "{text}");
}

#[test]
fn a_long_letter_goes_on_on_further_sheets_up_to_a_limit() {
    let long = "Zin met een stuk of tien woorden die samen een regel vullen. ".repeat(25);
    let body = |count: usize| letter(vec![paragraph(&long); count]);
    let printed = print(&body(12)).unwrap();
    assert_eq!(printed.pages, 6);
    let text = text_of(&printed.bytes);
    assert!(text.contains("Pagina 1 van 6") && text.contains("Pagina 6 van 6"));
    assert_eq!(squeezed(&text).matches("woorden").count(), 12 * 25);
    let endless = letter(vec![paragraph(&"regel\n".repeat(50 * PAGES_MAX))]);
    assert!(matches!(print(&endless), Err(PaperError::TooLong)));
}

#[test]
fn a_signature_never_stands_alone_on_a_sheet() {
    let faces = Faces::load().unwrap();
    for filled in 15..40 {
        let signed = Block::Signature { greeting: "Groet,".into(), signer: vec!["Joris".into()] };
        let body = vec![paragraph(&vec!["regel"; filled].join("\n")), paragraph("Dank."), signed];
        let sheets = pages(&letter(body), &faces).unwrap();
        let sheet = sheets.iter().find(|page| page.texts.iter().any(|text| text.shown == "Groet,")).unwrap();
        let together = |words: &str| sheet.texts.iter().any(|text| text.shown == words);
        assert!(together("Dank.") && together("Joris"), "with {filled} lines above it");
    }
}

#[test]
fn a_heading_never_stands_alone_at_the_foot() {
    let faces = Faces::load().unwrap();
    for filled in 20..40 {
        let lines = vec!["regel"; filled].join("\n");
        let two = "twee\nregels\ndrie\nvier";
        let body = vec![paragraph(&lines), Block::Heading("Kop".into()), paragraph(two)];
        let sheets = pages(&letter(body), &faces).unwrap();
        let sheet = sheets.iter().find(|page| page.texts.iter().any(|text| text.shown == "Kop")).unwrap();
        assert!(sheet.texts.iter().any(|text| text.shown == "regels"), "with {filled} lines above it");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn any_text_stays_on_the_paper_and_every_word_is_there(
        texts in prop::collection::vec(("[a-z]{1,9}( [a-z]{1,60}){0,60}", any::<bool>()), 1..6),
        subject in ".{0,300}",
    ) {
        let block = |(text, heading): &(String, bool)| {
            if *heading { Block::Heading(text.clone()) } else { paragraph(text) }
        };
        let letter = PaperLetter { subject, ..letter(texts.iter().map(block).collect()) };
        let faces = Faces::load().unwrap();
        let sheets = pages(&letter, &faces).unwrap();
        for text in sheets.iter().flat_map(|page| &page.texts) {
            let right = text.x + faces.of(text.weight).width(&text.shown, text.size);
            prop_assert!(text.x > 0.0 && right < PAGE_WIDTH - 15.0 * MM, "{text:?}");
            prop_assert!(text.y > 0.0 && text.y < PAGE_HEIGHT - 10.0 * MM, "{text:?}");
        }
        let shown: String = sheets.iter().flat_map(|page| &page.texts).map(|text| text.shown.replace(' ', "")).collect();
        let without_seams = texts.iter().flat_map(|(text, _)| text.split(' ')).filter(|word| word.len() < 20);
        for word in without_seams {
            prop_assert!(shown.contains(word), "{word}");
        }
        print(&letter).unwrap();
    }
}
