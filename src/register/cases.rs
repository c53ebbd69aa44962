//! Rows of `cases`: what their events made of them, found and read. Only SQL.

use super::sets::{numbered, rows_of};
use super::{Register, RegisterError, Tx, millis, unreadable};
use crate::case::{Case, CaseNumber, MailboxName, Moment};
use crate::desk::LookBack;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::{BTreeMap, BTreeSet};

/// Cases followed from one to the next in which it goes on: nobody merges as often, and a circle ends here.
const MERGED_MAX: usize = 32;

/// How a confidential case begins to say so in its body; in what a customer wrote the marks around it are escaped.
pub(super) const HIDDEN: &str = "\"confidential\":{";

/// Cases read at a time.
const PAGE: i64 = 200;

/// Which cases a list wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseQuery {
    All,
    /// Open ones, those closed since then, and those of which something is owed or guarded however long ago.
    OpenOrClosedSince(Moment),
    /// Those the clock is watched for: open ones, and those with something on the agenda.
    Guarded,
}

impl Register {
    /// One case.
    ///
    /// # Errors
    /// The database refused.
    pub async fn case(&self, number: CaseNumber) -> Result<Option<Case>, RegisterError> {
        let row = sqlx::query("SELECT body FROM cases WHERE number = $1")
            .bind(number.to_string())
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(body).transpose()
    }

    /// Cases in the order of their numbers.
    pub fn cases(&self, query: CaseQuery) -> Cases<'_> {
        Cases { register: self, query, page: Vec::new().into_iter(), after: (0, 0) }
    }

    /// The mailboxes that cases on file came by, but for those that name none.
    ///
    /// # Errors
    /// The database refused.
    pub async fn mailboxes_of_cases(&self) -> Result<Vec<MailboxName>, RegisterError> {
        let text = "SELECT DISTINCT mailbox FROM cases WHERE mailbox <> '' ORDER BY mailbox";
        let rows = sqlx::query(text).fetch_all(&self.pool).await?;
        rows.iter().map(|row| Ok(MailboxName::new(row.try_get::<String, _>(0)?))).collect()
    }

    /// The cases that only their readers see.
    ///
    /// # Errors
    /// The database refused.
    pub async fn confidential(&self) -> Result<BTreeSet<CaseNumber>, RegisterError> {
        let rows = sqlx::query("SELECT body FROM cases WHERE body LIKE $1")
            .bind(format!("%{HIDDEN}%"))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|row| body(row).map(|case| case.number)).collect()
    }

    /// What a digest looks back on that is written at `until`.
    ///
    /// # Errors
    /// The database refused.
    pub async fn look_back(&self, since: Moment, until: Moment) -> Result<LookBack, RegisterError> {
        let rows = sqlx::query(OPENED_BETWEEN).bind(millis(since)).bind(millis(until)).fetch_all(&self.pool).await?;
        let number = |row: &AnyRow| {
            let written: String = row.try_get(0)?;
            written.parse().map_err(|e| unreadable(format!("case {written}: {e}")))
        };
        Ok(LookBack { since, registered: rows.iter().map(number).collect::<Result<_, _>>()? })
    }
}

/// A page of cases.
const ALL: &str = "SELECT year, serial, body FROM cases WHERE (year, serial) > ($1, $2) ORDER BY year, serial LIMIT $3";
const GUARDED: &str = "SELECT year, serial, body FROM cases WHERE (year, serial) > ($1, $2) \
     AND (state = 'open' OR remind_at IS NOT NULL) ORDER BY year, serial LIMIT $3";

/// A page of those that are open, have something on their agenda, or are owed something, and of those closed since. Each by an
/// index of its own, whatever else is on file: the sums keep SQLite from going through all closed ones in order of their numbers.
const OPEN_OR_CLOSED: &str = "SELECT cases.year, cases.serial, body FROM (\
     SELECT year, serial FROM cases WHERE (year, serial) > ($1, $2) \
     AND (state = 'open' OR remind_at IS NOT NULL OR owed_at IS NOT NULL) \
     UNION SELECT year + 0, serial + 0 FROM cases WHERE (year + 0, serial + 0) > ($1, $2) AND closed_at >= $4 \
     ORDER BY 1, 2 LIMIT $3) AS wanted \
     JOIN cases ON cases.year = wanted.year AND cases.serial = wanted.serial ORDER BY cases.year, cases.serial";

const OPENED_BETWEEN: &str = "SELECT case_number FROM event WHERE kind = 'opened' AND at > $1 AND at <= $2";

/// Cases one after the other, a page in memory at a time: there may be very many.
pub struct Cases<'a> {
    register: &'a Register,
    query: CaseQuery,
    page: std::vec::IntoIter<Case>,
    /// Year and serial of the page's last one.
    after: (i64, i64),
}

impl Cases<'_> {
    /// The next one; a case that changes meanwhile is seen as it was or as it is.
    ///
    /// # Errors
    /// The database refused.
    pub async fn next(&mut self) -> Result<Option<Case>, RegisterError> {
        if self.page.len() == 0 {
            self.read_on().await?;
        }
        Ok(self.page.next())
    }

    /// All of them, where they are few.
    ///
    /// # Errors
    /// The database refused.
    pub async fn all(mut self) -> Result<Vec<Case>, RegisterError> {
        let mut all = Vec::new();
        while let Some(case) = self.next().await? {
            all.push(case);
        }
        Ok(all)
    }

    async fn read_on(&mut self) -> Result<(), RegisterError> {
        let text = match self.query {
            CaseQuery::All => ALL,
            CaseQuery::Guarded => GUARDED,
            CaseQuery::OpenOrClosedSince(_) => OPEN_OR_CLOSED,
        };
        let query = sqlx::query(text).bind(self.after.0).bind(self.after.1).bind(PAGE);
        let query = match self.query {
            CaseQuery::All | CaseQuery::Guarded => query,
            CaseQuery::OpenOrClosedSince(since) => query.bind(millis(since)),
        };
        let rows = query.fetch_all(&self.register.pool).await?;
        if let Some(last) = rows.last() {
            self.after = (last.try_get(0)?, last.try_get(1)?);
        }
        self.page = rows.iter().map(body).collect::<Result<Vec<Case>, _>>()?.into_iter();
        Ok(())
    }
}

impl Tx {
    /// The cases as they stand, as far as there are any of these numbers.
    ///
    /// # Errors
    /// The database refused, or holds a case of a newer version.
    pub async fn load_cases(&mut self, numbers: &[CaseNumber]) -> Result<BTreeMap<CaseNumber, Case>, RegisterError> {
        let unread: Vec<CaseNumber> =
            numbers.iter().filter(|number| !self.cases.contains_key(number)).copied().collect();
        for some in unread.chunks(rows_of(1)) {
            let text = format!("SELECT body FROM cases WHERE number IN ({})", numbered(1, some.len()));
            let query = sqlx::query(sqlx::AssertSqlSafe(text));
            let query = some.iter().fold(query, |query, number| query.bind(number.to_string()));
            for row in query.fetch_all(&mut *self.inner).await? {
                let case = body(&row)?;
                self.cases.insert(case.number, case);
            }
        }
        Ok(numbers.iter().filter_map(|number| Some((*number, self.cases.get(number)?.clone()))).collect())
    }

    /// The case that goes on under that number: the one itself, or the one it was merged with.
    pub(super) async fn case_going_on(&mut self, number: CaseNumber) -> Result<Option<Case>, RegisterError> {
        Ok(self.cases_going_on(&[number]).await?.remove(&number))
    }

    /// By each of these numbers the case that goes on under it.
    ///
    /// # Errors
    /// The database refused, or holds a case of a newer version.
    pub async fn cases_going_on(
        &mut self,
        numbers: &[CaseNumber],
    ) -> Result<BTreeMap<CaseNumber, Case>, RegisterError> {
        let mut loaded = self.load_cases(numbers).await?;
        for _ in 0..MERGED_MAX {
            let next: BTreeSet<CaseNumber> = loaded.values().filter_map(|case| case.merged_into).collect();
            let next: Vec<CaseNumber> = next.into_iter().filter(|number| !loaded.contains_key(number)).collect();
            if next.is_empty() {
                break;
            }
            loaded.extend(self.load_cases(&next).await?);
        }
        let mut found = BTreeMap::new();
        for number in numbers {
            let (mut case, mut steps) = (loaded.get(number), 0);
            while let Some(next) = case.and_then(|case| case.merged_into) {
                case = loaded.get(&next);
                steps += 1;
                if steps > MERGED_MAX {
                    return Err(unreadable(format!("case {number}: it was merged more than {MERGED_MAX} times")));
                }
            }
            found.extend(case.map(|case| (*number, case.clone())));
        }
        Ok(found)
    }

    /// These numbers were given out, by this register before a backup of it was restored, or by another one: none of them
    /// is given out again.
    ///
    /// # Errors
    /// The database refused.
    pub async fn note_numbers(&mut self, numbers: &[CaseNumber]) -> Result<(), RegisterError> {
        let mut last: BTreeMap<i32, u32> = BTreeMap::new();
        for number in numbers {
            let known = last.entry(number.year).or_default();
            *known = number.serial.max(*known);
        }
        for (year, serial) in last {
            sqlx::query(
                "INSERT INTO number_seen (year, serial) VALUES ($1, $2) \
                 ON CONFLICT (year) DO UPDATE SET serial = excluded.serial WHERE number_seen.serial < excluded.serial",
            )
            .bind(i64::from(year))
            .bind(i64::from(serial))
            .execute(&mut *self.inner)
            .await?;
        }
        Ok(())
    }

    /// The serial that the next case of that year gets: beyond every number on file, and every one that is known to have
    /// been given out. A gap harms nobody, a number of two customers does. Nobody else can take it while this
    /// transaction writes.
    pub(super) async fn next_serial(&mut self, year: i32) -> Result<u32, RegisterError> {
        let last = self.last_serial(year).await?;
        u32::try_from(last + 1).map_err(|_| unreadable(format!("serial {last} of year {year}")))
    }

    async fn last_serial(&mut self, year: i32) -> Result<i64, RegisterError> {
        let row = sqlx::query(
            "SELECT CAST(COALESCE(MAX(serial), 0) AS BIGINT) FROM \
             (SELECT serial FROM cases WHERE year = $1 UNION ALL SELECT serial FROM number_seen WHERE year = $1) AS given",
        )
        .bind(i64::from(year))
        .fetch_one(&mut *self.inner)
        .await?;
        Ok(row.try_get(0)?)
    }
}

pub(super) fn body(row: &AnyRow) -> Result<Case, RegisterError> {
    let json: String = row.try_get("body")?;
    serde_json::from_str(&json).map_err(|e| unreadable(format!("case: {e}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::register::same::duplicates_text;
    use crate::register::snapshot::open_cases_text;

    /// SQLite says how it goes about it.
    #[tokio::test]
    async fn what_is_asked_of_each_mail_each_minute_and_each_day_goes_through_no_table() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("klachtpost.db").display());
        let register = Register::open(&url).await.unwrap();
        let (open, same) = (open_cases_text(2, "1 = 1"), duplicates_text(2, "1 = 1"));
        for (text, indexes) in [
            (GUARDED, &["cases_guarded"][..]),
            (OPEN_OR_CLOSED, &["cases_guarded", "cases_closed"]),
            (OPENED_BETWEEN, &["event_opened"]),
            (&open, &["cases_customer (customer_address=?)"]),
            (&same, &["mail_identity (message_id=? AND content_hash=?)"]),
        ] {
            let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {text}"));
            let rows = sqlx::query(explain).fetch_all(&register.pool).await.unwrap();
            let plan: Vec<String> = rows.iter().map(|row| row.try_get(3).unwrap()).collect();
            let through_table =
                |step: &&String| step.starts_with("SCAN") && !step.contains("wanted") && !step.contains("VALUES");
            assert_eq!(plan.iter().find(through_table), None, "{plan:?}");
            for index in indexes {
                assert!(plan.iter().any(|step| step.contains(index)), "{index}: {plan:?}");
            }
        }
    }
}
