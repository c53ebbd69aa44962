//! Seeded chance, so that a failing run can be had again, and how much of it there is.

/// A test's own random numbers (SplitMix64): the same seed, the same kills.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    pub fn of(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From `least` up to, not including, `end`.
    pub fn between(&mut self, least: u64, end: u64) -> u64 {
        least + self.next() % (end - least).max(1)
    }
}

/// The seed of this run: the one that is asked for, or one of the hour; always printed.
pub fn seed(test: &str) -> u64 {
    let asked = std::env::var("KLACHTPOST_TESTS_SEED").ok().and_then(|seed| seed.parse().ok());
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let seed = asked.unwrap_or(now.as_secs());
    println!("{test}: KLACHTPOST_TESTS_SEED={seed}");
    seed
}

/// Whether the long variants are asked for.
pub fn is_long() -> bool {
    std::env::var_os("KLACHTPOST_TESTS_LONG").is_some_and(|long| long == "1")
}
