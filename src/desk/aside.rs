//! Mails that are kept and not acted on: filed, set aside as spam, a loop or suspect, or unreadable. Nothing that is put
//! aside goes unseen (invariant 1): `aside_notice.rs` tells a person of it within the hour; what concerns a case is told
//! to that case's department at once. Pure.

use super::aside_notice::put_aside;
use super::draft::{Content, Draft, SetAside};
use super::letters_out::{department, to_staff};
use super::machine::SentBy;
use super::may_reply::sender;
use super::{Decision, Disposition, Fresh, Incoming, Rules, Stored};
use crate::case::{Actor, Case, CaseNumber, Event, Language, Moment, What};

/// Why a person should look at a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aside<'a> {
    /// The mail server says so, in a header or by the folder it put it in.
    Spam,
    /// It carries the mark that all our letters carry.
    OurMark,
    /// It is a letter of ours.
    OurLetter,
    /// Its sender is the complaints address, but it is no letter of ours.
    InOurName,
    /// It names a colleague as its sender, and the mail server does not confirm that (invariant 6).
    Unproven,
    /// It is a colleague's mail to a customer, and perhaps an older one that somebody sent on (invariant 6).
    Resent,
    /// A colleague's mailbox sent it by machine.
    MachineOfStaff,
    /// A list or newsletter sent it on.
    Bulk,
    /// A click in a mail program that belongs to no letter of ours.
    Click,
    /// A mail server's own words, about no letter that is known.
    MailSystem,
    /// A mail server's report about an address, that names no letter of ours.
    NoLetterNamed,
    /// Neither a sender nor any text was found.
    Nothing,
    /// Reading it failed, and why.
    Unread(&'a str),
}

impl<'a> Aside<'a> {
    const FIXED: [Aside<'static>; 12] = [
        Aside::Spam,
        Aside::OurMark,
        Aside::OurLetter,
        Aside::InOurName,
        Aside::Unproven,
        Aside::Resent,
        Aside::MachineOfStaff,
        Aside::Bulk,
        Aside::Click,
        Aside::MailSystem,
        Aside::NoLetterNamed,
        Aside::Nothing,
    ];

    /// What the register keeps of it, back as a reason: what is none of the fixed ones is what a reading ended with.
    pub fn of(reason: &'a str) -> Self {
        Self::FIXED.into_iter().find(|aside| aside.english() == reason).unwrap_or(Aside::Unread(reason))
    }

    /// A letter of ours that came back, in whatever shape (invariant 5).
    pub fn is_loop(self) -> bool {
        matches!(self, Self::OurMark | Self::OurLetter)
    }

    /// As the register keeps it: these words are known again by [`Aside::of`].
    pub fn english(self) -> &'a str {
        match self {
            Self::Spam => "marked as spam by the mail server",
            Self::OurMark => "loop: it carries our own loop mark",
            Self::OurLetter => "loop: it is a letter of ours",
            Self::InOurName => "it claims to come from the complaints address itself",
            Self::Unproven => "it names a colleague as its sender, which the mail server does not confirm",
            Self::Resent => "it is a colleague's mail to a customer, but somebody else may have sent it on",
            Self::MachineOfStaff => "it comes from a colleague, but a machine sent it; nothing was relayed",
            Self::Bulk => "a mailing list or newsletter sent it on",
            Self::Click => {
                "it is a click in a mail program (a reaction, a receipt, a recall), to no letter that is known"
            }
            Self::MailSystem => "a mail server wrote it, and it is no report that could be read",
            Self::NoLetterNamed => {
                "a mail server says that something did not arrive, and names no letter of ours: nothing was changed"
            }
            Self::Nothing => "neither a sender nor any text was found in it",
            Self::Unread(why) => why,
        }
    }

    /// For the person who looks at it.
    pub fn words(self, language: Language) -> String {
        if language == Language::English {
            return match self {
                Self::OurMark | Self::OurLetter => "it is a letter of ours that came back to us".to_owned(),
                other => other.english().to_owned(),
            };
        }
        match self {
            Self::Spam => "de mailserver houdt het voor spam".to_owned(),
            Self::OurMark | Self::OurLetter => "het is een brief van onszelf die bij ons terugkwam".to_owned(),
            Self::InOurName => "het komt zogenaamd van het klachtenadres zelf".to_owned(),
            Self::Unproven => "de afzender zou een collega zijn, maar de mailserver bevestigt dat niet".to_owned(),
            Self::Resent => {
                "het is een bericht van een collega aan een klant, maar misschien door een ander opnieuw verstuurd"
                    .to_owned()
            }
            Self::MachineOfStaff => {
                "het komt van een collega, maar is automatisch verstuurd; er is niets doorgestuurd".to_owned()
            }
            Self::Bulk => "het is via een mailinglijst of nieuwsbrief verstuurd".to_owned(),
            Self::Click => {
                "het is een klik in een mailprogramma (een reactie, leesbevestiging of intrekking), bij geen bekende brief"
                    .to_owned()
            }
            Self::MailSystem => "een mailserver schreef het, en het is geen leesbare bezorgmelding".to_owned(),
            Self::NoLetterNamed => {
                "een mailserver schrijft dat iets niet aankwam, maar noemt geen brief van ons: er is niets veranderd; vraag zo nodig na of de klant onze laatste brief heeft"
                    .to_owned()
            }
            Self::Nothing => "er is geen afzender en geen tekst in gevonden".to_owned(),
            Self::Unread("reading it failed") => "het kon niet worden gelezen".to_owned(),
            Self::Unread(why) => format!("het kon niet worden gelezen ({why})"),
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

/// Set aside. On a case its department's supervisor is told at once; what concerns no case waits for the notice.
pub(super) fn set_aside(
    mail: &Incoming<'_>,
    case: Option<&Case>,
    why: Aside<'_>,
    rules: &Rules,
    now: Moment,
    fresh: &mut Fresh,
) -> Decision {
    let number = case.map(|case| case.number);
    let mut decision = filed(mail, Disposition::SetAside, number, why.english().to_owned(), now);
    if let Some(letter) = case.and_then(|case| at_once(mail, case, why, rules, fresh)) {
        let what = What::AsideTold { letter: Some(letter.id.clone()), mails: vec![mail.id] };
        decision.events.push(Event { at: now, case: number, actor: Actor::Desk, mail: None, what });
        decision.letters.push(letter);
    }
    decision
}

/// None where the reader's own mailbox is the machine that sent it, whosever that is (invariant 5): then the notice to
/// somebody else tells of it.
fn at_once(mail: &Incoming<'_>, case: &Case, why: Aside<'_>, rules: &Rules, fresh: &mut Fresh) -> Option<Draft> {
    let reader = department(case, rules)?.supervisor.clone();
    let is_machines = SentBy::of(mail.mail, rules) != SentBy::Person;
    if is_machines && sender(mail.mail).as_ref() == Some(&reader) {
        return None;
    }
    let stored = Stored::of(mail, why.english());
    let told = put_aside(&stored, rules);
    let content = Content::SetAside(SetAside { mails: vec![told], waiting: 0 });
    Some(to_staff(case, reader, content, rules, fresh))
}

/// A mail that reading did not survive (invariant 1): a person sees it, in the next notice.
pub fn on_unreadable(mail: i64, reason: &str, now: Moment) -> Decision {
    unreadable(mail, Aside::Unread(reason), now)
}

pub(super) fn unreadable(mail: i64, why: Aside<'_>, now: Moment) -> Decision {
    kept(mail, Disposition::Unreadable, None, why.english().to_owned(), now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_that_the_register_keeps_is_known_again() {
        for aside in Aside::FIXED {
            assert_eq!(Aside::of(aside.english()), aside);
        }
        assert_eq!(Aside::of("reading it failed"), Aside::Unread("reading it failed"));
    }
}
