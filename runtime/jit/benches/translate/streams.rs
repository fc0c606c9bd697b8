//! Streams of addresses.

use mapwright_machine::Random;
use mapwright_runtime::layout::{Layout, PlaceKind};
use mapwright_runtime::range::Range;

/// How addresses follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Any window, any byte of it.
    Uniform,
    /// The n-th window with a chance of 1/n.
    Zipf,
    /// Every 64th byte, window by window.
    Sequential,
    /// Any byte of the first window.
    OneWindow,
    /// The first window, and 5 % of any other.
    MostlyOne,
    /// 64 addresses in one window, then another.
    Runs,
    /// Uniform, with 10 % of guards and holes or of no place.
    Faults,
}

/// All of them; the first three are used for synthetic layouts too.
pub const STREAMS: [Stream; 7] = [
    Stream::Uniform,
    Stream::Zipf,
    Stream::Sequential,
    Stream::OneWindow,
    Stream::MostlyOne,
    Stream::Runs,
    Stream::Faults,
];

impl Stream {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Uniform => "uniform",
            Self::Zipf => "zipf",
            Self::Sequential => "sequential",
            Self::OneWindow => "one window",
            Self::MostlyOne => "95 % one",
            Self::Runs => "runs of 64",
            Self::Faults => "10 % faults",
        }
    }
}

/// `count` addresses of one kind.
pub fn stream(layout: &Layout, kind: Stream, count: usize) -> Vec<u64> {
    let space = layout.space_named("linear").expect("a space of that name");
    let windows: Vec<Range> = layout
        .in_address_order(space)
        .iter()
        .map(|id| layout.place(*id))
        .filter(|place| place.kind == PlaceKind::Window && place.target.word() != "view")
        .map(|place| place.range)
        .collect();
    let mut chance = Random::new(42);
    let mut weights: Vec<f64> = (0..windows.len())
        .map(|rank| 1.0 / (rank + 1) as f64)
        .collect();
    let mut sum = 0.0;
    for weight in &mut weights {
        sum += *weight;
        *weight = sum;
    }
    let mut at = 0;
    let mut offset = 0;
    let one = |number: usize| match kind {
        Stream::Uniform => any(&mut chance, &windows),
        Stream::Zipf => {
            let point = chance.word() as f64 / u64::MAX as f64 * sum;
            let rank = weights
                .partition_point(|weight| *weight < point)
                .min(windows.len() - 1);
            within(&mut chance, windows[rank])
        }
        Stream::Sequential => {
            // A share of the stream for each window, so that all are met.
            let range = windows[at % windows.len()];
            let address = range.base() + offset;
            offset += 64;
            let share = (count / windows.len()).max(16) as u64 * 64;
            if u128::from(offset) >= range.size().min(share.into()) {
                (at, offset) = (at + 1, 0);
            }
            address
        }
        Stream::OneWindow => within(&mut chance, windows[0]),
        Stream::MostlyOne if chance.below(100) < 95 => within(&mut chance, windows[0]),
        Stream::MostlyOne => any(&mut chance, &windows),
        Stream::Runs => {
            if number.is_multiple_of(64) {
                at = chance.below(windows.len() as u64) as usize;
            }
            within(&mut chance, windows[at])
        }
        Stream::Faults if chance.below(10) == 0 => match chance.below(3) {
            0 => layout.space_range(space).last(),
            1 => windows[chance.below(windows.len() as u64) as usize]
                .last()
                .wrapping_add(1),
            _ => windows[chance.below(windows.len() as u64) as usize]
                .base()
                .wrapping_sub(1),
        },
        Stream::Faults => any(&mut chance, &windows),
    };
    (0..count).map(one).collect()
}

fn any(chance: &mut Random, windows: &[Range]) -> u64 {
    let window = windows[chance.below(windows.len() as u64) as usize];
    within(chance, window)
}

fn within(chance: &mut Random, range: Range) -> u64 {
    range.base() + chance.below(u64::try_from(range.size()).unwrap_or(u64::MAX))
}
