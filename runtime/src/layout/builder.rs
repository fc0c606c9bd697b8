//! The only way to a [`Layout`].

use super::index::Index;
use super::translate::Tables;
use super::{
    Contents, FormatId, Layout, LayoutError, Parameter, Place, PlaceId, Segment, Space, SpaceId,
    check,
};
use crate::paging::Format;
use alloc::string::String;
use alloc::vec::Vec;

/// Collects the contents of a layout and checks them.
///
/// Ids are positions, so that something may be named before it is added:
/// [`PlaceId::from_index`]`(n)` is the place that the `n`th call of [`LayoutBuilder::place`] adds.
#[derive(Debug, Clone, Default)]
pub struct LayoutBuilder {
    contents: Contents,
}

impl LayoutBuilder {
    /// An empty layout of this name.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        let name = name.into();
        Self {
            contents: Contents {
                name,
                ..Contents::default()
            },
        }
    }

    /// Adds a parameter with its value.
    pub fn parameter(&mut self, parameter: Parameter) -> &mut Self {
        self.contents.parameters.push(parameter);
        self
    }

    /// Adds a named value of the file.
    pub fn constant(&mut self, name: impl Into<String>, value: i128) -> &mut Self {
        self.contents.constants.push((name.into(), value));
        self
    }

    /// Adds a constant of generated code.
    pub fn export(&mut self, name: impl Into<String>, value: i128) -> &mut Self {
        self.contents.exports.push((name.into(), value));
        self
    }

    /// Adds a segment descriptor.
    pub fn segment(&mut self, segment: Segment) -> &mut Self {
        self.contents.segments.push(segment);
        self
    }

    /// Adds a page-table format.
    pub fn format(&mut self, format: Format) -> FormatId {
        self.contents.formats.push(format);
        FormatId::from_index(self.contents.formats.len() - 1)
    }

    /// Adds a space.
    pub fn space(&mut self, space: Space) -> SpaceId {
        self.contents.spaces.push(space);
        SpaceId::from_index(self.contents.spaces.len() - 1)
    }

    /// Adds a place.
    pub fn place(&mut self, place: Place) -> PlaceId {
        self.contents.places.push(place);
        PlaceId::from_index(self.contents.places.len() - 1)
    }

    /// Checks everything and makes the layout.
    ///
    /// # Errors
    /// Every law that is broken, in the order found. Laws about ranges are looked at only when all
    /// ids name something.
    pub fn finish(self) -> Result<Layout, Vec<LayoutError>> {
        let contents = self.contents;
        check::references(&contents)?;
        let index = Index::of(&contents)?;
        check::ranges(&contents, &index)?;
        let tables = Tables::of(&contents, &index);
        Ok(Layout {
            contents,
            index,
            tables,
        })
    }
}
