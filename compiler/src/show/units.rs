//! Sizes and distances in the units of `mm.rst`: kB, MB, GB and so on are powers of 1024 there.

/// The units, largest first, with the power of two that each stands for.
const UNITS: [(&str, u32); 7] = [
    ("EB", 60),
    ("PB", 50),
    ("TB", 40),
    ("GB", 30),
    ("MB", 20),
    ("kB", 10),
    ("B", 0),
];

/// A size in the largest unit of which there is at least one (or at least a half, when that is exact): `128 TB`, `0.5 TB`,
/// and `~887.9 MB` where two decimals do not say all.
pub(super) fn size(bytes: u128) -> String {
    // As in `mm.rst`: 512 MB, but 0.5 TB.
    let half = UNITS
        .iter()
        .find(|&&(_, bits)| bits >= 40 && bytes == 1 << (bits - 1));
    let unit = half.or_else(|| UNITS.iter().find(|&&(_, bits)| bytes >> bits > 0));
    let Some(&(unit, bits)) = unit else {
        return "0".to_owned();
    };
    let hundredths = (bytes * 100) >> bits;
    let exact = (bytes * 100).is_multiple_of(1 << bits);
    // To the nearest, and with a decimal only while that says something.
    let tenths = (bytes * 20 + (1 << bits)) >> (bits + 1);
    let number = match tenths {
        _ if exact => format!("{}.{:02}", hundredths / 100, hundredths % 100),
        1000.. => format!("{}", (bytes * 2 + (1 << bits)) >> (bits + 1)),
        _ => format!("{}.{}", tenths / 10, tenths % 10),
    };
    let number = if number.contains('.') {
        number.trim_end_matches('0').trim_end_matches('.')
    } else {
        &number
    };
    let about = if exact { "" } else { "~" };
    format!("{about}{number} {unit}")
}

/// The distance of an address from the end of its space that is nearer: `+3 GB` from the bottom, `-128 TB` from the top.
pub(super) fn offset(address: u64, bits: u32) -> String {
    let end = 1_u128 << bits;
    let address = u128::from(address);
    if address == 0 {
        return "0".to_owned();
    }
    let (sign, distance) = if address >= end / 2 {
        ('-', end - address)
    } else {
        ('+', address)
    };
    let text = size(distance);
    match text.strip_prefix('~') {
        Some(rest) => format!("~{sign}{rest}"),
        None => format!("{sign}{text}"),
    }
}

/// An address with all the digits of its space.
pub(super) fn digits(address: u64, bits: u32) -> String {
    let width = bits.div_ceil(4) as usize;
    format!("{address:0width$x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        for (bytes, text) in [
            (0, "0"),
            (1, "1 B"),
            (512, "512 B"),
            (1023, "1023 B"),
            (4096, "4 kB"),
            (896 << 20, "896 MB"),
            (0x377F_E000, "~888 MB"),
            (512 << 20, "512 MB"),
            (895 << 20 | 3 << 18, "895.75 MB"),
            (3 << 29, "1.5 GB"),
            (1 << 39, "0.5 TB"),
            (0x1_0000_0001, "~4 GB"),
            (1 << 64, "16 EB"),
            (u128::from(u64::MAX), "~16 EB"),
        ] {
            assert_eq!(size(bytes), text, "{bytes:#x}");
        }
    }

    #[test]
    fn offsets_are_from_the_nearer_end() {
        assert_eq!(offset(0, 32), "0");
        assert_eq!(offset(0xC000_0000, 32), "-1 GB");
        assert_eq!(offset(0x4000_0000, 32), "+1 GB");
        assert_eq!(offset(0xFFFF_8000_0000_0000, 64), "-128 TB");
        assert_eq!(offset(0x8000_0000_0000, 64), "+128 TB");
        assert_eq!(offset(0xFFFF_F001, 32), "~-4 kB");
        assert_eq!(offset(1 << 63, 64), "-8 EB");
    }

    #[test]
    fn addresses_have_all_digits() {
        assert_eq!(digits(0xC000, 32), "0000c000");
        assert_eq!(digits(1, 36), "000000001");
        assert_eq!(digits(u64::MAX, 64), "ffffffffffffffff");
    }
}
