//! A draft of every kind and of every turn a template can take, with invented people: the tests look at these letters, and a
//! letter of one's own is tried with them, at start and at a reload, only where there is one. Pure.

mod aside;
mod asked;
mod bundle;
pub(super) mod customers;
mod handled;
mod official;
mod outage;
pub(super) mod overviews;
pub(super) mod paper;
mod procedure;

use super::language::FOR_STAFF;
use super::{Brand, Committee, House, Letterhead, Logo};
use crate::case::{
    Address, CaseNumber, CaseState, Channel, Clock, Customer, Due, Keys, Language, LetterId, LetterKind, Match, Moment,
    Outcome, Place, Reference, Side, Texts, Unwritable, Why, Worded,
};
use crate::desk::caps::Cap;
use crate::desk::draft::*;
use chrono::TimeDelta;

/// Monday 23 November 2026, 09:30 in Amsterdam.
const NOW_SECONDS: i64 = 1_795_422_600;

pub(super) fn now() -> Moment {
    Moment::from_timestamp(NOW_SECONDS, 0).unwrap_or_default()
}

fn after(hours: i64, minutes: i64) -> Moment {
    now() + TimeDelta::minutes(hours * 60 + minutes)
}

pub(super) fn keys() -> Keys {
    Keys::new(b"sample letters are never sent", [])
}

pub(super) fn house() -> House {
    House {
        company: "Voorbeeld Lease".to_owned(),
        desk_address: address("klachten@voorbeeld.example"),
        zone: chrono_tz::Europe::Amsterdam,
        sub_addressing: false,
        committee: Some(Committee {
            name: "Geschillencommissie Keurmerk Private Lease".to_owned(),
            url: "https://www.keurmerkprivatelease.nl/paginas/het-keurmerk/detail/ik-heb-een-klacht/".to_owned(),
            own_url: Some("https://www.degeschillencommissie.nl/".to_owned()),
            takes_part: true,
            binding: true,
            fee: Some(Texts::only(Language::Dutch, "€ 52,50")),
            language: Some(Language::Dutch),
            applies_to: Texts::only(
                Language::Dutch,
                "De commissie behandelt klachten van consumenten over private lease.",
            ),
        }),
        privacy_url: Some("https://www.voorbeeldlease.example/privacy".to_owned()),
        letterhead: Some(Letterhead {
            address: vec!["Postbus 100".to_owned()],
            postcode_and_place: "3800 AC  Amersfoort".to_owned(),
            phone: Some("033 123 45 67".to_owned()),
            website: Some("www.voorbeeldlease.example".to_owned()),
        }),
        brand: None,
        max_message_bytes: 25 << 20,
    }
}

/// A pixel of PNG.
#[rustfmt::skip]
pub(super) const PIXEL: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8,
    6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 0x0d, b'I', b'D', b'A', b'T', 0x78, 0x9c, 0x63, 0xf8, 0xcf, 0xc0,
    0xf0, 0x1f, 0, 5, 0, 1, 0xff, 0x89, 0x99, 0x3d, 0x1d, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

/// The same house with all that there is of a look of its own.
pub(super) fn branded() -> House {
    let said = |dutch: &str, german: &str| {
        let german = Worded { language: Language::German, text: german.to_owned() };
        Texts { others: vec![german], ..Texts::only(Language::Dutch, dutch) }
    };
    let logo = Logo { content: PIXEL.to_vec(), media_type: "image/png".to_owned(), width: 400, height: 200, alt: None };
    House {
        brand: Some(Brand {
            logo: Some(logo),
            colour: Some("#7a1f5c".to_owned()),
            phone: Some("033 123 45 67".to_owned()),
            website: Some("https://www.voorbeeldlease.example/".to_owned()),
            opening_hours: Some(said("Op werkdagen van 9 tot 17 uur", "Werktags von 9 bis 17 Uhr")),
            signature: Some(said("Team klachten", "Ihr Team für Beschwerden")),
        }),
        ..house()
    }
}

/// The same letter with a file that goes along.
pub(super) fn with_file(letter: &Draft) -> Draft {
    let file = Carried {
        source: Source::Attachment { mail: 1, index: 0 },
        name: "offerte.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        size: 48_000,
        sha256: String::new(),
    };
    Draft { carried: vec![file], ..letter.clone() }
}

/// Every kind of letter in the languages that its readers are written to in.
pub(super) fn drafts() -> Vec<Draft> {
    let both = |make: fn(Language) -> Vec<Content>| {
        let drafts = Language::ALL.into_iter().flat_map(move |l| make(l).into_iter().map(move |c| draft(l, c)));
        drafts.filter(|draft| draft.content.kind().is_for_customer() || FOR_STAFF.contains(&draft.language))
    };
    let make = [
        customers::letters,
        to_handler,
        handled::receipts,
        handled::questions,
        to_supervisor,
        overviews::letters,
        procedure::letters,
        official::letters,
        aside::letters,
        asked::letters,
        outage::letters,
        bundle::letters,
        paper::letters,
    ];
    make.into_iter().flat_map(both).collect()
}

/// A letter of the sample case.
pub(super) fn draft(language: Language, content: Content) -> Draft {
    let for_customer = content.kind().is_for_customer();
    let of_no_case = matches!(
        content,
        Content::SetAside(_)
            | Content::Shown(_)
            | Content::Alarm(_)
            | Content::Digest(_)
            | Content::Month(_)
            | Content::CaseList(_)
            | Content::Outage(_)
            | Content::Bundle(_)
            | Content::Question(Question {
                why: Problem::NoCase
                    | Problem::CaseUnknown { .. }
                    | Problem::AskTheDepartment
                    | Problem::WhichCase { .. }
                    | Problem::FormIncomplete { .. }
                    | Problem::WhoIsTheCustomer { .. },
                ..
            })
    );
    let (to, to_name) =
        if for_customer { (customer_address(), "Jan Jansen") } else { (address("schade@voorbeeld.example"), "") };
    Draft {
        id: LetterId::from_random([7, 6, 5, 4, 3, 2, 1, 0]),
        to,
        to_name: to_name.to_owned(),
        side: if for_customer { Side::Customer } else { Side::Staff },
        case: (!of_no_case).then_some(number(123)),
        topic: Topic { subject: subject(language), customer: "Jan Jansen".to_owned() },
        language,
        customer_language: (!of_no_case).then_some(language),
        in_reply_to: Some("first@mail.example".to_owned()),
        references: vec!["first@mail.example".to_owned()],
        carried: Vec::new(),
        enclosed: Vec::new(),
        content,
    }
}

fn to_handler(language: Language) -> Vec<Content> {
    let notification = notification(language);
    let follow_up = FollowUp {
        customer: customer(),
        subject: format!("Re: {}", subject(language)),
        text: pick(
            language,
            "Hierbij de foto.\nIk hoor graag van u.",
            "Here is the photo.\nLooking forward to your reply.",
        ),
        quoted: String::new(),
        received_at: after(0, -5),
        due: due(),
        listed: Vec::new(),
        remarks: Vec::new(),
        first_response_done: false,
        by: Writer::Customer,
        state: CaseState::Open,
        cover: None,
    };
    let other = Writer::Other("partner@elders.example".to_owned());
    vec![
        Content::Notification(Box::new(notification.clone())),
        Content::Notification(Box::new(odd_notification(notification.clone()))),
        Content::Notification(Box::new(of_whom(notification.clone(), vec![customer()]))),
        Content::Notification(Box::new(of_whom(notification.clone(), Vec::new()))),
        Content::Notification(Box::new(Notification {
            texts: ["uitstel", "ontvangen"].map(str::to_owned).to_vec(),
            earlier: Earlier::default(),
            ..notification
        })),
        Content::FollowUp(follow_up.clone()),
        Content::FollowUp(FollowUp {
            state: CaseState::Closed,
            remarks: remarks(),
            first_response_done: true,
            ..follow_up.clone()
        }),
        Content::DeliveryFailed(DeliveryFailed {
            customer: customer(),
            letter_kind: LetterKind::Answer,
            to: "jan.jansen@klant.example".to_owned(),
            text: pick(
                language,
                "Beste Jan,\n\nHoe vervelend, die kras. Kunt u een foto sturen?",
                "Dear Jan,\n\nSorry about that scratch. Could you send a photo?",
            ),
            how: Undelivered::Refused,
            reply: "550 5.1.1 <jan.jansen@klant.example>: Recipient address rejected: User unknown".to_owned(),
            runs_again: Some((Clock::FirstResponse, after(10, 42))),
        }),
        Content::DeliveryFailed(DeliveryFailed {
            customer: Customer { phone: Some("06 1234 5678".to_owned()), ..customer() },
            letter_kind: LetterKind::Closing,
            to: "jan.jansen@klant.example".to_owned(),
            text: String::new(),
            how: Undelivered::Unwritten { because: Unwritable::Template },
            reply: "tried to fill in a template, found: undefined value (in closing/nl.html:7)".to_owned(),
            runs_again: None,
        }),
        Content::FollowUp(FollowUp { by: other, cover: Some(cover(language)), ..follow_up.clone() }),
        Content::FollowUp(FollowUp {
            state: CaseState::Dismissed,
            by: Writer::Other(String::new()),
            remarks: vec![Remark::FromOther(String::new())],
            ..follow_up
        }),
    ]
}

fn to_supervisor(language: Language) -> Vec<Content> {
    let alarms = [
        AlarmAbout::StaffLetterRefused {
            to: "schade@voorbeeld.example".to_owned(),
            letter_kind: LetterKind::Notification,
            reply: "550 5.2.1 Mailbox disabled".to_owned(),
        },
        unwritten(LetterKind::Paper, Unwritable::Template),
        unwritten(LetterKind::Notification, Unwritable::Other),
        AlarmAbout::PaperHeld { reason: pick(language, "tekst van een interne notitie", "text of an internal note") },
        cap_reached(Cap::Address, "robot@klant.example"),
        cap_reached(Cap::Unproven, "klant.example"),
        cap_reached(Cap::Domain, "klant.example"),
        cap_reached(Cap::Desk, ""),
        AlarmAbout::HeldAtDoor {
            to: "jan.jansen@klant.example".to_owned(),
            reason: pick(language, "tekst van een interne notitie", "text of an internal note"),
        },
    ];
    alarms.map(|about| Content::Alarm(Alarm { about })).into_iter().collect()
}

fn unwritten(letter_kind: LetterKind, because: Unwritable) -> AlarmAbout {
    let detail = "tried to fill in a template, found: undefined value (in closing/nl.j2:7)".to_owned();
    AlarmAbout::Unwritten { to: "schade@voorbeeld.example".to_owned(), letter_kind, because, detail }
}

fn cap_reached(cap: Cap, other_end: &str) -> AlarmAbout {
    AlarmAbout::CapReached { cap, desk: house().desk_address, other_end: other_end.to_owned() }
}

fn acknowledgement(language: Language) -> Acknowledgement {
    Acknowledgement {
        customer_name: "Jan Jansen".to_owned(),
        department_title: title(language),
        received_at: after(-13, 42),
        due: due(),
        reopened: false,
        own_words: None,
    }
}

fn notification(language: Language) -> Notification {
    Notification {
        customer: customer(),
        channel: Channel::Email,
        subject: subject(language),
        text: pick(
            language,
            "Goedemorgen,\n\nMijn leaseauto kwam gisteren terug van de schadehersteller met een kras op het linker \
             portier. Ik heb daar nu twee keer over gebeld en niemand belt terug. Dit kan toch niet?\n\nJan Jansen",
            "Good morning,\n\nMy lease car came back from the repair shop yesterday with a scratch on the left door. I \
             have called twice now and nobody calls back. This cannot be right?\n\nJan Jansen",
        ),
        quoted: String::new(),
        references: vec![Reference { name: "kenteken".to_owned(), written: "XK-123-B".to_owned() }],
        department_title: pick(language, "Schade en verzekering", "Damage and insurance"),
        why: Why::Keywords {
            matched: vec![
                Match { keyword: "schade*".to_owned(), place: Place::Text, found: "schadeformulier".to_owned() },
                Match { keyword: "kras".to_owned(), place: Place::Subject, found: "kras".to_owned() },
            ],
        },
        received_at: after(-13, 42),
        due: due(),
        listed: vec![("video.mp4".to_owned(), 48_200_000)],
        remarks: Vec::new(),
        reopened: false,
        unacknowledged: None,
        cover: None,
        earlier: earlier(language),
        manual: Manual::Whole,
        texts: Vec::new(),
    }
}

fn earlier(language: Language) -> Earlier {
    let case = |serial, state, outcome, subject: String| EarlierCase {
        number: number(serial),
        lodged_at: after(-24 * 40, 0),
        subject,
        state,
        outcome,
    };
    let cases = vec![
        case(101, CaseState::Open, None, String::new()),
        case(44, CaseState::Closed, Some(Outcome::Founded), pick(language, "Factuur klopt niet", "Invoice is wrong")),
        case(12, CaseState::Dismissed, None, pick(language, "Vraag over winterbanden", "Question about tyres")),
    ];
    Earlier { cases, others: 2 }
}

/// Of a web form that nobody named in the settings.
fn of_whom(plain: Notification, perhaps: Vec<Customer>) -> Notification {
    let from = "noreply@www.voorbeeld.example".to_owned();
    Notification {
        customer: Customer::default(),
        why: Why::Thread,
        remarks: vec![Remark::WhoIsCustomer { from, perhaps }],
        unacknowledged: Some(Unacknowledged::Automatic),
        ..plain
    }
}

fn odd_notification(plain: Notification) -> Notification {
    Notification {
        customer: Customer { address: None, phone: Some("06 1234 5678".to_owned()), ..customer() },
        channel: Channel::Phone,
        subject: String::new(),
        text: String::new(),
        quoted: "Van: garage@reparatie.example\nDe auto is klaar.".to_owned(),
        why: Why::Tie {
            matched: vec![Match { keyword: "garage".to_owned(), place: Place::Text, found: "garage".to_owned() }],
            others: vec!["Onderhoud en reparatie".to_owned()],
        },
        due: Due { first_response: after(-1, 0), ..due() },
        listed: Vec::new(),
        remarks: remarks(),
        reopened: true,
        unacknowledged: Some(Unacknowledged::NoAddress),
        cover: Some(cover(Language::Dutch)),
        earlier: Earlier::default(),
        manual: Manual::Short,
        ..plain
    }
}

fn cover(language: Language) -> Cover {
    let text = pick(language, "Lastige klant, bel eerst even.", "A difficult customer: call first.");
    Cover { by: address("s.bakker@voorbeeld.example"), text }
}

fn remarks() -> Vec<Remark> {
    vec![
        Remark::MayBelongTo(number(98)),
        Remark::SenderUnproven,
        Remark::ByForm("noreply@www.voorbeeld.example".to_owned()),
        Remark::SenderDisowned,
        Remark::ReplyToElsewhere("ander@elders.example".to_owned()),
        Remark::SenderOdd(OddSender::NameShowsAddress),
        Remark::NotAllRead(Unread::Damaged),
        Remark::OnlyTheBeginning,
        Remark::ByRepresentative("advocaat@kantoor.example".to_owned()),
        Remark::InNameOf("De Geschillencommissie".to_owned()),
        Remark::WasCase(number(97)),
        Remark::WasCaseOf { number: number(97), wrote: "els@klant.example".to_owned() },
        Remark::Reopened,
        Remark::FromOther("advocaat@kantoor.example".to_owned()),
    ]
}

fn due() -> Due {
    Due { acknowledge: after(10, 42), first_response: after(10, 42), resolve: after(56, 0) }
}

fn customer() -> Customer {
    Customer { name: "Jan Jansen".to_owned(), address: Some(customer_address()), phone: None, postal: Vec::new() }
}

fn subject(language: Language) -> String {
    let wordings = [
        "Kras op mijn leaseauto na reparatie",
        "Scratch on my lease car after repair",
        "Kratzer an meinem Leasingauto nach der Reparatur",
        "Rayure sur ma voiture après réparation",
    ];
    say(language, wordings)
}

fn number(serial: u32) -> CaseNumber {
    CaseNumber { year: 2026, serial }
}

fn customer_address() -> Address {
    address("jan.jansen@klant.example")
}

fn pick(language: Language, dutch: &str, english: &str) -> String {
    language.pick(dutch, english).to_owned()
}

/// What a letter to a customer holds, in the first languages of [`Language::ALL`]; colleagues write English to who reads another.
fn say(language: Language, wordings: [&str; 4]) -> String {
    let said_in = |wanted| Language::ALL.into_iter().zip(wordings).find(|(one, _)| *one == wanted);
    said_in(language).or_else(|| said_in(Language::English)).map(|(_, wording)| wording.to_owned()).unwrap_or_default()
}

pub(super) fn title(language: Language) -> Worded {
    let titles =
        ["Schade en verzekering", "Damage and insurance", "Schaden und Versicherung", "Sinistres et assurance"];
    Worded { language, text: say(language, titles) }
}

/// These are written here and right; a test renders them all.
#[allow(clippy::expect_used, reason = "the texts are this folder's own, and a test reads each")]
fn address(text: &str) -> Address {
    Address::parse(text).expect("a sample address is an address")
}
