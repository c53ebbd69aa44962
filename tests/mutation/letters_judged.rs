//! What must be true of the letters of whatever is decided: who gets them, what stands in them, how they are made.

use crate::company::{BEA, Company, KARIN, NOTE, now, number};
use crate::judge::{ROW, Tally};
use klachtpost::case::{Address, Event, Side, What};
use klachtpost::desk::draft::{Draft, Source};
use klachtpost::desk::{MailDecision, Role, Snapshot};
use klachtpost::letters::{Internal, Letter, MARKER, RenderError, assemble, door};
use klachtpost::mail::Mail;
use mail_parser::{MessageParser, PartType};

/// What our letters have above their text, and nothing else.
const HEADERS: &[&str] = &[
    "auto-submitted",
    "content-disposition",
    "content-language",
    "content-transfer-encoding",
    "content-type",
    "date",
    "from",
    "in-reply-to",
    "message-id",
    "mime-version",
    "references",
    "reply-to",
    "subject",
    "thread-topic",
    "to",
    "x-auto-response-suppress",
    "x-loop",
];
/// Each of these once, and not again.
const ONCE: &[&str] = &["date", "from", "message-id", "subject", "to"];
/// Octets of a line without its end (RFC 5322 §2.1.1).
const LINE_MAX: usize = 998;

pub fn judge_letters(
    company: &Company,
    decision: &MailDecision,
    known: &Snapshot,
    mail: &Mail,
    raw: &[u8],
    tally: &mut Tally,
) {
    let of_this_mail = decision.events.iter().filter_map(|event| event.what.internal_text()).map(str::to_owned);
    let notes: Vec<String> = known.notes().into_iter().chain(of_this_mail).collect();
    for draft in &decision.letters {
        judge_recipient(draft, &decision.events, company);
        let letter = match company.letters.render(draft, &company.house, &company.rules.keys, now()) {
            Ok(letter) => letter,
            Err(RenderError::Address { .. }) => {
                tally.unwritable += 1;
                continue;
            }
            Err(error) => panic!("a {} cannot be written: {error}", draft.content.kind().name()),
        };
        tally.letters += 1;
        *tally.by_kind.entry(letter.kind.name()).or_default() += 1;
        judge_bytes(&whole(&letter, mail, raw), draft);
        assert!(!letter.envelope_from.contains(['\r', '\n', '\0', ' ']), "{:?}", letter.envelope_from);
        let internal = Internal { keys: &company.rules.keys, notes: &notes, customers: &[] };
        match door(&letter, &internal) {
            Ok(()) if for_customer(&letter) => nothing_internal(&letter, mail, company),
            Ok(()) => {}
            Err(held) => {
                tally.held += 1;
                assert!(is_in_the_mail(mail, company, &notes), "{held}, and not by the mail: a {}", letter.kind.name());
            }
        }
    }
}

fn for_customer(letter: &Letter) -> bool {
    letter.kind.is_for_customer() || letter.side == Side::Customer
}

/// A case's letters go to its customer and to colleagues; those of no case to colleagues.
fn judge_recipient(draft: &Draft, events: &[Event], company: &Company) {
    if company.rules.role(&draft.to) != Role::Outsider || Some(&draft.to) == company.rules.operator.as_ref() {
        return;
    }
    let is_supervision = company.rules.digest_recipients.contains(&draft.to);
    let customer = match draft.case {
        Some(case) if case == number(7) => Address::parse(KARIN).ok(),
        Some(case) if case == number(8) => Address::parse(BEA).ok(),
        Some(case) => events.iter().find_map(|event| match &event.what {
            What::Opened(opened) if event.case == Some(case) => opened.customer.address.clone(),
            _ => None,
        }),
        None => None,
    };
    let kind = draft.content.kind().name();
    assert!(is_supervision || customer.as_ref() == Some(&draft.to), "a {kind} of {:?} to {}", draft.case, draft.to);
}

/// As it goes out.
fn whole(letter: &Letter, mail: &Mail, raw: &[u8]) -> Vec<u8> {
    let content = |source: &Source| match source {
        Source::Attachment { mail: ROW, index } => mail.attachments[*index].content.clone(),
        Source::Mail(ROW) => raw.to_vec(),
        other => panic!("nothing else is on file: {other}"),
    };
    let carried: Vec<_> = letter.carried.iter().map(|one| (one.clone(), content(&one.source))).collect();
    assemble(&letter.bytes, &carried).expect("a letter and what it carries")
}

/// Lines end in CRLF and are short enough, no control comes through, and the head is ours alone.
fn judge_bytes(bytes: &[u8], draft: &Draft) {
    let kind = draft.content.kind().name();
    let text = std::str::from_utf8(bytes).unwrap_or_else(|_| panic!("a {kind} that is no UTF-8"));
    for line in text.split("\r\n") {
        assert!(line.len() <= LINE_MAX, "a line of {} octets in a {kind}", line.len());
        assert!(!line.contains(|c: char| c.is_ascii_control() && c != '\t'), "a control in a {kind}: {line:?}");
    }
    let (head, _) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("a {kind} without a text"));
    let mut names = Vec::new();
    for line in head.split("\r\n").filter(|line| !line.starts_with([' ', '\t'])) {
        let name = line.split_once(':').map(|(name, _)| name.to_ascii_lowercase());
        let name = name.unwrap_or_else(|| panic!("no header in a {kind}: {line:?}"));
        assert!(HEADERS.contains(&name.as_str()), "a header of a stranger's in a {kind}: {line:?}");
        names.push(name);
    }
    for once in ONCE {
        assert_eq!(names.iter().filter(|name| name == once).count(), 1, "{once} in a {kind}:\n{head}");
    }
}

/// Invariant 7, by a look of our own: what the customer reads has no token of staff, no marker, no note; but a note's
/// words that an outsider's mail happens to say are the outsider's own, and are quoted to him as such.
fn nothing_internal(letter: &Letter, mail: &Mail, company: &Company) {
    let [staff, ..] = company.tokens();
    let is_outsider = mail.from.iter().all(|party| {
        Address::parse(&party.address).map_or(true, |address| company.rules.role(&address) == Role::Outsider)
    });
    let are_own_words = is_outsider && on_one_line(&mail.text).contains(&on_one_line(NOTE));
    let internals = [staff.as_str(), MARKER].into_iter().chain((!are_own_words).then_some(NOTE));
    let message = MessageParser::default().parse(&letter.bytes).expect("a letter");
    let mut texts = vec![message.subject().unwrap_or_default().to_owned()];
    texts.push(String::from_utf8_lossy(message.raw_message()).into_owned());
    for part in &message.parts {
        match &part.body {
            PartType::Text(text) => texts.push(text.to_string()),
            PartType::Html(html) => texts.push(mail_parser::decoders::html::html_to_text(html)),
            _ => {}
        }
    }
    for text in texts {
        let text = on_one_line(&text);
        for internal in internals.clone() {
            assert!(!text.contains(&on_one_line(internal)), "{internal} in a {}", letter.kind.name());
        }
    }
}

/// Whether what was held came in with this very mail: its words, its subject, a name, an address, an id.
fn is_in_the_mail(mail: &Mail, company: &Company, notes: &[String]) -> bool {
    let passed_on = mail.forwarded.as_ref();
    let parties = mail.from.iter().chain(passed_on.map(|forwarded| &forwarded.from));
    let named = parties.flat_map(|party| [party.name.as_str(), &party.address]);
    let subjects = passed_on.map(|forwarded| forwarded.subject.as_str()).into_iter().chain([mail.subject.as_str()]);
    let ids = mail.message_id.iter().chain(&mail.in_reply_to).chain(&mail.references).map(String::as_str);
    let said = named.chain(subjects).chain(ids).chain([mail.text.as_str()]);
    let said = on_one_line(&said.collect::<Vec<_>>().join("\n"));
    let has_token = company.rules.keys.find_all(&said.to_lowercase()).any(|token| token.side == Side::Staff);
    has_token || said.contains(&on_one_line(MARKER)) || notes.iter().any(|note| said.contains(&on_one_line(note)))
}

fn on_one_line(text: &str) -> String {
    let words = text.lines().flat_map(|line| line.trim_start_matches(['>', ' ', '\t']).split_whitespace());
    words.collect::<Vec<_>>().join(" ").to_lowercase()
}
