//! Samples of what colleagues ask the register: lists of cases, files. Pure.

use super::{address, after, customer, due, number, pick, subject};
use crate::case::{CaseState, Channel, Clock, Customer, Language, LetterFate, LetterKind, Reference, Unwritable};
use crate::desk::draft::{
    Asked, CaseList, Content, Dossier, Happened, HappenedWhat, ListedCase, MayAnswer, WrittenLetter,
};
use crate::digest::Section;

const HANDLER: &str = "p.dewit@voorbeeld.example";

pub(super) fn letters(language: Language) -> Vec<Content> {
    let words = || vec!["xk-123-b".to_owned(), pick(language, "portier", "door")];
    let list = |asked, cases: Vec<ListedCase>| CaseList { asked, cases, more: false, unused: String::new() };
    let standing = standing(language);
    let found = list(Asked::Search { words: words() }, found(language));
    let cut = CaseList {
        more: true,
        unused: pick(language, "Beste Jan, wij bellen u morgen.", "Dear Jan, we will call you tomorrow."),
        ..found.clone()
    };
    let many = (1..=25).map(|serial| ListedCase { number: number(serial), ..standing[0].clone() }).collect();
    let lists = [
        found,
        cut,
        list(Asked::Search { words: words() }, Vec::new()),
        list(Asked::Search { words: Vec::new() }, Vec::new()),
        list(Asked::Section { section: Section::Overdue }, standing.clone()),
        list(Asked::Standing, standing),
        CaseList { more: true, ..list(Asked::Standing, many) },
        list(Asked::Standing, Vec::new()),
    ];
    let file = file(language);
    let files = [
        file.clone(),
        Dossier {
            customer: Customer { address: None, phone: Some("06 1234 5678".to_owned()), ..customer() },
            may_answer: MayAnswer::NoAddress,
            ..bare(file.clone())
        },
        Dossier { may_answer: MayAnswer::OnlyTheDepartment, state: CaseState::Dismissed, ..bare(file) },
    ];
    lists.map(Content::CaseList).into_iter().chain(files.map(Box::new).map(Content::Dossier)).collect()
}

/// An open case as lists show it.
pub(super) fn listed(language: Language) -> ListedCase {
    ListedCase {
        number: number(123),
        customer: "Jan Jansen".to_owned(),
        subject: subject(language),
        department_title: pick(language, "Schade en verzekering", "Damage and insurance"),
        handler: Some(address(HANDLER)),
        state: CaseState::Open,
        received_at: after(-13, 42),
        closed_at: None,
        next: Some((Clock::FirstResponse, after(10, 42))),
        may: super::overviews::may(),
    }
}

fn found(language: Language) -> Vec<ListedCase> {
    let open = listed(language);
    let closed = ListedCase {
        number: number(77),
        customer: "j.jansen@klant.example".to_owned(),
        subject: String::new(),
        handler: None,
        state: CaseState::Closed,
        closed_at: Some(after(-200, 0)),
        next: None,
        ..open.clone()
    };
    let over = |serial, state| ListedCase { number: number(serial), state, closed_at: None, ..closed.clone() };
    vec![open, closed.clone(), over(12, CaseState::Dismissed), over(11, CaseState::Merged)]
}

fn standing(language: Language) -> Vec<ListedCase> {
    let open = found(language).swap_remove(0);
    let late = ListedCase {
        number: number(98),
        customer: "Sanne de Boer".to_owned(),
        subject: pick(language, "Dubbele afschrijving", "Charged twice"),
        next: Some((Clock::Resolve, after(-16, 0))),
        ..open.clone()
    };
    let waiting = ListedCase { next: None, number: number(90), ..open.clone() };
    let nobodys = ListedCase { handler: None, number: number(125), ..open.clone() };
    vec![late, open, waiting, nobodys]
}

fn file(language: Language) -> Dossier {
    let happened = |hours, what, dutch: &str, english: &str, by: &str| Happened {
        at: after(hours, 0),
        what,
        text: pick(language, dutch, english),
        by: by.to_owned(),
    };
    let letter = |hours, kind, to: &str, fate: Option<LetterFate>| WrittenLetter {
        kind,
        to: to.to_owned(),
        written_at: after(hours, 0),
        fate: fate.map(|fate| (after(hours, 1), fate)),
    };
    let accepted =
        LetterFate::Accepted { server: "mx.klant.example".to_owned(), reply: "250 2.0.0 queued as 4F1".to_owned() };
    let customers = "jan.jansen@klant.example";
    Dossier {
        customer: customer(),
        channel: Channel::Email,
        subject: subject(language),
        text: pick(
            language,
            "Mijn leaseauto (XK-123-B) kwam terug met een kras op het linker portier.\nNiemand belt terug.",
            "My lease car (XK-123-B) came back with a scratch on the left door.\nNobody calls back.",
        ),
        references: ["XK-123-B", "GB-001-B"]
            .map(|plate| Reference { name: "kenteken".to_owned(), written: plate.to_owned() })
            .to_vec(),
        department_title: pick(language, "Schade en verzekering", "Damage and insurance"),
        handler: Some(address(HANDLER)),
        state: CaseState::Open,
        lodged_at: after(-13, 42),
        closed_at: None,
        clocks: [
            (Clock::Acknowledge, due().acknowledge, Some(after(-13, 43))),
            (Clock::FirstResponse, after(-8, 0), Some(after(-4, 0))),
            (Clock::Resolve, due().resolve, None),
        ],
        timeline: vec![
            happened(-13, HappenedWhat::Received, "Kras", "Scratch", ""),
            happened(-9, HappenedWhat::Handled, "", "", HANDLER),
            happened(-8, HappenedWhat::Noted, "Niet meer dan € 500 bieden.", "Offer no more than € 500.", HANDLER),
            happened(-4, HappenedWhat::Answered, "Kunt u een foto sturen?", "Could you send a photo?", HANDLER),
            happened(-2, HappenedWhat::CustomerWrote, "Hierbij de foto.", "Here is the photo.", ""),
            happened(-1, HappenedWhat::Planned, "Garage bellen", "Call the garage", HANDLER),
        ],
        letters: vec![
            letter(-13, LetterKind::Acknowledgement, customers, Some(accepted)),
            letter(
                -4,
                LetterKind::Answer,
                customers,
                Some(LetterFate::Refused { reply: "550 User unknown".to_owned() }),
            ),
            letter(-3, LetterKind::Answer, customers, None),
        ],
        listed: Vec::new(),
        may_answer: MayAnswer::Yes,
        unused: String::new(),
    }
}

/// Hardly anything known, closed, and letters with every other fate.
fn bare(full: Dossier) -> Dossier {
    let fates = [
        LetterFate::Bounced { permanent: true, status: "5.1.1".to_owned() },
        LetterFate::Held { reason: "er staat een interne notitie in".to_owned() },
        LetterFate::Unwritten {
            because: Unwritable::Sheet,
            detail: "expected a letter of at most 30 sheets".to_owned(),
        },
    ];
    let letters = fates.map(|fate| WrittenLetter { fate: Some((after(0, -10), fate)), ..full.letters[0].clone() });
    Dossier {
        references: Vec::new(),
        handler: None,
        state: CaseState::Closed,
        closed_at: Some(after(-1, 0)),
        clocks: [
            (Clock::Acknowledge, after(-2, 0), None),
            (Clock::FirstResponse, after(-2, 0), Some(after(-3, 0))),
            (Clock::Resolve, after(-2, 0), None),
        ],
        timeline: [HappenedWhat::Dismissed, HappenedWhat::Restored]
            .map(|what| Happened { at: after(-1, 0), what, text: String::new(), by: HANDLER.to_owned() })
            .to_vec(),
        letters: letters.to_vec(),
        listed: vec![("03 2026-11-22 klant.eml".to_owned(), 70_000_000)],
        unused: "Beste Jan, dank voor de foto.".to_owned(),
        ..full
    }
}
