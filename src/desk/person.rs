//! Where somebody stands on file: by an address, a telephone number, a plate or a name, however each was typed (GDPR art. 15).
//! Pure.

use crate::case::{Address, Case, reference_key};
use crate::mail::{Mail, Party};
use crate::text::fold;

/// Digits of a telephone number that are the same however it is typed: `06-12345678`, `+31 6 1234 5678`.
const PHONE_TAIL: usize = 9;

/// Who or what is sought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    /// Folded; an address in the form that equal ones share.
    pub text: String,
    /// Letters and digits only, in capitals: a plate, or the end of a telephone number; empty for an address or a name.
    pub key: String,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Address,
    Phone,
    Plate,
    Name,
}

/// Where in a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoundIn {
    From,
    To,
    Cc,
    ReplyTo,
    Text,
}

impl FoundIn {
    /// For people and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::From => "from",
            Self::To => "to",
            Self::Cc => "cc",
            Self::ReplyTo => "reply-to",
            Self::Text => "text",
        }
    }
}

impl Sought {
    /// None: nothing to look for.
    pub fn parse(typed: &str) -> Option<Self> {
        let typed = typed.trim();
        if let Ok(address) = Address::parse(typed) {
            return Some(Self { text: address.key(), key: String::new(), kind: Kind::Address });
        }
        let key = reference_key(typed);
        let digits = key.chars().filter(char::is_ascii_digit).count();
        let is_phone = digits >= PHONE_TAIL && digits == key.chars().count();
        let (key, kind) = match (is_phone, digits) {
            (true, _) => (key[key.len() - PHONE_TAIL..].to_owned(), Kind::Phone),
            (false, 0) => (String::new(), Kind::Name),
            (false, _) => (key, Kind::Plate),
        };
        let text = fold(typed);
        (!text.trim().is_empty()).then_some(Self { text, key, kind })
    }

    /// Whether a case is about it.
    pub fn is_about(&self, case: &Case) -> bool {
        let customer = &case.customer;
        let acts = case.representative.iter().flat_map(|acts| [acts.address.as_str(), &acts.name]);
        let address = customer.address.iter().map(Address::as_str);
        let written = case.references.iter().map(|reference| reference.written.as_str());
        let texts = [&customer.name, &case.subject, &case.text].map(String::as_str);
        let texts = texts.into_iter().chain(customer.phone.as_deref()).chain(address).chain(acts).chain(written);
        texts.chain(customer.postal.iter().map(String::as_str)).any(|text| self.is_in(text))
    }

    /// Where the mail names it.
    pub fn found_in(&self, mail: &Mail) -> Vec<FoundIn> {
        let from: Vec<&Party> = mail.from.iter().chain(&mail.written_by).collect();
        let heads = [
            (FoundIn::From, from),
            (FoundIn::To, mail.to.iter().collect()),
            (FoundIn::Cc, mail.cc.iter().collect()),
            (FoundIn::ReplyTo, mail.reply_to.iter().collect()),
        ];
        let mut found: Vec<FoundIn> = heads
            .into_iter()
            .filter(|(_, parties)| parties.iter().any(|party| self.is_named_by(party)))
            .map(|(place, _)| place)
            .collect();
        if self.is_in(&mail.subject) || self.is_in(&mail.text) {
            found.push(FoundIn::Text);
        }
        found
    }

    fn is_named_by(&self, party: &Party) -> bool {
        match self.kind {
            Kind::Address => Address::parse(&party.address).is_ok_and(|address| address.key() == self.text),
            _ => self.is_in(&party.name),
        }
    }

    /// Whether a text names it.
    pub fn is_in(&self, text: &str) -> bool {
        match self.kind {
            Kind::Address => self.is_whole_in(&text.to_lowercase()),
            Kind::Name => fold(text).contains(&self.text),
            Kind::Phone | Kind::Plate => self.is_keyed_in(text),
        }
    }

    /// Not as part of a longer one, as `an@x.nl` of `jan@x.nl`.
    fn is_whole_in(&self, lower: &str) -> bool {
        let goes_on = |c: char| c.is_alphanumeric() || "._-+".contains(c);
        lower.match_indices(&self.text).any(|(at, met)| {
            let after = lower[at + met.len()..].chars().next();
            !lower[..at].chars().next_back().is_some_and(goes_on)
                && !after.is_some_and(|c| c.is_alphanumeric() || c == '-')
        })
    }

    /// Whatever stands between its letters and digits; a plate begins and ends where words do, a telephone number only ends
    /// there.
    fn is_keyed_in(&self, text: &str) -> bool {
        let (mut flat, mut begins, mut is_within) = (String::new(), Vec::new(), false);
        for c in text.chars() {
            if !c.is_alphanumeric() {
                is_within = false;
                continue;
            }
            for upper in c.to_uppercase() {
                begins.extend(std::iter::repeat_n(!is_within, upper.len_utf8()));
                flat.push(upper);
                is_within = true;
            }
        }
        let begins_at = |at: usize| begins.get(at).copied().unwrap_or(true);
        flat.match_indices(&self.key)
            .any(|(at, met)| begins_at(at + met.len()) && (self.kind == Kind::Phone || begins_at(at)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_otherwise_is_found_and_what_only_looks_like_it_is_not() {
        let is = |sought: &str, text: &str| Sought::parse(sought).unwrap().is_in(text);
        assert!(is("Jan.Jansen@Klant.example", "mail naar jan.jansen@klant.EXAMPLE."));
        assert!(!is("an@klant.example", "van jan@klant.example") && !is("jan@klant.nl", "jan@klant.nlx"));
        assert!(is("06-12345678", "bel +31 6 1234 5678 na vijven") && is("+31612345678", "06 12 34 56 78"));
        assert!(!is("0612345678", "612345679") && !is("0612345678", "06123456789"));
        assert!(is("xk-123-b", "kenteken XK123B") && is("XK123B", "xk-123-b,") && !is("XK123B", "AXK-123-B"));
        assert!(is("jansen", "de heer Jánsen") && !is("jansen", "de heer Jan"));
        assert_eq!(Sought::parse("  "), None);
    }
}
