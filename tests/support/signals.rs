//! Signals to processes that a test started, sent by the system call: no program is needed for it.

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

/// Asks a process to stop, as `systemctl stop` would. It must not have been waited for: its number may be another's then.
pub fn terminate(process: u32) {
    kill_process(pid(process), Signal::TERM).unwrap();
}

/// What a terminal sends for Ctrl-C. See [`terminate`].
pub fn interrupt(process: u32) {
    kill_process(pid(process), Signal::INT).unwrap();
}

/// Asks a daemon to read its settings anew, as `systemctl reload` would. See [`terminate`].
pub fn hang_up(process: u32) {
    kill_process(pid(process), Signal::HUP).unwrap();
}

/// Any other. See [`terminate`].
pub fn send(process: u32, signal: Signal) {
    kill_process(pid(process), signal).unwrap();
}

/// Sends a signal to all of a group that is named after its first process.
pub fn signal_group(first: u32, signal: Signal) -> rustix::io::Result<()> {
    kill_process_group(pid(first), signal)
}

fn pid(process: u32) -> Pid {
    i32::try_from(process).ok().and_then(Pid::from_raw).expect("the number of a process")
}
