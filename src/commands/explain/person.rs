//! One mail explained to a person: each conclusion with its reason, in lines that fit a screen. Makes text only.

use super::{Due, Explained, Others, kind, why};
use crate::case::{Language, Match, Place};
use crate::config::StaffProof;
use crate::desk::verbs;
use crate::mail::{
    self, AutomaticKind, Bounce, BounceAction, CutSign, Forwarded, ForwardedHow, Mail, Party, SenderProof,
};
use std::fmt::Write;

/// Width of the column with the labels.
const LABEL_WIDTH: usize = 12;

/// The page, a line for each conclusion and the new text below them.
pub(super) fn page(explained: &Explained<'_>) -> String {
    let mail = explained.mail;
    let mut page = Page(format!("{}\n", explained.file));
    if let Some(mailbox) = explained.mailbox.filter(|_| explained.others == Others::Some) {
        page.line("mailbox", mailbox.as_str());
    }
    page.line("from", &mail.from.as_ref().map_or_else(|| "nobody is stated".to_owned(), party));
    page.line("subject", &mail.subject);
    page.line("date", &mail.date.map_or_else(|| "none that is valid".to_owned(), |date| date.to_rfc3339()));
    page.line("kind", &kind_reason(mail));
    page.line("automatic", &automatic(mail));
    page.line("bounce", &mail.bounce.as_ref().map_or_else(|| "no: it reports no failed delivery".to_owned(), bounce));
    let no_forward = || "no: no mail is attached or stands below the text".to_owned();
    page.line("forwarded", &mail.forwarded.as_ref().map_or_else(no_forward, forwarded));
    page.line("sender", &proof(mail.proof, explained.staff_proof));
    page.line("language", &language(mail));
    page.lines(
        "cut off",
        mail.cuts.iter().map(|cut| format!("from \"{}\" on: {}", cut.line, sign(cut.sign))),
        "nothing",
    );
    page.lines("verbs", verb_lines(mail).into_iter(), "none at the top of what may be relayed");
    let department = explained.routing.as_ref();
    page.line("department", &department.map_or_else(|| "-".to_owned(), |r| format!("{}: {}", r.department, why(r))));
    page.lines("matched", explained.matched().iter().map(matched), "no keyword");
    page.due(&explained.due);
    let attachments = mail.attachments.iter();
    let attachments = attachments.map(|a| format!("{} ({}, {} bytes)", a.name, a.media_type, a.content.len()));
    page.lines("attachments", attachments, "none");
    page.lines("problems", mail.findings.iter().map(|finding| finding.detail.clone()), "none");
    page.block("new text", &mail.reply);
    if let Some(forwarded) = &mail.forwarded {
        page.block("passed on", &forwarded.body);
    }
    page.0
}

/// A page being written.
struct Page(String);

impl Page {
    fn line(&mut self, label: &str, value: &str) {
        // Writing to a string never fails.
        let _ = writeln!(self.0, "  {label:<LABEL_WIDTH$} {value}");
    }

    /// One line for each value, with the label on the first; `none` where there is none.
    fn lines(&mut self, label: &str, values: impl Iterator<Item = String>, none: &str) {
        let mut label = label;
        for value in values {
            self.line(label, &value);
            label = "";
        }
        if !label.is_empty() {
            self.line(label, none);
        }
    }

    fn due(&mut self, due: &Due) {
        self.line("due", &format!("{}  acknowledgement", due.acknowledge));
        self.line("", &format!("{}  first response", due.first_response));
        self.line("", &format!("{}  resolution", due.resolve));
    }

    fn block(&mut self, label: &str, text: &str) {
        let _ = writeln!(self.0, "  {label}");
        for line in text.lines() {
            let _ = writeln!(self.0, "  | {line}");
        }
        if text.trim().is_empty() {
            let _ = writeln!(self.0, "  | (none)");
        }
    }
}

fn party(party: &Party) -> String {
    match (&*party.name, &*party.address) {
        ("", address) => address.to_owned(),
        (name, "") => name.to_owned(),
        (name, address) => format!("{name} <{address}>"),
    }
}

fn kind_reason(mail: &Mail) -> String {
    let reason = match kind(mail) {
        "bounce" => "a mail server reports on a letter of ours",
        "automatic" => "a machine sent it",
        "forwarded" => "somebody passed on a mail of somebody else",
        "reply" => "it names the mail that it answers (In-Reply-To)",
        _ => "a person's mail that answers none",
    };
    format!("{}: {reason}", kind(mail))
}

fn automatic(mail: &Mail) -> String {
    match &mail.automatic {
        Some(automatic) => format!("yes, {}: {}", machine(automatic.kind), automatic.reason),
        None => "no: neither a header nor the sender says that a machine sent it".to_owned(),
    }
}

fn machine(kind: AutomaticKind) -> &'static str {
    match kind {
        AutomaticKind::MailSystem => "a mail server's own words",
        AutomaticKind::OutOfOffice => "out of office",
        AutomaticKind::Receipt => "a receipt or delivery report",
        AutomaticKind::Report => "a report",
        AutomaticKind::List => "a mailing list",
        AutomaticKind::AutoReply => "an answering machine",
        AutomaticKind::Generated => "made by a machine, perhaps for a person",
    }
}

fn bounce(bounce: &Bounce) -> String {
    let outcome = match (bounce.action, bounce.permanent) {
        (BounceAction::Delayed, _) => "no failure yet, it is still being tried",
        (BounceAction::Failed, Some(true)) => "failed for good",
        (BounceAction::Failed, Some(false)) => "failed, may be tried again",
        (BounceAction::Failed, None) => "failed, for how long is not stated",
    };
    let list = |values: &[String], none: &str| if values.is_empty() { none.to_owned() } else { values.join(", ") };
    let recipients = list(&bounce.recipients, "nobody named");
    let status = list(&bounce.status, "no status code");
    let letter = bounce.original_message_id.as_deref().unwrap_or("not named");
    format!("yes, {outcome}: {recipients} ({status}); letter {letter}; told by {}", bounce.reason)
}

fn forwarded(forwarded: &Forwarded) -> String {
    let how = match forwarded.how {
        ForwardedHow::Attached => "attached as a mail",
        ForwardedHow::Inline => "as text below the forwarder's own",
        ForwardedHow::Rewritten => "sent on by a mailing group",
    };
    let sure = if forwarded.certain { "sure" } else { "not sure, so the desk asks" };
    let date = if forwarded.date.is_empty() { String::new() } else { format!(", {}", forwarded.date) };
    format!("yes, {how}: from {}{date}, \"{}\" ({sure})", party(&forwarded.from), forwarded.subject)
}

fn proof(proof: SenderProof, by: &StaffProof) -> String {
    let trusted = match by {
        StaffProof::Results(trusted) => trusted,
        StaffProof::Nothing | StaffProof::Microsoft365 => "",
    };
    match (proof, by) {
        (SenderProof::Proven, _) => format!("proven: {trusted} found DMARC or DKIM passed for the very domain"),
        (SenderProof::Inside, _) => "proven: Exchange says that somebody of the organisation wrote it".to_owned(),
        (SenderProof::Failed, _) => format!("imitated: {trusted} found DMARC failed"),
        (SenderProof::Unclear, _) => "not proven: From can be read as more than one sender".to_owned(),
        (SenderProof::None, StaffProof::Nothing) => "not proven: the settings name no trusted_authserv_id".to_owned(),
        (SenderProof::None, StaffProof::Results(_)) => {
            format!("not proven: no Authentication-Results of {trusted} says so")
        }
        (SenderProof::None, StaffProof::Microsoft365) => {
            "not proven: Exchange does not say that somebody of the organisation wrote it".to_owned()
        }
    }
}

fn language(mail: &Mail) -> String {
    let language = mail.language.map_or("not sure", Language::name);
    format!("{language}: {}", mail::language_reason(&mail.reply, &mail.subject))
}

fn sign(sign: CutSign) -> &'static str {
    match sign {
        CutSign::Attribution => "the line above a quote",
        CutSign::Separator => "a separator that a mail program draws",
        CutSign::HeaderBlock => "the header of a quoted mail",
        CutSign::Marker => "the line above which one is asked to type",
        CutSign::ClientMark => "marked so in the HTML by the mail program",
        CutSign::QuoteMarks => "quote marks",
        CutSign::SignatureDelimiter => "the line above a signature",
        CutSign::AppLine => "an app's own line",
        CutSign::Disclaimer => "a disclaimer",
        CutSign::Banner => "a gateway's warning that the mail is from outside",
    }
}

fn verb_lines(mail: &Mail) -> Vec<String> {
    match verbs::parse(&mail.relayable) {
        Ok(read) => {
            read.lines.iter().map(|line| format!("{} {}", line.written, line.value).trim().to_owned()).collect()
        }
        Err(verbs::Mistake::Unknown { written, nearest }) => {
            let nearest = nearest.map_or_else(String::new, |nearest| format!("; the nearest is {nearest}"));
            vec![format!("{written} is none{nearest}")]
        }
        Err(verbs::Mistake::LowerDown { written }) => {
            vec![format!("{written} stands lower down: the sender is asked")]
        }
    }
}

fn matched(found: &Match) -> String {
    let place = match found.place {
        Place::Subject => "in the subject",
        Place::From => "in the sender",
        Place::To => "in the recipients",
        Place::Text => "in the text",
    };
    format!("{} met \"{}\" {place}", found.keyword, found.found)
}
