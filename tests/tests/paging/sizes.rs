//! One answer to "how large is a page of this space", whoever is asked: evaluation, laws, generated constants, and the layout
//! that the runtime works with, for random formats over several spaces.

use super::list::{FORMATS, bytes};
use mapwright::source::{Input, Memory};
use mapwright::{Compilation, Options, compile, emit};
use mapwright_machine::Random;
use mapwright_runtime::layout::Target;
use mapwright_runtime::translate::Translation;

/// How many layouts are made.
const LAYOUTS: u32 = 16;

/// Fixed slots of the window.
const SLOTS: u64 = 16;

/// A format in force for each value of the parameter `A`; none without page tables.
type Tables = Option<[&'static str; 2]>;

/// Spaces in the order of declaration: `bottom`, then `middle` and `one`, `two` above, each with its formats and what it is
/// translated into.
struct Spaces {
    all: [(&'static str, Tables, Option<usize>); 4],
}

fn page_of(format: &str) -> u64 {
    let found = FORMATS.iter().find(|(name, ..)| *name == format);
    bytes(found.expect("a bundled format").4[0])
}

impl Spaces {
    fn random(random: &mut Random) -> Self {
        let wide: Vec<&'static str> = FORMATS
            .iter()
            .filter(|(name, width, ..)| *width >= 36 && *name != "kestrel")
            .map(|(name, ..)| *name)
            .collect();
        let mut tables = |one_in: u64| {
            let mut any = || wide[random.below(wide.len() as u64) as usize];
            let pair = [any(), any()];
            (random.below(one_in) != 0).then_some(pair)
        };
        let middle = tables(2);
        Self {
            all: [
                ("bottom", None, None),
                ("middle", middle, Some(0)),
                ("one", tables(4), Some(1)),
                ("two", tables(3), Some(random.below(2) as usize)),
            ],
        }
    }

    /// The page of a space: of its tables, or the largest of those that come down to it.
    fn page(&self, space: usize, a: bool) -> Option<u64> {
        if let Some(formats) = self.all[space].1 {
            return Some(page_of(formats[usize::from(!a)]));
        }
        let above = (0..self.all.len()).filter(|&at| self.all[at].2 == Some(space));
        above.filter_map(|at| self.page(at, a)).max()
    }

    /// The layout: a window of fixed slots in `space`, `size` bytes large, `off` bytes beyond a boundary of 1M.
    fn text(&self, space: usize, size: u64, off: u64) -> String {
        let mut text = String::from(
            "use std \"paging/x86.layout\";\nuse std \"paging/arm64.layout\";\nuse std \"paging/riscv.layout\";\n\
             config A : bool = false;\n",
        );
        for (name, tables, to) in &self.all {
            let paging = tables.map_or(String::new(), |[yes, no]| {
                format!(", paging (if A {{ {yes} }} else {{ {no} }})")
            });
            let to = to.map_or(String::new(), |to| format!(", to {}", self.all[to].0));
            text += &format!("space {name} : 64 bits{paging}{to};\n");
        }
        let name = self.all[space].0;
        text += &format!(
            "zone ram in bottom : 0 .. 1G {{ unreached: \"a test\" }};\n\
             window fix in {name} : 2G + {off} .. +{size} -> fixed {{ s[{SLOTS}] }} {{ access: rw }};\n\
             window frames in {name} : 8G .. +1G -> table of 64 per page of bottom {{ access: rw }};\n\
             export \"PAGES\" = {name}.pages;\nexport \"NUMBER\" = fix.start.page;\nexport \"S0\" = fix.s[0];\n\
             export \"S15\" = fix.s[15];\n"
        );
        text
    }
}

fn compiled(text: &str, a: bool) -> Compilation {
    let options = Options {
        set: vec![format!("A={a}")],
        ..Options::default()
    };
    let files = Memory::new().with("/t.layout", text);
    compile(&Input::named("/t.layout"), &files, &options).expect("is there")
}

fn codes(made: &Compilation) -> Vec<&'static str> {
    let errors = made.diagnostics.iter();
    let errors = errors.filter(|found| found.severity == mapwright::diagnostic::Severity::Error);
    errors.map(|found| found.code).collect()
}

#[test]
fn everyone_has_the_same_answer() {
    let mut random = Random::new(0x9A6E);
    let mut largest_of_several = 0;
    for _ in 0..LAYOUTS {
        let spaces = Spaces::random(&mut random);
        let space = random.below(4) as usize;
        for a in [false, true] {
            let said = spaces.page(space, a);
            let page = said.unwrap_or(4096);
            let above = |at: usize| spaces.page(at, a);
            let differ = spaces.all[space].1.is_none() && space < 2 && above(2) != above(3);
            largest_of_several += u32::from(differ && above(2).is_some() && above(3).is_some());
            right(&spaces, space, a, page);
            let short = spaces.text(space, SLOTS * page - page, 0);
            assert_eq!(
                codes(&compiled(&short, a)),
                ["fixed-slots-do-not-fit"],
                "{short}"
            );
            let off = spaces.text(space, SLOTS * page, page / 2);
            assert_eq!(codes(&compiled(&off, a)), ["not-page-aligned"], "{off}");
        }
    }
    assert!(
        largest_of_several > 1,
        "few spaces with two page sizes: {largest_of_several}"
    );
}

/// The numbers of a right layout.
fn right(spaces: &Spaces, space: usize, a: bool, page: u64) {
    let text = spaces.text(space, SLOTS * page, 0);
    let made = compiled(&text, a);
    assert_eq!(codes(&made), [""; 0], "{text}");
    let layout = &made.lowered.as_ref().expect("right").layout;
    let (start, s0) = (2_u64 << 30, (2_u64 << 30) + (SLOTS - 1) * page);
    let exports = [
        ("PAGES".into(), (1_i128 << 64) / i128::from(page)),
        ("NUMBER".into(), i128::from(start / page)),
        ("S0".into(), i128::from(s0)),
        ("S15".into(), i128::from(start)),
    ];
    assert_eq!(layout.exports(), exports, "{text}");

    // What the runtime works with.
    for (at, (name, tables, _)) in spaces.all.iter().enumerate() {
        let id = layout.space_named(name).expect("declared");
        let own = layout.format_of(id).map(|format| format.page_size());
        assert_eq!(
            own,
            spaces.page(at, a).filter(|_| tables.is_some()),
            "{text}"
        );
    }
    let bottom = spaces.page(0, a).unwrap_or(4096);
    let frames = layout.place_named("frames").expect("declared");
    assert!(matches!(layout.place(frames).target, Target::Table { per, .. } if per == bottom));
    let id = layout.space_named(spaces.all[space].0).expect("declared");
    let found = layout.translate(id, s0);
    assert!(matches!(found, Translation::Dynamic { .. }), "{found:?}");

    // What is written for kernels.
    let code = emit::rust(&made.model, &made.values, "t").expect("is emitted");
    let code = code.replace('_', "");
    assert!(code.contains(&format!("S0: u64 = 0x{s0:X};")), "{code}");
    if spaces.all[space].1.is_some() {
        let name = spaces.all[space].0.to_uppercase();
        assert!(
            code.contains(&format!("{name}PAGE: u64 = 0x{page:X};")),
            "{code}"
        );
    }
}
