//! How a word is written that complaints are routed by (§2.1.2): `schade*`, `subject:offerte`, `from:@garage.example`,
//! `niet … terugbetaald`, `-verzekering`. Also reads settings that are only tried. Pure but for that file.

use super::Department;
use super::problems::{ConfigError, Problems};
use super::section::{Purpose, Reading, Section};
use super::sections::MAX_DEPARTMENTS;
use super::taking::several;
use super::{check, load};
use crate::languages::keyed;
use config::Map;
use std::path::Path;

/// Letters and digits a keyword must have, and each word of a group; one letter with a star would meet everything.
pub(super) const MIN_LETTERS: usize = 2;
/// Between words of a group.
const GAPS: [&str; 2] = ["…", "..."];

/// A keyword, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyword {
    pub effect: Effect,
    /// None: subject and text.
    pub place: Option<KeywordPlace>,
    /// One, or a group whose words stand in this order; a star at an end of one leaves that end of the word open.
    pub parts: Vec<String>,
}

/// What it does where it is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It speaks for its department.
    Counts,
    /// Its department does not get the complaint by its keywords.
    Excludes,
}

/// Where alone it is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeywordPlace {
    Subject,
    From,
    To,
}

const PLACES: [(&str, KeywordPlace); 3] =
    [("subject:", KeywordPlace::Subject), ("from:", KeywordPlace::From), ("to:", KeywordPlace::To)];

impl Keyword {
    /// Takes it apart, however odd it is.
    pub fn read(written: &str) -> Self {
        let written = written.trim();
        let (effect, rest) = match written.strip_prefix('-') {
            Some(rest) => (Effect::Excludes, rest.trim_start()),
            None => (Effect::Counts, written),
        };
        let placed = PLACES.iter().find_map(|(prefix, place)| {
            let start = rest.get(..prefix.len())?;
            start.eq_ignore_ascii_case(prefix).then(|| (Some(*place), &rest[prefix.len()..]))
        });
        let (place, words) = placed.unwrap_or((None, rest));
        let words = GAPS.iter().fold(words.to_owned(), |words, gap| words.replace(gap, "…"));
        Self { effect, place, parts: words.split('…').map(|part| part.trim().to_owned()).collect() }
    }

    /// One of the settings.
    ///
    /// # Errors
    /// What is wrong with it, in a few words.
    pub fn parse(written: &str) -> Result<Self, &'static str> {
        let keyword = Self::read(written);
        for part in &keyword.parts {
            let core = part.strip_prefix('*').unwrap_or(part);
            let core = core.strip_suffix('*').unwrap_or(core);
            if core.contains('*') {
                return Err("a star within it");
            }
            if core.chars().filter(|c| c.is_alphanumeric()).count() < MIN_LETTERS {
                return Err("too short");
            }
        }
        Ok(keyword)
    }
}

/// The departments with the keywords of a file that is only tried: settings, or nothing but `[[department]]` with `name` and
/// `keywords`. What else it says of them is as it is now.
///
/// # Errors
/// The file can't be read, is no TOML, or has keywords that cannot be used.
pub fn tried_departments(path: &Path, now: &[Department]) -> Result<Vec<Department>, ConfigError> {
    let text = load::read_file(path).map_err(|error| ConfigError::Unreadable { path: path.to_owned(), error })?;
    let name = path.display().to_string();
    let tree = load::tree(&text, &name, Map::new())?;
    let mut reading = Reading::new(&name, None, Purpose::Look);
    let mut file = Section::new(&mut reading, "", tree);
    let tried = several(&mut file, "department", MAX_DEPARTMENTS, department).unwrap_or_default();
    let mut problems = reading.into_problems();
    if problems.is_empty() && tried.is_empty() {
        let found = "nothing".to_owned();
        let write = "write [[department]] with `name` and `keywords` for each".to_owned();
        problems.push(super::problems::Problem { place: name, key: "department".to_owned(), found, write });
    }
    if !problems.is_empty() {
        return Err(ConfigError::Invalid(Problems(problems)));
    }
    let has_fallback = tried.iter().any(|tried| tried.fallback);
    let known = |name: &str| now.iter().find(|known| known.name == name);
    let with_rest = |tried: Department| match known(&tried.name) {
        Some(known) => Department {
            keywords: tried.keywords,
            fallback: if has_fallback { tried.fallback } else { known.fallback },
            ..known.clone()
        },
        None => tried,
    };
    Ok(tried.into_iter().map(with_rest).collect())
}

fn department(s: &mut Section) -> Department {
    for other in keyed!("title").into_iter().chain(["title", "address", "supervisor", "staff", "committee"]) {
        let _ = s.take(other);
    }
    let name = check::one_word(s, "name", "a short name, e.g. `name = \"schade\"`", "the long one is `title`");
    Department {
        title: name.clone(),
        title_in: Vec::new(),
        name,
        address: String::new(),
        supervisor: String::new(),
        staff: Vec::new(),
        keywords: check::keywords(s, "keywords"),
        fallback: s.flag("fallback", false),
        committee: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keyword_says_where_it_counts_and_what_it_does() {
        let of = |written: &str| Keyword::parse(written).unwrap();
        let plain = |effect, place, parts: &[&str]| Keyword {
            effect,
            place,
            parts: parts.iter().map(ToString::to_string).collect(),
        };
        assert_eq!(of("schade*"), plain(Effect::Counts, None, &["schade*"]));
        assert_eq!(of("Subject: offerte"), plain(Effect::Counts, Some(KeywordPlace::Subject), &["offerte"]));
        assert_eq!(of("from:@garage.example"), plain(Effect::Counts, Some(KeywordPlace::From), &["@garage.example"]));
        assert_eq!(of("niet … terugbetaald"), plain(Effect::Counts, None, &["niet", "terugbetaald"]));
        assert_eq!(of("niet ... terug*"), plain(Effect::Counts, None, &["niet", "terug*"]));
        assert_eq!(of("-to:info"), plain(Effect::Excludes, Some(KeywordPlace::To), &["info"]));
        assert_eq!(of("apk-keuring").effect, Effect::Counts);
        assert_eq!(Keyword::parse("niet …"), Err("too short"));
        assert_eq!(Keyword::parse("-"), Err("too short"));
        assert_eq!(Keyword::parse("a*b"), Err("a star within it"));
    }
}
