//! Statements about many rows at once: their parameters, and how many rows go into one. The number of statements of a step
//! does not grow with its rows but by this (a database over the network costs by the round trip). Pure.

use super::engine::Engine;

/// Parameters of one statement: SQLite takes 32,766, PostgreSQL 65,535.
const PARAMETERS_MAX: usize = 16_000;
/// Rows of one statement, so that its text stays short.
const ROWS_MAX: usize = 500;

/// Rows of one statement, of so many columns each.
pub(super) const fn rows_of(columns: usize) -> usize {
    let rows = PARAMETERS_MAX / columns;
    if rows < ROWS_MAX { rows } else { ROWS_MAX }
}

/// `$3, $4, $5`: parameters of an IN list.
pub(super) fn numbered(first: usize, count: usize) -> String {
    (first..first + count).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
}

/// `($1, $2), ($3, $4)`: so many rows, of a statement that has no other parameters. SQLite is given no numbers: it looks for each
/// among all that were before it, and the driver asks it for each once more, so that the time would grow with the square.
pub(super) fn tuples(engine: Engine, columns: usize, count: usize) -> String {
    match engine {
        Engine::Sqlite => vec![format!("({})", vec!["?"; columns].join(", ")); count].join(", "),
        Engine::Postgres => tuples_from(1, columns, count),
    }
}

/// The same in a statement that has others: behind them, or before them.
pub(super) fn tuples_from(first: usize, columns: usize, count: usize) -> String {
    let tuple = |row: usize| format!("({})", numbered(first + row * columns, columns));
    (0..count).map(tuple).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered_through() {
        assert_eq!(numbered(3, 3), "$3, $4, $5");
        assert_eq!(tuples(Engine::Postgres, 2, 2), "($1, $2), ($3, $4)");
        assert_eq!(tuples(Engine::Sqlite, 2, 2), "(?, ?), (?, ?)");
        assert_eq!((rows_of(1), rows_of(32), rows_of(100)), (500, 500, 160));
    }
}
