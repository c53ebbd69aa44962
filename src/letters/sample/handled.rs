//! Samples of the receipt and the question: every thing that can be done with a staff mail, and every reason why
//! nothing was. Pure.

use super::{address, after, customer, customer_address, due, number, pick};
use crate::case::{
    Address, Amount, Blank, Breach, CaseState, Customer, Duty, DutyKind, Ground, Judgement, Language, LetterKind,
    Outcome, Representative,
};
use crate::desk::draft::{
    Became, Content, Done, Filing, InPart, Lacking, Misjudged, NoMerge, NoReader, NoRight, Often, Owed, OwedInWriting,
    Problem, Question, Receipt, Stays, Unsure,
};
use crate::desk::{About, choices};
use crate::mail::Place;
use chrono::NaiveDate;

pub(super) fn receipts(language: Language) -> Vec<Content> {
    let answer = pick(
        language,
        "Vervelend, die kras. Kunt u een foto sturen?",
        "Sorry about that scratch. Could you send a photo?",
    );
    let settlement = pick(language, "Wij vergoeden de schade.", "We will pay.");
    let note = pick(language, "Garage gebeld: zij betalen.", "Called the garage: they pay.");
    let called = pick(language, "Klant gesproken: foto komt morgen.", "Spoke to the customer: photo comes tomorrow.");
    let called_too = called.clone();
    let question = pick(language, "Mogen wij dit vergoeden?", "May we compensate this?");
    let item = pick(language, "garage bellen", "call the garage");
    let title = pick(language, "Onderhoud en reparatie", "Maintenance and repair");
    let registered =
        |acknowledged| Done::Registered { number: number(123), department_title: title.clone(), acknowledged };
    let all = [
        vec![Done::Relayed { to: customer_address(), text: answer.clone(), attachments: 1 }],
        vec![
            Done::Relayed { to: customer_address(), text: answer.clone(), attachments: 0 },
            Done::StayedHere {
                files: vec![
                    ("logo.png".into(), Stays::Decoration),
                    ("melding.eml".into(), Stays::Mail),
                    ("[EXTERN]".into(), Stays::Banner),
                ],
            },
        ],
        vec![
            Done::Interim { to: customer_address(), text: answer.clone(), attachments: 0 },
            Done::Promised { until: after(77, 30) },
        ],
        vec![
            Done::InterimHad { to: customer_address(), text: answer.clone() },
            Done::Promised { until: after(77, 30) },
        ],
        vec![
            Done::Closed { to: Some(customer_address()), settlement: settlement.clone() },
            Done::Judged(Judgement {
                outcome: Some(Outcome::Partly),
                cause: Some(pick(language, "planning", "planning")),
                compensation: Amount::parse("1389,00"),
            }),
        ],
        vec![on_paper(LetterKind::Interim, answer.clone(), 0), Done::Promised { until: after(77, 30) }],
        vec![Done::Noted { text: note }, Done::Closed { to: Some(customer_address()), settlement: settlement.clone() }],
        vec![Done::Closed { to: None, settlement: settlement.clone() }],
        vec![Done::Closed { to: None, settlement: settlement.clone() }, Done::Phoned { text: called.clone() }],
        vec![Done::Phoned { text: called.clone() }, Done::CommitteeOwed(OwedInWriting::NoAddress)],
        vec![Done::Phoned { text: called.clone() }, Done::CommitteeOwed(OwedInWriting::ToPost)],
        vec![Done::Phoned { text: called.clone() }, Done::CommitteeOwed(OwedInWriting::SendAgain)],
        vec![on_paper(LetterKind::Answer, answer.clone(), 2)],
        vec![registered(None), on_paper(LetterKind::Acknowledgement, String::new(), 0)],
        vec![Done::ClosedOnPaper { to: colleague(), settlement: settlement.clone(), attachments: 1 }],
        vec![
            posted(LetterKind::Acknowledgement),
            posted(LetterKind::Answer),
            posted(LetterKind::Interim),
            posted(LetterKind::Closing),
        ],
        vec![Done::Phoned { text: called }],
        vec![Done::Phoned { text: String::new() }],
        vec![Done::HandlerSet { handler: address("schade@voorbeeld.example") }],
        vec![Done::HandlerSet { handler: address("p.dewit@voorbeeld.example") }],
        vec![Done::DepartmentSet { title: title.clone() }],
        vec![Done::Reopened],
        vec![Done::Dismissed],
        vec![Done::Restored],
        vec![registered(Some(customer_address()))],
        vec![registered(None)],
        vec![Done::Escalated { to: address("s.bakker@voorbeeld.example"), text: question.clone() }],
        vec![Done::Advised { to: address("p.dewit@voorbeeld.example"), text: question }],
        vec![Done::AgendaSet { at: after(77, 30), text: item, outside_hours: false }],
        vec![Done::AgendaSet { at: after(77, 30), text: String::new(), outside_hours: true }],
        vec![Done::AgendaCleared],
        vec![Done::Unused { text: pick(language, "Klant belt straks terug.", "Customer calls back.") }, Done::Help],
        vec![Done::Help, Done::StandardTexts { names: texts() }],
        vec![Done::AdoptionAsked { mails: 20 }],
        vec![Done::AdoptionAsked { mails: 1 }],
        vec![
            Done::Closed { to: Some(customer_address()), settlement: said(language) },
            Done::OthersNotTold { others: vec![address("els@klant.example")] },
        ],
        vec![directly(language)],
        vec![directly(language), Done::Closed { to: Some(customer_address()), settlement: said(language) }],
        vec![directly(language), Done::LeftUndone { written: vec![pick(language, "#afgehandeld", "#closed")] }],
        vec![Done::Phoned { text: called_too }, Done::AlsoWithCustomer { to: customer_address() }],
        vec![passed_on(CaseState::Open, Became::FollowUp)],
        vec![passed_on(CaseState::Open, Became::Reopened)],
        vec![passed_on(CaseState::Closed, Became::FollowUp)],
        vec![passed_on(CaseState::Open, Became::Nothing)],
    ];
    let ended = ended(language).map(|done| vec![done]);
    let put_right = put_right().map(|done| vec![done]);
    let mut receipts: Vec<_> =
        all.into_iter().chain(ended).chain(put_right).map(|done| receipt(done, customer())).collect();
    receipts.push(receipt(vec![Done::Reopened], Customer { address: None, ..customer() }));
    receipts
}

fn texts() -> Vec<String> {
    ["uitstel", "ontvangen"].map(str::to_owned).to_vec()
}

fn colleague() -> Address {
    address("schade@voorbeeld.example")
}

fn on_paper(letter_kind: LetterKind, text: String, attachments: usize) -> Done {
    Done::OnPaper { letter_kind, to: colleague(), text, attachments }
}

fn passed_on(state: CaseState, became: Became) -> Done {
    Done::PassedOn { number: number(98), state, became }
}

fn posted(letter_kind: LetterKind) -> Done {
    Done::Posted { letter_kind, at: after(-1, 0) }
}

/// Another customer than it seemed.
fn put_right() -> [Done; 5] {
    let set = |name: &str, owed: &[Owed], told: Option<Address>| Done::CustomerSet {
        to: customer_address(),
        name: name.to_owned(),
        owed: owed.to_vec(),
        told,
    };
    let old = || Some(address("info@elders.example"));
    [
        set("Jan Jansen", &[Owed::Acknowledgement], None),
        set("", &[Owed::Acknowledgement, Owed::Answer], old()),
        set("Jan Jansen", &[Owed::Confirmation], old()),
        set("Jan Jansen", &[Owed::Committee], None),
        set("Jan Jansen", &[], None),
    ]
}

fn acts(ground: Ground) -> Representative {
    let (address, name) = (address("p.visser@kantoor.example"), "Pim Visser".to_owned());
    Representative { address, name, ground, thread: Vec::new() }
}

/// The end of the procedure, and two cases that became one.
fn ended(language: Language) -> [Done; 23] {
    let day = |year| NaiveDate::from_ymd_opt(year, 11, 22).unwrap_or_default();
    let supervisor = || Some(address("s.bakker@voorbeeld.example"));
    let text = pick(language, "Formulier ontvangen.", "Got the form.");
    let ruling = pick(language, "De klant krijgt gelijk; wij betalen € 240.", "For the customer; we pay € 240.");
    let merged = |state, told| Done::Merged { stays: number(98), gone: number(123), state, told, not_told: None };
    let joined = Done::Merged {
        stays: number(98),
        gone: number(123),
        state: CaseState::Open,
        told: Vec::new(),
        not_told: Some(address("els@klant.example")),
    };
    [
        Done::Disputed { filing: Filing::Until(day(2027)), told: supervisor(), text },
        Done::Disputed { filing: Filing::Past(day(2025)), told: supervisor(), text: String::new() },
        Done::Disputed { filing: Filing::NotTaken, told: None, text: String::new() },
        Done::Ruled { told: supervisor(), text: ruling },
        Done::Guarded(Duty { kind: DutyKind::Defence, due: after(1_000, 0) }),
        Done::DutyDone(DutyKind::Ruling),
        Done::Guarded(Duty { kind: DutyKind::Access, due: after(700, 0) }),
        Done::RepresentativeSet { acts: acts(Ground::Lawyer), told: Some(customer_address()) },
        Done::RepresentativeSet { acts: acts(Ground::Authorisation(day(2026))), told: None },
        Done::RepresentativeSet { acts: acts(Ground::Customer), told: Some(customer_address()) },
        Done::RepresentativeEnded { was: address("p.visser@kantoor.example"), told: Some(customer_address()) },
        Done::ClosedToCustomer { to: customer_address() },
        Done::PrivacyTold { to: address("privacy@voorbeeld.example") },
        Done::IdentityWanted,
        Done::IdentityKnown {
            how: pick(
                language,
                "Teruggebeld op het nummer uit het contract.",
                "Called back on the number in the contract.",
            ),
        },
        Done::BreachKept { breach: Breach { facts: "Brief".to_owned(), ..Breach::default() } },
        Done::ConfidentialSet {
            readers: vec![address("s.bakker@voorbeeld.example"), address("directie@voorbeeld.example")],
        },
        Done::ConfidentialLifted,
        Done::PassedOnUnseen,
        Done::ToSupervisor { from: "De Geschillencommissie".to_owned() },
        merged(CaseState::Open, vec![address("p.dewit@voorbeeld.example"), address("schade@voorbeeld.example")]),
        merged(CaseState::Closed, Vec::new()),
        joined,
    ]
}

fn said(language: Language) -> String {
    pick(language, "Wij vergoeden de schade van € 240.", "We will pay the damage of € 240.")
}

fn directly(language: Language) -> Done {
    Done::AnsweredDirectly { to: Some(customer_address()), text: said(language), received_at: after(0, -25) }
}

fn receipt(done: Vec<Done>, customer: Customer) -> Content {
    let first_response_done = done
        .iter()
        .any(|done| matches!(done, Done::Relayed { .. } | Done::Phoned { .. } | Done::AnsweredDirectly { .. }));
    let over = |done: &Done| matches!(done, Done::Closed { .. } | Done::Merged { state: CaseState::Closed, .. });
    let case_closed = done.iter().any(over);
    Content::Receipt(Receipt { done, customer, due: due(), first_response_done, case_closed })
}

pub(super) fn questions(language: Language) -> Vec<Content> {
    let verb = |dutch: &str, english: &str| pick(language, dutch, english);
    let problems = [
        Problem::UnknownVerb { written: "#afgehandelt".to_owned(), nearest: Some("#afgehandeld".to_owned()) },
        Problem::UnknownVerb { written: "#xyz".to_owned(), nearest: None },
        Problem::VerbLowerDown { written: "#intern".to_owned() },
        Problem::SettlementMissing,
        Problem::RulingMissing,
        not_merged("", NoMerge::Unknown),
        not_merged("K-2026-999999", NoMerge::Unknown),
        not_merged("K-2026-000123", NoMerge::Same),
        not_merged("K-2026-000098", NoMerge::OtherCustomer),
        not_merged("K-2026-000098", NoMerge::Merged),
        not_merged("K-2026-000098", NoMerge::Dismissed),
        not_merged("K-2026-000098", NoMerge::Readers),
        Problem::NothingTyped,
        Problem::Encrypted,
        Problem::TextsDiffer,
        Problem::HandledBefore {
            case: Some(number(123)),
            received_at: after(-2, 0),
            prefilled: format!("{}\n{}", verb("#antwoord", "#answer"), pick(language, "Wij betalen.", "We will pay.")),
        },
        Problem::ReadInPart(InPart::TooLarge),
        Problem::ReadInPart(InPart::TooMuch),
        Problem::ReadInPart(InPart::Damaged),
        Problem::ColleagueInCopy { address: "facturen@voorbeeld.example".to_owned() },
        Problem::Unproven,
        Problem::NoRepresentative { written: String::new() },
        Problem::NoRepresentative { written: "mr. Visser".to_owned() },
        Problem::NoGround { written: "p.visser@kantoor.example".to_owned() },
        Problem::Privacy(NoRight::Unclear { written: String::new() }),
        Problem::Privacy(NoRight::Unclear { written: "klant".to_owned() }),
        Problem::Privacy(NoRight::HowMissing),
        Problem::Privacy(NoRight::IdentityUnknown),
        Problem::Privacy(NoRight::BreachNotWhole(Breach { facts: "Brief".to_owned(), ..Breach::default() })),
        Problem::Readers(NoReader::NobodyLeft),
        Problem::Readers(NoReader::NotAColleague {
            written: "schade@voorbeeld.example".to_owned(),
            colleagues: vec![address("s.bakker@voorbeeld.example")],
        }),
        Problem::Hidden,
        Problem::NotACustomer { written: String::new() },
        Problem::NotACustomer { written: "jan@gmail of piet@klant.example".to_owned() },
        Problem::NoCustomerAddress,
        Problem::TooLongForPaper,
        Problem::NothingToPost,
        Problem::UnclearPosting { found: "morgen".to_owned(), nearest: "22-11-2026 16:00".to_owned() },
        Problem::PostedBeforeWritten { said: after(-30, 0), written_at: after(-1, 0) },
        Problem::CaseClosed,
        Problem::TwoTexts { first: verb("#intern", "#internal"), second: verb("#afgehandeld", "#closed") },
        Problem::Misjudged(Misjudged::Missing),
        Problem::Misjudged(Misjudged::ReasonMissing(Outcome::Unfounded)),
        Problem::Misjudged(Misjudged::Several(vec![Outcome::Founded, Outcome::Partly])),
        Problem::Misjudged(Misjudged::UnknownCause {
            written: "garag".to_owned(),
            causes: vec!["garage".to_owned(), "planning".to_owned()],
        }),
        Problem::Misjudged(Misjudged::UnknownCause { written: "garage".to_owned(), causes: Vec::new() }),
        Problem::Misjudged(Misjudged::UnclearAmount { written: "389,5".to_owned() }),
        Problem::Misjudged(Misjudged::AnswerFirst),
        Problem::UnclearPromise { found: "gauw".to_owned(), nearest: "27-11-2026 17:30".to_owned() },
        Problem::UnknownText { written: "uistel".to_owned(), names: texts() },
        Problem::UnknownText { written: String::new(), names: Vec::new() },
        Problem::TextLacks { name: "uitstel".to_owned(), lacks: Blank::Promised },
        Problem::TextLacks { name: "uitstel".to_owned(), lacks: Blank::AnswerBy },
        Problem::UnclearLastDay {
            verb: "#geschil".to_owned(),
            found: "vrijdag 16-1-2027".to_owned(),
            nearest: "24-11-2026".to_owned(),
        },
        Problem::UnclearMoment { found: "half drie".to_owned(), nearest: "24-11-2026 14:30".to_owned() },
        not_a_colleague("p.dewit@voorbeld.example", &["p.dewit@voorbeeld.example", "f.elamrani@voorbeeld.example"]),
        not_a_colleague("", &[]),
        unknown_department(language, "schades"),
        unknown_department(language, ""),
        Problem::NotNow { verb: verb("#heropenen", "#reopen") },
        Problem::NotNow { verb: verb("#klacht", "#complaint") },
        Problem::NotNow { verb: verb("#geenklacht", "#nocomplaint") },
        form_incomplete(language),
        Problem::WhoIsTheCustomer { prefilled: form(language, "") },
        // Too long for a button: then it is copied.
        Problem::WhoIsTheCustomer { prefilled: form(language, &"Dit kan toch niet? ".repeat(80)) },
        Problem::NotNow { verb: verb("#verstuurd", "#sent") },
        Problem::SentByYou { customer: customer_address(), why: Unsure::Sender },
        Problem::SentByYou { customer: customer_address(), why: Unsure::Resent },
        Problem::SentByYou { customer: customer_address(), why: Unsure::AlsoTo(address("garage@reparatie.example")) },
        which_case(language),
        answered_already(language, ""),
        Problem::ManyAnswers {
            count: 3,
            often: Often::InARow,
            prefilled: format!("{}\n{}", pick(language, "#antwoord", "#answer"), said(language)),
        },
        answered_already(language, &said(language).repeat(40)),
        Problem::NoCase,
        Problem::ForWhom,
        Problem::ManyAnswers { count: 10, often: Often::InADay, prefilled: pick(language, "#antwoord\n", "#answer\n") },
        Problem::NewMailWanted { verb: verb("#telefoon", "#phone") },
        Problem::AskedYourself,
        text_apart(language, Place::Above, &said(language)),
        text_apart(language, Place::Below, &said(language)),
        text_apart(language, Place::Between, ""),
        Problem::LetterUnknown { case: Some(number(131)) },
        Problem::LetterUnknown { case: None },
        Problem::AskAlone { verb: verb("#zoek", "#search") },
        Problem::CaseUnknown { written: "K-2026-9".to_owned() },
        Problem::CaseUnknown { written: String::new() },
        Problem::AskTheDepartment,
        Problem::NotYourCase { department: "Onderhoud en reparatie".to_owned() },
    ];
    let text = pick(language, "#afgehandelt\nWij vergoeden de schade.", "#afgehandelt\nWe will pay the damage.");
    let about = |why: &Problem| match why {
        Problem::NoCase | Problem::FormIncomplete { .. } | Problem::WhoIsTheCustomer { .. } => About::Nothing,
        _ => About::Case,
    };
    problems
        .into_iter()
        .map(|why| {
            let about = about(&why);
            let asked = match &why {
                Problem::UnknownText { written: name, .. } | Problem::TextLacks { name, .. } => {
                    Some(format!("{} {name}\n", verb("#tekst", "#text")))
                }
                _ => None,
            };
            question(why, asked.as_ref().unwrap_or(&text), about, language)
        })
        .collect()
}

/// As the desk asks it.
pub(super) fn question(why: Problem, text: &str, about: About, language: Language) -> Content {
    let choices = choices(&why, text, about, language);
    Content::Question(Question { why, text: text.to_owned(), choices })
}

fn text_apart(language: Language, place: Place, upper: &str) -> Problem {
    let lower = pick(
        language,
        "De garage schrijft ons:\n\nVan: Garage Smit\nDe bumper is binnen.",
        "The garage writes:\n\nFrom: Smit garage\nThe bumper has come in.",
    );
    Problem::TextApart { place, upper: upper.to_owned(), lower }
}

fn not_merged(written: &str, why: NoMerge) -> Problem {
    Problem::NotMerged { written: written.to_owned(), why }
}

fn not_a_colleague(written: &str, colleagues: &[&str]) -> Problem {
    Problem::NotAColleague {
        written: written.to_owned(),
        colleagues: colleagues.iter().map(|text| address(text)).collect(),
    }
}

fn which_case(language: Language) -> Problem {
    let choices = vec![
        (number(98), pick(language, "Factuur klopt niet", "Wrong invoice")),
        (number(123), super::subject(language)),
    ];
    Problem::WhichCase { customer: customer_address(), choices }
}

fn answered_already(language: Language, more: &str) -> Problem {
    let typed =
        pick(language, "#antwoord\nBeste Jan,\n\nDe garage belt u. ", "#answer\nDear Jan,\n\nThe garage will call. ");
    Problem::AnsweredAlready {
        by: address("f.elamrani@voorbeeld.example"),
        at: after(0, -6),
        text: said(language),
        prefilled: format!("{typed}{more}"),
    }
}

fn unknown_department(language: Language, written: &str) -> Problem {
    let departments = [("schade", "damage"), ("onderhoud", "maintenance"), ("facturen", "invoices")]
        .map(|(d, e)| pick(language, d, e));
    Problem::UnknownDepartment { written: written.to_owned(), departments: departments.to_vec() }
}

fn form_incomplete(language: Language) -> Problem {
    let missing = vec![
        Lacking::Name,
        Lacking::Contact,
        Lacking::Text,
        Lacking::Email { found: "jan@gmail".to_owned() },
        Lacking::Phone { found: "06 12".to_owned() },
        Lacking::Received { nearest: "23-11-2026 16:30".to_owned() },
    ];
    Problem::FormIncomplete { missing, prefilled: form(language, "") }
}

fn form(language: Language, more: &str) -> String {
    let form = pick(
        language,
        "#telefoon\nKlant: \nE-mail: \nTelefoon: 06 1234 5678\nOntvangen: gisteren 16:30\n\nDe auto stond niet klaar. ",
        "#phone\nCustomer: \nE-mail: \nPhone: 06 1234 5678\nReceived: yesterday 16:30\n\nThe car was not ready. ",
    );
    format!("{form}{more}")
}
