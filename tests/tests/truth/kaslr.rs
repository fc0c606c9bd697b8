//! Randomised bases of x86-64: bases drawn as `kernel_randomize_memory()` draws them are bases that the layout allows.

use super::dice::Dice;
use super::instance::Bundled;

const GB: u64 = 1 << 30;
const TB: u64 = 1 << 40;
/// The end of the ranges since 4.15: CPU_ENTRY_AREA_BASE.
const VADDR_END: u64 = 0xffff_fe00_0000_0000;

/// The three bases, with what they were drawn for.
struct Bases {
    five_levels: bool,
    max_pfn: u64,
    padding_tb: u64,
    bases: [u64; 3],
    sizes: [u64; 3],
}

/// arch/x86/mm/kaslr.c of 6.1, with dice for `prandom_bytes_state()`.
fn kernel_randomize_memory(dice: &mut Dice) -> Bases {
    let five_levels = dice.coin();
    let (vaddr_start, physmem_tb, vmalloc_tb) = if five_levels {
        (0xff11_0000_0000_0000, 1 << 12, 12800)
    } else {
        (0xffff_8880_0000_0000, 1 << 6, 32)
    };
    let max_pfn = dice.between(32 << 20, physmem_tb * TB, 4096) / 4096;
    let padding_tb = if dice.coin() { 10 } else { dice.below(65) };

    let mut size_tb = [physmem_tb, vmalloc_tb, 1];
    let memory_tb = (max_pfn << 12).div_ceil(TB) + padding_tb;
    size_tb[0] = size_tb[0].min(memory_tb);
    let vmemmap_size = (size_tb[0] << (40 - 12)) * 64;
    size_tb[2] = vmemmap_size.div_ceil(TB);

    let mut remain_entropy = VADDR_END - vaddr_start;
    for tb in size_tb {
        remain_entropy -= tb << 40;
    }
    let (mut vaddr, mut bases) = (vaddr_start, [0; 3]);
    for (i, tb) in size_tb.into_iter().enumerate() {
        let mut entropy = remain_entropy / (3 - i as u64);
        entropy = dice.between(0, entropy, 1) & !(GB - 1);
        vaddr += entropy;
        bases[i] = vaddr;
        vaddr += tb << 40;
        vaddr = (vaddr + 1).next_multiple_of(GB);
        remain_entropy = remain_entropy.saturating_sub(entropy);
    }
    Bases {
        five_levels,
        max_pfn,
        padding_tb,
        bases,
        sizes: size_tb.map(|tb| tb << 40),
    }
}

#[test]
fn drawn_bases_are_allowed() {
    let bundled = Bundled::new("linux/x86_64");
    let mut dice = Dice::new(0x64);
    let mut drawn = 0;
    for _ in 0..1_000 {
        let Bases {
            five_levels,
            max_pfn,
            padding_tb,
            bases,
            sizes,
        } = kernel_randomize_memory(&mut dice);
        // Rounding up can push the last range past the end when all draws were extreme, as these dice like them; the kernel would
        // overlap then.
        if bases[2] + sizes[2] > VADDR_END {
            continue;
        }
        drawn += 1;
        let set = [
            ("KERNEL", "v6.1".to_owned()),
            ("LEVELS", if five_levels { 5 } else { 4 }.to_string()),
            ("RAM", format!("{:#x}", max_pfn << 12)),
            ("PHYSICAL_PADDING", format!("{padding_tb}T")),
            ("KASLR", "true".to_owned()),
            ("PAGE_OFFSET_BASE", format!("{:#x}", bases[0])),
            ("VMALLOC_BASE", format!("{:#x}", bases[1])),
            ("VMEMMAP_BASE", format!("{:#x}", bases[2])),
        ]
        .map(|(name, value)| (name.to_owned(), value));
        let layout = bundled.with(&set);
        let range = |start: u64, size: u64| Some((start, start + size));
        assert_eq!(layout.range("direct"), range(bases[0], max_pfn << 12));
        assert_eq!(layout.range("vmalloc"), range(bases[1], sizes[1]));
        assert_eq!(layout.range("vmemmap"), range(bases[2], sizes[2]));
        let spare = layout.end("direct_spare").or_else(|| layout.end("direct"));
        assert_eq!(spare, Some(bases[0] + sizes[0]));
        let address = bases[0] + (max_pfn << 12) / 2;
        assert!(layout.maps(address, (max_pfn << 12) / 2, "direct"));
    }
    assert!(drawn >= 700, "only {drawn} draws were usable");
}
