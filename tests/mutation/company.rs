//! A tiny company whose register holds two cases: one open, with a note, and one closed. It answers what the desk asks
//! for as the register does.

use klachtpost::case::{
    Actor, Address, Case, CaseNumber, CaseState, Channel, Closed, Customer, Event, Keys, Language, LetterId,
    LetterKind, Moment, Opened, Side, Token, What, Why,
};
use klachtpost::config;
use klachtpost::daemon::house;
use klachtpost::desk::{BouncedLetter, CaseFile, Found, Incoming, Rules, Snapshot, Want, understand};
use klachtpost::letters::{House, Letters};

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
[operator]
address = "beheer@lease.example"
[committee]
name = "Geschillencommissie"
url = "https://commissie.example/klacht"
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
/// The host whose word on senders counts.
pub const AUTHSERV: &str = "mx.lease.example";
/// Whose case is open, and whose is closed.
pub const KARIN: &str = "klant@prive.example";
pub const BEA: &str = "bea@prive.example";
pub const NOTE: &str = "Klant dreigt met een advocaat, niet meer dan 300 euro bieden";

/// Thursday 5 March 2026, 10:00 in Amsterdam.
pub fn now() -> Moment {
    "2026-03-05T09:00:00Z".parse().unwrap()
}

pub fn number(serial: u32) -> CaseNumber {
    CaseNumber { year: 2026, serial }
}

fn letter_id(n: u8) -> LetterId {
    LetterId::from_random([n; 8])
}

/// The company, and what its register holds.
pub struct Company {
    pub rules: Rules,
    pub house: House,
    pub letters: Letters,
    files: [CaseFile; 2],
}

impl Company {
    pub fn new() -> Self {
        let config = config::from_toml(SETTINGS, "proef.toml").unwrap();
        let rules = Rules::new(&config, Keys::new(b"een geheim van de proef, lang genoeg", [])).unwrap();
        let open = case(&rules, 7, "Karin Klant", KARIN);
        let mut closed = case(&rules, 8, "Bea", BEA);
        let settled = What::Closed(Closed { settlement: "Vergoed.".into(), letter: letter_id(3) });
        closed.apply(&Event { at: now(), case: Some(number(8)), actor: Actor::Desk, mail: None, what: settled });
        assert_eq!((open.state, closed.state), (CaseState::Open, CaseState::Closed));
        let files = [open, closed].map(|case| CaseFile { notes: vec![NOTE.to_owned()], ..CaseFile::of(case) });
        Self { rules, house: house(&config).unwrap(), letters: Letters::new().unwrap(), files }
    }

    /// Of the notification of the open case, of its acknowledgement, and of the closed case's last letter.
    pub fn tokens(&self) -> [String; 3] {
        let token =
            |serial, side, n| self.rules.keys.write(&Token { case: Some(number(serial)), side, letter: letter_id(n) });
        [token(7, Side::Staff, 1), token(7, Side::Customer, 2), token(8, Side::Customer, 3)]
    }

    /// Of a test mail of the watch.
    pub fn stamp(&self) -> String {
        self.rules.keys.stamp(now())
    }

    /// As the register answers.
    pub fn known(&self, mail: &Incoming<'_>) -> Snapshot {
        let intent = understand(mail, &self.rules, now());
        let wanted = intent.lookup();
        let find = |number: CaseNumber| self.files.iter().find(|file| file.case.number == number).cloned();
        let letter = |id: &LetterId, n, kind, to, case| {
            let letter = BouncedLetter {
                id: letter_id(n),
                kind,
                to: Address::parse(to).unwrap(),
                bundled: Vec::new(),
                reported_at: None,
            };
            (letter.id == *id).then_some((letter, number(case)))
        };
        let sent = |id: &LetterId| {
            letter(id, 1, LetterKind::Notification, "schade@lease.example", 7)
                .or_else(|| letter(id, 2, LetterKind::Acknowledgement, KARIN, 7))
                .or_else(|| letter(id, 3, LetterKind::Closing, BEA, 8))
        };
        let bounced = wanted.bounced.as_ref().and_then(sent);
        let answered = wanted.token.as_ref().and_then(|token| sent(&token.letter));
        let is_mailed = |file: &&CaseFile| {
            let customer = file.case.customer.address.as_ref();
            file.case.state == CaseState::Open && customer.is_some_and(|customer| wanted.mailed.contains(customer))
        };
        let of_bounce = bounced.as_ref().and_then(|(_, case)| find(*case));
        let is_to_staff = |kind: LetterKind| !kind.is_for_customer();
        let kind = answered.as_ref().map(|(letter, _)| letter.kind);
        Snapshot {
            file: wanted.token.as_ref().and_then(|token| token.case).and_then(find).or(of_bounce),
            letter_department: kind.filter(|kind| is_to_staff(*kind)).map(|_| "schade".to_owned()),
            letter: wanted.token.as_ref().map(|token| token.letter.clone()),
            letter_kind: kind,
            bounced: bounced.map(|(letter, _)| letter),
            named: wanted.named.iter().filter_map(|n| find(*n)).collect(),
            found: match wanted.want {
                Some(Want::Case(number)) => Some(Found::Case(find(number).map(Box::new))),
                _ => None,
            },
            mailed: self.files.iter().filter(is_mailed).cloned().collect(),
            confirms: wanted.confirms.and_then(find),
            next_serial: 9,
            ..Snapshot::default()
        }
    }
}

fn case(rules: &Rules, serial: u32, name: &str, address: &str) -> Case {
    let opened = Opened {
        channel: Channel::Email,
        customer: Customer {
            name: name.into(),
            address: Some(Address::parse(address).unwrap()),
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
    let mut case = Case::open(number(serial), now(), &opened);
    case.staff_thread = vec!["melding@lease.example".into()];
    case
}
