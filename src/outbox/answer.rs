//! What a mail server's refusal speaks of: this recipient, this letter, or the sender, the system and its limits. Pure.
//! The enhanced code says it (RFC 3463); where there is none, or one that says nothing, the words do where they are plain.

use super::transport::{RefusedFor, Stage};

/// A reply that is no yes: code, enhanced code and text (RFC 5321 §4.2, RFC 2034).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub code: u16,
    pub status: Option<Status>,
    pub text: String,
}

/// An enhanced code, e.g. 5.1.1 (RFC 3463 §2). The class counts less than what it speaks of: servers mix them up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Status {
    pub class: u16,
    pub subject: u16,
    pub detail: u16,
}

/// Whom a refusal concerns, as far as it says so itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// Whoever writes, and whatever: this mailbox takes nothing.
    Recipient,
    /// What is in it, or how large it is.
    Letter,
    /// The sender, the system, or how much it takes: the next letter would be refused as well.
    Server,
    /// It may be any of these.
    Unclear,
}

/// "Exceeded storage allocation" (RFC 5321 §4.2.3): too big, unless the status or the words say what else is full.
const TOO_MUCH: u16 = 552;
/// Words of a limit, in lower case: said without a code that tells more, they speak of how much the server takes.
const LIMITS: &[&str] = &[
    "daily",
    "hourly",
    "per day",
    "per hour",
    "quota",
    "rate limit",
    "ratelimit",
    "sending limit",
    "limit exceeded",
    "limit reached",
    "exceeded your",
    "exceeded the max",
    "too many mails",
    "too many messages",
    "too many emails",
    "too many recipients",
    "too many connections",
    "too much mail",
    "throttl",
    "try again later",
    "try later",
    "temporar",
    "suspended",
    "limiet",
    "te veel berichten",
];
/// Words of a letter's size, in lower case.
const SIZES: &[&str] = &[
    "too large",
    "too big",
    "message size",
    "mail size",
    "size of the message",
    "size limit",
    "size exceed",
    "exceeds size",
    "maximum size",
    "te groot",
];

impl Answer {
    /// From a code and the text behind it.
    pub fn new(code: u16, text: &str) -> Self {
        Self { code, status: Status::leading(text), text: text.to_owned() }
    }

    /// From a line as it is on file: `550 5.1.1 No such user`. None where it is no reply of a server.
    pub fn read(line: &str) -> Option<Self> {
        let (code, text) = line.split_once(' ').unwrap_or((line, ""));
        let is_code = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit());
        let code = code.parse().ok().filter(|code| is_code && (400..600).contains(code))?;
        Some(Self::new(code, text))
    }

    /// What makes two refusals alike: addresses and ids in the text differ from letter to letter.
    pub fn kind(&self) -> (u16, Option<(u16, u16)>) {
        (self.code, self.status.map(|status| (status.subject, status.detail)))
    }

    /// Too many bytes, or something else.
    pub fn cause(&self) -> RefusedFor {
        let pair = self.status.map(|status| (status.subject, status.detail));
        let is_size = match pair {
            // Too big for the mailbox, for the system (RFC 3463 §3.3, §3.4).
            Some((2, 3) | (3, 4)) => true,
            // Who it is for, or a full mailbox: a smaller letter would not fit either.
            Some((1, _) | (2, _)) => false,
            _ => self.says(SIZES) || (self.code == TOO_MUCH && !self.says(LIMITS)),
        };
        if is_size { RefusedFor::Size } else { RefusedFor::Other }
    }

    /// Whether it says itself that it is the size: so it may say of many, each too large by itself.
    pub fn names_the_size(&self) -> bool {
        let pair = self.status.map(|status| (status.subject, status.detail));
        self.cause() == RefusedFor::Size && (matches!(pair, Some((2, 3) | (3, 4))) || self.says(SIZES))
    }

    /// Whom it concerns, by where in the conversation it came.
    pub fn about(&self, stage: Stage) -> About {
        if self.cause() == RefusedFor::Size {
            return About::Letter;
        }
        // Before a recipient was named, it can be about nobody but the sender.
        if stage <= Stage::MailFrom {
            return About::Server;
        }
        // For good by its code and for now by its status: it will pass.
        if self.code >= 500 && self.status.is_some_and(|status| status.class == 4) {
            return About::Server;
        }
        match self.status.map(|status| (status.subject, status.detail)) {
            // The sender's own address (RFC 3463 §3.2), and what Exchange Online says of a sender's limits.
            Some((1, 7 | 8 | 90..)) => About::Server,
            // No such mailbox, or a closed, full or listed one; 5.1.0 and 5.2.0 are used for anything.
            Some((1, 1..) | (2, 1 | 2 | 4)) => About::Recipient,
            Some((3, _) | (4, 5) | (5, 3)) => About::Server,
            Some((6, _)) => About::Letter,
            _ if self.says(LIMITS) => About::Server,
            _ => About::Unclear,
        }
    }

    fn says(&self, words: &[&str]) -> bool {
        let text = self.text.to_lowercase();
        words.iter().any(|word| text.contains(word))
    }
}

impl Status {
    /// The enhanced code that a text begins with.
    fn leading(text: &str) -> Option<Self> {
        let word = text.split_ascii_whitespace().next()?.trim_start_matches('#').trim_end_matches([':', ',', ';']);
        let mut numbers = word.split('.').map(|part| part.parse::<u16>().ok());
        let status = Self { class: numbers.next()??, subject: numbers.next()??, detail: numbers.next()?? };
        (matches!(status.class, 2 | 4 | 5) && numbers.next().is_none()).then_some(status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// r the recipient's, l the letter's, s the server's, ? unclear.
    fn letter(about: About) -> char {
        match about {
            About::Recipient => 'r',
            About::Letter => 'l',
            About::Server => 's',
            About::Unclear => '?',
        }
    }

    #[test]
    fn whom_a_refusal_at_rcpt_concerns() {
        for (line, expected) in [
            ("550 5.1.1 <jan@klant.example>: Recipient address rejected: User unknown", 'r'),
            ("550 5.1.10 RESOLVER.ADR.RecipientNotFound", 'r'),
            ("550 #5.1.1 bad", 'r'),
            ("550 5.1.1: bad", 'r'),
            ("550 5.2.1 mailbox disabled", 'r'),
            ("552 5.2.2 mailbox full, quota exceeded", 'r'),
            ("550 5.4.5 Daily sending quota exceeded", 's'),
            ("550 5.1.90 Your message can't be sent because you've reached your daily limit", 's'),
            ("550 5.1.8 Access denied, bad outbound sender", 's'),
            ("550 5.1.7 bad sender", 's'),
            ("554 5.3.0 system trouble", 's'),
            ("554 5.3.2 not accepting mail", 's'),
            ("550 5.5.3 too many recipients", 's'),
            ("550 4.2.1 not now", 's'),
            ("550 Daily limit exceeded", 's'),
            ("554 Too many messages, try again later", 's'),
            ("550 5.7.1 You have exceeded your hourly quota", 's'),
            ("550 5.3.4 too big", 'l'),
            ("550 5.2.3 too long for this mailbox", 'l'),
            ("550 Message too large", 'l'),
            ("552 exceeded storage allocation", 'l'),
            ("554 5.6.0 bad content", 'l'),
            ("552 Daily quota exceeded", 's'),
            ("554 5.7.1 Relay access denied", '?'),
            ("550 5.4.1 Recipient address rejected: Access denied", '?'),
            ("550 5.1.0 No", '?'),
            ("550 No", '?'),
            ("550", '?'),
        ] {
            let answer = Answer::read(line).unwrap();
            assert_eq!(letter(answer.about(Stage::RcptTo)), expected, "{line}");
        }
    }

    #[test]
    fn before_a_recipient_is_named_it_is_the_sender_or_the_size() {
        for (line, expected) in
            [("550 5.1.1 unknown", 's'), ("550 Message too large", 'l'), ("552 5.3.4 big", 'l'), ("554 5.7.1 no", 's')]
        {
            assert_eq!(letter(Answer::read(line).unwrap().about(Stage::MailFrom)), expected, "{line}");
        }
    }

    #[test]
    fn what_is_no_refusal_of_a_server_is_none() {
        for line in
            ["", "not sent: too large", "given up after 3 attempts: 550 no", "250 Ok", "5500 x", "+55 x", "650 x"]
        {
            assert_eq!(Answer::read(line), None, "{line}");
        }
    }

    #[test]
    fn alike_is_what_differs_in_names_only() {
        let of = |line: &str| Answer::read(line).unwrap().kind();
        assert_eq!(of("550 5.1.1 <a@x.example> unknown"), of("550 5.1.1 <b@y.example>: unknown"));
        assert_ne!(of("550 5.1.1 x"), of("550 5.7.1 x"));
        assert_ne!(of("550 x"), of("554 x"));
    }

    proptest! {
        #[test]
        fn any_text_is_read(line in "\\PC{0,40}") {
            if let Some(answer) = Answer::read(&line) {
                let _ = (answer.about(Stage::RcptTo), answer.cause());
                prop_assert!((400..600).contains(&answer.code));
            }
        }
    }
}
