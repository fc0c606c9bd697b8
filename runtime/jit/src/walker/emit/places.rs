//! Where tables and entries are: in physical memory, and in the host's.

use super::super::cache::Set;
use super::super::context::{Context, STRETCH, Stretch};
use super::{At, Emit, Memory};
use core::mem::offset_of;
use cranelift_codegen::ir::{InstBuilder, Value, types};

impl Emit<'_, '_> {
    pub(super) fn first_piece(&mut self) {
        let first = offset_of!(Context, first);
        for (variable, field) in [
            (self.base, offset_of!(Stretch, base)),
            (self.limit, offset_of!(Stretch, limit)),
            (self.host, offset_of!(Stretch, host)),
        ] {
            let value = self.load_inner(self.context, first + field);
            self.builder.def_var(variable, value);
        }
        for depth in 0..self.plan.levels.len() {
            let bytes = |depth: usize| self.plan.levels[depth].table_bytes;
            // One value for tables of one size.
            let limit = match depth {
                0 => None,
                _ => (bytes(depth) == bytes(depth - 1)).then(|| self.limits[depth - 1]),
            };
            let limit = limit.unwrap_or_else(|| {
                let limits = offset_of!(Context, limits) + 8 * depth;
                self.load_inner(self.context, limits)
            });
            self.limits.push(limit);
        }
    }

    /// The offset of the entry for an address in a table of a level.
    pub(super) fn entry_offset(&mut self, depth: usize, address: Value) -> Value {
        let index = self.plan.levels[depth].index;
        let high = self.shift(address, -(index.lo as i32));
        let number = match index.hi {
            63 => high,
            _ => self.and(high, index.max_value()),
        };
        self.shift(number, self.plan.entry_bytes.trailing_zeros() as i32)
    }

    /// Where the entry for an address is in the host. Goes elsewhere when it is in no piece.
    pub(super) fn pointer(&mut self, depth: usize, address: Value) -> At {
        let table = self.builder.use_var(self.table);
        let offset = self.entry_offset(depth, address);
        if self.memory == Memory::Flat {
            let table = match depth {
                // The context has where roots are in the host.
                0 => table,
                _ => self.flat_table(depth, table),
            };
            return At { table, offset };
        }
        let (inside, outside) = (self.block(), self.cold());
        let at = self.builder.ins().iadd(table, offset);
        let is = self.in_piece(at);
        self.branch(is, inside, outside);
        self.builder.switch_to_block(outside);
        self.search(at);
        let (is, nowhere) = (self.in_piece(at), self.cold());
        self.branch(is, inside, nowhere);
        self.builder.switch_to_block(nowhere);
        self.ask();
        self.builder.switch_to_block(inside);
        let host = self.builder.use_var(self.host);
        At {
            table: host,
            offset: at,
        }
    }

    /// Where a table is in the host, if all of it is in the piece at 0.
    pub(super) fn flat_table(&mut self, depth: usize, table: Value) -> Value {
        let (inside, outside) = (self.block(), self.cold());
        let limit = self.limits[depth];
        let is = self.below(table, limit);
        self.branch(is, inside, outside);
        self.builder.switch_to_block(outside);
        self.ask();
        self.builder.switch_to_block(inside);
        let host = self.builder.use_var(self.host);
        self.builder.ins().iadd(table, host)
    }

    /// Where a table is in the host, if all of it is in one piece.
    pub(super) fn whole_table(&mut self, depth: usize, table: Value) -> Value {
        let (whole, parted) = (self.block(), self.cold());
        let (first, searched) = (self.block(), self.cold());
        let distance = self.plan.levels[depth].table_bytes - u64::from(self.plan.entry_bytes);
        let distance = self.word(distance);
        let end = self.builder.ins().iadd(table, distance);
        let begins = self.in_piece(table);
        self.branch(begins, first, searched);
        self.builder.switch_to_block(searched);
        self.search(table);
        self.builder.ins().jump(first, &[]);
        self.builder.switch_to_block(first);
        let begins = self.in_piece(table);
        let ends = self.in_piece(end);
        let is = self.builder.ins().band(begins, ends);
        self.branch(is, whole, parted);
        self.builder.switch_to_block(parted);
        self.ask();
        self.builder.switch_to_block(whole);
        let host = self.builder.use_var(self.host);
        self.builder.ins().iadd(table, host)
    }

    pub(super) fn in_piece(&mut self, at: Value) -> Value {
        let base = self.builder.use_var(self.base);
        let limit = self.builder.use_var(self.limit);
        let from = self.builder.ins().isub(at, base);
        self.below(from, limit)
    }

    /// The last piece that begins at or below `at`, by halving; the first if there is none.
    pub(super) fn search(&mut self, at: Value) {
        let (halve, found) = (self.cold(), self.cold());
        let index = self.builder.append_block_param(halve, types::I64);
        let count = self.builder.append_block_param(halve, types::I64);
        let first = self.load_inner(self.context, offset_of!(Context, stretches));
        let all = self.load_inner(self.context, offset_of!(Context, count));
        self.builder.ins().jump(halve, &[first.into(), all.into()]);

        self.builder.switch_to_block(halve);
        let half = self.shift(count, -1);
        let stretch = self.word(STRETCH as u64);
        let distance = self.builder.ins().imul(half, stretch);
        let middle = self.builder.ins().iadd(index, distance);
        let base = self.load_inner(middle, offset_of!(Stretch, base));
        let below = self.below(at, base);
        let next = self.builder.ins().select(below, index, middle);
        let left = self.builder.ins().isub(count, half);
        let one = self.word(1);
        let more = self.below(one, left);
        self.builder
            .ins()
            .brif(more, halve, &[next.into(), left.into()], found, &[]);

        self.builder.switch_to_block(found);
        for (variable, field) in [
            (self.base, offset_of!(Stretch, base)),
            (self.limit, offset_of!(Stretch, limit)),
            (self.host, offset_of!(Stretch, host)),
        ] {
            let value = self.load_inner(next, field);
            self.builder.def_var(variable, value);
        }
    }

    /// The physical address of the entry for an address in the table of this level, which is `at` in the host.
    pub(super) fn entry_at(&mut self, depth: usize, address: Value, at: At) -> Value {
        if self.memory == Memory::Flat {
            // In another order than the host's address is found, which would be kept for this otherwise.
            let host = self.builder.use_var(self.host);
            let table = self.builder.ins().isub(at.table, host);
            return self.builder.ins().iadd(table, at.offset);
        }
        let table = match self.set {
            Some(set) if depth + 1 == self.plan.levels.len() => {
                self.load_inner(set, offset_of!(Set, table))
            }
            _ => self.builder.use_var(self.table),
        };
        let offset = self.entry_offset(depth, address);
        self.builder.ins().iadd(table, offset)
    }
}
