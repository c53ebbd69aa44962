//! The text of a mail that Outlook kept as RTF: unpacked (MS-OXRTFCP), and read as the plain text or the page that was
//! wrapped in it (MS-OXRTFEX), else as the words of the RTF itself. One pass, without recursion. Pure.

use super::mapi::{Body, in_code_page};
use crate::mail::limits::{HTML_BYTES_MAX, HTML_DEPTH_MAX};

/// What the packer starts with: words that every RTF has.
const KNOWN: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor \
MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
const WINDOW: usize = 4096;
const PACKED: &[u8] = b"LZFu";
const UNPACKED: &[u8] = b"MELA";
const HEAD: usize = 16;

/// The RTF in a packed property; None: it is none. Damage ends it early.
pub(super) fn unpack(bytes: &[u8]) -> Option<Vec<u8>> {
    let body = bytes.get(HEAD..)?;
    match bytes.get(8..12)? {
        UNPACKED => Some(body.to_vec()),
        PACKED => Some(unpack_body(body)),
        _ => None,
    }
}

fn unpack_body(body: &[u8]) -> Vec<u8> {
    let mut window = [b' '; WINDOW];
    if let Some(start) = window.get_mut(..KNOWN.len()) {
        start.copy_from_slice(KNOWN);
    }
    let (mut at, mut out, mut rest) = (KNOWN.len(), Vec::new(), body.iter());
    while let Some(flags) = rest.next() {
        for bit in 0..8 {
            let Some(first) = rest.next() else { return out };
            if out.len() >= HTML_BYTES_MAX {
                return out;
            }
            let (from, length) = if flags >> bit & 1 == 0 {
                (None, 1)
            } else {
                let Some(second) = rest.next() else { return out };
                let pair = u16::from_be_bytes([*first, *second]);
                (Some(usize::from(pair >> 4)), usize::from(pair & 0xF) + 2)
            };
            if from == Some(at) {
                return out;
            }
            for step in 0..length {
                let byte = from.map_or(*first, |from| window.get((from + step) % WINDOW).copied().unwrap_or(b' '));
                out.push(byte);
                if let Some(place) = window.get_mut(at) {
                    *place = byte;
                }
                at = (at + 1) % WINDOW;
            }
        }
    }
    out
}

/// Groups that hold no words of the mail.
const NO_TEXT: [&str; 13] = [
    "fonttbl",
    "colortbl",
    "stylesheet",
    "info",
    "pict",
    "object",
    "header",
    "footer",
    "themedata",
    "datastore",
    "listtable",
    "fldinst",
    "xmlnstbl",
];

/// What holds inside a group.
#[derive(Debug, Clone, Copy)]
struct Group {
    hidden: bool,
    /// A piece of the page that the RTF was made of.
    is_tag: bool,
    /// The RTF's own addition to the page.
    is_rtf_only: bool,
    /// Characters that stand in for one in Unicode, for old readers.
    substitutes: usize,
}

struct Reader<'a> {
    rest: &'a [u8],
    groups: Vec<Group>,
    group: Group,
    /// Groups beyond the depth limit, which change nothing.
    beyond: usize,
    is_page: bool,
    code_page: Option<u32>,
    /// Characters to pass over.
    skip: usize,
    /// Bytes of the code page that wait to be decoded together.
    bytes: Vec<u8>,
    out: String,
}

/// The words of an RTF.
pub(super) fn read(rtf: &[u8]) -> Body {
    let group = Group { hidden: false, is_tag: false, is_rtf_only: false, substitutes: 1 };
    let mut reader = Reader {
        rest: rtf,
        groups: Vec::new(),
        group,
        beyond: 0,
        is_page: false,
        code_page: Some(1252),
        skip: 0,
        bytes: Vec::new(),
        out: String::new(),
    };
    reader.all();
    match (reader.out.trim().is_empty(), reader.is_page) {
        (true, _) => Body::None,
        (false, true) => Body::Page(reader.out),
        (false, false) => Body::Plain(reader.out),
    }
}

impl Reader<'_> {
    fn all(&mut self) {
        while let Some((byte, rest)) = self.rest.split_first() {
            self.rest = rest;
            match byte {
                b'{' if self.groups.len() < HTML_DEPTH_MAX => self.groups.push(self.group),
                b'{' => self.beyond += 1,
                b'}' if self.beyond > 0 => self.beyond -= 1,
                b'}' => self.group = self.groups.pop().unwrap_or(self.group),
                b'\\' => self.control(),
                b'\r' | b'\n' => {}
                byte => self.byte(*byte),
            }
        }
        self.flush();
    }

    fn is_shown(&self) -> bool {
        !self.group.hidden && (!self.is_page || self.group.is_tag || !self.group.is_rtf_only)
    }

    fn byte(&mut self, byte: u8) {
        if self.skip > 0 {
            self.skip -= 1;
        } else if self.is_shown() {
            self.bytes.push(byte);
        }
    }

    fn flush(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        if !bytes.is_empty() {
            self.out.push_str(&in_code_page(&bytes, self.code_page));
        }
    }

    fn write(&mut self, text: &str) {
        if self.is_shown() {
            self.flush();
            self.out.push_str(text);
        }
    }

    /// What stands behind a backslash.
    fn control(&mut self) {
        let Some((first, rest)) = self.rest.split_first() else { return };
        if first.is_ascii_alphabetic() {
            return self.word();
        }
        self.rest = rest;
        match first {
            b'\'' => {
                let hex = rest.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
                if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
                    self.rest = rest.get(2..).unwrap_or_default();
                    self.byte(byte);
                }
            }
            b'*' => self.destination(),
            b'~' => self.write("\u{a0}"),
            b'_' => self.write("-"),
            b'\r' | b'\n' => self.write("\n"),
            b'\\' | b'{' | b'}' => self.byte(*first),
            _ => {}
        }
    }

    /// A group for readers that know it: only the tags of the wrapped page are known here.
    fn destination(&mut self) {
        let is_tag = self.rest.starts_with(b"\\htmltag");
        self.group.hidden |= !is_tag;
        self.group.is_tag |= is_tag;
    }

    fn word(&mut self) {
        let length = self.rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (word, rest) = self.rest.split_at(length);
        let sign = usize::from(rest.first() == Some(&b'-'));
        let digits = rest.iter().skip(sign).take_while(|byte| byte.is_ascii_digit()).count();
        let (number, rest) = rest.split_at(if digits > 0 { sign + digits } else { 0 });
        self.rest = rest.strip_prefix(b" ").unwrap_or(rest);
        let number: Option<i64> = std::str::from_utf8(number).ok().and_then(|number| number.parse().ok());
        let word = String::from_utf8_lossy(word).into_owned();
        self.do_word(&word, number);
    }

    fn do_word(&mut self, word: &str, number: Option<i64>) {
        match word {
            "fromhtml" => self.is_page = number != Some(0),
            "htmlrtf" => self.group.is_rtf_only = number != Some(0),
            "ansicpg" => self.code_page = number.and_then(|page| u32::try_from(page).ok()).filter(|page| *page > 0),
            "par" | "line" | "sect" | "page" | "row" => self.write("\n"),
            "tab" | "cell" => self.write("\t"),
            "emdash" => self.write("—"),
            "endash" => self.write("–"),
            "bullet" => self.write("•"),
            "lquote" => self.write("‘"),
            "rquote" => self.write("’"),
            "ldblquote" => self.write("“"),
            "rdblquote" => self.write("”"),
            "uc" => self.group.substitutes = number.and_then(|n| usize::try_from(n).ok()).unwrap_or(1).min(8),
            "u" => self.unicode(number.unwrap_or_default()),
            "v" | "deleted" => self.group.hidden = number != Some(0),
            "bin" => {
                let count = number.and_then(|n| usize::try_from(n).ok()).unwrap_or_default();
                self.rest = self.rest.get(count..).unwrap_or_default();
            }
            word => self.group.hidden |= NO_TEXT.contains(&word),
        }
    }

    /// A character by its number, in halves where it is above the first plane; what stands in for it follows.
    fn unicode(&mut self, number: i64) {
        let half = u16::try_from(number.rem_euclid(0x1_0000)).unwrap_or_default();
        if self.is_shown() {
            self.flush();
            match char::from_u32(u32::from(half)) {
                Some(c) => self.out.push(c),
                // The second half of a pair is looked for right behind the first one's substitutes.
                None if (0xD800..0xDC00).contains(&half) => self.pair(half),
                None => {}
            }
        }
        self.skip = self.group.substitutes;
    }

    fn pair(&mut self, high: u16) {
        let near = self.rest.get(..24).unwrap_or(self.rest);
        let Some(at) = near.windows(2).position(|two| two == b"\\u") else { return };
        let digits = near.iter().skip(at + 2).take_while(|b| b.is_ascii_digit() || **b == b'-').copied().collect();
        let low = String::from_utf8(digits).ok().and_then(|digits| digits.parse::<i64>().ok());
        let low = low.and_then(|low| u16::try_from(low.rem_euclid(0x1_0000)).ok()).unwrap_or_default();
        self.out.extend(char::decode_utf16([high, low]).flatten());
    }
}
