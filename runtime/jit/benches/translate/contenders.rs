//! Who takes part.

use crate::{chains, emitted};
use mapwright_jit::{Answer, Translator};
use mapwright_runtime::layout::{Layout, PlaceId, SpaceId, Target};
use mapwright_runtime::translate::Translation;
use rangemap::RangeInclusiveMap;
use std::collections::BTreeMap;

/// The code of addresses that no place decides.
pub const NOTHING: u32 = u32::MAX;

/// What a batch writes.
pub struct Output {
    pub targets: Vec<u64>,
    pub codes: Vec<u32>,
}

impl Output {
    pub fn new(count: usize) -> Self {
        Self {
            targets: vec![0; count],
            codes: vec![0; count],
        }
    }
}

/// Something that translates batches.
pub trait Contender {
    fn name(&self) -> &'static str;
    fn run(&self, addresses: &[u64], output: &mut Output);
    /// The place that a code stands for; `None` for none.
    fn place(&self, layout: &Layout, address: u64, answer: Answer) -> Option<PlaceId>;

    /// Panics when an answer is not that of [`Layout::translate`].
    fn check(&self, layout: &Layout, addresses: &[u64], output: &Output) {
        for (at, address) in addresses.iter().enumerate() {
            let answer = Answer {
                physical: output.targets[at],
                code: output.codes[at],
            };
            let exact = layout.translate(linear(layout), *address);
            let target = match exact {
                Translation::Mapped { address, .. } => address,
                _ => *address,
            };
            assert_eq!(answer.physical, target, "{}: {address:#x}", self.name());
            let place = self.place(layout, *address, answer);
            assert_eq!(place, exact.place(), "{}: {address:#x}", self.name());
        }
    }
}

fn linear(layout: &Layout) -> SpaceId {
    layout.space_named("linear").expect("a space of that name")
}

impl Contender for Translator {
    fn name(&self) -> &'static str {
        "translator"
    }

    fn run(&self, addresses: &[u64], output: &mut Output) {
        self.translate_batch(addresses, &mut output.targets, &mut output.codes);
    }

    fn place(&self, _: &Layout, _: u64, answer: Answer) -> Option<PlaceId> {
        Translator::place(self, answer.code)
    }
}

/// The translator without machine code.
pub struct Walked(pub Translator);

impl Contender for Walked {
    fn name(&self) -> &'static str {
        "table"
    }

    fn run(&self, addresses: &[u64], output: &mut Output) {
        self.0.run(addresses, output);
    }

    fn place(&self, _: &Layout, _: u64, answer: Answer) -> Option<PlaceId> {
        self.0.place(answer.code)
    }
}

/// Comparisons written by hand.
pub struct Chain {
    chain: chains::Chain,
    places: Vec<Option<PlaceId>>,
}

impl Chain {
    pub fn new(layout: &Layout, chain: chains::Chain) -> Self {
        let names = chains::NAMES.iter().chain(["hypervisor"].iter());
        let places = names.map(|name| layout.place_named(name)).collect();
        Self { chain, places }
    }
}

impl Contender for Chain {
    fn name(&self) -> &'static str {
        "if-chain"
    }

    fn run(&self, addresses: &[u64], output: &mut Output) {
        (self.chain)(addresses, &mut output.targets, &mut output.codes);
    }

    fn place(&self, _: &Layout, _: u64, answer: Answer) -> Option<PlaceId> {
        self.places.get(answer.code as usize).copied().flatten()
    }
}

/// What `mapwright emit std:linux/i386-3g1g --target rust` wrote: it says less than all others, the physical address and
/// no place.
pub struct Emitted {
    boot: emitted::Boot,
    lowmem: Option<PlaceId>,
}

impl Emitted {
    /// For the memory that the layout's direct map shows.
    pub fn new(layout: &Layout) -> Self {
        let lowmem = layout.place_named("lowmem");
        let ram = lowmem.map_or(0, |id| layout.place(id).range.size() as u64);
        let boot = emitted::Boot { ram };
        assert!(boot.is_valid(), "{ram:#x}");
        Self { boot, lowmem }
    }
}

impl Contender for Emitted {
    fn name(&self) -> &'static str {
        "emitted"
    }

    fn run(&self, addresses: &[u64], output: &mut Output) {
        let results = output.targets.iter_mut().zip(&mut output.codes);
        for (address, (target, code)) in addresses.iter().zip(results) {
            (*target, *code) = match emitted::linear_to_physical(&self.boot, *address) {
                Some(physical) => (physical, 0),
                None => (*address, NOTHING),
            };
        }
    }

    fn place(&self, _: &Layout, _: u64, answer: Answer) -> Option<PlaceId> {
        self.lowmem.filter(|_| answer.code == 0)
    }

    fn check(&self, layout: &Layout, addresses: &[u64], output: &Output) {
        for (at, address) in addresses.iter().enumerate() {
            let exact = layout.translate(linear(layout), *address);
            let physical = match exact {
                Translation::Mapped { address, .. } => Some(address),
                _ => None,
            };
            let found = (output.codes[at] == 0).then_some(output.targets[at]);
            assert_eq!(found, physical, "emitted: {address:#x}");
        }
    }
}

/// What a sorted collection holds for a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rule {
    base: u64,
    last: u64,
    delta: u64,
    /// With a repeated page: its size less one; else all ones.
    mask: u64,
    code: u32,
}

impl Rule {
    fn apply(&self, address: u64) -> (u64, u32) {
        let offset = address.wrapping_sub(self.base) & self.mask;
        (
            self.base.wrapping_add(offset).wrapping_add(self.delta),
            self.code,
        )
    }
}

/// The outermost windows, guards and parts without any, in address order. Neither views nor
/// non-canonical addresses: those who use a map do not have them either.
fn rules(layout: &Layout) -> Vec<Rule> {
    let mut rules = Vec::new();
    for id in layout.in_address_order(linear(layout)) {
        let place = layout.place(*id);
        let (delta, mask) = match &place.target {
            Target::View => continue,
            Target::Linear { at, repeat, .. } => (
                at.wrapping_sub(place.range.base()),
                repeat.map_or(u64::MAX, |unit| unit - 1),
            ),
            _ => (0, u64::MAX),
        };
        // A part counts where its processes decide.
        if place.kind.word() == "part"
            && place.tables.map(|t| t.to_string()) != Some("per_process".into())
        {
            continue;
        }
        rules.push(Rule {
            base: place.range.base(),
            last: place.range.last(),
            delta,
            mask,
            code: id.index() as u32,
        });
    }
    rules
}

fn place_of(answer: Answer) -> Option<PlaceId> {
    (answer.code != NOTHING).then(|| PlaceId::from_index(answer.code as usize))
}

fn batch<'a>(addresses: &[u64], output: &mut Output, find: impl Fn(u64) -> Option<&'a Rule>) {
    let results = output.targets.iter_mut().zip(&mut output.codes);
    for (address, (target, code)) in addresses.iter().zip(results) {
        (*target, *code) = match find(*address) {
            Some(rule) if rule.base <= *address && *address <= rule.last => rule.apply(*address),
            _ => (*address, NOTHING),
        };
    }
}

/// A binary search in a sorted slice.
pub struct Partition(Vec<Rule>);

impl Partition {
    pub fn new(layout: &Layout) -> Self {
        Self(rules(layout))
    }
}

impl Contender for Partition {
    fn name(&self) -> &'static str {
        "partition_point"
    }

    fn run(&self, addresses: &[u64], output: &mut Output) {
        batch(addresses, output, |address| {
            self.0
                .get(self.0.partition_point(|rule| rule.last < address))
        });
    }

    fn place(&self, _: &Layout, _: u64, answer: Answer) -> Option<PlaceId> {
        place_of(answer)
    }
}

/// A B-tree by base.
pub struct Map(BTreeMap<u64, Rule>);

impl Map {
    pub fn new(layout: &Layout) -> Self {
        Self(
            rules(layout)
                .into_iter()
                .map(|rule| (rule.base, rule))
                .collect(),
        )
    }
}

impl Contender for Map {
    fn name(&self) -> &'static str {
        "BTreeMap"
    }

    fn run(&self, addresses: &[u64], output: &mut Output) {
        batch(addresses, output, |address| {
            self.0.range(..=address).next_back().map(|(_, rule)| rule)
        });
    }

    fn place(&self, _: &Layout, _: u64, answer: Answer) -> Option<PlaceId> {
        place_of(answer)
    }
}

/// The crate `rangemap`.
pub struct Ranges(RangeInclusiveMap<u64, Rule>);

impl Ranges {
    pub fn new(layout: &Layout) -> Self {
        let rules = rules(layout).into_iter();
        Self(rules.map(|rule| (rule.base..=rule.last, rule)).collect())
    }
}

impl Contender for Ranges {
    fn name(&self) -> &'static str {
        "rangemap"
    }

    fn run(&self, addresses: &[u64], output: &mut Output) {
        batch(addresses, output, |address| self.0.get(&address));
    }

    fn place(&self, _: &Layout, _: u64, answer: Answer) -> Option<PlaceId> {
        place_of(answer)
    }
}

/// A loop that reads and writes the same arrays and only adds.
pub struct Bandwidth;

impl Contender for Bandwidth {
    fn name(&self) -> &'static str {
        "adding"
    }

    fn run(&self, addresses: &[u64], output: &mut Output) {
        let results = output.targets.iter_mut().zip(&mut output.codes);
        for (address, (target, code)) in addresses.iter().zip(results) {
            *target = address.wrapping_add(0x4000_0000);
            *code = 1;
        }
    }

    fn place(&self, _: &Layout, _: u64, _: Answer) -> Option<PlaceId> {
        None
    }

    /// It translates nothing.
    fn check(&self, _: &Layout, addresses: &[u64], output: &Output) {
        assert_eq!(addresses.len(), output.targets.len());
    }
}
