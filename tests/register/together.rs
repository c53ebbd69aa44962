//! Mails that wait together are decided on as if each had come alone: the same streams, in which mails have to do with each
//! other in every way we know, are decided on in batches and one by one, and the two registers say the same.

use super::support::chance::{Chance, asked_seed, is_long};
use super::*;
use klachtpost::daemon::{Step, decide_batch};

/// Streams, and in the long run; and the mails of each.
const STREAMS: u64 = 24;
const STREAMS_LONG: u64 = 400;
const MAILS: usize = 16;

const TEXTS: [&str; 4] =
    ["Er zit een deuk in de deur.", "De factuur klopt niet.", "Niemand belt mij terug.", "Mijn band is lek."];

/// How the mails of a stream come to be decided on.
#[derive(Clone, Copy, PartialEq)]
enum Deciding {
    Together,
    OneByOne,
}

/// What a mail of a stream is; who and which by number.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Complaint {
        from: u64,
        text: u64,
    },
    /// The same bytes as that one of the stream.
    Again {
        of: u64,
    },
    SameIdOtherWords {
        of: u64,
    },
    /// To a mail of one's own, or of somebody else, in this stream.
    AnswersMail {
        of: u64,
        from: u64,
    },
    /// A case's number, whether it is one's own or not, and whether there is one.
    NamesNumber {
        serial: u64,
        from: u64,
    },
    AnswersUs {
        case: u64,
        from: u64,
    },
    Colleague {
        case: u64,
        verb: u64,
    },
    /// A colleague's own mail to a customer, the desk in Cc.
    Direct {
        to: u64,
    },
    Searches,
    CameBack {
        case: u64,
    },
}

fn stream(seed: u64) -> Vec<Kind> {
    let mut chance = Chance::of(seed);
    let kind = |at: usize, chance: &mut Chance| {
        let of = chance.below(at.max(1) as u64);
        let (from, case) = (chance.below(4), chance.between(1, 4));
        match chance.below(13) {
            0..=3 => Kind::Complaint { from, text: chance.below(4) },
            4 => Kind::Again { of },
            5 => Kind::SameIdOtherWords { of },
            6 => Kind::AnswersMail { of, from },
            7 => Kind::NamesNumber { serial: chance.between(1, 12), from },
            8 => Kind::AnswersUs { case, from },
            9 | 10 => Kind::Colleague { case, verb: chance.below(7) },
            11 => {
                if chance.percent(50) {
                    Kind::Direct { to: from }
                } else {
                    Kind::Searches
                }
            }
            _ => Kind::CameBack { case },
        }
    };
    (0..MAILS).map(|at| kind(at, &mut chance)).collect()
}

fn customer(number: u64) -> String {
    format!("klant{number}@klant.example")
}

/// The letters of the first three cases, which were there before the stream.
struct Before {
    /// By case, the Message-IDs of the acknowledgement and of the notification.
    ids: Vec<(String, String)>,
}

fn written(at: usize, kind: Kind, raws: &[Vec<u8>], before: &Before) -> Vec<u8> {
    let mail = |id: &str, from: &str, more: &str, subject: &str, text: &str| {
        format!("From: {from}\r\nTo: klachten@lease.example\r\nMessage-ID: <{id}>\r\n{more}Subject: {subject}\r\n\r\n{text}\r\n")
            .into_bytes()
    };
    let id = format!("m{at}@klant.example");
    let letters = |case: u64| &before.ids[(case - 1) as usize];
    match kind {
        Kind::Complaint { from, text } => mail(&id, &customer(from), "", "Klacht", TEXTS[text as usize]),
        Kind::Again { of } => {
            raws.get(of as usize).cloned().unwrap_or_else(|| mail(&id, &customer(0), "", "Klacht", "Eerste."))
        }
        Kind::SameIdOtherWords { of } => {
            mail(&format!("m{of}@klant.example"), &customer(1), "", "Anders", &format!("Andere woorden {at}."))
        }
        Kind::AnswersMail { of, from } => {
            let more = format!("In-Reply-To: <m{of}@klant.example>\r\n");
            mail(&id, &customer(from), &more, "Re: Klacht", &format!("En nog iets ({at})."))
        }
        Kind::NamesNumber { serial, from } => {
            mail(&id, &customer(from), "", "Vraag", &format!("Over K-2026-{serial:06}: hoe staat het ({at})?"))
        }
        Kind::AnswersUs { case, from } => {
            let more = format!("In-Reply-To: <{}>\r\n", letters(case).0);
            mail(&id, &customer(from), &more, "Re: uw klacht", &format!("Dank, maar er is meer ({at})."))
        }
        Kind::Colleague { case, verb } => {
            let more = format!("In-Reply-To: <{}>\r\n", letters(case).1);
            let other = 1 + case % 3;
            let text = match verb {
                0 => format!("Wij herstellen het ({at})."),
                1 => "#afgehandeld\r\nHet is hersteld.".to_owned(),
                2 => format!("#intern\r\nNiet bellen ({at})."),
                3 => "#toewijzen anna@lease.example".to_owned(),
                4 => "#heropen".to_owned(),
                5 => format!("#samenvoegen K-2026-{other:06}"),
                _ => "#dossier".to_owned(),
            };
            mail(&id, "anna@lease.example", &more, "Re: melding", &text)
        }
        Kind::Direct { to } => {
            let head = format!("From: anna@lease.example\r\nTo: {}\r\nCc: klachten@lease.example\r\n", customer(to));
            format!("{head}Message-ID: <{id}>\r\nSubject: Uw klacht\r\n\r\nWij bellen u morgen ({at}).\r\n")
                .into_bytes()
        }
        Kind::Searches => mail(&id, "anna@lease.example", "", "zoek", "#zoek deuk"),
        Kind::CameBack { case } => came_back(&id, &letters(case).0, &customer(case - 1)),
    }
}

fn came_back(id: &str, letter: &str, to: &str) -> Vec<u8> {
    format!(
        "Return-Path: <>\r\nFrom: Mail Delivery System <mailer-daemon@mx.example>\r\nTo: klachten@lease.example\r\n\
         Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: <{id}>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
         Final-Recipient: rfc822; {to}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{letter}>\r\nSubject: Uw klacht\r\n\r\n--b--\r\n"
    )
    .into_bytes()
}

async fn decide(office: &Arc<Office>, mails: &[NewMail]) {
    office.register.store_mails(mails).await.unwrap();
    while decide_batch(office).await.unwrap() == Step::Worked {}
}

impl Desk {
    async fn rows(&self, sql: &str) -> Vec<String> {
        let mut connection = AnyConnection::connect(&self.url).await.unwrap();
        let rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        rows.iter().map(|row| row.try_get::<String, _>(0).unwrap()).collect()
    }
}

/// What the register says at the end, but for what chance draws.
async fn outcome(seed: u64, deciding: Deciding) -> Vec<String> {
    let desk = Desk::new().await;
    let office = office(&desk, &maildir(&desk, "in"), &maildir(&desk, "out")).await;
    let mail = |uid: usize, raw: Vec<u8>| NewMail { raw, ..new_mail(uid as i64 + 1) };
    let first = (0..3).map(|n| {
        let raw = format!(
            "From: {}\r\nTo: klachten@lease.example\r\nMessage-ID: <eerst{n}@klant.example>\r\nSubject: Eerste\r\n\r\nHet begon zo: {n}.\r\n",
            customer(n)
        );
        mail(n as usize, raw.into_bytes())
    });
    for one in first.collect::<Vec<_>>() {
        decide(&office, &[one]).await;
    }
    let of = |kind: &str| format!("SELECT message_id FROM outbox WHERE kind = '{kind}' ORDER BY case_number");
    let (ours, theirs) = (desk.rows(&of("acknowledgement")).await, desk.rows(&of("notification")).await);
    let before = Before { ids: ours.into_iter().zip(theirs).collect() };
    assert_eq!(before.ids.len(), 3);
    let mut raws: Vec<Vec<u8>> = Vec::new();
    for (at, kind) in stream(seed).into_iter().enumerate() {
        let raw = written(at, kind, &raws, &before);
        raws.push(raw);
    }
    let mails: Vec<NewMail> = raws.into_iter().enumerate().map(|(at, raw)| mail(at + 3, raw)).collect();
    match deciding {
        Deciding::Together => decide(&office, &mails).await,
        Deciding::OneByOne => {
            for one in mails {
                decide(&office, &[one]).await;
            }
        }
    }
    assert_eq!(office.register.verify().await.unwrap().findings, [], "seed {seed}");
    let mut said = desk
        .rows("SELECT 'mail ' || id || ' ' || disposition || ' ' || COALESCE(case_number, '-') || ' ' || reason FROM mail ORDER BY id")
        .await;
    said.extend(desk.rows("SELECT number || ' ' || state || ' ' || customer_address || ' ' || handler || ' ' || words FROM cases ORDER BY number").await);
    said.extend(desk.rows("SELECT kind || ' ' || recipient || ' ' || case_number || ' ' || state || ' ' || held_because FROM outbox ORDER BY 1").await);
    said.extend(
        desk.rows("SELECT case_number || ' ' || kind || ' ' || COALESCE(mail_id, 0) FROM event ORDER BY seq").await,
    );
    said
}

#[tokio::test]
async fn a_batch_is_decided_on_as_its_mails_would_be_one_by_one() {
    let streams = if is_long() { STREAMS_LONG } else { STREAMS };
    for seed in asked_seed().map_or(0..streams, |seed| seed..seed + 1) {
        let (together, alone) = (outcome(seed, Deciding::Together).await, outcome(seed, Deciding::OneByOne).await);
        let differs = together.iter().zip(&alone).find(|(a, b)| a != b);
        assert!(together == alone, "seed {seed}: {differs:?}\n{:#?}", stream(seed));
    }
}
