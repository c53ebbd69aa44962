//! The loops: taking in, sending, ticking; wake-ups, backoff, shutdown. It knows every room's front door, and no
//! rule and no SQL. Each step of work is one function that says what it did, which tests call without sleeping.

mod adopting;
mod again;
mod aside;
mod assembling;
mod bundling;
mod clerk;
mod comparing;
mod conditions;
mod current;
mod deciding;
mod filing;
mod hindered;
mod hour;
mod intake;
mod leases;
mod looking_back;
mod mailboxes;
mod manager;
mod noting;
mod office;
mod once;
mod overviews;
mod paging;
mod processors;
mod pulse;
mod reading;
mod recording;
mod redacting;
mod reloading;
mod retaining;
mod round_trip;
mod run;
mod sending;
mod serving;
mod settle;
mod telling;
mod ticker;
mod ticking;
mod tokens;
pub mod trial;
mod verdicts;
mod watching;
mod withheld;

pub use adopting::adopt_asked;
pub use aside::day_of_mail;
pub use comparing::{compare, own_folders};
pub use deciding::decide_batch;
pub use intake::take_in;
pub use mailboxes::{Mailboxes, OfMailbox};
pub use office::{Office, OfficeError, house};
pub use once::run_once;
pub use overviews::lives_of;
pub use processors::keep_together;
pub use redacting::{Redacting, ToRedact, catch_up, finish, redact, scope_of};
pub use reloading::Load;
pub use retaining::{Past, apply_terms, past_terms, past_terms_of};
pub use run::run;
pub use sending::{Round, Sender};
pub use settle::Salts;
pub use telling::Telling;
pub use ticking::tick;
pub use watching::{News, Teller, Watch};

use crate::access::AccessError;
use crate::case::Moment;
use crate::desk::hour::Doubt;
use crate::desk::outage::Trouble;
use crate::letters::{AssembleError, RenderError};
use crate::mailbox::{self, MailboxError};
use crate::outbox::SendError;
use crate::register::RegisterError;

/// What a step of work came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Worked,
    Idle,
}

/// Whether a round left nothing to do for now.
impl From<Round> for Step {
    fn from(round: Round) -> Self {
        match round {
            Round::Worked => Self::Worked,
            Round::Idle | Round::ServerAway(_) | Round::ServerRefuses(_) | Round::Full(_) => Self::Idle,
        }
    }
}

/// Why a step of work could not be done; it is tried again.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    #[error(transparent)]
    Register(#[from] RegisterError),
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error(transparent)]
    Sender(#[from] SendError),
    #[error(transparent)]
    Office(#[from] OfficeError),
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error(transparent)]
    Assemble(#[from] AssembleError),
    #[error(
        "letters wait: the sending server could not be reached or logged in to; the log above says why\n  hint: try `klachtpost check`; the next run sends them"
    )]
    LettersWait,
    #[error(
        "letters wait: as many went as [sender] per_minute and per_day allow\n  hint: the next run sends more of them; of a provider that takes more, raise these"
    )]
    LettersOverLimit,
    #[error("reading a mail stopped its thread; it is tried again, alone")]
    Reading,
    #[error("deciding on a mail broke off: a fault in klachtpost; please report it")]
    Deciding,
    #[error(
        "reading or deciding hangs on some mails; each is tried alone in a process of its own by the next start, and set apart where that does not end either\n  hint: let the service manager start klachtpost again; then look at what is in the folder for unreadable mail"
    )]
    Hangs,
    #[error("what became of a letter was not recorded, and is before anything else is sent: {why}")]
    NotRecorded { why: String },
    #[error(
        "entry {entry} of the list of redactions was not blanked: {why}\n  hint: klachtpost run tries again at every look at the mailbox's folders; `klachtpost verify` says whether the register is sound; please report it"
    )]
    NotBlanked { entry: String, why: String },
    #[error("writing the overviews broke off: a fault in klachtpost; please report it; the next minute tries again")]
    Writing,
    #[error(
        "refused to go on at {now}: expected a clock that can be right, found that {found}\n  hint: set the host's clock (timedatectl status), or the database server's where it is that one; klachtpost goes on by itself, and nothing is lost meanwhile. If the clock is right after all, start `klachtpost run --trust-clock` {}",
        hour::how_often(*.doubt), now = .now.format("%Y-%m-%d %H:%M UTC"), found = hour::found(*.doubt)
    )]
    Clock { now: Moment, doubt: Doubt },
    #[error("failed to start the clock's ticker: {0}")]
    Ticker(#[from] tokio_cron_scheduler::JobSchedulerError),
}

/// No token: time heals it, or a person.
fn of_access(error: &AccessError) -> Trouble {
    if error.why.may_pass() { Trouble::Away } else { Trouble::Login }
}

impl WorkError {
    /// What kind of trouble an operator would call it.
    fn trouble(&self) -> Trouble {
        match self {
            Self::Mailbox(error) => match error {
                MailboxError::Unreachable { .. } | MailboxError::Timeout { .. } | MailboxError::Protocol { .. } => {
                    Trouble::Away
                }
                MailboxError::Tls { .. } => Trouble::Certificate,
                MailboxError::Refused { .. } => Trouble::Login,
                MailboxError::Server { step, .. } => match step {
                    mailbox::Step::FindFolder(_) | mailbox::Step::MakeFolder(_) | mailbox::Step::OpenFolder(_) => {
                        Trouble::Folder
                    }
                    _ => Trouble::Refusal,
                },
                MailboxError::Setting { key: "security" | "ca_file" | "host" | "password", .. } => Trouble::Login,
                MailboxError::Setting { .. } => Trouble::Folder,
                MailboxError::Files { .. } => Trouble::Files,
            },
            Self::Access(error) => of_access(error),
            Self::Register(_) | Self::Office(OfficeError::Register(_)) => Trouble::Register,
            Self::Clock { .. } => Trouble::Clock,
            _ => Trouble::Fault,
        }
    }

    /// The register cannot be used now: neither the mail nor the letter in hand is to blame.
    fn is_unavailable(&self) -> bool {
        match self {
            Self::Register(error) | Self::Office(OfficeError::Register(error)) => error.is_unavailable(),
            Self::Office(OfficeError::Random(_)) | Self::NotRecorded { .. } => true,
            _ => false,
        }
    }
}
