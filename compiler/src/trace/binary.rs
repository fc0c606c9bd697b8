//! A binary format for traces, some three bytes for a reference.
//!
//! The file begins with [`MAGIC`] (8 bytes), the version (1 byte, [`VERSION`]) and 7 bytes that are 0. References
//! follow one another up to the end of the file:
//!
//! | bytes | |
//! |---|---|
//! | 1 | bits 0-1: 0 read, 1 write, 2 execute; bits 2-4: the size, 2^n bytes for n from 0 to 6, 7 for a size that follows; bits 5-7: how many bytes the distance has: 0, 1, 2, 3, 4, 5, 6 or 8 |
//! | 0-8 | the distance from the address of the last reference of the same kind (at first 0), modulo 2^64, little-endian: bit 0 is the sign, as in zigzag coding: 0, -1, 1, -2 are 0, 1, 2, 3 |
//! | 0, 4 | the size in bytes, little-endian, if it is no power of two up to 64 |

use super::input::Input;
use super::{PIECE, Progress, References, TraceError, TraceErrorKind, TracePlace};
use mapwright_machine::AccessKind;
use mapwright_machine::trace::Reference;
use std::io::{BufRead, Write};

/// What a binary trace begins with.
pub const MAGIC: [u8; 8] = *b"mwtrace\0";

/// The version of the format.
pub const VERSION: u8 = 1;

/// The bytes of a distance, by its code.
const LENGTHS: [usize; 8] = [0, 1, 2, 3, 4, 5, 6, 8];

/// The most bytes of a reference.
const MOST: usize = 1 + 8 + 4;

const KINDS: [AccessKind; 3] = [AccessKind::Read, AccessKind::Write, AccessKind::Execute];

fn number(kind: AccessKind) -> usize {
    match kind {
        AccessKind::Read => 0,
        AccessKind::Write => 1,
        AccessKind::Execute => 2,
    }
}

/// Writes the binary format.
#[derive(Debug)]
pub struct BinaryWriter<W> {
    writer: W,
    last: [u64; 3],
    bytes: u64,
}

impl<W: Write> BinaryWriter<W> {
    /// Begins a trace.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(mut writer: W) -> Result<Self, TraceError> {
        let mut head = [0; 16];
        head[..8].copy_from_slice(&MAGIC);
        head[8] = VERSION;
        let written = writer.write_all(&head);
        written.map_err(|error| TraceError::io(TracePlace::Byte(0), &error))?;
        Ok(Self {
            writer,
            last: [0; 3],
            bytes: 16,
        })
    }

    /// Adds a reference. A size of 0 is written as 1.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&mut self, reference: &Reference) -> Result<(), TraceError> {
        let kind = number(reference.kind);
        let distance = reference.address.wrapping_sub(self.last[kind]);
        self.last[kind] = reference.address;
        let zigzag = distance << 1 ^ (distance.cast_signed() >> 63).cast_unsigned();
        let needed = 8 - zigzag.leading_zeros() as usize / 8;
        let code = LENGTHS.iter().position(|length| *length >= needed);
        let code = code.unwrap_or(7);
        let bytes = reference.bytes.max(1);
        let short = bytes.is_power_of_two() && bytes <= 64;
        let size = if short { bytes.trailing_zeros() } else { 7 };
        let mut record = [0; MOST];
        record[0] = (kind | (size as usize) << 2 | code << 5) as u8;
        let mut length = 1 + LENGTHS[code];
        record[1..length].copy_from_slice(&zigzag.to_le_bytes()[..LENGTHS[code]]);
        if !short {
            record[length..length + 4].copy_from_slice(&bytes.to_le_bytes());
            length += 4;
        }
        let written = self.writer.write_all(&record[..length]);
        let place = TracePlace::Byte(self.bytes);
        written.map_err(|error| TraceError::io(place, &error))?;
        self.bytes += length as u64;
        Ok(())
    }

    /// Ends the trace: how many bytes it has, and what was written to.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> Result<(u64, W), TraceError> {
        let place = TracePlace::Byte(self.bytes);
        let flushed = self.writer.flush();
        flushed.map_err(|error| TraceError::io(place, &error))?;
        Ok((self.bytes, self.writer))
    }
}

/// Reads the binary format.
#[derive(Debug)]
pub struct BinaryReader<R> {
    input: Input<R>,
    last: [u64; 3],
    references: u64,
    begun: bool,
}

/// What the next bytes are.
enum Record {
    Whole(Reference, usize),
    /// There may be more bytes.
    Partial,
    Reserved,
}

impl<R: BufRead> BinaryReader<R> {
    /// A reader of an open trace, from its first byte.
    #[must_use]
    pub fn new(reader: R) -> Self {
        Self {
            input: Input::new(reader),
            last: [0; 3],
            references: 0,
            begun: false,
        }
    }

    fn begin(&mut self) -> Result<(), TraceError> {
        for at in 0..16 {
            let place = TracePlace::Byte(at);
            let magic = TraceErrorKind::Magic;
            let found = self.input.byte()?;
            let found = found.ok_or(TraceError { place, kind: magic })?;
            let wrong = match at {
                0..8 => (found != MAGIC[at as usize]).then_some(TraceErrorKind::Magic),
                8 => (found != VERSION).then_some(TraceErrorKind::Version { found }),
                _ => (found != 0).then_some(TraceErrorKind::Reserved),
            };
            if let Some(kind) = wrong {
                return Err(TraceError { place, kind });
            }
        }
        self.begun = true;
        Ok(())
    }

    /// A reference that lies in two pieces of what is read, byte by byte.
    fn joined(&mut self) -> Result<Option<Reference>, TraceError> {
        let place = TracePlace::Byte(self.input.bytes);
        let (mut bytes, mut length) = ([0; MOST], 0);
        while let Some(byte) = self.input.byte()? {
            bytes[length] = byte;
            length += 1;
            match decode(&bytes[..length], &mut self.last) {
                Record::Whole(reference, _) => return Ok(Some(reference)),
                Record::Partial => {}
                Record::Reserved => {
                    let kind = TraceErrorKind::Reserved;
                    return Err(TraceError { place, kind });
                }
            }
        }
        if length == 0 {
            return Ok(None);
        }
        let kind = TraceErrorKind::Truncated;
        Err(TraceError { place, kind })
    }
}

fn decode(bytes: &[u8], last: &mut [u64; 3]) -> Record {
    let Some((head, rest)) = bytes.split_first() else {
        return Record::Partial;
    };
    let Some(kind) = KINDS.get(usize::from(head & 3)) else {
        return Record::Reserved;
    };
    let (size, length) = (head >> 2 & 7, LENGTHS[usize::from(head >> 5)]);
    let whole = length + if size == 7 { 4 } else { 0 };
    if rest.len() < whole {
        return Record::Partial;
    }
    let mut distance = [0; 8];
    distance[..length].copy_from_slice(&rest[..length]);
    let zigzag = u64::from_le_bytes(distance);
    let distance = zigzag >> 1 ^ (zigzag & 1).wrapping_neg();
    let mut bytes = 1 << (size % 7);
    if size == 7 {
        let mut word = [0; 4];
        word.copy_from_slice(&rest[length..whole]);
        bytes = u32::from_le_bytes(word);
    }
    let last = &mut last[number(*kind)];
    *last = last.wrapping_add(distance);
    let reference = Reference {
        address: *last,
        bytes,
        kind: *kind,
    };
    Record::Whole(reference, 1 + whole)
}

impl<R: BufRead> References for BinaryReader<R> {
    fn read(&mut self, into: &mut Vec<Reference>) -> Result<bool, TraceError> {
        if !self.begun {
            self.begin()?;
        }
        let before = into.len();
        let last = &mut self.last;
        let used = self.input.buffered(|buffer| {
            let mut used = 0;
            while into.len() - before < PIECE {
                match decode(&buffer[used..], last) {
                    Record::Whole(reference, length) => {
                        into.push(reference);
                        used += length;
                    }
                    Record::Partial | Record::Reserved => break,
                }
            }
            used
        })?;
        let more = match used {
            None => false,
            Some(0) => {
                let one = self.joined()?;
                into.extend(one);
                one.is_some()
            }
            Some(_) => true,
        };
        self.references += (into.len() - before) as u64;
        Ok(more)
    }

    fn progress(&self) -> Progress {
        Progress {
            references: self.references,
            done: self.input.bytes,
            total: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mapwright_machine::Random;
    use std::io::BufReader;

    fn written(references: &[Reference]) -> Vec<u8> {
        let mut writer = BinaryWriter::new(Vec::new()).expect("begun");
        for reference in references {
            writer.write(reference).expect("written");
        }
        let (length, bytes) = writer.finish().expect("ended");
        assert_eq!(length, bytes.len() as u64);
        bytes
    }

    fn all(bytes: &[u8], room: usize) -> Result<Vec<Reference>, TraceError> {
        let mut reader = BinaryReader::new(BufReader::with_capacity(room, bytes));
        let mut found = Vec::new();
        while reader.read(&mut found)? {}
        assert_eq!(reader.progress().references, found.len() as u64);
        Ok(found)
    }

    #[test]
    fn there_and_back() {
        let mut random = Random::new(3);
        let mut references = vec![
            Reference::read(0, 1),
            Reference::read(u64::MAX, 64),
            Reference::read(1 << 63, 3),
            Reference::read(0, u32::MAX),
        ];
        for _ in 0..40_000 {
            let (shift, most) = (random.below(64), 1 << random.below(10));
            references.push(Reference {
                address: random.word() >> shift,
                bytes: random.between(1, most) as u32,
                kind: KINDS[random.below(3) as usize],
            });
        }
        let bytes = written(&references);
        for room in [1, 13, 64, 1 << 16] {
            assert_eq!(all(&bytes, room).as_deref(), Ok(&references[..]), "{room}");
        }
        let near: Vec<_> = (0..1000).map(|at| Reference::read(at * 64, 8)).collect();
        assert_eq!(written(&near).len(), 16 + 1 + 999 * 2);
    }

    #[test]
    fn mistakes_have_a_byte() {
        let good = written(&[Reference::read(0x1234_5678, 8), Reference::read(0, 5)]);
        let mistake = |bytes: &[u8]| all(bytes, 7).expect_err("a mistake").to_string();
        for cut in 17..good.len() {
            if cut != 16 + 5 {
                let place = if cut < 21 { 16 } else { 21 };
                let expected = format!("byte {place}: the trace ends inside a reference");
                assert_eq!(mistake(&good[..cut]), expected, "{cut}");
            }
        }
        let changed = |at: usize, byte| {
            let mut bytes = good.clone();
            bytes[at] = byte;
            mistake(&bytes)
        };
        assert_eq!(changed(0, b'M'), "byte 0: this is no binary trace");
        assert_eq!(
            changed(8, 2),
            "byte 8: version 2 of the binary format is not known"
        );
        assert_eq!(changed(15, 1), "byte 15: a reserved byte is not 0");
        assert_eq!(changed(16, 3), "byte 16: a reserved byte is not 0");
        assert_eq!(mistake(b"mwt"), "byte 3: this is no binary trace");
    }
}
