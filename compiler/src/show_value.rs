//! Values as people read them in messages and pictures: addresses in groups of four digits, sizes
//! with a suffix where that is exact, versions and choices by name.

use crate::model::{Kind, Model, version_of};

/// The suffixes of sizes, largest first, with the power of two that each stands for.
const SUFFIXES: [(char, u32); 6] = [
    ('E', 60),
    ('P', 50),
    ('T', 40),
    ('G', 30),
    ('M', 20),
    ('K', 10),
];

/// An exact size is written with its suffix while the number before it stays below this.
const LONGEST_COUNT: u128 = 10_000;

/// The largest suffix of which `size` is a short whole multiple: `(896, 'M')`.
fn whole(size: u128) -> Option<(u128, char)> {
    let of = |&(suffix, bits): &(char, u32)| {
        let unit = 1_u128 << bits;
        let fits = size >= unit && size.is_multiple_of(unit) && size / unit < LONGEST_COUNT;
        fits.then_some((size / unit, suffix))
    };
    SUFFIXES.iter().find_map(of)
}

/// `size` cut to two decimals in its largest suffix: `895.99M`. `None` below 1K.
fn about(size: u128) -> Option<String> {
    let (suffix, bits) = SUFFIXES.iter().find(|(_, bits)| size >> bits > 0)?;
    let rest = size & ((1 << bits) - 1);
    let hundredths = ((rest >> (bits - 10)) * 100) >> 10;
    Some(format!("{}.{hundredths:02}{suffix}", size >> bits))
}

/// Hexadecimal with `_` between groups of four digits: `0xC000_0000`. Negative numbers have a
/// minus sign before them.
#[must_use]
pub fn addr_text(value: i128) -> String {
    let digits = format!("{:X}", value.unsigned_abs());
    let mut text = String::from(if value < 0 { "-0x" } else { "0x" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(4) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}

/// A size in bytes for reading: `896M` when that is exact, `100 bytes` below 1K, otherwise the
/// exact number with the rounded-down size behind it: `0x37FE_2000 (895.88M)`.
#[must_use]
pub fn size_text(value: i128) -> String {
    let size = value.unsigned_abs();
    let sign = if value < 0 { "-" } else { "" };
    match (size, whole(size), about(size)) {
        (1, ..) => format!("{sign}1 byte"),
        (_, Some((count, suffix)), _) => format!("{sign}{count}{suffix}"),
        (_, None, Some(about)) => format!("{} ({sign}{about})", addr_text(value)),
        (_, None, None) => format!("{value} bytes"),
    }
}

/// A version for reading and as a literal: `v4.19`, `v4.19.3`, `v2.6.32.69`.
#[must_use]
pub fn version_text(value: i128) -> String {
    version_of(value).to_string()
}

/// The choice of an enum by its number, or the number when it has none of that number.
fn choice_text(model: &Model, id: crate::model::EnumId, value: i128) -> String {
    let choices = model.enums.get(id.index()).map(|e| &e.variants);
    let at = usize::try_from(value).ok();
    match choices.zip(at).and_then(|(choices, at)| choices.get(at)) {
        Some((name, _)) => name.clone(),
        None => value.to_string(),
    }
}

/// A number without unit: decimal while it is short, hexadecimal above 65,535.
fn number_text(value: i128) -> String {
    match value.unsigned_abs() {
        0..0x1_0000 => value.to_string(),
        _ => addr_text(value),
    }
}

/// A value for reading, by its kind.
#[must_use]
pub fn value_text(model: &Model, kind: Kind, value: i128) -> String {
    match kind {
        Kind::Size => size_text(value),
        _ => value_literal(model, kind, value),
    }
}

/// A value as a literal of the language, so that it can be given to `--set` or written in a file:
/// as [`value_text`], but sizes that no suffix expresses are plain numbers.
#[must_use]
pub fn value_literal(model: &Model, kind: Kind, value: i128) -> String {
    match kind {
        Kind::Number => number_text(value),
        Kind::Addr => addr_text(value),
        Kind::Size => match whole(value.unsigned_abs()) {
            Some((count, suffix)) if value < 0 => format!("-{count}{suffix}"),
            Some((count, suffix)) => format!("{count}{suffix}"),
            None => number_text(value),
        },
        Kind::Int => value.to_string(),
        Kind::Bool => (value != 0).to_string(),
        Kind::Version => version_text(value),
        Kind::Enum(id) => choice_text(model, id, value),
    }
}

/// The upper end of a domain as a literal: where it is the last update of a series of versions, the series.
#[must_use]
pub fn end_literal(model: &Model, kind: Kind, value: i128) -> String {
    match kind {
        Kind::Version => version_of(value).series().to_string(),
        _ => value_literal(model, kind, value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::version_code;
    use mapwright_grammar::Version;

    #[test]
    fn addresses_are_grouped_from_the_right() {
        assert_eq!(addr_text(0), "0x0");
        assert_eq!(addr_text(0xFFFF), "0xFFFF");
        assert_eq!(addr_text(0x1_0000), "0x1_0000");
        assert_eq!(addr_text(0xC000_0000), "0xC000_0000");
        assert_eq!(addr_text(1 << 64), "0x1_0000_0000_0000_0000");
        assert_eq!(addr_text(-4096), "-0x1000");
    }

    #[test]
    fn sizes_have_a_suffix_where_it_is_exact() {
        assert_eq!(size_text(0), "0 bytes");
        assert_eq!(size_text(1), "1 byte");
        assert_eq!(size_text(1023), "1023 bytes");
        assert_eq!(size_text(1024), "1K");
        assert_eq!(size_text(896 << 20), "896M");
        assert_eq!(size_text(4 << 30), "4G");
        assert_eq!(size_text(12_800 << 40), "0x32_0000_0000_0000 (12.50P)");
        assert_eq!(size_text((896 << 20) - 4096), "0x37FF_F000 (895.99M)");
        assert_eq!(size_text(1 << 64), "16E");
        assert_eq!(size_text(-(8 << 20)), "-8M");
        assert_eq!(size_text(-1025), "-0x401 (-1.00K)");
        assert_eq!(size_text(1500), "0x5DC (1.46K)");
    }

    #[test]
    fn literals_by_kind() {
        let mut model = Model::default();
        model.enums.push(crate::model::Enum {
            name: "Split".into(),
            variants: vec![("Three".into(), String::new())],
            loc: crate::source::Loc {
                file: crate::source::FileId(0),
                span: mapwright_grammar::ast::Span::default(),
            },
            doc: String::new(),
        });
        let literal = |kind, value| value_literal(&model, kind, value);
        let split = Kind::Enum(crate::model::EnumId(0));
        assert_eq!(literal(split, 0), "Three");
        assert_eq!(literal(split, 7), "7");
        assert_eq!(literal(Kind::Bool, 1), "true");
        assert_eq!(
            literal(Kind::Version, version_code(Version::new([4, 19, 0, 0]))),
            "v4.19"
        );
        assert_eq!(
            literal(Kind::Version, version_code(Version::new([2, 6, 32, 0]))),
            "v2.6.32"
        );
        assert_eq!(literal(Kind::Size, (896 << 20) - 4096), "0x37FF_F000");
        assert_eq!(literal(Kind::Size, 100), "100");
        assert_eq!(literal(Kind::Int, 70_000), "70000");
        assert_eq!(literal(Kind::Number, 70_000), "0x1_1170");
    }
}
