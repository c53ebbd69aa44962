//! What the SMTP server of the tests does wrong, and when.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// The moment of a fault, in the order of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// The connection was made; nothing is said yet.
    Greeting,
    Ehlo,
    StartTls,
    Auth,
    Mail,
    Rcpt,
    Data,
    /// The first line of the text came.
    Content,
    /// The ending dot came; the letter is not taken over (yet).
    Dot,
    /// The letter is taken over; the reply is not sent yet.
    Taken,
    /// The reply to the letter was sent.
    Replied,
    Rset,
    Noop,
    Quit,
}

#[derive(Debug, Clone)]
pub enum Act {
    /// This instead of the ordinary reply, and instead of doing what was asked.
    Reply(Vec<u8>),
    /// This, and the connection is closed.
    ReplyAndDrop(Vec<u8>),
    /// The connection is closed.
    Drop,
    /// Nothing more comes, and the connection stays open.
    Stall,
    /// All as it should be, with these bytes right behind the reply, in one piece with it.
    Behind(Vec<u8>),
    /// All as it should be, this much later.
    Late(Duration),
    /// All as it should be for a command that comes alone; the connection is closed where another came along with it.
    DropUnlessAlone,
    /// All as it should be, once the test closes this.
    Held(Arc<Semaphore>),
}

impl Act {
    /// A reply line (or several), CRLF is added.
    pub fn reply(line: &str) -> Self {
        Self::Reply(format!("{line}\r\n").into_bytes())
    }

    /// A reply line nobody asked for, CRLF is added.
    pub fn behind(line: &str) -> Self {
        Self::Behind(format!("{line}\r\n").into_bytes())
    }

    /// A reply line and goodbye, CRLF is added.
    pub fn reply_and_drop(line: &str) -> Self {
        Self::ReplyAndDrop(format!("{line}\r\n").into_bytes())
    }
}

/// One fault; without more said it happens every time, to everybody.
#[derive(Debug, Clone)]
pub struct Fault {
    at: At,
    act: Act,
    left: usize,
    after: usize,
    recipient: Option<String>,
}

impl Fault {
    pub fn at(at: At, act: Act) -> Self {
        Self { at, act, left: usize::MAX, after: 0, recipient: None }
    }

    /// Happens this often, then no more.
    pub fn times(mut self, times: usize) -> Self {
        self.left = times;
        self
    }

    /// Lets the first ones pass.
    pub fn after(mut self, passed: usize) -> Self {
        self.after = passed;
        self
    }

    /// Only to letters for this address; from RCPT on.
    pub fn for_recipient(mut self, address: &str) -> Self {
        self.recipient = Some(address.to_owned());
        self
    }

    /// What to do at this moment, if this fault is for it; counts.
    pub(super) fn due(&mut self, at: At, recipient: &str) -> Option<Act> {
        let for_this = self.at == at && self.recipient.as_ref().is_none_or(|r| r.eq_ignore_ascii_case(recipient));
        if !for_this || self.left == 0 {
            return None;
        }
        if self.after > 0 {
            self.after -= 1;
            return None;
        }
        self.left -= 1;
        Some(self.act.clone())
    }
}
