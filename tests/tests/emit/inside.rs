//! Modules of which the right values are known: what lies inside of a window, what is counted at boot, what may be empty, what
//! lies below zero. They are compiled and asked.

use super::rustc;
use mapwright::source::{Input, Memory};
use mapwright::{Options, compile, emit};

/// Emits a right layout, compiles it with every warning an error, and runs these statements.
fn holds(name: &str, layout: &str, statements: &str) -> String {
    let files = Memory::new().with("/t.layout", layout);
    let made = compile(&Input::named("/t.layout"), &files, &Options::default()).expect("is there");
    assert!(!made.is_wrong(), "{name}: {:?}", made.diagnostics);
    let text = emit::rust(&made.model, &made.values, name).expect("names that fit");
    let main = format!(
        "//! A test.\n#![deny(warnings, missing_docs)]\nmod layout;\nuse layout::*;\nfn main() {{\n{statements}\n}}\n"
    );
    rustc::compile_and_run(name, &text, &main);
    text
}

#[test]
fn what_lies_inside_of_a_window_decides_for_itself() {
    holds(
        "nested",
        "use std \"paging/x86.layout\";
         space  physical : 32 bits;
         space  linear   : 32 bits, paging x86_32, to physical;
         zone   low    in physical : 0 .. 64M { unreached: \"x\" };
         window direct in linear : 3G .. +64M -> physical at 0 { access: rw };
         guard  gap    in direct : direct.start + 4K .. +4K;
         window other  in direct : direct.start + 16M .. +4M -> physical at 32M alias of direct because \"x\" { access: rw };
         guard  inner  in other  : other.start + 8K .. +4K;",
        "    let virt = 0xC000_0000;
             // A guard, and both its neighbours.
             assert_eq!(direct_to_physical(virt + 0x0FFF), Some(0x0FFF));
             assert_eq!(direct_to_physical(virt + 0x1000), None);
             assert_eq!(direct_to_physical(virt + 0x1FFF), None);
             assert_eq!(direct_to_physical(virt + 0x2000), Some(0x2000));
             // A window with a target of its own, and the guard in it.
             assert_eq!(direct_to_physical(virt + 0x100_0000), Some(0x200_0000));
             assert_eq!(direct_to_physical(virt + 0x100_2000), None);
             assert_eq!(linear_to_physical(virt + 0x100_2FFF), None);
             assert_eq!(linear_to_physical(virt + 0x13F_FFFF), Some(0x23F_FFFF));
             assert_eq!(linear_to_physical(virt + 0x140_0000), Some(0x140_0000));
             // Back: frames that only a hidden address would show are shown by nothing, or by the window inside.
             assert_eq!(direct_from_physical(0x1000), None);
             assert_eq!(direct_from_physical(0x2000), Some(virt + 0x2000));
             assert_eq!(direct_from_physical(0x100_0000), None);
             assert_eq!(linear_from_physical(0x200_2000), Some(virt + 0x200_2000));
             assert_eq!(other_from_physical(0x200_2000), None);
             assert_eq!(other_from_physical(0x200_0000), Some(virt + 0x100_0000));
             let place = |address| classify(address).map(|place| (place.kind, place.name));
             assert_eq!(place(virt), Some((PlaceKind::Linear, \"direct\")));
             assert_eq!(place(virt + 0x1000), Some((PlaceKind::Guard, \"gap\")));
             assert_eq!(place(virt + 0x100_0000), Some((PlaceKind::Linear, \"other\")));
             assert_eq!(place(virt + 0x100_2000), Some((PlaceKind::Guard, \"inner\")));
             assert_eq!(place(0), Some((PlaceKind::Unmapped, \"\")));
             assert_eq!(place(0x1_0000_0000), None);
             let rows: Vec<_> = WINDOWS.iter().map(|row| (row.name, row.start, row.last, row.execute, row.page)).collect();
             assert_eq!(rows, [(\"direct\", virt, virt + 0x3FF_FFFF, false, 0x1000), (\"other\", virt + 0x100_0000, virt + 0x13F_FFFF, false, 0x1000)]);
             assert_eq!(ZONES.len(), 1);",
    );
}

#[test]
fn frames_that_only_a_child_shows_are_found_through_it() {
    holds(
        "elsewhere",
        "space physical : 32 bits;
         space linear   : 32 bits, to physical;
         window all   in linear   : 2G .. +64M -> physical at 0;
         window child in all      : 2G + 16M .. +1M -> physical at 512M;",
        "    assert_eq!(all_to_physical(0x8100_0000), Some(0x2000_0000));
             assert_eq!(all_to_physical(0x8110_0000), Some(0x0110_0000));
             assert_eq!(all_from_physical(0x2000_0000), Some(0x8100_0000));
             assert_eq!(all_from_physical(0x0100_0000), None);
             assert_eq!(linear_from_physical(0x2008_0000), Some(0x8108_0000));",
    );
}

#[test]
fn repetitions_that_a_guard_hides_are_passed_over() {
    holds(
        "repeated",
        "space physical : 32 bits;
         space linear   : 32 bits, to physical;
         window all in linear : 2G .. +64K -> physical at 1M repeat 16K;
         guard  gap in all    : 2G .. +20K;",
        "    assert_eq!(all_to_physical(0x8000_0000), None);
             assert_eq!(all_to_physical(0x8000_5000), Some(0x10_1000));
             // Its first address that is not hidden: the second or the third repetition.
             assert_eq!(all_from_physical(0x10_1000), Some(0x8000_5000));
             assert_eq!(all_from_physical(0x10_0000), Some(0x8000_8000));
             assert_eq!(all_from_physical(0x10_4000), None);",
    );
}

#[test]
fn targets_below_zero_are_taken_modulo_their_space() {
    holds(
        "negative",
        "space physical : 32 bits;
         space linear   : 32 bits, to physical;
         window image in linear : 3G .. +64M -> physical at 0 - 16M;
         let G : int = -256;
         export \"G\" = G;",
        "    let sign: i64 = G;
             assert_eq!(sign, -256);
             assert_eq!(image_to_physical(0xC000_0000), Some(0xFF00_0000));
             assert_eq!(image_to_physical(0xC100_0000), Some(0));
             assert_eq!(image_from_physical(0xFF00_0000), Some(0xC000_0000));
             assert_eq!(image_from_physical(0x02FF_FFFF), Some(0xC3FF_FFFF));
             assert_eq!(image_from_physical(0x0300_0000), None);",
    );
}

#[test]
fn families_that_are_counted_at_boot_are_searched_as_far_as_that() {
    let text = holds(
        "counted",
        "boot NODES : int = 2 in 1 ..= 4;
         space physical : 32 bits;
         space linear   : 32 bits, to physical;
         window node[n in 0 .. NODES] in linear : 3G + n * 64M .. +64M -> physical at n * 64M;",
        "    let (two, four) = (Boot { nodes: 2 }, Boot { nodes: 4 });
             assert_eq!(linear_to_physical(&two, 0xC400_0000), Some(0x400_0000));
             assert_eq!(linear_to_physical(&two, 0xC800_0000), None);
             assert_eq!(linear_to_physical(&four, 0xC800_0000), Some(0x800_0000));
             assert_eq!(linear_from_physical(&two, 0x800_0000), None);
             assert_eq!(linear_from_physical(&four, 0x800_0000), Some(0xC800_0000));
             assert_eq!(phys_to_virt(&four, 0x800_0000), Some(0xC800_0000));
             assert_eq!(virt_to_phys(&two, 0xC800_0000), None);
             let rows = windows(&two);
             assert_eq!(rows.map(|row| row.map(|row| row.start)), [Some(0xC000_0000), Some(0xC400_0000), None, None]);
             assert_eq!(rows[1].map(|row| (row.name, row.member, row.target)), Some((\"node\", Some(1), Target::Linear(\"physical\", 0x400_0000))));
             assert_eq!(classify(&four, 0xCC00_0000).and_then(|place| place.member), Some(3));",
    );
    assert!(text.contains("/// `n` is a member's number, in `0..boot.nodes`.\n"));
}

#[test]
fn what_is_empty_lies_nowhere() {
    holds(
        "empty",
        "boot RAM : size = 512M in 512M ..= 2G step 256M;
         space physical : 32 bits;
         space linear   : 32 bits, to physical;
         window direct in linear : 1G .. +RAM -> physical at 0;
         hole   pci    in direct : 2G .. +(if RAM >= 1536M { 256M } else { 0 }) optional;",
        "    let (small, large) = (Boot { ram: 0x2000_0000 }, Boot { ram: 0x8000_0000 });
             assert!(laws_hold(&small) && laws_hold(&large));
             assert_eq!(direct_to_physical(&small, 0x4000_0000), Some(0));
             assert_eq!(direct_to_physical(&small, 0x8000_0000), None);
             assert_eq!(direct_to_physical(&large, 0x8000_0000), None);
             assert_eq!(direct_to_physical(&large, 0x9000_0000), Some(0x5000_0000));
             assert_eq!(pci_last(&small), None);",
    );
}

#[test]
fn parameters_that_no_law_reads_cause_no_warning() {
    holds(
        "unread",
        "boot RAM : size = 16M in 16M ..= 1G step 4K;
         space physical : 32 bits;
         zone NORMAL in physical : 16M .. RAM optional;",
        "    let boot = Boot { ram: 0x200_0000 };
             assert_eq!((NORMAL_START, normal_last(&boot)), (0x100_0000, Some(0x1FF_FFFF)));",
    );
}

#[test]
fn slots_have_the_size_of_the_pages_that_are_translated_into_their_space() {
    holds(
        "sixteen",
        "use std \"paging/arm64.layout\";
         space machine  : 48 bits;
         space physical : 48 bits, to machine;
         space linear   : 48 bits, paging arm64_16k_48, to physical;
         window phys   in physical : 0 .. +1G -> machine at 0 { access: rw };
         window fix    in physical : 2G .. +64K -> fixed { a, b, c, d } { access: rw };
         export \"FIX_A_ADDRESS\" = fix.a;",
        "    assert_eq!(fix_address(0), Some(FIX_A_ADDRESS));
             assert_eq!(fix_address(0), Some(0x8000_C000));
             assert_eq!((fix_address(3), fix_address(4)), (Some(0x8000_0000), None));",
    );
}
