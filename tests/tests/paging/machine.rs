//! A whole simulated machine on declared formats: its memory, saved to a file, is walked as a real machine's dump would be.

use crate::cli::program::{directory, mapwright, path};
use mapwright::source::{Disk, Input};
use mapwright::{Options, compile};
use mapwright_machine::process::{Backing, ProcessId};
use mapwright_machine::spec::{Lists, WatermarkChoice};
use mapwright_machine::{Machine, MachineSpec, Mode};
use mapwright_runtime::Access;
use mapwright_runtime::layout::Layout;
use std::collections::BTreeMap;

/// Memory of the machines in bytes.
const RAM: u64 = 64 << 20;

/// A kernel in the upper half of 64-bit addresses, in a format whose halves are as large as `HALF`.
const UPPER: &str = "\
use std \"paging/FILE.layout\";

space physical : BITS bits;
space linear   : 64 bits, paging FORMAT, to physical;

split linear {
    user   : 0                 .. HALF              { access: user,       tables: per_process };
    middle : HALF              .. linear.end - HALF { access: none };
    kernel : linear.end - HALF .. linear.end        { access: supervisor, tables: shared };
}

zone   NORMAL  in physical : 0                        .. 64M;
window direct  in kernel   : linear.end - HALF        .. +64M -> physical at 0     { access: rw };
window vmalloc in kernel   : linear.end - HALF + HALF / 2 .. +HALF / 4 -> pages from NORMAL { access: rw };
";

fn layout(input: &Input, set: &[&str]) -> Layout {
    let options = Options {
        set: set.iter().map(ToString::to_string).collect(),
        instance: true,
        ..Options::default()
    };
    let made = compile(input, &Disk, &options).expect("a file");
    let lowered = made.lowered;
    lowered
        .unwrap_or_else(|| panic!("{:?}", made.diagnostics))
        .layout
}

fn write(machine: &mut Machine, id: ProcessId, address: u64, value: u8) {
    machine
        .write_process(id, address, &[value], Mode::User)
        .expect("written");
}

/// Two processes and an area of the kernel; then the memory of the machine is a file, and `walk` finds in the tables of each process
/// what it wrote, and nothing that the layout does not declare. `direct` is the window that shows all memory.
fn lives(name: &str, argument: &str, set: &[&str], direct: &str) {
    let layout = layout(&Input::named(argument), set);
    let spec = MachineSpec {
        marks: WatermarkChoice::None,
        lists: Lists::Sizes(mapwright_machine::buddy::ListSizes::OFF),
        ..MachineSpec::default()
    };
    let mut machine = Machine::new(&layout, &spec).unwrap_or_else(|e| panic!("{name}: {e}"));
    // Before there are processes: those that are there learn of it by a fault only.
    let area = machine
        .vmalloc(200 << 10, None)
        .unwrap_or_else(|e| panic!("{name}: {e}"));
    let place = 0x1234_0000;
    let ids = [8, 20].map(|value| {
        let id = machine.spawn().unwrap_or_else(|e| panic!("{name}: {e}"));
        let rights = Access::new(true, true, false);
        machine
            .mmap(id, Some(place), 64 << 10, rights, Backing::Anon)
            .unwrap_or_else(|e| panic!("{name}: {e}"));
        write(&mut machine, id, place + 0xBCD, value);
        id
    });
    machine
        .write_kernel(area.address, b"a kernel's own")
        .expect("written");
    let mut ram = vec![0; RAM as usize];
    machine
        .physical()
        .memory()
        .read_bytes(0, &mut ram)
        .expect("memory");
    let files = directory(&[("ram.img", &ram)]);
    let image = path(&files, "ram.img");
    for (id, value) in ids.into_iter().zip([8, 20]) {
        let process = machine.process(id).expect("alive");
        let mut line: Vec<String> = [
            "walk", "--image", &image, "--layout", argument, "--all", "--format", "plain",
        ]
        .map(str::to_owned)
        .into();
        for root in process.tables().roots() {
            line.extend(["--root".into(), format!("{root:#x}")]);
        }
        for setting in set {
            line.extend(["--set".into(), (*setting).to_owned()]);
        }
        let run = mapwright(&line);
        // The one thing to find: Linux declares its text writable until late in booting.
        let wrong: Vec<&str> = run
            .out
            .lines()
            .filter_map(|line| line.splitn(6, ' ').nth(5))
            .filter(|place| place.contains(' '))
            .collect();
        let expected: &[&str] = match name {
            "x86_64" => &["kernel_text write_execute"],
            _ => &[],
        };
        assert_eq!(wrong, expected, "{name}");
        let code = u8::from(!expected.is_empty());
        assert_eq!(
            (run.code, run.err.as_str()),
            (code, ""),
            "{name}: {}",
            run.out
        );
        let mapped = ranges(&run.out);
        let physical = |address: u64| {
            let (start, (_, physical)) = mapped.range(..=address).next_back().expect("mapped");
            (physical + (address - start)) as usize
        };
        assert_eq!(ram[physical(place + 0xBCD)], value, "{name}");
        let text = physical(area.address);
        assert_eq!(&ram[text..text + 14], b"a kernel's own", "{name}");
        let all: u64 = run
            .out
            .lines()
            .filter(|line| line.split(' ').nth(5) == Some(direct))
            .map(|line| {
                let start = number(line.split(' ').next().expect("a start"));
                mapped[&start].0 - start
            })
            .sum();
        assert_eq!(all, RAM, "{name}: all memory is in the direct map");
    }
}

fn number(text: &str) -> u64 {
    u64::from_str_radix(text.trim_start_matches("0x"), 16).expect("a number")
}

/// The end and the physical address of each range by its start.
fn ranges(out: &str) -> BTreeMap<u64, (u64, u64)> {
    let range = |line: &str| {
        let mut words = line.split(' ').map(number_or_zero);
        let mut next = || words.next().expect("a number");
        (next(), (next(), next()))
    };
    out.lines().map(range).collect()
}

fn number_or_zero(text: &str) -> u64 {
    u64::from_str_radix(text.trim_start_matches("0x"), 16).unwrap_or(0)
}

#[test]
fn a_machine_that_does_not_exist() {
    lives("kestrel", "std:examples/kestrel", &["RAM=64M"], "direct");
}

#[test]
fn linux() {
    lives("i386-3g1g", "std:linux/i386-3g1g", &["RAM=64M"], "lowmem");
    lives("i386", "std:linux/i386", &["RAM=64M"], "lowmem");
    lives("x86_64", "std:linux/x86_64", &["RAM=64M"], "direct");
}

#[test]
fn machines_of_other_architectures() {
    for (file, format, bits, half) in [
        ("arm64", "arm64_4k_39", 48, "512G"),
        ("arm64", "arm64_4k_48", 48, "256T"),
        ("arm64", "arm64_4k_52", 52, "4P"),
        ("arm64", "arm64_16k_36", 48, "64G"),
        ("arm64", "arm64_16k_47", 48, "128T"),
        ("arm64", "arm64_16k_48", 48, "256T"),
        ("arm64", "arm64_16k_52", 52, "4P"),
        ("arm64", "arm64_64k_42", 48, "4T"),
        ("arm64", "arm64_64k_48", 48, "256T"),
        ("arm64", "arm64_64k_52", 52, "4P"),
        ("riscv", "riscv_sv39", 56, "256G"),
        ("riscv", "riscv_sv48", 56, "128T"),
        ("riscv", "riscv_sv57", 56, "64P"),
        ("x86", "x86_64_4level", 52, "128T"),
        ("x86", "x86_64_5level", 52, "64P"),
    ] {
        let text = UPPER
            .replace("FILE", file)
            .replace("FORMAT", format)
            .replace("BITS", &bits.to_string())
            .replace("HALF", half);
        let files = directory(&[("kernel.layout", text.as_bytes())]);
        lives(format, &path(&files, "kernel.layout"), &[], "direct");
    }
}
