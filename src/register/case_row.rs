//! A case's row: its columns are made of the case and nothing else, and it is written by one function only. Only SQL.

use super::mails::without_nul;
use super::packed::{Packed, PackedRow, there};
use super::sets::{rows_of, tuples};
use super::{RegisterError, Tx, millis, unreadable};
use crate::case::{Address, Case, Reference, reference_key};
use crate::desk::fold;

/// Whether the register has a row of the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CaseRow {
    New,
    Known,
}

/// The columns beside the body, for looking up: made of the case and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns {
    pub number: String,
    pub year: i64,
    pub serial: i64,
    pub state: String,
    pub department: String,
    pub handler: String,
    pub customer_address: String,
    pub received_at: i64,
    pub closed_at: Option<i64>,
    pub remind_at: Option<i64>,
    /// Of a closed case: since when something is owed in writing.
    pub owed_at: Option<i64>,
    /// For `#zoek`: who complains and what about, folded.
    pub words: String,
    /// Plates, contract numbers and the telephone number as [`reference_key`] makes them, each between bars.
    pub keys: String,
    /// Empty: the first one.
    pub mailbox: String,
}

/// The names of [`Columns`], and the body after them.
const COLUMNS: &str = "number, year, serial, state, department, handler, customer_address, received_at, closed_at, remind_at, owed_at, \
     words, keys, mailbox, body";

/// The same as one text.
pub(super) const ROW: Packed<6, 9> = Packed {
    numbers: ["year", "serial", "received_at", "closed_at", "remind_at", "owed_at"],
    texts: ["number", "state", "department", "handler", "customer_address", "words", "keys", "mailbox", "body"],
};

/// How many these are.
const COLUMNS_COUNT: usize = 15;

impl Columns {
    pub fn of(case: &Case) -> Self {
        Self {
            number: case.number.to_string(),
            year: i64::from(case.number.year),
            serial: i64::from(case.number.serial),
            state: case.state.name().to_owned(),
            department: without_nul(&case.department),
            handler: case.handler.as_ref().map(|a| a.key()).unwrap_or_default(),
            customer_address: case.customer.address.as_ref().map(|a| a.key()).unwrap_or_default(),
            received_at: millis(case.received_at),
            closed_at: case.closed_at.map(millis),
            remind_at: case.next_reminder().map(millis),
            owed_at: case.committee_guarded_since().map(millis),
            words: words(case),
            keys: keys(case),
            mailbox: case.mailbox.as_ref().map(ToString::to_string).unwrap_or_default(),
        }
    }

    /// From a row of [`ROW`].
    ///
    /// # Errors
    /// It is none.
    pub fn read(row: &PackedRow<'_, 6, 9>) -> Result<Self, RegisterError> {
        let [year, serial, received_at, closed_at, remind_at, owed_at] = row.numbers;
        let [number, state, department, handler, customer_address, words, keys, mailbox, _] = row.texts;
        let text = |text: Option<&str>| there(text).map(ToOwned::to_owned);
        Ok(Self {
            number: text(number)?,
            year: there(year)?,
            serial: there(serial)?,
            state: text(state)?,
            department: text(department)?,
            handler: text(handler)?,
            customer_address: text(customer_address)?,
            received_at: there(received_at)?,
            closed_at,
            remind_at,
            owed_at,
            words: text(words)?,
            keys: text(keys)?,
            mailbox: text(mailbox)?,
        })
    }
}

impl Tx {
    /// Writes what cases have become. A new one is never written over another: a number that is taken is a conflict.
    pub(super) async fn save_cases(&mut self, cases: &[&Case], row: CaseRow) -> Result<(), RegisterError> {
        // Nearly every step leaves what a case is found by as it was, and a database writes all indexes over a column that is set.
        let is_found_the_same =
            |case: &&&Case| self.cases.get(&case.number).is_some_and(|before| Columns::of(before) == Columns::of(case));
        let (same, moved): (Vec<&Case>, Vec<&Case>) = match row {
            CaseRow::New => (Vec::new(), cases.to_vec()),
            CaseRow::Known => cases.iter().partition(is_found_the_same),
        };
        self.save_bodies(&same).await?;
        for some in moved.chunks(rows_of(COLUMNS_COUNT)) {
            let values = tuples(self.engine, COLUMNS_COUNT, some.len());
            let text = match row {
                CaseRow::New => format!("INSERT INTO cases ({COLUMNS}) VALUES {values}"),
                CaseRow::Known => format!(
                    "UPDATE cases SET year = column2, serial = column3, state = column4, department = column5, \
                     handler = column6, customer_address = column7, received_at = column8, closed_at = column9, \
                     remind_at = column10, owed_at = column11, words = column12, keys = column13, mailbox = column14, body = column15 \
                     FROM (VALUES {values}) AS became WHERE number = column1"
                ),
            };
            let mut query = sqlx::query(sqlx::AssertSqlSafe(text));
            for case in some {
                let columns = Columns::of(case);
                query = query
                    .bind(columns.number)
                    .bind(columns.year)
                    .bind(columns.serial)
                    .bind(columns.state)
                    .bind(columns.department)
                    .bind(columns.handler)
                    .bind(columns.customer_address)
                    .bind(columns.received_at)
                    .bind(columns.closed_at)
                    .bind(columns.remind_at)
                    .bind(columns.owed_at)
                    .bind(columns.words)
                    .bind(columns.keys)
                    .bind(columns.mailbox)
                    .bind(json(case)?);
                self.cases.remove(&case.number);
            }
            query.execute(&mut *self.inner).await?;
        }
        Ok(())
    }

    /// The bodies alone.
    async fn save_bodies(&mut self, cases: &[&Case]) -> Result<(), RegisterError> {
        for some in cases.chunks(rows_of(2)) {
            let values = tuples(self.engine, 2, some.len());
            let text =
                format!("UPDATE cases SET body = column2 FROM (VALUES {values}) AS became WHERE number = column1");
            let mut query = sqlx::query(sqlx::AssertSqlSafe(text));
            for case in some {
                query = query.bind(case.number.to_string()).bind(json(case)?);
                self.cases.remove(&case.number);
            }
            query.execute(&mut *self.inner).await?;
        }
        Ok(())
    }
}

fn words(case: &Case) -> String {
    let address = case.customer.address.as_ref().map(Address::as_str).unwrap_or_default();
    let phone = case.customer.phone.as_deref().unwrap_or_default();
    without_nul(&fold(&[&case.customer.name, address, phone, &case.subject, &case.text].join(" ")))
}

fn keys(case: &Case) -> String {
    let phone = case.customer.phone.as_deref().map(reference_key);
    let all = case.references.iter().map(Reference::key).chain(phone).filter(|key| !key.is_empty());
    all.map(|key| format!("|{}|", without_nul(&key))).collect()
}

fn json(case: &Case) -> Result<String, RegisterError> {
    serde_json::to_string(case).map_err(|e| unreadable(format!("case {}: {e}", case.number)))
}
