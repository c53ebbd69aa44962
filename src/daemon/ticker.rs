//! When the next full minute begins, by the clock. Asked of the scheduler, whose own loop is never started: it would wake the
//! process twice a second to see whether it is time, which was two thirds of what an idle daemon cost.

use std::time::Duration;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

/// Seconds part of a cron pattern: every minute, in UTC. Only a ticker: what is due is read from the register.
const EVERY_MINUTE: &str = "0 * * * * *";
const MINUTE: Duration = Duration::from_secs(60);
/// Where the minute began while it was asked for.
const AT_ONCE: Duration = Duration::from_secs(1);

/// Says how long it is until the clock's next full minute.
pub(super) struct Ticker(JobScheduler);

impl Ticker {
    /// # Errors
    /// The scheduler does not start.
    pub async fn new() -> Result<Self, JobSchedulerError> {
        Ok(Self(JobScheduler::new().await?))
    }

    /// In whole seconds, rounded up: the minute has begun after it.
    ///
    /// # Errors
    /// The scheduler takes no job, or gives none back.
    pub async fn until_next(&mut self) -> Result<Duration, JobSchedulerError> {
        // A job knows when it is due from when it was added, and learns the next time only in the scheduler's own loop.
        let job = self.0.add(Job::new(EVERY_MINUTE, |_, _| ())?).await?;
        let wait = self.0.time_till_next_job().await;
        self.0.remove(&job).await?;
        // A clock that was put back since then makes it longer than it ever is.
        Ok(wait?.unwrap_or(AT_ONCE).min(MINUTE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{Timelike, Utc};

    #[tokio::test]
    async fn a_full_minute_begins_within_a_minute_as_often_as_it_is_asked() {
        let mut ticker = Ticker::new().await.unwrap();
        for _ in 0..3 {
            let before = Utc::now();
            let wait = ticker.until_next().await.unwrap();
            let begins = [before, Utc::now()].map(|asked| (u64::from(asked.second()) + wait.as_secs()) % 60);
            assert!(wait > Duration::ZERO && wait <= Duration::from_secs(60), "{wait:?}");
            assert!(begins.contains(&0), "{before}: {wait:?}");
        }
    }
}
