//! Files that old programs wrote into the text itself, uuencoded (POSIX, 1992): `begin 644 naam.jpg`, lines of 45 bytes,
//! `end`. They become attachments and leave the text. Pure, one pass.

use super::{Leaf, Parsed};
use crate::mail::limits::LEAVES_MAX;

/// Bytes of one line: its first character is their number, and is one of 64.
const LINE_BYTES_MAX: usize = 63;

/// Takes the files out of the text.
pub(super) fn take_out(parsed: &mut Parsed) {
    if parsed.html.is_some() || !parsed.text.contains("begin ") {
        return;
    }
    let lines: Vec<&str> = parsed.text.split_inclusive('\n').collect();
    let (mut text, mut files, mut at) = (String::with_capacity(parsed.text.len()), Vec::new(), 0);
    let mut unended = false;
    while let Some(line) = lines.get(at) {
        // Where a file has no end, all lines to the end were looked at: once is enough.
        let file =
            if unended { None } else { begins(line).map(|name| (name, file(lines.get(at + 1..).unwrap_or_default()))) };
        match file {
            Some((name, Some((content, taken)))) => {
                files.push((name.to_owned(), content));
                at += 1 + taken;
            }
            other => {
                unended |= other.is_some();
                text.push_str(line);
                at += 1;
            }
        }
    }
    let room = LEAVES_MAX.saturating_sub(parsed.leaves.len());
    if files.is_empty() || files.len() > room {
        return;
    }
    parsed.leaves.extend(files.into_iter().map(|(name, content)| Leaf {
        media_type: "application/octet-stream".to_owned(),
        name: Some(name),
        content,
        attachment: true,
        ..Leaf::default()
    }));
    parsed.text = text;
}

/// The name behind `begin` and the three or four figures of the file's mode.
fn begins(line: &str) -> Option<&str> {
    let (mode, name) = line.trim_end().strip_prefix("begin ")?.split_once(' ')?;
    let is_mode = (3..=4).contains(&mode.len()) && mode.bytes().all(|b| (b'0'..=b'7').contains(&b));
    (is_mode && !name.trim().is_empty()).then_some(name.trim())
}

/// The bytes of a file, and how many lines it takes with its end; `None` where a line is none of a file's.
fn file(lines: &[&str]) -> Option<(Vec<u8>, usize)> {
    let mut content = Vec::new();
    for (nth, line) in lines.iter().enumerate() {
        let line = line.trim_end_matches(['\r', '\n']);
        if line == "end" {
            return (!content.is_empty()).then_some((content, nth + 1));
        }
        decode(line, &mut content)?;
    }
    None
}

/// One line: its length, then four characters for each three bytes. Blanks at its end may have been lost on the way.
fn decode(line: &str, content: &mut Vec<u8>) -> Option<()> {
    let digit = |b: u8| (b' '..=b'`').contains(&b).then(|| (b - b' ') & 0x3f);
    let mut bytes = line.bytes();
    let Some(length) = bytes.next() else { return Some(()) };
    let length = usize::from(digit(length)?).min(LINE_BYTES_MAX);
    let digits: Vec<u8> = bytes.map(digit).collect::<Option<_>>()?;
    let wanted = length.div_ceil(3) * 4;
    // One character more is a check sum that some programs add; fewer are blanks that were cut off.
    if digits.len() > wanted + 1 || digits.len() + 4 < wanted {
        return None;
    }
    let at = |nth: usize| digits.get(nth).copied().unwrap_or_default();
    let bytes = (0..wanted / 4).flat_map(|four| {
        let [a, b, c, d] = [0, 1, 2, 3].map(|nth| at(4 * four + nth));
        [a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d]
    });
    content.extend(bytes.take(length));
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Parsed {
        let mut parsed = Parsed { text: text.to_owned(), ..Parsed::default() };
        take_out(&mut parsed);
        parsed
    }

    #[test]
    fn a_file_in_the_text_becomes_an_attachment() {
        let parsed = of("Zie de foto.\nbegin 644 auto 1.txt\n#2V%T\n`\nend\nGroet, Jan\n");
        assert_eq!(parsed.text, "Zie de foto.\nGroet, Jan\n");
        let [leaf] = parsed.leaves.as_slice() else { panic!() };
        assert_eq!(
            (leaf.name.as_deref(), leaf.content.as_slice(), leaf.attachment),
            (Some("auto 1.txt"), &b"Kat"[..], true)
        );
        let two = of("begin 0600 a\n#2V%T\n \nend\nbegin 666 b\r\n!80\n\nend\n");
        assert_eq!(two.leaves.iter().map(|l| l.content.as_slice()).collect::<Vec<_>>(), [&b"Kat"[..], b"a"]);
    }

    #[test]
    fn what_is_no_file_stays_text() {
        for text in [
            "begin 644 van de weg\nis stuk.\nend\n",
            "begin 644 a\n#2V%T\n",
            "begin morgen met x\n#2V%T\nend\n",
            "begin 644 a\nend\n",
            "We begin 644 a\n#2V%T\nend\n",
        ] {
            let parsed = of(text);
            assert_eq!((parsed.text.as_str(), parsed.leaves.len()), (text, 0), "{text}");
        }
        let many = of(&"begin 644 a\n#2V%T\n".repeat(20_000));
        assert!(many.leaves.is_empty());
    }
}
