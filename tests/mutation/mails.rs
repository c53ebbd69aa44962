//! The mails that are mutated: those of `mails.txt`, in the company's own terms, and some that no text file can hold.

use crate::company::{AUTHSERV, Company, NOTE};
use crate::support::chance::Chance;
use crate::tamper::{self, Pieces};
use klachtpost::letters::MARKER;

/// Mails of every kind, and what mutations put into them.
pub struct Base {
    pub mails: Vec<Vec<u8>>,
    pieces: Pieces,
}

impl Base {
    pub fn of(company: &Company) -> Self {
        let [staff, customer, closed] = company.tokens();
        let stamp = company.stamp();
        let proven = format!("Authentication-Results: {AUTHSERV}; dmarc=pass header.from=lease.example");
        let written = |text: &str| {
            let text = text.replace("{STAFF}", &staff).replace("{CUSTOMER}", &customer).replace("{CLOSED}", &closed);
            let text = text
                .replace("{STAMP}", &stamp)
                .replace("{NOTE}", NOTE)
                .replace("{MARKER}", MARKER)
                .replace("{PROVEN}", &proven);
            text.replace('\n', "\r\n").into_bytes()
        };
        let sections = include_str!("mails.txt").split("=== ").skip(1);
        let texts = sections.map(|section| section.split_once('\n').expect("a name, then a mail").1);
        let mut mails: Vec<Vec<u8>> = texts.map(written).collect();
        mails.extend(odd_mails());
        assert!(mails.len() >= 60, "{} mails", mails.len());
        let pieces = Pieces::of([staff.as_str(), &customer, &closed, &stamp, NOTE, MARKER, KNOWN_NUMBER]);
        Self { mails, pieces }
    }

    /// The mail of that number: first each as it is, then mutations.
    pub fn mutated(&self, number: u64, chance: &mut Chance) -> Vec<u8> {
        let as_it_is = usize::try_from(number).ok().and_then(|number| self.mails.get(number));
        as_it_is.cloned().unwrap_or_else(|| tamper::mutated(&self.mails, &self.pieces, chance))
    }
}

const KNOWN_NUMBER: &str = "K-2026-000007";

/// With bytes that are no text.
fn odd_mails() -> Vec<Vec<u8>> {
    let head = "From: raar@elders.example\r\nTo: klachten@lease.example\r\nMessage-ID: <raar@elders.example>\r\n";
    let with = |rest: &[u8]| [head.as_bytes(), rest].concat();
    vec![
        Vec::new(),
        b"\r\n\r\n\r\n".to_vec(),
        (0..=255_u8).cycle().take(3_000).collect(),
        with(b"Subject: Klacht\r\n\r\nDe cli\xebnt is ontevreden \xe9n boos.\r\n"),
        with(b"Subject: Kla\0cht\r\n\r\nDe auto\0 start niet.\r\n"),
        with(b"Subject: \xed\xa0\x80\xf8\x88 \xff\xfe\r\nX\x01Y: \x1b[31m\r\n\r\n\x1b]0;titel\x07 klacht \x08\x0b\x0c\r\n"),
        with(format!("Subject: {}\r\n\r\nHallo.\r\n", "klacht ".repeat(3_000)).as_bytes()),
        with(format!("To: {}\r\n\r\nHallo.\r\n", "a@x.example, ".repeat(2_000)).as_bytes()),
        with(format!("{}Subject: veel\r\n\r\nHallo.\r\n", "X-Veel: koppen\r\n".repeat(2_000)).as_bytes()),
        with(format!("{}\r\n", "Content-Type: message/rfc822\r\n\r\n".repeat(300)).as_bytes()),
        with(format!("References: {}\r\n\r\nHallo.\r\n", "<a@b>\r\n ".repeat(2_000)).as_bytes()),
        with(format!("Content-Type: text/html\r\n\r\n{}stuk", "<div><blockquote>".repeat(3_000)).as_bytes()),
    ]
}
