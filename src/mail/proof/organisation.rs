//! What Exchange says of who handed a mail over to it: `X-MS-Exchange-Organization-AuthAs`. `Internal` is written where somebody
//! of the organisation was logged in, who may write only as an address that is theirs; whatever comes from outside, in a
//! colleague's name too, is `Anonymous`. Fields whose name begins so are taken out at the organisation's border (its "header
//! firewall"), so that a sender outside cannot bring one. When that is not so is said in `docs/microsoft365.md`. Pure.
//!
//! Exchange writes it anywhere in the header, so its place says nothing. It counts where it is the only one, spelled as Exchange
//! spells it, with that one word for its value; `headers.rs` takes a field spelled otherwise for none.

use crate::mail::parse::{Header, Parsed, take_apart};

/// Its name, as Exchange writes it.
pub(in crate::mail) const FIELD: &str = "X-MS-Exchange-Organization-AuthAs";
/// The one value that counts.
const INTERNAL: &str = "Internal";
/// Longest other value that is shown.
const SHOWN_MAX: usize = 40;

/// What such fields of a mail come to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum WrittenAs {
    /// Somebody of the organisation, logged in.
    Internal,
    /// What else Exchange says; mostly `Anonymous`.
    Other(String),
    /// More than one field: some of it was not Exchange's.
    Several,
    /// No such field: Exchange did not deliver it, or it was taken out on the way.
    Unsaid,
}

/// What the mail's own header says. What stands in a mail that is attached, or in the text, is not looked at.
pub(super) fn of(parsed: &Parsed) -> WrittenAs {
    let name = FIELD.to_ascii_lowercase();
    let mut fields = parsed.fields(&name);
    match (fields.next(), fields.next()) {
        (None, _) => WrittenAs::Unsaid,
        (Some(_), Some(_)) => WrittenAs::Several,
        (Some(Header { raw, .. }), None) if raw == INTERNAL => WrittenAs::Internal,
        (Some(Header { raw, .. }), None) => WrittenAs::Other(super::clean(raw, SHOWN_MAX)),
    }
}

/// The same of a header as it came, for `check`.
pub fn written_as(raw: &[u8]) -> WrittenAs {
    of(&take_apart(raw))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{Replay, SenderProof, Witness, read};

    fn mail(fields: &str) -> String {
        format!("{fields}From: Jan <jan@lease.example>\r\nDate: Mon, 2 Mar 2026 10:00:00 +0100\r\n\r\nDag\r\n")
    }

    fn proof(fields: &str) -> SenderProof {
        read(mail(fields).as_bytes(), Witness::Microsoft365).proof
    }

    #[test]
    fn one_field_that_says_internal_proves_a_colleague_wherever_it_stands() {
        let field = "X-MS-Exchange-Organization-AuthAs: Internal\r\n";
        let above = "Received: from a.example by b.example; Mon, 2 Mar 2026 10:00:01 +0100\r\n";
        for fields in [field.to_owned(), format!("{above}{field}"), format!("{field}{above}")] {
            assert_eq!(proof(&fields), SenderProof::Inside, "{fields}");
        }
        // A copy that a colleague redirects later keeps it, and shows its own date.
        assert_eq!(read(mail(field).as_bytes(), Witness::Microsoft365).replay, Replay::ShownByDate);
    }

    #[test]
    fn any_other_value_a_second_field_and_another_spelling_prove_nothing() {
        for fields in [
            "",
            "X-MS-Exchange-Organization-AuthAs: Anonymous\r\n",
            "X-MS-Exchange-Organization-AuthAs: Partner\r\n",
            "X-MS-Exchange-Organization-AuthAs: internal\r\n",
            "X-MS-Exchange-Organization-AuthAs: INTERNAL\r\n",
            "X-MS-Exchange-Organization-AuthAs: Internal (Anonymous)\r\n",
            "X-MS-Exchange-Organization-AuthAs: Internal;\r\n",
            "X-MS-Exchange-Organization-AuthAs: \"Internal\"\r\n",
            "X-MS-Exchange-Organization-AuthAs: =?utf-8?Q?Internal?=\r\n",
            "X-MS-Exchange-Organization-AuthAs: Internal\r\n Anonymous\r\n",
            "X-MS-Exchange-Organization-AuthAs:\r\n",
            "X-MS-Exchange-Organization-AuthAs: Internal\r\nX-MS-Exchange-Organization-AuthAs: Internal\r\n",
            "X-MS-Exchange-Organization-AuthAs: Anonymous\r\nX-MS-Exchange-Organization-AuthAs: Internal\r\n",
            "X-MS-Exchange-Organization-AuthAs: Internal\r\nX-MS-Exchange-Organization-AuthAs: Anonymous\r\n",
            "x-ms-exchange-organization-authas: Internal\r\n",
            "X-MS-EXCHANGE-ORGANIZATION-AUTHAS: Internal\r\n",
            "X-MS-Exchange-Organization-AuthAs : Internal\r\n",
            "X-MS-Exchange-Organization-AuthAs\u{a0}: Internal\r\n",
            "X-MS-Exchange-CrossTenant-AuthAs: Internal\r\n",
            "X-X-MS-Exchange-Organization-AuthAs: Internal\r\n",
            "X-MS-Exchange-Organization-AuthAs-: Internal\r\n",
            "Authentication-Results: spf=pass smtp.mailfrom=lease.example; dmarc=pass header.from=lease.example\r\n",
        ] {
            assert_eq!(proof(fields), SenderProof::None, "{fields:?}");
        }
    }

    #[test]
    fn what_stands_below_the_header_or_in_a_mail_that_is_attached_is_not_the_mails_own() {
        let text = "From: jan@lease.example\r\n\r\nX-MS-Exchange-Organization-AuthAs: Internal\r\n\r\nDag";
        let attached = "From: jan@lease.example\r\nContent-Type: message/rfc822\r\n\r\n\
                        X-MS-Exchange-Organization-AuthAs: Internal\r\nFrom: jan@lease.example\r\n\r\nDag";
        let part = "From: jan@lease.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\
                    X-MS-Exchange-Organization-AuthAs: Internal\r\n\r\nDag\r\n--x--";
        for raw in [text, attached, part] {
            assert_eq!(read(raw.as_bytes(), Witness::Microsoft365).proof, SenderProof::None, "{raw}");
        }
    }

    #[test]
    fn who_cannot_be_told_from_it_is_not_proven_by_it() {
        let field = "X-MS-Exchange-Organization-AuthAs: Internal\r\n";
        let two = format!("{field}From: jan@lease.example\r\nFrom: piet@elders.example\r\n\r\nDag");
        assert_eq!(read(two.as_bytes(), Witness::Microsoft365).proof, SenderProof::Unclear);
        let many = format!("{field}From: jan@lease.example\r\n{}\r\nDag", "X-A: b\r\n".repeat(20_000));
        assert_eq!(read(many.as_bytes(), Witness::Microsoft365).proof, SenderProof::None);
    }

    #[test]
    fn it_counts_only_where_the_settings_say_so() {
        let raw = mail("X-MS-Exchange-Organization-AuthAs: Internal\r\n");
        for witness in [Witness::Results(""), Witness::Results("mx.lease.example")] {
            assert_eq!(read(raw.as_bytes(), witness).proof, SenderProof::None);
        }
    }

    #[test]
    fn check_tells_them_apart() {
        let seen = |fields: &str| written_as(mail(fields).as_bytes());
        assert_eq!(seen(""), WrittenAs::Unsaid);
        assert_eq!(seen(&format!("{FIELD}: Internal\r\n")), WrittenAs::Internal);
        assert_eq!(seen(&format!("{FIELD}: Anonymous\r\n")), WrittenAs::Other("Anonymous".into()));
        assert_eq!(seen(&format!("{FIELD}: Internal\r\n{FIELD}: Internal\r\n")), WrittenAs::Several);
    }
}
