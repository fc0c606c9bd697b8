//! Page tables in saved memory, read by a format that is data: `cargo run -p mapwright-runtime --example walk_image`.
//!
//! The format is declared here, as a layout file would (`paging x86_32` in `layouts/paging/x86.layout`); nothing in this
//! package knows any.

#![allow(clippy::print_stdout)]

use mapwright_runtime::paging::{
    AddressForm, Condition, EntryForm, Field, Format, FormatError, FormatSpec, FramePiece, Level,
    Slice,
};
use mapwright_runtime::walk::{Image, Interpreter, Reading};

/// 32-bit x86 without large pages: two levels of 1024 entries (Intel SDM vol. 3A, 5.3).
fn format() -> Result<Format, FormatError> {
    let form = |leaf| EntryForm {
        leaf,
        when: None,
        frame: vec![FramePiece {
            hi: 31,
            lo: 12,
            shift: 12,
        }],
        reserved: Vec::new(),
    };
    let level = |name: &str, hi, lo, leaf| Level {
        name: name.into(),
        index: Slice::new(hi, lo),
        forms: vec![form(leaf)],
    };
    let field = |name: &str, bit| Field {
        name: name.into(),
        slice: Slice::bit(bit),
        inverted: false,
    };
    Format::new(FormatSpec {
        name: "x86_32".into(),
        doc: String::new(),
        va_bits: 32,
        form: AddressForm::ZeroExtended,
        physical_bits: 32,
        entry_bytes: 4,
        present: Condition::set(0),
        fields: vec![field("writable", 1), field("user", 2)],
        reserved: Vec::new(),
        levels: vec![level("PD", 31, 22, false), level("PT", 21, 12, true)],
    })
}

fn main() -> Result<(), FormatError> {
    let format = format()?;
    // 12K of a machine's memory, saved from address 0: a top table, a table, and nothing.
    let mut memory = vec![0_u8; 0x3000];
    let mut put = |at: usize, entry: u32| memory[at..at + 4].copy_from_slice(&entry.to_le_bytes());
    put(0xc00, 0x1003);
    put(0x1400, 0x0010_0003);
    put(0x1404, 0x0010_1001);
    let Ok(image) = Image::new([(0, &memory[..])]) else {
        return Ok(());
    };

    // As a reader of dumps: entries with reserved bits are followed, and told.
    let walks = Interpreter::with_reading(&format, 32, Reading::Lax);
    for address in [0xc010_0123, 0xc010_1000, 0xc010_2000, 0x1000] {
        match walks.walk(&image, &[0], address) {
            Ok(found) => println!("{address:#x} {:#x} {}", found.physical, found.page.access),
            Err(fault) => println!("{address:#x} fault {}", fault.in_format(&format)),
        }
    }
    // All that is mapped, merged into ranges; at most so many.
    for range in walks.ranges(&image, &[0], 1000).ranges {
        println!(
            "{} at {:#x}: {}",
            range.range,
            range.physical,
            range.access()
        );
    }
    Ok(())
}
