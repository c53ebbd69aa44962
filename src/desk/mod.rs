//! The deciding room.
pub mod draft;
