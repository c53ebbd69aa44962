//! The third layer against loops, which works where the other two fail (invariant 5): how many automatic letters may go
//! out in an hour, to one address, to one domain, from the desk. What is over is held, never dropped. Pure: the counts
//! come in as values.

use super::draft::Draft;
use super::{Intent, Role};
use crate::case::{Address, CountedAs, LetterKind, Side};
use crate::mail::{Mail, SenderProof};
use std::collections::{BTreeMap, BTreeSet};

pub use super::limits::{Cap, Caps};

/// Automatic letters to one customer in an hour: a person does not write more complaints than this, a machine does. Who
/// was held back once gets the others bundled for a day: else a machine would get as many again each hour.
pub const TO_CUSTOMER_PER_HOUR_MAX: usize = 10;
/// The same in a day, for a machine that takes its time.
pub const TO_CUSTOMER_PER_DAY_MAX: usize = 40;
/// Receipts, questions and the like to one colleague in an hour: one every three minutes. Somebody who works off a
/// morning's cases gets fewer; a mailbox that answers by machine and does not say so gets no more.
pub const ANSWERS_TO_STAFF_PER_HOUR_MAX: usize = 20;
/// The same in a day: more than the hours of a working day allow.
pub const ANSWERS_TO_STAFF_PER_DAY_MAX: usize = 200;
/// Letters to staff in an hour about the mails of one stranger. A web form on the company's site is one sender, too.
pub const ABOUT_ONE_SENDER_PER_HOUR_MAX: usize = 20;
/// What an acknowledgement counts as, before the mailbox: to whom something was proven of the mail it answers, or who is no
/// stranger; and to whom nothing was.
pub const CUSTOMER: &str = "customer ";
pub const UNPROVEN: &str = "unproven ";
/// Letters to a supervisor in an hour that come at once, whoever caused them: in a flood the others go together.
pub const AT_ONCE_PER_HOUR_MAX: usize = 10;
/// Warnings of terms to one address in an hour: more at a time are read as a list.
pub const TERMS_PER_HOUR_MAX: usize = 30;

/// What the register counted, before the letters in hand.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    /// By what they count as.
    pub of: BTreeMap<String, Count>,
    /// Automatic letters of the last hour to customers of a domain, those held not among them.
    pub to_domain: BTreeMap<String, usize>,
    /// Of these the acknowledgements to senders whom nothing proves.
    pub unproven: BTreeMap<String, usize>,
    /// Automatic letters of the last hour, those held not among them.
    pub of_desk: usize,
    /// The desk's cap holds letters already: who comes later goes later.
    pub waits_at_desk: bool,
}

impl Counts {
    /// One more letter was written: as the register counts from now on.
    pub fn add(&mut self, counted_as: &str, kind: LetterKind, to: &Address, side: Side, held_because: Option<&str>) {
        if let Some(count) = self.of.get_mut(counted_as) {
            count.last_hour += 1;
            count.last_day += 1;
            count.is_held_today |= held_because == Some(Cap::Address.name());
        }
        self.waits_at_desk |= held_because == Some(Cap::Desk.name());
        if held_because.is_some() || !kind.is_automatic() {
            return;
        }
        self.of_desk += 1;
        if side == Side::Customer {
            let domain = to.domain().to_lowercase();
            if counted_as.starts_with(UNPROVEN) {
                *self.unproven.entry(domain.clone()).or_default() += 1;
            }
            *self.to_domain.entry(domain).or_default() += 1;
        }
    }
}

/// Letters that count as one thing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Of the last hour, those held among them.
    pub last_hour: usize,
    /// Of the last day, those held among them.
    pub last_day: usize,
    /// One of the last day was held back by a cap.
    pub is_held_today: bool,
}

impl Count {
    fn and(self, other: Self) -> Self {
        Self {
            last_hour: self.last_hour + other.last_hour,
            last_day: self.last_day + other.last_day,
            is_held_today: self.is_held_today || other.is_held_today,
        }
    }
}

/// What must be counted for a decision's letters. Letters count in the register as what they were.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ToCount {
    pub of: BTreeSet<String>,
    pub domains: BTreeSet<String>,
}

impl ToCount {
    /// With what another decision's letters are counted by.
    pub fn add(&mut self, other: Self) {
        self.of.extend(other.of);
        self.domains.extend(other.domains);
    }
}

/// The stranger whose mail is in hand.
#[derive(Debug, Clone)]
pub struct Stranger {
    pub address: Address,
    pub proof: SenderProof,
}

/// The mailbox behind an address: without a tag (RFC 5233) and without dots, which large providers ignore. Only for
/// counting, where two people who are taken for one lose nothing; never for whom a letter goes to.
pub fn mailbox(address: &Address) -> String {
    let key = address.key();
    let (local, domain) = key.rsplit_once('@').unwrap_or((&key, ""));
    let untagged = local.split('+').next().filter(|local| !local.is_empty()).unwrap_or(local);
    let domain = if domain == "googlemail.com" { "gmail.com" } else { domain };
    format!("{}@{domain}", untagged.replace('.', ""))
}

/// What a letter counts as where one address is concerned; empty: for nothing. `about` is the sender of the mail in hand.
pub fn counted_as(kind: LetterKind, to: &Address, about: Option<&Stranger>) -> String {
    let of = |what: &str| format!("{what} {}", to.key());
    match kind.row().counted {
        CountedAs::Acknowledged if is_unproven(about) => format!("{UNPROVEN}{}", mailbox(to)),
        CountedAs::Acknowledged | CountedAs::Bundled => format!("{CUSTOMER}{}", mailbox(to)),
        CountedAs::Answered => of("answer"),
        CountedAs::Asked => of("question"),
        CountedAs::Told => about.map_or_else(String::new, |about| format!("about {}", mailbox(&about.address))),
        CountedAs::AtOnce if kind == LetterKind::Authority => of("official"),
        CountedAs::AtOnce => of(kind.name()),
        CountedAs::Warned => of("term"),
        CountedAs::Uncounted | CountedAs::Never => String::new(),
    }
}

/// Whether a stranger wrote whom no server confirms. Whom a colleague names as a customer is no stranger.
fn is_unproven(about: Option<&Stranger>) -> bool {
    about.is_some_and(|about| about.proof != SenderProof::Proven)
}

/// All that a letter is counted with: acknowledgements to one mailbox are one thing, whoever proved what.
fn counted_with(kind: LetterKind, to: &Address, about: Option<&Stranger>) -> Vec<String> {
    match kind {
        LetterKind::Acknowledgement => [CUSTOMER, UNPROVEN].map(|of| format!("{of}{}", mailbox(to))).to_vec(),
        _ => vec![counted_as(kind, to, about)],
    }
}

/// As what the alarm about a cap counts, so that it is given once a day.
pub fn alarm_of(cap: Cap, held: &Draft, about: Option<&Stranger>) -> String {
    let other_end = match cap {
        Cap::Address => counted_as(held.content.kind(), &held.to, about)
            .split_once(' ')
            .map_or_else(String::new, |(_, address)| address.to_owned()),
        Cap::Domain | Cap::Unproven => held.to.domain().to_lowercase(),
        Cap::Desk => String::new(),
    };
    format!("alarm {} {other_end}", cap.name())
}

/// Whose mails make letters about them count: a stranger's; of a web form the customer's whom it names, and nothing proves
/// that one. A receptionist may register as many calls as come in.
pub fn counted_sender(mail: &Mail, intent: &Intent) -> Option<Stranger> {
    if let Some(filled) = &intent.form {
        let address = filled.customer.address.as_ref().unwrap_or(&filled.by).clone();
        return Some(Stranger { address, proof: SenderProof::None });
    }
    let address = intent.from.clone().filter(|_| intent.role == Role::Outsider)?;
    Some(Stranger { address, proof: mail.proof })
}

/// What to count for these letters.
pub fn to_count(letters: &[Draft], about: Option<&Stranger>) -> ToCount {
    let mut wanted = ToCount::default();
    for draft in letters.iter().filter(|draft| may_wait(draft.content.kind())) {
        wanted.of.extend(counted_with(draft.content.kind(), &draft.to, about));
        wanted.of.extend(Cap::ALL.map(|cap| alarm_of(cap, draft, about)));
        if draft.side == Side::Customer {
            wanted.domains.insert(draft.to.domain().to_lowercase());
        }
    }
    wanted.of.remove("");
    wanted
}

/// The cap that holds this letter back, if one does; the one of the address first, because its letters are bundled.
pub fn held_by(draft: &Draft, about: Option<&Stranger>, counts: &Counts, caps: Caps) -> Option<Cap> {
    let kind = draft.content.kind();
    if !may_wait(kind) {
        return None;
    }
    let counted = counted_with(kind, &draft.to, about);
    let count = counted.iter().filter_map(|of| counts.of.get(of)).copied().fold(Count::default(), Count::and);
    let sent = |to: &BTreeMap<String, usize>| to.get(&draft.to.domain().to_lowercase()).copied().unwrap_or_default();
    let may_be_forged = kind == LetterKind::Acknowledgement && is_unproven(about);
    if is_over(kind, count) {
        Some(Cap::Address)
    } else if may_be_forged && caps.unproven.is_some_and(|max| sent(&counts.unproven) >= max) {
        Some(Cap::Unproven)
    } else if draft.side == Side::Customer && sent(&counts.to_domain) >= caps.domain {
        Some(Cap::Domain)
    } else {
        (counts.of_desk >= caps.desk || counts.waits_at_desk).then_some(Cap::Desk)
    }
}

fn is_over(kind: LetterKind, count: Count) -> bool {
    match kind.row().counted {
        CountedAs::Acknowledged => {
            let is_much = count.last_hour >= TO_CUSTOMER_PER_HOUR_MAX || count.last_day >= TO_CUSTOMER_PER_DAY_MAX;
            is_much || count.is_held_today
        }
        CountedAs::AtOnce => count.last_hour >= AT_ONCE_PER_HOUR_MAX,
        CountedAs::Answered | CountedAs::Asked => {
            count.last_hour >= ANSWERS_TO_STAFF_PER_HOUR_MAX || count.last_day >= ANSWERS_TO_STAFF_PER_DAY_MAX
        }
        CountedAs::Told => count.last_hour >= ABOUT_ONE_SENDER_PER_HOUR_MAX,
        CountedAs::Warned => count.last_hour >= TERMS_PER_HOUR_MAX,
        CountedAs::Bundled | CountedAs::Uncounted | CountedAs::Never => false,
    }
}

/// Letters that a cap can hold.
fn may_wait(kind: LetterKind) -> bool {
    !matches!(kind.row().counted, CountedAs::Bundled | CountedAs::Never)
}
