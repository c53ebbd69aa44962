//! What the templates of the day's and the month's overview can print beside the overview itself: the same sections, cut to what
//! can be read in two minutes, with buttons for each case; and figures put in rows. Pure.

use super::{Seen, mail_day};
use crate::case::{Address, CaseNumber, Side, Token};
use crate::desk::ReplyGoes;
use crate::desk::draft::ListedCase;
use crate::desk::verbs::{Verb, section_name};
use crate::digest::month::{Compared, Figures, MonthOverview, MonthReport};
use crate::digest::{Digest, Mark, May, Row, Section};
use crate::letters::mailto::{self, Press, Replies};
use crate::letters::{clean, mime, printing};
use minijinja::context;
use minijinja::value::Value;
use std::sync::OnceLock;

/// Cases named in one section, and in all of them: more is not read in two minutes, and of a mail over 100 kB some clients cut the
/// rest off. A button brings the others.
const ROWS_OF_SECTION: usize = 7;
const ROWS_IN_ALL: usize = 30;
/// Buttons beside the one that opens the file: in one mail, and of one case.
const BUTTONS_IN_ALL: usize = 36;
const BUTTONS_OF_CASE: usize = 5;
/// Colleagues with a button each; for more there is one to type the address behind.
const COLLEAGUES_MAX: usize = 3;

/// Characters of a subject that a button repeats: it stands in each of them, three octets a character and more.
const BUTTON_SUBJECT_CHARS_MAX: usize = 24;

/// Rows of a table: a company has fewer departments, and a phone shows no more.
const ROWS_MAX: usize = 40;

impl Seen<'_> {
    pub(super) fn digest(&self, digest: &Digest) -> Value {
        let shown = shown(digest);
        let count = |section| digest.rows(section).len();
        let (overdue, today) = (digest.overdue(), count(Section::DueToday));
        let rows = shown.iter().flat_map(|(section, most)| digest.rows(*section).iter().take(*most));
        let most = each(rows.filter(|row| row.may != May::Look).count());
        context! {
            overdue,
            today,
            nothing_waits => digest.open + count(Section::Undelivered) == 0,
            on_schedule => overdue + today + count(Section::Urgent) == 0,
            sections => shown.iter().map(|(section, rows)| self.section(digest, *section, *rows, most)).collect::<Vec<_>>(),
            picture => digest.picture.as_ref().map(|picture| context! {
                id => picture.png.as_ref().map(|_| mime::picture_id(self.draft, self.house)),
                alt => picture.alt.as_str(),
            }),
            mail => digest.mail.as_deref().map(mail_day),
        }
    }

    fn section(&self, digest: &Digest, section: Section, rows: usize, buttons: usize) -> Value {
        let all = digest.rows(section);
        context! {
            name => printing::plain(section),
            rows => all.iter().take(rows).map(|row| self.row(row, buttons)).collect::<Vec<_>>(),
            count => all.len(),
            more => all.len().saturating_sub(rows),
            // What is typed to get all of it.
            typed => section_name(section, self.reading.words.language),
        }
    }

    fn row(&self, row: &Row, buttons: usize) -> Value {
        // A handler known by name only is written to at the department.
        let to = Address::parse(&row.handler).map_or(row.reply_address.as_str(), |_| row.handler.as_str());
        let who = if row.handler.is_empty() { &row.reply_address } else { &row.handler };
        let first = row.marks.iter().any(|mark| matches!(mark, Mark::Question(_))).then_some(Press::Verb(Verb::Advise));
        context! {
            who,
            url => mailto::plain(to, &button_subject(row.number, &row.subject)),
            acts => self.acts_on(row.number, &row.subject, &row.may, first, buttons),
            ..printing::plain(row)
        }
    }

    /// The buttons of each case of a list, by its number.
    pub(super) fn listed_acts(&self, cases: &[ListedCase]) -> Value {
        let shown = cases.iter().take(ROWS_IN_ALL);
        let most = each(shown.clone().filter(|case| case.may != May::Look).count());
        let acts = shown
            .map(|case| (case.number.to_string(), self.acts_on(case.number, &case.subject, &case.may, None, most)));
        Value::from_iter(acts)
    }

    /// Each button replies with a token of its own case, signed for this very letter: so it works for whoever this letter
    /// binds (invariant 6) and needs no row in the outbox.
    fn acts_on(&self, case: CaseNumber, subject: &str, may: &May, first: Option<Press>, most: usize) -> Vec<Value> {
        let token = Token { case: Some(case), side: Side::Staff, letter: self.draft.id.clone() };
        let token = self.signed.keys.write(&token);
        let replies = Replies {
            // The plus-address of the letter itself would say that it is about no case.
            address: self.house.reply_address(&token).to_string(),
            subject: button_subject(case, subject),
            token,
            goes: ReplyGoes::Nowhere,
            link: OnceLock::new(),
            ..self.reading.replies.clone()
        };
        acts(&replies, may, first, most)
    }
}

/// What somebody may do about a case, as buttons: what comes first, to take it over, to give it to a colleague.
pub(super) fn acts(replies: &Replies, may: &May, first: Option<Press>, most: usize) -> Vec<Value> {
    let May::Act { colleagues } = may else { return Vec::new() };
    let named = if colleagues.len() > COLLEAGUES_MAX { COLLEAGUES_MAX - 1 } else { colleagues.len() };
    let presses = first.into_iter().chain([Press::Verb(Verb::TakeOver)]).map(|press| replies.button(press));
    let assign = Verb::Assign.row().name_in(replies.words.language);
    let to = printing::word(&replies.vocabulary, "does", "to");
    let one = |colleague: &Address| {
        replies.prefilled(&format!("{assign} {colleague}"), format!("{to} {}", colleague.local()))
    };
    let others = (colleagues.len() > named).then(|| replies.button(Press::Verb(Verb::Assign)));
    let all = presses.chain(colleagues.iter().take(named).filter_map(one)).chain(others);
    all.take(most).map(|button| printing::seen(&button)).collect()
}

fn button_subject(case: CaseNumber, subject: &str) -> String {
    format!("[{case}] {}", clean::line(subject, BUTTON_SUBJECT_CHARS_MAX))
}

/// How many buttons each case gets where so many may be acted on.
fn each(acting: usize) -> usize {
    BUTTONS_IN_ALL.checked_div(acting).unwrap_or(BUTTONS_OF_CASE).clamp(1, BUTTONS_OF_CASE)
}

/// The sections that hold something, most urgent first, and how many cases of each are named: at least one.
fn shown(digest: &Digest) -> Vec<(Section, usize)> {
    let held: Vec<Section> = Section::ALL.into_iter().filter(|section| !digest.rows(*section).is_empty()).collect();
    let mut left = ROWS_IN_ALL;
    let rows = |(place, section): (usize, &Section)| {
        let others = held.len() - place - 1;
        let rows = digest.rows(*section).len().min(ROWS_OF_SECTION).min(left.saturating_sub(others).max(1));
        left = left.saturating_sub(rows);
        (*section, rows)
    };
    held.iter().enumerate().map(rows).collect()
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
