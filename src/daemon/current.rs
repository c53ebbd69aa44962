//! The office as it stands now. New settings put another in its place between two steps of work: a step that was begun
//! ends by the settings it began with. And what is known of how it all goes. Touches no server and no file.

use super::mailboxes::{Mailboxes, OfMailbox};
use super::office::Office;
use crate::case::Moment;
use crate::desk::outage::Area;
use crate::metrics::{AreaNow, Counted, SettingsNow, Snapshot};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Shared by the loops.
pub(super) struct Current {
    offices: RwLock<Offices>,
    stop: CancellationToken,
    started_at: Moment,
    settings: Mutex<SettingsNow>,
    counted: Mutex<Option<Counted>>,
}

/// Of each mailbox one.
struct Offices {
    first: Arc<Office>,
    /// In their order.
    others: Vec<Arc<Office>>,
}

impl Current {
    pub fn new(office: Arc<Office>) -> Self {
        let now = office.clock.now();
        Self {
            stop: office.stop.clone(),
            started_at: now,
            settings: Mutex::new(SettingsNow { read_at: now, refused_at: None, needs_restart: false }),
            counted: Mutex::default(),
            offices: RwLock::new(offices(&office)),
        }
    }

    /// For one step of work: the first mailbox's.
    pub fn now(&self) -> Arc<Office> {
        self.at(0)
    }

    /// For one step of work on the mailbox of that place.
    pub fn at(&self, place: usize) -> Arc<Office> {
        let offices = self.offices.read().unwrap_or_else(PoisonError::into_inner);
        place.checked_sub(1).and_then(|other| offices.others.get(other)).unwrap_or(&offices.first).clone()
    }

    /// How many mailboxes there are: as many until the next start.
    pub fn mailboxes(&self) -> usize {
        1 + self.offices.read().unwrap_or_else(PoisonError::into_inner).others.len()
    }

    /// As [`Current::at`]; none once the daemon was asked to stop.
    pub fn open_at(&self, place: usize) -> Option<Arc<Office>> {
        (!self.stop.is_cancelled()).then(|| self.at(place))
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
        *self.offices.write().unwrap_or_else(PoisonError::into_inner) = offices(&office);
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
            areas: areas(&office.mailboxes),
            loops: office.mailboxes.moving(Instant::now()),
            settings: *self.settings.lock().unwrap_or_else(PoisonError::into_inner),
            counted: self.counted.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }
}

fn offices(office: &Office) -> Offices {
    let mailboxes = &office.mailboxes;
    let others = mailboxes.all().skip(1).map(|mailbox| Arc::new(office.at(mailbox))).collect();
    Offices { first: Arc::new(office.at(mailboxes.first())), others }
}

/// How it goes with each area, and with those of a mailbox with each of several.
fn areas(mailboxes: &Mailboxes) -> Vec<AreaNow> {
    let of = |one: &OfMailbox| {
        let named = |(area, now): (Area, AreaNow)| {
            let mailbox = (mailboxes.are_several() && area.is_of_mailbox()).then(|| one.name().clone());
            AreaNow { mailbox, ..now }
        };
        one.watch.areas().into_iter().map(named).collect::<Vec<_>>()
    };
    mailboxes.all().flat_map(of).collect()
}
