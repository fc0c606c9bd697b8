//! Reading files: the disk, or a table in memory for build scripts and tests.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Component, Path, PathBuf};

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError {
    /// There is none of this name.
    NotFound,
    /// It is a directory.
    Directory,
    /// It has more bytes than allowed.
    TooLarge,
    /// The system says no; its words.
    Refused(String),
}

/// Where files come from.
pub trait Files {
    /// The path with symbolic links resolved, the same for every spelling of one file.
    ///
    /// # Errors
    /// When there is no such file, or a directory on the way cannot be searched.
    fn canonical(&self, path: &Path) -> Result<PathBuf, ReadError>;

    /// The bytes of a file.
    ///
    /// # Errors
    /// When it cannot be read or has more than `limit` bytes; an endless file is cut there.
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError>;

    /// The names of the entries of a directory, sorted; none when it cannot be listed.
    fn list(&self, directory: &Path) -> Vec<String>;
}

/// The file system.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

fn refused(error: &std::io::Error) -> ReadError {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => ReadError::NotFound,
        ErrorKind::IsADirectory => ReadError::Directory,
        _ => ReadError::Refused(error.to_string()),
    }
}

impl Files for Disk {
    fn canonical(&self, path: &Path) -> Result<PathBuf, ReadError> {
        path.canonicalize().map_err(|error| refused(&error))
    }

    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
        let file = File::open(path).map_err(|error| refused(&error))?;
        let about = file.metadata().map_err(|error| refused(&error))?;
        if about.is_dir() {
            return Err(ReadError::Directory);
        }
        if about.len() > limit {
            return Err(ReadError::TooLarge);
        }
        // Pipes and devices have no length: one byte more than allowed shows that there is more.
        let mut bytes = Vec::new();
        let mut cut = file.take(limit.saturating_add(1));
        cut.read_to_end(&mut bytes)
            .map_err(|error| refused(&error))?;
        if bytes.len() as u64 > limit {
            return Err(ReadError::TooLarge);
        }
        Ok(bytes)
    }

    fn list(&self, directory: &Path) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(directory) else {
            return Vec::new();
        };
        let name = |entry: std::fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
        let mut names: Vec<String> = entries.flatten().map(name).collect();
        names.sort();
        names
    }
}

/// Files in memory, by path.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl Memory {
    /// No files.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same files and one more; a file of the same path is replaced.
    #[must_use]
    pub fn with(mut self, path: impl Into<PathBuf>, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.insert(path.into(), bytes.into());
        self
    }

    /// The path without `.`; there are no symbolic links here.
    fn plain(path: &Path) -> PathBuf {
        let is_step = |part: &Component<'_>| !matches!(part, Component::CurDir);
        path.components().filter(is_step).collect()
    }

    fn is_directory(&self, path: &Path) -> bool {
        let inside = |file: &PathBuf| file != path && file.starts_with(path);
        self.files.keys().any(inside)
    }
}

impl Files for Memory {
    fn canonical(&self, path: &Path) -> Result<PathBuf, ReadError> {
        let path = Self::plain(path);
        if self.files.contains_key(&path) || self.is_directory(&path) {
            return Ok(path);
        }
        Err(ReadError::NotFound)
    }

    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
        let path = Self::plain(path);
        match self.files.get(&path) {
            Some(bytes) if bytes.len() as u64 > limit => Err(ReadError::TooLarge),
            Some(bytes) => Ok(bytes.clone()),
            None if self.is_directory(&path) => Err(ReadError::Directory),
            None => Err(ReadError::NotFound),
        }
    }

    fn list(&self, directory: &Path) -> Vec<String> {
        let directory = Self::plain(directory);
        let entry = |file: &PathBuf| {
            let inside = file.strip_prefix(&directory).ok()?;
            let first = inside.components().next()?;
            Some(first.as_os_str().to_string_lossy().into_owned())
        };
        let mut names: Vec<String> = self.files.keys().filter_map(entry).collect();
        names.dedup();
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endless_file_is_cut() {
        assert_eq!(
            Disk.read(Path::new("/dev/zero"), 1000),
            Err(ReadError::TooLarge)
        );
    }

    #[test]
    fn a_directory_is_no_file() {
        let memory = Memory::new().with("a/b.layout", "x");
        assert_eq!(memory.read(Path::new("a"), 10), Err(ReadError::Directory));
        assert_eq!(memory.read(Path::new("./a/b.layout"), 10), Ok(b"x".into()));
        assert_eq!(memory.read(Path::new("a/c"), 10), Err(ReadError::NotFound));
        assert_eq!(memory.list(Path::new("a")), ["b.layout"]);
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert_eq!(Disk.read(here, 10), Err(ReadError::Directory));
        assert!(Disk.list(here).contains(&"Cargo.toml".to_string()));
    }
}
