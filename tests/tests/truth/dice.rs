//! Numbers at random, the same in every run.

/// A xorshift generator.
pub(super) struct Dice(u64);

impl Dice {
    /// Starts anywhere but at 0.
    pub(super) fn new(seed: u64) -> Self {
        assert_ne!(seed, 0, "a xorshift generator never leaves 0");
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `bound`, which is at least 1.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// A number of `low ..= high`, at distance `step` from `low`; both ends come up often.
    pub(super) fn between(&mut self, low: u64, high: u64, step: u64) -> u64 {
        let last = (high - low) / step;
        let chosen = match self.below(8) {
            0 => 0,
            1 => last,
            // Any order of magnitude.
            2..=4 => (1_u64 << self.below(64)).min(last),
            _ => self.below(last + 1),
        };
        low + chosen * step
    }

    /// True half of the time.
    pub(super) fn coin(&mut self) -> bool {
        self.below(2) == 1
    }

    /// One of them.
    pub(super) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize]
    }
}
