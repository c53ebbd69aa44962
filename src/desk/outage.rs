//! When the operator is told that klachtpost does not get through, and when that it does again (invariant 12). Pure:
//! what was seen and what was told before come in, with the moment; a [`Word`] goes out.

use crate::case::{MailboxName, Moment};
use chrono::{NaiveDate, TimeDelta};
use serde::Serialize;

/// How often the operator hears of one and the same trouble: once a day, so that it is neither forgotten nor a plague.
const REMIND_AFTER: TimeDelta = TimeDelta::days(1);

/// What can be cut off: the way in, the way out, or what the mailbox does beside giving mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    Intake,
    Sending,
    /// Mail is taken in; but some is not given, or what is on file cannot be moved out of the inbox.
    Mailbox,
    /// Tokens that mail servers want: one cannot be renewed, or soon none can be asked for any more.
    Access,
    /// From the desk out and back in: letters are accepted, and do not arrive.
    Route,
}

impl Area {
    pub const ALL: [Self; 5] = [Self::Intake, Self::Sending, Self::Mailbox, Self::Access, Self::Route];

    /// Whether each mailbox has one of its own: the others are the desk's.
    pub fn is_of_mailbox(self) -> bool {
        matches!(self, Self::Intake | Self::Mailbox | Self::Route)
    }

    /// The stable name in the register.
    pub fn name(self) -> &'static str {
        match self {
            Self::Intake => "intake",
            Self::Sending => "sending",
            Self::Mailbox => "mailbox",
            Self::Access => "access",
            Self::Route => "route",
        }
    }
}

/// An area, and of which mailbox where that is not the first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    pub area: Area,
    pub mailbox: Option<MailboxName>,
}

impl From<Area> for Spot {
    /// Of the first mailbox, or of the desk.
    fn from(area: Area) -> Self {
        Self { area, mailbox: None }
    }
}

impl Spot {
    /// The stable name in the register.
    pub fn name(&self) -> String {
        match &self.mailbox {
            Some(mailbox) => format!("{} {mailbox}", self.area.name()),
            None => self.area.name().to_owned(),
        }
    }
}

/// What kind of trouble it is: what makes a difference for who has to do what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// No connection, no answer in time, or an answer that makes no sense.
    Away,
    Certificate,
    Login,
    /// A folder of the mailbox is gone or cannot be made.
    Folder,
    /// The server answers, and says no.
    Refusal,
    /// Mails that are on file cannot be moved out of the inbox.
    Moving,
    /// The server has mails that it does not give.
    Giving,
    /// A Maildir cannot be read or written.
    Files,
    /// Our own database.
    Register,
    /// The host's clock cannot be right.
    Clock,
    /// What tokens are asked for with works no longer than a month, a week, a day.
    ExpiresInAMonth,
    ExpiresInAWeek,
    ExpiresInADay,
    /// Nothing failed, and nothing came to an end either.
    Stuck,
    /// Test mails were accepted, and none came back.
    NotBack,
    /// A fault in klachtpost.
    Fault,
}

impl Trouble {
    pub const ALL: [Self; 16] = [
        Self::Away,
        Self::Certificate,
        Self::Login,
        Self::Folder,
        Self::Refusal,
        Self::Moving,
        Self::Giving,
        Self::Files,
        Self::Register,
        Self::Clock,
        Self::ExpiresInAMonth,
        Self::ExpiresInAWeek,
        Self::ExpiresInADay,
        Self::Stuck,
        Self::NotBack,
        Self::Fault,
    ];

    /// The stable name in the register.
    pub fn name(self) -> &'static str {
        match self {
            Self::Away => "away",
            Self::Certificate => "certificate",
            Self::Login => "login",
            Self::Folder => "folder",
            Self::Refusal => "refusal",
            Self::Moving => "moving",
            Self::Giving => "giving",
            Self::Files => "files",
            Self::Register => "register",
            Self::Clock => "clock",
            Self::ExpiresInAMonth => "expires_in_a_month",
            Self::ExpiresInAWeek => "expires_in_a_week",
            Self::ExpiresInADay => "expires_in_a_day",
            Self::Stuck => "stuck",
            Self::NotBack => "not_back",
            Self::Fault => "fault",
        }
    }

    /// That a secret ends, this many days before its last one is over; none while there is time.
    pub fn of_last_day(last: NaiveDate, today: NaiveDate) -> Option<Self> {
        match (last - today).num_days() {
            31.. => None,
            8.. => Some(Self::ExpiresInAMonth),
            2.. => Some(Self::ExpiresInAWeek),
            _ => Some(Self::ExpiresInADay),
        }
    }

    /// What is known long before it fails is told once at each step, and not daily.
    pub fn is_ahead(self) -> bool {
        matches!(self, Self::ExpiresInAMonth | Self::ExpiresInAWeek)
    }

    /// The trouble of that stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|trouble| trouble.name() == name)
    }
}

/// How it goes with an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    Good,
    /// Since the first failure after the last success.
    Failing {
        since: Moment,
        trouble: Trouble,
    },
}

/// What the operator was told last, as long as it is not told to be over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    pub trouble: Trouble,
    /// When the trouble began.
    pub since: Moment,
    pub at: Moment,
}

/// What the operator is to be told now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    Nothing,
    /// Failing for so long, or still, or in another way.
    Failing {
        trouble: Trouble,
        since: Moment,
    },
    Over {
        since: Moment,
    },
}

/// Once per trouble; again when it becomes another one, daily while it lasts, and once when it is over. Two letters
/// about one trouble are never closer together than `alarm_after`, so that a server that fails now in this way and
/// then in that fills nobody's mailbox.
pub fn word(condition: Condition, told: Option<Told>, alarm_after: TimeDelta, now: Moment) -> Word {
    match (condition, told) {
        (Condition::Good, None) => Word::Nothing,
        (Condition::Good, Some(told)) => Word::Over { since: told.since },
        (Condition::Failing { since, trouble }, None) if now - since >= alarm_after => Word::Failing { trouble, since },
        (Condition::Failing { since, trouble }, Some(told)) => {
            let (age, is_other) = (now - told.at, trouble != told.trouble);
            let since = since.min(told.since);
            let due = (age >= REMIND_AFTER && !trouble.is_ahead()) || (is_other && age >= alarm_after);
            if due { Word::Failing { trouble, since } } else { Word::Nothing }
        }
        (Condition::Failing { .. }, None) => Word::Nothing,
    }
}

#[cfg(test)]
mod tests;
