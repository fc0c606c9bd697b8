//! Layouts in `tests/reject` and `tests/accept`: what is read, and how it is compiled.
//!
//! `reject/<code>.layout` is the smallest readable layout with exactly one message, which has that code; what it prints is
//! `reject/<code>.stderr`, word for word. Further ones are `<code>-2.layout` and so on. `accept/<code>.layout` is the nearby
//! layout that is right, without a message. A first line `// options: ...` says how it is compiled: `--set NAME=VALUE`
//! arguments, or `unchecked` for an instance without proofs.

use mapwright::source::{Disk, Input};
use mapwright::{Compilation, Options, compile};
use std::fs;
use std::path::PathBuf;

/// A layout file of a folder of this package.
#[derive(Debug, Clone)]
pub(crate) struct Fixture {
    /// Its name without the ending.
    pub(crate) name: String,
    /// Its path from the package's root, with `/`: how it is named in messages.
    pub(crate) path: String,
}

/// The layouts directly in a folder, by name.
pub(crate) fn all(folder: &str) -> Vec<Fixture> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join(folder)).expect("the folder is there") {
        let path = entry.expect("can be listed").path();
        if path.extension().is_some_and(|ending| ending == "layout") {
            let name = path
                .file_stem()
                .expect("has a name")
                .to_string_lossy()
                .into_owned();
            found.push(Fixture {
                path: format!("{folder}/{name}.layout"),
                name,
            });
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// The package's root; tests run there.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

impl Fixture {
    /// The code that it is about: its name without a number.
    pub(crate) fn code(&self) -> &str {
        match self.name.rsplit_once('-') {
            Some((code, number)) if number.bytes().all(|b| b.is_ascii_digit()) => code,
            _ => &self.name,
        }
    }

    /// Compiles it with its options.
    pub(crate) fn compile(&self) -> Compilation {
        let bytes = fs::read(root().join(&self.path)).expect("can be read");
        let text = String::from_utf8_lossy(&bytes);
        let first = text.lines().next().unwrap_or("");
        let mut options = Options::default();
        let mut words = first
            .strip_prefix("// options:")
            .unwrap_or("")
            .split_whitespace();
        while let Some(word) = words.next() {
            match word {
                "unchecked" => options.unchecked = true,
                "--set" => options.set.extend(words.next().map(str::to_owned)),
                other => panic!("{}: unknown option {other}", self.path),
            }
        }
        compile(&Input::named(&self.path), &Disk, &options).expect("the file is there")
    }
}

/// The messages as a terminal of 100 columns shows them, without colour.
pub(crate) fn rendered(made: &Compilation) -> String {
    mapwright::diagnostic::render(&made.diagnostics, &made.sources, false, 100)
}
