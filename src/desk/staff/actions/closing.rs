//! `#afgehandeld`: the complaint is closed with a settlement, and the customer gets it in writing (§2.4.1, §2.4.2). Pure.

use super::Work;
use crate::case::{Address, CaseState, Closed, CustomerLetter, LetterKind, Reach, Round, What};
use crate::desk::draft::{Content, Done, Draft, Problem, Sheet};
use crate::desk::letters_out::{asks_if_solved, closing_text};
use crate::desk::sent_by::is_machine;

impl Work<'_> {
    /// §2.4.1: the settlement is on file; §2.4.2: the customer gets it in writing. Who else complained of the same does not,
    /// since it may say what is the customer's own: that is told.
    pub(super) fn close(&mut self, settlement: &str) -> Result<(), Problem> {
        self.settle(settlement)?;
        let others = self.others_who_complained();
        if !others.is_empty() {
            self.tell(Done::OthersNotTold { others });
        }
        Ok(())
    }

    /// Whether the customer is asked if it is solved: what was said beside the settlement decides that.
    pub(super) fn ask_if_solved(&mut self) {
        for letter in &mut self.letters {
            if let Content::Closing(closing) = &mut letter.content {
                closing.asks = asks_if_solved(&self.case, &letter.to, self.reply.rules);
            }
        }
    }

    fn others_who_complained(&self) -> Vec<Address> {
        let mut others: Vec<Address> = Vec::new();
        for event in self.reply.file.events.iter().chain(self.recorded()) {
            if let What::Absorbed(absorbed) = &event.what
                && let Some(address) = &absorbed.customer.address
                && self.case.customer.address.as_ref() != Some(address)
                && !others.contains(address)
            {
                others.push(address.clone());
            }
        }
        others
    }

    fn settle(&mut self, settlement: &str) -> Result<(), Problem> {
        if settlement.trim().is_empty() {
            return Err(Problem::SettlementMissing);
        }
        if !self.may_close() {
            return Err(Problem::CaseClosed);
        }
        let to = match self.case.reach() {
            Reach::Mail(to) if !is_machine(to) => to.clone(),
            Reach::Post => return self.close_on_paper(settlement),
            Reach::Mail(_) | Reach::Phone => {
                self.close_unwritten(settlement);
                return Ok(());
            }
        };
        let (carried, stays) = self.reply.carry_to_customer();
        let letter = Draft { carried, ..self.reply.closing(&self.case, to.clone(), settlement) };
        self.first_handler();
        self.clear_agenda();
        self.record(What::Closed(Closed { settlement: settlement.to_owned(), letter: letter.id.clone() }));
        self.owe_committee();
        self.letters.push(letter.clone());
        self.done.push(Done::Closed { to: Some(to), settlement: settlement.to_owned() });
        self.closing_to_customer(&letter, settlement)?;
        self.tell_what_stays(stays);
        Ok(())
    }

    /// Who is represented gets the outcome all the same (§2.4.2), by post where there is no other way.
    fn closing_to_customer(&mut self, letter: &Draft, settlement: &str) -> Result<(), Problem> {
        match self.case.customer.reach() {
            Reach::Mail(to) if *to != letter.to && !is_machine(to) => {
                let to = to.clone();
                let own = self.reply.closing(&self.case, to.clone(), settlement);
                self.letters.push(Draft { carried: letter.carried.clone(), ..own });
                self.tell(Done::ClosedToCustomer { to });
            }
            Reach::Post => {
                let sheet = Sheet::Closing(closing_text(&self.case, settlement, self.reply.rules));
                let (sheet, _) = self.sheet(sheet, settlement)?;
                let (settlement, attachments) = (settlement.to_owned(), sheet.carried.len());
                self.tell(Done::ClosedOnPaper { to: sheet.to.clone(), settlement, attachments });
                self.put_out(sheet);
            }
            Reach::Mail(_) | Reach::Phone => {}
        }
        Ok(())
    }

    /// An open case; and a closed one whose confirmation was held, refused, came back or went to somebody else, so that it
    /// can be put right (§2.4.2), or was only told in a conversation.
    fn may_close(&self) -> bool {
        let went_elsewhere =
            |letter: &CustomerLetter| letter.letter_kind == LetterKind::Closing && letter.round == Round::Elsewhere;
        let on_its_way =
            |letter: &CustomerLetter| letter.letter_kind == LetterKind::Closing && letter.round == Round::Present;
        let letters = &self.case.letters;
        let elsewhere = letters.iter().any(went_elsewhere) && !letters.iter().any(on_its_way);
        let untold = self.case.owes_committee() && !self.closing_is_under_way();
        // Of two who are told one was not.
        let is_lost = |letter: &CustomerLetter| on_its_way(letter) && self.case.failed_letters.contains(&letter.letter);
        let half_told = self.case.representative.is_some() && letters.iter().any(is_lost);
        let unconfirmed = self.case.closing_confirmed.is_none() && (elsewhere || !self.case.failed_letters.is_empty());
        self.case.state == CaseState::Open
            || self.case.state == CaseState::Closed && (unconfirmed || untold || half_told)
    }
}
