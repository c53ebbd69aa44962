//! A mail came in: whose is it, which case, and what is done about it. Pure.
//!
//! The order is the order of doubt: what might be a loop or a machine's report is settled first, then what a
//! token proves, and what is left is a complaint. A number in the subject proves nothing (invariant 6).

use super::draft::{Content, Draft, Problem, Remark, SetAside, Unacknowledged};
use super::letters_out::{acknowledgement, caseless, follow_up, handler_address, language, notification, question};
use super::may_reply::{WhyNot, may_reply, sender};
use super::{CaseFile, Decision, Disposition, Fresh, Incoming, Lookup, Role, Rules, Snapshot, fate, staff};
use crate::case::{Actor, Address, Case, CaseNumber, Channel, Customer, Event, Moment, Opened, Side, Token, What};
use crate::mail::{AutomaticKind, FindingKind, Mail};

/// Characters of a mail's text that a case keeps in its events; the whole mail stays in the register.
const TEXT_MAX: usize = 100_000;
/// Characters of a text shown in a notice about a mail set aside.
const EXCERPT_MAX: usize = 600;

/// What the register must look up before the mail can be decided on.
pub fn lookup(mail: &Mail, rules: &Rules, now: Moment) -> Lookup {
    Lookup {
        token: if mail.bounce.is_some() { None } else { answered_letter(mail, rules) },
        bounced: mail.bounce.as_ref().and_then(|b| {
            let stated = b.original_message_id.as_deref().and_then(|id| rules.keys.read(id));
            stated.or_else(|| plus_address(mail, rules)).or_else(|| rules.keys.find(&mail.text)).map(|t| t.letter)
        }),
        named: CaseNumber::find_all(&mail.subject),
        sender: sender(mail),
        year: rules.year(now),
    }
}

/// The letter of ours this mail answers: by In-Reply-To (its direct parent, never an older id of the thread), by the
/// plus-address it was sent to, or by the line in the quoted text where a server rewrote the Message-ID.
fn answered_letter(mail: &Mail, rules: &Rules) -> Option<Token> {
    let by_parent = match mail.in_reply_to.as_slice() {
        [] => mail.references.last().and_then(|id| rules.keys.read(id)),
        parents => parents.iter().find_map(|id| rules.keys.read(id)),
    };
    by_parent.or_else(|| plus_address(mail, rules)).or_else(|| rules.keys.find(&mail.text))
}

fn plus_address(mail: &Mail, rules: &Rules) -> Option<Token> {
    let stated =
        mail.to.iter().chain(&mail.cc).map(|p| p.address.as_str()).chain(mail.delivered_to.iter().map(String::as_str));
    stated.filter_map(|a| a.split_once('@')?.0.split_once('+')).find_map(|(_, tag)| rules.keys.read(tag))
}

/// Decides on one mail.
pub fn on_mail(mail: &Incoming<'_>, known: &Snapshot, rules: &Rules, now: Moment, fresh: &mut Fresh) -> Decision {
    if let Some(first) = known.duplicate_of {
        return filed(mail, Disposition::Duplicate, None, format!("same mail as number {first}"), now);
    }
    if mail.mail.bounce.is_some() {
        return fate::on_bounce(mail, known, rules, now, fresh);
    }
    if let Some(reason) = our_own(mail.mail, rules) {
        return filed(mail, Disposition::SetAside, None, reason, now);
    }
    if mail.from_junk || mail.mail.marked_spam {
        return filed(mail, Disposition::SetAside, None, "marked as spam by the mail server".to_owned(), now);
    }
    let answered = known.file.as_ref();
    if let Some(automatic) = &mail.mail.automatic {
        let machine = !matches!(automatic.kind, AutomaticKind::AutoReply | AutomaticKind::Generated);
        if machine || answered.is_some() {
            let case = answered.map(|file| file.case.number);
            return filed(mail, Disposition::Automatic, case, automatic.reason.clone(), now);
        }
    }
    let side = lookup(mail.mail, rules, now).token.map(|token| token.side);
    match (answered, side, sender(mail.mail)) {
        (Some(file), Some(side), Some(from)) => on_answer(mail, file, side, &from, known, rules, now, fresh),
        (Some(file), Some(_), None) => other_wrote(mail, file, "", rules, now, fresh),
        (_, _, from) => on_new(mail, from, known, rules, now, fresh),
    }
}

/// A mail that reading did not survive (invariant 1): a person sees it.
pub fn on_unreadable(
    mail: i64,
    received_at: Moment,
    reason: &str,
    rules: &Rules,
    now: Moment,
    fresh: &mut Fresh,
) -> Decision {
    let event = Event {
        at: now,
        case: None,
        actor: Actor::Desk,
        mail: Some(mail),
        what: What::MailFiled { disposition: Disposition::Unreadable.name().to_owned(), reason: reason.to_owned() },
    };
    let notice = SetAside {
        from: String::new(),
        subject: String::new(),
        received_at,
        reason: reason.to_owned(),
        mail,
        excerpt: String::new(),
    };
    Decision {
        disposition: Disposition::Unreadable,
        reason: reason.to_owned(),
        case: None,
        events: vec![event],
        letters: set_aside_notice(notice, rules, fresh),
    }
}

/// A letter of ours that came back to us: the second of the three layers against loops (invariant 5).
fn our_own(mail: &Mail, rules: &Rules) -> Option<String> {
    let marked = mail.loop_marks.iter().any(|mark| Address::parse(mark).is_ok_and(|a| rules.is_desk(&a)));
    let from_us = sender(mail).is_some_and(|from| rules.is_desk(&from));
    let our_id = mail.message_id.as_deref().is_some_and(|id| rules.keys.read(id).is_some());
    match (marked, from_us, our_id) {
        (true, ..) => Some("loop: it carries our own loop mark".to_owned()),
        (_, true, _) => Some("loop: its sender is the complaints address itself".to_owned()),
        (.., true) => Some("loop: it is a letter of ours".to_owned()),
        _ => None,
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
    match (side, rules.role(from)) {
        (Side::Staff, Role::Staff) => staff::on_reply(mail, file, from, known, rules, now, fresh),
        (Side::Customer, _) if file.case.customer.address.as_ref() == Some(from) => {
            customer_wrote(mail, file, rules, now, fresh)
        }
        _ => other_wrote(mail, file, from.as_str(), rules, now, fresh),
    }
}

/// The customer answers a letter of ours.
fn customer_wrote(mail: &Incoming<'_>, file: &CaseFile, rules: &Rules, now: Moment, fresh: &mut Fresh) -> Decision {
    let from = sender(mail.mail).map(|a| a.to_string()).unwrap_or_default();
    let what = What::FollowedUp { message_id: mail.mail.message_id.clone(), from };
    on_file(mail, file, Actor::Customer, what, remarks(mail.mail, &[]), rules, now, fresh)
}

/// Somebody holds a letter of the case but is not the one it went to: filed, marked, and told nothing (invariant 6).
fn other_wrote(
    mail: &Incoming<'_>,
    file: &CaseFile,
    from: &str,
    rules: &Rules,
    now: Moment,
    fresh: &mut Fresh,
) -> Decision {
    let what = What::OtherWrote { message_id: mail.mail.message_id.clone(), from: from.to_owned() };
    let mut marked = remarks(mail.mail, &[]);
    marked.insert(0, Remark::FromOther(from.to_owned()));
    on_file(mail, file, Actor::Other(from.to_owned()), what, marked, rules, now, fresh)
}

#[expect(clippy::too_many_arguments, reason = "all that a decision depends on, as plain arguments")]
fn on_file(
    mail: &Incoming<'_>,
    file: &CaseFile,
    actor: Actor,
    what: What,
    marked: Vec<Remark>,
    rules: &Rules,
    now: Moment,
    fresh: &mut Fresh,
) -> Decision {
    let event = Event { at: now, case: Some(file.case.number), actor, mail: Some(mail.id), what };
    let to = handler_address(&file.case, rules);
    let letters = to.map(|to| follow_up(&file.case, to, mail, marked, rules, fresh)).into_iter().collect();
    Decision {
        disposition: Disposition::FollowUp,
        reason: "answers a letter of this case".to_owned(),
        case: Some(file.case.number),
        events: vec![event],
        letters,
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
        return on_unreadable(
            mail.id,
            mail.received_at,
            "neither a sender nor any text was found in it",
            rules,
            now,
            fresh,
        );
    }
    match from {
        Some(from) if matches!(rules.role(&from), Role::Staff | Role::Employee) && mail.mail.automatic.is_none() => {
            let asked = question(None, from, Problem::NoCase, mail.mail, rules, fresh);
            let reason = "a new mail of a colleague: asked what is meant".to_owned();
            Decision { letters: vec![asked], ..filed(mail, Disposition::Staff, None, reason, now) }
        }
        from => complaint(mail, from, known, rules, now, fresh),
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
    from: Option<Address>,
    known: &Snapshot,
    rules: &Rules,
    now: Moment,
    fresh: &mut Fresh,
) -> Decision {
    let number = CaseNumber { year: rules.year(now), serial: known.next_serial };
    let opened = opened(mail, from, rules);
    let case = Case::open(number, now, &opened);
    let event = |actor, what| Event { at: now, case: Some(number), actor, mail: Some(mail.id), what };
    let mut events = vec![event(Actor::Customer, What::Opened(Box::new(opened)))];
    events.extend(known.named.iter().map(|other| event(Actor::Desk, What::Linked { other: *other })));

    let mut letters = Vec::new();
    let unacknowledged = match may_reply(mail.mail, rules) {
        Ok(to) => {
            letters.push(acknowledgement(&case, to, rules, fresh));
            None
        }
        Err(WhyNot::NoAddress) => Some(Unacknowledged::NoAddress),
        Err(WhyNot::Disowned) => Some(Unacknowledged::Disowned),
        Err(WhyNot::Machine | WhyNot::NullSender | WhyNot::Ourselves) => Some(Unacknowledged::Automatic),
    };
    if let Some(department) = super::letters_out::department(&case, rules) {
        let marked = remarks(mail.mail, &known.named);
        letters.push(notification(&case, department.address.clone(), mail, marked, unacknowledged, rules, fresh));
    }
    Decision {
        disposition: Disposition::Complaint,
        reason: format!("a complaint for {}", case.department),
        case: Some(number),
        events,
        letters,
    }
}

fn opened(mail: &Incoming<'_>, from: Option<Address>, rules: &Rules) -> Opened {
    let words = if mail.mail.reply.trim().is_empty() { &mail.mail.text } else { &mail.mail.reply };
    let routing = rules.routes.route(&mail.mail.subject, words);
    Opened {
        channel: Channel::Email,
        customer: Customer {
            name: mail.mail.from.as_ref().map(|p| p.name.clone()).unwrap_or_default(),
            address: from,
            phone: None,
        },
        subject: mail.mail.subject.clone(),
        text: words.chars().take(TEXT_MAX).collect(),
        language: language(mail.mail, rules),
        department: routing.department,
        routing: routing.why,
        received_at: mail.received_at,
        due: rules.due(mail.received_at),
        message_id: mail.mail.message_id.clone(),
    }
}

/// What staff should know about this mail.
fn remarks(mail: &Mail, named: &[CaseNumber]) -> Vec<Remark> {
    let mut remarks: Vec<Remark> = named.iter().copied().map(Remark::MayBelongTo).collect();
    if mail.proof == crate::mail::SenderProof::Failed {
        remarks.push(Remark::SenderDisowned);
    }
    remarks.extend(mail.findings.iter().filter_map(|finding| match finding.kind {
        FindingKind::ReplyToElsewhere => Some(Remark::ReplyToElsewhere(finding.detail.clone())),
        FindingKind::CharsetGuessed | FindingKind::Empty | FindingKind::NoFrom => None,
        _ => Some(Remark::NotAllRead(finding.detail.clone())),
    }));
    remarks
}

/// A mail that is kept, and about which nothing more is done.
pub(super) fn filed(
    mail: &Incoming<'_>,
    disposition: Disposition,
    case: Option<CaseNumber>,
    reason: String,
    now: Moment,
) -> Decision {
    let what = What::MailFiled { disposition: disposition.name().to_owned(), reason: reason.clone() };
    let event = Event { at: now, case, actor: Actor::Desk, mail: Some(mail.id), what };
    Decision { disposition, reason, case, events: vec![event], letters: Vec::new() }
}

/// Set aside as suspect, and told to the fallback department's supervisor.
pub(super) fn set_aside(
    mail: &Incoming<'_>,
    reason: String,
    rules: &Rules,
    now: Moment,
    fresh: &mut Fresh,
) -> Decision {
    let notice = SetAside {
        from: sender(mail.mail).map(|a| a.to_string()).unwrap_or_default(),
        subject: mail.mail.subject.clone(),
        received_at: mail.received_at,
        reason: reason.clone(),
        mail: mail.id,
        excerpt: mail.mail.reply.chars().take(EXCERPT_MAX).collect(),
    };
    let letters = set_aside_notice(notice, rules, fresh);
    Decision { letters, ..filed(mail, Disposition::SetAside, None, reason, now) }
}

fn set_aside_notice(notice: SetAside, rules: &Rules, fresh: &mut Fresh) -> Vec<Draft> {
    let reader = rules.fallback().map(|d| d.supervisor.clone());
    reader.map(|to| caseless(to, Content::SetAside(notice), rules, fresh)).into_iter().collect()
}
