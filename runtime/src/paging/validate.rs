//! The laws of a format.

use super::{Condition, EntryForm, FormatError, FormatSpec, Level, Owner, Slice};
use alloc::string::String;

/// The first law that `spec` breaks.
pub(super) fn check(spec: &FormatSpec) -> Result<(), FormatError> {
    check_widths(spec)?;
    check_names(spec)?;
    check_indices(spec)?;
    check_tables(spec)?;
    check_entry(spec)?;
    check_forms(spec)
}

fn check_widths(spec: &FormatSpec) -> Result<(), FormatError> {
    let bits = spec.va_bits;
    if !(1..=64).contains(&bits) {
        return Err(FormatError::AddressBits { bits });
    }
    let bits = spec.physical_bits;
    if !(1..=64).contains(&bits) {
        return Err(FormatError::PhysicalBits { bits });
    }
    let bytes = spec.entry_bytes;
    if !matches!(bytes, 4 | 8) {
        return Err(FormatError::EntryBytes { bytes });
    }
    Ok(())
}

/// Levels and fields are few: comparing all pairs is the simplest.
fn check_names(spec: &FormatSpec) -> Result<(), FormatError> {
    let repeated = |at: usize, names: &dyn Fn(usize) -> String| {
        (0..at).any(|before| names(before) == names(at))
    };
    let level = |at: usize| spec.levels[at].name.clone();
    let field = |at: usize| spec.fields[at].name.clone();
    for at in 0..spec.levels.len() {
        if repeated(at, &level) {
            return Err(FormatError::DuplicateName { name: level(at) });
        }
    }
    for at in 0..spec.fields.len() {
        if repeated(at, &field) {
            return Err(FormatError::DuplicateName { name: field(at) });
        }
    }
    Ok(())
}

/// From the width down, every address bit indexes exactly one level, and what is left is the page.
fn check_indices(spec: &FormatSpec) -> Result<(), FormatError> {
    let mut bits_left = spec.va_bits;
    for level in &spec.levels {
        let (name, index) = (&level.name, level.index);
        if !index.fits(spec.va_bits) {
            return Err(FormatError::IndexOutside {
                level: name.clone(),
                index,
                va_bits: spec.va_bits,
            });
        }
        // A valid index below takes at least one bit, so that none may be left here only when the
        // level above has reached bit 0, and then this level cannot start below it.
        if index.hi + 1 != bits_left {
            return Err(FormatError::IndexGap {
                level: name.clone(),
                index,
                expected_hi: bits_left.saturating_sub(1),
            });
        }
        bits_left = index.lo;
    }
    match spec.levels.last() {
        None => Err(FormatError::NoLevels),
        Some(last) if last.index.lo == 0 => Err(FormatError::NoOffset {
            level: last.name.clone(),
        }),
        Some(_) => Ok(()),
    }
}

/// Tables below the top are one page, because that is what an entry points to.
fn check_tables(spec: &FormatSpec) -> Result<(), FormatError> {
    let page_bytes = 1_u64 << page_bits(spec);
    for level in spec.levels.iter().skip(1) {
        let table_bytes = u128::from(spec.entry_bytes) << level.index.width();
        if table_bytes != u128::from(page_bytes) {
            return Err(FormatError::TableNotOnePage {
                level: level.name.clone(),
                table_bytes,
                page_bytes,
            });
        }
    }
    Ok(())
}

fn check_entry(spec: &FormatSpec) -> Result<(), FormatError> {
    check_condition(spec, &spec.present, &Owner::Present)?;
    for field in &spec.fields {
        check_slice(spec, field.slice, &Owner::Field(field.name.clone()))?;
    }
    for slice in &spec.reserved {
        check_slice(spec, *slice, &Owner::Reserved)?;
    }
    Ok(())
}

fn check_forms(spec: &FormatSpec) -> Result<(), FormatError> {
    for (depth, level) in spec.levels.iter().enumerate() {
        let next = spec.levels.get(depth + 1);
        check_choice(level, next)?;
        for (number, form) in level.forms.iter().enumerate() {
            let owner = Owner::Form {
                level: level.name.clone(),
                form: number,
            };
            if let Some(when) = &form.when {
                check_condition(spec, when, &owner)?;
            }
            for slice in &form.reserved {
                check_slice(spec, *slice, &owner)?;
            }
            for piece in &form.frame {
                check_slice(spec, piece.slice(), &owner)?;
            }
            check_frame(spec, level, number, form)?;
        }
    }
    Ok(())
}

/// The forms of one level together: some lead on, unless it is the last, and one at most is the
/// form of all other entries.
fn check_choice(level: &Level, next: Option<&Level>) -> Result<(), FormatError> {
    let name = || level.name.clone();
    if level.forms.is_empty() {
        return Err(FormatError::NoForms { level: name() });
    }
    let forms = || level.forms.iter().enumerate();
    if let Some((form, _)) = forms().filter(|(_, form)| form.when.is_none()).nth(1) {
        return Err(FormatError::TwoDefaults {
            level: name(),
            form,
        });
    }
    let table = forms().find(|(_, form)| !form.leaf);
    match (next, table) {
        (None, Some((form, _))) => Err(FormatError::TableAtLastLevel {
            level: name(),
            form,
        }),
        (Some(next), None) => Err(FormatError::NextLevelUnreachable {
            level: name(),
            next: next.name.clone(),
        }),
        _ => Ok(()),
    }
}

/// The pieces of one address: apart from each other, as aligned as what they point to, and inside
/// physical addresses.
fn check_frame(
    spec: &FormatSpec,
    level: &Level,
    number: usize,
    form: &EntryForm,
) -> Result<(), FormatError> {
    let name = || level.name.clone();
    let mut taken = 0_u64;
    for piece in &form.frame {
        let Some(destination) = piece.destination() else {
            return Err(FormatError::FrameTooWide {
                level: name(),
                form: number,
                highest: (piece.hi - piece.lo).saturating_add(piece.shift),
                physical_bits: spec.physical_bits,
            });
        };
        if taken & destination.mask() != 0 {
            return Err(FormatError::FrameOverlap {
                level: name(),
                form: number,
                piece: *piece,
            });
        }
        taken |= destination.mask();
    }
    if taken == 0 {
        return Err(FormatError::NoFrame {
            level: name(),
            form: number,
        });
    }
    let (lowest, highest) = (taken.trailing_zeros(), 63 - taken.leading_zeros());
    let expected = if form.leaf {
        level.index.lo
    } else {
        page_bits(spec)
    };
    if lowest != expected {
        return Err(FormatError::FrameUnaligned {
            level: name(),
            form: number,
            lowest,
            expected,
        });
    }
    if highest >= spec.physical_bits {
        return Err(FormatError::FrameTooWide {
            level: name(),
            form: number,
            highest,
            physical_bits: spec.physical_bits,
        });
    }
    Ok(())
}

fn check_condition(
    spec: &FormatSpec,
    condition: &Condition,
    owner: &Owner,
) -> Result<(), FormatError> {
    let mut result = Ok(());
    condition.for_each_comparison(&mut |slice, value| {
        if result.is_ok() {
            result = check_slice(spec, slice, owner);
        }
        if result.is_ok() && value > slice.max_value() {
            result = Err(FormatError::ConstantTooLarge {
                owner: owner.clone(),
                slice,
                value,
            });
        }
    });
    result
}

fn check_slice(spec: &FormatSpec, slice: Slice, owner: &Owner) -> Result<(), FormatError> {
    let entry_bits = spec.entry_bytes * 8;
    if slice.fits(entry_bits) {
        return Ok(());
    }
    Err(FormatError::SliceOutside {
        owner: owner.clone(),
        slice,
        entry_bits,
    })
}

fn page_bits(spec: &FormatSpec) -> u32 {
    spec.levels.last().map_or(0, |level| level.index.lo)
}
