//! The fields of a delivery report (RFC 3464 §2), as a part of their own or written into the text by servers that
//! do not make such a part. Pure, one pass over the lines.

use super::status::{self, Class, Status};
use super::{Action, Cause, Fate, address};

/// Recipients that one report may name. Real ones have a few; a mailing to 100 000 people may come back as one.
const FATES_MAX: usize = 200_000;
/// Longest field that is read, unfolded: a remote server's words in Diagnostic-Code are the longest.
const FIELD_MAX_BYTES: usize = 8 * 1024;

/// The fields of one recipient as they are written.
#[derive(Default)]
struct Group<'a> {
    final_recipient: Option<&'a str>,
    original_recipient: Option<&'a str>,
    action: Option<&'a str>,
    status: Option<&'a str>,
    diagnostic: Option<String>,
    /// A blank line came after it.
    ended: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Field {
    FinalRecipient,
    OriginalRecipient,
    Action,
    Status,
    Diagnostic,
}

/// What the report says of each recipient; empty when the text holds no such fields.
pub(super) fn fates(text: &str) -> Vec<Fate> {
    let mut fates = Vec::new();
    let mut group = Group::default();
    let mut folds = false;
    let mut wrapped = None;
    // A gateway that quotes or wraps a report anew leaves marks in front, and a recipient on the line below its label.
    for line in text.lines().map(|line| unquoted(line.trim_end())) {
        if let Some(field) = wrapped.take().filter(|_| field_of(line).is_none() && line.contains('@')) {
            group.set(field, line.trim());
        } else if line.is_empty() {
            group.ended = true;
            folds = false;
        } else if line.starts_with([' ', '\t']) && folds {
            group.unfold(line.trim_start());
        } else if let Some((field, value)) = field_of(line) {
            if group.is_complete_before(field) {
                fates.extend(std::mem::take(&mut group).fate());
            }
            group.set(field, value);
            let names = matches!(field, Field::FinalRecipient | Field::OriginalRecipient);
            wrapped = Some(field).filter(|_| names && value.trim_end().ends_with(';') || value.is_empty());
            folds = field == Field::Diagnostic;
        } else {
            folds = false;
        }
        if fates.len() >= FATES_MAX {
            return fates;
        }
    }
    fates.extend(group.fate());
    fates
}

/// Without marks of quotation and the one blank behind them.
fn unquoted(line: &str) -> &str {
    match line.strip_prefix('>') {
        Some(rest) => rest.trim_start_matches('>').strip_prefix(' ').unwrap_or(rest.trim_start_matches('>')),
        None => line,
    }
}

fn field_of(line: &str) -> Option<(Field, &str)> {
    let (name, value) = line.split_once(':')?;
    let name = name.trim();
    let is = |wanted: &str| name.eq_ignore_ascii_case(wanted);
    let field = if is("final-recipient") {
        Field::FinalRecipient
    } else if is("original-recipient") {
        Field::OriginalRecipient
    } else if is("action") {
        Field::Action
    } else if is("status") {
        Field::Status
    } else if is("diagnostic-code") {
        Field::Diagnostic
    } else {
        return None;
    };
    Some((field, value.trim()))
}

impl<'a> Group<'a> {
    /// A field that is there already begins the next recipient, as does a recipient after a blank line. Other fields
    /// after a blank line still belong here: some servers put blank lines between them.
    fn is_complete_before(&self, field: Field) -> bool {
        let has_recipient = self.final_recipient.is_some() || self.original_recipient.is_some();
        match field {
            Field::FinalRecipient => self.final_recipient.is_some() || (self.ended && has_recipient),
            Field::OriginalRecipient => self.original_recipient.is_some() || (self.ended && has_recipient),
            Field::Action => self.action.is_some(),
            Field::Status => self.status.is_some(),
            Field::Diagnostic => self.diagnostic.is_some() && self.ended,
        }
    }

    fn set(&mut self, field: Field, value: &'a str) {
        self.ended = false;
        match field {
            Field::FinalRecipient => self.final_recipient = Some(value),
            Field::OriginalRecipient => self.original_recipient = Some(value),
            Field::Action => self.action = Some(value),
            Field::Status => self.status = Some(value),
            Field::Diagnostic => self.unfold(value),
        }
    }

    fn unfold(&mut self, more: &str) {
        let diagnostic = self.diagnostic.get_or_insert_default();
        if diagnostic.len() + more.len() < FIELD_MAX_BYTES {
            diagnostic.push(' ');
            diagnostic.push_str(more);
        }
    }

    fn fate(self) -> Option<Fate> {
        // A lone `Status:` or `Action:` line is found in ordinary text too.
        let says_enough = self.final_recipient.is_some()
            || self.original_recipient.is_some()
            || (self.action.is_some() && self.status.is_some());
        if !says_enough {
            return None;
        }
        let diagnostic = self.diagnostic.unwrap_or_default();
        let status = choose(self.status.and_then(|s| status::codes(s).next()), &diagnostic);
        let class = status.map(Status::class).or_else(|| status::replies(&diagnostic));
        let recipient = [self.final_recipient, self.original_recipient].into_iter().flatten().find_map(address::first);
        Some(Fate {
            recipient: recipient.map(str::to_owned),
            action: action(self.action.unwrap_or_default(), class),
            status,
            class,
            cause: if diagnostic.trim().is_empty() { Cause::Untold } else { Cause::Quoted },
        })
    }
}

/// The stated status, unless the remote server's own words are as precise: those are the cause, and the field is what
/// the reporting server made of them (sendmail writes 5.1.1 above a `550 5.7.1`).
fn choose(stated: Option<Status>, diagnostic: &str) -> Option<Status> {
    let said = Status::best(status::codes(diagnostic));
    match (stated, said) {
        (Some(stated), Some(said)) if said.precision() < stated.precision() => Some(stated),
        (stated, said) => said.or(stated),
    }
}

/// RFC 3464 §2.3.3; without the field what the status says.
fn action(written: &str, class: Option<Class>) -> Action {
    let begins = |word: &str| written.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    if begins("delay") {
        Action::Delayed
    } else if begins("deliver") || begins("relay") || begins("expand") {
        Action::Delivered
    } else if begins("fail") || class != Some(Class::Delivered) {
        Action::Failed
    } else {
        Action::Delivered
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(String, Action, String)> {
        let show =
            |f: Fate| (f.recipient.unwrap_or_default(), f.action, f.status.map(|s| s.to_string()).unwrap_or_default());
        fates(text).into_iter().map(show).collect()
    }

    #[test]
    fn each_recipient_has_its_own_fate() {
        let text = "Reporting-MTA: dns; mx.example.net\r\n\r\n\
            Original-Recipient: rfc822;alias@example.nl\r\nFinal-Recipient: rfc822; jan@example.nl\r\n\
            Action: failed\r\nStatus: 5.0.0\r\nDiagnostic-Code: smtp; 550\r\n 5.7.1 no\r\n\r\n\
            Final-Recipient: rfc822;piet@example.nl\r\nAction: delayed\r\nStatus: 4.4.7 (later)\r\n\r\n\
            Final-Recipient: rfc822;kees@example.nl\r\nAction: relayed\r\nStatus: 2.0.0\r\n";
        assert_eq!(
            told(text),
            [
                ("jan@example.nl".into(), Action::Failed, "5.7.1".into()),
                ("piet@example.nl".into(), Action::Delayed, "4.4.7".into()),
                ("kees@example.nl".into(), Action::Delivered, "2.0.0".into()),
            ]
        );
    }

    #[test]
    fn recipients_without_blank_lines_and_fields_with_too_many_are_told_apart() {
        let close = "Final-Recipient: rfc822;a@x.nl\nAction: failed\nStatus: 5.1.1\nFinal-Recipient: rfc822;b@x.nl\n\
            Action: failed\nStatus: 5.2.2\n";
        assert_eq!(told(close).len(), 2);
        let wide = "Action: failed\n\nFinal-Recipient: rfc822;a@x.nl\n\nStatus: 5.1.1\n";
        assert_eq!(told(wide), [("a@x.nl".into(), Action::Failed, "5.1.1".into())]);
    }

    #[test]
    fn ordinary_text_holds_no_report() {
        assert_eq!(told("Status: 5.1.1\nDear sir,\nAction needed: call me\n").len(), 0);
    }

    #[test]
    fn a_report_on_a_hundred_thousand_recipients_is_read_whole() {
        let text: String = (0..100_000)
            .map(|i| format!("Final-Recipient: rfc822;u{i}@x.nl\nAction: failed\nStatus: 5.1.1\n\n"))
            .collect();
        assert_eq!(fates(&text).len(), 100_000);
    }
}
