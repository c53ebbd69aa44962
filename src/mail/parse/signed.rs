//! The mail inside an opaque S/MIME signature (`application/pkcs7-mime`, RFC 8551 §3.5.2). Reads just enough of the CMS
//! structure to find the signed bytes; verifies nothing, so nothing is proven by it. Pure.

/// Object identifiers, DER-encoded: id-signedData and id-data (RFC 5652 §4, §5.1).
const SIGNED_DATA: &[u8] = b"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02";
const DATA: &[u8] = b"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01";

/// Bytes at the front in which the identifiers stand: only digest algorithms come before them.
const HEAD_MAX: usize = 512;

const OCTETS: u8 = 0x04;
/// Octets in pieces, as programs write them that sign while they stream.
const OCTETS_IN_PIECES: u8 = 0x24;
const CONTENT: u8 = 0xA0;
const END: u8 = 0x00;

/// The signed bytes; `None` when this is no signature with its content inside (it may be encrypted).
pub(super) fn content(cms: &[u8]) -> Option<Vec<u8>> {
    let head = cms.get(..HEAD_MAX).unwrap_or(cms);
    let signed = find(head, SIGNED_DATA)? + SIGNED_DATA.len();
    let data = signed + find(head.get(signed..)?, DATA)? + DATA.len();
    let (tag, _, mut rest) = element(cms.get(data..)?)?;
    if tag != CONTENT {
        return None;
    }
    let mut found = Vec::new();
    while let Some((tag, length, inside)) = element(rest) {
        match tag {
            OCTETS => {
                let (octets, after) = inside.split_at(length.min(inside.len()));
                found.extend_from_slice(octets);
                rest = after;
            }
            OCTETS_IN_PIECES | END => rest = inside,
            _ => break,
        }
    }
    (!found.is_empty()).then_some(found)
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).position(|w| w == needle)
}

/// Tag, length (0 where it is left open) and what follows the header of the element at the front.
fn element(bytes: &[u8]) -> Option<(u8, usize, &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    if *first < 0x80 {
        return Some((*tag, usize::from(*first), rest));
    }
    let count = usize::from(first & 0x7F);
    let (digits, rest) = (rest.get(..count).filter(|_| count <= 4)?, rest.get(count..)?);
    Some((*tag, digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cms(content: &[u8]) -> Vec<u8> {
        [b"\x30\x80", SIGNED_DATA, b"\xA0\x80\x30\x80\x02\x01\x01\x31\x00\x30\x80", DATA, content].concat()
    }

    #[test]
    fn content_whole_and_in_pieces() {
        assert_eq!(content(&cms(b"\xA0\x04\x04\x02hi")), Some(b"hi".to_vec()));
        assert_eq!(
            content(&cms(b"\xA0\x80\x24\x80\x04\x02ab\x04\x81\x01c\x00\x00\x00\x00\xA1")),
            Some(b"abc".to_vec())
        );
        assert_eq!(content(b"\x30\x80\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x03"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(tail in proptest::collection::vec(any::<u8>(), 0..100)) {
            prop_assert!(content(&cms(&tail)).is_none_or(|found| found.len() <= tail.len()));
        }
    }
}
