//! The bundled library: every file of `layouts/`, inside the binary. `use std "paging/x86.layout"`
//! and the command line's `std:linux/i386` name them.

/// Path below `layouts/` (with `/` between folders) and text of every bundled file, by path.
pub const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/bundled.rs"));

/// The ending of layout files; it may be left out in names of bundled files.
pub const EXTENSION: &str = ".layout";

/// The path and text of a bundled file by its path, with or without `.layout`.
#[must_use]
pub fn find(path: &str) -> Option<(&'static str, &'static str)> {
    let is_it = |(name, _): &&(&str, &str)| *name == path || short(name) == path;
    FILES.iter().find(is_it).copied()
}

/// A bundled file's name without its ending: `linux/i386`.
#[must_use]
pub fn short(path: &str) -> &str {
    path.strip_suffix(EXTENSION).unwrap_or(path)
}

/// The names of all bundled files, without their ending, in order.
pub fn names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(path, _)| short(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn below(dir: &Path, prefix: &str, found: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(dir).expect("the folder is readable") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy();
            let full = format!("{prefix}{name}");
            if path.is_dir() {
                below(&path, &format!("{full}/"), found);
            } else if name.ends_with(EXTENSION) {
                let text = std::fs::read_to_string(&path).expect("layouts are text");
                found.push((full, text));
            }
        }
    }

    #[test]
    fn the_bundled_files_are_those_of_the_folder() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../layouts");
        let mut folder = Vec::new();
        below(&root, "", &mut folder);
        folder.sort();
        let mut bundled: Vec<(String, String)> = FILES
            .iter()
            .map(|(name, text)| (name.to_string(), text.to_string()))
            .collect();
        bundled.sort();
        assert_eq!(bundled, folder);
    }

    #[test]
    fn names_may_leave_the_ending_out() {
        for (path, text) in FILES {
            assert_eq!(find(path), Some((*path, *text)));
            assert_eq!(find(short(path)), Some((*path, *text)));
        }
        assert_eq!(find("no/such"), None);
    }
}
