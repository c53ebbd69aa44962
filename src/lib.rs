//! klachtpost
pub mod calendar;
pub mod commands;
pub mod config;
pub mod desk;
pub mod mail;
