//! What stands behind `#stand`: the sections of the digest, so that a list of it can be asked for whole. Plain data.

use crate::case::Language;
use crate::digest::Section;
use crate::text::fold;

/// The words for each, Dutch and English. What was closed is no standing: the digest's spreadsheet has it.
const NAMES: [(Section, &str, &str); 11] = [
    (Section::Urgent, "dringend", "urgent"),
    (Section::Overdue, "te laat", "overdue"),
    (Section::DueToday, "vandaag", "today"),
    (Section::Escalated, "vragen", "questions"),
    (Section::Duty, "bewaakt", "guarded"),
    (Section::Undelivered, "niet aangekomen", "undelivered"),
    (Section::Agenda, "agenda", "agenda"),
    (Section::Reopened, "heropend", "reopened"),
    (Section::Waiting, "nieuw", "new"),
    (Section::Idle, "zonder afspraak", "idle"),
    (Section::Planned, "gepland", "planned"),
];

/// The section that is meant; None: none of them.
pub fn section_named(typed: &str) -> Option<Section> {
    let typed = fold(typed);
    let typed = typed.trim_matches(|c: char| !c.is_alphanumeric());
    NAMES.iter().find(|(_, dutch, english)| [*dutch, *english].contains(&typed)).map(|(section, ..)| *section)
}

/// What to type for it; None where there is no list of it.
pub fn section_name(section: Section, language: Language) -> Option<&'static str> {
    let (_, dutch, english) = NAMES.iter().find(|(named, ..)| *named == section)?;
    Some(language.pick(dutch, english))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_section_is_found_by_what_its_button_types() {
        for section in Section::ALL {
            for language in [Language::Dutch, Language::English] {
                let found = section_name(section, language).and_then(section_named);
                assert_eq!(found, Some(section).filter(|section| *section != Section::Closed));
            }
        }
        assert_eq!(section_named(" Te  Laat. "), Some(Section::Overdue));
        assert_eq!(section_named("alles"), None);
    }
}
