//! ELF cores as images, made byte by byte after the ELF specification: a header, program headers of type PT_LOAD (1), memory.

use crate::cli::program::{Run, directory, mapwright, path};

/// A PT_LOAD segment: where it stands in the file, its physical address, its bytes in the file.
struct Load {
    offset: u64,
    physical: u64,
    size: u64,
}

/// The parts of an ELF file that tests vary.
#[derive(Clone, Copy)]
struct Kind {
    wide: bool,
    big_endian: bool,
    /// 4 is a core.
    e_type: u16,
}

const CORE64: Kind = Kind {
    wide: true,
    big_endian: false,
    e_type: 4,
};

/// An ELF file of so many bytes with these segments; what is not a header is zero.
fn elf(kind: Kind, loads: &[Load], bytes: usize) -> Vec<u8> {
    let mut file = Vec::new();
    let class = if kind.wide { 2 } else { 1 };
    let data = if kind.big_endian { 2 } else { 1 };
    file.extend([0x7f, b'E', b'L', b'F', class, data, 1, 0]);
    file.extend([0; 8]);
    let number = |file: &mut Vec<u8>, value: u64, bytes: usize| {
        let little = value.to_le_bytes();
        let mut word = little[..bytes].to_vec();
        if kind.big_endian {
            word.reverse();
        }
        file.extend(word);
    };
    let word = if kind.wide { 8 } else { 4 };
    let (header, program_header) = if kind.wide { (64, 56) } else { (52, 32) };
    number(&mut file, kind.e_type.into(), 2);
    // EM_X86_64 or EM_386, version, entry, program headers, section headers.
    number(&mut file, if kind.wide { 62 } else { 3 }, 2);
    number(&mut file, 1, 4);
    number(&mut file, 0, word);
    number(&mut file, header, word);
    number(&mut file, 0, word);
    // Flags; sizes and numbers of headers.
    number(&mut file, 0, 4);
    for value in [header, program_header, loads.len() as u64, 0, 0, 0] {
        number(&mut file, value, 2);
    }
    for load in loads {
        number(&mut file, 1, 4);
        if kind.wide {
            number(&mut file, 7, 4);
        }
        let virtual_address = 0xffff_8880_0000_0000_u64.wrapping_add(load.physical);
        for value in [
            load.offset,
            virtual_address,
            load.physical,
            load.size,
            load.size,
        ] {
            number(&mut file, value, word);
        }
        if !kind.wide {
            number(&mut file, 7, 4);
        }
        number(&mut file, 0, word);
    }
    assert!(file.len() <= bytes);
    file.resize(bytes, 0);
    file
}

fn put(file: &mut [u8], at: usize, entry: u64) {
    file[at..at + 8].copy_from_slice(&entry.to_le_bytes());
}

fn walk(file: &[u8], arguments: &[&str]) -> (Run, String) {
    let files = directory(&[("core", file)]);
    let name = path(&files, "core");
    let line = [
        "walk",
        "--paging",
        "x86_64_4level",
        "--root",
        "0x1000",
        "--format",
        "plain",
        "--image",
        &name,
    ];
    (mapwright(line.iter().chain(arguments)), name)
}

/// Memory at 0x1000 and at 4G, as `dump-guest-memory` writes it.
#[test]
fn a_core_of_64_bits() {
    let loads = [
        Load {
            offset: 0x1000,
            physical: 0x1000,
            size: 0x2000,
        },
        Load {
            offset: 0x3000,
            physical: 0x1_0000_0000,
            size: 0x2000,
        },
        // Nothing of it was kept; it is at an address that others have.
        Load {
            offset: 0x3000,
            physical: 0x1000,
            size: 0,
        },
        // The vmalloc area of /proc/kcore has no physical address.
        Load {
            offset: 0x3000,
            physical: u64::MAX,
            size: 0x1000,
        },
    ];
    let mut file = elf(CORE64, &loads, 0x5000);
    put(&mut file, 0x1000, 0x2067);
    // In the table at 0x2000: a table at 4G, and one that is in no segment.
    put(&mut file, 0x2000, 0x1_0000_0067);
    put(&mut file, 0x2008, 0x5067);
    // In the table at 4G, which stands at 0x3000: a 2M page at 8M.
    put(&mut file, 0x3008, 0x80_00e3);
    let (run, _) = walk(&file, &["0x212345", "0x40000000"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert_eq!(
        run.out,
        "0x212345 0x812345\n0x40000000 fault image_hole level=PD entry=0x5067 at=0x5000\n"
    );
}

/// Two segments may show the same memory (the kernel's text, and the direct map of it): the first is taken.
#[test]
fn memory_that_is_there_twice() {
    let loads = [
        Load {
            offset: 0x1000,
            physical: 0x1000,
            size: 0x1000,
        },
        Load {
            offset: 0x2000,
            physical: 0x0,
            size: 0x3000,
        },
    ];
    let mut file = elf(CORE64, &loads, 0x5000);
    put(&mut file, 0x1000, 0x2067);
    // The second copy of the root, and the table at 0x2000, which only the second segment has.
    put(&mut file, 0x3000, 0xbad_0000_0067);
    put(&mut file, 0x4000, 0x4000_00e3);
    let (run, _) = walk(&file, &["0x123"]);
    assert_eq!(
        (run.code, run.out.as_str()),
        (0, "0x123 0x40000123\n"),
        "{}",
        run.err
    );
}

#[test]
fn a_core_of_32_bits() {
    let kind = Kind {
        wide: false,
        ..CORE64
    };
    let loads = [
        Load {
            offset: 0x1000,
            physical: 0x1000,
            size: 0x1000,
        },
        Load {
            offset: 0x1000,
            physical: u32::MAX.into(),
            size: 0x1000,
        },
    ];
    let mut file = elf(kind, &loads, 0x2000);
    put(&mut file, 0x1008, 0x40_00e7);
    let files = directory(&[("core", &file)]);
    let name = path(&files, "core");
    let run = mapwright([
        "walk", "--paging", "x86_32", "--root", "0x1000", "--format", "plain", "--image", &name,
        "0x923456",
    ]);
    assert_eq!(
        (run.code, run.out.as_str()),
        (0, "0x923456 0x523456\n"),
        "{}",
        run.err
    );
}

/// With a place, the same file is raw bytes.
#[test]
fn a_core_with_a_place_is_raw() {
    let mut file = elf(
        CORE64,
        &[Load {
            offset: 0,
            physical: 0,
            size: 0x1000,
        }],
        0x3000,
    );
    put(&mut file, 0x1000, 0x2067);
    put(&mut file, 0x2000, 0x4000_00e3);
    let files = directory(&[("core", &file)]);
    let name = format!("{}@0", path(&files, "core"));
    let run = mapwright([
        "walk",
        "--paging",
        "x86_64_4level",
        "--root",
        "0x1000",
        "--format",
        "plain",
        "--image",
        &name,
        "1",
    ]);
    assert_eq!(
        (run.code, run.out.as_str()),
        (0, "0x1 0x40000001\n"),
        "{}",
        run.err
    );
}

#[track_caller]
fn refused(file: &[u8], words: &str) {
    let (run, name) = walk(file, &["0"]);
    assert_eq!((run.code, run.out.as_str()), (2, ""), "{}", run.err);
    assert_eq!(run.err, format!("error: `{name}` {words}\n"));
}

#[test]
fn damaged_cores() {
    let load = |offset, physical, size| Load {
        offset,
        physical,
        size,
    };
    let whole = elf(CORE64, &[load(0x1000, 0x1000, 0x2000)], 0x3000);
    refused(
        &whole[..0x2000],
        "is cut off: segment 0 has 0x2000 bytes from 0x1000 on, but the file ends at 0x2000; copy it whole",
    );
    refused(
        &whole[..100],
        "is a damaged ELF file: Invalid ELF program header size or alignment; was it copied whole?",
    );
    refused(
        &whole[..20],
        "is a damaged ELF file: Invalid ELF header size or alignment; was it copied whole?",
    );
    refused(
        b"\x7fELF",
        "is a damaged ELF file: it is neither of 32 nor of 64 bits",
    );
    refused(
        &elf(CORE64, &[load(0x1000, u64::MAX - 0xfff, 0x1001)], 0x3000),
        "is a damaged ELF file: segment 0 has 0x1001 bytes at 0xfffffffffffff000, beyond 2^64",
    );
    refused(
        &elf(CORE64, &[load(u64::MAX, 0, 2)], 0x3000),
        "is cut off: segment 0 has 0x2 bytes from 0xffffffffffffffff on, but the file ends at 0x3000; copy it whole",
    );
    refused(
        &elf(CORE64, &[], 0x3000),
        "is an ELF core without memory: no PT_LOAD segment has bytes and a physical address",
    );
    refused(
        &elf(
            CORE64,
            &[load(0x1000, 0, 0x1000), load(0x2000, 0, 0x1000)],
            0x3000,
        ),
        "is an ELF core whose segments all say that they are at 0, as /proc/kcore of old kernels does; \
         copy the segment of the direct map into a raw file",
    );
    let executable = Kind {
        e_type: 2,
        ..CORE64
    };
    refused(
        &elf(executable, &[load(0x1000, 0, 0x1000)], 0x3000),
        "is an ELF file, but no core; to take it as raw memory, say where it was: `FILE@0`",
    );
    let big = Kind {
        big_endian: true,
        ..CORE64
    };
    refused(
        &elf(big, &[load(0x1000, 0, 0x1000)], 0x3000),
        "is an ELF file of a big-endian machine, whose page tables cannot be walked",
    );
}

/// No first bytes of a file make the program fail in another way than by a message.
#[test]
fn any_bytes() {
    let whole = elf(
        CORE64,
        &[Load {
            offset: 0x1000,
            physical: 0x1000,
            size: 0x100,
        }],
        0x1100,
    );
    for at in 0..120 {
        for byte in [0, 1, 0x7f, 0xff] {
            let mut file = whole.clone();
            file[at] = byte;
            let (run, _) = walk(&file, &["0x1000"]);
            assert!(run.code == 0 || run.code == 2, "{at} {byte}: {}", run.err);
            assert_eq!(
                run.code == 2,
                run.err.starts_with("error: "),
                "{at} {byte}: {}",
                run.err
            );
        }
    }
}
