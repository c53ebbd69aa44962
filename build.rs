//! Says what the build depends on beside the sources. The migrations are embedded by a macro, which is not run again
//! for a new file in their folder unless that is said here. And notes when it was done: a clock that stands before that
//! is wrong.

use std::time::{SystemTime, UNIX_EPOCH};

fn main() {
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=Cargo.toml");
    // Who wants the same bytes from each build says when it was (reproducible-builds.org).
    println!("cargo:rerun-if-env-changed=SOURCE_DATE_EPOCH");
    let stated = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse().ok());
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    println!("cargo:rustc-env=KLACHTPOST_BUILT_AT={}", stated.unwrap_or_else(now));
}
