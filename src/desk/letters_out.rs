//! Drafts the desk writes in more than one place: who gets them, and in which thread they stand. Pure.

use super::choices::{About, choices};
use super::draft::{
    Acknowledgement, Agenda, AgendaStage, Carried, Closing, Content, Cover, Draft, FollowUp, Notification, Problem,
    Question, Remark, Source, Stays, Topic, Unacknowledged, Writer,
};
use super::originals::of_unread;
use super::wrote::Words;
use super::{Department, Fresh, Incoming, Role, Rules};
use crate::case::{Address, AgendaItem, Case, Keys, Language, Side};
use crate::mail::{Attachment, MARKER, Mail, Standing};
use sha2::{Digest, Sha256};

/// The department a case is with; where it was taken out of the settings, the fallback.
pub(super) fn department<'a>(case: &Case, rules: &'a Rules) -> Option<&'a Department> {
    rules.department_or_fallback(&case.department)
}

/// Who gets what comes in on a case: the handler, as long as that person belongs to the department (invariant 6: who
/// is staff is judged when it is acted on), else the department.
pub(super) fn handler_address(case: &Case, rules: &Rules) -> Option<Address> {
    let department = department(case, rules)?;
    let handler = case.handler.clone().filter(|handler| department.binds(handler));
    Some(handler.unwrap_or_else(|| department.address.clone()))
}

fn topic(case: &Case) -> Topic {
    let name = &case.customer.name;
    let address = || case.customer.address.as_ref().map(ToString::to_string).unwrap_or_default();
    Topic { subject: case.subject.clone(), customer: if name.is_empty() { address() } else { name.clone() } }
}

/// A letter to the customer, in the thread of the customer's mail client.
pub(super) fn to_customer(case: &Case, to: Address, content: Content, fresh: &mut Fresh) -> Draft {
    Draft {
        id: fresh.letter(),
        to,
        to_name: case.customer.name.clone(),
        side: Side::Customer,
        case: Some(case.number),
        language: case.language,
        topic: topic(case),
        in_reply_to: case.customer_thread.last().cloned(),
        references: case.customer_thread.clone(),
        carried: Vec::new(),
        enclosed: Vec::new(),
        content,
    }
}

/// A letter to staff, in the case's thread of their mail client.
pub(super) fn to_staff(case: &Case, to: Address, content: Content, rules: &Rules, fresh: &mut Fresh) -> Draft {
    Draft {
        id: fresh.letter(),
        to,
        to_name: String::new(),
        side: Side::Staff,
        case: Some(case.number),
        language: rules.language,
        topic: topic(case),
        in_reply_to: case.staff_thread.first().cloned(),
        references: case.staff_thread.clone(),
        carried: Vec::new(),
        enclosed: Vec::new(),
        content,
    }
}

/// To staff about a mail of theirs: answers that very mail, so that it stands below it.
pub(super) fn answering(mut draft: Draft, mail: &Mail) -> Draft {
    if let Some(id) = &mail.message_id {
        draft.in_reply_to = Some(id.clone());
        draft.references.push(id.clone());
    }
    draft
}

/// A question to a sender who is staff; nothing of the mail was relayed.
pub(super) fn question(
    case: Option<&Case>,
    to: Address,
    why: Problem,
    mail: &Mail,
    rules: &Rules,
    fresh: &mut Fresh,
) -> Draft {
    question_about(case, to, why, &mail.reply, mail, rules, fresh)
}

/// The same about what was typed in it.
pub(super) fn question_about(
    case: Option<&Case>,
    to: Address,
    why: Problem,
    typed: &str,
    mail: &Mail,
    rules: &Rules,
    fresh: &mut Fresh,
) -> Draft {
    let about = if case.is_some() { About::Case } else { About::Nothing };
    let choices = choices(&why, typed, about, rules.language);
    let content = Content::Question(Question { why, text: typed.to_owned(), choices });
    let draft = match case {
        Some(case) => to_staff(case, to, content, rules, fresh),
        None => Draft {
            topic: Topic { subject: mail.subject.clone(), customer: String::new() },
            ..caseless(to, content, rules, fresh)
        },
    };
    answering(draft, mail)
}

/// A letter to staff that belongs to no case.
pub(super) fn caseless(to: Address, content: Content, rules: &Rules, fresh: &mut Fresh) -> Draft {
    Draft {
        id: fresh.letter(),
        to,
        to_name: String::new(),
        side: Side::Staff,
        case: None,
        language: rules.language,
        topic: Topic::default(),
        in_reply_to: None,
        references: Vec::new(),
        carried: Vec::new(),
        enclosed: Vec::new(),
        content,
    }
}

/// §2.1.2: the complaint is being handled.
pub(super) fn acknowledgement(case: &Case, to: Address, rules: &Rules, fresh: &mut Fresh) -> Draft {
    to_customer(case, to, Content::Acknowledgement(acknowledgement_text(case, rules)), fresh)
}

/// What an acknowledgement says, by whatever way it goes.
pub(super) fn acknowledgement_text(case: &Case, rules: &Rules) -> Acknowledgement {
    Acknowledgement {
        customer_name: case.customer.name.clone(),
        department_title: rules.title(&case.department).to_owned(),
        received_at: case.received_at,
        due: case.due,
        reopened: case.reopened > 0,
    }
}

/// What a notification says beside the case as it stands.
#[derive(Default)]
pub(super) struct Beside {
    /// What stood below the complaint in its mail.
    pub quoted: String,
    pub remarks: Vec<Remark>,
    pub unacknowledged: Option<Unacknowledged>,
    /// What a colleague wrote for whoever reads it.
    pub cover: Option<Cover>,
    pub carried: Vec<Carried>,
}

/// To the department: a complaint to handle. Made again from the register, for the next person up (invariant 4) or the next
/// one to handle it, it names no attachments: the first reader's server refused the letter.
pub(super) fn notification(case: &Case, to: Address, beside: Beside, rules: &Rules, fresh: &mut Fresh) -> Draft {
    let content = Content::Notification(Box::new(Notification {
        customer: case.customer.clone(),
        channel: case.channel,
        subject: case.subject.clone(),
        text: case.text.clone(),
        quoted: beside.quoted,
        references: case.references.clone(),
        department_title: rules.title(&case.department).to_owned(),
        why: case.routing.clone(),
        received_at: case.received_at,
        due: case.due,
        listed: Vec::new(),
        remarks: beside.remarks,
        reopened: case.reopened > 0,
        unacknowledged: beside.unacknowledged,
        cover: beside.cover,
    }));
    Draft { carried: beside.carried, ..to_staff(case, to, content, rules, fresh) }
}

/// To the handler: somebody wrote on the case.
pub(super) fn follow_up(
    case: &Case,
    to: Address,
    mail: &Incoming<'_>,
    words: &Words,
    remarks: Vec<Remark>,
    rules: &Rules,
    fresh: &mut Fresh,
) -> Draft {
    let content = Content::FollowUp(FollowUp {
        customer: case.customer.clone(),
        by: words.by.clone(),
        subject: case.subject.clone(),
        text: words.text.clone(),
        quoted: words.quoted.clone(),
        received_at: words.received_at,
        due: case.due,
        listed: Vec::new(),
        remarks,
        state: case.state,
        cover: words.cover.clone(),
        first_response_done: case.first_response_at().is_some(),
    });
    Draft { carried: carry(mail, rules), ..to_staff(case, to, content, rules, fresh) }
}

/// To a handler: what the customer wrote in another case, which goes on in this one.
pub(super) fn merged_notice(case: &Case, to: Address, gone: &Case, rules: &Rules, fresh: &mut Fresh) -> Draft {
    let elsewhere = gone.customer.address.as_ref().filter(|wrote| case.customer.address.as_ref() != Some(wrote));
    let (by, remark) = match elsewhere {
        Some(wrote) => {
            let wrote = wrote.to_string();
            (Writer::Other(wrote.clone()), Remark::WasCaseOf { number: gone.number, wrote })
        }
        None => (Writer::Customer, Remark::WasCase(gone.number)),
    };
    let content = Content::FollowUp(FollowUp {
        customer: case.customer.clone(),
        by,
        subject: gone.subject.clone(),
        text: gone.text.clone(),
        quoted: String::new(),
        received_at: gone.lodged_at,
        due: case.due,
        listed: Vec::new(),
        remarks: vec![remark],
        state: case.state,
        cover: None,
        first_response_done: case.first_response_at().is_some(),
    });
    to_staff(case, to, content, rules, fresh)
}

/// §2.4.2: the written confirmation of the settlement.
pub(super) fn closing(case: &Case, to: Address, settlement: &str, rules: &Rules, fresh: &mut Fresh) -> Draft {
    to_customer(case, to, Content::Closing(closing_text(case, settlement, rules)), fresh)
}

/// What the confirmation says, by whatever way it goes.
pub(super) fn closing_text(case: &Case, settlement: &str, rules: &Rules) -> Closing {
    Closing {
        customer_name: case.customer.name.clone(),
        subject: case.subject.clone(),
        received_at: case.lodged_at,
        settlement: settlement.to_owned(),
        committee_last_day: rules.committee_last_day(&case.department, case.lodged_at),
    }
}

/// All attachments go along, and the mail itself where not all of it was read; the writing room leaves out what would make
/// the letter too large, and says so in it.
pub(super) fn carry(mail: &Incoming<'_>, rules: &Rules) -> Vec<Carried> {
    let attached = mail.mail.attachments.iter().enumerate().map(|(index, a)| carried_of(mail.id, index, a));
    attached.chain(of_unread(mail, rules)).collect()
}

/// What staff attached for the customer: what goes along, and what stays here with the reason.
pub(super) fn carry_to_customer(mail: &Incoming<'_>, keys: &Keys) -> (Vec<Carried>, Vec<(String, Stays)>) {
    let (mut along, mut stays) = (Vec::new(), Vec::new());
    for (index, attachment) in mail.mail.attachments.iter().enumerate() {
        match why_it_stays(attachment, keys) {
            None => along.push(carried_of(mail.id, index, attachment)),
            Some(why) => stays.push((attachment.name.clone(), why)),
        }
    }
    (along, stays)
}

/// Only what a person attached goes along (invariant 7). No mails, by type, by name or by what is in them: they may hold the
/// notification, and the door reads no attachments. No other form of the text, in which verbs and notes stand, no pictures of
/// a signature or pieces of text that a client shows with it, and no seals over the mail as staff sent it, which nobody could
/// check on ours.
fn why_it_stays(attachment: &Attachment, keys: &Keys) -> Option<Stays> {
    const MAILS: [&str; 4] =
        ["application/ms-tnef", "application/vnd.ms-tnef", "application/vnd.ms-outlook", "application/mbox"];
    const MAIL_FILES: [&str; 9] = [".eml", ".msg", ".oft", ".mht", ".mhtml", ".emlx", ".mbox", ".tnef", "winmail.dat"];
    const SEALS: [&str; 7] = [
        "application/pkcs7-",
        "application/x-pkcs7-",
        "application/pgp-",
        "application/x-pgp",
        "multipart/",
        "text/pgp",
        "application/cms",
    ];
    const SEAL_FILES: [&str; 4] = [".p7m", ".p7s", ".p7c", ".pgp"];
    let (name, kind) = (attachment.name.to_lowercase(), attachment.media_type.as_str());
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    let is_pgp = || attachment.content.trim_ascii_start().starts_with(b"-----BEGIN PGP ");
    match attachment.standing {
        Standing::Alternative => Some(Stays::OtherForm),
        Standing::Decoration => Some(Stays::Decoration),
        _ if kind.starts_with("message/") || MAILS.contains(&kind) || ends(&MAIL_FILES) => Some(Stays::Mail),
        _ if SEALS.iter().any(|start| kind.starts_with(start)) || ends(&SEAL_FILES) || is_pgp() => Some(Stays::Seal),
        _ if attachment.inline && kind.starts_with("text/") => Some(Stays::OtherForm),
        _ if holds_notification(&attachment.content, keys) => Some(Stays::Internal),
        Standing::Attached => None,
    }
}

/// Whether a letter to staff was saved in it, as a text, a page or a mail by whatever name; also in Outlook's own files,
/// which have a zero after each letter (UTF-16). What is packed shows nothing.
fn holds_notification(content: &[u8], keys: &Keys) -> bool {
    let letters: Vec<u8> = content.iter().filter(|byte| **byte != 0).map(u8::to_ascii_lowercase).collect();
    let text = String::from_utf8_lossy(&letters);
    let tells = |text: &str| text.contains(MARKER) || keys.find_all(text).any(|token| token.side == Side::Staff);
    // A saved page may write any character as a number, or put tags between two of them.
    tells(&text) || text.contains(['<', '&']) && tells(&crate::mail::shown(&text))
}

fn carried_of(mail: i64, index: usize, attachment: &Attachment) -> Carried {
    Carried {
        source: Source::Attachment { mail, index },
        name: attachment.name.clone(),
        media_type: attachment.media_type.clone(),
        size: attachment.content.len(),
        sha256: Sha256::digest(&attachment.content).iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

/// To whoever has something on the agenda (§2.4.1), as long as that person is staff; else to who handles the case now,
/// so that nothing is forgotten and nobody who left is told of it (invariant 6).
pub(super) fn agenda_letter(
    case: &Case,
    item: &AgendaItem,
    stage: AgendaStage,
    rules: &Rules,
    fresh: &mut Fresh,
) -> Draft {
    let content = Content::Agenda(Agenda {
        id: item.id.clone(),
        sequence: item.sequence,
        stage,
        at: item.at,
        text: item.text.clone(),
        customer: case.customer.clone(),
    });
    let is_staff = rules.role(&item.whose) == Role::Staff;
    let other = if is_staff { None } else { handler_address(case, rules) };
    to_staff(case, other.unwrap_or_else(|| item.whose.clone()), content, rules, fresh)
}

/// The language letters to this customer are written in.
pub(super) fn language(mail: &Mail, rules: &Rules) -> Language {
    spoken(mail.language, rules)
}

/// The same for a text that a colleague passed on or wrote down.
pub(super) fn language_of(text: &str, subject: &str, rules: &Rules) -> Language {
    spoken(crate::mail::language_of(text, subject), rules)
}

fn spoken(language: crate::mail::Language, rules: &Rules) -> Language {
    match language {
        crate::mail::Language::Dutch => Language::Dutch,
        crate::mail::Language::English => Language::English,
        crate::mail::Language::Unsure => rules.language,
    }
}
