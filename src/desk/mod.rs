//! What is done about a mail: pure decisions over plain arguments.
//! May not touch: async, SQL, clock, randomness.

pub mod fold;
pub mod routing;
