//! Which formats are bundled, and their dimensions as the manuals have them.

use crate::cli::program::mapwright;
use mapwright::source::{Disk, Input};
use mapwright::{Options, compile};
use mapwright_runtime::paging::{AddressForm, Format};
use std::collections::BTreeMap;

/// A format as its manual has it: name, bits of a virtual and of a physical address, number of levels, page sizes.
pub(super) type Dimensions = (&'static str, u32, u32, usize, &'static [&'static str]);

/// Every bundled format. Page sizes are granule * (entries of a table) ^ level.
pub(super) const FORMATS: &[Dimensions] = &[
    ("x86_32", 32, 32, 2, &["4K", "4M"]),
    ("x86_32_no_pse", 32, 32, 2, &["4K"]),
    ("x86_32_pse36", 32, 40, 2, &["4K", "4M"]),
    ("x86_pae", 32, 52, 3, &["4K", "2M"]),
    ("x86_64_4level", 48, 52, 4, &["4K", "2M", "1G"]),
    ("x86_64_5level", 57, 52, 5, &["4K", "2M", "1G"]),
    ("arm64_4k_39", 39, 48, 3, &["4K", "2M", "1G"]),
    ("arm64_4k_48", 48, 48, 4, &["4K", "2M", "1G"]),
    ("arm64_4k_52", 52, 52, 5, &["4K", "2M", "1G", "512G"]),
    ("arm64_16k_36", 36, 48, 2, &["16K", "32M"]),
    ("arm64_16k_47", 47, 48, 3, &["16K", "32M"]),
    ("arm64_16k_48", 48, 48, 4, &["16K", "32M"]),
    ("arm64_16k_52", 52, 52, 4, &["16K", "32M", "64G"]),
    ("arm64_64k_42", 42, 48, 2, &["64K", "512M"]),
    ("arm64_64k_48", 48, 48, 3, &["64K", "512M"]),
    ("arm64_64k_52", 52, 52, 3, &["64K", "512M", "4T"]),
    ("riscv_sv32", 32, 34, 2, &["4K", "4M"]),
    ("riscv_sv39", 39, 56, 3, &["4K", "2M", "1G"]),
    ("riscv_sv48", 48, 56, 4, &["4K", "2M", "1G", "512G"]),
    ("riscv_sv57", 57, 56, 5, &["4K", "2M", "1G", "512G", "256T"]),
    ("kestrel", 40, 44, 3, &["8K", "8M"]),
];

pub(super) fn bytes(size: &str) -> u64 {
    let (number, suffix) = size.split_at(size.len() - 1);
    let shift = match suffix {
        "K" => 10,
        "M" => 20,
        "G" => 30,
        _ => 40,
    };
    number.parse::<u64>().expect("a number") << shift
}

/// The bundled formats, by name, checked.
pub(super) fn bundled() -> BTreeMap<String, Format> {
    let mut formats = BTreeMap::new();
    for file in [
        "paging/x86",
        "paging/arm64",
        "paging/riscv",
        "examples/kestrel",
    ] {
        let made = compile(&Input::Bundled(file.into()), &Disk, &Options::default());
        let made = made.expect("bundled");
        assert!(!made.is_wrong(), "{file}: {:?}", made.diagnostics);
        for declared in &made.model.formats {
            let spec = declared.spec.clone().expect("right");
            let format = Format::new(spec).expect("right");
            assert_eq!(formats.insert(declared.name.clone(), format), None);
        }
    }
    formats
}

#[test]
fn formats_are_those_of_the_manuals() {
    let formats = bundled();
    assert_eq!(formats.len(), FORMATS.len());
    for (name, virtual_bits, physical_bits, levels, sizes) in FORMATS {
        let format = &formats[*name];
        let found = (
            format.va_bits(),
            format.physical_bits(),
            format.levels().len(),
        );
        assert_eq!(found, (*virtual_bits, *physical_bits, *levels), "{name}");
        let sizes: Vec<u64> = sizes.iter().map(|size| bytes(size)).collect();
        assert_eq!(format.leaf_sizes(), sizes, "{name}");
        let form = match name.split('_').next() {
            Some("arm64") => AddressForm::TwoRoots,
            _ if *virtual_bits == 32 || *virtual_bits == 40 => AddressForm::ZeroExtended,
            _ => AddressForm::SignExtended,
        };
        assert_eq!(format.form(), form, "{name}");
        let narrow = *virtual_bits == 32 && *name != "x86_pae";
        assert_eq!(format.entry_bytes(), if narrow { 4 } else { 8 }, "{name}");
        assert!(!format.spec().doc.is_empty(), "{name} has no documentation");
    }
}

#[test]
fn the_list_shows_them() {
    let run = mapwright(["list", "--format", "json"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let lines = run
        .out
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"));
    let listed: Vec<String> = lines
        .filter(|line| line["kind"] == "paging")
        .map(|line| line["name"].as_str().expect("a name").to_owned())
        .collect();
    for (name, ..) in FORMATS {
        assert_eq!(
            listed.iter().filter(|listed| listed == name).count(),
            1,
            "{name}"
        );
    }
    assert_eq!(listed.len(), FORMATS.len());
    for file in ["std:paging/x86", "std:paging/arm64", "std:paging/riscv"] {
        let run = mapwright(["check", file]);
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{file}");
    }
}
