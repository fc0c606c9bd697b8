//! Reading and writing the memory of processes: by themselves, and by the kernel for them.

use super::ProcessId;
use crate::access::{AccessKind, Mode};
use crate::{Machine, MachineError};
use alloc::vec::Vec;
use mapwright_runtime::range::Range;

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
    /// The first fault that cannot be served; what was read before it is in `bytes`.
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

    /// Writes as a process (or the kernel on its behalf) does, page by page; faults are served.
    ///
    /// # Errors
    /// The first fault that cannot be served; what comes before it is written.
    pub fn write_process(
        &mut self,
        id: ProcessId,
        address: u64,
        bytes: &[u8],
        mode: Mode,
    ) -> Result<(), MachineError> {
        let mut done = 0;
        while done < bytes.len() {
            let (at, length) = self.piece(address, done, bytes.len(), AccessKind::Write)?;
            let walk = self.touch(id, at, AccessKind::Write, mode)?;
            let from = &bytes[done..done + length];
            self.physical
                .memory_mut()
                .write_bytes(walk.physical, from)?;
            done += length;
        }
        Ok(())
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
