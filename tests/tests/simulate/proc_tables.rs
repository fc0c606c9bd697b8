//! What checkpoints print, to the column.

use crate::cli::program::with_input;
use expect_test::{Expect, expect};

/// What the only checkpoint of a scenario prints.
fn prints(layout: &str, set: &str, steps: &str, expected: &Expect) {
    let line = ["simulate", layout, "-", "--set", set, "--format", "json"];
    let run = with_input(line, steps.as_bytes());
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let lines = run
        .out
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"));
    let printed = lines.filter(|line: &serde_json::Value| line["kind"] == "printed");
    let text: Vec<String> = printed
        .map(|line| line["text"].as_str().expect("a text").to_string())
        .collect();
    expected.assert_eq(&text.concat());
}

const TEXTBOOK: &str = "std:linux/i386-3g1g";

#[test]
fn buddyinfo() {
    let steps = "[machine]\ncpu_lists = \"off\"\nwatermarks = \"none\"\n\
                 [[step]]\ndo = \"alloc_pages\"\n\
                 [[step]]\ndo = \"checkpoint\"\nshow = \"buddyinfo\"\n";
    prints(
        TEXTBOOK,
        "RAM=1G",
        steps,
        &expect![[r#"
        Node 0, zone      DMA      0      0      0      0      0      0      0      0      0      0      4 
        Node 0, zone   NORMAL      0      1      1      1      1      1      1      1      1      1    217 
        Node 0, zone  HIGHMEM      0      0      0      0      0      0      0      0      0      0     32 
    "#]],
    );
}

#[test]
fn zoneinfo() {
    let steps = "[machine]\ncpus = 2\nprotection = 256\nreserved = { firmware = \"0 .. 1M\" }\n\
                 [[step]]\ndo = \"checkpoint\"\nshow = \"zoneinfo\"\n";
    prints(
        "std:linux/i386",
        "RAM=64M",
        steps,
        &expect![[r#"
        Node 0, zone      DMA
          pages free     3840
                boost    0
                min      60
                low      75
                high     90
                spanned  4096
                present  4096
                managed  3840
                cma      0
                protection: (0, 48)
              nr_free_pages 3840
          pagesets
            cpu: 0
                      count: 0
                      high:  6
                      batch: 1
            cpu: 1
                      count: 0
                      high:  6
                      batch: 1
          node_unreclaimable:  0
          start_pfn:           0
        Node 0, zone   NORMAL
          pages free     12157
                boost    0
                min      192
                low      240
                high     288
                spanned  12288
                present  12288
                managed  12288
                cma      0
                protection: (0, 0)
              nr_free_pages 12157
          pagesets
            cpu: 0
                      count: 2
                      high:  18
                      batch: 3
            cpu: 1
                      count: 0
                      high:  18
                      batch: 3
          node_unreclaimable:  0
          start_pfn:           4096
    "#]],
    );
}

#[test]
fn vmallocinfo() {
    let steps = "[machine]\ndevices = { screen = \"0xE0000000 .. +16M\" }\n\
                 [[step]]\ndo = \"vmalloc\"\nbytes = 5000\n\
                 [[step]]\ndo = \"ioremap\"\nphysical = 0xE0000000\nbytes = \"1M\"\n\
                 [[step]]\ndo = \"borrow\"\nphysical = \"1M\"\nbytes = \"4K\"\n\
                 [[step]]\ndo = \"checkpoint\"\nshow = \"vmallocinfo\"\n";
    prints(
        TEXTBOOK,
        "RAM=64M",
        steps,
        &expect![[r#"
        0xc4800000-0xc4803000   12288 pages=2 vmalloc
        0xc4803000-0xc4904000 1052672 phys=0xe0000000 ioremap
        0xc4904000-0xc4906000    8192 phys=0x00100000 vmap
    "#]],
    );
    let steps = "[[step]]\ndo = \"vmalloc\"\nbytes = 5000\n\
                 [[step]]\ndo = \"checkpoint\"\nshow = \"vmallocinfo\"\n";
    prints(
        "std:linux/x86_64",
        "RAM=1G",
        steps,
        &expect![[r#"
        0xffffc90000000000-0xffffc90000003000   12288 pages=2 vmalloc
    "#]],
    );
}

#[test]
fn maps() {
    let steps = "[[step]]\ndo = \"spawn\"\nas = \"p\"\n\
                 [[step]]\ndo = \"brk\"\nprocess = \"p\"\nend = \"brk(p) + 1\"\n\
                 [[step]]\ndo = \"mmap\"\nprocess = \"p\"\nbytes = \"64K\"\nrights = \"r\"\n\
                 [[step]]\ndo = \"checkpoint\"\nshow = \"maps\"\nprocess = \"p\"\n";
    prints(
        TEXTBOOK,
        "RAM=64M",
        steps,
        &expect![[r#"
        08048000-08148000 r-xp 00000000 00:00 0          text
        08148000-08248000 rw-p 00000000 00:00 0          data
        08248000-08348000 rw-p 00000000 00:00 0 
        08348000-08349000 rw-p 00000000 00:00 0          [heap]
        b7fef000-b7fff000 r--p 00000000 00:00 0 
        b7fff000-b8000000 r-xp 00000000 00:00 0          [vdso]
        bffff000-c0000000 rw-p 00000000 00:00 0          [stack]
    "#]],
    );
    prints(
        "std:linux/x86_64",
        "RAM=1G",
        steps,
        &expect![[r#"
        00400000-00800000 r-xp 00000000 00:00 0                                  text
        00800000-00c00000 rw-p 00000000 00:00 0                                  data
        00c00000-01000000 rw-p 00000000 00:00 0 
        01000000-01001000 rw-p 00000000 00:00 0                                  [heap]
        7ffff7fed000-7ffff7ffd000 r--p 00000000 00:00 0 
        7ffff7ffd000-7ffff7fff000 r-xp 00000000 00:00 0                          [vdso]
        7fffffffe000-7ffffffff000 rw-p 00000000 00:00 0                          [stack]
    "#]],
    );
}

#[test]
fn slabinfo_meminfo_and_swaps() {
    let steps = "[machine]\nswap = { pages = 1000 }\n\
                 [[step]]\ndo = \"kmalloc\"\nbytes = 100\n\
                 [[step]]\ndo = \"cache_create\"\ncache = \"inode\"\nbytes = 600\n\
                 [[step]]\ndo = \"checkpoint\"\nshow = [\"slabinfo\", \"meminfo\", \"swaps\"]\n";
    prints(
        TEXTBOOK,
        "RAM=64M",
        steps,
        &expect![[r#"
        slabinfo - version: 2.1
        # name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : slabdata <active_slabs> <num_slabs> <sharedavail>
        kmalloc-128            1     32    128   32    1 : tunables    0    0    0 : slabdata      1      1      0
        inode                  0      0    600    6    1 : tunables    0    0    0 : slabdata      0      0      0

        MemTotal:          65536 kB
        MemFree:           65016 kB
        SwapTotal:          4000 kB
        SwapFree:           4000 kB
        PageTables:            4 kB
        VmallocUsed:           0 kB

        Filename				Type		Size		Used		Priority
        simulated                               partition	4000		0		-2
    "#]],
    );
}
