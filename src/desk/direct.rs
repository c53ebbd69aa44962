//! Mails that staff sent to the customer themselves, with the desk in To or Cc. The customer has them, so nothing goes out
//! again: a mail of a proven sender is recorded as the answer, and stops the first-reaction clock at its receipt (§1). Pure.
//!
//! Two ways lead here. (a) A reply to a letter of ours, with the customer added: it holds a staff token. (b) A reply to the
//! customer's own mail, or a new one: without a token, so that the case is found by the customer in To or Cc, among the
//! open cases of departments the sender may act for; where there are several, by the ids of the customer's thread. One is
//! acted on; of several the sender is asked which; with none it is a mail without a case, as any other.
//!
//! | the mail | (a) with a token | (b) without |
//! |---|---|---|
//! | no verb, or `#antwoord` | recorded | recorded |
//! | `#afgehandeld` and a settlement | recorded, and closed with the written confirmation (§2.4.2) | recorded; a verb needs a token, so the receipt says what was left undone |
//! | the same beside verbs that stay in the house | all of it, or recorded and the verbs left undone where one cannot be done | recorded, verbs left undone |
//! | only verbs whose text is internal (`#intern`, `#gebeld` …) | carried out as ever and no answer; the receipt warns that the customer has it, and `#verstuurd` makes it one | asked which case, as any mail without a token |
//! | a verb that is none, lower down, or two that want the text | recorded, left undone | recorded, left undone |
//! | neither text nor attachment | asked | asked |
//! | somebody else in To or Cc as well | asked: was it the answer? | recorded: nothing is relayed, so a colleague may read along |
//! | sender not proven | not recorded; the registered address is asked, and so nobody else is told of it | the same, also where the operator accepts unproven staff: whoever knows two addresses could write it, and has no letter of ours in hand |
//! | proven, but perhaps an older mail that somebody sent on | its token says which case it is about | not recorded; the registered address is asked |
//! | a complaint taken down, or a mail passed on | as any reply | a new complaint (§2.1.1, §2.2) |
//!
//! Who is asked answers with `#verstuurd`: then the mail is recorded at its own receipt. What it said waits in the event
//! `answer_to_confirm` on each case it may belong to, under the id of the letter that asks.

use super::authority::{Act, binds};
use super::draft::{Problem, Unsure};
use super::letters_out::question;
use super::staff;
use super::verbs::{self, TextGoes, Verb};
use super::{CaseFile, Decision, Disposition, Fresh, Incoming, Rules, Snapshot};
use crate::case::{Actor, Address, CaseNumber, CaseState, DirectAnswer, Event, LetterId, Moment, Side, Token, What};
use crate::mail::{Mail, Replay};
use chrono::TimeDelta;

/// A mail to more people than this is no answer to a customer but a circular.
const MAILED_MAX: usize = 20;
/// How long such a mail may have been under way, by its own date: servers try again for hours, a laptop sends in the evening.
const UNDER_WAY_MAX: TimeDelta = TimeDelta::hours(24);
/// How far the sender's clock may be ahead of ours: an hour of a wrong zone, and some.
const AHEAD_MAX: TimeDelta = TimeDelta::hours(2);
/// Characters of such a mail that the case keeps in its events; the whole mail stays in the register.
const TEXT_MAX: usize = super::opening::TEXT_MAX;

/// Everybody in To and Cc but the desk and the sender.
pub(super) fn mailed<'a>(mail: &'a Mail, from: &'a Address, rules: &'a Rules) -> impl Iterator<Item = Address> + 'a {
    let named = mail.to.iter().chain(&mail.cc).filter_map(|party| Address::parse(&party.address).ok());
    named.filter(move |address| !rules.is_desk(address) && address != from)
}

/// Whom the register must look up as customers.
pub(super) fn lookup(mail: &Mail, from: Option<&Address>, rules: &Rules) -> Vec<Address> {
    let Some(from) = from.filter(|from| Act::Record.is_for(rules.role(from), None)) else { return Vec::new() };
    let mut all: Vec<Address> = mailed(mail, from, rules).take(MAILED_MAX + 1).collect();
    if all.len() > MAILED_MAX {
        return Vec::new();
    }
    all.sort_by_key(Address::key);
    all.dedup();
    all
}

/// The case named in a reply that does nothing but confirm, to a letter of ours that belongs to no case.
pub(super) fn names_case(mail: &Mail, token: Option<&Token>) -> Option<CaseNumber> {
    token.filter(|token| token.case.is_none() && token.side == Side::Staff)?;
    let typed = verbs::parse(&mail.relayable).ok()?;
    let only_confirms = !typed.lines.is_empty() && typed.lines.iter().all(|line| line.verb == Verb::Sent);
    let named = typed.lines.iter().find_map(|line| CaseNumber::find_all(&line.value).into_iter().next());
    named.filter(|_| only_confirms)
}

/// The file of the case so named, if the letter that is answered asked about that very case: a number alone opens
/// nothing (invariant 6).
pub(super) fn confirms<'a>(known: &'a Snapshot, token: Option<&Token>) -> Option<&'a CaseFile> {
    known.confirms.as_ref().filter(|file| token.is_some_and(|token| to_confirm(file, &token.letter).is_some()))
}

/// What waits for a confirmation in answer to this letter.
pub(super) fn to_confirm<'a>(file: &'a CaseFile, asked_in: &LetterId) -> Option<&'a DirectAnswer> {
    file.events.iter().find_map(|event| match &event.what {
        What::AnswerToConfirm { question, answer } if question == asked_in => Some(answer),
        _ => None,
    })
}

/// The mail as the case keeps it.
pub(super) fn answer(mail: &Incoming<'_>, from: &Address, text: &str) -> DirectAnswer {
    DirectAnswer {
        text: text.chars().take(TEXT_MAX).collect(),
        message_id: mail.mail.message_id.clone(),
        from: from.clone(),
        received_at: mail.received_at,
    }
}

/// What stands against believing that this mail of staff without a token of theirs is the sender's answer to the customer it
/// went to (invariant 6). A signature is as good on a copy: whoever has a genuine mail can send it to another customer. So it
/// must be shown that it was sent now, to these people, and that it is not one that was on file before. A person's mail has
/// a date (RFC 5322 §3.6); to one without it anybody may have added what is missing.
pub(super) fn doubt(mail: &Incoming<'_>, known: &Snapshot, rules: &Rules) -> Option<Unsure> {
    if !Act::Record.believes(mail.mail.proof, rules) {
        return Some(Unsure::Sender);
    }
    let is_now = |date: Moment| date <= mail.received_at + AHEAD_MAX && date >= mail.received_at - UNDER_WAY_MAX;
    let is_shown = mail.mail.date.is_some_and(|date| match mail.mail.replay {
        Replay::Excluded => true,
        Replay::ShownByDate => is_now(date.to_utc()),
        Replay::Possible => false,
    });
    (!is_shown || known.same_id.is_some()).then_some(Unsure::Resent)
}

/// Decides on a mail of staff without a token of theirs (b); None: it is no mail to a customer of an open case. `quoted`
/// is the case of a letter to the customer that stands quoted in it.
pub(super) fn on_mail(
    mail: &Incoming<'_>,
    from: &Address,
    quoted: Option<CaseNumber>,
    known: &Snapshot,
    rules: &Rules,
    now: Moment,
    fresh: &mut Fresh,
) -> Option<Decision> {
    let is_theirs = |file: &&CaseFile| file.case.state == CaseState::Open && binds(&file.case.department, from, rules);
    let theirs: Vec<&CaseFile> = known.mailed.iter().filter(is_theirs).collect();
    let in_thread = |file: &&CaseFile| {
        let ids = mail.mail.in_reply_to.iter().chain(&mail.mail.references);
        Some(file.case.number) == quoted || ids.into_iter().any(|id| file.case.customer_thread.contains(id))
    };
    let threaded: Vec<&CaseFile> = theirs.iter().copied().filter(in_thread).collect();
    if is_something_else(mail.mail, &threaded) {
        return None;
    }
    let candidates = if threaded.is_empty() { theirs } else { threaded };
    match candidates.as_slice() {
        [] => None,
        [file] => Some(staff::on_direct(mail, file, from, known, rules, now, fresh)),
        several => Some(which(mail, from, several, known, rules, now, fresh)),
    }
}

/// A complaint that was taken down, a mail passed on, or words that the sender says are internal.
fn is_something_else(mail: &Mail, threaded: &[&CaseFile]) -> bool {
    let Ok(typed) = verbs::parse(&mail.relayable) else { return false };
    let goes = |wanted: fn(TextGoes) -> bool| typed.lines.iter().any(|line| wanted(line.verb.row().text));
    let outward = goes(|text| matches!(text, TextGoes::Customer | TextGoes::Settlement));
    let registers = goes(|text| text == TextGoes::Complaint);
    let passed_on = mail.forwarded.is_some() && threaded.is_empty();
    registers || passed_on || !typed.lines.is_empty() && !outward
}

/// Several cases of that customer: nothing counts until the sender says which.
fn which(
    mail: &Incoming<'_>,
    from: &Address,
    cases: &[&CaseFile],
    known: &Snapshot,
    rules: &Rules,
    now: Moment,
    fresh: &mut Fresh,
) -> Decision {
    let customer = cases.iter().find_map(|file| file.case.customer.address.clone()).unwrap_or_else(|| from.clone());
    let choices = cases.iter().map(|file| (file.case.number, file.case.subject.clone())).collect();
    let asked = question(None, from.clone(), Problem::WhichCase { customer, choices }, mail.mail, rules, fresh);
    let answer = answer(mail, from, &mail.mail.reply);
    let waits = |file: &&CaseFile| Event {
        at: now,
        case: Some(file.case.number),
        actor: Actor::Desk,
        mail: Some(mail.id),
        what: What::AnswerToConfirm { question: asked.id.clone(), answer: answer.clone() },
    };
    let doubt = doubt(mail, known, rules);
    let reason = doubt.map_or("staff answered a customer with several open cases: asked which", |why| why.english());
    Decision {
        disposition: Disposition::Staff,
        reason: reason.to_owned(),
        case: None,
        events: cases.iter().map(waits).collect(),
        letters: vec![asked],
    }
}
