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

/// How a line names an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// It begins with it, as a list of failed recipients does.
    Listed,
    /// It names it behind a word such as `RCPT TO`, or behind a reply code.
    Mentioned,
}

/// Codes that stand together.
#[derive(Clone, Copy, Default)]
struct Codes {
    status: Option<Status>,
    reply: Option<Class>,
}

impl Codes {
    fn of(line: &str) -> Self {
        Self { status: Status::best(status::codes(line)), reply: status::replies(line) }
    }

    /// The status that says most, and a permanent reply rather than a temporary one.
    fn and(self, other: Self) -> Self {
        let reply = if other.reply == Some(Class::Permanent) { other.reply } else { self.reply.or(other.reply) };
        Self { status: Status::best(self.status.into_iter().chain(other.status)), reply }
    }

    fn class(self) -> Option<Class> {
        self.status.map(Status::class).or(self.reply)
    }
}

/// Who a notice names, in order, and the codes between each name and the next one.
#[derive(Default)]
struct Roll<'a> {
    order: Vec<&'a str>,
    named: HashMap<&'a str, (Standing, Codes)>,
    /// Codes above the first name.
    general: Codes,
    current: Option<&'a str>,
}

impl<'a> Roll<'a> {
    fn name(&mut self, who: &'a str, standing: Standing) {
        let known = self.named.entry(who).or_insert_with(|| {
            self.order.push(who);
            (standing, Codes::default())
        });
        if standing == Standing::Listed {
            known.0 = Standing::Listed;
        }
        self.current = Some(who);
    }

    fn hear(&mut self, codes: Codes) {
        let sum = self.current.and_then(|who| self.named.get_mut(who)).map(|(_, sum)| sum).unwrap_or(&mut self.general);
        *sum = sum.and(codes);
    }

    fn of_standing(&self, standing: Standing) -> impl Iterator<Item = (&'a str, Codes)> + '_ {
        let entry = |who: &&'a str| self.named.get(who).map(|(s, codes)| (*who, *s, *codes));
        self.order.iter().filter_map(entry).filter(move |(_, s, _)| *s == standing).map(|(who, _, codes)| (who, codes))
    }
}

/// The failed recipients of a notice: those it lists, else those it mentions; without any one nameless fate. `ours` are
/// the addresses the notice was sent to: they stand in it as the sender of the letter.
pub(super) fn fates(notice: &str, ours: &[String], action: Action) -> Vec<Fate> {
    let mut roll = Roll::default();
    for line in notice.lines() {
        if let Some((who, standing)) = names(line).filter(|(who, _)| is_possible(who, ours)) {
            roll.name(who, standing);
        }
        roll.hear(Codes::of(line));
        if roll.order.len() >= FATES_MAX {
            break;
        }
    }
    let mut failed: Vec<(&str, Codes)> = roll.of_standing(Standing::Listed).collect();
    let mut spare = roll.general;
    if failed.is_empty() {
        failed = roll.of_standing(Standing::Mentioned).collect();
    } else {
        spare = roll.of_standing(Standing::Mentioned).fold(spare, |sum, (_, codes)| sum.and(codes));
    }
    // The codes may stand above the names, or below them in a transcript of their own.
    let is_apart = failed.iter().all(|(_, codes)| codes.class().is_none());
    let fate = |recipient: Option<&str>, codes: Codes| Fate {
        recipient: recipient.map(str::to_owned),
        action,
        status: codes.status,
        class: codes.class(),
        cause: Cause::Quoted,
    };
    if failed.is_empty() {
        return vec![fate(None, spare)];
    }
    failed.into_iter().map(|(who, codes)| fate(Some(who), if is_apart { spare } else { codes })).collect()
}

/// Not the sender of the letter, nor the one who reports.
fn is_possible(who: &str, ours: &[String]) -> bool {
    !ours.iter().any(|own| own.eq_ignore_ascii_case(who)) && !super::evidence::is_daemon(who)
}

fn names(line: &str) -> Option<(&str, Standing)> {
    let lead = line.trim_start_matches(|c: char| c.is_whitespace() || "<>*-•\"'|.".contains(c));
    let place = address::places(line).next()?;
    let who = line.get(place.clone())?;
    let between = line.get(line.len() - lead.len()..place.start).unwrap_or_default();
    if between.is_empty() {
        return Some((who, Standing::Listed));
    }
    let is_code = |b: u8| b.is_ascii_digit() || b == b'.' || b == b' ';
    let is_after_code =
        between.trim_end_matches([' ', '<', '-']).bytes().all(is_code) && status::replies(between).is_some();
    (is_after_code || phrases::introduces_recipient(between)).then_some((who, Standing::Mentioned))
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
