//! Telling the formats apart.

use super::{BinaryReader, LackeyReader, MAGIC, References, TraceError, TracePlace};
use std::io::BufRead;

/// A reader for an open trace: of the binary format, if it begins so, or else of valgrind's text.
///
/// # Errors
/// When it cannot be read.
pub fn open<'a>(mut reader: impl BufRead + 'a) -> Result<Box<dyn References + 'a>, TraceError> {
    let begin = reader.fill_buf();
    let begin = begin.map_err(|error| TraceError::io(TracePlace::Byte(0), &error))?;
    let common = begin.len().min(MAGIC.len());
    if common != 0 && begin[..common] == MAGIC[..common] {
        Ok(Box::new(BinaryReader::new(reader)))
    } else {
        Ok(Box::new(LackeyReader::new(reader)))
    }
}
