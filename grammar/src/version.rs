//! Versions as they are written: the one reader of them, for literals of layout files and for what systems print.

use std::fmt;

use crate::quote::cut;

/// A version: `v6.1`, `v6.12.107`, `v2.6.32.69`. Versions are ordered by their parts, from the first on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// Its parts; those that were not written are 0.
    parts: [u16; 4],
}

/// Why a text is no version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionError {
    /// The headline, without a full stop.
    pub message: String,
    /// A few words for the place itself.
    pub label: &'static str,
    /// A way out.
    pub help: &'static str,
}

impl fmt::Display for VersionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.message, self.help)
    }
}

impl std::error::Error for VersionError {}

impl Version {
    /// The version of these parts.
    #[must_use]
    pub const fn new(parts: [u16; 4]) -> Self {
        Self { parts }
    }

    /// Its parts, from the one that counts most; those that were not written are 0.
    #[must_use]
    pub const fn parts(self) -> [u16; 4] {
        self.parts
    }

    /// The last update of the series that begins with this version: updates count in the third and fourth part, so that
    /// `v6.12.107` belongs to the series of `v6.12`, and `v2.6.32.69` to that of `v2.6.32`.
    #[must_use]
    pub const fn last_of_series(self) -> Self {
        match self.parts {
            [major, minor, 0, 0] => Self::new([major, minor, u16::MAX, u16::MAX]),
            [major, minor, patch, 0] => Self::new([major, minor, patch, u16::MAX]),
            parts => Self::new(parts),
        }
    }

    /// The version whose series ends with this one; itself, where none does.
    #[must_use]
    pub const fn series(self) -> Self {
        match self.parts {
            [major, minor, u16::MAX, u16::MAX] => Self::new([major, minor, 0, 0]),
            [major, minor, patch, u16::MAX] => Self::new([major, minor, patch, 0]),
            parts => Self::new(parts),
        }
    }
}

/// As a literal: `v6.1`, `v6.12.107`, `v2.6.32.69`.
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parts {
            [major, minor, 0, 0] => write!(f, "v{major}.{minor}"),
            [major, minor, patch, 0] => write!(f, "v{major}.{minor}.{patch}"),
            [major, minor, patch, update] => write!(f, "v{major}.{minor}.{patch}.{update}"),
        }
    }
}

/// Reads a version that takes up the whole of `text`: one to four numbers up to 65,535, joined by points; a `v` may stand
/// before them. What distributions and builders add behind a `-` or `+` (`6.1.0-50-amd64`, `5.15.0-91-generic`,
/// `v6.12-rc3`, `5.10.0+`) is not part of the version that kernels are compared by.
///
/// # Errors
/// What is wrong with it.
pub fn read_version(text: &str) -> Result<Version, VersionError> {
    let wrong = |label, help| VersionError {
        message: format!("{} is no version", cut(text)),
        label,
        help,
    };
    let spelt = "a version is `v6.1`, `v6.12.107`, `v2.6.32.69`, or what `uname -r` prints";
    let bare = text.strip_prefix('v').unwrap_or(text);
    let (numbers, added) = bare.split_at(bare.find(['-', '+']).unwrap_or(bare.len()));
    let may_be_added = |c: char| c.is_ascii_alphanumeric() || "-+._~".contains(c);
    if !added.chars().all(may_be_added) {
        return Err(wrong("not a version", spelt));
    }
    let mut parts = [0; 4];
    let mut count = 0;
    for number in numbers.split('.') {
        if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) || count == 4 {
            return Err(wrong("not a version", spelt));
        }
        parts[count] = number
            .parse()
            .map_err(|_| wrong("its parts go up to 65535", "is there a digit too many?"))?;
        count += 1;
    }
    // A number alone is a number.
    if count == 1 && bare == text {
        return Err(wrong("not a version", spelt));
    }
    Ok(Version { parts })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_systems_print_is_a_version() {
        for (text, shown) in [
            ("v6", "v6.0"),
            ("v6.1", "v6.1"),
            ("v6.12.107", "v6.12.107"),
            ("v2.6.32.69", "v2.6.32.69"),
            ("2.6.32", "v2.6.32"),
            // Debian, Ubuntu, RHEL, Arch, WSL, Raspberry Pi, a kernel of one's own, a candidate.
            ("6.1.0-50-amd64", "v6.1"),
            ("5.15.0-91-generic", "v5.15"),
            ("3.10.0-1160.el7.x86_64", "v3.10"),
            ("6.8.9-arch1-2", "v6.8.9"),
            ("6.6.87.2-microsoft-standard-WSL2", "v6.6.87.2"),
            ("6.1.21-v8+", "v6.1.21"),
            ("5.10.0+", "v5.10"),
            ("6.12.9+bpo-amd64", "v6.12.9"),
            ("v6.12-rc3", "v6.12"),
        ] {
            let version = read_version(text).expect(text);
            assert_eq!(version.to_string(), shown, "{text}");
            assert_eq!(read_version(shown), Ok(version));
        }
        for text in [
            "",
            "6",
            "v",
            "vv6",
            "6.",
            ".6",
            "6..1",
            "1.2.3.4.5",
            "6.1 ",
            "6,1",
            "six",
            "6.1_2",
            "6.x",
            "6.1-ä",
        ] {
            let error = read_version(text).expect_err(text);
            assert_eq!(error.label, "not a version", "{text}");
        }
        let large = read_version("v6.65536").expect_err("large");
        assert_eq!(
            large.to_string(),
            "v6.65536 is no version; is there a digit too many?"
        );
    }

    #[test]
    fn a_series_ends_with_its_last_update() {
        let last = |text| read_version(text).expect("a version").last_of_series();
        assert!(last("v6.12") > read_version("v6.12.107").expect("a version"));
        assert!(last("v6.12") < read_version("v6.13").expect("a version"));
        assert!(last("v2.6.32") > read_version("v2.6.32.69").expect("a version"));
        assert!(last("v2.6.32") < read_version("v2.6.33").expect("a version"));
        for text in ["v6.12", "v2.6.32", "v2.6.32.69"] {
            assert_eq!(last(text).series(), read_version(text).expect("a version"));
        }
    }
}
