//! Messages about names.

use crate::samples::told;
use expect_test::expect_file;

/// Wrong texts, each with the messages that [`rejected.txt`] shows.
const REJECTED: &[&str] = &[
    "let size = 3;",
    "let min = 3;",
    "let RAM = 3;",
    "zone z in RAM : 0 .. 1;",
    "zone z in physcal : 0 .. 1;",
    "window w in linear : 0 .. 4K -> device;",
    "window w in kernel : 0 .. 4K;",
    "zone w in physical : 0 .. 4K -> physical at 0;",
    "window w in kernel : 3G .. +4K -> pages from RAM;",
    "window w in kernel : 3G .. +4K -> pages from lo;",
    "window w in kernel : 3G .. +4K -> linear at 0;",
    "window w in kernel : 3G .. +4K -> device { acess: rwx };",
    "window w in kernel : 3G .. +4K -> device { access: xr };",
    "window w in kernel : 3G .. +4K -> device { access: rw, access: r };",
    "window w in kernel : 3G .. +4K -> device { tables: shared };",
    "guard w in kernel : 3G .. +4K { tables: shared };",
    "window a in b : 0 .. 4K; window b in a : 0 .. 4K;",
    "window a in a : 0 .. 4K;",
    "split linear { a : 0 .. linear.end; }",
    "window a in kernel : 3G .. +4K -> device alias of a because \"x\";",
    "window a in kernel : 3G .. +4K -> device alias of b;window b in kernel : 3G .. +4K -> device;",
    "expect linear 3G -> physical 0 in low;",
    "expect linear 3G -> fault unmaped;",
    "layout a = b with { RAM = 32M }; layout b = a with { RAM = 64M };",
    "layout a = b;",
    "layout default = default with { };",
    "segment s : gdt[1] = cod { base: 0, limt: 4G, dpl: 0 };",
    "export \"a\" = 1; export \"a\" = 2;",
    "space s : 32 bits, to nowhere; space t : 32 bits, to RAM;",
    "space other : 32 bits; zone z in other : 0 .. 4K; window w in kernel : 3G .. +4K -> pages from z, low; device d in other : 4K .. 8K; window v in kernel : 3G + 4K .. +4K -> device of d;",
    "space alone : 32 bits; window w in alone : 0 .. 4K -> physical at 0;",
    "zone z in physical : 1G .. 2G { fallback: [lo, low], reach: \"x\", unreached: 3 }; zone y in physical : 2G .. 3G { fallback: 3 };",
    "zone z in physical : 1G .. 2G { fallback: [3], reach }; area a in user : 0 .. 4K { grows: sideways, backing: disk, global: 3 };",
    "window w in kernel : 3G .. +4K -> device; zone z in w : 3G .. +4K; reserve r in w : 3G .. +4K;",
    "segment s : idt[1] = code { base: 0, limit: 4G }; segment s : gdt[2] = data { base: 0, limit: 4G, dpl: \"x\" };",
    "zone z in physical : 1G .. 2G alias of low because \"x\"; window w in kernel : 3G .. +4K -> device alias of low because \"\";",
    "enum low { A } paging kernel { } boot linear : int = 1 in 1 ..= 2; config z : bool = true; layout z = default with { z = false }; layout z = default with { z = true };",
    "expect linaer 3G -> dynamic kernl; expect linear 3G -> fault guard low; expect linear 3G -> fault hole hol;",
    "layout a = a; layout b = a;",
    "let very_long_name_of_a_value = 1; let x = very_long_nmae_of_a_vlaue;",
    "window w in kernel : 3G .. +4K -> device covers all; window v in kernel : 3G + 4K .. +4K -> physical at 0 covers [low, nothing] because \"x\";",
    "guard g in kernel : 3G .. +4K covers all because \"x\"; window v in kernel : 3G + 4K .. +4K -> physical at 0 covers all;",
    "window w in kernel : 3G .. +4K -> device because \"\" { access: rw because \" \", everywhere: 3, cache: warm };",
    "reserve r in low : 0 .. 4K { map: always, needed: 3 }; device d in low : 4K .. 8K { needed: \"x\" }; reserve s in RAM : 0 .. 4K;",
    "window w in kernel : 3G .. +4M -> tables of physical via PD[768]; space flat : 32 bits; window v in flat : 0 .. +4M -> tables of flat via PD[0];",
    "zone z in low : 0 .. 4K; guard g in low : 0 .. 4K; window w in low : 0 .. 4K -> device;",
    "let lowest = 1; let LOW = 2; let x = Low;",
];

#[test]
fn every_message_as_a_whole() {
    expect_file!["rejected.txt"].assert_eq(&told(REJECTED.iter().copied()));
}
