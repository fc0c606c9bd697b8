//! `mapwright walk` on tables whose entries were made by hand, from the manuals.
//!
//! Every number in these tests was computed from the published format of an entry; the comments show how. None was copied from
//! what a walk printed.

mod arm64;
mod cores;
mod differences;
mod files;
mod hostile;
mod kestrel;
mod lax;
mod layouts;
mod ranges;
mod rights;
mod riscv;
mod x86;

use crate::cli::program::{Run, directory, mapwright, path};
use std::collections::BTreeMap;

/// Tables in memory: a format, roots, and entries at physical addresses.
pub(crate) struct Tables<'a> {
    pub(crate) paging: &'a str,
    pub(crate) roots: &'a [u64],
    /// 4 or 8.
    pub(crate) entry_bytes: usize,
    /// Where each entry stands, and its value. All else is zero.
    pub(crate) entries: &'a [(u64, u64)],
}

/// The memory around each entry comes in files of so many bytes.
const BLOCK: u64 = 64 << 10;

impl Tables<'_> {
    /// The files of the image: the physical address and bytes of each.
    pub(crate) fn blocks(&self) -> Vec<(u64, Vec<u8>)> {
        let mut blocks: BTreeMap<u64, Vec<u8>> = BTreeMap::new();
        for (at, entry) in self.entries {
            let base = at / BLOCK * BLOCK;
            let block = blocks
                .entry(base)
                .or_insert_with(|| vec![0; BLOCK as usize]);
            let offset = (at - base) as usize;
            let bytes = &entry.to_le_bytes()[..self.entry_bytes];
            assert_eq!(
                *entry >> (self.entry_bytes * 8 - 1) >> 1,
                0,
                "{entry:#x} is too wide"
            );
            block[offset..offset + bytes.len()].copy_from_slice(bytes);
        }
        blocks.into_iter().collect()
    }

    /// Runs `walk` on them with some more arguments.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        let names: Vec<(String, u64, Vec<u8>)> = self
            .blocks()
            .into_iter()
            .map(|(base, bytes)| (format!("at-{base:x}.img"), base, bytes))
            .collect();
        let files: Vec<(&str, &[u8])> = names
            .iter()
            .map(|(name, _, bytes)| (name.as_str(), bytes.as_slice()))
            .collect();
        let files = directory(&files);
        let mut line = vec!["walk".to_owned(), "--paging".into(), self.paging.into()];
        for root in self.roots {
            line.extend(["--root".into(), format!("{root:#x}")]);
        }
        for (name, base, _) in &names {
            line.extend([
                "--image".into(),
                format!("{}@{base:#x}", path(&files, name)),
            ]);
        }
        line.extend(arguments.iter().map(ToString::to_string));
        mapwright(line)
    }

    /// Each address is walked to what stands beside it, by both engines, as strictly as the processor would.
    #[track_caller]
    pub(crate) fn lead(&self, expected: &[(u64, &str)]) {
        self.lead_with(&["--strict"], expected);
    }

    /// [`Tables::lead`] with some more arguments.
    #[track_caller]
    pub(crate) fn lead_with(&self, arguments: &[&str], expected: &[(u64, &str)]) {
        let addresses: Vec<String> = expected.iter().map(|(a, _)| format!("{a:#x}")).collect();
        let lines: Vec<String> = expected
            .iter()
            .map(|(address, meaning)| format!("{address:#x} {meaning}"))
            .collect();
        for engine in ["table", "jit"] {
            let mut line = vec!["--format", "plain", "--engine", engine];
            line.extend(arguments);
            line.extend(addresses.iter().map(String::as_str));
            let run = self.run(&line);
            assert_eq!((run.code, run.err.as_str()), (0, ""), "{engine}");
            let found: Vec<&str> = run.out.lines().collect();
            assert_eq!(found, lines, "{} {engine}", self.paging);
        }
    }
}
