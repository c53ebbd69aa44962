//! The people in a From line as clients print it in a forwarded block: `Name <a@b>`, `Name [mailto:a@b]`,
//! `a@b (Name)`, `Name<mailto:a@b> <a@b<mailto:a@b>> on behalf of c@d<mailto:c@d>`, or a bare name. This is the
//! clients' prose, not RFC 5322, so no header parser reads it. Pure.

use crate::mail::Party;
use crate::mail::words::is_invisible;

/// A From value is not longer than this, however often Outlook repeats the address in it.
const VALUE_CHARS_MAX: usize = 1000;

/// Who is named in a From line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Named {
    pub party: Party,
    /// Exactly one address, and one that mail can be sent to.
    pub certain: bool,
}

/// Reads the value of a From line. The first address in brackets counts (a display name may imitate another one); a
/// second, different one anywhere ("on behalf of") makes the answer uncertain.
pub(super) fn read(value: &str) -> Named {
    let value: String = value.chars().filter(|c| !is_invisible(*c)).take(VALUE_CHARS_MAX).collect();
    let addresses = addresses(&value);
    let bracketed = addresses.iter().find(|(start, _)| is_bracketed(value.get(..*start).unwrap_or_default()));
    let Some(&(start, address)) = bracketed.or(addresses.first()) else {
        let name = clean_name(value.split(['<', '[']).next().unwrap_or_default());
        return Named { party: Party { name, address: String::new() }, certain: false };
    };
    let before = value.get(..start).unwrap_or_default();
    let before = before.trim_end().trim_end_matches("mailto:").trim_end_matches("MAILTO:");
    let mut name = clean_name(before.split(['<', '[']).next().unwrap_or_default());
    if name.is_empty() {
        name = comment_behind(value.get(start + address.len()..).unwrap_or_default());
    }
    if same_address(&name, address) {
        name = String::new();
    }
    let one = addresses.iter().all(|(_, other)| same_address(other, address));
    let certain = one && can_be_written_to(address) && !name.contains('@');
    Named { party: Party { name, address: address.to_owned() }, certain }
}

/// Whether an address starts behind `<`, `[` or `<mailto:`.
fn is_bracketed(before: &str) -> bool {
    let before = before.strip_suffix("mailto:").or_else(|| before.strip_suffix("MAILTO:")).unwrap_or(before);
    before.ends_with(['<', '['])
}

fn same_address(left: &str, right: &str) -> bool {
    left.to_lowercase() == right.to_lowercase()
}

/// `a@b (Name)`, the oldest form.
fn comment_behind(rest: &str) -> String {
    let comment = rest.trim_start_matches(['>', ' ']).strip_prefix('(').and_then(|c| c.split_once(')'));
    comment.map(|(name, _)| clean_name(name)).filter(|name| !name.contains('@')).unwrap_or_default()
}

/// A name on one line, without the quotes and marks that clients put around it.
pub(super) fn clean_name(name: &str) -> String {
    let one_line = name
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    let mark = |c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '"' | '\''
                    | '“'
                    | '”'
                    | '„'
                    | '‟'
                    | '«'
                    | '»'
                    | '‘'
                    | '’'
                    | '*'
                    | '<'
                    | '>'
                    | '['
                    | '('
                    | ','
                    | ';'
                    | ':'
                    | '|'
            )
    };
    let (from, to) = (one_line.trim_start_matches(mark), one_line.trim_end_matches(mark));
    if from.is_empty() {
        return String::new();
    }
    let start = one_line.len() - from.len();
    let name = one_line.get(start..to.len()).unwrap_or_default().replace("\\\"", "\"");
    // `"Anna" via Klachten`: the opening quote is gone, so the closing one goes too.
    if name.matches('"').count() % 2 == 1 { name.replace('"', "") } else { name }
}

/// Every address in a text with the place where it starts, in order.
pub(super) fn addresses(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find('@')).map(|at| at + from) {
        let before = text.get(from..at).unwrap_or_default();
        let start = before
            .rfind(|c: char| !is_address_char(c))
            .map_or(from, |i| from + i + before.get(i..).and_then(|s| s.chars().next()).map_or(1, char::len_utf8));
        let behind = text.get(at + 1..).unwrap_or_default();
        let end = at + 1 + behind.find(|c: char| !is_domain_char(c)).unwrap_or(behind.len());
        let address = text.get(start..end).unwrap_or_default().trim_end_matches(['.', '-']);
        if start < at && end > at + 1 && address.contains('@') && !address.ends_with('@') {
            found.push((start, address));
        }
        from = end;
    }
    found
}

fn is_address_char(c: char) -> bool {
    !c.is_whitespace()
        && !c.is_control()
        && !matches!(
            c,
            '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';' | ':' | '"' | '\\' | '|' | '„' | '“' | '”' | '«' | '»'
        )
}

fn is_domain_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-' | '_')
}

/// Whether it is an address that mail can be sent to.
pub(super) fn can_be_written_to(address: &str) -> bool {
    address.parse::<lettre::Address>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn people_are_read_as_clients_print_them() {
        for (value, name, address, certain) in [
            ("Anna <a@x.example>", "Anna", "a@x.example", true),
            ("\"Wit, Anna de\" <a@x.example>", "Wit, Anna de", "a@x.example", true),
            ("„Anna” <a@x.example>", "Anna", "a@x.example", true),
            ("Anna [mailto:a@x.example]", "Anna", "a@x.example", true),
            ("Anna<mailto:a@x.example> <a@x.example<mailto:a@x.example>>", "Anna", "a@x.example", true),
            ("Anna <a@x.example (mailto:a@x.example)>", "Anna", "a@x.example", true),
            ("a@x.example (Anna)", "Anna", "a@x.example", true),
            ("A@x.example <a@x.example>", "", "a@x.example", true),
            ("\u{feff}a@x.example.", "", "a@x.example", true),
            ("\"Anna\" via Klachten <k@x.example>", "Anna via Klachten", "k@x.example", true),
            ("Anna <a@x.example> namens b@x.example", "Anna", "a@x.example", false),
            ("\"b@x.example\" <a@x.example>", "b@x.example", "a@x.example", false),
            ("Anna </O=BEDRIJF/CN=ANNA>", "Anna", "", false),
            ("Anna de Wit", "Anna de Wit", "", false),
            ("@", "@", "", false),
            ("", "", "", false),
        ] {
            let party = Party { name: name.to_owned(), address: address.to_owned() };
            assert_eq!(read(value), Named { party, certain }, "{value}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_values_are_survived(value in "\\PC{0,60}|[<>@:a.\" (\\[,é]{0,60}") {
            let named = read(&value);
            prop_assert!(!named.certain || !named.party.address.is_empty());
        }
    }
}
