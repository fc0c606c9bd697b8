use super::*;
use crate::source::Memory;

fn loaded(files: &Memory, main: &str, include: &[&str]) -> (Sources, Loaded, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let include: Vec<PathBuf> = include.iter().map(PathBuf::from).collect();
    let input = Input::Path(main.into());
    let (loaded, diagnostics) =
        load(&mut sources, files, &input, &include).expect("the main file is there");
    (sources, loaded, diagnostics)
}

fn names(sources: &Sources, loaded: &Loaded) -> Vec<String> {
    let name = |file: &ParsedFile| sources.get(file.id).name.clone();
    loaded.files.iter().map(name).collect()
}

#[test]
fn used_files_come_first_and_once() {
    let files = Memory::new()
        .with(
            "k/main.layout",
            "use \"a.layout\"; use \"sub/b.layout\"; use \"./a.layout\";",
        )
        .with("k/a.layout", "use \"sub/b.layout\";")
        .with("k/sub/b.layout", "use \"c.layout\"; use \"d.layout\";")
        .with("k/sub/c.layout", "let x = 1;")
        .with("inc/d.layout", "");
    let (sources, loaded, diagnostics) = loaded(&files, "k/main.layout", &["inc"]);
    assert_eq!(diagnostics, []);
    assert_eq!(
        names(&sources, &loaded),
        [
            "k/sub/c.layout",
            "inc/d.layout",
            "k/sub/b.layout",
            "k/a.layout",
            "k/main.layout"
        ]
    );
}

#[test]
fn a_circle_is_shown_whole() {
    let files = Memory::new()
        .with("main.layout", "use \"a.layout\";")
        .with("a.layout", "use \"b.layout\";")
        .with("b.layout", "use \"c.layout\";")
        .with("c.layout", "use \"a.layout\";");
    let (_, loaded, diagnostics) = loaded(&files, "main.layout", &[]);
    assert_eq!(loaded.files.len(), 4);
    let [cycle] = &diagnostics[..] else {
        panic!("{diagnostics:?}")
    };
    assert_eq!(cycle.code, "use-cycle");
    assert_eq!(cycle.secondary.len(), 2);
    assert_eq!(
        cycle.notes,
        ["the circle is `a.layout` -> `b.layout` -> `c.layout` -> `a.layout`"]
    );
}

#[test]
fn a_file_that_uses_itself() {
    let files = Memory::new().with("m.layout", "use \"m.layout\";");
    let (.., diagnostics) = loaded(&files, "m.layout", &[]);
    assert_eq!(diagnostics[0].message, "`m.layout` uses itself");
}

#[test]
fn paths_that_lead_out_are_refused() {
    for path in ["../x.layout", "/etc/passwd", "a/../../x", "", ".."] {
        let files = Memory::new()
            .with("k/main.layout", format!("use \"{path}\";"))
            .with("x.layout", "");
        let (.., diagnostics) = loaded(&files, "k/main.layout", &[]);
        assert_eq!(diagnostics[0].code, "use-outside", "{path}");
    }
}

#[cfg(unix)]
#[test]
fn symbolic_links_that_lead_out_are_refused() {
    let root = std::env::temp_dir().join(format!("mapwright-links-{}", std::process::id()));
    let inside = root.join("inside");
    std::fs::create_dir_all(&inside).expect("a directory");
    std::fs::write(root.join("x.layout"), "let x = 1;").expect("a file");
    std::fs::write(inside.join("main.layout"), "use \"link.layout\";").expect("a file");
    std::os::unix::fs::symlink(root.join("x.layout"), inside.join("link.layout")).expect("a link");
    let load_with = |include: &[PathBuf]| {
        let main = Input::Path(inside.join("main.layout"));
        load(
            &mut Sources::default(),
            &crate::source::Disk,
            &main,
            include,
        )
        .expect("the main file is there")
        .1
    };
    let refused = load_with(&[]);
    let allowed = load_with(std::slice::from_ref(&root));
    std::fs::remove_dir_all(&root).expect("cleaned");
    assert_eq!(refused[0].code, "use-outside");
    assert_eq!(allowed, []);
}

#[test]
fn missing_files_get_suggestions() {
    let files = Memory::new()
        .with(
            "k/main.layout",
            "use \"memroy.layout\"; use std \"no/such\"; use \"k\";",
        )
        .with("k/memory.layout", "")
        .with("k/k/x.layout", "");
    let (.., diagnostics) = loaded(&files, "k/main.layout", &[]);
    let codes: Vec<_> = diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(codes, ["use-not-found", "use-not-found", "use-unreadable"]);
    assert_eq!(diagnostics[0].help, ["did you mean `memory.layout`?"]);
    assert_eq!(diagnostics[0].notes, ["looked in k"]);
}

#[test]
fn bytes_that_are_no_text() {
    let files = Memory::new()
        .with("main.layout", "use \"x.layout\";")
        .with("x.layout", b"let a\xE9 = 1;".as_slice());
    let (_, loaded, diagnostics) = loaded(&files, "main.layout", &[]);
    assert_eq!(loaded.files.len(), 2);
    assert_eq!(diagnostics.len(), 1);
    assert_eq!(diagnostics[0].code, "not-utf8");
    assert_eq!(diagnostics[0].message, "byte 5 is 0xE9, which is not UTF-8");
}

#[test]
fn too_large_and_too_many() {
    let large = vec![b' '; MAX_BYTES as usize + 1];
    let mut files = Memory::new().with("main.layout", "use \"large\"; use \"f0\";");
    files = files.with("large", large.clone()).with("big.layout", large);
    for n in 0..300 {
        files = files.with(format!("f{n}"), format!("use \"f{}\";", n + 1));
    }
    files = files.with("f300", "");
    let (_, chain, diagnostics) = loaded(&files, "main.layout", &[]);
    let codes: Vec<_> = diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(codes, ["file-too-large", "too-many-files"]);
    assert_eq!(chain.files.len(), MAX_FILES);
    let (.., diagnostics) = loaded(&files, "big.layout", &[]);
    assert_eq!(diagnostics[0].code, "file-too-large");
}

#[test]
fn the_main_file_is_the_users_business() {
    let files = Memory::new().with("dir/kernel.layout", "");
    let error = |input: Input| {
        load(&mut Sources::default(), &files, &input, &[])
            .expect_err("not readable")
            .to_string()
    };
    assert_eq!(
        error(Input::Path("dir/kernal.layout".into())),
        "cannot read dir/kernal.layout: there is no such file (did you mean dir/kernel.layout?)"
    );
    assert_eq!(
        error(Input::Path("dir".into())),
        "cannot read dir: it is a directory"
    );
    assert_eq!(
        error(Input::Bundled("no/such".into())),
        "cannot read std:no/such: there is no bundled layout of this name"
    );
}

#[test]
fn a_given_text_has_nothing_beside_it() {
    let input = Input::Text {
        name: "<stdin>".into(),
        bytes: b"use \"a.layout\";".to_vec(),
    };
    let files = Memory::new().with("a.layout", "");
    let (_, diagnostics) =
        load(&mut Sources::default(), &files, &input, &[]).expect("given by the caller");
    assert_eq!(diagnostics[0].code, "use-not-found");
}
