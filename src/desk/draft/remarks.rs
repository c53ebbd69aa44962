//! What staff should know about a mail, as the letters about it say it in their own words. Plain values.

use crate::case::{CaseNumber, Customer};
use crate::digest::WhyAside;
use serde::Serialize;

/// Something staff should know about a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Remark {
    /// The mail names this case, or answers a mail on its file, without proof; a case of its own was opened.
    MayBelongTo(CaseNumber),
    /// It came from the customer's address, answers no letter of ours, and nothing proves the sender (invariant 6).
    SenderUnproven,
    /// It answers a letter of ours about this case, which is not on file; a case of its own was opened.
    AnswersUnknown(CaseNumber),
    /// The same, where there is a case of that number, or the one in which it goes on.
    AnswersForgotten(CaseNumber),
    /// The trusted server says the sender's domain disowns this mail (DMARC fail).
    SenderDisowned,
    /// Reply-To names another address; letters go to From.
    ReplyToElsewhere(String),
    /// The sender may be somebody else than it seems.
    SenderOdd(OddSender),
    /// It was not all read: the original is on file.
    NotAllRead(Unread),
    /// It is so large that only its beginning is on file: the whole mail is in the mailbox, among the handled ones.
    OnlyTheBeginning,
    /// The case was closed, and this mail opened it again with new terms.
    Reopened,
    /// It came from another address than the customer's; that address is told nothing (invariant 6).
    FromOther(String),
    /// It was put aside, for that reason; a person made it a complaint (without a name: by putting it back into the inbox).
    WasAside { why: WhyAside, by: Option<String> },
    /// It came from who acts for the customer, at this address.
    ByRepresentative(String),
    /// It says to come from this authority of the settings, which the mail server does not confirm.
    InNameOf(String),
    /// A web form of the company's sent it, from this address; the customer is whom it names.
    ByForm(String),
    /// It came from this address, where nobody reads an answer: who the customer is, and who it may be.
    WhoIsCustomer { from: String, perhaps: Vec<Customer> },
    /// It was passed on, and its moment of receipt is what it states itself (invariant 9).
    ReceiptStated,
    /// That colleague is said to have sent it on as it was; nothing proves it, so that the clock starts at our own receipt.
    ResentUnproven(String),
    /// It was a case of its own, which goes on in this one.
    WasCase(CaseNumber),
    /// The same, of somebody who is not the customer of this one: that address gets no letters any more.
    WasCaseOf { number: CaseNumber, wrote: String },
}

/// Why a sender may be somebody else than it seems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OddSender {
    /// The mail names several senders.
    Several,
    /// The sender is not written as mail programs write one.
    Unclear,
    /// The name shows another address than the sender's.
    NameShowsAddress,
}

/// What of a mail was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unread {
    /// Mails within mails, or more parts than are looked at.
    ManyParts,
    /// More headers, or longer ones, than are looked at.
    Headers,
    /// The end of a very long text.
    End,
    /// Outlook's `winmail.dat`.
    Winmail,
    /// It is encrypted.
    Encrypted,
    /// Two parts hold the text, and say different things.
    TwoTexts,
    /// A damaged part.
    Damaged,
}
