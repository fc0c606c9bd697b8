//! Scenarios: the bundled ones hold, mistakes are told whole, and nothing that a scenario says ends in a panic.

mod bundled;
mod failures;
mod hostile;
mod mistakes;
mod output;
mod policies;
mod proc_tables;
mod rights;

use crate::cli::program::{Run, mapwright};
use std::fs;
use std::path::PathBuf;

/// A scenario of `tests/scenarios`.
#[derive(Debug, Clone)]
struct Bundled {
    /// Its file name without `.toml`.
    name: String,
    /// Its path.
    path: String,
    /// The layout that it names.
    layout: String,
    /// Its text.
    text: String,
}

impl Bundled {
    /// Runs it with these further arguments.
    fn run(&self, more: &[&str]) -> Run {
        let arguments = ["simulate", &self.layout, &self.path];
        mapwright(arguments.iter().chain(more))
    }
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

/// All scenarios of the suite, by name.
fn bundled() -> Vec<Bundled> {
    let mut all: Vec<Bundled> = fs::read_dir(folder())
        .expect("the folder is there")
        .map(|entry| entry.expect("can be listed").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .map(|path| {
            let text = fs::read_to_string(&path).expect("readable");
            let named = mapwright::simulate::preface(&text).layout;
            let (layout, _) = named.expect("a bundled scenario names its layout");
            let layout = match layout.strip_suffix(".layout") {
                Some(_) => folder().join(layout).display().to_string(),
                None => layout,
            };
            Bundled {
                name: path
                    .file_stem()
                    .expect("named")
                    .to_string_lossy()
                    .into_owned(),
                path: path.display().to_string(),
                layout,
                text,
            }
        })
        .collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

/// Runs a scenario that is a text, on the textbook layout with 64M of memory.
fn run_text(text: &str, more: &[&str]) -> Run {
    let arguments = ["simulate", "std:linux/i386-3g1g", "-", "--set", "RAM=64M"];
    let line = arguments.iter().chain(more);
    crate::cli::program::with_input(line, text.as_bytes())
}
