//! Is the sender proven by a mail server we trust (RFC 8601), and does the name shown imitate somebody else. Pure.
//!
//! Which `Authentication-Results` fields count: mail servers put their fields on top, so the walk goes from the top
//! down. It ends at the first `Received` of another organisation than our server's: what stands below came in with
//! the mail (an older pass through our own server, a list's, a forger's). Above that, the first field of the trusted
//! host begins the run that counts, and anything but another such field or its filters' marks ends it. Within the run
//! a field added lower down can only take proof away. What cannot be told apart by reading is a forgery that our server
//! let in right below its own fields; RFC 8601 §5 obliges it to remove those, and `results.rs` reads what it might overlook
//! as nobody's.

use super::bounce::address;
use super::parse::{Author, Header, Parsed, Reading, clean, take_apart};
use super::{Finding, FindingKind, Party, Replay, SenderProof};
use results::{Denies, Field, MethodResult};

pub(in crate::mail) mod organisation;
mod replay;
mod results;

/// Fields of the trusted host that are read: a server writes one for each check it makes, and makes four or five.
const FIELDS_MAX: usize = 10;
/// Longest id that is shown: a host's name is no longer.
const AUTHSERV_ID_MAX_CHARS: usize = 255;
/// Fields that filters write between the results of one server.
const FILTER_MARKS: [&str; 5] = ["received-spf", "dkim-filter", "dmarc-filter", "x-dkim", "x-spf"];

/// Whose word on senders is believed (invariant 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Witness<'a> {
    /// The `Authentication-Results` of this host; an empty name trusts nobody.
    Results(&'a str),
    /// Exchange's own field: see `organisation.rs`.
    Microsoft365,
}

impl<'a> From<&'a str> for Witness<'a> {
    fn from(trusted_authserv_id: &'a str) -> Self {
        Self::Results(trusted_authserv_id)
    }
}

/// What the witness found about the author of the mail, and whether a proof may be an older one's.
pub(crate) fn of(parsed: &Parsed, author: &Author, witness: Witness<'_>) -> (SenderProof, Replay) {
    match witness {
        Witness::Results(trusted_authserv_id) => by_results(parsed, author, trusted_authserv_id),
        Witness::Microsoft365 => by_organisation(parsed, author),
    }
}

/// Nobody outside can bring the field, so that a copy which somebody sends on from there has none; what a colleague
/// redirects within keeps it, with the date it had.
fn by_organisation(parsed: &Parsed, author: &Author) -> (SenderProof, Replay) {
    let proof = match organisation::of(parsed) {
        _ if author.reading == Reading::Unclear => SenderProof::Unclear,
        organisation::WrittenAs::Internal if !is_cut(parsed) && author.domain().is_some() => SenderProof::Inside,
        _ => SenderProof::None,
    };
    (proof, if proof == SenderProof::Inside { Replay::ShownByDate } else { Replay::Possible })
}

fn by_results(parsed: &Parsed, author: &Author, trusted_authserv_id: &str) -> (SenderProof, Replay) {
    let run = trusted_run(&parsed.headers, trusted_authserv_id.trim());
    let proof = match run.denies {
        Denies::Yes => SenderProof::Failed,
        Denies::No if author.reading == Reading::Unclear => SenderProof::Unclear,
        Denies::No if is_cut(parsed) => SenderProof::None,
        Denies::No => {
            author.domain().filter(|domain| run.proves(domain)).map_or(SenderProof::None, |_| SenderProof::Proven)
        }
    };
    let domain = author.domain().filter(|_| proof == SenderProof::Proven);
    let all: Vec<&MethodResult> = run.fields.iter().flatten().collect();
    (proof, domain.map_or(Replay::Possible, |domain| replay::of(parsed, domain, &all)))
}

/// Not all of the header was read: in the rest there may be another From.
fn is_cut(parsed: &Parsed) -> bool {
    let is_limit = |kind| matches!(kind, FindingKind::TooManyHeaders | FindingKind::HeaderTooLong);
    parsed.findings.iter().any(|finding| is_limit(finding.kind))
}

/// What the server found about somebody who says to have sent the mail on: a signature of that very domain, or an envelope
/// sender of it that may send for it. DMARC says nothing of such a person: it is about From. Nor does Exchange's field.
pub(crate) fn of_resender(parsed: &Parsed, address: &str, witness: Witness<'_>) -> SenderProof {
    let Witness::Results(trusted_authserv_id) = witness else { return SenderProof::None };
    let trusted = trusted_authserv_id.trim();
    let Some((_, domain)) = address.rsplit_once('@').filter(|_| !trusted.is_empty()) else { return SenderProof::None };
    let is_own = |stated: Option<&str>| {
        stated.is_some_and(|stated| stated.rsplit('@').next().is_some_and(|stated| stated.eq_ignore_ascii_case(domain)))
    };
    let run = trusted_run(&parsed.headers, trusted);
    let mut passed = run.fields.iter().flatten().filter(|result| result.result == "pass");
    let is_proven = passed.any(|result| match result.method.as_str() {
        "dkim" => is_own(result.signer()),
        "spf" => is_own(result.property("smtp.mailfrom")),
        _ => false,
    });
    match run.denies {
        Denies::Yes => SenderProof::Failed,
        Denies::No if is_proven => SenderProof::Proven,
        Denies::No => SenderProof::None,
    }
}

/// Who says uppermost in a mail's header what a server found about its sender: the desk's own mail server, or where that adds
/// nothing, whoever the mail came from.
pub fn authserv_id(raw: &[u8]) -> Option<String> {
    let headers = take_apart(raw).headers;
    let results = headers.iter().find(|header| header.name == "authentication-results")?;
    let plain = without_comments(&results.raw)?;
    let id = plain.split(|c: char| c == ';' || c.is_whitespace()).find(|word| !word.is_empty())?;
    // Some servers (Exchange) begin with the first result, and name nobody.
    Some(clean(id, AUTHSERV_ID_MAX_CHARS)).filter(|id| !id.contains('='))
}

/// Whose results stand uppermost in a mail of our own to ourselves, above the first hop of another organisation than the one
/// that delivered it: the sending server's word is nobody's here.
pub fn delivering_servers_id(raw: &[u8]) -> Option<String> {
    let headers = take_apart(raw).headers;
    let mut own_host: Option<String> = None;
    for header in &headers {
        match header.name.as_str() {
            "authentication-results" => return authserv_id(raw),
            "received" => {
                let by = received_by(&header.raw);
                let own = own_host.get_or_insert_with(|| by.clone());
                if !is_own_hop(&by, own, own) {
                    return None;
                }
            }
            _ => {}
        }
    }
    None
}

/// Whether a field of results holds this text, wherever it stands.
pub fn results_hold(raw: &[u8], text: &str) -> bool {
    let headers = take_apart(raw).headers;
    headers.iter().any(|header| header.name == "authentication-results" && header.raw.contains(text))
}

/// What a person should know about the name shown: mail programs show it instead of the address, so a name that holds
/// another address misleads.
pub(crate) fn findings(parsed: &Parsed, from: Option<&Party>) -> Vec<Finding> {
    let Some(from) = from else { return Vec::new() };
    let name = from.name.replace(['\u{ff20}', '\u{fe6b}'], "@");
    let header_name = parsed.header("from").unwrap_or_default().replace(['\u{ff20}', '\u{fe6b}'], "@");
    let before_address = header_name.split_once('<').map_or("", |(name, _)| name);
    let shown = if name.is_empty() { before_address } else { &name };
    let imitated =
        address::places(shown).filter_map(|place| shown.get(place)).find(|other| !same(other, &from.address));
    let detail = |other: &str| format!("the name shows {other}, the mail is from {}", from.address);
    imitated
        .map(|other| Finding { kind: FindingKind::NameImitatesAddress, detail: detail(other) })
        .into_iter()
        .collect()
}

/// The results of the trusted host that count, field by field, topmost first.
struct Run {
    fields: Vec<Vec<MethodResult>>,
    denies: Denies,
}

impl Run {
    /// Whether it says that mail of this very domain comes from it. That of a parent or a child is another one's: a company
    /// gives a name below its own to whoever sends its newsletters, and a name is sold below a suffix.
    fn proves(&self, domain: &str) -> bool {
        let is_own = |stated: Option<&str>| stated.is_some_and(|stated| stated.eq_ignore_ascii_case(domain));
        let mut dmarc = self.fields.iter().flatten().filter(|result| result.method == "dmarc").peekable();
        // More than one statement is one too many: all of them must say it.
        let dmarc_passed = dmarc.peek().is_some()
            && dmarc.all(|result| result.result == "pass" && is_own(result.property("header.from")));
        let of_dkim = |field: &&Vec<MethodResult>| field.iter().any(|result| result.method == "dkim");
        let signed = self.fields.iter().find(of_dkim).into_iter().flatten();
        let is_unsigned = signed.clone().any(|result| result.is("dkim", "none"));
        let dkim_passed = signed.clone().any(|result| result.is("dkim", "pass") && is_own(result.signer()));
        dmarc_passed || dkim_passed && !is_unsigned
    }
}

/// A field that resembles the trusted host's and is not as it writes ends the run, or keeps it from beginning.
fn trusted_run(headers: &[Header], trusted: &str) -> Run {
    let mut run = Run { fields: Vec::new(), denies: Denies::No };
    let mut own_host: Option<String> = None;
    for header in headers.iter().filter(|_| !trusted.is_empty()) {
        match header.name.as_str() {
            "authentication-results" => match results::read(&header.raw, trusted) {
                Field::Trusted(results) => run.fields.push(results),
                Field::Void(denies) => {
                    run.denies = denies;
                    break;
                }
                Field::Others if run.fields.is_empty() => {}
                Field::Others => break,
            },
            name if FILTER_MARKS.contains(&name) || name.starts_with("arc-") => {}
            _ if !run.fields.is_empty() => break,
            "received" => {
                let by = received_by(&header.raw);
                let own = own_host.get_or_insert_with(|| by.clone());
                if !is_own_hop(&by, own, trusted) {
                    break;
                }
            }
            _ => {}
        }
        if run.fields.len() >= FIELDS_MAX {
            break;
        }
    }
    if run.fields.iter().flatten().any(|result| result.is("dmarc", "fail")) {
        run.denies = Denies::Yes;
    }
    run
}

/// The host that wrote a Received field; empty when it names none.
fn received_by(raw: &str) -> String {
    let plain = without_comments(raw).unwrap_or_default();
    let mut words = plain.split([' ', '\t', '\r', '\n', ';']).filter(|word| !word.is_empty());
    words.find(|word| word.eq_ignore_ascii_case("by"));
    words.next().unwrap_or_default().trim_matches(['[', ']']).to_ascii_lowercase()
}

/// Is the hop our own organisation's? The topmost Received is, by definition: nobody else writes above it. So are
/// hops without a domain (`localhost`, an address): a server passes mail on within itself under those.
fn is_own_hop(by: &str, topmost: &str, trusted: &str) -> bool {
    let has_domain = by.contains('.') && by.chars().any(|c| c.is_ascii_alphabetic()) && !by.contains(':');
    !has_domain
        || by.ends_with(".local")
        || is_aligned(by, topmost)
        || is_sibling(by, topmost)
        || is_sibling(by, trusted)
}

/// Two hosts below one domain: `mx1.example.nl` and `imap.example.nl`, or the domain itself.
fn is_sibling(a: &str, b: &str) -> bool {
    let parent = |host: &str| host.split_once('.').map(|(_, rest)| rest.to_ascii_lowercase());
    is_aligned(a, b) || parent(a).is_some_and(|p| !is_public_suffix(&p) && is_aligned(&p, b))
}

fn same(a: &str, b: &str) -> bool {
    a.trim_end_matches('.').eq_ignore_ascii_case(b.trim_end_matches('.'))
}

/// Hosts of one organisation: equal, or one the parent of the other, and the upper one no suffix that strangers share.
fn is_aligned(a: &str, b: &str) -> bool {
    let (a, b) = (a.trim_end_matches('.').to_lowercase(), b.trim_end_matches('.').to_lowercase());
    let is_below = |lower: &str, upper: &str| {
        lower.strip_suffix(upper).is_some_and(|rest| rest.ends_with('.')) && !is_public_suffix(upper)
    };
    a == b || is_below(&a, &b) || is_below(&b, &a)
}

/// A top level domain, or one of the second level under which registries sell names (`co.uk`, `com.au`).
fn is_public_suffix(domain: &str) -> bool {
    const SECOND_LEVEL: [&str; 17] = [
        "ac", "co", "com", "edu", "gob", "gouv", "gov", "go", "ltd", "me", "mil", "ne", "net", "nom", "or", "org",
        "plc",
    ];
    /// Hosting firms that hand out names below their own.
    const SHARED: [&str; 8] = [
        "github.io",
        "gitlab.io",
        "herokuapp.com",
        "azurewebsites.net",
        "onmicrosoft.com",
        "amazonaws.com",
        "vercel.app",
        "netlify.app",
    ];
    match domain.split('.').collect::<Vec<_>>().as_slice() {
        [] | [_] => true,
        [second, top] => (top.len() == 2 && SECOND_LEVEL.contains(second)) || SHARED.contains(&domain),
        _ => false,
    }
}

/// A Received field without its comments (RFC 5322 §3.2.2, which nest) and quotations; `None` when one does not end.
fn without_comments(value: &str) -> Option<String> {
    let mut plain = String::with_capacity(value.len());
    let (mut depth, mut in_quotes, mut chars) = (0_usize, false, value.chars());
    while let Some(c) = chars.next() {
        match c {
            '\\' if in_quotes || depth > 0 => drop(chars.next()?),
            '"' if depth == 0 => in_quotes = !in_quotes,
            _ if in_quotes => {}
            '(' => depth += 1,
            ')' => {
                depth = depth.checked_sub(1)?;
                plain.push(' ');
            }
            _ if depth > 0 => {}
            _ => plain.push(c),
        }
    }
    (depth == 0 && !in_quotes).then_some(plain)
}

#[cfg(test)]
mod tests;
