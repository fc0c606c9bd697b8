//! The code of a walk: the levels unrolled, each test one mask wherever the format allows it.

mod cached;
mod places;
mod says;

use super::context::Context;
use super::gather::Way;
use super::outcome::{ASK, Kind};
use super::plan::{FormPlan, Plan};
use core::mem::offset_of;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, InstBuilder, MemFlagsData, Value, types};
use cranelift_frontend::{FunctionBuilder, Variable};
use mapwright_runtime::paging::Condition;

/// Where entries may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Memory {
    /// In a piece that begins at 0 and holds the roots; for others, the interpreter is asked. All addresses that
    /// entries can say are the machine's.
    Flat,
    /// In any piece; the last one that was used is tried first. The machine may have fewer addresses than the format.
    Pieces,
}

/// Where an entry is in the host: its table, or the entry itself without an offset.
#[derive(Clone, Copy)]
pub(super) struct At {
    pub(super) table: Value,
    pub(super) offset: Value,
}

/// What is written about one address.
#[derive(Clone, Copy)]
pub(super) struct Found {
    pub(super) physical: Variable,
    /// 32 bits.
    pub(super) code: Variable,
    /// Where the last entry stood, and the entry.
    pub(super) entry_at: Variable,
    pub(super) entry: Variable,
}

/// Code that is being written for a walk of one address.
pub(super) struct Emit<'a, 'f> {
    pub(super) builder: FunctionBuilder<'f>,
    pub(super) plan: &'a Plan,
    pub(super) memory: Memory,
    pub(super) context: Value,
    pub(super) found: Found,
    /// Where to go with an answer.
    pub(super) done: Block,
    /// The table of the level that comes next.
    pub(super) table: Variable,
    /// What was gathered: what withholds rights (or the rights), and what gives them.
    pub(super) gathered: Variable,
    pub(super) giving: Variable,
    /// Reserved bits that were set on the way and are told of.
    pub(super) told: Variable,
    /// The piece that was used last.
    pub(super) base: Variable,
    limit: Variable,
    pub(super) host: Variable,
    /// The code of a page but for what its own entry says, and where its table is in the host: as they are cached.
    pub(super) above: Variable,
    pub(super) table_host: Variable,
    /// By level, the addresses of tables that are inside of the piece at 0 are below this.
    pub(super) limits: Vec<Value>,
    /// The set of the cache for the address, when there is a cache.
    set: Option<Value>,
}

/// The image and the caller's arrays: of any alignment.
pub(super) const OUTER: MemFlagsData = MemFlagsData::new().with_notrap();
/// Our own structures.
pub(super) const INNER: MemFlagsData = MemFlagsData::trusted();

impl<'a, 'f> Emit<'a, 'f> {
    pub(super) fn new(
        mut builder: FunctionBuilder<'f>,
        plan: &'a Plan,
        memory: Memory,
        context: Value,
    ) -> Self {
        let done = builder.create_block();
        let mut word = || builder.declare_var(types::I64);
        let (physical, entry_at, entry) = (word(), word(), word());
        let (table, gathered, giving, told) = (word(), word(), word(), word());
        let (base, limit, host) = (word(), word(), word());
        let (above, table_host) = (word(), word());
        let code = builder.declare_var(types::I32);
        let mut emit = Self {
            builder,
            plan,
            memory,
            context,
            found: Found {
                physical,
                code,
                entry_at,
                entry,
            },
            done,
            table,
            gathered,
            giving,
            told,
            base,
            limit,
            host,
            above,
            table_host,
            limits: Vec::new(),
            set: None,
        };
        emit.first_piece();
        emit
    }

    pub(super) fn word(&mut self, value: u64) -> Value {
        self.builder.ins().iconst(types::I64, value as i64)
    }

    pub(super) fn load_inner(&mut self, from: Value, offset: usize) -> Value {
        // Our structures are smaller than 2^31 bytes.
        self.builder
            .ins()
            .load(types::I64, INNER, from, offset as i32)
    }

    pub(super) fn and(&mut self, value: Value, mask: u64) -> Value {
        if mask == u64::MAX {
            return value;
        }
        let mask = self.word(mask);
        self.builder.ins().band(value, mask)
    }

    /// Shifted to the left, or to the right when `by` is negative.
    pub(super) fn shift(&mut self, value: Value, by: i32) -> Value {
        if by == 0 {
            return value;
        }
        let amount = self.word(by.unsigned_abs().into());
        if by > 0 {
            self.builder.ins().ishl(value, amount)
        } else {
            self.builder.ins().ushr(value, amount)
        }
    }

    pub(super) fn block(&mut self) -> Block {
        self.builder.create_block()
    }

    pub(super) fn cold(&mut self) -> Block {
        let block = self.builder.create_block();
        self.builder.set_cold_block(block);
        block
    }

    pub(super) fn branch(&mut self, condition: Value, yes: Block, no: Block) {
        self.builder.ins().brif(condition, yes, &[], no, &[]);
    }

    pub(super) fn below(&mut self, one: Value, other: Value) -> Value {
        self.builder.ins().icmp(IntCC::UnsignedLessThan, one, other)
    }

    /// The whole walk of an address, from the top.
    pub(super) fn walk(&mut self, address: Value) {
        self.canonical(address);
        let zero = self.word(0);
        let start = match self.plan.gather.way {
            Way::Bits(_) => zero,
            Way::Fields => self.word(mapwright_runtime::walk::Rights::START.bits().into()),
        };
        self.builder.def_var(self.gathered, start);
        self.builder.def_var(self.giving, zero);
        self.builder.def_var(self.told, zero);
        let root = self.root(address);
        self.builder.def_var(self.table, root);
        for depth in 0..self.plan.levels.len() {
            let next = self.block();
            let at = self.pointer(depth, address);
            self.level(depth, address, at, next);
            self.builder.switch_to_block(next);
        }
        // A checked format's last level has only leaves: nothing comes here.
        self.ask();
    }

    /// Goes on where the address is canonical, and answers where it is not.
    fn canonical(&mut self, address: Value) {
        let ranges = &self.plan.canonical;
        let is = match &ranges[..] {
            [all] if all.size() == 1 << 64 => return,
            [low, high] if low.base() == 0 && high.last() == u64::MAX => {
                // Turned so that the upper half comes first, the two are one.
                let (from, size) = (high.base(), low.last().wrapping_sub(high.base()));
                self.within(address, from, size)
            }
            ranges => {
                let mut is = self.builder.ins().iconst(types::I8, 0);
                for range in ranges {
                    let one = self.within(address, range.base(), range.last() - range.base());
                    is = self.builder.ins().bor(is, one);
                }
                is
            }
        };
        let (good, bad) = (self.block(), self.cold());
        self.branch(is, good, bad);
        self.builder.switch_to_block(bad);
        let zero = self.word(0);
        self.answer(address, Kind::NonCanonical.code(0), zero, zero);
        self.builder.switch_to_block(good);
    }

    /// `address - from <= extent`
    fn within(&mut self, address: Value, from: u64, extent: u64) -> Value {
        let offset = if from == 0 {
            address
        } else {
            let from = self.word(from.wrapping_neg());
            self.builder.ins().iadd(address, from)
        };
        let extent = self.word(extent);
        self.builder
            .ins()
            .icmp(IntCC::UnsignedLessThanOrEqual, offset, extent)
    }

    fn root(&mut self, address: Value) -> Value {
        let roots = offset_of!(Context, roots);
        let first = self.load_inner(self.context, roots);
        let Some(bit) = self.plan.root_bit else {
            return first;
        };
        let second = self.load_inner(self.context, roots + 8);
        let bit = self.and(address, 1 << bit);
        self.builder.ins().select(bit, second, first)
    }

    /// Reads an entry and goes by what it is: to `next` with a table, or to an answer.
    fn level(&mut self, depth: usize, address: Value, at: At, next: Block) {
        let entry = self.read(at);
        let plan = self.plan;
        let forms = &plan.levels[depth].forms;
        for (number, form) in forms.iter().enumerate() {
            let this = self.block();
            let other = if number + 1 == forms.len() {
                self.cold()
            } else {
                self.block()
            };
            self.test(form, entry, this, other);
            self.builder.switch_to_block(this);
            let frame = self.frame(form, entry);
            if form.leaf {
                self.leaf(depth, form, address, at, entry, frame);
            } else {
                self.gather(form, entry);
                self.tell(form, entry);
                self.builder.def_var(self.table, frame);
                self.builder.ins().jump(next, &[]);
            }
            self.builder.switch_to_block(other);
        }
        self.fault(depth, address, at, entry);
    }

    fn read(&mut self, at: At) -> Value {
        let at = self.builder.ins().iadd(at.table, at.offset);
        match self.plan.entry_bytes {
            8 => self.builder.ins().load(types::I64, OUTER, at, 0),
            _ => self.builder.ins().uload32(OUTER, at, 0),
        }
    }

    /// Goes to `yes` with an entry that has this meaning, to `no` with others.
    fn test(&mut self, form: &FormPlan, entry: Value, yes: Block, no: Block) {
        let test = &form.test;
        if test.rest.is_empty() && (1..=2).contains(&test.mask.count_ones()) {
            // Bit by bit: no comparison.
            let low = test.mask & test.mask.wrapping_neg();
            let high = test.mask & !low;
            self.test_bit(entry, low, test.value & low != 0, yes, no, high != 0);
            if high != 0 {
                self.test_bit(entry, high, test.value & high != 0, yes, no, false);
            }
            return;
        }
        let bits = self.and(entry, test.mask);
        let value = self.word(test.value);
        let mut is = self.builder.ins().icmp(IntCC::Equal, bits, value);
        for (condition, holds) in &test.rest {
            let one = self.condition(condition, entry);
            let one = if *holds { one } else { self.not(one) };
            is = self.builder.ins().band(is, one);
        }
        self.branch(is, yes, no);
    }

    /// Goes to `no` unless a bit is as it should be; to `yes` otherwise, or on when there is `more` to test.
    fn test_bit(&mut self, entry: Value, mask: u64, set: bool, yes: Block, no: Block, more: bool) {
        let good = if more { self.block() } else { yes };
        let bit = self.and(entry, mask);
        let (ones, zeros) = if set { (good, no) } else { (no, good) };
        self.branch(bit, ones, zeros);
        if more {
            self.builder.switch_to_block(good);
        }
    }

    /// The address in an entry.
    fn frame(&mut self, form: &FormPlan, entry: Value) -> Value {
        let mut frame = None;
        for piece in &form.frame {
            let bits = self.and(entry, piece.slice().mask());
            let part = self.shift(bits, piece.shift as i32 - piece.lo as i32);
            frame = Some(match frame {
                None => part,
                Some(frame) => self.builder.ins().bor(frame, part),
            });
        }
        // A checked format's frames have a piece.
        frame.unwrap_or(entry)
    }

    /// An entry that maps a page, if the machine has the page's address.
    fn leaf(
        &mut self,
        depth: usize,
        form: &FormPlan,
        address: Value,
        at: At,
        entry: Value,
        frame: Value,
    ) {
        if self.memory == Memory::Pieces {
            let beyond = self.load_inner(self.context, offset_of!(Context, beyond));
            let beyond = self.builder.ins().band(frame, beyond);
            let (good, bad) = (self.block(), self.cold());
            self.branch(beyond, bad, good);
            self.builder.switch_to_block(bad);
            let at = self.entry_at(depth, address, at);
            self.answer(at, Kind::ReservedBit.code(depth), at, entry);
            self.builder.switch_to_block(good);
        }
        let span = (1_u64 << self.plan.levels[depth].index.lo) - 1;
        let offset = self.and(address, span);
        let physical = self.builder.ins().bor(frame, offset);
        let rights = self.rights(form, entry);
        let other = if self.set.is_some() && depth + 1 == self.plan.levels.len() {
            self.builder.use_var(self.above)
        } else {
            self.word(Kind::Mapped.code(depth).into())
        };
        let code = self.builder.ins().bor(rights, other);
        self.tell(form, entry);
        let code = self.with_told(code);
        let code = self.builder.ins().ireduce(types::I32, code);
        let at = self.entry_at(depth, address, at);
        self.answer_with(physical, code, at, entry);
    }

    /// An entry that fits no form.
    fn fault(&mut self, depth: usize, address: Value, at: At, entry: Value) {
        let present = self.is_present(entry);
        let kind = |kind: Kind| i64::from(kind.code(depth));
        let reserved = self
            .builder
            .ins()
            .iconst(types::I32, kind(Kind::ReservedBit));
        let absent = self
            .builder
            .ins()
            .iconst(types::I32, kind(Kind::NotPresent));
        let code = self.builder.ins().select(present, reserved, absent);
        let at = self.entry_at(depth, address, at);
        self.answer_with(at, code, at, entry);
    }

    /// Whether an entry is present, asked seldom.
    fn is_present(&mut self, entry: Value) -> Value {
        match &self.plan.present {
            Condition::Equal(bit, 1) if bit.width() == 1 => {
                // Otherwise than where it is asked always, which would be kept for this.
                let turned = self.builder.ins().bnot(entry);
                let bit = self.and(turned, bit.mask());
                let zero = self.word(0);
                self.builder.ins().icmp(IntCC::Equal, bit, zero)
            }
            present => self.condition(present, entry),
        }
    }

    fn answer(&mut self, physical: Value, code: u32, entry_at: Value, entry: Value) {
        let code = self.builder.ins().iconst(types::I32, i64::from(code));
        self.answer_with(physical, code, entry_at, entry);
    }

    fn answer_with(&mut self, physical: Value, code: Value, entry_at: Value, entry: Value) {
        self.builder.def_var(self.found.physical, physical);
        self.builder.def_var(self.found.code, code);
        self.builder.def_var(self.found.entry_at, entry_at);
        self.builder.def_var(self.found.entry, entry);
        self.builder.ins().jump(self.done, &[]);
    }

    /// Leaves the address to the interpreter.
    pub(super) fn ask(&mut self) {
        let one = self.word(1);
        let asked = offset_of!(Context, asked) as i32;
        self.builder.ins().store(INNER, one, self.context, asked);
        let zero = self.word(0);
        self.answer(zero, ASK, zero, zero);
    }
}
