//! Layouts that check finds nothing wrong with and that make no code: the whole messages, and the nearest right layout.

use expect_test::{Expect, expect};
use mapwright::diagnostic::{Diagnostic, render};
use mapwright::source::{Input, Memory};
use mapwright::{Compilation, Options, compile, emit};

const SPACE: &str =
    "space linear : 32 bits;\nwindow pkmap in linear : 0xFFA0_0000 .. +4M -> device;\n";

fn made(text: &str) -> Compilation {
    let text = format!("{SPACE}{text}");
    let files = Memory::new().with("/t.layout", text);
    let options = Options {
        unchecked: true,
        ..Options::default()
    };
    compile(&Input::named("/t.layout"), &files, &options).expect("the layout is there")
}

fn refused(text: &str, message: Expect) {
    let made = made(text);
    assert!(made.diagnostics.is_empty(), "{:?}", made.diagnostics);
    let found: Box<Diagnostic> =
        emit::rust(&made.model, &made.values, "t.layout").expect_err("no code");
    message.assert_eq(&render(&[*found], &made.sources, false, 100));
}

fn emitted(text: &str) -> String {
    let made = made(text);
    emit::rust(&made.model, &made.values, "t.layout").expect("code")
}

#[test]
fn one_name_for_two_values() {
    refused(
        "let pkmap_start = 0xFF80_0000;\n",
        expect![[r#"
            error[name-collision]: two things would be named `PKMAP_START` in generated code
              ┌─ /t.layout:2:8
              │
            2 │ window pkmap in linear : 0xFFA0_0000 .. +4M -> device;
              │        ^^^^^ second: window `pkmap`: first address
            3 │ let pkmap_start = 0xFF80_0000;
              │     ----------- first: named value `pkmap_start`
              │
              = help: rename one of the two, or say which has the name: `export "PKMAP_START" = pkmap_start;`

        "#]],
    );
    // The way out that the message names.
    let code = emitted("let pkmap_start = 0xFF80_0000;\nexport \"PKMAP_START\" = pkmap_start;\n");
    assert!(code.contains("    pub const PKMAP_START: u64 = 0xFF80_0000;\n"));
    let code = emitted("let pkmap_start = pkmap.start;\n");
    assert_eq!(code.matches("pub const PKMAP_START: ").count(), 1);
    // A constant and a function are two names.
    emitted("boot N : int = 0 in 0 ..= 9;\nlet pkmap_start : int = N;\n");
}

#[test]
fn names_that_differ_in_spelling_only() {
    refused(
        "let a_b = 1;\nlet aB = 2;\n",
        expect![[r#"
            error[name-collision]: two things would be named `A_B` in generated code
              ┌─ /t.layout:4:5
              │
            3 │ let a_b = 1;
              │     --- first: named value `a_b`
            4 │ let aB = 2;
              │     ^^ second: named value `aB`
              │
              = help: rename one of the two, or say which has the name: `export "A_B" = a_b;`

        "#]],
    );
}

#[test]
fn names_of_the_code_itself() {
    refused(
        "enum Option { A, B }\n",
        expect![[r#"
        error[name-collision]: generated code needs the name `Option` for itself
          ┌─ /t.layout:3:6
          │
        3 │ enum Option { A, B }
          │      ^^^^^^ enum `Option` would be named `Option`
          │
          = help: rename it

    "#]],
    );
}

#[test]
fn exports_that_are_no_names() {
    refused(
        "export \"VMALLOC-END\" = pkmap.last;\n",
        expect![[r#"
        error[export-name]: `VMALLOC-END` cannot be a name in generated code
          ┌─ /t.layout:3:8
          │
        3 │ export "VMALLOC-END" = pkmap.last;
          │        ^^^^^^^^^^^^^ names are letters, digits and `_`, and begin with no digit
          │
          = help: write `VMALLOC_END`

    "#]],
    );
    assert!(emitted("export \"VMALLOC_END\" = pkmap.last;\n").contains("pub const VMALLOC_END: "));
}

#[test]
fn an_export_takes_its_name_from_what_is_named_after_an_item() {
    let code = emitted("export \"PKMAP_END\" = pkmap.last;\n");
    assert!(code.contains("    pub const PKMAP_END: u64 = 0xFFDF_FFFF;\n"));
    assert!(code.contains("instead of window `pkmap`: one past its last address."));
}

#[test]
fn numbers_without_value() {
    refused(
        "config SHIFT : int = 9 in 1 ..= 9;\n\
         let huge = 0x4000_0000_0000_0000_0000_0000_0000_0000 * SHIFT;\n",
        expect![[r#"
            error[no-value]: `huge` has no exact value for these parameters
              ┌─ /t.layout:4:12
              │
            4 │ let huge = 0x4000_0000_0000_0000_0000_0000_0000_0000 * SHIFT;
              │            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ this has no value, or one beyond 127 bits
              │
              = help: fix the config parameters with `--set` so that it fits, or narrow their domains

        "#]],
    );
}
