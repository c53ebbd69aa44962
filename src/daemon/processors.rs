//! Which processors the daemon's threads keep to. They hand each other small things all the time, a statement and its answer; where
//! the other waits on a processor of its own, that one is woken each time, which costs more than the work where processors
//! are virtual. So all keep to one, but for work that is long enough for another. Touches the scheduler.

use rustix::thread::{CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity};
use std::sync::OnceLock;
use tokio::task::JoinHandle;

/// Those that the process may run on; none: its threads were left as they are.
static ALL: OnceLock<CpuSet> = OnceLock::new();

/// This thread, and all that it and they will make, keep to the processor it is on. Where the system does not allow that, they run
/// where they did.
pub fn keep_together() {
    let here = sched_getcpu();
    let Some(all) = sched_getaffinity(None).ok().filter(|all| here < CpuSet::MAX_CPU && all.is_set(here)) else {
        return;
    };
    let mut one = CpuSet::new();
    one.set(here);
    if sched_setaffinity(None, &one).is_ok() {
        let _ = ALL.set(all);
    }
}

/// Does it where there is room: what this makes, processes too, runs on any processor.
pub(super) fn anywhere<T>(work: impl FnOnce() -> T) -> T {
    let _back = ALL.get().and_then(|all| {
        let kept = sched_getaffinity(None).ok()?;
        sched_setaffinity(None, all).ok()?;
        Some(Back(kept))
    });
    work()
}

/// Does long work on a thread of its own, on any processor.
pub(super) fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    tokio::task::spawn_blocking(move || anywhere(work))
}

/// Where a thread is again afterwards, also if the work panicked: it is used for the next.
struct Back(CpuSet);

impl Drop for Back {
    fn drop(&mut self) {
        // It may stay where it is: that costs a little time.
        let _ = sched_setaffinity(None, &self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    fn may_run_on() -> u32 {
        sched_getaffinity(None).unwrap().count()
    }

    /// In a thread of its own: the others of the tests stay where they are.
    #[test]
    fn threads_keep_to_one_processor_but_for_long_work() {
        let all = may_run_on();
        let kept = std::thread::spawn(move || {
            assert_eq!(anywhere(may_run_on), all, "as long as nobody asked for it");
            keep_together();
            assert_eq!(may_run_on(), 1);
            assert_eq!(std::thread::spawn(may_run_on).join().unwrap(), 1, "those it makes do too");
            assert_eq!(anywhere(may_run_on), all);
            let panicked = catch_unwind(AssertUnwindSafe(|| anywhere(|| panic!("long work breaks off"))));
            assert!(panicked.is_err());
            assert_eq!(may_run_on(), 1, "it is back afterwards");
            anywhere(|| std::thread::spawn(may_run_on).join().unwrap())
        });
        assert_eq!(kept.join().unwrap(), all);
        assert_eq!(may_run_on(), all);
    }
}
