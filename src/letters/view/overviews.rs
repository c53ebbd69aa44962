//! What the templates of the day's and the month's overview can print beside the overview itself: the same sections, cut to what
//! can be read in two minutes, with buttons for each case; and figures put in rows. Pure.

use super::{Seen, mail_day};
use crate::case::{Address, Side, Token};
use crate::desk::ReplyGoes;
use crate::desk::verbs::Verb;
use crate::digest::month::{Compared, Figures, MonthOverview, MonthReport};
use crate::digest::{Digest, Mark, Row, Section};
use crate::letters::mailto::{self, Press, Replies};
use crate::letters::{clean, mime, printing};
use minijinja::context;
use minijinja::value::Value;

/// Cases named in a section with buttons, and in one without: more is not read, and of a mail over 100 kB some clients
/// cut the rest off. The spreadsheet has them all.
const WITH_BUTTONS_MAX: usize = 7;
const WITHOUT_BUTTONS_MAX: usize = 4;

/// Characters of a subject that a button repeats: it stands in each of them, three octets a character and more.
const BUTTON_SUBJECT_CHARS_MAX: usize = 24;

/// Rows of a table: a company has fewer departments, and a phone shows no more.
const ROWS_MAX: usize = 40;

impl Seen<'_> {
    pub(super) fn digest(&self, digest: &Digest) -> Value {
        let sections = Section::ALL.into_iter().filter(|section| !digest.rows(*section).is_empty());
        let count = |section| digest.rows(section).len();
        let (overdue, today) = (digest.overdue(), count(Section::DueToday));
        context! {
            overdue,
            today,
            nothing_waits => digest.open + count(Section::Undelivered) == 0,
            on_schedule => overdue + today + count(Section::Urgent) == 0,
            sections => sections.map(|section| self.section(digest, section)).collect::<Vec<_>>(),
            picture => digest.picture.as_ref().map(|picture| context! {
                id => picture.png.as_ref().map(|_| mime::picture_id(self.draft, self.house)),
                alt => picture.alt.as_str(),
            }),
            mail => digest.mail.as_deref().map(mail_day),
        }
    }

    fn section(&self, digest: &Digest, section: Section) -> Value {
        let rows = digest.rows(section);
        // Only who is of the department may act on a case; the others write to whoever handles it.
        let presses = if digest.department.is_some() { presses(section) } else { &[] };
        let most = if presses.is_empty() { WITHOUT_BUTTONS_MAX } else { WITH_BUTTONS_MAX };
        let shown = rows.iter().take(most).map(|row| self.row(row, presses));
        context! {
            name => printing::plain(section),
            rows => shown.collect::<Vec<_>>(),
            count => rows.len(),
            more => rows.len().saturating_sub(most),
        }
    }

    fn row(&self, row: &Row, presses: &[Press]) -> Value {
        // A handler known by name only is written to at the department.
        let to = Address::parse(&row.handler).map_or(row.reply_address.as_str(), |_| row.handler.as_str());
        let who = if row.handler.is_empty() { &row.reply_address } else { &row.handler };
        let subject = format!("[{}] {}", row.number, clean::line(&row.subject, BUTTON_SUBJECT_CHARS_MAX));
        context! {
            who,
            url => mailto::plain(to, &subject),
            buttons => self.row_buttons(row, subject, if asks(row) && !presses.is_empty() { ASKED } else { presses }),
            ..printing::plain(row)
        }
    }

    /// Each button replies with a token of its own case, signed for this very letter: so it works for whoever this letter
    /// binds (invariant 6) and needs no row in the outbox.
    fn row_buttons(&self, row: &Row, subject: String, presses: &[Press]) -> Vec<Value> {
        let token = Token { case: Some(row.number), side: Side::Staff, letter: self.draft.id.clone() };
        let token = self.signed.keys.write(&token);
        let replies = Replies {
            // The plus-address of the letter itself would say that it is about no case.
            address: self.house.reply_address(&token).to_string(),
            subject,
            token,
            goes: ReplyGoes::Nowhere,
            ..self.reading.replies.clone()
        };
        presses.iter().map(|press| printing::seen(&replies.button(*press))).collect()
    }
}

/// What can be done at once about a case of the section.
fn presses(section: Section) -> &'static [Press] {
    match section {
        Section::Overdue | Section::DueToday => {
            &[Press::Verb(Verb::TakeOver), Press::Verb(Verb::Assign), Press::Verb(Verb::Note)]
        }
        Section::Escalated => ASKED,
        _ => &[],
    }
}

/// What can be done about a question to the supervisor (§2.1.3), wherever its case stands.
const ASKED: &[Press] = &[Press::Verb(Verb::Advise), Press::Verb(Verb::TakeOver)];

fn asks(row: &Row) -> bool {
    row.marks.iter().any(|mark| matches!(mark, Mark::Question(_)))
}

/// A month beside the one before it and that of a year ago.
pub(super) fn month(overview: &MonthOverview) -> Value {
    let Compared { report, month_before, year_before } = &overview.compared;
    // One department alone is the total.
    let departments = if overview.department_title.is_none() { report.departments.as_slice() } else { &[] };
    let departments = departments.iter().take(ROWS_MAX).map(|by| {
        let past = [month_before, year_before].map(|report| report.of_department(&by.name));
        context! { before => before(past), ..printing::plain(by) }
    });
    let channels = report.channels.iter().map(|by| {
        let past = [month_before, year_before].map(|report| report.of_channel(by.channel));
        context! { before => before(past), ..printing::plain(by) }
    });
    context! {
        report => printing::plain(report),
        total => printing::plain(&report.total),
        quiet => report.is_quiet(),
        has_past => !month_before.is_quiet() || !year_before.is_quiet(),
        // A month in which nothing was on file is shown as nothing known.
        months => [report, month_before, year_before].map(|report| context! {
            month => printing::plain(report.month),
            total => printing::plain(Some(&report.total).filter(|_| !report.is_quiet())),
        }),
        departments => departments.collect::<Vec<_>>(),
        channels => channels.collect::<Vec<_>>(),
        share_of_closed => share_of_closed(report),
    }
}

/// How many complaints came in in the months before; None where nothing was on file then.
fn before(past: [Option<&Figures>; 2]) -> [Option<usize>; 2] {
    past.map(|past| past.filter(|past| **past != Figures::default()).map(|past| past.received))
}

/// Disputes of every hundred closings.
fn share_of_closed(report: &MonthReport) -> Option<f64> {
    let (disputes, closed) = (u32::try_from(report.total.disputes).ok()?, u32::try_from(report.total.closed).ok()?);
    (closed > 0).then(|| f64::from(disputes) * 100.0 / f64::from(closed))
}
