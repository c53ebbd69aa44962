//! How names and numbers are written on the IMAP wire: folder names in modified UTF-7 (RFC 3501 §5.1.3), quoted
//! strings, and sets of UIDs cut into commands of a decent length. Pure.

use base64::Engine;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use std::fmt::Write;

/// Longest UID set in one command: servers may refuse lines over 1,000 octets (RFC 2683 §3.2.1.5).
const MAX_SET_BYTES: usize = 900;
/// Longest entry in a set, `4294967295:4294967295,`.
const MAX_RANGE_BYTES: usize = 22;

/// Base64 without padding and with `,` for `/`.
const MODIFIED_BASE64: GeneralPurpose =
    GeneralPurpose::new(&base64::alphabet::IMAP_MUTF7, GeneralPurposeConfig::new().with_encode_padding(false));

/// A folder name as servers write it: `Processed – été` becomes `Processed &IBM- &AOk-t&AOk-`.
pub(super) fn modified_utf7(name: &str) -> String {
    let mut wire = String::with_capacity(name.len());
    let mut shifted = String::new();
    for c in name.chars() {
        if !matches!(c, ' '..='~') {
            shifted.push(c);
            continue;
        }
        flush_shifted(&mut shifted, &mut wire);
        wire.push(c);
        if c == '&' {
            wire.push('-');
        }
    }
    flush_shifted(&mut shifted, &mut wire);
    wire
}

fn flush_shifted(shifted: &mut String, wire: &mut String) {
    if shifted.is_empty() {
        return;
    }
    let utf16: Vec<u8> = shifted.encode_utf16().flat_map(u16::to_be_bytes).collect();
    wire.push('&');
    wire.push_str(&MODIFIED_BASE64.encode(utf16));
    wire.push('-');
    shifted.clear();
}

/// A quoted string (RFC 3501 §4.3). The text is ASCII without controls: a [`modified_utf7`] name.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// UIDs of one command: the set as it is written, and which they are (ascending).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct UidSet {
    pub written: String,
    pub uids: Vec<u32>,
}

/// Cuts UIDs into sets of a length every server takes. Only true neighbours are written as a range, so a set never
/// names a UID that was not asked for.
pub(super) fn uid_sets(uids: impl IntoIterator<Item = u32>) -> Vec<UidSet> {
    let mut uids: Vec<u32> = uids.into_iter().collect();
    uids.sort_unstable();
    uids.dedup();
    let mut sets: Vec<UidSet> = Vec::new();
    for run in uids.chunk_by(|a, b| a.checked_add(1) == Some(*b)) {
        if sets.last().is_none_or(|set| set.written.len() + MAX_RANGE_BYTES > MAX_SET_BYTES) {
            sets.push(UidSet { written: String::new(), uids: Vec::new() });
        }
        let (Some(set), Some(first), Some(last)) = (sets.last_mut(), run.first(), run.last()) else { continue };
        let comma = if set.written.is_empty() { "" } else { "," };
        // Writing to a String cannot fail.
        let _ = if first == last {
            write!(set.written, "{comma}{first}")
        } else {
            write!(set.written, "{comma}{first}:{last}")
        };
        set.uids.extend_from_slice(run);
    }
    sets
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn folder_names_are_written_in_modified_utf7() {
        assert_eq!(modified_utf7("Verwerkt"), "Verwerkt");
        assert_eq!(modified_utf7("A&B"), "A&-B");
        // The example of RFC 3501 §5.1.3.
        assert_eq!(modified_utf7("~peter/mail/台北/日本語"), "~peter/mail/&U,BTFw-/&ZeVnLIqe-");
        assert_eq!(modified_utf7("Klachten 😀"), "Klachten &2D3eAA-");
    }

    #[test]
    fn quotes_and_backslashes_are_escaped() {
        assert_eq!(quoted(r#"a"b\c"#), r#""a\"b\\c""#);
    }

    #[test]
    fn neighbours_become_ranges() {
        let sets = uid_sets([7, 1, 2, 3, 3, 9]);
        assert_eq!(sets, [UidSet { written: "1:3,7,9".into(), uids: vec![1, 2, 3, 7, 9] }]);
        assert_eq!(uid_sets([]), []);
    }

    proptest! {
        #[test]
        fn sets_name_exactly_what_was_asked(uids in proptest::collection::btree_set(1u32.., 0..600)) {
            let sets = uid_sets(uids.iter().copied());
            let mut named = Vec::new();
            for set in &sets {
                prop_assert!(set.written.len() <= MAX_SET_BYTES);
                for part in set.written.split(',') {
                    let (first, last) = part.split_once(':').unwrap_or((part, part));
                    named.extend(first.parse::<u32>().unwrap()..=last.parse::<u32>().unwrap());
                }
            }
            prop_assert_eq!(&named, &uids.iter().copied().collect::<Vec<_>>());
            prop_assert_eq!(named, sets.into_iter().flat_map(|set| set.uids).collect::<Vec<_>>());
        }

        #[test]
        fn wire_names_are_printable_ascii(name in "\\PC{0,20}") {
            prop_assert!(modified_utf7(&name).chars().all(|c| matches!(c, ' '..='~')));
        }
    }
}
