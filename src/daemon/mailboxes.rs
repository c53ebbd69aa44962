//! The desk's mailboxes: of each the settings as they are for it, the rules that its mail is decided on by, and the house
//! that letters of its cases come from. The one place that says which mailbox a mail, a case or a letter is of.

use super::office::{OfficeError, house};
use super::pulse::Pulse;
use super::settle::Decided;
use super::watching::Watch;
use super::withheld::Asked;
use crate::case::{Case, Keys, MailboxName, What};
use crate::config::Config;
use crate::desk::{Rules, Within};
use crate::letters::House;
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::time::Instant;

/// What there is for one mailbox.
#[derive(Clone)]
pub struct OfMailbox {
    pub config: Arc<Config>,
    pub rules: Arc<Rules>,
    pub house: Arc<House>,
    /// What its company has on file.
    pub within: Within,
    /// The mails that are decided on by whoever reads it. By the first one's reader also those of mailboxes that are no longer in
    /// the settings.
    pub(super) mails: Within,
    /// What its loop sees of the servers.
    pub(super) watch: Arc<Watch>,
    /// Whether its loop still moves.
    pub(super) pulse: Arc<Pulse>,
    /// When mails were asked for last that its server does not give.
    pub(super) asked: Arc<Asked>,
}

impl OfMailbox {
    pub fn name(&self) -> &MailboxName {
        &self.config.mailbox.name
    }

    fn new(whole: &Config, name: &MailboxName, keys: &Keys, desk: Option<&Arc<Watch>>) -> Result<Self, OfficeError> {
        let config = whole.of_mailbox(name);
        Ok(Self {
            rules: Arc::new(Rules::new(&config, keys.clone())?),
            house: Arc::new(house(&config)?),
            within: within(&config),
            mails: mails(whole, name),
            watch: Arc::new(desk.map(Watch::beside).unwrap_or_default()),
            pulse: Arc::default(),
            asked: Arc::default(),
            config: Arc::new(config),
        })
    }
}

/// All of them.
pub struct Mailboxes {
    /// The settings as they were written.
    pub whole: Arc<Config>,
    first: OfMailbox,
    /// In the order of the settings.
    others: Vec<OfMailbox>,
}

impl Mailboxes {
    pub(super) fn new(whole: Config, keys: &Keys) -> Result<Self, OfficeError> {
        let first = OfMailbox::new(&whole, first_name(&whole), keys, None)?;
        let others = whole.mailboxes().skip(1).map(|one| OfMailbox::new(&whole, &one.name, keys, Some(&first.watch)));
        let others = others.collect::<Result<_, _>>()?;
        Ok(Self { whole: Arc::new(whole), first, others })
    }

    /// By other settings of the same mailboxes: what the loops know of each stays.
    pub(super) fn renewed(&self, whole: Config, keys: &Keys) -> Result<Self, OfficeError> {
        let mut renewed = Self::new(whole, keys)?;
        let new = std::iter::once(&mut renewed.first).chain(&mut renewed.others);
        for (new, old) in new.zip(self.all()) {
            let OfMailbox { watch, pulse, asked, .. } = old.clone();
            (new.watch, new.pulse, new.asked) = (watch, pulse, asked);
        }
        Ok(renewed)
    }

    /// In the order of the settings.
    pub fn all(&self) -> impl Iterator<Item = &OfMailbox> {
        std::iter::once(&self.first).chain(&self.others)
    }

    pub fn are_several(&self) -> bool {
        !self.others.is_empty()
    }

    /// That of cases and letters which name none.
    pub fn first(&self) -> &OfMailbox {
        &self.first
    }

    /// That of this name; the first where there is none.
    pub fn named(&self, name: Option<&MailboxName>) -> &OfMailbox {
        name.and_then(|name| self.all().find(|one| one.name() == name)).unwrap_or_else(|| self.first())
    }

    /// That of a folder, as the register names it.
    pub fn of_folder(&self, folder: &str) -> &OfMailbox {
        self.all().find(|one| one.name().has(folder)).unwrap_or_else(|| self.first())
    }

    /// The one that a case came by.
    pub fn of_case(&self, case: &Case) -> &OfMailbox {
        self.named(case.mailbox.as_ref())
    }

    /// The one that a letter is of: its case's; of one about no case, that which it was written through.
    pub fn of_letter(&self, case: Option<&Case>, through: Option<&MailboxName>) -> &OfMailbox {
        case.map_or_else(|| self.named(through), |case| self.of_case(case))
    }

    /// The one whose letters a decision's are: that of its case, as it was before or as it is opened now.
    pub(super) fn of_decision(&self, decided: &Decided) -> &OfMailbox {
        let number = decided.case();
        let opened = decided.decision.events.iter().find_map(|event| match &event.what {
            What::Opened(opened) if event.case == number => opened.mailbox.as_ref(),
            _ => None,
        });
        match decided.file.as_ref().filter(|file| Some(file.case.number) == number) {
            Some(file) => self.of_case(&file.case),
            None => self.named(opened.or(decided.mailbox.as_ref())),
        }
    }

    /// Of each company the first.
    pub fn of_companies(&self) -> Vec<&OfMailbox> {
        let mut companies: Vec<&OfMailbox> = Vec::new();
        for one in self.all() {
            if companies.iter().all(|known| known.within != one.within) {
                companies.push(one);
            }
        }
        companies
    }

    /// Whose test mails, as the register names them: the first's have no name.
    pub(super) fn trips_of<'a>(&self, name: &'a MailboxName) -> &'a str {
        if self.first().name() == name { "" } else { name.as_str() }
    }

    /// Each loop, and whether it moves: that of taking in, where each mailbox's does.
    pub(super) fn moving(&self, now: Instant) -> Vec<(&'static str, bool)> {
        let mut moving = self.first().pulse.moving(now);
        for other in &self.others {
            for ((_, moves), (_, also)) in moving.iter_mut().zip(other.pulse.moving(now)) {
                *moves &= also;
            }
        }
        moving
    }
}

fn first_name(config: &Config) -> &MailboxName {
    config.mailboxes().next().map_or(&config.mailbox.name, |mailbox| &mailbox.name)
}

/// What the company of that mailbox has on file. The first company has also what no mailbox of today brought in.
fn within(config: &Config) -> Within {
    if config.is_of_one_company() {
        return Within::All;
    }
    let own: BTreeSet<&MailboxName> = config.company_mailboxes().map(|mailbox| &mailbox.name).collect();
    if own.contains(first_name(config)) {
        let others = config.mailboxes().map(|mailbox| &mailbox.name).filter(|name| !own.contains(name));
        return Within::AllBut(others.cloned().collect());
    }
    Within::Only(own.into_iter().cloned().collect())
}

/// What is decided on by who reads that mailbox.
fn mails(whole: &Config, name: &MailboxName) -> Within {
    let others: Vec<MailboxName> = whole.mailboxes().map(|one| &one.name).filter(|one| *one != name).cloned().collect();
    match (others.is_empty(), first_name(whole) == name) {
        (true, _) => Within::All,
        (false, true) => Within::AllBut(others),
        (false, false) => Within::Only(vec![name.clone()]),
    }
}
