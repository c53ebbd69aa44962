//! The company's rules as the desk uses them: compiled once from the settings. Plain values.

use super::limits::Caps;
use super::references::{PatternError, References};
use super::routing::{Routes, RoutesError};
use super::urgent_words::UrgentWords;
use crate::calendar::Calendar;
use crate::case::{Address, AddressError, Case, Due, Keys, Language, MailboxName, Moment, Texts, Worded};
use crate::config::{self, Authority, Config, FormCustomer, StaffProof};
use crate::mail::Witness;
use crate::text::fold;
use chrono::{Datelike, Days, NaiveDate};
use serde::Serialize;

/// One department and its people.
#[derive(Debug, Clone)]
pub struct Department {
    pub name: String,
    pub title: String,
    /// The same in other languages.
    pub title_in: Vec<Worded>,
    pub address: Address,
    pub supervisor: Address,
    pub staff: Vec<Address>,
    pub fallback: bool,
    pub committee: bool,
}

impl Department {
    /// Whether this address may act for the department (invariant 6).
    pub fn binds(&self, address: &Address) -> bool {
        self.address == *address || self.supervisor == *address || self.staff.contains(address)
    }
}

/// What an address is to the company, judged when its mail is acted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Staff, supervisor or mailbox of a department.
    Staff,
    /// May register and pass on, not act.
    Employee,
    /// The complaints address itself.
    Ourselves,
    Outsider,
}

/// Whether, and until when, a dispute can be filed with the committee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Filing {
    /// Up to and including that day.
    Until(NaiveDate),
    /// That day has gone by.
    Past(NaiveDate),
    /// The committee does not take complaints of this department, or the settings name none.
    NotTaken,
}

/// A web form as the desk knows it.
#[derive(Debug, Clone)]
pub struct WebForm {
    /// Whom its mails come from.
    pub from: Address,
    pub(super) customer: FormCustomer,
    /// Labels, folded, letters and digits only.
    pub(super) email: Option<String>,
    pub(super) name: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) subject: Option<String>,
    pub(super) text: Option<String>,
}

impl WebForm {
    /// # Errors
    /// The address it sends from is none: `config::load` refuses it before.
    pub fn new(form: &config::WebForm) -> Result<Self, AddressError> {
        let label = |label: &Option<String>| label.as_deref().map(letters).filter(|label| !label.is_empty());
        let fields = &form.fields;
        Ok(Self {
            from: Address::parse(&form.from)?,
            customer: form.customer,
            email: label(&fields.email),
            name: label(&fields.name),
            phone: label(&fields.phone),
            subject: label(&fields.subject),
            text: label(&fields.text),
        })
    }
}

/// Folded, letters and digits only: `E-mail *` and `e‑mail` are one label.
pub(super) fn letters(label: &str) -> String {
    fold(label).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// For how long the committee takes a dispute, and when a customer must hear of it; none where there is no committee.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CommitteeTerms {
    pub months: Option<u32>,
    /// Days a complaint may be open before its customer hears of the committee.
    pub after_days: Option<u32>,
}

impl CommitteeTerms {
    fn of(committee: Option<&config::Committee>) -> Self {
        Self { months: committee.map(|c| c.months), after_days: committee.map(|c| c.after_days) }
    }
}

/// What a mailbox of the company has of its own: a case goes its mailbox's way, whichever one a mail about it came by.
#[derive(Debug, Clone)]
pub(super) struct Way {
    mailbox: MailboxName,
    address: Address,
    committee: CommitteeTerms,
    privacy_contact: Option<Address>,
}

impl Way {
    fn of(config: &Config, mailbox: &config::Mailbox) -> Result<Self, AddressError> {
        let contact = mailbox.own.privacy.as_ref().and_then(|privacy| privacy.contact.as_deref());
        Ok(Self {
            mailbox: mailbox.name.clone(),
            address: Address::parse(config.address_of(mailbox))?,
            committee: CommitteeTerms::of(mailbox.own.committee.as_ref()),
            privacy_contact: contact.map(Address::parse).transpose()?,
        })
    }
}

/// Why settings make no rules.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    #[error(transparent)]
    Address(#[from] AddressError),
    #[error(transparent)]
    Routes(#[from] RoutesError),
    #[error(transparent)]
    References(#[from] PatternError),
}

/// Everything the desk must know of the company.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The mailbox whose mail is decided on by them.
    pub mailbox: MailboxName,
    /// Its address: its letters come from there.
    pub desk_address: Address,
    /// Those of all mailboxes, also of other companies: mail from there is our own too.
    pub addresses: Vec<Address>,
    /// Other addresses by which mail reaches them.
    pub aliases: Vec<Address>,
    /// What each mailbox of the company has of its own.
    pub(super) ways: Vec<Way>,
    pub language: Language,
    /// Those that customers are written to in, beside that one.
    pub languages: Vec<Language>,
    /// Of letters to customers whose mail does not say which.
    pub customers_language: Language,
    pub keys: Keys,
    pub calendar: Calendar,
    pub routes: Routes,
    pub references: References,
    /// Whose mails are complaints of the customers they name.
    pub forms: Vec<WebForm>,
    /// Whose mail is no complaint.
    pub authorities: Vec<Authority>,
    /// Who is told of rights over personal data, and of breaches.
    pub(super) privacy_contact: Option<Address>,
    /// Words by which a complaint cannot wait.
    pub urgent: UrgentWords,
    pub departments: Vec<Department>,
    pub employees: Vec<Address>,
    pub digest_recipients: Vec<Address>,
    /// Who is told what klachtpost cannot mend itself.
    pub operator: Option<Address>,
    pub deadlines: crate::config::Deadlines,
    pub digest: crate::config::Digest,
    pub caps: Caps,
    pub closing: config::Closing,
    pub retention: config::Retention,
    pub committee: CommitteeTerms,
    /// The mail server says of any sender whether it confirms it.
    pub checks_senders: bool,
    /// The mail server writes no Authentication-Results, and the operator accepts that.
    pub accept_unproven_staff: bool,
}

impl Rules {
    /// # Errors
    /// An address in the settings that is none, keywords that cannot be compiled: `config::load` refuses these before. A
    /// pattern of `[[reference]]` that cannot be used.
    pub fn new(config: &Config, keys: Keys) -> Result<Self, RulesError> {
        let addresses = |list: &[String]| list.iter().map(|a| Address::parse(a)).collect::<Result<Vec<_>, _>>();
        let department = |d: &crate::config::Department| -> Result<Department, AddressError> {
            Ok(Department {
                name: d.name.clone(),
                title: d.title.clone(),
                title_in: d.title_in.clone(),
                address: Address::parse(&d.address)?,
                supervisor: Address::parse(&d.supervisor)?,
                staff: addresses(&d.staff)?,
                fallback: d.fallback,
                committee: d.committee,
            })
        };
        Ok(Self {
            mailbox: config.mailbox.name.clone(),
            desk_address: Address::parse(&config.desk.address)?,
            addresses: config
                .mailboxes()
                .map(|one| Address::parse(config.address_of(one)))
                .collect::<Result<_, _>>()?,
            aliases: addresses(&config.mailboxes().flat_map(|one| one.aliases.clone()).collect::<Vec<_>>())?,
            ways: config.company_mailboxes().map(|one| Way::of(config, one)).collect::<Result<_, _>>()?,
            language: config.desk.language.language(),
            customers_language: config.mailbox.own.language.unwrap_or(config.desk.language).language(),
            languages: config.desk.languages.clone(),
            keys,
            calendar: Calendar::new(config.desk.time_zone, &config.deadlines),
            routes: Routes::compile(&config.fed_departments())?,
            references: References::compile(&config.reference)?,
            forms: config.form.iter().map(WebForm::new).collect::<Result<_, _>>()?,
            authorities: config.authority.clone(),
            privacy_contact: config.privacy.contact.as_deref().map(Address::parse).transpose()?,
            urgent: UrgentWords::compile(&config.urgent)?,
            departments: config.department.iter().map(department).collect::<Result<_, _>>()?,
            employees: addresses(&config.desk.employees)?,
            digest_recipients: addresses(&config.digest.recipients)?,
            operator: config.operator.as_ref().map(|operator| Address::parse(&operator.address)).transpose()?,
            deadlines: config.deadlines.clone(),
            digest: config.digest.clone(),
            caps: Caps {
                domain: config.limits.automatic_per_domain_per_hour,
                unproven: Some(config.limits.unproven_per_domain_per_hour)
                    .filter(|_| matches!(config.mailbox.staff_proof, StaffProof::Results(_))),
                desk: config.limits.automatic_per_hour,
            },
            retention: config.retention,
            closing: config.closing.clone(),
            committee: CommitteeTerms::of(config.committee.as_ref()),
            checks_senders: matches!(config.mailbox.staff_proof, StaffProof::Results(_)),
            accept_unproven_staff: config.mailbox.accept_unproven_staff,
        })
    }

    pub fn department(&self, name: &str) -> Option<&Department> {
        self.departments.iter().find(|d| d.name == name)
    }

    /// The department for what no keyword claims; the settings are refused without one.
    pub fn fallback(&self) -> Option<&Department> {
        self.departments.iter().find(|d| d.fallback)
    }

    /// The department of that name; where it was taken out of the settings its cases are the fallback's.
    pub fn department_or_fallback(&self, name: &str) -> Option<&Department> {
        self.department(name).or_else(|| self.fallback())
    }

    /// By its name or title, forgiving in case and accents.
    pub fn find_department(&self, written: &str) -> Option<&Department> {
        let wanted = fold(written);
        self.departments.iter().find(|d| fold(&d.name) == wanted || fold(&d.title) == wanted)
    }

    /// The title for people; a department that was taken out of the settings keeps its name.
    pub fn title<'a>(&'a self, department: &'a str) -> &'a str {
        self.department(department).map_or(department, |d| d.title.as_str())
    }

    /// The title for a customer who reads that language; the desk's own where there is none in it.
    pub fn title_in(&self, department: &str, language: Language) -> Worded {
        let others = self.department(department).map(|d| d.title_in.clone()).unwrap_or_default();
        let texts = Texts { others, ..Texts::only(self.language, self.title(department)) };
        texts.for_reader(language).clone()
    }

    pub fn role(&self, address: &Address) -> Role {
        if self.is_desk(address) {
            Role::Ourselves
        } else if self.departments.iter().any(|d| d.binds(address)) || self.digest_recipients.contains(address) {
            Role::Staff
        } else if self.employees.contains(address)
            || self.operator.as_ref() == Some(address)
            || self.is_privacy_contact(address)
        {
            Role::Employee
        } else {
            Role::Outsider
        }
    }

    /// The authority whose address it seems to be.
    pub fn authority(&self, address: &Address) -> Option<&Authority> {
        self.authorities.iter().find(|authority| authority.is_at(address.domain()))
    }

    /// A complaints address or an alias of one, also with a plus-address.
    pub fn is_desk(&self, address: &Address) -> bool {
        self.addresses.iter().chain([&self.desk_address]).any(|own| address.reaches(own)) || self.is_alias(address)
    }

    /// The addresses that letters of the company come from.
    pub fn company_addresses(&self) -> impl Iterator<Item = &Address> {
        let others = self.ways.iter().map(|way| &way.address).filter(|address| **address != self.desk_address);
        std::iter::once(&self.desk_address).chain(others)
    }

    /// What the mailbox that a case came by has of its own; None: it is the one in hand, or there is none of that name.
    fn way_of(&self, case: &Case) -> Option<&Way> {
        let name = case.mailbox.as_ref().filter(|name| **name != self.mailbox)?;
        self.ways.iter().find(|way| way.mailbox == *name)
    }

    fn committee_of(&self, case: &Case) -> CommitteeTerms {
        self.way_of(case).map_or(self.committee, |way| way.committee)
    }

    /// Who is told of rights over personal data, and of breaches, in that case.
    pub fn privacy_contact_of(&self, case: &Case) -> Option<&Address> {
        self.way_of(case).map_or(&self.privacy_contact, |way| &way.privacy_contact).as_ref()
    }

    /// Whether that is whom the company tells of personal data.
    pub fn is_privacy_contact(&self, address: &Address) -> bool {
        let of_others = self.ways.iter().filter_map(|way| way.privacy_contact.as_ref());
        self.privacy_contact.iter().chain(of_others).any(|contact| contact == address)
    }

    /// Another address by which mail reaches the desk.
    pub fn is_alias(&self, address: &Address) -> bool {
        self.aliases.iter().any(|alias| address.reaches(alias))
    }

    /// A list that the company keeps: one of its addresses, or an id (RFC 2919) that stands for one, is an alias of the
    /// desk's, or it is at the desk's own domain. `named` is in lower case.
    pub fn is_own_list(&self, named: &str) -> bool {
        let domains: Vec<String> = self.company_addresses().map(|own| own.domain().to_lowercase()).collect();
        let is_id = |alias: &Address| alias.key().replace('@', ".") == named;
        match Address::parse(named) {
            Ok(address) => self.is_alias(&address) || domains.iter().any(|domain| address.domain() == domain),
            Err(_) => {
                let is_below = |domain: &String| named.ends_with(&format!(".{domain}"));
                self.aliases.iter().any(is_id) || domains.iter().any(is_below)
            }
        }
    }

    /// The last moments of the three clocks for what was received then (§1, §2.1.2).
    pub fn due(&self, received_at: Moment) -> Due {
        let hours = |n: u32| self.calendar.due_after_hours(received_at, n);
        Due {
            acknowledge: hours(self.deadlines.acknowledge_hours),
            first_response: hours(self.deadlines.first_response_hours),
            resolve: self.calendar.due_after_working_days(received_at, self.deadlines.resolve_working_days),
        }
    }

    /// The year a case registered now is numbered in.
    pub fn year(&self, now: Moment) -> i32 {
        self.calendar.local(now).year()
    }

    /// The last day a dispute about the case can be filed (the procedure's end).
    pub fn committee_last_day(&self, case: &Case) -> Option<NaiveDate> {
        let months = self.committee_of(case).months?;
        let applies = self.department(&case.department).is_none_or(|d| d.committee);
        applies.then(|| self.calendar.month_later(self.calendar.local(case.lodged_at).date_naive(), months))
    }

    /// When a complaint that is still open asks for a letter that names the committee: with the overview of that day.
    pub fn status_due(&self, case: &Case) -> Option<Moment> {
        self.committee_last_day(case)?;
        let days = Days::new(u64::from(self.committee_of(case).after_days?));
        let day = self.calendar.local(case.lodged_at).date_naive().checked_add_days(days)?;
        Some(self.calendar.at(day, self.digest.at))
    }

    /// Whether, and until when, such a dispute can be filed, as it stands at that moment.
    pub fn filing(&self, case: &Case, now: Moment) -> Filing {
        match self.committee_last_day(case) {
            None => Filing::NotTaken,
            Some(day) if day < self.calendar.local(now).date_naive() => Filing::Past(day),
            Some(day) => Filing::Until(day),
        }
    }
}

/// Whose word on senders the settings believe.
pub fn witness(proof: &StaffProof) -> Witness<'_> {
    match proof {
        StaffProof::Nothing => Witness::Results(""),
        StaffProof::Results(trusted) => Witness::Results(trusted),
        StaffProof::Microsoft365 => Witness::Microsoft365,
    }
}
