//! Embeds every file of `layouts/` in the compiler, so that `std:` names need no installation and
//! the list of bundled files cannot drift from the folder.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Every `.layout` file below `dir`, in the order of their paths.
fn layouts(dir: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", dir.display());
    let mut entries: Vec<PathBuf> = fs::read_dir(dir)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<_>>()?;
    entries.sort();
    for path in entries {
        if path.is_dir() {
            layouts(&path, found)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "layout")
        {
            println!("cargo::rerun-if-changed={}", path.display());
            found.push(path);
        }
    }
    Ok(())
}

fn main() -> io::Result<()> {
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo"));
    let root = manifest.join("..").join("layouts");
    let mut found = Vec::new();
    layouts(&root, &mut found)?;
    let mut list = String::from("&[\n");
    for path in &found {
        let name = path.strip_prefix(&root).expect("found below the root");
        let parts: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
        let place = fs::canonicalize(path)?;
        writeln!(
            list,
            "    ({:?}, include_str!({place:?})),",
            parts.join("/")
        )
        .expect("a string grows");
    }
    list.push_str("]\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("set by cargo"));
    fs::write(out.join("bundled.rs"), list)
}
