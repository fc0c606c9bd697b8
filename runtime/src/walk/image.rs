//! A memory image: pieces of physical memory as someone saved them.

use super::{Missing, PhysicalMemory};
use crate::range::Range;
use alloc::vec::Vec;
use core::fmt;

/// Bytes that were saved, and where they were.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Piece<'a> {
    range: Range,
    bytes: &'a [u8],
}

impl<'a> Piece<'a> {
    /// The physical addresses.
    #[must_use]
    pub const fn range(&self) -> Range {
        self.range
    }

    /// The bytes, as many as the range has.
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }
}

impl fmt::Debug for Piece<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Piece({})", self.range)
    }
}

/// Why pieces make no image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ImageError {
    /// Two pieces hold the same addresses.
    Overlap {
        /// The one that begins first.
        first: Range,
        /// The other.
        second: Range,
    },
    /// A piece passes the top of physical space, 2^64.
    PastTheEnd {
        /// Where it begins.
        base: u64,
        /// Its bytes.
        bytes: u64,
    },
}

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overlap { first, second } => {
                write!(f, "two pieces of the image overlap: {first} and {second}")
            }
            Self::PastTheEnd { base, bytes } => {
                write!(
                    f,
                    "{bytes} bytes from {base:#x} pass the end of physical space"
                )
            }
        }
    }
}

impl core::error::Error for ImageError {}

/// Pieces of physical memory, apart from each other, in address order. What lies between them is not known.
#[derive(Debug, Clone)]
pub struct Image<'a> {
    pieces: Vec<Piece<'a>>,
    physical_bits: u32,
}

impl<'a> Image<'a> {
    /// An image of pieces, each from a physical address on, in any order. Pieces of no bytes are passed over.
    ///
    /// # Errors
    /// When two overlap, or one passes 2^64.
    pub fn new(pieces: impl IntoIterator<Item = (u64, &'a [u8])>) -> Result<Self, ImageError> {
        let mut placed = Vec::new();
        for (base, bytes) in pieces {
            if bytes.is_empty() {
                continue;
            }
            let length = bytes.len() as u64;
            let range = Range::from_base_size(base, length.into()).ok_or({
                ImageError::PastTheEnd {
                    base,
                    bytes: length,
                }
            })?;
            placed.push(Piece { range, bytes });
        }
        placed.sort_by_key(|piece| piece.range);
        for pair in placed.windows(2) {
            let (first, second) = (pair[0].range, pair[1].range);
            if first.overlaps(second) {
                return Err(ImageError::Overlap { first, second });
            }
        }
        Ok(Self {
            pieces: placed,
            physical_bits: 64,
        })
    }

    /// The same image, of a machine whose physical addresses have `bits` bits (1 to 64; other values
    /// count as the nearest of them): tables and pages above are faults, whatever the format can say.
    #[must_use]
    pub fn bounded(self, bits: u32) -> Self {
        Self {
            physical_bits: bits.clamp(1, 64),
            ..self
        }
    }

    /// The pieces in address order.
    #[must_use]
    pub fn pieces(&self) -> &[Piece<'a>] {
        &self.pieces
    }

    /// The piece that holds an address.
    #[must_use]
    pub(crate) fn piece_at(&self, at: u64) -> Option<&Piece<'a>> {
        let after = self
            .pieces
            .partition_point(|piece| piece.range.base() <= at);
        let piece = self.pieces[..after].last()?;
        piece.range.contains(at).then_some(piece)
    }

    /// A number whose bytes are not all in one piece.
    #[cold]
    fn scattered(&self, at: u64, bytes: u32) -> Option<u64> {
        let mut word = 0;
        for place in 0..bytes {
            let byte_at = at.checked_add(u64::from(place))?;
            let piece = self.piece_at(byte_at)?;
            let offset = (byte_at - piece.range.base()) as usize;
            word |= u64::from(piece.bytes[offset]) << (place * 8);
        }
        Some(word)
    }
}

impl PhysicalMemory for Image<'_> {
    #[inline]
    fn entry(&self, at: u64, bytes: u32) -> Result<u64, Missing> {
        let piece = self.piece_at(at).ok_or(Missing::Hole)?;
        let offset = (at - piece.range.base()) as usize;
        let rest = &piece.bytes[offset..];
        let whole = match bytes {
            8 => rest.first_chunk().map(|word| u64::from_le_bytes(*word)),
            4 => rest
                .first_chunk()
                .map(|word| u32::from_le_bytes(*word).into()),
            _ => None,
        };
        let found = whole.or_else(|| self.scattered(at, bytes.min(8)));
        found.ok_or(Missing::Hole)
    }

    fn physical_bits(&self) -> u32 {
        self.physical_bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_found_and_joined() {
        let low: Vec<u8> = (0..12).collect();
        let high = [0xaa; 16];
        let image = Image::new([(0x100c, &high[..]), (0x1000, &low[..]), (0x5000, &[][..])]);
        let image = image.expect("apart");
        assert_eq!(image.pieces().len(), 2, "the empty piece is none");
        assert_eq!(image.entry(0x1000, 8), Ok(0x0706_0504_0302_0100));
        assert_eq!(image.entry(0x1008, 8), Ok(0xaaaa_aaaa_0b0a_0908));
        assert_eq!(image.entry(0x1008, 4), Ok(0x0b0a_0908));
        assert_eq!(image.entry(0x1018, 8), Err(Missing::Hole), "half of it");
        assert_eq!(image.entry(0xff8, 8), Err(Missing::Hole));
        assert_eq!(image.entry(0x5000, 4), Err(Missing::Hole));
    }

    #[test]
    fn the_top_of_space() {
        let bytes = [1; 16];
        let image = Image::new([(u64::MAX - 15, &bytes[..])]).expect("it just fits");
        assert_eq!(image.entry(u64::MAX - 7, 8), Ok(0x0101_0101_0101_0101));
        let past = Image::new([(u64::MAX - 14, &bytes[..])]).expect_err("one too many");
        assert!(
            matches!(past, ImageError::PastTheEnd { bytes: 16, .. }),
            "{past}"
        );
    }

    #[test]
    fn overlaps_are_refused() {
        let bytes = [0; 16];
        let wrong = Image::new([(0x1008, &bytes[..]), (0x1000, &bytes[..])]);
        let text = wrong.expect_err("an overlap").to_string();
        let expected = "two pieces of the image overlap: 0x1000 .. 0x1010 and 0x1008 .. 0x1018";
        assert_eq!(text, expected);
    }

    #[test]
    fn bounds_are_clamped() {
        let image = Image::new([]).expect("nothing");
        assert_eq!(image.physical_bits(), 64);
        assert_eq!(image.clone().bounded(36).physical_bits(), 36);
        assert_eq!(image.bounded(0).physical_bits(), 1);
    }
}
