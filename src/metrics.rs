//! What whoever watches the daemon is told: a monitoring system in figures, the service manager in a line. Plain values;
//! nothing here is of a person, for a monitoring system is read by many (invariant 7).
//!
//! A new figure is a row of [`TABLE`]; a test holds `docs/operating.md` against it.

use crate::case::{MailboxName, Moment};
use chrono_tz::Tz;
use std::fmt::Write;

/// How it goes, at one moment.
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub now: Moment,
    pub started_at: Moment,
    pub areas: Vec<AreaNow>,
    /// Each loop, and whether it was heard of in its time.
    pub loops: Vec<(&'static str, bool)>,
    pub settings: SettingsNow,
    /// None before the first count.
    pub counted: Option<Counted>,
}

/// One area that can be cut off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaNow {
    pub name: &'static str,
    /// Which mailbox's, where there are several.
    pub mailbox: Option<MailboxName>,
    pub failing_since: Option<Moment>,
    /// When it worked last, in this process.
    pub good_at: Option<Moment>,
}

impl AreaNow {
    fn shown(&self) -> String {
        match &self.mailbox {
            Some(mailbox) => format!("{} of {mailbox}", self.name),
            None => self.name.to_owned(),
        }
    }

    fn labels(&self) -> Vec<(&'static str, String)> {
        let mailbox = self.mailbox.iter().map(|mailbox| ("mailbox", mailbox.to_string()));
        std::iter::once(("area", self.name.to_owned())).chain(mailbox).collect()
    }
}

/// By which settings the daemon works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettingsNow {
    pub read_at: Moment,
    /// When newer ones were refused: those of before go on.
    pub refused_at: Option<Moment>,
    /// Whether some of the newer ones wait for a restart.
    pub needs_restart: bool,
}

/// What is on file.
#[derive(Debug, Clone)]
pub struct Counted {
    pub at: Moment,
    pub mails: i64,
    pub undecided: i64,
    pub cases: i64,
    /// Letters that are not gone, by state.
    pub letters: Vec<(&'static str, i64)>,
    pub letters_wait_since: Option<Moment>,
    pub departments: Vec<DepartmentNow>,
}

/// A department's open cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepartmentNow {
    pub name: String,
    pub open: i64,
    pub overdue: i64,
}

/// What kind of figure it is to Prometheus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Gauge,
    Counter,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Gauge => "gauge",
            Self::Counter => "counter",
        }
    }
}

/// One value, and what tells it from the others of its figure.
struct Sample {
    labels: Vec<(&'static str, String)>,
    value: i64,
}

/// One figure that is given.
pub struct Figure {
    pub name: &'static str,
    pub kind: Kind,
    pub says: &'static str,
    samples: fn(&Snapshot) -> Vec<Sample>,
}

fn one(value: i64) -> Vec<Sample> {
    vec![Sample { labels: Vec::new(), value }]
}

fn at(moment: Option<Moment>) -> Vec<Sample> {
    moment.map(|moment| one(moment.timestamp())).unwrap_or_default()
}

fn each<T>(label: &'static str, all: &[T], of: impl Fn(&T) -> (String, i64)) -> Vec<Sample> {
    let sample = |one: &T| {
        let (name, value) = of(one);
        Sample { labels: vec![(label, name)], value }
    };
    all.iter().map(sample).collect()
}

fn of_areas(now: &Snapshot, of: impl Fn(&AreaNow) -> Option<i64>) -> Vec<Sample> {
    now.areas.iter().filter_map(|area| Some(Sample { labels: area.labels(), value: of(area)? })).collect()
}

/// Of what is on file; nothing before the first count.
fn counted(now: &Snapshot, samples: impl Fn(&Counted) -> Vec<Sample>) -> Vec<Sample> {
    now.counted.as_ref().map(samples).unwrap_or_default()
}

/// All that is given, in the order in which it is given.
pub const TABLE: &[Figure] = &[
    Figure {
        name: "klachtpost_build_info",
        kind: Kind::Gauge,
        says: "Always 1; the label says which version runs.",
        samples: |_| vec![Sample { labels: vec![("version", env!("CARGO_PKG_VERSION").to_owned())], value: 1 }],
    },
    Figure {
        name: "klachtpost_start_time_seconds",
        kind: Kind::Gauge,
        says: "When the daemon was started.",
        samples: |now| at(Some(now.started_at)),
    },
    Figure {
        name: "klachtpost_area_works",
        kind: Kind::Gauge,
        says: "1 as long as it works, 0 while it fails: intake (fetching mail), sending, mailbox (moving mail), access (tokens), route (test mails of the watch).",
        samples: |now| of_areas(now, |area| Some(i64::from(area.failing_since.is_none()))),
    },
    Figure {
        name: "klachtpost_area_last_worked_timestamp_seconds",
        kind: Kind::Gauge,
        says: "When it worked last; of intake, the last look into the mailbox.",
        samples: |now| of_areas(now, |area| area.good_at.map(|at| at.timestamp())),
    },
    Figure {
        name: "klachtpost_loop_moves",
        kind: Kind::Gauge,
        says: "1 as long as the loop is heard of in its time, 0 when it hangs.",
        samples: |now| each("loop", &now.loops, |(name, moves)| ((*name).to_owned(), i64::from(*moves))),
    },
    Figure {
        name: "klachtpost_settings_read_timestamp_seconds",
        kind: Kind::Gauge,
        says: "When the settings were read by which the daemon works.",
        samples: |now| at(Some(now.settings.read_at)),
    },
    Figure {
        name: "klachtpost_settings_refused",
        kind: Kind::Gauge,
        says: "1 when the last reload was refused, so that the settings of before go on.",
        samples: |now| one(i64::from(now.settings.refused_at.is_some())),
    },
    Figure {
        name: "klachtpost_settings_need_restart",
        kind: Kind::Gauge,
        says: "1 when the last reload brought settings that only a restart takes.",
        samples: |now| one(i64::from(now.settings.needs_restart)),
    },
    Figure {
        name: "klachtpost_counted_timestamp_seconds",
        kind: Kind::Gauge,
        says: "When the register was counted last, which is every half minute; what follows is of then.",
        samples: |now| at(now.counted.as_ref().map(|counted| counted.at)),
    },
    Figure {
        name: "klachtpost_mails_total",
        kind: Kind::Counter,
        says: "Mails on file, ever.",
        samples: |now| counted(now, |counted| one(counted.mails)),
    },
    Figure {
        name: "klachtpost_mails_undecided",
        kind: Kind::Gauge,
        says: "Mails on file that nothing was done about yet.",
        samples: |now| counted(now, |counted| one(counted.undecided)),
    },
    Figure {
        name: "klachtpost_cases_total",
        kind: Kind::Counter,
        says: "Complaints registered, ever.",
        samples: |now| counted(now, |counted| one(counted.cases)),
    },
    Figure {
        name: "klachtpost_cases_open",
        kind: Kind::Gauge,
        says: "Open complaints, by department.",
        samples: |now| counted(now, |counted| each("department", &counted.departments, |d| (d.name.clone(), d.open))),
    },
    Figure {
        name: "klachtpost_cases_overdue",
        kind: Kind::Gauge,
        says: "Open complaints with a term that has passed, by department.",
        samples: |now| {
            counted(now, |counted| each("department", &counted.departments, |d| (d.name.clone(), d.overdue)))
        },
    },
    Figure {
        name: "klachtpost_letters",
        kind: Kind::Gauge,
        says: "Letters that are not gone, by state: queued, leased (under way), held, refused.",
        samples: |now| counted(now, |counted| each("state", &counted.letters, |(state, n)| ((*state).to_owned(), *n))),
    },
    Figure {
        name: "klachtpost_letters_wait_since_timestamp_seconds",
        kind: Kind::Gauge,
        says: "When the oldest letter was written that waits to be sent; left out where none waits.",
        samples: |now| counted(now, |counted| at(counted.letters_wait_since)),
    },
];

/// The media type of [`text`].
pub const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Prometheus' text format, version 0.0.4.
pub fn text(now: &Snapshot) -> String {
    let mut text = String::new();
    for figure in TABLE {
        let name = figure.name;
        let _ = writeln!(text, "# HELP {name} {}\n# TYPE {name} {}", figure.says, figure.kind.name());
        for sample in (figure.samples)(now) {
            let written = |(label, value): &(&str, String)| format!("{label}=\"{}\"", escaped(value));
            let labels = sample.labels.iter().map(written).collect::<Vec<_>>().join(",");
            let _ = match labels.as_str() {
                "" => writeln!(text, "{name} {}", sample.value),
                labels => writeln!(text, "{name}{{{labels}}} {}", sample.value),
            };
        }
    }
    text
}

/// As the value of a label.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// Whether klachtpost itself is well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    Well,
    /// A loop hangs: starting it anew is what helps.
    Hangs,
}

/// For `/healthz`, which restarts containers: a mail server that is away is said, and does not make klachtpost ill.
pub fn health(now: &Snapshot) -> (Health, String) {
    let hanging = now.loops.iter().filter(|(_, moves)| !moves).map(|(name, _)| format!("hangs: {name}\n"));
    let failing = now.areas.iter().filter_map(|area| {
        Some(format!("fails: {} since {}\n", area.shown(), area.failing_since?.format("%Y-%m-%dT%H:%M:%SZ")))
    });
    let health = if now.loops.iter().all(|(_, moves)| *moves) { Health::Well } else { Health::Hangs };
    let said: String = hanging.chain(failing).collect();
    (health, if said.is_empty() { "ok\n".to_owned() } else { said })
}

/// One line for `systemctl status`, with the hours of the desk's zone.
pub fn status(now: &Snapshot, zone: Tz) -> String {
    let hour = |at: Moment| at.with_timezone(&zone).format("%H:%M").to_string();
    let mut parts = Vec::new();
    let refused = now.settings.refused_at.map(|at| format!("settings of {} refused, see the log", hour(at)));
    parts.extend(refused);
    parts.extend(now.settings.needs_restart.then(|| "new settings need a restart".to_owned()));
    parts.extend(now.loops.iter().filter(|(_, moves)| !moves).map(|(name, _)| format!("{name} hangs")));
    let failing = now.areas.iter().filter_map(|area| Some((area.shown(), area.failing_since?)));
    parts.extend(failing.map(|(name, since)| format!("{name} fails since {}", hour(since))));
    // Of several mailboxes the one that was looked into longest ago.
    let intake = now.areas.iter().filter(|area| area.name == "intake");
    let polled = intake.map(|area| area.good_at).min().flatten();
    parts.push(polled.map_or("no mail fetched yet".to_owned(), |at| format!("last poll {}", hour(at))));
    if let Some(counted) = &now.counted {
        let of = |states: &[&str]| -> i64 {
            counted.letters.iter().filter(|(state, _)| states.contains(state)).map(|(_, n)| n).sum()
        };
        parts.push(format!("{} letters wait", of(&["queued", "leased"])));
        let sum = |of: fn(&DepartmentNow) -> i64| counted.departments.iter().map(of).sum::<i64>();
        parts.push(format!("{} cases open, {} overdue", sum(|d| d.open), sum(|d| d.overdue)));
    }
    parts.join("; ")
}

#[cfg(test)]
mod tests;
