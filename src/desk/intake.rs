//! A mail came in: whose is it, which case, and what is done about it. Pure.
//!
//! The order is the order of doubt: what might be a loop or a machine's report is settled first, then what a
//! token proves, and what is left is a complaint. A number in the subject proves nothing (invariant 6).

use super::aside::{Aside, filed, set_aside, unreadable};
use super::authority::Act;
use super::belonging::Belongs;
use super::letters_out::question;
use super::machine::{Arrived, SentBy};
use super::may_reply::{may_reply, sender};
use super::opening::{NewCase, open_case};
use super::queries::on_query;
use super::wants::wanted;
use super::web_form::form_of;
use super::whose::Whose;
use super::wrote::OnCase;
use super::{CaseFile, Decision, Disposition, Fresh, Incoming, Lookup, Role, Rules, Snapshot};
use super::{belonging, colleague, direct, fate, not_on_file, resent, second_look, servers_words, staff};
use crate::case::{Actor, Address, CaseNumber, Event, Moment, Side, Tie, Token, Why};
use crate::mail::{FindingKind, Mail};
use std::collections::BTreeSet;

/// What the register must look up before the mail can be decided on.
pub fn lookup(mail: &Mail, rules: &Rules, now: Moment) -> Lookup {
    // A server's words about a letter of ours are no answer to it.
    let by_server = servers_words::reports(mail, rules) || servers_words::is_notice(mail, rules);
    let token = if by_server { None } else { answered_letter(mail, rules) };
    let from = sender(mail);
    let mut wanted = Lookup {
        mailed: direct::lookup(mail, from.as_ref(), rules),
        confirms: direct::names_case(mail, token.as_ref()),
        asked: second_look::asked(mail, token.as_ref(), rules),
        adopts: not_on_file::lookup(mail, token.as_ref()),
        token,
        numbers: numbers(mail, rules),
        bounced: if by_server { servers_words::letter_reported(mail, rules) } else { None },
        named: belonging::named(mail, rules),
        answered: belonging::answered(mail, rules),
        said: belonging::said(mail, rules),
        topic: belonging::topic(mail, rules),
        failed: Vec::new(),
        failed_since: now,
        want: wanted(mail, rules),
        year: rules.year(now),
    };
    servers_words::look_up(&mut wanted, mail, rules, now);
    wanted
}

/// Every case that a token of ours in this mail names.
fn numbers(mail: &Mail, rules: &Rules) -> Vec<CaseNumber> {
    let ids = mail.message_id.iter().chain(&mail.in_reply_to).chain(&mail.references);
    let in_headers = ids.filter_map(|id| rules.keys.read(id)).chain(plus_address(mail, rules));
    let all: BTreeSet<CaseNumber> =
        in_headers.chain(rules.keys.find_all(&mail.text)).filter_map(|token| token.case).collect();
    all.into_iter().collect()
}

/// The letter of ours this mail answers: by In-Reply-To (its direct parent, never an older id of the thread), by the
/// plus-address it was sent to, or by the line in the quoted text where a server rewrote the Message-ID.
pub(super) fn answered_letter(mail: &Mail, rules: &Rules) -> Option<Token> {
    let by_parent = match mail.in_reply_to.as_slice() {
        [] => mail.references.last().and_then(|id| rules.keys.read(id)),
        parents => parents.iter().find_map(|id| rules.keys.read(id)),
    };
    by_parent.or_else(|| plus_address(mail, rules)).or_else(|| quoted_letter(mail, rules))
}

/// The topmost letter of ours that is quoted. A colleague answers the notification, and what it tells of the customer's
/// words stands above its own line: a letter of ours that the customer quoted there is not the one that is answered.
fn quoted_letter(mail: &Mail, rules: &Rules) -> Option<Token> {
    let of_staff = sender(mail).is_some_and(|from| rules.role(&from) == Role::Staff);
    let staffs = || rules.keys.find_all(&mail.text).find(|token| token.side == Side::Staff);
    let staffs = if of_staff { staffs() } else { None };
    staffs.or_else(|| rules.keys.find(&mail.text))
}

pub(super) fn plus_address(mail: &Mail, rules: &Rules) -> Option<Token> {
    let stated =
        mail.to.iter().chain(&mail.cc).map(|p| p.address.as_str()).chain(mail.delivered_to.iter().map(String::as_str));
    // From the right, because the desk's own address may have a tag of its own.
    stated.filter_map(|a| a.split_once('@')?.0.rsplit_once('+')).find_map(|(_, tag)| rules.keys.read(tag))
}

/// Decides on one mail.
pub fn on_mail(mail: &Incoming<'_>, known: &Snapshot, rules: &Rules, now: Moment, fresh: &mut Fresh) -> Decision {
    if let Some(first) = known.duplicate_of {
        return filed(mail, Disposition::Duplicate, None, format!("same mail as number {first}"), now);
    }
    if servers_words::reports(mail.mail, rules) {
        return fate::on_bounce(mail, known, rules, now, fresh);
    }
    if let Some(letter) = servers_words::letter(mail.mail, known.bounced.as_ref(), rules) {
        return fate::on_servers_words(mail, letter, known, rules, now, fresh);
    }
    // A person has looked at it: that outweighs all that follows.
    if let Some(first) = &known.put_back {
        return second_look::put_back(mail, first, known, rules, now, fresh);
    }
    if let Some(why) = our_own(mail.mail, rules) {
        return set_aside(mail, None, why, rules, now, fresh);
    }
    if form_of(mail.mail, rules).is_some() {
        let is_spam = mail.from_junk || mail.mail.marked_spam;
        if is_spam {
            return set_aside(mail, None, Aside::Spam, rules, now, fresh);
        }
        return on_form(mail, known, rules, now, fresh);
    }
    let from = sender(mail.mail);
    // Not a letter of ours, but in our name: a web form on the company's site, or somebody at the shared mailbox.
    if from.as_ref().is_some_and(|from| rules.is_desk(from)) {
        return set_aside(mail, None, Aside::InOurName, rules, now, fresh);
    }
    let token = answered_letter(mail.mail, rules);
    let file = known.file.as_ref().filter(|_| token.is_some()).or_else(|| direct::confirms(known, token.as_ref()));
    // A letter of ours in the sender's hands outweighs a filter's opinion.
    if file.is_none() && (mail.from_junk || mail.mail.marked_spam) {
        return set_aside(mail, None, Aside::Spam, rules, now, fresh);
    }
    let of_staff = from.as_ref().is_some_and(|from| rules.role(from) != Role::Outsider);
    // Whom a group names as the author is written to, and is believed nothing (invariant 6).
    if of_staff && mail.mail.written_by.is_some() {
        return set_aside(mail, file.map(|file| &file.case), Aside::Unproven, rules, now, fresh);
    }
    let about = file.or_else(|| belonging::clicked(mail.mail, from.as_ref(), known));
    let arrived = Arrived { mail, file: about, token: token.as_ref(), known, rules, now };
    if let Some(decision) = arrived.settle(fresh) {
        return decision;
    }
    // A calendar's words beside a colleague's answer to an entry are no answer to the customer (invariant 7).
    if of_staff && is_calendar_answer(mail.mail) {
        return set_aside(mail, file.map(|file| &file.case), Aside::MachineOfStaff, rules, now, fresh);
    }
    if let Some(decision) = on_query(mail, file, from.as_ref(), known, rules, now, fresh) {
        return decision;
    }
    match (file, token, from) {
        (_, Some(token), Some(from)) if answers_unknown(mail.mail, &token, &from, known, rules) => {
            let why = not_on_file::answers_forgotten(mail, &token);
            let reason = "it answers a letter of ours that is not on file: its sender is asked".to_owned();
            let asked = question(None, from, why, mail.mail, rules, fresh);
            Decision { letters: vec![asked], ..filed(mail, Disposition::Staff, None, reason, now) }
        }
        // About a mail that was put aside, from whatever letter it was asked.
        (_, token, Some(from)) if second_look::asked(mail.mail, token.as_ref(), rules).is_some() => {
            colleague::on_colleague(mail, &from, known, rules, now, fresh)
        }
        (Some(file), Some(token), Some(from)) => on_answer(mail, file, token.side, &from, known, rules, now, fresh),
        (Some(file), Some(_), None) => OnCase { mail, file, rules, now }.other_wrote(None, fresh),
        (_, _, from) => on_new(mail, from, known, rules, now, fresh),
    }
}

/// A colleague's answer to a letter to staff that is not on file: it proves no case and no mail put aside, because their
/// numbers may be others' by now (invariant 6). The letters about outages never are on file, and name neither.
fn answers_unknown(mail: &Mail, token: &Token, from: &Address, known: &Snapshot, rules: &Rules) -> bool {
    let names_something = token.case.is_some() || second_look::asked(mail, Some(token), rules).is_some();
    let of_colleague = Act::Speak.is_for(rules.role(from), None) && Act::Speak.believes(mail.proof, rules);
    known.unknown_letter.is_some() && token.side == Side::Staff && of_colleague && names_something
}

/// What calendar programs send back for an agenda entry (RFC 5546 §3.2.3), with words beside it that may be a person's.
fn is_calendar_answer(mail: &Mail) -> bool {
    let is_calendar = |kind: &str| matches!(kind, "text/calendar" | "application/ics");
    let calendars = mail.attachments.iter().filter(|attachment| is_calendar(&attachment.media_type));
    calendars.map(|attachment| String::from_utf8_lossy(&attachment.content).to_ascii_uppercase()).any(|text| {
        text.lines().any(|line| matches!(line.trim(), "METHOD:REPLY" | "METHOD:COUNTER" | "METHOD:DECLINECOUNTER"))
    })
}

/// A letter of ours that came back to us: the second of the three layers against loops (invariant 5).
fn our_own(mail: &Mail, rules: &Rules) -> Option<Aside<'static>> {
    let marked = mail.loop_marks.iter().any(|mark| Address::parse(mark).is_ok_and(|a| rules.is_desk(&a)));
    let our_id = mail.message_id.as_deref().is_some_and(|id| rules.keys.read(id).is_some());
    match (marked, our_id) {
        (true, _) => Some(Aside::OurMark),
        (_, true) => Some(Aside::OurLetter),
        (false, false) => None,
    }
}

#[expect(clippy::too_many_arguments, reason = "all that a decision depends on, as plain arguments")]
fn on_answer(
    mail: &Incoming<'_>,
    file: &CaseFile,
    side: Side,
    from: &Address,
    known: &Snapshot,
    rules: &Rules,
    now: Moment,
    fresh: &mut Fresh,
) -> Decision {
    let role = rules.role(from);
    let is_customer = file.case.customer.address.as_ref() == Some(from);
    if side == Side::Customer && Act::Record.is_for(role, Some(side)) && !is_customer {
        // A colleague who answers the customer's own mail has our letter to the customer quoted in it.
        let quoted = Some(file.case.number);
        if let Some(decision) = direct::on_mail(mail, from, quoted, known, rules, now, fresh) {
            return decision;
        }
    }
    let is_passed_on = side == Side::Customer && Act::Register.is_for(role, None) && mail.mail.forwarded.is_some();
    let on_case = OnCase { mail, file, rules, now };
    if Act::Handle.is_for(role, Some(side)) {
        staff::on_reply(mail, file, from, known, rules, now, fresh)
    } else if is_customer {
        on_case.customer_wrote(Tie::Letter, fresh)
    } else if is_passed_on {
        // The customer's mail, with our letter to the customer quoted in it, in a colleague's hands (§2.2).
        colleague::on_colleague(mail, from, known, rules, now, fresh)
    } else {
        on_case.other_wrote(Some(from), fresh)
    }
}

/// A mail that answers no letter of ours.
fn on_new(
    mail: &Incoming<'_>,
    from: Option<Address>,
    known: &Snapshot,
    rules: &Rules,
    now: Moment,
    fresh: &mut Fresh,
) -> Decision {
    if is_nothing(mail.mail) {
        return unreadable(mail.id, Aside::Nothing, now);
    }
    let is_for = |act: Act, from: &Address| act.is_for(rules.role(from), None);
    let is_persons = SentBy::of(mail.mail, rules).is_read_as_persons();
    if let Some(from) = from.as_ref().filter(|from| is_for(Act::Record, from) && is_persons)
        && let Some(decision) = direct::on_mail(mail, from, None, known, rules, now, fresh)
    {
        return decision;
    }
    match from {
        Some(from) if is_for(Act::Speak, &from) && !Act::Speak.believes(mail.mail.proof, rules) => {
            set_aside(mail, None, Aside::Unproven, rules, now, fresh)
        }
        Some(from) if is_for(Act::Speak, &from) && is_persons => {
            colleague::on_colleague(mail, &from, known, rules, now, fresh)
        }
        from => match belonging::belongs(mail.mail, from.as_ref(), known) {
            Belongs::To(file, tie) => {
                not_on_file::marked(OnCase { mail, file, rules, now }.customer_wrote(tie, fresh), known)
            }
            Belongs::Again(file) => sent_twice(mail, file, now),
            Belongs::Apart(linked) => complaint(mail, &linked, known, rules, now, fresh),
        },
    }
}

fn is_nothing(mail: &Mail) -> bool {
    let damaged = mail.findings.iter().any(|f| f.kind == FindingKind::Unreadable);
    mail.from.is_none() && mail.subject.is_empty() && mail.text.trim().is_empty() && mail.attachments.is_empty()
        || damaged && mail.from.is_none() && mail.text.trim().is_empty()
}

/// A complaint: registered, routed, acknowledged, told to the department (§2.1).
fn complaint(
    mail: &Incoming<'_>,
    linked: &[CaseNumber],
    known: &Snapshot,
    rules: &Rules,
    now: Moment,
    fresh: &mut Fresh,
) -> Decision {
    let whose = Whose::of(mail.mail, rules);
    let sent_on = resent::sent_on(mail.mail, rules);
    let received_at = sent_on.as_ref().map_or(mail.received_at, |sent_on| sent_on.received_at(mail.received_at));
    let mut opened = whose.opened(mail.mail, received_at, rules);
    // Who can judge whether the two are one sees both. Not so for a number: what a stranger is told would then depend on
    // whether there is such a case.
    if let Some(file) = known.answered.first() {
        opened.department.clone_from(&file.case.department);
        opened.routing = Why::Thread;
    }
    let acknowledge = whose.acknowledge(may_reply(mail.mail, rules));
    let quoted = mail.mail.quoted.clone();
    let new = NewCase { opened, actor: Actor::Customer, acknowledge, named: linked, quoted, cover: None };
    let marked = whose.remark(mail.mail).into_iter().chain(not_on_file::remark(known));
    let marked = marked.chain(sent_on.iter().filter_map(resent::SentOn::remark)).collect();
    let (mut decision, case) = open_case(mail, new, marked, known, rules, now, fresh);
    let on_file = whose.on_file(mail.mail);
    let event = |what| Event { at: now, case: Some(case.number), actor: Actor::Desk, mail: Some(mail.id), what };
    decision.events.extend(on_file.map(event));
    if let Some(sent_on) = sent_on {
        sent_on.add_receipt(&mut decision, &case, mail, rules, fresh);
    }
    decision
}

/// A web form of the company's: it opens a case and does nothing else, whatever was typed into it (invariant 6).
fn on_form(mail: &Incoming<'_>, known: &Snapshot, rules: &Rules, now: Moment, fresh: &mut Fresh) -> Decision {
    match &known.twice {
        Some(first) if mail.mail.attachments.is_empty() => sent_twice(mail, first, now),
        _ => complaint(mail, &belonging::numbers(&known.named), known, rules, now, fresh),
    }
}

fn sent_twice(mail: &Incoming<'_>, first: &CaseFile, now: Moment) -> Decision {
    let number = first.case.number;
    let reason = format!("the words with which {number} was opened within the hour: sent twice");
    filed(mail, Disposition::Duplicate, Some(number), reason, now)
}
