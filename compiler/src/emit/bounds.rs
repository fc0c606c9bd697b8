//! Which values are words: plain `u64` arithmetic is chosen where nothing can leave 64 bits.

/// Bounds of a term, both inclusive; `None` where it may leave 127 bits.
pub(crate) type Bounds = Option<(i128, i128)>;

/// All values that `u64` has.
pub(crate) const WORD: (i128, i128) = (0, u64::MAX as i128);

/// True when every value between the bounds is a `u64`.
pub(crate) fn is_word(bounds: Bounds) -> bool {
    bounds.is_some_and(|(low, high)| WORD.0 <= low && high <= WORD.1)
}
