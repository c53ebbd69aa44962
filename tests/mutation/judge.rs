//! What must be true of whatever is decided on a mail, however it came to be as it is.

use crate::company::{AUTHSERV, Company, now, number};
use crate::letters_judged::judge_letters;
use crate::support::chance::Chance;
use klachtpost::case::{Actor, Address, Case, Event, LetterKind, What};
use klachtpost::desk::{
    Arrival, Disposition, Fresh, Incoming, MailDecision, Role, Snapshot, Verdict, on_mail, understand,
};
use klachtpost::mail::{self, Mail, SenderProof};
use std::collections::BTreeMap;

/// The mail's row in the register.
pub const ROW: i64 = 42;

/// What a run came to.
#[derive(Debug, Default)]
pub struct Tally {
    pub mails: usize,
    pub letters: usize,
    /// Kept back at the door: the mail itself brought what is internal.
    pub held: usize,
    /// To an address that no mail server takes.
    pub unwritable: usize,
    /// Mails that said of themselves, in a head nobody can misread, that a machine wrote them.
    pub automatic: usize,
    pub by_disposition: BTreeMap<&'static str, usize>,
    pub by_kind: BTreeMap<&'static str, usize>,
}

impl Tally {
    pub fn add(&mut self, other: &Self) {
        self.mails += other.mails;
        self.letters += other.letters;
        self.held += other.held;
        self.unwritable += other.unwritable;
        self.automatic += other.automatic;
        for (name, count) in &other.by_disposition {
            *self.by_disposition.entry(name).or_default() += count;
        }
        for (name, count) in &other.by_kind {
            *self.by_kind.entry(name).or_default() += count;
        }
    }

    /// The mutations leave enough of the mails that all ways through the desk were taken.
    pub fn has_seen_everything(&self) {
        for disposition in Disposition::ALL {
            assert!(self.by_disposition.contains_key(disposition.name()), "no {disposition:?} in {self:?}");
        }
        for kind in [
            LetterKind::Acknowledgement,
            LetterKind::Notification,
            LetterKind::Answer,
            LetterKind::Closing,
            LetterKind::FollowUp,
            LetterKind::Receipt,
            LetterKind::Question,
            LetterKind::Escalation,
            LetterKind::Dossier,
            LetterKind::SetAside,
        ] {
            assert!(self.by_kind.contains_key(kind.name()), "no {kind:?} in {self:?}");
        }
        assert!(self.held > 0 && self.automatic > 0, "{self:?}");
    }
}

/// Reads it, decides on it, writes the letters; panics where one of the things that always hold does not.
pub fn judge(company: &Company, raw: &[u8], chance: &mut Chance, tally: &mut Tally) {
    let mail = mail::read(raw, AUTHSERV);
    judge_reading(&mail, raw);
    let is_duplicate = chance.percent(2);
    let incoming =
        Incoming { id: ROW, mail: &mail, received_at: now(), from_junk: chance.percent(3), arrival: Arrival::New };
    let mut known = company.known(&incoming);
    known.duplicate_of = is_duplicate.then_some(1);
    let intent = understand(&incoming, &company.rules, now());
    let decision = on_mail(&incoming, &intent, &known, &company.rules, now(), &mut Fresh::new([3; 32]));
    judge_decision(&decision, &known);
    judge_authority(&decision, &mail, raw, company);
    if says_it_is_automatic(raw) {
        tally.automatic += 1;
        no_letter_to_the_sender(&decision, &mail, company);
    }
    judge_letters(company, &decision, &known, &mail, raw, tally);
    tally.mails += 1;
    *tally.by_disposition.entry(decision.verdict.disposition.name()).or_default() += 1;
}

fn judge_reading(mail: &Mail, raw: &[u8]) {
    assert!(mail.relayable.len() <= mail.reply.len(), "more is relayed than was typed");
    let unsafe_in_a_line = |text: &str| text.contains(['\r', '\n', '\0']);
    let parties = mail.from.iter().chain(&mail.to).chain(&mail.cc).chain(&mail.reply_to);
    for line in parties.map(|party| &party.name).chain([&mail.subject]) {
        assert!(!unsafe_in_a_line(line), "a line break in {line:?}");
    }
    for attachment in &mail.attachments {
        let name = &attachment.name;
        assert!(!name.is_empty() && !unsafe_in_a_line(name) && !name.contains(['/', '\\']), "{name:?}");
        assert!(!name.starts_with('.'), "{name:?}");
    }
    for text in [&mail.text, &mail.reply, &mail.quoted] {
        assert!(!text.contains('\0'), "a NUL in a text");
    }
    assert_eq!(mail::content_hash(mail, raw), mail::content_hash(mail, raw));
}

/// Invariant 1: one disposition, and the events say the same.
fn judge_decision(decision: &MailDecision, known: &Snapshot) {
    let MailDecision { verdict: Verdict { disposition, .. }, events, letters } = decision;
    assert!(events.iter().any(|event| event.mail == Some(ROW)), "no event names the mail: {events:?}");
    let filed: Vec<&str> = events
        .iter()
        .filter_map(|event| match &event.what {
            What::MailFiled { disposition, .. } => Some(disposition.as_str()),
            _ => None,
        })
        .collect();
    assert!(filed.len() <= 1, "filed more than once: {filed:?}");
    assert!(filed.iter().all(|filed| *filed == disposition.name()), "{disposition:?}, filed as {filed:?}");
    let opened: Vec<&Event> = events.iter().filter(|event| matches!(event.what, What::Opened(_))).collect();
    assert!(opened.len() <= 1, "{opened:?}");
    assert!(opened.iter().all(|event| event.case == Some(number(known.next_serial))), "{opened:?}");
    match disposition {
        Disposition::Complaint => assert_eq!(opened.len(), 1, "a complaint without a case: {events:?}"),
        Disposition::Staff => {}
        _ => assert_eq!(opened.len(), 0, "{disposition:?} with a case: {events:?}"),
    }
    if known.duplicate_of.is_some() {
        assert_eq!((*disposition, letters.len()), (Disposition::Duplicate, 0));
    }
    let mut numbers: Vec<_> = events.iter().filter_map(|event| event.case).collect();
    numbers.dedup();
    for case in numbers {
        replay(case.serial, events, known);
    }
}

/// The events make a case, or change the one there is.
fn replay(serial: u32, events: &[Event], known: &Snapshot) {
    let files = known.file.iter().chain(&known.mailed).chain(&known.confirms);
    let mut case: Option<Case> = files.map(|file| &file.case).find(|case| case.number == number(serial)).cloned();
    for event in events.iter().filter(|event| event.case == Some(number(serial))) {
        match (&mut case, &event.what) {
            (None, What::Opened(opened)) => case = Some(Case::open(number(serial), event.at, opened)),
            (None, _) => {}
            (Some(case), _) => case.apply(event),
        }
    }
}

/// Invariant 6: what is done to a case of the register, a proven colleague does. Taking down a complaint and asking take
/// a registered address only, which is also the only one that is answered.
fn judge_authority(decision: &MailDecision, mail: &Mail, raw: &[u8], company: &Company) {
    let from = mail.from.as_ref().and_then(|from| Address::parse(&from.address).ok());
    let role = from.as_ref().map_or(Role::Outsider, |from| company.rules.role(from));
    let is_registered = matches!(role, Role::Staff | Role::Employee);
    let is_colleague = is_registered && mail.proof != SenderProof::Failed;
    // Also by a look of our own: without the field there is no proof, whatever reading made of it.
    let stated = String::from_utf8_lossy(raw).to_ascii_lowercase().contains("authentication-results");
    let is_proven = is_colleague && mail.proof == SenderProof::Proven && stated;
    for event in &decision.events {
        let Actor::Staff(who) = &event.actor else { continue };
        assert!(is_colleague && from.as_ref() == Some(who), "{who} did {:?}", event.what.name());
        let changes = event.case.is_some_and(|case| case < number(9)) && event.what.name() != "mail_filed";
        assert!(is_proven || !changes, "{who} did {:?} and was not proven", event.what.name());
    }
    for draft in &decision.letters {
        let kind = draft.content.kind();
        let is_question = kind == LetterKind::Question;
        let is_answer =
            matches!(kind, LetterKind::Receipt | LetterKind::CaseList | LetterKind::Dossier | LetterKind::Shown);
        let is_theirs = matches!(
            kind,
            LetterKind::Answer | LetterKind::Closing | LetterKind::Advice | LetterKind::Escalation | LetterKind::Agenda
        );
        let (name, is_to_sender) = (kind.name(), from.as_ref() == Some(&draft.to));
        // Whoever pretends to be a colleague makes us ask that colleague, and learns nothing by it.
        assert!(!is_question || is_registered && is_to_sender, "a {name} to {}", draft.to);
        assert!(!is_answer || is_colleague && is_to_sender, "a {name} to {}", draft.to);
        assert!(!is_theirs || is_proven, "a {name} for an unproven sender");
    }
}

/// In a head that every program reads alike: CRLF lines, each a header or the rest of one.
fn says_it_is_automatic(raw: &[u8]) -> bool {
    let Some(end) = raw.windows(4).position(|window| window == b"\r\n\r\n") else { return false };
    let Ok(head) = std::str::from_utf8(&raw[..end]) else { return false };
    let is_clean = |line: &str| {
        let name = line.split_once(':').map(|(name, _)| name);
        let is_name = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        !line.contains(['\r', '\n', '\0']) && (line.starts_with([' ', '\t']) || name.is_some_and(is_name))
    };
    let lines: Vec<&str> = head.split("\r\n").collect();
    let is_first_clean = lines.first().is_some_and(|line| !line.starts_with([' ', '\t']));
    if !is_first_clean || !lines.iter().all(|line| is_clean(line)) {
        return false;
    }
    let signs =
        ["Auto-Submitted: auto-replied", "Auto-Submitted: auto-generated", "Return-Path: <>", "X-Autoreply: yes"];
    // Said once and not otherwise.
    let said: Vec<&&str> = lines.iter().filter(|line| signs.iter().any(|sign| line == &sign)).collect();
    let field = |name: &str| lines.iter().filter(|line| line.to_ascii_lowercase().starts_with(name)).count();
    !said.is_empty() && field("auto-submitted:") <= 1 && field("return-path:") <= 1 && field("from:") == 1
}

/// Invariant 5: no letter answers a machine.
fn no_letter_to_the_sender(decision: &MailDecision, mail: &Mail, company: &Company) {
    let Some(from) = mail.from.as_ref().and_then(|from| Address::parse(&from.address).ok()) else { return };
    let to_sender = decision.letters.iter().filter(|draft| draft.to == from);
    let kinds: Vec<&str> = to_sender.map(|draft| draft.content.kind().name()).collect();
    assert!(kinds.is_empty(), "{kinds:?} to {from} ({:?}), which is a machine", company.rules.role(&from));
}
