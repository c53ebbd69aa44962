//! Bytes → text, by a ladder: what the mail declares, then UTF-8 if valid, then GB18030, KOI8-R or windows-1251
//! where the bytes leave no doubt, then windows-1252. Pure; touches nothing.

use encoding_rs::{EUC_KR, Encoding, GB18030, ISO_2022_JP, KOI8_R, UTF_8, WINDOWS_1251, WINDOWS_1252};
use mail_parser::decoders::charsets::map::charset_decoder;

/// Decoded text, and the name of the charset when it had to be guessed from the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decoded {
    pub text: String,
    pub guessed: Option<&'static str>,
}

/// Decodes `bytes`, said to be in `declared` (a label as in a Content-Type; unknown labels count as none).
pub(crate) fn decode(bytes: &[u8], declared: Option<&str>) -> Decoded {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let text = encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default()).0.into_owned();
        return Decoded { text, guessed: None };
    }
    let label = declared.unwrap_or_default().trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\''));
    if !says_nothing(label)
        && let Some(text) = by_label(bytes, label)
    {
        return Decoded { text, guessed: None };
    }
    guess(bytes)
}

/// Labels that senders write without meaning them: ASCII with 8-bit bytes in it is something else.
fn says_nothing(label: &str) -> bool {
    let label = label.to_ascii_lowercase();
    label.is_empty() || label.contains("ascii") || label.contains("unknown") || matches!(&*label, "8bit" | "binary")
}

/// `None` where the label is unknown, or is a multi-byte charset that these bytes are certainly not in.
fn by_label(bytes: &[u8], label: &str) -> Option<String> {
    match Encoding::for_label_no_replacement(label.as_bytes()) {
        // Both were stretched by their users: what says EUC-KR or GB2312 is written with the larger set.
        Some(encoding) if encoding == EUC_KR => Some(EUC_KR.decode_without_bom_handling(bytes).0.into_owned()),
        Some(encoding) if encoding == UTF_8 => match std::str::from_utf8(bytes) {
            Ok(text) => Some(text.to_owned()),
            // One broken character (a cut, a bad gateway) does not make it another charset.
            Err(_) if valid_sequences(bytes) > 0 => Some(String::from_utf8_lossy(bytes).into_owned()),
            Err(_) => None,
        },
        Some(encoding) => Some(encoding.decode_without_bom_handling(bytes).0.into_owned()),
        // UTF-7, IBM850 and other old ones that the web's list has not.
        None => charset_decoder(label.as_bytes()).map(|decoder| decoder(bytes)),
    }
}

/// How many characters beyond ASCII are right as UTF-8.
fn valid_sequences(bytes: &[u8]) -> usize {
    String::from_utf8_lossy(bytes).chars().filter(|c| !c.is_ascii() && *c != char::REPLACEMENT_CHARACTER).count()
}

/// Decodes bytes that say nothing of themselves, in a mail whose header is written in `hint`: theirs too, where they have
/// no fault as such.
pub(crate) fn decode_hinted(bytes: &[u8], declared: Option<&str>, hint: Option<&str>) -> Decoded {
    let label = declared.unwrap_or_default().trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\''));
    let hinted = hint.filter(|_| says_nothing(label) && !bytes.is_ascii() && std::str::from_utf8(bytes).is_err());
    let encoding =
        hinted.and_then(|hint| Encoding::for_label_no_replacement(hint.as_bytes())).filter(|e| !e.is_single_byte());
    if let Some(encoding) = encoding
        && Encoding::for_bom(bytes).is_none()
        && let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes)
    {
        return Decoded { text: text.into_owned(), guessed: Some(encoding.name()) };
    }
    decode(bytes, declared)
}

/// Decodes bytes about which nothing is known.
pub(crate) fn guess(bytes: &[u8]) -> Decoded {
    if bytes.is_ascii() {
        let japanese = contains(bytes, b"\x1b$B") || contains(bytes, b"\x1b$@");
        let encoding = if japanese { ISO_2022_JP } else { UTF_8 };
        let text = encoding.decode_without_bom_handling(bytes).0.into_owned();
        return Decoded { text, guessed: japanese.then_some("ISO-2022-JP") };
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Decoded { text: text.to_owned(), guessed: None };
    }
    let encoding = if is_chinese(bytes) {
        GB18030
    } else {
        match cyrillic(bytes) {
            Some(cyrillic) => cyrillic,
            // Mostly UTF-8 with some damage: windows-1252 would garble the rest.
            None if valid_sequences(bytes) >= 3 => {
                return Decoded { text: String::from_utf8_lossy(bytes).into_owned(), guessed: Some("UTF-8") };
            }
            None => WINDOWS_1252,
        }
    };
    Decoded { text: encoding.decode_without_bom_handling(bytes).0.into_owned(), guessed: Some(encoding.name()) }
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|w| w == needle)
}

/// Runs of bytes above ASCII: Western text has single ones inside words, other scripts whole words of them.
fn high_runs(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(u8::is_ascii).filter(|run| !run.is_empty())
}

/// Certain only when whole words are high bytes, nearly all of them letters of the Cyrillic halves of both charsets.
fn cyrillic(bytes: &[u8]) -> Option<&'static Encoding> {
    let (mut total, mut in_words, mut low_half, mut high_half) = (0_usize, 0, 0, 0);
    for run in high_runs(bytes) {
        total += run.len();
        in_words += if run.len() >= 3 { run.len() } else { 0 };
        low_half += run.iter().filter(|b| (0xC0..=0xDF).contains(*b)).count();
        high_half += run.iter().filter(|b| **b >= 0xE0).count();
    }
    let certain = in_words >= 12 && in_words * 10 >= total * 7 && (low_half + high_half) * 100 >= total * 95;
    // Small letters, which dominate, are the lower half in KOI8-R and the upper one in windows-1251.
    certain.then_some(if low_half > high_half { KOI8_R } else { WINDOWS_1251 })
}

/// Certain only when every run is made of whole GB2312 pairs, most of them common characters, and some beyond the rows
/// that Korean uses.
fn is_chinese(bytes: &[u8]) -> bool {
    let (mut pairs, mut common, mut beyond_korean) = (0_usize, 0, 0);
    for run in high_runs(bytes) {
        if run.len() % 2 != 0 {
            return false;
        }
        for pair in run.chunks_exact(2) {
            let [lead, trail] = pair else { return false };
            if !(0xA1..=0xF7).contains(lead) || *trail < 0xA1 {
                return false;
            }
            pairs += 1;
            common += usize::from((0xB0..=0xD7).contains(lead));
            beyond_korean += usize::from((0xC9..=0xD7).contains(lead));
        }
    }
    pairs >= 4 && common * 10 >= pairs * 6 && beyond_korean * 10 >= pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(bytes: &[u8], declared: Option<&str>) -> String {
        decode(bytes, declared).text
    }

    #[test]
    fn the_declared_charset_wins() {
        assert_eq!(text(b"caf\xe9", Some("iso-8859-1")), "café");
        assert_eq!(text(b"caf\xe9", Some("ISO-8859-15")), "café");
        assert_eq!(text(b"caf\x82", Some("ibm850")), "café");
        assert_eq!(decode(b"\xb0\xa1", Some("ks_c_5601-1987")).text, "가");
    }

    #[test]
    fn a_label_without_meaning_gives_way_to_the_bytes() {
        assert_eq!(decode("café".as_bytes(), Some("us-ascii")), Decoded { text: "café".into(), guessed: None });
        let guessed = Some("windows-1252");
        assert_eq!(decode(b"caf\xe9 \x80 5", Some("us-ascii")), Decoded { text: "café € 5".into(), guessed });
        assert_eq!(decode(b"caf\xe9", None), Decoded { text: "café".into(), guessed });
        assert_eq!(decode(b"caf\xe9", Some("x-nonsense")), Decoded { text: "café".into(), guessed });
        assert_eq!(decode(b"caf\xe9", Some("utf-8")), Decoded { text: "café".into(), guessed });
    }

    #[test]
    fn other_scripts_are_guessed_only_when_certain() {
        let russian = "Здравствуйте, машина снова сломалась, прошу вернуть деньги";
        let (koi, _, _) = KOI8_R.encode(russian);
        assert_eq!(decode(&koi, None), Decoded { text: russian.into(), guessed: Some("KOI8-R") });
        let (win, _, _) = WINDOWS_1251.encode(russian);
        assert_eq!(decode(&win, None).text, russian);
        let chinese = "您好，我的车又坏了，请尽快处理这个投诉";
        let (gb, _, _) = GB18030.encode(chinese);
        assert_eq!(decode(&gb, None), Decoded { text: chinese.into(), guessed: Some("gb18030") });
        let french = "Où êtes-vous ? Le véhicule a été livré à la mi-août, déjà abîmé.";
        let (western, _, _) = WINDOWS_1252.encode(french);
        assert_eq!(decode(&western, None), Decoded { text: french.into(), guessed: Some("windows-1252") });
    }

    #[test]
    fn what_the_header_is_written_in_helps_where_the_bytes_leave_doubt() {
        // GBK has second bytes among ASCII, so that its runs of high bytes are odd.
        let chinese = "您好，丂的车又坏了";
        let (gbk, _, _) = GB18030.encode(chinese);
        assert!(high_runs(&gbk).any(|run| run.len() % 2 == 1));
        for label in [None, Some("us-ascii"), Some("unknown-8bit")] {
            assert_eq!(
                decode_hinted(&gbk, label, Some("gb2312")),
                Decoded { text: chinese.into(), guessed: Some("GBK") }
            );
        }
        assert_ne!(decode_hinted(&gbk, None, None).text, chinese);
        // A label that means something, valid UTF-8 and bytes that the hint cannot be are read as without it.
        assert_eq!(decode_hinted(b"caf\xe9", Some("iso-8859-1"), Some("gb2312")).text, "café");
        assert_eq!(decode_hinted("café".as_bytes(), None, Some("gb2312")).text, "café");
        assert_eq!(decode_hinted(b"caf\xe9", None, Some("gb2312")).text, "café");
        assert_eq!(decode_hinted(b"caf\xe9 is dicht", None, Some("koi8-r")).text, "café is dicht");
    }

    #[test]
    fn one_broken_character_does_not_change_the_charset() {
        let mut bytes = "één klacht over een fiëtje".as_bytes().to_vec();
        bytes.push(0xC3);
        assert!(text(&bytes, Some("utf-8")).starts_with("één klacht over een fiëtje"));
    }

    proptest! {
        #[test]
        fn what_is_valid_utf8_stays_itself(s in "\\PC{0,80}") {
            prop_assume!(!s.starts_with('\u{feff}') && !s.contains('\u{1b}'));
            prop_assert_eq!(decode(s.as_bytes(), None).text, s.clone());
            prop_assert_eq!(decode(s.as_bytes(), Some("utf-8")).text, s);
        }

        #[test]
        fn any_bytes_under_any_label_give_text(bytes in proptest::collection::vec(any::<u8>(), 0..200), label in "[a-z0-9-]{0,12}") {
            let decoded = decode(&bytes, Some(&label));
            prop_assert!(bytes.is_empty() || decoded.text.len() <= bytes.len() * 4 + 8);
        }
    }
}
