//! Samples of what an authority writes, and of what cannot wait. Pure.

use super::{address, after, cover, customer, due, number, pick, subject};
use crate::case::{Breach, CaseState, Certainty, Duty, DutyKind, Language};
use crate::desk::draft::{Content, KnownBy, Official, OfficialAbout, Privacy, PrivacyStage, Urgent};

pub(super) fn letters(language: Language) -> Vec<Content> {
    let about = OfficialAbout {
        known_by: KnownBy::Number,
        customer: customer(),
        subject: subject(language),
        state: CaseState::Closed,
        lodged_at: after(-13, 42),
    };
    let linked = Official {
        authority: "De Geschillencommissie".to_owned(),
        from: "dossiers@commissie.example".to_owned(),
        certainty: Certainty::Proven,
        subject: pick(language, "Uw verweer in dossier 12345", "Your defence in file 12345"),
        text: pick(
            language,
            "De heer Jansen heeft een geschil ingediend.\nU kunt tot 15 januari 2027 verweer voeren.",
            "Mr Jansen filed a dispute.\nYou may file your defence until 15 January 2027.",
        ),
        quoted: String::new(),
        received_at: after(-1, 0),
        about: Some(about.clone()),
        perhaps: Vec::new(),
        cover: None,
    };
    let apart = Official {
        certainty: Certainty::Unproven,
        about: None,
        perhaps: vec![number(97), number(98)],
        cover: Some(cover(language)),
        ..linked.clone()
    };
    let by_name = OfficialAbout { known_by: KnownBy::Name, ..about };
    let by_name = Official { about: Some(by_name), ..linked.clone() };
    let urgent = Urgent {
        words: vec!["remmen".to_owned(), "gewond".to_owned()],
        customer: customer(),
        subject: subject(language),
        text: pick(language, "De remmen weigerden en mijn zoon is gewond.", "The brakes failed and my son is hurt."),
        received_at: after(-1, 0),
        due: due(),
        first_response_done: false,
        department_title: pick(language, "Schade en verzekering", "Damage and insurance"),
        handler: None,
    };
    let urgent = [
        urgent.clone(),
        Urgent { first_response_done: true, handler: Some(address("p.dewit@voorbeeld.example")), ..urgent },
    ];
    let urgent = urgent.map(|urgent| Content::Urgent(Box::new(urgent)));
    let right = Privacy {
        stage: PrivacyStage::Begins(Duty { kind: DutyKind::Access, due: after(700, 0) }),
        by: address("p.dewit@voorbeeld.example"),
        ask: None,
        text: pick(language, "De klant wil zien wat wij bewaren.", "The customer wants to see what we keep."),
        customer: customer(),
        subject: subject(language),
        lodged_at: after(-13, 42),
        identity: None,
        breach: None,
    };
    let hidden = Privacy { ask: Some(address("m.visser@voorbeeld.example")), text: String::new(), ..right.clone() };
    let ended = Privacy {
        stage: PrivacyStage::Ended(DutyKind::Access),
        text: String::new(),
        identity: Some(pick(language, "Paspoort gezien", "Saw the passport")),
        ..right.clone()
    };
    let breach = Privacy {
        stage: PrivacyStage::Begins(Duty { kind: DutyKind::Breach, due: after(72, 0) }),
        text: pick(language, "Feiten: brief aan de verkeerde klant", "Facts: a letter to the wrong customer"),
        breach: Some(Breach { facts: "brief".to_owned(), ..Breach::default() }),
        ..right.clone()
    };
    let privacy = [right, hidden, ended, breach].map(|privacy| Content::Privacy(Box::new(privacy)));
    [linked, apart, by_name]
        .map(|official| Content::Authority(Box::new(official)))
        .into_iter()
        .chain(urgent)
        .chain(privacy)
        .collect()
}
