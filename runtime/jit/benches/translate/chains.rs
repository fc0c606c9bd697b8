//! Translation as one writes it by hand for one layout: a chain of comparisons, most likely first
//! as kernels do it, compiled with all optimisation.

use crate::contenders::NOTHING;

/// The target, and the number of the place in the list beside the chain.
pub type Chain = fn(&[u64], &mut [u64], &mut [u32]);

/// What the numbers of [`i386`] and [`x86_64`] stand for; parts stand for all of what they hold
/// that is not said otherwise.
pub const NAMES: [&str; 12] = [
    "lowmem", "vmalloc", "user", "gap", "pkmap", "fixmap", "top", "direct", "vmemmap", "text",
    "modules", "espfix",
];
/// The number of the guard of x86-64.
pub const HYPERVISOR: u32 = 12;

fn batch(
    addresses: &[u64],
    targets: &mut [u64],
    codes: &mut [u32],
    one: impl Fn(u64) -> (u64, u32),
) {
    let results = targets.iter_mut().zip(codes);
    for (address, (target, code)) in addresses.iter().zip(results) {
        (*target, *code) = one(*address);
    }
}

pub fn i386(addresses: &[u64], targets: &mut [u64], codes: &mut [u32]) {
    batch(addresses, targets, codes, |a| match a {
        0xC000_0000..0xF77F_E000 => (a - 0xC000_0000, 0),
        0..0xC000_0000 => (a, 2),
        0xF7FF_E000..0xFF7F_E000 => (a, 1),
        0xF77F_E000..0xF7FF_E000 => (a, 3),
        0xFF80_0000..0xFFC0_0000 => (a, 4),
        0xFFF1_6000..0xFFFF_F000 => (a, 5),
        0xFFFF_F000..0x1_0000_0000 => (a, 6),
        _ => (a, NOTHING),
    });
}

pub fn x86_64(addresses: &[u64], targets: &mut [u64], codes: &mut [u32]) {
    batch(addresses, targets, codes, |a| match a {
        0xffff_8800_0000_0000..0xffff_c800_0000_0000 => (a - 0xffff_8800_0000_0000, 7),
        0xffff_ffff_8000_0000..0xffff_ffff_a000_0000 => (a - 0xffff_ffff_8000_0000, 9),
        0..0x8000_0000_0000 => (a, 2),
        0xffff_c900_0000_0000..0xffff_e900_0000_0000 => (a, 1),
        0xffff_ea00_0000_0000..0xffff_eb00_0000_0000 => (a, 8),
        0xffff_ffff_a000_0000..0xffff_ffff_ff00_0000 => (a, 10),
        0xffff_ff00_0000_0000..0xffff_ff80_0000_0000 => (0x7000 + (a & 0xfff), 11),
        0xffff_8000_0000_0000..0xffff_8800_0000_0000 => (a, HYPERVISOR),
        _ => (a, NOTHING),
    });
}
