//! klachtpost
pub mod commands;
pub mod config;
pub mod mail;
pub mod outbox;
