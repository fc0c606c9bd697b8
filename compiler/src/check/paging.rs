//! The laws of page-table formats: the runtime decides them, here they get their pages and places.

pub mod entry;
pub mod forms;
pub mod frame;
pub mod levels;
pub mod misspelt_right;
pub mod table_size;

use super::Checker;
use crate::diagnostic::Diagnostic;
use crate::model::Format;
use crate::source::Loc;
use mapwright_runtime::paging::{self, FormatError, Owner};

/// Every declared format obeys the laws of formats.
pub(super) fn check(checker: &mut Checker<'_>) {
    for format in &checker.model.formats {
        let Some(spec) = &format.spec else { continue };
        match paging::Format::new(spec.clone()) {
            Ok(_) => {
                checker.summary.proved += 1;
                misspelt_right::check(checker, format);
            }
            Err(error) => {
                checker.summary.refuted += 1;
                checker.report(diagnostic(format, &error));
            }
        }
    }
}

fn diagnostic(format: &Format, error: &FormatError) -> Diagnostic {
    match error {
        FormatError::NoLevels
        | FormatError::IndexOutside { .. }
        | FormatError::IndexGap { .. }
        | FormatError::NoOffset { .. } => levels::diagnostic(format, error),
        FormatError::TableNotOnePage { .. } => table_size::diagnostic(format, error),
        FormatError::AddressBits { .. }
        | FormatError::PhysicalBits { .. }
        | FormatError::EntryBytes { .. }
        | FormatError::SliceOutside { .. }
        | FormatError::ConstantTooLarge { .. }
        | FormatError::DuplicateName { .. } => entry::diagnostic(format, error),
        FormatError::NoForms { .. }
        | FormatError::TwoDefaults { .. }
        | FormatError::TableAtLastLevel { .. }
        | FormatError::NextLevelUnreachable { .. } => forms::diagnostic(format, error),
        FormatError::NoFrame { .. }
        | FormatError::FrameOverlap { .. }
        | FormatError::FrameUnaligned { .. }
        | FormatError::FrameTooWide { .. } => frame::diagnostic(format, error),
    }
}

/// Where a level is declared; the format's name when it has none of that name.
fn level_loc(format: &Format, level: &str) -> Loc {
    let levels = format.spec.iter().flat_map(|spec| &spec.levels);
    let at = levels
        .zip(&format.level_locs)
        .find(|(l, _)| l.name == level);
    at.map_or(format.loc, |(_, &loc)| loc)
}

fn owner_loc(format: &Format, owner: &Owner) -> Loc {
    match owner {
        Owner::Form { level, .. } => level_loc(format, level),
        _ => format.loc,
    }
}

/// `first`, `second`, ... meaning of an entry.
fn ordinal(form: usize) -> String {
    match form {
        0 => "first".to_owned(),
        1 => "second".to_owned(),
        2 => "third".to_owned(),
        _ => format!("{}th", form + 1),
    }
}
