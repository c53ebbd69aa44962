//! The second part of verifying: every case is made again from its events, one after the other, and held against its row
//! (invariant 8). Only SQL and `apply`.

use super::RegisterError;
use super::case_row::{Columns, ROW};
use super::chain::Link;
use super::packed::{Packed, PackedRow, all_of, there};
use super::sets::numbered;
use super::verify::{DIFFERENT, Finding, PAGE, SMALL, UNKNOWN, in_order, large, says_the_same};
use crate::case::{Case, CaseNumber, Event, What};
use futures_util::TryStreamExt;
use sqlx::{AnyConnection, AssertSqlSafe, Row};
use std::collections::HashMap;

/// An event of a case: its row, and its payload with the octets of it.
const EVENT: Packed<4, 4> = Packed {
    numbers: ["event.seq", "at", "mail_id", "octet_length(body)"],
    texts: ["case_number", "kind", "actor", SMALL],
};
type EventRow<'a> = PackedRow<'a, 4, 4>;
/// Values of one IN list.
const LIST_MAX: usize = 100;

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
}

impl Cases {
    /// All cases; a page of them is in memory at a time.
    pub async fn walk(&mut self, connection: &mut AnyConnection) -> Result<(), RegisterError> {
        let text = all_of(&format!(
            "SELECT {} AS packed FROM event LEFT JOIN event_payload ON event_payload.seq = event.seq \
             WHERE (case_number, event.seq) > ($1, $2) ORDER BY case_number, event.seq LIMIT $3",
            EVENT.sql()
        ));
        // Behind the events of no case.
        let (mut made, mut after): (Vec<Made>, (String, i64)) = (Vec::new(), (String::new(), i64::MAX));
        loop {
            let query = sqlx::query(AssertSqlSafe(text.as_str())).bind(&after.0).bind(after.1).bind(PAGE);
            let page = query.fetch_one(&mut *connection).await?;
            let page = page.try_get::<Option<&str>, _>(0)?.unwrap_or_default();
            let rows = in_order(&EVENT, page, |row| (row.texts[0], row.numbers[0]))?;
            for row in &rows {
                let large = large(connection, row.numbers, row.texts[3]).await?;
                let written = there(row.texts[0])?;
                after.1 = there(row.numbers[0])?;
                if made.last().is_none_or(|made| made.written != written) {
                    made.push(Made::new(written));
                }
                if let Some(made) = made.last_mut() {
                    self.step(made, row, large.as_deref())?;
                }
            }
            if i64::try_from(rows.len()).is_ok_and(|read| read < PAGE) {
                break;
            }
            // The last one may go on in the next page.
            let goes_on = made.pop();
            after.0 = goes_on.as_ref().map(|made| made.written.clone()).unwrap_or_default();
            self.hold(connection, std::mem::replace(&mut made, goes_on.into_iter().collect())).await?;
        }
        self.hold(connection, made).await?;
        self.unproven.sort_unstable();
        self.without_events(connection).await
    }

    /// Holds these cases against their rows.
    async fn hold(&mut self, connection: &mut AnyConnection, made: Vec<Made>) -> Result<(), RegisterError> {
        for some in made.chunks(LIST_MAX) {
            let wanted = numbered(1, some.len());
            let text = all_of(&format!("SELECT {} AS packed FROM cases WHERE number IN ({wanted})", ROW.sql()));
            let query = some.iter().fold(sqlx::query(AssertSqlSafe(text)), |query, made| query.bind(&made.written));
            let rows = query.fetch_one(&mut *connection).await?;
            let mut rows = rows.try_get::<Option<&str>, _>(0)?.unwrap_or_default();
            let mut found = HashMap::new();
            while !rows.is_empty() {
                let row = ROW.take(&mut rows)?;
                let case = row.texts[8].and_then(|body| serde_json::from_str(body).ok());
                found.insert(there(row.texts[0])?, (Columns::read(&row)?, case));
            }
            some.iter().for_each(|made| self.end(made, found.remove(made.written.as_str())));
        }
        Ok(())
    }

    /// `large`: its payload, where that was asked for by itself.
    fn step(&mut self, made: &mut Made, row: &EventRow<'_>, large: Option<&str>) -> Result<(), RegisterError> {
        let [seq, at, mail_id, _] = row.numbers;
        let [_, kind, actor, small] = row.texts;
        let seq = there(seq)?;
        let Some(content) = small.or(large) else {
            made.is_complete = false;
            return Ok(());
        };
        let mut find = |what: &str| self.of_events.push((seq, what.to_owned()));
        let Ok(event) = serde_json::from_str::<Event>(content) else {
            find(UNKNOWN);
            return Ok(());
        };
        let link = Link {
            seq,
            at: there(at)?,
            case_number: &*made.written,
            kind: there(kind)?,
            actor: there(actor)?,
            mail_id,
            payload_hash: "",
            previous_hash: "",
        };
        if !says_the_same(&link, &event) {
            find(DIFFERENT);
        }
        if let Some(what) = made.apply(&event) {
            find(what);
        }
        Ok(())
    }

    /// Holds a case's row, and what is kept there if it can be read, against what its events made.
    fn end(&mut self, made: &Made, row: Option<(Columns, Option<Case>)>) {
        let mut find = |what: &str| self.of_cases.push(Finding { place: made.written.clone(), what: what.to_owned() });
        match (made.number, &row) {
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
        Self { written: written.to_owned(), number: written.parse().ok(), case: None, is_complete: true }
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
