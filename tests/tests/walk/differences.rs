//! `walk --all --layout`: every way in which tables can differ from a layout, planted in tables of several formats.
//!
//! The clean tables map two pages of a direct map and one of `vmalloc`, nothing else. Their entries are made here by the
//! manuals: Intel SDM vol. 3A 5.3 and 5.5, Arm ARM D8.3, RISC-V privileged architecture 12.3 and 12.4.

use super::Tables;
use crate::cli::program::{Run, directory, path};
use expect_test::expect;

/// What may be done with a page, and by whom.
#[derive(Clone, Copy)]
struct May {
    write: bool,
    execute: bool,
    user: bool,
}

const RW: May = May {
    write: true,
    execute: false,
    user: false,
};

/// A format with 4K pages, and where its kernel's part begins.
struct Machine {
    paging: &'static str,
    file: &'static str,
    bits: u32,
    /// The end of the user's part.
    user: u64,
    kernel: u64,
    levels: u32,
    /// The bits of an index.
    index: u32,
    entry_bytes: usize,
    roots: &'static [u64],
    pointer: fn(u64) -> u64,
    page: fn(u64, May) -> u64,
    /// Its entries can forbid execution.
    forbids_execution: bool,
    /// A reserved bit of a page's entry, if it has one.
    reserved: Option<u64>,
}

fn x86_page(frame: u64, may: May) -> u64 {
    frame | 1 | u64::from(may.write) << 1 | u64::from(may.user) << 2
}

const MACHINES: [Machine; 4] = [
    Machine {
        paging: "x86_32",
        file: "x86",
        bits: 32,
        user: 3 << 30,
        kernel: 3 << 30,
        levels: 2,
        index: 10,
        entry_bytes: 4,
        roots: &[0x1000],
        pointer: |table| table | 7,
        page: x86_page,
        forbids_execution: false,
        reserved: None,
    },
    Machine {
        paging: "x86_64_4level",
        file: "x86",
        bits: 64,
        user: 1 << 47,
        kernel: 0xffff_8000_0000_0000,
        levels: 4,
        index: 9,
        entry_bytes: 8,
        roots: &[0x1000],
        pointer: |table| table | 7,
        // XD is bit 63.
        page: |frame, may| x86_page(frame, may) | u64::from(!may.execute) << 63,
        forbids_execution: true,
        reserved: None,
    },
    Machine {
        paging: "arm64_4k_39",
        file: "arm64",
        bits: 64,
        user: 1 << 39,
        kernel: 0xffff_ff80_0000_0000,
        levels: 3,
        index: 9,
        entry_bytes: 8,
        // An empty table for the lower half.
        roots: &[0x8000, 0x1000],
        pointer: |table| table | 3,
        // Valid page, AF; AP[1] is bit 6 and lets user mode in, AP[2] is bit 7 and forbids writing; PXN 53, UXN 54.
        page: |frame, may| {
            let ap = u64::from(may.user) << 6 | u64::from(!may.write) << 7;
            frame | 3 | 1 << 10 | ap | u64::from(!may.execute) << 53 | 1 << 54
        },
        forbids_execution: true,
        // 49:48, above the output address.
        reserved: Some(1 << 48),
    },
    Machine {
        paging: "riscv_sv39",
        file: "riscv",
        bits: 64,
        user: 1 << 38,
        kernel: 0xffff_ffc0_0000_0000,
        levels: 3,
        index: 9,
        entry_bytes: 8,
        roots: &[0x1000],
        // The number of the frame begins at bit 10.
        pointer: |table| table >> 2 | 1,
        // V, R, W, X, U, A, D.
        page: |frame, may| {
            let rights = u64::from(may.write) << 2 | u64::from(may.execute) << 3;
            frame >> 2 | 0xc3 | rights | u64::from(may.user) << 4
        },
        forbids_execution: true,
        // 60:54 are reserved.
        reserved: Some(1 << 54),
    },
];

/// Where memory begins.
const RAM: u64 = 16 << 20;
/// `vmalloc` begins so far behind the direct map.
const VMALLOC: u64 = 1 << 20;

impl Machine {
    fn layout(&self) -> String {
        let Self {
            paging,
            file,
            bits,
            user,
            kernel,
            ..
        } = self;
        let between = if user == kernel {
            String::new()
        } else {
            format!("    between : {user:#x} .. {kernel:#x} {{ access: none }};\n")
        };
        format!(
            "use std \"paging/{file}.layout\";\n\
             space physical : 32 bits;\n\
             space linear   : {bits} bits, paging {paging}, to physical;\n\
             split linear {{\n\
             \x20   user    : 0 .. {user:#x} {{ access: user, tables: per_process }};\n\
             {between}\
             \x20   kernel  : {kernel:#x} .. linear.end {{ access: supervisor, tables: shared }};\n\
             }}\n\
             zone   ram     in physical : {RAM} .. +8K;\n\
             window direct  in kernel   : {kernel:#x} .. +8K -> physical at {RAM} {{ access: rw }};\n\
             window vmalloc in kernel   : {kernel:#x} + {VMALLOC} .. +64K -> pages from ram {{ access: rw, guard: 4K }};\n"
        )
    }

    /// The entries that lead to these pages, all of them in one last table.
    fn entries(&self, pages: &[(u64, u64)]) -> Vec<(u64, u64)> {
        let size = self.entry_bytes as u64;
        let index = |level: u32, address: u64| {
            let shift = 12 + self.index * (self.levels - 1 - level);
            // With 32 bits two levels of ten are all of the address.
            (address >> shift & ((1 << self.index) - 1)) * size
        };
        let table = |level: u32| 0x1000 * (1 + u64::from(level));
        let upper = (0..self.levels - 1).map(|level| {
            let at = table(level) + index(level, self.kernel);
            (at, (self.pointer)(table(level + 1)))
        });
        let last = self.levels - 1;
        let pages = pages
            .iter()
            .map(|(address, entry)| (table(last) + index(last, *address), *entry));
        // The memory of all roots is in the image.
        let roots = self.roots.iter().map(|root| (*root + 0xff8, 0));
        roots.chain(upper).chain(pages).collect()
    }

    /// `walk --all --layout` on tables with these pages.
    fn run(&self, pages: &[(u64, u64)], arguments: &[&str]) -> Run {
        let entries = self.entries(pages);
        let tables = Tables {
            paging: self.paging,
            roots: self.roots,
            entry_bytes: self.entry_bytes,
            entries: &entries,
        };
        let files = directory(&[("kernel.layout", self.layout().as_bytes())]);
        let layout = path(&files, "kernel.layout");
        tables.run(&[&["--all", "--layout", &layout], arguments].concat())
    }

    /// The three pages of clean tables.
    fn clean(&self) -> [(u64, u64); 3] {
        let page = |address, frame| (address, (self.page)(frame, RW));
        [
            page(self.kernel, RAM),
            page(self.kernel + 0x1000, RAM + 0x1000),
            page(self.kernel + VMALLOC, RAM + 0x1000),
        ]
    }

    /// Every line with a finding, without where it is: the place and the findings.
    fn findings(&self, pages: &[(u64, u64)]) -> Vec<String> {
        let run = self.run(pages, &["--format", "plain"]);
        assert_eq!(run.err, "", "{}", self.paging);
        let lines = run.out.lines().filter_map(|line| {
            let words: Vec<&str> = line.split(' ').collect();
            match words[2] {
                "missing" | "empty" => Some(words[2..].join(" ")),
                _ if words.len() > 6 => Some(words[5..].join(" ")),
                _ => None,
            }
        });
        let found: Vec<String> = lines.collect();
        assert_eq!(run.code, u8::from(!found.is_empty()), "{}", run.out);
        found
    }

    /// Clean tables with one page changed.
    #[track_caller]
    fn planted(&self, number: usize, entry: u64, expected: &str) {
        let mut pages = self.clean();
        pages[number].1 = entry;
        assert_eq!(self.findings(&pages), [expected], "{}", self.paging);
    }
}

#[test]
fn clean_tables_have_none() {
    for machine in &MACHINES {
        let found = machine.findings(&machine.clean());
        assert_eq!(found, [""; 0], "{}", machine.paging);
    }
}

#[test]
fn rights() {
    for machine in &MACHINES {
        let read_only = May { write: false, ..RW };
        let text = May {
            execute: true,
            ..read_only
        };
        // A linear window has its rights, no more and no less.
        let page = (machine.page)(RAM + 0x1000, read_only);
        machine.planted(1, page, "direct rights");
        machine.planted(1, (machine.page)(RAM + 0x1000, text), "direct rights");
        // What others fill may have less.
        let mut pages = machine.clean();
        pages[2].1 = (machine.page)(RAM + 0x1000, read_only);
        assert_eq!(machine.findings(&pages), [""; 0], "{}", machine.paging);
        // More is seen where the format can tell.
        if machine.forbids_execution {
            machine.planted(2, (machine.page)(RAM + 0x1000, text), "vmalloc rights");
        }
    }
}

#[test]
fn user() {
    for machine in &MACHINES {
        let user = (machine.page)(RAM + 0x1000, May { user: true, ..RW });
        machine.planted(1, user, "direct user");
        machine.planted(2, user, "vmalloc user");
    }
}

#[test]
fn missing() {
    for machine in &MACHINES {
        machine.planted(1, 0, "missing direct");
        // The first page as well as the second; what nobody has asked for yet is not missing in `vmalloc`.
        machine.planted(0, 0, "missing direct");
        let found = machine.findings(&machine.clean()[..2]);
        assert_eq!(found, [""; 0], "{}", machine.paging);
    }
}

#[test]
fn empty() {
    for machine in &MACHINES {
        assert_eq!(machine.findings(&[]), ["empty"], "{}", machine.paging);
    }
}

#[test]
fn reserved_bits() {
    for machine in &MACHINES {
        let Some(bit) = machine.reserved else {
            continue;
        };
        let entry = (machine.page)(RAM + 0x1000, RW) | bit;
        machine.planted(1, entry, "direct reserved_bit");
        // For the processor there is no page.
        let mut pages = machine.clean();
        pages[1].1 = entry;
        let run = machine.run(&pages, &["--strict", "--format", "plain"]);
        assert!(run.out.contains(" missing direct\n"), "{}", run.out);
        assert!(run.out.contains(" fault reserved_bit "), "{}", run.out);
    }
}

/// Rows for people name the window, its place in the layout, and what is declared there; objects say the same in fields.
#[test]
fn where_and_what() {
    let machine = &MACHINES[1];
    let mut pages = machine.clean();
    pages[0].1 = (machine.page)(
        RAM,
        May {
            write: false,
            execute: true,
            user: false,
        },
    );
    pages[1].1 = 0;
    let run = machine.run(&pages, &[]);
    let lines: Vec<&str> = run.out.lines().collect();
    expect![[r#"
        0xffff800000000000   0xffff800000001000         4K  0x1000000           4K    r-x--   window direct             rights (declared rw-)
        0xffff800000001000   0xffff800000002000         4K  not mapped                        window direct             missing
        0xffff800000100000   0xffff800000101000         4K  0x1001000           4K    rw---   window vmalloc
    "#]].assert_eq(&lines[1..5].join("\n"));
    assert!(run.out.contains("direct is declared at"), "{}", run.out);
    let run = machine.run(&pages, &["--format", "json"]);
    let objects: Vec<serde_json::Value> = run
        .out
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(objects[0]["findings"], serde_json::json!(["rights"]));
    assert_eq!(objects[0]["declared_access"], "rw-");
    assert_eq!(objects[1]["result"], "missing");
    assert_eq!(objects[1]["start"], "0xffff800000001000");
    assert_eq!(objects[1]["window"], "direct");
    let declared_at = objects[1]["declared_at"].as_str().expect("a place");
    assert!(declared_at.ends_with("kernel.layout:10:8"), "{declared_at}");
    assert_eq!(objects[1]["findings"], serde_json::json!(["missing"]));
    let run = machine.run(&[], &["--format", "json"]);
    let object: serde_json::Value = serde_json::from_str(&run.out).expect("one object");
    assert_eq!(
        (&object["result"], &object["window"]),
        (&"empty".into(), &serde_json::Value::Null)
    );
    assert_eq!(object["end"], "0x10000000000000000");
}
