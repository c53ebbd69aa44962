//! An overview's list as a spreadsheet (.xlsx), for who wants to sort and count for himself. Pure: cases in, bytes
//! out, the same bytes for the same list. Text is text whatever it begins with: `=`, `+`, `-`, `@` or a tab never
//! becomes a formula.

use super::Named;
use crate::case::{
    Address, AgendaItem, Amount, Case, CaseState, Channel, Clock, Judgement, Language, Match, Moment, Outcome,
};
use chrono::{Datelike, TimeDelta, Timelike};
use chrono_tz::Tz;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

/// Characters in a cell; the format takes 32,767, but nobody reads a cell of that size.
pub(super) const CELL_CHARS_MAX: usize = 1_000;

/// Rows of cases: the format takes 1,048,575 below the heading.
const ROWS_MAX: usize = 1_000_000;

/// The columns: what stands above them in Dutch and English, and the width in characters.
const COLUMNS: [(&str, &str, f64); 25] = [
    ("Nummer", "Number", 15.0),
    ("Status", "State", 13.0),
    ("Afdeling", "Department", 18.0),
    ("Klant", "Customer", 24.0),
    ("E-mailadres", "E-mail address", 28.0),
    ("Telefoon", "Phone", 16.0),
    ("Onderwerp", "Subject", 44.0),
    ("Ontvangen via", "Received by", 15.0),
    ("Ontvangen", "Received", 17.0),
    ("Eerste reactie uiterlijk", "First response due", 22.0),
    ("Eerste reactie", "First response", 17.0),
    ("Oplossen uiterlijk", "Resolution due", 18.0),
    ("Afgehandeld", "Closed", 17.0),
    ("Te laat", "Overdue", 30.0),
    ("Behandelaar", "Handler", 26.0),
    ("Heropend", "Reopened", 12.0),
    ("Uitkomst", "Outcome", 15.0),
    ("Oorzaak", "Cause", 18.0),
    ("Vergoeding", "Compensation", 14.0),
    ("Trefwoorden", "Keywords", 20.0),
    ("Uren tot eerste reactie", "Hours to first response", 14.0),
    ("Uren tot afhandeling", "Hours to resolution", 14.0),
    ("Uren te laat", "Hours overdue", 12.0),
    ("Agenda", "Agenda", 40.0),
    ("Afhandeling", "Settlement", 60.0),
];

/// What a spreadsheet is asked about.
#[derive(Debug, Clone, Copy)]
pub struct SheetAsked<'a> {
    /// All departments of the settings, for their titles.
    pub departments: &'a [Named],
    /// When it is made: what is overdue at that moment, and the file's creation time.
    pub now: Moment,
    /// The desk's zone: cells hold its local time, because a spreadsheet knows no zones.
    pub zone: Tz,
    pub language: Language,
    /// Pages behind that of the cases.
    pub pages: &'a [Table],
}

/// A page of numbers, under headings.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    pub name: &'static str,
    pub headings: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

/// What stands in a cell of such a page.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Nothing,
    Text(String),
    Number(f64),
    /// In whole euros and cents.
    Amount(f64),
}

impl Cell {
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    pub fn count(count: usize) -> Self {
        u32::try_from(count).map_or(Self::Nothing, |count| Self::Number(f64::from(count)))
    }

    /// Exact to the cent below what a double holds: more money than there is.
    pub fn euros(cents: u64) -> Self {
        Self::Amount(cents as f64 / 100.0)
    }
}

/// The type of such a file, for the letter it goes with.
pub const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Why there is no spreadsheet.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    #[error("expected a list of at most {ROWS_MAX} cases, found {0}; next: ask for fewer")]
    TooMany(usize),
    #[error("tried to write the spreadsheet, found: {0}")]
    Write(#[from] XlsxError),
}

/// The cases as a spreadsheet, in the order given.
pub fn sheet<'a>(cases: impl IntoIterator<Item = &'a Case>, asked: &SheetAsked<'_>) -> Result<Vec<u8>, SheetError> {
    let cases: Vec<&Case> = cases.into_iter().collect();
    let last_row = u32::try_from(cases.len()).ok().filter(|_| cases.len() <= ROWS_MAX);
    let last_row = last_row.ok_or(SheetError::TooMany(cases.len()))?;
    let mut book = Workbook::new();
    book.set_properties(&DocProperties::new().set_creation_datetime(&local(asked.now, chrono_tz::UTC)?));
    let page = book.add_worksheet();
    page.set_name(asked.pick("Klachten", "Complaints"))?;
    headings(page, asked, last_row)?;
    let mut row = Row { page, row: 0, column: 0, asked, formats: &Formats::new() };
    for case in cases {
        row.write(case)?;
    }
    for table in asked.pages {
        table.write(book.add_worksheet(), asked)?;
    }
    Ok(book.save_to_buffer()?)
}

fn headings(page: &mut Worksheet, asked: &SheetAsked<'_>, last_row: u32) -> Result<(), XlsxError> {
    first_row(page, COLUMNS.iter().map(|(dutch, english, width)| (asked.pick(*dutch, *english), *width)), last_row)
}

/// The first row, which stays in sight, filters, and repeats on each sheet of paper.
fn first_row<'a>(
    page: &mut Worksheet,
    columns: impl Iterator<Item = (&'a str, f64)>,
    last_row: u32,
) -> Result<(), XlsxError> {
    let heading = Format::new().set_bold().set_background_color("#E8EDF3").set_align(FormatAlign::VerticalCenter);
    let mut last_column = 0;
    for (column, (title, width)) in (0u16..).zip(columns) {
        page.set_column_width(column, width)?;
        page.write_string_with_format(0, column, title, &heading)?;
        last_column = column;
    }
    page.autofilter(0, 0, last_row, last_column)?;
    page.set_freeze_panes(1, 1)?;
    page.set_repeat_rows(0, 0)?;
    page.set_landscape().set_paper_size(PAPER_A4).set_print_fit_to_pages(1, 0);
    Ok(())
}

/// The format's number for A4.
const PAPER_A4: u8 = 9;

impl Table {
    fn write(&self, page: &mut Worksheet, asked: &SheetAsked<'_>) -> Result<(), XlsxError> {
        page.set_name(self.name)?;
        let last_row = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        first_row(page, self.headings.iter().map(|title| (title.as_str(), TABLE_WIDTH)), last_row)?;
        let formats = Formats::new();
        for (number, cells) in (1u32..).zip(&self.rows) {
            let mut row = Row { page, row: number, column: 0, asked, formats: &formats };
            cells.iter().try_for_each(|cell| row.cell(cell))?;
        }
        Ok(())
    }
}

/// Characters: a heading of two or three words, folded or not.
const TABLE_WIDTH: f64 = 22.0;

struct Formats {
    /// Text that stays text when a cell is edited (Excel's leading apostrophe).
    text: Format,
    moment: Format,
    late: Format,
    amount: Format,
}

impl Formats {
    fn new() -> Self {
        let top = Format::new().set_align(FormatAlign::Top);
        Self {
            text: top.clone().set_num_format("@").set_quote_prefix(),
            moment: top.clone().set_num_format("dd-mm-yyyy hh:mm"),
            amount: top.clone().set_num_format("#,##0.00"),
            late: top.set_num_format("@").set_quote_prefix().set_font_color("#B3261E"),
        }
    }
}

/// Writes cases row by row, cell by cell.
struct Row<'a> {
    page: &'a mut Worksheet,
    row: u32,
    column: u16,
    asked: &'a SheetAsked<'a>,
    formats: &'a Formats,
}

impl Row<'_> {
    fn write(&mut self, case: &Case) -> Result<(), XlsxError> {
        (self.row, self.column) = (self.row + 1, 0);
        let asked = self.asked;
        let (respond_by, responded_at) = case.clock(Clock::FirstResponse);
        let (resolve_by, closed_at) = case.clock(Clock::Resolve);
        self.text(&case.number.to_string())?;
        self.text(asked.state(case.state))?;
        self.text(asked.title(&case.department))?;
        self.text(&case.customer.name)?;
        self.text(case.customer.address.as_ref().map_or("", Address::as_str))?;
        self.text(case.customer.phone.as_deref().unwrap_or_default())?;
        self.text(&case.subject)?;
        self.text(asked.channel(case.channel))?;
        self.moment(Some(case.received_at))?;
        self.moment(Some(respond_by))?;
        self.moment(responded_at)?;
        self.moment(Some(resolve_by))?;
        self.moment(closed_at)?;
        let late: Vec<&str> = case.overdue(asked.now).into_iter().map(|clock| asked.clock(clock)).collect();
        self.late(&late.join(", "))?;
        self.text(case.handler.as_ref().map_or("", Address::as_str))?;
        self.count(case.reopened)?;
        let Judgement { outcome, cause, compensation } = &case.judgement;
        self.text(outcome.map_or("", |outcome| asked.outcome(outcome)))?;
        self.text(cause.as_deref().unwrap_or_default())?;
        self.amount(*compensation)?;
        let topics: Vec<&str> = case.routing.matched().iter().map(Match::topic).collect();
        self.text(&topics.join(", "))?;
        self.hours(responded_at.map(|at| at - case.received_at))?;
        self.hours(closed_at.map(|at| at - case.received_at))?;
        // Of the clock that is longest past its last moment.
        let first_due = case.overdue(asked.now).into_iter().map(|clock| case.clock(clock).0).min();
        self.hours(first_due.map(|due| asked.now - due))?;
        let agenda: Vec<String> = case.agenda.iter().map(|item| asked.planned(item)).collect();
        self.text(&agenda.join("; "))?;
        self.text(case.settlement.as_deref().unwrap_or_default())
    }

    fn text(&mut self, text: &str) -> Result<(), XlsxError> {
        let format = &self.formats.text;
        self.page.write_string_with_format(self.row, self.column, cell(text), format)?;
        self.column += 1;
        Ok(())
    }

    fn cell(&mut self, cell: &Cell) -> Result<(), XlsxError> {
        match cell {
            Cell::Nothing => self.column += 1,
            Cell::Text(text) => self.text(text)?,
            Cell::Number(number) => {
                self.page.write_number(self.row, self.column, *number)?;
                self.column += 1;
            }
            Cell::Amount(euros) => {
                self.page.write_number_with_format(self.row, self.column, *euros, &self.formats.amount)?;
                self.column += 1;
            }
        }
        Ok(())
    }

    fn late(&mut self, text: &str) -> Result<(), XlsxError> {
        self.page.write_string_with_format(self.row, self.column, text, &self.formats.late)?;
        self.column += 1;
        Ok(())
    }

    fn moment(&mut self, at: Option<Moment>) -> Result<(), XlsxError> {
        if let Some(at) = at {
            let at = local(at, self.asked.zone)?;
            self.page.write_datetime_with_format(self.row, self.column, at, &self.formats.moment)?;
        }
        self.column += 1;
        Ok(())
    }

    fn amount(&mut self, amount: Option<Amount>) -> Result<(), XlsxError> {
        if let Some(amount) = amount {
            // Below a billion: exact to the cent.
            let euros = u32::try_from(amount.cents()).map_or(0.0, f64::from) / 100.0;
            self.page.write_number_with_format(self.row, self.column, euros, &self.formats.amount)?;
        }
        self.column += 1;
        Ok(())
    }

    /// Elapsed hours, weekends included, with one decimal.
    fn hours(&mut self, span: Option<TimeDelta>) -> Result<(), XlsxError> {
        if let Some(span) = span {
            let tenths = (span.num_minutes().max(0) as f64 / 6.0).round();
            self.page.write_number(self.row, self.column, tenths / 10.0)?;
        }
        self.column += 1;
        Ok(())
    }

    fn count(&mut self, count: u32) -> Result<(), XlsxError> {
        self.page.write_number(self.row, self.column, count)?;
        self.column += 1;
        Ok(())
    }
}

/// The text of a cell: one line, without control characters, no longer than a reader wants.
fn cell(text: &str) -> String {
    let shown = text.trim().chars().map(|found| if found.is_control() { ' ' } else { found });
    let mut kept: String = shown.take(CELL_CHARS_MAX).collect();
    if text.trim().chars().nth(CELL_CHARS_MAX).is_some() {
        kept.push('…');
    }
    kept
}

/// The moment as clocks in `zone` show it, to the minute.
fn local(at: Moment, zone: Tz) -> Result<ExcelDateTime, XlsxError> {
    let local = at.with_timezone(&zone);
    // All parts but the year are below 60; a year before 1900 is refused by the format.
    let part = |number: u32| u8::try_from(number).unwrap_or(0);
    let day =
        ExcelDateTime::from_ymd(u16::try_from(local.year()).unwrap_or(0), part(local.month()), part(local.day()))?;
    day.and_hms(u16::try_from(local.hour()).unwrap_or(0), part(local.minute()), 0.0)
}

impl SheetAsked<'_> {
    fn pick<T>(&self, dutch: T, english: T) -> T {
        self.language.pick(dutch, english)
    }

    fn title<'b>(&'b self, name: &'b str) -> &'b str {
        self.departments.iter().find(|department| department.name == name).map_or(name, |named| named.title.as_str())
    }

    /// `24-11-2026 14:00 garage bellen`.
    fn planned(&self, item: &AgendaItem) -> String {
        format!("{} {}", item.at.with_timezone(&self.zone).format("%d-%m-%Y %H:%M"), item.text)
    }

    fn state(&self, state: CaseState) -> &'static str {
        match state {
            CaseState::Open => self.pick("open", "open"),
            CaseState::Closed => self.pick("afgehandeld", "closed"),
            CaseState::Dismissed => self.pick("geen klacht", "no complaint"),
            CaseState::Merged => self.pick("samengevoegd", "merged"),
        }
    }

    fn channel(&self, channel: Channel) -> &'static str {
        match channel {
            Channel::Email => self.pick("e-mail", "e-mail"),
            Channel::Phone => self.pick("telefoon", "phone"),
            Channel::Letter => self.pick("brief", "letter"),
            Channel::Desk => self.pick("balie", "front desk"),
        }
    }

    fn outcome(&self, outcome: Outcome) -> &'static str {
        match outcome {
            Outcome::Founded => self.pick("gegrond", "upheld"),
            Outcome::Partly => self.pick("deels gegrond", "partly upheld"),
            Outcome::Unfounded => self.pick("ongegrond", "rejected"),
        }
    }

    fn clock(&self, clock: Clock) -> &'static str {
        match clock {
            Clock::Acknowledge => self.pick("ontvangstbevestiging", "acknowledgement"),
            Clock::FirstResponse => self.pick("eerste reactie", "first response"),
            Clock::Resolve => self.pick("oplossen", "resolution"),
            Clock::Promised => self.pick("beloofd bericht", "promised word"),
        }
    }
}

#[cfg(test)]
mod tests;
