//! The company's rules as the desk uses them: compiled once from the settings. Plain values.

use super::limits::Caps;
use super::references::{PatternError, References};
use super::routing::{Routes, RoutesError};
use super::urgent_words::UrgentWords;
use crate::calendar::Calendar;
use crate::case::{Address, AddressError, Due, Keys, Language, Moment, Texts, Worded};
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
    pub desk_address: Address,
    /// Other addresses by which mail reaches the desk: mail from there is our own too.
    pub aliases: Vec<Address>,
    pub language: Language,
    /// Those that customers are written to in, beside that one.
    pub languages: Vec<Language>,
    pub keys: Keys,
    pub calendar: Calendar,
    pub routes: Routes,
    pub references: References,
    /// Whose mails are complaints of the customers they name.
    pub forms: Vec<WebForm>,
    /// Whose mail is no complaint.
    pub authorities: Vec<Authority>,
    /// Who is told of rights over personal data, and of breaches.
    pub privacy_contact: Option<Address>,
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
    pub committee_months: Option<u32>,
    /// Days a complaint may be open before its customer hears of the committee.
    pub committee_after_days: Option<u32>,
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
            desk_address: Address::parse(&config.desk.address)?,
            aliases: addresses(&config.mailbox.aliases)?,
            language: config.desk.language.language(),
            languages: config.desk.languages.clone(),
            keys,
            calendar: Calendar::new(config.desk.time_zone, &config.deadlines),
            routes: Routes::compile(&config.department)?,
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
            committee_after_days: config.committee.as_ref().map(|c| c.after_days),
            committee_months: config.committee.as_ref().map(|c| c.months),
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
            || [&self.operator, &self.privacy_contact].contains(&&Some(address.clone()))
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

    /// The complaints address or an alias of it, also with a plus-address.
    pub fn is_desk(&self, address: &Address) -> bool {
        is_with_tag(address, &self.desk_address) || self.is_alias(address)
    }

    /// Another address by which mail reaches the desk.
    pub fn is_alias(&self, address: &Address) -> bool {
        self.aliases.iter().any(|alias| is_with_tag(address, alias))
    }

    /// A list that the company keeps: one of its addresses, or an id (RFC 2919) that stands for one, is an alias of the
    /// desk's, or it is at the desk's own domain. `named` is in lower case.
    pub fn is_own_list(&self, named: &str) -> bool {
        let domain = self.desk_address.domain().to_lowercase();
        let is_id = |alias: &Address| alias.key().replace('@', ".") == named;
        match Address::parse(named) {
            Ok(address) => self.is_alias(&address) || address.domain() == domain,
            Err(_) => self.aliases.iter().any(is_id) || named.ends_with(&format!(".{domain}")),
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

    /// The last day a dispute about a complaint lodged then can be filed (the procedure's end).
    pub fn committee_last_day(&self, department: &str, lodged_at: Moment) -> Option<NaiveDate> {
        let months = self.committee_months?;
        let applies = self.department(department).is_none_or(|d| d.committee);
        applies.then(|| self.calendar.month_later(self.calendar.local(lodged_at).date_naive(), months))
    }

    /// When a complaint that was lodged then and is still open asks for a letter that names the committee: with the overview of
    /// that day.
    pub fn status_due(&self, department: &str, lodged_at: Moment) -> Option<Moment> {
        self.committee_last_day(department, lodged_at)?;
        let days = Days::new(u64::from(self.committee_after_days?));
        let day = self.calendar.local(lodged_at).date_naive().checked_add_days(days)?;
        Some(self.calendar.at(day, self.digest.at))
    }

    /// Whether, and until when, such a dispute can be filed, as it stands at that moment.
    pub fn filing(&self, department: &str, lodged_at: Moment, now: Moment) -> Filing {
        match self.committee_last_day(department, lodged_at) {
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

/// The same mailbox, or a plus-address of it; the own address may have a tag of its own.
fn is_with_tag(address: &Address, own: &Address) -> bool {
    let (own_local, local) = (own.local().to_lowercase(), address.local().to_lowercase());
    let is_local = local.strip_prefix(&own_local).is_some_and(|tag| tag.is_empty() || tag.starts_with('+'));
    is_local && address.domain().eq_ignore_ascii_case(own.domain())
}
