//! The number of a case: `K-2026-000123`, the year of registration in the desk's zone and a serial. Plain value.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// `K-<year>-<serial>`; ordered by registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CaseNumber {
    pub year: i32,
    pub serial: u32,
}

/// Why a text is no case number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a case number like K-2026-000123, found `{0}`")]
pub struct NumberError(String);

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "K-{:04}-{:06}", self.year, self.serial)
    }
}

impl FromStr for CaseNumber {
    type Err = NumberError;

    /// Forgiving as people type it: `k-2026-123`, `K 2026 000123`.
    fn from_str(text: &str) -> Result<Self, NumberError> {
        let refused = || NumberError(text.chars().filter(|c| !c.is_control()).take(40).collect());
        let rest = text.trim().strip_prefix(['K', 'k']).ok_or_else(refused)?;
        let mut digits = rest.split(['-', ' ', '–']).filter(|part| !part.is_empty());
        let (year, serial) = (digits.next().ok_or_else(refused)?, digits.next().ok_or_else(refused)?);
        let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if digits.next().is_some() || year.len() != 4 || serial.len() > 9 || !all_digits(year) || !all_digits(serial) {
            return Err(refused());
        }
        let number =
            Self { year: year.parse().map_err(|_| refused())?, serial: serial.parse().map_err(|_| refused())? };
        if number.serial == 0 { Err(refused()) } else { Ok(number) }
    }
}

impl CaseNumber {
    /// Every case number that stands in a text, in order, each once. A number proves nothing (invariant 6).
    pub fn find_all(text: &str) -> Vec<Self> {
        let mut found = Vec::new();
        for (start, _) in text.match_indices(['K', 'k']) {
            if text[..start].chars().next_back().is_some_and(char::is_alphanumeric) {
                continue;
            }
            let length =
                text[start + 1..].find(|c: char| !(c.is_ascii_digit() || c == '-')).unwrap_or(text.len() - start - 1);
            let candidate = text[start..start + 1 + length].trim_end_matches('-');
            if let Ok(number) = candidate.parse()
                && !found.contains(&number)
            {
                found.push(number);
            }
        }
        found
    }
}

impl TryFrom<String> for CaseNumber {
    type Error = NumberError;

    fn try_from(text: String) -> Result<Self, NumberError> {
        text.parse()
    }
}

impl From<CaseNumber> for String {
    fn from(number: CaseNumber) -> Self {
        number.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_number_is_read_as_people_type_it() {
        let number = CaseNumber { year: 2026, serial: 123 };
        for text in ["K-2026-000123", "k-2026-123", " K 2026 000123 ", "K–2026–123"] {
            assert_eq!(text.parse(), Ok(number), "{text}");
        }
        for text in ["", "K-26-1", "K-2026-0", "K-2026", "X-2026-1", "K-2026-1-2", "K-2026-9999999999"] {
            assert!(text.parse::<CaseNumber>().is_err(), "{text} was taken");
        }
    }

    #[test]
    fn numbers_are_found_in_a_subject() {
        let found = CaseNumber::find_all("Re: uw klacht K-2026-000007 (en k-2026-8), BK-2026-000009, K-2026-000007-");
        assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), ["K-2026-000007", "K-2026-000008"]);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(year in 2000i32..2999, serial in 1u32..999_999_999) {
            let number = CaseNumber { year, serial };
            prop_assert_eq!(number.to_string().parse(), Ok(number));
            prop_assert_eq!(CaseNumber::find_all(&format!("Re: {number} x")), vec![number]);
        }

        #[test]
        fn any_text_is_searched_without_harm(text in ".{0,200}") {
            CaseNumber::find_all(&text);
        }
    }
}
