//! A mail address that can be written to. Plain value.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::hash::{Hash, Hasher};

/// Longest address of RFC 5321 §4.5.3.1.3 (path without the angle brackets).
const ADDRESS_MAX: usize = 254;

/// `local@domain`, as written; two addresses that differ only in case are the same.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address(String);

/// Why a text is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an address like naam@bedrijf.nl, found `{0}`")]
pub struct AddressError(String);

impl Address {
    /// Accepts what a mail server can be asked to deliver to: one `@`, both sides filled, no white space,
    /// control characters, angle brackets, quotes or list punctuation.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        let refused = || AddressError(text.chars().filter(|c| !c.is_control()).take(80).collect());
        let (local, domain) = text.rsplit_once('@').ok_or_else(refused)?;
        let forbidden = |c: char| c.is_control() || c.is_whitespace() || "<>()[],;:\\\"@".contains(c);
        let dots_right = |part: &str| !part.starts_with('.') && !part.ends_with('.') && !part.contains("..");
        let usable = |part: &str| !part.is_empty() && !part.chars().any(forbidden) && dots_right(part);
        if text.len() > ADDRESS_MAX || !usable(local) || !usable(domain) {
            return Err(refused());
        }
        Ok(Self(text.to_owned()))
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form that equal addresses share: for look-ups and the register's folded column. No other letter becomes one of
    /// the plain ones, as the sign of the kelvin would: then a look-alike would be the address itself.
    pub fn key(&self) -> String {
        if self.0.is_ascii() {
            return self.0.to_ascii_lowercase();
        }
        let mut key = String::with_capacity(self.0.len());
        for c in self.0.chars() {
            let lower = c.to_lowercase();
            if c.is_ascii() || !lower.clone().any(|l| l.is_ascii()) { key.extend(lower) } else { key.push(c) }
        }
        key
    }

    /// The part behind the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// The part before the `@`.
    pub fn local(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// Whether mail to it comes to that one: the same, or a plus-address of it; that one may have a tag of its own.
    pub fn reaches(&self, own: &Self) -> bool {
        let (own_local, local) = (own.local().to_lowercase(), self.local().to_lowercase());
        let is_local = local.strip_prefix(&own_local).is_some_and(|tag| tag.is_empty() || tag.starts_with('+'));
        is_local && self.domain().eq_ignore_ascii_case(own.domain())
    }
}

impl PartialEq for Address {
    fn eq(&self, other: &Self) -> bool {
        // Compared with every address of the settings for each mail: mostly without making their keys.
        if self.0.is_ascii() && other.0.is_ascii() {
            return self.0.eq_ignore_ascii_case(&other.0);
        }
        self.key() == other.key()
    }
}

impl Eq for Address {}

impl Hash for Address {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.0)
    }
}

impl TryFrom<String> for Address {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        Self::parse(&text)
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_compared_without_case_and_kept_as_written() {
        let one = Address::parse(" Jan.Jansen@Voorbeeld.NL ").unwrap();
        assert_eq!(one, Address::parse("jan.jansen@voorbeeld.nl").unwrap());
        assert_eq!(one.as_str(), "Jan.Jansen@Voorbeeld.NL");
        assert_eq!((one.local(), one.domain()), ("Jan.Jansen", "Voorbeeld.NL"));
    }

    #[test]
    fn a_letter_that_looks_like_another_is_another() {
        let plain = Address::parse("kim@kantoor.example").unwrap();
        for alike in ["\u{212a}im@kantoor.example", "kim@\u{212a}antoor.example", "k\u{130}m@kantoor.example"] {
            assert_ne!(Address::parse(alike).unwrap(), plain, "{alike}");
        }
        let accented = Address::parse("JOS\u{c9}@x.example").unwrap();
        assert_eq!(accented, Address::parse("jos\u{e9}@x.example").unwrap());
    }

    #[test]
    fn what_no_server_would_take_is_refused() {
        for text in [
            "",
            "jan",
            "@x.nl",
            "jan@",
            "a b@x.nl",
            "a@x.nl,b@x.nl",
            "<a@x.nl>",
            "a@b@x.nl",
            "a..b@x.nl",
            "a@x.nl\r\nBcc: c@x.nl",
        ] {
            assert!(Address::parse(text).is_err(), "{text:?} was taken");
        }
    }
}
