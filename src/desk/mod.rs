//! The deciding room: what is done about a mail, about the fate of a letter, about the hour of the day.
//!
//! Pure: the snapshot, the rules, the moment and fresh ids come in as arguments, a [`Decision`] goes out; on a mail a
//! [`MailDecision`], which says what it was too.
//! No clock, no random numbers, no SQL, no async. One way in for each thing that can happen:
//!
//! | function | decides on |
//! |---|---|
//! | [`understand`] | what a mail is to the desk, and what the register must look up for it |
//! | [`on_mail`] | a mail that came in |
//! | [`on_fate`] | what became of a letter |
//! | [`on_unreadable`] | a mail that reading did not survive |
//! | [`on_aside`] | telling a person of what was put aside |
//! | [`on_not_on_file`] | telling people of mails that the register has forgotten |
//! | [`on_bundle`] | letters that a cap held back |
//! | [`on_digest`] | the digests of a day |
//! | [`on_month`] | the reports of a month |
//! | [`hour::doubt`] | whether the host's clock can be right |
//! | [`on_outage`] | servers that cannot be reached, for the operator |

pub mod after_closing;
mod answered;
mod aside;
mod aside_notice;
mod authority;
mod away;
mod balance;
mod belonging;
mod bundle;
pub mod caps;
mod carried;
mod choices;
mod colleague;
mod company;
mod deciding;
mod decision;
mod direct;
mod dossier;
pub mod draft;
mod duty;
mod earlier;
mod fate;
pub mod form;
mod fresh;
pub mod hour;
mod intake;
mod intent;
mod letters_out;
mod limits;
mod machine;
mod may_reply;
mod monthly;
mod not_on_file;
mod official;
mod opening;
mod originals;
pub mod outage;
mod own_words;
mod paper;
mod person;
mod queries;
pub mod reason;
mod redaction;
pub mod references;
mod rehearsal;
mod replies;
mod resent;
mod retention;
pub mod routing;
mod rules;
mod second_look;
mod sent_again;
mod sent_by;
mod servers_words;
mod sight;
mod signing;
mod snapshot;
mod staff;
mod terms;
mod timeline;
pub mod together;
mod urgent;
mod urgent_words;
pub mod verbs;
mod wants;
pub mod web_form;
pub mod when;
mod whose;
mod words;
mod wrote;

pub use crate::digest::{FiledBy, LostMail, NotOnFile, Route, Unsent};
pub use crate::text::fold;
pub use aside::on_unreadable;
pub use aside_notice::{NOTICE_MAILS_MAX, Untold, came_back, may_tell, on_aside};
pub use balance::{DAY_ASIDE_MAX, mail_day, with_mail_day};
pub use bundle::{BUNDLE_MAX, Waiting, is_bundle_due, on_bundle};
pub use choices::{About, choices};
pub use company::Within;
pub use decision::{Decision, Disposition, MailDecision, Verdict};
pub use duty::{DigestDue, LookBack, digest_due, digest_needs_closed_since, on_digest};
pub use fate::{Fated, on_cap, on_fate, on_outage, typed_in};
pub use fresh::Fresh;
pub use intake::on_mail;
pub use intent::{Intent, understand};
pub use may_reply::{WhyNot, may_reply};
pub use monthly::{MonthDue, first_working_day, month_due, month_figures, on_month};
pub use not_on_file::on_not_on_file;
pub use person::{FoundIn, Sought};
pub use redaction::{StillNeeded, still_needed};
pub use rehearsal::{Ended, Met, Rehearsal, rehearse};
pub use replies::ReplyGoes;
pub use retention::{MailTerm, is_past_term, mail_terms, with_past_terms};
pub use rules::{Department, Role, Rules, RulesError, witness};
pub use sent_again::{Barred, Kept, Later, RefusedLetter, barred, on_sent_again};
pub use snapshot::{
    Arrival, Asked, BouncedLetter, Bundled, CaseFile, ClickedOn, FiledLetter, FiledMail, FolderCount, Found, Incoming,
    Lookup, Naming, PutBack, Said, Sight, Snapshot, Stored,
};
pub use terms::on_terms;
pub use wants::{Scope, Search, Standing, Want, Word};

#[cfg(test)]
mod tests;
