//! What the entries on the way to a page allow together.

use crate::access::Access;
use crate::paging::{Format, Subject};
use core::fmt;

/// What an access does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AccessKind {
    /// It loads.
    Read,
    /// It stores.
    Write,
    /// It fetches instructions.
    Execute,
}

impl AccessKind {
    /// `read`, `write` or `execute`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Execute => "execute",
        }
    }
}

/// Who accesses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mode {
    /// A process itself.
    User,
    /// The kernel, for itself or for a process. It too respects that a page is not writable (`CR0.WP`).
    Kernel,
}

/// A set of rights, in one byte.
///
/// Who may fetch instructions is kept apart for the two modes, because formats differ: x86 and RISC-V have
/// one bit, Arm has two. [`Rights::access`] is the shorter answer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Rights(u8);

impl Rights {
    /// No right.
    pub const NONE: Self = Self(0);
    /// Loads.
    pub const READ: Self = Self(1);
    /// Stores.
    pub const WRITE: Self = Self(2);
    /// Fetches by the kernel.
    pub const KERNEL_EXECUTE: Self = Self(4);
    /// Loads and stores by user mode too, as far as there are any.
    pub const USER: Self = Self(8);
    /// Fetches by user mode.
    pub const USER_EXECUTE: Self = Self(16);
    /// The translation is the same in all processes.
    pub const GLOBAL: Self = Self(32);
    /// What there is before the first entry: everything, but not global.
    pub const START: Self = Self(31);

    /// What is in one of the two.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The rights of a page by the entries below one that leaves `above`: what both have, but global when either is.
    #[must_use]
    pub const fn below(self, above: Self) -> Self {
        Self(self.0 & above.0 | (self.0 | above.0) & Self::GLOBAL.0)
    }

    /// What is not in `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// True when all of `other` is in it.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// What an entry withholds, or gives, when it speaks of `subject`. In a format without a right of its own for
    /// user mode's fetches, they need what `user` gives. `None` for what is no right: whether a page was used.
    #[must_use]
    pub fn of(format: &Format, subject: Subject) -> Option<Self> {
        Some(match subject {
            Subject::Read => Self::READ,
            Subject::Write => Self::WRITE,
            Subject::Execute => Self::KERNEL_EXECUTE.with(Self::USER_EXECUTE),
            Subject::KernelExecute => Self::KERNEL_EXECUTE,
            Subject::UserExecute => Self::USER_EXECUTE,
            Subject::User if format.has_user_execute() => Self::USER,
            Subject::User => Self::USER.with(Self::USER_EXECUTE),
            Subject::Global => Self::GLOBAL,
            Subject::Accessed | Subject::Dirty => return None,
        })
    }

    /// The same as a byte, below 64.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// The set with these bits; those above the sixth are dropped.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & 63)
    }

    /// In short. `execute` is true when either mode may fetch, so that no page that is writable and
    /// executable for anybody is passed over.
    #[must_use]
    pub const fn access(self) -> Access {
        Access {
            read: self.has(Self::READ),
            write: self.has(Self::WRITE),
            execute: self.has(Self::KERNEL_EXECUTE) || self.has(Self::USER_EXECUTE),
            user: self.has(Self::USER),
            global: self.has(Self::GLOBAL),
        }
    }

    /// Whether the entries allow this access. What a processor forbids besides them (SMEP and SMAP, PAN,
    /// a kernel's fetch from what user mode may write on Arm, SUM on RISC-V) is not asked here.
    #[must_use]
    pub const fn allow(self, wanted: Wanted) -> bool {
        let user = matches!(wanted.mode, Mode::User);
        let right = match wanted.kind {
            AccessKind::Execute if user => return self.has(Self::USER_EXECUTE),
            AccessKind::Execute => Self::KERNEL_EXECUTE,
            AccessKind::Read => Self::READ,
            AccessKind::Write => Self::WRITE,
        };
        self.has(right) && (!user || self.has(Self::USER))
    }
}

/// `rwxu` and so on: read, write, execute by the kernel, user, execute by the user (`X`), global.
impl fmt::Debug for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letters = ['r', 'w', 'x', 'u', 'X', 'g'];
        let text = letters.iter().enumerate().map(|(place, letter)| {
            if self.0 >> place & 1 == 1 {
                *letter
            } else {
                '-'
            }
        });
        text.into_iter()
            .try_for_each(|letter| fmt::Write::write_char(f, letter))
    }
}

/// An access that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Wanted {
    /// What is done.
    pub kind: AccessKind,
    /// By whom.
    pub mode: Mode,
}
