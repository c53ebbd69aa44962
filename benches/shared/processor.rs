//! How long a process ran on a processor, finer than the ticks of `stat`: of an idle minute these are two or three. Linux only: from
//! `/proc`.

/// Seconds that all threads which a process has now ran; `process`: its number, or `self`.
pub fn seconds_of(process: &str) -> f64 {
    let threads = std::fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten();
    let nanoseconds = |thread: std::io::Result<std::fs::DirEntry>| -> Option<f64> {
        let said = std::fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
        said.split_whitespace().next()?.parse().ok()
    };
    threads.filter_map(nanoseconds).sum::<f64>() / 1e9
}
