//! What entries say: conditions, and rights.

use super::super::gather::{Bits, Way};
use super::super::outcome::{RESERVED_BIT, RIGHTS_SHIFT};
use super::super::plan::FormPlan;
use super::Emit;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};
use mapwright_runtime::paging::{Condition, Subject};

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

    /// Notes the reserved bits of an entry that are told of.
    pub(super) fn tell(&mut self, form: &FormPlan, entry: Value) {
        if form.told == 0 {
            return;
        }
        let bits = self.and(entry, form.told);
        let before = self.builder.use_var(self.told);
        let after = self.builder.ins().bor(before, bits);
        self.builder.def_var(self.told, after);
    }

    /// A code, with the bit that tells of reserved bits if some were set.
    pub(super) fn with_told(&mut self, code: Value) -> Value {
        if !self.plan.tells_reserved() {
            return code;
        }
        let told = self.builder.use_var(self.told);
        let zero = self.word(0);
        let any = self.builder.ins().icmp(IntCC::NotEqual, told, zero);
        let any = self.builder.ins().uextend(types::I64, any);
        let bit = self.shift(any, RESERVED_BIT as i32);
        self.builder.ins().bor(code, bit)
    }

    /// Notes what an entry that points to a table says about rights.
    pub(super) fn gather(&mut self, form: &FormPlan, entry: Value) {
        let plan = self.plan;
        let Way::Bits(bits) = &plan.gather.way else {
            return self.gather_fields(form, entry);
        };
        let of_tables = self.of_tables();
        for (variable, about) in [
            (self.gathered, bits.withholding),
            (self.giving, bits.giving),
        ] {
            let spoken = form.spoken() & about;
            if spoken == 0 {
                continue;
            }
            let mut says = self.flipped(entry, bits.flipped & about);
            // What no table ever speaks of is dropped at the end.
            if spoken != of_tables & about {
                says = self.and(says, spoken);
            }
            let before = self.builder.use_var(variable);
            let after = self.builder.ins().bor(before, says);
            self.builder.def_var(variable, after);
        }
    }

    /// The bits that some entry that points to a table speaks in.
    pub(super) fn of_tables(&self) -> u64 {
        let forms = self.plan.levels.iter().flat_map(|level| &level.forms);
        let tables = forms.filter(|form| !form.leaf);
        tables.fold(0, |all, form| all | form.spoken())
    }

    pub(super) fn flipped(&mut self, word: Value, mask: u64) -> Value {
        if mask == 0 {
            return word;
        }
        let mask = self.word(mask);
        self.builder.ins().bxor(word, mask)
    }

    /// What the entries above have said, each bit in its place in an entry.
    pub(super) fn above_in_place(&mut self, bits: &Bits) -> Value {
        let of_tables = self.of_tables();
        let mut all = self.word(0);
        for (variable, about) in [
            (self.gathered, bits.withholding),
            (self.giving, bits.giving),
        ] {
            if of_tables & about != 0 {
                let said = self.builder.use_var(variable);
                let said = self.and(said, of_tables & about);
                all = self.builder.ins().bor(all, said);
            }
        }
        all
    }

    /// The rights that a page has by its own entry and those above, in their place in a code.
    pub(super) fn rights(&mut self, form: &FormPlan, entry: Value) -> Value {
        let plan = self.plan;
        let Way::Bits(bits) = &plan.gather.way else {
            self.gather_fields(form, entry);
            let gathered = self.builder.use_var(self.gathered);
            return self.shift(gathered, RIGHTS_SHIFT as i32);
        };
        let mut says = self.flipped(entry, bits.flipped);
        if form.spoken() != bits.withholding | bits.giving {
            says = self.and(says, form.spoken());
        }
        let above = self.above_in_place(bits);
        let all = self.builder.ins().bor(says, above);
        self.moved(all, bits)
    }

    pub(super) fn moved(&mut self, word: Value, bits: &Bits) -> Value {
        let mut code = self.word(0);
        for one in &bits.moves {
            let left = self.word(one.left.into());
            let part = self.builder.ins().rotl(word, left);
            let part = self.and(part, one.kept);
            code = self.builder.ins().bor(code, part);
        }
        code
    }

    pub(super) fn gather_fields(&mut self, form: &FormPlan, entry: Value) {
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
}
