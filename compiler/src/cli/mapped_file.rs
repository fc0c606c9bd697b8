//! Files mapped into memory, to be read: memory images are often larger than the memory of the machine that looks at them.
//!
//! Outside of the package that owns executable memory, this file is the only one with unsafe code: no mapping of a file can
//! be made without, because others may change the file.
#![allow(unsafe_code)]

use std::fmt;
use std::fs::File;
use std::io;

use memmap2::Mmap;

/// An open file as bytes. The file may be closed; the mapping goes away with the value.
pub(super) struct MappedFile {
    map: Mmap,
}

impl MappedFile {
    /// Maps all of an open file, to be read only.
    ///
    /// # Errors
    /// What the system says: the file is no regular file, is of a kind that cannot be mapped, or is larger than
    /// the address space.
    pub(super) fn new(file: &File) -> io::Result<Self> {
        // SAFETY: The mapping is private and read-only, and only shared slices of it are given out, which borrow
        // from the value that owns it. What the types cannot promise is that nobody else changes the file meanwhile:
        // - Somebody who writes to it may be seen or not. The bytes are only ever copied out as integers, by a walk
        //   that checks every address that it reads, so that any value does no more harm than a damaged file.
        // - Somebody who makes it shorter takes pages away: the next read there ends this process by a signal
        //   (SIGBUS), which is not undefined and tells no lies. Images are dumps, which nobody changes any more;
        //   what is still being written has to be copied first.
        let map = unsafe { Mmap::map(file) }?;
        Ok(Self { map })
    }

    /// Its bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.map
    }
}

impl fmt::Debug for MappedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MappedFile({} bytes)", self.map.len())
    }
}
