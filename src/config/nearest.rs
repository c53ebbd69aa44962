//! What was probably meant by a key or a section that nobody knows. Pure.

use super::sample::SAMPLE;
use crate::text::slips;

/// Of so many letters one may be wrong.
const LETTERS_A_SLIP: usize = 3;
/// More slips make another word.
const SLIPS_MAX: usize = 3;
/// What a section is called by people who have set up a mail program.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("imap", "mailbox"),
    ("inbox", "mailbox"),
    ("smtp", "sender"),
    ("outbox", "sender"),
    ("database", "register"),
    ("admin", "operator"),
    ("terms", "deadlines"),
];

/// The known word that `written` is nearest to, if it is near at all.
pub(super) fn nearest<'known>(written: &str, known: &[&'known str]) -> Option<&'known str> {
    let written = folded(written);
    let other = OTHER_NAMES.iter().find(|(name, _)| *name == written).map(|(_, section)| *section);
    let most = (written.chars().count() / LETTERS_A_SLIP).clamp(1, SLIPS_MAX);
    let near = known.iter().filter_map(|known| Some((slips(&written, &folded(known), most)?, *known)));
    let by_slips = near.min_by_key(|(slips, _)| *slips).map(|(_, known)| known);
    by_slips.or_else(|| known.iter().copied().find(|known| other == Some(*known)))
}

/// The sections that have a key of this very name, as they are written: `[mailbox] or [sender]`.
pub(super) fn belongs_to(key: &str) -> Option<String> {
    let mut section = "";
    let mut sections: Vec<&str> = Vec::new();
    for line in SAMPLE.lines() {
        let bare = line.trim_start_matches("# e.g. ").trim_start_matches('#');
        if bare.starts_with('[') && bare.ends_with(']') {
            section = bare;
        } else if bare.split_once(" = ").is_some_and(|(name, _)| name == key) && !sections.contains(&section) {
            sections.push(section);
        }
    }
    (!sections.is_empty()).then(|| sections.join(" or "))
}

fn folded(word: &str) -> String {
    word.to_lowercase().replace(['_', '-'], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_taken_for_one_that_is_near_and_for_no_other() {
        let known = ["host", "port", "password", "password_file", "username", "mailbox", "sender"];
        for (written, meant) in [
            ("Host", Some("host")),
            ("pasword", Some("password")),
            ("passwordfile", Some("password_file")),
            ("user-name", Some("username")),
            ("mailboxes", Some("mailbox")),
            ("imap", Some("mailbox")),
            ("smtp", Some("sender")),
            ("zone", None),
            ("x", None),
        ] {
            assert_eq!(nearest(written, &known), meant, "{written}");
        }
    }

    #[test]
    fn a_key_of_another_section_is_known_by_the_manual() {
        assert_eq!(belongs_to("supervisor").as_deref(), Some("[[department]]"));
        assert_eq!(belongs_to("resolve_working_days").as_deref(), Some("[deadlines]"));
        assert!(belongs_to("password").is_some_and(|sections| sections.contains("[mailbox] or [sender]")));
        assert_eq!(belongs_to("nonsense"), None);
    }
}
