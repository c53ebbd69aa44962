//! Reads `[closing]` and `[committee]`: what is asked of whoever closes a complaint, and what the customer is told of where to go
//! who still disagrees. Pure but for what [`Section`] reads.

use super::check::{url, web_address};
use super::section::{Section, clipped};
use super::sections::small;
use super::wording::{Wording, keys};
use crate::case::{Language, Worded};
use crate::languages::AskedIfSolved;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Months after which a committee may still take a dispute: ten years.
const MAX_COMMITTEE_MONTHS: u64 = 120;
/// Days a complaint may be open before its customer must be told of the committee: a year.
const MAX_OPEN_DAYS: u64 = 366;
/// Causes of one company: more are no list to choose from.
const MAX_CAUSES: usize = 100;
/// Characters of a cause: a word or a few.
const MAX_CAUSE_CHARS: usize = 40;
/// Where the European platform for disputes stood, which closed on 20 July 2025 (Regulation (EU) 2024/3228): no letter may
/// send a customer there.
const CLOSED_PLATFORM: [&str; 3] = ["ec.europa.eu/consumers/odr", "ec.europa.eu/odr", "webgate.ec.europa.eu/odr"];

/// What is asked of whoever closes a complaint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    pub outcome: AskOutcome,
    /// What staff choose from with `#oorzaak`.
    pub causes: Vec<String>,
    /// The customer is asked below the closing whether it was solved.
    pub ask: bool,
    /// The languages of customers' letters that ask it.
    pub ask_languages: Vec<String>,
}

impl Default for Closing {
    fn default() -> Self {
        Self {
            outcome: AskOutcome::default(),
            causes: Vec::new(),
            ask: false,
            ask_languages: usually_asked().map(|language| language.tag().to_owned()).collect(),
        }
    }
}

fn usually_asked() -> impl Iterator<Item = Language> {
    Language::ALL.into_iter().filter(|language| language.tongue().solving.asked == AskedIfSolved::Usually)
}

/// Whether a complaint can be closed without saying if it was right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AskOutcome {
    #[default]
    Optional,
    Required,
}

/// Where a customer can go who still disagrees (procedure, end), and what the customer must be told of it (Dutch act on
/// out-of-court settlement of consumer disputes, art. 12).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Committee {
    pub name: String,
    /// Begins with `https://` or `http://`: where a dispute is explained, or filed.
    pub url: String,
    /// The committee's own, where that is another one.
    pub own_url: Option<String>,
    /// Whether the company takes part in the committee's handling.
    pub takes_part: bool,
    /// Whether a ruling binds.
    pub binding: bool,
    /// What it costs the customer, as the letter prints it; None: nothing is said of it.
    pub fee: Option<Wording>,
    /// The language of its handling; None: nothing is said of it.
    pub language: Option<super::DeskLanguage>,
    /// A dispute is taken until this many months after the complaint was lodged.
    pub months: u32,
    /// A complaint that is open for so many days asks for a letter that names the committee.
    pub after_days: u32,
    /// A sentence the letter prints: for whom the committee is there; "" for everyone.
    pub applies_to: String,
    /// The same in other languages.
    pub applies_to_in: Vec<Worded>,
}

pub(super) fn closing(s: &mut Section) -> Closing {
    let asked = [("optional", AskOutcome::Optional), ("required", AskOutcome::Required)];
    Closing {
        outcome: s.choice("outcome", AskOutcome::Optional, &asked).unwrap_or_default(),
        causes: causes(s),
        ask: s.flag("ask", false),
        ask_languages: ask_languages(s),
    }
}

fn ask_languages(s: &mut Section) -> Vec<String> {
    let languages = s.list("ask_languages");
    if languages.is_empty() {
        return Closing::default().ask_languages;
    }
    if let Some(bad) = languages.iter().find(|one| !Language::ALL.iter().any(|language| language.tag() == *one)) {
        let write = format!("write some of {}", Language::ALL.map(|one| format!("\"{}\"", one.tag())).join(", "));
        s.refuse("ask_languages", format!("\"{}\"", clipped(bad)), write);
    }
    languages
}

fn causes(s: &mut Section) -> Vec<String> {
    let causes = s.list("causes");
    let mut seen = BTreeSet::new();
    let is_bad = |cause: &&String| {
        cause.trim().is_empty() || cause.chars().count() > MAX_CAUSE_CHARS || cause.contains(char::is_control)
    };
    if let Some(bad) = causes.iter().find(is_bad) {
        let write = format!("write words of at most {MAX_CAUSE_CHARS} characters, e.g. `causes = [\"planning\"]`");
        s.refuse("causes", format!("\"{}\"", clipped(bad)), write);
    } else if causes.len() > MAX_CAUSES {
        s.refuse("causes", format!("{} of them", causes.len()), format!("write at most {MAX_CAUSES}"));
    } else if let Some(twice) = causes.iter().find(|cause| !seen.insert(cause.to_lowercase())) {
        s.refuse("causes", format!("\"{}\" twice", clipped(twice)), "write each once");
    }
    causes
}

pub(super) fn committee(s: &mut Section) -> Committee {
    let committee = Committee {
        name: s.required("name", "the committee's full name, or take out [committee]"),
        url: url(s, "url"),
        own_url: s.text("own_url").filter(|url| !url.is_empty()),
        takes_part: s.flag("takes_part", true),
        binding: s.flag("binding", true),
        fee: keys!("fee").given(s),
        language: language(s),
        months: small(s, "months", 12, 1..=MAX_COMMITTEE_MONTHS, "months after the complaint was lodged"),
        after_days: small(s, "after_days", 28, 1..=MAX_OPEN_DAYS, "days a complaint is open"),
        applies_to: s.text_or("applies_to", ""),
        applies_to_in: keys!("applies_to").others(s),
    };
    if let Some(own) = &committee.own_url {
        web_address(s, "own_url", own);
    }
    for (key, url) in [("url", Some(&committee.url)), ("own_url", committee.own_url.as_ref())] {
        let is_closed = |url: &&String| CLOSED_PLATFORM.iter().any(|place| url.to_lowercase().contains(place));
        if let Some(url) = url.filter(is_closed) {
            let write = "write the committee's own address: the European platform closed on 20 July 2025";
            s.refuse(key, format!("\"{}\"", clipped(url)), write);
        }
    }
    committee
}

/// Left out, the letter says nothing of it.
fn language(s: &mut Section) -> Option<super::DeskLanguage> {
    use super::DeskLanguage::{Dutch, English};
    s.choice("language", None, &[("nl", Some(Dutch)), ("en", Some(English))]).flatten()
}
