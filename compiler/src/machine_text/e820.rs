//! The e820 map: what firmware told the kernel of memory, as boot logs of x86 show it.
//!
//! Two forms, with any time stamp or syslog prefix before them:
//! `BIOS-e820: 0000000000100000 - 000000007ffe0000 (usable)`, the end exclusive, up to 2.6; and
//! `BIOS-e820: [mem 0x0000000000100000-0x000000007ffdffff] usable`, inclusive, later. Lines that begin with
//! `user:` or `modified:` are a whole map of their own, made of the first by the command line (`mem=`); the last
//! map counts. `e820: update` and `e820: remove` change ranges of it.

use super::line::Piece;
use super::{MachineText, TextError, TextErrorKind};
use mapwright_runtime::Range;

/// Which map a line is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Map {
    Bios,
    /// What a `memmap=` or `mem=` of the command line made of it.
    User,
    /// What the kernel itself did.
    Modified,
}

const MAPS: [(&str, Map); 3] = [
    ("BIOS-e820:", Map::Bios),
    ("user:", Map::User),
    ("modified:", Map::Modified),
];

/// The rest of a line behind the name of a map.
fn of_a_map(line: Piece<'_>) -> Option<(Map, Piece<'_>)> {
    MAPS.iter().find_map(|(name, map)| {
        let (before, rest) = line.split(name)?;
        // Other programs than the kernel say `user:` too; a range follows at once here.
        let begins = before.text.is_empty() || before.text.ends_with([' ', '\t', '>', ']']);
        let rest = rest.trim();
        let range = rest.text.starts_with("[mem ")
            || rest
                .text
                .starts_with(|first: char| first.is_ascii_hexdigit());
        (begins && (*map == Map::Bios || range)).then_some((*map, rest))
    })
}

/// Whether a line is of an e820 map.
pub(super) fn is_of_a_map(line: &str) -> bool {
    let piece = Piece {
        line: 1,
        start: 0,
        text: line,
    };
    of_a_map(piece).is_some()
}

/// A range with its kind.
type Entry = (Range, String);

/// Reads the lines of a boot log.
pub(super) fn read(text: &str) -> Result<MachineText, Vec<TextError>> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut current = None;
    let mut errors = Vec::new();
    for line in Piece::lines(text) {
        let result = match of_a_map(line) {
            Some((map, rest)) => {
                if current != Some(map) {
                    // Another map, or the first one printed again.
                    entries.clear();
                }
                current = Some(map);
                entry(rest).map(|entry| entries.extend(entry))
            }
            None => change(line, &mut entries),
        };
        errors.extend(result.err());
    }
    if errors.is_empty() && !entries.iter().any(|(_, kind)| kind == "usable") {
        let first = Piece::lines(text).find(|line| of_a_map(*line).is_some());
        errors.extend(first.map(|line| line.error(TextErrorKind::NoRam)));
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut machine = MachineText::default();
    for (range, kind) in entries {
        if kind == "usable" {
            machine.ram.push(range);
        } else {
            machine.reserved.push((kind, range));
        }
    }
    Ok(machine.finish())
}

/// `[mem 0x..-0x..] kind` or `0.. - 0.. (kind)`; nothing for an empty range.
fn entry(piece: Piece<'_>) -> Result<Option<Entry>, TextError> {
    let (range, kind) = if piece.text.starts_with("[mem ") {
        let (range, kind) = piece
            .from("[mem ".len())
            .split("]")
            .ok_or_else(|| piece.error(TextErrorKind::NoRange))?;
        (Some(range.inclusive()?), kind.trim())
    } else {
        let Some((range, kind)) = piece.split("(") else {
            let kind = if piece.text.contains('-') {
                TextErrorKind::NoKind
            } else {
                TextErrorKind::NoRange
            };
            return Err(piece.error(kind));
        };
        let closed = kind.text.find(')').unwrap_or(kind.text.len());
        (range.trim().exclusive()?, kind.until(closed).trim())
    };
    if kind.text.is_empty() {
        return Err(piece.error(TextErrorKind::NoKind));
    }
    Ok(range.map(|range| (range, kind.text.into())))
}

/// `e820: update [mem 0x..-0x..] usable ==> reserved`, `e820: remove [mem 0x..-0x..] usable`, and the older
/// `update e820 range`; other lines are not about the map.
fn change(line: Piece<'_>, entries: &mut Vec<Entry>) -> Result<(), TextError> {
    let update = line.split("e820: update ").map(|(_, rest)| (rest, true));
    let removal = || line.split("e820: remove ").map(|(_, rest)| (rest, false));
    let Some((rest, update)) = update.or_else(removal) else {
        return Ok(());
    };
    let Some((range, kinds)) = entry(rest.trim())? else {
        return Ok(());
    };
    let (old, new) = kinds.split_once("==>").unwrap_or((&kinds, ""));
    let (old, new) = (old.trim(), new.trim());
    if update && new.is_empty() {
        return Err(rest.error(TextErrorKind::NoKind));
    }
    let mut changed = Vec::new();
    for (one, kind) in std::mem::take(entries) {
        let Some(common) = one.intersection(range).filter(|_| kind == old) else {
            changed.push((one, kind));
            continue;
        };
        let (below, above) = one.without(range);
        let kept = [below, above].into_iter().flatten();
        changed.extend(kept.map(|range| (range, kind.clone())));
        if update {
            changed.push((common, new.into()));
        }
    }
    *entries = changed;
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::machine_text::read;
    use mapwright_runtime::Range;

    fn range(base: u64, end: u64) -> Range {
        Range::new(base, end - 1).expect("a range")
    }

    const OLD: &str = "\
Linux version 2.6.9
BIOS-provided physical RAM map:
 BIOS-e820: 0000000000000000 - 000000000009fc00 (usable)
 BIOS-e820: 000000000009fc00 - 00000000000a0000 (reserved)
 BIOS-e820: 0000000000100000 - 000000007ffd0000 (usable)
 BIOS-e820: 000000007ffd0000 - 000000007ffde000 (ACPI data)
 BIOS-e820: 00000000ff000000 - 0000000100000000 (reserved)
1151MB HIGHMEM available.
";

    const NEW: &str = "\
[    0.000000] BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable\r
Nov 21 10:00:00 host kernel: [    0.000000] BIOS-e820: [mem 0x000000000009fc00-0x000000000009ffff] reserved
<6>BIOS-e820: [mem 0x0000000000100000-0x000000007ffdffff] usable
[    0.000000] BIOS-e820: [mem 0x00000000fffc0000-0x00000000ffffffff] ACPI NVS
[    0.000000] e820: update [mem 0x00000000-0x00000fff] usable ==> reserved
[    0.000000] e820: remove [mem 0x000a0000-0x000fffff] usable
";

    #[test]
    fn both_forms() {
        let old = read(OLD).expect("a map");
        assert_eq!(old.ram, [range(0, 0x9_fc00), range(0x10_0000, 0x7ffd_0000)]);
        let names: Vec<&str> = old.reserved.iter().map(|one| one.0.as_str()).collect();
        assert_eq!(names, ["reserved", "ACPI data", "reserved"]);
        assert_eq!(old.reserved[2].1, range(0xff00_0000, 1 << 32));
        let new = read(NEW).expect("a map");
        assert_eq!(
            new.ram,
            [range(0x1000, 0x9_fc00), range(0x10_0000, 0x7ffe_0000)]
        );
        assert_eq!(new.reserved[0], ("reserved".into(), range(0, 0x1000)));
        assert_eq!(
            new.reserved[2],
            ("ACPI NVS".into(), range(0xfffc_0000, 1 << 32))
        );
        assert_eq!(new.ram_bytes(), 0x9_ec00 + 0x7fee_0000);
        assert!(new.devices.is_empty());
    }

    /// `mem=` makes a map of its own; ranges of firmware may touch and overlap.
    #[test]
    fn the_last_map_counts() {
        let text = format!(
            "{NEW}user-defined physical RAM map:\n\
             user: [mem 0x0000000000000000-0x0000000000000fff] usable\n\
             user: [mem 0x0000000000001000-0x00000000000fffff] usable\n\
             user: [mem 0x0000000000080000-0x0000000003ffffff] usable\n\
             user: [mem 0x00000000ff000000-0xffffffffffffffff] reserved\n\
             a program says user: hello\n"
        );
        let map = read(&text).expect("a map");
        assert_eq!(map.ram, [range(0, 0x400_0000)]);
        assert_eq!(map.reserved.len(), 1);
        assert_eq!(map.reserved[0].1.last(), u64::MAX);
    }

    #[test]
    fn mistakes_have_a_line() {
        let mistakes = |text: &str| {
            let errors = read(text).expect_err(text);
            let shown = errors
                .iter()
                .map(|one| (one.to_string(), &text[one.span.clone()]));
            shown
                .map(|(why, what)| format!("{why}: `{what}`"))
                .collect::<Vec<_>>()
        };
        let text = "BIOS-e820: [mem 0x0-0x9fbff] usable\n\
             BIOS-e820: [mem 0x100000-0xg] usable\n\
             BIOS-e820: [mem 0x200000-0x1fffff] usable\n\
             BIOS-e820: [mem 0x10000000000000000-0x10000000000000001] usable\n\
             BIOS-e820: nothing\n\
             BIOS-e820: 00100000 - 00200000\n\
             BIOS-e820: 00200000 - 00100000 (usable)\n\
             BIOS-e820: [mem 0x300000-0x3fffff]\n";
        let expected = [
            "line 2: no address of up to 64 bits: `0xg`",
            "line 3: the range ends before it begins: `0x200000-0x1fffff`",
            "line 4: no address of up to 64 bits: `0x10000000000000001`",
            "line 5: the line has no range: `nothing`",
            "line 6: the line does not say what the range is: `00100000 - 00200000`",
            "line 7: the range ends before it begins: `00200000 - 00100000`",
            "line 8: the line does not say what the range is: `[mem 0x300000-0x3fffff]`",
        ];
        assert_eq!(mistakes(text), expected);
        assert_eq!(
            mistakes("BIOS-e820: [mem 0x0-0xfff] reserved\n"),
            ["line 1: no line says that there is memory: `BIOS-e820: [mem 0x0-0xfff] reserved`"]
        );
        assert_eq!(
            mistakes("nothing\nhere"),
            ["line 1: neither an e820 map nor /proc/iomem: no line tells of memory: `nothing`"]
        );
        assert!(read("").is_err());
    }
}
