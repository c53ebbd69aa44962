//! A register as it is after so many complaints, made without mails being read: each with its mail and two letters, of which as
//! many are of the last hour as the limits let go out in one, as what is counted by the hour is the dearest then. All but some thousand complaints, which lie evenly among
//! the others, were closed long ago: what a desk has open does not grow with its file. Touches the register it is given.

use crate::Outcome;
use chrono::{DateTime, TimeDelta};
use klachtpost::case::{
    Actor, Address, CaseNumber, Channel, Closed, Customer, Due, Event, Keys, Language, LetterFate, LetterId,
    LetterKind, Moment, Opened, Side, Token, What, Why,
};
use klachtpost::desk::{Decision, Disposition, Verdict, Within};
use klachtpost::letters::Letter;
use klachtpost::register::{DecidedMail, Identity, NewMail, Outgoing, Recorded, Register, Sent};
use std::error::Error;

/// Cases of one transaction while the register is made.
const TOGETHER: u32 = 500;
/// Octets of a mail, and of each of its two letters.
const MAIL_OCTETS: usize = 4_000;
const LETTER_OCTETS: usize = 6_000;
/// Monday 23 November 2026, 08:30 in Amsterdam.
const NOW_SECONDS: i64 = 1_795_419_000;
/// Days since those that are closed came in, and since they were closed.
const CAME_DAYS: i64 = 90;
const CLOSED_DAYS: i64 = 80;
/// Cases that are open, in a register of more.
const OPEN: u32 = 1_000;
/// Cases whose letters are of the last hour; the others' are of the day before.
const LAST_HOUR: u32 = 2_500;
/// What the letters' reply tokens are made with.
pub const SECRET: &str = "a secret of the bench, long enough to be one of a desk";

/// Of one of so many cases.
#[derive(Clone, Copy)]
struct Serial {
    serial: u32,
    is_open: bool,
    /// When its letters were written, and went.
    written: Moment,
}

/// Makes it.
pub async fn fill(register: &Register, cases: u32) -> Outcome {
    let keys = Keys::new(SECRET.as_bytes(), []);
    for first in (1..=cases).step_by(usize::try_from(TOGETHER)?) {
        let last = first.saturating_add(TOGETHER - 1).min(cases);
        let is_recent = last.saturating_add(LAST_HOUR) > cases;
        let written = if is_recent { now() } else { now() - TimeDelta::days(1) };
        let of = |serial: u32| Serial { serial, is_open: serial.is_multiple_of(spacing(cases)), written };
        some_cases(register, &keys, &(first..=last).map(of).collect::<Vec<_>>()).await?;
    }
    Ok(())
}

/// Every how many cases one is open.
fn spacing(cases: u32) -> u32 {
    (cases / OPEN).max(1)
}

/// Open cases all over the register: their serials.
pub fn open(cases: u32) -> impl Iterator<Item = u32> {
    (1..=cases / spacing(cases)).map(move |nth| nth * spacing(cases))
}

/// What the customer answers: the Message-ID of the acknowledgement.
pub fn acknowledgement(serial: u32) -> String {
    message_id(&Keys::new(SECRET.as_bytes(), []), serial, Side::Customer)
}

pub fn customer(serial: u32) -> String {
    format!("k{serial}@klant.example")
}

pub fn now() -> Moment {
    DateTime::from_timestamp(NOW_SECONDS, 0).unwrap_or_default()
}

/// Mails that became cases with two letters, which were accepted: seven events each, eight of one that is closed.
async fn some_cases(register: &Register, keys: &Keys, some: &[Serial]) -> Outcome {
    let mails: Vec<NewMail> = some.iter().map(|one| mail(one.serial)).collect();
    register.store_mails(&mails).await?;
    let judged: Vec<DecidedMail> = some.iter().map(|one| judged(one.serial)).collect();
    let mut letters: Vec<Vec<Outgoing>> = Vec::new();
    let (mut opened, mut settled): (Vec<Decision>, Vec<Decision>) = (Vec::new(), Vec::new());
    for one in some {
        let of_case = vec![letter(keys, one.serial, Side::Customer)?, letter(keys, one.serial, Side::Staff)?];
        let mut events = vec![one.opened()?];
        events.extend(of_case.iter().map(|outgoing| one.written(&outgoing.letter)));
        opened.push(decision(events));
        settled.push(decision(one.settled(&of_case)));
        letters.push(of_case);
    }
    let Some(at) = some.first().map(|one| one.written) else { return Ok(()) };
    let sent = Sent::Accepted { at, server: SERVER.to_owned(), reply: REPLY.to_owned() };
    let all_sent: Vec<(&LetterId, &Sent)> =
        letters.iter().flatten().map(|outgoing| (&outgoing.letter.id, &sent)).collect();
    let within = Within::All;
    let opened = opened.iter().zip(&judged).zip(&letters).map(|((decision, mail), letters)| Recorded {
        mail: Some(mail),
        decision,
        letters,
        within: &within,
    });
    let settled = settled.iter().map(|decision| Recorded { mail: None, decision, letters: &[], within: &within });
    let mut salts = (0_u64..).map(|nth| format!("{nth:032x}"));
    let mut salt = || salts.next().unwrap_or_default();
    let mut tx = register.begin().await?;
    tx.record_all(&opened.collect::<Vec<_>>(), at, &mut salt).await?;
    tx.mark_sent(&all_sent).await?;
    tx.record_all(&settled.collect::<Vec<_>>(), at, &mut salt).await?;
    Ok(tx.commit().await?)
}

const SERVER: &str = "mx.example";
const REPLY: &str = "250 2.0.0 queued";

impl Serial {
    fn came(self) -> Moment {
        if self.is_open { now() } else { now() - TimeDelta::days(CAME_DAYS) }
    }

    fn event(self, at: Moment, what: What) -> Event {
        let (case, mail) = (Some(number(self.serial)), Some(i64::from(self.serial)));
        Event { at, case, actor: Actor::Desk, mail, what }
    }

    fn opened(self) -> Result<Event, Box<dyn Error>> {
        let (serial, came) = (self.serial, self.came());
        let hours = |hours| came + TimeDelta::hours(hours);
        let customer = Customer {
            name: "Jan Jansen".to_owned(),
            address: Some(Address::parse(&customer(serial))?),
            phone: None,
            postal: Vec::new(),
        };
        let opened = Opened {
            channel: Channel::Email,
            customer,
            subject: "Deuk in de deur".to_owned(),
            text: "De auto kwam met een deuk terug van de garage, en niemand belde. ".repeat(12),
            language: Language::Dutch,
            department: "schade".to_owned(),
            routing: Why::Fallback,
            received_at: came,
            due: Due { acknowledge: hours(24), first_response: hours(24), resolve: hours(72) },
            message_id: Some(format!("m{serial}@klant.example")),
            references: Vec::new(),
            mailbox: None,
        };
        Ok(self.event(came, What::Opened(Box::new(opened))))
    }

    fn written(self, letter: &Letter) -> Event {
        let (to, message_id) = (letter.to.to_string(), letter.message_id.clone());
        let what = What::LetterWritten { letter: letter.id.clone(), letter_kind: letter.kind, to, message_id };
        self.event(self.came(), what)
    }

    /// What comes after the first letters.
    fn settled(self, letters: &[Outgoing]) -> Vec<Event> {
        let mut events =
            vec![self.event(self.came(), What::Noted { text: "Gebeld, de garage belt terug.".to_owned() })];
        for Outgoing { letter, .. } in letters {
            let fate = LetterFate::Accepted { server: SERVER.to_owned(), reply: REPLY.to_owned() };
            let (letter, letter_kind, to) = (letter.id.clone(), letter.kind, letter.to.to_string());
            // As the row says.
            events.push(self.event(self.written, What::LetterFate { letter, letter_kind, to, fate }));
        }
        if !self.is_open {
            let closed =
                Closed { settlement: "De deuk is hersteld.".to_owned(), letter: id(self.serial, Side::Customer) };
            events.push(self.event(now() - TimeDelta::days(CLOSED_DAYS), What::Closed(closed)));
        }
        events
    }
}

fn number(serial: u32) -> CaseNumber {
    CaseNumber { year: 2026, serial }
}

fn identity(serial: u32) -> Identity {
    Identity { message_id: format!("m{serial}@klant.example"), content_hash: format!("{serial:064x}") }
}

fn judged(serial: u32) -> DecidedMail {
    let (disposition, reason) = (Disposition::Complaint, "a complaint".to_owned());
    let verdict = Verdict { disposition, reason, case: Some(number(serial)) };
    DecidedMail { id: i64::from(serial), identity: identity(serial), verdict }
}

fn decision(events: Vec<Event>) -> Decision {
    Decision { events, letters: Vec::new() }
}

fn mail(serial: u32) -> NewMail {
    let head =
        format!("From: {}\r\nMessage-ID: <m{serial}@klant.example>\r\nSubject: Klacht\r\n\r\n", customer(serial));
    put_on_file(i64::from(serial), padded(head, MAIL_OCTETS))
}

/// A mail as the mailbox gives it.
pub fn put_on_file(uid: i64, raw: Vec<u8>) -> NewMail {
    NewMail {
        mailbox: "klachten".to_owned(),
        uid_validity: 1,
        uid,
        from_junk: false,
        received_at: now(),
        fetched_at: now(),
        size: i64::try_from(raw.len()).unwrap_or_default(),
        whole: true,
        raw,
        unreadable_because: None,
    }
}

fn padded(head: String, octets: usize) -> Vec<u8> {
    let lines = "De auto kwam met een deuk terug van de garage, en niemand belde.\r\n".bytes().cycle();
    head.into_bytes().into_iter().chain(lines).take(octets).collect()
}

/// As random ids are: in no order.
fn id(serial: u32, side: Side) -> LetterId {
    let which = u64::from(side == Side::Staff);
    LetterId::from_random((u64::from(serial) * 2 + which).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes())
}

fn message_id(keys: &Keys, serial: u32, side: Side) -> String {
    let token = Token { case: Some(number(serial)), side, letter: id(serial, side) };
    format!("{}@lease.example", keys.write(&token))
}

fn letter(keys: &Keys, serial: u32, side: Side) -> Result<Outgoing, Box<dyn Error>> {
    let (kind, to) = match side {
        Side::Customer => (LetterKind::Acknowledgement, customer(serial)),
        Side::Staff => (LetterKind::Notification, "schade@lease.example".to_owned()),
    };
    let message_id = message_id(keys, serial, side);
    let letter = Letter {
        sheet: None,
        kind,
        case: Some(number(serial)),
        side,
        to: Address::parse(&to)?,
        envelope_from: "klachten@lease.example".to_owned(),
        bytes: padded(format!("Message-ID: <{message_id}>\r\nSubject: Uw klacht\r\n\r\n"), LETTER_OCTETS),
        message_id,
        id: id(serial, side),
        carried: Vec::new(),
    };
    Ok(Outgoing { letter, department: String::new(), held_because: None, counted_as: String::new(), mailbox: None })
}
