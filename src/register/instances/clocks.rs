//! An instance's clock, held against the database's: what is due is judged by the instance's own, and of several with the same work
//! none may do it an hour early, or a day twice. Who is too far off holds nothing. Only SQL and one comparison.

use super::{AT_ANY_HOUR, NOW, Presence};
use crate::case::Moment;
use crate::register::{Register, RegisterError};
use chrono::TimeDelta;
use sqlx::{AnyConnection, Row};
use std::sync::atomic::Ordering;

/// Further apart, in milliseconds, a clock is not believed: synchronised ones differ by far less, and no term is that short.
pub const APART_MAX: TimeDelta = TimeDelta::seconds(30);
/// From here on it is believed again: one that is slowly put right must not take and give back in turns.
const AGREES_AGAIN: TimeDelta = TimeDelta::seconds(20);

/// How far our clock is ahead of the database's, which was asked between the two moments: the least that it can be, in milliseconds.
fn apart(asked: Moment, database: i64, answered: Moment) -> i64 {
    let (asked, answered) = (asked.timestamp_millis(), answered.timestamp_millis());
    // A clock that is put right meanwhile may run backwards.
    let (first, last) = (asked.min(answered), asked.max(answered));
    database.clamp(first, last) - database
}

/// By how much it is off now, where it was before by so much; 0: it is believed.
fn believed(before: i64, apart: i64) -> i64 {
    let max = if before == 0 { APART_MAX } else { AGREES_AGAIN };
    if apart.abs() > max.num_milliseconds() { apart } else { 0 }
}

/// What comparing came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compared {
    Good,
    /// It is off, or was until now.
    Doubted,
}

impl Presence {
    /// How far our clock is ahead, where it is not believed.
    pub(super) fn off(&self) -> Option<TimeDelta> {
        Some(self.clock_off.load(Ordering::SeqCst)).filter(|off| *off != 0).map(TimeDelta::milliseconds)
    }

    /// Asks the database for its hour; nothing where somebody vouches for our clock.
    pub(super) async fn compare(&self, connection: &mut AnyConnection) -> Result<Compared, sqlx::Error> {
        if !self.clock.is_doubtable() {
            return Ok(Compared::Good);
        }
        let found = measured(&self.clock, connection).await?;
        // The keeper and the loops compare at once: each change is one's alone to tell.
        let before =
            self.clock_off.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |before| Some(believed(before, found)));
        let before = before.unwrap_or_else(|before| before);
        let off = believed(before, found);
        match (before, off) {
            (0, 0) => return Ok(Compared::Good),
            (0, _) => tracing::error!(instance = self.name, "{}", said(TimeDelta::milliseconds(off))),
            (_, 0) => tracing::info!(instance = self.name, "this machine's clock agrees with the database's again"),
            _ => {}
        }
        Ok(Compared::Doubted)
    }

    /// Has the others know it, and gives back what goes by the hour: again each time, for a lease that was just being taken, or
    /// could not be given back, would stay with one who does nothing with it.
    pub(super) async fn give_way(&self, connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
        let off = self.clock_off.load(Ordering::SeqCst);
        let say = sqlx::query("UPDATE instance SET clock_off = $2 WHERE id = $1 AND clock_off <> $2");
        say.bind(&self.id).bind(off).execute(&mut *connection).await?;
        if off != 0 {
            let free = format!("UPDATE lease SET holder = '' WHERE holder = $1 AND name NOT LIKE '{AT_ANY_HOUR}%'");
            sqlx::query(sqlx::AssertSqlSafe(free)).bind(&self.id).execute(connection).await?;
        }
        Ok(())
    }
}

/// What an operator reads of a clock that is off by so much (invariant 12).
fn said(off: TimeDelta) -> String {
    format!(
        "compared this machine's clock with that of the register's database, expected them within {} s of each other, found \
         this one {} it; this instance takes nothing in, decides and sends nothing until they agree; next: set the clock that is \
         wrong (timedatectl status on both machines)",
        APART_MAX.num_seconds(),
        ahead(off)
    )
}

/// How a clock stands to the other, which is named behind it.
pub fn ahead(off: TimeDelta) -> String {
    let side = if off > TimeDelta::zero() { "ahead of" } else { "behind" };
    // What the way there and back took is not known, and makes it a little less.
    format!("{} s {side}", (off.num_milliseconds().abs() + 500) / 1_000)
}

async fn measured(clock: &crate::clock::Clock, connection: &mut AnyConnection) -> Result<i64, sqlx::Error> {
    let asked = clock.now();
    let row = sqlx::query(sqlx::AssertSqlSafe(format!("SELECT {NOW}"))).fetch_one(connection).await?;
    Ok(apart(asked, row.try_get(0)?, clock.now()))
}

impl Register {
    /// How far our clock is ahead of the database's, as it was compared last; None: it is believed, or nobody else works here.
    pub fn clock_off(&self) -> Option<TimeDelta> {
        self.presence.as_ref()?.off()
    }

    /// The same, compared now.
    ///
    /// # Errors
    /// The database refused.
    pub async fn compare_clock(&self) -> Result<Option<TimeDelta>, RegisterError> {
        let Some(presence) = self.presence.as_ref().filter(|presence| presence.clock.is_doubtable()) else {
            return Ok(None);
        };
        let mut connection = self.writer.acquire().await?;
        if presence.compare(&mut connection).await? == Compared::Doubted {
            presence.give_way(&mut connection).await?;
        }
        Ok(presence.off())
    }

    /// The same for who works here as nobody. None: they agree, or there is no other clock.
    ///
    /// # Errors
    /// The database refused.
    pub async fn clock_apart(&self, clock: &crate::clock::Clock) -> Result<Option<TimeDelta>, RegisterError> {
        if !self.is_shared() {
            return Ok(None);
        }
        let found = measured(clock, &mut *self.pool.acquire().await?).await?;
        Ok(Some(believed(0, found)).filter(|off| *off != 0).map(TimeDelta::milliseconds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Moment {
        chrono::DateTime::from_timestamp_millis(millis).unwrap()
    }

    #[test]
    fn a_clock_is_off_by_what_the_way_there_and_back_does_not_explain() {
        for (asked, database, answered, ahead) in [
            (1_000, 1_000, 1_000, 0),
            (1_000, 5_500, 6_000, 0),
            (100_000, 60_000, 100_500, 40_000),
            (60_000, 100_000, 60_500, -39_500),
            // It was put right while the answer was on its way.
            (3_600_000, 1_000, 1_000, 0),
        ] {
            assert_eq!(apart(at(asked), database, at(answered)), ahead, "{asked} {database} {answered}");
        }
    }

    #[test]
    fn one_that_comes_near_slowly_is_doubted_once_and_believed_once() {
        let seconds = [0, 29, 31, 29, 31, 25, 30, 21, 19, 21, 29, -29, -31, -21, -20];
        let mut off = 0;
        let doubted = seconds.map(|apart| {
            off = believed(off, apart * 1_000);
            off != 0
        });
        let expected =
            [false, false, true, true, true, true, true, true, false, false, false, false, true, true, false];
        assert_eq!(doubted, expected);
    }
}
