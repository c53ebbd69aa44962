//! What decisions are made from: a [`Pen`] for whatever happens, and around it all that is known of one mail. The deciders are
//! methods of these, each in the file of its subject. Plain values.

use super::{Fresh, Incoming, Intent, Rules, Snapshot};
use crate::case::{Actor, CaseNumber, Event, Moment, What};
use std::ops::Deref;

/// What letters are written with: the company's rules, and ids for them.
#[derive(Clone, Copy)]
pub(super) struct Pen<'a> {
    pub rules: &'a Rules,
    pub fresh: &'a Fresh,
}

/// One mail on its way to a decision. It is a pen too, so that a decider needs nothing beside it.
#[derive(Clone, Copy)]
pub(super) struct Deciding<'a> {
    pub mail: &'a Incoming<'a>,
    pub intent: &'a Intent,
    pub known: &'a Snapshot,
    pub now: Moment,
    pub pen: Pen<'a>,
}

impl<'a> Deref for Deciding<'a> {
    type Target = Pen<'a>;

    fn deref(&self) -> &Pen<'a> {
        &self.pen
    }
}

impl Deciding<'_> {
    /// Something that happened by this mail.
    pub fn event(&self, case: Option<CaseNumber>, actor: Actor, what: What) -> Event {
        Event { at: self.now, case, actor, mail: Some(self.mail.id), what }
    }
}

/// A decider that knows more than the mail: it decides `on` it.
macro_rules! decides_on_mail {
    ($($decider:ident),+) => {
        $(impl<'a> std::ops::Deref for $decider<'a> {
            type Target = $crate::desk::deciding::Deciding<'a>;

            fn deref(&self) -> &Self::Target {
                &self.on
            }
        })+
    };
}
pub(super) use decides_on_mail;
