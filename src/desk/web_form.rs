//! The company's web forms (`[[form]]`) and voicemail boxes that send mail: a machine sends it, and it is the complaint of the
//! customer it names (invariants 5 and 6). Pure.
//!
//! What is filled in is a stranger's text. So a form only opens a case: it carries out no verb, answers no letter, and
//! reopens nothing; and where the mail server checks senders, a mail that it does not confirm is no form.
//!
//! Fields are read from the top: `E-mail: jan@x.nl`, a row of a table (`E-mail | jan@x.nl`), or the label on a line and its
//! value on the next. The first line with a label counts, and the text runs to the end, so that nothing a customer types into
//! the message can name somebody else. Fields that nobody named in the settings stand below the text.

use super::form::{is_phone, plain, short, the_address};
use super::rules::{WebForm, letters};
use super::sent_by::is_machine;
use super::words::TEXT_MAX;
use super::{Role, Rules};
use crate::case::{Address, Customer};
use crate::config::FormCustomer;
use crate::mail::{AutomaticKind, FindingKind, Mail, SenderProof};

/// Fields stand at the top; further down is a message.
const FIELD_LINES_MAX: usize = 300;
/// What stands between a label and its value.
const SEPARATORS: [&str; 6] = [":", "：", "|", "=", "\t", "  "];
/// An empty line may stand between a label and its value on the next line.
const LINES_BETWEEN: usize = 2;

/// A form, filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FilledIn {
    /// Whom the form's mails come from.
    pub by: Address,
    pub customer: Customer,
    pub subject: String,
    pub text: String,
}

/// What of its fields a mail has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Email,
    Name,
    Phone,
    Subject,
    Text,
}

impl WebForm {
    /// What the customer filled in.
    fn read(&self, mail: &Mail, rules: &Rules) -> FilledIn {
        let values = self.values(mail);
        let reply_to = match mail.reply_to.as_slice() {
            [party] => Some(party),
            _ => None,
        };
        let (address, from_name) = match self.customer {
            FormCustomer::ReplyTo => (
                reply_to.and_then(|party| Address::parse(&party.address).ok()),
                reply_to.map(|party| party.name.clone()),
            ),
            FormCustomer::Field => (values.email.as_deref().and_then(the_address), None),
        };
        let name = values.name.filter(|name| !name.is_empty()).or(from_name).unwrap_or_default();
        let said = values.text.filter(|text| !text.trim().is_empty());
        // What else was filled in says which car it is about, and tells two complaints of the same words apart.
        let beside = values.others.join("\n");
        let text = said.map_or_else(|| mail.text.clone(), |said| format!("{}\n\n{}", said.trim(), beside.trim()));
        FilledIn {
            by: self.from.clone(),
            customer: Customer {
                name: short(&name),
                address: address.filter(|address| self.is_customer(address, rules)),
                phone: values.phone.as_deref().and_then(dialled),
                postal: Vec::new(),
            },
            subject: values
                .subject
                .map(|line| short(&line))
                .filter(|line| !line.is_empty())
                .unwrap_or_else(|| mail.subject.clone()),
            text: text.trim().chars().take(TEXT_MAX).collect(),
        }
    }

    /// A colleague is no customer, and neither is a mailbox that nobody reads, or the form itself.
    fn is_customer(&self, address: &Address, rules: &Rules) -> bool {
        rules.role(address) == Role::Outsider && !is_machine(address) && *address != self.from
    }

    fn labels(&self) -> impl Iterator<Item = (Field, &str)> {
        let all = [
            (Field::Email, &self.email),
            (Field::Name, &self.name),
            (Field::Phone, &self.phone),
            (Field::Subject, &self.subject),
            (Field::Text, &self.text),
        ];
        all.into_iter().filter_map(|(field, label)| Some((field, label.as_deref()?)))
    }

    /// The field whose label begins the line, and what stands behind it.
    fn field<'l>(&self, line: &'l str) -> Option<(Field, &'l str)> {
        self.labels().find_map(|(field, label)| {
            let value = behind(line, label).or_else(|| match field {
                // "Voicemail van 06 12345678", without a mark between the two.
                Field::Phone | Field::Email => loosely_behind(line, label, field),
                Field::Name | Field::Subject | Field::Text => None,
            })?;
            Some((field, value))
        })
    }

    fn values(&self, mail: &Mail) -> Values {
        let mut values = Values::default();
        let lines: Vec<&str> = mail.text.lines().collect();
        let mut at = 0;
        while let Some(line) = lines.get(at).filter(|_| at < FIELD_LINES_MAX) {
            at += 1;
            let rest = lines.get(at..).unwrap_or_default();
            match self.field(line) {
                Some((Field::Text, value)) => {
                    let whole: Vec<&str> = std::iter::once(value).chain(rest.iter().copied()).collect();
                    values.text = Some(whole.join("\n"));
                    break;
                }
                Some((field, "")) => {
                    let below = self.below(field, rest);
                    at += below.map_or(0, |(skipped, _)| skipped);
                    values.fill(field, below.map_or("", |(_, value)| value), line);
                }
                Some((field, value)) => values.fill(field, value, line),
                None => values.others.push((*line).to_owned()),
            }
        }
        // A voicemail box names the caller in the subject.
        if let Some((Field::Phone, value)) = self.field(&mail.subject) {
            values.fill(Field::Phone, value, "");
        }
        values
    }

    /// The value below a label that stands alone on its line, and how many lines that took.
    fn below<'l>(&self, field: Field, lines: &[&'l str]) -> Option<(usize, &'l str)> {
        let mut near = lines.iter().take(LINES_BETWEEN).map(|line| plain(line)).enumerate();
        let (above, line) = near.find(|(_, line)| !line.is_empty())?;
        let is_value = match field {
            Field::Email => the_address(line).is_some(),
            Field::Phone => dialled(line).is_some(),
            Field::Name | Field::Subject | Field::Text => !line.contains(':'),
        };
        (is_value && self.field(line).is_none()).then_some((above + 1, line))
    }
}

/// The values of the first line with each label, empty or not.
#[derive(Default)]
struct Values {
    email: Option<String>,
    name: Option<String>,
    phone: Option<String>,
    subject: Option<String>,
    text: Option<String>,
    /// Lines above the text that are none of these.
    others: Vec<String>,
}

impl Values {
    /// The first line counts; another one is what else was filled in.
    fn fill(&mut self, field: Field, value: &str, line: &str) {
        let place = match field {
            Field::Email => &mut self.email,
            Field::Name => &mut self.name,
            Field::Phone => &mut self.phone,
            Field::Subject => &mut self.subject,
            Field::Text => &mut self.text,
        };
        match place {
            None => *place = Some(value.to_owned()),
            Some(_) => self.others.push(line.to_owned()),
        }
    }
}

/// The form that this mail is, filled in. Not its absence notice or its receipts, which are nobody's complaint.
pub(super) fn form_of(mail: &Mail, rules: &Rules) -> Option<FilledIn> {
    use AutomaticKind as Kind;
    let from = Address::parse(&mail.from.as_ref()?.address).ok()?;
    let form = rules.forms.iter().find(|form| form.from == from)?;
    let is_odd = mail.findings.iter().any(|finding| finding.kind == FindingKind::SeveralFrom);
    let proven = match mail.proof {
        SenderProof::Proven | SenderProof::Inside => true,
        SenderProof::None => !rules.checks_senders,
        SenderProof::Failed | SenderProof::Unclear => false,
    };
    let tells_of_itself = mail
        .automatic
        .as_ref()
        .is_some_and(|automatic| matches!(automatic.kind, Kind::OutOfOffice | Kind::Receipt | Kind::Report));
    (proven && !is_odd && !tells_of_itself).then(|| form.read(mail, rules))
}

/// What stands behind the label and a separator; nothing where the label is all of the line.
fn behind<'l>(line: &'l str, label: &str) -> Option<&'l str> {
    // Pipes around a table's row.
    let line = plain(line).trim_matches(|c: char| c == '|' || c.is_whitespace());
    if letters(line) == label {
        return Some("");
    }
    SEPARATORS.iter().find_map(|separator| {
        let (before, value) = line.split_once(separator)?;
        let marks = |c: char| c.is_whitespace() || "|:=".contains(c);
        (letters(before) == label).then(|| plain(value.trim_matches(marks)))
    })
}

/// The label and its value with nothing but a blank between them, where the value can be nothing else.
fn loosely_behind<'l>(line: &'l str, label: &str, field: Field) -> Option<&'l str> {
    let line = plain(line);
    let blanks = line.match_indices(' ').map(|(at, _)| line.split_at(at));
    let (_, value) = blanks.into_iter().find(|(before, _)| letters(before) == label)?;
    let value = plain(value);
    let is_value = if field == Field::Phone { dialled(value).is_some() } else { the_address(value).is_some() };
    is_value.then_some(value)
}

/// A number that can be dialled, at the start of the value and as it stands there.
fn dialled(value: &str) -> Option<String> {
    let value = value.trim().trim_start_matches("tel:");
    let is_part = |c: char| c.is_ascii_digit() || c.is_whitespace() || "+-()/.".contains(c);
    let end = value.find(|c: char| !is_part(c)).unwrap_or(value.len());
    let number = value.get(..end)?;
    // Behind it may stand how long the call took: "(0:31)".
    let first = number.split(" (").next().unwrap_or(number);
    let number = if is_phone(first) { first } else { number };
    let number = number.trim_matches(|c: char| c.is_whitespace() || "(-/.".contains(c));
    is_phone(number).then(|| number.to_owned())
}
