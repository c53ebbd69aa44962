//! Subject lines. A customer reads the number only, because no text of a stranger may stand in an acknowledgement
//! (invariant 11); the staff's stay the same but for `Re: `, so that mail clients keep a case together. Pure.

use super::clean::{self, SUBJECT_CHARS_MAX};
use super::words::Words;
use crate::case::{LetterKind, TermStage};
use crate::desk::caps::Cap;
use crate::desk::draft::{Agenda, AgendaStage, AlarmAbout, Asked, CaseList, Content, Draft, Outage, OutageStage, Term};
use crate::desk::outage::Area;
use crate::digest::Section;

/// Room for the customer's name in a staff letter's subject.
const CUSTOMER_CHARS_MAX: usize = 60;
/// Room for the complaint's subject: what the number, the name and `Re: ` leave.
const TOPIC_CHARS_MAX: usize = 110;

/// The letter's subject, without controls and at most 200 characters.
pub(super) fn subject(draft: &Draft, words: Words) -> String {
    let subject = match (draft.content.kind().is_for_customer(), draft.case) {
        (true, _) if let Some(count @ 2..) = several(draft) => {
            let complaints = words.say(["Uw klachten", "Your complaints", "Ihre Beschwerden", "Vos réclamations"]);
            format!("{complaints} ({count})")
        }
        (true, Some(number)) => {
            let reply = if is_first(draft) { "" } else { "Re: " };
            format!("{reply}{} {number}", your_complaint(words))
        }
        (true, None) => your_complaint(words).to_owned(),
        (false, Some(number)) if draft.content.kind() == LetterKind::Alarm => {
            format!("{} [{number}]", desk_line(draft, words))
        }
        (false, Some(_)) => match &draft.content {
            Content::Notification(_) => case_line(draft, words),
            Content::Term(term) => format!("{}: {}", term_prefix(term, words), case_line(draft, words)),
            Content::Paper(_) => format!("{}: {}", words.pick("Te posten", "To be posted"), case_line(draft, words)),
            Content::Status(_) => {
                format!("{}: {}", words.pick("Tussenbericht nodig", "Interim letter needed"), case_line(draft, words))
            }
            Content::Away(_) => {
                format!("{}: {}", words.pick("Behandelaar afwezig", "Handler away"), case_line(draft, words))
            }
            Content::Urgent(_) => format!("{}: {}", words.pick("Dringend", "Urgent"), case_line(draft, words)),
            Content::Agenda(agenda) => format!("{}: {}", agenda_prefix(agenda, words), case_line(draft, words)),
            _ => format!("Re: {}", case_line(draft, words)),
        },
        (false, None) => desk_line(draft, words),
    };
    clean::line(&subject, SUBJECT_CHARS_MAX)
}

/// `[K-2026-000123] Schade aan de auto (Jan Jansen)`.
pub(super) fn case_line(draft: &Draft, words: Words) -> String {
    let number = draft.case.map_or_else(String::new, |number| format!("[{number}] "));
    let customer = clean::line(&draft.topic.customer, CUSTOMER_CHARS_MAX);
    let customer = if customer.is_empty() { customer } else { format!(" ({customer})") };
    format!("{number}{}{customer}", topic(draft, words))
}

/// The complaint's subject as staff read it.
pub(super) fn topic(draft: &Draft, words: Words) -> String {
    or_none(&clean::line(&draft.topic.subject, TOPIC_CHARS_MAX), words)
}

/// A subject, or that there is none.
pub(super) fn or_none(subject: &str, words: Words) -> String {
    if subject.is_empty() { words.pick("geen onderwerp", "no subject").to_owned() } else { subject.to_owned() }
}

/// How each letter to a customer begins.
fn your_complaint(words: Words) -> &'static str {
    words.say(["Uw klacht", "Your complaint", "Ihre Beschwerde", "Votre réclamation"])
}

/// How many complaints a customer is told of at once.
fn several(draft: &Draft) -> Option<usize> {
    match &draft.content {
        Content::Acknowledgements(several) => Some(several.complaints.len()),
        _ => None,
    }
}

/// The first letter to a customer opens the thread; all others answer in it.
fn is_first(draft: &Draft) -> bool {
    matches!(&draft.content, Content::Acknowledgement(acknowledgement) if !acknowledgement.reopened)
}

/// What a supervisor with a full mailbox must see without opening the mail.
fn term_prefix(term: &Term, words: Words) -> String {
    let also = term.also.iter().filter(|other| other.stage == term.stage).map(|other| other.clock);
    let clock = std::iter::once(term.clock).chain(also).map(|clock| words.clock(clock)).collect::<Vec<_>>().join(", ");
    match term.stage {
        TermStage::Before => words.pick(format!("Bijna te laat ({clock})"), format!("Due soon ({clock})")),
        TermStage::After => words.pick(format!("Te laat ({clock})"), format!("Overdue ({clock})")),
    }
}

fn agenda_prefix(agenda: &Agenda, words: Words) -> String {
    match agenda.stage {
        AgendaStage::Set => format!("Agenda {}", words.short(agenda.at)),
        AgendaStage::Due => words.pick("Nu te doen", "To do now").to_owned(),
        AgendaStage::Cancelled => words.pick("Van de agenda", "Off the agenda").to_owned(),
    }
}

/// A letter that belongs to no case says itself what it is about.
fn desk_line(draft: &Draft, words: Words) -> String {
    match &draft.content {
        Content::Digest(digest) => {
            let whose = digest.department_title.as_deref().map_or_else(String::new, |title| format!(" {title}"));
            let (late, today) = (digest.overdue(), digest.rows(Section::DueToday).len());
            let day = words.day(digest.day);
            words.pick(
                format!("Klachten{whose}, {day}: {late} te laat, {today} vandaag"),
                format!("Complaints{whose}, {day}: {late} overdue, {today} today"),
            )
        }
        Content::Month(month) => {
            let whose = month.department_title.as_deref().map_or_else(String::new, |title| format!(" {title}"));
            let of = words.month(month.compared.report.month.first_day());
            words.pick(format!("Klachten{whose} in {of}"), format!("Complaints{whose} in {of}"))
        }
        Content::SetAside(set_aside) => {
            let what = match set_aside.mails.as_slice() {
                [only] => or_none(&clean::line(&only.subject, TOPIC_CHARS_MAX), words),
                mails => words.pick(format!("{} berichten", mails.len()), format!("{} messages", mails.len())),
            };
            words.pick(format!("Terzijde gelegd: {what}"), format!("Set aside: {what}"))
        }
        Content::Shown(shown) => {
            let subject = or_none(&clean::line(&shown.subject, TOPIC_CHARS_MAX), words);
            let number = shown.mail;
            words.pick(format!("Bericht {number}: {subject}"), format!("Message {number}: {subject}"))
        }
        Content::Official(official) => {
            let subject = or_none(&clean::line(&official.subject, TOPIC_CHARS_MAX), words);
            format!("{}: {subject}", clean::line(&official.authority, CUSTOMER_CHARS_MAX))
        }
        Content::CaseList(list) => list_line(list, words),
        Content::Alarm(alarm) => alarm_line(&alarm.about, words).to_owned(),
        Content::Outage(outage) => outage_line(outage, words).to_owned(),
        Content::Bundle(bundle) => match bundle.letters {
            1 => words.pick("Een melding die wachtte", "A notice that waited").to_owned(),
            count => words.pick(format!("{count} meldingen in één bericht"), format!("{count} notices in one message")),
        },
        _ => format!("Re: {}", case_line(draft, words)),
    }
}

/// What was asked and how many cases answer it.
fn list_line(list: &CaseList, words: Words) -> String {
    let count = if list.more { format!("{}+", list.cases.len()) } else { list.cases.len().to_string() };
    match &list.asked {
        Asked::Standing => words.pick(format!("Uw open klachten ({count})"), format!("Your open complaints ({count})")),
        Asked::Search { words: searched } => {
            let searched = clean::line(&searched.join(" "), TOPIC_CHARS_MAX);
            words.pick(format!("Gezocht: {searched} ({count})"), format!("Searched: {searched} ({count})"))
        }
    }
}

/// What an operator with a full mailbox must know before the mail is opened.
fn outage_line(outage: &Outage, words: Words) -> &'static str {
    match (outage.area, &outage.stage) {
        (Area::Intake, OutageStage::Failing { .. }) => {
            words.pick("Storing: klachtpost ontvangt geen klachten", "Outage: klachtpost receives no complaints")
        }
        (Area::Intake, OutageStage::Over) => {
            words.pick("Hersteld: klachtpost ontvangt weer klachten", "Over: klachtpost receives complaints again")
        }
        (Area::Mailbox, OutageStage::Failing { .. }) => words
            .pick("Storing: de klachtenmailbox werkt niet helemaal", "Outage: part of the complaints mailbox fails"),
        (Area::Mailbox, OutageStage::Over) => words.pick(
            "Hersteld: de klachtenmailbox werkt weer helemaal",
            "Over: all of the complaints mailbox works again",
        ),
        (Area::Access, OutageStage::Failing { .. }) => words.pick(
            "Let op: klachtpost kan straks niet meer inloggen bij de mailserver",
            "Please look: soon klachtpost cannot log in to the mail server",
        ),
        (Area::Access, OutageStage::Over) => words.pick(
            "Hersteld: klachtpost kan weer inloggen bij de mailserver",
            "Over: klachtpost can log in to the mail server again",
        ),
        (Area::Route, OutageStage::Failing { .. }) => words.pick(
            "Storing: testberichten van klachtpost komen niet aan",
            "Outage: klachtpost's test mails do not arrive",
        ),
        (Area::Route, OutageStage::Over) => words.pick(
            "Hersteld: testberichten van klachtpost komen weer aan",
            "Over: klachtpost's test mails arrive again",
        ),
        (Area::Sending, OutageStage::Failing { .. }) => {
            words.pick("Storing: klachtpost verstuurt geen e-mail", "Outage: klachtpost sends no e-mail")
        }
        (Area::Sending, OutageStage::Over) => {
            words.pick("Hersteld: klachtpost verstuurt weer e-mail", "Over: klachtpost sends e-mail again")
        }
    }
}

/// What happened, so that the reader knows it before the mail is opened.
fn alarm_line(about: &AlarmAbout, words: Words) -> &'static str {
    match about {
        AlarmAbout::StaffLetterRefused { .. } => {
            words.pick("Let op: een collega krijgt geen post", "Please look: a colleague gets no mail")
        }
        AlarmAbout::CapReached { cap: Cap::Address, .. } => {
            words.pick("Let op: te veel e-mails met één adres", "Please look: too many e-mails with one address")
        }
        AlarmAbout::CapReached { cap: Cap::Unproven, .. } => words.pick(
            "Let op: veel onbewezen afzenders van één domein",
            "Please look: many unproven senders of one domain",
        ),
        AlarmAbout::CapReached { cap: Cap::Domain, .. } => {
            words.pick("Let op: te veel e-mails aan één domein", "Please look: too many e-mails to one domain")
        }
        AlarmAbout::CapReached { cap: Cap::Desk, .. } => {
            words.pick("Let op: te veel e-mails in een uur", "Please look: too many e-mails in an hour")
        }
        AlarmAbout::PaperHeld { .. } => {
            words.pick("Let op: brief aan klant tegengehouden", "Please look: letter to a customer held back")
        }
        AlarmAbout::NotOnFile(_) => words.pick(
            "Let op: berichten die niet in het register staan",
            "Please look: messages that are not in the register",
        ),
        AlarmAbout::HeldAtDoor { .. } => {
            words.pick("Let op: e-mail aan klant tegengehouden", "Please look: e-mail to a customer held back")
        }
    }
}
