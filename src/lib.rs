//! klachtpost
pub mod calendar;
pub mod case;
pub mod clock;
pub mod commands;
pub mod config;
pub mod daemon;
pub mod desk;
pub mod digest;
pub mod letters;
pub mod mail;
pub mod mailbox;
pub mod outbox;
pub mod register;
pub mod typeface;
