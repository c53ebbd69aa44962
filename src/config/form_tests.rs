//! Web forms in the settings: what is read, and what is refused.

use super::tests::{LEAST, MANUAL, refused};
use super::{FormCustomer, from_toml};

fn with(form: &str) -> String {
    format!("{LEAST}\n[[form]]\n{form}\n")
}

#[test]
fn a_form_is_read_as_the_manual_shows_it() {
    let example: Vec<&str> = MANUAL
        .lines()
        .skip_while(|line| *line != "#   [[form]]")
        .take(4)
        .map(|line| line.trim_start_matches('#').trim())
        .collect();
    let config = from_toml(&format!("{LEAST}\n{}\n", example.join("\n")), "k.toml").unwrap();
    let [form] = config.form.as_slice() else { panic!("{:?}", config.form) };
    assert_eq!((form.from.as_str(), form.customer), ("noreply@www.lease.example", FormCustomer::Field));
    let fields = &form.fields;
    let named = [&fields.email, &fields.name, &fields.text].map(|label| label.as_deref().unwrap_or_default());
    assert_eq!(named, ["E-mail", "Naam", "Bericht"]);
    for key in ["from", "customer", "fields"] {
        assert!(MANUAL.contains(&format!("\n#   {key} ")), "the forms' table lacks {key}");
    }
    for label in ["email", "name", "phone", "subject", "text"] {
        assert!(MANUAL.contains(&format!("`{label}`")), "the manual lacks {label}");
    }
    let least = from_toml(&with("from = \"web@x.example\""), "k.toml").unwrap();
    assert_eq!(least.form[0].customer, FormCustomer::ReplyTo);
}

#[test]
fn a_form_that_cannot_be_meant_is_refused() {
    for (form, found) in [
        ("customer = \"reply-to\"", "form no. 1.from"),
        ("from = \"website\"", "form no. 1.from"),
        ("from = \"w@x.example\"\ncustomer = \"from\"", "form no. 1.customer"),
        ("from = \"w@x.example\"\ncustomer = \"field\"", "neither `email` nor `phone`"),
        ("from = \"w@x.example\"\nfields = \"E-mail\"", "something else than labels"),
        ("from = \"w@x.example\"\nfields = { email = \"*:\" }", "email = \"*:\""),
        ("from = \"w@x.example\"\nfields = { email = \"Mail\", name = \"mail:\" }", "name = \"mail:\""),
        ("from = \"w@x.example\"\nfields = { mail = \"Mail\" }", "form no. 1.fields.mail"),
        ("from = \"chef@lease.example\"", "a colleague's address"),
        ("from = \"w@x.example\"\n[[form]]\nfrom = \"W@x.example\"", "form no. 2.from"),
    ] {
        let refused = refused(&with(form));
        assert!(refused.contains(found), "{form}: {refused}");
    }
}
