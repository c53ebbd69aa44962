//! A verb in the middle of a line: asked about, and no button of that question loses a word (invariant 7).

use super::draft::Problem;
use super::halves::pressed;
use super::*;

/// A verb in the middle of a line is no instruction, and may be the half of one: whatever is pressed, no word gets lost.
#[test]
fn of_a_line_with_a_verb_in_it_each_button_keeps_every_word() {
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
    };
    for typed in [
        "Wij sluiten deze zaak #afgehandeld met 310 euro",
        "Beste Karin,\n\nWij sluiten deze zaak #afgehandeld met 310 euro.\n\nGroet, Jan",
        "Graag #intern houden dat wij 310 euro bieden",
        "#overnemen\nIk neem het over en #gebeld heb ik ook al",
    ] {
        let mut company = Company::new();
        let decision = does(&company, JAN, typed);
        assert!(matches!(why(&decision), Problem::VerbLowerDown { .. }), "{typed} {decision:?}");
        let offered = decision.letters.iter().find_map(|draft| match &draft.content {
            Content::Question(question) => Some(question.choices.clone()),
            _ => None,
        });
        let offered = offered.filter(|offered| !offered.is_empty()).unwrap_or_else(|| panic!("{typed} {decision:?}"));
        company.letter_kind = Some(LetterKind::Question);
        let text = typed.strip_prefix("#overnemen\n").unwrap_or(typed);
        for choice in offered {
            let decision = company.decide(&pressed(&company, &choice, ""));
            let kept = decision.events.iter().find_map(|event| match &event.what {
                What::Answered { text, .. } | What::Noted { text } | What::PhoneContact { text } => Some(text.as_str()),
                What::Closed(closed) => Some(closed.settlement.as_str()),
                _ => None,
            });
            assert_eq!(kept.map(words), Some(words(text)), "{typed} {choice:?} {decision:?}");
        }
    }
}
