//! Real tables of four levels for 1 GiB of 4 KiB pages, and streams of addresses into them.

use mapwright_machine::Random;

/// The frame of a page of 4 KiB, or a table.
#[repr(C, align(4096))]
#[derive(Clone)]
pub struct Frame(pub [u64; 512]);

/// Where the mapped gigabyte begins: somewhere in the kernel's half.
pub const BASE: u64 = 0xffff_8880_4000_0000;
/// Its bytes.
pub const SIZE: u64 = 1 << 30;

const PAGES: u64 = SIZE >> 12;
const PRESENT: u64 = 1;
const WRITABLE: u64 = 2;
const NO_EXECUTE: u64 = 1 << 63;

/// Tables from physical address 0 on, the top one first; the others lie in a shuffled order.
pub fn tables() -> Vec<Frame> {
    let lasts = PAGES / 512;
    let mut frames = vec![Frame([0; 512]); 3 + lasts as usize];
    let mut chance = Random::new(7);
    let index = |level: u32| (BASE >> (12 + 9 * level) & 511) as usize;
    frames[0].0[index(3)] = 0x1000 | PRESENT | WRITABLE;
    frames[1].0[index(2)] = 0x2000 | PRESENT | WRITABLE;
    let places = shuffled(lasts, &mut chance);
    let targets = shuffled(PAGES, &mut chance);
    for (number, place) in places.iter().enumerate() {
        let at = 3 + place;
        frames[2].0[number] = at << 12 | PRESENT | WRITABLE;
        for entry in 0..512 {
            let page = number * 512 + entry;
            let rights = if page.is_multiple_of(3) {
                WRITABLE
            } else {
                NO_EXECUTE
            };
            frames[at as usize].0[entry] = ((1 << 32) + (targets[page] << 12)) | PRESENT | rights;
        }
    }
    frames
}

/// The tables as the bytes of a memory image, in the order of addresses. The memory is taken at once, as that of the
/// tables is: how the system backs it counts.
pub fn image(frames: &[Frame]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(frames.len() * 4096);
    let words = frames.iter().flat_map(|frame| frame.0);
    words.for_each(|word| bytes.extend(word.to_le_bytes()));
    bytes
}

/// The same in words.
pub fn words(frames: &[Frame]) -> Vec<u64> {
    let mut words = Vec::with_capacity(frames.len() * 512);
    frames.iter().for_each(|frame| words.extend(frame.0));
    words
}

fn shuffled(count: u64, chance: &mut Random) -> Vec<u64> {
    let mut all: Vec<u64> = (0..count).collect();
    for at in (1..all.len()).rev() {
        all.swap(at, chance.below(at as u64 + 1) as usize);
    }
    all
}

/// How addresses follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Any byte.
    Random,
    /// Every 256th byte.
    Sequential,
    /// The n-th page with a chance of 1/n; which that is, is shuffled.
    Zipf,
}

/// All of them.
pub const STREAMS: [Stream; 3] = [Stream::Random, Stream::Sequential, Stream::Zipf];

impl Stream {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Sequential => "sequential",
            Self::Zipf => "zipf",
        }
    }
}

/// `count` addresses of one kind.
pub fn stream(kind: Stream, count: usize) -> Vec<u64> {
    let mut chance = Random::new(42);
    let ranks = shuffled(PAGES, &mut chance);
    let mut sum = 0.0;
    let weights: Vec<f64> = (0..PAGES)
        .map(|rank| {
            sum += 1.0 / (rank + 1) as f64;
            sum
        })
        .collect();
    let one = |number: usize| match kind {
        Stream::Random => chance.below(SIZE),
        Stream::Sequential => number as u64 * 256 % SIZE,
        Stream::Zipf => {
            let point = chance.word() as f64 / u64::MAX as f64 * sum;
            let rank = weights.partition_point(|weight| *weight < point);
            ranks[rank.min(ranks.len() - 1)] << 12 | chance.below(4096)
        }
    };
    (0..count).map(one).map(|offset| BASE + offset).collect()
}
