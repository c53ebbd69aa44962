//! Fresh ids for one decision: drawn from a seed that comes in, so that deciding stays a plain function.

use crate::case::LetterId;
use sha2::{Digest, Sha256};
use std::cell::Cell;

/// A stream of ids; the same seed gives the same ids.
#[derive(Debug, Clone)]
pub struct Fresh {
    seed: [u8; 32],
    /// Whoever decides shares them: each letter draws the next one.
    drawn: Cell<u64>,
}

impl Fresh {
    /// From 32 random bytes (or a test's fixed ones).
    pub fn new(seed: [u8; 32]) -> Self {
        Self { seed, drawn: Cell::new(0) }
    }

    /// An id for one letter.
    pub fn letter(&self) -> LetterId {
        let mut hash = Sha256::new();
        hash.update(self.seed);
        hash.update(self.drawn.get().to_be_bytes());
        self.drawn.set(self.drawn.get() + 1);
        let digest = hash.finalize();
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&digest[..8]);
        LetterId::from_random(bytes)
    }
}
