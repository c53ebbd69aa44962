//! What came of a complaint: whether it was founded, why it arose, and what was paid for it. For the file and the figures; the
//! customer hears of it what the settlement says. Plain values.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Whether the complaint was founded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Founded,
    Partly,
    Unfounded,
}

impl Outcome {
    pub const ALL: [Self; 3] = [Self::Founded, Self::Partly, Self::Unfounded];

    /// The stable name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Founded => "founded",
            Self::Partly => "partly",
            Self::Unfounded => "unfounded",
        }
    }
}

/// What the customer says of the settlement, asked or not: about this complaint alone, no mark and no review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Solved {
    Yes,
    No,
}

/// An amount in euros, kept in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Amount(u64);

/// More than any complaint is paid for: a slip.
const EUROS_MAX: u64 = 10_000_000;

impl Amount {
    pub fn of_cents(cents: u64) -> Self {
        Self(cents)
    }

    pub fn cents(self) -> u64 {
        self.0
    }

    /// As people type it, Dutch or English: `389,00`, `€ 1.234,56`, `1,234.56`, `389`, `389,-`, `EUR 389`. None: it is not
    /// certain what is meant.
    pub fn parse(written: &str) -> Option<Self> {
        let folded = written.trim().to_lowercase().replace(['\u{a0}', '\u{202f}'], " ");
        let bare = folded.trim_start_matches("eur").trim_start_matches('€').trim();
        let bare = bare.trim_end_matches("euro").trim_end_matches("eur").trim_end_matches('€').trim();
        let bare = bare.trim_end_matches(['-', '–']);
        let bare = bare.strip_suffix([',', '.']).unwrap_or(bare);
        let (whole, cents) = match bare.rfind([',', '.']) {
            Some(at) if bare.len() - at == 3 => (bare.get(..at)?, bare.get(at + 1..)?),
            _ => (bare, "0"),
        };
        let cents: u64 = digits(cents)?;
        let euros = grouped(whole)?;
        (euros <= EUROS_MAX).then_some(Self(euros * 100 + cents))
    }
}

fn digits(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

/// Whole euros, perhaps in groups of three behind points or commas, all the same.
fn grouped(text: &str) -> Option<u64> {
    let Some(mark) = text.chars().find(|c| matches!(c, '.' | ',')) else { return digits(text) };
    let mut groups = text.split(mark);
    let first = groups.next().filter(|first| (1..=3).contains(&first.len()))?;
    let rest: Vec<&str> = groups.collect();
    let well_formed = rest.iter().all(|group| group.len() == 3);
    well_formed.then(|| digits(&format!("{first}{}", rest.concat()))).flatten()
}

impl fmt::Display for Amount {
    /// `389.00`: for machines and logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

/// What staff said of it; each part by itself, and the last word counts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Judgement {
    #[serde(default)]
    pub outcome: Option<Outcome>,
    /// One of the company's own list.
    #[serde(default)]
    pub cause: Option<String>,
    #[serde(default)]
    pub compensation: Option<Amount>,
}

impl Judgement {
    /// What a later word says takes the place of an earlier one's.
    pub fn take(&mut self, later: &Self) {
        self.outcome = later.outcome.or(self.outcome);
        self.cause = later.cause.clone().or(self.cause.take());
        self.compensation = later.compensation.or(self.compensation);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_amount_is_read_as_people_type_it_and_never_guessed() {
        for (written, cents) in [
            ("389,00", 38_900),
            ("€ 389", 38_900),
            ("389,-", 38_900),
            ("€389,--", 38_900),
            ("EUR 1.234,56", 123_456),
            ("1,234.56 euro", 123_456),
            ("1.234", 123_400),
            ("12.345.678", 1_234_567_800),
            ("0", 0),
            ("0,05", 5),
        ] {
            assert_eq!(
                Amount::parse(written).map(Amount::cents),
                (cents <= EUROS_MAX * 100).then_some(cents),
                "{written}"
            );
        }
        for unclear in ["", "geen", "-5", "389,5", "1.23.456", "1.234,567", "drie", "3 89", "1,2,3", "99999999999", "€"]
        {
            assert_eq!(Amount::parse(unclear), None, "{unclear}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(cents in 0..=EUROS_MAX * 100) {
            let amount = Amount(cents);
            prop_assert_eq!(Amount::parse(&amount.to_string()), Some(amount));
            prop_assert_eq!(Amount::parse(&amount.to_string().replace('.', ",")), Some(amount));
        }

        #[test]
        fn no_text_is_too_odd_for_it(text in "\\PC{0,20}") {
            let _ = Amount::parse(&text);
        }
    }
}
