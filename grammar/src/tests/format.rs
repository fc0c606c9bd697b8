//! What the canonical form looks like: whole texts.

use expect_test::{Expect, expect};

use crate::{parse, print};

fn check(source: &str, expected: &Expect) {
    let (file, errors) = parse(source);
    assert_eq!(errors, []);
    let printed = print(&file);
    expected.assert_eq(&printed);
    assert_eq!(print(&parse(&printed).0), printed, "not idempotent");
}

#[test]
fn places_are_a_table() {
    check(
        "/// All memory.\nwindow lowmem in kernel:PAGE_OFFSET..+lowmem_size->physical at 0{access:rwx,global};\n\
         guard gap in kernel : lowmem.end .. +8M;\n// Dynamic.\n\
         window vmalloc in kernel : gap.end .. pkmap.start - 2*PAGE -> pages from HIGHMEM,NORMAL { guard: PAGE, };\n\
         window pkmap in kernel : align_down(ldt.start - PAGE, PMD) .. +(PAGE * 1024) -> slots 1024 from HIGHMEM;\n\n\
         zone DMA in physical : 0 .. 16M; // below 16M\nzone HIGHMEM in physical : lowmem_size .. RAM optional; // the rest\n",
        &expect![[r#"
            /// All memory.
            window lowmem  in kernel : PAGE_OFFSET .. +lowmem_size           -> physical at 0              { access: rwx, global };
            guard  gap     in kernel : lowmem.end  .. +8M;
            // Dynamic.
            window vmalloc in kernel : gap.end     .. pkmap.start - 2 * PAGE -> pages from HIGHMEM, NORMAL { guard: PAGE };
            window pkmap   in kernel : align_down(ldt.start - PAGE, PMD) .. +(PAGE * 1024) -> slots 1024 from HIGHMEM;

            zone DMA     in physical : 0           .. 16M;           // below 16M
            zone HIGHMEM in physical : lowmem_size .. RAM optional;  // the rest
        "#]],
    );
}

#[test]
fn long_places_are_broken_behind_their_range() {
    check(
        "window kstack[p in 0 .. 64] in kernel : TRAMPOLINE - (p + 1) * 2 * PAGE .. +PAGE -> pages from NORMAL, DMA { guard: PAGE, access: rw };\n\
         window text in kernel : START_KERNEL_MAP .. +512M -> physical at 0 alias of direct because \"the image is linked at the top of the space\" when PAE optional { access: rx };\n\
         window fix in kernel : a .. b -> fixed { AAAAAAAAAAAAAAAAAAAA, BBBBBBBBBBBBBBBBBBBBBBBBBB, CCCCCCCCCCCCCCCCCCCC[64], DDDDDDDDDDDDDDDDDD, EEEEEEEEEEEE } { access: rw };\n\
         hole x in kernel : a .. b;\n",
        &expect![[r#"
            window kstack[p in 0 .. 64] in kernel : TRAMPOLINE - (p + 1) * 2 * PAGE .. +PAGE
                -> pages from NORMAL, DMA { guard: PAGE, access: rw };
            window text                 in kernel : START_KERNEL_MAP                .. +512M
                -> physical at 0
                alias of direct because "the image is linked at the top of the space" when PAE optional { access: rx };
            window fix                  in kernel : a .. b -> fixed {
                AAAAAAAAAAAAAAAAAAAA, BBBBBBBBBBBBBBBBBBBBBBBBBB, CCCCCCCCCCCCCCCCCCCC[64], DDDDDDDDDDDDDDDDDD, EEEEEEEEEEEE,
            } { access: rw };
            hole   x                    in kernel : a                               .. b;
        "#]],
    );
}

#[test]
fn long_values_are_broken_by_their_structure() {
    check(
        "let a : addr = if KERNEL < v3.19 { align_down(BOOT_START - PAGE * (LAST_PKMAP + 1), PMD) } else if KERNEL < v4.15 { align_down(FIX, PMD) } else { 0 };\n\
         let b = first_operand_of_a_long_chain + second_operand_of_a_long_chain - third_operand_of_a_long_chain * fourth_operand;\n\
         let c = min(first_operand_of_a_long_call, second_operand_of_a_long_call, third_operand_of_a_long_call, fourth_operand);\n\
         assert first_operand_of_a_long_chain == second_operand_of_a_long_chain || third_operand_of_a_long_chain, \"a reason\";\n\
         config A : addr = 0xC000_0000 in { 0xC000_0000_0000, 0xB000_0000_0000, 0x8000_0000_0000, 0x7800_0000_0000, 0x4000_0000_0000 };\n",
        &expect![[r#"
            let a : addr = if KERNEL < v3.19 {
                align_down(BOOT_START - PAGE * (LAST_PKMAP + 1), PMD)
            } else if KERNEL < v4.15 {
                align_down(FIX, PMD)
            } else {
                0
            };
            let b        = first_operand_of_a_long_chain
                + second_operand_of_a_long_chain
                - third_operand_of_a_long_chain * fourth_operand;
            let c        = min(
                first_operand_of_a_long_call, second_operand_of_a_long_call, third_operand_of_a_long_call, fourth_operand
            );
            assert first_operand_of_a_long_chain == second_operand_of_a_long_chain || third_operand_of_a_long_chain, "a reason";
            config A : addr = 0xC000_0000
                in { 0xC000_0000_0000, 0xB000_0000_0000, 0x8000_0000_0000, 0x7800_0000_0000, 0x4000_0000_0000 };
        "#]],
    );
}

#[test]
fn neighbours_of_one_kind_are_aligned() {
    check(
        "config PAE:bool=false;\nboot VMALLOC_RESERVE:size=128M in 16M..=512M step 4M;\nboot RAM:size=1G in {1G,2G};\n\
         let PAGE:size=4K;\nlet lowmem_size=min(RAM,MAXMEM);\nlet x:int=3;\n\
         space physical:36 bits;\nspace bus:32 bits,to physical;\n\
         split linear{user:0..3G{access:user,tables:per_process};kernel:3G..linear.end{access:supervisor,tables:shared};}\n\
         split other{a:0..1{x:1};bbb:1..22{y};};\n\
         expect linear 0xC000_0000->physical 0 in lowmem;\nexpect linear 0->fault unmapped with RAM=2G,PAE=true;\nexpect linear 5->dynamic user;\n\
         export \"A\"=a;\nexport \"LONGER\"=b.last;\nlayout big=default with{RAM=2G};\nlayout bigger=big;\n\
         segment kcode:gdt[12]=code{base:0,limit:4G,dpl:0};\nsegment ud:gdt[15]=data{dpl:3};\n\
         use std \"a\";\nuse \"b\";\nassume a<b;\nassert c,\"d \\\"e\\\" \\\\\";\nenum Empty{}\nenum E{A,B}\n",
        &expect![[r#"
            config PAE             : bool = false;
            boot   VMALLOC_RESERVE : size = 128M in 16M ..= 512M step 4M;
            boot   RAM             : size = 1G   in { 1G, 2G };
            let PAGE : size = 4K;
            let lowmem_size = min(RAM, MAXMEM);
            let x    : int  = 3;
            space physical : 36 bits;
            space bus      : 32 bits, to physical;
            split linear {
                user   : 0  .. 3G         { access: user,       tables: per_process };
                kernel : 3G .. linear.end { access: supervisor, tables: shared };
            }
            split other {
                a   : 0 .. 1  { x: 1 };
                bbb : 1 .. 22 { y };
            }
            expect linear 0xC000_0000 -> physical 0 in lowmem;
            expect linear 0           -> fault unmapped with RAM = 2G, PAE = true;
            expect linear 5           -> dynamic user;
            export "A"      = a;
            export "LONGER" = b.last;
            layout big    = default with { RAM = 2G };
            layout bigger = big;
            segment kcode : gdt[12] = code { base: 0, limit: 4G, dpl: 0 };
            segment ud    : gdt[15] = data { dpl: 3 };
            use std "a";
            use "b";
            assume a < b;
            assert c, "d \"e\" \\";
            enum Empty {}
            enum E { A, B }
        "#]],
    );
}

#[test]
fn page_table_formats() {
    check(
        "/// Doc.\npaging x{address 48 bits sign_extended;physical 52 bits;reserved [51:40],[6];\
         entry 8 bytes{present [0],writable [1],user [2],write_through [3],cache_disable [4],accessed [5],dirty [6],global [8],no_execute ![63],table when entry[1:0]==3}\n\
         // The top.\nlevel PML4:va[47:39]->entry[51:12]<<12; // 512G each\nlevel PD:va[29:21]->entry[51:12]<<12,leaf when entry[7]->entry[51:21]<<21 reserved [20:13];\n\
         /// 4K.\nlevel PT:va[20:12]->leaf entry[51:12]<<12;}",
        &expect![[r#"
            /// Doc.
            paging x {
                address  48 bits sign_extended;
                physical 52 bits;
                reserved [51:40], [6];
                entry    8 bytes {
                    present [0], writable [1], user [2], write_through [3], cache_disable [4], accessed [5], dirty [6], global [8],
                    no_execute ![63], table when entry[1:0] == 3,
                }
                // The top.
                level PML4 : va[47:39] -> entry[51:12] << 12;  // 512G each
                level PD   : va[29:21] -> entry[51:12] << 12, leaf when entry[7] -> entry[51:21] << 21 reserved [20:13];
                /// 4K.
                level PT   : va[20:12] -> leaf entry[51:12] << 12;
            }
        "#]],
    );
}

#[test]
fn comments_stay_where_they_are() {
    check(
        "// SPDX-License-Identifier: MIT\n//! About.\n\n\n// A chapter.\n\n// Of a.\nlet a = 1; // behind a\n// of b\nlet bbb = 2; // behind b\n\n\n\n\
         split s { // behind the brace\n  // of the part\n  user : 0 .. 1; // behind it\n  // at the end\n}\n\
         window w in s : 0 .. 1 -> fixed { // slots\n  A, // first\n  // of B\n  B\n  // last\n} { access: rw, // rights\n};\n\
         let c = if x { // old\n 1 // one\n // two\n } else { // new\n 2 };\nconfig P : int = 1 in { 1, // one\n 2 };\n\
         let d = a + // moved\n b;\n\n// The end.\n",
        &expect![[r#"
            // SPDX-License-Identifier: MIT
            //! About.

            // A chapter.

            // Of a.
            let a   = 1;  // behind a
            // of b
            let bbb = 2;  // behind b

            split s {  // behind the brace
                // of the part
                user : 0 .. 1;  // behind it
                // at the end
            }
            window w in s : 0 .. 1 -> fixed {  // slots
                A,  // first
                // of B
                B,
                // last
            } {
                access: rw,  // rights
            };
            let c = if x {  // old
                1  // one
                // two
            } else {  // new
                2
            };
            config P : int = 1 in {
                1,  // one
                2,
            };
            // moved
            let d = a + b;

            // The end.
        "#]],
    );
}
