//! The office as it stands now. New settings put another in its place between two steps of work: a step that was begun
//! ends by the settings it began with. And what is known of how it all goes. Touches no server and no file.

use super::office::Office;
use crate::case::Moment;
use crate::metrics::{Counted, SettingsNow, Snapshot};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Shared by the loops.
pub(super) struct Current {
    office: RwLock<Arc<Office>>,
    stop: CancellationToken,
    started_at: Moment,
    settings: Mutex<SettingsNow>,
    counted: Mutex<Option<Counted>>,
}

impl Current {
    pub fn new(office: Arc<Office>) -> Self {
        let now = office.clock.now();
        Self {
            stop: office.stop.clone(),
            started_at: now,
            settings: Mutex::new(SettingsNow { read_at: now, refused_at: None, needs_restart: false }),
            counted: Mutex::default(),
            office: RwLock::new(office),
        }
    }

    /// For one step of work.
    pub fn now(&self) -> Arc<Office> {
        self.office.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The same; none once the daemon was asked to stop.
    pub fn open(&self) -> Option<Arc<Office>> {
        (!self.stop.is_cancelled()).then(|| self.now())
    }

    /// Ends when the daemon is asked to stop.
    pub async fn stopped(&self) {
        self.stop.cancelled().await;
    }

    /// The next step of work is by these settings.
    pub fn replace(&self, office: Office, needs_restart: bool) {
        self.note(SettingsNow { read_at: office.clock.now(), refused_at: None, needs_restart });
        *self.office.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(office);
    }

    /// The settings of before go on.
    pub fn refused(&self) {
        let settings = *self.settings.lock().unwrap_or_else(PoisonError::into_inner);
        self.note(SettingsNow { refused_at: Some(self.now().clock.now()), ..settings });
    }

    fn note(&self, settings: SettingsNow) {
        *self.settings.lock().unwrap_or_else(PoisonError::into_inner) = settings;
    }

    pub fn counted(&self, counted: Counted) {
        *self.counted.lock().unwrap_or_else(PoisonError::into_inner) = Some(counted);
    }

    /// From memory: whoever asks, and however often, costs the register nothing.
    pub fn snapshot(&self) -> Snapshot {
        let office = self.now();
        Snapshot {
            now: office.clock.now(),
            started_at: self.started_at,
            areas: office.watch.areas(),
            loops: office.pulse.moving(Instant::now()),
            settings: *self.settings.lock().unwrap_or_else(PoisonError::into_inner),
            counted: self.counted.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }
}
