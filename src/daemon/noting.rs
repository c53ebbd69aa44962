//! What the outcome of a sending says of the server, for the log and for who keeps klachtpost running (invariant 12).

use super::office::Office;
use super::verdicts::Ruling;
use super::watching::News;
use crate::config::SenderKind;
use crate::desk::outage::{Area, Trouble};
use crate::outbox::{Outcome, Stage};
use crate::register::Claimed;

/// What an outcome says of the server. A letter's own trouble (its recipient, its text) says nothing of it.
pub(super) fn note(office: &Office, letter: &Claimed, outcome: &Outcome, ruling: &Ruling) {
    let (trouble, reason) = match outcome {
        Outcome::Accepted { .. } => return good(office),
        Outcome::Refused { reply, stage, .. } if ruling.halts => {
            (Trouble::Refusal, format!("the server refuses letters to different people alike, at {stage}: {reply}"))
        }
        Outcome::Refused { stage, .. } if *stage > Stage::Letter && ruling.is_its_own() => return good(office),
        Outcome::TryAgain { stage, reason, .. } if ruling.halts || *stage <= Stage::MailFrom => {
            let files = office.config.sender.kind == SenderKind::Maildir;
            (if files { Trouble::Files } else { Trouble::Refusal }, reason.clone())
        }
        Outcome::Unknown { reason } => (Trouble::Away, reason.clone()),
        Outcome::Refused { .. } | Outcome::TryAgain { .. } => return,
    };
    if office.watch.failed(Area::Sending, trouble, reason.clone(), office.clock.now()) == News::Yes {
        tracing::warn!(letter.id = %letter.id, "sending fails: {reason}; the letters wait and are tried again");
    }
}

/// The server could not be reached, or not be used.
pub(super) fn note_server(office: &Office, outcome: &Outcome) {
    let Outcome::TryAgain { stage, reason, .. } = outcome else { return };
    let trouble = match stage {
        Stage::Tls => Trouble::Certificate,
        Stage::Login => Trouble::Login,
        Stage::Connect | Stage::Greeting => Trouble::Away,
        _ if office.config.sender.kind == SenderKind::Maildir => Trouble::Files,
        _ => Trouble::Refusal,
    };
    if office.watch.failed(Area::Sending, trouble, reason.clone(), office.clock.now()) == News::Yes {
        tracing::warn!("sending fails: {reason}; the letters wait and are tried again");
    }
}

pub(super) fn good(office: &Office) {
    if office.watch.good(Area::Sending, office.clock.now()) == News::Yes {
        tracing::info!("sending goes on");
    }
}
