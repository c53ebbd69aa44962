//! A lighter letter, for a server that refused it for its size: each attachment's part becomes a line that names it.
//! Nothing was accepted before, so it keeps its Message-ID. Pure.

use super::carried::placeholder;
use crate::desk::draft::Carried;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// What stands in the place of an attachment, in both languages: nothing is known here of the reader's.
const SAID: &str = include_str!("../../templates/apart.txt");

/// Whether a letter goes with its attachments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    Full,
    /// They are only named.
    Light,
}

/// Where an attachment is that does not go along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Apart {
    /// In the register only: it was too large.
    TooLarge,
    /// In the mail that it came with, which lies beside this letter in the file.
    InItsMail,
}

/// The letter without the attachments it would carry along. A part that is not found as it was written stays.
pub fn lighten(bytes: &[u8], carried: &[Carried], apart: Apart) -> Vec<u8> {
    let mut text = bytes.to_vec();
    for (place, one) in carried.iter().enumerate() {
        if let Some((start, end)) = part_around(&text, placeholder(place, one).as_bytes()) {
            text.splice(start..end, notice(one, apart));
        }
    }
    text
}

/// From the line after the boundary before `line` to the line end before the boundary after it (RFC 2046 §5.1.1).
fn part_around(text: &[u8], line: &[u8]) -> Option<(usize, usize)> {
    let at = text.windows(line.len()).position(|window| window == line)?;
    let boundary = text[..at].windows(4).rposition(|window| window == b"\r\n--")?;
    let start = boundary + 2 + text[boundary + 2..].windows(2).position(|window| window == b"\r\n")? + 2;
    let end = at + text[at..].windows(4).position(|window| window == b"\r\n--")?;
    Some((start, end))
}

fn notice(one: &Carried, apart: Apart) -> Vec<u8> {
    let size = one.size.div_ceil(1024);
    let which = match apart {
        Apart::TooLarge => "too_large: ",
        Apart::InItsMail => "in_its_mail: ",
    };
    let lines = SAID.lines().filter_map(|line| line.strip_prefix(which));
    let said = lines.map(|line| line.replace("{name}", &one.name).replace("{size}", &size.to_string()) + "\r\n");
    let said: String = said.collect();
    let lines: Vec<String> = said.as_bytes().chunks(57).map(|chunk| STANDARD.encode(chunk)).collect();
    let headers = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n";
    format!("{headers}{}", lines.join("\r\n")).into_bytes()
}
