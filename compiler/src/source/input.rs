//! What the command line names as a layout.

use std::fmt;
use std::path::PathBuf;

/// The main file of a compilation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A file.
    Path(PathBuf),
    /// A bundled file by its path below `layouts/`, with or without `.layout`.
    Bundled(String),
    /// A text given by the caller, such as standard input. `use "..."` finds nothing beside it.
    Text {
        /// Its name in messages, such as `<stdin>`.
        name: String,
        /// Its bytes.
        bytes: Vec<u8>,
    },
}

impl Input {
    /// What `LAYOUT` on the command line names: `std:linux/i386` or a path. (`-` is for the
    /// caller, who reads standard input and gives a text.)
    #[must_use]
    pub fn named(argument: &str) -> Self {
        match argument.strip_prefix("std:") {
            Some(path) => Self::Bundled(path.to_owned()),
            None => Self::Path(PathBuf::from(argument)),
        }
    }
}

/// Why there is no main file to compile: a usage or input error, not a fault of a layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputError {
    /// What was asked for.
    pub name: String,
    /// What went wrong.
    pub reason: String,
    /// Existing names that are close.
    pub near: Vec<String>,
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot read {}: {}", self.name, self.reason)?;
        match &self.near[..] {
            [] => Ok(()),
            names => write!(f, " (did you mean {}?)", names.join(" or ")),
        }
    }
}

impl std::error::Error for InputError {}

/// Parts `LAYOUT:NAME` into the layout and the variant that it names. The colon of `std:` belongs
/// to the layout, and so does one whose right side is no name, as in a Windows path.
#[must_use]
pub fn split_variant(argument: &str) -> (&str, Option<&str>) {
    let skip = if argument.starts_with("std:") { 4 } else { 0 };
    match argument[skip..].rsplit_once(':') {
        Some((path, name)) if is_name(name) && !path.is_empty() => {
            (&argument[..skip + path.len()], Some(name))
        }
        _ => (argument, None),
    }
}

/// Letters, digits and `_`, no digit first.
fn is_name(text: &str) -> bool {
    let mut letters = text.chars();
    let starts = letters
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    starts && letters.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_follow_the_last_colon() {
        assert_eq!(split_variant("a.layout"), ("a.layout", None));
        assert_eq!(split_variant("a.layout:big"), ("a.layout", Some("big")));
        assert_eq!(split_variant("-:big"), ("-", Some("big")));
        assert_eq!(split_variant("std:linux/i386"), ("std:linux/i386", None));
        assert_eq!(
            split_variant("std:linux/i386:vmsplit_2g"),
            ("std:linux/i386", Some("vmsplit_2g"))
        );
        assert_eq!(split_variant("std:big"), ("std:big", None));
        assert_eq!(split_variant(r"C:\a.layout"), (r"C:\a.layout", None));
        assert_eq!(split_variant(":big"), (":big", None));
        assert_eq!(split_variant("a:"), ("a:", None));
    }

    #[test]
    fn bundled_files_have_a_prefix() {
        assert_eq!(
            Input::named("std:linux/i386"),
            Input::Bundled("linux/i386".into())
        );
        assert_eq!(Input::named("a"), Input::Path("a".into()));
    }
}
