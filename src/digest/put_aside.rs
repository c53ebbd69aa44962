//! A mail that was put aside, for the person who looks at it. Plain values.

use crate::case::Moment;
use serde::Serialize;

/// What is told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PutAside {
    /// Its row in the register: `#toon` and `#klacht` name it.
    pub mail: i64,
    /// The sender as the mail names it; empty where it could not be read, or is not shown.
    pub from: String,
    pub subject: String,
    pub received_at: Moment,
    pub why: WhyAside,
    /// First lines of the text, if any could be read.
    pub excerpt: String,
    pub tells: Tells,
}

/// How much its reader is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tells {
    All,
    /// That it is there: it is filed on a complaint that is confidential.
    ThatItIsThere,
}

/// Why a mail was put aside: why a person should look at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "said", rename_all = "snake_case")]
pub enum WhyAside {
    /// The mail server says so, in a header or by the folder it put it in.
    Spam,
    /// It carries the mark that all our letters carry; its reader is told the same as of [`WhyAside::OurLetter`].
    #[serde(rename = "our_own")]
    OurMark,
    /// It is a letter of ours.
    #[serde(rename = "our_own")]
    OurLetter,
    /// Its sender is the complaints address, but it is no letter of ours.
    InOurName,
    /// It names a colleague as its sender, and the mail server does not confirm that (invariant 6).
    Unproven,
    /// It is a colleague's mail to a customer, and perhaps an older one that somebody sent on (invariant 6).
    Resent,
    /// A colleague's mailbox sent it by machine.
    MachineOfStaff,
    /// A list or newsletter sent it on.
    Bulk,
    /// A click in a mail program that belongs to no letter of ours.
    Click,
    /// A mail server's own words, about no letter that is known.
    MailSystem,
    /// A mail server's report about an address, that names no letter of ours.
    NoLetterNamed,
    /// An authority wrote, about no case that is known; the supervisor was told at once.
    Authority,
    /// Neither a sender nor any text was found.
    Nothing,
    /// Reading it failed; and what it ended with, where that says more.
    Unread(Option<String>),
}

impl WhyAside {
    const FIXED: [Self; 14] = [
        Self::Spam,
        Self::OurMark,
        Self::OurLetter,
        Self::InOurName,
        Self::Unproven,
        Self::Resent,
        Self::MachineOfStaff,
        Self::Bulk,
        Self::Click,
        Self::MailSystem,
        Self::NoLetterNamed,
        Self::Authority,
        Self::Nothing,
        Self::Unread(None),
    ];

    /// What the register keeps of it, back as a reason: what is none of the fixed ones is what a reading ended with.
    pub fn of(reason: &str) -> Self {
        let fixed = Self::FIXED.into_iter().find(|why| why.english() == reason);
        fixed.unwrap_or_else(|| Self::Unread(Some(reason.to_owned())))
    }

    /// A letter of ours that came back, in whatever shape (invariant 5).
    pub fn is_loop(&self) -> bool {
        matches!(self, Self::OurMark | Self::OurLetter)
    }

    /// As the register keeps it: these words are known again by [`WhyAside::of`].
    pub fn english(&self) -> &str {
        match self {
            Self::Spam => "marked as spam by the mail server",
            Self::OurMark => "loop: it carries our own loop mark",
            Self::OurLetter => "loop: it is a letter of ours",
            Self::InOurName => "it claims to come from the complaints address itself",
            Self::Unproven => "it names a colleague as its sender, which the mail server does not confirm",
            Self::Resent => "it is a colleague's mail to a customer, but somebody else may have sent it on",
            Self::MachineOfStaff => "it comes from a colleague, but a machine sent it; nothing was relayed",
            Self::Bulk => "a mailing list or newsletter sent it on",
            Self::Click => {
                "it is a click in a mail program (a reaction, a receipt, a recall), to no letter that is known"
            }
            Self::MailSystem => "a mail server wrote it, and it is no report that could be read",
            Self::NoLetterNamed => {
                "a mail server says that something did not arrive, and names no letter of ours: nothing was changed"
            }
            Self::Authority => "an authority of the settings wrote it, about no complaint that could be found",
            Self::Nothing => "neither a sender nor any text was found in it",
            Self::Unread(Some(ended_with)) => ended_with,
            Self::Unread(None) => "reading it failed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_that_the_register_keeps_is_known_again() {
        let ended_with = WhyAside::Unread(Some("its parts are nested too deep".to_owned()));
        for why in WhyAside::FIXED.into_iter().chain([ended_with]) {
            assert_eq!(WhyAside::of(why.english()), why);
        }
    }

    #[test]
    fn both_ways_a_letter_of_ours_comes_back_are_told_as_one() {
        for why in [WhyAside::OurMark, WhyAside::OurLetter] {
            assert_eq!(serde_json::to_value(&why).unwrap(), serde_json::json!({ "kind": "our_own" }));
        }
    }
}
