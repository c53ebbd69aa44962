//! `#samenvoegen`: two cases of one customer about one complaint become one, and both numbers keep working. The one that
//! was lodged first stays, because its clocks started first. Pure.

use super::Work;
use crate::case::{Absorbed, Address, Case, CaseNumber, CaseState, Event, What};
use crate::desk::draft::{Done, NoMerge, Problem};
use crate::desk::sight::{acts_on, handler_address, is_hidden};
use crate::desk::{CaseFile, Found};

impl Work<'_> {
    /// Makes one of the case in hand and the one of that number, whichever of the two the mail answers.
    pub(super) fn merge(&mut self, written: &str, text: &str) -> Result<(), Problem> {
        let other = self.other_case(written)?;
        self.may_merge(&other)?;
        let was_closed = self.case.state != CaseState::Open || other.state != CaseState::Open;
        let stays = self.stays(&other);
        let gone = if stays { other } else { std::mem::replace(&mut self.case, other) };
        let mut readers = self.readers(&gone);
        let binds = |handler: &Address| acts_on(&self.case, handler, self.reply.rules);
        let handler = gone.handler.clone().filter(binds);
        self.record(What::Absorbed(Box::new(Absorbed { handler, ..Absorbed::of(&gone) })));
        let merged = What::Merged { into: self.case.number };
        self.events.push(Event { case: Some(gone.number), ..self.reply.happened(merged) });
        if self.case.confidential.is_some() {
            self.seen_by_the_same();
        }
        // Whoever saw the one that was not hidden does not see what they are together.
        readers.retain(|reader| !is_hidden(&self.case, reader, self.reply.rules));
        // What this mail wrote before belongs to the case that stays.
        let of_gone = self.letters.iter_mut().filter(|letter| letter.case == Some(gone.number));
        of_gone.for_each(|letter| letter.case = Some(self.case.number));
        let told = self.tell_handlers(readers, &gone, was_closed);
        let (stays, state) = (self.case.number, self.case.state);
        let customer = &self.case.customer.address;
        let not_told = gone.customer.address.clone().filter(|address| customer.as_ref() != Some(address));
        self.done.push(Done::Merged { stays, gone: gone.number, state, told, not_told });
        self.keep(text);
        Ok(())
    }

    /// The case of the number that was typed, as the register holds it.
    fn other_case(&self, written: &str) -> Result<Case, Problem> {
        let refused = |why| Problem::NotMerged { written: written.to_owned(), why };
        let number: CaseNumber = written.parse().map_err(|_| refused(NoMerge::Unknown))?;
        if number == self.case.number {
            return Err(refused(NoMerge::Same));
        }
        let Some(Found::Case(Some(file))) = &self.reply.known.found else { return Err(refused(NoMerge::Unknown)) };
        let CaseFile { case, .. } = file.as_ref();
        match () {
            () if case.number == number => Ok(case.clone()),
            // The number leads to the case in which it goes on.
            () if case.absorbed.contains(&number) => Err(refused(NoMerge::Merged)),
            () => Err(refused(NoMerge::Unknown)),
        }
    }

    fn may_merge(&self, other: &Case) -> Result<(), Problem> {
        if is_hidden(other, self.reply.from, self.reply.rules) {
            return Err(Problem::NotMerged { written: other.number.to_string(), why: NoMerge::Unknown });
        }
        if !acts_on(other, self.reply.from, self.reply.rules) {
            self.reply.is_bound_by(&other.department)?;
        }
        if self.case.confidential.is_some()
            && other.confidential.is_some()
            && self.case.confidential != other.confidential
        {
            return Err(Problem::NotMerged { written: other.number.to_string(), why: NoMerge::Readers });
        }
        for case in [&self.case, other] {
            let refused = |why| Err(Problem::NotMerged { written: case.number.to_string(), why });
            match case.state {
                CaseState::Open | CaseState::Closed => {}
                CaseState::Dismissed => return refused(NoMerge::Dismissed),
                CaseState::Merged => return refused(NoMerge::Merged),
            }
        }
        match (&self.case.customer.address, &other.customer.address) {
            (Some(mine), Some(theirs)) if mine != theirs && self.named_by(other).is_none() => {
                Err(Problem::NotMerged { written: other.number.to_string(), why: NoMerge::OtherCustomer })
            }
            _ => Ok(()),
        }
    }

    /// The case lodged first stays. Of two customers' cases the one that the other named: letters go on to its customer,
    /// and whoever named it gets none (invariant 6).
    fn stays(&self, other: &Case) -> bool {
        let mine = self.case.customer.address.as_ref();
        let differ = mine.is_some() && other.customer.address.is_some() && mine != other.customer.address.as_ref();
        let named = self.named_by(other).filter(|_| differ);
        let first = (self.case.lodged_at, self.case.number) <= (other.lodged_at, other.number);
        named.map_or(first, |named| named == self.case.number)
    }

    /// Of the two the one that the mail which opened the other named, or whose mail it answered (see `belonging.rs`).
    fn named_by(&self, other: &Case) -> Option<CaseNumber> {
        let (mine, theirs) = (self.case.number, other.number);
        if other.linked.contains(&mine) {
            return Some(mine);
        }
        self.case.linked.contains(&theirs).then_some(theirs)
    }

    /// Who handles either of the two; the sender knows already.
    fn readers(&self, gone: &Case) -> Vec<Address> {
        let mut readers: Vec<Address> = Vec::new();
        for reader in [&self.case, gone].into_iter().filter_map(|case| handler_address(case, self.reply.rules)) {
            if reader != *self.reply.from && !readers.contains(&reader) {
                readers.push(reader);
            }
        }
        readers
    }

    /// They get what the customer wrote in the case that is no more. Where a closed case is open again by it, the
    /// supervisor hears of it too.
    fn tell_handlers(&mut self, mut readers: Vec<Address>, gone: &Case, was_closed: bool) -> Vec<Address> {
        let supervisor = self.supervisor().filter(|to| to != self.reply.from);
        let reopened = was_closed && self.case.state == CaseState::Open;
        readers.extend(supervisor.filter(|to| reopened && !readers.contains(to)));
        for to in &readers {
            self.letters.push(self.reply.merged_notice(&self.case, to.clone(), gone));
        }
        readers
    }
}
