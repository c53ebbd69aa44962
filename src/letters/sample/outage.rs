//! Samples of the letters to the operator: each trouble of each area, and their ends. Pure.

use super::after;
use crate::case::Language;
use crate::desk::draft::{Content, Outage, OutageStage};
use crate::desk::outage::{Area, Trouble};

/// An error as the log has it.
const FOUND: &str = "mailbox imap.voorbeeld.example:993: tried to connect, expected a working connection, found: \
                     connection refused; next: is the server up, and are mailbox.host and mailbox.port right?";

pub(super) fn letters(_: Language) -> Vec<Content> {
    let outage = |area, minutes: i64, stage| {
        Content::Outage(Outage { area, mailbox: None, since: after(0, -minutes), now: after(0, 0), stage })
    };
    let failing = |trouble| OutageStage::Failing { trouble, found: FOUND.to_owned() };
    let mut all: Vec<Content> =
        Trouble::ALL.iter().map(|trouble| outage(area(*trouble), 35, failing(*trouble))).collect();
    all.push(outage(Area::Intake, 95, OutageStage::Over));
    all.push(outage(Area::Mailbox, 95, OutageStage::Over));
    let of_sending = [Trouble::Away, Trouble::Certificate, Trouble::Login, Trouble::Refusal, Trouble::Files];
    all.extend(of_sending.map(|trouble| outage(Area::Sending, 60 * 25, failing(trouble))));
    all.push(outage(Area::Sending, 60 * 26, OutageStage::Over));
    all.push(outage(Area::Access, 35, failing(Trouble::Login)));
    all.push(outage(Area::Access, 95, OutageStage::Over));
    all.push(outage(Area::Route, 95, OutageStage::Over));
    let of_one = |stage| {
        let (mailbox, since, now) = (Some("zakelijk".into()), after(0, -35), after(0, 0));
        Content::Outage(Outage { area: Area::Intake, mailbox, since, now, stage })
    };
    all.extend([failing(Trouble::Away), OutageStage::Over].map(of_one));
    all
}

fn area(trouble: Trouble) -> Area {
    match trouble {
        Trouble::Moving | Trouble::Giving => Area::Mailbox,
        Trouble::ExpiresInAMonth | Trouble::ExpiresInAWeek | Trouble::ExpiresInADay => Area::Access,
        Trouble::NotBack => Area::Route,
        _ => Area::Intake,
    }
}
