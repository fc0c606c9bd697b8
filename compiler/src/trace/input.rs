//! Bytes and lines of what is open, in bounded memory, with the place of each.

use super::{TraceError, TraceErrorKind, TracePlace};
use std::io::{BufRead, ErrorKind};

/// The most bytes of a line.
const MOST_LINE: usize = 1 << 12;

/// What is read, and how far.
#[derive(Debug)]
pub(super) struct Input<R> {
    reader: R,
    /// Bytes read.
    pub(super) bytes: u64,
    /// Lines read.
    pub(super) lines: u64,
    /// A line that was in two pieces.
    line: Vec<u8>,
}

impl<R: BufRead> Input<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            reader,
            bytes: 0,
            lines: 0,
            line: Vec::new(),
        }
    }

    fn fill(&mut self, place: TracePlace) -> Result<&[u8], TraceError> {
        loop {
            match self.reader.fill_buf() {
                Ok(_) => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(TraceError::io(place, &error)),
            }
        }
        // What is buffered is given again without reading.
        self.reader
            .fill_buf()
            .map_err(|error| TraceError::io(place, &error))
    }

    fn skip(&mut self, bytes: usize) {
        self.reader.consume(bytes);
        self.bytes += bytes as u64;
    }

    /// Calls `each` with the next lines, without their ends, until it says enough; false at the end of
    /// all lines.
    pub(super) fn lines(
        &mut self,
        mut each: impl FnMut(&[u8], u64) -> Result<bool, TraceError>,
    ) -> Result<bool, TraceError> {
        loop {
            let place = TracePlace::Line(self.lines + 1);
            let mut number = self.lines;
            // The whole lines of what is buffered.
            if self.line.is_empty() {
                let buffer = self.fill(place)?;
                if buffer.is_empty() {
                    return Ok(false);
                }
                let (mut done, mut more, mut wrong) = (0, true, None);
                while more && let Some(length) = newline(&buffer[done..]) {
                    number += 1;
                    match each(strip(&buffer[done..done + length]), number) {
                        Ok(go) => more = go,
                        Err(error) => (more, wrong) = (false, Some(error)),
                    }
                    done += length + 1;
                }
                self.skip(done);
                self.lines = number;
                if let Some(error) = wrong {
                    return Err(error);
                }
                if !more {
                    return Ok(true);
                }
            }
            // A line that goes on in the next piece, or that is the last and has no end.
            let (whole, ended) = self.join()?;
            if whole {
                self.lines += 1;
                let line = std::mem::take(&mut self.line);
                let more = each(strip(&line), self.lines);
                self.line = line;
                self.line.clear();
                if !more? {
                    return Ok(true);
                }
            } else if ended {
                return Ok(false);
            }
        }
    }

    /// Adds what is buffered to the line in pieces, up to its end: whether it is whole, and whether all
    /// ends.
    fn join(&mut self) -> Result<(bool, bool), TraceError> {
        let place = TracePlace::Line(self.lines + 1);
        let buffer = self.fill(place)?;
        let ended = buffer.is_empty();
        let found = newline(buffer);
        let length = found.unwrap_or(buffer.len());
        let piece = buffer[..length.min(MOST_LINE + 1)].to_vec();
        self.line.extend(piece);
        if self.line.len() > MOST_LINE {
            let kind = TraceErrorKind::LongLine;
            return Err(TraceError { place, kind });
        }
        self.skip(length + usize::from(found.is_some()));
        let whole = found.is_some() || ended && !self.line.is_empty();
        Ok((whole, ended))
    }

    /// The next byte.
    pub(super) fn byte(&mut self) -> Result<Option<u8>, TraceError> {
        let place = TracePlace::Byte(self.bytes);
        let byte = self.fill(place)?.first().copied();
        self.skip(usize::from(byte.is_some()));
        Ok(byte)
    }

    /// Calls `each` with what is buffered; it says how much it used, 0 when that is too little. False when
    /// nothing is left.
    pub(super) fn buffered(
        &mut self,
        each: impl FnOnce(&[u8]) -> usize,
    ) -> Result<Option<usize>, TraceError> {
        let place = TracePlace::Byte(self.bytes);
        let buffer = self.fill(place)?;
        if buffer.is_empty() {
            return Ok(None);
        }
        let used = each(buffer);
        self.skip(used);
        Ok(Some(used))
    }
}

fn newline(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|byte| *byte == b'\n')
}

fn strip(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}
