//! Writing a file whole or not at all.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::console::{Console, Failure};

/// Writes a result to the file that `-o` names, or to standard output.
pub(super) fn output(
    path: Option<&Path>,
    text: &str,
    console: &mut Console<'_>,
) -> Result<(), Failure> {
    match path {
        Some(path) => write(path, text.as_bytes()),
        None => console.print(text),
    }
}

/// Writes `bytes` to the file `path`, whole or not at all: they are written beside it under a name of their own, which
/// then takes its place. A file that is replaced keeps its permissions, and a symbolic link stays one. What is no regular
/// file (`/dev/stdout`, a pipe) has no whole and is written directly.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    write_io(path, bytes)
        .map_err(|error| Failure::io(&format!("write `{}`", path.display()), &error))
}

fn write_io(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let existing = match fs::metadata(path) {
        Ok(about) => Some(about),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let Some(about) = existing else {
        return place(&target_of(path)?, bytes, None);
    };
    if about.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !about.is_file() {
        let mut file = OpenOptions::new().write(true).open(path)?;
        file.write_all(bytes)?;
        return file.flush();
    }
    // A file that may not be written must not be replaced either.
    drop(OpenOptions::new().append(true).open(path)?);
    place(&fs::canonicalize(path)?, bytes, Some(about.permissions()))
}

/// Where a new file goes: where a dangling symbolic link points, or the path itself.
fn target_of(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_path_buf();
    // As many as Linux follows.
    for _ in 0..40 {
        match fs::read_link(&path) {
            Ok(next) => path = path.parent().unwrap_or(Path::new("")).join(next),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

fn place(path: &Path, bytes: &[u8], permissions: Option<Permissions>) -> io::Result<()> {
    let directory = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let mut beside = new_beside(directory)?;
    beside.write_all(bytes)?;
    if let Some(permissions) = permissions {
        beside.as_file().set_permissions(permissions)?;
    }
    // Without this, a crash of the machine could leave a whole name on half a file.
    beside.as_file().sync_all()?;
    beside.persist(path).map(|_: File| ()).map_err(|e| e.error)
}

/// A file of its own name in the directory. It goes away when it is dropped.
fn new_beside(directory: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".mapwright-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any new file: the umask takes away what is not wanted.
        builder.permissions(Permissions::from_mode(0o666));
    }
    builder.tempfile_in(directory).map_err(|error| {
        // The system's words; where they name our own file, they would only confuse.
        error
            .raw_os_error()
            .map_or(error, io::Error::from_raw_os_error)
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).expect("a directory");
        let mut names: Vec<String> = entries
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    }

    #[test]
    fn files_are_made_and_replaced() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("out.rs");
        write(&path, b"first, and longer").expect("new");
        fs::set_permissions(&path, Permissions::from_mode(0o640)).expect("chmod");
        write(&path, b"second").expect("replaced");
        assert_eq!(fs::read(&path).expect("there"), b"second");
        let mode = fs::metadata(&path).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o640, "{mode:o}");
        assert_eq!(names(directory.path()), ["out.rs"]);
    }

    #[test]
    fn symbolic_links_stay() {
        let directory = tempfile::tempdir().expect("a directory");
        let (link, file) = (directory.path().join("link"), directory.path().join("file"));
        symlink("file", &link).expect("link");
        write(&link, b"through a dangling link").expect("new");
        write(&link, b"and again").expect("replaced");
        assert!(fs::symlink_metadata(&link).expect("there").is_symlink());
        assert_eq!(fs::read(&file).expect("there"), b"and again");
        let (a, b) = (directory.path().join("a"), directory.path().join("b"));
        symlink("a", &b).expect("link");
        symlink("b", &a).expect("link");
        assert!(write(&a, b"a circle").is_err());
    }

    #[test]
    fn what_cannot_be_written_says_why() {
        let directory = tempfile::tempdir().expect("a directory");
        let message = |path: &Path| write(path, b"x").expect_err("impossible").0;
        let inside = |name: &str| directory.path().join(name);
        assert!(
            message(directory.path()).ends_with("is a directory"),
            "{}",
            message(directory.path())
        );
        assert!(message(&inside("no/such")).ends_with("No such file or directory"));
        assert!(message(Path::new("/dev/full")).ends_with("No space left on device"));
        assert_eq!(names(directory.path()), [""; 0]);
    }

    #[test]
    fn devices_are_written_directly() {
        write(Path::new("/dev/null"), b"x").expect("the void takes all");
        assert!(!fs::metadata("/dev/null").expect("still there").is_file());
    }
}
