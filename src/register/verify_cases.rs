//! The second part of verifying: every case is made again from its events, one after the other, and held against its row
//! (invariant 8). Only SQL and `apply`.

use super::RegisterError;
use super::cases::{COLUMNS, Columns, body};
use super::chain::Link;
use super::verify::{DIFFERENT, Finding, UNKNOWN, says_the_same};
use crate::case::{Case, CaseNumber, Event, What};
use futures_util::TryStreamExt;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

/// Where the columns of an event stand, behind those of its case.
const EVENT: usize = 13;

/// What was found of cases, and of the events that are theirs.
#[derive(Default)]
pub(super) struct Cases {
    /// Rows there are.
    pub rows: i64,
    /// Cases with a blanked payload: they cannot be made again.
    pub unproven: Vec<CaseNumber>,
    /// Of which event, and what.
    pub of_events: Vec<(i64, String)>,
    pub of_cases: Vec<Finding>,
}

/// One case while it is made.
struct Made {
    /// As it stands in its events' rows.
    written: String,
    /// None: it is no case number.
    number: Option<CaseNumber>,
    case: Option<Case>,
    is_complete: bool,
    /// Its row, and what is kept there; the latter is None where it cannot be read.
    row: Option<(Columns, Option<Case>)>,
}

impl Cases {
    /// All cases, each of which is in memory while its events are walked.
    pub async fn walk(&mut self, connection: &mut AnyConnection) -> Result<(), RegisterError> {
        let columns: Vec<String> = COLUMNS.split(',').map(|name| format!("cases.{}", name.trim())).collect();
        // The row comes with the last of its events, so that it comes once.
        let text = format!(
            "SELECT {}, event.seq, event.at, event.case_number, event.kind, event.actor, event.mail_id, \
             event_payload.body AS content FROM event LEFT JOIN event_payload ON event_payload.seq = event.seq \
             LEFT JOIN cases ON cases.number = event.case_number AND NOT EXISTS (SELECT 1 FROM event AS later \
             WHERE later.case_number = event.case_number AND later.seq > event.seq) \
             WHERE event.case_number > '' ORDER BY event.case_number, event.seq",
            columns.join(", ")
        );
        let mut made: Option<Made> = None;
        let mut rows = sqlx::query(AssertSqlSafe(text)).fetch(&mut *connection);
        while let Some(row) = rows.try_next().await? {
            let written: &str = row.try_get(EVENT + 2)?;
            if made.as_ref().is_none_or(|made| made.written != written) {
                let next = Made::new(written);
                made.replace(next).into_iter().for_each(|done| self.end(done));
            }
            if let Some(made) = &mut made {
                self.step(made, &row)?;
            }
        }
        drop(rows);
        made.into_iter().for_each(|done| self.end(done));
        self.unproven.sort_unstable();
        self.without_events(connection).await
    }

    fn step(&mut self, made: &mut Made, row: &AnyRow) -> Result<(), RegisterError> {
        if row.try_get::<Option<&str>, _>(0)?.is_some() {
            made.row = Some((Columns::read(row)?, body(row).ok()));
        }
        let Some(content) = row.try_get::<Option<&str>, _>(EVENT + 6)? else {
            made.is_complete = false;
            return Ok(());
        };
        let seq: i64 = row.try_get(EVENT)?;
        let mut find = |what: &str| self.of_events.push((seq, what.to_owned()));
        let Ok(event) = serde_json::from_str::<Event>(content) else {
            find(UNKNOWN);
            return Ok(());
        };
        let link = Link {
            seq,
            at: row.try_get(EVENT + 1)?,
            case_number: made.written.clone(),
            kind: row.try_get(EVENT + 3)?,
            actor: row.try_get(EVENT + 4)?,
            mail_id: row.try_get(EVENT + 5)?,
            payload_hash: String::new(),
            previous_hash: String::new(),
        };
        if !says_the_same(&link, &event) {
            find(DIFFERENT);
        }
        if let Some(what) = made.apply(&event) {
            find(what);
        }
        Ok(())
    }

    /// Holds a case's row against what its events made.
    fn end(&mut self, made: Made) {
        let mut find = |what: &str| self.of_cases.push(Finding { place: made.written.clone(), what: what.to_owned() });
        match (made.number, &made.row) {
            (None, Some(_)) => find("it is no case number"),
            (None, None) => {}
            (Some(_), None) if made.case.is_some() => find("its events are there, the case is not"),
            (Some(_), Some((columns, stored))) if made.is_complete => {
                let is_made = made.case.is_some() && made.case == *stored;
                if !is_made || made.case.as_ref().map(Columns::of).as_ref() != Some(columns) {
                    find(NOT_MADE);
                }
            }
            (Some(_), _) => {}
        }
        self.unproven.extend(made.number.filter(|_| !made.is_complete));
    }

    /// Rows that no event made.
    async fn without_events(&mut self, connection: &mut AnyConnection) -> Result<(), RegisterError> {
        let count = sqlx::query("SELECT CAST(count(*) AS BIGINT) FROM cases").fetch_one(&mut *connection).await?;
        self.rows = count.try_get(0)?;
        let text = "SELECT number FROM cases WHERE NOT EXISTS (SELECT 1 FROM event WHERE case_number = number) \
                    ORDER BY year, serial";
        let mut rows = sqlx::query(text).fetch(connection);
        while let Some(row) = rows.try_next().await? {
            let place: String = row.try_get(0)?;
            let what = if place.parse::<CaseNumber>().is_ok() { NOT_MADE } else { "it is no case number" };
            self.of_cases.push(Finding { place, what: what.to_owned() });
        }
        Ok(())
    }
}

const NOT_MADE: &str = "the case is not what its events make of it";

impl Made {
    fn new(written: &str) -> Self {
        Self { written: written.to_owned(), number: written.parse().ok(), case: None, is_complete: true, row: None }
    }

    /// What is amiss with this event after those before it.
    fn apply(&mut self, event: &Event) -> Option<&'static str> {
        let number = self.number.filter(|number| event.case == Some(*number))?;
        match (&event.what, &mut self.case) {
            (What::Opened(opened), case) => {
                let before = case.replace(Case::open(number, event.at, opened));
                before.map(|_| "it opens a case that was open already")
            }
            (_, Some(case)) => {
                case.apply(event);
                None
            }
            (_, None) => self.is_complete.then_some("it is about a case that was never opened"),
        }
    }
}
