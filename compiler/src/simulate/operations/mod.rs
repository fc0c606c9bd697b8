//! The operations that steps can do, subject by subject.

mod access;
mod bus;
mod checks;
pub(super) mod declaration;
mod faults;
mod frames;
mod objects;
mod processes;
mod segments;
mod swap;
mod translation;
mod windows;

use declaration::Operation;

/// All of them.
pub(super) const ALL: &[&[Operation]] = &[
    frames::OPERATIONS,
    objects::OPERATIONS,
    windows::OPERATIONS,
    processes::OPERATIONS,
    access::OPERATIONS,
    translation::OPERATIONS,
    segments::OPERATIONS,
    bus::OPERATIONS,
    swap::OPERATIONS,
    checks::OPERATIONS,
    faults::OPERATIONS,
];

/// The words for rights of an access.
const ACCESS: &[&str] = &["read", "write", "execute"];

/// The words for who accesses.
const MODES: &[&str] = &["user", "kernel"];

/// The words for how urgent a request is.
const URGENCY: &[&str] = &["normal", "atomic", "emergency"];

/// Most bytes that one step touches, copies or writes: the host's memory holds what is read.
const MOST_BYTES: u64 = 1 << 30;
