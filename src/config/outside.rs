//! Reads `[[authority]]`: the committee, courts and regulators that write to the desk (the procedure's end); and `[urgent]`, the
//! words by which a complaint cannot wait, and `[privacy]`. Pure but for what [`Section`] reads.

use super::Config;
use super::check::{given_address, given_url, keywords};
use super::section::{Reading, Section, clipped};
use super::sections::small;
use crate::case::Language;
use crate::languages::keyed;
use serde::{Deserialize, Serialize};

/// Somebody who writes about complaints and has none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authority {
    /// As letters name it.
    pub name: String,
    /// Whose mail is theirs: these domains and those below them. In lower case.
    pub domains: Vec<String>,
}

impl Authority {
    /// Whether mail from that domain is theirs.
    pub fn is_at(&self, domain: &str) -> bool {
        let domain = domain.to_lowercase();
        let is_below = |own: &String| domain.strip_suffix(own.as_str()).is_some_and(|rest| rest.ends_with('.'));
        self.domains.iter().any(|own| domain == *own || is_below(own))
    }
}

/// Words by which a complaint cannot wait.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Urgent {
    /// By the language of a text, in the order of [`Language::ALL`]; see [`crate::desk::routing`].
    pub keywords: Vec<(Language, Vec<String>)>,
}

/// People's rights over their data (GDPR).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Privacy {
    /// Who is told that somebody uses one, or of a breach.
    pub contact: Option<String>,
    /// The privacy statement that acknowledgements link.
    pub url: Option<String>,
}

/// For how long what is on file is kept; nothing goes by itself (§2.4.3). 0: for ever.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// Months after a complaint was closed.
    pub cases_months: u32,
    /// Months after what was no complaint: of a case, or of a mail that concerns none.
    pub no_complaint_months: u32,
    /// Days after a mail that was put aside or could not be read came in.
    pub set_aside_days: u32,
}

impl Retention {
    /// All is kept.
    pub fn is_none(self) -> bool {
        self == Self::default()
    }
}

/// Fifty years.
const RETENTION_MONTHS_MAX: u64 = 600;
const RETENTION_DAYS_MAX: u64 = 18_300;

pub(super) fn retention(s: &mut Section) -> Retention {
    Retention {
        cases_months: small(s, "cases_months", 0, 0..=RETENTION_MONTHS_MAX, "months"),
        no_complaint_months: small(s, "no_complaint_months", 0, 0..=RETENTION_MONTHS_MAX, "months"),
        set_aside_days: small(s, "set_aside_days", 0, 0..=RETENTION_DAYS_MAX, "days"),
    }
}

pub(super) fn privacy(s: &mut Section) -> Privacy {
    Privacy { contact: given_address(s, "contact"), url: given_url(s, "url") }
}

pub(super) fn urgent(s: &mut Section) -> Urgent {
    // Those in Dutch have no language in their name.
    let key = |(language, key)| if language == Language::Dutch { "keywords" } else { key };
    let keys = Language::ALL.into_iter().zip(keyed!("keywords"));
    Urgent { keywords: keys.map(|of| (of.0, keywords(s, key(of)))).collect() }
}

pub(super) fn authority(s: &mut Section) -> Authority {
    let name = s.required("name", "its name as letters show it, e.g. `name = \"De Geschillencommissie\"`");
    let domains: Vec<String> = s.list("domains").iter().map(|domain| domain.to_lowercase()).collect();
    let write = "write the domains it mails from, e.g. `domains = [\"commissie.example\"]`";
    match domains.iter().find(|domain| !is_domain(domain)) {
        Some(bad) => s.refuse("domains", format!("\"{}\"", clipped(bad)), write),
        None if domains.is_empty() => s.refuse("domains", "nothing", write),
        None => {}
    }
    Authority { name, domains }
}

/// Two labels at least: a whole top-level domain is nobody's.
fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    text.contains('.') && text.split('.').all(is_label)
}

/// A colleague's mail must not be taken for an authority's, nor the desk's own.
pub(super) fn authorities_are_outside(config: &Config, reading: &mut Reading) {
    let of_departments = config.department.iter().flat_map(|d| d.staff.iter().chain([&d.address, &d.supervisor]));
    let of_mailboxes = config
        .mailboxes()
        .flat_map(|one| one.own.address.iter().chain(&one.own.employees).chain(&one.own.digest_recipients));
    let others = config.desk.employees.iter().chain(&config.digest.recipients).chain([&config.desk.address]);
    let others = others.chain(of_mailboxes);
    let own: Vec<&str> = of_departments.chain(others).filter_map(|own| Some(own.split_once('@')?.1)).collect();
    for authority in &config.authority {
        if let Some(domain) = own.iter().find(|domain| authority.is_at(domain)) {
            let key = format!("authority \"{}\".domains", authority.name);
            let write = "take it out: an authority is not of the company";
            reading.refuse(&key, format!("\"{}\", the company's own", clipped(domain)), write);
        }
    }
}
