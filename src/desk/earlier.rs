//! What the customer of a new case complained of before, for who handles it. By the customer's own address; an address that many
//! write from says nothing alone, and of a case that is hidden nobody is told anything. Pure.

use super::Rules;
use super::draft::{Earlier, EarlierCase};
use super::sight::may_see;
use crate::case::{Address, Case, CaseState};
use crate::text::fold;

/// Cases named in a notification: a screen of a phone has more to show.
const NAMED_MAX: usize = 5;

/// How local parts of mailboxes begin that several people write from, folded: up to a `+`, full stop, hyphen or digit.
const SHARED: [&str; 49] = [
    "info",
    "contact",
    "administratie",
    "admin",
    "receptie",
    "secretariaat",
    "kantoor",
    "office",
    "mail",
    "post",
    "sales",
    "verkoop",
    "inkoop",
    "service",
    "klantenservice",
    "helpdesk",
    "support",
    "facturen",
    "factuur",
    "boekhouding",
    "finance",
    "accounting",
    "hr",
    "personeel",
    "wagenpark",
    "fleet",
    "lease",
    "planning",
    "logistiek",
    "directie",
    "team",
    "garage",
    "werkplaats",
    "hello",
    "hallo",
    "algemeen",
    "klachten",
    "bureau",
    "welkom",
    "reception",
    "rezeption",
    "kontakt",
    "buchhaltung",
    "sekretariat",
    "accueil",
    "secretariat",
    "compta",
    "comptabilite",
    "facturation",
];

/// Whether several people may write from it.
fn is_shared(address: &Address) -> bool {
    let local = fold(address.local());
    // `info.nl`, `info2`: one of them is as shared as `info`.
    let local =
        local.split(|c: char| matches!(c, '+' | '.' | '-' | '_') || c.is_ascii_digit()).next().unwrap_or_default();
    SHARED.contains(&local)
}

/// The same person as the customer of this case, as far as anybody can tell: by an own address, or by a shared one and the name.
fn is_same_customer(case: &Case, other: &Case) -> bool {
    let (Some(address), Some(of_other)) = (&case.customer.address, &other.customer.address) else { return false };
    let name = fold(&case.customer.name);
    address == of_other && (!is_shared(address) || !name.is_empty() && name == fold(&other.customer.name))
}

/// What `known` cases tell this reader of a new case's customer.
pub(super) fn earlier(case: &Case, reader: &Address, known: &[Case], rules: &Rules) -> Earlier {
    let is_earlier = |other: &&Case| {
        let stands = other.state != CaseState::Merged && other.confidential.is_none() && other.redacted_at.is_none();
        other.number != case.number && stands && is_same_customer(case, other)
    };
    // What is hidden now is shown to few, who know their cases.
    if case.confidential.is_some() {
        return Earlier::default();
    }
    let (mut shown, others): (Vec<&Case>, Vec<&Case>) =
        known.iter().filter(is_earlier).partition(|other| may_see(other, reader, rules));
    shown.sort_by_key(|other| std::cmp::Reverse(other.number));
    let named = |other: &&Case| EarlierCase {
        number: other.number,
        lodged_at: other.lodged_at,
        subject: other.subject.clone(),
        state: other.state,
        outcome: other.judgement.outcome,
    };
    let cases: Vec<EarlierCase> = shown.iter().take(NAMED_MAX).map(named).collect();
    Earlier { others: others.len() + shown.len() - cases.len(), cases }
}
