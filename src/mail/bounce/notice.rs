//! A failure notice in free text (qmail, exim, sendmail, Exchange, Postfix and many more): where it ends and the
//! returned letter begins, whom it names, and which codes it gives. By structure where there is one. Pure and linear.

use super::status::{self, Class, Status};
use super::{Action, Cause, Fate, address, phrases};
use std::collections::HashMap;

/// A notice is a few lines, and a few more per recipient; beyond this only the start is read.
const NOTICE_MAX_BYTES: usize = 512 * 1024;
/// Recipients that a text may name, as in `report.rs`.
const FATES_MAX: usize = 200_000;

/// Fields with which the header of a returned letter begins, and which nobody writes at the start of a line of his own.
const RETURNED_STARTS: [&str; 10] = [
    "received",
    "return-path",
    "x-received",
    "dkim-signature",
    "arc-seal",
    "domainkey-signature",
    "x-originating-ip",
    "delivered-to",
    "x-google-smtp-source",
    "x-google-dkim-signature",
];
/// Fields that begin one only in company: three in a row.
const HEADER_FIELDS: [&str; 10] =
    ["from", "to", "cc", "subject", "date", "message-id", "mime-version", "content-type", "reply-to", "sender"];

/// The notice, and the returned letter (empty when there is none) below it.
pub(super) fn split(text: &str) -> (&str, &str) {
    let end = (0..=NOTICE_MAX_BYTES.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or_default();
    let head = text.get(..end).unwrap_or_default();
    let (mut at, mut run_start, mut run, mut has_id) = (0, 0, 0, false);
    for line in head.split_inclusive('\n') {
        match field_name(line) {
            Some(name) if RETURNED_STARTS.contains(&name.as_str()) => {
                return text.split_at(if run == 0 { at } else { run_start });
            }
            Some(name) if is_returned_part(&name, line) => return text.split_at(at),
            Some(name) if HEADER_FIELDS.contains(&name.as_str()) => {
                run_start = if run == 0 { at } else { run_start };
                run += 1;
                has_id |= name == "message-id" || name == "mime-version";
                if run >= 3 && has_id {
                    return text.split_at(run_start);
                }
            }
            _ if line.starts_with([' ', '\t']) && run > 0 => {}
            Some(_) if run > 0 => {}
            _ => (run, has_id) = (0, false),
        }
        at += line.len();
    }
    (head, text.get(end..).unwrap_or_default())
}

/// The header of a returned part in a report whose MIME structure was lost.
fn is_returned_part(name: &str, line: &str) -> bool {
    let value = line.split_once(':').map(|(_, v)| v.trim().to_ascii_lowercase()).unwrap_or_default();
    name == "content-type" && (value.starts_with("message/rfc822") || value.starts_with("text/rfc822-headers"))
}

/// The field name in lower case when the line looks like a header field.
fn field_name(line: &str) -> Option<String> {
    let (name, _) = line.split_once(':')?;
    let is_name = (2..=40).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    is_name.then(|| name.to_ascii_lowercase())
}

/// What a line says of an address.
enum Names<'a> {
    /// It begins with it, as a list of failed recipients does.
    Listed(&'a str),
    /// It names it behind a word such as `RCPT TO`, or behind a reply code.
    Mentioned(&'a str),
    Nobody,
}

/// What is known of one recipient.
#[derive(Default)]
struct Entry {
    listed: bool,
    status: Option<Status>,
    reply: Option<Class>,
}

/// The failed recipients a notice names, each with the codes between its name and the next one. `ours` are the
/// addresses the notice was sent to: they stand in it as the sender of the letter.
pub(super) fn fates(notice: &str, ours: &[String], action: Action) -> Vec<Fate> {
    let mut order: Vec<&str> = Vec::new();
    let mut entries: HashMap<&str, Entry> = HashMap::new();
    let mut current = "";
    for line in notice.lines() {
        match names(line) {
            Names::Listed(who) if is_possible(who, ours) => current = enter(&mut entries, &mut order, who, true),
            Names::Mentioned(who) if is_possible(who, ours) => current = enter(&mut entries, &mut order, who, false),
            _ => {}
        }
        // The empty name keeps what is said before anybody is named.
        let entry = entries.entry(current).or_default();
        entry.status = Status::best(entry.status.into_iter().chain(status::codes(line)));
        entry.reply = permanent_of(entry.reply, status::replies(line));
        if order.len() >= FATES_MAX {
            break;
        }
    }
    let general = entries.remove("").unwrap_or_default();
    let any_listed = entries.values().any(|e| e.listed);
    order.retain(|who| !any_listed || entries.get(who).is_some_and(|e| e.listed));
    let spare = if any_listed { spare_codes(&entries, general) } else { general };
    let fate = |recipient: Option<String>, entry: &Entry| Fate {
        recipient,
        action,
        status: entry.status,
        class: entry.status.map(Status::class).or(entry.reply),
        cause: Cause::Quoted,
    };
    let mut fates: Vec<Fate> =
        order.iter().filter_map(|who| Some(fate(Some((*who).to_owned()), entries.get(who)?))).collect();
    if fates.iter().all(|f| f.class.is_none()) {
        // The codes stand above the names, or below them in a transcript of their own.
        fates
            .iter_mut()
            .for_each(|f| (f.status, f.class) = (spare.status, spare.status.map(Status::class).or(spare.reply)));
    }
    if fates.is_empty() {
        fates.push(fate(None, &spare));
    }
    fates
}

/// Codes of nobody, and of those who are only mentioned.
fn spare_codes(entries: &HashMap<&str, Entry>, general: Entry) -> Entry {
    entries.values().filter(|e| !e.listed).fold(general, |sum, e| Entry {
        listed: false,
        status: Status::best(sum.status.into_iter().chain(e.status)),
        reply: permanent_of(sum.reply, e.reply),
    })
}

fn permanent_of(a: Option<Class>, b: Option<Class>) -> Option<Class> {
    if b == Some(Class::Permanent) { b } else { a.or(b) }
}

fn enter<'a>(entries: &mut HashMap<&'a str, Entry>, order: &mut Vec<&'a str>, who: &'a str, listed: bool) -> &'a str {
    let entry = entries.entry(who).or_insert_with(|| {
        order.push(who);
        Entry::default()
    });
    entry.listed |= listed;
    who
}

/// Not the sender of the letter, nor the one who reports.
fn is_possible(who: &str, ours: &[String]) -> bool {
    !ours.iter().any(|own| own.eq_ignore_ascii_case(who)) && !super::evidence::is_daemon(who)
}

fn names(line: &str) -> Names<'_> {
    let lead = line.trim_start_matches(|c: char| c.is_whitespace() || "<>*-•\"'|.".contains(c));
    let Some(place) = address::places(line).next() else { return Names::Nobody };
    let Some(who) = line.get(place.clone()) else { return Names::Nobody };
    let lead_at = line.len() - lead.len();
    if place.start <= lead_at {
        return Names::Listed(who);
    }
    let between = line.get(lead_at..place.start).unwrap_or_default();
    let is_after_code =
        between.trim_end_matches([' ', '<', '-']).bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b' ')
            && status::replies(between).is_some();
    if is_after_code || phrases::introduces_recipient(between) {
        return Names::Mentioned(who);
    }
    Names::Nobody
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(notice: &str) -> Vec<(String, String)> {
        let ours = ["klachten@example.nl".to_owned()];
        let text = |f: Fate| (f.recipient.unwrap_or_default(), f.status.map(|s| s.to_string()).unwrap_or_default());
        fates(notice, &ours, Action::Failed).into_iter().map(text).collect()
    }

    #[test]
    fn listed_recipients_have_the_codes_below_their_name() {
        let notice = "These failed:\n\n<jan@example.org>:\nRemote host said: 550-5.1.1 no\n550 5.1.1 such user\n\n\
            <piet@example.org>:\nOver quota (#5.2.2)\n";
        assert_eq!(
            told(notice),
            [("jan@example.org".into(), "5.1.1".into()), ("piet@example.org".into(), "5.2.2".into())]
        );
    }

    #[test]
    fn a_transcript_below_the_list_counts_for_it() {
        let notice = "   --- The following addresses had permanent fatal errors ---\n<jan@example.org>\n\n\
            --- Transcript ---\n>>> MAIL From:<klachten@example.nl>\n<<< 550 5.7.1 denied\n";
        assert_eq!(told(notice), [("jan@example.org".into(), "5.7.1".into())]);
    }

    #[test]
    fn recipients_within_a_sentence_are_found_when_none_is_listed() {
        let notice = "There was an error delivering your mail to <jan@example.org>.\nkeeper of klachten@example.nl\n";
        assert_eq!(told(notice), [("jan@example.org".into(), String::new())]);
        assert_eq!(told("Unknown user: jan@example.org\n"), [("jan@example.org".into(), String::new())]);
    }

    #[test]
    fn the_returned_letter_is_no_part_of_the_notice() {
        for below in [
            "Return-Path: <a@b.nl>\nSubject: x\n",
            "From: a@b.nl\nSubject: x\nDate: y\nMessage-ID: <z@b.nl>\n",
            "Content-Type: message/rfc822\n\nx\n",
        ] {
            let text = format!("It failed.\nReason: 550 no\n\n{below}");
            assert_eq!(split(&text), ("It failed.\nReason: 550 no\n\n", below));
        }
        let summary = "Your message\n\nTo: jan@example.org\nSubject: hello\n\nwas not delivered.\n";
        assert_eq!(split(summary), (summary, ""));
    }
}
