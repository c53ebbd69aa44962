//! The loops: taking in, sending, ticking; wake-ups, backoff, shutdown. It knows every room's front door, and no
//! rule and no SQL. Each step of work is one function that says what it did, which tests call without sleeping.

mod aside;
mod clerk;
mod deciding;
mod intake;
mod office;
mod overviews;
mod reading;
mod run;
mod sending;
mod ticking;

pub use aside::day_of_mail;
pub use deciding::decide_batch;
pub use intake::take_in;
pub use office::{Office, OfficeError, house};
pub use run::{run, run_once};
pub use sending::{Round, Sender};
pub use ticking::tick;

use crate::letters::AssembleError;
use crate::mailbox::MailboxError;
use crate::outbox::SendError;
use crate::register::RegisterError;

/// What a step of work came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Worked,
    Idle,
}

/// Why a step of work could not be done; it is tried again.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    #[error(transparent)]
    Register(#[from] RegisterError),
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
    #[error(transparent)]
    Sender(#[from] SendError),
    #[error(transparent)]
    Office(#[from] OfficeError),
    #[error(transparent)]
    Assemble(#[from] AssembleError),
    #[error(
        "letters wait: the sending server could not be reached or logged in to; the log above says why\n  hint: try `klachtpost check`; the next run sends them"
    )]
    LettersWait,
    #[error("reading a mail stopped its thread; it is tried again, and set apart if it keeps doing so")]
    Reading,
    #[error("deciding on a mail broke off: a fault in klachtpost; please report it")]
    Deciding,
    #[error(
        "reading or deciding hangs on some mails; each attempt is counted, and such a mail is set apart in the end\n  hint: let the service manager start klachtpost again; then look at what is in the folder for unreadable mail"
    )]
    Hangs,
    #[error("writing the overviews broke off: a fault in klachtpost; please report it; the next minute tries again")]
    Writing,
    #[error("failed to start the clock's ticker: {0}")]
    Ticker(#[from] tokio_cron_scheduler::JobSchedulerError),
}

impl WorkError {
    /// The register cannot be used now: neither the mail nor the letter in hand is to blame.
    fn is_unavailable(&self) -> bool {
        match self {
            Self::Register(error) | Self::Office(OfficeError::Register(error)) => error.is_unavailable(),
            Self::Office(OfficeError::Random(_)) => true,
            _ => false,
        }
    }
}
