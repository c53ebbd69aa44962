//! The letters to the customer: which round each belongs to, what its fate does to the clocks, and which lost one a
//! later one makes good for. Plain values.

use super::Case;
use crate::case::{Address, Customer, LetterFate, LetterId, LetterKind, Moment, Says};
use serde::{Deserialize, Serialize};

/// Letters remembered one by one: no case has as many under way at once, and the events keep them all.
const LETTERS_MAX: usize = 200;

/// A letter that stopped a clock, and when a mail server took it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// None: by telephone, or in a mail of staff's own.
    pub letter: Option<LetterId>,
    pub at: Moment,
}

/// A letter to the customer, from when it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerLetter {
    pub letter: LetterId,
    pub letter_kind: LetterKind,
    pub at: Moment,
    pub round: Round,
    /// Where it was mailed to; None: on paper, or from before that was kept.
    #[serde(default)]
    pub to: Option<Address>,
}

/// Whether a letter was written since the case was last opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Round {
    Present,
    /// It stops no clock of the present round, however late a server takes it.
    Earlier,
    /// It went to somebody who is not the customer: it stops no clock at all, and whether it arrives does not matter.
    Elsewhere,
}

impl Case {
    /// Remembers a letter to the customer, the first time it is heard of.
    pub(in crate::case) fn know(&mut self, at: Moment, letter: &LetterId, letter_kind: LetterKind, to: Option<&str>) {
        if self.letters.iter().any(|known| known.letter == *letter) {
            return;
        }
        let to = to.and_then(|to| Address::parse(to).ok());
        self.letters.push(CustomerLetter { letter: letter.clone(), letter_kind, at, round: Round::Present, to });
        if self.letters.len() > LETTERS_MAX {
            self.letters.remove(0);
        }
    }

    /// All letters so far belong to what was before, and nobody posts any more that the complaint is closed.
    pub(super) fn begin_round(&mut self) {
        let present = self.letters.iter_mut().filter(|letter| letter.round == Round::Present);
        present.for_each(|letter| letter.round = Round::Earlier);
        self.recall_confirmations();
    }

    /// Staff say who the customer is. Where letters went to another address before, that was somebody else: what they stopped
    /// runs on to its original last moment (invariant 9), and none of their thread goes along.
    pub(super) fn set_customer(&mut self, customer: &Customer) {
        let before = std::mem::replace(&mut self.customer, customer.clone());
        if before.address.is_some() && before.address != customer.address {
            self.acknowledged.take_if(|stamp| stamp.letter.is_some());
            self.closing_confirmed.take_if(|stamp| stamp.letter.is_some());
            self.responses.retain(|stamp| stamp.letter.is_none());
            self.letters.iter_mut().for_each(|letter| letter.round = Round::Elsewhere);
            self.failed_letters.clear();
            self.committee.given = None;
            self.customer_thread.clear();
            self.representative = None;
            self.identity = None;
        }
        if before.address.is_none() && customer.address.is_some() && self.acknowledged.is_none() {
            let is_paper = |letter: &CustomerLetter| letter.letter_kind == LetterKind::Acknowledgement;
            self.letters.retain(|letter| !is_paper(letter));
            self.recall_acknowledgements();
        }
    }

    pub(super) fn letter_fate(&mut self, at: Moment, letter: &LetterId, kind: LetterKind, fate: &LetterFate) {
        if kind == LetterKind::Paper {
            self.paper_fate(letter, fate);
        }
        // Of a bundle the letters it stands for are told of one by one.
        if kind.row().says == Says::Nothing || kind.is_bundle() {
            return;
        }
        self.know(at, letter, kind, None);
        if self.is_elsewhere(letter) {
            return;
        }
        match fate {
            LetterFate::Accepted { .. } => {
                self.stamp(kind, letter, at);
                self.made_good_by(letter, kind);
            }
            LetterFate::Refused { .. }
            | LetterFate::Bounced { .. }
            | LetterFate::Held { .. }
            | LetterFate::Unwritten { .. } => {
                self.lost(letter);
            }
        }
    }

    fn is_elsewhere(&self, letter: &LetterId) -> bool {
        self.letters.iter().any(|known| known.letter == *letter && known.round == Round::Elsewhere)
    }

    /// The clock it stopped runs on to its original due moment (invariant 9).
    pub(in crate::case) fn lost(&mut self, letter: &LetterId) {
        self.acknowledged.take_if(|stamp| stamp.letter.as_ref() == Some(letter));
        self.closing_confirmed.take_if(|stamp| stamp.letter.as_ref() == Some(letter));
        self.committee.given.take_if(|stamp| stamp.letter.as_ref() == Some(letter));
        self.responses.retain(|stamp| stamp.letter.as_ref() != Some(letter));
        if !self.failed_letters.contains(letter) {
            self.failed_letters.push(letter.clone());
        }
    }

    /// A letter of that kind was taken by a mail server, or posted: a moment that staff say may be earlier than what was
    /// recorded before.
    pub(in crate::case) fn stamp(&mut self, kind: LetterKind, letter: &LetterId, at: Moment) {
        self.tell_of_committee(kind, letter, at);
        let stamp = Stamp { letter: Some(letter.clone()), at };
        let of_earlier = self.letters.iter().any(|known| known.letter == *letter && known.round == Round::Earlier);
        match kind.row().says {
            // The customer is told once that the complaint is registered, however often it is opened again.
            Says::Registered => {
                if self.acknowledged_at().is_none_or(|known| at < known) {
                    self.acknowledged = Some(stamp);
                }
            }
            _ if of_earlier => {}
            // §1: no answer yet, however friendly.
            Says::Nothing | Says::Meanwhile => {}
            Says::Answer => self.respond(stamp),
            Says::Outcome => {
                self.closing_confirmed = Some(stamp.clone());
                self.respond(stamp);
            }
        }
    }

    /// A letter that got through makes good for itself, and for older ones that did not and said no more than it.
    pub(in crate::case) fn made_good_by(&mut self, letter: &LetterId, kind: LetterKind) {
        let older: Vec<&CustomerLetter> = self.letters.iter().take_while(|known| known.letter != *letter).collect();
        let to = self.letters.iter().find(|known| known.letter == *letter).and_then(|known| known.to.as_ref());
        // Of the outcome both have a copy, who is represented and who acts: the one's does not reach the other.
        let others = |older: &CustomerLetter| {
            let parties = older.to.as_ref().zip(to).filter(|_| older.letter_kind == LetterKind::Closing);
            parties.is_some_and(|(theirs, this)| theirs != this && self.speaks_for_customer(theirs))
        };
        let says = |one: &CustomerLetter| one.letter_kind.row().says <= kind.row().says && !others(one);
        let made: Vec<LetterId> = older.iter().filter(|one| says(one)).map(|one| one.letter.clone()).collect();
        let said = |failed: &LetterId| made.contains(failed);
        self.failed_letters.retain(|failed| failed != letter && !said(failed));
    }
}
