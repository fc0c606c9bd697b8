//! Every page of a tree of tables.

use super::interpreter::{Interpreter, Page};
use super::{PhysicalMemory, Rights};
use crate::paging::AddressForm;

impl Interpreter {
    /// See [`super::for_each_page`].
    pub fn for_each_page(
        &self,
        memory: &(impl PhysicalMemory + ?Sized),
        roots: &[u64],
        mut visit: impl FnMut(Page),
        mut table: impl FnMut(u64, u32, u32),
    ) {
        for (number, root) in roots.iter().enumerate().take(self.roots()) {
            let mut scan = Scan {
                memory,
                walk: self,
                root: number,
                visit: &mut visit,
                table: &mut table,
            };
            scan.table(*root, *root, 0, 0, Rights::START);
        }
    }

    /// The full address whose bits below the format's width are `low`, under this root; `None` where the space
    /// has none.
    pub(super) fn full_address(&self, root: usize, low: u64) -> Option<u64> {
        let high = match self.form {
            AddressForm::ZeroExtended => false,
            AddressForm::SignExtended => low >> (self.va_bits - 1) & 1 == 1,
            AddressForm::TwoRoots => root == 1,
        };
        let above = u64::MAX.checked_shl(self.va_bits).unwrap_or(0);
        let space = u64::MAX.checked_shr(64 - self.space_bits).unwrap_or(0);
        let full = (if high { low | above } else { low }) & space;
        let known = self.canonical.iter().any(|range| range.contains(full));
        // A format wider than its space: what the space cannot say is nowhere.
        (known && (full ^ low) & !above == 0).then_some(full)
    }
}

struct Scan<'a, M: ?Sized> {
    memory: &'a M,
    walk: &'a Interpreter,
    root: usize,
    visit: &'a mut dyn FnMut(Page),
    table: &'a mut dyn FnMut(u64, u32, u32),
}

impl<M: PhysicalMemory + ?Sized> Scan<'_, M> {
    /// `low` has the bits of the address that the levels above have chosen.
    fn table(&mut self, at: u64, from: u64, depth: usize, low: u64, rights: Rights) {
        let level = &self.walk.levels[depth];
        let mut present = 0;
        for index in 0..level.entries() {
            let Ok(entry_at) = self.walk.entry_at(self.memory, depth, at, from, index) else {
                return;
            };
            let found = self.walk.entry(self.memory, depth, entry_at, from, rights);
            let Ok(found) = found else {
                continue;
            };
            present += 1;
            let low = low | index << level.index.lo;
            if !found.leaf {
                self.table(found.frame, found.entry, depth + 1, low, found.rights);
            } else if let Some(address) = self.walk.full_address(self.root, low) {
                (self.visit)(self.walk.page(level, address, entry_at, found));
            }
        }
        (self.table)(at, depth as u32, present);
    }
}
