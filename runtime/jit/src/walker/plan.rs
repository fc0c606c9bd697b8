//! A format as the code that walks it needs it: for each meaning of an entry, one test by a mask wherever
//! its conditions are no more than that.

use super::gather::Gather;
use mapwright_runtime::paging::{
    AddressForm, Condition, EntryForm, Format, FramePiece, Level, Saying, Slice, Subject,
};
use mapwright_runtime::range::Range;
use mapwright_runtime::walk::{Reading, Rights};

/// A format made ready for code in one space.
#[derive(Debug)]
pub(super) struct Plan {
    format: Format,
    pub(super) canonical: Vec<Range>,
    /// The bit of an address that chooses the root, if there are two.
    pub(super) root_bit: Option<u32>,
    pub(super) entry_bytes: u32,
    pub(super) present: Condition,
    pub(super) levels: Vec<LevelPlan>,
    pub(super) gather: Gather,
}

/// One level.
#[derive(Debug)]
pub(super) struct LevelPlan {
    pub(super) index: Slice,
    /// The bytes of a table.
    pub(super) table_bytes: u64,
    /// What an entry may be, each apart from all others; those that point to tables first.
    pub(super) forms: Vec<FormPlan>,
}

/// One meaning of an entry.
#[derive(Debug)]
pub(super) struct FormPlan {
    pub(super) leaf: bool,
    pub(super) test: Test,
    pub(super) frame: Vec<FramePiece>,
    pub(super) sayings: Vec<Saying>,
    /// Reserved bits that are told when they are set, instead of being a fault.
    pub(super) told: u64,
}

/// When an entry has a meaning: present, by its own condition and that of no form before it, and, where reading is strict,
/// no reserved bit is set.
#[derive(Debug, Default)]
pub(super) struct Test {
    /// `entry & mask == value`
    pub(super) mask: u64,
    pub(super) value: u64,
    /// And each of these holds, or does not.
    pub(super) rest: Vec<(Condition, bool)>,
}

/// Tables larger than this have no code: no memory holds one, and offsets into them are no distances.
const LARGEST_TABLE: u128 = 1 << 40;

impl Plan {
    /// `None` when it has tables that no code is made for.
    pub(super) fn new(format: &Format, space_bits: u32, reading: Reading) -> Option<Self> {
        let levels = (0..format.levels().len()).map(|depth| level(format, depth, reading));
        let levels: Vec<LevelPlan> = levels.collect::<Option<_>>()?;
        let two = format.form() == AddressForm::TwoRoots && space_bits > format.va_bits();
        Some(Self {
            format: format.clone(),
            canonical: format.canonical_ranges_in(space_bits),
            root_bit: two.then_some(format.va_bits()),
            entry_bytes: format.entry_bytes(),
            present: format.spec().present.clone(),
            gather: Gather::new(format, &levels),
            levels,
        })
    }

    /// What entries that speak of a subject give or withhold.
    pub(super) fn rights_of(&self, subject: Subject) -> Option<Rights> {
        Rights::of(&self.format, subject)
    }

    /// True when reserved bits are told of, and there are some.
    pub(super) fn tells_reserved(&self) -> bool {
        let mut forms = self.levels.iter().flat_map(|level| &level.forms);
        forms.any(|form| form.told != 0)
    }

    /// The width of the addresses that entries can say.
    pub(super) fn physical_bits(&self) -> u32 {
        self.format.physical_bits()
    }

    /// The lowest bit of an address that no last table is indexed by: tables of the last level reach over
    /// 2^this bytes.
    pub(super) fn reach_bits(&self) -> u32 {
        self.levels.last().map_or(0, |level| level.index.hi + 1)
    }
}

fn level(format: &Format, depth: usize, reading: Reading) -> Option<LevelPlan> {
    let level = &format.levels()[depth];
    let bytes = format.table_bytes(depth)?;
    let forms = level.forms.iter().enumerate();
    let mut forms: Vec<FormPlan> = forms
        .filter_map(|(number, form)| {
            Some(FormPlan {
                leaf: form.leaf,
                test: Test::of(format, level, form, reading)?,
                told: match reading {
                    Reading::Strict => 0,
                    Reading::Lax => reserved(format, form),
                },
                frame: form.frame.clone(),
                sayings: format
                    .sayings_in(depth, number)
                    .into_iter()
                    .filter(|saying| Rights::of(format, saying.subject).is_some())
                    .collect(),
            })
        })
        .collect();
    forms.sort_by_key(|form| form.leaf);
    Some(LevelPlan {
        index: level.index,
        table_bytes: (bytes <= LARGEST_TABLE).then_some(bytes as u64)?,
        forms,
    })
}

/// All bits that must be zero in entries of a form.
fn reserved(format: &Format, form: &EntryForm) -> u64 {
    let slices = form.reserved.iter().chain(&format.spec().reserved);
    slices.fold(0, |mask, slice| mask | slice.mask())
}

impl FormPlan {
    /// The bits in which it speaks of rights.
    pub(super) fn spoken(&self) -> u64 {
        let sayings = self.sayings.iter();
        sayings.fold(0, |mask, saying| mask | saying.mask)
    }
}

impl Test {
    /// `None` when no entry has this meaning.
    fn of(format: &Format, level: &Level, form: &EntryForm, reading: Reading) -> Option<Self> {
        let mut test = Self::default();
        test.require(&format.spec().present, true)?;
        if let Some(when) = &form.when {
            test.require(when, true)?;
        }
        for other in &level.forms {
            if core::ptr::eq(other, form) {
                if form.when.is_some() {
                    break;
                }
                // The form of all other entries comes after all others, wherever it stands, and the first of
                // several is the one.
                continue;
            }
            if let Some(when) = &other.when {
                test.require(when, false)?;
            }
        }
        if reading == Reading::Strict {
            test.fix(reserved(format, form), 0)?;
        }
        test.settle()?;
        Some(test)
    }

    /// These bits have this value; `None` when they cannot.
    fn fix(&mut self, mask: u64, value: u64) -> Option<()> {
        if (self.value ^ value) & self.mask & mask != 0 {
            return None;
        }
        self.mask |= mask;
        self.value |= value;
        Some(())
    }

    /// The condition holds, or does not; `None` when that cannot be.
    fn require(&mut self, condition: &Condition, holds: bool) -> Option<()> {
        match (condition, holds) {
            (Condition::Equal(slice, value), true) | (Condition::NotEqual(slice, value), false) => {
                self.fix(slice.mask(), value << slice.lo)
            }
            (Condition::Equal(slice, value), false) | (Condition::NotEqual(slice, value), true)
                if slice.width() == 1 =>
            {
                self.fix(slice.mask(), (value ^ 1) << slice.lo)
            }
            (Condition::Not(part), holds) => self.require(part, !holds),
            (Condition::All(parts), true) | (Condition::Any(parts), false) => {
                parts.iter().try_for_each(|part| self.require(part, holds))
            }
            (condition, holds) => {
                self.rest.push((condition.clone(), holds));
                Some(())
            }
        }
    }

    /// Drops what the fixed bits say already; `None` when they say that it cannot be.
    fn settle(&mut self) -> Option<()> {
        let rest = core::mem::take(&mut self.rest);
        for (condition, holds) in rest {
            match self.known(&condition) {
                None => self.rest.push((condition, holds)),
                Some(known) if known == holds => {}
                Some(_) => return None,
            }
        }
        Some(())
    }

    /// Whether a condition holds, as far as the fixed bits tell.
    fn known(&self, condition: &Condition) -> Option<bool> {
        let equal = |slice: Slice, value: u64| {
            let fixed = self.mask & slice.mask();
            if (self.value ^ value << slice.lo) & fixed != 0 {
                Some(false)
            } else {
                (fixed == slice.mask()).then_some(true)
            }
        };
        // One part that has this value decides; all others together decide the contrary.
        let decided_by = |parts: &[Condition], by: bool| {
            let known = || parts.iter().map(|part| self.known(part));
            if known().any(|known| known == Some(by)) {
                Some(by)
            } else {
                known().all(|known| known == Some(!by)).then_some(!by)
            }
        };
        match condition {
            Condition::Equal(slice, value) => equal(*slice, *value),
            Condition::NotEqual(slice, value) => equal(*slice, *value).map(|known| !known),
            Condition::Not(part) => self.known(part).map(|known| !known),
            Condition::All(parts) => decided_by(parts, false),
            Condition::Any(parts) => decided_by(parts, true),
        }
    }

    /// Whether an entry fits.
    #[cfg(test)]
    pub(super) fn holds(&self, entry: u64) -> bool {
        let rest = || self.rest.iter();
        entry & self.mask == self.value && rest().all(|(one, holds)| one.holds(entry) == *holds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mapwright_runtime::paging::{Field, FormatSpec};

    /// A format of one level with 8-bit conditions, every value of which is tried.
    fn format(present: Condition, whens: Vec<Option<Condition>>, reserved: Vec<Slice>) -> Format {
        let form = |when: Option<Condition>| EntryForm {
            leaf: true,
            when,
            frame: vec![FramePiece {
                hi: 31,
                lo: 12,
                shift: 12,
            }],
            reserved: reserved.clone(),
        };
        Format::new(FormatSpec {
            name: "try".into(),
            doc: String::new(),
            va_bits: 22,
            form: AddressForm::ZeroExtended,
            physical_bits: 32,
            entry_bytes: 4,
            present,
            fields: Vec::<Field>::new(),
            reserved: Vec::new(),
            levels: vec![Level {
                name: "T".into(),
                index: Slice::new(21, 12),
                forms: whens.into_iter().map(form).collect(),
            }],
        })
        .expect("a format")
    }

    #[test]
    fn tests_are_the_conditions() {
        let low = Slice::new(2, 0);
        let many = vec![
            Some(Condition::Equal(low, 5)),
            None,
            Some(Condition::Any(vec![
                Condition::set(3),
                Condition::Equal(Slice::new(5, 4), 2),
            ])),
            Some(Condition::All(vec![
                Condition::NotEqual(low, 3),
                Condition::Not(Box::new(Condition::Any(vec![
                    Condition::set(6),
                    Condition::Equal(low, 1),
                ]))),
            ])),
        ];
        let presents = [
            Condition::set(0),
            Condition::NotEqual(low, 0),
            Condition::Any(vec![Condition::set(1), Condition::set(5)]),
        ];
        for present in presents {
            let format = format(present, many.clone(), vec![Slice::bit(7)]);
            let level = &format.levels()[0];
            for (number, form) in level.forms.iter().enumerate() {
                let test = Test::of(&format, level, form, Reading::Strict);
                for entry in 0..256 {
                    let is = format.spec().present.holds(entry)
                        && entry & 0x80 == 0
                        && level
                            .form_of(entry)
                            .is_some_and(|found| core::ptr::eq(found, form));
                    let says = test.as_ref().is_some_and(|test| test.holds(entry));
                    assert_eq!(is, says, "form {number}, {entry:#x}");
                }
            }
        }
    }

    #[test]
    fn plain_conditions_are_one_mask() {
        let whens = vec![
            Some(Condition::Equal(Slice::new(1, 0), 3)),
            Some(Condition::Equal(Slice::new(1, 0), 1)),
        ];
        let format = format(Condition::set(0), whens, vec![Slice::new(5, 4)]);
        let level = &format.levels()[0];
        let masks = level.forms.iter().map(|form| {
            let test = Test::of(&format, level, form, Reading::Strict).expect("possible");
            (test.mask, test.value, test.rest.len())
        });
        assert!(masks.eq([(0x33, 3, 0), (0x33, 1, 0)]));
    }
}
