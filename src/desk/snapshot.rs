//! What the desk is shown before it decides: one mail, and what the register knows about it. Plain values.

use crate::case::{Address, Case, CaseNumber, LetterId, LetterKind, Moment, Token};
use crate::mail::Mail;

/// A mail to decide on.
#[derive(Debug, Clone)]
pub struct Incoming<'a> {
    /// Its row in the register.
    pub id: i64,
    pub mail: &'a Mail,
    /// When the company's mail server received it (invariant 9).
    pub received_at: Moment,
    /// The server put it among the junk.
    pub from_junk: bool,
}

/// What the register must look up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lookup {
    /// The proven token of the letter this mail answers.
    pub token: Option<Token>,
    /// The letter of ours that a delivery report is about.
    pub bounced: Option<LetterId>,
    /// Numbers named without proof.
    pub named: Vec<CaseNumber>,
    /// Whom a colleague mailed beside the desk: one of them may be a customer (see `direct.rs`).
    pub mailed: Vec<Address>,
    /// The case a colleague names in a reply to a question of ours that belongs to none.
    pub confirms: Option<CaseNumber>,
    /// The address an automatic letter would go to: counted for the cap (invariant 5).
    pub sender: Option<Address>,
    /// The year a new case would be numbered in.
    pub year: i32,
}

/// What the register knows.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// The case of the token, or of the bounced letter.
    pub file: Option<CaseFile>,
    /// The department the answered letter was sent to; None for customers' letters.
    pub letter_department: Option<String>,
    /// What the answered letter was.
    pub letter_kind: Option<LetterKind>,
    pub bounced: Option<BouncedLetter>,
    /// Those of `Lookup::named` that exist.
    pub named: Vec<CaseNumber>,
    /// Open cases of the customers in `Lookup::mailed`.
    pub mailed: Vec<CaseFile>,
    /// The case of `Lookup::confirms`.
    pub confirms: Option<CaseFile>,
    /// The serial the next case of the year gets.
    pub next_serial: u32,
    /// Another mail on file with the same identity (invariant 2).
    pub duplicate_of: Option<i64>,
    pub written: Written,
}

impl Snapshot {
    /// The case that was decided on, as it was before; whatever else is known of a case where it was none.
    pub fn into_file(self, decided: Option<CaseNumber>) -> Option<CaseFile> {
        let is_decided = |file: &CaseFile| Some(file.case.number) == decided;
        let other = self.mailed.into_iter().chain(self.confirms).find(is_decided);
        other.or(self.file)
    }
}

/// Letters to the sender of the mail, for the caps of invariant 5.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Automatic letters of the last hour that went out.
    pub automatic: usize,
    /// Those among them that answered a mail of staff: receipts and questions.
    pub answers_to_staff: usize,
    /// Letters of the last hour that a cap holds back.
    pub held_by_cap: usize,
}

/// A case and what is kept beside it.
#[derive(Debug, Clone)]
pub struct CaseFile {
    pub case: Case,
    /// The texts of its notes: none of them may reach a customer (invariant 7).
    pub notes: Vec<String>,
    /// Everything that happened, oldest first, as far as its content was not blanked.
    pub events: Vec<crate::case::Event>,
}

/// A letter of ours that came back.
#[derive(Debug, Clone)]
pub struct BouncedLetter {
    pub id: LetterId,
    pub kind: LetterKind,
    pub to: Address,
}
