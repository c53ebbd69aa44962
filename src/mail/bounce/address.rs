//! Addresses in free text, where no grammar says where one begins. Pure, one pass.

use std::ops::Range;

/// RFC 5321 §4.5.3.1: 64 for the local part, 255 for the domain, one `@`.
const ADDRESS_MAX_BYTES: usize = 320;

const LOCAL_MAX_BYTES: usize = 64;

/// Where the `local@domain` of a text stand, in order. Each byte is looked at twice at most: an address ends at `@`.
pub(in crate::mail) fn places(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    text.match_indices('@').filter_map(|(at, _)| place_around(text, at))
}

/// The first address of a text.
pub(in crate::mail) fn first(text: &str) -> Option<&str> {
    places(text).next().and_then(|place| text.get(place))
}

fn place_around(text: &str, at: usize) -> Option<Range<usize>> {
    let before = text.get(..at)?;
    let local = match before.strip_suffix('"') {
        // RFC 5321 §4.1.2: a quoted local part belongs to the address with its quotes.
        Some(inner) => before.get(quote_before(inner)?..)?,
        None => before.rsplit(ends_local).next()?.trim_start_matches(['\'', '*', '.', '-', '`']),
    };
    let after = text.get(at + 1..)?;
    let domain = after.split(|c: char| !is_domain(c)).next()?.trim_end_matches(['.', '-', '_', ']']);
    let is_address = !local.is_empty() && domain.len() > 1 && local.len() + domain.len() < ADDRESS_MAX_BYTES;
    is_address.then(|| at - local.len()..at + 1 + domain.len())
}

/// Where the quotation ends at that begins; `inner` is the text up to its closing quote.
fn quote_before(inner: &str) -> Option<usize> {
    let start = inner.bytes().rev().take(LOCAL_MAX_BYTES).position(|b| b == b'"')?;
    inner.len().checked_sub(start + 1)
}

fn ends_local(c: char) -> bool {
    c.is_whitespace() || c.is_control() || "<>()[],;:\"@\\|".contains(c)
}

fn is_domain(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-' | '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<&str> {
        places(text).filter_map(|p| text.get(p)).collect()
    }

    #[test]
    fn addresses_are_found_in_all_wrappings() {
        assert_eq!(
            all("<a@b.nl>: 'c@d.nl', \"e@f.nl\" rfc822;g@h.nl. mailto:i@j.nl"),
            ["a@b.nl", "c@d.nl", "e@f.nl", "g@h.nl", "i@j.nl"]
        );
        assert_eq!(all("o'brien+x=y@mail.example.co.uk..."), ["o'brien+x=y@mail.example.co.uk"]);
        assert_eq!(all("to \"a.b..\"@x.nl and =?utf-8?b?8J?=@y.nl"), ["\"a.b..\"@x.nl", "=?utf-8?b?8J?=@y.nl"]);
        assert_eq!(all("@ @x y@ a@@b @@@@"), Vec::<&str>::new());
    }
}
