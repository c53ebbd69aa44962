//! Statements about many rows at once: their parameters, and how many rows go into one. The number of statements of a step
//! does not grow with its rows but by this (a database over the network costs by the round trip). Pure.

use super::engine::Engine;
use std::iter;

/// Parameters of one statement: SQLite takes 32,766, PostgreSQL 65,535.
const PARAMETERS_MAX: usize = 16_000;
/// Rows of one statement, so that its text stays short.
const ROWS_MAX: usize = 500;
/// Octets of contents that one statement is given or gives: its parameters and the driver's rows hold them once more.
const PORTION_MAX: usize = 512 * 1024;

/// Rows of one statement, of so many columns each.
pub(super) const fn rows_of(columns: usize) -> usize {
    let rows = PARAMETERS_MAX / columns;
    if rows < ROWS_MAX { rows } else { ROWS_MAX }
}

/// All of them in their order, so many for each statement that it stays within its parameters and octets; what is larger by itself
/// has one to itself.
pub(super) fn portions<T>(all: &[T], columns: usize, octets: impl Fn(&T) -> usize) -> impl Iterator<Item = &[T]> {
    let mut rest = all;
    iter::from_fn(move || {
        let mut together = 0_usize;
        let fit = rest.iter().take(rows_of(columns)).take_while(|one| {
            together = together.saturating_add(octets(one));
            together <= PORTION_MAX
        });
        let (portion, after) = rest.split_at_checked(fit.count().max(1))?;
        rest = after;
        Some(portion)
    })
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

    #[test]
    fn portions_hold_all_in_their_order_and_few_octets() {
        let portions = |all: &[usize]| portions(all, 1, |octets| *octets).map(<[usize]>::to_vec).collect::<Vec<_>>();
        assert!(portions(&[]).is_empty());
        assert_eq!(portions(&[PORTION_MAX - 1, 1, 1]), [vec![PORTION_MAX - 1, 1], vec![1]]);
        assert_eq!(portions(&[1, PORTION_MAX + 1, 2, 3]), [vec![1], vec![PORTION_MAX + 1], vec![2, 3]]);
        assert_eq!(portions(&[usize::MAX, usize::MAX]), [[usize::MAX], [usize::MAX]]);
        assert_eq!(portions(&[0; 501]).iter().map(Vec::len).collect::<Vec<_>>(), [500, 1]);
    }
}
