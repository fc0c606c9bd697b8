//! Values and messages about them.

use crate::bundled;
use crate::model::{Kind, Need};
use crate::samples::{evaluated, lines, model, said, told};
use crate::term::{Evaluation, TermId, VarId};
use expect_test::expect_file;

/// Wrong texts, each with the messages that [`rejected.txt`] shows.
const REJECTED: &[&str] = &[
    "let x = lowmen.end; zone lowmem in physical : 16M .. 32M;",
    "let x = low;",
    "let x = physical;",
    "let x = low.base;",
    "let x = low.foo;",
    "let x = RAM.end;",
    "let x = 1 + true;",
    "let x : addr = low.start + low.end;",
    "let x = low.size * low.size;",
    "let x = min(low.size, 3, true);",
    "let x = if RAM { 1 } else { 2 };",
    "let x = if RAM > 1G { 1 } else { v6.1 };",
    "let x = roundup(RAM, 4M);",
    "let x = align_up(RAM);",
    "let x = align_up(RAM, 3M);",
    "let x = align_up(RAM, 0);",
    "let x = RAM / 0;",
    "let x = RAM | 1;",
    "let x = RAM << RAM;",
    "let x = 1 << 200;",
    "let x = 16E * 16E * 16E;",
    "let x = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF;",
    "let a = b; let b = c + 1; let c = a;",
    "let a = a;",
    "window a in kernel : b.end .. +4K -> device; window b in kernel : a.end .. +4K -> device;",
    "boot A : size = 1M in 16M ..= 64M;",
    "boot A : size = 16M in 64M ..= 16M;",
    "boot A : size = 16M in 16M ..= 65M step 2M;",
    "boot A : size = 16M;",
    "boot A : siz = 16M in 1 ..= 2;",
    "boot A : size = RAM in 1 ..= 2;",
    "boot A : int = 4K in 1 ..= 2;",
    "boot A : int = 1 in { 1, 2, 1 };",
    "boot A : int = 1 in { };",
    "boot A : version = v6.1 in v5.0 ..= v6.5 step 1;",
    "enum E { X, Y, X } config A : E = X; let b = A == Z; let c = A == Y; let d = E.Q;",
    "config A : bool = 3;",
    "window k[p in 0 .. 4] in kernel : 3G + p * 4K .. +4K -> device; let a = k.start; let b = k[1]; let c = low[3].start; guard g in k : 0 .. 1;",
    "window k[p in 4 .. 4] in kernel : 3G + p * 4K .. +4K -> device;",
    "let x = index(PML4, low.start);",
    "let x = index(PDE, linear.start);",
    "paging F { address 32 bits sign_extend; }",
    "paging F { physical 99 bits; }",
    "paging F { address 32 bits; physical 32 bits; entry 4 bytes { writable [0] }; level A : va[3:5] -> entry[1] << 2; }",
    "paging F { address 32 bits; physical 32 bits; entry 4 bytes { present [0], w when entry[3] }; level A : va[5:3] -> leaf when entry[1:0] == 5 -> va[3]; }",
    "space s : 32 bits, paging x86_33, to physical;",
    "space s : 32 bits, paging RAM, to linear;",
    "expect linear 3G -> dynamic kernel with RAM = 3M;",
    "expect linear 3G -> dynamic kernel with RAN = 3M;",
    "expect linear 3G -> dynamic kernel with RAM = 32M, RAM = 64M;",
    "window f in kernel : 3G .. +1M -> fixed { A, B[4], A }; let x = f.C; let y = f.B[1];",
    "let x = low.start[3];",
    "let x = -low.start;",
    "let x : int = low.size;",
    "let x : int = low.start.page + 1;",
    "let x = RAM[3:1];",
    "assert low.size;",
    "assert low.size == 1 && RAM;",
    "window w in kernel : 3G .. +3 * 4 -> slots RAM from low;",
    "let V = v99999.1;",
    "let x = true < false;",
    "enum E { A, B } config C : E = A; let x = C < B; let y = if C == A { A } else { B }; let z : E = W;",
    "let x = low.size + 3 * RAM / 4K;",
    "enum V { } config C : V = A;",
    "config A : bool = true in { true, 3 };",
    "boot A : addr = 4K in 0 ..= 1M step 0;",
    "let x : nothing = 3;",
    "enum PAGING { A } let x : PAGNG = A;",
    "window k[low in 0 .. 4] in kernel : 3G + low * 4K .. +4K -> device;",
    "window k[p in 0 .. (RAM / 4K) * (RAM / 4K) * (RAM / 4K) * (RAM / 4K) * (RAM / 4K) * (RAM / 4K) * (RAM / 4K) * (RAM / 4K)] in kernel : 3G + p * 4K .. +4K -> device;",
    "space s : RAM bits, to physical; space t : 1K bits;",
    "space s : 32 bits, paging (if RAM > 64M { x86_32 } else { nothing }), to physical;",
    "space s : 32 bits, paging 3, to physical;",
    "space s : 32 bits, paging (if RAM > 64M { x86_32 } else { x86_pae }), to physical; let x = index(PDPT, s.end);",
    "space s : 32 bits, paging x86_pae, to physical; let x = index(PT, 4K);",
    "window f in kernel : 3G .. +1M -> fixed { A, start, B[4K] }; let x = f.A;",
    "window f in kernel : 3G .. +1M -> fixed { A, B[4] }; let x = f.C; let y = f.B[RAM];",
    "paging F { address 32 bits; address 32 bits; physical 32 bits; }",
    "paging F { address 32 bits; physical 32 bits; }",
    "paging F { address 32 bits; physical 32 bits; entry 4 bytes { a [0] }; level L : va[31:12] -> leaf entry[31:12] << 12; level L : va[11:0] -> entry[3] << 70; }",
    "paging F { address 32 bits a b; physical RAM bits; entry 4 bytes { present [0], present [1] }; level L : va[31:12] -> leaf 3; }",
    "reserve r in physical : 0 .. 4K; let x = r; let y = x86_32; let z = x86_32.end;",
    "let x = 5[3];",
    "let x = low[0];",
    "let x = !RAM; let y = -true; let z = -low.end;",
    "let x = log2(low.end); let y = ceil_div(RAM, true); let z = ceil_div(RAM);",
    "let x = index(3, low.end); let y = index(PT, 3 > 4);",
    "let x = true.page;",
    "assume RAM; assert 3, \"why\";",
    "layout a = default with { RAM = low.size }; layout b = default with { RAM = 3M, NOPE = 4 };",
    "window w in kernel : 3G .. +4K -> table of RAM / 4K per true of physical;",
    "window w in kernel : true .. +low.end -> physical at false repeat low.start;",
    "window w in kernel : 3G .. 4G -> device { guard: 3 > 4, page: low.end };",
];

#[test]
fn every_message_as_a_whole() {
    expect_file!["rejected.txt"].assert_eq(&told(REJECTED.iter().copied()));
}

#[test]
fn the_bundled_layouts_have_no_mistakes() {
    for (path, text) in bundled::FILES {
        let (sources, _, diagnostics) = evaluated(text);
        assert_eq!(
            lines(&sources, &diagnostics),
            Vec::<String>::new(),
            "{path}"
        );
    }
}

/// What one named value is for the default parameters.
fn value_of(text: &str, name: &str) -> (Kind, i128) {
    let (_, model) = model(text);
    let found = model.lets.iter().find(|named| named.name == name);
    let found = found.expect("declared");
    let mut evaluation = Evaluation::new(&model.terms, model.defaults());
    let value = evaluation.get(found.value.term).expect("has a value");
    (found.kind, value)
}

#[test]
fn values_and_kinds() {
    const K: i128 = 1 << 10;
    const M: i128 = 1 << 20;
    const G: i128 = 1 << 30;
    let enums = "enum E { A, B } config C : E = B; config V : version = v4.19 in v4.0 ..= v6.0;";
    let cases = [
        ("low.start", Kind::Addr, 0),
        ("low.end", Kind::Addr, 128 * M),
        ("low.last", Kind::Addr, 128 * M - 1),
        ("low.size", Kind::Size, 128 * M),
        ("low.pages", Kind::Int, 32 * K),
        ("linear.start", Kind::Addr, 0),
        ("linear.end", Kind::Addr, 4 * G),
        ("linear.last", Kind::Addr, 4 * G - 1),
        ("linear.size", Kind::Size, 4 * G),
        ("linear.pages", Kind::Int, M),
        ("kernel.size", Kind::Size, G),
        ("RAM + 4K", Kind::Size, 128 * M + 4 * K),
        ("kernel.start + RAM", Kind::Addr, 3 * G + 128 * M),
        ("4G - kernel.start", Kind::Size, G),
        ("linear.end - 1", Kind::Addr, 4 * G - 1),
        ("RAM / 4K", Kind::Int, 32 * K),
        ("RAM / 3", Kind::Size, 128 * M / 3),
        ("RAM / 4K * 64", Kind::Number, 2 * M),
        ("-7 / 2", Kind::Number, -4),
        ("-7 % 4", Kind::Number, 1),
        ("2 + 3 * 4 - 1", Kind::Number, 13),
        ("1 << 20", Kind::Number, M),
        ("RAM >> 12", Kind::Size, 32 * K),
        ("low.end >> 12", Kind::Int, 32 * K),
        ("align_up(RAM + 1, 4M)", Kind::Size, 132 * M),
        ("align_down(low.end - 1, 4M)", Kind::Addr, 124 * M),
        ("ceil_div(RAM + 1, 4K)", Kind::Int, 32 * K + 1),
        ("log2(RAM)", Kind::Int, 27),
        ("min(RAM, 1G, 64M)", Kind::Size, 64 * M),
        ("max(low.end, 1G)", Kind::Addr, G),
        ("if RAM > 1G { 1 } else { 2 }", Kind::Number, 2),
        ("if C == A { 4K } else { low.end }", Kind::Addr, 128 * M),
        ("B == C && C != E.A", Kind::Bool, 1),
        ("V >= v4.15 && !(V >= v5)", Kind::Bool, 1),
        ("false || RAM % 4K == 0", Kind::Bool, 1),
        ("index(PD, kernel.start)", Kind::Int, 768),
        ("index(PT, kernel.start + 5 * 4K)", Kind::Int, 5),
        ("(kernel.start + 5 * 4K).page", Kind::Int, 3 * G / 4096 + 5),
        ("E.B", Kind::Enum(crate::model::EnumId(0)), 1),
    ];
    for (expr, kind, value) in cases {
        let text = format!("{enums} let x = {expr};");
        assert_eq!(value_of(&text, "x"), (kind, value), "{expr}");
    }
}

#[test]
fn families_and_slots() {
    let text = "
        config N : int = 4 in 1 ..= 8;
        window k[p in 0 .. N] in kernel : 3G + p * 16K .. +8K -> device;
        window f in kernel : 4G - 1M .. 4G - 4K -> fixed { HOLE, APIC, IO[N], LAST };
        let start = k[3].start;
        let end = k[N - 1].end;
        let bytes = k[0].size;
        let apic = f.APIC;
        let io = f.IO[2];
        let last = f.LAST;
    ";
    let g3 = 3 << 30;
    let top = (4 << 30) - 4096;
    assert_eq!(value_of(text, "start"), (Kind::Addr, g3 + 3 * 16384));
    assert_eq!(value_of(text, "end"), (Kind::Addr, g3 + 3 * 16384 + 8192));
    assert_eq!(value_of(text, "bytes"), (Kind::Size, 8192));
    assert_eq!(value_of(text, "apic"), (Kind::Addr, top - 2 * 4096));
    assert_eq!(value_of(text, "io"), (Kind::Addr, top - 5 * 4096));
    assert_eq!(value_of(text, "last"), (Kind::Addr, top - 7 * 4096));
    let (_, model) = model(text);
    let needs: Vec<&Need> = model.obligations.iter().map(|need| &need.need).collect();
    assert_eq!(needs.len(), 4, "{needs:?}");
    assert!(needs.iter().all(|need| matches!(need, Need::Member(..))));
    let family = model.items.iter().find_map(|item| item.family.clone());
    let var = family.expect("a family").var;
    assert_eq!(
        (
            model.vars[var.index()].domain.low(),
            model.vars[var.index()].domain.high()
        ),
        (0, 7)
    );
}

#[test]
fn needs_carry_the_path_to_them() {
    let (_, model) = model(
        "config P : bool = false;
         window w in kernel : 3G .. +4K -> device when P;
         let a = if P { w.start } else { 0 };
         let b = P && w.start > 0;
         let c = !P || w.end > 0;
         window inside in w : w.start .. w.end;
         guard after in kernel : w.end .. +4K when P && RAM > 32M;
         let wrong = w.start;
         let d = RAM / (if P { RAM - 16M } else { 1 });",
    );
    let shown: Vec<bool> = model
        .obligations
        .iter()
        .map(|need| need.under == TermId::TRUE)
        .collect();
    assert_eq!(shown, [true, true]);
    assert!(matches!(model.obligations[0].need, Need::Exists(_)));
    assert!(matches!(model.obligations[1].need, Need::Divisor(_)));
}

#[test]
fn an_example_needs_only_its_own_instance() {
    let (_, model) = model(
        "config P : bool = false;
         window w in kernel : 3G .. +4K -> device when P;
         expect linear w.start -> dynamic w with P = true;
         expect linear w.end -> dynamic w;",
    );
    assert_eq!(model.expects.len(), 2);
    assert_eq!(model.obligations.len(), 1);
}

#[test]
fn variants_build_on_each_other() {
    let (_, model) = model(
        "config P : bool = false;
         layout big = small with { RAM = 512M };
         layout small = default with { RAM = 32M, P = true };",
    );
    let find = |name: &str| {
        model
            .variants
            .iter()
            .find(|v| v.name == name)
            .expect("there")
    };
    assert_eq!(find("small").with, [(VarId(0), 32 << 20), (VarId(1), 1)]);
    assert_eq!(find("big").with, [(VarId(0), 512 << 20), (VarId(1), 1)]);
}

#[test]
fn a_mistake_has_one_message() {
    let wrong = "
        let a = nothing + 1;
        let b = a * 2 + low.size;
        window w in kernel : a .. b -> physical at a { guard: b };
        window v in w : w.start .. w.end;
        guard g in kernel : w.end .. +a when b > 3;
        assert a == b && w.size > 0;
        expect linear w.start -> physical b in w;
        export \"A\" = a;
        boot P : size = a in a ..= b step b;
        assert P > 3;
        window k[p in 0 .. a] in kernel : 0 .. 1 -> device;
        let m = k[a].start;
        let i = index(PD, w.start) + w.pages;
    ";
    let said = said(wrong);
    assert_eq!(said.len(), 1, "{said:#?}");
    let cycle =
        "let a = b; let b = a; let c = a + b; let d = c; let e = if d > 0 { b } else { a };";
    assert_eq!(crate::samples::said(cycle).len(), 1);
    let param =
        "boot P : size = 5 in 1 ..= 2; let a = P; zone z in physical : P .. a; assert P > 0;";
    assert_eq!(crate::samples::said(param).len(), 1);
    let syntax = "window broken in kernel 0 .. 4K; let a = broken.end; guard g in broken : 0 .. 1;";
    assert_eq!(crate::samples::said(syntax).len(), 1);
    let missing = "use \"nothing.layout\"; let a = elsewhere.end; zone z in there : 0 .. 1;";
    assert_eq!(crate::samples::said(missing).len(), 1);
}

#[test]
fn a_chain_of_65_536_windows_is_evaluated_without_deep_recursion() {
    let mut text = String::from("let FIRST = RAM + 3G;\n");
    // The last first, so that every value is needed before it is there.
    for n in (1..65_536).rev() {
        let before = n - 1;
        text.push_str(&format!(
            "window w{n} in kernel : w{before}.end .. +4K -> device;\n"
        ));
    }
    text.push_str("window w0 in kernel : FIRST .. +4K -> device;\n");
    let (_, model) = model(&text);
    let last = model
        .items
        .iter()
        .find(|item| item.name == "w65535")
        .expect("there");
    let end = last.range.expect("has a range").end.term;
    let mut evaluation = Evaluation::new(&model.terms, model.defaults());
    assert_eq!(
        evaluation.get(end),
        Ok((3 << 30) + (128 << 20) + 65_536 * 4096)
    );
}
