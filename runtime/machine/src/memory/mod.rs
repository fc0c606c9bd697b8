//! Physical memory: what lies where, its bytes, and the state of every frame.
//!
//! Memory is sparse and real: a frame has bytes of the host once something was written to it, and reads
//! as zeros before.

mod budget;
mod frames;
mod radix;
mod ram;

pub use budget::{HostBudget, HostLimit};
pub use frames::{FrameState, FrameUse, Frames};
pub use ram::{MemoryConflict, MemoryKind, MemoryRange, RamMap};

use alloc::boxed::Box;
use core::fmt;
use radix::Radix;

/// Why a physical address could not be read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MemoryError {
    /// Nothing answers at this address.
    Nothing {
        /// The physical address.
        address: u64,
    },
    /// The access would pass 2^64.
    PastTheEnd {
        /// Where it begins.
        address: u64,
        /// Its bytes.
        bytes: u64,
    },
    /// The host's memory that the simulation may take is used up.
    Host(HostLimit),
}

impl From<HostLimit> for MemoryError {
    fn from(limit: HostLimit) -> Self {
        Self::Host(limit)
    }
}

impl fmt::Display for MemoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing { address } => {
                write!(f, "nothing answers at physical address {address:#x}")
            }
            Self::PastTheEnd { address, bytes } => {
                write!(
                    f,
                    "{bytes} bytes from {address:#x} pass the end of physical space"
                )
            }
            Self::Host(limit) => limit.fmt(f),
        }
    }
}

impl core::error::Error for MemoryError {}

/// A chunk of an access: bytes that follow each other in physical memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Chunk {
    /// Where they begin.
    pub physical: u64,
    /// How many they are.
    pub bytes: usize,
}

/// Physical memory.
#[derive(Debug, Clone)]
pub struct Memory {
    map: RamMap,
    frame_bits: u32,
    data: Radix<Box<[u8]>>,
    frames: Frames,
    budget: HostBudget,
    touched: u64,
}

impl Memory {
    /// The memory of a map, in frames of 2^`frame_bits` bytes (at most 2^30), that may take so much of
    /// the host's. No frame is touched.
    #[must_use]
    pub fn new(map: RamMap, frame_bits: u32, budget: HostBudget) -> Self {
        let last_frame = map.last().unwrap_or(0) >> frame_bits;
        Self {
            map,
            frame_bits,
            data: Radix::new(last_frame),
            frames: Frames::new(last_frame),
            budget,
            touched: 0,
        }
    }

    /// What lies where.
    #[must_use]
    pub fn map(&self) -> &RamMap {
        &self.map
    }

    /// The bits of the offset within a frame.
    #[must_use]
    pub fn frame_bits(&self) -> u32 {
        self.frame_bits
    }

    /// The bytes of a frame.
    #[must_use]
    pub fn frame_bytes(&self) -> u64 {
        1 << self.frame_bits
    }

    /// The host's memory in use.
    #[must_use]
    pub fn budget(&self) -> &HostBudget {
        &self.budget
    }

    /// The host's memory in use, to count more.
    pub(crate) fn budget_mut(&mut self) -> &mut HostBudget {
        &mut self.budget
    }

    /// How many frames have bytes of the host.
    #[must_use]
    pub fn touched_frames(&self) -> u64 {
        self.touched
    }

    /// The states of frames.
    #[must_use]
    pub fn frames(&self) -> &Frames {
        &self.frames
    }

    /// Sets the state of a frame of memory.
    ///
    /// # Errors
    /// When the host's limit is reached.
    pub fn set_state(&mut self, frame: u64, state: FrameState) -> Result<(), HostLimit> {
        self.frames.set(frame, state, &mut self.budget)
    }

    /// Reads the pieces of one access, one after the other.
    ///
    /// # Errors
    /// When nothing answers at one of them.
    pub(crate) fn read_pieces(
        &self,
        pieces: &[Chunk],
        bytes: &mut [u8],
    ) -> Result<(), MemoryError> {
        let mut left = bytes;
        for piece in pieces {
            let (into, rest) = left.split_at_mut(piece.bytes.min(left.len()));
            self.read_bytes(piece.physical, into)?;
            left = rest;
        }
        Ok(())
    }

    /// Writes the pieces of one access: all of them or none.
    ///
    /// # Errors
    /// When nothing answers at one of them, or the host's limit is reached; nothing is written then.
    pub(crate) fn write_pieces(
        &mut self,
        pieces: &[Chunk],
        bytes: &[u8],
    ) -> Result<(), MemoryError> {
        for piece in pieces {
            self.back(piece.physical, piece.bytes)?;
        }
        let mut left = bytes;
        for piece in pieces {
            let (from, rest) = left.split_at(piece.bytes.min(left.len()));
            self.write_bytes(piece.physical, from)?;
            left = rest;
        }
        Ok(())
    }

    /// Gives the frames of a range bytes of the host, so that writing there cannot fail any more.
    fn back(&mut self, address: u64, bytes: usize) -> Result<(), MemoryError> {
        let mut done = 0;
        while done < bytes {
            let (at, length) = self.piece(address, done, bytes)?;
            self.frame_mut(at)?;
            done += length;
        }
        Ok(())
    }

    /// Reads bytes; frames never written read as zeros.
    ///
    /// # Errors
    /// When nothing answers at one of the addresses.
    pub fn read_bytes(&self, address: u64, bytes: &mut [u8]) -> Result<(), MemoryError> {
        let mut done = 0;
        while done < bytes.len() {
            let (at, length) = self.piece(address, done, bytes.len())?;
            let offset = self.offset(at);
            let into = &mut bytes[done..done + length];
            match self.data.get(at >> self.frame_bits) {
                Some(data) => into.copy_from_slice(&data[offset..offset + length]),
                None => {
                    self.check(at)?;
                    into.fill(0);
                }
            }
            done += length;
        }
        Ok(())
    }

    /// Writes bytes: all of them or none.
    ///
    /// # Errors
    /// When nothing answers at one of the addresses, or the host's limit is reached; nothing is written then.
    pub fn write_bytes(&mut self, address: u64, bytes: &[u8]) -> Result<(), MemoryError> {
        if bytes.len() > self.frame_bytes() as usize - self.offset(address) {
            self.back(address, bytes.len())?;
        }
        let mut done = 0;
        while done < bytes.len() {
            let (at, length) = self.piece(address, done, bytes.len())?;
            let offset = self.offset(at);
            let data = self.frame_mut(at)?;
            data[offset..offset + length].copy_from_slice(&bytes[done..done + length]);
            done += length;
        }
        Ok(())
    }

    /// Reads a little-endian number of `bytes` bytes, 1 to 8.
    ///
    /// # Errors
    /// When nothing answers at one of the addresses.
    #[inline]
    pub fn read(&self, address: u64, bytes: u32) -> Result<u64, MemoryError> {
        let length = bytes.min(8) as usize;
        let mut word = [0; 8];
        let offset = self.offset(address);
        // Most numbers, entries of tables above all, lie in one frame that has bytes.
        let frame = self.data.get(address >> self.frame_bits);
        match frame.and_then(|data| data.get(offset..offset + length)) {
            Some(bytes) => word[..length].copy_from_slice(bytes),
            None => self.read_bytes(address, &mut word[..length])?,
        }
        Ok(u64::from_le_bytes(word))
    }

    /// Writes the low `bytes` bytes, 1 to 8, of a number, little-endian.
    ///
    /// # Errors
    /// When nothing answers at one of the addresses, or the host's limit is reached.
    #[inline]
    pub fn write(&mut self, address: u64, value: u64, bytes: u32) -> Result<(), MemoryError> {
        let length = bytes.min(8) as usize;
        self.write_bytes(address, &value.to_le_bytes()[..length])
    }

    /// Copies a frame.
    ///
    /// # Errors
    /// When nothing answers at one of them, or the host's limit is reached.
    pub fn copy_frame(&mut self, from: u64, to: u64) -> Result<(), MemoryError> {
        self.check(from << self.frame_bits)?;
        match self.data.get(from).cloned() {
            Some(data) => {
                self.frame_mut(to << self.frame_bits)?
                    .copy_from_slice(&data);
                Ok(())
            }
            None => self.clear_frame(to),
        }
    }

    /// Fills a frame with zeros, and gives the host's bytes back.
    ///
    /// # Errors
    /// When nothing answers there.
    pub fn clear_frame(&mut self, frame: u64) -> Result<(), MemoryError> {
        self.check(frame << self.frame_bits)?;
        if self.data.remove(frame).is_some() {
            self.touched -= 1;
            self.budget.give(self.frame_bytes());
        }
        Ok(())
    }

    /// The next piece of an access, within one frame: where it is, and how long.
    #[inline]
    fn piece(&self, address: u64, done: usize, all: usize) -> Result<(u64, usize), MemoryError> {
        let at = address.checked_add(done as u64);
        let at = at.ok_or(MemoryError::PastTheEnd {
            address,
            bytes: all as u64,
        })?;
        let room = self.frame_bytes() as usize - self.offset(at);
        Ok((at, room.min(all - done)))
    }

    #[inline]
    fn offset(&self, address: u64) -> usize {
        // A frame has at most 2^30 bytes.
        (address & (self.frame_bytes() - 1)) as usize
    }

    fn check(&self, address: u64) -> Result<(), MemoryError> {
        let nothing = MemoryError::Nothing { address };
        self.map.at(address).map(|_| ()).ok_or(nothing)
    }

    #[inline]
    fn frame_mut(&mut self, address: u64) -> Result<&mut [u8], MemoryError> {
        let frame = address >> self.frame_bits;
        if self.data.get(frame).is_none() {
            self.check(address)?;
            let bytes = self.frame_bytes();
            let zeros = || alloc::vec![0; bytes as usize].into_boxed_slice();
            self.data
                .get_or_make(frame, &mut self.budget, bytes, zeros)?;
            self.touched += 1;
        }
        match self.data.get_mut(frame) {
            Some(data) => Ok(data),
            None => Err(MemoryError::Nothing { address }),
        }
    }
}
