//! Several mailboxes: reads each `[[mailbox]]`, says what they must be to each other, and how the settings look from one of
//! them. A mailbox is of a company; what one company has, no other sees. Pure but for what [`Section`] reads.

use super::mailbox::{Mailbox, OwnWay, mailbox};
use super::section::{Reading, Section, clipped, section_name};
use super::taking::{read_table, read_with};
use super::{Config, Department, Desk, Digest, MailboxKind};
use crate::case::{MailboxName, StandardText};
use config::{Map, Value, ValueKind};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Mailboxes of one desk: each has a connection and a loop of its own.
const MAX_MAILBOXES: usize = 50;

/// The mailboxes beside the one in hand.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct OtherMailboxes {
    all: Vec<Mailbox>,
    /// How many of them stand before the one in hand.
    before: usize,
}

impl OtherMailboxes {
    pub(super) fn after_the_first(all: Vec<Mailbox>) -> Self {
        Self { all, before: 0 }
    }
}

/// The first mailbox, and the others.
pub(super) fn mailboxes(file: &mut Section) -> (Mailbox, Vec<Mailbox>) {
    let Some(several) = file.take_several("mailbox") else { return (read_with(file, "mailbox", mailbox), Vec::new()) };
    if several.len() > MAX_MAILBOXES {
        file.refuse("mailbox", format!("{} of them", several.len()), format!("write at most {MAX_MAILBOXES}"));
    }
    let mut all: Vec<Mailbox> = Vec::new();
    for (index, value) in several.into_iter().take(MAX_MAILBOXES).enumerate() {
        let ValueKind::Table(table) = value.kind else {
            file.refuse("mailbox", "a value in place of a section", "write [[mailbox]] and its keys below it");
            continue;
        };
        let label = section_name("mailbox", index, &table);
        if !has_name(&table) {
            file.refuse(&format!("{label}.name"), "nothing", "write a short name of its own for each mailbox");
        }
        all.push(read_table(file, &label, table, mailbox));
    }
    if all.is_empty() {
        return (read_with(file, "mailbox", mailbox), Vec::new());
    }
    let first = all.remove(0);
    (first, all)
}

fn has_name(table: &Map<String, Value>) -> bool {
    table.get("name").is_some_and(|name| !matches!(&name.kind, ValueKind::String(text) if text.trim().is_empty()))
}

impl Config {
    /// All mailboxes, in the order of the settings. Cases of before there were several are the first one's.
    pub fn mailboxes(&self) -> impl Iterator<Item = &Mailbox> {
        let (before, after) = self.other_mailboxes.all.split_at(self.other_mailboxes.before);
        before.iter().chain([&self.mailbox]).chain(after)
    }

    /// Where mail to that mailbox goes, and letters of its cases come from.
    pub fn address_of<'a>(&'a self, mailbox: &'a Mailbox) -> &'a str {
        mailbox.own.address.as_ref().unwrap_or(&self.desk.address)
    }

    /// The company that it is of.
    pub fn company_of<'a>(&'a self, mailbox: &'a Mailbox) -> &'a str {
        mailbox.own.company.as_ref().unwrap_or(&self.desk.name)
    }

    /// The mailboxes of the company that the one in hand is of.
    pub fn company_mailboxes(&self) -> impl Iterator<Item = &Mailbox> {
        let own = self.company_of(&self.mailbox);
        self.mailboxes().filter(move |mailbox| self.company_of(mailbox) == own)
    }

    /// Whether the company of the mailbox in hand is the only one.
    pub fn is_of_one_company(&self) -> bool {
        self.company_mailboxes().count() == self.mailboxes().count()
    }

    /// The settings as they are for one of the mailboxes: its company's departments and people, and what is its own.
    /// Of the settings as a whole only.
    #[must_use]
    pub fn of_mailbox(&self, name: &MailboxName) -> Self {
        let mut all: Vec<Mailbox> = self.mailboxes().map(|mailbox| self.with_defaults(mailbox)).collect();
        let before = all.iter().position(|mailbox| mailbox.name == *name).unwrap_or_default();
        let mailbox = all.remove(before);
        let view = Self { mailbox, other_mailboxes: OtherMailboxes { all, before }, ..self.clone() };
        let is_desks = view.company_of(&view.mailbox) == self.desk.name;
        let own = &view.mailbox.own;
        let of_company = |list: &[String], own: fn(&OwnWay) -> &Vec<String>| {
            let of_desk = list.iter().filter(|_| is_desks);
            let mut all: Vec<String> = Vec::new();
            for one in of_desk.chain(view.company_mailboxes().flat_map(|mailbox| own(&mailbox.own))) {
                if !all.contains(one) {
                    all.push(one.clone());
                }
            }
            all
        };
        let desk = Desk {
            name: view.company_of(&view.mailbox).to_owned(),
            address: view.address_of(&view.mailbox).to_owned(),
            employees: of_company(&self.desk.employees, |own| &own.employees),
            ..self.desk.clone()
        };
        let recipients = of_company(&self.digest.recipients, |own| &own.digest_recipients);
        // A text that names no company is the desk's own company's.
        let is_own =
            |text: &&StandardText| text.company.as_ref().unwrap_or(&self.desk.name) == view.company_of(&view.mailbox);
        Self {
            text: self.text.iter().filter(is_own).cloned().collect(),
            committee: own.committee.clone(),
            privacy: own.privacy.clone().unwrap_or_default(),
            paper: own.paper.clone(),
            department: view.company_departments(),
            digest: Digest { recipients, ..self.digest.clone() },
            desk,
            ..view
        }
    }

    /// With what it leaves out written down: seen from another mailbox the desk's may be another.
    fn with_defaults(&self, mailbox: &Mailbox) -> Mailbox {
        let (company, own) = (self.company_of(mailbox), &mailbox.own);
        // What binds a company, or tells of its people, is no other company's.
        let is_desks = company == self.desk.name;
        let own = OwnWay {
            address: Some(self.address_of(mailbox).to_owned()),
            company: Some(company.to_owned()),
            committee: own.committee.clone().or_else(|| self.committee.clone().filter(|_| is_desks)),
            privacy: own.privacy.clone().or_else(|| Some(self.privacy.clone()).filter(|_| is_desks)),
            paper: own.paper.clone().or_else(|| self.paper.clone().filter(|_| is_desks)),
            ..own.clone()
        };
        Mailbox { own, ..mailbox.clone() }
    }

    /// The departments of the company of the mailbox in hand, one of them its fallback: the desk's, or else that of its first
    /// mailbox.
    fn company_departments(&self) -> Vec<Department> {
        let feeds = |department: &Department| self.company_mailboxes().any(|mailbox| feeds(mailbox, department));
        let is_only = self.is_of_one_company();
        let mut own: Vec<Department> = self.department.iter().filter(|one| is_only || feeds(one)).cloned().collect();
        if own.iter().all(|department| !department.fallback) {
            let named = self.company_mailboxes().find_map(|mailbox| mailbox.own.fallback.as_ref());
            own.iter_mut().for_each(|department| department.fallback = Some(&department.name) == named);
        }
        own
    }

    /// The departments that complaints of the mailbox in hand are routed to, one of them its fallback.
    pub fn fed_departments(&self) -> Vec<Department> {
        let fed = self.department.iter().filter(|department| feeds(&self.mailbox, department)).cloned();
        let own = |department: Department| match &self.mailbox.own.fallback {
            Some(name) => Department { fallback: department.name == *name, ..department },
            None => department,
        };
        fed.map(own).collect()
    }
}

fn feeds(mailbox: &Mailbox, department: &Department) -> bool {
    mailbox.own.departments.is_empty() || mailbox.own.departments.contains(&department.name)
}

/// What holds between them.
pub(super) fn mailboxes_agree(config: &Config, reading: &mut Reading) {
    names_and_folders(config, reading);
    departments_are_known(config, reading);
    companies_are_apart(config, reading);
    proof_is_one(config, reading);
}

/// `mailbox "zakelijk".key`, or `mailbox.key` of the only one.
pub(super) fn key_of(config: &Config, mailbox: &Mailbox, key: &str) -> String {
    if config.mailboxes().count() == 1 {
        return format!("mailbox.{key}");
    }
    format!("mailbox \"{}\".{key}", mailbox.name.as_str().escape_debug())
}

fn names_and_folders(config: &Config, reading: &mut Reading) {
    let all: Vec<&Mailbox> = config.mailboxes().collect();
    for (index, mailbox) in all.iter().enumerate() {
        let refuse = |reading: &mut Reading, key: &str, found: String, write: &str| {
            reading.refuse(&key_of(config, mailbox, key), found, write);
        };
        if all.len() > 1 && mailbox.name.is_ambiguous() {
            let found = format!("\"{}\"", clipped(mailbox.name.as_str()));
            refuse(reading, "name", found, "write a name without a slash: what follows one is a folder");
        }
        for other in &all[..index] {
            if other.name.as_str().eq_ignore_ascii_case(mailbox.name.as_str()) {
                refuse(reading, "name", "it twice".to_owned(), "write a name of its own for each mailbox");
            } else if let Some((key, folder)) = shared_folder(mailbox, other) {
                let found = format!("\"{}\", which is a folder of mailbox \"{}\" too", clipped(folder), other.name);
                refuse(reading, key, found, "write a folder of its own: mail of one would be taken for the other's");
            }
        }
    }
}

/// A folder that two mailboxes of one account both use.
fn shared_folder<'a>(one: &'a Mailbox, other: &Mailbox) -> Option<(&'static str, &'a str)> {
    let same_account = match (one.kind, other.kind) {
        (MailboxKind::Imap, MailboxKind::Imap) => {
            one.host.eq_ignore_ascii_case(&other.host) && one.port == other.port && one.username == other.username
        }
        (MailboxKind::Maildir, MailboxKind::Maildir) => one.path == other.path,
        _ => false,
    };
    let folders = |of: &'a Mailbox| {
        [
            ("inbox", &of.inbox),
            ("processed", &of.processed),
            ("set_aside", &of.set_aside),
            ("unreadable", &of.unreadable),
            ("junk", &of.junk),
        ]
    };
    let others = [&other.inbox, &other.processed, &other.set_aside, &other.unreadable, &other.junk];
    let is_shared = |folder: &str| !folder.is_empty() && others.iter().any(|other| other.eq_ignore_ascii_case(folder));
    let shared = folders(one).into_iter().find(|(_, folder)| same_account && is_shared(folder));
    shared.map(|(key, folder)| (key, folder.as_str()))
}

/// §2.1.2: some department is responsible for every complaint, also of each mailbox.
fn departments_are_known(config: &Config, reading: &mut Reading) {
    let names: Vec<&str> = config.department.iter().map(|department| department.name.as_str()).collect();
    let list = names.join(", ");
    for mailbox in config.mailboxes() {
        let OwnWay { departments, fallback, .. } = &mailbox.own;
        if let Some(bad) = departments.iter().find(|name| !names.contains(&name.as_str())) {
            let found = format!("\"{}\"", clipped(bad));
            let write = format!("write names of [[department]] sections: {list}");
            reading.refuse(&key_of(config, mailbox, "departments"), found, write);
            continue;
        }
        let fed: Vec<&Department> = config.department.iter().filter(|department| feeds(mailbox, department)).collect();
        let fed_names = || fed.iter().map(|department| department.name.as_str()).collect::<Vec<_>>().join(", ");
        let key = key_of(config, mailbox, "fallback");
        match fallback {
            Some(name) if fed.iter().all(|department| department.name != *name) => {
                let write = format!("write one of the departments it feeds: {}", fed_names());
                reading.refuse(&key, format!("\"{}\"", clipped(name)), write);
            }
            None if !config.department.is_empty() && !departments.is_empty() && fed.iter().all(|one| !one.fallback) => {
                let write = format!(
                    "write which of its departments gets what no keyword meets: `fallback = \"…\"`, one of {}; the \
                     company's is not among them",
                    fed_names()
                );
                reading.refuse(&key, "nothing", write);
            }
            _ => {}
        }
    }
}

/// What one company has, no other sees: neither a department nor an address is of two.
fn companies_are_apart(config: &Config, reading: &mut Reading) {
    if config.is_of_one_company() {
        return;
    }
    for department in &config.department {
        let fed_by: BTreeSet<&str> =
            config.mailboxes().filter(|one| feeds(one, department)).map(|one| config.company_of(one)).collect();
        let key = format!("department \"{}\"", department.name);
        if fed_by.is_empty() {
            let write = "name it in `departments` of a mailbox: of several companies, each department is of one";
            reading.refuse(&key, "no mailbox that feeds it", write);
        } else if fed_by.len() > 1 {
            let companies: Vec<String> = fed_by.iter().map(|company| format!("\"{}\"", clipped(company))).collect();
            let found = format!("mailboxes of {} feed it", companies.join(" and "));
            let write = "write `departments = [\"…\"]` in each [[mailbox]]: whoever reads the complaints of one company \
                         must not get those of another";
            reading.refuse(&key, found, write);
        }
    }
    let mut owners: BTreeMap<String, &str> = BTreeMap::new();
    for mailbox in config.mailboxes() {
        let company = config.company_of(mailbox);
        let addresses = [config.address_of(mailbox)].into_iter().chain(mailbox.aliases.iter().map(String::as_str));
        for address in addresses.filter(|address| !address.is_empty()) {
            let owner = *owners.entry(address.to_lowercase()).or_insert(company);
            if owner != company {
                let found = format!("\"{}\", an address of \"{}\" too", clipped(address), clipped(owner));
                let write = "write an address of its own: letters of one company must not come from another's";
                reading.refuse(&key_of(config, mailbox, "address"), found, write);
            }
        }
    }
}

/// Invariant 6: a colleague's answer counts in any mailbox of the company, so that the weakest proof would count in all.
fn proof_is_one(config: &Config, reading: &mut Reading) {
    let mut first: BTreeMap<&str, &Mailbox> = BTreeMap::new();
    for mailbox in config.mailboxes() {
        let other = *first.entry(config.company_of(mailbox)).or_insert(mailbox);
        let is_same =
            other.staff_proof == mailbox.staff_proof && other.accept_unproven_staff == mailbox.accept_unproven_staff;
        if !is_same {
            let found = format!("staff proven in another way than in mailbox \"{}\"", other.name);
            let write = "write the same `trusted_authserv_id`, `staff_proof` and `accept_unproven_staff` in all mailboxes of a \
                         company: an answer of a colleague counts in each of them, so that the weaker would open the stronger";
            reading.refuse(&key_of(config, mailbox, "staff_proof"), found, write);
        }
    }
}

#[cfg(test)]
mod tests;
