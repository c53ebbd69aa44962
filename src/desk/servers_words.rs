//! What a mail server writes about a letter of ours where no report names that letter (RFC 3464): a notice in words only,
//! a report that lost its ids on the way. Pure.
//!
//! That a letter did not arrive is never filed unseen (invariants 1 and 4). But anybody can write in a mail server's name: a
//! null sender proves nothing (invariant 6). So what ties the notice to a letter says what it does:
//!
//! | the notice holds | the letter |
//! |---|---|
//! | its id, or its token | did not arrive: the clock runs, and its writer sees the server's words |
//! | its reader's address, and its case's number, as the subject of the letter does | the same, if it has the null sender, or comes from the reader's domain or ours, and the mail server does not disown it |
//! | its reader's address alone | stays as it is; the notice is put aside, and the department hears of it, once an hour |
//! | nothing | the notice is put aside and told of |
//!
//! A letter is undone once: further reports about it are filed.

use super::BouncedLetter;
use super::deciding::Deciding;
use super::intent::SEARCHED_CHARS;
use crate::case::{Address, CaseNumber, LetterFate};
use crate::mail::{Mail, SenderProof};

/// Characters of a notice that people are shown.
const SHOWN_CHARS: usize = 300;

/// What a notice knows of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Knows {
    /// Its id or its token, which nobody can guess.
    Letter,
    /// Its reader's address, and the number of its case.
    Number,
    /// Its reader's address.
    Address,
}

impl Deciding<'_> {
    /// What this notice knows of the letter it is about.
    pub fn knows(&self, letter: &BouncedLetter) -> Knows {
        let mail = self.mail.mail;
        let case = self.known.file.as_ref().map(|file| &file.case);
        let is_of_case =
            |number: CaseNumber| case.is_some_and(|case| case.number == number || case.absorbed.contains(&number));
        let searched: String = mail.text.chars().take(SEARCHED_CHARS).collect();
        let mut numbers = [&mail.subject, &searched].into_iter().flat_map(|text| CaseNumber::find_all(text));
        if self.intent.lookup().bounced.as_ref() == Some(&letter.id) {
            Knows::Letter
        } else if mail.proof != SenderProof::Failed && self.may_know(letter) && numbers.any(is_of_case) {
            Knows::Number
        } else {
            Knows::Address
        }
    }

    /// Whether its sender can have had the letter in hand: a mail server on its way, which answers with the null sender
    /// (RFC 5321 §4.5.5), or one of either end. A number can be guessed, and an address is known.
    fn may_know(&self, letter: &BouncedLetter) -> bool {
        let is_of_an_end = |from: &Address| {
            let mut ends = self.rules.company_addresses().map(Address::domain).chain([letter.to.domain()]);
            ends.any(|end| end.eq_ignore_ascii_case(from.domain()))
        };
        self.mail.mail.return_path.as_deref() == Some("") || self.intent.from.as_ref().is_none_or(is_of_an_end)
    }
}

/// What became of the letter, in the server's own words.
pub(super) fn fate(mail: &Mail) -> LetterFate {
    let words: Vec<&str> = mail.text.split_whitespace().collect();
    let shown: String = words.join(" ").chars().take(SHOWN_CHARS).collect();
    LetterFate::Bounced {
        permanent: mail.text.split(|c: char| !(c.is_ascii_digit() || c == '.')).any(is_permanent),
        status: shown,
    }
}

/// An enhanced status code of the class 5 (RFC 3463 §2).
fn is_permanent(code: &str) -> bool {
    let parts: Vec<&str> = code.split('.').collect();
    matches!(parts.as_slice(), ["5", subject, detail] if [subject, detail].iter().all(|part| (1..=3).contains(&part.len())))
}
