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
    /// The letter this mail answers.
    pub letter: Option<LetterId>,
    /// What the answered letter was.
    pub letter_kind: Option<LetterKind>,
    pub bounced: Option<BouncedLetter>,
    /// Those of `Lookup::named` that exist.
    pub named: Vec<CaseNumber>,
    /// The serial the next case of the year gets.
    pub next_serial: u32,
    /// Another mail on file with the same identity (invariant 2).
    pub duplicate_of: Option<i64>,
    pub written: Written,
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
