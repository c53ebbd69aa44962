//! A case's events in words: who did what, as one reads it to somebody else. Pure.

use super::{clock_words, printable, short_time};
use crate::case::{
    Actor, Certainty, Channel, DutyKind, Ground, Judgement, LetterFate, LetterKind, Moment, Solved, TermStage, Tie,
    What,
};
use crate::config::Config;
use crate::register::StoredEvent;

/// When it happened, where the desk is; nothing of what was blanked.
pub(in super::super) fn moment_of(config: &Config, stored: &StoredEvent) -> String {
    stored.event.as_ref().map(|event| short_time(config, event.at)).unwrap_or_default()
}

/// Who did what.
pub(in super::super) fn sentence(config: &Config, stored: &StoredEvent) -> String {
    match &stored.event {
        Some(event) => printable(&format!("{} {}", who(&event.actor), did(config, &event.what))),
        None => format!("(blanked: {})", stored.kind.replace('_', " ")),
    }
}

fn who(actor: &Actor) -> String {
    match actor {
        Actor::Customer => "the customer".to_owned(),
        Actor::Staff(address) => address.to_string(),
        Actor::Other(address) => format!("{address} (somebody else)"),
        Actor::Desk => "klachtpost".to_owned(),
        Actor::Server => "the mail server".to_owned(),
    }
}

fn letter(kind: LetterKind) -> String {
    kind.name().replace('_', " ")
}

/// What follows the name of who did it.
fn did(config: &Config, what: &What) -> String {
    match what {
        What::Opened(opened) => {
            let came = match opened.channel {
                Channel::Email => "by e-mail",
                Channel::Phone => "by telephone",
                Channel::Letter => "by letter",
                Channel::Desk => "at the desk",
            };
            format!("brought in a complaint {came}, for {}: {}", opened.department, opened.subject)
        }
        What::Judged(judgement) => format!("said what came of it: {}", judged(judgement)),
        What::HandlerSet { handler } => format!("gave it to {handler} to handle"),
        What::DepartmentSet { department, .. } => format!("moved it to {department}"),
        What::TermTold { clock, stage } => match stage {
            TermStage::Before => format!("warned that the {} is due soon", clock_words(*clock)),
            TermStage::After => format!("told that the {} is late", clock_words(*clock)),
        },
        What::Linked { other } => format!("saw that it may belong with {other}"),
        What::Merged { into } => format!("let it go on in {into}"),
        What::Absorbed(absorbed) => format!("let {} go on in this one", absorbed.other),
        What::CustomerUnknown { from, .. } => format!("does not know whose complaint it is; it came from {from}"),
        What::CustomerSet { customer } => {
            let address = customer.address.as_ref().map(ToString::to_string).unwrap_or_default();
            format!("said who the customer is: {} {address}", customer.name).trim_end().to_owned()
        }
        other => guarded(config, other),
    }
}

/// Who else has to do with it, and what is guarded.
fn guarded(config: &Config, what: &What) -> String {
    match what {
        What::AuthorityWrote { authority, certainty: Certainty::Proven, .. } => {
            format!("took in a mail of {authority}")
        }
        What::AuthorityWrote { authority, .. } => {
            format!("took in a mail of {authority}, as it seems: nothing proves it")
        }
        What::RepresentativeSet(acts) => {
            let ground = match acts.ground {
                Ground::Lawyer => "as a lawyer".to_owned(),
                Ground::Authorisation(day) => format!("by an authorisation of {day}"),
                Ground::Customer => "by the customer's own word".to_owned(),
            };
            format!("said that {} <{}> acts for the customer, {ground}", acts.name, acts.address)
        }
        What::RepresentativeEnded => "said that nobody acts for the customer any more".to_owned(),
        What::RightUsed { right, .. } => format!("said that somebody uses a right over their data: {}", duty(*right)),
        What::IdentityKnown { .. } => "said how it is known who asks".to_owned(),
        What::BreachFound { .. } => "told of a breach of personal data".to_owned(),
        What::UrgentTold { words, to } => format!("told {to} that it cannot wait: {}", words.join(", ")),
        What::ConfidentialSet(confidential) => {
            let readers: Vec<String> = confidential.readers.iter().map(ToString::to_string).collect();
            format!("made it confidential: seen by {}", readers.join(", "))
        }
        What::ConfidentialLifted => "made it confidential no longer".to_owned(),
        What::DutySet(guarded) => format!("guards: {}, due {}", duty(guarded.kind), short_time(config, guarded.due)),
        What::DutyDone { duty: done } => format!("guards no longer: {}", duty(*done)),
        other => wrote(config, other),
    }
}

/// What is guarded, in words.
pub(super) fn duty(kind: DutyKind) -> &'static str {
    match kind {
        DutyKind::Defence => "the answer to the committee",
        DutyKind::Ruling => "what the committee ruled",
        DutyKind::Access => "to see their personal data",
        DutyKind::Erasure => "to have their personal data erased",
        DutyKind::Rectification => "to have their personal data put right",
        DutyKind::Objection => "an objection to the use of their personal data",
        DutyKind::Breach => "the notification of a breach",
    }
}

fn judged(judgement: &Judgement) -> String {
    let outcome = judgement.outcome.map(|outcome| outcome.name().replace('_', " "));
    let cause = judgement.cause.as_ref().map(|cause| format!("cause {cause}"));
    let amount = judgement.compensation.map(|amount| format!("compensation € {amount}"));
    outcome.into_iter().chain(cause).chain(amount).collect::<Vec<_>>().join(", ")
}

/// What people wrote or said, to whom.
fn wrote(config: &Config, what: &What) -> String {
    let at = |moment: Moment| short_time(config, moment);
    match what {
        What::FollowedUp { tie: Tie::NamedUnproven, .. } => "wrote again, as it seems: nothing proves it".to_owned(),
        What::FollowedUp { .. } => "wrote again".to_owned(),
        What::OtherWrote { from, .. } => format!("wrote about it, from {from}"),
        What::Answered { .. } => "answered the customer".to_owned(),
        What::Interim { promised, .. } => {
            let until = promised.map(|until| format!(", who was told to wait until {}", at(until))).unwrap_or_default();
            format!("wrote to the customer in the meantime{until}")
        }
        What::AnsweredDirectly(_) => "answered the customer with a mail of their own".to_owned(),
        What::AnswerToConfirm { .. } => {
            "seems to have answered the customer with a mail of their own, and was asked".to_owned()
        }
        What::AnswerShown { to, answered_at } => format!("told {to} of the answer of {}", at(*answered_at)),
        What::SolvedSaid { solved: Solved::Yes } => "said that it is solved".to_owned(),
        What::SolvedSaid { solved: Solved::No } => "said that it is not solved".to_owned(),
        What::AnswerAsked { to } => format!("told {to} that the customer waits for an answer"),
        What::AwayTold { who, to } => format!("told {to} that {who} is away"),
        What::Noted { .. } => "noted, for colleagues only".to_owned(),
        What::PhoneContact { .. } => "spoke to the customer".to_owned(),
        What::Closed(_) => "settled and closed it".to_owned(),
        What::Reopened(_) => "opened it again".to_owned(),
        What::Escalated { to, .. } => format!("asked the supervisor, {to}"),
        What::Advised { .. } => "advised".to_owned(),
        What::EscalationSettled => "settled the question to the supervisor".to_owned(),
        What::Dismissed { reason } => format!("put it aside as no complaint: {reason}"),
        What::Restored => "made it a complaint again".to_owned(),
        What::Disputed { last_day, .. } => {
            let until = last_day.map(|day| format!(", which takes it until {day}")).unwrap_or_default();
            format!("went to the committee{until}")
        }
        What::Ruled { .. } => "told how the committee ruled".to_owned(),
        What::CommitteeOwed => "noted that the customer must hear in writing of the committee".to_owned(),
        What::StatusAsked { to } => format!("asked {to} for a letter that names the committee"),
        What::AgendaSet(item) => format!("planned for {}, for {}", at(item.at), item.whose),
        What::AgendaCleared { .. } => "took it off the agenda".to_owned(),
        What::AgendaReminded { .. } => "reminded of what was planned".to_owned(),
        other => handled(config, other),
    }
}

/// What became of letters and mails.
fn handled(config: &Config, what: &What) -> String {
    match what {
        What::LetterWritten { letter_kind, to, .. } => format!("wrote to {to}: {}", letter(*letter_kind)),
        What::LetterResent { letter_kind, to, .. } => format!("sent again to {to}: {}", letter(*letter_kind)),
        What::LetterFate { letter_kind, to, fate, .. } => fate_words(fate, to, &letter(*letter_kind)),
        What::Bundled { letters, .. } => format!("let {} letters go out together, in one", letters.len()),
        What::PaperWritten { letter_kind, .. } => format!("made a letter on paper, to post: {}", letter(*letter_kind)),
        What::Posted { letter_kind, posted_at, .. } => {
            format!("posted a letter on {}: {}", short_time(config, *posted_at), letter(*letter_kind))
        }
        What::MailFiled { disposition, reason } => format!("filed a mail as {disposition}: {reason}"),
        What::Reconsidered { disposition, reason } => format!("made {disposition} of a mail put aside: {reason}"),
        What::AsideTold { mails, .. } => format!("told of {} mails put aside", mails.len()),
        What::AdoptionAsked { mails, .. } => format!("asked to take in {mails} mails of our own folders"),
        What::AcknowledgementHeld => "held the acknowledgement until somebody has looked at the sender".to_owned(),
        What::AcknowledgementReleased => "let the acknowledgement go".to_owned(),
        What::DigestWritten { day, recipients } => format!("wrote the digest of {day} to {recipients}"),
        What::MonthWritten { month, recipients } => {
            format!("wrote the report of {} to {recipients}", month.format("%Y-%m"))
        }
        What::Redacted(told) => format!("blanked the personal data, at a person's word: {}", told.reason),
        What::Sealed(sealed) => format!("sealed a decision with {} letters", sealed.letters.len()),
        // Each has its words above; one that is new here has those of the register.
        other => other.name().replace('_', " "),
    }
}

fn fate_words(fate: &LetterFate, to: &str, letter: &str) -> String {
    match fate {
        LetterFate::Accepted { server, .. } => format!("took the letter to {to}: {letter} ({server})"),
        LetterFate::Refused { reply } => format!("refused the letter to {to}: {letter} ({reply})"),
        LetterFate::Bounced { permanent: true, status } => {
            format!("gave the letter to {to} back, for good: {letter} ({status})")
        }
        LetterFate::Bounced { permanent: false, status } => {
            format!("gave the letter to {to} back: {letter} ({status})")
        }
        LetterFate::Held { reason } => format!("held the letter to {to}: {letter} ({reason})"),
        LetterFate::Unwritten { detail, .. } => format!("could not write the letter to {to}: {letter} ({detail})"),
    }
}

/// What was written at length, for people; empty where the sentence says all.
pub(in super::super) fn words(what: &What) -> &str {
    match what {
        What::Opened(opened) => &opened.text,
        What::FollowedUp { text, .. }
        | What::OtherWrote { text, .. }
        | What::Answered { text, .. }
        | What::Interim { text, .. }
        | What::Noted { text }
        | What::PhoneContact { text }
        | What::Advised { text }
        | What::Disputed { text, .. }
        | What::Ruled { text }
        | What::AuthorityWrote { text, .. }
        | What::RightUsed { text, .. }
        | What::IdentityKnown { how: text }
        | What::BreachFound { text, .. } => text,
        What::AnsweredDirectly(answer) | What::AnswerToConfirm { answer, .. } => &answer.text,
        What::Closed(closed) => &closed.settlement,
        What::Escalated { question, .. } => question,
        What::AgendaSet(item) => &item.text,
        _ => "",
    }
}
