//! Mails that are kept and not acted on: filed, set aside as suspect, or unreadable. What might be a complaint is shown to
//! a person (invariant 1); a loop or a machine's report is not. Pure.

use super::draft::{Content, Draft, SetAside};
use super::letters_out::{caseless, department};
use super::may_reply::sender;
use super::{Decision, Disposition, Fresh, Incoming, Rules};
use crate::case::{Actor, Address, Case, CaseNumber, Event, Language, Moment, What};

/// Characters of a text shown in a notice about a mail set aside.
const EXCERPT_MAX: usize = 600;

/// Why a person should look at a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aside<'a> {
    /// Its sender is the complaints address, but it is no letter of ours.
    InOurName,
    /// It names a colleague as its sender, and the mail server does not confirm that (invariant 6).
    Unproven,
    /// A colleague's mailbox sent it by machine.
    MachineOfStaff,
    /// Neither a sender nor any text was found.
    Nothing,
    /// Reading it failed, and why.
    Unread(&'a str),
}

impl Aside<'_> {
    /// For the person who looks at it; the register keeps the English words.
    fn words(self, language: Language) -> String {
        let (dutch, english) = match self {
            Self::InOurName => (
                "het komt zogenaamd van het klachtenadres zelf",
                "it claims to come from the complaints address itself",
            ),
            Self::Unproven => (
                "de afzender zou een collega zijn, maar de mailserver bevestigt dat niet",
                "it names a colleague as its sender, which the mail server does not confirm",
            ),
            Self::MachineOfStaff => (
                "het komt van een collega, maar is automatisch verstuurd; er is niets doorgestuurd",
                "it comes from a colleague, but a machine sent it; nothing was relayed",
            ),
            Self::Nothing => {
                ("er is geen afzender en geen tekst in gevonden", "neither a sender nor any text was found in it")
            }
            Self::Unread(why) => {
                return match language {
                    Language::Dutch => format!("het kon niet worden gelezen ({why})"),
                    Language::English => format!("it could not be read ({why})"),
                };
            }
        };
        match language {
            Language::Dutch => dutch.to_owned(),
            Language::English => english.to_owned(),
        }
    }
}

/// A mail that is kept, and about which nothing more is done.
pub(super) fn filed(
    mail: &Incoming<'_>,
    disposition: Disposition,
    case: Option<CaseNumber>,
    reason: String,
    now: Moment,
) -> Decision {
    kept(mail.id, disposition, case, reason, now)
}

fn kept(mail: i64, disposition: Disposition, case: Option<CaseNumber>, reason: String, now: Moment) -> Decision {
    let what = What::MailFiled { disposition: disposition.name().to_owned(), reason: reason.clone() };
    let event = Event { at: now, case, actor: Actor::Desk, mail: Some(mail), what };
    Decision { disposition, reason, case, events: vec![event], letters: Vec::new() }
}

/// Set aside as suspect, and told to the supervisor: of the case's department where there is one, else the fallback's.
pub(super) fn set_aside(
    mail: &Incoming<'_>,
    case: Option<&Case>,
    why: Aside<'_>,
    rules: &Rules,
    now: Moment,
    fresh: &mut Fresh,
) -> Decision {
    let from = sender(mail.mail);
    let notice = SetAside {
        from: from.as_ref().map(ToString::to_string).unwrap_or_default(),
        subject: mail.mail.subject.clone(),
        received_at: mail.received_at,
        reason: why.words(rules.language),
        mail: mail.id,
        excerpt: mail.mail.reply.chars().take(EXCERPT_MAX).collect(),
    };
    let letters = match reader(case, rules) {
        // A machine is not written to, whosever it is (invariant 5).
        Some(reader) if mail.mail.automatic.is_some() && from == Some(reader.clone()) => Vec::new(),
        reader => notices(reader, notice, rules, fresh),
    };
    let number = case.map(|case| case.number);
    Decision { letters, ..filed(mail, Disposition::SetAside, number, why.words(Language::English), now) }
}

/// A mail that reading did not survive (invariant 1): a person sees it.
pub fn on_unreadable(
    mail: i64,
    received_at: Moment,
    reason: &str,
    rules: &Rules,
    now: Moment,
    fresh: &mut Fresh,
) -> Decision {
    unreadable(mail, received_at, Aside::Unread(reason), rules, now, fresh)
}

pub(super) fn unreadable(
    mail: i64,
    received_at: Moment,
    why: Aside<'_>,
    rules: &Rules,
    now: Moment,
    fresh: &mut Fresh,
) -> Decision {
    let notice = SetAside {
        from: String::new(),
        subject: String::new(),
        received_at,
        reason: why.words(rules.language),
        mail,
        excerpt: String::new(),
    };
    let letters = notices(reader(None, rules), notice, rules, fresh);
    Decision { letters, ..kept(mail, Disposition::Unreadable, None, why.words(Language::English), now) }
}

fn reader(case: Option<&Case>, rules: &Rules) -> Option<Address> {
    let department = case.map_or_else(|| rules.fallback(), |case| department(case, rules));
    department.map(|department| department.supervisor.clone())
}

fn notices(reader: Option<Address>, notice: SetAside, rules: &Rules, fresh: &mut Fresh) -> Vec<Draft> {
    reader.map(|to| caseless(to, Content::SetAside(notice), rules, fresh)).into_iter().collect()
}
