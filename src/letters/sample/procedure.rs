//! Samples of terms, escalations, advice, the agenda and disputes. Pure.

use super::paper::{by_post, to_post};
use super::{address, after, customer, due, notification, pick, subject};
use crate::case::{Clock, Customer, Due, Language, TermStage};
use crate::desk::draft::{
    Advice, Agenda, AgendaStage, Away, Content, Dispute, DisputeStage, Escalation, Filing, Happened, HappenedWhat,
    OtherClock, Status, Term,
};
use crate::digest::May;
use chrono::NaiveDate;

pub(super) fn letters(language: Language) -> Vec<Content> {
    let mut all: Vec<Content> = terms(language).into_iter().map(Content::Term).collect();
    let escalation = escalation(language);
    all.push(Content::Escalation(Box::new(escalation.clone())));
    all.push(Content::Escalation(Box::new(bare_escalation(escalation))));
    let advice = Advice {
        text: pick(
            language,
            "Bied de klant vervangend vervoer aan en betaal de kras.",
            "Offer the customer a replacement car and pay for the scratch.",
        ),
        by: address("m.visser@voorbeeld.example"),
        customer: customer(),
        due: due(),
        first_response_done: false,
    };
    all.push(Content::Advice(advice.clone()));
    all.push(Content::Advice(Advice { customer: unreachable(), first_response_done: true, ..advice }));
    all.extend(absences(language).map(|away| Content::Away(Box::new(away))));
    let agenda = |(stage, customer)| {
        let text = pick(language, "Garage bellen: is het portier gespoten?", "Call the garage: is the door painted?");
        Content::Agenda(Agenda { id: "a1".to_owned(), sequence: 0, stage, at: after(77, 30), text, customer })
    };
    let stages = [
        (AgendaStage::Set, customer()),
        (AgendaStage::Due, customer()),
        (AgendaStage::Due, unreachable()),
        (AgendaStage::Cancelled, customer()),
    ];
    all.extend(stages.map(agenda));
    all.extend(disputes(language).map(Content::Dispute));
    let status = Status {
        customer: customer(),
        subject: subject(language),
        lodged_at: after(-28 * 24, 0),
        days: 28,
        department_title: pick(language, "Schade en verzekering", "Damage and insurance"),
        handler: None,
    };
    let by_phone =
        Status { customer: unreachable(), handler: Some(address("p.dewit@voorbeeld.example")), ..status.clone() };
    all.extend([status, by_phone].map(Content::Status));
    all
}

fn disputes(language: Language) -> [Dispute; 6] {
    let day = |year| NaiveDate::from_ymd_opt(year, 11, 22).unwrap_or_default();
    let text =
        pick(language, "De klant stuurde ons een kopie van het formulier.", "The customer sent us a copy of the form.");
    let ruling = pick(
        language,
        "De commissie geeft de klant gelijk.\nWij betalen € 240 binnen twee weken.",
        "The committee finds for the customer.\nWe pay € 240 within two weeks.",
    );
    let plain = Dispute {
        stage: DisputeStage::Filed(Filing::Until(day(2027))),
        by_day: None,
        text,
        by: address("p.dewit@voorbeeld.example"),
        customer: customer(),
        subject: subject(language),
        lodged_at: after(-13, 42),
    };
    [
        plain.clone(),
        Dispute { by_day: NaiveDate::from_ymd_opt(2027, 1, 15), ..plain.clone() },
        Dispute { stage: DisputeStage::Filed(Filing::Past(day(2025))), customer: unreachable(), ..plain.clone() },
        Dispute { stage: DisputeStage::Filed(Filing::NotTaken), text: String::new(), ..plain.clone() },
        Dispute { stage: DisputeStage::Ruled, text: ruling.clone(), ..plain.clone() },
        Dispute { stage: DisputeStage::Ruled, by_day: NaiveDate::from_ymd_opt(2027, 3, 1), text: ruling, ..plain },
    ]
}

fn absences(language: Language) -> [Away; 2] {
    let away = Away {
        who: address("p.dewit@voorbeeld.example"),
        notice: pick(
            language,
            "Ik ben er maandag 30 november weer.\nVoor spoed: bel 070 123 4567.",
            "I am back on Monday 30 November.\nIf urgent, call 070 123 4567.",
        ),
        customer: customer(),
        due: due(),
        first_response_done: false,
        colleagues: vec![address("f.elamrani@voorbeeld.example"), address("j.smit@voorbeeld.example")],
    };
    let bare = Away {
        notice: String::new(),
        customer: unreachable(),
        first_response_done: true,
        colleagues: Vec::new(),
        ..away.clone()
    };
    [away, bare]
}

fn terms(language: Language) -> Vec<Term> {
    let plain = Term {
        customer: customer(),
        clock: Clock::FirstResponse,
        stage: TermStage::Before,
        due: after(3, 10),
        also: Vec::new(),
        received_at: after(-20, -50),
        department_title: pick(language, "Schade en verzekering", "Damage and insurance"),
        handler: None,
        text: notification(language).text,
        may: May::Look,
        failed_letters: 0,
        to_post: Vec::new(),
    };
    let late = Term {
        may: super::overviews::may(),
        stage: TermStage::After,
        due: after(-2, 0),
        handler: Some(address("p.dewit@voorbeeld.example")),
        failed_letters: 1,
        ..plain.clone()
    };
    vec![
        plain.clone(),
        late.clone(),
        Term {
            customer: unreachable(),
            failed_letters: 0,
            also: vec![
                OtherClock { clock: Clock::Resolve, stage: TermStage::Before, due: after(8, 0) },
                OtherClock { clock: Clock::Acknowledge, stage: TermStage::After, due: after(-1, 0) },
            ],
            ..late.clone()
        },
        Term { clock: Clock::Resolve, due: after(8, 0), ..plain.clone() },
        Term { clock: Clock::Resolve, customer: unreachable(), failed_letters: 2, ..late.clone() },
        Term { clock: Clock::Acknowledge, failed_letters: 1, ..plain.clone() },
        Term { clock: Clock::Acknowledge, customer: unreachable(), ..late.clone() },
        Term { customer: by_post(), to_post: Vec::new(), failed_letters: 0, ..late.clone() },
        Term { clock: Clock::Acknowledge, customer: by_post(), to_post: to_post(), failed_letters: 0, ..late.clone() },
        Term { clock: Clock::Promised, ..plain },
        Term { clock: Clock::Promised, customer: unreachable(), failed_letters: 0, ..late },
    ]
}

fn escalation(language: Language) -> Escalation {
    let happened = |at, what, text: (&str, &str), by: &str| Happened {
        at,
        what,
        text: pick(language, text.0, text.1),
        by: by.to_owned(),
    };
    let complaint = (
        "Mijn leaseauto kwam terug met een kras op het linker portier.\nNiemand belt terug.",
        "My lease car came back with a scratch on the left door.\nNobody calls back.",
    );
    let handler = "p.dewit@voorbeeld.example";
    let mut timeline = vec![
        happened(after(-13, 42), HappenedWhat::Received, complaint, ""),
        happened(after(-12, 0), HappenedWhat::Moved, ("Schade en verzekering", "Damage and insurance"), handler),
        happened(after(-4, 0), HappenedWhat::Answered, ("Kunt u een foto sturen?", "Could you send a photo?"), handler),
        happened(after(-3, 0), HappenedWhat::LetterFailed, ("550 User unknown", "550 User unknown"), ""),
        happened(after(-2, 0), HappenedWhat::Phoned, ("Foto komt morgen.", "Photo comes tomorrow."), handler),
        happened(after(-1, 0), HappenedWhat::CustomerWrote, ("Hierbij de foto.", "Here is the photo."), ""),
    ];
    let rest = [
        HappenedWhat::CustomerPerhaps,
        HappenedWhat::OtherWrote,
        HappenedWhat::Noted,
        HappenedWhat::Closed,
        HappenedWhat::Reopened,
        HappenedWhat::Escalated,
        HappenedWhat::Advised,
    ];
    timeline.extend(rest.map(|what| happened(after(0, -20), what, ("", ""), handler)));
    Escalation {
        question: pick(
            language,
            "De garage wil niet betalen en de klant dreigt met een advocaat.\nMag ik meer dan € 500 bieden?",
            "The garage will not pay and the customer threatens with a lawyer.\nMay I offer more than € 500?",
        ),
        by: address(handler),
        customer: Customer { phone: Some("06 1234 5678".to_owned()), ..customer() },
        subject: subject(language),
        text: pick(language, complaint.0, complaint.1),
        received_at: after(-13, 42),
        due: due(),
        first_response_done: true,
        timeline,
    }
}

/// Nothing asked, hardly anything known, and a step too long to show.
fn bare_escalation(full: Escalation) -> Escalation {
    let step =
        Happened { at: after(-1, 0), what: HappenedWhat::Noted, text: "Gebeld. ".repeat(200), by: String::new() };
    Escalation {
        question: String::new(),
        customer: unreachable(),
        text: String::new(),
        due: Due { first_response: after(-1, 0), ..due() },
        first_response_done: false,
        timeline: vec![step],
        ..full
    }
}

/// Cannot be mailed, only called.
fn unreachable() -> Customer {
    Customer { address: None, phone: Some("06 1234 5678".to_owned()), ..customer() }
}
