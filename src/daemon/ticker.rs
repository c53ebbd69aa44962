//! Rings once a minute, by the clock; touches nothing but that. On a thread and a runtime of its own: the scheduler wakes
//! twice a second to see whether it is time, and among the daemon's threads that is most of what an idle daemon costs.

use super::WorkError;
use std::sync::Arc;
use tokio::runtime::Builder;
use tokio::sync::{Notify, oneshot};
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

/// Every full minute, in UTC: what is due then is read from the register.
const EVERY_MINUTE: &str = "0 * * * * *";

/// Rings until it is dropped.
pub(super) struct Ticker {
    /// That this is gone is heard on the thread.
    _held: oneshot::Sender<()>,
}

impl Ticker {
    /// # Errors
    /// No thread, no runtime on it, or a scheduler that does not start.
    pub async fn start(bell: Arc<Notify>) -> Result<Self, WorkError> {
        let runtime = Builder::new_current_thread().enable_time().build().map_err(WorkError::TickerThread)?;
        let (started, starts) = oneshot::channel();
        let (held, dropped) = oneshot::channel();
        let rings = async move {
            let scheduler = scheduled(bell).await;
            let _ = started.send(scheduler.as_ref().map(drop).map_err(ToOwned::to_owned));
            let _: Result<(), _> = dropped.await;
        };
        let thread = std::thread::Builder::new().name("ticker".to_owned());
        thread.spawn(move || runtime.block_on(rings)).map_err(WorkError::TickerThread)?;
        starts.await.unwrap_or(Err(JobSchedulerError::StartScheduler))?;
        Ok(Self { _held: held })
    }
}

async fn scheduled(bell: Arc<Notify>) -> Result<JobScheduler, JobSchedulerError> {
    let scheduler = JobScheduler::new().await?;
    scheduler.add(Job::new(EVERY_MINUTE, move |_, _| bell.notify_one())?).await?;
    scheduler.start().await?;
    Ok(scheduler)
}
