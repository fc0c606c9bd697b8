//! Every shape of table, also those that nobody would choose for these pieces.

use super::lookup::Lookup;
use super::memory::Code;
use super::plan::{every_table, table};
use super::table::{Piece, Root};
use super::translator::Engine;
use cranelift_jit::{BranchProtection, JITMemoryKind, JITMemoryProvider, SystemMemoryProvider};
use cranelift_module::{ModuleError, ModuleResult};
use proptest::prelude::*;
use std::io;

/// Pieces that begin at these addresses, and at 0.
fn pieces(bases: &[u64]) -> Vec<Piece> {
    let mut bases = [&[0], bases].concat();
    bases.sort_unstable();
    bases.dedup();
    let piece = |(number, base): (u32, &u64)| Piece {
        base: *base,
        delta: u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15),
        // Every third piece repeats a page.
        mask: if number % 3 == 2 { 0xfff } else { u64::MAX },
    };
    (0..).zip(&bases).map(piece).collect()
}

/// Addresses on and beside all ends.
fn addresses(pieces: &[Piece], random: &[u64]) -> Vec<u64> {
    let ends = pieces.iter().flat_map(|piece| {
        let beside = |distance: u64| piece.base.wrapping_add(distance);
        [
            beside(0),
            beside(1),
            beside(u64::MAX),
            beside(4096),
            beside(4096_u64.wrapping_neg()),
        ]
    });
    ends.chain(random.iter().copied())
        .chain([u64::MAX, 1 << 63])
        .collect()
}

/// The target, and the piece.
fn naive(pieces: &[Piece], address: u64) -> (u64, Option<usize>) {
    let number = pieces.iter().rposition(|piece| piece.base <= address);
    let piece = &pieces[number.expect("the first piece begins at 0")];
    ((address & piece.mask).wrapping_add(piece.delta), number)
}

fn check(lookup: &Lookup, pieces: &[Piece], addresses: &[u64]) {
    let mut targets = vec![0; addresses.len()];
    let mut codes = vec![0; addresses.len()];
    lookup.many(addresses, &mut targets, &mut codes);
    let table = &lookup.table;
    for (at, address) in addresses.iter().enumerate() {
        let expected = naive(pieces, *address);
        let shape = table.shape;
        let (target, code) = lookup.one(*address);
        assert_eq!(
            (target, table.piece(code)),
            expected,
            "{address:#x}, {shape:?}"
        );
        assert_eq!(
            (targets[at], codes[at]),
            (target, code),
            "{address:#x}, {shape:?}"
        );
    }
    assert_eq!(table.piece(u32::MAX), None);
}

/// Bases near each other, near the ends of the numbers, on powers of two, and anywhere.
fn bases() -> impl Strategy<Value = Vec<u64>> {
    let base = prop_oneof![
        3 => any::<u64>(),
        2 => (0..64_u32, any::<u64>()).prop_map(|(shift, x)| x >> shift),
        2 => (0..64_u32, any::<u64>()).prop_map(|(shift, x)| !(x >> shift)),
        2 => (0..64_u32).prop_map(|bit| 1 << bit),
        1 => (0..40_u64).prop_map(|x| 0xffff_8000_0000_0000 + (x << 12)),
    ];
    prop::collection::vec(base, 0..24)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn all_shapes_and_engines_agree(
        bases in bases(),
        random in prop::collection::vec(any::<u64>(), 40),
    ) {
        let pieces = pieces(&bases);
        let addresses = addresses(&pieces, &random);
        for table in every_table(&pieces) {
            check(&Lookup::of(table.clone(), false, Engine::Table), &pieces, &addresses);
            check(&Lookup::of(table, false, Engine::Jit), &pieces, &addresses);
        }
    }
}

/// A sign is enough, but where a change lies behind a clamp.
#[test]
fn keys_are_compared_by_sign_where_they_are_near() {
    let by_sign = |bases: &[u64]| {
        let tables = every_table(&pieces(bases));
        let tables = tables
            .iter()
            .filter(|table| table.shape.halvings == 0 && !matches!(table.shape.root, Root::None));
        tables.map(|table| table.shape.by_sign).collect::<Vec<_>>()
    };
    let near = by_sign(&[0x1000, 0x2000, 1 << 32]);
    assert!(near.contains(&true), "{near:?}");
    let far = by_sign(&[0x1000, 0x2000, (1 << 63) + 0x3000]);
    assert!(far.contains(&false), "{far:?}");
}

/// With one change near the top, keys go round the end of the addresses before the last bucket.
#[test]
fn one_change_anywhere() {
    for base in [
        1,
        2,
        1 << 62,
        1 << 63,
        u64::MAX - 0x1234,
        u64::MAX - 1,
        u64::MAX,
    ] {
        let pieces = pieces(&[base]);
        let addresses = addresses(&pieces, &[]);
        for table in every_table(&pieces) {
            check(&Lookup::of(table, false, Engine::Jit), &pieces, &addresses);
        }
    }
}

#[test]
fn many_guards_are_looked_at_sparingly() {
    let bases: Vec<u64> = (1..20_000).map(|number| number << 13).collect();
    let pieces = pieces(&bases);
    let addresses = addresses(&pieces, &[]);
    let table = table(&pieces);
    assert!(table.shape.many_guards);
    check(&Lookup::of(table, false, Engine::Jit), &pieces, &addresses);
}

/// The smallest tables are also the fastest: no node where none is needed.
#[test]
fn regular_pieces_need_no_node() {
    let bases: Vec<u64> = (1..500).map(|number| number << 20).collect();
    let table = table(&pieces(&bases));
    let root = table.shape.root;
    assert!(
        matches!(
            root,
            Root::Shift {
                shift: 21,
                clamp: Some(_)
            }
        ),
        "{root:?}"
    );
    assert_eq!((table.shape.depth, table.shape.halvings), (0, 0));
    // 251 leaves, 500 deltas and masks, 500 guards of two words.
    assert!(
        table.words().len() <= 251 * 3 / 2 + 500 * 4 + 2,
        "{}",
        table.words().len()
    );
}

/// Memory that cannot be made executable.
pub(super) struct Refusing(pub(super) SystemMemoryProvider);

impl JITMemoryProvider for Refusing {
    fn allocate(&mut self, size: usize, align: u64, kind: JITMemoryKind) -> io::Result<*mut u8> {
        self.0.allocate(size, align, kind)
    }

    #[allow(unsafe_code)]
    unsafe fn free_memory(&mut self) {
        // SAFETY: the caller promises the same as it must for the memory inside.
        unsafe { self.0.free_memory() }
    }

    fn finalize(&mut self, _: BranchProtection) -> ModuleResult<()> {
        let refused = io::Error::from(io::ErrorKind::PermissionDenied);
        Err(ModuleError::Allocation { err: refused })
    }
}

/// No memory at all.
pub(super) struct Empty;

impl JITMemoryProvider for Empty {
    fn allocate(&mut self, _: usize, _: u64, _: JITMemoryKind) -> io::Result<*mut u8> {
        Err(io::ErrorKind::OutOfMemory.into())
    }

    #[allow(unsafe_code)]
    unsafe fn free_memory(&mut self) {}

    fn finalize(&mut self, _: BranchProtection) -> ModuleResult<()> {
        Ok(())
    }
}

#[test]
fn without_executable_memory_there_is_no_code() {
    let shape = table(&pieces(&[0x1000])).shape;
    let refusing = Box::new(Refusing(SystemMemoryProvider::new()));
    assert!(Code::with_memory(shape, true, refusing).is_none());
    assert!(Code::with_memory(shape, true, Box::new(Empty)).is_none());
    assert!(Code::new(shape, true).is_some());
}
