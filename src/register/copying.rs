//! A register copied into another database, whole or not at all: every table, row by row, in one transaction, read at one
//! moment. What is in memory is a few rows. Only SQL.

use super::engine::Engine;
use super::instances::NOW;
use super::sets::{rows_of, tuples};
use super::{Register, RegisterError, Tx, unreadable};
use crate::crash;
use futures_util::TryStreamExt;
use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, AssertSqlSafe, Row};

/// All tables and their keys, those that others refer to first.
const TABLES: [(&str, &str); 22] = [
    ("mail", "id"),
    ("mail_raw", "mail_id"),
    ("trial", "mail_id"),
    ("given_out", "mailbox, uid_validity, next_uid"),
    ("withheld", "mailbox, uid_validity, uid"),
    ("compared", "mailbox, uid_validity"),
    ("not_on_file", "mailbox, uid_validity, uid"),
    ("cases", "number"),
    ("number_seen", "year"),
    ("event", "seq"),
    ("event_payload", "seq"),
    ("outbox", "id"),
    ("letter", "id"),
    ("letter_carried", "letter_id, position"),
    ("refused_first", "letter_id"),
    ("connections_taken", "server"),
    ("job_run", "job, day"),
    ("outage", "area"),
    ("redaction", "entry"),
    ("redaction_removed", "entry, mailbox"),
    ("round_trips", "mailbox"),
    ("identity", "\"only\""),
];
/// Octets of one statement's texts and bytes, unless one row alone has more.
const STATEMENT_MAX: usize = 4 * 1024 * 1024;

/// A column, and what is in it.
#[derive(Debug)]
struct Column {
    name: String,
    kind: Kind,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Integer,
    Text,
    Blob,
}

/// One value of a row.
enum Value {
    Integer(Option<i64>),
    Text(Option<String>),
    Blob(Option<Vec<u8>>),
}

impl Register {
    /// Rows of all tables.
    ///
    /// # Errors
    /// The database refused.
    pub async fn rows(&self) -> Result<i64, RegisterError> {
        let mut rows = 0;
        for (table, _) in TABLES {
            let text = format!("SELECT count(*) FROM {table}");
            rows += sqlx::query_scalar::<_, i64>(AssertSqlSafe(text)).fetch_one(&self.pool).await?;
        }
        Ok(rows)
    }

    /// Copies all rows into an empty register; `told` hears how many were. Either all are there afterwards, or none. On PostgreSQL
    /// nobody can begin to work on either meanwhile; a SQLite file is the caller's alone ([`Register::only_daemon`]).
    ///
    /// # Errors
    /// The other one holds something already, an instance works on either, or a database refused.
    pub async fn copy_to(&self, to: &Self, told: &mut (dyn FnMut(i64) + Send)) -> Result<(), RegisterError> {
        let mut moment = self.begin_moment().await?;
        let mut tx = to.begin().await?;
        for (engine, connection) in [(self.engine, &mut *moment), (to.engine, &mut *tx.inner)] {
            if let Some(text) = engine.takes_long() {
                sqlx::raw_sql(text).execute(&mut *connection).await?;
            }
            nobody_works(engine, connection).await?;
        }
        tx.is_empty().await?;
        let mut copied = 0;
        for (table, key) in TABLES {
            let columns = tx.columns(table).await?;
            // What a new register begins with is another's.
            sqlx::query(AssertSqlSafe(format!("DELETE FROM {table}"))).execute(&mut *tx.inner).await?;
            let names = names(&columns);
            let text = format!("SELECT {names} FROM {table} ORDER BY {key}");
            let mut rows = sqlx::query(AssertSqlSafe(text)).fetch(&mut *moment);
            let mut some = Batch::new(table, &columns);
            while let Some(row) = rows.try_next().await? {
                some.take(&row)?;
                copied += 1;
                if some.is_full() {
                    tx.put(&mut some).await?;
                    told(copied);
                }
            }
            tx.put(&mut some).await?;
            told(copied);
        }
        moment.rollback().await?;
        tx.number_on().await?;
        crash::point("before ending a copy of the register");
        tx.commit().await
    }
}

/// Nobody works there, and nobody begins to until the transaction ends. Nothing was read before: what it sees is of after the lock.
async fn nobody_works(engine: Engine, connection: &mut AnyConnection) -> Result<(), RegisterError> {
    let Some(lock) = engine.keep_others_away() else { return Ok(()) };
    sqlx::raw_sql(lock).execute(&mut *connection).await?;
    let text = format!("SELECT count(*) FROM instance WHERE until > {NOW}");
    let alive: i64 = sqlx::query_scalar(AssertSqlSafe(text)).fetch_one(&mut *connection).await?;
    if alive == 0 {
        return Ok(());
    }
    let path = sqlx::query_scalar("SELECT CAST(current_database() AS TEXT)").fetch_one(connection).await?;
    Err(RegisterError::InUse { path })
}

fn names(columns: &[Column]) -> String {
    columns.iter().map(|column| format!("\"{}\"", column.name)).collect::<Vec<_>>().join(", ")
}

/// Rows of one statement.
struct Batch<'a> {
    table: &'static str,
    columns: &'a [Column],
    rows: Vec<Value>,
    size: usize,
}

impl<'a> Batch<'a> {
    fn new(table: &'static str, columns: &'a [Column]) -> Self {
        Self { table, columns, rows: Vec::new(), size: 0 }
    }

    fn take(&mut self, row: &AnyRow) -> Result<(), RegisterError> {
        for (place, column) in self.columns.iter().enumerate() {
            let value = match column.kind {
                Kind::Integer => Value::Integer(row.try_get(place)?),
                Kind::Text => Value::Text(row.try_get(place)?),
                Kind::Blob => Value::Blob(row.try_get(place)?),
            };
            self.size += match &value {
                Value::Integer(_) => size_of::<i64>(),
                Value::Text(text) => text.as_ref().map_or(0, String::len),
                Value::Blob(bytes) => bytes.as_ref().map_or(0, Vec::len),
            };
            self.rows.push(value);
        }
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.size >= STATEMENT_MAX || self.rows.len() >= rows_of(self.columns.len()) * self.columns.len()
    }
}

impl Tx {
    async fn is_empty(&mut self) -> Result<(), RegisterError> {
        for table in ["event", "mail", "outbox"] {
            let text = format!("SELECT count(*) FROM {table}");
            let rows: i64 = sqlx::query_scalar(AssertSqlSafe(text)).fetch_one(&mut *self.inner).await?;
            if rows > 0 {
                return Err(RegisterError::NotEmpty { rows, table });
            }
        }
        Ok(())
    }

    /// The columns of a table, in their order.
    async fn columns(&mut self, table: &str) -> Result<Vec<Column>, RegisterError> {
        let text = match self.engine {
            Engine::Sqlite => "SELECT name, type FROM pragma_table_info($1) ORDER BY cid",
            Engine::Postgres => {
                "SELECT CAST(column_name AS TEXT), CAST(data_type AS TEXT) FROM information_schema.columns \
                 WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position"
            }
        };
        let rows = sqlx::query(text).bind(table).fetch_all(&mut *self.inner).await?;
        let column = |row: &AnyRow| {
            let kind = match row.try_get::<String, _>(1)?.as_str() {
                "INTEGER" | "bigint" => Kind::Integer,
                "TEXT" | "text" => Kind::Text,
                "BLOB" | "bytea" => Kind::Blob,
                other => return Err(unreadable(format!("a column of type {other} in {table}"))),
            };
            Ok(Column { name: row.try_get(0)?, kind })
        };
        rows.iter().map(column).collect()
    }

    /// PostgreSQL counts ids apart from the rows: the next mail's is beyond all that were copied.
    async fn number_on(&mut self) -> Result<(), RegisterError> {
        if self.engine == Engine::Postgres {
            let text = "SELECT setval(pg_get_serial_sequence('mail', 'id'), (SELECT COALESCE(MAX(id), 0) + 1 FROM mail), false)";
            sqlx::query(text).execute(&mut *self.inner).await?;
        }
        Ok(())
    }

    async fn put(&mut self, batch: &mut Batch<'_>) -> Result<(), RegisterError> {
        let width = batch.columns.len();
        let rows = std::mem::take(&mut batch.rows);
        batch.size = 0;
        if rows.is_empty() {
            return Ok(());
        }
        let values = tuples(self.engine, width, rows.len() / width);
        let text = format!("INSERT INTO {} ({}) VALUES {values}", batch.table, names(batch.columns));
        let query = rows.into_iter().fold(sqlx::query::<Any>(AssertSqlSafe(text)), |query, value| match value {
            Value::Integer(value) => query.bind(value),
            Value::Text(value) => query.bind(value),
            Value::Blob(value) => query.bind(value),
        });
        query.execute(&mut *self.inner).await?;
        Ok(())
    }
}
