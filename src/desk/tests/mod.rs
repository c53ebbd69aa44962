//! What the desk promises, by example and by property. A tiny company, raw mails read by the reading room, and a
//! register of a few cases that looks up what the desk asks for.

mod along;
mod already;
mod aside;
mod authority;
mod away;
mod belonging;
mod caps;
mod colleagues;
mod committee;
mod confidential;
mod customers;
mod digests;
mod direct;
mod earlier;
mod either;
mod fates;
mod forged;
mod halves;
mod in_a_line;
mod interim;
mod languages;
mod life;
mod loops;
mod machines;
mod mailboxes;
mod manual;
mod memory;
mod merging;
mod official;
mod outcome;
mod own_words;
mod page_quoted;
mod paper;
mod passed_on;
mod pressed;
mod privacy;
mod put_right;
mod queries;
mod representative;
mod sent_again;
mod sent_on;
mod solved;
mod staff;
mod standard;
mod terms;
mod urgent;
mod verbs_done;
mod web_forms;

use super::draft::{Content, Draft};
use super::*;
use crate::case::{
    Actor, Address, Case, CaseNumber, CaseState, Channel, Customer, Event, Keys, Language, LetterId, LetterKind,
    MailboxName, Moment, Opened, Side, Token, What, Why,
};
use crate::config;
use crate::mail::{self, Mail};
use either::{Either, kinds, sent};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

const SETTINGS: &str = r#"
[desk]
name = "Voorbeeld Lease"
address = "klachten@lease.example"
employees = ["receptie@lease.example"]
[mailbox]
kind = "maildir"
path = "in"
trusted_authserv_id = "mx.lease.example"
[sender]
kind = "maildir"
path = "out"
[digest]
recipients = ["directie@lease.example"]
[closing]
causes = ["Planning", "garage"]
[[department]]
name = "schade"
title = "Schade en verzekering"
address = "schade@lease.example"
supervisor = "chef@lease.example"
staff = ["jan@lease.example", "mia@lease.example"]
keywords = ["schade*"]
[[department]]
name = "service"
title = "Klantenservice"
address = "service@lease.example"
supervisor = "baas@lease.example"
staff = ["fien@lease.example"]
fallback = true
"#;
const KLANT: &str = "klant@prive.example";
const JAN: &str = "jan@lease.example";
const CHEF: &str = "chef@lease.example";
const NOTE: &str = "Klant dreigt met een advocaat, niet meer dan 300 euro bieden";

/// When the mails here were written, half an hour before they are decided on.
const DATE: &str = "Date: Thu, 5 Mar 2026 09:15:00 +0100\r\n";

/// Thursday 5 March 2026, 10:00 in Amsterdam.
fn now() -> Moment {
    "2026-03-05T09:00:00Z".parse().unwrap()
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn number(serial: u32) -> CaseNumber {
    CaseNumber { year: 2026, serial }
}

fn letter_id(n: u8) -> LetterId {
    LetterId::from_random([n; 8])
}

/// A mail that came in as most do.
fn came_in(mail: &Mail) -> Incoming<'_> {
    Incoming { id: 42, mail, received_at: now(), from_junk: false, arrival: Arrival::New }
}

fn understood(mail: &Mail, rules: &Rules) -> Intent {
    understand(&came_in(mail), rules, now())
}

fn lookup(mail: &Mail, rules: &Rules, now: Moment) -> Lookup {
    understand(&came_in(mail), rules, now).lookup().clone()
}

fn on_mail(mail: &Incoming<'_>, known: &Snapshot, rules: &Rules, now: Moment, fresh: &mut Fresh) -> MailDecision {
    super::on_mail(mail, &understand(mail, rules, now), known, rules, now, fresh)
}

/// Those of these settings, of one mailbox where it is named. Made once: each case of a property would compile their patterns.
fn rules_from(settings: &str, mailbox: Option<&str>) -> Rules {
    static MADE: Mutex<BTreeMap<(String, Option<String>), Rules>> = Mutex::new(BTreeMap::new());
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let make = || {
        let config = config::from_toml(settings, "proef.toml").unwrap();
        let config = mailbox.map(|name| config.of_mailbox(&MailboxName::new(name))).unwrap_or(config);
        Rules::new(&config, Keys::new(b"een geheim van de proef, lang genoeg", [])).unwrap()
    };
    made.entry((settings.to_owned(), mailbox.map(str::to_owned))).or_insert_with(make).clone()
}

/// The company, and what its register holds.
struct Company {
    rules: Rules,
    files: Vec<CaseFile>,
    sent: Vec<BouncedLetter>,
    letter_department: Option<String>,
    letter_kind: Option<LetterKind>,
    letter_bytes: Option<Vec<u8>>,
    duplicate_of: Option<i64>,
    put_back: Option<PutBack>,
    same_id: Option<i64>,
    stored: Option<Stored>,
    from_junk: bool,
    /// Mails of our own folders that wait to be taken in.
    to_adopt: usize,
    /// Letters that went out and are not on file: a backup was restored.
    forgotten: Vec<LetterId>,
}

impl Company {
    /// With case 7 of `KLANT`, open at the department `schade`, and a note on it.
    fn new() -> Self {
        Self::of(SETTINGS)
    }

    fn of(settings: &str) -> Self {
        let rules = rules_from(settings, None);
        let file = CaseFile { notes: vec![NOTE.to_owned()], ..CaseFile::of(case(&rules)) };
        let (files, sent) = (vec![file], Vec::new());
        Self {
            rules,
            files,
            sent,
            letter_department: None,
            letter_kind: Some(LetterKind::Notification),
            letter_bytes: None,
            duplicate_of: None,
            put_back: None,
            same_id: None,
            stored: None,
            from_junk: false,
            to_adopt: 0,
            forgotten: Vec::new(),
        }
    }

    fn case(&mut self) -> &mut Case {
        &mut self.files[0].case
    }

    fn after(&mut self, what: What) {
        let event = Event { at: now(), case: Some(number(7)), actor: Actor::Desk, mail: None, what };
        self.case().apply(&event);
    }

    fn token(&self, side: Side) -> String {
        self.rules.keys.write(&Token { case: Some(number(7)), side, letter: letter_id(1) })
    }

    /// The file that a number leads to.
    fn going_on(&self, number: CaseNumber) -> Option<&CaseFile> {
        let file = self.files.iter().find(|file| file.case.number == number)?;
        file.case.merged_into.map_or(Some(file), |into| self.going_on(into))
    }

    /// The files of the cases on which a mail with that id is.
    fn holding(&self, id: &str) -> Vec<CaseFile> {
        let holds = |file: &&CaseFile| file.case.customer_thread.iter().any(|known| known == id);
        self.files.iter().filter(holds).filter_map(|file| self.going_on(file.case.number)).cloned().collect()
    }

    /// As the register does.
    fn known(&self, mail: &Mail) -> Snapshot {
        let wanted = lookup(mail, &self.rules, now());
        let find = |number: CaseNumber| self.going_on(number).cloned();
        let unknown_letter = wanted.token.clone().filter(|token| self.forgotten.contains(&token.letter));
        let by_id = self.sent.iter().find(|letter| Some(&letter.id) == wanted.bounced.as_ref());
        let by_address =
            || self.sent.iter().find(|letter| wanted.bounced.is_none() && wanted.failed.contains(&letter.to));
        let bounced = by_id.or_else(by_address).cloned();
        let bounced = bounced.map(|letter| letter.with_fates(self.files.iter().flat_map(|file| &file.events)));
        let of_bounce = bounced.as_ref().and_then(|_| find(number(7)));
        Snapshot {
            file: wanted
                .token
                .as_ref()
                .filter(|_| unknown_letter.is_none())
                .and_then(|t| t.case)
                .and_then(find)
                .or(of_bounce),
            letter_department: self.letter_department.clone(),
            letter: wanted.token.as_ref().map(|token| token.letter.clone()),
            unknown_case: unknown_letter.as_ref().and_then(|t| t.case).and_then(find).map(|file| file.case.number),
            unknown_letter,
            letter_kind: self.letter_kind,
            letter_bytes: self.letter_bytes.clone(),
            bounced,
            named: wanted.named.iter().copied().filter_map(find).collect(),
            answered: wanted.answered.iter().flat_map(|id| self.holding(id)).collect(),
            topic: wanted.topic.and_then(|topic| self.files.iter().find(|file| topic.is_of(&file.case)).cloned()),
            twice: wanted.said.and_then(|said| self.files.iter().find(|file| said.is_of(&file.case)).cloned()),
            found: match wanted.want {
                Some(Want::Case(number)) => Some(Found::Case(find(number).map(Box::new))),
                _ => None,
            },
            customers: self
                .files
                .iter()
                .filter(|f| wanted.naming.as_ref().is_some_and(|n| n.is_of(&f.case)))
                .cloned()
                .collect(),
            earlier: Vec::new(),
            practised: Vec::new(),
            mailed: self.files.iter().filter(|file| is_open_case_of(file, &wanted.mailed)).cloned().collect(),
            confirms: wanted.confirms.and_then(find),
            next_serial: 8,
            duplicate_of: self.duplicate_of,
            put_back: self.put_back.clone(),
            same_id: self.same_id,
            stored: self.stored.clone().filter(|_| wanted.asked.is_some()),
            to_adopt: if wanted.adopts.is_some() { self.to_adopt } else { 0 },
        }
    }

    fn decide(&self, post: &Post) -> MailDecision {
        self.decide_read(&mail::read(&post.raw(), "mx.lease.example"))
    }

    /// The same for a mail of our own folders that is taken in, because the register forgot it.
    fn takes_in(&self, post: &Post) -> MailDecision {
        let mail = mail::read(&post.raw(), "mx.lease.example");
        let received_at = now() - chrono::TimeDelta::days(2);
        let incoming = Incoming { id: 42, mail: &mail, received_at, from_junk: false, arrival: Arrival::TakenIn };
        on_mail(&incoming, &self.known(&mail), &self.rules, now(), &mut Fresh::new([3; 32]))
    }

    fn decide_read(&self, mail: &Mail) -> MailDecision {
        let incoming = Incoming { id: 42, mail, received_at: now(), from_junk: self.from_junk, arrival: Arrival::New };
        let decision = on_mail(&incoming, &self.known(mail), &self.rules, now(), &mut Fresh::new([3; 32]));
        assert!(
            decision.events.iter().any(|event| event.mail == Some(42)),
            "no event names the mail: {:?}",
            decision.events
        );
        decision
    }
}

fn is_open_case_of(file: &CaseFile, customers: &[Address]) -> bool {
    let customer = file.case.customer.address.as_ref();
    file.case.state == CaseState::Open && customer.is_some_and(|customer| customers.contains(customer))
}

fn case(rules: &Rules) -> Case {
    let opened = Opened {
        channel: Channel::Email,
        customer: Customer {
            name: "Karin Klant".into(),
            address: Some(address(KLANT)),
            phone: None,
            postal: Vec::new(),
        },
        subject: "Kras op de deur".into(),
        text: "Er zit een kras op de deur.".into(),
        language: Language::Dutch,
        department: "schade".into(),
        routing: Why::Fallback,
        received_at: now(),
        due: rules.due(now()),
        message_id: Some("eerste@prive.example".into()),
        references: Vec::new(),
        mailbox: None,
    };
    let mut case = Case::open(number(7), now(), &opened);
    case.staff_thread = vec!["melding@lease.example".into()];
    case
}

/// A mail in the making.
#[derive(Debug, Clone)]
struct Post {
    from: String,
    headers: Vec<String>,
    to: String,
    subject: String,
    text: String,
}

fn post(from: &str, text: &str) -> Post {
    Post {
        from: from.to_owned(),
        headers: Vec::new(),
        to: "klachten@lease.example".into(),
        subject: "Kras op de deur".into(),
        text: text.to_owned(),
    }
}

impl Post {
    fn header(mut self, line: &str) -> Self {
        self.headers.push(line.to_owned());
        self
    }

    fn to(mut self, to: &str) -> Self {
        self.to = to.to_owned();
        self
    }

    fn subject(mut self, subject: &str) -> Self {
        self.subject = subject.to_owned();
        self
    }

    /// A direct answer to our letter with that token.
    fn answering(self, token: &str) -> Self {
        self.header(&format!("In-Reply-To: <{token}@lease.example>"))
    }

    fn dmarc(self, result: &str) -> Self {
        let domain = self.from.split_once('@').map(|(_, domain)| domain.to_owned()).unwrap_or_default();
        self.header(&format!("Authentication-Results: mx.lease.example; dmarc={result} header.from={domain}"))
    }

    /// With the name that the sender's mail program shows.
    fn named(mut self, name: &str) -> Self {
        self.from = format!("{name} <{}>", self.from);
        self
    }

    fn raw(&self) -> Vec<u8> {
        let from = if self.from.is_empty() { String::new() } else { format!("From: {}\r\n", self.from) };
        let headers: String = self.headers.iter().map(|line| format!("{line}\r\n")).collect();
        let text = self.text.replace('\n', "\r\n");
        let typed = if self.headers.iter().any(|h| h.starts_with("Content-Type")) {
            ""
        } else {
            "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"
        };
        let (to, subject) = (&self.to, &self.subject);
        let has_date = self.headers.iter().any(|header| header.starts_with("Date:"));
        let date = if has_date { "" } else { DATE };
        format!(
            "{headers}{from}To: {to}\r\nSubject: {subject}\r\nMessage-ID: <dit@elders.example>\r\n{date}{typed}\r\n{text}\r\n"
        )
        .into_bytes()
    }
}

/// A reply of Jan to the notification of case 7, proven by the mail server.
fn reply_of(company: &Company, from: &str, text: &str) -> Post {
    post(from, text).answering(&company.token(Side::Staff)).dmarc("pass")
}

/// What the sender of a mail of staff is told was done.
fn done(decision: &MailDecision) -> &[draft::Done] {
    let told = decision.letters.iter().find_map(|draft| match &draft.content {
        Content::Receipt(receipt) => Some(receipt.done.as_slice()),
        _ => None,
    });
    told.unwrap_or_else(|| panic!("no receipt: {decision:?}"))
}

/// A reply of staff to the letter at hand, decided on.
fn does(company: &Company, from: &str, text: &str) -> MailDecision {
    company.decide(&reply_of(company, from, text))
}

/// Nothing was done and only the sender was asked.
fn asked<'a>(decision: &'a MailDecision, from: &str, text: &str) -> &'a draft::Problem {
    assert_eq!(sent(decision), [(LetterKind::Question, from)], "{text}");
    assert_eq!(kinds(decision), ["mail_filed"], "{text}");
    why(decision)
}

fn why(decision: &MailDecision) -> &draft::Problem {
    let asked = decision.letters.iter().find_map(|draft| match &draft.content {
        Content::Question(question) => Some(&question.why),
        _ => None,
    });
    asked.unwrap_or_else(|| panic!("nothing was asked: {decision:?}"))
}

fn answer(decision: &MailDecision) -> Option<&str> {
    decision.letters.iter().find_map(|draft| match &draft.content {
        Content::Answer(answer) => Some(answer.text.as_str()),
        _ => None,
    })
}

fn to_customers(decision: &MailDecision) -> impl Iterator<Item = &Draft> {
    decision.letters.iter().filter(|draft| draft.side == Side::Customer || draft.content.kind().is_for_customer())
}
