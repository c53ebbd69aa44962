//! What the templates of notices to staff can print, and what letters to staff have in common. Pure.

use super::{Seen, handled};
use crate::case::{CaseNumber, Channel, Customer, Moment, Place, Reach, Why};
use crate::desk::draft::{AlarmAbout, Cover, DeliveryFailed, FollowUp, Notification, Remark, Unacknowledged, Writer};
use crate::desk::verbs::Verb;
use crate::letters::{clean, mime, subject};
use minijinja::context;
use minijinja::value::Value;

/// A complaint is printed up to here, some ten pages; the whole is on file.
pub(super) const TEXT_CHARS_MAX: usize = 20_000;
/// What stood below it, from earlier mails: enough to see what it was about.
const QUOTED_CHARS_MAX: usize = 4_000;
/// Attachments named one by one; a mail may have thousands.
pub(super) const LISTED_MAX: usize = 50;
/// The verbs a handler needs most; `#hulp` brings the others.
const USUAL: [Verb; 3] = [Verb::Note, Verb::Close, Verb::Phoned];
/// Keywords named in the reason why a case came here.
const KEYWORDS_MAX: usize = 8;

impl Seen<'_> {
    pub(super) fn notification(&self, letter: &Notification) -> Value {
        context! {
            customer => self.customer(&letter.customer),
            channel => match letter.channel {
                Channel::Email => "email",
                Channel::Phone => "phone",
                Channel::Letter => "letter",
                Channel::Desk => "desk",
            },
            subject_line => self.subject_line(&letter.subject),
            references => self.references(&letter.references),
            words => words_of(&letter.text, &letter.quoted),
            department => self.line(&letter.department_title),
            why => self.why(&letter.why),
            received => self.words.short(letter.received_at),
            first_response => self.term(letter.due.first_response),
            resolve => self.term(letter.due.resolve),
            attached => self.attached(),
            listed => self.listed(&letter.listed),
            remark_list => self.remarks(&letter.remarks),
            reopened => letter.reopened,
            unknown => letter.remarks.iter().any(|remark| matches!(remark, Remark::WhoIsCustomer { .. })),
            unacknowledged => letter.unacknowledged.map(|why| match why {
                Unacknowledged::NoAddress => "no_address",
                Unacknowledged::ByPost => "by_post",
                Unacknowledged::Automatic => "automatic",
                Unacknowledged::Disowned => "disowned",
            }),
            cover => letter.cover.as_ref().map(cover_of),
            verbs => self.rows(&USUAL),
            help => self.verb(Verb::Help),
        }
    }

    pub(super) fn follow_up(&self, letter: &FollowUp) -> Value {
        context! {
            customer => self.customer(&letter.customer),
            subject_line => self.subject_line(&letter.subject),
            words => words_of(&letter.text, &letter.quoted),
            received => self.words.short(letter.received_at),
            first_response => Some(letter.due.first_response).filter(|_| !letter.first_response_done).map(|due| self.term(due)),
            resolve => self.term(letter.due.resolve),
            attached => self.attached(),
            listed => self.listed(&letter.listed),
            remark_list => self.remarks(&letter.remarks),
            state => letter.state.name(),
            cover => letter.cover.as_ref().map(cover_of),
            by_other => if let Writer::Other(address) = &letter.by { Some(self.line(address)) } else { None },
        }
    }

    pub(super) fn delivery_failed(&self, letter: &DeliveryFailed) -> Value {
        context! {
            customer => self.customer(&letter.customer),
            letter => self.words.letter(letter.letter_kind),
            to => self.line(&letter.to),
            reply => self.line(&letter.reply),
            permanent => letter.permanent,
            runs_again => letter.runs_again.map(|(clock, due)| context! {
                clock => self.words.clock(clock), when => self.words.short(due), past => self.is_past(due),
            }),
        }
    }

    pub(super) fn alarm(&self, about: &AlarmAbout) -> Value {
        match about {
            AlarmAbout::StaffLetterRefused { to, letter_kind, reply } => context! {
                about => "staff_letter_refused",
                attached => self.carried.len(),
                to => self.line(to),
                letter => self.words.letter(*letter_kind),
                reply => self.line(reply),
            },
            AlarmAbout::CapReached { cap, desk, other_end } => context! {
                about => cap.name(),
                desk => desk.to_string(),
                to => self.line(other_end),
            },
            AlarmAbout::NotOnFile(missing) => context! { about => "not_on_file", missing => self.not_on_file(missing) },
            AlarmAbout::PaperHeld { reason } => context! { about => "paper_held", reason => self.line(reason) },
            AlarmAbout::HeldAtDoor { to, reason } => {
                context! { about => "held_at_door", to => self.line(to), reason => self.line(reason) }
            }
        }
    }

    pub(super) fn customer(&self, customer: &Customer) -> Value {
        let name = clean::line(&customer.name, clean::NAME_CHARS_MAX);
        let line = match (&customer.address, name.is_empty()) {
            (Some(address), true) => address.to_string(),
            (Some(address), false) => format!("{name} ({address})"),
            (None, true) => self.words.pick("naam onbekend", "name unknown").to_owned(),
            (None, false) => name,
        };
        context! {
            line,
            address => customer.address.as_ref().map(ToString::to_string),
            phone => customer.phone.as_deref().map(|phone| self.line(phone)),
            postal => self.line(&customer.postal.join(", ")),
            can_write => customer.reach() != Reach::Phone,
        }
    }

    /// Somebody who is not the customer.
    fn other(&self, address: &str) -> String {
        let unknown = self.words.pick("een onbekende afzender", "an unknown sender");
        if address.is_empty() { unknown.to_owned() } else { self.line(address) }
    }

    pub(super) fn subject_line(&self, subject: &str) -> String {
        subject::or_none(&clean::line(subject, clean::SUBJECT_CHARS_MAX), self.words)
    }

    pub(super) fn term(&self, due: Moment) -> Value {
        context! { when => self.words.short(due), past => self.is_past(due) }
    }

    pub(super) fn attached(&self) -> Vec<Value> {
        self.carried.iter().map(|one| self.file(&one.name, one.size)).collect()
    }

    /// What the draft lists, then what turned out too large to go along.
    pub(super) fn listed(&self, listed: &[(String, usize)]) -> Vec<Value> {
        let drafted = listed.iter().map(|(name, size)| (name, *size));
        let left_out = self.left_out.iter().map(|one| (&one.name, one.size));
        let total = listed.len() + self.left_out.len();
        let mut files: Vec<_> =
            drafted.chain(left_out).take(LISTED_MAX).map(|(name, size)| self.file(name, size)).collect();
        if let Some(more @ 1..) = total.checked_sub(LISTED_MAX) {
            let name = self.words.pick(format!("en nog {more} andere"), format!("and {more} more"));
            files.push(context! { name, size => "…" });
        }
        files
    }

    pub(super) fn file(&self, name: &str, size: usize) -> Value {
        context! { name => mime::file_name(name), size => self.words.size(size) }
    }

    fn remarks(&self, remarks: &[Remark]) -> Vec<Value> {
        let view = |remark: &Remark| {
            let (kind, value) = match remark {
                Remark::MayBelongTo(number) => return self.may_belong_to(*number),
                Remark::AnswersUnknown(number) => ("answers_unknown", number.to_string()),
                Remark::AnswersForgotten(number) => ("answers_forgotten", number.to_string()),
                Remark::SenderUnproven => ("sender_unproven", String::new()),
                Remark::SenderDisowned => ("sender_disowned", String::new()),
                Remark::ReplyToElsewhere(address) => ("reply_to_elsewhere", self.line(address)),
                Remark::SenderOdd(what) => ("sender_odd", self.words.odd_sender(*what).to_owned()),
                Remark::NotAllRead(what) => ("not_all_read", self.words.unread(*what).to_owned()),
                Remark::OnlyTheBeginning => ("only_the_beginning", String::new()),
                Remark::Reopened => ("reopened", String::new()),
                Remark::ReceiptStated => ("receipt_stated", String::new()),
                Remark::ResentUnproven(address) => ("resent_unproven", self.line(address)),
                Remark::WasCase(number) => {
                    return context! { kind => "was_case", value => number.to_string(), wrote => "" };
                }
                Remark::WasCaseOf { number, wrote } => {
                    return context! { kind => "was_case", value => number.to_string(), wrote => self.line(wrote) };
                }
                Remark::FromOther(address) => ("from_other", self.other(address)),
                Remark::ByRepresentative(address) => ("by_representative", self.line(address)),
                Remark::InNameOf(authority) => ("in_name_of", self.line(authority)),
                Remark::ByForm(from) => ("by_form", self.line(from)),
                Remark::WhoIsCustomer { from, perhaps } => return self.who_is_customer(from, perhaps),
                Remark::WasAside { reason, by } => return self.was_aside(reason, by.as_deref()),
            };
            context! { kind, value }
        };
        remarks.iter().take(LISTED_MAX).map(view).collect()
    }

    /// With a button that makes one of the two.
    fn may_belong_to(&self, number: CaseNumber) -> Value {
        let verb = self.words.pick(Verb::Merge.row().dutch, Verb::Merge.row().english);
        let label = format!("{} {number}", self.words.pick("Samenvoegen met", "Merge with"));
        let button = self.replies().prefilled(&format!("{verb} {number}"), label);
        context! {
            kind => "may_belong_to",
            value => number.to_string(),
            button => button.as_ref().map(handled::view),
        }
    }

    /// With a button for each whom it may be.
    fn who_is_customer(&self, from: &str, perhaps: &[Customer]) -> Value {
        let verb = self.verb(Verb::Customer);
        let button = |customer: &Customer| {
            let address = customer.address.as_ref()?;
            let name = clean::line(&customer.name, clean::NAME_CHARS_MAX);
            let typed = format!("{verb} {address} {name}");
            self.replies().prefilled(typed.trim_end(), format!("{}: {address}", self.words.pick("Klant", "Customer")))
        };
        let named: Vec<String> =
            perhaps.iter().filter_map(|customer| Some(customer.address.as_ref()?.to_string())).collect();
        context! {
            kind => "who_is_customer",
            value => self.line(from),
            perhaps => self.line(&named.join(", ")),
            buttons => perhaps.iter().filter_map(button).map(|button| handled::view(&button)).collect::<Vec<_>>(),
        }
    }

    fn was_aside(&self, reason: &str, by: Option<&str>) -> Value {
        let by = by.map(|by| self.line(by));
        context! { kind => "was_aside", value => self.line(reason), by }
    }

    fn why(&self, why: &Why) -> Value {
        let place = |place: Place| match place {
            Place::Subject => self.words.pick("onderwerp", "subject"),
            Place::Text => self.words.pick("tekst", "text"),
            Place::From => self.words.pick("afzender", "sender"),
            Place::To => self.words.pick("geadresseerde", "recipient"),
        };
        let (by, matched, others) = match why {
            Why::Keywords { matched } => ("keywords", matched.as_slice(), String::new()),
            Why::Tie { matched, others } => ("tie", matched.as_slice(), others.join(", ")),
            Why::Receiver => ("receiver", [].as_slice(), String::new()),
            Why::Fallback => ("fallback", [].as_slice(), String::new()),
            Why::Person => ("person", [].as_slice(), String::new()),
            Why::Thread => ("thread", [].as_slice(), String::new()),
        };
        // The word the customer wrote says more than the pattern it met.
        let named = |one: &crate::case::Match| {
            let word = if one.found.is_empty() { &one.keyword } else { &one.found };
            format!("‘{word}’ ({})", place(one.place))
        };
        let matched: Vec<_> = matched.iter().take(KEYWORDS_MAX).map(named).collect();
        context! { by, matched => self.line(&matched.join(", ")), others => self.line(&others) }
    }
}

pub(super) fn cover_of(cover: &Cover) -> Value {
    let (text, text_shortened) = clean::shortened(&cover.text, TEXT_CHARS_MAX);
    context! { by => cover.by.to_string(), text, text_shortened }
}

pub(super) fn words_of(text: &str, quoted: &str) -> Value {
    let (text, text_shortened) = clean::shortened(text, TEXT_CHARS_MAX);
    let (quoted, quoted_shortened) = clean::shortened(quoted, QUOTED_CHARS_MAX);
    context! { text, text_shortened, quoted, quoted_shortened }
}
