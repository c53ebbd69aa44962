//! The one reading of From: what is read strictly, what is only shown, and that nobody finds another author in what is
//! read strictly.

use super::*;
use proptest::prelude::*;

fn read(fields: &[&str]) -> Author {
    let header = |raw: &&str| Header { name: "from".into(), raw: (*raw).into(), text: decode_words(raw) };
    of(&Parsed { headers: fields.iter().map(header).collect(), ..Parsed::default() })
}

fn shown(author: &Author) -> (&str, &str) {
    author.party.as_ref().map_or(("", ""), |party| (&party.name, &party.address))
}

#[test]
fn what_mail_programs_write_is_read_strictly() {
    for (from, name, address) in [
        ("jan@klant.nl", "", "jan@klant.nl"),
        ("<jan@klant.nl>", "", "jan@klant.nl"),
        ("Jan de Vries <jan@klant.nl>", "Jan de Vries", "jan@klant.nl"),
        ("J. de Vries <jan.de-vries+x@mail.klant.nl>", "J. de Vries", "jan.de-vries+x@mail.klant.nl"),
        ("\"Vries, Jan \\\"de\\\"\" <jan@klant.nl>", "Vries, Jan \"de\"", "jan@klant.nl"),
        ("\"jan@klant.nl\" <jan@klant.nl>", "jan@klant.nl", "jan@klant.nl"),
        ("jan@klant.nl (Jan (de) Vries)", "Jan", "jan@klant.nl"),
        ("Jan (privé) <jan@klant.nl>", "Jan", "jan@klant.nl"),
        ("=?utf-8?q?Jos=C3=A9?= <jose@klant.nl>", "José", "jose@klant.nl"),
        ("José <jose@klant.nl>", "José", "jose@klant.nl"),
        ("Jan <jan@[192.0.2.1]>", "", ""),
        ("Jan <josé@köln.example>", "Jan", "josé@köln.example"),
    ] {
        let author = read(&[from]);
        let strict = !address.is_empty();
        assert_eq!(author.reading == Reading::Strict, strict, "{from}");
        if strict {
            assert_eq!(shown(&author).1, address, "{from}");
            assert!(shown(&author).0.starts_with(name), "{from}: {author:?}");
        }
    }
}

#[test]
fn what_is_not_written_as_it_should_be_is_shown_and_proves_nobody() {
    for (from, address) in [
        ("Vries, Jan de <jan@klant.nl>", "jan@klant.nl"),
        ("jan@klant.nl <jan@klant.nl>", "jan@klant.nl"),
        ("Klachten: jan@klant.nl;", "jan@klant.nl"),
        ("jan @ klant . nl", "jan@klant.nl"),
        ("\"Jan <jan@klant.nl>", "jan@klant.nl"),
        ("Jan <jan@klant.nl", "jan@klant.nl"),
        ("Jan jan@klant.nl", "jan@klant.nl"),
    ] {
        let author = read(&[from]);
        assert_eq!((author.reading, author.domain()), (Reading::Loose, None), "{from}: {author:?}");
        assert!(shown(&author).1.ends_with(address), "{from}: {author:?}");
    }
}

#[test]
fn where_two_readers_may_find_two_authors_none_is_certain() {
    for from in [
        "<\">:<anna@lease.example>;\".x@evil.example>",
        "\"x\" <\">:<anna@lease.example>;\".x@evil.example>",
        "anna@lease.example <dief@evil.example>",
        "dief@evil.example, anna@lease.example",
        "anna@lease.example (dief@evil.example)",
        "Anna <anna@lease.example> <dief@evil.example>",
        "<@evil.example:anna@lease.example>",
        "<@evil.example,@b.example:anna@lease.example>",
        "Bende: anna@lease.example, dief@evil.example;",
        "Bende:;, anna@lease.example, dief@evil.example",
        "\"anna@lease.example\"@evil.example",
        "<\"anna@lease.example\"@evil.example>",
        "\"dief@evil.example\" anna@lease.example",
        "=?utf-8?q?=3Canna=40lease.example=3E?= dief@evil.example",
        "=?utf-8?b?PGFubmFAbGVhc2UuZXhhbXBsZT4=?=, dief@evil.example",
        "dief\u{ff20}evil.example anna@lease.example",
        "anna@lease.example\u{0}@evil.example",
        "anna@lease.example\u{1b}$B",
        "\"dief@evil.example <anna@lease.example>",
        "(<dief@evil.example> <anna@lease.example>",
        "anna@lease.example> <dief@evil.example",
    ] {
        let author = read(&[from]);
        assert_eq!((author.reading, author.domain()), (Reading::Unclear, None), "{from}: {author:?}");
    }
    let twice = read(&["anna@lease.example", "anna@lease.example"]);
    assert_eq!(twice.reading, Reading::Unclear);
    for from in ["", "Jan de Vries", "<>", "Klachten:;", "=?utf-8?q?Jan?="] {
        assert_eq!(read(&[from]).reading, Reading::Nobody, "{from}");
    }
    assert_eq!(read(&[]).reading, Reading::Nobody);
}

/// Pieces that forgers put From together of.
pub(crate) fn hostile() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "jan",
        "dief",
        "jan@lease.example",
        "dief@evil.example",
        "<jan@lease.example>",
        "<dief@evil.example>",
        "@lease.example",
        "@evil.example",
        "@",
        "<",
        ">",
        "\"",
        "\\",
        "(",
        ")",
        ",",
        ";",
        ":",
        " ",
        ".",
        "x",
        "[",
        "]",
        "\">:<",
        ">;\".x",
        "=?utf-8?q?=40?=",
        "=?utf-8?b?PGphbkBsZWFzZS5leGFtcGxlPg==?=",
        "=?utf-8?q?<jan=40lease.example>?=",
        "\u{ff20}",
        "é",
        "mailto:",
        "\u{0}",
        "\u{a0}",
        "\u{200b}",
        "\t",
        "\u{202e}",
        "=?",
        "?=",
        "'",
    ]);
    prop::collection::vec(piece, 1..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]
    /// mail-parser is another reader: it finds the same author, and no other.
    #[test]
    fn another_reader_finds_no_other_author_in_what_is_read_strictly(from in hostile()) {
        let author = read(&[&from]);
        if author.reading == Reading::Strict {
            let field = Header { name: "from".into(), raw: from.clone(), text: from.clone() };
            let others: Vec<String> = parties(&field).into_iter().map(|party| party.address).collect();
            prop_assert_eq!(others, [shown(&author).1.to_owned()], "{:?}", from);
        }
    }

    #[test]
    fn any_field_is_survived(from in "\\PC{0,80}") {
        read(&[&from]);
    }
}
