//! Walks that look for the last table in a cache first.

use super::super::cache::{SETS, Set};
use super::super::context::Context;
use super::super::gather::Way;
use super::super::outcome::Kind;
use super::{At, Emit, INNER, Memory};
use core::mem::offset_of;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value};

impl Emit<'_, '_> {
    /// A walk that looks for the last table in a cache first.
    pub(in super::super) fn cached_walk(&mut self, address: Value) {
        let last = self.plan.levels.len() - 1;
        let (hit, miss, at_last) = (self.block(), self.block(), self.block());
        let (set, tag) = self.set_of(address);
        self.set = Some(set);
        let found = self.load_inner(set, offset_of!(Set, tag));
        let same = self.builder.ins().icmp(IntCC::Equal, found, tag);
        self.branch(same, hit, miss);

        self.builder.switch_to_block(hit);
        for (variable, field) in [
            (self.table_host, offset_of!(Set, host)),
            (self.above, offset_of!(Set, above)),
        ] {
            let value = self.load_inner(set, field);
            self.builder.def_var(variable, value);
        }
        self.builder.ins().jump(at_last, &[]);

        self.builder.switch_to_block(miss);
        self.canonical(address);
        let zero = self.word(0);
        self.builder.def_var(self.gathered, zero);
        self.builder.def_var(self.giving, zero);
        self.builder.def_var(self.told, zero);
        let root = self.root(address);
        self.builder.def_var(self.table, root);
        for depth in 0..last {
            let next = self.block();
            let at = self.pointer(depth, address);
            self.level(depth, address, at, next);
            self.builder.switch_to_block(next);
        }
        self.fill(set, tag);
        self.builder.ins().jump(at_last, &[]);

        self.builder.switch_to_block(at_last);
        let zero = self.word(0);
        self.builder.def_var(self.gathered, zero);
        self.builder.def_var(self.giving, zero);
        self.builder.def_var(self.told, zero);
        let host = self.builder.use_var(self.table_host);
        let offset = self.entry_offset(last, address);
        let at = At {
            table: host,
            offset,
        };
        let never = self.cold();
        self.level(last, address, at, never);
        self.builder.switch_to_block(never);
        self.ask();
    }

    /// The set of the cache for an address, and the tag that it has if the address is in it.
    pub(super) fn set_of(&mut self, address: Value) -> (Value, Value) {
        let reach = self.plan.reach_bits();
        let number = match reach {
            64 => self.word(0),
            reach => self.shift(address, -(reach as i32)),
        };
        let index = self.and(number, SETS as u64 - 1);
        let distance = self.shift(index, size_of::<Set>().trailing_zeros() as i32);
        let sets = self.load_inner(self.context, offset_of!(Context, sets));
        let set = self.builder.ins().iadd(sets, distance);
        let epoch = self.load_inner(self.context, offset_of!(Context, epoch));
        (set, self.builder.ins().bor(number, epoch))
    }

    /// Keeps the last table in its set, if all of it is in one piece; leaves the address to the interpreter
    /// otherwise.
    pub(super) fn fill(&mut self, set: Value, tag: Value) {
        let last = self.plan.levels.len() - 1;
        let table = self.builder.use_var(self.table);
        let host = match self.memory {
            Memory::Flat => self.flat_table(last, table),
            Memory::Pieces => self.whole_table(last, table),
        };
        let plan = self.plan;
        let mut above = self.word(Kind::Mapped.code(last).into());
        if let Way::Bits(bits) = &plan.gather.way {
            let said = self.above_in_place(bits);
            let said = self.moved(said, bits);
            above = self.builder.ins().bor(above, said);
        }
        above = self.with_told(above);
        for (value, field) in [
            (tag, offset_of!(Set, tag)),
            (host, offset_of!(Set, host)),
            (above, offset_of!(Set, above)),
            (table, offset_of!(Set, table)),
        ] {
            self.builder.ins().store(INNER, value, set, field as i32);
        }
        self.builder.def_var(self.table_host, host);
        self.builder.def_var(self.above, above);
    }

    /// Reads the last entry for an address by what a cache has in its place, right or wrong.
    pub(in super::super) fn touch(&mut self, address: Value) -> Value {
        let (set, _) = self.set_of(address);
        let table = self.load_inner(set, offset_of!(Set, host));
        let last = self.plan.levels.len() - 1;
        let offset = self.entry_offset(last, address);
        self.read(At { table, offset })
    }
}
