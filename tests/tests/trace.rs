//! A real trace: valgrind's lackey runs a small program, and the same references go through 4K and 4M pages and three TLBs.

use crate::cli::program::{directory, mapwright, path, skipped, with_input};
use expect_test::expect;
use mapwright::source::{Disk, Input};
use mapwright::trace::{
    BinaryReader, BinaryWriter, Comparison, PIECE, Progress, References, compare, open,
    standard_configurations,
};
use mapwright::{Options, compile};
use mapwright_machine::trace::{TraceTotals, WalkShape};
use std::fs::File;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const ENTRIES: [u32; 3] = [16, 64, 512];

/// The trace of a program that does next to nothing, in a directory that lasts as long as the test; `None` where there is no
/// valgrind, or it cannot trace.
fn trace() -> Option<(tempfile::TempDir, PathBuf)> {
    let directory = tempfile::tempdir().expect("a directory");
    let log = directory.path().join("trace.txt");
    let program = ["/bin/true", "/usr/bin/true"];
    let program = program.iter().find(|path| Path::new(path).exists());
    let Some(program) = program else {
        skipped("there is no `true` to trace");
        return None;
    };
    let run = Command::new("valgrind")
        .args(["--tool=lackey", "--trace-mem=yes"])
        .arg(format!("--log-file={}", log.display()))
        .arg(program)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match run {
        Ok(status) if status.success() && log.exists() => Some((directory, log)),
        Ok(status) => {
            skipped(&format!("valgrind cannot trace here: {status}"));
            None
        }
        Err(error) => {
            skipped(&format!("valgrind is not there: {error}"));
            None
        }
    }
}

/// Walks to 4K and 4M pages in the tables of the textbook's machine.
fn walks() -> [WalkShape; 2] {
    let options = Options {
        instance: true,
        ..Options::default()
    };
    let made = compile(&Input::named("std:linux/i386-3g1g"), &Disk, &options).expect("bundled");
    let layout = made.lowered.expect("an instance").layout;
    let linear = layout.space_named("linear").expect("a space");
    let format = layout.format_of(linear).expect("a format");
    [4 << 10, 4 << 20].map(|page| WalkShape::of(format, page).expect("such pages"))
}

fn compared(
    trace: &mut (impl References + ?Sized),
    progress: &mut dyn FnMut(Progress),
) -> Comparison {
    let configurations = standard_configurations(&walks(), &ENTRIES);
    compare(trace, &configurations, progress).expect("compared")
}

/// Small and large pages, larger and larger TLBs: what must hold for any trace.
fn laws(table: &Comparison) {
    let totals: Vec<&TraceTotals> = table.rows.iter().map(|(_, totals)| totals).collect();
    let (small, large) = totals.split_at(ENTRIES.len());
    for one in &totals {
        assert_eq!(one.references, table.references);
        let counts = &one.tlb;
        assert_eq!(counts.accesses, counts.hits[0] + counts.misses);
        assert!(counts.accesses >= one.references + one.straddling);
        assert_eq!(one.walks(), counts.misses);
    }
    for sizes in [small, large] {
        assert!(sizes.is_sorted_by(|fewer, more| fewer.walks() >= more.walks()));
        assert!(sizes.is_sorted_by(|fewer, more| fewer.tlb.cycles >= more.tlb.cycles));
    }
    for (small, large) in small.iter().zip(large) {
        assert!(
            large.walks() <= small.walks(),
            "a large page holds whole small ones"
        );
        assert_eq!(small.tlb.reads, 2 * small.walks(), "directory and table");
        assert_eq!(large.tlb.reads, large.walks(), "the directory alone");
    }
}

#[test]
fn a_real_program() {
    let Some((directory, log)) = trace() else {
        return;
    };
    let file = || BufReader::new(File::open(&log).expect("the trace"));
    let bytes = std::fs::metadata(&log).expect("the trace").len();
    let (mut last, mut calls) = (Progress::default(), 0);
    let mut reader = open(file()).expect("readable");
    let table = compared(&mut reader, &mut |now| {
        assert!(now.references >= last.references && now.done >= last.done);
        (last, calls) = (now, calls + 1);
    });
    assert_eq!((last.done, last.references), (bytes, table.references));
    assert!(calls as u64 >= table.references / PIECE as u64);
    assert!(table.references > 10_000, "even `true` loads a library");
    assert!(
        table.kinds.iter().all(|count| *count > 1_000),
        "{:?}",
        table.kinds
    );
    laws(&table);
    let text = table.to_string();
    assert_eq!(text.lines().count(), 2 + 2 * ENTRIES.len());
    assert!(text.lines().all(|line| line.len() <= 80), "{text}");

    // The same in the binary format.
    let binary = directory.path().join("trace.bin");
    let mut writer = BinaryWriter::new(Vec::new()).expect("begun");
    let (mut reader, mut piece, mut more) = (open(file()).expect("readable"), Vec::new(), true);
    while more {
        piece.clear();
        more = reader.read(&mut piece).expect("read");
        for reference in &piece {
            writer.write(reference).expect("written");
        }
    }
    let (length, written) = writer.finish().expect("ended");
    assert!(length < 5 * table.references, "{length} bytes");
    File::create(&binary)
        .and_then(|mut file| file.write_all(&written))
        .expect("written");
    let file = BufReader::new(File::open(&binary).expect("the trace"));
    let again = compared(&mut BinaryReader::new(file), &mut |_| {});
    assert_eq!(again, table);
}

/// The command line: a file, standard input, a pattern; the table, and one object a line.
#[test]
fn on_the_command_line() {
    let lines = b"==7== Lackey\nI  08048000,4\n L 0804a000,8\n S bfffeffc,8\n M 0804a008,4\n";
    let files = directory(&[("t.txt", lines)]);
    let file = path(&files, "t.txt");
    let line = ["simulate", "std:linux/i386-3g1g", "--trace"];
    let run = mapwright(line.iter().copied().chain([file.as_str()]));
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    // Three pages of 4K, and a fourth that the store goes over into; in pages of 4M there are two.
    // A modified word is a load and a store. Two entries of 14 cycles together are read for a small page.
    expect![[r#"
        5 accesses: 2 loads, 2 stores, 1 instruction fetches
        configuration                                walks     reads    cycles   cyc/acc
        4K pages, TLB 16                                 4         8       112    22.400
        4K pages, TLB 64                                 4         8       112    22.400
        4K pages, TLB 512                                4         8       112    22.400
        4M pages, TLB 16                                 2         2        28     5.600
        4M pages, TLB 64                                 2         2        28     5.600
        4M pages, TLB 512                                2         2        28     5.600
    "#]]
    .assert_eq(&run.out);
    assert_eq!(
        with_input(line.iter().copied().chain(["-"]), lines).out,
        run.out
    );

    let run = mapwright(line[..2].iter().copied().chain([
        "--pattern",
        "sequential:bytes=16K,count=2048",
        "--page",
        "4K",
        "--tlb",
        "16",
        "--format",
        "json",
    ]));
    let row: serde_json::Value = serde_json::from_str(run.out.trim()).expect("one object");
    let of = |name: &str| row[name].as_u64().expect("a number");
    // 2048 references of 8 bytes go once over 16K.
    assert_eq!((of("references"), of("walks"), of("page")), (2048, 4, 4096));
    assert_eq!((&row["hits"], of("reads")), (&serde_json::json!([2044]), 8));
}

#[test]
fn what_cannot_be_played() {
    let files = directory(&[("t.txt", b"I  08048000,4\nL 12\n" as &[u8])]);
    let (file, folder) = (path(&files, "t.txt"), files.path().display().to_string());
    for (arguments, expected) in [
        (
            ["--pattern", "randm", "--page", "4K"],
            "error: no pattern is named `randm`; did you mean `random`?\n".to_owned(),
        ),
        (
            ["--pattern", "random", "--page", "2M"],
            "error: format `x86_32` has no pages of 2M: it has `4K` and `4M`\n".to_owned(),
        ),
        (
            ["--trace", &folder, "--page", "4K"],
            format!("error: `{folder}` is a directory, not a trace\n"),
        ),
        (
            ["--trace", &file, "--page", "4K"],
            format!(
                "error: {file}: line 2: no memory reference: `L 12`; a trace is made by `valgrind --tool=lackey \
                 --trace-mem=yes --log-file=FILE PROGRAM`; without --log-file the program's own output is among it\n"
            ),
        ),
    ] {
        let line = ["simulate", "std:linux/i386-3g1g"].into_iter();
        let run = mapwright(line.chain(arguments));
        assert_eq!((run.code, run.out.as_str(), run.err), (2, "", expected));
    }
    let both = mapwright(["simulate", "-", "--trace", "-"]);
    assert_eq!(both.code, 2);
    assert_eq!(
        both.err,
        "error: standard input cannot be the layout and the trace\n"
    );
}
