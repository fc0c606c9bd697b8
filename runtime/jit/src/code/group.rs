//! The code for many addresses: eight at once are tested against the piece that the last of the
//! eight before was in. All inside: a vector addition. Else each of them is looked up, and perhaps each
//! of the next group too: where one leaves its piece, the next one mostly does so as well, and then the
//! test only costs.

use super::super::table::Shape;
use super::Walk;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{
    Block, BlockArg, Function, InstBuilder, MemFlagsData, Type, Value, types,
};
use cranelift_codegen::isa::TargetFrontendConfig;
use cranelift_frontend::FunctionBuilderContext;

/// Addresses in a group.
const LANES: u32 = 8;
/// Bytes in a vector.
const VECTOR: u32 = 16;
/// Four codes.
const CODES: Type = types::I32X4;

/// The size of the addresses and targets that code reads and writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Width {
    /// 64 bits.
    Wide,
    /// 32 bits, for spaces whose addresses and targets have no more.
    Narrow,
}

impl Width {
    const fn bytes(self) -> u32 {
        match self {
            Self::Wide => 8,
            Self::Narrow => 4,
        }
    }

    const fn lane(self) -> Type {
        match self {
            Self::Wide => types::I64,
            Self::Narrow => types::I32,
        }
    }

    const fn vector(self) -> Type {
        match self {
            Self::Wide => types::I64X2,
            Self::Narrow => types::I32X4,
        }
    }

    /// Where the vectors of a group begin.
    fn vectors(self) -> impl Iterator<Item = i32> {
        (0..LANES * self.bytes())
            .step_by(VECTOR as usize)
            .map(|offset| offset as i32)
    }
}

/// `(addresses, targets, codes, count, words)`, for a count that is a multiple of the group and
/// not 0.
pub(in super::super) fn many(
    function: &mut Function,
    shape: Shape,
    width: Width,
    frontend: TargetFrontendConfig,
) {
    let mut context = FunctionBuilderContext::new();
    let walk = Walk::new(function, &mut context, shape, 4, 0);
    let mut group = Group { walk, width };
    let [first, outside, inside, next, end] =
        core::array::from_fn(|_| group.walk.builder.create_block());
    let count = group.walk.arguments[3];
    let zero = group.walk.constant(types::I64, 0);
    let nothing = group.nothing();
    group.jump(first, Some(zero), &nothing);

    // The group at `index`, and the piece that it is tested against.
    let index = group.walk.builder.append_block_param(first, types::I64);
    let accepted = group.parameters(first);
    group.walk.builder.switch_to_block(first);
    let (addresses, signs) = group.test(index, &accepted);
    group
        .walk
        .builder
        .ins()
        .brif(signs, outside, &[], inside, &[]);

    group.walk.builder.switch_to_block(inside);
    group.store_inside(index, &addresses, &accepted);
    let after = group.advance(index, LANES);
    group.jump(next, Some(after), &accepted);

    group.walk.builder.switch_to_block(outside);
    group.look_up(index, count, &accepted, next);

    // Bottom-tested: one taken branch for each group.
    let index = group.walk.builder.append_block_param(next, types::I64);
    let accepted = group.parameters(next);
    group.walk.builder.switch_to_block(next);
    let less = IntCC::UnsignedLessThan;
    let more = group.walk.builder.ins().icmp(less, index, count);
    let arguments = accepted.arguments(Some(index));
    group
        .walk
        .builder
        .ins()
        .brif(more, first, &arguments, end, &[]);

    group.walk.builder.switch_to_block(end);
    group.walk.builder.ins().return_(&[]);
    group.walk.finish(frontend);
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
    /// As the arguments of a block, behind the index, if that is one.
    fn arguments(self, index: Option<Value>) -> Vec<BlockArg> {
        let always = [self.base, self.last, self.delta, self.code];
        let all = index.into_iter().chain(always).chain(self.mask);
        all.map(BlockArg::Value).collect()
    }
}

/// Code that takes groups of one width.
struct Group<'a> {
    walk: Walk<'a>,
    width: Width,
}

impl Group<'_> {
    /// A piece that accepts no address: of each, one of the two differences has its highest bit
    /// set.
    fn nothing(&mut self) -> Accepted {
        let (lane, vector) = (self.width.lane(), self.width.vector());
        let zero = self.walk.constant(lane, 0);
        let zero = self.walk.builder.ins().splat(vector, zero);
        let code = self.walk.constant(types::I32, 0);
        Accepted {
            base: zero,
            last: self.walk.builder.ins().bnot(zero),
            delta: zero,
            code: self.walk.builder.ins().splat(CODES, code),
            mask: self.walk.shape.masked.then_some(zero),
        }
    }

    /// The piece of a code of 64 bits, which holds an address that has just been looked up.
    fn load(&mut self, code: Value) -> Accepted {
        let sections = self.walk.shape.sections;
        let one = self.walk.constant(types::I64, 1);
        let pair = self.walk.builder.ins().ishl(code, one);
        let base = self.walk.word(sections.guards, pair);
        let mut last = self.walk.word(sections.guards + 1, pair);
        if self.width == Width::Narrow {
            // Less than 2^31 above the base, for the same reason, and no more than 32 bits.
            let reach = self.walk.constant(types::I64, i64::from(i32::MAX));
            let reach = self.walk.builder.ins().iadd(base, reach);
            last = self.walk.builder.ins().umin(last, reach);
            let most = self.walk.constant(types::I64, i64::from(u32::MAX));
            last = self.walk.builder.ins().umin(last, most);
        }
        let delta = self.walk.word(sections.deltas, code);
        let masked = self.walk.shape.masked;
        let mask = masked.then(|| self.walk.word(sections.masks, code));
        let code = self.walk.builder.ins().ireduce(types::I32, code);
        Accepted {
            base: self.splat(base),
            last: self.splat(last),
            delta: self.splat(delta),
            code: self.walk.builder.ins().splat(CODES, code),
            mask: mask.map(|mask| self.splat(mask)),
        }
    }

    /// A vector of 64 bits, or of the low halves of them.
    fn splat(&mut self, word: Value) -> Value {
        let lane = self.narrowed(word);
        self.walk.builder.ins().splat(self.width.vector(), lane)
    }

    fn narrowed(&mut self, word: Value) -> Value {
        match self.width {
            Width::Wide => word,
            Width::Narrow => self.walk.builder.ins().ireduce(types::I32, word),
        }
    }

    /// The last parameters of a block.
    fn parameters(&mut self, block: Block) -> Accepted {
        let (masked, vector) = (self.walk.shape.masked, self.width.vector());
        let mut parameter = |kind| self.walk.builder.append_block_param(block, kind);
        Accepted {
            base: parameter(vector),
            last: parameter(vector),
            delta: parameter(vector),
            code: parameter(CODES),
            mask: masked.then(|| parameter(vector)),
        }
    }

    fn jump(&mut self, block: Block, index: Option<Value>, accepted: &Accepted) {
        let arguments = accepted.arguments(index);
        self.walk.builder.ins().jump(block, &arguments);
    }

    /// Where the group at `index` begins in the argument of this number.
    fn group(&mut self, argument: usize, index: Value, bytes: u32) -> Value {
        let array = self.walk.arguments[argument];
        self.walk.element(array, index, bytes)
    }

    /// The addresses of a group in vectors, and a number that is not 0 when one of them is outside
    /// of the accepted piece. For a piece of less than half of all addresses, an address is inside
    /// exactly when neither `address - base` nor `last - address` has its highest bit set.
    fn test(&mut self, index: Value, accepted: &Accepted) -> (Vec<Value>, Value) {
        let from = self.group(0, index, self.width.bytes());
        let vector = self.width.vector();
        let mut addresses = Vec::new();
        for offset in self.width.vectors() {
            let address = self.walk.builder.ins().load(vector, OUTER, from, offset);
            addresses.push(address);
        }
        let mut signs: Option<Value> = None;
        for address in &addresses {
            let below = self.walk.builder.ins().isub(*address, accepted.base);
            let above = self.walk.builder.ins().isub(accepted.last, *address);
            let either = self.walk.builder.ins().bor(below, above);
            signs = Some(match signs {
                Some(signs) => self.walk.builder.ins().bor(signs, either),
                None => either,
            });
        }
        let signs = signs.unwrap_or(accepted.base);
        (
            addresses,
            self.walk.builder.ins().vhigh_bits(types::I32, signs),
        )
    }

    /// Targets and codes of a group that is all inside.
    fn store_inside(&mut self, index: Value, addresses: &[Value], accepted: &Accepted) {
        let targets = self.group(1, index, self.width.bytes());
        for (address, offset) in addresses.iter().zip(self.width.vectors()) {
            let masked = match accepted.mask {
                Some(mask) => self.walk.builder.ins().band(*address, mask),
                None => *address,
            };
            let target = self.walk.builder.ins().iadd(masked, accepted.delta);
            self.walk
                .builder
                .ins()
                .store(OUTER, target, targets, offset);
        }
        let codes = self.group(2, index, 4);
        for offset in Width::Narrow.vectors() {
            self.walk
                .builder
                .ins()
                .store(OUTER, accepted.code, codes, offset);
        }
    }

    /// `index + by`.
    fn advance(&mut self, index: Value, by: u32) -> Value {
        let by = self.walk.constant(types::I64, by.into());
        self.walk.builder.ins().iadd(index, by)
    }

    /// Looks up each address of the group at `from` and of the untested ones behind it, and goes on to
    /// `next` with the piece of the last one.
    fn look_up(&mut self, from: Value, count: Value, accepted: &Accepted, next: Block) {
        let until = self.advance(from, LANES * self.walk.shape.untested);
        let until = self.walk.builder.ins().umin(until, count);
        let each = self.walk.builder.create_block();
        let done = self.walk.builder.create_block();
        let index = self.walk.builder.append_block_param(each, types::I64);
        let start = [BlockArg::Value(from)];
        self.walk.builder.ins().jump(each, &start);
        self.walk.builder.switch_to_block(each);
        let [before, code] = self.look_up_group(index);
        let index = self.advance(index, LANES);
        let less = IntCC::UnsignedLessThan;
        let more = self.walk.builder.ins().icmp(less, index, until);
        let again = [BlockArg::Value(index)];
        self.walk.builder.ins().brif(more, each, &again, done, &[]);
        self.walk.builder.switch_to_block(done);
        if self.walk.shape.many_guards {
            // A stream that leaves a piece at once is not worth a miss of the cache for each group.
            let stays = self.walk.builder.create_block();
            let same = self.walk.builder.ins().icmp(IntCC::Equal, before, code);
            let arguments = accepted.arguments(Some(index));
            self.walk
                .builder
                .ins()
                .brif(same, stays, &[], next, &arguments);
            self.walk.builder.switch_to_block(stays);
        }
        let code = self.walk.builder.ins().uextend(types::I64, code);
        let accepted = self.load(code);
        self.jump(next, Some(index), &accepted);
    }

    /// Looks up each address of a group; the codes of the last two.
    fn look_up_group(&mut self, index: Value) -> [Value; 2] {
        let bytes = self.width.bytes();
        let addresses = self.group(0, index, bytes);
        let targets = self.group(1, index, bytes);
        let codes = self.group(2, index, 4);
        let found: [Value; LANES as usize] = core::array::from_fn(|lane| {
            let lane = lane as i32;
            let offset = lane * bytes as i32;
            let kind = self.width.lane();
            let mut address = self.walk.builder.ins().load(kind, OUTER, addresses, offset);
            if self.width == Width::Narrow {
                address = self.walk.builder.ins().uextend(types::I64, address);
            }
            let (target, code) = self.walk.look_up(address);
            let target = self.narrowed(target);
            self.walk
                .builder
                .ins()
                .store(OUTER, target, targets, offset);
            self.walk.builder.ins().store(OUTER, code, codes, 4 * lane);
            code
        });
        let [.., before, code] = found;
        [before, code]
    }
}

/// The arrays of the caller: aligned to their elements only, written while they are read.
const OUTER: MemFlagsData = MemFlagsData::new().with_notrap();
