//! Statements about many rows at once: their parameters, and how many rows go into one. The number of statements of a step
//! does not grow with its rows but by this (a database over the network costs by the round trip). Pure.

use super::engine::Engine;

/// Parameters of one statement on SQLite. It would take 32,766, but the driver asks it for each one's name, and it looks for
/// that from the first on: the time grows with the square.
const PARAMETERS_MAX: usize = 800;
/// The same on PostgreSQL, which takes 65,535 and is a round trip away: a batch of mails is one statement of each kind.
const SERVER_PARAMETERS_MAX: usize = 16_000;
/// Rows of one statement, so that its text stays short.
const ROWS_MAX: usize = 500;

/// Rows of one statement, of so many columns each, on either database.
pub(super) const fn rows_of(columns: usize) -> usize {
    at_most(PARAMETERS_MAX, columns)
}

/// The same on this one.
pub(super) const fn rows_on(engine: Engine, columns: usize) -> usize {
    match engine {
        Engine::Sqlite => at_most(PARAMETERS_MAX, columns),
        Engine::Postgres => at_most(SERVER_PARAMETERS_MAX, columns),
    }
}

const fn at_most(parameters: usize, columns: usize) -> usize {
    let rows = parameters / columns;
    if rows < ROWS_MAX { rows } else { ROWS_MAX }
}

/// `$3, $4, $5`: parameters of an IN list.
pub(super) fn numbered(first: usize, count: usize) -> String {
    (first..first + count).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
}

/// `($1, $2), ($3, $4)`: parameters of so many rows.
pub(super) fn tuples(columns: usize, count: usize) -> String {
    tuples_from(1, columns, count)
}

/// The same behind other parameters.
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
        assert_eq!(tuples(2, 2), "($1, $2), ($3, $4)");
        assert_eq!((rows_of(1), rows_of(2), rows_of(100)), (500, 400, 8));
        assert_eq!((rows_on(Engine::Sqlite, 16), rows_on(Engine::Postgres, 16)), (50, 500));
    }
}
