//! The subcommands: each reads its arguments, calls the rooms, prints.
pub mod explain;
