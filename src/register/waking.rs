//! PostgreSQL's NOTIFY: whoever writes letters wakes all who send, on whatever machine. A hint only: who sends looks by himself
//! too. SQLite has nothing of the kind, and one daemon.

use super::engine::Engine;
use super::{Register, RegisterError, Tx};
use sqlx::AnyPool;
use sqlx::postgres::PgListener;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::task::AbortOnDropHandle;

/// The channel of a database.
const CHANNEL: &str = "klachtpost_letters";
/// Pause before listening is tried again.
const AGAIN: Duration = Duration::from_secs(5);

/// Waits for letters that others wrote.
pub struct Waker {
    heard: Arc<Notify>,
    /// Hears also while nobody waits; None on SQLite.
    _listening: Option<AbortOnDropHandle<()>>,
}

impl Register {
    /// What waits for letters.
    pub fn waker(&self) -> Waker {
        let heard = Arc::new(Notify::new());
        let listening = match self.engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(AbortOnDropHandle::new(tokio::spawn(listen_on(self.pool.clone(), heard.clone())))),
        };
        Waker { heard, _listening: listening }
    }
}

impl Waker {
    /// Ends when somebody wrote letters, or may have: while nothing was heard. Never on SQLite.
    pub async fn woken(&self) {
        self.heard.notified().await;
    }
}

async fn listen_on(pool: AnyPool, heard: Arc<Notify>) {
    loop {
        let Err(error) = listen(&pool, &heard).await;
        tracing::debug!(%error, "nothing is heard of letters that others write; it is tried again");
        tokio::time::sleep(AGAIN).await;
    }
}

/// Listens until the connection ends, to the server that is used now.
async fn listen(pool: &AnyPool, heard: &Notify) -> Result<Infallible, sqlx::Error> {
    let mut listener = PgListener::connect(pool.connect_options().database_url.as_str()).await?;
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    // Something may have been missed before.
    heard.notify_one();
    while listener.try_recv().await?.is_some() {
        heard.notify_one();
    }
    Err(sqlx::Error::Io(std::io::ErrorKind::ConnectionAborted.into()))
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
