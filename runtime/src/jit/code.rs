//! The code that walks a table: branch-free, the same work for every address; around it, for many
//! addresses, a test of eight at once against the piece that the last of the eight before was in.

use super::cuts::Key;
use super::table::{Root, Shape};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{
    AbiParam, Block, BlockArg, Function, InstBuilder, MemFlagsData, Type, Value, types,
};
use cranelift_codegen::isa::TargetFrontendConfig;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};

/// Addresses in a group.
const LANES: i32 = 8;
/// Two addresses.
const PAIR: Type = types::I64X2;
/// Four codes.
const CODES: Type = types::I32X4;

/// `(address, words) -> (target, code)`
pub(super) fn one(function: &mut Function, shape: Shape, frontend: TargetFrontendConfig) {
    let mut context = FunctionBuilderContext::new();
    let mut walk = Walk::new(function, &mut context, shape, 1, 2);
    let address = walk.arguments[0];
    let (target, code) = walk.look_up(address);
    let code = walk.builder.ins().uextend(types::I64, code);
    walk.builder.ins().return_(&[target, code]);
    walk.finish(frontend);
}

/// `(addresses, targets, codes, count, words)`, for a count that is a multiple of the group and
/// not 0.
pub(super) fn many(function: &mut Function, shape: Shape, target: TargetFrontendConfig) {
    let mut context = FunctionBuilderContext::new();
    let mut walk = Walk::new(function, &mut context, shape, 4, 0);
    let [group, outside, next, end] = core::array::from_fn(|_| walk.builder.create_block());
    let zero = walk.builder.ins().iconst(types::I64, 0);
    let accepted = Accepted::load(&mut walk, zero);
    let mut arguments = vec![zero.into()];
    arguments.extend(accepted.arguments());
    walk.builder.ins().jump(group, &arguments);

    // The group at `index`, and the piece that it is tested against.
    let (index, accepted) = enter(&mut walk, group);
    let (addresses, outside_bits) = walk.test(index, &accepted);
    let inside = walk.builder.create_block();
    walk.builder
        .ins()
        .brif(outside_bits, outside, &[], inside, &[]);

    walk.builder.switch_to_block(inside);
    walk.store_inside(index, addresses, &accepted);
    let arguments: Vec<BlockArg> = accepted.arguments().collect();
    walk.builder.ins().jump(next, &arguments);

    walk.builder.switch_to_block(outside);
    walk.look_up_group(index, &accepted, next);

    // Bottom-tested: one taken branch for each group.
    let accepted = Accepted::parameters(&mut walk, next, 0);
    walk.builder.switch_to_block(next);
    let lanes = walk.builder.ins().iconst(types::I64, i64::from(LANES));
    let index = walk.builder.ins().iadd(index, lanes);
    let count = walk.arguments[3];
    let more = walk
        .builder
        .ins()
        .icmp(IntCC::UnsignedLessThan, index, count);
    let mut arguments = vec![index.into()];
    arguments.extend(accepted.arguments());
    walk.builder.ins().brif(more, group, &arguments, end, &[]);

    walk.builder.switch_to_block(end);
    walk.builder.ins().return_(&[]);
    walk.finish(target);
}

/// Begins the block of the loop: the index of the group, and the piece that it is tested against.
fn enter(walk: &mut Walk<'_>, block: Block) -> (Value, Accepted) {
    let index = walk.builder.append_block_param(block, types::I64);
    let accepted = Accepted::parameters(walk, block, 1);
    walk.builder.switch_to_block(block);
    (index, accepted)
}

/// The piece that a group is tested against, in vectors.
#[derive(Clone, Copy)]
struct Accepted {
    base: Value,
    last: Value,
    delta: Value,
    code: Value,
    /// Only where there are masks.
    mask: Option<Value>,
}

impl Accepted {
    /// The piece of a code of 64 bits.
    fn load(walk: &mut Walk<'_>, code: Value) -> Self {
        let sections = walk.shape.sections;
        let one = walk.constant(types::I64, 1);
        let pair = walk.builder.ins().ishl(code, one);
        let base = walk.word(sections.guards, pair);
        let last = walk.word(sections.guards + 1, pair);
        let delta = walk.word(sections.deltas, code);
        let mask = walk.shape.masked.then(|| walk.word(sections.masks, code));
        let code = walk.builder.ins().ireduce(types::I32, code);
        let mut splat = |vector, value| walk.builder.ins().splat(vector, value);
        Self {
            base: splat(PAIR, base),
            last: splat(PAIR, last),
            delta: splat(PAIR, delta),
            code: splat(CODES, code),
            mask: mask.map(|mask| splat(PAIR, mask)),
        }
    }

    /// From the parameters of a block, of which there are `before` others so far.
    fn parameters(walk: &mut Walk<'_>, block: Block, before: usize) -> Self {
        debug_assert_eq!(walk.builder.block_params(block).len(), before);
        let masked = walk.shape.masked;
        let mut parameter = |kind| walk.builder.append_block_param(block, kind);
        Self {
            base: parameter(PAIR),
            last: parameter(PAIR),
            delta: parameter(PAIR),
            code: parameter(CODES),
            mask: masked.then(|| parameter(PAIR)),
        }
    }

    fn arguments(self) -> impl Iterator<Item = BlockArg> {
        let always = [self.base, self.last, self.delta, self.code];
        always.into_iter().chain(self.mask).map(BlockArg::Value)
    }
}

/// A function that is being written, with the table that it is given.
struct Walk<'a> {
    builder: FunctionBuilder<'a>,
    shape: Shape,
    /// The arguments before the table.
    arguments: Vec<Value>,
    words: Value,
}

impl<'a> Walk<'a> {
    /// A function of `arguments` words and a table that returns `results` words.
    fn new(
        function: &'a mut Function,
        context: &'a mut FunctionBuilderContext,
        shape: Shape,
        arguments: usize,
        results: usize,
    ) -> Self {
        let word = AbiParam::new(types::I64);
        function.signature.params = vec![word; arguments + 1];
        function.signature.returns = vec![word; results];
        let mut builder = FunctionBuilder::new(function, context);
        let entry = builder.create_block();
        builder.append_block_params_for_function_params(entry);
        builder.switch_to_block(entry);
        let values = builder.block_params(entry).to_vec();
        Self {
            builder,
            shape,
            arguments: values[..arguments].to_vec(),
            words: values[arguments],
        }
    }

    fn finish(mut self, target: TargetFrontendConfig) {
        self.builder.seal_all_blocks();
        self.builder.finalize(target);
    }

    fn constant(&mut self, kind: Type, value: i64) -> Value {
        self.builder.ins().iconst(kind, value)
    }

    /// `array + index * size` for a size that is a power of two.
    fn element(&mut self, array: Value, index: Value, size: u32) -> Value {
        let shift = self.constant(types::I64, size.ilog2().into());
        let offset = self.builder.ins().ishl(index, shift);
        self.builder.ins().iadd(array, offset)
    }

    /// The word at this index of a section.
    fn word(&mut self, section: usize, index: Value) -> Value {
        let from = self.element(self.words, index, 8);
        self.load(types::I64, from, section * 8)
    }

    /// The table does not change, and its entries are aligned.
    fn load(&mut self, kind: Type, from: Value, offset: usize) -> Value {
        let flags = MemFlagsData::trusted().with_readonly();
        // Larger tables have no code (`Lookup::of`).
        self.builder.ins().load(kind, flags, from, offset as i32)
    }

    /// The target (64 bits) and the code (32 bits) of an address, as in `Table::look_up`.
    fn look_up(&mut self, address: Value) -> (Value, Value) {
        let sections = self.shape.sections;
        let key = self.key(address);
        let code = match self.index(key) {
            None => {
                let first = self.constant(types::I64, 0);
                self.halve(key, first)
            }
            Some(index) => {
                let first = self.element(self.words, index, 4);
                match self.shape.halvings {
                    0 => self.compare(key, index, first),
                    _ => {
                        let first = self.load(types::I32, first, sections.firsts * 8);
                        let first = self.builder.ins().uextend(types::I64, first);
                        self.halve(key, first)
                    }
                }
            }
        };
        let index = self.builder.ins().uextend(types::I64, code);
        let mut masked = address;
        if self.shape.masked {
            let mask = self.word(sections.masks, index);
            masked = self.builder.ins().band(address, mask);
        }
        let delta = self.word(sections.deltas, index);
        (self.builder.ins().iadd(masked, delta), code)
    }

    /// The key of an address, as in [`Key::of`].
    fn key(&mut self, address: Value) -> Value {
        match self.shape.key {
            Key::Above { pivot: 0 } => address,
            Key::Above { pivot } => {
                let pivot = self.constant(types::I64, pivot.wrapping_neg() as i64);
                self.builder.ins().iadd(address, pivot)
            }
            Key::Below { pivot: u64::MAX } => self.builder.ins().bnot(address),
            Key::Below { pivot } => {
                let pivot = self.constant(types::I64, pivot as i64);
                self.builder.ins().isub(pivot, address)
            }
        }
    }

    /// The leaf of a key.
    fn index(&mut self, key: Value) -> Option<Value> {
        let sections = self.shape.sections;
        let mut index = match self.shape.root {
            Root::Shift { shift, clamp } => {
                let shift = self.constant(types::I64, shift.into());
                let high = self.builder.ins().ushr(key, shift);
                match clamp {
                    Some(clamp) => {
                        let clamp = self.constant(types::I64, clamp as i64);
                        self.builder.ins().umin(high, clamp)
                    }
                    None => high,
                }
            }
            Root::Log => self.builder.ins().clz(key),
            Root::None => return None,
        };
        for _ in 0..self.shape.depth {
            let node = self.element(self.words, index, 8);
            let shift = self.load(types::I32, node, sections.nodes * 8);
            let high = self.builder.ins().ushr(key, shift);
            let high = self.builder.ins().ireduce(types::I32, high);
            let base = self.load(types::I32, node, sections.nodes * 8 + 4);
            let sum = self.builder.ins().iadd(high, base);
            index = self.builder.ins().uextend(types::I64, sum);
        }
        Some(index)
    }

    /// One comparison chooses between the two pieces of a leaf, by adding it, not by a branch.
    fn compare(&mut self, key: Value, index: Value, first: Value) -> Value {
        let sections = self.shape.sections;
        let boundary = self.word(sections.boundaries, index);
        let reached = IntCC::UnsignedGreaterThanOrEqual;
        let reached = self.builder.ins().icmp(reached, key, boundary);
        let reached = self.builder.ins().uextend(types::I32, reached);
        let first = self.load(types::I32, first, sections.firsts * 8);
        self.builder.ins().iadd(reached, first)
    }

    /// The pieces from `first` on are halved, each time by a conditional move.
    fn halve(&mut self, key: Value, first: Value) -> Value {
        let mut code = first;
        for step in (0..self.shape.halvings).rev() {
            let half = self.constant(types::I64, 1 << step);
            let middle = self.builder.ins().iadd(code, half);
            // The distance is part of the address.
            let section = self.shape.sections.boundaries + (1 << step);
            let lowest = self.word(section, code);
            let reached = IntCC::UnsignedGreaterThanOrEqual;
            let reached = self.builder.ins().icmp(reached, key, lowest);
            code = self.builder.ins().select(reached, middle, code);
        }
        self.builder.ins().ireduce(types::I32, code)
    }

    /// The addresses of a group in four vectors, and a number that is not 0 when one of them is
    /// outside of the accepted piece. For a piece of less than 2^63 bytes, an address is inside
    /// exactly when neither `address - base` nor `last - address` has its highest bit set.
    fn test(&mut self, index: Value, accepted: &Accepted) -> ([Value; 4], Value) {
        let array = self.arguments[0];
        let from = self.element(array, index, 8);
        let addresses: [Value; 4] = core::array::from_fn(|pair| {
            let flags = MemFlagsData::new().with_notrap();
            self.builder.ins().load(PAIR, flags, from, 16 * pair as i32)
        });
        let mut signs: Option<Value> = None;
        for pair in addresses {
            let below = self.builder.ins().isub(pair, accepted.base);
            let above = self.builder.ins().isub(accepted.last, pair);
            let either = self.builder.ins().bor(below, above);
            signs = Some(match signs {
                Some(signs) => self.builder.ins().bor(signs, either),
                None => either,
            });
        }
        let signs = signs.unwrap_or(accepted.base);
        (addresses, self.builder.ins().vhigh_bits(types::I32, signs))
    }

    /// Targets and codes of a group that is all inside.
    fn store_inside(&mut self, index: Value, addresses: [Value; 4], accepted: &Accepted) {
        let flags = MemFlagsData::new().with_notrap();
        let targets = self.element(self.arguments[1], index, 8);
        for (number, pair) in addresses.into_iter().enumerate() {
            let masked = match accepted.mask {
                Some(mask) => self.builder.ins().band(pair, mask),
                None => pair,
            };
            let target = self.builder.ins().iadd(masked, accepted.delta);
            self.builder
                .ins()
                .store(flags, target, targets, 16 * number as i32);
        }
        let codes = self.element(self.arguments[2], index, 4);
        for offset in [0, 16] {
            self.builder
                .ins()
                .store(flags, accepted.code, codes, offset);
        }
    }

    /// Looks up each address of a group, and goes on to `next` with the piece of the last one.
    fn look_up_group(&mut self, index: Value, accepted: &Accepted, next: Block) {
        let addresses = self.element(self.arguments[0], index, 8);
        let targets = self.element(self.arguments[1], index, 8);
        let codes = self.element(self.arguments[2], index, 4);
        let flags = MemFlagsData::new().with_notrap();
        let mut last_two = [None, None];
        for lane in 0..LANES {
            let address = self
                .builder
                .ins()
                .load(types::I64, flags, addresses, 8 * lane);
            let (target, code) = self.look_up(address);
            self.builder.ins().store(flags, target, targets, 8 * lane);
            self.builder.ins().store(flags, code, codes, 4 * lane);
            last_two = [last_two[1], Some(code)];
        }
        let [Some(before), Some(code)] = last_two else {
            return;
        };
        if self.shape.many_guards {
            // A stream that leaves a piece at once is not worth a miss of the cache for each group.
            let stays = self.builder.create_block();
            let same = self.builder.ins().icmp(IntCC::Equal, before, code);
            let arguments: Vec<BlockArg> = accepted.arguments().collect();
            self.builder.ins().brif(same, stays, &[], next, &arguments);
            self.builder.switch_to_block(stays);
        }
        let code = self.builder.ins().uextend(types::I64, code);
        let accepted = Accepted::load(self, code);
        let arguments: Vec<BlockArg> = accepted.arguments().collect();
        self.builder.ins().jump(next, &arguments);
    }
}
