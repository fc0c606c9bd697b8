//! What the names of fields say about rights.
//!
//! Fields are free to be named as their manual does; these names are understood:
//!
//! | name | says |
//! |---|---|
//! | `read` `readable` | loads are allowed |
//! | `write` `writable` | stores are allowed |
//! | `execute` `executable` | fetches are allowed, in both modes |
//! | `kernel_execute`, `user_execute` (`..._executable`) | fetches are allowed in one mode (Arm's PXN and UXN, inverted) |
//! | `user` | user mode may do it too |
//! | `global`, `accessed`, `dirty` | as named; in leaves only |
//!
//! `no_` or `not_` before a name turns its sense, as `!` before the bits does; `read_only` is `no_write`.
//! A name with `table_` before it speaks in entries that point to tables, and there only; the plain name then speaks in
//! leaves only (Arm's APTable, PXNTable and UXNTable are other bits than those of leaves). Without it, a field speaks in
//! both, and a page has a right only if every entry on the way gives it; but in an entry that points to a
//! table a field is silent where its bits are part of what the entry is, where it points, or reserved
//! (RISC-V's R, W and X; the rights of PAE's directory pointers). `leaf_` before a name: in leaves only.

use super::{EntryForm, Field, FormatSpec, Level};
use alloc::vec::Vec;

/// What a field is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// Loads.
    Read,
    /// Stores.
    Write,
    /// Fetches, in both modes.
    Execute,
    /// Fetches by the kernel.
    KernelExecute,
    /// Fetches by user mode.
    UserExecute,
    /// User mode.
    User,
    /// The same in all processes.
    Global,
    /// The page was used.
    Accessed,
    /// The page was written.
    Dirty,
}

impl Subject {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "read" | "readable" => Self::Read,
            "write" | "writable" => Self::Write,
            "execute" | "executable" => Self::Execute,
            "kernel_execute" | "kernel_executable" => Self::KernelExecute,
            "user_execute" | "user_executable" => Self::UserExecute,
            "user" => Self::User,
            "global" => Self::Global,
            "accessed" => Self::Accessed,
            "dirty" => Self::Dirty,
            _ => return None,
        })
    }
}

/// The bits of an entry that say yes or no to something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Saying {
    /// About what.
    pub subject: Subject,
    /// True when clear bits say yes.
    pub inverted: bool,
    /// The bits. They count as set when any of them is.
    pub mask: u64,
}

impl Saying {
    /// Whether `entry` says yes.
    #[must_use]
    pub const fn yes(&self, entry: u64) -> bool {
        (entry & self.mask != 0) != self.inverted
    }
}

/// In which entries a field speaks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    Any,
    Leaf,
    Table,
}

fn read(field: &Field) -> Option<(Scope, Saying)> {
    let name = field.name.as_str();
    let (scope, name) = match (name.strip_prefix("table_"), name.strip_prefix("leaf_")) {
        (Some(rest), _) => (Scope::Table, rest),
        (_, Some(rest)) => (Scope::Leaf, rest),
        _ => (Scope::Any, name),
    };
    let (negated, name) = match name.strip_prefix("no_").or(name.strip_prefix("not_")) {
        _ if name == "read_only" => (true, "write"),
        Some(rest) => (true, rest),
        None => (false, name),
    };
    let subject = Subject::of(name)?;
    let scope = match subject {
        Subject::Global | Subject::Accessed | Subject::Dirty if scope == Scope::Any => Scope::Leaf,
        _ => scope,
    };
    let saying = Saying {
        subject,
        inverted: field.inverted != negated,
        mask: field.slice.mask(),
    };
    Some((scope, saying))
}

/// What entries of this form say, in the order of the fields' declaration.
pub(super) fn sayings(spec: &FormatSpec, level: &Level, form: &EntryForm) -> Vec<Saying> {
    let all: Vec<(Scope, Saying)> = spec.fields.iter().filter_map(read).collect();
    let has_own = |subject| {
        let mut all = all.iter();
        all.any(|(scope, saying)| *scope == Scope::Table && saying.subject == subject)
    };
    let mut silent = frame_or_reserved(spec, form);
    if !form.leaf {
        silent |= deciding(spec, level);
    }
    let speaks = |(scope, saying): &&(Scope, Saying)| {
        let here = match scope {
            Scope::Any => form.leaf || !has_own(saying.subject),
            Scope::Leaf => form.leaf,
            Scope::Table => !form.leaf,
        };
        here && saying.mask & silent == 0
    };
    all.iter()
        .filter(speaks)
        .map(|(_, saying)| *saying)
        .collect()
}

pub(super) fn has_user_execute(spec: &FormatSpec) -> bool {
    let mut read = spec.fields.iter().filter_map(read);
    read.any(|(_, saying)| saying.subject == Subject::UserExecute)
}

impl FormatSpec {
    /// True when some bit of an entry says whether fetches are allowed. Where none does, everything that can be read can be
    /// executed.
    #[must_use]
    pub fn can_forbid_execution(&self) -> bool {
        let mut read = self.fields.iter().filter_map(read);
        read.any(|(_, saying)| {
            matches!(
                saying.subject,
                Subject::Execute | Subject::KernelExecute | Subject::UserExecute
            )
        })
    }
}

/// The bits of an entry of this form that are its frame or reserved: no field speaks there.
fn frame_or_reserved(spec: &FormatSpec, form: &EntryForm) -> u64 {
    let frame = form.frame.iter().map(|piece| piece.slice());
    let reserved = form.reserved.iter().chain(&spec.reserved).copied();
    frame
        .chain(reserved)
        .fold(0, |mask, slice| mask | slice.mask())
}

/// The bits that say what the entries of a level are.
fn deciding(spec: &FormatSpec, level: &Level) -> u64 {
    let mut mask = 0;
    spec.present
        .for_each_comparison(&mut |slice, _| mask |= slice.mask());
    for when in level.forms.iter().filter_map(|form| form.when.as_ref()) {
        when.for_each_comparison(&mut |slice, _| mask |= slice.mask());
    }
    mask
}
