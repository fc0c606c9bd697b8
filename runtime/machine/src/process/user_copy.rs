//! Reading and writing the memory of processes: by themselves, and by the kernel for them.

use super::ProcessId;
use crate::access::{AccessKind, Mode};
use crate::memory::Chunk;
use crate::{Machine, MachineError};
use alloc::vec::Vec;
use mapwright_runtime::range::Range;

/// So often pages of one access are brought in together before they are taken one by one.
const MOST_ROUNDS: u32 = 4;

/// What `copy_from_user` and `copy_to_user` answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserCopy {
    /// The bytes that were copied.
    pub copied: u64,
    /// The bytes that were not: what the kernel's functions return.
    pub left: u64,
    /// Why not all: nothing, when the range was not the process's to begin with.
    pub fault: Option<MachineError>,
}

impl Machine {
    /// Reads as a process (or the kernel on its behalf) does, page by page; faults are served.
    ///
    /// # Errors
    /// The first fault that cannot be served; nothing is in `bytes` then that the caller may rely on.
    pub fn read_process(
        &mut self,
        id: ProcessId,
        address: u64,
        bytes: &mut [u8],
        mode: Mode,
    ) -> Result<(), MachineError> {
        let mut done = 0;
        while done < bytes.len() {
            let (at, length) = self.piece(address, done, bytes.len(), AccessKind::Read)?;
            let walk = self.touch(id, at, AccessKind::Read, mode)?;
            let into = &mut bytes[done..done + length];
            self.physical.memory().read_bytes(walk.physical, into)?;
            done += length;
        }
        Ok(())
    }

    /// Writes as a process (or the kernel on its behalf) does; faults of all pages are served first. All bytes are
    /// written or none, as long as memory holds all pages of the access at once.
    ///
    /// # Errors
    /// The first fault that cannot be served.
    pub fn write_process(
        &mut self,
        id: ProcessId,
        address: u64,
        bytes: &[u8],
        mode: Mode,
    ) -> Result<(), MachineError> {
        for _ in 0..MOST_ROUNDS {
            let pieces = self.process_pieces(id, address, bytes.len(), mode)?;
            if pieces.len() <= 1 || self.all_there(id, address, &pieces)? {
                self.physical.memory_mut().write_pieces(&pieces, bytes)?;
                return Ok(());
            }
        }
        // More pages than fit at once: each was looked at, and is written when its turn comes.
        let mut done = 0;
        while done < bytes.len() {
            let (at, length) = self.piece(address, done, bytes.len(), AccessKind::Write)?;
            let physical = self.touch(id, at, AccessKind::Write, mode)?.physical;
            let from = &bytes[done..done + length];
            self.physical.memory_mut().write_bytes(physical, from)?;
            done += length;
        }
        Ok(())
    }

    /// What a write of a process finds, page by page; faults are served.
    fn process_pieces(
        &mut self,
        id: ProcessId,
        address: u64,
        all: usize,
        mode: Mode,
    ) -> Result<Vec<Chunk>, MachineError> {
        let mut pieces = Vec::new();
        let mut done = 0;
        while done < all {
            let (at, bytes) = self.piece(address, done, all, AccessKind::Write)?;
            let walk = self.touch(id, at, AccessKind::Write, mode)?;
            pieces.push(Chunk {
                physical: walk.physical,
                bytes,
            });
            done += bytes;
        }
        Ok(pieces)
    }

    /// Whether pages are where they were found: a page that came in later may have taken the frame of one before.
    fn all_there(
        &self,
        id: ProcessId,
        address: u64,
        pieces: &[Chunk],
    ) -> Result<bool, MachineError> {
        let tables = self.process(id)?.tables();
        let mut at = address;
        for piece in pieces {
            let walk = tables.walk(self.physical.memory(), at);
            if walk.map(|walk| walk.physical) != Ok(piece.physical) {
                return Ok(false);
            }
            at = at.wrapping_add(piece.bytes as u64);
        }
        Ok(true)
    }

    /// Calls `copy` with each piece of a user range until one fails.
    fn each_piece(
        &mut self,
        address: u64,
        all: usize,
        kind: AccessKind,
        mut copy: impl FnMut(&mut Self, u64, usize, usize) -> Result<(), MachineError>,
    ) -> UserCopy {
        let mut done = 0;
        let range = Range::from_base_size(address, all as u128);
        let own = all == 0 || range.is_some_and(|range| self.is_own(range));
        let mut fault = None;
        while own && done < all && fault.is_none() {
            match self.piece(address, done, all, kind) {
                Ok((at, length)) => match copy(self, at, done, length) {
                    Ok(()) => done += length,
                    Err(error) => fault = Some(error),
                },
                Err(error) => fault = Some(error),
            }
        }
        UserCopy {
            copied: done as u64,
            left: (all - done) as u64,
            fault,
        }
    }

    /// `copy_from_user`: the range is checked first; then a fault ends the copy, and what is left is
    /// counted.
    pub fn copy_from_user(
        &mut self,
        id: ProcessId,
        address: u64,
        bytes: usize,
    ) -> (Vec<u8>, UserCopy) {
        let mut found = Vec::new();
        let kind = AccessKind::Read;
        let copy = self.each_piece(address, bytes, kind, |machine, at, done, length| {
            found.resize(done + length, 0);
            let result = machine.read_process(id, at, &mut found[done..], Mode::Kernel);
            if result.is_err() {
                found.truncate(done);
            }
            result
        });
        (found, copy)
    }

    /// `copy_to_user`: the range is checked first; then a fault ends the copy, and what is left is
    /// counted.
    pub fn copy_to_user(&mut self, id: ProcessId, address: u64, bytes: &[u8]) -> UserCopy {
        let kind = AccessKind::Write;
        self.each_piece(address, bytes.len(), kind, |machine, at, done, length| {
            machine.write_process(id, at, &bytes[done..done + length], Mode::Kernel)
        })
    }
}
