//! What it costs to prove a large register, and to walk over all its cases and letters: events a second and peak memory.
//!
//! `cargo bench --bench register` makes a register of some thousand cases and prints a line for each; `-- 50000` one of so
//! many cases, `-- --long` one of a million (some 15 GB in the folder for temporary files). Each figure is that of a process
//! of its own, so that making the register does not count. Touches a temporary folder and the clock; judges nothing.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use chrono::{DateTime, TimeDelta};
use futures_util::TryStreamExt;
use klachtpost::case::{
    Actor, Address, CaseNumber, Channel, Customer, Due, Event, Language, LetterFate, LetterId, LetterKind, Moment,
    Opened, Side, What, Why,
};
use klachtpost::desk::{Decision, Disposition};
use klachtpost::letters::Letter;
use klachtpost::register::{CaseQuery, Identity, NewMail, Outgoing, Register, Sent};
use std::error::Error;
use std::process::Command;
use std::time::Instant;

/// Cases of the register, where no number is given; with `--long`.
const CASES: u32 = 5_000;
const CASES_LONG: u32 = 1_000_000;
/// Cases of one transaction while the register is made.
const TOGETHER: u32 = 500;
/// Octets of a mail, and of each of its two letters.
const MAIL_OCTETS: usize = 4_000;
const LETTER_OCTETS: usize = 6_000;
/// Monday 23 November 2026, 07:30 in Amsterdam.
const NOW_SECONDS: i64 = 1_795_415_400;

type Outcome = Result<(), Box<dyn Error>>;

#[tokio::main]
async fn main() -> Outcome {
    // `cargo bench` adds `--bench`.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [what, url] = arguments.as_slice() {
        return measured(what, url).await;
    }
    let stated = arguments.iter().find_map(|argument| argument.parse().ok());
    let is_long = arguments.iter().any(|argument| argument == "--long");
    let cases = stated.unwrap_or(if is_long { CASES_LONG } else { CASES });
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite:{}", folder.path().join("register.db").display());
    let begun = Instant::now();
    let register = Register::open(&url).await?;
    for first in (1..=cases).step_by(usize::try_from(TOGETHER)?) {
        some_cases(&register, first, (first + TOGETHER - 1).min(cases)).await?;
    }
    register.close().await;
    println!("{cases:8} cases  made      {:8.1?}", begun.elapsed());
    for what in ["verify", "cases", "letters"] {
        let status = Command::new(std::env::current_exe()?).args([what, &url]).status()?;
        if !status.success() {
            return Err(format!("{what}: {status}").into());
        }
    }
    Ok(())
}

/// Prints what one walk over the register costs.
async fn measured(what: &str, url: &str) -> Outcome {
    let register = Register::open(url).await?;
    let (begun, mut count) = (Instant::now(), 0_i64);
    match what {
        "verify" => {
            let verified = register.verify().await?;
            if !verified.findings.is_empty() {
                return Err(format!("{:?}", verified.findings.first()).into());
            }
            count = verified.events;
        }
        "cases" => {
            let mut cases = register.cases(CaseQuery::All);
            while cases.next().await?.is_some() {
                count += 1;
            }
        }
        _ => {
            let mut letters = register.all_letters();
            while letters.try_next().await?.is_some() {
                count += 1;
            }
        }
    }
    let took = begun.elapsed();
    let per_second = count as f64 / took.as_secs_f64();
    println!("{count:8} {what:8} in {took:8.1?}  {per_second:9.0} a second  peak {:>9}", peak());
    Ok(())
}

/// The most memory this process ever had.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.unwrap_or("unknown").trim().to_owned()
}

/// Mails that became cases with two letters, which were accepted: seven events each.
async fn some_cases(register: &Register, first: u32, last: u32) -> Outcome {
    let mails: Vec<NewMail> = (first..=last).map(mail).collect();
    register.store_mails(&mails).await?;
    let now = now();
    let mut tx = register.begin().await?;
    for serial in first..=last {
        let letters = [letter(serial, Side::Customer)?, letter(serial, Side::Staff)?];
        let identity =
            Identity { message_id: format!("m{serial}@klant.example"), content_hash: format!("{serial:064x}") };
        let mut events = vec![opened(serial)?];
        events.extend(letters.iter().map(|outgoing| written(serial, &outgoing.letter)));
        tx.record(Some((i64::from(serial), &identity)), &decision(serial, events), &letters, now, &mut || salt(serial))
            .await?;
        let mut events = vec![event(serial, What::Noted { text: "Gebeld, de garage belt terug.".to_owned() })];
        for outgoing in &letters {
            let (server, reply) = ("mx.example".to_owned(), "250 2.0.0 queued".to_owned());
            let sent = Sent::Accepted { at: now, server: server.clone(), reply: reply.clone() };
            tx.mark_sent(&[(&outgoing.letter.id, &sent)]).await?;
            events.push(fate(serial, &outgoing.letter, LetterFate::Accepted { server, reply }));
        }
        tx.record(None, &decision(serial, events), &[], now, &mut || salt(serial)).await?;
    }
    Ok(tx.commit().await?)
}

fn now() -> Moment {
    DateTime::from_timestamp(NOW_SECONDS, 0).unwrap_or_default()
}

fn salt(serial: u32) -> String {
    format!("{serial:032x}")
}

fn number(serial: u32) -> CaseNumber {
    CaseNumber { year: 2026, serial }
}

fn event(serial: u32, what: What) -> Event {
    Event { at: now(), case: Some(number(serial)), actor: Actor::Desk, mail: Some(i64::from(serial)), what }
}

fn decision(serial: u32, events: Vec<Event>) -> Decision {
    let (disposition, reason) = (Disposition::Complaint, "a complaint".to_owned());
    Decision { disposition, reason, case: Some(number(serial)), events, letters: Vec::new() }
}

fn mail(serial: u32) -> NewMail {
    let head =
        format!("From: k{serial}@klant.example\r\nMessage-ID: <m{serial}@klant.example>\r\nSubject: Klacht\r\n\r\n");
    let raw = padded(head, MAIL_OCTETS);
    NewMail {
        mailbox: "klachten".to_owned(),
        uid_validity: 1,
        uid: i64::from(serial),
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

fn opened(serial: u32) -> Result<Event, Box<dyn Error>> {
    let hours = |hours| now() + TimeDelta::hours(hours);
    let customer = Customer {
        name: "Jan Jansen".to_owned(),
        address: Some(Address::parse(&format!("k{serial}@klant.example"))?),
        phone: None,
        postal: Vec::new(),
    };
    Ok(event(
        serial,
        What::Opened(Box::new(Opened {
            channel: Channel::Email,
            customer,
            subject: "Deuk in de deur".to_owned(),
            text: "De auto kwam met een deuk terug van de garage, en niemand belde. ".repeat(12),
            language: Language::Dutch,
            department: "schade".to_owned(),
            routing: Why::Fallback,
            received_at: now(),
            due: Due { acknowledge: hours(24), first_response: hours(24), resolve: hours(72) },
            message_id: Some(format!("m{serial}@klant.example")),
            references: Vec::new(),
            mailbox: None,
        })),
    ))
}

fn letter(serial: u32, side: Side) -> Result<Outgoing, Box<dyn Error>> {
    let (kind, to, which) = match side {
        Side::Customer => (LetterKind::Acknowledgement, format!("k{serial}@klant.example"), 0),
        Side::Staff => (LetterKind::Notification, "schade@lease.example".to_owned(), 1),
    };
    // As random ids are: in no order.
    let id = LetterId::from_random((u64::from(serial) * 2 + which).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    let message_id = format!("{id}@lease.example");
    let letter = Letter {
        sheet: None,
        kind,
        case: Some(number(serial)),
        side,
        to: Address::parse(&to)?,
        envelope_from: "klachten@lease.example".to_owned(),
        bytes: padded(format!("Message-ID: <{message_id}>\r\nSubject: Uw klacht\r\n\r\n"), LETTER_OCTETS),
        message_id,
        id,
        carried: Vec::new(),
    };
    Ok(Outgoing { letter, department: String::new(), held_because: None, counted_as: String::new(), mailbox: None })
}

fn written(serial: u32, letter: &Letter) -> Event {
    let (to, message_id) = (letter.to.to_string(), letter.message_id.clone());
    event(serial, What::LetterWritten { letter: letter.id.clone(), letter_kind: letter.kind, to, message_id })
}

fn fate(serial: u32, letter: &Letter, fate: LetterFate) -> Event {
    let to = letter.to.to_string();
    event(serial, What::LetterFate { letter: letter.id.clone(), letter_kind: letter.kind, to, fate })
}
