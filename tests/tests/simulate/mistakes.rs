//! Mistakes of scenarios, as they are told: whole texts.

use super::run_text;
use expect_test::{Expect, expect};

fn says(text: &str, expected: &Expect) {
    let run = run_text(text, &[]);
    assert_eq!(run.code, 1, "{}", run.err);
    expected.assert_eq(&run.err);
}

#[test]
fn syntax() {
    says(
        "[[step]]\ndo = kmalloc\n",
        &expect![[r#"
        error[scenario-syntax]: the scenario is not TOML: string values must be quoted, expected literal string
          ┌─ <stdin>:2:6
          │
        2 │ do = kmalloc
          │      ^^^^^^^ here

        error: 1 error in <stdin>
    "#]],
    );
}

#[test]
fn keys() {
    let text = "machin = 1\n[[step]]\ndo = \"kmalloc\"\nsize = 28\n[[step]]\nas = \"x\"\n";
    says(
        text,
        &expect![[r#"
            error[scenario-key]: a scenario has no key `machin`
              ┌─ <stdin>:1:1
              │
            1 │ machin = 1
              │ ^^^^^^ unknown
              │
              = help: did you mean `machine`?

            error[scenario-key]: `kmalloc` needs the key `bytes`
              ┌─ <stdin>:3:6
              │
            3 │ do = "kmalloc"
              │      ^^^^^^^^^ `bytes` is missing
              │
              = `bytes` is how many bytes

            error[scenario-key]: `kmalloc` has no key `size`
              ┌─ <stdin>:4:1
              │
            4 │ size = 28
              │ ^^^^ unknown
              │
              = help: it has `bytes`, `cpu`, `urgency` and `zone`, besides the keys of all steps

            error[scenario-key]: a step needs the key `do`
              ┌─ <stdin>:5:1
              │
            5 │ [[step]]
              │ ^^^^^^^^ `do` is missing
              │
              = `do` is what the step does

            error: 4 errors in <stdin>
        "#]],
    );
}

#[test]
fn values() {
    let text = "[machine]\ncpus = 0\nwatermarks = \"lnux\"\nram = [\"1M .. 64K\"]\n\
                [[step]]\ndo = \"kmaloc\"\nbytes = 1\n\
                [[step]]\ndo = \"alloc_pages\"\norder = \"4Q\"\nzone = \"NORMA\"\n\
                [[step]]\ndo = \"alloc_pages\"\norder = \"1 + frees(DMA)\"\nexpect_error = \"no_frame\"\n";
    says(
        text,
        &expect![[r#"
        error[scenario-value]: 0 is not from 1 to 4096
          ┌─ <stdin>:2:8
          │
        2 │ cpus = 0
          │        ^ out of range

        error[scenario-value]: `lnux` is no `watermarks`
          ┌─ <stdin>:3:14
          │
        3 │ watermarks = "lnux"
          │              ^^^^^^ unknown
          │
          = help: did you mean `linux`?

        error[scenario-value]: `1M .. 64K` is empty, inverted or outside 0 .. 2^64
          ┌─ <stdin>:4:8
          │
        4 │ ram = ["1M .. 64K"]
          │        ^^^^^^^^^^^ no range

        error[scenario-value]: `kmaloc` is no operation
          ┌─ <stdin>:6:6
          │
        6 │ do = "kmaloc"
          │      ^^^^^^^^ unknown
          │
          = help: did you mean `kmalloc` or `vmalloc`?

        error[scenario-value]: `4Q` is not a number
           ┌─ <stdin>:10:10
           │
        10 │ order = "4Q"
           │          ^^ not a number
           │
           = help: a number is `4096`, `4K`, `0x1000`, `0b1010` or `0o17`; digits may be grouped with `_`

        error[scenario-value]: `NORMA` is no zone of this layout
           ┌─ <stdin>:11:8
           │
        11 │ zone = "NORMA"
           │        ^^^^^^^ unknown
           │
           = help: did you mean `NORMAL`?

        error[scenario-value]: there is no function `frees`
           ┌─ <stdin>:14:14
           │
        14 │ order = "1 + frees(DMA)"
           │              ^^^^^ here
           │
           = help: did you mean `free`?

        error[scenario-value]: `no_frame` is no error of `alloc_pages`
           ┌─ <stdin>:15:16
           │
        15 │ expect_error = "no_frame"
           │                ^^^^^^^^^^ unknown
           │
           = help: did you mean `no_frames`?

        error: 8 errors in <stdin>
    "#]],
    );
}

#[test]
fn names() {
    let text = "[[step]]\ndo = \"kmalloc\"\nbytes = 28\nas = \"lowmem\"\n\
                [[step]]\ndo = \"kmalloc\"\nbytes = 28\nas = \"buffer\"\n\
                [[step]]\ndo = \"kfree\"\naddress = \"bufer\"\n\
                [[step]]\ndo = \"kfree\"\naddress = \"buffer.adress\"\n\
                [[step]]\ndo = \"kfree\"\naddress = \"vmalloc\"\n";
    says(
        text,
        &expect![[r#"
        error[scenario-name]: `lowmem` already names a window of the layout
          ┌─ <stdin>:4:6
          │
        4 │ as = "lowmem"
          │      ^^^^^^^^ this would hide it
          │
          = help: choose another name

        error[scenario-name]: nothing above is called `bufer`
           ┌─ <stdin>:11:12
           │
        11 │ address = "bufer"
           │            ^^^^^ unknown name
           │
           = help: did you mean `buffer`?

        error[scenario-name]: `buffer` has no field `adress`
           ┌─ <stdin>:14:12
           │
        14 │ address = "buffer.adress"
           │            ^^^^^^^^^^^^^ no such field
           │
           = help: did you mean `address`?

        error[scenario-name]: `vmalloc` is a range
           ┌─ <stdin>:17:12
           │
        17 │ address = "vmalloc"
           │            ^^^^^^^ a number, such as `vmalloc.start`, is wanted here

        error: 4 errors in <stdin>
    "#]],
    );
}

#[test]
fn machines() {
    let text = "[machine]\nhost_limit = \"1K\"\n[[step]]\ndo = \"check\"\n";
    says(
        text,
        &expect![[r#"
            error[machine-fails]: the machine cannot be built: the simulation needs 2184 more bytes of the host's memory; 0 of at most 1024 are in use
              ┌─ <stdin>:1:1
              │
            1 │ [machine]
              │ ^^^^^^^^^ this machine
              │
              = the books of its memory take 2184 bytes; at most 1024 are allowed
              = help: describe less memory, or raise `host_limit` in [machine]

            error: 1 error in <stdin>
        "#]],
    );
}

#[test]
fn steps() {
    let text = "[[step]]\ndo = \"kfree\"\naddress = 0xC0123000\n\
                [[step]]\ndo = \"read\"\naddress = 0x08048000\n";
    says(
        text,
        &expect![[r#"
            error[step-fails]: `kfree` was refused: 0xc0123000 is in no slab
              ┌─ <stdin>:2:6
              │
            2 │ do = "kfree"
              │      ^^^^^^^ this step
              │
              = help: if that is what it shows: expect_error = "foreign_object"

            error[step-fails]: `read` was refused: kernel read of 0x8048000 refused: not_present
              ┌─ <stdin>:5:6
              │
            5 │ do = "read"
              │      ^^^^^^ this step
              │
              = the layout says of 0x8048000: dynamic user
              = help: if that is what it shows: expect_fault = "not_present"

            error: 2 errors in <stdin>
        "#]],
    );
}

#[test]
fn expectations() {
    let text = "[[step]]\ndo = \"va\"\nphysical = \"1M\"\nexpect_address = 0xD0100000\n\
                [[step]]\ndo = \"let\"\nvalue = 7\nexpect = \"it.value == 6 + 2\"\n\
                [[step]]\ndo = \"kmalloc\"\nbytes = 28\nexpect_error = \"too_large\"\n\
                [[step]]\ndo = \"kmalloc\"\nbytes = \"1M\"\nexpect_error = \"no_frames\"\n\
                [[step]]\ndo = \"repeat\"\ncount = 3\nuntil = \"no_frames\"\n\
                step = [{ do = \"alloc_pages\", expect_zone = \"DMA\" }]\n";
    says(
        text,
        &expect![[r#"
            error[expectation-fails]: `address` is 0xc0100000, not 0xd0100000
              ┌─ <stdin>:4:18
              │
            4 │ expect_address = 0xD0100000
              │                  ^^^^^^^^^^ 0xd0100000 is expected

            error[expectation-fails]: `it.value == 6 + 2` does not hold
              ┌─ <stdin>:8:10
              │
            8 │ expect = "it.value == 6 + 2"
              │          ^^^^^^^^^^^^^^^^^^^ 7 on the left, 8 on the right

            error[expectation-fails]: `kmalloc` was not refused
               ┌─ <stdin>:12:16
               │
            12 │ expect_error = "too_large"
               │                ^^^^^^^^^^^ `too_large` is expected
               │
               = it gave address 0xc1001000, physical 0x1001000, cost 32, cache kmalloc-32, new_frames 1

            error[expectation-fails]: `kmalloc` was refused by `too_large`, not by `no_frames`
               ┌─ <stdin>:16:16
               │
            16 │ expect_error = "no_frames"
               │                ^^^^^^^^^^^ `no_frames` is expected
               │
               = 1048576 bytes are more than kmalloc gives: at most 131072

            error[expectation-fails]: `zone` is `NORMAL`, not `DMA`
               ┌─ <stdin>:21:45
               │
            21 │ step = [{ do = "alloc_pages", expect_zone = "DMA" }]
               │                                             ^^^^^ `DMA` is expected
               │
               = this is the first of 3 times

            error[expectation-fails]: the repeat came to its end after 3 rounds
               ┌─ <stdin>:20:9
               │
            20 │ until = "no_frames"
               │         ^^^^^^^^^^^ `no_frames` was to end it

            error: 6 errors in <stdin>
        "#]],
    );
}

#[test]
fn laws() {
    let text = "[[step]]\ndo = \"corrupt\"\naddress = \"lowmem.start + 16M\"\nflip = 0x00400000\n\
                [[step]]\ndo = \"check\"\n\
                [[step]]\ndo = \"let\"\nvalue = 1\nexpect = \"it.value == 2\"\n";
    says(
        text,
        &expect![[r#"
            error[law-broken]: a law is broken: page tables decode to what was asked for
              ┌─ <stdin>:6:6
              │
            6 │ do = "check"
              │      ^^^^^^^ by this step
              │
              = found by reading the kernel's tables at 0xc1000000
              = expected: 0x1000000, by the linear window
                found:    0x1400000, 0x400000 bytes, Access { read: true, write: true, execute: true, user: false, global: true }
              = help: if the scenario shows just that: expect_law = "tables_decode"

            error: 1 error in <stdin>
        "#]],
    );
}

#[test]
fn limits() {
    let text = "[[step]]\ndo = \"repeat\"\ncount = 1_000_000_000_000\n\
                step = [{ do = \"kmalloc\", bytes = 28 }]\n";
    says(
        text,
        &expect![[r#"
        error[too-many-steps]: the scenario does 1000000000000 steps
          ┌─ <stdin>:2:6
          │
        2 │ do = "repeat"
          │      ^^^^^^^^ the limit is passed here
          │
          = a run does at most 1000000 steps
          = help: repeat less often, or raise the limit: --max-steps N, or `max_steps` in [run]

        error: 1 error in <stdin>
    "#]],
    );
}

/// A parameter that the scenario fixes wrongly is told where the scenario fixes it.
#[test]
fn parameters() {
    let text = "set = { RAM = \"1K\" }\n[[step]]\ndo = \"check\"\n";
    let line = ["simulate", "std:linux/i386-3g1g", "-"];
    let run = crate::cli::program::with_input(line, text.as_bytes());
    assert_eq!(run.code, 1);
    expect![[r#"
        error[outside-domain]: RAM = 1K is below the domain 16M ..= 4G step 4K
           ┌─ <stdin>:1:15
           │
         1 │ set = { RAM = "1K" }
           │               ^^^^ not a value of the domain
           │
           ┌─ std:linux/i386-3g1g:13:25
           │
        13 │ boot RAM : size = 1G in 16M ..= 4G step 4K;
           │                         ------------------ the domain
           │
           = help: nearest value: 16M

        error: 1 error in std:linux/i386-3g1g
    "#]]
    .assert_eq(&run.err);
}

/// Numbers that are known only when their step comes.
#[test]
fn values_of_the_run() {
    let text = "[[step]]\ndo = \"let\"\nvalue = \"1 - 2\"\n\
                [[step]]\ndo = \"let\"\nvalue = \"free() / (used() - used())\"\n\
                [[step]]\ndo = \"alloc_pages\"\norder = 64\n\
                [[step]]\ndo = \"let\"\nvalue = \"areas(lowmem)\"\n\
                [[step]]\ndo = \"choose\"\n\
                step = [{ do = \"kmalloc\", bytes = 1, as = \"a\", weight = 0 }, { do = \"check\" }]\n\
                [[step]]\ndo = \"kfree\"\naddress = \"a\"\n\
                [[step]]\ndo = \"kmalloc\"\nbytes = \"1M\"\nas = \"b\"\n\
                [[step]]\ndo = \"kfree\"\naddress = \"b\"\n";
    says(
        text,
        &expect![[r#"
        error[scenario-value]: `value` of `let` is -1, which is not from 0 to 2^64 - 1
          ┌─ <stdin>:3:9
          │
        3 │ value = "1 - 2"
          │         ^^^^^^^ here

        error[scenario-value]: `let`: `16255 / 0` has no value: the divisor is 0, not positive
          ┌─ <stdin>:6:9
          │
        6 │ value = "free() / (used() - used())"
          │         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ here

        error[scenario-value]: `order` of `alloc_pages` is 64, and must be from 0 to 40
          ┌─ <stdin>:9:9
          │
        9 │ order = 64
          │         ^^ here

        error[scenario-value]: `let`: window `lowmem` has no areas
           ┌─ <stdin>:12:9
           │
        12 │ value = "areas(lowmem)"
           │         ^^^^^^^^^^^^^^^ here

        error[scenario-value]: `a` was not made: its step was not done
           ┌─ <stdin>:18:11
           │
        18 │ address = "a"
           │           ^^^ not there now

        error[step-fails]: `kmalloc` was refused: 1048576 bytes are more than kmalloc gives: at most 131072
           ┌─ <stdin>:20:6
           │
        20 │ do = "kmalloc"
           │      ^^^^^^^^^ this step
           │
           = help: if that is what it shows: expect_error = "too_large"

        error: 6 errors in <stdin>
    "#]],
    );
}

/// Names that the layout gives to slots, segments and windows.
#[test]
fn names_of_the_layout() {
    let text = "[[step]]\ndo = \"set_fixmap\"\nslot = \"APIC\"\nphysical = 0\n\
                [[step]]\ndo = \"selector\"\nsegment = \"usercode\"\n\
                [[step]]\ndo = \"vmalloc\"\nbytes = 1\nwindow = \"vmaloc\"\n";
    says(
        text,
        &expect![[r#"
        error[scenario-value]: `APIC` is no fixed slot of this layout
          ┌─ <stdin>:3:8
          │
        3 │ slot = "APIC"
          │        ^^^^^^ unknown
          │
          = help: there are `VDSO`, `DBGP_BASE`, `EARLYCON_MEM_BASE`, `APIC_BASE`, `IO_APIC`, `F00F_IDT`, `CYCLONE_TIMER`, `KMAP`, `PCIE_MCFG`, `PARAVIRT_BOOTMAP` and `END`

        error[scenario-value]: `usercode` is no segment of this layout
          ┌─ <stdin>:7:11
          │
        7 │ segment = "usercode"
          │           ^^^^^^^^^^ unknown
          │
          = help: did you mean `user_code`?

        error[scenario-value]: `vmaloc` is no window of this layout
           ┌─ <stdin>:11:10
           │
        11 │ window = "vmaloc"
           │          ^^^^^^^^ unknown
           │
           = help: did you mean `vmalloc`?

        error: 3 errors in <stdin>
    "#]],
    );
}

/// Maps of firmware, in the scenario and beside it; files lie beside it, or below.
#[test]
fn maps_of_memory() {
    let text = "[machine]\ne820 = \"\"\"\nBIOS-e820: [mem 0x0-0xfff] usable\nBIOS-e820: [mem 0x1000-0xzz] usable\n\"\"\"\n[[step]]\ndo = \"check\"\n";
    says(
        text,
        &expect![[r#"
            error[scenario-value]: the map of memory: line 2: no address of up to 64 bits
              ┌─ <stdin>:4:24
              │
            4 │ BIOS-e820: [mem 0x1000-0xzz] usable
              │                        ^^^^ here

            error: 1 error in <stdin>
        "#]],
    );
    let text = "[machine]\niomem = { file = \"../secret\" }\nram = [\"0 .. 16M\"]\n\
                [[step]]\ndo = \"check\"\n";
    says(
        text,
        &expect![[r#"
        error[scenario-key]: `iomem` has no meaning here
          ┌─ <stdin>:2:1
          │
        2 │ iomem = { file = "../secret" }
          │ ^^^^^ what memory there is was said already

        error: 1 error in <stdin>
    "#]],
    );
    let text = "[machine]\niomem = { file = \"../secret\" }\n[[step]]\ndo = \"check\"\n";
    says(
        text,
        &expect![[r#"
        error[scenario-value]: `../secret` cannot be read: files lie beside the scenario, or below its directory
          ┌─ <stdin>:2:18
          │
        2 │ iomem = { file = "../secret" }
          │                  ^^^^^^^^^^^ this file

        error: 1 error in <stdin>
    "#]],
    );
}

/// Messages for programs.
#[test]
fn messages_as_json() {
    let run = run_text("[[step]]\ndo = \"kmaloc\"\n", &["--format", "json"]);
    assert_eq!(run.code, 1);
    let message: serde_json::Value = serde_json::from_str(run.err.trim()).expect("one line");
    assert_eq!(message["code"], "scenario-value");
    assert_eq!(
        (&message["line"], &message["column"]),
        (&2.into(), &6.into())
    );
}

/// Usage, files and streams are no mistakes of a scenario.
#[test]
fn usage() {
    let run = crate::cli::program::mapwright(["simulate", "std:linux/i386-3g1g", "/none.toml"]);
    assert_eq!(run.code, 2);
    assert!(
        run.err.starts_with("error: cannot read `/none.toml`: "),
        "{}",
        run.err
    );
    let run = crate::cli::program::with_input(["simulate", "-", "-"], b"");
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    let run = run_text("[[step]]\ndo = \"check\"\n", &["--set", "RAM=1K"]);
    assert_eq!(run.code, 2);
    let line = ["simulate", "std:linux/i386-3g1g", "-"];
    assert_eq!(crate::cli::program::with_input(line, b"\xff\xfe").code, 2);
}

/// A kernel whose own memory it could not reach, and processors that the layout has no slots for.
#[test]
fn machines_that_do_not_start() {
    let text = "[machine]\nram = [\"3G .. 3G + 64M\"]\n[[step]]\ndo = \"check\"\n";
    says(
        text,
        &expect![[r#"
        error[machine-fails]: the machine cannot be built: no memory of the machine is in the direct map
          ┌─ <stdin>:1:1
          │
        1 │ [machine]
          │ ^^^^^^^^^ this machine
          │
          = page tables, slabs and the descriptors of frames lie in memory that the kernel can reach at any time
          = help: give the machine memory at the addresses that the layout's linear windows show

        error: 1 error in <stdin>
    "#]],
    );
    let text = "[machine]\ncpus = 2\n[[step]]\ndo = \"check\"\n";
    says(
        text,
        &expect![[r#"
        error[machine-fails]: the machine cannot be built: it has 2 processors, and the layout is for 1 processor
          ┌─ <stdin>:1:1
          │
        1 │ [machine]
          │ ^^^^^^^^^ this machine
          │
          = help: set the layout's `NR_CPUS`, if it has that parameter, or give the machine fewer processors

        error: 1 error in <stdin>
    "#]],
    );
}

/// The layout that a scenario names decides nothing, but it is told when it is not the one that is given.
#[test]
fn another_layout() {
    let text = "layout = \"std:linux/x86_64\"\n[[step]]\ndo = \"check\"\n";
    let run = run_text(text, &[]);
    assert_eq!(run.code, 0, "{}", run.err);
    expect![[r#"
        warning[scenario-layout]: the scenario is run with `std:linux/i386-3g1g`
          ┌─ <stdin>:1:10
          │
        1 │ layout = "std:linux/x86_64"
          │          ^^^^^^^^^^^^^^^^^^ its numbers are for this layout
          │
          = help: run it with the layout that it names, or name the one that it is for

        warning: 1 warning in <stdin>
    "#]]
    .assert_eq(&run.err);
    // Another variant is another layout; the same one is nothing to tell, and standard input has no name.
    let variant = text.replace("x86_64", "i386-3g1g:big");
    assert!(run_text(&variant, &[]).err.contains("scenario-layout"));
    let same = text.replace("x86_64", "i386-3g1g");
    let run = run_text(&same, &[]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
}
