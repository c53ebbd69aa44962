//! Who wrote the mail: the one reading of From (RFC 5322 §3.4 and §3.6.2). Whoever shows the author, acts on its address or
//! asks what is proven of its domain takes it from here, so that nothing is ever proven of one address and done for
//! another (invariant 6). Pure.
//!
//! The reading is narrower than the RFC: one field, one mailbox, an address of plain atoms, no route, no group, no control
//! character, nothing of it inside a quotation, a comment or an encoded word. Whatever is written otherwise may be shown,
//! because the mail must be registered all the same (invariant 1), and is believed of nobody.

use super::headers::{decode_words, parties};
use super::{Header, Parsed};
use crate::mail::Party;
use crate::mail::bounce::address;

/// The author of a mail.
#[derive(Debug, Clone, Default)]
pub(crate) struct Author {
    /// As shown, and written to.
    pub party: Option<Party>,
    pub reading: Reading,
}

/// How From was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Reading {
    /// One author, and no other reading.
    Strict,
    /// Not written as it should be, but no other address stands in it.
    Loose,
    /// Two readers may find two authors.
    Unclear,
    /// No address stands in it, or there is no such field.
    #[default]
    Nobody,
}

impl Author {
    /// The domain of the one author: what a server's result must be about to prove it.
    pub fn domain(&self) -> Option<&str> {
        let party = self.party.as_ref().filter(|_| self.reading == Reading::Strict)?;
        party.address.rsplit_once('@').map(|(_, domain)| domain)
    }
}

/// Reads From. Of several authors the first one is shown: RFC 5322 §3.6 allows one field; a second one is how a forged
/// sender hides behind a proven one.
pub(crate) fn of(parsed: &Parsed) -> Author {
    let mut fields = parsed.fields("from");
    let Some(field) = fields.next() else { return Author::default() };
    let is_only_field = fields.next().is_none();
    // A second reader, who forgives more, must find the same.
    if let (Some(address), [party]) = (Scanner(&field.raw).mailbox().filter(|_| is_only_field), &*parties(field))
        && party.address == address
    {
        return Author { party: Some(party.clone()), reading: Reading::Strict };
    }
    let party = shown(parsed);
    let address = party.as_ref().map(|party| party.address.as_str()).unwrap_or_default();
    let reading = if !address.contains('@') {
        Reading::Nobody
    } else if is_only_field && is_the_only_address(field, address) {
        Reading::Loose
    } else {
        Reading::Unclear
    };
    Author { party, reading }
}

/// The first who can be written to; else the first address that stands there at all, else whoever is named.
fn shown(parsed: &Parsed) -> Option<Party> {
    let all: Vec<Party> = parsed.fields("from").flat_map(parties).collect();
    let is_address = |party: &&Party| party.address.contains('@') && !party.address.contains(char::is_whitespace);
    let anywhere = || {
        let address = parsed.fields("from").find_map(|field| address::first(&field.raw))?;
        Some(Party { name: String::new(), address: address.to_owned() })
    };
    all.iter().find(is_address).cloned().or_else(anywhere).or_else(|| all.first().cloned())
}

/// Each `@`, decoded or not, belongs to that address. Forms of the sign that some programs take for it count too.
fn is_the_only_address(field: &Header, address: &str) -> bool {
    let text = decode_words(&field.raw).replace(['\u{ff20}', '\u{fe6b}'], "@");
    let signs = text.matches('@').count();
    let of_it =
        address::places(&text).filter_map(|place| text.get(place)).filter(|at| at.eq_ignore_ascii_case(address));
    !field.raw.contains(char::is_control) && (signs <= 1 || of_it.count() == signs)
}

/// What is left of the field's value to read.
struct Scanner<'a>(&'a str);

impl<'a> Scanner<'a> {
    /// The address of the one mailbox that the whole value is.
    fn mailbox(mut self) -> Option<&'a str> {
        if self.0.contains(char::is_control) {
            return None;
        }
        self.blanks()?;
        let start = self.0;
        let bare = self.address().filter(|_| matches!(self.0.chars().next(), None | Some(' ' | '(')));
        let address = match bare {
            Some(address) => address,
            None => {
                self.0 = start;
                self.phrase()?;
                self.sign('<')?;
                let address = self.address()?;
                self.sign('>')?;
                address
            }
        };
        self.blanks()?;
        self.0.is_empty().then_some(address)
    }

    /// Blanks and comments, which nest (RFC 5322 §3.2.2). One with an address in it is read as that by careless programs.
    fn blanks(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        let mut chars = self.0.char_indices();
        let mut end = self.0.len();
        while let Some((at, c)) = chars.next() {
            match c {
                '(' => depth += 1,
                ')' if depth > 0 => depth -= 1,
                '\\' if depth > 0 => drop(chars.next()?),
                '@' | '<' | '>' if depth > 0 => return None,
                ' ' => {}
                _ if depth > 0 => {}
                _ => {
                    end = at;
                    break;
                }
            }
        }
        self.0 = self.0.get(end..)?;
        (depth == 0).then_some(())
    }

    /// The name before the bracket, or nothing: words, quoted ones among them (RFC 5322 §3.2.5), and the dots of §4.1.
    fn phrase(&mut self) -> Option<()> {
        loop {
            self.blanks()?;
            match self.0.chars().next()? {
                '<' => return Some(()),
                '"' => self.quotation()?,
                c if is_of_name(c) => {
                    self.run(is_of_name);
                }
                _ => return None,
            }
        }
    }

    fn quotation(&mut self) -> Option<()> {
        let mut chars = self.0.char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => drop(chars.next()?),
                '"' => {
                    self.0 = self.0.get(at + 1..)?;
                    return Some(());
                }
                _ => {}
            }
        }
        None
    }

    /// `atoms@atoms`, as RFC 5321 §4.1.2 has it, with neither blanks nor comments inside.
    fn address(&mut self) -> Option<&'a str> {
        let start = self.0;
        let local = self.run(|c| is_of_atom(c) || c == '.' || is_letter_beyond(c));
        self.sign('@')?;
        let domain = self.run(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-') || is_letter_beyond(c));
        let is_dotted = |part: &str| part.split('.').all(|atom| !atom.is_empty());
        let is_plain = is_dotted(local) && is_dotted(domain) && !local.contains("=?");
        start.get(..local.len() + 1 + domain.len()).filter(|_| is_plain)
    }

    fn run(&mut self, is_in: impl Fn(char) -> bool) -> &'a str {
        let end = self.0.find(|c| !is_in(c)).unwrap_or(self.0.len());
        let (run, rest) = self.0.split_at(end);
        self.0 = rest;
        run
    }

    fn sign(&mut self, sign: char) -> Option<()> {
        self.0 = self.0.strip_prefix(sign)?;
        Some(())
    }
}

/// `atext` (RFC 5322 §3.2.3).
fn is_of_atom(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c)
}

/// A word of a name, and the dot of RFC 5322 §4.1.
fn is_of_name(c: char) -> bool {
    is_of_atom(c) || c == '.' || !c.is_ascii()
}

/// What RFC 6531 adds, as far as it is letters and digits: blanks, marks and invisible ones are no part of an address.
fn is_letter_beyond(c: char) -> bool {
    !c.is_ascii() && c.is_alphanumeric()
}

#[cfg(test)]
pub(super) mod tests;
