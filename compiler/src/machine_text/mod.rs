//! Machines from what real ones print: the e820 map of a boot log, and `/proc/iomem`.
//!
//! ```
//! use mapwright::machine_text;
//!
//! let log = "\
//! [    0.000000] BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable
//! [    0.000000] BIOS-e820: [mem 0x000000000009fc00-0x000000000009ffff] reserved
//! [    0.000000] BIOS-e820: [mem 0x0000000000100000-0x000000003fffffff] usable
//! ";
//! let machine = machine_text::read(log).expect("an e820 map");
//! assert_eq!(machine.ram.len(), 2);
//! assert_eq!(machine.ram[1].end(), 1 << 30);
//! assert_eq!(machine.reserved[0].0, "reserved");
//! ```

mod e820;
mod error;
mod iomem;
mod line;

pub use error::{TextError, TextErrorKind};

#[cfg(feature = "simulate")]
use mapwright_machine::MachineSpec;
use mapwright_runtime::Range;

/// What a text says of physical space.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MachineText {
    /// Memory, in address order; ranges that overlap or touch are one.
    pub ram: Vec<Range>,
    /// Memory that is in use from the start, and what firmware keeps, in the order of the text.
    pub reserved: Vec<(String, Range)>,
    /// Devices, in the order of the text.
    pub devices: Vec<(String, Range)>,
}

impl MachineText {
    #[cfg(feature = "simulate")]
    /// Puts memory, reserves and devices into the description of a machine: its memory is replaced, the
    /// others are added.
    pub fn apply(&self, spec: &mut MachineSpec) {
        spec.ram = Some(self.ram.clone());
        spec.reserved.extend(self.reserved.iter().cloned());
        spec.devices.extend(self.devices.iter().cloned());
    }

    #[cfg(feature = "simulate")]
    /// A machine with this memory, and the default of everything else.
    #[must_use]
    pub fn spec(&self) -> MachineSpec {
        let mut spec = MachineSpec::default();
        self.apply(&mut spec);
        spec
    }

    /// The bytes of memory.
    #[must_use]
    pub fn ram_bytes(&self) -> u128 {
        self.ram.iter().map(|range| range.size()).sum()
    }

    fn finish(mut self) -> Self {
        self.ram = union(self.ram);
        self
    }
}

/// Reads an e820 map (the lines of a boot log; other lines are passed over) or `/proc/iomem`, whichever the
/// text has.
///
/// # Errors
/// Every line that is wrong; or that there is no such line at all.
pub fn read(text: &str) -> Result<MachineText, Vec<TextError>> {
    if text.lines().any(e820::is_of_a_map) {
        e820::read(text)
    } else if text.lines().any(iomem::is_resource) {
        iomem::read(text)
    } else {
        Err(vec![TextError {
            line: 1,
            span: 0..text.lines().next().unwrap_or_default().len(),
            kind: TextErrorKind::Nothing,
        }])
    }
}

/// Sorted, with what overlaps or touches joined.
fn union(mut ranges: Vec<Range>) -> Vec<Range> {
    ranges.sort_unstable_by_key(|range| range.base());
    let mut joined: Vec<Range> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last) if u128::from(range.base()) <= last.end() => {
                let end = last.last().max(range.last());
                *last = Range::new(last.base(), end).unwrap_or(*last);
            }
            _ => joined.push(range),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use mapwright_machine::Random;

    const TEXTS: [&str; 2] = [
        "[    0.000000] BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable\n\
         BIOS-e820: 0000000000100000 - 000000007ffd0000 (usable)\n\
         e820: update [mem 0x00000000-0x00000fff] usable ==> reserved\n\
         user: [mem 0x0000000000001000-0x00000000000fffff] usable\n",
        "00000000-00000fff : Reserved\n00001000-0009fbff : System RAM\n  00002000-00002fff : Kernel code\n\
         c0000000-febfffff : PCI Bus 0000:00\n  fd000000-fdffffff : 0000:00:02.0\n",
    ];

    /// Good texts with letters changed: read, or refused at places that are in the text.
    #[test]
    fn broken_texts_are_read_or_refused() {
        let mut random = Random::new(14);
        let letters: Vec<char> = "0f-:x[]() \n=>gü".chars().collect();
        let mut refused = 0;
        for round in 0..6_000 {
            let mut text: Vec<char> = TEXTS[round % 2].chars().collect();
            for _ in 0..random.between(1, 5) {
                let at = random.below(text.len() as u64) as usize;
                let letter = letters[random.below(letters.len() as u64) as usize];
                match random.below(3) {
                    0 => text[at] = letter,
                    1 => text.insert(at, letter),
                    _ => {
                        text.remove(at);
                    }
                }
            }
            let text: String = text.into_iter().collect();
            match read(&text) {
                Ok(machine) => assert!(!machine.ram.is_empty()),
                Err(errors) => {
                    refused += 1;
                    for error in errors {
                        assert!(text.get(error.span.clone()).is_some(), "{error:?}");
                        let before = &text[..error.span.start];
                        assert_eq!(before.matches('\n').count() + 1, error.line, "{error:?}");
                    }
                }
            }
        }
        assert!((500..5_500).contains(&refused), "{refused}");
    }

    #[test]
    fn ranges_are_joined() {
        let range = |base, last| Range::new(base, last).expect("a range");
        let all = [
            range(10, 19),
            range(0, 4),
            range(5, 6),
            range(15, 30),
            range(32, u64::MAX),
        ];
        assert_eq!(
            union(all.into()),
            [range(0, 6), range(10, 30), range(32, u64::MAX)]
        );
        assert_eq!(union(vec![Range::ALL, range(5, 6)]), [Range::ALL]);
    }
}
