//! What may be done with memory.

use alloc::string::String;
use core::fmt;

/// The rights of a range: what may be done there, by whom, and whether it is the same for all
/// processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Access {
    /// Loads are allowed.
    pub read: bool,
    /// Stores are allowed.
    pub write: bool,
    /// Instruction fetches are allowed.
    pub execute: bool,
    /// User mode may do it too; supervisor mode alone when false.
    pub user: bool,
    /// The translation is the same in every process and outlives a switch of tables.
    pub global: bool,
}

impl Access {
    /// No right at all.
    pub const NONE: Self = Self {
        read: false,
        write: false,
        execute: false,
        user: false,
        global: false,
    };

    /// Supervisor rights from the three letters, each `true` when present.
    #[must_use]
    pub const fn new(read: bool, write: bool, execute: bool) -> Self {
        Self {
            read,
            write,
            execute,
            ..Self::NONE
        }
    }

    /// The same rights, for user mode too.
    #[must_use]
    pub const fn for_user(self) -> Self {
        Self { user: true, ..self }
    }

    /// The same rights, global.
    #[must_use]
    pub const fn as_global(self) -> Self {
        Self {
            global: true,
            ..self
        }
    }

    /// Reads the letters of `rwx`: each of `r`, `w`, `x` at most once and in this order, `-` anywhere
    /// for an absent one. `None` for anything else.
    #[must_use]
    pub fn from_letters(letters: &str) -> Option<Self> {
        let mut access = Self::NONE;
        let mut seen = 0;
        for letter in letters.chars() {
            let (rank, right) = match letter {
                'r' => (1, &mut access.read),
                'w' => (2, &mut access.write),
                'x' => (3, &mut access.execute),
                '-' => continue,
                _ => return None,
            };
            if rank <= seen {
                return None;
            }
            seen = rank;
            *right = true;
        }
        Some(access)
    }

    /// True when everything that `self` allows is allowed by `other`; `global` does not count.
    #[must_use]
    pub const fn within(self, other: Self) -> bool {
        (!self.read || other.read)
            && (!self.write || other.write)
            && (!self.execute || other.execute)
            && (!self.user || other.user)
    }
}

/// `rwx`, with `-` for what is not allowed. User and global are separate columns wherever they
/// are shown.
impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = |right, letter| if right { letter } else { '-' };
        let text = [
            letter(self.read, 'r'),
            letter(self.write, 'w'),
            letter(self.execute, 'x'),
        ];
        f.pad(&String::from_iter(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_read_back() {
        for bits in 0..8 {
            let access = Access::new(bits & 1 != 0, bits & 2 != 0, bits & 4 != 0);
            assert_eq!(Access::from_letters(&access.to_string()), Some(access));
        }
        assert_eq!(
            Access::from_letters("rx"),
            Some(Access::new(true, false, true))
        );
        for wrong in ["xr", "rr", "rwz"] {
            assert_eq!(Access::from_letters(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn display_pads() {
        assert_eq!(format!("{:>5}|", Access::new(true, false, true)), "  r-x|");
    }

    #[test]
    fn rights_within() {
        let reader = Access::new(true, false, false);
        assert!(reader.within(Access::new(true, true, false)));
        assert!(!reader.for_user().within(Access::new(true, true, true)));
        assert!(reader.as_global().within(reader));
    }
}
