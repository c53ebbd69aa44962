//! `#klant`: staff say who the customer is. Letters go there from now on, and what is owed goes out. Whoever had a person's letter
//! as the customer, and is not, is told that the case goes on with somebody else; nothing that was written before goes
//! along to the new one (invariant 7). The letters that went elsewhere stopped no clock (§1, invariant 9). Pure.

use super::Work;
use crate::case::{Address, CaseState, Customer, CustomerLetter, LetterFate, LetterKind, Round, What};
use crate::desk::Role;
use crate::desk::draft::{Content, Done, Misdirected, Owed, Problem, RepresentedStage};
use crate::desk::form::{plain, short, the_address};
use crate::desk::sent_by::is_machine;
use crate::desk::verbs::Verb;

impl Work<'_> {
    pub(super) fn customer(&mut self, written: &str, text: &str) -> Result<(), Problem> {
        self.is_a_complaint(Verb::Customer)?;
        let (address, name) = self.named(written)?;
        let before = self.case.clone();
        let old = before.customer.address.as_ref().filter(|old| **old != address);
        let (had_letters, had_persons) = old.map_or((false, false), |old| self.had(old));
        let mut customer = before.customer.clone();
        if had_letters {
            // Of whom the letters reached nothing is the customer's: not the name, not the telephone.
            customer = Customer::default();
        }
        customer.address = Some(address.clone());
        customer.name = name.unwrap_or(customer.name);
        // Who acted for somebody who is not the customer acts for nobody (see `Case::set_customer`).
        let acted = before.representative.clone().filter(|acts| old.is_some() && acts.address != address);
        if let Some(acts) = &acted {
            self.tell_representative(RepresentedStage::RepresentativeEnds, acts);
        }
        if customer != before.customer {
            self.record(What::CustomerSet { customer: customer.clone() });
        }
        let owed = self.owed(had_persons);
        if owed.contains(&Owed::Acknowledgement) {
            self.letters.push(self.reply.acknowledgement(&self.case, address.clone()));
        }
        let told = old.filter(|old| had_persons && !is_machine(old)).cloned();
        if let Some(old) = &told {
            let content = Content::Misdirected(Misdirected { customer_name: before.customer.name.clone() });
            self.letters.push(self.reply.to_customer(&before, old.clone(), content));
        }
        self.keep(text);
        self.tell(Done::CustomerSet { to: address, name: customer.name, owed, told });
        if let Some(acts) = acted {
            self.tell(Done::RepresentativeEnded { was: acts.address, told: None });
        }
        Ok(())
    }

    /// What is typed behind the verb: an address, and perhaps a name beside it, in any order.
    fn named(&self, written: &str) -> Result<(Address, Option<String>), Problem> {
        let refused = || Problem::NotACustomer { written: written.to_owned() };
        let address = the_address(written).ok_or_else(refused)?;
        // Letters to a colleague, to the desk or to where nobody reads them would be no letters to the customer (invariant 5).
        let is_authority = self.reply.rules.authority(&address).is_some();
        if self.reply.rules.role(&address) != Role::Outsider || is_machine(&address) || is_authority {
            return Err(refused());
        }
        let is_name = |word: &&str| !word.contains('@') && !word.starts_with("mailto:");
        let words: Vec<&str> = written.split_whitespace().filter(is_name).collect();
        let name = short(&words.join(" "));
        let name = plain(name.trim_matches([',', ';', '<', '>', '(', ')', '"', ':'])).to_owned();
        Ok((address, Some(name).filter(|name| name.contains(char::is_alphabetic))))
    }

    /// Whether any letter went to this address and is not known to have failed; and whether a person's did.
    fn had(&self, address: &Address) -> (bool, bool) {
        let events = || self.reply.file.events.iter().map(|event| &event.what);
        let has_failed = |id| {
            events().any(|what| match what {
                What::LetterFate { letter, fate, .. } => letter == id && !matches!(fate, LetterFate::Accepted { .. }),
                _ => false,
            })
        };
        let mut had = (false, false);
        for what in events() {
            match what {
                What::LetterWritten { letter, letter_kind, to, .. }
                    if letter_kind.is_for_customer() && is_same(to, address) && !has_failed(letter) =>
                {
                    had.0 = true;
                    had.1 |= letter_kind.is_of_a_person();
                }
                What::AnsweredDirectly(_) => had = (true, true),
                _ => {}
            }
        }
        had
    }

    /// What nobody has written to this customer yet.
    fn owed(&self, had_persons: bool) -> Vec<Owed> {
        let is_acknowledgement = |letter: &CustomerLetter| {
            letter.letter_kind == LetterKind::Acknowledgement && letter.round != Round::Elsewhere
        };
        let under_way = self.case.letters.iter().any(is_acknowledgement);
        let is_open = self.case.state == CaseState::Open;
        let checks = [
            (is_open && self.case.acknowledged.is_none() && !under_way, Owed::Acknowledgement),
            (is_open && had_persons && self.case.first_response_at().is_none(), Owed::Answer),
            (had_persons && self.case.owes_confirmation(), Owed::Confirmation),
            (!self.case.owes_confirmation() && self.case.owes_committee(), Owed::Committee),
        ];
        checks.into_iter().filter(|(is_owed, _)| *is_owed).map(|(_, owed)| owed).collect()
    }
}

fn is_same(written: &str, address: &Address) -> bool {
    Address::parse(written).is_ok_and(|written| written == *address)
}
