//! The figures of a month as pages of the spreadsheet: one row for the whole, each department and each channel, in the month
//! itself, the month before and the same month of the year before, so that everybody can sort and draw for himself. Pure.

use super::{Compared, Figures, MonthReport, Share, Spread};
use crate::case::{Channel, Language, Moment};
use crate::digest::sheet::{Cell, Table};
use chrono_tz::Tz;

/// A column: what stands above it in Dutch and English, and the number.
type Column = (&'static str, &'static str, fn(&Figures) -> Cell);

const COLUMNS: &[Column] = &[
    ("Ontvangen", "Received", |f| Cell::count(f.received)),
    ("Gesloten", "Closed", |f| Cell::count(f.closed)),
    ("Nog open", "Still open", |f| Cell::count(f.open_at_end)),
    ("Heropend", "Reopened", |f| Cell::count(f.reopened)),
    ("Reactie op tijd", "Response in time", |f| Cell::count(f.first_response_in_time.kept)),
    ("Reactie: termijnen", "Response: terms", |f| Cell::count(f.first_response_in_time.of)),
    ("Reactie op tijd %", "Response in time %", |f| percent(f.first_response_in_time)),
    ("Reactie uren, helft", "Response hours, half", |f| median(f.first_response_hours)),
    ("Reactie uren, 9 van 10", "Response hours, 9 in 10", |f| ninetieth(f.first_response_hours)),
    ("Oplossing op tijd", "Resolution in time", |f| Cell::count(f.resolved_in_time.kept)),
    ("Oplossing: termijnen", "Resolution: terms", |f| Cell::count(f.resolved_in_time.of)),
    ("Oplossing op tijd %", "Resolution in time %", |f| percent(f.resolved_in_time)),
    ("Oplossing werkdagen, helft", "Resolution working days, half", |f| median(f.resolution_working_days)),
    ("Oplossing werkdagen, 9 van 10", "Resolution working days, 9 in 10", |f| ninetieth(f.resolution_working_days)),
    ("Dagen tot laatste sluiting, helft", "Days to last closing, half", |f| median(f.lodged_to_closed_days)),
    ("Dagen tot laatste sluiting, 9 van 10", "Days to last closing, 9 in 10", |f| ninetieth(f.lodged_to_closed_days)),
    ("30 dagen gesloten gebleven", "Stayed closed for 30 days", |f| Cell::count(f.stayed_closed.kept)),
    ("30 dagen: van", "30 days: of", |f| Cell::count(f.stayed_closed.of)),
    ("Opgelost, zegt de klant", "Solved, says the customer", |f| Cell::count(f.solved.kept)),
    ("Opgelost: van", "Solved: of", |f| Cell::count(f.solved.of)),
    ("Gegrond", "Upheld", |f| Cell::count(f.outcomes.founded)),
    ("Deels gegrond", "Partly upheld", |f| Cell::count(f.outcomes.partly)),
    ("Ongegrond", "Rejected", |f| Cell::count(f.outcomes.unfounded)),
    ("Uitkomst niet vastgelegd", "Outcome not recorded", |f| Cell::count(f.outcomes.unsaid)),
    ("Vergoedingen", "Compensations", |f| Cell::count(f.compensation.rounds)),
    ("Vergoed in euro", "Paid in euros", |f| Cell::euros(f.compensation.cents)),
    ("Tussenberichten", "Interim letters", |f| Cell::count(f.interims)),
    ("Geen klacht", "No complaint", |f| Cell::count(f.dismissed)),
    ("Terugkerende klanten", "Repeat customers", |f| Cell::count(f.repeat_customers)),
    ("Terugkerende kenmerken", "Repeat references", |f| Cell::count(f.repeat_references)),
    ("Naar de commissie", "To the committee", |f| Cell::count(f.disputes)),
    ("Uitspraak voor de klant", "Ruling for the customer", |f| Cell::count(f.rulings.founded)),
    ("Uitspraak deels", "Ruling partly", |f| Cell::count(f.rulings.partly)),
    ("Uitspraak tegen de klant", "Ruling against the customer", |f| Cell::count(f.rulings.unfounded)),
    ("Uitspraak niet vastgelegd", "Ruling not recorded", |f| Cell::count(f.rulings.unsaid)),
];

fn percent(share: Share) -> Cell {
    share.percent().map_or(Cell::Nothing, Cell::count)
}

fn median(spread: Option<Spread>) -> Cell {
    spread.map_or(Cell::Nothing, |spread| Cell::Number(spread.median))
}

fn ninetieth(spread: Option<Spread>) -> Cell {
    spread.map_or(Cell::Nothing, |spread| Cell::Number(spread.percentile_90))
}

/// The figures; the causes, words and references; and what was no complaint, with the reasons.
pub fn pages(compared: &Compared, language: Language, zone: Tz) -> Vec<Table> {
    let words = Words { language, zone };
    let months = [&compared.report, &compared.month_before, &compared.year_before];
    let mut pages = vec![words.figures(&months), words.named(&months)];
    if !compared.report.dismissals.is_empty() {
        pages.push(words.dismissals(&compared.report));
    }
    pages
}

#[derive(Clone, Copy)]
struct Words {
    language: Language,
    zone: Tz,
}

impl Words {
    fn pick(self, dutch: &'static str, english: &'static str) -> &'static str {
        self.language.pick(dutch, english)
    }

    fn figures(self, months: &[&MonthReport]) -> Table {
        let heading = |(dutch, english, _): &Column| self.pick(dutch, english).to_owned();
        let first = ["", self.pick("Maand", "Month")].map(str::to_owned);
        let mut rows = Vec::new();
        for report in months {
            let row = |name: &str, figures: &Figures| {
                let numbers = COLUMNS.iter().map(|(.., number)| number(figures));
                [Cell::text(name), Cell::Text(report.month.to_string())].into_iter().chain(numbers).collect::<Vec<_>>()
            };
            rows.push(row(self.pick("Alles", "All"), &report.total));
            rows.extend(report.departments.iter().map(|by| row(&by.title, &by.figures)));
            rows.extend(report.channels.iter().map(|by| row(self.channel(by.channel), &by.figures)));
        }
        let headings = first.into_iter().chain(COLUMNS.iter().map(heading)).collect();
        Table { name: self.pick("Cijfers", "Figures"), headings, rows }
    }

    fn named(self, months: &[&MonthReport]) -> Table {
        let headings = [("Maand", "Month"), ("Soort", "Kind"), ("Wat", "What"), ("Aantal", "Number")];
        let mut rows = Vec::new();
        for report in months {
            let Figures { causes, keywords, references, .. } = &report.total;
            for (kind, found) in [
                (self.pick("Oorzaak", "Cause"), causes),
                (self.pick("Woord", "Word"), keywords),
                (self.pick("Kenmerk", "Reference"), references),
            ] {
                rows.extend(found.iter().map(|found| {
                    let month = Cell::Text(report.month.to_string());
                    vec![month, Cell::text(kind), Cell::text(&found.name), Cell::count(found.count)]
                }));
            }
        }
        let headings = headings.map(|(dutch, english)| self.pick(dutch, english).to_owned()).into();
        Table { name: self.pick("Waarover", "What about"), headings, rows }
    }

    fn dismissals(self, report: &MonthReport) -> Table {
        let headings = [("Nummer", "Number"), ("Wanneer", "When"), ("Reden", "Reason")];
        let rows = report
            .dismissals
            .iter()
            .map(|one| vec![Cell::Text(one.number.to_string()), Cell::Text(self.day(one.at)), Cell::text(&one.reason)]);
        let headings = headings.map(|(dutch, english)| self.pick(dutch, english).to_owned()).into();
        Table { name: self.pick("Geen klacht", "No complaint"), headings, rows: rows.collect() }
    }

    fn day(self, at: Moment) -> String {
        at.with_timezone(&self.zone).format("%d-%m-%Y").to_string()
    }

    fn channel(self, channel: Channel) -> &'static str {
        match channel {
            Channel::Email => self.pick("E-mail", "E-mail"),
            Channel::Phone => self.pick("Telefoon", "Phone"),
            Channel::Letter => self.pick("Brief", "Letter"),
            Channel::Desk => self.pick("Balie", "Front desk"),
        }
    }
}
