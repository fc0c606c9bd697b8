//! The parts of a walk that depend on what entries say: conditions, rights, and what a cache keeps of them.

use super::cache::{SETS, Set};
use super::context::Context;
use super::emit::{Emit, INNER, Memory};
use super::gather::{Way, ones};
use super::outcome::RIGHTS_SHIFT;
use super::plan::FormPlan;
use crate::paging::{Condition, Subject};
use core::mem::offset_of;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};

impl Emit<'_, '_> {
    /// Whether a condition holds, 8 bits.
    pub(super) fn condition(&mut self, condition: &Condition, entry: Value) -> Value {
        let (slice, value, how) = match condition {
            Condition::Equal(slice, value) => (slice, value, IntCC::Equal),
            Condition::NotEqual(slice, value) => (slice, value, IntCC::NotEqual),
            Condition::Not(part) => {
                let part = self.condition(part, entry);
                return self.not(part);
            }
            Condition::All(parts) | Condition::Any(parts) => {
                let all = matches!(condition, Condition::All(_));
                let mut is = self.builder.ins().iconst(types::I8, i64::from(all));
                for part in parts {
                    let part = self.condition(part, entry);
                    is = if all {
                        self.builder.ins().band(is, part)
                    } else {
                        self.builder.ins().bor(is, part)
                    };
                }
                return is;
            }
        };
        let bits = self.and(entry, slice.mask());
        let value = self.word(value << slice.lo);
        self.builder.ins().icmp(how, bits, value)
    }

    pub(super) fn not(&mut self, is: Value) -> Value {
        let one = self.builder.ins().iconst(types::I8, 1);
        self.builder.ins().bxor(is, one)
    }

    /// Notes what an entry says about rights.
    pub(super) fn gather(&mut self, form: &FormPlan, entry: Value) {
        match self.plan.gather.way {
            Way::Bits {
                needed,
                forbidding,
                giving,
                clear,
            } => {
                self.gather_withholding(form, entry, needed, forbidding);
                self.gather_giving(form, entry, giving, clear);
            }
            Way::Fields => self.gather_fields(form, entry),
        }
    }

    fn gather_withholding(&mut self, form: &FormPlan, entry: Value, needed: u64, forbidding: u64) {
        let spoken = spoken(form, false) & (needed | forbidding);
        if spoken == 0 {
            return;
        }
        let mut says = entry;
        if needed != 0 {
            let needed = self.word(needed);
            says = self.builder.ins().bxor(entry, needed);
        }
        // What nobody ever speaks of is dropped at the end.
        if spoken != needed | forbidding {
            says = self.and(says, spoken);
        }
        let before = self.builder.use_var(self.gathered);
        let after = self.builder.ins().bor(before, says);
        self.builder.def_var(self.gathered, after);
    }

    fn gather_giving(&mut self, form: &FormPlan, entry: Value, giving: u64, clear: u64) {
        let given = spoken(form, true) & giving;
        if given == 0 {
            return;
        }
        let mut says = entry;
        if clear != 0 {
            let clear = self.word(clear);
            says = self.builder.ins().bxor(entry, clear);
        }
        if given != giving {
            says = self.and(says, given);
        }
        let before = self.builder.use_var(self.giving);
        let after = self.builder.ins().bor(before, says);
        self.builder.def_var(self.giving, after);
    }

    fn gather_fields(&mut self, form: &FormPlan, entry: Value) {
        let sayings = form.sayings.clone();
        for saying in sayings {
            let Some(what) = self.plan.rights_of(saying.subject) else {
                continue;
            };
            let bits = self.and(entry, saying.mask);
            let zero = self.word(0);
            let yes = if saying.inverted {
                IntCC::Equal
            } else {
                IntCC::NotEqual
            };
            let yes = self.builder.ins().icmp(yes, bits, zero);
            let before = self.builder.use_var(self.gathered);
            let what = u64::from(what.bits());
            let other = if saying.subject == Subject::Global {
                let what = self.word(what);
                self.builder.ins().bor(before, what)
            } else {
                self.and(before, !what)
            };
            let after = if saying.subject == Subject::Global {
                self.builder.ins().select(yes, other, before)
            } else {
                self.builder.ins().select(yes, before, other)
            };
            self.builder.def_var(self.gathered, after);
        }
    }

    /// What was gathered, in its place in a code.
    pub(super) fn rights(&mut self) -> Value {
        let gathered = self.builder.use_var(self.gathered);
        let Way::Bits {
            needed,
            forbidding,
            giving,
            ..
        } = self.plan.gather.way
        else {
            return self.shift(gathered, RIGHTS_SHIFT as i32);
        };
        let withholding = needed | forbidding;
        let mut all = self.word(0);
        let given = self.builder.use_var(self.giving);
        let mut place = RIGHTS_SHIFT;
        for (from, mask) in [(gathered, withholding), (given, giving)] {
            for (low, bits) in runs(mask) {
                let part = self.moved(from, low, bits, place);
                all = self.builder.ins().bor(all, part);
                place += bits;
            }
        }
        if self.cached {
            let above = self.builder.use_var(self.above);
            all = self.builder.ins().bor(all, above);
        }
        all
    }

    /// `bits` bits of a word from `low` on, moved to begin at `place`.
    fn moved(&mut self, from: Value, low: u32, bits: u32, place: u32) -> Value {
        let by = place as i32 - low as i32;
        let mask = u64::MAX >> (64 - bits);
        if by < 0 {
            let shifted = self.shift(from, by);
            return self.and(shifted, mask << place);
        }
        let masked = self.and(from, mask << low);
        self.shift(masked, by)
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
        let (whole, parted) = (self.block(), self.cold());
        let table = self.builder.use_var(self.table);
        if self.memory == Memory::Flat {
            let limit = self.load_inner(self.context, offset_of!(Context, limits) + 8 * last);
            let base = self.flat_base();
            let from = self.builder.ins().isub(table, base);
            let is = self.below(from, limit);
            self.branch(is, whole, parted);
        } else {
            let distance = self.plan.levels[last].table_bytes - u64::from(self.plan.entry_bytes);
            let distance = self.word(distance);
            let end = self.builder.ins().iadd(table, distance);
            let (first, searched) = (self.block(), self.cold());
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
        }
        self.builder.switch_to_block(parted);
        self.ask();
        self.builder.switch_to_block(whole);
        let host = match self.memory {
            Memory::Flat => self.flat_host(),
            Memory::Pieces => self.builder.use_var(self.host),
        };
        let host = self.builder.ins().iadd(table, host);
        self.cached = false;
        let above = self.rights();
        self.cached = true;
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
}

/// The bits in which a form speaks of `global`, or of all other rights.
fn spoken(form: &FormPlan, global: bool) -> u64 {
    let sayings = form.sayings.iter();
    let about = sayings.filter(|saying| (saying.subject == Subject::Global) == global);
    about.fold(0, |mask, saying| mask | saying.mask)
}

/// The runs of set bits in a mask: where each begins, and how many bits it has; the lowest first.
fn runs(mask: u64) -> Vec<(u32, u32)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for bit in ones(mask).map(|bit| bit as u32) {
        match runs.last_mut() {
            Some((low, bits)) if *low + *bits == bit => *bits += 1,
            _ => runs.push((bit, 1)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::runs;

    #[test]
    fn runs_of_bits() {
        assert_eq!(runs(0), []);
        assert_eq!(runs(0b110), [(1, 2)]);
        assert_eq!(runs(1 << 63 | 0x106), [(1, 2), (8, 1), (63, 1)]);
        assert_eq!(runs(u64::MAX), [(0, 64)]);
    }
}
