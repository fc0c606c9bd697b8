//! The bundled layouts, and layouts with what those do not have.

use super::Case;
use mapwright::source::{Input, Memory};

#[test]
fn the_small_kernel_keeps_its_values() {
    Case::bundled("examples/small-kernel", &[]).assert_agrees();
}

#[test]
fn a_machine_that_does_not_exist_keeps_its_values() {
    Case::bundled("examples/kestrel", &[]).assert_agrees();
}

#[test]
fn the_textbook_keeps_its_values() {
    Case::bundled("linux/i386-3g1g", &[]).assert_agrees();
}

#[test]
fn i386_keeps_its_values() {
    Case::bundled("linux/i386", &[]).assert_agrees();
    Case::bundled(
        "linux/i386",
        &["PAE=true", "KERNEL=v2.6.24", "PAGE_OFFSET=0x8000_0000"],
    )
    .assert_agrees();
}

#[test]
fn x86_64_keeps_its_values() {
    Case::bundled("linux/x86_64", &[]).assert_agrees();
    Case::bundled("linux/x86_64", &["KERNEL=v3.10"]).assert_agrees();
    Case::bundled("linux/x86_64", &["LEVELS=5"]).assert_agrees();
}

fn agrees(name: &str, text: &str) {
    let files = Memory::new().with("/t.layout", text);
    let (input, set) = (Input::named("/t.layout"), Vec::new());
    Case {
        name,
        input,
        files: &files,
        set,
    }
    .assert_agrees();
}

#[test]
fn an_end_at_2_64_is_left_out() {
    agrees(
        "top",
        "boot SIZE : size = 4K in 4K ..= 1T step 4K;
         space linear : 64 bits;
         window top in linear : linear.end - SIZE .. linear.end -> device;
         window low in linear : 0 .. SIZE -> device;",
    );
}

#[test]
fn what_may_be_absent_or_empty_is_an_option() {
    agrees(
        "absent",
        "enum Split { Three, Two }
         boot HAS : bool = true;
         boot SPLIT : Split = Split.Two;
         boot RAM : size = 1M in 1M ..= 64M step 4K;
         boot CUT : size = 32M in 1M ..= 64M step 4K;
         space physical : 32 bits;
         let low_end = min(RAM, CUT);
         let both : bool = HAS && SPLIT == Split.Two;
         zone LOW  in physical : 0 .. low_end;
         zone HIGH in physical : low_end .. RAM optional;
         reserve perhaps in physical : 0x8000 .. +4K when both;
         reserve other   in physical : 0x8000 .. +8K when !both;",
    );
}

#[test]
fn families_take_a_member_and_targets_below_zero_wrap() {
    agrees(
        "families",
        "boot OFFSET : size = 0 in 0 ..= 1G step 2M;
         config CPUS : int = 8 in 1 ..= 64;
         space physical : 52 bits;
         space linear : 64 bits, to physical;
         zone ALL in physical : 0 .. physical.end;
         window direct in linear : 0xFFFF_8000_0000_0000 .. +1T -> physical at 0 - OFFSET;
         window image in linear : 0xFFFF_FFFF_8000_0000 .. +512M -> physical at OFFSET + 1M
             alias of direct because \"the image\";
         window stack[p in 0 .. CPUS] in linear : 0xFFFF_F000_0000_0000 + p * 8K .. +4K -> physical at 16M + p * 4K
             alias of direct because \"stacks\";
         window slots in linear : 0xFFFF_FFFF_F000_0000 .. +128K -> fixed { A, B[CPUS], C };",
    );
}
