//! Chance that repeats: numbers drawn from one seed (SplitMix64, Steele et al. 2014), so that a failure can be had again;
//! which seed that is, and how much of it a run takes (`KLACHTPOST_TESTS_SEED`, `KLACHTPOST_TESTS_LONG`).

/// The stream of a seed.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    pub fn of(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From `least` up to, not including, `end`.
    pub fn between(&mut self, least: u64, end: u64) -> u64 {
        least + self.below(end - least)
    }

    /// 0 to `end`, `end` not included.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    pub fn minutes(&mut self, from: i64, to: i64) -> chrono::TimeDelta {
        let span = u64::try_from(to - from).expect("from before to");
        chrono::TimeDelta::minutes(from + i64::try_from(self.below(span)).expect("a small number"))
    }

    /// So many times in a hundred.
    pub fn percent(&mut self, of_hundred: u64) -> bool {
        self.below(100) < of_hundred
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let at = usize::try_from(self.below(from.len() as u64)).expect("a small number");
        &from[at]
    }
}

/// The seed that is asked for.
pub fn asked_seed() -> Option<u64> {
    std::env::var("KLACHTPOST_TESTS_SEED").ok().map(|seed| seed.parse().expect("KLACHTPOST_TESTS_SEED is a number"))
}

/// The seed of this run: the one that is asked for, or one of the hour; always printed.
pub fn seed(test: &str) -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let seed = asked_seed().unwrap_or(now.as_secs());
    println!("{test}: KLACHTPOST_TESTS_SEED={seed}");
    seed
}

/// Whether the long variants are wanted: `tests/run --long` says so.
pub fn is_long() -> bool {
    std::env::var_os("KLACHTPOST_TESTS_LONG").is_some_and(|long| long == "1")
}

/// The same for what is all processor: only in a build for speed, which `tests/run --long` makes for it.
pub fn is_long_at_speed() -> bool {
    is_long() && !cfg!(debug_assertions)
}
