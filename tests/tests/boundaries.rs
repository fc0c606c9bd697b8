//! The ends of spaces, empty zones, RAM exactly at every boundary, and many windows.

use super::cli::program::with_input;
use mapwright::source::{Input, Memory};
use mapwright::{Compilation, Options, compile};
use mapwright_runtime::translate::Translation;
use std::fmt::Write as _;

fn compiled(text: &str) -> Compilation {
    compile(
        &Input::named("/t.layout"),
        &Memory::new().with("/t.layout", text),
        &Options::default(),
    )
    .expect("is there")
}

fn plain(text: &str, arguments: &[&str]) -> String {
    let mut line = vec!["translate", "-", "--format", "plain"];
    line.extend(arguments);
    let run = with_input(line, text.as_bytes());
    assert_eq!(run.code, 0, "{}", run.err);
    run.out
}

#[test]
fn a_window_ends_at_the_top_of_32_bits() {
    let text = "space physical : 32 bits;\nspace linear : 32 bits, to physical;\n\
        window top in linear : 0xFFFF_F000 .. linear.end -> physical at 0xFFFF_F000 { access: rw };\n\
        export \"TOP_LAST\" = top.last;\nexport \"TOP_SIZE\" = top.size;\n";
    let out = plain(
        text,
        &["0xffffffff", "0xfffff000", "0xffffefff", "0x100000000"],
    );
    assert_eq!(
        out,
        "0xffffffff 0xffffffff top\n0xfffff000 0xfffff000 top\n0xffffefff fault unmapped\n0x100000000 fault out_of_space\n"
    );
    assert_eq!(
        plain(text, &["--reverse", "0xffffffff"]),
        "0xffffffff 0xffffffff top\n"
    );
}

#[test]
fn a_window_ends_at_the_top_of_64_bits() {
    let text = "space physical : 64 bits;\nspace linear : 64 bits, to physical;\n\
        window top in linear : 0xFFFF_FFFF_FFFF_F000 .. linear.end -> physical at 0xFFFF_FFFF_FFFF_F000 { access: rw };\n\
        export \"TOP_LAST\" = top.last;\n";
    let out = plain(
        text,
        &[
            "0xffffffffffffffff",
            "0xffffffffffffefff",
            "0x10000000000000000",
        ],
    );
    assert_eq!(
        out,
        "0xffffffffffffffff 0xffffffffffffffff top\n0xffffffffffffefff fault unmapped\n0x10000000000000000 fault out_of_space\n"
    );
    let emitted = with_input(["emit", "-", "--target", "rust"], text.as_bytes());
    assert_eq!(emitted.code, 0, "{}", emitted.err);
    assert!(
        emitted
            .out
            .contains("TOP_LAST: u64 = 0xFFFF_FFFF_FFFF_FFFF"),
        "{}",
        emitted.out
    );
}

#[test]
fn one_byte_beyond_the_top_is_refused() {
    for bits in [32_u32, 64] {
        let text = format!(
            "space physical : {bits} bits;\nspace linear : {bits} bits, to physical;\n\
             window top in linear : linear.end - 4K .. +8K -> physical at 0 {{ access: rw }};\n"
        );
        let run = with_input(["check", "-"], text.as_bytes());
        assert_eq!(run.code, 1);
        assert!(run.err.contains("error[outside-space]"), "{}", run.err);
        assert_eq!(
            run.err.matches("error[").count(),
            1,
            "one mistake, one message:\n{}",
            run.err
        );
    }
}

/// RAM at every boundary of the textbook layout, one page below and one above: the last byte of the direct map is mapped,
/// what follows is the guard, and high memory is there exactly when some is left.
#[test]
fn ram_is_exactly_at_every_boundary() {
    const M: u64 = 1 << 20;
    const CAP: u64 = 896 * M;
    for boundary in [16 * M, 880 * M, CAP, 1024 * M, 2048 * M, 4096 * M] {
        for ram in [boundary - 4096, boundary, boundary + 4096] {
            if !(16 * M..=4096 * M).contains(&ram) {
                continue;
            }
            let set = format!("RAM={}K", ram / 1024);
            let low = ram.min(CAP);
            let last = format!("{:#x}", 0xC000_0000 + low - 1);
            let after = format!("{:#x}", 0xC000_0000 + low);
            let line = [
                "translate",
                "std:linux/i386-3g1g",
                "--format",
                "plain",
                "--set",
                &set,
                &last,
                &after,
            ];
            let run = with_input(line, b"");
            assert_eq!(
                run.out,
                format!("{last} {:#x} lowmem\n{after} fault guard gap\n", low - 1),
                "{set} {}",
                run.err
            );
            let run = with_input(["check", "std:linux/i386-3g1g", "--set", &set], b"");
            assert_eq!((run.code, run.err.as_str()), (0, ""), "{set}");
            let run = with_input(["show", "std:linux/i386-3g1g", "--set", &set], b"");
            assert_eq!(
                run.out.contains("zone HIGHMEM"),
                ram > CAP,
                "{set}\n{}",
                run.out
            );
            assert_eq!(
                run.out.contains("zone NORMAL"),
                ram > 16 * M,
                "{set}\n{}",
                run.out
            );
        }
    }
}

/// Windows of 64K, each with a hole of 64K behind it, onto frames in the opposite order.
fn many(count: u64) -> String {
    let mut text =
        String::from("space physical : 48 bits;\nspace linear : 48 bits, to physical;\n");
    for n in 0..count {
        let (start, target) = (n * 0x2_0000, (count - 1 - n) * 0x1_0000);
        let _ = writeln!(
            text,
            "window w{n} in linear : {start:#x} .. +64K -> physical at {target:#x} {{ access: rw }};"
        );
    }
    text
}

fn many_windows(count: u64) {
    let made = compiled(&many(count));
    assert!(
        made.diagnostics.is_empty(),
        "{:?}",
        made.diagnostics.first()
    );
    let layout = made.lowered.expect("right").layout;
    let space = layout.space_named("linear").expect("declared");
    for n in 0..count {
        let (start, target) = (n * 0x2_0000, (count - 1 - n) * 0x1_0000);
        for offset in [0, 0xFFFF] {
            match layout.translate(space, start + offset) {
                Translation::Mapped {
                    address, window, ..
                } => {
                    assert_eq!(address, target + offset);
                    assert_eq!(layout.place(window).name, format!("w{n}"));
                }
                other => panic!("{:#x}: {other:?}", start + offset),
            }
        }
        assert!(
            matches!(
                layout.translate(space, start + 0x1_0000),
                Translation::Fault(_)
            ),
            "the hole behind w{n}"
        );
    }
    let middle = count / 2;
    let from = format!("window w{middle} in linear : {:#x}", middle * 0x2_0000);
    let to = format!(
        "window w{middle} in linear : {:#x}",
        middle * 0x2_0000 - 0x1_8000
    );
    let wrong = many(count).replace(&from, &to);
    let made = compiled(&wrong);
    let codes: Vec<&str> = made.diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(codes, ["overlap"]);
    assert!(
        made.diagnostics[0]
            .message
            .contains(&format!("`w{middle}`")),
        "{}",
        made.diagnostics[0].message
    );
}

#[test]
fn a_thousand_windows() {
    many_windows(1_000);
}

#[test]
fn sixty_five_thousand_windows() {
    many_windows(65_536);
}

/// A file that is wrong everywhere is answered as quickly.
#[test]
fn everything_overlaps_everything() {
    let mut text =
        String::from("space physical : 48 bits;\nspace linear : 48 bits, to physical;\n");
    for n in 0..20_000_u64 {
        let _ = writeln!(text, "hole h{n} in linear : {:#x} .. +1G;", n * 0x1000);
    }
    let made = compiled(&text);
    assert!(made.diagnostics.iter().all(|d| d.code == "overlap"));
    assert!(
        !made.diagnostics.is_empty() && made.diagnostics.len() <= 100,
        "{}",
        made.diagnostics.len()
    );
}

/// Each window begins where the one before it ends, so every end depends on all starts before it.
#[test]
fn a_chain_of_sixty_five_thousand_windows() {
    let mut text = String::from(
        "boot BASE : addr = 0x1000_0000 in 0 ..= 0x4000_0000 step 4K;\nspace physical : 48 bits;\n\
         space linear : 48 bits, to physical;\nhole w0 in linear : BASE .. +4K;\n",
    );
    for n in 1..65_536_u32 {
        let _ = writeln!(text, "hole w{n} in linear : w{}.end .. +4K;", n - 1);
    }
    let made = compiled(&text);
    assert!(
        made.diagnostics.is_empty(),
        "{:?}",
        made.diagnostics.first()
    );
    let layout = made.lowered.expect("right").layout;
    let last = layout.place_named("w65535").expect("declared");
    assert_eq!(
        layout.place(last).range.base(),
        0x1000_0000 + 65_535 * 0x1000
    );
}
