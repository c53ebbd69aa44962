//! What reading Outlook's files promises, by files written here, by property and by cost. The writers serve other tests too.

use super::compound::{Compound, written};
use super::mapi::{BINARY, Body, MOMENT, NARROW, WIDE, id};
use super::*;
use proptest::prelude::*;

/// Number, type and value of a property.
type Property = (u16, u16, Vec<u8>);

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn wide(id: u16, text: &str) -> Property {
    (id, WIDE, utf16(text))
}

/// A list of properties as a `winmail.dat` has it.
fn listed(properties: &[Property]) -> Vec<u8> {
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap().to_le_bytes();
    let mut out = u32::try_from(properties.len()).unwrap().to_le_bytes().to_vec();
    for (id, kind, value) in properties {
        out.extend([kind.to_le_bytes(), id.to_le_bytes()].concat());
        if *kind == MOMENT {
            out.extend(value);
            continue;
        }
        out.extend(1_u32.to_le_bytes());
        out.extend(length(value));
        out.extend(value);
        out.resize(out.len().next_multiple_of(4), 0);
    }
    out
}

fn attribute(level: u8, name: u16, value: &[u8]) -> Vec<u8> {
    let sum = value.iter().fold(0_u16, |sum, byte| sum.wrapping_add(u16::from(*byte)));
    let length = u32::try_from(value.len()).unwrap().to_le_bytes();
    [&[level], &name.to_le_bytes()[..], &[0, 0], &length, value, &sum.to_le_bytes()].concat()
}

/// A `winmail.dat` with these properties, and files by their names.
pub(in crate::mail) fn winmail(text: &str, files: &[(&str, &[u8])]) -> Vec<u8> {
    tnef_of(&[wide(id::BODY, text)], files)
}

fn tnef_of(properties: &[Property], files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = [&[0x78, 0x9F, 0x3E, 0x22][..], &[1, 0]].concat();
    out.extend(attribute(1, 0x9003, &listed(properties)));
    for (name, content) in files {
        out.extend(attribute(2, 0x9002, &[0; 14]));
        out.extend(attribute(2, 0x8010, b"KORT~1.PDF\0"));
        out.extend(attribute(2, 0x800F, content));
        out.extend(attribute(2, 0x9005, &listed(&[wide(id::FILE_NAME, name)])));
    }
    out
}

/// A mail saved by Outlook, with these properties, and files by their names.
fn msg_of(properties: &[Property], moments: &[(u16, i64)], files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut short = vec![0; 32];
    for (id, ticks) in moments {
        short.extend([MOMENT.to_le_bytes(), id.to_le_bytes()].concat());
        short.extend([0; 4]);
        short.extend(ticks.to_le_bytes());
    }
    let mut streams: Vec<(String, Vec<u8>)> = vec![("__properties_version1.0".into(), short)];
    let name = |id: u16, kind: u16| format!("__substg1.0_{id:04X}{kind:04X}");
    streams.extend(properties.iter().map(|(id, kind, value)| (name(*id, *kind), value.clone())));
    for (nth, (file, content)) in files.iter().enumerate() {
        let folder = format!("__attach_version1.0_#{nth:08X}");
        streams.push((format!("{folder}/{}", name(id::FILE_NAME, WIDE)), utf16(file)));
        streams.push((format!("{folder}/{}", name(id::DATA, BINARY)), content.to_vec()));
    }
    written(&streams.iter().map(|(path, content)| (path.as_str(), content.clone())).collect::<Vec<_>>())
}

/// A mail of Anna as a colleague's Outlook saves it.
pub(in crate::mail) fn saved_mail(text: &str, files: &[(&str, &[u8])]) -> Vec<u8> {
    let headers = "Received: from a by b; Mon, 23 Nov 2026 10:13:00 +0100\r\nFrom: Anna de Wit <anna@klant.example>\r\n\
                   Subject: Schade\r\nDate: Mon, 23 Nov 2026 10:12:00 +0100\r\n\r\n";
    msg_of(&[wide(id::HEADERS, headers), wide(id::BODY, text)], &[], files)
}

fn opened(bytes: &[u8]) -> Parsed {
    let opened = open(bytes).unwrap();
    assert!(!opened.is_part_unread);
    opened.inside
}

#[test]
fn text_and_files_come_out_of_a_winmail_dat() {
    let read = opened(&winmail("Het portier is stuk.\r\nGroet", &[("foto één.jpg", b"abc"), ("b.pdf", b"")]));
    assert_eq!(read.text, "Het portier is stuk.\nGroet");
    let files: Vec<_> =
        read.leaves.iter().map(|leaf| (leaf.name.as_deref().unwrap(), leaf.content.as_slice())).collect();
    assert_eq!(files, [("foto één.jpg", &b"abc"[..]), ("b.pdf", b"")]);
    assert!(read.leaves.iter().all(|leaf| leaf.attachment));
}

#[test]
fn a_saved_mail_has_its_sender_subject_moments_text_and_files() {
    let read = opened(&saved_mail("Mijn auto is stuk.", &[("a.pdf", b"inhoud")]));
    assert_eq!(
        (read.header("from"), read.header("subject")),
        (Some("Anna de Wit <anna@klant.example>"), Some("Schade"))
    );
    assert!(read.header("received").unwrap().ends_with("10:13:00 +0100"));
    assert_eq!((read.text.as_str(), read.leaves.len()), ("Mijn auto is stuk.", 1));
    // Mail that never left Exchange has no fields: the properties tell.
    let ticks = 134_400_187_800_000_000;
    let inside = msg_of(
        &[
            wide(id::SENDER_NAME, "Anna \"de\" Wit"),
            wide(id::SENDER_SMTP, "anna@klant.example"),
            wide(id::SUBJECT, "Schade\r\nBcc: x"),
            (id::HTML, BINARY, b"<p>Mijn <b>auto</b> is stuk.</p>".to_vec()),
        ],
        &[(id::SUBMITTED, ticks), (id::DELIVERED, ticks + 600_000_000)],
        &[],
    );
    let read = opened(&inside);
    assert_eq!(read.header("from"), Some("\"Anna  de  Wit\" <anna@klant.example>"));
    assert_eq!(read.header("subject"), Some("Schade  Bcc: x"));
    assert_eq!(
        (read.header("date"), read.text.as_str()),
        (Some("Tue, 24 Nov 2026 18:33:00 +0000"), "Mijn auto is stuk.\n")
    );
    assert_eq!(read.header("received"), Some("; Tue, 24 Nov 2026 18:34:00 +0000"));
}

/// RTF as Outlook packs it, without packing any of it.
fn packed(rtf: &[u8]) -> Vec<u8> {
    [&[0; 8][..], b"MELA", &[0; 4], rtf].concat()
}

#[test]
fn packed_rtf_is_unpacked() {
    // The example of MS-OXRTFCP §4.1.
    let example = b"\x2d\0\0\0\x2b\0\0\0LZFu\xf1\xc5\xc7\xa7\x03\0\x0a\0rcpg125B2\x0a\xf3 hel\x09\0 bw\x05\xb0ld}\x0a\x80\x0f\xa0";
    let rtf = rtf::unpack(example).unwrap();
    assert_eq!(rtf, b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
    assert_eq!(rtf::read(&rtf), Body::Plain("hello world".into()));
    assert_eq!((rtf::unpack(b"kort"), rtf::unpack(&[0; 20])), (None, None));
}

#[test]
fn the_words_of_an_rtf_are_read_and_the_page_it_was_made_of() {
    for (source, expected) in [
        (
            r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\*\generator x}Caf\'e9 dicht\par \'80 300\tab ja}",
            "Café dicht\n€ 300\tja",
        ),
        (r"{\rtf1 \uc1\u8364 ?\u-10179 ?\u-9216 ?{\v geheim}{\deleted weg} \{a\}}", "€\u{1F400} {a}"),
        (r"{\rtf1{\pict\bin4 }}}}}een}", "een"),
    ] {
        assert_eq!(rtf::read(source.as_bytes()), Body::Plain(expected.into()), "{source}");
    }
    let page = r"{\rtf1\ansi\fromhtml1 {\*\htmltag64 <p>}\htmlrtf {\f0 \htmlrtf0 Stuk{\*\htmltag84 <br>}\htmlrtf \line\htmlrtf0 kapot\htmlrtf }\htmlrtf0 {\*\htmltag72 </p>}}";
    assert_eq!(rtf::read(page.as_bytes()), Body::Page("<p>Stuk<br>kapot</p>".into()));
    let read = opened(&tnef_of(&[(id::RTF, BINARY, packed(page.as_bytes()))], &[]));
    assert_eq!(read.text, "Stuk\nkapot\n");
}

#[test]
fn a_code_page_is_honoured_and_other_files_are_none() {
    let mut greek = tnef_of(&[(id::BODY, NARROW, b"\xca\xe1\xeb\xe7\xec\xdd\xf1\xe1\0".to_vec())], &[]);
    greek.extend(attribute(1, 0x9007, &[0xE5, 0x04, 0, 0, 0, 0, 0, 0]));
    assert_eq!(opened(&greek).text, "Καλημέρα");
    let document = written(&[("WordDocument", vec![1; 600])]);
    assert!(open(b"").is_none() && open(b"tekst").is_none() && open(&document).is_none());
    let named = Leaf { name: Some("x.msg".into()), content: b"From: a@b.nl\n\nx".to_vec(), ..Leaf::default() };
    assert!(!is_saved_mail(&named), "a name is no proof");
}

#[test]
fn a_file_that_breaks_off_gives_what_is_there_and_says_so() {
    let whole = winmail("Het portier is stuk.", &[("a.pdf", b"inhoud")]);
    let cut = open(&whole[..whole.len() - 40]).unwrap();
    assert!(cut.is_part_unread && cut.inside.text == "Het portier is stuk.");
    let endless = [&whole[..6], &[1, 0x03, 0x90, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]].concat();
    assert!(open(&endless).unwrap().is_part_unread);
}

#[test]
fn chains_that_run_in_circles_end() {
    let file = saved_mail("x", &[("a.pdf", &[7; 9_000])]);
    // Every number in the table points to the first sector.
    let sector = usize::try_from(u32::from_le_bytes(file[76..80].try_into().unwrap())).unwrap();
    let mut circles = file.clone();
    for chunk in circles[(sector + 1) * 512..].chunks_exact_mut(4) {
        chunk.fill(0);
    }
    let read = Compound::read(&circles).unwrap();
    let copied: usize = read.root().iter().map(|entry| read.stream(entry).len()).sum();
    assert!(copied <= circles.len() * 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn damaged_files_are_survived(at in 0_usize..4_000, with in any::<[u8; 4]>(), cut in 0_usize..6_000) {
        for file in [winmail("Stuk.", &[("a", b"abc")]), saved_mail("Stuk.", &[("a", &[7; 900])])] {
            let mut file = file;
            let length = file.len();
            for (step, byte) in with.iter().enumerate() {
                file[(at + step) % length] = *byte;
            }
            file.truncate(cut.max(20));
            if let Some(opened) = open(&file) {
                prop_assert!(!opened.inside.text.contains('\0'));
            }
        }
    }

    #[test]
    fn any_rtf_is_survived(rtf in "(\\{|\\}|\\\\u-?[0-9]{1,5} ?|\\\\'[0-9a-f]{2}|\\\\bin[0-9]{1,12} |\\\\[a-z]{1,8}|[a-z ]|\\\\\\*){0,60}", packed in any::<Vec<u8>>()) {
        let _ = rtf::read(rtf.as_bytes());
        let _ = rtf::unpack(&[&[0; 8][..], b"LZFu", &[0; 4], &packed].concat());
    }
}
