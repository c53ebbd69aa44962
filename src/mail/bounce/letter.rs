//! Which of our letters came back: the Message-ID of the returned part. Pure.

use super::super::parse::Parsed;
use super::address;

/// Header lines that are searched: a returned letter has some dozens, a long path through lists a few hundred.
const LINES_MAX: usize = 2_000;
/// RFC 5322 lines have 998 characters at most.
const ID_MAX_BYTES: usize = 998;

/// The Message-ID of the letter that a report is about, without angle brackets. `returned` is the part of the text
/// that repeats the letter. The returned part is the best witness; the report's own fields come next, and its
/// In-Reply-To, which some servers set, last.
pub(super) fn message_id(parsed: &Parsed, returned: &str) -> Option<String> {
    let parts = parsed.leaves.iter().filter(|leaf| is_returned(&leaf.media_type));
    parts
        .filter_map(|leaf| leaf.text.as_deref())
        .chain([returned])
        .find_map(|text| field(text, "message-id"))
        .or_else(|| {
            parsed.leaves.iter().filter_map(|l| l.text.as_deref()).find_map(|t| field(t, "x-original-message-id"))
        })
        .or_else(|| parsed.header("in-reply-to").and_then(id))
        .or_else(|| parsed.header("references").and_then(|ids| ids.split_whitespace().last()).and_then(id))
}

/// Who sent the letter that came back, as its own header says: no failed recipient, whatever line of the notice they
/// stand on.
pub(super) fn senders(parsed: &Parsed, returned: &str) -> Vec<String> {
    const SENDERS: [&str; 3] = ["from:", "sender:", "return-path:"];
    let parts = parsed.leaves.iter().filter(|leaf| is_returned(&leaf.media_type));
    let texts = parts.filter_map(|leaf| leaf.text.as_deref()).chain([returned]);
    let header =
        texts.flat_map(|text| text.trim_start().lines().take(LINES_MAX).take_while(|line| !line.trim().is_empty()));
    let of_sender =
        |line: &&str| SENDERS.iter().any(|name| line.get(..name.len()).is_some_and(|l| l.eq_ignore_ascii_case(name)));
    header.filter(of_sender).filter_map(address::first).map(str::to_owned).collect()
}

/// Is that the media type of a letter that came back, whole or only its header? Some servers drop the `s`.
pub(super) fn is_returned(media_type: &str) -> bool {
    matches!(
        media_type,
        "message/rfc822"
            | "message/global"
            | "text/rfc822-headers"
            | "text/rfc822-header"
            | "message/rfc822-headers"
            | "message/global-headers"
            | "message/partial"
            | "text/rfc822"
    )
}

/// The first id in the first field of that name; the value may stand on the next, folded line.
fn field(text: &str, name: &str) -> Option<String> {
    let mut lines = text.lines().take(LINES_MAX);
    while let Some(line) = lines.next() {
        let line = line.trim_start_matches(['>', '|']).trim_start();
        if line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)) {
            let Some(value) = line.get(name.len()..).and_then(|rest| rest.trim_start().strip_prefix(':')) else {
                continue;
            };
            return id(value).or_else(|| lines.next().and_then(id));
        }
    }
    None
}

fn id(value: &str) -> Option<String> {
    let inner = match value.split_once('<') {
        Some((_, rest)) => rest.split('>').next().unwrap_or_default(),
        None => value,
    };
    let inner = inner.trim();
    let is_id = inner.contains('@') && inner.len() <= ID_MAX_BYTES && !inner.contains(char::is_whitespace);
    is_id.then(|| inner.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_the_returned_header_is_found_folded_or_not() {
        let found = |text| field(text, "message-id");
        assert_eq!(found("From: a\nMessage-ID: <x.1@b.nl> (was)\n").as_deref(), Some("x.1@b.nl"));
        assert_eq!(found("Message-Id:\r\n <long.one@b.nl>\r\n").as_deref(), Some("long.one@b.nl"));
        assert_eq!(found("Message-ID:<no space@b.nl>\n"), None);
        assert_eq!(found("X-Message-ID: <x@b.nl>\n"), None);
    }
}
