//! Random trees of page tables, for any format: all page sizes, holes, reserved bits, tables that are nowhere.

use mapwright_machine::Random;
use mapwright_runtime::paging::{AddressForm, Condition, EntryForm, Format, Slice};

/// Tables in memory, and addresses that lead into them.
pub struct Tree {
    /// Memory from `base` on.
    pub base: u64,
    pub bytes: Vec<u8>,
    pub roots: Vec<u64>,
    /// The first address behind each entry that was written, of any kind.
    pub addresses: Vec<u64>,
    /// The width of an address of the space.
    pub space_bits: u32,
}

/// A tree that is being made.
struct Maker<'a> {
    format: &'a Format,
    random: &'a mut Random,
    tree: Tree,
    /// How many tables there may still be.
    left: u32,
    next: u64,
    /// Tables by level, to be pointed to again.
    known: Vec<Vec<u64>>,
}

/// The width that a format's spaces usually have.
pub fn space_bits(format: &Format) -> u32 {
    match format.form() {
        AddressForm::ZeroExtended => format.va_bits(),
        _ => 64,
    }
}

/// A tree of at most about `tables` tables in a space of `space_bits` bits.
pub fn tree(format: &Format, space_bits: u32, random: &mut Random, tables: u32) -> Tree {
    let largest = (0..format.levels().len()).filter_map(|level| format.table_bytes(level));
    let largest = largest.max().expect("levels") as u64;
    let room = u64::from(tables + 2) * largest;
    // Somewhere that all pointers can say, on a boundary of the largest table.
    let reach = 64.min(format.physical_bits());
    let highest = (u64::MAX >> (64 - reach)) - room;
    let base = if random.chance(1, 2) {
        0
    } else {
        random.between(0, highest.min(1 << 33)) / largest * largest
    };
    let two = format.form() == AddressForm::TwoRoots && space_bits > format.va_bits();
    let mut maker = Maker {
        format,
        random,
        tree: Tree {
            base,
            bytes: vec![0; room as usize],
            roots: Vec::new(),
            addresses: Vec::new(),
            space_bits,
        },
        left: tables,
        next: base,
        known: vec![Vec::new(); format.levels().len()],
    };
    for root in 0..1 + u64::from(two) {
        let at = maker.room(0);
        maker.tree.roots.push(at);
        let high = if root == 1 {
            u64::MAX.checked_shl(format.va_bits()).unwrap_or(0)
        } else {
            0
        };
        maker.fill(at, 0, high);
    }
    maker.tree
}

impl Maker<'_> {
    /// A place for a table of a level.
    fn room(&mut self, level: usize) -> u64 {
        let size = self.format.table_bytes(level).expect("a level") as u64;
        let at = self.next.next_multiple_of(size);
        self.next = at + size;
        at
    }

    fn fill(&mut self, at: u64, level: usize, high: u64) {
        self.known[level].push(at);
        // Those that addresses of the space come to.
        let low = self.format.levels()[level].index.lo;
        let of_space = 1 << self.tree.space_bits.saturating_sub(low).min(62);
        let entries = self.format.levels()[level].entries().min(of_space);
        let count = if entries <= 16 { entries } else { 14 };
        for number in 0..count {
            let index = if entries <= 16 {
                number
            } else {
                self.random.below(entries)
            };
            let address = high | index << low;
            let entry = self.entry(level, address);
            let bytes = self.format.entry_bytes() as usize;
            let offset = (at - self.tree.base) as usize + index as usize * bytes;
            let word = entry.to_le_bytes();
            self.tree.bytes[offset..offset + bytes].copy_from_slice(&word[..bytes]);
            self.tree.addresses.push(self.extended(address));
        }
    }

    fn extended(&self, address: u64) -> u64 {
        let sign = self.format.form() == AddressForm::SignExtended
            && address >> (self.format.va_bits() - 1) & 1 == 1;
        let above = u64::MAX.checked_shl(self.format.va_bits()).unwrap_or(0);
        let full = if sign { address | above } else { address };
        full & (u64::MAX >> (64 - self.tree.space_bits))
    }

    fn entry(&mut self, level: usize, address: u64) -> u64 {
        let forms = self.format.levels()[level].forms.clone();
        let bits = self.format.entry_bytes() * 8;
        let noise = self.random.word() >> (64 - bits);
        match self.random.below(20) {
            0 => return 0,
            // Anything: mostly absent, reserved, or leading nowhere.
            1 => return noise,
            _ => {}
        }
        let form = &forms[self.random.below(forms.len() as u64) as usize];
        let frame = if form.leaf {
            self.random.word()
        } else {
            match self.random.below(10) {
                // Nowhere.
                0 => self.random.word(),
                // A table that is there already, of any level.
                1 | 2 => {
                    let level = self.random.below(self.known.len() as u64) as usize;
                    let known = &self.known[level];
                    match known.len() as u64 {
                        0 => 0,
                        count => known[self.random.below(count) as usize],
                    }
                }
                _ if self.left == 0 => self.random.word() & 0xffff_f000,
                _ => {
                    self.left -= 1;
                    let at = self.room(level + 1);
                    self.fill(at, level + 1, address);
                    at
                }
            }
        };
        let mut entry = self.meaning(level, form, frame, noise);
        if self.random.chance(1, 40) {
            entry ^= 1 << self.random.below(bits.into());
        }
        entry
    }

    /// An entry of this form for this address, with other bits from `noise`; what cannot be met is left.
    fn meaning(&mut self, level: usize, form: &EntryForm, frame: u64, noise: u64) -> u64 {
        let spec = self.format.spec();
        let mut deciding = Vec::new();
        slices(&spec.present, &mut deciding);
        for other in &self.format.levels()[level].forms {
            if let Some(when) = &other.when {
                slices(when, &mut deciding);
            }
        }
        let mask = deciding.iter().fold(0, |mask, slice| mask | slice.mask());
        for _ in 0..200 {
            let mut entry = noise & !mask | self.random.word() & mask;
            for piece in &form.frame {
                entry &= !piece.slice().mask();
                entry |= (frame >> piece.shift & piece.slice().max_value()) << piece.lo;
            }
            for slice in form.reserved.iter().chain(&spec.reserved) {
                entry &= !slice.mask();
            }
            let found = self.format.levels()[level].form_of(entry);
            if spec.present.holds(entry) && found == Some(form) {
                return entry;
            }
        }
        noise
    }
}

fn slices(condition: &Condition, all: &mut Vec<Slice>) {
    match condition {
        Condition::Equal(slice, _) | Condition::NotEqual(slice, _) => all.push(*slice),
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter().for_each(|part| slices(part, all));
        }
        Condition::Not(part) => slices(part, all),
    }
}

impl Tree {
    /// An address: most lead along what was written, some next to it, a few anywhere.
    pub fn address(&self, format: &Format, random: &mut Random) -> u64 {
        let known = self.addresses[random.below(self.addresses.len() as u64) as usize];
        let levels = format.levels();
        let level = &levels[random.below(levels.len() as u64) as usize];
        let space = u64::MAX >> (64 - self.space_bits);
        let address = match random.below(16) {
            0 => random.word(),
            1 => known ^ 1 << random.below(64),
            2 => known.wrapping_sub(1),
            3 => known.wrapping_add(level.span()),
            _ => known ^ random.word() & (level.span() - 1),
        };
        if random.chance(1, 50) {
            address
        } else {
            address & space
        }
    }
}
