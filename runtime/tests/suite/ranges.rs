//! Ranges: the algebra, and the ends at 2^32 and 2^64.

use mapwright_runtime::Range;
use proptest::prelude::*;

/// Ends where something can go wrong, and anything else.
fn address() -> impl Strategy<Value = u64> {
    let near = |at: u64| (0..5_u64).prop_map(move |by| at.wrapping_add(by).wrapping_sub(2));
    prop_oneof![
        near(0),
        near(1 << 32),
        near(1 << 63),
        any::<u64>(),
        0..64_u64
    ]
}

fn range() -> impl Strategy<Value = Range> {
    (address(), address()).prop_filter_map("inverted", |(a, b)| Range::new(a.min(b), a.max(b)))
}

#[test]
fn ends_at_the_top() {
    let top = Range::from_start_end(0xFFFF_F000, 1 << 32).expect("a range");
    assert_eq!(
        (top.last(), top.end(), top.size()),
        (0xFFFF_FFFF, 1 << 32, 4096)
    );
    let all = Range::from_start_end(0, 1 << 64).expect("a range");
    assert_eq!(all, Range::ALL);
    assert_eq!(all.size(), 1 << 64);
    assert_eq!(all.to_string(), "0x0 .. 0x10000000000000000");
    assert_eq!(Range::of_bits(64), Some(all));
    assert_eq!(Range::of_bits(32).map(Range::end), Some(1 << 32));
}

#[test]
fn nothing_empty_or_inverted_or_beyond() {
    assert_eq!(Range::new(2, 1), None);
    assert_eq!(Range::from_start_end(5, 5), None);
    assert_eq!(Range::from_start_end(6, 5), None);
    assert_eq!(Range::from_start_end(0, (1 << 64) + 1), None);
    assert_eq!(Range::from_base_size(1, 1 << 64), None);
    assert_eq!(Range::from_base_size(1, u128::MAX), None);
    assert_eq!(Range::from_base_size(7, 0), None);
    assert_eq!(Range::of_bits(0), None);
    assert_eq!(Range::of_bits(65), None);
}

proptest! {
    #[test]
    fn start_end_and_base_size_agree(r in range()) {
        prop_assert_eq!(Range::from_start_end(r.base().into(), r.end()), Some(r));
        prop_assert_eq!(Range::from_base_size(r.base(), r.size()), Some(r));
        prop_assert!(r.is_aligned(1));
    }

    #[test]
    fn intersection_is_what_both_contain(a in range(), b in range(), x in address()) {
        let both = a.intersection(b);
        prop_assert_eq!(both.is_some(), a.overlaps(b));
        prop_assert_eq!(both, b.intersection(a));
        let inside = both.is_some_and(|both| both.contains(x));
        prop_assert_eq!(inside, a.contains(x) && b.contains(x));
        prop_assert_eq!(a.contains_range(b), both == Some(b));
    }

    #[test]
    fn without_is_what_is_left(a in range(), b in range(), x in address()) {
        let (below, above) = a.without(b);
        let left = [below, above].into_iter().flatten();
        let size: u128 = left.clone().map(Range::size).sum();
        let inside = left.clone().any(|part| part.contains(x));
        prop_assert_eq!(inside, a.contains(x) && !b.contains(x));
        let both = a.intersection(b).map_or(0, Range::size);
        prop_assert_eq!(size + both, a.size());
        prop_assert_eq!(a.offset_of(x), a.contains(x).then(|| x.wrapping_sub(a.base())));
    }
}
