//! What the digest's template can print: the same sections, cut to what can be read in two minutes. Pure.

use super::handled::view;
use super::{Seen, mailto};
use crate::case::{Address, Side, Token};
use crate::desk::ReplyGoes;
use crate::desk::verbs::Verb;
use crate::digest::{Digest, DisputeStands, Goes, Mark, Picture, Row, Section};
use crate::letters::mailto::{Press, Replies};
use crate::letters::{clean, mime};
use minijinja::context;
use minijinja::value::Value;

/// Cases named in a section with buttons, and in one without: more is not read, and of a mail over 100 kB some clients
/// cut the rest off. The spreadsheet has them all.
const WITH_BUTTONS_MAX: usize = 7;
const WITHOUT_BUTTONS_MAX: usize = 4;

/// Characters of a complaint's subject and of a name in a list, and of a question or a thing to do: a few lines on a phone.
const SUBJECT_CHARS_MAX: usize = 80;
const NAME_CHARS_MAX: usize = 50;
const MARK_CHARS_MAX: usize = 200;

/// Characters of a subject that a button repeats: it stands in each of them, three octets a character and more.
const BUTTON_SUBJECT_CHARS_MAX: usize = 24;

impl Seen<'_> {
    pub(super) fn digest(&self, digest: &Digest) -> Value {
        let count = |section| digest.rows(section).len();
        let cell = |label, count: usize, late| context! { label, count, late };
        let (overdue, today) = (digest.overdue(), count(Section::DueToday));
        let sections = Section::ALL.into_iter().filter(|section| count(*section) > 0);
        context! {
            day => self.words.day(digest.day),
            department => Some(self.line(&digest.titles.join(self.words.pick(" en ", " and ")))).filter(|title| !title.is_empty()),
            since => self.words.moment(digest.since),
            tally => vec![
                cell(self.words.pick("te laat", "overdue"), overdue, overdue > 0),
                cell(self.words.pick("vandaag", "today"), today, false),
                cell(self.words.pick("open", "open"), digest.open, false),
                cell(self.words.pick("gesloten", "closed"), digest.closed_since, false),
            ],
            nothing_open => digest.open == 0,
            nothing_waits => digest.open + count(Section::Undelivered) == 0,
            on_schedule => overdue + today + count(Section::Urgent) == 0,
            sections => sections.map(|section| self.section(digest, section)).collect::<Vec<_>>(),
            received_since => digest.received_since,
            closed_since => digest.closed_since,
            questions => digest.questions,
            picture => digest.picture.as_ref().map(|picture| self.picture(picture)),
            sheet => goes(digest.sheet),
            chain_head => self.line(&digest.chain_head),
            mail => digest.mail.as_deref().map(|day| self.mail_day(day)),
        }
    }

    fn section(&self, digest: &Digest, section: Section) -> Value {
        let rows = digest.rows(section);
        // Only who is of the department may act on a case; the others write to whoever handles it.
        let presses = if digest.is_of_company() { &[] } else { presses(section) };
        let most = if presses.is_empty() { WITHOUT_BUTTONS_MAX } else { WITH_BUTTONS_MAX };
        let shown = rows.iter().take(most).map(|row| self.row(row, section, digest, presses));
        context! {
            name => name(section),
            rows => shown.collect::<Vec<_>>(),
            count => rows.len(),
            more => rows.len().saturating_sub(most),
        }
    }

    fn row(&self, row: &Row, section: Section, digest: &Digest, presses: &[Press]) -> Value {
        let subject = clean::line(&row.subject, SUBJECT_CHARS_MAX);
        let line = crate::letters::subject::or_none(&subject, self.words);
        let customer = clean::line(&row.customer, NAME_CHARS_MAX);
        let department = self.line(&row.department_title);
        let below = if digest.is_of_company() { format!("{customer} · {department}") } else { customer };
        // A handler known by name only is written to at the department.
        let to = Address::parse(&row.handler).map_or(row.reply_address.as_str(), |_| row.handler.as_str());
        let who = if row.handler.is_empty() { &row.reply_address } else { &row.handler };
        let marks = row.marks.iter().filter_map(|mark| self.mark(mark, row, section, digest));
        context! {
            number => row.number.to_string(),
            line,
            moment => self.row_moment(row, section),
            late => section == Section::Overdue,
            marks => marks.collect::<Vec<_>>(),
            below,
            who => self.line(who),
            url => mailto::plain(to, &format!("[{}] {}", row.number, clean::line(&subject, BUTTON_SUBJECT_CHARS_MAX))),
            buttons => self.row_buttons(row, if asks(row) && !presses.is_empty() { ASKED } else { presses }),
        }
    }

    /// Each button replies with a token of its own case, signed for this very letter: so it works for whoever this letter
    /// binds (invariant 6) and needs no row in the outbox.
    fn row_buttons(&self, row: &Row, presses: &[Press]) -> Vec<Value> {
        let token = Token { case: Some(row.number), side: Side::Staff, letter: self.draft.id.clone() };
        let token = self.keys.write(&token);
        // The plus-address of the letter itself would say that it is about no case.
        let address = self.house.reply_address(&token);
        let subject = format!("[{}] {}", row.number, clean::line(&row.subject, BUTTON_SUBJECT_CHARS_MAX));
        let replies = Replies {
            address: address.as_str(),
            subject: &subject,
            token: &token,
            words: self.words,
            goes: ReplyGoes::Nowhere,
        };
        presses.iter().map(|press| view(&replies.button(*press))).collect()
    }

    fn row_moment(&self, row: &Row, section: Section) -> String {
        match (section, row.next, row.closed_at) {
            (Section::Overdue, Some((clock, due)), _) => {
                let (clock, due) = (self.words.clock(clock), self.words.short(due));
                self.words.pick(format!("{clock} te laat sinds {due}"), format!("{clock} overdue since {due}"))
            }
            (_, Some((clock, due)), _) => {
                let (clock, due) = (self.words.clock(clock), self.words.short(due));
                self.words.pick(format!("{clock} uiterlijk {due}"), format!("{clock} due {due}"))
            }
            (_, None, Some(at)) => format!("{} {}", self.words.pick("gesloten", "closed"), self.words.short(at)),
            (_, None, None) => {
                format!("{} {}", self.words.pick("ontvangen", "received"), self.words.short(row.received_at))
            }
        }
    }

    /// One line below a case; None for what its section or its clock already says.
    fn mark(&self, mark: &Mark, row: &Row, section: Section, digest: &Digest) -> Option<String> {
        let cut = |text: &str| clean::line(text, MARK_CHARS_MAX);
        let clock = row.next.map(|(clock, _)| clock);
        match mark {
            Mark::Question(question) => {
                let (asked, text) = (self.words.short(question.at), cut(&question.question));
                let you = self.words.pick("u", "you");
                let to = if question.to == self.draft.to { you } else { question.to.as_str() };
                Some(
                    self.words.pick(
                        format!("Vraag aan {to}, {asked}: ‘{text}’"),
                        format!("Question to {to}, {asked}: ‘{text}’"),
                    ),
                )
            }
            Mark::ToDo(item) => {
                let missed = if item.at < digest.now { self.words.pick(" (gemist)", " (missed)") } else { "" };
                Some(format!("Agenda {}{missed}: {}", self.words.short(item.at), cut(&item.text)))
            }
            Mark::Urgent(words) => {
                let named = cut(&words.iter().map(|word| format!("‘{word}’")).collect::<Vec<_>>().join(", "));
                Some(self.words.pick(
                    format!("Dringend: de klant schrijft {named}."),
                    format!("Urgent: the customer writes {named}."),
                ))
            }
            Mark::Duty(duty) => {
                let (what, by) = (self.words.duty(duty.kind), self.words.short(duty.due));
                let late = if duty.due < digest.now { self.words.pick(" (te laat)", " (overdue)") } else { "" };
                Some(self.words.pick(format!("Uiterlijk {by}{late}: {what}."), format!("By {by}{late}: {what}.")))
            }
            Mark::Undelivered if section == Section::Undelivered => None,
            Mark::Undelivered => Some(self.words.pick(
                "Een e-mail aan de klant kwam niet aan.".to_owned(),
                "An e-mail to the customer did not arrive.".to_owned(),
            )),
            Mark::ToPost(1) => {
                Some(self.words.pick("Er ligt een brief om te posten.", "A letter waits to be posted.").to_owned())
            }
            Mark::ToPost(count) => Some(self.words.pick(
                format!("Er liggen {count} brieven om te posten."),
                format!("{count} letters wait to be posted."),
            )),
            Mark::Unconfirmed => Some(self.words.pick(
                "De klant weet nog niet van de afhandeling.".to_owned(),
                "The customer does not know of the settlement yet.".to_owned(),
            )),
            Mark::CommitteeOwed => Some(self.words.pick(
                "De klant moet nog op schrift horen van de commissie.".to_owned(),
                "The customer must still hear of the committee in writing.".to_owned(),
            )),
            Mark::Dispute(DisputeStands::WithCommittee) => {
                Some(self.words.pick("Bij de geschillencommissie.", "With the committee.").to_owned())
            }
            Mark::Dispute(DisputeStands::Ruled) => {
                Some(self.words.pick("Uitspraak van de commissie.", "Ruled by the committee.").to_owned())
            }
            Mark::Reopened if section == Section::Reopened => None,
            Mark::Reopened => Some(self.words.pick("Heropend.", "Reopened.").to_owned()),
            Mark::Unanswered if section == Section::Waiting || clock == Some(crate::case::Clock::FirstResponse) => None,
            Mark::Unanswered => Some(self.words.pick("Nog geen reactie.", "No response yet.").to_owned()),
        }
    }

    fn picture(&self, picture: &Picture) -> Value {
        context! {
            id => picture.png.as_ref().map(|_| mime::picture_id(self.draft, self.house)),
            alt => picture.alt.as_str(),
        }
    }
}

const ADVISE: Press = Press::Verb(Verb::Advise);
const TAKE_OVER: Press = Press::Verb(Verb::TakeOver);
const ASSIGN: Press = Press::Verb(Verb::Assign);
const NOTE: Press = Press::Verb(Verb::Note);

/// What can be done at once about a case of the section.
fn presses(section: Section) -> &'static [Press] {
    match section {
        Section::Overdue | Section::DueToday => &[TAKE_OVER, ASSIGN, NOTE],
        Section::Escalated => ASKED,
        _ => &[],
    }
}

/// What can be done about a question to the supervisor (§2.1.3), wherever its case stands.
const ASKED: &[Press] = &[ADVISE, TAKE_OVER];

fn asks(row: &Row) -> bool {
    row.marks.iter().any(|mark| matches!(mark, Mark::Question(_)))
}

/// How templates call the section.
fn name(section: Section) -> &'static str {
    match section {
        Section::Urgent => "urgent",
        Section::Overdue => "overdue",
        Section::DueToday => "today",
        Section::Escalated => "escalated",
        Section::Duty => "duty",
        Section::Undelivered => "undelivered",
        Section::Agenda => "agenda",
        Section::Reopened => "reopened",
        Section::Waiting => "waiting",
        Section::Idle => "idle",
        Section::Planned => "planned",
        Section::Closed => "closed",
    }
}

/// How templates call what became of a file.
pub(super) fn goes(goes: Goes) -> &'static str {
    match goes {
        Goes::Nothing => "nothing",
        Goes::Along => "along",
        Goes::LeftOut => "left_out",
    }
}
