//! klachtpost
pub mod calendar;
pub mod case;
pub mod commands;
pub mod config;
pub mod desk;
pub mod digest;
pub mod letters;
pub mod mail;
pub mod mailbox;
pub mod outbox;
