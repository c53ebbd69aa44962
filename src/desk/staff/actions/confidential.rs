//! `#vertrouwelijk`: a complaint about a colleague is seen by the supervisor and whoever is named, and by nobody else; where the
//! supervisor is meant, by whoever is named first. Who sees what is judged in `sight.rs`. Pure.

use super::Work;
use crate::case::{Address, CaseNumber, Confidential, Event, What};
use crate::desk::Role;
use crate::desk::draft::{Cover, Done, NoReader, Problem};
use crate::desk::form::the_address;
use crate::desk::letters_out::Beside;
use crate::desk::originals::with_originals;
use crate::desk::sight::{acts_on, notified, supervisor};
use crate::desk::verbs::Verb;
use crate::text::fold;

/// What is typed behind the verb to end it.
const OFF: [&str; 5] = ["uit", "geen", "nee", "off", "no"];
/// Before whom it is kept from; and before whom it is for again.
const WITHOUT: [&str; 5] = ["zonder", "niet", "behalve", "without", "not"];
const WITH: [&str; 4] = ["met", "wel", "with", "en"];
const SUPERVISOR: [&str; 4] = ["leidinggevende", "chef", "supervisor", "manager"];

impl Work<'_> {
    pub(super) fn confidential(&mut self, value: &str, text: &str) -> Result<(), Problem> {
        self.is_a_complaint(Verb::Confidential)?;
        if OFF.contains(&fold(value).as_str()) {
            return self.lift(text);
        }
        let before = self.case.confidential.clone().unwrap_or_default();
        let confidential = self.who_sees(value, before)?;
        let is_new =
            |reader: &&Address| !acts_on(&self.case, reader, self.reply.rules) || self.case.confidential.is_none();
        let told: Vec<Address> =
            confidential.readers.iter().filter(|to| *to != self.reply.from).filter(is_new).cloned().collect();
        self.keep(text);
        self.record(What::ConfidentialSet(confidential.clone()));
        self.seen_by_the_same();
        for to in told {
            let beside = Beside { cover: Cover::of(self.reply.from, text), ..Beside::default() };
            let notification = self.reply.notification(&self.case, to, beside);
            self.letters.push(with_originals(notification, self.reply.file, self.reply.rules));
        }
        self.tell(Done::ConfidentialSet { readers: confidential.readers });
        Ok(())
    }

    /// Its department sees it again, and hears of it as of any complaint that comes to it.
    fn lift(&mut self, text: &str) -> Result<(), Problem> {
        if self.case.confidential.is_none() {
            return Err(self.not_now(Verb::Confidential));
        }
        self.record(What::ConfidentialLifted);
        self.seen_by_the_same();
        self.keep(text);
        let beside = Beside { cover: Cover::of(self.reply.from, text), ..Beside::default() };
        let told = notified(&self.case, self.reply.rules).map(|to| {
            with_originals(self.reply.notification(&self.case, to, beside), self.reply.file, self.reply.rules)
        });
        self.letters.extend(told);
        self.tell(Done::ConfidentialLifted);
        Ok(())
    }

    /// Cases that go on in this one are found by their own numbers, too.
    pub(super) fn seen_by_the_same(&mut self) {
        let what = self.case.confidential.clone().map_or(What::ConfidentialLifted, What::ConfidentialSet);
        let of = |number: &CaseNumber| Event { case: Some(*number), ..self.reply.happened(what.clone()) };
        let events: Vec<Event> = self.case.absorbed.iter().map(of).collect();
        self.events.extend(events);
    }

    /// Who sees it: whoever did before and is named, whoever watches over it first.
    fn who_sees(&self, value: &str, before: Confidential) -> Result<Confidential, Problem> {
        let (named, kept_from) = self.colleagues_named(value)?;
        // Who is named sees it again.
        let known = before.without.into_iter().filter(|known| !named.contains(known));
        let without: Vec<Address> = known.chain(kept_from).collect();
        let supervisor = supervisor(&self.case, self.reply.rules).filter(|address| self.is_own(address));
        let mut readers: Vec<Address> = Vec::new();
        for reader in before.readers.into_iter().chain(supervisor).chain(named) {
            if !readers.contains(&reader) && !without.contains(&reader) {
                readers.push(reader);
            }
        }
        // Whom it was confided to before goes on with it; nobody becomes the only one to see it by his own word.
        let watches = |reader: &&Address| {
            self.stands_above(reader) && (*reader != self.reply.from || self.case.confidential.is_some())
        };
        let is_kept_out = self.department().is_none_or(|department| !readers.contains(&department.supervisor));
        if readers.is_empty() || is_kept_out && !readers.iter().any(|reader| watches(&reader)) {
            return Err(Problem::Readers(NoReader::NobodyLeft));
        }
        readers.sort_by_key(|reader| !self.stands_above(reader));
        Ok(Confidential { readers, without })
    }

    /// Who may watch over it in the supervisor's place: another one, or who reads the overviews of all.
    fn stands_above(&self, address: &Address) -> bool {
        let rules = self.reply.rules;
        rules.digest_recipients.contains(address) || rules.departments.iter().any(|d| d.supervisor == *address)
    }

    /// Who is named, and from whom it is kept.
    fn colleagues_named(&self, value: &str) -> Result<(Vec<Address>, Vec<Address>), Problem> {
        let (mut named, mut without, mut keeps) = (Vec::new(), Vec::new(), false);
        for word in value.split([' ', ',', ';']).map(str::trim).filter(|word| !word.is_empty()) {
            let folded = fold(word);
            match folded.as_str() {
                word if WITHOUT.contains(&word) => keeps = true,
                word if WITH.contains(&word) => keeps = false,
                _ => {
                    let address = self.colleague(word, &folded)?;
                    if keeps { without.push(address) } else { named.push(address) }
                }
            }
        }
        Ok((named, without))
    }

    fn colleague(&self, written: &str, folded: &str) -> Result<Address, Problem> {
        let rules = self.reply.rules;
        let of_department = || self.department().map(|department| department.supervisor.clone());
        let address = if SUPERVISOR.contains(&folded) { of_department() } else { the_address(written) };
        address.filter(|address| self.is_own(address)).ok_or_else(|| {
            let supervisors = rules.departments.iter().map(|d| &d.supervisor).chain(&rules.digest_recipients);
            let mut colleagues: Vec<Address> = supervisors.filter(|one| self.is_own(one)).cloned().collect();
            colleagues.dedup();
            Problem::Readers(NoReader::NotAColleague { written: written.to_owned(), colleagues })
        })
    }

    /// A colleague's own mailbox: what comes to a department's is read by all of it.
    fn is_own(&self, address: &Address) -> bool {
        let rules = self.reply.rules;
        rules.role(address) == Role::Staff && rules.departments.iter().all(|department| department.address != *address)
    }
}
