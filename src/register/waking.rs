//! PostgreSQL's NOTIFY: whoever writes letters wakes all who send, on whatever machine. A hint only: who sends looks by himself
//! too. SQLite has nothing of the kind, and one daemon.

use super::engine::Engine;
use super::{Register, RegisterError, Tx};
use sqlx::postgres::PgListener;
use std::time::Duration;

/// The channel of a database.
const CHANNEL: &str = "klachtpost_letters";
/// Pause before listening is tried again.
const AGAIN: Duration = Duration::from_secs(5);

/// Waits for letters that others wrote.
pub struct Waker {
    register: Register,
    listener: Option<PgListener>,
}

impl Register {
    /// What waits for letters.
    pub fn waker(&self) -> Waker {
        Waker { register: self.clone(), listener: None }
    }
}

impl Waker {
    /// Ends when somebody wrote letters, or may have: while nothing was heard. Never on SQLite.
    pub async fn woken(&mut self) {
        if self.register.engine == Engine::Sqlite {
            return std::future::pending().await;
        }
        loop {
            match self.heard().await {
                Ok(()) => return,
                Err(error) => {
                    tracing::debug!(%error, "nothing is heard of letters that others write; it is tried again");
                    self.listener = None;
                    tokio::time::sleep(AGAIN).await;
                }
            }
        }
    }

    async fn heard(&mut self) -> Result<(), sqlx::Error> {
        if let Some(listener) = &mut self.listener {
            // None: the connection was made anew meanwhile, and something may have been missed.
            return listener.try_recv().await.map(drop);
        }
        let options = self.register.pool.connect_options();
        let mut listener = PgListener::connect(options.database_url.as_str()).await?;
        listener.listen(CHANNEL).await?;
        self.listener = Some(listener);
        Ok(())
    }
}

impl Tx {
    /// Tells who sends, once this is committed.
    pub(super) async fn wake(&mut self) -> Result<(), RegisterError> {
        if self.engine == Engine::Postgres {
            sqlx::raw_sql("NOTIFY klachtpost_letters").execute(&mut *self.inner).await?;
        }
        Ok(())
    }
}
