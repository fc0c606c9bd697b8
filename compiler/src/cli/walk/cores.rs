//! ELF cores: which bytes of the file are which physical memory.
//!
//! QEMU's `dump-guest-memory`, kdump's `vmcore`, `makedumpfile -E` and copies of `/proc/kcore` all are ELF files of type core
//! with a PT_LOAD header for each stretch of memory, whose `p_paddr` is its physical address.

use std::collections::BTreeMap;

use object::Endianness;
use object::elf;
use object::read::elf::{FileHeader, ProgramHeader};

/// Bytes of a file, and the physical address of the first.
pub(super) type Piece<'f> = (u64, &'f [u8]);

/// Where the class of an ELF file stands.
const CLASS: usize = 4;

/// True when a file begins as ELF files do.
pub(super) fn is_elf(bytes: &[u8]) -> bool {
    bytes.starts_with(&elf::ELFMAG)
}

/// The memory that a core holds. What several segments hold (the kernel's text and the direct map of it) is taken from the
/// first. Memory beyond `p_filesz` was left out of the core and is a hole.
///
/// # Errors
/// Why there is none, as the end of the sentence that begins with the file's name.
pub(super) fn pieces(bytes: &[u8]) -> Result<Vec<Piece<'_>>, String> {
    // A segment without a physical address (the vmalloc area in /proc/kcore) has all ones in its place.
    match bytes.get(CLASS) {
        Some(&elf::ELFCLASS32) => read::<elf::FileHeader32<Endianness>>(bytes, u32::MAX.into()),
        Some(&elf::ELFCLASS64) => read::<elf::FileHeader64<Endianness>>(bytes, u64::MAX),
        _ => Err("is a damaged ELF file: it is neither of 32 nor of 64 bits".to_string()),
    }
}

fn read<H: FileHeader<Endian = Endianness>>(
    bytes: &[u8],
    nowhere: u64,
) -> Result<Vec<Piece<'_>>, String> {
    let damaged = |error: object::read::Error| {
        format!("is a damaged ELF file: {error}; was it copied whole?")
    };
    let header = H::parse(bytes).map_err(damaged)?;
    let endian = header.endian().map_err(damaged)?;
    if endian == Endianness::Big {
        return Err(
            "is an ELF file of a big-endian machine, whose page tables cannot be walked"
                .to_string(),
        );
    }
    if header.e_type(endian) != elf::ET_CORE {
        return Err(
            "is an ELF file, but no core; to take it as raw memory, say where it was: `FILE@0`"
                .to_string(),
        );
    }
    let headers = header.program_headers(endian, bytes).map_err(damaged)?;
    let mut found: Vec<Piece<'_>> = Vec::new();
    for (number, segment) in headers.iter().enumerate() {
        let base: u64 = segment.p_paddr(endian).into();
        if segment.p_type(endian) == elf::PT_LOAD && base != nowhere {
            let data = segment_bytes(segment, number, endian, bytes)?;
            if !data.is_empty() {
                found.push((base, data));
            }
        }
    }
    match &found[..] {
        [] => Err("is an ELF core without memory: no PT_LOAD segment has bytes and a physical address".to_string()),
        [_, _, ..] if found.iter().all(|(base, _)| *base == 0) => Err(
            "is an ELF core whose segments all say that they are at 0, as /proc/kcore of old kernels does; \
             copy the segment of the direct map into a raw file"
                .to_string(),
        ),
        _ => Ok(apart(found)),
    }
}

fn segment_bytes<'f, P: ProgramHeader<Endian = Endianness>>(
    segment: &P,
    number: usize,
    endian: Endianness,
    bytes: &'f [u8],
) -> Result<&'f [u8], String> {
    let base: u64 = segment.p_paddr(endian).into();
    let size: u64 = segment.p_filesz(endian).into();
    let offset: u64 = segment.p_offset(endian).into();
    let Ok(data) = segment.data(endian, bytes) else {
        let end = bytes.len();
        return Err(format!(
            "is cut off: segment {number} has {size:#x} bytes from {offset:#x} on, but the file ends at {end:#x}; copy it whole"
        ));
    };
    if base.checked_add(size.saturating_sub(1)).is_none() {
        return Err(format!(
            "is a damaged ELF file: segment {number} has {size:#x} bytes at {base:#x}, beyond 2^64"
        ));
    }
    Ok(data)
}

/// The same memory with no address twice: earlier pieces win.
fn apart(pieces: Vec<Piece<'_>>) -> Vec<Piece<'_>> {
    // Base to last address of what is taken, apart from each other.
    let mut taken: BTreeMap<u64, u64> = BTreeMap::new();
    let mut found = Vec::new();
    for (base, bytes) in pieces {
        let last = base + (bytes.len() as u64 - 1);
        let mut free = Vec::new();
        let mut from = Some(base);
        let before = taken.range(..=base).next_back().map(|(b, l)| (*b, *l));
        let inside = taken.range(base..=last).map(|(b, l)| (*b, *l));
        for (taken_base, taken_last) in before.into_iter().chain(inside) {
            let Some(start) = from else { break };
            if taken_last < start {
                continue;
            }
            if taken_base > start {
                free.push((start, taken_base - 1));
            }
            from = taken_last.checked_add(1).filter(|next| *next <= last);
        }
        free.extend(from.map(|start| (start, last)));
        for (start, end) in free {
            let (low, high) = ((start - base) as usize, (end - base) as usize);
            found.push((start, &bytes[low..=high]));
            taken.insert(start, end);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn earlier_pieces_win() {
        let (a, b, c) = ([1_u8; 0x10], [2_u8; 0x40], [3_u8; 8]);
        let found = apart(vec![(0x110, &a[..]), (0x100, &b[..]), (0x114, &c[..])]);
        let shown: Vec<(u64, usize, u8)> = found
            .iter()
            .map(|(base, bytes)| (*base, bytes.len(), bytes[0]))
            .collect();
        assert_eq!(
            shown,
            [(0x110, 0x10, 1), (0x100, 0x10, 2), (0x120, 0x20, 2)]
        );
    }

    #[test]
    fn the_top_of_memory_is_taken_once() {
        let (a, b) = ([1_u8; 0x10], [2_u8; 0x20]);
        let found = apart(vec![(u64::MAX - 0xF, &a[..]), (u64::MAX - 0x1F, &b[..])]);
        let shown: Vec<(u64, usize)> = found
            .iter()
            .map(|(base, bytes)| (*base, bytes.len()))
            .collect();
        assert_eq!(shown, [(u64::MAX - 0xF, 0x10), (u64::MAX - 0x1F, 0x10)]);
    }
}
