//! Letters on paper (§2.3): for a customer without an e-mail address staff print, sign and post what klachtpost writes.
//! The clocks stop only when staff say that a letter was posted, or spoke to the customer. Plain values.

use super::{Address, Case, CaseState, Customer, LetterFate, LetterId, LetterKind, Moment};
use serde::{Deserialize, Serialize};

/// A letter on paper that is not posted yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    /// The letter to staff that brought it to be printed.
    pub letter: LetterId,
    /// What stands on it: an acknowledgement, an answer or a closing confirmation.
    pub letter_kind: LetterKind,
    pub written_at: Moment,
    pub stage: PaperStage,
}

/// Whether staff have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperStage {
    /// With whoever prints and posts it.
    ToPost,
    /// It reached nobody: held at the door, or refused by the reader's mail server.
    Stopped,
}

/// By what way a customer can be written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach<'a> {
    Mail(&'a Address),
    /// No e-mail address, but a postal one.
    Post,
    /// Neither: can only be spoken to.
    Phone,
}

impl Customer {
    /// E-mail before paper, paper before a call.
    pub fn reach(&self) -> Reach<'_> {
        match &self.address {
            Some(address) => Reach::Mail(address),
            None if self.postal.is_empty() => Reach::Phone,
            None => Reach::Post,
        }
    }
}

impl Case {
    /// The letters on paper that wait to be posted, oldest first.
    pub fn to_post(&self) -> impl Iterator<Item = &Paper> {
        self.papers.iter().filter(|paper| paper.stage == PaperStage::ToPost)
    }

    /// Closed, and the customer was not told of the settlement yet (§2.4.2): by a letter that got through or was posted,
    /// or in a conversation.
    pub fn owes_confirmation(&self) -> bool {
        self.state == CaseState::Closed && self.closing_confirmed.is_none()
    }

    /// A letter to be printed. What was stopped is made good by it, and of two confirmations only the last one counts.
    pub(super) fn paper_written(&mut self, letter: &LetterId, letter_kind: LetterKind, at: Moment) {
        let is_replaced = |paper: &Paper| {
            paper.letter_kind == letter_kind
                && (paper.stage == PaperStage::Stopped || letter_kind == LetterKind::Closing)
        };
        self.drop_papers(is_replaced);
        self.know(at, letter, letter_kind, None);
        let (letter, stage) = (letter.clone(), PaperStage::ToPost);
        self.papers.push(Paper { letter, letter_kind, written_at: at, stage });
    }

    /// Staff posted it then. What was posted before the present round began answers nothing that was asked in it.
    pub(super) fn posted(&mut self, letter: &LetterId, letter_kind: LetterKind, posted_at: Moment) {
        self.drop_papers(|paper| paper.letter == *letter);
        if letter_kind == LetterKind::Acknowledgement || posted_at >= self.received_at {
            self.stamp(letter_kind, letter, posted_at);
        }
        self.made_good_by(letter, letter_kind);
        // After a merge two settlements may wait: confirmed are both, or neither.
        if self.papers.iter().any(|paper| paper.letter_kind == LetterKind::Closing) {
            self.closing_confirmed = None;
        }
    }

    /// The letter's way to whoever prints it.
    pub(super) fn paper_fate(&mut self, letter: &LetterId, fate: &LetterFate) {
        let Some(paper) = self.papers.iter_mut().find(|paper| paper.letter == *letter) else { return };
        match fate {
            LetterFate::Accepted { .. } => {
                paper.stage = PaperStage::ToPost;
                self.failed_letters.retain(|failed| failed != letter);
            }
            LetterFate::Refused { .. }
            | LetterFate::Bounced { .. }
            | LetterFate::Held { .. }
            | LetterFate::Unwritten { .. } => {
                paper.stage = PaperStage::Stopped;
                self.lost(letter);
            }
        }
    }

    /// In a new round nobody posts any more that the complaint is closed.
    pub(super) fn recall_confirmations(&mut self) {
        self.drop_papers(|paper| paper.letter_kind == LetterKind::Closing);
    }

    /// A customer who has an e-mail address by now is acknowledged there.
    pub(super) fn recall_acknowledgements(&mut self) {
        self.drop_papers(|paper| paper.letter_kind == LetterKind::Acknowledgement);
    }

    fn drop_papers(&mut self, is_dropped: impl Fn(&Paper) -> bool) {
        let dropped: Vec<LetterId> =
            self.papers.iter().filter(|paper| is_dropped(paper)).map(|paper| paper.letter.clone()).collect();
        self.papers.retain(|paper| !is_dropped(paper));
        self.failed_letters.retain(|failed| !dropped.contains(failed));
    }
}
