//! The form at the top of a `#telefoon`, `#brief` or `#balie` mail: `Klant:`, `E-mail:`, `Ontvangen:` and so on, then
//! what the customer said (§2.1.1, §2.3). Reads it, says what is missing, writes it back with what was understood, so
//! that the desk can ask by a pre-filled reply. Pure.
//!
//! Labels are read from the top down to `Klacht:` or the first line that is none; below that everything is the
//! customer's text, so that a line like `Adres: klopt niet` in it is not lost.

use super::when::{self, WhenError};
use crate::calendar::Calendar;
use crate::case::{Address, Language, Moment};
use crate::text::fold;

/// A label is short; what stands before a later colon is a sentence.
const LABEL_CHARS_MAX: usize = 30;
/// A longer value is no name, number or subject; the rest of it is cut.
const VALUE_CHARS_MAX: usize = 200;
/// Lines in the window of an envelope.
const ADDRESS_LINES_MAX: usize = 6;
/// After the postcode only a country still belongs to an address: `Verenigd Koninkrijk`.
const COUNTRY_WORDS_MAX: usize = 2;
/// Shortest number that can be dialled with its area code, and the longest (ITU-T E.164).
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;
/// What staff write where there is nothing to write.
const NOTHING: [&str; 11] =
    ["geen", "onbekend", "nvt", "n.v.t", "n.v.t.", "niet bekend", "none", "unknown", "n/a", "geen e-mail", "-"];

/// A form as it was understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    /// The customer's name.
    pub name: Option<String>,
    pub email: Option<Address>,
    /// As typed.
    pub phone: Option<String>,
    /// The postal address, line by line.
    pub postal: Vec<String>,
    /// When the call, letter or visit came in.
    pub received: Option<Moment>,
    pub subject: Option<String>,
    /// As typed; which department it is, the desk knows.
    pub department: Option<String>,
    /// The complaint.
    pub text: String,
    /// Values that could not be understood; they are left out above.
    pub unclear: Vec<Unclear>,
}

/// A value that could not be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unclear {
    Email { found: String },
    Phone { found: String },
    Received(WhenError),
}

/// What a registration cannot do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// The customer's name.
    Name,
    /// An e-mail address, a telephone number or a postal address: one of them.
    Contact,
    /// What the complaint is.
    Text,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    Name,
    Email,
    Phone,
    Postal,
    Received,
    Subject,
    Department,
    Text,
}

impl Label {
    /// In the order in which the form is written.
    const ALL: [Self; 8] = [
        Self::Name,
        Self::Email,
        Self::Phone,
        Self::Postal,
        Self::Received,
        Self::Subject,
        Self::Department,
        Self::Text,
    ];

    fn written(self, language: Language) -> &'static str {
        let (dutch, english) = match self {
            Self::Name => ("Klant", "Customer"),
            Self::Email => ("E-mail", "E-mail"),
            Self::Phone => ("Telefoon", "Phone"),
            Self::Postal => ("Adres", "Address"),
            Self::Received => ("Ontvangen", "Received"),
            Self::Subject => ("Onderwerp", "Subject"),
            Self::Department => ("Afdeling", "Department"),
            Self::Text => ("Klacht", "Complaint"),
        };
        match language {
            Language::Dutch => dutch,
            Language::English => english,
        }
    }

    /// The label of a word, folded and without marks.
    fn of(word: &str) -> Option<Self> {
        match word {
            "klant" | "naam" | "naamklant" | "klantnaam" | "customer" | "name" | "customername" => Some(Self::Name),
            "email" | "mail" | "emailadres" | "mailadres" | "emailklant" | "emailaddress" => Some(Self::Email),
            "telefoon" | "tel" | "telnr" | "telefoonnummer" | "telefoonnr" | "mobiel" | "gsm" | "phone" | "mobile"
            | "phonenumber" | "telephone" => Some(Self::Phone),
            "adres" | "postadres" | "woonadres" | "address" | "postaladdress" => Some(Self::Postal),
            "ontvangen" | "ontvangenop" | "ontvangst" | "datumontvangst" | "received" | "receivedon" | "receivedat" => {
                Some(Self::Received)
            }
            "onderwerp" | "betreft" | "subject" => Some(Self::Subject),
            "afdeling" | "department" => Some(Self::Department),
            "klacht" | "tekst" | "omschrijving" | "bericht" | "complaint" | "text" | "message" => Some(Self::Text),
            _ => None,
        }
    }
}

impl Form {
    /// Reads the body of a mail, its verb line taken out. `now` is when the mail came in.
    #[must_use]
    pub fn read(body: &str, now: Moment, calendar: &Calendar) -> Self {
        let mut form = Self::default();
        let mut filled: Vec<Label> = Vec::new();
        let mut text: Vec<&str> = Vec::new();
        let mut lines = body.lines().peekable();
        while let Some(line) = lines.next() {
            let labelled = labelled(line).filter(|(label, _)| !filled.contains(label));
            match labelled {
                _ if plain(line).is_empty() => {}
                Some((Label::Text, value)) => {
                    text.extend(std::iter::once(value).chain(lines));
                    break;
                }
                Some((Label::Postal, value)) => {
                    filled.push(Label::Postal);
                    form.postal.extend(value.split(',').map(short).filter(|part| !part.is_empty()));
                    while let Some(more) = lines.next_if(|line| form.postal_goes_on(line)) {
                        form.postal.push(short(more));
                    }
                    form.postal.truncate(ADDRESS_LINES_MAX);
                }
                Some((label, value)) => {
                    filled.push(label);
                    form.fill(label, value, now, calendar);
                }
                None => {
                    text.extend(std::iter::once(line).chain(lines));
                    break;
                }
            }
        }
        form.text = text.join("\n").trim().to_owned();
        form
    }

    /// What the customer must still be asked for, or who took the call.
    #[must_use]
    pub fn missing(&self) -> Vec<Missing> {
        let unreachable = self.email.is_none() && self.phone.is_none() && self.postal.is_empty();
        let checks = [
            (self.name.is_none(), Missing::Name),
            (unreachable, Missing::Contact),
            (self.text.is_empty(), Missing::Text),
        ];
        checks.into_iter().filter(|(absent, _)| *absent).map(|(_, missing)| missing).collect()
    }

    /// The same form with what was understood, and a label without a value for the rest. [`Form::read`] reads it back.
    #[must_use]
    pub fn prefilled(&self, language: Language, calendar: &Calendar) -> String {
        let value = |label| match label {
            Label::Name => self.name.clone(),
            Label::Email => self.email.as_ref().map(ToString::to_string),
            Label::Phone => self.phone.clone(),
            Label::Postal => Some(self.postal.join("\n")),
            Label::Received => self.received.map(|at| when::written(at, calendar)),
            Label::Subject => self.subject.clone(),
            Label::Department => self.department.clone(),
            Label::Text => Some(format!("\n{}\n", self.text)),
        };
        let lines = Label::ALL.map(|label| {
            let line = format!("{}: {}", label.written(language), value(label).unwrap_or_default());
            if label == Label::Text { line } else { line.trim_end().to_owned() }
        });
        lines.join("\n")
    }

    fn fill(&mut self, label: Label, value: &str, now: Moment, calendar: &Calendar) {
        if value.is_empty() || NOTHING.contains(&fold(&short(value)).as_str()) {
            return;
        }
        match label {
            Label::Name => self.name = Some(short(value)),
            Label::Subject => self.subject = Some(short(value)),
            Label::Department => self.department = Some(short(value)),
            Label::Email => match the_address(value) {
                Some(address) => self.email = Some(address),
                None => self.unclear.push(Unclear::Email { found: short(value) }),
            },
            Label::Phone if is_phone(value) => {
                self.phone = Some(short(value));
            }
            Label::Phone => self.unclear.push(Unclear::Phone { found: short(value) }),
            Label::Received => match when::received(value, now, calendar) {
                Ok(at) => self.received = Some(at),
                Err(error) => self.unclear.push(Unclear::Received(error)),
            },
            // Of several lines; read where they begin.
            Label::Postal | Label::Text => {}
        }
    }

    /// Whether `line` still belongs to the postal address: nothing after a blank line, and after the postcode only a
    /// country.
    fn postal_goes_on(&self, line: &str) -> bool {
        let ends = plain(line).is_empty() || labelled(line).is_some() || self.postal.len() >= ADDRESS_LINES_MAX;
        let complete = self.postal.iter().any(|line| has_postcode(line));
        let words = line.split_whitespace().count();
        !ends && (!complete || (words <= COUNTRY_WORDS_MAX && line.chars().all(|c| c.is_alphabetic() || c == ' ')))
    }
}

/// A form with the complaint in it and everything else to be filled in.
pub fn to_fill_in(text: &str, language: Language) -> String {
    let labels = [Label::Name, Label::Email, Label::Phone, Label::Received];
    let lines = labels.map(|label| format!("{}:", label.written(language)));
    format!("{}\n\n{text}", lines.join("\n"))
}

/// The line's label and value; `*` and `_` come from bold text made plain.
fn labelled(line: &str) -> Option<(Label, &str)> {
    let (label, value) = plain(line).split_once([':', '：'])?;
    if label.chars().nth(LABEL_CHARS_MAX).is_some() {
        return None;
    }
    let word: String = fold(label).chars().filter(|c| c.is_alphanumeric()).collect();
    Label::of(&word).map(|label| (label, plain(value)))
}

/// Whether it has the digits of a telephone number.
pub(super) fn is_phone(value: &str) -> bool {
    PHONE_DIGITS.contains(&value.chars().filter(char::is_ascii_digit).count())
}

/// Without white space, bullets and the marks of bold text around it.
pub(super) fn plain(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || "*_•\u{feff}\u{200b}".contains(c))
}

/// One line for the register: control characters out, cut at the limit.
pub(super) fn short(value: &str) -> String {
    let clean: String = value.chars().filter(|c| !c.is_control()).take(VALUE_CHARS_MAX).collect();
    plain(&clean).to_owned()
}

/// The one address in `value`, alone or as `Jan <jan@x.nl>` or with the link that mail clients add to it.
pub(super) fn the_address(value: &str) -> Option<Address> {
    let short: String = value.chars().take(VALUE_CHARS_MAX).collect();
    let pieces = short.split(|c: char| c.is_whitespace() || "<>()[]{},;\"'".contains(c));
    let named = pieces.map(|piece| piece.strip_prefix("mailto:").unwrap_or(piece).trim_matches(['.', ':', '*', '_']));
    let mut found: Vec<Address> = Vec::new();
    for piece in named.filter(|piece| piece.contains('@')) {
        let address = Address::parse(piece).ok().filter(|address| address.domain().contains('.'))?;
        if !found.contains(&address) {
            found.push(address);
        }
    }
    if found.len() == 1 { found.pop() } else { None }
}

/// A Dutch postcode at the start of the line or after a comma: `1234 AB`.
fn has_postcode(line: &str) -> bool {
    let mut figures = line.chars().filter(|c| !c.is_whitespace());
    let digits = figures.by_ref().take(4).filter(char::is_ascii_digit).count();
    digits == 4 && figures.take(2).filter(char::is_ascii_alphabetic).count() == 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Deadlines;
    use chrono_tz::Europe::Amsterdam;
    use proptest::prelude::*;

    fn calendar() -> Calendar {
        Calendar::new(Amsterdam, &Deadlines::default())
    }

    /// Tuesday, ten o'clock in Amsterdam.
    fn now() -> Moment {
        "2026-11-24T09:00:00Z".parse().unwrap()
    }

    fn read(body: &str) -> Form {
        Form::read(body, now(), &calendar())
    }

    fn address(text: &str) -> Option<Address> {
        Some(Address::parse(text).unwrap())
    }

    #[test]
    fn a_call_is_read_as_reception_types_it() {
        let form = read(
            "\nKlant: Fatima el Amrani\nE-mail: fatima@voorbeeld.nl\nTel.: 06-12 34 56 78\n\
             Ontvangen: gisteren 16:30\nOnderwerp: Schade\nAfdeling: schade\n\nDe auto is bekrast.\n\nAdres: klopt niet\n",
        );
        assert_eq!(form.name.as_deref(), Some("Fatima el Amrani"));
        assert_eq!(form.email, address("fatima@voorbeeld.nl"));
        assert_eq!(form.phone.as_deref(), Some("06-12 34 56 78"));
        assert_eq!(form.received, Some("2026-11-23T15:30:00Z".parse().unwrap()));
        assert_eq!((form.subject.as_deref(), form.department.as_deref()), (Some("Schade"), Some("schade")));
        assert_eq!(form.text, "De auto is bekrast.\n\nAdres: klopt niet");
        assert_eq!((form.missing(), form.unclear), (vec![], vec![]));
    }

    #[test]
    fn english_labels_capitals_bold_text_and_links_do_not_matter() {
        let form = read(
            "*CUSTOMER NAME:* Ann Lee\n• e‑mail : Ann <ann@x.org> <mailto:ann@x.org>\nPHONE： +44 20 7946 0958\n\
             received on: yesterday 2pm\nComplaint: late\nagain",
        );
        assert_eq!((form.name.as_deref(), form.email), (Some("Ann Lee"), address("ann@x.org")));
        assert_eq!(form.received, Some("2026-11-23T13:00:00Z".parse().unwrap()));
        assert_eq!((form.phone.as_deref(), form.text.as_str()), (Some("+44 20 7946 0958"), "late\nagain"));
    }

    #[test]
    fn a_postal_address_has_several_lines() {
        let expected = ["Dorpsstraat 1", "1234 AB Utrecht"];
        for body in [
            "Adres: Dorpsstraat 1, 1234 AB Utrecht\nDe auto is stuk.",
            "Adres:\nDorpsstraat 1\n1234 AB Utrecht\nDe auto is stuk.",
            "Adres: Dorpsstraat 1\n1234ab Utrecht\n\nDe auto is stuk.",
            "Adres: Dorpsstraat 1\n1234 AB Utrecht\nKlacht: De auto is stuk.",
        ] {
            let form = read(body);
            assert_eq!(form.postal.join("|").replace("1234ab", "1234 AB"), expected.join("|"), "{body}");
            assert_eq!(form.text, "De auto is stuk.", "{body}");
        }
        let abroad = read("Adres:\nKerkstraat 2\n1234 AB Utrecht\nNederland\nNaam: Jan\nTekst");
        assert_eq!((abroad.postal.len(), abroad.name.as_deref()), (3, Some("Jan")));
    }

    #[test]
    fn what_is_missing_or_not_understood_is_said() {
        let form = read("Klant:\nE-mail: jan@gmail\nTelefoon: 112\nOntvangen: morgen\n");
        assert_eq!(form.missing(), [Missing::Name, Missing::Contact, Missing::Text]);
        assert!(matches!(
            &form.unclear[..],
            [Unclear::Email { found }, Unclear::Phone { .. }, Unclear::Received(WhenError { why: when::Why::Future, .. })]
                if found == "jan@gmail"
        ));
        assert_eq!(read("E-mail: <*jan@x.nl*>").email, address("jan@x.nl"), "the marks of bold text are none of it");
        let two = read("E-mail: a@x.nl, b@x.nl\nNaam: Jan\nTel: onbekend\n\nStuk.");
        assert_eq!((two.unclear.len(), two.missing()), (1, vec![Missing::Contact]));
        assert_eq!(read("").missing(), [Missing::Name, Missing::Contact, Missing::Text]);
        for enough in ["Tel: 030-1234567", "Mail: a@x.nl", "Adres: Dorpsstraat 1"] {
            assert_eq!(read(&format!("Naam: Jan\n{enough}\n\nStuk.")).missing(), [], "{enough}");
        }
    }

    #[test]
    fn a_second_line_with_the_same_label_is_text_and_not_lost() {
        let form = read("Naam: Jan\nNaam: Piet\nTel: 030-1234567");
        assert_eq!((form.name.as_deref(), form.text.as_str()), (Some("Jan"), "Naam: Piet\nTel: 030-1234567"));
    }

    #[test]
    fn the_prefilled_form_leaves_open_what_is_missing() {
        let form =
            read("Klant: Jan\nE-mail: jan@gmail\nOntvangen: gisteren 16:30\nAdres: Laan 1, 1234 AB Ede\n\nStuk.");
        assert_eq!(
            form.prefilled(Language::Dutch, &calendar()),
            "Klant: Jan\nE-mail:\nTelefoon:\nAdres: Laan 1\n1234 AB Ede\nOntvangen: 23-11-2026 16:30\nOnderwerp:\n\
             Afdeling:\nKlacht: \nStuk.\n"
        );
        assert_eq!(
            Form::default().prefilled(Language::English, &calendar()),
            "Customer:\nE-mail:\nPhone:\nAddress:\nReceived:\nSubject:\nDepartment:\nComplaint: \n\n"
        );
    }

    proptest! {
        #[test]
        fn a_prefilled_form_is_read_back_as_it_was(
            body in "((Klant|E-mail|Tel|Adres|Ontvangen|Afdeling|Onderwerp): {0,2}[a-z0-9@., *:-]{0,30}\n|1234 AB Ede\n|\n|[A-Za-z: ]{0,20}\n){0,10}",
            english in any::<bool>(),
        ) {
            let language = if english { Language::English } else { Language::Dutch };
            let form = read(&body);
            let again = read(&form.prefilled(language, &calendar()));
            prop_assert_eq!(again, Form { unclear: vec![], ..form });
        }

        #[test]
        fn no_word_of_the_text_is_lost(body in any::<String>(), text in "[a-z]{1,9}( [a-z]{1,9}){0,9}") {
            let form = read(&format!("{body}\nKlacht: {text}"));
            prop_assert!(form.text.ends_with(&text), "{:?}", form);
        }
    }
}
