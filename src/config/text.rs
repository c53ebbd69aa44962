//! Reads `[[text]]`: the company's own sentences, which staff put into an answer by name. Pure but for what [`Section`] reads.

use super::Config;
use super::check::one_word;
use super::section::{Reading, Section, clipped};
use crate::case::{Blank, Language, Piece, StandardText, UnknownBlank, pieces};
use std::collections::BTreeSet;

pub(super) fn text(s: &mut Section) -> StandardText {
    let name = one_word(s, "name", "a short name, e.g. `name = \"uitstel\"`", "it is typed behind #tekst");
    let wordings = Language::ALL.into_iter().filter_map(|language| Some((language, wording(s, language.tag())?)));
    let wordings = wordings.collect();
    let company = s.text("company").filter(|company| !company.is_empty());
    StandardText { name, company, wordings }
}

/// The words in one language.
fn wording(s: &mut Section, key: &'static str) -> Option<Vec<Piece>> {
    let text = s.paragraphs(key).filter(|text| !text.is_empty())?;
    if let Some(line) = text.lines().map(str::trim).find(|line| line.starts_with('#')) {
        let write =
            "write what the customer reads: a command within a text is not carried out, and would be sent as it stands";
        s.refuse(key, format!("the line \"{}\"", clipped(line)), write);
        return None;
    }
    match pieces(&text) {
        Ok(pieces) => Some(pieces),
        Err(UnknownBlank(found)) => {
            let known = Blank::ALL.map(|blank| format!("{{{{ {} }}}}", blank.name())).join(", ");
            let write = format!("write one of {known}, with two braces on each side");
            s.refuse(key, format!("{{{{ {} }}}}", clipped(found.trim())), write);
            None
        }
    }
}

/// Each can be typed, by one name in one company, and there is always something to fall back on.
pub(super) fn texts_can_be_sent(config: &Config, reading: &mut Reading) {
    let desk = config.desk.language.language();
    let companies: BTreeSet<&str> = config.mailboxes().map(|mailbox| config.company_of(mailbox)).collect();
    let mut seen = BTreeSet::new();
    for text in config.text.iter().filter(|text| !text.name.is_empty()) {
        let key = |key: &str| format!("text \"{}\".{key}", text.name.escape_debug());
        let company = text.company.as_deref().unwrap_or(&config.desk.name);
        if !seen.insert((company, text.name.to_lowercase())) {
            reading.refuse(&key("name"), "it twice", "write a name of its own for each text");
        }
        if text.company.is_some() && !companies.contains(company) {
            let write = "write the name of a company with a mailbox, as it stands in [desk] or [[mailbox]]";
            reading.refuse(&key("company"), format!("\"{}\"", clipped(company)), write);
        }
        let is_refused = Language::ALL.iter().any(|language| reading.is_refused(&key(language.tag())));
        if !is_refused && text.for_reader(desk, desk).is_none() {
            let write = "write it in the desk's language: who reads one that is missing gets that";
            reading.refuse(&key(desk.tag()), "nothing", write);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::case::{Blank, Language, MailboxName, Piece};
    use crate::config::from_toml;
    use crate::config::tests::{LEAST, refused};

    fn with(text: &str) -> String {
        format!("{LEAST}\n[[text]]\n{text}\n")
    }

    #[test]
    fn a_text_keeps_its_paragraphs_and_its_languages() {
        let text = "name = \"uitstel\"\nnl = \"\"\"\n{{ salutation }}\n\nKlacht {{number}}.\n\"\"\"\nfr = \"Bonjour\"";
        let config = from_toml(&with(text), "k.toml").unwrap();
        let words = |words: &str| Piece::Words(words.to_owned());
        let dutch =
            vec![Piece::Blank(Blank::Salutation), words("\n\nKlacht "), Piece::Blank(Blank::Number), words(".")];
        assert_eq!(config.text[0].wordings, [(Language::Dutch, dutch), (Language::French, vec![words("Bonjour")])]);
    }

    #[test]
    fn what_could_not_be_sent_is_refused_by_name() {
        let long = format!("name = \"x\"\nnl = \"{}\"", "a".repeat(4_001));
        for (text, found) in [
            ("nl = \"Hallo\"", "text no. 1.name"),
            ("name = \"twee woorden\"\nnl = \"Hallo\"", "\"twee woorden\""),
            ("name = \"x\"", "text \"x\".nl: found nothing"),
            ("name = \"x\"\nen = \"Hello\"", "text \"x\".nl: found nothing"),
            ("name = \"x\"\nnl = \"Beste {{ naam }},\"", "text \"x\".nl: found {{ naam }}"),
            ("name = \"x\"\nnl = \"Hallo\"\nen = \"Dear {{ name\"", "text \"x\".en: found {{ name }}"),
            ("name = \"x\"\nnl = \"Hallo {{ number | upper }}\"", "found {{ number | upper }}"),
            ("name = \"x\"\nnl = \"Hallo\"\ncompany = \"Elders\"", "text \"x\".company: found \"Elders\""),
            ("name = \"x\"\nnl = \"Hallo\"\n[[text]]\nname = \"X\"\nnl = \"Dag\"", "text \"X\".name: found it twice"),
            ("name = \"x\"\nnl = \"Hallo\\n #afgehandeld\"", "text \"x\".nl: found the line \"#afgehandeld\""),
            ("name = \"x\"\nnl = \"a\\tb\"", "without tabs"),
            ("name = \"x\"\ntitle = \"Hallo\"", "text \"x\".title"),
            (long.as_str(), "at most 4000 characters"),
        ] {
            let refused = refused(&with(text));
            assert!(refused.contains(found), "{text}: {refused}");
        }
    }

    #[test]
    fn a_company_sees_its_own_texts_only() {
        let settings = with("name = \"a\"\nnl = \"A\"\n[[text]]\nname = \"a\"\nnl = \"B\"\ncompany = \"Zakelijk\"")
            .replace("[mailbox]\n", "[[mailbox]]\nname = \"lease\"\n")
            .replace(
                "[sender]",
                "[[mailbox]]\nname = \"zakelijk\"\ncompany = \"Zakelijk\"\naddress = \"k@zakelijk.example\"\n\
                 departments = [\"zaken\"]\nkind = \"maildir\"\npath = \"in2\"\naccept_unproven_staff = true\n[sender]",
            )
            .replace("path = \"in\"\n", "path = \"in\"\ndepartments = [\"schade\"]\n")
            + "[[department]]\nname = \"zaken\"\ntitle = \"Zaken\"\naddress = \"zaken@zakelijk.example\"\n\
               supervisor = \"baas@zakelijk.example\"\n";
        let settings = settings.replace("address = \"k@zakelijk", "fallback = \"zaken\"\naddress = \"k@zakelijk");
        let config = from_toml(&settings, "k.toml").unwrap();
        for (mailbox, words) in [("lease", "A"), ("zakelijk", "B")] {
            let own = config.of_mailbox(&MailboxName::new(mailbox)).text;
            assert_eq!(own.len(), 1, "{mailbox}");
            assert_eq!(own[0].wordings[0].1, [Piece::Words(words.to_owned())], "{mailbox}");
        }
    }
}
