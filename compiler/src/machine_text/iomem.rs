//! `/proc/iomem`: what lies where in physical space, as a running kernel has it.
//!
//! `00100000-bffdffff : System RAM`, ends inclusive; what is inside a range is indented under it. Memory is what is
//! named `System RAM`; what is inside it (`Kernel code`, `Crash kernel`, `Reserved`) is reserved, as are the ranges of
//! firmware. Of everything else, the innermost ranges are devices: a bridge (`PCI Bus 0000:00`) only says where its
//! devices may be.

use super::line::Piece;
use super::{MachineText, TextError, TextErrorKind};
use mapwright_runtime::Range;

/// A line.
struct Resource<'a> {
    piece: Piece<'a>,
    indent: usize,
    range: Range,
    name: &'a str,
    /// Another one is inside.
    inner: bool,
    /// It is inside memory.
    in_ram: bool,
    /// It is a range that something else is only placed in.
    bridge: bool,
}

fn parts(line: Piece<'_>) -> Option<(Piece<'_>, Piece<'_>)> {
    let (range, name) = line.split(" : ")?;
    let range = range.trim();
    let (first, last) = range.split("-")?;
    let hexadecimal = |text: &str| {
        let digits = text.strip_prefix("0x").unwrap_or(text);
        !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    };
    (hexadecimal(first.text) && hexadecimal(last.text)).then_some((range, name))
}

/// Whether a line is one of `/proc/iomem`.
pub(super) fn is_resource(line: &str) -> bool {
    let piece = Piece {
        line: 1,
        start: 0,
        text: line,
    };
    parts(piece).is_some()
}

/// Reads `/proc/iomem`; empty lines are passed over.
pub(super) fn read(text: &str) -> Result<MachineText, Vec<TextError>> {
    let mut resources: Vec<Resource<'_>> = Vec::new();
    let mut errors = Vec::new();
    // The ranges that the next line may be inside, outermost first.
    let mut open: Vec<usize> = Vec::new();
    for line in Piece::lines(text).filter(|line| !line.text.trim().is_empty()) {
        match resource(line) {
            Ok(mut one) => {
                let deeper = |at: &usize| resources[*at].indent < one.indent;
                let kept = open.iter().take_while(|at| deeper(at)).count();
                open.truncate(kept);
                if let Some(outer) = open.last() {
                    let outer = &mut resources[*outer];
                    if !outer.range.contains_range(one.range) {
                        let outer = outer.piece.line;
                        let kind = TextErrorKind::NotInside { outer };
                        errors.push(one.piece.trim().error(kind));
                    }
                    one.in_ram = outer.in_ram || is_ram(outer.name);
                    outer.inner = true;
                }
                open.push(resources.len());
                resources.push(one);
            }
            Err(error) => errors.push(error),
        }
    }
    errors.extend(nothing_there(&resources));
    if errors.is_empty() {
        Ok(sorted_out(&resources))
    } else {
        Err(errors)
    }
}

fn resource(line: Piece<'_>) -> Result<Resource<'_>, TextError> {
    let Some((range, name)) = parts(line) else {
        let kind = match line.split("-") {
            Some(_) if !line.text.contains(" : ") => TextErrorKind::NoKind,
            _ => TextErrorKind::NoRange,
        };
        return Err(line.trim().error(kind));
    };
    let name = name.trim();
    if name.text.is_empty() {
        return Err(line.trim().error(TextErrorKind::NoKind));
    }
    Ok(Resource {
        piece: line,
        indent: line.text.len() - line.text.trim_start().len(),
        range: range.inclusive()?,
        name: name.text,
        inner: false,
        in_ram: false,
        bridge: is_bridge(name.text),
    })
}

fn nothing_there(resources: &[Resource<'_>]) -> Option<TextError> {
    let first = resources.first()?;
    let zero = |one: &Resource<'_>| (one.range.base(), one.range.last()) == (0, 0);
    if resources.len() > 1 && resources.iter().all(zero) {
        return Some(first.piece.error(TextErrorKind::Hidden));
    }
    let none = !resources.iter().any(|one| is_ram(one.name));
    none.then(|| first.piece.error(TextErrorKind::NoRam))
}

fn is_ram(name: &str) -> bool {
    name == "System RAM" || name.starts_with("System RAM (")
}

/// Ranges of firmware, in every spelling of the last decades.
fn is_reserved(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let whole = ["reserved", "ram buffer", "unusable memory", "acpi tables"];
    let begins = [
        "acpi non-volatile storage",
        "unknown e820 type",
        "soft reserved",
    ];
    whole.contains(&name.as_str()) || begins.iter().any(|begin| name.starts_with(begin))
}

/// A bridge, or a window of one: its range holds devices and is none.
fn is_bridge(name: &str) -> bool {
    name.starts_with("PCI Bus ") || name.starts_with("pci_bus ") || name.starts_with("PCI CardBus ")
}

fn sorted_out(resources: &[Resource<'_>]) -> MachineText {
    let mut machine = MachineText::default();
    for one in resources {
        let named = (one.name.to_string(), one.range);
        if is_ram(one.name) {
            machine.ram.push(one.range);
        } else if one.in_ram || is_reserved(one.name) {
            machine.reserved.push(named);
        } else if !one.inner && !one.bridge {
            machine.devices.push(named);
        }
    }
    // What is inside a device's range is the device's own part of it.
    machine.finish()
}

#[cfg(test)]
mod tests {
    use crate::machine_text::read;

    const TEXT: &str = "\
00000000-00000fff : Reserved
00001000-0009fbff : System RAM
0009fc00-000fffff : Reserved
  000a0000-000bffff : PCI Bus 0000:00
  000f0000-000fffff : System ROM
00100000-bffdffff : System RAM
  01000000-01e02686 : Kernel code
  02000000-0240dfff : Kernel rodata
bffe0000-bfffffff : Reserved
c0000000-febfffff : PCI Bus 0000:00
  fd000000-fdffffff : 0000:00:02.0
    fd000000-fdffffff : bochs-drm
  feb80000-febbffff : 0000:00:03.0
fec00000-fec003ff : IOAPIC 0
100000000-13fffffff : System RAM
";

    #[test]
    fn nested_ranges() {
        let machine = read(TEXT).expect("a machine");
        let ends: Vec<_> = machine
            .ram
            .iter()
            .map(|one| (one.base(), one.last()))
            .collect();
        let expected = [
            (0x1000, 0x9_fbff),
            (0x10_0000, 0xbffd_ffff),
            (0x1_0000_0000, 0x1_3fff_ffff),
        ];
        assert_eq!(ends, expected);
        let names = |list: &[(String, mapwright_runtime::Range)]| {
            list.iter().map(|one| one.0.clone()).collect::<Vec<_>>()
        };
        assert_eq!(
            names(&machine.reserved),
            [
                "Reserved",
                "Reserved",
                "Kernel code",
                "Kernel rodata",
                "Reserved"
            ]
        );
        assert_eq!(
            names(&machine.devices),
            ["System ROM", "bochs-drm", "0000:00:03.0", "IOAPIC 0"]
        );
    }

    #[test]
    fn mistakes_have_a_line() {
        let mistakes = |text: &str| {
            let errors = read(text).expect_err(text);
            errors.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let text = "00001000-0009fbff : System RAM\n\
             \x20 000a0000-000bffff : outside\n\
             00200000-00100000 : System RAM\n\
             00300000-003fffff :  \n\
             00300000-003fffff\n\
             what is this\n";
        let expected = [
            "line 2: the range is not inside that of line 1, under which it is indented",
            "line 3: the range ends before it begins",
            "line 4: the line does not say what the range is",
            "line 5: the line does not say what the range is",
            "line 6: the line has no range",
        ];
        assert_eq!(mistakes(text), expected);
        let hidden = "00000000-00000000 : Reserved\n00000000-00000000 : System RAM\n";
        assert_eq!(
            mistakes(hidden),
            ["line 1: all addresses are 0: the kernel hides them"]
        );
        assert_eq!(
            mistakes("fec00000-fec003ff : IOAPIC 0\n"),
            ["line 1: no line says that there is memory"]
        );
    }
}
