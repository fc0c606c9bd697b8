//! Images, formats and roots that are none: each gets a message with a way out, and exit code 2.

use crate::cli::program::{directory, mapwright, path, program, with_input};
use std::process::Stdio;

/// A page of zeros.
const PAGE: &[u8] = &[0; 4096];

/// Runs `walk` on 32-bit x86 tables at 0 with these images; the code is 2, nothing is printed but this message.
#[track_caller]
fn refused(images: &[&str], message: &str) {
    let mut line = vec!["walk", "--paging", "x86_32", "--root", "0", "0x1000"];
    for image in images {
        line.extend(["--image", image]);
    }
    let run = mapwright(line);
    assert_eq!((run.code, run.out.as_str()), (2, ""), "{}", run.err);
    assert_eq!(run.err, format!("error: {message}\n"));
}

#[test]
fn no_image() {
    let files = directory(&[("empty", b""), ("folder/a", b"x")]);
    let missing = path(&files, "missing");
    refused(
        &[&missing],
        &format!("cannot read `{missing}`: No such file or directory"),
    );
    let empty = path(&files, "empty");
    refused(
        &[&empty],
        &format!("`{empty}` is empty; an image holds at least one page table"),
    );
    let folder = path(&files, "folder");
    refused(
        &[&folder],
        &format!("`{folder}` is a directory; name the image in it"),
    );
    // A file that does not exist, with a place.
    refused(
        &[&format!("{missing}@0x1000")],
        &format!("cannot read `{missing}`: No such file or directory"),
    );
}

/// Opening a pipe would wait for a writer; what has no bytes to go back to is no image either.
#[cfg(unix)]
#[test]
fn no_regular_file() {
    let files = directory(&[]);
    let pipe = path(&files, "pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    if !made.is_ok_and(|status| status.success()) {
        crate::cli::program::skipped("no mkfifo");
        return;
    }
    let words =
        "is no regular file, so it cannot be looked at here and there; copy it into one first";
    refused(&[&pipe], &format!("`{pipe}` {words}"));
    refused(&["/dev/null"], &format!("`/dev/null` {words}"));
}

#[test]
fn images_that_overlap() {
    let files = directory(&[("a", PAGE), ("b", PAGE)]);
    let (a, b) = (path(&files, "a"), path(&files, "b"));
    refused(
        &[&a, &format!("{b}@0xfff")],
        &format!(
            "`{a}` at 0x0 .. 0x1000 and `{b}` at 0xfff .. 0x1fff overlap; say where each was with \
             `FILE@PHYS`, such as `{b}@0x1000`"
        ),
    );
    refused(
        &[&format!("{b}@2G"), &format!("{a}@0x8000_0000")],
        &format!(
            "`{b}` at 0x80000000 .. 0x80001000 and `{a}` at 0x80000000 .. 0x80001000 overlap; say where each was with \
             `FILE@PHYS`, such as `{a}@0x80001000`"
        ),
    );
}

#[test]
fn places_beyond_memory() {
    let files = directory(&[("a", PAGE)]);
    let a = path(&files, "a");
    refused(
        &[&format!("{a}@0xffff_ffff_ffff_f001")],
        &format!(
            "`{a}` does not fit below 2^64: it has 0x1000 bytes, and @0xfffffffffffff001 leaves 0xfff; place it lower"
        ),
    );
    refused(
        &[&format!("{a}@16E")],
        &format!("`{a}@16E`: `16E` is beyond 2^64, where no memory is"),
    );
    refused(
        &[&format!("{a}@12q")],
        &format!(
            "`{a}@12q`: `12q` is not a number; a number is `4096`, `4K`, `0x1000`, `0b1010` or `0o17`; digits may be grouped with `_`"
        ),
    );
    refused(
        &[&format!("{a}@-4K")],
        &format!("`{a}@-4K`: `-4K` is negative"),
    );
    // The last place at which it fits.
    let run = mapwright([
        "walk",
        "--paging",
        "x86_32",
        "--root",
        "0",
        "--image",
        &format!("{a}@0xffff_ffff_ffff_f000"),
        "--format",
        "plain",
        "0",
    ]);
    assert_eq!(
        (run.code, run.out.as_str()),
        (0, "0x0 fault image_hole level=PD entry=0x0 at=0x0\n")
    );
}

/// An `@` without a number behind it belongs to the name.
#[test]
fn names_with_at_signs() {
    let files = directory(&[("user@host.img", PAGE)]);
    let image = path(&files, "user@host.img");
    for image in [image.clone(), format!("{image}@0")] {
        let run = mapwright([
            "walk", "--paging", "x86_32", "--root", "0", "--image", &image, "--format", "plain",
            "0x3000",
        ]);
        assert_eq!((run.code, run.err.as_str()), (0, ""));
        assert_eq!(
            run.out,
            "0x3000 fault not_present level=PD entry=0x0 at=0x0\n"
        );
    }
}

#[test]
fn dumps_of_other_kinds() {
    let files = directory(&[
        ("kdump", b"KDUMP   and more"),
        ("flat", b"makedumpfile\0\0"),
        ("lime", b"EMiL\x01\0\0\0"),
    ]);
    let (kdump, flat, lime) = (
        path(&files, "kdump"),
        path(&files, "flat"),
        path(&files, "lime"),
    );
    refused(
        &[&kdump],
        &format!("`{kdump}` is a compressed kdump; make an ELF core of it: `makedumpfile -E`"),
    );
    refused(
        &[&flat],
        &format!("`{flat}` is a flattened kdump; rearrange it first: `makedumpfile -R`"),
    );
    refused(
        &[&lime],
        &format!("`{lime}` is a LiME dump; make it with `format=raw`, or `format=padded`"),
    );
}

/// The command line without images; the code is 2, and the message has these words.
#[track_caller]
fn usage(line: &[&str], words: &str) {
    let run = mapwright(["walk"].iter().chain(line));
    assert_eq!((run.code, run.out.as_str()), (2, ""), "{}", run.err);
    assert!(run.err.contains(words), "{}", run.err);
}

#[test]
fn wrong_command_lines() {
    let files = directory(&[("a", PAGE), ("two.layout", TWO)]);
    let (a, two) = (path(&files, "a"), path(&files, "two.layout"));
    let with = |line: &[&str]| {
        let line = line.iter().copied().chain(["--image", &a]);
        line.map(str::to_owned).collect::<Vec<_>>()
    };
    for (line, words) in [
        (with(&["--paging", "x86_32", "0x1000"]), "--root <ADDR>"),
        (with(&["--root", "0", "0x1000"]), "--paging <FORMAT>"),
        (with(&["--paging", "x86_32", "--root", "0"]), "<ADDR>"),
        (
            with(&["--paging", "x86_32", "--root", "0", "--all", "0x1000"]),
            "cannot be used with",
        ),
        (
            with(&["--paging", "x86_32", "--root", "0", "--layout", "x", "1"]),
            "error: --layout is what --all is compared with; write --all, and no addresses\n",
        ),
        (
            with(&["--paging", "x86_32", "--root", "0", "--set", "A=1", "1"]),
            "error: --set fixes parameters of a layout; say which with --layout\n",
        ),
        (
            with(&["--paging", "x86_32", "--root", "0", "--root", "1M", "1"]),
            "error: `x86_32` has one root, but --root is given 2 times\n",
        ),
        (
            with(&[
                "--paging",
                "arm64_4k_39",
                "--root",
                "0",
                "--root",
                "1M",
                "--root",
                "2M",
                "1",
            ]),
            "error: `arm64_4k_39` has two roots, for the lower and the upper half of addresses, but --root is given 3 times\n",
        ),
        (
            with(&["--paging", "x86_32", "--root", "cr3", "1"]),
            "error: --root: `cr3` is not a number; a number is `4096`, `4K`, `0x1000`, `0b1010` or `0o17`; digits may be grouped with `_`\n",
        ),
        (
            with(&["--paging", "x86_32", "--root", "16E", "1"]),
            "error: --root: `16E` is beyond 2^64, where no memory is\n",
        ),
        (
            with(&["--paging", "x86_46_4level", "--root", "0", "1"]),
            "error: there is no bundled paging format `x86_46_4level`; did you mean x86_64_4level",
        ),
        (
            with(&["--paging", "vax", "--root", "0", "1"]),
            "error: there is no bundled paging format `vax`; `mapwright list` shows them; one of your own is `file.layout:NAME`\n",
        ),
        (
            with(&["--paging", "std:paging/x86:x86_16", "--root", "0", "1"]),
            "error: std:paging/x86 has no paging format `x86_16`; did you mean x86_32?\n",
        ),
        (
            with(&["--paging", "std:paging/none:x86_32", "--root", "0", "1"]),
            "error: cannot read std:paging/none",
        ),
        (
            with(&["--paging=-:x86_32", "--root", "0", "1"]),
            "error: a paging format cannot come from standard input; name a file: `file.layout:NAME`\n",
        ),
        (
            with(&["--paging", "x86_32", "--root", "0", "--access", "q", "1"]),
            "error: --access `q`: write r, w or x, several as in rw, and ,user behind them to ask for user mode\n",
        ),
        (
            with(&[
                "--paging",
                "x86_32",
                "--root",
                "0",
                "--physical-bits",
                "65",
                "1",
            ]),
            "physical addresses have 1 to 64 bits, not 65",
        ),
    ] {
        let line: Vec<&str> = line.iter().map(String::as_str).collect();
        usage(&line, words);
    }
    // A file with several formats, of which none is named.
    usage(
        &["--paging", &two, "--root", "0", "--image", &a, "1"],
        &format!("error: {two} has several paging formats, one, other; name one: `{two}:one`\n"),
    );
}

/// Two formats of one level.
const TWO: &[u8] = b"\
paging one {
    address  16 bits;
    physical 16 bits;
    entry    4 bytes { present [0] }
    level PT : va[15:12] -> leaf entry[15:12] << 12;
}

paging other {
    address  16 bits;
    physical 16 bits;
    entry    4 bytes { present [0] }
    level PT : va[15:12] -> leaf entry[15:12] << 12;
}
";

/// A format that breaks a law is a wrong layout: its diagnostics, and exit code 1.
#[test]
fn a_wrong_format() {
    let text = String::from_utf8_lossy(TWO).replace("va[15:12]", "va[14:12]");
    let files = directory(&[
        ("a", PAGE),
        ("wrong.layout", text.as_bytes()),
        ("broken.layout", b"paging x {"),
    ]);
    let a = path(&files, "a");
    let wrong = format!("{}:one", path(&files, "wrong.layout"));
    let run = mapwright([
        "walk", "--paging", &wrong, "--root", "0", "--image", &a, "1",
    ]);
    assert_eq!((run.code, run.out.as_str()), (1, ""));
    assert!(
        run.err
            .contains("error[paging-levels]: level `PT` of `one` leaves out bit 15"),
        "{}",
        run.err
    );
    let broken = path(&files, "broken.layout");
    let run = mapwright([
        "walk", "--paging", &broken, "--root", "0", "--image", &a, "1",
    ]);
    assert_eq!((run.code, run.out.as_str()), (1, ""), "{}", run.err);
}

/// Addresses come from standard input, too; wrong lines are named and the others walked.
#[test]
fn addresses_from_standard_input() {
    let files = directory(&[("a", PAGE)]);
    let a = path(&files, "a");
    let line = [
        "walk", "--paging", "x86_32", "--root", "0", "--image", &a, "--format", "plain", "-",
    ];
    let run = with_input(line, b"0x1000\n\nnonsense\n 4M \n");
    assert_eq!(run.code, 2);
    assert_eq!(
        run.out,
        "0x1000 fault not_present level=PD entry=0x0 at=0x0\n0x400000 fault not_present level=PD entry=0x0 at=0x4\n"
    );
    assert_eq!(
        run.err,
        "error: <stdin>:3: `nonsense` is not a number; a number is `4096`, `4K`, `0x1000`, `0b1010` or `0o17`; digits may be grouped with `_`\n"
    );
    // Beyond 64 bits there is nothing.
    let run = with_input(line, b"0x1_0000_0000_0000_0000\n");
    assert_eq!(
        (run.code, run.out.as_str()),
        (0, "0x10000000000000000 fault non_canonical\n")
    );
}

/// A reader that goes away is no failure.
#[test]
fn a_closed_pipe() {
    let files = directory(&[("a", PAGE)]);
    let mut child = program()
        .args([
            "walk",
            "--paging",
            "x86_32",
            "--root",
            "0",
            "--image",
            &path(&files, "a"),
            "--all",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let done = child.wait_with_output().expect("it ends");
    assert_eq!(
        (done.status.code(), done.stderr.as_slice()),
        (Some(0), &b""[..])
    );
}
