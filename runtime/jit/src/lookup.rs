//! A table with the code that walks it.

use super::memory::{Code, Word};
use super::plan;
use super::table::{Piece, Table};
use super::translator::Engine;

/// A table with the code that walks it, if there is any.
#[derive(Debug)]
pub(super) struct Lookup {
    pub(super) table: Table,
    /// True when targets of addresses of 32 bits have 32 bits.
    pub(super) narrow: bool,
    code: Option<Code>,
}

impl Lookup {
    /// `narrow` is false when targets that are corrected afterwards may have more than 32 bits.
    pub(super) fn new(pieces: &[Piece], narrow: bool, engine: Engine) -> Self {
        let narrow = narrow && is_narrow(pieces);
        Self::of(plan::table(pieces), narrow, engine)
    }

    pub(super) fn of(table: Table, narrow: bool, engine: Engine) -> Self {
        // Code reaches entries by distances of 31 bits.
        let reachable = table.bytes() <= i32::MAX as usize;
        let code = match engine {
            Engine::Jit if reachable => Code::new(table.shape, narrow),
            _ => None,
        };
        Self {
            table,
            narrow,
            code,
        }
    }

    pub(super) fn engine(&self) -> Engine {
        match self.code {
            Some(_) => Engine::Jit,
            None => Engine::Table,
        }
    }

    pub(super) fn one(&self, address: u64) -> (u64, u32) {
        match &self.code {
            Some(code) => code.one(&self.table, address),
            None => self.table.look_up(address),
        }
    }

    /// # Panics
    /// If the three are not of one length.
    pub(super) fn many(&self, addresses: &[u64], targets: &mut [u64], codes: &mut [u32]) {
        same_length(addresses, targets, codes);
        match &self.code {
            Some(code) => code.many(&self.table, addresses, targets, codes),
            None => self.walk(addresses, targets, codes, |target| target),
        }
    }

    /// # Panics
    /// If the three are not of one length, or targets may have more than 32 bits.
    pub(super) fn many_narrow(&self, addresses: &[u32], targets: &mut [u32], codes: &mut [u32]) {
        assert!(self.narrow, "targets have more than 32 bits");
        same_length(addresses, targets, codes);
        match &self.code {
            Some(code) => code.many(&self.table, addresses, targets, codes),
            None => self.walk(addresses, targets, codes, |target| target as u32),
        }
    }

    fn walk<W: Word + Into<u64>>(
        &self,
        addresses: &[W],
        targets: &mut [W],
        codes: &mut [u32],
        narrowed: impl Fn(u64) -> W,
    ) {
        let results = targets.iter_mut().zip(codes);
        for (address, (target, code)) in addresses.iter().zip(results) {
            let (wide, found) = self.table.look_up((*address).into());
            (*target, *code) = (narrowed(wide), found);
        }
    }
}

/// # Panics
/// If the three are not of one length.
pub(super) fn same_length<W>(addresses: &[W], targets: &[W], codes: &[u32]) {
    let count = addresses.len();
    assert_eq!(count, targets.len(), "one target for each address");
    assert_eq!(count, codes.len(), "one code for each address");
}

/// True when the targets of all addresses of 32 bits have 32 bits.
fn is_narrow(pieces: &[Piece]) -> bool {
    let limit = u64::from(u32::MAX);
    let nexts = pieces
        .iter()
        .skip(1)
        .map(|next| next.base - 1)
        .chain([u64::MAX]);
    let mut inside = pieces
        .iter()
        .zip(nexts)
        .take_while(|(piece, _)| piece.base <= limit);
    inside.all(|(piece, last)| {
        let last = last.min(limit);
        match piece.mask {
            u64::MAX => {
                let first = piece.base.wrapping_add(piece.delta);
                // No piece goes round the end of its targets.
                first <= limit && last - piece.base <= limit - first
            }
            mask => piece.delta <= limit && mask <= limit - piece.delta,
        }
    })
}
