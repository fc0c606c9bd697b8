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
//! let spec = machine.spec();
//! assert_eq!(spec.reserved[0].0, "reserved");
//! ```

mod e820;
mod error;
mod iomem;
mod line;

pub use error::{TextError, TextErrorKind};

use mapwright_runtime::Range;
use mapwright_runtime::machine::MachineSpec;

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
    /// Puts memory, reserves and devices into the description of a machine: its memory is replaced, the
    /// others are added.
    pub fn apply(&self, spec: &mut MachineSpec) {
        spec.ram = Some(self.ram.clone());
        spec.reserved.extend(self.reserved.iter().cloned());
        spec.devices.extend(self.devices.iter().cloned());
    }

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
