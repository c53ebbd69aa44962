//! Many values of many rows in one value. The drivers hand a row over value by value, from a thread to another: for who goes
//! through all events that is several times what the database and all checking cost. Each row is its numbers and the octets of
//! its texts, with a blank behind each, and then the texts, so that no text can pass for another, whatever stands in it. That numbers are numbers the database
//! holds (SQLite's tables are `STRICT`). Pure.

use super::{RegisterError, unreadable};

/// Columns, or what is made of them, that come as one text.
pub(super) struct Packed<const N: usize, const T: usize> {
    pub numbers: [&'static str; N],
    pub texts: [&'static str; T],
}

/// One row. None: NULL.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PackedRow<'a, const N: usize, const T: usize> {
    pub numbers: [Option<i64>; N],
    pub texts: [Option<&'a str>; T],
}

impl<const N: usize, const T: usize> Packed<N, T> {
    /// What makes a row into one text, on either database.
    pub fn sql(&self) -> String {
        let lengths = self.texts.iter().map(|text| format!("octet_length({text})"));
        let heads = self.numbers.iter().map(|number| (*number).to_owned()).chain(lengths).map(|head| head + ", ' '");
        let parts: Vec<String> = heads.chain(self.texts.iter().map(|text| (*text).to_owned())).collect();
        format!("concat({})", parts.join(", "))
    }

    /// Takes the first row off a text of them.
    ///
    /// # Errors
    /// It is none.
    pub fn take<'a>(&self, rest: &mut &'a str) -> Result<PackedRow<'a, N, T>, RegisterError> {
        let mut row = PackedRow { numbers: [None; N], texts: [None; T] };
        for number in &mut row.numbers {
            *number = head(rest)?;
        }
        let mut lengths = [None; T];
        for length in &mut lengths {
            *length = head(rest)?;
        }
        for (text, length) in row.texts.iter_mut().zip(lengths) {
            let Some(length) = length else { continue };
            let split = usize::try_from(length).ok().and_then(|length| rest.split_at_checked(length));
            let (own, after) = split.ok_or_else(broken)?;
            (*text, *rest) = (Some(own), after);
        }
        Ok(row)
    }
}

/// All rows of a query of [`Packed::sql`] (named `packed`) as one text; NULL where there is none. In no certain order.
pub(super) fn all_of(query: &str) -> String {
    format!("SELECT string_agg(packed, '') FROM ({query}) AS rows_of")
}

/// A number and the blank behind it.
fn head(rest: &mut &str) -> Result<Option<i64>, RegisterError> {
    let (own, after) = rest.split_once(' ').ok_or_else(broken)?;
    *rest = after;
    if own.is_empty() { Ok(None) } else { own.parse().map(Some).map_err(|_| broken()) }
}

/// What a column that is never NULL says.
pub(super) fn there<V>(value: Option<V>) -> Result<V, RegisterError> {
    value.ok_or_else(broken)
}

fn broken() -> RegisterError {
    unreadable("a row that did not come as it was asked for")
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::{AnyConnection, AssertSqlSafe, Connection, Row};

    const PAIR: Packed<2, 3> = Packed { numbers: ["number", "none"], texts: ["first", "empty", "last"] };

    #[tokio::test]
    async fn rows_come_back_whatever_stands_in_their_texts() {
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect("sqlite::memory:").await.unwrap();
        let rows = [(-7_i64, "één 3 ", Some("5 ")), (9, "", None), (0, "a\0b\n", Some("'"))];
        let row = "SELECT $1 AS number, NULL AS none, $2 AS first, '' AS empty, $3 AS last";
        let mut all = String::new();
        for (number, first, last) in rows {
            let text = all_of(&format!("SELECT {} AS packed FROM ({row}) AS one", PAIR.sql()));
            let query = sqlx::query(AssertSqlSafe(text)).bind(number).bind(first).bind(last);
            all += &query.fetch_one(&mut connection).await.unwrap().try_get::<String, _>(0).unwrap();
        }
        let mut rest = all.as_str();
        for (number, first, last) in rows {
            let expected = PackedRow { numbers: [Some(number), None], texts: [Some(first), Some(""), last] };
            assert_eq!(PAIR.take(&mut rest).unwrap(), expected);
        }
        assert_eq!(rest, "");
    }

    #[test]
    fn what_is_no_row_is_refused() {
        for text in ["", "1", "1 2 ", "1  x 0 0 ", "1  9 0 0 kort", "1  -1 0 0 ", "1  1 0 0 é"] {
            assert!(PAIR.take(&mut &*text.to_owned()).is_err(), "{text:?}");
        }
    }
}
