//! Says what the build depends on beside the sources. The migrations are embedded by a macro, which is not run again
//! for a new file in their folder unless that is said here.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
