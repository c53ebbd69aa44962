//! Reads `[[form]]`: web forms and voicemail boxes, whose mails are complaints of the customers they name. Pure but for what
//! [`Section`] reads.

use super::check::address;
use super::section::{Reading, Section, clipped};
use super::taking::read_table;
use super::{Config, FormCustomer, FormFields, WebForm};
use config::ValueKind;
use std::collections::BTreeSet;

pub(super) fn form(s: &mut Section) -> WebForm {
    let from = address(s, "from", "whom its mails come from, e.g. `from = \"noreply@www.lease.example\"`");
    let customers = [("reply-to", FormCustomer::ReplyTo), ("field", FormCustomer::Field)];
    let customer = s.choice("customer", FormCustomer::ReplyTo, &customers).unwrap_or(FormCustomer::ReplyTo);
    let fields = match s.take("fields").map(|value| value.kind) {
        None => FormFields::default(),
        Some(ValueKind::Table(table)) => {
            let label = s.key("fields");
            read_table(s, &label, table, form_fields)
        }
        Some(_) => {
            let write = "write the labels of its fields: `fields = { email = \"E-mail\", text = \"Bericht\" }`";
            s.refuse("fields", "something else than labels", write);
            FormFields::default()
        }
    };
    form_labels(s, customer, &fields);
    WebForm { from, customer, fields }
}

fn form_fields(s: &mut Section) -> FormFields {
    FormFields {
        email: s.text("email"),
        name: s.text("name"),
        phone: s.text("phone"),
        subject: s.text("subject"),
        text: s.text("text"),
    }
}

/// A label that is found in a mail; and one field at least that names the customer.
fn form_labels(s: &mut Section, customer: FormCustomer, fields: &FormFields) {
    let FormFields { email, name, phone, subject, text } = fields;
    let all = [("email", email), ("name", name), ("phone", phone), ("subject", subject), ("text", text)];
    let mut seen = BTreeSet::new();
    for (key, label) in all.into_iter().filter_map(|(key, label)| Some((key, label.as_deref()?))) {
        let letters: String = label.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        let found = format!("{key} = \"{}\"", clipped(label));
        if letters.is_empty() {
            s.refuse("fields", found, "write the label as it stands in the mail, e.g. `email = \"E-mail\"`");
        } else if !seen.insert(letters) {
            s.refuse("fields", found, "write a label of its own for each field");
        }
    }
    if customer == FormCustomer::Field && email.is_none() && phone.is_none() {
        let write = "write which field names the customer, e.g. `fields = { email = \"E-mail\" }`; or `customer = \"reply-to\"`";
        s.refuse("fields", "neither `email` nor `phone`", write);
    }
}

/// Invariant 6: what a colleague sends is a colleague's, and of two forms with one address nobody could say which it is.
pub(super) fn forms_are_nobody_else(config: &Config, reading: &mut Reading) {
    let mut seen = BTreeSet::new();
    let of_departments = config.department.iter().flat_map(|d| d.staff.iter().chain([&d.address, &d.supervisor]));
    let colleagues: BTreeSet<String> = of_departments
        .chain(&config.desk.employees)
        .chain(&config.digest.recipients)
        .map(|address| address.to_lowercase())
        .collect();
    for (index, form) in config.form.iter().enumerate() {
        let key = format!("form no. {}.from", index + 1);
        let from = form.from.to_lowercase();
        if colleagues.contains(&from) {
            reading.refuse(&key, "a colleague's address", "give the form an address of its own on the website");
        } else if !from.is_empty() && !seen.insert(from) {
            reading.refuse(&key, "it twice", "write one [[form]] for each address");
        }
    }
}
