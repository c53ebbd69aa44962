//! klachtpost
pub mod commands;
pub mod mail;
