//! The outbox: from a finished letter to what became of it.
//! Touches the register's marks and the network; decides nothing, and never holds a transaction open while sending.

mod address;
pub mod answer;
pub mod backoff;
pub mod judge;
pub mod maildir;
pub mod quota;
pub mod smtp;
pub mod transport;

pub use answer::Answer;
pub use transport::{Asked, Envelope, Leave, Outcome, RefusedFor, Scope, SendError, Stage, Transport};
