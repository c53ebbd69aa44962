//! Finds the mail servers of a domain: by who keeps its mail (MX), by what it says itself (SRV, RFC 6186 and RFC 8314), and by
//! the names that companies give them. Asks the DNS; sends no password and decides nothing.

use super::providers::{Provider, provider};
use super::questions::{Place, Protocol};
use crate::config::Security;
use hickory_resolver::TokioResolver;
use hickory_resolver::proto::rr::{RData, RecordType};
use std::time::Duration;
use tokio::time::timeout;

/// For all questions about one domain together: a resolver that does not answer is not waited for.
const ANSWERED_WITHIN: Duration = Duration::from_secs(10);
/// Answers to one question that are looked at: a company has two or three servers.
const ANSWERS_MAX: usize = 8;

/// What the DNS says of a domain.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// The mail exchangers, the preferred first.
    exchangers: Vec<String>,
    imap: Vec<Place>,
    smtp: Vec<Place>,
}

/// Servers that may be the right ones, the likeliest first.
pub(super) struct Found {
    pub provider: Option<&'static Provider>,
    pub imap: Vec<Place>,
    pub smtp: Vec<Place>,
}

/// Asks the system's resolver; what it does not tell is not known.
pub(super) async fn find(domain: &str) -> Found {
    let told = match TokioResolver::builder_tokio().and_then(|builder| builder.build()) {
        Ok(resolver) => timeout(ANSWERED_WITHIN, ask(&resolver, domain)).await.unwrap_or_default(),
        Err(_) => Told::default(),
    };
    candidates(domain, told)
}

async fn ask(resolver: &TokioResolver, domain: &str) -> Told {
    let services = [
        ("_imaps", Security::Tls),
        ("_imap", Security::StartTls),
        ("_submissions", Security::Tls),
        ("_submission", Security::StartTls),
    ];
    let service = |(name, security): (&'static str, Security)| async move {
        places(&answers(resolver, &format!("{name}._tcp.{domain}."), RecordType::SRV).await, security)
    };
    let whole = format!("{domain}.");
    let (exchangers, served) =
        tokio::join!(answers(resolver, &whole, RecordType::MX), futures_util::future::join_all(services.map(service)),);
    let mut served = served.into_iter();
    let mut next_two = || served.next().into_iter().chain(served.next()).flatten().collect::<Vec<Place>>();
    Told { exchangers: names(&exchangers), imap: next_two(), smtp: next_two() }
}

async fn answers(resolver: &TokioResolver, name: &str, kind: RecordType) -> Vec<RData> {
    let Ok(lookup) = resolver.lookup(name, kind).await else { return Vec::new() };
    lookup.answers().iter().take(ANSWERS_MAX).map(|record| record.data.clone()).collect()
}

fn names(answers: &[RData]) -> Vec<String> {
    let mut exchangers: Vec<(u16, String)> = Vec::new();
    for answer in answers {
        if let RData::MX(mx) = answer {
            exchangers.push((mx.preference, mx.exchange.to_ascii().trim_end_matches('.').to_owned()));
        }
    }
    exchangers.sort();
    exchangers.into_iter().map(|(_, name)| name).collect()
}

/// A target of `.` says that there is no such service (RFC 2782).
fn places(answers: &[RData], security: Security) -> Vec<Place> {
    let mut services: Vec<(u16, u16, Place)> = Vec::new();
    for answer in answers {
        if let RData::SRV(srv) = answer {
            let host = srv.target.to_ascii().trim_end_matches('.').to_lowercase();
            if !host.is_empty() && srv.port > 0 {
                services.push((srv.priority, u16::MAX - srv.weight, Place::new(host, srv.port, security)));
            }
        }
    }
    services.sort_by_key(|(priority, lightness, _)| (*priority, *lightness));
    services.into_iter().map(|(_, _, place)| place).collect()
}

/// What the domain says of itself, who keeps its mail, and what companies call their servers; each once.
fn candidates(domain: &str, told: Told) -> Found {
    let provider = provider(domain, &told.exchangers);
    let guessed = |protocol: Protocol, names: [&str; 2]| {
        let ways = [Security::Tls, Security::StartTls];
        let at = move |name: &str, security| Place::new(format!("{name}.{domain}"), protocol.port(security), security);
        names.into_iter().flat_map(move |name| ways.map(|security| at(name, security))).collect::<Vec<Place>>()
    };
    let once = |places: Vec<Place>| {
        let mut kept: Vec<Place> = Vec::new();
        for place in places {
            if !kept.contains(&place) {
                kept.push(place);
            }
        }
        kept
    };
    let all = |told: Vec<Place>, kept: Option<Place>, guessed: Vec<Place>| {
        once(told.into_iter().chain(kept).chain(guessed).collect())
    };
    Found {
        imap: all(told.imap, provider.map(Provider::imap), guessed(Protocol::Imap, ["imap", "mail"])),
        smtp: all(told.smtp, provider.map(Provider::smtp), guessed(Protocol::Smtp, ["smtp", "mail"])),
        provider,
    }
}

#[cfg(test)]
#[path = "finding_tests.rs"]
mod tests;
