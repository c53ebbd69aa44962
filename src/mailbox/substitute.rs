//! Telling a customer's mail from what a mail server puts in its place. Where a server cannot open a mail, some send a
//! short text of their own under its UID (Courier: "message unavailable", from "System Administrator"; Exchange:
//! "Retrieval using the IMAP4 protocol failed"). Taken for the mail, the true one would be filed away unread. Pure.

/// Longest text a server puts in a mail's place.
const LONGEST: usize = 4 * 1024;
/// A mail that is stated so many times larger than what came, and at least by so many bytes, is hardly what came.
const TIMES_LARGER: u64 = 3;
const BYTES_LARGER: u64 = 1024;
/// What a mail that travelled bears: each mail server on its way adds one of the first, each mail program the last.
const TRACES: [&str; 9] = [
    "received",
    "return-path",
    "delivered-to",
    "x-original-to",
    "dkim-signature",
    "authentication-results",
    "in-reply-to",
    "references",
    "message-id",
];
/// How servers sign what they write themselves.
const SIGNATURES: [&str; 11] = [
    "administrator",
    "postmaster",
    "daemon",
    "system",
    "server",
    "root",
    "exchange",
    "imap",
    "localhost",
    "beheerder",
    "mail store",
];
/// What such a text is about.
const NOUNS: [&str; 9] = ["message", "mail", "bericht", "nachricht", "item", "content", "body", "retrieval", "file"];
/// What it says of that.
const PREDICATES: [&str; 34] = [
    "unavailable",
    "not available",
    "no longer",
    "not exist",
    "n't exist",
    "could not be",
    "couldn't",
    "cannot",
    "can't be",
    "can not be",
    "unable to",
    "failed",
    "not found",
    "missing",
    "lost",
    "been deleted",
    "was deleted",
    "been removed",
    "was removed",
    "expunged",
    "corrupt",
    "unreadable",
    "damaged",
    "niet beschikbaar",
    "niet meer",
    "bestaat niet",
    "kan niet",
    "kon niet",
    "niet gevonden",
    "beschadigd",
    "nicht verf",
    "nicht gefunden",
    "konnte nicht",
    "kann nicht",
];
/// A report on a letter of ours is a mail of its own.
const REPORTS: [&str; 7] = ["deliver", "recipient", "bezorg", "aflever", "zustell", "ontvanger", "addressee"];

/// Whether this is a text that a mail server wrote in a mail's place.
pub(super) fn is_substitute(raw: &[u8]) -> bool {
    let Some(short) = Short::read(raw) else { return false };
    short.is_signed_by_a_server() && short.sentences().iter().any(|sentence| says_that_it_is_not_there(sentence))
}

/// Whether this may be such a text in words we do not know, if the same comes for several mails.
pub(super) fn may_be_substitute(raw: &[u8]) -> bool {
    Short::read(raw).is_some_and(|short| short.is_signed_by_a_server() && short.field("date").is_none())
}

/// Whether a mail bears what each mail gets on its way.
pub(super) fn has_travelled(raw: &[u8]) -> bool {
    let text = String::from_utf8_lossy(raw.get(..LONGEST).unwrap_or(raw)).to_lowercase();
    let (head, _) = split(&text);
    TRACES.iter().any(|name| field(head, name).is_some())
}

/// Whether what came may be such a text in words we do not know, by what the server said of the size: it is as short as
/// one, bears nothing of a way it came, and the mail is said to be several times larger. A size of nothing, or smaller than
/// what came, says nothing.
pub(super) fn may_stand_in(raw: &[u8], stated: u64) -> bool {
    let several = (raw.len() as u64).saturating_mul(TIMES_LARGER).max(raw.len() as u64 + BYTES_LARGER);
    raw.len() <= LONGEST && stated >= several && !has_travelled(raw)
}

/// Whether what came may be a part of a mail that is said to be larger: by more than servers are off that estimate.
pub(super) fn may_be_part(raw: &[u8], stated: u64) -> bool {
    let came = raw.len() as u64;
    stated > came + came / 4 + BYTES_LARGER
}

/// Whether these bytes are as many as the server said of a mail's text: it may count line ends otherwise.
pub(super) fn is_of_size(came: &[u8], stated: u64) -> bool {
    let lines = came.iter().filter(|byte| **byte == b'\n').count() as u64;
    (came.len() as u64).abs_diff(stated) <= lines
}

/// Bytes of a mail after its header.
pub(super) fn body_length(raw: &[u8]) -> usize {
    let blank = |end: &[u8]| raw.windows(end.len()).position(|some| some == end).map(|at| at + end.len());
    let ends = [blank(b"\r\n\r\n"), blank(b"\n\n")];
    ends.into_iter().flatten().min().map_or(0, |start| raw.len() - start)
}

/// A short mail without a trace of a way it came, in small letters.
struct Short {
    text: String,
}

impl Short {
    fn read(raw: &[u8]) -> Option<Self> {
        if raw.len() > LONGEST || has_travelled(raw) {
            return None;
        }
        Some(Self { text: String::from_utf8_lossy(raw).to_lowercase() })
    }

    fn field(&self, name: &str) -> Option<&str> {
        field(split(&self.text).0, name)
    }

    fn is_signed_by_a_server(&self) -> bool {
        self.field("from").is_none_or(|from| SIGNATURES.iter().any(|sign| from.contains(sign)))
    }

    fn sentences(&self) -> Vec<String> {
        // A sentence goes on over the ends of lines.
        let body = split(&self.text).1.split_whitespace().collect::<Vec<_>>().join(" ");
        self.field("subject").into_iter().chain(body.split(['.', '!', '?', ':'])).map(str::to_owned).collect()
    }
}

fn split(text: &str) -> (&str, &str) {
    text.split_once("\r\n\r\n").or_else(|| text.split_once("\n\n")).unwrap_or((text, ""))
}

fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix(':')).map(str::trim)
}

fn says_that_it_is_not_there(sentence: &str) -> bool {
    let has = |words: &[&str]| words.iter().any(|word| sentence.contains(word));
    has(&NOUNS) && has(&PREDICATES) && !has(&REPORTS)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUBSTITUTES: [&str; 6] = [
        "From: System Administrator <root@localhost>\r\nSubject: message unavailable\r\n\r\nThis message is no longer available on the server.\r\n",
        "From: \"Microsoft Exchange Server\"\r\nSubject: Retrieval using the IMAP4 protocol failed for the following message: 42\r\nDate: Sun, 29 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n\r\nThe server couldn't retrieve the following message:\r\n\r\nSubject: \"Klacht\"\r\n",
        "From: MAILER-DAEMON\r\nSubject: Error\r\n\r\nThe contents of this mail could\nnot be read from the store.\r\n",
        "From: postmaster@mail.example\nSubject: Bericht niet beschikbaar\nDate: Sun, 29 Nov 2026 10:00:00 +0000\n\nProbeer het later.\n",
        "Subject: [message missing]\r\n\r\n",
        "From: IMAP server <imap@mail.example>\r\nSubject: Fehler\r\n\r\nDie Nachricht konnte nicht geöffnet werden.\r\n",
    ];

    const MAILS: [&str; 5] = [
        "Received: from a by b; Sun, 29 Nov 2026 10:00:00 +0000\r\nFrom: System Administrator <root@localhost>\r\nSubject: message unavailable\r\n\r\n",
        "From: jan@klant.example\r\nDate: Sun, 29 Nov 2026 10:00:00 +0000\r\nSubject: Mijn bericht\r\n\r\nMijn bericht is nooit beantwoord en de bijlage kan niet open.\r\n",
        "Message-ID: <1@klant.example>\r\nFrom: jan@klant.example\r\nSubject: Mail lost\r\n\r\nYour mail was lost.\r\n",
        "From: klant@example.org\r\nSubject: klacht\r\n\r\nMijn bericht kan niet meer worden gevonden. Uw mail is weg.\r\n",
        "From: MAILER-DAEMON@mail.example\r\nSubject: Undelivered Mail\r\n\r\nYour message could not be delivered to its recipient.\r\n",
    ];

    #[test]
    fn a_servers_own_text_is_told_from_a_mail() {
        for text in SUBSTITUTES {
            assert!(is_substitute(text.as_bytes()), "{text}");
        }
        for text in MAILS {
            assert!(!is_substitute(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn only_what_is_short_and_bears_nothing_of_its_way_may_stand_in_for_a_far_larger_mail() {
        let short = b"From: jan@klant.example\r\nSubject: klacht\r\n\r\nHet klopt niet.\r\n";
        let came = short.len() as u64;
        assert!(may_stand_in(short, 5_021));
        for stated in [0, came / 2, came - 1, came + 37, came + 200, came * 3] {
            assert!(!may_stand_in(short, stated), "{stated}");
        }
        assert!(!may_stand_in(&[b"Received: from a by b\r\n", short.as_slice()].concat(), 5_021));
        assert!(!may_stand_in(&[short.as_slice(), &[b'x'; 5_000]].concat(), 500_000));
    }

    #[test]
    fn a_size_may_be_counted_otherwise_but_not_be_quite_another() {
        let mail = "Een regel.\r\n".repeat(100);
        let counted_with_bare_line_ends = mail.len() as u64 - 100;
        assert!(is_of_size(mail.as_bytes(), counted_with_bare_line_ends));
        assert!(!is_of_size(mail.as_bytes(), counted_with_bare_line_ends - 1));
        assert!(!is_of_size(&mail.as_bytes()[..600], mail.len() as u64));
        let part = &mail.as_bytes()[..600];
        assert!(may_be_part(part, 2_000) && !may_be_part(part, 1_700));
        assert!(!may_be_part(part, 0) && !may_be_part(part, 300), "a size smaller than what came says nothing");
        assert_eq!(body_length(b"A: b\r\n\r\nvier"), 4);
        assert_eq!(body_length(b"A: b\n\nvier"), 4);
    }
}
