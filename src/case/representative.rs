//! Who acts for a customer: a lawyer, somebody with an authorisation. Plain values.

use super::{Address, Case, Customer, Reach};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Who acts for the customer, by staff's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Representative {
    pub address: Address,
    /// May be empty.
    pub name: String,
    pub ground: Ground,
    /// Message-IDs that this one's mail client knows, oldest first: nothing of the customer's thread.
    #[serde(default)]
    pub thread: Vec<String>,
}

/// Why somebody acts for the customer: recorded, not proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by", content = "day")]
pub enum Ground {
    Lawyer,
    /// An authorisation of that day.
    Authorisation(NaiveDate),
    /// The customer wrote it.
    Customer,
}

impl Case {
    /// Where letters to the customer go: to who acts for the customer, else to the customer.
    pub fn reach(&self) -> Reach<'_> {
        self.representative.as_ref().map_or_else(|| self.customer.reach(), |acts| Reach::Mail(&acts.address))
    }

    /// Whether that address is the customer's, or of who acts for the customer.
    pub fn speaks_for_customer(&self, address: &Address) -> bool {
        let acts = self.representative.as_ref().is_some_and(|acts| acts.address == *address);
        acts || self.customer.address.as_ref() == Some(address)
    }

    /// Whom a letter to that address speaks to.
    pub fn addressee(&self, to: &Address) -> Customer {
        match self.representative.as_ref().filter(|acts| acts.address == *to) {
            Some(acts) => Customer { name: acts.name.clone(), address: Some(to.clone()), ..Customer::default() },
            None => self.customer.clone(),
        }
    }

    /// The thread in the mail client of whoever has that address.
    pub(super) fn thread_with(&mut self, address: &str) -> &mut Vec<String> {
        let acts = |one: &&mut Representative| Address::parse(address).is_ok_and(|address| address == one.address);
        match self.representative.as_mut().filter(acts) {
            Some(acts) => &mut acts.thread,
            None => &mut self.customer_thread,
        }
    }
}
