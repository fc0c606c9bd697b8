//! Loading a layout: the main file and everything that its `use` lines reach, each file once.

pub mod too_many_files;
pub mod use_cycle;
pub mod use_not_found;
pub mod use_outside;
pub mod use_unreadable;

use crate::bundled;
use crate::diagnostic::{Diagnostic, Page};
use crate::did_you_mean::nearest;
use crate::source::{FileId, Files, Input, InputError, Loc, MAX_BYTES, ReadError, Sources};
use crate::syntax::{self, file_too_large, not_utf8};
use mapwright_grammar::ast::{self, ItemKind, Text};
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// The diagnostic codes of this stage.
pub const PAGES: &[&Page] = &[
    &too_many_files::PAGE,
    &use_cycle::PAGE,
    &use_not_found::PAGE,
    &use_outside::PAGE,
    &use_unreadable::PAGE,
];

/// The largest number of files of one layout.
pub const MAX_FILES: usize = 256;

/// A parsed source text.
#[derive(Debug, Clone)]
pub struct ParsedFile {
    /// Its text.
    pub id: FileId,
    /// Its syntax tree.
    pub ast: ast::File,
}

/// All files of a layout.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// Every file once; a used file stands before the files that use it, the main file is last.
    pub files: Vec<ParsedFile>,
}

impl Loaded {
    /// The main file; `None` when there is none.
    #[must_use]
    pub fn main(&self) -> Option<&ParsedFile> {
        self.files.last()
    }
}

/// What one file is, whatever it was called by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Identity {
    /// A path without symbolic links.
    Disk(PathBuf),
    /// A path in the bundled library.
    Bundled(&'static str),
    /// A text given by the caller.
    Given,
}

/// How a file is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// Its `use` lines are being followed.
    Open,
    /// It and all that it uses are there.
    Done,
}

/// Reads the main file and, through `use`, all others. `use "..."` reaches files below the main
/// file's directory and below the directories `include`.
///
/// # Errors
/// When the main file cannot be read. Everything else is a diagnostic.
pub fn load(
    sources: &mut Sources,
    files: &dyn Files,
    input: &Input,
    include: &[PathBuf],
) -> Result<(Loaded, Vec<Diagnostic>), InputError> {
    let mut loader = Loader {
        sources,
        files,
        roots: Vec::new(),
        seen: BTreeMap::new(),
        open: Vec::new(),
        loaded: Loaded::default(),
        diagnostics: Vec::new(),
        refused: false,
    };
    loader.main(input, include)?;
    Ok((loader.loaded, loader.diagnostics))
}

struct Loader<'a> {
    sources: &'a mut Sources,
    files: &'a dyn Files,
    /// The directories that `use` may reach into: as given, and without symbolic links.
    roots: Vec<(PathBuf, PathBuf)>,
    seen: BTreeMap<Identity, Progress>,
    /// The `use` lines being followed: which file is entered, and from where.
    open: Vec<(Identity, Option<Loc>)>,
    loaded: Loaded,
    diagnostics: Vec<Diagnostic>,
    /// True once the limit on files has had its message.
    refused: bool,
}

impl Loader<'_> {
    fn main(&mut self, input: &Input, include: &[PathBuf]) -> Result<(), InputError> {
        let (name, identity, bytes) = match input {
            Input::Text { name, bytes } => (name.clone(), Identity::Given, Ok(bytes.clone())),
            Input::Bundled(path) => bundled_main(path)?,
            Input::Path(path) => self.path_main(path)?,
        };
        for directory in include {
            self.add_root(directory);
        }
        let (id, text) = match bytes {
            Ok(bytes) => self.add_text(&name, bytes, None),
            Err(()) => {
                self.diagnostics.push(file_too_large::main(&name));
                (self.sources.add(name, ""), None)
            }
        };
        self.enter(identity, None, id, text.is_some());
        Ok(())
    }

    /// The main file on disk; its directory becomes the first root.
    fn path_main(&mut self, path: &Path) -> Result<MainFile, InputError> {
        let name = path.display().to_string();
        let bytes = match self.files.read(path, MAX_BYTES) {
            Ok(bytes) => Ok(bytes),
            Err(ReadError::TooLarge) => Err(()),
            Err(error) => return Err(self.input_error(path, &error)),
        };
        let canonical = self
            .files
            .canonical(path)
            .map_err(|error| self.input_error(path, &error))?;
        let directory = match path.parent() {
            Some(parent) if parent != Path::new("") => parent.to_path_buf(),
            _ => PathBuf::from("."),
        };
        self.add_root(&directory);
        // A main file that is a symbolic link has the link's neighbours beside it, and nothing else.
        Ok((name, Identity::Disk(canonical), bytes))
    }

    fn input_error(&self, path: &Path, error: &ReadError) -> InputError {
        let reason = match error {
            ReadError::NotFound => "there is no such file".to_owned(),
            ReadError::Directory => "it is a directory".to_owned(),
            ReadError::TooLarge => format!("it has more than {MAX_BYTES} bytes"),
            ReadError::Refused(words) => words.clone(),
        };
        let near = match error {
            ReadError::NotFound => self.near(path),
            _ => Vec::new(),
        };
        InputError {
            name: path.display().to_string(),
            reason,
            near,
        }
    }

    /// Existing files whose names are close to that of `path`.
    fn near(&self, path: &Path) -> Vec<String> {
        let directory = path.parent().unwrap_or(Path::new(""));
        let Some(name) = path.file_name().map(|name| name.to_string_lossy()) else {
            return Vec::new();
        };
        let listed = match directory == Path::new("") {
            true => self.files.list(Path::new(".")),
            false => self.files.list(directory),
        };
        nearest(&name, listed.iter().map(String::as_str))
            .into_iter()
            .map(|close| directory.join(close).display().to_string())
            .collect()
    }

    fn add_root(&mut self, directory: &Path) {
        // A directory that does not exist holds no file, so nothing is lost without it.
        if let Ok(canonical) = self.files.canonical(directory) {
            self.roots.push((directory.to_path_buf(), canonical));
        }
    }

    /// Adds a text to the sources. When it is not UTF-8 that gets its message, and there is no
    /// text to parse.
    fn add_text(&mut self, name: &str, bytes: Vec<u8>, at: Option<Loc>) -> (FileId, Option<()>) {
        match String::from_utf8(bytes) {
            Ok(text) => (self.sources.add(name, text), Some(())),
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                let byte = error.as_bytes()[valid];
                let lossy = String::from_utf8_lossy(error.as_bytes()).into_owned();
                let id = self.sources.add(name, lossy);
                self.diagnostics.push(not_utf8::at(id, valid, byte, at));
                (id, None)
            }
        }
    }

    /// Parses a text and follows its `use` lines.
    fn enter(&mut self, identity: Identity, from: Option<Loc>, id: FileId, good: bool) {
        self.seen.insert(identity.clone(), Progress::Open);
        let mut ast = ast::File::default();
        if good {
            let (parsed, errors) = mapwright_grammar::parse(&self.sources.get(id).text);
            ast = parsed;
            let found = errors.iter().map(|error| syntax::diagnostic(id, error));
            self.diagnostics.extend(found);
        }
        self.open.push((identity.clone(), from));
        for item in &ast.items {
            if let ItemKind::Use { std, path } = &item.kind {
                self.follow(id, *std, path);
            }
        }
        self.open.pop();
        self.seen.insert(identity, Progress::Done);
        self.loaded.files.push(ParsedFile { id, ast });
    }

    /// One `use` line.
    fn follow(&mut self, file: FileId, std: bool, path: &Text) {
        let at = Loc {
            file,
            span: path.span,
        };
        let in_library = matches!(self.open.last(), Some((Identity::Bundled(_), _)));
        let found = match std || in_library {
            true => self.find_bundled(path, std, at),
            false => self.find_beside(path, at),
        };
        let Some((identity, name, place)) = found else {
            return;
        };
        match self.seen.get(&identity) {
            Some(Progress::Done) => {}
            Some(Progress::Open) => self.cycle(&identity, at),
            None if self.sources.len() >= MAX_FILES => self.refuse(at),
            None => self.read(identity, &name, place, at),
        }
    }

    fn refuse(&mut self, at: Loc) {
        if !std::mem::replace(&mut self.refused, true) {
            self.diagnostics.push(too_many_files::at(at));
        }
    }

    fn read(&mut self, identity: Identity, name: &str, place: Place, at: Loc) {
        let bytes = match place {
            Place::Bundled(text) => Ok(text.as_bytes().to_vec()),
            Place::Disk(path) => self.files.read(&path, MAX_BYTES),
        };
        match bytes {
            Ok(bytes) => {
                let (id, text) = self.add_text(name, bytes, Some(at));
                self.enter(identity, Some(at), id, text.is_some());
            }
            Err(error) => {
                self.seen.insert(identity, Progress::Done);
                self.diagnostics.push(unreadable(name, &error, at));
            }
        }
    }

    fn cycle(&mut self, identity: &Identity, at: Loc) {
        let first = self.open.iter().position(|(open, _)| open == identity);
        let entered = &self.open[first.map_or(0, |first| first + 1)..];
        let mut hops: Vec<Loc> = entered.iter().filter_map(|(_, from)| *from).collect();
        hops.push(at);
        self.diagnostics.push(use_cycle::of(self.sources, &hops));
    }

    /// A file of the library. Inside the library, `use "x"` is beside the file that says so.
    fn find_bundled(&mut self, path: &Text, std: bool, at: Loc) -> Option<Found> {
        let mut full = path.text.clone();
        if let (false, Some((Identity::Bundled(user), _))) = (std, self.open.last())
            && let Some((folder, _)) = user.rsplit_once('/')
        {
            full = format!("{folder}/{}", path.text);
        }
        match bundled::find(&full) {
            Some((path, text)) => {
                let name = format!("std:{}", bundled::short(path));
                Some((Identity::Bundled(path), name, Place::Bundled(text)))
            }
            None => {
                let near = nearest(bundled::short(&full), bundled::names());
                self.diagnostics
                    .push(use_not_found::bundled(&path.text, &near, at));
                None
            }
        }
    }

    /// A file below the roots, looked for beside the file that uses it, then in the roots.
    fn find_beside(&mut self, path: &Text, at: Loc) -> Option<Found> {
        if !stays_below(Path::new(&path.text)) {
            self.diagnostics.push(use_outside::path(&path.text, at));
            return None;
        }
        let mut outside = None;
        for directory in self.places_to_look() {
            let full = directory.join(&path.text);
            let Ok(canonical) = self.files.canonical(&full) else {
                continue;
            };
            if self
                .roots
                .iter()
                .any(|(_, root)| canonical.starts_with(root))
            {
                let name = full.strip_prefix("./").unwrap_or(&full);
                let name = name.display().to_string();
                let place = Place::Disk(canonical.clone());
                return Some((Identity::Disk(canonical), name, place));
            }
            outside = outside.or(Some(canonical));
        }
        let diagnostic = match outside {
            Some(_) => use_outside::link(&path.text, at),
            None => self.missing(path, at),
        };
        self.diagnostics.push(diagnostic);
        None
    }

    fn missing(&self, path: &Text, at: Loc) -> Diagnostic {
        let places = self.places_to_look();
        let near = places.iter().flat_map(|directory| {
            let full = directory.join(&path.text);
            let strip = |name: String| match Path::new(&name).strip_prefix(directory) {
                Ok(inside) => inside.display().to_string(),
                Err(_) => name,
            };
            self.near(&full).into_iter().map(strip).collect::<Vec<_>>()
        });
        let mut near: Vec<String> = near.collect();
        near.dedup();
        let looked: Vec<String> = places.iter().map(|p| p.display().to_string()).collect();
        use_not_found::beside(
            &path.text,
            &near,
            &looked,
            bundled::find(&path.text).is_some(),
            at,
        )
    }

    /// The directory of the file being read, then the roots.
    fn places_to_look(&self) -> Vec<PathBuf> {
        let mut places: Vec<PathBuf> = Vec::new();
        if let [_, .., (Identity::Disk(user), _)] = &self.open[..]
            && let Some(directory) = user.parent()
        {
            places.push(self.as_given(directory));
        }
        for (given, _) in &self.roots {
            if !places.contains(given) {
                places.push(given.clone());
            }
        }
        places
    }

    /// A directory as the user would name it: below a root as given, where it is below one.
    fn as_given(&self, directory: &Path) -> PathBuf {
        let below = |(given, root): &(PathBuf, PathBuf)| {
            let inside = directory.strip_prefix(root).ok()?;
            let is_root = inside.as_os_str().is_empty();
            Some(if is_root {
                given.clone()
            } else {
                given.join(inside)
            })
        };
        let found = self.roots.iter().find_map(below);
        found.unwrap_or_else(|| directory.to_path_buf())
    }
}

/// Name, identity, and the bytes unless they are too many.
type MainFile = (String, Identity, Result<Vec<u8>, ()>);

/// Identity, name in messages, and where the bytes are.
type Found = (Identity, String, Place);

/// Where a used file's bytes are.
enum Place {
    Disk(PathBuf),
    Bundled(&'static str),
}

fn bundled_main(path: &str) -> Result<MainFile, InputError> {
    let name = format!("std:{}", bundled::short(path));
    match bundled::find(path) {
        Some((path, text)) => Ok((name, Identity::Bundled(path), Ok(text.into()))),
        None => Err(InputError {
            name,
            reason: "there is no bundled layout of this name".to_owned(),
            near: nearest(bundled::short(path), bundled::names())
                .into_iter()
                .map(|close| format!("std:{close}"))
                .collect(),
        }),
    }
}

/// True when a path goes down only: not absolute, no `..`, not empty.
fn stays_below(path: &Path) -> bool {
    let down = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    path.components().all(down) && path.file_name().is_some()
}

fn unreadable(name: &str, error: &ReadError, at: Loc) -> Diagnostic {
    match error {
        ReadError::TooLarge => file_too_large::used(name, at),
        ReadError::Directory => use_unreadable::directory(name, at),
        ReadError::NotFound => use_unreadable::refused(name, "it is gone", at),
        ReadError::Refused(words) => use_unreadable::refused(name, words, at),
    }
}

#[cfg(test)]
mod tests;
