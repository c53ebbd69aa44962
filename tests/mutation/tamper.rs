//! What happens to a mail: bits flip, slices go, come twice or change places, other mails and nasty pieces come in between,
//! nesting repeats, line ends change.

use crate::support::chance::Chance;

/// A mutated mail is not longer: what matters grows by repeating, and a plain run has to end.
const SIZE_MAX: usize = 200_000;
/// Mutations of one mail, at most.
const MUTATIONS_MAX: u64 = 5;

/// What is put into mails: where parts, headers, words, tags and lines begin and end; what is written to be acted on; what
/// must never come out again.
const NASTY: &[&[u8]] = &[
    b"\r\n\r\n",
    b"\r\n.\r\n",
    b"\r\n.\r\nMAIL FROM:<x@y.example>\r\n",
    b"\n.\n",
    b"\r",
    b"\0",
    b"\xff",
    b"\xe2\x80\xae",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"\r\n--buiten\r\n",
    b"\r\n--x--\r\n",
    b"--\r\n",
    b"\r\nContent-Type: message/rfc822\r\n\r\n",
    b"\r\nContent-Type: multipart/mixed; boundary=\"\"\r\n\r\n--\r\n",
    b"\r\nContent-Type: multipart/mixed; boundary=z\r\n\r\n--z\r\n",
    b"\r\nContent-Type: text/html; charset=utf-16\r\n\r\n",
    b"\r\nContent-Transfer-Encoding: base64\r\n",
    b"\r\nContent-Transfer-Encoding: quoted-printable\r\n",
    b"\r\nContent-Disposition: attachment; filename*=utf-8''%0D%0ABcc:%20x%40kwaad.example\r\n",
    b"\r\nBcc: mallory@kwaad.example\r\n",
    b"=0D=0ABcc: mallory@kwaad.example=0D=0A",
    b"=?utf-8?q?=0D=0ABcc=3A_mallory=40kwaad.example?=",
    b"=?utf-8?B?",
    b"?=",
    b"=\r\n",
    b"\"",
    b"\\",
    b"(",
    b"<",
    b">,;:@[",
    b"<!--",
    b"<script>",
    b"<blockquote>",
    b"&#13;&#10;Bcc:",
    b"&nbsp;",
    b"{{ 7 * 7 }}{% raw %}",
    b"=cmd|' /C calc'!A0",
    b"\r\nFrom: jan@lease.example\r\n",
    b"\r\nFrom: klachten@lease.example\r\n",
    b"\r\nFrom: klant@prive.example\r\n",
    b"\r\nReply-To: mallory@kwaad.example\r\n",
    b"\r\nAuto-Submitted: auto-replied\r\n",
    b"\r\nAuto-Submitted: no\r\n",
    b"\r\nX-Loop: klachten@lease.example\r\n",
    b"\r\nAuthentication-Results: mx.kwaad.example; dmarc=pass header.from=lease.example\r\n",
    b"\r\n> ",
    b"\r\n-- \r\n",
    b"\r\n-----Oorspronkelijk bericht-----\r\nVan: x\r\n",
    b"\r\n#afgehandeld\r\n",
    b"\r\n#antwoord\r\n",
    b"\r\n#intern\r\n",
    b"\r\n#dossier K-2026-000007\r\n",
    b"\r\n#telefoon\r\nKlant: X\r\nE-mail: mallory@kwaad.example\r\n",
    b"\r\nOp do 5 mrt. 2026 om 10:00 schreef Voorbeeld Lease <klachten@lease.example>:\r\n",
];

/// What is put in: the usual, and what the company itself writes.
pub struct Pieces(Vec<Vec<u8>>);

impl Pieces {
    pub fn of(own: [&str; 7]) -> Self {
        let all = NASTY.iter().copied().chain(own.iter().map(|own| own.as_bytes()));
        Self(all.map(<[u8]>::to_vec).collect())
    }
}

/// One of the mails with some things done to it.
pub fn mutated(mails: &[Vec<u8>], pieces: &Pieces, chance: &mut Chance) -> Vec<u8> {
    let mut mail = chance.pick(mails).clone();
    // Often few, so that much of the mail is still what it was.
    let most = chance.between(1, MUTATIONS_MAX + 1);
    for _ in 0..chance.between(1, most + 1) {
        mail = mutation(mail, mails, pieces, chance);
        mail.truncate(SIZE_MAX);
    }
    mail
}

fn mutation(mail: Vec<u8>, mails: &[Vec<u8>], pieces: &Pieces, chance: &mut Chance) -> Vec<u8> {
    match chance.below(14) {
        0 | 1 => flipped(mail, chance),
        2 => overwritten(mail, chance),
        3 => cut(mail, chance),
        4 => without_a_slice(mail, chance),
        5 => slice_twice(mail, chance),
        6 => slices_swapped(&mail, chance),
        7 | 8 => with(mail, &chance.pick(&pieces.0).clone(), chance),
        9 => with_much(mail, pieces, chance),
        10 => nested(mail, chance),
        11 => {
            let other: &Vec<u8> = chance.pick(mails);
            spliced(&mail, other, chance)
        }
        12 => {
            let other: &Vec<u8> = chance.pick(mails);
            header_of_another(mail, other, chance)
        }
        _ => other_line_ends(&mail, chance),
    }
}

/// 0 to `end`, `end` included.
fn up_to(end: usize, chance: &mut Chance) -> usize {
    usize::try_from(chance.below(end as u64 + 1)).expect("a place in a mail")
}

/// A place, more often than not where a line begins.
fn place(mail: &[u8], chance: &mut Chance) -> usize {
    let at = up_to(mail.len(), chance);
    if chance.percent(40) {
        return at;
    }
    mail[at..].iter().position(|byte| *byte == b'\n').map_or(at, |line| at + line + 1)
}

fn slice(mail: &[u8], chance: &mut Chance) -> std::ops::Range<usize> {
    let (one, other) = (place(mail, chance), place(mail, chance));
    one.min(other)..one.max(other)
}

fn flipped(mut mail: Vec<u8>, chance: &mut Chance) -> Vec<u8> {
    for _ in 0..chance.between(1, 9) {
        let at = up_to(mail.len(), chance);
        if let Some(byte) = mail.get_mut(at) {
            *byte ^= 1 << chance.below(8);
        }
    }
    mail
}

/// A run of bytes becomes any bytes.
fn overwritten(mut mail: Vec<u8>, chance: &mut Chance) -> Vec<u8> {
    let (at, length) = (place(&mail, chance), up_to(40, chance));
    for byte in mail.iter_mut().skip(at).take(length) {
        *byte = u8::try_from(chance.below(256)).expect("a byte");
    }
    mail
}

fn cut(mut mail: Vec<u8>, chance: &mut Chance) -> Vec<u8> {
    mail.truncate(place(&mail, chance));
    mail
}

fn without_a_slice(mut mail: Vec<u8>, chance: &mut Chance) -> Vec<u8> {
    let gone = slice(&mail, chance);
    mail.drain(gone);
    mail
}

fn slice_twice(mut mail: Vec<u8>, chance: &mut Chance) -> Vec<u8> {
    let twice = mail[slice(&mail, chance)].to_vec();
    let at = place(&mail, chance);
    mail.splice(at..at, twice);
    mail
}

fn slices_swapped(mail: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut places = [0; 4].map(|_| place(mail, chance));
    places.sort_unstable();
    let [a, b, c, d] = places;
    [&mail[..a], &mail[c..d], &mail[b..c], &mail[a..b], &mail[d..]].concat()
}

fn with(mut mail: Vec<u8>, piece: &[u8], chance: &mut Chance) -> Vec<u8> {
    let at = place(&mail, chance);
    mail.splice(at..at, piece.iter().copied());
    mail
}

/// A piece very often.
fn with_much(mail: Vec<u8>, pieces: &Pieces, chance: &mut Chance) -> Vec<u8> {
    let piece = chance.pick(&pieces.0).clone();
    let often = 1 << chance.below(14);
    with(mail, &piece.repeat(often), chance)
}

/// A slice of whole lines once more within itself, and again.
fn nested(mail: Vec<u8>, chance: &mut Chance) -> Vec<u8> {
    let again = mail[slice(&mail, chance)].to_vec();
    let often = 1 << chance.below(9);
    with(mail, &again.repeat(often), chance)
}

fn spliced(mail: &[u8], other: &[u8], chance: &mut Chance) -> Vec<u8> {
    [&mail[..place(mail, chance)], &other[place(other, chance)..]].concat()
}

/// A line of another mail's head on top.
fn header_of_another(mail: Vec<u8>, other: &[u8], chance: &mut Chance) -> Vec<u8> {
    let head: Vec<&[u8]> = other.split_inclusive(|byte| *byte == b'\n').take_while(|line| line.len() > 2).collect();
    if head.is_empty() {
        return mail;
    }
    [*chance.pick(&head), mail.as_slice()].concat()
}

fn other_line_ends(mail: &[u8], chance: &mut Chance) -> Vec<u8> {
    let ends: [&[u8]; 5] = [b"\n", b"\r", b"\r\r\n", b"", b"\r\n"];
    let (usual, from) = (*chance.pick::<&[u8]>(&ends), place(mail, chance));
    let mut changed = mail[..from].to_vec();
    for line in mail[from..].split_inclusive(|byte| *byte == b'\n') {
        let text = line.strip_suffix(b"\r\n").unwrap_or(line);
        changed.extend_from_slice(text);
        if text.len() < line.len() {
            changed.extend_from_slice(if chance.percent(90) { usual } else { chance.pick::<&[u8]>(&ends) });
        }
    }
    changed
}
