//! Is the sender proven by a mail server we trust (RFC 8601), and does the name shown imitate somebody else. Pure.
//!
//! Which `Authentication-Results` fields count: mail servers put their fields on top, so the walk goes from the top
//! down. It ends at the first `Received` of another organisation than our server's: what stands below came in with
//! the mail (an older pass through our own server, a list's, a forger's). Above that, the first field of the trusted
//! host begins the run that counts, and anything but another such field or its filters' marks ends it. Within the run
//! the first statement of a method wins and a failure outweighs it, so that a field added lower down can only take
//! proof away. What cannot be told apart by reading is a forgery that our server let in right below its own fields;
//! RFC 8601 §5 obliges it to remove those.

use super::bounce::address;
use super::parse::{Header, Parsed};
use super::{Finding, FindingKind, Party, SenderProof};

/// Fields of the trusted host that are read: a server writes one for each check it makes, and makes four or five.
const FIELDS_MAX: usize = 10;
/// Longest field that is read. A long one holds a dozen signatures; beyond that somebody is filling space.
const FIELD_MAX_BYTES: usize = 16 * 1024;
/// Fields that filters write between the results of one server.
const FILTER_MARKS: [&str; 5] = ["received-spf", "dkim-filter", "dmarc-filter", "x-dkim", "x-spf"];

/// What the server `trusted_authserv_id` found about the author of the mail. An empty id trusts nobody.
pub(crate) fn of(parsed: &Parsed, trusted_authserv_id: &str) -> SenderProof {
    let trusted = trusted_authserv_id.trim();
    if trusted.is_empty() {
        return SenderProof::None;
    }
    let run: Vec<Vec<MethodResult>> = trusted_run(&parsed.headers, trusted);
    let first_with = |method: &str| run.iter().find(|field| field.iter().any(|r| r.method == method));
    let dmarc_failed = run.iter().flatten().any(|r| r.method == "dmarc" && r.result == "fail");
    if dmarc_failed {
        return SenderProof::Failed;
    }
    let Some(from) = from_domain(&parsed.headers) else { return SenderProof::None };
    let dmarc = first_with("dmarc").into_iter().flatten().find(|r| r.method == "dmarc");
    let dmarc_passed =
        dmarc.is_some_and(|r| r.result == "pass" && r.property("header.from").is_some_and(|d| same(d, &from)));
    let dkim_passed = first_with("dkim")
        .into_iter()
        .flatten()
        .any(|r| r.method == "dkim" && r.result == "pass" && r.signer().is_some_and(|d| is_aligned(d, &from)));
    if dmarc_passed || dkim_passed { SenderProof::Proven } else { SenderProof::None }
}

/// What the server found about somebody who says to have sent the mail on: a signature of that very domain, or an envelope
/// sender of it that may send for it. DMARC says nothing of such a person: it is about From.
pub(crate) fn of_resender(parsed: &Parsed, address: &str, trusted_authserv_id: &str) -> SenderProof {
    let trusted = trusted_authserv_id.trim();
    let Some((_, domain)) = address.rsplit_once('@').filter(|_| !trusted.is_empty()) else { return SenderProof::None };
    let is_own = |stated: Option<&str>| {
        stated.is_some_and(|stated| stated.rsplit('@').next().is_some_and(|stated| stated.eq_ignore_ascii_case(domain)))
    };
    let run = trusted_run(&parsed.headers, trusted);
    let passed = |method: &str| move |result: &&MethodResult| result.method == method && result.result == "pass";
    let results = || run.iter().flatten();
    let signed = results().filter(passed("dkim")).any(|result| is_own(result.signer()));
    let sent = results().filter(passed("spf")).any(|result| is_own(result.property("smtp.mailfrom")));
    if signed || sent { SenderProof::Proven } else { SenderProof::None }
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

/// One `method=result` with its properties.
#[derive(Debug, PartialEq)]
struct MethodResult {
    /// Lower case, without version.
    method: String,
    /// Lower case.
    result: String,
    /// `ptype.property` in lower case, and its value.
    properties: Vec<(String, String)>,
}

impl MethodResult {
    fn property(&self, name: &str) -> Option<&str> {
        self.properties.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The domain that signed: `header.d`, else the domain of `header.i`.
    fn signer(&self) -> Option<&str> {
        self.property("header.d").or_else(|| self.property("header.i").and_then(|i| i.rsplit('@').next()))
    }
}

/// The results of the trusted host that count, field by field, topmost first.
fn trusted_run(headers: &[Header], trusted: &str) -> Vec<Vec<MethodResult>> {
    let mut run = Vec::new();
    let mut own_host: Option<String> = None;
    for header in headers {
        match header.name.as_str() {
            "authentication-results" => match results(&header.raw) {
                Some((id, results)) if same(&id, trusted) => run.push(results),
                _ if run.is_empty() => {}
                _ => break,
            },
            name if FILTER_MARKS.contains(&name) || name.starts_with("arc-") => {}
            _ if !run.is_empty() => break,
            "received" => {
                let by = received_by(&header.raw);
                let own = own_host.get_or_insert_with(|| by.clone());
                if !is_own_hop(&by, own, trusted) {
                    break;
                }
            }
            _ => {}
        }
        if run.len() >= FIELDS_MAX {
            break;
        }
    }
    run
}

/// The host that wrote a Received field; empty when it names none.
fn received_by(raw: &str) -> String {
    let plain = without_comments(raw, Quoted::Dropped).unwrap_or_default();
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

/// The domain of the one author: a single From field with a single, plainly written address. Anything that a reader
/// might take for another author (a second `@`, a group, a broken quotation) proves nobody.
fn from_domain(headers: &[Header]) -> Option<String> {
    let mut fields = headers.iter().filter(|h| h.name == "from");
    let field = fields.next().filter(|_| fields.next().is_none())?;
    let plain = without_comments(&field.raw, Quoted::Dropped)?;
    if plain.matches('@').count() != 1 || plain.contains([',', ';', ':']) {
        return None;
    }
    let address = match (plain.matches('<').count(), plain.matches('>').count()) {
        (0, 0) => plain.trim(),
        (1, 1) => plain.split_once('<')?.1.split_once('>').filter(|(_, rest)| rest.trim().is_empty())?.0.trim(),
        _ => return None,
    };
    let (local, domain) = address.split_once('@')?;
    let is_domain = domain.contains('.') && domain.chars().all(|c| c.is_alphanumeric() || c == '.' || c == '-');
    (!local.is_empty() && is_domain && !address.contains(char::is_whitespace)).then(|| domain.to_lowercase())
}

fn same(a: &str, b: &str) -> bool {
    a.trim_end_matches('.').eq_ignore_ascii_case(b.trim_end_matches('.'))
}

/// Relaxed alignment (RFC 7489 §3.1.1), without a list of public suffixes and so narrower: equal, or one the parent of
/// the other, and the upper one no suffix that strangers share.
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

/// Authserv-id and results of a field; `None` when it is not written as RFC 8601 §2.2 says.
fn results(raw: &str) -> Option<(String, Vec<MethodResult>)> {
    if raw.len() > FIELD_MAX_BYTES {
        return None;
    }
    let plain = without_comments(raw, Quoted::Opened)?;
    let mut parts = plain.split(';');
    // An authserv-id may be followed by a version; a field without any id begins with a result.
    let id = parts.next()?.split_whitespace().next().filter(|id| !id.contains('='))?.to_owned();
    Some((id, parts.filter_map(result).collect()))
}

fn result(part: &str) -> Option<MethodResult> {
    // White space may stand around the equals sign.
    let spaced = part.replace('=', " = ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut pairs = words.windows(3).filter(|w| w.get(1) == Some(&"=")).filter_map(|w| Some((*w.first()?, *w.get(2)?)));
    let (method, result) = pairs.next()?;
    let method = method.split('/').next().unwrap_or_default().to_ascii_lowercase();
    // Of a property stated twice the first one counts.
    let properties = pairs.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    Some(MethodResult { method, result: result.to_ascii_lowercase(), properties })
}

/// What becomes of a quoted string.
#[derive(Clone, Copy, PartialEq)]
enum Quoted {
    /// A display name: it is no address.
    Dropped,
    /// A value: its content counts; what would end it becomes a blank-free stand-in.
    Opened,
}

/// A field without its comments (RFC 5322 §3.2.2, which nest); `None` when a comment or quotation does not end.
fn without_comments(value: &str, quoted: Quoted) -> Option<String> {
    let mut plain = String::with_capacity(value.len());
    let (mut depth, mut in_quotes, mut chars) = (0_usize, false, value.chars());
    while let Some(c) = chars.next() {
        match c {
            '\\' if in_quotes || depth > 0 => drop(chars.next()?),
            '"' if depth == 0 => in_quotes = !in_quotes,
            _ if in_quotes && quoted == Quoted::Dropped => {}
            // Structure within quotes is no structure.
            _ if in_quotes && (c.is_whitespace() || matches!(c, ';' | '=' | '(' | ')')) => plain.push('_'),
            '(' if !in_quotes => depth += 1,
            ')' if !in_quotes => {
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
#[path = "proof_tests.rs"]
mod tests;
