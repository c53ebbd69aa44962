//! The deciding room: what is done about a mail, about the fate of a letter, about the hour of the day.
//!
//! Pure: the snapshot, the rules, the moment and fresh ids come in as arguments, a [`Decision`] goes out.
//! No clock, no random numbers, no SQL, no async. One way in for each thing that can happen:
//!
//! | function | decides on |
//! |---|---|
//! | [`lookup`] | what the register must look up before a mail can be decided on |
//! | [`on_mail`] | a mail that came in |
//! | [`on_fate`] | what became of a letter |
//! | [`on_unreadable`] | a mail that reading did not survive |
//! | [`on_aside`] | telling a person of what was put aside |
//! | [`on_not_on_file`] | telling people of mails that the register has forgotten |
//! | [`on_bundle`] | letters that a cap held back |
//! | [`on_digest`] | the digests of a day |
//! | [`on_month`] | the reports of a month |
//! | [`hour::doubt`] | whether the host's clock can be right |
//! | [`outage::on_outage`] | servers that cannot be reached, for the operator |

pub mod after_closing;
mod aside;
mod aside_notice;
mod authority;
mod away;
mod balance;
mod belonging;
mod bundle;
pub mod caps;
mod choices;
mod colleague;
mod direct;
mod dossier;
pub mod draft;
mod duty;
mod fate;
mod fold;
pub mod form;
mod fresh;
pub mod hour;
mod intake;
mod letters_out;
mod machine;
mod may_reply;
mod monthly;
mod not_on_file;
mod opening;
mod originals;
pub mod outage;
mod paper;
mod queries;
pub mod references;
mod replies;
mod resent;
pub mod routing;
mod rules;
mod second_look;
mod sent_again;
mod servers_words;
mod snapshot;
mod staff;
mod terms;
pub mod verbs;
mod wants;
pub mod web_form;
pub mod when;
mod whose;
mod wrote;

pub use crate::digest::{FiledBy, LostMail, NotOnFile};
pub use aside::on_unreadable;
pub use aside_notice::{NOTICE_MAILS_MAX, Untold, came_back, may_tell, on_aside};
pub use balance::{DAY_ASIDE_MAX, mail_day, with_mail_day};
pub use bundle::{BUNDLE_MAX, Bundled, Waiting, is_bundle_due, on_bundle};
pub use choices::{About, choices};
pub use duty::{DigestDue, LookBack, digest_due, digest_needs_closed_since, on_digest};
pub use fate::{Fated, on_cap, on_fate};
pub use fold::fold;
pub use fresh::Fresh;
pub use intake::{lookup, on_mail};
pub use may_reply::{WhyNot, may_reply};
pub use monthly::{MonthDue, first_working_day, month_due, on_month};
pub use not_on_file::on_not_on_file;
pub use replies::ReplyGoes;
pub use rules::{Department, Role, Rules, RulesError};
pub use sent_again::{Barred, Kept, Later, RefusedLetter, barred, on_sent_again};
pub use snapshot::{
    Arrival, Asked, BouncedLetter, CaseFile, ClickedOn, FiledLetter, FiledMail, FolderCount, Incoming, Lookup, PutBack,
    Said, Snapshot, Stored,
};
pub use terms::on_terms;
pub use wants::{Found, Scope, Search, Standing, Want, Word};

use crate::case::{CaseNumber, Event};
use draft::Draft;
use serde::{Deserialize, Serialize};

/// What is done: recorded in one transaction, then sent (invariant 3).
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    pub disposition: Disposition,
    /// For people: why.
    pub reason: String,
    /// The case the mail is filed on.
    pub case: Option<CaseNumber>,
    pub events: Vec<Event>,
    pub letters: Vec<Draft>,
}

/// What a mail turned out to be; each mail has exactly one (invariant 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Disposition {
    Complaint,
    FollowUp,
    Staff,
    Bounce,
    Automatic,
    Duplicate,
    /// Spam, a loop, or suspect: a person looks at it.
    SetAside,
    Unreadable,
}

impl Disposition {
    pub const ALL: [Self; 8] = [
        Self::Complaint,
        Self::FollowUp,
        Self::Staff,
        Self::Bounce,
        Self::Automatic,
        Self::Duplicate,
        Self::SetAside,
        Self::Unreadable,
    ];

    /// The stable name in the register.
    pub fn name(self) -> &'static str {
        match self {
            Self::Complaint => "complaint",
            Self::FollowUp => "follow_up",
            Self::Staff => "staff",
            Self::Bounce => "bounce",
            Self::Automatic => "automatic",
            Self::Duplicate => "duplicate",
            Self::SetAside => "set_aside",
            Self::Unreadable => "unreadable",
        }
    }

    /// The disposition of that stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|disposition| disposition.name() == name)
    }
}

#[cfg(test)]
mod tests;
