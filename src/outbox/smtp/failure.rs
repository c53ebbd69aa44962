//! What went wrong in a conversation, at which stage, and which of the four outcomes that is. Pure.

use super::advice::next_step;
use crate::outbox::answer::{About, Answer};
use crate::outbox::transport::{Outcome, RefusedFor, Scope, Stage, one_line};
use std::error::Error as _;
use std::fmt;
use std::time::Duration;

/// "Service not available": the server closes the connection after it (RFC 5321 §3.8).
const CLOSING: u16 = 421;
/// Replies that want a login, a better one or another one (RFC 4954 §6): never about the letter.
const LOGIN_CODES: [u16; 4] = [530, 534, 535, 538];
/// Commands that were not understood, are not known or come out of order (RFC 5321 §4.2.2): the conversation is at
/// fault, or somebody between us and the server; never the letter.
const OF_THE_CONVERSATION: [u16; 3] = [500, 502, 503];

/// A conversation that did not come to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    stage: Stage,
    what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    /// The server said no.
    Reply { code: u16, text: String, of: &'static str },
    /// The connection broke, or what came over it made no sense.
    Broken(String),
    /// Nothing came in this time.
    Silent(Duration),
    /// The server has not what we cannot do without, or we have not what it wants.
    Lacking(String),
    /// We do not offer this letter to this server.
    Unfit { reason: String, cause: RefusedFor },
}

impl Failure {
    pub fn broken(stage: Stage, found: impl fmt::Display) -> Self {
        Self { stage, what: What::Broken(one_line(&found.to_string())) }
    }

    pub fn silent(stage: Stage, waited: Duration) -> Self {
        Self { stage, what: What::Silent(waited) }
    }

    pub fn lacking(stage: Stage, what: String) -> Self {
        Self { stage, what: What::Lacking(one_line(&what)) }
    }

    /// Says of which address it was asked.
    pub fn asked_of(mut self, which: &'static str) -> Self {
        if let What::Reply { of, .. } = &mut self.what {
            *of = which;
        }
        self
    }

    pub fn unfit(reason: String, cause: RefusedFor) -> Self {
        Self { stage: Stage::Letter, what: What::Unfit { reason, cause } }
    }

    pub fn reply(stage: Stage, code: u16, text: &str) -> Self {
        Self { stage, what: What::Reply { code, text: one_line(text), of: "" } }
    }

    /// lettre keeps a negative reply's code and text apart from each other; all else is a connection of no more use.
    pub fn from_lettre(stage: Stage, error: &lettre::transport::smtp::Error) -> Self {
        match error.status() {
            Some(code) => {
                let text = error.source().map(ToString::to_string).unwrap_or_default();
                Self::reply(stage, code.into(), &text)
            }
            None => Self::broken(stage, error),
        }
    }

    /// The reply's code, where the server said something.
    pub fn code(&self) -> Option<u16> {
        match self.what {
            What::Reply { code, .. } => Some(code),
            _ => None,
        }
    }

    /// What the server said.
    pub fn answer(&self) -> Option<Answer> {
        match &self.what {
            What::Reply { code, text, .. } => Some(Answer::new(*code, text)),
            _ => None,
        }
    }

    /// Whether the conversation broke off at a letter's commands, without an answer.
    pub fn is_wordless_before_the_text(&self) -> bool {
        let at_commands = matches!(self.stage, Stage::MailFrom | Stage::RcptTo | Stage::Data);
        at_commands && matches!(self.what, What::Broken(_) | What::Silent(_))
    }

    /// Whether it may be the connection's trouble and not the letter's: on one that has carried others, a server ends what
    /// it takes in one session by a reply, by closing or by silence. Then the letter is surely not taken, and goes over a
    /// new connection at once.
    pub fn may_be_the_session(&self) -> bool {
        match &self.what {
            What::Unfit { .. } | What::Lacking(_) => false,
            What::Broken(_) | What::Silent(_) => self.stage < Stage::FinalDot,
            What::Reply { code, .. } if *code == CLOSING => true,
            What::Reply { code, text, .. } => match Answer::new(*code, text).about(self.stage) {
                About::Recipient | About::Letter => false,
                // Its text went over the line already: only where the server puts off.
                About::Server | About::Unclear => self.stage < Stage::FinalDot || *code < 500,
            },
        }
    }

    /// Whether the next letter can go over the same connection.
    pub fn leaves_the_connection_usable(&self) -> bool {
        match self.what {
            What::Unfit { .. } => true,
            // A server that answers in mid-text has lost its place, or we have.
            _ => self.stage != Stage::Content && self.is_ordinary_reply(),
        }
    }

    fn is_ordinary_reply(&self) -> bool {
        matches!(self.what, What::Reply { code, .. } if code != CLOSING)
    }

    /// The outcome, by stage first and code second.
    pub fn into_outcome(self) -> Outcome {
        let reason = self.to_string();
        let (stage, said) = (self.stage, self.answer());
        let next = next_step(stage, self.code(), &reason);
        let try_again = |scope| {
            let reason = match scope {
                Scope::Server => one_line(&format!("{reason}; next: {next}")),
                Scope::Letter => reason.clone(),
            };
            Outcome::TryAgain { reason, stage, scope, said: said.clone() }
        };
        match self.what {
            What::Unfit { reason, cause } => Outcome::Refused { reply: reason, stage, cause },
            What::Lacking(_) => try_again(Scope::Server),
            _ if stage < Stage::MailFrom => try_again(Scope::Server),
            What::Broken(_) | What::Silent(_) if stage == Stage::FinalDot => {
                Outcome::Unknown { reason: reason.clone() }
            }
            What::Broken(_) | What::Silent(_) => try_again(Scope::Letter),
            What::Reply { code, .. } if LOGIN_CODES.contains(&code) => try_again(Scope::Server),
            What::Reply { code, .. } if code < 500 || OF_THE_CONVERSATION.contains(&code) => try_again(Scope::Letter),
            What::Reply { code, text, .. } => match Answer::new(code, &text).cause() {
                // A refused sender is the desk's own address: the operator's to mend, not this letter's end.
                RefusedFor::Other if stage == Stage::MailFrom => try_again(Scope::Letter),
                cause => Outcome::Refused { reply: format!("{code} {text}"), stage, cause },
            },
        }
    }

    /// For the operator: what happened and where to look.
    pub fn advice(&self) -> String {
        let met = self.to_string();
        let next = next_step(self.stage, self.code(), &met);
        format!("{met}; {next}")
    }
}

/// An error that, with the stage it came at, is a failure.
pub(super) trait FailedAt {
    fn failed_at(self, stage: Stage) -> Failure;
}

impl FailedAt for std::io::Error {
    fn failed_at(self, stage: Stage) -> Failure {
        Failure::broken(stage, self)
    }
}

impl FailedAt for lettre::transport::smtp::Error {
    fn failed_at(self, stage: Stage) -> Failure {
        Failure::from_lettre(stage, &self)
    }
}

/// Never holds what we said (a password), only what the server did.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stage = self.stage;
        match &self.what {
            What::Reply { code, text, of } => write!(f, "the server answered {stage}{of} with {code} {text}"),
            What::Broken(found) => write!(f, "the connection failed at {stage}: {found}"),
            What::Silent(waited) => write!(f, "nothing came at {stage} within {} s", waited.as_secs_f32()),
            What::Unfit { reason, .. } | What::Lacking(reason) => f.write_str(reason),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STAGES: [Stage; 9] = [
        Stage::Connect,
        Stage::Tls,
        Stage::Greeting,
        Stage::Login,
        Stage::MailFrom,
        Stage::RcptTo,
        Stage::Data,
        Stage::Content,
        Stage::FinalDot,
    ];

    /// One letter for an outcome: r refused, s refused for size, l try the letter again, q the whole queue waits.
    fn kind(outcome: &Outcome) -> char {
        match outcome {
            Outcome::Accepted { .. } => 'a',
            Outcome::Refused { cause: RefusedFor::Other, .. } => 'r',
            Outcome::Refused { cause: RefusedFor::Size, .. } => 's',
            Outcome::TryAgain { scope: Scope::Letter, .. } => 'l',
            Outcome::TryAgain { scope: Scope::Server, .. } => 'q',
            Outcome::Unknown { .. } => 'u',
        }
    }

    /// Rows are replies, columns the stages in order.
    #[test]
    fn every_reply_at_every_stage() {
        for (code, text, expected) in [
            (421, "4.3.2 closing", "qqqqlllll"),
            (450, "4.7.1 greylisted", "qqqqlllll"),
            (452, "4.3.1 disk full", "qqqqlllll"),
            (500, "5.5.2 not understood", "qqqqlllll"),
            (502, "5.5.1 not known", "qqqqlllll"),
            (503, "5.5.1 bad sequence", "qqqqlllll"),
            (530, "5.7.0 log in first", "qqqqqqqqq"),
            (535, "5.7.8 wrong password", "qqqqqqqqq"),
            (550, "5.1.1 unknown", "qqqqlrrrr"),
            (552, "too much", "qqqqsssss"),
            (552, "5.3.4 too big", "qqqqsssss"),
            (552, "5.2.2 mailbox full", "qqqqlrrrr"),
            (554, "5.7.1 spam", "qqqqlrrrr"),
            (550, "5.2.3 too long", "qqqqsssss"),
        ] {
            let found: String =
                STAGES.map(|stage| kind(&Failure::reply(stage, code, text).into_outcome())).iter().collect();
            assert_eq!(found, expected, "{code} {text}");
        }
    }

    #[test]
    fn a_broken_connection_is_unknown_only_after_the_dot() {
        for failure in [|stage| Failure::broken(stage, "eof"), |stage| Failure::silent(stage, Duration::from_secs(1))] {
            let found: String = STAGES.map(|stage| kind(&failure(stage).into_outcome())).iter().collect();
            assert_eq!(found, "qqqqllllu");
        }
    }

    #[test]
    fn what_a_new_connection_may_mend() {
        let at = [Stage::MailFrom, Stage::RcptTo, Stage::Data, Stage::Content, Stage::FinalDot];
        let told = |failure: &dyn Fn(Stage) -> Failure| -> String {
            at.map(|stage| if failure(stage).may_be_the_session() { 'n' } else { '-' }).iter().collect()
        };
        assert_eq!(told(&|stage| Failure::broken(stage, "eof")), "nnnn-");
        for (code, text, expected) in [
            (421, "4.4.2 closing", "nnnnn"),
            (452, "4.5.3 too many", "nnnnn"),
            (450, "4.2.1 mailbox busy", "n----"),
            (550, "5.1.1 unknown", "n----"),
            (550, "5.7.0 too many in this session", "nnnn-"),
            (552, "5.3.4 too big", "-----"),
        ] {
            assert_eq!(told(&|stage| Failure::reply(stage, code, text)), expected, "{code} {text}");
        }
    }

    proptest! {
        #[test]
        fn no_reply_before_the_letter_refuses_it(code in 400u16..600, at in 0usize..4, text in "[ -~]{0,20}") {
            let outcome = Failure::reply(STAGES[at], code, &text).into_outcome();
            prop_assert_eq!(kind(&outcome), 'q');
        }

        #[test]
        fn a_transient_reply_never_ends_a_letter(code in 400u16..500, at in 0usize..9, text in "[ -~]{0,20}") {
            let outcome = Failure::reply(STAGES[at], code, &text).into_outcome();
            prop_assert!("lq".contains(kind(&outcome)));
        }
    }
}
