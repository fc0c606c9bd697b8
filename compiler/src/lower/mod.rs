//! One instance: from terms and values of the parameters to the runtime's checked layout.

pub mod range_here;
pub mod refused;
pub mod too_many_places;
pub mod undefined_here;

mod existing;
mod instance;
mod places;
mod segments;
mod spaces;
mod targets;

use crate::diagnostic::{Diagnostic, Page};
use crate::model::{ItemId, Model};
use crate::source::Sources;
use mapwright_runtime::layout::Layout;

/// The diagnostic codes of this stage.
pub const PAGES: &[&Page] = &[
    &range_here::PAGE,
    &refused::PAGE,
    &too_many_places::PAGE,
    &undefined_here::PAGE,
];

/// The largest number of members of one family.
pub const MAX_MEMBERS: i128 = 65_536;

/// The largest number of places of one layout.
pub const MAX_PLACES: usize = 1 << 20;

/// A layout for given values, and where its places come from.
#[derive(Debug, Clone)]
pub struct Lowered {
    /// The layout.
    pub layout: Layout,
    /// The item of every place, by its position in the layout.
    pub items: Vec<ItemId>,
    /// The values of all variables.
    pub values: Vec<i128>,
}

/// The layout for these values of the variables. Items whose `when` does not hold and optional
/// ones that are empty are not in it.
///
/// # Errors
/// When a value does not exist, a range is impossible, there are too many places, or the runtime
/// refuses the layout. After the checks have passed only the limits on numbers are left.
pub fn lower(
    model: &Model,
    sources: &Sources,
    values: &[i128],
) -> Result<Lowered, Vec<Diagnostic>> {
    let places = existing::places(model, values)?;
    instance::layout(model, sources, values, places)
}

#[cfg(test)]
mod tests;
