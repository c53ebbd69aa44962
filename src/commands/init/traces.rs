//! What `klachtpost init` leaves nowhere when it is cut off: files with secrets that came to no settings, and a terminal that
//! does not repeat what is typed. Touches files, the terminal and signals.

use super::super::printing::ask;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::signal::unix::{SignalKind, signal};

/// What a process answers that a signal ended, as a shell says it.
const ENDED_BY_SIGNAL: i32 = 128;

/// Shared with who waits for a signal: a person at the keyboard keeps the one who asks.
#[derive(Clone, Default)]
pub(super) struct Traces(Arc<Mutex<Left>>);

#[derive(Default)]
struct Left {
    files: Vec<PathBuf>,
    /// As it was before it was made silent.
    terminal: Option<Termios>,
}

impl Traces {
    fn left(&self) -> MutexGuard<'_, Left> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on Ctrl-C, a terminal that is closed and a polite end take all of it away first.
    ///
    /// # Errors
    /// The system gives no signals.
    pub fn go_with_the_process(&self) -> std::io::Result<()> {
        for kind in [SignalKind::interrupt(), SignalKind::hangup(), SignalKind::terminate()] {
            let (mut signals, traces) = (signal(kind)?, self.clone());
            tokio::spawn(async move {
                if signals.recv().await.is_some() {
                    traces.show();
                    traces.remove();
                    ask("\n");
                    std::process::exit(ENDED_BY_SIGNAL + kind.as_raw_value());
                }
            });
        }
        Ok(())
    }

    /// This file was made.
    pub fn made(&self, file: PathBuf) {
        self.left().files.push(file);
    }

    /// What was made stays.
    pub fn keep(&self) {
        self.left().files.clear();
    }

    pub fn remove(&self) {
        for file in self.left().files.drain(..) {
            let _ = std::fs::remove_file(file);
        }
    }

    /// The terminal does not repeat what is typed, until this is dropped.
    pub fn hidden(&self) -> Hidden {
        let input = std::io::stdin();
        let before = if input.is_terminal() { tcgetattr(&input).ok() } else { None };
        let mut left = self.left();
        if let Some(before) = &before {
            let mut silent = before.clone();
            silent.local_modes -= LocalModes::ECHO;
            let _ = tcsetattr(&input, OptionalActions::Now, &silent);
        }
        left.terminal = before;
        Hidden(self.clone())
    }

    fn show(&self) {
        if let Some(before) = self.left().terminal.take() {
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &before);
        }
    }
}

/// See [`Traces::hidden`].
pub(super) struct Hidden(Traces);

impl Drop for Hidden {
    fn drop(&mut self) {
        self.0.show();
    }
}
