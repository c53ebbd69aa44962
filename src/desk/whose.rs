//! Whose complaint a mail is: its sender's; the customer's whom a web form of the company names; or nobody can tell yet,
//! because it comes from where nobody reads an answer, and staff say who it is (`#klant`). Pure.

use super::draft::{Remark, Unacknowledged};
use super::form::{plain, short, the_address};
use super::letters_out::language;
use super::may_reply::WhyNot;
use super::opening::Complaint;
use super::sent_by::is_machine;
use super::web_form::FilledIn;
use super::words::complaint;
use super::{Intent, Role, Rules};
use crate::case::{Address, Channel, Customer, Moment, Opened, What};
use crate::mail::{AutomaticKind, FindingKind, Mail};
use crate::text::fold;

/// Customers that a mail may be of: with more to choose from, one of them is a guess.
const PERHAPS_MAX: usize = 3;
/// Lines of a form are at the top; further down a message names all kinds of people.
const LINES_MAX: usize = 100;
/// Mailboxes of programs that pass on what somebody fills in.
const FORMS: [&str; 20] = [
    "apache",
    "contactform",
    "contactformulier",
    "form",
    "formmail",
    "forms",
    "formulier",
    "formulieren",
    "klachtenformulier",
    "mailform",
    "site",
    "voicemail",
    "web",
    "webform",
    "webformulier",
    "webserver",
    "website",
    "wordpress",
    "www",
    "www-data",
];

/// Of these nobody reads what is sent to them, whomever the mail names.
const UNREAD: [&str; 6] = ["apache", "voicemail", "webserver", "wordpress", "www", "www-data"];

/// Whose complaint it is.
pub(super) enum Whose<'a> {
    Senders(&'a Intent),
    Forms(&'a FilledIn),
    /// Nobody reads what is sent to where it comes from: an answer there would be none (§1).
    Unknown {
        from: &'a Address,
        perhaps: Vec<Customer>,
    },
}

impl<'a> Whose<'a> {
    pub fn of(mail: &Mail, intent: &'a Intent, rules: &Rules) -> Self {
        if let Some(filled) = &intent.form {
            return Self::Forms(filled);
        }
        match &intent.from {
            Some(from) if is_machine(from) => Self::Unknown { from, perhaps: perhaps(mail, from, rules) },
            Some(from) if intent.role == Role::Outsider && may_be_form(mail, from, rules) => {
                let perhaps = perhaps(mail, from, rules);
                let is_read = !UNREAD.contains(&from.local().to_lowercase().as_str());
                if perhaps.is_empty() && is_read { Self::Senders(intent) } else { Self::Unknown { from, perhaps } }
            }
            _ => Self::Senders(intent),
        }
    }

    /// The complaint, as it is registered.
    pub fn opened(&self, mail: &Mail, received_at: Moment, rules: &Rules) -> Opened {
        let (customer, subject, text) = match self {
            Self::Forms(filled) => (filled.customer.clone(), filled.subject.clone(), filled.text.clone()),
            Self::Senders(intent) => (of_sender(intent), mail.subject.clone(), complaint(mail)),
            Self::Unknown { .. } => (Customer::default(), mail.subject.clone(), complaint(mail)),
        };
        let language = (!matches!(self, Self::Forms(_))).then(|| language(mail, rules));
        // Nobody but its sender knows the mail by this.
        let message_id = mail.message_id.clone().filter(|_| matches!(self, Self::Senders(_)));
        let complaint =
            Complaint { channel: Channel::Email, language, customer, subject, text, received_at, message_id };
        complaint.opened(mail, rules)
    }

    /// Whom the acknowledgement goes to; `may_reply` judges the sender (invariant 5).
    pub fn acknowledge(&self, may_reply: Result<Address, WhyNot>) -> Result<Address, Unacknowledged> {
        match self {
            Self::Forms(filled) => filled.customer.address.clone().ok_or(Unacknowledged::NoAddress),
            Self::Unknown { .. } => Err(Unacknowledged::Automatic),
            Self::Senders(_) => Ok(may_reply?),
        }
    }

    /// What staff are told of it.
    pub fn remark(&self) -> Option<Remark> {
        match self {
            Self::Senders(_) => None,
            Self::Forms(filled) => Some(Remark::ByForm(filled.by.to_string())),
            Self::Unknown { from, perhaps } => {
                Some(Remark::WhoIsCustomer { from: from.to_string(), perhaps: perhaps.clone() })
            }
        }
    }

    /// What stands on file of it, beside the complaint.
    pub fn on_file(&self) -> Option<What> {
        let Self::Unknown { from, perhaps } = self else { return None };
        Some(What::CustomerUnknown { from: from.to_string(), perhaps: perhaps.clone() })
    }
}

fn of_sender(intent: &Intent) -> Customer {
    Customer { name: intent.name.clone(), address: intent.from.clone(), phone: None, postal: Vec::new() }
}

/// Whether somebody may have filled in a form, though nothing but the mail itself says so: a program's mailbox, or the
/// company's own domain, that asks for answers elsewhere.
fn may_be_form(mail: &Mail, from: &Address, rules: &Rules) -> bool {
    let local = from.local().to_lowercase();
    let elsewhere = mail.findings.iter().any(|finding| finding.kind == FindingKind::ReplyToElsewhere);
    let generated = mail.automatic.as_ref().is_some_and(|automatic| automatic.kind == AutomaticKind::Generated);
    FORMS.contains(&local.as_str()) || elsewhere && (generated || is_own_domain(from.domain(), rules))
}

/// The company's domain, or one below it.
fn is_own_domain(domain: &str, rules: &Rules) -> bool {
    let domain = domain.to_lowercase();
    let mut own = rules.company_addresses().map(|address| address.domain().to_lowercase());
    own.any(|own| domain == own || domain.ends_with(&format!(".{own}")))
}

/// Whom the mail may be of: whoever answers are asked to go to, then addresses behind a label ("E-mail: jan@x.nl"), then
/// others in the text. Nobody of the company, and nobody at the sender's own domain.
fn perhaps(mail: &Mail, from: &Address, rules: &Rules) -> Vec<Customer> {
    let lines: Vec<&str> = mail.text.lines().take(LINES_MAX).collect();
    let name = lines.iter().find_map(|line| labelled(line, &["naam", "name", "van"])).unwrap_or_default();
    let reply_to = mail.reply_to.iter().map(|party| (party.name.clone(), Address::parse(&party.address).ok()));
    let behind_label = lines.iter().filter(|line| labelled(line, &["mail"]).is_some());
    let named = behind_label.chain(&lines).map(|line| (name.clone(), the_address(line)));
    let mut found: Vec<Customer> = Vec::new();
    for (name, address) in reply_to.chain(named) {
        let Some(address) = address else { continue };
        let is_theirs = address.domain().eq_ignore_ascii_case(from.domain()) || is_own_domain(address.domain(), rules);
        let is_customer = !is_theirs && rules.role(&address) == Role::Outsider && !is_machine(&address);
        let known = found.iter().any(|customer| customer.address.as_ref() == Some(&address));
        if is_customer && !known && found.len() < PERHAPS_MAX {
            found.push(Customer { name: short(&name), address: Some(address), phone: None, postal: Vec::new() });
        }
    }
    found
}

/// What stands behind a label that ends so.
fn labelled(line: &str, ends: &[&str]) -> Option<String> {
    let (label, value) = plain(line).split_once([':', '：', '|', '\t'])?;
    let label: String = fold(label).chars().filter(|c| c.is_alphanumeric()).collect();
    let label = label.strip_suffix("adres").or(label.strip_suffix("address")).unwrap_or(&label);
    ends.iter().any(|end| label.ends_with(end)).then(|| plain(value).to_owned())
}
