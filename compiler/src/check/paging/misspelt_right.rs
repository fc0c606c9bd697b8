//! # misspelt-right
//!
//! A field of an entry is nearly named as a right is. (A warning.)
//!
//! Fields may have any name, but only some names mean something to a walk: `writable`, `user`, `no_execute` and so on. A
//! field with another name is only a name: with `writeable`, every page would count as writable, whatever its bit says, and
//! nobody would be told.
//!
//! ```layout
//! paging one_level {
//!     address  22 bits;
//!     physical 32 bits;
//!     entry    4 bytes { present [0], writeable [1] };      // rejected: means nothing
//!     level PT : va[21:12] -> leaf entry[31:12] << 12;
//! }
//!
//! space physical : 32 bits;
//! space linear   : 22 bits, paging one_level, to physical;
//! ```
//!
//! What to do: write `writable [1]`, or give a field that is no right a name that differs in more than one letter.

use crate::check::Checker;
use crate::diagnostic::{Diagnostic, Page};
use crate::did_you_mean::question;
use crate::model::Format;

/// Its page.
pub const PAGE: Page = Page {
    code: "misspelt-right",
    title: "a field of an entry is nearly named as a right is",
    source: include_str!("misspelt_right.rs"),
};

/// The names that mean something to a walk, as the runtime has them in its module `paging::rights`.
const RIGHTS: &[&str] = &[
    "present",
    "read",
    "readable",
    "write",
    "writable",
    "read_only",
    "execute",
    "executable",
    "kernel_execute",
    "kernel_executable",
    "user_execute",
    "user_executable",
    "user",
    "global",
    "accessed",
    "dirty",
];

/// Warns of fields one letter away from a right.
pub(super) fn check(checker: &mut Checker<'_>, format: &Format) {
    let fields = format.spec.iter().flat_map(|spec| &spec.fields);
    for (field, &loc) in fields.zip(&format.field_locs) {
        let (before, plain) = parted(&field.name);
        if RIGHTS.contains(&plain) {
            continue;
        }
        let near = RIGHTS.iter().filter(|right| one_edit_apart(plain, right));
        let near: Vec<String> = near.map(|right| format!("{before}{right}")).collect();
        if let Some(question) = question(&near) {
            let name = &field.name;
            let wrong = Diagnostic::warning(
                &PAGE,
                format!("the field `{name}` says nothing about rights"),
            )
            .at(loc, "only a name")
            .note("a right that no field says is always there")
            .help(question);
            checker.report(wrong);
        }
    }
}

/// What stands before a right's name and changes its scope or sense, and the rest.
fn parted(name: &str) -> (&str, &str) {
    let mut rest = name;
    for prefixes in [["table_", "leaf_"], ["no_", "not_"]] {
        let found = prefixes.iter().find_map(|prefix| rest.strip_prefix(prefix));
        rest = found.unwrap_or(rest);
    }
    name.split_at(name.len() - rest.len())
}

/// True when one letter more, less or other, or two neighbours the other way round, make one name the other.
fn one_edit_apart(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    // Names of few letters are near to everything.
    if short.len() < 4 {
        return false;
    }
    let same = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let (short, long) = (&short[same..], &long[same..]);
    match long.len() - short.len() {
        0 => {
            let swapped = || match (short, long) {
                ([p, q, rest @ ..], [r, s, other @ ..]) => (p, q, rest) == (s, r, other),
                _ => false,
            };
            !long.is_empty() && (short[1..] == long[1..] || swapped())
        }
        1 => long[1..] == *short,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits() {
        for (a, b) in [
            ("writeable", "writable"),
            ("writabel", "writable"),
            ("glabal", "global"),
            ("dirtyy", "dirty"),
            ("exectue", "execute"),
        ] {
            assert!(one_edit_apart(a, b) && one_edit_apart(b, a), "{a} {b}");
        }
        for (a, b) in [
            ("user", "user"),
            ("use", "user"),
            ("write_through", "write"),
            ("guarded", "global"),
            ("wirteable", "writable"),
        ] {
            assert!(!one_edit_apart(a, b), "{a} {b}");
        }
    }

    #[test]
    fn prefixes() {
        assert_eq!(parted("table_no_execute"), ("table_no_", "execute"));
        assert_eq!(parted("not_dirty"), ("not_", "dirty"));
        assert_eq!(parted("non_secure"), ("", "non_secure"));
    }
}
