//! A walker written from the documentation of formats alone, bit by bit: what all others are held to.

use mapwright_runtime::paging::{AddressForm, Condition, EntryForm, Field, Format, Slice};
use mapwright_runtime::walk::Reading;

/// What a walk finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Naive {
    /// The physical address, the level, the page's bytes; rights as the six letters of [`letters`]; and the level of the
    /// first entry with reserved bits that was followed all the same.
    Mapped(u64, u32, u64, [bool; 6], Option<u32>),
    /// The word of a fault, the level, where the entry stands or would, the entry or what led there.
    Fault(&'static str, u32, u64, u64),
}

/// Physical memory as a list of pieces, and the width of its addresses.
pub struct Bytes<'a> {
    pub pieces: Vec<(u64, &'a [u8])>,
    pub bits: u32,
}

impl Bytes<'_> {
    fn byte(&self, at: u128) -> Option<u8> {
        self.pieces.iter().find_map(|(base, bytes)| {
            let offset = at.checked_sub(u128::from(*base))?;
            bytes.get(usize::try_from(offset).ok()?).copied()
        })
    }

    fn number(&self, at: u64, bytes: u32) -> Option<u64> {
        let mut all = 0;
        for place in (0..bytes).rev() {
            all = all << 8 | u64::from(self.byte(u128::from(at) + u128::from(place))?);
        }
        Some(all)
    }
}

fn bit(word: u64, number: u32) -> bool {
    word & 1 << number != 0
}

fn slice(word: u64, slice: Slice) -> u128 {
    let bits = (slice.lo..=slice.hi).rev();
    bits.fold(0, |value, number| value * 2 + u128::from(bit(word, number)))
}

fn holds(condition: &Condition, entry: u64) -> bool {
    match condition {
        Condition::Equal(bits, value) => slice(entry, *bits) == u128::from(*value),
        Condition::NotEqual(bits, value) => slice(entry, *bits) != u128::from(*value),
        Condition::All(parts) => parts.iter().filter(|part| !holds(part, entry)).count() == 0,
        Condition::Any(parts) => parts.iter().filter(|part| holds(part, entry)).count() != 0,
        Condition::Not(part) => !holds(part, entry),
    }
}

fn slices_of(condition: &Condition, all: &mut Vec<Slice>) {
    match condition {
        Condition::Equal(bits, _) | Condition::NotEqual(bits, _) => all.push(*bits),
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter().for_each(|part| slices_of(part, all));
        }
        Condition::Not(part) => slices_of(part, all),
    }
}

/// Which root, if the address is one that the format translates: all bits above its width must be alike.
fn root_number(format: &Format, space_bits: u32, address: u64) -> Option<usize> {
    let width = format.va_bits();
    if space_bits < 64 && address >> space_bits != 0 {
        return None;
    }
    if width >= space_bits {
        return Some(0);
    }
    let above: Vec<bool> = (width..space_bits).map(|at| bit(address, at)).collect();
    let ones = above.iter().filter(|one| **one).count();
    match format.form() {
        AddressForm::ZeroExtended => (ones == 0).then_some(0),
        AddressForm::SignExtended => {
            let sign = bit(address, width - 1);
            above.iter().all(|one| *one == sign).then_some(0)
        }
        AddressForm::TwoRoots if ones == 0 => Some(0),
        AddressForm::TwoRoots => (ones == above.len()).then_some(1),
    }
}

/// What a field is about, whether set bits say yes, and in which entries it speaks: `None` is all of them.
fn meaning(field: &Field) -> (String, bool, Option<bool>) {
    let mut name = field.name.clone();
    let mut leaf = None;
    for (prefix, only) in [("table_", false), ("leaf_", true)] {
        if let Some(rest) = name.strip_prefix(prefix) {
            (name, leaf) = (rest.to_string(), Some(only));
            break;
        }
    }
    let mut yes = !field.inverted;
    if name == "read_only" {
        name = "no_write".into();
    }
    for prefix in ["no_", "not_"] {
        if let Some(rest) = name.strip_prefix(prefix) {
            (name, yes) = (rest.to_string(), !yes);
            break;
        }
    }
    if name == "global" && leaf.is_none() {
        leaf = Some(true);
    }
    let name = name
        .replace("readable", "read")
        .replace("writable", "write");
    (name.replace("executable", "execute"), yes, leaf)
}

/// Read, write, execute by the kernel, user, execute by user mode, global.
struct Letters {
    now: [bool; 6],
}

fn letters(format: &Format, level: usize, form: &EntryForm, entry: u64, letters: &mut Letters) {
    let spec = format.spec();
    let all: Vec<_> = spec.fields.iter().map(meaning).collect();
    let own_fetch = all.iter().any(|(name, ..)| name == "user_execute");
    let mut silent: Vec<Slice> = form.frame.iter().map(|piece| piece.slice()).collect();
    silent.extend(&form.reserved);
    silent.extend(&spec.reserved);
    if !form.leaf {
        slices_of(&spec.present, &mut silent);
        for other in &format.levels()[level].forms {
            if let Some(when) = &other.when {
                slices_of(when, &mut silent);
            }
        }
    }
    for (field, (name, yes, leaf)) in spec.fields.iter().zip(&all) {
        let others = || all.iter().filter(|(other, ..)| other == name);
        let speaks = match leaf {
            Some(only) => *only == form.leaf,
            None => form.leaf || others().all(|(.., leaf)| *leaf != Some(false)),
        };
        let hidden = silent
            .iter()
            .any(|one| one.lo <= field.slice.hi && field.slice.lo <= one.hi);
        if !speaks || hidden {
            continue;
        }
        let says = (slice(entry, field.slice) != 0) == *yes;
        let places: &[usize] = match name.as_str() {
            "read" => &[0],
            "write" => &[1],
            "execute" => &[2, 4],
            "kernel_execute" => &[2],
            "user_execute" => &[4],
            "user" if own_fetch => &[3],
            "user" => &[3, 4],
            "global" => {
                letters.now[5] |= says;
                continue;
            }
            _ => continue,
        };
        for place in places {
            letters.now[*place] &= says;
        }
    }
}

/// The walk.
pub fn walk(
    memory: &Bytes<'_>,
    format: &Format,
    space_bits: u32,
    roots: &[u64],
    address: u64,
    reading: Reading,
) -> Naive {
    let non_canonical = Naive::Fault("non_canonical", 0, address, 0);
    let Some(root) = root_number(format, space_bits, address).and_then(|root| roots.get(root))
    else {
        return non_canonical;
    };
    let bits = memory.bits.min(format.physical_bits());
    let too_high = |at: u64| bits < 64 && at >> bits != 0;
    let (mut table, mut from) = (*root, *root);
    let mut told = None;
    let mut rights = Letters {
        now: [true, true, true, true, true, false],
    };
    for (number, level) in format.levels().iter().enumerate() {
        let depth = number as u32;
        let offset = slice(address, level.index) * u128::from(format.entry_bytes());
        let at = table.wrapping_add(offset as u64);
        let size = u128::from(format.entry_bytes()) << level.index.width();
        let misaligned = number == 0 && u128::from(table) % size != 0;
        if misaligned || too_high(table) || u128::from(table) + offset >= 1 << 64 {
            return Naive::Fault("bad_table_address", depth, at, from);
        }
        let Some(entry) = memory.number(at, format.entry_bytes()) else {
            return Naive::Fault("image_hole", depth, at, from);
        };
        if !holds(&format.spec().present, entry) {
            return Naive::Fault("not_present", depth, at, entry);
        }
        let reserved = Naive::Fault("reserved_bit", depth, at, entry);
        let with_condition = level.forms.iter().find(|form| {
            let when = form.when.as_ref();
            when.is_some_and(|when| holds(when, entry))
        });
        let default = || level.forms.iter().find(|form| form.when.is_none());
        let Some(form) = with_condition.or_else(default) else {
            return reserved;
        };
        let mut must_be_zero = form.reserved.iter().chain(&format.spec().reserved);
        if must_be_zero.any(|bits| slice(entry, *bits) != 0) {
            match reading {
                Reading::Strict => return reserved,
                Reading::Lax if told.is_none() => told = Some(depth),
                Reading::Lax => {}
            }
        }
        let mut frame = 0_u64;
        for piece in &form.frame {
            for place in piece.lo..=piece.hi {
                if bit(entry, place) {
                    frame |= 1 << (place - piece.lo + piece.shift);
                }
            }
        }
        letters(format, number, form, entry, &mut rights);
        if form.leaf {
            if too_high(frame) {
                return reserved;
            }
            let page = 1_u64 << level.index.lo;
            return Naive::Mapped(frame + address % page, depth, page, rights.now, told);
        }
        (table, from) = (frame, entry);
    }
    unreachable!("the last level has only leaves")
}
