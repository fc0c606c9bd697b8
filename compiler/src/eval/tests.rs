use crate::bundled;
use crate::samples::{BASE, evaluated, lines, model, said};

#[test]
fn the_bundled_layouts_have_no_mistakes() {
    for (path, text) in bundled::FILES {
        let (sources, _, diagnostics) = evaluated(text);
        assert_eq!(lines(&sources, &diagnostics), Vec::<String>::new(), "{path}");
    }
    let _ = (BASE, model, said);
}
