//! Memory images: files, and where in physical memory their bytes were.

use std::fs::{self, File};

use mapwright_runtime::range::Range;
use mapwright_runtime::walk::Image;

use super::super::address;
use super::super::console::Failure;
use super::super::mapped_file::MappedFile;
use super::cores::{self, Piece};

/// How files that hold memory in another form begin, what they are, and how to get at the memory.
const FOREIGN: &[(&[u8], &str, &str)] = &[
    (
        b"KDUMP   ",
        "a compressed kdump",
        "make an ELF core of it: `makedumpfile -E`",
    ),
    (
        b"DISKDUMP",
        "a compressed kdump",
        "make an ELF core of it: `makedumpfile -E`",
    ),
    (
        b"makedumpfile",
        "a flattened kdump",
        "rearrange it first: `makedumpfile -R`",
    ),
    (
        b"EMiL",
        "a LiME dump",
        "make it with `format=raw`, or `format=padded`",
    ),
];

/// One `--image` argument: an open file, and where its bytes were.
#[derive(Debug)]
pub(super) struct OpenImage {
    /// The file's name.
    name: String,
    /// Where `@` says that it was; 0 without it, and then an ELF core says it itself.
    at: Option<u64>,
    file: MappedFile,
}

impl OpenImage {
    /// Opens `FILE` or `FILE@PHYS`.
    ///
    /// # Errors
    /// Why it is no image.
    pub(super) fn open(argument: &str) -> Result<Self, Failure> {
        let (name, at) = split(argument)?;
        let file = map(name)?;
        Ok(Self {
            name: name.to_string(),
            at,
            file,
        })
    }

    /// Its bytes, each stretch with its physical address.
    fn pieces(&self) -> Result<Vec<Piece<'_>>, Failure> {
        let bytes = self.file.bytes();
        let name = &self.name;
        let Some(at) = self.at else {
            if cores::is_elf(bytes) {
                let pieces = cores::pieces(bytes);
                return pieces.map_err(|why| Failure::new(format!("`{name}` {why}")));
            }
            let foreign = FOREIGN.iter().find(|(magic, ..)| bytes.starts_with(magic));
            return match foreign {
                Some((_, what, way_out)) => {
                    Err(Failure::new(format!("`{name}` is {what}; {way_out}")))
                }
                None => Ok(vec![(0, bytes)]),
            };
        };
        let fits = Range::from_base_size(at, bytes.len() as u128).is_some();
        if !fits {
            return Err(Failure::new(format!(
                "`{name}` does not fit below 2^64: it has {:#x} bytes, and @{at:#x} leaves {:#x}; place it lower",
                bytes.len(),
                (1_u128 << 64) - u128::from(at)
            )));
        }
        Ok(vec![(at, bytes)])
    }
}

/// Parts `FILE@PHYS`. An `@` that no digit follows belongs to the file's name.
fn split(argument: &str) -> Result<(&str, Option<u64>), Failure> {
    let Some((name, at)) = argument.rsplit_once('@') else {
        return Ok((argument, None));
    };
    if !at.starts_with(|c: char| c.is_ascii_digit() || c == '-') || at.contains('/') {
        return Ok((argument, None));
    }
    let wrong = |problem| Failure::new(format!("`{argument}`: {problem}"));
    let at = address::parse_physical(at).map_err(wrong)?;
    Ok((name, Some(at)))
}

fn map(name: &str) -> Result<MappedFile, Failure> {
    let failure = |error| Failure::io(&format!("read `{name}`"), &error);
    // Looked at before it is opened: opening a pipe waits for its other end.
    let about = fs::metadata(name).map_err(failure)?;
    if about.is_dir() {
        return Err(Failure::new(format!(
            "`{name}` is a directory; name the image in it"
        )));
    }
    if !about.is_file() {
        return Err(Failure::new(format!(
            "`{name}` is no regular file, so it cannot be looked at here and there; copy it into one first"
        )));
    }
    if about.len() == 0 {
        return Err(Failure::new(format!(
            "`{name}` is empty; an image holds at least one page table"
        )));
    }
    let file = File::open(name).map_err(failure)?;
    // Files that are made when they are read, such as /proc/kcore, cannot be mapped.
    let mapped = MappedFile::new(&file);
    mapped.map_err(|error| Failure(format!("{}; copy it into a file first", failure(error).0)))
}

/// The memory that some images hold together.
///
/// # Errors
/// When two hold the same address, or one is none.
pub(super) fn join(images: &[OpenImage]) -> Result<Image<'_>, Failure> {
    let mut pieces: Vec<(u64, &[u8], &str)> = Vec::new();
    for image in images {
        let of_image = image.pieces()?;
        pieces.extend(
            of_image
                .into_iter()
                .map(|(at, bytes)| (at, bytes, &image.name[..])),
        );
    }
    pieces.sort_by_key(|(at, ..)| *at);
    for pair in pieces.windows(2) {
        let ((low, bytes, first), (high, other, second)) = (pair[0], pair[1]);
        let end = u128::from(low) + bytes.len() as u128;
        if end > u128::from(high) {
            let other_end = u128::from(high) + other.len() as u128;
            return Err(Failure::new(format!(
                "`{first}` at {low:#x} .. {end:#x} and `{second}` at {high:#x} .. {other_end:#x} overlap; \
                 say where each was with `FILE@PHYS`, such as `{second}@{end:#x}`"
            )));
        }
    }
    let placed = pieces.iter().map(|(at, bytes, _)| (*at, *bytes));
    Image::new(placed).map_err(|error| Failure::new(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_follow_the_last_at_sign() {
        for (argument, name, at) in [
            ("a.img", "a.img", None),
            ("a.img@0x1000", "a.img", Some(0x1000)),
            ("a@b.img", "a@b.img", None),
            ("a@b.img@4G", "a@b.img", Some(4 << 30)),
            ("dir@1/a.img", "dir@1/a.img", None),
        ] {
            assert_eq!(split(argument), Ok((name, at)), "{argument}");
        }
        for (argument, why) in [
            (
                "a.img@0xz",
                "`a.img@0xz`: `0xz` is not a number; after `0x` stand",
            ),
            ("a.img@-1", "`a.img@-1`: `-1` is negative"),
            ("a.img@16E", "`a.img@16E`: `16E` is beyond 2^64"),
        ] {
            let message = split(argument).expect_err(argument).0;
            assert!(message.contains(why), "{message}");
        }
    }
}
