//! What people are told of mails that were put aside. Plain values.

use crate::case::{CaseNumber, Moment};
use crate::digest::{PutAside, WhyAside};
use serde::Serialize;

/// To staff: mails were set aside or could not be read, and somebody should look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SetAside {
    /// Oldest first; never empty.
    pub mails: Vec<PutAside>,
    /// Others that the next notice tells of.
    pub waiting: usize,
}

/// To a colleague who asked for it: a mail on file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// Its row in the register.
    pub mail: i64,
    pub from: String,
    pub subject: String,
    pub received_at: Moment,
    /// Why it was put aside; None: it was not.
    pub why: Option<WhyAside>,
    /// The case it is filed on, or became.
    pub case: Option<CaseNumber>,
    /// False: reading it failed, and only the original says what is in it.
    pub is_read: bool,
    pub text: String,
    /// Names and sizes in bytes.
    pub attachments: Vec<(String, usize)>,
    /// False: over the limit, so that only its beginning is on file.
    pub whole: bool,
    /// `#klacht` would make it one.
    pub can_be_complaint: bool,
}
