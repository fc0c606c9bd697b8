//! What only the inside of a walker can show.

use super::*;
use crate::tests::{Empty, Refusing};
use mapwright_runtime::paging::{
    AddressForm, Condition, EntryForm, FormatSpec, FramePiece, Level, Slice,
};

/// Two levels of 64-byte tables.
fn format() -> Format {
    let form = |leaf| EntryForm {
        leaf,
        when: None,
        frame: vec![FramePiece {
            hi: 31,
            lo: 6,
            shift: 6,
        }],
        reserved: Vec::new(),
    };
    let level = |name: &str, hi, lo, leaf| Level {
        name: name.into(),
        index: Slice::new(hi, lo),
        forms: vec![form(leaf)],
    };
    let spec = FormatSpec {
        name: "small".into(),
        doc: String::new(),
        va_bits: 12,
        form: AddressForm::ZeroExtended,
        physical_bits: 32,
        entry_bytes: 8,
        present: Condition::set(0),
        fields: Vec::new(),
        reserved: Vec::new(),
        levels: vec![level("A", 11, 9, false), level("B", 8, 6, true)],
    };
    Format::new(spec).expect("a format")
}

/// Where memory is refused, at once or when it is to be made executable, the interpreter does it.
#[test]
fn refused_memory() {
    let mut bytes = [0; 128];
    bytes[0] = 64 | 1;
    bytes[64..66].copy_from_slice(&0x1001_u16.to_le_bytes());
    let image = Image::new([(0, &bytes[..])]).expect("one piece");
    let system = SystemMemoryProvider::new;
    let memories: [Box<dyn JITMemoryProvider + Send>; 2] =
        [Box::new(Empty), Box::new(Refusing(system()))];
    for memory in memories {
        let walker = Walker::with_memory(&format(), 12, Reading::Strict, WalkEngine::Jit, memory);
        assert_eq!(walker.engine(), WalkEngine::Interpreter);
        let walk = walker.walk(&image, &[0], 5).expect("mapped");
        assert_eq!(walk.physical, 0x1005);
    }
    let walker = Walker::new(&format(), 12);
    let walk = walker.walk(&image, &[0], 5).expect("mapped");
    assert_eq!(walk.physical, 0x1005);
}

/// Walkers give their memory back: the process has no more mappings after a thousand of them.
#[cfg(target_os = "linux")]
#[test]
fn memory_comes_back() {
    let mappings = || {
        let lines = std::fs::read_to_string("/proc/self/maps");
        lines.expect("readable").lines().count()
    };
    drop(Walker::new(&format(), 12));
    let before = mappings();
    for _ in 0..300 {
        drop(Walker::new(&format(), 12));
    }
    let after = mappings();
    // Other tests make and drop things meanwhile.
    assert!(after < before + 200, "{before}, then {after}");
}

/// Code is never writable and executable at once, now or while it is made.
#[cfg(target_os = "linux")]
#[test]
fn never_writable_and_executable() {
    let walker = Walker::new(&format(), 12);
    let maps = std::fs::read_to_string("/proc/self/maps").expect("readable");
    let both = maps.lines().find(|line| line.contains(" rwx"));
    assert_eq!(both, None, "{:?}", walker.engine());
}
