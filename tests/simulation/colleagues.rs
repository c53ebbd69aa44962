//! The colleagues of the month: what they do about a letter, and the words they type, slips and secrets among them.

use crate::ledger::Verdict;
use crate::slow::{Moment, office_hours, wall};
use crate::town::Got;
use chrono::TimeDelta;

/// Stands in every internal text; no customer may ever read it.
const SECRET: &str = "vertrouwelijk-zwart";
/// What customers read of a settlement that a colleague judged, and what is paid with the first.
const UPHELD: &str = "U hebt gelijk; u krijgt uw geld terug.";
const REJECTED: &str = "Wij doen hier niets aan, omdat het volgens het rapport bij de inname al zo was.";
const PAID: (&str, u64) = ("89,50", 8_950);

/// What a colleague does with a letter.
#[derive(Clone, Copy, PartialEq)]
pub enum Does {
    Answer,
    Close,
    Uphold,
    Reject,
    Interim,
    Dispute,
    Rule,
    Call,
    Note,
    Typo,
    VerbLowerDown,
    CopyToColleague,
    Escalate,
    Advise,
    Agenda,
    Dismiss,
}

impl Does {
    /// What is typed above the quoted letter.
    pub fn typed(self, id: &str, at: Moment) -> String {
        let secret = format!("{SECRET} {id}");
        match self {
            Self::Answer => "Beste klant,\r\n\r\nWij zoeken het uit en komen er vandaag op terug.".to_owned(),
            Self::Close => "#afgehandeld\r\nWij hebben het in orde gemaakt en excuses aangeboden.".to_owned(),
            Self::Uphold => {
                format!("#gegrond {secret}\r\n#oorzaak planning\r\n#vergoeding {}\r\n#afgehandeld\r\n{UPHELD}", PAID.0)
            }
            Self::Reject => format!("#ongegrond\r\n#afgehandeld\r\n{REJECTED}"),
            Self::Interim => {
                let shown = wall(promises(at)).format("%d-%m-%Y %H:%M").to_string();
                format!("#tussenbericht {shown}\r\nDe garage heeft ons nog niet gebeld.")
            }
            Self::Dispute => format!("#geschil\r\n{secret}"),
            Self::Rule => format!("#gegrond\r\n#uitspraak\r\n{secret}"),
            Self::Call => format!("#gebeld {secret}"),
            Self::Note => format!("#intern\r\n{secret}"),
            Self::Typo => format!("#afgehandelt\r\n{secret}"),
            Self::VerbLowerDown => format!("Even dit:\r\n{secret}\r\n#intern"),
            Self::CopyToColleague => format!("Kijk jij hier eens naar? {secret}"),
            Self::Escalate => format!("#escaleren\r\nMag ik dit vergoeden? {secret}"),
            Self::Advise => format!("Ja, doe maar. {secret}"),
            Self::Agenda => {
                let shown = wall(office_hours(at + TimeDelta::hours(20)));
                format!("#agenda {} {secret}", shown.format("%d-%m-%Y %H:%M"))
            }
            Self::Dismiss => format!("#geenklacht {secret}"),
        }
    }
}

/// Until when a colleague promises more: typed to the minute.
pub fn promises(at: Moment) -> Moment {
    let until = office_hours(at + TimeDelta::hours(30));
    until - TimeDelta::seconds(until.timestamp() % 60)
}

/// What is done about a letter of that kind, one after the other.
pub fn about(kind: &str, roll: u64, is_open: bool, subject: &str) -> &'static [Does] {
    match (kind, roll) {
        ("notification", 0..16) => &[Does::Answer, Does::Close],
        ("notification", 16..24) => &[Does::Answer, Does::Reject],
        ("notification", 24..34) => &[Does::Answer, Does::Uphold],
        ("notification", 34..40) => &[Does::Interim, Does::Close],
        ("notification", 40..44) => &[Does::Interim],
        ("notification", 44..55) => &[Does::Close],
        ("notification", 55..63) => &[Does::Call, Does::Close],
        ("notification", 63..70) => &[Does::Note, Does::Answer],
        ("notification", 70..76) => &[Does::Typo],
        ("notification", 76..80) => &[Does::VerbLowerDown],
        ("notification", 80..84) => &[Does::CopyToColleague],
        ("notification", 84..89) => &[Does::Escalate],
        ("notification", 89..93) => &[Does::Agenda],
        ("notification", 93..96) => &[Does::Dismiss],
        ("escalation", _) => &[Does::Advise],
        ("advice" | "question", _) if is_open => &[Does::Close],
        ("follow_up", 0..50) if is_open => &[Does::Answer],
        ("follow_up", 50..90) if is_open => &[Does::Close],
        ("delivery_failed", 0..70) => &[Does::Call],
        ("agenda", _) if is_open && subject.starts_with("Nu") => &[Does::Close],
        ("term", 0..60) if is_open && subject.contains("(oplossen)") => &[Does::Close],
        ("term", 60..75) => &[Does::Dispute, Does::Rule],
        _ => &[],
    }
}

/// What a colleague said of the complaint, as its settlement shows.
pub fn verdict(letter: &Got) -> Option<Verdict> {
    let text = letter.mail.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let upheld = text.contains(UPHELD).then_some(Verdict::Upheld(PAID.1));
    upheld.or_else(|| text.contains(REJECTED).then_some(Verdict::Rejected))
}

/// Whether a text holds what only colleagues may read.
pub fn is_internal(text: &str) -> bool {
    text.contains(SECRET)
}
